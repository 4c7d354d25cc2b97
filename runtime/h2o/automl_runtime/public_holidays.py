"""Public holidays of a country or a part of it, by the package `holidays`.

The package is no part of the runtime: it is there where a plan asks for it and it could be installed (`EXTRAS`).
What it says is kept in the recipe, so a model needs it no more.
"""

from __future__ import annotations

import re

import numpy as np

from automl_runtime.run import Run
from automl_runtime.series import Panel, last_position

# A forecast that starts long after the training still knows them; later ones are as good as none.
YEARS_AHEAD = 10
# Finer steps than a week: a day of a longer one has little weight.
_UNITS = ("D", "B", "h", "min")
_REGION = re.compile(r"([A-Z]{2})(?:-([A-Z0-9]{1,6}))?")


def public_holidays(run: Run, panel: Panel, region: str | None) -> tuple[str, ...]:
    """ISO dates in order, from the first observation to years after the last one. Told, none where they can't be had.

    :param region: ISO 3166: `DE` for a country, `DE-BY` for a part of it; None: none are wanted
    """
    if region is None:
        return ()
    if panel.grid.frequency.unit not in _UNITS:
        run.events.warn("Holidays say little of steps as long as these: the forecast goes without.")
        return ()
    try:
        # No stubs come with it, and it is not there where types are checked.
        from holidays import country_holidays  # type: ignore[import-not-found,unused-ignore]
    except ImportError:
        run.events.warn(f"The holidays of {region} could not be had here: the forecast goes without.")
        return ()
    named = _REGION.fullmatch(region)
    first, last = panel.grid.dates(np.array([0, last_position(panel)[0]]))
    years = range(first.year, last.year + YEARS_AHEAD + 1)
    try:
        if named is None:
            raise NotImplementedError(region)
        found = country_holidays(named[1], subdiv=named[2], years=years)
    except NotImplementedError:
        run.events.warn(f"Nothing is known of holidays in {region}: the forecast goes without.")
        return ()
    days = tuple(sorted(day.isoformat() for day in found if day >= first.date()))
    run.events.info(f"{len(days)} holidays of {region} are known, up to {years[-1]}.")
    return days
