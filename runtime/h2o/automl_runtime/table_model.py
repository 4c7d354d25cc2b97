"""Training a model for a table: AutoML's base models and H2O's stacked ensemble of the best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from automl_runtime.automl import TrainedModel, Trainer, leaderboard_row, ranked
from automl_runtime.designs import training_design
from automl_runtime.events import LeaderboardRow
from automl_runtime.failures import RunError, quoted
from automl_runtime.learned import Learned
from automl_runtime.metrics import Floats, Measure, best_threshold
from automl_runtime.run import Run
from automl_runtime.schedule import Search
from automl_runtime.stacking import ENSEMBLE, Stacker
from automl_runtime.tables import Indices, Scheme, Table, folds_of, metrics_of, usable_metric
from automl_runtime.target import LogScale, TargetTransform


@dataclass(frozen=True)
class TableModel:
    """The winner, as a model in H2O; `base` are an ensemble's own models."""

    winner: TrainedModel
    base: tuple[TrainedModel, ...]
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
    sample_rows: int | None,
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
    if sample_rows is not None and sample_rows < len(rows):
        rows = rows[np.sort(np.random.default_rng(seed).choice(len(rows), sample_rows, replace=False))]
        run.events.warn(f"Trained on a sample of {sample_rows} of {len(table.labelled)} rows, as planned.")
    fold, folds = folds_of(table, rows, scheme, folds, seed)
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
    design, learned = training_design(table, rows, fold, scale, balanced=balance_classes)
    run.stage("train", "Training models", 0.08)
    trainer = Trainer(run, design, fold, search)
    board: list[LeaderboardRow] = []
    for model in trainer.train():
        row = leaderboard_row(model, metric, _score(table, rows, model.holdout, metric))
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
            stacker = Stacker(trainer.slices, trainer.frame, design, search)
            ensemble = stacker.stack(base, ENSEMBLE)
            candidates[ENSEMBLE] = ensemble
            board.append(leaderboard_row(ensemble, metric, _score(table, rows, ensemble.holdout, metric)))
            run.events.leaderboard(ranked(board))
    winner = candidates[ranked(board)[0].model_id]
    run.outcome.rows["training"] = len(rows)
    threshold = _threshold(table, rows, winner.holdout, metric)
    base = base if winner.model_id == ENSEMBLE else ()
    if winner.scale is not None:
        run.events.info(f"The logarithm of {quoted(table.target)} is learnt: the folds find it better.")
    board = ranked(board)
    run.outcome.metric, run.outcome.leaderboard = metric, board
    run.outcome.best_model = (winner.model_id, winner.algorithm)
    return TableModel(
        winner, base, metric, threshold, search, scheme, board, learned, rows, fold, tuple(candidates.values())
    )


def _score(table: Table, rows: Indices, holdout: Floats, metric: str) -> float | None:
    return metrics_of(table, rows, holdout, _threshold(table, rows, holdout, metric))[metric]


def _threshold(table: Table, rows: Indices, holdout: Floats, metric: str) -> float:
    """From which probability the second of two classes is called, found on the folds."""
    if len(table.classes) != 2 or metric == "accuracy":
        return 0.5
    measure: Measure = "balanced_accuracy" if metric == "balanced_accuracy" else "f1"
    return best_threshold(table.response[rows] == 1, holdout[:, 1], measure)


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
