"""Is the table read right? What the figures of one release say about each other.

These are proofs of reading, not of substance: a row that adds up, whose rank follows from its
scores and whose mean is the printed mean was not misread. Names are compared as printed, but one
that no province has is told.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from parstudy.errors import ProvinceError
from parstudy.facts import criteria, provinces
from parstudy.releases.model import FIGURE_COLUMNS, RawRelease

if TYPE_CHECKING:
    import pandas as pd

FINDING_COLUMNS = (
    "code",
    "severity",
    "index",
    "year",
    "unit_id",
    "component",
    "message",
    "found",
    "expected",
    "figure_ids",
    "source_ids",
)
_NUMBERS = ("year", "value")
_ENOUGH = 10  # units from which a column is told from a few low values
# the two ways to cut the total; never added across
_SOURCES = (
    ("appraisal", "survey_leaders", "sipas", "socioeconomic"),
    ("appraisal", "survey_leaders", "sipas"),
    ("appraisal", "survey"),
)


def prove(release: RawRelease) -> pd.DataFrame:
    """Findings of misreading in one release.

    Parameters
    ----------
    release : RawRelease
        As read.

    Returns
    -------
    DataFrame
        ``code, severity, index, year, unit_id, component, message, found, expected, figure_ids,
        source_ids``. ``unit_id`` is the name as printed, ``figure_ids`` are the locators.
    """
    rows: list[dict[str, Any]] = []
    # plain objects: walking over arrow strings costs more than all the checks
    figures = release.figures.astype({c: object for c in FIGURE_COLUMNS if c not in _NUMBERS})
    release = replace(release, figures=figures)
    frame = figures[figures["year"].eq(release.year)]
    own = frame[frame["unit_level"].eq("province")]
    rows += _count(release, own)
    rows += _running(release)
    rows += _gaps(release, own)
    rows += _above_maximum(release, own)
    rows += _other_scale(release, own)
    rows += _sums(release, own)
    rows += _ranks(release, own)
    rows += _ties(release, own)
    rows += _changes(release, own)
    rows += _means(release, frame, own)
    rows += _twice(release)
    rows += _unknown_codes(release)
    rows += _unproven(release, frame, own, rows)
    return _frame(rows)


@dataclass(frozen=True)
class TieRule:
    """How a release ranks equal scores, as its own figures show.

    Attributes
    ----------
    rule : str
        ``min``, ``max``, ``dense``, ``ordinal``; empty when no two scores are equal or no rule
        fits.
    basis : str
        ``score`` or ``percent``: by which printed figure the ranks are explained.
    equal : int
        Number of units that share their printed score with another.
    agree, of : int
        How many of how many ranks the rule gives exactly.
    """

    rule: str
    basis: str
    equal: int
    agree: int
    of: int

    def __str__(self) -> str:
        by = "points" if self.basis == "score" else "percent"
        if not self.of:
            return "ranks are not printed beside scores"
        count = f"{self.agree} of {self.of} ranks follow from the printed {by}"
        if not self.equal:
            return f"{count}; no two are equal, so nothing shows how ties are ranked"
        told = {
            "min": "equal scores share the better rank (1, 2, 2, 4)",
            "max": "equal scores share the worse rank (1, 3, 3, 4)",
            "dense": "equal scores share a rank and none is left out (1, 2, 2, 3)",
            "ordinal": "equal printed scores have ranks of their own: by decimals that are not "
            "printed, or by another rule",
            "": "no rule explains the ranks of equal scores",
        }[self.rule]
        return f"{count}; {self.equal} units share a score; {told}"


def tie_rule(release: RawRelease, component: str = "total") -> TieRule:
    """Find out by which rule, and by which printed figure, equal scores are ranked.

    Parameters
    ----------
    release : RawRelease
        As read.
    component : str, optional
        Whose ranks.

    Returns
    -------
    TieRule
    """
    own = release.figures[
        release.figures["year"].eq(release.year)
        & release.figures["unit_level"].eq("province")
        & release.figures["component"].eq(component)
    ].drop_duplicates(["unit_text", "measure"])
    wide = own.pivot(index="unit_text", columns="measure", values="value")
    found = []
    for basis in ("score", "percent"):
        if not {"rank", basis} <= set(wide.columns):
            continue
        both = wide[["rank", basis]].dropna()
        equal = int(both[basis].duplicated(keep=False).sum())
        spread = both.groupby(basis)["rank"].nunique()
        shared = bool((spread[both[basis].value_counts().reindex(spread.index) > 1] == 1).all())
        for rule in ("min", "max", "dense"):
            given = both[basis].rank(ascending=False, method=rule)
            # typing errors aside, a rule must explain the ties themselves
            tied = both[basis].duplicated(keep=False)
            fits = int((given == both["rank"]).sum())
            tied_fit = int((given == both["rank"])[tied].sum())
            found.append((fits, tied_fit == equal and shared, rule, basis, equal, len(both)))
        low = both[basis].rank(ascending=False, method="min")
        high = both[basis].rank(ascending=False, method="max")
        within = int(((low <= both["rank"]) & (both["rank"] <= high)).sum())
        apart = equal > 0 and not shared
        found.append((within if apart else -1, apart, "ordinal", basis, equal, len(both)))
    if not found:
        return TieRule("", "score", 0, 0, 0)
    agree, certain, rule, basis, equal, of = max(found, key=lambda f: (f[0], f[1]))
    certain = certain and equal > 0 and agree >= 0.8 * of
    return TieRule(rule if certain else "", basis, equal, max(agree, 0), of)


def _frame(rows: Iterable[dict[str, Any]]) -> pd.DataFrame:
    import pandas as pd

    table = [tuple(r[c] for c in FINDING_COLUMNS) for r in rows]
    return pd.DataFrame(table, columns=list(FINDING_COLUMNS)).astype(
        {c: "int64" if c == "year" else "str" for c in FINDING_COLUMNS}
    )


def _row(
    release: RawRelease, code: str, severity: str, message: str, **more: Any
) -> dict[str, Any]:
    return {
        "code": code,
        "severity": severity,
        "index": release.index,
        "year": release.year,
        "unit_id": "",
        "component": "",
        "message": message,
        "found": "",
        "expected": "",
        "figure_ids": "",
        "source_ids": "",
    } | more


def _decimals(text: str) -> int:
    _, _, tail = text.replace(",", ".").partition(".")
    digits = 0
    for character in tail:
        if not character.isdigit():
            break
        digits += 1
    return digits


def _half_step(text: str) -> float:
    return 0.5 * 10.0 ** -_decimals(text)


def _count(release: RawRelease, own: pd.DataFrame) -> list[dict[str, Any]]:
    names = list(dict.fromkeys(own["unit_text"]))
    found, known = [], set()
    for name in names:
        try:
            known.add(provinces.resolve(name, release.geography).province_id)
        except ProvinceError as error:
            first = own[own["unit_text"].eq(name)].iloc[0]
            found.append(
                _row(
                    release,
                    "unknown_unit",
                    "error",
                    f"{first['locator']}: {error.message}",
                    unit_id=name,
                    found=name,
                    expected=error.expected or error.advice,
                    figure_ids=first["locator"],
                    source_ids=first["source_id"],
                )
            )
    units = provinces.units(release.geography)
    absent = [u.name_vi for u in units if u.province_id not in known]
    # a table of nearly all: who is not in it should be seen
    if 0 < len(absent) <= len(units) // 10:
        found.append(
            _row(
                release,
                "unit_absent",
                "info",
                f"not in the file: {', '.join(absent)}",
                found=str(len(known)),
                expected=f"{len(units)}, if the file should have all",
            )
        )
    # one province's own sheet counts none
    if len(names) in (1, release.n_ranked):
        return found
    return [
        *found,
        _row(
            release,
            "unit_count",
            "warning",
            "another number of provinces than are ranked",
            found=str(len(names)),
            expected=str(release.n_ranked),
        ),
    ]


def _above_maximum(release: RawRelease, own: pd.DataFrame) -> list[dict[str, Any]]:
    known = criteria.components()
    known = known[known["criteria_set"].eq(release.criteria_set) & known["index"].eq(release.index)]
    maxima = {
        str(c): float(m)
        for table in (known, release.components)
        for c, m in zip(table["code"], table["max_score"], strict=True)
        if m == m
    }
    found = []
    scores = own[own["measure"].eq("score")]
    scores = scores[scores["value"].gt(scores["component"].map(maxima) + 1e-9)]
    for row in scores.to_dict("records"):
        top = maxima.get(row["component"], float("nan"))
        if row["value"] > top + 1e-9:
            found.append(_of(release, row, "above_maximum", "above the maximum", f"{top:g}"))
    for measure, most in (("percent", 100.0), ("rank", float(release.n_ranked))):
        for row in own[own["measure"].eq(measure) & own["value"].gt(most)].to_dict("records"):
            message = "beyond 100 percent" if measure == "percent" else "a rank beyond the last"
            found.append(_of(release, row, "above_maximum", message, f"at most {most:g}"))
    return found


def _other_scale(release: RawRelease, own: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        _of(
            release,
            row,
            "other_scale",
            "a share of one where points or percent belong",
            "points or percent such as 87.12",
        )
        for row in own[shares_of_one(own)].to_dict("records")
    ]


def shares_of_one(figures: pd.DataFrame) -> pd.Series:
    """Figures of provinces on another scale than their index's: 0.8712 for 87.12.

    Parameters
    ----------
    figures : DataFrame
        ``index, year, component, measure, value``, of any releases.

    Returns
    -------
    Series of bool
        No province's total is one point of a hundred, so a single one tells. One part at zero or
        one percent may be right: there the whole column of a year tells, and only by its decimals.
    """
    most = figures["index"].map({i: criteria.index(i).max_score for i in set(figures["index"])})
    percent, total = figures["measure"].eq("percent"), figures["component"].eq("total")
    points = figures["measure"].eq("score") & most.gt(1)
    of = [figures[c] for c in ("index", "year", "component", "measure")]
    values = figures["value"].groupby(of)
    column = (
        percent
        & values.transform("max").le(1)
        & values.transform("size").ge(_ENOUGH)
        & figures["value"].mod(1).ne(0).groupby(of).transform("any")
    )
    return (total & (percent | points) & figures["value"].le(1)) | (~total & column)


def _of(
    release: RawRelease, row: dict[Any, Any], code: str, message: str, expected: str
) -> dict[str, Any]:
    return _row(
        release,
        code,
        "error",
        f"{row['locator']}: {message}",
        unit_id=row["unit_text"],
        component=row["component"],
        found=row["text"],
        expected=expected,
        figure_ids=row["locator"],
        source_ids=row["source_id"],
    )


def _sums(release: RawRelease, own: pd.DataFrame) -> list[dict[str, Any]]:
    """Parents against the sums of their parts, where all parts are printed."""
    scores = own[own["measure"].eq("score")].drop_duplicates(["unit_text", "component"])
    values = {(r["unit_text"], r["component"]): r for r in scores.to_dict("records")}
    units = list(scores["unit_text"].unique())
    found = []
    for parent, parts in _families(release, set(scores["component"])):
        for unit in units:
            whole = values.get((unit, parent))
            pieces = [values.get((unit, p)) for p in parts]
            known = [p for p in pieces if p is not None]
            if whole is None or len(known) < len(pieces):
                continue
            total = sum(p["value"] for p in known)
            slack = _half_step(whole["text"]) + sum(_half_step(p["text"]) for p in known)
            if abs(total - whole["value"]) > slack + 1e-9:
                found.append(
                    _of(
                        release,
                        whole,
                        "parts_do_not_add_up",
                        f"not the sum of its {len(parts)} parts",
                        f"{total:.4f}".rstrip("0").rstrip("."),
                    )
                )
    return found


def _families(release: RawRelease, present: set[str]) -> list[tuple[str, tuple[str, ...]]]:
    """Parents that are printed, each with its printed parts."""
    parents: dict[str, list[str]] = {}
    for row in release.components.to_dict("records"):
        if row["level"] in ("area", "criterion", "subcriterion"):
            parents.setdefault(row["parent"], []).append(row["code"])
    families = [(p, tuple(c)) for p, c in parents.items() if p in present and len(c) > 1]
    # some areas of eight are no whole
    families = [
        (p, c) for p, c in families if p != "total" or not c[0].startswith("A") or len(c) >= 7
    ]
    cut = next((s for s in _SOURCES if present.issuperset(s)), None)
    if cut and "total" in present:
        families.append(("total", cut))
    return families


def _ranks(release: RawRelease, own: pd.DataFrame) -> list[dict[str, Any]]:
    """Printed ranks against the order of the printed scores."""
    found = []
    ranked = set(own.loc[own["measure"].eq("rank"), "component"])
    for component, part in own[own["component"].isin(ranked)].groupby("component", sort=True):
        ranks = part[part["measure"].eq("rank")].drop_duplicates("unit_text")
        scored = part[part["measure"].isin(("score", "percent"))]
        finest = scored.drop_duplicates("unit_text")
        if len(ranks) < 3 or finest.empty:
            continue
        known = {r["unit_text"]: (r["value"], r["text"]) for r in finest.to_dict("records")}
        for row in ranks.to_dict("records"):
            if row["unit_text"] not in known:
                continue
            value, text = known[row["unit_text"]]
            # units that are better beyond rounding, and those that may be
            step = 2 * _half_step(text)
            better = sum(v > value + step for v, _ in known.values())
            maybe = sum(v >= value - step for v, _ in known.values())
            if len(finest) < release.n_ranked:
                maybe += release.n_ranked - len(finest)
            if not better + 1 <= row["value"] <= maybe:
                expected = f"{better + 1}" if better + 1 == maybe else f"{better + 1} to {maybe}"
                found.append(
                    _of(
                        release,
                        row,
                        "rank_against_score",
                        f"the rank does not follow from the score of {component}",
                        expected,
                    )
                )
    return found


def _ties(release: RawRelease, own: pd.DataFrame) -> list[dict[str, Any]]:
    """How the release ranks equal scores, and whether its ``ties`` says so."""
    found = tie_rule(release)
    if not found.of:
        return []
    against = bool(found.rule) and found.rule != release.ties
    if not against and (found.rule or not found.equal):
        return []
    return [
        _row(
            release,
            "tie_rule",
            "warning",
            f"ties: {found}",
            component="total",
            found=found.rule or "not shown",
            expected=release.ties,
        )
    ]


def _running(release: RawRelease) -> list[dict[str, Any]]:
    """Running numbers: each one more than the one before, or 1 where a group begins."""
    found = []
    before: dict[str, int] = {}
    kinds = {0: "number_repeated", 1: "number_gap", -1: "number_order"}
    words = {0: "repeats", 1: "leaves out a number after", -1: "goes back after"}
    for table, place, unit, number in release.running:
        # a table that goes on beside or on another sheet counts on
        if table not in before and number - 1 in before.values():
            before[table] = number
            continue
        last = before.get(table, 0)
        if number not in (last + 1, 1) or (number == 1 and last == 1):
            kind = (number > last) - (number < last)
            found.append(
                _row(
                    release,
                    kinds[kind],
                    "warning",
                    f"{place}: the running number {words[kind]} {last}: a row may be missing, "
                    "doubled or out of place",
                    unit_id=unit,
                    found=str(number),
                    expected=str(last + 1),
                    figure_ids=place,
                )
            )
        before[table] = number
    # a column that is no running number at all is said once
    if len(found) > 10 and len(found) > 0.3 * len(release.running):
        first = found[0] | {"code": "number_order", "unit_id": ""}
        return [first | {"message": "the column of running numbers does not count the rows"}]
    return found


def _gaps(release: RawRelease, own: pd.DataFrame) -> list[dict[str, Any]]:
    """Units without a figure where nearly all others have one: left blank, or lost."""
    names = list(dict.fromkeys(own["unit_text"]))
    found = []
    for (component, measure), part in own.groupby(["component", "measure"], sort=False):
        if str(measure) == "of" or str(measure).startswith("change"):
            continue
        have = set(part["unit_text"])
        gone = [n for n in names if n not in have]
        if gone and len(gone) <= max(1, len(names) // 5):
            found += [
                _row(
                    release,
                    "no_figure",
                    "warning",
                    f"no {measure} of {component} where {len(have)} others have one",
                    unit_id=name,
                    component=str(component),
                )
                for name in gone
            ]
    return found


def _changes(release: RawRelease, own: pd.DataFrame) -> list[dict[str, Any]]:
    """Printed changes against last year's figures where the table quotes them."""
    frame = release.figures
    if not own["measure"].isin(("change_rank", "change_score")).any():
        return []
    last = frame[frame["year"].eq(release.year - 1) & frame["unit_level"].eq("province")]
    known = {(r["unit_text"], r["component"], r["measure"]): r for r in last.to_dict("records")}
    now = {(r["unit_text"], r["component"], r["measure"]): r for r in own.to_dict("records")}
    found = []
    for (unit, component, measure), row in now.items():
        if measure == "change_rank":
            pairs = [("rank", -1)]
        elif measure == "change_score":
            pairs = [("score", 1), ("percent", 1)]
        else:
            continue
        for kind, sign in pairs:
            a, b = known.get((unit, component, kind)), now.get((unit, component, kind))
            if a is None or b is None:
                continue
            change = sign * (b["value"] - a["value"])
            slack = sum(_half_step(r["text"]) for r in (a, b, row)) if kind != "rank" else 0.0
            if abs(change - row["value"]) > slack + 1e-9:
                told = f"{change:+.4f}".rstrip("0").rstrip(".")
                found.append(
                    _of(
                        release,
                        row,
                        f"{measure}_differs",
                        f"not the change from {release.year - 1} that the table prints itself",
                        told,
                    )
                )
    return found


