"""H2O AutoML in slices of one model each: what is finished survives a crash, and only what is missing is trained."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from automl_runtime.cluster import quiet
from automl_runtime.estimators import estimator_of
from automl_runtime.events import LeaderboardRow
from automl_runtime.failures import RunError, cut
from automl_runtime.files import sha256_of
from automl_runtime.limits import Limits, current_limits
from automl_runtime.metrics import Floats, regression_metrics, sort_key
from automl_runtime.run import Run, versions
from automl_runtime.schedule import Search, Step, schedule
from automl_runtime.slices import NoModelError, Slices, Work
from automl_runtime.target import LogScale
from automl_runtime.timebox import expected_seconds, for_models

# The target, the same on another scale, and how much a row counts.
RESPONSE, SCALED, FOLD, WEIGHT = "response", "scaled", "fold", "weight"
TRAINING_KEY, FULL_KEY = "train.hex", "full.hex"
TRAINING_FILE = "train.csv"
# With a time budget, what a kill may cost: no base model runs longer than this share of it, short budgets aside.
SLICE_SHARE, LEAST_SLICE_SECONDS = 0.10, 16
_GRACE_SECONDS = 8
# Set by the Docker engine (src/engines/docker/container.ts) where the container has a GPU.
GPU_OFFERED = "AUTOML_GPU"
OUT_OF_TIME = "the time for training ran out"
# A step without a model (too few rows for its settings, say) is replaced by another one, so often at most.
SPARE_STEPS = 12
_TRAIN_FROM, _TRAIN_TO = 0.10, 0.80


@dataclass(frozen=True)
class Design:
    """A table as H2O trains on it: internal names only. `response` holds numbers, or class codes with `classes`."""

    features: pd.DataFrame
    categorical: frozenset[str]
    response: npt.NDArray[Any]
    classes: int | None
    # The scale that a model may be trained on instead.
    scale: LogScale | None = None
    # How much each row counts, 1 on average; None: all alike.
    weight: Floats | None = None

    def write(self, path: Path, fold: npt.NDArray[np.int64] | None = None) -> None:
        """As CSV; numbers keep every digit."""
        scaled = {} if self.scale is None else {SCALED: self.scale.forward(self.response)}
        weight = {} if self.weight is None else {WEIGHT: self.weight}
        extra = {RESPONSE: self.response} | scaled | weight | ({} if fold is None else {FOLD: fold})
        rows = self.features.copy(deep=False)
        for name, values in extra.items():
            rows[name] = values
        rows.to_csv(path, index=False)

    def without_rows(self) -> Design:
        """What is still asked of a design that is written: its rows are H2O's, and would take as much memory again."""
        return replace(self, features=self.features.iloc[:0].copy())

    def types(self) -> dict[str, str]:
        """H2O's column types, so that nothing is guessed."""
        types = {name: "enum" if name in self.categorical else "real" for name in self.features.columns}
        scaled = {} if self.scale is None else {SCALED: "real"}
        weight = {} if self.weight is None else {WEIGHT: "real"}
        return types | {RESPONSE: "real" if self.classes is None else "enum"} | scaled | weight

    @property
    def weights_column(self) -> str | None:
        """The name of the weights in H2O's frame."""
        return None if self.weight is None else WEIGHT


@dataclass(frozen=True)
class TrainedModel:
    """A base model in H2O with its cross-validated predictions: n values in the target's unit, or n x classes
    probabilities. `scale` is the one it predicts on.
    """

    model_id: str
    algorithm: str
    train_seconds: float
    handle: Any
    holdout: Floats
    scale: LogScale | None = None

    def restore(self, answer: Floats) -> Floats:
        """What the model answers, in the target's own unit."""
        return answer if self.scale is None else self.scale.backward(answer)


