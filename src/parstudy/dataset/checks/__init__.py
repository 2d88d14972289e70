"""Checks: what published figures say against each other, in one release and across all.

A check is a function from `Tables` to findings. Beside it stand the kinds of finding that it
makes, each with its code, its severity and its sentence for readers. Errors stop a build,
warnings and remarks do not. One rule tells the two moments apart at which checks are run: while
one file is read (`parstudy.dataset.checks.within`), figures of that file that contradict each
other weigh one step more than in a build, where they come from several hands
(`parstudy.dataset.checks.findings.Kind.misread`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

from parstudy.dataset.checks import changes, figures, nation, ranks, sources, sums, within
from parstudy.dataset.checks.findings import Finding, Kind
from parstudy.dataset.checks.tables import Tables

__all__ = ["KINDS", "OF_FIGURES", "OF_TABLES", "Check", "Tables", "run", "sentence"]

Check: TypeAlias = Callable[[Tables], Iterator[Finding]]

OF_FIGURES: tuple[Check, ...] = (
    figures.unknown_units,
    figures.unknown_sources,
    figures.measures,
)
"""Checks of each figure by itself: what they find takes no part in what follows."""

OF_TABLES: tuple[Check, ...] = (
    figures.repeated_rows,
    figures.synthetic_mix,
    figures.above_maximum,
    figures.other_scale,
    sources.conflicts,
    sources.rounding,
    ranks.group_size,
    ranks.rank_order,
    ranks.shared_ranks,
    changes.changes,
    changes.change_claims,
    changes.implied_ranks,
    changes.aggregate_changes,
    nation.groups,
    nation.group_counts,
    nation.directions,
    sums.parts_add_up,
    sums.sources_there,
    figures.maxima,
    figures.percent_of_maximum,
    nation.extremes,
    ranks.bounds,
    ranks.ranks_against_scores,
    nation.ranges,
    nation.regional_means,
    sums.sipas_in_par_index,
    figures.unknown_components,
)
"""Checks of figures against each other, of all indices and years."""

KINDS = {
    kind.code: kind
    for module in (figures, ranks, changes, sums, nation, within)
    for kind in vars(module).values()
    if isinstance(kind, Kind)
}
"""Every kind of finding by its code, but for those of `sources`, which has one a quantity."""


def run(checks: Iterable[Check], tables: Tables) -> list[Finding]:
    """Run checks one after the other."""
    return [finding for check in checks for finding in check(tables)]


def sentence(code: str) -> str:
    """What a code says to readers of a report: a sentence marked for translation.

    Raises
    ------
    KeyError
        If no check has this code.
    """
    for family, (_, sentences) in sources.FAMILIES.items():
        if code.startswith(family):
            return sentences.get(code.removeprefix(family), sentences[""])
    return KINDS[code].says
