"""Cross-checks of the built tables. Each check gives the rows that fail it, never a bare count."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Any

import pandas as pd

from parstudy.dataset._reconcile import KEY, agree, quantity
from parstudy.dataset.checks.findings import Finding
from parstudy.dataset.checks.within import shares_of_one
from parstudy.facts import criteria

_SOURCES = ("appraisal", "survey_leaders", "sipas", "socioeconomic")
# a total can be cut in several ways; parts are only added within one of them
_CUTS: tuple[tuple[str, ...], ...] = (_SOURCES, ("appraisal", "survey"), criteria.AREAS)
_CHANGES = {"change_score": "score", "change_rank": "rank"}
_SLACK = 1e-9


@dataclass(frozen=True)
class Tables:
    """What the checks look at."""

    figures: pd.DataFrame
    values: pd.DataFrame
    scores: pd.DataFrame
    components: pd.DataFrame
    sources: pd.DataFrame
    releases: pd.DataFrame

    @cached_property
    def cells(self) -> dict[tuple[Any, ...], dict[str, dict[str, Any]]]:
        """Reconciled values of provinces by index, year, unit, component; then by quantity."""
        cells: dict[tuple[Any, ...], dict[str, dict[str, Any]]] = {}
        for row in _rows(self.values[self.values["unit_level"].eq("province")]):
            key = (row["index"], row["year"], row["unit_id"], row["component"])
            cells.setdefault(key, {})[row["quantity"]] = row
        return cells

    @cached_property
    def n_ranked(self) -> pd.Series:
        """Units ranked by index and year; a year can have several releases."""
        return self.releases.groupby(["index", "year"])["n_ranked"].max()


def run(tables: Tables) -> list[Finding]:
    """Run every check.

    Returns
    -------
    list of Finding
    """
    found: list[Finding] = []
    for check in CHECKS:
        found += list(check(tables))
    return found


def unknown_sources(t: Tables) -> Iterator[Finding]:
    """A figure whose source is not in the list of sources."""
    known = set(t.sources["source_id"])
    for row in _rows(t.figures[~t.figures["source_id"].isin(known)]):
        yield _of_figures(
            "unknown_source",
            "error",
            [row],
            f"{row['locator']}: source {row['source_id']!r} is not in the list of sources",
            expected="a source_id of sources.csv",
        )


def repeated_rows(t: Tables) -> Iterator[Finding]:
    """The same number twice from one source, or two different numbers from one source."""
    frame = t.figures.assign(quantity=quantity(t.figures))
    key = [*KEY, "measure", "source_id", "release_id"]
    twice = frame[frame.duplicated(key, keep=False)]
    for _, part in _grouped(twice, key):
        rows = _rows(part)
        texts = list(dict.fromkeys(part["text"]))
        # a release prints its totals in several tables; that is no repetition
        tables = part["locator"].str.contains("!").any()
        if len(texts) == 1 and not tables:
            yield _of_figures(
                "duplicate_row",
                "error",
                rows,
                f"{rows[-1]['locator']}: one unit stands twice for one source "
                f"(first in {rows[0]['locator']})",
                found=" and ".join(texts),
                expected="one row",
            )
        elif not _all_agree(part):
            yield _of_figures(
                "two_values_one_source",
                "error",
                rows,
                f"{rows[-1]['locator']}: one source gives two values "
                f"(the other in {rows[0]['locator']})",
                found=" and ".join(texts),
                expected="one value",
            )


def conflicts(t: Tables) -> Iterator[Finding]:
    """Sources that contradict each other beyond rounding."""
    for row in _rows(t.values[t.values["conflict"]]):
        yield _of_value(
            t,
            f"conflict_{row['quantity']}",
            "warning",
            row,
            f"sources contradict each other on {row['quantity']}",
            found=f"{row['text']} ({row['source_id']}) ≠ {row['others']}",
        )


def rounding(t: Tables) -> Iterator[Finding]:
    """Sources that agree but print different precision (not a contradiction)."""
    coarse = t.values["rounding"] & t.values["others"].ne("")
    for row in _rows(t.values[coarse]):
        # a trailing zero left out is no other number
        others = [o.split(" (")[0] for o in row["others"].split("; ")]
        if any(_number(o) != row["value"] for o in others):
            yield _of_value(
                t,
                f"rounding_{row['quantity']}",
                "info",
                row,
                "sources print the same number with different precision",
                found=f"{row['text']} ({row['source_id']}) ≈ {row['others']}",
            )


def group_size(t: Tables) -> Iterator[Finding]:
    """``23/63`` where the release ranks another number of units."""
    ranked = t.n_ranked
    rows = t.values[t.values["quantity"].eq("of") & t.values["unit_level"].eq("province")]
    for row in _rows(rows):
        expected = ranked.get((row["index"], row["year"]))
        if expected is not None and row["value"] != expected:
            yield _of_value(
                t,
                "wrong_number_of_units",
                "warning",
                row,
                "number of ranked units differs from the release's",
                found=row["text"],
                expected=str(expected),
            )


def rank_order(t: Tables) -> Iterator[Finding]:
    """A better published rank with a lower published score."""
    known = t.scores[t.scores["rank_published"].notna() & t.scores["score"].notna()]
    for _, part in _grouped(known, ["index", "year", "component"]):
        worst: dict[str, Any] | None = None
        for _, tied in _grouped(part, ["rank_published"]):
            rows = _rows(tied)
            for row in rows:
                if (
                    worst is not None
                    and row["score"] > worst["score"] + _half(worst) + _half(row) - _SLACK
                ):
                    yield _of_scores(
                        t,
                        "rank_order",
                        "warning",
                        [worst, row],
                        ("score", "rank"),
                        f"rank {worst['rank_published']} ({worst['province_id']}) has a lower "
                        f"score than rank {row['rank_published']} ({row['province_id']})",
                        found=f"{worst['province_id']} {worst['rank_published']}: "
                        f"{worst['score']:g}; {row['province_id']} {row['rank_published']}: "
                        f"{row['score']:g}",
                        unit_id=str(row["province_id"]),
                    )
            lowest = min(rows, key=lambda r: float(r["score"]))
            if worst is None or lowest["score"] < worst["score"]:
                worst = lowest


def shared_ranks(t: Tables) -> Iterator[Finding]:
    """One rank claimed for two units that are not known to be tied."""
    claims = t.figures[
        t.figures["measure"].eq("rank")
        & t.figures["unit_level"].eq("province")
        & t.figures["certainty"].ne("doubtful")
    ]
    score = t.scores.set_index(["index", "year", "component", "province_id"])["score"]
    key = ["index", "year", "component", "value"]
    shared = claims.groupby(key)["unit_id"].transform("nunique").gt(1)
    for (index, year, component, value), part in _grouped(claims[shared], key):
        units = sorted(part["unit_id"].unique())
        for one, other in combinations(units, 2):
            a = score.get((index, year, component, one), float("nan"))
            b = score.get((index, year, component, other), float("nan"))
            if a == b:
                continue
            rows = _rows(part[part["unit_id"].isin([one, other])])
            yield _of_figures(
                "rank_shared",
                "warning",
                rows,
                f"rank {value:g} is claimed for {one} and for {other}",
                found=f"{one}: {_show(a)}; {other}: {_show(b)}",
                unit_id=one,
            )


def changes(t: Tables) -> Iterator[Finding]:
    """Published change against this year minus last year."""
    for column, base in _CHANGES.items():
        frame = t.scores
        published, computed = frame[f"{column}_published"], frame[f"{column}_computed"]
        both = frame[published.notna() & computed.notna()]
        for row in _rows(both):
            change = _value(t, row, column)
            now = _value(t, row, base)
            before = _value(t, {**row, "year": row["year"] - 1}, base)
            if change is None or now is None or before is None:
                continue
            slack = 0.0
            if base == "score":
                slack = sum(0.5 * 10.0 ** -int(v["decimals"]) for v in (change, now, before))
            if abs(change["value"] - row[f"{column}_computed"]) > slack + _SLACK:
                yield _of_scores(
                    t,
                    "change_disagrees",
                    "warning",
                    [row],
                    (column, base),
                    f"published {column} is not this year minus last year",
                    found=change["text"],
                    expected=f"{row[f'{column}_computed']:+g} ({before['text']} → {now['text']})",
                    before=base,
                )


def aggregate_changes(t: Tables) -> Iterator[Finding]:
    """The same for means of the nation and of regions."""
    rows = t.values[t.values["unit_level"].ne("province")]
    key = ["index", "unit_id", "component", "year"]
    means = {tuple(row[k] for k in key): row for row in _rows(rows[rows["quantity"].eq("mean")])}
    for row in _rows(rows[rows["quantity"].eq("change_score")]):
        about = (row["index"], row["unit_id"], row["component"])
        now, before = (means.get((*about, y)) for y in (row["year"], row["year"] - 1))
        if now is None or before is None:
            continue
        computed = float(now["value"]) - float(before["value"])
        slack = sum(0.5 * 10.0 ** -int(v["decimals"]) for v in (row, now, before))
        if abs(row["value"] - computed) > slack + _SLACK:
            yield _of_value(
                t,
                "change_disagrees",
                "warning",
                row,
                "published change of the mean is not this year minus last year",
                found=row["text"],
                expected=f"{computed:+.2f} ({before['text']} → {now['text']})",
                more=(str(now["figure_id"]), str(before["figure_id"])),
            )


def change_claims(t: Tables) -> Iterator[Finding]:
    """Every source's own pair of rank and change against last year's rank."""
    key = ["index", "year", "component", "unit_id"]
    rows = t.figures[t.figures["unit_level"].eq("province")]
    ranks = t.scores.rename(columns={"province_id": "unit_id", "rank_published": "chosen"})
    ranks = ranks[[*key, "chosen"]].dropna()
    before = ranks.rename(columns={"chosen": "before"}).assign(year=ranks["year"] + 1)
    pairs = (
        rows[rows["measure"].eq("rank")]
        .merge(rows[rows["measure"].eq("change_rank")], on=[*key, "source_id"])
        .merge(ranks, on=key)
        .merge(before, on=key)
    )
    # the chosen pair is judged by `changes`; here only what that one does not see
    wrong = pairs["value_x"].add(pairs["value_y"]).ne(pairs["before"])
    for pair in _rows(pairs[wrong & pairs["value_x"].ne(pairs["chosen"])]):
        both = rows[rows["figure_id"].isin([pair["figure_id_x"], pair["figure_id_y"]])]
        yield _of_figures(
            "change_disagrees",
            "warning",
            _rows(both),
            "one source's rank and change do not give last year's rank",
            found=f"{pair['text_x']} ({pair['text_y']})",
            expected=f"{pair['before']} → {pair['text_x']}",
        )


def neighbouring_claims(t: Tables) -> Iterator[Finding]:
    """Two sources whose pairs of value and change imply different values of last year."""
    for column, base in _CHANGES.items():
        for row in _rows(t.scores[t.scores[f"{column}_published"].notna()]):
            now, change = _value(t, row, base), _value(t, row, column)
            before = _value(t, {**row, "year": row["year"] - 1}, base)
            if before is not None or now is None or change is None:
                continue
            implied = now["value"] + (change["value"] if base == "rank" else -change["value"])
            n = row["n_ranked"]
            if base == "rank" and not 1 <= implied <= n:
                yield _of_scores(
                    t,
                    "change_impossible",
                    "warning",
                    [row],
                    (base, column),
                    "rank and change imply a rank of last year that does not exist",
                    found=f"{implied:g} → {now['text']} ({change['text']})",
                    expected=f"1–{n}",
                )
            low = _value(t, {**row, "year": row["year"] - 1}, "rank_at_least")
            if base == "rank" and low is not None and implied < low["value"]:
                yield _of_scores(
                    t,
                    "change_disagrees",
                    "warning",
                    [row],
                    (base, column),
                    "rank and change imply a rank of last year outside its published bound",
                    found=f"{implied:g}",
                    expected=f"≥ {low['value']:g}",
                )


def groups(t: Tables) -> Iterator[Finding]:
    """Published group against the score and the year's thresholds."""
    both = t.scores[t.scores["group_published"].ne("") & t.scores["group_computed"].ne("")]
    for row in _rows(both[both["group_published"].ne(both["group_computed"])]):
        yield _of_scores(
            t,
            "group_disagrees",
            "warning",
            [row],
            ("group", "score"),
            "published group does not follow from the score and the year's thresholds",
            found=f"{row['group_published']} ({row['score']:g})",
            expected=row["group_computed"],
        )


