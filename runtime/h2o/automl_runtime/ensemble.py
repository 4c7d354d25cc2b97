"""The mean of a table's models, with weights found on predictions of rows that each model had not seen.

Greedy selection with replacement (Caruana et al., "Ensemble selection from libraries of models", ICML 2004,
https://doi.org/10.1145/1015330.1015432): a linear stack whose weights are positive and sum to one. Unlike a learnt
second level it needs no cross-validated predictions of models that are trained again on all rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from automl_runtime.metrics import Floats

# The name in leaderboards, and the word in a plan's `algorithms`.
ENSEMBLE = "StackedEnsemble"
# A weight is a number of picks among these; one pick alone is the luck of these rows.
PICKS, LEAST_PICKS = 30, 2
# Each is trained again on all rows, and asked for each prediction.
MOST_MEMBERS = 4


def select_weights(candidates: Mapping[str, Floats], loss: Callable[[Floats], float]) -> dict[str, float]:
    """Weights (positive, they sum to 1) of the few candidates whose mean has the least loss; maybe of one alone.

    :param candidates: each model's predictions of the same rows, n or n x classes
    :param loss: of such predictions; ties go to the candidate that comes first
    """
    picks = dict.fromkeys(candidates, 0)
    total = np.zeros_like(next(iter(candidates.values())), dtype=np.float64)
    best, chosen = np.inf, dict(picks)
    for count in range(1, PICKS + 1):
        members = [name for name, times in picks.items() if times]
        allowed = candidates if len(members) < MOST_MEMBERS else members
        losses = {name: loss((total + candidates[name]) / count) for name in allowed}
        name = min(losses, key=lambda one: losses[one])
        picks[name] += 1
        total += candidates[name]
        if losses[name] < best:
            best, chosen = losses[name], dict(picks)
    if not np.isfinite(best):
        return {next(iter(candidates)): 1.0}
    most = max(chosen.values())
    kept = {name: times for name, times in chosen.items() if times >= min(LEAST_PICKS, most)}
    return {name: times / sum(kept.values()) for name, times in kept.items()}


def weighted_mean(values: Sequence[Floats], weights: Sequence[float]) -> Floats:
    """The mean of several models' predictions of the same rows."""
    mean: Floats = np.tensordot(np.asarray(weights), np.stack(values), axes=1)
    return mean
