"""What the drivers notebook shows: how components go with the overall rank, and the limits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd
from markupsafe import Markup

from parstudy import importance, ranking, studies
from parstudy.display import _common as common
from parstudy.display._common import Names
from parstudy.display.page import Page
from parstudy.display.tables import Cell, Column, Table, build_table
from parstudy.display.words import is_missing
from parstudy.errors import StatisticsError

if TYPE_CHECKING:
    from parstudy.dataset import Dataset
    from parstudy.drivers import External, IdentityCheck, ItemRest, RankRegression, Selection
    from parstudy.importance import LeaveOneOut, MainEffects, Shapley, VarianceShares
    from parstudy.studies import Groups, Outside, Study

__all__ = ["Names"]

_STRONGEST = 15
_FEWEST = studies.FEWEST
_DESIGN_EFFECT = 2.0
"""Assumed of the SIPAS sample: people of one commune answer alike."""


def title(page: Page, index: str, year: int, level: str, frame: pd.DataFrame) -> None:
    """Title, what is related to what, and for how many provinces."""
    language = page.language
    _ = language.text
    summary = (
        _(
            "No province has all {what} of {year} in the data, so nothing can be related to the "
            "rank.",
            what=common.level_name(language, level, index),
            year=year,
        )
        if frame.empty
        else _(
            "{n} provinces have all {what} of {year}. The total is the sum of its parts: what "
            "follows shows how the parts go together, not what causes a rank.",
            n=language.number(len(frame), 0),
            what=common.level_name(language, level, index),
            year=year,
        )
    )
    page.title(
        _("What goes with the overall rank: {index} {year}", index=common.short(index), year=year),
        summary,
    )


def question(page: Page, what: Study) -> None:
    """What is asked, and what cannot be asked of a sum."""
    _ = page.language.text
    page.say(
        _(
            "Which parts of {index} go with a good place, and how sure is that? {k} parts at the "
            "level of {level} are set against the rest of the index, against each other and "
            "against figures outside the index.",
            index=common.short(what.index),
            k=page.language.number(what.parts.shape[1], 0),
            level=common.level_name(page.language, what.level, what.index),
        )
    )


def data(page: Page, what: Study, names: Names) -> None:
    """Who is in the data, who is not, and whether that is chance."""
    language = page.language
    _ = language.text
    n = len(what.frame)
    if not n:
        return
    page.say(
        language.ntext(
            "{n} of {all} provinces has all parts and the total of {year}.",
            "{n} of {all} provinces have all parts and the total of {year}.",
            n,
            all=language.number(what.n_units, 0),
            year=what.year,
        )
    )
    if n < what.n_units:
        few, listed = (n <= len(what.absent), list(what.frame.index))
        told = language.sorted([names(u) for u in (listed if few else what.absent)])
        page.say(
            _("In the data: {names}.", names=language.names(told, 20))
            if few
            else _("Not in the data: {names}.", names=language.names(told, 20))
        )
        page.say(_thirds(page, what.thirds, n))
        page.say(
            _(
                "Ranks below are places among these {n} provinces, not places in the country.",
                n=language.number(n, 0),
            )
        )
    years = what.years
    if len(years) > 1:
        page.say(
            _(
                "{n} years share the criteria set {name} and can be pooled: {years}.",
                n=language.number(len(years), 0),
                name=what.criteria_set,
                years=language.names([str(y) for y in years]),
            )
        )
    else:
        page.say(
            _(
                "No other year up to {year} has enough complete provinces under the same criteria "
                "set, so years are not pooled.",
                year=what.year,
            )
        )


def _thirds(page: Page, counted: pd.DataFrame, n: int) -> str:
    language = page.language
    _ = language.text
    values = {
        "first": language.number(counted.loc["first", "n"], 0),
        "middle": language.number(counted.loc["middle", "n"], 0),
        "last": language.number(counted.loc["last", "n"], 0),
    }
    known = int(counted["n"].sum())
    if not known:
        return _("Their places are not known, so it cannot be said how they were selected.")
    text = _(
        "By their known places, {first} stand in the first third of the country, {middle} in the "
        "middle and {last} in the last.",
        **values,
    )
    if counted["n"].max() > 0.5 * known:
        selected = _(
            "They are no random sample: sources name the ends of the ranking more often. Whoever "
            "is chosen by a high total and is weaker in one part must be stronger in another, so "
            "parts look more opposed to each other here than in the whole country (Berkson's "
            "bias): a weak or negative relation below is no evidence against a part."
        )
        return f"{text} {selected}"
    return text


def labels(page: Page, components: pd.DataFrame, codes: list[str]) -> dict[str, str]:
    """Names of the components, of one criteria set, in the page's language."""
    rows = components.drop_duplicates("code").set_index("code")
    found = {}
    for code in codes:
        row: dict[str, Any] = {"component": code}
        if code in rows.index:
            row |= {"name_vi": rows.loc[code, "name_vi"], "name_en": rows.loc[code, "name_en"]}
        found[code] = common.component_name(page.language, row)
    return found


