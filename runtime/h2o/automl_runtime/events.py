"""JSON-line events on stdout: what the engine follows while a run works (src/contracts/execution.ts)."""

from __future__ import annotations

import json
import math
import os
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, TextIO

from automl_runtime.failures import Failure, cut

Level = Literal["DEBUG", "INFO", "WARNING", "ERROR"]


def finite(value: float | None) -> float | None:
    """JSON has no NaN and no infinity: both become null."""
    return None if value is None or not math.isfinite(value) else float(value)


@dataclass(frozen=True)
class LeaderboardRow:
    """One candidate: `score` is the cross-validated value of the plan's metric, from training rows only."""

    model_id: str
    algorithm: str
    metric: str
    score: float | None
    train_seconds: float | None

    def as_dict(self) -> dict[str, Any]:
        """The JSON form of the contract."""
        return {
            "model_id": self.model_id,
            "algorithm": self.algorithm,
            "metric": self.metric,
            "score": finite(self.score),
            "train_seconds": finite(self.train_seconds),
        }


class Events:
    """Writes events; progress never goes back, and a line is written whole even from several threads."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
        self._lock = threading.Lock()
        self.progress = 0.0
        # The part of the whole that this run may report, from and to.
        self.within = (0.0, 1.0)
        self.warnings: list[str] = []

    def stage(self, stage: str, message: str, progress: float) -> None:
        """A new stage of the run; `progress` is the share of the whole execution that is done, 0-1."""
        self._emit("stage", stage=stage[:40], message=cut(message, 500), progress=self._advance(progress))

    def model(self, row: LeaderboardRow, trained: int, planned: int | None, progress: float) -> None:
        """A trained model, as soon as it exists."""
        self._emit("model", **row.as_dict(), trained=trained, planned=planned, progress=self._advance(progress))

    def leaderboard(self, rows: Sequence[LeaderboardRow]) -> None:
        """The leaderboard so far, best first, at most 100 rows."""
        self._emit("leaderboard", rows=[row.as_dict() for row in rows[:100]])

    def log(self, level: Level, message: str) -> None:
        """A line for the job's log."""
        self._emit("log", level=level, message=cut(message, 4000))

    def info(self, message: str) -> None:
        """An ordinary log line."""
        self.log("INFO", message)

    def warn(self, message: str) -> None:
        """A warning: logged now, and repeated once in the result."""
        if message not in self.warnings:
            self.warnings.append(message)
            self.log("WARNING", message)

    def failure(self, failure: Failure) -> None:
        """Why the run ends without success."""
        self._emit("failure", **failure.as_dict())

    def _advance(self, progress: float) -> float:
        low, high = self.within
        self.progress = round(max(self.progress, low, min(high, progress)), 4)
        return self.progress

    def _emit(self, event: str, **fields: Any) -> None:
        body: Mapping[str, Any] = {"event": event, "time": now(), **fields}
        with self._lock:
            self._stream.write(json.dumps(body, ensure_ascii=False, allow_nan=False) + "\n")
            self._stream.flush()


def now() -> str:
    """The time in ISO 8601, UTC, milliseconds."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
