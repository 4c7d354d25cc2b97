"""The future of dated series from a model archive: MOJOs score the rows, no H2O is started."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from automl_runtime.archive import Archive, read_archive
from automl_runtime.backtest import interval_bounds
from automl_runtime.challengers import challenger_forecast
from automl_runtime.failures import RunError
from automl_runtime.intervals import Intervals
from automl_runtime.metrics import Floats
from automl_runtime.recipe import ForecastRecipe, Rows, concatenate, rows_at
from automl_runtime.run import Run
from automl_runtime.scoring import score
from automl_runtime.series import Panel, with_levels
from automl_runtime.timegrid import Frequency


@dataclass(frozen=True)
class SavedForecaster:
    """A forecaster read from `model.zip`."""

    archive: Archive
    recipe: ForecastRecipe
    intervals: Intervals | None

    @staticmethod
    def of(archive: Archive) -> SavedForecaster:
        """The forecaster in an archive of one."""
        manifest = archive.manifest
        recipe = ForecastRecipe.from_dict(manifest["recipe"])
        return SavedForecaster(archive, recipe, Intervals.from_dict(manifest.get("intervals")))

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
    return SavedForecaster.of(archive)


def forecast_future(run: Run, forecaster: SavedForecaster, panel: Panel, *, horizon: int) -> pd.DataFrame:
    """Forecast `horizon` steps after each series' own last observation.

    A horizon beyond the trained one is reached in blocks, each taking the block before as observed.

    :returns: id columns (where there are any), `date` (ISO), `forecast`, and `lower_80`, `upper_80`, `lower_95`,
        `upper_95` where the backtest gave intervals; ordered by series and date.
    """
    run.stage("forecast", "Forecasting", 0.4)
    recipe = forecaster.recipe
    if horizon > recipe.horizon:
        run.events.warn(f"The model was trained for {recipe.horizon} steps; steps beyond stand on its own forecasts.")
    growing = with_levels(panel, forecaster.archive.manifest["covariate_levels"])
    blocks: list[dict[str, Floats]] = []
    done = 0
    while done < horizon:
        block = min(recipe.horizon, horizon - done)
        rows = _future_rows(recipe, growing, block)
        columns = _block_columns(run, forecaster, growing, rows, done)
        blocks.append({name: values.reshape(len(growing.series), block) for name, values in columns.items()})
        growing = replace(
            growing,
            series=tuple(
                replace(one, values=np.concatenate([one.values, blocks[-1]["forecast"][number]]))
                for number, one in enumerate(growing.series)
            ),
        )
        done += block
    whole = {name: np.concatenate([block[name] for block in blocks], axis=1) for name in blocks[0]}
    parts = [
        _table(growing, number, {name: values[number] for name, values in whole.items()})
        for number in range(len(growing.series))
    ]
    return pd.concat(parts, ignore_index=True)


def _block_columns(run: Run, forecaster: SavedForecaster, panel: Panel, rows: Rows, done: int) -> dict[str, Floats]:
    """The forecast of a block of rows and its bounds, `done` steps after the last observation."""
    recipe = forecaster.recipe
    columns = {"forecast": recipe.presented(combine(run, forecaster, panel, rows))}
    if forecaster.intervals is not None:
        columns |= interval_bounds(recipe, forecaster.intervals, columns["forecast"], rows, done)
    return columns


def combine(run: Run, forecaster: SavedForecaster, panel: Panel, rows: Rows) -> Floats:
    """The weighted mean of all members for feature rows, in the target's unit."""
    members = forecaster.archive.members
    total = np.zeros(len(rows.actual))
    scored = [member for member in members if member.file is not None]
    mojos = [forecaster.archive.mojo(member) for member in scored]
    for member, raw in zip(scored, score(mojos, rows.features, run.scratch, None), strict=True):
        total += member.weight * forecaster.recipe.restore(raw, rows.level, rows.scale)
    for member in members:
        if member.file is None:
            threads = run.config.threads
            forecast = challenger_forecast(member.model_id, forecaster.recipe, panel, rows, processes=threads)
            total += member.weight * forecast
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


def _table(panel: Panel, number: int, forecasts: dict[str, Floats]) -> pd.DataFrame:
    one = panel.series[number]
    count = len(forecasts["forecast"])
    steps = np.arange(one.length - count, one.length, dtype=np.int64)
    columns: dict[str, Any] = {name: [value] * count for name, value in zip(panel.id_columns, one.key, strict=True)}
    columns["date"] = panel.grid.texts(one.start + steps)
    return pd.DataFrame(columns | forecasts)
