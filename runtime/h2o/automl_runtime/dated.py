"""Reading a CSV as dated series on a regular grid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from automl_runtime.failures import RunError, quoted
from automl_runtime.loading import NUMERIC_TYPES, parse_dates, read_table
from automl_runtime.run import Run
from automl_runtime.series import Panel, Series, check_panel, empty_target, last_position
from automl_runtime.timegrid import Frequency, TimeGrid, infer_frequency


@dataclass(frozen=True)
class Names:
    """The columns of a data set that make series of it."""

    target: str
    date_column: str
    id_columns: tuple[str, ...]
    covariates: tuple[str, ...]

    @staticmethod
    def of(target: str, date_column: str | None, id_columns: Sequence[str], covariates: Sequence[str]) -> Names:
        """:raises RunError: data/no_dates without a date column."""
        if date_column is None:
            raise RunError(
                "data", "no_dates", "A forecast needs a date column.", "Name the column that holds the dates."
            )
        return Names(target, date_column, tuple(id_columns), tuple(covariates))


@dataclass(frozen=True)
class Known:
    """What is known of a data set before it is read: the grid of its dates, the words of its covariates."""

    grid: TimeGrid
    covariate_levels: dict[str, list[str]]


@dataclass(frozen=True)
class Dated:
    """The dated rows of a data set, by their numbers in it: `position`, `value` (NaN: unknown) and covariates."""

    names: Names
    grid: TimeGrid
    rows: pd.DataFrame
    keys: list[pd.Series[Any]] | pd.Series[Any]
    covariate_levels: dict[str, list[str]]
    # Of the whole data set.
    count: int
    undated: int


def load_series(
    run: Run,
    *,
    target: str,
    date_column: str | None,
    series_id_columns: list[str],
    frequency: Frequency | None,
    covariates: list[str],
) -> Panel:
    """Read the data set as dated series on a regular grid.

    Several values at one date are averaged, gaps are kept as missing and told. Rows without a target after the last
    observation give covariates that are known for the future.

    :raises RunError: data/... where the columns, the dates or the target can't be used.
    """
    run.stage("load", "Reading the data", 0.03)
    names = Names.of(target, date_column, series_id_columns, covariates)
    dated = read_dated(run.config.dataset, names, run.config.column_types, frequency)
    panel = panel_of(run, dated)
    check_panel(panel)
    return panel


def read_dated(path: Path, names: Names, types: dict[str, str], grid: Frequency | Known | None) -> Dated:
    """Read a file's dated rows; without a frequency or a grid, the dates tell it.

    :raises RunError: data/... where the columns, the dates or the target can't be used.
    """
    frame = read_table(path, types, [names.date_column, names.target, *names.id_columns, *names.covariates])
    values = _numeric_target(frame[names.target], names.target)
    dates = parse_dates(frame[names.date_column], names.date_column)
    keep = dates.notna()
    count, undated = len(frame), int((~keep).sum())
    frame, values, dates = frame[keep], values[keep], dates[keep]
    if not values.notna().any():
        raise empty_target(names.target)
    if isinstance(grid, Known):
        fitted, known_levels = grid.grid, grid.covariate_levels
    else:
        observed = dates[values.notna()]
        fitted, known_levels = TimeGrid.fit(observed, grid or infer_frequency(observed)), None
    table = pd.DataFrame({"position": fitted.positions(dates), "value": values.to_numpy()}, index=frame.index)
    encoded, levels = _encode_covariates(frame, names.covariates, types, known_levels)
    keys = _keys(frame, names.id_columns)
    return Dated(names, fitted, pd.concat([table, encoded], axis=1), keys, levels, count, undated)


def panel_of(run: Run, dated: Dated, *, told: bool = True) -> Panel:
    """Dated rows as series on their grid; what was mended on the way is told, unless an earlier stage has done so."""
    loaded: list[Series] = []
    duplicates = gaps = 0
    for key, rows in dated.rows.groupby(dated.keys, sort=True):
        duplicates += int(rows.loc[rows["value"].notna(), "position"].duplicated().sum())
        one = _regular(tuple(map(str, key)) if isinstance(key, tuple) else (), rows)
        if one is not None:
            gaps += int(np.isnan(one.values).sum())
            loaded.append(one)
    for count, what in (
        (dated.undated, "rows without a readable date are left out."),
        (duplicates, "rows share a date with another row of their series: their values are averaged."),
        (gaps, "dates are missing between the first and the last one: they are kept as gaps."),
    ):
        if count and told:
            run.events.warn(f"{count} {what}")
    names, grid = dated.names, dated.grid
    panel = Panel(
        names.target, names.date_column, names.id_columns, grid, tuple(loaded), dated.covariate_levels, names.covariates
    )
    if panel.series:
        run.events.info(
            f"{len(panel.series)} series, {panel.observations} observations, "
            f"{grid.texts(np.array([0]))[0]} to {grid.texts(last_position(panel))[0]}."
        )
    return panel


def _numeric_target(column: pd.Series[Any], target: str) -> pd.Series[float]:
    values = pd.to_numeric(column, errors="coerce")
    values = values.where(np.isfinite(values))
    if column.notna().any() and not values.notna().any():
        raise RunError(
            "data",
            "target_not_numeric",
            f"Column {quoted(target)} holds no numbers, so it can't be forecast.",
            "Choose a numeric column as the target.",
        )
    return values.astype("float64")


def _keys(frame: pd.DataFrame, id_columns: Sequence[str]) -> list[pd.Series[Any]] | pd.Series[Any]:
    if not id_columns:
        return pd.Series(0, index=frame.index)
    return [frame[name].astype("string").fillna("").astype(object) for name in id_columns]


def _encode_covariates(
    frame: pd.DataFrame, covariates: Sequence[str], types: dict[str, str], known: dict[str, list[str]] | None
) -> tuple[pd.DataFrame, dict[str, list[str]]]:
    """Numbers stay, words become the number of their level; internal names x0, x1, …"""
    encoded: dict[str, Any] = {}
    levels: dict[str, list[str]] = {}
    for name in covariates:
        column = frame[name]
        if types.get(name) in NUMERIC_TYPES:
            encoded[name] = column
        else:
            levels[name] = sorted(column.dropna().unique())[:1000] if known is None else known[name]
            numbers = {level: float(number) for number, level in enumerate(levels[name])}
            encoded[name] = column.map(numbers)
    return pd.DataFrame({("covariate", name): column for name, column in encoded.items()}, index=frame.index), levels


def _regular(key: tuple[str, ...], rows: pd.DataFrame) -> Series | None:
    by_position = rows.groupby("position").mean()
    observed = by_position.index[by_position["value"].notna()]
    if not len(observed):
        return None
    start, end, last = int(observed[0]), int(observed[-1]), int(by_position.index[-1])
    full = by_position.reindex(range(start, last + 1))
    covariates = {
        column[1]: full[column].to_numpy(dtype=np.float64) for column in full.columns if isinstance(column, tuple)
    }
    return Series(key, start, full["value"].to_numpy(dtype=np.float64)[: end - start + 1], covariates)
