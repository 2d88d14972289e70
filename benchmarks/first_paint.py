"""How soon a page shows something on a phone, and how soon the longest list answers a key.

    python benchmarks/first_paint.py               every kind of page, each five times in turn
    python benchmarks/first_paint.py --rounds 1    once
    python benchmarks/first_paint.py --in DIR      the pages of an earlier run, kept there

Pages are opened from disk in Chromium, 390 px wide, by a processor held to a quarter of its speed:
one report of each kind on the figures that ship and on complete SYNTHETIC ones, with the list and
the comparison, and a list of 10,000 reports. In each round each page is opened beside

blank    a page with one line of text: what the machine takes by itself
usual    the same executed notebook as ``jupyter nbconvert`` writes it, with nothing to fetch

and times are those of the browser's own Performance API, medians over the rounds: the first
paint, the largest one, and the end of parsing with the scripts (DOMContentLoaded). Processor
seconds are those of the page's main thread until it is loaded, slowed down as the rest; another
program on the machine hardly changes them. Keys are pressed in the list of 10,000 at full speed
and 1,280 px; their time, from the key to the next picture, is that of the Event Timing API.
"""

from __future__ import annotations

import argparse
import platform
import shutil
import statistics
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nbconvert import HTMLExporter
from playwright.sync_api import sync_playwright

from parstudy import open_dataset
from parstudy.cli import main as parstudy
from parstudy.publish import write_index

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "browser"))

from conftest import FLAGS, chromium
from kinds import COMPLETE, REAL, ROOT, made
from made_up import many

SLOWER = 4
FIRST_PAINT = 1_000  # ms, at a quarter of the speed
KEY = 100  # ms, at full speed
BLANK = '<!DOCTYPE html><html lang="vi"><meta charset="utf-8"><title>1</title><p>Một dòng.</p>'
TYPED = [*"lang son", "Control+a", "Delete", *"lagn son", "Control+a", "Delete", *"vung 77"]

TIMES = """() => {
    const seen = (type, name) => new Promise(kept => {
        new PerformanceObserver(list => {
            const own = list.getEntries().filter(one => !name || one.name === name);
            if (own.length) kept(own.at(-1).startTime);
        }).observe({ type, buffered: true });
    });
    const loaded = performance.getEntriesByType("navigation")[0].domContentLoadedEventEnd;
    return Promise.all([seen("paint", "first-contentful-paint"), seen("largest-contentful-paint")])
        .then(([first, largest]) => ({ first, largest, loaded }));
}"""
LISTEN = """() => {
    window.took = 0;
    new PerformanceObserver(list => {
        for (const { duration } of list.getEntries()) window.took = Math.max(window.took, duration);
    }).observe({ type: "event", durationThreshold: 16 });
}"""
SETTLED = """() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(
    () => setTimeout(() => { done(window.took); window.took = 0; }, 60))))"""


def pages(folder: Path) -> Iterator[tuple[str, Path, Path | None]]:
    """Names of pages, the pages, and the executed notebook of each report."""
    complete, real = folder / "complete", folder / "real"
    if not real.exists():
        parstudy(["demo", str(complete)])
        shutil.copytree(ROOT / "data" / "raw", real / "data" / "raw")
        for root, kinds in ((real, REAL), (complete, COMPLETE)):
            parstudy(["--project", str(root), "build"])
            made(root, kinds)
        many(folder / "many", 10_000)
        write_index(folder / "many", open_dataset(real))
    for root in (real, complete):
        for path in sorted((root / "reports" / "vi").glob("*/*.html")):
            yield f"{path.parent.name}, {root.name}", path, path.with_suffix(".ipynb")
        for name in ("index", "compare"):
            yield f"{name}, {root.name}", root / "reports" / f"{name}.html", None
    yield "index of 10,000", folder / "many" / "index.html", None


def opened(browser: Any, path: Path) -> dict[str, float]:
    """Open a page in a context of its own; milliseconds, and processor seconds."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, offline=True)
    page = context.new_page()
    page.set_default_timeout(120_000)
    tools = context.new_cdp_session(page)
    tools.send("Performance.enable", {"timeDomain": "threadTicks"})
    tools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.goto(path.as_uri())
    times: dict[str, float] = page.evaluate(TIMES)
    metrics = tools.send("Performance.getMetrics")["metrics"]
    times["busy"] = next(m["value"] for m in metrics if m["name"] == "TaskDuration")
    context.close()
    return times


def keys(browser: Any, path: Path) -> list[float]:
    """Milliseconds from each key to the next picture; 0 is less than 16."""
    context = browser.new_context(viewport={"width": 1280, "height": 844}, offline=True)
    page = context.new_page()
    page.goto(path.as_uri())
    page.locator("#ix-q").focus()
    page.wait_for_timeout(500)
    page.evaluate(LISTEN)
    took = []
    for key in TYPED:
        page.keyboard.press(key)
        took.append(float(page.evaluate(SETTLED)))
    context.close()
    return took


def shown(name: str, path: Path, of_ways: dict[str, list[dict[str, float]]]) -> float:
    """Print the medians of a page; its first paint."""
    middle = {
        way: {key: statistics.median(one[key] for one in rounds) for key in rounds[0]}
        for way, rounds in of_ways.items()
    }
    ours, blank, usual = middle["ours"], middle["blank"], middle.get("usual")
    row = [f"{path.stat().st_size / 1000:,.0f}"]
    row += [f"{ours[key]:,.0f}" for key in ("first", "largest", "loaded")]
    row += [f"{ours['first'] / blank['first']:.1f}"]
    row += [f"{usual['first'] / ours['first']:.1f}" if usual else "", f"{ours['busy']:.2f}"]
    row += [f"{usual['busy'] / ours['busy']:.1f}" if usual else ""]
    print("|", " | ".join([name, *row]), "|", flush=True)
    return ours["first"]


def main() -> int:
    """Make, open, print; the number of limits that were missed."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5, help="how often each page is opened")
    parser.add_argument("--in", dest="folder", type=Path, help="where the pages are kept")
    given = parser.parse_args()
    rounds, missed = given.rounds, 0
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = given.folder or Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "blank.html").write_text(BLANK, encoding="utf-8")
        all_pages = list(pages(folder))
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        print(f"Chromium {browser.version}, {platform.machine()}, medians of {rounds}, ms")
        print(
            "| page | kB | first paint | largest | loaded | × blank | usual × | busy s | usual × |"
        )
        print("|---|---|---|---|---|---|---|---|---|")
        for label, path, notebook in all_pages:
            ways = {"blank": folder / "blank.html", "ours": path}
            if notebook:
                ways["usual"] = folder / "usual.html"
                ways["usual"].write_text(HTMLExporter().from_filename(str(notebook))[0], "utf-8")
            times: dict[str, list[dict[str, float]]] = {way: [] for way in ways}
            for _ in range(rounds):
                for way, file in ways.items():
                    times[way].append(opened(browser, file))
            missed += shown(label, path, times) > FIRST_PAINT
        of_rounds = [keys(browser, path) for _ in range(rounds)]
        took = [statistics.median(one) for one in zip(*of_rounds, strict=True)]
        browser.close()
    print(
        f"keys in the list of 10,000: median {statistics.median(took):.0f} ms, "
        f"the slowest {max(took):.0f} ms ({TYPED[took.index(max(took))]!r}; limit {KEY} ms)"
    )
    return missed + (max(took) > KEY)


if __name__ == "__main__":
    raise SystemExit(main())
