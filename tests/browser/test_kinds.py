"""One report of each kind, on real and on complete data, as readers open it: whole at any width."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pypdfium2
import pytest
from axe_playwright_python.sync_playwright import Axe

from parstudy.cli import main
from parstudy.dataset import Dataset

pytestmark = pytest.mark.browser

ROOT = Path(__file__).resolve().parents[2]
REAL = {
    "province_report": ["--province", "quang-ninh", "--year", "2023"],  # 16 sources in a cell
    "national_overview": ["--index", "PAR_INDEX", "--year", "2023"],
    "improvement_plan": ["--province", "lang-son", "--year", "2021"],
    "plan_evaluation": ["-p", "province", "lang-son", "-p", "year", "2021"],
    "drivers": ["--index", "PAR_INDEX", "--year", "2020", "--level", "score_source"],
    "robustness": ["--index", "PAR_INDEX", "--year", "2020", "--level", "score_source"],
    "index_relations": ["--year", "2023"],
    "data_audit": [],
}
COMPLETE = {
    **REAL,
    "province_report": ["--province", "lang-son", "--year", "2023"],
    "improvement_plan": ["--province", "lang-son", "--year", "2023"],
    "plan_evaluation": ["-p", "province", "lang-son", "-p", "year", "2022"],
    "drivers": ["--index", "PAR_INDEX", "--year", "2023", "--level", "area"],
    "robustness": ["--index", "PAR_INDEX", "--year", "2023", "--level", "area"],
}
KILOBYTES = {"province_report": 500, "improvement_plan": 250, "data_audit": 500}
"""What a report may weigh."""
PAGES = {"province_report": 4, "data_audit": 6, "national_overview": 5}
"""How many sheets of A4 a report may take."""
STOPS = 60
"""How often the tab key may stop before the list of sources."""
WIDTHS = (1280, 390)
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
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
# letters smaller than 9 px, or beyond the edge of their picture, and pictures beyond their box
CUT = """() => [...document.querySelectorAll(".ps-drawn > svg")].flatMap(drawing => {
    const box = drawing.getBoundingClientRect(), within = drawing.parentElement;
    const scale = box.width / drawing.viewBox.baseVal.width;
    const told = [...drawing.querySelectorAll("text")].flatMap(text => {
        const edge = text.getBoundingClientRect();
        const beyond = edge.left < box.left - 1 || edge.right > box.right + 1
            || edge.top < box.top - 1 || edge.bottom > box.bottom + 1;
        const small = parseFloat(getComputedStyle(text).fontSize) * scale < 9;
        return beyond || small ? [[within.id, text.textContent]] : [];
    });
    const room = within.getBoundingClientRect();
    return box.right > room.right + 1 || box.right > innerWidth ? [...told, [within.id]] : told;
})"""


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


# what is wider in print than the column in which it stands
BEYOND = """() => [...document.querySelectorAll(".ps-body :is(table, svg, img)")]
    .filter(e => e.getClientRects().length
        && e.getBoundingClientRect().width > e.parentElement.getBoundingClientRect().width + 1)
    .map(e => e.id || e.parentElement.id)"""


def _made(root: Path, kinds: dict[str, list[str]]) -> dict[str, Path]:
    """Make a report of each kind; their paths."""
    shutil.copytree(ROOT / "notebooks", root / "notebooks", dirs_exist_ok=True)
    for notebook, words in kinds.items():
        done = main(
            ["--project", str(root), "report", "--notebook", notebook, "--lang", "vi", *words]
        )
        assert done == 0, notebook
    return {kind: next((root / "reports" / "vi" / kind).glob("*.html")) for kind in kinds}


@pytest.fixture(scope="module")
def real(shipped: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Any]:
    """Makes reports of the figures that ship."""
    root = tmp_path_factory.mktemp("real") / "project"
    shutil.copytree(shipped.project.root, root)
    return lambda *kinds: _made(root, {kind: REAL[kind] for kind in kinds})


@pytest.fixture(scope="module")
def complete(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Reports on data of which nothing is missing."""
    root = tmp_path_factory.mktemp("complete") / "project"
    assert main(["demo", str(root)]) == 0
    assert main(["--project", str(root), "build"]) == 0
    return _made(root, COMPLETE)


