"""Drafts: worth, feasibility, departments, and how little is known of most provinces."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pandas as pd
import pytest

from parstudy import demo, plans
from parstudy.dataset import Dataset
from parstudy.plans import Plan, _departments, _model
from parstudy.plans._departments import find, in_force


def test_raise_what_is_below_its_maximum_and_hold_the_rest(
    drafted: Plan, synthetic: Dataset, truth: demo.Demo
) -> None:
    rows = drafted.rows.set_index("code")
    own = truth.scores[
        truth.scores["year"].eq(2022) & truth.scores["province_id"].eq("lang-son")
    ].set_index("component")["score"]
    tops = truth.components.set_index("code")["max_score"]
    assert len(rows) == truth.components["level"].eq("subcriterion").sum()
    for code, row in rows.iterrows():
        assert row["kind"] == ("hold" if own[code] >= tops[code] else "raise")
        assert row["lost"] == pytest.approx(tops[code] - own[code], abs=1e-9)
        assert row["score"] <= row["target_score"] <= row["maximum"]
    assert drafted.level == "subcriterion"
    assert drafted.synthetic


def test_what_was_claimed_and_not_granted_is_shown(drafted: Plan, truth: demo.Demo) -> None:
    rows = drafted.rows.set_index("code")
    own = truth.self_assessed[
        truth.self_assessed["year"].eq(2022) & truth.self_assessed["province_id"].eq("lang-son")
    ].set_index("component")["self_assessed"]
    gap = (own - rows["score"].reindex(own.index)).round(3)
    assert (gap > 0).any()
    assert rows["gap"].dropna().to_dict() == gap[gap > 0].to_dict()


def test_priority_is_worth_times_feasibility(drafted: Plan, synthetic: Dataset) -> None:
    wanted = drafted.rows[drafted.rows["kind"].eq("raise")].sort_values("priority")
    assert wanted["priority"].tolist() == list(range(1, len(wanted) + 1))
    assert drafted.rows.loc[drafted.rows["kind"].eq("hold"), "priority"].isna().all()
    near = plans.comparable(
        synthetic.scores[
            synthetic.scores["index_id"].eq("PAR_INDEX") & synthetic.scores["year"].eq(2022)
        ],
        "lang-son",
    )
    assert len(near) == 15
    assert "lang-son" not in near
    wide = synthetic.scores[
        synthetic.scores["index_id"].eq("PAR_INDEX") & synthetic.scores["year"].eq(2022)
    ].pivot(index="province_id", columns="component", values="score")
    worth = [
        row["lost"] * ((wide.loc[near, row["code"]] > row["score"] + 1e-9).sum() + 0.5) / 16
        for row in wanted.to_dict("records")
    ]
    assert worth == sorted(worth, reverse=True)
    for row in drafted.rows.to_dict("records"):
        full = int((wide.loc[near, row["code"]] >= row["maximum"] - 1e-9).sum())
        assert row["reached"] == f"{full}/15"


def test_departments_are_those_of_the_year_in_which_the_plan_is_carried_out(
    synthetic: Dataset,
) -> None:
    before = plans.draft(synthetic, "lang-son", 2022).rows.set_index("code")["lead_department"]
    assert before["7.1.1"] == "Sở Thông tin và Truyền thông"
    assert in_force("Sở Thông tin và Truyền thông", "2025-12-31") == "Sở Khoa học và Công nghệ"
    assert in_force("Sở TT&TT", "2025-12-31") == "Sở Khoa học và Công nghệ"
    assert in_force("Sở Thông tin và Truyền thông", "2025-02-28") == "Sở Thông tin và Truyền thông"
    assert in_force("Sở Kế hoạch và Đầu tư", "2025-03-01") == "Sở Tài chính"
    assert in_force("Trạm thú y", "2026-01-01") == "Trạm thú y"


def test_every_successor_is_a_department_and_every_row_has_a_source() -> None:
    from parstudy.facts import table

    rows = table("departments")
    for row in rows.to_dict("records"):
        assert row["source"]
        assert bool(row["successor"]) == bool(row["valid_to"])
        if row["successor"]:
            unit = find(row["successor"])
            assert unit
            assert not unit.valid_to
    assert rows["name_vi"].is_unique


def test_nothing_known_gives_the_areas_and_blanks(shipped: Dataset) -> None:
    plan = plans.draft(shipped, "Lạng Sơn", 2021)
    assert plan.level == ""
    assert list(plan.rows["code"]) == [f"A{n}" for n in range(1, 9)]
    assert plan.raised == []
    assert plan.rows[["score", "lost", "target_score", "priority"]].isna().all(axis=None)
    # the departments that plan 156 names are known all the same
    assert plan.rows.set_index("code")["lead_department"]["A2"] == "Sở Tư pháp"


def test_the_level_that_is_known_is_taken(shipped: Dataset) -> None:
    plan = plans.draft(shipped, "lang-son", 2018)
    assert plan.level == "score_source"
    rows = plan.rows.set_index("code")
    assert (rows.loc["sipas", "score"], rows.loc["sipas", "lost"]) == (9.15, 2.85)
    # the maximum of the appraisal is not known: neither raised nor held
    assert rows.loc["appraisal", "kind"] == ""
    assert pd.isna(rows.loc["appraisal", "lost"])


@pytest.mark.parametrize(
    ("written", "full"),
    [
        ("Sở Văn hoá, Thể thao và Du lịch", "Sở Văn hóa, Thể thao và Du lịch"),
        ("Sở VH,TT&DL", "Sở Văn hóa, Thể thao và Du lịch"),
        ("Sở LĐ - TB & XH", "Sở Lao động - Thương binh và Xã hội"),
        ("Sở KH và ĐT", "Sở Kế hoạch và Đầu tư"),
        ("Sở Thông tin & Truyền thông", "Sở Thông tin và Truyền thông"),
        ("Sở Nông nghiệp & PTNT", "Sở Nông nghiệp và Phát triển nông thôn"),
        ("So Noi vu", "Sở Nội vụ"),
        ("Sở Nội vụ tỉnh Lạng Sơn", "Sở Nội vụ"),
        ("SỞ NỘI VỤ (Phòng CCHC)", "Sở Nội vụ"),
        ("VPUBND tỉnh", "Văn phòng UBND tỉnh"),
        ("Sở Ngoại vụ", "Sở Ngoại vụ"),
    ],
)
def test_departments_as_officials_write_them(written: str, full: str) -> None:
    unit = _departments.find(written)
    assert unit is not None
    assert unit.name_vi == full


@pytest.mark.parametrize(
    "name", ["", "Sở", "Sở Nội vu", "Công an tỉnh", "Cục Thuế", "UBND các huyện", "Ban"]
)
def test_other_names_are_no_department_of_the_list(name: str) -> None:
    assert _departments.find(name) is None


def test_every_department_of_a_cell_is_looked_at() -> None:
    cell = "Sở Văn hoá, Thể thao và Du lịch, Sở TT&TT;\nCông an tỉnh và Sở Kế hoạch và Đầu tư"
    named = [(name, unit.name_vi if unit else "") for name, unit in _departments.named_in(cell)]
    assert named == [
        ("Sở Văn hoá, Thể thao và Du lịch", "Sở Văn hóa, Thể thao và Du lịch"),
        ("Sở TT&TT", "Sở Thông tin và Truyền thông"),
        ("Công an tỉnh", ""),
        ("Sở Kế hoạch và Đầu tư", "Sở Kế hoạch và Đầu tư"),
    ]
    assert _departments.named_in(" ") == []


def test_a_department_that_ended_is_found_among_others(synthetic: Dataset) -> None:
    rows = [
        {"code": "1.1.1", "lead_department": "Sở Nội vụ, Sở Thông tin & Truyền thông",
         "partners": "- Sở KH và ĐT\n- Sở Tư pháp", "due": "2025-12-31"},
    ]  # fmt: skip
    plan = Plan(_model.frame(rows), province="lang-son", year=2022)
    told = [(p.code, p.found) for p in plans.check(plan, synthetic).problems]
    assert told == [
        ("department_gone", "Sở Thông tin & Truyền thông"),
        ("department_gone", "- Sở KH và ĐT"),
    ]


def test_a_criterion_without_sub_criteria_is_in_the_draft(synthetic: Dataset) -> None:
    """It is scored itself; its points would be missing from the plan otherwise."""
    under = synthetic.components["parent"].eq("1.1")
    assert under.sum() > 1
    flat = SimpleNamespace(
        scores=synthetic.scores,
        components=synthetic.components[~under],
        releases=synthetic.releases,
        values=synthetic.values,
        synthetic=True,
    )
    plan = plans.draft(cast("Dataset", flat), "lang-son", 2022)
    assert list(plan.rows["code"][:2]) == ["1.1", "1.2.1"]
    whole = plans.draft(synthetic, "lang-son", 2022)
    assert plan.rows["lost"].sum() == pytest.approx(whole.rows["lost"].sum())
