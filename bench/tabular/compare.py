"""Ranks and tests: reads [{"ours": error, "peer": error}, ...] from stdin, prints JSON.

Wilcoxon's signed-rank test of the log ratios, two-sided; a mean ratio below 1 is in our favour.
"""

import json
import sys

import numpy as np
from scipy.stats import wilcoxon

TIE = 1e-4
pairs = json.load(sys.stdin)
ours, peer = (np.array([pair[who] for pair in pairs], dtype=float) for who in ("ours", "peer"))
ratio = np.log(np.maximum(ours, 1e-9) / np.maximum(peer, 1e-9))
better, worse = ratio < -TIE, ratio > TIE
rank = np.where(better, 1.0, np.where(worse, 2.0, 1.5))
tested = len(pairs) >= 6 and np.any(ratio != 0)
print(
    json.dumps(
        {
            "tables": len(pairs),
            "better": int(better.sum()),
            "worse": int(worse.sum()),
            "mean_rank": float(rank.mean()),
            "mean_rank_of_peer": float(3 - rank.mean()),
            "error_ratio": float(np.exp(ratio.mean())),
            "p_value": float(wilcoxon(ratio).pvalue) if tested else None,
        }
    )
)
