"""What one stage of a training tells the next: which rows may be trained on, and what may be known of the others."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from automl_runtime.failures import RunError
from automl_runtime.files import read_json, sha256_of, write_json
from automl_runtime.records import Records
from automl_runtime.run import SEALED_ROWS, SPLIT, TRAINING_ROWS, Run
from automl_runtime.timegrid import Frequency, TimeGrid

Indices = npt.NDArray[np.int64]
Kind = Literal["series", "table"]
SCHEMA_VERSION = 1


@dataclass(frozen=True)
class Handover:
    """`split.json`, which training may read: nothing in it tells of a sealed row's target."""

    kind: Kind
    # SHA-256 of the rows that may be trained on.
    training_sha256: str
    # The kind's own facts.
    facts: dict[str, Any]
    # What sealing had to say to the user.
    warnings: list[str]


@dataclass(frozen=True)
class SealedSeries:
    """Series: the grid of all rows, its first sealed position, and the covariates that the future is known of."""

    grid: TimeGrid
    boundary: int
    covariates: tuple[str, ...]
    # Their words in the order of their numbers.
    covariate_levels: dict[str, list[str]]

    def as_dict(self) -> dict[str, Any]:
        """The JSON form in `split.json`."""
        return {
            "frequency": self.grid.frequency.as_dict(),
            "grid": {"origin": self.grid.origin.isoformat(), "month_day": self.grid.month_day},
            "boundary": self.boundary,
            "last_training_date": self.grid.texts(np.array([self.boundary - 1]))[0],
            "covariates": list(self.covariates),
            "covariate_levels": self.covariate_levels,
        }

    @staticmethod
    def of(handover: Handover) -> SealedSeries:
        """What sealing says of series."""
        facts = handover.facts
        grid = TimeGrid(
            Frequency(**facts["frequency"]), pd.Timestamp(facts["grid"]["origin"]), facts["grid"]["month_day"]
        )
        return SealedSeries(grid, facts["boundary"], tuple(facts["covariates"]), facts["covariate_levels"])


def hand_over(
    run: Run, kind: Kind, rows: tuple[Indices, Indices, int], facts: dict[str, Any], *, sampled: bool = False
) -> None:
    """Leave what the stages after sealing read: `training.csv`, `split.json` and `sealed_rows.json`.

    :param rows: numbers (from 0) of the rows that may be trained on, in the order of training; of the sealed rows, in
        the order of judgement; and how many the data set has
    :param sampled: whether others were left out, so that these are all that is learnt from in the end too
    """
    training, sealed, count = rows
    path = run.staged(TRAINING_ROWS)
    Records.of(run.config.dataset).copy(training, path, expected=count)
    split = {
        "schema_version": SCHEMA_VERSION,
        "kind": kind,
        "training": {"sha256": sha256_of(path), "rows": int(training.size)},
        **facts,
        "warnings": list(run.events.warnings),
    }
    run.pass_on(path, TRAINING_ROWS)
    for name, content in (
        (SPLIT, split),
        (
            SEALED_ROWS,
            {
                "schema_version": SCHEMA_VERSION,
                "kind": kind,
                "dataset_sha256": run.config.dataset_sha256,
                "rows": sealed.tolist(),
                "sample": training.tolist() if sampled else None,
            },
        ),
    ):
        write_json(run.scratch / name, content)
        run.pass_on(run.scratch / name, name)
    run.outcome.rows |= {"training": int(training.size), "holdout": int(sealed.size)}
    run.events.info(f"{sealed.size} rows are sealed, {training.size} may be trained on.")


def read_handover(run: Run, kind: Kind) -> Handover:
    """What sealing has left. Its warnings are this run's too, without being told once more.

    :raises RunError: system/stage_input_invalid.
    """
    raw = _read(run.split_path, kind)
    found = Handover(kind, raw["training"]["sha256"], raw, raw["warnings"])
    run.events.warnings += [warning for warning in found.warnings if warning not in run.events.warnings]
    return found


def check_training_rows(run: Run, handover: Handover) -> Path:
    """The file of the rows that may be trained on. :raises RunError: where it is another than the one sealed."""
    path = run.training_path
    if not path.is_file() or sha256_of(path) != handover.training_sha256:
        raise stage_input_invalid(f"{path.name} is not the file of training rows that {SPLIT} names")
    return path


def read_sealed_rows(run: Run, kind: Kind) -> Indices:
    """The numbers of the sealed rows in the data set, as they are judged. :raises RunError: as `read_handover`."""
    return np.array(_sealing(run, kind)["rows"], dtype=np.int64)


def read_used_rows(run: Run, kind: Kind) -> Indices | None:
    """The numbers of all rows that are learnt from or sealed, rising; None: every one. :raises RunError: as above."""
    raw = _sealing(run, kind)
    sample = raw.get("sample")
    return None if sample is None else np.union1d(raw["rows"], sample).astype(np.int64)


def _sealing(run: Run, kind: Kind) -> dict[str, Any]:
    raw = _read(run.sealed_path, kind)
    if raw["dataset_sha256"] != run.config.dataset_sha256:
        raise stage_input_invalid(f"{SEALED_ROWS} names rows of another data set")
    return raw


def stage_input_invalid(reason: str) -> RunError:
    """The failure of a stage that doesn't find what an earlier one has made."""
    return RunError(
        "system",
        "stage_input_invalid",
        f"What an earlier stage of this training has left can't be used: {reason}.",
        "Retry the job from its training phase.",
    )


def _read(path: Path, kind: Kind) -> dict[str, Any]:
    try:
        raw: dict[str, Any] = read_json(path)
        if (raw["schema_version"], raw["kind"]) != (SCHEMA_VERSION, kind):
            raise ValueError(f"version {raw['schema_version']} of {raw['kind']}")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise stage_input_invalid(f"{path.name}: {error!r}") from error
    return raw
