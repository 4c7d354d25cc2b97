"""The training that the benchmark kills, as a generated script would do it."""

from automl_runtime import (
    evaluate_model,
    load_table,
    open_run,
    refit_model,
    save_model,
    seal_rows,
    train_model,
)

with open_run(__file__) as run:
    plan = run.config.plan
    run.start_h2o(heap_mb=plan["heap_mb"])
    table = load_table(
        run,
        task="regression",
        target=plan["target"],
        features=plan["features"],
        date_column=None,
    )
    split = seal_rows(
        table,
        scheme="random",
        holdout_rows=None,
        holdout_fraction=0.2,
        seed=plan["seed"],
    )
    model = train_model(
        run,
        table,
        split,
        metric="rmse",
        algorithms=["GLM", "GBM", "XGBoost", "DRF", "StackedEnsemble"],
        folds=5,
        balance_classes=False,
        max_models=plan["max_models"],
        max_runtime_secs=None,
        seed=plan["seed"],
        sample_rows=None,
    )
    evaluation = evaluate_model(run, model, table, split)
    save_model(run, refit_model(run, model, table), evaluation, table)