def two_values(release: RawRelease) -> list[tuple[dict[Any, Any], dict[Any, Any]]]:
    """Figures that another table of the release gives otherwise, each with the other one."""
    keys = ["year", "unit_level", "unit_text", "component", "measure"]
    figures = release.figures[release.figures["value"].notna()]
    first: dict[tuple[Any, ...], dict[Any, Any]] = {}
    found = []
    for row in figures[figures.duplicated(keys, keep=False)].to_dict("records"):
        other = first.setdefault(tuple(row[k] for k in keys), row)
        slack = _half_step(row["text"]) + _half_step(other["text"])
        if row["measure"] in ("rank", "of", "change_rank"):
            slack = 0.0
        if abs(row["value"] - other["value"]) > slack + 1e-9:
            found.append((row, other))
    return found


def _twice(release: RawRelease) -> list[dict[str, Any]]:
    return [
        _of(
            release,
            row,
            "two_values",
            f"another table gives another {row['measure']}",
            f"{other['text']}, as at {other['locator']}",
        )
        for row, other in two_values(release)
    ]


def _unknown_codes(release: RawRelease) -> list[dict[str, Any]]:
    """Codes that the criteria set in force does not have, where the set is known in full."""
    known = criteria.components()
    known = known[known["criteria_set"].eq(release.criteria_set) & known["index"].eq(release.index)]
    levels = set(known["level"])
    found = []
    for row in release.components.to_dict("records"):
        if row["level"] in levels and row["code"] not in set(known["code"]):
            found.append(
                _row(
                    release,
                    "unknown_code",
                    "warning",
                    f"{row['locator']}: the criteria set {release.criteria_set} does not know the "
                    "code",
                    component=row["code"],
                    found=row["name_vi"],
                    figure_ids=row["locator"],
                )
            )
    return found


