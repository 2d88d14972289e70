"""Scenarios against computations of their own, on SYNTHETIC figures and on the real ones."""

from __future__ import annotations

import itertools
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parstudy import demo
from parstudy.dataset import _scores
from parstudy.errors import ParstudyError, ProvinceError, StatisticsError
from parstudy.facts import criteria, provinces
from parstudy.studies import improvement

UNITS = [u.province_id for u in provinces.units("63")]
YEAR = 2023


def tables(
    scores: pd.DataFrame, components: pd.DataFrame, decimals: int = 3, set_name: str = "TEST"
) -> Any:
    """Tables by hand: ``year, province_id, component, score`` and the components."""
    tops = dict(zip(components["code"], components["max_score"], strict=True))
    frame = scores.assign(index_id="PAR_INDEX", criteria_set=set_name, n_ranked=63)
    frame["max_score"] = frame["component"].map(tops).astype(float)
    frame["decimals"] = decimals
    for column in ("rank_published", "rank_low", "rank_high", "rank_computed", "rank_implied"):
        frame[column] = pd.array([pd.NA] * len(frame), dtype="Int64")
    frame["score_implied"] = np.nan
    total = frame["component"].eq("total")
    by_year = frame[total].groupby("year")["score"]
    complete = by_year.transform("count").eq(63)
    place = by_year.rank(method="min", ascending=False).where(complete)
    frame.loc[total, "rank_computed"] = place.astype("Int64")
    for column in ("score_source_id", "rank_source_id"):
        frame[column] = "src"
    return SimpleNamespace(
        scores=frame.reset_index(drop=True),
        components=components.assign(criteria_set=set_name, index_id="PAR_INDEX"),
        provinces=provinces.registry(),
        aggregates=pd.DataFrame(columns=list(_scores.AGGREGATE_COLUMNS)),
    )


@pytest.fixture(scope="session")
def made() -> demo.Demo:
    return demo.generate()


@pytest.fixture(scope="session")
def full(made: demo.Demo) -> Any:
    sources = pd.DataFrame(
        {
            "code": ["appraisal", "survey_leaders", "sipas", "socioeconomic"],
            "parent": "total",
            "level": "score_source",
            "max_score": [61.5, 22.0, 10.0, 6.5],
        }
    )
    return tables(made.scores, pd.concat([made.components, sources], ignore_index=True))


@pytest.fixture(scope="session")
def points(made: demo.Demo) -> pd.DataFrame:
    """Scores of the last year: province by component."""
    rows = made.scores[made.scores["year"].eq(YEAR)]
    return rows.pivot(index="province_id", columns="component", values="score")


def brute_rank(totals: dict[str, float], unit: str, own: float) -> int:
    better = 0
    for other, score in totals.items():
        if other != unit and round(score - own, 6) > 0:
            better += 1
    return 1 + better


# --- what if -------------------------------------------------------------------------------------


def test_new_total_and_rank_equal_a_count_by_hand(full: Any, points: pd.DataFrame) -> None:
    totals = points["total"].to_dict()
    for unit in UNITS[::9]:
        row = points.loc[unit]
        changes: dict[str, Any] = {"1.1.2": "max", "5.3.1": "=1.5", "8.1.1": +0.25, "2.1.2": -0.1}
        found = improvement.what_if(full, unit, YEAR, changes, draws=100)
        own = row["total"] + (1 - row["1.1.2"]) + (1.5 - row["5.3.1"]) + 0.25 - 0.1
        assert found.new_total == pytest.approx(own, abs=1e-9)
        assert found.rank_low == found.rank_high == brute_rank(totals, unit, row["total"])
        assert found.new_rank_low == found.new_rank_high == brute_rank(totals, unit, own)
        assert found.new_group == criteria.group_of("PAR_INDEX", YEAR, own)


