"""Bring open panels and companion indices into a project: download, then register as releases.

What can be fetched is data (``facts/fetch.toml``). Files go into the user's cache, or come from
a folder; a recipe says how they are read; the result is an ordinary release folder with the
revision and checksum in its ``release.toml``, which git ignores. Nothing is put in place before all
of it has been read, and whatever goes wrong leaves the project as it was.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from parstudy.errors import FetchError, ParstudyError
from parstudy.facts import criteria
from parstudy.fetch import _catalogue, _geo, _hub, _panel, _papi, _pci, _pinned
from parstudy.fetch._model import Origin, Prepared, Provenance, Refused
from parstudy.fetch._register import Registered, is_fetched, register
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
]

_MIRROR = "PARSTUDY_MIRROR"
_CACHE = "PARSTUDY_CACHE"
_Recipe = Callable[[Mapping[str, Path], Provenance], list[Prepared]]
_RECIPES: Mapping[str, _Recipe] = {
    "papi": _papi.prepare,
    "pci": _pci.prepare,
    "geo": _geo.prepare,
}


@dataclass(frozen=True)
class Part:
    """What one fetch name gave.

    Attributes
    ----------
    name : str
        ``par``, ``sipas``, ...
    title, licence : str
        What it is, under which licence.
    sources : tuple of str
        Where it came from: address and revision, or folder, and which files where there are two.
    registered : tuple of Registered
        One for each folder.
    notes : tuple of str
        What was left out and why.
    error : ParstudyError or None
        Why nothing was registered, or, where something was, why the rest could not be had.
    """

    name: str
    title: str
    licence: str
    sources: tuple[str, ...] = ()
    registered: tuple[Registered, ...] = ()
    notes: tuple[str, ...] = ()
    error: ParstudyError | None = None


@dataclass(frozen=True)
class Fetched:
    """Result of a fetch.

    Attributes
    ----------
    parts : tuple of Part
        One for each name, in the order of the catalogue.
    """

    parts: tuple[Part, ...]

    @property
    def ok(self) -> bool:
        """Whether everything that can be had is in the project now.

        What no address serves, and what no folder was named for, is told and counts as no failure
        of the others.
        """
        return not any(
            (p.error is not None and p.error.code != "no_address")
            or any(r.what == "refused" for r in p.registered)
            for p in self.parts
        )

    @property
    def changed(self) -> bool:
        """Whether any folder is new or replaced."""
        return any(r.what in ("new", "replaced") for p in self.parts for r in p.registered)

    @property
    def changed_releases(self) -> bool:
        """Whether any release is new or replaced, so that the tables have to be built again."""
        return any(
            r.index and r.what in ("new", "replaced") for p in self.parts for r in p.registered
        )

    def lines(self) -> list[str]:
        """What was registered, what was left out and why, under which licence."""
        found: list[str] = []
        for part in self.parts:
            found += [*([""] if found else []), *_lines(part)]
        return found


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
    gives_en, gives_vi : str
        What would be there then.
    """

    name: str
    index: str
    command: str
    gives_en: str
    gives_vi: str


def names() -> tuple[str, ...]:
    """All fetch names, without ``all``."""
    return tuple(_catalogue.entries())


def cache_folder() -> Path:
    """Folder for downloads: ``PARSTUDY_CACHE``, else the user's cache.

    Raises
    ------
    FetchError
        ``no_library``.
    """
    named = os.environ.get(_CACHE)
    if named:
        return Path(named).expanduser()
    try:
        import pooch
    except ImportError:
        raise FetchError(
            "no_library",
            "downloads need one more library",
            found="pooch is not installed",
            expected="parstudy with its extra `fetch`",
            advice='Install it: pip install "parstudy[fetch]"',
        ) from None
    return Path(pooch.os_cache("parstudy"))


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
    if source_folder is not None and not Path(source_folder).is_dir():
        raise FetchError(
            "no_folder",
            "there is no such folder",
            place=str(source_folder),
            expected="a folder with the files: docs/fetch.md",
        )
    parts = []
    for entry in wanted:
        try:
            part = _one(entry, project, source_folder, cache, endpoint)
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
    for entry in _catalogue.entries().values():
        whole = _catalogue.Folder(
            entry.name, f"parstudy fetch {entry.name}", entry.gives_en, entry.gives_vi
        )
        if entry.index:
            folders = (project.raw / entry.index).glob("*/release.toml")
            there = any(is_fetched(f.parent) for f in folders if not f.parent.name.startswith("."))
            lacking = [] if there else [whole]
        else:
            fetched = project.root / "data" / "fetched"
            lacking = [f for f in entry.folders if not is_fetched(fetched / f.name)]
            if len(lacking) == len(entry.folders):
                lacking = [whole]
        found += [
            Missing(entry.name, entry.index, f.command, f.gives_en, f.gives_vi) for f in lacking
        ]
    return tuple(found)


