"""The main job: for what each notebook is run, by the rule that ``facts/notebooks.csv`` names.

A rule turns the data into parameters, one mapping a report; a notebook takes part by naming one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from parstudy import plans, settings
from parstudy.dataset import Dataset
from parstudy.dataset.rows import at
from parstudy.errors import ProvinceError, RunError
from parstudy.facts import criteria
from parstudy.facts.notebooks import notebooks
from parstudy.facts.provinces import resolve
from parstudy.project import Project
from parstudy.runs.plan import Run, notebook_path, plan
from parstudy.runs.selection import ENOUGH, LEVELS, complete, every, slugs
from parstudy.settings import OwnNotebook
from parstudy.studies import coverage, relations, safe_places
from parstudy.text import suggest

_PLANNED = "PAR_INDEX"  # the index that an improvement plan answers
_SURVEY = "SIPAS"  # the index whose errors are known
# years of a companion index, and of relations between indices, that the main job reports
_RECENT = 3

Parameters = list[dict[str, Any]]


@dataclass(frozen=True)
class Job:
    """What the rules look at.

    Attributes
    ----------
    project : Project
        Where.
    dataset : Dataset
        The built tables.
    focus : str
        Slug of the province that gets a report for every index year with a figure of it.
    year : int
        The best covered index year, for which every province gets one.
    """

    project: Project
    dataset: Dataset
    focus: str
    year: int


def planned(
    project: Project,
    dataset: Dataset,
    *,
    languages: Sequence[str] | None = None,
    focus: str | None = None,
    names: Sequence[str] | None = None,
) -> tuple[Run, ...]:
    """Runs of the main job, the notebooks that all readers want first.

    Parameters
    ----------
    project : Project
        Where.
    dataset : Dataset
        Its data.
    languages : sequence of str, optional
        Languages to make each report in; by default those of the project.
    focus : str, optional
        Province that gets a report for every index year; by default that of the project.
    names : sequence of str, optional
        Only the runs of these notebooks.

    Raises
    ------
    RunError
        ``no_notebook`` for one that has no part in the main job.
    """
    own = settings.read(project)
    own_sets = [notebook for notebook in own.notebooks if notebook.parameters]
    _refuse_strange(names or (), [notebook.name for notebook in own_sets])
    year = coverage.best_covered_year(dataset.scores)
    job = Job(project, dataset, resolve(focus or own.focus).province_id, year)
    runs: list[Run] = []
    # who has deleted a notebook that ships does not want its reports
    path = project.notebooks
    there = [n for n in notebooks().values() if (path / f"{n.name}.ipynb").is_file()]
    if not there and not own_sets:
        raise RunError(
            "no_notebook", "no notebooks", place=str(path), expected="a folder with notebooks"
        )
    for rule, parameters in RULES.items():
        for notebook in there:
            if notebook.main_job == rule and (names is None or notebook.name in names):
                runs += plan(
                    project.root,
                    notebook.name,
                    parameters(job),
                    languages=languages,
                    fingerprint=dataset.fingerprint,
                )
    for added in own_sets:
        if names is None or added.name in names:
            runs += _of_own(job, added, languages)
    return tuple(runs)


def _of_own(job: Job, added: OwnNotebook, languages: Sequence[str] | None) -> tuple[Run, ...]:
    """Runs of a notebook that the project adds: those that its file names."""
    try:
        path = notebook_path(job.project.root, added.name)
        parameters = [
            chosen for one in added.parameters for chosen in every(job.dataset, path, one)
        ]
        return plan(
            job.project.root,
            path,
            list({json.dumps(p, sort_keys=True): p for p in parameters}.values()),
            languages=languages,
            fingerprint=job.dataset.fingerprint,
        )
    except (RunError, ProvinceError) as error:
        raise RunError.of(
            error,
            message=f"{error.place}: {error.message}" if error.place else error.message,
            place=added.place,
            advice="" if "command line" in error.advice else error.advice,
        ) from None


def _refuse_strange(names: Iterable[str], own: Sequence[str]) -> None:
    known = [*(n.name for n in notebooks().values() if n.main_job), *own]
    for name in names:
        if name not in known:
            raise RunError(
                "no_notebook",
                "no notebook of the main job",
                found=repr(name),
                expected=suggest(name, known),
            )


def by_province(pairs: Iterable[tuple[str, int]]) -> Parameters:
    """Parameters of a notebook on a province and a year, each pair once.

    Parameters
    ----------
    pairs : iterable of (str, int)
        Slug and index year.
    """
    return [{"province": province, "year": year} for province, year in dict.fromkeys(pairs)]


# --- rules ---------------------------------------------------------------------------------------


def _each_release(job: Job) -> Parameters:
    own = criteria.own_indices()
    return [
        {"index": index, "year": year}
        for index in criteria.indices()
        for year in job.dataset.years(index)[0 if index in own else -_RECENT :]
    ]


def _parts_of_an_index(job: Job) -> Parameters:
    """Level and year with most complete provinces, and the newest year with enough of them."""
    return [
        {"index": code, "year": year, "level": level}
        for code, index in criteria.indices().items()
        if index.driven
        for level, year in _levels_and_years(job.dataset, code)
    ]


def _parts_and_changes(job: Job) -> Parameters:
    """As the parts of an index, and the newest years whose changes can be tested."""
    years = [y for y in job.dataset.years(_SURVEY) if safe_places.comparable(job.dataset, y)]
    tested: Parameters = [
        {"index": _SURVEY, "year": year, "level": LEVELS[0]} for year in years[-_RECENT:]
    ]
    return [*_parts_of_an_index(job), *tested]


def _levels_and_years(dataset: Dataset, index: str) -> list[tuple[str, int]]:
    found: set[tuple[str, int]] = set()
    for level in LEVELS:
        counted = {year: complete(dataset, index, year, level) for year in dataset.years(index)}
        enough = [year for year, n in counted.items() if n >= ENOUGH]
        if enough:
            best = max(enough, key=lambda year: (counted[year], year))
            found |= {(level, best), (level, max(enough))}
    return sorted(found)


def _related_years(job: Job) -> Parameters:
    """Newest years in which two indices have enough provinces in common."""
    found = []
    scores = job.dataset.scores
    for year in sorted({y for index in criteria.indices() for y in job.dataset.years(index)}):
        known = relations.ranks_of(scores, year).notna()
        pairs = combinations(known.columns, 2)
        if any((known[x] & known[y]).sum() >= ENOUGH for x, y in pairs):
            found.append({"year": year})
    return found[-_RECENT:]


def _provinces(job: Job) -> Parameters:
    """Every province in the best covered year, one province in all years."""
    every = [(province, job.year) for province in slugs(job.dataset, job.year)]
    return by_province(
        [*every, *((job.focus, year) for year in _years(job, criteria.own_indices()))]
    )


def _provinces_with_parts(job: Job) -> Parameters:
    """One province in all years; every one where the parts are known of most provinces."""
    pairs = [(job.focus, year) for year in _years(job, [_PLANNED])]
    every = slugs(job.dataset, job.year)
    known = max(complete(job.dataset, _PLANNED, job.year, level) for level in LEVELS)
    if 2 * known > len(every):
        pairs += [(province, job.year) for province in every]
    return by_province(pairs)


def _years(job: Job, indices: Sequence[str]) -> list[int]:
    """Years with a figure of the province that the job looks at closely."""
    own = at(job.dataset.figures, unit_id=job.focus, unit_level="province")
    return sorted(int(year) for year in own.loc[own["index_id"].isin(indices), "year"].unique())


RULES: Mapping[str, Callable[[Job], Parameters]] = {
    "once": lambda job: [{}],
    "each release": _each_release,
    "parts of an index": _parts_of_an_index,
    "parts and changes": _parts_and_changes,
    "related years": _related_years,
    "provinces": _provinces,
    "provinces with parts": _provinces_with_parts,
    "kept plans": lambda job: by_province((p.province, p.year) for _, p in plans.kept(job.project)),
}
"""Parameters of the reports by rule, in the order in which they are made."""
