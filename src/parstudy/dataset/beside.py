"""A new release beside those of a project: what would stop a build, and what contradicts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from parstudy import releases
from parstudy.dataset._reconcile import KEY, agree, quantity
from parstudy.dataset.building import Built, folders_there, from_releases
from parstudy.dataset.checks.findings import ERROR, WARNING, Finding
from parstudy.project import Project
from parstudy.releases import toml

if TYPE_CHECKING:
    from parstudy.releases import RawRelease


@dataclass(frozen=True)
class Beside:
    """What a new release does to those that are there.

    Attributes
    ----------
    errors : list of str
        What would stop a build with it, line by line.
    contradictions : list of str
        Warnings that are there because of it and that it does not have by itself, line by line.
    shared : int
        Quantities that it prints and that the project knows already.
    differing : int
        Those of them that are printed otherwise by every source that the project has.
    """

    errors: list[str]
    contradictions: list[str]
    shared: int = 0
    differing: int = 0


def beside(raw: RawRelease, project: Project | None = None) -> Beside:
    """Check a new release by itself, and together with those that it shares figures with.

    Parameters
    ----------
    raw : RawRelease
        The new release.
    project : Project, optional
        Its releases of the same year, and of the same index a year before and after, are checked
        without the new one and with it; what differs is the new one's doing, also where it stands
        at figures of another: a maximum that it prints can put them above it. Without a project
        the release is checked alone.
    """
    alone = from_releases([raw])
    errors = alone.lines(alone.errors)
    near = [] if project is None or not project.raw.is_dir() else _near(raw, project)
    if not near:
        return Beside(errors, [])
    together = from_releases([*near, raw])
    known = {*from_releases(near).findings, *alone.findings}
    new = [finding for finding in together.findings if finding not in known]
    stops = _lines(together, new, ERROR)
    shared, differing = _shared(together.frames["figures"], raw.release_id)
    return Beside(
        [*errors, *(line for line in stops if line not in errors)],
        _lines(together, new, WARNING),
        shared,
        differing,
    )


def refusals(raw: RawRelease, project: Project | None = None) -> list[str]:
    """What would stop a build with a new release, line by line; nothing for a sound one."""
    return beside(raw, project).errors


def _lines(built: Built, findings: Sequence[Finding], severity: str) -> list[str]:
    return built.lines([f for f in findings if f.severity == severity])


def _near(raw: RawRelease, project: Project) -> list[RawRelease]:
    """Releases of a project with which a new one shares figures or changes."""
    found = []
    for folder in folders_there(project):
        spec = toml.load(folder)
        away = abs(spec.year - raw.year)
        if away == 0 or (away == 1 and spec.index == raw.index):
            found.append(releases.read_release_folder(folder, kept=True))
    return found


def _shared(figures: pd.DataFrame, release_id: str) -> tuple[int, int]:
    """How many quantities a release shares with others, and how many none of them confirms."""
    printed = figures[figures["certainty"].ne("derived") & figures["value"].notna()]
    printed = printed.assign(quantity=quantity(printed))[[*KEY, "value", "decimals", "release_id"]]
    own = printed["release_id"].eq(release_id)
    pairs = printed[own].merge(printed[~own], on=KEY, suffixes=("", "_other"))
    same = agree(pairs["value"], pairs["decimals"], pairs["value_other"], pairs["decimals_other"])
    confirmed = same.groupby([pairs[k] for k in KEY]).any()
    return len(confirmed), int((~confirmed).sum())
