"""How every picture looks: little ink, plain words, dates that can be read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from automl_runtime.failures import cut
from automl_runtime.run import Run

INK, MUTED, GRID = "#1f2937", "#6b7280", "#e5e7eb"
HISTORY, FORECAST, BACKTEST, NAIVE_LINE = "#334155", "#2563eb", "#f59e0b", "#9ca3af"
# What printers want.
DPI = 300


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
    """Write `forecast_plot.png` at 300 dots an inch."""
    run.stage("save", "Writing forecast_plot.png", 0.9)
    path: Path = run.scratch / "forecast_plot.png"
    figure.savefig(path, dpi=DPI, facecolor="white")
    run.publish("plot", path, "forecast_plot.png")
