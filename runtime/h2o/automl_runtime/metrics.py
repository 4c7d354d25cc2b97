"""Metrics as plain functions of arrays; every score in the system is computed here, from rows training never saw.

`weight` says how much each row counts (None: all alike), and must not be negative.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Metrics = dict[str, float | None]
# What a threshold is chosen by.
Measure = Literal["f1", "balanced_accuracy"]

HIGHER_IS_BETTER = frozenset({"auc", "accuracy", "balanced_accuracy"})
_EPSILON = 1e-15


def regression_metrics(actual: Floats, predicted: Floats, weight: Floats | None = None) -> Metrics:
    """MAE, RMSE, MAPE, sMAPE, R² and RMSLE of `n` pairs; null where a metric has no meaning for these values."""
    error = predicted - actual
    mean, squared = _mean(actual, weight), _mean(error**2, weight)
    spread = 0.0 if mean is None else _mean((actual - mean) ** 2, weight)
    return {
        "mae": _mean(np.abs(error), weight),
        "rmse": _root(squared),
        "mape": mape(actual, predicted, weight),
        "smape": smape(actual, predicted, weight),
        "r2": 1.0 - squared / spread if squared is not None and spread else None,
        "rmsle": rmsle(actual, predicted, weight),
    }


def forecast_metrics(actual: Floats, predicted: Floats, naive_scale: float | None) -> Metrics:
    """MAE, RMSE, MAPE, sMAPE and MASE; `naive_scale` is the training rows' mean absolute seasonal difference."""
    error = predicted - actual
    mae = _mean(np.abs(error))
    return {
        "mae": mae,
        "rmse": _root(_mean(error**2)),
        "mape": mape(actual, predicted),
        "smape": smape(actual, predicted),
        "mase": mae / naive_scale if mae is not None and naive_scale else None,
    }


def mape(actual: Floats, predicted: Floats, weight: Floats | None = None) -> float | None:
    """Mean absolute percentage error as a share (0.1 is 10 %); null where an actual value is zero."""
    if not actual.size or np.any(actual == 0):
        return None
    return _mean(np.abs((predicted - actual) / actual), weight)


def smape(actual: Floats, predicted: Floats, weight: Floats | None = None) -> float | None:
    """Symmetric MAPE as a share, 0-2 (M4's definition); a pair of zeros counts as no error."""
    if not actual.size:
        return None
    total = np.abs(actual) + np.abs(predicted)
    ratio = np.divide(2 * np.abs(predicted - actual), total, out=np.zeros_like(total), where=total > 0)
    return _mean(ratio, weight)


def rmsle(actual: Floats, predicted: Floats, weight: Floats | None = None) -> float | None:
    """Root mean squared logarithmic error; null where an actual value is negative."""
    if not actual.size or np.any(actual < 0):
        return None
    return _root(_mean((np.log1p(np.maximum(predicted, 0)) - np.log1p(actual)) ** 2, weight))


def binary_metrics(
    positive: npt.NDArray[np.bool_], probability: Floats, threshold: float, weight: Floats | None = None
) -> Metrics:
    """AUC, log loss, and accuracy (balanced too), F1, precision and recall at `threshold`, of the second class in
    sorted order.
    """
    labelled = probability >= threshold
    hits, called, there = (_count(which, weight) for which in (labelled & positive, labelled, positive))
    total = called + there
    clipped = np.clip(probability, _EPSILON, 1 - _EPSILON)
    return {
        "auc": auc(positive, probability, weight),
        "logloss": _mean(-np.where(positive, np.log(clipped), np.log1p(-clipped)), weight),
        "accuracy": _mean((labelled == positive).astype(float), weight),
        "balanced_accuracy": _balanced_accuracy(positive, labelled, weight),
        "f1": 2 * hits / total if total else None,
        "precision": hits / called if called else 0.0,
        "recall": hits / there if there else None,
    }


def multiclass_metrics(actual: npt.NDArray[np.int64], probabilities: Floats, weight: Floats | None = None) -> Metrics:
    """Log loss, accuracy and balanced accuracy; `probabilities` is n x classes, `actual` holds class numbers."""
    labelled = probabilities.argmax(axis=1)
    return {
        "logloss": _mean(_surprise(actual, probabilities), weight),
        "accuracy": _mean((labelled == actual).astype(float), weight),
        "balanced_accuracy": _balanced_accuracy(actual, labelled, weight),
    }


