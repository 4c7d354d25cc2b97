"""Reading the canonical CSV: types come from the schema in config.json, names and cells are never trusted."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from automl_runtime.failures import RunError, quoted

NUMERIC_TYPES = frozenset({"integer", "real"})
DATE_TYPES = frozenset({"date", "datetime"})


def read_table(path: Path, types: dict[str, str], columns: list[str] | None = None) -> pd.DataFrame:
    """The data set (or some of its columns): numbers as float64, all else as strings, missing as NaN/None.

    :raises RunError: data/column_missing, data/dataset_unreadable or data/no_rows.
    """
    try:
        present = list(pd.read_csv(path, nrows=0, encoding="utf-8").columns)
        for column in columns or []:
            if column not in present:
                raise RunError(
                    "data",
                    "column_missing",
                    f"The data set has no column {quoted(column)}.",
                    "Choose one of its columns: " + ", ".join(quoted(name) for name in present[:20]),
                )
        wanted = present if columns is None else list(dict.fromkeys(columns))
        frame = pd.read_csv(
            path,
            usecols=lambda name: name in set(wanted),
            dtype=str,
            keep_default_na=False,
            na_values=[""],
            encoding="utf-8",
        )
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        raise RunError(
            "data",
            "dataset_unreadable",
            f"The data set is not the CSV that was prepared: {error}",
            "Upload the file again.",
        ) from error
    if frame.empty:
        raise RunError("data", "no_rows", "The data set has no rows.", "Upload a file with data below its header.")
    for name in frame.columns:
        if types.get(name) in NUMERIC_TYPES:
            frame[name] = pd.to_numeric(frame[name], errors="coerce").astype("float64")
    return frame


def parse_dates(texts: pd.Series[str], column: str) -> pd.Series[pd.Timestamp]:
    """ISO dates as timestamps without a zone. :raises RunError: data/dates_unparsed where a tenth or more fail."""
    dates = pd.to_datetime(texts, errors="coerce", format="ISO8601", utc=True).dt.tz_localize(None)
    written = texts.notna()
    failed = written & dates.isna()
    if not written.any() or failed.sum() > 0.1 * written.sum():
        example = str(texts[failed].iloc[0]) if failed.any() else ""
        raise RunError(
            "data",
            "dates_unparsed",
            f"Column {quoted(column)} can't be read as dates: {int(failed.sum())} of {int(written.sum())} cells"
            + (f", {quoted(example)} for one." if example else "."),
            "Choose another date column, or write dates as YYYY-MM-DD.",
        )
    return dates
