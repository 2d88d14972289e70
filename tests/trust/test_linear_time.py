"""No text takes more than linear time, whatever is repeated in it, and no number fails."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import hostile_files
import pytest
from lxml import html as lxml_html

from parstudy import text
from parstudy.errors import ParstudyError
from parstudy.facts import provinces
from parstudy.plans import _codes, _departments, _headings, _opened, _read, _values
from parstudy.releases import numbers, toml, words
from parstudy.releases.formats import (
    _content,
    _hiding,
    _html_cells,
    _legacy,
    _selectors,
    _style_sheets,
    encodings,
    number_formats,
)
from parstudy.releases.tables import _cells


def style_sheet(cell: str) -> object:
    page = lxml_html.Element("html")
    lxml_html.etree.SubElement(page, "style").text = cell
    return list(_style_sheets.rules(page))


PARSERS: dict[str, Callable[[str], Any]] = {
    "number": numbers.parse,
    "no figure": numbers.is_blank,
    "decimals": numbers.decimals,
    "clean text": numbers.clean,
    "code of a component": words.component_of,
    "family": words.family,
    "caption": words.is_caption,
    "line of maxima": words.is_of_maxima,
    "aggregate": words.aggregate_of,
    "region in a row": lambda cell: words.is_region([cell], cell),
    "ministry": words.is_ministry,
    "numbering": lambda cell: words.is_numbering([cell] * 3),
    "footnote mark": lambda cell: words.MARKED.sub("", cell),
    "line left out": lambda cell: words.LEFT_OUT.match(words.fold(cell)),
    "unit behind a number": lambda cell: _cells._UNIT.sub("", cell),
    "rank": lambda cell: _cells._RANK.sub("", cell),
    "heading of a year": lambda cell: toml.in_years(cell, 2021),
    "province": provinces.is_unit,
    "name of a province": lambda cell: provinces.resolve(cell, "63"),
    "region": provinces.resolve_region,
    "order": provinces.sort_key_vi,
    "file name": text.slug,
    "word meant": lambda cell: text.nearest(cell, ["orientation", "decimal"]),
    "TOML": lambda cell: text.from_toml(f"a = '{cell}'"),
    "keys of TOML": text.from_toml,
    "old letters": lambda cell: _legacy.told([cell]),
    "letters of VNI": lambda cell: _legacy.to_unicode(cell, "vni"),
    "kind of a file": lambda cell: _content._text(Path("x"), cell.encode()[:8192], "csv"),
    "encoding": lambda cell: encodings.decode(cell.encode("utf-8"), "x.csv"),
    "number format": number_formats.shown_by,
    "day": number_formats.day_cell,
    "selector": _selectors.selected,
    "tables of a page": lambda cell: _html_cells.in_order(f"<table><td>{cell}"),
    "style sheet": style_sheet,
    "conditions of styles": _style_sheets.media,
    "declarations": _style_sheets.declared,
    "length": _hiding.pixels,
    "colour": _hiding.colour,
    "ground": _hiding.ground,
    "looks": lambda cell: _hiding.hidden({"transform": cell, "margin": cell, "filter": cell}),
    "doubtful looks": lambda cell: _hiding.doubts({"margin": cell, "left": cell, "order": cell}),
    "cell of a plan": _values.clean,
    "words of a plan": _values.folded,
    "brackets": _values.without_brackets,
    "status": lambda cell: _values.word_of("status", cell),
    "maximum": _values.is_maximum,
    "due": _values.due_of,
    "points": _values.number_of,
    "code of a plan": _codes.reading,
    "heading of a plan": _headings.column_of,
    "departments": _departments.named_in,
    "department": _departments.find,
    "nearest department": _departments.nearest,
    "heading of a group": lambda cell: _read._LEAD.sub("", cell, count=1),
    "separator": _opened._separator,
}
PARTS = (
    *hostile_files.CHARACTERS, "\n", "()", "( ", "0,", ", ", "và ", "tỉnh ", "sở ", "1/", "²",
    "\u0323\u0301", "<!--", "<!--a-->", "<?a?>", "/*", "@a", "{}", "a.", "x_", "trước ",
    "năm ", "a\n ", "é",
)  # fmt: skip
QUICK = ("(", " ", "0", "\n", "²", "và ", "\u0323\u0301", "@a", "tỉnh ", "<!--a-->", "<?a?>")


def seconds(parser: Callable[[str], Any], cell: str) -> float:
    """Time of a parser, which may refuse the text in its own words and in no other way."""
    start = time.process_time()
    message = ""
    try:
        parser(cell)
    except (ParstudyError, ValueError) as error:
        message = str(error)
    assert "Exceeds the limit" not in message
    return time.process_time() - start


def slow(size: int, parts: tuple[str, ...], most: float) -> list[str]:
    found = []
    for name, parser in PARSERS.items():
        for part in parts:
            body = part * (size // len(part))
            for cell in (body, f"a1{body}z", f"Sở 1{body}%"):
                took = seconds(parser, cell)
                if took > most:  # the least of three: a machine that is busy is not the parser
                    took = min(took, seconds(parser, cell), seconds(parser, cell))
                if took > most:
                    found.append(f"{name}: {part!r}: {took:.1f} s")
    return found


def test_no_cell_takes_more_than_its_length() -> None:
    assert slow(50_000, QUICK, 1.0) == []


@pytest.mark.slow
def test_a_megabyte_of_each_character_is_read_in_seconds() -> None:
    assert slow(1_000_000, PARTS, 10.0) == []


@pytest.mark.parametrize("digits", [400, 5_000, 100_000])
def test_a_number_of_many_digits_is_no_number(digits: int) -> None:
    for shown in ("9" * digits, "-" + "9" * digits, "9." * digits, "9" * digits + ",5"):
        with pytest.raises(numbers.UnreadableNumber):
            numbers.parse(shown)
        with pytest.raises(ValueError, match="not a"):
            _values.number_of(shown)
        with pytest.raises(ValueError, match="not a"):
            _values.due_of(shown)
    _codes.readings(["9" * digits, "1." + "9" * digits])


def test_many_departments_in_one_cell_are_told_at_once() -> None:
    """200 communes take part; half of their names hold commas or "và"."""
    names = [f"Ủy ban nhân dân xã Thứ {n}" for n in range(200)]
    names[50] = "Sở Văn hóa, Thể thao và Du lịch"
    names[99] = "Sở Nội vụ tỉnh Lạng Sơn"
    start = time.process_time()
    found = _departments.named_in("; ".join(names))
    assert time.process_time() - start < 2.0
    assert [name for name, _ in found] == names
    assert [n for n, (_, unit) in enumerate(found) if unit is not None] == [50, 99]
