"""What both kinds of model share in being explained: predictions of made-up rows, bounds of what is kept, patience."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from automl_runtime.automl import TrainedModel, as_array, load_frame
from automl_runtime.cluster import quiet
from automl_runtime.contributions import TREES, Explained, contributions_of, summary, toward
from automl_runtime.failures import cut
from automl_runtime.importance import Feature
from automl_runtime.metrics import Floats
from automl_runtime.run import Run

FRAME_KEY = "explain.hex"
_LONGEST_TEXT = 200


@dataclass(frozen=True)
class Columns:
    """How H2O reads internal feature rows: which are categories, and how many classes are predicted."""

    categorical: frozenset[str]
    classes: int | None


def attempt(run: Run, what: str, find: Callable[[], Any]) -> Any:
    """What `find` gives; null, told, where it can't: no training fails for want of its explanation."""
    try:
        return find()
    except Exception as error:
        if run.h2o.death() is not None:
            raise
        run.events.info(f"{what} can't be told of this model: {cut(str(error), 300)}")
        return None


def load_rows(run: Run, features: pd.DataFrame, categorical: frozenset[str]) -> Any:
    """Feature rows as a frame in H2O, under a key that the next call takes over."""
    path = run.scratch / "explain.csv"
    # An empty line would be skipped; a row of nothing but missing values must stay a row.
    features.to_csv(path, index=False, na_rep="NA")
    types = {name: "enum" if name in categorical else "real" for name in features.columns}
    return load_frame(path, FRAME_KEY, types)


def predict_rows_with(run: Run, handle: Any, features: pd.DataFrame, columns: Columns) -> Floats:
    """A model's predictions of feature rows: n values, or n x classes probabilities."""
    frame = load_rows(run, features, columns.categorical)
    with quiet():
        return as_array(handle.predict(frame), columns.classes)


def tree_contributions(
    run: Run, model: TrainedModel | None, features: Sequence[Feature], rows: tuple[pd.DataFrame, Columns, Explained]
) -> dict[str, Any] | None:
    """SHAP values of a tree model for feature rows; null for other models and for more than two classes."""
    table, columns, about = rows
    if model is None or model.algorithm not in TREES or (columns.classes or 2) > 2:
        return None
    frame = load_rows(run, table, columns.categorical)
    with quiet():
        predicted = as_array(model.handle.predict(frame), columns.classes)
    found = toward(
        contributions_of(model.handle, frame, features), predicted if columns.classes is None else predicted[:, 1]
    )
    return {"model_id": model.model_id, **summary(features, found, about)}


def heights(values: pd.DataFrame) -> pd.DataFrame:
    """Where each number stands among its column's, from 0 to 1; missing for what is no number."""
    numbers = values.apply(pd.to_numeric, errors="coerce")
    places: pd.DataFrame = numbers.rank(method="average")
    return places.sub(1).div(max(1, len(values) - 1))


def bounded(value: Any) -> Any:
    """JSON without NaN, and with texts of a bounded length."""
    if isinstance(value, dict):
        return {key: bounded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [bounded(item) for item in value]
    if isinstance(value, str):
        return cut(value, _LONGEST_TEXT)
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def drawn(count: int, most: int, seed: int) -> npt.NDArray[np.int64]:
    """At most so many of the numbers below `count`, in order, drawn with a seed."""
    if count <= most:
        return np.arange(count)
    return np.sort(np.random.default_rng(seed).choice(count, most, replace=False))
