"""What the template of our runs makes ready: the libraries of every notebook, the tables."""

from __future__ import annotations

import importlib
import os
import pickle
from collections.abc import Callable, Iterable
from pathlib import Path

from parstudy.dataset import Dataset, keep_open, open_dataset, tables
from parstudy.dataset.reading import CONTRADICTED
from parstudy.facts.languages import languages as all_languages
from parstudy.kernels.processes import end_with_parent
from parstudy.project import Project
from parstudy.runs import _worker

_WANTED = (
    "matplotlib.backends.backend_svg",
    "matplotlib.pyplot",
    "matplotlib_inline.backend_inline",
    "parstudy.charts",
    "parstudy.dataset",
    "parstudy.display",
    "parstudy.pages",
    "parstudy.studies",
)


def make_ready(project: str, *languages: str) -> None:
    """Import what every notebook of ours imports, and open the tables.

    Parameters
    ----------
    project : str
        Project folder.
    *languages : str
        Languages that reports will be made in; all if none is named.
    """
    there = (Path(project) / "data" / "raw").is_dir()
    opened = _opened_elsewhere(project) if there else None
    for name in _WANTED:
        importlib.import_module(name)
    _worker.make_ready()
    if opened is not None:
        keep_open(Project.find(project), *pickle.loads(opened()))
        _rehearse(open_dataset(project), languages or all_languages())


def _rehearse(ds: Dataset, codes: Iterable[str]) -> None:
    """Do once what every run does: what is looked up once in a process is there for all forks."""
    from IPython.utils.capture import capture_output

    from parstudy.display.page import Page
    from parstudy.display.terms import Names
    from parstudy.pages import province_report as show
    from parstudy.studies import first_look, profiles

    province, year = ds.scores[["province_id", "year"]].iloc[-1]
    profile = profiles.profile(ds, province, int(year))
    first = first_look.first_look(ds, profile)
    for lang in codes:
        with capture_output():
            page = Page(lang, "province_report", {}, ds)
            names = Names(ds.provinces, page.language, profile.year)
            show.title(page, profile, first, names)
            show.headline(page, profile)
            show.path(page, profile, names)
            show.parts(page, profile)


def _opened_elsewhere(project: str) -> Callable[[], bytes]:
    """Read the tables in a fork: reading Parquet starts threads, and here none may run.

    Gives a function that waits for the tables.
    """
    reading, writing = os.pipe()
    parent = os.getpid()
    pid = os.fork()
    if not pid:
        try:
            end_with_parent(parent)
            os.close(reading)  # or it would wait for itself to read
            digests, fingerprint = tables(Project.find(project))
            for name in (*digests.frames, CONTRADICTED):
                digests.rows(name)
            with os.fdopen(writing, "wb") as out:
                pickle.dump((digests, fingerprint), out, pickle.HIGHEST_PROTOCOL)
        finally:
            os._exit(0)
    os.close(writing)

    def opened() -> bytes:
        """The tables as they were written."""
        with os.fdopen(reading, "rb") as source:
            found = source.read()
        os.waitpid(pid, 0)
        return found

    return opened