def enough(frame: pd.DataFrame) -> bool:
    """Whether there are provinces enough to relate anything."""
    return len(frame) >= _FEWEST


def too_few(page: Page, frame: pd.DataFrame) -> None:
    """Say that there is too little to relate, and what would change that."""
    _ = page.language.text
    page.say(
        _(
            "Only {n} provinces have all components; {fewest} are the least for which anything is "
            "computed here. Add the release with its component tables to fill this page.",
            n=page.language.number(len(frame), 0),
            fewest=page.language.number(_FEWEST, 0),
        )
    )


def sources(page: Page, figures: pd.DataFrame, index: str, year: int, codes: list[str]) -> None:
    """Where the figures of the components come from."""
    used = figures[
        figures["index"].eq(index) & figures["year"].eq(year) & figures["component"].isin(codes)
    ]
    used = used[used["measure"].isin(["score", "percent"])]
    if len(used):
        page.say(
            page.language.text("The figures are quoted from {sources}.", sources=cited(page, used)),
            note=True,
        )


def cited(page: Page, figures: pd.DataFrame) -> Markup:
    """Numbers of many sources, each a piece of its own so that a line can break between them."""
    ids = list(dict.fromkeys(figures["source_id"]))
    return Markup(" ").join(page.cite(figures=figures[figures["source_id"].eq(i)]) for i in ids)


def identity(page: Page, check: IdentityCheck) -> None:
    """Whether the total is the sum of the components, and what follows from it."""
    language = page.language
    _ = language.text
    if check.kind == "weighted":
        page.say(
            _(
                "The total is a weighted sum of these components, without remainder. A regression "
                "of the total on all of them would explain it by construction and say nothing; its "
                "p-values are therefore not shown."
            )
        )
    elif check.is_identity:
        page.say(
            _(
                "The total equals the sum of these components (largest difference {gap} points). A "
                "regression of the total on all of them would explain it by construction and say "
                "nothing; its p-values are therefore not shown.",
                gap=language.number(check.largest_difference, 3),
            )
        )
    else:
        page.say(
            _(
                "The total is not exactly the sum of these components (largest difference {gap} "
                "points): rounding, or parts that are not in the data.",
                gap=language.number(check.largest_difference, 3),
            )
        )


def shares(page: Page, result: VarianceShares, names: Mapping[str, str]) -> None:
    """How the spread of the total divides among the components."""
    from parstudy.display import charts

    language = page.language
    _ = language.text
    frame = result.table.reset_index().assign(name=lambda d: [names.get(p, p) for p in d["part"]])
    frame.loc[frame["part"].eq(importance.REST), "name"] = _("not explained by the parts")
    frame = frame.sort_values(["share", "part"], ascending=[False, True])
    shown = frame.head(_STRONGEST)
    page.show(charts.variance_shares(_bare(shown, "part"), language))
    page.show(
        build_table(
            "shares-table",
            _("Share of the total's variance that goes with each component"),
            shown,
            [
                Column(_("Component"), key="name", row_header=True),
                Column(
                    _("Share of variance"),
                    format=lambda r: language.percent(r["share"] * 100, 1),
                    align="right",
                ),
                Column(_("Mean (points)"), key="mean", kind="number"),
                Column(_("Standard deviation"), key="sd", kind="number"),
                Column(_("Provinces at the top"), key="n_at_top", kind="integer"),
            ],
            language,
            notes=_cut_note(page, len(frame)),
        )
    )
    constant = frame[frame["constant"].fillna(False).astype(bool)]
    if len(constant):
        page.say(
            language.ntext(
                "{n} component has one value for all provinces and cannot be related to "
                "anything: {names}.",
                "{n} components have one value for all provinces and cannot be related to "
                "anything: {names}.",
                len(constant),
                names=language.names(list(constant["part"]), limit=12),
            )
        )


