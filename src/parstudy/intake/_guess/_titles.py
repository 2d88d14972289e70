"""What the titles over a table say of its figures: each word is explained, or asked about.

A table with the right columns may hold other figures than the results of the index: a draft, what
the provinces gave themselves, the points of the survey, the offices of one branch. Its title says
so, in words that no list of wrong words foresees. So the words that titles of results have are
known (``facts/titles.csv``); a title that has others is not taken silently.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from parstudy.facts import criteria
from parstudy.intake._guess._notes import (
    behind_province,
    headings_of,
    is_name_cut,
    is_note,
    said_by_notes,
)
from parstudy.intake._guess._phrases import parsed
from parstudy.intake._guess._rows import OF_BODIES, rows_of
from parstudy.intake._guess._subject import index_of, named_in, sheet_name, title_rows, years_in
from parstudy.releases.formats.grid import Grid
from parstudy.releases.words import apart, fold
from parstudy.text import unmarked

# names of sheets: "PL5 1", "PL5 (2)"
_SECOND = re.compile(r"(?<=[0-9])[^\w]+[0-9]+\)?$")
# a line of prose is no title
_MANY_WORDS, _SENTENCE = 60, 15
# "2025 và 2024 (năm 2024 tính bình quân ...)"
_OF_A_YEAR = re.compile(r"(\((?:riêng |số liệu )?(?:năm )?(20[0-4][0-9])\b[^()]*\))", re.I)
_MOST_SHOWN = 100
_FEW_WORDS = 3
# "Điểm ...", "theo ...", "... by ...": what stands beside these says which figures they are
_WHICH = re.compile(
    r"\b(?:diem|ket qua|danh gia|gia tri|hang|so|t[iy] le|scores?|ranks?|results?|values?|theo|cua"
    r"|do|neu|khi|tren|duoc|da|tinh rieng|co the|can|tu|sau|truoc|truong|khoi|by|of|per|if|from"
    r"|after|excluding)\b"
)
_CLAUSES, _QUOTES = re.compile(r"[:;,|!?]|\s[-–]\s|\.\s"), str.maketrans("", "", "\"“”'‘’")
_MAKING = re.compile(
    r"\b(?:tự|tính|chấm|lập|dựng|làm|sửa|chỉnh|đề xuất|đề nghị|kiến nghị|thử|mẫu|bản"
    r"|bảng(?! xếp hạng)|tổng hợp|từ"
    r"|cách|riêng|giả|nếu|ước|đoán|theo|trừ|bỏ|gồm|cộng|khảo sát|kiểm tra|báo cáo|số liệu|tin cậy"
    r"|phản hồi|khiếu nại|thắc mắc|gửi|trình|khối|cơ quan|đơn vị|ngành|phòng|ban|sở|dịch vụ|hồ sơ"
    r"|doanh nghiệp|chuyên gia|nội bộ|đối chứng|bình chọn|dự|chỉ tiêu|mục tiêu)\b"
)
# a line that is broken where the page ends
_FULL_LINE = 60


@dataclass(frozen=True)
class Said:
    """What titles say.

    Attributes
    ----------
    wrong : str
        Words by which the figures are no results; or nothing.
    unknown : str
        Words that are not understood, in their place; or nothing.
    sources : frozenset of str
        Whose points are named: ``claimed``, ``appraisal``, ``survey``.
    years : frozenset of int
        Other years, of whose figures something is said that is not understood.
    strange : str
        Words of the sheet's name that are not understood and speak against nothing; or nothing.
    """

    wrong: str = ""
    unknown: str = ""
    sources: frozenset[str] = frozenset()
    years: frozenset[int] = frozenset()
    strange: str = ""


def said_by_titles(grid: Grid, index: str, year: int, *, sheet: bool = False) -> Said:
    """What the titles over a table, its sheet's name and the notes below it say of its figures.

    Parameters
    ----------
    grid : Grid
        The table.
    index, year : str, int
        What is to be read.
    sheet : bool, optional
        Whether it is a table of criteria, where the headings say whose points each column holds.
    """
    above = _lines_above(grid)
    prose = [line for line in above if _is_prose(line) or is_note(line)]
    titles = [line for line in above if line not in prose]
    sheet_named = apart(_SECOND.sub("", sheet_name(grid)))
    lines = [*titles, sheet_named]
    named, heads = any(index_of(fold(line)) for line in lines), headings_of(grid)
    wrong, unknown, sources, years, told = "", "", set[str](), set[int](), list[str]()
    for line in lines:
        clear = titles and not unknown and named_in(" . ".join([*titles, heads]), index)
        for aside, of in _OF_A_YEAR.findall(line):
            line, whole = line.replace(aside, " "), line
            if of not in line or int(of) >= year:
                line = whole
            elif any(r in ("", "unreal", "other") for r, *_ in parsed(aside, index)):
                years.add(int(of))
        for role, words, before in parsed(line, index, sheet=sheet):
            if role in ("claimed", "appraisal", "survey"):
                sources.add(role)
            elif words in heads and re.search(rf"\bvà (?:điểm |số |mức )?{words}\b", fold(line)):
                # a column of its own beside the index
                continue
            elif words == "thí điểm" and year == criteria.index(index).first_year:
                # how an index begins
                continue
            elif role in ("unreal", "other") or (not role and not named and before == "chỉ số"):
                wrong = wrong or words
            elif line is sheet_named and clear and _is_no_more_than_a_name(line, words, index):
                told.append(words)
            elif not role and _is_news(line, words):
                continue
            elif not role or not named:
                unknown = unknown or f"{words!r} in {line.strip()[:_MOST_SHOWN]!r}"
    unknown = unknown or _of_another(sheet_named, titles, index, year)
    drafted, asked = said_by_notes(grid, index, year, titles, prose, sources)
    strange = f"{', '.join(told)!r} in {sheet_name(grid)!r}" if told else ""
    return Said(wrong or drafted, unknown or asked, frozenset(sources), frozenset(years), strange)


def _of_another(name: str, titles: Sequence[str], index: str, year: int) -> str:
    """A sheet's name that speaks of another index or year than the title; or nothing."""
    text, said = fold(name), fold(" . ".join(titles))
    other = index_of(text) not in ("", index) and not named_in(name, index)
    years = years_in(text)
    dated = bool(years) and year not in years and year in years_in(said)
    return repr(name) if (other and named_in(said, index)) or dated else ""


