"""What several releases say together besides their figures: releases, sources, components."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from parstudy.errors import ReleaseError
from parstudy.facts import criteria
from parstudy.releases.model import SOURCE_COLUMNS, RawRelease


def release_table(raw: Sequence[RawRelease]) -> pd.DataFrame:
    """Table ``releases``: one row a release, with the criteria set in force."""
    rows = [
        {
            "release_id": r.release_id,
            "index_id": r.index,
            "year": r.year,
            "geography": r.geography,
            "n_ranked": r.n_ranked,
            "criteria_set": _set_of(r),
            "title": r.title,
            "synthetic": r.synthetic,
            "n_figures": len(r.figures),
        }
        for r in raw
    ]
    return pd.DataFrame(rows).sort_values("release_id").reset_index(drop=True)


def source_table(raw: Sequence[RawRelease]) -> pd.DataFrame:
    """Table ``sources``: those that a figure cites.

    Raises
    ------
    ReleaseError
        ``source_twice`` where two releases give different sources one id.
    """
    frame = pd.concat([r.sources for r in raw], ignore_index=True)
    cited = {s for r in raw for s in r.figures["source_id"]}
    frame = frame[frame["source_id"].isin(cited)].drop_duplicates()
    twice = frame.loc[frame["source_id"].duplicated(), "source_id"]
    if len(twice):
        one = str(twice.iloc[0])
        raise ReleaseError(
            "source_twice",
            "two releases give different sources one id",
            place=" and ".join(r.release_id for r in raw if one in set(r.sources["source_id"])),
            found=repr(one),
            expected="an id of its own for each source",
            advice="Change id under [source] in the release.toml of the newer one",
        )
    return frame[list(SOURCE_COLUMNS)].sort_values("source_id").reset_index(drop=True)


def components_of(raw: Sequence[RawRelease]) -> pd.DataFrame:
    """Table ``components``: what the releases print of their criteria, then what is known."""
    known = criteria.components()
    # one province's own sheet may have smaller maxima: what it was not asked is left out of them
    printed = [
        r.components.assign(criteria_set=_set_of(r), index_id=r.index, release_id=r.release_id)
        for r in sorted(raw, key=_is_own_sheet)
        if len(r.components)
    ]
    if not printed:
        return known
    key = ["criteria_set", "code"]
    own = pd.concat(printed, ignore_index=True).drop_duplicates(key)
    # a release that prints its criteria fills the set; what the package knows fills the rest
    own = own.merge(known, on=key, how="left", suffixes=("", "_known"))
    for column in ("name_vi", "name_en", "lead_department"):
        blank = own[column].eq("") & own[f"{column}_known"].notna()
        own[column] = own[column].mask(blank, own[f"{column}_known"])
    sheets = {r.release_id for r in raw if _is_own_sheet(r)}
    smaller = own["release_id"].isin(sheets) & own["max_score_known"].notna()
    own["max_score"] = own["max_score"].mask(smaller).fillna(own["max_score_known"])
    told = own["scoring"].eq("unknown") & own["scoring_known"].notna()
    own["scoring"] = own["scoring"].mask(told, own["scoring_known"])
    frame = pd.concat([own[list(known.columns)], known], ignore_index=True)
    return frame.drop_duplicates(key, keep="first").reset_index(drop=True)


def _is_own_sheet(release: RawRelease) -> bool:
    """Whether a release is of one province only."""
    own = release.figures["unit_level"].eq("province")
    return release.figures.loc[own, "unit_text"].nunique() == 1


def _set_of(release: RawRelease) -> str:
    """Criteria set that a release names, or that was in force in its year."""
    return release.criteria_set or criteria.criteria_set_of(release.index, release.year)
