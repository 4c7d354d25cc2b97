"""`figures.zip`: what a model listens to and where it errs, as pictures for print. The web app draws it from JSON."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from automl_runtime.canvas import (
    BACKTEST,
    DPI,
    FORECAST,
    GRID,
    HISTORY,
    INK,
    MUTED,
    NAIVE_LINE,
    clean_axes,
    date_axis,
    heading,
    plain,
    prepare_matplotlib,
)
from automl_runtime.explaining import attempt
from automl_runtime.metrics import Floats
from automl_runtime.run import Run
from automl_runtime.table_prediction import SavedModel

FIGURES = "figures.zip"
_MOST_FEATURES, _LONGEST_NAME = 15, 40
_BINS, _FEWEST_IN_A_BIN = 10, 5
_UNITS = {"target": "target", "log_odds": "log odds", "probability": "probability", "model": "the model's scale"}

Named = tuple[str, Any]


def save_further(run: Run, figures: Iterable[Named]) -> None:
    """Write `figures.zip`, a PNG for each (name, matplotlib figure). No phase fails for want of one."""
    attempt(run, "Further figures", lambda: _save(run, figures))


def _save(run: Run, figures: Iterable[Named]) -> None:
    path = run.scratch / FIGURES
    names: list[str] = []
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, figure in figures:
            names.append(f"{len(names) + 1:02}-{name}.png")
            with archive.open(names[-1], "w") as member:
                figure.savefig(member, dpi=DPI, facecolor="white", format="png")
            prepare_matplotlib().close(figure)
    if names:
        run.publish("other", path, FIGURES)


def insight_figures(manifest: dict[str, Any]) -> Iterator[Named]:
    """What was found out about a model when it was judged. Models of older versions tell less."""
    pyplot = prepare_matplotlib()
    insight = manifest.get("insight") or {}
    for name, part, draw in (
        ("importance", "importance", _importance),
        ("contributions", "contributions", _contributions),
        ("dependence", "dependence", _dependence),
        ("learning-curve", "learning_curve", _learning_curve),
        ("errors-by-step", "horizons", _horizons),
        ("decomposition", "decomposition", _decomposition),
    ):
        if insight.get(part):
            yield name, draw(pyplot, insight[part], manifest)


def evaluation_figures(model: SavedModel) -> Iterator[Named]:
    """Residuals of numbers, or how often what is called likely happens, on the sealed rows."""
    pyplot = prepare_matplotlib()
    _, actual, predicted = model.evaluation()
    if model.classes:
        yield "calibration", _calibration(pyplot, model, actual.astype(np.int64), predicted)
    else:
        yield "residuals", _residuals(pyplot, actual, predicted, str(model.archive.manifest["target"]))


def _importance(pyplot: Any, found: list[dict[str, Any]], manifest: dict[str, Any]) -> Any:
    shown = found[:_MOST_FEATURES][::-1]
    figure, axes = _bars(pyplot, len(shown))
    losses, spreads = [one["loss"] for one in shown], [one["spread"] for one in shown]
    axes.barh(range(len(shown)), losses, xerr=spreads, color=FORECAST, ecolor=MUTED, height=0.6)
    axes.set_yticks(range(len(shown)), [_short(one["feature"]) for one in shown])
    axes.set_xlabel(f"What {manifest['metric']} loses when the feature is shuffled")
    heading(figure, "What matters to the model", "Permutation importance on unseen rows; lines: its spread")
    return figure


def _contributions(pyplot: Any, found: dict[str, Any], _: dict[str, Any]) -> Any:
    shown = found["features"][::-1]
    figure, axes = _bars(pyplot, len(shown))
    rng = np.random.default_rng(0)
    painted = None
    for place, one in enumerate(shown):
        points = pd.DataFrame(one["points"], columns=["height", "contribution"])
        spread = place + rng.uniform(-0.28, 0.28, len(points))
        known = points["height"].notna().to_numpy()
        axes.scatter(points["contribution"][~known], spread[~known], s=10, color=NAIVE_LINE, linewidths=0)
        painted = axes.scatter(
            points["contribution"][known],
            spread[known],
            c=points["height"][known],
            cmap="coolwarm",
            vmin=0,
            vmax=1,
            s=10,
            linewidths=0,
        )
    axes.set_yticks(range(len(shown)), [_short(one["feature"]) for one in shown])
    axes.axvline(0, color=MUTED, linewidth=0.8)
    toward = f" toward {plain(found['toward'], 30)}" if found.get("toward") else ""
    axes.set_xlabel(f"Added to the prediction{toward}, {_UNITS.get(found['unit'], found['unit'])}")
    if painted is not None:
        bar = figure.colorbar(painted, ax=axes, ticks=[0, 1], shrink=0.6, aspect=30)
        bar.ax.set_yticklabels(["low value", "high value"])
        bar.outline.set_visible(False)
    heading(figure, "How features move single predictions", f"SHAP values of {plain(found['model_id'], 40)}")
    return figure


def _dependence(pyplot: Any, found: list[dict[str, Any]], manifest: dict[str, Any]) -> Any:
    columns = min(2, len(found))
    rows = -(-len(found) // columns)
    figure, grid = pyplot.subplots(
        rows, columns, figsize=(5.5 * columns, 0.9 + 3.2 * rows), squeeze=False, layout="constrained"
    )
    for axes in grid.flat[len(found) :]:
        axes.set_visible(False)
    for axes, one in zip(grid.flat, found, strict=False):
        number = one["kind"] == "number"
        places = [float(point) for point in one["grid"]] if number else [_short(point, 16) for point in one["grid"]]
        single = {"color": FORECAST} if len(one["lines"]) == 1 else {}
        # Categories have no order: nothing is drawn between them.
        style = {"linewidth": 2.0} if number else {"linestyle": "none", "marker": "o"}
        for line in one["lines"]:
            values = [np.nan if value is None else value for value in line["values"]]
            axes.plot(places, values, label=line["label"] and plain(line["label"], 30), **style, **single)
        axes.set_title(_short(one["feature"]), loc="left", fontsize=10, color=INK)
        clean_axes(axes)
        if not number:
            axes.tick_params(axis="x", rotation=45)
        if len(one["lines"]) > 1:
            axes.legend(frameon=False, fontsize=8, labelcolor=INK)
    heading(
        figure, f"How the prediction of {plain(str(manifest['target']), 40)} follows features", "Partial dependence"
    )
    return figure


def _learning_curve(pyplot: Any, found: dict[str, Any], _: dict[str, Any]) -> Any:
    figure, axes = pyplot.subplots(figsize=(9, 4.6), layout="constrained")
    points = pd.DataFrame(found["points"], columns=["rows", "training", "validated"]).astype(float)
    for part, label, color in (("validated", "Rows not seen", FORECAST), ("training", "Rows trained on", NAIVE_LINE)):
        axes.plot(points["rows"], points[part], color=color, linewidth=2.0, marker="o", markersize=5, label=label)
    axes.set_xlabel("Rows trained on")
    axes.set_ylabel(plain(found["metric"], 30))
    axes.set_xlim(left=0)
    axes.legend(frameon=False, labelcolor=INK)
    clean_axes(axes)
    heading(figure, "How the score grows with the rows", f"{plain(found['model_id'], 40)}, judged on one fold")
    return figure


def _horizons(pyplot: Any, found: list[dict[str, Any]], _: dict[str, Any]) -> Any:
    figure, axes = pyplot.subplots(figsize=(9, 4.6), layout="constrained")
    steps = [one["horizon"] for one in found]
    axes.plot(steps, [one["naive"] for one in found], color=NAIVE_LINE, linewidth=1.4, linestyle="--", label="Naive")
    axes.plot(steps, [one["error"] for one in found], color=FORECAST, linewidth=2.2, label="Forecast")
    axes.set_xlabel("Steps ahead")
    axes.set_ylabel("Mean absolute error")
    axes.set_ylim(bottom=0)
    axes.legend(frameon=False, labelcolor=INK)
    clean_axes(axes)
    heading(figure, "How the error grows with the distance", "On the backtest")
    return figure


def _decomposition(pyplot: Any, found: dict[str, Any], _: dict[str, Any]) -> Any:
    points = pd.DataFrame(found["points"])
    dates = pd.to_datetime(points["date"])
    parts = ("observed", "trend", "seasonal", "remainder")
    figure, grid = pyplot.subplots(len(parts), 1, figsize=(10, 8), sharex=True, layout="constrained")
    for axes, part in zip(grid, parts, strict=True):
        axes.plot(dates, points[part], color=BACKTEST if part == "remainder" else HISTORY, linewidth=1.2)
        axes.set_ylabel(part.capitalize(), fontsize=9)
        clean_axes(axes)
    date_axis(grid[-1])
    named = "" if found["series"] is None else f"{plain(found['series'], 60)}, "
    heading(figure, "The series taken apart", f"{named}season of {found['season']} steps")
    return figure


def _residuals(pyplot: Any, actual: Floats, predicted: Floats, target: str) -> Any:
    figure, (left, right) = pyplot.subplots(1, 2, figsize=(12, 5), layout="constrained")
    error = predicted - actual
    left.axhline(0, color=MUTED, linewidth=1, linestyle=":")
    left.scatter(predicted, error, s=14, color=FORECAST, alpha=0.45, linewidths=0)
    left.set_xlabel(f"Predicted {plain(target, 40)}")
    left.set_ylabel("Predicted - actual")
    right.hist(error, bins=40, color=FORECAST, alpha=0.8)
    right.axvline(0, color=MUTED, linewidth=1, linestyle=":")
    right.set_xlabel("Predicted - actual")
    right.set_ylabel("Rows")
    for axes in (left, right):
        clean_axes(axes)
    left.grid(axis="x", color=GRID, linewidth=0.8)
    heading(figure, "Where the model errs", f"{len(actual):,} unseen rows")
    return figure


def _calibration(pyplot: Any, model: SavedModel, actual: npt.NDArray[np.int64], predicted: Floats) -> Any:
    figure, axes = pyplot.subplots(figsize=(6.5, 6), layout="constrained")
    axes.plot([0, 1], [0, 1], color=MUTED, linewidth=1, linestyle=":")
    # Of two classes the second says it all; of more, what is called is right as often as it is said to be.
    two = len(model.classes) == 2
    said = predicted[:, 1] if two else predicted.max(axis=1)
    right = actual == (1 if two else predicted.argmax(axis=1))
    bins = np.minimum((said * _BINS).astype(np.int64), _BINS - 1)
    counts = np.bincount(bins, minlength=_BINS)
    shown = np.flatnonzero(counts >= _FEWEST_IN_A_BIN)
    means, shares = (np.bincount(bins, weights=of, minlength=_BINS)[shown] / counts[shown] for of in (said, right))
    axes.plot(means, shares, color=FORECAST, linewidth=2, zorder=2)
    sizes = 20 + 280 * counts[shown] / counts.max()
    axes.scatter(means, shares, s=sizes, color=FORECAST, alpha=0.35, linewidths=0)
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1)
    label = plain(model.classes[1], 30) if two else "the class that is called"
    axes.set_xlabel(f"Probability of {label}")
    axes.set_ylabel("How often it is so")
    clean_axes(axes)
    axes.grid(axis="x", color=GRID, linewidth=0.8)
    heading(figure, "Whether probabilities mean what they say", f"{len(actual):,} unseen rows; larger dots: more rows")
    return figure


def _bars(pyplot: Any, count: int) -> tuple[Any, Any]:
    figure, axes = pyplot.subplots(figsize=(9, 1.6 + 0.36 * count), layout="constrained")
    clean_axes(axes)
    axes.grid(axis="y", visible=False)
    axes.grid(axis="x", color=GRID, linewidth=0.8)
    return figure, axes


def _short(name: str, limit: int = _LONGEST_NAME) -> str:
    return plain(str(name), limit)
