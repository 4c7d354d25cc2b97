"""The function library that generated scripts call: load, train, evaluate, forecast, plot.

Scripts read one `config.json` beside them and take no arguments; see `open_run`. Heavy packages (H2O, matplotlib) are
imported where they are first used, so that a short script stays short.
"""

from automl_runtime.forecast_insight import explain_forecaster
from automl_runtime.forecaster import evaluate_forecaster, refit_forecaster, train_forecaster
from automl_runtime.forecasting import forecast_future, load_forecaster, save_predictions
from automl_runtime.functions.features import FeatureFunction
from automl_runtime.new_rows import score_rows
from automl_runtime.plotting import plot_forecast
from automl_runtime.run import open_run
from automl_runtime.saving import save_forecaster
from automl_runtime.series import keep_known_covariates, load_series, seal_last_rows
from automl_runtime.table_insight import explain_model
from automl_runtime.table_model import evaluate_model, refit_model, save_model, train_model
from automl_runtime.table_plotting import plot_evaluation
from automl_runtime.table_prediction import load_model, predict_rows
from automl_runtime.tables import load_table, seal_rows
from automl_runtime.timegrid import Frequency

__all__ = [
    "FeatureFunction",
    "Frequency",
    "evaluate_forecaster",
    "evaluate_model",
    "explain_forecaster",
    "explain_model",
    "forecast_future",
    "keep_known_covariates",
    "load_forecaster",
    "load_model",
    "load_series",
    "load_table",
    "open_run",
    "plot_evaluation",
    "plot_forecast",
    "predict_rows",
    "refit_forecaster",
    "refit_model",
    "save_forecaster",
    "save_model",
    "save_predictions",
    "score_rows",
    "seal_last_rows",
    "seal_rows",
    "train_forecaster",
    "train_model",
]
