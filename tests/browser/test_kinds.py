"""One page of each kind, on real and on complete data, as readers open and use it."""

from __future__ import annotations

import csv
import io
import itertools
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pypdfium2
import pytest
from kinds import COMPLETE, REAL, made
from PIL import Image
from watched import PHONE, VIEWS, WIDE, broken_links, cut, opened, overflowing, violations

from parstudy.cli import main
from parstudy.dataset import Dataset

pytestmark = pytest.mark.browser

KILOBYTES = {"province_report": 500, "improvement_plan": 250, "data_audit": 500}
"""What a report may weigh."""
PAGES = {"province_report": 4, "data_audit": 6, "national_overview": 5}
"""How many sheets of A4 a report may take."""
ACROSS = [(WIDE, "light"), (PHONE, "dark")]
"""Each width and each scheme once."""
STOPS = 60
"""How often the tab key may stop before the list of sources."""
# figures that a reader at a desk must scroll for: tables wider than their box
WIDER = """() => [...document.querySelectorAll(".ps-body table")]
    .filter(table => table.scrollWidth > table.parentElement.clientWidth + 1)
    .map(table => table.id)"""
# words of a group or a mark that go over many lines of a narrow column
CROWDED = """() => [...document.querySelectorAll("#history-table td, #ranking-table td")]
    .filter(cell => cell.matches(".ps-num, .ps-center")
        && cell.innerText.length < 24 && cell.getClientRects().length)
    .filter(cell => {
        const words = document.createRange();
        words.selectNodeContents(cell);
        return new Set([...words.getClientRects()].map(line => Math.round(line.top / 8))).size > 2;
    })
    .map(cell => cell.innerText)"""
# where the tab key stops before the list of sources, and what it cannot reach in any way
STOPPED = """() => {
    const end = document.querySelector(".ps-sources-heading");
    const stops = "a[href], button, summary, input, select, [tabindex='0']";
    const before = [...document.querySelectorAll(stops)].filter(e => e.getClientRects().length
        && e.compareDocumentPosition(end) & Node.DOCUMENT_POSITION_FOLLOWING);
    return [before.filter(e => e.tabIndex >= 0).length,
        before.filter(e => e.tabIndex < 0 && e.getAttribute("aria-describedby") !== "ps-along")
            .map(e => e.outerHTML.slice(0, 120))];
}"""
# the arrows reach whatever the tab key leaves out: all links of a table, from the first of them
ALONG = """table => {
    const links = [...table.querySelectorAll("a[href]")];
    if (links.length < 2) return true;
    links[0].focus();
    return links.slice(1).every(link => {
        const key = new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true });
        document.activeElement.dispatchEvent(key);
        return document.activeElement === link;
    });
}"""


# what a table says, without the numbers of sources and the sign for what is not known
SHOWN = """table => [...table.rows].map(row => [...row.cells].map(cell => {
    const copy = cell.cloneNode(true);
    copy.querySelectorAll(".ps-cite, .ps-missing").forEach(gone => gone.remove());
    return [copy.textContent.trim(), cell.matches("td.ps-num")];
}))"""
# what is wider in print than the column in which it stands
BEYOND = """() => [...document.querySelectorAll(".ps-body :is(table, svg, img)")]
    .filter(e => e.getClientRects().length
        && e.getBoundingClientRect().width > e.parentElement.getBoundingClientRect().width + 1)
    .map(e => e.id || e.parentElement.id)"""


@pytest.fixture(scope="module")
def real(shipped: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Any]:
    """Makes reports of the figures that ship, each once."""
    root = tmp_path_factory.mktemp("real") / "project"
    shutil.copytree(shipped.project.root, root)
    done: dict[str, Path] = {}

    def make(*kinds: str) -> dict[str, Path]:
        done.update(made(root, {kind: REAL[kind] for kind in kinds if kind not in done}))
        return {kind: done[kind] for kind in kinds}

    return make


