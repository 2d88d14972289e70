"""Opens the ways between reports: each leads to a report that is there, or nowhere.

Done when a batch ends, over all reports of the folder, so that a link holds whatever was made or
taken away. A file is written only where a way of it changes.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from parstudy.display.words import LANGUAGES
from parstudy.facts import languages
from parstudy.folders import is_made
from parstudy.publish.exporter import write_whole

_WAY = re.compile(r'<a class="ps-way" data-way="([^"]*)"[^>]*>')
_YEARS = re.compile(r'<span class="ps-years" data-way="([^"]*)">.*?</span>', re.DOTALL)
_A_YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
STATE = ".ways.json"
"""File that says how the last pass left the reports."""


class Shelf:
    """The reports of a folder by their names.

    Parameters
    ----------
    folder : Path
        Folder with ``<lang>/<notebook>/<slug>.html``.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.reports: dict[str, frozenset[str]] = {
            code: frozenset(
                path.relative_to(folder / code).with_suffix("").as_posix()
                for path in (folder / code).glob("*/*.html")
                if is_made(path)
            )
            for code in LANGUAGES
        }
        self.beside = frozenset(
            path.relative_to(folder).as_posix()
            for code in LANGUAGES
            for path in (folder / code).glob("*/*")
            if path.suffix in (".xlsx", ".docx", ".ipynb") and is_made(path)
        )
        self.pages = frozenset(path.name for path in folder.glob("*.html") if path.is_file())
        self._by_year: dict[str, dict[str, set[str]]] = {}
        for code, names in self.reports.items():
            found = self._by_year.setdefault(code, {})
            for name in names:
                for year in _A_YEAR.finditer(name):
                    pattern = f"{name[: year.start()]}*{name[year.end() :]}"
                    found.setdefault(pattern, set()).add(year[0])

    @property
    def digest(self) -> str:
        """Changes when a report comes or goes."""
        names = sorted(f"{code}/{name}" for code, found in self.reports.items() for name in found)
        there = [*sorted(self.pages), *names, *sorted(self.beside)]
        return hashlib.sha256("\n".join(there).encode()).hexdigest()

    def years(self, lang: str, pattern: str) -> list[str]:
        """Years of the reports that have their year where ``pattern`` has a ``*``."""
        return sorted(self._by_year[lang].get(pattern, ()))

    def find(self, wanted: str, lang: str) -> tuple[str, str] | None:
        """Language and name of the first of several reports that is there, if any is."""
        for name in wanted.split():
            for code in languages.order(lang):
                if "*" in name:
                    if found := self.years(code, name):
                        return code, name.replace("*", found[-1])
                elif name in self.reports[code]:
                    return code, name
        return None


def open_ways(reports: str | Path) -> int:
    """Let each way in the reports of a folder lead to the report that is there, and no other.

    Parameters
    ----------
    reports : str or Path
        Folder with ``<lang>/<notebook>/<slug>.html``.

    Returns
    -------
    int
        How many files changed.

    Raises
    ------
    RunError
        ``not_writable``.
    """
    folder = Path(reports)
    shelf = Shelf(folder)
    seen = _state(folder, shelf.digest)
    now: dict[str, list[int]] = {}
    changed = 0
    for code in LANGUAGES:
        for name in sorted(shelf.reports[code]):
            path = folder / code / f"{name}.html"
            if seen.get(f"{code}/{name}") != _stamp(path):
                # a page of somebody else may be in any encoding
                before = path.read_text(encoding="utf-8", errors="surrogateescape")
                after = opened(before, shelf, code, name)
                if after != before:
                    write_whole(path, after)
                    changed += 1
            now[f"{code}/{name}"] = _stamp(path)
    if now != seen:
        write_whole(folder / STATE, json.dumps({"reports": shelf.digest, "files": now}))
    return changed


def opened(html: str, shelf: Shelf, lang: str, name: str) -> str:
    """A report with its ways leading to what is there.

    Parameters
    ----------
    html : str
        The report.
    shelf : Shelf
        What is there.
    lang, name : str
        Whose ways they are: language, and ``notebook/slug``.
    """

    def one(match: re.Match[str]) -> str:
        start = f'<a class="ps-way" data-way="{match[1]}"'
        page, _, _ = match[1].partition("#")
        if page in shelf.pages:  # one that stands beside the folders of the languages
            return f'{start} href="../../{match[1]}">'
        if match[1].startswith("."):  # what lies beside this page under its name
            file = f"{lang}/{name}{match[1]}"
            there = file in shelf.beside
            return f'{start} href="{quote(Path(file).name)}" download>' if there else f"{start}>"
        found = shelf.find(match[1], lang)
        return f"{start}>" if found in (None, (lang, name)) else f"{start}{_href(found, lang)}>"

    def each_year(match: re.Match[str]) -> str:
        links = [
            f'<b aria-current="page">{year}</b>'
            if (other := match[1].replace("*", year)) == name
            else f"<a{_href((lang, other), lang)}>{year}</a>"
            for year in shelf.years(lang, match[1])
        ]
        return f'<span class="ps-years" data-way="{match[1]}">{" ".join(links)}</span>'

    return _YEARS.sub(each_year, _WAY.sub(one, html))


def closed(html: str) -> str:
    """A report as it is made, before any way is opened."""
    html = _WAY.sub(r'<a class="ps-way" data-way="\1">', html)
    return _YEARS.sub(r'<span class="ps-years" data-way="\1"></span>', html)


def _href(found: tuple[str, str] | None, lang: str) -> str:
    assert found is not None
    code, name = found
    up = "../" if code == lang else f"../../{code}/"
    other = "" if code == lang else f' hreflang="{code}"'
    return f' href="{up}{quote(name)}.html"{other}'


def _state(folder: Path, digest: str) -> Mapping[str, list[int]]:
    """Files as the last pass left them; nothing where reports have come or gone since."""
    try:
        kept = json.loads((folder / STATE).read_text(encoding="utf-8"))
        files: dict[str, list[int]] = kept["files"] if kept["reports"] == digest else {}
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return {}
    return files


def _stamp(path: Path) -> list[int]:
    about = path.stat()
    return [about.st_size, about.st_mtime_ns]
