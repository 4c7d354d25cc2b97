"""What a forecaster listens to, how its error grows with the horizon, and how far its score can be trusted."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from automl_runtime.contributions import MOST_ROWS, TREES, Explained
from automl_runtime.decomposition import decompose
from automl_runtime.explaining import Tree, attempt, bounded, heights, tree_contributions
from automl_runtime.forecast_candidate import ForecastCandidate
from automl_runtime.forecast_evaluation import Evaluation, mean_forecast
from automl_runtime.importance import FEWEST_ROWS, Feature, chosen_rows, permutation_importance
from automl_runtime.metrics import Floats, forecast_metrics, skill, sort_key
from automl_runtime.recipe import ForecastRecipe, Rows
from automl_runtime.reliability import Indices, Score, bootstrap, by_group, dependent
from automl_runtime.run import Run
from automl_runtime.sampling import drawn
from automl_runtime.series import Panel

_MOST_HORIZONS, _MOST_ORIGINS = 200, 12
_WORDS = {"year": "a year before", "date": "calendar", "holiday": "holidays"}


def explain_forecaster(run: Run, candidate: ForecastCandidate, panel: Panel, evaluation: Evaluation) -> None:
    """Write into the result: what matters to the forecast, its error by horizon and origin, how sure its score is."""
    run.stage("explain", "Asking the forecast what it listens to", 0.87)
    asking = _Asking(run, candidate, panel, evaluation)
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
            "learning_curve": None,
        }
    )


class _Asking:
    """The questions that are put to one forecaster."""

    def __init__(self, run: Run, candidate: ForecastCandidate, panel: Panel, evaluation: Evaluation) -> None:
        self._run, self._candidate, self._panel, self._evaluation = run, candidate, panel, evaluation
        self._backtest, self._scale = candidate.backtest_rows(panel), candidate.naive_scale(panel)
        # Too few sealed rows say nothing of what matters: then those of the backtest do.
        sealed, backtest = evaluation.rows, self._backtest
        few = len(sealed.actual) < FEWEST_ROWS and len(backtest.actual) > len(sealed.actual)
        self._judged, self._judged_panel = (backtest, candidate.history(panel)) if few else (sealed, panel)

    def interval(self) -> dict[str, Any] | None:
        """How far the headline metric may be off, from the sealed rows alone."""
        rows = self._evaluation.rows
        groups = dependent(rows.series, rows.position)
        return bootstrap(groups, self._scorer(rows, self._evaluation.forecast), self._candidate.seed)

    def origins(self) -> list[dict[str, Any]]:
        """The score of the backtest from each origin, or from a few neighbouring ones where there are many."""
        rows = self._backtest
        origins, number = np.unique(rows.origin, return_inverse=True)
        count = len(origins)
        if count > _MOST_ORIGINS:
            number = number * _MOST_ORIGINS // count
            origins = origins[-(-np.arange(_MOST_ORIGINS) * count // _MOST_ORIGINS)]
        labels = self._panel.grid.texts(origins)
        return by_group(list(labels), number, self._scorer(rows, self._candidate.backtest))

    def fit(self) -> dict[str, Any]:
        """The score of the backtest and of the sealed rows: far apart says that the times have changed, or luck."""
        scores = [row.score for row in self._candidate.leaderboard if row.score is not None]
        return {
            "training": None,
            "cross_validated": scores[0] if scores else None,
            "sealed": self._run.outcome.metrics[self._candidate.metric],
        }

    def horizons(self) -> list[dict[str, Any]]:
        """The mean absolute error of each horizon on the backtest, beside the naive forecast's."""
        rows = self._backtest
        horizons = rows.position - rows.origin
        ours, naive = np.abs(rows.actual - self._candidate.backtest), np.abs(rows.actual - rows.naive)
        parts = []
        for horizon in np.unique(horizons)[:_MOST_HORIZONS]:
            mine = horizons == horizon
            error, naive_error = float(ours[mine].mean()), float(naive[mine].mean())
            parts.append({"horizon": int(horizon), "rows": int(mine.sum()), "error": error, "naive": naive_error})
        return parts

    def contributions(self) -> dict[str, Any] | None:
        """SHAP values of the tree model with the largest weight."""
        candidate = self._candidate
        trees = [one for one in candidate.saved.archive.members if one.file is not None and one.algorithm in TREES]
        if not trees:
            return None
        rows = self._judged.take(drawn(len(self._judged.actual), MOST_ROWS, candidate.seed))
        features = _features(candidate.recipe, rows.features)
        first = pd.DataFrame({one.name: rows.features[one.columns[0]] for one in features})
        texts = first.map(lambda value: "" if pd.isna(value) else f"{value:.6g}" if isinstance(value, float) else value)
        about = Explained(self._labels(rows), texts.astype(str), heights(first))
        member = max(trees, key=lambda one: one.weight)
        tree = Tree(member.model_id, member.algorithm, candidate.saved.archive.mojo(member))
        return {
            **tree_contributions(self._run, tree, features, (rows.features, about)),
            "unit": "model",
            "toward": None,
        }

    def importance(self, contributions: dict[str, Any] | None) -> list[dict[str, Any]]:
        """Permutation importance of the whole mean; nothing where no model of H2O's is in it."""
        candidate = self._candidate
        if not candidate.settings:
            return []
        whole = self._judged.features
        place = {one["feature"]: number for number, one in enumerate((contributions or {"features": []})["features"])}
        features = sorted(_features(candidate.recipe, whole), key=lambda one: place.get(one.name, len(place)))
        some = chosen_rows(len(whole), len(features), whole.shape[1], candidate.seed)
        rows, scale = self._judged.take(some), self._scale

        def predict(table: pd.DataFrame) -> Floats:
            times = len(table) // len(rows.actual)
            repeated = rows.take(np.tile(np.arange(len(rows.actual)), times))
            return mean_forecast(self._run, candidate, self._judged_panel, replace(repeated, features=table))

        def loss(forecast: Floats) -> float:
            return sort_key(candidate.metric, forecast_metrics(rows.actual, forecast, scale)[candidate.metric])

        return permutation_importance(rows.features, features, (predict, loss), candidate.seed)

    def _scorer(self, rows: Rows, forecast: Floats) -> Score:
        metric, scale = self._candidate.metric, self._scale

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
