"""The chosen models trained again on all rows, with the settings that won and without a search."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from automl_runtime.automl import FOLD, RESPONSE, SCALED, TrainedModel
from automl_runtime.slices import Slices, Work


@dataclass(frozen=True)
class Refitter:
    """Trains models again on another frame, each once over all incarnations."""

    slices: Slices
    frame: Any
    features: Sequence[str]
    seed: int
    monotone: Mapping[str, int] = field(default_factory=dict)

    def again(self, trained: TrainedModel, *, with_folds: bool) -> TrainedModel:
        """The model with the same settings on the frame. Folds are needed only where an ensemble is to stand on it."""
        work = Work(f"refit_{trained.model_id}", trained.algorithm, cross_validated=with_folds)

        def train() -> Any:
            constrained = {"monotone_constraints": dict(self.monotone)} if self.monotone else {}
            estimator = _estimator_like(trained.handle)(
                **_settings_of(trained.handle),
                **constrained,
                model_id=work.name,
                seed=self.seed,
                keep_cross_validation_predictions=with_folds,
            )
            estimator.train(
                x=list(self.features),
                y=RESPONSE if trained.scale is None else SCALED,
                training_frame=self.frame,
                fold_column=FOLD if with_folds else None,
            )
            return estimator

        return replace(trained, handle=self.slices.once(work, train).handle)


def _estimator_like(trained: Any) -> Any:
    from h2o.estimators import (
        H2ODeepLearningEstimator,
        H2OGeneralizedLinearEstimator,
        H2OGradientBoostingEstimator,
        H2ORandomForestEstimator,
        H2OXGBoostEstimator,
    )

    return {
        "gbm": H2OGradientBoostingEstimator,
        "xgboost": H2OXGBoostEstimator,
        "drf": H2ORandomForestEstimator,
        "glm": H2OGeneralizedLinearEstimator,
        "deeplearning": H2ODeepLearningEstimator,
    }[trained.algo]


def _settings_of(trained: Any) -> dict[str, Any]:
    actual = trained.actual_params
    if trained.algo == "glm":
        kind = _estimator_like(trained)
        return {name: actual[name] for name in ("family", "link", "standardize", "missing_values_handling")} | {
            "lambda_": [kind.getLambdaBest(trained)],
            "alpha": [kind.getAlphaBest(trained)],
        }
    accepted = set(inspect.signature(_estimator_like(trained).__init__).parameters) - _NOT_CARRIED_OVER
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
        "r2_stopping",
    }
)
