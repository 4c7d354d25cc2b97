"""Folders as the system prepares them: a script, its config.json and the data set, run as a process of their own."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

HERE = Path(__file__).resolve().parent
PACKAGE = HERE.parent
REPOSITORY = PACKAGE.parent.parent
FIXTURES = PACKAGE / "fixtures"
GOLDEN = REPOSITORY / "src" / "agents" / "scripts" / "golden"
EXAMPLES = REPOSITORY / "examples"
RUN_LIMIT_SECONDS = 400


@dataclass
class Finished:
    """A script that has ended."""

    code: int
    events: list[dict[str, Any]]
    result: dict[str, Any] | None
    output: Path
    stderr: str

    def of(self, event: str) -> list[dict[str, Any]]:
        return [one for one in self.events if one["event"] == event]


@dataclass
class Job:
    """A job's workspace: a data set, and a folder for each phase."""

    root: Path
    csv: bytes
    columns: list[dict[str, str]]

    def folder(self, phase: str) -> Path:
        return self.root / "attempts" / f"{phase}-1"

    def prepare(self, phase: str, script: str, plan: dict[str, Any]) -> Path:
        (self.root / "dataset.csv").write_bytes(self.csv)
        folder = self.folder(phase)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "script.py").write_text(script, "utf-8")
        config = {
            "schema_version": 1,
            "job_id": "job",
            "job_name": "Job",
            "phase": phase,
            "attempt": 1,
            "dataset": {
                "path": "../../dataset.csv",
                "sha256": hashlib.sha256(self.csv).hexdigest(),
                "rows": self.csv.count(b"\n") - 1,
                "columns": self.columns,
            },
            "plan": plan,
            "output": "out",
            "model": None if phase == "training" else "../training-1/out/model.zip",
            "predictions": "../prediction-1/out/predictions.csv" if phase == "visualization" else None,
            "threads": 2,
        }
        (folder / "config.json").write_text(json.dumps(config), "utf-8")
        return folder / "script.py"

    def start(self, script: Path, **environment: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, str(script)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            # As in a container, where the plan's own feature functions may run.
            env={**os.environ, "PYTHONPATH": str(PACKAGE), "AUTOML_ISOLATED": "1", **environment},
            cwd="/",
        )

    def run(self, phase: str, script: str, plan: dict[str, Any], **environment: str) -> Finished:
        process = self.start(self.prepare(phase, script, plan), **environment)
        stdout, stderr = process.communicate(timeout=RUN_LIMIT_SECONDS)
        return self.finished(phase, process.returncode, stdout, stderr)

    def finished(self, phase: str, code: int, stdout: str, stderr: str) -> Finished:
        output = self.folder(phase) / "out"
        result = output / "result.json"
        return Finished(
            code,
            [json.loads(line) for line in stdout.splitlines()],
            json.loads(result.read_text("utf-8")) if result.exists() else None,
            output,
            stderr,
        )

    def golden(self, phase: str, kind: str) -> Finished:
        """Run the golden script of a phase with the plan it was rendered from."""
        plan = json.loads((FIXTURES / f"config-{phase}-{kind}.json").read_text("utf-8"))["plan"]
        return self.run(phase, (GOLDEN / f"{phase}_{kind}.py").read_text("utf-8"), plan)


def job_of(root: Path, frame: pd.DataFrame, types: dict[str, str]) -> Job:
    """A job on a table made in a test."""
    columns = [{"name": str(name), "type": types.get(str(name), "real")} for name in frame.columns]
    return Job(root, frame.to_csv(index=False).encode(), columns)


def example_job(root: Path, kind: str) -> Job:
    """A job on the bundled data that the golden scripts were rendered for."""
    csv = EXAMPLES / {"forecast": "bike_sharing_daily.csv", "table": "breast_cancer.csv"}[kind]
    columns = json.loads((FIXTURES / f"config-training-{kind}.json").read_text("utf-8"))["dataset"]["columns"]
    return Job(root, csv.read_bytes(), columns)


@pytest.fixture
def fixture_json() -> Any:
    """Reads a JSON fixture by name."""
    return lambda name: json.loads((FIXTURES / name).read_text("utf-8"))
