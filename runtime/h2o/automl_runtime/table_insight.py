"""What a table's model listens to and how far its score can be trusted, from the sealed rows; before the refit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from automl_runtime.automl import TRAINING_KEY, TrainedModel, as_array
from automl_runtime.cluster import quiet
from automl_runtime.contributions import MOST_ROWS, TREES, Explained
from automl_runtime.designs import new_design
from automl_runtime.encoding import ColumnCode
from automl_runtime.explaining import (
    Columns,
    attempt,
    bounded,
    drawn,
    heights,
    predict_rows_with,
    tree_contributions,
)
from automl_runtime.importance import Feature, chosen_rows, grid_of, partial_dependence, permutation_importance
from automl_runtime.metrics import Floats, skill, sort_key
from automl_runtime.reliability import Indices, alone, bootstrap, by_group
from automl_runtime.run import Run
from automl_runtime.table_model import TableEvaluation, TableModel
from automl_runtime.tables import Split, Table, metrics_of, naive_prediction

_MOST_CURVES, _MOST_LEVELS, _MOST_CLASSES = 5, 10, 5
# Predicting the training rows once more is only worth it where it takes a moment.
_MOST_FITTED_ROWS = 100_000


def explain_model(run: Run, model: TableModel, table: Table, split: Split, evaluation: TableEvaluation) -> None:
    """Write into the result: what matters to the model, why it said what of single rows, how sure its score is."""
    run.stage("explain", "Asking the model what it listens to", 0.86)
    asking = _Asking(run, model, table, evaluation)
    contributions = attempt(run, "What features add to predictions", asking.contributions)
    importance = attempt(run, "What matters", lambda: asking.importance(contributions))
    run.outcome.insight = bounded(
        {
            "interval": asking.interval(split),
            "folds": asking.folds(),
            "fit": attempt(run, "How well the training rows are known", asking.fit),
            "importance": importance or [],
            "contributions": contributions,
            "dependence": attempt(run, "Partial dependence", lambda: asking.dependence(importance or [])) or [],
            "horizons": [],
            "decomposition": None,
        }
    )


class _Asking:
    """The questions that are put to one model of a table."""

    def __init__(self, run: Run, model: TableModel, table: Table, evaluation: TableEvaluation) -> None:
        self._run, self._model, self._table, self._evaluation = run, model, table, evaluation
        self._columns = Columns(table.encoder.categorical, len(table.classes) or None)
        self._matrix = new_design(table, evaluation.rows, model.learned).features
        self._learnt = {one.name: one.code for one in model.learned.encodings}
        self._learnt |= {one.name: one.code for one in model.learned.texts}
        features = [Feature(code.name, self._internal(code)) for code in table.encoder.columns]
        self._features = [feature for feature in features if feature.columns]

    def interval(self, split: Split) -> dict[str, Any] | None:
        """How far the headline metric may be off, from the sealed rows alone."""
        rows, predicted = self._evaluation.rows, self._evaluation.predicted
        naive = naive_prediction(self._table, split.training, len(rows), self._model.metric)[1]

        def score(chosen: Indices) -> tuple[float | None, float | None]:
            ours = self._score(rows[chosen], predicted[chosen])
            return ours, skill(self._model.metric, ours, self._score(rows[chosen], naive[chosen]))

        return bootstrap(alone(len(rows)), score, self._model.search.seed)

    def folds(self) -> list[dict[str, Any]]:
        """The score on each fold that was left out of a training."""
        rows, fold, holdout = self._model.rows, self._model.fold, self._model.winner.holdout
        labels = [str(number + 1) for number in range(int(fold.max()) + 1)]
        return by_group(labels, fold, lambda chosen: (self._score(rows[chosen], holdout[chosen]), None))

    def fit(self) -> dict[str, Any]:
        """The score on rows that were trained on, in the folds, and on the sealed rows: far apart is overfit."""
        import h2o

        training: float | None = None
        if len(self._model.rows) <= _MOST_FITTED_ROWS:
            with quiet():
                answer = self._model.winner.handle.predict(h2o.get_frame(TRAINING_KEY))
            predicted = self._model.winner.restore(as_array(answer, self._columns.classes))
            training = self._score(self._model.rows, predicted)
        return {
            "training": training,
            "cross_validated": self._model.leaderboard[0].score,
            "sealed": self._run.outcome.metrics[self._model.metric],
        }

    def contributions(self) -> dict[str, Any] | None:
        """SHAP values of the winner; where it is no tree model, of the best one that was trained beside it."""
        some = drawn(len(self._evaluation.rows), MOST_ROWS, self._model.search.seed)
        chosen, matrix = self._evaluation.rows[some], self._matrix.iloc[some].reset_index(drop=True)
        model = self._tree()
        about = Explained([str(row + 1) for row in chosen], self._texts(chosen), self._heights(matrix))
        found = tree_contributions(self._run, model, self._features, (matrix, self._columns, about))
        if found is None or model is None:
            return None
        of_classes = "probability" if model.algorithm in ("DRF", "XRT") else "log_odds"
        of_numbers = "target" if model.scale is None else "model"
        return {**found, "unit": of_classes if self._table.classes else of_numbers, "toward": self._toward()}

    def importance(self, contributions: dict[str, Any] | None) -> list[dict[str, Any]]:
        """Permutation importance on the sealed rows; where not every feature can be afforded, SHAP's strongest."""
        matrix, seed = self._matrix, self._model.search.seed
        place = {one["feature"]: number for number, one in enumerate((contributions or {"features": []})["features"])}
        features = sorted(self._features, key=lambda feature: place.get(feature.name, len(place)))
        some = chosen_rows(len(self._evaluation.rows), len(features), matrix.shape[1], seed)
        rows = self._evaluation.rows[some]

        def loss(predicted: Floats) -> float:
            return sort_key(self._model.metric, self._score(rows, predicted))

        table = matrix.iloc[some].reset_index(drop=True)
        return permutation_importance(table, features, (self._predict, loss), seed)

    def dependence(self, importance: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Partial dependence of the features that matter most, on the sealed rows."""
        codes = {code.name: code for code in self._table.encoder.columns}
        known = [codes[one["feature"]] for one in importance if codes[one["feature"]].kind in ("number", "category")]
        shown = known[:_MOST_CURVES]
        values = {code.code: self._values(code, self._matrix) for code in shown}
        curves = partial_dependence(
            self._matrix,
            {code: grid for code, grid in values.items() if grid[0]},
            self._predict,
            self._model.search.seed,
        )
        of = {code.code: code for code in shown}
        return [
            {
                "feature": of[curve["column"]].name,
                "kind": of[curve["column"]].kind,
                "grid": curve["grid"],
                "lines": self._lines(curve["means"]),
            }
            for curve in curves
        ]

    def _lines(self, means: list[list[float | None]]) -> list[dict[str, Any]]:
        if not self._table.classes:
            return [{"label": None, "values": means[0]}]
        labelled = list(zip(self._table.classes, means, strict=True))
        shown = labelled[1:] if len(labelled) == 2 else labelled[:_MOST_CLASSES]
        return [{"label": label, "values": values} for label, values in shown]

    def _values(self, code: ColumnCode, matrix: pd.DataFrame) -> tuple[list[Any], list[str]]:
        if code.kind == "number":
            return grid_of(matrix[code.code].to_numpy(dtype=np.float64))
        points = [str(point) for point in matrix[code.code].value_counts().sort_index().nlargest(_MOST_LEVELS).index]
        return list(points), [code.levels[int(point[1:])] for point in points]

    def _score(self, rows: Indices, predicted: Floats) -> float | None:
        return metrics_of(self._table, rows, predicted, self._model.threshold)[self._model.metric]

    def _predict(self, features: pd.DataFrame) -> Floats:
        winner = self._model.winner
        return winner.restore(predict_rows_with(self._run, winner.handle, features, self._columns))

    def _tree(self) -> TrainedModel | None:
        place = {row.model_id: number for number, row in enumerate(self._model.leaderboard)}
        trees = [one for one in self._model.candidates if one.algorithm in TREES]
        return min(trees, key=lambda one: place[one.model_id], default=None)

    def _toward(self) -> str | None:
        return self._table.classes[1] if self._table.classes else None

    def _internal(self, code: ColumnCode) -> tuple[str, ...]:
        # What is learnt of a column stands beside its own columns, or for them.
        codes = [code.code, *([self._learnt[code.name]] if code.name in self._learnt else [])]
        columns = self._matrix.columns
        return tuple(name for name in columns for own in codes if name == own or name.startswith(f"{own}_"))

    def _heights(self, matrix: pd.DataFrame) -> pd.DataFrame:
        return heights(pd.DataFrame({feature.name: matrix[feature.columns[0]] for feature in self._features}))

    def _texts(self, rows: Indices) -> pd.DataFrame:
        cells = {feature.name: self._table.frame[feature.name].iloc[rows] for feature in self._features}
        return pd.DataFrame({name: [_text(value) for value in column] for name, column in cells.items()})


def _text(value: Any) -> str:
    if pd.isna(value):
        return ""
    return f"{value:.6g}" if isinstance(value, float) else str(value)
