"""Parts against what is not their sum: groups and outside outcomes."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from parstudy import charts
from parstudy.dataset.rows import at
from parstudy.display import terms
from parstudy.display.page import Page
from parstudy.pages._words import STRONGEST, cut_note, named, short_names
from parstudy.statistics.drivers import External
from parstudy.studies import one_index
from parstudy.studies.one_index import Groups, Outside, Study

_NEARLY_ALL = 0.9
"""Share of the provinces below which those with both figures are taken for a selection."""


# --- groups --------------------------------------------------------------------------------------


def groups(page: Page, found: Groups, study: Study, names: Mapping[str, str]) -> None:
    """An ordered model of the groups, or why there is none."""
    language = page.language
    if found.counts.empty:
        page.state("No province in the data has a known group, so groups are not modelled.")
        return
    counted = ", ".join(_group_counts(page, found.counts))
    if found.strongest is None:
        if study.wide:
            page.state("At this level there are too many parts to model groups.")
        else:
            page.state(
                "Groups are not modelled: that needs two groups of at least five provinces each "
                "and 20 provinces in all; known by group: {groups}.",
                groups=counted,
            )
        return
    page.state(
        "Groups of the provinces in the data: {groups}. Each part is asked alone; as the "
        "groups are cut from the total that holds the part, no p-values are given.",
        groups=counted,
    )
    unknown = len(study.frame) - int(found.counts.sum())
    if unknown:
        page.nstate(
            "The group of {n} province is not known; it is left out here.",
            "The groups of {n} provinces are not known; they are left out here.",
            unknown,
        )
    if found.merged:
        page.state(
            "Groups too thin to stand alone were merged: {names}.",
            names=language.names(list(found.merged)),
        )
    _groups_table(page, found.table, names)
    page.show(charts.group_model(found.strongest, language, names=short_names(names)))


def _group_counts(page: Page, counts: pd.Series[int]) -> list[str]:
    """Each group, or groups merged as ``A+B``, with its number of provinces."""
    language = page.language
    return [
        language.text(
            "{name}: {value}",
            name="+".join(terms.group_name(language, group) for group in str(key).split("+")),
            value=language.number(n, 0),
        )
        for key, n in counts.items()
    ]


def _groups_table(page: Page, table: pd.DataFrame, names: Mapping[str, str]) -> None:
    """What one part more is worth in the odds of a better group."""
    columns, _ = page.columns, page.language.text
    rows = named(table[table["odds_ratio"].notna()].reset_index(), names)
    page.table(
        "groups-table",
        _("Ordered logit of the group on one part at a time"),
        rows.sort_values(["mcfadden_r2", "part"], ascending=[False, True]).head(STRONGEST),
        [
            columns.component(),
            columns.number(_("Odds ratio per standard deviation"), "odds_ratio"),
            columns.interval("low", "high", signed=False),
            columns.number(_("McFadden's R²"), "mcfadden_r2"),
        ],
        notes=[
            _("Odds of a better group; above 1 where more points go with a better group."),
            *cut_note(page, len(rows)),
        ],
    )


# --- outcomes outside the sum --------------------------------------------------------------------


def outside_outcomes(
    page: Page,
    figures: pd.DataFrame,
    found: list[tuple[Outside, External]],
    study: Study,
    all_names: Mapping[str, str],
    sources: Mapping[str, str] | None = None,
) -> None:
    """Outcomes that are no part of the sum: here p-values mean what they say.

    Parameters
    ----------
    page : Page
        Where to.
    figures : DataFrame
        Table of the dataset: where the outcomes are quoted from.
    found : list of (Outside, External)
        Outcomes with their relations.
    study : Study
        Whose parts.
    all_names : Mapping of str to str
        Of the parts.
    sources : mapping of str to str, optional
        Where the covariates are from, by their names.
    """
    if not found:
        page.state(
            "No figure outside the index is known for at least {n} of these provinces: "
            "neither another index of {year} nor the place of the year after.",
            n=page.language.number(one_index.FEWEST, 0),
            year=study.year,
        )
        page.for_operators(
            "`parstudy fetch papi` and `parstudy fetch pci` add figures outside the index."
        )
    for outcome, result in found:
        _whole_index(page, outcome, result, study)
        names = _lessened(page, outcome, all_names)
        frame = result.table.drop(["total", "total with what it contains"], errors="ignore")
        frame = frame[frame["spearman"].notna()].reset_index()
        if len(frame):
            label, tag = outcome_name(page, outcome), outcome_tag(outcome)
            page.show(_outcome_chart(page, result, names, label, tag))
            rows = named(frame, names, "term")
            outcome_table(page, result, rows, f"outside-table-{tag}", label, sources)
            _outcome_sources(page, figures, outcome)


def _whole_index(page: Page, outcome: Outside, result: External, study: Study) -> None:
    """The index as a whole against an outcome, and who is missing."""
    language = page.language
    label = outcome_name(page, outcome)
    row = result.table.loc["total"]
    page.heading(label[:1].upper() + label[1:], level=3)
    page.say(charts.relation(result, language, terms.short(study.index), label))
    for text in charts.taken_out(result, language):
        page.say(text)
    if row["n"] < _NEARLY_ALL * study.n_units:
        page.state(
            "Only {n} of {all} provinces have both figures, and not by chance: sources "
            "name the ends of a ranking more often, and where its middle is missing a "
            "relation looks closer than it is in the whole country.",
            n=language.number(row["n"], 0),
            all=language.number(study.n_units, 0),
        )


def _outcome_chart(
    page: Page, result: External, names: Mapping[str, str], label: str, tag: str
) -> charts.Chart:
    """Picture of the whole index and of each part against an outcome."""
    short = short_names(names)
    frame = result.table.rename_axis("term").reset_index()
    return charts.external(
        frame.assign(name=[short.get(str(term), "") for term in frame["term"]]),
        page.language,
        id=f"outside-{tag}",
        caption=page.language.text(
            "Rank correlation of the whole index and of each part with: {outcome}.", outcome=label
        ),
        confidence=result.confidence,
    )


def _outcome_sources(page: Page, figures: pd.DataFrame, outcome: Outside) -> None:
    """Where an outcome is quoted from."""
    own = at(figures, index_id=outcome.name, year=outcome.year, component="total")
    used = own[
        own["unit_id"].isin(outcome.values.index)
        & own["measure"].isin(["rank"] if outcome.is_rank else ["score", "percent"])
    ]
    if len(used):
        page.remark("The outcome is quoted from {sources}.", sources=page.cite(figures=used))


def _lessened(page: Page, outcome: Outside, names: Mapping[str, str]) -> Mapping[str, str]:
    """Names of parts; the one that holds the outcome's points says that they are out."""
    part = outcome.contained_in
    if part is None:
        return names
    name = page.language.text(
        "{part} (without the points of {index})",
        part=names.get(part, part),
        index=terms.short(outcome.name),
    )
    return {**names, part: name}


