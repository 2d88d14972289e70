"""The pages in front of all reports, and the ways between these: in line with what is there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from parstudy import settings
from parstudy.dataset import Dataset
from parstudy.project import Project
from parstudy.runs import package
from parstudy.runs.journal import hash_of
from parstudy.runs.present import Present


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
    if present.journal.front == hash_of([shows, *_files(project.reports)]):
        return
    from parstudy.publish import write_compare, write_index

    write_compare(project.reports, dataset, own.office)
    open_ways_of(Present(project.reports, project.root, dataset.reads.digests))
    write_index(project.reports, dataset, own, older=older)
    present.journal.keep_front(hash_of([shows, *_files(project.reports)]))


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


def _files(folder: Path) -> Iterator[tuple[str, int, int]]:
    """Files of the reports and in front of them, with their size and time."""
    for where, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = Path(where, name)
            if not name.startswith("."):
                with suppress(OSError):  # another command may just have taken it away
                    about = path.stat()
                    yield str(path), about.st_size, about.st_mtime_ns
