"""What recipes of a companion index share: CSV files in, one release for each year out.

A recipe says three things: how the years are found in the files (read), that a year is what the
recipe was written for and which columns hold what (check), and what is to be said of it (release).
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from parstudy.errors import ReleaseError
from parstudy.facts import criteria
from parstudy.fetch._model import Prepared, Provenance, table_file
from parstudy.text import to_toml


@dataclass(frozen=True)
class Year:
    """The rows of one index year in a CSV file.

    Attributes
    ----------
    year : int
        Index year.
    key : str
        Key of the file among those of the fetch name.
    path : Path
        The file.
    head : sequence of str
        Headers of all columns.
    rows : sequence of mapping
        Cells by header, as printed.
    unit : str
        Header of the column with the units.
    """

    year: int
    key: str
    path: Path
    head: Sequence[str]
    rows: Sequence[Mapping[str, str]]
    unit: str

    def column(self, header: str) -> int:
        """Number of a column, from 1."""
        return self.head.index(header) + 1

    def filled(self, headers: Iterable[str]) -> list[str]:
        """Those of some columns in which any unit has a figure."""
        return [h for h in headers if any(row[h].strip() for row in self.rows)]

    def check_columns(self, index: str, found: Iterable[str], expected: Sequence[str]) -> None:
        """Refuse a year whose columns with figures are not those that its set has.

        Raises
        ------
        ReleaseError
            ``changed_columns``.
        """
        strange = sorted(set(found) ^ set(expected))
        if strange:
            raise ReleaseError(
                "changed_columns",
                f"the columns with figures are not those of {index} {self.year}",
                place=self.path.name,
                found=", ".join(strange),
                expected=", ".join(expected),
            )

    def check_units(self, right: bool, expected: str) -> None:
        """Refuse a year that has not one row for each province, which the recipe has found out.

        Raises
        ------
        ReleaseError
            ``wrong_number_of_units``.
        """
        names = {row[self.unit] for row in self.rows}
        if not right or len(names) != len(self.rows):
            raise ReleaseError(
                "wrong_number_of_units",
                f"not one row for each province in {self.year}",
                place=self.path.name,
                found=f"{len(self.rows)} rows, {len(names)} names",
                expected=expected,
            )

    def check_range(
        self, headers: Iterable[str], low: float, high: float, *, blank: bool = False
    ) -> None:
        """Refuse a cell that is no number of a range, or nothing where that may be.

        Raises
        ------
        ReleaseError
            ``out_of_range``.
        """
        cells = [(row, header, row[header].strip()) for header in headers for row in self.rows]
        for row, header, text in cells:
            try:
                right = low <= float(text) <= high
            except ValueError:
                right = blank and not text
            if not right:
                raise ReleaseError(
                    "out_of_range",
                    "no score",
                    place=f"{self.path.name} {row[self.unit]} {self.year} {header}",
                    found=repr(text),
                    expected=f"{low:g} to {high:g}" + (", or nothing" if blank else ""),
                )


@dataclass(frozen=True)
class Said:
    """What a recipe says of one year beside its columns.

    Attributes
    ----------
    title : str
        Of the release.
    n_ranked : int
        Units that were ranked.
    table : mapping
        Keys of ``[[files]]`` for the unit's column and for the rows that are read.
    source : mapping
        Keys of ``[source]`` that are not those of the whole fetch name.
    notes : tuple of str
        What was left out, and why; in words for a reader.
    comment : str
        First line of ``release.toml``.
    """

    title: str
    n_ranked: int
    table: Mapping[str, Any]
    source: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    comment: str = ""


@dataclass(frozen=True)
class Recipe:
    """How the files of a companion index become releases.

    Attributes
    ----------
    index : str
        ``PAPI``, ...
    read : callable
        The years in the files, by key; files that are not known are passed over.
    check : callable
        For each column with figures of a year: ``component`` and whatever else ``release.toml``
        says of a column. Raises ReleaseError for a year that the recipe was not written for.
    release : callable
        What is to be said of a year, given its columns.
    """

    index: str
    read: Callable[[Mapping[str, Path]], Iterable[Year]]
    check: Callable[[Year], Mapping[str, Mapping[str, str]]]
    release: Callable[[Year, Mapping[str, Mapping[str, str]]], Said]

    def prepare(self, files: Mapping[str, Path], provenance: Provenance) -> list[Prepared]:
        """Make one release of each year.

        Parameters
        ----------
        files : mapping of str to Path
            By key.
        provenance : Provenance
            Where the files come from.

        Returns
        -------
        list of Prepared
            By year.

        Raises
        ------
        ReleaseError
            ``damaged_csv``, ``changed_columns``, ``wrong_number_of_units``, ``out_of_range``: a
            file is not the one that the recipe was written for.
        """
        years = sorted(self.read(files), key=lambda y: y.year)
        return [self._prepared(year, self.check(year), provenance) for year in years]

    def _prepared(
        self, year: Year, columns: Mapping[str, Mapping[str, str]], provenance: Provenance
    ) -> Prepared:
        said = self.release(year, columns)
        name = self.index.lower()
        release = {
            "index": self.index,
            "year": year.year,
            "geography": criteria.geography_of(year.year),
            "n_ranked": said.n_ranked,
            "criteria_set": criteria.criteria_set_of(self.index, year.year),
            "title": said.title,
            **({"synthetic": True} if provenance.synthetic else {}),
        }
        table = table_file(
            year.path.name,
            provenance.origins[year.key].sha256,
            encoding="utf-8",
            separator=",",
            header_rows=1,
            **said.table,
            columns=[{"column": year.column(h), **c, "header": h} for h, c in columns.items()],
        )
        source = provenance.source(year.key, f"{name}-{year.year}", said.title)
        document = {"release": release, "source": {**source, **said.source}, "files": [table]}
        return Prepared(
            index=self.index,
            folder_name=f"{year.year}-{name}",
            toml=to_toml(document, comment=said.comment),
            files={year.path.name: year.path},
            year=year.year,
            notes=said.notes,
        )


def read_csv(path: Path, needed: Sequence[str]) -> tuple[list[str], list[dict[str, str]]]:
    """Headers and rows of a CSV file in UTF-8.

    Parameters
    ----------
    path : Path
        The file.
    needed : sequence of str
        Columns that it must have.

    Raises
    ------
    ReleaseError
        ``changed_columns``, ``damaged_csv``.
    """
    with path.open(encoding="utf-8-sig", newline="") as handle:
        head, *rows = [row for row in csv.reader(handle) if any(row)] or [[]]
    if not rows or not set(needed) <= set(head) or len(set(head)) < len(head):
        raise ReleaseError(
            "changed_columns",
            "the columns are not those of the file that was described",
            place=path.name,
            found=", ".join(head) or "an empty file",
            expected=f"{', '.join(needed)}, ...",
        )
    for row in rows:
        if len(row) != len(head):
            raise ReleaseError(
                "damaged_csv",
                "a row has another number of cells than the header",
                place=f"{path.name} {row[0]}",
                found=str(len(row)),
                expected=str(len(head)),
            )
    return head, [dict(zip(head, row, strict=True)) for row in rows]
