"""What the notebook on several indices shows: whether they rank provinces alike, and how surely."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from parstudy import charts, facts
from parstudy.display import terms
from parstudy.display.page import Page
from parstudy.display.tables import Column, build_table
from parstudy.display.terms import Names
from parstudy.pages._cells import interval_column, p_column, signed_column, signed_interval
from parstudy.pages.drivers import cited, external_table, labels, overlap
from parstudy.studies import one_index, relations

if TYPE_CHECKING:
    from parstudy.dataset import Dataset
    from parstudy.statistics.drivers import External
    from parstudy.studies.relations import Shared

__all__ = ["Names"]

_FETCHED = {"PAPI": "papi", "PCI": "pci", "DTI": "dti"}
_WANTED = ("PAR_INDEX", "SIPAS", "PAPI", "PCI")


def title(page: Page, table: pd.DataFrame, year: int, n_units: int, *, overlap: bool) -> None:
    """Title, and the headline relation."""
    language = page.language
    _ = language.text
    known = [terms.short(str(name)) for name in table]
    if {"PAR_INDEX", "SIPAS"} <= set(table):
        found = relations.pair(table["PAR_INDEX"], table["SIPAS"])
        summary = (
            _(
                "{n} provinces have a known place in both PAR INDEX and SIPAS of {year}: the two "
                "orders agree with a rank correlation of {rho} ({interval}).",
                n=language.number(found["n"], 0),
                year=year,
                rho=language.signed(found["spearman"]),
                interval=signed_interval(page, found["low"], found["high"]),
            )
            if not found["reason"]
            else _(
                "Too few provinces have a known place in both PAR INDEX and SIPAS of {year}.",
                year=year,
            )
        )
        if not found["reason"]:
            summary = " ".join(
                [summary, *_first_cautions(page, n_units - int(found["n"]), overlap)]
            )
    else:
        summary = _(
            "Places of {year} are known in: {names}.",
            year=year,
            names=language.names(known) if known else language.missing,
        )
    page.title(_("Do the indices rank provinces alike? {year}", year=year), summary)


def _first_cautions(page: Page, missing: int, overlap: bool) -> list[str]:
    """What a reader of the headline alone must know."""
    language = page.language
    out = []
    if overlap:
        out.append(
            language.text(
                "Part of that holds by construction, since PAR INDEX contains points of SIPAS."
            )
        )
    if missing > 0:
        out.append(
            language.ntext(
                "The other {n} province is not missing at random.",
                "The other {n} provinces are not missing at random.",
                missing,
            )
        )
    return out


def question(page: Page) -> None:
    """What is asked and why it is not trivial."""
    _ = page.language.text
    page.say(
        _(
            "PAR INDEX is appraised by the Ministry, SIPAS and PAPI ask citizens, PCI asks "
            "businesses. If reform shows where people meet the administration, the orders should "
            "agree. Three things stand in the way: PAR INDEX contains SIPAS, not all places are "
            "published, and methods have changed."
        )
    )


def data(page: Page, table: pd.DataFrame, n_units: int, ranked: Mapping[str, int]) -> None:
    """How many provinces have a known place, in which third of the ranking."""
    language = page.language
    _ = language.text
    if table.empty:
        page.say(_("No place of any province is known for this year."))
        return
    rows = []
    for name in table:
        counted = one_index.thirds(table[name].dropna(), ranked[str(name)])["n"]
        rows.append(
            {
                "index": name,
                "n": table[name].notna().sum(),
                **{k: counted[k] for k in counted.index},
            }
        )
    frame = pd.DataFrame(rows)
    page.show(
        build_table(
            "known-places",
            _("Provinces with a known place, of {all}", all=language.number(n_units, 0)),
            frame,
            [
                Column(_("Index"), format=lambda r: terms.short(r["index"]), row_header=True),
                Column(_("Known"), key="n", kind="integer"),
                Column(_("first third"), key="first", kind="integer"),
                Column(_("middle third"), key="middle", kind="integer"),
                Column(_("last third"), key="last", kind="integer"),
            ],
            language,
            notes=[
                _(
                    "Published, or the only place that published bounds allow, or computed where "
                    "all scores are known."
                )
            ],
        )
    )
    uneven = frame[
        frame["n"].lt(frame["index"].map(ranked))
        & frame[["first", "middle", "last"]].max(axis=1).gt(0.5 * frame["n"])
    ]
    if len(uneven):
        page.say(
            _(
                "Known mostly from one end of the ranking: {names}. Press and portals name those "
                "who lead and those who trail; what is missing is not missing at random.",
                names=language.names([terms.short(name) for name in uneven["index"]]),
            )
        )


def shared(page: Page, found: Shared | None, year: int) -> None:
    """PAR INDEX without the points of SIPAS, against SIPAS."""
    language = page.language
    _ = language.text
    if found is None:
        page.say(
            _(
                "PAR INDEX without its SIPAS points cannot be computed for {n} provinces or more "
                "in {year}: both scores must be known. What follows holds for PAR INDEX as "
                "published, whose criteria sets of recent years are known to contain points of "
                "SIPAS.",
                n=language.number(one_index.FEWEST, 0),
                year=year,
            )
        )
        return
    result = found.result
    row = result.table.loc["total"]
    page.say(
        _(
            "{n} provinces have both scores. The SIPAS points in PAR INDEX are published for "
            "{told} of them and computed from the SIPAS percentage for the others. PAR INDEX "
            "without these points goes with SIPAS at Spearman {rho} ({interval}).",
            n=language.number(result.n, 0),
            told=language.number(found.published, 0),
            rho=language.signed(row["spearman"]),
            interval=signed_interval(page, row["spearman_low"], row["spearman_high"]),
        )
    )
    if found.assumed:
        page.say(
            _(
                "Assumption: how many points SIPAS gives in PAR INDEX {year} is not known; {n} are "
                "taken, the most that any criteria set in the data gives, so that rather too much "
                "is taken out than too little.",
                year=year,
                n=language.number(found.maximum, 0),
            )
        )
    overlap(page, result)


def pairs(page: Page, found: pd.DataFrame) -> None:
    """Rank correlation of every pair of indices, n in every row."""
    language = page.language
    _ = language.text
    if found.empty:
        page.say(_("Places of only one index are known, so there is no pair to compare."))
        return
    page.show(
        build_table(
            "spearman-pairs",
            _("Rank correlation of every pair of indices"),
            found,
            [
                *_pair_columns(page),
                Column(_("n"), key="n", kind="integer"),
                signed_column(page, _("Spearman's rho"), "spearman"),
                interval_column(page, "low", "high"),
                p_column(page, _("p (Benjamini–Hochberg)"), "p_bh"),
            ],
            language,
            notes=[
                _("Each pair has its own provinces, so rows cannot be compared with each other "
                  "without care; fewer than five provinces give no figure.")
            ],
        )
    )  # fmt: skip


def regressions(page: Page, found: pd.DataFrame, table: pd.DataFrame) -> None:
    """Rank–rank slopes with standard errors that know that ranks are estimated."""
    language = page.language
    _ = language.text
    if found.empty:
        page.say(_("No pair has ten provinces, the least for a rank–rank regression."))
        return
    first = found.iloc[0]
    page.show(
        charts.rank_rank(
            relations.relation_of(table, first["x"], first["y"]),
            language,
            x=terms.short(first["x"]),
            y=terms.short(first["y"]),
        )
    )
    page.show(
        build_table(
            "rank-rank-table",
            _("Rank–rank regressions: second index on the first"),
            found,
            [
                *_pair_columns(page),
                Column(_("n"), key="n", kind="integer"),
                signed_column(page, _("Slope"), "slope"),
                interval_column(page, "low", "high"),
                Column(_("Standard error"), key="std_error", kind="number", decimals=3),
                Column(_("as usually printed"), key="naive_se", kind="number", decimals=3),
                p_column(page, _("p (Benjamini–Hochberg)"), "p_bh"),
            ],
            language,
            notes=[
                _(
                    "Ranks among the provinces of the pair. Standard errors after Chetverikov and "
                    "Wilhelm (2023); the usual ones treat ranks as if they were fixed. For large "
                    "samples: below about 30 provinces read them as a lower bound."
                )
            ],
        )
    )


def over_years(page: Page, found: pd.DataFrame, year: int) -> None:
    """The same pairs in all years, with the breaks."""
    language = page.language
    _ = language.text
    known = found[found["spearman"].notna()]
    if known.empty:
        page.say(_("No year has five provinces in both indices of a pair."))
        return
    keep = known[known["x"].eq("PAR_INDEX") | known["y"].eq("PAR_INDEX")]
    keep = keep if len(keep) else known
    page.show(
        build_table(
            "by-year",
            _("Rank correlation with PAR INDEX, year by year"),
            keep,
            [
                *_pair_columns(page),
                Column(_("Year"), format=lambda r: str(r["year"])),
                Column(_("n"), key="n", kind="integer"),
                signed_column(page, _("Spearman's rho"), "spearman"),
                interval_column(page, "low", "high"),
                Column(
                    _("Break"), format=lambda r: _("yes") if r["broken"] else _("no"),
                    align="center",
                ),
            ],
            language,
            notes=[
                _(
                    "In years with a break one of the two changed its criteria or method; ranks "
                    "within a year stay comparable, levels and changes across it do not. The "
                    "provinces differ from year to year."
                ),
                _("The sources of another year stand on the page of that year."),
            ],
            highlight=lambda r: r["year"] == year,
        )
    )  # fmt: skip


def parts(
    page: Page,
    found: Sequence[tuple[str, str, int, External | None]],
    components: pd.DataFrame,
    year: int,
) -> None:
    """Dimensions and sub-dimensions of PAPI against the places in the other indices.

    ``components`` are those of the criteria set of ``year``: a code has another meaning in others.
    """
    language = page.language
    _ = language.text
    made = [entry for entry in found if entry[3] is not None]
    if not made:
        page.say(
            _(
                "No dimension of PAPI {year} is in the data with enough places of the other "
                "indices; `parstudy fetch papi` adds the 29 sub-dimensions of all provinces.",
                year=year,
            )
        )
        return
    for level, index, other_year, result in made:
        if result is None:
            continue
        label = (
            _("place in {index} {year}", index=terms.short(index), year=other_year)
            if other_year == year
            else _(
                "place in {index} one year later ({year})",
                index=terms.short(index),
                year=other_year,
            )
        )
        frame = result.table.drop(["total", "total with what it contains"], errors="ignore")
        frame = frame[frame["spearman"].notna()].reset_index()
        names = labels(page, components, [str(t) for t in frame["term"]])
        frame["name"] = [names.get(t, t) for t in frame["term"]]
        tag = f"{level}-{index}-{other_year}".lower().replace("_", "-")
        row = result.table.loc["total"]
        clear = frame[frame["spearman_p_bh"].lt(0.05)]
        page.heading(
            _("PAPI: dimensions against {outcome}", outcome=label)
            if level == "area"
            else _("PAPI: sub-dimensions against {outcome}", outcome=label),
            level=3,
        )
        page.say(
            _(
                "{n} provinces. PAPI as a whole: Spearman {rho} ({interval}). Of {k} parts, {m} "
                "are clear after correction (Benjamini–Hochberg, 5%).",
                n=language.number(result.n, 0),
                rho=language.signed(row["spearman"]),
                interval=signed_interval(page, row["spearman_low"], row["spearman_high"]),
                k=language.number(len(frame), 0),
                m=language.number(len(clear), 0),
            )
        )
        if level == "area":
            short = {c: str(n).removeprefix(f"{c} ") for c, n in names.items()}
            shown = result.table.rename_axis("term").reset_index()
            shown["name"] = [short.get(t, "") for t in shown["term"]]
            page.show(
                charts.external(
                    shown, language, id=f"papi-chart-{tag}",
                    caption=_("Rank correlation of PAPI and of each part with: {outcome}.",
                              outcome=label),
                )
            )  # fmt: skip
        page.show(external_table(page, frame, f"papi-{tag}", label))


def given(page: Page, found: Mapping[tuple[str, str], Mapping[str, Any]], year: int) -> None:
    """Pairs with PAPI's dimension of administrative procedures held fixed."""
    language = page.language
    _ = language.text
    rows = [{"x": x, "y": y, **entry} for (x, y), entry in found.items() if not entry["reason"]]
    if not rows:
        page.say(
            _(
                "PAPI's dimension 5, public administrative procedures, is closest to what PAR "
                "INDEX and SIPAS measure. It is not known for ten provinces of {year} with both "
                "places, so it cannot be held fixed here.",
                year=year,
            )
        )
        return
    page.show(
        build_table(
            "given-d5",
            _("Rank–rank slopes with PAPI's dimension 5 held fixed"),
            pd.DataFrame(rows),
            [
                *_pair_columns(page),
                Column(_("n"), key="n", kind="integer"),
                signed_column(page, _("Slope"), "slope"),
                interval_column(page, "slope_low", "slope_high"),
                signed_column(page, _("Slope given dimension 5"), "given_slope"),
                interval_column(page, "given_low", "given_high"),
            ],
            language,
            notes=[
                _(
                    "The same provinces with and without. If what people meet at the counter were "
                    "all that the indices share, the second slope would be near zero; but "
                    "dimension 5 is measured with error, which leaves some of the relation behind."
                )
            ],
        )
    )


