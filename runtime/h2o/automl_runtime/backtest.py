"""The judgement of all candidates on the same rows, the mean that is chosen by it, and the intervals around it."""

from __future__ import annotations

import numpy as np

from automl_runtime.automl import ranked
from automl_runtime.blend import Kind, choose_weights
from automl_runtime.challengers import kind_of
from automl_runtime.events import LeaderboardRow
from automl_runtime.intervals import LEVELS, Errors, Intervals, backtest_coverage
from automl_runtime.metrics import Floats, forecast_metrics
from automl_runtime.recipe import ForecastRecipe, Rows
from automl_runtime.run import Run

# (model id, algorithm) of the mean of several candidates.
COMBINATION = ("Ensemble", "Combination")
_ENOUGH_ORIGINS = 5


class Backtest:
    """All candidates' forecasts of the same rows, their scores, and the choice between them."""

    def __init__(self, run: Run, recipe: ForecastRecipe, rows: Rows, metric: str, scale: float | None) -> None:
        self._run = run
        self._recipe = recipe
        self.rows = rows
        self._metric = metric
        self.scale = scale
        self._candidates: dict[str, Floats] = {}
        self._kinds: dict[str, Kind] = {}
        self.board: list[LeaderboardRow] = []
        # The forecast of the chosen mean, once it is chosen.
        self.mixed: Floats = np.empty(0)

    def enter(self, model_id: str, algorithm: str, forecast: Floats, seconds: float | None) -> LeaderboardRow:
        """Add a candidate: returns its row of the leaderboard."""
        self._candidates[model_id] = forecast
        self._kinds[model_id] = kind_of(algorithm) if model_id == algorithm else "learnt"
        seconds = None if seconds is None else round(seconds, 3)
        self.board.append(LeaderboardRow(model_id, algorithm, self._metric, self._score(forecast), seconds))
        return self.board[-1]

    def choose(self) -> tuple[dict[str, float], Intervals | None]:
        """The weights of the mean that forecasts, and its intervals; told."""
        weights = choose_weights(self._candidates, self._score, self._metric, self._kinds)
        parts = [weight * self._candidates[name] for name, weight in weights.items()]
        mixed: Floats = np.sum(parts, axis=0)
        self.mixed = mixed
        if len(weights) > 1:
            self.enter(*COMBINATION, mixed, None)
        events = self._run.events
        events.leaderboard(ranked(self.board))
        events.info("Forecast by " + ", ".join(f"{weight:.0%} {name}" for name, weight in weights.items()) + ".")
        return weights, self._intervals(errors_of(self._recipe, mixed, self.rows))

    def _intervals(self, errors: Errors) -> Intervals | None:
        rows = self.rows
        intervals = Intervals.fit(errors.sizes, errors.horizons)
        if intervals is None:
            self._run.events.info("The backtest is too small for prediction intervals.")
            return None
        # Of many series there are few origins: then each series is judged by the others.
        groups = rows.origin if len(np.unique(rows.origin)) >= _ENOUGH_ORIGINS else rows.series
        coverage = backtest_coverage(errors.sizes, errors.horizons, groups)
        for level in LEVELS:
            self._run.outcome.intervals[level] = {"backtest_coverage": coverage.get(level), "holdout_coverage": None}
        told = ", ".join(f"{level} % held {share:.1%}" for level, share in coverage.items())
        self._run.events.info(f"Prediction intervals on the backtest: {told or 'too few origins to measure'}.")
        return intervals

    def _score(self, forecast: Floats) -> float | None:
        return forecast_metrics(self.rows.actual, forecast, self.scale)[self._metric]


def errors_of(recipe: ForecastRecipe, forecast: Floats, rows: Rows) -> Errors:
    """How wrong a forecast of rows was, in the unit that intervals are made of."""
    distance = np.abs(recipe.transformed(rows.actual) - recipe.transformed(forecast))
    return Errors(distance / rows.scale / rows.spread, rows.position - rows.origin)


def interval_bounds(
    recipe: ForecastRecipe, intervals: Intervals, forecast: Floats, rows: Rows, ahead: int = 0
) -> dict[str, Floats]:
    """`lower_80`, `upper_80`, ... of each row's forecast; `ahead` steps lie between the last value and the origin."""
    spread = np.where(np.isnan(rows.spread), 0.0, rows.spread) * rows.scale
    z = recipe.transformed(forecast)
    bounds: dict[str, Floats] = {}
    for level in LEVELS:
        width = intervals.half_width(level, rows.position - rows.origin + ahead) * spread
        lower, upper = (recipe.bounded(recipe.untransformed(edge)) for edge in (z - width, z + width))
        bounds[f"lower_{level}"] = np.floor(lower) if recipe.integer else lower
        bounds[f"upper_{level}"] = np.ceil(upper) if recipe.integer else upper
    return bounds
