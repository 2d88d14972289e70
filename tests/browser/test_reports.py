"""Reports and the index page, opened from disk as a reader does."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any
from xml.etree import ElementTree

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from watched import PHONE, WIDE, opened, overflowing, violations

from parstudy.publish import Exporter
from parstudy.publish.ordinary import Given

pytestmark = pytest.mark.browser

REPORT = "vi/province_report/lang-son-2021.html"


@pytest.mark.parametrize("width", [WIDE, PHONE])
@pytest.mark.parametrize("name", [REPORT, "index.html"])
def test_page_stands_by_itself_and_fits(browser: Any, reports: Path, name: str, width: int) -> None:
    with opened(browser, reports / name, width) as page:
        assert overflowing(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") == width
        broken = "[...document.images].filter(i => !i.complete || !i.naturalWidth).length"
        assert page.evaluate(broken) == 0


@pytest.mark.parametrize("width", [WIDE, PHONE])
def test_first_screen_says_the_finding(browser: Any, reports: Path, width: int) -> None:
    with opened(browser, reports / REPORT, width) as page:
        lead = page.locator(".ps-lead").bounding_box()
        assert lead["y"] + lead["height"] < 844
        assert page.locator("h1").bounding_box()["y"] < lead["y"]
        assert page.get_by_text("SỐ LIỆU GIẢ ĐỊNH").is_visible()


def test_a_wide_table_is_read_on_a_phone_without_going_sideways(
    browser: Any, reports: Path
) -> None:
    with opened(browser, reports / REPORT, PHONE) as page:
        table = page.locator("#scores")
        assert table.evaluate("e => e.parentElement.scrollWidth <= e.parentElement.clientWidth")
        # what does not fit beside stands below its row, behind its heading
        last = table.locator("tbody tr").first.locator("td").last
        assert last.is_visible()
        assert last.evaluate("e => getComputedStyle(e, '::before').content").startswith(
            '"Cột dài số 13: "'
        )
        # and is a cell of a table still
        roles = {row.get_attribute("role") for row in table.locator("tr").all()}
        assert (roles, last.get_attribute("role")) == ({"row"}, "cell")
        page.set_viewport_size({"width": WIDE, "height": 844})
        page.wait_for_function("() => !document.querySelector('.ps-folded, .ps-below')")


def test_without_script_a_wide_table_scrolls_with_the_keyboard(browser: Any, reports: Path) -> None:
    with opened(browser, reports / REPORT, PHONE, java_script_enabled=False) as page:
        box = page.locator(".ps-scroll:has(#scores)")
        box.focus()
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(300)
        assert box.evaluate("e => e.scrollLeft") > 0


HEADS = """<table class="ps-table"><thead><tr><th scope="col">Vùng</th>
<th scope="col" class="ps-num">Trung bình của các tỉnh đã biết</th>
<th scope="col" class="ps-num">Mức thay đổi công bố (± sai số chọn mẫu)</th></tr></thead>
<tbody><tr><th scope="row">Đông Nam Bộ</th><td class="ps-num">1</td><td class="ps-num">2</td></tr>
</tbody></table>"""
LINES = """cell => {
    const words = document.createRange();
    words.selectNodeContents(cell);
    return new Set([...words.getClientRects()].map(line => Math.round(line.top))).size;
}"""


@pytest.mark.parametrize("width", [WIDE, PHONE])
def test_a_heading_over_short_figures_takes_three_lines_at_most(
    browser: Any, tmp_path: Path, width: int
) -> None:
    cell = new_code_cell("show()", outputs=[new_output("display_data", data={"text/html": HEADS})])
    title = new_markdown_cell("# PAR INDEX 2023: tất cả các tỉnh, thành phố")
    path = tmp_path / "heads.html"
    Exporter().export(
        new_notebook(cells=[title, cell], metadata={"language_info": {"name": "python"}}),
        path,
        given=Given(lang="vi"),
    )
    with opened(browser, path, width) as page:
        assert max(head.evaluate(LINES) for head in page.locator("thead th").all()) <= 3
        # and the title breaks between phrases
        rows = page.locator("h1").evaluate(
            """e => {
                const text = e.firstChild, lines = {}, one = document.createRange();
                for (let i = 0; i < text.length; i++) {
                    one.setStart(text, i); one.setEnd(text, i + 1);
                    const top = Math.round(one.getBoundingClientRect().top);
                    lines[top] = (lines[top] ?? "") + text.data[i];
                }
                return Object.values(lines).map(line => line.replaceAll("\\u00a0", " ").trim());
            }"""
        )
        assert not any(row.endswith(("tất", "PAR", "thành", "các")) for row in rows), rows


def test_code_can_be_unfolded_and_links_lead_on(browser: Any, reports: Path) -> None:
    with opened(browser, reports / REPORT, WIDE) as page:
        code = page.locator("details.ps-code").first
        button = page.get_by_role("button", name="Mã lệnh")
        assert not code.is_visible()
        button.click()
        assert "province" in code.locator("pre").first.inner_text()
        button.click()
        assert not code.is_visible()
        page.locator(".ps-toc a").nth(1).click()
        assert page.locator("h2").nth(1).bounding_box()["y"] < 200
        page.locator(".ps-language").click()
        assert page.url == (reports / REPORT.replace("vi/", "en/", 1)).as_uri()
        page.locator(".ps-up-link").click()
        assert page.url == (reports / "index.html").as_uri()


def test_tab_reaches_the_content_first(browser: Any, reports: Path) -> None:
    with opened(browser, reports / REPORT, WIDE) as page:
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "ps-skip"
        box = page.locator(".ps-skip").bounding_box()
        assert box["x"] >= 0
        # the buttons of a section are one stop, and the arrows lead from one to the other
        buttons = page.locator("figure button.ps-take")
        first, second = buttons.nth(0), buttons.nth(1)
        assert not page.locator("#ps-along").is_visible()
        first.focus()
        page.keyboard.press("ArrowRight")
        assert second.evaluate("e => e === document.activeElement")
        assert page.locator("#ps-along").is_visible()
        page.keyboard.press("Shift+Tab")
        assert not first.evaluate("e => e === document.activeElement")
        page.keyboard.press("Tab")
        assert second.evaluate("e => e === document.activeElement")
        page.keyboard.press("ArrowLeft")
        assert first.evaluate("e => e === document.activeElement")


def test_report_prints_without_code_and_without_cutting(browser: Any, reports: Path) -> None:
    with opened(browser, reports / REPORT, 700) as page:
        page.emulate_media(media="print")
        for hidden in (".ps-bar", ".ps-toc", "details.ps-code"):
            assert not page.locator(hidden).first.is_visible()
        assert page.get_by_text("SỐ LIỆU GIẢ ĐỊNH").is_visible()
        assert page.pdf(format="A4").startswith(b"%PDF")
        # 205 mm: a picture never runs over the end of a page
        limit = page.locator(".ps-figure svg").first.evaluate("e => getComputedStyle(e).maxHeight")
        assert float(limit.removesuffix("px")) == pytest.approx(205 / 25.4 * 96, abs=1)
        # numbers of the sources stand inside the page, their addresses once
        assert page.locator(".ps-sources").first.evaluate(
            "e => parseFloat(getComputedStyle(e).paddingLeft) > 25"
        )


@pytest.mark.parametrize("width", [390, WIDE])
def test_words_beside_figures_break(browser: Any, reports: Path, width: int) -> None:
    with opened(browser, reports / REPORT, width) as page:
        wrap = page.locator("td.ps-num").first.evaluate("e => getComputedStyle(e).whiteSpace")
        assert wrap == "normal"


def test_ways_stand_in_one_column_behind_their_kinds(browser: Any, reports: Path) -> None:
    with opened(browser, reports / REPORT, WIDE) as page:
        # as where all pages that it leads to are made
        page.evaluate("document.querySelectorAll('a.ps-way').forEach(a => { a.href = '#'; })")
        page.locator(".ps-way-kind").last.evaluate(
            "e => { e.textContent = 'Liền kề về thứ hạng'; }"
        )
        starts = """() => [...document.querySelectorAll(".ps-ways li > :last-child")].filter(
            e => e.getClientRects().length).map(e => Math.round(e.getBoundingClientRect().left))"""
        lefts = page.evaluate(starts)
        assert len(lefts) > 2
        assert len(set(lefts)) == 1


def test_vietnamese_marks_have_room(browser: Any, reports: Path) -> None:
    with opened(browser, reports / REPORT, WIDE) as page:
        heights = page.evaluate(
            """() => [...document.querySelectorAll("p, li, td, th, dd, figcaption")].map(e => {
                const style = getComputedStyle(e);
                return parseFloat(style.lineHeight) / parseFloat(style.fontSize);
            })"""
        )
        assert min(heights) >= 1.39
        assert page.evaluate("parseFloat(getComputedStyle(document.body).lineHeight) / 16") >= 1.5


def test_contrast_of_text(browser: Any, reports: Path) -> None:
    """WCAG AA: 4.5 to 1 for all text on the page."""
    with opened(browser, reports / REPORT, WIDE) as page:
        worst = page.evaluate(
            """() => {
                const parts = text => text.match(/[\\d.]+/g).map(Number);
                const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
                    .map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
                    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
                const ground = e => {
                    for (; e; e = e.parentElement) {
                        const colour = parts(getComputedStyle(e).backgroundColor);
                        if (colour.length === 3 || colour[3] === 1) return colour;
                    }
                    return [255, 255, 255];
                };
                return [...document.body.querySelectorAll("*")]
                    .filter(e => [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
                    .map(e => {
                        const [a, b] = [light(parts(getComputedStyle(e).color)), light(ground(e))];
                        const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
                        return [ratio, e.outerHTML.slice(0, 90)];
                    })
                    .sort((a, b) => a[0] - b[0])[0];
            }"""
        )
        assert worst[0] >= 4.5, worst


def test_source_title_with_a_script_does_nothing(browser: Any, reports: Path) -> None:
    with opened(browser, reports / REPORT, WIDE) as page:
        page.on("dialog", lambda dialog: pytest.fail(dialog.message))
        assert page.get_by_role("link", name="<script>alert(1)</script>").is_visible()


def test_a_table_and_a_picture_can_be_taken_along(
    browser: Any, reports: Path, tmp_path: Path
) -> None:
    with opened(browser, reports / REPORT, WIDE) as page:
        with page.expect_download() as table:
            page.locator("table#scores").evaluate(
                "t => { t.rows[1].cells[0].textContent = '=1+1'; "
                "t.rows[1].cells[1].textContent = '−3,10'; }"
            )
            page.locator("button.ps-take", has_text="CSV").first.click()
        table.value.save_as(tmp_path / "t.csv")
        lines = (tmp_path / "t.csv").read_text(encoding="utf-8-sig").splitlines()
        assert table.value.suggested_filename == "lang-son-2021-scores.csv"
        assert len(lines) == page.locator("table#scores tr").count()
        assert lines[0].startswith("Cột dài số 0;")
        # text that a spreadsheet would run stays text; a number stays a number
        assert lines[1].startswith('\'=1+1;"-3,10";')
        with page.expect_download() as picture:
            page.locator("button.ps-take", has_text="SVG").click()
        assert picture.value.suggested_filename == "lang-son-2021-rank-path.svg"
        # it stands alone: with its size and its letters
        picture.value.save_as(tmp_path / "p.svg")
        alone = ElementTree.parse(tmp_path / "p.svg").getroot()
        assert alone.tag == "{http://www.w3.org/2000/svg}svg"
        assert alone.get("width")
        assert "@font-face" in (alone.findtext("{http://www.w3.org/2000/svg}style") or "")
        with page.expect_download() as pixels:
            page.locator("button.ps-take", has_text="PNG").click()
        pixels.value.save_as(tmp_path / "p.png")
        assert (tmp_path / "p.png").read_bytes().startswith(b"\x89PNG")


def test_only_what_scrolls_is_reached_by_keyboard(browser: Any, reports: Path) -> None:
    with opened(browser, reports / REPORT, WIDE) as page:
        needless = "[...document.querySelectorAll('.ps-scroll[tabindex]')]"
        assert page.evaluate(f"{needless}.every(e => e.scrollWidth > e.clientWidth)")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [WIDE, PHONE])
def test_nothing_keeps_a_reader_with_a_disability_out(
    browser: Any, reports: Path, compared: Path, width: int, scheme: str
) -> None:
    for path, fragment in [
        (reports / REPORT, ""),
        (compared.parent / "index.html", ""),
        (compared, "#vi&p=lang-son,ho-chi-minh"),
    ]:
        with opened(browser, path, width, fragment, color_scheme=scheme) as page:
            assert violations(page) == [], path


OTHERS = (
    "<style>#T_12345 td { background-color: #1f9e89; color: #f1f1f1 }</style>"
    "<table id='T_12345'><tr><th>a</th><td>1</td></tr></table>",
    "<pre style='white-space:pre'><span style='color: #800000'>rich</span> "
    + "wide " * 99
    + "</pre>",
    "<div><a href='https://example.org'></a><iframe srcdoc='x'></iframe></div>",
)


@pytest.mark.parametrize(("width", "scheme"), [(WIDE, "light"), (PHONE, "dark")])
def test_what_others_bring_can_be_read_by_anybody(
    browser: Any, tmp_path: Path, width: int, scheme: str
) -> None:
    """Colours of libraries, printed lines wider than a phone, empty links and headings."""
    cell = new_code_cell("show()")
    cell.outputs = [new_output("display_data", data={"text/html": html}) for html in OTHERS]
    cell.outputs.append(new_output("stream", name="stdout", text="printed " * 99))
    text = "# 🚀 Of others\n\n## \n\n## Một\n\nNote[^1]\n\n[^1]: said\n\n- [x] done"
    nb = new_notebook(cells=[new_markdown_cell(text), cell])
    path = tmp_path / "others.html"
    path.write_text(Exporter().render(nb).html, encoding="utf-8")
    with opened(browser, path, width, color_scheme=scheme) as page:
        assert violations(page) == []


# --- the index page ------------------------------------------------------------------------------


def rows(page: Any) -> list[str]:
    return [row.get_attribute("data-province") for row in page.locator(".ix-entry:visible").all()]


def test_search_finds_without_diacritics(browser: Any, reports: Path) -> None:
    with opened(browser, reports / "index.html", WIDE) as page:
        assert rows(page) == ["da-nang", "lang-son"]
        for typed, found in [
            ("da nang", ["da-nang"]),
            ("LẠNG", ["lang-son"]),
            ("langson", ["lang-son"]),  # without the space
            ("lagn son", ["lang-son"]),  # letters changed places
            ("Da Nagn", ["da-nang"]),
            ("zzz", []),
        ]:
            page.locator("#ix-q").fill(typed)
            assert rows(page) == found
        assert page.locator("#ix-none").is_visible()
        page.locator("#ix-clear").click()
        assert len(rows(page)) == 2


def test_filters_and_sorting(browser: Any, reports: Path) -> None:
    with opened(browser, reports / "index.html", WIDE) as page:
        page.locator("#ix-year").select_option("2021")
        assert rows(page) == ["lang-son"]
        assert page.locator("#ix-count").inner_text().startswith("1 ")
        page.locator("#ix-year").select_option("")
        page.locator("#ix-province").select_option("da-nang")
        assert rows(page) == ["da-nang"]
        page.locator("#ix-clear").click()
        head = page.locator("th[data-sort=name]")
        head.locator("button").click()
        assert rows(page) == ["da-nang", "lang-son"]
        assert head.get_attribute("aria-sort") == "ascending"
        head.locator("button").click()
        assert rows(page) == ["lang-son", "da-nang"]


def test_filters_stay_in_the_address_and_enter_opens_the_first_hit(
    browser: Any, reports: Path
) -> None:
    with opened(browser, reports / "index.html", WIDE) as page:
        page.locator("#ix-q").fill("lang")
        page.locator("#ix-year").select_option("2021")
        address = page.url
    with opened(browser, reports / "index.html", WIDE) as page:
        page.goto(address)
        page.wait_for_function("document.getElementById('ix-q')?.value === 'lang'")
        assert rows(page) == ["lang-son"]
        page.locator("#ix-q").press("Enter")
        page.wait_for_url("**/province_report/lang-son-2021.html")


@pytest.mark.parametrize("script", [True, False])
def test_language_can_be_switched(browser: Any, reports: Path, script: bool) -> None:
    with opened(browser, reports / "index.html", WIDE, java_script_enabled=script) as page:
        link = page.locator(".ix-entry a:visible")
        assert link.first.get_attribute("href").startswith("vi/")
        assert link.count() == 2
        assert page.locator(".ix-filters").is_visible() == script
        page.locator(".ix-lang[lang=en]").click()
        assert link.first.get_attribute("href").startswith("en/")
        assert link.count() == 2
        assert page.get_by_role("heading", level=1).inner_text().startswith("Reports on")


@pytest.mark.parametrize("script", [True, False])
def test_a_title_in_the_list_stands_apart_from_its_summary(
    browser: Any, reports: Path, tmp_path: Path, script: bool
) -> None:
    from parstudy.publish import write_index

    for lang, title in (("vi", "SIPAS 2021: tất cả các tỉnh"), ("en", "SIPAS 2021: all provinces")):
        page = tmp_path / lang / "national_overview" / "SIPAS-2021.html"
        page.parent.mkdir(parents=True)
        page.write_text(
            f"<head><meta name='parstudy:title' content='{title}'>"
            f"<meta name='description' content='Summary {lang}.'>"
            "<meta name='parstudy:notebook' content='national_overview'>"
            f"<meta name='parstudy:lang' content='{lang}'>"
            "<meta name='parstudy:parameters' "
            """content='{"index": "SIPAS", "year": 2021}'></head>""",
            encoding="utf-8",
        )
    path = write_index(tmp_path)
    with opened(browser, path, WIDE, java_script_enabled=script) as page:
        page.locator(".ix-lang[lang=en]").click()
        said = page.locator("body").inner_text().splitlines()
        assert any(line.strip() == "SIPAS 2021: all provinces" for line in said)  # its own line
        assert any(line.startswith("Summary en.") for line in said)
        assert not any("Summary vi." in line for line in said)


def test_words_on_tiles_of_the_map_can_be_read(browser: Any, compared: Path) -> None:
    with opened(browser, compared.parent / "index.html", WIDE) as page:
        for level in range(1, 6):
            ratio = page.locator(".ix-map li[data-province=lang-son]").first.evaluate(
                """(tile, level) => {
                    tile.className = "ix-l" + level;
                    const light = colour => {
                        const [r, g, b] = colour.match(/[\\d.]+/g).slice(0, 3).map(part => {
                            const share = part / 255;
                            return share <= .04 ? share / 12.92 : ((share + .055) / 1.055) ** 2.4;
                        });
                        return .2126 * r + .7152 * g + .0722 * b;
                    };
                    const look = getComputedStyle(tile.firstElementChild);
                    const two = [light(look.color), light(look.backgroundColor)];
                    return (Math.max(...two) + .05) / (Math.min(...two) + .05);
                }""",
                level,
            )
            assert ratio >= 4.5, level


def test_tile_opens_the_report(browser: Any, reports: Path) -> None:
    with opened(browser, reports / "index.html", WIDE) as page:
        page.locator(".ix-map a:visible", has_text="Lạng Sơn").click()
        assert page.url == (reports / REPORT).as_uri()


# --- what is known of all provinces --------------------------------------------------------------


@pytest.fixture
def compared(tmp_path: Path) -> Path:
    """The comparison and the index over three provinces, as published figures would give them."""
    import pandas as pd

    from parstudy.publish import write_compare, write_index

    def row(province: str, year: int, component: str, score: float, rank: int | None) -> Any:
        return {
            "index_id": "PAR_INDEX", "year": year, "province_id": province,
            "component": component, "criteria_set": "1149/QĐ-BNV", "score": score,
            "max_score": 100.0 if component == "total" else 8.5, "decimals": 2,
            "rank_published": rank, "rank_low": rank, "rank_high": rank, "rank_implied": None,
            "score_implied": None, "n_ranked": 63, "conflict": False, "certainty": "stated",
        }  # fmt: skip

    def finding(province: str) -> Any:
        return {
            "index_id": "PAR_INDEX", "year": 2021, "unit_id": province, "component": "total",
            "severity": "warning", "figure_ids": "f1",
        }  # fmt: skip

    rows = [
        row("lang-son", 2020, "total", 80.15, 36),
        row("lang-son", 2021, "total", 87.11, 23),
        row("ho-chi-minh", 2021, "total", 85.0, 43),
        row("ba-ria-vung-tau", 2021, "total", 86.5, 30),
        row("lang-son", 2021, "A1", 8.12, None),
        row("lang-son", 2021, "total", 87.1, 31) | {"index_id": "SIPAS", "decimals": 1},
    ]
    # filed under one province, and touching the other side of the contradiction as well
    side = {"figure_id": "f1", "index_id": "PAR_INDEX", "year": 2021, "component": "total"}
    components = pd.DataFrame([{"criteria_set": "1149/QĐ-BNV", "code": "A1", "level": "area"}])
    data: Any = SimpleNamespace(
        scores=pd.DataFrame(rows),
        components=components,
        findings=pd.DataFrame([finding("ho-chi-minh")]),
        figures=pd.DataFrame([side | {"unit_id": "ba-ria-vung-tau"}]),
        synthetic=True,
    )
    for lang in ("vi", "en"):
        page = tmp_path / lang / "province_report" / "lang-son-2021.html"
        page.parent.mkdir(parents=True)
        about = '{"province": "lang-son", "year": 2021}'
        page.write_text(
            "<head><meta name='parstudy:notebook' content='province_report'>"
            f"<meta name='parstudy:lang' content='{lang}'>"
            f"<meta name='parstudy:parameters' content='{about}'></head>",
            encoding="utf-8",
        )
    write_index(tmp_path, data)
    path = write_compare(tmp_path, data)
    assert path is not None
    return path


@pytest.mark.parametrize("size", [WIDE, PHONE])
def test_provinces_are_set_side_by_side(browser: Any, compared: Path, size: Any) -> None:
    with opened(browser, compared, size) as page:
        for typed in ("lạng sơn", "brvt", "sai gon"):
            page.locator("#cp-q").fill(typed)
            page.locator("#cp-q").press("Enter")
        heads = page.locator("#cp-result table >> nth=0").locator("thead th")
        assert [h.inner_text() for h in heads.all()][1:] == [
            "Lạng Sơn",
            "Bà Rịa - Vũng Tàu",
            "TP. Hồ Chí Minh",
        ]
        text = page.locator("#cp-result").inner_text()
        assert "23/63 · 87,11" in text
        assert "8,12 / 8,5" in text
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= size
        sideways = ".ps-scroll:has(.cp-side)"
        assert page.locator(sideways).first.evaluate("e => e.scrollWidth <= e.clientWidth")
        cut = """() => {
            const room = document.querySelector(".cp-path").getBoundingClientRect();
            return [...document.querySelectorAll(".cp-name")]
                .filter(name => name.getBoundingClientRect().right > room.right)
                .map(name => name.textContent);
        }"""
        assert page.evaluate(cut) == []
        address = page.url
        href = heads.nth(1).locator("a").get_attribute("href")
        assert (compared.parent / href).is_file()
    with opened(browser, compared, size) as page:  # the address says all
        page.goto(address)
        page.locator("#cp-chosen li").nth(2).wait_for()
        assert page.locator("#cp-chosen li").count() == 3
        page.locator(".ix-lang[lang=en]").click()
        assert "23/63 · 87.11" in page.locator("#cp-result").inner_text()
        page.locator("#cp-chosen button").first.click()
        assert page.locator("#cp-chosen li").count() == 2


def test_comparison_reads_without_script(browser: Any, compared: Path) -> None:
    with opened(browser, compared, WIDE, java_script_enabled=False) as page:
        said = page.locator("#cp-all").inner_text()
        assert "23/63 · 87,11 (2021)" in said
        assert "31/63 · 87,1% (2021)" in said  # a percentage has its sign
        # both sides of a contradiction are marked, whichever it is filed under
        assert "43/63 · 85,00‡" in said
        assert "30/63 · 86,50‡" in said
        assert "87,11‡" not in said
        assert not page.locator(".cp-tools").is_visible()


def test_the_map_shows_the_year_that_is_chosen(browser: Any, compared: Path) -> None:
    with opened(browser, compared.parent / "index.html", WIDE) as page:
        tile = page.locator(".ix-map li[data-province=lang-son]")
        assert "23" in tile.inner_text()
        slider = page.locator("#ix-map-slider")
        slider.fill("0")
        assert page.locator("#ix-map-year").inner_text() == "2020"
        assert "36" in tile.inner_text()


def test_hundreds_of_rows_or_lines_scroll_in_a_box_of_their_own(
    browser: Any, tmp_path: Path
) -> None:
    rows = "".join(f"<tr><th>{n}</th><td>{n}</td></tr>" for n in range(400))
    head = "<thead><tr><th></th><th>score</th></tr></thead>"
    table = new_output("display_data", data={"text/html": f"<table>{head}{rows}</table>"})
    printed = new_output("stream", name="stdout", text="\n".join(map(str, range(400))))
    cell = new_code_cell("show()", outputs=[table, printed])
    path = tmp_path / "long.html"
    Exporter().export(new_notebook(cells=[new_markdown_cell("# Long"), cell]), path)
    with opened(browser, path, WIDE) as page:
        for box in (page.locator(".ps-scroll").first, page.locator("pre").first):
            assert box.evaluate("e => e.clientHeight <= 0.91 * innerHeight")
            assert box.evaluate("e => e.tabIndex") == 0  # by keyboard as well
        height = "document.documentElement.scrollHeight"
        on_screen = page.evaluate(height)
        assert on_screen < 4 * 844
        page.emulate_media(media="print")
        assert page.evaluate(height) > 1.5 * on_screen  # on paper all of it, in two columns