def _is_news(line: str, words: str) -> bool:
    """Whether words of a headline tell what a province did: "PAR INDEX 2024: Huế bứt phá".

    The line names the index, the clause begins with the province, and nothing in it speaks of how
    figures were made or of other units.
    """
    text = fold(line).translate(_QUOTES)
    if line.isupper() or not index_of(text):
        return False
    told = [behind_province(one.strip()) for one in _CLAUSES.split(text) if words in one]
    return bool(told) and not any(one is None or _MAKING.search(one) for one in told)


def _is_no_more_than_a_name(line: str, words: str, index: str) -> bool:
    """Whether words of a sheet's name say nothing of its figures: "MT", "Data_clean", "XH".

    Those of plans and of offices are known; beside others they may say which figures they are.
    """
    text = fold(line)
    # what names the index is a title itself
    if named_in(line, index):
        return False
    strange = [said for role, said, _ in parsed(line, index, sheet=True) if not role]
    known = words not in strange or _WHICH.search(unmarked(text)) or OF_BODIES.search(text)
    return not known and len(words.split()) <= _FEW_WORDS


def _lines_above(grid: Grid) -> list[str]:
    """Lines that stand over a table; lines that are broken are whole again."""
    lines: list[str] = []
    found = rows_of(grid)
    above = grid.rows[: (found.head if found else None) or 0]
    pairs = [
        texts for row in above if len(texts := dict.fromkeys(c.words for c in row if c.words)) == 2
    ]
    for text in (*grid.context.split("\n"), *title_rows(grid), *(t for two in pairs for t in two)):
        capitals = text.isupper() and bool(lines) and lines[-1].isupper()
        broken = lines and (
            text[:1].islower()
            or (capitals and len(lines[-1]) > _FULL_LINE)
            or is_name_cut(lines[-1], text)
        )
        if broken and text not in lines:
            lines[-1] += f" {text}"
        else:
            lines.append(text)
    return list(dict.fromkeys(lines))


def _is_prose(line: str) -> bool:
    """Whether a line is a sentence of an article, which speaks of many things."""
    n = len(line.split())
    return n > _MANY_WORDS or (n > _SENTENCE and line.rstrip(' "”').endswith((".", ";", "…")))
