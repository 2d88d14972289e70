"""Pages whose tags are not in order: the tables that a browser makes of them are read."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from test_forms import expected, plain
from test_shown import HEAD, ROWS, TITLE
from test_spreadsheets import same

from parstudy.errors import ReleaseError
from parstudy.releases.formats import _html, _html_cells
from parstudy.releases.formats._html import FORMAT
from parstudy.releases.spec import TableSpec


def lines() -> list[str]:
    heads = "".join(f"<th>{text}</th>" for text in HEAD)
    return [heads, *("".join(f"<td>{text}</td>" for text in row) for row in plain(ROWS))]


def rowed(start: str = "<tr>", end: str = "</tr>") -> str:
    return "".join(f"{start}{cells}{end}" for cells in lines())


def written(path: Path, table: str, head: str = "", end: str = "</body></html>") -> Path:
    text = f"<!doctype html><html><head><meta charset=utf-8><title>{TITLE}</title>{head}</head>"
    path.write_text(f"{text}<body><p>Phụ lục</p>{table}{end}", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "table",
    [
        f"<table>{rowed(start='')}</table>",
        f"<table>{rowed(end='')}</table>",
        f"<table>{rowed('', '<tr>')}</table>",
        f"<table>{rowed('<tr><form action=a>', '</form></tr>')}</table>",
        f"<table>{rowed('<form><tr>', '</tr></form>')}</table>",
        f"<form><table>{rowed('<tr><form>')}</table></form>",
        f"<table>{rowed().replace('<tr><td>', '<td>', 1)}</table>",
        f"<table>{rowed().replace('<tr><td>', '<tr><form><td>', 1)}</table>",
        f"<table>{rowed().replace('<tr><td>', '<tr><span><td>', 9)}</table>",
        f"<table>{rowed().replace('</td>', '')}</table>",
        f"<table>{rowed().replace('</td>', '</div></p></th></td>')}</table>",
        f"<table>{rowed().replace('</td><td>', '<b></td><td>')}</table>",
        f"<table>{rowed().replace('<td>', '<TD CLASS=a title=1>2>')}</table>".replace("2>", ""),
        f"<table/>{rowed().replace('<td>', '<td/>', 9).replace('<tr>', '<tr />')}</table>",
        f"</body></html><table>{rowed()}</table>",
        f"<table>{rowed().replace('</tr>', '</tr></body></html>', 5)}</table>",
        f"</body><body><html><head><table>{rowed()}</table>",
        f"<table><tbody>{rowed()}</thead></tbody></tbody></table></table></td>",
        f"<table><colgroup><col><col></table><table>{rowed()}",
        f"<table>{rowed()}<!-- <tr><td>99</td></tr>",
        f"<script>x = '<table><tr><td>1</td>'</script><table>{rowed('')}</table>",
        f"<template><template></template><table>{rowed()}</table></template>"
        f"<table>{rowed('')}</table>",
        f"<table>{rowed('<form>')}</table><textarea><td>1</textarea><p title='<td>'>",
    ],
)
def test_tables_are_read_as_browsers_build_them(table: str, tmp_path: Path) -> None:
    same(written(tmp_path / "a.html", table), expected(ROWS))


def texts(path: Path) -> list[list[list[str]]]:
    found = FORMAT.grids(path, TableSpec(path="", place=""))
    return [[[cell.text for cell in row] for row in grid.rows] for grid in found]


# as Chromium makes of them
BUILT = [
    ("<tr><td>1<td>2<td>3<caption>4<tr><td>5", [[["1", "2", "3"], ["5", "", ""]]]),
    ("<td>1<td>2<tr><td>3<col>4<td>5", [[["1", "2"], ["3", ""], ["5", ""]]]),
    (
        "<tr><td>1<td>2<p><table>3<tr><td>4<td>5</table><tr><td>6",
        [[["1", "[table] 2 3"], ["6", ""]]],
    ),
    ("<tr><td>1<td>2</tbody>3<tr><td>4</tr></tr>5<td>6", [[["1", "2"], ["4", ""], ["6", ""]]]),
    ("<tr><td>1</th>2<td>3<tr><td>4</html>5<td>6", [[["12", "3"], ["45", "6"]]]),
    (
        "<tr><td>1<td>2<tr><td>3<td>4<table><tr><td>5<td>6<tr><td>7<td>8",
        [[["1", "2"], ["3", "[table] 4"]], [["5", "6"], ["7", "8"]]],
    ),
    ("<tr><td>1<td>2<tr><td>3<td>4<tr><table><td>5", [[["1", "2"], ["3", "4"]]]),
]


@pytest.mark.parametrize(("source", "rows"), BUILT)
def test_cells_stand_where_a_browser_puts_them(
    source: str, rows: list[list[list[str]]], tmp_path: Path
) -> None:
    assert texts(written(tmp_path / "a.html", f"<table>{source}", end="")) == rows


def test_what_stands_between_cells_is_seen_above_the_table(tmp_path: Path) -> None:
    path = written(tmp_path / "a.html", f"<table>Bảng 7<tr><h2>Năm 2021</h2></tr>{rowed()}</table>")
    (grid,) = FORMAT.grids(path, TableSpec(path="", place=""))
    assert grid.context.endswith("Phụ lục\nBảng 7\nNăm 2021")


def test_cells_that_are_lost_in_spite_of_all_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_html_cells, "in_order", lambda source: (source, 999))
    path = written(tmp_path / "a.html", f"<table>{rowed('')}</table>")
    with pytest.raises(ReleaseError, match="cells of its tables are lost") as caught:
        texts(path)
    assert caught.value.expected == "999 cells"


def test_no_order_of_tags_loses_a_cell(tmp_path: Path) -> None:
    """Whatever the order, a page is read with all cells that its tables have, or is refused."""
    rng = random.Random(5)
    tags = ("table", "tr", "td", "th", "tbody", "thead", "form", "div", "b", "caption", "body", "p")
    for _ in range(300):
        pieces: list[Any] = [f"<{rng.choice(('', '/'))}{rng.choice(tags)}>" for _ in range(30)]
        source = "<table>" + "".join(f"{tag}{n}" for n, tag in enumerate(pieces))
        (tmp_path / "a.html").write_text(source, encoding="utf-8")
        root = _html._root(tmp_path / "a.html")
        assert _html_cells.placed(root) == _html_cells.in_order(source)[1]


def test_a_cell_ends_with_its_part_of_the_table(tmp_path: Path) -> None:
    """A merged cell that is said to be longer does not reach into the next part."""
    body = [f"<tr>{cells}</tr>" for cells in lines()[1:]]
    parts = [body[at : at + 21] for at in range(0, 63, 21)]
    for part in parts:
        part[0] = part[0].replace("<tr>", "<tr><td rowspan=30>Vùng</td>")
    table = f"<tr><th>Vùng</th>{lines()[0]}</tr>" + "".join(
        f"<tbody>{''.join(part)}</tbody>" for part in parts
    )
    same(written(tmp_path / "a.html", f"<table>{table}</table>"), expected(ROWS))
