"""Scoring what the training never saw: new rows of a table, or a series' steps after a history of one's own."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd

from automl_runtime.archive import Archive, read_archive
from automl_runtime.dated import load_series
from automl_runtime.encoding import Encoder
from automl_runtime.failures import RunError, quoted
from automl_runtime.forecasting import SavedForecaster, forecast_future
from automl_runtime.loading import read_table
from automl_runtime.run import Run
from automl_runtime.table_prediction import SavedModel, predict_all

_MOST_NAMES = 20


def score_new_rows(run: Run, archive: Archive, *, horizon: int | None) -> pd.DataFrame:
    """Predict every row of the run's data set, or forecast `horizon` steps after it (null: as trained).

    :returns: as `predict_rows` or `forecast_future`.
    :raises RunError: data/... where the rows do not fit the model, model/scoring_failed.
    """
    if archive.kind == "table":
        return _predict(run, SavedModel.of(archive))
    return _forecast(run, SavedForecaster.of(archive), horizon)


def score_rows(run: Run, *, horizon: int | None) -> pd.DataFrame:
    """`score_new_rows` with the run's own model archive. :raises RunError: model/model_archive_... too."""
    run.stage("open", "Opening model.zip", 0.05)
    return score_new_rows(run, read_archive(run.model_path, run.scratch), horizon=horizon)


def check_rows(frame: pd.DataFrame, encoder: Encoder, made: Collection[str] = ()) -> list[str]:
    """What to be told of rows that can be scored; `made` are columns that functions of the model make of others.

    :raises RunError: data/... where they can't be scored.
    """
    columns = [column for column in encoder.columns if column.name not in made]
    missing = [column.name for column in columns if column.name not in frame.columns]
    if missing:
        raise RunError(
            "data",
            "column_missing",
            f"The rows lack {_named(missing)}, which the model was trained on.",
            "Give every column of the training data but the target; leave cells empty where a value is unknown.",
        )
    told: list[str] = []
    for column in columns:
        cells = frame[column.name]
        if column.kind == "number":
            _require(pd.to_numeric(cells, errors="coerce").notna(), cells, column.name, "number")
        elif column.kind == "date":
            read = pd.to_datetime(cells, errors="coerce", format="ISO8601", utc=True).notna()
            _require(read, cells, column.name, "date (YYYY-MM-DD)")
        elif column.kind == "category":
            unknown = int((cells.notna() & ~cells.isin(column.levels)).sum())
            if unknown:
                told.append(
                    f"{unknown} rows have a value in {quoted(column.name)} that the training did not know: "
                    "it counts as missing."
                )
    return told


def _predict(run: Run, model: SavedModel) -> pd.DataFrame:
    run.stage("check", "Checking the rows", 0.2)
    frame = read_table(run.config.dataset, {})
    for message in check_rows(frame, model.encoder, model.functions.types):
        run.events.warn(message)
    run.stage("predict", "Predicting", 0.4)
    return predict_all(run, model, frame, target=str(model.archive.manifest["target"]))


def _forecast(run: Run, forecaster: SavedForecaster, horizon: int | None) -> pd.DataFrame:
    manifest = forecaster.archive.manifest
    panel = load_series(
        run,
        target=manifest["target"],
        date_column=manifest["date_column"],
        series_id_columns=manifest["series_id_columns"],
        frequency=forecaster.frequency,
        covariates=forecaster.covariates,
    )
    return forecast_future(run, forecaster, panel, horizon=horizon or forecaster.recipe.horizon)


def _require(read: pd.Series[bool], cells: pd.Series[str], name: str, what: str) -> None:
    wrong = np.flatnonzero((cells.notna() & ~read).to_numpy())
    if wrong.size:
        raise RunError(
            "data",
            "value_unfit",
            f"Row {wrong[0] + 1}: {quoted(str(cells.iloc[wrong[0]]))} in column {quoted(name)} is no {what}"
            + (f"; {wrong.size} rows have such a value." if wrong.size > 1 else "."),
            "Write values as in the training data, with a decimal point, and leave unknown ones empty.",
        )


def _named(names: list[str]) -> str:
    shown = ", ".join(quoted(name) for name in names[:_MOST_NAMES])
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    return f"the column {shown}" if len(names) == 1 else f"the columns {shown}{more}"
