"""Training, judging and refitting a forecaster: AutoML's models beside naive challengers, and the mean of the best."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from automl_runtime.automl import (
    FULL_KEY,
    Design,
    Search,
    TrainedModel,
    Trainer,
    as_array,
    leaderboard_row,
    load_frame,
    ranked,
)
from automl_runtime.blend import choose_weights
from automl_runtime.events import LeaderboardRow
from automl_runtime.metrics import Floats, Metrics, forecast_metrics, seasonal_scale, skill, sort_key
from automl_runtime.recipe import (
    NAIVE,
    SEASONAL_MEAN,
    ForecastRecipe,
    Rows,
    concatenate,
    rows_at,
    time_blocks,
    training_rows,
)
from automl_runtime.refit import Refitter
from automl_runtime.run import Run
from automl_runtime.series import Panel
from automl_runtime.slices import Slices

# Rows of neighbouring origins repeat each other: more than these make training slower and the forecast hardly better.
MOST_ROWS = 20_000
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
    # Null where nothing was trained.
    slices: Slices | None

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
    limit = sample_rows or min(MOST_ROWS, max(ROWS_OF_A_SHORT_HISTORY, ROWS_PER_ORIGIN * history.observations))
    rows = training_rows(recipe, history, limit=limit, seed=seed)
    scale = seasonal_scale([one.values for one in history.series], history.season)
    if len(rows.target) < FEWEST_ROWS:
        return _naive_only(run, recipe, metric, seed, rows, scale)
    low, high = np.quantile(rows.target, _CLIP)
    recipe = replace(recipe, clip=(float(low), float(high)) if high > low else None)
    rows, fold, folds = _in_blocks(rows, folds)
    run.events.info(f"{len(rows.target)} training rows, {rows.features.shape[1]} features, {folds} time blocks.")
    design = _design(recipe, rows)
    search = Search(metric, tuple(algorithms), folds, max_models, max_runtime_secs, seed)

    run.stage("train", "Training models", 0.10)
    trainer = Trainer(run, design, fold, search)
    candidates: dict[str, Floats] = {NAIVE: rows.naive, SEASONAL_MEAN: rows.seasonal_mean}
    board = [_naive_row(name, metric, rows.actual, values, scale) for name, values in candidates.items()]
    for model in trainer.train():
        forecast = recipe.restore(model.holdout, rows.level, rows.scale)
        candidates[model.model_id] = forecast
        row = leaderboard_row(model, metric, forecast_metrics(rows.actual, forecast, scale)[metric])
        board.append(row)
        run.events.model(row, len(trainer.models), max_models, trainer.progress())
        run.events.leaderboard(ranked(board))

    run.stage("ensemble", "Weighing the candidates", 0.81)
    weights = choose_weights(
        candidates, lambda forecast: forecast_metrics(rows.actual, forecast, scale)[metric], metric
    )
    if len(weights) > 1:
        mixed = sum((weight * candidates[name] for name, weight in weights.items()), start=np.zeros(len(rows.actual)))
        score = forecast_metrics(rows.actual, mixed, scale)[metric]
        board.append(LeaderboardRow("Ensemble", "StackedEnsemble", metric, score, None))
    run.events.leaderboard(ranked(board))
    run.events.info("Forecast by " + ", ".join(f"{weight:.0%} {name}" for name, weight in weights.items()) + ".")
    if all(name in (NAIVE, SEASONAL_MEAN) for name in weights):
        run.events.warn("No trained model beat the naive forecast on the training rows: the naive one is used.")
    run.outcome.rows["training"] = history.observations
    models = {model.model_id: model for model in trainer.models}
    return Forecaster(recipe, metric, seed, limit, models, weights, scale, ranked(board), trainer.slices)


def evaluate_forecaster(run: Run, forecaster: Forecaster, history: Panel, panel: Panel) -> Evaluation:
    """Forecast the sealed rows from where the history ends, and compare with what really happened and with naive.

    Where more rows are sealed than the horizon, the origin rolls on by one horizon each time.
    """
    run.stage("evaluate", "Judging on the sealed rows", 0.85)
    rows = sealed_rows(forecaster.recipe, history, panel)
    forecast = _mean_forecast(run, forecaster, rows)
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
    outcome = run.outcome
    outcome.metric, outcome.metrics, outcome.skill = forecaster.metric, metrics, gain
    outcome.baseline = (NAIVE, baseline)
    outcome.leaderboard, outcome.best_model = forecaster.leaderboard, forecaster.best
    outcome.backtest = backtest
    outcome.rows["holdout"] = len(rows.actual)
    return Evaluation(metrics, baseline, gain, backtest[:5000], len(rows.actual))


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


def _mean_forecast(run: Run, forecaster: Forecaster, rows: Rows) -> Floats:
    total = np.zeros(len(rows.actual))
    frame: Any = None
    for name, weight in forecaster.weights.items():
        if name == NAIVE:
            total += weight * rows.naive
        elif name == SEASONAL_MEAN:
            total += weight * rows.seasonal_mean
        else:
            if frame is None:
                design = _design(forecaster.recipe, rows)
                path = run.scratch / "sealed.csv"
                design.write(path)
                frame = load_frame(path, "sealed.hex", design.types())
            predicted = as_array(forecaster.models[name].handle.predict(frame), None)
            total += weight * forecaster.recipe.restore(predicted, rows.level, rows.scale)
    return total


def _design(recipe: ForecastRecipe, rows: Rows) -> Design:
    response = rows.target if recipe.clip is None else np.clip(rows.target, *recipe.clip)
    return Design(rows.features, recipe.categorical, response, None)


def _in_blocks(rows: Rows, folds: int) -> tuple[Rows, Any, int]:
    """Fold the rows by time; those across a border go, unless the history is too short to spare them."""
    folds = max(2, min(folds, len(np.unique(rows.position)) // 2))
    fold, inside = time_blocks(rows, folds)
    if inside.sum() >= max(FEWEST_ROWS, 0.5 * inside.size) and len(np.unique(fold[inside])) == folds:
        rows, fold = rows.take(inside), fold[inside]
    return rows, fold, folds


def _naive_row(name: str, metric: str, actual: Floats, values: Floats, scale: float | None) -> LeaderboardRow:
    return LeaderboardRow(name, name, metric, forecast_metrics(actual, values, scale)[metric], 0.0)


def _naive_only(
    run: Run, recipe: ForecastRecipe, metric: str, seed: int, rows: Rows, scale: float | None
) -> Forecaster:
    run.events.warn(
        f"The history gives only {len(rows.target)} training rows, too few to learn from: a naive method forecasts."
    )
    values = {NAIVE: rows.naive, SEASONAL_MEAN: rows.seasonal_mean}
    board = ranked([_naive_row(name, metric, rows.actual, forecast, scale) for name, forecast in values.items()])
    best = min(board, key=lambda row: sort_key(metric, row.score))
    run.outcome.rows["training"] = len(rows.target)
    run.events.leaderboard(board)
    return Forecaster(recipe, metric, seed, MOST_ROWS, {}, {best.model_id: 1.0}, scale, board, None)