def missing(
    page: Page, table: pd.DataFrame, dataset: Dataset, year: int, units: Sequence[str]
) -> None:
    """How far the answers hang on which places are known."""
    language = page.language
    _ = language.text
    rows = []
    ranked = relations.ranked(dataset.scores, year)
    columns = [str(name) for name in table]
    for position, x in enumerate(columns):
        for y in columns[position + 1 :]:
            if table[[x, y]].dropna().shape[0] < 5:
                continue
            found = relations.selection(table[x], table[y], ranked[x])
            low, high = (relations.place_bounds(dataset.scores, i, year, units) for i in (x, y))
            tau = relations.tau_bounds(low["low"], low["high"], high["low"], high["high"])
            counted = found.pop("thirds")["n"]
            rows.append(
                {
                    "x": x, "y": y, **found, "thirds": "/".join(str(n) for n in counted),
                    "tau_low": tau["low"], "tau_high": tau["high"], "settled": tau["settled"],
                }
            )  # fmt: skip
    if not rows:
        page.say(_("No pair has five provinces, so there is nothing to check."))
        return
    page.say(
        _(
            "Three checks. First, each third of the ranking is made to weigh a third, as it does "
            "in the country. Second, the better and the worse half are taken alone: if only "
            "the ends of a ranking are known, the halves agree less than the whole. Third, the "
            "lowest and highest Kendall's tau that any completion of the missing places could give."
        )
    )
    page.show(
        build_table(
            "selection-check",
            _("The relation if other provinces were known"),
            pd.DataFrame(rows),
            [
                *_pair_columns(page),
                Column(_("n"), key="n", kind="integer"),
                Column(_("by third"), key="thirds", align="right"),
                signed_column(page, _("Spearman's rho"), "spearman"),
                signed_column(page, _("thirds weighted"), "balanced"),
                Column(
                    _("better half (n)"), format=lambda r: _half(page, r, "upper"), align="right"
                ),
                Column(
                    _("worse half (n)"), format=lambda r: _half(page, r, "lower"), align="right"
                ),
                Column(
                    _("Kendall's tau at least, at most"),
                    format=lambda r: signed_interval(page, r["tau_low"], r["tau_high"]),
                    align="right",
                ),
            ],
            language,
            notes=[
                _(
                    "Thirds and halves by the first index. No weighted figure where a third has "
                    "no province. The bounds of tau assume nothing about who is missing; with "
                    "many places unknown they are wide, and that is the honest answer."
                )
            ],
        )
    )
    unknown = [r for r in rows if r["settled"] < 1]
    if not unknown:
        page.say(_("All places of these indices are known: nothing hangs on who is missing."))
        return
    decided = [
        f"{terms.short(r['x'])} · {terms.short(r['y'])}"
        for r in unknown
        if r["tau_low"] > 0 or r["tau_high"] < 0
    ]
    page.say(
        _(
            "Whatever the missing places are, the sign of the relation is settled for: {names}.",
            names=language.names(decided),
        )
        if decided
        else _(
            "For no pair with missing places is the sign settled whatever they are: the relation "
            "holds for the provinces that are known, and for the country only if those that are "
            "not known behave alike."
        )
    )


