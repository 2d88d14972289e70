"""Panels in the columns of the Hub's, made from the shipped figures; 2025 is SYNTHETIC."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterable, Mapping
from pathlib import Path

from parstudy.facts import provinces

PAR = [
    *["year", "unit_type", "unit_code", "unit_name", "par_index", "par_rank", "ranked"],
    *["score_moha", "score_survey"],
]
SIPAS = ["year", "geo_code", "geo_name", "geo_short", "geo_system", "sipas_rank", "sipas_index"]
DTI = [
    *["year", "geo_code", "geo_name", "geo_short", "geo_system", "source_name", "dti_index"],
    *["dti_rank", "pillar_cqs", "rank_cqs", "pillar_kts", "rank_kts", "pillar_xhs", "rank_xhs"],
]
MINISTRIES = ("Bo Tu phap", "Bo Tai chinh", "Ngan hang Nha nuoc Viet Nam")
_ENGLISH = {"ho-chi-minh": "Ho Chi Minh City"}


def plain(unit: provinces.Unit) -> str:
    """The name as the panels print it: without marks."""
    name = _ENGLISH.get(unit.province_id) or unit.name_vi.replace("–", "-")
    name = unicodedata.normalize("NFD", name.replace("Đ", "D").replace("đ", "d"))
    return "".join(c for c in name if not unicodedata.combining(c))


def code(unit: provinces.Unit) -> str:
    """GSO code without leading zero, as in the panels."""
    return str(int(unit.gso_code))


def shipped(root: Path, index: str) -> dict[int, dict[str, dict[tuple[str, str], str]]]:
    """Figures of the shipped releases: year, province, (component, measure), as printed."""
    found: dict[int, dict[str, dict[tuple[str, str], str]]] = {}
    doubted = set()
    for path in sorted((root / "data" / "raw" / index).glob("*/figures.csv")):
        with path.open(encoding="utf-8", newline="") as handle:
            for row in csv.DictReader(handle):
                if row["unit_level"] != "province" or row["certainty"] == "doubtful":
                    continue
                unit = provinces.resolve(row["unit"]).province_id
                what = (row["component"], row["measure"].replace("percent", "score"))
                year = int(row["year"])
                cell = found.setdefault(year, {}).setdefault(unit, {})
                if cell.setdefault(what, row["value"]) != row["value"]:
                    doubted.add((year, unit, what))
    for year, unit, what in doubted:
        del found[year][unit][what]
    return found


def par(root: Path) -> list[dict[str, str]]:
    """PAR INDEX to 2024 from the shipped figures, a row a province; and three ministries."""
    rows = []
    for year, of in shipped(root, "PAR_INDEX").items():
        for name in MINISTRIES:
            rows.append(
                dict(
                    zip(
                        PAR,
                        [str(year), "ministry", "", name, "80.11", "1", "1", "", ""],
                        strict=True,
                    )
                )
            )
        for unit in provinces.units("63"):
            cell = of.get(unit.province_id, {})
            rows.append(
                {
                    "year": str(year),
                    "unit_type": "province",
                    "unit_code": code(unit),
                    "unit_name": plain(unit),
                    "par_index": cell.get(("total", "score"), ""),
                    "par_rank": cell.get(("total", "rank"), ""),
                    "ranked": "1",
                    "score_moha": cell.get(("appraisal", "score"), ""),
                    "score_survey": cell.get(("survey", "score"), ""),
                }
            )
    return rows


def sipas(root: Path) -> list[dict[str, str]]:
    """SIPAS to 2024 from the shipped figures, only provinces with a figure."""
    rows = []
    for year, of in shipped(root, "SIPAS").items():
        for unit in provinces.units("63"):
            cell = of.get(unit.province_id, {})
            score, rank = cell.get(("total", "score"), ""), cell.get(("total", "rank"), "")
            if score or rank:
                rows.append(_geo(unit, year, "historical_63", rank, score))
    return rows


def sipas_2025(system: str = "current_34") -> list[dict[str, str]]:
    """SYNTHETIC figures of the 34 units in 2025: 80.05, 80.10, ... in the order of their codes."""
    units = provinces.units("34")
    return [
        _geo(unit, 2025, system, str(len(units) - n), f"{80 + 0.05 * (n + 1):.2f}")
        for n, unit in enumerate(units)
    ]


def dti(year: int = 2022) -> list[dict[str, str]]:
    """SYNTHETIC figures of DTI, all 63 provinces, on the scale of 0 to 1."""
    rows = []
    units = provinces.units("63")
    for n, unit in enumerate(units):
        rank, score = str(n + 1), f"{0.8 - 0.005 * n:.4f}"
        cells = [str(year), code(unit), plain(unit), plain(unit), "historical_63", plain(unit)]
        rows.append(
            dict(
                zip(DTI, [*cells, score, rank, score, rank, score, rank, score, rank], strict=True)
            )
        )
    return rows


def _geo(unit: provinces.Unit, year: int, system: str, rank: str, score: str) -> dict[str, str]:
    cells = [str(year), code(unit), plain(unit), plain(unit), system, rank, score]
    return dict(zip(SIPAS, cells, strict=True))


def as_csv(rows: Iterable[Mapping[str, str]], columns: Iterable[str]) -> bytes:
    """The rows as a UTF-8 CSV file."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(columns), extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()
