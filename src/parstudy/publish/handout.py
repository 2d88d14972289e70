"""What a static host, a share or a USB stick needs of the reports, and nothing else."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from parstudy.display.words import LANGUAGES
from parstudy.errors import RunError
from parstudy.folders import is_made, put_in_place, staged
from parstudy.publish.ways import STATE, open_ways

_MARK = ".parstudy-published"
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "msedge")
_PRINT_SECONDS = 120


@dataclass(frozen=True)
class Handout:
    """What was copied.

    Attributes
    ----------
    folder : Path
        Where it stands.
    pages, notebooks, prints : int
        How many of each.
    size : int
        Bytes of all together.
    largest : tuple of (str, int)
        The page with most bytes.
    """

    folder: Path
    pages: int
    notebooks: int
    prints: int
    size: int
    largest: tuple[str, int]


def publish(reports: Path, target: Path, *, notebooks: bool = False, pdf: bool = False) -> Handout:
    """Copy the reports to a folder of their own, with all links checked.

    Parameters
    ----------
    reports : Path
        Folder of the project's reports.
    target : Path
        Where they go: a new folder, an empty one, or one that an earlier ``publish`` made, which
        is replaced as a whole.
    notebooks : bool
        The executed notebooks too.
    pdf : bool
        Print each report with Chromium, beside it.

    Returns
    -------
    Handout

    Raises
    ------
    RunError
        ``no_reports``, ``folder_taken`` (something else stands in ``target``), ``dead_link``,
        ``no_browser``, ``not_printed``, ``not_writable``.
    """
    files = list(_wanted(reports, notebooks))
    pages = [path for path in files if path.suffix == ".html"]
    if not pages:
        raise RunError(
            "no_reports",
            "there are no reports to publish",
            place=str(reports),
            advice="Make some with: parstudy reports",
        )
    target = target.resolve()
    _refuse_taken(target, reports)
    browser = _browser() if pdf else ""
    try:
        with staged(target, ".publishing-") as folder:
            for path in files:
                copy = folder / path.relative_to(reports)
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, copy)
            open_ways(folder)  # what is not copied is no way
            (folder / STATE).unlink(missing_ok=True)
            _check_links(folder)
            prints = [_printed(page, browser) for page in _reports_of(folder)] if pdf else []
            (folder / _MARK).write_text("made by parstudy publish\n", encoding="utf-8")
            sizes = {
                path.relative_to(folder).as_posix(): path.stat().st_size
                for path in folder.rglob("*")
                if path.is_file()
            }
            put_in_place([(folder, target)])
    except OSError as error:
        raise RunError(
            "not_writable", f"cannot be written: {error.strerror}", place=str(target)
        ) from error
    largest = max((n, s) for s, n in sizes.items() if s.endswith(".html"))
    return Handout(
        folder=target,
        pages=len(pages),
        notebooks=sum(path.suffix == ".ipynb" for path in files),
        prints=len(prints),
        size=sum(sizes.values()),
        largest=(largest[1], largest[0]),
    )


def _wanted(reports: Path, notebooks: bool) -> Iterator[Path]:
    """Pages of the reports' folder and, if asked for, the notebooks beside them."""
    kinds = (".html", ".xlsx", ".docx", *((".ipynb",) if notebooks else ()))
    if reports.is_dir():
        yield from sorted(p for p in reports.glob("*.html") if p.is_file())
    for code in LANGUAGES:
        for path in sorted((reports / code).rglob("*")):
            if path.suffix in kinds and is_made(path):
                yield path


def _refuse_taken(target: Path, reports: Path) -> None:
    """Only what is new, empty or an earlier handout may be replaced."""
    inside = reports.resolve()
    if target == inside or inside in target.parents or target in inside.parents:
        raise RunError(
            "folder_taken",
            "the reports cannot be published into themselves or around them",
            place=str(target),
            expected="a folder of its own, beside the project",
        )
    if target.exists() and not (
        target.is_dir() and ((target / _MARK).is_file() or not any(target.iterdir()))
    ):
        raise RunError(
            "folder_taken",
            "something stands there that parstudy publish did not make",
            place=str(target),
            expected="a new or empty folder, or one that parstudy publish made",
        )


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep what a link or an image points to; called by the parser."""
        values = dict(attrs)
        for name in ("href", "src"):
            if values.get(name):
                self.found.append(str(values[name]))


def _check_links(folder: Path) -> None:
    """Every link from page to page leads to a page that is there."""
    for page in sorted(folder.rglob("*.html")):
        parser = _Links()
        parser.feed(page.read_text(encoding="utf-8"))
        for link in dict.fromkeys(parser.found):
            parts = urlsplit(link)
            if parts.scheme or parts.netloc or not parts.path:
                continue
            goal = (page.parent / unquote(parts.path)).resolve()
            if not goal.is_file() or folder.resolve() not in goal.parents:
                raise RunError(
                    "dead_link",
                    "a page leads to one that is not there",
                    place=page.relative_to(folder).as_posix(),
                    found=link,
                    advice="Make the reports again with: parstudy reports",
                )


def _reports_of(folder: Path) -> list[Path]:
    return sorted(page for code in LANGUAGES for page in (folder / code).rglob("*.html"))


def _browser() -> str:
    found = next(filter(None, map(shutil.which, _BROWSERS)), None)
    if found is None:
        raise RunError(
            "no_browser",
            "reports are printed with Chromium, which is not installed",
            expected=" or ".join(_BROWSERS),
            advice="Install it, or leave --pdf out",
        )
    return found


def _printed(page: Path, browser: str) -> Path:
    """One report as PDF beside it."""
    target = page.with_suffix(".pdf")
    command = [
        browser, "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer",
        f"--print-to-pdf={target}", page.as_uri(),
    ]  # fmt: skip
    try:
        done = subprocess.run(command, capture_output=True, timeout=_PRINT_SECONDS, check=False)
        said = done.stderr.decode("utf-8", errors="replace").strip().splitlines()
    except subprocess.TimeoutExpired:
        said = [f"nothing after {_PRINT_SECONDS} s"]
    if not target.is_file():
        raise RunError(
            "not_printed",
            "Chromium printed nothing",
            place=page.name,
            found=(said or ["no message"])[-1][:200],
        )
    return target
