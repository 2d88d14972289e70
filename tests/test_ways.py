"""Ways between reports: a link where the report is there, plain text where it is not."""

from __future__ import annotations

import re
from pathlib import Path

from parstudy.display.ways import bar, province_way, way, years
from parstudy.display.words import Language
from parstudy.publish.ways import closed, open_ways

VI = Language("vi")


def page(folder: Path, name: str, *ways: str) -> Path:
    path = folder / f"{name}.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("<html><body>" + " ".join(ways) + "</body></html>", encoding="utf-8")
    return path


def links(path: Path) -> list[str]:
    return re.findall(r'href="([^"]*)"', path.read_text(encoding="utf-8"))


def holds(path: Path) -> bool:
    return all((path.parent / link).is_file() for link in links(path))


def test_a_name_leads_to_the_report_of_the_year_and_else_to_the_newest(tmp_path: Path) -> None:
    start = page(
        tmp_path,
        "vi/national_overview/PAR_INDEX-2021",
        province_way("Hà Nội", "ha-noi", 2021),
        province_way("Lai Châu", "lai-chau", 2021),
        province_way("Huế", "thua-thien-hue", 2021),
    )
    for name in ("ha-noi-2021", "ha-noi-2023", "lai-chau-2019", "lai-chau-2022"):
        page(tmp_path, f"vi/province_report/{name}")
    open_ways(tmp_path)
    assert links(start) == [
        "../province_report/ha-noi-2021.html",
        "../province_report/lai-chau-2022.html",
    ]
    assert holds(start)
    assert "Huế" in start.read_text(encoding="utf-8")


def test_all_years_are_listed_and_the_own_one_is_no_link(tmp_path: Path) -> None:
    found = [
        page(tmp_path, f"vi/drivers/PAR_INDEX-{year}-area", years("drivers/PAR_INDEX-*-area"))
        for year in (2020, 2021, 2022)
    ]
    page(tmp_path, "vi/drivers/PAR_INDEX-2021-criterion")
    open_ways(tmp_path)
    assert links(found[1]) == [
        "../drivers/PAR_INDEX-2020-area.html",
        "../drivers/PAR_INDEX-2022-area.html",
    ]
    assert '<b aria-current="page">2021</b>' in found[1].read_text(encoding="utf-8")


def test_a_report_that_goes_takes_its_links_with_it_and_no_other_file_is_touched(
    tmp_path: Path,
) -> None:
    start = page(tmp_path, "vi/a/start", way("plan", "improvement_plan/lang-son-2021"))
    other = page(tmp_path, "vi/a/other", way("itself", "a/other"))
    goal = page(tmp_path, "vi/improvement_plan/lang-son-2021")
    assert open_ways(tmp_path) == 1
    assert links(start) == ["../improvement_plan/lang-son-2021.html"]
    before = other.stat().st_mtime_ns
    assert open_ways(tmp_path) == 0
    goal.unlink()
    assert open_ways(tmp_path) == 1
    assert links(start) == []
    assert other.stat().st_mtime_ns == before
    assert links(other) == []  # a page is no way to itself


def test_where_a_report_is_there_in_another_language_only_that_one_is_opened(
    tmp_path: Path,
) -> None:
    start = page(tmp_path, "vi/a/start", way("plan", "improvement_plan/lang-son-2021"))
    page(tmp_path, "en/improvement_plan/lang-son-2021")
    open_ways(tmp_path)
    assert links(start) == ["../../en/improvement_plan/lang-son-2021.html"]
    assert 'hreflang="en"' in start.read_text(encoding="utf-8")


def test_a_report_made_again_is_what_it_was_before_its_ways_were_opened(tmp_path: Path) -> None:
    start = page(tmp_path, "vi/a/start-2021", years("a/start-*"), way("x", "a/start-2020"))
    made = start.read_text(encoding="utf-8")
    page(tmp_path, "vi/a/start-2020")
    open_ways(tmp_path)
    assert start.read_text(encoding="utf-8") != made
    assert closed(start.read_text(encoding="utf-8")) == made


def test_the_bar_says_what_a_former_province_belongs_to_today() -> None:
    def told(province: str, year: int) -> str:
        about = {"province": province, "year": year, "lang": "vi"}
        return str(bar(VI, "province_report", about))

    assert "Từ tháng 7/2025 thuộc" in told("ha-giang", 2021)
    assert "Tuyên Quang" in told("ha-giang", 2021)
    assert "Từ tháng 7/2025 thuộc" not in told("lang-son", 2021)  # it stayed as it was
    assert "Hà Giang" in told("tuyen-quang", 2025)
    # one that kept its name is not told to be part of itself
    assert "thuộc" not in told("hai-phong", 2023)
    assert "Hải Dương" in told("hai-phong", 2023)
    assert told("no-such-place", 2021).count("Từ tháng 7/2025") == 0
