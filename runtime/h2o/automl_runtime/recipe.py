"""Features for direct forecasting: one table with the horizon as a feature, and nothing that looks ahead.

For an origin t (the last observation that is known) and a horizon h, every feature is computed from values up to t and
from the date t+h. The target is (z[t+h] - level[t, h]) / scale[t] with z = log y where all values are positive, else y;
the level is the last season's mean and what the target's season adds to it. So one model serves series of any size,
what it learns holds for levels it has never seen, and no tree is spent on copying the season.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from automl_runtime.metrics import Floats
from automl_runtime.series import Panel, covariate_at
from automl_runtime.state import State, Steps
from automl_runtime.timegrid import TimeGrid

SERIES_COLUMN = "series"
NAIVE, SEASONAL_MEAN = "SeasonalNaive", "SeasonalMean"
# A category of thousands of series teaches nothing that level and lags don't; past this the id is left out.
_MOST_SERIES_AS_CATEGORY = 500
_LEAST_ROUNDED = 10.0
_FAR_DAYS = 5
# The backtest: pairs of origin and horizon over all series, and origins of one series.
_BACKTEST_PAIRS, _MOST_ORIGINS = 2000, 12
_FEWEST_ROWS_OF_SEASON, _LEAST_SHARE, _CLIP = 20, 0.2, (0.01, 0.99)


@dataclass(frozen=True)
class ForecastRecipe:
    """How a table is made of series: all that forecasting needs besides the models and the history."""

    horizon: int
    lags: tuple[int, ...]
    windows: tuple[int, ...]
    calendar: bool
    season: int
    year: int | None
    transform: Literal["log", "plain"]
    # The least value that is taken a logarithm of: later zeros in a history that was positive stay harmless.
    floor: float
    nonnegative: bool
    covariates: tuple[str, ...]
    keys: tuple[tuple[str, ...], ...]
    # Targets outside of these are clipped, in units of the target.
    clip: tuple[float, float] | None = None
    # What the history never was, the forecast isn't either: above this bound, or a fraction.
    highest: float | None = None
    integer: bool = False
    # Errors of several series compare only in units of each series' own unrest.
    relative_spread: bool = False
    # Unrest is that of seasonal differences. Models of earlier versions have intervals in units of plain ones.
    seasonal_spread: bool = False
    # How much of what the target's season adds is in the level. None in models of earlier versions.
    seasonal_share: float = 0.0
    # ISO dates in order; empty where none are known or wanted.
    holidays: tuple[str, ...] = ()

    @staticmethod
    def for_panel(
        history: Panel,
        *,
        horizon: int,
        lags: Sequence[int],
        windows: Sequence[int],
        calendar: bool,
        holidays: tuple[str, ...] = (),
    ) -> ForecastRecipe:
        """The recipe for a history: lags and windows that it is too short for are left out."""
        longest, season = history.longest, history.season
        if season > 1 and longest < season + 2:
            season = 1
        observed = np.concatenate([one.values[~np.isnan(one.values)] for one in history.series])
        lowest, highest = float(observed.min()), float(observed.max())
        whole = bool(np.all(observed == np.round(observed)))
        year = history.grid.frequency.steps_in_year()
        long_enough = year is not None and year > 2 * season and longest >= year + max(season, horizon) + year // 4
        several = 1 < len(history.series) <= _MOST_SERIES_AS_CATEGORY
        return ForecastRecipe(
            horizon=horizon,
            lags=tuple(sorted({lag for lag in (lags or _default_lags(season)) if lag <= longest // 2})) or (1,),
            windows=tuple(sorted({window for window in windows if window <= longest // 2})),
            calendar=calendar,
            season=season,
            year=year if long_enough else None,
            transform="log" if lowest > 0 else "plain",
            floor=lowest / 2 if lowest > 0 else 0.0,
            nonnegative=lowest >= 0,
            covariates=history.covariate_names,
            keys=tuple(one.key for one in history.series) if several else (),
            highest=1.0 if lowest >= 0 and highest <= 1 and not whole else None,
            # The mean of small counts is no whole number, and says more than one.
            integer=whole and float(np.abs(observed).mean()) >= _LEAST_ROUNDED,
            relative_spread=len(history.series) > 1,
            seasonal_spread=True,
            holidays=holidays,
        )

    def as_dict(self) -> dict[str, Any]:
        """The JSON form that the model archive keeps."""
        return asdict(self)

    @staticmethod
    def from_dict(raw: dict[str, Any]) -> ForecastRecipe:
        """The inverse of `as_dict` after a round trip through JSON."""
        return ForecastRecipe(
            **{
                **raw,
                "lags": tuple(raw["lags"]),
                "windows": tuple(raw["windows"]),
                "covariates": tuple(raw["covariates"]),
                "keys": tuple(tuple(key) for key in raw["keys"]),
                "clip": tuple(raw["clip"]) if raw["clip"] else None,
                "holidays": tuple(raw.get("holidays", ())),
            }
        )

    @property
    def categorical(self) -> frozenset[str]:
        """The feature columns that are categories."""
        return frozenset({SERIES_COLUMN}) if self.keys else frozenset()

    @property
    def earliest_origin(self) -> int:
        """The first step of a series from which it makes sense to forecast: a season seen, or a few values."""
        return max(self.season - 1, 2)

    def transformed(self, values: Floats) -> Floats:
        """Values on the scale on which models work: z."""
        return np.log(np.maximum(values, self.floor)) if self.transform == "log" else values

    def restore(self, predicted: Floats, level: Floats, scale: Floats) -> Floats:
        """Model output to the target's own unit; never negative where the history never was."""
        inside = predicted if self.clip is None else np.clip(predicted, *self.clip)
        z = level + scale * inside
        return self.bounded(self.untransformed(z))

    def untransformed(self, z: Floats) -> Floats:
        """The inverse of `transformed`."""
        return np.exp(z) if self.transform == "log" else z

    def bounded(self, values: Floats) -> Floats:
        """Values within the history's natural bounds."""
        return np.clip(values, 0.0 if self.nonnegative else None, self.highest)

    def presented(self, values: Floats) -> Floats:
        """Values as they are shown: whole numbers where the history has no others."""
        return np.round(values) if self.integer else values


