"""Folders as the system prepares them: a script, its config.json and the data set, run as a process of their own."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from textwrap import dedent, indent
from typing import Any

import pandas as pd
import pytest
from hypothesis import settings

# A busy machine must not fail what a quiet one passes.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

HERE = Path(__file__).resolve().parent
PACKAGE = HERE.parent
REPOSITORY = PACKAGE.parent.parent
FIXTURES = PACKAGE / "fixtures"
GOLDEN = REPOSITORY / "src" / "agents" / "scripts" / "golden"
EXAMPLES = REPOSITORY / "examples"
RUN_LIMIT_SECONDS = 400
# The stages of a training in order, and of each: its folder, its script, and what it is given besides the plan.
STAGES = ("seal", "train", "evaluate")
FOLDERS = {"seal": "training-1-seal", "train": "training-1", "evaluate": "training-1-evaluate"}
SCRIPTS = {"seal": "seal_script.py", "train": "training_script.py", "evaluate": "evaluation_script.py"}
GOLDEN_NAMES = {"seal": "seal", "train": "training", "evaluate": "evaluate"}


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
    """A job's workspace: a data set, and a folder for each phase; a training has one for each of its stages."""

    root: Path
    csv: bytes
    columns: list[dict[str, str]]

    def folder(self, phase: str) -> Path:
        return self.root / "attempts" / f"{phase}-1"

    def prepare(self, phase: str, script: str, plan: dict[str, Any]) -> Path:
        (self.root / "dataset.csv").write_bytes(self.csv)
        staged = self.output("evaluate") / "model.zip"
        model = staged if staged.exists() else self.folder("training") / "out" / "model.zip"
        folder = self.folder(phase)
        given = {
            "model": None if phase == "training" else os.path.relpath(model, folder),
            "predictions": "../prediction-1/out/predictions.csv" if phase == "visualization" else None,
        }
        return self._write(folder, "script.py", script, {"phase": phase, "plan": plan, **given})

    def output(self, stage: str) -> Path:
        """Where a stage of the training writes."""
        return self._mounted(stage) / "attempts" / FOLDERS[stage] / "out"

    def prepare_stage(self, stage: str, script: str, plan: dict[str, Any]) -> Path:
        """Lay out what the system mounts for a stage, and nothing else: each has a root of its own, as a container."""
        root, sealed = self._mounted(stage), self.output("seal")
        inputs = {"dataset.csv": self.root / "dataset.csv"}
        if stage == "train":
            inputs = {"dataset.csv": sealed / "training.csv", "split.json": sealed / "split.json"}
        if stage == "evaluate":
            inputs |= {name: sealed / name for name in ("split.json", "sealed_rows.json")}
            inputs["candidate.zip"] = self.output("train") / "candidate.zip"
        root.mkdir(parents=True, exist_ok=True)
        (self.root / "dataset.csv").write_bytes(self.csv)
        for name, source in inputs.items():
            (root / name).unlink(missing_ok=True)
            shutil.copyfile(source, root / name)
        given = {
            name: f"../../{file}" if file in inputs else None
            for name, file in (("split", "split.json"), ("sealed", "sealed_rows.json"), ("candidate", "candidate.zip"))
        }
        changes = {"phase": "training", "plan": plan, "stage": stage, **given}
        return self._write(root / "attempts" / FOLDERS[stage], SCRIPTS[stage], script, changes)

    def train(self, scripts: Mapping[str, str], plan: dict[str, Any], **environment: str) -> Finished:
        """Run the stages one after another, until one fails: the last one's end, with the events of all."""
        events: list[dict[str, Any]] = []
        for stage in STAGES:
            process = self.start(self.prepare_stage(stage, scripts[stage], plan), **environment)
            stdout, stderr = process.communicate(timeout=RUN_LIMIT_SECONDS)
            finished = self.finished_stage(stage, process.returncode, stdout, stderr)
            events += finished.events
            if finished.code != 0:
                break
        return replace(finished, events=events)

    def finished_stage(self, stage: str, code: int, stdout: str, stderr: str) -> Finished:
        return _finished(self.output(stage), code, stdout, stderr)

    def _mounted(self, stage: str) -> Path:
        return self.root / "mounts" / stage

    def _write(self, folder: Path, name: str, script: str, changes: dict[str, Any]) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(script, "utf-8")
        dataset = folder.parent.parent / "dataset.csv"
        config = {
            "schema_version": 1,
            "job_id": "job",
            "job_name": "Job",
            "attempt": 1,
            "dataset": {
                "path": "../../dataset.csv",
                "sha256": hashlib.sha256(dataset.read_bytes()).hexdigest(),
                "rows": self.csv.count(b"\n") - 1,
                "columns": self.columns,
            },
            "output": "out",
            "model": None,
            "predictions": None,
            "threads": 2,
            **dict.fromkeys(("stage", "split", "sealed", "candidate")),
            **changes,
        }
        (folder / "config.json").write_text(json.dumps(config), "utf-8")
        return folder / name

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
        return _finished(self.folder(phase) / "out", code, stdout, stderr)

    def golden(self, phase: str, kind: str) -> Finished:
        """Run the golden script or scripts of a phase with the plan they were rendered from."""
        if phase == "training":
            return self.train(golden_scripts(kind), golden_plan(phase, kind))
        return self.run(phase, (GOLDEN / f"{phase}_{kind}.py").read_text("utf-8"), golden_plan(phase, kind))


