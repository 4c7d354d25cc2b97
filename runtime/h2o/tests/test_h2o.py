"""The golden scripts and a few more, run for real: H2O trains, MOJOs predict, PNGs are drawn."""

from __future__ import annotations

import hashlib
import io
import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from .conftest import (
    FIXTURES,
    FOLDERS,
    Finished,
    Job,
    example_job,
    golden_plan,
    golden_scripts,
    job_of,
    scripts_of,
    train_by_command,
)
from .scripts import EXPLAINED, RECIPE, regression, sales

pytestmark = pytest.mark.h2o
BOUNDS = ["lower_80", "upper_80", "lower_95", "upper_95"]


def succeeded(finished: Finished) -> dict:  # type: ignore[type-arg]
    assert finished.result is not None, finished.stderr[-3000:]
    assert finished.result["failure"] is None, finished.stderr[-3000:]
    assert finished.code == 0
    progress = [event["progress"] for event in finished.events if "progress" in event]
    assert progress == sorted(progress)
    assert progress[-1] == {"seal": 0.05, "train": 0.85}.get(finished.result["stage"], 1.0)
    return finished.result


def java_of(scratch: Path) -> list[int]:
    """The JVMs of a job's run: each is told apart by the scratch folder that it works in."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "comm").read_text().strip() == "java" and str(scratch) in str((process / "cwd").readlink()):
                found.append(int(process.name))
        except OSError:
            continue
    return found


def score(model: Path, output: Path, *arguments: object, isolated: bool = False) -> Path:
    """What the archive's own command makes of rows, by a Python that sees neither this library nor the environment."""
    command = [sys.executable, "-I", str(model), *map(str, arguments), "--output", str(output)]
    env = {**os.environ, **({"AUTOML_ISOLATED": "1"} if isolated else {})}
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False, cwd=output.parent, env=env)
    assert done.returncode == 0, done.stderr
    return output


@pytest.fixture(scope="module")
def bicycles(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Finished]:
    job = example_job(tmp_path_factory.mktemp("bicycles"), "forecast")
    return {phase: job.golden(phase, "forecast") for phase in ("training", "prediction", "visualization")}


def test_training_a_series(bicycles: dict[str, Finished]) -> None:
    training = bicycles["training"]
    result = succeeded(training)
    assert set(result) == set(json.loads((FIXTURES / "result-succeeded.json").read_text()))
    assert {row["algorithm"] for row in result["leaderboard"]} >= {"XGBoost", "GLM", "GBM", "SeasonalNaive"}
    assert [event["trained"] for event in training.of("model")] == [1, 2, 3]
    assert [one["level"] for one in result["intervals"]] == [80, 95]
    for one in result["intervals"]:
        assert one["backtest_coverage"] == pytest.approx(one["level"] / 100, abs=0.05)
        # The sealed days are those around Christmas: no interval from the year before them can hold.
        assert 0 <= one["holdout_coverage"] <= 1
    assert result["skill"] > 0 and result["metrics"]["mae"] < result["baseline"]["metrics"]["mae"]
    assert [point["date"] for point in result["backtest"]] == [f"2012-12-{day}" for day in range(18, 32)]
    errors = [abs(point["actual"] - point["forecast"]) for point in result["backtest"]]
    assert result["metrics"]["mae"] == pytest.approx(np.mean(errors))
    assert any("temperature" in warning for warning in result["warnings"])
    insight = result["insight"]
    assert [one["horizon"] for one in insight["horizons"]] == list(range(1, 15))
    backtest_mae = np.average(
        [one["error"] for one in insight["horizons"]], weights=[one["rows"] for one in insight["horizons"]]
    )
    scores = {row["model_id"]: row["score"] for row in result["leaderboard"]}
    assert backtest_mae == pytest.approx(scores[result["best_model"]["model_id"]])
    assert insight["interval"]["low"] < result["metrics"]["mae"] < insight["interval"]["high"]
    assert insight["fit"]["sealed"] == result["metrics"]["mae"]
    assert len(insight["folds"]) > 3
    for point in insight["decomposition"]["points"]:
        parts = point["trend"] + point["seasonal"] + point["remainder"]
        assert point["observed"] is None or parts == pytest.approx(point["observed"])
    assert training.output.joinpath("result.json").stat().st_size < 600_000
    assert not (training.output / "checkpoints").exists()
    assert [artifact["path"] for artifact in result["artifacts"]] == ["model.zip"]
    with zipfile.ZipFile(training.output / "model.zip") as archive:
        manifest = json.loads(archive.read("manifest.json"))
    assert manifest["metrics"] == result["metrics"]
    assert manifest["versions"]["h2o"] == "3.46.0.11"
    # A mean without a model of H2O's listens to no features.
    assert bool(insight["importance"]) == any(member["file"] for member in manifest["members"])
    if insight["importance"]:
        assert insight["importance"][0]["loss"] > 0
        assert "calendar" in {one["feature"] for one in insight["importance"]}