def test_changes_that_cannot_be_are_refused(full: Any) -> None:
    def code(changes: dict[str, Any]) -> tuple[str, str]:
        with pytest.raises(ParstudyError) as error:
            improvement.what_if(full, "lang-son", YEAR, changes)
        return error.value.code, str(error.value)

    assert code({"1.3.22": "max"})[0] == "unknown_code"
    assert "1.3.2" in code({"1.3.22": "max"})[1]
    assert code({"1.3.2": 0.9})[0] == "above_maximum"
    assert code({"1.3.2": -0.9})[0] == "below_zero"
    for wanted in ("much", True, float("nan"), float("inf"), None, "=x"):
        assert code({"1.3.2": wanted})[0] == "bad_change"
    assert code({"1.3": "max", "1.3.2": "max"})[0] == "overlapping_codes"
    assert code({"A1": "max", "1.3.2": "max"})[0] == "overlapping_codes"
    assert code({"sipas": 0.1, "A1": 0.1})[0] == "overlapping_codes"
    assert code({"total": 1})[0] == "unknown_code"


def test_a_code_without_points_is_refused(full: Any) -> None:
    scores = full.scores
    gone = scores["province_id"].eq("lang-son") & scores["component"].eq("1.3.2")
    less = SimpleNamespace(**{**vars(full), "scores": scores[~gone]})
    with pytest.raises(ParstudyError) as error:
        improvement.what_if(less, "lang-son", YEAR, {"1.3.2": "max"})
    assert error.value.code == "not_known"
    # the criterion above is known, so a plan can be made there
    assert improvement.what_if(less, "lang-son", YEAR, {"1.3": "max"}, draws=100).change > 0


def test_an_outlook_needs_years_of_one_criteria_set(full: Any) -> None:
    assert improvement.what_if(full, "lang-son", 2020, {}).reason == "too_few_years"
    found = improvement.what_if(full, "lang-son", 2021, {}, draws=200)
    assert found.outlook is not None
    # never a year after the base year
    assert found.outlook.pairs == ((2018, 2019), (2019, 2020), (2020, 2021))
    broken = full.scores.assign(criteria_set=np.where(full.scores["year"] < 2022, "OLD", "TEST"))
    other = SimpleNamespace(**{**vars(full), "scores": broken})
    assert improvement.what_if(other, "lang-son", YEAR, {}).reason == "too_few_years"
    hole = full.scores[~(full.scores["province_id"].eq("ha-noi") & full.scores["year"].eq(YEAR))]
    other = SimpleNamespace(**{**vars(full), "scores": hole})
    assert improvement.what_if(other, "lang-son", YEAR, {}).reason == "incomplete_year"


def test_an_outlook_is_a_distribution_and_repeats(full: Any) -> None:
    first, again = (
        improvement.what_if(full, "lang-son", YEAR, {"8.1.1": 0.5}, draws=1000, seed=3).outlook
        for _ in range(2)
    )
    assert first is not None
    assert again is not None
    pd.testing.assert_series_equal(first.ranks, again.ranks)
    assert first.ranks.sum() == pytest.approx(1)
    assert len(first.ranks) == 63
    assert first.chances["with_plan"].is_monotonic_increasing
    assert first.chances.loc[10, "with_plan"] == pytest.approx(first.ranks.loc[:10].sum())
    assert first.groups.sum().tolist() == pytest.approx([1, 1])
    assert (first.chances["with_plan"] >= first.chances["without_plan"]).all()


def test_fixed_own_components_leave_only_the_others_moving(full: Any) -> None:
    fixed = improvement.what_if(full, "lang-son", YEAR, {}, own="fixed", draws=500).outlook
    assert fixed is not None
    assert fixed.quantiles["total"].nunique() == 1
    with pytest.raises(StatisticsError):
        improvement.what_if(full, "lang-son", YEAR, {}, own="luck")
    with pytest.raises(StatisticsError):
        improvement.what_if(full, "lang-son", YEAR, {}, horizon=0)


def futures(
    rng: np.random.Generator, years: int, keep: float, ahead: int, n_futures: int
) -> tuple[pd.DataFrame, np.ndarray]:
    """A known process: lasting standing, yearly luck, a national shift; the past and its futures.

    Two components; the national mean moves by its own luck each year.
    """
    n = len(UNITS)
    spread = 3.0
    luck = spread * np.sqrt(1 - keep**2)
    state = rng.normal(0, spread, (2, n))
    past, mean = [], 40.0
    for year in range(years):
        if year:
            state = keep * state + luck * rng.standard_normal((2, n))
            mean += rng.normal(0.3, 0.5)
        past.append(mean + state)
    ends = []
    for _ in range(n_futures):
        last = state
        for _ in range(ahead):
            last = keep * last + luck * rng.standard_normal((2, n))
        ends.append(last.sum(axis=0))
    rows = []
    for at, values in enumerate(past):
        year = YEAR - years + 1 + at
        for code, scores in (("A1", values[0]), ("A2", values[1]), ("total", values.sum(axis=0))):
            rows.append(
                pd.DataFrame(
                    {"year": year, "province_id": UNITS, "component": code, "score": scores}
                )
            )
    return pd.concat(rows, ignore_index=True), np.array(ends)


