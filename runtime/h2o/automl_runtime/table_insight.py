"""What a table's model listens to and how far its score can be trusted, from the sealed rows; before the refit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from automl_runtime.contributions import MOST_ROWS, Explained
from automl_runtime.encoding import ColumnCode
from automl_runtime.explaining import attempt, bounded, heights, tree_contributions
from automl_runtime.importance import Feature, chosen_rows, grid_of, partial_dependence, permutation_importance
from automl_runtime.metrics import Floats, skill, sort_key
from automl_runtime.reliability import Indices, alone, bootstrap
from automl_runtime.run import Run
from automl_runtime.sampling import drawn
from automl_runtime.table_candidate import TableCandidate
from automl_runtime.table_evaluation import TableEvaluation
from automl_runtime.tables import Table, metrics_of

_MOST_CURVES, _MOST_LEVELS, _MOST_CLASSES = 5, 10, 5


def explain_model(run: Run, candidate: TableCandidate, table: Table, evaluation: TableEvaluation) -> None:
    """Write into the result: what matters to the model, why it said what of single rows, how sure its score is."""
    run.stage("explain", "Asking the model what it listens to", 0.87)
    asking = _Asking(run, candidate, table, evaluation)
    contributions = attempt(run, "What features add to predictions", asking.contributions)
    importance = attempt(run, "What matters", lambda: asking.importance(contributions))
    run.outcome.insight = bounded(
        {
            "interval": asking.interval(),
            "folds": candidate.folds,
            "fit": asking.fit(),
            "importance": importance or [],
            "contributions": contributions,
            "dependence": attempt(run, "Partial dependence", lambda: asking.dependence(importance or [])) or [],
            "horizons": [],
            "decomposition": None,
            "learning_curve": candidate.learning_curve,
        }
    )


class _Asking:
    """The questions that are put to one model of a table."""

    def __init__(self, run: Run, candidate: TableCandidate, table: Table, evaluation: TableEvaluation) -> None:
        self._run, self._candidate, self._table, self._evaluation = run, candidate, table, evaluation
        saved = candidate.saved
        self._matrix, self._codes = evaluation.features, saved.encoder.columns
        self._learnt = {name: code for code, name in saved.learned.names.items()}
        features = [self._feature(code.name, self._internal(code)) for code in self._codes]
        self._features = [feature for feature in features if feature.columns]

    def interval(self) -> dict[str, Any] | None:
        """How far the headline metric may be off, from the sealed rows alone."""
        rows, predicted = self._evaluation.rows, self._evaluation.predicted
        naive = self._candidate.naive_for(len(rows), self._table.classes)

        def score(chosen: Indices) -> tuple[float | None, float | None]:
            ours = self._score(rows[chosen], predicted[chosen])
            return ours, skill(self._candidate.metric, ours, self._score(rows[chosen], naive[chosen]))

        return bootstrap(alone(len(rows)), score, self._candidate.search.seed)

    def fit(self) -> dict[str, Any]:
        """The score on rows that were trained on, in the folds, and on the sealed rows: far apart is overfit."""
        return {
            "training": self._candidate.fitted,
            "cross_validated": self._candidate.leaderboard[0].score,
            "sealed": self._run.outcome.metrics[self._candidate.metric],
        }

    def contributions(self) -> dict[str, Any] | None:
        """SHAP values of the winner, or of the best tree model beside it; null for more than two classes."""
        some = drawn(len(self._evaluation.rows), MOST_ROWS, self._candidate.search.seed)
        chosen, matrix = self._evaluation.rows[some], self._matrix.iloc[some].reset_index(drop=True)
        tree = self._candidate.tree
        if tree is None or (tree.classes or 2) > 2:
            return None
        numbers = self._table.numbers_of(chosen) + 1
        about = Explained([str(number) for number in numbers], self._texts(chosen), self._heights(matrix))
        whole = self._candidate.saved.learned.products.added(matrix)
        found = tree_contributions(self._run, tree, self._features, (whole, about))
        of_classes = "probability" if tree.algorithm in ("DRF", "XRT") else "log_odds"
        of_numbers = "target" if not tree.scaled else "model"
        return {**found, "unit": of_classes if self._table.classes else of_numbers, "toward": self._toward()}

    def importance(self, contributions: dict[str, Any] | None) -> list[dict[str, Any]]:
        """Permutation importance on the sealed rows; where not every feature can be afforded, SHAP's strongest."""
        matrix, seed = self._matrix, self._candidate.search.seed
        place = {one["feature"]: number for number, one in enumerate((contributions or {"features": []})["features"])}
        features = sorted(self._features, key=lambda feature: place.get(feature.name, len(place)))
        some = chosen_rows(len(self._evaluation.rows), len(features), matrix.shape[1], seed)
        rows = self._evaluation.rows[some]

        def loss(predicted: Floats) -> float:
            return sort_key(self._candidate.metric, self._score(rows, predicted))

        table = matrix.iloc[some].reset_index(drop=True)
        return permutation_importance(table, features, (self._predict, loss), seed)

    def dependence(self, importance: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Partial dependence of the features that matter most, on the sealed rows."""
        codes = {code.name: code for code in self._codes}
        known = [codes[one["feature"]] for one in importance if codes[one["feature"]].kind in ("number", "category")]
        shown = known[:_MOST_CURVES]
        values = {code.code: self._values(code, self._matrix) for code in shown}
        curves = partial_dependence(
            self._matrix,
            {code: grid for code, grid in values.items() if grid[0]},
            self._predict,
            self._candidate.search.seed,
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
        return metrics_of(self._table, rows, predicted, self._candidate.saved.threshold)[self._candidate.metric]

    def _predict(self, features: pd.DataFrame) -> Floats:
        return self._candidate.predict(self._run, features, self._table.classes)

    def _toward(self) -> str | None:
        return self._table.classes[1] if self._table.classes else None

    def _feature(self, name: str, columns: tuple[str, ...]) -> Feature:
        products = self._candidate.saved.learned.products.found
        return Feature(name, columns, tuple(one.code for one in products if set(one.columns) & set(columns)))

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
