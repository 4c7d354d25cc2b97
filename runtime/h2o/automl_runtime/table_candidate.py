"""A table's trained model between two stages: what judging it, explaining it and refitting it takes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from automl_runtime.archive import Member
from automl_runtime.automl import TRAINING_KEY, TrainedModel, as_array
from automl_runtime.candidate import Found, read_candidate, write_candidate
from automl_runtime.cluster import quiet
from automl_runtime.contributions import TREES
from automl_runtime.designs import features_of
from automl_runtime.ensemble import mean_kind, mean_of
from automl_runtime.events import LeaderboardRow, finite
from automl_runtime.explaining import Tree, attempt
from automl_runtime.handover import Indices, read_used_rows
from automl_runtime.learning_curve import learning_curve
from automl_runtime.metrics import Floats
from automl_runtime.mojos import export_mojos
from automl_runtime.refit import ModelSettings
from automl_runtime.reliability import by_group
from automl_runtime.run import Run
from automl_runtime.schedule import Search
from automl_runtime.table_model import TableModel
from automl_runtime.table_prediction import SavedModel
from automl_runtime.tables import Scheme, Table, TableColumns, metrics_of, naive_prediction, read_labels, table_of

# Predicting the training rows once more is only worth it where it takes a moment.
_MOST_FITTED_ROWS = 100_000


@dataclass(frozen=True)
class TableCandidate:
    """A model whose MOJO predicts, and which can be trained again."""

    saved: SavedModel
    # Of one model, or of those that an ensemble stands on.
    settings: tuple[ModelSettings, ...]
    columns: TableColumns
    metric: str
    search: Search
    scheme: Scheme
    leaderboard: list[LeaderboardRow]
    # The naive model: its name and what it says of every row.
    naive: tuple[str, Floats]
    # The tree model that explains; null where there is none for these classes.
    tree: Tree | None
    # The score on each fold, and on the rows that were trained on.
    folds: list[dict[str, Any]]
    fitted: float | None
    # The best single model's scores with fewer rows; null where there was no time, or too few rows.
    learning_curve: dict[str, Any] | None

    def features(self, table: Table, rows: Indices) -> pd.DataFrame:
        """The features of rows as the candidate takes them: it knows the levels of its training rows only."""
        return features_of(table.frame.iloc[rows].reset_index(drop=True), self.saved.encoder, self.saved.learned)

    def predict(self, run: Run, features: pd.DataFrame, classes: tuple[str, ...]) -> Floats:
        """n values, or n x classes probabilities; a class that no training row has is never expected."""
        saved = self.saved
        answer = saved.answer(features, run.scratch)
        if classes == saved.classes:
            return answer
        whole = np.zeros((len(answer), len(classes)))
        whole[:, [classes.index(label) for label in saved.classes]] = answer
        return whole

    def naive_for(self, count: int, classes: tuple[str, ...]) -> Floats:
        """What the naive model says of so many rows."""
        values = self.naive[1]
        if not classes:
            return np.full(count, values[0])
        shares = dict(zip(self.saved.classes, values, strict=True))
        return np.tile([shares.get(label, 0.0) for label in classes], (count, 1))


def save_candidate_model(run: Run, model: TableModel, table: Table) -> None:
    """Write `candidate.zip` for a table: encoder, what was learnt, MOJOs, their settings, and how the folds scored."""
    tree = _tree(model)
    weights = {one.model_id: weight for one, weight in zip(model.members, model.weights, strict=True)}
    models = {one.model_id: one for one in (*model.members, *([] if tree is None else [tree]))}
    name, naive = naive_prediction(table, table.labelled, 1, model.metric)
    members = [
        Member(one, found.algorithm, weights.get(one, 0.0), f"models/{one}.zip") for one, found in models.items()
    ]
    facts = {
        "columns": table.columns.as_dict(),
        "encoder": table.encoder.as_list(),
        "functions": table.functions.as_list(),
        "learned": model.learned.as_dict(),
        "scales": scales_of(models.values()),
        "tree": tree and tree.model_id,
        "classes": list(table.classes),
        "mean": mean_kind(table.classes),
        "threshold": model.threshold,
        "calibration": model.calibration and model.calibration.as_dict(),
        "search": model.search.as_dict(),
        "scheme": model.scheme,
        "naive": {"name": name, "values": np.ravel(naive).tolist()},
        "folds": _folds(model, table),
        "fitted": attempt(run, "How well the training rows are known", lambda: _fitted(model, table)),
        "learning_curve": attempt(run, "The learning curve", lambda: learning_curve(run, model, table)),
    }
    settings = [ModelSettings.of(one) for one in model.members]
    files = {name: one.handle for name, one in models.items()}
    write_candidate(run, "table", Found(members, settings, facts), export_mojos(run, files))


def scales_of(models: Iterable[TrainedModel]) -> dict[str, Any]:
    """By model, as JSON: the scale of each that does not answer in the target's unit."""
    return {one.model_id: one.scale.as_dict() for one in models if one.scale is not None}