TWO = pd.DataFrame(
    {
        "code": ["total", "A1", "A2"],
        "parent": ["", "total", "total"],
        "level": ["total", "area", "area"],
        "name_vi": ["", "một", "hai"],
        "name_en": ["", "one", "two"],
        "max_score": [100.0, 70.0, 70.0],
        "scoring": "mixed",
        "lead_department": ["", "X", "Y"],
    }
)


def test_chances_are_reliable_over_simulated_futures() -> None:
    """Of all statements "the chance of the top k is p", a share p within 5 points comes true.

    30 pasts of six years, each with 40 futures of the true process (standing lasts long in half
    of them, less in the others); six provinces ranked 3 to 38, three tops. Bins of 0.2; each
    holds 50 statements or more.
    ``benchmarks/calibration.py`` does it at length, with plans, ceilings and two years ahead.
    """
    rng = np.random.default_rng(11)
    said, came = [], []
    for keep in [0.9, 0.6] * 15:
        past, ends = futures(rng, years=6, keep=keep, ahead=1, n_futures=40)
        made = tables(past, TWO, decimals=6)
        ranks = 1 + (ends[:, None, :] > ends[:, :, None]).sum(axis=2)
        now = past[past["year"].eq(YEAR) & past["component"].eq("total")]["score"].to_numpy()
        for unit in np.argsort(-now)[2:38:7]:
            found = improvement.what_if(made, UNITS[unit], YEAR, {}, draws=400).outlook
            assert found is not None
            for top in (10, 20, 30):
                said.append(found.chances.loc[top, "with_plan"])
                came.append((ranks[:, unit] <= top).mean())
    table = pd.DataFrame({"said": said, "came": came})
    bins = table.groupby(pd.cut(table["said"], np.linspace(0, 1, 6), include_lowest=True))
    counted = bins.agg(["mean", "size"])
    assert (counted["said", "size"] >= 50).all()
    gap = (counted["said", "mean"] - counted["came", "mean"]).abs()
    assert gap.max() < 0.05, counted


# --- points to a rank ----------------------------------------------------------------------------


def small(rng: np.random.Generator, k: int, departments: int) -> Any:
    """63 provinces, one area for each of ``k`` components."""
    codes = [f"A{i + 1}" for i in range(k)]
    tops = rng.integers(2, 8, k) * 0.25
    rows = []
    for unit in UNITS:
        score = np.round(tops * rng.choice([0.4, 0.5, 0.75, 0.9, 1.0], k), 3)
        rows += [(YEAR, unit, c, s) for c, s in zip(codes, score, strict=True)]
        rows.append((YEAR, unit, "total", round(float(score.sum()), 3)))
    leads = [f"D{int(d)}" for d in rng.integers(departments, size=k)]
    components = pd.DataFrame(
        {
            "code": ["total", *codes],
            "parent": ["", *["total"] * k],
            "level": ["total", *["area"] * k],
            "name_vi": "",
            "name_en": "",
            "max_score": [float(tops.sum()), *tops],
            "scoring": "appraisal",
            "lead_department": ["", *leads],
        }
    )
    frame = pd.DataFrame(rows, columns=["year", "province_id", "component", "score"])
    return tables(frame, components)


