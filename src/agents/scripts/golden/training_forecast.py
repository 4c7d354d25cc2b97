"""Train a forecaster with H2O AutoML and judge it on the last, sealed rows.

Job: Bicycle rentals (attempt 1)
Goal: How many bicycles will be rented in the next two weeks?

Daily rentals with a weekly season: lags of up to two weeks, judged on the last 14 days.
"""

from automl_runtime import (
    Frequency,
    evaluate_forecaster,
    explain_forecaster,
    keep_known_covariates,
    load_series,
    open_run,
    refit_forecaster,
    save_forecaster,
    seal_last_rows,
    train_forecaster,
)

with open_run(__file__) as run:
    run.start_h2o(heap_mb=1024)
    panel = load_series(
        run,
        target="total_rentals",
        date_column="date",
        series_id_columns=[],
        frequency=Frequency(unit="D", step=1, season_length=7),
        covariates=["temperature"],
    )
    panel = keep_known_covariates(run, panel, horizon=14)
    history = seal_last_rows(panel, holdout_rows=14)
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
    evaluation = evaluate_forecaster(run, forecaster, history, panel)
    explain_forecaster(run, forecaster, history, panel)
    final = refit_forecaster(run, forecaster, panel)
    save_forecaster(run, final, evaluation, panel)
