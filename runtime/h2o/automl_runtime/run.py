"""The context of one run: config in, events out, `result.json` as the last thing that happens."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import FrameType
from typing import Any, Literal

from automl_runtime.checkpoints import CHECKPOINTS
from automl_runtime.cluster import LONG_TRAINING_SECONDS, SMALL_DATA_BYTES, H2OCluster
from automl_runtime.events import Events, LeaderboardRow, finite
from automl_runtime.failures import Failure, RunError, classify, cut
from automl_runtime.files import read_json, sha256_of, write_json
from automl_runtime.limits import Limits

CONTRACT = 1
# Where src/engines/extras.ts puts packages that are no part of the runtime.
EXTRAS = "extras"
# PAUSED_EXIT_CODE and PAUSE_REQUEST_FILE of src/contracts/execution.ts.
PAUSED_EXIT_CODE = 75
PAUSE_REQUEST_FILE = "pause.request"
ArtifactKind = Literal["model", "predictions", "plot", "other"]
# What a training leaves from one stage to the next; in the output folder of the stage that makes it.
TRAINING_ROWS, SPLIT, SEALED_ROWS, CANDIDATE = "training.csv", "split.json", "sealed_rows.json", "candidate.zip"
Stage = Literal["seal", "train", "evaluate"]
# The part of a training's progress that is each stage's.
_PROGRESS: dict[Stage | None, tuple[float, float]] = {
    "seal": (0.0, 0.05),
    "train": (0.05, 0.85),
    "evaluate": (0.85, 1.0),
    None: (0.0, 1.0),
}


@dataclass(frozen=True)
class Config:
    """`config.json` (RunConfig in src/contracts/execution.ts), paths made absolute."""

    job_id: str
    job_name: str
    phase: str
    attempt: int
    dataset: Path
    dataset_sha256: str
    column_types: dict[str, str]
    plan: dict[str, Any]
    output: Path
    model: Path | None
    predictions: Path | None
    threads: int
    # Of a training only; null where one script does all stages, each finding what the last one left in `output`.
    stage: Stage | None = None
    split: Path | None = None
    sealed: Path | None = None
    candidate: Path | None = None

    @staticmethod
    def read(path: Path) -> Config:
        """:raises RunError: system/config_invalid where the file is missing, broken or of another version."""
        try:
            raw = read_json(path)
            if raw["schema_version"] != CONTRACT:
                raise ValueError(f"schema_version {raw['schema_version']} is not {CONTRACT}")
            at = path.parent.resolve()
            dataset = raw["dataset"]
            return Config(
                job_id=raw["job_id"],
                job_name=raw["job_name"],
                phase=raw["phase"],
                attempt=raw["attempt"],
                dataset=at / dataset["path"],
                dataset_sha256=dataset["sha256"],
                column_types={column["name"]: column["type"] for column in dataset["columns"]},
                plan=raw["plan"],
                output=at / raw["output"],
                model=at / raw["model"] if raw["model"] else None,
                predictions=at / raw["predictions"] if raw["predictions"] else None,
                threads=raw["threads"],
                stage=_stage(raw.get("stage")),
                split=at / raw["split"] if raw.get("split") else None,
                sealed=at / raw["sealed"] if raw.get("sealed") else None,
                candidate=at / raw["candidate"] if raw.get("candidate") else None,
            )
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise RunError(
                "system",
                "config_invalid",
                f"config.json beside the script can't be used: {error!r}",
                "Run the script in the folder that the system prepared for it.",
            ) from error


@dataclass
class Outcome:
    """What a phase has found out so far; becomes `result.json`."""

    metrics: dict[str, float | None] = field(default_factory=dict)
    baseline: tuple[str, dict[str, float | None]] | None = None
    metric: str | None = None
    skill: float | None = None
    leaderboard: list[LeaderboardRow] = field(default_factory=list)
    best_model: tuple[str, str] | None = None
    rows: dict[str, int] = field(default_factory=dict)
    # What bounded a training in the end.
    limits: Limits | None = None
    backtest: list[dict[str, Any]] = field(default_factory=list)
    # Nominal level -> measured coverage, by where it was measured.
    intervals: dict[int, dict[str, float | None]] = field(default_factory=dict)
    # What the model listens to and how far its score can be trusted; of a bounded size.
    insight: dict[str, Any] | None = None
    artifacts: list[tuple[ArtifactKind, str]] = field(default_factory=list)


class Clock:
    """Seconds of work: of this stage, and of the whole training up to now."""

    def __init__(self) -> None:
        self._since = time.monotonic()
        # Of the stage that trained, and of this one's incarnations that were killed.
        self.earlier = self.killed = 0.0

    @property
    def stage(self) -> float:
        """Of this stage, over all its incarnations."""
        return self.killed + time.monotonic() - self._since

    @property
    def training(self) -> float:
        """Of all stages up to now but sealing, whose time would tell of the sealed rows (see timebox.py)."""
        return self.earlier + self.stage


class Run:
    """What a script holds while it works: its config, its events and its outcome."""

    def __init__(self, config: Config, events: Events, scratch: Path) -> None:
        self.config = config
        self.events = events
        self.scratch = scratch
        self.outcome = Outcome()
        self.timings: dict[str, float] = {}
        self.clock = Clock()
        # At which of the training's seconds nothing is explained any more; null: there is no such hurry.
        self.explain_until: float | None = None
        self._cluster: H2OCluster | None = None
        self._stage: tuple[str, float] | None = None

    def stage(self, name: str, message: str, progress: float) -> None:
        """Enter a stage: told as an event, timed in the result."""
        self._close_stage()
        self._stage = (name, time.monotonic())
        self.events.stage(name, message, progress)

    def start_h2o(self, *, heap_mb: int) -> None:
        """Start this run's own H2O in the background; it is awaited where it is first used."""
        self.events.stage("start", "Starting H2O", 0.01)
        small = self.config.dataset.is_file() and self.config.dataset.stat().st_size < SMALL_DATA_BYTES
        hasty = small and (self.config.plan.get("max_runtime_secs") or 0) < LONG_TRAINING_SECONDS
        self._cluster = H2OCluster(self.scratch, heap_mb, self.config.threads, self.events, hasty=hasty)

    @property
    def h2o(self) -> H2OCluster:
        """The run's own H2O, ready for use. :raises RunError: where it was not started or does not come up."""
        if self._cluster is None:
            raise RunError(
                "execution",
                "h2o_not_started",
                "The script trains without having started H2O.",
                "Call run.start_h2o() first.",
            )
        self._cluster.wait_until_ready()
        return self._cluster

    @property
    def model_path(self) -> Path:
        """The model archive of this run. :raises RunError: where the phase has none."""
        if self.config.model is None:
            raise RunError(
                "system", "config_invalid", "config.json names no model.", "Run the training phase of the job first."
            )
        return self.config.model

    def publish(self, kind: ArtifactKind, source: Path, name: str) -> None:
        """Move a finished file into the output folder under its final name, atomically."""
        staged = self.staged(name)
        if source != staged:
            shutil.copyfile(source, staged)
        staged.replace(self.config.output / name)
        self.outcome.artifacts.append((kind, name))

    def staged(self, name: str) -> Path:
        """Where a file of the output is while it is written; the scratch folder is memory, and none for large ones."""
        return self.config.output / f".{name}.tmp"

    def pass_on(self, source: Path, name: str) -> None:
        """Leave a file for the next stage; where one script does all of them, it is nobody else's business."""
        self.publish("other", source, name)
        if self.config.stage is None:
            self.outcome.artifacts.pop()

    @property
    def training_path(self) -> Path:
        """The rows that may be trained on: all that is there for the stage that trains."""
        return self.config.dataset if self.config.stage == "train" else self.config.output / TRAINING_ROWS

    @property
    def split_path(self) -> Path:
        """What sealing says of itself."""
        return self.config.split or self.config.output / SPLIT

    @property
    def sealed_path(self) -> Path:
        """The numbers of the sealed rows."""
        return self.config.sealed or self.config.output / SEALED_ROWS

    @property
    def candidate_path(self) -> Path:
        """What training has found, to be judged and refitted."""
        return self.config.candidate or self.config.output / CANDIDATE

    def death(self) -> Failure | None:
        """Why this run's H2O has ended by itself; null while it lives, and where there is none."""
        return None if self._cluster is None else self._cluster.death()

    @property
    def has_h2o(self) -> bool:
        """Whether this run has started an H2O."""
        return self._cluster is not None

    def disarm(self) -> None:
        """The script's own part is over: H2O's end is no error any more."""
        if self._cluster is not None:
            self._cluster.disarm()

    def leave_if_paused(self) -> None:
        """End the run without a result where the output folder holds the request: a later incarnation goes on.

        :raises SystemExit: with PAUSED_EXIT_CODE.
        """
        if os.path.lexists(self.config.output / PAUSE_REQUEST_FILE):
            self.events.info("Paused between two models, as asked; what is trained is kept.")
            raise SystemExit(PAUSED_EXIT_CODE)

    def close(self) -> None:
        """Shut this run's H2O down."""
        self._close_stage()
        if self._cluster is not None:
            self._cluster.stop()

    def explain(self, error: BaseException) -> Failure:
        """Classify an exception; when the JVM is gone, its end is the reason, whatever the client complained of."""
        if not isinstance(error, RunError):
            death = self.death()
            if death is not None:
                return death
        return classify(error)

    def write_result(self, failure: Failure | None) -> None:
        """Write `result.json` by rename: its presence means that the run is over."""
        outcome = self.outcome
        artifacts = [] if failure else [self._describe(kind, name) for kind, name in outcome.artifacts]
        write_json(
            self.config.output / "result.json",
            {
                "schema_version": CONTRACT,
                "phase": self.config.phase,
                "stage": self.config.stage,
                "status": "failed" if failure else "succeeded",
                "failure": failure.as_dict() if failure else None,
                "task": self.config.plan["task"],
                "metrics": _finite(outcome.metrics),
                "baseline": outcome.baseline and {"name": outcome.baseline[0], "metrics": _finite(outcome.baseline[1])},
                "metric": outcome.metric,
                "skill": finite(outcome.skill),
                "leaderboard": [row.as_dict() for row in outcome.leaderboard[:100]],
                "best_model": outcome.best_model
                and {"model_id": outcome.best_model[0], "algorithm": outcome.best_model[1]},
                "rows": outcome.rows,
                "limits": outcome.limits and outcome.limits.as_dict(),
                "backtest": outcome.backtest[:5000],
                "intervals": [{"level": level, **_finite(found)} for level, found in outcome.intervals.items()],
                "insight": outcome.insight,
                "artifacts": artifacts,
                "warnings": [cut(warning, 2000) for warning in self.events.warnings],
                "timings": {stage: round(seconds, 3) for stage, seconds in self.timings.items()},
                "versions": versions(),
            },
        )

    def _close_stage(self) -> None:
        if self._stage is not None:
            name, since = self._stage
            self.timings[name] = self.timings.get(name, 0.0) + time.monotonic() - since
            self._stage = None

    def _describe(self, kind: ArtifactKind, name: str) -> dict[str, Any]:
        path = self.config.output / name
        return {"kind": kind, "path": name, "bytes": path.stat().st_size, "sha256": sha256_of(path)}


