"""Phrases of titles and notes that are known, and what a line leaves that is not.

The words that titles of results have, and those by which a title or a note says that figures are
something else, are facts (``facts/titles.csv``). A line is cut into them so that as few of its
words as can be are left.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

from parstudy.facts import criteria, provinces, rows
from parstudy.intake._guess._headings import SOURCES
from parstudy.releases.words import fold
from parstudy.text import unmarked

# numbers of papers, dates, addresses, and the paper that a table is attached to
_PAPER = re.compile(
    r"\(?(?:ban hành )?\bkèm theo (?=quyết|báo|công|tờ|kế|thông|nghị|văn|hướng|qđ|[0-9])[^()\n]*\)?"
    r"|\(?\b(?:ban hành|công bố) theo (?=quyết định|qđ)[^()\n]*\)?"
    r"|\b(?:trích )?q[đd](?: số)?\s+[0-9]+\S*"
    r"|\((?:theo )?nguồn\b[^()\n]*\)|^(?:# ?)?(?:nguồn|source)\s*:[^()\n]*?(?:\.(?![a-z0-9])|$)"
    r"|\(trong ngoặc\b[^()\n]*\)|\b[0-9]{1,2}(?:h|:)[0-9]{0,2}\b|\(?\battached to\b[^()\n]*\)?"
    r"|(?:\b[0-9]+|…|\.{3})[-/][a-zđ0-9]+(?:[-/][a-zđ]+)*\b"
    r"|\b[0-9]{1,2}\s*(?:[/.-]|tháng)\s*[0-9]{1,2}(?![0-9])(?:\s*(?:[/.-]|năm)\s*20[0-9]{2})?"
    r"|(?<![0-9.,])20[0-4][0-9](?:-[0-9]{2}-[0-9]{2})?(?![0-9])|\b[\w-]+(?:\.[\w-]+)*\.(?:vn|com|net|org)\b\S*"
)
_WORD = re.compile(r"[^\W\d_]+|[0-9]+(?:[.,][0-9]+)?|%")
_BASE = re.compile(r"(?<![\w%])= ?100\b(?! ?(?:điểm|%))")
_LETTER = re.compile(r"[^\W\d]|[ivx]+")
_NUMBER = re.compile(r"[0-9][0-9.,]*")
# phrases of notes that say the figures are not whole
_PARTLY = "partly"

_TASKED = ("chủ trì", "phụ trách", "thực hiện", "tham mưu", "theo dõi")

Phrase = tuple[frozenset[str], str]
Known = dict[str, list[tuple[tuple[str, ...], frozenset[str]]]]


def parsed(line: str, index: str, *, sheet: bool = False) -> Iterator[tuple[str, str, str]]:
    """Phrases of a line with a role of their own, and what is not understood; and words before."""
    text = fold(line.replace("_", " "))
    known = _phrases(index, plain=text.isascii())
    for paper in _PAPER.findall(text):
        # what it is attached to needs no explaining, unless it is no more than a draft
        inside = _matched(_WORD.findall(paper), known, sheet=sheet)
        yield from (("unreal", said, "") for roles, said in inside if roles == {"unreal"})
    # a unit as the measure of all: "Hà Nội = 100"
    yield from (("other", said, "") for said in _BASE.findall(text))
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
    if "satisfied" in roles:
        return "word" if index == "SIPAS" else "other"
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
        for phrase in row["phrases"].split("|") if row["role"] != _PARTLY else ():
            yield row["role"], phrase
            if row["role"] == "caption":
                yield "word", f"{phrase} #"
    # a table of criteria may say which office has to do what; of an office alone it is not said
    for row in rows("departments"):
        for name in filter(None, (row["name_vi"], *row["also"].split("|"))):
            yield from (("sheet", f"{fold(name)} {tasked}") for tasked in _TASKED)
    names: list[str] = []
    for geography in ("63", "34"):
        for unit in provinces.units(geography):
            names += [unit.name_vi, unit.name_en, *provinces.spellings(unit)]
    for known in criteria.indices().values():
        names += [known.name_vi, known.name_en, known.short]
        yield from (
            ("figures", fold(name)) for name in (known.name_vi, known.name_en, known.short) if name
        )
    parts = criteria.components()
    parts = parts[parts["index_id"].eq(index) & ~parts["code"].isin(SOURCES)]
    names += [str(n) for column in ("name_vi", "name_en") for n in parts[column] if n == n]
    names += [row[c] for row in rows("regions") for c in ("name_vi", "name_en")]
    names += [row["spelling"] for row in rows("spellings") if row["kind"] == "region"]
    for name in names:
        yield "word", fold(name)


@cache
def _partly(*, plain: bool) -> re.Pattern[str]:
    said = (row["phrases"].split("|") for row in rows("titles") if row["role"] == _PARTLY)
    phrases = [unmarked(p) if plain else p for phrases in said for p in phrases]
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, phrases))})\b")


def said_partly(text: str) -> str:
    """Words of a folded note by which figures are not whole, or not final; or nothing."""
    match = _partly(plain=text.isascii()).search(text)
    return match[0] if match else ""
