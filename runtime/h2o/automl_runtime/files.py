"""Small file helpers: everything that another process may read is renamed into place."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any


def write_atomically(path: Path, data: bytes) -> None:
    """Write through a temporary neighbour, synced and renamed, so that a reader sees all of it or nothing."""
    temporary = path.with_name(f".{path.name}.tmp")
    with temporary.open("wb") as handle:
        handle.write(data)
        handle.flush()
        os.fsync(handle.fileno())
    temporary.replace(path)


def write_json(path: Path, value: Any) -> None:
    """Write JSON atomically; NaN is refused, for JSON has none."""
    write_atomically(path, json.dumps(value, ensure_ascii=False, allow_nan=False, indent=1).encode())


def read_json(path: Path) -> Any:
    """Read a JSON file. :raises OSError, ValueError: where it is not there or broken."""
    return json.loads(path.read_text("utf-8"))


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, lower-case hexadecimal."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()
