"""Training, judging and refitting a forecaster: AutoML's models beside naive challengers, and the mean of the best."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from automl_runtime.automl import (
    FULL_KEY,
    Design,
    TrainedModel,
    Trainer,
    as_array,
    load_frame,
    ranked,
)
from automl_runtime.backtest import Backtest, errors_of, interval_bounds
from automl_runtime.challengers import challenger_forecast, challengers
from automl_runtime.events import LeaderboardRow
from automl_runtime.intervals import LEVELS, Errors, Intervals
from automl_runtime.metrics import Floats, Metrics, forecast_metrics, seasonal_scale, skill
from automl_runtime.recipe import (
    NAIVE,
    ForecastRecipe,
    Rows,
    backtest_rows,
    concatenate,
    rows_at,
    time_blocks,
    training_rows,
    with_season,
)
from automl_runtime.refit import Refitter
from automl_runtime.run import Run
from automl_runtime.schedule import Search
from automl_runtime.series import Panel
from automl_runtime.slices import Slices

# Rows of neighbouring origins repeat each other: more than these make training slower and the forecast hardly better.
MOST_ROWS, MOST_ROWS_OF_A_PANEL = 20_000, 40_000
MANY_SERIES, UNHURRIED_SECONDS = 100, 300
ROWS_PER_ORIGIN, ROWS_OF_A_SHORT_HISTORY = 5, 3000
# Below this a learnt model is luck: the better naive method forecasts, and says so.
FEWEST_ROWS = 40
_CLIP = (0.01, 0.99)


@dataclass(frozen=True)
class Forecaster:
    """A trained forecaster: a recipe, models in H2O, and the weights of the mean that forecasts."""

    recipe: ForecastRecipe
    metric: str
    seed: int
    row_limit: int
    models: dict[str, TrainedModel]
    weights: dict[str, float]
    naive_scale: float | None
    leaderboard: list[LeaderboardRow]
    # Null where the backtest is too small for them.
    intervals: Intervals | None
    backtest_errors: Errors
    # Null where nothing was trained.
    slices: Slices | None
    # How the choice was made.
    backtest: Backtest

    @property
    def best(self) -> tuple[str, str]:
        """(model id, algorithm) of what forecasts."""
        if len(self.weights) == 1:
            name = next(iter(self.weights))
            return name, self.models[name].algorithm if name in self.models else name
        return "Ensemble", "StackedEnsemble"


@dataclass(frozen=True)
class Evaluation:
    """What the sealed rows say, frozen before the refit."""

    metrics: Metrics
    baseline: Metrics
    skill: float | None
    backtest: list[dict[str, Any]]
    holdout_rows: int
    # For the future: like the models that forecast it, they know the sealed rows' errors too.
    intervals: Intervals | None


def train_forecaster(
    run: Run,
    history: Panel,
    *,
    horizon: int,
    lags: list[int],
    windows: list[int],
    calendar: bool,
    metric: str,
    algorithms: list[str],
    folds: int,
    max_models: int | None,
    max_runtime_secs: int | None,
    seed: int,
    sample_rows: int | None,
) -> Forecaster:
    """Train AutoML on a direct forecasting table, judged in time blocks, and choose the mean that forecasts.

    :raises RunError: model/no_model_trained, execution/... where H2O fails.
    """
    run.stage("features", "Computing lags, seasons and calendar", 0.06)
    recipe = ForecastRecipe.for_panel(history, horizon=horizon, lags=lags, windows=windows, calendar=calendar)
    recipe = with_season(recipe, history)
    hurried = max_runtime_secs is not None and max_runtime_secs < UNHURRIED_SECONDS
    most = MOST_ROWS if len(history.series) < MANY_SERIES or hurried else MOST_ROWS_OF_A_PANEL
    limit = sample_rows or min(most, max(ROWS_OF_A_SHORT_HISTORY, ROWS_PER_ORIGIN * history.observations))
    rows = training_rows(recipe, history, limit=limit, seed=seed)
    judged = backtest_rows(recipe, history)
    backtest = Backtest(run, recipe, judged if len(judged.target) else rows, metric, _scale_of(history))
    run.stage("challengers", "Forecasting by methods that need no training", 0.08)
    for name in challengers(recipe, history, backtest.rows, max_runtime_secs):
        forecast = challenger_forecast(name, recipe, history, backtest.rows, processes=run.config.threads)
        backtest.enter(name, name, forecast, 0.0)
    trainer: Trainer | None = None
    if len(rows.target) < FEWEST_ROWS:
        run.events.warn(
            f"The history gives only {len(rows.target)} training rows, too few to learn "
            "from: a method that needs no training forecasts."
        )
        run.events.leaderboard(ranked(backtest.board))
    else:
        low, high = np.quantile(rows.target, _CLIP)
        recipe = replace(recipe, clip=(float(low), float(high)) if high > low else None)
        rows, fold, folds = _in_blocks(rows, judged, folds)
        run.events.info(f"{len(rows.target)} training rows, {rows.features.shape[1]} features, {folds} time blocks.")
        run.stage("train", "Training models", 0.10)
        search = Search(metric, tuple(algorithms), folds, max_models, max_runtime_secs, seed)
        trainer = Trainer(run, _design(recipe, rows), fold, search)
        for model in trainer.train():
            last = model.holdout[len(model.holdout) - len(judged.target) :]
            forecast = recipe.restore(last, judged.level, judged.scale)
            row = backtest.enter(model.model_id, model.algorithm, forecast, model.train_seconds)
            run.events.model(row, len(trainer.models), trainer.limits.max_models, trainer.progress())
            run.events.leaderboard(ranked(backtest.board))
        run.outcome.limits = trainer.limits

    run.stage("ensemble", "Weighing the candidates", 0.81)
    weights, intervals, errors = backtest.choose()
    models = {model.model_id: model for model in trainer.models} if trainer else {}
    if not any(name in models for name in weights):
        run.events.warn("No model that H2O trained forecasts better than a method without training: that one is used.")
    run.outcome.rows["training"] = history.observations
    slices = trainer.slices if trainer else None
    board = ranked(backtest.board)
    return Forecaster(
        recipe, metric, seed, limit, models, weights, backtest.scale, board, intervals, errors, slices, backtest
    )


def evaluate_forecaster(run: Run, forecaster: Forecaster, history: Panel, panel: Panel) -> Evaluation:
    """Forecast the sealed rows from where the history ends, and compare with what really happened and with naive.

    Where more rows are sealed than the horizon, the origin rolls on by one horizon each time.
    """
    run.stage("evaluate", "Judging on the sealed rows", 0.85)
    rows = sealed_rows(forecaster.recipe, history, panel)
    forecast = mean_forecast(run, forecaster, panel, rows)
    outcome = run.outcome
    if forecaster.intervals is not None:
        bounds = interval_bounds(forecaster.recipe, forecaster.intervals, forecast, rows)
        for level in LEVELS:
            inside = (rows.actual >= bounds[f"lower_{level}"]) & (rows.actual <= bounds[f"upper_{level}"])
            outcome.intervals[level]["holdout_coverage"] = float(inside.mean())
    metrics = forecast_metrics(rows.actual, forecast, forecaster.naive_scale)
    baseline = forecast_metrics(rows.actual, rows.naive, forecaster.naive_scale)
    dates = panel.grid.texts(rows.position)
    names = [panel.name_of(one) for one in panel.series]
    points = zip(rows.series, dates, rows.actual, forecast, rows.naive, strict=True)
    backtest = [
        {
            "series": names[series],
            "date": date,
            "actual": float(actual),
            "forecast": float(predicted),
            "naive": float(naive),
        }
        for series, date, actual, predicted, naive in points
    ]
    gain = skill(forecaster.metric, metrics[forecaster.metric], baseline[forecaster.metric])
    if gain is not None and gain < 0:
        run.events.warn(f"On the sealed rows the forecast is worse than the naive one (skill {gain:.3f}).")
    outcome.metric, outcome.metrics, outcome.skill = forecaster.metric, metrics, gain
    outcome.baseline = (NAIVE, baseline)
    outcome.leaderboard, outcome.best_model = forecaster.leaderboard, forecaster.best
    outcome.backtest = backtest
    outcome.rows["holdout"] = len(rows.actual)
    errors = forecaster.backtest_errors + errors_of(forecaster.recipe, forecast, rows)
    return Evaluation(
        metrics, baseline, gain, backtest[:5000], len(rows.actual), Intervals.fit(errors.sizes, errors.horizons)
    )


def refit_forecaster(run: Run, forecaster: Forecaster, panel: Panel) -> Forecaster:
    """Train the chosen models again, with the same settings, on everything including the sealed rows."""
    run.stage("refit", "Refitting on all rows", 0.88)
    chosen = [name for name in forecaster.weights if name in forecaster.models]
    if not chosen or forecaster.slices is None:
        return forecaster
    known = replace(panel, covariate_names=forecaster.recipe.covariates)
    rows = training_rows(forecaster.recipe, known, limit=forecaster.row_limit, seed=forecaster.seed)
    design = _design(forecaster.recipe, rows)
    path = run.scratch / "full.csv"
    design.write(path)
    frame = load_frame(path, FULL_KEY, design.types())
    refitter = Refitter(forecaster.slices, frame, list(design.features.columns), forecaster.seed)
    models = {}
    for number, name in enumerate(chosen):
        models[name] = refitter.again(forecaster.models[name], with_folds=False)
        run.events.stage("refit", f"{name} is refitted on all rows", 0.88 + 0.08 * (number + 1) / len(chosen))
    return replace(forecaster, models=models)


def sealed_rows(recipe: ForecastRecipe, history: Panel, panel: Panel) -> Rows:
    """The rows that stand for the sealed steps: origins at the history's end and every horizon after it."""
    boundary = history.sealed_from
    if boundary is None:
        raise ValueError("the history has nothing sealed")
    known = replace(panel, covariate_names=recipe.covariates)
    parts: list[Rows] = []
    for number, one in enumerate(known.series):
        first, end = boundary - one.start, one.length
        if first < 1 or first >= end:
            continue
        steps = np.arange(first, end, dtype=np.int64)
        blocks = (steps - first) // recipe.horizon
        origins = first - 1 + blocks * recipe.horizon
        observed = ~np.isnan(one.values[steps])
        if observed.any():
            parts.append(rows_at(recipe, known, number, origins[observed], (steps - origins)[observed]))
    return concatenate(parts)


