"""What a model listens to, whatever kind it is: features shuffled, and features set to one value. Pure functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from automl_runtime.events import finite
from automl_runtime.sampling import drawn

# Predictions of internal feature rows: n values, or n x classes.
Predict = Callable[[pd.DataFrame], npt.NDArray[Any]]
# What is lost by such predictions of the rows that are judged; lower is better.
Loss = Callable[[npt.NDArray[Any]], float]

# What is predicted for one figure, in rows and in cells: seconds of H2O's time.
MOST_SCORED_ROWS, MOST_SCORED_CELLS = 60_000, 2_000_000
MOST_ROWS, FEWEST_ROWS, MOST_REPEATS = 1000, 50, 5
MOST_FEATURES_SHOWN = 30
_MOST_POINTS, _DEPENDENCE_ROWS = 15, 100


@dataclass(frozen=True)
class Feature:
    """One feature as a person knows it: its name, and the internal columns that it became."""

    name: str
    columns: tuple[str, ...]
    # Columns made of this feature and another one; half of what they add is this one's.
    shared: tuple[str, ...] = ()


def chosen_rows(count: int, features: int, columns: int, seed: int) -> npt.NDArray[np.int64]:
    """The rows to judge importance by: all where that is affordable, else drawn with a seed."""
    most = max(FEWEST_ROWS, min(MOST_ROWS, _affordable(columns) // max(1, features)))
    return drawn(count, most, seed)


def permutation_importance(
    table: pd.DataFrame, features: Sequence[Feature], judge: tuple[Predict, Loss], seed: int
) -> list[dict[str, Any]]:
    """How much worse the predictions get when one feature's values are shuffled between the rows, most first.

    :returns: name, mean and standard deviation of the loss over the shuffles; features beyond what is affordable are
        left out, the first ones are kept.
    """
    predict, loss = judge
    count = len(table)
    most = _affordable(table.shape[1])
    features = features[: max(1, most // count)]
    repeats = int(np.clip(most // (count * len(features)), 1, MOST_REPEATS))
    generator = np.random.default_rng(seed)
    shuffled = [
        _with(table, feature, table[list(feature.columns)].iloc[generator.permutation(count)])
        for feature in features
        for _ in range(repeats)
    ]
    predicted = predict(pd.concat([table, *shuffled], ignore_index=True))
    parts = [predicted[start : start + count] for start in range(0, len(predicted), count)]
    whole, *rest = (loss(part) for part in parts)
    if not np.isfinite(whole):
        return []
    losses = np.array(rest).reshape(len(features), repeats) - whole
    measured = [
        (float(found.mean()), float(found.std()), feature.name)
        for feature, found in zip(features, losses, strict=True)
        if np.isfinite(found).all()
    ]
    measured.sort(key=lambda one: (-one[0], one[2]))
    return [{"feature": name, "loss": mean, "spread": spread} for mean, spread, name in measured[:MOST_FEATURES_SHOWN]]


def partial_dependence(
    table: pd.DataFrame, values: Mapping[str, tuple[list[Any], list[str]]], predict: Predict, seed: int
) -> list[dict[str, Any]]:
    """The mean prediction when one feature is set to each of its values in turn, everything else as it is.

    :param values: internal column -> (values, how they are shown).
    :returns: for each column its `grid` and `means`, a list of values for each number that is predicted.
    """
    if not values:
        return []
    table = table.iloc[drawn(len(table), _DEPENDENCE_ROWS, seed)]
    parts = [table.assign(**{column: value}) for column, (points, _) in values.items() for value in points]
    predicted = predict(pd.concat(parts, ignore_index=True))
    means = predicted.reshape(len(parts), len(table), -1).mean(axis=1)
    curves = []
    for column, (points, shown) in values.items():
        mine, means = means[: len(points)], means[len(points) :]
        curves.append({"column": column, "grid": shown, "means": [[finite(x) for x in line] for line in mine.T]})
    return curves


def grid_of(numbers: npt.NDArray[Any]) -> tuple[list[Any], list[str]]:
    """Points of a number's range with as many rows between each two, and how they are shown."""
    known = numbers[np.isfinite(numbers)]
    points = np.unique(known)
    if points.size > _MOST_POINTS:
        points = np.unique(np.quantile(known, np.linspace(0.02, 0.98, _MOST_POINTS)))
    return points.tolist(), [f"{point:.6g}" for point in points]


def _with(table: pd.DataFrame, feature: Feature, values: pd.DataFrame) -> pd.DataFrame:
    return table.assign(**{column: values[column].to_numpy() for column in feature.columns})


def _affordable(columns: int) -> int:
    return max(FEWEST_ROWS, min(MOST_SCORED_ROWS, MOST_SCORED_CELLS // max(1, columns)))
