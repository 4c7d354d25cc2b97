from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from automl_runtime.failures import RunError
from automl_runtime.timegrid import Frequency, TimeGrid, infer_frequency

frequencies = st.builds(
    Frequency,
    unit=st.sampled_from(["min", "h", "D", "B", "W", "MS", "QS", "YS"]),
    step=st.integers(1, 4),
    season_length=st.just(1),
)
firsts = st.datetimes(pd.Timestamp("1980-01-01"), pd.Timestamp("2030-12-31")).map(
    lambda moment: pd.Timestamp(moment).floor("min")
)


@given(frequencies, firsts, st.integers(1, 60))
def test_positions_and_dates_are_inverse(frequency: Frequency, first: pd.Timestamp, count: int) -> None:
    day = first.normalize() if frequency.unit not in ("min", "h") else first
    grid = TimeGrid.fit(pd.Series([day]), frequency)
    positions = np.arange(count)
    dates = grid.dates(positions)
    assert list(grid.positions(pd.Series(dates))) == list(positions)
    assert dates.is_monotonic_increasing and dates.is_unique


@pytest.mark.parametrize(
    ("dates", "frequency", "following"),
    [
        (["2023-11-01", "2023-12-01"], Frequency("MS"), ["2024-01-01", "2024-02-01"]),
        (["2023-11-30", "2023-12-31"], Frequency("MS"), ["2024-01-31", "2024-02-29"]),
        (["2023-11-15", "2023-12-15"], Frequency("MS"), ["2024-01-15", "2024-02-15"]),
        (["2023-04-01", "2023-07-01"], Frequency("QS"), ["2023-10-01", "2024-01-01"]),
        (["2024-01-04", "2024-01-05"], Frequency("B"), ["2024-01-08", "2024-01-09"]),
        (["2024-02-28", "2024-02-29"], Frequency("D"), ["2024-03-01", "2024-03-02"]),
        (["2024-01-03", "2024-01-10"], Frequency("W"), ["2024-01-17", "2024-01-24"]),
        (["2019-01-01", "2020-01-01"], Frequency("YS"), ["2021-01-01", "2022-01-01"]),
        (
            ["2024-01-01T22:30:00", "2024-01-01T23:00:00"],
            Frequency("min", 30),
            ["2024-01-01T23:30:00", "2024-01-02T00:00:00"],
        ),
    ],
)
def test_what_follows_the_last_date(dates: list[str], frequency: Frequency, following: list[str]) -> None:
    given_dates = pd.Series(pd.to_datetime(dates))
    grid = TimeGrid.fit(given_dates, frequency)
    last = grid.positions(given_dates).max()
    assert grid.texts(np.array([last + 1, last + 2])) == following


@pytest.mark.parametrize(
    ("alias", "unit", "step"),
    [
        ("D", "D", 1),
        ("B", "B", 1),
        ("MS", "MS", 1),
        ("QS", "QS", 1),
        ("W", "W", 1),
        ("30min", "min", 30),
        ("h", "h", 1),
        ("YS", "YS", 1),
    ],
)
def test_inferred_frequency(alias: str, unit: str, step: int) -> None:
    found = infer_frequency(pd.Series(pd.date_range("2020-01-01", periods=40, freq=alias)))
    assert (found.unit, found.step) == (unit, step)


def test_one_date_has_no_frequency() -> None:
    with pytest.raises(RunError) as caught:
        infer_frequency(pd.Series(pd.to_datetime(["2024-01-01", "2024-01-01"])))
    assert caught.value.failure.code == "frequency_unknown"
