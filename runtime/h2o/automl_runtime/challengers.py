"""Forecasts that need no H2O: naive methods, and statistical ones that are fitted to one series at a time.

Each forecasts from any origin with the values up to it, so that a backtest, the sealed rows and the future are treated
alike. The statistical methods are those of the package statsforecast.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from automl_runtime.blend import Kind
from automl_runtime.metrics import Floats
from automl_runtime.processes import over_processes
from automl_runtime.recipe import NAIVE, SEASONAL_MEAN, ForecastRecipe, Rows
from automl_runtime.series import Panel
from automl_runtime.state import fill_from_the_past

# What a training may spend on one method's fits without a time budget (of one core), and of a time budget at most.
MOST_SECONDS, SHARE_OF_BUDGET = 240.0, 0.1
# Less work than this (seconds of one core) isn't worth a second process.
_WORTH_PROCESSES = 6.0
# Older values teach these methods little and cost as much as new ones.
_LEAST_STEPS, _SEASONS = 200, 12


@dataclass(frozen=True)
class _Method:
    """A statistical method: how it is made for a season, what a fit costs (measured), and up to which season."""

    make: Callable[[Any, int], Any]
    seconds_per_step: float
    longest_season: int
    # False: no training chooses it any more, but models of earlier versions may stand on it.
    candidate: bool = True


_METHODS: dict[str, _Method] = {
    "Drift": _Method(lambda kit, _: kit.RandomWalkWithDrift(), 1e-6, 1 << 30),
    "WindowAverage": _Method(lambda kit, season: kit.WindowAverage(window_size=max(season, 3)), 1e-6, 1 << 30),
    "OptimizedTheta": _Method(lambda kit, season: kit.OptimizedTheta(season_length=season), 1e-4, 400),
    "DynamicOptimizedTheta": _Method(
        lambda kit, season: kit.DynamicOptimizedTheta(season_length=season), 1e-4, 400, candidate=False
    ),
    "AutoCES": _Method(lambda kit, season: kit.AutoCES(season_length=season), 1e-4, 24),
    "AutoETS": _Method(lambda kit, season: kit.AutoETS(season_length=season), 9e-4, 24),
}


_NAIVE = frozenset({NAIVE, SEASONAL_MEAN, "Drift", "WindowAverage"})


def challengers(recipe: ForecastRecipe, panel: Panel, rows: Rows, max_runtime_secs: int | None) -> list[str]:
    """The methods that are affordable for a backtest of these rows and a forecast of each series.

    By a fixed rule: a clock would decide by luck.
    """
    most = MOST_SECONDS if max_runtime_secs is None else min(MOST_SECONDS, SHARE_OF_BUDGET * max_runtime_secs)
    origins = np.unique(np.stack([rows.series, rows.origin]), axis=1)
    starts = np.array([one.start for one in panel.series], dtype=np.int64)
    lengths = np.array([one.length for one in panel.series], dtype=np.int64)
    known = np.concatenate([origins[1] - starts[origins[0]] + 1, lengths])
    steps = int(np.minimum(known, _most_steps(recipe.season)).sum())
    affordable = [
        name
        for name, method in _METHODS.items()
        if method.candidate and recipe.season <= method.longest_season and steps * method.seconds_per_step <= most
    ]
    return [NAIVE, *([SEASONAL_MEAN] if recipe.season > 1 else []), *affordable]


def kind_of(name: str) -> Kind:
    """Whether a method is naive or fitted."""
    return "naive" if name in _NAIVE else "statistical"


def challenger_forecast(name: str, recipe: ForecastRecipe, panel: Panel, rows: Rows, *, processes: int = 1) -> Floats:
    """What a method says of each row, in the target's unit. Where it can't be fitted, the naive forecast stands in."""
    if name == NAIVE:
        return rows.naive
    if name == SEASONAL_MEAN:
        return rows.seasonal_mean
    answer = rows.naive.copy()
    origins, group = np.unique(np.stack([rows.series, rows.origin]), axis=1, return_inverse=True)
    horizons = rows.position - rows.origin
    filled: dict[int, Floats] = {}
    order = np.argsort(group, kind="stable")
    groups = np.split(order, np.flatnonzero(np.diff(group[order])) + 1)
    tasks: list[tuple[Floats, int]] = []
    for members in groups:
        number, origin = (int(value) for value in origins[:, group[members[0]]])
        one = panel.series[number]
        if number not in filled:
            filled[number] = fill_from_the_past(one.values, recipe.season)
        known = filled[number][: origin - one.start + 1][-_most_steps(recipe.season) :]
        tasks.append((known, int(horizons[members].max())))
    seconds = _METHODS[name].seconds_per_step * sum(known.size for known, _ in tasks)
    fit = partial(_fit, name, recipe.season)
    futures = over_processes(fit, tasks, processes if seconds > _WORTH_PROCESSES else 1)
    for members, future in zip(groups, futures, strict=True):
        if future is not None:
            answer[members] = recipe.bounded(future[horizons[members] - 1])
    return answer


def _fit(name: str, season: int, task: tuple[Floats, int]) -> Floats | None:
    from statsforecast import models

    values, horizon = task
    if values.size < 2 * season + 2:
        season = 1
    if values.size < 4 or np.ptp(values) == 0:
        return None
    try:
        future = _METHODS[name].make(models, season).forecast(y=values, h=horizon)["mean"]
    # The package raises bare exceptions for histories that no variant of a method fits.
    except Exception:
        return None
    future = np.asarray(future, dtype=np.float64)
    return future if np.isfinite(future).all() else None


def _most_steps(season: int) -> int:
    return max(_LEAST_STEPS, _SEASONS * season)
