"""What a run reads, told to who started it: a line for each thing, in the file that he names.

A run is made again when something changes that it read. Tables tell their parts themselves
(`parstudy.dataset.reading`); whoever opens another file of the project tells it here.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

VARIABLE = "PARSTUDY_READS"
"""Environment variable: the file that the lines go to; without it nothing is told."""


def tell(kind: str, *what: Any) -> None:
    """Tell one thing that was read.

    Parameters
    ----------
    kind : str
        ``open`` (a dataset), ``part`` (of a table) or ``files``.
    *what
        Plain values that say which, and its digest.
    """
    sink = os.environ.get(VARIABLE)
    if not sink:
        return
    line = json.dumps([kind, *what], ensure_ascii=False).encode() + b"\n"
    # whole lines, also when threads and children of the notebook write at once
    number = os.open(sink, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(number, line)
    finally:
        os.close(number)


def told(sink: Path) -> Iterator[list[Any]]:
    """What was told, in order; nothing where nothing was."""
    if sink.is_file():
        for line in sink.read_text(encoding="utf-8").splitlines():
            yield json.loads(line)


def tell_files(root: Path, pattern: str | Path) -> None:
    """Tell files that were read, or looked for.

    Parameters
    ----------
    root : Path
        Folder of the project.
    pattern : str
        Path inside it, or any path; of a folder everything below counts; ``*`` as for globs.
    """
    if os.environ.get(VARIABLE):
        if isinstance(pattern, Path):
            path = pattern.resolve()
            pattern = (path.relative_to(root) if path.is_relative_to(root) else path).as_posix()
        tell("files", pattern, digest(root, pattern))


def digest(root: Path, pattern: str) -> str:
    """SHA-256 over names and contents of files as `tell_files` names them; of none as well."""
    found = hashlib.sha256()
    for path in sorted(_files(root, pattern)):
        name = path.relative_to(root) if path.is_relative_to(root) else path
        found.update(name.as_posix().encode("utf-8", "surrogateescape") + b"\0")
        found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()[:20]


def _files(root: Path, pattern: str) -> Iterator[Path]:
    base, _, last = pattern.partition("*") if "*" in pattern else (pattern, "", "")
    place = root / base  # an absolute path stays what it is
    paths = place.glob(f"*{last}") if "*" in pattern else [place]
    for path in paths:
        if path.is_dir():
            yield from (f for f in path.rglob("*") if f.is_file() and not _hidden(f, path))
        elif path.is_file():
            yield path


def _hidden(path: Path, below: Path) -> bool:
    return any(part.startswith((".", "~$")) for part in path.relative_to(below).parts)