def effects(page: Page, main: MainEffects, names: Mapping[str, str]) -> None:
    """What is known of the total from one part alone."""
    from parstudy.display import charts

    language = page.language
    if main.table["effect"].isna().all():
        return
    page.show(charts.main_effects(main, language, names=_short(names)))
    best = str(main.table["effect"].idxmax())
    row = main.table.loc[best]
    page.say(
        language.text(
            "{name} alone tells most: {share} of the variance of the total ({low} to {high}). The "
            "part is in the total, so some of this holds by construction; what does not is asked "
            "in the next section.",
            name=names.get(best, best),
            share=language.percent(100 * row["effect"], 0),
            low=language.percent(100 * row["low"], 0),
            high=language.percent(100 * row["high"], 0),
        )
    )


def orders(page: Page, parts: pd.DataFrame, names: Mapping[str, str]) -> Shapley | None:
    """Share the variance out over all orders of entry, or say why not."""
    from parstudy.display import charts

    language = page.language
    _ = language.text
    try:
        found = importance.shapley(parts, draws=200)
    except StatisticsError as error:
        page.say(
            _(
                "Shares over all orders of entry (LMG, Shapley) are not computed: {n} provinces "
                "cannot carry {k} parts at once.",
                n=language.number(len(parts), 0),
                k=language.number(parts.shape[1], 0),
            )
            if error.code == "too_few_rows"
            else _("Shares over all orders of entry (LMG, Shapley) are not computed.")
        )
        return None
    page.show(charts.shapley(found, language, names=_short(names)))
    page.say(
        _(
            "Note: the total is made of these parts, so R² is 1 and the shares divide an identity; "
            "they say how the differences are made up, not what causes them."
        ),
        note=True,
    )
    return found


def without(page: Page, found: LeaveOneOut, names: Mapping[str, str]) -> None:
    """How ranks shift when a part does not count."""
    from parstudy.display import charts

    language = page.language
    page.show(charts.leave_one_out(found, language, names=_short(names)))
    top = str(found.table["mean_abs_shift"].idxmax())
    row = found.table.loc[top]
    page.say(
        language.text(
            "Leaving out {name} moves ranks most: {mean} places on average among the {n} "
            "provinces, {largest} at most.",
            name=names.get(top, top),
            mean=language.number(row["mean_abs_shift"], 1),
            n=language.number(found.n, 0),
            largest=language.number(max(row["largest_rise"], row["largest_fall"]), 0),
        )
    )


def rest(page: Page, result: ItemRest, names: Mapping[str, str]) -> None:
    """Each component against the total of all the others."""
    from parstudy.display import charts

    language = page.language
    _ = language.text
    frame = result.table.reset_index().assign(name=lambda d: [names.get(p, p) for p in d["part"]])
    known = frame[frame["spearman"].notna()]
    if known.empty:
        page.say(_("No component varies enough to be related to the rest."))
        return
    known = known.sort_values(["spearman", "part"], ascending=[False, True])
    shown = known.head(_STRONGEST)
    page.show(charts.item_rest(_bare(shown, "part"), language))
    page.show(
        build_table(
            "item-rest-table",
            _("Each component against the total of the others"),
            shown,
            [
                Column(_("Component"), key="name", row_header=True),
                Column(_("n"), key="n", kind="integer"),
                signed_column(page, _("Spearman's rho"), "spearman"),
                interval_column(page, "spearman_low", "spearman_high"),
                signed_column(page, _("Kendall's tau"), "kendall"),
                signed_column(page, _("Slope"), "slope"),
                interval_column(page, "slope_low", "slope_high"),
                p_column(page, _("p (Benjamini–Hochberg)"), "spearman_p_bh"),
                p_column(page, _("p (Holm)"), "spearman_p_holm"),
            ],
            language,
            notes=[
                *_cut_note(page, len(known)),
                _(
                    "p and the first interval belong to Spearman's rho; the slope is in points of "
                    "the rest per point of the part."
                ),
            ],
        )
    )
    clear = known[known["spearman_p_bh"].lt(0.05)]
    page.say(
        language.text(
            "After correction for {k} tests (Benjamini–Hochberg, 5%), clear against the rest: "
            "{names}.",
            k=language.number(len(known), 0),
            names=language.names([str(p) for p in clear["part"]], 12),
        )
        if len(clear)
        else language.text(
            "After correction for {k} tests (Benjamini–Hochberg, 5%), no part is clear against "
            "the rest.",
            k=language.number(len(known), 0),
        )
    )


