"""The training of the benchmark, as a generated script would do it; its three stages one after another."""

from automl_runtime import (
    evaluate_forecaster,
    load_all_series,
    load_candidate_forecaster,
    load_history,
    open_run,
    prepare_refit,
    refit_forecaster,
    save_candidate_forecaster,
    save_forecaster,
    seal_series,
    train_forecaster,
)

with open_run(__file__) as run:
    plan = run.config.plan
    seal_series(
        run,
        target="value",
        date_column="date",
        series_id_columns=["series"],
        frequency=None,
        covariates=[],
        horizon=plan["horizon"],
        holdout_rows=plan["horizon"],
    )
    run.start_h2o(heap_mb=2500)
    history = load_history(
        run,
        target="value",
        date_column="date",
        series_id_columns=["series"],
        covariates=[],
    )
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
    save_candidate_forecaster(run, forecaster, history)
    candidate = load_candidate_forecaster(run)
    prepare_refit(run, candidate, heap_mb=2500)
    panel = load_all_series(run, candidate)
    evaluation = evaluate_forecaster(run, candidate, panel)
    save_forecaster(run, refit_forecaster(run, candidate, panel), evaluation, panel)
