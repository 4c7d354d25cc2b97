"""The command of `model.zip`: scores a CSV with the archive alone. No cluster, no network, no other file."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from automl_runtime.archive import HISTORY, Archive, read_archive
from automl_runtime.events import Events
from automl_runtime.failures import RunError, classify
from automl_runtime.files import sha256_of
from automl_runtime.new_rows import score_new_rows
from automl_runtime.run import Config, Run
from automl_runtime.scoring import GENMODEL_JAR

# Others would have to find this program inside the archive.
_PROCESSES = 1

# `score.py` and `__main__.py` of an archive: beside this package, packed or unpacked.
SCRIPT = '''"""Score a CSV with this model: see README.md. `python model.zip rows.csv` does it without unpacking."""

import sys
from pathlib import Path

ARCHIVE = Path(__file__).resolve().parent
sys.path.insert(0, str(ARCHIVE))

from automl_runtime.standalone import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main(ARCHIVE))
'''


class _Spoken(Events):
    """Warnings for a person at a terminal; nothing else."""

    def __init__(self) -> None:
        super().__init__(sys.stderr)

    def warn(self, message: str) -> None:
        """Say it once."""
        if message not in self.warnings:
            self.warnings.append(message)
            print(f"Note: {message}", file=sys.stderr)

    def _emit(self, event: str, **fields: object) -> None:
        pass


def main(archive: Path, arguments: Sequence[str] | None = None) -> int:
    """Run the command. :returns: the exit code, 1 with the reason and a hint on stderr where it can't be done."""
    parser = argparse.ArgumentParser(prog="score.py", description="Score a CSV with this model; see README.md.")
    parser.add_argument(
        "rows", nargs="?", type=Path, help="the CSV; a forecast goes on from the stored history without"
    )
    parser.add_argument("-o", "--output", type=Path, default=Path("predictions.csv"), help="where the answer goes")
    parser.add_argument("--horizon", type=int, help="forecasts only: how many steps; as trained where left out")
    parser.add_argument("--jar", help="an h2o-genmodel.jar (or h2o.jar), instead of the one in the package h2o")
    given = parser.parse_args(arguments)
    if given.jar:
        os.environ[GENMODEL_JAR] = given.jar
    if given.horizon is not None and given.horizon < 1:
        parser.error("--horizon must be at least 1")
    try:
        table = score_file(archive, given.rows, given.horizon)
        table.to_csv(given.output, index=False, encoding="utf-8", lineterminator="\n")
    except Exception as error:
        failure = classify(error)
        print(f"{failure.message}\n{failure.hint}", file=sys.stderr)
        return 1
    print(f"{len(table)} rows in {given.output}", file=sys.stderr)
    return 0


def score_file(archive: Path, rows: Path | None, horizon: int | None) -> pd.DataFrame:
    """Score a CSV, or (null) forecast on from the stored history. :raises RunError: as `score_new_rows`."""
    with tempfile.TemporaryDirectory(prefix="automl-score-") as folder:
        scratch = Path(folder)
        opened = read_archive(archive, scratch)
        run = Run(_config(opened, archive, rows or _history(opened)), _Spoken(), scratch)
        return score_new_rows(run, opened, horizon=horizon)


def _history(opened: Archive) -> Path:
    stored = opened.folder / HISTORY
    if stored.is_file():
        return stored
    what = "A forecast of this model needs a history." if opened.kind == "forecaster" else "There are no rows to score."
    raise RunError("data", "no_rows", what, "Name a CSV file; README.md says which columns it needs.")


def _config(opened: Archive, archive: Path, rows: Path) -> Config:
    manifest = opened.manifest
    return Config(
        job_id=manifest["job_id"],
        job_name=manifest["job_name"],
        phase="prediction",
        attempt=1,
        dataset=rows,
        dataset_sha256=sha256_of(rows),
        column_types={column["name"]: column["type"] for column in manifest["columns"]},
        plan=manifest["plan"],
        output=opened.folder,
        model=archive,
        predictions=None,
        threads=_PROCESSES,
    )
