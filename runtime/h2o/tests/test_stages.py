"""The stages of a training apart: what sealing leaves, and that training has nothing of what is sealed."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from automl_runtime.records import Records
from automl_runtime.tables import TableColumns, read_labels

from .conftest import Finished, Job, job_of, one_script, scripts_of
from .scripts import RECIPE, regression, sales
from .test_h2o import sales_job, succeeded

TABLE = """
seal_table(
    run, task={task!r}, target="y", date_column={date!r}, group_column={group!r}, scheme={scheme!r},
    holdout_rows=None, holdout_fraction=0.25, seed=3,
)
"""


def seal(job: Job, script: str) -> Finished:
    process = job.start(job.prepare_stage("seal", scripts_of(seal=script)["seal"], {"task": "regression"}))
    stdout, stderr = process.communicate(timeout=120)
    return job.finished_stage("seal", process.returncode, stdout, stderr)


def sealed_rows(job: Job) -> list[int]:
    rows: list[int] = json.loads((job.output("seal") / "sealed_rows.json").read_text())["rows"]
    return rows


def text_table(rows: int = 80) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    words = np.array(['say "hi"', "two\nlines", "a,b", " blank ", "naïve 🚲"])
    frame = pd.DataFrame({"x": rng.normal(size=rows).round(6), "word": words[rng.integers(0, 5, rows)]})
    frame["owner"] = rng.integers(0, 12, rows)
    frame["day"] = (
        pd.Series(pd.date_range("2024-01-01", periods=rows))
        .dt.strftime("%Y-%m-%d")
        .sample(frac=1, random_state=2, ignore_index=True)
    )
    frame["y"] = rng.normal(size=rows).round(6)
    frame.loc[[3, 40], "y"] = np.nan
    return frame


TYPES = {"word": "text", "owner": "integer", "day": "date"}


@pytest.mark.parametrize(
    ("scheme", "date", "group"), [("random", None, None), ("time", "day", None), ("group", None, "owner")]
)
def test_training_rows_are_the_data_sets_own_records(
    scheme: str, date: str | None, group: str | None, tmp_path: Path
) -> None:
    frame = text_table()
    job = job_of(tmp_path, frame, TYPES)
    finished = seal(job, TABLE.format(task="regression", date=date, group=group, scheme=scheme))
    result = succeeded(finished)
    sealed, output = sealed_rows(job), finished.output
    rest = sorted(set(range(80)) - set(sealed) - {3, 40})
    training = pd.read_csv(output / "training.csv")
    if scheme == "time":
        rest = sorted(rest, key=lambda row: frame["day"][row])
        assert frame["day"].iloc[sealed].min() > frame["day"].iloc[rest].max()
    if scheme == "group":
        assert not set(frame["owner"].iloc[sealed]) & set(frame["owner"].iloc[rest])
    pd.testing.assert_frame_equal(training, frame.iloc[rest].reset_index(drop=True))
    assert result["rows"] == {"training": len(rest), "holdout": len(sealed)}
    assert [one["path"] for one in result["artifacts"]] == ["training.csv", "split.json", "sealed_rows.json"]
    split = json.loads((output / "split.json").read_text())
    assert set(split) == {"schema_version", "kind", "training", "scheme", "warnings"}
    assert split["training"]["sha256"] == result["artifacts"][0]["sha256"]


def test_what_is_sealed_may_say_anything_and_training_gets_the_same_bytes(tmp_path: Path) -> None:
    frame = text_table()
    other = frame.copy()
    left = []
    for name, table in (("a", frame), ("b", other)):
        (tmp_path / name).mkdir()
        job = job_of(tmp_path / name, table, TYPES)
        succeeded(seal(job, TABLE.format(task="regression", date=None, group=None, scheme="random")))
        left.append([(job.output("seal") / file).read_bytes() for file in ("training.csv", "split.json")])
        other.loc[sealed_rows(job), ["x", "y"]] = 1e6
        other.loc[sealed_rows(job), "word"] = "unheard of"
    assert left[0] == left[1]


def test_a_class_that_is_sealed_whole_is_unknown_to_training(tmp_path: Path) -> None:
    frame = text_table().drop(index=[3, 40]).sort_values("day", ignore_index=True)
    frame["y"] = ["early"] * 60 + ["late"] * (len(frame) - 60)
    job = job_of(tmp_path, frame, {**TYPES, "y": "category"})
    finished = seal(job, TABLE.format(task="binary", date="day", group=None, scheme="time"))
    assert finished.result is not None and finished.result["failure"]["code"] == "constant_target"
    assert not (finished.output / "training.csv").exists()


def test_series_are_cut_at_one_date_and_keep_only_covariates_that_are_known(tmp_path: Path) -> None:
    job = sales_job(tmp_path)
    finished = seal(job, sales()["seal"])
    result = succeeded(finished)
    frame = pd.read_csv(io.BytesIO(job.csv))
    training = pd.read_csv(finished.output / "training.csv")
    early = frame[frame["month"] < "2022-07-01"].reset_index(drop=True)
    pd.testing.assert_frame_equal(training, early)
    assert list(frame.index[(frame["month"] >= "2022-07-01") & frame["sales"].notna()]) == sealed_rows(job)
    split = json.loads((finished.output / "split.json").read_text())
    assert split["covariates"] == ["promo"] and split["covariate_levels"] == {"promo": ["no", "yes"]}
    assert split["last_training_date"] == "2022-06-01" and split["boundary"] == 54
    assert [text for text in result["warnings"] if "weather" in text]


def test_of_a_sample_no_other_row_is_ever_read_again(tmp_path: Path) -> None:
    frame = text_table()
    job = job_of(tmp_path, frame, TYPES)
    asked = TABLE.format(task="regression", date=None, group=None, scheme="random")
    finished = seal(job, asked.replace("seed=3", "seed=3, sample_rows=30"))
    succeeded(finished)
    raw = json.loads((finished.output / "sealed_rows.json").read_text())
    assert len(raw["sample"]) == 30 and not set(raw["sample"]) & set(raw["rows"])
    training = pd.read_csv(finished.output / "training.csv")
    pd.testing.assert_frame_equal(training, frame.iloc[raw["sample"]].reset_index(drop=True))
    used = sorted([*raw["sample"], *raw["rows"]])
    columns = TableColumns("regression", "y", ("x", "word"))
    labels, read = read_labels(tmp_path / "dataset.csv", columns, {"x": "real"}, rows=np.array(used))
    assert read["word"].tolist() == frame["word"].iloc[used].tolist()
    at = labels.positions_of(np.array(raw["rows"]))
    np.testing.assert_array_equal(labels.response[at], frame["y"].iloc[raw["rows"]])
    assert labels.numbers_of(at).tolist() == raw["rows"]


def test_records_are_found_whatever_is_in_them(tmp_path: Path) -> None:
    path, copy = tmp_path / "all.csv", tmp_path / "some.csv"
    path.write_text('a,b\n1,"x\n""y"",\n"\n2,\n"",3\n4,last', "utf-8")
    records = Records.of(path)
    assert len(records) == len(pd.read_csv(path)) == 4
    records.copy(np.array([3, 0, 1]), copy, expected=4)
    assert copy.read_text("utf-8") == 'a,b\n4,last\n1,"x\n""y"",\n"\n2,\n'
    path.write_text("a\n1\n\n2\n", "utf-8")
    assert len(Records.of(path)) == len(pd.read_csv(path)) == 2


def test_a_stage_refuses_what_an_earlier_one_did_not_leave(tmp_path: Path) -> None:
    job = job_of(tmp_path, text_table(), TYPES)
    scripts = scripts_of(**regression("y", ["x"]))
    succeeded(seal(job, regression("y", ["x"])["seal"]))
    script = job.prepare_stage("train", scripts["train"], {"task": "regression"})
    mounted = script.parents[2] / "dataset.csv"
    mounted.write_bytes(mounted.read_bytes() + b"0,w,1,2024-01-01,9\n")
    process = job.start(script)
    stdout, stderr = process.communicate(timeout=120)
    finished = job.finished_stage("train", process.returncode, stdout, stderr)
    assert finished.result is not None
    assert finished.result["failure"]["code"] == "stage_input_invalid"


def contents(candidate: Path) -> dict[str, Any]:
    """What a candidate consists of, but for how long it took: its manifest, and its MOJOs' trees and numbers."""
    with zipfile.ZipFile(candidate) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        found: dict[str, Any] = {"manifest.json": manifest}
        for name in [name for name in archive.namelist() if name.endswith(".zip")]:
            with zipfile.ZipFile(io.BytesIO(archive.read(name))) as mojo:
                kept = [inner for inner in mojo.namelist() if inner.startswith(("trees/", "domains/", "boosterBytes"))]
                found |= {f"{name}/{inner}": mojo.read(inner) for inner in kept}
    del manifest["files"], manifest["seconds"]
    for row in manifest["leaderboard"]:
        row["train_seconds"] = None
    return found


