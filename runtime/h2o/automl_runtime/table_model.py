"""Training, judging and refitting a model for a table: AutoML's base models and H2O's stacked ensemble of the best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from automl_runtime.archive import EVALUATION, Member
from automl_runtime.automl import (
    FOLD,
    FULL_KEY,
    RESPONSE,
    SCALED,
    Design,
    TrainedModel,
    Trainer,
    as_array,
    leaderboard_row,
    load_frame,
    on_scale,
    ranked,
)
from automl_runtime.cluster import quiet
from automl_runtime.designs import new_design, training_design
from automl_runtime.events import LeaderboardRow
from automl_runtime.failures import RunError, quoted
from automl_runtime.learned import Learned
from automl_runtime.metrics import Floats, best_f1_threshold, skill
from automl_runtime.refit import Refitter
from automl_runtime.run import Run
from automl_runtime.saving import Contents, common_manifest, export_mojos, publish_archive
from automl_runtime.schedule import Search
from automl_runtime.slices import Slices, Work
from automl_runtime.tables import Split, Table, folds_of, metrics_of, naive_prediction, usable_metric
from automl_runtime.target import LogScale, TargetTransform

ENSEMBLE = "StackedEnsemble"


@dataclass(frozen=True)
class TableModel:
    """The winner, as a model in H2O; `base` are an ensemble's own models."""

    winner: TrainedModel
    base: tuple[TrainedModel, ...]
    metric: str
    threshold: float
    search: Search
    scheme: str
    leaderboard: list[LeaderboardRow]
    slices: Slices
    # What was learnt from the rows that the winner was trained on.
    learned: Learned
    # The rows that were trained on, the fold of each, and every model of theirs.
    rows: Any
    fold: Any
    candidates: tuple[TrainedModel, ...]


@dataclass(frozen=True)
class TableEvaluation:
    """The sealed rows with what the model said about them, frozen before the refit: rows x (1 or classes)."""

    rows: Any
    predicted: Floats


def train_model(
    run: Run,
    table: Table,
    split: Split,
    *,
    metric: str,
    algorithms: list[str],
    folds: int,
    balance_classes: bool,
    max_models: int | None,
    max_runtime_secs: int | None,
    seed: int,
    sample_rows: int | None,
    target_transform: TargetTransform = "none",
    monotone_increasing: Sequence[str] = (),
    monotone_decreasing: Sequence[str] = (),
) -> TableModel:
    """Train AutoML on the training rows, judged by folds inside them, and pick the best by the metric.

    :param target_transform: `auto`: the folds decide whether the target or its logarithm is learnt
    :param monotone_increasing: numeric features with which the prediction never falls; `..._decreasing`: never rises
    :raises RunError: model/no_model_trained, execution/... where H2O fails.
    """
    metric = usable_metric(run, table, metric)
    rows = split.training
    if sample_rows is not None and sample_rows < len(rows):
        rows = rows[np.sort(np.random.default_rng(seed).choice(len(rows), sample_rows, replace=False))]
        run.events.warn(f"Trained on a sample of {sample_rows} of {len(split.training)} rows, as planned.")
    fold, folds = folds_of(table, rows, split.scheme, folds, seed)
    search = Search(
        metric,
        tuple(algorithms),
        folds,
        max_models,
        max_runtime_secs,
        seed,
        balance_classes,
        target_transform,
        _constraints(table, monotone_increasing, monotone_decreasing),
    )
    run.stage("prepare", "Preparing the features", 0.06)
    scale = LogScale.of(table.response[rows]) if target_transform != "none" and not table.classes else None
    design, learned = training_design(table, rows, fold, scale)
    run.stage("train", "Training models", 0.08)
    trainer = Trainer(run, design, fold, search)
    board: list[LeaderboardRow] = []
    for model in trainer.train():
        row = leaderboard_row(model, metric, metrics_of(table, rows, model.holdout)[metric])
        board.append(row)
        run.events.model(row, len(trainer.models), trainer.limits.max_models, trainer.progress())
        run.events.leaderboard(ranked(board))
    run.outcome.limits = trainer.limits
    candidates = {model.model_id: model for model in trainer.models}
    base: tuple[TrainedModel, ...] = ()
    if ENSEMBLE in algorithms:
        base = _best_of_family(ranked(board), candidates)
        if len(base) > 1:
            run.stage("ensemble", "Stacking the best of each family", 0.81)
            stacker = _Stacker(trainer.slices, trainer.frame, design, search)
            ensemble = stacker.stack(base, ENSEMBLE)
            candidates[ENSEMBLE] = ensemble
            board.append(leaderboard_row(ensemble, metric, metrics_of(table, rows, ensemble.holdout)[metric]))
            run.events.leaderboard(ranked(board))
    winner = candidates[ranked(board)[0].model_id]
    run.outcome.rows["training"] = len(rows)
    threshold = 0.5
    if len(table.classes) == 2 and metric != "accuracy":
        threshold = best_f1_threshold(table.response[rows] == 1, winner.holdout[:, 1])
    base = base if winner.model_id == ENSEMBLE else ()
    if winner.scale is not None:
        run.events.info(f"The logarithm of {quoted(table.target)} is learnt: the folds find it better.")
    everyone = tuple(candidates.values())
    slices, board = trainer.slices, ranked(board)
    return TableModel(
        winner, base, metric, threshold, search, split.scheme, board, slices, learned, rows, fold, everyone
    )


