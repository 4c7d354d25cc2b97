"""Feature functions on a table: columns of their own, row by row, the same in training and in prediction."""

from __future__ import annotations

import io
import json
from typing import Any

import numpy as np
import pandas as pd
import pytest

from automl_runtime.events import Events
from automl_runtime.failures import RunError
from automl_runtime.functions import features
from automl_runtime.functions.features import ISOLATED, FeatureFunction, Functions

TYPES = {"weight": "integer", "height": "real", "name": "text", "seen": "date", "target": "real"}
FRAME = pd.DataFrame(
    {
        "weight": [70.0, 80.0, np.nan, 60.0],
        "height": [1.75, 0.0, 1.8, 1.5],
        "name": ["Doe, Mr. John", "Roe, Mrs. Jane", None, "Poe"],
        "seen": ["2024-01-31", "2024-02-03", None, "2024-02-05"],
    }
)
MASS = FeatureFunction("mass", ["weight", "height"], "number", "def mass(kg, m):\n  return kg / m ** 2")
TITLE = FeatureFunction(
    "title", ["name"], "category", "def title(x):\n  return x.split(', ')[1].split('.')[0] if ', ' in x else None"
)
WEEKEND = FeatureFunction("weekend", ["seen"], "number", "def weekend(day):\n  return day.weekday() >= 5")


@pytest.fixture(autouse=True)
def isolated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ISOLATED, "1")


def bound(*declared: FeatureFunction) -> Functions:
    return Functions.bind(declared, list(FRAME.columns), TYPES)


def added(functions: Functions, frame: pd.DataFrame = FRAME, training: bool = True) -> tuple[pd.DataFrame, list[str]]:
    events = Events(io.StringIO())
    return functions.add_to(frame, events, training=training), events.warnings


def refusal(*declared: FeatureFunction) -> Any:
    with pytest.raises(RunError) as caught:
        bound(*declared)
    return caught.value.failure


def test_each_function_gives_a_column_and_what_fails_is_missing_and_told() -> None:
    frame, warnings = added(bound(MASS, TITLE, WEEKEND))
    np.testing.assert_allclose(frame["mass"], [70 / 1.75**2, np.nan, np.nan, 60 / 1.5**2])
    assert list(frame["title"]) == ["Mr", "Mrs", None, None]
    np.testing.assert_array_equal(frame["weekend"], [0.0, 1.0, np.nan, 0.0])
    assert frame["mass"].dtype == frame["weekend"].dtype == np.float64
    assert warnings[0].startswith("Function mass gave no value in 2 of 4 rows (ZeroDivisionError")
    assert list(FRAME.columns) == ["weight", "height", "name", "seen"]
    assert bound(MASS, TITLE).types == {"mass": "real", "title": "category"}


def test_no_row_influences_another_one() -> None:
    functions = bound(MASS, TITLE, WEEKEND)
    whole, _ = added(functions)
    for rows in ([3, 1, 0, 2], [0], [2, 3]):
        part, _ = added(functions, FRAME.iloc[rows], training=False)
        pd.testing.assert_frame_equal(part, whole.iloc[rows])


def test_a_model_that_is_opened_gives_the_same_from_texts() -> None:
    """`predict_rows` reads every cell as a text; the kinds in the manifest make of them what training had."""
    functions = bound(MASS, TITLE, WEEKEND)
    again = Functions.from_list(json.loads(json.dumps(functions.as_list())))
    texts = FRAME.map(lambda cell: None if pd.isna(cell) else str(cell))
    here, _ = added(again, texts, training=False)
    there, _ = added(functions)
    pd.testing.assert_frame_equal(here[["mass", "title", "weekend"]], there[["mass", "title", "weekend"]])