class Trainer:
    """Trains a design in slices on the run's H2O, each base model once over all incarnations."""

    def __init__(self, run: Run, design: Design, fold: npt.NDArray[np.int64], search: Search) -> None:
        self._run = run
        self._search = search
        self._limits = Limits(search.max_models, search.max_runtime_secs)
        self.models: list[TrainedModel] = []
        self._gpu_told = False
        data = run.scratch / TRAINING_FILE
        design.write(data, fold)
        self._design = design.without_rows()
        run.h2o.wait_until_ready()
        self.slices = Slices(run, self._fingerprint(data))
        self.frame = load_frame(data, TRAINING_KEY, design.types())

    @property
    def limits(self) -> Limits:
        """What bounds the training now: the plan, until the user changes it while it runs."""
        found = current_limits(self._run.config.output, self._limits)
        if found != self._limits:
            self._limits = found
            self._run.events.info(f"This training is bounded by {found} from now on, as asked.")
        return found

    def train(self) -> Iterator[TrainedModel]:
        """Yield each base model as soon as it exists, from its checkpoint where an earlier incarnation made it.

        What is finished counts, even where a limit has been lowered since.

        :raises RunError: model/no_model_trained where no step gives a model; execution/... where H2O dies.
        :raises SystemExit: with the code of a pause, before the next slice, where one is asked for.
        """
        reasons: dict[str, str] = {}
        failed = passed_over = 0
        for step in self._steps():
            work = Work(step.name, step.algorithm, cross_validated=True)
            known = self.slices.has(work)
            if max(failed, passed_over) > SPARE_STEPS or (self._has_enough() and not known):
                break
            if not known and not self._fits(step):
                passed_over += 1
                continue
            passed_over = 0
            done = self.slices.once(work, partial(self._train_step, step))
            if done.handle is None:
                failed += 1
                reasons.setdefault(step.algorithm, done.saved.reason or "no reason given")
                continue
            predictions = as_array(done.handle.cross_validation_holdout_predictions(), self._design.classes)
            model = TrainedModel(step.name, step.algorithm, done.saved.train_seconds, done.handle, predictions)
            if step.scaled:
                model = on_scale(model, self._design, self._search.metric)
            self.models.append(model)
            self._tell_of_gpu(model)
            yield model
        self._report_missing(reasons)

    def _tell_of_gpu(self, model: TrainedModel) -> None:
        if self._gpu_told or model.algorithm != "XGBoost" or os.environ.get(GPU_OFFERED) != "1":
            return
        self._gpu_told = True
        used = model.handle.actual_params.get("backend") == "gpu"
        self._run.events.info(
            "XGBoost trains on the GPU." if used else "A GPU is there, but XGBoost can't use it: it trains without."
        )

    def progress(self) -> float:
        """The share of the whole run that is done, from models or from time, whichever bounds it."""
        share = 0.0
        limits = self._limits
        if limits.max_models is not None:
            share = len(self.models) / limits.max_models
        if limits.max_runtime_secs is not None:
            share = max(share, self._run.clock.training / self._until(limits.max_runtime_secs))
        return _TRAIN_FROM + (_TRAIN_TO - _TRAIN_FROM) * min(1.0, share)

    def _steps(self) -> Iterator[Step]:
        """The schedule. Where the folds are to choose the target's scale, the first step comes on both."""
        steps = self._schedule()
        transform = "none" if self._design.scale is None else self._search.target_transform
        if transform == "auto":
            first = next(steps)
            yield first
            yield replace(first, name=f"{first.name}_log", scaled=True)
        for step in steps:
            yield replace(step, scaled=transform == "log" or (transform == "auto" and self._best_is_scaled()))

    def _schedule(self) -> Iterator[Step]:
        return schedule(self._search, numbers=self._design.classes is None)

    def _best_is_scaled(self) -> bool:
        metric = self._search.metric

        def loss(model: TrainedModel) -> float:
            scores = regression_metrics(self._design.response, model.holdout, self._design.weight)
            return sort_key(metric, scores[metric])

        return bool(self.models) and min(self.models, key=loss).scale is not None

    def _train_step(self, step: Step) -> Any:
        """:raises NoModelError: where AutoML's step gives none."""
        import h2o

        trainer = self._automl(step) if step.settings is None else self._estimator(step, step.settings)
        columns = {"fold_column": FOLD, "weights_column": self._design.weights_column}
        features, response = list(self._design.features.columns), SCALED if step.scaled else RESPONSE
        try:
            trainer.train(x=features, y=response, training_frame=self.frame, **columns)
        except (h2o.exceptions.H2OResponseError, h2o.exceptions.H2OServerError, OSError) as error:
            if self._run.h2o.death() is not None:
                raise
            raise NoModelError(str(error)) from error
        if step.settings is not None:
            return trainer
        if trainer.leader is None:
            raise NoModelError(OUT_OF_TIME if self._out_of_time() else _why_no_model(trainer))
        return trainer.leader

    def _automl(self, step: Step) -> Any:
        from h2o.automl import H2OAutoML

        total, longest = slice_seconds(self._limits.max_runtime_secs, self._left())
        return H2OAutoML(
            project_name=step.name,
            include_algos=[step.algorithm],
            modeling_plan=[{"name": step.algorithm, "steps": [{"id": step.automl_step}]}],
            max_models=1,
            max_runtime_secs=total,
            max_runtime_secs_per_model=longest,
            nfolds=self._search.folds,
            seed=step.seed,
            keep_cross_validation_predictions=True,
            keep_cross_validation_models=False,
            monotone_constraints=self._search.monotone or None,
            verbosity=None,
        )

    def _estimator(self, step: Step, settings: Mapping[str, Any]) -> Any:
        _, longest = slice_seconds(self._limits.max_runtime_secs, self._left())
        # A linear model knows no such constraints; the system's plans that have them leave it out.
        monotone = self._search.monotone if step.algorithm != "GLM" else {}
        constrained = {"monotone_constraints": monotone} if monotone else {}
        return estimator_of(step.algorithm.lower())(
            **settings,
            **constrained,
            seed=step.seed,
            max_runtime_secs=longest,
            keep_cross_validation_predictions=True,
            keep_cross_validation_models=False,
        )

    def _has_enough(self) -> bool:
        most = self.limits.max_models
        return len(self.models) > 0 and ((most is not None and len(self.models) >= most) or self._out_of_time())

    def _out_of_time(self) -> bool:
        """Whether another model like those that are there would hardly begin."""
        usual = float(np.mean([model.train_seconds for model in self.models])) if self.models else 0.0
        return self._left() <= usual / 2

    def _fits(self, step: Step) -> bool:
        """Whether the time that is left is enough for a model of this family, by what others have taken."""
        costs = [(model.algorithm, model.train_seconds) for model in self.models]
        return expected_seconds(step.algorithm, costs) <= self._left()

    def _left(self) -> float:
        """Seconds for further models."""
        budget = self._limits.max_runtime_secs
        return np.inf if budget is None else self._until(budget) - self._run.clock.training

    def _until(self, budget: int) -> float:
        return for_models(budget, [model.train_seconds for model in self.models], self._search.folds)

    def _report_missing(self, reasons: dict[str, str]) -> None:
        trained = {model.algorithm for model in self.models}
        for algorithm, reason in reasons.items():
            if algorithm not in trained and reason != OUT_OF_TIME:
                self._run.events.warn(f"{algorithm} gave no model: {reason}")
        wanted = [
            step.algorithm for _, step in zip(range(self._limits.max_models or 1), self._schedule(), strict=False)
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
        """What the slices depend on: a change of any of it makes them other slices."""
        parts = [
            sha256_of(data),
            self._run.config.dataset_sha256,
            json.dumps(self._search.as_dict(), sort_keys=True),
            versions().get("h2o", ""),
        ]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def slice_seconds(budget: int | None, left: float) -> tuple[int, int]:
    """H2O's limits for the next base model, seconds (0: none): for AutoML as a whole, and for the model alone.

    A model that reaches its own limit is kept as far as it got; one that reaches AutoML's is lost, so that comes later.
    """
    if budget is None:
        return 0, 0
    longest = max(1, min(round(left), max(LEAST_SLICE_SECONDS, round(budget * SLICE_SHARE))))
    return longest + _GRACE_SECONDS, longest


def on_scale(model: TrainedModel, design: Design, metric: str) -> TrainedModel:
    """A model that was trained on the design's scale, its validated predictions back in the target's unit."""
    if design.scale is None:
        return model
    scale = design.scale.fitted(design.response, model.holdout, metric, design.weight)
    return replace(model, holdout=scale.backward(model.holdout), scale=scale)


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


def _why_no_model(automl: Any) -> str:
    events = automl.event_log
    if events is None:
        return "H2O trained none"
    table = events.as_data_frame()
    bad = table[table["level"].isin(["Warn", "Error"])]["message"] if "level" in table else table["message"]
    return str(bad.iloc[-1]) if len(bad) else "H2O trained none"
