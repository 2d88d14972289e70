"""What a heading means: component, measure, year, or the role of a column."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from parstudy.facts import criteria, rows
from parstudy.intake._guess import _long
from parstudy.intake._guess._subject import INDICES
from parstudy.releases import numbers
from parstudy.releases.headings import (
    SHARE,
    YEAR,
    is_bare,
    is_plain,
    known_headings,
    measure_in,
    role_of,
    said_against,
)
from parstudy.releases.words import component_of, family, fold, roman

if TYPE_CHECKING:
    import pandas as pd

# "1.2", "TC 1.2", "1.2. Chế độ báo cáo"
_CODED = re.compile(
    r"(?:(?:tiêu chí(?: thành phần)?|tctp|tc|mục|(?:sub-?)?criteri(?:on|a))\s*)?"
    r"([1-9][0-9]?(?:\.[1-9][0-9]?){1,3})\.?(?:[\s:)–-]+[^\W\d].*)?"
)
# an area of PAR INDEX has less than twenty points; what is beyond is a percentage
MOST_AREA_POINTS = 20.0
_MOST_PERCENT = 100.0
_MOST_UNITS = 63
# "Chỉ số 1: Tham gia của người dân"
_DIMENSION = re.compile(
    r"^(?:chỉ số|nội dung|trục nội dung|trục|dimension)[^:.–-]{0,12}(\d)\s*[:.–-]\s*"
)
# "4. Kết quả dịch vụ"
_ITEM = re.compile(r"^[0-9]{1,2}[.)]\s*(?=[^\W\d])")
PART_NUMBER = re.compile(
    r"(?:lĩnh vực|chỉ số thành phần|(?:chỉ số |trục )?nội dung|dimension|lv|cstp|\ba(?=[1-8]))"
    r"\s*(?:số\s*)?([1-9]|[ivx]{1,4})\b"
)
# "(tối đa 9,5 điểm)", "(10 điểm)", "(61,5)", "/điểm tối đa" behind what a column holds; also
# "Điểm tối đa: 9,5" below it
_MAXIMUM = re.compile(
    r"(?:(?P<open>[(\[])\s*|^(?=(?:điểm )?tối đa\b|max))"
    r"(?:(?:điểm )?tối đa|thang điểm|điểm chuẩn|max(?:imum)?|/)?:?\s*"
    r"(?P<most>[0-9]{1,3}(?:[.,][0-9]{1,2})?)\s*(?:điểm|đ|points?|pts)?(?: tối đa)?\s*"
    r"(?(open)[)\]]\s*)$"
    r"|\s*/\s*(?:điểm )?tối đa$"
)
_MARK = re.compile(r"\s*(?:\[[0-9a-z⁰¹²³⁴-⁹*]{1,3}\]|[⁰¹²³⁴-⁹⁽⁾]+|\(?\*{1,3}\)?)+$")
# what a pivot table writes before a heading; each province has one row
_SUMMED = re.compile(r"^(?:sum|average|max|min) of (?=\S)")
_THIS_YEAR = re.compile(r"\bnăm (?:nay|này)\b")
_LAST_YEAR = re.compile(r"\bnăm (?:trước|ngoái)\b")
_COMPARED = re.compile(r"so với|tăng|giảm|chênh|thay đổi|hơn")
# who was asked; a share of theirs is no index as long as nothing says what they are asked
_SOME_ASKED = re.compile(r"người dân|tổ chức|doanh nghiệp|\bnam\b|\bnữ\b|citizens|enterprises")
_OF_WHICH = re.compile(r"\b(?:trong đó|bao gồm|of which|sau (?:khi )?(?:giải trình|phúc tra))\b:?")
# the appraisal that holds the points of the economy: "Điểm thẩm định (gồm tác động KT-XH)"
_WITH_ECONOMY = re.compile(
    r"(?<=thẩm định)\s*\((?:đã |bao )?gồm (?:cả )?(?:điểm )?tác động[^()]*\)"
)
_ABOUT_ALL = re.compile(r"hài lòng|sipas|chỉ số|mức độ|phục vụ|chung|satisf|index")
_OUT_OF = re.compile(r"so với|đạt|/ ?(?:điểm )?tối đa")
_REACHED = re.compile(r"(?:số )?(?:điểm )?đạt(?: được)?(?: (?:năm )?20[0-9]{2})?")
ONLY_YEAR = re.compile(r"(?:(?:năm|year)\s*)?(?:20[0-4][0-9])")
# a wider heading and a narrower one that both fit: the narrower one is meant
_NARROWER: dict[tuple[str, str], str] = {
    ("survey_leaders", "survey"): "survey_leaders",
    ("sipas", "survey"): "sipas",
    ("A8", "socioeconomic"): "A8",
    ("access", "service"): "access",
    ("results", "service"): "results",
    ("results", "procedures"): "results",
    ("staff", "procedures"): "staff",
    ("staff", "service"): "staff",
    ("feedback", "procedures"): "feedback",
    ("feedback", "service"): "feedback",
}
# "Số văn bản QPPL", "Tỷ lệ TTHC đúng hạn": a count or a rate, which no points are
_NO_COUNT = re.compile(
    r"(?:chỉ|tổng|điểm|chuyển đổi|quyền|phủ|cq|kỹ thuật|công nghệ|lĩnh vực|thành phần|nội dung) số"
    r"|số (?:điểm|thứ tự|tt\b|hóa)|điện tử[^\w]{1,4}số"
)
_COUNT = re.compile(r"\bsố\b|^(?:tỷ|tỉ) lệ (?=[^\W\d])(?!đạt|điểm|phần trăm)")
# a heading that names the index means the whole of it, whatever the title of the table
NAMES_INDEX = re.compile("|".join(known.in_headings for known in criteria.indices().values()))


_OWN_SHEET = (
    ("own_sheet", "score"),
    ("appraisal", "self_assessed"),
    ("survey", "percent"),
)
SOURCES = ("appraisal", "survey", "survey_leaders", "sipas", "socioeconomic")


def explained_by_sheet(heads: Sequence[str], index: str) -> list[str]:
    """Words of a heading of a province's own sheet that do not say who scored, or when."""
    known = set().union(*(_explained(index, c, m) for c, m in _OWN_SHEET))
    return [w for h in heads for w in _words(h) if w not in known]


