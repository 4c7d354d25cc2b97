"""How far a score can be trusted: a bootstrap over the sealed rows, and the score fold by fold. Pure functions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from automl_runtime.events import finite

Indices = npt.NDArray[np.int64]
# (the model's score, its skill) of chosen rows; a row may be chosen more than once.
Score = Callable[[Indices], tuple[float | None, float | None]]

LEVEL = 95
# By a fixed rule, for a clock would decide by luck: so many rows are scored over all draws, and no more draws.
_SCORED_ROWS, _MOST_DRAWS, _FEWEST_DRAWS = 10_000_000, 1000, 50
# Beyond this the interval is narrower than anybody asks, below it means nothing.
MOST_ROWS, FEWEST_ROWS = 200_000, 8
_FEWEST_GROUPS = 5


def bootstrap(groups: Sequence[Indices], score: Score, seed: int) -> dict[str, Any] | None:
    """Percentile intervals of score and skill when whole groups of rows are drawn anew, as often as there are groups.

    :returns: null where there are too few rows, or too many.
    """
    rows = sum(len(group) for group in groups)
    if not FEWEST_ROWS <= rows <= MOST_ROWS:
        return None
    draws = int(np.clip(_SCORED_ROWS // rows, _FEWEST_DRAWS, _MOST_DRAWS))
    generator = np.random.default_rng(seed)
    found: list[tuple[float, float]] = []
    for _ in range(draws):
        chosen = generator.integers(0, len(groups), len(groups))
        value, gain = score(np.concatenate([groups[number] for number in chosen]))
        found.append((np.nan if value is None else value, np.nan if gain is None else gain))
    values, gains = np.array(found).T
    low, high = _percentiles(values)
    skill_low, skill_high = _percentiles(gains)
    return {
        "level": LEVEL,
        "draws": draws,
        "rows": rows,
        "low": low,
        "high": high,
        "skill_low": skill_low,
        "skill_high": skill_high,
    }


def alone(rows: int) -> list[Indices]:
    """Each row a group of its own: rows that know nothing of each other."""
    return [np.array([row], dtype=np.int64) for row in range(rows)]


def dependent(series: Indices, position: Indices) -> list[Indices]:
    """Groups of rows that are wrong together: whole series where there are several, else neighbouring steps."""
    order = np.lexsort((position, series))
    names, starts = np.unique(series[order], return_index=True)
    if len(names) >= _FEWEST_GROUPS:
        return np.split(order, starts[1:])
    length = max(1, round(len(order) ** (1 / 3)))
    return [order[start : start + length] for start in range(0, len(order), length)]


def by_group(labels: Sequence[str], numbers: Indices, score: Score) -> list[dict[str, Any]]:
    """The score of each group of rows alone; `numbers` says which label each row has."""
    parts = []
    for number, label in enumerate(labels):
        rows = np.flatnonzero(numbers == number)
        if rows.size:
            parts.append({"label": label, "rows": int(rows.size), "score": finite(score(rows)[0])})
    return parts


def _percentiles(values: npt.NDArray[Any]) -> tuple[float | None, float | None]:
    known = values[np.isfinite(values)]
    # A draw without one of the classes has no AUC; with many such draws the rest says little.
    if known.size < 0.8 * values.size or not known.size:
        return None, None
    tail = (100 - LEVEL) / 2
    low, high = np.percentile(known, [tail, 100 - tail])
    return float(low), float(high)
