"""Metrics as plain functions of arrays; every score in the system is computed here, from rows training never saw."""

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


def regression_metrics(actual: Floats, predicted: Floats) -> Metrics:
    """MAE, RMSE, MAPE, sMAPE, R² and RMSLE of `n` pairs; null where a metric has no meaning for these values."""
    error = predicted - actual
    spread = float(np.sum((actual - actual.mean()) ** 2)) if actual.size else 0.0
    return {
        "mae": _mean(np.abs(error)),
        "rmse": _root(_mean(error**2)),
        "mape": mape(actual, predicted),
        "smape": smape(actual, predicted),
        "r2": 1.0 - float(np.sum(error**2)) / spread if spread > 0 else None,
        "rmsle": rmsle(actual, predicted),
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


def mape(actual: Floats, predicted: Floats) -> float | None:
    """Mean absolute percentage error as a share (0.1 is 10 %); null where an actual value is zero."""
    if not actual.size or np.any(actual == 0):
        return None
    return _mean(np.abs((predicted - actual) / actual))


def smape(actual: Floats, predicted: Floats) -> float | None:
    """Symmetric MAPE as a share, 0-2 (M4's definition); a pair of zeros counts as no error."""
    if not actual.size:
        return None
    total = np.abs(actual) + np.abs(predicted)
    ratio = np.divide(2 * np.abs(predicted - actual), total, out=np.zeros_like(total), where=total > 0)
    return _mean(ratio)


def rmsle(actual: Floats, predicted: Floats) -> float | None:
    """Root mean squared logarithmic error; null where an actual value is negative."""
    if not actual.size or np.any(actual < 0):
        return None
    return _root(_mean((np.log1p(np.maximum(predicted, 0)) - np.log1p(actual)) ** 2))


def binary_metrics(positive: npt.NDArray[np.bool_], probability: Floats, threshold: float) -> Metrics:
    """AUC, log loss, and accuracy (balanced too), F1, precision and recall at `threshold`, of the second class in
    sorted order.
    """
    labelled = probability >= threshold
    hits = float(np.sum(labelled & positive))
    precision = hits / labelled.sum() if labelled.any() else 0.0
    recall = hits / positive.sum() if positive.any() else None
    total = float(labelled.sum() + positive.sum())
    clipped = np.clip(probability, _EPSILON, 1 - _EPSILON)
    return {
        "auc": auc(positive, probability),
        "logloss": -_mean_of(np.where(positive, np.log(clipped), np.log1p(-clipped))),
        "accuracy": _mean((labelled == positive).astype(float)),
        "balanced_accuracy": _balanced_accuracy(positive, labelled),
        "f1": 2 * hits / total if total else None,
        "precision": float(precision),
        "recall": recall,
    }


def multiclass_metrics(actual: npt.NDArray[np.int64], probabilities: Floats) -> Metrics:
    """Log loss, accuracy and balanced accuracy; `probabilities` is n x classes, `actual` holds class numbers."""
    labelled = probabilities.argmax(axis=1)
    return {
        "logloss": log_loss(actual, probabilities, None) if actual.size else None,
        "accuracy": _mean((labelled == actual).astype(float)),
        "balanced_accuracy": _balanced_accuracy(actual, labelled),
    }


def log_loss(actual: npt.NDArray[np.int64], probabilities: Floats, weight: Floats | None) -> float:
    """Of n x classes probabilities; `weight` says how much each row counts (None: all alike)."""
    chosen = np.clip(probabilities[np.arange(actual.size), actual], _EPSILON, 1.0)
    return float(-np.average(np.log(chosen), weights=weight))


def _balanced_accuracy(actual: npt.NDArray[Any], labelled: npt.NDArray[Any]) -> float | None:
    """The mean over the classes of the share of their rows that is labelled right."""
    right = [float(np.mean(labelled[actual == label] == label)) for label in np.unique(actual)]
    return float(np.mean(right)) if right else None


def auc(positive: npt.NDArray[np.bool_], score: Floats) -> float | None:
    """Area under the ROC curve by ranks (ties count half); null where one class is absent."""
    positives = int(positive.sum())
    negatives = positive.size - positives
    if positives == 0 or negatives == 0:
        return None
    _, inverse, counts = np.unique(score, return_inverse=True, return_counts=True)
    last_rank = np.cumsum(counts)
    ranks = (last_rank - (counts - 1) / 2)[inverse]
    return float((ranks[positive].sum() - positives * (positives + 1) / 2) / (positives * negatives))


def best_threshold(positive: npt.NDArray[np.bool_], probability: Floats, measure: Measure) -> float:
    """From which probability a row is called positive so that `measure` is highest; 0.5 where nothing can be learnt."""
    order = np.argsort(-probability, kind="stable")
    hits = np.cumsum(positive[order])
    if not positive.size or hits[-1] == 0:
        return 0.5
    called, others = np.arange(1, positive.size + 1), positive.size - hits[-1]
    f1, gained = 2 * hits / (called + hits[-1]), hits / hits[-1] - (called - hits) / max(1, others)
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


def _mean(values: Floats) -> float | None:
    return float(values.mean()) if values.size else None


def _mean_of(values: Floats) -> float:
    return float(values.mean()) if values.size else float("nan")


def _root(value: float | None) -> float | None:
    return None if value is None else float(np.sqrt(value))
