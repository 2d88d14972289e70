"""What the titles over a table say of its figures: each word is explained, or asked about.

A table with the right columns may hold other figures than the results of the index: a draft, what
the provinces gave themselves, the points of the survey, the offices of one branch. Its title says
so, in words that no list of wrong words foresees. So the words that titles of results have are
known (``facts/titles.csv``); a title that has others is not taken silently.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from parstudy.facts import criteria, provinces, rows
from parstudy.intake._guess._headings import SOURCES
from parstudy.intake._guess._rows import rows_of
from parstudy.intake._guess._subject import index_of, sheet_name, title_rows
from parstudy.releases.formats.grid import Grid
from parstudy.releases.words import fold
from parstudy.text import unmarked

# numbers of papers, dates, addresses, and the paper that a table is attached to
_PAPER = re.compile(
    r"\(?(?:ban hành )?\bkèm theo (?=quyết|báo|công|tờ|kế|thông|nghị|văn|hướng|qđ|[0-9])[^()\n]*\)?"
    r"|\(?\battached to\b[^()\n]*\)?"
    r"|\b[0-9]+[-/][a-zđ0-9]+(?:[-/][a-zđ]+)*\b"
    r"|\b[0-9]{1,2}\s*(?:[/.-]|tháng)\s*[0-9]{1,2}(?:\s*(?:[/.-]|năm)\s*20[0-9]{2})?"
    r"|(?<![0-9.,])20[0-4][0-9](?![0-9])|\b[\w-]+(?:\.[\w-]+)*\.(?:vn|com|net|org)\b\S*"
)
_WORD = re.compile(r"[^\W\d_]+|[0-9]+(?:[.,][0-9]+)?|%")
_LETTER = re.compile(r"[^\W\d]|[ivx]+")
_NUMBER = re.compile(r"[0-9][0-9.,]*")
# names of sheets: "TuCham", "PL5 1", "PL5 (2)"
_APART = re.compile(r"(?<=[a-zđ])(?=[A-ZĐ])")
_SECOND = re.compile(r"(?<=[0-9])[^\w]+[0-9]+\)?$")
# a line of prose is no title
_MANY_WORDS, _SENTENCE = 60, 15
_OF_ALL = re.compile(r"\W*(?:ghi chú|lưu ý|chú thích|note|số liệu|kết quả|bảng|data|figures)\b")
# "2025 và 2024 (năm 2024 tính bình quân ...)"
_OF_A_YEAR = re.compile(r"(\((?:riêng |số liệu )?(?:năm )?(20[0-4][0-9])\b[^()]*\))", re.I)
_MOST_SHOWN = 100
# a line that is broken where the page ends
_FULL_LINE = 60

Phrase = tuple[frozenset[str], str]
Known = dict[str, list[tuple[tuple[str, ...], frozenset[str]]]]


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
    """

    wrong: str = ""
    unknown: str = ""
    sources: frozenset[str] = frozenset()
    years: frozenset[int] = frozenset()


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
    lines = [*_titles(grid), _APART.sub(" ", _SECOND.sub("", sheet_name(grid)))]
    named = any(index_of(fold(line)) for line in lines)
    wrong, unknown, sources, years = "", "", set[str](), set[int]()
    for line in lines:
        for aside, of in _OF_A_YEAR.findall(line):
            line, whole = line.replace(aside, " "), line
            if of not in line or int(of) >= year:
                line = whole
            elif any(r in ("", "unreal", "other") for r, *_ in _parsed(aside, index)):
                years.add(int(of))
        for role, words, before in _parsed(line, index, sheet=sheet):
            if role in ("claimed", "appraisal", "survey"):
                sources.add(role)
            elif role in ("unreal", "other") or (not role and not named and before == "chỉ số"):
                wrong = wrong or words
            elif not role or not named:
                unknown = unknown or f"{words!r} in {line.strip()[:_MOST_SHOWN]!r}"
    for line in _notes(grid):
        wrong = wrong or next((w for r, w, _ in _parsed(line, index) if r == "unreal"), "")
    return Said(wrong, unknown, frozenset(sources), frozenset(years))


def _titles(grid: Grid) -> list[str]:
    """Lines that stand over a table and are no prose; lines that are broken are whole again."""
    lines: list[str] = []
    found = rows_of(grid)
    above = grid.rows[: (found.head if found else None) or 0]
    pairs = [
        texts for row in above if len(texts := dict.fromkeys(c.words for c in row if c.words)) == 2
    ]
    for text in (*grid.context.split("\n"), *title_rows(grid), *(t for two in pairs for t in two)):
        capitals = text.isupper() and bool(lines) and lines[-1].isupper()
        broken = lines and (text[:1].islower() or (capitals and len(lines[-1]) > _FULL_LINE))
        if broken and text not in lines:
            lines[-1] += f" {text}"
        else:
            lines.append(text)
    return [line for line in dict.fromkeys(lines) if not _is_prose(line)]


def _is_prose(line: str) -> bool:
    """Whether a line is a sentence of an article, which speaks of many things."""
    n = len(line.split())
    return n > _MANY_WORDS or (n > _SENTENCE and line.rstrip(' "”').endswith((".", ";", "…")))


