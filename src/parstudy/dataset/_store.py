"""``data/processed``: written whole or not at all, byte for byte the same each time."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from parstudy.dataset._schemas import printed
from parstudy.errors import ProjectError
from parstudy.facts.fields import tables
from parstudy.folders import beside, why
from parstudy.leavings import mark, sweep
from parstudy.project import Project
from parstudy.text import inert

TABLES = tuple(name for name in tables() if name != "raw_figures")
_MANIFEST = "manifest.json"
_PACKAGE = Path(__file__).resolve().parents[1]
_CODE = {".py", ".csv", ".toml"}
# a spreadsheet would compute a text that begins so
_PLAIN_NUMBER = re.compile(r"[+-]?[0-9][0-9.,]*%?|-")


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
            (temporary / f"{name}.csv").write_bytes(_csv(name, guarded(frame)))
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
        before = _manifest(project).get("sha256")
        before = before if isinstance(before, dict) else {}
        _keep_edited(target, before)
        # the manifest leaves first and comes last: a crash in between is seen as "not built"
        (target / _MANIFEST).unlink(missing_ok=True)
        for path in sorted(temporary.iterdir(), key=lambda p: (p.name == _MANIFEST, p.name)):
            os.replace(path, target / path.name)  # noqa: PTH105
        # tables of an older version; what else lies there is the user's
        for name in before.keys() - sums.keys():
            if name == Path(name).name and (target / name).is_file():
                (target / name).unlink()
    except OSError as error:
        raise ProjectError(
            "not_writable",
            "cannot write the built tables",
            place=str(error.filename2 or error.filename or target),
            found=why(error)[0],
            expected="a folder that can be written",
            advice=why(error)[1],
        ) from error
    finally:
        if temporary is not None:
            shutil.rmtree(temporary, ignore_errors=True)
    return target


def read(project: Project, state: str) -> tuple[dict[str, pd.DataFrame], str] | None:
    """Read the built tables if they belong to this state of the raw data, else None."""
    manifest = _manifest(project)
    sums = manifest.get("sha256")
    if manifest.get("raw_state") != state or not isinstance(sums, dict):
        return None
    frames = {}
    for name in TABLES:
        path = project.processed / f"{name}.parquet"
        try:
            data = path.read_bytes()
        except OSError:
            return None
        if hashlib.sha256(data).hexdigest() != sums.get(path.name):
            return None
        frames[name] = pd.read_parquet(path)
    return frames, str(manifest.get("fingerprint", ""))


def _manifest(project: Project) -> dict[str, Any]:
    """What the last build says of itself; nothing where it is damaged."""
    try:
        told = json.loads((project.processed / _MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _keep_edited(target: Path, sums: Mapping[str, Any]) -> None:
    """Keep a table that somebody has changed by hand beside the new one, and say so."""
    for name, digest in sums.items():
        path = target / name
        if not name.endswith(".csv") or name != path.name or not path.is_file():
            continue
        if hashlib.sha256(path.read_bytes()).hexdigest() == digest:
            continue
        kept = beside(path)
        path.replace(kept)
        warnings.warn(
            f"{path} was changed by hand; it is kept as {kept.name}, and made anew", stacklevel=5
        )


def guarded(frame: pd.DataFrame) -> pd.DataFrame:
    """The same table for spreadsheets: no text in it is a formula to them.

    One ' is put before such a text; to take one away from each that begins with ' and such a sign
    gives the same text again.
    """
    texts = [name for name in frame if not pd.api.types.is_numeric_dtype(frame[name])]
    return frame.assign(**{str(name): frame[name].map(_guarded) for name in texts})


def _guarded(value: object) -> object:
    if isinstance(value, str) and not _PLAIN_NUMBER.fullmatch(value):
        return inert(value)
    return value


def _csv(name: str, frame: pd.DataFrame) -> bytes:
    return printed(name, frame).to_csv(index=False, lineterminator="\n").encode("utf-8")
