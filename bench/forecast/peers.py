"""Forecasts of statsforecast's methods from whole histories, in two processes, as a user of that package would do it.

python3 peers.py FOLDER NAMES writes peers.json: {name: {"seconds": wall time, "forecasts": {series: values}}}.
"""

import json
import os
import sys
import time
import warnings
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
from statsforecast import models

MAKE = {
    "SeasonalNaive": models.SeasonalNaive,
    "AutoETS": models.AutoETS,
    "DynamicOptimizedTheta": models.DynamicOptimizedTheta,
    "AutoCES": models.AutoCES,
    "AutoARIMA": models.AutoARIMA,
}


def forecast(name, season, horizon, history):
    # AutoARIMA warns of every optimiser that stopped early.
    warnings.simplefilter("ignore")
    model = MAKE[name](season_length=season)
    return model.forecast(y=np.array(history), h=horizon)["mean"].tolist()


def main(folder, names):
    facts = json.loads((folder / "truth.json").read_text())
    histories = {key: one["history"] for key, one in facts["series"].items()}
    found = {}
    with ProcessPoolExecutor(min(2, os.cpu_count() or 1)) as pool:
        for name in names:
            began = time.monotonic()
            work = partial(forecast, name, facts["season"], facts["horizon"])
            made = list(pool.map(work, histories.values(), chunksize=4))
            seconds = time.monotonic() - began
            found[name] = {
                "seconds": seconds,
                "forecasts": dict(zip(histories, made, strict=True)),
            }
    (folder / "peers.json").write_text(json.dumps(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2].split(","))
