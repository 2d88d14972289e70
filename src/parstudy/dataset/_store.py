"""``data/processed``: written whole or not at all, byte for byte the same each time."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pandas as pd

from parstudy.dataset._schemas import printed
from parstudy.errors import ProjectError
from parstudy.facts.fields import tables
from parstudy.leavings import mark, sweep
from parstudy.project import Project

TABLES = tuple(name for name in tables() if name != "raw_figures")
_MANIFEST = "manifest.json"
_PACKAGE = Path(__file__).resolve().parents[1]
_CODE = {".py", ".csv", ".toml"}
_KEPT = {"README.md", ".gitkeep"}


def fingerprint(frames: Mapping[str, pd.DataFrame]) -> str:
    """SHA-256 over the tables as CSV: the identity of the data that a report names."""
    digest = hashlib.sha256()
    for name in sorted(frames):
        digest.update(name.encode())
        digest.update(_csv(name, frames[name]))
    return digest.hexdigest()


def raw_state(project: Project) -> str:
    """SHA-256 over the raw files and over the code that turns them into tables."""
    digest = hashlib.sha256()
    for path in [*code_files(), *raw_files(project)]:
        base = project.raw if path.is_relative_to(project.raw) else _PACKAGE
        digest.update(path.relative_to(base).as_posix().encode() + b"\0")
        digest.update(path.read_bytes())
    return digest.hexdigest()


def code_files() -> list[Path]:
    """Modules and facts that turn raw files into tables."""
    rooms = ("facts", "releases", "dataset")
    found = [f for room in rooms for f in (_PACKAGE / room).rglob("*") if f.suffix in _CODE]
    return sorted([*found, _PACKAGE / "statistics" / "ranking.py"])


def raw_files(project: Project) -> list[Path]:
    """All files below ``data/raw``; hidden and temporary ones and hidden folders left out."""
    return sorted(
        f
        for f in _below(project.raw)
        if f.is_file()
        and not f.name.startswith("~$")
        and not any(part.startswith(".") for part in f.relative_to(project.raw).parts)
        and f.suffix != ".md"
    )


def _below(folder: Path) -> Iterator[Path]:
    """Everything below a folder, also through links to folders, each folder once."""
    seen: set[str] = set()
    for here, folders, files in os.walk(folder, followlinks=True):
        # a link to a folder above would lead round and round
        folders[:] = [f for f in folders if os.path.realpath(Path(here) / f) not in seen]
        seen |= {os.path.realpath(Path(here) / f) for f in folders}
        yield from (Path(here) / name for name in files)


def write(project: Project, frames: Mapping[str, pd.DataFrame], state: str) -> Path:
    """Write the tables as Parquet and CSV and put them in place in one step.

    Parameters
    ----------
    project : Project
        Where.
    frames : mapping of str to DataFrame
        Tables by name.
    state : str
        State of the raw data, from `raw_state`.

    Returns
    -------
    Path
        ``data/processed``.

    Raises
    ------
    ProjectError
        ``not_writable``; the old tables stay.
    """
    target = project.processed
    temporary: Path | None = None
    try:
        target.mkdir(parents=True, exist_ok=True)
        sweep(target.parent.glob(".processed*"))
        temporary = Path(tempfile.mkdtemp(prefix=f".processed{mark()}-", dir=target.parent))
        sums = {}
        for name, frame in frames.items():
            (temporary / f"{name}.csv").write_bytes(_csv(name, frame))
            frame.to_parquet(temporary / f"{name}.parquet", index=False, compression="zstd")
            for suffix in (".csv", ".parquet"):
                data = (temporary / f"{name}{suffix}").read_bytes()
                sums[f"{name}{suffix}"] = hashlib.sha256(data).hexdigest()
        manifest = {
            "fingerprint": fingerprint(frames),
            "raw_state": state,
            "rows": {n: len(f) for n, f in frames.items()},
            "sha256": sums,
        }
        text = json.dumps(manifest, indent=2, sort_keys=True) + "\n"
        (temporary / _MANIFEST).write_text(text, encoding="utf-8")
        # the manifest leaves first and comes last: a crash in between is seen as "not built"
        (target / _MANIFEST).unlink(missing_ok=True)
        for path in sorted(temporary.iterdir(), key=lambda p: (p.name == _MANIFEST, p.name)):
            os.replace(path, target / path.name)  # noqa: PTH105
        for path in target.iterdir():
            if path.name not in manifest["sha256"] and path.name not in {_MANIFEST, *_KEPT}:
                path.unlink()
    except OSError as error:
        raise ProjectError(
            "not_writable",
            "cannot write the built tables",
            place=str(target),
            found=error.strerror or str(error),
            expected="a folder that can be written",
        ) from error
    finally:
        if temporary is not None:
            shutil.rmtree(temporary, ignore_errors=True)
    return target


def read(project: Project, state: str) -> tuple[dict[str, pd.DataFrame], str] | None:
    """Read the built tables if they belong to this state of the raw data, else None."""
    try:
        manifest = json.loads((project.processed / _MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if manifest.get("raw_state") != state:
        return None
    frames = {}
    for name in TABLES:
        path = project.processed / f"{name}.parquet"
        try:
            data = path.read_bytes()
        except OSError:
            return None
        if hashlib.sha256(data).hexdigest() != manifest["sha256"].get(path.name):
            return None
        frames[name] = pd.read_parquet(path)
    return frames, str(manifest["fingerprint"])


def _csv(name: str, frame: pd.DataFrame) -> bytes:
    return printed(name, frame).to_csv(index=False, lineterminator="\n").encode("utf-8")
