"""A series taken apart into trend, season and the rest (STL), for a person to look at; no forecast stands on it."""

from __future__ import annotations

from typing import Any

import numpy as np

from automl_runtime.series import Panel
from automl_runtime.state import fill_from_the_past

_MOST_POINTS, _MOST_SEASONS = 400, 12


def decompose(panel: Panel) -> dict[str, Any] | None:
    """The last observations of the largest series, taken apart; null where there is no season or too little of it."""
    season = panel.season
    long_enough = [one for one in panel.series if one.length >= 2 * season + 1]
    if season < 2 or not long_enough:
        return None
    one = max(long_enough, key=lambda series: (float(np.nansum(np.abs(series.values))), series.key))
    from statsmodels.tsa.seasonal import STL

    used = min(one.length, max(_MOST_POINTS, _MOST_SEASONS * season))
    values = fill_from_the_past(one.values, season)[-used:]
    parts = STL(values, period=season).fit()
    count = min(used, _MOST_POINTS)
    steps = np.arange(one.length - count, one.length, dtype=np.int64)
    columns = (one.values[-count:], parts.trend[-count:], parts.seasonal[-count:], parts.resid[-count:])
    dates = panel.grid.texts(one.start + steps)
    names = ("observed", "trend", "seasonal", "remainder")
    points = [
        {"date": date} | {name: None if np.isnan(x) else float(x) for name, x in zip(names, row, strict=True)}
        for date, *row in zip(dates, *columns, strict=True)
    ]
    return {"series": panel.name_of(one), "season": season, "points": points}
