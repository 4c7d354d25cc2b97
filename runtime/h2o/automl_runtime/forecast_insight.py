"""What a forecaster listens to, how its error grows with the horizon, and how far its score can be trusted."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from automl_runtime.contributions import MOST_ROWS, TREES, Explained
from automl_runtime.decomposition import decompose
from automl_runtime.explaining import Columns, attempt, bounded, drawn, heights, tree_contributions
from automl_runtime.forecaster import Forecaster, mean_forecast, sealed_rows
from automl_runtime.importance import FEWEST_ROWS, Feature, chosen_rows, permutation_importance
from automl_runtime.metrics import Floats, forecast_metrics, skill, sort_key
from automl_runtime.recipe import ForecastRecipe, Rows
from automl_runtime.reliability import Indices, Score, bootstrap, by_group, dependent
from automl_runtime.run import Run
from automl_runtime.series import Panel

_MOST_HORIZONS, _MOST_ORIGINS = 200, 12
_WORDS = {"year": "a year before", "date": "calendar"}


def explain_forecaster(run: Run, forecaster: Forecaster, history: Panel, panel: Panel) -> None:
    """Write into the result: what matters to the forecast, its error by horizon and origin, how sure its score is."""
    run.stage("explain", "Asking the forecast what it listens to", 0.86)
    asking = _Asking(run, forecaster, history, panel)
    contributions = attempt(run, "What features add to forecasts", asking.contributions)
    run.outcome.insight = bounded(
        {
            "interval": asking.interval(),
            "folds": asking.origins(),
            "fit": asking.fit(),
            "importance": attempt(run, "What matters", lambda: asking.importance(contributions)) or [],
            "contributions": contributions,
            "dependence": [],
            "horizons": asking.horizons(),
            "decomposition": attempt(run, "Trend and season", lambda: decompose(panel)),
        }
    )


class _Asking:
    """The questions that are put to one forecaster."""

    def __init__(self, run: Run, forecaster: Forecaster, history: Panel, panel: Panel) -> None:
        self._run, self._forecaster, self._panel = run, forecaster, panel
        self._sealed = sealed_rows(forecaster.recipe, history, panel)
        # Too few sealed rows say nothing of what matters: then those of the backtest do.
        backtest = forecaster.backtest.rows
        few = len(self._sealed.actual) < FEWEST_ROWS and len(backtest.actual) > len(self._sealed.actual)
        self._judged, self._judged_panel = (backtest, history) if few else (self._sealed, panel)

    def interval(self) -> dict[str, Any] | None:
        """How far the headline metric may be off, from the sealed rows alone."""
        rows = self._sealed
        forecast = mean_forecast(self._run, self._forecaster, self._panel, rows)
        groups = dependent(rows.series, rows.position)
        return bootstrap(groups, self._scorer(rows, forecast), self._forecaster.seed)

    def origins(self) -> list[dict[str, Any]]:
        """The score of the backtest from each origin, or from a few neighbouring ones where there are many."""
        backtest = self._forecaster.backtest
        origins, number = np.unique(backtest.rows.origin, return_inverse=True)
        count = len(origins)
        if count > _MOST_ORIGINS:
            number = number * _MOST_ORIGINS // count
            origins = origins[-(-np.arange(_MOST_ORIGINS) * count // _MOST_ORIGINS)]
        labels = self._panel.grid.texts(origins)
        return by_group(list(labels), number, self._scorer(backtest.rows, backtest.mixed))

    def fit(self) -> dict[str, Any]:
        """The score of the backtest and of the sealed rows: far apart says that the times have changed, or luck."""
        scores = [row.score for row in self._forecaster.leaderboard if row.score is not None]
        return {
            "training": None,
            "cross_validated": scores[0] if scores else None,
            "sealed": self._run.outcome.metrics[self._forecaster.metric],
        }

    def horizons(self) -> list[dict[str, Any]]:
        """The mean absolute error of each horizon on the backtest, beside the naive forecast's."""
        backtest = self._forecaster.backtest
        rows = backtest.rows
        horizons = rows.position - rows.origin
        ours, naive = np.abs(rows.actual - backtest.mixed), np.abs(rows.actual - rows.naive)
        parts = []
        for horizon in np.unique(horizons)[:_MOST_HORIZONS]:
            mine = horizons == horizon
            error, naive_error = float(ours[mine].mean()), float(naive[mine].mean())
            parts.append({"horizon": int(horizon), "rows": int(mine.sum()), "error": error, "naive": naive_error})
        return parts

    def contributions(self) -> dict[str, Any] | None:
        """SHAP values of the tree model with the largest weight."""
        forecaster = self._forecaster
        trees = [name for name in forecaster.weights if name in forecaster.models]
        trees = [name for name in trees if forecaster.models[name].algorithm in TREES]
        if not trees:
            return None
        rows = self._judged.take(drawn(len(self._judged.actual), MOST_ROWS, forecaster.seed))
        features = _features(forecaster.recipe, rows.features)
        first = pd.DataFrame({one.name: rows.features[one.columns[0]] for one in features})
        texts = first.map(lambda value: "" if pd.isna(value) else f"{value:.6g}" if isinstance(value, float) else value)
        about = Explained(self._labels(rows), texts.astype(str), heights(first))
        model = forecaster.models[max(trees, key=lambda name: forecaster.weights[name])]
        columns = Columns(forecaster.recipe.categorical, None)
        found = tree_contributions(self._run, model, features, (rows.features, columns, about))
        return found and {**found, "unit": "model", "toward": None}

    def importance(self, contributions: dict[str, Any] | None) -> list[dict[str, Any]]:
        """Permutation importance of the whole mean; nothing where no model of H2O's is in it."""
        forecaster = self._forecaster
        if not any(name in forecaster.models for name in forecaster.weights):
            return []
        whole = self._judged.features
        place = {one["feature"]: number for number, one in enumerate((contributions or {"features": []})["features"])}
        features = sorted(_features(forecaster.recipe, whole), key=lambda one: place.get(one.name, len(place)))
        some = chosen_rows(len(whole), len(features), whole.shape[1], forecaster.seed)
        rows = self._judged.take(some)
        metric, scale = forecaster.metric, forecaster.naive_scale

        def predict(table: pd.DataFrame) -> Floats:
            times = len(table) // len(rows.actual)
            repeated = rows.take(np.tile(np.arange(len(rows.actual)), times))
            return mean_forecast(self._run, forecaster, self._judged_panel, replace(repeated, features=table))

        def loss(forecast: Floats) -> float:
            return sort_key(metric, forecast_metrics(rows.actual, forecast, scale)[metric])

        return permutation_importance(rows.features, features, (predict, loss), forecaster.seed)

    def _scorer(self, rows: Rows, forecast: Floats) -> Score:
        metric, scale = self._forecaster.metric, self._forecaster.naive_scale

        def score(chosen: Indices) -> tuple[float | None, float | None]:
            ours = forecast_metrics(rows.actual[chosen], forecast[chosen], scale)[metric]
            naive = forecast_metrics(rows.actual[chosen], rows.naive[chosen], scale)[metric]
            return ours, skill(metric, ours, naive)

        return score

    def _labels(self, rows: Rows) -> list[str]:
        dates = self._panel.grid.texts(rows.position)
        names = [self._judged_panel.name_of(one) for one in self._judged_panel.series]
        named = zip(rows.series, dates, strict=True)
        return [date if names[number] is None else f"{names[number]}, {date}" for number, date in named]


def _features(recipe: ForecastRecipe, table: pd.DataFrame) -> list[Feature]:
    """Features as a person knows them: parts of the date together, covariates by their own names."""
    named: dict[str, list[str]] = {}
    for column in table.columns:
        head, _, rest = str(column).partition("_")
        ours = _WORDS.get(head, str(column).replace("_", " "))
        name = recipe.covariates[int(rest)] if head == "covariate" else ours
        named.setdefault(name, []).append(str(column))
    return [Feature(name, tuple(columns)) for name, columns in named.items()]
