"""The training of the benchmark, as a generated script would do it."""

from automl_runtime import (
    evaluate_forecaster,
    load_series,
    open_run,
    refit_forecaster,
    save_forecaster,
    seal_last_rows,
    train_forecaster,
)

with open_run(__file__) as run:
    plan = run.config.plan
    run.start_h2o(heap_mb=2500)
    panel = load_series(
        run,
        target="value",
        date_column="date",
        series_id_columns=["series"],
        frequency=None,
        covariates=[],
    )
    history = seal_last_rows(panel, holdout_rows=plan["horizon"])
    forecaster = train_forecaster(
        run,
        history,
        horizon=plan["horizon"],
        lags=[],
        windows=[],
        calendar=False,
        metric="smape",
        algorithms=["GLM", "GBM", "XGBoost", "DRF"],
        folds=3,
        max_models=plan["max_models"],
        max_runtime_secs=None,
        seed=1,
        sample_rows=None,
    )
    evaluation = evaluate_forecaster(run, forecaster, history, panel)
    save_forecaster(run, refit_forecaster(run, forecaster, panel), evaluation, panel)