def parts_add_up(t: Tables) -> Iterator[Finding]:
    """Components of one cut of the total add up to it, when all of them are known."""
    frame = t.scores[t.scores["index"].eq("PAR_INDEX") & t.scores["score"].notna()]
    for (year, province), part in _grouped(frame, ["year", "province_id"]):
        known = {row["component"]: row for row in _rows(part)}
        if "total" not in known:
            continue
        total = known["total"]
        for cut in _CUTS:
            if not set(cut) <= set(known):
                continue
            parts = [known[c] for c in cut]
            summed = sum(float(p["score"]) for p in parts)
            slack = sum(_half(p) for p in (*parts, total))
            if abs(summed - float(total["score"])) > slack + _SLACK:
                yield _of_scores(
                    t,
                    "parts_do_not_add_up",
                    "warning",
                    [{**row, "year": year, "province_id": province} for row in (total, *parts)],
                    ("score",),
                    f"{', '.join(cut)} do not add up to the total",
                    found=" + ".join(f"{p['score']:g}" for p in parts) + f" = {summed:g}",
                    expected=f"{total['score']:g}",
                )
    yield from _children_add_up(t)


def _children_add_up(t: Tables) -> Iterator[Finding]:
    tree = t.components[t.components["level"].isin(["criterion", "subcriterion"])]
    key = ["index", "year", "province_id", "criteria_set"]
    scores = t.scores[t.scores["score"].notna() & t.scores["decimals"].notna()]
    scores = scores.assign(slack=0.5 * 10.0 ** -scores["decimals"].astype(float))
    children = scores.merge(
        tree[["criteria_set", "code", "parent"]],
        left_on=["criteria_set", "component"],
        right_on=["criteria_set", "code"],
    )
    sums = children.groupby([*key, "parent"], as_index=False).agg(
        summed=("score", "sum"), n=("score", "size"), slack=("slack", "sum")
    )
    wanted = tree.groupby(["criteria_set", "parent"], as_index=False).agg(wanted=("code", "size"))
    both = sums.merge(wanted, on=["criteria_set", "parent"]).merge(
        scores, left_on=[*key, "parent"], right_on=[*key, "component"], suffixes=("", "_parent")
    )
    off = (both["summed"] - both["score"]).abs() > both["slack"] + both["slack_parent"] + _SLACK
    for row in _rows(both[off & both["n"].eq(both["wanted"])]):
        yield _of_scores(
            t,
            "parts_do_not_add_up",
            "warning",
            [row],
            ("score",),
            f"the {row['n']} parts of {row['component']} do not add up to it",
            found=f"{row['summed']:g}",
            expected=f"{row['score']:g}",
        )