def brute_sets(made: Any, unit: str, target: int) -> tuple[float, dict[str, list[Any]]]:
    """All subsets, one by one."""
    rows = made.scores
    totals = rows[rows["component"].eq("total")].set_index("province_id")["score"].to_dict()
    own = rows[rows["province_id"].eq(unit)].set_index("component")
    tree = made.components.set_index("code")
    codes = [c for c in tree.index if c != "total"]
    lost = {c: round(own.loc[c, "max_score"] - own.loc[c, "score"], 6) for c in codes}
    losing = [c for c in codes if lost[c] > 0]
    need = 0.0
    others = sorted((s for u, s in totals.items() if u != unit), reverse=True)
    if brute_rank(totals, unit, totals[unit]) > target:
        need = round(others[target - 1] - totals[unit], 6)
    found = []
    for size in range(len(losing) + 1):
        for chosen in itertools.combinations(losing, size):
            gained = round(sum(lost[c] for c in chosen), 6)
            if brute_rank(totals, unit, totals[unit] + gained) <= target:
                leads = {tree.loc[c, "lead_department"] for c in chosen}
                order = tuple(codes.index(c) for c in chosen)
                found.append((gained, size, len(leads), order, chosen))
    best = {
        "points": sorted(found, key=lambda f: (f[0], f[1], f[3])),
        "components": sorted(found, key=lambda f: (f[1], f[0], f[3])),
        "departments": sorted(found, key=lambda f: (f[2], f[1], f[0], f[3])),
    }
    return need, best


@pytest.mark.parametrize("seed", range(4))
def test_cheapest_sets_equal_the_search_of_all_subsets(seed: int) -> None:
    rng = np.random.default_rng(seed)
    made = small(rng, k=10, departments=4)
    for unit in UNITS[seed::23]:
        for target in (1, 5, 20):
            reach = improvement.points_to_rank(made, unit, YEAR, target, up_to="max")
            need, best = brute_sets(made, unit, target)
            assert reach.needed_low == reach.needed_high == pytest.approx(need)
            if not need:
                assert reach.reason == "held"
                assert reach.feasible
                continue
            assert reach.feasible == bool(best["points"])
            if not reach.feasible:
                assert reach.reason == "out_of_reach"
                assert reach.sets.empty
                assert reach.best_rank > target
                continue
            for aim, expected in best.items():
                sets = reach.sets[reach.sets["aim"].eq(aim)]
                wanted = expected[:5]
                if aim == "departments":  # only sets with the fewest departments are listed
                    wanted = [f for f in wanted if f[2] == wanted[0][2]]
                assert list(sets["codes"]) == [f[4] for f in wanted]
                assert list(sets["points"]) == pytest.approx([f[0] for f in wanted])
                assert list(sets["n_departments"]) == [f[2] for f in wanted]
                assert (sets["rank"] <= target).all()


def test_sets_of_a_full_release_reach_the_rank(full: Any, points: pd.DataFrame) -> None:
    totals = points["total"].to_dict()
    best = points.max()
    for unit in ("lang-son", "ca-mau", "ben-tre"):
        target, _ = improvement.usual_target(full, unit, YEAR)
        reach = improvement.points_to_rank(full, unit, YEAR, target)
        row = points.loc[unit]
        assert len(reach.sets) >= 3
        for found in reach.sets.to_dict("records"):
            own = row["total"] + sum(best[c] - row[c] for c in found["codes"])
            assert found["total"] == pytest.approx(own, abs=1e-9)
            assert found["rank"] == brute_rank(totals, unit, own) <= target
        fewest = reach.sets[reach.sets["aim"].eq("points")]["points"]
        assert fewest.is_monotonic_increasing
        assert fewest.iloc[0] >= reach.needed_low
        # no set of one fewer component can do it
        count = int(reach.sets[reach.sets["aim"].eq("components")]["n_components"].iloc[0])
        assert reach.gains.nlargest(count - 1).sum() < reach.needed_low


def test_targets_that_are_no_rank_are_refused(full: Any) -> None:
    for target in (0, 64, -1, True):
        with pytest.raises(ParstudyError) as error:
            improvement.points_to_rank(full, "lang-son", YEAR, target)
        assert error.value.code == "bad_target"


# --- lost points ---------------------------------------------------------------------------------


