"""Pairs of numbers whose product says more of the target than both do alone, found among all pairs.

A linear model can't see that two features matter together, and shallow trees see it late. The search looks at what is
left of the target once every feature has had its own say - a line and a bend of each number, a mean of each common
level - and takes the product that explains most of it, again and again, as long as that can't be luck: forward
selection on partial correlations (Efroymson, 1960) with a bound for the number of pairs looked at (Bonferroni).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from automl_runtime.metrics import Floats
from automl_runtime.sampling import drawn

# What the search may cost: a second at most, and about 80 MB.
_MOST_ROWS, _MOST_COLUMNS, _MOST_LEVELS = 10_000, 30, 10
FEWEST_ROWS, MOST_PRODUCTS = 100, 8
# Standard deviations: one outlier in both columns must not be all that a product is about.
_FARTHEST = 4.0
# The least share of what the features leave over alone that is worth another column, and how often luck may be taken
# for more than that.
_LEAST_SHARE, _LUCK = 0.01, 0.001
_NOTHING = 1e-6


@dataclass(frozen=True)
class Product:
    """One pair of internal columns, each measured from its mean in its standard deviations."""

    code: str
    columns: tuple[str, str]
    means: tuple[float, float]
    deviations: tuple[float, float]

    def of(self, features: pd.DataFrame) -> Floats:
        """The products of rows; missing where one of both is."""
        first, second = (
            _standard(features[name].to_numpy(dtype=np.float64), mean, deviation)
            for name, mean, deviation in zip(self.columns, self.means, self.deviations, strict=True)
        )
        product: Floats = first * second
        return product


@dataclass(frozen=True)
class Products:
    """What was found; kept in the model archive. A function of the other features, so it is never shown as one."""

    found: tuple[Product, ...] = ()

    def added(self, features: pd.DataFrame) -> pd.DataFrame:
        """The features with a column for each product."""
        return features.assign(**{one.code: one.of(features) for one in self.found}) if self.found else features

    def as_list(self) -> list[dict[str, Any]]:
        """The JSON form."""
        return [asdict(one) for one in self.found]

    @staticmethod
    def from_list(raw: Sequence[dict[str, Any]]) -> Products:
        """The inverse of `as_list` after a round trip through JSON."""
        return Products(tuple(Product(**{name: _tupled(value) for name, value in one.items()}) for one in raw))


NO_PRODUCTS = Products()


def find_products(features: pd.DataFrame, answers: Floats, *, seed: int, without: Collection[str] = ()) -> Products:
    """Search the pairs of numeric features.

    :param features: rows x internal columns; numbers as float64, categories as codes
    :param answers: rows x answers: numbers, or 0 and 1 for each class
    :param without: columns that take no part, such as those with which the prediction must rise
    """
    if len(features) < FEWEST_ROWS:
        return NO_PRODUCTS
    rows = drawn(len(features), _MOST_ROWS, seed)
    some, answers = features.iloc[rows], _without_outliers(answers[rows])
    numbers = _numbers(some, answers, without)
    if len(numbers) < 2:
        return NO_PRODUCTS
    columns = {name: np.nan_to_num(_standard(some[name].to_numpy(), *numbers[name])) for name in numbers}
    own = _basis([*columns.values(), *(values**2 for values in columns.values()), *_levels(some)], len(some))
    names = list(columns)
    pairs = [(first, second) for place, first in enumerate(names) for second in names[place + 1 :]]
    chosen = _chosen(np.stack([columns[first] * columns[second] for first, second in pairs], axis=1), answers, own)
    found: list[Product] = []
    for number, place in enumerate(chosen):
        (mean, deviation), (other_mean, other_deviation) = (numbers[name] for name in pairs[place])
        found.append(Product(f"i{number}", pairs[place], (mean, other_mean), (deviation, other_deviation)))
    return Products(tuple(found))


def _chosen(products: Floats, answers: Floats, own: Floats) -> list[int]:
    """Products by number, the most telling first: each by what the features and those before it leave over."""
    sizes, whole = np.sum(products**2, axis=0), np.sum((answers - answers.mean(axis=0)) ** 2, axis=0)
    left, products = answers - own @ (own.T @ answers), products - own @ (own.T @ products)
    freedom = len(products) - own.shape[1] - 1
    chosen: list[int] = []
    first = np.sum(left**2, axis=0)
    tried = products.shape[1] * answers.shape[1]
    # A normal tail of _LUCK in all that is tried together: t^2 > 2 ln(tries / luck).
    least = 2 * np.log(tried / _LUCK)
    while len(chosen) < MOST_PRODUCTS and freedom > len(chosen):
        # What hardly anything is left of says nothing, and is nothing to be explained.
        of_products, of_answers = _inverse(products, sizes), _inverse(left, whole)
        shares = (products.T @ left) ** 2 * of_answers[None, :] * of_products[:, None]
        best, answer = divmod(int(np.argmax(shares)), shares.shape[1])
        share = float(shares[best, answer])
        worth = share * float(np.sum(left[:, answer] ** 2)) >= _LEAST_SHARE * float(first[answer])
        if not worth or share * (freedom - len(chosen)) < least * (1 - share):
            break
        chosen.append(best)
        one = products[:, best] * np.sqrt(of_products[best])
        left = left - np.outer(one, one @ left)
        products = products - np.outer(one, one @ products)
    return chosen


def _inverse(columns: Floats, whole: Floats) -> Floats:
    """One by the squared length of each column; 0 where nearly nothing is left of the length that it had."""
    left = np.sum(columns**2, axis=0)
    inverse: Floats = np.divide(1.0, left, out=np.zeros_like(left), where=left > _NOTHING * whole)
    return inverse


def _numbers(features: pd.DataFrame, answers: Floats, without: Collection[str]) -> dict[str, tuple[float, float]]:
    """Mean and deviation of the numeric columns that say most of an answer alone, in the features' order."""
    centred = answers - answers.mean(axis=0)
    spread = np.sqrt(np.sum(centred**2, axis=0))
    strengths: dict[str, float] = {}
    moments: dict[str, tuple[float, float]] = {}
    for name in features.select_dtypes("number").columns:
        values = features[name].to_numpy(dtype=np.float64)
        present = values[np.isfinite(values)]
        if name in without or present.size < len(values) / 2 or np.ptp(present) == 0:
            continue
        moments[name] = (float(present.mean()), float(present.std()))
        standard = np.nan_to_num(_standard(values, *moments[name]))
        size = np.sqrt(np.sum(standard**2)) * spread
        strengths[name] = float(np.max(np.abs(standard @ centred) / np.where(size > 0, size, np.inf)))
    strongest = set(sorted(strengths, key=lambda name: (-strengths[name], name))[:_MOST_COLUMNS])
    return {name: moments[name] for name in strengths if name in strongest}


def _levels(features: pd.DataFrame) -> list[Floats]:
    """The common levels of the categories, each as 0 and 1."""
    found: list[Floats] = []
    for name in features.select_dtypes(exclude="number").columns:
        common = features[name].value_counts().sort_index().nlargest(_MOST_LEVELS, keep="first").index
        found += [(features[name] == level).to_numpy(dtype=np.float64) for level in common]
    return found


def _basis(columns: Sequence[Floats], rows: int) -> Floats:
    """Orthonormal columns that span the given ones and a constant."""
    whole = np.column_stack([np.ones(rows), *columns])
    left, sizes, _ = np.linalg.svd(whole, full_matrices=False)
    basis: Floats = left[:, sizes > sizes[0] * 1e-8]
    return basis


def _standard(values: Floats, mean: float, deviation: float) -> Floats:
    return np.clip((values - mean) / deviation, -_FARTHEST, _FARTHEST)


def _without_outliers(answers: Floats) -> Floats:
    inside: Floats = np.clip(answers, *np.quantile(answers, (0.005, 0.995), axis=0))
    return inside


def _tupled(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