def above_maximum(t: Tables) -> Iterator[Finding]:
    """A score above the component's maximum."""
    frame = t.scores[t.scores["component"].ne("total") & t.scores["max_score"].notna()]
    for row in _rows(frame[frame["score"] > frame["max_score"] + _SLACK]):
        yield _of_scores(
            t,
            "above_maximum",
            "error",
            [row],
            ("score", "max"),
            "score above the component's maximum",
            found=f"{row['score']:g}",
            expected=f"≤ {row['max_score']:g}",
        )


def other_scale(t: Tables) -> Iterator[Finding]:
    """Shares of 1 where points or percent belong: 0.8712 for 87.12."""
    frame = t.figures[t.figures["unit_level"].eq("province")]
    frame = frame[shares_of_one(frame)]
    for _, part in _grouped(frame, ["release_id", "index", "year", "component"]):
        rows = _rows(part)
        yield _of_figures(
            "other_scale",
            "error",
            rows,
            f"{rows[0]['locator']}: {rows[0]['measure']} on another scale "
            f"({len(rows)} figures of at most 1)",
            found=rows[0]["text"],
            expected="points or percent such as 87.12",
        )


def maxima(t: Tables) -> Iterator[Finding]:
    """A maximum printed beside a component against the criteria set's."""
    known = t.components.set_index(["criteria_set", "code"])["max_score"]
    sets = t.scores.drop_duplicates(["index", "year"]).set_index(["index", "year"])["criteria_set"]
    rows = t.values[t.values["quantity"].eq("max") & t.values["unit_level"].eq("province")]
    for row in _rows(rows):
        expected = known.get((sets.get((row["index"], row["year"]), ""), row["component"]))
        if expected is not None and expected == expected and row["value"] != expected:
            yield _of_value(
                t,
                "maximum_disagrees",
                "warning",
                row,
                "printed maximum differs from the criteria set's",
                found=row["text"],
                expected=f"{expected:g}",
            )