@pytest.mark.parametrize(
    ("output", "body", "expected"),
    [
        ("number", "return 'text'", None),
        ("number", "return [x]", None),
        ("number", "return math.inf", None),
        ("number", "return (-8.0) ** 0.5", None),
        ("number", "return x > 1", 1.0),
        ("number", "return 2 ** 100", 2.0**100),
        ("category", "return ''", None),
        ("category", "return None", None),
        ("category", "return str(x) + 'x'", "2.5x"),
        ("category", "return x > 1", "True"),
        ("category", "return [x]", None),
        ("category", "return ('y' + str(x)).replace('y', '" + "y" * 190 + "').replace('2', '22222222')", "y" * 190),
    ],
)
def test_a_value_is_a_number_or_a_word(output: Any, body: str, expected: Any) -> None:
    function = FeatureFunction("g", ["x"], output, f"def g(x):\n  {body}")
    functions = Functions.bind([function], ["x"], {"x": "real"})
    frame, _ = added(functions, pd.DataFrame({"x": [2.5]}), training=False)
    value = frame["g"][0]
    if expected is None:
        assert pd.isna(value)
    elif isinstance(expected, str):
        assert value.startswith(expected) and len(value) <= 200
    else:
        assert value == expected


def test_outside_a_container_no_function_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = bound(MASS).as_list()
    for value in ("", "0", "yes"):
        monkeypatch.setenv(ISOLATED, value)
        assert (refusal(MASS).category, refusal(MASS).code) == ("system", "functions_need_docker")
        with pytest.raises(RunError, match="Docker"):
            Functions.from_list(kept)
    assert added(Functions.bind([], [], {}))[0] is FRAME
    assert Functions.from_list([]) == Functions()


@pytest.mark.parametrize(
    ("function", "why"),
    [
        (FeatureFunction("f", ["target"], "number", "def f(x):\n  return x"), "no feature of the plan"),
        (FeatureFunction("weight", ["height"], "number", "def weight(x):\n  return x"), "has this name"),
        (FeatureFunction("target", ["height"], "number", "def target(x):\n  return x"), "has this name"),
        (FeatureFunction("f", ["height"], "date", "def f(x):\n  return x"), "output"),  # type: ignore[arg-type]
        (FeatureFunction("f", ["height"], "number", "def f(x):\n  return open(x)"), "f, line 2: `open`"),
        (FeatureFunction("f", ["height", "weight"], "number", "def f(x):\n  return x"), "parameters do not fit"),
    ],
)
def test_what_must_not_run_is_refused_by_name_and_line(function: FeatureFunction, why: str) -> None:
    failure = refusal(MASS, function)
    assert (failure.category, failure.code) == ("execution", "function_refused")
    assert why in failure.message


def test_too_many_functions_and_two_of_one_name_are_refused() -> None:
    many = [FeatureFunction(f"f{number}", ["height"], "number", "def f(x):\n  return x") for number in range(21)]
    assert "at most 20" in refusal(*many).message
    assert "has this name" in refusal(MASS, MASS).message


@pytest.mark.parametrize(
    "changes",
    [
        {"code": "def mass(a, b):\n  return a.__class__"},
        {"code": 5},
        {"code": None},
        {"name": ["mass"]},
        {"name": "__class__"},
        {"inputs": [1, 2]},
        {"inputs": "ab", "kinds": ["number"]},
        {"kinds": ["number"]},
        {"kinds": ["number", "object"]},
        {"kinds": None},
        {"output": "object"},
        {"output": []},
    ],
)
def test_a_model_from_elsewhere_is_checked_again(changes: dict[str, Any]) -> None:
    (kept,) = bound(MASS).as_list()
    with pytest.raises(RunError) as caught:
        Functions.from_list([kept | changes])
    assert caught.value.failure.code == "function_refused"
    with pytest.raises(RunError):
        Functions.from_list([{"name": "mass"}])


def test_a_function_without_any_value_stops_a_training_but_not_a_prediction() -> None:
    functions = bound(FeatureFunction("f", ["name"], "number", "def f(x):\n  return x + 1"))
    with pytest.raises(RunError) as caught:
        added(functions)
    assert caught.value.failure.code == "function_failed"
    assert "TypeError" in caught.value.failure.message
    frame, warnings = added(functions, training=False)
    assert frame["f"].isna().all() and len(warnings) == 1


def test_functions_that_take_too_long_are_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(features, "MOST_SECONDS", -1)
    with pytest.raises(RunError) as caught:
        added(bound(MASS))
    assert caught.value.failure.code == "function_too_slow"
    assert "mass came to row 0 of 4" in caught.value.failure.message
