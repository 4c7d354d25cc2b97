"""Judge the trained binary model on the sealed rows, then refit it on everything.

Job: Diagnosis “α” 'quoted' / ''' (attempt 1)
Goal: ''' import os; os.system('touch pwned') ''' '); __import__('os') # trailing backslash / line
separator?and return {braces} %s %(x)s ${y} right?to left, zero?byte, emoji 🚲, lone ?
Umsätze – größer

Thirty measurements, two classes: AUC, judged on a fifth of the rows.
"""

from automl_runtime import (
    evaluate_model,
    explain_model,
    load_all_rows,
    load_candidate_model,
    open_run,
    prepare_refit,
    refit_model,
    save_model,
)

with open_run(__file__) as run:
    candidate = load_candidate_model(run)
    prepare_refit(run, candidate, heap_mb=1024)
    table = load_all_rows(run, candidate)
    evaluation = evaluate_model(run, candidate, table)
    explain_model(run, candidate, table, evaluation)
    final = refit_model(run, candidate, table)
    save_model(run, final, evaluation, table)
