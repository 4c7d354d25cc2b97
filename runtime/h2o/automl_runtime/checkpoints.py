"""Finished models on disk, so that a killed training goes on: a manifest is renamed into place after each."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from automl_runtime.files import read_json, write_json

CHECKPOINTS = "checkpoints"


@dataclass(frozen=True)
class Saved:
    """One finished step: the model's file and its size in bytes (null and 0 where it gave no model), and its cost."""

    step: str
    file: str | None
    algorithm: str
    train_seconds: float
    reason: str | None = None
    size: int = 0


class Checkpoints:
    """The steps of one training. Another data set, plan or version (the fingerprint) starts afresh."""

    def __init__(self, folder: Path, fingerprint: str) -> None:
        self.folder = folder
        self._fingerprint = fingerprint
        self._manifest = folder / "manifest.json"
        self._steps: dict[str, Saved] = {}
        # What the stage had taken when the last step was finished, over all incarnations.
        self.seconds = 0.0
        folder.mkdir(parents=True, exist_ok=True)
        try:
            raw: dict[str, Any] = read_json(self._manifest)
            if raw["fingerprint"] == fingerprint:
                self._steps = {step["step"]: Saved(**step) for step in raw["steps"]}
                self.seconds = float(raw["seconds"])
        except (OSError, ValueError, KeyError, TypeError):
            # No manifest, or one that a crash of the machine spoilt: the models are trained again.
            self._steps = {}

    def find(self, step: str) -> Saved | None:
        """A finished step whose file is still there, whole."""
        saved = self._steps.get(step)
        if saved is None or (saved.file is not None and _size(self.folder / saved.file) != saved.size):
            return None
        return saved

    def record(self, saved: Saved, seconds: float) -> Saved:
        """Note a finished step, atomically; its model's file is complete by now, and is on the disk before the note.

        :param seconds: what the stage has taken so far, over all incarnations
        """
        self.seconds = seconds
        if saved.file is not None:
            path = self.folder / saved.file
            _sync(path)
            saved = replace(saved, size=path.stat().st_size)
        self._steps[saved.step] = saved
        write_json(
            self._manifest,
            {
                "fingerprint": self._fingerprint,
                "seconds": seconds,
                "steps": [asdict(step) for step in self._steps.values()],
            },
        )
        return saved


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else -1


def _sync(path: Path) -> None:
    with path.open("rb") as handle:
        os.fsync(handle.fileno())