@dataclass
class Meaning:
    """What a column holds: component, measure, another year than the release's; and why."""

    component: str = ""
    measure: str = ""
    year: int | None = None
    why: list[str] = field(default_factory=list)


def _words(text: str) -> list[str]:
    """Words and numbers of a heading, without years, formulas of columns and numbers of parts."""
    body = YEAR.sub(" ", _MARK.sub("", fold(text)).replace("_", " "))
    body = _SUMMED.sub("", _OF_WHICH.sub(" ", _WITH_ECONOMY.sub(" ", body)))
    body = PART_NUMBER.sub(" ", _DIMENSION.sub(" ", _MAXIMUM.sub(" ", body)))
    return re.findall(r"[^\W\d]+|\d+", re.sub(r"\(\d+\)(?:\s?[=+]\s?\(\d+\))*", " ", body))


@cache
def _explained(index: str, component: str, measure: str) -> frozenset[str]:
    """Words that a heading of a component and measure may have and mean nothing else by."""
    found: set[str] = set()
    for row in rows("headings"):
        if row["role"] in ("word", "component", "total") and (
            row["index_id"] in ("", index)
            and row["component"] in ("", component)
            and row["measure"] in ("", measure)
        ):
            found |= set(_words(re.sub(r"\\b", " ", row["pattern"])))
    known = criteria.components()
    known = known[known["index_id"].eq(index) & known["code"].eq(component)]
    for name in (*known["name_vi"], *known["name_en"]):
        found |= set(_words(str(name)))
    return frozenset(found)


