"""Tables that stay open in a process which others are forked from, while no file changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from parstudy.dataset import _store
from parstudy.project import Project

Signature = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True)
class _Kept:
    signature: Signature
    frames: Mapping[str, pd.DataFrame]
    fingerprint: str


_KEPT: dict[Path, _Kept] = {}


def keep(project: Project, frames: Mapping[str, pd.DataFrame], fingerprint: str) -> None:
    """Keep the built tables of a project for the forks of this process."""
    _KEPT[project.root] = _Kept(_signature(project), frames, fingerprint)


def kept(project: Project) -> tuple[dict[str, pd.DataFrame], str] | None:
    """Give the tables that are kept, if all files are what they were."""
    held = _KEPT.get(project.root)
    if held is None or held.signature != _signature(project):
        return None
    # whoever changes a column changes his own
    return {name: f.copy(deep=False) for name, f in held.frames.items()}, held.fingerprint


def _signature(project: Project) -> Signature:
    """Names, times and sizes of all that the tables were made from."""
    files = [*_store.code_files(), *_store.raw_files(project), *project.processed.glob("*")]
    found = [(str(path), path.stat()) for path in files]
    return tuple((name, state.st_mtime_ns, state.st_size) for name, state in found)
