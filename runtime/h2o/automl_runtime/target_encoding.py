"""Categories of many values as what the target is on average where a row has them.

A training row's own target never reaches its own number: it is taken from the rows of the other folds. New rows get
what all training rows say. Means of rare values are drawn towards the mean of all, by as much as the values' means
differ less than their rows do (an empirical Bayes estimate; Micci-Barreca, 2001).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api.types import is_numeric_dtype

from automl_runtime.metrics import Floats

# A value counts as if so many rows of the mean of all were added to its own.
_LEAST_PRIOR, _MOST_PRIOR = 1.0, 1000.0


@dataclass(frozen=True)
class TargetEncoding:
    """One column's values with their number of rows and the sums of the answers; missing is a value (`""`) too."""

    name: str
    code: str
    # Whether the values are numbers: then `07` and `7.0` are the same.
    numeric: bool
    levels: tuple[str, ...]
    counts: tuple[int, ...]
    # levels x answers
    sums: tuple[tuple[float, ...], ...]
    prior: tuple[float, ...]
    weight: tuple[float, ...]

    @staticmethod
    def fit(name: str, code: str, cells: pd.Series[Any], answers: Floats) -> TargetEncoding:
        """Learn from training rows; `answers` is rows x answers (numbers, or 0 and 1 for each class)."""
        numeric = is_numeric_dtype(cells)
        numbers, levels = pd.factorize(_texts(cells, numeric), sort=True)
        counts = np.bincount(numbers, minlength=len(levels))
        sums = _sums(numbers, answers, len(levels))
        prior = answers.mean(axis=0)
        weight = _prior_weight(counts, sums, answers)
        return TargetEncoding(
            name,
            code,
            numeric,
            tuple(str(level) for level in levels),
            tuple(int(count) for count in counts),
            tuple(tuple(float(value) for value in row) for row in sums),
            tuple(float(value) for value in prior),
            tuple(float(value) for value in weight),
        )

    def transform(self, cells: pd.Series[Any]) -> dict[str, Floats]:
        """The internal columns of new rows."""
        place = {level: number for number, level in enumerate(self.levels)}
        numbers = _texts(cells, self.numeric).map(place).fillna(len(self.levels)).to_numpy(dtype=np.int64)
        # An unknown value is one that no row had.
        counts = np.append(np.array(self.counts, dtype=np.float64), 0.0)[numbers]
        sums = np.vstack([np.array(self.sums), np.zeros(len(self.prior))])[numbers]
        return self._columns(counts, sums, np.array(self.prior))

    def out_of_fold(self, cells: pd.Series[Any], answers: Floats, fold: npt.NDArray[np.int64]) -> dict[str, Floats]:
        """The internal columns of the training rows themselves."""
        numbers = pd.Categorical(_texts(cells, self.numeric), categories=list(self.levels)).codes.astype(np.int64)
        counts, sums = np.empty(len(numbers)), np.empty_like(answers)
        prior = np.empty_like(answers)
        for number in np.unique(fold):
            inside = fold == number
            others = ~inside
            share = len(fold) / max(1, int(others.sum()))
            known = np.bincount(numbers[others], minlength=len(self.levels))
            # As many as all rows together would have: new rows are compared with those.
            counts[inside] = known[numbers[inside]] * share
            sums[inside] = _sums(numbers[others], answers[others], len(self.levels))[numbers[inside]] * share
            prior[inside] = answers[others].mean(axis=0) if others.any() else answers.mean(axis=0)
        return self._columns(counts, sums, prior)

    def as_dict(self) -> dict[str, Any]:
        """The JSON form in the manifest."""
        return asdict(self)

    @staticmethod
    def from_dict(raw: dict[str, Any]) -> TargetEncoding:
        """The inverse of `as_dict` after a round trip through JSON."""
        lists = {name: tuple(raw[name]) for name in ("levels", "counts", "prior", "weight")}
        return TargetEncoding(**{**raw, **lists, "sums": tuple(tuple(row) for row in raw["sums"])})

    def _columns(self, counts: Floats, sums: Floats, prior: Floats) -> dict[str, Floats]:
        weight = np.array(self.weight)
        means = (sums + weight * prior) / (counts[:, None] + weight)
        named = {f"{self.code}_mean{number}": means[:, number] for number in range(means.shape[1])}
        return {f"{self.code}_count": np.log1p(counts)} | named


def _texts(cells: pd.Series[Any], numeric: bool) -> pd.Series[Any]:
    if numeric:
        cells = pd.to_numeric(cells, errors="coerce")
    return cells.astype(object).where(cells.notna(), "").astype(str)


def _sums(numbers: npt.NDArray[np.int64], answers: Floats, levels: int) -> Floats:
    columns = [np.bincount(numbers, weights=answers[:, one], minlength=levels) for one in range(answers.shape[1])]
    return np.stack(columns, axis=1)


def _prior_weight(counts: npt.NDArray[np.int64], sums: Floats, answers: Floats) -> Floats:
    """Variance within values by variance between them, one for each answer: the rows that the mean of all is worth."""
    rows, levels = len(answers), len(counts)
    means = sums / np.maximum(counts, 1)[:, None]
    mean = answers.mean(axis=0)
    total = np.sum((answers - mean) ** 2, axis=0)
    between = np.sum(counts[:, None] * (means - mean) ** 2, axis=0)
    within = (total - between) / max(1, rows - levels)
    spread = (between - (levels - 1) * within) / max(1.0, rows - float(np.sum(counts**2)) / rows)
    weight = np.divide(within, spread, out=np.full_like(within, _MOST_PRIOR), where=spread > 0)
    clipped: Floats = np.clip(weight, _LEAST_PRIOR, _MOST_PRIOR)
    return clipped
