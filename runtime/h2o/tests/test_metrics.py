from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from automl_runtime.metrics import (
    Measure,
    auc,
    best_threshold,
    binary_metrics,
    forecast_metrics,
    multiclass_metrics,
    regression_metrics,
    seasonal_scale,
    skill,
    sort_key,
)


def test_regression_by_hand() -> None:
    metrics = regression_metrics(np.array([1.0, 2.0, 4.0]), np.array([2.0, 2.0, 2.0]))
    assert metrics["mae"] == 1.0
    assert metrics["rmse"] == pytest.approx(np.sqrt(5 / 3))
    assert metrics["mape"] == pytest.approx((1 + 0 + 0.5) / 3)
    assert metrics["smape"] == pytest.approx((2 / 3 + 0 + 4 / 6) / 3)
    assert metrics["r2"] == pytest.approx(1 - 5 / (14 / 3))


def test_what_has_no_meaning_is_null() -> None:
    assert regression_metrics(np.array([0.0, 1.0]), np.array([1.0, 1.0]))["mape"] is None
    assert regression_metrics(np.array([-1.0, 1.0]), np.array([1.0, 1.0]))["rmsle"] is None
    assert regression_metrics(np.array([2.0, 2.0]), np.array([1.0, 1.0]))["r2"] is None
    assert forecast_metrics(np.array([1.0]), np.array([2.0]), None)["mase"] is None
    assert auc(np.array([True, True]), np.array([0.1, 0.2])) is None


def test_mase_of_the_seasonal_naive_forecast_in_sample_is_one() -> None:
    y = np.array([1.0, 5, 2, 7, 4, 9, 3, 8])
    scale = seasonal_scale([y], 2)
    assert forecast_metrics(y[2:], y[:-2], scale)["mase"] == pytest.approx(1.0)


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 5)), min_size=2, max_size=60))
def test_auc_is_the_share_of_pairs_in_order(rows: list[tuple[bool, int]]) -> None:
    positive = np.array([row[0] for row in rows])
    score = np.array([float(row[1]) for row in rows])
    pairs = [(p > n) + (p == n) / 2 for p in score[positive] for n in score[~positive]]
    if pairs:
        assert auc(positive, score) == pytest.approx(float(np.mean(pairs)))


@pytest.mark.parametrize("measure", ["f1", "balanced_accuracy"])
@given(rows=st.lists(st.tuples(st.booleans(), st.integers(0, 8)), min_size=1, max_size=60))
def test_no_threshold_is_better(measure: Measure, rows: list[tuple[bool, int]]) -> None:
    positive = np.array([row[0] for row in rows])
    probability = np.array([row[1] / 8 for row in rows])
    best = binary_metrics(positive, probability, best_threshold(positive, probability, measure))[measure]
    others = [binary_metrics(positive, probability, threshold)[measure] for threshold in np.unique(probability)]
    if positive.any():
        assert best is not None
        assert best == pytest.approx(max(value for value in others if value is not None))


def test_multiclass_by_hand() -> None:
    metrics = multiclass_metrics(
        np.array([0, 1, 2, 2]), np.array([[0.8, 0.1, 0.1], [0.6, 0.3, 0.1]] + [[0, 0, 1.0]] * 2)
    )
    assert metrics["accuracy"] == 0.75
    assert metrics["balanced_accuracy"] == pytest.approx(2 / 3)
    assert metrics["logloss"] == pytest.approx(-(np.log(0.8) + np.log(0.3)) / 4)


@pytest.mark.parametrize(
    ("metric", "model", "naive", "expected"),
    [
        ("mae", 8.0, 10.0, 0.2),
        ("mae", 12.0, 10.0, -0.2),
        ("auc", 0.9, 0.5, 0.4),
        ("mae", 1.0, 0.0, None),
        ("mae", None, 1.0, None),
    ],
)
def test_skill(metric: str, model: float | None, naive: float, expected: float | None) -> None:
    value = skill(metric, model, naive)
    assert value == (None if expected is None else pytest.approx(expected))


def test_best_first_unknown_last() -> None:
    assert sorted([3.0, None, 1.0], key=lambda score: sort_key("mae", score)) == [1.0, 3.0, None]
    assert sorted([0.3, None, 0.9], key=lambda score: sort_key("auc", score)) == [0.9, 0.3, None]


counted = st.lists(st.tuples(st.booleans(), st.integers(0, 5), st.integers(0, 3)), min_size=1, max_size=40)


@given(counted)
def test_a_row_that_counts_twice_is_two_rows(rows: list[tuple[bool, int, int]]) -> None:
    actual = np.array([row[0] for row in rows])
    said, weight = np.array([row[1] / 5 for row in rows]), np.array([float(row[2]) for row in rows])
    each = np.repeat(np.arange(len(rows)), weight.astype(int))
    two = np.stack([1 - said, said], axis=1)
    pairs = [
        (regression_metrics(1.0 + actual, said, weight), regression_metrics(1.0 + actual[each], said[each])),
        (binary_metrics(actual, said, 0.5, weight), binary_metrics(actual[each], said[each], 0.5)),
        (multiclass_metrics(actual.astype(int), two, weight), multiclass_metrics(actual[each].astype(int), two[each])),
    ]
    for weighted, repeated in pairs:
        for name, value in repeated.items():
            assert weighted[name] == (None if value is None else pytest.approx(value)), name
    for measure in ("f1", "balanced_accuracy"):
        found = best_threshold(actual, said, measure, weight)
        again = best_threshold(actual[each], said[each], measure)
        best = [binary_metrics(actual[each], said[each], threshold)[measure] for threshold in (found, again)]
        assert best[0] == (None if best[1] is None else pytest.approx(best[1]))
