"""Forecasts of AutoGluon-TimeSeries from the same histories in the same time, added to peers.json.

python3 gluon.py FOLDER FREQUENCY SECONDS. Its own strongest preset, for the measure that compares us, without the models
whose weights come from a hub (Chronos, Toto): these can't be had offline. Run by a Python of its own.
"""

import contextlib
import json
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd
from autogluon.timeseries import TimeSeriesDataFrame, TimeSeriesPredictor

WITHOUT = ["Chronos", "Chronos2", "Toto", "Toto2"]


def main(folder, frequency, seconds):
    facts = json.loads((folder / "truth.json").read_text())
    table = pd.read_csv(folder / "dataset.csv", dtype={"series": str}, parse_dates=["date"])
    histories = TimeSeriesDataFrame.from_data_frame(table, id_column="series", timestamp_column="date")
    began = time.monotonic()
    with contextlib.redirect_stdout(sys.stderr):
        predictor = TimeSeriesPredictor(
            prediction_length=facts["horizon"],
            target="value",
            freq=frequency,
            eval_metric="MASE",
            eval_metric_seasonal_period=facts["season"],
            path=tempfile.mkdtemp(),
            verbosity=2,
        )
        predictor.fit(
            histories, presets="best_quality", time_limit=seconds, excluded_model_types=WITHOUT, random_seed=1
        )
        predicted = predictor.predict(histories)["mean"]
    took = time.monotonic() - began
    forecasts = {key: predicted.loc[key].tolist() for key in facts["series"]}
    peers = json.loads((folder / "peers.json").read_text())
    models = list(predictor.model_names())
    peers["AutoGluon"] = {"seconds": took, "forecasts": forecasts, "leader": predictor.model_best, "models": models}
    (folder / "peers.json").write_text(json.dumps(peers))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