def evaluate_model(run: Run, model: TableModel, table: Table, split: Split) -> TableEvaluation:
    """Predict the sealed rows and compare with the truth and with the naive model."""
    run.stage("evaluate", "Judging on the sealed rows", 0.85)
    design = new_design(table, split.sealed, model.learned)
    path = run.scratch / "sealed.csv"
    design.write(path)
    frame = load_frame(path, "sealed.hex", design.types())
    with quiet():
        answer = model.winner.handle.predict(frame)
    predicted = model.winner.restore(as_array(answer, design.classes))
    metrics = metrics_of(table, split.sealed, predicted, model.threshold)
    name, naive = naive_prediction(table, split.training, len(split.sealed), model.metric)
    baseline = metrics_of(table, split.sealed, naive)
    gain = skill(model.metric, metrics[model.metric], baseline[model.metric])
    if gain is not None and gain <= 0:
        run.events.warn(f"On the sealed rows the model is no better than the naive one (skill {gain:.3f}).")
    outcome = run.outcome
    outcome.metric, outcome.metrics, outcome.skill = model.metric, metrics, gain
    outcome.baseline = (name, baseline)
    outcome.leaderboard = model.leaderboard
    outcome.best_model = (model.winner.model_id, model.winner.algorithm)
    outcome.rows["holdout"] = len(split.sealed)
    return TableEvaluation(split.sealed, predicted)


def refit_model(run: Run, model: TableModel, table: Table) -> TableModel:
    """Train the winner again, with the same settings, on every row that has a target."""
    run.stage("refit", "Refitting on all rows", 0.88)
    rows, search = table.labelled, model.search
    if table.dates is not None and model.scheme == "time":
        rows = rows[np.argsort(table.dates.iloc[rows].to_numpy(), kind="stable")]
    fold, _ = folds_of(table, rows, model.scheme, search.folds, search.seed)
    scale = model.winner.scale and model.winner.scale.spanning(table.response[rows])
    design, learned = training_design(table, rows, fold, scale)
    path = run.scratch / "full.csv"
    design.write(path, fold)
    frame = load_frame(path, FULL_KEY, design.types())
    refitter = Refitter(model.slices, frame, list(design.features.columns), search.seed, search.monotone)
    if not model.base:
        again = refitter.again(model.winner, with_folds=False)
        return replace(model, winner=replace(again, scale=scale), learned=learned)
    base: list[TrainedModel] = []
    for number, trained in enumerate(model.base):
        base.append(refitter.again(trained, with_folds=True))
        progress = 0.88 + 0.08 * (number + 1) / len(model.base)
        run.events.stage("refit", f"{trained.model_id} is refitted on all rows", progress)
    stacker = _Stacker(model.slices, frame, design, search)
    winner = replace(stacker.stack(tuple(base), f"refit_{ENSEMBLE}"), scale=scale)
    return replace(model, winner=winner, base=tuple(base), learned=learned)