def percent_of_maximum(t: Tables) -> Iterator[Finding]:
    """Points over maximum against the percentage printed for the same component."""
    frame = t.scores[t.scores["component"].ne("total") & t.scores["index"].eq("PAR_INDEX")]
    frame = frame[frame["score"].notna() & frame["max_score"].notna()]
    for row in _rows(frame):
        percent = _value(t, row, "percent")
        score = _value(t, row, "score")
        if percent is None or score is None:
            continue
        computed = row["score"] / row["max_score"] * 100
        slack = 0.5 * 10.0 ** -int(percent["decimals"])
        slack += 0.5 * 10.0 ** -int(score["decimals"]) / row["max_score"] * 100
        if abs(computed - percent["value"]) > slack + _SLACK:
            yield _of_scores(
                t,
                "percent_disagrees",
                "warning",
                [row],
                ("percent", "score"),
                "printed percentage is not points over maximum",
                found=f"{percent['text']}",
                expected=f"{computed:.2f} ({row['score']:g}/{row['max_score']:g})",
            )


def extremes(t: Tables) -> Iterator[Finding]:
    """A province beyond the nation's printed highest or lowest score."""
    nation = t.values[t.values["unit_id"].eq("viet-nam") & t.values["component"].eq("total")]
    for row in _rows(nation[nation["quantity"].isin(["min", "max"])]):
        part = t.scores[
            t.scores["index"].eq(row["index"])
            & t.scores["year"].eq(row["year"])
            & t.scores["component"].eq("total")
            & t.scores["score"].notna()
        ]
        half = 0.5 * 10.0 ** -int(row["decimals"])
        beyond = (
            part[part["score"] > row["value"] + half]
            if row["quantity"] == "max"
            else part[part["score"] < row["value"] - half]
        )
        for other in _rows(beyond):
            yield _of_scores(
                t,
                "beyond_extreme",
                "warning",
                [other],
                ("score",),
                f"score beyond the nation's printed {row['quantity']}",
                found=f"{other['score']:g}",
                expected=f"{'≤' if row['quantity'] == 'max' else '≥'} {row['text']}",
                more=(str(row["figure_id"]),),
            )
        place = 1 if row["quantity"] == "max" else part["n_ranked"].max()
        for other in _rows(part[part["rank_published"].eq(place)]):
            gap = abs(other["score"] - row["value"])
            if gap > half + _half(other) + _SLACK and other["score"] not in set(beyond["score"]):
                yield _of_scores(
                    t,
                    "extreme_disagrees",
                    "warning",
                    [other],
                    ("score", "rank"),
                    f"rank {place} does not have the nation's printed {row['quantity']}",
                    found=f"{other['score']:g}",
                    expected=row["text"],
                    more=(str(row["figure_id"]),),
                )


