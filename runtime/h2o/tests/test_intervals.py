from __future__ import annotations

import json

import numpy as np
import pytest

from automl_runtime.backtest import errors_of, interval_bounds
from automl_runtime.intervals import LEVELS, Errors, Intervals, backtest_coverage
from automl_runtime.recipe import ForecastRecipe, backtest_rows

from .test_recipe import panel_of, recipe_for


def normal_errors(origins: int, horizon: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Normal errors that grow with the horizon."""
    rng = np.random.default_rng(seed)
    horizons = np.tile(np.arange(1, horizon + 1), origins)
    return np.abs(rng.normal(size=horizons.size)) * np.sqrt(horizons), horizons, np.repeat(np.arange(origins), horizon)


@pytest.mark.parametrize("level", LEVELS)
def test_new_errors_lie_inside_as_often_as_the_level_says(level: int) -> None:
    intervals = Intervals.fit(*normal_errors(100, 12, 0)[:2])
    assert intervals is not None
    fresh, horizons, _ = normal_errors(500, 12, 1)
    inside = fresh <= intervals.half_width(level, horizons)
    assert abs(inside.mean() - level / 100) < 0.03
    for step in (1, 6, 12):
        assert abs(inside[horizons == step].mean() - level / 100) < 0.1
    measured = backtest_coverage(*normal_errors(60, 12, 2))
    assert abs(measured[level] - level / 100) < 0.03


def test_a_wider_level_is_wider_and_far_steps_go_on_growing() -> None:
    intervals = Intervals.fit(*normal_errors(30, 6, 0)[:2])
    assert intervals is not None
    steps = np.array([1, 6, 12, 24])
    assert (intervals.half_width(95, steps) > intervals.half_width(80, steps)).all()
    widths = intervals.half_width(95, steps)
    assert widths[1] < widths[2] < widths[3]
    assert Intervals.from_dict(json.loads(json.dumps(intervals.as_dict()))) == intervals


@pytest.mark.parametrize("errors", [np.ones(5), np.full(100, np.nan), np.zeros(100)])
def test_too_few_or_no_errors_give_no_intervals(errors: np.ndarray) -> None:
    horizons = np.ones(errors.size, dtype=np.int64)
    assert Intervals.fit(errors, horizons) is None
    assert backtest_coverage(errors, horizons, np.arange(errors.size)) == {}
    assert Intervals.from_dict(None) is None


def test_errors_add_up() -> None:
    both = Errors(np.array([1.0]), np.array([1])) + Errors(np.array([2.0, 3.0]), np.array([1, 2]))
    assert both.sizes.tolist() == [1, 2, 3] and both.horizons.tolist() == [1, 1, 2]


@pytest.mark.parametrize("shift", [0.0, -600.0])
def test_each_series_has_an_interval_of_its_own_size(shift: float) -> None:
    """Positive series (on logarithms) and signed ones: a strong season is no unrest, noise is."""
    rng = np.random.default_rng(3)
    season = np.sin(np.arange(140) * 2 * np.pi / 7)
    noises = np.array([0.5, 2.0, 8.0] * 20)
    panel = panel_of(*(500 + shift + 100 * season + rng.normal(scale=noise, size=140) for noise in noises))
    recipe = recipe_for(panel)
    assert recipe.transform == ("log" if shift == 0 else "plain")
    rows = backtest_rows(recipe, panel)
    errors = errors_of(recipe, rows.seasonal_mean, rows)
    intervals = Intervals.fit(errors.sizes, errors.horizons)
    assert intervals is not None
    bounds = interval_bounds(recipe, intervals, rows.seasonal_mean, rows)
    inside = (rows.actual >= bounds["lower_80"]) & (rows.actual <= bounds["upper_80"])
    for noise in np.unique(noises):
        mine = noises[rows.series] == noise
        assert inside[mine].mean() == pytest.approx(0.8, abs=0.12), noise
        width = (bounds["upper_80"] - bounds["lower_80"])[mine].mean()
        assert width == pytest.approx(2.56 * noise * np.sqrt(1.25), rel=0.3)


def test_intervals_of_earlier_models_keep_their_unit() -> None:
    panel = panel_of(*(50 + np.arange(60.0) + number for number in range(3)))
    recipe = recipe_for(panel)
    raw = {**recipe.as_dict(), "seasonal_spread": False}
    old = ForecastRecipe.from_dict(json.loads(json.dumps(raw)))
    del raw["seasonal_spread"]
    older = ForecastRecipe.from_dict(json.loads(json.dumps(raw)))
    rows = [backtest_rows(one, panel).spread for one in (old, older, recipe)]
    np.testing.assert_array_equal(rows[0], rows[1])
    assert not np.allclose(rows[0], rows[2])
