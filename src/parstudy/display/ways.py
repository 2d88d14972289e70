"""Ways from a page to other reports, which are links once those reports are there.

A page is made before anybody knows which others will stand beside it, and it must come out the
same each time. So it only says where a way would lead: ``notebook/slug``, as in the name of the
report's file; ``*`` stands for any year, the newest of those that are there. What is there is
known when a batch ends; then `parstudy.publish.ways` opens the ways.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from markupsafe import Markup

from parstudy.display.words import Language, defer
from parstudy.facts import criteria
from parstudy.facts.provinces import members, successor, units

Group = tuple[str, Sequence[Markup]]
"""Ways of one kind: what they have in common, and the ways."""

_LEVELS = ("area", "score_source", "criterion", "subcriterion", "part")
"""Cuts of an index by which its places are studied, the usual one first."""
_TODAY = defer("Since July 2025 part of")
_JOINED = defer("Since July 2025 one unit with")
_YEARS_OF_TODAY = range(2035, 2024, -1)
"""Index years of the 34 units, the newest first."""


def way(text: str, *reports: str) -> Markup:
    """Text that leads to the first of ``reports`` that is there, else nowhere."""
    return Markup('<a class="ps-way" data-way="{}">{}</a>').format(" ".join(reports), text)


def beside(text: str, suffix: str) -> Markup:
    """Text that leads to the file beside the page that has its name and ``suffix``."""
    return way(text, suffix)


def years(report: str) -> Markup:
    """A way to each year of a report that has ``*`` in its place; the years are filled in."""
    return Markup('<span class="ps-years" data-way="{}"></span>').format(report)


def province_way(name: str, province_id: str, year: Any) -> Markup:
    """Name of a province that leads to its report of the year, else to its newest."""
    report = f"province_report/{province_id}-"
    return way(name, *([f"{report}{year}"] if year else []), f"{report}*")


def bar(
    language: Language, notebook: str, parameters: Mapping[str, Any], more: Iterable[Group] = ()
) -> Markup:
    """The bar below a title: years, other reports of the same province or release, and ``more``.

    Parameters
    ----------
    language : Language
        Language of the words.
    notebook : str
        Whose page it is.
    parameters : Mapping
        Its parameters; ``province``, ``year`` and ``index`` say what it is about.
    more : iterable of Group
        Ways that only this page knows, such as neighbours in rank.
    """
    province, year = str(parameters.get("province") or ""), parameters.get("year") or ""
    groups: list[Group] = []
    if year:
        groups.append((language.text("Years"), [years(_of_any_year(notebook, parameters))]))
    if province:
        groups.append((language.text("This province"), _of_province(language, province, year)))
        groups += _then_and_now(language, province, year)
    if year:
        groups.append((language.text("The country"), _of_country(language, year)))
        groups += _of_index(language, str(parameters.get("index") or "PAR_INDEX"), year)
    groups += more
    today = {language.text(_TODAY), language.text(_JOINED)}
    items = Markup("").join(
        Markup('<li{}><span class="ps-way-kind">{}</span> <span>{}</span></li>').format(
            # what a province has become is told whether or not there is a page of it
            Markup(' class="ps-stays"') if kind in today else "",
            kind,
            _listed(ways),
        )
        for kind, ways in groups
    )
    if not items:
        return Markup("")
    return Markup('\n<nav class="ps-ways" aria-label="{}"><ul>{}</ul></nav>').format(
        language.text("Other reports"), items
    )


def _of_any_year(notebook: str, parameters: Mapping[str, Any]) -> str:
    """Name of the same report with the year left open."""
    given = {key: value for key, value in parameters.items() if key != "lang" and value}
    return f"{notebook}/" + "-".join("*" if k == "year" else str(v) for k, v in given.items())


def _listed(ways: Sequence[Markup]) -> Markup:
    return Markup("").join(Markup('<span class="ps-step">{}</span>').format(way) for way in ways)


def _of_province(language: Language, province: str, year: Any) -> list[Markup]:
    words = {
        "province_report": language.text("Province report"),
        "improvement_plan": language.text("Plan of improvement"),
        "plan_evaluation": language.text("Did the plan work?"),
    }
    compare = way(language.text("Compare"), f"compare.html#{language.code}&p={province}")
    return [
        *(
            way(text, f"{notebook}/{province}-{year}", f"{notebook}/{province}-*")
            for notebook, text in words.items()
        ),
        compare,
    ]


def _of_country(language: Language, year: Any) -> list[Markup]:
    found = [
        way(index.short, f"national_overview/{code}-{year}")
        for code, index in criteria.indices().items()
    ]
    return [*found, way(language.text("How the indices go together"), f"index_relations/{year}")]


def _of_index(language: Language, index: str, year: Any) -> list[Group]:
    """What is said of the places of one index and year."""
    if index not in criteria.indices():
        return []
    words = {
        "drivers": language.text("What goes with the rank"),
        "robustness": language.text("How sure the places are"),
    }
    found = [
        way(text, *(f"{notebook}/{index}-{year}-{level}" for level in _LEVELS))
        for notebook, text in words.items()
    ]
    return [(criteria.index(index).short, found)]


def _then_and_now(language: Language, province: str, year: Any) -> list[Group]:
    """The unit of today that a former province belongs to, or the former ones of one of today."""
    geography = criteria.geography_of(int(year)) if str(year).isdigit() else ""
    unit = next((u for u in units(geography) if u.province_id == province), None) if year else None
    if unit is None:
        return []
    if geography == "34":
        before = [province_way(language.name(u), u.province_id, "") for u in members(unit)]
        return [(language.text("Made of"), before)]
    new = successor(unit)
    if len(members(new)) == 1:
        return []
    if language.name(new) == language.name(unit):  # it kept its name and took others in
        others = [u for u in members(new) if u.province_id != province]
        ways = [province_way(language.name(u), u.province_id, year) for u in others]
        return [(language.text(_JOINED), ways)]
    reports = [f"province_report/{new.province_id}-{y}" for y in _YEARS_OF_TODAY]
    return [(language.text(_TODAY), [way(language.name(new), *reports)])]
