"""`model.zip`: MOJOs, a manifest and all that scoring needs. No pickle: nothing in it can run code when it is read.

The text of feature functions in a manifest is checked again where a model is opened to be used (`functions`).
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from automl_runtime.failures import RunError
from automl_runtime.files import sha256_of

SCHEMA_VERSION = 1
MANIFEST = "manifest.json"
EVALUATION, HISTORY = "evaluation.csv", "history.csv"
# Far above any archive of ours; a hostile one must not fill the disk or the memory.
LARGEST_MEMBER_BYTES = 2 << 30

# A text, or a file on disk.
Content = str | Path
Reader = Callable[[str], bytes | None]


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
    """A model archive that was opened: its manifest, and what scoring needs unpacked into a folder."""

    kind: Literal["forecaster", "table"]
    manifest: dict[str, Any]
    members: tuple[Member, ...]
    folder: Path

    def mojo(self, member: Member) -> Path:
        """The path of a member's MOJO."""
        if member.file is None:
            raise ValueError(f"{member.model_id} has no file")
        return self.folder / member.file


def write_archive(path: Path, manifest: dict[str, Any], contents: Mapping[str, Content]) -> None:
    """Write the zip: the manifest first, with size and SHA-256 of every other member; `contents` maps names to them."""
    files = [{"path": name, **_measured(content)} for name, content in contents.items()]
    body = {"schema_version": SCHEMA_VERSION, **manifest, "files": files}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(MANIFEST, json.dumps(body, ensure_ascii=False, allow_nan=False, indent=1))
        for name, content in contents.items():
            if isinstance(content, str):
                archive.writestr(name, content)
            else:
                # A MOJO is a zip already.
                archive.write(content, name, zipfile.ZIP_STORED if name.endswith(".zip") else zipfile.ZIP_DEFLATED)


def read_archive(path: Path, folder: Path) -> Archive:
    """Open a model archive, packed or unpacked, check what is needed of it, and copy that into `folder`.

    :raises RunError: model/model_archive_missing or model/model_archive_invalid.
    """
    if not path.exists():
        raise RunError(
            "model",
            "model_archive_missing",
            "There is no model.zip to predict with.",
            "Train a model first, or retry the job from its training phase.",
        )
    try:
        if path.is_dir():
            return _open(lambda name: _from_folder(path, name), folder)
        with zipfile.ZipFile(path) as archive:
            return _open(lambda name: _from_zip(archive, name), folder)
    except (zipfile.BadZipFile, ValueError, KeyError, TypeError, OSError, EOFError) as error:
        raise RunError(
            "model",
            "model_archive_invalid",
            f"model.zip is not a model archive of this system: {error}",
            "Retry the job from its training phase, or upload the archive again.",
        ) from error


def _open(read: Reader, folder: Path) -> Archive:
    manifest = json.loads(_needed(MANIFEST, read(MANIFEST)))
    if manifest["schema_version"] != SCHEMA_VERSION:
        raise ValueError(f"schema_version {manifest['schema_version']}")
    if manifest["kind"] not in ("forecaster", "table"):
        raise ValueError(f"kind {manifest['kind']}")
    hashes = {file["path"]: file["sha256"] for file in manifest["files"]} if "files" in manifest else None
    members = tuple(Member(**member) for member in manifest["members"])
    # Names inside the archive are never used as paths outside of it.
    wanted = {member.file: f"mojo-{number}.zip" for number, member in enumerate(members) if member.file is not None}
    for name, local in {**wanted, EVALUATION: EVALUATION, HISTORY: HISTORY}.items():
        data = read(name)
        if data is None and name not in wanted:
            continue
        data = _needed(name, data)
        if hashes is not None and hashlib.sha256(data).hexdigest() != hashes.get(name):
            raise ValueError(f"{name} is not the file that the manifest names (its SHA-256 differs)")
        (folder / local).write_bytes(data)
    local_members = tuple(
        Member(one.model_id, one.algorithm, one.weight, None if one.file is None else wanted[one.file])
        for one in members
    )
    return Archive(manifest["kind"], manifest, local_members, folder)


def _from_zip(archive: zipfile.ZipFile, name: str) -> bytes | None:
    try:
        info = archive.getinfo(name)
    except KeyError:
        return None
    if info.file_size > LARGEST_MEMBER_BYTES:
        raise ValueError(f"{name} is too large")
    return archive.read(info)


def _from_folder(root: Path, name: str) -> bytes | None:
    inside = PurePosixPath(name)
    if inside.is_absolute() or ".." in inside.parts:
        raise ValueError(f"{name} lies outside of the archive")
    path = root / inside
    return path.read_bytes() if path.is_file() else None


def _needed(name: str, data: bytes | None) -> bytes:
    if data is None:
        raise ValueError(f"{name} is missing")
    return data


def _measured(content: Content) -> dict[str, Any]:
    if isinstance(content, Path):
        return {"bytes": content.stat().st_size, "sha256": sha256_of(content)}
    data = content.encode()
    return {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
