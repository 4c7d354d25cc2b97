"""The weights of a mean of models."""

from __future__ import annotations

import numpy as np
import pytest

from automl_runtime.ensemble import MOST_MEMBERS, select_weights, weighted_mean
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


def test_probabilities_of_classes_that_weigh_more_count_more() -> None:
    actual = np.array([0] * 90 + [1] * 10)
    common = np.tile([0.95, 0.05], (100, 1))
    rare = np.tile([0.2, 0.8], (100, 1))
    weight = np.where(actual == 1, 5.0, 100 / 180)
    plain = select_weights({"common": common, "rare": rare}, lambda p: log_loss(actual, p, None))
    balanced = select_weights({"common": common, "rare": rare}, lambda p: log_loss(actual, p, weight))
    assert plain["common"] > 0.9 > 0.7 > balanced["common"]


def test_a_loss_that_says_nothing_leaves_the_first_alone() -> None:
    assert select_weights({"a": TRUTH, "b": TRUTH}, lambda _: float("nan")) == {"a": 1.0}
