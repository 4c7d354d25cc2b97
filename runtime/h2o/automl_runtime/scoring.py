"""Scoring MOJOs without an H2O cluster: one short java process a model, by H2O's own scorer."""

from __future__ import annotations

import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd

from automl_runtime.cluster import find_java, h2o_jar, heap_limit_mb
from automl_runtime.failures import RunError, cut
from automl_runtime.metrics import Floats

SCORING_LIMIT_SECONDS = 1800
# Names an h2o-genmodel.jar to be used instead of the one in the package h2o.
GENMODEL_JAR = "H2O_GENMODEL_JAR"
# A small heap suffices, for rows are read one by one; two scorers at a time fit beside each other.
_HEAP_MB, _AT_ONCE = 512, 2


def score(mojos: list[Path], table: pd.DataFrame, folder: Path, classes: int | None) -> list[Floats]:
    """Predictions of each MOJO for a table with the model's internal column names.

    :returns: an array of n values a MOJO, or n x classes probabilities.
    :raises RunError: model/scoring_failed where a MOJO can't be read or applied.
    """
    if not mojos:
        return []
    source = folder / "rows.csv"
    # A MOJO's reader skips empty lines; a row of nothing but missing values must stay a row.
    table.to_csv(source, index=False, na_rep="NA")
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return list(pool.map(lambda mojo: _score_one(mojo, source, len(table), classes), mojos))


def contributions(mojo: Path, table: pd.DataFrame, folder: Path) -> pd.DataFrame:
    """SHAP values of a tree model's MOJO: a column for each feature that it uses, and `BiasTerm`.

    :raises RunError: model/scoring_failed where a MOJO can't be read or can't explain itself.
    """
    source = folder / "explained.csv"
    table.to_csv(source, index=False, na_rep="NA")
    return _answer(mojo, source, len(table), "--predictContributions")


def _score_one(mojo: Path, source: Path, rows: int, classes: int | None) -> Floats:
    table = _answer(mojo, source, rows)
    values = table["predict"] if classes is None else table.drop(columns="predict")
    numbers = values.to_numpy(dtype=np.float64)
    if not np.isfinite(numbers).all():
        raise _failed("a prediction is not a number")
    return numbers


def _answer(mojo: Path, source: Path, rows: int, *flags: str) -> pd.DataFrame:
    answer = mojo.with_suffix(".contributions.csv" if flags else ".predictions.csv")
    command = [
        find_java(),
        f"-Xmx{heap_limit_mb(_HEAP_MB)}m",
        # Most tables are scored in a second: the quick start matters more than the last optimisation.
        *("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
        *("-cp", str(_scorer()), "hex.genmodel.tools.PredictCsv", "--decimal", *flags),
        *("--mojo", str(mojo), "--input", str(source), "--output", str(answer)),
    ]
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SCORING_LIMIT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise _failed(f"it took longer than {SCORING_LIMIT_SECONDS} seconds") from error
    if done.returncode != 0 or not answer.is_file():
        raise _failed((done.stderr or done.stdout).strip()[-600:])
    table = pd.read_csv(answer)
    if len(table) != rows:
        raise _failed(f"{len(table)} predictions for {rows} rows")
    return table


def _scorer() -> Path:
    """The archive that holds H2O's MOJO scorer. :raises RunError: system/h2o_missing where there is none."""
    named = os.environ.get(GENMODEL_JAR)
    if not named:
        return h2o_jar()
    if Path(named).is_file():
        return Path(named)
    raise RunError("system", "h2o_missing", f"There is no file {named}.", "Name an h2o-genmodel.jar that is there.")


def _failed(reason: str) -> RunError:
    return RunError(
        "model",
        "scoring_failed",
        cut(f"The model can't score these rows: {reason}", 1900),
        "Retry the job from its training phase; check that the data set has the columns the model was trained on.",
    )
