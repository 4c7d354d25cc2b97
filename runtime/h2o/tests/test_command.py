"""`python -m automl_runtime train`: the same training as the system's, without the system."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from automl_runtime.command import column_types, completed_plan
from automl_runtime.failures import RunError

from .conftest import train_by_command

COLUMNS = ["day", "shop", "sales"]


def test_types_are_read_from_the_cells(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("n,x,day,at,word,none\n1,1.5,2024-01-31,2024-01-31T10:00,a b,\n2,,2024-02-01,2024-01-31 11:00,c,\n")
    found = {column["name"]: column["type"] for column in column_types(path)}
    expected = {"n": "integer", "x": "real", "day": "date", "at": "datetime", "word": "category", "none": "category"}
    assert found == expected


def test_a_short_plan_gets_its_usual_values() -> None:
    plan = completed_plan({"task": "forecasting", "target": "sales", "date_column": "day"}, COLUMNS)
    assert (plan["metric"], plan["horizon"], plan["features"]) == ("mae", 12, [])
    assert (plan["validation"]["scheme"], plan["validation"]["holdout_rows"]) == ("time", 12)
    grouped = {"task": "regression", "target": "sales", "validation": {"group_column": "shop"}}
    plan = completed_plan(grouped, COLUMNS)
    assert (plan["features"], plan["validation"]["scheme"]) == (["day"], "group")
    assert plan["validation"]["holdout_fraction"] == 0.2


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        ({"task": "regression", "target": "price"}, "“price”"),
        ({"task": "guess", "target": "sales"}, "not one of forecasting"),
        ({"task": "regression", "target": "sales", "models": 3}, "“models”"),
        ({"task": "regression", "target": "sales", "validation": {"fold": 3}}, "“fold”"),
    ],
)
def test_a_plan_that_can_not_be_followed_says_why(plan: dict[str, Any], words: str) -> None:
    with pytest.raises(RunError) as caught:
        completed_plan(plan, COLUMNS)
    assert words in caught.value.failure.message
    assert caught.value.failure.hint


@pytest.mark.parametrize("config", ["{", "[]", {"plan": {}}, {"plan": {}, "dataset": {"path": "none.csv"}}])
def test_a_file_that_is_no_config_is_refused_without_a_trace(tmp_path: Path, config: Any) -> None:
    refused = train_by_command(tmp_path, config)
    assert refused.returncode == 2
    assert "Traceback" not in refused.stderr
    assert '"task"' in refused.stderr
    assert not (tmp_path / "out").exists()
