"""How sure a difference is: python3 paired.py METRIC WITH_ZIP WITHOUT_ZIP prints JSON, errors on the same sealed rows.

METRIC is logloss (several classes), balanced_accuracy (what it lacks to 1), 1 - auc, or a metric of numbers.

The interval is that of the ratio of the errors over 2,000 draws of the rows (bootstrap, 95 %); below 1 the plan with
the field is better.
"""

import json
import sys
import zipfile
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
from automl_runtime.tables import metrics_of

DRAWS = 2000
SOME = 300


@dataclass(frozen=True)
class Sealed:
    """What a model.zip said of its sealed rows."""

    rows: Any
    labels: SimpleNamespace
    predicted: Any
    threshold: float

    @staticmethod
    def of(path):
        with zipfile.ZipFile(path) as archive:
            table = pd.read_csv(archive.open("evaluation.csv")).sort_values("row")
            manifest = json.loads(archive.read("manifest.json"))
        predicted = table.drop(columns=["row", "actual"]).to_numpy()
        # Of a number there is one prediction, of classes a probability each.
        predicted = predicted if manifest["classes"] else predicted[:, 0]
        task = "classification" if manifest["classes"] else "regression"
        # All of a table that its metrics ask for.
        labels = SimpleNamespace(task=task, response=table["actual"].to_numpy(), classes=manifest["classes"])
        return Sealed(table["row"].to_numpy(), labels, predicted, manifest["threshold"])

    def error(self, metric, drawn):
        found = metrics_of(self.labels, drawn, self.predicted[drawn], self.threshold)
        name = metric.removeprefix("1 - ")
        return 1 - found[name] if name in ("auc", "balanced_accuracy") else found[name]


metric = sys.argv[1]
one, other = (Sealed.of(path) for path in sys.argv[2:4])
if not np.array_equal(one.rows, other.rows):
    raise SystemExit("The plans were judged on different rows.")
count = len(one.rows)
random = np.random.default_rng(1)
ratios = []
# Ranks take long: a metric of classes gets fewer draws.
for _ in range(SOME if one.labels.classes else DRAWS):
    drawn = random.integers(0, count, count)
    ratios.append(one.error(metric, drawn) / other.error(metric, drawn))
low, high = np.quantile(ratios, [0.025, 0.975])
found = [side.error(metric, np.arange(count)) for side in (one, other)]
print(json.dumps({"with": found[0], "without": found[1], "ratio": found[0] / found[1], "ratio_95": [low, high], "rows": count}))