def unexplained(heads: Sequence[str], index: str, component: str, measure: str) -> list[str]:
    """Words of headings that neither the component nor the measure nor the year explains.

    What a column holds is known only where each word has its place: "Điểm trừ" is no score, and
    "Hạng trong vùng" no rank. The name of a criterion behind its code explains itself.
    """
    if any(_code_at(fold(h)) for h in heads) or _code_at(" ".join(map(fold, heads))):
        return []
    if heads and _long.component_named(heads[-1], index):
        return []
    known = _explained(index, component, measure)
    bodies = [_without_number(h, component) for h in heads]
    counts: list[str] = []
    if index == "PAR_INDEX" and family(component)[1] == "area":
        plain = [_NO_COUNT.sub(" ", fold(h.replace("_", " "))) for h in bodies]
        # "Chính quyền / số" is broken over two lines
        whole = _NO_COUNT.sub(" ", fold(" ".join(bodies)))
        found = (m[0] for h in plain if not is_plain(h) and (m := _COUNT.search(h)))
        counts = [said.strip() for said in found if said in whole]
    strange = counts + [w for h in bodies for w in _words(h) if w not in known]
    if strange or measure.startswith("change_"):
        return strange
    against = said_against(fold(" ".join(bodies)), index, component)
    return [against] if against else []


def _without_number(text: str, component: str) -> str:
    """A heading without the number before it, unless it is another area's: "III. Cải cách ..."."""
    match = re.match(r"(?:([1-9])|([ivx]+))[.)]\s*(?=[^\W\d])", fold(text))
    if match is None:
        return text
    number = int(match[1]) if match[1] else roman(match[2].upper())
    own = family(component)[1] != "area" or component == f"A{number}"
    return fold(text)[match.end() :] if own else text


@cache
def _named_components(index: str) -> tuple[tuple[str, str], ...]:
    """Names of the parts of an index and their codes, where no pattern tells them."""
    if any(r == "component" and i == index for r, i, *_ in known_headings()):
        return ()
    known = criteria.components()
    known = known[known["index_id"].eq(index) & ~known["level"].eq("total")]
    return tuple(sorted(_names(known), key=lambda f: (-len(f[0]), f)))


def _measure_beside(text: str, index: str) -> str:
    """Measure that a heading says beside a part's name: "Giảm thiểu ô nhiễm" is no change."""
    found = measure_in(text)
    name = next((n for n, _ in _named_components(index) if n in text), "")
    return measure_in(text.replace(name, " ")) if name and found.startswith("change_") else found


def _names(components: pd.DataFrame) -> set[tuple[str, str]]:
    """Folded names of components with their codes."""
    return {
        (fold(str(name)), str(row["code"]))
        for row in components.to_dict("records")
        for name in (row["name_vi"], row["name_en"])
        if name and name == name
    }


