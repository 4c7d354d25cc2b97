"""The chosen models trained again on all rows, with the settings that won and without a search."""

from __future__ import annotations

import hashlib
import inspect
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from automl_runtime.automl import RESPONSE, SCALED, TrainedModel
from automl_runtime.estimators import estimator_of
from automl_runtime.files import sha256_of
from automl_runtime.run import Run, versions
from automl_runtime.slices import Slices, Work
from automl_runtime.target import LogScale


@dataclass(frozen=True)
class ModelSettings:
    """How to train a base model again, in any H2O: H2O's name of the algorithm and the settings that won."""

    model_id: str
    algorithm: str
    algo: str
    settings: dict[str, Any]
    # The scale that it was trained on.
    scale: LogScale | None = None

    @staticmethod
    def of(trained: TrainedModel) -> ModelSettings:
        """The settings of a model in H2O."""
        handle = trained.handle
        return ModelSettings(trained.model_id, trained.algorithm, handle.algo, _settings_of(handle), trained.scale)

    def as_dict(self) -> dict[str, Any]:
        """The JSON form."""
        named = {name: getattr(self, name) for name in ("model_id", "algorithm", "algo", "settings")}
        return {**named, "scale": self.scale and self.scale.as_dict()}

    @staticmethod
    def from_dict(raw: dict[str, Any]) -> ModelSettings:
        """The inverse of `as_dict` after a round trip through JSON."""
        return ModelSettings(**{**raw, "scale": LogScale.from_dict(raw["scale"])})


@dataclass(frozen=True)
class Refitter:
    """Trains models again on another frame, each once over all incarnations; `name` tells several such frames apart."""

    slices: Slices
    frame: Any
    features: Sequence[str]
    seed: int
    weights_column: str | None = None
    monotone: Mapping[str, int] = field(default_factory=dict)
    name: str = "refit"

    def again(self, one: ModelSettings) -> TrainedModel:
        """The model with the same settings on the frame, without folds: it is judged already."""
        work = Work(f"{self.name}_{one.model_id}", one.algorithm, cross_validated=False)

        def train() -> Any:
            constrained = {"monotone_constraints": dict(self.monotone)} if self.monotone else {}
            estimator = estimator_of(one.algo)(
                **one.settings,
                **constrained,
                model_id=work.name,
                seed=self.seed,
            )
            estimator.train(
                x=list(self.features),
                y=RESPONSE if one.scale is None else SCALED,
                training_frame=self.frame,
                weights_column=self.weights_column,
            )
            return estimator

        done = self.slices.once(work, train)
        return TrainedModel(one.model_id, one.algorithm, done.saved.train_seconds, done.handle, np.empty(0), one.scale)


def refit_slices(run: Run, data: Path, settings: Sequence[ModelSettings], *, part: str = "refit") -> Slices:
    """The slices of a refit; they depend on the rows, the settings and H2O's version."""
    told = json.dumps([one.as_dict() for one in settings], sort_keys=True)
    parts = [sha256_of(data), told, versions().get("h2o", "")]
    return Slices(run, hashlib.sha256("\n".join(parts).encode()).hexdigest(), part=part)


def _settings_of(trained: Any) -> dict[str, Any]:
    actual, kind = trained.actual_params, estimator_of(trained.algo)
    if trained.algo == "glm":
        names = ["family", "standardize", "missing_values_handling"]
        # H2O names the link of several classes after the family, and takes it from nobody.
        names += ["link"] if actual["link"] != actual["family"] else []
        best = {"lambda_": [kind.getLambdaBest(trained)], "alpha": [kind.getAlphaBest(trained)]}
        return {name: actual[name] for name in names} | best
    accepted = set(inspect.signature(kind.__init__).parameters) - _NOT_CARRIED_OVER
    return {name: value for name, value in actual.items() if name in accepted and value is not None}


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
        "backend",
        "r2_stopping",
    }
)
