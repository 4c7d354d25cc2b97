"""The mean that forecasts: of the few candidates that the backtest can't tell from the best, with equal weights.

Weights fitted to a backtest follow its luck. On the development halves of M3 and Tourism equal weights were 1.7 % ahead
of greedily chosen ones (docs/decisions/2026-11-26-equal-weights.md).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

import numpy as np

from automl_runtime.metrics import Floats, sort_key

Kind = Literal["naive", "statistical", "learnt"]
# Candidates whose loss is up to so many times the best one's belong to the mean. A naive method knows nothing that the
# others don't: only where it is nearly as good as they are, theirs may be luck.
CLOSE: Mapping[Kind, float] = {"naive": 1.1, "statistical": 1.25, "learnt": 1.25}
# The best member owes part of its lead to the backtest's luck: a mean up to so many times worse still forecasts.
TOLERATED = 1.05
# Learnt models see the same table, naive methods the same few values: more of them are wrong alike and outvote others.
MOST_OF_KIND: Mapping[Kind, int] = {"naive": 1, "statistical": 3, "learnt": 2}


def choose_weights(
    candidates: Mapping[str, Floats], score: Callable[[Floats], float | None], metric: str, kinds: Mapping[str, Kind]
) -> dict[str, float]:
    """Equal weights (they sum to 1) of the best few candidates; the best alone where their mean is clearly worse.

    `kinds` names each candidate's kind.
    """
    loss = {name: sort_key(metric, score(values)) for name, values in candidates.items()}
    order = sorted(candidates, key=lambda name: (loss[name], name))
    best = order[0]
    if not np.isfinite(loss[best]):
        return {best: 1.0}
    room = dict(MOST_OF_KIND)
    members: list[str] = []
    for name in order:
        kind = kinds[name]
        if loss[name] <= loss[best] + (CLOSE[kind] - 1) * abs(loss[best]) and room[kind] > 0:
            room[kind] -= 1
            members.append(name)
    mean: Floats = np.mean([candidates[name] for name in members], axis=0)
    if sort_key(metric, score(mean)) > loss[best] + (TOLERATED - 1) * abs(loss[best]):
        return {best: 1.0}
    return {name: 1 / len(members) for name in members}
