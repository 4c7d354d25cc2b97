"""SHAP values of tree models, by H2O's scorer: what each feature adds to each prediction; summed up, and row by row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from automl_runtime.importance import Feature
from automl_runtime.metrics import Floats

TREES = frozenset({"GBM", "XGBoost", "DRF", "XRT"})
MOST_ROWS = 200
_MOST_FEATURES, _MOST_POINTS, _MOST_REASONED, _MOST_REASONS = 10, 100, 50, 5


@dataclass(frozen=True)
class Explained:
    """Rows that are explained: how each is called, the texts of its features, and where each value stands, 0-1."""

    labels: Sequence[str]
    texts: pd.DataFrame
    heights: pd.DataFrame


def contributions_of(table: pd.DataFrame, features: Sequence[Feature]) -> tuple[Floats, Floats]:
    """(rows x features, base of each row) on the model's own scale, whose sum is its prediction there.

    :param table: what the scorer says: a column for each internal one, or for each level of it (`c3.v0`), and the base
    """
    owners: dict[str, list[int]] = {}
    for number, feature in enumerate(features):
        for column in (*feature.columns, *feature.shared):
            owners.setdefault(column, []).append(number)
    whole = np.zeros((len(table), len(features)))
    for name in table.columns:
        # A column that the model dropped, for it never changes, has no contribution.
        numbers = owners.get(name, owners.get(name.split(".", 1)[0], []))
        for number in numbers:
            whole[:, number] += table[name].to_numpy(dtype=np.float64) / len(numbers)
    return whole, table["BiasTerm"].to_numpy(dtype=np.float64)


def toward(contributions: tuple[Floats, Floats], predicted: Floats) -> tuple[Floats, Floats]:
    """The contributions to what is predicted: H2O's forests explain the first of two classes, not the second."""
    values, base = contributions
    total = values.sum(axis=1) + base
    if total.size > 1 and np.ptp(total) > 0 and np.ptp(predicted) > 0 and np.corrcoef(total, predicted)[0, 1] < 0:
        return -values, 1.0 - base
    return values, base


def summary(features: Sequence[Feature], contributions: tuple[Floats, Floats], rows: Explained) -> dict[str, Any]:
    """The strongest features with single rows as points, and the strongest reasons of single rows."""
    values, base = contributions
    strength = np.abs(values).mean(axis=0)
    order = np.lexsort(([feature.name for feature in features], -strength))
    shown = [number for number in order[:_MOST_FEATURES] if strength[number] > 0]
    return {
        "features": [
            {
                "feature": features[number].name,
                "mean": float(strength[number]),
                "points": [
                    {"height": None if np.isnan(height) else float(height), "contribution": float(value)}
                    for height, value in zip(
                        rows.heights[features[number].name].to_numpy()[:_MOST_POINTS],
                        values[:_MOST_POINTS, number],
                        strict=True,
                    )
                ],
            }
            for number in shown
        ],
        "rows": [
            _reasons(features, values[row], base[row], rows, row) for row in range(min(len(base), _MOST_REASONED))
        ],
    }


def _reasons(features: Sequence[Feature], values: Floats, base: float, rows: Explained, row: int) -> dict[str, Any]:
    order = np.argsort(-np.abs(values), kind="stable")[:_MOST_REASONS]
    return {
        "row": rows.labels[row],
        "base": float(base),
        "total": float(base + values.sum()),
        "reasons": [
            {
                "feature": features[number].name,
                "value": rows.texts[features[number].name].iloc[row],
                "contribution": float(values[number]),
            }
            for number in order
            if values[number] != 0
        ],
    }
