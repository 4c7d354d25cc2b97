"""What a person would write by hand: H2O AutoML on a table of two classes, judged on a holdout, refitted, saved.

python3 plain.py MODELS HEAP_MB THREADS, with data.csv beside it.
"""

import json
import sys

import h2o
import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from h2o.automl import H2OAutoML

models, heap_mb, threads = (int(value) for value in sys.argv[1:])
TARGET = "diagnosis"

h2o.init(max_mem_size=f"{heap_mb}m", nthreads=threads, port=54777, ice_root="/tmp")
h2o.no_progress()
table = pd.read_csv("data.csv")
random = np.random.default_rng(1)
held = pd.concat(
    [rows.sample(frac=0.2, random_state=1) for _, rows in table.groupby(TARGET)]
).index
train, holdout = h2o.H2OFrame(table.drop(held)), h2o.H2OFrame(table.loc[held])
for frame in (train, holdout):
    frame[TARGET] = frame[TARGET].asfactor()

automl = H2OAutoML(
    max_models=models, seed=1, nfolds=5, exclude_algos=["DeepLearning"], sort_metric="AUC"
)
automl.train(y=TARGET, training_frame=train)
performance = automl.leader.model_performance(holdout)

everything = train.rbind(holdout)
ranked = automl.leaderboard.as_data_frame()["model_id"]
best = h2o.get_model(next(name for name in ranked if not name.startswith("Stacked")))
parameters = {
    name: value["actual"]
    for name, value in best.params.items()
    if name in {"ntrees", "max_depth", "min_rows", "sample_rate", "col_sample_rate", "seed"}
    and value["actual"] is not None
}
final = type(best)(**parameters) if parameters else best
final.train(y=TARGET, training_frame=everything)
final.download_mojo("model.zip")

predictions = automl.leader.predict(holdout).as_data_frame()
predictions.to_csv("predictions.csv", index=False)
plt.figure(figsize=(11, 5.5))
false_positives, true_positives = performance.roc()
plt.plot(false_positives, true_positives)
plt.savefig("plot.png", dpi=150)
with open("plain.json", "w") as file:
    json.dump({"auc": performance.auc()}, file)
h2o.cluster().shutdown()
