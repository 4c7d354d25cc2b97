"""Rows that belong together (of one patient, say) are sealed together and stay in one fold.

Else a model would be judged on rows whose siblings it has learnt by heart.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from automl_runtime.failures import RunError, quoted

Indices = npt.NDArray[np.int64]
FEWEST_GROUPS = 5


def group_numbers(cells: pd.Series[Any], name: str, *, fewest: int = FEWEST_GROUPS) -> Indices:
    """The group of each row as a number; a row without one is a group of its own.

    :raises RunError: data/too_few_groups.
    """
    numbers = pd.factorize(cells, sort=True)[0].astype(np.int64)
    alone = np.flatnonzero(numbers < 0)
    numbers[alone] = numbers.max(initial=-1) + 1 + np.arange(len(alone))
    found = len(np.unique(numbers))
    if found < fewest:
        raise RunError(
            "data",
            "too_few_groups",
            f"Column {quoted(name)} has {found} groups; at least {fewest} are needed to seal and to fold them.",
            "Name a column with more groups, or none.",
        )
    return numbers


def draw_groups(groups: Indices, rows: Indices, count: int, generator: np.random.Generator) -> Indices:
    """Whole groups of these rows, drawn at random until about `count` rows are together; some groups are left."""
    of_row = groups[rows]
    found, sizes = np.unique(of_row, return_counts=True)
    drawn: list[int] = []
    total = 0
    for place in generator.permutation(len(found)):
        # A group that would overshoot by more than is missing is left to the training.
        if total + sizes[place] - count <= count - total and len(drawn) < len(found) - 2:
            drawn.append(int(found[place]))
            total += int(sizes[place])
    # Where every group is larger than that, the smallest is sealed.
    return rows[np.isin(of_row, drawn or [found[np.argmin(sizes)]])]


def group_folds(groups: Indices, folds: int, seed: int) -> tuple[Indices, int]:
    """The fold of each row, and how many there are: the largest groups first, each into the fold with fewest rows."""
    numbers, inverse, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    folds = max(2, min(folds, len(numbers)))
    order = np.random.default_rng(seed).permutation(len(numbers))
    order = order[np.argsort(-sizes[order], kind="stable")]
    of_group = np.empty(len(numbers), dtype=np.int64)
    filled = np.zeros(folds, dtype=np.int64)
    for group in order:
        emptiest = int(np.argmin(filled))
        of_group[group] = emptiest
        filled[emptiest] += sizes[group]
    return of_group[inverse], folds
