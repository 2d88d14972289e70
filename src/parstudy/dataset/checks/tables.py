"""What the checks look at: the tables of a build, or one release as it was read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from operator import itemgetter
from typing import Any, TypeAlias

import pandas as pd

from parstudy.dataset._assemble import components_of, release_table
from parstudy.dataset._reconcile import KEY, quantity
from parstudy.dataset.checks.findings import ERROR, Finding, Kind
from parstudy.facts import criteria
from parstudy.releases.model import RawRelease
from parstudy.releases.numbers import decimals

Row: TypeAlias = dict[str, Any]
"""One row of a table: value by column."""
Cell: TypeAlias = dict[str, Row]
"""Chosen figures of one component of one unit in one year, by quantity."""
SLACK = 1e-9
_CELL = ["index_id", "year", "unit_id", "component"]


@dataclass(frozen=True)
class Tables:
    """Figures and what was made of them.

    Attributes
    ----------
    figures, releases, sources, components, values : DataFrame
        Tables of that name. Of one release as it was read ``unit_id`` is the name as printed,
        ``figure_id`` the place in the file, and a value the first figure of its quantity.
    scores : DataFrame
        Table ``scores`` with ``unit_id`` for ``province_id``; empty while a release is read.
    reading : bool
        Whether this is one release that was just read.
    """

    figures: pd.DataFrame
    releases: pd.DataFrame
    sources: pd.DataFrame
    components: pd.DataFrame
    values: pd.DataFrame = field(default_factory=pd.DataFrame)
    scores: pd.DataFrame = field(default_factory=pd.DataFrame)
    reading: bool = False

    @classmethod
    def of_release(cls, release: RawRelease) -> Tables:
        """One release as it was read: nothing resolved, nothing reconciled."""
        figures = as_read(release)
        figures["quantity"] = quantity(figures)
        return cls(
            figures,
            release_table([release]),
            release.sources,
            components_of([release]),
            figures.drop_duplicates(KEY),
            reading=True,
        )

    @cached_property
    def cells(self) -> dict[tuple[Any, ...], Cell]:
        """Chosen figures by index, year, unit and component."""
        cells: dict[tuple[Any, ...], Cell] = {}
        about = itemgetter(*_CELL)
        for row in rows(self.values):
            cells.setdefault(about(row), {})[row["quantity"]] = row
        return cells

    @cached_property
    def units(self) -> dict[tuple[Any, ...], dict[str, Cell]]:
        """Cells of provinces by index, year and unit; then by component."""
        units: dict[tuple[Any, ...], dict[str, Cell]] = {}
        for (*unit, component), cell in self.cells.items():
            if next(iter(cell.values()))["unit_level"] == "province":
                units.setdefault(tuple(unit), {})[component] = cell
        return units

    def cell(self, about: Mapping[str, Any], name: str, years: int = 0) -> Row | None:
        """Chosen figure of a quantity of the unit and component that a row is about."""
        key = (about["index_id"], about["year"] + years, about["unit_id"], about["component"])
        return self.cells.get(key, {}).get(name)

    @cached_property
    def n_ranked(self) -> dict[tuple[str, int], int]:
        """Units ranked by index and year; a year can have several releases."""
        ranked: dict[tuple[str, int], int] = {}
        for row in rows(self.releases):
            key = (row["index_id"], row["year"])
            ranked[key] = max(row["n_ranked"], ranked.get(key, 0))
        return ranked

    @cached_property
    def _sets(self) -> dict[tuple[str, int], str]:
        named = self.releases.drop_duplicates(["index_id", "year"])
        return {(r["index_id"], r["year"]): r["criteria_set"] for r in rows(named)}

    def criteria_set(self, index: str, year: int) -> str:
        """Criteria set in force, as the release or else the package says."""
        return self._sets.get((index, year), "") or criteria.criteria_set_of(index, year)

    @cached_property
    def _maxima(self) -> dict[tuple[str, str], float]:
        known = self.components[self.components["max_score"].notna()]
        codes = zip(known["criteria_set"], known["code"], strict=True)
        return dict(zip(codes, known["max_score"].astype(float), strict=True))

    def maximum(self, index: str, year: int, component: str) -> float | None:
        """Maximum of a component by the criteria set in force; None where it is not known."""
        return self._maxima.get((self.criteria_set(index, year), component))

    @cached_property
    def _claims(self) -> dict[tuple[Any, ...], list[Row]]:
        claims: dict[tuple[Any, ...], list[Row]] = {}
        columns = [*_CELL, "quantity", "figure_id"]
        frame = plain(self.figures.assign(quantity=quantity(self.figures))[columns])
        for *key, figure_id in frame.itertuples(index=False, name=None):
            claims.setdefault(tuple(key), []).append({"figure_id": figure_id})
        return claims

    def claims(self, value: Row) -> list[Row]:
        """All figures of the quantity of a row of ``values``, whoever prints them."""
        return self._claims[tuple(value[c] for c in [*_CELL, "quantity"])]

    @cached_property
    def _known(self) -> dict[str, tuple[int, str, str]]:
        """Position, source and place of each figure."""
        frame = plain(self.figures[["figure_id", "source_id", "locator"]])
        known = enumerate(frame.itertuples(index=False, name=None))
        return {figure: (n, source, place) for n, (figure, source, place) in known}

    def find(
        self,
        kind: Kind,
        about: Mapping[str, Any],
        message: str,
        found: str = "",
        expected: str = "",
        figures: Iterable[Mapping[str, Any] | None] = (),
    ) -> Finding:
        """Make a finding.

        Parameters
        ----------
        kind : Kind
            What was found.
        about : mapping
            ``index_id, year, unit_id, component`` that it is about.
        message, found, expected : str
            In words. Of an error, and of everything in a file that is being read, the place of
            the first figure goes before the message.
        figures : iterable of mapping or None
            The figures or values behind it, by ``figure_id``; None is left out. Of a place that
            holds no figure, the place.

        Returns
        -------
        Finding
        """
        ids = tuple(dict.fromkeys(f["figure_id"] for f in figures if f is not None))
        severity = kind.weighs(self.reading)
        if ids and (self.reading or severity == ERROR):
            _, _, place = self._known.get(ids[0], (0, "", ids[0]))
            message = f"{place}: {message}"
        behind = sorted(self._known[i] for i in ids if i in self._known)
        return Finding(
            kind.code,
            severity,
            about["index_id"],
            int(about["year"]),
            about["unit_id"],
            about["component"],
            message,
            found,
            expected,
            ids,
            tuple(source for _, source, _ in behind),
        )


def as_read(release: RawRelease) -> pd.DataFrame:
    """Figures of one release in the columns of the table ``figures``, nothing resolved."""
    raw = plain(release.figures)
    return raw.assign(
        release_id=release.release_id,
        unit_id=raw["unit_text"],
        figure_id=raw["locator"],
        decimals=[decimals(text) for text in raw["text"]],
    )


def plain(frame: pd.DataFrame) -> pd.DataFrame:
    """The same with text as objects: walking over arrow strings costs more than all checks."""
    texts = {c: object for c, dtype in frame.dtypes.items() if dtype == "str"}
    return frame.astype(texts) if texts else frame


def rows(frame: pd.DataFrame) -> list[Row]:
    """Rows of a table one by one."""
    names = [str(name) for name in frame.columns]
    columns = [frame[name].tolist() for name in names]
    return [dict(zip(names, values, strict=True)) for values in zip(*columns, strict=True)]


def grouped(frame: pd.DataFrame, key: list[str]) -> Iterator[tuple[Any, pd.DataFrame]]:
    """Groups of a table, sorted by their key."""
    yield from frame.groupby(key, sort=True)


def half(row: Mapping[str, Any]) -> float:
    """Half a unit of the last decimal that is printed; 0 where the decimals are not known."""
    digits = row["decimals"]
    return 0.0 if pd.isna(digits) else 0.5 * 10.0 ** -int(digits)


def agree(one: Row, other: Row) -> bool:
    """Whether two printed figures can be one number; letters must be the same."""
    if pd.isna(one["value"]) or pd.isna(other["value"]):
        return bool(one["text"] == other["text"])
    return abs(one["value"] - other["value"]) <= max(half(one), half(other)) + SLACK


def show(figure: Row | None) -> str:
    """The number of a figure, or a dash where there is none."""
    return "–" if figure is None else f"{figure['value']:g}"
