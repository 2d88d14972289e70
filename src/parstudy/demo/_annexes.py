"""The annexes of a release: what stands in which column, for the workbook and ``release.toml``.

They are laid out as the ministry's are: totals and shares with a row for each province, criteria
with a column for each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from string import ascii_uppercase
from typing import Any, Final

from parstudy.demo import _criteria
from parstudy.text import to_toml

MARK: Final = "SYNTHETIC / SỐ LIỆU GIẢ ĐỊNH"
HEAD_ROW: Final = 4
"""First row of the headers, under two titles and an empty row."""
LEFT: Final = ("STT", "Tỉnh, thành phố")
"""Headers of the first two columns of an annex by province."""


@dataclass(frozen=True)
class Column:
    """One column of figures: its header, the one over it, and what it holds."""

    header: str
    component: str
    measure: str
    over: str = ""


@dataclass(frozen=True)
class ByProvince:
    """An annex with a row for each province.

    Attributes
    ----------
    sheet, title : str
        Name of the sheet; its title, with a hole for the year.
    columns : tuple of Column
        From the third column on.
    means, numbered : bool
        Whether means follow the last province, and a row of column numbers the headers.
    """

    sheet: str
    title: str
    columns: tuple[Column, ...]
    means: bool = False
    numbered: bool = False


_SURVEYS: Final = "Điểm điều tra xã hội học"
PAR_TOTALS: Final = ByProvince(
    "PL1",
    "PHỤ LỤC 1. CHỈ SỐ CẢI CÁCH HÀNH CHÍNH NĂM {year} CỦA CÁC TỈNH, THÀNH PHỐ",
    (
        Column("Điểm thẩm định", "appraisal", "score"),
        Column("Điểm tác động đến phát triển KT-XH", "socioeconomic", "score"),
        Column("Lãnh đạo, quản lý", "survey_leaders", "score", _SURVEYS),
        Column("Người dân, tổ chức (SIPAS)", "sipas", "score", _SURVEYS),
        Column("Tổng điểm", "total", "score"),
        Column("Chỉ số (%)", "total", "percent"),
        Column("Xếp hạng", "total", "rank"),
    ),
    means=True,
    numbered=True,
)


def par_areas() -> ByProvince:
    """Annex of the areas of PAR INDEX, in percent of their maxima."""
    return ByProvince(
        "PL2",
        "PHỤ LỤC 2. CÁC CHỈ SỐ THÀNH PHẦN NĂM {year}",
        tuple(
            Column(a.name_vi, a.code, "percent", "Chỉ số thành phần (%)")
            for a in _criteria.of_level("area")
        ),
    )


def sipas() -> ByProvince:
    """Annex of SIPAS: five parts, the total and the rank."""
    names = _criteria.sipas_names()
    return ByProvince(
        "SIPAS",
        "CHỈ SỐ HÀI LÒNG VỀ SỰ PHỤC VỤ HÀNH CHÍNH NĂM {year}",
        (
            *(Column(names[p], p, "percent", "Các yếu tố (%)") for p in _criteria.SIPAS_PARTS),
            Column("Chỉ số hài lòng chung (%)", "total", "percent"),
            Column("Xếp hạng", "total", "rank"),
        ),
        means=True,
    )


# --- release.toml --------------------------------------------------------------------------------

_CRITERIA: Final[dict[str, Any]] = {
    "sheet": "PL3",
    "orientation": "provinces_in_columns",
    "decimal": ",",
    "unit_row": HEAD_ROW,
    "code_column": "A",
    "name_column": "B",
    "max_column": "C",
    "scoring_column": "D",
    "department_column": "E",
    "labels": [{"label": "TỔNG ĐIỂM", "component": "total"}],
}
_CLAIMS: Final[dict[str, Any]] = {
    "sheet": "PL4",
    "orientation": "provinces_in_columns",
    "measure": "self_assessed",
    "decimal": ",",
    "unit_row": HEAD_ROW,
    "code_column": "A",
    "name_column": "B",
}


def par_toml(year: int, *, claims: bool) -> str:
    """``release.toml`` of PAR INDEX; with the annex of claims in the year that has one."""
    tables = [_told(PAR_TOTALS), _told(par_areas()), _CRITERIA, *([_CLAIMS] if claims else [])]
    return _toml("PAR_INDEX", "PAR INDEX", year, _criteria.CRITERIA_SET, tables)


def sipas_toml(year: int) -> str:
    """``release.toml`` of SIPAS."""
    return _toml("SIPAS", "SIPAS", year, _criteria.SIPAS_SET, [_told(sipas())])


def workbook_name(index: str, year: int) -> str:
    """File name of a release's workbook."""
    return f"{index.lower().replace('_', '-')}-{year}.xlsx"


def _told(annex: ByProvince) -> dict[str, Any]:
    return {
        "sheet": annex.sheet,
        "orientation": "provinces_in_rows",
        "decimal": ",",
        "header_rows": f"{HEAD_ROW}-{HEAD_ROW + 1 + annex.numbered}",
        "number_column": "A",
        "unit_column": "B",
        "columns": [
            {"column": letter, "component": c.component, "measure": c.measure, "header": c.header}
            for letter, c in zip(ascii_uppercase[len(LEFT) :], annex.columns, strict=False)
        ],
    }


def _toml(
    index: str, short: str, year: int, criteria_set: str, tables: Sequence[dict[str, Any]]
) -> str:
    title = f"{MARK}: {short} {year}"
    release = {
        "index": index,
        "year": year,
        "geography": "63",
        "n_ranked": 63,
        "criteria_set": criteria_set,
        "synthetic": True,
        "title": title,
        "ties": "min",
    }
    source = {
        "id": f"synthetic-{index.lower().replace('_', '-')}-{year}",
        "title": title,
        "publisher": "parstudy demo",
        "kind": "official table",
        "published_on": f"{year + 1}-05",
    }
    workbook: dict[str, Any] = {"path": workbook_name(index, year), "reader": "table"}
    files = [{"path": "components.csv", "reader": "components"}, *(workbook | t for t in tables)]
    document = {"release": release, "source": source, "files": files}
    return f"# {MARK}: made by `parstudy demo`, no figure is real\n" + to_toml(document)
