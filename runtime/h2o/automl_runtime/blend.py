"""The mean that forecasts: of the few candidates that the backtest can't tell from the best, with equal weights.

Weights fitted to a backtest follow its luck. On the development halves of M3 and Tourism equal weights were 1.7 % ahead
of greedily chosen ones (docs/decisions/2026-11-26-equal-weights.md).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

import numpy as np

from automl_runtime.metrics import Floats, sort_key

# Candidates whose loss is up to so many times the best one's belong to the mean.
CLOSE = 1.2
MOST_MEMBERS = 5
# Learnt models see the same table and are wrong alike: more of them would outvote the methods of another kind.
MOST_LEARNT = 2


def choose_weights(
    candidates: Mapping[str, Floats],
    score: Callable[[Floats], float | None],
    metric: str,
    learnt: Collection[str] = frozenset(),
) -> dict[str, float]:
    """Equal weights (they sum to 1) of the best few candidates; the best alone where their mean is no better.

    `learnt` names the candidates that are models of one table. A metric with an order (lower or higher is better).
    """
    loss = {name: sort_key(metric, score(values)) for name, values in candidates.items()}
    order = sorted(candidates, key=lambda name: (loss[name], name))
    best = order[0]
    if not np.isfinite(loss[best]):
        return {best: 1.0}
    reach = loss[best] + (CLOSE - 1) * abs(loss[best])
    members: list[str] = []
    for name in order:
        room = len(members) < MOST_MEMBERS and (
            name not in learnt or sum(member in learnt for member in members) < MOST_LEARNT
        )
        if room and loss[name] <= reach:
            members.append(name)
    mean: Floats = np.mean([candidates[name] for name in members], axis=0)
    if sort_key(metric, score(mean)) > loss[best]:
        return {best: 1.0}
    return {name: 1 / len(members) for name in members}
