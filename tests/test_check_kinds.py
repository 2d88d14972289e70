"""Every kind of finding: figures that must make it, its weight at both moments, its sentence."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from parstudy.dataset import checks, from_releases
from parstudy.dataset.checks import sources, within
from parstudy.display.words import LANGUAGES, Language
from parstudy.facts import criteria, provinces, table
from parstudy.releases.model import RawRelease, components_frame, figures_frame, sources_frame

Figure = tuple[str, ...]
"""Unit, component, measure, text; then, if they matter, source and certainty."""
REGIONS = set(provinces.regions()["name_vi"])
NAMES = list(provinces.registry("63")["name_vi"])
SOURCES = {"s1": "official table", "s2": "press"}


def made(
    *figures: Figure,
    index: str = "PAR_INDEX",
    year: int = 2021,
    synthetic: bool = False,
    n_ranked: int = 63,
    ties: str = "min",
    codes: Iterable[dict[str, Any]] = (),
    running: tuple[tuple[str, str, str, int], ...] = (),
    last_year: tuple[Figure, ...] = (),
) -> RawRelease:
    """A release of made-up figures (SYNTHETIC)."""
    rows = []
    for when, some in ((year - 1, last_year), (year, figures)):
        for unit, component, measure, text, *more in some:
            source, certainty = [*more, *("s1", "stated")[len(more) :]]
            level = "national" if unit == "Việt Nam" else "province"
            rows.append(
                {
                    "index_id": index,
                    "year": when,
                    "unit_level": "region" if unit in REGIONS else level,
                    "unit_text": unit,
                    "component": component,
                    "measure": measure,
                    "text": text,
                    "value": _value(text),
                    "certainty": certainty,
                    "source_id": source,
                    "locator": f"figures.csv row {len(rows) + 2}",
                    "note": "",
                }
            )
    blank = dict.fromkeys(("url", "title", "publisher", "retrieved_on", "sha256", "licence"), "")
    cited = [
        {**blank, "source_id": name, "kind": kind, "published_on": "2022"}
        for name, kind in SOURCES.items()
    ]
    return RawRelease(
        release_id=f"{index}/{year}{'-synthetic' * synthetic}",
        index=index,
        year=year,
        geography="63",
        n_ranked=n_ranked,
        criteria_set=criteria.criteria_set_of(index, year),
        synthetic=synthetic,
        title="SYNTHETIC",
        ties=ties,
        figures=figures_frame(rows),
        sources=sources_frame(cited),
        components=components_frame(codes),
        running=running,
    )


def _value(text: str) -> float:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return float("nan")


def code(name: str, parent: str, level: str) -> dict[str, Any]:
    """One criterion as a file prints it."""
    blank = dict.fromkeys(("criteria_set", "index_id", "name_en", "lead_department"), "")
    own = {"code": name, "parent": parent, "level": level, "name_vi": f"Tiêu chí {name}"}
    more = {"scoring": "unknown", "max_score": float("nan"), "locator": "figures.csv row 1"}
    return {**blank, **own, **more}


LS, CB, BK, HN = "Lạng Sơn", "Cao Bằng", "Bắc Kạn", "Hà Nội"
NATION = "Việt Nam"


def score(unit: str, text: str, component: str = "total") -> Figure:
    return (unit, component, "score", text)


def rank(unit: str, text: str) -> Figure:
    return (unit, "total", "rank", text)


def whole(*texts: str) -> list[Figure]:
    """Scores of as many provinces, with the ranks that follow."""
    order = sorted(texts, key=float, reverse=True)
    named = list(zip(NAMES, texts, strict=False))
    return [f for n, t in named for f in (score(n, t), rank(n, str(order.index(t) + 1)))]


BUILD: dict[str, tuple[RawRelease, ...]] = {
    "unknown_unit": (made(score("Lạng Sen", "87.11")),),
    "unknown_source": (made((LS, "total", "score", "87.11", "s9")),),
    "unknown_measure": (made((LS, "total", "scores", "87.11")),),
    "unknown_certainty": (made((LS, "total", "score", "87.11", "s1", "sure")),),
    "unknown_group": (made((LS, "total", "group", "E")),),
    "not_a_number": (made(score(LS, "87.1O")),),
    "not_whole": (made(rank(LS, "23.5")),),
    "out_of_range": (made(score(LS, "187.11")),),
    "rank_out_of_range": (made(rank(LS, "64")),),
    "duplicate_row": (made(score(LS, "87.11"), score(LS, "87.11")),),
    "two_values_one_source": (made(score(LS, "87.11"), score(LS, "78.11")),),
    "synthetic_mixed": (made(score(LS, "87.11")), made(score(CB, "87.11"), synthetic=True)),
    "above_maximum": (made(score(LS, "19.5", "A1"), year=2023),),
    "other_scale": (made(score(LS, "0.8711")),),
    "conflict_score": (made(score(LS, "87.11"), (LS, "total", "score", "78.11", "s2")),),
    "conflict_range": (
        made((NATION, "total", "range", "9.1"), (NATION, "total", "range", "8.1", "s2")),
    ),
    "rounding_score": (made(score(LS, "87.11"), (LS, "total", "score", "87.1", "s2")),),
    "rounding_min": (
        made((NATION, "total", "min", "70.12"), (NATION, "total", "min", "70.1", "s2")),
    ),
    "wrong_number_of_units": (made((LS, "total", "of", "34")),),
    "rank_order": (made(rank(LS, "1"), score(LS, "80"), rank(CB, "2"), score(CB, "90")),),
    "rank_shared": (made(rank(LS, "1"), rank(CB, "1")),),
    "rank_impossible": (made(rank(LS, "1"), score(LS, "80"), score(CB, "90")),),
    "rank_outside_bound": (made(rank(LS, "55"), (LS, "total", "rank_at_least", "59")),),
    "change_disagrees": (
        made(score(LS, "80.00"), year=2020),
        made(score(LS, "87.11"), (LS, "total", "change_score", "3.1")),
    ),
    "change_impossible": (made(rank(LS, "60"), (LS, "total", "change_rank", "10")),),
    "group_disagrees": (made(score(LS, "87.11"), (LS, "total", "group", "C")),),
    "groups_do_not_add_up": (made((NATION, "total", "n_group_A", "64")),),
    "group_too_small": (
        made((LS, "total", "group", "A"), (NATION, "total", "n_group_A", "0")),
    ),
    "counts_exceed_units": (
        made((NATION, "total", "n_rose", "40"), (NATION, "total", "n_fell", "40")),
    ),
    "parts_do_not_add_up": (
        made(score(LS, "87.11"), score(LS, "50", "appraisal"), score(LS, "30", "survey")),
    ),
    "maximum_disagrees": (made((LS, "A1", "max", "8"), year=2023),),
    "percent_disagrees": (made(score(LS, "9", "A1"), (LS, "A1", "percent", "50"), year=2023),),
    "beyond_extreme": (made(score(LS, "91"), (NATION, "total", "max", "90")),),
    "extreme_disagrees": (
        made(score(LS, "88"), rank(LS, "1"), (NATION, "total", "max", "90")),
    ),
    "range_disagrees": (
        made(*((NATION, "total", m, t) for m, t in (("max", "90"), ("min", "80"), ("range", "9")))),
    ),
    "mean_disagrees": (
        made((NATION, "total", "mean", "80"), *((r, "total", "mean", "85") for r in REGIONS)),
    ),
    "sipas_points_disagree": (
        made(score(LS, "9", "sipas"), year=2023),
        made((LS, "total", "percent", "80"), index="SIPAS", year=2023),
    ),
    "sipas_points_near": (
        made(score(LS, "8.23", "sipas"), year=2023),
        made((LS, "total", "percent", "81.83"), index="SIPAS", year=2023),
    ),
    "unknown_component": (made(score(LS, "9", "X9")),),
}  # fmt: skip
SUB = [code("A1", "total", "area"), code("1.1", "A1", "criterion"), code("1.2", "A1", "criterion")]
READ: dict[str, RawRelease] = {
    "unit_absent": made(*(score(n, "80") for n in NAMES[1:]), n_ranked=62),
    "wrong_number_of_units": made(score(LS, "87.11"), score(CB, "80")),
    "unknown_unit": made(score("Lạng Sen", "87.11")),
    "number_repeated": made(running=(("t", "a", LS, 1), ("t", "b", CB, 1))),
    "number_gap": made(running=(("t", "a", LS, 1), ("t", "b", CB, 3))),
    "number_order": made(running=tuple(("t", str(n), LS, n) for n in (1, 2, 3, 2))),
    "no_figure": made(*whole("90", "80", "70"), score(NAMES[4], "60")),
    "tie_rule": made(*whole("90", "80", "80", "70"), n_ranked=4, ties="dense"),
    "unproven": made(score(LS, "87.11"), score(CB, "80")),
    "out_of_range": made(score(LS, "-87.11")),
    "rank_out_of_range": made(rank(LS, "64")),
    "above_maximum": made(score(LS, "19.5", "A1"), year=2023),
    "other_scale": made(score(LS, "0.8711")),
    "two_values_one_source": made(score(LS, "87.11"), score(LS, "78.11")),
    "parts_do_not_add_up": made(
        score(LS, "5.00", "A1"), score(LS, "3.00", "1.1"), score(LS, "1.00", "1.2"), codes=SUB
    ),
    "source_not_there": made(
        *whole("90", "80", "70", "60", "50"),
        *(score(n, f"{60 - 10 * k}", "appraisal") for k, n in enumerate(NAMES[:5])),
        *(score(n, "24", "survey") for n in NAMES[:5]),
    ),
    "rank_impossible": made(rank(LS, "1"), score(LS, "80"), score(CB, "90"), n_ranked=2),
    "rank_order": made(rank(LS, "2"), score(LS, "90"), score(CB, "80"), n_ranked=2),
    "change_disagrees": made(
        score(LS, "87.11"), (LS, "total", "change_score", "3.1"), last_year=(score(LS, "80.00"),)
    ),
    "mean_disagrees": made(*whole("90", "80"), (NATION, "total", "mean", "80"), n_ranked=2),
    "beyond_extreme": made(*whole("90", "80"), (NATION, "total", "max", "85"), n_ranked=2),
    "extreme_disagrees": made(*whole("90", "80"), (NATION, "total", "min", "75"), n_ranked=2),
    "unknown_component": made(score(LS, "5", "A9"), codes=[code("A9", "total", "area")]),
}


def _severity(code: str, *, reading: bool) -> str:
    for family, (severity, _) in sources.FAMILIES.items():
        if code.startswith(family):
            return severity
    return checks.KINDS[code].weighs(reading)


@pytest.mark.parametrize("code", BUILD)
def test_a_build_finds(code: str) -> None:
    found = {f.code: f for f in from_releases(BUILD[code]).findings}
    assert code in found, sorted(found)
    assert found[code].severity == _severity(code, reading=False)
    assert found[code].figure_ids or code == "synthetic_mixed"


@pytest.mark.parametrize("code", READ)
def test_a_file_that_is_read_shows(code: str) -> None:
    found = within.prove(READ[code]).set_index("code")
    assert code in found.index, sorted(found.index)
    assert set(found.loc[[code], "severity"]) == {_severity(code, reading=True)}


def test_each_kind_has_a_case() -> None:
    assert checks.KINDS.keys() - BUILD.keys() - READ.keys() == set()
    assert {c.partition("_")[0] for c in BUILD} >= {"conflict", "rounding"}


def test_one_fact_weighs_one_step_more_while_its_file_is_read() -> None:
    """Where both moments have a kind, it differs only by the rule that `Kind.misread` writes."""
    for code in BUILD.keys() & READ.keys():
        kind = checks.KINDS[code]
        same = kind.weighs(reading=True) == kind.weighs(reading=False)
        assert same == (not kind.misread), code


def _codes() -> list[str]:
    quantities = [*table("measures")["measure"], "n_group_A"]
    families = [f"{family}{q}" for family in sources.FAMILIES for q in quantities]
    return [*checks.KINDS, *families]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_a_sentence_in_every_language(language: str) -> None:
    """A text without a translation is an error in tests."""
    said = {code: Language(language).text(checks.sentence(code)) for code in _codes()}
    assert all(text.endswith(".") for text in said.values())
    other = {code: checks.sentence(code) for code in said}
    assert language == "en" or not [c for c in said if said[c] == other[c]]


def test_a_code_that_no_check_has_is_no_silent_sentence() -> None:
    with pytest.raises(KeyError):
        checks.sentence("something_else")


def _sums(*points: str) -> list[str]:
    parts = zip(("A8", "sipas", "socioeconomic"), points, strict=True)
    built = from_releases([made(*(score(LS, p, c) for c, p in parts), year=2023)])
    return [f.code for f in built.findings if f.code == "parts_do_not_add_up"]


def test_area_8_is_satisfaction_and_impact_on_the_economy_to_a_hundredth() -> None:
    assert _sums("14.50", "8.70", "5.80") == []
    assert _sums("14.51", "8.70", "5.80") == []
    assert _sums("14.60", "8.70", "5.80") == ["parts_do_not_add_up"]


def test_appraisal_may_hold_the_points_of_the_economy_where_it_and_the_survey_are_the_total() -> (
    None
):
    def above(*points: str) -> bool:
        parts = zip(("appraisal", "survey", "total"), points, strict=False)
        built = from_releases([made(*(score(LS, p, c) for c, p in parts), year=2023)])
        return "above_maximum" in {f.code for f in built.findings}

    assert above("63.78", "26.00")
    assert above("63.78", "26.00", "88.11")
    assert not above("63.78", "26.00", "89.78")
    assert above("68.10", "26.00", "94.10")


def _read(**points: str) -> dict[str, list[str]]:
    """Severities by code of a table of six provinces, each with the points of these sources."""
    rows = [
        score(NAMES[k], point, code)
        for code, texts in points.items()
        for k, point in enumerate(texts.split())
    ]
    found = within.prove(made(*rows, year=2023))
    return {code: list(part["severity"]) for code, part in found.groupby("code")}


FIVE = {"total": "90 88 86 84 82 80", "appraisal": "60 59 58 57 56 55"}
SURVEY, ECONOMY = "24 23.5 22 22 21 20.5", "6 5.5 6 5 5 4.5"


def test_the_sources_that_a_table_prints_beside_each_other_are_those_that_add_up() -> None:
    sums = {"parts_do_not_add_up", "source_not_there"}
    leaders = {"survey_leaders": "20 19 18 18 17 16", "sipas": "4 4.5 4 4 4 4.5"}
    with_them = {"survey": SURVEY, "socioeconomic": ECONOMY}
    assert not sums & set(_read(**FIVE, **with_them))
    assert not sums & set(_read(**FIVE, **leaders, **with_them))
    # the points of the economy stand in those of the appraisal, and are printed again
    both = " ".join(str(float(p) - 6) for p in FIVE["total"].split())
    inside = _read(total=FIVE["total"], appraisal=both, survey="6 6 6 6 6 6", socioeconomic=ECONOMY)
    assert not sums & set(inside)


def test_one_wrong_digit_among_the_sources_is_an_error() -> None:
    for wrong in ({"socioeconomic": "6 5.5 6 8 5 4.5"}, {"survey": "24 23.5 22 25 21 20.5"}):
        points = FIVE | {"survey": SURVEY, "socioeconomic": ECONOMY} | wrong
        assert _read(**points)["parts_do_not_add_up"] == ["error"]


def test_a_source_that_is_not_there_is_told_once_and_stops_nothing() -> None:
    found = _read(**FIVE, survey=SURVEY)
    assert found["source_not_there"] == ["warning"]
    assert "parts_do_not_add_up" not in found
    # more than the economy can give, or now less than the total and now more: these are misread
    for survey in ("14 13.5 12 12 11 10.5", "24 23.5 22 22 21 28.5"):
        assert "error" in _read(**FIVE, survey=survey)["parts_do_not_add_up"]
