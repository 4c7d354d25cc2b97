"""The JSON that goes out has the shape of the fixtures, which jest checks against the zod schemas."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from pandas.api.types import is_object_dtype

from automl_runtime.archive import Member, read_archive, write_archive
from automl_runtime.events import Events, LeaderboardRow
from automl_runtime.failures import Failure, RunError
from automl_runtime.run import Config

from .conftest import FIXTURES, job_of


def shape(value: Any) -> Any:
    """Keys and kinds of values; null fits anything, numbers are one kind, lists look like their first item."""
    if isinstance(value, dict):
        return {key: shape(item) for key, item in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return "number" if isinstance(value, (int, float)) and not isinstance(value, bool) else type(value).__name__


def test_events_have_the_fixtures_shape(fixture_json: Any) -> None:
    stream = io.StringIO()
    events = Events(stream)
    row = LeaderboardRow("XGBoost_1", "XGBoost", "mae", 840.9, 4.94)
    events.stage("load", "Reading the data", 0.03)
    events.model(row, 1, 3, 0.3333)
    events.leaderboard([row, LeaderboardRow("SeasonalNaive", "SeasonalNaive", "mae", float("nan"), 0.0)])
    events.warn("3 dates are missing.")
    events.failure(Failure("execution", "java_out_of_memory", "H2O ran out of its heap.", "Train on fewer rows."))
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [shape(line) for line in lines] == [shape(event) for event in fixture_json("events.json")]
    assert lines[2]["rows"][1]["score"] is None


def test_progress_never_goes_back_and_warnings_come_once() -> None:
    stream = io.StringIO()
    events = Events(stream)
    for progress in (0.5, 0.2, 1.7):
        events.stage("s", "m", progress)
    events.warn("once")
    events.warn("once")
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [line["progress"] for line in lines if line["event"] == "stage"] == [0.5, 0.5, 1.0]
    assert events.warnings == ["once"] and sum(line["event"] == "log" for line in lines) == 1


def test_hostile_text_stays_one_line_of_json() -> None:
    stream = io.StringIO()
    Events(stream).info("line\nbreak \x1b[31m \u2028 " + "x" * 9000)
    (line,) = stream.getvalue().split("\n")[:-1]
    assert len(json.loads(line)["message"]) == 4000


@pytest.mark.parametrize("name", sorted(path.name for path in FIXTURES.glob("config-*.json")))
def test_config_fixtures_are_read(name: str, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_bytes((FIXTURES / name).read_bytes())
    config = Config.read(tmp_path / "config.json")
    assert config.output == tmp_path.resolve() / "out"
    assert config.phase == ("training" if config.stage else name.split("-")[1])
    assert config.stage == {"seal": "seal", "training": "train", "evaluate": "evaluate"}.get(name.split("-")[1])
    assert (config.split is None) == (config.stage in ("seal", None))
    assert (config.sealed is None) == (config.candidate is None) == (config.stage != "evaluate")
    assert (config.model is None) == (config.phase == "training")


@pytest.mark.parametrize("text", ["", "{}", '{"schema_version": 2}', "[]", '{"schema_version": 1, "dataset": 3}'])
def test_a_broken_config_is_a_system_failure(text: str, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text(text)
    with pytest.raises(RunError) as caught:
        Config.read(tmp_path / "config.json")
    assert (caught.value.failure.category, caught.value.failure.code) == ("system", "config_invalid")


SEAL_SERIES = """
from automl_runtime import open_run, seal_series

with open_run(__file__) as run:
    seal_series(
        run, target="y", date_column="date", series_id_columns=[], frequency=None, covariates=[], horizon=1,
        holdout_rows={holdout},
    )
"""
SEAL_TABLE = """
from automl_runtime import open_run, seal_table

with open_run(__file__) as run:
    seal_table(
        run, task="{task}", target="y", date_column=None, group_column=None, scheme="random", holdout_rows=5,
        holdout_fraction=None, seed=1,
    )
