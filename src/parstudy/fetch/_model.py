"""What a recipe is given and what it hands back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from parstudy.errors import FetchError

SOURCE_KIND = "open panel"


@dataclass(frozen=True)
class Origin:
    """Where one file comes from.

    Attributes
    ----------
    url : str
        Address with the revision in it; empty for a file that came from a folder and that no
        catalogue entry names.
    sha256 : str
        Checksum of the file as it lies in the cache or the folder.
    published_on : str
        Date of the revision (ISO), empty where unknown.
    """

    url: str
    sha256: str
    published_on: str = ""


@dataclass(frozen=True)
class Provenance:
    """Whose files these are; one for all files of a fetch name.

    Attributes
    ----------
    name : str
        Fetch name: ``par``, ``sipas``, ``papi``, ``pci``, ``dti``, ``geo``.
    title, publisher, licence : str
        As the catalogue says.
    page : str
        Page of the repository, for readers.
    revision : str
        Commit, empty where unknown.
    origins : mapping of str to Origin
        By the same keys as the files.
    synthetic : bool
        True for made-up figures.
    """

    name: str
    title: str
    publisher: str
    licence: str
    page: str
    revision: str
    origins: Mapping[str, Origin] = field(repr=False)
    synthetic: bool = False

    def source(self, key: str, source_id: str, title: str = "") -> dict[str, str]:
        """Table ``[source]`` of a ``release.toml`` whose figures stand in the file ``key``.

        No date of retrieval: it would make the same figures look different on another day. The
        revision in the address and the checksum say what was retrieved.
        """
        origin = self.origins[key]
        return {
            "id": source_id,
            "url": origin.url or self.page,
            "title": title or self.title,
            "publisher": self.publisher,
            "kind": SOURCE_KIND,
            "published_on": origin.published_on,
            "sha256": origin.sha256,
            "licence": self.licence,
        }


@dataclass(frozen=True)
class Prepared:
    """One folder to be registered.

    Attributes
    ----------
    index : str
        ``PAR_INDEX``, ...: the folder becomes ``data/raw/<index>/<folder_name>/`` with ``toml`` as
        its ``release.toml``. Empty for files that are no release (boundaries, population): the
        folder becomes ``data/fetched/<folder_name>/`` with ``toml`` as its ``source.toml``.
    folder_name : str
        Name of the folder, for example ``2019-papi``.
    toml : str
        Text of the TOML file.
    files : mapping of str to Path
        Name in the folder and the file that is copied there, byte for byte.
    year : int or None
        Index year.
    notes : tuple of str
        What was left out, and why; in words for a reader.
    """

    index: str
    folder_name: str
    toml: str = field(repr=False)
    files: Mapping[str, Path] = field(repr=False)
    year: int | None = None
    notes: tuple[str, ...] = ()

    @property
    def place(self) -> Path:
        """Folder, from the project's root."""
        if self.index:
            return Path("data", "raw", self.index, self.folder_name)
        return Path("data", "fetched", self.folder_name)

    @property
    def toml_name(self) -> str:
        """Name of the TOML file in the folder."""
        return "release.toml" if self.index else "source.toml"


@dataclass(frozen=True)
class Refused:
    """One release that cannot be made from the files, and why."""

    index: str
    folder_name: str
    year: int
    error: FetchError


def to_toml(
    release: Mapping[str, Any],
    source: Mapping[str, Any],
    files: Sequence[Mapping[str, Any]] = (),
    *,
    comment: str = "",
) -> str:
    """Text of a ``release.toml``.

    Parameters
    ----------
    release, source : mapping
        Keys of ``[release]`` and ``[source]``; a table that is empty is left out.
    files : sequence of mapping
        Keys of each ``[[files]]``; a list of mappings becomes a list of inline tables.
    comment : str, optional
        First lines of the file.
    """
    lines = [f"# {line}".rstrip() for line in comment.splitlines()]
    for head, table in (
        ("[release]", release),
        ("[source]", source),
        *(("[[files]]", f) for f in files),
    ):
        if not table:
            continue
        lines += [""] if lines else []
        lines.append(head)
        for key, value in table.items():
            if isinstance(value, (list, tuple)) and value and isinstance(value[0], Mapping):
                lines += [f"{key} = [", *(f"  {_inline(v)}," for v in value), "]"]
            else:
                lines.append(f"{key} = {_value(value)}")
    return "\n".join(lines) + "\n"


def _inline(table: Mapping[str, Any]) -> str:
    return "{ " + ", ".join(f"{k} = {_value(v)}" for k, v in table.items()) + " }"


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_value(v) for v in value) + "]"
    text = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c >= " " and c != "\x7f" else f"\\u{ord(c):04x}" for c in text) + '"'
