"""What the three forms of an annex share: its texts, its groups, its numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import pandas as pd

from parstudy.facts import table
from parstudy.plans import _departments, _model
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
SIGNED_BY: Final = ("NGƯỜI LẬP BIỂU", "TM. ỦY BAN NHÂN DÂN")
SIGN_HINTS: Final = ("(Ký, ghi rõ họ tên)", "(Ký tên, đóng dấu)")
NOTES: Final = {
    "reached": "“Tỉnh đạt tối đa”: số tỉnh đạt điểm tối đa trên số tỉnh có tổng điểm gần nhất.",
    "gap": "“Chưa được công nhận”: tỉnh tự chấm nhưng không được thẩm định; cần bổ sung tài liệu "
    "kiểm chứng.",
}
UNKNOWN: Final = (
    "Chưa có điểm thành phần được công bố; các ô để trống là chưa biết, không phải bằng không."
)


@dataclass(frozen=True)
class Group:
    """Rows of one lead department: what stands in the heading, and the rows."""

    title: str
    rows: pd.DataFrame


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
        return _model.due_label(value)
    return _model.label_of(column, value) if column in ("status", "kind") else str(value)


def label(column: str) -> str:
    """Vietnamese name of a column."""
    known = table("plan_columns").set_index("column")
    return str(known.loc[column, "label_vi"])


def used(plan: Plan, wanted: tuple[str, ...]) -> list[str]:
    """Columns without those read-only ones of which the plan has nothing."""
    known = table("plan_columns").set_index("column")
    rows = plan.rows
    return [
        c
        for c in wanted
        if c == "name" or known.loc[c, "editable"] == "1" or (rows[c].astype("str").ne("").any()
        and rows[c].notna().any())
    ]  # fmt: skip


def annexed(plan: Plan) -> str:
    """``(Kèm theo Kế hoạch số …)``."""
    issuer = plan.authority or "Ủy ban nhân dân tỉnh …"
    if plan.document:
        return f"(Kèm theo {plan.document})"
    return f"(Kèm theo Kế hoạch số       /KH-UBND ngày     tháng     năm      của {issuer})"


def notes(columns: list[str], plan: Plan | None = None) -> list[str]:
    """Remarks below the table: for the columns that are there, and for a plan without figures."""
    told = [text for column, text in NOTES.items() if column in columns]
    if plan is not None and plan.rows[["score", "lost"]].isna().to_numpy().all():
        told.append(UNKNOWN)
    return told
