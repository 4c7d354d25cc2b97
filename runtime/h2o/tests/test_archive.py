"""What a model archive says and refuses, without H2O: the card, the pages, the hashes, and rows that do not fit."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from automl_runtime.archive import Member, read_archive, write_archive
from automl_runtime.card import headline, model_card, readme
from automl_runtime.encoding import ColumnCode, Encoder
from automl_runtime.failures import RunError
from automl_runtime.new_rows import check_rows
from automl_runtime.pages import Bullets, Grid, Page, Paragraph, Section, to_html, to_markdown
from automl_runtime.standalone import main

HOSTILE = '<script>alert(1)</script> | [x](javascript:1) `y` \u202e"quoted"\n# heading & *bold*'


def manifest_of(kind: str = "table", **more: Any) -> dict[str, Any]:
    """A manifest with hostile names in every place where a user's text may stand."""
    return {
        "kind": kind,
        "created_at": "2026-11-26T01:00:00Z",
        "job_id": "job",
        "job_name": HOSTILE,
        "task": "binary" if kind == "table" else "forecasting",
        "target": HOSTILE,
        "metric": "logloss",
        "metrics": {"logloss": 0.4, "auc": None},
        "baseline": {"name": "ClassShares", "metrics": {"logloss": 0.5, "auc": 0.5}},
        "skill": 0.2,
        "rows": {"training": 80, "holdout": 20},
        "coverage": {},
        "warnings": [HOSTILE],
        "columns": [{"name": HOSTILE, "type": "category"}, {"name": "left", "type": "real"}],
        "dataset_sha256": "0" * 64,
        "plan": {"task": "binary", "validation": {"scheme": "random"}, "rationale": HOSTILE},
        "versions": {"python": "3.11.7", "h2o": "3.46.0.11"},
        "encoder": [{"name": HOSTILE, "code": "c0", "kind": "category", "levels": []}],
        "classes": ["no", HOSTILE],
        "threshold": 0.5,
        "members": [],
    } | more


FORECASTER: dict[str, Any] = {
    "date_column": HOSTILE,
    "series_id_columns": ["shop"],
    "frequency": {"unit": "D", "step": 1, "season_length": 7},
    "recipe": {"horizon": 14, "covariates": ["promo"]},
    "coverage": {"80": {"backtest_coverage": 0.79, "holdout_coverage": None}},
    "history": None,
}


@pytest.mark.parametrize(
    ("change", "begins"),
    [
        ({}, "20.0 % better than the naive model (ClassShares): logloss 0.4 against 0.5"),
        ({"skill": 0.0}, "No better than the naive model (ClassShares)"),
        ({"skill": -0.5, "metrics": {"logloss": 0.75}}, "No better than the naive model (ClassShares): logloss 0.75"),
        (
            {"skill": 0.3, "metric": "auc", "metrics": {"auc": 0.8}},
            "Better than the naive model (ClassShares): auc 0.8",
        ),
        ({"skill": None}, "A binary model of"),
        ({"baseline": None}, "A binary model of"),
    ],
)
def test_the_first_line_says_whether_the_model_is_worth_anything(change: dict[str, Any], begins: str) -> None:
    manifest = manifest_of(**change)
    assert headline(manifest).startswith(begins)
    assert to_markdown(model_card(manifest)).startswith(f"# {begins[:10]}")


@pytest.mark.parametrize("manifest", [manifest_of(), manifest_of("forecaster", **FORECASTER)])
@pytest.mark.parametrize("page", [model_card, readme])
def test_hostile_names_are_text_on_every_page(page: Any, manifest: dict[str, Any]) -> None:
    written = page(manifest)
    html, markdown = to_html(written), to_markdown(written)
    for text in (html, markdown):
        assert "<script" not in text and "\u202e" not in text
    assert "&lt;script&gt;" in html and "src=" not in html and "href=" not in html
    assert "[x](" not in markdown and "\n# heading" not in markdown
    headings = [line for line in markdown.splitlines() if line.startswith("# ")]
    assert len(headings) == 1


def test_every_kind_of_block_is_written_both_ways() -> None:
    page = Page("H", [Section("S", [Paragraph("p"), Bullets([]), Bullets(["b"]), Grid(["x"], [["a|b"]])])])
    assert to_markdown(page) == "# H\n\n## S\n\np\n\n- b\n\n| x |\n| --- |\n| a\\|b |\n"
    assert "<ul><li>b</li></ul>" in to_html(page) and "<td>a|b</td>" in to_html(page)