@pytest.mark.h2o
def test_a_candidate_is_the_same_whatever_the_sealed_steps_were(tmp_path: Path) -> None:
    plan, found = {"task": "forecasting"}, []
    for name, factor in (("as_it_is", 1.0), ("altered", 7.0)):
        (tmp_path / name).mkdir()
        job = sales_job(tmp_path / name)
        frame = pd.read_csv(io.BytesIO(job.csv))
        frame.loc[frame["month"] >= "2022-07-01", "sales"] *= factor
        job = replace(job, csv=frame.to_csv(index=False).encode())
        result = succeeded(job.train(scripts_of(**sales()), plan))
        found.append((contents(job.output("train") / "candidate.zip"), result["metrics"]))
    (first, metrics), (second, others) = found
    assert [name for name in first if "/trees/" in name or "boosterBytes" in name]
    assert first == second
    assert metrics != others


@pytest.mark.h2o
def test_a_sample_is_judged_and_refitted_like_a_table_of_its_own(tmp_path: Path) -> None:
    rng = np.random.default_rng(6)
    frame = pd.DataFrame({"x": rng.uniform(size=500).round(4), "word": rng.choice(["a", "b"], 500)})
    frame["y"] = (3 * frame["x"] + (frame["word"] == "b") + rng.normal(scale=0.1, size=500)).round(4)
    job = job_of(tmp_path, frame, {"word": "category"})
    training = job.train(scripts_of(**regression("y", ["x", "word"], sample=150)), {"task": "regression"})
    result = succeeded(training)
    assert result["rows"] == {"training": 150, "holdout": 100} and result["metrics"]["r2"] > 0.9
    assert [text for text in result["warnings"] if "150 of 400" in text]
    with zipfile.ZipFile(training.output / "model.zip") as archive:
        judged = pd.read_csv(archive.open("evaluation.csv"))
    np.testing.assert_array_equal(judged["actual"], frame["y"].iloc[judged["row"] - 1])


