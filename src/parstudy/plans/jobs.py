"""What ``parstudy plan`` does: draft a plan into a file, check one, write one in another form."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from parstudy import budget
from parstudy.dataset import Dataset
from parstudy.facts import criteria
from parstudy.facts.provinces import resolve
from parstudy.plans import _write
from parstudy.plans._check import check
from parstudy.plans._draft import draft
from parstudy.plans._model import Plan, PlanError
from parstudy.plans._read import read


@dataclass(frozen=True)
class Outcome:
    """How a job ended.

    Attributes
    ----------
    text : tuple of str
        What to print, one line each.
    ok : bool
        Whether nothing has to be mended.
    path : Path or None
        The file that was written.
    """

    text: tuple[str, ...]
    ok: bool = True
    path: Path | None = None

    @property
    def exit_code(self) -> int:
        """0 if nothing has to be mended, else 2."""
        return 0 if self.ok else 2

    def lines(self) -> list[str]:
        """What to print."""
        return list(self.text)


def new(
    ds: Dataset,
    province: str,
    year: int,
    out: str | Path = "",
    *,
    force: bool = False,
) -> Outcome:
    """Draft a plan from the figures of an index year and write it.

    Parameters
    ----------
    ds : Dataset
        Open dataset.
    province : str
        Slug, name or any known spelling.
    year : int
        Index year that the plan answers.
    out : str or Path, optional
        File; ``<province>-<year>.xlsx`` in the current folder by default.
    force : bool
        Replace a file that is there already.

    Raises
    ------
    PlanError
        ``file_exists``, ``unknown_format``, ``cannot_write``.
    ProvinceError
        If the name is none of the units of that year.
    """
    plan = draft(ds, province, year)
    path = _free(Path(out or f"{plan.province}-{plan.year}.xlsx"), force)
    _write.write(plan, path)
    return Outcome((*_summary(plan), str(path)), path=path)


def check_file(
    path: str | Path,
    ds: Dataset,
    *,
    province: str = "",
    year: int = 0,
    limits: budget.Limits = budget.USUAL,
) -> Outcome:
    """Read a plan and compare it with the criteria set, the figures and the departments.

    Parameters
    ----------
    path : str or Path
        A plan in a format that :func:`parstudy.plans.read` knows.
    ds : Dataset
        Open dataset.
    province, year : str, int, optional
        Whose plan, made from which index year, where the file does not say (a sheet saved as CSV
        has lost it).
    limits : Limits, optional
        What reading the file may take.

    Raises
    ------
    PlanError
        ``another_plan`` if the file says otherwise, or that it cannot be read at all.
    ProvinceError
        If the name is none of the units of that year.
    """
    checked = check(_attributed(read(path, limits), str(path), province, year), ds)
    return Outcome(tuple(checked.lines()), not checked.errors)


def _attributed(plan: Plan, place: str, province: str, year: int) -> Plan:
    about = plan.year or year
    unit = resolve(province, criteria.geography_of(about)).province_id if province else ""
    for told, given in ((plan.province, unit), (plan.year, year)):
        if told and given and told != given:
            raise PlanError(
                "another_plan", "the file says that it is another plan", place=place,
                found=str(told), expected=str(given),
            )  # fmt: skip
    return replace(plan, province=plan.province or unit, year=about)


def export_file(
    path: str | Path,
    format: str = "",
    out: str | Path = "",
    *,
    force: bool = False,
    limits: budget.Limits = budget.USUAL,
) -> Outcome:
    """Write a plan in another form.

    Parameters
    ----------
    path : str or Path
        A plan in a format that :func:`parstudy.plans.read` knows.
    format : {"docx", "xlsx", "html", "csv", "toml"}, optional
        By default as the suffix of ``out`` says, else ``docx``.
    out : str or Path, optional
        File; by default beside the plan, with the suffix of the format.
    force : bool
        Replace a file that is there already.
    limits : Limits, optional
        What reading the plan may take.

    Returns
    -------
    Outcome
        What reading found is told; ``ok`` is false if a cell or row was left out for an error.

    Raises
    ------
    PlanError
        ``file_exists``, ``unknown_format``, ``cannot_write``, or that the plan cannot be read.
    """
    plan = read(path, limits)
    form = (format or Path(out).suffix.lstrip(".") or "docx").lower()
    target = Path(out) if out else Path(path).with_suffix(f".{form}")
    if target.resolve() == Path(path).resolve():
        raise PlanError(
            "file_exists",
            "a plan is not written over the file that it is read from",
            place=str(path),
            advice="Give another name with --out",
        )
    written = _write.write(plan, _free(target, force), form)
    wrong = [p for p in plan.problems if p.severity == "error"]
    return Outcome((*(p.line() for p in plan.problems), str(written)), not wrong, written)


def _free(path: Path, force: bool) -> Path:
    # a draft must not take the place of one that departments have filled in
    if path.exists() and not force:
        raise PlanError(
            "file_exists",
            "there is such a file already",
            place=str(path),
            advice="Give another name with --out, or --force to replace it",
        )
    return path


def _summary(plan: Plan) -> Iterator[str]:
    raised = plan.rows[plan.rows["kind"].eq("raise")]
    held = int(plan.rows["kind"].eq("hold").sum())
    yield f"SYNTHETIC figures: {plan.title}" if plan.synthetic else plan.title
    if not plan.level:
        yield (
            f"no score of a component is known for {plan.province} in {plan.year}: the plan holds "
            f"the {len(plan.rows)} areas, everything else is blank"
        )
        return
    known = raised["lost"].notna()
    yield (
        f"{len(plan.rows)} rows at the level of {plan.level}: {len(raised)} below their maximum, "
        f"{held} at it, {len(plan.rows) - len(raised) - held} unknown"
    )
    if known.any():
        yield f"{raised['lost'].sum():.2f} points are lost in all"
    claimed = raised["gap"].notna()
    if claimed.any():
        yield (
            f"{raised['gap'].sum():.2f} points in {int(claimed.sum())} of them were claimed and "
            "not granted"
        )
