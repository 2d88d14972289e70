"""Tables with a row for each province: what each of their columns holds."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from parstudy.errors import ReleaseError
from parstudy.facts import criteria
from parstudy.intake._guess import _long
from parstudy.intake._guess._branch import Branch, Question
from parstudy.intake._guess._doubtful import (
    drop_by_size,
    drop_by_title_and_sums,
    drop_changes,
)
from parstudy.intake._guess._headings import (
    MOST_AREA_POINTS,
    ONLY_YEAR,
    SOURCES,
    Meaning,
    are_ranks,
    coded_measure,
    component_in,
    dated,
    in_places,
    is_maximum,
    maximum_in,
    meaning_of_column,
    number_in,
    parent_of,
    unexplained,
)
from parstudy.intake._guess._model import Guess, Line, roles_told
from parstudy.intake._guess._part import of_part, part_of_totals
from parstudy.intake._guess._ranks import drop_ranks_of_none, ranks_of_what
from parstudy.intake._guess._rows import (
    Rows,
    column_name,
    decimal_mark,
    number_column,
    of_ministries,
    other_names,
    other_units,
    rows_of,
)
from parstudy.intake._guess._subject import named_in, titles_over
from parstudy.releases import numbers
from parstudy.releases.formats.grid import Grid
from parstudy.releases.headings import YEAR, has_role, is_bare, lettered, measure_in
from parstudy.releases.tables.roles import Named
from parstudy.releases.words import component_of, family, fold, is_name, roman

_MOST_DOUBLES = 3
_FIRST_ROUND = re.compile(r"\blần (?:thứ )?(?:1|nhất|đầu)\b")
_IN_POINTS = re.compile(r"điểm|%|phần trăm|tỷ lệ|tỉ lệ|point|score|percent")
_LEVELS = re.compile(r"\s+[-–—>|/]\s+|\s*[:>»→]\s+")
_GROUP = re.compile(r"(?:nhóm\s*|group\s*)?[a-d]", re.I)


def provinces_in_rows(
    grid: Grid,
    index: str,
    year: int,
    branch: Branch,
    own_year: int | None = None,
    part: _long.Part | None = None,
    *,
    foreign: bool = False,
) -> Guess | None:
    """Interpret a table with a row for each province.

    Parameters
    ----------
    grid : Grid
        The table.
    index, year : str, int
        What is to be read.
    branch : Branch
        Asked wherever there are two answers.
    own_year : int, optional
        Year of the table by its title, if it is another one.
    part : Part, optional
        The rows that are meant, of a long table.
    foreign : bool, optional
        Whether the table is of another index, with a column of this one perhaps.
    """
    rows = rows_of(grid)
    if rows is None or of_ministries(grid) or other_units(grid):
        return None
    if not rows.scheme and other_names(grid):
        return None
    codes = None if foreign else rows.row("codes")
    entry = _places(grid, rows, codes, part, branch)
    number = entry.pop("number", None)
    most = entry.pop("most", None)
    coded = {} if codes is None else _coded(grid, rows, codes)
    used = {rows.unit, number, most, *coded} | (part.columns if part else set())
    if isinstance(grid, Named):
        used.add(number_column(grid, rows))
    lines = [
        line
        for c in range(grid.width)
        if c not in used and (line := _line(grid, rows, c, part)) is not None
    ]
    paths = _heads_of_paths(lines)
    if isinstance(grid, Named):
        paths |= _granted(lines)
    for n, line in enumerate(lines):
        path = paths.get(line.at, ())
        _mean(grid, rows, line, lines[:n], index, year, own_year, part, path=path, foreign=foreign)
    _decide(grid, rows, lines, coded, part, index, year, branch)
    columns, meanings = _entries(grid, lines, index, year)
    if codes is not None:
        cells = [grid.cell(r, c).words for r in rows.body for c in coded]
        kind = coded_measure(index, cells)
        entry |= {"measure": kind} if kind != "score" else {}
        place = grid.without_file(grid.row_place(codes))
        meanings.append((place, "codes", f"components by their codes, {kind}"))
    if columns:
        entry["columns"] = columns
    doubts = [line.doubt for line in lines if line.doubt]
    if not columns and codes is None:
        return Guess(grid, {}, doubts=tuple(doubts)) if doubts else None
    if part is None and not foreign:
        doubts += _empty(grid, rows, used, index, year)
    told = {line.at: f"{line.key[0]} {line.key[1]}".strip() or "not read" for line in lines}
    told |= {c: f"{code} by its code" for c, code in coded.items()}
    told |= dict.fromkeys(part.columns if part else (), "says which rows are meant")
    told |= {rows.unit: "names of units"} | ({} if number is None else {number: "numbering"})
    roles = roles_told(grid, dict(enumerate(rows.roles)), told)
    return Guess(grid, entry, tuple(meanings), tuple(doubts), roles)


def _decide(
    grid: Grid,
    rows: Rows,
    lines: Sequence[Line],
    coded: Mapping[int, str],
    part: _long.Part | None,
    index: str,
    year: int,
    branch: Branch,
) -> None:
    """Hold what the headings say against the figures and the title; ask where both are open."""
    _no_bare_columns(grid, lines)
    _one_each(grid, lines, branch)
    drop_changes(grid, lines, rows, part, year)
    ranks_of_what(grid, lines, rows, part, year, branch)
    drop_by_title_and_sums(grid, lines, coded, index, year)
    drop_ranks_of_none(grid, lines, index, coded=bool(coded))
    of_part(part_of_totals(grid, index, year, lines, coded, rows.body), lines)
    if index == "PAR_INDEX":
        _no_small_total(grid, lines)
    drop_by_size(grid, rows, lines, index)


def _places(
    grid: Grid, rows: Rows, codes: int | None, part: _long.Part | None, branch: Branch
) -> dict[str, Any]:
    """Where header, names, numbers, codes and maxima stand, as ``release.toml`` says it."""
    entry: dict[str, Any] = {"orientation": "provinces_in_rows", "decimal": decimal_mark(grid)}
    filled = [r for r, row in enumerate(grid.rows) if any(c.text for c in row)]
    if filled[-1] < len(grid.rows) - 1:
        entry["last_row"] = filled[-1] + 1
    head, top = rows.head, rows.top
    if head is not None and (codes is None or head < rows.body[0]):
        entry["header_rows"] = f"{head + 1}-{top}" if top - head > 1 else head + 1
    if top + 1 < len(grid.rows) and not {top, top + 1} & set(filled):
        # rows of another block stand between
        entry["first_row"] = next(r for r in filled if r >= top) + 1
    if isinstance(grid, Named):
        entry["unit"] = grid.unit
    else:
        entry["unit_column"] = column_name(grid, rows.unit)
    if rows.scheme:
        entry["unit_scheme"] = rows.scheme
    if part is not None:
        entry["where"] = [
            {
                "column": column_name(grid, c),
                "header": rows.printed[c][-1],
                "equals": texts[0] if len(texts) == 1 else list(texts),
            }
            for c, texts in part.where
        ]
        most = [c for c in range(grid.width) if any(map(is_maximum, rows.heads[c][-1:]))]
        return entry | ({"most": most[0], "max_column": column_name(grid, most[0])} if most else {})
    number = number_column(grid, rows)
    if number is not None and number != rows.unit:
        entry |= {"number": number, "number_column": column_name(grid, number)}
    maxima, bare = rows.row("maxima"), rows.row("figures")
    if rows.roles[rows.body[0]] == "ministry":
        maxima = bare = None
    if maxima is not None and maxima < top:
        entry["max_row"] = maxima + 1
    elif maxima is None and bare is not None:
        entry |= _bare_row(grid, bare, branch)
    if codes is not None:
        entry["code_row"] = codes + 1
        for r in range(head or 0, rows.body[0]):
            if r != codes and sum(is_name(grid.cell(r, c).words) for c in range(grid.width)) > 3:
                entry["name_row"] = r + 1
    return entry


def _bare_row(grid: Grid, row: int, branch: Branch) -> dict[str, Any]:
    """A row of numbers under the header without a word: maxima, or something else."""
    shown = " | ".join(c.words for c in grid.rows[row] if c.words)[:80]
    lines = (f"max_row = {row + 1}", f"first_row = {row + 2}")
    answer = branch.pick(
        Question(
            "unnamed_row",
            grid.row_place(row),
            shown,
            "a row of numbers without a name: maxima, or nothing to be read?",
            (("maxima", lines[0]), ("not read", lines[1])),
        )
    )
    return {"first_row": row + 2} if answer else {"max_row": row + 1}


def _coded(grid: Grid, rows: Rows, codes: int) -> dict[int, str]:
    """Columns with a code, and the component of each."""
    found = {c: component_of(grid.cell(codes, c).text) for c in range(grid.width)}
    return {c: code for c, code in found.items() if code and c != rows.unit}


def _line(grid: Grid, rows: Rows, column: int, part: _long.Part | None) -> Line | None:
    """A column with anything in it beside the provinces, not yet understood."""
    body = part.rows if part else rows.body
    cells = [grid.cell(r, column).words for r in body]
    if all(map(numbers.is_blank, cells)):
        return None
    printed = [*(part.said if part else ()), *rows.printed[column]]
    # what a row of one province's table says is the upper part of its columns' headings
    heads = list(map(lettered, printed)) if isinstance(grid, Named) else rows.heads[column]
    place, values = grid.without_file(grid.column_place(column)), map(number_in, cells)
    lowest = printed[-1] if heads else ""
    return Line(column, place, " / ".join(printed), Meaning(), heads, list(values), lowest)


def _empty(
    grid: Grid, rows: Rows, used: Collection[int | None], index: str, year: int
) -> list[str]:
    """Columns under a known heading that hold nothing: figures that the file keeps elsewhere."""
    found = []
    for c in range(grid.width):
        heads = rows.heads[c]
        blank = all(numbers.is_blank(grid.cell(r, c).words) for r in rows.body)
        if c in used or not heads or not blank or has_role(heads, "note"):
            continue
        heads = [dated(h, year) for h in heads]
        if meaning_of_column(heads, [], [], index, year, wide=_spans(grid, rows, c)).component:
            place = grid.without_file(grid.column_place(c))
            said = f"{len(rows.body)} cells under a known heading are empty"
            found.append(f"{place} {' / '.join(rows.printed[c])!r}: {said}, nothing is read")
    return found


def _heads_of_paths(lines: Sequence[Line]) -> dict[int, list[str]]:
    """Headings of columns whose levels stand in one cell: "Tác động - SIPAS", "Tác động - KT-XH".

    The first part of such headings stands before several columns, each with another rest.
    """
    cut = {
        line.at: (part[0], part[1])
        for line in lines
        if line.heads and len(part := _LEVELS.split(line.heads[-1], maxsplit=1)) == 2
    }
    often = Counter(fold(first) for first, _ in cut.values())
    return {
        line.at: [*line.heads[:-1], *cut[line.at]]
        for line in lines
        if line.at in cut and often[fold(cut[line.at][0])] > 1
    }


def _granted(lines: Sequence[Line]) -> dict[int, list[str]]:
    """The appraisal for the points granted, where it alone stands beside the points claimed."""
    leaves = {line.at: fold(line.heads[-1]) for line in lines if line.heads}
    claimed = [c for c, leaf in leaves.items() if measure_in(leaf) == "self_assessed"]
    known = {c: component_in(leaf, "PAR_INDEX") for c, leaf in leaves.items() if c not in claimed}
    points = [c for c, one in known.items() if one and one[0] in ("total", *SOURCES)]
    early = len(points) == 1 and _FIRST_ROUND.search(leaves[points[0]])
    if not claimed or len(points) != 1 or early or known[points[0]] != ("appraisal", ""):
        return {}
    return {line.at: [*line.heads[:-1], "điểm đạt"] for line in lines if line.at == points[0]}


def _mean(
    grid: Grid,
    rows: Rows,
    line: Line,
    before: Sequence[Line],
    index: str,
    year: int,
    own_year: int | None,
    part: _long.Part | None,
    *,
    path: Sequence[str] = (),
    foreign: bool,
) -> None:
    """Say what a column holds, or why it is not read; ``path`` are its headings if it is cut."""
    heads = [dated(h, own_year or year) for h in path or line.heads]
    if foreign and not named_in(line.said, index):
        line.drop("of another index")
        return
    if has_role(heads, "note"):
        line.doubt = f"{line.place} {line.title!r}: not read (a note)"
        return
    own = isinstance(grid, Named)
    words = list(map(lettered, part.said)) if part and not own else []
    if any(has_role([w], "max") for w in words):
        line.drop("a maximum beside figures, row by row")
        return
    if words and heads and not is_bare(fold(heads[-1])):
        if not all(is_bare(fold(w)) for w in words):
            line.drop(f"one of several rows of each unit, of {' / '.join(words)!r}")
            return
        heads, words = [*heads, *words], []
    cells = [grid.cell(r, line.at).words for r in (part.rows if part else rows.body)]
    filled = [t for t in cells if not numbers.is_blank(t)]
    wide = own or bool(path) or _spans(grid, rows, line.at)
    meaning = meaning_of_column(heads, words, filled, index, year, wide=wide)
    _measure_shown(meaning, heads, filled, [b.meaning.measure for b in before], titles_over(grid))
    if why := _no_figures(meaning.measure, filled):
        if meaning.component:
            line.drop(why)
        return
    # a name that is not understood says which source of points of what
    said = heads if not words else [*words, *heads] if meaning.component in SOURCES else []
    strange = unexplained(said, index, meaning.component, meaning.measure) if said else []
    if not meaning.component or strange:
        why = "; ".join(meaning.why) or "not understood"
        why += f" ({', '.join(strange)})" if meaning.component else ""
        if any(ch.isdigit() for t in filled for ch in t):
            line.drop(why)
        return
    years = {int(y) for h in heads for y in YEAR.findall(h)}
    if own_year is not None and meaning.year is None and year not in years:
        # a change beside figures of the year is that year's, whichever the title names
        beside = any(b.meaning.component and b.meaning.year is None for b in before)
        of_now = beside and meaning.measure.startswith("change_")
        meaning.year = None if of_now else own_year
    line.meaning = meaning


def _measure_shown(
    meaning: Meaning, heads: list[str], filled: list[str], before: list[str], title: str
) -> None:
    """The measure that the figures show where headings do not say it: ranks, moves by places."""
    said = any(_IN_POINTS.search(fold(h)) for h in heads)
    of_years = bool(heads) and all(ONLY_YEAR.fullmatch(fold(h)) for h in heads)
    inner = not said and meaning.component not in ("", "total")
    silent = (of_years or inner) and meaning.measure in ("score", "percent")
    if silent and are_ranks(filled, title):
        meaning.measure = "rank"
    if meaning.measure == "change_score" and in_places(heads, filled, before):
        meaning.measure = "change_rank"


def _no_figures(measure: str, filled: list[str]) -> str:
    """Why the cells of a column are no figures of a measure; nothing if they are."""
    if measure == "group":
        others = [t for t in filled if not _GROUP.fullmatch(t)]
        return f"no groups A to D ({', '.join(list(dict.fromkeys(filled))[:4])})" if others else ""
    worded = [t for t in filled if not any(ch.isdigit() for ch in t)]
    if measure == "rank":
        worded = [t for t in worded if not roman(t)]
    many = 2 * len(worded) > len(filled) and measure != "change_rank"
    return f"words where figures belong ({filled[0][:40]})" if many else ""


def _spans(grid: Grid, rows: Rows, column: int) -> bool:
    """Whether a heading over a column spans other columns as well."""
    if rows.head is None:
        return False
    lowest = grid.cell(rows.top - 1, column).words
    return any(
        grid.cell(r, column).covered or grid.cell(r, column + 1).covered
        for r in range(rows.head, rows.top - 1)
        if grid.cell(r, column).words and grid.cell(r, column).words != lowest
    )


def _no_bare_columns(grid: Grid, lines: Sequence[Line]) -> None:
    """Refuse headings that each have figures without a heading beside them.

    Raises
    ------
    ReleaseError
        ``uncertain_header``.
    """
    bare = {line.at for line in lines if not line.heads and any(v is not None for v in line.values)}
    beside = [line for line in lines if line.meaning.component and line.at + 1 in bare]
    if len(beside) > 1:
        raise ReleaseError(
            "uncertain_header",
            "columns of figures without a heading stand beside those with one",
            place=grid.column_place(beside[0].at + 1),
            found=f"{beside[0].title!r}, {beside[1].title!r}, and nothing over the columns right "
            "of them",
            expected="a heading over each column of figures",
            advice="Write the headings into a copy, or say in release.toml which column holds "
            "what: docs/release-toml.md",
        )


def _one_each(grid: Grid, lines: Sequence[Line], branch: Branch) -> None:
    """Each component and measure once: where two columns look like one, ask which it is.

    Raises
    ------
    ReleaseError
        ``two_columns``, if many columns are double: two tables side by side, or two years.
    """
    taken: dict[tuple[str, str, int | None], Line] = {}
    doubles = 0
    for line in lines:
        if not line.meaning.component:
            continue
        other = taken.setdefault(line.key, line)
        if other is line:
            continue
        doubles += 1
        component, measure, _ = line.key
        answers = tuple(
            (f"{one.place} {one.title!r}", Line.toml(column_name(grid, one.at), component, measure))
            for one in (other, line)
        )
        question = Question(
            "two_columns",
            line.place,
            f"{line.title!r} and {other.title!r} ({other.place.split()[-1]})",
            f"two columns look like {component} {measure}: which of them is it?",
            answers,
        )
        if doubles > _MOST_DOUBLES:
            raise ReleaseError(
                question.code,
                f"two columns look like {component} {measure}",
                place=question.place,
                found=question.found,
                expected="one column",
                advice="Say in release.toml which column holds what: docs/release-toml.md",
            )
        if branch.pick(question):
            taken[line.key] = line
            other.drop(f"another column is {component} {measure}")
        else:
            line.drop(f"another column is {component} {measure}")


def _no_small_total(grid: Grid, lines: Sequence[Line]) -> None:
    """Ask of which area a total is that is never beyond an area's points.

    Raises
    ------
    ReleaseError
        ``unknown_area``, with what ``release.toml`` says for each area.
    """
    for line in lines:
        values = [v for v in line.values if v is not None]
        if line.key != ("total", "score", None) or len(values) < 3:
            continue
        if 1 < max(values) <= MOST_AREA_POINTS:
            told = [Line.toml(column_name(grid, line.at), area, "score") for area in criteria.AREAS]
            raise ReleaseError(
                "unknown_area",
                "a total of one area, and it is not said of which",
                place=grid.column_place(line.at),
                found=f"{line.title!r}, at most {max(values):g}",
                expected=f"the area in the title, or a total beyond {MOST_AREA_POINTS:g} points",
                advice="Write the area's name over the table, or say in release.toml "
                f"which it is: {' or '.join([told[0], told[-1]])}",
            )


def _entries(
    grid: Grid, lines: Sequence[Line], index: str, year: int
) -> tuple[list[dict[str, Any]], list[tuple[str, str, str]]]:
    """Columns as ``release.toml`` names them, and what they were taken for."""
    columns: list[dict[str, Any]] = []
    meanings: list[tuple[str, str, str]] = []
    for line in lines:
        component, measure, of_year = line.key
        if not component:
            continue
        mapped: dict[str, Any] = {
            "column": column_name(grid, line.at),
            "component": component,
            "measure": measure,
        }
        if line.heads:
            mapped["header"] = line.printed
        top = next((m for h in reversed(line.heads) if (m := maximum_in(h)) is not None), None)
        if top is not None and measure == "score" and of_year in (None, year):
            mapped["max"] = top
        parent = parent_of(index, year, component)
        if parent and parent != family(component)[0]:
            mapped["parent"] = parent
        if of_year is not None and of_year != year:
            mapped["year"] = of_year
        columns.append(mapped)
        why = f" ({'; '.join(line.meaning.why)})" if line.meaning.why else ""
        of = f" of {of_year}" if "year" in mapped else ""
        meanings.append((line.place, line.title, f"{component} {measure}{of}{why}"))
    return columns, meanings
