"""Bring open panels and companion indices into a project: download, then register as releases.

What can be fetched is data (``facts/fetch.toml``). Files go into the user's cache, or come from
a folder; a recipe says how they are read; the result is an ordinary release folder with the
revision and checksum in its ``release.toml``, which git ignores. Nothing is put in place before all
of it has been read, and whatever goes wrong leaves the project as it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from parstudy import reads
from parstudy.errors import FetchError, ParstudyError
from parstudy.fetch import _catalogue
from parstudy.fetch._bring import bring, cache_folder
from parstudy.fetch._register import IGNORE, Registered, is_fetched, register
from parstudy.fetch._result import Fetched, Part
from parstudy.project import Project

__all__ = [
    "FetchError",
    "Fetched",
    "Missing",
    "Part",
    "Registered",
    "cache_folder",
    "fetch",
    "missing",
    "names",
    "names_by_index",
]


@dataclass(frozen=True)
class Missing:
    """Something that a fetch would add to a project.

    Attributes
    ----------
    name : str
        Fetch name.
    index : str
        Index that it belongs to; empty for boundaries and population.
    command : str
        What to type.
    gives : mapping of str to str
        What would be there then, by language code.
    """

    name: str
    index: str
    command: str
    gives: Mapping[str, str]


def names() -> tuple[str, ...]:
    """All fetch names, without ``all``."""
    return tuple(_catalogue.entries())


def names_by_index() -> dict[str, str]:
    """Fetch name of each index that can be fetched, by its code."""
    return {entry.index: name for name, entry in _catalogue.entries().items() if entry.index}


def fetch(
    names: str | Iterable[str],
    project: str | Path | Project | None = None,
    *,
    source_folder: str | Path | None = None,
    cache: str | Path | None = None,
    endpoint: str | None = None,
) -> Fetched:
    """Download panels and companion indices, and register them as releases of the project.

    Parameters
    ----------
    names : str or iterable of str
        ``par``, ``sipas``, ``papi``, ``pci``, ``dti``, ``geo`` or ``all``.
    project : str, Path or Project, optional
        Where they go; found by `Project.find` if not given.
    source_folder : str or Path, optional
        Take the files from this folder and ask no network. Without it the folder that the
        environment variable ``PARSTUDY_MIRROR`` names is looked into first.
    cache : str or Path, optional
        Folder for downloads; see `cache_folder`.
    endpoint : str, optional
        Address of the Hugging Face Hub; else the environment variable ``HF_ENDPOINT``.

    Returns
    -------
    Fetched
        With several names, what goes wrong with one is told in its `Part` and the others go on.

    Raises
    ------
    FetchError
        If the only name that was asked for cannot be had; the project is as it was.
    ReleaseError
        If its file is not the one that was described; the project is as it was.
    """
    if not isinstance(project, Project):
        project = Project.find(project)
    wanted = _catalogue.chosen(names)
    folder = Path(source_folder) if source_folder is not None else None
    if folder is not None and not folder.is_dir():
        raise FetchError(
            "no_folder",
            "there is no such folder",
            place=str(folder),
            expected="a folder with the files: docs/fetch.md",
        )
    store = Path(cache) if cache is not None else None
    parts = []
    for entry in wanted:
        try:
            part = _one(entry, project, folder, store, endpoint)
        except ParstudyError as error:
            if len(wanted) == 1:
                raise
            part = Part(entry.name, entry.title, entry.licence, error=error)
        parts.append(part)
    return Fetched(tuple(parts))


def missing(project: str | Path | Project | None = None) -> tuple[Missing, ...]:
    """What is not in the project and which fetch would bring it.

    Parameters
    ----------
    project : str, Path or Project, optional
        The project; found by `Project.find` if not given.
    """
    if not isinstance(project, Project):
        project = Project.find(project)
    found = []
    reads.tell_files(project.root, f"data/fetched/*/{IGNORE}")
    for entry in _catalogue.entries().values():
        whole = _catalogue.Folder(entry.name, f"parstudy fetch {entry.name}", entry.gives)
        if entry.index:
            reads.tell_files(project.root, f"data/raw/{entry.index}/*/{IGNORE}")
            folders = (project.raw / entry.index).glob("*/release.toml")
            there = any(is_fetched(f.parent) for f in folders if not f.parent.name.startswith("."))
            lacking = [] if there else [whole]
        else:
            fetched = project.root / "data" / "fetched"
            lacking = [f for f in entry.folders if not is_fetched(fetched / f.name)]
            if len(lacking) == len(entry.folders):
                lacking = [whole]
        found += [Missing(entry.name, entry.index, f.command, f.gives) for f in lacking]
    return tuple(found)


def _one(
    entry: _catalogue.Entry,
    project: Project,
    folder: Path | None,
    cache: Path | None,
    endpoint: str | None,
) -> Part:
    brought = bring(entry, folder, cache, endpoint)
    done = register(project, brought.prepared)
    for no in brought.refused:
        place = project.raw / no.index / no.folder_name
        done.append(Registered(place, no.index, no.year, "refused", reason=str(no.error)))
    return Part(
        entry.name,
        entry.title,
        entry.licence,
        brought.sources,
        tuple(sorted(done, key=lambda r: r.year or 0)),
        (*brought.notes, *_kept(entry, project, done)),
        brought.error,
    )


def _kept(entry: _catalogue.Entry, project: Project, done: Sequence[Registered]) -> list[str]:
    """Folders of an earlier fetch that this one has nothing for: they stay, and are told."""
    if entry.panel is None:
        return []
    now = {r.folder for r in done}
    old = sorted(
        f
        for f in (project.raw / entry.index).glob(f"*-{entry.panel.folder}")
        if is_fetched(f) and f not in now and not f.name.startswith(".")
    )
    return [
        f"{entry.index}/{f.name}: fetched earlier, not in the panel any more; kept" for f in old
    ]
