"""The process that runs are forked from, started ahead of all that is slow to import.

It takes seconds to make ready, in which the command itself reads the tables and plans.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from parstudy.project import JOURNAL, Project

if TYPE_CHECKING:
    from parstudy.kernels.warm import Template


def warm_template(project: Path, languages: Iterable[str] = ()) -> Template | None:
    """A process to fork the kernels of a project's runs from; None where they cannot be.

    Parameters
    ----------
    project : Path
        Project folder.
    languages : iterable of str
        Those of the reports; all if none is named.
    """
    # where all is up to date nobody needs it
    from parstudy.kernels.ordinary import kernel_environment
    from parstudy.kernels.warm import Template, can_fork

    if not can_fork():
        return None
    # named, not imported: nobody but that process wants it
    ready = ("parstudy.runs._warm:make_ready", str(project), *languages)
    return Template.start(kernel_environment(project), warm=ready)


def template_if_wanted(
    project: Project, languages: Iterable[str], *, force: bool
) -> AbstractContextManager[Template | None]:
    """The same where there will surely be something to make; it ends with the context.

    Parameters
    ----------
    project : Project
        Whose reports.
    languages : iterable of str
        As for `warm_template`.
    force : bool
        Whether all of them are made again.
    """
    wanted = force or not (project.reports / JOURNAL).is_file()
    return (warm_template(project.root, languages) if wanted else None) or nullcontext()
