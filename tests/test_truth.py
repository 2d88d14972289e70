"""Pages say no more than the figures: each rule with figures on both sides of it."""

from __future__ import annotations

import base64
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from parstudy import plans
from parstudy.dataset import Dataset
from parstudy.display import Language, Page, terms
from parstudy.pages import (
    _finding_words,
    _first_look,
    improvement_plan,
    national_overview,
    plan_evaluation,
    province_report,
)
from parstudy.pages import gaps as gaps_page
from parstudy.studies import first_look, gaps, overview, profiles, relations
from parstudy.studies.contradictions import contradictions
from parstudy.studies.improvement import improvement

EN = Language("en")


def shown(dataset: Dataset, notebook: str, year: int, *steps: Any) -> str:
    """HTML of what functions of pages show; each takes the page and the names of the year."""
    out: list[dict[str, Any]] = []
    page = Page("en", notebook, {"year": year}, dataset, out=out.append)
    names = terms.Names(dataset.provinces, page.language, year)
    for step in steps:
        step(page, names)
    return "\n".join(str(bundle["text/html"]) for bundle in out)


def words(html: str) -> str:
    """Text without tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def pictured(html: str) -> str:
    """The pictures, whose words are text."""
    return "".join(base64.b64decode(data).decode() for data in re.findall(r"base64,([^\"]+)", html))


def lead(dataset: Dataset, province: str, year: int) -> str:
    """What the first screen says, a line for each question."""
    profile = profiles.profile(dataset, province, year)
    first = first_look.first_look(dataset, profile)
    html = shown(
        dataset, "province_report", year, lambda p, n: province_report.title(p, profile, first, n)
    )
    found = re.search(r'<dl class="ps-lead">(.*?)</dl>', html, re.DOTALL)
    assert found is not None
    return found[1]


def headline(dataset: Dataset, province: str, year: int) -> str:
    profile = profiles.profile(dataset, province, year)
    return words(
        shown(dataset, "province_report", year, lambda p, _: province_report.headline(p, profile))
    )


# --- contradictions ------------------------------------------------------------------------------


def test_a_finding_touches_both_sides(shipped: Dataset) -> None:
    found = contradictions(shipped, index_id="PAR_INDEX", year=2022)
    # two provinces on one rank: the finding is filed under one of them
    assert {"binh-phuoc", "ninh-thuan", "ho-chi-minh", "dak-nong"} <= found.units
    assert "quang-ninh" not in found.units
    assert not found.findings["severity"].eq("info").any()


def test_rows_that_a_finding_touches_are_marked_and_linked(shipped: Dataset) -> None:
    view = overview.overview(shipped, "PAR_INDEX", 2022)
    html = shown(
        shipped,
        "national_overview",
        2022,
        lambda p, n: national_overview.title(p, view, n),
        lambda p, n: national_overview.distribution(p, view, n),
        lambda p, n: national_overview.ranking(p, view, n),
        lambda p, n: national_overview.findings(p, view, n),
    )
    rows = {row[1]: row for row in _rows(html, "ranking-table")}
    assert rows["Ninh Thuan"][5] == rows["Binh Phuoc"][5] == "yes, see below"
    assert rows["Quang Ninh"][5] == "no"
    assert 'href="#findings"' in html
    assert 'id="findings"' in html
    tiles = re.search(r'alt="(Tile map[^"]*)"', html)
    assert tiles is not None
    assert "Ninh Thuan 29*" in tiles[1]
    assert "Quang Ninh 1;" in tiles[1]


def test_a_lead_hides_no_conflict(shipped: Dataset) -> None:
    contested = lead(shipped, "hoa-binh", 2023)
    assert "PAR INDEX: sources print different figures (86.76 points and 86.89" in contested
    ranks = words(lead(shipped, "ca-mau", 2023))
    assert "PAR INDEX: sources print different figures (rank 34 and rank 32)" in ranks
    order = lead(shipped, "hai-phong", 2023)  # a rank that the scores of others do not allow
    assert "SIPAS: published figures contradict each other" in order
    assert 'href="#findings"' in contested
    assert "figures contradict" not in lead(shipped, "lang-son", 2021)
    assert "Contradicted yes, see below" in headline(shipped, "hoa-binh", 2023)
    assert "Contradicted no no" in headline(shipped, "lang-son", 2021)


def test_the_first_screen_answers_what_a_reader_asks(shipped: Dataset) -> None:
    said = words(lead(shipped, "lang-son", 2021))
    assert (
        "PAR INDEX 2021: 87.11 points, rank 23/63. 0.74 points above the national mean "
        "(86.37 points)." in said
    )
    assert "SIPAS 2021: 87.07%, rank 31/63. 0.09 percentage points below the national" in said
    silent = words(lead(shipped, "lai-chau", 2023))  # implied only: the question has its answer
    assert "SIPAS: no published figure of 2023 was found to compare with 2022." in silent
    assert "PAR INDEX: up 13 places (36 → 23). SIPAS: up 8 places (39 → 31) and up 3.10" in said
    assert "In all, 12.89 of 100 points of PAR INDEX are lost; in which areas" in said
    assert "To know it takes the scores by area of 2021, as in the annex" in said
    assert "PAR INDEX: 3 sources, no contradiction." in said
    assert "See what to bring: What is missing ." in said
    assert "still rank 1 and up 2.08 points" in words(lead(shipped, "quang-ninh", 2023))


def test_of_an_index_nothing_is_missed_before_its_first_year(shipped: Dataset) -> None:
    said = words(lead(shipped, "lang-son", 2012))  # SIPAS begins in 2015
    assert "PAR INDEX: 2012 is its first year, so there is no change." in said
    assert "SIPAS" not in said
    missing = [profiles.profile(shipped, "lang-son", year).missing for year in (2012, 2016)]
    assert [sorted(frame["index_id"].unique()) for frame in missing] == [
        ["PAR_INDEX"], ["PAR_INDEX", "SIPAS"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("province", "year", "said"),
    [
        ("dak-lak", 2023, "SIPAS: rank 57–63/63 in 2020."),  # known best in 2015, as 9 of 10
        # the worst one lies in a range that begins where the worst exact one is
        (
            "lang-son",
            2021,
            "SIPAS: rank 31/63 in 2021; ranks known since 2017: from 12 to 59–63.",
        ),
        (
            "lai-chau",
            2023,
            "SIPAS: rank 35/63 in 2022; ranks known since 2018: from 35 to 55.",
        ),  # not 5/10
        ("an-giang", 2023, "SIPAS: rank 59–63/63 in 2024."),
    ],
)
def test_a_path_begins_with_the_latest_place_among_how_many(
    shipped: Dataset, province: str, year: int, said: str
) -> None:
    profile = profiles.profile(shipped, province, year)
    html = shown(shipped, "province_report", year, lambda p, n: province_report.path(p, profile, n))
    assert said in words(html)


def test_groups_and_counts_are_words_of_the_language(shipped: Dataset) -> None:
    out: list[dict[str, Any]] = []
    page = Page("vi", "province_report", {"year": 2012}, shipped, out=out.append)
    names = terms.Names(shipped.provinces, page.language, 2012)
    profile = profiles.profile(shipped, "lang-son", 2012)
    province_report.position(page, profile, shipped.scores, names)
    province_report.neighbours(page, profile, names)
    html = "".join(str(bundle["text/html"]) for bundle in out)
    assert "nhóm tốt" in pictured(html)
    assert not re.search("good|fair", pictured(html))
    assert "chỉ suy ra được, chưa tìm thấy nguồn công bố" in html  # 49/63: it is not unknown


def test_an_index_without_groups_or_means_of_regions_says_so(shipped: Dataset) -> None:
    def said(index: str) -> str:
        view = overview.overview(shipped, index, 2023)
        html = shown(
            shipped, "national_overview", 2023,
            lambda p, n: national_overview.regions(p, view, n),
            lambda p, _: national_overview.groups(p, view),
        )  # fmt: skip
        return f"{words(html)} {pictured(html)}"

    assert "SIPAS has no groups. " in f"{said('SIPAS')} "
    assert "No mean of a region is published, and too few provinces" in said("SIPAS")
    assert "regional mean as published" not in said("SIPAS")  # no key of what is not drawn
    assert "Mean as published" in said("PAR_INDEX")
    assert "regional mean as published" in said("PAR_INDEX")


def test_a_change_across_a_break_is_no_change(shipped: Dataset) -> None:
    broken = "PAR INDEX: up 7 places (10 → 3), but 2022 cannot be compared with 2021"
    assert broken in words(lead(shipped, "ha-noi", 2022))
    revised = words(lead(shipped, "thua-thien-hue", 2024))
    assert "PAR INDEX: up 10 places (17 → 7) and up 2.66 points; the criteria set was" in revised
    assert "cannot be compared" not in revised


def test_the_largest_loss_is_told_with_the_cut_that_it_is_of(shipped: Dataset) -> None:
    said = words(lead(shipped, "hoa-binh", 2023))
    assert "Of the ways of scoring, most is lost on Appraisal: 4.46 of 61.5 points." in said
    assert "in which areas is not known" not in said  # of three areas it is
    assert "In all" not in said
    assert "PAR INDEX: down 12 places (23 → 35) but up 0.46 points." in said


def test_the_largest_loss_of_a_cut_that_is_hardly_known_is_no_largest_loss(
    shipped: Dataset,
) -> None:
    said = words(lead(shipped, "quang-ninh", 2020))  # the maximum of one way of scoring is known
    assert "In all, 8.96 of 100 points of PAR INDEX are lost; in which areas is not known." in said
    assert "Of 4 (scores by way of scoring), one is known: Satisfaction (SIPAS), where" in said
    assert "Of the ways of scoring" not in said


def test_a_weak_area_is_told_where_only_its_rank_is_known(shipped: Dataset) -> None:
    said = words(lead(shipped, "lang-son", 2012))
    assert "Of 8 areas, the rank of 3 is known; it is worst in A8 One-stop and" in said
    assert "rank 62/63." in said
    assert "To know it takes" not in said
    assert "Look at Where the points are lost" in said
    every = words(lead(shipped, "bac-ninh", 2021))
    assert "Of 8 areas, the rank is worst in A6 Public finance reform: 63/63." in every
    assert "in which areas is not known" not in every
    # an area that ranks better than the province explains no loss
    strong = words(lead(shipped, "son-la", 2023))
    assert "Where points were lost is not known." in strong
    assert "Of 8 areas" not in strong


def test_of_two_cuts_known_in_part_the_larger_loss_is_told_as_well(shipped: Dataset) -> None:
    said = words(lead(shipped, "bac-kan", 2023))
    # its areas are printed as shares of their maximum: 92.5% of 10.5 points
    assert "Of 8 areas, the points of 4 are known; of these, most is lost on A4" in said
    assert "apparatus: 0.79 of 10.5 points." in said
    assert "one is known: Satisfaction (SIPAS), where 2.52 of 10 points are lost." in said
    own = profiles.profile(shipped, "bac-kan", 2023).parts.set_index("component")
    assert own["lost"]["A4"] == pytest.approx(0.79)
    assert own["source_id"]["A4"]  # what is told has a source


def test_a_published_change_that_the_figures_contradict_stands_beside_theirs(
    shipped: Dataset,
) -> None:
    score = words(lead(shipped, "hai-phong", 2023))  # 90.09 and 91.87; another source has 91.81
    assert "still rank 2 and up 1.78 points (as published up 1.72 points)." in score
    rank = words(lead(shipped, "tien-giang", 2023))
    assert "SIPAS: up 6 places (53 → 47; as published up 7 places)" in rank
    assert "as published" not in words(lead(shipped, "lang-son", 2021))


def test_where_the_year_before_is_not_known_an_earlier_rank_is_told(shipped: Dataset) -> None:
    said = words(lead(shipped, "an-giang", 2023))
    assert "PAR INDEX: no figure of 2022 to compare with was found. Before that its rank" in said
    assert "is known of 2019: 11/63." in said
    # a place among ten says nothing of one among sixty-three
    alone = words(lead(shipped, "ca-mau", 2023))
    assert "Before that its rank" not in alone


def test_the_latest_known_may_be_a_range(shipped: Dataset) -> None:
    said = words(lead(shipped, "an-giang", 2023))  # of 2019 its rank is known, of 2024 a range
    assert "No figure of SIPAS 2023 was found; the latest is of 2024: a place within 59–63" in said


def test_a_title_names_no_index_before_its_first_year(shipped: Dataset) -> None:
    def titled(year: int) -> str:
        profile = profiles.profile(shipped, "lang-son", year)
        first = first_look.first_look(shipped, profile)
        return shown(
            shipped, "province_report", year,
            lambda p, n: province_report.title(p, profile, first, n),
        )  # fmt: skip

    assert "<h1>Lang Son: PAR INDEX, index year 2012</h1>" in titled(2012)
    assert "<h1>Lang Son: PAR INDEX and SIPAS, index year 2021</h1>" in titled(2021)


def test_where_the_year_has_no_figure_the_latest_one_leads(shipped: Dataset) -> None:
    html = lead(shipped, "bac-ninh", 2023)
    said = words(html)
    assert "No source in the data has a figure of Bac Ninh for index year 2023." in said
    assert "The latest year with one is 2021 : PAR INDEX 2021: 86.67 points, rank 32/63." in said
    assert 'data-way="province_report/bac-ninh-2021' in html
    assert "See what to bring" in said
    other = words(lead(shipped, "lai-chau", 2023))  # of one index alone
    assert (
        "No figure of PAR INDEX 2023 was found; the latest is of 2022: 86.29 points, rank 24/63."
        in other
    )


def test_the_first_screen_says_how_sure_a_figure_is(shipped: Dataset) -> None:
    for province, year, said in (
        ("son-la", 2013, "PAR INDEX: the source itself leaves room for doubt."),
        ("tuyen-quang", 2021, "PAR INDEX: worked out from other published figures."),
        ("bac-ninh", 2021, "PAR INDEX: one source, nothing to hold it against."),
        ("lai-chau", 2023, "SIPAS: implied, no source found prints it."),
    ):
        assert said in words(lead(shipped, province, year)), province
    assert "Where points were lost is not known." in words(lead(shipped, "lai-chau", 2023))


def test_a_province_without_any_figure_gets_a_page_that_helps(shipped: Dataset) -> None:
    said = words(lead(shipped, "binh-dinh", 2023))
    assert (
        "None has one of another year either. National mean of PAR INDEX 2023: 86.98 points."
        in said
    )
    assert "SIPAS 2023: 82.66%." in said
    assert "Places in PAR INDEX known in its region: 10, from 12 to 61." in said
    assert "See what to bring: What is missing ." in said
    assert "To know it takes the scores by area of 2023, as in the annex" in said


@pytest.mark.parametrize(
    ("score", "mean", "mean_decimals", "said"),
    [
        (87.11, 86.37, 2, "0.74 points above the national mean (86.37 points)."),
        (86.36, 86.37, 2, "0.01 points below the national mean (86.37 points)."),
        (86.37, 86.37, 2, "That is the national mean (86.37 points) but for rounding."),
        (86.9, 86.0, 0, "That is the national mean (86 points) but for rounding."),
        (87.1, 86.0, 0, "1 point above the national mean (86 points)."),
    ],
)
def test_no_side_of_a_mean_within_what_rounding_can_do(
    score: float, mean: float, mean_decimals: int, said: str
) -> None:
    data: Any = SimpleNamespace(sources=pd.DataFrame(), synthetic=False, fingerprint="f00d")
    data.sources = pd.DataFrame(columns=["source_id"])
    page = Page("en", "province_report", {"year": 2021}, data, out=lambda bundle: None)
    row = {
        "index_id": "PAR_INDEX", "score": score, "decimals": 2, "mean": mean,
        "mean_decimals": mean_decimals, "mean_from": "published",
    }  # fmt: skip
    assert _first_look.against_mean(page, row) == [said]
    assert _first_look.against_mean(page, row | {"mean_from": ""}) == []


def test_a_mean_of_too_few_or_a_doubtful_one_is_none(shipped: Dataset) -> None:
    means = {
        year: first_look.first_look(shipped, profiles.profile(shipped, "ha-noi", year)).nation
        for year in (2012, 2013, 2021)
    }
    assert means[2021]["mean"]["PAR_INDEX"] == 86.37
    assert means[2021]["mean_from"]["PAR_INDEX"] == "published"
    assert means[2013]["mean_from"]["PAR_INDEX"] == ""  # doubtful
    assert means[2012]["mean_from"]["PAR_INDEX"] == ""  # 21 of 63 are known


def test_where_nothing_is_printed_nothing_was_checked(shipped: Dataset) -> None:
    for province, year, said in (
        ("binh-dinh", 2023, "there is nothing to check"),
        ("lang-son", 2021, "found no contradiction"),
    ):
        profile = profiles.profile(shipped, province, year)
        html = shown(
            shipped,
            "province_report",
            year,
            lambda p, n, profile=profile: province_report.findings(p, profile, n),
        )
        assert said in words(html)


# --- plans -------------------------------------------------------------------------------------


def evaluated(shipped: Dataset, root: Path, lang: str) -> str:
    """The page that asks after the plan of Lạng Sơn: its lead, and what the plan wants."""
    plan, file = plans.of(shipped, "", 0, str(root / "data" / "plans" / "lang-son-2022.csv"))
    result = plans.evaluate(plan, shipped)
    out: list[dict[str, Any]] = []
    page = Page(lang, "plan_evaluation", {"year": 2021}, shipped, out=out.append)
    names = terms.Names(shipped.provinces, page.language, 2021)
    own = shipped.components[shipped.components["criteria_set"].eq("1149/QĐ-BNV")]
    plan_evaluation.title(page, result, names, file)
    plan_evaluation.wanted(page, plan, own, shipped.sources, file)
    return words("".join(str(bundle["text/html"]) for bundle in out))


def test_a_plan_that_calls_an_area_otherwise_is_quoted_beside_the_set(
    shipped: Dataset, root: Path
) -> None:
    said = evaluated(shipped, root, "vi")
    both = (
        "A5 Xây dựng và nâng cao chất lượng đội ngũ cán bộ, công chức, viên chức (kế hoạch ghi: "
        "“Cải cách chế độ công vụ”)"
    )
    assert both in said
    assert "A2 Xây dựng và tổ chức thực hiện văn bản quy phạm pháp luật tại tỉnh (kế hoạch" in said
    # a short form is no other name
    assert "A1 Công tác chỉ đạo, điều hành cải cách hành chính không nêu yêu cầu" in said


def test_the_page_that_asks_after_a_plan_begins_with_the_answer(
    shipped: Dataset, root: Path
) -> None:
    said = evaluated(shipped, root, "en")
    assert (
        "help? Whether the plan helped cannot be said: no figure found shows whether the criteria "
        "that it targets rose. SIPAS 2022: 75.44%" in said
    )


# --- implied figures -----------------------------------------------------------------------------


def test_an_implied_figure_is_told_as_such_everywhere(shipped: Dataset) -> None:
    assert "79.82%, implied by the figure of 2024" in lead(shipped, "lai-chau", 2023)
    assert "79.82% (implied by the change)" in headline(shipped, "lai-chau", 2023)
    assert "implied" not in lead(shipped, "lai-chau", 2022)
    plan = improvement(shipped, "lang-son", 2012)
    html = shown(shipped, "improvement_plan", 2012, lambda p, n: improvement_plan.title(p, plan, n))
    assert "imply rank 49" in words(html)


def test_a_figure_is_implied_by_the_year_that_implies_it(shipped: Dataset) -> None:
    said = words(lead(shipped, "khanh-hoa", 2023))
    assert "PAR INDEX 2023: 88.60 points, rank 14/63, implied by the figure of 2024" in said
    before = words(lead(shipped, "vinh-phuc", 2019))  # no figure of 2020 is known
    assert "PAR INDEX 2019: rank 10/63, implied by the figure of 2018 and its published" in before
    view = overview.overview(shipped, "PAR_INDEX", 2024)  # of 2025 nothing is known at all
    html = shown(
        shipped, "national_overview", 2024, lambda p, n: national_overview.ranking(p, view, n)
    )
    assert (
        "implied by the figure of 2023 and a published change: Binh Thuan (88.26 points)."
        in words(html)
    )
    assert "2025" not in words(html)


def test_a_year_of_which_only_a_change_is_known_is_no_row_of_dashes(shipped: Dataset) -> None:
    profile = profiles.profile(shipped, "lai-chau", 2023)
    html = shown(shipped, "province_report", 2023, lambda p, n: province_report.path(p, profile, n))
    rows = _rows(html, "history-table")
    assert ["PAR INDEX", "2024"] not in [row[:2] for row in rows]
    assert all(set(row[2:5]) != {"–"} for row in rows)


def test_the_region_is_named_and_its_silent_members_are_too(shipped: Dataset) -> None:
    profile = profiles.profile(shipped, "hai-phong", 2023)
    said = words(
        shown(
            shipped,
            "province_report",
            2023,
            lambda p, n: province_report.neighbours(p, profile, n),
        )
    )
    assert "Provinces of Red River Delta, index year 2023" in said
    assert "No figure found: Vinh Phuc, Bac Ninh, Thai Binh, and Ha Nam." in said


def test_lines_of_our_own_files_are_told_apart_from_places_in_a_source(shipped: Dataset) -> None:
    figures = shipped.figures[shipped.figures["locator"].str.startswith("figures.csv row")].head(1)
    html = shown(shipped, "x", 2023, lambda p, _: (p.say(p.cite(figures=figures)), p.finish()))
    assert re.search(r'<span class="ps-locator ps-copied"> · figures\.csv row \d+</span>', html)


# --- means ---------------------------------------------------------------------------------------


def test_no_mean_of_a_region_that_is_hardly_known(shipped: Dataset) -> None:
    view = overview.overview(shipped, "PAR_INDEX", 2022, fewest=3, coverage=0.5)
    means = view.regions.set_index("region_id")[["n_known", "n_members", "mean_known"]]
    for row in means.to_dict("records"):
        enough = row["n_known"] >= 3 and 2 * row["n_known"] >= row["n_members"]
        assert pd.notna(row["mean_known"]) == enough, row
    assert means["mean_known"].notna().sum() == 1  # 3 of 6
    loose = overview.overview(shipped, "PAR_INDEX", 2022, fewest=2, coverage=0)
    assert loose.regions["mean_known"].notna().all()


def test_no_mean_of_fewer_than_three_provinces(shipped: Dataset) -> None:
    # five others of the Mekong River Delta are known by source of points, one of the coast
    kinds = {
        unit: {gap.kind: gap for gap in gaps.gaps(shipped, unit, 2012)}
        for unit in ("an-giang", "thanh-hoa")
    }
    assert kinds["an-giang"]["region"].n >= 3
    assert "region" not in kinds["thanh-hoa"]
    parts = profiles.parts(shipped.scores, shipped.components, "kon-tum", 2023)
    assert parts.loc[parts["n_known"].lt(3), "mean_percent"].isna().all()
    assert parts.loc[parts["n_known"].ge(3), "mean_percent"].notna().all()
    assert parts["n_known"].lt(3).any()


def test_the_highest_of_those_known_is_not_called_the_leader(shipped: Dataset) -> None:
    found = gaps.gaps(shipped, "kon-tum", 2023, kinds=["leader"])
    html = shown(shipped, "province_report", 2023, lambda p, n: gaps_page.show(p, found, n, 2023))
    assert "which scores highest of the" in words(html)
    assert "leader" not in words(html)


# --- cuts, counts, groups ------------------------------------------------------------------------


def test_losses_are_drawn_on_the_cut_that_is_whole(shipped: Dataset) -> None:
    profile = profiles.profile(shipped, "kon-tum", 2023)
    html = shown(shipped, "province_report", 2023, lambda p, _: province_report.parts(p, profile))
    # three of eight areas are known, and all four sources of points
    assert 'id="lost-points-par-index-score-source"' in html
    assert "Known: 3 of 8 components." in html
    assert "Known: 4 of 4 components." in html


def test_counts_are_not_written_like_places(shipped: Dataset) -> None:
    view = overview.overview(shipped, "PAR_INDEX", 2022)
    html = shown(
        shipped, "national_overview", 2022, lambda p, n: national_overview.regions(p, view, n)
    )
    known = [row[3] for row in _rows(html, "regions-table")]
    assert "3 of 6" in known
    assert not any("/" in text for text in known)


@pytest.mark.parametrize(
    ("year", "said"), [(2018, "A, from 80%"), (2021, "A, from 90%"), (2019, "A")]
)
def test_a_group_comes_with_the_thresholds_of_its_year(year: int, said: str) -> None:
    assert terms.group_range(EN, "PAR_INDEX", year, "A") == said
    assert terms.group_range(EN, "PAR_INDEX", 2018, "B") == "B, 75 to below 80%"
    assert terms.group_range(EN, "PAR_INDEX", 2018, "D") == "D, below 70%"


def test_a_group_that_is_computed_is_no_fact(shipped: Dataset) -> None:
    assert "By its score that is group B" in lead(shipped, "hoa-binh", 2023)
    assert "It is in group B" in lead(shipped, "lang-son", 2021)


# --- who runs the program ------------------------------------------------------------------------


def test_commands_stand_in_one_closed_box(shipped: Dataset) -> None:
    view = overview.overview(shipped, "PAR_INDEX", 2022)
    html = shown(
        shipped,
        "national_overview",
        2022,
        lambda p, n: national_overview.distribution(p, view, n),
        lambda p, _: p.finish(),
    )
    box = re.search(r'<details class="ps-operators">.*?</details>', html, re.DOTALL)
    assert box is not None
    assert "<code>parstudy fetch geo</code>" in box[0]
    rest = html.replace(box[0], "").partition('class="ps-colophon"')[0]
    assert "parstudy fetch" not in rest
    assert "`" not in rest


def test_a_doubtful_score_is_drawn_differently(shipped: Dataset) -> None:
    from parstudy import charts

    rows = shipped.scores
    rows = rows[
        rows["component"].eq("total") & rows["index_id"].eq("SIPAS") & rows["score"].notna()
    ]
    names = terms.Names(shipped.provinces, EN, 2020)
    notes = {}
    for year in (2020, 2022):
        own = rows[rows["year"].eq(year)]
        own = own.assign(name=[names(unit) for unit in own["province_id"]])
        notes[year] = charts.position_strip(own, None, EN).alt
    assert "White middle: derived from other figures, or doubtful: " in notes[2020]
    assert "Can Tho" in notes[2020].partition("White middle")[2]
    assert "White middle" not in notes[2022]


@pytest.mark.parametrize("certainty", ["stated", "doubtful", "derived"])
def test_every_picture_draws_apart_what_is_doubtful(shipped: Dataset, certainty: str) -> None:
    from parstudy import charts

    ranks = shipped.scores
    ranks = ranks[
        ranks["component"].eq("total")
        & ranks["index_id"].eq("PAR_INDEX")
        & ranks["score"].notna()
        & ranks["rank_published"].notna()
    ]
    unit = ranks["province_id"].eq("quang-ninh")
    ranks = ranks.assign(certainty="stated", value=ranks["rank_published"])
    ranks.loc[unit & ranks["year"].eq(2022), "certainty"] = certainty
    year = ranks[ranks["year"].eq(2022)]
    parts = pd.DataFrame(
        {
            "component": ["A1", "A2"], "name_vi": "Phần", "name_en": "Part", "percent": [80.0, 90],
            "lost": [2.0, 1.0], "max_score": 10.0, "certainty": [certainty, "stated"],
        }
    )  # fmt: skip
    units = shipped.units(2022)
    regions = pd.DataFrame(
        {"region_id": sorted(set(units["region_id"])), "mean_published": np.nan,
         "mean_known": np.nan, "n_known": 1, "n_members": 2}
    )  # fmt: skip
    place = {"PAR_INDEX": ranks[unit]}
    others = ranks.assign(rank=ranks["rank_published"])
    said = [
        charts.rank_path(place, EN).alt,
        charts.rank_glance(ranks[unit], others, EN, index="PAR_INDEX").alt,
        charts.tile_map(year, units, EN).alt,
        charts.region_strip(year, units, regions, EN).alt,
        charts.component_profile(parts, EN).alt,
        charts.lost_points(parts, EN).alt,
    ]
    marks = ("(derived or doubtful)", "†: derived from other figures", "White middle: derived")
    told = [any(mark in alt for mark in marks) for alt in said]
    assert told == [certainty != "stated"] * len(said)


# --- what sentences claim ------------------------------------------------------------------------


def test_a_weak_break_is_worded_weaker_than_a_strong_one(shipped: Dataset) -> None:
    weak, strong = headline(shipped, "quang-ninh", 2024), headline(shipped, "khanh-hoa", 2022)
    assert "was revised in 2024; no maximum is known to have changed" in weak
    assert "not comparable" not in weak
    assert "PAR INDEX 2022 is not comparable with 2021" in strong


@pytest.mark.parametrize("n", [20, 29, 30, 63])
def test_errors_for_large_samples_give_no_p_value_in_small_ones(n: int) -> None:
    rng = np.random.default_rng(n)
    x = pd.Series(rng.permutation(n) + 1.0)
    ranks = pd.DataFrame({"a": x, "b": (x + rng.normal(0, n / 4, n)).rank()})
    found = relations.slopes(relations.fits(ranks)).iloc[0]
    assert pd.notna(found["p"]) == (n >= 30)
    assert pd.notna(found["slope"])


def test_self_assessment_does_not_prove_what_was_missing() -> None:
    said = " ".join(terms.LEVELS.values())
    assert "evidence" not in said
    from parstudy.pages.improvement_plan._words import cause

    row = {"not_granted": 0.5, "scoring": "", "claimed": 1.0, "score": 0.5, "easy": False}
    assert cause(EN, row) == "claimed, not granted"
    assert cause(EN, row | {"not_granted": 0.0, "claimed": 0.5}) == (
        "not claimed by the province itself"
    )


def test_a_component_has_the_name_that_the_data_give() -> None:
    from parstudy.pages.improvement_plan._words import label

    rows = pd.DataFrame({"name_vi": ["Tên"], "name_en": ["A name"]}, index=["9.9.9"])
    made: Any = SimpleNamespace(gains=SimpleNamespace(table=rows), index="PAR_INDEX", year=2021)
    assert label(EN, made, "9.9.9") == "9.9.9 A name"
    assert label(EN, made, "A4").startswith("A4 ")


def test_a_rank_across_a_new_method_is_no_measure_of_a_plan() -> None:
    row = {"index_id": "SIPAS", "rank_before": 31, "rank_after": 59, "n_ranked": 63}
    page = type("P", (), {"language": EN})()
    (broken,) = plan_evaluation._rank_words(page, row | {"break": True})
    (whole,) = plan_evaluation._rank_words(page, row | {"break": False})
    assert "no measure of the plan" in broken
    assert "explain" not in broken
    assert "method" not in whole


def test_changes_of_a_percentage_are_percentage_points() -> None:
    page = type("P", (), {"language": EN})()
    row = {"change": -0.74, "change_mean": 0.15, "change_distance": -0.89}
    for index, unit in (("SIPAS", "percentage points"), ("PAR_INDEX", "points")):
        for broken, ending in ((True, f"it is −0.89 {unit}."), (False, f"mean −0.89 {unit}.")):
            (said,) = plan_evaluation._change_words(
                page, {**row, "index_id": index, "break": broken}
            )
            assert f": −0.74 {unit}, " in said
            assert said.endswith(ending)


# --- how figures are written ---------------------------------------------------------------------


def test_figures_have_their_units(shipped: Dataset) -> None:
    told = headline(shipped, "lang-son", 2021)
    assert "Score 87.11 points 87.07%" in told
    assert "Change of score – +3.10 percentage points" in told
    plan = improvement(shipped, "lang-son", 2021)
    html = shown(shipped, "improvement_plan", 2021, lambda p, n: improvement_plan.title(p, plan, n))
    assert "PAR INDEX 2021: 87.11 points, rank 23/63." in words(html)
    for index, mean, change in (
        ("PAR_INDEX", "86.98 points", "+2.19 points"),
        ("SIPAS", "82.66%", "+2.58 percentage points"),
    ):
        view = overview.overview(shipped, index, 2023)
        html = shown(
            shipped,
            "national_overview",
            2023,
            lambda p, n, view=view: national_overview.title(p, view, n),
            lambda p, _, view=view: national_overview.nation(p, view),
        )
        assert f"The national mean is {mean}." in words(html)
        rows = {row[0]: row[1] for row in _rows(html, "nation-table")}
        assert rows["Mean"] == mean
        assert rows["Change of the mean"] == change


def test_figures_have_two_decimals_or_as_many_as_were_printed(shipped: Dataset) -> None:
    row = {"index_id": "PAR_INDEX", "score": 90.628, "decimals": 3}
    assert terms.score_with_unit(EN, row) == "90.63 points"
    assert terms.score_with_unit(EN, row | {"score": 84.6, "decimals": 1}) == "84.6 points"
    assert terms.score_cell(EN, "DTI", {"score": 0.6543, "decimals": 4}) == "0.6543"
    for index, said in (("SIPAS", True), ("PAR_INDEX", False)):  # 80.1% beside 82.83%
        year = 2023 if said else 2012
        view = overview.overview(shipped, index, year)
        html = shown(
            shipped,
            "national_overview",
            year,
            lambda p, n, view=view: national_overview.ranking(p, view, n),
        )
        known = [row[2] for row in _rows(html, "ranking-table") if row[2] != "–"]
        assert (len({len(score.partition(".")[2]) for score in known}) > 1) == said
        assert ("Fewer decimals: the source prints no more." in html) == said


def test_what_no_source_prints_has_a_mark_in_crowded_tables(shipped: Dataset) -> None:
    for year, note in ((2023, True), (2015, False)):
        profile = profiles.profile(shipped, "hoa-binh", year)
        if not note:  # a province whose figures are all printed
            profile = profiles.profile(shipped, "da-nang", year)
        html = shown(
            shipped,
            "province_report",
            year,
            lambda p, n, profile=profile: province_report.path(p, profile, n),
        )
        cells = [cell for row in _rows(html, "history-table") for cell in row]
        assert any(cell.endswith("†") for cell in cells) == ("†: printed by no source" in html)
        assert not any("(implied" in cell or "(computed" in cell for cell in cells)
        if note:
            assert {"86.30†", "23/63†"} <= set(cells)


# --- who is not there ----------------------------------------------------------------------------


def test_a_ranking_names_all_who_are_not_in_it(shipped: Dataset) -> None:
    view = overview.overview(shipped, "SIPAS", 2023)
    html = shown(
        shipped, "national_overview", 2023, lambda p, n: national_overview.ranking(p, view, n)
    )
    said = words(html)
    ranked = [row[1] for row in _rows(html, "ranking-table")]
    assert f"A published figure was found of {len(ranked)} of 63 provinces." in said
    assert "implied by the figure of 2024 and a published change: Can Tho (rank 23), Hoa" in said
    silent = re.search(r"No figure found: (.*?)\.", said)
    assert silent is not None
    named = re.split(r", and |, ", silent[1])
    implied = len(view.implied)
    assert len(ranked) + implied + len(named) == 63
    assert not {*ranked} & {*named}
    assert "Hoa Binh" not in named


def test_an_implied_place_stands_in_the_region_as_in_the_headline(shipped: Dataset) -> None:
    profile = profiles.profile(shipped, "hoa-binh", 2023)
    html = shown(
        shipped, "province_report", 2023, lambda p, n: province_report.neighbours(p, profile, n)
    )
    rows = {row[0]: row for row in _rows(html, "region-table")}
    assert rows["Hoa Binh*"][3] == "34†"
    assert rows["Lai Chau"][4] == "79.82%†"
    assert all(row[-1].startswith("[") for row in rows.values())  # each with its source
    assert "†: printed by no source" in html
    assert "34/63 (implied by the change)" in headline(shipped, "hoa-binh", 2023)


def test_an_index_without_groups_has_none_to_find(shipped: Dataset) -> None:
    assert "Group B, 80 to below 90% not grouped" in headline(shipped, "lang-son", 2021)


# --- why that rank, which criterion --------------------------------------------------------------


@pytest.mark.parametrize("given", [{}, {"target_rank": 13}])
def test_a_plan_says_why_its_aim_is_that_rank(shipped: Dataset, given: dict[str, int]) -> None:
    plan = improvement(shipped, "lang-son", 2021)
    out: list[dict[str, Any]] = []
    page = Page("en", "improvement_plan", {"year": 2021, **given}, shipped, out=out.append)
    improvement_plan.ways_up(page, plan)
    said = words(" ".join(str(bundle["text/html"]) for bundle in out))
    assert "To rank 13/63 it takes" in said
    assert ("No aim was given, so ten places up is taken" in said) == (not given)


def test_a_criterion_without_a_name_is_told_with_its_area() -> None:
    said = terms.component_label(EN, "5.3.1", "PAR_INDEX", 2021)
    assert said.startswith("5.3.1 (in A5 ")
    assert terms.component_label(EN, "5.3.1", "PAR_INDEX", 1999) == "5.3.1"  # no set known


def _rows(html: str, id: str) -> list[list[str]]:
    table = re.search(rf'<table[^>]*id="{id}".*?</table>', html, re.DOTALL)
    assert table is not None, id
    body = table[0].partition("<tbody>")[2]
    return [
        [words(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)]
        for row in re.findall(r"<tr[^>]*>(.*?)</tr>", body, re.DOTALL)
    ]


def test_a_change_within_sampling_error_is_neither_better_nor_worse() -> None:
    page = type("P", (), {"language": EN})()
    row = {"change": 1.72, "change_mean": 0.0, "margin": 4.1}
    for index in ("SIPAS", "PAR_INDEX"):
        said = {
            change: next(
                iter(
                    plan_evaluation._sampling_words(
                        page, {**row, "index_id": index, "change_distance": change}
                    )
                )
            )
            for change in (4.0, -4.0, 4.2, -4.2)
        }
        assert all("neither better nor worse" in said[change] for change in (4.0, -4.0))
        assert not any("better" in said[change] for change in (4.2, -4.2))
    unknown = {**row, "index_id": "SIPAS", "change_distance": 1.0, "margin": np.nan}
    assert list(plan_evaluation._sampling_words(page, unknown)) == []


def test_the_first_screen_calls_no_change_within_sampling_error_a_change(
    shipped: Dataset,
) -> None:
    def change(province: str, year: int) -> str:
        return words(lead(shipped, province, year))

    hai_phong = change("hai-phong", 2023)
    assert "SIPAS: up 5 places" in hai_phong
    assert "within sampling error (about ±5.5 percentage points): neither better" in hai_phong
    assert "within the sampling error of SIPAS in it alone" not in hai_phong  # up 1.72 points
    # 2022 has a new method: the figures are not held against each other at all
    assert "sampling" not in change("lang-son", 2022)


@pytest.mark.parametrize(
    ("code", "was", "wanted", "found", "expected"),
    [
        ("rank_impossible", "5 (88.09)", "≥ 6", "rank 5, score 88.09", "rank 6 or further down"),
        ("rank_order", "lao-cai 6: 88.76", "≤ 4", "lao-cai: rank 6, score 88.76",
         "rank 4 or further up"),
        ("change_disagrees", "1.72", "+1.78 (90.09 → 91.87)", "score: +1.72",
         "score: +1.78 (from 90.09 to 91.87)"),
        ("change_disagrees change_rank", "5", "+3 (9 → 6)", "rank: +5", "rank: +3 (from 9 to 6)"),
        ("rank_shared rank 7 is", "lao-cai: 90.6; long-an: –", "",
         "rank 7: lao-cai (score 90.6); long-an (no score found)", ""),
        ("conflict_change_rank", "-2 (s1) ≠ 2 (s2); 3 (s3)", "",
         "-2 (s1), elsewhere +2 (s2); +3 (s3)", ""),
        ("conflict_score", "87.12 (s1) ≠ 87.14 (s2)", "", "87.12 (s1), elsewhere 87.14 (s2)", ""),
        ("percent_disagrees", "85", "85.77 (11.15/13)", "85%", "85.77% (11.15 of 13 points)"),
        ("sipas_points_near", "8.24", "8.300 (83% × 10)", "8.24", "8.300 (83% of 10 points)"),
        ("group_too_small", "5", "≥ 6", "5", "6 or more"),
        ("extreme_disagrees", "87.12", "87.14", "87.12", "87.14"),
    ],
)  # fmt: skip
def test_a_finding_is_words_and_no_formula(
    code: str, was: str, wanted: str, found: str, expected: str
) -> None:
    code, _, message = code.partition(" ")
    row = {"code": code, "found": was, "expected": wanted, "message": message}
    assert _finding_words.found(EN, row) == found
    assert _finding_words.expected(EN, row) == expected


def test_counts_in_what_was_printed_are_grouped_as_the_language_does() -> None:
    text = "39765; 90.09, 2023, -1.5"
    assert terms.as_printed(EN, text) == "39,765; 90.09, 2023, −1.5"
    assert terms.as_printed(Language("vi"), text) == "39.765; 90,09, 2023, −1,5"


def test_no_finding_on_what_ships_reads_like_a_formula(shipped: Dataset) -> None:
    for row in shipped.findings.to_dict("records"):
        said = _finding_words.found(EN, row) + _finding_words.expected(EN, row)
        assert not re.search("[≥≤≠≈×→]", said), said


def test_a_change_within_sampling_error_has_no_colour_of_good_or_bad(shipped: Dataset) -> None:
    page = Page("en", "plan_evaluation", {"year": 2020}, shipped)
    row = {"index_id": "SIPAS", "change_score": 3.1, "margin": 6.1}
    assert plan_evaluation._change_cell(page, row) == "+3.10 ± 6.1 percentage points"
    beyond = str(plan_evaluation._change_cell(page, row | {"change_score": -11.63}))
    assert beyond.startswith("<span")
    assert "−11.63 ± 6.1 percentage points" in beyond
