"""Files and folders that appear whole or not at all, and one writer of a project at a time."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

_ASIDE = ".replaced-"  # in front of the name of a folder while another takes its place
_ABANDONED = 3600.0  # seconds after which a staged folder belongs to nobody
_LOCK = ".lock"
_BESIDE = re.compile(r"\.edited(-\d+)?$")
_SAID_AFTER = 1.0  # seconds of waiting before somebody is told
# in front of the names of folders that only who holds the lock makes, and where they lie
_STAGED = (".adding-*", ".fetching-*", ".processed*")
_WHERE = ("", "fetched", "raw/*")
# locks that this process holds, and how often
_held: dict[tuple[int, Path], int] = {}


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


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that nobody ever sees half of it; on a full disk the old one stays.

    Raises
    ------
    OSError
        With the reason, see `why`.
    """
    if path.is_symlink():
        path = path.resolve()
    handle, name = tempfile.mkstemp(prefix=f".{path.name[:40]}.", suffix=".part", dir=path.parent)
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        part.chmod(path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_mask())
        part.replace(path)
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


def beside(path: Path) -> Path:
    """A free name for a file that somebody has changed and that another takes the place of."""
    kept = path.with_name(f"{path.stem}.edited{path.suffix}")
    number = 2
    while kept.exists():
        kept = path.with_name(f"{path.stem}.edited-{number}{path.suffix}")
        number += 1
    return kept


def is_made(path: Path) -> bool:
    """Whether a file is what was made last: not hidden, no copy that `beside` has kept, no pipe."""
    kept = path.name.startswith(".") or _BESIDE.search(path.stem) is not None
    return not kept and path.is_file()


def _mask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def why(error: OSError) -> tuple[str, str]:
    """The reason why a file cannot be written, and what to do about it.

    >>> why(OSError(errno.ENOSPC, "No space left on device"))
    ('No space left on device', 'Make room on the disk, and try again')
    """
    advice = {
        errno.ENOSPC: "Make room on the disk, and try again",
        errno.EDQUOT: "Make room on the disk, and try again",
        errno.EACCES: "Close it in Excel or Word first, or choose a folder that can be written",
        errno.EPERM: "Close it in Excel or Word first, or choose a folder that can be written",
        errno.EROFS: "Choose a folder that can be written",
        errno.ENAMETOOLONG: "Choose a shorter name",
        errno.EISDIR: "A folder of that name is in the way",
        errno.EMFILE: "The system gives this program too few open files (ulimit -n)",
    }.get(error.errno or 0, "")
    return error.strerror or str(error), advice


# --- one writer at a time ------------------------------------------------------------------------


@contextlib.contextmanager
def locked(data: Path) -> Iterator[None]:
    """Be the only one who changes the data of a project; whoever comes later waits.

    The lock goes with the process that holds it, however that ends. What such a process has left
    behind is taken away. Where no lock can be had (a folder that cannot be written, a file system
    without locks), nothing is waited for.

    Parameters
    ----------
    data : Path
        The folder ``data`` of the project.
    """
    key = (os.getpid(), data.resolve())
    if key in _held:
        _held[key] += 1
        try:
            yield
        finally:
            _held[key] -= 1
        return
    lock = _opened(data)
    try:
        if lock is not None:
            _wait(lock, data)
            _sweep(data)
        _held[key] = 1
        yield
    finally:
        _held.pop(key, None)
        if lock is not None:
            _let_go(lock)


def _opened(data: Path) -> int | None:
    """What is locked: the folder itself, or a file in it where a system cannot lock folders."""
    with contextlib.suppress(OSError):
        if sys.platform != "win32":
            return os.open(data, os.O_RDONLY)
        (data / "processed").mkdir(exist_ok=True)
        return os.open(data / "processed" / _LOCK, os.O_RDWR | os.O_CREAT)
    return None


def _wait(lock: int, data: Path) -> None:
    start, told = time.monotonic(), False
    while not _take(lock):
        if not told and time.monotonic() - start > _SAID_AFTER:
            told = True
            print(f"waiting: another parstudy changes {data}", file=sys.stderr)
        time.sleep(0.05)


def _take(lock: int) -> bool:
    """Take the lock if nobody has it; a file system without locks has none to take."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(lock, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno not in (errno.EAGAIN, errno.EACCES, errno.EWOULDBLOCK, errno.EDEADLK)
    return True


def _let_go(lock: int) -> None:
    if sys.platform != "win32":
        import fcntl

        # said, not only closed: a process that was forked meanwhile has it open as well
        with contextlib.suppress(OSError):
            fcntl.flock(lock, fcntl.LOCK_UN)
    os.close(lock)


def _sweep(data: Path) -> None:
    """Take away what a process has left that held the lock and was killed."""
    for where in _WHERE:
        for name in _STAGED:
            for left in data.glob(f"{where}/{name}" if where else name):
                shutil.rmtree(left, ignore_errors=True)


# --- folders -------------------------------------------------------------------------------------


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
            if old is None or old.exists():
                shutil.rmtree(target, ignore_errors=True)
            if old is not None and old.exists():
                old.replace(target)
        raise
    for _, old in done:
        if old is not None:
            shutil.rmtree(old, ignore_errors=True)


def has_put_aside(parent: Path) -> bool:
    """Whether folders have been moved aside here, by one at work or by one that was killed."""
    return parent.is_dir() and next(parent.glob(f"{_ASIDE}*"), None) is not None


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
