"""Features that are learnt from training rows and their targets: encoded categories, what words say, and products."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from automl_runtime.interactions import NO_PRODUCTS, Products
from automl_runtime.metrics import Floats
from automl_runtime.target_encoding import TargetEncoding
from automl_runtime.text_features import TextScore

# Of more classes only the commonest have features of their own.
MOST_ANSWERS = 10


class _LearntColumn(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def code(self) -> str: ...

    def transform(self, cells: pd.Series[Any]) -> dict[str, Floats]: ...

    def out_of_fold(self, cells: pd.Series[Any], answers: Floats, fold: npt.NDArray[np.int64]) -> dict[str, Floats]: ...


@dataclass(frozen=True)
class Learned:
    """Fitted to training rows; kept in the model archive."""

    encodings: tuple[TargetEncoding, ...] = ()
    texts: tuple[TextScore, ...] = ()
    # Of all features, the other learnt ones too; which pairs, was asked of the training rows alone.
    products: Products = NO_PRODUCTS

    @staticmethod
    def fit(frame: pd.DataFrame, answers: Floats, *, encoded: Sequence[str], texts: Sequence[str]) -> Learned:
        """Learn from training rows (the frame's) and their answers; names are the plan's."""
        return Learned(
            tuple(TargetEncoding.fit(name, f"e{number}", frame[name], answers) for number, name in enumerate(encoded)),
            tuple(TextScore.fit(name, f"t{number}", frame[name], answers) for number, name in enumerate(texts)),
        )

    def of_training(self, frame: pd.DataFrame, answers: Floats, fold: npt.NDArray[np.int64]) -> pd.DataFrame:
        """The features of the training rows themselves, each from the rows of the other folds."""
        parts: dict[str, Floats] = {}
        for one in self._columns:
            parts |= one.out_of_fold(frame[one.name], answers, fold)
        return pd.DataFrame(parts, index=range(len(frame)))

    def of_new(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The features of rows that were not learnt from."""
        parts: dict[str, Floats] = {}
        for one in self._columns:
            parts |= one.transform(frame[one.name])
        return pd.DataFrame(parts, index=range(len(frame)))

    @property
    def names(self) -> dict[str, str]:
        """By the code of what was learnt of a feature, the feature."""
        return {one.code: one.name for one in self._columns}

    @property
    def _columns(self) -> tuple[_LearntColumn, ...]:
        return (*self.encodings, *self.texts)

    def as_dict(self) -> dict[str, Any]:
        """The JSON form in the manifest."""
        return {
            "encodings": [one.as_dict() for one in self.encodings],
            "texts": [one.as_dict() for one in self.texts],
            "products": self.products.as_list(),
        }

    @staticmethod
    def from_dict(raw: dict[str, Any] | None) -> Learned:
        """The inverse of `as_dict`; nothing learnt where a model of an older version says nothing of it."""
        if raw is None:
            return Learned()
        return Learned(
            tuple(TargetEncoding.from_dict(one) for one in raw["encodings"]),
            tuple(TextScore.from_dict(one) for one in raw["texts"]),
            Products.from_list(raw.get("products", [])),
        )


def answers_of(response: npt.NDArray[Any], classes: int) -> Floats:
    """What features are learnt from: the numbers, or 0 and 1 for the second of two classes, or for each of several."""
    if not classes:
        return np.asarray(response, dtype=np.float64).reshape(-1, 1)
    if classes == 2:
        return np.asarray(response == 1, dtype=np.float64).reshape(-1, 1)
    common = np.argsort(-np.bincount(response, minlength=classes), kind="stable")[:MOST_ANSWERS]
    answers: Floats = (response[:, None] == np.sort(common)[None, :]).astype(np.float64)
    return answers
