"""Judge the trained forecaster on the sealed rows, then refit it on everything.

Job: Bicycle rentals (attempt 1)
Goal: How many bicycles will be rented in the next two weeks?

Daily rentals with a weekly season: lags of up to two weeks, judged on the last 14 days.
"""

from automl_runtime import (
    evaluate_forecaster,
    explain_forecaster,
    load_all_series,
    load_candidate_forecaster,
    open_run,
    prepare_refit,
    refit_forecaster,
    save_forecaster,
)

with open_run(__file__) as run:
    candidate = load_candidate_forecaster(run)
    prepare_refit(run, candidate, heap_mb=1024)
    panel = load_all_series(run, candidate)
    evaluation = evaluate_forecaster(run, candidate, panel)
    explain_forecaster(run, candidate, panel, evaluation)
    final = refit_forecaster(run, candidate, panel)
    save_forecaster(run, final, evaluation, panel)
