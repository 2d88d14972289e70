"""From raw releases to the tables that everything else reads.

The stages, in order: read the releases, normalise their figures, add the sums that an index does
not print, reconcile sources, pivot to scores, check, write. `build` reads like that list.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from parstudy import releases
from parstudy.dataset import (
    Dataset,
    _derive,
    _normalise,
    _reconcile,
    _schemas,
    _scores,
    _store,
    checks,
    opened,
    settle,
)
from parstudy.dataset._assemble import components_of, release_table, source_table
from parstudy.dataset.checks.findings import Finding, in_order, to_frame
from parstudy.dataset.reading import Digests
from parstudy.errors import DataError, ProjectError
from parstudy.facts import provinces
from parstudy.folders import locked
from parstudy.project import Project

if TYPE_CHECKING:
    from parstudy.releases import RawRelease


@dataclass(frozen=True)
class Built:
    """Tables and findings of a build that may still have errors."""

    frames: dict[str, pd.DataFrame]
    findings: list[Finding]

    @property
    def errors(self) -> list[Finding]:
        """Findings that stop the build."""
        return [f for f in self.findings if f.severity == "error"]

    def lines(self, findings: Sequence[Finding] | None = None) -> list[str]:
        """Findings in words, each with the places of its rows."""
        figures = self.frames["figures"]
        place = figures["release_id"] + "/" + figures["locator"]
        places = dict(zip(figures["figure_id"], place, strict=True))
        return [f.line(places) for f in (self.findings if findings is None else findings)]


def make_tables(project: Project) -> Built:
    """Read all releases and make the tables and the findings; nothing is written.

    Raises
    ------
    ReleaseError
        If a raw file or its ``release.toml`` cannot be read.
    """
    settle(project)
    folders = _folders(project)
    return from_releases([releases.read_release_folder(f, kept=True) for f in folders])


def folders_there(project: Project) -> list[Path]:
    """Folders two levels below ``data/raw``, as far as there are any."""
    return sorted(
        folder
        for index in project.raw.iterdir()
        if index.is_dir() and not index.name.startswith(".")
        for folder in index.iterdir()
        if folder.is_dir() and not folder.name.startswith(".")
    )


def _folders(project: Project) -> list[Path]:
    """Folders of releases: every folder two levels below ``data/raw``."""
    folders = folders_there(project)
    if not folders:
        raise ProjectError(
            "no_releases",
            "no releases",
            place=str(project.raw),
            expected="folders <INDEX>/<YEAR> with a release.toml",
        )
    return folders


def from_releases(raw: Sequence[RawRelease]) -> Built:
    """Make the tables and the findings from releases that are already read."""
    figures = _normalise.normalise(raw)
    releases, sources, components = release_table(raw), source_table(raw), components_of(raw)
    tables = checks.Tables(figures, releases, sources, components)
    findings = checks.run(checks.OF_FIGURES, tables)
    # a figure that cannot be right takes no part in what follows, so that all else is checked too
    wrong = {i for f in findings for i in f.figure_ids}
    sound = figures[~figures["figure_id"].isin(wrong)]
    summed = _derive.sums(sound, components, releases)
    if len(summed):
        figures, sound = (pd.concat([f, summed], ignore_index=True) for f in (figures, sound))
    values = _reconcile.reconcile(sound, sources)
    scores = _scores.scores(values, components, releases)
    by_unit = scores.rename(columns={"province_id": "unit_id"})
    tables = checks.Tables(sound, releases, sources, components, values, by_unit)
    findings += checks.run(checks.OF_TABLES, tables)
    frames = {
        "figures": figures,
        "values": values,
        "scores": scores,
        "aggregates": _scores.aggregates(values),
        "components": components,
        "provinces": provinces.registry(),
        "sources": sources,
        "releases": releases,
        "findings": in_order(to_frame(findings)),
    }
    return Built({n: _schemas.typed(n, f) for n, f in frames.items()}, findings)


def check(project: Project | None = None) -> Built:
    """Run all checks without writing anything."""
    return make_tables(project or Project.find())


def build(project: Project | None = None) -> Dataset:
    """Build ``data/processed`` from ``data/raw``.

    Raises
    ------
    DataError
        ``check_failed`` if a check finds an error; the old tables stay.
    """
    project = project or Project.find()
    with locked(project.data):
        made = built(project)
    return opened(*made, project)


def built(project: Project) -> tuple[Digests, str]:
    """Make the tables and write them; gives them and their fingerprint."""
    state = _store.raw_state(project)
    made = make_tables(project)
    if made.errors:
        lines = made.lines(made.errors)
        raise DataError(
            "check_failed",
            f"{len(lines)} errors in the raw releases, nothing was written\n" + "\n".join(lines),
            place=str(project.raw),
        )
    for name, frame in made.frames.items():
        _schemas.validate(name, frame)
    _store.write(project, made.frames, state)
    return Digests(made.frames), _store.fingerprint(made.frames)
