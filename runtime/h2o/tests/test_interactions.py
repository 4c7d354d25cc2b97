from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from automl_runtime.contributions import contributions_of
from automl_runtime.importance import Feature
from automl_runtime.interactions import FEWEST_ROWS, MOST_PRODUCTS, Products, find_products

ROWS = 600


def table_of(seed: int, rows: int = ROWS, columns: int = 6) -> pd.DataFrame:
    values = np.random.default_rng(seed).normal(size=(rows, columns))
    return pd.DataFrame(values, columns=[f"c{number}" for number in range(columns)])


def pairs_of(features: pd.DataFrame, answers: np.ndarray, **options: object) -> list[tuple[str, str]]:
    found = find_products(features, np.reshape(answers, (len(features), -1)), seed=0, **options)  # type: ignore[arg-type]
    return [one.columns for one in found.found]


def test_pairs_that_matter_together_are_found_the_strongest_first() -> None:
    features = table_of(0)
    noise = np.random.default_rng(1).normal(size=ROWS)
    answers = features["c0"] + 2 * features["c1"] * features["c4"] + features["c2"] * features["c3"] + noise
    assert pairs_of(features, answers.to_numpy()) == [("c1", "c4"), ("c2", "c3")]


def test_of_classes_that_only_a_pair_tells_apart_the_pair_is_found() -> None:
    features = table_of(2)
    answers = (features["c2"] * features["c5"] > 0).astype(float)
    assert pairs_of(features, answers.to_numpy()) == [("c2", "c5")]


@pytest.mark.parametrize("seed", range(20))
def test_what_each_feature_says_alone_is_no_pair(seed: int) -> None:
    features = table_of(seed)
    # Two that go together: their product is nearly a square, and says what a bend says.
    features["c1"] = features["c0"] + 0.5 * features["c1"]
    features["c6"] = np.where(features["c2"] > 0, "v0", "v1")
    features["c7"] = (features["c2"] > 0) * 1.0
    noise = np.random.default_rng(seed + 100).standard_t(3, size=ROWS)
    answers = features["c0"] ** 2 + 3 * (features["c2"] > 0) + features["c3"] + noise
    assert pairs_of(features, answers.to_numpy()) == []


def test_a_column_that_must_rise_takes_no_part() -> None:
    features = table_of(3)
    answers = (features["c0"] * features["c1"]).to_numpy()
    assert pairs_of(features, answers) == [("c0", "c1")]
    assert pairs_of(features, answers, without={"c1"}) == []


def test_there_are_never_more_than_the_most() -> None:
    features = table_of(4, rows=5000, columns=12)
    answers = sum(features[f"c{one}"] * features[f"c{one + 1}"] for one in range(11))
    assert len(pairs_of(features, np.asarray(answers))) == MOST_PRODUCTS


@pytest.mark.parametrize(
    "features",
    [
        table_of(5, rows=FEWEST_ROWS - 1),
        table_of(5, columns=1),
        table_of(5) * 0,
        table_of(5) * np.nan,
        table_of(5).map(lambda value: f"v{value > 0:d}"),
        pd.DataFrame(index=range(ROWS)),
    ],
    ids=["few rows", "one column", "constant", "missing", "categories", "none"],
)
def test_where_there_is_nothing_to_multiply_nothing_is_found(features: pd.DataFrame) -> None:
    assert pairs_of(features, np.random.default_rng(6).normal(size=len(features))) == []


def test_a_wild_value_is_not_what_a_product_is_about() -> None:
    features = table_of(7)
    noise = np.random.default_rng(8).normal(size=ROWS)
    features.loc[0, ["c0", "c1"]] = 1e9
    noise[0] = 1e6
    assert pairs_of(features, noise) == []


# Numbers of any size, some missing.
cells = st.one_of(st.just(np.nan), st.floats(-1e12, 1e12))


@given(st.lists(st.tuples(cells, cells), min_size=1, max_size=20))
def test_a_row_has_the_same_products_alone_as_among_others(rows: list[tuple[float, float]]) -> None:
    features = table_of(9)
    found = find_products(features, (features["c0"] * features["c1"]).to_numpy().reshape(-1, 1), seed=0)
    found = Products.from_list(json.loads(json.dumps(found.as_list())))
    asked = pd.DataFrame(rows, columns=["c0", "c1"])
    whole = found.added(asked)
    assert list(whole.columns) == ["c0", "c1", "i0"]
    for number in range(len(rows)):
        alone = found.added(asked.iloc[[number]])
        np.testing.assert_array_equal(alone["i0"].to_numpy(), whole["i0"].to_numpy()[[number]])
    missing = asked.isna().any(axis=1)
    assert (whole["i0"].isna() == missing).all() and (whole["i0"].dropna().abs() <= 16).all()


def test_what_a_product_adds_is_shared_by_both_of_its_features() -> None:
    features = [
        Feature("a", ("c0",), ("i0",)),
        Feature("b", ("c1",), ("i0", "i1")),
        Feature("when", ("c2_days",), ("i1",)),
    ]
    said = pd.DataFrame({"c0": [1.0], "c1.v0": [2.0], "c2_days": [4.0], "i0": [8.0], "i1": [16.0], "BiasTerm": [0.5]})
    whole, base = contributions_of(said, features)
    assert whole.tolist() == [[5.0, 14.0, 12.0]]
    assert whole.sum() + base[0] == said.to_numpy().sum()
