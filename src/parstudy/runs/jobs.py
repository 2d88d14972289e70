"""Which reports there are to make: one province, many, or the main job."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

from parstudy import fetch, plans
from parstudy.dataset import Dataset, open_dataset
from parstudy.dataset.rows import at
from parstudy.errors import RunError
from parstudy.facts import criteria
from parstudy.facts.provinces import resolve
from parstudy.project import Project
from parstudy.publish import write_index
from parstudy.runs.batch import BatchResult, run_batch
from parstudy.runs.plan import Run, plan
from parstudy.studies import agreement, coverage, relations

ALL = "all"
_LEVELS = ("score_source", "area", "criterion", "subcriterion", "part")
_ENOUGH = 8
_OWN = ("PAR_INDEX", "SIPAS")
# years of a companion index, and of relations between indices, that the main job reports
_RECENT = 3


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
    return _make(project, dataset, runs, jobs=None, force=force)


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
    pairs = [(unit, year) for year in years for unit in _units(dataset, provinces, year)]
    runs = _province_runs(project, dataset, pairs, languages, notebook)
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
    runs = everything_planned(project, dataset, languages=languages, focus=focus)
    return _make(project, dataset, runs, jobs=jobs, force=force)


def everything_planned(
    project: Project, dataset: Dataset, *, languages: Sequence[str], focus: str
) -> tuple[Run, ...]:
    """Runs of the main job, the notebooks that all readers want first."""
    year = coverage.best_covered_year(dataset.scores)
    unit = resolve(focus).province_id
    pairs = [(p, year) for p in _units(dataset, [ALL], year)]
    pairs += [(unit, y) for y in _years_of(dataset, unit) if y != year]
    releases = [
        {"index": index, "year": y}
        for index in criteria.indices()
        for y in dataset.years(index)[0 if index in _OWN else -_RECENT :]
    ]
    common: dict[str, Any] = {"languages": languages, "fingerprint": dataset.fingerprint}
    planned = [(unit, y) for y in _years_of(dataset, unit, "PAR_INDEX")]
    if _components_known(dataset, year):
        planned += [(p, year) for p in _units(dataset, [ALL], year) if (p, year) not in planned]
    answered = [(p.province, p.year) for _, p in plans.kept(project)]
    related = [{"year": y} for y in _related_years(dataset)]
    return (
        *plan(project.root, "data_audit", [{}], **common),
        *plan(project.root, "national_overview", releases, **common),
        *plan(project.root, "drivers", _drivers(dataset), **common),
        *plan(project.root, "index_relations", related, **common),
        *_province_runs(project, dataset, pairs, languages),
        *_province_runs(project, dataset, planned, languages, "improvement_plan"),
        *_province_runs(project, dataset, answered, languages, "plan_evaluation"),
    )


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
        result = agreement.of(dataset, index)
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
    print(_index(project))
    return result.exit_code


def _make(
    project: Project, dataset: Dataset, runs: Sequence[Run], *, jobs: int | None, force: bool
) -> BatchResult:
    result = run_batch(runs, jobs=jobs, force=force)
    write_index(project.reports, dataset)
    return result


def _index(project: Project) -> Path:
    return project.reports / "index.html"


def _province_runs(
    project: Project,
    dataset: Dataset,
    pairs: Sequence[tuple[str, int]],
    languages: Sequence[str],
    notebook: str = "province_report",
) -> tuple[Run, ...]:
    unique = dict.fromkeys(pairs)
    return plan(
        project.root,
        notebook,
        [{"province": province, "year": year} for province, year in unique],
        languages=languages,
        fingerprint=dataset.fingerprint,
    )


def _units(dataset: Dataset, provinces: Sequence[str], year: int) -> list[str]:
    if ALL in provinces:
        return sorted(dataset.units(year)["province_id"])
    geography = criteria.geography_of(year)
    return [resolve(p, geography).province_id for p in provinces]


def _years_of(dataset: Dataset, province: str, index: str | None = None) -> list[int]:
    figures = dataset.figures
    own = at(figures, unit_id=province, unit_level="province")
    own = own[own["index"].isin(_OWN if index is None else [index])]
    return sorted(int(y) for y in own["year"].unique())


def _components_known(dataset: Dataset, year: int) -> bool:
    """Whether the components of PAR INDEX are known of most units of a year."""
    known = [
        len(coverage.component_frame(
            dataset.scores, dataset.components, index="PAR_INDEX", year=year, level=level
        ))
        for level in _LEVELS
    ]  # fmt: skip
    return 2 * max(known) > len(_units(dataset, [ALL], year))


def _related_years(dataset: Dataset) -> list[int]:
    """Newest years in which two indices have enough provinces in common."""
    found = []
    for year in sorted({y for index in criteria.indices() for y in dataset.years(index)}):
        known = relations.places(dataset.scores, year).notna()
        pairs = combinations(known.columns, 2)
        if any((known[x] & known[y]).sum() >= _ENOUGH for x, y in pairs):
            found.append(year)
    return found[-_RECENT:]


def _drivers(dataset: Dataset) -> list[dict[str, Any]]:
    """Level and year with most complete provinces, and the newest year with enough of them."""
    return [
        {"index": index, "year": year, "level": level}
        for index in ("PAR_INDEX", "PAPI", "PCI")
        for level, year in _driven(dataset, index)
    ]


def _driven(dataset: Dataset, index: str) -> list[tuple[str, int]]:
    found: set[tuple[str, int]] = set()
    for level in _LEVELS:
        counted = {
            int(year): len(
                coverage.component_frame(
                    dataset.scores,
                    dataset.components,
                    index=index,
                    year=int(year),
                    level=level,
                )
            )
            for year in dataset.years(index)
        }
        enough = [y for y, n in counted.items() if n >= _ENOUGH]
        if enough:
            best = max(enough, key=lambda y: (counted[y], y))
            found |= {(level, best), (level, max(enough))}
    return sorted(found)