@pytest.fixture(scope="module")
def complete(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Reports on data of which nothing is missing."""
    root = tmp_path_factory.mktemp("complete") / "project"
    assert main(["demo", str(root)]) == 0
    assert main(["--project", str(root), "build"]) == 0
    return made(root, COMPLETE)


def _looked_at(browser: Any, path: Path, views: list[tuple[int, str]], *, axe: bool = True) -> None:
    """Open a report in each way, and find nothing that keeps a reader out."""
    kind = path.parent.name
    for width, scheme in views:
        where = (kind, width, scheme)
        with opened(browser, path, width, color_scheme=scheme) as page:
            assert cut(page) == [], where
            assert overflowing(page) == [], where
            stops, unreached = page.evaluate(STOPPED)
            assert stops <= STOPS, where
            assert unreached == [], where
            tables = page.locator(".ps-body table").all()
            assert all(table.evaluate(ALONG) for table in tables), where
            if width == PHONE:
                assert page.evaluate(CROWDED) == [], where
            if kind == "province_report" and width == WIDE:
                assert page.evaluate(WIDER) == [], where
            if axe:
                assert violations(page) == [], where
            assert broken_links(page, path) == [], where
    assert path.stat().st_size < 1000 * KILOBYTES.get(kind, 600), path.name


def _listed(browser: Any, reports: Path) -> None:
    """Open the pages that list and compare, and find the same."""
    for name in ("index.html", "compare.html", "compare.html#vi&p=lang-son,quang-ninh"):
        name, _, chosen = name.partition("#")
        for width, scheme in VIEWS:
            where = (name, chosen, width, scheme)
            with opened(browser, reports / name, width, f"#{chosen}", color_scheme=scheme) as page:
                assert cut(page) == [], where
                assert violations(page) == [], where
                assert broken_links(page, reports / name) == [], where


def _used(browser: Any, path: Path, folder: Path) -> None:
    """Take along all that a page offers, print it, fold its code, go along its contents."""
    with opened(browser, path, WIDE) as page:
        _taken_along(page, folder)
        code = page.locator("details.ps-code").first
        button = page.locator(".ps-bar button.ps-take")
        for seen in (True, False):
            button.click()
            assert code.is_visible() is seen
        last = page.locator(".ps-toc a").last
        last.click()
        held = page.locator(last.get_attribute("href") or "").bounding_box()
        assert 0 <= held["y"] < 844, path
        _cited(page, path)
        _printed(page, path.parent.name)
    with opened(browser, path, WIDE, java_script_enabled=False) as page:
        # whatever the script adds, all that is said is there without it
        assert page.locator(".ps-drawn > svg, .ps-body table").first.is_visible()
        assert page.locator(".ps-take").count() == 0
        said = page.locator("main").inner_text()
        assert page.locator(".ps-colophon").inner_text().strip() in said


def _taken(page: Any, button: Any, folder: Path) -> Path:
    with page.expect_download() as coming:
        button.click()
    path = folder / coming.value.suggested_filename
    assert not path.exists(), f"two files of one name: {path.name}"
    coming.value.save_as(path)
    return path


def _taken_along(page: Any, folder: Path) -> None:
    """Every table, drawing and picture of pixels that is taken along holds what the page shows."""
    for table in page.locator(".ps-body table").all():
        box = table.locator("xpath=ancestor::*[contains(@class,'ps-scroll')][1]")
        button = box.locator("xpath=following-sibling::button[1]")
        text = _taken(page, button, folder).read_bytes()
        assert text.startswith(b"\xef\xbb\xbf")  # a spreadsheet takes it for what it is
        lines = list(csv.reader(io.StringIO(text.decode("utf-8-sig"), newline=""), delimiter=";"))
        shown = table.evaluate(SHOWN)
        assert [len(line) for line in lines] == [len(row) for row in shown]
        for cell, (seen, is_number) in zip(
            itertools.chain(*lines), itertools.chain(*shown), strict=True
        ):
            assert re.sub(r"\W", "", cell) == re.sub(r"\W", "", seen)
            # nothing that a spreadsheet would run
            assert not re.match(r"[=+@-](?![\d.,]+%?$)", cell), cell
            assert "()" not in cell, cell  # nor what is left of a source in brackets
            if is_number and re.fullmatch(r"[−+]?[\d.,]+", seen):
                there, here = (re.sub(r"[+.]", "", t.replace("−", "-")) for t in (cell, seen))
                assert float(there.replace(",", ".")) == float(here.replace(",", "."))
    for figure in page.locator(".ps-body figure.ps-drawn, .ps-body .ps-drawn").all():
        words = figure.locator("svg text").all_text_contents()
        drawing = _taken(page, figure.locator("button", has_text="SVG"), folder)
        alone = ElementTree.parse(drawing).getroot()
        told = [" ".join(t.itertext()) for t in alone.iter("{http://www.w3.org/2000/svg}text")]
        assert [re.sub(r"\s", "", t) for t in told] == [re.sub(r"\s", "", w) for w in words]
        assert not re.search(
            r'(?:href|src)="(?!#|data:)|url\((?!#|"?data:)', drawing.read_text("utf-8")
        )
        pixels = _taken(page, figure.locator("button", has_text="PNG"), folder)
        with Image.open(pixels) as image:
            ratio = image.width / image.height
            assert image.width >= 1800, pixels.name  # 300 dots an inch across a page
            assert ratio == pytest.approx(
                float(alone.get("width", 0)) / float(alone.get("height", 1)), rel=0.01
            )
            assert len(image.convert("RGB").getcolors(1 << 24) or []) > 8, pixels.name


def _cited(page: Any, path: Path) -> None:
    """The words to cite a page name it, the program and the data that it was made from."""
    head = path.read_text(encoding="utf-8")
    fingerprint = re.search(r'name="parstudy:fingerprint" content="(\w+)"', head)
    about = page.locator(".ps-colophon dd").all_inner_texts()
    [cited] = [text for text in about if text.startswith("“")]
    title = re.sub(r"\s+", " ", page.locator("h1").inner_text()).strip()
    assert title.split(":")[0] in cited, (title, cited)
    assert "parstudy " in cited
    assert fingerprint
    assert fingerprint[1][:12] in cited


def _printed(page: Any, kind: str) -> None:
    """Print a page: nothing is cut, and it takes no more sheets than it may."""
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 695, "height": 1000})  # 184 mm
    assert page.evaluate(BEYOND) == [], kind
    with pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True)) as document:
        assert len(document) <= PAGES.get(kind, 9), kind
    page.emulate_media(media="screen")
    page.set_viewport_size({"width": WIDE, "height": 844})


def test_every_kind_of_report_opens_whole_on_a_screen_and_on_a_phone(
    browser: Any, real: Callable[..., dict[str, Path]]
) -> None:
    for kind, path in real(*REAL).items():
        _looked_at(browser, path, ACROSS, axe=kind == "province_report")


def test_what_a_province_report_offers_can_be_taken_along(
    browser: Any, real: Callable[..., dict[str, Path]], tmp_path: Path
) -> None:
    _used(browser, real("province_report")["province_report"], tmp_path)


@pytest.mark.slow
def test_every_kind_of_report_is_whole_at_any_width(
    browser: Any, real: Callable[..., dict[str, Path]], tmp_path: Path
) -> None:
    _all_of(browser, real(*REAL), tmp_path)


@pytest.mark.slow
def test_reports_on_complete_data_are_whole_at_any_width(
    browser: Any, complete: dict[str, Path], tmp_path: Path
) -> None:
    _all_of(browser, complete, tmp_path)


def _all_of(browser: Any, pages: dict[str, Path], folder: Path) -> None:
    """Look at every page in every view, and use it."""
    for kind, path in pages.items():
        _looked_at(browser, path, VIEWS)
        (folder / kind).mkdir()
        _used(browser, path, folder / kind)
    _listed(browser, path.parents[2])
