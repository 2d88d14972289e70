"""Parts against what is not their sum: groups and outside outcomes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from parstudy import charts
from parstudy.display import terms
from parstudy.display.page import Page
from parstudy.display.tables import Column, Table, build_table
from parstudy.display.words import is_missing
from parstudy.pages._cells import (
    STRONGEST,
    cut_note,
    interval_column,
    p_column,
    plain_interval,
    short_names,
    signed_column,
    signed_interval,
)
from parstudy.pages.drivers._opening import cited
from parstudy.studies import one_index

if TYPE_CHECKING:
    from parstudy.statistics.drivers import External
    from parstudy.studies.one_index import Groups, Outside, Study

_NEARLY_ALL = 0.9
"""Share of the provinces below which those with both figures are taken for a selection."""


def groups(page: Page, found: Groups, what: Study, names: Mapping[str, str]) -> None:
    """An ordered model of the groups, or why there is none."""
    language = page.language
    _ = language.text
    counted = [
        _(
            "{name}: {value}",
            name="+".join(terms.group_name(language, g) for g in str(k).split("+")),
            value=language.number(v, 0),
        )
        for k, v in found.counts.items()
    ]
    if not counted:
        page.say(_("No province in the data has a known group, so groups are not modelled."))
        return
    if found.strongest is None:
        page.say(
            _("At this level there are too many parts to model groups.")
            if what.wide
            else _(
                "Groups are not modelled: that needs two groups of at least five provinces each "
                "and 20 provinces in all; known are {groups}.",
                groups=", ".join(counted),
            )
        )
        return
    page.say(
        _(
            "Groups of the provinces in the data: {groups}. Each part is asked alone; as the "
            "groups are cut from the total that holds the part, no p-values are given.",
            groups=", ".join(counted),
        )
    )
    unknown = len(what.frame) - int(found.counts.sum())
    if unknown:
        page.say(
            language.ntext(
                "The group of {n} province is not known; it is left out here.",
                "The groups of {n} provinces are not known; they are left out here.",
                unknown,
            )
        )
    if found.merged:
        page.say(_("Groups too thin to stand alone were merged: {names}.",
                   names=language.names(list(found.merged))))  # fmt: skip
    rows = found.table[found.table["odds_ratio"].notna()].reset_index()
    rows["name"] = [names.get(p, p) for p in rows["part"]]
    page.show(
        build_table(
            "groups-table",
            _("Ordered logit of the group on one part at a time"),
            rows.sort_values(["mcfadden_r2", "part"], ascending=[False, True]).head(STRONGEST),
            [
                Column(_("Component"), key="name", row_header=True),
                Column(_("Odds ratio per standard deviation"), key="odds_ratio", kind="number"),
                Column(
                    _("95% interval"),
                    format=lambda r: plain_interval(page, r["low"], r["high"]),
                    align="right",
                ),
                Column(_("McFadden's R²"), key="mcfadden_r2", kind="number"),
            ],
            language,
            notes=[
                _("Odds of a better group; above 1 where more points go with a better group."),
                *cut_note(page, len(rows)),
            ],
        )
    )
    page.show(charts.group_model(found.strongest, language, names=short_names(names)))


def outside(
    page: Page,
    figures: pd.DataFrame,
    found: list[tuple[Outside, External]],
    what: Study,
    all_names: Mapping[str, str],
) -> None:
    """Outcomes that are no part of the sum: here p-values mean what they say."""
    language = page.language
    _ = language.text
    if not found:
        page.say(
            _(
                "No figure outside the index is known for at least {n} of these provinces: "
                "neither another index of {year} nor the place of the year after. "
                "`parstudy fetch papi` and `parstudy fetch pci` would add some.",
                n=language.number(one_index.FEWEST, 0),
                year=what.year,
            )
        )
        return
    for outcome, result in found:
        label = outcome_name(page, outcome)
        row = result.table.loc["total"]
        page.heading(label[:1].upper() + label[1:], level=3)
        page.say(
            _(
                "{index} against {outcome}, {n} provinces: Spearman {rho}, interval {interval}.",
                index=terms.short(what.index),
                outcome=label,
                n=language.number(row["n"], 0),
                rho=language.signed(row["spearman"]),
                interval=signed_interval(page, row["spearman_low"], row["spearman_high"]),
            )
        )
        overlap(page, result)
        if row["n"] < _NEARLY_ALL * what.n_units:
            page.say(
                _(
                    "Only {n} of {all} provinces have both figures, and not by chance: sources "
                    "name the ends of a ranking more often, and where its middle is missing a "
                    "relation looks closer than it is in the whole country.",
                    n=language.number(row["n"], 0),
                    all=language.number(what.n_units, 0),
                )
            )
        names = _lessened(page, outcome, all_names)
        short = short_names(names)
        frame = result.table.drop(["total", "total with what it contains"], errors="ignore")
        frame = frame[frame["spearman"].notna()].reset_index()
        if frame.empty:
            continue
        frame["name"] = [names.get(t, t) for t in frame["term"]]
        tag = outcome_tag(outcome)
        page.show(
            charts.external(
                result.table.rename_axis("term").reset_index().assign(
                    name=[short.get(str(t), "") for t in result.table.index]
                ),
                language, id=f"outside-{tag}",
                caption=_("Rank correlation of the whole index and of each part with: {outcome}.",
                          outcome=label),
            )
        )  # fmt: skip
        page.show(external_table(page, frame, f"outside-table-{tag}", label))
        used = figures[
            figures["index"].eq(outcome.name)
            & figures["year"].eq(outcome.year)
            & figures["component"].eq("total")
            & figures["unit_id"].isin(outcome.values.index)
            & figures["measure"].isin(["rank"] if outcome.is_rank else ["score", "percent"])
        ]
        if len(used):
            page.say(
                _("The outcome is quoted from {sources}.", sources=cited(page, used)), note=True
            )


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


def overlap(page: Page, result: External) -> None:
    """By how much taking the common part out changed the answer."""
    language = page.language
    change = result.change
    if is_missing(change["spearman_with"]):
        return
    page.say(
        language.text(
            "The index contains points of this outcome; they were taken out first. With them, "
            "Spearman would be {with_it}; without, it is {without}: a change of {difference} "
            "({interval}, bootstrap). Ranks move by {places} places on average.",
            with_it=language.signed(change["spearman_with"]),
            without=language.signed(change["spearman_without"]),
            difference=language.signed(change["difference"]),
            interval=signed_interval(page, change["low"], change["high"]),
            places=language.number(change["places_moved"], 1),
        )
    )


def external_table(page: Page, frame: pd.DataFrame, id: str, label: str) -> Table:
    """Parts against an outcome: correlations and rank–rank slopes, corrected."""
    language = page.language
    _ = language.text
    order = frame["spearman"].abs().sort_values(ascending=False, kind="stable").index
    return build_table(
        id,
        _("Each part against: {outcome}", outcome=label),
        frame.loc[order].head(STRONGEST),
        [
            Column(_("Component"), key="name", row_header=True),
            Column(_("n"), key="n", kind="integer"),
            signed_column(page, _("Spearman's rho"), "spearman"),
            interval_column(page, "spearman_low", "spearman_high"),
            p_column(page, _("p (Benjamini–Hochberg)"), "spearman_p_bh"),
            signed_column(page, _("Rank–rank slope"), "slope"),
            interval_column(page, "slope_low", "slope_high"),
        ],
        language,
        notes=[
            _("Above 0: more points go with a better outcome."),
            _(
                "Both sides ranked; slopes with standard errors valid for estimated ranks "
                "(Chetverikov and Wilhelm 2023)."
            ),
            *(
                [
                    _(
                        "A slope beyond 1 belongs to a part on which many provinces tie: its "
                        "ranks differ little, so that one place there stands for many."
                    )
                ]
                if frame["slope"].abs().gt(1).any()
                else []
            ),
            *cut_note(page, len(frame)),
        ],
    )