def _unproven(
    release: RawRelease,
    frame: pd.DataFrame,
    own: pd.DataFrame,
    found: list[dict[str, Any]],
) -> list[dict[str, Any]]:
    """Which figures no sum, rank or mean confirms: they may be right, but nothing shows it."""
    wrong = {(r["unit_id"], r["component"]) for r in found if r["severity"] == "error"}
    numbers = own[own["value"].notna() & own["measure"].isin(("score", "percent"))]
    have = set(zip(numbers["unit_text"], numbers["component"], strict=True))
    ranks = own[own["measure"].eq("rank")]
    sure = set(zip(ranks["unit_text"], ranks["component"], strict=True)) - wrong
    present = set(numbers["component"])
    for parent, parts in _families(release, present):
        for unit in numbers["unit_text"].unique():
            names = {(unit, c) for c in (parent, *parts)}
            if names <= have and (unit, parent) not in wrong:
                sure |= names
    means = frame[frame["unit_level"].eq("national") & frame["measure"].eq("mean")]
    for component in set(means["component"]):
        if ("Việt Nam", component) not in wrong:
            sure |= {k for k in have if k[1] == component}
    rows = []
    severity = "warning" if frame["note"].str.contains("OCR").any() else "info"
    for component in sorted(present, key=str):
        column = numbers[numbers["component"].eq(component)].drop_duplicates("unit_text")
        keys = list(zip(column["unit_text"], column["component"], strict=True))
        open_ = [(k, p) for k, p in zip(keys, column["locator"], strict=True) if k not in sure]
        if not open_:
            continue
        units = ", ".join(k[0] for k, _ in open_[:5]) + (" ..." if len(open_) > 5 else "")
        rows.append(
            _row(
                release,
                "unproven",
                severity,
                f"{len(open_)} of {len(keys)} figures of {component} are confirmed by no sum, rank "
                f"or mean: {'all rows' if len(open_) == len(keys) else units}",
                component=component,
                found=str(len(open_)),
                expected="0",
                figure_ids=" | ".join(p for _, p in open_),
            )
        )
    return rows


def _means(release: RawRelease, frame: pd.DataFrame, own: pd.DataFrame) -> list[dict[str, Any]]:
    """A printed mean, maximum or minimum against the column above it."""
    found = []
    printed = frame[
        frame["unit_level"].eq("national") & frame["measure"].isin(("mean", "max", "min"))
    ]
    for row in printed.to_dict("records"):
        kind = "percent" if "percent" in row["note"] else "score"
        column = own[own["component"].eq(row["component"])]
        column = column[column["measure"].eq(kind)]
        if column.empty:
            column = own[own["component"].eq(row["component"]) & own["measure"].eq("percent")]
        column = column.drop_duplicates("unit_text")
        if len(column) < release.n_ranked:
            continue
        value = float(getattr(column["value"], row["measure"])())
        slack = _half_step(row["text"]) + max(map(_half_step, column["text"]))
        if abs(value - row["value"]) > slack + 1e-9:
            found.append(
                _of(
                    release,
                    row,
                    f"{row['measure']}_differs",
                    f"not the {row['measure']} of the column",
                    f"{value:.4f}",
                )
            )
    return found
