"""H2O AutoML in slices of one model each: what is finished survives a crash, and only what is missing is trained."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from automl_runtime.checkpoints import Checkpoints, Saved
from automl_runtime.cluster import quiet
from automl_runtime.events import LeaderboardRow
from automl_runtime.failures import RunError, cut
from automl_runtime.files import sha256_of
from automl_runtime.metrics import Floats, sort_key
from automl_runtime.run import Run, versions

RESPONSE, FOLD = "response", "fold"
TRAINING_KEY, FULL_KEY = "train.hex", "full.hex"
# Of a time budget, what base models may use; the rest is for ensembles, evaluation and the refit.
BASE_MODELS_SHARE = 0.75
OUT_OF_TIME = "the time for training ran out"
# A step without a model (too few rows for its settings, say) is replaced by another one, so often at most.
SPARE_STEPS = 12
_TRAIN_FROM, _TRAIN_TO = 0.10, 0.80
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
class Design:
    """A table as H2O trains on it: internal names only. `response` holds numbers, or class codes with `classes`."""

    features: pd.DataFrame
    categorical: frozenset[str]
    response: npt.NDArray[Any]
    classes: int | None

    def write(self, path: Path, fold: npt.NDArray[np.int64] | None = None) -> None:
        """As CSV; numbers keep every digit."""
        extra = {RESPONSE: self.response} | ({} if fold is None else {FOLD: fold})
        self.features.assign(**extra).to_csv(path, index=False)

    def types(self) -> dict[str, str]:
        """H2O's column types, so that nothing is guessed."""
        types = {name: "enum" if name in self.categorical else "real" for name in self.features.columns}
        return types | {RESPONSE: "real" if self.classes is None else "enum"}


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

    def as_dict(self) -> dict[str, Any]:
        """For the checkpoints' fingerprint."""
        return asdict(self)


@dataclass(frozen=True)
class Step:
    """One slice: a name that is the same at every run, and AutoML's own step behind it."""

    name: str
    algorithm: str
    automl_step: str
    seed: int


@dataclass(frozen=True)
class TrainedModel:
    """A base model in H2O with its cross-validated predictions: n values, or n x classes probabilities."""

    model_id: str
    algorithm: str
    train_seconds: float
    handle: Any
    holdout: Floats


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


