"""Probabilities that mean what they say."""

from __future__ import annotations

import numpy as np
import pytest

from automl_runtime.calibration import MOST_SHIFTS, Calibration
from automl_runtime.metrics import Floats, auc, log_loss

RNG = np.random.default_rng(4)


def softmax(values: Floats) -> Floats:
    powers = np.exp(values)
    said: Floats = powers / powers.sum(axis=1, keepdims=True)
    return said


def drawn(true: Floats) -> np.ndarray:  # type: ignore[type-arg]
    return (true.cumsum(axis=1) < RNG.uniform(size=(len(true), 1))).sum(axis=1)


@pytest.mark.parametrize("classes", [2, 3, MOST_SHIFTS + 2])
@pytest.mark.parametrize("slope", [0.4, 2.5])
def test_what_is_too_sure_or_too_shy_is_found_and_mended(classes: int, slope: float) -> None:
    logits = RNG.normal(size=(4000, classes))
    true = softmax(logits)
    actual = drawn(true)
    told = softmax(logits / slope)
    found = Calibration.fit(actual, told)
    assert found is not None
    assert found.slope == pytest.approx(slope, rel=0.15)
    mended = found.apply(told)
    assert mended.sum(axis=1) == pytest.approx(1)
    assert abs(log_loss(actual, mended, None) - log_loss(actual, true, None)) < 0.005
    assert Calibration.from_dict(found.as_dict()) == found


def test_a_class_that_is_told_too_often_is_shifted_and_the_order_of_rows_stays() -> None:
    true = softmax(np.stack([np.zeros(5000), RNG.normal(size=5000) - 2], axis=1))
    actual = drawn(true)
    told = softmax(np.log(true) + np.array([0.0, 2.0]))
    found = Calibration.fit(actual, told)
    assert found is not None and found.shifts[0] == 0 and found.shifts[1] == pytest.approx(-2, abs=0.2)
    mended = found.apply(told)
    assert mended[:, 1].mean() == pytest.approx(actual.mean(), abs=0.01)
    assert auc(actual == 1, mended[:, 1]) == auc(actual == 1, told[:, 1])


@pytest.mark.parametrize("rows", [1, 2, 5])
def test_few_rows_change_little_and_break_nothing(rows: int) -> None:
    told = np.tile([0.7, 0.3], (rows, 1))
    found = Calibration.fit(np.zeros(rows, dtype=np.int64), told)
    mended = told if found is None else found.apply(told)
    assert np.abs(mended - told).max() < 0.3


def test_the_sure_and_the_impossible_stay_finite() -> None:
    told = np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0], [0.5, 0.5]] * 10)
    found = Calibration.fit(np.array([0, 1, 1, 0] * 10), told)
    assert found is not None
    assert np.isfinite(found.apply(told)).all()


def test_rows_that_count_nothing_decide_nothing() -> None:
    true = softmax(RNG.normal(size=(600, 2)))
    actual, told = drawn(true), softmax(np.log(true) / 3)
    weight = np.repeat([2.0, 0.0], 300)
    found, alone, all_alike = (
        Calibration.fit(*given)
        for given in ((actual, told, weight), (actual[:300], told[:300], weight[:300]), (actual, told))
    )
    assert found is not None and alone is not None and all_alike is not None
    assert found.slope == pytest.approx(alone.slope) and found.shifts == pytest.approx(alone.shifts)
    assert found.slope != pytest.approx(all_alike.slope)
