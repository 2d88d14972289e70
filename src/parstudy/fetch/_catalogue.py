"""What can be fetched: ``facts/fetch.toml`` as objects."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from parstudy.errors import FetchError
from parstudy.facts import document, languages
from parstudy.text import suggest


@dataclass(frozen=True)
class PanelColumn:
    """One column of a panel and what it holds."""

    header: str
    component: str
    measure: str


@dataclass(frozen=True)
class Panel:
    """How a panel on the Hub is laid out: headers of its columns, empty where there is none."""

    folder: str
    year: str
    name: str
    code: str
    code_is_gso: str
    columns: tuple[PanelColumn, ...]
    geo_system: str = ""
    unit_type: str = ""
    ranked: str = ""

    @property
    def headers(self) -> tuple[str, ...]:
        """All columns by which the file is recognised."""
        named = (self.year, self.unit_type, self.code, self.name, self.geo_system, self.ranked)
        return (*(h for h in named if h), *(c.header for c in self.columns))


@dataclass(frozen=True)
class PinnedFile:
    """One file: key in the mirror's layout, path in the repository, checksum.

    ``path`` and ``sha256`` are empty for a file that no address serves unchanged.
    """

    key: str
    path: str = ""
    sha256: str = ""
    needed: bool = True


@dataclass(frozen=True)
class Folder:
    """One folder of ``data/fetched``, what brings it and what it gives."""

    name: str
    command: str
    gives: Mapping[str, str]  # by language code


@dataclass(frozen=True)
class Entry:
    """One fetch name."""

    name: str
    kind: str  # hub or pinned
    index: str
    repository: str
    page: str
    commit: str
    committed_on: str
    title: str
    publisher: str
    licence: str
    gives: Mapping[str, str]  # by language code
    panel: Panel | None
    files: tuple[PinnedFile, ...]
    folders: tuple[Folder, ...]  # of an entry without index


@cache
def entries() -> Mapping[str, Entry]:
    """All fetch names, in the order of the catalogue."""
    return {name: _entry(name, stated) for name, stated in document("fetch")["names"].items()}


def chosen(names: str | Iterable[str]) -> list[Entry]:
    """Entries of the names given; ``all`` stands for every one.

    Raises
    ------
    FetchError
        ``unknown_name``.
    """
    known = entries()
    wanted = [names] if isinstance(names, str) else list(names)
    for name in wanted:
        if name != "all" and name not in known:
            raise FetchError(
                "unknown_name",
                "there is nothing of that name to fetch",
                found=repr(name),
                expected=suggest(name, [*known, "all"]),
            )
    if not wanted:
        raise FetchError("no_name", "nothing to fetch", expected=", ".join([*known, "all"]))
    return [known[n] for n in known if n in wanted or "all" in wanted]


def geo_systems() -> Mapping[str, str]:
    """Geography of each known value of ``geo_system``."""
    return dict(document("fetch")["geo_systems"])


def hub_endpoint() -> str:
    """Address of the Hub where nothing else is said."""
    return str(document("fetch")["hub"]["endpoint"])


def largest_bytes() -> int:
    """Files of the Hub beyond this size are not looked into."""
    return int(document("fetch")["hub"]["largest_bytes"])


def pinned_endpoint() -> str:
    """Address that serves files of a repository at a commit."""
    return str(document("fetch")["pinned"]["endpoint"])


def _entry(name: str, stated: Mapping[str, Any]) -> Entry:
    panel = None
    if stated["kind"] == "hub":
        keys = ("folder", "year", "name", "code", "code_is_gso", "geo_system", "unit_type")
        panel = Panel(
            columns=tuple(PanelColumn(**c) for c in stated["columns"]),
            **{k: stated[k] for k in (*keys, "ranked") if k in stated},
        )
    return Entry(
        name=name,
        **{k: stated[k] for k in ("kind", "index", "repository", "title", "publisher", "licence")},
        **{k: stated.get(k, "") for k in ("page", "commit", "committed_on")},
        gives=languages.texts(stated, "gives"),
        panel=panel,
        files=tuple(PinnedFile(**f) for f in stated.get("files", ())),
        folders=tuple(
            Folder(f["name"], f["command"], languages.texts(f, "gives"))
            for f in stated.get("folders", ())
        ),
    )