# ------------------------------------------------------------------ one name


@dataclass(frozen=True)
class _Brought:
    """The files of a name, ready to be registered."""

    prepared: list[Prepared]
    sources: tuple[str, ...]  # where the files come from, in words
    notes: tuple[str, ...] = ()
    refused: tuple[Refused, ...] = ()
    error: ParstudyError | None = None  # why some files could not be had


def _one(
    entry: _catalogue.Entry,
    project: Project,
    source_folder: str | Path | None,
    cache: str | Path | None,
    endpoint: str | None,
) -> Part:
    folder, notes = _folder(entry, source_folder)
    store = Path(cache) if cache is not None else None
    if entry.panel is not None:
        brought = _from_hub(entry, folder, store, endpoint)
    else:
        brought = _from_pinned(entry, folder, store, may_download=source_folder is None)
    done = [
        *register(project, brought.prepared),
        *(
            Registered(
                project.raw / r.index / r.folder_name,
                r.index,
                r.year,
                "refused",
                reason=str(r.error),
            )
            for r in brought.refused
        ),
    ]
    kept = _kept(entry, project, done)
    return Part(
        entry.name,
        entry.title,
        entry.licence,
        brought.sources,
        tuple(sorted(done, key=lambda r: r.year or 0)),
        (*notes, *brought.notes, *kept),
        brought.error,
    )


def _folder(
    entry: _catalogue.Entry, source_folder: str | Path | None
) -> tuple[Path | None, list[str]]:
    """Folder that the files come from, nothing if they are to be downloaded; and a remark."""
    if source_folder is not None:
        return Path(source_folder), []
    mirror = os.environ.get(_MIRROR)
    if not mirror:
        return None, []
    folder = Path(mirror)
    if not folder.is_dir():
        return None, [f"{_MIRROR} names {mirror}, where no folder is: not looked into"]
    if entry.panel is None:
        return (folder if _in_folder(entry, folder) else None), []
    headers = set(entry.panel.headers)
    found = any(headers <= set(_hub.header(p)) for p in _csv_files(folder))
    return (folder if found else None), []


def _csv_files(folder: Path) -> list[Path]:
    return sorted(p for p in folder.rglob("*") if p.suffix.lower() == ".csv" and p.is_file())


def _from_hub(
    entry: _catalogue.Entry, folder: Path | None, cache: Path | None, endpoint: str | None
) -> _Brought:
    if folder is not None:
        files = [(p, p.relative_to(folder).as_posix()) for p in _csv_files(folder)]
        path = _hub.recognise(entry, files, place=str(folder))
        name, page, revision = dict(files)[path], "", ""
        told: tuple[str, ...] = ()
        source = f"{folder}: {name}"
        origin = Origin("", _sha256(path))
    else:
        found = _hub.panel(entry, cache or cache_folder(), endpoint)
        path, name, page, revision = found.path, found.file, found.page, found.revision
        origin, told = Origin(found.url, _sha256(path), found.published_on), found.notes
        source = f"{page} at {revision[:12]}: {name}"
    provenance = Provenance(
        name=entry.name,
        title=entry.title,
        publisher=entry.publisher,
        licence=entry.licence,
        page=page,
        revision=revision,
        origins={name: origin},
        synthetic=_panel.synthetic(path, name),
    )
    prepared, refused, notes = _panel.prepare(entry, name, path, provenance)
    return _Brought(prepared, (source,), (*told, *notes), refused)


