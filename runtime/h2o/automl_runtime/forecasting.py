"""The future of dated series from a model archive: MOJOs score the rows, no H2O is started."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from automl_runtime.archive import Archive, read_archive
from automl_runtime.failures import RunError
from automl_runtime.metrics import Floats
from automl_runtime.recipe import NAIVE, SEASONAL_MEAN, ForecastRecipe, Rows, concatenate, rows_at
from automl_runtime.run import Run
from automl_runtime.scoring import score
from automl_runtime.series import Panel, Series, with_levels
from automl_runtime.timegrid import Frequency


@dataclass(frozen=True)
class SavedForecaster:
    """A forecaster read from `model.zip`."""

    archive: Archive
    recipe: ForecastRecipe

    @property
    def covariates(self) -> list[str]:
        """The covariates that the models use, to be loaded beside the target."""
        return list(self.recipe.covariates)

    @property
    def frequency(self) -> Frequency:
        """The step of the grid that the models were trained on."""
        return Frequency(**self.archive.manifest["frequency"])


def load_forecaster(run: Run) -> SavedForecaster:
    """Open the run's model archive. :raises RunError: model/model_archive_..."""
    run.stage("open", "Opening model.zip", 0.05)
    archive = read_archive(run.model_path, run.scratch)
    if archive.kind != "forecaster":
        raise RunError(
            "model", "model_archive_invalid", "This model is not a forecaster.", "Use the model of a forecasting job."
        )
    return SavedForecaster(archive, ForecastRecipe.from_dict(archive.manifest["recipe"]))


def forecast_future(run: Run, forecaster: SavedForecaster, panel: Panel, *, horizon: int) -> pd.DataFrame:
    """Forecast `horizon` steps after each series' own last observation.

    A horizon beyond the trained one is reached in blocks, each taking the block before as observed.

    :returns: id columns (where there are any), `date` (ISO), `forecast`; ordered by series and date.
    """
    run.stage("forecast", "Forecasting", 0.4)
    recipe = forecaster.recipe
    if horizon > recipe.horizon:
        run.events.warn(f"The model was trained for {recipe.horizon} steps; steps beyond stand on its own forecasts.")
    growing = with_levels(panel, forecaster.archive.manifest["covariate_levels"])
    ends = [one.length for one in panel.series]
    done = 0
    while done < horizon:
        block = min(recipe.horizon, horizon - done)
        rows = _future_rows(recipe, growing, block)
        values = combine(run, forecaster, rows).reshape(len(growing.series), block)
        growing = replace(
            growing,
            series=tuple(
                replace(one, values=np.concatenate([one.values, values[number]]))
                for number, one in enumerate(growing.series)
            ),
        )
        done += block
    parts = [_table(growing, one, end) for one, end in zip(growing.series, ends, strict=True)]
    return pd.concat(parts, ignore_index=True)


def combine(run: Run, forecaster: SavedForecaster, rows: Rows) -> Floats:
    """The weighted mean of all members for feature rows, in the target's unit."""
    members = forecaster.archive.members
    total = np.zeros(len(rows.actual))
    scored = [member for member in members if member.file is not None]
    mojos = [forecaster.archive.mojo(member) for member in scored]
    for member, raw in zip(scored, score(mojos, rows.features, run.scratch, None), strict=True):
        total += member.weight * forecaster.recipe.restore(raw, rows.level, rows.scale)
    simple = {NAIVE: rows.naive, SEASONAL_MEAN: rows.seasonal_mean}
    for member in members:
        if member.file is None:
            total += member.weight * simple[member.model_id]
    return total


def save_predictions(run: Run, predictions: pd.DataFrame) -> None:
    """Write `predictions.csv` with a header a person understands."""
    run.stage("save", "Writing predictions.csv", 0.95)
    path = run.scratch / "predictions.csv"
    predictions.to_csv(path, index=False, encoding="utf-8", lineterminator="\n")
    run.publish("predictions", path, "predictions.csv")
    run.outcome.rows["predicted"] = len(predictions)


def _future_rows(recipe: ForecastRecipe, panel: Panel, horizon: int) -> Rows:
    horizons = np.arange(1, horizon + 1, dtype=np.int64)
    return concatenate(
        [
            rows_at(recipe, panel, number, np.full(horizon, one.length - 1, dtype=np.int64), horizons)
            for number, one in enumerate(panel.series)
        ]
    )


def _table(panel: Panel, one: Series, end: int) -> pd.DataFrame:
    steps = np.arange(end, one.length, dtype=np.int64)
    columns: dict[str, Any] = {
        name: [value] * len(steps) for name, value in zip(panel.id_columns, one.key, strict=True)
    }
    columns["date"] = panel.grid.texts(one.start + steps)
    columns["forecast"] = one.values[end:]
    return pd.DataFrame(columns)
