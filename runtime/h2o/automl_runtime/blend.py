"""The mean that forecasts: chosen greedily by cross-validated error, from models and naive challengers alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from automl_runtime.metrics import Floats, sort_key

# Rounds of greedy choice with replacement: weights are multiples of 1/ROUNDS, and a mean of a few resists luck.
ROUNDS = 10
# A mean must beat its best member by this share to be worth its members.
WORTHWHILE = 0.005


def choose_weights(
    candidates: Mapping[str, Floats], score: Callable[[Floats], float | None], metric: str
) -> dict[str, float]:
    """Weights (they sum to 1) of the mean with the best score; a single candidate where a mean gains next to nothing.

    Greedy selection with replacement (Caruana et al., 2004), begun with the mean of the best three.
    """

    def loss(values: Floats) -> float:
        return sort_key(metric, score(values))

    order = sorted(candidates, key=lambda name: (loss(candidates[name]), name))
    chosen = order[:3]
    total = np.sum([candidates[name] for name in chosen], axis=0)
    while len(chosen) < ROUNDS:
        options = {name: loss((total + candidates[name]) / (len(chosen) + 1)) for name in order}
        best = min(order, key=lambda name: options[name])
        chosen.append(best)
        total = total + candidates[best]
    single = loss(candidates[order[0]])
    if loss(total / len(chosen)) > single - WORTHWHILE * abs(single):
        return {order[0]: 1.0}
    return {name: chosen.count(name) / len(chosen) for name in order if name in chosen}
