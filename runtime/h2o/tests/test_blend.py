from __future__ import annotations

import numpy as np
import pytest

from automl_runtime.blend import MOST_LEARNT, MOST_MEMBERS, choose_weights
from automl_runtime.metrics import Floats, forecast_metrics

ACTUAL = np.random.default_rng(0).normal(100, 10, size=5000)


def mae(values: Floats) -> float | None:
    return forecast_metrics(ACTUAL, values, None)["mae"]


def noisy(*sizes: float) -> dict[str, Floats]:
    """Candidates whose errors are independent, each of its own size."""
    return {
        f"c{number}": ACTUAL + np.random.default_rng(number + 1).normal(scale=size, size=ACTUAL.size)
        for number, size in enumerate(sizes)
    }


@pytest.mark.parametrize(
    ("sizes", "members"),
    [((1.0,), 1), ((1.0, 1.02, 1.05), 3), ((1.0, 1.05, 3.0), 2), ((1.0, 5.0, 9.0), 1), ((1.0,) * 9, MOST_MEMBERS)],
)
def test_the_candidates_close_to_the_best_share_the_forecast_equally(sizes: tuple[float, ...], members: int) -> None:
    weights = choose_weights(noisy(*sizes), mae, "mae")
    assert len(weights) == members and sum(weights.values()) == pytest.approx(1)
    assert (len(set(weights.values())) == 1 and "c0" in weights) or members == MOST_MEMBERS


def test_a_mean_that_is_worse_than_its_best_member_does_not_forecast() -> None:
    one = ACTUAL + 1.0
    assert choose_weights({"a": one, "b": one + 0.1}, mae, "mae") == {"a": 1.0}


def test_learnt_models_do_not_outvote_the_other_methods() -> None:
    candidates = noisy(1.0, 1.0, 1.0, 1.0, 1.02, 1.03)
    weights = choose_weights(candidates, mae, "mae", learnt={"c0", "c1", "c2", "c3"})
    assert {"c4", "c5"} <= set(weights) and len(weights) == MOST_LEARNT + 2


@pytest.mark.parametrize("score", [lambda values: None, lambda values: float("nan")])
def test_without_a_score_one_forecasts(score: object) -> None:
    assert choose_weights(noisy(1.0, 1.0), score, "mape") == {"c0": 1.0}  # type: ignore[arg-type]


def test_a_perfect_candidate_is_alone() -> None:
    assert choose_weights({"a": ACTUAL.copy(), "b": ACTUAL + 1}, mae, "mae") == {"a": 1.0}
