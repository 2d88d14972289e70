"""Release folders in the project: made beside the old ones, read, and only then put in place."""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import tempfile
import time
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from parstudy.errors import FetchError, ParstudyError
from parstudy.fetch._model import Prepared
from parstudy.project import ASIDE, Project, put_back

IGNORE = ".gitignore"
_FETCHED, _ALL = "# fetched by parstudy: not for the repository\n", "*\n"
_WRITTEN = "# {name} as it was written: SHA-256 {digest}\n"
_STAGING = ".fetching-"
_ABANDONED = 3600.0  # seconds after which a staged folder belongs to nobody


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
    what : str
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
    what: str
    n_figures: int = 0
    reason: str = ""
    notes: tuple[str, ...] = ()


def is_fetched(folder: Path) -> bool:
    """Whether a folder was made by a fetch, and so may be replaced by one."""
    mark = folder / IGNORE
    return mark.is_file() and mark.read_text(encoding="utf-8").startswith(_FETCHED)


def _changed_by_hand(folder: Path, toml_name: str) -> bool:
    """Whether the TOML file of a fetched folder is another than the fetch wrote."""
    path = folder / toml_name
    told = (folder / IGNORE).read_text(encoding="utf-8")
    # folders of older versions do not say what was written
    if told == _FETCHED + _ALL or not path.is_file():
        return False
    return told != _mark(toml_name, path.read_bytes())


def _why_kept(project: Project, one: Prepared) -> str:
    """Why the folder that is there stays; empty where it may be replaced."""
    target = project.root / one.place
    if not is_fetched(target):
        return ""
    place = one.place.as_posix()
    anew = "Delete the folder to have it fetched anew"
    if _changed_by_hand(target, one.toml_name):
        return f"{place}: {one.toml_name} was changed by hand since it was fetched: kept. {anew}"
    there = {p.name for p in target.iterdir()} - {one.toml_name, IGNORE}
    if not one.index and there > set(one.files):
        more = ", ".join(sorted(there - set(one.files)))
        return f"{place}: holds {more} as well: kept. {anew}"
    return ""


def _mark(toml_name: str, content: bytes) -> str:
    """Text of the file that keeps a folder out of git and says what the fetch wrote."""
    digest = hashlib.sha256(content).hexdigest()
    return _FETCHED + _WRITTEN.format(name=toml_name, digest=digest) + _ALL


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
    for one in prepared:
        target = project.root / one.place
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
        staged = [
            (one, stack.enter_context(_staged(one, project.root / one.place))) for one in prepared
        ]
        kept = {folder: why for one, folder in staged if (why := _why_kept(project, one))}
        same = {folder for one, folder in staged if _same(folder, project.root / one.place)}
        n_figures, reasons = _proved(
            [folder for one, folder in staged if one.index and folder not in {*same, *kept}]
        )
        found: list[Registered] = []
        moves: list[tuple[Path, Path]] = []
        for one, folder in staged:
            target = project.root / one.place
            if folder in kept:
                what = "kept"
            elif folder in reasons:
                what = "refused"
            elif folder in same:
                what = "unchanged"
            else:
                what = "replaced" if target.exists() else "new"
                moves.append((folder, target))
            reason = reasons.get(folder, "").replace(folder.name, one.folder_name)
            notes = (kept[folder],) if folder in kept else one.notes
            number = n_figures.get(folder, 0)
            found.append(Registered(target, one.index, one.year, what, number, reason, notes))
        _move(moves)
    return found


@contextlib.contextmanager
def _staged(one: Prepared, target: Path) -> Iterator[Path]:
    """The folder as it will be, beside its place; whatever is left of it goes away."""
    target.parent.mkdir(parents=True, exist_ok=True)
    _clear(target.parent)
    staged = Path(tempfile.mkdtemp(prefix=_STAGING, dir=target.parent))
    try:
        # first of all, so that git never sees what an interrupted fetch leaves
        mark = _mark(one.toml_name, one.toml.encode())
        (staged / IGNORE).write_text(mark, encoding="utf-8", newline="\n")
        for name, path in one.files.items():
            shutil.copyfile(path, staged / name)
        (staged / one.toml_name).write_bytes(one.toml.encode())
        staged.chmod(0o755)
        yield staged
    finally:
        shutil.rmtree(staged, ignore_errors=True)
        # nothing is left where nothing was made
        with contextlib.suppress(OSError):
            target.parent.rmdir()


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
    if not target.is_dir():
        return False
    names = sorted(p.name for p in staged.iterdir())
    return names == sorted(p.name for p in target.iterdir()) and all(
        (staged / n).read_bytes() == (target / n).read_bytes() for n in names
    )


def _move(moves: Sequence[tuple[Path, Path]]) -> None:
    """Put all folders in place, or put the old ones back."""
    done: list[tuple[Path, Path | None]] = []
    try:
        for staged, target in moves:
            old: Path | None = None
            if target.exists():
                old = target.with_name(f"{ASIDE}{target.name}")
                shutil.rmtree(old, ignore_errors=True)
                target.replace(old)
                done.append((target, old))
                staged.replace(target)
            else:
                staged.replace(target)
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


def _clear(parent: Path) -> None:
    """Take away what fetches that were killed had prepared; another one may be at work now."""
    for folder in parent.glob(f"{_STAGING}*"):
        with contextlib.suppress(OSError):
            if time.time() - folder.stat().st_mtime > _ABANDONED:
                shutil.rmtree(folder, ignore_errors=True)


def _refuse_mixing(project: Project, prepared: Sequence[Prepared]) -> None:
    """Made-up figures and real ones do not go into one project."""
    wanted = {_is_synthetic(one.toml) for one in prepared if one.index}
    if not wanted:
        return
    replaced = {project.root / one.place for one in prepared}
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
        release = tomllib.loads(toml).get("release", {})
    except tomllib.TOMLDecodeError:
        return False
    return isinstance(release, dict) and release.get("synthetic", False) is True