def bounds(t: Tables) -> Iterator[Finding]:
    """A rank outside its published bound, or a rank that a better score makes impossible."""
    bounded = t.values["quantity"].isin(["rank_at_least", "rank_at_most"])
    for bound in _rows(t.values[bounded]):
        row = {**bound, "province_id": bound["unit_id"]}
        place = _value(t, row, "rank")
        if place is None:
            continue
        least = bound["quantity"] == "rank_at_least"
        if place["value"] < bound["value"] if least else place["value"] > bound["value"]:
            yield _of_scores(
                t,
                "rank_outside_bound",
                "warning",
                [row],
                ("rank", str(bound["quantity"])),
                "published rank lies outside a published bound",
                found=place["text"],
                expected=f"{'≥' if least else '≤'} {bound['text']}",
            )
    for _, part in t.scores.groupby(["index", "year", "component"], sort=True):
        known = part[part["score"].notna()]
        if known["rank_published"].isna().all():
            continue
        for row in _rows(known[known["rank_published"].notna()]):
            higher = int((known["score"] > row["score"] + _half(row)).sum())
            # a unit that is not ranked takes no place
            better = higher - max(len(known) - int(row["n_ranked"]), 0)
            if better >= row["rank_published"]:
                yield _of_scores(
                    t,
                    "rank_impossible",
                    "warning",
                    [row],
                    ("rank", "score"),
                    f"{better} units are known to have a higher score",
                    found=f"{row['rank_published']} ({row['score']:g})",
                    expected=f"≥ {better + 1}",
                )


