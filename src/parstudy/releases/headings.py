"""Facts of headings: which role they give a column or row, and which measure they say."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache

from parstudy.facts import rows
from parstudy.releases.words import apart, fold
from parstudy.text import unmarked

YEAR = re.compile(r"(?<![0-9/.,-])(20[0-4][0-9])(?!-?[0-9])")
_ROLES = ("number", "unit", "max", "code", "scoring", "department", "name", "note")
# a change without a word of a year may be a gap to anything
SHARE = re.compile(r"(?:%|tỷ lệ|tỉ lệ|phần trăm).*tối đa|% of (?:the )?maximum")
_ROMAN = re.compile(r"[IVX]+[.)]?")
_GLUED_YEAR = re.compile(r"(?<=[^\W\d_])(?=20[0-4][0-9](?![0-9]))")
# roles of phrases of titles by which figures are other ones
_SPEAKING_AGAINST = ("unreal", "other", "partly")
_OF_MINISTRIES = re.compile(r"(?:cchc|hành chính|index) (?:của )?(?:các )?bộ$")
_ENGLISH = {
    *("of", "the", "by", "and", "in", "from", "to", "change", "last", "year"),
    *("rank", "score", "points", "total"),
}
_DATED_CHANGE = re.compile(
    r"[-–−+±/, ()]+$|tăng|giảm|thay đổi|change|năm|year|20[0-9]{2}|kỳ trước|lần trước"
)


@cache
def known_headings() -> tuple[tuple[str, str, str, str, re.Pattern[str]], ...]:
    """Patterns of headings with what each says: role, index, component, measure."""
    return tuple(
        (row["role"], row["index_id"], row["component"], row["measure"], re.compile(row["pattern"]))
        for row in rows("headings")
        if row["role"] != "word"
    )


@cache
def _letters() -> dict[str, str]:
    """Phrases of headings and names of components by what is left of them without their marks."""
    texts = [re.sub(r"\\.|[^\w\s]", "|", row["pattern"]) for row in rows("headings")]
    texts += [row["name_vi"].casefold() for row in rows("criteria_components")]
    texts += ["chỉ tiêu|đơn vị tính|thành phần|yếu tố"]
    texts += [row["in_titles"].replace("\\b", "|") for row in rows("indices")]
    found: dict[str, str] = {}
    words = [w for text in texts for w in re.findall(r"[^\W\d_]+", text)]
    phrases = [" ".join(p.split()) for text in texts for p in re.split(r"[|,;()]", text)]
    for phrase in (*(w for w in words if w.isascii()), *phrases, *words):
        found.setdefault(unmarked(phrase), phrase)
    return found


@cache
def _against(*roles: str) -> dict[str, str]:
    """Phrases of titles of some roles, by what is left of them without their marks."""
    told = (row["phrases"].split("|") for row in rows("titles") if row["role"] in roles)
    return {unmarked(p): p for phrases in told for p in phrases if " " in p}


@lru_cache(maxsize=4096)
def said_against(text: str, index: str, component: str) -> str:
    """Words of a folded heading that are known one by one, and together say other figures."""
    names = " ".join(
        row["pattern"]
        for row in rows("headings")
        if (row["role"], row["index_id"], row["component"]) == ("component", index, component)
    )
    if _OF_MINISTRIES.search(text):
        return "bộ"
    found = (p for p in _against(*_SPEAKING_AGAINST).values() if not p.endswith("tối đa"))
    told = (p for p in found if re.search(rf"\b{re.escape(p)}\b", text))
    return next((p for p in told if p not in names), "")


@lru_cache(maxsize=4096)
def lettered(text: str) -> str:
    """A heading in words with their Vietnamese letters: "XEP HANG", "ChiSoCCHC2022".

    The longest known phrases are taken first, those of other figures before all that overlap them.
    A text that has such letters, an English one, or one with a word that is not known, stays as it
    is, but for words that were written together.

    >>> lettered("DIEM_THAM_DINH"), lettered("diem_so_bo"), lettered("changeOfRank")
    ('điểm thẩm định', 'điểm sơ bộ', 'change Of Rank')
    """
    text = _GLUED_YEAR.sub(" ", apart(text))
    if not text.isascii() or _ROMAN.fullmatch(text):
        return text
    against = _against(*_SPEAKING_AGAINST, "claimed", "office")
    known, said, at = against | _letters(), list[str](), 0
    words = re.findall(r"[a-z]+|[^a-z]+", text.casefold().replace("_", " "))
    spans = [(a, b) for a in range(len(words)) for b in range(a + 3, min(len(words), a + 15) + 1)]
    spans = [(a, b) for a, b in spans if "".join(words[a:b]) in against]
    while at < len(words):
        ends = range(min(len(words), at + 15), at, -1) if words[at].isalpha() else ()
        whole = (e for e in ends if not any(at < a < e < b for a, b in spans))
        end = next((e for e in whole if "".join(words[at:e]) in known), None)
        if end is None and words[at].isalpha():
            return text
        said.append(words[at] if end is None else known["".join(words[at:end])])
        if said[-1] in _ENGLISH:
            return text
        at = end or at + 1
    made = "".join(said)
    return text if made.isascii() else made


@lru_cache(maxsize=4096)
def measure_in(text: str) -> str:
    """Measure that a heading says, or nothing."""
    text = text.replace("_", " ")
    found = next(
        (m for role, _, _, m, p in known_headings() if role == "measure" and p.search(text)), ""
    )
    if found == "change_score" and not _DATED_CHANGE.search(text):
        # "% so với điểm tối đa" is a share, and "so với" alone nothing
        return "percent" if SHARE.search(text) else ""
    return found


@lru_cache(maxsize=4096)
def is_plain(text: str) -> bool:
    """Whether a heading says no more than that figures stand below: "score", "result"."""
    text = text.replace("_", " ")
    return any(role == "plain" and p.search(text) for role, _, _, _, p in known_headings())


def is_bare(text: str) -> bool:
    """Whether a heading names no component of its own: "score", "rank in 2021", "result"."""
    return is_plain(text) or bool(measure_in(text))


@lru_cache(maxsize=4096)
def role_of(text: str, but: tuple[str, ...] = ()) -> str:
    """Role that a heading gives its column or row: ``number``, ``unit``, ``max``, ..."""
    text = fold(lettered(text).replace("_", " "))
    for role, _, _, _, pattern in known_headings():
        if role in _ROLES and role not in but and pattern.search(text):
            return role
    return ""


def has_role(heads: Sequence[str], role: str) -> bool:
    """Whether any heading of a column gives it a role."""
    patterns = [p for r, _, _, _, p in known_headings() if r == role]
    texts = [fold(lettered(h).replace("_", " ")) for h in heads]
    return any(p.search(text) for text in texts for p in patterns)