def _ranks_alone(result: RankRegression) -> pd.DataFrame:
    """Rows of the regressions of the rank on one component at a time."""
    table = result.table
    return table[
        table["way"].eq("single")
        & table["outcome"].eq("rank")
        & table["role"].eq("component")
        & table["estimate"].notna()
    ]


def regression(
    page: Page, result: RankRegression | None, names: Mapping[str, str], units: Names
) -> None:
    """Regressions of rank and score, as far as the number of provinces allows."""
    from parstudy.display import charts

    language = page.language
    _ = language.text
    if result is None:
        page.say(
            _(
                "One year is not regressed by itself: several years carry these parts better, see "
                "the next section."
            )
        )
        return
    table = result.table
    single = _ranks_alone(result)
    if single.empty:
        page.say(_("There are too few provinces for a regression."))
    else:
        frame = _per_deviation(single, result, names)
        shown = frame.head(_STRONGEST)
        page.show(
            charts.coefficients(
                _bare(_scaled(shown), "term"),
                language,
                places=True,
                axis=_("places won per standard deviation of the part"),
            )
        )
        page.show(
            build_table(
                "regression-table",
                _("One component at a time: rank among the rest on the component's points"),
                shown,
                [
                    Column(_("Component"), key="name", row_header=True),
                    Column(_("n"), key="n", kind="integer"),
                    _deviation_column(page),
                    Column(
                        _("Places per point"),
                        format=lambda r: signed_or_none(page, r["places_gained"], 1),
                        align="right",
                    ),
                    Column(
                        _("95% interval"),
                        format=lambda r: signed_interval(page, -r["ci_high"], -r["ci_low"], 1),
                        align="right",
                    ),
                    p_column(page, _("p (Holm)"), "p_holm"),
                    Column(_("R²"), key="r_squared", kind="number"),
                ],
                language,
                notes=[
                    _(
                        "A point can be more than all the spread of a part: what provinces really "
                        "differ by is told by the standard deviation."
                    ),
                    _(
                        "Ordinary least squares with heteroskedasticity-robust (HC3) standard "
                        "errors; the outcome is the rank by the total of all other components, so "
                        "that no component explains itself."
                    ),
                    *_cut_note(page, len(frame)),
                ],
            )
        )
    together = table[
        table["way"].eq("together") & table["outcome"].eq("rank") & table["estimate"].notna()
    ]
    if len(together):
        frame = together.assign(name=[names.get(t, t) for t in together["term"]])
        page.show(
            build_table(
                "together-table",
                _("All components at once: overall rank on the components' points"),
                frame,
                [
                    Column(_("Component"), key="name", row_header=True),
                    Column(
                        _("Places per point"),
                        format=lambda r: signed_or_none(page, r["places_gained"], 1),
                        align="right",
                    ),
                    signed_column(page, _("Standardised slope"), "standardised"),
                    Column(_("VIF"), key="vif", kind="number", decimals=1),
                    *_if_told(page, frame),
                ],
                language,
                notes=[
                    _(
                        "n = {n}, R² = {r}. The rank is made of these components; the slopes say "
                        "how many places a point was worth, not what causes what.",
                        n=language.number(frame["n"].iloc[0], 0),
                        r=language.number(frame["r_squared"].iloc[0], 2),
                    )
                ],
            )
        )
        score = table[
            table["way"].eq("together") & table["outcome"].eq("score") & table["estimate"].notna()
        ]
        page.say(
            _(
                "The same regression of the score gives R² = {r}: every slope is 1 where the total "
                "is a plain sum, and that is all it can say. Condition number {condition}; above "
                "30, slopes of parts that move together are not to be told apart.",
                r=language.number(score["r_squared"].iloc[0] if len(score) else None, 3),
                condition=language.number(result.condition_number, 0),
            )
        )
    if len(result.influence):
        _influential(page, result.influence, units)
    if len(result.dropped):
        page.say(
            language.ntext(
                "{n} column or row was left out.",
                "{n} columns or rows were left out.",
                len(result.dropped),
            ),
            note=True,
        )


