"""A pure function over many items in several processes: for methods that hold Python's lock while they work."""

from __future__ import annotations

import ctypes
import multiprocessing
import signal
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

Item = TypeVar("Item")
Answer = TypeVar("Answer")
_CHUNKS_A_PROCESS = 8
_PR_SET_PDEATHSIG = 1


def over_processes(work: Callable[[Item], Answer], items: Sequence[Item], processes: int) -> list[Answer]:
    """`work` of each item, in the items' order; the answers don't depend on the number of processes.

    `work` and the items must be picklable. Where the platform gives no processes, this one does it all.
    """
    if processes < 2 or len(items) < 2 * processes:
        return [work(item) for item in items]
    chunk = max(1, len(items) // (processes * _CHUNKS_A_PROCESS))
    try:
        # Forked: a spawned process would run the generated script, which has no main guard, once more.
        context = multiprocessing.get_context("fork")
        with ProcessPoolExecutor(processes, mp_context=context, initializer=end_with_parent) as pool:
            return list(pool.map(work, items, chunksize=chunk))
    except (OSError, ValueError, ImportError, BrokenProcessPool):
        return [work(item) for item in items]


def end_with_parent() -> None:
    """A killed training leaves no process behind, and a termination ends this one without Python's ceremony."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
