"""The list of reports and the comparison, used as a person would: typing, keys, clicks, paper."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from made_up import stand_in
from watched import PHONE, VIEWS, WIDE, broken_links, cut, opened, violations

from parstudy.publish import write_index

pytestmark = pytest.mark.browser

THREE = "#vi&p=ba-ria-vung-tau,thua-thien-hue,ho-chi-minh&i=PAR_INDEX"


@pytest.fixture
def index(browser: Any, library: Path) -> Iterator[Any]:
    with opened(browser, library / "index.html", WIDE) as page:
        yield page


def rows(page: Any) -> list[str]:
    """Provinces of the lines that are seen, in their order."""
    return [row.get_attribute("data-row") for row in page.locator("tr[data-row]:visible").all()]


def pressed(page: Any, text: str) -> None:
    """Type into the search box as a keyboard does."""
    page.locator("#ix-q").fill("")
    page.locator("#ix-q").press_sequentially(text)


@pytest.mark.parametrize(
    ("typed", "province"),
    [
        ("hcm", "ho-chi-minh"),
        ("tphcm", "ho-chi-minh"),
        ("sai gon", "ho-chi-minh"),
        ("Sài Gòn", "ho-chi-minh"),
        ("brvt", "ba-ria-vung-tau"),
        ("bà rịa", "ba-ria-vung-tau"),
        ("đắc lắc", "dak-lak"),
        ("dac lac", "dak-lak"),
        ("daklak", "dak-lak"),
        ("huế", "thua-thien-hue"),
        ("quảng nihn", "quang-ninh"),  # letters changed places
        ("hai phogn", "hai-phong"),
        ("bac giangg", "bac-giang"),  # one too many
        ("lang sn", "lang-son"),  # one too few
    ],
)
def test_a_province_is_found_however_it_is_typed(index: Any, typed: str, province: str) -> None:
    pressed(index, typed)
    found = rows(index)
    assert province in found
    assert len(found) <= 6  # of 97, and each of them twice: as it was, as it is


def test_enter_opens_the_first_hit_and_back_brings_the_filters_back(
    index: Any, library: Path
) -> None:
    index.locator("#ix-year").select_option("2021")
    pressed(index, "sai gon")
    assert rows(index) == ["ho-chi-minh"]
    index.locator("#ix-q").press("Enter")
    index.wait_for_url("**/vi/province_report/ho-chi-minh-2021.html")
    index.go_back()
    index.wait_for_function("document.getElementById('ix-q')?.value === 'sai gon'")
    assert index.locator("#ix-year").input_value() == "2021"
    assert rows(index) == ["ho-chi-minh"]
    assert index.locator("#ix-count").inner_text().startswith("1 ")
    # forward again, and back by the link of the language that was read
    index.locator(".ix-lang[lang=en]").click()
    index.locator("#ix-q").press("Enter")
    index.wait_for_url("**/en/province_report/ho-chi-minh-2021.html")
    index.go_back()
    index.wait_for_function("document.getElementById('ix-q')?.value === 'sai gon'")
    assert index.locator("html").get_attribute("lang") == "en"


def test_what_fits_nothing_says_so_and_enter_stays(index: Any) -> None:
    pressed(index, "zzzz")
    assert rows(index) == []
    assert index.locator("#ix-none").is_visible()
    address = index.url
    index.locator("#ix-q").press("Enter")
    assert index.url == address
    index.locator("#ix-clear").click()
    assert index.evaluate("document.activeElement.id") == "ix-q"
    assert len(rows(index)) == 97


@pytest.mark.parametrize("key", ["click", "Enter", "Space"])
def test_lines_are_sorted_by_name_and_by_rank_and_back(index: Any, key: str) -> None:
    shelf = index.locator("section.ix-shelf:has(tr[data-row=bac-giang])")
    head = shelf.locator("th[data-sort=PAR_INDEX]")
    button = head.locator("button")

    def press() -> list[str | None]:
        if key == "click":
            button.click()
        else:
            button.focus()
            index.keyboard.press(key)
        lines = shelf.locator("tr[data-row]").all()
        return [line.get_attribute("data-sort-par_index") for line in lines]

    def known(places: list[str | None]) -> list[int]:
        return [int(place) for place in places if place is not None]

    first = press()
    assert head.get_attribute("aria-sort") == "ascending"
    assert known(first) == sorted(known(first))
    assert first[0] == "1"
    second = press()
    assert head.get_attribute("aria-sort") == "descending"
    assert known(second) == sorted(known(first), reverse=True)
    # what is not known stands last both times
    for places in (first, second):
        unknown = [i for i, place in enumerate(places) if place is None]
        assert unknown == list(range(len(known(places)), len(places)))
    name = shelf.locator("th[data-sort=name]")
    name.locator("button").focus()
    index.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") is None
    names = shelf.locator("tr[data-row] > th .t[lang=vi]").all_inner_texts()
    assert names[0] == "An Giang"
    assert names.index("Cần Thơ") < names.index("Đà Nẵng") < names.index("Hà Nội")


def test_the_slider_goes_through_the_years_by_keyboard(index: Any) -> None:
    slider, year = index.locator("#ix-map-slider"), index.locator("#ix-map-year")
    tile = index.locator(".ix-map[data-geography='63'] li[data-province=lang-son]")
    slider.focus()
    index.keyboard.press("Home")
    first = year.inner_text()
    index.keyboard.press("ArrowRight")
    assert int(year.inner_text()) == int(first) + 1
    while year.inner_text() != "2021":
        index.keyboard.press("ArrowRight")
    assert slider.get_attribute("aria-valuetext") == "2021"
    assert tile.inner_text().split() == ["Lạng", "Sơn", "23"]
    assert (
        tile.locator("a:visible").get_attribute("href") == "vi/province_report/lang-son-2021.html"
    )
    index.keyboard.press("End")
    assert int(year.inner_text()) > 2021
    index.locator("#ix-map-index").focus()
    index.keyboard.press("ArrowDown")
    assert index.locator("#ix-map-index").input_value() == "SIPAS"
    # the tile itself is reached and opened by keyboard
    tile.locator("a:visible").focus()
    index.keyboard.press("Enter")
    index.wait_for_url(re.compile("province_report/lang-son-"))


@pytest.mark.parametrize(("width", "scheme"), VIEWS)
@pytest.mark.parametrize("name", ["index.html", "compare.html", "compare.html" + THREE])
def test_the_list_and_the_comparison_are_whole_and_open_to_all(
    browser: Any, library: Path, name: str, width: int, scheme: str
) -> None:
    name, _, fragment = name.partition("#")
    path = library / name
    with opened(
        browser, path, width, f"#{fragment}" if fragment else "", color_scheme=scheme
    ) as page:
        for lang in ("vi", "en"):
            page.locator(f".ix-lang[lang={lang}]").click()
            if name == "index.html" and width == PHONE:
                page.locator(".ix-maps").evaluate("e => { e.open = true; }")
            assert cut(page) == [], lang
        assert broken_links(page, path) == []
        assert violations(page) == []


@pytest.mark.parametrize("width", [WIDE, PHONE])
def test_provinces_are_added_and_taken_away_and_the_address_says_which(
    browser: Any, library: Path, width: int
) -> None:
    with opened(browser, library / "compare.html", width) as page:
        query, chips = page.locator("#cp-q"), page.locator("#cp-chosen button")
        for typed, id_ in [
            ("hcm", "ho-chi-minh"),
            ("đắc lắc", "dak-lak"),
            ("lagn son", "lang-son"),
        ]:
            query.press_sequentially(typed)
            query.press("Enter")
            assert id_ in page.url
        assert [chip.inner_text().removesuffix(" ×") for chip in chips.all()] == [
            "TP. Hồ Chí Minh",
            "Đắk Lắk",
            "Lạng Sơn",
        ]
        drawn = page.locator("svg.cp-path .cp-name").all_text_contents()
        assert sorted(drawn) == sorted(["TP. Hồ Chí Minh", "Đắk Lắk", "Lạng Sơn"])
        # one that stands there already is not offered again
        query.press_sequentially("lang son")
        assert page.locator("#cp-hits button", has_text="Lạng Sơn").count() == 0
        query.fill("")
        chips.nth(1).focus()
        page.keyboard.press("Enter")
        assert "dak-lak" not in page.url
        assert chips.count() == 2
        assert page.locator("#cp-result table").first.locator("thead th").count() == 3
        page.locator("#cp-index").select_option("SIPAS")
        address, said = page.url, page.locator("#cp-result").inner_text()
        assert cut(page) == []
    with opened(browser, library / "compare.html", width, "#" + address.partition("#")[2]) as page:
        assert page.locator("#cp-result").inner_text() == said
        for _ in range(2):
            page.locator("#cp-chosen button").first.click()
        assert page.locator("#cp-all").is_visible()  # all of them again


@pytest.mark.parametrize("fragment", ["", THREE])
def test_the_comparison_is_whole_on_paper(
    browser: Any, library: Path, fragment: str, tmp_path: Path
) -> None:
    with opened(browser, library / "compare.html", WIDE, fragment) as page:
        page.emulate_media(media="print")
        page.set_viewport_size({"width": 1000, "height": 690})  # 265 mm
        assert cut(page) == []
        assert not page.locator("#cp-q").is_visible()
        (tmp_path / "paper.pdf").write_bytes(page.pdf(prefer_css_page_size=True))
    with pypdfium2.PdfDocument(tmp_path / "paper.pdf") as document:
        text = "".join(sheet.get_textpage().get_text_range() for sheet in document)
        assert len(document) <= (3 if fragment else 6)
    for name in ("Bà Rịa", "Thừa Thiên Huế", "TP. Hồ Chí Minh"):
        # letters of small print may be told apart
        assert name.replace(" ", "") in re.sub(r"\s+", "", text)


def test_without_script_the_list_is_plain_and_its_links_hold(browser: Any, library: Path) -> None:
    path = library / "index.html"
    with opened(browser, path, PHONE, java_script_enabled=False) as page:
        assert not page.locator(".ix-filters").is_visible()
        assert not page.locator(".ix-map-tools").is_visible()
        assert page.locator("main :is(.ix-kinds, tbody th) a:visible").count() == 2 * 63 + 34 + 4
        assert page.locator("th[data-sort] button").count() == 0
        page.locator(".ix-entry a:visible", has_text="2021").first.click()
        assert page.url.endswith("/vi/province_report/an-giang-2021.html")


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A list of 250 reports of somebody's own."""
    folder = tmp_path_factory.mktemp("long")
    for n in range(250):
        title = f"Vùng {n:03}: <tổng quan> & so sánh"
        stand_in(folder, "vi", "own regions", f"region-{n}", title, year=2012 + n % 13, region=n)
    return write_index(folder)


