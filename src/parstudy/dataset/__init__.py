"""The tables that everything else reads, opened; `parstudy.dataset.building` makes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from parstudy import reads
from parstudy.dataset import _glance, _kept, _store, frames
from parstudy.dataset._reconcile import agree, quantity
from parstudy.dataset._table import BuiltTable
from parstudy.dataset.reading import CONTRADICTED, Digests, Reads
from parstudy.dataset.rows import at, values_in
from parstudy.errors import ParstudyError, StatisticsError
from parstudy.facts import criteria, provinces
from parstudy.folders import has_put_aside, locked, put_back
from parstudy.project import Project

if TYPE_CHECKING:
    from parstudy.dataset.beside import refusals
    from parstudy.dataset.boundaries import Boundaries
    from parstudy.dataset.building import (
        Built,
        build,
        check,
        from_releases,
        make_tables,
    )
    from parstudy.dataset.checks.findings import Finding

__all__ = [
    "Built",
    "Dataset",
    "Finding",
    "agree",
    "build",
    "check",
    "from_releases",
    "keep_open",
    "make_tables",
    "open_dataset",
    "quantity",
    "refusals",
]


def __getattr__(name: str) -> Any:
    # what reads files of all kinds is slow to import; who opens tables does without
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from parstudy.dataset import beside, building

    return getattr(beside if name == "refusals" else building, name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


@dataclass(frozen=True, repr=False)
class Dataset:
    """The built tables of one project.

    `frame` and `panel` give scores as most analyses want them: a row a province, or a province and
    year, with components side by side.

    Attributes
    ----------
    scores : DataFrame
        One row per index × year × province × component. ``score`` is on the index's own scale
        (PAR INDEX: points of ``max_score``; SIPAS: percent), ``percent`` the share of the maximum.
        Published and computed figures stand in different columns: ``rank_published``,
        ``rank_computed`` (only from a complete year), ``rank_low``/``rank_high`` (best and worst
        place that sources allow), ``rank_implied``/``score_implied`` (what a published change
        implies for a year without a figure of its own).
    figures : DataFrame
        Every published number with source, place and certainty.
    values : DataFrame
        The chosen value for each quantity, how many sources there are, the others' texts.
    aggregates : DataFrame
        Figures of the nation and of regions: means, extremes, counts, samples.
    components : DataFrame
        Criteria sets as far as they are known; unknown maxima are empty.
    provinces : DataFrame
        The 63 provinces and the 34 units since 2025, one after the other: `units` has those of a
        year, `named` gives names to other rows.
    sources : DataFrame
        One row per source.
    releases : DataFrame
        One row per raw release.
    findings : DataFrame
        What the checks found.
    fingerprint : str
        SHA-256 of the tables.
    project : Project
        Where they come from.
    reads : Reads
        What is read of the tables: they tell it.
    """

    scores: pd.DataFrame
    figures: pd.DataFrame
    values: pd.DataFrame
    aggregates: pd.DataFrame
    components: pd.DataFrame
    provinces: pd.DataFrame
    sources: pd.DataFrame
    releases: pd.DataFrame
    findings: pd.DataFrame
    fingerprint: str
    project: Project
    reads: Reads

    def __repr__(self) -> str:
        """Years and provinces known of each index, and the sizes of the tables."""
        return _glance.as_text(self)

    def _repr_html_(self) -> str:
        return _glance.as_html(self)

    @property
    def contradicted(self) -> pd.DataFrame:
        """Findings that are more than a remark, beside each figure that they touch."""
        return self.reads.table(CONTRADICTED)

    @property
    def synthetic(self) -> bool:
        """Whether the figures are SYNTHETIC (made up)."""
        return any(values_in(self.releases, "synthetic"))

    def province(self, province: str) -> pd.DataFrame:
        """All scores of one province.

        Parameters
        ----------
        province : str
            Slug, name or any known spelling.

        Returns
        -------
        DataFrame
            Rows of ``scores``, by index, year, component.

        Raises
        ------
        ProvinceError
            If the name is none of the 63 or 34, or not clear.

        Examples
        --------
        >>> import parstudy as ps
        >>> ds = ps.open_dataset()
        >>> ds.province("Tp. Lạng Sơn")["province_id"].unique().tolist()
        ['lang-son']
        """
        unit = provinces.resolve(province).province_id
        return at(self.scores, province_id=unit).reset_index(drop=True)

    def series(self, *, index: str, province: str, component: str = "total") -> pd.DataFrame:
        """One component of one province over the years.

        Parameters
        ----------
        index : str
            ``PAR_INDEX`` or ``SIPAS``.
        province : str
            Slug, name or any known spelling.
        component : str
            Code; ``total`` by default.

        Returns
        -------
        DataFrame
            Rows of ``scores`` indexed by ``year``.

        Examples
        --------
        >>> import parstudy as ps
        >>> ds = ps.open_dataset()
        >>> sipas = ds.series(index="SIPAS", province="lang-son")
        >>> sipas.loc[2021:2022, "score"].to_dict()
        {2021: 87.07, 2022: 75.44}
        """
        self._known_index(index)
        unit = provinces.resolve(province).province_id
        rows = at(self.scores, province_id=unit, index_id=index, component=component)
        return rows.set_index("year").sort_index()

    def at(self, index: str, year: int, component: str = "total") -> pd.DataFrame:
        """All provinces with any figure of one component in one year, indexed by province.

        Examples
        --------
        >>> import parstudy as ps
        >>> ds = ps.open_dataset()
        >>> par = ds.at("PAR_INDEX", 2021)
        >>> par.loc["lang-son", ["score", "rank_published"]].to_list()
        [87.11, 23.0]
        """
        self._known_index(index)
        frame = self.scores
        rows = at(frame, index_id=index, year=year, component=component)
        return rows.set_index("province_id").sort_index()

    def units(self, year: int) -> pd.DataFrame:
        """Provinces that there were in an index year: 63 until 2024, 34 since.

        Returns
        -------
        DataFrame
            Rows of ``provinces``, in the order of the registry.

        Examples
        --------
        >>> import parstudy as ps
        >>> ds = ps.open_dataset()
        >>> len(ds.units(2024)), len(ds.units(2025))
        (63, 34)
        """
        return at(self.provinces, geography=criteria.geography_of(year))

    def frame(
        self, index: str, year: int, *, level: str | None = None, measure: str = "score"
    ) -> pd.DataFrame:
        """One row a province of one index year, components side by side, all numbers floats.

        Parameters
        ----------
        index : str
            ``PAR_INDEX``, ``SIPAS``, ...
        year : int
            Index year.
        level : {"area", "criterion", "subcriterion", "part", "score_source", "total"}, optional
            Which components: those right below the total if not given (areas of PAR INDEX, parts
            of SIPAS), none for ``total``. They add up to the total.
        measure : str
            What of each component: ``score`` (points, of SIPAS percent), ``percent`` (share of the
            maximum), ``max_score``, ``rank``, or another number of the table ``scores``.

        Returns
        -------
        DataFrame
            ``province_id, name_vi, name_en, region_id``; ``score, percent, rank, group`` of the
            total (``rank``: published, or the only one that bounds allow, or of a complete year);
            then one column a component, its name the code. Every province of the year has a row;
            what is not known is NaN. ``attrs`` has the names of the
            components, the criteria set and the breaks.

        Raises
        ------
        DataError
            ``no_data`` (with the years that there are), ``unknown_level``, ``unknown_measure``.

        Examples
        --------
        >>> import parstudy as ps
        >>> ds = ps.open_dataset()
        >>> ds.frame("PAR_INDEX", 2021).nlargest(1, "score")[["name_en", "rank"]].values.tolist()
        [['Hai Phong', 1.0]]
        """
        self._known_index(index)
        return frames.frame(self, index, year, level=level, measure=measure)

    def panel(
        self,
        index: str,
        *,
        level: str | None = None,
        measure: str = "score",
        years: Sequence[int] | None = None,
        geography: str | None = None,
        long: bool = False,
    ) -> pd.DataFrame:
        """Provinces by years, for linearmodels, pyfixest, statsmodels or a plot of pandas.

        Parameters
        ----------
        index, level, measure
            As in `frame`. A code stands in one column over all years, also where its meaning
            changed with the criteria set: compare within a ``stretch``.
        years : sequence of int, optional
            Index years; all with a figure if not given.
        geography : {"63", "34"}, optional
            Which units: the 63 to index year 2024, the 34 since. The earlier ones if not given,
            with a warning where years are left out; `scores_on` brings older years to the 34.
        long : bool
            One row for each component too, ``total`` among them.

        Returns
        -------
        DataFrame
            Index ``province_id, year`` (with ``component`` if ``long``), every province in every
            year, sorted. ``name_vi, name_en, region_id``; ``criteria_set``; ``is_break`` (the year
            is not comparable with the year before; a weak break counts) and ``stretch`` (0, 1, ...:
            years without a break between them); then the columns of `frame`, or ``measure`` if
            ``long``.

        Raises
        ------
        DataError
            As `frame`; ``wrong_geography``.

        Examples
        --------
        >>> import parstudy as ps
        >>> panel = ps.open_dataset().panel("SIPAS", years=[2021, 2022])
        >>> panel.loc["lang-son", ["score", "is_break"]].to_dict("index")
        {2021: {'score': 87.07, 'is_break': False}, 2022: {'score': 75.44, 'is_break': True}}
        """
        self._known_index(index)
        return frames.panel(
            self,
            index,
            level=level,
            measure=measure,
            years=years,
            geography=geography,
            long=long,
        )

    def named(self, rows: pd.DataFrame, year: int | None = None) -> pd.DataFrame:
        """Rows of any table with the names and the region of their province.

        Parameters
        ----------
        rows : DataFrame
            With ``province_id``, and ``year`` or ``geography``, which say whether the 63 or the
            34 are meant: Lào Cai is two different units.
        year : int, optional
            Index year of all rows, where no column says it.

        Returns
        -------
        DataFrame
            The same rows with ``name_vi, name_en, region_id`` behind ``province_id``.

        Raises
        ------
        DataError
            ``missing_column``, ``no_year``, ``unknown_province``.

        Examples
        --------
        >>> import parstudy as ps
        >>> ds = ps.open_dataset()
        >>> totals = ds.scores.query("index_id == 'PAR_INDEX' and component == 'total'")
        >>> best = ds.named(totals.query("year == 2021 and rank_published <= 2"))
        >>> best[["name_vi", "rank_published"]].values.tolist()
        [['Hải Phòng', 1.0], ['Quảng Ninh', 2.0]]
        """
        return frames.named(rows, year)

    def years(self, index: str) -> list[int]:
        """Index years with at least one published figure, ascending.

        Examples
        --------
        >>> import parstudy as ps
        >>> ds = ps.open_dataset()
        >>> ds.years("SIPAS")[:3]
        [2015, 2017, 2018]
        """
        self._known_index(index)
        return [int(year) for year in values_in(at(self.figures, index_id=index), "year")]

    def scores_on(self, geography: str = "34", *, weights: str = "population") -> pd.DataFrame:
        """Table ``scores`` on the 34 units of today, years of 63 provinces by approximation.

        Parameters
        ----------
        geography : {"34"}
            The 34 units cannot be cut back into the 63.
        weights : {"population", "equal"}
            How the members of a merged unit are averaged; the population of the same year comes
            with ``parstudy fetch geo``.

        Returns
        -------
        DataFrame
            See `parstudy.dataset.geography.scores_on_34`.

        Raises
        ------
        StatisticsError
            ``no_population``, ``unknown_method``, ``wrong_geography``.

        Examples
        --------
        >>> import parstudy as ps
        >>> ds = ps.open_dataset()
        >>> now = ds.scores_on("34", weights="equal")
        >>> now["province_id"].nunique()
        34
        """
        from parstudy.dataset import geography as on
        from parstudy.dataset import population

        if str(geography) != "34":
            raise StatisticsError(
                "wrong_geography",
                "scores can be brought to the 34 units only",
                found=repr(geography),
                expected="'34'",
                advice="Years to 2024 are of the 63 provinces in the table scores",
            )
        people = population.read(self.project) if weights == "population" else None
        return BuiltTable(on.scores_on_34(self.scores, self.provinces, people, weights=weights))

    def table(self, name: str, **options: Any) -> pd.DataFrame:
        """A table of one's own from ``data/own``; see `parstudy.inputs.input`.

        Parameters
        ----------
        name : str
            File in ``data/own``; its ending may be left out.
        **options
            As for `parstudy.inputs.input`, such as ``decimal=","``.
        """
        from parstudy import inputs

        return inputs.input(name, project=self.project, **options)

    def boundaries(self, year: int) -> Boundaries | None:
        """Boundaries of the provinces that there were in an index year.

        Returns
        -------
        Boundaries or None
            None where `parstudy fetch geo` has not brought them.

        Raises
        ------
        DataError
            What was fetched is damaged; see `parstudy.dataset.boundaries.parse`.
        """
        from parstudy.dataset import boundaries

        return boundaries.read(self.project, criteria.geography_of(year))

    def _known_index(self, index: str) -> None:
        # an index that the package knows may have no figures in a project: no rows, no error
        if index not in criteria.indices():
            raise ParstudyError(
                "unknown_index",
                "no such index in this project",
                found=index,
                expected=" or ".join(criteria.indices()),
            )


def settle(project: Project) -> None:
    """Put back what had been moved aside when a program was killed, if nobody is at work on it."""
    aside = [index for index in project.raw.iterdir() if has_put_aside(index)]
    if aside:
        with locked(project.data):
            for index in aside:
                put_back(index)


def keep_open(project: Project, digests: Digests, fingerprint: str) -> None:
    """Let `open_dataset` give these tables in this process, and its forks, while no file changes.

    Parameters
    ----------
    project : Project
        Whose.
    digests, fingerprint : Digests, str
        As `tables` gave them, here or in another process.
    """
    _kept.keep(project, _kept.signature_of(project), digests, fingerprint)


def open_dataset(project: str | Path | Project | None = None) -> Dataset:
    """Open the built tables; build them first where the raw releases have changed.

    Parameters
    ----------
    project : str, Path or Project, optional
        Project folder; found by `Project.find` if not given.

    Returns
    -------
    Dataset

    Raises
    ------
    ProjectError, ReleaseError, DataError
        If there is no project, or its raw releases cannot be built.

    Examples
    --------
    >>> import parstudy as ps
    >>> ds = ps.open_dataset()
    >>> ds.scores["index_id"].unique().tolist()[:2]
    ['PAR_INDEX', 'SIPAS']
    """
    if not isinstance(project, Project):
        project = Project.find(project)
    return opened(*tables(project), project)


def tables(project: Project) -> tuple[Digests, str]:
    """The built tables and their fingerprint; `open_dataset` gives them as a `Dataset`."""
    settle(project)
    signature = _kept.signature_of(project)
    if held := _kept.kept(project, signature):
        return held
    if found := _tables_there(project):
        _kept.keep(project, signature, *found)
        return found
    from parstudy.dataset import building

    with locked(project.data):
        # another may have built them while this one waited
        return _tables_there(project) or building.built(project)


def _tables_there(project: Project) -> tuple[Digests, str] | None:
    """The built tables, if they are those of the raw releases; None also while these change."""
    try:
        found = _store.read(project, _store.raw_state(project))
    except FileNotFoundError:
        return None
    return None if found is None else (Digests(found[0]), found[1])


def opened(digests: Digests, fingerprint: str, project: Project) -> Dataset:
    """The dataset of some tables; what reads it tells what it reads."""
    reads.tell("open", str(project.root), fingerprint)
    watched = Reads(digests)
    own = {name: watched.table(name) for name in _store.TABLES}
    return Dataset(**own, fingerprint=fingerprint, project=project, reads=watched)
