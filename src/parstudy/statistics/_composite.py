"""Building a composite index again: normalise, weigh, add up, leave out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from parstudy.errors import StatisticsError
from parstudy.statistics import inputs
from parstudy.statistics.ranking import rank, rank_numbers
from parstudy.statistics.result import Drop, Result, drops

NORMALISATIONS = ("minmax", "zscore", "rank", "percentile_rank", "borda", "none")
_NAMES = {
    "iCode": "code",
    "Parent": "parent",
    "Weight": "weight",
    "Direction": "direction",
    "Level": "level",
    "Type": "type",
}


def tidy_structure(structure: Any) -> pd.DataFrame:
    """Check the tree of an index.

    Parameters
    ----------
    structure : DataFrame
        ``code, parent``, ``weight`` (or ``max_score``; 1 without either), ``direction`` (of
        indicators, 1 or −1). The column names of COINr are understood; its rows that are neither
        indicator nor aggregate are left out.

    Returns
    -------
    DataFrame
        Index ``code``; ``parent`` ("" at the top), ``weight, direction, level`` (0 = leaf).

    Raises
    ------
    StatisticsError
        ``bad_structure``, naming the codes.

    Examples
    --------
    >>> tree = pd.DataFrame({"code": ["all", "A1", "A2"], "parent": ["", "all", "all"]})
    >>> tidy_structure(tree)["level"].to_dict()
    {'all': 1, 'A1': 0, 'A2': 0}
    """
    frame = inputs.table_of(structure, "structure", "bad_structure")
    frame = frame.set_axis(frame.columns.to_flat_index(), axis=1).rename(columns=_NAMES)
    if frame.columns.astype(str).duplicated().any():
        raise StatisticsError(
            "bad_structure", "a column appears twice", found=inputs.some(frame.columns)
        )
    if not {"code", "parent"} <= set(frame.columns):
        raise StatisticsError(
            "bad_structure", "no columns code and parent", found=inputs.some(frame.columns)
        )
    if "type" in frame.columns:
        frame = frame[frame["type"].isin(["Indicator", "Aggregate"])]
    code = _codes(frame["code"])
    inputs.refuse("bad_structure", "a row without a code", np.flatnonzero(code.eq("")) + 1)
    inputs.refuse("bad_structure", "a code appears twice", inputs.doubles(code))
    parent = _codes(frame["parent"])
    orphans = code[~parent.isin(["", *code])]
    inputs.refuse("bad_structure", "parents that are not there", orphans)
    column = next((c for c in ("weight", "max_score") if c in frame.columns), None)
    weight = (
        pd.Series(1.0, index=frame.index)
        if column is None
        else inputs.numeric_series(frame[column], "weights")
    )
    broken = code[weight.isna() | (weight < 0)]
    inputs.refuse("bad_structure", "weights missing or below 0", broken)
    direction = pd.Series(1.0, index=frame.index)
    if "direction" in frame.columns:
        direction = _directions(
            inputs.numeric_series(frame["direction"], "direction").set_axis(code)
        )
    tree = pd.DataFrame(
        {
            "parent": parent.to_numpy(),
            "weight": weight.to_numpy(),
            "direction": direction.to_numpy(),
        },
        index=pd.Index(code.to_numpy(), name="code"),
    )
    tree["level"] = _levels(tree)
    turned = tree.index[tree["level"].gt(0) & tree["direction"].lt(0)]
    inputs.refuse(
        "bad_structure",
        "groups that are turned",
        turned,
        advice="Only indicators have a direction; turn those of the group",
    )
    return tree


def _codes(values: pd.Series[Any]) -> pd.Series[Any]:
    """Codes as text, "" where there is none; a blank makes floats of the numbers beside it."""
    text = [
        f"{value:.0f}" if isinstance(value, float) and value.is_integer() else str(value)
        for value in values
    ]
    return pd.Series(text, index=values.index, dtype=str).mask(values.isna(), "")


def _directions(values: pd.Series[Any]) -> pd.Series[Any]:
    """Directions, 1 where none is given; refused where they are no direction."""
    values = values.fillna(1.0)
    odd = values.index[~values.isin([1.0, -1.0])]
    told = [f"{name}: {values[name]:g}" for name in odd]
    inputs.refuse("not_a_direction", "directions that are neither 1 nor −1", told)
    return values


def _levels(tree: pd.DataFrame) -> pd.Series[Any]:
    """Steps above the leaves; refuses a circle."""
    level = pd.Series(-1, index=tree.index)
    level[~tree.index.isin(tree["parent"])] = 0
    for step in range(1, len(tree) + 1):
        if (level >= 0).all():
            return level
        for name in tree.index[level < 0]:
            children = level[tree["parent"].eq(name)]
            if (children >= 0).all():
                level[name] = max(step, int(children.max()) + 1)
    raise StatisticsError(
        "bad_structure",
        "codes that are their own ancestors",
        found=inputs.some(tree.index[level < 0]),
    )


@dataclass(frozen=True, eq=False, kw_only=True)
class EffectiveWeights(Result):
    """Nominal weights carried down the tree; they know nothing of the data.

    Attributes
    ----------
    table : DataFrame
        Index ``code``; ``parent, level, weight`` (as given), ``share_in_group``,
        ``nominal_weight`` (product of the shares from the top, 1 at the top).
    """


def effective_weights(structure: Any) -> EffectiveWeights:
    """Carry the nominal weights down the tree of an index.

    This is what COINr calls effective weight. It is not the importance that a part has in the
    data: see :func:`parstudy.statistics.importance.main_effects` and
    :func:`parstudy.statistics.importance.variance_shares`.

    Parameters
    ----------
    structure : DataFrame
        ``code, parent, weight`` (or ``max_score``); empty parent at the top.

    Returns
    -------
    EffectiveWeights

    Raises
    ------
    StatisticsError
        ``bad_structure``, naming the codes.

    Examples
    --------
    >>> tree = pd.DataFrame({"code": ["all", "A1", "A2"], "parent": ["", "all", "all"]})
    >>> effective_weights(tree.assign(weight=[1, 3, 1])).table["nominal_weight"].to_dict()
    {'all': 1.0, 'A1': 0.75, 'A2': 0.25}
    """
    tree = tidy_structure(structure)
    total = tree.groupby("parent")["weight"].transform("sum")
    empty = tree.index[total <= 0]
    inputs.refuse("bad_structure", "groups without any weight", empty)
    share = tree["weight"] / total
    top = tree["parent"].eq("")
    if int(top.sum()) == 1:
        share[top] = 1.0
    carried = share.copy()
    for name in tree.index[~top]:
        above = tree.loc[name, "parent"]
        while above:
            carried[name] *= share[above]
            above = tree.loc[above, "parent"]
    table = pd.DataFrame(
        {
            "parent": tree["parent"],
            "level": tree["level"],
            "weight": tree["weight"],
            "share_in_group": share,
            "nominal_weight": carried,
        }
    )
    return EffectiveWeights(
        table=table,
        n=len(table),
        assumptions=("weights_on_paper",),
    )


def normalise(indicators: Any, method: str = "minmax", directions: Any = None) -> pd.DataFrame:
    """Bring indicators to one scale.

    Parameters
    ----------
    indicators : DataFrame, shape (n, k)
    method : {"minmax", "zscore", "rank", "percentile_rank", "borda", "none"}
        0 to 100; mean 0 and sd 1 (n − 1); rank with the largest value highest (ties share the
        lowest); (rank − 1)/(n − 1); rank − 1.
    directions : mapping or Series, optional
        −1 for indicators where a small value is good; they are turned first.

    Returns
    -------
    DataFrame

    Raises
    ------
    StatisticsError
        ``constant_column``: no scale can be made of a column that does not vary;
        ``not_a_direction``, ``unknown_column`` and what the input checks say.

    Examples
    --------
    >>> normalise(pd.DataFrame({"a": [1.0, 2, 5]}))["a"].tolist()
    [0.0, 25.0, 100.0]
    """
    inputs.choice(method, NORMALISATIONS, "normalisation")
    frame = inputs.numeric_frame(indicators, "indicators")
    if directions is not None:
        turned = inputs.by_column(directions, frame.columns, "directions")
        named = frame.columns.isin(list(getattr(directions, "keys", lambda: frame.columns)()))
        blank = turned.index[named & turned.isna()]
        inputs.refuse("not_a_direction", "directions that are missing", blank)
        frame = frame * _directions(turned)
    if method == "none":
        return frame
    if method in {"minmax", "zscore"}:
        flat = [c for c in frame.columns if inputs.is_constant(frame[c].dropna().to_numpy())]
        inputs.refuse("constant_column", "indicators that do not vary have no scale", flat)
    if method == "minmax":
        return (frame - frame.min()) / (frame.max() - frame.min()) * 100
    if method == "zscore":
        return (frame - frame.mean()) / frame.std()
    place = pd.DataFrame({c: rank(frame[c], ascending=True).astype(float) for c in frame.columns})
    if method == "rank":
        return place
    return place - 1 if method == "borda" else (place - 1) / (frame.notna().sum() - 1)


def _table_of(indicators: Any) -> pd.DataFrame:
    """Indicators as a table; columns beside the index may hold anything."""
    if isinstance(indicators, pd.DataFrame):
        inputs.need_table(indicators)
    else:
        indicators = inputs.numeric_frame(indicators, "indicators")
    named: pd.DataFrame = indicators.set_axis(indicators.columns.astype(str), axis=1)
    return named  # as codes are


@dataclass(frozen=True, eq=False, kw_only=True)
class Composite(Result):
    """An index made again from its indicators.

    Attributes
    ----------
    table : DataFrame
        Index unit; one column per code: the normalised indicators and all aggregates.
    ranks : DataFrame
        Ranks of the aggregates, ties share the lowest.
    normalised : DataFrame
        Indicators on one scale.
    top : str
        Code of the index itself.
    """

    ranks: pd.DataFrame
    normalised: pd.DataFrame
    top: str


def _aggregate(normalised: pd.DataFrame, tree: pd.DataFrame) -> pd.DataFrame:
    """Weighted means up the tree; a blank hands its weight to the rest of its group."""
    scores = {str(name): normalised[name] for name in normalised.columns}
    for name in tree.index[tree["level"] > 0][
        np.argsort(tree.loc[tree["level"] > 0, "level"].to_numpy(), kind="stable")
    ]:
        children = [c for c in tree.index[tree["parent"].eq(name)] if c in scores]
        if not children:
            continue
        if not tree.loc[children, "weight"].any():
            raise StatisticsError(
                "bad_structure",
                "a group whose parts have no weight",
                found=f"{name}: {inputs.some(children)}",
            )
        block = pd.DataFrame({c: scores[c] for c in children})
        weight = tree.loc[children, "weight"]
        carried = block.notna().mul(weight)
        scores[name] = block.mul(weight).sum(axis=1) / carried.sum(axis=1).replace(0.0, np.nan)
    return pd.DataFrame(scores)


def composite(
    indicators: Any, structure: Any, *, method: str = "minmax", leave_out: Sequence[str] = ()
) -> Composite:
    """Make an index from indicators: one scale, weighted means up the tree, ranks.

    Parameters
    ----------
    indicators : DataFrame, shape (n, k)
        One row per unit; columns that are not in the structure are ignored.
    structure : DataFrame
        As in :func:`effective_weights`, with ``direction``.
    method : str
        As in :func:`normalise`.
    leave_out : sequence of str
        Codes that do not enter; the weights of the rest of their group are rescaled.

    Returns
    -------
    Composite

    Raises
    ------
    StatisticsError
        ``bad_structure``, ``constant_column``, and what the input checks say.

    Examples
    --------
    >>> tree = pd.DataFrame({"code": ["all", "A1", "A2"], "parent": ["", "all", "all"]})
    >>> points = pd.DataFrame({"A1": [1.0, 2, 3], "A2": [2.0, 4, 3]}, index=["x", "y", "z"])
    >>> composite(points, tree).table["all"].to_dict()
    {'x': 0.0, 'y': 75.0, 'z': 75.0}
    """
    tree = tidy_structure(structure)
    inputs.choice(method, NORMALISATIONS, "normalisation")
    leave_out = [str(c) for c in inputs.names_of(leave_out, "leave_out")]
    absent = [c for c in leave_out if c not in tree.index]
    inputs.refuse("bad_structure", "no such codes to leave out", absent)
    tops = tree.index[tree["parent"].eq("")]
    if len(tops) != 1:
        raise StatisticsError(
            "bad_structure",
            "an index has one top",
            found=inputs.some(tops) or "none",
            expected="one",
        )
    leaves = tree.index[tree["level"].eq(0)]
    frame = _table_of(indicators)
    missing = [c for c in leaves if c not in frame.columns]
    inputs.refuse("bad_structure", "indicators without figures", missing)
    scale = normalise(frame[list(leaves)], method, tree.loc[leaves, "direction"])
    gone = set(leave_out)
    while True:
        below = set(tree.index[tree["parent"].isin(gone)]) - gone
        if not below:
            break
        gone |= below
    kept = tree.drop(index=[c for c in tree.index if c in gone])
    scores = _aggregate(scale[[c for c in leaves if c not in gone]], kept)
    aggregates = [c for c in tree.index[tree["level"] > 0] if c in scores.columns]
    if tops[0] not in aggregates:
        raise StatisticsError(
            "bad_structure", "nothing is left to add up", found=inputs.some(leave_out)
        )
    return Composite(
        table=scores,
        n=len(scores),
        assumptions=("blanks_hand_on_weight",),
        ranks=pd.DataFrame({c: rank(scores[c]) for c in aggregates}),
        normalised=scale,
        top=str(tops[0]),
    )


@dataclass(frozen=True, eq=False, kw_only=True)
class LeaveOneOut(Result):
    """How ranks move when a part is left out.

    Attributes
    ----------
    table : DataFrame
        Index ``part``; ``mean_abs_shift``, ``largest_rise``, ``largest_fall`` (places, both at
        least 0), ``n_moved``, ``spearman`` with the full ranking.
    ranks, scores : DataFrame
        Index unit; column ``full`` and one per part left out.
    shifts : DataFrame
        Places won (above 0) or lost when the part is left out.
    """

    ranks: pd.DataFrame
    scores: pd.DataFrame
    shifts: pd.DataFrame


def leave_one_out(
    parts: Any,
    total: Any = None,
    *,
    weights: Any = None,
    structure: Any = None,
    level: int = 1,
    method: str = "minmax",
) -> LeaveOneOut:
    """Rank again without each part in turn.

    Parameters
    ----------
    parts : DataFrame, shape (n, k)
        Points per part; or indicators, when ``structure`` is given.
    total : Series, optional
        Total from which each part is taken away; without it the sum of the parts.
    weights : mapping or Series, optional
        Weighted mean of the parts instead of their sum; a blank hands its weight to the others.
    structure : DataFrame, optional
        Tree of the index: the codes of ``level`` are left out in turn and the index is made
        again (as COINr's remove_elements).
    level : int
        Level of the tree, 0 for the indicators, 1 for the groups right above them.
    method : str
        Normalisation, with ``structure``.

    Returns
    -------
    LeaveOneOut

    Raises
    ------
    StatisticsError
        ``too_few_parts``, ``bad_structure``, ``reserved_name``, ``unused_argument`` (a total beside
        weights or a structure, which make their own) and what the input checks say.

    Examples
    --------
    >>> parts = pd.DataFrame({"A1": [6.0, 7, 9, 8], "A2": [3.0, 5, 4, 6]})
    >>> leave_one_out(parts).table["n_moved"].to_dict()
    {'A1': 2, 'A2': 2}
    """
    rows: list[Drop] = []
    inputs.check_options(level=level)
    _check_ways(total, weights, structure)
    if structure is not None:
        scores = _made_again(parts, structure, level, method)
    elif weights is not None:
        scores = _weighted(inputs.numeric_frame(parts, "parts"), weights)
    else:
        frame, series = inputs.aligned(parts, total)
        frame, series, rows = inputs.complete(frame, series)
        inputs.reserved(frame.columns, _FULL)
        scores = {_FULL: series} | {str(c): series - frame[c] for c in frame.columns}
    if len(scores) < 3:
        names = [c for c in scores if c != _FULL]
        raise StatisticsError(
            "too_few_parts",
            "leaving out a part needs at least two",
            found=inputs.some(names) or "none",
        )
    values = pd.DataFrame(scores)
    inputs.need_rows(len(values), 2, "leave one out")
    ranks = pd.DataFrame({c: rank(values[c]) for c in values.columns})
    shifts = ranks.drop(columns=_FULL).rsub(ranks[_FULL], axis=0)
    moved = shifts.astype("Float64").astype(float)
    table = pd.DataFrame(
        {
            "mean_abs_shift": moved.abs().mean(),
            "largest_rise": moved.max().clip(lower=0),
            "largest_fall": (-moved.min()).clip(lower=0),
            "n_moved": moved.abs().gt(0).sum(),
            "spearman": [
                float(rank_numbers(values[_FULL]).corr(rank_numbers(values[c])))
                if ranks[c].nunique() > 1 and ranks[_FULL].nunique() > 1
                else np.nan
                for c in shifts.columns
            ],
        },
        index=pd.Index(shifts.columns, name="part"),
    )
    for part in table.index[table["spearman"].isna()]:
        rows.append(("warning", part, "constant", "all units tie: no correlation of ranks"))
    return LeaveOneOut(
        table=table,
        n=len(values),
        dropped=drops(rows),
        assumptions=("leaving_out_is_a_question",),
        ranks=ranks,
        scores=values,
        shifts=shifts,
    )


def _check_ways(total: Any, weights: Any, structure: Any) -> None:
    """Refuse two ways to make the total at once."""
    given = {"total": total, "weights": weights, "structure": structure}
    named = [name for name, value in given.items() if value is not None]
    if len(named) > 1:
        raise StatisticsError(
            "unused_argument",
            "the total is made in more than one way",
            found=inputs.some(named),
            advice="Give one of them",
        )


_FULL = "full"


def _made_again(parts: Any, structure: Any, level: int, method: str) -> dict[str, pd.Series[Any]]:
    """The index in full and without each code of a level, made again from its indicators."""
    tree = tidy_structure(structure)
    inputs.reserved(tree.index, _FULL)
    whole = composite(parts, structure, method=method)
    scores = {_FULL: whole.table[whole.top]}
    for name in tree.index[tree["level"].eq(level) & tree["parent"].ne("")]:
        made = composite(parts, structure, method=method, leave_out=[name])
        scores[str(name)] = made.table[made.top]
    return scores


def _weighted(frame: pd.DataFrame, weights: Any) -> dict[str, pd.Series[Any]]:
    """Weighted means of all parts and of all but one."""
    inputs.reserved(frame.columns, _FULL)
    weight = inputs.by_column(weights, frame.columns, "weights")
    inputs.refuse("bad_structure", "weights missing or below 0", weight.index[~(weight >= 0)])
    scores = {}
    for name in [None, *frame.columns]:
        left = frame.drop(columns=[] if name is None else [name])
        mass = left.notna().mul(weight[left.columns]).sum(axis=1).replace(0.0, np.nan)
        added = left.mul(weight[left.columns]).sum(axis=1)
        scores[_FULL if name is None else str(name)] = added / mass
    return scores


@dataclass(frozen=True, eq=False, kw_only=True)
class CronbachAlpha(Result):
    """Internal consistency of items.

    Attributes
    ----------
    table : DataFrame
        Index ``item``; ``alpha_if_dropped_raw, alpha_if_dropped_std, corrected_item_total_r``
        (with the sum of the others), ``item_total_r_uncorrected``.
    raw, standardised : float
        Cronbach's alpha of the covariances and of the correlations.
    guttman_lambda6 : float
    average_r : float
        Mean correlation between items.
    """

    raw: float
    standardised: float
    guttman_lambda6: float
    average_r: float


def _alpha(matrix: Any) -> float:
    k = len(matrix)
    return float(k / (k - 1) * (1 - np.trace(matrix) / matrix.sum()))


def cronbach_alpha(items: Any) -> CronbachAlpha:
    """Cronbach's alpha (1951) and what each item does to it.

    Parameters
    ----------
    items : DataFrame, shape (n, k)

    Returns
    -------
    CronbachAlpha

    Raises
    ------
    StatisticsError
        ``too_few_parts``, ``constant_column``.

    Examples
    --------
    >>> round(cronbach_alpha(pd.DataFrame({"a": [1.0, 2, 3, 4], "b": [2.0, 1, 4, 3]})).raw, 2)
    0.75
    """
    frame = inputs.numeric_frame(items, "items")
    frame, _, rows = inputs.complete(frame, pd.Series(0.0, index=frame.index))
    if frame.shape[1] < 2:
        raise StatisticsError("too_few_parts", "alpha needs at least two items")
    inputs.need_rows(len(frame), 3, "Cronbach's alpha")
    flat = [c for c in frame.columns if inputs.is_constant(frame[c].to_numpy())]
    inputs.refuse("constant_column", "items that do not vary", flat)
    if inputs.is_constant(frame.sum(axis=1).to_numpy(), float(frame.abs().sum(axis=1).max())):
        raise StatisticsError(
            "constant_total", "the sum of the items is the same for all units: alpha is undefined"
        )
    frame = frame - frame.mean()  # what adds up as it goes loses digits of large figures
    s, r = frame.cov().to_numpy(), frame.corr().to_numpy()
    k = len(s)
    total = frame.sum(axis=1)
    records = []
    for j, name in enumerate(frame.columns):
        keep = [i for i in range(k) if i != j]
        few = k < 3
        records.append(
            {
                "item": name,
                "alpha_if_dropped_raw": np.nan if few else _alpha(s[np.ix_(keep, keep)]),
                "alpha_if_dropped_std": np.nan if few else _alpha(r[np.ix_(keep, keep)]),
                "corrected_item_total_r": frame[name].corr(total - frame[name]),
                "item_total_r_uncorrected": frame[name].corr(total),
            }
        )
    smc = 1 - 1 / np.diag(np.linalg.inv(r)) if np.linalg.cond(r) < 1e12 else np.full(k, np.nan)
    return CronbachAlpha(
        table=pd.DataFrame(records).set_index("item"),
        n=len(frame),
        dropped=drops(rows),
        assumptions=("one_scale",),
        raw=_alpha(s),
        standardised=_alpha(r),
        guttman_lambda6=float(1 - (1 - smc).sum() / r.sum()),
        average_r=float((r.sum() - k) / (k * (k - 1))),
    )
