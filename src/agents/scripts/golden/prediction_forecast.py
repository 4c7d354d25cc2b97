"""Forecast the steps after the last observation with the trained model.

Job: Bicycle rentals (attempt 1)
Goal: How many bicycles will be rented in the next two weeks?
"""

from automl_runtime import (
    Frequency,
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
        target="total_rentals",
        date_column="date",
        series_id_columns=[],
        frequency=Frequency(unit="D", step=1, season_length=7),
        covariates=forecaster.covariates,
    )
    predictions = forecast_future(run, forecaster, panel, horizon=14)
    save_predictions(run, predictions)
