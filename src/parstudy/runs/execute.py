"""Run one notebook with its parameters and publish what it shows, whole or not at all."""

from __future__ import annotations

import contextlib
import re
import tempfile
import time
import traceback
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from parstudy import reads
from parstudy.dataset.reading import fingerprint_of
from parstudy.errors import RunError
from parstudy.kernels.ordinary import kernel_environment
from parstudy.leavings import mark, temporary
from parstudy.publish.exporter import Exporter
from parstudy.publish.hiding import skip_what_is_not_to_run
from parstudy.publish.notebook import page_info, read_notebook, source_cells
from parstudy.publish.office import with_office
from parstudy.publish.ordinary import Given
from parstudy.publish.own_files import with_own_files
from parstudy.publish.quick import quick_import
from parstudy.publish.steady import make_steady
from parstudy.publish.widgets import show_widgets
from parstudy.publish.workbook import workbook
from parstudy.runs.journal import Journal, Read
from parstudy.runs.keeping import Files, discard, keep_error, note_made, put_in_place
from parstudy.runs.made import MADE, made_from
from parstudy.runs.plan import Run
from parstudy.runs.present import parts_told, read_by

if TYPE_CHECKING:
    from parstudy.kernels.warm import Template

START_TIMEOUT = 300
"""Seconds a kernel may take to start: many starting at once on few cores are slow."""

# a cell's lines stand in a file whose name is the number of a process
_PLACE = re.compile(r"^\S*ipykernel_\d+\S*:(\d+): ", re.MULTILINE)
_CELL_FILE = re.compile(r"\(\d+\.py, (line \d+)\)")  # the name that a kernel gives to a cell
_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_LINES = 3  # of what one cell wrote to stderr
_LACKS = "Install it beside parstudy, or publish what the notebook has saved with --saved."
_KEPT_LANGUAGE_INFO = ("name", "file_extension", "mimetype", "pygments_lexer")


@dataclass(frozen=True)
class Made:
    """A report that was made.

    Attributes
    ----------
    run : Run
        What was run.
    html_path, notebook_path : Path
        The report, and the executed notebook for who wants to edit it.
    title, summary : str
        The report's title and its finding.
    seconds : float
        How long it took.
    notes : tuple of str
        Warnings of the notebook, and what else its author may want to know.
    """

    run: Run
    html_path: Path
    notebook_path: Path
    title: str
    summary: str
    seconds: float
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Finished:
    """What a run has made, before any of it is written.

    Attributes
    ----------
    files : Files
        Executed notebook, workbook, report.
    read, data : Read, str
        What it has read; fingerprint of all tables, empty if it read none.
    title, summary : str
        The report's title and its finding.
    seconds : float
        How long it took.
    notes : tuple of str
        Warnings of the notebook, and what else its author may want to know.
    """

    files: Files
    read: Read
    data: str
    title: str
    summary: str
    seconds: float
    notes: tuple[str, ...] = ()


def execute(
    run: Run,
    exporter: Exporter | None = None,
    *,
    template: Template | None = None,
    journal: Journal | None = None,
    timeout: float = 0,
    memory: int = 0,
    strict: bool = False,
    start_timeout: int = START_TIMEOUT,
) -> Made:
    """Make one report.

    Parameters
    ----------
    run : Run
        From :func:`parstudy.runs.plan`, which has checked it.
    exporter : Exporter, optional
        One to use again for many runs.
    template : Template, optional
        Process to fork the kernel from; without, the kernel is a process of its own.
    journal : Journal, optional
        That of the folder of reports, if it is open already.
    timeout : float
        Seconds the notebook may take; 0 for no limit.
    memory : int
        Bytes of memory the kernel may take; 0 for no limit.
    strict : bool
        Whether a warning stops the run; a cell tagged ``strict`` has it so in any case.
    start_timeout : int
        Seconds the kernel may take to start.

    Returns
    -------
    Made

    Raises
    ------
    RunError
        The notebook failed (``notebook_failed``, ``notebook_stopped``, ``kernel_died``,
        ``timeout``), warned where it must not (``stderr``), used other data than planned
        (``data_changed``), or did not show what it must (see
        :meth:`parstudy.publish.Exporter.render`). Its traceback is then in ``run.error_path``;
        a report of before and its notebook are left as they were.

    Notes
    -----
    Files that come out as they are there stay untouched.
    """
    journal = Journal(run.reports) if journal is None else journal
    try:
        finished = make(
            run,
            exporter,
            template=template,
            timeout=timeout,
            memory=memory,
            strict=strict,
            start_timeout=start_timeout,
        )
        return keep(run, finished, journal)
    except RunError as error:
        keep_error(run, error)
        raise
    except BaseException:  # Ctrl-C
        discard(run)
        raise