def load_candidate_model(run: Run) -> TableCandidate:
    """Open the candidate of this run. :raises RunError: system/stage_input_invalid, model/model_archive_..."""
    archive, settings = read_candidate(run, "table")
    manifest = archive.manifest
    saved = SavedModel.of(archive)
    known = len(saved.classes) or None
    trees = [
        Tree(one.model_id, one.algorithm, archive.mojo(one), known, one.model_id in saved.scales)
        for one in archive.members
        if one.model_id == manifest["tree"]
    ]
    return TableCandidate(
        saved=saved,
        settings=settings,
        columns=TableColumns.from_dict(manifest["columns"]),
        metric=manifest["metric"],
        search=Search.from_dict(manifest["search"]),
        scheme=manifest["scheme"],
        leaderboard=run.outcome.leaderboard,
        naive=(manifest["naive"]["name"], np.array(manifest["naive"]["values"], dtype=np.float64)),
        tree=next(iter(trees), None),
        folds=manifest["folds"],
        fitted=manifest["fitted"],
        learning_curve=manifest.get("learning_curve"),
    )


def load_all_rows(run: Run, candidate: TableCandidate) -> Table:
    """Read all rows, the sealed ones too, as the table that the candidate was trained on; of a sample, no others.

    The encoder is that of the refit: the candidate's columns with the levels of all rows.
    """
    run.stage("load", "Reading all rows", 0.85)
    used = read_used_rows(run, "table")
    labels, frame = read_labels(run.config.dataset, candidate.columns, run.config.column_types, rows=used)
    functions = candidate.saved.functions
    frame = functions.add_to(frame, run.events, training=False)
    return table_of(labels, frame, candidate.saved.encoder.again(frame), functions)


def _tree(model: TableModel) -> TrainedModel | None:
    """The winner where it is a tree model, else the best one among its members or beside it."""
    place = {row.model_id: number for number, row in enumerate(model.leaderboard)}
    trees = [one for one in model.candidates if one.algorithm in TREES]
    own = {one.model_id for one in model.members}
    return min(trees, key=lambda one: (one.model_id not in own, place[one.model_id]), default=None)


def _folds(model: TableModel, table: Table) -> list[dict[str, Any]]:
    """The score on each fold that was left out of a training."""
    rows, holdout = model.rows, model.holdout
    labels = [str(number + 1) for number in range(int(model.fold.max()) + 1)]
    return by_group(labels, model.fold, lambda chosen: (_score(model, table, rows[chosen], holdout[chosen]), None))


def _fitted(model: TableModel, table: Table) -> float | None:
    """The score on rows that were trained on: far better than on others, it is overfit."""
    import h2o

    if len(model.rows) > _MOST_FITTED_ROWS:
        return None
    with quiet():
        answers = [one.handle.predict(h2o.get_frame(TRAINING_KEY)) for one in model.members]
    known = len(table.classes) or None
    said = [one.restore(as_array(answer, known)) for one, answer in zip(model.members, answers, strict=True)]
    predicted = mean_of(said, model.weights, mean_kind(table.classes))
    predicted = predicted if model.calibration is None else model.calibration.apply(predicted)
    return finite(_score(model, table, model.rows, predicted))


def _score(model: TableModel, table: Table, rows: Indices, predicted: Floats) -> float | None:
    return metrics_of(table, rows, predicted, model.threshold)[model.metric]
