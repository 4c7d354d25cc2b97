"""H2O's stacked ensemble of models of one frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from automl_runtime.automl import FOLD, RESPONSE, SCALED, Design, TrainedModel, as_array, on_scale
from automl_runtime.schedule import Search
from automl_runtime.slices import Slices, Work

ENSEMBLE = "StackedEnsemble"


@dataclass(frozen=True)
class Stacker:
    """Stacks models of one frame, each ensemble once over all incarnations."""

    slices: Slices
    frame: Any
    design: Design
    search: Search

    def stack(self, base: tuple[TrainedModel, ...], name: str) -> TrainedModel:
        """The ensemble of these models, with its own cross-validated predictions."""
        from h2o.estimators import H2OStackedEnsembleEstimator

        def train() -> Any:
            ensemble = H2OStackedEnsembleEstimator(
                model_id=name,
                base_models=[model.handle.model_id for model in base],
                metalearner_fold_column=FOLD,
                metalearner_params={"keep_cross_validation_predictions": True},
                seed=self.search.seed,
            )
            response = RESPONSE if base[0].scale is None else SCALED
            columns, weights = list(self.design.features.columns), self.design.weights_column
            ensemble.train(x=columns, y=response, weights_column=weights, training_frame=self.frame)
            predictions = ensemble.metalearner().cross_validation_holdout_predictions()
            # A saved ensemble forgets these.
            self.slices.keep_array(name, as_array(predictions, self.design.classes))
            return ensemble

        work = Work(name, ENSEMBLE, cross_validated=False, made_of=tuple(model.model_id for model in base))
        done = self.slices.once(work, train)
        model = TrainedModel(ENSEMBLE, ENSEMBLE, done.saved.train_seconds, done.handle, self.slices.array(name))
        return model if base[0].scale is None else on_scale(model, self.design, self.search.metric)
