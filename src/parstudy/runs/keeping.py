"""The files of a run: what it puts in place, what it leaves alone, what was left by the dead."""

from __future__ import annotations

import contextlib
import glob
import tempfile
from pathlib import Path

from parstudy.errors import RunError
from parstudy.leavings import sweep
from parstudy.publish.exporter import write_whole
from parstudy.runs.made import is_edited, kept_name
from parstudy.runs.plan import Run


def keep_edited(run: Run, notebook: str) -> Path | None:
    """Keep an executed notebook that somebody has changed, before another takes its place.

    Parameters
    ----------
    run : Run
        Whose notebook it is.
    notebook : str
        The one that is to take its place.

    Returns
    -------
    Path or None
        Where it is now; None if there was none, or if it was as it had been made.

    Raises
    ------
    RunError
        ``not_writable``.
    """
    path = run.notebook_path
    if not path.is_file() or path.read_bytes() == notebook.encode() or not is_edited(path):
        return None
    kept = next(p for n in range(1, 10_000) if not (p := kept_name(path, n)).exists())
    try:
        path.rename(kept)
    except OSError as error:
        raise RunError(
            "not_writable",
            f"an edited notebook cannot be kept under another name: {error.strerror}",
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
                Path(tempfile.gettempdir()).glob("ps.*"),
            ),
        )
    )
