"""Dated series on a regular grid: loading, regularising, and sealing the last rows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from automl_runtime.failures import RunError, quoted
from automl_runtime.loading import NUMERIC_TYPES, parse_dates, read_table
from automl_runtime.metrics import Floats
from automl_runtime.run import Run
from automl_runtime.timegrid import Frequency, Positions, TimeGrid, infer_frequency

MINIMUM_OBSERVATIONS = 8


@dataclass(frozen=True)
class Series:
    """One series. `values[i]` stands at grid position `start + i`; a gap is NaN; the last value is observed.

    `covariates` reach beyond the last value where they are known for the future (NaN elsewhere).
    """

    key: tuple[str, ...]
    start: int
    values: Floats
    covariates: dict[str, Floats]

    @property
    def length(self) -> int:
        """Grid steps from the first to the last observation."""
        return self.values.size

    def cut(self, length: int) -> Series:
        """The first `length` steps; covariates stay, as they are known."""
        values = self.values[:length]
        observed = np.flatnonzero(~np.isnan(values))
        return replace(self, values=values[: observed[-1] + 1] if observed.size else values[:0])


@dataclass(frozen=True)
class Panel:
    """One or several series on one grid, with the covariates that are known for the future."""

    target: str
    date_column: str
    id_columns: tuple[str, ...]
    grid: TimeGrid
    series: tuple[Series, ...]
    covariate_levels: dict[str, list[str]]
    covariate_names: tuple[str, ...]
    # The first sealed grid position; null where nothing is sealed.
    sealed_from: int | None = None

    @property
    def season(self) -> int:
        """Steps in one season, at least 1."""
        return self.grid.frequency.season_length

    @property
    def observations(self) -> int:
        """Observed values over all series."""
        return int(sum(np.count_nonzero(~np.isnan(one.values)) for one in self.series))

    @property
    def longest(self) -> int:
        """The longest series' length in steps."""
        return max((one.length for one in self.series), default=0)

    def name_of(self, one: Series) -> str | None:
        """How a series is called in backtests and plots; null where there is only one without ids."""
        return " / ".join(one.key) if self.id_columns else None


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
    if date_column is None:
        raise RunError("data", "no_dates", "A forecast needs a date column.", "Name the column that holds the dates.")
    wanted = [date_column, target, *series_id_columns, *covariates]
    types = run.config.column_types
    frame = read_table(run.config.dataset, types, wanted)
    values = _numeric_target(frame[target], target)
    dates = parse_dates(frame[date_column], date_column)
    undated = int(dates.isna().sum())
    if undated:
        run.events.warn(f"{undated} rows without a readable date are left out.")
    keep = dates.notna()
    frame, values, dates = frame[keep], values[keep], dates[keep]
    if not values.notna().any():
        raise _empty_target(target)
    observed_dates = dates[values.notna()]
    grid = TimeGrid.fit(observed_dates, frequency or infer_frequency(observed_dates))
    table = pd.DataFrame({"position": grid.positions(dates), "value": values.to_numpy()}, index=frame.index)
    keys = _keys(frame, series_id_columns)
    encoded, levels = _encode_covariates(frame, covariates, types)
    table = pd.concat([table, encoded], axis=1)

    loaded: list[Series] = []
    duplicates = gaps = 0
    for key, rows in table.groupby(keys, sort=True):
        duplicates += int(rows.loc[rows["value"].notna(), "position"].duplicated().sum())
        one = _regular(tuple(map(str, key)) if isinstance(key, tuple) else (), rows)
        if one is not None:
            gaps += int(np.isnan(one.values).sum())
            loaded.append(one)
    if duplicates:
        run.events.warn(f"{duplicates} rows share a date with another row of their series: their values are averaged.")
    if gaps:
        run.events.warn(f"{gaps} dates are missing between the first and the last one: they are kept as gaps.")
    panel = Panel(target, date_column, tuple(series_id_columns), grid, tuple(loaded), levels, tuple(covariates))
    _check(panel)
    run.events.info(
        f"{len(panel.series)} series, {panel.observations} observations, "
        f"{grid.texts(np.array([0]))[0]} to {grid.texts(last_position(panel))[0]}."
    )
    return panel


def keep_known_covariates(run: Run, panel: Panel, *, horizon: int) -> Panel:
    """Keep the covariates that are constant in each series or known over the whole horizon after its last observation.

    A forecast can't use what nobody knows yet; what is left out is told.
    """
    known = [name for name in panel.covariate_names if all(_is_known(one, name, horizon) for one in panel.series)]
    unknown = [name for name in panel.covariate_names if name not in known]
    if unknown:
        run.events.warn(
            "Not known for the future, so not used: " + ", ".join(quoted(name) for name in unknown[:20]) + "."
        )
    return replace(panel, covariate_names=tuple(known))


