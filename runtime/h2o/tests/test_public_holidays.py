"""Holidays as features: from a package that may not be there, and from the recipe ever after."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from automl_runtime.events import Events
from automl_runtime.public_holidays import public_holidays
from automl_runtime.recipe import ForecastRecipe, holiday_features, rows_at
from automl_runtime.timegrid import Frequency, TimeGrid

from .test_recipe import panel_of

DAILY = TimeGrid(Frequency("D", 1, 7), pd.Timestamp("2024-12-20"))
CHRISTMAS = ("2024-12-25", "2024-12-26", "2025-01-01")


def asked(region: str | None, unit: str = "D") -> tuple[tuple[str, ...], list[str]]:
    values = np.arange(40.0)
    panel: Any = panel_of(values)
    grid = TimeGrid(Frequency(unit, 1, 7), pd.Timestamp("2024-12-20"))  # type: ignore[arg-type]
    panel = SimpleNamespace(grid=grid, series=panel.series)
    run: Any = SimpleNamespace(events=Events(io.StringIO()))
    return public_holidays(run, panel, region), run.events.warnings


@pytest.fixture
def package(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str | None, range]]:
    """What is asked of a stand-in for the package, which the runtime's own environment doesn't have."""
    calls: list[tuple[str, str | None, range]] = []

    def country_holidays(country: str, *, subdiv: str | None, years: range) -> dict[Any, str]:
        calls.append((country, subdiv, years))
        if country == "XX":
            raise NotImplementedError(country)
        days = [*CHRISTMAS, "2024-01-01", "2034-12-25"]
        return {pd.Timestamp(day).date(): "a day" for day in reversed(days)}

    module = ModuleType("holidays")
    module.country_holidays = country_holidays  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "holidays", module)
    return calls


def test_dates_are_in_order_from_the_first_observation_on(package: list[Any]) -> None:
    days, warnings = asked("DE-BY")
    assert days == (*CHRISTMAS, "2034-12-25") and warnings == []
    assert package == [("DE", "BY", range(2024, 2036))]


@pytest.mark.parametrize(
    ("region", "unit", "said"),
    [
        ("XX", "D", "Nothing is known of holidays in XX"),
        ("nowhere", "D", "Nothing is known"),
        ("DE", "MS", "as long as"),
    ],
)
def test_what_can_not_be_had_is_told_and_left_out(package: list[Any], region: str, unit: str, said: str) -> None:
    days, (warning,) = asked(region, unit)
    assert days == () and said in warning


def test_without_the_package_the_forecast_goes_without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "holidays", None)
    days, (warning,) = asked("DE")
    assert days == () and "could not be had" in warning
    assert asked(None) == ((), [])


def test_features_say_how_far_the_nearest_holidays_are() -> None:
    found = holiday_features(DAILY, np.arange(25), CHRISTMAS)
    table = pd.DataFrame(found, index=DAILY.texts(np.arange(25)))
    assert table.loc["2024-12-24"].tolist() == [0, 1, 5]
    assert table.loc["2024-12-25"].tolist() == [1, 0, 5]
    assert table.loc["2024-12-26"].tolist() == [1, 0, 1]
    assert table.loc["2024-12-29"].tolist() == [0, 3, 3]
    assert table.loc["2025-01-12"].tolist() == [0, 5, 5]


def test_a_recipe_keeps_its_holidays_and_the_hours_of_a_day_share_them() -> None:
    hourly = TimeGrid(Frequency("h", 1, 24), pd.Timestamp("2024-12-24 00:00"))
    assert holiday_features(hourly, np.arange(20, 30), CHRISTMAS)["holiday_on"].tolist() == [0.0] * 4 + [1.0] * 6
    panel = panel_of(np.arange(60.0) % 7)
    days = (panel.grid.texts(np.array([40]))[0],)
    recipe = ForecastRecipe.for_panel(panel, horizon=7, lags=[1], windows=[], calendar=False, holidays=days)
    again = ForecastRecipe.from_dict(json.loads(json.dumps(recipe.as_dict())))
    assert again == recipe
    rows = rows_at(again, panel, 0, np.array([38, 39, 40]), np.array([2, 2, 2]))
    assert rows.features["holiday_on"].tolist() == [1.0, 0.0, 0.0]
    older = {name: value for name, value in recipe.as_dict().items() if name != "holidays"}
    assert ForecastRecipe.from_dict(json.loads(json.dumps(older))).holidays == ()


def test_packages_beside_the_data_set_can_be_imported(tmp_path: Path) -> None:
    package = tmp_path / "extras" / "one" / "automl_test_extra"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("VALUE = 7\n")
    folder = tmp_path / "attempts" / "training-1"
    folder.mkdir(parents=True)
    code = (
        "from automl_runtime.run import open_run\n"
        "try:\n    open_run(__file__).__enter__()\nexcept SystemExit:\n    pass\n"
        "import automl_test_extra\nprint(automl_test_extra.VALUE)\n"
    )
    (folder / "script.py").write_text(code)
    library = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    done = subprocess.run(
        [sys.executable, str(folder / "script.py")], env=library, capture_output=True, text=True, check=False
    )
    assert done.stdout.strip().split("\n")[-1] == "7", done.stderr
