"""A training outside the system: a plan in a JSON file, and all stages of the training in this process.

The file is the `config.json` of any run, or a short one: `{"dataset": {"path": "sales.csv"}, "plan": {"task":
"forecasting", "target": "sales", "date_column": "date", "horizon": 14}}`. What it leaves out is read from the data, or
is the plan's usual value. The file that says all of it is written beside the results. A second run goes on with the
models that a killed one has finished.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from automl_runtime.candidate import prepare_refit
from automl_runtime.failures import RunError, quoted
from automl_runtime.files import read_json, sha256_of, write_json
from automl_runtime.forecast_candidate import load_all_series, load_candidate_forecaster, save_candidate_forecaster
from automl_runtime.forecast_evaluation import evaluate_forecaster, refit_forecaster
from automl_runtime.forecast_insight import explain_forecaster
from automl_runtime.forecaster import load_history, train_forecaster
from automl_runtime.functions.features import FeatureFunction
from automl_runtime.run import CONTRACT, Run, open_run
from automl_runtime.saving import save_forecaster
from automl_runtime.sealing import seal_series, seal_table
from automl_runtime.table_candidate import load_all_rows, load_candidate_model, save_candidate_model
from automl_runtime.table_evaluation import evaluate_model, refit_model, save_model
from automl_runtime.table_insight import explain_model
from automl_runtime.table_model import train_model
from automl_runtime.tables import load_training_rows
from automl_runtime.timegrid import Frequency

USUAL_METRIC = {"forecasting": "mae", "regression": "rmse", "binary": "auc", "multiclass": "logloss"}
# Of TrainingPlan (src/contracts/plans.ts): what holds where a plan does not say.
USUAL_PLAN: Mapping[str, Any] = {
    "schema_version": 1,
    "date_column": None,
    "series_id_columns": [],
    "frequency": None,
    "horizon": None,
    "features": None,
    "weight_column": None,
    "functions": [],
    "lags": [],
    "windows": [],
    "calendar": True,
    "holidays": None,
    "target_encoding": [],
    "text_features": [],
    "target_transform": "none",
    "monotone_increasing": [],
    "monotone_decreasing": [],
    "validation": {},
    "algorithms": ["GLM", "GBM", "XGBoost", "DRF"],
    "balance_classes": False,
    "max_models": 8,
    "max_runtime_secs": None,
    "seed": 42,
    "sample_rows": None,
    "heap_mb": 2048,
    "rationale": "",
}
USUAL_VALIDATION: Mapping[str, Any] = {
    "scheme": None,
    "holdout_rows": None,
    "holdout_fraction": None,
    "folds": 5,
    "group_column": None,
}
_USUAL_FRACTION, _USUAL_HORIZON = 0.2, 12
# Cells that are looked at for a column's type.
_TYPED_ROWS = 100_000


def main(arguments: Sequence[str]) -> int:
    """The command line. :returns: the exit code; 0 where `model.zip` and `result.json` are in the output folder."""
    parser = argparse.ArgumentParser(prog="python -m automl_runtime", description="Train by a plan in a JSON file.")
    commands = parser.add_subparsers(dest="command", required=True)
    training = commands.add_parser("train", help="seal rows, train, judge on the sealed rows, refit on everything")
    training.add_argument("config", type=Path, help="the plan: a config.json, or the short form that the README shows")
    training.add_argument("--output", type=Path, help="the folder for the results (default: out, beside the config)")
    asked = parser.parse_args(arguments)
    output: Path = asked.output or asked.config.resolve().parent / "out"
    try:
        complete = completed(read_config(asked.config), asked.config.resolve().parent, output.resolve())
        output.mkdir(parents=True, exist_ok=True)
        write_json(output / "config.json", complete)
    except RunError as error:
        print(f"{error.failure.message} {error.failure.hint}", file=sys.stderr)
        return 2
    with open_run(str(output / "train")) as run:
        train = train_series if complete["plan"]["task"] == "forecasting" else train_table
        train(run, complete["plan"])
    print(f"model.zip and result.json are in {output}.", file=sys.stderr)
    return 0


def read_config(path: Path) -> dict[str, Any]:
    """The file as it is. :raises RunError: system/config_invalid where it can't be read or is no JSON object."""
    try:
        raw = read_json(path)
    except (OSError, ValueError) as error:
        raise _invalid(f"{path} can't be read: {error}.") from error
    if not isinstance(raw, dict) or not isinstance(raw.get("plan"), dict) or not isinstance(raw.get("dataset"), dict):
        raise _invalid(f"{path} has no “dataset” and “plan”.")
    return raw


