"""What notes below a table, and sentences above it, say of its figures as a whole.

A note says that figures are a draft, that points are missing in them, that they are of another
year or were given by the provinces themselves. Of one province, or of how it was reckoned, it may
say what it likes.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from functools import cache

from parstudy.facts import provinces
from parstudy.intake._guess._phrases import parsed, said_partly
from parstudy.intake._guess._rows import rows_of
from parstudy.intake._guess._subject import index_of, years_in
from parstudy.releases.formats.grid import Grid
from parstudy.releases.words import fold
from parstudy.text import unmarked

_MOST_SHOWN = 100
_LAST_ROWS, _SHORT, _SHORTEST = 8, 12, 5
_SENTENCES = re.compile(r"(?<=[.;!?])\s+(?=[^\W\d_])|\n")
_LABEL = re.compile(r"\W*(?:ghi chú|lưu ý|chú thích|chú dẫn|nguồn|notes?|sources?)\b|\s*[*(†‡¹²³]")
_NOTE = re.compile(r"\W*(?:ghi chú|lưu ý|chú thích|chú dẫn|notes?)\s*[:.(-]")
_SUBJECT = re.compile(
    r"\W*(?:(?:ghi chú|lưu ý|chú thích|notes?)\W+)?"
    r"(?:(?:dưới|trên|sau) đây|đây|các|những|toàn bộ|tất cả|mọi|riêng|this|these|the|all)?(?: là)?"
    r"\s*(?:bảng|biểu|cột|các)?\s*"
    r"(?:số liệu|dữ liệu|kết quả|bảng|biểu|điểm|tổng điểm|chỉ số|giá trị|thứ hạng|xếp hạng|data"
    r"|figures?|scores?|results?|values?|table|ranks?)\b"
)
_FIGURE = re.compile(r"[0-9][.,][0-9]")


def _matches(pattern: re.Pattern[str], text: str) -> bool:
    """Whether a text begins as a pattern says, with Vietnamese letters or without."""
    return bool(pattern.match(text) or (text.isascii() and _plain(pattern).match(text)))


@cache
def _plain(pattern: re.Pattern[str]) -> re.Pattern[str]:
    return re.compile(unmarked(pattern.pattern))


def is_note(line: str) -> bool:
    """Whether a line says of itself that it is a note, wherever it stands.

    >>> is_note("Ghi chú: điểm tối đa là 100"), is_note("Note on the results of 2024")
    (True, False)
    """
    return _matches(_NOTE, fold(line))


def said_by_notes(
    grid: Grid,
    index: str,
    year: int,
    titles: Sequence[str],
    prose: Sequence[str],
    sources: Collection[str],
) -> tuple[str, str]:
    """Words by which notes say that the figures are no results; and what is to be asked.

    Parameters
    ----------
    grid : Grid
        The table.
    index, year : str, int
        What is to be read.
    titles, prose : sequence of str
        Lines above the table: titles, and sentences.
    sources : collection of str
        Whose points the titles name: these are without the survey's anyway.
    """
    heads = headings_of(grid)
    wrong = unknown = ""
    # a note may be broken over lines
    invented = any("synthetic" in fold(text) for text in (grid.context, grid.below))
    for note, sentence in _sentences(grid, prose):
        roles = {role: words for role, words, _ in parsed(sentence, index) if role}
        wrong = wrong or ("" if invented else roles.get("unreal", ""))
        own = "" if _names_province(fold(sentence)) else said_partly(fold(sentence))
        if sources and roles.get("appraisal", "").startswith(("chưa ", "không ")):
            own = ""
        claimed = roles.get("claimed", "")
        if claimed and "appraisal" not in roles and claimed not in heads:
            own = own or claimed
        own = own or _other_year(note, year, heads)
        unknown = unknown or (f"{own!r} in {note.strip()[:_MOST_SHOWN]!r}" if own else "")
    for line in titles:
        # a title that names the index says which year the table is of
        other = "" if index_of(fold(line)) else _other_year(line, year, heads)
        if other:
            unknown = unknown or f"{other!r} in {line.strip()[:_MOST_SHOWN]!r}"
    return wrong, unknown


def _sentences(grid: Grid, prose: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Notes and sentences that speak of all figures: the line, and what of it is looked at."""
    for line in (*_rows_of_notes(grid), *grid.below.split("\n")):
        text = fold(line)
        if _matches(_LABEL, text) or len(text.split()) <= _SHORTEST:
            yield line, line
            continue
        yield from ((line, one) for one in _SENTENCES.split(line) if _matches(_SUBJECT, fold(one)))
    for line in prose:
        sentences = [line] if is_note(line) else _SENTENCES.split(line)
        yield from ((s, s) for s in sentences if is_note(s) or _matches(_SUBJECT, fold(s)))


def _rows_of_notes(grid: Grid) -> Iterator[str]:
    """Rows of one text at the end of a table, or of a text behind its label."""
    for row in grid.rows[-_LAST_ROWS:]:
        texts = list(dict.fromkeys(c.words for c in row if c.words))
        if len(texts) == 1 or (len(texts) == 2 and _matches(_LABEL, fold(texts[0]))):
            yield " ".join(texts)


def headings_of(grid: Grid) -> str:
    """Folded headings of a table."""
    rows = rows_of(grid)
    if rows is None:
        return fold(" ".join(c.words for row in grid.rows[:6] for c in row))
    return fold(" ".join(h for heads in rows.heads.values() for h in heads))


def _other_year(line: str, year: int, heads: str) -> str:
    """The other year that a short line says its figures are of."""
    text = fold(line)
    if len(text.split()) > _SHORT or _FIGURE.search(text) or not _matches(_SUBJECT, text):
        return ""
    said = years_in(text)
    strange = said and year not in said and not any(str(one) in heads for one in said)
    return "" if not strange or _names_province(text) else str(said[0])


@cache
def _provinces() -> re.Pattern[str]:
    units = (u for geography in ("63", "34") for u in provinces.units(geography))
    names = {re.escape(fold(unit.name_vi).removeprefix("tp. ")) for unit in units}
    return re.compile(rf"\b(?:{'|'.join(sorted(names))})\b")


def is_name_cut(line: str, next_line: str) -> bool:
    """Whether the name of a province is broken over two lines: "tỉnh Thái" and "Bình)".

    >>> is_name_cut("của tỉnh Thái", "Bình)"), is_name_cut("tỉnh Lạng Sơn", "Năm 2022")
    (True, False)
    """
    before, after = fold(line).split()[-3:], fold(next_line).split()[:3]
    end = len(" ".join(before))
    found = _provinces().finditer(" ".join([*before, *after]))
    return any(name.start() < end < name.end() for name in found)


def _names_province(text: str) -> bool:
    return _provinces().search(text) is not None


def behind_province(text: str) -> str | None:
    """What follows in a folded text that begins with the name of a province; else nothing.

    >>> behind_province("tỉnh lạng sơn vươn lên"), behind_province("ubnd tỉnh lạng sơn")
    (' vươn lên', None)
    """
    name = _provinces().match(text := re.sub(r"^(?:tỉnh|thành phố|tp\.?)\s+", "", text))
    return None if name is None else text[name.end() :]
