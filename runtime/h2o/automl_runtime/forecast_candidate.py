"""A trained forecaster between two stages: what judging it, explaining it and refitting it takes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from automl_runtime.archive import Member
from automl_runtime.candidate import Found, read_candidate, write_candidate
from automl_runtime.dated import Known, Names, panel_of, read_dated
from automl_runtime.events import LeaderboardRow
from automl_runtime.forecaster import Forecaster, naive_scale
from automl_runtime.forecasting import SavedForecaster
from automl_runtime.handover import SealedSeries, read_handover
from automl_runtime.metrics import Floats
from automl_runtime.mojos import export_mojos
from automl_runtime.recipe import ForecastRecipe, Rows, backtest_rows, training_rows
from automl_runtime.refit import ModelSettings
from automl_runtime.run import Run
from automl_runtime.series import Panel, before


@dataclass(frozen=True)
class ForecastCandidate:
    """A forecaster whose MOJOs forecast, and which can be trained again."""

    saved: SavedForecaster
    settings: tuple[ModelSettings, ...]
    names: Names
    sealed: SealedSeries
    metric: str
    seed: int
    row_limit: int
    leaderboard: list[LeaderboardRow]
    # What the mean said of the backtest's rows.
    backtest: Floats

    @property
    def recipe(self) -> ForecastRecipe:
        """How rows are made of series."""
        return self.saved.recipe

    def history(self, panel: Panel) -> Panel:
        """What training saw of all rows."""
        return before(panel, self.sealed.boundary)

    def naive_scale(self, panel: Panel) -> float | None:
        """What errors are scaled by."""
        return naive_scale(self.history(panel))

    def backtest_rows(self, panel: Panel) -> Rows:
        """The rows that the candidates were compared on."""
        history = self.history(panel)
        rows = backtest_rows(self.recipe, history)
        if len(rows.target):
            return rows
        return training_rows(self.recipe, history, limit=self.row_limit, seed=self.seed)


def save_candidate_forecaster(run: Run, forecaster: Forecaster, history: Panel) -> None:
    """Write `candidate.zip` for a forecaster: recipe, weights, MOJOs, their settings, and its backtest."""
    models = {name: forecaster.models[name] for name in forecaster.weights if name in forecaster.models}
    members = [
        Member(name, models[name].algorithm, weight, f"models/{name}.zip")
        if name in models
        else Member(name, name, weight, None)
        for name, weight in forecaster.weights.items()
    ]
    facts = {
        "target": history.target,
        "date_column": history.date_column,
        "series_id_columns": list(history.id_columns),
        "frequency": history.grid.frequency.as_dict(),
        "recipe": forecaster.recipe.as_dict(),
        "intervals": forecaster.intervals and forecaster.intervals.as_dict(),
        "seed": forecaster.seed,
        "row_limit": forecaster.row_limit,
        "backtest": forecaster.backtest.mixed.tolist(),
    }
    settings = [ModelSettings.of(model) for model in models.values()]
    mojos = export_mojos(run, {name: model.handle for name, model in models.items()})
    write_candidate(run, "forecaster", Found(members, settings, facts), mojos)


def load_candidate_forecaster(run: Run) -> ForecastCandidate:
    """Open the candidate of this run. :raises RunError: system/stage_input_invalid, model/model_archive_..."""
    archive, settings = read_candidate(run, "forecaster")
    manifest = archive.manifest
    saved = SavedForecaster.of(archive)
    return ForecastCandidate(
        saved=saved,
        settings=settings,
        names=Names.of(
            manifest["target"], manifest["date_column"], manifest["series_id_columns"], saved.recipe.covariates
        ),
        sealed=SealedSeries.of(read_handover(run, "series")),
        metric=manifest["metric"],
        seed=manifest["seed"],
        row_limit=manifest["row_limit"],
        leaderboard=run.outcome.leaderboard,
        backtest=np.array(manifest["backtest"], dtype=np.float64),
    )


def load_all_series(run: Run, candidate: ForecastCandidate) -> Panel:
    """Read all rows, the sealed ones too, as the series that the candidate was trained on."""
    run.stage("load", "Reading all rows", 0.85)
    known = Known(candidate.sealed.grid, candidate.sealed.covariate_levels)
    dated = read_dated(run.config.dataset, candidate.names, run.config.column_types, known)
    return panel_of(run, dated, told=False)