def _in_folder(entry: _catalogue.Entry, folder: Path) -> dict[str, Path]:
    """Files of a pinned entry that a folder holds, as in the mirror or without its first level."""
    found = {}
    for file in entry.files:
        for place in (file.key, file.key.partition("/")[2]):
            if (folder / place).is_file():
                found[file.key] = folder / place
                break
    return found


def _from_pinned(
    entry: _catalogue.Entry, folder: Path | None, cache: Path | None, *, may_download: bool
) -> _Brought:
    files: dict[str, Path] = {}
    origins: dict[str, Origin] = {}
    sources: list[str] = []
    error: ParstudyError | None = None
    if folder is not None:
        files = _in_folder(entry, folder)
        if not may_download and not any(f.key in files for f in entry.files if _matters(f)):
            raise FetchError(
                "nothing_there",
                f"the folder holds no file of {entry.name}",
                place=str(folder),
                expected=", ".join(f.key for f in entry.files if f.needed),
            )
        origins = {
            f.key: _pinned.checked(entry, f, files[f.key]) for f in entry.files if f.key in files
        }
        sources.append(str(folder))
    lacking = [f for f in entry.files if f.key not in files]
    served = [f for f in lacking if f.path and (f.needed or not files)]
    if may_download and (served or not files):
        try:
            store = cache or (cache_folder() if served else Path())
            got, whence = _pinned.download(entry, store, served)
        except ParstudyError as problem:
            # what the folder holds is registered all the same
            if not any(f.key in files for f in entry.files if _matters(f)):
                raise
            error = problem
        else:
            if files:
                sources = [f"{folder}: {', '.join(files)}"]
            page = f"{entry.page} at {entry.commit[:12]}"
            sources.append(f"{page}: {', '.join(got)}" if files else page)
            files |= got
            origins |= whence
    absent = [f for f in entry.files if f.key not in files and _matters(f)]
    told = [f.key if f.path else f"{f.key} (from a folder only)" for f in absent]
    notes = [f"not there: {', '.join(told)}"] if told else []
    provenance = Provenance(
        name=entry.name,
        title=entry.title,
        publisher=entry.publisher,
        licence=entry.licence,
        page=entry.page,
        revision=entry.commit,
        origins=origins,
    )
    prepared = _RECIPES[entry.name](files, provenance)
    return _Brought(prepared, tuple(sources), tuple(notes), error=error)


def _matters(file: _catalogue.PinnedFile) -> bool:
    """Whether a file alone is worth registering: codebooks are not."""
    return file.needed or not file.path


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


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


# ------------------------------------------------------------------ words


def _lines(part: Part) -> list[str]:
    if part.error is not None and not part.registered:
        return [f"{part.name}: nothing was registered: {part.error}"]
    lines = [
        f"{part.name}: {part.title}",
        *(f"  from {source}" for source in part.sources),
        f"  licence: {part.licence}",
    ]
    if part.error is not None:
        lines.append(f"  NOT COMPLETE: {part.error}")
    for what in ("new", "replaced", "unchanged", "kept"):
        own = [r for r in part.registered if r.what == what]
        if not own:
            continue
        years = [r.year for r in own if r.year is not None]
        label = f"{len(own)} {'release' if len(own) == 1 else 'releases'}"
        if years:
            figures = sum(r.n_figures for r in own)
            index = criteria.index(own[0].index).short
            told = f", {figures} figures" if figures else ""
            lines.append(f"  {what}: {label}, {index} {_years(years)}{told}")
        else:
            lines.append(f"  {what}: {', '.join(r.folder.name for r in own)}")
    for one in part.registered:
        if one.what == "refused":
            lines.append(f"  REFUSED {one.index} {one.year}: {one.reason}")
    notes = [*part.notes, *(n for r in part.registered for n in r.notes)]
    if notes:
        lines += ["  left out or worth knowing:", *(f"    {n}" for n in notes)]
    return lines


def _years(years: Iterable[int]) -> str:
    """Years as spans: ``2012–2016, 2018``."""
    spans: list[list[int]] = []
    for year in sorted(years):
        if spans and year == spans[-1][-1] + 1:
            spans[-1].append(year)
        else:
            spans.append([year])
    return ", ".join(str(s[0]) if len(s) == 1 else f"{s[0]}–{s[-1]}" for s in spans)
