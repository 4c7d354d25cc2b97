"""The forecast of the benchmark, as a generated script would do it."""

from automl_runtime import (
    forecast_future,
    load_forecaster,
    load_series,
    open_run,
    save_predictions,
)

with open_run(__file__) as run:
    forecaster = load_forecaster(run)
    panel = load_series(
        run,
        target="value",
        date_column="date",
        series_id_columns=["series"],
        frequency=forecaster.frequency,
        covariates=[],
    )
    save_predictions(
        run, forecast_future(run, forecaster, panel, horizon=run.config.plan["horizon"])
    )
