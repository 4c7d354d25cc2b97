from __future__ import annotations

import json
from dataclasses import replace
from itertools import islice
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from automl_runtime import sealing
from automl_runtime.designs import training_design
from automl_runtime.encoding import Encoder
from automl_runtime.failures import RunError
from automl_runtime.functions.features import Functions
from automl_runtime.schedule import Search, schedule
from automl_runtime.sealing import seal_rows
from automl_runtime.tables import (
    Labels,
    Table,
    TableColumns,
    folds_of,
    metrics_of,
    naive_prediction,
    read_labels,
)
from automl_runtime.tables import table_of as with_features

words = st.one_of(st.none(), st.text(max_size=12), st.sampled_from(['"', "a,b", "line\nbreak", "%s", "=1+1", "naïve"]))


@given(st.lists(words, min_size=1, max_size=30), st.text(min_size=1))
def test_any_name_and_any_word_becomes_a_harmless_code(cells: list[str | None], name: str) -> None:
    frame = pd.DataFrame({name: pd.Series(cells, dtype=object)})
    encoder = Encoder.fit(frame, [name], {name: "category"})
    table = encoder.transform(frame)
    for column in table.columns:
        assert column.isascii() and column.replace("_", "").isalnum()
    for cell in table.to_numpy().ravel():
        assert isinstance(cell, float) or str(cell).isalnum()
    assert len(table) == len(cells)
    again = Encoder.from_list(json.loads(json.dumps(encoder.as_list())))
    pd.testing.assert_frame_equal(again.transform(frame), table)


def test_unknown_words_become_missing_and_dates_become_parts() -> None:
    frame = pd.DataFrame({"word": ["a", "b", "a"], "day": ["2024-01-31", "2024-02-29", None]})
    encoder = Encoder.fit(frame, ["word", "day"], {"word": "category", "day": "date"})
    table = encoder.transform(pd.DataFrame({"word": ["b", "zebra"], "day": ["2024-02-29", "2024-03-01"]}))
    assert list(table["c0"].isna()) == [False, True]
    assert list(table["c1_month"]) == [2, 3]
    assert list(table["c1_days"].diff())[1] == 1


def table_of(response: np.ndarray, classes: tuple[str, ...] = (), dates: list[str] | None = None) -> Table:
    frame = pd.DataFrame({"x": np.arange(len(response), dtype=float)})
    encoder = Encoder.fit(frame, ["x"], {"x": "real"})
    moments = None if dates is None else pd.Series(pd.to_datetime(dates))
    task = "regression" if not classes else "binary" if len(classes) == 2 else "multiclass"
    columns = TableColumns(task, "y", ("x",))  # type: ignore[arg-type]
    labels = Labels(columns=columns, response=response, classes=classes, dates=moments)
    return with_features(labels, frame, encoder, Functions())


@given(st.integers(40, 200), st.integers(2, 4), st.floats(0.05, 0.4), st.integers(0, 2**31 - 1))
def test_sealed_rows_are_disjoint_complete_and_stratified(rows: int, classes: int, share: float, seed: int) -> None:
    response = np.random.default_rng(seed).integers(0, classes, rows)
    table = table_of(response, tuple("abcd"[:classes]))
    split = seal_rows(table, scheme="random", holdout_rows=None, holdout_fraction=share, seed=seed)
    assert sorted([*split.training, *split.sealed]) == list(range(rows))
    for number in range(classes):
        members = int(np.sum(response == number))
        sealed = int(np.sum(response[split.sealed] == number))
        assert abs(sealed - share * members) <= 1.5
    again = seal_rows(table, scheme="random", holdout_rows=None, holdout_fraction=share, seed=seed)
    np.testing.assert_array_equal(split.sealed, again.sealed)
    fold, folds = folds_of(table, split.training, "random", 3, seed)
    assert set(np.unique(fold)) == set(range(folds))


def test_time_seals_the_latest_rows_whatever_their_order() -> None:
    dates = [f"2024-01-{day:02d}" for day in range(1, 31)]
    shuffled = [dates[(7 * number) % 30] for number in range(30)]
    table = table_of(np.arange(30.0), dates=shuffled)
    split = seal_rows(table, scheme="time", holdout_rows=5, holdout_fraction=None, seed=0)
    assert sorted(shuffled[row] for row in split.sealed) == dates[-5:]
    fold, _ = folds_of(table, split.training, "time", 3, 0)
    assert (np.diff(fold) >= 0).all()


def test_no_more_rows_are_sealed_than_a_score_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "MOST_SEALED", 30)
    table = table_of(np.arange(400.0))
    by_share = seal_rows(table, scheme="random", holdout_rows=None, holdout_fraction=0.2, seed=0)
    by_number = seal_rows(table, scheme="random", holdout_rows=50, holdout_fraction=None, seed=0)
    assert (len(by_share.sealed), len(by_number.sealed)) == (30, 50)