def group_counts(t: Tables) -> Iterator[Finding]:
    """Counts of groups add up to the number of units and are not below what is known."""
    nation = t.values[t.values["unit_level"].eq("national") & t.values["component"].eq("total")]
    counts = nation[nation["quantity"].str.startswith("n_group_")]
    ranked = t.n_ranked
    for (index, year), part in _grouped(counts, ["index", "year"]):
        total, n = part["value"].sum(), ranked.get((index, year), 63)
        letters = part["quantity"].str.removeprefix("n_group_")
        stated = set(criteria.thresholds(index, year)["group"])
        if total > n or (stated and stated == set(letters) and total != n):
            yield _of_value(
                t,
                "groups_do_not_add_up",
                "warning",
                _rows(part)[0],
                "numbers of units in the groups do not add up",
                found=f"{total:g}",
                expected=str(n),
                more=tuple(part["figure_id"]),
            )
        known = t.scores[
            t.scores["index"].eq(index)
            & t.scores["year"].eq(year)
            & t.scores["component"].eq("total")
        ]
        group = known["group_published"].where(
            known["group_published"].ne(""), known["group_computed"]
        )
        for row, letter in zip(_rows(part), letters, strict=True):
            members = int(group.eq(letter).sum())
            if members > row["value"]:
                yield _of_value(
                    t,
                    "group_too_small",
                    "warning",
                    row,
                    f"more units are known to be in group {letter} than are counted",
                    found=row["text"],
                    expected=f"≥ {members}",
                )


def directions(t: Tables) -> Iterator[Finding]:
    """How many rose and fell cannot exceed the number of units."""
    nation = t.values[t.values["unit_level"].eq("national") & t.values["component"].eq("total")]
    ranked = t.n_ranked
    for names in (("n_rose", "n_fell"), ("n_rank_up", "n_rank_same", "n_rank_down")):
        part = nation[nation["quantity"].isin(names)]
        for (index, year), rows in _grouped(part, ["index", "year"]):
            n = ranked.get((index, year), 63)
            if rows["value"].sum() > n:
                yield _of_value(
                    t,
                    "counts_exceed_units",
                    "warning",
                    _rows(rows)[0],
                    f"{' + '.join(names)} exceed the number of units",
                    found=f"{rows['value'].sum():g}",
                    expected=f"≤ {n}",
                    more=tuple(rows["figure_id"]),
                )


def ranges(t: Tables) -> Iterator[Finding]:
    """Printed range against highest minus lowest."""
    nation = t.values[t.values["unit_level"].eq("national")]
    wide = nation.pivot_table(
        index=["index", "year", "component"], columns="quantity", values="value"
    )
    if not {"range", "min", "max"} <= set(wide.columns):
        return
    full = wide[["range", "min", "max"]].dropna()
    for row in _rows(full.reset_index()):
        index, year, component = row["index"], row["year"], row["component"]
        if abs(row["max"] - row["min"] - row["range"]) > 0.015:
            ids = nation[
                nation["index"].eq(index)
                & nation["year"].eq(year)
                & nation["component"].eq(component)
                & nation["quantity"].isin(["range", "min", "max"])
            ]
            yield _of_value(
                t,
                "range_disagrees",
                "warning",
                _rows(ids[ids["quantity"].eq("range")])[0],
                "printed range is not highest minus lowest",
                found=f"{row['range']:g}",
                expected=f"{row['max'] - row['min']:.2f} ({row['max']:g} − {row['min']:g})",
                more=tuple(ids["figure_id"]),
            )


