"""The training that the benchmark kills, as a generated script would do it; its three stages one after another."""

from automl_runtime import (
    evaluate_model,
    load_all_rows,
    load_candidate_model,
    load_training_rows,
    open_run,
    prepare_refit,
    refit_model,
    save_candidate_model,
    save_model,
    seal_table,
    train_model,
)

with open_run(__file__) as run:
    plan = run.config.plan
    seal_table(
        run,
        task="regression",
        target=plan["target"],
        date_column=None,
        group_column=None,
        scheme="random",
        holdout_rows=None,
        holdout_fraction=0.2,
        seed=plan["seed"],
    )
    run.start_h2o(heap_mb=plan["heap_mb"])
    table = load_training_rows(
        run,
        task="regression",
        target=plan["target"],
        features=plan["features"],
        date_column=None,
    )
    model = train_model(
        run,
        table,
        scheme="random",
        metric="rmse",
        algorithms=["GLM", "GBM", "XGBoost", "DRF", "StackedEnsemble"],
        folds=5,
        balance_classes=False,
        max_models=plan["max_models"],
        max_runtime_secs=None,
        seed=plan["seed"],
    )
    save_candidate_model(run, model, table)
    candidate = load_candidate_model(run)
    prepare_refit(run, candidate, heap_mb=plan["heap_mb"])
    table = load_all_rows(run, candidate)
    evaluation = evaluate_model(run, candidate, table)
    save_model(run, refit_model(run, candidate, table), evaluation, table)
