"""Evaluation of a plan: known truth by simulation, cases by hand, Lạng Sơn as published."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import parstudy as ps
from parstudy import plans
from parstudy.facts.provinces import registry
from parstudy.plans._compare import nearest_change

CODES = [f"{area}.{i}" for area in range(1, 9) for i in range(1, 6)]
TARGETED = ["1.1", "1.3", "3.2", "4.4", "5.1", "6.2"]
NAMES = sorted(registry("63")["province_id"])
OWN = NAMES.index("lang-son")


@dataclass(frozen=True)
class Tables:
    scores: pd.DataFrame
    components: pd.DataFrame


def tables(before: np.ndarray, after: np.ndarray, sets: tuple[str, str] = ("x", "x")) -> Tables:
    """Percent of a maximum of 1 point -> the tables of a dataset, index years 2023 and 2024."""
    parts = []
    for year, values, name in ((2023, before, sets[0]), (2024, after, sets[1])):
        wide = pd.DataFrame(values, index=NAMES, columns=CODES)
        wide["total"] = wide.sum(axis=1) / 100
        long = (
            wide.rename_axis("province_id")
            .reset_index()
            .melt("province_id", var_name="component", value_name="percent")
        )
        parts.append(long.assign(year=year, criteria_set=name))
    frame = pd.concat(parts, ignore_index=True)
    total = frame["component"].eq("total")
    frame["max_score"] = np.where(total, len(CODES), 1.0)
    frame["score"] = np.where(total, frame["percent"], frame["percent"] / 100)
    frame["index_id"], frame["decimals"], frame["n_ranked"] = "PAR_INDEX", 2, 63
    frame["synthetic"] = True
    for name in ("rank_published", "rank_implied", "rank_low", "rank_high"):
        frame[name] = pd.array([pd.NA] * len(frame), dtype="Int64")
    for name in ("change_score_published", "change_rank_published"):
        frame[name] = np.nan
    frame["score_source_id"] = frame["rank_source_id"] = ""
    components = pd.DataFrame(
        {"code": CODES, "level": "criterion", "criteria_set": "x", "index_id": "PAR_INDEX"}
    )
    return Tables(frame, components)


def ask(made: Tables, targets: list[str] = TARGETED) -> plans.Evaluation:
    return plans.evaluate_tables(
        targets=targets,
        province_id="lang-son",
        before=2023,
        after=2024,
        scores=made.scores,
        components=made.components,
        means=pd.DataFrame(columns=["index_id", "year", "value", "source_id"]),
    )


def world(rng: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Lasting quality and passing luck, cut at the maximum as appraised criteria are."""
    province = rng.normal(0, 4, size=(63, 1))
    lasting = rng.normal(84, 8, size=(63, len(CODES))) + province
    trend = rng.normal(1, 2, size=len(CODES))
    first = lasting + rng.normal(0, 7, size=lasting.shape)
    second = lasting + rng.normal(0, 7, size=lasting.shape) + trend
    frames = [pd.DataFrame(np.clip(v, 0, 100), index=NAMES, columns=CODES) for v in (first, second)]
    return frames[0], frames[1]


def lowest(first: pd.DataFrame, n: int = 8) -> list[str]:
    """What a plan names: the criteria with the lowest scores."""
    return list(first.loc["lang-son"].nsmallest(n).index)


def simulate(rng: np.random.Generator, times: int, effect: float) -> pd.DataFrame:
    found = []
    tops = pd.Series(1.0, index=CODES)
    for _ in range(times):
        first, second = world(rng)
        targets = lowest(first)
        # the effect comes on top of what would have happened, below the maximum
        second.loc["lang-son", targets] += effect
        _, estimates, _ = plans.compare(first, second, tops, targets, "lang-son")
        by = estimates.set_index("method")
        found.append(by["estimate"].to_dict() | {f"p_{m}": by["p_placebo"][m] for m in by.index}
                     | {f"se_{m}": by["standard_error"][m] for m in by.index})  # fmt: skip
    return pd.DataFrame(found)


def test_luck_alone_looks_like_success_until_one_matches() -> None:
    found = simulate(np.random.default_rng(2), 120, 0.0)
    mean, error = found.mean(), found.std() / np.sqrt(len(found))
    for method in ("naive", "did"):
        assert mean[method] > 4
        assert mean[method] > 8 * error[method]
    assert abs(mean["matched"]) < 0.25 * mean["did"]


