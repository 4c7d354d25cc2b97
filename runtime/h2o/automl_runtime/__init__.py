"""The function library that generated scripts call: load, train, evaluate, forecast, plot.

Scripts read one `config.json` beside them and take no arguments; see `open_run`. Heavy packages (H2O, matplotlib) are
imported where they are first used, so that a short script stays short.
"""

from automl_runtime.candidate import prepare_refit
from automl_runtime.dated import load_series
from automl_runtime.forecast_candidate import (
    load_all_series,
    load_candidate_forecaster,
    save_candidate_forecaster,
)
from automl_runtime.forecast_evaluation import evaluate_forecaster, refit_forecaster
from automl_runtime.forecast_insight import explain_forecaster
from automl_runtime.forecaster import load_history, train_forecaster
from automl_runtime.forecasting import forecast_future, load_forecaster, save_predictions
from automl_runtime.functions.features import FeatureFunction
from automl_runtime.new_rows import score_rows
from automl_runtime.plotting import plot_forecast
from automl_runtime.run import open_run
from automl_runtime.saving import save_forecaster
from automl_runtime.sealing import seal_series, seal_table
from automl_runtime.table_candidate import load_all_rows, load_candidate_model, save_candidate_model
from automl_runtime.table_evaluation import evaluate_model, refit_model, save_model
from automl_runtime.table_insight import explain_model
from automl_runtime.table_model import train_model
from automl_runtime.table_plotting import plot_evaluation
from automl_runtime.table_prediction import load_model, predict_rows
from automl_runtime.tables import load_training_rows
from automl_runtime.timegrid import Frequency

__all__ = [
    "FeatureFunction",
    "Frequency",
    "evaluate_forecaster",
    "evaluate_model",
    "explain_forecaster",
    "explain_model",
    "forecast_future",
    "load_all_rows",
    "load_all_series",
    "load_candidate_forecaster",
    "load_candidate_model",
    "load_forecaster",
    "load_history",
    "load_model",
    "load_series",
    "load_training_rows",
    "open_run",
    "plot_evaluation",
    "plot_forecast",
    "predict_rows",
    "prepare_refit",
    "refit_forecaster",
    "refit_model",
    "save_candidate_forecaster",
    "save_candidate_model",
    "save_forecaster",
    "save_model",
    "save_predictions",
    "score_rows",
    "seal_series",
    "seal_table",
    "train_forecaster",
    "train_model",
]