@dataclass(frozen=True)
class Rows:
    """Feature rows of pairs (origin, horizon) with what leads from model output back to the target's unit."""

    features: pd.DataFrame
    level: Floats
    scale: Floats
    # The target in the model's unit and in its own; NaN where it is not known.
    target: Floats
    actual: Floats
    naive: Floats
    seasonal_mean: Floats
    # The unit in which errors on the model's scale are compared between series.
    spread: Floats
    # Grid positions of origin and target, and the number of the series in its panel.
    origin: Steps
    position: Steps
    series: Steps

    def take(self, keep: npt.NDArray[Any]) -> Rows:
        """The chosen rows (mask or indices)."""
        chosen = {name: getattr(self, name)[keep] for name in _ARRAYS}
        return Rows(features=self.features.loc[self.features.index[keep]].reset_index(drop=True), **chosen)


_ARRAYS = ("level", "scale", "target", "actual", "naive", "seasonal_mean", "spread", "origin", "position", "series")


def rows_at(recipe: ForecastRecipe, panel: Panel, number: int, origins: Steps, horizons: Steps) -> Rows:
    """The rows of one series for pairs of origin (step within the series) and horizon."""
    one = panel.series[number]
    state = State.of(one.values, recipe)
    target_step = origins + horizons
    seasonal = recipe.seasonal_share * state.season_index(origins, horizons)
    level, scale = state.level[origins] + seasonal, state.scale[origins]
    inside = target_step < one.length
    actual = np.where(inside, one.values[np.minimum(target_step, one.length - 1)], np.nan)
    same_season = state.same_season(origins, horizons)
    features = _features(recipe, state, origins, horizons, same_season)
    if recipe.seasonal_share > 0:
        features["season_index"] = seasonal / scale
        for name in ("season_1", "season_2", "season_mean"):
            features[name] = features[name] - features["season_index"]
    position = one.start + target_step
    if recipe.calendar:
        features |= calendar_features(panel.grid, position)
    if recipe.holidays:
        features |= holiday_features(panel.grid, position, recipe.holidays)
    for index, name in enumerate(recipe.covariates):
        features[f"covariate_{index}"] = covariate_at(one, name, target_step)
    frame = pd.DataFrame(features)
    if recipe.keys:
        code = {key: order for order, key in enumerate(recipe.keys)}.get(one.key)
        frame[SERIES_COLUMN] = None if code is None else f"s{code}"
    spread = state.spread(recipe)[origins] if recipe.relative_spread else np.ones(origins.shape)
    return Rows(
        features=frame,
        level=level,
        scale=scale,
        target=(recipe.transformed(actual) - level) / scale,
        actual=actual,
        naive=recipe.untransformed(same_season[0]),
        seasonal_mean=recipe.untransformed(np.nanmean(np.stack(same_season), axis=0)),
        spread=np.where(spread > 0, spread, np.nan),
        origin=one.start + origins,
        position=position,
        series=np.full(origins.shape, number, dtype=np.int64),
    )


