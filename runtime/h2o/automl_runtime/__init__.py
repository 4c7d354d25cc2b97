"""The function library that generated scripts call: load, train, evaluate, forecast, plot.

Scripts read one `config.json` beside them and take no arguments; see `open_run`. Heavy packages (H2O, matplotlib) are
imported where they are first used, so that a short script stays short.
"""

from automl_runtime.forecaster import evaluate_forecaster, refit_forecaster, train_forecaster
from automl_runtime.forecasting import forecast_future, load_forecaster, save_predictions
from automl_runtime.plotting import plot_forecast
from automl_runtime.run import open_run
from automl_runtime.saving import save_forecaster
from automl_runtime.series import keep_known_covariates, load_series, seal_last_rows
from automl_runtime.timegrid import Frequency

__all__ = [
    "Frequency",
    "evaluate_forecaster",
    "forecast_future",
    "keep_known_covariates",
    "load_forecaster",
    "load_series",
    "open_run",
    "plot_forecast",
    "refit_forecaster",
    "save_forecaster",
    "save_predictions",
    "seal_last_rows",
    "train_forecaster",
]
