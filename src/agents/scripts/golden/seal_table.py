"""Seal rows of the table: training sees the others.

Job: Diagnosis “α” 'quoted' / ''' (attempt 1)
Goal: ''' import os; os.system('touch pwned') ''' '); __import__('os') # trailing backslash / line
separator?and return {braces} %s %(x)s ${y} right?to left, zero?byte, emoji 🚲, lone ?
Umsätze – größer

Thirty measurements, two classes: AUC, judged on a fifth of the rows.
"""

from automl_runtime import (
    open_run,
    seal_table,
)

with open_run(__file__) as run:
    seal_table(
        run,
        task="binary",
        target="diagnosis",
        date_column=None,
        group_column=None,
        scheme="random",
        holdout_rows=None,
        holdout_fraction=0.2,
        seed=42,
        sample_rows=None,
    )
