"""Seal the last rows of the series: training sees what is before them.

Job: Bicycle rentals (attempt 1)
Goal: How many bicycles will be rented in the next two weeks?

Daily rentals with a weekly season: lags of up to two weeks, judged on the last 14 days.
"""

from automl_runtime import (
    Frequency,
    open_run,
    seal_series,
)

with open_run(__file__) as run:
    seal_series(
        run,
        target="total_rentals",
        date_column="date",
        series_id_columns=[],
        frequency=Frequency(unit="D", step=1, season_length=7),
        covariates=["temperature"],
        horizon=14,
        holdout_rows=14,
    )
