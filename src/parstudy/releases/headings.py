"""Facts of headings: which role they give a column or row, and which measure they say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache

from parstudy.facts import rows
from parstudy.releases.words import fold

YEAR = re.compile(r"(?<![0-9/.,-])(20[0-4][0-9])(?!-?[0-9])")
_ROLES = ("number", "unit", "max", "code", "scoring", "department", "name", "note")
# a change without a word of a year may be a gap to anything
_SHARE = re.compile(r"(?:%|tỷ lệ|tỉ lệ|phần trăm).*tối đa|% of (?:the )?maximum")
_DATED_CHANGE = re.compile(r"tăng|giảm|thay đổi|change|năm|year|20[0-9]{2}|kỳ trước|lần trước")


@cache
def known_headings() -> tuple[tuple[str, str, str, str, re.Pattern[str]], ...]:
    """Patterns of headings with what each says: role, index, component, measure."""
    return tuple(
        (row["role"], row["index_id"], row["component"], row["measure"], re.compile(row["pattern"]))
        for row in rows("headings")
        if row["role"] != "word"
    )


def measure_in(text: str) -> str:
    """Measure that a heading says, or nothing."""
    found = next(
        (m for role, _, _, m, p in known_headings() if role == "measure" and p.search(text)), ""
    )
    if found == "change_score" and not _DATED_CHANGE.search(text):
        # "% so với điểm tối đa" is a share, and "so với" alone nothing
        return "percent" if _SHARE.search(text) else ""
    return found


def is_plain(text: str) -> bool:
    """Whether a heading says no more than that figures stand below: "score", "result"."""
    return any(role == "plain" and p.search(text) for role, _, _, _, p in known_headings())


def is_bare(text: str) -> bool:
    """Whether a heading names no component of its own: "score", "rank in 2021", "result"."""
    return is_plain(text) or bool(measure_in(text))


def role_of(text: str, but: Iterable[str] = ()) -> str:
    """Role that a heading gives its column or row: ``number``, ``unit``, ``max``, ..."""
    for role, _, _, _, pattern in known_headings():
        if role in _ROLES and role not in but and pattern.search(text):
            return role
    return ""


def has_role(heads: Sequence[str], role: str) -> bool:
    """Whether any heading of a column gives it a role."""
    patterns = [p for r, _, _, _, p in known_headings() if r == role]
    return any(p.search(fold(h)) for h in heads for p in patterns)
