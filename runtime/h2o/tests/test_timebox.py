"""What a time budget leaves for models."""

from __future__ import annotations

import pytest

from automl_runtime.timebox import expected_seconds, for_explaining, for_models, refit_seconds


def test_a_refit_costs_what_the_dearest_few_took_without_their_folds() -> None:
    assert refit_seconds([60.0, 12.0, 6.0, 6.0, 6.0, 2.0, 1.0], 5) == pytest.approx(1.5 * 92 / 6)
    assert refit_seconds([], 5) == 0


@pytest.mark.parametrize(
    ("budget", "costs", "least", "most"),
    [(20, [], 10, 10), (60, [], 32, 42), (40, [30.0], 20, 20), (3600, [], 3550, 3580)],
)
def test_what_comes_after_the_models_is_kept_free(budget: int, costs: list[float], least: float, most: float) -> None:
    assert least <= for_models(budget, costs, 5) <= most


def test_dear_models_end_the_search_earlier_and_explanations_too() -> None:
    cheap, dear = [5.0] * 4, [200.0] * 4
    assert for_models(1000, dear, 5) < for_models(1000, cheap, 5) - 100
    assert for_models(1000, dear, 5) < for_explaining(1000, dear, 5) < 1000 - refit_seconds(dear, 5)


def test_the_next_model_is_expected_to_cost_what_its_family_did() -> None:
    assert expected_seconds("GBM", []) == 0
    trained = [("GBM", 4.0), ("GBM", 8.0), ("GLM", 1.0)]
    assert expected_seconds("GBM", trained) == 6
    assert expected_seconds("DRF", trained) == 16
