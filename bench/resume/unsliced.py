"""The same training without slices and checkpoints: one AutoML call makes all base models. To be imported first."""

import re
import time
from itertools import islice

from automl_runtime import automl, slices, table_model
from automl_runtime.checkpoints import Saved
from automl_runtime.cluster import quiet


class UnslicedTrainer(automl.Trainer):
    """One AutoML of the same steps, whose models are then taken over."""

    def train(self):
        from h2o import get_model
        from h2o.automl import H2OAutoML

        search = self._search
        steps = list(islice(automl.schedule(search), search.max_models))
        with quiet():
            whole = H2OAutoML(
                project_name="whole",
                include_algos=sorted({step.algorithm for step in steps}),
                modeling_plan=[
                    {"name": step.algorithm, "steps": [{"id": step.automl_step}]}
                    for step in steps
                ],
                max_models=len(steps),
                nfolds=search.folds,
                seed=search.seed,
                keep_cross_validation_predictions=True,
                verbosity=None,
            )
            features = list(self._design.features.columns)
            whole.train(
                x=features,
                y=automl.RESPONSE,
                fold_column=automl.FOLD,
                training_frame=self.frame,
            )
            names = whole.leaderboard.as_data_frame()["model_id"]
        for name in names:
            model_id = re.match(r"(\w+?_\d+)_AutoML", name)[1]
            handle = get_model(name)
            algorithm = model_id.rsplit("_", 1)[0].replace("XRT", "DRF")
            holdout = automl.as_array(
                handle.cross_validation_holdout_predictions(), None
            )
            seconds = handle._model_json["output"]["run_time"] / 1000
            self.models.append(
                automl.TrainedModel(model_id, algorithm, seconds, handle, holdout)
            )
            yield self.models[-1]


def once(self, work, train):
    """Train, and keep nothing."""
    started = time.monotonic()
    with quiet():
        handle = train()
    return slices.Done(
        Saved(work.key, work.name, work.algorithm, time.monotonic() - started), handle
    )


slices.Slices.once = once
table_model.Trainer = UnslicedTrainer