def coded_measure(index: str, cells: Iterable[str]) -> str:
    """Percent or points, for figures under codes: no sub-criterion has twenty points."""
    values = sorted(v for v in map(number_in, cells) if v is not None)
    middle = values[len(values) // 2] if values else 0.0
    return "percent" if index == "PAR_INDEX" and middle > MOST_AREA_POINTS else "score"


def _named_index(name: str, index: str) -> bool:
    """Whether a name begins with an index, as ``papi_participation`` does."""
    return fold(name).startswith((f"{index.casefold()}_", f"{index.casefold().split('_')[0]}_"))


@cache
def parts_of(index: str, year: int) -> tuple[tuple[str, str], ...]:
    """Names and codes of the areas of an index, or of its parts where it has no areas."""
    known = criteria.components()
    known = known[known["index_id"].eq(index)]
    level = next((n for n in ("area", "part") if known["level"].eq(n).any()), "area")
    own = known[known["criteria_set"].eq(criteria.criteria_set_of(index, year))]
    codes = set(own.loc[own["level"].eq(level), "code"])
    known = known[known["code"].isin(codes)] if codes else known
    return tuple(sorted(_names(known[known["level"].eq(level)])))


@cache
def parent_of(index: str, year: int, component: str) -> str:
    """Parent of a component in the criteria set of a year, where it is known."""
    known = criteria.components()
    own = known[known["criteria_set"].eq(criteria.criteria_set_of(index, year))]
    parents = own.loc[own["code"].eq(component), "parent"]
    return str(parents.iloc[0]) if len(parents) and parents.iloc[0] else ""


def meaning_of_column(
    heads: Sequence[str],
    words: Sequence[str],
    cells: Sequence[str],
    index: str,
    year: int,
    *,
    wide: bool,
) -> Meaning:
    """What a column holds by its headings, or by the words that its rows say of themselves."""
    leaf = heads[-1] if heads else ""
    codes = [c for w in (words or [leaf]) if (c := _long.component_named(w, index))]
    if not codes and not words and _long.unknown_part(leaf, index) and _named_index(leaf, index):
        return Meaning()
    if len(codes) != 1:
        return meaning_of_headings([*words, *heads], cells, index, year, wide=wide and not words)
    measured = [m for t in [*words, leaf] if (m := measure_in(fold(t.replace("_", " "))))]
    kind = measured[-1] if measured else coded_measure(index, cells)
    found = Meaning(codes[0], kind)
    if kind == "score" and index == "SIPAS":
        found.measure = "percent"
    return found


def are_ranks(cells: Sequence[str], title: str) -> bool:
    """Whether figures are ranks, under headings that say no measure.

    Whole numbers that count places: each is one more than the number of smaller ones. Where
    units are left out they cannot, and the title has to say so.
    """
    values = [number_in(t) for t in cells]
    if any(v is None or v != int(v) or v < 1 for v in values) or len(values) < 3:
        return False
    numbers = [int(v) for v in values if v is not None]
    if all(1 + sum(o < n for o in numbers) == n for n in numbers) and len(set(numbers)) > 2:
        return True
    return measure_in(fold(title)) == "rank" and max(numbers) <= _MOST_UNITS


def in_places(heads: Sequence[str], filled: Sequence[str], measures: Sequence[str]) -> bool:
    """Whether a bare "up or down" beside a rank counts places: whole numbers, no word of points."""
    said = fold(" ".join([*heads, *filled]))
    if re.search(r"điểm|%|phần trăm|score|point", said):
        return False
    if re.search(r"\b(?:bậc|hạng|places?)\b", said):
        return True
    # "↓5", "→"
    whole = all(re.fullmatch(r"[^\w.,%]*\d*", t) for t in filled)
    return whole and "rank" in measures


def meaning_of_headings(
    heads: Sequence[str], cells: Sequence[str], index: str, year: int, *, wide: bool = False
) -> Meaning:
    """What a column holds by its headings, from the widest to the one right above the figures.

    The lowest heading decides. One that only says "score", "rank" or a year takes its component
    from those above it; one that says something not understood takes nothing from a heading that
    spans other columns as well (``wide``).
    """
    found = Meaning()
    folded = [f for h in heads if (f := without_maximum(fold(h.replace("_", " "))))]
    if not folded:
        return found
    if any(map(_code_at, folded)):
        return _meaning_of_code(folded, cells, index, year, wide=wide)
    # a heading broken over lines is whole again when the lines are put together
    leaf = folded[-1] if wide else " ".join(folded)
    known = component_in(leaf, index) or _named_in_set(leaf, index, year)
    some = index == "SIPAS" and _SOME_ASKED.search(leaf) and not _ABOUT_ALL.search(leaf)
    if some and (known is None or known[0] in ("", "total")):
        found.why.append("of some who were asked")
        return found
    above_it = next((a for f in folded[:-1] if (a := _area_in(f, index))), "")
    if above_it and known is not None and (wide or known[0] in ("total", *SOURCES)):
        # the impact of the reform is an area, and the group of what is asked and counted
        of_part = ("appraisal", "survey") if above_it == "A8" else SOURCES
        if known[0] in of_part:
            found.why.append(f"a part of {above_it}, which is not kept")
            return found
        if known[0] == "total":
            known = above_it, ""
    elif known is not None and known[0] == "total" and _REACHED.fullmatch(folded[-1]):
        # "Điểm đạt được" in the row, or under the heading, of one source of points
        named = [one[0] for f in folded[:-1] if (one := component_in(f, index))]
        known = next(((c, "") for c in named if c in SOURCES), known)
    found.measure = _measure_beside(folded[-1], index) or _measure_beside(leaf, index)
    above = found.measure or is_plain(folded[-1])
    if known is None and above:
        for part in reversed(folded[:-1]):
            known = known or component_in(part, index)
            found.measure = found.measure or measure_in(part)
    if known is None:
        whole = not wide and any(
            p.fullmatch(leaf) for r, *_, p in known_headings() if r in ("plain", "measure")
        )
        if not above or not (whole or all(map(is_bare, folded))):
            found.measure = ""
            return found
        share = re.search(r"chỉ số|giá trị|index|value", " ".join(folded))
        # a bare rate may be one of anything, but for that of the maximum
        rate = re.search(r"tỷ lệ|tỉ lệ|rate", " ".join(folded)) and not SHARE.search(folded[-1])
        if found.measure == "percent" and rate:
            return Meaning()
        known = ("total", "percent" if share and index == "PAR_INDEX" else "")
    if not known[0]:
        return found
    found.component, measure = known
    if not found.measure:
        for part in reversed(folded[:-1]):
            found.measure = found.measure or measure_in(part)
    found.measure = found.measure or measure
    _year_said(found, folded, year)
    _percent_or_points(found, cells, index, folded[-1])
    values = [v for v in map(number_in, cells) if v is not None]
    if index == "SIPAS" and found.measure == "percent" and 1 < max(values, default=0) <= 15:
        # satisfaction as points of the reform index; shares of one are a finding of the checks
        return Meaning()
    # the satisfaction index itself is another index
    points = found.measure == "score" and max(values, default=0) <= 15
    if index == "PAR_INDEX" and found.component == "sipas" and not points:
        return Meaning()
    return found


def _meaning_of_code(
    folded: Sequence[str], cells: Sequence[str], index: str, year: int, *, wide: bool
) -> Meaning:
    """What a column under a code holds: "1.2. Tỷ lệ hồ sơ của năm 2022" has a name, no measure."""
    found = Meaning()
    coded = max(n for n, f in enumerate(folded) if _code_at(f))
    below = folded[coded + 1 :]
    if not all(is_bare(f) for f in below):
        # the rest of a name that is broken over lines
        if wide or any(map(measure_in, below)) or not _code_at(" ".join(folded[coded:])):
            return found
        below = []
    found.component = _code_at(folded[coded])
    found.measure = next((m for f in reversed(below) if (m := measure_in(f))), "")
    _year_said(found, below, year)
    _percent_or_points(found, cells, index)
    return found


def _named_in_set(text: str, index: str, year: int) -> tuple[str, str] | None:
    """Part whose name in the year's set a heading is, or the beginning of it."""
    if index != "PAR_INDEX" or len(text) < 12:
        return None
    named = {c for name, c in parts_of(index, year) if name.startswith(text)}
    return (named.pop(), "") if len(named) == 1 else None


def _area_in(text: str, index: str) -> str:
    """Area or part of an index that a heading over several columns names; no source of points."""
    known = component_in(re.sub(r"^(?:lĩnh vực|chỉ số thành phần)\s+", "", text), index)
    return known[0] if known and known[0] not in ("", "total", *SOURCES) else ""


def _year_said(found: Meaning, folded: Sequence[str], year: int) -> None:
    """Another year that the headings name, the lowest first; a change is of two years."""
    years = [
        sorted({int(y) for y in YEAR.findall(part)})
        for part in [*reversed(folded), " ".join(folded)]
    ]
    said = next((y for y in years if y), [])
    if len(said) == 1 and said[0] != year and not found.measure.startswith("change"):
        found.year = said[0]


def _percent_or_points(found: Meaning, cells: Sequence[str], index: str, leaf: str = "") -> None:
    """Say which of both figures are that a heading calls percent, or nothing: by their size."""
    if found.measure not in ("", "percent"):
        return
    told = bool(found.measure) and found.component != "total"
    found.measure = found.measure or "score"
    points = bool(re.search(r"điểm|points?\b", leaf))
    if any("%" in t for t in cells) or index == "SIPAS" or told:
        found.measure = "percent"
        return
    levels = ("area", "criterion", "subcriterion")
    if found.measure != "score" or family(found.component)[1] not in levels:
        return
    values = [v for v in map(number_in, cells) if v is not None]
    if index == "PAR_INDEX" and points and max(values, default=0.0) > MOST_AREA_POINTS:
        found.component = ""
        found.why.append(f"points above {MOST_AREA_POINTS:g}, more than an area has")
        return
    beyond = sum(v > MOST_AREA_POINTS for v in values)
    if index == "PAR_INDEX" and values and min(values) > _MOST_PERCENT:
        found.component = ""
        found.why.append(f"above {_MOST_PERCENT:g}, more than a percentage")
    elif index == "PAR_INDEX" and values and beyond >= 0.8 * len(values):
        found.measure = "percent"
        found.why.append(f"above {MOST_AREA_POINTS:g}, more than an area's points")


def _code_at(text: str) -> str:
    """Component whose code a heading is or begins with."""
    match = _CODED.fullmatch(text)
    return component_of(match[1]) if match else ""


def component_in(text: str, index: str) -> tuple[str, str] | None:
    """Component and measure that a heading names; ``("", "")`` if it names more than one."""
    code = _code_at(text)
    if code:
        return code, ""
    text = _ITEM.sub("", text) if index == "SIPAS" else _WITH_ECONOMY.sub(" ", text)
    found = [
        component
        for role, of, component, _, pattern in known_headings()
        if role == "component" and of == index and pattern.search(text)
    ]
    named = [c for name, c in _named_components(index) if name in text]
    # a name may be printed short: "Proactivity"
    numbered = _DIMENSION.match(text)
    short = text[numbered.end() :] if numbered else text
    begun = [c for name, c in _named_components(index) if len(short) > 4 and name.startswith(short)]
    if numbered:
        begun = [c for c in begun if c == f"D{numbered[1]}"]
    # the beginning of two names says neither
    named += begun if len(set(begun)) == 1 else []
    found += named[:1]
    found = list(dict.fromkeys(found))
    for pair, narrower in _NARROWER.items():
        if set(pair) <= set(found):
            found = [c for c in found if c not in pair or c == narrower]
    by_number = {_long.part_numbered(n, index) for n in numbers_of_parts(text)} - {""}
    # "Lĩnh vực 3" has a name or none; another name than its own says neither
    found = list(dict.fromkeys([*found, *sorted(by_number)]))
    if found:
        return (found[0] if len(found) == 1 else ""), ""
    for role, of, component, measure, pattern in known_headings():
        if role == "total" and of in ("", index) and pattern.search(text):
            return component, measure
    # what is named is another index
    if any(code != index and re.search(pattern, text) for code, pattern in INDICES):
        return "", ""
    return None


def numbers_of_parts(text: str) -> list[str]:
    """Numbers of areas or dimensions that a folded text names: "lĩnh vực ii" is 2."""
    found = PART_NUMBER.findall(text)
    return [n if n.isdigit() else str(roman(n.upper())) for n in found]


def dated(heading: str, year: int) -> str:
    """A heading with this year and the last one by their numbers.

    >>> dated("Xếp hạng năm trước", 2022), dated("Xếp hạng", 2022)
    ('xếp hạng năm 2021', 'Xếp hạng')
    """
    text = heading
    if _COMPARED.search(fold(text)) or "năm" not in fold(text):
        return text
    for pattern, number in ((_THIS_YEAR, year), (_LAST_YEAR, year - 1)):
        if pattern.search(fold(text)):
            text = pattern.sub(f"năm {number}", fold(text))
    return text


def without_maximum(text: str) -> str:
    """A heading without the maximum in brackets behind it, and without a footnote mark."""
    return _MAXIMUM.sub("", _MARK.sub("", _SUMMED.sub("", text))).strip()


def maximum_in(text: str) -> float | None:
    """Maximum that a heading prints in brackets; a whole number alone may number the column."""
    match = _MAXIMUM.search(fold(text))
    if match is None or not match["most"] or re.fullmatch(r"\(\d{1,2}\)", match[0].strip()):
        return None
    return number_in(match["most"])


def is_maximum(heading: str) -> bool:
    """Whether a heading is that of a maximum, and not of a share of it or of points out of it."""
    text = fold(heading)
    return role_of(text) == "max" and not measure_in(text) and not _OUT_OF.search(text)


def number_in(text: str) -> float | None:
    """Number of a cell, or nothing."""
    try:
        return numbers.parse(text, ",").value
    except numbers.UnreadableNumber:
        return None