"""
days = [str(day.date()) for day in pd.date_range("2024-01-01", periods=30)]
series_types = {"date": "date", "y": "real"}


@pytest.mark.parametrize(
    ("frame", "script", "code"),
    [
        (pd.DataFrame({"date": days, "y": [5] * 30}), SEAL_SERIES.format(holdout=5), "constant_target"),
        (pd.DataFrame({"date": days, "z": [5] * 30}), SEAL_SERIES.format(holdout=5), "column_missing"),
        (pd.DataFrame({"date": days, "y": [""] * 30}), SEAL_SERIES.format(holdout=5), "target_missing"),
        (pd.DataFrame({"date": days[:4], "y": range(4)}), SEAL_SERIES.format(holdout=1), "too_few_rows"),
        (pd.DataFrame({"date": days, "y": range(30)}), SEAL_SERIES.format(holdout=28), "too_few_rows"),
        (pd.DataFrame({"date": ["soon"] * 30, "y": range(30)}), SEAL_SERIES.format(holdout=5), "dates_unparsed"),
        (pd.DataFrame({"date": [], "y": []}), SEAL_SERIES.format(holdout=5), "no_rows"),
        (pd.DataFrame({"x": range(30), "y": ["a"] * 30}), SEAL_TABLE.format(task="binary"), "constant_target"),
        (pd.DataFrame({"x": range(30), "y": list("abc") * 10}), SEAL_TABLE.format(task="binary"), "not_binary"),
        (pd.DataFrame({"x": range(9), "y": range(9)}), SEAL_TABLE.format(task="regression"), "too_few_rows"),
        (
            pd.DataFrame({"x": range(30), "y": ["a", "b"] * 15}),
            SEAL_TABLE.format(task="regression"),
            "target_not_numeric",
        ),
    ],
)
def test_bad_data_ends_in_a_result_that_says_what_to_do(
    frame: pd.DataFrame, script: str, code: str, tmp_path: Path, fixture_json: Any
) -> None:
    types = {"date": "date", "y": "category" if is_object_dtype(frame.iloc[:, -1]) else "real"}
    finished = job_of(tmp_path, frame, types).train({"seal": script}, {"task": "forecasting"})
    assert finished.code == 1
    assert finished.result is not None
    assert finished.result["status"] == "failed"
    assert finished.result["failure"]["category"] == "data"
    assert finished.result["failure"]["code"] == code
    assert finished.result["failure"]["hint"]
    assert finished.of("failure")[0]["code"] == code
    assert set(finished.result) == set(fixture_json("result-failed.json"))
    assert not list(finished.output.glob(".*"))


def test_an_unforeseen_error_is_a_script_error_and_a_stale_result_goes(tmp_path: Path) -> None:
    job = job_of(tmp_path, pd.DataFrame({"y": [1]}), {})
    script = "from automl_runtime import open_run\nwith open_run(__file__) as run:\n    {body}\n"
    broken = job.run("training", script.format(body="1 / 0"), {"task": "regression"})
    assert broken.code == 1 and broken.result is not None
    assert broken.result["failure"]["code"] == "script_error"
    assert "ZeroDivisionError" in broken.result["failure"]["message"]
    fine = job.run("training", script.format(body="pass"), {"task": "regression"})
    assert fine.code == 0 and fine.result is not None
    assert fine.result["status"] == "succeeded" and fine.result["failure"] is None


def test_terminated_from_outside_leaves_no_result(tmp_path: Path) -> None:
    job = job_of(tmp_path, pd.DataFrame({"y": [1]}), {})
    script = (
        "import signal\nfrom automl_runtime import open_run\n"
        "with open_run(__file__) as run:\n    run.stage('wait', 'Waiting', 0.5)\n    signal.pause()\n"
    )
    process = job.start(job.prepare("training", script, {"task": "regression"}))
    assert process.stdout is not None
    assert '"wait"' in process.stdout.readline()
    process.terminate()
    process.communicate(timeout=30)
    assert process.returncode == 143
    assert not (job.folder("training") / "out" / "result.json").exists()


def test_without_java_the_failure_names_the_remedy(tmp_path: Path) -> None:
    job = job_of(tmp_path, pd.DataFrame({"y": [1]}), {})
    script = "from automl_runtime import open_run\nwith open_run(__file__) as run:\n    run.start_h2o(heap_mb=256)\n"
    finished = job.run("training", script, {"task": "regression"}, PATH="/nowhere", JAVA_HOME="")
    assert finished.result is not None
    assert finished.result["failure"]["code"] == "java_missing"


def test_an_archive_comes_back_as_it_went(tmp_path: Path) -> None:
    mojo = tmp_path / "mojo"
    mojo.write_bytes(b"a model")
    members = [Member("GBM_1", "GBM", 0.75, "models/GBM_1.zip"), Member("SeasonalNaive", "SeasonalNaive", 0.25, None)]
    manifest = {"kind": "forecaster", "members": [member.as_dict() for member in members], "target": "Umsatz “α”"}
    write_archive(tmp_path / "model.zip", manifest, {"models/GBM_1.zip": mojo, "evaluation.csv": "row,actual\n"})
    (tmp_path / "open").mkdir()
    archive = read_archive(tmp_path / "model.zip", tmp_path / "open")
    assert archive.manifest["target"] == "Umsatz “α”"
    assert archive.mojo(archive.members[0]).read_bytes() == b"a model"
    assert archive.members[1] == members[1]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (None, "model_archive_missing"),
        (b"not a zip", "model_archive_invalid"),
        ({}, "model_archive_invalid"),
        ({"manifest.json": "{}"}, "model_archive_invalid"),
        ({"manifest.json": '{"schema_version": 99, "members": []}'}, "model_archive_invalid"),
        (
            {
                "manifest.json": '{"schema_version": 1, "kind": "table", "members": '
                '[{"model_id": "x", "algorithm": "x", "weight": 1, "file": "../../etc/passwd"}]}'
            },
            "model_archive_invalid",
        ),
    ],
)
def test_what_is_no_archive_is_told(content: Any, code: str, tmp_path: Path) -> None:
    path = tmp_path / "model.zip"
    if isinstance(content, bytes):
        path.write_bytes(content)
    elif content is not None:
        with zipfile.ZipFile(path, "w") as archive:
            for name, text in content.items():
                archive.writestr(name, text)
    with pytest.raises(RunError) as caught:
        read_archive(path, tmp_path)
    assert caught.value.failure.code == code


def test_a_hostile_member_name_is_never_a_path(tmp_path: Path) -> None:
    (tmp_path / "mojo").write_bytes(b"x")
    name = "../../escaped.zip"
    member = Member("GBM_1", "GBM", 1.0, name)
    write_archive(tmp_path / "model.zip", {"kind": "table", "members": [member.as_dict()]}, {name: tmp_path / "mojo"})
    folder = tmp_path / "a" / "b"
    folder.mkdir(parents=True)
    archive = read_archive(tmp_path / "model.zip", folder)
    assert archive.mojo(archive.members[0]).parent == folder
    assert not (tmp_path / "escaped.zip").exists()
