"""Tables without a series: loading, sealing rows, cutting folds, and the metrics of their tasks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from automl_runtime.encoding import Encoder
from automl_runtime.failures import RunError, quoted
from automl_runtime.functions.features import FeatureFunction, Functions
from automl_runtime.groups import FEWEST_GROUPS, group_folds, group_numbers
from automl_runtime.handover import check_training_rows, read_handover
from automl_runtime.loading import parse_dates, read_table
from automl_runtime.metrics import Floats, Metrics, binary_metrics, multiclass_metrics, regression_metrics
from automl_runtime.run import Run

TableTask = Literal["regression", "binary", "multiclass"]
Scheme = Literal["time", "random", "group"]
Indices = npt.NDArray[np.int64]
FEWEST_LABELLED_ROWS = 20
MOST_CLASSES = 200
_DEFAULT_METRIC = {"regression": "rmse", "binary": "auc", "multiclass": "logloss"}


@dataclass(frozen=True)
class TableColumns:
    """The columns of a data set that a model is made of, as its plan names them."""

    task: TableTask
    target: str
    features: tuple[str, ...] = ()
    date_column: str | None = None
    group_column: str | None = None
    # Says how much a row counts.
    weight_column: str | None = None
    # Categories that are encoded by their target, and free texts that are read word by word.
    encoded: tuple[str, ...] = ()
    texts: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The JSON form."""
        return asdict(self)

    @staticmethod
    def from_dict(raw: dict[str, Any]) -> TableColumns:
        """The inverse of `as_dict` after a round trip through JSON."""
        return TableColumns(**{**raw, **{name: tuple(raw[name]) for name in ("features", "encoded", "texts")}})


@dataclass(frozen=True, kw_only=True)
class Labels:
    """What is to be predicted of a table's rows. `response` is NaN (or -1 for a class) where it is missing."""

    columns: TableColumns
    response: npt.NDArray[Any]
    classes: tuple[str, ...] = ()
    dates: pd.Series[pd.Timestamp] | None = None
    # The group of each row, where rows belong together.
    groups: Indices | None = None
    # How much each row counts; None: all alike.
    weight: Floats | None = None
    # The numbers of the rows in the data set; None: they are all of its rows.
    numbers: Indices | None = None

    @property
    def task(self) -> TableTask:
        """What is predicted: a number, or one of two or more classes."""
        return self.columns.task

    @property
    def target(self) -> str:
        """The column that is predicted."""
        return self.columns.target

    @property
    def labelled(self) -> Indices:
        """The positions of the rows that have a target, and count."""
        known = self.response >= 0 if self.classes else ~np.isnan(self.response)
        return np.flatnonzero(known if self.weight is None else known & (self.weight > 0))

    def numbers_of(self, rows: Indices) -> Indices:
        """The numbers (from 0) in the data set of rows at these positions."""
        return rows if self.numbers is None else self.numbers[rows]

    def positions_of(self, numbers: Indices) -> Indices:
        """The positions of rows with these numbers in the data set."""
        return numbers if self.numbers is None else np.searchsorted(self.numbers, numbers)

    def weight_of(self, rows: Indices) -> Floats | None:
        """How much these rows count; None: all alike."""
        return None if self.weight is None else self.weight[rows]


@dataclass(frozen=True, kw_only=True)
class Table(Labels):
    """A table whose labelled rows can be learnt from."""

    frame: pd.DataFrame
    encoder: Encoder
    functions: Functions = field(default_factory=Functions)


def read_labels(
    path: Path,
    columns: TableColumns,
    types: dict[str, str],
    *,
    fewest_groups: int = FEWEST_GROUPS,
    rows: Indices | None = None,
) -> tuple[Labels, pd.DataFrame]:
    """What is to be predicted of a file's rows, and their features as they stand there.

    :param rows: numbers (from 0, rising) of the rows that are read; None: all
    :raises RunError: data/... where the columns or the target can't be used.
    """
    others = (name for name in (columns.date_column, columns.group_column, columns.weight_column) if name)
    # Class labels are words, also where they look like numbers.
    types = types if columns.task == "regression" else types | {columns.target: "category"}
    frame = read_table(path, types, [columns.target, *columns.features, *others], rows=rows)
    response, classes = _response(frame[columns.target], columns.task, columns.target)
    date, group, weight = columns.date_column, columns.group_column, columns.weight_column
    labels = Labels(
        columns=columns,
        response=response,
        classes=classes,
        dates=parse_dates(frame[date].astype("string"), date) if date else None,
        groups=group_numbers(frame[group], group, fewest=fewest_groups) if group else None,
        weight=_weights(frame[weight], weight) if weight else None,
        numbers=rows,
    )
    return labels, frame


