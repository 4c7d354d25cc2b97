"""Models in H2O as files that need none."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from automl_runtime.cluster import quiet
from automl_runtime.run import Run


def export_mojos(run: Run, handles: Mapping[str, Any]) -> dict[str, Path]:
    """Write the MOJO of each H2O model: model id -> file."""
    mojos: dict[str, Path] = {}
    for name, handle in handles.items():
        path = run.scratch / f"{name}.zip"
        with quiet():
            handle.download_mojo(path=str(path))
        mojos[name] = path
    return mojos
