"""Scripts of trainings that several tests run, stage by stage; as steps inside the run."""

from __future__ import annotations

from collections.abc import Sequence

JUDGED_TABLE = """
candidate = load_candidate_model(run)
prepare_refit(run, candidate, heap_mb=700)
table = load_all_rows(run, candidate)
evaluation = evaluate_model(run, candidate, table)
{explain}save_model(run, refit_model(run, candidate, table), evaluation, table)
"""
EXPLAINED = "explain_model(run, candidate, table, evaluation)\n"


def regression(
    target: str, features: Sequence[str], *, more: str = "", max_models: int = 2, sample: int | None = None
) -> dict[str, str]:
    """A number by GLM, GBM and their ensemble; `more` are further arguments of the table."""
    return {
        "seal": f"""
seal_table(
    run, task="regression", target={target!r}, date_column=None, group_column=None, scheme="random",
    holdout_rows=None, holdout_fraction=0.2, seed=1, sample_rows={sample},
)
""",
        "train": f"""
run.start_h2o(heap_mb=700)
table = load_training_rows(
    run, task="regression", target={target!r}, features={list(features)!r}, date_column=None{more}
)
model = train_model(
    run, table, scheme="random", metric="rmse", algorithms=["GLM", "GBM", "StackedEnsemble"], folds=3,
    balance_classes=False, max_models={max_models}, max_runtime_secs=None, seed=1,
)
save_candidate_model(run, model, table)
""",
        "evaluate": JUDGED_TABLE.format(explain=""),
    }


def sales(horizon: int = 6, *, holdout: int | None = None, explained: bool = False) -> dict[str, str]:
    """Monthly sales of shops and items, with a promotion that is known ahead and weather that isn't."""
    columns = 'target="sales", date_column="month", series_id_columns=["shop", "item"]'
    explain = "explain_forecaster(run, candidate, panel, evaluation)\n" if explained else ""
    return {
        "seal": f"""
seal_series(
    run, {columns}, frequency=Frequency(unit="MS", step=1, season_length=12), covariates=["promo", "weather"],
    horizon={horizon}, holdout_rows={holdout or horizon},
)
""",
        "train": f"""
run.start_h2o(heap_mb=700)
history = load_history(run, {columns}, covariates=["promo", "weather"])
forecaster = train_forecaster(
    run, history, horizon={horizon}, lags=[1, 2, 12], windows=[3], calendar=True, metric="mae",
    algorithms=["GLM", "GBM"], folds=3, max_models=2, max_runtime_secs=None, seed=1, sample_rows=None,
)
save_candidate_forecaster(run, forecaster, history)
""",
        "evaluate": f"""
candidate = load_candidate_forecaster(run)
prepare_refit(run, candidate, heap_mb=700)
panel = load_all_series(run, candidate)
evaluation = evaluate_forecaster(run, candidate, panel)
{explain}save_forecaster(run, refit_forecaster(run, candidate, panel), evaluation, panel)
""",
    }


# Groups, encoded categories, words, a logarithm and a constraint.
RECIPE = {
    "seal": """
seal_table(
    run, task="regression", target="price", date_column=None, group_column="owner", scheme="group",
    holdout_rows=None, holdout_fraction=0.2, seed=1,
)
""",
    "train": """
run.start_h2o(heap_mb=700)
table = load_training_rows(
    run, task="regression", target="price", features=["size", "shop", "note"], date_column=None,
    group_column="owner", target_encoding=["shop"], text_features=["note"],
)
model = train_model(
    run, table, scheme="group", metric="rmse", algorithms=["GBM"], folds=3, balance_classes=False, max_models=3,
    max_runtime_secs=None, seed=1, target_transform="auto", monotone_increasing=["size"],
)
save_candidate_model(run, model, table)
""",
    "evaluate": JUDGED_TABLE.format(explain=EXPLAINED),
}
