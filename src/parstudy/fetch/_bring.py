"""The files of a fetch name: from a folder, from the mirror, or from the network."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from parstudy.errors import FetchError, ParstudyError
from parstudy.fetch import _catalogue, _hub, _pinned
from parstudy.fetch._model import Origin, Prepared, Provenance, Refused, no_library
from parstudy.fetch.recipes import RECIPES, panel

_MIRROR = "PARSTUDY_MIRROR"
_CACHE = "PARSTUDY_CACHE"


@dataclass(frozen=True)
class Brought:
    """The folders of a name, ready to be registered.

    Attributes
    ----------
    prepared : list of Prepared
        What the recipe made of the files.
    sources : tuple of str
        Where the files come from, in words.
    notes : tuple of str
        What is worth knowing of them.
    refused : tuple of Refused
        Releases that cannot be made from the files.
    error : ParstudyError or None
        Why some files could not be had.
    """

    prepared: list[Prepared]
    sources: tuple[str, ...]
    notes: tuple[str, ...] = ()
    refused: tuple[Refused, ...] = ()
    error: ParstudyError | None = None


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
        import platformdirs
    except ImportError:
        raise no_library("downloads need", "platformdirs") from None
    return platformdirs.user_cache_path("parstudy", appauthor=False)


def bring(
    entry: _catalogue.Entry,
    source_folder: Path | None,
    cache: Path | None,
    endpoint: str | None,
) -> Brought:
    """Bring the files of a name and let its recipe prepare them.

    Parameters
    ----------
    entry : Entry
        Of the catalogue.
    source_folder : Path or None
        Folder to take the files from; then no network is asked.
    cache : Path or None
        Folder for downloads; see `cache_folder`.
    endpoint : str or None
        Address of the Hub.

    Raises
    ------
    FetchError, ReleaseError
        If nothing that matters can be had.
    """
    folder, notes = (source_folder, []) if source_folder is not None else _mirror(entry)
    if entry.panel is not None:
        brought = _from_hub(entry, folder, cache, endpoint)
    else:
        brought = _from_pinned(entry, folder, cache, may_download=source_folder is None)
    return replace(brought, notes=(*notes, *brought.notes))


def _mirror(entry: _catalogue.Entry) -> tuple[Path | None, list[str]]:
    """The mirror if it is named and holds files of the entry, else nothing; and a remark."""
    named = os.environ.get(_MIRROR)
    if not named:
        return None, []
    folder = Path(named)
    if not folder.is_dir():
        return None, [f"{_MIRROR} names {named}, where no folder is: not looked into"]
    if entry.panel is None:
        return (folder if _in_folder(entry, folder) else None), []
    headers = set(entry.panel.headers)
    found = any(headers <= set(_hub.header(p)) for p in _csv_files(folder))
    return (folder if found else None), []


def _provenance(
    entry: _catalogue.Entry, origins: Mapping[str, Origin], page: str, revision: str
) -> Provenance:
    return Provenance(
        name=entry.name,
        title=entry.title,
        publisher=entry.publisher,
        licence=entry.licence,
        page=page,
        revision=revision,
        origins=origins,
    )


# --- panels --------------------------------------------------------------------------------------


def _from_hub(
    entry: _catalogue.Entry, folder: Path | None, cache: Path | None, endpoint: str | None
) -> Brought:
    notes: tuple[str, ...] = ()
    if folder is not None:
        files = {p: p.relative_to(folder).as_posix() for p in _csv_files(folder)}
        path = _hub.recognise(entry, files, place=str(folder))
        name, page, revision = files[path], "", ""
        source = f"{folder}: {name}"
        origin = Origin("", _pinned.sha256_of(path))
    else:
        found = _hub.panel(entry, cache or cache_folder(), endpoint)
        path, name, page, revision = found.path, found.file, found.page, found.revision
        source = f"{page} at {revision[:12]}: {name}"
        origin, notes = Origin(found.url, _pinned.sha256_of(path), found.published_on), found.notes
    provenance = replace(
        _provenance(entry, {name: origin}, page, revision), synthetic=panel.synthetic(path, name)
    )
    prepared, refused, left_out = panel.prepare(entry, name, path, provenance)
    return Brought(prepared, (source,), (*notes, *left_out), refused)


def _csv_files(folder: Path) -> list[Path]:
    return sorted(p for p in folder.rglob("*") if p.suffix.lower() == ".csv" and p.is_file())


# --- pinned files --------------------------------------------------------------------------------


def _from_pinned(
    entry: _catalogue.Entry, folder: Path | None, cache: Path | None, *, may_download: bool
) -> Brought:
    files = _in_folder(entry, folder) if folder is not None else {}
    if not may_download and not _any_matters(entry, files):
        raise FetchError(
            "nothing_there",
            f"the folder holds no file of {entry.name}",
            place=str(folder),
            expected=", ".join(f.key for f in entry.files if f.needed),
        )
    origins = {
        f.key: _pinned.checked(entry, f, files[f.key]) for f in entry.files if f.key in files
    }
    sources = [str(folder)] if folder is not None else []
    error: ParstudyError | None = None
    served = [f for f in entry.files if f.key not in files and f.path and (f.needed or not files)]
    if may_download and (served or not files):
        try:
            store = cache or (cache_folder() if served else Path())
            got, whence = _pinned.download(entry, store, served)
        except ParstudyError as problem:
            # what the folder holds is registered all the same
            if not _any_matters(entry, files):
                raise
            error = problem
        else:
            page = f"{entry.page} at {entry.commit[:12]}"
            here = [f"{folder}: {', '.join(files)}", f"{page}: {', '.join(got)}"]
            sources = here if files else [*sources, page]
            files |= got
            origins |= whence
    absent = [f for f in entry.files if f.key not in files and _matters(f)]
    names = [f.key if f.path else f"{f.key} (from a folder only)" for f in absent]
    notes = (f"not there: {', '.join(names)}",) if names else ()
    prepared = RECIPES[entry.name](files, _provenance(entry, origins, entry.page, entry.commit))
    return Brought(prepared, tuple(sources), notes, error=error)


def _in_folder(entry: _catalogue.Entry, folder: Path) -> dict[str, Path]:
    """Files of an entry that a folder holds, as in the mirror or without its first level."""
    found = {}
    for file in entry.files:
        for name in (file.key, file.key.partition("/")[2]):
            if (folder / name).is_file():
                found[file.key] = folder / name
                break
    return found


def _any_matters(entry: _catalogue.Entry, files: Mapping[str, Path]) -> bool:
    return any(f.key in files for f in entry.files if _matters(f))


def _matters(file: _catalogue.PinnedFile) -> bool:
    """Whether a file alone is worth registering: codebooks are not."""
    return file.needed or not file.path