def test_lost_points_equal_loops_over_the_release(
    full: Any, made: demo.Demo, points: pd.DataFrame
) -> None:
    leaves = made.components[made.components["level"].eq("subcriterion")]
    totals = points["total"].to_dict()
    unit = "lang-son"
    gains = improvement.max_gain(full, unit, YEAR)
    assert gains.level == "subcriterion"
    assert gains.known == gains.total == len(leaves)
    by_department: dict[str, float] = {}
    for leaf in leaves.to_dict("records"):
        row = gains.table.loc[leaf["code"]]
        lost = round(leaf["max_score"] - points.loc[unit, leaf["code"]], 6)
        assert row["lost"] == pytest.approx(lost)
        at_max = sum(points.loc[u, leaf["code"]] >= leaf["max_score"] for u in UNITS)
        assert row["n_at_max"] == at_max
        assert row["share_at_max"] == pytest.approx(at_max / 63)
        was = brute_rank(totals, unit, totals[unit])
        places = was - brute_rank(totals, unit, totals[unit] + lost)
        assert row["places_low"] == row["places_high"] == places
        if lost:
            lead = leaf["lead_department"]
            by_department[lead] = by_department.get(lead, 0) + lost
    assert gains.table["lost"].is_monotonic_decreasing
    assert set(gains.departments.index) == set(by_department)
    for lead, lost in by_department.items():
        assert gains.departments.loc[lead, "lost"] == pytest.approx(lost)
    assert gains.departments["lost"].sum() == pytest.approx(100 - totals[unit])


def test_comparable_provinces_are_the_nearest_in_total_and_the_region(
    full: Any, points: pd.DataFrame
) -> None:
    unit, code = "lang-son", "2.3.1"
    totals = points["total"]
    nearest = sorted((round(abs(totals[u] - totals[unit]), 6), u) for u in UNITS if u != unit)
    row = improvement.max_gain(full, unit, YEAR).table.loc[code]
    assert row["n_similar"] == 10
    assert row["n_similar_at_max"] == sum(points.loc[u, code] >= 1 for _, u in nearest[:10])
    units = {u.province_id: u.region_id for u in provinces.units("63")}
    region = [u for u in UNITS if units[u] == units[unit] and u != unit]
    assert row["n_region"] == len(region)
    assert row["n_region_at_max"] == sum(points.loc[u, code] >= 1 for u in region)


# --- levels --------------------------------------------------------------------------------------


def test_the_finest_complete_level_is_taken(full: Any) -> None:
    levels = full.scores["component"].map(full.components.set_index("code")["level"])

    def only(*kept: str) -> Any:
        rows = full.scores[levels.isin(["total", *kept]).to_numpy()]
        return SimpleNamespace(**{**vars(full), "scores": rows})

    for kept, level in (
        (("subcriterion", "area"), "subcriterion"),
        (("criterion", "area"), "criterion"),
        (("area", "score_source"), "area"),
        (("score_source",), "score_source"),
        ((), ""),
    ):
        less = only(*kept)
        assert improvement.best_level(less, "lang-son", YEAR) == level
        gains = improvement.max_gain(less, "lang-son", YEAR)
        reach = improvement.points_to_rank(less, "lang-son", YEAR, 5)
        if level:
            lost = 100 - improvement.value_of_points(less, "lang-son", YEAR).total
            assert gains.table["lost"].sum() == pytest.approx(lost)
        else:
            assert gains.table.empty
            assert reach.reason == "no_components"
        assert reach.needed_low > 0


# --- neighbours, points, overtakers ---------------------------------------------------------------


def test_the_ladder_of_a_full_year_is_the_ranking(full: Any, points: pd.DataFrame) -> None:
    order = points["total"].sort_values(ascending=False)
    unit = "lang-son"
    rungs = improvement.ladder(full, unit, YEAR, around=4)
    at = list(order.index).index(unit)
    assert list(rungs.table["province_id"]) == list(order.index[at - 4 : at + 5])
    assert list(rungs.table["gap"]) == pytest.approx(
        [order[u] - order[unit] for u in rungs.table["province_id"]]
    )
    assert rungs.complete
    assert rungs.unknown == ()


def test_points_of_a_full_year_are_exact(full: Any, points: pd.DataFrame) -> None:
    totals = points["total"].to_dict()
    for unit in UNITS[::10]:
        values = improvement.value_of_points(full, unit, YEAR, (0.5, 1, 2, 3, -2))
        assert values.exact
        for more, row in values.table.iterrows():
            expected = brute_rank(totals, unit, totals[unit] + more)
            assert row["rank_low"] == row["rank_high"] == expected


