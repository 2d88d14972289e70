"""What the runs of a batch read, as one parcel for a machine that does not see the project.

Files are known by name and hash. A machine that has the same files in the same folder takes
these; to any other the parcel goes once.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from parstudy.project import Project
from parstudy.publish.notebook import read_notebook
from parstudy.runs.journal import hash_of
from parstudy.runs.own_files import own_paths
from parstudy.runs.plan import Run

_PROJECT = "project"
_BESIDE = "beside"
_FOLDERS = ("data", "notebooks")
_SETTINGS = "parstudy.toml"
_WAY = re.compile(r"[^\s()<>\"'\[\]]+\.\w+")


@dataclass(frozen=True)
class Contents:
    """Files that runs read.

    Attributes
    ----------
    root : Path
        Project folder.
    files : tuple of (str, Path, str)
        Name in the parcel, place, SHA-256.
    """

    root: Path
    files: tuple[tuple[str, Path, str], ...]

    @classmethod
    def of(cls, runs: Iterable[Run]) -> Contents:
        """What some runs of one project read.

        Parameters
        ----------
        runs : iterable of Run
            At least one.
        """
        runs = list(runs)
        root = runs[0].project
        found = {path for name in _FOLDERS for path in _below(root / name)}
        found |= {root / _SETTINGS} if (root / _SETTINGS).is_file() else set()
        for notebook in {run.notebook for run in runs}:
            found |= {notebook, *_beside(notebook, root)}
        return cls(root, tuple((_name(path, root), path, _sha256(path)) for path in sorted(found)))

    @cached_property
    def digest(self) -> str:
        """Hash over names and contents."""
        return hash_of([[name, sha256] for name, _, sha256 in self.files])

    def are_here(self) -> bool:
        """Whether this machine has the same files in the same places."""
        return all(path.is_file() and _sha256(path) == sha for _, path, sha in self.files)

    def packed(self) -> bytes:
        """The files as a zip file."""
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, strict_timestamps=False) as parcel:
            for name, path, _ in self.files:
                parcel.write(path, name)
        return content.getvalue()

    def unpacked(self, parcel: bytes, folder: Path) -> Path:
        """The files out of a parcel, in a folder below the one given that appears whole.

        Parameters
        ----------
        parcel : bytes
            From `packed`.
        folder : Path
            Where there is room.
        """
        place = folder.resolve() / f"parstudy-{self.digest}"
        if not place.is_dir():
            made = Path(tempfile.mkdtemp(prefix="parstudy-", dir=folder))
            with zipfile.ZipFile(io.BytesIO(parcel)) as source:
                source.extractall(made)
            (made / _PROJECT / "data" / "raw").mkdir(parents=True, exist_ok=True)
            try:
                made.rename(place)
            except OSError:  # another was quicker
                shutil.rmtree(made)
        return place

    def moved(self, run: Run, place: Path) -> Run:
        """A run as it is on a machine where the files lie elsewhere; its report is the same.

        Parameters
        ----------
        run : Run
            One of those whose files these are.
        place : Path
            From `unpacked`.
        """
        return replace(
            run, project=place / _PROJECT, notebook=place / _name(run.notebook, self.root)
        )


def _below(folder: Path) -> Iterator[Path]:
    """Files of a folder, also through links; hidden and temporary ones left out."""
    seen: set[str] = set()
    for here, folders, files in os.walk(folder, followlinks=True):
        if (real := os.path.realpath(here)) in seen:
            folders.clear()  # a link to a folder above would lead round and round
            continue
        seen.add(real)
        folders[:] = [name for name in folders if not _unseen(name)]
        yield from (Path(here) / name for name in files if not _unseen(name))


def _unseen(name: str) -> bool:
    return name.startswith((".", "~$")) or name == "__pycache__"


def _beside(notebook: Path, root: Path) -> set[Path]:
    """Files beside a notebook that its code or its text names."""
    text = "\n".join(c.source for c in read_notebook(notebook).cells if c.cell_type != "code")
    named = {notebook.parent / way for way in _WAY.findall(text) if "://" not in way}
    inside = {p for p in named if p.resolve().is_relative_to(notebook.parent) and p.is_file()}
    return inside | own_paths(notebook, Project(root))


def _name(path: Path, root: Path) -> str:
    if path.is_relative_to(root):
        return f"{_PROJECT}/{path.relative_to(root).as_posix()}"
    return f"{_BESIDE}/{path.relative_to(path.anchor).as_posix()}"


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
