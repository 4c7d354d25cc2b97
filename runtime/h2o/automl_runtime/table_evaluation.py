"""Judging a table's model on the sealed rows, refitting it on every row, and writing it down."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from automl_runtime.archive import EVALUATION
from automl_runtime.automl import FULL_KEY, TrainedModel, load_frame
from automl_runtime.candidate import freeze
from automl_runtime.designs import training_design
from automl_runtime.ensemble import mean_kind
from automl_runtime.handover import Indices, read_sealed_rows
from automl_runtime.learned import Learned
from automl_runtime.metrics import Floats, skill
from automl_runtime.mojos import export_mojos
from automl_runtime.refit import Refitter, refit_slices
from automl_runtime.run import Run
from automl_runtime.saving import Contents, common_manifest, publish_archive
from automl_runtime.table_candidate import TableCandidate, scales_of
from automl_runtime.tables import Table, folds_of, metrics_of


@dataclass(frozen=True)
class TableEvaluation:
    """The sealed rows with what the model said about them, frozen before the refit: rows x (1 or classes)."""

    rows: Indices
    features: pd.DataFrame
    predicted: Floats


@dataclass(frozen=True)
class RefittedModel:
    """The candidate trained on every row, in H2O, and what was learnt from these rows."""

    candidate: TableCandidate
    models: tuple[TrainedModel, ...]
    learned: Learned


def evaluate_model(run: Run, candidate: TableCandidate, table: Table) -> TableEvaluation:
    """Predict the sealed rows and compare with the truth and with the naive model."""
    run.stage("evaluate", "Judging on the sealed rows", 0.86)
    rows = table.positions_of(read_sealed_rows(run, "table"))
    features = candidate.features(table, rows)
    predicted = candidate.predict(run, features, table.classes)
    metrics = metrics_of(table, rows, predicted, candidate.saved.threshold)
    baseline = metrics_of(table, rows, candidate.naive_for(len(rows), table.classes))
    gain = skill(candidate.metric, metrics[candidate.metric], baseline[candidate.metric])
    if gain is not None and gain <= 0:
        run.events.warn(f"On the sealed rows the model is no better than the naive one (skill {gain:.3f}).")
    outcome = run.outcome
    outcome.metrics, outcome.skill, outcome.baseline = metrics, gain, (candidate.naive[0], baseline)
    outcome.rows["holdout"] = len(rows)
    freeze(run)
    return TableEvaluation(rows, features, predicted)


def refit_model(run: Run, candidate: TableCandidate, table: Table) -> RefittedModel:
    """Train the winner again, with the same settings, on every row that has a target."""
    run.stage("refit", "Refitting on all rows", 0.88)
    rows, search = table.labelled, candidate.search
    if table.dates is not None and candidate.scheme == "time":
        rows = rows[np.argsort(table.dates.iloc[rows].to_numpy(), kind="stable")]
    # What is learnt of texts and categories keeps each row's own target out by folds.
    fold, _ = folds_of(table, rows, candidate.scheme, search.folds, search.seed)
    scales = {one.model_id: one.scale and one.scale.spanning(table.response[rows]) for one in candidate.settings}
    scale = next((one for one in scales.values() if one is not None), None)
    design, learned = training_design(table, rows, fold, scale, search, candidate.saved.learned.products)
    path = run.scratch / "full.csv"
    design.write(path)
    design = design.without_rows()
    run.h2o.wait_until_ready()
    frame = load_frame(path, FULL_KEY, design.types())
    slices = refit_slices(run, path, candidate.settings)
    columns = list(design.features.columns)
    refitter = Refitter(slices, frame, columns, search.seed, design.weights_column, search.monotone)
    models: list[TrainedModel] = []
    for number, one in enumerate(candidate.settings):
        models.append(replace(refitter.again(one), scale=scales[one.model_id]))
        progress = 0.88 + 0.08 * (number + 1) / len(candidate.settings)
        run.events.stage("refit", f"{one.model_id} is refitted on all rows", progress)
    return RefittedModel(candidate, tuple(models), learned)


def save_model(run: Run, final: RefittedModel, evaluation: TableEvaluation, table: Table) -> None:
    """Write `model.zip` for a table: encoder, classes, threshold, MOJO, and what was predicted of the sealed rows."""
    run.stage("save", "Writing model.zip", 0.97)
    candidate = final.candidate
    # Under their own names: a refit is the same recipe.
    mojos = export_mojos(run, {one.model_id: one.handle for one in final.models})
    members = [
        replace(one, file=f"models/{one.model_id}.zip") for one in candidate.saved.archive.members if one.weight > 0
    ]
    manifest = common_manifest(run, target=table.target, metric=candidate.metric) | {
        "kind": "table",
        "encoder": table.encoder.as_list(),
        "functions": table.functions.as_list(),
        "learned": final.learned.as_dict(),
        "scales": scales_of(final.models),
        "classes": list(table.classes),
        "mean": mean_kind(table.classes),
        "threshold": candidate.saved.threshold,
        "calibration": candidate.saved.calibration and candidate.saved.calibration.as_dict(),
        "members": [member.as_dict() for member in members],
    }
    publish_archive(run, manifest, Contents(mojos, {EVALUATION: _evaluation_csv(table, evaluation)}))


def _evaluation_csv(table: Table, evaluation: TableEvaluation) -> str:

    predicted = evaluation.predicted
    columns: dict[str, Any] = {"row": table.numbers_of(evaluation.rows) + 1, "actual": table.response[evaluation.rows]}
    if table.classes:
        columns |= {f"class_{number}": predicted[:, number] for number in range(predicted.shape[1])}
    else:
        columns["predicted"] = predicted
    return str(pd.DataFrame(columns).sort_values("row").to_csv(index=False))
