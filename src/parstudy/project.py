"""The project folder: where raw releases, built tables, notebooks and reports live."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from parstudy.errors import ProjectError

_MARKER = Path("data") / "raw"
_ENVIRONMENT = "PARSTUDY_PROJECT"
JOURNAL = ".made.jsonl"
"""File beside the reports of all languages that says how they were made."""


@dataclass(frozen=True)
class Project:
    """Paths of one project. Nothing is read or written by this object.

    Parameters
    ----------
    root : Path
        Folder that holds ``data/raw``.
    """

    root: Path

    @property
    def raw(self) -> Path:
        """Raw releases: ``data/raw/<INDEX>/<release>/``."""
        return self.root / "data" / "raw"

    @property
    def data(self) -> Path:
        """All data; who changes it holds its lock (`parstudy.folders.locked`)."""
        return self.root / "data"

    @property
    def processed(self) -> Path:
        """Tables made by ``parstudy build``."""
        return self.root / "data" / "processed"

    @property
    def notebooks(self) -> Path:
        """The parameterised notebooks."""
        return self.root / "notebooks"

    @property
    def reports(self) -> Path:
        """Published HTML and the executed notebooks beside it."""
        return self.root / "reports"

    @classmethod
    def find(cls, start: str | Path | None = None) -> Project:
        """Find the project once; pass the object on from there.

        The first of these that exists: ``start`` (that very folder), the environment variable
        ``PARSTUDY_PROJECT``, the nearest folder with ``data/raw`` from the working directory
        upwards, the checkout that the package runs from.

        Parameters
        ----------
        start : str or Path, optional
            Project folder.

        Returns
        -------
        Project

        Raises
        ------
        ProjectError
            ``no_project`` if no folder with ``data/raw`` is found.
        """
        if start is not None:
            return cls._at(Path(start), "the folder given")
        named = os.environ.get(_ENVIRONMENT)
        if named:
            return cls._at(Path(named), f"the environment variable {_ENVIRONMENT}")
        here = Path.cwd()
        checkout = Path(__file__).resolve().parents[2]
        for folder in (here, *here.parents, checkout):
            if (folder / _MARKER).is_dir():
                return cls(folder.resolve())
        raise ProjectError(
            "no_project",
            "no project folder found",
            place=str(here),
            expected=f"a folder with {_MARKER.as_posix()} here or above",
            advice=f"Name it with --project or {_ENVIRONMENT}, or make one: parstudy init DIR",
        )

    @classmethod
    def _at(cls, folder: Path, said_by: str) -> Project:
        if not (folder / _MARKER).is_dir():
            raise ProjectError(
                "no_project",
                f"{said_by} is no parstudy project",
                place=str(folder),
                expected=f"a folder with {_MARKER.as_posix()}",
                advice="Make one with: parstudy init DIR",
            )
        return cls(folder.resolve())
