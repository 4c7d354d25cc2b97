"""What every training leaves behind: the manifest's common part, the MOJOs, `model.zip`."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from automl_runtime.archive import HISTORY, Content, write_archive
from automl_runtime.card import model_card, readme, requirements
from automl_runtime.events import finite, now
from automl_runtime.forecast_evaluation import Evaluation, RefittedForecaster
from automl_runtime.mojos import export_mojos
from automl_runtime.pages import to_html, to_markdown
from automl_runtime.run import Run, versions
from automl_runtime.series import Panel, last_position
from automl_runtime.standalone import SCRIPT

# Beyond this a history stays out of the archive: who scores brings one.
LARGEST_HISTORY_BYTES = 64 << 20
_CHUNK_ROWS = 100_000
_LIBRARY = Path(__file__).parent


@dataclass(frozen=True)
class Contents:
    """What one kind of model puts into its archive: MOJOs by model id, and further files by name."""

    mojos: Mapping[str, Path]
    further: Mapping[str, Content]


def save_forecaster(run: Run, final: RefittedForecaster, evaluation: Evaluation, panel: Panel) -> None:
    """Write `model.zip` for a forecaster: recipe, grid, weights, MOJOs and the frozen evaluation."""
    run.stage("save", "Writing model.zip", 0.97)
    mojos = export_mojos(run, {name: model.handle for name, model in final.models.items()})
    candidate = final.candidate
    members = [
        replace(member, file=f"models/{member.model_id}.zip" if member.model_id in mojos else None)
        for member in candidate.saved.archive.members
    ]
    recipe = candidate.recipe
    manifest = common_manifest(run, target=panel.target, metric=candidate.metric) | {
        "kind": "forecaster",
        "date_column": panel.date_column,
        "series_id_columns": list(panel.id_columns),
        "frequency": panel.grid.frequency.as_dict(),
        "recipe": recipe.as_dict(),
        "intervals": evaluation.intervals and evaluation.intervals.as_dict(),
        "covariate_levels": panel.covariate_levels,
        "members": [member.as_dict() for member in members],
        "backtest": evaluation.backtest,
    }
    history = _history(run, [panel.date_column, *panel.id_columns, panel.target, *recipe.covariates])
    if history is not None:
        manifest["history"] = {"rows": history[1], "last_date": panel.grid.texts(last_position(panel))[0]}
    publish_archive(run, manifest, Contents(mojos, {} if history is None else {HISTORY: history[0]}))


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
        "rows": outcome.rows,
        "coverage": {
            str(level): {name: finite(share) for name, share in found.items()}
            for level, found in outcome.intervals.items()
        },
        "warnings": list(run.events.warnings),
        "insight": _told(outcome.insight),
        "leaderboard": [row.as_dict() for row in outcome.leaderboard],
        "columns": [{"name": name, "type": kind} for name, kind in config.column_types.items()],
        "dataset_sha256": config.dataset_sha256,
        "plan": config.plan,
        "versions": versions(),
    }


def _told(insight: dict[str, Any] | None) -> dict[str, Any]:
    """What a card and figures tell of a model: all but the reasons of single rows, which are of the data."""
    told = dict(insight or {})
    contributions = told.get("contributions")
    return told if contributions is None else {**told, "contributions": {**contributions, "rows": []}}


def publish_archive(run: Run, manifest: dict[str, Any], contents: Contents) -> None:
    """Put `model.zip` into the output folder: the model, and beside it all that scoring and judging it takes."""
    path = run.scratch / "model.zip"
    card = model_card(manifest)
    files: dict[str, Content] = {
        "README.md": to_markdown(readme(manifest)),
        "model_card.md": to_markdown(card),
        "model_card.html": to_html(card),
        "requirements.txt": requirements(manifest),
        "score.py": SCRIPT,
        "__main__.py": SCRIPT,
        **{f"models/{name}.zip": file for name, file in contents.mojos.items()},
        **contents.further,
        # The very program that predicts inside the system, so that the numbers are the same to the digit.
        **{f"automl_runtime/{file.relative_to(_LIBRARY).as_posix()}": file for file in sorted(_LIBRARY.rglob("*.py"))},
    }
    write_archive(path, manifest, files)
    run.publish("model", path, "model.zip")


def _history(run: Run, columns: list[str]) -> tuple[Path, int] | None:
    """(file, rows) of the columns that forecasting reads, each cell as it was written; None where that is too much."""
    path, rows = run.scratch / HISTORY, 0
    chunks = pd.read_csv(
        run.config.dataset,
        usecols=lambda name: name in columns,
        dtype=str,
        keep_default_na=False,
        encoding="utf-8",
        chunksize=_CHUNK_ROWS,
    )
    with chunks, path.open("w", encoding="utf-8", newline="") as handle:
        for chunk in chunks:
            # Quoted throughout: a cell may hold a line break, and an empty row must stay one.
            chunk.to_csv(handle, header=rows == 0, index=False, quoting=csv.QUOTE_ALL, lineterminator="\n")
            rows += len(chunk)
            if handle.tell() > LARGEST_HISTORY_BYTES:
                run.events.info("The history is too large to be stored in model.zip.")
                return None
    return path, rows
