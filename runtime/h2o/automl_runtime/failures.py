"""Failures with a category, a stable code and a hint: the one shape in which every run reports what went wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Category = Literal["data", "execution", "model", "system"]


@dataclass(frozen=True)
class Failure:
    """What a person reads: mirrors `Failure` in src/contracts/failure.ts."""

    category: Category
    code: str
    message: str
    hint: str

    def as_dict(self) -> dict[str, str]:
        """The JSON form, texts cut to the contract's limits."""
        return {
            "category": self.category,
            "code": self.code[:80],
            "message": cut(self.message, 2000),
            "hint": cut(self.hint, 1000),
        }


class RunError(Exception):
    """A failure as an exception; `open_run` turns it into `result.json` and exit code 1."""

    def __init__(self, category: Category, code: str, message: str, hint: str) -> None:
        super().__init__(message)
        self.failure = Failure(category, code, message, hint)


def cut(text: str, limit: int) -> str:
    """Cut a text to `limit` characters, marking the cut."""
    return text if len(text) <= limit else text[: limit - 1] + "…"


def quoted(name: str) -> str:
    """A column or file name as it may stand in a sentence: printable, in quotes, at most 80 characters."""
    printable = "".join(character if character.isprintable() else " " for character in name)
    return f"“{cut(printable, 80)}”"


def classify(error: BaseException) -> Failure:
    """Turn any exception into a Failure; foreign ones are recognised here, once."""
    if isinstance(error, RunError):
        return error.failure
    if isinstance(error, MemoryError):
        return Failure(
            "execution",
            "out_of_memory",
            "The script ran out of memory outside the Java heap.",
            "Train on fewer rows (sample_rows) or raise the container's memory.",
        )
    if isinstance(error, OSError) and error.errno == 28:
        return Failure("system", "disk_full", "No space is left on the device.", "Free disk space and retry.")
    if isinstance(error, (FileNotFoundError, PermissionError)):
        return Failure(
            "system",
            "file_unavailable",
            f"{error.strerror}: {quoted(str(error.filename))}",
            "Check that the run's folder holds what config.json names, and that it may be read.",
        )
    return Failure(
        "execution",
        "script_error",
        f"{type(error).__name__}: {error}",
        "The traceback in the execution's log shows the line; a new attempt may avoid it.",
    )
