"""The first stage of a training: which rows it may see. No H2O; nothing of the sealed rows is left to the next stage
but what is known of the future anyway.
"""

from __future__ import annotations

import numpy as np

from automl_runtime.dated import Names, panel_of, read_dated
from automl_runtime.failures import RunError, quoted
from automl_runtime.handover import SealedSeries, hand_over
from automl_runtime.run import Run
from automl_runtime.series import check_panel, keep_known_covariates, seal_last_rows
from automl_runtime.tables import Scheme, TableColumns, TableTask, check_labels, read_labels, seal_rows
from automl_runtime.timegrid import Frequency


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
    sampled = sample_rows is not None and sample_rows < len(training)
    if sampled:
        training = np.sort(np.random.default_rng(seed).choice(len(training), sample_rows, replace=False))
        training = split.training[training]
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
