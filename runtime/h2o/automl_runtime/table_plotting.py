"""What a table's model gets right and wrong: actual against predicted, or ROC and confusion, on the sealed rows."""

from __future__ import annotations

from itertools import chain
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from automl_runtime.canvas import (
    FORECAST,
    GRID,
    INK,
    MUTED,
    clean_axes,
    heading,
    plain,
    prepare_matplotlib,
    save_figure,
)
from automl_runtime.figures import evaluation_figures, insight_figures, save_further
from automl_runtime.metrics import Floats
from automl_runtime.run import Run
from automl_runtime.table_prediction import SavedModel

_MOST_POINTS = 5000
_MOST_CLASSES = 20
_METRIC_NAMES = {"auc": "AUC", "logloss": "log loss", "rmse": "RMSE", "mae": "MAE", "mape": "MAPE", "smape": "sMAPE"}


def plot_evaluation(
    run: Run,
    model: SavedModel,
    *,
    kind: Literal["forecast", "actual_vs_predicted", "roc_confusion", "confusion"],
    title: str,
) -> None:
    """Draw the sealed rows' evaluation into `forecast_plot.png`; a kind that doesn't fit the task gives way."""
    run.stage("draw", "Drawing the evaluation", 0.3)
    _, actual, predicted = model.evaluation()
    pyplot = prepare_matplotlib()
    if not model.classes:
        figure, axes = pyplot.subplots(figsize=(7.5, 7), layout="constrained")
        _actual_against_predicted(axes, actual, predicted, str(model.archive.manifest["target"]))
    elif len(model.classes) == 2 and kind != "confusion":
        figure, (left, right) = pyplot.subplots(1, 2, figsize=(12, 5.8), layout="constrained")
        _roc(left, actual == 1, predicted[:, 1], model.classes[1])
        _confusion(right, model, actual.astype(np.int64), predicted)
    else:
        side = 4.5 + 0.35 * min(len(model.classes), _MOST_CLASSES)
        figure, axes = pyplot.subplots(figsize=(side + 1, side), layout="constrained")
        _confusion(axes, model, actual.astype(np.int64), predicted)
    heading(figure, title, _subtitle(model, len(actual)))
    save_figure(run, figure)
    save_further(run, chain(evaluation_figures(model), insight_figures(model.archive.manifest)))


def _actual_against_predicted(axes: Any, actual: Floats, predicted: Floats, target: str) -> None:
    step = max(1, len(actual) // _MOST_POINTS)
    low, high = float(min(actual.min(), predicted.min())), float(max(actual.max(), predicted.max()))
    axes.plot([low, high], [low, high], color=MUTED, linewidth=1, linestyle=":", label="Perfect prediction")
    axes.scatter(actual[::step], predicted[::step], s=16, color=FORECAST, alpha=0.45, linewidths=0, label="Unseen row")
    axes.set_xlabel(f"Actual {plain(target)}")
    axes.set_ylabel(f"Predicted {plain(target)}")
    axes.legend(frameon=False, loc="upper left", labelcolor=INK)
    clean_axes(axes)
    axes.grid(axis="x", color=GRID, linewidth=0.8)


def _roc(axes: Any, positive: npt.NDArray[np.bool_], probability: Floats, label: str) -> None:
    order = np.argsort(-probability, kind="stable")
    hits = np.concatenate([[0.0], np.cumsum(positive[order])])
    false = np.concatenate([[0.0], np.cumsum(~positive[order])])
    ends = np.append(np.append(True, probability[order][1:] != probability[order][:-1]), True)
    axes.plot([0, 1], [0, 1], color=MUTED, linewidth=1, linestyle=":", label="Chance")
    axes.plot(
        false[ends] / max(false[-1], 1), hits[ends] / max(hits[-1], 1), color=FORECAST, linewidth=2.2, label="Model"
    )
    axes.set_xlabel(f"False alarms (share of rows that are not {plain(label, 40)})")
    axes.set_ylabel(f"Found (share of {plain(label, 40)})")
    axes.set_title("ROC curve", loc="left", fontsize=11, color=INK)
    axes.legend(frameon=False, loc="lower right", labelcolor=INK)
    clean_axes(axes)


def _confusion(axes: Any, model: SavedModel, actual: npt.NDArray[np.int64], predicted: Floats) -> None:
    named = {label: number for number, label in enumerate(model.classes)}
    called = np.array([named[label] for label in model.labels(predicted)])
    shown = np.sort(np.argsort(-np.bincount(actual, minlength=len(model.classes)), kind="stable")[:_MOST_CLASSES])
    matrix = np.array([[int(np.sum((actual == row) & (called == column))) for column in shown] for row in shown])
    shares = matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    names = [plain(model.classes[number], 24) for number in shown]
    axes.set_xticks(
        range(len(names)), names, rotation=45 if len(names) > 4 else 0, ha="right" if len(names) > 4 else "center"
    )
    axes.set_yticks(range(len(names)), names)
    for row in range(len(names)):
        for column in range(len(names)):
            color = "white" if shares[row, column] > 0.55 else INK
            axes.text(column, row, f"{matrix[row, column]:,}", ha="center", va="center", color=color, fontsize=9)
    axes.set_xlabel("Predicted")
    axes.set_ylabel("Actual")
    axes.set_title("Confusion matrix", loc="left", fontsize=11, color=INK)
    axes.tick_params(length=0, labelsize=9)
    for spine in axes.spines.values():
        spine.set_visible(False)


def _subtitle(model: SavedModel, rows: int) -> str:
    manifest = model.archive.manifest
    metric, baseline = manifest["metric"], manifest["baseline"]
    value, naive = manifest["metrics"].get(metric), baseline["metrics"].get(metric)
    if value is None or naive is None:
        return f"{rows:,} unseen rows"
    name = _METRIC_NAMES.get(metric, metric)
    return f"{name} on {rows:,} unseen rows: {value:,.4g} (naive: {naive:,.4g})"
