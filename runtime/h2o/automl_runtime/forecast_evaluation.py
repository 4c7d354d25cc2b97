"""Judging a forecaster on the sealed rows, then refitting it on everything."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from automl_runtime.automl import FULL_KEY, TrainedModel, load_frame
from automl_runtime.backtest import errors_of, interval_bounds
from automl_runtime.candidate import freeze
from automl_runtime.forecast_candidate import ForecastCandidate
from automl_runtime.forecaster import forecast_design
from automl_runtime.forecasting import combine
from automl_runtime.intervals import LEVELS, Intervals
from automl_runtime.metrics import Floats, forecast_metrics, skill
from automl_runtime.recipe import NAIVE, ForecastRecipe, Rows, concatenate, rows_at, training_rows
from automl_runtime.refit import Refitter, refit_slices
from automl_runtime.run import Run
from automl_runtime.series import Panel


@dataclass(frozen=True)
class Evaluation:
    """What the sealed rows say, frozen before the refit."""

    rows: Rows
    forecast: Floats
    backtest: list[dict[str, Any]]
    # For the future: like the models that forecast it, they know the sealed rows' errors too.
    intervals: Intervals | None


@dataclass(frozen=True)
class RefittedForecaster:
    """The candidate with its models trained on everything, in H2O."""

    candidate: ForecastCandidate
    models: dict[str, TrainedModel]


def evaluate_forecaster(run: Run, candidate: ForecastCandidate, panel: Panel) -> Evaluation:
    """Forecast the sealed rows from where the history ends, and compare with what really happened and with naive.

    Where more rows are sealed than the horizon, the origin rolls on by one horizon each time.
    """
    run.stage("evaluate", "Judging on the sealed rows", 0.86)
    rows = sealed_rows(candidate.recipe, panel, candidate.sealed.boundary)
    forecast = mean_forecast(run, candidate, panel, rows)
    outcome, intervals = run.outcome, candidate.saved.intervals
    if intervals is not None:
        bounds = interval_bounds(candidate.recipe, intervals, forecast, rows)
        for level in LEVELS:
            inside = (rows.actual >= bounds[f"lower_{level}"]) & (rows.actual <= bounds[f"upper_{level}"])
            outcome.intervals[level]["holdout_coverage"] = float(inside.mean())
    scale = candidate.naive_scale(panel)
    metrics = forecast_metrics(rows.actual, forecast, scale)
    baseline = forecast_metrics(rows.actual, rows.naive, scale)
    gain = skill(candidate.metric, metrics[candidate.metric], baseline[candidate.metric])
    if gain is not None and gain < 0:
        run.events.warn(f"On the sealed rows the forecast is worse than the naive one (skill {gain:.3f}).")
    outcome.metrics, outcome.skill, outcome.baseline = metrics, gain, (NAIVE, baseline)
    outcome.backtest = _points(panel, rows, forecast)
    outcome.rows["holdout"] = len(rows.actual)
    freeze(run)
    judged = candidate.backtest_rows(panel)
    errors = errors_of(candidate.recipe, candidate.backtest, judged) + errors_of(candidate.recipe, forecast, rows)
    return Evaluation(rows, forecast, outcome.backtest[:5000], Intervals.fit(errors.sizes, errors.horizons))


def refit_forecaster(run: Run, candidate: ForecastCandidate, panel: Panel) -> RefittedForecaster:
    """Train the chosen models again, with the same settings, on everything including the sealed rows."""
    run.stage("refit", "Refitting on all rows", 0.88)
    if not candidate.settings:
        return RefittedForecaster(candidate, {})
    rows = training_rows(candidate.recipe, panel, limit=candidate.row_limit, seed=candidate.seed)
    design = forecast_design(candidate.recipe, rows)
    path = run.scratch / "full.csv"
    design.write(path)
    run.h2o.wait_until_ready()
    frame = load_frame(path, FULL_KEY, design.types())
    slices = refit_slices(run, path, candidate.settings)
    refitter = Refitter(slices, frame, list(design.features.columns), candidate.seed, design.weights_column)
    models = {}
    for number, one in enumerate(candidate.settings):
        models[one.model_id] = refitter.again(one)
        progress = 0.88 + 0.08 * (number + 1) / len(candidate.settings)
        run.events.stage("refit", f"{one.model_id} is refitted on all rows", progress)
    return RefittedForecaster(candidate, models)


def sealed_rows(recipe: ForecastRecipe, panel: Panel, boundary: int) -> Rows:
    """The rows that stand for the sealed steps: origins at the history's end and every horizon after it."""
    parts: list[Rows] = []
    for number, one in enumerate(panel.series):
        first, end = boundary - one.start, one.length
        if first < 1 or first >= end:
            continue
        steps = np.arange(first, end, dtype=np.int64)
        blocks = (steps - first) // recipe.horizon
        origins = first - 1 + blocks * recipe.horizon
        observed = ~np.isnan(one.values[steps])
        if observed.any():
            parts.append(rows_at(recipe, panel, number, origins[observed], (steps - origins)[observed]))
    return concatenate(parts)


def mean_forecast(run: Run, candidate: ForecastCandidate, panel: Panel, rows: Rows) -> Floats:
    """What the chosen mean says of each row, as it is shown; by MOJOs, as predictions are made."""
    return candidate.recipe.presented(combine(run, candidate.saved, panel, rows))


def _points(panel: Panel, rows: Rows, forecast: Floats) -> list[dict[str, Any]]:
    dates = panel.grid.texts(rows.position)
    names = [panel.name_of(one) for one in panel.series]
    points = zip(rows.series, dates, rows.actual, forecast, rows.naive, strict=True)
    return [
        {
            "series": names[series],
            "date": date,
            "actual": float(actual),
            "forecast": float(predicted),
            "naive": float(naive),
        }
        for series, date, actual, predicted, naive in points
    ]
