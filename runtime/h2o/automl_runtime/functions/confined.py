"""A process that can compute and say what it found, and nothing else: no file, socket, process, and little memory.

The kernel enforces it (setrlimit(2)), so it holds for code that slipped every check: limits that are lowered once
can't be raised without rights that no container of ours has.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import select
import signal
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from pathlib import Path
from typing import Any, NoReturn

from automl_runtime.processes import end_with_parent

# Above what the process holds when it begins.
MOST_BYTES = 256 << 20
# An answer's line: a thousand of the longest words, with each character escaped.
LONGEST_LINE = 4 << 20
_PIPE_BYTES = 1 << 16


class ConfinedError(Exception):
    """The process ended without a whole answer; its text says how."""


def confined(work: Callable[[], Iterable[Any]], deadline: float) -> Generator[Any, None, None]:
    """What `work` yields there, one JSON value after another, as it comes.

    Whatever arrives is the word of a process that may have been taken over: the caller checks it.

    :param deadline: by `time.monotonic`; the process is killed then
    :raises TimeoutError: at the deadline.
    :raises ConfinedError: where the process dies, fails, or says what is no JSON.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _run(work, writing)
    os.close(writing)
    try:
        yield from _values(reading, deadline)
        _, status = os.waitpid(child, 0)
        code, child = os.waitstatus_to_exitcode(status), 0
        if code != 0:
            raise ConfinedError(f"its process ended with status {code}")
    finally:
        os.close(reading)
        if child:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)


def _values(reading: int, deadline: float) -> Iterator[Any]:
    left = b""
    while True:
        ready, _, _ = select.select([reading], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            raise TimeoutError
        given = os.read(reading, _PIPE_BYTES)
        if not given:
            break
        *lines, left = (left + given).split(b"\n")
        if len(left) > LONGEST_LINE:
            raise ConfinedError("its process says more than it may")
        for line in lines:
            try:
                yield json.loads(line)
            except (ValueError, RecursionError) as error:
                raise ConfinedError("its process says what is no answer") from error


def _run(work: Callable[[], Iterable[Any]], writing: int) -> NoReturn:
    """The child: never returns, and leaves without the parent's ceremonies."""
    status = 1
    try:
        _confine(writing)
        for value in work():
            _write(writing, json.dumps(value).encode() + b"\n")
        status = 0
    finally:
        os._exit(status)


def _confine(writing: int) -> None:
    # A collection would touch, and so copy, all that was inherited.
    gc.freeze()
    end_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    # What the parent has open is not for it, least of all the output that events are read from.
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    os.closerange(0, writing)
    os.closerange(writing + 1, most)
    held = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    for limit, most in (
        (resource.RLIMIT_AS, held + MOST_BYTES),
        (resource.RLIMIT_NOFILE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (most, most))


def _write(writing: int, data: bytes) -> None:
    while data:
        data = data[os.write(writing, data) :]