def test_without_an_effect_the_placebo_rejects_as_often_as_it_says() -> None:
    found = simulate(np.random.default_rng(1), 120, 0.0)
    for method in ("did", "matched"):
        for level in (0.05, 0.2, 0.5, 0.8):
            slack = 4 * np.sqrt(level * (1 - level) / len(found))
            share = (found[f"p_{method}"] <= level).mean()
            assert abs(share - level) < slack, (method, level, share)


def test_a_planted_effect_is_found_and_its_error_is_honest() -> None:
    nothing = simulate(np.random.default_rng(3), 60, 0.0)
    found = simulate(np.random.default_rng(3), 60, 12.0)
    # the same worlds with and without: what is found on top of luck is what was planted
    gained = (found["matched"] - nothing["matched"]).mean()
    assert gained == pytest.approx(12.0, abs=0.8)
    assert found["se_matched"].mean() == pytest.approx(nothing["matched"].std(ddof=1), rel=0.25)
    assert (found["p_matched"] < 0.05).mean() > 0.8
    assert (nothing["p_matched"] < 0.05).mean() < 0.2


def test_by_hand() -> None:
    first, second = np.full((63, len(CODES)), 50.0), np.full((63, len(CODES)), 60.0)
    second[OWN] = 50.0
    second[OWN, [CODES.index(c) for c in TARGETED]] = 90.0
    result = ask(tables(first, second))
    estimate = result.estimates.set_index("method")
    assert result.compared
    assert result.level == "criterion"
    assert estimate["estimate"].tolist() == pytest.approx([40.0] * 4)
    # six criteria of one point each: 40 percent of six points
    assert estimate["points"].tolist() == pytest.approx([2.4] * 4)
    assert estimate.loc["matched", "p_placebo"] == pytest.approx(1 / 63)
    assert estimate.loc["matched", "n_placebo"] == 62
    rows = result.criteria.set_index("component")
    assert set(rows.index[rows["targeted"]]) == set(TARGETED)
    assert rows["change_others"].tolist() == pytest.approx([10.0] * len(CODES))
    assert (rows.loc["1.1", "score_before"], rows.loc["1.1", "score_after"]) == (0.5, 0.9)


def test_ties_at_the_maximum_do_not_hang_on_the_alphabet() -> None:
    start = np.array([[100.0]] * 20 + [[40.0]] * 5)
    change = np.array([[-float(n)] for n in range(20)] + [[30.0]] * 5)
    near = nearest_change(start, change, 3)
    # every one of the 19 others at the maximum counts, not the first three
    assert near[0, 0] == pytest.approx(-np.mean(range(1, 20)))
    assert near[24, 0] == pytest.approx(30.0)


def test_why_there_is_no_comparison() -> None:
    flat = np.full((63, len(CODES)), 50.0)
    made = tables(flat, flat)
    assert ask(made, []).why_not == "no_targets"
    assert ask(made, ["7.2.1"]).why_not == "no_scores_before"
    assert ask(made, CODES).why_not == "nothing_untargeted"
    assert ask(tables(flat, flat, ("old", "new"))).why_not == "other_set"
    only = made.scores[made.scores["year"].eq(2023)]
    assert ask(Tables(only, made.components)).why_not == "no_scores_after"
    few = made.scores[made.scores["province_id"].isin(["lang-son", *NAMES[:5]])]
    result = ask(Tables(few, made.components))
    assert result.why_not == "few_provinces"
    assert result.estimates.empty
    assert result.criteria.empty
    assert not result.path.empty


def test_a_target_without_sub_criteria_is_compared_with_them() -> None:
    """1.1 is a criterion that is scored itself, the others are sub-criteria in this set."""
    rng = np.random.default_rng(3)
    made = tables(rng.uniform(40, 90, (63, len(CODES))), rng.uniform(40, 90, (63, len(CODES))))
    plain = ask(made)
    deep = made.components["code"].ne("1.1")
    mixed = made.components.assign(
        level=made.components["level"].mask(deep, "subcriterion"), parent="A1"
    )
    found = ask(Tables(made.scores, mixed))
    assert found.level == "subcriterion"
    pd.testing.assert_frame_equal(found.criteria, plain.criteria)
    pd.testing.assert_frame_equal(found.estimates, plain.estimates)
    bare = made.scores.drop(columns=["change_score_published", "rank_implied", "score_source_id"])
    assert len(ask(Tables(bare, mixed)).path) == len(plain.path)