def written(tmp_path: Path) -> Path:
    (tmp_path / "mojo").write_bytes(b"a model")
    member = Member("GBM_1", "GBM", 1.0, "models/GBM_1.zip")
    contents: dict[str, Any] = {"models/GBM_1.zip": tmp_path / "mojo", "evaluation.csv": "row,actual\n"}
    write_archive(tmp_path / "model.zip", manifest_of(members=[member.as_dict()]), contents)
    return tmp_path / "model.zip"


def test_an_unpacked_archive_is_read_like_a_packed_one(tmp_path: Path) -> None:
    with zipfile.ZipFile(written(tmp_path)) as archive:
        archive.extractall(tmp_path / "model")
    for number, path in enumerate((tmp_path / "model.zip", tmp_path / "model")):
        folder = tmp_path / str(number)
        folder.mkdir()
        opened = read_archive(path, folder)
        assert opened.mojo(opened.members[0]).read_bytes() == b"a model"
        assert (folder / "evaluation.csv").read_text() == "row,actual\n"


@pytest.mark.parametrize(
    ("name", "data"), [("models/GBM_1.zip", b"another"), ("evaluation.csv", b""), ("history.csv", b"not listed")]
)
def test_a_changed_member_is_refused(name: str, data: bytes, tmp_path: Path) -> None:
    with zipfile.ZipFile(written(tmp_path)) as archive:
        archive.extractall(tmp_path / "model")
    (tmp_path / "model" / name).write_bytes(data)
    with pytest.raises(RunError, match=r"SHA-256 differs"):
        read_archive(tmp_path / "model", tmp_path)


def test_an_unpacked_archive_does_not_reach_outside(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    (tmp_path / "secret").write_text("secret")
    member = Member("GBM_1", "GBM", 1.0, "../secret").as_dict()
    (folder / "manifest.json").write_text(json.dumps({"schema_version": 1, "kind": "table", "members": [member]}))
    with pytest.raises(RunError, match="outside of the archive"):
        read_archive(folder, tmp_path)


ENCODER = Encoder(
    (
        ColumnCode("size", "c0", "number"),
        ColumnCode("color", "c1", "category", ("red", "green")),
        ColumnCode("day", "c2", "date"),
    )
)


@pytest.mark.parametrize(
    ("change", "code", "says"),
    [
        ({"size": ["1", "abc"]}, "value_unfit", "Row 2: “abc” in column “size” is no number."),
        ({"size": ["x", "y"]}, "value_unfit", "2 rows have such a value"),
        ({"day": ["2024-01-01", "soon"]}, "value_unfit", "Row 2: “soon” in column “day” is no date"),
        ({"color": None}, "column_missing", "The rows lack the column “color”"),
        ({"color": None, "day": None}, "column_missing", "the columns “color”, “day”"),
    ],
)
def test_rows_that_do_not_fit_are_refused(change: dict[str, Any], code: str, says: str) -> None:
    columns = {"size": ["1", "2"], "color": ["red", "blue"], "day": ["2024-01-01", None]} | change
    frame = pd.DataFrame({name: cells for name, cells in columns.items() if cells is not None})
    with pytest.raises(RunError) as caught:
        check_rows(frame, ENCODER)
    assert caught.value.failure.code == code and says in caught.value.failure.message


def test_what_functions_make_of_other_columns_is_not_asked_for() -> None:
    frame = pd.DataFrame({"size": ["1"], "day": ["2024-01-01"]})
    assert check_rows(frame, ENCODER, {"color"}) == []


def test_words_that_are_new_are_told() -> None:
    frame = pd.DataFrame({"size": [None, "1e3"], "color": ["red", "blue"], "day": [None, None], "more": ["x", "y"]})
    assert check_rows(frame, ENCODER) == [
        "1 rows have a value in “color” that the training did not know: it counts as missing."
    ]


@pytest.mark.parametrize(
    ("rows", "says"),
    [(None, "no rows to score"), ("", "not the CSV"), ("size\n", "no rows"), ("other\n1\n", "lack the columns")],
)
def test_the_command_says_what_is_wrong(
    rows: str | None, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path)
    arguments = ["--output", str(tmp_path / "out.csv")]
    if rows is not None:
        (tmp_path / "rows.csv").write_text(rows)
        arguments.append(str(tmp_path / "rows.csv"))
    assert main(path, arguments) == 1
    assert says in capsys.readouterr().err.replace("the column “", "the columns “")
    assert not (tmp_path / "out.csv").exists()


def test_the_command_needs_an_archive(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(tmp_path / "model", []) == 1
    assert "There is no model.zip" in capsys.readouterr().err
