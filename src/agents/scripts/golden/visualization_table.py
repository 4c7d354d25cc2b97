"""Draw what the model gets right and wrong on the sealed rows.

Job: Diagnosis “α” 'quoted' / ''' (attempt 1)
Goal: ''' import os; os.system('touch pwned') ''' '); __import__('os') # trailing backslash / line
separator?and return {braces} %s %(x)s ${y} right?to left, zero?byte, emoji 🚲, lone ?
Umsätze – größer
"""

from automl_runtime import (
    load_model,
    open_run,
    plot_evaluation,
)

with open_run(__file__) as run:
    model = load_model(run)
    plot_evaluation(run, model, kind="roc_confusion", title="Malignant or benign")
