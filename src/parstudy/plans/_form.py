"""What the three forms of an annex share: its texts, its groups, its numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from parstudy.plans import _departments, _model, _values
from parstudy.plans._model import Plan
from parstudy.text import roman

# The form is a Vietnamese official paper (annex to a plan), whatever the language of its reader
NATION: Final = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO: Final = "Độc lập - Tự do - Hạnh phúc"
ANNEX: Final = "PHỤ LỤC"
UNASSIGNED: Final = "Chưa phân công cơ quan chủ trì"
SYNTHETIC: Final = "SYNTHETIC / SỐ LIỆU GIẢ ĐỊNH: không phải số liệu công bố"
RAISE_TITLE: Final = "A. Tiêu chí cần nâng điểm"
HOLD_TITLE: Final = "B. Tiêu chí đã đạt điểm tối đa, cần giữ điểm"
OPEN_TITLE: Final = "C. Nội dung chưa có số liệu chấm điểm"
SIGNATURES: Final = (
    ("NGƯỜI LẬP BIỂU", "(Ký, ghi rõ họ tên)"), ("TM. ỦY BAN NHÂN DÂN", "(Ký tên, đóng dấu)"),
)  # fmt: skip
"""Left and right: who signs, and how."""
_SOMEBODY = "Ủy ban nhân dân tỉnh …"
NOTES: Final = {
    "reached": "“Tỉnh đạt tối đa”: số tỉnh đạt điểm tối đa trên số tỉnh có tổng điểm gần nhất.",
    "gap": "“Chưa được công nhận”: tỉnh tự chấm nhưng không được thẩm định; cần bổ sung tài liệu "
    "kiểm chứng.",
}
UNKNOWN: Final = (
    "Chưa có điểm thành phần được công bố; các ô để trống là chưa biết, không phải bằng không."
)


_RAISED = (
    "code", "name", "maximum", "score", "lost", "gap", "action", "partners", "due",
    "target_score", "status", "evidence",
)  # fmt: skip
_HELD = ("code", "name", "maximum", "score", "reached", "action", "partners", "evidence")
_OPEN = ("code", "name", "action", "partners", "due", "target_score", "status", "evidence")
CENTRED: Final = frozenset(
    {"stt", "code", "maximum", "score", "lost", "gap", "reached", "due", "target_score", "status"}
)
"""Columns of a document that are set in the middle."""


@dataclass(frozen=True)
class Group:
    """Rows of one lead department: what stands in the heading, and the rows."""

    title: str
    rows: pd.DataFrame


@dataclass(frozen=True)
class Part:
    """One table of a document: its title, its columns, its rows by department, its remarks."""

    title: str
    columns: list[str]
    groups: list[Group]
    notes: list[str]


def parts(plan: Plan) -> list[Part]:
    """What is to be raised, what is to be held, what is not known, as far as there are rows."""
    kinds = plan.rows["kind"]
    cut = [
        (title, used(plan, wanted), own)
        for title, wanted, chosen in (
            (RAISE_TITLE, _RAISED, kinds.eq("raise")),
            (HOLD_TITLE, _HELD, kinds.eq("hold")),
            (OPEN_TITLE, _OPEN, ~kinds.isin(["raise", "hold"])),
        )
        if len(own := plan.rows[chosen])
    ]
    last = len(cut) - 1
    return [
        Part(title, columns, groups(own), notes(columns, plan if n == last else None))
        for n, (title, columns, own) in enumerate(cut)
    ]


def issuer(plan: Plan) -> str:
    """Who issues the plan, at the head of the paper."""
    return (plan.authority or _SOMEBODY).upper()


def groups(rows: pd.DataFrame) -> list[Group]:
    """Rows by lead department, the department with most to win first, unassigned last."""
    found = []
    for name, own in rows.groupby(rows["lead_department"].map(_full_name), sort=False):
        title = str(name) or UNASSIGNED
        lost = own.loc[own["kind"].eq("raise"), "lost"].sum(min_count=1)
        found.append((not name, -lost if pd.notna(lost) else 0.0, title, own))
    found.sort(key=lambda g: (g[0], g[1]))
    return [Group(heading(n, t, own), own) for n, (_, _, t, own) in enumerate(found, 1)]


def _full_name(name: str) -> str:
    # "SNV" and "Sở Nội vụ" are one department
    unit = _departments.find(name)
    return unit.name_vi if unit else name


def heading(number: int, title: str, rows: pd.DataFrame) -> str:
    """``II. Sở Tư pháp (3 tiêu chí cần nâng điểm, mất 0,75 điểm)``."""
    text = f"{roman(number)}. {title}"
    wanted = rows[rows["kind"].eq("raise")]
    if len(wanted):
        text += f" ({len(wanted)} tiêu chí cần nâng điểm"
        lost = wanted["lost"].sum(min_count=1)
        text += f", mất {number_text(lost)} điểm)" if pd.notna(lost) else ")"
    return text


def number_text(value: Any) -> str:
    """Points with a decimal comma, without idle zeros."""
    if pd.isna(value):
        return ""
    return f"{value:.3f}".rstrip("0").rstrip(".").replace(".", ",")


def cell_text(row: Any, column: str) -> str:
    """A cell of a plan as it is printed."""
    value = row[column]
    if column in _model.numbers():
        return number_text(value)
    if column == "due":
        return _values.due_label(value)
    return _values.label_of(column, value) if column in ("status", "kind") else str(value)


def used(plan: Plan, wanted: tuple[str, ...]) -> list[str]:
    """Columns without those read-only ones of which the plan has nothing."""
    always = {"code", "name", *_model.edited()}
    told = plan.rows.replace("", None).notna().any()
    return [column for column in wanted if column in always or told[column]]


def annexed(plan: Plan) -> str:
    """``(Kèm theo Kế hoạch số …)``."""
    if plan.document:
        return f"(Kèm theo {plan.document})"
    number = "số       /KH-UBND ngày     tháng     năm     "
    return f"(Kèm theo Kế hoạch {number} của {plan.authority or _SOMEBODY})"


def notes(columns: list[str], plan: Plan | None = None) -> list[str]:
    """Remarks below the table: for the columns that are there, and for a plan without figures."""
    told = [text for column, text in NOTES.items() if column in columns]
    if plan is not None and plan.rows[["score", "lost"]].isna().to_numpy().all():
        told.append(UNKNOWN)
    return told