def regional_means(t: Tables) -> Iterator[Finding]:
    """Means of the six regions against the nation's mean, and against complete members."""
    from parstudy.facts.provinces import registry

    members = registry("63").groupby("region_id")["province_id"].agg(list)
    means = t.values[t.values["quantity"].eq("mean") & t.values["component"].eq("total")]
    for (index, year), part in _grouped(means, ["index", "year"]):
        by_unit = part.set_index("unit_id")["value"]
        scores = t.scores[
            t.scores["index"].eq(index)
            & t.scores["year"].eq(year)
            & t.scores["component"].eq("total")
        ].set_index("province_id")["score"]
        for row in _rows(part):
            units = list(members.get(row["unit_id"], [])) or (
                list(registry("63")["province_id"]) if row["unit_id"] == "viet-nam" else []
            )
            known = scores.reindex(units).dropna()
            if units and len(known) == len(units):
                computed = known.mean()
                if abs(computed - row["value"]) > 0.5 * 10.0 ** -int(row["decimals"]) + 0.01:
                    yield _of_value(
                        t,
                        "mean_disagrees",
                        "warning",
                        row,
                        "printed mean is not the mean of the units",
                        found=row["text"],
                        expected=f"{computed:.2f}",
                    )
        regions = by_unit.reindex(members.index).dropna()
        if len(regions) == len(members) and "viet-nam" in by_unit:
            weights = members.map(len)
            computed = float((regions * weights).sum() / weights.sum())
            if abs(computed - by_unit["viet-nam"]) > 0.1:
                nation = _rows(part[part["unit_id"].eq("viet-nam")])[0]
                yield _of_value(
                    t,
                    "mean_disagrees",
                    "warning",
                    nation,
                    "the six regional means, weighted by their provinces, do not give the "
                    "nation's mean",
                    found=nation["text"],
                    expected=f"{computed:.2f}",
                    more=tuple(part["figure_id"]),
                )


def sipas_in_par_index(t: Tables) -> Iterator[Finding]:
    """SIPAS points inside PAR INDEX against the SIPAS percentage of the same year."""
    points = t.scores[
        t.scores["index"].eq("PAR_INDEX")
        & t.scores["component"].eq("sipas")
        & t.scores["score"].notna()
        & t.scores["max_score"].notna()
    ]
    percent = t.scores[t.scores["index"].eq("SIPAS") & t.scores["component"].eq("total")]
    lookup = percent.set_index(["year", "province_id"])[["score", "decimals"]]
    for row in _rows(points):
        key = (row["year"], row["province_id"])
        if key not in lookup.index or pd.isna(lookup.loc[key, "score"]):
            continue
        own = lookup.loc[key]
        computed = float(own["score"]) / 100 * row["max_score"]
        slack = _half(row) + 0.5 * 10.0 ** -int(own["decimals"]) / 100 * row["max_score"]
        if abs(row["score"] - computed) > slack + _SLACK:
            yield _of_scores(
                t,
                "sipas_points_disagree",
                "warning",
                [row],
                ("score",),
                "SIPAS points in PAR INDEX are not the SIPAS percentage of the maximum",
                found=f"{row['score']:g}",
                expected=f"{computed:.3f} ({own['score']:g}% × {row['max_score']:g})",
            )


def unknown_components(t: Tables) -> Iterator[Finding]:
    """A component that the criteria set of its year does not have."""
    known = set(zip(t.components["criteria_set"], t.components["code"], strict=True))
    keys = t.scores[["index", "year", "criteria_set", "component"]].drop_duplicates()
    for row in _rows(keys):
        if (row["criteria_set"], row["component"]) in known:
            continue
        same = t.figures[
            t.figures["index"].eq(row["index"])
            & t.figures["year"].eq(row["year"])
            & t.figures["component"].eq(row["component"])
        ]
        yield _of_figures(
            "unknown_component",
            "info",
            _rows(same),
            f"component {row['component']!r} is not in criteria set "
            f"{row['criteria_set'] or '(none)'}; kept as printed",
        )


def synthetic_mix(t: Tables) -> Iterator[Finding]:
    """Synthetic and real releases in one project."""
    if t.releases["synthetic"].nunique() > 1:
        real = t.releases[~t.releases["synthetic"]]
        first = t.releases[t.releases["synthetic"]].iloc[0]
        yield Finding(
            "synthetic_mixed",
            "error",
            str(first["index"]),
            int(first["year"]),
            "",
            "",
            "SYNTHETIC and real releases stand in one project",
            found=f"{len(t.releases) - len(real)} synthetic, {len(real)} real",
            expected="one kind only",
        )


