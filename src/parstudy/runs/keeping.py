"""The files of a run: what it puts in place, what it leaves alone, what was left by the dead."""

from __future__ import annotations

import contextlib
import glob
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from parstudy.archive import is_saved_since
from parstudy.errors import RunError
from parstudy.folders import beside
from parstudy.leavings import sweep, temporary
from parstudy.publish.exporter import put, write_whole
from parstudy.publish.word import renew_word
from parstudy.runs import package
from parstudy.runs.journal import Entry, Journal, Read, content_hash
from parstudy.runs.made import is_edited
from parstudy.runs.own_files import code_of
from parstudy.runs.plan import Run


@dataclass(frozen=True)
class Files:
    """What a run has made.

    Attributes
    ----------
    notebook : str
        The executed notebook.
    tables : bytes, optional
        Workbook of the tables.
    html : str
        The report.
    """

    notebook: str
    tables: bytes | None
    html: str

    @cached_property
    def content(self) -> str:
        """Hash of the report."""
        return content_hash(self.html.encode())


def put_in_place(run: Run, files: Files, journal: Journal) -> list[str]:
    """Write what a run has made where it is not there already; what is the same stays untouched.

    Parameters
    ----------
    run : Run
        Whose files they are.
    files : Files
        The files.
    journal : Journal
        Is told before the first one changes.

    Returns
    -------
    list of str
        What became of files beside it that somebody has worked on.

    Raises
    ------
    RunError
        ``not_writable``.
    """
    tables = run.html_path.with_suffix(".xlsx")
    html = _content(run.html_path)
    same = {
        run.notebook_path: _content(run.notebook_path) == files.notebook.encode(),
        tables: _content(tables) == files.tables,
        run.html_path: html is not None and content_hash(html) == files.content,
    }
    if all(same.values()) and run.name in journal.entries:
        return []
    made = journal.entries[run.name].html[2] if run.name in journal.entries else None
    journal.begin(run.name)
    notes = []
    if (kept := keep_edited(run.notebook_path, files.notebook.encode(), is_edited)) is not None:
        notes.append(f"the notebook beside the report had been edited; it is now {kept.name}")
    if (kept := keep_edited(tables, files.tables, is_saved_since)) is not None:
        notes.append(f"the workbook beside the report had been edited; it is now {kept.name}")
    changed = html is not None and content_hash(html) not in (made, files.content)
    if (
        made is not None
        and (kept := keep_edited(run.html_path, None, lambda _: changed)) is not None
    ):
        notes.append(f"the report had been edited; it is now {kept.name}")
    # the report last, since it is what readers look at
    for path, content in zip(same, (files.notebook, files.tables, files.html), strict=True):
        if not same[path]:
            put(path, content)
    if note := renew_word(run.html_path):
        notes.append(note)
    return notes


def note_made(
    run: Run, files: Files, read: Read, data: str, seconds: float, journal: Journal
) -> None:
    """Write into the journal how a report was made; its files are in place.

    Parameters
    ----------
    run : Run
        The run.
    files : Files
        What it has made.
    read, data : Read, str
        What it has read; fingerprint of all tables, empty if it read none.
    seconds : float
        How long it took.
    journal : Journal
        That of the folder of reports.
    """
    about = run.html_path.stat()
    html = (about.st_size, about.st_mtime_ns, files.content)
    entry = Entry(run.of, "", data, html, files.tables is not None, seconds)
    journal.end(run.name, entry, read, package.used(code_of(run.notebook)))


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def keep_edited(
    path: Path, content: bytes | None, is_edited: Callable[[Path], bool]
) -> Path | None:
    """Keep a file that somebody has changed, before another takes its place.

    Parameters
    ----------
    path : Path
        The file.
    content : bytes or None
        What is to take its place; None where nothing does.
    is_edited : callable
        Whether a file is not as it was made.

    Returns
    -------
    Path or None
        Where it is now; None if there was none, or if it was as it had been made.

    Raises
    ------
    RunError
        ``not_writable``.
    """
    if not path.is_file() or path.read_bytes() == content or not is_edited(path):
        return None
    kept = beside(path)
    try:
        path.rename(kept)
    except OSError as error:
        raise RunError(
            "not_writable",
            f"an edited file cannot be kept under another name: {error.strerror}",
            place=str(path),
        ) from error
    return kept


def keep_error(run: Run, error: RunError) -> None:
    """Put the whole story beside the report; a report of before stays what it is."""
    discard(run)
    parameters = "\n".join(f"  {name} = {value!r}" for name, value in run.parameters.items())
    notes = "\n\n".join(getattr(error, "__notes__", ()))
    # the reason of the failure matters more than where it is kept
    with contextlib.suppress(RunError):
        write_whole(
            run.error_path, f"{error}\n\n{run.notebook}\n{parameters}\n\n{notes}".rstrip() + "\n"
        )


def discard(run: Run) -> None:
    """Remove whatever a run that did not end has left."""
    for path in (run.html_path, run.notebook_path, run.error_path):
        sweep(path.parent.glob(f".{glob.escape(path.name)}.*.part"))


def sweep_leavings(project: Path, reports: Path) -> int:
    """Remove what killed programs have left: halves of files, kernels' sockets; gives how many.

    Parameters
    ----------
    project : Path
        Project folder.
    reports : Path
        Folder of reports.
    """
    return sum(
        map(
            sweep,
            (
                reports.rglob(".*.part"),
                (project / "data").glob(".processed*"),
                temporary().glob("ps.*"),
            ),
        )
    )
