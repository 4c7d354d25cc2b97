"""Our forecasts against statistical peers on the official test sets, by the competitions' own measures.

python3 compare.py FOLDER PREDICTIONS prints JSON: mean MASE and sMAPE (per cent) of each, the coverage of the intervals,
and how often and how surely our MASE is lower than a peer's.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
from statsforecast import models

folder, predictions = Path(sys.argv[1]), pd.read_csv(sys.argv[2], dtype={"series": str})
facts = json.loads((folder / "truth.json").read_text())
season, horizon, truth = facts["season"], facts["horizon"], facts["series"]
PEERS = {
    "SeasonalNaive": lambda: models.SeasonalNaive(season_length=season),
    "AutoETS": lambda: models.AutoETS(season_length=season),
    "DynamicOptimizedTheta": lambda: models.DynamicOptimizedTheta(season_length=season),
    "AutoCES": lambda: models.AutoCES(season_length=season),
    "AutoARIMA": lambda: models.AutoARIMA(season_length=season),
}
ENSEMBLE = ("AutoETS", "DynamicOptimizedTheta", "AutoARIMA")
DRAWS = 10_000

history = {name: np.array(one["history"]) for name, one in truth.items()}
future = {name: np.array(one["future"]) for name, one in truth.items()}
forecasts, seconds = {"automl": {}}, {}
for name, rows in predictions.groupby("series"):
    forecasts["automl"][name] = rows.sort_values("date")["forecast"].to_numpy()
for peer, make in PEERS.items():
    began = time.monotonic()
    forecasts[peer] = {
        name: make().forecast(y=y, h=horizon)["mean"] for name, y in history.items()
    }
    seconds[peer] = time.monotonic() - began
forecasts["mean of ETS, Theta and ARIMA"] = {
    name: np.mean([forecasts[peer][name] for peer in ENSEMBLE], axis=0)
    for name in history
}


def mase(name, forecast):
    y = history[name]
    return np.mean(np.abs(forecast - future[name])) / np.mean(
        np.abs(y[season:] - y[:-season])
    )


def smape(name, forecast):
    total = np.abs(forecast) + np.abs(future[name])
    return 200 * np.mean(np.abs(forecast - future[name]) / total)


names = sorted(history)
scores = {
    who: np.array([mase(name, made[name]) for name in names])
    for who, made in forecasts.items()
}
table = {}
random = np.random.default_rng(1)
for who, made in forecasts.items():
    row = {
        "mase": scores[who].mean(),
        "smape": np.mean([smape(name, made[name]) for name in names]),
    }
    if who in seconds:
        row["seconds"] = seconds[who]
    if who != "automl":
        gain = scores[who] - scores["automl"]
        drawn = random.choice(gain, (DRAWS, gain.size)).mean(axis=1)
        row["won_by_us"] = np.mean(gain > 0)
        row["mase_gained_95"] = list(np.quantile(drawn, [0.025, 0.975]))
    table[who] = row
coverage = {}
ordered = predictions.sort_values(["series", "date"])
actual = np.concatenate([future[name] for name in sorted(history)])
for level in (80, 95):
    if f"lower_{level}" in ordered:
        inside = (actual >= ordered[f"lower_{level}"]) & (
            actual <= ordered[f"upper_{level}"]
        )
        coverage[level] = inside.mean()
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