def test_rows_without_a_target_are_neither_trained_on_nor_sealed() -> None:
    response = np.where(np.arange(60) % 3 == 0, np.nan, np.arange(60.0))
    split = seal_rows(table_of(response), scheme="random", holdout_rows=8, holdout_fraction=None, seed=0)
    assert len(split.sealed) == 8
    assert not np.isnan(response[np.concatenate([split.training, split.sealed])]).any()


def names(search: Search, count: int) -> list[str]:
    return [step.name for _, step in zip(range(count), schedule(search, numbers=False), strict=False)]


def search(*algorithms: str, max_models: int | None = 6, max_runtime_secs: int | None = None) -> Search:
    return Search("mae", algorithms, 3, max_models, max_runtime_secs, 42)


def test_the_schedule_covers_every_family_first_and_never_ends() -> None:
    steps = names(search("GLM", "XGBoost", "GBM", "DRF", "StackedEnsemble"), 40)
    assert steps[:4] == ["XGBoost_1", "GLM_1", "GBM_1", "DRF_1"]
    assert len(steps) == len(set(steps)) == 40
    forty = zip(range(40), schedule(search("GBM"), numbers=False), strict=False)
    draws = [(step.automl_step, step.seed) for _, step in forty]
    assert len(draws) == len(set(draws))


def test_deep_learning_only_with_a_time_budget() -> None:
    assert "DeepLearning_1" not in names(search("GLM", "DeepLearning"), 9)
    assert "DeepLearning_1" in names(search("GLM", "DeepLearning", max_runtime_secs=60), 9)
    assert names(search("GLM"), 9) == ["GLM_1"]


def weighed(response: np.ndarray, weight: list[float], classes: tuple[str, ...] = ()) -> Table:
    table = table_of(response, classes)
    return replace(table, weight=np.array(weight))


def test_weights_count_in_the_naive_model_and_in_every_metric() -> None:
    numbers = weighed(np.array([1.0, 2.0, 9.0]), [1.0, 1.0, 2.0])
    rows = numbers.labelled
    assert naive_prediction(numbers, rows, 1, "rmse")[1][0] == 5.25
    assert naive_prediction(numbers, rows, 1, "mae")[1][0] in (2.0, 9.0)
    assert metrics_of(numbers, rows, np.zeros(3))["mae"] == 5.25
    words = weighed(np.array([0, 1, 1]), [2.0, 1.0, 1.0], ("a", "b"))
    assert naive_prediction(words, words.labelled, 1, "auc")[1].tolist() == [[0.5, 0.5]]
    assert metrics_of(words, words.labelled, np.tile([0.0, 1.0], (3, 1)))["accuracy"] == 0.5


def test_rows_without_a_weight_are_not_learnt_from() -> None:
    assert weighed(np.array([1.0, np.nan, 3.0, 4.0]), [1.0, 1.0, 0.0, 2.0]).labelled.tolist() == [0, 3]


@pytest.mark.parametrize("balanced", [False, True])
def test_a_design_weighs_as_the_table_and_the_plan_say(balanced: bool) -> None:
    table = weighed(np.array([0, 0, 1, 1, 1, 1] * 4), [3.0, 1.0, 1.0, 1.0, 1.0, 1.0] * 4, ("a", "b"))
    rows = table.labelled
    fold, _ = folds_of(table, rows, "random", 2, 0)
    weight = training_design(table, rows, fold, None, replace(search("GLM"), balance_classes=balanced))[0].weight
    assert weight is not None and np.isclose(weight.mean(), 1)
    assert np.isclose(weight[0] / weight[1], 3)
    share = weight[table.response[rows] == 0].sum() / weight.sum()
    assert np.isclose(share, 0.5)
    if balanced:
        table = replace(table, weight=None)
        even = training_design(table, rows, fold, None, replace(search("GLM"), balance_classes=True))[0].weight
        assert even is not None and np.isclose(even[0], even[1])


@pytest.mark.parametrize(("cells", "says"), [(["1", "-2"], "negative"), (["0", ""], "above 0"), (["a", ""], "above 0")])
def test_what_cannot_be_a_weight_is_refused(cells: list[str], says: str, tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("y,w\n" + "".join(f"{number},{cell}\n" for number, cell in enumerate(cells)))
    with pytest.raises(RunError, match=says):
        read_labels(path, TableColumns("regression", "y", weight_column="w"), {})


@pytest.mark.parametrize(("table", "numbers", "ours"), [(True, True, True), (True, False, False), (False, True, False)])
def test_numbers_of_a_table_are_learnt_by_ridge(table: bool, numbers: bool, ours: bool) -> None:
    (step,) = schedule(replace(search("GLM"), table=table), numbers=numbers)
    assert (step.settings is not None) == ours and step.name == "GLM_1"


def test_slow_trees_come_early_for_tables_and_no_step_of_automl_is_lost() -> None:
    of_tables, of_series = (
        list(islice(schedule(replace(search("GBM", "XGBoost"), table=table), numbers=True), 40))
        for table in (True, False)
    )
    assert [step.automl_step for step in of_tables[:3]] == ["def_3", "slow_4", "slow_xgboost"]
    assert not any(step.settings for step in of_series)
    assert {step.automl_step for step in of_series} < {step.automl_step for step in of_tables}
