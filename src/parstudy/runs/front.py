"""The pages in front of all reports, and the ways between these: in line with what is there."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from parstudy import settings
from parstudy.dataset import Dataset
from parstudy.project import Project
from parstudy.runs import package
from parstudy.runs.journal import hash_of
from parstudy.runs.present import Present

_PAGES = ("index.html", "compare.html")
Stamp = tuple[int, int] | None


def renew_front(project: Project, dataset: Dataset, present: Present | None = None) -> None:
    """Write the list of reports and the comparison, unless all that they show is as it was.

    Parameters
    ----------
    project : Project
        Where.
    dataset : Dataset
        Its tables.
    present : Present, optional
        Of the reports, where none has changed since it was asked.
    """
    own = settings.read(project)
    present = present or Present(project.reports, project.root, dataset.reads.digests)
    older = present.any_older(dataset.fingerprint)
    shows = [dataset.fingerprint, older, repr(own), sorted(package.state().items())]
    there = _files(project.reports)
    if present.journal.front == _state(project.reports, there, shows):
        return
    from parstudy.publish import write_compare, write_index

    write_compare(project.reports, dataset, own.office)
    open_ways_of(Present(project.reports, project.root, dataset.reads.digests))
    files = _files(project.reports)
    write_index(project.reports, dataset, own, older=older)
    if files.keys() == there.keys():  # else another command is at work, and will write them
        present.journal.keep_front(_state(project.reports, files, shows))


def open_ways_of(present: Present) -> None:
    """Open the ways to what is there, and note that the reports hold what they held.

    Parameters
    ----------
    present : Present
        Of the folder of reports.
    """
    from parstudy.publish import open_ways

    open_ways(present.reports)
    present.stamp()


def _state(reports: Path, files: Mapping[str, Stamp], shows: Sequence[object]) -> str:
    """Hash of all that the pages in front show, and of how they are there themselves."""
    pages = {name: _stamp(reports / name) for name in _PAGES}
    return hash_of([shows, sorted(files.items()), pages])


def _files(reports: Path) -> dict[str, Stamp]:
    """The reports and what lies beside them."""
    return {
        path: stamp
        for where, _, names in os.walk(reports)
        for name in names
        if not name.startswith(".")
        and (path := os.path.relpath(Path(where, name), reports)) not in _PAGES
        and (stamp := _stamp(Path(where, name))) is not None
    }


def _stamp(path: Path) -> Stamp:
    """Size and time of a file; None if it is not there, or another command has just removed it."""
    try:
        about = path.stat()
    except OSError:
        return None
    return about.st_size, about.st_mtime_ns
