"""What every training leaves behind: the manifest's common part, the MOJOs, `model.zip`."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from automl_runtime.archive import Member, write_archive
from automl_runtime.cluster import quiet
from automl_runtime.events import finite, now
from automl_runtime.forecaster import Evaluation, Forecaster
from automl_runtime.run import Run, versions
from automl_runtime.series import Panel


def save_forecaster(run: Run, forecaster: Forecaster, evaluation: Evaluation, panel: Panel) -> None:
    """Write `model.zip` for a forecaster: recipe, grid, weights, MOJOs and the frozen evaluation."""
    run.stage("save", "Writing model.zip", 0.97)
    names = [name for name in forecaster.weights if name in forecaster.models]
    mojos = export_mojos(run, {name: forecaster.models[name].handle for name in names})
    members = [
        Member(
            name,
            forecaster.models[name].algorithm if name in forecaster.models else name,
            weight,
            f"models/{name}.zip" if name in mojos else None,
        )
        for name, weight in forecaster.weights.items()
    ]
    grid = panel.grid
    manifest = common_manifest(run, target=panel.target, metric=forecaster.metric) | {
        "kind": "forecaster",
        "date_column": panel.date_column,
        "series_id_columns": list(panel.id_columns),
        "frequency": {
            "unit": grid.frequency.unit,
            "step": grid.frequency.step,
            "season_length": grid.frequency.season_length,
        },
        "recipe": forecaster.recipe.as_dict(),
        "intervals": evaluation.intervals and evaluation.intervals.as_dict(),
        "covariate_levels": panel.covariate_levels,
        "members": [member.as_dict() for member in members],
        "backtest": evaluation.backtest,
    }
    publish_archive(run, manifest, mojos, None)


def common_manifest(run: Run, *, target: str, metric: str) -> dict[str, Any]:
    """What a reader of any model wants to know: origin, data, columns, metrics, versions, plan."""
    config, outcome = run.config, run.outcome
    return {
        "created_at": now(),
        "job_id": config.job_id,
        "job_name": config.job_name,
        "task": config.plan["task"],
        "target": target,
        "metric": metric,
        "metrics": {name: finite(value) for name, value in outcome.metrics.items()},
        "baseline": outcome.baseline
        and {
            "name": outcome.baseline[0],
            "metrics": {name: finite(value) for name, value in outcome.baseline[1].items()},
        },
        "skill": finite(outcome.skill),
        "leaderboard": [row.as_dict() for row in outcome.leaderboard],
        "columns": [{"name": name, "type": kind} for name, kind in config.column_types.items()],
        "dataset_sha256": config.dataset_sha256,
        "plan": config.plan,
        "versions": versions(),
    }


def export_mojos(run: Run, handles: Mapping[str, Any]) -> dict[str, Path]:
    """Write the MOJO of each H2O model: model id -> file."""
    mojos: dict[str, Path] = {}
    for name, handle in handles.items():
        path = run.scratch / f"{name}.zip"
        with quiet():
            handle.download_mojo(path=str(path))
        mojos[name] = path
    return mojos


def publish_archive(run: Run, manifest: dict[str, Any], mojos: dict[str, Path], evaluation: str | None) -> None:
    """Put `model.zip` into the output folder."""
    path = run.scratch / "model.zip"
    write_archive(path, manifest, {f"models/{name}.zip": file for name, file in mojos.items()}, evaluation)
    run.publish("model", path, "model.zip")
