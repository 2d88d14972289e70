"""Tables that stay open in a process, and in its forks, while no file changes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from parstudy.dataset import _store
from parstudy.dataset.reading import Digests
from parstudy.project import Project

Signature = tuple[tuple[str, int, int, int], ...]


@dataclass(frozen=True)
class _Kept:
    signature: Signature
    digests: Digests
    fingerprint: str


_KEPT: dict[Path, _Kept] = {}
"""Of one project: the one opened last."""


def keep(project: Project, signature: Signature, digests: Digests, fingerprint: str) -> None:
    """Keep the built tables of a project that were read after its files had this signature."""
    _KEPT.clear()
    _KEPT[project.root] = _Kept(signature, digests, fingerprint)


def kept(project: Project, signature: Signature) -> tuple[Digests, str] | None:
    """Give the tables that are kept, if all files are what they were."""
    held = _KEPT.get(project.root)
    if held is None or not signature or held.signature != signature:
        return None
    return held.digests, held.fingerprint


def signature_of(project: Project) -> Signature:
    """Names, times and sizes of all files, those of the tables too; none while files go."""
    files = [*_store.code_files(), *_store.raw_files(project), *project.processed.glob("*")]
    try:
        found = [(str(path), path.stat()) for path in files]
    except FileNotFoundError:
        return ()
    return tuple((name, s.st_mtime_ns, s.st_ctime_ns, s.st_size) for name, s in found)
