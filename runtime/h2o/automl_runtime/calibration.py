"""Probabilities that mean what they say: a mean of models shies away from 0 and 1, a single one may overdo it.

Temperature scaling with a shift for each class (Guo et al., "On Calibration of Modern Neural Networks", 2017,
https://arxiv.org/abs/1706.04599; of two classes it is Platt's): fitted to predictions of rows that the models had not
seen. It leaves the order of two classes' rows, and so their AUC, as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from automl_runtime.metrics import Floats, log_loss

# A model that is sure of itself by luck must not decide the slope.
_LEAST = 1e-5
# How many rows' worth of doubt speak for leaving probabilities as they are.
_DOUBT = 2.0
# With more classes than this, each has too few rows for a shift of its own.
MOST_SHIFTS = 10
_ROUNDS, _CLOSE = 50, 1e-9


@dataclass(frozen=True)
class Calibration:
    """`softmax(slope * log p + shift)`; the first shift is 0."""

    slope: float
    shifts: tuple[float, ...]

    @staticmethod
    def fit(actual: npt.NDArray[np.int64], probabilities: Floats, weight: Floats | None = None) -> Calibration | None:
        """The one with the least log loss; None where it is no better than none.

        :param actual: n class numbers
        :param probabilities: n x classes, of rows that the models had not seen
        :param weight: how much each row counts, 1 on average; None: all alike
        """
        classes = probabilities.shape[1]
        free = free_shifts(classes)
        found = start = np.eye(1, 1 + free)[0]
        logs, truth = logarithms(probabilities), np.eye(classes)[actual]
        counts = np.ones((len(actual), 1)) if weight is None else weight[:, None]
        for _ in range(_ROUNDS):
            step = np.linalg.solve(*_newton(found, start, (logs, truth, counts)))
            # A long step may overshoot; probabilities bear no more than this at once.
            found = found - np.clip(step, -1.0, 1.0)
            if np.abs(step).max() < _CLOSE:
                break
        if not np.isfinite(found).all() or found[0] <= 0:
            return None
        calibration = Calibration(float(found[0]), tuple(shifts_of(found[1:], classes).tolist()))
        before, after = (log_loss(actual, said, weight) for said in (probabilities, calibration.apply(probabilities)))
        return calibration if after < before else None

    def apply(self, probabilities: Floats) -> Floats:
        """n x classes probabilities, calibrated; they sum to 1."""
        return softmax(self.slope * logarithms(probabilities) + np.array(self.shifts))

    def as_dict(self) -> dict[str, Any]:
        """The JSON form in the manifest."""
        return {"slope": self.slope, "shifts": list(self.shifts)}

    @staticmethod
    def from_dict(raw: dict[str, Any] | None) -> Calibration | None:
        """The inverse of `as_dict`; None for probabilities as they are."""
        return None if raw is None else Calibration(float(raw["slope"]), tuple(float(one) for one in raw["shifts"]))


def _newton(found: Floats, start: Floats, rows: tuple[Floats, Floats, Floats]) -> tuple[Floats, Floats]:
    """Hessian and gradient of the log loss (summed over rows: logarithms, truth, counts) and of the doubt."""
    logs, truth, counts = rows
    free = len(found) - 1
    said = softmax(found[0] * logs + shifts_of(found[1:], logs.shape[1]))
    some, wrong = said[:, 1 : 1 + free], counts * (said - truth)
    mean = np.sum(said * logs, axis=1, keepdims=True)
    gradient = np.concatenate([[np.sum(wrong * logs)], wrong[:, 1 : 1 + free].sum(axis=0)])
    hessian = np.empty((1 + free, 1 + free))
    hessian[0, 0] = np.sum(counts * said * (logs - mean) ** 2)
    hessian[0, 1:] = hessian[1:, 0] = np.sum(counts * some * (logs[:, 1 : 1 + free] - mean), axis=0)
    hessian[1:, 1:] = np.diag((counts * some).sum(axis=0)) - (counts * some).T @ some
    return hessian + _DOUBT * np.eye(1 + free), gradient + _DOUBT * (found - start)


def free_shifts(classes: int) -> int:
    """How many classes have a shift of their own: all but the first, or none where each has too few rows."""
    return classes - 1 if classes <= MOST_SHIFTS else 0


def shifts_of(free: Floats, classes: int) -> Floats:
    """Those of the classes that have none of their own are 0, as the first one's is."""
    shifts = np.zeros(classes)
    shifts[1 : 1 + len(free)] = free
    return shifts


def logarithms(probabilities: Floats) -> Floats:
    """Of probabilities, none as far from 0 as a model that is sure of itself by luck may say."""
    return np.log(np.clip(probabilities, _LEAST, 1.0))


def softmax(values: Floats) -> Floats:
    """n x classes values as probabilities."""
    powers = np.exp(values - values.max(axis=1, keepdims=True))
    said: Floats = powers / powers.sum(axis=1, keepdims=True)
    return said
