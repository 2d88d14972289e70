"""Plans that a project keeps in ``data/plans``, and which of them is meant."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from parstudy import reads
from parstudy.dataset import Dataset
from parstudy.facts import criteria
from parstudy.facts.provinces import resolve
from parstudy.plans._draft import draft
from parstudy.plans._model import Plan, PlanError
from parstudy.plans._read import read
from parstudy.project import Project

_KINDS = (".toml", ".csv", ".xlsx", ".xls", ".ods")  # those that hold all of a plan


def folder_of(project: Project) -> Path:
    """Where a project keeps its plans; the folder need not exist."""
    return project.root / "data" / "plans"


def kept(project: Project) -> list[tuple[Path, Plan]]:
    """All plans of a project that can be read, by file name; the first of two that say the same.

    A file that is no plan is passed over here: `parstudy plan check` says what is wrong with it.
    """
    found: list[tuple[Path, Plan]] = []
    reads.tell_files(project.root, "data/plans")
    for path in sorted(folder_of(project).rglob("*")):
        if path.suffix.lower() not in _KINDS or path.name.startswith((".", "~")):
            continue
        try:
            plan = read(path)
        except PlanError:
            continue
        if not any(plan.equals(other) for _, other in found):
            found.append((path, plan))
    return found


def answering(project: Project, province: str, year: int) -> list[tuple[Path, Plan]]:
    """Plans of a project that answer an index year of a province (slug), by file name.

    Of several files of one decision (title and document) the first is taken.
    """
    found: dict[tuple[str, str], tuple[Path, Plan]] = {}
    for path, plan in kept(project):
        if (plan.province, plan.year) == (province, year):
            found.setdefault((plan.title, plan.document), (path, plan))
    return list(found.values())


def of(ds: Dataset, province: str, year: int, file: str = "") -> tuple[Plan, str]:
    """Find the plan of a province that answers an index year.

    Parameters
    ----------
    ds : Dataset
        Open dataset.
    province, year : str, int
        Whose plan, made from which index year.
    file : str
        A plan file: its path, or its name in ``data/plans`` with or without the ending.

    Returns
    -------
    (Plan, str)
        The plan, and the name of its file; empty where there is none and a plan was drafted from
        the figures instead.

    Raises
    ------
    PlanError
        ``no_plan`` if there is no such file, or what `read` raises.
    ProvinceError
        If the name is none of the units of that year.
    """
    if file:
        path = _named(ds.project, file)
        reads.tell_files(ds.project.root, path)
        plan = read(path)
        if not (plan.province and plan.year):  # a file that does not say whose it is
            unit = resolve(province, criteria.geography_of(year)).province_id
            plan = replace(plan, province=plan.province or unit, year=plan.year or year)
        return plan, path.name
    unit = resolve(province, criteria.geography_of(year)).province_id
    for path, plan in answering(ds.project, unit, year):
        return plan, path.name
    return draft(ds, province, year), ""


def _named(project: Project, file: str) -> Path:
    folder = folder_of(project)
    for path in (Path(file), folder / file, *(folder / f"{file}{kind}" for kind in _KINDS)):
        if path.is_file():
            return path
    raise PlanError(
        "no_plan",
        "no such plan file",
        place=str(folder),
        found=file,
        expected=" or ".join(path.name for path, _ in kept(project)) or "a plan file",
    )
