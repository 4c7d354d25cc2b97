"""What a training tries, in order: AutoML's own steps, one model each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from automl_runtime.target import TargetTransform

# AutoML's own steps; in each family the shallow, quick ones first, for a first score soon. Grids follow without end.
_STEPS: tuple[tuple[str, str], ...] = (
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
    """One slice: a name that is the same at every run, and AutoML's own step behind it."""

    name: str
    algorithm: str
    automl_step: str
    seed: int
    scaled: bool = False


def schedule(search: Search) -> Iterator[Step]:
    """The steps in order, family after family in turn, without an end where the plan allows grids."""
    counts: dict[str, int] = {}

    def step(algorithm: str, automl_step: str, seed: int) -> Step:
        family = "XRT" if automl_step == "XRT" else algorithm
        counts[family] = counts.get(family, 0) + 1
        return Step(f"{family}_{counts[family]}", algorithm, automl_step, seed)

    allowed = set(search.algorithms)
    if search.max_runtime_secs is None:
        # Deep learning is never reproducible, and its time can't be foreseen.
        allowed -= {"DeepLearning"} if allowed - {"DeepLearning", "StackedEnsemble"} else set()
    for algorithm, automl_step in _STEPS:
        if algorithm in allowed:
            yield step(algorithm, automl_step, search.seed)
    grids = [grid for grid in _GRIDS if grid[0] in allowed]
    draw = 0
    while grids:
        draw += 1
        for algorithm, automl_step in grids:
            # Each draw of a random grid needs a seed of its own, or it would be the same model again.
            yield step(algorithm, automl_step, search.seed + 1000 * draw)
