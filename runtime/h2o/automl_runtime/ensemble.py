"""The mean of a table's models, with weights found on predictions of rows that each model had not seen.

Numbers: greedy selection with replacement (Caruana et al., "Ensemble selection from libraries of models", ICML 2004,
https://doi.org/10.1145/1015330.1015432). Probabilities: a logarithmic pool, which is the logistic regression of the
classes on the models' logarithms, with weights that are never negative (Breiman, "Stacked regressions", 1996) and are
drawn towards being equal. Either way weights are positive and sum to one; unlike a learnt second level they need no
cross-validated predictions of models that are trained again on all rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from automl_runtime.calibration import free_shifts, logarithms, shifts_of, softmax
from automl_runtime.metrics import Floats
from automl_runtime.sampling import drawn

# The name in leaderboards, and the word in a plan's `algorithms`.
ENSEMBLE = "StackedEnsemble"
# Kinds of mean.
LINEAR, POOL = "linear", "pool"
# A weight is a number of picks among these; one pick alone is the luck of these rows.
PICKS, LEAST_PICKS = 30, 2
# Each is trained again on all rows, and asked for each prediction.
MOST_MEMBERS = 6
# How strongly weights of a pool are drawn towards being equal, in log loss; below the least share one is left out.
_EQUALITY, _LEAST_SHARE = 0.005, 0.05
# Weights of more rows than this would be the same.
_MOST_ROWS = 50_000


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


def pool_weights(
    candidates: Mapping[str, Floats], actual: npt.NDArray[np.int64], weight: Floats | None = None
) -> dict[str, float]:
    """Weights (positive, they sum to 1) of the few candidates whose logarithmic pool has the least log loss.

    :param candidates: each model's probabilities of the same rows, n x classes
    :param actual: n class numbers
    :param weight: how much each row counts, 1 on average; None: all alike
    """
    rows = drawn(len(actual), _MOST_ROWS, 0)
    names = list(candidates)
    logs = np.stack([logarithms(candidates[name][rows]) for name in names])
    counts = np.ones(len(rows)) if weight is None else weight[rows]
    found = _pooled(logs, actual[rows], counts)
    kept = np.sort(np.argsort(-found, kind="stable")[:MOST_MEMBERS])
    found = _pooled(logs[kept], actual[rows], counts)
    found = np.where(found >= _LEAST_SHARE * found.sum(), found, 0.0)
    if not np.isfinite(found).all() or found.sum() <= 0:
        return {names[0]: 1.0}
    # What is rounded does not hang on the last digits of a sum, whose order a processor may choose.
    shares = {names[place]: round(float(share), 3) for place, share in zip(kept, found / found.sum(), strict=True)}
    whole = sum(shares.values())
    return {name: share / whole for name, share in shares.items() if share > 0}


def _pooled(logs: Floats, actual: npt.NDArray[np.int64], counts: Floats) -> Floats:
    """The weights of models x rows x classes logarithms."""
    models, rows, classes = logs.shape
    free = free_shifts(classes)
    flat, truth = logs.reshape(models, -1), np.eye(classes)[actual]
    scale = (counts / counts.sum())[:, None]

    def loss(found: Floats) -> tuple[float, Floats]:
        weights = found[:models]
        said = softmax((weights @ flat).reshape(rows, classes) + shifts_of(found[models:], classes))
        wrong, apart = scale * (said - truth), weights - 1 / models
        surprise = -float(np.sum(scale * truth * logarithms(said)))
        gradient = np.concatenate([flat @ wrong.ravel() + 2 * _EQUALITY * apart, wrong[:, 1 : 1 + free].sum(axis=0)])
        return surprise + _EQUALITY * float(apart @ apart), gradient

    start = np.concatenate([np.full(models, 1 / models), np.zeros(free)])
    bounds = [(0, None)] * models + [(None, None)] * free
    found: Floats = minimize(loss, start, jac=True, bounds=bounds, method="L-BFGS-B").x[:models]
    return found


def mean_kind(classes: Sequence[str]) -> str:
    """How the models of a table are put together, by its classes (none: numbers)."""
    return POOL if classes else LINEAR


def mean_of(values: Sequence[Floats], weights: Sequence[float], kind: str) -> Floats:
    """The mean of several models' predictions of the same rows: `linear`, or the logarithmic pool of probabilities."""
    if kind == LINEAR or len(values) == 1:
        return weighted_mean(values, weights)
    return softmax(weighted_mean([logarithms(one) for one in values], weights))


def weighted_mean(values: Sequence[Floats], weights: Sequence[float]) -> Floats:
    """The mean of several models' predictions of the same rows."""
    mean: Floats = np.tensordot(np.asarray(weights), np.stack(values), axes=1)
    return mean