def test_forecasting_it(bicycles: dict[str, Finished]) -> None:
    result = succeeded(bicycles["prediction"])
    table = pd.read_csv(bicycles["prediction"].output / "predictions.csv")
    assert list(table.columns) == ["date", "forecast", *BOUNDS]
    assert (table["lower_95"] <= table["lower_80"]).all() and (table["upper_80"] <= table["upper_95"]).all()
    assert table["forecast"].between(table["lower_80"], table["upper_80"]).all()
    assert (table[["forecast", *BOUNDS]] % 1 == 0).all(axis=None), "rentals are whole numbers"
    assert list(table["date"]) == [f"2013-01-{day:02d}" for day in range(1, 15)]
    assert table["forecast"].between(500, 9000).all()
    assert result["rows"] == {"predicted": 14}


def test_the_archive_alone_forecasts_the_same(bicycles: dict[str, Finished], tmp_path: Path) -> None:
    model, inside = bicycles["training"].output / "model.zip", bicycles["prediction"].output / "predictions.csv"
    assert score(model, tmp_path / "packed.csv").read_bytes() == inside.read_bytes()
    with zipfile.ZipFile(model) as archive:
        archive.extractall(tmp_path / "model")
        manifest = json.loads(archive.read("manifest.json"))
        hashes = {name: hashlib.sha256(archive.read(name)).hexdigest() for name in archive.namelist()}
    assert {file["path"]: file["sha256"] for file in manifest["files"]} | {"manifest.json": None} == (
        hashes | {"manifest.json": None}
    )
    longer = pd.read_csv(score(tmp_path / "model" / "score.py", tmp_path / "longer.csv", "--horizon", "20"))
    assert list(longer["date"])[-1] == "2013-01-20"
    shorter = pd.read_csv(tmp_path / "model" / "history.csv").iloc[:-10]
    shorter.to_csv(tmp_path / "history.csv", index=False)
    earlier = pd.read_csv(score(model, tmp_path / "earlier.csv", tmp_path / "history.csv"))
    assert next(iter(earlier["date"])) == "2012-12-22"
    card = (tmp_path / "model" / "model_card.md").read_text()
    assert card.startswith("# ") and "better than the naive model (SeasonalNaive)" in card.splitlines()[0]
    assert "| 95 % |" in card and "temperature" in card


def test_the_command_trains_what_the_three_scripts_train(bicycles: dict[str, Finished], tmp_path: Path) -> None:
    expect_same_by_command(example_job(tmp_path / "job", "forecast"), "forecast", succeeded(bicycles["training"]))


def expect_same_by_command(job: Job, kind: str, expected: dict) -> None:  # type: ignore[type-arg]
    folder = job.root / "by-hand"
    folder.mkdir(parents=True)
    (folder / "rows.csv").write_bytes(job.csv)
    dataset = {"path": "rows.csv", "columns": job.columns}
    config = {"dataset": dataset, "plan": golden_plan("training", kind), "threads": 2}
    done = train_by_command(folder, config, AUTOML_ISOLATED="1")
    assert done.returncode == 0, done.stderr[-3000:]
    result = json.loads((folder / "out" / "result.json").read_text())
    assert {name: result[name] for name in SAME} == {name: expected[name] for name in SAME}
    assert (folder / "out" / "model.zip").stat().st_size > 0


# Of a result: what depends on the data and the plan alone.
SAME = ("metrics", "baseline", "skill", "best_model", "rows", "backtest")


def test_drawing_it(bicycles: dict[str, Finished]) -> None:
    succeeded(bicycles["visualization"])
    picture = (bicycles["visualization"].output / "forecast_plot.png").read_bytes()
    assert picture.startswith(b"\x89PNG\r\n") and len(picture) > 30_000


