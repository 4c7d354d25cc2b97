"""Free text as numbers: what its words say of the target, by a ridge regression on TF-IDF weights.

As with any feature that is made with the target, a training row's number comes from rows of the other folds.
"""

from __future__ import annotations

import re
from array import array
from collections import Counter
from dataclasses import asdict, dataclass
from itertools import pairwise
from math import log
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import sparse
from scipy.sparse.linalg import lsqr

from automl_runtime.metrics import Floats

# Terms in fewer texts teach nothing; the commonest are kept.
_FEWEST_TEXTS, _MOST_TERMS = 3, 4000
# Characters; what a text is about stands in its beginning.
_LONGEST_TEXT = 1000
# More rows make the weights hardly better.
_MOST_ROWS = 50_000
# Of terms that are counted at a time: beyond this the rarest are forgotten, so that memory is bounded.
_MOST_COUNTED = 500_000
_PENALTIES = (0.5, 2.0, 8.0, 32.0)
_ITERATIONS = 60
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class TextScore:
    """One column's terms (words, and pairs of them), their rarity, and their weights: terms x answers."""

    name: str
    code: str
    terms: tuple[str, ...]
    rarity: tuple[float, ...]
    weights: tuple[tuple[float, ...], ...]
    prior: tuple[float, ...]
    penalty: float

    @staticmethod
    def fit(name: str, code: str, cells: pd.Series[Any], answers: Floats) -> TextScore:
        """Learn from training rows; `answers` is rows x answers. Without any common term: a score without terms."""
        chosen = _evenly(len(cells))
        terms, rarity = _vocabulary(cells.iloc[chosen])
        matrix, known = _weighed(cells.iloc[chosen], terms, rarity), answers[chosen]
        penalty = _penalty(matrix, known) if terms else _PENALTIES[-1]
        weights, prior = _ridge(matrix, known, penalty)
        # Six digits say all that a weight knows.
        rounded = tuple(tuple(float(f"{value:.6g}") for value in row) for row in weights)
        return TextScore(name, code, terms, rarity, rounded, tuple(float(value) for value in prior), penalty)

    def transform(self, cells: pd.Series[Any]) -> dict[str, Floats]:
        """The internal columns of new rows."""
        weights = np.array(self.weights).reshape(len(self.terms), len(self.prior))
        return self._columns(self._matrix(cells) @ weights + np.array(self.prior))

    def out_of_fold(self, cells: pd.Series[Any], answers: Floats, fold: npt.NDArray[np.int64]) -> dict[str, Floats]:
        """The internal columns of the training rows themselves."""
        matrix = self._matrix(cells)
        scores = np.empty_like(answers)
        for number in np.unique(fold):
            inside = fold == number
            others = np.flatnonzero(~inside)
            others = others[_evenly(len(others))]
            weights, prior = _ridge(matrix[others], answers[others], self.penalty)
            scores[inside] = matrix[np.flatnonzero(inside)] @ weights + prior
        return self._columns(scores)

    def as_dict(self) -> dict[str, Any]:
        """The JSON form in the manifest."""
        return asdict(self)

    @staticmethod
    def from_dict(raw: dict[str, Any]) -> TextScore:
        """The inverse of `as_dict` after a round trip through JSON."""
        lists = {name: tuple(raw[name]) for name in ("terms", "rarity", "prior")}
        return TextScore(**{**raw, **lists, "weights": tuple(tuple(row) for row in raw["weights"])})

    def _matrix(self, cells: pd.Series[Any]) -> Any:
        return _weighed(cells, self.terms, self.rarity)

    def _columns(self, scores: Floats) -> dict[str, Floats]:
        return {f"{self.code}_text{number}": scores[:, number] for number in range(scores.shape[1])}


def _terms(cell: Any) -> Counter[str]:
    if not isinstance(cell, str):
        return Counter()
    words = _WORD.findall(cell[:_LONGEST_TEXT].lower())
    return Counter(words + [f"{one} {two}" for one, two in pairwise(words)])


def _vocabulary(cells: pd.Series[Any]) -> tuple[tuple[str, ...], tuple[float, ...]]:
    seen: Counter[str] = Counter()
    for cell in cells:
        seen.update(_terms(cell).keys())
        if len(seen) > _MOST_COUNTED:
            seen = Counter({term: count for term, count in seen.items() if count > 1})
    # Ties by name: the same data give the same terms.
    common = sorted((term for term in seen if seen[term] >= _FEWEST_TEXTS), key=lambda term: (-seen[term], term))
    terms = tuple(sorted(common[:_MOST_TERMS]))
    return terms, tuple(float(np.log((1 + len(cells)) / (1 + seen[term])) + 1) for term in terms)


def _weighed(cells: pd.Series[Any], terms: tuple[str, ...], rarity: tuple[float, ...]) -> Any:
    """TF-IDF with damped counts; each text has length one."""
    place = {term: number for number, term in enumerate(terms)}
    # Compact arrays: a million texts as Python's own lists would fill the memory.
    ends, columns, values = array("q", [0]), array("q"), array("d")
    for cell in cells:
        for term, count in _terms(cell).items():
            number = place.get(term)
            if number is not None:
                columns.append(number)
                values.append((1 + log(count)) * rarity[number])
        ends.append(len(columns))
    parts = (np.array(values, dtype=np.float64), np.array(columns, dtype=np.int64), np.array(ends, dtype=np.int64))
    matrix = sparse.csr_matrix(parts, shape=(len(cells), len(terms)))
    length = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    return sparse.diags(1 / np.where(length > 0, length, 1.0)) @ matrix


def _ridge(matrix: Any, answers: Floats, penalty: float) -> tuple[Floats, Floats]:
    """(terms x answers, mean answers) of least squares with a penalty on the weights."""
    prior = answers.mean(axis=0)
    if matrix.shape[1] == 0:
        return np.zeros((0, answers.shape[1])), prior
    solved = [
        lsqr(matrix, answers[:, one] - prior[one], damp=float(np.sqrt(penalty)), iter_lim=_ITERATIONS)[0]
        for one in range(answers.shape[1])
    ]
    return np.stack(solved, axis=1), prior


def _penalty(matrix: Any, answers: Floats) -> float:
    """The penalty that predicts best a fifth of the rows, evenly spread, from the others."""
    rows = np.arange(len(answers))
    held, rest = rows[rows % 5 == 0], rows[rows % 5 != 0]

    def error(penalty: float) -> float:
        weights, prior = _ridge(matrix[rest], answers[rest], penalty)
        return float(np.sum((matrix[held] @ weights + prior - answers[held]) ** 2))

    return min(_PENALTIES, key=error) if len(rest) else _PENALTIES[-1]


def _evenly(rows: int) -> npt.NDArray[np.int64]:
    """All rows, or so many of them as are worth their time, evenly spread."""
    return np.unique(np.linspace(0, max(0, rows - 1), min(rows, _MOST_ROWS)).astype(np.int64))
