"""Release folders in the project: made beside the old ones, read, and only then put in place."""

from __future__ import annotations

import contextlib
import hashlib
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from parstudy.errors import FetchError, ParstudyError
from parstudy.fetch._model import Prepared
from parstudy.folders import beside, locked, put_back, put_in_place, staged
from parstudy.project import Project
from parstudy.text import NotToml, from_toml

IGNORE = ".gitignore"
_FETCHED, _ALL = "# fetched by parstudy: not for the repository\n", "*\n"
_WRITTEN = "# {name} as it was written: SHA-256 {digest}\n"
_LINE = re.compile(r"# (.+) as it was written: SHA-256 ([0-9a-f]{64})")
_STAGING = ".fetching-"


@dataclass(frozen=True)
class Registered:
    """One folder after a fetch.

    Attributes
    ----------
    folder : Path
        Where it lies.
    index : str
        ``PAR_INDEX``, ...; empty for files that are no release.
    year : int or None
        Index year.
    status : str
        ``new``, ``replaced``, ``unchanged``, ``kept`` (changed by hand since it was fetched, or
        holding more than was fetched now) or ``refused``.
    n_figures : int
        Figures read from a new or replaced release; else 0.
    reason : str
        Why it was refused: the error in words.
    notes : tuple of str
        What was left out and why.
    """

    folder: Path
    index: str
    year: int | None
    status: str
    n_figures: int = 0
    reason: str = ""
    notes: tuple[str, ...] = ()


def is_fetched(folder: Path) -> bool:
    """Whether a folder was made by a fetch, and so may be replaced by one."""
    mark = folder / IGNORE
    return mark.is_file() and mark.read_text(encoding="utf-8").startswith(_FETCHED)


def _written(folder: Path) -> dict[str, str]:
    """Checksums of the files of a fetched folder as the fetch wrote them.

    Folders of older versions say that of their TOML file only, or not at all.
    """
    told = (folder / IGNORE).read_text(encoding="utf-8", errors="replace")
    return {found[1]: found[2] for line in told.splitlines() if (found := _LINE.fullmatch(line))}


def _is_edited(folder: Path, name: str) -> bool:
    """Whether a file of a fetched folder is another than the fetch wrote."""
    path, digest = folder / name, _written(folder).get(name)
    if digest is None or not path.is_file():
        return False
    return hashlib.sha256(path.read_bytes()).hexdigest() != digest


def _why_kept(project: Project, one: Prepared) -> str:
    """Why the folder that is there stays; empty where it may be replaced."""
    target = project.root / one.folder
    if not is_fetched(target):
        return ""
    name = one.folder.as_posix()
    anew = "Delete the folder to have it fetched anew"
    if _is_edited(target, one.toml_name):
        return f"{name}: {one.toml_name} was changed by hand since it was fetched: kept. {anew}"
    there = {p.name for p in target.iterdir()} - {one.toml_name, IGNORE}
    if not one.index and there > set(one.files):
        more = ", ".join(sorted(there - set(one.files)))
        return f"{name}: holds {more} as well: kept. {anew}"
    return ""


def _mark(folder: Path, names: Sequence[str]) -> str:
    """Text of the file that keeps a folder out of git and says what the fetch wrote."""
    lines = (
        _WRITTEN.format(name=n, digest=hashlib.sha256((folder / n).read_bytes()).hexdigest())
        for n in names
    )
    return _FETCHED + "".join(lines) + _ALL


def register(project: Project, prepared: Sequence[Prepared]) -> list[Registered]:
    """Put folders into the project: all that can be read, or none if anything goes wrong.

    A folder that cannot be read with certainty is refused by itself; what was registered under
    its name before stays.

    Raises
    ------
    FetchError
        ``release_exists`` if a folder of that name was not made by a fetch, ``synthetic_mix``,
        ``not_written``.
    """
    with locked(project.data):
        return _registered(project, prepared)


def _registered(project: Project, prepared: Sequence[Prepared]) -> list[Registered]:
    for one in prepared:
        target = project.root / one.folder
        put_back(target.parent)
        if target.exists() and not is_fetched(target):
            raise FetchError(
                "release_exists",
                "there is a folder of that name which was not fetched",
                place=str(target),
                expected="no such folder, or one made by `parstudy fetch`",
                advice="Give yours another name",
            )
    _refuse_mixing(project, prepared)
    try:
        return _put(project, prepared)
    except OSError as error:
        raise FetchError(
            "not_written",
            "the folders cannot be written",
            place=str(error.filename or project.root),
            found=error.strerror or str(error),
            advice="The project is as it was",
        ) from None


def _put(project: Project, prepared: Sequence[Prepared]) -> list[Registered]:
    with contextlib.ExitStack() as stack:
        made = {}
        for one in prepared:
            folder = stack.enter_context(staged(project.root / one.folder, _STAGING))
            _fill(folder, one)
            made[folder] = one
        found = _compared(project, made)
        for folder, done in found.items():
            if done.status == "replaced":
                kept = _carried(done.folder, folder, made[folder])
                found[folder] = replace(done, notes=(*done.notes, *kept))
        put_in_place([(f, r.folder) for f, r in found.items() if r.status in ("new", "replaced")])
    return list(found.values())


