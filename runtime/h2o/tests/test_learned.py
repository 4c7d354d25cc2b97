from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automl_runtime.encoding import Encoder
from automl_runtime.failures import RunError
from automl_runtime.groups import draw_groups, group_folds, group_numbers
from automl_runtime.learned import Learned, answers_of
from automl_runtime.target import LogScale
from automl_runtime.target_encoding import TargetEncoding

ROWS = 600
FOLD = np.arange(ROWS) % 5


def frame_of(seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    words = np.array(["cheap", "dear", "old", "new", "big", "small", 'qu"oted', "naïve"])
    texts = [" ".join(words[rng.integers(0, 8, 5)]) for _ in range(ROWS)]
    frame = pd.DataFrame({"shop": [f"s{number}" for number in rng.integers(0, 60, ROWS)], "text": texts})
    frame.loc[::50, "shop"] = None
    frame.loc[::70, "text"] = None
    return frame


def learned_of(frame: pd.DataFrame, response: np.ndarray, classes: int = 0) -> tuple[Learned, np.ndarray]:
    answers = answers_of(response, classes)
    return Learned.fit(frame, answers, encoded=["shop"], texts=["text"]), answers


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 2**31 - 1), st.integers(0, ROWS - 1))
def test_no_rows_own_target_reaches_its_features(seed: int, row: int) -> None:
    frame, response = frame_of(), np.random.default_rng(seed).normal(size=ROWS)
    learned, answers = learned_of(frame, response)
    before = learned.of_training(frame, answers, FOLD).iloc[row]
    changed = answers.copy()
    changed[row] += 1000
    after = learned.of_training(frame, changed, FOLD).iloc[row]
    pd.testing.assert_series_equal(before, after)


def test_noise_is_not_learnt_and_what_holds_is() -> None:
    rng = np.random.default_rng(1)
    frame = frame_of()
    noise = rng.normal(size=ROWS)
    learned, answers = learned_of(frame, noise)
    features = learned.of_training(frame, answers, FOLD)
    for name in ("e0_mean0", "t0_text0"):
        assert abs(np.corrcoef(features[name], noise)[0, 1]) < 0.15
    effect = frame["shop"].map({f"s{number}": value for number, value in enumerate(rng.normal(size=60))}).fillna(0)
    dear = frame["text"].fillna("").str.contains("dear").astype(float)
    signal = (effect + 2 * dear).to_numpy() + 0.1 * noise
    learned, answers = learned_of(frame, signal)
    features = learned.of_training(frame, answers, FOLD)
    assert np.corrcoef(features["e0_mean0"], effect)[0, 1] > 0.8
    assert np.corrcoef(features["t0_text0"], dear)[0, 1] > 0.8


@pytest.mark.parametrize(("classes", "columns"), [(0, 3), (2, 3), (4, 9), (30, 21)])
def test_it_comes_back_from_json_and_treats_new_rows_alike(classes: int, columns: int) -> None:
    rng = np.random.default_rng(2)
    response = rng.integers(0, classes, ROWS) if classes else rng.normal(size=ROWS)
    frame = frame_of()
    learned, _ = learned_of(frame, response, classes)
    rows = pd.DataFrame({"shop": ["s1", "never seen", None], "text": ["cheap and new", None, "…"]})
    features = learned.of_new(rows)
    assert features.shape == (3, columns) and features.notna().all(axis=None)
    again = Learned.from_dict(json.loads(json.dumps(learned.as_dict())))
    pd.testing.assert_frame_equal(again.of_new(rows), features)
    assert features["e0_count"][1] == 0


def test_rare_values_are_drawn_towards_the_mean() -> None:
    rng = np.random.default_rng(3)
    cells = pd.Series(["common"] * 200 + ["rare"] + [f"other{number % 20}" for number in range(200)])
    answers = rng.normal(size=(401, 1))
    answers[200] = 10
    encoding = TargetEncoding.fit("x", "e0", cells, answers)
    mean = encoding.transform(pd.Series(["rare"]))["e0_mean0"][0]
    assert abs(mean) < 5


def test_numbers_that_are_encoded_are_the_same_in_any_spelling() -> None:
    cells, answers = (
        pd.Series([98101.0, 98101.0, 98102.0, 98103.0] * 20),
        np.tile([[5.0], [5.0], [1.0], [0.0]], (20, 1)),
    )
    encoding = TargetEncoding.fit("zip", "e0", cells, answers)
    found = encoding.transform(pd.Series(["98101", "98101.0", "none"]))["e0_mean0"]
    assert found[0] == found[1] > 4 > found[2]


