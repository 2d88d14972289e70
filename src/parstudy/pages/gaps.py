"""Where a province lost points: against the leader, its region, its own last year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from parstudy import charts
from parstudy.display import terms
from parstudy.display.page import Page
from parstudy.display.terms import Names
from parstudy.pages._words import short_names
from parstudy.statistics.importance import REST

if TYPE_CHECKING:
    from parstudy.studies.gaps import Gap

_NAMED = 3
_SMALLEST = 0.005


def show(page: Page, found: Sequence[Gap], names: Names, year: int) -> None:
    """One picture and one sentence for each reference."""
    language = page.language
    _ = language.text
    if not found:
        page.remark(
            "No province with a higher score, not enough other provinces of the region and no "
            "earlier year are known with the same components, so the distance cannot be split up."
        )
    for gap in found:
        reference = _reference(page, gap, names)
        labels = {
            str(part): terms.component_label(language, str(part), gap.index, year)
            for part in gap.result.table.index
        }
        page.heading(_("Compared with {reference}", reference=reference), level=3)
        page.say(_most_lost(page, gap, labels))
        if gap.broken:
            page.state(
                "The criteria or the method changed in between, so part of this distance is "
                "not the province's doing."
            )
        page.show(
            charts.gap_decomposition(
                gap.result,
                language,
                names=short_names(labels),
                id=f"gap-{gap.index}-{gap.kind}".lower().replace("_", "-"),
                caption=_(
                    "{index}, {level}: points minus those of {reference}, most lost first.",
                    index=terms.short(gap.index),
                    level=terms.level_name(language, gap.level),
                    reference=reference,
                ),
            )
        )


def _reference(page: Page, gap: Gap, names: Names) -> str:
    """Whom or what the province is compared with."""
    _ = page.language.text
    if gap.kind == "leader":
        return _(
            "{name} ({year}), which scores highest of the {n} provinces whose components are known",
            name=names(gap.unit),
            year=gap.year,
            n=page.language.number(gap.n, 0),
        )
    if gap.kind == "region":
        n = page.language.number(gap.n, 0)
        return _("the mean of {n} other provinces of its region ({year})", n=n, year=gap.year)
    return _("its own {year}", year=gap.year)


def _most_lost(page: Page, gap: Gap, labels: Mapping[str, str]) -> str:
    """The whole distance, and the components on which most of it was lost."""
    language = page.language
    _ = language.text
    lost = gap.result.table["gap"].drop(REST, errors="ignore")
    lost = lost[lost.lt(-_SMALLEST)].head(_NAMED)
    whole = language.signed(gap.result.gap)
    if lost.empty:
        return _("{gap} points in all; nothing is lost on any part that is known.", gap=whole)
    told = [
        _("{component} ({points})", component=labels[str(part)], points=language.signed(value))
        for part, value in lost.items()
    ]
    return _("{gap} points in all. Most is lost on {names}.", gap=whole, names=language.names(told))