CHECKS: tuple[Callable[[Tables], Iterator[Finding]], ...] = (
    unknown_sources,
    repeated_rows,
    synthetic_mix,
    above_maximum,
    other_scale,
    conflicts,
    rounding,
    group_size,
    rank_order,
    shared_ranks,
    changes,
    change_claims,
    neighbouring_claims,
    aggregate_changes,
    groups,
    group_counts,
    directions,
    parts_add_up,
    maxima,
    percent_of_maximum,
    extremes,
    bounds,
    ranges,
    regional_means,
    sipas_in_par_index,
    unknown_components,
)


def _grouped(frame: pd.DataFrame, key: list[str]) -> Iterator[tuple[Any, pd.DataFrame]]:
    yield from frame.groupby(key, sort=True)


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(k): v for k, v in row.items()} for row in frame.to_dict("records")]


def _half(row: Any) -> float:
    digits = row["decimals"]
    return 0.0 if pd.isna(digits) else 0.5 * 10.0 ** -int(digits)


def _show(value: float) -> str:
    return "–" if pd.isna(value) else f"{value:g}"


def _number(text: str) -> float:
    try:
        return float(text.replace(",", ".").rstrip(" %"))
    except ValueError:
        return float("nan")


def _all_agree(part: pd.DataFrame) -> bool:
    first = part.iloc[[0] * len(part)].reset_index(drop=True)
    rest = part.reset_index(drop=True)
    if part["value"].isna().any():
        return part["text"].nunique() == 1
    return bool(agree(first["value"], first["decimals"], rest["value"], rest["decimals"]).all())


def _value(t: Tables, row: dict[str, Any], name: str) -> dict[str, Any] | None:
    key = (row["index"], row["year"], row["province_id"], row["component"])
    return t.cells.get(key, {}).get(name)


def _of_figures(
    code: str,
    severity: str,
    rows: list[dict[str, Any]],
    message: str,
    *,
    found: str = "",
    expected: str = "",
    unit_id: str | None = None,
) -> Finding:
    first = rows[0]
    return Finding(
        code,
        severity,
        first["index"],
        int(first["year"]),
        first["unit_id"] if unit_id is None else unit_id,
        first["component"],
        message,
        found,
        expected,
        tuple(r["figure_id"] for r in rows),
        tuple(r["source_id"] for r in rows),
    )


def _of_value(
    t: Tables,
    code: str,
    severity: str,
    row: dict[str, Any],
    message: str,
    *,
    found: str = "",
    expected: str = "",
    more: tuple[str, ...] = (),
) -> Finding:
    frame = t.figures
    same = frame[
        frame["index"].eq(row["index"])
        & frame["year"].eq(row["year"])
        & frame["unit_id"].eq(row["unit_id"])
        & frame["component"].eq(row["component"])
    ]
    same = same[quantity(same).eq(row["quantity"])]
    ids = tuple(dict.fromkeys([*same["figure_id"], *more]))
    return Finding(
        code,
        severity,
        row["index"],
        int(row["year"]),
        row["unit_id"],
        row["component"],
        message,
        found,
        expected,
        ids,
        _sources_of(frame, ids),
    )


def _of_scores(
    t: Tables,
    code: str,
    severity: str,
    rows: list[dict[str, Any]],
    names: tuple[str, ...],
    message: str,
    *,
    found: str = "",
    expected: str = "",
    unit_id: str | None = None,
    more: tuple[str, ...] = (),
    before: str = "",
) -> Finding:
    ids: list[str] = []
    for row in rows:
        ids += [v["figure_id"] for n in names if (v := _value(t, row, n)) is not None]
        if before:
            last = _value(t, {**row, "year": row["year"] - 1}, before)
            ids += [last["figure_id"]] if last is not None else []
    ids += more
    first = rows[0]
    return Finding(
        code,
        severity,
        first["index"],
        int(first["year"]),
        first["province_id"] if unit_id is None else unit_id,
        first["component"],
        message,
        found,
        expected,
        tuple(dict.fromkeys(ids)),
        _sources_of(t.figures, ids),
    )


def _sources_of(figures: pd.DataFrame, ids: Any) -> tuple[str, ...]:
    wanted = figures[figures["figure_id"].isin(list(ids))]
    return tuple(dict.fromkeys(wanted["source_id"]))
