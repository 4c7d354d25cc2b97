"""Reading the canonical CSV: types come from the schema in config.json, names and cells are never trusted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from automl_runtime.failures import RunError, quoted

NUMERIC_TYPES = frozenset({"integer", "real"})
DATE_TYPES = frozenset({"date", "datetime"})
# What is read at once; a table of texts takes ten times its own size.
_CHUNK_ROWS = 50_000


def column_names(path: Path) -> list[str]:
    """The columns of the data set."""
    return [str(name) for name in pd.read_csv(path, nrows=0, encoding="utf-8").columns]


def read_table(
    path: Path,
    types: dict[str, str],
    columns: list[str] | None = None,
    *,
    rows: npt.NDArray[np.int64] | None = None,
) -> pd.DataFrame:
    """The data set (or some of its columns): numbers as float64, all else as strings, missing as NaN/None.

    :param rows: numbers (from 0, rising) of the rows that are read; None: all

    :raises RunError: data/column_missing, data/dataset_unreadable or data/no_rows.
    """
    try:
        present = column_names(path)
        for column in columns or []:
            if column not in present:
                raise RunError(
                    "data",
                    "column_missing",
                    f"The data set has no column {quoted(column)}.",
                    "Choose one of its columns: " + ", ".join(quoted(name) for name in present[:20]),
                )
        wanted = present if columns is None else list(dict.fromkeys(columns))
        parts = list(_parts(path, wanted, types, rows))
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        raise RunError(
            "data",
            "dataset_unreadable",
            f"The data set is not the CSV that was prepared: {error}",
            "Upload the file again.",
        ) from error
    if not any(len(part) for part in parts):
        raise RunError("data", "no_rows", "The data set has no rows.", "Upload a file with data below its header.")
    return pd.concat(parts, ignore_index=True)


def _parts(
    path: Path, wanted: list[str], types: dict[str, str], rows: npt.NDArray[np.int64] | None
) -> Iterator[pd.DataFrame]:
    names, begin = set(wanted), 0
    words: dict[str, dict[str, str]] = {name: {} for name in wanted}
    with pd.read_csv(
        path,
        usecols=lambda name: name in names,
        dtype=str,
        keep_default_na=False,
        na_values=[""],
        encoding="utf-8",
        chunksize=_CHUNK_ROWS,
    ) as chunks:
        for chunk in chunks:
            part, end = chunk, begin + len(chunk)
            if rows is not None:
                first, last = np.searchsorted(rows, [begin, end])
                part = chunk.iloc[rows[first:last] - begin]
            begin = end
            yield pd.DataFrame(
                {name: _typed(cells, types.get(str(name)), words[str(name)]) for name, cells in part.items()}
            )


def _typed(cells: pd.Series[Any], kind: str | None, words: dict[str, str]) -> pd.Series[Any]:
    """Cells by their column's type; equal words are one object, or each would take as much as a dozen numbers."""
    if kind in NUMERIC_TYPES:
        return pd.to_numeric(cells, errors="coerce").astype("float64")
    places, distinct = pd.factorize(cells)
    shared = np.array([*(words.setdefault(word, word) for word in distinct), np.nan], dtype=object)
    return pd.Series(shared[places], index=cells.index, dtype=object)


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