def _influential(page: Page, influence: pd.DataFrame, units: Names) -> None:
    language = page.language
    large = influence[influence["influential"].fillna(False).astype(bool)].head(5)
    if large.empty:
        page.say(language.text("No province has a Cook's distance above 4/n."))
        return
    told = [
        language.text("{name} ({value})", name=units(str(unit)), value=language.number(value, 2))
        for unit, value in large["cooks_distance"].items()
    ]
    page.say(
        language.text(
            "Most influential provinces (Cook's distance above 4/n): {names}.",
            names=language.names(told),
        )
    )


def pooled(
    page: Page,
    result: RankRegression | None,
    within: pd.DataFrame | None,
    what: Study,
    names: Mapping[str, str],
) -> None:
    """Several years together: between provinces, and within them."""
    from parstudy.display import charts

    language = page.language
    _ = language.text
    if result is None:
        page.say(
            _(
                "Only one year has enough complete provinces under this criteria set: nothing can "
                "be pooled, and no province can be compared with itself."
            )
        )
        return
    single = _ranks_alone(result)
    frame = _per_deviation(single, result, names)
    shown = frame.head(_STRONGEST)
    page.show(
        charts.coefficients(
            _bare(_scaled(shown), "term"),
            language,
            places=True,
            axis=_("places won per standard deviation of the part"),
            id="pooled-chart",
            caption=_("Several years pooled: places won among the rest."),
        )
    )
    page.show(
        build_table(
            "pooled-table",
            _("Years {years} pooled: rank among the rest on one part at a time",
              years=f"{what.years[0]}–{what.years[-1]}"),
            shown,
            [
                Column(_("Component"), key="name", row_header=True),
                Column(_("Rows"), key="n", kind="integer"),
                _deviation_column(page),
                *_place_columns(page),
                p_column(page, _("p (Benjamini–Hochberg)"), "p_bh"),
                Column(_("R²"), key="r_squared", kind="number"),
            ],
            language,
            notes=[
                _(
                    "Year effects are taken out; errors are clustered by province ({n} clusters).",
                    n=language.number(result.n_units, 0),
                ),
                *_cut_note(page, len(frame)),
            ],
        )
    )  # fmt: skip
    if within is None:
        page.say(
            _(
                "Changes within provinces are not modelled at this level: too many parts for the "
                "years that there are."
            )
        )
        return
    rows = within[within["places"].notna()].reset_index()
    if rows.empty:
        page.say(_("No part changes enough within provinces to be related to its place."))
        return
    rows["name"] = [names.get(p, p) for p in rows["part"]]
    page.show(
        build_table(
            "within-table",
            _("Within provinces: does its place among the rest move when its own points move?"),
            rows.sort_values(["places", "part"], ascending=[False, True]),
            [
                Column(_("Component"), key="name", row_header=True),
                Column(
                    _("Places per point"),
                    format=lambda r: signed_or_none(page, r["places"], 1),
                    align="right",
                ),
                Column(
                    _("95% interval"),
                    format=lambda r: signed_interval(page, r["low"], r["high"], 1),
                    align="right",
                ),
                p_column(page, _("p (wild bootstrap)"), "p_wild"),
                p_column(page, _("p (Benjamini–Hochberg)"), "p_wild_bh"),
            ],
            language,
            notes=[
                _(
                    "Province and year effects, clusters by province, {n} rows; p from the wild "
                    "cluster bootstrap with 199 draws, so none can be below {least}.",
                    n=language.number(rows["n"].max(), 0),
                    least=language.number(1 / 200, 3),
                )
            ],
        )
    )


