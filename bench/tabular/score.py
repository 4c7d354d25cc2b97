"""The scores of the benchmark, by the runtime's own metrics: python3 score.py MODEL_ZIP TASK prints those of a model."""

import json
import sys
import zipfile

import pandas as pd

from automl_runtime.metrics import binary_metrics, multiclass_metrics, regression_metrics


def scores(task, actual, predicted):
    if task == "regression":
        return regression_metrics(actual.astype(float), predicted)
    if task == "binary":
        return binary_metrics(actual == 1, predicted[:, 1], 0.5)
    return multiclass_metrics(actual.astype(int), predicted)


if __name__ == "__main__":
    with zipfile.ZipFile(sys.argv[1]) as archive, archive.open("evaluation.csv") as file:
        table = pd.read_csv(file)
    table[["row"]].to_csv(sys.argv[3], index=False)
    predicted = table.drop(columns=["row", "actual"]).to_numpy()
    predicted = predicted[:, 0] if sys.argv[2] == "regression" else predicted
    print(json.dumps(scores(sys.argv[2], table["actual"].to_numpy(), predicted)))