def make(
    run: Run, exporter: Exporter | None = None, *, strict: bool = False, **limits: Any
) -> Finished:
    """Run a notebook and render what it shows, as `execute` does; nothing is written.

    Parameters
    ----------
    run, exporter, strict
        As for `execute`.
    **limits
        ``template``, ``timeout``, ``memory`` and ``start_timeout``, as for `execute`.

    Raises
    ------
    RunError
        Those of `execute`.
    """
    begun = time.perf_counter()
    limits = {"timeout": 0, "memory": 0, "start_timeout": START_TIMEOUT, **limits}
    with _faults_told(run):
        nb, told = _executed(run, **limits)
        page_info(nb, run.name)  # whether it came to its end: papermill takes exit(0) for success
        notes = _warnings(nb, run, strict=strict)
        return rendered(run, nb, _given(run, told), told, exporter, notes=notes, begun=begun)


def rendered(
    run: Run,
    nb: Any,
    given: Given,
    told: Sequence[Sequence[Any]],
    exporter: Exporter | None = None,
    *,
    notes: Sequence[str] = (),
    begun: float,
) -> Finished:
    """Render what an executed notebook shows.

    Parameters
    ----------
    run : Run
        What was run.
    nb : NotebookNode
        The executed notebook; it is changed.
    given, told
        What an ordinary notebook is published with, and what was told that it read.
    exporter : Exporter, optional
        One to use again for many runs.
    notes : sequence of str
        What its author may want to know already.
    begun : float
        When it was begun, by `time.perf_counter`.

    Raises
    ------
    RunError
        See `parstudy.publish.Exporter.render`.
    """
    show_widgets(nb)
    _normalise(nb, ran=not given.saved)
    report = (exporter or Exporter()).render(
        nb,
        alternates=run.alternates,
        index_href=run.index_href,
        place=run.name,
        given=given,
        steady=True,
    )
    read, data = read_by(run, told, report.page)
    nb.metadata[MADE] = made_from(run, nb, saved=given.saved)
    lang = report.page.lang
    html = with_own_files(report.html, run.own_files, lang)
    return Finished(
        files=Files(_written(nb), workbook(html, lang), with_office(html, run.office, [lang])),
        read=read,
        data=data,
        title=report.page.title,
        summary=report.page.summary,
        seconds=time.perf_counter() - begun,
        notes=(*notes, *report.notes),
    )


def keep(run: Run, finished: Finished, journal: Journal) -> Made:
    """Put the files of a finished run in place and note in the journal how they were made.

    Parameters
    ----------
    run : Run
        The run.
    finished : Finished
        What it has made, here or on another machine.
    journal : Journal
        That of the folder of reports.

    Raises
    ------
    RunError
        ``not_writable``.
    """
    begun = time.perf_counter()
    with _faults_told(run):
        notes = put_in_place(run, finished.files, journal)
        run.error_path.unlink(missing_ok=True)
        seconds = finished.seconds + time.perf_counter() - begun
        note_made(run, finished.files, finished.read, finished.data, seconds, journal)
    return Made(
        run=run,
        html_path=run.html_path,
        notebook_path=run.notebook_path,
        title=finished.title,
        summary=finished.summary,
        seconds=seconds,
        notes=(*notes, *finished.notes),
    )


@contextlib.contextmanager
def _faults_told(run: Run) -> Iterator[None]:
    """A fault of ours or of a library costs one run, and its traceback is kept."""
    try:
        yield
    except RunError:
        raise
    except Exception as error:
        message = f"an error in the program, {type(error).__name__}"
        trace = "".join(traceback.format_exception(error))
        raise _failed(run, "unexpected", message, str(error), trace) from error


def _executed(run: Run, **limits: Any) -> tuple[Any, list[list[Any]]]:
    """The executed notebook, and what it told that it read."""
    with tempfile.TemporaryDirectory(
        prefix=f"ps{mark()}-", dir=temporary(), ignore_cleanup_errors=True
    ) as private:
        sink = Path(private) / "reads"
        nb = _in_kernel(run, {reads.VARIABLE: str(sink)}, **limits)
        return nb, list(reads.told(sink))


def _in_kernel(run: Run, environment: Mapping[str, str], **limits: Any) -> Any:
    engine = quick_import("parstudy.kernels.engine")
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from papermill.exceptions import PapermillExecutionError

    nb = read_notebook(run.notebook)
    skip_what_is_not_to_run(nb)
    try:
        return engine.execute(
            nb,
            dict(run.parameters),
            folder=str(_folder(run)),
            environment=kernel_environment(run.project),
            # the runner knows the name of a notebook that was copied, the notebook does not
            own={"PARSTUDY_NOTEBOOK": run.called, **environment},
            **limits,
        )
    except PapermillExecutionError as error:
        message = f"{_source_cell(nb, error.cell_index, run)} stopped with {error.ename}"
        story = "\n".join([error.source, "", *error.traceback])
        lacks = _LACKS if error.ename == "ModuleNotFoundError" else ""
        raise _failed(run, "notebook_failed", message, error.evalue, story, lacks) from None
    except CellTimeoutError:
        seconds = limits["timeout"]
        message = f"the notebook was not done after {seconds:g} s"
        advice = "Give it more time with --timeout SECONDS"
        raise RunError("timeout", message, place=run.name, advice=advice) from None
    except (DeadKernelError, RuntimeError) as error:
        story = "\n".join([str(error), *getattr(error, "__notes__", ())])
        at = getattr(error, "cell_index", None)
        where = "" if at is None else f"{_source_cell(nb, at, run)}: "
        message = f"{where}the kernel died or did not start"
        raise _failed(run, "kernel_died", message, str(error), story) from error


