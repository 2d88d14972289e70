"""Pieces that reports share: names of units and components, scores on their own scale."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from parstudy import facts
from parstudy.display.words import Language, defer, is_missing
from parstudy.facts import criteria
from parstudy.records import records

if TYPE_CHECKING:
    import pandas as pd

INVENTED = defer(
    "Every figure on this page is invented by a program. It says nothing about any real province."
)
"""What a page of synthetic data says on its face."""


SOURCE_KINDS = {
    "official table": defer("official table"),
    "central government": defer("central government"),
    "government portal": defer("government portal"),
    "provincial plan": defer("provincial plan"),
    "own sheet": defer("own sheet"),
    "open panel": defer("open data panel"),
    "press": defer("press"),
    "synthetic": defer("synthetic data"),
}
LEVELS = {
    "score": defer("score of the whole index"),
    "rank": defer("rank of the whole index"),
    "area": defer("scores of the areas"),
    "score_source": defer("scores by way of scoring"),
    "part": defer("percentages of the parts of satisfaction"),
    "criterion": defer("scores of the criteria"),
    "subcriterion": defer("scores of the sub-criteria"),
}
PARTS = defer("scores of the parts")
DIMENSIONS = {
    "area": defer("scores of the dimensions"),
    "subcriterion": defer("scores of the sub-dimensions"),
}
COMPONENTS = {
    "total": defer("whole index"),
    "sample": defer("sample"),
    "impact_block": defer("surveys and impact together (as printed)"),
    "surveys_and_impact": defer("surveys and impact together (as printed)"),
    "impact_sum": defer("impact of reform together (as printed)"),
    "administrative reform (as printed)": defer("administrative reform (as printed)"),
    "Không có công chức gây phiền hà, sách nhiễu": defer("no official harasses (as printed)"),
}
GROUPS = {
    "good": defer("good (above {low}%)"),
    "fair": defer("fair ({low}–{high}%)"),
    "moderate": defer("moderate ({low}–{high}%)"),
    "low": defer("low ({low}–{high}%)"),
}
"""Names that groups had before they were letters."""
METHODS = {
    "change": defer("targeted criteria, before and after"),
    "naive": defer("targeted less untargeted criteria, in the province alone"),
    "did": defer("the same, less what all other provinces did"),
    "matched": defer("the same, less what provinces with the same score before did"),
}
_WHOLE = 100  # percent
MOST = 2
"""Decimals of a figure that readers are shown; tables of the data keep all."""
_DECIMAL = re.compile(r"(?<=\d)\.(?=\d)")
_COUNT = re.compile(r"(?<![\w.,])\d{5,}(?![\w.,]*\d)")
"""A count of thousands: longer than a year, without decimals."""
_HYPHEN = re.compile(r"(?<![\w.,])-(?=\d)")


class Names:
    """Names of provinces, regions and the nation in one language.

    Parameters
    ----------
    provinces : DataFrame
        Table ``provinces``.
    language : Language
        Language of the names.
    year : int, optional
        Index year, which says whether the 63 or the 34 units are meant.
    """

    def __init__(self, provinces: pd.DataFrame, language: Language, year: int = 0) -> None:
        from parstudy.facts.provinces import NATION_ID, regions

        own = provinces[provinces["geography"].eq(criteria.geography_of(year))]
        rows: list[Mapping[Any, Any]] = [*records(own)]
        self._names = {str(row["province_id"]): language.name(row) for row in rows}
        for region in records(regions()):
            self._names[str(region["region_id"])] = language.name(region)
        self._names[NATION_ID] = language.text("Viet Nam")

    def __call__(self, unit_id: str) -> str:
        """Name of a unit; the id itself where it has none."""
        return self._names.get(unit_id, unit_id)

    def in_text(self, text: str) -> str:
        """Replace the ids in a text of a finding by names."""
        return re.sub(r"[a-z]+(?:-[a-z]+)+", lambda m: self._names.get(m[0], m[0]), text)


def short(index: str) -> str:
    """Short name of an index (``PAR INDEX``)."""
    known = criteria.indices()
    return known[index].short if index in known else index


def score(language: Language, index: str, value: Any, decimals: Any = 2) -> str:
    """A score on its own scale: points as a number, satisfaction as a percentage."""
    if is_missing(value):
        return language.missing
    known = criteria.indices()
    if index in known and known[index].unit == "percent":
        return language.percent(value, decimals)
    return language.number(value, decimals)


def score_cell(
    language: Language,
    index: str,
    row: Mapping[Any, Any],
    key: str = "score",
    decimals: int | str = "decimals",
) -> str | None:
    """Score of a row on its own scale, as published; None where it is not known.

    ``decimals`` is their number, or the column that holds it.
    """
    if is_missing(row[key]):
        return None
    shown = digits(row[decimals], index) if isinstance(decimals, str) else decimals
    return score(language, index, row[key], shown)


def digits(decimals: Any, index: str = "") -> int:
    """Decimals to show: as printed, at most `MOST` or what the scale of the index needs."""
    most = criteria.indices()[index].shown_decimals if index in criteria.indices() else None
    most = MOST if most is None else most
    return min(max(int(decimals), 0), most) if not is_missing(decimals) else MOST


def as_printed(language: Language, text: str) -> str:
    """Numbers inside a printed text with a true minus and the language's marks."""
    text = _DECIMAL.sub(language.decimal_mark, _HYPHEN.sub("−", text))
    return _COUNT.sub(lambda found: language.number(int(found[0]), 0), text)


