"""Training a forecaster: AutoML's models beside methods that need no training, and the mean of the best."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from automl_runtime.automl import (
    Design,
    TrainedModel,
    Trainer,
    ranked,
)
from automl_runtime.backtest import COMBINATION, Backtest
from automl_runtime.challengers import challenger_forecast, challengers
from automl_runtime.dated import Known, Names, panel_of, read_dated
from automl_runtime.handover import SealedSeries, check_training_rows, read_handover
from automl_runtime.intervals import Intervals
from automl_runtime.metrics import Floats, seasonal_scale
from automl_runtime.public_holidays import public_holidays
from automl_runtime.recipe import (
    ForecastRecipe,
    Rows,
    backtest_rows,
    block_edges,
    concatenate,
    time_blocks,
    training_rows,
    with_season,
)
from automl_runtime.run import Run
from automl_runtime.schedule import Search
from automl_runtime.series import Panel

# Rows of neighbouring origins repeat each other: more than these make training slower and the forecast hardly better.
MOST_ROWS, MOST_ROWS_OF_A_PANEL = 20_000, 40_000
MANY_SERIES, UNHURRIED_SECONDS = 100, 300
ROWS_PER_ORIGIN, ROWS_OF_A_SHORT_HISTORY = 5, 3000
# Below this a learnt model is luck: the better naive method forecasts, and says so.
FEWEST_ROWS = 40
# The least share of the training rows that lies inside of blocks: else there are too many blocks.
LEAST_KEPT = 0.5
_CLIP = (0.01, 0.99)
# A row counts so many times as much as the usual one at most, or so little.
_MOST_WEIGHT = 4.0


@dataclass(frozen=True)
class Forecaster:
    """A trained forecaster: a recipe, models in H2O, and the weights of the mean that forecasts."""

    recipe: ForecastRecipe
    metric: str
    seed: int
    row_limit: int
    models: dict[str, TrainedModel]
    weights: dict[str, float]
    # Null where the backtest is too small for them.
    intervals: Intervals | None
    # How the choice was made.
    backtest: Backtest

    @property
    def best(self) -> tuple[str, str]:
        """(model id, algorithm) of what forecasts."""
        if len(self.weights) == 1:
            name = next(iter(self.weights))
            return name, self.models[name].algorithm if name in self.models else name
        return COMBINATION


def load_history(
    run: Run, *, target: str, date_column: str | None, series_id_columns: list[str], covariates: list[str]
) -> Panel:
    """Read the rows that may be trained on, on the grid of all rows, with the covariates that sealing has kept.

    :raises RunError: data/... where the columns can't be used, system/stage_input_invalid without a sealed data set.
    """
    run.stage("load", "Reading the history", 0.05)
    handover = read_handover(run, "series")
    path, sealed = check_training_rows(run, handover), SealedSeries.of(handover)
    known = [name for name in covariates if name in sealed.covariates]
    names = Names.of(target, date_column, series_id_columns, known)
    dated = read_dated(path, names, run.config.column_types, Known(sealed.grid, sealed.covariate_levels))
    return replace(panel_of(run, dated, told=False), sealed_from=sealed.boundary)


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
    holidays: str | None = None,
) -> Forecaster:
    """Train AutoML on a direct forecasting table, judged in time blocks, and choose the mean that forecasts.

    :param holidays: whose public holidays are features (ISO 3166: `DE`, `DE-BY`)
    :raises RunError: model/no_model_trained, execution/... where H2O fails.
    """
    run.stage("features", "Computing lags, seasons and calendar", 0.06)
    days = public_holidays(run, history, holidays)
    recipe = ForecastRecipe.for_panel(
        history, horizon=horizon, lags=lags, windows=windows, calendar=calendar, holidays=days
    )
    recipe = with_season(recipe, history)
    hurried = max_runtime_secs is not None and max_runtime_secs < UNHURRIED_SECONDS
    most = MOST_ROWS if len(history.series) < MANY_SERIES or hurried else MOST_ROWS_OF_A_PANEL
    limit = sample_rows or min(most, max(ROWS_OF_A_SHORT_HISTORY, ROWS_PER_ORIGIN * history.observations))
    rows = training_rows(recipe, history, limit=limit, seed=seed)
    judged = backtest_rows(recipe, history)
    scale = naive_scale(history)
    backtest = Backtest(run, recipe, judged if len(judged.target) else rows, metric, scale)
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
        trainer = Trainer(run, forecast_design(recipe, rows), fold, search)
        for model in trainer.train():
            last = model.holdout[len(model.holdout) - len(judged.target) :]
            forecast = recipe.restore(last, judged.level, judged.scale)
            row = backtest.enter(model.model_id, model.algorithm, forecast, model.train_seconds)
            run.events.model(row, len(trainer.models), trainer.limits.max_models, trainer.progress())
            run.events.leaderboard(ranked(backtest.board))
        run.outcome.limits = trainer.limits

    run.stage("ensemble", "Weighing the candidates", 0.81)
    weights, intervals = backtest.choose()
    models = {model.model_id: model for model in trainer.models} if trainer else {}
    if not any(name in models for name in weights):
        run.events.warn("No model that H2O trained forecasts better than a method without training: that one is used.")
    run.outcome.rows["training"] = history.observations
    forecaster = Forecaster(recipe, metric, seed, limit, models, weights, intervals, backtest)
    run.outcome.metric, run.outcome.best_model = metric, forecaster.best
    run.outcome.leaderboard = ranked(backtest.board)
    return forecaster


def forecast_design(recipe: ForecastRecipe, rows: Rows) -> Design:
    """Rows as H2O trains on them. Of several series, a restless one's rows count less: its errors are noise."""
    response = rows.target if recipe.clip is None else np.clip(rows.target, *recipe.clip)
    weight = _calm(rows.spread) if recipe.relative_spread else None
    return Design(rows.features, recipe.categorical, response, None, weight=weight)


def _calm(spread: Floats) -> Floats | None:
    """Weights by the inverse of each row's unrest, 1 on average; None where nothing is known of it."""
    usual = float(np.nanmedian(spread)) if np.isfinite(spread).any() else 0.0
    if usual <= 0:
        return None
    relative = np.nan_to_num(spread / usual, nan=1.0)
    weight: Floats = 1 / np.clip(relative, 1 / _MOST_WEIGHT, _MOST_WEIGHT)
    weight /= weight.mean()
    return weight


def _in_blocks(rows: Rows, judged: Rows, folds: int) -> tuple[Rows, Any, int]:
    """Training rows with the judged ones behind them, folded by time.

    Training rows across a border go: there are fewer borders where too many would. Where the history is too short to
    spare any, all stay.
    """
    edges = block_edges(rows, judged, 2)
    inside = np.ones(rows.position.shape, dtype=np.bool_)
    for blocks in range(max(2, min(folds, len(np.unique(rows.position)) // 2)), 1, -1):
        borders = block_edges(rows, judged, blocks)
        fold, within = time_blocks(rows, borders)
        if np.count_nonzero(within & (fold == 0)) >= FEWEST_ROWS and within.sum() >= LEAST_KEPT * within.size:
            edges, inside = borders, within
            break
    rows = concatenate([rows.take(inside), judged])
    fold, _ = time_blocks(rows, edges)
    return rows, fold, len(np.unique(fold))


def naive_scale(history: Panel) -> float | None:
    """What errors are scaled by (MASE): the naive forecast's within the history."""
    return seasonal_scale([one.values for one in history.series], history.season)