def log_loss(actual: npt.NDArray[np.int64], probabilities: Floats, weight: Floats | None) -> float:
    """Of n x classes probabilities."""
    return float(np.average(_surprise(actual, probabilities), weights=weight))


def _surprise(actual: npt.NDArray[np.int64], probabilities: Floats) -> Floats:
    return -np.log(np.clip(probabilities[np.arange(actual.size), actual], _EPSILON, 1.0))


def _balanced_accuracy(
    actual: npt.NDArray[Any], labelled: npt.NDArray[Any], weight: Floats | None = None
) -> float | None:
    """The mean over the classes of the share of their rows that is labelled right."""
    shares = []
    for label in np.unique(actual):
        mine = actual == label
        shares.append(_mean((labelled[mine] == label).astype(float), None if weight is None else weight[mine]))
    right = [share for share in shares if share is not None]
    return float(np.mean(right)) if right else None


def auc(positive: npt.NDArray[np.bool_], score: Floats, weight: Floats | None = None) -> float | None:
    """Area under the ROC curve: how often a positive row's score is above a negative one's (ties count half).

    :param weight: how much each row counts, and so each pair; None: all alike
    :returns: null where one class is absent
    """
    counts = np.ones(positive.size) if weight is None else weight
    distinct, place = np.unique(score, return_inverse=True)
    positives, negatives = (
        np.bincount(place, weights=counts * of, minlength=distinct.size) for of in (positive, ~positive)
    )
    pairs = float(positives.sum() * negatives.sum())
    if pairs == 0:
        return None
    below = np.cumsum(negatives) - negatives / 2
    return float(positives @ below / pairs)


def best_threshold(
    positive: npt.NDArray[np.bool_], probability: Floats, measure: Measure, weight: Floats | None = None
) -> float:
    """From which probability a row is called positive so that `measure` is highest; 0.5 where nothing can be learnt."""
    order = np.argsort(-probability, kind="stable")
    counts = np.ones(positive.size) if weight is None else weight[order]
    hits, called = np.cumsum(counts * positive[order]), np.cumsum(counts)
    if not positive.size or hits[-1] == 0:
        return 0.5
    others = called[-1] - hits[-1]
    f1, gained = 2 * hits / (called + hits[-1]), hits / hits[-1] - (called - hits) / (others or 1.0)
    value = f1 if measure == "f1" else gained
    ranked = probability[order]
    # A threshold can only stand between two different probabilities.
    ends = np.append(ranked[1:] != ranked[:-1], True)
    best = int(np.argmax(np.where(ends, value, -1.0)))
    below = ranked[best + 1] if best + 1 < ranked.size else 0.0
    return float((ranked[best] + below) / 2)


def skill(metric: str, model: float | None, baseline: float | None) -> float | None:
    """1 - model/baseline, or the difference where higher is better; null where either is unknown."""
    if model is None or baseline is None:
        return None
    if metric in HIGHER_IS_BETTER:
        return model - baseline
    return 1 - model / baseline if baseline > 0 else None


def sort_key(metric: str, score: float | None) -> float:
    """Orders scores best first, unknown ones last."""
    if score is None or not np.isfinite(score):
        return float("inf")
    return -score if metric in HIGHER_IS_BETTER else score


def seasonal_scale(histories: Sequence[Floats], season: int) -> float | None:
    """MASE's denominator: mean absolute difference to one season before, over all series; null where it is zero."""
    differences = [np.abs(y[season:] - y[:-season]) for y in histories if y.size > season]
    if not differences:
        return None
    scale = float(np.nanmean(np.concatenate(differences)))
    return scale if scale > 0 else None


def _mean(values: Floats, weight: Floats | None = None) -> float | None:
    """Null of no rows, and of rows that count nothing."""
    if weight is None:
        return float(values.mean()) if values.size else None
    total = float(weight.sum())
    return float(values @ weight) / total if total > 0 else None


def _count(which: npt.NDArray[np.bool_], weight: Floats | None) -> float:
    return float(which.sum() if weight is None else weight[which].sum())


def _root(value: float | None) -> float | None:
    return None if value is None else float(np.sqrt(value))
