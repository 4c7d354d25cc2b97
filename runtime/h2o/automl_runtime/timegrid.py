"""A regular time index as whole numbers: dates to grid positions and back, for every frequency of the contract."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from automl_runtime.failures import RunError

Unit = Literal["min", "h", "D", "B", "W", "MS", "QS", "YS"]
Positions = npt.NDArray[np.int64]

_SECONDS: dict[str, int] = {"min": 60, "h": 3600, "D": 86_400, "W": 604_800}
_MONTHS: dict[str, int] = {"MS": 1, "QS": 3, "YS": 12}


@dataclass(frozen=True)
class Frequency:
    """The step of a regular series: `Frequency("min", 30, season_length=48)` is half-hourly with a daily season."""

    unit: Unit
    step: int = 1
    season_length: int = 1

    def as_dict(self) -> dict[str, Any]:
        """The JSON form."""
        return asdict(self)

    def steps_in_year(self) -> int | None:
        """Steps in about a year, a whole number of seasons where that keeps weekdays apart; null where under four."""
        if self.unit in _MONTHS:
            steps = 12 // (_MONTHS[self.unit] * self.step)
        elif self.unit == "B":
            steps = 260 // self.step
        else:
            # 364 days: the same weekday a year before.
            steps = 364 * 86_400 // (_SECONDS[self.unit] * self.step)
        return steps if steps >= 4 else None


@dataclass(frozen=True)
class TimeGrid:
    """Positions 0, 1, 2 … from `origin` on. `month_day` is 0 for "end of month" in month-based grids."""

    frequency: Frequency
    origin: pd.Timestamp
    month_day: int = 1

    @staticmethod
    def fit(dates: pd.Series[pd.Timestamp], frequency: Frequency) -> TimeGrid:
        """The grid that these dates lie on, from the earliest one on."""
        first: pd.Timestamp = dates.min()
        if frequency.unit in _MONTHS:
            month_end = bool(dates.dt.is_month_end.all()) and not bool(dates.dt.is_month_start.any())
            month_day = 0 if month_end else int(dates.dt.day.mode().iloc[0])
            return TimeGrid(frequency, first.normalize().replace(day=1), month_day)
        if frequency.unit == "B":
            return TimeGrid(frequency, pd.Timestamp(np.busday_offset(_days(first), 0, roll="forward")))
        return TimeGrid(frequency, first)

    def positions(self, dates: pd.Series[pd.Timestamp]) -> Positions:
        """The grid position of each date; a date between two positions goes to the nearest one."""
        unit, step = self.frequency.unit, self.frequency.step
        if unit in _MONTHS:
            months = (dates.dt.year - self.origin.year) * 12 + dates.dt.month - self.origin.month
            return np.asarray(np.floor_divide(months.to_numpy(), _MONTHS[unit] * step), dtype=np.int64)
        if unit == "B":
            days = dates.to_numpy().astype("datetime64[D]")
            return np.asarray(np.busday_count(_days(self.origin), days) // step, dtype=np.int64)
        seconds = (dates - self.origin).dt.total_seconds().to_numpy()
        return np.asarray(np.floor(seconds / (_SECONDS[unit] * step) + 0.5), dtype=np.int64)

    def dates(self, positions: Positions) -> pd.DatetimeIndex:
        """The date of each grid position."""
        unit, step = self.frequency.unit, self.frequency.step
        if unit in _MONTHS:
            months = self.origin.year * 12 + self.origin.month - 1 + positions * _MONTHS[unit] * step
            starts = pd.DatetimeIndex(
                (months - 1970 * 12).astype("datetime64[M]").astype("datetime64[ns]"),
            )
            last = np.asarray(starts.days_in_month)
            day = last if self.month_day == 0 else np.minimum(self.month_day, last)
            return starts + pd.to_timedelta(day - 1, unit="D")
        if unit == "B":
            days = np.busday_offset(_days(self.origin), positions * step, roll="forward")
            return pd.DatetimeIndex(days.astype("datetime64[ns]"))
        return pd.DatetimeIndex(self.origin + pd.to_timedelta(positions * _SECONDS[unit] * step, unit="s"))

    def texts(self, positions: Positions) -> list[str]:
        """ISO dates of positions; with the time of day where the grid has one."""
        dates = self.dates(positions)
        daily = self.frequency.unit not in ("min", "h") and self.origin == self.origin.normalize()
        return list(dates.strftime("%Y-%m-%d" if daily else "%Y-%m-%dT%H:%M:%S"))


def infer_frequency(dates: pd.Series[pd.Timestamp]) -> Frequency:
    """The likeliest frequency of dates that come without one: the median step, seasons by custom.

    :raises RunError: data/frequency_unknown where fewer than two different dates are there.
    """
    distinct = dates.dropna().drop_duplicates().sort_values()
    if len(distinct) < 2:
        raise RunError(
            "data",
            "frequency_unknown",
            "The date column holds fewer than two different dates.",
            "Give a table with at least a dozen dated rows.",
        )
    seconds = float(distinct.diff().dt.total_seconds().median())
    days = seconds / 86_400
    if days < 1 / 24:
        minutes = max(1, round(seconds / 60))
        return Frequency("min", minutes, max(1, 1440 // minutes))
    if days < 1:
        hours = max(1, round(seconds / 3600))
        return Frequency("h", hours, max(1, 24 // hours))
    if days < 5:
        weekdays = bool((distinct.dt.dayofweek < 5).all()) and len(distinct) > 10
        return Frequency("B", 1, 5) if weekdays else Frequency("D", max(1, round(days)), 7 if days < 1.5 else 1)
    if days < 25:
        return Frequency("W", max(1, round(days / 7)), 52 if days < 10 else 26)
    if days < 80:
        return Frequency("MS", max(1, round(days / 30.4)), max(1, round(365 / days)))
    return Frequency("QS", 1, 4) if days < 200 else Frequency("YS", max(1, round(days / 365)), 1)


def _days(date: pd.Timestamp) -> np.datetime64:
    return np.datetime64(date.date(), "D")
