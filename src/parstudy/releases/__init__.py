"""Raw releases: one reader per file format, and ``release.toml`` that says how to read.

A reader turns files into raw figures, each with its place in the file. It knows no provinces and
no checks of substance: names are resolved and numbers compared later, in one place for all
formats. What cannot be read with certainty is a :class:`~parstudy.errors.ReleaseError`.
"""

from __future__ import annotations

from parstudy.errors import ReleaseError
from parstudy.releases.folder import read_release_folder
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