def test_of_a_long_list_the_first_are_shown_and_the_rest_when_asked_for(
    browser: Any, long: Path
) -> None:
    with opened(browser, long, WIDE) as page:
        lines, rest = page.locator("tr.ix-entry:visible"), page.locator(".ix-rest button")
        assert lines.count() == 100
        assert page.locator("#ix-count").inner_text().startswith("250 ")
        assert "250" in rest.inner_text()
        # whatever is searched for is found, shown before or not
        pressed(page, "vung 247")
        assert lines.locator("th").all_inner_texts() == ["Vùng 247: <tổng quan> & so sánh"]
        assert not rest.is_visible()
        page.locator("#ix-clear").click()
        page.locator("#ix-year").select_option("2013")
        assert lines.count() == 20
        page.locator("#ix-clear").click()
        head = page.locator("th[data-sort=title] button")
        head.click()
        head.click()
        assert "249" in lines.first.inner_text()
        rest.focus()
        page.keyboard.press("Enter")
        assert lines.count() == 250
        assert page.evaluate("document.activeElement.closest('tr').rowIndex") == 101
        assert broken_links(page, long) == []
        assert cut(page) == []
        assert violations(page) == []
        pressed(page, "vung 003")
        page.locator("#ix-q").press("Enter")
        page.wait_for_url("**/region-3.html")


def test_without_script_a_long_list_is_all_there(browser: Any, long: Path) -> None:
    with opened(browser, long, PHONE, java_script_enabled=False) as page:
        assert page.locator("tr.ix-entry:visible").count() == 250
        assert not page.locator(".ix-rest").is_visible()
        assert page.locator("tr.ix-entry a:visible", has_text="Vùng 249").count() == 1
