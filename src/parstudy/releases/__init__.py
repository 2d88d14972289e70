"""Raw releases: one reader per file format, and ``release.toml`` that says how to read.

A reader turns files into raw figures, each with its place in the file. It knows no provinces and
no checks of substance: names are resolved and numbers compared later, in one place for all
formats. What cannot be read with certainty is a :class:`~parstudy.errors.ReleaseError`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from parstudy.errors import ReleaseError
from parstudy.releases.model import (
    COMPONENT_COLUMNS,
    FIGURE_COLUMNS,
    SOURCE_COLUMNS,
    RawRelease,
)

__all__ = [
    "COMPONENT_COLUMNS",
    "FIGURE_COLUMNS",
    "SOURCE_COLUMNS",
    "RawRelease",
    "ReleaseError",
    "read_release_folder",
]

if TYPE_CHECKING:
    from parstudy.releases.folder import read_release_folder


def __getattr__(name: str) -> Any:
    # the readers of all formats, which who only needs the columns of figures does without
    if name != "read_release_folder":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from parstudy.releases.folder import read_release_folder

    return read_release_folder


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
