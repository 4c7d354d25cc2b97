"""Plots that one would show a manager: little ink, plain words, dates that can be read."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any

import numpy as np
import pandas as pd

from automl_runtime.archive import Archive
from automl_runtime.canvas import (
    BACKTEST,
    FORECAST,
    HISTORY,
    INK,
    MUTED,
    NAIVE_LINE,
    clean_axes,
    date_axis,
    heading,
    plain,
    prepare_matplotlib,
    save_figure,
)
from automl_runtime.failures import RunError
from automl_runtime.figures import insight_figures, save_further
from automl_runtime.forecasting import SavedForecaster
from automl_runtime.run import Run
from automl_runtime.series import Panel, Series

_SERIES_A_PAGE, _MOST_PAGES = 4, 25
_METRIC_NAMES = {"mae": "MAE", "rmse": "RMSE", "mape": "MAPE", "smape": "sMAPE", "mase": "MASE"}


def plot_forecast(
    run: Run, forecaster: SavedForecaster, panel: Panel, *, title: str, history_points: int | None
) -> None:
    """Draw history, the backtest on the sealed rows and the forecast into `forecast_plot.png`.

    Of many series, the largest few are drawn, each in a panel of its own; `figures.zip` has pages of further ones.

    :raises RunError: model/predictions_missing where the prediction phase left nothing to draw.
    """
    run.stage("draw", "Drawing the forecast", 0.3)
    predictions = _read_predictions(run)
    archive = forecaster.archive
    ordered = sorted(panel.series, key=lambda one: -float(np.nansum(np.abs(one.values))))
    pages = [ordered[first : first + _SERIES_A_PAGE] for first in range(0, len(ordered), _SERIES_A_PAGE)]
    if len(pages) > 1:
        further = min(len(ordered), _MOST_PAGES * _SERIES_A_PAGE)
        run.events.info(
            f"The plot shows the {_SERIES_A_PAGE} largest of {len(ordered)} series; figures.zip the {further} largest."
        )

    def page(number: int) -> Any:
        heads = (title, _subtitle(archive)) if number == 0 else (f"{title} ({number + 1})", "")
        return _page(panel, pages[number], heads, (predictions, archive, history_points))

    save_figure(run, page(0))
    further_pages = (("series", page(number)) for number in range(1, min(len(pages), _MOST_PAGES)))
    save_further(run, chain(further_pages, insight_figures(archive.manifest)))


def _page(
    panel: Panel, shown: Sequence[Series], heads: tuple[str, str], of: tuple[pd.DataFrame, Archive, int | None]
) -> Any:
    figure, all_axes = prepare_matplotlib().subplots(
        len(shown), 1, figsize=(11, 2.2 + 3.3 * len(shown)), squeeze=False, layout="constrained"
    )
    for axes, one in zip(all_axes[:, 0], shown, strict=True):
        _draw_series(axes, panel, one, *of)
    heading(figure, *heads)
    # Below the axes: inside them it would lie on the history.
    figure.legend(
        *all_axes[0, 0].get_legend_handles_labels(),
        loc="outside lower left",
        frameon=False,
        ncols=6,
        fontsize=9,
        labelcolor=INK,
    )
    return figure


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
