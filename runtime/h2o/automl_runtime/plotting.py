"""Plots that one would show a manager: little ink, plain words, dates that can be read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from automl_runtime.archive import Archive
from automl_runtime.failures import RunError, cut
from automl_runtime.forecasting import SavedForecaster
from automl_runtime.run import Run
from automl_runtime.series import Panel, Series

INK, MUTED, GRID = "#1f2937", "#6b7280", "#e5e7eb"
HISTORY, FORECAST, BACKTEST, NAIVE_LINE = "#334155", "#2563eb", "#f59e0b", "#9ca3af"
_MOST_SERIES = 4
_DPI = 150
_METRIC_NAMES = {"mae": "MAE", "rmse": "RMSE", "mape": "MAPE", "smape": "sMAPE", "mase": "MASE"}


def plot_forecast(
    run: Run, forecaster: SavedForecaster, panel: Panel, *, title: str, history_points: int | None
) -> None:
    """Draw history, the backtest on the sealed rows and the forecast into `forecast_plot.png`.

    Of many series, the largest few are drawn, each in a panel of its own.

    :raises RunError: model/predictions_missing where the prediction phase left nothing to draw.
    """
    run.stage("draw", "Drawing the forecast", 0.3)
    predictions = _read_predictions(run)
    archive = forecaster.archive
    shown = sorted(panel.series, key=lambda one: -float(np.nansum(np.abs(one.values))))[:_MOST_SERIES]
    if len(panel.series) > len(shown):
        run.events.info(f"The plot shows the {len(shown)} largest of {len(panel.series)} series.")
    pyplot = prepare_matplotlib()
    figure, all_axes = pyplot.subplots(
        len(shown), 1, figsize=(11, 2.2 + 3.3 * len(shown)), squeeze=False, layout="constrained"
    )
    for axes, one in zip(all_axes[:, 0], shown, strict=True):
        _draw_series(axes, panel, one, predictions, archive, history_points)
    heading(figure, title, _subtitle(archive))
    # Below the axes: inside them it would lie on the history.
    figure.legend(
        *all_axes[0, 0].get_legend_handles_labels(),
        loc="outside lower left",
        frameon=False,
        ncols=6,
        fontsize=9,
        labelcolor=INK,
    )
    save_figure(run, figure)


def _draw_series(
    axes: Any,
    panel: Panel,
    one: Series,
    predictions: pd.DataFrame,
    archive: Archive,
    history_points: int | None,
) -> None:
    name = panel.name_of(one)
    points = pd.DataFrame(archive.manifest["backtest"], columns=["series", "date", "actual", "forecast", "naive"])
    points = points[points["series"] == name] if name is not None else points
    chosen = predictions
    for column, value in zip(panel.id_columns, one.key, strict=True):
        chosen = chosen[chosen[column].fillna("") == value]
    future = pd.to_datetime(chosen["date"])
    length = len(future) + len(points)
    shown = min(one.length, max(history_points or max(8 * length, 60), len(points) + 2))
    steps = np.arange(one.length - shown, one.length, dtype=np.int64)
    dates = panel.grid.dates(one.start + steps)
    axes.plot(dates, one.values[-shown:], color=HISTORY, linewidth=1.3, label="History")
    if len(points):
        tested = pd.to_datetime(points["date"])
        axes.axvspan(tested.iloc[0], dates[-1], color=BACKTEST, alpha=0.08, linewidth=0)
        axes.plot(
            tested, points["naive"], color=NAIVE_LINE, linewidth=1.0, linestyle=(0, (4, 2)), label="Seasonal naive"
        )
        axes.plot(tested, points["forecast"], color=BACKTEST, linewidth=1.6, label="Backtest on unseen rows")
    joined_dates = [dates[-1], *future]
    for level, strength in ((95, 0.12), (80, 0.18)):
        if f"lower_{level}" in chosen:
            edges = [[one.values[-1], *chosen[f"{side}_{level}"]] for side in ("lower", "upper")]
            axes.fill_between(
                joined_dates, *edges, color=FORECAST, alpha=strength, linewidth=0, label=f"{level} % interval"
            )
    joined = [one.values[-1], *chosen["forecast"]]
    axes.plot(joined_dates, joined, color=FORECAST, linewidth=2.0, label="Forecast")
    axes.axvline(dates[-1], color=MUTED, linewidth=0.8, linestyle=":")
    if name is not None:
        axes.set_title(plain(name), loc="left", fontsize=10, color=INK)
    axes.set_ylabel(plain(panel.target), color=MUTED, fontsize=9)
    clean_axes(axes)
    date_axis(axes)


def _subtitle(archive: Archive) -> str:
    manifest = archive.manifest
    metric = manifest["metric"]
    value, baseline = manifest["metrics"].get(metric), manifest["baseline"]["metrics"].get(metric)
    if value is None or baseline is None:
        return ""
    name = _METRIC_NAMES.get(metric, metric)
    return f"{name} on unseen rows: {value:,.4g} (seasonal naive: {baseline:,.4g})"


def _read_predictions(run: Run) -> pd.DataFrame:
    path = run.config.predictions
    if path is None or not path.is_file():
        raise RunError(
            "model",
            "predictions_missing",
            "There is no predictions.csv to draw.",
            "Retry the job from its prediction phase.",
        )
    frame = pd.read_csv(path, dtype=str, keep_default_na=False, na_values=[""])
    for name in frame.columns[frame.columns.get_loc("forecast") :]:
        frame[name] = pd.to_numeric(frame[name])
    return frame


def prepare_matplotlib() -> Any:
    """Matplotlib without a display, in this project's quiet style."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    matplotlib.rcParams.update(
        {
            "font.size": 10,
            "text.color": INK,
            "axes.edgecolor": GRID,
            "axes.labelcolor": MUTED,
            "xtick.color": MUTED,
            "ytick.color": MUTED,
            # Names are data: a dollar sign in one is no formula.
            "text.parse_math": False,
        }
    )
    return pyplot


def plain(text: str, limit: int = 80) -> str:
    """A hostile name as a label: printable, one line, bounded."""
    return cut("".join(character if character.isprintable() else " " for character in text), limit)


def heading(figure: Any, title: str, subtitle: str) -> None:
    """Title and one line below it, left-aligned."""
    text = plain(title, 100) + (f"\n{subtitle}" if subtitle else "")
    figure.suptitle(text, x=0.01, ha="left", fontsize=13, color=INK)


def clean_axes(axes: Any) -> None:
    """Light horizontal grid, no box, thousands separated."""
    from matplotlib.ticker import FuncFormatter

    axes.grid(axis="y", color=GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.tick_params(length=0, labelsize=9)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.6g}"))
    axes.margins(x=0.01)


def date_axis(axes: Any) -> None:
    """Dates at sensible distances, each unit written once."""
    from matplotlib import dates

    # Matplotlib's own types don't reach its dates yet.
    kit: Any = dates
    locator = kit.AutoDateLocator(minticks=4, maxticks=9)
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(kit.ConciseDateFormatter(locator))


def save_figure(run: Run, figure: Any) -> None:
    """Write `forecast_plot.png` at 150 dots an inch."""
    run.stage("save", "Writing forecast_plot.png", 0.9)
    path: Path = run.scratch / "forecast_plot.png"
    figure.savefig(path, dpi=_DPI, facecolor="white")
    run.publish("plot", path, "forecast_plot.png")
