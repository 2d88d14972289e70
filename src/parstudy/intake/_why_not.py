"""Why a file, or a table of it, is not read: the reason that its owner can do something about.

Nothing here decides what is read. Where no table is understood, it is looked at once more for
what it is instead: ministries, districts, another index, a broken encoding, codes that became
dates.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import NoReturn

from parstudy.errors import ReleaseError
from parstudy.facts import provinces
from parstudy.intake._guess import headings_beside_names, told_once
from parstudy.intake._guess._criteria import first_heading
from parstudy.intake._guess._province import below_province
from parstudy.intake._guess._rows import (
    code_column,
    headings_over,
    of_ministries,
    other_names,
    other_units,
    rows_of,
    unit_column,
)
from parstudy.intake._guess._subject import other_subject, sheet_name, title_rows, titles_over
from parstudy.intake._guess._titles import said_by_titles
from parstudy.releases.formats.grid import Grid
from parstudy.releases.headings import has_role
from parstudy.releases.tables import date_for_code, is_date
from parstudy.releases.tables.roles import codes_in, in_tree_order
from parstudy.releases.words import CODE, component_of, fold, is_numbering

TOLD = 4
"""How many remarks a message names at most."""
_FEW_CODES, _SHOWN = 6, 5
_PART = re.compile(r"[1-9][0-9]?")
# UTF-8 that was taken for Windows-1252: "HÃ Ná»™i"
# or the tones of Windows-1258 behind their letters: "TiÒnh"
_MOJIBAKE = re.compile(
    r"á[º»]|Ã[\u0080-\u00bf\u2018-\u203a]|Ä[‘\u0090]|Æ[°¡]|[aeiouyâêô][ÌÒÞ]|[âêôăơư][ìò]"
)


def no_table(
    path: Path, opened: list[Grid], index: str, year: int, left: Sequence[str]
) -> NoReturn:
    """Refuse a file of which no table is read, for the reason that is the file's.

    Parameters
    ----------
    path : Path
        The file.
    opened : list of Grid
        Its tables.
    index, year : str, int
        What was to be read.
    left : sequence of str
        What was not understood of its columns.

    Raises
    ------
    ReleaseError
        ``wrong_encoding``, ``date_for_number``, ``code_twice``, ``no_results``, ``no_columns``,
        ``no_table``.
    """
    _no_mojibake(path, opened)
    for table in opened:
        _no_broken_codes(table)
    own = [t for t in opened if not other_subject(t, index, year)]
    why = [doubt for doubt in told_once(left) if not doubt.endswith("not understood, not read")]
    for table in own:
        headings = headings_beside_names(table)
        said = said_by_titles(table, index, year, sheet=not headings).wrong
        what = "" if headings else _criteria_not_understood(table)
        said = said if headings or what or _criteria_without_codes(table) else ""
        if said:
            raise ReleaseError(
                "no_results",
                "by its title the table holds other figures than the results of the index"
                if said in fold(" . ".join([table.context, *title_rows(table)]))
                else "by the name of its sheet it holds other figures than the results of the index"
                if said in fold(sheet_name(table))
                else "by a note the table holds other figures than the results of the index",
                place=f"{table.file} {table.where}".strip(),
                found=repr(said),
                expected=f"the results of {index} {year}",
                advice="If they are, say in release.toml which column holds what: "
                "docs/release-toml.md",
            )
        if headings or what:
            raise ReleaseError(
                "no_columns",
                f"there are provinces, but no heading says what of {index} stands beside them"
                if headings
                else "there are criteria, but no heading says which points are the province's",
                place=f"{table.file} {table.where}".strip(),
                found="; ".join([", ".join(headings[:12]) or what, *why[:TOLD]]),
                expected="a heading such as Chỉ số, Tổng điểm, Xếp hạng, or the name or code of "
                "a component"
                if headings
                else "a heading such as Điểm đạt, Điểm thẩm định, Tự đánh giá",
                advice="Change the headings in a copy, or say in release.toml which column holds "
                "what: docs/release-toml.md",
            )
    raise ReleaseError(
        "no_table",
        "no table of provinces is recognised",
        place=path.name,
        found="; ".join([_tables(opened), *_each(why_not(t, index, year) for t in opened)]),
        expected=f"a table of {index} {year} with a row or a column per province",
        advice="Write release.toml by hand: docs/release-toml.md",
    )


def _each(reasons: Iterable[str]) -> list[str]:
    """Reasons, each once, the first few of them."""
    each = list(dict.fromkeys(reasons))
    return each if len(each) <= TOLD else [*each[: TOLD - 1], f"and {len(each) - TOLD + 1} more"]


def why_not(table: Grid, index: str, year: int) -> str:
    """Why one table of a file is not read, in a few words."""
    if of_ministries(table):
        return "a table of ministries"
    if table.hidden:
        return "a hidden sheet" if table.sheet else "a hidden table"
    other = other_subject(table, index, year)
    if other:
        return f"a table of {other}"
    if headings_beside_names(table):
        return "provinces, and no heading that says what stands beside them"
    crowded = _crowded_cell(table)
    if crowded is not None:
        return f"the names of several provinces in one cell ({table.place(*crowded)})"
    below = below_province(titles_over(table), year)
    if below:
        return f"a sheet of a unit below the province, or of one of its offices ({below})"
    units = other_units(table)
    if units and has_role(units.split(" / "), "below"):
        return f"units under {units[:80]!r}, which are no provinces by that"
    others = other_names(table)
    names = ", ".join(map(repr, ([n for n in others if not provinces.is_unit(n)] or others)[:3]))
    over = _criteria_without_codes(table) if names else ""
    apart = _spread_code(table)
    if apart:
        return f"a code whose numbers stand in columns of their own ({apart}), which is not read"
    unordered = _unordered_codes(table)
    if unordered:
        return f"codes of criteria out of their order, or twice ({unordered})"
    if over:
        return f"rows under {over!r} ({names}) and no column with codes such as 1.2.3"
    columns = _provinces_over_columns(table) if names else []
    if columns:
        return (
            f"provinces over some columns ({', '.join(map(repr, columns[:_SHOWN]))}) and no one "
            "column for each"
        )
    if names:
        return f"names of no province: {names}"
    if units:
        return f"units under {units[:80]!r}, which are no provinces by that"
    if _only_numbered(table):
        return "figures beside running numbers, and no names of provinces"
    return "no province recognised"


def _no_mojibake(path: Path, opened: list[Grid]) -> None:
    """Refuse text whose Vietnamese letters have become others: "HÃ Ná»™i"."""
    texts = [c.words for t in opened for row in t.rows for c in row]
    broken = [t for t in texts if len(_MOJIBAKE.findall(t)) > 1]
    if len(broken) > 2:
        raise ReleaseError(
            "wrong_encoding",
            "the text was saved in a wrong encoding: its Vietnamese letters have become others",
            place=path.name,
            found=repr(broken[0][:60]),
            expected="text such as 'Hà Nội'",
            advice="Export the table again where it came from, as UTF-8 or as XLSX",
        )


def _no_broken_codes(grid: Grid) -> None:
    """Refuse a column of codes that a spreadsheet has broken: 1.10 is 1.1, 1.3.2 a day.

    Raises
    ------
    ReleaseError
        ``code_twice``, ``date_for_number``.
    """
    for c in range(min(4, grid.width)):
        cells = [(r, cell) for r, row in enumerate(grid.rows) if (cell := row[c]).words]
        codes = [r for r, cell in cells if CODE.fullmatch(cell.words)]
        areas = [r for r, cell in cells if component_of(cell.words) and r not in codes]
        dates = [r for r, cell in cells if is_date(cell)]
        known = len(codes) + len(areas)
        if known < 2 or known + len(dates) < max(_FEW_CODES, len(cells) / 2):
            continue
        texts = [grid.cell(r, c).words for r in codes]
        again = [r for n, r in enumerate(codes) if texts[n] in texts[:n]]
        if not in_tree_order(list(dict.fromkeys(texts))):
            continue
        if dates:
            raise date_for_code(grid, dates[0], c)
        if again and 4 * len(again) < len(codes):
            raise ReleaseError(
                "code_twice",
                "a code stands twice in the column of codes",
                place=grid.place(again[0], c),
                found=repr(grid.cell(again[0], c).words),
                expected="each code once",
                advice="A spreadsheet turns 1.10 into 1.1: store codes as text",
            )


def _crowded_cell(grid: Grid) -> tuple[int, int] | None:
    """A cell that holds the names of several provinces, line by line; nothing if there is none."""
    names = [fold(unit.name_vi) for unit in provinces.units("63")]
    for r, row in enumerate(grid.rows):
        for c, cell in enumerate(row):
            if len(cell.text) > 24 and not cell.covered:
                text = fold(cell.text)
                if sum(name in text for name in names) > 3 and len(text) < 14 * len(names):
                    return r, c
    return None


def _spread_code(grid: Grid) -> str:
    """Two or three codes whose numbers stand in columns of their own: "1 | 3 | 2" for 1.3.2."""
    for first in range(2):
        for wide in (3, 2):
            told: list[str] = []
            last = [""] * wide
            shown: list[str] = []
            for r in range(len(grid.rows)):
                cells = [grid.cell(r, first + k).words.strip(".") for k in range(wide)]
                at = max((k for k, t in enumerate(cells) if _PART.fullmatch(t)), default=None)
                if at is None or any(t and not _PART.fullmatch(t) for t in cells):
                    continue
                last = [cells[k] or (last[k] if k < at else "") for k in range(wide)]
                told.append(".".join(t for t in last if t))
                shown.append(" | ".join(cells))
            codes = [f"A{t}" if "." not in t else t for t in told]
            deep = sum(t.count(".") == wide - 1 for t in told)
            if len(told) >= _FEW_CODES and deep > 2 and in_tree_order(codes):
                return ", ".join(
                    f"{a} for {b}" for a, b in list(zip(shown, told, strict=True))[1:3]
                )
    return ""


def _unordered_codes(grid: Grid) -> str:
    """Two neighbours in a column of codes that are not in the order of a criteria set."""
    for c in range(min(4, grid.width)):
        codes = [row[c].words for row in grid.rows if CODE.fullmatch(row[c].words)]
        pairs = (pair for pair in pairwise(codes) if not in_tree_order(pair))
        # no figure has two dots
        deep = any(code.count(".") > 1 for code in codes)
        if deep and len(codes) >= _FEW_CODES and (pair := next(pairs, None)):
            return f"{pair[1]!r} after {pair[0]!r}"
    return ""


def _provinces_over_columns(grid: Grid) -> list[str]:
    """Names of provinces right over figures, as headings of some columns."""
    found = (
        [c.words for n, c in enumerate(row) if n in below and provinces.is_unit(c.words)]
        for row, below in zip(grid.rows, grid.figures[1:], strict=False)
    )
    return next((names for names in found if names), [])


def _only_numbered(grid: Grid) -> bool:
    """Whether rows of figures have running numbers and no names, as a second page may have."""
    texts = [row[0].words.rstrip(".") for row in grid.rows if row[0].words]
    counted = texts and is_numbering([t for t in texts if t.isdigit()])
    return bool(counted) and unit_column(grid) is None


def _criteria_without_codes(grid: Grid) -> str:
    """Heading over the names of criteria in a table without a column of codes; else nothing."""
    rows = rows_of(grid)
    heads = [] if rows is None or code_column(grid) is not None else rows.heads[rows.unit]
    return next((h for h in heads if has_role([h], "name")), "")


def _criteria_not_understood(grid: Grid) -> str:
    """Headings of a table with a column of codes of criteria, one province's own perhaps."""
    code = code_column(grid)
    if code is None:
        return ""
    first = min(codes_in(grid, code))
    rows = range(first_heading(grid, first), first)
    heads = (" / ".join(headings_over(grid, c, rows)) for c in range(grid.width))
    return ", ".join(dict.fromkeys(h for h in heads if h))


def _tables(grids: Sequence[Grid]) -> str:
    """Tables of a file and their sizes, the first few of them."""
    shown = [f"{g.where} ({len(g.rows)} x {g.width})" for g in grids[:_SHOWN] if g.where]
    shown += [f"the file ({len(g.rows)} x {g.width})" for g in grids[:_SHOWN] if not g.where]
    more = len(grids) - _SHOWN
    return "; ".join([*shown, *([f"and {more} more tables"] if more > 0 else [])])
