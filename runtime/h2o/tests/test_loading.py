"""Reading the canonical CSV in parts."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from automl_runtime import loading
from automl_runtime.failures import RunError
from automl_runtime.loading import read_table

CELLS = st.sampled_from(["", "a", "a,b", 'say "hi"', "two\nlines", " blank ", "naïve", "NA"])


@given(
    cells=st.lists(st.tuples(CELLS, st.one_of(st.none(), st.floats(-1e6, 1e6))), min_size=1, max_size=30),
    chunk=st.integers(1, 7),
    some=st.data(),
)
def test_parts_make_the_whole_and_rows_are_chosen_by_number(
    cells: list[tuple[str, float | None]], chunk: int, some: st.DataObject
) -> None:
    frame = pd.DataFrame(cells, columns=["word", "number"]).astype({"number": float})
    rows = sorted(some.draw(st.sets(st.integers(0, len(cells) - 1), min_size=1)))
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(loading, "_CHUNK_ROWS", chunk)
        path = Path(folder) / "rows.csv"
        frame.to_csv(path, index=False)
        whole = read_table(path, {"number": "real"})
        part = read_table(path, {"number": "real"}, ["word", "number"], rows=np.array(rows))
    assert [None if pd.isna(word) else word for word in whole["word"]] == [word or None for word, _ in cells]
    np.testing.assert_allclose(whole["number"], frame["number"], rtol=1e-12)
    pd.testing.assert_frame_equal(part, whole.iloc[rows].reset_index(drop=True))


def test_equal_words_are_one_object_over_all_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "_CHUNK_ROWS", 3)
    path = tmp_path / "rows.csv"
    path.write_text("word\n" + "often\n" * 10)
    assert len({id(word) for word in read_table(path, {})["word"]}) == 1


def test_a_header_alone_is_no_table(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("a,b\n")
    with pytest.raises(RunError, match="no rows"):
        read_table(path, {})
