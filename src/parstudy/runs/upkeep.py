"""Keeping a folder of reports in order: what is out of date, what nothing makes any more."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from parstudy import settings
from parstudy.dataset import Dataset
from parstudy.errors import ParstudyError, RunError
from parstudy.project import Project
from parstudy.runs import main_job, selection
from parstudy.runs.made import Report, reports
from parstudy.runs.plan import Run, plan


@dataclass(frozen=True)
class Left:
    """A report that nothing makes any more.

    Attributes
    ----------
    report : Report
        The report.
    reason : str
        Why not.
    """

    report: Report
    reason: str


@dataclass
class Found:
    """What a look at the reports has found.

    Attributes
    ----------
    runs : list of Run
        Runs that make what is there; those that are up to date among them.
    left : list of Left
        Reports that none of them makes.
    """

    runs: list[Run] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)


def look(project: Project, dataset: Dataset) -> Found:
    """Say of each report that is there which run makes it, or why none does.

    Parameters
    ----------
    project : Project
        Where.
    dataset : Dataset
        Its data.

    Raises
    ------
    ProjectError, RunError
        Those of ``parstudy.toml``.
    """
    own = settings.read(project)
    wanted = _sets(project, dataset)
    together: dict[tuple[Path, str], list[Report]] = {}
    found = Found()
    for report in reports(project):
        reason = ""
        if not report.notebook.is_file():
            reason = "its notebook is gone"
        elif report.lang not in own.languages:
            reason = "its language is none of the project's"
        elif report.path not in wanted.get(report.notebook, {report.path}):
            reason = "no parameter set names it"
        else:
            try:
                selection.one(dataset, report.notebook, report.parameters)
            except ParstudyError as error:
                reason = error.message
        if reason:
            found.left.append(Left(report, reason))
        else:
            together.setdefault((report.notebook, _key(report.parameters)), []).append(report)
    planned = _planned(project, dataset, together)
    paths = {run.html_path.with_suffix(".ipynb") for run in planned}
    for members in together.values():
        found.left += [Left(r, "its name is another now") for r in members if r.path not in paths]
    found.runs = planned
    return found


def _planned(
    project: Project, dataset: Dataset, together: Mapping[tuple[Path, str], Sequence[Report]]
) -> list[Run]:
    """Runs of what is there, in the languages in which it is there."""
    by_notebook: dict[tuple[Path, tuple[str, ...]], list[Mapping[str, Any]]] = {}
    for (notebook, _), members in together.items():
        spoken = tuple(r.lang for r in members)
        by_notebook.setdefault((notebook, spoken), []).append(members[0].parameters)
    return [
        run
        for (notebook, spoken), parameters in by_notebook.items()
        for run in plan(
            project.root,
            notebook,
            parameters,
            languages=spoken,
            fingerprint=dataset.fingerprint,
        )
    ]


def _sets(project: Project, dataset: Dataset) -> dict[Path, set[Path]]:
    """What the main job makes of the notebooks that have parameter sets in ``parstudy.toml``."""
    names = [own.name for own in settings.read(project).notebooks if own.parameters]
    wanted: dict[Path, set[Path]] = {}
    for run in main_job.planned(project, dataset, names=names) if names else ():
        wanted.setdefault(run.notebook, set()).add(run.notebook_path)
    return wanted


def _key(parameters: Mapping[str, Any]) -> str:
    named = {name: value for name, value in parameters.items() if name != "lang"}
    return json.dumps(named, sort_keys=True, ensure_ascii=False)


def remove(left: Sequence[Left]) -> list[Path]:
    """Remove reports that nothing makes any more; those with an edited notebook stay.

    Parameters
    ----------
    left : sequence of Left
        From :func:`look`.

    Returns
    -------
    list of Path
        The files that are gone.

    Raises
    ------
    RunError
        ``not_writable``.
    """
    gone: list[Path] = []
    for one in left:
        if one.report.edited:
            continue
        for path in one.report.files:
            try:
                path.unlink()
            except OSError as error:
                raise RunError(
                    "not_writable", f"cannot be removed: {error.strerror}", place=str(path)
                ) from None
            gone.append(path)
    return gone