def table_of(labels: Labels, frame: pd.DataFrame, encoder: Encoder, functions: Functions) -> Table:
    """Labels with the features of their rows."""
    return Table(
        columns=labels.columns,
        response=labels.response,
        classes=labels.classes,
        dates=labels.dates,
        groups=labels.groups,
        weight=labels.weight,
        numbers=labels.numbers,
        frame=frame,
        encoder=encoder,
        functions=functions,
    )


def load_training_rows(
    run: Run,
    *,
    task: TableTask,
    target: str,
    features: list[str],
    date_column: str | None,
    functions: Sequence[FeatureFunction] = (),
    group_column: str | None = None,
    weight_column: str | None = None,
    target_encoding: Sequence[str] = (),
    text_features: Sequence[str] = (),
) -> Table:
    """Read the rows that may be trained on as a table for one task, with a feature more for each function of the plan.

    :param group_column: rows with the same value are sealed together and stay in one fold
    :param weight_column: says how much a row counts, in training and in every metric
    :param target_encoding: features that are replaced by what the target is on average where a row has their value
    :param text_features: features that are read word by word
    :raises RunError: data/... where the columns or the target can't be used; execution/function_... for a function.
    """
    run.stage("load", "Reading the training rows", 0.05)
    path = check_training_rows(run, read_handover(run, "table"))
    features = [name for name in features if name not in (target, weight_column)]
    if not features:
        raise RunError("data", "no_features", "No column is left to learn from.", "Keep at least one feature.")
    types = run.config.column_types
    own = Functions.bind(functions, features, types)
    encoded = tuple(name for name in features if name in target_encoding)
    texts = tuple(name for name in features if name in text_features)
    columns = TableColumns(
        task,
        target,
        tuple(features),
        date_column=date_column,
        group_column=group_column,
        weight_column=weight_column,
        encoded=encoded,
        texts=texts,
    )
    labels, frame = read_labels(path, columns, types, fewest_groups=1)
    frame = own.add_to(frame, run.events, training=True)
    features += own.types
    encoder = Encoder.fit(frame, features, types | own.types, encoded=encoded, texts=texts)
    unread = [column.name for column in encoder.columns if column.kind == "text" and column.name not in texts]
    if unread:
        names = ", ".join(quoted(name) for name in unread[:20])
        run.events.warn(f"Free text is used by its length only: {names}.")
    run.events.info(f"{len(frame)} training rows, {len(features)} features.")
    _tell_of_weights(run, labels)
    return table_of(labels, frame, encoder, own)


