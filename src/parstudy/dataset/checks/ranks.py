"""Ranks: how many there are, whether they follow from the scores, who holds them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

import numpy as np

from parstudy.dataset.checks.findings import WARNING, Finding, Kind
from parstudy.dataset.checks.tables import SLACK, Cell, Row, Tables, grouped, half, rows, show
from parstudy.dataset.rows import at
from parstudy.text import defer

WRONG_NUMBER_OF_UNITS = Kind(
    "wrong_number_of_units",
    WARNING,
    defer("The number of ranked units differs from the release's."),
)


def group_size(t: Tables) -> Iterator[Finding]:
    """``23/63`` where the release ranks another number of units."""
    for row in rows(at(t.values, quantity="of", unit_level="province")):
        expected = t.n_ranked.get((row["index_id"], row["year"]))
        if expected is not None and row["value"] != expected:
            yield t.find(
                WRONG_NUMBER_OF_UNITS,
                row,
                "number of ranked units differs from the release's",
                found=row["text"],
                expected=str(expected),
                figures=t.claims(row),
            )


RANK_ORDER = Kind("rank_order", WARNING, defer("A better rank has the lower score."), misread=True)


def rank_order(t: Tables) -> Iterator[Finding]:
    """A better published rank with a lower published score."""
    known = t.scores[t.scores["rank_published"].notna() & t.scores["score"].notna()]
    for _, part in grouped(known, ["index_id", "year", "component"]):
        worst: Row | None = None
        for _, tied in grouped(part, ["rank_published"]):
            same = rows(tied)
            for row in same:
                if worst is not None and _higher(row, worst):
                    yield _order(t, worst, row)
            lowest = min(same, key=lambda r: float(r["score"]))
            if worst is None or lowest["score"] < worst["score"]:
                worst = lowest


def _higher(one: Row, other: Row) -> bool:
    """Whether a score is higher than another, however both were rounded."""
    return bool(one["score"] > other["score"] + _apart(half(one) + half(other)))


def _apart(rounded: Any) -> Any:
    """How far apart two scores are that differ surely; equal ones of many decimals do not."""
    return np.maximum(rounded - SLACK, SLACK)


def _order(t: Tables, better: Row, worse: Row) -> Finding:
    named = [(row["unit_id"], row["rank_published"], row["score"]) for row in (better, worse)]
    (one, first, _), (other, second, _) = named
    return t.find(
        RANK_ORDER,
        worse,
        f"rank {first} ({one}) has a lower score than rank {second} ({other})",
        found="; ".join(f"{unit} {rank}: {score:g}" for unit, rank, score in named),
        figures=[t.cell(row, name) for row in (better, worse) for name in ("score", "rank")],
    )


RANK_IMPOSSIBLE = Kind(
    "rank_impossible",
    WARNING,
    defer("More units are known to have a higher score than the rank allows."),
    misread=True,
)


def ranks_against_scores(t: Tables) -> Iterator[Finding]:
    """Each rank against the places that all known scores leave to it.

    In a build, where scores of others may be missing, only a rank that is too good is a finding;
    one that is too bad is found pair by pair (`rank_order`). A file has all its scores.
    """
    for (index, year, component), column in _columns(t).items():
        values = np.array([score["value"] for _, score, _ in column])
        halves = np.array([half(score) for _, score, _ in column])
        for rank, score, of in column:
            if rank is None:
                continue
            n = int(of["value"]) if of else t.n_ranked.get((index, year), 63)
            if component != "total":  # of a part more can be known than have a total
                n = max(n, len(column))
            gap, rounded = values - score["value"], _apart(halves + half(score))
            # a unit that is not ranked takes no place
            better = int((gap > rounded).sum()) - max(len(column) - n, 0)
            most = max(len(column), n) - int((-gap > rounded).sum())
            found = f"{rank['value']:g} ({score['value']:g})"
            if better >= rank["value"]:
                message = f"{better} units are known to have a higher score"
                expected = f"≥ {better + 1}"
                yield t.find(RANK_IMPOSSIBLE, rank, message, found, expected, [rank, score])
            elif t.reading and rank["value"] > most:
                message = f"only {most} units can have this score or a higher one"
                yield t.find(RANK_ORDER, rank, message, found, f"≤ {most}", [rank, score])


def _columns(t: Tables) -> dict[tuple[str, int, str], list[tuple[Row | None, Row, Row | None]]]:
    """Rank, score and number of units of each province with a score, by column.

    Of components that are printed in percent only, these are the scores.
    """
    columns: dict[tuple[str, int, str], list[Cell]] = {}
    for (index, year, _), cells in t.units.items():
        for component, cell in cells.items():
            columns.setdefault((index, year, component), []).append(cell)
    found = {}
    for key, column in columns.items():
        name = "score" if any("score" in cell for cell in column) else "percent"
        found[key] = [(c.get("rank"), c[name], c.get("of")) for c in column if name in c]
    return found


RANK_SHARED = Kind(
    "rank_shared",
    WARNING,
    defer("One rank is claimed for two units that are not known to be tied."),
)


def shared_ranks(t: Tables) -> Iterator[Finding]:
    """One rank claimed for two units that are not known to be tied."""
    claims = at(t.figures, measure="rank", unit_level="province")
    claims = claims[claims["certainty"].ne("doubtful")]
    key = ["index_id", "year", "component", "value"]
    shared = claims.groupby(key)["unit_id"].transform("nunique").gt(1)
    for (_, _, _, value), part in grouped(claims[shared], key):
        for one, other in combinations(sorted(part["unit_id"].unique()), 2):
            both = rows(part[part["unit_id"].isin([one, other])])
            about = {**both[0], "unit_id": one}
            a, b = (t.cell({**about, "unit_id": unit}, "score") for unit in (one, other))
            if a is None or b is None or a["value"] != b["value"]:
                yield t.find(
                    RANK_SHARED,
                    about,
                    f"rank {value:g} is claimed for {one} and for {other}",
                    found=f"{one}: {show(a)}; {other}: {show(b)}",
                    figures=both,
                )


RANK_OUTSIDE_BOUND = Kind(
    "rank_outside_bound", WARNING, defer("The published rank lies outside a published bound.")
)


def bounds(t: Tables) -> Iterator[Finding]:
    """A rank outside its published bound."""
    for name, sign, way in (("rank_at_least", "≥", 1), ("rank_at_most", "≤", -1)):
        for bound in rows(at(t.values, quantity=name)):
            rank = t.cell(bound, "rank")
            if rank is not None and way * rank["value"] < way * bound["value"]:
                yield t.find(
                    RANK_OUTSIDE_BOUND,
                    bound,
                    "published rank lies outside a published bound",
                    found=rank["text"],
                    expected=f"{sign} {bound['text']}",
                    figures=[rank, bound],
                )
