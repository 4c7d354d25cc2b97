"""H2O's estimators by its own names of their algorithms."""

from __future__ import annotations

from typing import Any


def estimator_of(algo: str) -> Any:
    """The class of an estimator; imported only where one is used, for H2O's client is slow to load."""
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
    }[algo]
