"""What a recipe is given and what it hands back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

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
