"""Long tables: a row per province and year, or per index, kind of unit or component.

Some columns of such a table say which of its rows are meant. What they say becomes the conditions
``where`` of ``release.toml``; a table of components in rows is read component by component.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from parstudy.errors import ReleaseError
from parstudy.facts import criteria, provinces
from parstudy.intake._guess._subject import index_of
from parstudy.releases import numbers
from parstudy.releases.formats.grid import Grid
from parstudy.releases.headings import lettered
from parstudy.releases.tables.roles import Named
from parstudy.releases.words import component_of, fold

_YEAR_CELL = re.compile(r"(?:năm )?((?:19|20)[0-9]{2})(?:\.0)?")
_YEAR_HEAD = re.compile(r"\b(?:năm|year|nam)\b")
_GEOGRAPHY = re.compile(r"(?<![0-9])(63|34)(?![0-9])")
_PART_HEAD = re.compile(
    r"chỉ số|chỉ tiêu|tiêu chí|lĩnh vực|\blv\b|nội dung|nguồn điểm|loại điểm|loại số liệu|trục"
    r"|thành phần|yếu tố|mã|\bma\b|code"
    r"|indicator|component|dimension|area|criteri|measure|variable|index|item|name|metric|part"
)
_NO_PART_HEAD = re.compile(
    r"url|source|nguồn(?! điểm)|ghi chú|note|region|vùng|khu vực|tên tắt|short"
)
_BARE_NAME = re.compile(
    r"(?:index|score|total|overall|rank|ranking|value|percent|pct|points|diem|hang|20[0-9]{2}|_)+"
)
_MOST_PARTS = 250


@dataclass(frozen=True)
class Part:
    """Rows of one meaning.

    Attributes
    ----------
    rows : tuple of int
        The rows, counted from 0.
    where : tuple of (int, tuple of str)
        Columns and the texts that stand in them in these rows, and in no other.
    said : tuple of str
        What the rows say of their component or measure.
    """

    rows: tuple[int, ...]
    where: tuple[tuple[int, tuple[str, ...]], ...]
    said: tuple[str, ...] = ()

    @property
    def columns(self) -> set[int]:
        """Columns that say which rows are meant, and hold no figures."""
        return {column for column, _ in self.where}

    def is_of(self, year: int) -> bool:
        """Whether a column says that these rows are of this year."""
        return any(
            _YEAR_CELL.fullmatch(fold(t)) and str(year) in t for _, s in self.where for t in s
        )


def years_in_rows(grid: Grid) -> list[int]:
    """Years of a column of years, if the table has one and its rows are of several."""
    for c in range(grid.width):
        body = [row[c].words for row in grid.rows[1:] if row[c].words]
        years = [int(m[1]) for t in body if (m := _YEAR_CELL.fullmatch(fold(t)))]
        # a title or two may stand above
        if len(years) >= 10 and len(years) >= len(body) - 8 and _heading(grid, c):
            return sorted(set(years))
    return []


def _heading(grid: Grid, column: int) -> bool:
    return any(_YEAR_HEAD.search(fold(lettered(row[column].text))) for row in grid.rows[:8])


def parts(
    grid: Grid,
    heads: dict[int, list[str]],
    unit: int,
    body: Sequence[int],
    index: str,
    year: int,
) -> list[Part]:
    """Cut a long table into parts with one row for each unit; nothing for any other table.

    Raises
    ------
    ReleaseError
        ``no_rows``, if its rows are of other years or indices only.
    """
    where: list[tuple[int, tuple[str, ...]]] = []
    rows = list(body)
    others = [c for c in range(grid.width) if c != unit and heads[c]]
    for choose in (_of_year, _of_index, _of_kind, _of_geography):
        for c in others:
            texts = [grid.cell(r, c).words for r in rows]
            units = [grid.cell(r, unit).words for r in rows]
            keep = choose(_Told(heads[c][-1], texts, units), index, year)
            # an empty cell says nothing that a row could be known by
            if keep is None or "" in keep:
                continue
            if not keep:
                shown = ", ".join(sorted(set(texts))[:8])
                raise ReleaseError(
                    "no_rows",
                    f"no row is of {index} {year}",
                    place=grid.column_place(c),
                    found=shown,
                    expected=f"{year}" if choose is _of_year else index,
                    advice="Say which year or index is meant: --year, --index",
                )
            where.append((c, tuple(dict.fromkeys(t for t in texts if t in keep))))
            rows = [r for r, t in zip(rows, texts, strict=True) if t in keep]
            break
    used = {c for c, _ in where}
    if not _doubled(grid, unit, rows, ()):
        cut = len(rows) < len(body)
        return [Part(tuple(rows), tuple(where))] if cut else []
    for chosen in _pivots(grid, heads, unit, rows, [c for c in others if c not in used]):
        groups: dict[tuple[str, ...], list[int]] = {}
        for r in rows:
            groups.setdefault(tuple(grid.cell(r, c).words for c in chosen), []).append(r)
        return [
            Part(
                tuple(own),
                (*where, *((c, (t,)) for c, t in zip(chosen, texts, strict=True))),
                texts,
            )
            for texts, own in groups.items()
            if all(texts)
        ]
    return []


@dataclass(frozen=True)
class _Told:
    """What a column says in the rows of some units, under its heading."""

    head: str
    texts: list[str]
    units: list[str]


def _of_year(told: _Told, index: str, year: int) -> set[str] | None:
    found = {t: m for t in set(told.texts) if (m := _YEAR_CELL.fullmatch(fold(t)))}
    if len(found) < len(set(told.texts)) or not _YEAR_HEAD.search(
        fold(told.head.replace("_", " "))
    ):
        return None
    return {t for t, m in found.items() if int(m[1]) == year}


def _of_index(told: _Told, index: str, year: int) -> set[str] | None:
    found = {t: index_of(fold(t.replace("_", " "))) for t in set(told.texts)}
    clear = len(found) <= 12 and all(found.values())
    if not clear or _NO_PART_HEAD.search(fold(told.head)):
        return None
    return {t for t, one in found.items() if one == index}


def _of_kind(told: _Told, index: str, year: int) -> set[str] | None:
    """Kinds of units: each has names of provinces only, or none at all."""
    if not 2 <= len(set(told.texts)) <= 6 or any(any(ch.isdigit() for ch in t) for t in told.texts):
        return None
    kinds: dict[str, set[bool]] = {}
    for unit, text in zip(told.units, told.texts, strict=True):
        kinds.setdefault(text, set()).add(provinces.is_unit(unit))
    if any(len(k) > 1 for k in kinds.values()) or {True} not in kinds.values():
        return None
    keep = {t for t, k in kinds.items() if k == {True}}
    return keep if len(keep) < len(kinds) else None


def _of_geography(told: _Told, index: str, year: int) -> set[str] | None:
    """Rows of the 63 provinces or of the 34 units, whichever were ranked in the year."""
    if not re.search(r"geo|địa giới|hệ thống", fold(told.head)):
        return None
    found = {t: m[1] for t in set(told.texts) if (m := _GEOGRAPHY.search(t))}
    if len(found) < len(set(told.texts)):
        return None
    return {t for t, n in found.items() if n == criteria.geography_of(year)}


def _pivots(
    grid: Grid,
    heads: dict[int, list[str]],
    unit: int,
    rows: Sequence[int],
    others: Sequence[int],
) -> list[tuple[int, ...]]:
    """One or two columns that say what a row is of, so that each unit has one row of each."""
    able = []
    for c in others:
        texts = [grid.cell(r, c).words for r in rows]
        counts = Counter(texts)
        head = fold(heads[c][-1].replace("_", " "))
        each = 1 if isinstance(grid, Named) else 2
        if not 2 <= len(counts) <= _MOST_PARTS or "" in counts or len(texts) < each * len(counts):
            continue
        worded = all(any(ch.isalpha() for ch in t) or component_of(t) for t in counts)
        if worded and _PART_HEAD.search(head) and not _NO_PART_HEAD.search(head):
            able.append(c)
    choices: list[tuple[int, ...]] = [(c,) for c in able]
    choices += [(a, b) for n, a in enumerate(able) for b in able[n + 1 :]]
    twice = {chosen: _doubled(grid, unit, rows, chosen) for chosen in choices}
    exact = [chosen for chosen, n in twice.items() if not n]
    # a row that stands twice is refused with its name and its component
    return exact or [chosen for chosen, n in twice.items() if 4 * n < len(rows)]


def _doubled(grid: Grid, unit: int, rows: Sequence[int], by: Sequence[int]) -> int:
    """Rows of a unit beyond its first, among those that say the same in some columns."""
    seen = [tuple(fold(grid.cell(r, c).text) for c in (unit, *by)) for r in rows]
    return len(seen) - len(set(seen))


@cache
def _codes(index: str) -> dict[str, str]:
    """Codes of an index; "sipas" and "survey" are words of headings and no codes."""
    known = criteria.components()
    own = known[known["index_id"].eq(index) & ~known["level"].isin(["total", "score_source"])]
    return {str(c).casefold(): str(c) for c in own["code"]}


def component_named(text: str, index: str) -> str:
    """Component of a cell that holds nothing but its code: ``1.1``, ``D1``, ``SC11``, ``entry``."""
    word = numbers.clean(text)
    coded = re.fullmatch(r"SC([1-8])([1-9])", word)
    if coded:
        return f"{coded[1]}.{coded[2]}"
    codes = _codes(index)
    found = codes.get(word.casefold(), "") or (component_of(word) if "." in word else "")
    return found or codes.get(_rest(word, index), "")


def part_numbered(number: str, index: str) -> str:
    """Component of an area or a dimension that is named by its number only."""
    codes = _codes(index)
    return codes.get(f"a{number}", "") or codes.get(f"d{number}", "")


def unknown_part(text: str, index: str) -> bool:
    """Whether a name such as ``papi_participation`` is of a part that is not known by it."""
    rest = _rest(text, index)
    return bool(rest) and not _BARE_NAME.fullmatch(rest)


def _rest(text: str, index: str) -> str:
    """What a name as programs write it says beside the index and the measure."""
    word = numbers.clean(text).casefold()
    if not re.fullmatch(r"[a-z0-9]+(?:_[a-z0-9]+)+", word):
        return ""
    prefixes = {index.casefold(), index.casefold().removesuffix("_index")}
    for prefix in sorted(prefixes, key=len, reverse=True):
        word = word.removeprefix(f"{prefix}_")
    return re.sub(
        r"^(?:pillar|rank|score|dim|sub)_|_(?:rank|score|pct|percent|20[0-9]{2})$", "", word
    )
