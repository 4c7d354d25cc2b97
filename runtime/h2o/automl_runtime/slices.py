"""The long steps of a training, each done once over all incarnations: what is finished is loaded, the rest is trained.

A slice is one model: a base model with its folds, a refit. A kill loses at most the slice that runs.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from automl_runtime.checkpoints import CHECKPOINTS, Checkpoints, Saved
from automl_runtime.cluster import quiet
from automl_runtime.failures import cut
from automl_runtime.run import Run


class NoModelError(Exception):
    """A slice that gives no model; its text says why."""


@dataclass(frozen=True)
class Work:
    """One slice: its name and file, the same at every run, and the algorithm that is blamed where H2O dies."""

    name: str
    algorithm: str
    cross_validated: bool


@dataclass(frozen=True)
class Done:
    """A finished slice with its model in H2O; no model where it gave none."""

    saved: Saved
    handle: Any


class Slices:
    """Does each slice of a training once, with checkpoints in the output folder."""

    def __init__(self, run: Run, fingerprint: str, *, part: str = "") -> None:
        """`part`: the folder of those slices that are not to be mixed with others of the same run."""
        self._run = run
        self._checkpoints = Checkpoints(run.config.output / CHECKPOINTS / part, fingerprint)
        run.clock.killed = max(run.clock.killed, self._checkpoints.seconds)

    def has(self, work: Work) -> bool:
        """Whether an earlier incarnation has finished it."""
        return self._checkpoints.find(work.name) is not None

    def once(self, work: Work, train: Callable[[], Any]) -> Done:
        """The slice's model: from its checkpoint, else by `train`, which returns an H2O model or raises NoModelError.

        :raises SystemExit: with the code of a pause, before it trains, where one is asked for.
        """
        done = self._loaded(work)
        if done is None:
            self._run.leave_if_paused()
            done = self._trained(work, train)
        return done

    def _loaded(self, work: Work) -> Done | None:
        saved = self._checkpoints.find(work.name)
        if saved is None:
            return None
        if saved.file is None:
            return Done(saved, None)
        import h2o
        from h2o.exceptions import H2OResponseError, H2OServerError

        try:
            with quiet():
                handle = h2o.load_model(str(self._checkpoints.folder / saved.file))
        except (H2OResponseError, H2OServerError, OSError) as error:
            if self._run.h2o.death() is not None:
                raise
            self._run.events.info(f"{work.name} can't be loaded from its checkpoint, so it is trained again: {error}")
            return None
        self._run.events.info(f"{work.name} is loaded from its checkpoint.")
        return Done(saved, handle)

    def _trained(self, work: Work, train: Callable[[], Any]) -> Done:
        import h2o

        # The name stays while an error travels: whoever classifies it asks what H2O was busy with.
        self._run.h2o.busy_with = work.algorithm
        started = time.monotonic()
        handle: Any = None
        reason: str | None = None
        with quiet():
            try:
                handle = train()
            except NoModelError as error:
                reason = cut(str(error), 300)
            else:
                h2o.save_model(
                    handle,
                    str(self._checkpoints.folder),
                    filename=work.name,
                    force=True,
                    export_cross_validation_predictions=work.cross_validated,
                )
        self._run.h2o.busy_with = None
        file = None if handle is None else work.name
        saved = Saved(work.name, file, work.algorithm, time.monotonic() - started, reason)
        if reason is not None:
            self._run.events.info(f"{work.name} gave no model: {reason}")
        return Done(self._checkpoints.record(saved, self._run.clock.stage), handle)
