"""Folders that appear whole or not at all: made beside their place, then moved there."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

_ASIDE = ".replaced-"  # in front of the name of a folder while another takes its place
_ABANDONED = 3600.0  # seconds after which a staged folder belongs to nobody


@contextlib.contextmanager
def staged(target: Path, prefix: str) -> Iterator[Path]:
    """Make an empty folder beside a place, to be filled; unless it is moved there it goes away.

    Parameters
    ----------
    target : Path
        Where the folder is to stand; the folders above it are made.
    prefix : str
        Of its name meanwhile, for example ``".adding-"``; what a killed program left under such
        a name more than an hour ago is taken away.

    Yields
    ------
    Path
        The folder.
    """
    parent = target.parent
    new_parent = not parent.is_dir()
    parent.mkdir(parents=True, exist_ok=True)
    for left in parent.glob(f"{prefix}*"):
        # another program may be at work in it now
        with contextlib.suppress(OSError):
            if time.time() - left.stat().st_mtime > _ABANDONED:
                shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
    try:
        folder.chmod(0o755)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if new_parent:
            with contextlib.suppress(OSError):
                parent.rmdir()  # only where it is empty


def put_in_place(moves: Sequence[tuple[Path, Path]]) -> None:
    """Move all folders to their places, in which others may stand, or put the old ones back.

    Parameters
    ----------
    moves : sequence of (Path, Path)
        Folder and place, both in the same folder.
    """
    done: list[tuple[Path, Path | None]] = []
    try:
        for folder, target in moves:
            old: Path | None = None
            if target.exists():
                old = target.with_name(f"{_ASIDE}{target.name}")
                shutil.rmtree(old, ignore_errors=True)
                target.replace(old)
                done.append((target, old))
                folder.replace(target)
            else:
                folder.replace(target)
                done.append((target, None))
    except BaseException:
        for target, old in reversed(done):
            shutil.rmtree(target, ignore_errors=True)
            if old is not None:
                old.replace(target)
        raise
    for _, old in done:
        if old is not None:
            shutil.rmtree(old, ignore_errors=True)


def put_back(parent: Path) -> None:
    """Put back the folders that had been moved aside when a program was killed.

    Parameters
    ----------
    parent : Path
        Folder of an index, ``data/raw/<INDEX>``, or ``data/fetched``.
    """
    for old in parent.glob(f"{_ASIDE}*"):
        target = old.with_name(old.name.removeprefix(_ASIDE))
        if not target.exists():
            old.replace(target)
