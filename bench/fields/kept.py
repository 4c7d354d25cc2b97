"""Keeps rows of a table from its training: python3 kept.py CSV TARGET group|time COLUMN empties their target.

A fifth of the groups, drawn, or the latest fifth of the rows. Prints JSON: the numbers of these rows, what their target
was, and how many rows there are.
"""

import json
import sys

import numpy as np
import pandas as pd

path, target, by, column = sys.argv[1:]
table = pd.read_csv(path, dtype=str, keep_default_na=False)
if by == "time":
    rows = np.argsort(table[column].to_numpy(), kind="stable")[-len(table) // 5 :]
else:
    groups = np.unique(table[column])
    drawn = np.random.default_rng(1).choice(groups, len(groups) // 5, replace=False)
    rows = np.flatnonzero(table[column].isin(drawn))
rows = np.sort(rows)
truth = table[target].iloc[rows].tolist()
table.loc[table.index[rows], target] = ""
table.to_csv(path, index=False)
print(json.dumps({"truth": [float(value) for value in truth], "of": len(table)}))
