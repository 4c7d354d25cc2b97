"""What Python's csv.Sniffer, CleverCSV and DuckDB's sniffer say of each file of a corpus: peers.json beside labels.json.

Sniffer and CleverCSV are given the text, rightly decoded; DuckDB a copy of the file in UTF-8.
"""

import csv
import json
import sys
import warnings
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

Found = dict[str, object]


def sniffer(path: Path, text: str) -> Found:
    dialect = csv.Sniffer().sniff(text)
    return {"delimiter": dialect.delimiter, "quotechar": dialect.quotechar, "preamble_lines": 0} | {
        "header_rows": int(csv.Sniffer().has_header(text))
    }


def clever(path: Path, text: str) -> Found:
    import clevercsv

    found = clevercsv.Sniffer()
    dialect = found.sniff(text)
    if dialect is None:
        return {}
    return {"delimiter": dialect.delimiter, "quotechar": dialect.quotechar, "preamble_lines": 0} | {
        "header_rows": int(found.has_header(text))
    }


def duck(path: Path, text: str) -> Found:
    import duckdb

    query = "SELECT Delimiter, Quote, SkipRows, HasHeader FROM sniff_csv(?)"
    row = duckdb.execute(query, [str(path)]).fetchone()
    delimiter, quote, skipped, header = row or ("", "", 0, False)
    plain = {"(empty)": "", "\\0": ""}
    return {
        "delimiter": plain.get(delimiter, delimiter),
        "quotechar": plain.get(quote, quote),
        "preamble_lines": skipped,
        "header_rows": int(header),
    }


PEERS: dict[str, Callable[[Path, str], Found]] = {"csv.Sniffer": sniffer, "CleverCSV": clever, "DuckDB": duck}


def main() -> None:
    warnings.simplefilter("ignore")
    folder = Path(sys.argv[1])
    labels = json.loads((folder / "labels.json").read_text())
    answers: dict[str, dict[str, Found]] = {peer: {} for peer in PEERS}
    for name in labels:
        path = folder / f"{name}.utf8"
        text = path.read_bytes().decode()
        for peer, ask in PEERS.items():
            try:
                answers[peer][name] = ask(path, text)
            except Exception as error:  # noqa: BLE001 - a peer that gives up has not answered
                answers[peer][name] = {"error": type(error).__name__}
    versions = {"python": sys.version.split()[0], "duckdb": metadata.version("duckdb"), "clevercsv": metadata.version("clevercsv")}
    (folder / "peers.json").write_text(json.dumps({"versions": versions, "answers": answers}))


if __name__ == "__main__":
    main()
