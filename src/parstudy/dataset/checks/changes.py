"""Changes that are published: they must lead from last year's figure to this year's."""

from __future__ import annotations

from collections.abc import Iterator

from parstudy.dataset.checks.findings import WARNING, Finding, Kind, named
from parstudy.dataset.checks.tables import SLACK, Row, Tables, half, rows
from parstudy.dataset.rows import at
from parstudy.facts import criteria
from parstudy.text import defer

_CHANGES = {"change_score": "score", "change_rank": "rank"}

CHANGE_DISAGREES = Kind(
    "change_disagrees",
    WARNING,
    defer("The published change is not this year minus last year."),
    misread=True,
)


def changes(t: Tables) -> Iterator[Finding]:
    """Published change against this year minus last year."""
    for (index, year, _), cells in t.units.items():
        for component, cell in cells.items():
            for name, base in _CHANGES.items():
                change, now = cell.get(name), cell.get(base)
                if change is None or now is None:
                    continue
                before = t.cell(change, base, -1)
                if before is None or not _comparable(t, index, year, component, base):
                    continue
                computed = _change(before, now, base)
                if abs(change["value"] - computed) > _slack(base, change, now, before) + SLACK:
                    yield t.find(
                        CHANGE_DISAGREES,
                        change,
                        f"{named(name)} as published is not this year minus last year",
                        found=change["text"],
                        expected=f"{computed:+g} ({before['text']} → {now['text']})",
                        figures=[change, now, before],
                    )


def _change(before: Row, now: Row, base: str) -> float:
    """Change of a value; of a rank, where less is better, the places gained."""
    first, last = (now, before) if base == "rank" else (before, now)
    return float(last["value"]) - float(first["value"])


def _slack(base: str, *figures: Row) -> float:
    return 0.0 if base == "rank" else sum(half(figure) for figure in figures)


def _comparable(t: Tables, index: str, year: int, component: str, base: str) -> bool:
    """Whether last year had the same units, and for a score the same scale."""
    if t.reading:  # a table that prints last year beside this year compares them itself
        return True
    if criteria.geography_of(year) != criteria.geography_of(year - 1):
        return False
    if base == "rank" or t.criteria_set(index, year) == t.criteria_set(index, year - 1):
        return True
    now, before = (t.maximum(index, y, component) for y in (year, year - 1))
    return component == "total" and now is not None and now == before


def aggregate_changes(t: Tables) -> Iterator[Finding]:
    """The same for means of the nation and of regions."""
    for row in rows(at(t.values, quantity="change_score")):
        now, before = (t.cell(row, "mean", years) for years in (0, -1))
        if row["unit_level"] == "province" or now is None or before is None:
            continue
        computed = _change(before, now, "mean")
        if abs(row["value"] - computed) > _slack("mean", row, now, before) + SLACK:
            yield t.find(
                CHANGE_DISAGREES,
                row,
                "published change of the mean is not this year minus last year",
                found=row["text"],
                expected=f"{computed:+.2f} ({before['text']} → {now['text']})",
                figures=[*t.claims(row), now, before],
            )


def change_claims(t: Tables) -> Iterator[Finding]:
    """Every source's own pair of rank and change against last year's rank."""
    key = ["index_id", "year", "component", "unit_id"]
    frame = at(t.figures, unit_level="province")
    chosen = t.scores[[*key, "rank_published"]].dropna()
    before = chosen.assign(year=chosen["year"] + 1).rename(columns={"rank_published": "before"})
    pairs = (
        at(frame, measure="rank")
        .merge(at(frame, measure="change_rank"), on=[*key, "source_id"])
        .merge(chosen, on=key)
        .merge(before, on=key)
    )
    # the chosen pair is judged by `changes`; here only what that one does not see
    wrong = pairs["value_x"].add(pairs["value_y"]).ne(pairs["before"])
    for pair in rows(pairs[wrong & pairs["value_x"].ne(pairs["rank_published"])]):
        both = frame[frame["figure_id"].isin([pair["figure_id_x"], pair["figure_id_y"]])]
        yield t.find(
            CHANGE_DISAGREES,
            pair,
            "one source's rank and change do not give last year's rank",
            found=f"{pair['text_x']} ({pair['text_y']})",
            expected=f"{pair['before']} → {pair['text_x']}",
            figures=rows(both),
        )


CHANGE_IMPOSSIBLE = Kind(
    "change_impossible",
    WARNING,
    defer("Rank and change imply a rank of last year that does not exist."),
)


def implied_ranks(t: Tables) -> Iterator[Finding]:
    """Rank and change that imply a rank of last year that is none, or outside its bound."""
    for row in rows(t.scores[t.scores["change_rank_published"].notna()]):
        now, change = t.cell(row, "rank"), t.cell(row, "change_rank")
        if now is None or change is None or t.cell(row, "rank", -1) is not None:
            continue
        implied, n = now["value"] + change["value"], row["n_ranked"]
        if not 1 <= implied <= n:
            yield t.find(
                CHANGE_IMPOSSIBLE,
                row,
                "rank and change imply a rank of last year that does not exist",
                found=f"{implied:g} → {now['text']} ({change['text']})",
                expected=f"1–{n}",
                figures=[now, change],
            )
        low = t.cell(row, "rank_at_least", -1)
        if low is not None and implied < low["value"]:
            yield t.find(
                CHANGE_DISAGREES,
                row,
                "rank and change imply a rank of last year outside its published bound",
                found=f"{implied:g}",
                expected=f"≥ {low['value']:g}",
                figures=[now, change],
            )
