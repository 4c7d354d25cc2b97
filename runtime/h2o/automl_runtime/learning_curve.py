"""How a model's score grows with the rows it learns from: where it still grows at the end, more rows would help.

The settings of the best single model, trained on one fold, on two, and so on, each judged on the same fold that none of
them has seen. Folds keep groups together and time in order, and so does the curve.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from automl_runtime.automl import FOLD, RESPONSE, SCALED, TRAINING_FILE, TRAINING_KEY, WEIGHT, TrainedModel, as_array
from automl_runtime.cluster import quiet
from automl_runtime.events import finite
from automl_runtime.metrics import Floats
from automl_runtime.refit import ModelSettings, Refitter, refit_slices
from automl_runtime.run import Run
from automl_runtime.table_model import TableModel
from automl_runtime.tables import Indices, Table, metrics_of
from automl_runtime.timebox import CURVE_SHARE, curve_seconds

# Below this a step more or less is luck.
FEWEST_FOLDS, FEWEST_ROWS = 3, 100
# Its training takes another course each time.
_NEVER_THE_SAME = "deeplearning"
# Asking for the rows that were trained on is only worth it where it takes a moment.
_MOST_ASKED_ROWS = 100_000


def learning_curve(run: Run, model: TableModel, table: Table) -> dict[str, Any] | None:
    """The scores after each number of rows, fewest first; None where rows, folds or time are too few for one."""
    best = _best(model)
    last = int(model.fold.max())
    if best is None or last + 1 < FEWEST_FOLDS or len(model.rows) < FEWEST_ROWS:
        return None
    budget = None if run.outcome.limits is None else run.outcome.limits.max_runtime_secs
    if budget is not None and curve_seconds(best.train_seconds, last + 1) > CURVE_SHARE * budget:
        run.events.info(f"The learning curve of {best.model_id} is left out: it would take too much of the time.")
        return None
    run.stage("curve", "Learning from fewer rows", 0.82)
    points = list(_points(run, model, table, best))
    return {"model_id": best.model_id, "metric": model.metric, "points": points} if len(points) > 1 else None


def _best(model: TableModel) -> TrainedModel | None:
    known = {one.model_id: one for one in model.candidates if one.handle.algo != _NEVER_THE_SAME}
    return next((known[row.model_id] for row in model.leaderboard if row.model_id in known), None)


def _points(run: Run, model: TableModel, table: Table, best: TrainedModel) -> Iterator[dict[str, Any]]:
    """For each number of folds before the last one, from one on, but where they are too few for the model."""
    import h2o

    last = int(model.fold.max())
    settings = ModelSettings.of(best)
    slices = refit_slices(run, run.scratch / TRAINING_FILE, [settings], part="curve")
    with quiet():
        frame = h2o.get_frame(TRAINING_KEY)
        unseen = frame[frame[FOLD] == last, :]
    weights = WEIGHT if WEIGHT in frame.columns else None
    features = [name for name in frame.columns if name not in (RESPONSE, SCALED, FOLD, WEIGHT)]
    refitter = Refitter(slices, frame, features, model.search.seed, weights, model.search.monotone)

    def score(trained: TrainedModel, asked: Any, rows: Indices) -> float | None:
        said: Floats = trained.restore(as_array(trained.handle.predict(asked), len(table.classes) or None))
        return finite(metrics_of(table, rows, said, model.threshold)[model.metric])

    for folds in range(1, last + 1):
        chosen = model.rows[(model.fold >= last - folds) & (model.fold < last)]
        with quiet():
            seen = frame[(frame[FOLD] >= last - folds) & (frame[FOLD] < last), :]
            trained = _trained(run, replace(refitter, frame=seen, name=f"folds_{folds}"), settings)
            if trained is None:
                continue
            training = score(trained, seen, chosen) if len(chosen) <= _MOST_ASKED_ROWS else None
            validated = score(trained, unseen, model.rows[model.fold == last])
        yield {"rows": len(chosen), "training": training, "validated": validated}


def _trained(run: Run, refitter: Refitter, settings: ModelSettings) -> TrainedModel | None:
    from h2o.exceptions import H2OResponseError, H2OServerError

    try:
        return refitter.again(settings)
    except (H2OResponseError, H2OServerError, OSError):
        if run.death() is not None:
            raise
        return None