def test_lang_son_as_published(shipped: ps.Dataset) -> None:
    """Good news of 2021 and bad news of the years after, all from the shipped figures."""
    root = Path(__file__).resolve().parents[2]
    plan, file = plans.of(shipped, "", 0, str(root / "data" / "plans" / "lang-son-2022.csv"))
    assert file == "lang-son-2022.csv"
    result = plans.evaluate(plan, shipped)
    path = result.path.set_index(["index_id", "year"])
    start, sipas = path.loc[("PAR_INDEX", 2021)], path.loc[("SIPAS", 2021)]
    assert (start["score"], start["rank"], start["change_rank"]) == (87.11, 23, 13)
    assert (sipas["score"], sipas["rank"], sipas["change_rank"]) == (87.07, 31, 8)
    fall = path.loc[("SIPAS", 2022)]
    assert (fall["score"], fall["rank"], fall["change_score"]) == (75.44, 59, -11.63)
    assert (fall["mean"], bool(fall["break"])) == (80.08, True)
    assert fall["distance"] == pytest.approx(75.44 - 80.08)
    assert pd.isna(path.loc[("PAR_INDEX", 2022), "score"])
    last = path.loc[("SIPAS", 2024)]
    assert pd.isna(last["rank"])
    assert (last["rank_low"], last["rank_high"]) == (59, 63)
    standing = result.standing.set_index("index_id").loc["SIPAS"]
    assert standing["change_mean"] == pytest.approx(80.08 - 87.16)
    assert standing["change_distance"] == pytest.approx(-11.63 + 7.08)
    assert (standing["rank_before"], standing["rank_after"]) == (31, 59)
    assert result.why_not == "no_scores_before"
    assert result.n_targets == 6
    cited = {s for c in ("score_source_id", "rank_source_id", "mean_source_id")
             for s in result.path[c] if s}  # fmt: skip
    assert cited <= set(shipped.sources["source_id"])


def test_every_province_has_an_answer(shipped: ps.Dataset) -> None:
    for province in ("ha-noi", "bac-kan", "thua-thien-hue"):
        for year in (2012, 2021, 2024):
            result = plans.evaluate(plans.draft(shipped, province, year), shipped)
            assert result.compared or result.why_not


def test_the_shipped_plan_names_what_plan_156_names() -> None:
    root = Path(__file__).resolve().parents[2]
    plan = plans.read(root / "data" / "plans" / "lang-son-2022.csv")
    assert plan.problems == ()
    assert plan.raised == ["1.1", "1.3.2", "4.1.2", "5.3.1", "5.5.2", "5.7.2"]
    lead = plan.rows.set_index("code")["lead_department"]
    assert lead["A2"] == "Sở Tư pháp"
    assert set(lead[plan.raised]) == {"Sở Nội vụ"}
    # nothing is known of their points, so none are claimed
    assert plan.rows[["maximum", "score", "lost", "target_score"]].isna().all(axis=None)


def test_a_change_is_shown_beside_what_sampling_may_do_to_it(shipped: ps.Dataset) -> None:
    result = plans.evaluate(plans.draft(shipped, "ha-tinh", 2020), shipped)
    rows = result.standing.set_index("index_id")
    # 35,000 and 30,000 people in 63 provinces, variance doubled: 89.13 and 91.17 percent
    errors = [2 * p * (100 - p) * 63 / n for p, n in ((89.13, 35_000), (91.17, 30_000))]
    margin = 1.959964 * sum(errors) ** 0.5
    assert rows.loc["SIPAS", "margin"] == pytest.approx(margin)
    assert abs(rows.loc["SIPAS", "change_distance"]) < margin
    # ten of the hundred points of PAR INDEX are SIPAS
    assert rows.loc["PAR_INDEX", "margin"] == pytest.approx(margin / 10)
    assert sorted(result.samples) == [2020, 2021, 2022, 2023, 2024]
    path = result.path.set_index(["index_id", "year"])["margin"]
    assert path["SIPAS", 2021] == pytest.approx(margin)


def test_where_no_sample_is_known_no_sampling_error_is_made_up() -> None:
    flat = np.full((63, len(CODES)), 50.0)
    result = ask(tables(flat, flat))
    assert result.path["margin"].isna().all()
    assert result.samples == {}