def completed(raw: dict[str, Any], at: Path, output: Path) -> dict[str, Any]:
    """A RunConfig whose paths stand beside `output/config.json`, with everything that `raw` leaves out.

    :raises RunError: system/config_invalid, or data/... where the file or the target is not there.
    """
    path = raw["dataset"].get("path")
    if not isinstance(path, str) or not (at / path).is_file():
        raise _invalid(f"dataset.path names no file: {quoted(str(path))}.")
    types = raw["dataset"].get("columns") or column_types(at / path)
    return {
        "schema_version": CONTRACT,
        "job_id": raw.get("job_id", "by-hand"),
        "job_name": raw.get("job_name", (at / path).stem),
        "phase": "training",
        "stage": None,
        "attempt": 1,
        "dataset": {
            "path": os.path.relpath(at / path, output),
            "sha256": sha256_of(at / path),
            "rows": raw["dataset"].get("rows", 0),
            "columns": types,
        },
        "plan": completed_plan(raw["plan"], [column["name"] for column in types]),
        "output": ".",
        **dict.fromkeys(("model", "predictions", "split", "sealed", "candidate")),
        "threads": raw.get("threads") or os.cpu_count() or 1,
    }


def completed_plan(asked: dict[str, Any], columns: Sequence[str]) -> dict[str, Any]:
    """The plan with its usual values. :raises RunError: system/config_invalid or data/column_missing."""
    for named, known in (
        (asked, {*USUAL_PLAN, "task", "target", "metric"}),
        (asked.get("validation"), USUAL_VALIDATION),
    ):
        unknown = sorted(set(named or {}) - set(known))
        if unknown:
            raise _invalid(f"The plan knows no field {quoted(unknown[0])}; it has {', '.join(sorted(known))}.")
    task, target = asked.get("task"), asked.get("target")
    if task not in USUAL_METRIC:
        raise _invalid(f"plan.task is {quoted(str(task))}, not one of {', '.join(USUAL_METRIC)}.")
    plan = {"metric": USUAL_METRIC[task], **USUAL_PLAN, **asked}
    validation = {**USUAL_VALIDATION, **plan["validation"]}
    timed = task == "forecasting" or plan["date_column"] is not None
    validation["scheme"] = validation["scheme"] or (
        "group" if validation["group_column"] else "time" if timed else "random"
    )
    if task == "forecasting":
        plan["horizon"] = plan["horizon"] or _USUAL_HORIZON
        validation["holdout_rows"] = validation["holdout_rows"] or plan["horizon"]
    elif validation["holdout_rows"] is None:
        validation["holdout_fraction"] = validation["holdout_fraction"] or _USUAL_FRACTION
    if target not in columns:
        raise RunError(
            "data",
            "column_missing",
            f"There is no column {quoted(str(target))}; there are {', '.join(quoted(one) for one in columns[:20])}.",
            "Name one of them as plan.target. Data are comma-separated UTF-8 with a header.",
        )
    if plan["features"] is None:
        others = {target, validation["group_column"], plan["weight_column"]}
        plan["features"] = [] if task == "forecasting" else [name for name in columns if name not in others]
    return {**plan, "validation": validation}