def groups(page: Page, found: Groups, what: Study, names: Mapping[str, str]) -> None:
    """An ordered model of the groups, or why there is none."""
    from parstudy.display import charts

    language = page.language
    _ = language.text
    counted = [
        _(
            "{name}: {value}",
            name="+".join(common.group_name(language, g) for g in str(k).split("+")),
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
    if found.merged:
        page.say(_("Groups too thin to stand alone were merged: {names}.",
                   names=language.names(list(found.merged))))  # fmt: skip
    rows = found.table[found.table["odds_ratio"].notna()].reset_index()
    rows["name"] = [names.get(p, p) for p in rows["part"]]
    page.show(
        build_table(
            "groups-table",
            _("Ordered logit of the group on one part at a time"),
            rows.sort_values(["mcfadden_r2", "part"], ascending=[False, True]).head(_STRONGEST),
            [
                Column(_("Component"), key="name", row_header=True),
                Column(_("Odds ratio per standard deviation"), key="odds_ratio", kind="number"),
                Column(
                    _("95% interval"),
                    format=lambda r: _plain_interval(page, r["low"], r["high"]),
                    align="right",
                ),
                Column(_("McFadden's R²"), key="mcfadden_r2", kind="number"),
            ],
            language,
            notes=[
                _("Odds of a better group; above 1 where more points go with a better group."),
                *_cut_note(page, len(rows)),
            ],
        )
    )
    page.show(charts.group_model(found.strongest, language, names=_short(names)))


def outside(
    page: Page, found: list[tuple[Outside, External]], what: Study, names: Mapping[str, str]
) -> None:
    """Outcomes that are no part of the sum: here p-values mean what they say."""
    from parstudy.display import charts

    language = page.language
    _ = language.text
    if not found:
        page.say(
            _(
                "No figure outside the index is known for at least {n} of these provinces: "
                "neither another index of {year} nor the place of the year after. "
                "`parstudy fetch papi` and `parstudy fetch pci` would add some.",
                n=language.number(_FEWEST, 0),
                year=what.year,
            )
        )
        return
    for outcome, result in found:
        label = outcome_name(page, outcome)
        row = result.table.loc["total"]
        page.heading(label, level=3)
        page.say(
            _(
                "{index} against {outcome}, {n} provinces: Spearman {rho}, interval {interval}.",
                index=common.short(what.index),
                outcome=label,
                n=language.number(row["n"], 0),
                rho=language.signed(row["spearman"]),
                interval=signed_interval(page, row["spearman_low"], row["spearman_high"]),
            )
        )
        overlap(page, result)
        frame = result.table.drop(["total", "total with what it contains"], errors="ignore")
        frame = frame[frame["spearman"].notna()].reset_index()
        if frame.empty:
            continue
        frame["name"] = [names.get(t, t) for t in frame["term"]]
        tag = outcome_tag(outcome)
        page.show(
            charts.external(
                result.table.rename_axis("term").reset_index().assign(
                    name=lambda d: [_short(names).get(t, "") for t in d["term"]]
                ),
                language, id=f"outside-{tag}",
                caption=_("Rank correlation of the whole index and of each part with: {outcome}.",
                          outcome=label),
            )
        )  # fmt: skip
        page.show(external_table(page, frame, f"outside-table-{tag}", label))


def outcome_name(page: Page, outcome: Outside) -> str:
    """What an outcome is called in the text."""
    values = {"index": common.short(outcome.name), "year": outcome.year}
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
        frame.loc[order].head(_STRONGEST),
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
            *_cut_note(page, len(frame)),
        ],
    )


def search(
    page: Page, found: list[tuple[Outside, Selection]], what: Study, names: Mapping[str, str]
) -> None:
    """Which of many parts keep turning up against an outcome outside the sum."""
    from parstudy.display import charts

    language = page.language
    _ = language.text
    if not what.wide:
        page.say(
            _(
                "A search among parts (elastic net with stability selection) is for wide levels, "
                "from {n} parts; here there are {k}, and each has been asked by itself.",
                n=language.number(studies.WIDE, 0),
                k=language.number(what.parts.shape[1], 0),
            )
        )
        return
    if not found:
        page.say(_("There is no outcome outside the index to search against."))
        return
    for outcome, result in found:
        tag = outcome_tag(outcome)
        page.say(_("Searched against: {outcome}.", outcome=outcome_name(page, outcome)))
        page.show(charts.selection(result, language, names=_short(names), id=f"selection-{tag}"))
        page.say(
            _(
                "Exploratory. {m} of {k} parts are stable; at most {false} of them are expected "
                "to be wrong. A grouped ridge on all parts predicts provinces left out with "
                "R² = {r2}{verdict}. No p-value is valid after a search.",
                m=language.number(result.table["stable"].sum(), 0),
                k=language.number(len(result.table), 0),
                false=language.number(result.expected_false, 1),
                r2=language.number(result.ridge_loo_r2, 2),
                verdict=_(", which is no better than the mean") if result.ridge_loo_r2 <= 0 else "",
            )
        )


