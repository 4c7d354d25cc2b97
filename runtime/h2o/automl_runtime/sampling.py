"""Some of many rows."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def drawn(count: int, most: int, seed: int) -> npt.NDArray[np.int64]:
    """At most so many of the numbers below `count`, in order, drawn with a seed."""
    if count <= most:
        return np.arange(count)
    return np.sort(np.random.default_rng(seed).choice(count, most, replace=False))