def folds_of(table: Labels, rows: Indices, scheme: str, folds: int, seed: int) -> tuple[Indices, int]:
    """The fold of each row, and how many there are: blocks in time, whole groups, or class by class at random."""
    folds = max(2, min(folds, len(rows) // 5))
    if scheme == "group" and table.groups is not None:
        return group_folds(table.groups[rows], folds, seed)
    if scheme == "time":
        # Rows come in time order from the split.
        return (np.arange(len(rows)) * folds // len(rows)).astype(np.int64), folds
    generator = np.random.default_rng(seed)
    order = generator.permutation(len(rows))
    if table.classes:
        order = order[np.argsort(table.response[rows][order], kind="stable")]
    fold = np.empty(len(rows), dtype=np.int64)
    fold[order] = np.arange(len(rows)) % folds
    return fold, folds


def metrics_of(table: Labels, rows: Indices, predicted: Floats, threshold: float = 0.5) -> Metrics:
    """The task's metrics for rows and their predictions (n values, or n x classes probabilities)."""
    actual, weight = table.response[rows], table.weight_of(rows)
    if table.task == "regression":
        return regression_metrics(actual.astype(np.float64), predicted, weight)
    if len(table.classes) == 2:
        return binary_metrics(actual == 1, predicted[:, 1], threshold, weight)
    return multiclass_metrics(actual.astype(np.int64), predicted, weight)


def naive_prediction(table: Labels, training: Indices, count: int, metric: str) -> tuple[str, Floats]:
    """(name, predictions) of the naive model: the training rows' median or mean, or their class shares."""
    known, weight = table.response[training], table.weight_of(training)
    if table.task == "regression":
        if metric in ("mae", "mape", "smape"):
            return "Median", np.full(count, _median(known, weight))
        return "Mean", np.full(count, float(np.average(known, weights=weight)))
    counts = np.bincount(known.astype(np.int64), weights=weight, minlength=len(table.classes))
    return "ClassShares", np.tile(counts / counts.sum(), (count, 1))


def usable_metric(run: Run, table: Labels, metric: str) -> str:
    """The plan's metric where this task has it, else the task's own, told."""
    sample = table.labelled[:1]
    probe = naive_prediction(table, table.labelled, 1, metric)[1]
    if metric in metrics_of(table, sample, probe):
        return metric
    instead = _DEFAULT_METRIC[table.task]
    run.events.warn(f"{metric} is no metric for {table.task}: {instead} is used.")
    return instead


def _response(column: pd.Series[Any], task: TableTask, target: str) -> tuple[npt.NDArray[Any], tuple[str, ...]]:
    if not column.notna().any():
        raise RunError(
            "data",
            "target_missing",
            f"Column {quoted(target)} has no value in any row.",
            "Choose a column that has values.",
        )
    if task == "regression":
        numbers = pd.to_numeric(column, errors="coerce").to_numpy(dtype=np.float64)
        if not np.isfinite(numbers).any():
            raise RunError(
                "data",
                "target_not_numeric",
                f"Column {quoted(target)} holds no numbers, so no number can be predicted.",
                "Choose a numeric column, or ask for a classification.",
            )
        return np.where(np.isfinite(numbers), numbers, np.nan), ()
    classes = tuple(sorted(column.dropna().unique()))
    number = {label: order for order, label in enumerate(classes)}
    codes = column.map(number).fillna(-1).to_numpy(dtype=np.int64)
    return codes, classes


def check_labels(table: Labels) -> None:
    """:raises RunError: data/... where nothing can be learnt from the rows as a whole."""
    count, distinct = len(table.labelled), len(np.unique(table.response[table.labelled]))
    if distinct < 2:
        raise RunError(
            "data",
            "constant_target",
            f"Column {quoted(table.target)} has the same value in every row, so there is nothing to learn.",
            "Choose another target.",
        )
    if count < FEWEST_LABELLED_ROWS:
        raise RunError(
            "data",
            "too_few_rows",
            f"Only {count} rows have a target; at least {FEWEST_LABELLED_ROWS} are needed.",
            "Upload more rows.",
        )
    if table.task == "binary" and distinct != 2:
        raise RunError(
            "data",
            "not_binary",
            f"Column {quoted(table.target)} has {distinct} classes, not two.",
            "Plan a multiclass model for it.",
        )
    if len(table.classes) > MOST_CLASSES:
        raise RunError(
            "data",
            "too_many_classes",
            f"Column {quoted(table.target)} has {distinct} classes; at most {MOST_CLASSES} can be told apart.",
            "Choose a target with fewer classes, or group the rare ones.",
        )


def _weights(column: pd.Series[Any], name: str) -> Floats:
    """A row without a weight counts nothing. :raises RunError: data/weight_unfit where a weight can't be one."""
    numbers = pd.to_numeric(column, errors="coerce").to_numpy(dtype=np.float64)
    weight = np.where(np.isfinite(numbers), numbers, 0.0)
    if weight.min(initial=0.0) < 0 or not weight.any():
        what = "a negative number" if weight.any() else "no number above 0"
        raise RunError(
            "data",
            "weight_unfit",
            f"Column {quoted(name)} holds {what}, so it can't say how much rows count.",
            "Choose a column of numbers that are 0 or more, or none.",
        )
    return weight


def _tell_of_weights(run: Run, labels: Labels) -> None:
    if labels.weight is None:
        return
    name = quoted(str(labels.columns.weight_column))
    run.events.info(f"Rows count as {name} says, in training and in every score.")
    nothing = int(np.count_nonzero(labels.weight == 0))
    if nothing:
        run.events.warn(f"{nothing} training rows have no weight in {name}: they count nothing.")


def _median(values: Floats, weight: Floats | None) -> float:
    if weight is None:
        return float(np.median(values))
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weight[order])
    return float(values[order][np.searchsorted(reached, reached[-1] / 2)])
