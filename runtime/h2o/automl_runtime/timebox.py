"""What a time budget leaves for training models, so that the whole job ends in time: judging, refit, forecast, plot.

A budget counts over all stages and incarnations; waiting for a slot is nobody's time.
"""

from __future__ import annotations

from collections.abc import Sequence

from automl_runtime.ensemble import MOST_MEMBERS

# Seconds on two cores (`npm run bench -- budget`): sealing, and the start of the training's process; the judging
# stage from its start to its end without the refit; the phases after the training.
BEFORE, JUDGING, EXPLAINING, LATER_PHASES = 3.0, 8.0, 5.0, 8.0
# However small a budget is, so much of it is for models.
LEAST_FOR_MODELS = 0.5
# A learning curve may take so much of a budget, or is left out.
CURVE_SHARE = 0.02
# A refit has no folds but more rows, and is the first thing that its H2O does.
_REFIT_FACTOR = 1.5


def refit_seconds(train_seconds: Sequence[float], folds: int) -> float:
    """What it takes to train models of these costs (with their folds) again, if the dearest are chosen."""
    dearest = sorted(train_seconds, reverse=True)[:MOST_MEMBERS]
    return _REFIT_FACTOR * sum(dearest) / (folds + 1)


def for_models(budget: float, train_seconds: Sequence[float], folds: int) -> float:
    """How many seconds after the start of its own stage a training has to be done with its models.

    :param train_seconds: of the models that are there
    """
    curve = min(CURVE_SHARE * budget, curve_seconds(max(train_seconds, default=0.0), folds))
    after = BEFORE + JUDGING + EXPLAINING + LATER_PHASES + curve + refit_seconds(train_seconds, folds)
    return max(LEAST_FOR_MODELS * budget, budget - after)


def expected_seconds(algorithm: str, trained: Sequence[tuple[str, float]]) -> float:
    """What a model may take, by (algorithm, seconds) of those that are there; 0 where there are none.

    A family that was not tried yet may be dearer than any other: forests take twice as long as boosted trees.
    """
    same = [seconds for name, seconds in trained if name == algorithm]
    if same:
        return sum(same) / len(same)
    return 2 * max((seconds for _, seconds in trained), default=0.0)


def curve_seconds(train_seconds: float, folds: int) -> float:
    """What it takes to train a model of this cost (with its folds) on one fold, on two, and so on.

    Few rows take hardly less than all of a small table, and one model at a time leaves half of two cores idle, which
    the models of the folds, trained together, do not.
    """
    return 2 * train_seconds * (folds - 1) / (folds + 1)


def for_explaining(budget: float, train_seconds: Sequence[float], folds: int) -> float:
    """How many seconds after the same moment a training may begin with a further explanation of its model."""
    return budget - BEFORE - LATER_PHASES - refit_seconds(train_seconds, folds)
