"""Train a forecaster with H2O AutoML on the rows before the sealed ones.

Job: Bicycle rentals (attempt 1)
Goal: How many bicycles will be rented in the next two weeks?

Daily rentals with a weekly season: lags of up to two weeks, judged on the last 14 days.
"""

from automl_runtime import (
    load_history,
    open_run,
    save_candidate_forecaster,
    train_forecaster,
)

with open_run(__file__) as run:
    run.start_h2o(heap_mb=1024)
    history = load_history(
        run,
        target="total_rentals",
        date_column="date",
        series_id_columns=[],
        covariates=["temperature"],
    )
    forecaster = train_forecaster(
        run,
        history,
        horizon=14,
        lags=[1, 2, 3, 7, 14],
        windows=[7, 28],
        calendar=True,
        metric="mae",
        algorithms=["GLM", "XGBoost", "GBM"],
        folds=3,
        max_models=3,
        max_runtime_secs=None,
        seed=42,
        sample_rows=None,
    )
    save_candidate_forecaster(run, forecaster, history)
