"""Which reports there are to make: one province, many, or the main job."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from parstudy.dataset import Dataset, open_dataset
from parstudy.errors import RunError
from parstudy.project import Project
from parstudy.publish.exporter import refuse_unwritable
from parstudy.publish.word import write_word
from parstudy.runs import selection
from parstudy.runs.batch import foreseen, run_batch
from parstudy.runs.cluster import Cluster
from parstudy.runs.front import open_ways_of, renew_front
from parstudy.runs.keeping import sweep_leavings
from parstudy.runs.outcomes import BatchResult, Limits
from parstudy.runs.plan import Run, notebook_path, plan
from parstudy.runs.present import Present

if TYPE_CHECKING:
    from parstudy.kernels.warm import Template
    from parstudy.runs.upkeep import Left


class How(TypedDict, total=False):
    """How reports are made.

    Parameters
    ----------
    jobs : int or Cluster, optional
        Runs at the same time, or who makes them, as for `run_batch`.
    force : bool
        Make again what is up to date.
    dry_run : bool
        Make nothing; the result says what would be made, and why.
    limits : Limits, optional
        What a run may take.
    template : Template, optional
        As for `run_batch`.
    """

    jobs: int | Cluster | None
    force: bool
    dry_run: bool
    limits: Limits | None
    template: Template | None


def report(
    project: Project,
    notebook: str,
    parameters: Mapping[str, Any],
    *,
    languages: Sequence[str] | None = None,
    **how: Unpack[How],
) -> BatchResult:
    """Make one report in each language.

    Parameters
    ----------
    project : Project
        Where.
    notebook : str
        Name or path of the notebook.
    parameters : mapping
        Values by name of parameter; a `selection.Typed` is read as the notebook's types say.
    languages : sequence of str, optional
        ``vi``, ``en``; by default those of the project.
    **how
        As `How` has it.

    Raises
    ------
    ProvinceError, RunError
        If the province, the year or a parameter is not known; before anything runs.
    """

    def planned(dataset: Dataset) -> Sequence[Run]:
        """One run in each language."""
        chosen = selection.one(dataset, notebook_path(project.root, notebook), parameters)
        return plan(
            project.root,
            notebook,
            [chosen],
            languages=languages,
            fingerprint=dataset.fingerprint,
            synthetic=dataset.synthetic,
        )

    return _make(project, planned, **how)


def saved(
    project: Project, notebook: str, *, languages: Sequence[str] | None = None
) -> BatchResult:
    """Publish a notebook as it was saved, in each language; nothing is run.

    Parameters
    ----------
    project : Project
        Where.
    notebook : str
        Name or path of the notebook.
    languages : sequence of str, optional
        ``vi``, ``en``; by default those of the project.

    Raises
    ------
    RunError
        Those of `parstudy.runs.saved.publish_saved`.
    """
    from parstudy.runs.saved import publish_saved

    dataset = open_dataset(project)
    refuse_unwritable(project.reports)
    outcomes = tuple(publish_saved(project, notebook, languages))
    renew_front(project, dataset)
    return BatchResult(outcomes, seconds=sum(outcome.seconds for outcome in outcomes))


def batch(
    project: Project,
    values: Mapping[str, Sequence[Any]],
    *,
    languages: Sequence[str] | None = None,
    notebook: str = "province_report",
    **how: Unpack[How],
) -> BatchResult:
    """Make reports for every combination of values.

    Parameters
    ----------
    project : Project
        Where.
    values : mapping
        Values by name of parameter, each as for `report`; ``all`` for every province, region,
        index year, index or level that there are figures of. Parameters that are not named keep
        their defaults; ``province`` is ``all`` then.
    languages : sequence of str, optional
        ``vi``, ``en``; by default those of the project.
    notebook : str
        Name or path of the notebook.
    **how
        As `How` has it.

    Raises
    ------
    ProvinceError, RunError
        If a value is not known; before anything runs.
    """

    def planned(dataset: Dataset) -> Sequence[Run]:
        """A run for each combination."""
        return plan(
            project.root,
            notebook,
            selection.every(dataset, notebook_path(project.root, notebook), values),
            languages=languages,
            fingerprint=dataset.fingerprint,
            synthetic=dataset.synthetic,
        )

    return _make(project, planned, **how)


def everything(
    project: Project,
    *,
    languages: Sequence[str] | None = None,
    focus: str | None = None,
    notebooks: Sequence[str] | None = None,
    **how: Unpack[How],
) -> BatchResult:
    """The main job: every province for the best covered year, one province through all years.

    Parameters
    ----------
    project : Project
        Where.
    languages : sequence of str, optional
        ``vi``, ``en``; by default those of the project.
    focus : str, optional
        Province that gets a report for every index year with a figure of it; by default that of
        the project.
    notebooks : sequence of str, optional
        Only the reports of these.
    **how
        As `How` has it.
    """

    def planned(dataset: Dataset) -> Sequence[Run]:
        """The runs of the main job."""
        from parstudy.runs import main_job

        return main_job.planned(project, dataset, languages=languages, focus=focus, names=notebooks)

    return _make(project, planned, **how)


def refresh(project: Project, **how: Unpack[How]) -> tuple[BatchResult, list[Left]]:
    """Make again the reports that are there and out of date, each in its languages.

    Parameters
    ----------
    project : Project
        Where.
    **how
        As `How` has it.

    Returns
    -------
    BatchResult
        How it went.
    list of Left
        Reports that nothing makes any more.
    """
    left: list[Left] = []

    def planned(dataset: Dataset) -> Sequence[Run]:
        """Runs of the reports that are there."""
        from parstudy.runs import upkeep

        found = upkeep.look(project, dataset)
        left.extend(found.left)
        return found.runs

    return _make(project, planned, **how), left


def prune(project: Project, *, remove: bool = False) -> tuple[list[Left], list[Path]]:
    """Find the reports that nothing makes any more, and remove those whose notebook is unedited.

    Parameters
    ----------
    project : Project
        Where.
    remove : bool
        Remove them; otherwise they are only found.

    Returns
    -------
    list of Left
        The reports.
    list of Path
        The files that are gone.
    """
    from parstudy.runs import upkeep

    dataset = open_dataset(project)
    left = upkeep.look(project, dataset).left
    gone = upkeep.remove(left) if remove else []
    if gone:
        renew_front(project, dataset)
    return left, gone


def _make(
    project: Project,
    planned: Callable[[Dataset], Sequence[Run]],
    *,
    jobs: int | Cluster | None = None,
    force: bool = False,
    dry_run: bool = False,
    limits: Limits | None = None,
    template: Template | None = None,
) -> BatchResult:
    dataset = open_dataset(project)
    runs = planned(dataset)
    present = Present(project.reports, project.root, dataset.reads.digests)
    if dry_run:
        return foreseen(runs, force=force, present=present)
    refuse_unwritable(project.reports)
    sweep_leavings(project.root, project.reports)
    present.journal.shorten()
    result = run_batch(
        runs, jobs=jobs, force=force, limits=limits, present=present, template=template
    )
    untouched = len(result.skipped) == len(runs)
    renew_front(project, dataset, present if untouched else None)
    return result


def in_word(project: Project, result: BatchResult) -> Iterator[Path | RunError]:
    """Write a Word document beside each report of a batch that is there.

    Parameters
    ----------
    project : Project
        Where.
    result : BatchResult
        Of `report` or `batch`.

    Yields
    ------
    Path or RunError
        Each document, or why it was not written.
    """
    for outcome in (*result.made, *result.skipped):
        try:
            yield write_word(outcome.run.html_path)
        except RunError as error:
            yield error
    open_ways_of(Present(project.reports, project.root))