def golden_plan(phase: str, kind: str) -> dict[str, Any]:
    """The plan that a phase's golden scripts were rendered from."""
    plan: dict[str, Any] = json.loads((FIXTURES / f"config-{phase}-{kind}.json").read_text("utf-8"))["plan"]
    return plan


def golden_scripts(kind: str) -> dict[str, str]:
    """The golden scripts of a training's stages."""
    return {stage: (GOLDEN / f"{name}_{kind}.py").read_text("utf-8") for stage, name in GOLDEN_NAMES.items()}


def scripts_of(**bodies: str) -> dict[str, str]:
    """A script for each stage, from the steps inside its run."""
    head = "from automl_runtime import *\n\nwith open_run(__file__) as run:\n"
    return {stage: head + indent(dedent(body), "    ") for stage, body in bodies.items()}


def one_script(**bodies: str) -> str:
    """The stages one after another in one script, as a trial runs them."""
    return scripts_of(all="\n".join(dedent(bodies[stage]) for stage in STAGES))["all"]


def _finished(output: Path, code: int, stdout: str, stderr: str) -> Finished:
    result = output / "result.json"
    return Finished(
        code,
        [json.loads(line) for line in stdout.splitlines()],
        json.loads(result.read_text("utf-8")) if result.exists() else None,
        output,
        stderr,
    )


def job_of(root: Path, frame: pd.DataFrame, types: dict[str, str]) -> Job:
    """A job on a table made in a test."""
    columns = [{"name": str(name), "type": types.get(str(name), "real")} for name in frame.columns]
    return Job(root, frame.to_csv(index=False).encode(), columns)


def example_job(root: Path, kind: str) -> Job:
    """A job on the bundled data that the golden scripts were rendered for."""
    csv = EXAMPLES / {"forecast": "bike_sharing_daily.csv", "table": "breast_cancer.csv"}[kind]
    columns = json.loads((FIXTURES / f"config-training-{kind}.json").read_text("utf-8"))["dataset"]["columns"]
    return Job(root, csv.read_bytes(), columns)


def train_by_command(folder: Path, config: Any, **more: str) -> subprocess.CompletedProcess[str]:
    """`python -m automl_runtime train` in a folder, as a person runs it."""
    (folder / "config.json").write_text(config if isinstance(config, str) else json.dumps(config))
    command = [sys.executable, "-m", "automl_runtime", "train", "config.json"]
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE), **more}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=RUN_LIMIT_SECONDS, check=False
    )


@pytest.fixture
def fixture_json() -> Any:
    """Reads a JSON fixture by name."""
    return lambda name: json.loads((FIXTURES / name).read_text("utf-8"))