def column_types(path: Path) -> list[dict[str, str]]:
    """The columns of a CSV with their types by what is in them. :raises RunError: data/dataset_unreadable."""
    try:
        frame = pd.read_csv(path, dtype=str, keep_default_na=False, na_values=[""], nrows=_TYPED_ROWS, encoding="utf-8")
    except (OSError, ValueError) as error:
        raise RunError(
            "data", "dataset_unreadable", f"{path} is no CSV: {error}.", "Write it comma-separated, as UTF-8."
        ) from error
    return [{"name": str(name), "type": _type_of(frame[name].dropna())} for name in frame.columns]


def _type_of(cells: pd.Series[str]) -> str:
    if cells.empty:
        return "category"
    numbers = pd.to_numeric(cells, errors="coerce")
    if numbers.notna().all():
        return "integer" if (numbers % 1 == 0).all() else "real"
    if pd.to_datetime(cells, errors="coerce", format="ISO8601", utc=True).notna().all():
        return "date" if (cells.str.len() == len("2000-01-01")).all() else "datetime"
    return "category"


def train_series(run: Run, plan: dict[str, Any]) -> None:
    """All stages of a forecaster's training. :raises RunError: as they do."""
    names = {name: plan[name] for name in ("target", "date_column", "series_id_columns")}
    frequency = None if plan["frequency"] is None else Frequency(**plan["frequency"])
    horizon, validation = plan["horizon"], plan["validation"]
    cut = {"horizon": horizon, "holdout_rows": validation["holdout_rows"]}
    seal_series(run, **names, **cut, frequency=frequency, covariates=plan["features"])
    run.start_h2o(heap_mb=plan["heap_mb"])
    history = load_history(run, **names, covariates=plan["features"])
    settings = ("lags", "windows", "calendar", "holidays", "sample_rows", *_SETTINGS)
    asked = {name: plan[name] for name in settings}
    forecaster = train_forecaster(run, history, horizon=horizon, folds=validation["folds"], **asked)
    save_candidate_forecaster(run, forecaster, history)
    candidate = load_candidate_forecaster(run)
    prepare_refit(run, candidate, heap_mb=plan["heap_mb"])
    panel = load_all_series(run, candidate)
    evaluation = evaluate_forecaster(run, candidate, panel)
    explain_forecaster(run, candidate, panel, evaluation)
    save_forecaster(run, refit_forecaster(run, candidate, panel), evaluation, panel)


def train_table(run: Run, plan: dict[str, Any]) -> None:
    """All stages of a table model's training. :raises RunError: as they do."""
    validation = plan["validation"]
    table = {name: plan[name] for name in ("task", "target", "date_column")}
    table["group_column"] = validation["group_column"]
    sealed = {name: validation[name] for name in ("scheme", "holdout_rows", "holdout_fraction")}
    seal_table(run, **table, **sealed, seed=plan["seed"], sample_rows=plan["sample_rows"])
    run.start_h2o(heap_mb=plan["heap_mb"])
    columns = {name: plan[name] for name in ("features", "weight_column", "target_encoding", "text_features")}
    functions = [FeatureFunction(**one) for one in plan["functions"]]
    rows = load_training_rows(run, **table, **columns, functions=functions)
    settings = ("balance_classes", "target_transform", "monotone_increasing", "monotone_decreasing", *_SETTINGS)
    asked = {name: plan[name] for name in settings}
    model = train_model(run, rows, scheme=validation["scheme"], folds=validation["folds"], **asked)
    save_candidate_model(run, model, rows)
    candidate = load_candidate_model(run)
    prepare_refit(run, candidate, heap_mb=plan["heap_mb"])
    everything = load_all_rows(run, candidate)
    evaluation = evaluate_model(run, candidate, everything)
    explain_model(run, candidate, everything, evaluation)
    save_model(run, refit_model(run, candidate, everything), evaluation, everything)


_SETTINGS = ("metric", "algorithms", "max_models", "max_runtime_secs", "seed")


def _invalid(message: str) -> RunError:
    hint = 'The least there is: {"dataset": {"path": "…"}, "plan": {"task": "…", "target": "…"}}.'
    return RunError("system", "config_invalid", message, hint)
