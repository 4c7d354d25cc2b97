"""Our forecasts against statistical peers on the official test sets, by the competitions' own measures.

python3 compare.py FOLDER PREDICTIONS prints JSON: mean MASE and sMAPE (per cent) of each with 95 % bootstrap intervals
over the series, the coverage of our prediction intervals, and how often and how surely our MASE is below a peer's.
"""

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd

folder, predictions = Path(sys.argv[1]), pd.read_csv(sys.argv[2], dtype={"series": str})
facts = json.loads((folder / "truth.json").read_text())
peers = json.loads((folder / "peers.json").read_text())
season, horizon, truth = facts["season"], facts["horizon"], facts["series"]
ENSEMBLE = ("AutoETS", "DynamicOptimizedTheta", "AutoARIMA")
OURS, DRAWS = "automl", 5000

names = sorted(truth)
history = {name: np.array(truth[name]["history"]) for name in names}
future = np.array([truth[name]["future"] for name in names])
ordered = predictions.sort_values(["series", "date"])
assert list(ordered["series"].unique()) == names, "every series has a forecast"


def table_of(column):
    return ordered[column].to_numpy().reshape(len(names), horizon)


forecasts = {OURS: table_of("forecast")}
for peer, one in peers.items():
    forecasts[peer] = np.array([one["forecasts"][name] for name in names])
if all(peer in peers for peer in ENSEMBLE):
    forecasts["mean of ETS, Theta and ARIMA"] = np.mean(
        [forecasts[peer] for peer in ENSEMBLE], axis=0
    )
scale = np.array([np.mean(np.abs(y[season:] - y[:-season])) for y in history.values()])
random = np.random.default_rng(1)
draws = random.integers(0, len(names), (DRAWS, len(names)))


def sure(values):
    """The mean's 95 % interval if other series of the same kind had been drawn."""
    return list(np.quantile(values[draws].mean(axis=1), [0.025, 0.975]))


def errors_of(made):
    distance = np.abs(made - future)
    total = np.abs(made) + np.abs(future)
    share = np.divide(distance, total, out=np.zeros_like(total), where=total > 0)
    return distance.mean(axis=1) / scale, 200 * share.mean(axis=1)


ours = errors_of(forecasts[OURS])[0]
table = {}
for who, made in forecasts.items():
    mase, smape = errors_of(made)
    row = {
        "mase": mase.mean(),
        "mase_95": sure(mase),
        "smape": smape.mean(),
        "smape_95": sure(smape),
    }
    row |= {key: value for key, value in peers.get(who, {}).items() if key != "forecasts"}
    if who != OURS:
        row["won_by_us"] = np.mean(mase > ours)
        row["mase_gained_95"] = sure(mase - ours)
    table[who] = row
coverage = {}
for level in (80, 95):
    if f"lower_{level}" in ordered:
        inside = (future >= table_of(f"lower_{level}")) & (
            future <= table_of(f"upper_{level}")
        )
        coverage[level] = {
            "test": inside.mean(),
            "test_95": sure(inside.mean(axis=1)),
            "mean_width_in_mase_units": np.mean(
                (table_of(f"upper_{level}") - table_of(f"lower_{level}"))
                / scale[:, None]
            ),
        }
print(
    json.dumps(
        {
            "series": len(names),
            "horizon": horizon,
            "coverage": coverage,
            "methods": table,
        }
    )
)
