"""Tables of a report as a workbook beside it."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd

from parstudy.display import Column, build_table
from parstudy.display.words import Language
from parstudy.publish.workbook import workbook


def document(*tables: str) -> str:
    return f"<html><body><div class='ps-body'>{''.join(tables)}</div></body></html>"


def opened(content: bytes | None) -> dict[str, list[list[Any]]]:
    assert content is not None
    book = openpyxl.load_workbook(io.BytesIO(content))
    return {s.title: [[c.value for c in row] for row in s.iter_rows()] for s in book}


def made(lang: str) -> str:
    frame = pd.DataFrame(
        {
            "code": ["1.3", "=HYPERLINK(1)", "1.300"],
            "score": [1234.5, -0.25, None],
            "share": [87.07, 0.5, 100.0],
            "rank": [23, 31, 1],
        }
    )
    columns = [
        Column("Code", "code"),
        Column("Score", "score", kind="number"),
        Column("Share", "share", kind="percent"),
        Column("Rank", "rank", kind="integer"),
    ]
    return build_table("parts", "Parts", frame, columns, Language(lang))._repr_html_()


def test_numbers_are_numbers_in_both_languages_and_codes_stay_as_they_are() -> None:
    for lang in ("vi", "en"):
        rows = opened(workbook(document(made(lang)), lang))["parts"]
        assert rows[0][0] == "Parts"
        assert rows[1] == ["Code", "Score", "Share", "Rank"]
        assert rows[2] == ["1.3", 1234.5, 87.07, 23]
        assert rows[3] == ["'=HYPERLINK(1)", -0.25, 0.5, 31]
        assert rows[4] == ["1.300", None, 100.0, 1]


def test_the_same_report_gives_the_same_bytes_and_one_without_tables_none() -> None:
    html = document(made("vi"), made("vi"))
    assert workbook(html, "vi") == workbook(html, "vi")
    assert list(opened(workbook(html, "vi"))) == ["parts", "parts-2"]
    assert workbook(document("<p>1</p>"), "vi") is None


def test_tables_of_other_libraries_have_a_decimal_point() -> None:
    frame = pd.DataFrame({"x": [0.125, 1000.0], "name": ["a", "+b"]})
    rows = opened(workbook(document(frame.to_html()), "vi"))["table-1"]
    assert [row[1:] for row in rows[-2:]] == [[0.125, "a"], [1000.0, "'+b"]]


def test_links_to_files_beside_a_page_hold_only_while_they_are_there(tmp_path: Path) -> None:
    from parstudy.display.ways import beside
    from parstudy.publish.ways import open_ways

    page = tmp_path / "vi" / "a" / "b.html"
    page.parent.mkdir(parents=True)
    page.write_text(f"<html>{beside('tables', '.xlsx')}</html>", encoding="utf-8")
    book = page.with_suffix(".xlsx")
    book.write_bytes(b"x")
    open_ways(tmp_path)
    assert 'href="b.xlsx" download' in page.read_text(encoding="utf-8")
    book.unlink()
    open_ways(tmp_path)
    assert "href" not in page.read_text(encoding="utf-8")
