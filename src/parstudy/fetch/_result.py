"""What a fetch gave, name by name, and the lines that tell it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from parstudy.errors import ParstudyError
from parstudy.facts import criteria
from parstudy.fetch._register import Registered


@dataclass(frozen=True)
class Part:
    """What one fetch name gave.

    Attributes
    ----------
    name : str
        ``par``, ``sipas``, ...
    title, licence : str
        What it is, under which licence.
    sources : tuple of str
        Where it came from: address and revision, or folder, and which files where there are two.
    registered : tuple of Registered
        One for each folder.
    notes : tuple of str
        What was left out and why.
    error : ParstudyError or None
        Why nothing was registered, or, where something was, why the rest could not be had.
    """

    name: str
    title: str
    licence: str
    sources: tuple[str, ...] = ()
    registered: tuple[Registered, ...] = ()
    notes: tuple[str, ...] = ()
    error: ParstudyError | None = None


@dataclass(frozen=True)
class Fetched:
    """Result of a fetch.

    Attributes
    ----------
    parts : tuple of Part
        One for each name, in the order of the catalogue.
    """

    parts: tuple[Part, ...]

    @property
    def ok(self) -> bool:
        """Whether everything that can be had is in the project now.

        What no address serves, and what no folder was named for, is told and counts as no failure
        of the others.
        """
        return not any(
            (p.error is not None and p.error.code != "no_address")
            or any(r.status == "refused" for r in p.registered)
            for p in self.parts
        )

    @property
    def changed(self) -> bool:
        """Whether any folder is new or replaced."""
        return any(r.status in ("new", "replaced") for p in self.parts for r in p.registered)

    @property
    def changed_releases(self) -> bool:
        """Whether any release is new or replaced, so that the tables have to be built again."""
        return any(
            r.index and r.status in ("new", "replaced") for p in self.parts for r in p.registered
        )

    def lines(self) -> list[str]:
        """What was registered, what was left out and why, under which licence."""
        found: list[str] = []
        for part in self.parts:
            found += [*([""] if found else []), *_lines(part)]
        return found


def _lines(part: Part) -> Iterator[str]:
    if part.error is not None and not part.registered:
        yield f"{part.name}: nothing was registered: {part.error}"
        return
    yield f"{part.name}: {part.title}"
    yield from (f"  from {source}" for source in part.sources)
    yield f"  licence: {part.licence}"
    if part.error is not None:
        yield f"  NOT COMPLETE: {part.error}"
    for status in ("new", "replaced", "unchanged", "kept"):
        own = [r for r in part.registered if r.status == status]
        if own:
            yield f"  {status}: {_counted(own)}"
    for one in part.registered:
        if one.status == "refused":
            yield f"  REFUSED {one.index} {one.year}: {one.reason}"
    notes = [*part.notes, *(n for r in part.registered for n in r.notes)]
    if notes:
        yield "  left out or worth knowing:"
        yield from (f"    {n}" for n in notes)


def _counted(own: Sequence[Registered]) -> str:
    years = [r.year for r in own if r.year is not None]
    if not years:
        return ", ".join(r.folder.name for r in own)
    span = f"{criteria.index(own[0].index).short} {_years(years)}"
    counted = f"1 release, {span}" if len(own) == 1 else f"{len(own)} releases, {span}"
    figures = sum(r.n_figures for r in own)
    return f"{counted}, {figures} figures" if figures else counted


def _years(years: Iterable[int]) -> str:
    """Years as spans: ``2012–2016, 2018``."""
    spans: list[list[int]] = []
    for year in sorted(years):
        if spans and year == spans[-1][-1] + 1:
            spans[-1].append(year)
        else:
            spans.append([year])
    return ", ".join(str(s[0]) if len(s) == 1 else f"{s[0]}–{s[-1]}" for s in spans)