def test_nothing_to_learn_is_nothing() -> None:
    frame = frame_of()
    learned = Learned.fit(frame, answers_of(np.zeros(ROWS), 0), encoded=[], texts=[])
    assert learned.of_new(frame).shape == (ROWS, 0)
    assert Learned.from_dict(None) == Learned.from_dict(learned.as_dict()) == Learned()
    empty = pd.DataFrame({"text": pd.Series([None] * ROWS, dtype=object), "shop": None})
    learned, answers = learned_of(empty, np.random.default_rng(0).normal(size=ROWS))
    assert learned.of_training(empty, answers, FOLD).notna().all(axis=None)


@given(st.lists(st.floats(0, 1e9, allow_subnormal=False), min_size=2, max_size=50))
def test_a_logarithm_and_back(values: list[float]) -> None:
    response = np.array(values)
    scale = LogScale.of(response)
    if scale is None:
        assert not (response > 0).any()
        return
    np.testing.assert_allclose(scale.backward(scale.forward(response)), response, rtol=1e-6, atol=1e-6 * scale.unit)
    assert LogScale.from_dict(json.loads(json.dumps(scale.as_dict()))) == scale
    wild = scale.backward(np.array([-1e6, 1e6]))
    assert np.isfinite(wild).all() and wild[0] >= 0


def test_negative_numbers_have_no_logarithm_and_the_mean_is_brought_back() -> None:
    assert LogScale.of(np.array([-1.0, 5.0])) is None
    rng = np.random.default_rng(0)
    actual = np.exp(rng.normal(size=5000))
    scale = LogScale.of(actual)
    assert scale is not None
    predicted = np.full(5000, float(scale.forward(actual).mean()))
    assert scale.fitted(actual, predicted, "mae").backward(predicted).mean() < 0.8 * actual.mean()
    assert scale.fitted(actual, predicted, "rmse").backward(predicted).mean() == pytest.approx(actual.mean())


@given(st.integers(0, 2**31 - 1), st.integers(5, 60), st.integers(2, 6))
def test_a_groups_rows_stay_together(seed: int, groups: int, folds: int) -> None:
    rng = np.random.default_rng(seed)
    cells = pd.Series([f"g{number}" for number in [*range(groups), *rng.integers(0, groups, 150)]])
    numbers = group_numbers(cells, "who")
    rows = np.arange(len(cells))
    sealed = draw_groups(numbers, rows, len(rows) // 5, np.random.default_rng(seed))
    rest = np.setdiff1d(rows, sealed)
    assert len(sealed) and len(rest) and not set(numbers[sealed]) & set(numbers[rest])
    fold, count = group_folds(numbers[rest], folds, seed)
    assert len(np.unique(fold)) == count >= 2
    assert pd.Series(fold).groupby(numbers[rest]).nunique().eq(1).all()
    np.testing.assert_array_equal(fold, group_folds(numbers[rest], folds, seed)[0])


def test_a_giant_group_is_not_sealed() -> None:
    numbers = group_numbers(pd.Series(["giant"] * 180 + [f"g{number}" for number in range(10)] * 2), "who")
    for seed in range(20):
        sealed = draw_groups(numbers, np.arange(200), 40, np.random.default_rng(seed))
        assert 2 <= len(sealed) <= 40 and not (sealed < 180).any()
    even = group_numbers(pd.Series([f"g{number}" for number in range(5)] * 40), "who")
    assert len(draw_groups(even, np.arange(200), 10, np.random.default_rng(0))) == 40


def test_a_number_that_is_encoded_stays_a_number_too() -> None:
    frame = pd.DataFrame({"zip": np.arange(200.0) % 90, "shop": [f"s{number % 90}" for number in range(200)]})
    types = {"zip": "integer", "shop": "category"}
    encoder = Encoder.fit(frame, ["zip", "shop"], types, encoded=["zip", "shop"])
    assert [column.kind for column in encoder.columns] == ["number", "learnt"]
    assert list(encoder.transform(frame).columns) == ["c0"]


def test_rows_without_a_group_stand_alone_and_too_few_groups_are_told() -> None:
    numbers = group_numbers(pd.Series(["a", None, "b", None, "c", "d", "a"]), "who")
    assert len(set(numbers)) == 6 and numbers[0] == numbers[6]
    with pytest.raises(RunError, match="has 2 groups"):
        group_numbers(pd.Series(["a", "b"] * 10), "who")