def seal_last_rows(panel: Panel, *, holdout_rows: int) -> Panel:
    """The history to train on: everything but the last `holdout_rows` grid steps, which stay sealed.

    The sealed steps count from the latest date of all series, so that no series shows another one's future.

    :raises RunError: data/too_few_rows where no series has enough history before the sealed steps.
    """
    boundary = max(one.start + one.length for one in panel.series) - holdout_rows
    history = [one.cut(max(0, min(one.length, boundary - one.start))) for one in panel.series]
    kept = tuple(one for one in history if one.length > 0)
    if sum(np.count_nonzero(~np.isnan(one.values)) for one in kept) < MINIMUM_OBSERVATIONS:
        raise RunError(
            "data",
            "too_few_rows",
            f"Only {panel.observations} observations are there: too few to seal the last {holdout_rows} and learn "
            "from the rest.",
            "Upload a longer history or forecast fewer steps.",
        )
    return replace(panel, series=kept, sealed_from=boundary)


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


def _empty_target(target: str) -> RunError:
    return RunError(
        "data",
        "target_missing",
        f"Column {quoted(target)} has no value in any dated row.",
        "Choose a column that has values.",
    )


def _keys(frame: pd.DataFrame, id_columns: list[str]) -> list[pd.Series[Any]] | pd.Series[Any]:
    if not id_columns:
        return pd.Series(0, index=frame.index)
    return [frame[name].astype("string").fillna("").astype(object) for name in id_columns]


def _encode_covariates(
    frame: pd.DataFrame, covariates: list[str], types: dict[str, str]
) -> tuple[pd.DataFrame, dict[str, list[str]]]:
    """Numbers stay, words become the number of their level; internal names x0, x1, …"""
    encoded: dict[str, Any] = {}
    levels: dict[str, list[str]] = {}
    for name in covariates:
        column = frame[name]
        if types.get(name) in NUMERIC_TYPES:
            encoded[name] = column
        else:
            levels[name] = sorted(column.dropna().unique())[:1000]
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


def _is_known(one: Series, name: str, horizon: int) -> bool:
    values = one.covariates[name]
    if bool(np.all(values[: one.length] == values[0])):
        return True
    future = values[one.length : one.length + horizon]
    return future.size == horizon and not bool(np.isnan(future).any())


def covariate_at(one: Series, name: str, steps: npt.NDArray[np.int64]) -> Floats:
    """A covariate at steps of a series; a static one is the same everywhere, an unknown step is NaN."""
    values = one.covariates[name]
    if values.size and bool(np.all(values[: one.length] == values[0])):
        return np.full(steps.shape, values[0])
    inside = (steps >= 0) & (steps < values.size)
    return np.where(inside, values[np.clip(steps, 0, max(values.size - 1, 0))], np.nan)


def with_levels(panel: Panel, levels: dict[str, list[str]]) -> Panel:
    """The panel with its word covariates numbered by other levels (a model's); unknown words become missing."""
    renumbered: list[Series] = []
    for one in panel.series:
        covariates = dict(one.covariates)
        for name, wanted in levels.items():
            if name in covariates:
                number = {word: float(index) for index, word in enumerate(wanted)}
                table = np.array([number.get(word, np.nan) for word in panel.covariate_levels[name]] + [np.nan])
                codes = np.nan_to_num(covariates[name], nan=len(table) - 1).astype(np.int64)
                covariates[name] = table[codes]
        renumbered.append(replace(one, covariates=covariates))
    return replace(panel, series=tuple(renumbered), covariate_levels=levels)


def last_position(panel: Panel) -> Positions:
    """The latest observed position of all series."""
    return np.array([max(one.start + one.length - 1 for one in panel.series)], dtype=np.int64)


def _check(panel: Panel) -> None:
    if not panel.series:
        raise _empty_target(panel.target)
    if panel.observations < MINIMUM_OBSERVATIONS:
        raise RunError(
            "data",
            "too_few_rows",
            f"The series has only {panel.observations} observations; a forecast needs at least {MINIMUM_OBSERVATIONS}.",
            "Upload a longer history.",
        )
    if all(np.nanmin(one.values) == np.nanmax(one.values) for one in panel.series):
        raise RunError(
            "data",
            "constant_target",
            f"Column {quoted(panel.target)} never changes, so there is nothing to learn.",
            "Choose another target.",
        )