def _compared(project: Project, made: Mapping[Path, Prepared]) -> dict[Path, Registered]:
    """For each folder that was made, what becomes of it: read it where it is not there already."""
    kept = {folder: why for folder, one in made.items() if (why := _why_kept(project, one))}
    same = {folder for folder, one in made.items() if _same(folder, project.root / one.folder)}
    n_figures, reasons = _proved(
        [f for f, one in made.items() if one.index and f not in same | kept.keys()]
    )
    found = {}
    for folder, one in made.items():
        target = project.root / one.folder
        if folder in kept:
            status = "kept"
        elif folder in reasons:
            status = "refused"
        elif folder in same:
            status = "unchanged"
        else:
            status = "replaced" if target.exists() else "new"
        found[folder] = Registered(
            target,
            one.index,
            one.year,
            status,
            n_figures=n_figures.get(folder, 0),
            reason=reasons.get(folder, "").replace(folder.name, one.folder_name),
            notes=(kept[folder],) if folder in kept else one.notes,
        )
    return found


def _fill(folder: Path, one: Prepared) -> None:
    """Make the folder as it will be."""
    # first of all, so that git never sees what an interrupted fetch leaves
    (folder / IGNORE).write_text(_FETCHED + _ALL, encoding="utf-8", newline="\n")
    for name, path in one.files.items():
        shutil.copyfile(path, folder / name)
    (folder / one.toml_name).write_bytes(one.toml.encode())
    mark = _mark(folder, [one.toml_name, *one.files])
    (folder / IGNORE).write_text(mark, encoding="utf-8", newline="\n")


def _carried(old: Path, new: Path, one: Prepared) -> list[str]:
    """Take what somebody put into a fetched folder, or changed there, along into the new one."""
    written = _written(old)
    # older folders do not say which files they came with: those of this fetch are taken for them
    fetched = written.keys() if len(written) > 1 else {one.toml_name, *one.files}
    notes = []
    for path in sorted(old.iterdir()):
        if path.name == IGNORE or (path.name in fetched and not _is_edited(old, path.name)):
            continue
        edited = path.name in fetched
        kept = beside(new / path.name) if edited or (new / path.name).exists() else new / path.name
        (shutil.copytree if path.is_dir() else shutil.copy2)(path, kept)
        said = "was changed by hand since it was fetched" if edited else "was not fetched"
        folder, now = one.folder.as_posix(), kept.name
        notes.append(f"{folder}: {path.name} {said}: kept as {now}")
    return notes


def _proved(folders: Sequence[Path]) -> tuple[dict[Path, int], dict[Path, str]]:
    """Read the folders and check their figures: how many there are, or why they are refused."""
    from parstudy.dataset import from_releases
    from parstudy.releases import RawRelease, read_release_folder

    read: dict[Path, RawRelease] = {}
    reasons: dict[Path, str] = {}
    for folder in folders:
        try:
            read[folder] = read_release_folder(folder)
        except ParstudyError as error:
            reasons[folder] = str(error)
    if read:
        built = from_releases(list(read.values()))
        by_release = {release.release_id: folder for folder, release in read.items()}
        for finding, line in zip(built.errors, built.lines(built.errors), strict=True):
            of = {i.partition("#")[0] for i in finding.figure_ids} or set(by_release)
            for release_id in of:
                reasons.setdefault(by_release[release_id], line)
    return {f: len(r.figures) for f, r in read.items() if f not in reasons}, reasons


def _same(staged: Path, target: Path) -> bool:
    """Whether all that was fetched lies there already; what else lies there does not matter."""
    if not target.is_dir():
        return False
    names = {p.name for p in staged.iterdir()}
    gone = _written(target).keys() - names if (target / IGNORE).is_file() else set()
    return not gone and all(
        (target / n).is_file() and (staged / n).read_bytes() == (target / n).read_bytes()
        for n in names
    )


def _refuse_mixing(project: Project, prepared: Sequence[Prepared]) -> None:
    """Made-up figures and real ones do not go into one project."""
    wanted = {_is_synthetic(one.toml) for one in prepared if one.index}
    if not wanted:
        return
    replaced = {project.root / one.folder for one in prepared}
    for path in sorted(project.raw.glob("*/*/release.toml")):
        if path.parent in replaced or path.parent.name.startswith("."):
            continue
        there = _is_synthetic(path.read_text(encoding="utf-8-sig"))
        if there not in wanted or len(wanted) > 1:
            words = {True: "SYNTHETIC (made-up) figures", False: "real figures"}
            raise FetchError(
                "synthetic_mix",
                "made-up and real figures do not go into one project",
                place=str(project.raw),
                found=f"{words[not there]} for a project with {words[there]} "
                f"({path.parent.parent.name}/{path.parent.name})",
                advice="Use a project of its own for one of the two",
            )


def _is_synthetic(toml: str) -> bool:
    try:
        release = from_toml(toml).get("release", {})
    except NotToml:
        return False
    return isinstance(release, dict) and release.get("synthetic", False) is True