class Trainer:
    """Trains a design in slices on the run's H2O, with checkpoints under `output/checkpoints`."""

    def __init__(self, run: Run, design: Design, fold: npt.NDArray[np.int64], search: Search) -> None:
        self._run = run
        self._design = design
        self._search = search
        self.models: list[TrainedModel] = []
        self._handles: dict[str, Any] = {}
        data = run.scratch / "train.csv"
        design.write(data, fold)
        run.h2o.wait_until_ready()
        self._checkpoints = Checkpoints(run.config.output / "checkpoints", self._fingerprint(data))
        self.frame = load_frame(data, TRAINING_KEY, design.types())

    def train(self) -> Iterator[TrainedModel]:
        """Yield each base model as soon as it exists, from its checkpoint where an earlier incarnation made it.

        :raises RunError: model/no_model_trained where no step gives a model; execution/... where H2O dies.
        :raises SystemExit: with the code of a pause, before the next slice, where one is asked for.
        """
        limit = self._search.max_models
        reasons: dict[str, str] = {}
        failed = 0
        for step in schedule(self._search):
            if (limit is not None and len(self.models) >= limit) or failed > SPARE_STEPS:
                break
            if self.models and self._out_of_time():
                break
            saved = self._checkpoints.find(step.name)
            if saved is None:
                self._run.leave_if_paused()
                saved = self._train_slice(step)
            if saved.file is None:
                failed += 1
                reasons.setdefault(step.algorithm, saved.reason or "no reason given")
                continue
            model = self._load(step, saved)
            self.models.append(model)
            yield model
        self._report_missing(reasons)

    def progress(self) -> float:
        """The share of the whole run that is done, from models or from time, whichever bounds it."""
        share = 0.0
        if self._search.max_models is not None:
            share = len(self.models) / self._search.max_models
        if self._search.max_runtime_secs is not None:
            share = max(share, self._checkpoints.seconds / (self._search.max_runtime_secs * BASE_MODELS_SHARE))
        return _TRAIN_FROM + (_TRAIN_TO - _TRAIN_FROM) * min(1.0, share)

    def _train_slice(self, step: Step) -> Saved:
        import h2o
        from h2o.automl import H2OAutoML

        cluster = self._run.h2o
        cluster.busy_with = step.algorithm
        started = time.monotonic()
        remaining = self._remaining_seconds()
        with quiet():
            automl = H2OAutoML(
                project_name=step.name,
                include_algos=[step.algorithm],
                modeling_plan=[{"name": step.algorithm, "steps": [{"id": step.automl_step}]}],
                max_models=1,
                max_runtime_secs=remaining or 0,
                nfolds=self._search.folds,
                seed=step.seed,
                balance_classes=self._search.balance_classes and self._design.classes is not None,
                keep_cross_validation_predictions=True,
                keep_cross_validation_models=False,
                verbosity=None,
            )
            try:
                automl.train(
                    x=list(self._design.features.columns), y=RESPONSE, fold_column=FOLD, training_frame=self.frame
                )
            except (h2o.exceptions.H2OResponseError, h2o.exceptions.H2OServerError, OSError) as error:
                if cluster.death() is not None:
                    raise
                return self._no_model(step, started, str(error))
            leader = automl.leader
            if leader is None:
                reason = OUT_OF_TIME if self._out_of_time() else _why_no_model(automl)
                return self._no_model(step, started, reason)
            folder = self._checkpoints.folder
            h2o.save_model(
                leader, str(folder), filename=step.name, force=True, export_cross_validation_predictions=True
            )
        cluster.busy_with = None
        saved = Saved(step.name, step.name, step.algorithm, time.monotonic() - started)
        self._handles[step.name] = leader
        self._checkpoints.record(saved)
        return saved

    def _no_model(self, step: Step, started: float, reason: str) -> Saved:
        self._run.h2o.busy_with = None
        saved = Saved(step.name, None, step.algorithm, time.monotonic() - started, cut(reason, 300))
        self._checkpoints.record(saved)
        self._run.events.info(f"{step.name} gave no model: {saved.reason}")
        return saved

    def _load(self, step: Step, saved: Saved) -> TrainedModel:
        import h2o

        handle = self._handles.get(step.name)
        with quiet():
            if handle is None:
                handle = h2o.load_model(str(self._checkpoints.folder / step.name))
                self._run.events.info(f"{step.name} is loaded from its checkpoint.")
            predictions = as_array(handle.cross_validation_holdout_predictions(), self._design.classes)
        return TrainedModel(step.name, step.algorithm, saved.train_seconds, handle, predictions)

    def _remaining_seconds(self) -> int | None:
        if self._search.max_runtime_secs is None:
            return None
        return max(1, round(self._search.max_runtime_secs * BASE_MODELS_SHARE - self._checkpoints.seconds))

    def _out_of_time(self) -> bool:
        budget = self._search.max_runtime_secs
        return budget is not None and self._checkpoints.seconds >= budget * BASE_MODELS_SHARE

    def _report_missing(self, reasons: dict[str, str]) -> None:
        trained = {model.algorithm for model in self.models}
        for algorithm, reason in reasons.items():
            if algorithm not in trained and reason != OUT_OF_TIME:
                self._run.events.warn(f"{algorithm} gave no model: {reason}")
        wanted = [
            step.algorithm for _, step in zip(range(self._search.max_models or 1), schedule(self._search), strict=False)
        ]
        if "XGBoost" in wanted and "XGBoost" not in trained and "XGBoost" not in reasons:
            self._run.events.warn("XGBoost is in the plan, but this platform has none.")
        if not self.models:
            detail = "; ".join(f"{algorithm}: {reason}" for algorithm, reason in reasons.items())
            raise RunError(
                "model",
                "no_model_trained",
                cut(f"No algorithm gave a model. {detail}", 1900),
                "Give more rows or another target; exclude the algorithms that fail.",
            )

    def _fingerprint(self, data: Path) -> str:
        parts = [sha256_of(data), json.dumps(self._search.as_dict(), sort_keys=True), versions().get("h2o", "")]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def leaderboard_row(model: TrainedModel, metric: str, score: float | None) -> LeaderboardRow:
    """A base model's row."""
    return LeaderboardRow(model.model_id, model.algorithm, metric, score, round(model.train_seconds, 3))


