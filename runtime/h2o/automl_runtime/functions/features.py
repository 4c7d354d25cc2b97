"""A plan's own feature functions on a table: each row's values in, one more column out, the same at every reading.

They run in a container only, whose engine says so in the environment: whatever slipped through the check meets no
network, no files and a bounded machine there.
"""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

import pandas as pd

from automl_runtime.events import Events
from automl_runtime.failures import RunError, cut, quoted
from automl_runtime.functions.confined import ConfinedError, confined
from automl_runtime.functions.guards import Turns, compile_function
from automl_runtime.functions.rules import MOST_FUNCTIONS
from automl_runtime.loading import DATE_TYPES, NUMERIC_TYPES

# Set by the Docker engine (src/engines/docker/container.ts) and by nothing else.
ISOLATED = "AUTOML_ISOLATED"
# For all functions over all rows of a table.
MOST_SECONDS = 300
# What a single call may take beyond them, before its process is killed.
GRACE_SECONDS = 5
# How many rows are answered at once; and what is said where the time is over.
PORTION = 1000
SLOW = "slow"
LONGEST_WORD = 200
Kind = Literal["number", "date", "text"]


@dataclass(frozen=True)
class FeatureFunction:
    """A function of a plan (FeatureFunction in src/contracts/plans.ts): its parameters are `inputs`, in order."""

    name: str
    inputs: Sequence[str]
    output: Literal["number", "category"]
    code: str


@dataclass(frozen=True)
class _Ready:
    declared: FeatureFunction
    kinds: tuple[Kind, ...]
    call: Callable[..., Any]
    turns: Turns

    def answer(self, value: Any) -> Any:
        """A value as the function's output is declared. :raises TypeError: for what is no such value."""
        return _number(value) if self.declared.output == "number" else _word(value)


@dataclass(frozen=True)
class Functions:
    """The functions of a table, checked and ready; none for most."""

    ready: tuple[_Ready, ...] = ()

    @staticmethod
    def bind(declared: Sequence[FeatureFunction], features: Sequence[str], types: dict[str, str]) -> Functions:
        """Check functions against the columns that they may read.

        :raises RunError: system/functions_need_docker outside a container; execution/function_refused.
        """
        for function in declared:
            foreign = [name for name in function.inputs if name not in features]
            if foreign:
                raise _refused(f"{function.name}: {quoted(foreign[0])} is no feature of the plan.")
        kinds = {name: _kind(types.get(name, "category")) for name in features}
        return _ready(declared, [tuple(kinds[name] for name in function.inputs) for function in declared], set(types))

    @staticmethod
    def from_list(raw: list[dict[str, Any]]) -> Functions:
        """The inverse of `as_list`; a model archive may come from anywhere, so all is checked again.

        :raises RunError: as `bind`
        """
        try:
            declared = [FeatureFunction(one["name"], one["inputs"], one["output"], one["code"]) for one in raw]
            kinds = [tuple(one["kinds"]) for one in raw]
            texts = [text for one in declared for text in (one.name, one.code, *one.inputs)]
            if not all(isinstance(text, str) for text in texts):
                raise TypeError("a text is none")
        except (KeyError, TypeError) as error:
            raise _refused(f"a function of the model is incomplete: {error}") from error
        return _ready(declared, kinds, set())

    def as_list(self) -> list[dict[str, Any]]:
        """The JSON form in the manifest."""
        return [{**asdict(one.declared), "inputs": list(one.declared.inputs), "kinds": one.kinds} for one in self.ready]

    @property
    def types(self) -> dict[str, str]:
        """The column types of what the functions give."""
        given = {"number": "real", "category": "category"}
        return {one.declared.name: given[one.declared.output] for one in self.ready}

    def add_to(self, frame: pd.DataFrame, events: Events, *, training: bool) -> pd.DataFrame:
        """The table with a column more for each function; where one fails in a row its value is missing there.

        :raises RunError: execution/function_too_slow; in training execution/function_failed where no row succeeds.
        """
        if not self.ready:
            return frame
        with closing(_said_by(self.ready, frame)) as said:
            added = {one.declared.name: _column(one, frame, said, events, training) for one in self.ready}
        return frame.assign(**added)


def _ready(declared: Sequence[FeatureFunction], kinds: Sequence[tuple[Kind, ...]], taken: set[str]) -> Functions:
    if not declared:
        return Functions()
    if os.environ.get(ISOLATED) != "1":
        raise RunError(
            "system",
            "functions_need_docker",
            "The plan has feature functions of its own; these run in a Docker container only.",
            "Run the job where a Docker engine answers (EXECUTION_ENGINE=docker), or plan it without functions.",
        )
    if len(declared) > MOST_FUNCTIONS:
        raise _refused(f"there are {len(declared)} functions; at most {MOST_FUNCTIONS} are allowed.")
    ready = []
    for function, own in zip(declared, kinds, strict=True):
        if function.name in taken:
            raise _refused(f"{function.name}: a column or another function has this name.")
        taken = taken | {function.name}
        known = set(own) <= {"number", "date", "text"} and function.output in ("number", "category")
        if len(own) != len(function.inputs) or not known:
            raise _refused(f"{function.name}: its inputs or its output are not declared as they must be.")
        try:
            call, turns = compile_function(function.name, function.code, len(function.inputs))
        except (ValueError, TypeError, AttributeError) as error:
            raise _refused(str(error)) from error
        ready.append(_Ready(function, own, call, turns))
    return Functions(tuple(ready))