def uncertainty(page: Page, dataset: Dataset, what: Study, units: Names) -> None:
    """How sure the places are, where a sample size allows to say."""
    from parstudy.display import charts

    language = page.language
    _ = language.text
    if what.index != "SIPAS":
        page.say(
            _(
                "No standard errors of {index} are published, neither for the total nor for its "
                "parts, so no confidence sets of places are given here. They are given for SIPAS, "
                "whose sample is known.",
                index=common.short(what.index),
            )
        )
        return
    told = dataset.aggregates
    told = told[told["index"].eq("SIPAS") & told["year"].eq(what.year) & told["measure"].eq("n")]
    sizes = told["value"].dropna()
    scores = dataset.scores
    percent = (
        scores[
            scores["index"].eq("SIPAS")
            & scores["year"].eq(what.year)
            & scores["component"].eq("total")
        ]
        .set_index("province_id")["score"]
        .dropna()
    )
    if sizes.empty or len(percent) < _FEWEST:
        page.say(_("The sample of this year is not known, so no confidence sets are given."))
        return
    errors, size = studies.assumed_standard_errors(
        percent, float(sizes.iloc[0]), what.n_units, _DESIGN_EFFECT
    )
    sets = ranking.rank_confidence_sets(percent, standard_errors=errors, draws=500)
    page.say(
        _(
            "Assumption, not a published figure: the {n} people asked in the country are spread "
            "evenly, {size} in each province, and the design doubles the variance of a simple "
            "random sample. Standard errors are then about {error} percentage points.",
            n=language.number(sizes.iloc[0], 0),
            size=language.number(size, 0),
            error=language.number(errors.median(), 1),
        )
    )
    ids = [str(unit) for unit in sets.index]
    page.show(charts.rank_sets(sets, language, names={u: units(u) for u in ids}))
    width = (sets["upper"] - sets["lower"] + 1).astype(float)
    page.say(
        _(
            "Half of the provinces cannot be placed more closely than within {width} of the {n} "
            "places drawn (marginal 95% sets after Mogstad, Romano, Shaikh and Wilhelm 2024).",
            width=language.number(width.median(), 0),
            n=language.number(len(sets), 0),
        )
    )


def robust(
    page: Page, table: pd.DataFrame, unit: str, names: Mapping[str, str], units: Names
) -> None:
    """The same question in other ways."""
    language = page.language
    _ = language.text
    known = table[table["spearman"].notna()]
    if known.empty:
        return
    order = known["spearman"].abs().sort_values(ascending=False, kind="stable").index
    shown = known.loc[order].head(_STRONGEST).reset_index()
    shown["name"] = [names.get(p, p) for p in shown["part"]]
    page.show(
        build_table(
            "robustness-table",
            _("The relation with the rest, asked in other ways"),
            shown,
            [
                Column(_("Component"), key="name", row_header=True),
                *[
                    Column(label, format=_cell(page, key, decimals), align="right")
                    for label, key, decimals in (
                        (_("Spearman's rho"), "spearman", 2),
                        (_("without {name}", name=units(unit)), "spearman_without", 2),
                        (_("Kendall's tau"), "kendall", 2),
                        (_("Places per point"), "places", 1),
                        (_("ties at the mean place"), "places_other_ties", 1),
                    )
                ],
            ],
            language,
            notes=_cut_note(page, len(known)),
        )
    )
    turned = known[
        (known["spearman"] * known["spearman_without"] < 0)
        | (known["spearman"] * known["kendall"] < 0)
    ]
    weak = known["spearman"].abs().lt(0.1)
    page.say(
        _("The sign turns with the way of asking for: {names}; do not lean on these.",
          names=language.names([str(p) for p in turned.index], 10))
        if len(turned)
        else _(
            "No sign turns, whether {name} is left out or Kendall's tau is taken; {weak} of {k} "
            "relations are below 0.1 and mean nothing either way.",
            name=units(unit),
            weak=language.number(weak.sum(), 0),
            k=language.number(len(known), 0),
        )
    )  # fmt: skip


def _cell(page: Page, key: str, decimals: int) -> Any:
    return lambda row: signed_or_none(page, row[key], decimals)


def _per_deviation(
    single: pd.DataFrame, result: RankRegression, names: Mapping[str, str]
) -> pd.DataFrame:
    """Rows with their names and what one standard deviation is worth, most places first."""
    deviations = []
    for term in single["term"]:
        model = result.fits[("single", "rank", str(term))].model.model
        column = list(model.exog_names).index(term)
        deviations.append(float(model.exog[:, column].std(ddof=1)))
    frame = single.assign(name=[names.get(t, t) for t in single["term"]], deviation=deviations)
    frame["places_deviation"] = frame["places_gained"] * frame["deviation"]
    return frame.sort_values(["places_deviation", "term"], ascending=[False, True])


