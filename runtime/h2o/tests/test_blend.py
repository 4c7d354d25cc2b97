from __future__ import annotations

import numpy as np
import pytest

from automl_runtime.blend import Kind, choose_weights
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


def kinds_of(candidates: dict[str, Floats], *others: Kind) -> dict[str, Kind]:
    """The first candidates' kinds; the rest are statistical."""
    return {name: others[number] if number < len(others) else "statistical" for number, name in enumerate(candidates)}


@pytest.mark.parametrize(
    ("sizes", "members"),
    [((1.0,), 1), ((1.0, 1.02, 1.05), 3), ((1.0, 1.05, 3.0), 2), ((1.0, 5.0, 9.0), 1), ((1.0,) * 9, 3)],
)
def test_the_candidates_close_to_the_best_share_the_forecast_equally(sizes: tuple[float, ...], members: int) -> None:
    candidates = noisy(*sizes)
    weights = choose_weights(candidates, mae, "mae", kinds_of(candidates))
    assert len(weights) == members and sum(weights.values()) == pytest.approx(1)
    assert len(set(weights.values())) == 1


@pytest.mark.parametrize(("other", "members"), [(1.06, {"a", "b"}), (1.2, {"a"})])
def test_a_mean_that_is_clearly_worse_than_its_best_member_does_not_forecast(other: float, members: set[str]) -> None:
    candidates = {"a": ACTUAL + 1.0, "b": ACTUAL + other}
    assert set(choose_weights(candidates, mae, "mae", kinds_of(candidates))) == members


@pytest.mark.parametrize(
    ("kinds", "members"),
    [
        (("learnt", "learnt", "learnt", "learnt"), {"c0", "c1", "c4", "c5"}),
        (("naive", "naive", "naive"), {"c0", "c3", "c4", "c5"}),
        (("learnt", "naive", "learnt", "naive"), {"c0", "c1", "c2", "c4", "c5"}),
    ],
)
def test_no_kind_outvotes_the_others(kinds: tuple[Kind, ...], members: set[str]) -> None:
    candidates = noisy(1.0, 1.03, 1.06, 1.09, 1.12, 1.15)
    assert set(choose_weights(candidates, mae, "mae", kinds_of(candidates, *kinds))) == members


@pytest.mark.parametrize(("size", "members"), [(1.06, {"c0", "c1"}), (1.15, {"c0"})])
def test_a_naive_method_joins_only_where_it_is_nearly_as_good(size: float, members: set[str]) -> None:
    candidates = noisy(1.0, size)
    assert set(choose_weights(candidates, mae, "mae", kinds_of(candidates, "learnt", "naive"))) == members
    assert set(choose_weights(candidates, mae, "mae", kinds_of(candidates, "learnt", "learnt"))) == {"c0", "c1"}


@pytest.mark.parametrize("score", [lambda values: None, lambda values: float("nan")])
def test_without_a_score_one_forecasts(score: object) -> None:
    candidates = noisy(1.0, 1.0)
    assert choose_weights(candidates, score, "mape", kinds_of(candidates)) == {"c0": 1.0}  # type: ignore[arg-type]


def test_a_perfect_candidate_is_alone() -> None:
    candidates = {"a": ACTUAL.copy(), "b": ACTUAL + 1}
    assert choose_weights(candidates, mae, "mae", kinds_of(candidates)) == {"a": 1.0}
