from __future__ import annotations

import json

import numpy as np
import pytest

from automl_runtime.intervals import LEVELS, Intervals, backtest_coverage


def errors_of(origins: int, horizon: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Normal errors that grow with the horizon."""
    rng = np.random.default_rng(seed)
    horizons = np.tile(np.arange(1, horizon + 1), origins)
    return np.abs(rng.normal(size=horizons.size)) * np.sqrt(horizons), horizons, np.repeat(np.arange(origins), horizon)


@pytest.mark.parametrize("level", LEVELS)
def test_new_errors_lie_inside_as_often_as_the_level_says(level: int) -> None:
    intervals = Intervals.fit(*errors_of(100, 12, 0)[:2])
    assert intervals is not None
    fresh, horizons, _ = errors_of(500, 12, 1)
    inside = fresh <= intervals.half_width(level, horizons)
    assert abs(inside.mean() - level / 100) < 0.03
    for step in (1, 6, 12):
        assert abs(inside[horizons == step].mean() - level / 100) < 0.1
    measured = backtest_coverage(*errors_of(60, 12, 2))
    assert abs(measured[level] - level / 100) < 0.03


def test_a_wider_level_is_wider_and_far_steps_go_on_growing() -> None:
    intervals = Intervals.fit(*errors_of(30, 6, 0)[:2])
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