def test_overtakers_equal_a_comparison_of_two_rankings(made: demo.Demo, full: Any) -> None:
    def rank(year: int) -> dict[str, int]:
        rows = made.ranks[made.ranks["year"].eq(year)]
        return dict(zip(rows["province_id"], rows["rank"], strict=True))

    before, now = rank(YEAR - 1), rank(YEAR)
    wide = made.scores.set_index(["year", "province_id", "component"])["score"]
    for unit in ("lang-son", "ca-mau"):
        passed = {u for u in UNITS if before[u] > before[unit] and now[u] < now[unit]}
        found = improvement.overtakers(full, unit, YEAR)
        assert set(found.table.index[found.table["way"].eq("overtook")]) == passed
        assert found.n_unknown == 0
        assert found.comparable
        assert len(found.parts) == len(passed) * 90
        for row in found.parts.iloc[::37].to_dict("records"):
            them, us = (
                wide[YEAR, who, row["code"]] - wide[YEAR - 1, who, row["code"]]
                for who in (row["province_id"], unit)
            )
            assert row["gained"] == pytest.approx(them - us)
        gained = found.parts.groupby("province_id")["gained"].sum()
        for who in passed:
            assert gained[who] == pytest.approx(found.table.loc[who, "gained"])


def test_the_merger_of_2025_is_no_year_of_changes(full: Any) -> None:
    """Slugs live on, units do not: 63 provinces of 2024 are not the 34 units of 2025."""
    moved = full.scores.assign(year=full.scores["year"] + 2)
    units = set(provinces.registry("34")["province_id"])
    left = moved["year"].lt(2025) | moved["province_id"].isin(units)
    merged = moved[left].assign(n_ranked=np.where(moved.loc[left, "year"] < 2025, 63, 34))
    known = merged["component"].eq("total") & merged["year"].eq(2025)
    places = merged[known].groupby("year")["score"].rank(ascending=False, method="min")
    merged.loc[known, "rank_computed"] = places.astype("Int64")
    other = SimpleNamespace(**{**vars(full), "scores": merged})
    found = improvement.overtakers(other, "lang-son", 2025)
    assert found.merged
    assert not found.comparable
    assert found.table.empty
    assert pd.isna(found.rank_before)
    before = improvement.overtakers(other, "lang-son", 2024)
    assert not before.merged
    assert len(before.table)


# --- properties ----------------------------------------------------------------------------------

_SLOW = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@_SLOW
@given(
    unit=st.sampled_from(UNITS),
    more=st.lists(st.floats(0, 12, allow_nan=False), min_size=2, max_size=4),
)
def test_more_points_never_worsen_a_rank(full: Any, unit: str, more: list[float]) -> None:
    table = improvement.value_of_points(full, unit, YEAR, sorted(more)).table
    assert table["rank_low"].is_monotonic_decreasing
    assert table["rank_high"].is_monotonic_decreasing
    assert (table["places_low"] >= 0).all()


@_SLOW
@given(
    unit=st.sampled_from(UNITS),
    hidden=st.sets(st.sampled_from(UNITS), min_size=1, max_size=50),
    with_rank=st.booleans(),
    more=st.floats(-5, 12, allow_nan=False),
)
def test_bounds_of_a_half_known_year_hold_the_truth(
    full: Any, unit: str, hidden: set[str], with_rank: bool, more: float
) -> None:
    """Hide the scores (and ranks) of some provinces: the true rank stays within the bounds."""
    truth = improvement.value_of_points(full, unit, YEAR, (more,)).table["rank_low"].iloc[0]
    rows = full.scores[full.scores["year"].eq(YEAR) & full.scores["component"].eq("total")].copy()
    rows["rank_published"] = rows["rank_computed"]
    rows["rank_low"] = rows["rank_high"] = rows["rank_published"]
    rows["rank_computed"] = pd.array([pd.NA] * len(rows), dtype="Int64")
    gone = rows["province_id"].isin(hidden)
    rows["score"] = rows["score"].round(2).mask(gone)  # printed with two decimals
    rows["decimals"] = 2
    if not with_rank:
        columns = ["rank_published", "rank_low", "rank_high"]
        rows[columns] = rows[columns].mask(gone & rows["province_id"].ne(unit))
    less = SimpleNamespace(**{**vars(full), "scores": rows})
    found = improvement.value_of_points(less, unit, YEAR, (more,)).table.iloc[0]
    assert found["rank_low"] <= truth <= found["rank_high"]


