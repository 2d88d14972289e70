"""What the notebook on several indices shows: whether they rank provinces alike, and how surely."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

import pandas as pd

from parstudy import charts, fetch
from parstudy.dataset.rows import at
from parstudy.display import terms
from parstudy.display.page import Page
from parstudy.display.tables import Column
from parstudy.display.terms import Names
from parstudy.facts import criteria
from parstudy.pages._words import named, short_names
from parstudy.pages.drivers import labels, outcome_table
from parstudy.records import records
from parstudy.statistics.drivers import CONSTANT, External, RankRank
from parstudy.studies import one_index, relations
from parstudy.studies.relations import Shared

__all__ = ["Names"]

_CLEAR = 0.05


def title(page: Page, ranks: pd.DataFrame, year: int, n_units: int, *, overlap: bool) -> None:
    """Title, and the headline relation.

    Parameters
    ----------
    page : Page
        Where to.
    ranks : DataFrame
        Known ranks, one column per index.
    year, n_units : int, int
        Index year, and the provinces that there were.
    overlap : bool
        Whether PAR INDEX of the year contains points of SIPAS.
    """
    _ = page.language.text
    page.title(
        _("Index year {year}: do the indices rank provinces alike?", year=year),
        " ".join(_summary(page, ranks, year, n_units, overlap)),
    )


def _summary(
    page: Page, ranks: pd.DataFrame, year: int, n_units: int, overlap: bool
) -> Iterator[str]:
    """The headline relation with what a reader of it alone must know."""
    language = page.language
    _ = language.text
    if not {"PAR_INDEX", "SIPAS"} <= set(ranks):
        known = language.names(terms.short(str(name)) for name in ranks)
        yield _("Places of {year} are known in: {names}.", year=year, names=known)
        return
    found = relations.pair(ranks["PAR_INDEX"], ranks["SIPAS"])
    if found["reason"]:
        yield _(
            "Too few provinces have a known place in both PAR INDEX and SIPAS of {year}.",
            year=year,
        )
        return
    yield _(
        "{n} provinces have a known place in both PAR INDEX and SIPAS of {year}: the two "
        "orders agree with a rank correlation of {rho} (95% interval {interval}).",
        n=language.number(found["n"], 0),
        year=year,
        rho=language.signed(found["spearman"]),
        interval=language.interval(found["low"], found["high"]),
    )
    if overlap:
        yield _("Part of that holds by construction, since PAR INDEX contains points of SIPAS.")
    missing = n_units - int(found["n"])
    if missing > 0:
        yield language.ntext(
            "The other {n} province is not missing at random.",
            "The other {n} provinces are not missing at random.",
            missing,
        )


def data(page: Page, ranks: pd.DataFrame, n_units: int, n_ranked: Mapping[str, int]) -> None:
    """How many provinces have a known place, in which third of the ranking.

    Parameters
    ----------
    page, ranks, n_units : Page, DataFrame, int
        As for `title`.
    n_ranked : Mapping of str to int
        Units that each index ranks.
    """
    columns, _ = page.columns, page.language.text
    if ranks.empty:
        page.state("No place of any province is known for this year.")
        return
    frame = pd.DataFrame(
        {
            "index_id": name,
            "n": ranks[name].notna().sum(),
            **one_index.thirds(ranks[name].dropna(), n_ranked[str(name)])["n"],
        }
        for name in ranks
    )
    page.table(
        "known-places",
        _("Provinces with a known place, of {all}", all=page.language.number(n_units, 0)),
        frame,
        [
            columns.index(),
            columns.count(_("Known"), "n"),
            columns.count(_("first third"), "first"),
            columns.count(_("middle third"), "middle"),
            columns.count(_("last third"), "last"),
        ],
        notes=[
            _(
                "Published, or the only place that published bounds allow, or computed where "
                "all scores are known."
            )
        ],
    )
    incomplete = frame["n"].lt(frame["index_id"].map(n_ranked))
    most = frame[list(one_index.THIRDS)].max(axis=1)
    uneven = frame[incomplete & most.gt(0.5 * frame["n"])]
    if len(uneven):
        page.state(
            "Known mostly from one end of the ranking: {names}. Press and portals name those "
            "who lead and those who trail; what is missing is not missing at random.",
            names=page.language.names([terms.short(name) for name in uneven["index_id"]]),
        )


def shared(page: Page, found: Shared | None, year: int) -> None:
    """PAR INDEX without the points of SIPAS, against SIPAS."""
    language = page.language
    if found is None:
        page.state(
            "PAR INDEX without its SIPAS points cannot be computed for {n} provinces or more "
            "in {year}: both scores must be known. What follows holds for PAR INDEX as "
            "published, whose criteria sets of recent years are known to contain points of "
            "SIPAS.",
            n=language.number(one_index.FEWEST, 0),
            year=year,
        )
        return
    result = found.result
    row = result.table.loc["total"]
    words = {
        "n": language.number(result.n, 0),
        "told": language.number(found.published, 0),
        "rho": language.signed(row["spearman"]),
        "interval": language.interval(row["spearman_low"], row["spearman_high"]),
    }
    if found.published >= result.n:
        page.state(
            "{n} provinces have both scores, and the SIPAS points in PAR INDEX are published for "
            "all of them. PAR INDEX without these points goes with SIPAS at Spearman {rho} "
            "({interval}).",
            **words,
        )
    elif not found.published:
        page.state(
            "{n} provinces have both scores. The SIPAS points in PAR INDEX are published for none "
            "of them and are computed from the SIPAS percentage. PAR INDEX without these points "
            "goes with SIPAS at Spearman {rho} ({interval}).",
            **words,
        )
    else:
        page.state(
            "{n} provinces have both scores. The SIPAS points in PAR INDEX are published for "
            "{told} of them and computed from the SIPAS percentage for the others. PAR INDEX "
            "without these points goes with SIPAS at Spearman {rho} ({interval}).",
            **words,
        )
    if found.assumed:
        page.state(
            "Assumption: how many points SIPAS gives in PAR INDEX {year} is not known; {n} are "
            "taken, the most that any criteria set in the data gives, so that rather too much "
            "is taken out than too little.",
            year=year,
            n=language.number(found.maximum, 0),
        )
    for text in charts.taken_out(result, language):
        page.say(text)


def pairs(page: Page, found: pd.DataFrame) -> None:
    """Rank correlation of every pair of indices, n in every row."""
    columns, _ = page.columns, page.language.text
    if found.empty:
        page.state("Places of only one index are known, so there is no pair to compare.")
        return
    page.table(
        "spearman-pairs",
        _("Rank correlation of every pair of indices"),
        found,
        [
            columns.pair(),
            columns.n(),
            columns.signed(_("Spearman's rho"), "spearman"),
            columns.interval("low", "high"),
            columns.p_bh(),
        ],
        notes=[
            _(
                "Each pair has its own provinces, so rows cannot be compared with each other "
                "without care; fewer than five provinces give no figure."
            )
        ],
    )


def regressions(
    page: Page,
    fits: Mapping[tuple[str, str], RankRank],
    sources: Mapping[str, str] | None = None,
) -> None:
    """Rank–rank slopes with standard errors that know that ranks are estimated.

    Parameters
    ----------
    page : Page
        Where to.
    fits : mapping
        From `parstudy.studies.relations.fits`.
    sources : mapping of str to str, optional
        Where the covariates are from, by their names.
    """
    columns, _ = page.columns, page.language.text
    if not fits:
        page.state("No pair has ten provinces, the least for a rank–rank regression.")
        return
    (x, y), fit = next(iter(fits.items()))
    page.show(charts.rank_rank(fit, page.language, x=terms.short(x), y=terms.short(y)))
    covariates = [str(term) for term in fit.table.index if term not in (CONSTANT, fit.rank_term)]
    held = charts.held_fixed(covariates, page.language, sources)
    page.table(
        "rank-rank-table",
        _("Rank–rank regressions: second index on the first"),
        relations.slopes(fits),
        [
            columns.pair(),
            columns.n(),
            columns.signed(_("Slope"), "slope"),
            columns.interval("low", "high", confidence=fit.confidence),
            columns.number(_("Standard error"), "std_error", 3),
            columns.number(_("as usually printed"), "naive_se", 3),
            columns.p_bh(),
        ],
        notes=[
            _(
                "Ranks among the provinces of the pair. Standard errors after Chetverikov and "
                "Wilhelm (2023); the usual ones treat ranks as if they were fixed. For large "
                "samples: below about {n} provinces read them as a lower bound, and no p-value is "
                "given; that of the correlation above holds.",
                n=relations.LARGE,
            ),
            *([held] if held else []),
        ],
    )


def over_years(page: Page, found: pd.DataFrame, year: int) -> None:
    """The same pairs in all years, with the breaks."""
    columns, _ = page.columns, page.language.text
    known = found[found["spearman"].notna()]
    if known.empty:
        page.state("No year has five provinces in both indices of a pair.")
        return
    with_par = known[known["x"].eq("PAR_INDEX") | known["y"].eq("PAR_INDEX")]
    page.table(
        "by-year",
        _("Rank correlation with PAR INDEX, year by year"),
        with_par if len(with_par) else known,
        [
            columns.pair(),
            columns.year(),
            columns.n(),
            columns.signed(_("Spearman's rho"), "spearman"),
            columns.interval("low", "high"),
            columns.yes_no(_("Break"), "broken"),
        ],
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


# --- the parts of PAPI ---------------------------------------------------------------------------


def parts(
    page: Page,
    found: Sequence[tuple[str, str, int, External | None]],
    components: pd.DataFrame,
    year: int,
) -> None:
    """Dimensions and sub-dimensions of PAPI against the places in the other indices.

    Parameters
    ----------
    page : Page
        Where to.
    found : sequence of (str, str, int, External or None)
        From `parstudy.studies.relations.papi_parts`.
    components : DataFrame
        Those of the criteria set of ``year``: a code has another meaning in others.
    year : int
        Index year of PAPI.
    """
    made = [
        (level, index, other_year, result)
        for level, index, other_year, result in found
        if result is not None
    ]
    if not made:
        page.state(
            "No dimension of PAPI {year} is in the data with enough places of the other indices.",
            year=year,
        )
        page.for_operators("`parstudy fetch papi` adds the 29 sub-dimensions of all provinces.")
    for level, index, other_year, result in made:
        _ = page.language.text
        other = {"index": terms.short(index), "year": other_year}
        outcome = (
            _("place in {index} {year}", **other)
            if other_year == year
            else _("place in {index} one year later ({year})", **other)
        )
        tag = f"{level}-{index}-{other_year}".lower().replace("_", "-")
        _parts_against(page, result, components, level, outcome, tag)


def _parts_against(
    page: Page, result: External, components: pd.DataFrame, level: str, outcome: str, tag: str
) -> None:
    """Parts of one level against one outcome: in words, drawn if they are few, and as a table."""
    language = page.language
    _ = language.text
    frame = result.table.drop(["total", "total with what it contains"], errors="ignore")
    frame = frame[frame["spearman"].notna()].reset_index()
    names = labels(page, components, [str(t) for t in frame["term"]])
    row = result.table.loc["total"]
    dimensions = level == "area"
    page.heading(
        _("PAPI: dimensions against {outcome}", outcome=outcome)
        if dimensions
        else _("PAPI: sub-dimensions against {outcome}", outcome=outcome),
        level=3,
    )
    page.state(
        "{n} provinces. PAPI as a whole: Spearman {rho} ({interval}). Of {k} parts, {m} "
        "are clear after correction (Benjamini–Hochberg, 5%).",
        n=language.number(result.n, 0),
        rho=language.signed(row["spearman"]),
        interval=language.interval(row["spearman_low"], row["spearman_high"]),
        k=language.number(len(frame), 0),
        m=language.number(frame["spearman_p_bh"].lt(_CLEAR).sum(), 0),
    )
    if dimensions:
        short = short_names(names)
        shown = result.table.rename_axis("term").reset_index()
        page.show(
            charts.external(
                shown.assign(name=[short.get(term, "") for term in shown["term"]]),
                language,
                id=f"papi-chart-{tag}",
                caption=_(
                    "Rank correlation of PAPI and of each part with: {outcome}.", outcome=outcome
                ),
            )
        )
    outcome_table(page, result, named(frame, names, "term"), f"papi-{tag}", outcome)


def procedures_fixed(
    page: Page, found: Mapping[tuple[str, str], Mapping[str, Any]], year: int
) -> None:
    """Pairs with PAPI's dimension of administrative procedures held fixed.

    Parameters
    ----------
    page : Page
        Where to.
    found : Mapping
        From `parstudy.studies.relations.procedures_fixed`.
    year : int
        Index year.
    """
    columns, _ = page.columns, page.language.text
    rows = [{"x": x, "y": y, **entry} for (x, y), entry in found.items() if not entry["reason"]]
    if not rows:
        page.state(
            "PAPI's dimension 5, public administrative procedures, is closest to what PAR "
            "INDEX and SIPAS measure. It is not known for ten provinces of {year} with both "
            "places, so it cannot be held fixed here.",
            year=year,
        )
        return
    page.table(
        "given-d5",
        _("Rank–rank slopes with PAPI's dimension 5 held fixed"),
        pd.DataFrame(rows),
        [
            columns.pair(),
            columns.n(),
            columns.signed(_("Slope"), "slope"),
            columns.interval("slope_low", "slope_high"),
            columns.signed(_("Slope given dimension 5"), "given_slope"),
            columns.interval("given_low", "given_high"),
        ],
        notes=[
            _(
                "The same provinces with and without. If what people meet at the counter were "
                "all that the indices share, the second slope would be near zero; but "
                "dimension 5 is measured with error, which leaves some of the relation behind."
            )
        ],
    )


# --- what is missing -----------------------------------------------------------------------------


def missing(page: Page, frame: pd.DataFrame) -> None:
    """How far the answers hang on which places are known.

    Parameters
    ----------
    page : Page
        Where to.
    frame : DataFrame
        From `parstudy.studies.relations.selections`.
    """
    if frame.empty:
        page.state("No pair has five provinces, so there is nothing to check.")
        return
    page.state(
        "Three checks. First, each third of the ranking is made to weigh a third, as it does "
        "in the country. Second, the better and the worse half are taken alone: if only "
        "the ends of a ranking are known, the halves agree less than the whole. Third, the "
        "lowest and highest Kendall's tau that any completion of the missing places could give."
    )
    _selection_table(page, frame)
    unknown = frame[frame["settled"].lt(1)]
    if unknown.empty:
        page.state("All places of these indices are known: nothing hangs on who is missing.")
        return
    decided = unknown[unknown["tau_low"].gt(0) | unknown["tau_high"].lt(0)]
    if decided.empty:
        page.state(
            "For no pair with missing places is the sign settled whatever they are: the relation "
            "holds for the provinces that are known, and for the country only if those that are "
            "not known behave alike."
        )
        return
    told = [f"{terms.short(r['x'])} · {terms.short(r['y'])}" for r in records(decided)]
    page.state(
        "Whatever the missing places are, the sign of the relation is settled for: {names}.",
        names=page.language.names(told),
    )


def _selection_table(page: Page, frame: pd.DataFrame) -> None:
    """Each pair as it is, with thirds weighted, in halves, and at the bounds."""
    language = page.language
    columns, _ = page.columns, language.text

    def half(row: Mapping[str, Any], which: str) -> str:
        """Relation within one half of the ranking, and how many provinces are in it."""
        value, n = language.signed(row[which]), language.number(row[f"n_{which}"], 0)
        return _("{value} ({n})", value=value, n=n)

    page.table(
        "selection-check",
        _("The relation if other provinces were known"),
        frame,
        [
            columns.pair(),
            columns.n(),
            Column(_("by third"), "thirds", align="right"),
            columns.signed(_("Spearman's rho"), "spearman"),
            columns.signed(_("thirds weighted"), "balanced"),
            Column(_("better half (n)"), format=lambda r: half(r, "upper"), align="right"),
            Column(_("worse half (n)"), format=lambda r: half(r, "lower"), align="right"),
            columns.interval("tau_low", "tau_high", label=_("Kendall's tau at least, at most")),
        ],
        notes=[
            _(
                "Thirds and halves by the first index. No weighted figure where a third has "
                "no province. The bounds of tau assume nothing about who is missing; with "
                "many places unknown they are wide, and that is the honest answer."
            )
        ],
    )


def fetchable(page: Page, ranks: pd.DataFrame, year: int) -> None:
    """What is not in the data, and how it would get there."""
    _ = page.language.text
    fetched = fetch.names_by_index()
    items = []
    for name, index in criteria.indices().items():
        if name in ranks or year < index.first_year:
            continue
        release = {"index": index.short, "year": year}
        items.append(_("{index} {year}: its pairs and its parts.", **release))
        if index.role == "companion" and name in fetched:
            page.for_operators(
                "{index} {year}: run `parstudy fetch {what}`, then `parstudy build`.",
                **release,
                what=fetched[name],
            )
        else:
            page.for_operators(
                "{index} {year}: add the release below data/raw (`parstudy add FILE`).", **release
            )
    if items:
        page.points(items)
    else:
        page.state("All indices that parstudy knows for this year are in the data.")


def limits(page: Page, ranks: pd.DataFrame) -> None:
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
    n = max((len(ranks[[x, y]].dropna()) for x, y in combinations(ranks, 2)), default=0)
    if n >= relations.FEWEST_FOR_A_PAIR:
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


def cite(page: Page, figures: pd.DataFrame, ranks: pd.DataFrame, year: int) -> None:
    """Where the places and scores come from."""
    of_year = at(figures, index_id=list(ranks), year=year, component="total", unit_level="province")
    used = of_year[of_year["measure"].isin(["score", "percent", "rank"])]
    if len(used):
        page.remark("The figures are quoted from {sources}.", sources=page.cite(figures=used))
