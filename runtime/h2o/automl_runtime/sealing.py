"""The first stage of a training: which rows it may see. No H2O; nothing of the sealed rows is left to the next stage
but what is known of the future anyway.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from automl_runtime.dated import Names, panel_of, read_dated
from automl_runtime.failures import RunError, quoted
from automl_runtime.groups import draw_groups
from automl_runtime.handover import Indices, SealedSeries, hand_over
from automl_runtime.run import Run
from automl_runtime.sampling import drawn
from automl_runtime.series import check_panel, keep_known_covariates, seal_last_rows
from automl_runtime.tables import (
    FEWEST_LABELLED_ROWS,
    Labels,
    Scheme,
    TableColumns,
    TableTask,
    check_labels,
    read_labels,
)
from automl_runtime.timegrid import Frequency

# More make no score surer; they are worth more in training.
MOST_SEALED = 100_000


@dataclass(frozen=True)
class Split:
    """Which rows are trained on and which are sealed."""

    training: Indices
    sealed: Indices
    scheme: Scheme


def seal_series(
    run: Run,
    *,
    target: str,
    date_column: str | None,
    series_id_columns: list[str],
    frequency: Frequency | None,
    covariates: list[str],
    horizon: int,
    holdout_rows: int,
) -> None:
    """Seal the last `holdout_rows` grid steps, counted from the latest date of all series.

    Of the covariates, those are kept that are constant in each series or known for the whole horizon.

    :raises RunError: data/... where the columns, the dates or the target can't be used, or too little is left.
    """
    run.stage("load", "Reading the data", 0.01)
    names = Names.of(target, date_column, series_id_columns, covariates)
    dated = read_dated(run.config.dataset, names, run.config.column_types, frequency)
    panel = panel_of(run, dated)
    check_panel(panel)
    panel = keep_known_covariates(run, panel, horizon=horizon)
    run.stage("seal", "Sealing the last rows", 0.03)
    boundary = seal_last_rows(panel, holdout_rows=holdout_rows).sealed_from
    assert boundary is not None
    position, number = dated.rows["position"].to_numpy(), dated.rows.index.to_numpy(dtype=np.int64)
    late = position >= boundary
    sealed = number[late & dated.rows["value"].notna().to_numpy()]
    known = panel.covariate_names
    levels = {name: words for name, words in dated.covariate_levels.items() if name in known}
    facts = SealedSeries(dated.grid, boundary, known, levels).as_dict()
    hand_over(run, "series", (number[~late], sealed, dated.count), facts)


def seal_table(
    run: Run,
    *,
    task: TableTask,
    target: str,
    date_column: str | None,
    group_column: str | None,
    scheme: Scheme,
    holdout_rows: int | None,
    holdout_fraction: float | None,
    seed: int,
    sample_rows: int | None = None,
) -> None:
    """Seal rows that training never sees: the latest ones, whole groups, or drawn at random (class by class).

    :param sample_rows: how many of the others are learnt from, drawn at random, where there are more
    :raises RunError: data/... where the columns or the target can't be used, or too little would be left to train on.
    """
    run.stage("load", "Reading the data", 0.01)
    columns = TableColumns(task, target, date_column=date_column, group_column=group_column)
    labels, frame = read_labels(run.config.dataset, columns, run.config.column_types)
    check_labels(labels)
    run.stage("seal", "Sealing rows", 0.03)
    split = seal_rows(labels, scheme=scheme, holdout_rows=holdout_rows, holdout_fraction=holdout_fraction, seed=seed)
    training = split.training
    if sample_rows is not None:
        training = training[drawn(len(training), sample_rows, seed)]
    sampled = len(training) < len(split.training)
    if sampled:
        run.events.warn(f"A sample of {sample_rows} of {len(split.training)} rows is learnt from, as planned.")
    if len(np.unique(labels.response[training])) < 2:
        raise RunError(
            "data",
            "constant_target",
            f"Column {quoted(target)} has the same value in all rows that are not sealed: there is nothing to learn.",
            "Seal other rows (validation), or choose another target.",
        )
    missing = len(frame) - len(labels.labelled)
    run.events.info(f"{len(frame)} rows, {missing} of them without a target.")
    hand_over(run, "table", (training, split.sealed, len(frame)), {"scheme": scheme}, sampled=sampled)


def seal_rows(
    table: Labels,
    *,
    scheme: Scheme,
    holdout_rows: int | None,
    holdout_fraction: float | None,
    seed: int,
) -> Split:
    """Seal rows that training never sees: the latest ones, whole groups, or drawn at random (class by class).

    A share of the rows is at most `MOST_SEALED` of them.

    :raises RunError: data/too_few_rows where too little would be left to train on.
    """
    labelled = table.labelled
    share = round((holdout_fraction or 0.2) * len(labelled))
    count = holdout_rows if holdout_rows is not None else min(MOST_SEALED, share)
    count = max(1, count)
    if count > len(labelled) - FEWEST_LABELLED_ROWS // 2:
        raise RunError(
            "data",
            "too_few_rows",
            f"Sealing {count} of {len(labelled)} rows leaves too few to train on.",
            "Upload more rows or seal fewer.",
        )
    if scheme == "time":
        ordered = labelled if table.dates is None else labelled[_by_date(table.dates, labelled)]
        return Split(ordered[:-count], ordered[-count:], scheme)
    generator = np.random.default_rng(seed)
    if scheme == "group" and table.groups is not None:
        sealed = draw_groups(table.groups, labelled, count, generator)
    else:
        sealed = _draw(table, labelled, count, generator)
    return Split(np.setdiff1d(labelled, sealed), sealed, scheme)


def _by_date(dates: pd.Series[pd.Timestamp], rows: Indices) -> Indices:
    # Rows without a date count as the oldest, so that the sealed ones are certainly late.
    chosen = dates.iloc[rows].fillna(pd.Timestamp.min)
    return np.argsort(chosen.to_numpy(), kind="stable")


def _draw(table: Labels, labelled: Indices, count: int, generator: np.random.Generator) -> Indices:
    if not table.classes:
        return np.sort(generator.choice(labelled, count, replace=False))
    share = count / len(labelled)
    chosen = []
    for number in range(len(table.classes)):
        members = labelled[table.response[labelled] == number]
        # A class's only row is for training.
        wanted = min(len(members) - 1, round(share * len(members))) if len(members) > 1 else 0
        chosen.append(generator.choice(members, wanted, replace=False))
    return np.sort(np.concatenate(chosen))
