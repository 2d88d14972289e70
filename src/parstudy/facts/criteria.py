"""Indices, criteria sets, group thresholds and comparability breaks, by index year."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from parstudy.errors import ParstudyError
from parstudy.facts import rows, table

if TYPE_CHECKING:
    import pandas as pd

AREAS = tuple(f"A{i}" for i in range(1, 9))
SURVEYS = ("survey_leaders", "sipas", "socioeconomic")
"""Sources of points that older sets, and tables in short, print as one: ``survey``."""
_GEOGRAPHY_CHANGES = 2025
_HUNDRED = 100.0
_TREE = ("area", "criterion", "subcriterion")


@dataclass(frozen=True)
class Index:
    """One national index.

    Attributes
    ----------
    code : str
        ``PAR_INDEX``, ``SIPAS``, ``PAPI``, ...
    name_vi, name_en, short : str
        Full names and the short form used in tables.
    unit : str
        ``points`` or ``percent``: the scale on which the index is published.
    max_score : float
        Highest possible score on that scale, over all years; the criteria set of a year may have
        a lower one (PAPI: 60 points of six dimensions to 2017, 80 of eight since).
    shown_decimals : int or None
        Decimals that pages print where the source has more; None: as the source prints.
    first_year : int
        First index year.
    role : str
        ``own``: what the project is about; ``companion``: what it is compared with.
    driven : bool
        Whether the main job asks which of its parts drive it.
    parts_are : str
        What its parts are called: ``areas`` or ``dimensions``.
    in_titles, in_headings : str
        Regular expressions of the words that name it in a title and in the heading of a column,
        for folded text.
    """

    code: str
    name_vi: str
    name_en: str
    short: str
    unit: str
    max_score: float
    shown_decimals: int | None = None
    first_year: int = 0
    role: str = "companion"
    driven: bool = False
    parts_are: str = "areas"
    in_titles: str = ""
    in_headings: str = ""

    @property
    def in_percent(self) -> bool:
        """Whether a total in points is at once the share of the maximum in percent."""
        return self.max_score == _HUNDRED


def indices() -> dict[str, Index]:
    """All indices that the package knows, in their order of display.

    Examples
    --------
    >>> list(indices())
    ['PAR_INDEX', 'SIPAS', 'PAPI', 'PCI', 'DTI']
    """
    return dict(_indices())


@cache
def _indices() -> dict[str, Index]:
    return {
        row["index_id"]: Index(
            code=row["index_id"],
            name_vi=row["name_vi"],
            name_en=row["name_en"],
            short=row["short"],
            unit=row["unit"],
            max_score=float(row["max_score"]),
            shown_decimals=int(row["shown_decimals"]) if row["shown_decimals"] else None,
            first_year=int(row["first_year"]),
            role=row["role"],
            driven=row["driven"] == "yes",
            parts_are=row["parts_are"],
            in_titles=row["in_titles"],
            in_headings=row["in_headings"],
        )
        for row in rows("indices")
    }


def own_indices() -> tuple[str, ...]:
    """Codes of the indices that the project is about; all others are companions.

    Examples
    --------
    >>> own_indices()
    ('PAR_INDEX', 'SIPAS')
    """
    return tuple(code for code, known in indices().items() if known.role == "own")


def index(code: str) -> Index:
    """Look up one index.

    Raises
    ------
    ParstudyError
        ``unknown_index``.

    Examples
    --------
    >>> index("SIPAS").unit, index("PAPI").parts_are
    ('percent', 'dimensions')
    """
    known = indices()
    if code not in known:
        raise ParstudyError(
            "unknown_index", "unknown index", found=repr(code), expected=" or ".join(known)
        )
    return known[code]


def geography_of(year: int) -> str:
    """``"63"`` provinces until index year 2024, ``"34"`` units since 2025.

    Examples
    --------
    >>> geography_of(2024), geography_of(2025)
    ('63', '34')
    """
    return "34" if year >= _GEOGRAPHY_CHANGES else "63"


def criteria_set_of(index_code: str, year: int) -> str:
    """Name of the criteria set in force in an index year; empty if none is known.

    Examples
    --------
    >>> criteria_set_of("PAR_INDEX", 2021)
    '1149/QĐ-BNV'
    """
    for row in rows("criteria_sets"):
        last = int(row["to_year"] or 9999)
        if row["index_id"] == index_code and int(row["from_year"]) <= year <= last:
            return row["criteria_set"]
    return ""


def identities(criteria_set: str) -> list[tuple[str, ...]]:
    """Wholes of a set that are sums of parts from the other cut, each with its parts behind it.

    Examples
    --------
    >>> identities("876/QĐ-BNV")
    [('A8', 'sipas', 'socioeconomic')]
    """
    known = table("identities")
    own = known[known["criteria_set"].eq(criteria_set)]
    return [(row["whole"], *row["parts"].split()) for row in own.to_dict("records")]


def summed_sets() -> tuple[str, ...]:
    """Criteria sets whose areas and total are sums of their parts and are not printed."""
    sets = table("criteria_sets")
    return tuple(sets.loc[sets["total_is"].eq("sum"), "criteria_set"])


def components() -> pd.DataFrame:
    """Table ``components`` of what is known of each criteria set.

    Returns
    -------
    DataFrame
        ``criteria_set, index, code, parent, level, name_vi, name_en, max_score, scoring,
        lead_department``; ``max_score`` in points, NaN where it was not seen.

    Examples
    --------
    >>> components().query("criteria_set == '1149/QĐ-BNV' and code == 'A3'")['name_en'].item()
    'Reform of administrative procedures'
    """
    return _components().copy()


@cache
def _components() -> pd.DataFrame:
    import pandas as pd

    frame = table("criteria_components")
    frame["max_score"] = pd.to_numeric(frame["max_score"].replace("", None))
    return frame.drop(columns="seen_where")


@cache
def component_names(criteria_set: str, index_code: str) -> Mapping[str, Mapping[str, str]]:
    """Names ``name_vi``, ``name_en`` by code of the components of a set; of all sets if empty.

    A code that several sets have is called as in the newest.

    Examples
    --------
    >>> component_names("1149/QĐ-BNV", "PAR_INDEX")["A3"]["name_en"]
    'Reform of administrative procedures'
    """
    return {
        row["code"]: {name: row[name] for name in ("name_vi", "name_en")}
        for row in rows("criteria_components")
        if row["index_id"] == index_code and criteria_set in ("", row["criteria_set"])
    }


def has_groups(index_code: str) -> bool:
    """Whether the provinces are put into groups by an index.

    Examples
    --------
    >>> has_groups("PAR_INDEX"), has_groups("SIPAS")
    (True, False)
    """
    return any(row["index_id"] == index_code for row in rows("groups"))


def codes(criteria_set: str, level: str) -> list[str]:
    """Codes of one level that are known of a criteria set, in its order.

    Examples
    --------
    >>> codes("1149/QĐ-BNV", "area")
    ['A1', 'A2', 'A3', 'A4', 'A5', 'A6', 'A7', 'A8']
    """
    known = table("criteria_components")
    own = known["criteria_set"].eq(criteria_set) & known["level"].eq(level)
    return list(known.loc[own, "code"])


def cut(tree: pd.DataFrame, level: str) -> list[str]:
    """Components that add up to the total at a level: those of the level, and leaves above it.

    Parameters
    ----------
    tree : DataFrame
        One criteria set, index ``code``; ``parent, level``.
    level : str
        ``area``, ``criterion``, ``subcriterion``, ``score_source`` or ``part``. A criterion
        without sub-criteria belongs to the cut at their level too.

    Returns
    -------
    list of str
        Codes in the order of the set; empty if the set has nothing at this level.
    """
    if tree.empty:
        return []
    if level not in _TREE:
        return list(tree.index[tree["level"].eq(level)])
    depth = _TREE.index(level)
    shown = tree[tree["level"].isin(_TREE[: depth + 1])]
    parents = set(shown["parent"])
    codes = [c for c in shown.index if c not in parents]
    has_level = bool(tree["level"].eq(level).any())
    return codes if has_level else []


def thresholds(index_code: str, year: int) -> pd.DataFrame:
    """Group thresholds as stated for one index year.

    Returns
    -------
    DataFrame
        ``group, from_percent, below_percent``, best group first; empty when the thresholds of
        that year were not seen.

    Examples
    --------
    >>> thresholds("PAR_INDEX", 2021)["group"].to_list()
    ['A', 'B', 'C']
    """
    stated = _stated()
    return stated.get((index_code, year), stated["", 0]).copy()


@cache
def _stated() -> dict[tuple[str, int], pd.DataFrame]:
    """Thresholds by index and year; those of no index are an empty table."""
    frame = table("groups").astype({"from_percent": float, "below_percent": float, "year": int})
    figures = ["group", "from_percent", "below_percent"]
    each: Any = frame.groupby(["index_id", "year"], sort=False)
    return {("", 0): frame.loc[[], figures].reset_index(drop=True)} | {
        key: rows[figures].reset_index(drop=True) for key, rows in each
    }


@cache
def stated_thresholds(index_code: str, year: int) -> tuple[dict[str, Any], ...]:
    """Rows of `thresholds`, not to be changed."""
    rows = thresholds(index_code, year).to_dict("records")
    return tuple({str(k): v for k, v in row.items()} for row in rows)


def group_of(index_code: str, year: int, percent: float) -> str:
    """Group of a score by the thresholds of its year; empty where they do not say.

    Examples
    --------
    >>> group_of("PAR_INDEX", 2021, 87.11)
    'B'
    """
    for position, row in enumerate(stated_thresholds(index_code, year)):
        # the best group is closed at the top: 100 percent belongs to it
        top = position == 0 and percent == row["below_percent"]
        if row["from_percent"] <= percent < row["below_percent"] or top:
            return str(row["group"])
    return ""


REVISION = "revision"
"""Kind of a weak break: the criteria set is another one, but no maximum is known to differ."""


def breaks(index_code: str) -> pd.DataFrame:
    """Years from which an index is not comparable with the year before.

    Returns
    -------
    DataFrame
        ``year (int), kind, label_vi, label_en``, ascending; ``kind`` is `REVISION` where the break
        is weak.

    Examples
    --------
    >>> breaks("SIPAS")[["year", "label_en"]].values.tolist()
    [[2017, 'from a pilot in ten provinces to all'], [2022, 'new method 2022']]
    """
    return _breaks_of(index_code).copy()


@cache
def _breaks_of(index_code: str) -> pd.DataFrame:
    frame = _breaks()
    return frame[frame["index_id"].eq(index_code)].drop(columns="index_id").reset_index(drop=True)


def without_year(label: str, year: int) -> str:
    """What is new in a year, where the sentence around it names the year already.

    Examples
    --------
    >>> without_year("new method 2022", 2022), without_year("dimension 3 changed (2016)", 2016)
    ('new method', 'dimension 3 changed')
    """
    return re.sub(rf"\s*(\({year}\)|\b{year}\b)", "", label)


def all_breaks() -> pd.DataFrame:
    """Breaks of all indices: as `breaks` gives them, with their ``index_id``."""
    return _breaks().copy()


@cache
def _breaks() -> pd.DataFrame:
    return (
        table("breaks").astype({"year": int}).sort_values(["index_id", "year"], ignore_index=True)
    )
