"""Records of a canonical CSV as bytes: chosen ones are copied as they stand, in any order, whatever is in them."""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from automl_runtime.failures import RunError

Indices = npt.NDArray[np.int64]
_BLOCK_BYTES = 16 << 20
_NEWLINE, _QUOTE = 10, 34
_BLANK = b" \t\r\n"


@dataclass(frozen=True)
class Records:
    """Where the header and each data row of a CSV begin and end, in bytes; `ends` lie behind the line break."""

    path: Path
    starts: Indices
    ends: Indices

    @staticmethod
    def of(path: Path) -> Records:
        """Find the records of a file. Blank lines are none, as for any reader of the table."""
        ends = np.concatenate([np.array([], dtype=np.int64), *_line_ends(path)])
        size = path.stat().st_size
        if size and (not ends.size or ends[-1] != size):
            ends = np.append(ends, size)
        starts = np.concatenate([[0], ends[:-1]]).astype(np.int64)[: ends.size]
        kept = ~_blank(path, starts, ends)
        return Records(path, starts[kept], ends[kept])

    def __len__(self) -> int:
        """How many data rows there are."""
        return max(0, self.starts.size - 1)

    def copy(self, rows: Indices, destination: Path, *, expected: int) -> None:
        """Write the header and the rows of these numbers (from 0), in this order.

        :param expected: how many rows a reader has counted in the whole file
        :raises RunError: data/dataset_unreadable where the counts differ.
        """
        if len(self) != expected:
            raise RunError(
                "data",
                "dataset_unreadable",
                f"The data set is not the CSV that was prepared: {len(self)} records, {expected} rows.",
                "Upload the file again.",
            )
        with (
            self.path.open("rb") as source,
            destination.open("wb") as target,
            mmap.mmap(source.fileno(), 0, access=mmap.ACCESS_READ) as data,
        ):
            for first, last in _runs(np.concatenate([[0], rows + 1]).astype(np.int64)):
                part = data[int(self.starts[first]) : int(self.ends[last])]
                target.write(part if part.endswith(b"\n") else part + b"\n")


def _line_ends(path: Path) -> Iterator[Indices]:
    """Positions behind the line breaks that end a record: those with an even number of quotes before them."""
    before, quotes = 0, 0
    with path.open("rb") as handle:
        while block := handle.read(_BLOCK_BYTES):
            found = np.frombuffer(block, dtype=np.uint8)
            breaks = np.flatnonzero(found == _NEWLINE)
            quoted = np.flatnonzero(found == _QUOTE)
            inside = (np.searchsorted(quoted, breaks) + quotes) % 2 == 1
            yield (breaks[~inside] + before + 1).astype(np.int64)
            quotes += quoted.size
            before += len(block)


def _blank(path: Path, starts: Indices, ends: Indices) -> npt.NDArray[np.bool_]:
    blank = np.zeros(starts.size, dtype=np.bool_)
    # A row of a table with two columns has a comma.
    if not starts.size:
        return blank
    with path.open("rb") as source, mmap.mmap(source.fileno(), 0, access=mmap.ACCESS_READ) as data:
        if b"," in data[: int(ends[0])]:
            return blank
        for number, (start, end) in enumerate(zip(starts.tolist(), ends.tolist(), strict=True)):
            blank[number] = not data[start:end].strip(_BLANK)
    return blank


def _runs(numbers: Indices) -> Iterator[tuple[int, int]]:
    """First and last number of each stretch of consecutive ones."""
    breaks = np.flatnonzero(np.diff(numbers) != 1)
    first = np.concatenate([[0], breaks + 1])
    last = np.concatenate([breaks, [numbers.size - 1]])
    yield from zip(numbers[first].tolist(), numbers[last].tolist(), strict=True)