def mean_forecast(run: Run, forecaster: Forecaster, panel: Panel, rows: Rows) -> Floats:
    """What the chosen mean says of each row, as it is shown, by the models in H2O."""
    total = np.zeros(len(rows.actual))
    frame: Any = None
    for name, weight in forecaster.weights.items():
        if name not in forecaster.models:
            threads = run.config.threads
            total += weight * challenger_forecast(name, forecaster.recipe, panel, rows, processes=threads)
            continue
        if frame is None:
            design = _design(forecaster.recipe, rows)
            path = run.scratch / "sealed.csv"
            design.write(path)
            frame = load_frame(path, "sealed.hex", design.types())
        predicted = as_array(forecaster.models[name].handle.predict(frame), None)
        total += weight * forecaster.recipe.restore(predicted, rows.level, rows.scale)
    return forecaster.recipe.presented(total)


def _design(recipe: ForecastRecipe, rows: Rows) -> Design:
    response = rows.target if recipe.clip is None else np.clip(rows.target, *recipe.clip)
    return Design(rows.features, recipe.categorical, response, None)


def _in_blocks(rows: Rows, judged: Rows, folds: int) -> tuple[Rows, Any, int]:
    """Training rows with the judged ones behind them, folded by time.

    Training rows across a border go, unless the history is too short to spare them; the judged ones all stay.
    """
    folds = max(2, min(folds, len(np.unique(rows.position)) // 2))
    _, inside = time_blocks(rows, folds)
    if inside.sum() < max(FEWEST_ROWS, 0.5 * inside.size):
        inside = np.ones_like(inside)
    rows = concatenate([rows.take(inside), judged])
    fold, _ = time_blocks(rows, folds)
    return rows, fold, len(np.unique(fold))


def _scale_of(history: Panel) -> float | None:
    return seasonal_scale([one.values for one in history.series], history.season)
