"""What a training tries, in order: AutoML's own steps and a few of ours, one model each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from automl_runtime.target import TargetTransform

# Trees that are shallow and learn slowly, each from a part of rows and columns, until they learn nothing more: AutoML's
# own steps learn fast, and stop where 15 trees bring less than 1 / sqrt(rows), which for 1,000 rows is 3 %.
_SLOWLY: Mapping[str, Any] = {
    "ntrees": 2000,
    "sample_rate": 0.8,
    "col_sample_rate": 0.8,
    "col_sample_rate_per_tree": 0.8,
    "stopping_tolerance": 0.001,
}
_SLOW_GBM = {**_SLOWLY, "learn_rate": 0.05, "score_tree_interval": 10, "stopping_rounds": 3}
# A tree of XGBoost costs more on few rows, and so does each score of it.
_SLOW_XGBOOST = {**_SLOWLY, "learn_rate": 0.1, "score_tree_interval": 40, "stopping_rounds": 2}
_OURS: Mapping[str, Mapping[str, Any]] = {
    "slow_4": {**_SLOW_GBM, "max_depth": 4, "min_rows": 10},
    "slow_6": {**_SLOW_GBM, "max_depth": 6, "min_rows": 5},
    "slow_xgboost": {**_SLOW_XGBOOST, "max_depth": 4, "min_rows": 3},
    # H2O's search for lambda, which is AutoML's step, ends at its start where the target is a large number.
    "ridge": {"alpha": 0.0, "lambda_": [1.0, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001, 0.0001], "family": "gaussian"},
}
# AutoML's own steps; in each family the shallow, quick ones first, for a first score soon. Grids follow without end.
_AUTOML: tuple[tuple[str, str], ...] = (
    ("XGBoost", "def_3"),
    ("GLM", "def_1"),
    ("GBM", "def_5"),
    ("DRF", "def_1"),
    ("DeepLearning", "def_1"),
    ("XGBoost", "def_1"),
    ("GBM", "def_2"),
    ("GBM", "def_3"),
    ("XGBoost", "def_2"),
    ("GBM", "def_4"),
    ("DRF", "XRT"),
    ("GBM", "def_1"),
)
# What comes first for tables; the features of series make slow trees dear, and their mean with other methods is good.
_TABLES: tuple[tuple[str, str], ...] = (
    ("XGBoost", "def_3"),
    ("GLM", "def_1"),
    ("GBM", "slow_4"),
    ("DRF", "def_1"),
    ("XGBoost", "slow_xgboost"),
    ("GBM", "slow_6"),
    ("DRF", "XRT"),
)
_GRIDS: tuple[tuple[str, str], ...] = (("XGBoost", "grid_1"), ("GBM", "grid_1"), ("DeepLearning", "grid_1"))


@dataclass(frozen=True)
class Search:
    """What to train, from the plan."""

    metric: str
    algorithms: tuple[str, ...]
    folds: int
    max_models: int | None
    max_runtime_secs: int | None
    seed: int
    balance_classes: bool = False
    # Rows of a table, not of series: steps of our own come among AutoML's.
    table: bool = False
    target_transform: TargetTransform = "none"
    # Internal column -> 1 where the prediction must not fall with it, -1 where it must not rise.
    monotone: dict[str, int] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """For the checkpoints' fingerprint, and for who goes on with what was found."""
        return asdict(self)

    @staticmethod
    def from_dict(raw: dict[str, Any]) -> Search:
        """The inverse of `as_dict` after a round trip through JSON."""
        return Search(**{**raw, "algorithms": tuple(raw["algorithms"])})


@dataclass(frozen=True)
class Step:
    """One slice: a name that is the same at every run, and AutoML's own step behind it, or our own settings."""

    name: str
    algorithm: str
    automl_step: str
    seed: int
    settings: Mapping[str, Any] | None = None
    scaled: bool = False


def schedule(search: Search, *, numbers: bool) -> Iterator[Step]:
    """The steps in order, family after family in turn, without an end where the plan allows grids.

    :param numbers: whether a number is predicted, not a class
    """
    counts: dict[str, int] = {}

    def step(algorithm: str, automl_step: str, seed: int) -> Step:
        family = "XRT" if automl_step == "XRT" else algorithm
        counts[family] = counts.get(family, 0) + 1
        automl_step = "ridge" if search.table and numbers and algorithm == "GLM" else automl_step
        return Step(f"{family}_{counts[family]}", algorithm, automl_step, seed, _OURS.get(automl_step))

    allowed = set(search.algorithms)
    if search.max_runtime_secs is None:
        # Deep learning is never reproducible, and its time can't be foreseen.
        allowed -= {"DeepLearning"} if allowed - {"DeepLearning", "StackedEnsemble"} else set()
    first = _TABLES if search.table else ()
    for algorithm, automl_step in (*first, *(one for one in _AUTOML if one not in first)):
        if algorithm in allowed:
            yield step(algorithm, automl_step, search.seed)
    grids = [grid for grid in _GRIDS if grid[0] in allowed]
    draw = 0
    while grids:
        draw += 1
        for algorithm, automl_step in grids:
            # Each draw of a random grid needs a seed of its own, or it would be the same model again.
            yield step(algorithm, automl_step, search.seed + 1000 * draw)
