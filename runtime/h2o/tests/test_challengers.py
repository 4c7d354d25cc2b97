from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automl_runtime.challengers import challenger_forecast, challengers
from automl_runtime.metrics import Floats
from automl_runtime.recipe import ForecastRecipe, backtest_rows, rows_at

from .test_recipe import panel_of, recipe_for

NAMES = ["SeasonalNaive", "SeasonalMean", "Drift", "WindowAverage", "OptimizedTheta", "AutoCES", "AutoETS"]


def weekly(days: int, seed: int = 0) -> Floats:
    rng = np.random.default_rng(seed)
    return 100 + 20 * np.sin(np.arange(days) * 2 * np.pi / 7) + 0.2 * np.arange(days) + rng.normal(size=days)


def at(recipe: ForecastRecipe, values: Floats, origin: int) -> Floats:
    panel = panel_of(values)
    horizons = np.arange(1, recipe.horizon + 1)
    return rows_at(recipe, panel, 0, np.full(recipe.horizon, origin), horizons), panel  # type: ignore[return-value]


@pytest.mark.parametrize("name", NAMES)
def test_a_method_knows_nothing_after_its_origin(name: str) -> None:
    past, other = weekly(120), weekly(120)
    other[100:] = 1e6
    recipe = recipe_for(panel_of(past))
    answers = []
    for values in (past, other):
        rows, panel = at(recipe, values, 99)  # type: ignore[misc]
        answers.append(challenger_forecast(name, recipe, panel, rows))  # type: ignore[arg-type]
    np.testing.assert_array_equal(*answers)


@pytest.mark.parametrize(("name", "within"), [("AutoETS", 4), ("OptimizedTheta", 6), ("SeasonalNaive", 8)])
def test_a_seasonal_method_follows_the_season(name: str, within: float) -> None:
    values = weekly(120)
    recipe = recipe_for(panel_of(values))
    rows, panel = at(recipe, values, 114)  # type: ignore[misc]
    forecast = challenger_forecast(name, recipe, panel, rows)  # type: ignore[arg-type]
    assert np.abs(forecast - values[115:]).max() < within


@pytest.mark.parametrize("values", [np.full(30, 5.0), np.array([1.0, 2.0, 3.0]), np.r_[np.full(29, np.nan), 3.0]])
def test_where_a_method_cannot_be_fitted_the_naive_forecast_stands_in(values: Floats) -> None:
    recipe = recipe_for(panel_of(weekly(40)))
    values = values.copy()
    values[0] = 1.0 if np.isnan(values[0]) else values[0]
    rows, panel = at(recipe, values, values.size - 1)  # type: ignore[misc]
    for name in NAMES:
        assert np.isfinite(challenger_forecast(name, recipe, panel, rows)).all(), name  # type: ignore[arg-type]


def test_dear_methods_are_left_out_of_large_panels_and_short_budgets() -> None:
    small, large = panel_of(weekly(120)), panel_of(*(weekly(120, seed) for seed in range(1500)))
    for panel, budget, expected in ((small, None, True), (large, None, False), (small, 1, False)):
        recipe = recipe_for(panel)
        chosen = challengers(recipe, panel, backtest_rows(recipe, panel), budget)
        assert ("AutoETS" in chosen) == expected
        assert "SeasonalNaive" in chosen


@settings(max_examples=40, deadline=None)
@given(st.integers(10, 300), st.integers(1, 40), st.integers(0, 99))
def test_the_backtest_stays_within_the_later_half(length: int, horizon: int, seed: int) -> None:
    values = weekly(length, seed)
    values[np.random.default_rng(seed).random(length) < 0.1] = np.nan
    values[[0, -1]] = 1.0
    panel = panel_of(values)
    rows = backtest_rows(recipe_for(panel, horizon), panel)
    assert len(np.unique(rows.origin)) <= 12
    assert (rows.origin >= length // 2).all() and (rows.position < length).all()
    assert (rows.position - rows.origin >= 1).all() and (rows.position - rows.origin <= horizon).all()
    assert np.isfinite(rows.actual).all()


def test_counts_stay_whole_and_shares_below_one() -> None:
    counts, shares = np.round(weekly(60)), weekly(60) / 200
    assert recipe_for(panel_of(counts)).presented(np.array([10.6]))[0] == 11
    assert not recipe_for(panel_of(np.round(weekly(60) / 50))).integer
    assert recipe_for(panel_of(shares)).bounded(np.array([1.2, -0.1])).tolist() == [1.0, 0.0]
    assert recipe_for(panel_of(weekly(60) - 100)).bounded(np.array([-3.0])).tolist() == [-3.0]
