"""What is known: index × year × province, and the components of a release."""

from __future__ import annotations

import pandas as pd

from parstudy.dataset import Dataset
from parstudy.dataset.rows import at, values_in
from parstudy.errors import ParstudyError
from parstudy.facts import criteria

STATUSES = ("score_and_rank", "rank", "score", "bound", "change_only", "nothing")
_NEWEST = 3


def coverage(ds: Dataset, component: str = "total", geography: str = "63") -> pd.DataFrame:
    """How much is published of each province in each index year.

    Parameters
    ----------
    ds : Dataset
        Its ``scores`` and ``provinces``.
    component : str
        Which component.
    geography : {"63", "34"}
        Whose units make the rows.

    Returns
    -------
    DataFrame
        ``index_id, year, province_id, region_id, status``: one row for every province in every year
        of an index, ``status`` one of `STATUSES`. ``bound`` means that only a bound on the rank
        or the group is known; ``change_only`` that only a published change of a neighbouring
        year tells something.
    """
    part = at(ds.scores, component=component)
    provinces = at(ds.provinces, geography=geography)
    years = part[["index_id", "year"]].drop_duplicates().sort_values(["index_id", "year"])
    grid = years.merge(provinces[["province_id", "region_id"]], how="cross")
    keep = ["index_id", "year", "province_id", "score", "rank_published", "rank_low"]
    frame = grid.merge(
        part[[*keep, "group_published", "rank_implied", "score_implied"]],
        on=["index_id", "year", "province_id"],
        how="left",
        validate="one_to_one",
    )
    score, rank = frame["score"].notna(), frame["rank_published"].notna()
    bound = frame["rank_low"].notna() | frame["group_published"].fillna("").ne("")
    implied = frame["rank_implied"].notna() | frame["score_implied"].notna()
    status = pd.Series("nothing", index=frame.index, dtype="str")
    for name, mask in (
        ("change_only", implied),
        ("bound", bound),
        ("score", score),
        ("rank", rank),
        ("score_and_rank", score & rank),
    ):
        status = status.mask(mask, name)
    frame["status"] = status
    return frame[["index_id", "year", "province_id", "region_id", "status"]]


def counts(covered: pd.DataFrame) -> pd.DataFrame:
    """Number of provinces by index, year and status.

    Returns
    -------
    DataFrame
        ``index_id, year`` and one column for each of `STATUSES`.
    """
    wide = covered.pivot_table(
        index=["index_id", "year"], columns="status", values="province_id", aggfunc="count"
    )
    return wide.reindex(columns=list(STATUSES)).fillna(0).astype("int64").reset_index()


def best_covered_year(scores: pd.DataFrame, index: str = "PAR_INDEX") -> int:
    """The best covered of the three newest index years: most published ranks, then the newest.

    Of an index that publishes no ranks the scores count.

    Raises
    ------
    ParstudyError
        ``no_data`` if neither ranks nor scores of the index are known.
    """
    part = at(scores, index_id=index, component="total")
    ranked = part[part["rank_published"].notna()]
    part = part[part["score"].notna()] if ranked.empty else ranked
    if part.empty:
        raise ParstudyError("no_data", "no figure of any province", found=index)
    known = part.groupby("year").size()
    newest = known.sort_index().tail(_NEWEST)
    return int(newest[newest.eq(newest.max())].index.max())


def component_names(
    scores: pd.DataFrame, components: pd.DataFrame, *, index: str, year: int
) -> pd.DataFrame:
    """Components of the criteria sets that an index year was scored by.

    A code such as ``1.1`` has another meaning in another index or set.

    Parameters
    ----------
    scores, components : DataFrame
        Tables of the dataset.
    index, year : str, int
        Which release.

    Returns
    -------
    DataFrame
        Rows of ``components``.
    """
    sets = values_in(at(scores, index_id=index, year=year), "criteria_set")
    return at(components, criteria_set=sets)


def with_parts(scores: pd.DataFrame, province_id: str, year: int) -> frozenset[str]:
    """Indices of which a province has the score of a part in a year."""
    rows = at(scores, province_id=province_id, year=year)
    return frozenset(rows.loc[rows["component"].ne("total") & rows["score"].notna(), "index_id"])


def component_frame(
    scores: pd.DataFrame, components: pd.DataFrame, *, index: str, year: int, level: str
) -> pd.DataFrame:
    """Scores by component of the provinces that have all components of a level.

    Parameters
    ----------
    scores, components : DataFrame
        Tables of the dataset.
    index, year : str, int
        Which release.
    level : str
        ``area``, ``criterion``, ``subcriterion``, ``score_source`` or ``part``.

    Returns
    -------
    DataFrame
        Index ``province_id``; one column for each component of the level in the order of the
        criteria set, and ``total``; points (or percent). Empty when no province is complete.
        Where the sources of points are known both with the survey as a whole and with its parts,
        those of the two that more provinces have.
    """
    part = at(scores, index_id=index, year=year)
    part = part[part["score"].notna()]
    codes = list(at(components, criteria_set=set(part["criteria_set"]), level=level)["code"])
    # the whole and its parts in one frame would count the same points twice
    whole = [c for c in codes if c not in criteria.SURVEYS]
    parts = [c for c in codes if c != "survey"]
    known = set(part["component"])
    if not codes or not (known.issuperset(whole) or known.issuperset(parts)):
        return pd.DataFrame(
            columns=pd.Index([*codes, "total"], name="component"),
            index=pd.Index([], name="province_id", dtype="str"),
            dtype=float,
        )
    wide = part.pivot(index="province_id", columns="component", values="score")
    wide = wide.reindex(columns=[*codes, "total"])
    if len(whole) < len(codes) and len(parts) < len(codes):
        frames = [wide[[*cut, "total"]].dropna() for cut in (parts, whole)]
        return max(frames, key=len)
    return wide.dropna()