def _scaled(frame: pd.DataFrame) -> pd.DataFrame:
    columns = ["estimate", "ci_low", "ci_high"]
    return frame.assign(**{c: frame[c] * frame["deviation"] for c in columns})


def _deviation_column(page: Page) -> Column:
    return Column(
        page.language.text("Places per standard deviation"),
        format=lambda r: signed_or_none(page, r["places_deviation"], 1),
        align="right",
    )


def _place_columns(page: Page) -> list[Column]:
    _ = page.language.text
    return [
        Column(
            _("Places per point"),
            format=lambda r: signed_or_none(page, r["places_gained"], 1),
            align="right",
        ),
        Column(
            _("95% interval"),
            format=lambda r: signed_interval(page, -r["ci_high"], -r["ci_low"], 1),
            align="right",
        ),
    ]


def _short(names: Mapping[str, str]) -> dict[str, str]:
    # charts put the code before the name themselves
    return {code: str(name).removeprefix(f"{code} ") for code, name in names.items()}


def _plain_interval(page: Page, low: Any, high: Any) -> Cell:
    if is_missing(low) or is_missing(high):
        return None
    language = page.language
    return language.text("{low} to {high}", low=language.number(low), high=language.number(high))


def limits(page: Page, n: int) -> None:
    """What must not be read into the figures."""
    _ = page.language.text
    page.points(
        [
            _(
                "{n} provinces of one year: a pattern among provinces, not an effect of a measure "
                "taken in one of them.",
                n=page.language.number(n, 0),
            ),
            _(
                "Many components sit at their maximum in most provinces; they cannot move a rank "
                "any more, however important they are."
            ),
            _(
                "Tests of many components are corrected for their number (Holm; "
                "Benjamini–Hochberg)."
            ),
            _(
                "Where not all provinces are in the data, those that are are no random part of "
                "the country."
            ),
        ]
    )


def signed_interval(page: Page, low: Any, high: Any, decimals: int = 2) -> Cell:
    """An interval of signed figures; not known if an end is not."""
    if is_missing(low) or is_missing(high):
        return None
    language = page.language
    return language.text(
        "{low} to {high}", low=language.signed(low, decimals), high=language.signed(high, decimals)
    )


def _bare(frame: pd.DataFrame, key: str) -> pd.DataFrame:
    # charts put the code before the name themselves
    pairs = zip(frame["name"], frame[key], strict=True)
    return frame.assign(name=[str(name).removeprefix(f"{code} ") for name, code in pairs])


def _if_told(page: Page, frame: pd.DataFrame) -> list[Column]:
    """The column of p-values, unless all are withheld because the outcome is the sum."""
    if frame["p_holm"].isna().all():
        return []
    label = page.language.text("p (Holm)")
    return [Column(label, format=lambda r: small_p(page, r["p_holm"]), align="right")]


def signed_or_none(page: Page, value: Any, decimals: int = 2) -> Cell:
    """A signed figure without colour."""
    # a slope is neither good nor bad: no colour
    return None if is_missing(value) else page.language.signed(value, decimals)


def small_p(page: Page, value: Any) -> Cell:
    """A p-value, not below what is worth telling apart."""
    if is_missing(value):
        return None
    if value < 0.001:
        return f"< {page.language.number(0.001, 3)}"
    return page.language.number(value, 3)


def signed_column(page: Page, label: str, key: str) -> Column:
    """Column of signed figures without colour."""
    return Column(label, format=lambda r: signed_or_none(page, r[key]), align="right")


def interval_column(page: Page, low: str, high: str) -> Column:
    """Column of 95 % intervals."""
    return Column(
        page.language.text("95% interval"),
        format=lambda r: signed_interval(page, r[low], r[high]),
        align="right",
    )


def p_column(page: Page, label: str, key: str) -> Column:
    """Column of p-values."""
    return Column(label, format=lambda r: small_p(page, r[key]), align="right")


def _cut_note(page: Page, n: int) -> list[str]:
    if n <= _STRONGEST:
        return []
    return [
        page.language.text(
            "The {shown} largest of {n}.",
            shown=page.language.number(_STRONGEST, 0),
            n=page.language.number(n, 0),
        )
    ]