# --- real figures --------------------------------------------------------------------------------


def test_lang_son_2021_as_published(shipped: Any) -> None:
    """87.11 points, rank 23 of 63; 31 other provinces have a published score or rank."""
    rungs = improvement.ladder(shipped, "Lạng Sơn", 2021)
    assert (rungs.rank_low, rungs.rank_high, rungs.n) == (23, 23, 63)
    named = rungs.table[rungs.table["province_id"].ne("")].set_index("province_id")
    assert named.loc["lang-son", "score"] == 87.11
    # Yên Bái 87.24 (rank 21) and Hòa Bình 87.06 (rank 25) are published
    assert named.loc["yen-bai", ["rank", "score"]].tolist() == [21, 87.24]
    assert named.loc["hoa-binh", "gap"] == pytest.approx(-0.05)
    assert named["source_id"].ne("").all()
    assert rungs.unknown == (19, 20, 22, 24, 26, 27)
    values = improvement.value_of_points(shipped, "lang-son", 2021)
    assert not values.exact
    places = values.table[["rank_low", "rank_high"]].to_numpy().tolist()
    # +1: 88.11 is below rank 12 (88.34) and above rank 14 (87.83); +2: 89.11 is below rank 5
    # (89.28) and above rank 8 (88.60); +3: 90.11 is below rank 3 (90.25), above rank 4 (89.32)
    assert places == [[13, 14], [6, 8], [4, 4]]
    assert set(values.sources) <= set(shipped.sources["source_id"])


def test_more_points_cost_no_place_where_others_are_not_known(shipped: Any) -> None:
    """Quảng Nam 2018, rank 44 published; Đắk Lắk 2017, of which only a range is proven."""
    more = improvement.what_if(shipped, "quang-nam", 2018, {"sipas": 0.01})
    assert more.rank_low == more.rank_high == more.new_rank_high == 44
    less = improvement.what_if(shipped, "quang-nam", 2018, {"sipas": -0.01})
    assert less.new_rank_low == 44
    worth = improvement.value_of_points(shipped, "dak-lak", 2017, (-1, 0, 1)).table
    assert (worth["rank_low"] < worth["rank_high"]).all()
    assert list(worth["places_low"].loc[[0, 1]]) == [0, 0]
    assert list(worth["places_high"].loc[[-1, 0]]) == [0, 0]


def test_lang_son_2021_says_what_is_not_known(shipped: Any) -> None:
    assert improvement.best_level(shipped, "lang-son", 2021) == ""
    assert improvement.max_gain(shipped, "lang-son", 2021).table.empty
    found = improvement.what_if(shipped, "lang-son", 2021, {})
    assert found.outlook is None
    assert found.reason == "incomplete_year"
    with pytest.raises(ParstudyError) as error:
        improvement.what_if(shipped, "lang-son", 2021, {"A1": 0.5})
    assert error.value.code == "not_known"
    reach = improvement.points_to_rank(shipped, "lang-son", 2021, 13)
    # rank 12 has 88.34, rank 14 has 87.83: rank 13 lies between
    assert reach.reason == "no_components"
    assert reach.needed_low == pytest.approx(87.825 - 87.115)
    assert reach.needed_high == pytest.approx(88.345 - 87.105)
    passed = improvement.overtakers(shipped, "lang-son", 2021)
    assert (passed.rank_before, passed.rank, passed.before_from) == (36, 23, "implied")


def test_a_year_without_any_figure_gives_empty_results(shipped: Any) -> None:
    assert improvement.ladder(shipped, "binh-dinh", 2023).table.empty
    assert improvement.value_of_points(shipped, "binh-dinh", 2023).reason == "nothing_known"
    assert improvement.points_to_rank(shipped, "binh-dinh", 2023, 5).reason == "not_ranked"
    assert improvement.usual_target(shipped, "binh-dinh", 2023) == (0, "")
    assert improvement.overtakers(shipped, "binh-dinh", 2023).table.empty
    with pytest.raises(ProvinceError):
        improvement.ladder(shipped, "Atlantis", 2023)
