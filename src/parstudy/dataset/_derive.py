"""Sums that an index does not print: dimensions and totals of the criteria sets that say so.

A sum is a figure like any other, of certainty ``derived``, with its parts as its place. It is made
only within one source, and only where every part is there that the criteria set has.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from parstudy.facts import criteria

_UNIT = ["release_id", "index_id", "year", "unit_level", "unit_id", "source_id"]


def sums(figures: pd.DataFrame, components: pd.DataFrame, releases: pd.DataFrame) -> pd.DataFrame:
    """Figures that follow from others by addition.

    Parameters
    ----------
    figures : DataFrame
        Table ``figures``.
    components : DataFrame
        Table ``components``.
    releases : DataFrame
        ``release_id, criteria_set``.

    Returns
    -------
    DataFrame
        Rows like those of ``figures``; empty when nothing is to be summed.
    """
    sets = dict(zip(releases["release_id"], releases["criteria_set"], strict=True))
    summed = {name: _parts(components, name) for name in criteria.summed_sets()}
    wanted = [r for r, name in sets.items() if name in summed]
    rows = figures[
        figures["release_id"].isin(wanted)
        & figures["measure"].eq("score")
        & figures["unit_level"].eq("province")
        & figures["value"].notna()
    ]
    units: dict[tuple[Any, ...], dict[str, Mapping[Any, Any]]] = {}
    for figure in rows.to_dict("records"):
        units.setdefault(tuple(figure[k] for k in _UNIT), {})[str(figure["component"])] = figure
    made: list[dict[str, Any]] = []
    for key, known in units.items():
        unit = dict(zip(_UNIT, key, strict=True))
        for parent, codes in summed[sets[unit["release_id"]]]:
            if parent in known or not all(c in known for c in codes):
                continue
            row = _sum(unit, parent, codes, known)
            known[parent] = row
            made.append(row)
    if not made:
        return figures.head(0)
    counter: dict[str, int] = {}
    for row in made:
        number = counter[row["release_id"]] = counter.get(row["release_id"], 0) + 1
        row["figure_id"] = f"{row['release_id']}#S{number:05d}"
    frame = pd.DataFrame(made)[list(figures.columns)]
    return frame.astype(figures.dtypes.to_dict())


def _parts(components: pd.DataFrame, criteria_set: str) -> list[tuple[str, tuple[str, ...]]]:
    """What is summed of what, parts before wholes."""
    tree = components[components["criteria_set"].eq(criteria_set)]
    tree = tree[tree["level"].isin(["area", "criterion"])]
    by_parent = tree.groupby("parent", sort=False)["code"].agg(tuple).to_dict()
    return [
        *((str(p), c) for p, c in by_parent.items() if p != "total"),
        *((str(p), c) for p, c in by_parent.items() if p == "total"),
    ]


def _sum(
    unit: Mapping[str, Any],
    parent: str,
    codes: tuple[str, ...],
    known: Mapping[str, Mapping[Any, Any]],
) -> dict[str, Any]:
    # tables leave out trailing zeros: the longest part shows to how many decimals they are printed
    decimals = max(int(known[c]["decimals"]) for c in codes)
    value = round(sum(float(known[c]["value"]) for c in codes), decimals)
    doubtful = any(known[c]["certainty"] == "doubtful" for c in codes)
    return {
        **unit,
        "figure_id": "",
        "component": parent,
        "measure": "score",
        "value": value,
        "text": f"{value:.{decimals}f}",
        "decimals": decimals,
        "certainty": "doubtful" if doubtful else "derived",
        "locator": f"sum of {' + '.join(codes)}",
        "note": "",
    }
