"""Columns of any name and any content as internal ones: H2O sees only `c0`, `c1` … with numbers and codes in them.

So a quote, a line break or a percent sign in a header or a cell can break neither H2O's parser nor a MOJO's.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

import numpy as np
import pandas as pd

from automl_runtime.loading import DATE_TYPES, NUMERIC_TYPES

# A learnt column has no internal column of its own: what is learnt of it (`learned`) stands for it.
Kind = Literal["number", "category", "date", "text", "learnt"]
# Rarer words than these become missing: they can't be learnt from, and a model for each would be huge.
MOST_LEVELS = 1000
# From here on, words of which most rows have their own are free text: only their length is used.
_TEXT_LEVELS, _TEXT_SHARE = 50, 0.5


@dataclass(frozen=True)
class ColumnCode:
    """How one column becomes internal columns: `code` itself, or for dates and texts `code_part` each."""

    name: str
    code: str
    kind: Kind
    levels: tuple[str, ...] = ()


@dataclass(frozen=True)
class Encoder:
    """Fitted to the features of a data set; kept in the model archive."""

    columns: tuple[ColumnCode, ...]

    @staticmethod
    def fit(
        frame: pd.DataFrame,
        features: Sequence[str],
        types: dict[str, str],
        *,
        encoded: Collection[str] = (),
        texts: Collection[str] = (),
    ) -> Encoder:
        """Choose each column's kind and collect the levels of categories; `encoded` and `texts` are learnt columns."""
        codes: list[ColumnCode] = []
        for number, name in enumerate(features):
            kind: Kind = "text" if name in texts else _kind(frame[name], types.get(name, "category"))
            # Never both: a level beside its encoding tells the folds apart, and what they say of a row with them.
            if name in encoded and name not in texts and kind in ("category", "text"):
                kind = "learnt"
            codes.append(ColumnCode(name, f"c{number}", kind, _levels(frame[name], kind)))
        return Encoder(tuple(codes))

    def again(self, frame: pd.DataFrame) -> Encoder:
        """The same columns of the same kinds, with the levels of another frame."""
        return Encoder(tuple(replace(one, levels=_levels(frame[one.name], one.kind)) for one in self.columns))

    def transform(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The internal table: float64 columns, and categories as codes `v0`, `v1` … (missing: NaN)."""
        parts: dict[str, Any] = {}
        for column in self.columns:
            parts |= _parts(column, frame[column.name])
        return pd.DataFrame(parts, index=frame.index).reset_index(drop=True)

    @property
    def categorical(self) -> frozenset[str]:
        """The internal columns that hold codes."""
        return frozenset(column.code for column in self.columns if column.kind == "category")

    def as_list(self) -> list[dict[str, Any]]:
        """The JSON form."""
        return [asdict(column) for column in self.columns]

    @staticmethod
    def from_list(raw: list[dict[str, Any]]) -> Encoder:
        """The inverse of `as_list` after a round trip through JSON."""
        return Encoder(tuple(ColumnCode(**{**column, "levels": tuple(column["levels"])}) for column in raw))


def class_code(number: int) -> str:
    """The internal label of a class; sorts like its number, which is the order of H2O's probability columns."""
    return f"k{number:04d}"


def _kind(column: pd.Series[Any], declared: str) -> Kind:
    if declared in NUMERIC_TYPES:
        return "number"
    if declared in DATE_TYPES:
        return "date"
    present = column.dropna()
    distinct = present.nunique()
    if distinct > _TEXT_LEVELS and distinct > _TEXT_SHARE * len(present):
        return "text"
    return "category"


def _levels(column: pd.Series[Any], kind: Kind) -> tuple[str, ...]:
    if kind != "category":
        return ()
    counts = column.dropna().value_counts()
    return tuple(sorted(counts.sort_index().nlargest(MOST_LEVELS, keep="first").index))


def _parts(column: ColumnCode, values: pd.Series[Any]) -> dict[str, Any]:
    code = column.code
    if column.kind == "number":
        numbers = pd.to_numeric(values, errors="coerce").to_numpy(dtype=np.float64)
        return {code: np.where(np.isfinite(numbers), numbers, np.nan)}
    if column.kind == "learnt":
        return {}
    if column.kind == "category":
        labels = {level: f"v{number}" for number, level in enumerate(column.levels)}
        return {code: values.map(labels).to_numpy(dtype=object)}
    if column.kind == "text":
        texts = values.astype("string")
        words = texts.str.count(r"\S+")
        return {f"{code}_length": _floats(texts.str.len()), f"{code}_words": _floats(words)}
    dates = pd.to_datetime(values, errors="coerce", format="ISO8601", utc=True).dt.tz_localize(None)
    days = (dates - pd.Timestamp("1970-01-01")).dt.total_seconds() / 86_400
    return {
        f"{code}_days": _floats(days),
        f"{code}_month": _floats(dates.dt.month),
        f"{code}_weekday": _floats(dates.dt.dayofweek),
        f"{code}_hour": _floats(dates.dt.hour),
    }


def _floats(values: Any) -> Any:
    return pd.Series(values).to_numpy(dtype=np.float64, na_value=np.nan)
