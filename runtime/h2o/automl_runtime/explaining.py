"""What both kinds of model share in being explained: SHAP values, bounds of what is kept, patience."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from automl_runtime.contributions import Explained, contributions_of, summary, toward
from automl_runtime.failures import cut
from automl_runtime.importance import Feature
from automl_runtime.run import Run
from automl_runtime.scoring import contributions, score

_LONGEST_TEXT = 200


@dataclass(frozen=True)
class Tree:
    """A tree model's MOJO; how many classes it predicts (null: numbers), and whether these are on another scale."""

    model_id: str
    algorithm: str
    mojo: Path
    classes: int | None = None
    scaled: bool = False


def attempt(run: Run, what: str, find: Callable[[], Any]) -> Any:
    """What `find` gives; null, told, where it can't: no training fails, or takes too long, for its explanation."""
    if run.explain_until is not None and run.clock.training > run.explain_until:
        run.events.info(f"{what} is left out: the time for this training is over.")
        return None
    try:
        return find()
    except Exception as error:
        if run.death() is not None:
            raise
        run.events.info(f"{what} can't be told of this model: {cut(str(error), 300)}")
        return None


def tree_contributions(
    run: Run, tree: Tree, features: Sequence[Feature], rows: tuple[pd.DataFrame, Explained]
) -> dict[str, Any]:
    """SHAP values of a tree model for feature rows."""
    table, about = rows
    (predicted,) = score([tree.mojo], table, run.scratch, tree.classes)
    towards = predicted if tree.classes is None else predicted[:, 1]
    found = toward(contributions_of(contributions(tree.mojo, table, run.scratch), features), towards)
    return {"model_id": tree.model_id, **summary(features, found, about)}


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