def versions() -> dict[str, str]:
    """The versions of what decides a result."""
    found = {"python": ".".join(map(str, sys.version_info[:3])), "runtime_contract": str(CONTRACT)}
    for package in ("h2o", "numpy", "pandas", "matplotlib", "statsforecast"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def _stage(name: Any) -> Stage | None:
    if name not in ("seal", "train", "evaluate", None):
        raise ValueError(f"stage {name!r}")
    stage: Stage | None = name
    return stage


def _finite(values: dict[str, float | None]) -> dict[str, float | None]:
    return {name: finite(value) for name, value in values.items()}


def _terminate(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit(143)


@contextmanager
def open_run(script: str) -> Iterator[Run]:
    """Open the run of the script whose `__file__` is given.

    On success and on failure `result.json` is renamed into place as the last thing, and on failure the process exits
    with 1. A termination from outside (SIGTERM) writes no result: whoever stopped the run decides what it means, and
    a later incarnation goes on from the checkpoints.
    """
    events = Events()
    signal.signal(signal.SIGTERM, _terminate)
    # Packages that the plan has asked for, two folders up beside the data set.
    workspace = Path(script).resolve().parent / ".." / ".."
    sys.path += [str(folder) for folder in sorted(workspace.glob(f"{EXTRAS}/*"))]
    started = time.monotonic()
    try:
        config = Config.read(Path(script).resolve().parent / "config.json")
        config.output.mkdir(parents=True, exist_ok=True)
        (config.output / "result.json").unlink(missing_ok=True)
    except Exception as error:
        events.failure(classify(error))
        traceback.print_exc()
        sys.exit(1)
    events.within = _PROGRESS[config.stage]
    scratch = Path(tempfile.mkdtemp(prefix="automl-"))
    run = Run(config, events, scratch)
    failure: Failure | None = None
    try:
        try:
            yield run
        finally:
            run.disarm()
    except Exception as error:
        failure = run.explain(error)
        traceback.print_exc()
        events.failure(failure)
    finally:
        run.close()
        shutil.rmtree(scratch, ignore_errors=True)
    run.timings["total"] = time.monotonic() - started
    if failure is None:
        events.stage("done", "Finished", 1.0)
    run.write_result(failure)
    if failure is None:
        # Only now: a kill any earlier must find them.
        shutil.rmtree(config.output / CHECKPOINTS, ignore_errors=True)
    sys.stdout.flush()
    if failure is not None:
        sys.stderr.flush()
        os._exit(1)
