"""Draw the history, the backtest on the sealed rows and the forecast.

Job: Bicycle rentals (attempt 1)
Goal: How many bicycles will be rented in the next two weeks?
"""

from automl_runtime import (
    load_forecaster,
    load_series,
    open_run,
    plot_forecast,
)

with open_run(__file__) as run:
    forecaster = load_forecaster(run)
    panel = load_series(
        run,
        target="total_rentals",
        date_column="date",
        series_id_columns=[],
        frequency=forecaster.frequency,
        covariates=[],
    )
    plot_forecast(run, forecaster, panel, title="Bicycle rentals, next 14 days", history_points=120)