def _source_cell(nb: Any, position: int, run: Run) -> str:
    """Name of a cell of the source by its position behind the parameters that were put in."""
    if not run.parameters:
        return f"cell {position + 1}"
    tagged = [i for i, c in enumerate(nb.cells) if "parameters" in c.metadata.get("tags", ())]
    added = tagged[0] + 1 if tagged else 0
    return (
        "the cell of parameters" if position == added else f"cell {position + (position < added)}"
    )


def _failed(
    run: Run, code: str, message: str, found: str, story: str, advice: str = ""
) -> RunError:
    """An error whose whole story is kept beside where the report would be."""
    advice = f"{advice} See {run.error_path.name}".strip()
    found = _CELL_FILE.sub(r"(\1)", _first_line(found))
    error = RunError(code, message, place=run.name, found=found, advice=advice)
    error.add_note(_ANSI.sub("", story))
    return error


def _folder(run: Run) -> Path:
    """Working directory of the kernel: where the notebook is, with what lies beside it."""
    return run.notebook.parent


def _given(run: Run, told: Sequence[Sequence[Any]]) -> Given:
    """What a notebook without a page is published with."""
    parts = parts_told(told)
    return Given(
        lang=run.lang,
        notebook=run.called,
        parameters=run.parameters,
        synthetic=run.synthetic,
        fingerprint=fingerprint_of(parts) if parts else "",
        folder=run.notebook.parent,
    )


def _first_line(text: str, length: int = 200) -> str:
    text = _ANSI.sub("", text)
    line = next((line.strip() for line in text.splitlines() if line.strip()), "")
    return line if len(line) <= length else f"{line[: length - 1]}…"


def _warnings(nb: Any, run: Run, *, strict: bool) -> list[str]:
    """What the cells wrote to stderr, a line for each cell; it never enters the report."""
    found = []
    for number, cell in source_cells(nb):
        outputs = cell.get("outputs", ())
        said = "".join(o.text for o in outputs if o.output_type == "stream" and o.name == "stderr")
        if not said.strip():
            continue
        said = _PLACE.sub(r"line \1: ", said)
        if strict or "strict" in cell.metadata.get("tags", ()):
            story = f"{cell.source}\n\n{said}"
            raise _failed(run, "stderr", f"{number} wrote a warning", said, story)
        # what is set in belongs to the line above it
        lines = [line for line in said.split("\n") if line.strip() and not line[0].isspace()]
        found.append(f"{number}: {'; '.join(map(_first_line, lines[:_LINES] or [said]))}")
    return found


def _normalise(nb: Any, *, ran: bool = True) -> None:
    """Take out what differs between two runs of the same thing: clocks, random ids, paths."""
    make_steady(nb)
    nb.metadata.pop("papermill", None)
    nb.metadata.pop("widgets", None)
    info = nb.metadata.get("language_info", {})
    kept = {key: info[key] for key in _KEPT_LANGUAGE_INFO if key in info}
    if ran:
        nb.metadata["kernelspec"] = {
            "display_name": "Python 3",
            "language": "python",
            "name": "python3",
        }
    spoken = nb.metadata.get("kernelspec", {}).get("language", "python")
    nb.metadata["language_info"] = {"name": str(spoken), **kept}
    nb.nbformat, nb.nbformat_minor = 4, 5
    for position, cell in enumerate(nb.cells):
        for key in ("papermill", "execution", "collapsed", "scrolled"):
            cell.metadata.pop(key, None)
        if not cell.metadata.get("tags"):
            cell.metadata.pop("tags", None)
        cell["id"] = f"cell-{position:03d}"
        if cell.cell_type == "code":
            cell.outputs = _merged(cell.outputs)


def _merged(outputs: list[Any]) -> list[Any]:
    """Outputs with neighbouring pieces of stdout as one; how it is cut depends on the clock."""
    merged: list[Any] = []
    for output in outputs:
        if output.output_type == "stream":
            if output.name == "stderr":
                continue
            if merged and merged[-1].output_type == "stream":
                merged[-1]["text"] += output.text
                continue
        merged.append(output)
    return merged


def _written(nb: Any) -> str:
    return str(quick_import("nbformat").writes(nb)).rstrip("\n") + "\n"
