"""What a recipe is given and what it hands back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from parstudy.errors import FetchError

_LONGEST_NAME = 60
# names that Windows does not give to files
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.I)
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
    def folder(self) -> Path:
        """Where the folder is to stand, from the project's root."""
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


def table_file(name: str, sha256: str, **reading: Any) -> dict[str, Any]:
    """Table ``[[files]]`` of a ``release.toml``: a CSV file with a row for each province.

    Parameters
    ----------
    name : str
        Name of the file in the folder.
    sha256 : str
        Its checksum.
    **reading
        Everything else, in the order in which it is to be written.
    """
    return {
        "path": name,
        "reader": "table",
        "sha256": sha256,
        "orientation": "provinces_in_rows",
        "decimal": ".",
        **reading,
    }


def file_name(listed: str) -> str:
    """Name for a file that a server calls so: no path, on no system.

    >>> file_name("../data/any name.csv"), file_name("../con.csv")
    ('any name.csv', '_con.csv')
    """
    name = re.sub(r"[^\w .-]", "_", re.split(r"[/\\]", listed)[-1])
    stem, _, ending = name.rpartition(".")
    stem = stem.strip(" .")[:_LONGEST_NAME] or "panel"
    return f"{'_' if _RESERVED.fullmatch(stem) else ''}{stem}.{ending}"


def condition(head: Sequence[str], column: str, texts: Iterable[str]) -> dict[str, Any]:
    """A condition of ``where``: the rows whose cell in a column is one of some texts.

    Parameters
    ----------
    head : sequence of str
        Headers of all columns.
    column : str
        One of them.
    texts : iterable of str
        What may stand there; repetitions do not count.
    """
    wanted = list(dict.fromkeys(texts))
    equals = wanted[0] if len(wanted) == 1 else wanted
    return {"column": head.index(column) + 1, "header": column, "equals": equals}


def no_library(needing: str, lacking: str) -> FetchError:
    """The error of a library that only fetching needs and that is not installed."""
    return FetchError(
        "no_library",
        f"{needing} one more library",
        found=f"{lacking} is not installed",
        expected="parstudy with its extra `fetch`",
        advice='Install it: pip install "parstudy[fetch]"',
    )


def not_written(error: OSError, otherwise: str) -> FetchError:
    """The error of a download that the disk does not take.

    Parameters
    ----------
    error : OSError
        What the system said.
    otherwise : str
        Where it happened, if the error does not say.
    """
    return FetchError(
        "not_written",
        "the download cannot be kept",
        place=str(error.filename or otherwise),
        found=error.strerror or str(error),
        advice="PARSTUDY_CACHE names another folder for downloads",
    )
