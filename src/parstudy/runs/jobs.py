"""Which reports there are to make: one province, many, or the main job."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Any

from parstudy import fetch
from parstudy.dataset import Dataset, open_dataset
from parstudy.errors import RunError
from parstudy.facts import criteria
from parstudy.facts.provinces import resolve
from parstudy.project import Project
from parstudy.publish import write_index
from parstudy.runs import main_job
from parstudy.runs.batch import BatchResult, run_batch
from parstudy.runs.plan import Run, plan
from parstudy.studies import agreement

ALL = "all"


def report(
    project: Project,
    notebook: str,
    parameters: Mapping[str, Any],
    *,
    languages: Sequence[str],
    force: bool = False,
) -> BatchResult:
    """Make one report in each language.

    Raises
    ------
    ProvinceError, RunError
        If the province, the year or a parameter is not known; before anything runs.
    """
    dataset = open_dataset(project)
    values = dict(parameters)
    if "year" in values:
        known_years(dataset, [values["year"]], values.get("index"))
    if "province" in values:
        values["province"] = resolve(
            values["province"], criteria.geography_of(values.get("year", 0))
        ).province_id
    runs = plan(
        project.root, notebook, [values], languages=languages, fingerprint=dataset.fingerprint
    )
    return _make(project, dataset, runs, force=force)


def batch(
    project: Project,
    *,
    provinces: Sequence[str],
    years: Sequence[int],
    languages: Sequence[str],
    notebook: str = "province_report",
    jobs: int | None = None,
    force: bool = False,
) -> BatchResult:
    """Make reports for all pairs of provinces and years.

    Parameters
    ----------
    project : Project
        Where.
    provinces : sequence of str
        Names or slugs; ``all`` for every unit.
    years : sequence of int
        Index years.
    languages : sequence of str
        ``vi``, ``en``.
    notebook : str
        A notebook with the parameters ``province`` and ``year``; others keep their defaults.
    jobs : int, optional
        Processes; one for each core by default.
    force : bool
        Make again what is up to date.

    Raises
    ------
    ProvinceError, RunError
        If a province or a year is not known; before anything runs.
    """
    dataset = open_dataset(project)
    known_years(dataset, years)
    runs = plan(
        project.root,
        notebook,
        main_job.by_province((p, y) for y in years for p in _slugs(dataset, provinces, y)),
        languages=languages,
        fingerprint=dataset.fingerprint,
    )
    return _make(project, dataset, runs, jobs=jobs, force=force)


def everything(
    project: Project,
    *,
    languages: Sequence[str],
    focus: str = "lang-son",
    jobs: int | None = None,
    force: bool = False,
) -> BatchResult:
    """The main job: every province for the best covered year, one province through all years.

    Parameters
    ----------
    project : Project
        Where.
    languages : sequence of str
        ``vi``, ``en``.
    focus : str
        Province that gets a report for every index year with a figure of it.
    jobs, force
        As for `batch`.
    """
    dataset = open_dataset(project)
    runs = main_job.planned(project, dataset, languages=languages, focus=focus)
    return _make(project, dataset, runs, jobs=jobs, force=force)


def known_years(dataset: Dataset, years: Sequence[int], index: str | None = None) -> None:
    """Refuse a year for which no release is in the data.

    Raises
    ------
    RunError
        ``no_data`` with the years that there are.
    """
    releases = dataset.releases
    if index is not None:
        releases = releases[releases["index"].eq(index)]
    known = sorted({int(y) for y in releases["year"]})
    for year in years:
        if year not in known:
            raise RunError(
                "no_data",
                "no release of this index year is in the data",
                found=f"{index} {year}" if index else str(year),
                expected=", ".join(map(str, known)),
                advice="Add the release below data/raw, see docs/add-a-release.md",
            )


def agreement_lines(dataset: Dataset) -> list[str]:
    """How far the open panels agree with all other sources, index by index."""
    found = []
    for index in criteria.indices():
        result = agreement.agreement(dataset, index)
        if not result.compared:
            continue
        found.append(
            f"{criteria.index(index).short}: {result.agree} of {result.compared} figures of open "
            "panels agree with other sources"
        )
        found += [
            f"  {row['year']} {row['province_id']} {row['component']} {row['measure']}: panel "
            f"{row['panel_text']}, {row['other_source_id']} {row['other_text']}"
            for row in result.disagreements.to_dict("records")
        ]
    return found or ["no figure of an open panel stands in another source as well"]


def fetchable_lines(project: Project) -> list[str]:
    """What is not in a project of real figures, and which command would bring it."""
    if open_dataset(project).synthetic:
        return []
    found = [f"  {m.command}: {m.gives['en']}" for m in fetch.missing(project)]
    return ["more can be fetched, and every notebook works on it:", *found] if found else []


def tell(result: BatchResult, project: Project) -> int:
    """Print how a batch ended; give the exit code."""
    print(
        f"{len(result.made)} made, {len(result.skipped)} up to date, "
        f"{len(result.failed)} failed in {result.seconds:.0f} s"
    )
    for outcome in result.failed:
        print(f"failed: {outcome.run.name}: {outcome.reason}", file=sys.stderr)
    if result.interrupted:
        print("stopped; run it again to make the rest", file=sys.stderr)
    for outcome in (*result.made, *result.skipped) if len(result.outcomes) <= 4 else ():
        print(outcome.run.html_path)
    print(project.reports / "index.html")
    return result.exit_code


def _make(
    project: Project,
    dataset: Dataset,
    runs: Sequence[Run],
    *,
    jobs: int | None = None,
    force: bool,
) -> BatchResult:
    result = run_batch(runs, jobs=jobs, force=force)
    write_index(project.reports, dataset)
    return result


def _slugs(dataset: Dataset, provinces: Sequence[str], year: int) -> list[str]:
    if ALL in provinces:
        return main_job.slugs(dataset, year)
    return [resolve(p, criteria.geography_of(year)).province_id for p in provinces]
