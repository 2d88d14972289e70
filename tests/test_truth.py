"""Pages say no more than the figures: each rule with figures on both sides of it."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
import pytest

from parstudy.dataset import Dataset
from parstudy.display import Language, Page, terms
from parstudy.pages import gaps as gaps_page
from parstudy.pages import improvement_plan, national_overview, plan_evaluation, province_report
from parstudy.studies import gaps, overview, profiles, relations
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


def lead(dataset: Dataset, province: str, year: int) -> str:
    profile = profiles.profile(dataset, province, year)
    html = shown(
        dataset, "province_report", year, lambda p, n: province_report.title(p, profile, n)
    )
    found = re.search(r'<p class="ps-lead">(.*?)</p>', html, re.DOTALL)
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
    assert "Other published figures contradict this" in contested
    assert 'href="#findings"' in contested
    assert "contradict" not in lead(shipped, "lang-son", 2021)
    assert "Contradicted yes, see below" in headline(shipped, "hoa-binh", 2023)
    assert "Contradicted no no" in headline(shipped, "lang-son", 2021)


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


# --- implied figures -----------------------------------------------------------------------------


def test_an_implied_figure_is_told_as_such_everywhere(shipped: Dataset) -> None:
    assert "79.82%, implied by the figure of 2024" in lead(shipped, "lai-chau", 2023)
    assert "79.82% (implied by the change)" in headline(shipped, "lai-chau", 2023)
    assert "implied" not in lead(shipped, "lai-chau", 2022)
    plan = improvement(shipped, "lang-son", 2012)
    html = shown(shipped, "improvement_plan", 2012, lambda p, n: improvement_plan.title(p, plan, n))
    assert "imply rank 49" in words(html)


def test_a_year_of_which_only_a_change_is_known_is_no_row_of_dashes(shipped: Dataset) -> None:
    profile = profiles.profile(shipped, "lai-chau", 2023)
    html = shown(shipped, "province_report", 2023, lambda p, n: province_report.path(p, profile, n))
    rows = _rows(html, "history-table")
    assert ["PAR INDEX", "2024"] not in [row[:2] for row in rows]
    assert all(set(row[2:5]) != {"–"} for row in rows)


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


def test_a_rank_across_a_new_method_is_no_measure_of_a_plan() -> None:
    row = {"index_id": "SIPAS", "rank_before": 31, "rank_after": 59, "n_ranked": 63}
    page = type("P", (), {"language": EN})()
    (broken,) = plan_evaluation._rank_words(page, row | {"break": True})
    (whole,) = plan_evaluation._rank_words(page, row | {"break": False})
    assert "no measure of the plan" in broken
    assert "explain" not in broken
    assert "method" not in whole


def _rows(html: str, id: str) -> list[list[str]]:
    table = re.search(rf'<table[^>]*id="{id}".*?</table>', html, re.DOTALL)
    assert table is not None, id
    body = table[0].partition("<tbody>")[2]
    return [
        [words(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)]
        for row in re.findall(r"<tr[^>]*>(.*?)</tr>", body, re.DOTALL)
    ]
