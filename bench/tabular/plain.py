"""What a person would write by hand, peer of our training: H2O AutoML on the same rows, judged on the same sealed rows.

python3 plain.py FOLDER TARGET TASK MODELS SECONDS SEED HEAP_MB THREADS prints JSON. FOLDER holds dataset.csv and
sealed.csv (row numbers from 1); MODELS or SECONDS is 0 for no such limit. Scores are the runtime's own functions.
"""

import json
import sys
import tempfile
import time
from pathlib import Path

import h2o
import numpy as np
import pandas as pd
from h2o.automl import H2OAutoML
from score import scores

folder, target, task = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
models, seconds, seed, heap_mb, threads = (int(value) for value in sys.argv[4:9])
SORT_METRIC = {"regression": "RMSE", "binary": "AUC", "multiclass": "logloss"}

table = pd.read_csv(folder / "dataset.csv", dtype=str, keep_default_na=False)
sealed = pd.read_csv(folder / "sealed.csv")["row"].to_numpy() - 1
known = np.flatnonzero((table[target] != "").to_numpy())
scratch = Path(tempfile.mkdtemp())
table.iloc[np.setdiff1d(known, sealed)].to_csv(scratch / "training.csv", index=False)
table.iloc[sealed].to_csv(scratch / "sealed.csv", index=False)
h2o.init(
    max_mem_size=f"{heap_mb}m", nthreads=threads, ice_root=str(scratch), port=int(sys.argv[9]), verbose=False
)
h2o.no_progress()
kinds = {} if task == "regression" else {target: "enum"}
training = h2o.import_file(str(scratch / "training.csv"), col_types=kinds or None)
# Columns are read as they were in the training rows.
holdout = h2o.import_file(str(scratch / "sealed.csv"), col_types=training.types | kinds)
began = time.monotonic()
automl = H2OAutoML(
    max_models=models or None, max_runtime_secs=seconds, seed=seed, sort_metric=SORT_METRIC[task], verbosity=None
)
automl.train(y=target, training_frame=training)
took = time.monotonic() - began
answer = automl.leader.predict(holdout).as_data_frame()
leader = automl.leader.model_id
trained = len(automl.leaderboard)
h2o.cluster().shutdown()
actual = table[target].iloc[sealed]
if task == "regression":
    found = scores(task, pd.to_numeric(actual).to_numpy(), answer["predict"].to_numpy())
else:
    classes = sorted(set(table[target].iloc[known]))
    columns = list(answer.columns[1:])
    if len(columns) != len(classes):
        raise SystemExit(f"{len(columns)} probabilities for {len(classes)} classes")
    codes = actual.map({label: number for number, label in enumerate(classes)}).to_numpy()
    found = scores(task, codes, answer[columns].to_numpy())
print(json.dumps({"scores": found, "seconds": took, "leader": leader, "models": trained}))
