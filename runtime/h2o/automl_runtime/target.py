"""A target on another scale: skewed positive numbers are often learnt better by their logarithm.

Predictions always come back in the target's own unit; which scale is better is decided by the folds, not by taste.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

import numpy as np

from automl_runtime.metrics import Floats

TargetTransform = Literal["none", "log", "auto"]
# Metrics that ask for the mean; others are served better by the median, which a logarithm's mean gives.
_OF_THE_MEAN = frozenset({"rmse"})
# Beyond what training saw by so much of its range, a prediction on the scale is an extrapolation gone wild.
_MARGIN = 0.1
_LEAST_UNIT = 1e-9


@dataclass(frozen=True)
class LogScale:
    """`log1p(y / unit)`: like a logarithm for values above the unit, and defined at zero."""

    unit: float
    low: float
    high: float
    # What brings the mean back: exp of a mean of logarithms lies below the mean.
    factor: float = 1.0

    @staticmethod
    def of(response: Floats) -> LogScale | None:
        """The scale for known values of a target; None where a logarithm makes no sense of them."""
        positive = response[response > 0]
        if not response.size or response.min() < 0 or not positive.size:
            return None
        # Values of next to nothing must not stretch the scale.
        unit = max(float(np.quantile(positive, 0.1)), _LEAST_UNIT * float(positive.max()))
        scale = LogScale(unit, 0.0, 0.0)
        return scale.spanning(response)

    def spanning(self, response: Floats) -> LogScale:
        """The same scale, for predictions of rows like these."""
        scaled = self.forward(response)
        low, high = float(scaled.min()), float(scaled.max())
        margin = _MARGIN * (high - low)
        return replace(self, low=max(0.0, low - margin), high=high + margin)

    def forward(self, response: Floats) -> Floats:
        """The target's values on the scale."""
        return np.log1p(np.maximum(response, 0.0) / self.unit)

    def backward(self, predicted: Floats) -> Floats:
        """Predictions on the scale in the target's own unit."""
        values: Floats = self.factor * self.unit * np.expm1(np.clip(predicted, self.low, self.high))
        return values

    def fitted(self, actual: Floats, predicted: Floats, metric: str, weight: Floats | None = None) -> LogScale:
        """The scale with the factor that serves the metric, from validated predictions on the scale."""
        if metric not in _OF_THE_MEAN:
            return replace(self, factor=1.0)
        plain = replace(self, factor=1.0).backward(predicted)
        counted = plain if weight is None else plain * weight
        norm = float(counted @ plain)
        return replace(self, factor=float(counted @ actual) / norm if norm > 0 else 1.0)

    def as_dict(self) -> dict[str, Any]:
        """The JSON form in the manifest."""
        return {"kind": "log", **asdict(self)}

    @staticmethod
    def from_dict(raw: dict[str, Any] | None) -> LogScale | None:
        """The inverse of `as_dict`; None for a target as it is."""
        if raw is None:
            return None
        return LogScale(**{name: float(value) for name, value in raw.items() if name != "kind"})
