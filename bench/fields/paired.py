"""How sure a difference is: python3 paired.py METRIC WITH_ZIP WITHOUT_ZIP prints JSON, errors on the same sealed rows.

METRIC is logloss (several classes), balanced_accuracy (what it lacks to 1), 1 - auc, or a metric of numbers.

The interval is that of the ratio of the errors over 2,000 draws of the rows (bootstrap, 95 %); below 1 the plan with
the field is better.
"""

import json
import sys
import zipfile

import numpy as np
import pandas as pd
from automl_runtime.metrics import binary_metrics, multiclass_metrics, regression_metrics

DRAWS = 2000
SOME = 300


def evaluated(path):
    with zipfile.ZipFile(path) as archive, archive.open("evaluation.csv") as file:
        table = pd.read_csv(file).sort_values("row")
        threshold = json.loads(archive.read("manifest.json"))["threshold"]
    predicted = table.drop(columns=["row", "actual"]).to_numpy()
    return table["row"].to_numpy(), table["actual"].to_numpy(), (predicted, threshold)


def error(metric, actual, predicted, threshold):
    if metric == "balanced_accuracy":
        two = predicted.shape[1] == 2
        found = (
            binary_metrics(actual == 1, predicted[:, 1], threshold)
            if two
            else multiclass_metrics(actual.astype(int), predicted)
        )
        return 1 - found[metric]
    if metric == "1 - auc":
        return 1 - binary_metrics(actual == 1, predicted[:, 1], 0.5)["auc"]
    if metric == "logloss":
        return multiclass_metrics(actual.astype(int), predicted)["logloss"]
    return regression_metrics(actual.astype(float), predicted[:, 0])[metric]


metric = sys.argv[1]
rows, actual, one = evaluated(sys.argv[2])
others, _, other = evaluated(sys.argv[3])
if not np.array_equal(rows, others):
    raise SystemExit("The plans were judged on different rows.")
(one, called), (other, others_called) = one, other
random = np.random.default_rng(1)
ratios = []
# Ranks take long: a metric of classes gets fewer draws.
for _ in range(SOME if metric in ("1 - auc", "logloss", "balanced_accuracy") else DRAWS):
    drawn = random.integers(0, len(rows), len(rows))
    ratios.append(error(metric, actual[drawn], one[drawn], called) / error(metric, actual[drawn], other[drawn], others_called))
low, high = np.quantile(ratios, [0.025, 0.975])
found = [error(metric, actual, one, called), error(metric, actual, other, others_called)]
print(json.dumps({"with": found[0], "without": found[1], "ratio": found[0] / found[1], "ratio_95": [low, high], "rows": len(rows)}))
