"""Training a model for a table: AutoML's base models, and the weighted mean of the best where that is better."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from automl_runtime.automl import TrainedModel, Trainer, leaderboard_row, ranked
from automl_runtime.calibration import Calibration
from automl_runtime.designs import training_design
from automl_runtime.ensemble import ENSEMBLE, mean_kind, mean_of, pool_weights, select_weights
from automl_runtime.events import LeaderboardRow
from automl_runtime.failures import RunError, quoted
from automl_runtime.learned import Learned
from automl_runtime.metrics import Floats, Measure, best_threshold, regression_metrics, sort_key
from automl_runtime.run import Run
from automl_runtime.schedule import Search
from automl_runtime.tables import Indices, Scheme, Table, folds_of, metrics_of, usable_metric
from automl_runtime.target import LogScale, TargetTransform


@dataclass(frozen=True)
class TableModel:
    """The winner: a model in H2O, or the mean of several with their weights."""

    best: tuple[str, str]
    members: tuple[TrainedModel, ...]
    weights: tuple[float, ...]
    # What the winner said of each row without having seen it, calibrated.
    holdout: Floats
    calibration: Calibration | None
    metric: str
    threshold: float
    search: Search
    scheme: Scheme
    leaderboard: list[LeaderboardRow]
    # What was learnt from the rows that the winner was trained on.
    learned: Learned
    # The rows that were trained on, the fold of each, and every model of theirs.
    rows: Any
    fold: Any
    candidates: tuple[TrainedModel, ...]


def train_model(
    run: Run,
    table: Table,
    *,
    scheme: Scheme,
    metric: str,
    algorithms: list[str],
    folds: int,
    balance_classes: bool,
    max_models: int | None,
    max_runtime_secs: int | None,
    seed: int,
    target_transform: TargetTransform = "none",
    monotone_increasing: Sequence[str] = (),
    monotone_decreasing: Sequence[str] = (),
) -> TableModel:
    """Train AutoML on the training rows, judged by folds inside them, and pick the best by the metric.

    :param scheme: how the rows were sealed; they are folded alike
    :param target_transform: `auto`: the folds decide whether the target or its logarithm is learnt
    :param monotone_increasing: numeric features with which the prediction never falls; `..._decreasing`: never rises
    :raises RunError: model/no_model_trained, execution/... where H2O fails.
    """
    metric = usable_metric(run, table, metric)
    rows = table.labelled
    fold, folds = folds_of(table, rows, scheme, folds, seed)
    search = Search(
        metric,
        tuple(algorithms),
        folds,
        max_models,
        max_runtime_secs,
        seed,
        balance_classes=balance_classes,
        table=True,
        target_transform=target_transform,
        monotone=_constraints(table, monotone_increasing, monotone_decreasing),
    )
    run.stage("prepare", "Preparing the features", 0.06)
    scale = LogScale.of(table.response[rows]) if target_transform != "none" and not table.classes else None
    design, learned = training_design(table, rows, fold, scale, search)
    if learned.products.found:
        pairs = (
            " x ".join(quoted(_origin(table, learned, one)) for one in found.columns)
            for found in learned.products.found
        )
        run.events.info(f"More is said together than alone by {', '.join(pairs)}: their products are features too.")
    run.stage("train", "Training models", 0.08)
    weight, trainer = design.weight, Trainer(run, design, fold, search)
    del design
    board: list[LeaderboardRow] = []
    for model in trainer.train():
        row = leaderboard_row(model, metric, _score(table, rows, model.holdout, metric))
        board.append(row)
        run.events.model(row, len(trainer.models), trainer.limits.max_models, trainer.progress())
        run.events.leaderboard(ranked(board))
    run.outcome.limits = trainer.limits
    candidates = {model.model_id: model for model in trainer.models}
    weights: dict[str, float] = {}
    if ENSEMBLE in algorithms and len(candidates) > 1:
        run.stage("ensemble", "Weighing the models", 0.81)
        mean, weights, seconds = _ensemble(table, rows, trainer.models, metric, weight)
        if len(weights) > 1:
            board.append(LeaderboardRow(ENSEMBLE, ENSEMBLE, metric, _score(table, rows, mean, metric), seconds))
            run.events.leaderboard(ranked(board))
    board = ranked(board)
    best = (board[0].model_id, board[0].algorithm)
    weights = weights if best[0] == ENSEMBLE else {best[0]: 1.0}
    members = tuple(candidates[name] for name in weights)
    holdout, calibration = _mean(candidates, weights, mean_kind(table.classes)), None
    if table.classes and not balance_classes:
        # Classes that weigh alike are not as likely as they are said to be, on purpose.
        calibration = Calibration.fit(table.response[rows], holdout, weight)
        holdout = holdout if calibration is None else calibration.apply(holdout)
    run.outcome.rows["training"] = len(rows)
    threshold = _threshold(table, rows, holdout, metric)
    if any(model.scale is not None for model in members):
        run.events.info(f"The logarithm of {quoted(table.target)} is learnt: the folds find it better.")
    run.outcome.metric, run.outcome.leaderboard, run.outcome.best_model = metric, board, best
    return TableModel(
        best=best,
        members=members,
        weights=tuple(weights.values()),
        holdout=holdout,
        calibration=calibration,
        metric=metric,
        threshold=threshold,
        search=search,
        scheme=scheme,
        leaderboard=board,
        learned=learned,
        rows=rows,
        fold=fold,
        candidates=tuple(trainer.models),
    )


def _origin(table: Table, learned: Learned, column: str) -> str:
    """The feature that an internal column was made of."""
    codes = {one.code: one.name for one in table.encoder.columns} | learned.names
    return codes[column.split("_", 1)[0]]


def _score(table: Table, rows: Indices, holdout: Floats, metric: str) -> float | None:
    return metrics_of(table, rows, holdout, _threshold(table, rows, holdout, metric))[metric]


def _threshold(table: Table, rows: Indices, holdout: Floats, metric: str) -> float:
    """From which probability the second of two classes is called, found on the folds."""
    if len(table.classes) != 2 or metric == "accuracy":
        return 0.5
    measure: Measure = "balanced_accuracy" if metric == "balanced_accuracy" else "f1"
    return best_threshold(table.response[rows] == 1, holdout[:, 1], measure, table.weight_of(rows))


def _ensemble(
    table: Table, rows: Indices, models: Sequence[TrainedModel], metric: str, weight: Floats | None
) -> tuple[Floats, dict[str, float], float]:
    """The mean's predictions of rows that its models had not seen, its weights, and the seconds that it took."""
    began = time.monotonic()
    actual = table.response[rows]

    def loss(predicted: Floats) -> float:
        return sort_key(metric, regression_metrics(actual, predicted, weight)[metric])

    candidates = {model.model_id: model for model in models}
    said = {name: model.holdout for name, model in candidates.items()}
    # Log loss is smooth where ranks and labels are not; weights that follow the luck of single rows are worth little.
    weights = pool_weights(said, actual, weight) if table.classes else select_weights(said, loss)
    return _mean(candidates, weights, mean_kind(table.classes)), weights, round(time.monotonic() - began, 3)


def _mean(candidates: Mapping[str, TrainedModel], weights: Mapping[str, float], kind: str) -> Floats:
    return mean_of([candidates[name].holdout for name in weights], list(weights.values()), kind)


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
