from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automl_runtime.forecaster import forecast_design
from automl_runtime.recipe import (
    ForecastRecipe,
    backtest_rows,
    block_edges,
    rows_at,
    time_blocks,
    training_rows,
    with_season,
)
from automl_runtime.series import Panel, Series, seal_last_rows
from automl_runtime.state import fill_from_the_past
from automl_runtime.timegrid import Frequency, TimeGrid


def panel_of(*values: np.ndarray, season: int = 7, unit: str = "D", starts: tuple[int, ...] = ()) -> Panel:
    grid = TimeGrid(Frequency(unit, 1, season), pd.Timestamp("2020-01-01"))  # type: ignore[arg-type]
    series = tuple(
        Series((f"s{number}",) if len(values) > 1 else (), starts[number] if starts else 0, one, {})
        for number, one in enumerate(values)
    )
    return Panel("y", "date", ("id",) if len(values) > 1 else (), grid, series, {}, ())


def recipe_for(panel: Panel, horizon: int = 5) -> ForecastRecipe:
    return ForecastRecipe.for_panel(panel, horizon=horizon, lags=[1, 2, 7, 14], windows=[7, 14], calendar=True)


values = st.lists(
    st.one_of(st.floats(-50, 1000, allow_nan=False), st.just(float("nan"))), min_size=24, max_size=60
).map(lambda numbers: np.array([1.0, *numbers, 2.0]))


@settings(max_examples=60, deadline=None)
@given(values, values, st.integers(3, 20), st.integers(1, 5))
def test_no_future_value_ever_reaches_a_feature(
    past: np.ndarray, future: np.ndarray, origin: int, horizon: int
) -> None:
    """Two histories that agree up to the origin give the same features, levels and naive forecasts there."""
    other = past.copy()
    other[origin + 1 :] = np.resize(future, past.size - origin - 1)
    recipe = recipe_for(panel_of(past))
    rows = [rows_at(recipe, panel_of(one), 0, np.array([origin]), np.array([horizon])) for one in (past, other)]
    pd.testing.assert_frame_equal(rows[0].features, rows[1].features)
    for name in ("level", "scale", "naive", "seasonal_mean"):
        np.testing.assert_array_equal(getattr(rows[0], name), getattr(rows[1], name))


@settings(max_examples=40, deadline=None)
@given(values)
def test_gaps_are_filled_from_the_past_only(history: np.ndarray) -> None:
    filled = fill_from_the_past(history, 7)
    assert not np.isnan(filled).any()
    for step in range(1, history.size):
        np.testing.assert_array_equal(fill_from_the_past(history[:step], 7), filled[:step])


def test_the_year_before_stays_behind_the_origin() -> None:
    """With a horizon beyond a year, the value of the year before is not known yet."""
    rng = np.random.default_rng(0)
    past = 100 + rng.normal(size=900)
    other = past.copy()
    other[500:] = 1.0
    panel = panel_of(past)
    recipe = ForecastRecipe.for_panel(panel, horizon=390, lags=[1], windows=[], calendar=True)
    assert recipe.year == 364
    for horizon in (1, 364, 365, 390):
        both = [
            rows_at(recipe, panel_of(one), 0, np.array([499]), np.array([horizon])).features for one in (past, other)
        ]
        pd.testing.assert_frame_equal(*both)


@given(st.floats(0.01, 1e6), st.booleans())
def test_restore_is_the_inverse_of_the_target(size: float, positive: bool) -> None:
    rng = np.random.default_rng(1)
    y = size * (2 + rng.random(40)) if positive else size * rng.normal(size=40)
    panel = panel_of(y)
    recipe = recipe_for(panel)
    rows = training_rows(recipe, panel, limit=10_000, seed=0)
    np.testing.assert_allclose(
        recipe.restore(rows.target, rows.level, rows.scale), rows.actual, rtol=1e-6, atol=size * 1e-9
    )