def fetchable(page: Page, table: pd.DataFrame, year: int) -> None:
    """What is not in the data, and how it would get there."""
    language = page.language
    _ = language.text
    known = facts.table("indices").set_index("index")["first_year"]
    items = []
    for name in (*_WANTED, "DTI"):
        if name in table or name not in known.index or year < int(known[name]):
            continue
        values = {"index": terms.short(name), "year": year}
        if name in _FETCHED:
            items.append(
                _(
                    "{index} {year}: run `parstudy fetch {what}`, then `parstudy build`; its "
                    "pairs and its parts will appear here.",
                    **values,
                    what=_FETCHED[name],
                )
            )
        else:
            items.append(
                _("{index} {year}: add the release below data/raw (`parstudy add FILE`).", **values)
            )
    if items:
        page.points(items)
    else:
        page.say(_("All indices that parstudy knows for this year are in the data."))


def limits(page: Page, table: pd.DataFrame) -> None:
    """What must not be read into the figures."""
    language = page.language
    _ = language.text
    items = [
        _(
            "Agreement of two orders is not proof that either is right, nor that one follows "
            "from the other; wealth and size of a province may stand behind both and are not held "
            "fixed."
        ),
        _(
            "Surveys have sampling errors, which pull all relations towards zero; the data hold "
            "no standard errors by province to correct for it."
        ),
        _("Only ranks are compared. Scores of years with different criteria or methods are not."),
    ]
    counts = [
        table[[x, y]].dropna().shape[0]
        for position, x in enumerate(table.columns)
        for y in table.columns[position + 1 :]
    ]
    if counts and max(counts) >= relations.FEWEST_FOR_A_PAIR:
        n = max(counts)
        least, found = relations.smallest_clear(n)
        items.append(
            _(
                "With {n} provinces, the most that any pair has here, a rank correlation must be "
                "beyond {least} to be told from none (5%), and one of {found} would be found four "
                "times in five. What is not clear here is not shown to be absent.",
                n=language.number(n, 0),
                least=language.number(least),
                found=language.number(found),
            )
        )
    page.points(items)


def cite(page: Page, figures: pd.DataFrame, table: pd.DataFrame, year: int) -> None:
    """Where the places and scores come from."""
    used = figures[
        figures["index"].isin(list(table))
        & figures["year"].eq(year)
        & figures["component"].eq("total")
        & figures["unit_level"].eq("province")
        & figures["measure"].isin(["score", "percent", "rank"])
    ]
    if len(used):
        page.say(
            page.language.text("The figures are quoted from {sources}.", sources=cited(page, used)),
            note=True,
        )


def _half(page: Page, row: Mapping[str, Any], which: str) -> str:
    language = page.language
    return language.text(
        "{value} ({n})",
        value=language.signed(row[which]),
        n=language.number(row[f"n_{which}"], 0),
    )


def _pair_columns(page: Page) -> list[Column]:
    _ = page.language.text
    return [
        Column(
            _("Pair"),
            format=lambda r: f"{terms.short(r['x'])} · {terms.short(r['y'])}",
            row_header=True,
        )
    ]
