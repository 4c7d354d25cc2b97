"""Pictures for print of what was found out about a model."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from automl_runtime.canvas import prepare_matplotlib
from automl_runtime.events import Events
from automl_runtime.figures import FIGURES, evaluation_figures, insight_figures, save_further

HOSTILE = "$x^2$ <b>\n\u202eevil" + "n" * 300
MANIFEST = {
    "metric": "rmse",
    "target": HOSTILE,
    "insight": {
        "importance": [{"feature": HOSTILE, "loss": 2.0, "spread": 0.1}, {"feature": "b", "loss": -0.1, "spread": 0.0}],
        "contributions": {
            "model_id": "GBM_1",
            "unit": "log_odds",
            "toward": HOSTILE,
            "features": [
                {"feature": "a", "mean": 1.0, "points": [{"height": None, "contribution": 1.0}]},
                {"feature": HOSTILE, "mean": 0.5, "points": [{"height": 0.5, "contribution": -1.0}]},
            ],
            "rows": [],
        },
        "dependence": [
            {"feature": "a", "kind": "number", "grid": ["0", "1.5"], "lines": [{"label": None, "values": [1.0, None]}]},
            {
                "feature": "k",
                "kind": "category",
                "grid": [HOSTILE, "y"],
                "lines": [{"label": HOSTILE, "values": [0.1, 0.2]}, {"label": "z", "values": [0.9, 0.8]}],
            },
        ],
        "learning_curve": {
            "model_id": HOSTILE,
            "metric": "rmse",
            "points": [
                {"rows": 20, "training": None, "validated": 3.0},
                {"rows": 40, "training": 1.0, "validated": None},
            ],
        },
        "horizons": [{"horizon": 1, "rows": 3, "error": 1.0, "naive": 2.0}],
        "decomposition": {
            "series": HOSTILE,
            "season": 7,
            "points": [
                {"date": f"2024-01-{day:02}", "observed": None, "trend": 1.0, "seasonal": 0.5, "remainder": -0.5}
                for day in range(1, 20)
            ],
        },
    },
}


class Recorded:
    """A run that keeps what it publishes."""

    def __init__(self, scratch: Path) -> None:
        self.scratch, self.explain_until = scratch, None
        self.log = io.StringIO()
        self.events = Events(self.log)
        self.published: list[str] = []

    def publish(self, _kind: str, _source: Path, name: str) -> None:
        self.published.append(name)

    def death(self) -> None:
        return None


def test_each_finding_becomes_a_picture_whatever_its_names_are(tmp_path: Path) -> None:
    run: Any = Recorded(tmp_path)
    save_further(run, insight_figures(MANIFEST))
    assert run.published == [FIGURES], run.log.getvalue()
    with zipfile.ZipFile(tmp_path / FIGURES) as archive:
        names = archive.namelist()
        assert names == [
            "01-importance.png",
            "02-contributions.png",
            "03-dependence.png",
            "04-learning-curve.png",
            "05-errors-by-step.png",
            "06-decomposition.png",
        ]
        assert all(archive.read(name).startswith(b"\x89PNG") for name in names)
    assert not prepare_matplotlib().get_fignums()


@pytest.mark.parametrize("manifest", [{}, {"insight": None}, {"insight": {"importance": [], "horizons": []}}])
def test_where_nothing_was_found_out_there_are_no_figures(manifest: dict[str, Any], tmp_path: Path) -> None:
    run: Any = Recorded(tmp_path)
    save_further(run, insight_figures(manifest))
    assert run.published == []


def test_no_phase_fails_for_a_picture(tmp_path: Path) -> None:
    def broken() -> Iterator[tuple[str, Any]]:
        raise ValueError("no such font")
        yield "never", None

    run: Any = Recorded(tmp_path)
    save_further(run, broken())
    assert run.published == [] and "no such font" in run.log.getvalue()


@pytest.mark.parametrize(("classes", "name"), [(0, "residuals"), (2, "calibration"), (3, "calibration")])
def test_errors_on_the_sealed_rows(classes: int, name: str) -> None:
    rng = np.random.default_rng(2)
    predicted = rng.dirichlet(np.ones(classes), 60) if classes else rng.normal(size=60)
    actual = rng.integers(0, classes, 60).astype(float) if classes else rng.normal(size=60)
    model: Any = SimpleNamespace(
        classes=tuple("abc"[:classes]),
        evaluation=lambda: (None, actual, predicted),
        archive=SimpleNamespace(manifest={"target": HOSTILE}),
    )
    ((found, figure),) = evaluation_figures(model)
    assert found == name
    figure.savefig(io.BytesIO())
    prepare_matplotlib().close(figure)