def test_a_history_that_never_was_negative_has_no_negative_forecast() -> None:
    y = np.array([0.0, 3, 1, 0, 2, 5, 1] * 5)
    recipe = recipe_for(panel_of(y))
    assert (recipe.restore(np.array([-99.0]), np.array([1.0]), np.array([1.0])) >= 0).all()


def test_scale_free() -> None:
    """A series a thousand times as large has the same features: one model serves both."""
    y = 5 + np.random.default_rng(2).random(50)
    both = [
        rows_at(recipe_for(panel_of(one)), panel_of(one), 0, np.array([30, 40]), np.array([1, 5])).features
        for one in (y, 1000 * y)
    ]
    pd.testing.assert_frame_equal(*both)


def test_training_rows_never_touch_what_is_sealed() -> None:
    y = 10 + np.arange(60.0)
    panel = panel_of(y, y * 2, starts=(0, 3))
    history = seal_last_rows(panel, holdout_rows=6)
    boundary = 63 - 6
    rows = training_rows(recipe_for(history), history, limit=10_000, seed=0)
    assert rows.position.max() == boundary - 1
    assert rows.actual.max() <= 2 * y[boundary - 3 - 1]
    assert not np.isnan(rows.target).any()


def test_limit_draws_rows_by_seed() -> None:
    panel = panel_of(10 + np.arange(300.0))
    recipe = recipe_for(panel)
    first, again, other = (training_rows(recipe, panel, limit=200, seed=seed) for seed in (1, 1, 2))
    assert 180 <= len(first.target) <= 200
    pd.testing.assert_frame_equal(first.features, again.features)
    assert not np.array_equal(first.position, other.position)


def test_blocks_follow_time_and_keep_forecasts_inside() -> None:
    panel = panel_of(10 + np.arange(100.0))
    recipe = recipe_for(panel)
    rows = training_rows(recipe, panel, limit=10_000, seed=0)
    edges = block_edges(rows, backtest_rows(recipe, panel), 3)
    fold, inside = time_blocks(rows, edges)
    kept, fold = rows.take(inside), fold[inside]
    for earlier in range(2):
        assert kept.position[fold == earlier].max() < kept.position[fold == earlier + 1].min()
        assert kept.origin[fold == earlier + 1].min() + 1 >= edges[earlier]
    assert 0 < inside.sum() < inside.size


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(30, 90)), min_size=1, max_size=6),
    st.integers(2, 12),
    st.integers(2, 6),
)
def test_no_forecast_of_the_backtest_is_judged_by_its_own_later_steps(
    spans: list[tuple[int, int]], horizon: int, folds: int
) -> None:
    """Whatever lengths and starts the series have; and where forecasts do not overlap, no border cuts one."""
    rng = np.random.default_rng(7)
    values = [50 + rng.normal(size=length).cumsum() for _, length in spans]
    panel = panel_of(*values, starts=tuple(start for start, _ in spans))
    recipe = recipe_for(panel, horizon)
    judged = backtest_rows(recipe, panel)
    edges = block_edges(training_rows(recipe, panel, limit=2000, seed=0), judged, folds)
    fold, inside = time_blocks(judged, edges)
    strides = pd.Series(judged.origin).drop_duplicates().sort_values().diff().dropna()
    assert inside.all() or strides.min() < horizon
    of_forecast = pd.Series(fold).groupby([judged.series, judged.origin]).nunique()
    assert (of_forecast == 1).all()


def test_the_series_of_a_panel_are_judged_from_the_same_dates() -> None:
    values = [np.arange(length) + 10.0 for length in (90, 71, 64)]
    panel = panel_of(*values, starts=(0, 19, 20))
    horizon = 3
    judged = backtest_rows(recipe_for(panel, horizon), panel)
    dates = {number: set(judged.origin[judged.series == number]) for number in range(3)}
    assert dates[0] >= dates[1] | dates[2]
    assert min(len(dates[number]) for number in range(3)) > 1
    assert max(dates[0]) == 90 - 1 - horizon


