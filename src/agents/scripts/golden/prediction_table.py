"""Predict with the trained model; without rows to predict, show the sealed rows.

Job: Diagnosis “α” 'quoted' / ''' (attempt 1)
Goal: ''' import os; os.system('touch pwned') ''' '); __import__('os') # trailing backslash / line
separator?and return {braces} %s %(x)s ${y} right?to left, zero?byte, emoji 🚲, lone ?
Umsätze – größer
"""

from automl_runtime import (
    load_model,
    open_run,
    predict_rows,
    save_predictions,
)

with open_run(__file__) as run:
    model = load_model(run)
    predictions = predict_rows(run, model, target="diagnosis", rows="holdout")
    save_predictions(run, predictions)
