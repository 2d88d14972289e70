"""Cells and columns that pages on statistics share: intervals, signs, p-values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd

from parstudy.display.page import Page
from parstudy.display.tables import Cell, Column
from parstudy.display.words import is_missing

if TYPE_CHECKING:
    from parstudy.plans import Plan

STRONGEST = 15


def signed_format(page: Page, key: str, decimals: int) -> Any:
    return lambda row: signed_or_none(page, row[key], decimals)


def place_columns(page: Page) -> list[Column]:
    _ = page.language.text
    return [
        Column(
            _("Places per point"),
            format=lambda r: signed_or_none(page, r["places_gained"], 1),
            align="right",
        ),
        Column(
            _("95% interval"),
            format=lambda r: signed_interval(page, -r["ci_high"], -r["ci_low"], 1),
            align="right",
        ),
    ]


def short_names(names: Mapping[str, str]) -> dict[str, str]:
    # charts put the code before the name themselves
    return {code: str(name).removeprefix(f"{code} ") for code, name in names.items()}


def plan_name(plan: Plan) -> str:
    """The document that a plan is, and what of it is meant."""
    if plan.document and plan.title:
        return f"{plan.document} ({plan.title})"
    return plan.document or plan.title


def in_text(names: Mapping[str, str], parts: Iterable[str]) -> list[str]:
    """What parts are called in a sentence: by their codes where their names begin with these."""
    found = []
    for part in parts:
        name = str(names.get(part, part))
        found.append(part if name.startswith(f"{part} ") else name)
    return found


def plain_interval(page: Page, low: Any, high: Any) -> Cell:
    if is_missing(low) or is_missing(high):
        return None
    language = page.language
    return language.text("{low} to {high}", low=language.number(low), high=language.number(high))


def signed_interval(page: Page, low: Any, high: Any, decimals: int = 2) -> Cell:
    """An interval of signed figures; not known if an end is not."""
    if is_missing(low) or is_missing(high):
        return None
    language = page.language
    return language.text(
        "{low} to {high}", low=language.signed(low, decimals), high=language.signed(high, decimals)
    )


def without_code(frame: pd.DataFrame, key: str) -> pd.DataFrame:
    # charts put the code before the name themselves
    pairs = zip(frame["name"], frame[key], strict=True)
    return frame.assign(name=[str(name).removeprefix(f"{code} ") for name, code in pairs])


def holm_column(page: Page, frame: pd.DataFrame) -> list[Column]:
    """The column of p-values, unless all are withheld because the outcome is the sum."""
    if frame["p_holm"].isna().all():
        return []
    label = page.language.text("p (Holm)")
    return [Column(label, format=lambda r: small_p(page, r["p_holm"]), align="right")]


def signed_or_none(page: Page, value: Any, decimals: int = 2) -> Cell:
    """A signed figure without colour."""
    # a slope is neither good nor bad: no colour
    return None if is_missing(value) else page.language.signed(value, decimals)


def small_p(page: Page, value: Any) -> Cell:
    """A p-value, not below what is worth telling apart."""
    if is_missing(value):
        return None
    if value < 0.001:
        return f"< {page.language.number(0.001, 3)}"
    return page.language.number(value, 3)


def signed_column(page: Page, label: str, key: str) -> Column:
    """Column of signed figures without colour."""
    return Column(label, format=lambda r: signed_or_none(page, r[key]), align="right")


def interval_column(page: Page, low: str, high: str) -> Column:
    """Column of 95 % intervals."""
    return Column(
        page.language.text("95% interval"),
        format=lambda r: signed_interval(page, r[low], r[high]),
        align="right",
    )


def p_column(page: Page, label: str, key: str) -> Column:
    """Column of p-values."""
    return Column(label, format=lambda r: small_p(page, r[key]), align="right")


def cut_note(page: Page, n: int) -> list[str]:
    if n <= STRONGEST:
        return []
    return [
        page.language.text(
            "The {shown} largest of {n}.",
            shown=page.language.number(STRONGEST, 0),
            n=page.language.number(n, 0),
        )
    ]