@pytest.mark.h2o
def test_one_script_of_all_stages_ends_like_three(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    frame = pd.DataFrame({"size": rng.uniform(20, 200, 300).round(1), "owner": rng.integers(0, 40, 300)})
    frame["shop"] = [f"s{number}" for number in rng.integers(0, 30, 300)]
    frame["note"] = [" ".join(row) for row in np.array(["quiet", "loud", "sunny"])[rng.integers(0, 3, (300, 4))]]
    frame["price"] = np.exp(0.01 * frame["size"] + rng.normal(scale=0.1, size=300)).round(4)
    types = {"shop": "category", "note": "text", "owner": "integer"}
    for name in ("three", "one"):
        (tmp_path / name).mkdir()
    three = succeeded(job_of(tmp_path / "three", frame, types).train(scripts_of(**RECIPE), {"task": "regression"}))
    one = succeeded(
        job_of(tmp_path / "one", frame, types).run("training", one_script(**RECIPE), {"task": "regression"})
    )
    assert (one["stage"], three["stage"]) == (None, "evaluate")
    for name in ("metrics", "baseline", "skill", "rows", "insight", "warnings", "best_model", "limits"):
        assert one[name] == three[name], name
    assert [row["score"] for row in one["leaderboard"]] == [row["score"] for row in three["leaderboard"]]
    assert [artifact["path"] for artifact in one["artifacts"]] == ["model.zip"]