def ranked(rows: list[LeaderboardRow]) -> list[LeaderboardRow]:
    """Best first; ties by name, so that the order never depends on luck."""
    return sorted(rows, key=lambda row: (sort_key(row.metric, row.score), row.model_id))


def load_frame(path: Path, key: str, types: dict[str, str]) -> Any:
    """Import a CSV under a fixed key. The key matters: cross-validated predictions are bound to it."""
    import h2o

    with quiet():
        return h2o.import_file(str(path), destination_frame=key, header=1, sep=",", col_types=types)


def as_array(frame: Any, classes: int | None) -> Floats:
    """An H2O prediction frame as numbers: n values, or n x classes probabilities without the label."""
    with quiet():
        table = pd.read_csv(StringIO(frame.get_frame_data()))
    values = table["predict"] if classes is None else table.drop(columns="predict")
    return values.to_numpy(dtype=np.float64)


def refit(trained: Any, frame: Any, features: list[str], seed: int, *, with_folds: bool = False) -> Any:
    """Train the same algorithm with the same settings on another frame: returns the H2O model.

    Folds are needed only where an ensemble is to be stacked on the new models.
    """
    import inspect

    from h2o.estimators import (
        H2ODeepLearningEstimator,
        H2OGeneralizedLinearEstimator,
        H2OGradientBoostingEstimator,
        H2ORandomForestEstimator,
        H2OXGBoostEstimator,
    )

    estimators = {
        "gbm": H2OGradientBoostingEstimator,
        "xgboost": H2OXGBoostEstimator,
        "drf": H2ORandomForestEstimator,
        "glm": H2OGeneralizedLinearEstimator,
        "deeplearning": H2ODeepLearningEstimator,
    }
    estimator = estimators[trained.algo]
    actual = trained.actual_params
    if trained.algo == "glm":
        settings = {name: actual[name] for name in ("family", "link", "standardize", "missing_values_handling")}
        settings |= {
            "lambda_": [H2OGeneralizedLinearEstimator.getLambdaBest(trained)],
            "alpha": [H2OGeneralizedLinearEstimator.getAlphaBest(trained)],
        }
    else:
        accepted = set(inspect.signature(estimator.__init__).parameters) - _NOT_CARRIED_OVER
        settings = {name: value for name, value in actual.items() if name in accepted and value is not None}
    with quiet():
        model = estimator(**settings, seed=seed, keep_cross_validation_predictions=with_folds)
        model.train(x=features, y=RESPONSE, training_frame=frame, fold_column=FOLD if with_folds else None)
    return model


# What belongs to one training (folds, early stopping, keys) and not to the recipe of a model.
_NOT_CARRIED_OVER = frozenset(
    {
        "self",
        "seed",
        "model_id",
        "training_frame",
        "validation_frame",
        "response_column",
        "ignored_columns",
        "nfolds",
        "fold_assignment",
        "fold_column",
        "keep_cross_validation_models",
        "keep_cross_validation_predictions",
        "keep_cross_validation_fold_assignment",
        "parallelize_cross_validation",
        "stopping_rounds",
        "stopping_metric",
        "stopping_tolerance",
        "max_runtime_secs",
        "checkpoint",
        "export_checkpoints_dir",
        "score_each_iteration",
        "score_tree_interval",
        "weights_column",
        "offset_column",
        "interaction_constraints",
        "monotone_constraints",
        "custom_metric_func",
        "custom_distribution_func",
        "calibration_frame",
        "in_training_checkpoints_dir",
        "in_training_checkpoints_tree_interval",
        "gpu_id",
        "r2_stopping",
    }
)


def _why_no_model(automl: Any) -> str:
    events = automl.event_log
    if events is None:
        return "H2O trained none"
    table = events.as_data_frame()
    bad = table[table["level"].isin(["Warn", "Error"])]["message"] if "level" in table else table["message"]
    return str(bad.iloc[-1]) if len(bad) else "H2O trained none"