def _views(quick: bool) -> Iterator[tuple[int, str]]:
    """Widths and schemes; the quick ones see each width and each scheme once."""
    for width in WIDTHS:
        for scheme in ("light", "dark"):
            if not quick or (scheme == "dark") == (width == WIDTHS[-1]):
                yield width, scheme


def _listened(page: Any) -> list[str]:
    """What the page asks for and complains of from now on."""
    heard: list[str] = []
    page.on("request", lambda request: heard.append(request.url))
    page.on("console", lambda message: heard.append(message.text))
    page.on("pageerror", lambda error: heard.append(str(error)))
    return heard


def _looked_at(browser: Any, path: Path, *, quick: bool) -> None:
    """Open a report in each way, and find nothing that keeps a reader out."""
    for width, scheme in _views(quick):
        context = browser.new_context(
            viewport={"width": width, "height": 844}, color_scheme=scheme, bypass_csp=True,
            offline=True,
        )  # fmt: skip
        page = context.new_page()
        asked = _listened(page)
        page.goto(path.as_uri())
        where = (path.parent.name, width, scheme)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, where
        assert page.evaluate(CUT) == [], where
        stops, unreached = page.evaluate(STOPPED)
        assert stops <= STOPS, where
        assert unreached == [], where
        tables = page.locator(".ps-body table").all()
        assert all(table.evaluate(ALONG) for table in tables), where
        if width == WIDTHS[-1]:
            assert page.evaluate(CROWDED) == [], where
        if width == WIDTHS[0]:
            if path.parent.name == "province_report":
                assert page.evaluate(WIDER) == [], where
            _printed(page, path.parent.name)
        found = Axe().run(page, options={"runOnly": RULES}).response["violations"]
        assert [(v["id"], v["nodes"][0]["html"][:120]) for v in found] == [], where
        links = page.evaluate(
            "[...document.querySelectorAll('a[href]')].map(a => a.getAttribute('href'))"
        )
        held = page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
        context.close()
        assert [url for url in asked if not url.startswith(("file:", "data:"))] == [], where
        for link in links:
            if link.startswith("#"):
                assert unquote(link[1:]) in held, (where, link)
            elif "://" not in link and not link.startswith("mailto:"):
                assert (path.parent / unquote(link).partition("#")[0]).is_file(), (where, link)
    assert path.stat().st_size < 1000 * KILOBYTES.get(path.parent.name, 600), path.name


def _printed(page: Any, kind: str) -> None:
    """Print a page: nothing is cut, and it takes no more sheets than it may."""
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 695, "height": 1000})  # 184 mm
    assert page.evaluate(BEYOND) == [], kind
    with pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True)) as document:
        assert len(document) <= PAGES.get(kind, 9), kind
    page.emulate_media(media="screen")
    page.set_viewport_size({"width": WIDTHS[0], "height": 844})


def test_a_province_report_is_whole_at_any_width(
    browser: Any, real: Callable[..., dict[str, Path]]
) -> None:
    _looked_at(browser, real("province_report")["province_report"], quick=True)


@pytest.mark.slow
def test_every_kind_of_report_is_whole_at_any_width(
    browser: Any, real: Callable[..., dict[str, Path]]
) -> None:
    for path in real(*REAL).values():
        _looked_at(browser, path, quick=False)


@pytest.mark.slow
def test_reports_on_complete_data_are_whole_at_any_width(
    browser: Any, complete: dict[str, Path]
) -> None:
    for path in complete.values():
        _looked_at(browser, path, quick=False)
