"""A notebook published as it was saved: nothing is run, any language and any package will do."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from copy import deepcopy
from typing import Any

from parstudy import settings
from parstudy.errors import RunError
from parstudy.kernels import MAY_FAIL
from parstudy.project import Project
from parstudy.publish.exporter import Exporter
from parstudy.publish.notebook import page_info, read_notebook, source_cells
from parstudy.publish.ordinary import Given
from parstudy.runs.execute import keep, rendered
from parstudy.runs.journal import Journal
from parstudy.runs.keeping import keep_error
from parstudy.runs.names import file_name
from parstudy.runs.outcomes import Outcome
from parstudy.runs.plan import Run, in_other_languages, notebook_path


def publish_saved(
    project: Project, notebook: str, languages: Sequence[str] | None = None
) -> Iterator[Outcome]:
    """Publish what a notebook has saved, in each language.

    Parameters
    ----------
    project : Project
        Where.
    notebook : str
        Name or path of the notebook.
    languages : sequence of str, optional
        By default those of the project.

    Raises
    ------
    RunError
        ``no_notebook``, ``bad_notebook``; ``nothing_saved`` where it has no outputs;
        ``has_page`` where its figures are those of the data, so that it has to be run.
    """
    path = notebook_path(project.root, notebook)
    nb = read_notebook(path)
    notes = tuple(_errors_let_be(nb))
    if not any(cell.get("outputs") for cell in nb.cells):
        raise RunError(
            "nothing_saved",
            "the notebook has saved nothing",
            place=str(path),
            found="no output in any cell",
            advice="Run it where its kernel is and save it, or leave out --saved",
        )
    if page_info(nb, path.name):
        raise RunError(
            "has_page",
            "a notebook with a Page has to be run",
            place=str(path),
            found="--saved",
            expected="its figures as they are in the data now",
            advice="Leave out --saved",
        )
    own = settings.read(project)
    spoken = list(own.languages if languages is None else languages)
    exporter, journal = Exporter(), Journal(project.reports)
    stem = file_name({}, {}, path.stem)
    for lang in spoken:
        run = Run(
            notebook=path,
            parameters={},
            html_path=project.reports / lang / path.stem / f"{stem}.html",
            project=project.root,
            alternates=in_other_languages(path.stem, stem, lang, spoken),
            office=own.office,
        )
        given = Given(lang=lang, notebook=run.called, folder=path.parent, saved=True)
        begun = time.perf_counter()
        try:
            finished = rendered(run, deepcopy(nb), given, (), exporter, notes=notes, begun=begun)
            made = keep(run, finished, journal)
            yield Outcome(run, "made", seconds=made.seconds, notes=made.notes)
        except RunError as error:
            keep_error(run, error)
            yield Outcome(run, "failed", reason=str(error), code=error.code)


def _errors_let_be(nb: Any) -> Iterator[str]:
    """Let the errors stand that a notebook was saved with, and tell of each."""
    for name, cell in source_cells(nb):
        for output in cell.get("outputs", ()):
            if output.output_type == "error":
                cell.metadata["tags"] = sorted({*cell.metadata.get("tags", ()), MAY_FAIL})
                yield f"{name}: it was saved with an error, {output.ename}"