def _notes(grid: Grid) -> list[str]:
    """Notes below a table that speak of its figures as a whole."""
    last = ({c.words for c in row if c.words} for row in grid.rows[-8:])
    notes = (texts.pop() for texts in last if len(texts) == 1)
    return [t for t in notes if _OF_ALL.match(fold(t)) or t.startswith(("*", "("))]


def _parsed(line: str, index: str, *, sheet: bool = False) -> Iterator[tuple[str, str, str]]:
    """Phrases of a line with a role of their own, and what is not understood; and words before."""
    text = fold(line.replace("_", " "))
    known = _phrases(index, plain=text.isascii())
    for paper in _PAPER.findall(text):
        # what it is attached to needs no explaining, unless it is no more than a draft
        inside = _matched(_WORD.findall(paper), known, sheet=sheet)
        yield from (("unreal", said, "") for roles, said in inside if roles == {"unreal"})
    words = _WORD.findall(_PAPER.sub(" ", text))
    found = _matched(words, known, sheet=sheet)
    figures = any("figures" in roles for roles, _ in found)
    before, strange = "", list[str]()
    for roles, said in found:
        role = "" if not roles or (roles == {"office"} and figures) else _role(roles, index, text)
        if role:
            if strange:
                yield "", " ".join(strange), before
                strange = []
            if role != "word":
                yield role, said, before
            before = said
        else:
            strange.append(said)
    if strange:
        yield "", " ".join(strange), before


def _role(roles: frozenset[str], index: str, text: str) -> str:
    """The one role of a phrase where it stands."""
    if roles & {"unreal"} and "synthetic" in text:
        return "word"
    role = next((r for r in ("word", "figures", "caption", "office") if r in roles), min(roles))
    if role == "survey" and index != "PAR_INDEX":
        return "word"
    return "word" if role in ("figures", "caption", "office", "sheet") else role


def _matched(words: Sequence[str], known: Known, *, sheet: bool) -> list[Phrase]:
    """The words of a line as known phrases; as few as can be are left, without a role."""
    best: list[tuple[int, list[Phrase]]] = [(0, [])]
    for at in reversed(range(len(words))):
        alone = bool(_LETTER.fullmatch(words[at]) or (at == 0 and _NUMBER.fullmatch(words[at])))
        left, rest = best[0]
        found = [(left + (not alone), [(frozenset({"word"} if alone else ()), words[at]), *rest])]
        for phrase, roles in (*known.get(words[at], ()), *known.get("#", ())):
            roles = roles | {"word"} if sheet and "sheet" in roles else roles - {"sheet"}
            if roles and _fits(phrase, said := words[at : at + len(phrase)]):
                left, rest = best[len(phrase) - 1]
                found.append((left, [(roles, " ".join(said)), *rest]))
        # of two explanations as short, the one that says that something is wrong
        best.insert(0, min(found, key=lambda f: (f[0], len(f[1]), _n_plain(f[1]))))
    return best[0][1]


def _n_plain(found: Sequence[Phrase]) -> int:
    return sum("word" in roles for roles, _ in found)


def _fits(phrase: Sequence[str], words: Sequence[str]) -> bool:
    return len(phrase) == len(words) and all(
        p == w or (p == "#" and (_NUMBER.fullmatch(w) or re.fullmatch(r"[ivx]+", w)))
        for p, w in zip(phrase, words, strict=True)
    )


@cache
def _phrases(index: str, *, plain: bool) -> Known:
    """Known phrases by their first word, ``plain`` without Vietnamese marks."""
    found: dict[tuple[str, ...], frozenset[str]] = {}
    for role, phrase in _facts(index):
        forms = {phrase, unmarked(phrase)} if plain else {phrase}
        for form in forms:
            words = tuple(re.findall(r"[^\W\d_]+|[0-9]+|[%#]", form))
            if words:
                found[words] = found.get(words, frozenset()) | {role}
    by_first: Known = {}
    for words, roles in found.items():
        by_first.setdefault(words[0], []).append((words, roles))
    return by_first


def _facts(index: str) -> Iterable[tuple[str, str]]:
    """Roles and phrases: of titles, and names of units, indices and their parts."""
    for row in rows("titles"):
        for phrase in row["phrases"].split("|"):
            yield row["role"], phrase
            if row["role"] == "caption":
                yield "word", f"{phrase} #"
    names: list[str] = []
    for geography in ("63", "34"):
        for unit in provinces.units(geography):
            names += [unit.name_vi, unit.name_en, *provinces.spellings(unit)]
    for known in criteria.indices().values():
        names += [known.name_vi, known.name_en, known.short]
    parts = criteria.components()
    parts = parts[parts["index_id"].eq(index) & ~parts["code"].isin(SOURCES)]
    names += [str(n) for column in ("name_vi", "name_en") for n in parts[column] if n == n]
    names += [row[c] for row in rows("regions") for c in ("name_vi", "name_en")]
    for name in names:
        yield "word", fold(name)
