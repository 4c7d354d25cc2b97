"""`candidate.zip`: what training has found, to be judged on the sealed rows and refitted on everything.

MOJOs and JSON as in `model.zip`: nothing in it can run code when it is read, and another H2O can go on from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from automl_runtime.archive import Archive, Member, read_archive, write_archive
from automl_runtime.events import LeaderboardRow, finite
from automl_runtime.files import read_json, sha256_of, write_json
from automl_runtime.handover import Kind, read_handover, stage_input_invalid
from automl_runtime.limits import Limits
from automl_runtime.refit import ModelSettings
from automl_runtime.run import CANDIDATE, Run
from automl_runtime.timebox import for_explaining

# What the sealed rows have said, written before anything is refitted.
FROZEN = "evaluation.json"
_KINDS: dict[str, Kind] = {"forecaster": "series", "table": "table"}


class Candidate(Protocol):
    """What can be judged and refitted."""

    @property
    def settings(self) -> tuple[ModelSettings, ...]:
        """How to train each of its models again; empty where nothing was trained."""
        ...


@dataclass(frozen=True)
class Found:
    """What a training of either kind leaves: its members, how to train them again, and the kind's own facts."""

    members: list[Member]
    settings: list[ModelSettings]
    facts: dict[str, Any]


def write_candidate(run: Run, kind: str, found: Found, mojos: Mapping[str, Path]) -> None:
    """Write `candidate.zip`; `mojos` maps model ids to files."""
    run.stage("save", "Writing candidate.zip", 0.84)
    outcome, path = run.outcome, run.scratch / CANDIDATE
    manifest = {
        "kind": kind,
        "training_sha256": read_handover(run, _KINDS[kind]).training_sha256,
        "members": [member.as_dict() for member in found.members],
        "settings": [one.as_dict() for one in found.settings],
        "metric": outcome.metric,
        "leaderboard": [row.as_dict() for row in outcome.leaderboard],
        "best_model": outcome.best_model,
        "rows": {"training": outcome.rows["training"]},
        "limits": outcome.limits and outcome.limits.as_dict(),
        "coverage": {str(level): coverage for level, coverage in outcome.intervals.items()},
        "warnings": list(run.events.warnings),
        "seconds": run.clock.training,
        **found.facts,
    }
    write_archive(path, manifest, {f"models/{name}.zip": file for name, file in mojos.items()})
    run.pass_on(path, CANDIDATE)


def read_candidate(run: Run, kind: str) -> tuple[Archive, tuple[ModelSettings, ...]]:
    """Open `candidate.zip`; what training said of itself becomes part of this run's outcome.

    :raises RunError: system/stage_input_invalid, or model/model_archive_... where it is broken.
    """
    run.stage("open", "Opening candidate.zip", 0.85)
    if not run.candidate_path.is_file():
        raise stage_input_invalid(f"there is no {CANDIDATE}")
    archive = read_archive(run.candidate_path, run.scratch)
    manifest, outcome = archive.manifest, run.outcome
    if archive.kind != kind or manifest.get("training_sha256") != read_handover(run, _KINDS[kind]).training_sha256:
        raise stage_input_invalid(f"{CANDIDATE} was not trained on these training rows")
    outcome.metric = manifest["metric"]
    outcome.leaderboard = [LeaderboardRow(**row) for row in manifest["leaderboard"]]
    outcome.best_model = (manifest["best_model"][0], manifest["best_model"][1])
    outcome.rows = dict(manifest["rows"])
    outcome.limits = None if manifest["limits"] is None else Limits(**manifest["limits"])
    outcome.intervals = {int(level): coverage for level, coverage in manifest["coverage"].items()}
    run.events.warnings += [text for text in manifest["warnings"] if text not in run.events.warnings]
    if run.config.stage is not None:
        run.clock.earlier = float(manifest["seconds"])
    return archive, tuple(ModelSettings.from_dict(one) for one in manifest["settings"])


def prepare_refit(run: Run, candidate: Candidate, *, heap_mb: int) -> None:
    """Start H2O in the background while the candidate is judged; not where there is no model to be refitted."""
    if candidate.settings and not run.has_h2o:
        run.start_h2o(heap_mb=heap_mb)
    limits = run.outcome.limits
    budget = None if limits is None else limits.max_runtime_secs
    if budget is not None:
        names = {one.model_id for one in candidate.settings}
        costs = [row.train_seconds or 0.0 for row in run.outcome.leaderboard if row.model_id in names]
        run.explain_until = for_explaining(budget, costs, run.config.plan["validation"]["folds"])


def freeze(run: Run) -> None:
    """Write down what the sealed rows say, once: what comes after can't change it, nor can a later incarnation."""
    path, outcome = run.config.output / FROZEN, run.outcome
    of = {"dataset_sha256": run.config.dataset_sha256, "candidate_sha256": sha256_of(run.candidate_path)}
    try:
        found: dict[str, Any] = read_json(path)
        known = {name: found[name] for name in of} == of
        metrics, baseline, gain = found["metrics"], found["baseline"], found["skill"]
    except (OSError, ValueError, KeyError, TypeError):
        known = False
    if not known:
        name, values = outcome.baseline or ("", {})
        metrics = {key: finite(value) for key, value in outcome.metrics.items()}
        baseline = {"name": name, "metrics": {key: finite(value) for key, value in values.items()}}
        gain = finite(outcome.skill)
        rows = outcome.rows["holdout"]
        write_json(path, {**of, "rows": rows, "metrics": metrics, "baseline": baseline, "skill": gain})
    outcome.metrics, outcome.skill = metrics, gain
    outcome.baseline = (baseline["name"], baseline["metrics"])
