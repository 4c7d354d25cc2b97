"""A table's rows as H2O trains on them: the encoder's columns, beside them what is learnt from the training rows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from automl_runtime.automl import Design
from automl_runtime.encoding import Encoder, class_code
from automl_runtime.interactions import Products, find_products
from automl_runtime.learned import Learned, answers_of
from automl_runtime.metrics import Floats
from automl_runtime.schedule import Search
from automl_runtime.tables import Indices, Table
from automl_runtime.target import LogScale


def training_design(
    table: Table,
    rows: Indices,
    fold: npt.NDArray[np.int64],
    scale: LogScale | None,
    search: Search,
    products: Products | None = None,
) -> tuple[Design, Learned]:
    """Training rows, and what was learnt from them; no row's own target is in its features.

    :param products: those to add; None: they are searched for
    """
    # Large tables are not copied where all of their rows are meant.
    whole = len(rows) == len(table.frame) and bool(np.array_equal(rows, np.arange(len(rows))))
    frame = table.frame if whole else table.frame.iloc[rows].reset_index(drop=True)
    response = table.response[rows]
    answers = answers_of(response if scale is None else scale.forward(response), len(table.classes))
    learned = Learned.fit(frame, answers, encoded=table.columns.encoded, texts=table.columns.texts)
    more = learned.of_training(frame, answers, fold)
    features = table.encoder.transform(frame)
    features = features if more.empty else pd.concat([features, more], axis=1)
    if products is None:
        # A product would break the promise that the prediction never falls where a number rises.
        products = find_products(features, answers, seed=search.seed, without=search.monotone)
    learned = replace(learned, products=products)
    features = products.added(features)
    return _design(table, rows, features, scale, balanced=search.balance_classes), learned


def features_of(frame: pd.DataFrame, encoder: Encoder, learned: Learned) -> pd.DataFrame:
    """The features of rows that were not trained on; their products are added where a model takes them."""
    return pd.concat([encoder.transform(frame), learned.of_new(frame.reset_index(drop=True))], axis=1)


def _design(table: Table, rows: Indices, features: pd.DataFrame, scale: LogScale | None, *, balanced: bool) -> Design:
    response, weight = table.response[rows], table.weight_of(rows)
    # 1 on average: what a model takes for few rows must not depend on the unit of the weights.
    weight = None if weight is None else weight / weight.mean()
    if table.classes:
        codes = np.array([class_code(number) for number in range(len(table.classes))])[response]
        weight = _balanced(response, weight) if balanced else weight
        return Design(features, table.encoder.categorical, codes, len(table.classes), weight=weight)
    return Design(features, table.encoder.categorical, response, None, scale, weight)


def _balanced(response: npt.NDArray[np.int64], weight: Floats | None) -> Floats:
    """Weights by which every class counts the same, and its rows among themselves as they did."""
    each = np.ones(len(response)) if weight is None else weight
    counts = np.bincount(response, weights=each)
    balanced: Floats = each * len(response) / (np.count_nonzero(counts) * counts[response])
    return balanced
