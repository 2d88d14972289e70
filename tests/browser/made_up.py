"""Pages that say of themselves what reports do: something to list, search and lead to."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from parstudy.facts.provinces import units


def stand_in(folder: Path, lang: str, notebook: str, slug: str, title: str, **given: Any) -> Path:
    """Write a page that says of itself what a report does, and nothing else."""
    said: Mapping[str, str] = {
        "parstudy:title": title,
        "parstudy:notebook": notebook,
        "parstudy:lang": lang,
        "parstudy:parameters": json.dumps(given),
    }
    metas = "".join(f'<meta name="{k}" content="{html.escape(v)}">' for k, v in said.items())
    path = folder / lang / notebook / f"{slug}.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    head = f'<meta charset="utf-8"><title>{html.escape(title)}</title>{metas}'
    path.write_text(
        f'<!DOCTYPE html><html lang="{lang}"><head>{head}</head><body></body></html>',
        encoding="utf-8",
    )
    return path


def many(folder: Path, n: int) -> None:
    """Stand in for ``n`` reports in two languages: of every province and year, and of one's own."""
    years = range(2012, 2025)
    of_provinces = [
        (kind, f"{unit.province_id}-{year}", f"{unit.name_vi} {year}", unit.province_id, year)
        for year in years
        for unit in units("63")
        for kind in ("province_report", "improvement_plan", "plan_evaluation")
    ]
    for kind, slug, title, province, year in of_provinces[:n]:
        for lang in ("vi", "en"):
            stand_in(folder, lang, kind, slug, title, province=province, year=year)
    for number in range(n - len(of_provinces)):
        year = years[number % len(years)]
        about = {"year": year, "region": number}
        for lang, title in (("vi", f"Vùng {number}, {year}"), ("en", f"Region {number}, {year}")):
            stand_in(folder, lang, f"own_{number % 5}", f"regions-{number}", title, **about)
