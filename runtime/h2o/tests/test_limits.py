"""Limits that change while a training runs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from automl_runtime.files import write_json
from automl_runtime.limits import LIMITS_FILE, Limits, current_limits

from .conftest import Finished, Job, job_of, scripts_of
from .scripts import regression
from .test_h2o import java_of, succeeded
from .test_resume import Kill, half_linear_table, killed_run, loaded

PLANNED = Limits(10, None)


@pytest.mark.parametrize(
    ("text", "limits"),
    [
        ('{"max_models": 3, "max_runtime_secs": 60}', Limits(3, 60)),
        ('{"max_models": null, "max_runtime_secs": 60}', Limits(None, 60)),
        ('{"max_models": 3, "max_runtime_secs": null, "more": 1}', Limits(3, None)),
        ('{"max_models": null, "max_runtime_secs": null}', PLANNED),
        ('{"max_models": 0, "max_runtime_secs": null}', PLANNED),
        ('{"max_models": true, "max_runtime_secs": null}', PLANNED),
        ('{"max_models": "3", "max_runtime_secs": null}', PLANNED),
        ('{"max_models": 2.5, "max_runtime_secs": null}', PLANNED),
        ('{"max_models": 3}', PLANNED),
        ("[3]", PLANNED),
        ('{"max_models": 3,', PLANNED),
        ("", PLANNED),
        ("\x00\ud7ff", PLANNED),
    ],
)
def test_what_can_not_be_used_leaves_the_plan(text: str, limits: Limits, tmp_path: Path) -> None:
    assert current_limits(tmp_path, PLANNED) == PLANNED
    (tmp_path / LIMITS_FILE).write_text(text, "utf-8")
    assert current_limits(tmp_path, PLANNED) == limits


def test_a_folder_of_that_name_leaves_the_plan(tmp_path: Path) -> None:
    (tmp_path / LIMITS_FILE).mkdir()
    assert current_limits(tmp_path, PLANNED) == PLANNED


def test_limits_are_told_in_words() -> None:
    assert [str(Limits(3, None)), str(Limits(3, 60))] == ["3 models", "3 models and 60 seconds"]


def changed_amid(job: Job, script: Path, change: dict[str, Any]) -> Finished:
    """Run the script; after its first model the limits change."""
    process = job.start(script)
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if json.loads(line)["event"] == "model":
            write_json(job.output("train") / LIMITS_FILE, change)
            break
    stdout, stderr = process.communicate(timeout=400)
    return job.finished_stage("train", process.returncode, "".join(lines) + stdout, stderr)


def sealed(job: Job, max_models: int) -> Path:
    """The script that trains, after the rows have been sealed."""
    scripts = scripts_of(**regression("y", ["a", "b", "c"], max_models=max_models))
    seal = job.start(job.prepare_stage("seal", scripts["seal"], {"task": "regression"}))
    assert seal.wait(timeout=120) == 0
    return job.prepare_stage("train", scripts["train"], {"task": "regression"})


@pytest.mark.h2o
@pytest.mark.parametrize(
    ("planned", "change", "fewest", "most"),
    [
        # The model that is being trained when the limit falls is finished.
        (6, {"max_models": 1, "max_runtime_secs": None}, 1, 2),
        (2, {"max_models": 4, "max_runtime_secs": None}, 4, 4),
        (500, {"max_models": 500, "max_runtime_secs": 1}, 1, 2),
    ],
)
def test_a_changed_limit_reaches_a_training_that_runs(
    planned: int, change: dict[str, Any], fewest: int, most: int, tmp_path: Path
) -> None:
    job = job_of(tmp_path, half_linear_table(), {})
    script = sealed(job, planned)
    finished = changed_amid(job, script, change)
    result = succeeded(finished)
    assert fewest <= len(finished.of("model")) <= most
    assert result["limits"] == change
    (said,) = [one["message"] for one in finished.of("log") if "from now on" in one["message"]]
    assert str(Limits(**change)) in said


@pytest.mark.h2o
def test_what_is_finished_counts_although_the_limit_fell_before_a_restart(tmp_path: Path) -> None:
    job = job_of(tmp_path, half_linear_table(), {})
    script = sealed(job, 6)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    killed_run(job, script, Kill('"trained": 3', "script", 3), scratch)
    assert not java_of(scratch)
    write_json(job.output("train") / LIMITS_FILE, {"max_models": 1, "max_runtime_secs": None})
    process = job.start(script)
    stdout, stderr = process.communicate(timeout=400)
    finished = job.finished_stage("train", process.returncode, stdout, stderr)
    result = succeeded(finished)
    assert len(finished.of("model")) == len(loaded(finished.events)) >= 3
    assert result["limits"] == {"max_models": 1, "max_runtime_secs": None}
