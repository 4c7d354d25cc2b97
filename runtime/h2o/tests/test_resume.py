"""One training killed at every step in turn: it goes on from where it was, and ends as if nothing had happened."""

from __future__ import annotations

import json
import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
import pytest

from .conftest import Finished, Job, job_of, scripts_of
from .scripts import regression, sales
from .test_h2o import PANEL_FORECAST, PREDICTION, java_of, sales_job, succeeded

pytestmark = pytest.mark.h2o

# The last moment before the result: the archive is there, and the checkpoints must still be.
AT_THE_END = "\n    import time\n\n    run.events.info('Archived.')\n    time.sleep(600)\n"


@dataclass(frozen=True)
class Kill:
    """When the line of this text appears, who is killed, and how many slices are finished by then at least."""

    at: str
    victim: Literal["script", "java"]
    finished: int


Kills = dict[str, tuple[Kill, ...]]
# Two base models; each refitted.
STACK_KILLS: Kills = {
    "train": (
        Kill('"stage": "ensemble"', "java", 2),
        Kill("Archived.", "script", 2),
    ),
    "evaluate": (
        Kill("GLM_1 is refitted on all rows", "java", 1),
        Kill("Archived.", "script", 2),
    ),
}
SERIES_KILLS: Kills = {
    "train": (Kill('"model_id": "GLM_1"', "script", 1),),
    "evaluate": (Kill("is refitted on all rows", "java", 1),),
}


def manifest(output: Path) -> dict[str, Any]:
    """The finished slices, those of a refit and of the learning curve too: name of the model's file -> when written."""
    return {
        step["file"]: (file.parent / step["file"]).stat().st_mtime_ns
        for file in sorted((output / "checkpoints").rglob("manifest.json"))
        for step in json.loads(file.read_text())["steps"]
    }


def loaded(events: list[dict[str, Any]]) -> list[str]:
    tail = " is loaded from its checkpoint."
    messages = [event["message"] for event in events if event["event"] == "log"]
    return [message.removesuffix(tail) for message in messages if message.endswith(tail)]


def killed_run(job: Job, script: Path, kill: Kill, scratch: Path) -> list[dict[str, Any]]:
    """Run the script until the moment, kill, and return the events up to then."""
    process = job.start(script, TMPDIR=str(scratch))
    assert process.stdout is not None
    events = []
    for line in process.stdout:
        events.append(json.loads(line))
        if kill.at in line:
            break
    else:
        pytest.fail(f"never came to {kill.at}: {process.communicate()[1][-3000:]}")
    if kill.victim == "script":
        process.send_signal(signal.SIGKILL)
    else:
        (java,) = java_of(scratch)
        os.kill(java, signal.SIGKILL)
    process.communicate(timeout=120)
    assert process.returncode == (-signal.SIGKILL if kill.victim == "script" else 1)
    # The kernel takes the JVM along with its script, though on a busy machine not in the same moment.
    deadline = time.monotonic() + 60
    while java_of(scratch) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not java_of(scratch)
    return events


class Case:
    """A job with its training scripts, plan and prediction."""

    def __init__(self, kind: str, root: Path) -> None:
        root.mkdir()
        if kind == "forecast":
            self.job = sales_job(root)
            self.scripts, self.plan = scripts_of(**sales()), {"task": "forecasting"}
            self.prediction = PANEL_FORECAST.format(horizon=6)
        else:
            self.job = job_of(root, half_linear_table(), {})
            self.scripts = scripts_of(**regression("y", ["a", "b", "c"]))
            self.plan, self.prediction = {"task": "regression"}, PREDICTION.format(target="y")

    def predict(self) -> bytes:
        """The bytes of predictions.csv."""
        finished = self.job.run("prediction", self.prediction, self.plan)
        succeeded(finished)
        return (finished.output / "predictions.csv").read_bytes()

    def killed(self, stage: str, kills: tuple[Kill, ...], scratch: Path) -> Finished:
        """Kill a stage at every moment in turn, each time checking that nothing is done twice; then let it end."""
        script = self.job.prepare_stage(stage, self.scripts[stage] + AT_THE_END, self.plan)
        output = self.job.output(stage)
        before: dict[str, Any] = {}
        for kill in kills:
            events = killed_run(self.job, script, kill, scratch)
            assert set(loaded(events)) <= set(before)
            now = manifest(output)
            # What was finished before this run was not touched by it, so it was not trained again.
            assert {name: now[name] for name in before} == before
            assert len(now) >= kill.finished, (kill, now)
            before = now
        process = self.job.start(self.job.prepare_stage(stage, self.scripts[stage], self.plan))
        stdout, stderr = process.communicate(timeout=400)
        last = self.job.finished_stage(stage, process.returncode, stdout, stderr)
        succeeded(last)
        assert set(loaded(last.events)) == set(before)
        assert not (output / "checkpoints").exists()
        return last


def half_linear_table() -> pd.DataFrame:
    """Half linear, half for trees: an ensemble of both is the best. The last 30 rows are to be predicted."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(size=(630, 3)), columns=["a", "b", "c"])
    frame["y"] = 3 * frame["a"] + 4 * ((frame["b"] > 0) & (frame["c"] > 0)) + rng.normal(scale=0.3, size=630)
    frame.loc[600:, "y"] = np.nan
    return frame


@pytest.mark.parametrize(("kind", "kills"), [("stack", STACK_KILLS), ("forecast", SERIES_KILLS)])
def test_killed_at_every_step_it_ends_as_if_undisturbed(kind: str, kills: Kills, tmp_path: Path) -> None:
    undisturbed, case = Case(kind, tmp_path / "calm"), Case(kind, tmp_path / "killed")
    calm = succeeded(undisturbed.job.train(undisturbed.scripts, undisturbed.plan))
    assert calm["best_model"]["model_id"] in ("StackedEnsemble", "Ensemble")

    scratch = tmp_path / "scratch"
    scratch.mkdir()
    sealing = case.job.start(case.job.prepare_stage("seal", case.scripts["seal"], case.plan))
    assert sealing.wait(timeout=120) == 0
    case.killed("train", kills["train"], scratch)
    result = succeeded(case.killed("evaluate", kills["evaluate"], scratch))
    assert (result["metrics"], result["baseline"]) == (calm["metrics"], calm["baseline"])
    assert result["backtest"] == calm["backtest"]
    scores = [[(row["model_id"], row["score"]) for row in one["leaderboard"]] for one in (result, calm)]
    assert scores[0] == scores[1]
    assert case.predict() == undisturbed.predict()
