"""What the process of feature functions can't do, whatever runs in it."""

from __future__ import annotations

import os
import resource
import signal
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from automl_runtime.functions.confined import LONGEST_LINE, ConfinedError, confined

# Where nothing else is meant to end the process.
SECONDS = 30.0


def said(work: Callable[[], Iterator[Any]], seconds: float = SECONDS) -> list[Any]:
    return list(confined(work, time.monotonic() + seconds))


def outcome(action: Callable[[], Any]) -> str:
    """What an action comes to there: the error's name, or what it gave."""

    def work() -> Iterator[str]:
        try:
            yield f"did it: {action()!r}"
        except Exception as error:
            yield type(error).__name__

    (answer,) = said(work)
    return str(answer)


def be_a_user() -> None:
    """Some limits don't hold for root, who may run these tests; no container of ours has root."""
    if os.getuid() == 0:
        os.setuid(65534)


def fork() -> int:
    be_a_user()
    child = os.fork()
    if child == 0:
        os._exit(0)
    return child


def test_answers_come_as_they_were_given_and_long_before_the_end() -> None:
    def work() -> Iterator[Any]:
        yield [1.5, None, "ä\nb", 0.1 + 0.2]
        time.sleep(SECONDS)

    answers = confined(work, time.monotonic() + SECONDS)
    began = time.monotonic()
    assert next(answers) == [1.5, None, "ä\nb", 0.1 + 0.2]
    answers.close()
    assert time.monotonic() - began < SECONDS / 2


def test_it_opens_no_file_socket_or_pipe_and_holds_none_of_its_parents(tmp_path: Path) -> None:
    target = tmp_path / "file"
    with target.open("w") as file:
        number = file.fileno()
        assert outcome(lambda: target.read_text()) == "OSError"
        assert outcome(lambda: (tmp_path / "new").write_text("x")) == "OSError"
        assert outcome(lambda: os.write(number, b"x")) == "OSError"
        assert outcome(lambda: os.write(1, b"an event of another's")) == "OSError"
    assert outcome(socket.socket) == "OSError"
    assert outcome(os.pipe) == "OSError"
    assert list(tmp_path.iterdir()) == [target] and target.read_text() == ""


def test_it_starts_no_process() -> None:
    assert outcome(fork) == "BlockingIOError"


def test_it_takes_no_memory_without_end() -> None:
    def take() -> int:
        return sum(len(part) for part in [bytearray(64 << 20) for _ in range(1000)])

    assert outcome(take) == "MemoryError"


def test_its_limits_are_for_good() -> None:
    def lift() -> None:
        be_a_user()
        resource.setrlimit(resource.RLIMIT_NOFILE, (100, 100))

    assert outcome(lift) == "ValueError"


def test_the_parent_survives_its_death_its_silence_and_its_noise() -> None:
    def dies() -> Iterator[int]:
        yield 1
        os.kill(os.getpid(), signal.SIGKILL)

    def fails() -> Iterator[int]:
        yield 1
        raise ValueError("for a reason")

    def sleeps() -> Iterator[int]:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        time.sleep(SECONDS)
        yield 1

    def raw(data: bytes) -> Callable[[], Iterator[Any]]:
        def work() -> Iterator[Any]:
            # The one thing that it has open.
            (pipe,) = [number for number in range(256) if _is_open(number)]
            view = memoryview(data)
            while view:
                view = view[os.write(pipe, view) :]
            yield 1

        return work

    with pytest.raises(ConfinedError, match="status -9"):
        said(dies)
    with pytest.raises(ConfinedError, match="status 1"):
        said(fails)
    with pytest.raises(TimeoutError):
        said(sleeps, 0.3)
    for nonsense in (b"\xff\xfe\n", b"[1, 2\n", b"[" * 100_000 + b"\n"):
        with pytest.raises(ConfinedError, match="no answer"):
            said(raw(nonsense))
    with pytest.raises(ConfinedError, match="more than it may"):
        said(raw(b"x" * (LONGEST_LINE + (1 << 17))))
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True