def _said_by(ready: Sequence[_Ready], frame: pd.DataFrame) -> Generator[Any, None, None]:
    """What the functions say of a table's rows, one after the other, from a process that can do nothing else."""
    cells = [
        [_cells(frame[name], kind) for name, kind in zip(one.declared.inputs, one.kinds, strict=True)] for one in ready
    ]
    deadline = time.monotonic() + MOST_SECONDS

    def work() -> Iterator[Any]:
        for one, own in zip(ready, cells, strict=True):
            yield from _called(one, own, deadline)

    return confined(work, deadline + GRACE_SECONDS)


def _column(one: _Ready, frame: pd.DataFrame, said: Iterator[Any], events: Events, training: bool) -> pd.Series[Any]:
    """The next function's column. What was said is checked again: its process may be another's by now."""
    name, rows = one.declared.name, len(frame)
    values: list[Any] = []
    try:
        while len(values) < rows:
            portion = next(said)
            if portion == SLOW:
                raise _too_slow(name, len(values), rows)
            values += [one.answer(value) for value in portion[: rows - len(values)]]
        failed, why = next(said)
        failed, why = int(failed), cut(str(why), 300)
    except TimeoutError as error:
        raise _too_slow(name, len(values), rows) from error
    except (ConfinedError, StopIteration, TypeError, ValueError) as error:
        raise _failed(name, cut(str(error), 300) or "its process says too little") from error
    if failed == rows and training:
        raise _failed(name, why)
    if failed:
        events.warn(f"Function {name} gave no value in {failed} of {rows} rows ({why}).")
    dtype = "float64" if one.declared.output == "number" else "object"
    return pd.Series(values, index=frame.index, dtype=dtype)


def _called(one: _Ready, cells: Sequence[Sequence[Any]], deadline: float) -> Iterator[Any]:
    """In the process: values in portions, then in how many rows it failed and why first; or `SLOW`."""
    values: list[Any] = []
    failed, why = 0, ""
    for row in zip(*cells, strict=True):
        if time.monotonic() > deadline:
            yield SLOW
            return
        one.turns.reset()
        try:
            values.append(one.answer(one.call(*row)))
        except Exception as error:
            values.append(None)
            failed += 1
            why = why or cut(f"{type(error).__name__}: {error}", 300)
        if len(values) == PORTION:
            yield values
            values = []
    if values:
        yield values
    yield failed, why


def _kind(declared: str) -> Kind:
    if declared in NUMERIC_TYPES:
        return "number"
    return "date" if declared in DATE_TYPES else "text"


def _cells(column: pd.Series[Any], kind: Kind) -> list[Any]:
    """Plain Python values, None where one is missing: float, datetime without a zone, or str."""
    if kind == "number":
        numbers = pd.to_numeric(column, errors="coerce").astype("float64").tolist()
        return [number if math.isfinite(number) else None for number in numbers]
    if kind == "date":
        dates = pd.to_datetime(column, errors="coerce", format="ISO8601", utc=True).dt.tz_localize(None)
        return [None if pd.isna(date) else _plain(date) for date in dates]
    return [None if pd.isna(text) else str(text) for text in column]


def _plain(date: pd.Timestamp) -> datetime:
    return datetime(date.year, date.month, date.day, date.hour, date.minute, date.second, date.microsecond)


def _number(value: Any) -> float | None:
    if value is None:
        return None
    if not isinstance(value, (int, float)):
        raise TypeError(f"{type(value).__name__} where a number was declared")
    number = float(value)
    return number if math.isfinite(number) else None


def _word(value: Any) -> str | None:
    if value is None or value == "":
        return None
    if not isinstance(value, (str, int, float)):
        raise TypeError(f"{type(value).__name__} where a category was declared")
    return str(value)[:LONGEST_WORD]


def _refused(problem: str) -> RunError:
    return RunError(
        "execution",
        "function_refused",
        cut(f"A feature function is not allowed: {problem}", 1900),
        "Plan without this function, or write it as the message says.",
    )


def _failed(name: str, why: str) -> RunError:
    return RunError(
        "execution",
        "function_failed",
        f"The feature function {name} gives a value in no row: {why}",
        "Plan without this function; test for missing values (None) in it before calculating.",
    )


def _too_slow(name: str, done: int, rows: int) -> RunError:
    return RunError(
        "execution",
        "function_too_slow",
        f"The feature functions take longer than {MOST_SECONDS} seconds: {name} came to row {done} of {rows}.",
        "Plan without this function, or with a simpler one.",
    )
