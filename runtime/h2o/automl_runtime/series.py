"""Dated series on a regular grid, and what is known of them before a date."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from automl_runtime.failures import RunError, quoted
from automl_runtime.metrics import Floats
from automl_runtime.run import Run
from automl_runtime.timegrid import Positions, TimeGrid

MINIMUM_OBSERVATIONS = 8


@dataclass(frozen=True)
class Series:
    """One series. `values[i]` stands at grid position `start + i`; a gap is NaN; the last value is observed.

    `covariates` reach beyond the last value where they are known for the future (NaN elsewhere).
    """

    key: tuple[str, ...]
    start: int
    values: Floats
    covariates: dict[str, Floats]

    @property
    def length(self) -> int:
        """Grid steps from the first to the last observation."""
        return self.values.size

    def cut(self, length: int) -> Series:
        """The first `length` steps; covariates stay, as they are known."""
        values = self.values[:length]
        observed = np.flatnonzero(~np.isnan(values))
        return replace(self, values=values[: observed[-1] + 1] if observed.size else values[:0])


@dataclass(frozen=True)
class Panel:
    """One or several series on one grid, with the covariates that are known for the future."""

    target: str
    date_column: str
    id_columns: tuple[str, ...]
    grid: TimeGrid
    series: tuple[Series, ...]
    covariate_levels: dict[str, list[str]]
    covariate_names: tuple[str, ...]
    # The first sealed grid position; null where nothing is sealed.
    sealed_from: int | None = None

    @property
    def season(self) -> int:
        """Steps in one season, at least 1."""
        return self.grid.frequency.season_length

    @property
    def observations(self) -> int:
        """Observed values over all series."""
        return int(sum(np.count_nonzero(~np.isnan(one.values)) for one in self.series))

    @property
    def longest(self) -> int:
        """The longest series' length in steps."""
        return max((one.length for one in self.series), default=0)

    def name_of(self, one: Series) -> str | None:
        """How a series is called in backtests and plots; null where there is only one without ids."""
        return " / ".join(one.key) if self.id_columns else None


def keep_known_covariates(run: Run, panel: Panel, *, horizon: int) -> Panel:
    """Keep the covariates that are constant in each series or known over the whole horizon after its last observation.

    A forecast can't use what nobody knows yet; what is left out is told.
    """
    known = [name for name in panel.covariate_names if all(_is_known(one, name, horizon) for one in panel.series)]
    unknown = [name for name in panel.covariate_names if name not in known]
    if unknown:
        run.events.warn(
            "Not known for the future, so not used: " + ", ".join(quoted(name) for name in unknown[:20]) + "."
        )
    return replace(panel, covariate_names=tuple(known))


def seal_last_rows(panel: Panel, *, holdout_rows: int) -> Panel:
    """The history to train on: everything but the last `holdout_rows` grid steps, which stay sealed.

    The sealed steps count from the latest date of all series, so that no series shows another one's future.

    :raises RunError: data/too_few_rows where no series has enough history before the sealed steps.
    """
    boundary = max(one.start + one.length for one in panel.series) - holdout_rows
    history = before(panel, boundary)
    if history.observations < MINIMUM_OBSERVATIONS:
        raise RunError(
            "data",
            "too_few_rows",
            f"Only {panel.observations} observations are there: too few to seal the last {holdout_rows} and learn "
            "from the rest.",
            "Upload a longer history or forecast fewer steps.",
        )
    return history


def before(panel: Panel, boundary: int) -> Panel:
    """The history before a grid position; series that start later are not in it."""
    history = [one.cut(max(0, min(one.length, boundary - one.start))) for one in panel.series]
    return replace(panel, series=tuple(one for one in history if one.length > 0), sealed_from=boundary)


def _is_known(one: Series, name: str, horizon: int) -> bool:
    values = one.covariates[name]
    if bool(np.all(values[: one.length] == values[0])):
        return True
    future = values[one.length : one.length + horizon]
    return future.size == horizon and not bool(np.isnan(future).any())


def covariate_at(one: Series, name: str, steps: npt.NDArray[np.int64]) -> Floats:
    """A covariate at steps of a series; a static one is the same everywhere, an unknown step is NaN."""
    values = one.covariates[name]
    if values.size and bool(np.all(values[: one.length] == values[0])):
        return np.full(steps.shape, values[0])
    inside = (steps >= 0) & (steps < values.size)
    return np.where(inside, values[np.clip(steps, 0, max(values.size - 1, 0))], np.nan)


def with_levels(panel: Panel, levels: dict[str, list[str]]) -> Panel:
    """The panel with its word covariates numbered by other levels (a model's); unknown words become missing."""
    renumbered: list[Series] = []
    for one in panel.series:
        covariates = dict(one.covariates)
        for name, wanted in levels.items():
            if name in covariates:
                number = {word: float(index) for index, word in enumerate(wanted)}
                table = np.array([number.get(word, np.nan) for word in panel.covariate_levels[name]] + [np.nan])
                codes = np.nan_to_num(covariates[name], nan=len(table) - 1).astype(np.int64)
                covariates[name] = table[codes]
        renumbered.append(replace(one, covariates=covariates))
    return replace(panel, series=tuple(renumbered), covariate_levels=levels)


def last_position(panel: Panel) -> Positions:
    """The latest observed position of all series."""
    return np.array([max(one.start + one.length - 1 for one in panel.series)], dtype=np.int64)


def empty_target(target: str) -> RunError:
    """The failure of a target that is known nowhere."""
    return RunError(
        "data",
        "target_missing",
        f"Column {quoted(target)} has no value in any dated row.",
        "Choose a column that has values.",
    )


def check_panel(panel: Panel) -> None:
    """:raises RunError: data/... where nothing can be learnt from the series as a whole."""
    if not panel.series:
        raise empty_target(panel.target)
    if panel.observations < MINIMUM_OBSERVATIONS:
        raise RunError(
            "data",
            "too_few_rows",
            f"The series has only {panel.observations} observations; a forecast needs at least {MINIMUM_OBSERVATIONS}.",
            "Upload a longer history.",
        )
    if all(np.nanmin(one.values) == np.nanmax(one.values) for one in panel.series):
        raise RunError(
            "data",
            "constant_target",
            f"Column {quoted(panel.target)} never changes, so there is nothing to learn.",
            "Choose another target.",
        )