def training_rows(recipe: ForecastRecipe, history: Panel, *, limit: int, seed: int) -> Rows:
    """Pairs of origin and horizon whose target is known, at most about `limit`, drawn evenly with a seed."""
    generator = np.random.default_rng(seed)
    pairs_of = [max(0, one.length - 1 - recipe.earliest_origin) * recipe.horizon for one in history.series]
    share = min(1.0, limit / max(1, sum(pairs_of)))
    parts: list[Rows] = []
    for number, (one, pairs) in enumerate(zip(history.series, pairs_of, strict=True)):
        if pairs == 0:
            continue
        wanted = pairs if share >= 1 else max(1, round(pairs * share))
        chosen = np.arange(pairs) if wanted == pairs else np.sort(generator.choice(pairs, wanted, replace=False))
        origins = recipe.earliest_origin + chosen // recipe.horizon
        horizons = 1 + chosen % recipe.horizon
        targets = origins + horizons
        usable = targets < one.length
        usable[usable] &= ~np.isnan(one.values[targets[usable]])
        if usable.any():
            parts.append(rows_at(recipe, history, number, origins[usable], horizons[usable]))
    return concatenate(parts) if parts else rows_at(recipe, history, 0, _NO_STEPS, _NO_STEPS)


def backtest_rows(recipe: ForecastRecipe, history: Panel) -> Rows:
    """Rows from origins spread over the later half of each series, for all horizons whose target is known.

    One horizon apart where the history allows, closer where it is short. All series have their origins on the same
    dates, so that there are dates between which whole forecasts lie, of every series.
    """
    pairs = max(1, len(history.series)) * recipe.horizon
    wanted = int(np.clip(_BACKTEST_PAIRS // pairs, 1, _MOST_ORIGINS))
    end = max(one.start + one.length for one in history.series)
    spare = history.longest - 1 - _first_judged_origin(recipe, history.longest)
    stride = max(1, min(recipe.horizon, spare // wanted))
    parts: list[Rows] = []
    for number, one in enumerate(history.series):
        first, last = _first_judged_origin(recipe, one.length), one.length - 2
        latest = last - (last - (end - 1 - stride - one.start)) % stride
        origins = latest - stride * np.arange(wanted, dtype=np.int64)[::-1]
        origins = np.repeat(origins[origins >= first], recipe.horizon)
        horizons = np.tile(np.arange(1, recipe.horizon + 1, dtype=np.int64), len(origins) // recipe.horizon)
        known = origins + horizons < one.length
        known[known] &= ~np.isnan(one.values[(origins + horizons)[known]])
        if known.any():
            parts.append(rows_at(recipe, history, number, origins[known], horizons[known]))
    return concatenate(parts) if parts else rows_at(recipe, history, 0, _NO_STEPS, _NO_STEPS)


def _first_judged_origin(recipe: ForecastRecipe, length: int) -> int:
    return max(recipe.earliest_origin, length // 2)


def with_season(recipe: ForecastRecipe, history: Panel) -> ForecastRecipe:
    """The recipe with as much of the season in its level as the backtest bears out: none of one that is mere noise.

    The share is the slope of what values had above their level on what their season had added before.
    """
    if recipe.season == 1:
        return recipe
    without, whole = (backtest_rows(replace(recipe, seasonal_share=share), history) for share in (0.0, 1.0))
    if without.target.size < _FEWEST_ROWS_OF_SEASON:
        return recipe
    added = (whole.level - without.level) / without.scale
    above = np.clip(without.target, *np.quantile(without.target, _CLIP))
    size = float(np.sum(added**2))
    share = round(min(1.0, float(np.sum(added * above)) / size), 2) if size > 0 else 0.0
    return replace(recipe, seasonal_share=share if share >= _LEAST_SHARE else 0.0)


def concatenate(parts: Sequence[Rows]) -> Rows:
    """Rows of several series below each other."""
    below = {name: np.concatenate([getattr(part, name) for part in parts]) for name in _ARRAYS}
    return Rows(features=pd.concat([part.features for part in parts], ignore_index=True), **below)


def block_edges(rows: Rows, judged: Rows, folds: int) -> Steps:
    """The dates (grid positions) at which all blocks but the first begin: even in rows, and none amid the backtest's
    forecasts where these do not overlap."""
    position = np.concatenate([rows.position, judged.position])
    edges = np.ceil(np.quantile(position, np.arange(1, folds) / folds)).astype(np.int64)
    begins = np.unique(judged.origin + 1)
    late = edges > begins[0] if begins.size else np.zeros(edges.shape, dtype=np.bool_)
    edges[late] = [begins[np.argmin(np.abs(begins - edge))] for edge in edges[late]]
    return np.unique(edges)


def time_blocks(rows: Rows, edges: Steps) -> tuple[Steps, npt.NDArray[np.bool_]]:
    """The fold of each row, by the block that its forecast begins in, and which rows lie wholly inside of theirs.

    So the steps of one forecast share a fold: a model that has learnt from the later ones knows too much of the others.
    A row that reaches into the next block would carry one block's values into another's judgement.
    """
    fold = np.searchsorted(edges, rows.origin + 1, side="right").astype(np.int64)
    return fold, np.searchsorted(edges, rows.position, side="right") == fold


def calendar_features(grid: TimeGrid, position: Steps) -> dict[str, Floats]:
    """Parts of the target's date, as far as the frequency lets them differ."""
    dates = grid.dates(position)
    unit = grid.frequency.unit
    parts: dict[str, Any] = {"month": dates.month, "quarter": dates.quarter}
    if unit in ("D", "B", "W", "h", "min"):
        angle = 2 * np.pi * np.asarray(dates.dayofyear) / 365.25
        parts |= {"year_sine": np.sin(angle), "year_cosine": np.cos(angle), "day": dates.day}
    if unit in ("D", "B", "h", "min"):
        parts["weekday"] = dates.dayofweek
    if unit in ("h", "min"):
        parts["hour"] = np.asarray(dates.hour) + np.asarray(dates.minute) / 60
    return {f"date_{name}": np.asarray(values, dtype=np.float64) for name, values in parts.items()}


def holiday_features(grid: TimeGrid, position: Steps, holidays: Sequence[str]) -> dict[str, Floats]:
    """Whether the target's day is a holiday, and how many days lie to the next one and since the last."""
    days = np.array(grid.dates(position), dtype="datetime64[D]").astype(np.int64)
    known = np.array(holidays, dtype="datetime64[D]").astype(np.int64)
    # Far away is all the same, and so is before the first or after the last one that is known.
    known = np.concatenate([[known[0] - 2 * _FAR_DAYS], known, [np.iinfo(np.int32).max]])
    following = np.searchsorted(known, days)
    ahead = known[following] - days
    since = days - known[np.maximum(following - 1, 0)]
    return {
        "holiday_on": (ahead == 0).astype(np.float64),
        "holiday_ahead": np.minimum(ahead, _FAR_DAYS).astype(np.float64),
        "holiday_since": np.minimum(since, _FAR_DAYS).astype(np.float64),
    }


_NO_STEPS: Steps = np.array([], dtype=np.int64)


def _default_lags(season: int) -> list[int]:
    near = list(range(1, min(season, 7) + 1)) or [1]
    return sorted({*near, 2, 3, season, 2 * season})


def _features(
    recipe: ForecastRecipe, state: State, origins: Steps, horizons: Steps, same_season: list[Floats]
) -> dict[str, Floats]:
    level, scale = state.level[origins], state.scale[origins]

    def relative(z: Floats) -> Floats:
        return (z - level) / scale

    features = {f"lag_{lag}": relative(state.at(origins - lag + 1)) for lag in recipe.lags}
    line = pd.Series(state.z)
    for window in recipe.windows:
        rolling = line.rolling(window, min_periods=2)
        features[f"mean_{window}"] = relative(rolling.mean().to_numpy()[origins])
        features[f"deviation_{window}"] = rolling.std().to_numpy()[origins] / scale
    if recipe.season > 1:
        features["season_1"] = relative(same_season[0])
        features["season_2"] = relative(same_season[1])
        features["season_mean"] = relative(np.nanmean(np.stack(same_season), axis=0))
    if recipe.year is not None:
        year_before = origins - recipe.year
        known = year_before >= recipe.season - 1
        base = np.where(known, state.level[np.maximum(year_before, 0)], np.nan)
        smooth = pd.Series(state.z).rolling(max(recipe.season, 3), min_periods=1, center=False).mean().to_numpy()
        within = known & (horizons <= recipe.year)
        features["year_1"] = (np.where(within, state.at(year_before + horizons), np.nan) - base) / scale
        ahead = np.minimum(year_before + horizons, origins)
        features["year_level"] = (np.where(known, smooth[np.maximum(ahead, 0)], np.nan) - base) / scale
        features["growth"] = (level - base) / scale
    slope = state.slope[origins] / scale
    features["slope"] = slope
    features["slope_ahead"] = slope * horizons
    features["volatility"] = state.volatility[origins] / scale
    features["horizon"] = horizons.astype(np.float64)
    return features