def sealed_job(job: Job, kind: str) -> Path:
    """The script that trains, after its job's rows have been sealed."""
    scripts, plan = golden_scripts(kind), golden_plan("training", kind)
    seal = job.start(job.prepare_stage("seal", scripts["seal"], plan))
    assert seal.wait(timeout=120) == 0
    return job.prepare_stage("train", scripts["train"], plan)


def stage_result(training: Finished, stage: str) -> dict:  # type: ignore[type-arg]
    """What a stage of a finished training said."""
    root = training.output.parents[3]
    return json.loads((root / stage / "attempts" / FOLDERS[stage] / "out" / "result.json").read_text())  # type: ignore[no-any-return]


def test_a_killed_training_goes_on_and_ends_the_same(bicycles: dict[str, Finished], tmp_path: Path) -> None:
    job = example_job(tmp_path, "forecast")
    script = sealed_job(job, "forecast")
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    process = job.start(script, TMPDIR=str(scratch))
    assert process.stdout is not None
    for line in process.stdout:
        if '"event": "model"' in line:
            break
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    output = job.output("train")
    assert not (output / "result.json").exists()
    before = {
        path.name: path.stat().st_mtime_ns for path in (output / "checkpoints").iterdir() if path.name == "XGBoost_1"
    }
    assert before

    again = job.start(script)
    stdout, stderr = again.communicate(timeout=400)
    finished = job.finished_stage("train", again.returncode, stdout, stderr)
    result = succeeded(finished)
    assert [event["message"] for event in finished.of("log") if "checkpoint" in event["message"]] == [
        "XGBoost_1 is loaded from its checkpoint."
    ]
    undisturbed = stage_result(bicycles["training"], "train")
    assert result["best_model"] == undisturbed["best_model"]
    scores = [[(row["model_id"], row["score"]) for row in one["leaderboard"]] for one in (result, undisturbed)]
    assert scores[0] == scores[1]
    assert not java_of(scratch)


def test_a_paused_training_goes_on_and_ends_the_same(bicycles: dict[str, Finished], tmp_path: Path) -> None:
    job = example_job(tmp_path, "forecast")
    plan = golden_plan("training", "forecast")
    script = sealed_job(job, "forecast")
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    request = job.output("train") / "pause.request"
    process = job.start(script, TMPDIR=str(scratch))
    assert process.stdout is not None
    head = []
    for line in process.stdout:
        head.append(line)
        if '"event": "model"' in line:
            request.touch()
            break
    tail, stderr = process.communicate(timeout=400)
    paused = job.finished_stage("train", process.returncode, "".join(head) + tail, stderr)
    assert paused.code == 75 and paused.result is None
    assert "Paused between two models" in paused.of("log")[-1]["message"]
    trained = [event["model_id"] for event in paused.of("model")]
    assert 1 <= len(trained) < plan["max_models"]
    assert not java_of(scratch) and not list(scratch.iterdir())

    # Asked again before it has trained anything new, it leaves with what it has.
    still = job.start(script)
    still.communicate(timeout=400)
    assert still.returncode == 75

    request.unlink()
    again = job.start(script)
    stdout, stderr = again.communicate(timeout=400)
    finished = job.finished_stage("train", again.returncode, stdout, stderr)
    result = succeeded(finished)
    assert [event["message"] for event in finished.of("log") if "checkpoint" in event["message"]] == [
        f"{name} is loaded from its checkpoint." for name in trained
    ]
    undisturbed = stage_result(bicycles["training"], "train")
    assert result["best_model"] == undisturbed["best_model"]
    scores = [[(row["model_id"], row["score"]) for row in one["leaderboard"]] for one in (result, undisturbed)]
    assert scores[0] == scores[1]


def test_two_classes(tmp_path: Path) -> None:
    job = example_job(tmp_path, "table")
    result = succeeded(job.golden("training", "table"))
    assert result["metrics"]["auc"] > 0.95 and result["baseline"]["metrics"]["auc"] == 0.5
    assert "StackedEnsemble" in {row["algorithm"] for row in result["leaderboard"]}
    with zipfile.ZipFile(job.output("evaluate") / "model.zip") as archive:
        manifest = json.loads(archive.read("manifest.json"))
    own = [one for one in manifest["encoder"] if one["name"] in ("radius_growth", "size_class")]
    assert [(one["kind"], one["levels"]) for one in own] == [("number", []), ("category", ["large", "small"])]
    assert [one["kinds"] for one in manifest["functions"]] == [["number", "number"], ["number"]]
    expect_table_insight(result)
    prediction = job.golden("prediction", "table")
    succeeded(prediction)
    table = pd.read_csv(prediction.output / "predictions.csv")
    assert list(table.columns[-4:]) == ["actual", "prediction", "probability_benign", "probability_malignant"]
    assert len(table) == result["rows"]["holdout"] == 114
    accuracy = (table["actual"] == table["prediction"]).mean()
    assert accuracy == pytest.approx(result["metrics"]["accuracy"])
    original = pd.read_csv(tmp_path / "dataset.csv")
    assert list(original["diagnosis"].iloc[table["row"] - 1]) == list(table["actual"])
    plot = job.golden("visualization", "table")
    succeeded(plot)
    assert (plot.output / "forecast_plot.png").stat().st_size > 30_000
    expect_same_by_command(job, "table", result)


