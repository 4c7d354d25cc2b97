"""Prediction intervals by split conformal prediction: as wide as the backtest's forecasts were wrong, per horizon."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from automl_runtime.metrics import Floats

Steps = npt.NDArray[np.int64]
# Nominal coverage, per cent.
LEVELS = (80, 95)
# A 95 % quantile of fewer errors than this would be a guess.
FEWEST_ERRORS = 20
# A horizon's own mean error counts fully only with many more errors than this; with few it leans on all horizons.
_PRIOR_ERRORS = 8
# Neighbouring horizons are wrong alike: each leans on two on either side.
_NEIGHBOURS = np.array([1, 2, 3, 2, 1]) / 3


@dataclass(frozen=True)
class Errors:
    """How wrong n forecasts were: distances on the model's scale in units of a series' spread, and their horizons."""

    sizes: Floats
    horizons: Steps

    def __add__(self, other: Errors) -> Errors:
        return Errors(np.concatenate([self.sizes, other.sizes]), np.concatenate([self.horizons, other.horizons]))


@dataclass(frozen=True)
class Intervals:
    """Half-widths: the typical error of each horizon (1, 2, ...) times a quantile for each level.

    In the unit of the errors given to `fit`: distances on the model's scale in units of a series' spread.
    """

    typical: tuple[float, ...]
    quantiles: dict[int, float]

    @staticmethod
    def fit(errors: Floats, horizons: Steps) -> Intervals | None:
        """From absolute errors and their horizons, n each; None where they are too few."""
        usable = np.isfinite(errors)
        errors, horizons = errors[usable], horizons[usable]
        if errors.size < FEWEST_ERRORS or not errors.any():
            return None
        overall = float(errors.mean())
        last = int(horizons.max())
        count = _smooth(np.bincount(horizons, minlength=last + 1)[1:])
        total = _smooth(np.bincount(horizons, weights=errors, minlength=last + 1)[1:])
        typical = (total + _PRIOR_ERRORS * overall) / (count + _PRIOR_ERRORS)
        relative = np.sort(errors / typical[horizons - 1])
        quantiles = {level: float(relative[_rank(level, relative.size)]) for level in LEVELS}
        return Intervals(tuple(typical.tolist()), quantiles)

    def half_width(self, level: int, horizons: Steps) -> Floats:
        """Half-widths for horizons; beyond the last known one they grow like a random walk's."""
        last = len(self.typical)
        inside = np.asarray(self.typical)[np.minimum(horizons, last) - 1]
        width: Floats = self.quantiles[level] * inside * np.sqrt(np.maximum(horizons / last, 1.0))
        return width

    def as_dict(self) -> dict[str, Any]:
        """The JSON form that the model archive keeps."""
        return {"typical": list(self.typical), "quantiles": {str(level): q for level, q in self.quantiles.items()}}

    @staticmethod
    def from_dict(raw: dict[str, Any] | None) -> Intervals | None:
        """The inverse of `as_dict` after a round trip through JSON."""
        if raw is None:
            return None
        return Intervals(tuple(raw["typical"]), {int(level): float(q) for level, q in raw["quantiles"].items()})


def backtest_coverage(errors: Floats, horizons: Steps, groups: Steps) -> dict[int, float]:
    """Level -> share of errors inside, each group judged by intervals from all other groups; empty where too few."""
    inside: dict[int, list[npt.NDArray[np.bool_]]] = {level: [] for level in LEVELS}
    for group in np.unique(groups):
        judged = (groups == group) & np.isfinite(errors)
        others = Intervals.fit(errors[groups != group], horizons[groups != group])
        if others is None:
            return {}
        for level in LEVELS:
            inside[level].append(errors[judged] <= others.half_width(level, horizons[judged]))
    return {level: float(np.concatenate(parts).mean()) for level, parts in inside.items()}


def _smooth(values: npt.NDArray[Any]) -> Floats:
    reach = len(_NEIGHBOURS) // 2
    return np.convolve(values, _NEIGHBOURS)[reach:-reach]


def _rank(level: int, count: int) -> int:
    """The place of the conformal quantile among `count` sorted errors: one error more is yet to come."""
    return min(count, math.ceil((count + 1) * level / 100)) - 1
