"""Tables that stay open in a process which others are forked from, while no file changes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from parstudy.dataset import _store
from parstudy.dataset.reading import Digests
from parstudy.project import Project

Signature = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True)
class _Kept:
    signature: Signature
    digests: Digests
    fingerprint: str


_KEPT: dict[Path, _Kept] = {}


def keep(project: Project, digests: Digests, fingerprint: str) -> None:
    """Keep the built tables of a project for the forks of this process."""
    _KEPT[project.root] = _Kept(_signature(project), digests, fingerprint)


def kept(project: Project) -> tuple[Digests, str] | None:
    """Give the tables that are kept, if all files are what they were."""
    held = _KEPT.get(project.root)
    if held is None or held.signature != _signature(project):
        return None
    return held.digests, held.fingerprint


def _signature(project: Project) -> Signature:
    """Names, times and sizes of all that the tables were made from."""
    files = [*_store.code_files(), *_store.raw_files(project), *project.processed.glob("*")]
    found = [(str(path), path.stat()) for path in files]
    return tuple((name, state.st_mtime_ns, state.st_size) for name, state in found)
