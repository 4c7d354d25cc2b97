"""`model.zip`: MOJOs, a manifest and the frozen evaluation. No pickle: nothing in it can run code when it is read.

The text of feature functions in a manifest is checked again where a model is opened to be used (`functions`).
"""

from __future__ import annotations

import json
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from automl_runtime.failures import RunError

SCHEMA_VERSION = 1
MANIFEST = "manifest.json"
EVALUATION = "evaluation.csv"
# Far above any archive of ours; a hostile one must not fill the disk or the memory.
LARGEST_MEMBER_BYTES = 2 << 30


@dataclass(frozen=True)
class Member:
    """One model of the final mean: a MOJO in the archive, or (file null) a method that needs no model."""

    model_id: str
    algorithm: str
    weight: float
    file: str | None

    def as_dict(self) -> dict[str, Any]:
        """The JSON form in the manifest."""
        return {"model_id": self.model_id, "algorithm": self.algorithm, "weight": self.weight, "file": self.file}


@dataclass(frozen=True)
class Archive:
    """A model archive that was opened: its manifest, and MOJOs unpacked into a folder."""

    kind: Literal["forecaster", "table"]
    manifest: dict[str, Any]
    members: tuple[Member, ...]
    folder: Path

    def mojo(self, member: Member) -> Path:
        """The path of a member's MOJO."""
        if member.file is None:
            raise ValueError(f"{member.model_id} has no file")
        return self.folder / member.file


def write_archive(path: Path, manifest: dict[str, Any], mojos: dict[str, Path], evaluation: str | None) -> None:
    """Write the zip: `mojos` maps names in the archive to files on disk; the manifest comes first."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        text = json.dumps({"schema_version": SCHEMA_VERSION, **manifest}, ensure_ascii=False, allow_nan=False, indent=1)
        archive.writestr(MANIFEST, text)
        for name, file in mojos.items():
            # A MOJO is a zip already.
            archive.write(file, name, zipfile.ZIP_STORED)
        if evaluation is not None:
            archive.writestr(EVALUATION, evaluation)


def read_archive(path: Path, folder: Path) -> Archive:
    """Open a model archive and unpack what its manifest names into `folder`.

    :raises RunError: model/model_archive_missing or model/model_archive_invalid.
    """
    if not path.is_file():
        raise RunError(
            "model",
            "model_archive_missing",
            "There is no model.zip to predict with.",
            "Train a model first, or retry the job from its training phase.",
        )
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = json.loads(archive.read(_bounded(archive, MANIFEST)))
            if manifest["schema_version"] != SCHEMA_VERSION:
                raise ValueError(f"schema_version {manifest['schema_version']}")
            members = tuple(Member(**member) for member in manifest["members"])
            for number, member in enumerate(members):
                if member.file is not None:
                    (folder / f"mojo-{number}.zip").write_bytes(archive.read(_bounded(archive, member.file)))
            if EVALUATION in archive.namelist():
                (folder / EVALUATION).write_bytes(archive.read(_bounded(archive, EVALUATION)))
        # Names inside the archive are never used as paths.
        local = tuple(
            Member(member.model_id, member.algorithm, member.weight, f"mojo-{number}.zip" if member.file else None)
            for number, member in enumerate(members)
        )
        if manifest["kind"] not in ("forecaster", "table"):
            raise ValueError(f"kind {manifest['kind']}")
        return Archive(manifest["kind"], manifest, local, folder)
    except (zipfile.BadZipFile, ValueError, KeyError, TypeError, OSError, EOFError) as error:
        raise RunError(
            "model",
            "model_archive_invalid",
            f"model.zip is not a model archive of this system: {error}",
            "Retry the job from its training phase, or upload the archive again.",
        ) from error


def _bounded(archive: zipfile.ZipFile, name: str) -> zipfile.ZipInfo:
    info = archive.getinfo(name)
    if info.file_size > LARGEST_MEMBER_BYTES:
        raise ValueError(f"{name} is too large")
    return info