def test_a_rare_class_counts_as_much_as_the_others_where_the_plan_says_so(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    size = rng.uniform(size=900)
    rare = (size > 0.7) & (rng.uniform(size=900) < 0.2)
    kind = np.where(rare, "rare", np.where(size + rng.normal(scale=0.1, size=900) > 0.4, "large", "small"))
    rows = tmp_path / "rows.csv"
    pd.DataFrame({"size": size, "kind": kind}).to_csv(rows, index=False)
    asked = {"task": "multiclass", "target": "kind", "metric": "balanced_accuracy", "heap_mb": 700}
    found = {}
    for balanced in (True, False):
        algorithms = {"algorithms": ["GLM", "XGBoost", "StackedEnsemble"], "max_models": 2}
        plan = {**asked, **algorithms, "balance_classes": balanced, "validation": {"folds": 3}}
        folder = tmp_path / f"balanced-{balanced}"
        folder.mkdir()
        done = train_by_command(folder, {"dataset": {"path": str(rows)}, "plan": plan}, AUTOML_ISOLATED="1")
        assert done.returncode == 0, done.stderr[-3000:]
        found[balanced] = json.loads((folder / "out" / "result.json").read_text())
    scores = {row["algorithm"]: row["score"] for row in found[True]["leaderboard"]}
    # Every family weighs the rows, and so does the ensemble of them: a rare label is never given otherwise.
    assert min(scores.values()) > 0.7, scores
    assert found[False]["metrics"]["balanced_accuracy"] < 0.66
    assert found[True]["metrics"]["balanced_accuracy"] > found[False]["metrics"]["balanced_accuracy"] + 0.05
    assert found[True]["metrics"]["logloss"] > found[False]["metrics"]["logloss"]


def test_rows_count_as_a_column_says_in_every_model_and_every_score(tmp_path: Path) -> None:
    count = 400
    rows = tmp_path / "rows.csv"
    often = np.arange(count) % 2 == 0
    noise = np.random.default_rng(4).uniform(size=count).round(4)
    pd.DataFrame({"x": noise, "y": np.where(often, 10.0, 0.0), "w": np.where(often, 90, 10)}).to_csv(rows, index=False)
    asked = {"task": "regression", "target": "y", "weight_column": "w", "heap_mb": 700, "validation": {"folds": 3}}
    plan = {**asked, "max_models": 4, "algorithms": ["GLM", "GBM", "XGBoost", "DRF", "StackedEnsemble"]}
    done = train_by_command(tmp_path, {"dataset": {"path": str(rows)}, "plan": plan})
    assert done.returncode == 0, done.stderr[-3000:]
    result = json.loads((tmp_path / "out" / "result.json").read_text())
    # A model that knew nothing of weights would say 5, and be wrong by 5; the best there is says 9.
    scores = {row["model_id"]: row["score"] for row in result["leaderboard"]}
    assert len(scores) >= 4 and max(scores.values()) < 4, scores
    assert result["baseline"]["metrics"]["rmse"] == pytest.approx(3, abs=0.4)
    with zipfile.ZipFile(tmp_path / "out" / "model.zip") as archive:
        manifest = json.loads(archive.read("manifest.json"))
    assert [one["name"] for one in manifest["encoder"]] == ["x"]
    new = tmp_path / "new.csv"
    new.write_text("x\n0.2\n0.5\n0.8\n")
    said = pd.read_csv(score(tmp_path / "out" / "model.zip", tmp_path / "said.csv", new))["prediction"]
    assert said.between(7.5, 10).all()


def test_a_plan_with_functions_is_refused_outside_a_container(tmp_path: Path) -> None:
    job = example_job(tmp_path, "table")
    finished = job.train(golden_scripts("table"), golden_plan("training", "table"), AUTOML_ISOLATED="")
    assert finished.code == 1 and finished.result is not None
    assert finished.result["failure"]["code"] == "functions_need_docker"
    assert finished.result["stage"] == "train" and not finished.result["artifacts"]


def expect_table_insight(result: dict) -> None:  # type: ignore[type-arg]
    insight = result["insight"]
    interval = insight["interval"]
    assert interval["rows"] == 114 and interval["low"] <= result["metrics"]["auc"] <= interval["high"] <= 1
    assert interval["skill_low"] > 0.3
    assert [fold["label"] for fold in insight["folds"]] == ["1", "2", "3"]
    assert sum(fold["rows"] for fold in insight["folds"]) == result["rows"]["training"]
    assert insight["fit"]["training"] >= insight["fit"]["cross_validated"] > 0.9
    learning = insight["learning_curve"]
    assert learning["model_id"] in {row["model_id"] for row in result["leaderboard"]} and learning["metric"] == "auc"
    sizes = [fold["rows"] for fold in insight["folds"]]
    assert [point["rows"] for point in learning["points"]] == [sizes[1], sizes[0] + sizes[1]]
    assert all(0.9 < point["validated"] <= point["training"] + 0.02 for point in learning["points"])
    assert len(insight["importance"]) == 30
    assert sum(one["loss"] > 0 for one in insight["importance"][:3]) == 3
    contributions = insight["contributions"]
    trees = [row["model_id"] for row in result["leaderboard"] if row["algorithm"] in ("XGBoost", "GBM")]
    assert contributions["model_id"] == trees[0]
    assert contributions["unit"] == "log_odds" and contributions["toward"] == "malignant"
    assert len(contributions["features"]) == 10 and len(contributions["rows"]) == 50
    assert all(len(row["reasons"]) == 5 for row in contributions["rows"])
    # What is large in a tumour speaks for malignance.
    points = pd.DataFrame([point for one in contributions["features"][:3] for point in one["points"]]).dropna()
    assert np.corrcoef(points["height"], points["contribution"])[0, 1] > 0.5
    curves = insight["dependence"]
    assert len(curves) == 5 and all(len(curve["grid"]) == len(curve["lines"][0]["values"]) for curve in curves)
    assert all(0 <= value <= 1 for curve in curves for value in curve["lines"][0]["values"])


FUNCTIONS = """, functions=[
        FeatureFunction("effect", [{word!r}], "number", "def effect(x):\\n  return len(x)"),
    ]"""
PREDICTION = """
from automl_runtime import *

with open_run(__file__) as run:
    save_predictions(run, predict_rows(run, load_model(run), target={target!r}, rows="missing_target"))
"""


def test_a_hostile_table_is_predicted_where_its_target_is_empty(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    target, number, word = 'y "quoted"\nline', "x,%s;'", "\u202eword=1"
    words = np.array(['a"b', "c\nde", "100%!", "=cmd()", "naïve, 🚲"])
    frame = pd.DataFrame({number: rng.normal(size=300), word: words[rng.integers(0, 5, 300)]})
    effect = frame[word].map(dict(zip(words, range(5), strict=True)))
    frame[target] = 3 * frame[number] + 10 * effect + rng.normal(scale=0.1, size=300)
    truth = frame[target].copy()
    frame.loc[280:, target] = np.nan
    frame.loc[285, word] = "never seen"
    frame.loc[286, number] = np.nan
    job = job_of(tmp_path, frame, {word: "category"})
    plan = {"task": "regression"}
    scripts = scripts_of(**regression(target, [number, word], more=FUNCTIONS.format(word=word)))
    result = succeeded(job.train(scripts, plan))
    assert result["metrics"]["r2"] > 0.95 and result["baseline"]["name"] == "Mean"
    prediction = job.run("prediction", PREDICTION.format(target=target), plan)
    succeeded(prediction)
    table = pd.read_csv(prediction.output / "predictions.csv")
    assert list(table["row"]) == list(range(281, 301))
    assert list(table.columns) == ["row", number, word, "prediction"]
    model, rows = job.output("evaluate") / "model.zip", tmp_path / "rows.csv"
    frame.iloc[280:].drop(columns=[target]).to_csv(rows, index=False)
    alone = pd.read_csv(score(model, tmp_path / "alone.csv", rows, isolated=True))
    assert list(alone["prediction"]) == list(table["prediction"])
    with zipfile.ZipFile(model) as archive:
        html = archive.read("model_card.html").decode()
    assert "\u202e" not in html and "y &quot;quoted&quot; line" in html and "<script" not in html
    known = table["row"] > 287
    assert np.corrcoef(table["prediction"][known], truth[table["row"] - 1][known.to_numpy()])[0, 1] > 0.95

    # The function is what the predictions stand on: another one gives others, a forbidden one none.
    model = job.output("evaluate") / "model.zip"
    for body, code in (("return 9 - len(x)", None), ("return x.__class__", "function_refused")):
        _change_function(model, f"def effect(x):\n  {body}")
        finished = job.run("prediction", PREDICTION.format(target=target), plan)
        assert finished.result is not None
        if code is None:
            succeeded(finished)
            others = pd.read_csv(finished.output / "predictions.csv")["prediction"]
            assert not np.allclose(others[known], table["prediction"][known])
        else:
            assert finished.result["failure"]["code"] == code
    finished = job.run("prediction", PREDICTION.format(target=target), plan, AUTOML_ISOLATED="0")
    assert finished.result is not None and finished.result["failure"]["code"] == "functions_need_docker"


def _change_function(model: Path, code: str) -> None:
    with zipfile.ZipFile(model) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(members["manifest.json"])
    manifest["functions"][0]["code"] = code
    with zipfile.ZipFile(model, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, json.dumps(manifest) if name == "manifest.json" else data)


PANEL_FORECAST = """
from automl_runtime import *

with open_run(__file__) as run:
    forecaster = load_forecaster(run)
    panel = load_series(
        run, target="sales", date_column="month", series_id_columns=["shop", "item"],
        frequency=forecaster.frequency, covariates=forecaster.covariates,
    )
    save_predictions(run, forecast_future(run, forecaster, panel, horizon={horizon}))
"""


def sales_job(root: Path) -> Job:
    """Three series of 60 months, one with a gap; a promotion known for six more, and weather that nobody knows."""
    rng = np.random.default_rng(0)
    months = pd.date_range("2018-01-01", periods=66, freq="MS")
    parts = []
    for shop, item, size in (("A", "x", 100), ("A", "y", 1000), ("B, “c”", "x", 10)):
        promo = rng.integers(0, 2, 66)
        season = 1 + 0.3 * np.sin(2 * np.pi * months.month / 12)
        sales = size * season * np.where(promo == 1, 1.5, 1.0) * rng.normal(1, 0.02, 66)
        part = pd.DataFrame({"shop": shop, "item": item, "month": months.strftime("%Y-%m-%d"), "sales": sales})
        part["promo"] = np.where(promo == 1, "yes", "no")
        part["weather"] = rng.normal(size=66)
        part.loc[60:, ["sales", "weather"]] = np.nan
        parts.append(part)
    frame = pd.concat(parts, ignore_index=True).drop(index=[20])
    return job_of(root, frame, {"shop": "category", "item": "category", "month": "date", "promo": "category"})


def test_several_series_with_a_covariate_that_is_known_ahead(tmp_path: Path) -> None:
    job = sales_job(tmp_path)
    frame = pd.read_csv(io.BytesIO(job.csv))
    plan = {"task": "forecasting"}
    result = succeeded(job.train(scripts_of(**sales(explained=True)), plan))
    assert result["skill"] > 0.3
    assert any("weather" in warning for warning in result["warnings"])
    assert any("1 dates are missing" in warning for warning in result["warnings"])
    assert {point["series"] for point in result["backtest"]} == {"A / x", "A / y", "B, “c” / x"}
    prediction = job.run("prediction", PANEL_FORECAST.format(horizon=6), plan)
    succeeded(prediction)
    table = pd.read_csv(prediction.output / "predictions.csv")
    assert list(table.columns) == ["shop", "item", "date", "forecast", *BOUNDS]
    widths = ((table["upper_95"] - table["lower_95"]) / table["forecast"]).groupby(table["item"] + table["shop"])
    assert (widths.mean().between(0.02, 1.0)).all(), "each series' interval is of its own size"
    assert list(table["date"][:6]) == [
        "2023-01-01",
        "2023-02-01",
        "2023-03-01",
        "2023-04-01",
        "2023-05-01",
        "2023-06-01",
    ]
    # The promotion is known ahead, and the forecast follows it.
    future = frame[frame["month"] >= "2023-01-01"].reset_index(drop=True)
    relative = table["forecast"] / table.groupby(["shop", "item"])["forecast"].transform("mean")
    assert relative[future["promo"] == "yes"].mean() > 1.2 * relative[future["promo"] == "no"].mean()
    longer = job.run("prediction", PANEL_FORECAST.format(horizon=9), plan)
    succeeded(longer)
    table = pd.read_csv(longer.output / "predictions.csv")
    assert len(table) == 27 and table["forecast"].notna().all() and (table["forecast"] > 0).all()


def test_a_history_too_short_to_learn_from_is_forecast_without_h2o_and_says_so(tmp_path: Path) -> None:
    months = pd.date_range("2024-01-31", periods=12, freq="ME").strftime("%Y-%m-%d")
    frame = pd.DataFrame({"shop": "A", "item": "x", "month": months, "sales": [3, 5, 4, 6, 5, 7, 6, 8, 7, 9, 8, 10]})
    frame["promo"], frame["weather"] = "no", 1.0
    job = job_of(tmp_path, frame, {"shop": "category", "item": "category", "month": "date", "promo": "category"})
    plan = {"task": "forecasting"}
    result = succeeded(job.train(scripts_of(**sales(2)), plan))
    assert any("too few to learn from" in warning for warning in result["warnings"])
    methods = {row["algorithm"] for row in result["leaderboard"]}
    assert {"SeasonalNaive", "Drift", "WindowAverage", "OptimizedTheta", "AutoETS"} <= methods
    assert not methods & {"GLM", "GBM"}
    prediction = job.run("prediction", PANEL_FORECAST.format(horizon=2), plan)
    succeeded(prediction)
    table = pd.read_csv(prediction.output / "predictions.csv")
    assert list(table["date"]) == ["2025-01-31", "2025-02-28"]
    assert table["forecast"].between(2.99, 13).all()


def test_a_heap_that_is_too_small_is_told_and_nothing_is_left_running(tmp_path: Path) -> None:
    job = example_job(tmp_path, "forecast")
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    scripts, plan = golden_scripts("forecast"), golden_plan("training", "forecast")
    finished = job.train(scripts, plan, H2O_MAX_MEM="32m", TMPDIR=str(scratch))
    assert finished.code == 1 and finished.result is not None
    assert (finished.result["failure"]["category"], finished.result["failure"]["code"]) == (
        "execution",
        "java_out_of_memory",
    )
    assert "32 MB" in finished.result["failure"]["message"]
    assert not java_of(scratch) and not list(scratch.iterdir())


def test_an_algorithm_that_takes_h2o_down_is_named(tmp_path: Path) -> None:
    job = example_job(tmp_path, "forecast")
    script = sealed_job(job, "forecast")
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    process = job.start(script, TMPDIR=str(scratch))
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if '"event": "leaderboard"' in line:
            break
    (java,) = java_of(scratch)
    os.kill(java, signal.SIGKILL)
    rest, stderr = process.communicate(timeout=60)
    finished = job.finished_stage("train", process.returncode, "".join(lines) + rest, stderr)
    assert finished.code == 1 and finished.result is not None
    assert finished.result["failure"]["code"] == "algorithm_failed"
    assert finished.result["failure"]["message"].startswith("GLM ")
    assert not list(scratch.iterdir())


def test_an_h2o_that_answers_late_is_waited_for(tmp_path: Path) -> None:
    """H2O's client gives a server 15 seconds: on a machine that is busy with other trainings that is not enough."""
    program = (
        "from pathlib import Path; from automl_runtime.cluster import H2OCluster; "
        "from automl_runtime.events import Events; import h2o; "
        f"cluster = H2OCluster(Path({str(tmp_path)!r}), 512, 1, Events(), hasty=True); cluster.wait_until_ready(); "
        "print(h2o.cluster().cloud_healthy); cluster.stop()"
    )
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    address = tmp_path / "h2o" / "address"
    while process.poll() is None and not (address.exists() and java_of(tmp_path)):
        time.sleep(0.001)
    (java,) = java_of(tmp_path)
    os.kill(java, signal.SIGSTOP)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(timeout=20)
    os.kill(java, signal.SIGCONT)
    assert process.communicate(timeout=60) == ("True\n", None)


def test_what_only_two_numbers_together_say_is_learnt_told_and_explained(tmp_path: Path) -> None:
    rng = np.random.default_rng(11)
    frame = pd.DataFrame(rng.normal(size=(430, 3)), columns=["length", "width", "age"])
    frame["price"] = 3 * frame["length"] * frame["width"] - frame["age"] + rng.normal(scale=0.3, size=430)
    truth = frame["price"].copy()
    frame.loc[400:, "price"] = np.nan
    job = job_of(tmp_path, frame, {})
    scripts = scripts_of(**regression("price", ["length", "width", "age"], max_models=1))
    scripts["train"] = scripts["train"].replace('["GLM", "GBM", "StackedEnsemble"]', '["GLM"]')
    scripts["evaluate"] = scripts["evaluate"].replace("save_model(run", f"{EXPLAINED}    save_model(run")
    training = job.train(scripts, {"task": "regression"})
    result = succeeded(training)
    # A line of each says nothing of it.
    assert result["metrics"]["r2"] > 0.9
    told = [event["message"] for event in training.events if event["event"] == "log"]
    assert any("“length” x “width”" in message for message in told), told
    losses = {one["feature"]: one["loss"] for one in result["insight"]["importance"]}
    assert min(losses["length"], losses["width"]) > losses["age"] > 0
    prediction = job.run("prediction", PREDICTION.format(target="price"), {"task": "regression"})
    succeeded(prediction)
    predicted = pd.read_csv(prediction.output / "predictions.csv")["prediction"]
    assert np.corrcoef(predicted, truth[400:])[0, 1] > 0.95


def test_a_recipe_of_groups_encoding_words_and_a_logarithm_holds_for_new_rows(tmp_path: Path) -> None:
    rng = np.random.default_rng(5)
    words = np.array(["quiet", "loud", "sunny", "dark", "central"])
    shops, effects = rng.integers(0, 80, 640), rng.normal(size=80)
    notes = words[rng.integers(0, 5, (640, 4))]
    size = rng.uniform(20, 200, 640)
    sunny = (notes == "sunny").any(axis=1)
    frame = pd.DataFrame(
        {"size": size.round(1), "shop": [f"s{number}" for number in shops], "owner": rng.integers(0, 60, 640)}
    )
    frame["note"] = [" ".join(row) for row in notes]
    frame["price"] = np.exp(0.01 * size + effects[shops] + sunny + rng.normal(scale=0.1, size=640)).round(4)
    truth = frame["price"].copy()
    frame.loc[600:, "price"] = np.nan
    job = job_of(tmp_path, frame, {"shop": "category", "note": "text", "owner": "integer"})
    training = job.train(scripts_of(**RECIPE), {"task": "regression"})
    result = succeeded(training)
    names = [row["model_id"] for row in result["leaderboard"]]
    assert {"GBM_1", "GBM_1_log"} <= set(names) and names[0] != "GBM_1"
    assert result["metrics"]["r2"] > 0.6
    with zipfile.ZipFile(training.output / "model.zip") as archive:
        manifest = json.loads(archive.read("manifest.json"))
        sealed = pd.read_csv(archive.open("evaluation.csv"))["row"] - 1
    owners = frame["owner"].iloc[:600]
    assert not set(owners.iloc[sealed]) & set(owners.drop(index=sealed))
    assert {scale["kind"] for scale in manifest["scales"].values()} == {"log"}
    assert manifest["learned"]["encodings"][0]["name"] == "shop"
    prediction = job.run("prediction", PREDICTION.format(target="price"), {"task": "regression"})
    succeeded(prediction)
    predicted = pd.read_csv(prediction.output / "predictions.csv")["prediction"]
    assert np.corrcoef(np.log(predicted), np.log(truth[600:]))[0, 1] > 0.9
    # Larger is never cheaper: the same rows with every size, all else alike.
    swept = pd.concat([frame.iloc[[600]]] * 15, ignore_index=True)
    swept["size"] = np.linspace(10, 220, 15)
    (tmp_path / "swept").mkdir()
    other = job_of(tmp_path / "swept", swept, {"shop": "category", "note": "text", "owner": "integer"})
    other.output("evaluate").mkdir(parents=True)
    (other.output("evaluate") / "model.zip").write_bytes((training.output / "model.zip").read_bytes())
    sweep = other.run("prediction", PREDICTION.format(target="price"), {"task": "regression"})
    succeeded(sweep)
    rising = pd.read_csv(sweep.output / "predictions.csv")["prediction"]
    assert (rising.diff().dropna() >= 0).all() and rising.iloc[-1] > rising.iloc[0]
