"""The weights of a mean of models."""

from __future__ import annotations

import numpy as np
import pytest

from automl_runtime.calibration import softmax
from automl_runtime.ensemble import MOST_MEMBERS, POOL, mean_of, pool_weights, select_weights, weighted_mean
from automl_runtime.metrics import Floats, log_loss

RNG = np.random.default_rng(1)
TRUTH = RNG.normal(size=400)


def squared(predicted: Floats) -> float:
    return float(np.mean((predicted - TRUTH) ** 2))


def noisy(scale: float, bias: float = 0.0) -> Floats:
    values: Floats = TRUTH + bias + RNG.normal(scale=scale, size=TRUTH.size)
    return values


def test_models_with_errors_of_their_own_are_weighed_by_how_good_they_are() -> None:
    candidates = {"good": noisy(0.5), "fair": noisy(0.8), "poor": noisy(4.0)}
    weights = select_weights(candidates, squared)
    assert sum(weights.values()) == pytest.approx(1)
    # The best linear mean weighs by the inverse of the variance: 0.72, 0.28, 0.01.
    assert 0.6 < weights["good"] < 0.85 and 0.15 < weights["fair"] < 0.4
    assert weights.get("poor", 0.0) == 0.0
    mean = weighted_mean([candidates[name] for name in weights], list(weights.values()))
    assert squared(mean) < min(squared(values) for values in candidates.values())


def test_a_model_that_nothing_adds_to_stays_alone() -> None:
    assert select_weights({"wild": noisy(50.0), "exact": TRUTH.copy()}, squared) == {"exact": 1.0}


def test_of_equal_models_the_first_is_taken() -> None:
    same = noisy(0.5)
    assert select_weights({"first": same, "second": same.copy()}, squared) == {"first": 1.0}


def test_only_a_few_of_many_are_members() -> None:
    weights = select_weights({f"model {number}": noisy(1.0) for number in range(12)}, squared)
    assert 2 <= len(weights) <= MOST_MEMBERS


def chances(sharpness: float, noise: float, classes: int = 2, rows: int = 400) -> tuple[Floats, np.ndarray]:
    """Probabilities of a model that sees the truth through noise, and the truth."""
    truth = np.random.default_rng(7).integers(0, classes, rows)
    values = sharpness * np.eye(classes)[truth] + RNG.normal(scale=noise, size=(rows, classes))
    return softmax(values), truth


@pytest.mark.parametrize("classes", [2, 3, 12])
def test_a_pool_says_more_than_each_of_its_models(classes: int) -> None:
    found = [chances(1.5, 1.0, classes) for _ in range(3)]
    actual = found[0][1]
    candidates = {f"model {number}": said for number, (said, _) in enumerate(found)}
    weights = pool_weights(candidates, actual)
    assert sum(weights.values()) == pytest.approx(1) and len(weights) == 3
    # As good as each other, so about alike.
    assert max(weights.values()) < 2 * min(weights.values())
    pool = mean_of([candidates[name] for name in weights], list(weights.values()), POOL)
    assert pool.sum(axis=1) == pytest.approx(1)
    assert log_loss(actual, pool, None) < min(log_loss(actual, said, None) for said in candidates.values())


def test_a_model_of_mere_noise_hardly_counts_and_only_a_few_of_many_are_members() -> None:
    good, actual = chances(3.0, 1.0)
    noise = softmax(RNG.normal(size=(400, 2)))
    assert pool_weights({"noise": noise, "good": good}, actual).get("noise", 0.0) < 0.1
    many = {f"model {number}": chances(1.5, 1.0)[0] for number in range(12)}
    assert 2 <= len(pool_weights(many, actual)) <= MOST_MEMBERS


def test_a_row_that_counts_twice_is_two_rows_to_a_pool() -> None:
    found = [chances(1.5, noise) for noise in (1.0, 1.5)]
    actual = found[0][1]
    twice = np.arange(400) < 100
    rows = np.concatenate([np.arange(400), np.flatnonzero(twice)])
    weighed = pool_weights({str(n): said for n, (said, _) in enumerate(found)}, actual, np.where(twice, 2.0, 1.0))
    repeated = pool_weights({str(n): said[rows] for n, (said, _) in enumerate(found)}, actual[rows])
    assert weighed == pytest.approx(repeated, abs=0.002)
    assert weighed != pytest.approx(
        pool_weights({str(n): said for n, (said, _) in enumerate(found)}, actual), abs=0.002
    )


def test_classes_that_weigh_more_count_more_in_greedy_picks() -> None:
    actual = np.array([0] * 90 + [1] * 10)
    common = np.tile([0.95, 0.05], (100, 1))
    rare = np.tile([0.2, 0.8], (100, 1))
    weight = np.where(actual == 1, 5.0, 100 / 180)
    plain = select_weights({"common": common, "rare": rare}, lambda p: log_loss(actual, p, None))
    balanced = select_weights({"common": common, "rare": rare}, lambda p: log_loss(actual, p, weight))
    assert plain["common"] > 0.9 > 0.7 > balanced["common"]


def test_one_model_alone_is_not_changed() -> None:
    said = np.array([[1.0, 0.0], [1e-9, 1 - 1e-9]])
    assert mean_of([said], [1.0], POOL).tolist() == said.tolist()


def test_a_loss_that_says_nothing_leaves_the_first_alone() -> None:
    assert select_weights({"a": TRUTH, "b": TRUTH}, lambda _: float("nan")) == {"a": 1.0}