def component_name(language: Language, row: Mapping[Any, Any]) -> str:
    """Name of a component with its code, for example ``A3 Reform of … procedures``."""
    code = str(row["component"])
    if code in COMPONENTS:
        msgid = COMPONENTS[code]
        return language.text(msgid)
    name = language.name({"name_vi": row.get("name_vi"), "name_en": row.get("name_en")})
    if name == language.missing:
        return code
    coded = code[0].isdigit() or (code[0] in "AD" and code[1:].isdigit())
    return f"{code} {name}" if coded else name


_SHORT_FORMS = {
    "cchc": "cải cách hành chính",
    "tthc": "thủ tục hành chính",
    "qppl": "quy phạm pháp luật",
    "vbqppl": "văn bản quy phạm pháp luật",
    "cbccvc": "cán bộ, công chức, viên chức",
}
"""What short forms in official papers stand for."""


def spelled_out(name: str) -> str:
    """A name without capitals and with its short forms in full, to compare it with another.

    Examples
    --------
    >>> spelled_out("Công tác chỉ đạo, điều hành CCHC")
    'công tác chỉ đạo, điều hành cải cách hành chính'
    """
    words = " ".join(name.casefold().split())
    return re.sub(r"\w+", lambda word: _SHORT_FORMS.get(word[0], word[0]), words)


def group_name(language: Language, group: str) -> str:
    """Letter of a group, or the name it had in 2012 with its thresholds."""
    if group not in GROUPS:
        return group
    known = facts.table("groups").drop_duplicates("group").set_index("group")
    low, high = (
        as_printed(language, str(known[bound].loc[group]))
        for bound in ("from_percent", "below_percent")
    )
    return language.text(GROUPS[group], low=low, high=high)


def group_word(language: Language, group: str) -> str:
    """Letter of a group, or the one word of its name of 2012."""
    return group_name(language, group).partition(" (")[0]


def group_range(language: Language, index: str, year: int, group: str) -> str:
    """Name of a group with the scores that it took in a year: letters mean another each year."""
    name = group_name(language, group)
    bounds = [b for b in criteria.stated_thresholds(index, year) if b["group"] == group]
    if group in GROUPS or not bounds:
        return name
    low, high = (float(bounds[0][edge]) for edge in ("from_percent", "below_percent"))
    words = {"group": name, "low": language.number(low, 0), "high": language.number(high, 0)}
    if high >= _WHOLE:
        return language.text("{group}, from {low}%", **words)
    if low <= 0:
        return language.text("{group}, below {high}%", **words)
    return language.text("{group}, {low} to below {high}%", **words)


def thresholds(index: str, year: int) -> pd.DataFrame | None:
    """Thresholds of the groups of a year; None where they were not seen."""
    found = criteria.thresholds(index, year)
    return None if found.empty else found


def in_points(index: str) -> bool:
    """Whether an index is scored in points (SIPAS is a percentage)."""
    known = criteria.indices()
    return index in known and known[index].unit == "points"


def difference(language: Language, index: str, number: str) -> str:
    """A difference of scores of an index with its unit."""
    if in_points(index):
        return _points(language, number)
    return language.ntext("{n} percentage point", "{n} percentage points", _count(number), n=number)


def _points(language: Language, number: str) -> str:
    """A written number of points."""
    return language.ntext("{n} point", "{n} points", _count(number), n=number)


def _count(number: str) -> int:
    """Whether a written number is said of one thing or of several: 1 point, 1.00 points."""
    return 1 if number.lstrip("+−") == "1" else 2


def score_with_unit(language: Language, row: Mapping[str, Any]) -> str:
    """Score of a row of ``index_id, score, decimals`` as a sentence has it."""
    return with_unit(language, row["index_id"], str(score_cell(language, row["index_id"], row)))


def with_unit(language: Language, index: str, number: str) -> str:
    """A written score of an index with its unit: a percentage has it already."""
    return _points(language, number) if in_points(index) else number


def level_name(language: Language, level: str, index: str = "") -> str:
    """What a level of components is called in a sentence."""
    known = criteria.indices()
    if index in known and known[index].parts_are == "dimensions" and level in DIMENSIONS:
        msgid = DIMENSIONS[level]
    else:  # only SIPAS has parts of satisfaction
        msgid = PARTS if level == "part" and in_points(index) else LEVELS[level]
    return language.text(msgid)


def component_label(
    language: Language, code: str, index: str = "PAR_INDEX", year: int | None = None
) -> str:
    """Name of a component as the criteria set of an index year has it, or the newest set."""
    own = "" if year is None else criteria.criteria_set_of(index, year)
    known = {} if year is not None and not own else criteria.component_names(own, index)
    names = {} if code == "total" else known.get(code, {})
    named = component_name(language, {"component": code, **names})
    return of_area(language, code, known) if named == code else named


def of_area(language: Language, code: str, known: Mapping[str, Mapping[str, str]]) -> str:
    """A code without a name of its own, with the area that its first number is of."""
    number, dot, _rest = code.partition(".")
    area = f"A{number}"
    if not dot or area not in known:
        return code
    name = component_name(language, {"component": area, **known[area]})
    return language.text("{code} (in {area})", code=code, area=name)
