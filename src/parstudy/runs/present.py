"""Which reports are up to date: each held against what there is now."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

from parstudy import reads
from parstudy.dataset.reading import Digests, Part
from parstudy.errors import RunError
from parstudy.publish.notebook import PageInfo
from parstudy.runs import package
from parstudy.runs.journal import Entry, Journal, Read, content_hash
from parstudy.runs.plan import Run

_WHY = {
    "notebook": "the notebook has changed",
    "office": "the office has changed",
    "parameters": "its parameters have changed",
    "languages": "the languages have changed",
}
_ALL_FILES = ("data/raw", "data/own", "data/plans", "data/fetched")
"""What a notebook may have read of which nobody is told."""


def everything(root: Path) -> dict[str, str]:
    """Files of a project that a run may have read, with their digests."""
    return {folder: reads.digest(root, folder) for folder in _ALL_FILES}


def parts_told(told: Iterable[Sequence[Any]]) -> dict[Part, str]:
    """Parts of tables that a notebook has told that it read, with their digests.

    Parameters
    ----------
    told : iterable
        As `parstudy.reads.told` gives it.
    """
    return {Part.of(*what[:3]): what[3] for kind, *what in told if kind == "part"}


def read_by(run: Run, told: Sequence[Sequence[Any]], page: PageInfo) -> tuple[Read, str]:
    """What a run has read, and the fingerprint of the data that it found.

    Parameters
    ----------
    run : Run
        Planned on the data that were there.
    told : sequence
        As `parstudy.reads.told` gives it.
    page : PageInfo
        Its page, which may be of data that were opened in another way.

    Raises
    ------
    RunError
        ``data_changed``.
    """
    root = str(run.project)
    opens = [what for kind, *what in told if kind == "open"]
    opened = {fingerprint for at, fingerprint in opens if at == root}
    elsewhere = any(at != root for at, _ in opens)
    by_hand = page.promises and page.fingerprint and not opens
    for fingerprint in opened or ({page.fingerprint} if by_hand else ()):
        if run.fingerprint and fingerprint != run.fingerprint:
            raise RunError(
                "data_changed",
                "the notebook read other data than was planned",
                place=run.name,
                found=f"fingerprint {fingerprint[:12]}",
                expected=run.fingerprint[:12],
                advice="The data changed while the batch ran; start it again",
            )
    files = {what[0]: what[1] for kind, *what in told if kind == "files"}
    if run.reads_all or elsewhere or by_hand:
        all_files = everything(run.project) if run.reads_all or elsewhere else {}
        return Read({Part("*"): run.fingerprint}, {**files, **all_files}), run.fingerprint
    return Read(parts_told(told), files), run.fingerprint if opened else ""


class Present:
    """What there is now: data, files, the package, and the journal of a folder of reports.

    Parameters
    ----------
    reports, root : Path
        Folder of reports, and of the project.
    digests : Digests, optional
        Of the tables; without them any change of the data counts.
    """

    def __init__(self, reports: Path, root: Path, digests: Digests | None = None) -> None:
        self.reports, self._root, self._digests = reports, root, digests
        self._known: dict[tuple[str, str], str] = {}
        self._kinds: dict[str, dict[tuple[Any, ...], str]] = {}
        self._verdicts: dict[str, str] = {}
        self._folders: dict[Path, Mapping[str, os.stat_result | None]] = {}

    @classmethod
    def of(cls, runs: Iterable[Run], digests: Digests | None = None) -> Present | None:
        """For the folder of some runs; None where there are none."""
        run = next(iter(runs), None)
        return cls(run.reports, run.project, digests) if run else None

    @cached_property
    def journal(self) -> Journal:
        """The journal."""
        return Journal(self.reports)

    def reason(self, run: Run) -> str:
        """Why a report has to be made, in a few words; empty if it is up to date."""
        there = self._there(run.html_path.parent)
        html = there.get(run.html_path.name)
        if html is None:
            return "there is no report"
        if run.error_path.name in there:
            return "the last run failed"
        if run.notebook_path.name not in there:
            return "the executed notebook is gone"
        entry = self.journal.entries.get(run.name)
        if entry is None:
            return "nothing says how it was made"
        if entry.tables and run.html_path.with_suffix(".xlsx").name not in there:
            return "its tables are gone"
        if (html.st_size, html.st_mtime_ns) != entry.html[:2] and not self._holds(
            run.html_path, entry
        ):
            return "the report is not as it was made"
        return self._before(run, entry) or self._data(run.fingerprint, entry)

    def any_older(self, fingerprint: str) -> bool:
        """Whether a report that is there was made from data that are others now."""
        return any(
            self._page(name) is not None and self._data(fingerprint, entry)
            for name, entry in self.journal.entries.items()
        )

    def stamp(self) -> None:
        """Note the reports whose ways were opened or closed since they were made."""
        changed = {}
        for name, entry in self.journal.entries.items():
            page = self._page(name)
            if page is None or (page.st_size, page.st_mtime_ns) == entry.html[:2]:
                continue
            if self._holds(self.reports / f"{name}.html", entry):
                html = (page.st_size, page.st_mtime_ns, entry.html[2])
                changed[name] = replace(entry, html=html)
        self.journal.stamp(changed)

    def _page(self, name: str) -> os.stat_result | None:
        path = self.reports / f"{name}.html"
        return self._there(path.parent).get(path.name)

    def _there(self, folder: Path) -> Mapping[str, os.stat_result | None]:
        """Names in a folder; the pages with what the system says of them."""
        if folder not in self._folders:
            found: dict[str, os.stat_result | None] = {}
            try:
                with os.scandir(folder) as entries:
                    for entry in entries:
                        page = entry.name.endswith(".html")
                        found[entry.name] = entry.stat() if page else None
            except OSError:
                found = {}
            self._folders[folder] = found
        return self._folders[folder]

    def _holds(self, path: Path, entry: Entry) -> bool:
        try:
            return content_hash(path.read_bytes()) == entry.html[2]
        except OSError:
            return False

    def _before(self, run: Run, entry: Entry) -> str:
        """What has changed of what is known before a run."""
        for name in sorted(run.of.keys() | entry.of.keys()):
            if run.of.get(name) == entry.of.get(name):
                continue
            if name == "parstudy":
                return self._package(run, entry)
            return _WHY.get(name) or f"{name} has changed"
        return ""

    def _package(self, run: Run, entry: Entry) -> str:
        from parstudy.runs.own_files import code_of

        before = self.journal.packages.get(entry.of["parstudy"], {})
        now = package.used(code_of(run.notebook))
        names = sorted(n for n in before.keys() | now.keys() if before.get(n) != now.get(n))
        return _several([_called(name) for name in names]) or "parstudy has changed"

    def _data(self, fingerprint: str, entry: Entry) -> str:
        """What has changed of what a run has read."""
        changed = bool(fingerprint and entry.data and fingerprint != entry.data)
        if changed and self._digests is None:
            return "the data have changed"
        read = self.journal.reads.get(entry.read)
        if read is None:
            return "nothing says what it read"
        key = f"{entry.read} {changed}"
        if key not in self._verdicts:
            parts = self._parts(read["parts"]) if changed else ()
            self._verdicts[key] = _several([*parts, *self._files(read["files"])])
        return self._verdicts[key]

    def _parts(self, kinds: Mapping[str, Any]) -> Iterator[str]:
        assert self._digests is not None
        for kind, rows in kinds.items():
            known = self._kinds.setdefault(kind, {})
            table, names, column = kind.split(" ")
            for row in rows:
                key = tuple(row[:-1])
                now = known.get(key)
                if now is None:
                    cells = tuple(zip(filter(None, names.split(",")), key, strict=True))
                    now = known[key] = self._digests.of(Part(table, cells, column))
                if now != row[-1]:
                    yield f"{' '.join(map(str, key)) or 'all'}: {table}"

    def _files(self, files: Mapping[str, str]) -> Iterator[str]:
        for name, digest in files.items():
            key = ("file", name)
            if key not in self._known:
                self._known[key] = reads.digest(self._root, name)
            if self._known[key] != digest:
                yield name


def is_current(run: Run) -> bool:
    """Whether the report is there, was made from just this, and has not failed since."""
    return not Present(run.reports, run.project).reason(run)


def _called(file: str) -> str:
    if file.startswith("library "):
        return file
    kind = "module" if file.endswith(".py") else "file"
    return f"{kind} {file.removesuffix('.py')}"


def _several(names: list[str]) -> str:
    if len(names) < 2:
        return "".join(names)
    return f"{names[0]} (+{len(names) - 1})"
