"""Importance, dependence, intervals and folds of models whose answers are known, without H2O."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest

from automl_runtime.contributions import toward
from automl_runtime.decomposition import decompose
from automl_runtime.explaining import bounded, heights
from automl_runtime.importance import (
    MOST_FEATURES_SHOWN,
    MOST_SCORED_CELLS,
    Feature,
    chosen_rows,
    grid_of,
    partial_dependence,
    permutation_importance,
)
from automl_runtime.reliability import MOST_ROWS, alone, bootstrap, by_group, dependent
from automl_runtime.sampling import drawn
from automl_runtime.series import Panel, Series
from automl_runtime.timegrid import Frequency, TimeGrid


def table_of(rows: int = 300) -> pd.DataFrame:
    generator = np.random.default_rng(0)
    return pd.DataFrame({name: generator.normal(size=rows) for name in ("strong", "weak", "useless")})


def predict(table: pd.DataFrame) -> Any:
    return (3 * table["strong"] + table["weak"]).to_numpy()


FEATURES = [Feature(name, (name,)) for name in ("useless", "weak", "strong")]


def test_what_a_model_uses_matters_and_what_it_does_not_use_does_not() -> None:
    table = table_of()
    truth = predict(table)
    judge = (predict, lambda found: float(np.mean(np.abs(found - truth))))
    found = permutation_importance(table, FEATURES, judge, seed=1)
    assert [one["feature"] for one in found] == ["strong", "weak", "useless"]
    assert found[0]["loss"] > 2 * found[1]["loss"] > 0
    assert (found[2]["loss"], found[2]["spread"]) == (0.0, 0.0)
    assert found == permutation_importance(table, FEATURES, judge, seed=1)
    assert found != permutation_importance(table, FEATURES, judge, seed=2)


def test_the_columns_of_a_feature_are_shuffled_together() -> None:
    table = table_of().assign(mirror=lambda frame: -frame["strong"])
    pair = [Feature("pair", ("strong", "mirror"))]
    judge = (lambda rows: (rows["strong"] + rows["mirror"]).to_numpy(), lambda found: float(np.abs(found).sum()))
    assert permutation_importance(table, pair, judge, seed=1)[0]["loss"] == 0


def test_a_loss_that_is_not_known_is_left_out() -> None:
    judge = (predict, lambda found: float("inf"))
    assert permutation_importance(table_of(), FEATURES, judge, seed=1) == []


@pytest.mark.parametrize(("rows", "columns"), [(200_000, 3), (5000, 400), (60, 5000), (3, 1), (1, 9000)])
def test_importance_is_affordable_however_large_the_table(rows: int, columns: int) -> None:
    scored: list[int] = []

    def counted(table: pd.DataFrame) -> Any:
        scored.append(table.size)
        return np.zeros(len(table))

    some = chosen_rows(rows, columns, columns, seed=1)
    table = pd.DataFrame(np.zeros((len(some), columns)), columns=[f"c{number}" for number in range(columns)])
    features = [Feature(name, (name,)) for name in table.columns]
    found = permutation_importance(table, features, (counted, lambda values: float(values.sum())), seed=1)
    assert 1 <= len(found) <= MOST_FEATURES_SHOWN
    assert sum(scored) <= 2 * MOST_SCORED_CELLS + table.size


def test_partial_dependence_follows_the_model() -> None:
    points, shown = grid_of(table_of()["strong"].to_numpy())
    curves = partial_dependence(
        table_of(), {"strong": (points, shown), "useless": ([0.0, 1.0], ["0", "1"])}, predict, 1
    )
    assert [curve["column"] for curve in curves] == ["strong", "useless"]
    assert np.allclose(np.diff(curves[0]["means"][0]), 3 * np.diff(points))
    assert curves[1]["means"][0][0] == curves[1]["means"][0][1] and curves[0]["grid"] == shown
    assert partial_dependence(table_of(), {}, predict, 1) == []


@pytest.mark.parametrize("values", [[], [np.nan], [1.0, 1.0], [np.nan, 2.0, 3.0]])
def test_a_grid_holds_what_is_known(values: list[float]) -> None:
    points, shown = grid_of(np.array(values))
    assert len(points) == len(shown) == len({value for value in values if value == value})


def test_an_interval_holds_the_mean_as_often_as_it_says() -> None:
    generator = np.random.default_rng(3)
    held = 0
    for _ in range(60):
        errors = generator.exponential(size=80)
        found = bootstrap(alone(80), lambda chosen, errors=errors: (float(errors[chosen].mean()), None), seed=1)
        assert found is not None and found["skill_low"] is None
        held += found["low"] <= 1.0 <= found["high"]
    assert 0.85 <= held / 60 <= 1


@pytest.mark.parametrize("rows", [0, 7, MOST_ROWS + 1])
def test_too_few_rows_and_too_many_have_no_interval(rows: int) -> None:
    assert bootstrap([np.arange(rows)], lambda chosen: (1.0, 0.0), seed=1) is None


def test_rows_that_are_wrong_together_are_drawn_together() -> None:
    many = dependent(np.repeat(np.arange(6), 4), np.tile(np.arange(4), 6))
    assert [list(group) for group in many[:2]] == [[0, 1, 2, 3], [4, 5, 6, 7]]
    one = dependent(np.zeros(27, dtype=np.int64), np.arange(27)[::-1].copy())
    assert [list(group) for group in one[:2]] == [[26, 25, 24], [23, 22, 21]] and len(one) == 9


def test_each_fold_has_its_score() -> None:
    scores = np.array([1.0, 2.0, 3.0, 5.0])
    found = by_group(["a", "b", "empty"], np.array([0, 0, 1, 1]), lambda rows: (float(scores[rows].mean()), None))
    assert found == [{"label": "a", "rows": 2, "score": 1.5}, {"label": "b", "rows": 2, "score": 4.0}]


def test_a_forest_explains_the_first_class_and_is_turned_round() -> None:
    values, base = np.array([[0.3], [-0.2]]), np.array([0.4, 0.4])
    first = values.sum(axis=1) + base
    turned, turned_base = toward((values, base), 1 - first)
    assert np.allclose(turned.sum(axis=1) + turned_base, 1 - first)
    assert toward((values, base), first)[0] is values


def test_what_is_kept_is_json_of_a_bounded_size() -> None:
    kept = bounded({"a": [float("nan"), 1.0, "x" * 5000], "b": {"c": None}})
    assert json.loads(json.dumps(kept, allow_nan=False)) == {"a": [None, 1.0, "x" * 199 + "…"], "b": {"c": None}}
    assert list(drawn(3, 5, 1)) == [0, 1, 2] and len(set(drawn(100, 5, 1))) == 5
    places = heights(pd.DataFrame({"n": [3.0, 1.0, 2.0], "w": ["x", "y", "z"]}))
    assert list(places["n"]) == [1.0, 0.0, 0.5] and places["w"].isna().all()


def panel_of(values: Any, season: int) -> Panel:
    frequency = Frequency("D", 1, season)
    grid = TimeGrid(frequency, pd.Timestamp("2024-01-01"))
    return Panel("y", "date", (), grid, (Series((), 0, np.asarray(values, dtype=float), {}),), {}, ())


def test_a_series_is_taken_apart() -> None:
    steps = np.arange(70)
    values = 100 + steps + 10 * np.sin(2 * np.pi * steps / 7)
    values[20] = np.nan
    found = decompose(panel_of(values, 7))
    assert found is not None and found["season"] == 7 and len(found["points"]) == 70
    assert found["points"][0]["date"] == "2024-01-01" and found["points"][20]["observed"] is None
    trend = [point["trend"] for point in found["points"]]
    assert np.allclose(np.diff(trend)[10:-10], 1, atol=0.3)


@pytest.mark.parametrize(("length", "season"), [(50, 1), (14, 7), (0, 7)])
def test_without_a_season_there_is_nothing_to_take_apart(length: int, season: int) -> None:
    assert decompose(panel_of(np.arange(length), season)) is None