@pytest.mark.parametrize("length", [8, 10, 15])
def test_short_histories_still_give_a_recipe(length: int) -> None:
    panel = panel_of(1 + np.random.default_rng(0).random(length), season=12, unit="MS")
    recipe = ForecastRecipe.for_panel(panel, horizon=3, lags=[1, 12, 24], windows=[12], calendar=True)
    rows = training_rows(recipe, panel, limit=1000, seed=0)
    assert max(recipe.lags) <= max(1, length // 2)
    assert np.isfinite(rows.naive).all()


def test_a_pure_season_leaves_nothing_to_learn() -> None:
    """The level knows the season, whatever its form and however many cycles ahead the target is."""
    pattern = np.array([10.0, 12, 15, 11, 30, 44, 40])
    panel = panel_of(np.tile(pattern, 12))
    recipe = with_season(recipe_for(panel, horizon=16), panel)
    assert recipe.seasonal_share == 1.0
    rows = training_rows(recipe, panel, limit=10_000, seed=0)
    late = rows.origin >= 20
    np.testing.assert_allclose(rows.target[late], 0.0, atol=1e-9)
    assert np.isfinite(rows.target).all()


@pytest.mark.parametrize(("size", "share"), [(0.0, (0, 0)), (1.0, (0.3, 0.9)), (20.0, (0.95, 1))])
def test_only_as_much_season_as_there_is_goes_into_the_level(size: float, share: tuple[float, float]) -> None:
    rng = np.random.default_rng(4)
    weekly = size * np.sin(np.arange(400) * 2 * np.pi / 7)
    panel = panel_of(200 + weekly + rng.normal(size=400))
    assert share[0] <= with_season(recipe_for(panel), panel).seasonal_share <= share[1]


def test_what_is_no_season_or_too_short_has_no_share() -> None:
    for values, season in ((10 + np.arange(60.0), 1), (10 + np.arange(9.0), 7)):
        panel = panel_of(values, season=season)
        assert with_season(recipe_for(panel), panel).seasonal_share == 0


@settings(max_examples=40, deadline=None)
@given(values, values, st.integers(3, 20), st.integers(1, 12))
def test_no_future_value_reaches_a_level_that_holds_the_season(
    past: np.ndarray, future: np.ndarray, origin: int, horizon: int
) -> None:
    other = past.copy()
    other[origin + 1 :] = np.resize(future, past.size - origin - 1)
    recipe = replace(recipe_for(panel_of(past)), seasonal_share=1.0)
    rows = [rows_at(recipe, panel_of(one), 0, np.array([origin]), np.array([horizon])) for one in (past, other)]
    pd.testing.assert_frame_equal(rows[0].features, rows[1].features)
    np.testing.assert_array_equal(rows[0].level, rows[1].level)


def test_models_of_earlier_versions_keep_their_level() -> None:
    panel = panel_of(50 + 10 * np.sin(np.arange(80) * 2 * np.pi / 7))
    new = with_season(recipe_for(panel), panel)
    assert new.seasonal_share > 0.9
    raw = {name: value for name, value in new.as_dict().items() if name != "seasonal_share"}
    rows = rows_at(ForecastRecipe.from_dict(raw), panel, 0, np.array([40, 40]), np.array([1, 3]))
    assert rows.level[0] == rows.level[1] and "season_index" not in rows.features


def test_rows_of_a_restless_series_count_less() -> None:
    rng = np.random.default_rng(3)
    calm, restless = (100 * np.exp(rng.normal(scale=size, size=60)) for size in (0.01, 0.1))
    panel = panel_of(calm, restless)
    recipe = recipe_for(panel)
    rows = training_rows(recipe, panel, limit=10_000, seed=0)
    weight = forecast_design(recipe, rows).weight
    assert weight is not None and weight.mean() == pytest.approx(1)
    assert weight[rows.series == 0].min() > 2 * weight[rows.series == 1].max()
    alone = panel_of(calm)
    recipe = recipe_for(alone)
    assert forecast_design(recipe, training_rows(recipe, alone, limit=10_000, seed=0)).weight is None
