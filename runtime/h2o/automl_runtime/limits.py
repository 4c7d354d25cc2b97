"""What bounds a training: as planned or, since the user has changed it, as a file in the output folder says."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from automl_runtime.files import read_json

# LIMITS_FILE of src/contracts/execution.ts.
LIMITS_FILE = "limits.json"


@dataclass(frozen=True)
class Limits:
    """At most so many base models, and so many seconds for the whole training; null: not bounded so."""

    max_models: int | None
    max_runtime_secs: int | None

    def as_dict(self) -> dict[str, int | None]:
        """The JSON form of the contract."""
        return asdict(self)

    def __str__(self) -> str:
        models = None if self.max_models is None else f"{self.max_models} models"
        seconds = None if self.max_runtime_secs is None else f"{self.max_runtime_secs} seconds"
        return " and ".join(part for part in (models, seconds) if part) or "no limit"


def current_limits(output: Path, planned: Limits) -> Limits:
    """The limits that hold now. What can't be used is passed over: a training must not end by a broken file."""
    try:
        raw = read_json(output / LIMITS_FILE)
        limits = Limits(_bound(raw["max_models"]), _bound(raw["max_runtime_secs"]))
    except (OSError, ValueError, KeyError, TypeError):
        return planned
    # Without any bound the schedule has no end.
    return planned if limits == Limits(None, None) else limits


def _bound(value: Any) -> int | None:
    """:raises ValueError: for what is no whole number from 1 up."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError(f"{value!r} is no limit")
    return value
