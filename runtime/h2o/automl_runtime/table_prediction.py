"""Predictions for tables from a model archive: the rows without a target, else the sealed rows as they were judged."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from automl_runtime.archive import EVALUATION, Archive, read_archive
from automl_runtime.calibration import Calibration
from automl_runtime.designs import features_of
from automl_runtime.encoding import Encoder
from automl_runtime.ensemble import LINEAR, mean_of
from automl_runtime.failures import RunError
from automl_runtime.functions.features import Functions
from automl_runtime.learned import Learned
from automl_runtime.loading import column_names, read_table
from automl_runtime.metrics import Floats
from automl_runtime.run import Run
from automl_runtime.scoring import score
from automl_runtime.target import LogScale


@dataclass(frozen=True)
class SavedModel:
    """A table's model read from `model.zip`."""

    archive: Archive
    encoder: Encoder
    classes: tuple[str, ...]
    threshold: float
    functions: Functions
    learned: Learned
    # By model; of those that answer on another scale than the target's.
    scales: dict[str, LogScale]
    calibration: Calibration | None
    # How the members are put together.
    mean: str

    @staticmethod
    def of(archive: Archive) -> SavedModel:
        """The model in an archive of a table."""
        manifest = archive.manifest
        # Models of older versions have one member, no functions, and have learnt no features.
        scales = manifest.get("scales") or {archive.members[0].model_id: manifest.get("scale")}
        found = {name: LogScale.from_dict(raw) for name, raw in scales.items()}
        return SavedModel(
            archive,
            Encoder.from_list(manifest["encoder"]),
            tuple(manifest["classes"]),
            float(manifest["threshold"]),
            Functions.from_list(manifest.get("functions", [])),
            Learned.from_dict(manifest.get("learned")),
            {name: scale for name, scale in found.items() if scale is not None},
            Calibration.from_dict(manifest.get("calibration")),
            manifest.get("mean", LINEAR),
        )

    def answer(self, features: pd.DataFrame, scratch: Path) -> Floats:
        """The members' mean for feature rows: n values in the target's unit, or n x classes probabilities.

        :raises RunError: model/scoring_failed.
        """
        members = [one for one in self.archive.members if one.weight > 0]
        features = self.learned.products.added(features)
        said = score([self.archive.mojo(one) for one in members], features, scratch, len(self.classes) or None)
        for number, one in enumerate(members):
            if one.model_id in self.scales:
                said[number] = self.scales[one.model_id].backward(said[number])
        mean = mean_of(said, [one.weight for one in members], self.mean)
        return mean if self.calibration is None else self.calibration.apply(mean)

    def labels(self, predicted: Floats) -> Any:
        """Numbers as they are; probabilities as class labels (two classes: by the threshold chosen in training)."""
        if not self.classes:
            return predicted
        if len(self.classes) == 2:
            numbers = (predicted[:, 1] >= self.threshold).astype(np.int64)
        else:
            numbers = predicted.argmax(axis=1)
        return np.array(self.classes, dtype=object)[numbers]

    def evaluation(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64], Floats]:
        """(row numbers from 0, actual values or class numbers, predictions) of the sealed rows."""
        table = pd.read_csv(self.archive.folder / EVALUATION)
        predicted = table["predicted"] if not self.classes else table.drop(columns=["row", "actual"])
        return (
            table["row"].to_numpy(dtype=np.int64) - 1,
            table["actual"].to_numpy(dtype=np.float64),
            predicted.to_numpy(dtype=np.float64),
        )


def load_model(run: Run) -> SavedModel:
    """Open the run's model archive. :raises RunError: model/model_archive_..., execution/function_refused."""
    run.stage("open", "Opening model.zip", 0.05)
    archive = read_archive(run.model_path, run.scratch)
    if archive.kind != "table":
        raise RunError(
            "model", "model_archive_invalid", "This model is a forecaster.", "Use the model of a job on a table."
        )
    return SavedModel.of(archive)


def predict_rows(
    run: Run, model: SavedModel, *, target: str, rows: Literal["future", "missing_target", "holdout"]
) -> pd.DataFrame:
    """Predict the rows without a target, or show the sealed rows with the predictions they were judged by.

    :returns: `row` (counted from 1), the data set's other columns, `actual` (sealed rows), `prediction`, and
        `probability_<class>` for each class.
    """
    run.stage("predict", "Predicting", 0.4)
    data = run.config.dataset
    if rows != "holdout":
        missing = _without_target(data, target)
        if missing is None or len(missing):
            frame = _as_text(data, missing)
            numbers = np.arange(len(frame)) if missing is None else missing
            return _answer(model, frame, numbers, _score(run, model, frame), target, None)
        run.events.info("Every row has a target: the sealed rows are shown instead.")
    if run.config.dataset_sha256 != model.archive.manifest["dataset_sha256"]:
        run.events.warn("The data set is not the one the model was trained on: every row is predicted.")
        return predict_all(run, model, _as_text(data, None), target=target)
    sealed, _, predicted = model.evaluation()
    frame = _as_text(data, sealed)
    return _answer(model, frame, sealed, predicted, target, frame[target].to_numpy())


def predict_all(run: Run, model: SavedModel, frame: pd.DataFrame, *, target: str) -> pd.DataFrame:
    """Predict every row of a table of texts; its target, where it has one, is shown as `actual`."""
    actual = frame[target].to_numpy() if target in frame.columns else None
    return _answer(model, frame, np.arange(len(frame)), _score(run, model, frame), target, actual)


def _without_target(data: Path, target: str) -> npt.NDArray[np.int64] | None:
    """The numbers of the rows whose target is empty; None where there is no such column: all are to be predicted."""
    if target not in column_names(data):
        return None
    return np.flatnonzero(read_table(data, {}, [target])[target].isna().to_numpy())


def _as_text(data: Path, rows: npt.NDArray[np.int64] | None) -> pd.DataFrame:
    """All as text: what is shown stays as it was written; the encoder makes numbers of what the model needs."""
    return read_table(data, {}, rows=rows)


def _score(run: Run, model: SavedModel, frame: pd.DataFrame) -> Floats:
    frame = model.functions.add_to(frame, run.events, training=False)
    return model.answer(features_of(frame, model.encoder, model.learned), run.scratch)


def _answer(
    model: SavedModel,
    frame: pd.DataFrame,
    numbers: npt.NDArray[np.int64],
    predicted: Floats,
    target: str,
    actual: npt.NDArray[Any] | None,
) -> pd.DataFrame:
    ours: dict[str, Any] = {} if actual is None else {"actual": actual}
    ours["prediction"] = model.labels(predicted)
    for number, label in enumerate(model.classes):
        ours[f"probability_{label}"] = predicted[:, number]
    others = frame.drop(columns=[target], errors="ignore")
    # A column of the data set that is called like one of ours keeps its values under another name.
    others = others.rename(columns={name: f"{name}_given" for name in others.columns if name in ours or name == "row"})
    return pd.concat([pd.DataFrame({"row": numbers + 1}), others, pd.DataFrame(ours)], axis=1)
