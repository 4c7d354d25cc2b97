"""Other AutoML libraries, peers of our training: the same rows, judged on the same sealed rows, in the same time.

python3 peer.py FOLDER TARGET TASK SECONDS SEED THREADS NAME prints JSON. FOLDER holds dataset.csv and sealed.csv (row
numbers from 1). Each library is used as its first page says, with its own strongest recipe for such a time.
"""

import contextlib
import json
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
from score import scores

folder, target, task = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
seconds, seed, threads, name = int(sys.argv[4]), int(sys.argv[5]), int(sys.argv[6]), sys.argv[7]
METRICS = {
    "autogluon": {"regression": "root_mean_squared_error", "binary": "roc_auc", "multiclass": "log_loss"},
    "flaml": {"regression": "rmse", "binary": "roc_auc", "multiclass": "log_loss"},
    "mljar": {"regression": "rmse", "binary": "auc", "multiclass": "logloss"},
}


def autogluon(training, holdout, metric, classes):
    from autogluon.tabular import TabularPredictor

    predictor = TabularPredictor(
        label=target, problem_type=task, eval_metric=metric, path=tempfile.mkdtemp(), verbosity=0
    )
    predictor.fit(training, time_limit=seconds, presets="good_quality", num_cpus=threads, num_gpus=0)
    took = time.monotonic() - began
    leader = str(predictor.model_best)
    if not classes:
        return took, leader, predictor.predict(holdout).to_numpy()
    return took, leader, predictor.predict_proba(holdout)[classes].to_numpy()


def flaml(training, holdout, metric, classes):
    from flaml import AutoML

    automl = AutoML()
    kind = "classification" if classes else "regression"
    automl.fit(
        X_train=training.drop(columns=target),
        y_train=training[target],
        task=kind,
        metric=metric,
        time_budget=seconds,
        n_jobs=threads,
        seed=seed,
        verbose=0,
    )
    return answer(automl, holdout, classes, str(automl.best_estimator))


def mljar(training, holdout, metric, classes):
    from supervised import AutoML

    automl = AutoML(
        mode="Compete",
        total_time_limit=seconds,
        eval_metric=metric,
        results_path=tempfile.mkdtemp(),
        n_jobs=threads,
        random_state=seed,
        verbose=0,
    )
    automl.fit(training.drop(columns=target), training[target])
    return answer(automl, holdout, classes, str(automl._best_model.get_name()))


def answer(automl, holdout, classes, leader):
    took = time.monotonic() - began
    if not classes:
        return took, leader, np.asarray(automl.predict(holdout), dtype=float)
    probabilities = np.asarray(automl.predict_proba(holdout), dtype=float)
    if probabilities.shape[1] != len(classes):
        raise SystemExit(f"{probabilities.shape[1]} probabilities for {len(classes)} classes")
    return took, leader, probabilities


table = pd.read_csv(folder / "dataset.csv")
# Labels are texts, as they are for us: numbers that name classes have no order.
classes = [] if task == "regression" else sorted(table[target].dropna().astype(str).unique())
if classes:
    table[target] = table[target].map(str, na_action="ignore")
# LightGBM takes no name with a colon or a bracket in it.
table = table.rename(columns={column: f"c{number}" for number, column in enumerate(table.columns) if column != target})
for column in table.columns:
    if not pd.api.types.is_numeric_dtype(table[column]) and name == "flaml" and column != target:
        table[column] = table[column].astype("category")
sealed = pd.read_csv(folder / "sealed.csv")["row"].to_numpy() - 1
known = np.flatnonzero(table[target].notna().to_numpy())
training = table.iloc[np.setdiff1d(known, sealed)].reset_index(drop=True)
holdout = table.iloc[sealed].reset_index(drop=True)
actual = holdout.pop(target)
began = time.monotonic()
with contextlib.redirect_stdout(sys.stderr):
    took, leader, predicted = globals()[name](training, holdout, METRICS[name][task], classes)
codes = actual.map({label: number for number, label in enumerate(classes)}) if classes else actual
print(json.dumps({"scores": scores(task, codes.to_numpy(), predicted), "seconds": took, "leader": leader}))