def outcome_name(page: Page, outcome: Outside) -> str:
    """What an outcome is called in the text."""
    values = {"index": terms.short(outcome.name), "year": outcome.year}
    if outcome.is_rank:
        return page.language.text("place in {index} one year later ({year})", **values)
    return page.language.text("{index} {year}", **values)


def outcome_tag(outcome: Outside) -> str:
    """Short id of an outcome."""
    return f"{outcome.name}-{outcome.year}".lower().replace("_", "-")


def outcome_table(
    page: Page,
    result: External,
    frame: pd.DataFrame,
    id: str,
    label: str,
    sources: Mapping[str, str] | None = None,
) -> None:
    """Parts against an outcome: correlations and rank–rank slopes, corrected.

    Parameters
    ----------
    page, result : Page, External
        Where to, and the relation.
    frame : DataFrame
        Rows of it that are shown, with the ``name`` of each part.
    id, label : str
        Of the table; what the outcome is called.
    sources : mapping of str to str, optional
        Where the covariates are from, by their names.
    """
    columns, _ = page.columns, page.language.text
    order = frame["spearman"].abs().sort_values(ascending=False, kind="stable").index
    notes = [
        _("Above 0: more points go with a better outcome."),
        _(
            "Both sides ranked; slopes with standard errors valid for estimated ranks "
            "(Chetverikov and Wilhelm 2023)."
        ),
    ]
    if result.covariates:
        held = charts.held_fixed(result.covariates, page.language, sources)
        notes.append(_("In the slopes, not in the correlations. {held}", held=held))
    if frame["slope"].abs().gt(1).any():
        notes.append(
            _(
                "A slope beyond 1 belongs to a part on which many provinces tie: its "
                "ranks differ little, so that one place there stands for many."
            )
        )
    page.table(
        id,
        _("Each part against: {outcome}", outcome=label),
        frame.loc[order].head(STRONGEST),
        [
            columns.component(),
            columns.n(),
            columns.signed(_("Spearman's rho"), "spearman"),
            columns.interval("spearman_low", "spearman_high", confidence=result.confidence),
            columns.p_bh("spearman_p_bh"),
            columns.signed(_("Rank–rank slope"), "slope"),
            columns.interval("slope_low", "slope_high", confidence=result.confidence),
        ],
        notes=[*notes, *cut_note(page, len(frame))],
    )
