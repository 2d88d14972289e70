"""How a release ranks equal scores."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from parstudy.dataset.rows import at
from parstudy.releases.model import RawRelease

_MOST = 0.8  # share of the ranks that a rule must give exactly
_TOLD = {
    "min": "equal scores share the better rank (1, 2, 2, 4)",
    "max": "equal scores share the worse rank (1, 3, 3, 4)",
    "dense": "equal scores share a rank and none is left out (1, 2, 2, 3)",
    "ordinal": "equal printed scores have ranks of their own: by decimals that are not printed, or "
    "by another rule",
    "": "no rule explains the ranks of equal scores",
}


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
        if not self.of:
            return "ranks are not printed beside scores"
        if self.basis == "score":
            count = f"{self.agree} of {self.of} ranks follow from the printed points"
        else:
            count = f"{self.agree} of {self.of} ranks follow from the printed percent"
        if not self.equal:
            return f"{count}; no two are equal, so nothing shows how ties are ranked"
        return f"{count}; {self.equal} units share a score; {_TOLD[self.rule]}"


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
    known: dict[str, TieRule] = vars(release).setdefault("_ties", {})
    if component not in known:
        known[component] = _tie_rule(release, component)
    return known[component]


def _tie_rule(release: RawRelease, component: str) -> TieRule:
    own = at(release.figures, year=release.year, unit_level="province", component=component)
    own = own.drop_duplicates(["unit_text", "measure"])
    wide = own.pivot(index="unit_text", columns="measure", values="value")
    found: list[tuple[int, bool, TieRule]] = []
    for basis in ("score", "percent"):
        if {"rank", basis} <= set(wide.columns):
            found += _rules(wide[["rank", basis]].dropna(), basis)
    if not found:
        return TieRule("", "score", 0, 0, 0)
    _, _, best = max(found, key=lambda rule: rule[:2])
    return best


def _rules(known: pd.DataFrame, basis: str) -> list[tuple[int, bool, TieRule]]:
    """Each rule with how many ranks it explains and whether it explains those of equal scores."""
    rank, scores = known["rank"], known[basis]
    tied = scores.duplicated(keep=False)
    equal, of = int(tied.sum()), len(known)
    shared = not rank.groupby(scores).nunique().gt(1).any()
    given = {m: scores.rank(ascending=False, method=m) for m in ("min", "max", "dense")}
    fits = {m: (g == rank, shared) for m, g in given.items()}
    fits["ordinal"] = (rank.between(given["min"], given["max"]), equal > 0 and not shared)
    found = []
    for name, (fit, possible) in fits.items():
        # typing errors aside, a rule must explain the ties themselves
        certain = possible and (name == "ordinal" or bool(fit[tied].all()))
        agree = int(fit.sum()) if name != "ordinal" or possible else 0
        explained = certain and equal > 0 and agree >= _MOST * of
        rule = TieRule(name if explained else "", basis, equal, agree, of)
        found.append((agree, certain, rule))
    return found
