"""What a later incarnation finds of an earlier one, without Java."""

from __future__ import annotations

from pathlib import Path

import pytest

from automl_runtime.automl import slice_seconds
from automl_runtime.checkpoints import Checkpoints, Saved


def finished(folder: Path) -> None:
    checkpoints = Checkpoints(folder, "same")
    (folder / "GBM_1").write_bytes(b"a model")
    checkpoints.record(Saved("GBM_1", "GBM_1", "GBM", 2.5), 4.0)
    checkpoints.record(Saved("GLM_1", None, "GLM", 0.1, "too few rows"), 5.5)


def test_a_later_incarnation_finds_what_is_finished(tmp_path: Path) -> None:
    finished(tmp_path)
    later = Checkpoints(tmp_path, "same")
    assert later.find("GBM_1") == Saved("GBM_1", "GBM_1", "GBM", 2.5, None, 7)
    failed = later.find("GLM_1")
    assert failed is not None and failed.reason == "too few rows"
    assert later.find("GBM_2") is None
    assert later.seconds == 5.5


@pytest.mark.parametrize("spoil", ["fingerprint", "truncated", "gone", "manifest"])
def test_what_is_not_whole_or_not_the_same_is_not_found(spoil: str, tmp_path: Path) -> None:
    finished(tmp_path)
    if spoil == "truncated":
        (tmp_path / "GBM_1").write_bytes(b"a mod")
    elif spoil == "gone":
        (tmp_path / "GBM_1").unlink()
    elif spoil == "manifest":
        (tmp_path / "manifest.json").write_text('{"fingerprint": "same", "steps": [{')
    later = Checkpoints(tmp_path, "other" if spoil == "fingerprint" else "same")
    assert later.find("GBM_1") is None


@pytest.mark.parametrize(
    ("budget", "left", "limits"),
    [
        (None, 50.0, (0, 0)),
        (3600, 2700.0, (368, 360)),
        (3600, 100.0, (108, 100)),
        (60, 45.0, (24, 16)),
        (60, 0.1, (9, 1)),
        (60, -20.0, (9, 1)),
    ],
)
def test_no_base_model_runs_longer_than_a_slice(budget: int | None, left: float, limits: tuple[int, int]) -> None:
    assert slice_seconds(budget, left) == limits
