from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from automl_runtime import processes
from automl_runtime.challengers import challenger_forecast
from automl_runtime.processes import over_processes
from automl_runtime.recipe import backtest_rows

from .test_challengers import weekly
from .test_recipe import panel_of, recipe_for


def square(number: int) -> int:
    return number * number


def process_of(_: int) -> int:
    time.sleep(0.01)
    return os.getpid()


@pytest.mark.parametrize(("count", "workers"), [(0, 2), (1, 2), (50, 1), (50, 2), (50, 3)])
def test_answers_come_in_the_items_order(count: int, workers: int) -> None:
    assert over_processes(square, list(range(count)), workers) == [square(number) for number in range(count)]


def test_other_processes_do_the_work_and_an_error_of_the_work_is_raised() -> None:
    assert os.getpid() not in over_processes(process_of, list(range(20)), 2)
    with pytest.raises(TypeError):
        over_processes(square, ["a"] * 20, 2)  # type: ignore[list-item]


def test_without_processes_this_one_does_it_all(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise PermissionError("no semaphores here")

    monkeypatch.setattr(processes, "ProcessPoolExecutor", refused)
    assert over_processes(square, list(range(20)), 2) == [square(number) for number in range(20)]


def test_the_forecast_is_the_same_to_the_digit_in_any_number_of_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("automl_runtime.challengers._WORTH_PROCESSES", 0.0)
    panel = panel_of(*(weekly(60, seed) for seed in range(6)))
    recipe = recipe_for(panel)
    rows = backtest_rows(recipe, panel)
    answers = [challenger_forecast("AutoETS", recipe, panel, rows, processes=count) for count in (1, 2)]
    np.testing.assert_array_equal(*answers)
    assert not np.array_equal(answers[0], rows.naive)


def test_a_killed_training_leaves_no_process(tmp_path: Path) -> None:
    program = (
        "import sys, os, time; from pathlib import Path; from automl_runtime.processes import over_processes\n"
        "def work(_):\n"
        f"    Path({str(tmp_path)!r}, str(os.getpid())).touch()\n"
        "    time.sleep(600)\n"
        "over_processes(work, list(range(8)), 2)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", program])
    deadline = time.monotonic() + 60
    while len(list(tmp_path.iterdir())) < 2 and time.monotonic() < deadline:
        time.sleep(0.02)
    children = [Path("/proc", path.name) for path in tmp_path.iterdir()]
    assert len(children) == 2
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    while any(map(_alive, children)) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not any(map(_alive, children))


def _alive(process: Path) -> bool:
    try:
        return (process / "stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False