def save_model(run: Run, model: TableModel, evaluation: TableEvaluation, table: Table) -> None:
    """Write `model.zip` for a table: encoder, classes, threshold, MOJO, and what was predicted of the sealed rows."""
    run.stage("save", "Writing model.zip", 0.97)
    winner = model.winner
    mojos = export_mojos(run, {winner.model_id: winner.handle})
    member = Member(winner.model_id, winner.algorithm, 1.0, f"models/{winner.model_id}.zip")
    manifest = common_manifest(run, target=table.target, metric=model.metric) | {
        "kind": "table",
        "encoder": table.encoder.as_list(),
        "functions": table.functions.as_list(),
        "learned": model.learned.as_dict(),
        "scale": winner.scale and winner.scale.as_dict(),
        "classes": list(table.classes),
        "threshold": model.threshold,
        "members": [member.as_dict()],
    }
    publish_archive(run, manifest, Contents(mojos, {EVALUATION: _evaluation_csv(table, evaluation)}))


def _best_of_family(board: list[LeaderboardRow], candidates: dict[str, TrainedModel]) -> tuple[TrainedModel, ...]:
    """Of models on the best one's scale: an ensemble's members answer alike."""
    best: dict[str, TrainedModel] = {}
    scaled = candidates[board[0].model_id].scale is not None
    for row in board:
        model = candidates[row.model_id]
        if (model.scale is not None) == scaled:
            best.setdefault(row.algorithm, model)
    return tuple(best.values())


def _constraints(table: Table, increasing: Sequence[str], decreasing: Sequence[str]) -> dict[str, int]:
    """By internal names. :raises RunError: data/not_monotone for a column that is no number among the features."""
    codes = {column.name: column.code for column in table.encoder.columns if column.kind == "number"}
    for name in (*increasing, *decreasing):
        if name not in codes:
            raise RunError(
                "data",
                "not_monotone",
                f"Column {quoted(name)} is no numeric feature, so the prediction can't rise or fall with it.",
                "Name numeric features only.",
            )
    return {codes[name]: 1 for name in increasing} | {codes[name]: -1 for name in decreasing}


@dataclass(frozen=True)
class _Stacker:
    """Stacks models of one frame, each ensemble once over all incarnations."""

    slices: Slices
    frame: Any
    design: Design
    search: Search

    def stack(self, base: tuple[TrainedModel, ...], name: str) -> TrainedModel:
        from h2o.estimators import H2OStackedEnsembleEstimator

        def train() -> Any:
            ensemble = H2OStackedEnsembleEstimator(
                model_id=name,
                base_models=[model.handle.model_id for model in base],
                metalearner_fold_column=FOLD,
                metalearner_params={"keep_cross_validation_predictions": True},
                seed=self.search.seed,
            )
            response = RESPONSE if base[0].scale is None else SCALED
            ensemble.train(x=list(self.design.features.columns), y=response, training_frame=self.frame)
            predictions = ensemble.metalearner().cross_validation_holdout_predictions()
            # A saved ensemble forgets these.
            self.slices.keep_array(name, as_array(predictions, self.design.classes))
            return ensemble

        work = Work(name, ENSEMBLE, cross_validated=False, made_of=tuple(model.model_id for model in base))
        done = self.slices.once(work, train)
        model = TrainedModel(ENSEMBLE, ENSEMBLE, done.saved.train_seconds, done.handle, self.slices.array(name))
        return model if base[0].scale is None else on_scale(model, self.design, self.search.metric)


def _evaluation_csv(table: Table, evaluation: TableEvaluation) -> str:
    import pandas as pd

    predicted = evaluation.predicted
    columns: dict[str, Any] = {"row": evaluation.rows + 1, "actual": table.response[evaluation.rows]}
    if table.classes:
        columns |= {f"class_{number}": predicted[:, number] for number in range(predicted.shape[1])}
    else:
        columns["predicted"] = predicted
    return str(pd.DataFrame(columns).sort_values("row").to_csv(index=False))
