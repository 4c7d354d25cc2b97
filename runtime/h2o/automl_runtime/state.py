"""What is known of one series at each of its steps, from that step and earlier ones only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from automl_runtime.metrics import Floats

if TYPE_CHECKING:
    from automl_runtime.recipe import ForecastRecipe

Steps = npt.NDArray[np.int64]
_SEASONS_IN_MEAN, _SEASONS_IN_SPREAD = 4, 3


@dataclass(frozen=True)
class State:
    """What is known at each step of one series, from that step and earlier ones only."""

    z: Floats
    level: Floats
    scale: Floats
    slope: Floats
    volatility: Floats
    season: int

    @staticmethod
    def of(values: Floats, recipe: ForecastRecipe) -> State:
        season = recipe.season
        filled = fill_from_the_past(values, season)
        z = recipe.transformed(filled)
        line = pd.Series(z)
        level = line.rolling(season, min_periods=1).mean().to_numpy() if season > 1 else z
        if recipe.transform == "log":
            scale = np.ones_like(z)
        else:
            size = line.abs().expanding().mean().to_numpy()
            scale = np.where(size > 0, size, 1.0)
        back = season if season > 1 else 4
        earlier = pd.Series(level).shift(back)
        slope = ((pd.Series(level) - earlier) / back).fillna(0.0).to_numpy()
        volatility = line.diff().abs().rolling(2 * back, min_periods=1).mean().fillna(0.0).to_numpy()
        return State(z, level, scale, slope, volatility, season)

    def season_index(self, origins: Steps, horizons: Steps) -> Floats:
        """What the target's season added to the mean of the season around it, over the last cycles the origin knows."""
        season = self.season
        total = np.concatenate([[0.0], np.cumsum(self.z)])
        cycles, last = -(-horizons // season), self.z.size
        added: list[Floats] = []
        for back in range(_SEASONS_IN_MEAN):
            step = origins + horizons - season * (cycles + back)
            # Centred, or the last season before the origin where that is all there is.
            end = np.minimum(step + season // 2, origins) + 1
            known = (step >= 0) & (end >= season)
            mean = (total[np.clip(end, 0, last)] - total[np.clip(end - season, 0, last)]) / season
            added.append(np.where(known, self.z[np.maximum(step, 0)] - mean, np.nan))
        count = np.sum(~np.isnan(added), axis=0)
        index: Floats = np.nansum(added, axis=0) / np.maximum(count, 1)
        return index

    def spread(self, recipe: ForecastRecipe) -> Floats:
        """The unit of errors at each step, relative to `scale`: how far values lie from those one season before."""
        if not recipe.seasonal_spread:
            return self.volatility
        back = self.season if self.season > 1 else 1
        change = pd.Series(self.z).diff(back).abs()
        recent = change.rolling(_SEASONS_IN_SPREAD * max(back, 4), min_periods=max(1, back // 2)).mean().to_numpy()
        return np.where(recent > 0, recent, self.volatility) / self.scale

    def at(self, steps: Steps) -> Floats:
        """z at steps; NaN before the series starts."""
        return np.where(steps >= 0, self.z[np.maximum(steps, 0)], np.nan)

    def same_season(self, origins: Steps, horizons: Steps) -> list[Floats]:
        """z at the target's season in the last cycles that the origin knows, newest first; the first is never NaN."""
        cycles = -(-horizons // self.season)
        steps = [origins + horizons - self.season * (cycles + back) for back in range(_SEASONS_IN_MEAN)]
        values = [self.at(step) for step in steps]
        values[0] = np.where(np.isnan(values[0]), self.z[origins], values[0])
        return values


def fill_from_the_past(values: Floats, season: int) -> Floats:
    """Gaps take the value one season before, else the last one: never a later value. The first value is observed."""
    filled = values.copy()
    for step in np.flatnonzero(np.isnan(values)):
        filled[step] = filled[step - season] if step >= season else filled[step - 1]
    return filled
