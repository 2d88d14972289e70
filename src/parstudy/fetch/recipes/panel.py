"""A panel on the Hub: one CSV file for all years -> one release for each year.

Every release holds the whole file as it was published and says which of its rows it reads, so that
the place of each figure is the place in the original. A row's unit is its name; the code beside it
must agree, and never decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from parstudy.errors import FetchError, ProvinceError
from parstudy.facts import criteria, provinces
from parstudy.fetch import _catalogue
from parstudy.fetch._model import (
    Prepared,
    Provenance,
    Refused,
    condition,
    file_name,
    table_file,
)
from parstudy.releases.formats.separated import grid as read_csv
from parstudy.text import to_toml, whole

_YES = ("1", "1.0", "true", "yes")
_NO = ("0", "0.0", "false", "no")
_MARK = "synthetic"


@dataclass(frozen=True)
class _Row:
    place: str
    year: int
    name: str  # of the unit
    cells: dict[str, str]  # by header, as printed

    def unit(self, geography: str) -> provinces.Unit:
        """The unit, which has been found to be one of this geography."""
        unit = _unit(self.name, geography)
        assert unit is not None
        return unit


@dataclass(frozen=True)
class _Year:
    """Rows of one index year and the conditions that they meet in the file, and no others."""

    year: int
    geography: str
    rows: Sequence[_Row]
    where: list[dict[str, Any]]


def synthetic(path: Path, name: str) -> bool:
    """Whether a file says that its figures are made up: by its name or a column ``synthetic``."""
    if _MARK in name.casefold() or _MARK in path.name.casefold():
        return True
    head, rows = _read(path)
    marked = [h for h in head if h.casefold() == _MARK]
    return any(cells[h].casefold() in _YES for _, cells in rows for h in marked)


def prepare(
    entry: _catalogue.Entry, key: str, path: Path, provenance: Provenance
) -> tuple[list[Prepared], tuple[Refused, ...], tuple[str, ...]]:
    """Make one release of each year.

    Parameters
    ----------
    entry : Entry
        Catalogue entry of kind ``hub``.
    key : str
        Key of the file in ``provenance.origins``; its last part names the file in the folder.
    path : Path
        The file.
    provenance : Provenance
        Where it comes from.

    Returns
    -------
    list of Prepared
        By year.
    refused : tuple of Refused
        Years with a row that is not clear: ``mixed_units``, ``unknown_geography``,
        ``unit_twice``, ``bad_mark``.
    notes : tuple of str
        What was left out and why.

    Raises
    ------
    FetchError
        ``bad_year``, ``code_disagrees``, ``no_rows``; the error of its first year where no year
        can be read.
    """
    reading = _Reading(entry, path)
    made = []
    for year in reading.years():
        try:
            made.append(_release(reading, year, key, path, provenance))
        except FetchError as error:
            reading.refused[year.year] = error
    refused = reading.refused
    if not made:
        raise (
            refused[min(refused)]
            if refused
            else FetchError(
                "no_rows",
                "the panel holds no province of any year",
                place=path.name,
                expected="rows of provinces",
            )
        )
    folder = reading.panel.folder
    left_out = (Refused(entry.index, f"{y}-{folder}", y, refused[y]) for y in sorted(refused))
    return made, tuple(left_out), tuple(reading.notes)


# --- rows ----------------------------------------------------------------------------------------


class _Reading:
    """One panel while it is read: its rows, what is left out and why, the years it refuses."""

    def __init__(self, entry: _catalogue.Entry, path: Path) -> None:
        assert entry.panel is not None
        self.entry, self.panel = entry, entry.panel
        self.head, table = _read(path)
        self.rows = [self._row(place, cells) for place, cells in table]
        self.notes: list[str] = []
        self.refused: dict[int, FetchError] = {}

    def years(self) -> list[_Year]:
        """The rows of each year that stand for provinces as they were ranked, by year."""
        national = {row.year for row in self.rows if _is_nation(row.name)}
        placed = self._placed(self._provinces(self._units()))
        self._check_codes(placed)
        found = []
        for year, (geography, rows) in sorted(placed.items()):
            try:
                _check_twice(year, geography, rows)
            except FetchError as error:
                self.refused[year] = error
            else:
                where = self._where(rows, by_name=year in national)
                found.append(_Year(year, geography, rows, where))
        return found

    def condition(self, column: str, rows: Iterable[_Row]) -> dict[str, Any]:
        """The condition that the cells of a column are those of some rows."""
        return condition(self.head, column, (row.cells[column] for row in rows))

    def _row(self, place: str, cells: dict[str, str]) -> _Row:
        year = _whole(cells[self.panel.year])
        if year is None or not 1990 <= year <= 2200:
            raise FetchError(
                "bad_year",
                "a row without a year",
                place=f"{place} {self.panel.year}",
                found=repr(cells[self.panel.year]),
                expected="an index year",
            )
        return _Row(place, year, cells[self.panel.name], cells)

    def _leave_out(self, rows: Sequence[_Row], what: str, why: str = "") -> None:
        years = sorted({row.year for row in rows})
        self.notes.append(
            f"{self.entry.index} {_span(years)}: {_rows_of(rows)} of {what} "
            f"({_some(row.name for row in rows)}) left out{why}"
        )

    def _units(self) -> list[_Row]:
        """Rows of units; figures of the whole country are told and left out."""
        nation = [row for row in self.rows if _is_nation(row.name)]
        if nation:
            self._leave_out(nation, "the whole country")
        return [row for row in self.rows if not _is_nation(row.name)]

    def _provinces(self, rows: list[_Row]) -> list[_Row]:
        """Rows of provinces; other types of units are told by their names and left out."""
        column = self.panel.unit_type
        if not column:
            return rows
        kept: set[str] = set()
        for kind in dict.fromkeys(row.cells[column] for row in rows):
            own = [row for row in rows if row.cells[column] == kind]
            if not any(_resolves(row.name) for row in own):
                self._leave_out(own, f"type {kind!r}", ": no provinces")
                continue
            kept.add(kind)
            for year in sorted({row.year for row in own}):
                self._refuse_mixed([row for row in own if row.year == year], year, kind)
        return [r for r in rows if r.cells[column] in kept and r.year not in self.refused]

    def _refuse_mixed(self, rows: list[_Row], year: int, kind: str) -> None:
        known = [row for row in rows if _resolves(row.name)]
        unknown = [row for row in rows if not _resolves(row.name)]
        if not unknown:
            return
        few = min((part for part in (known, unknown) if part), key=len)[0]
        self.refused[year] = FetchError(
            "mixed_units",
            f"units of type {kind!r}: some are provinces and some are not",
            place=f"{few.place} {self.panel.name}",
            found=f"{few.name!r} (and {len(known)} names of provinces, {len(unknown)} others)",
            expected="one kind of unit, with names of provinces as they are known",
        )

    def _placed(self, rows: Iterable[_Row]) -> dict[int, tuple[str, list[_Row]]]:
        """Rows of each year in the geography in which that year was ranked."""
        placed: dict[int, tuple[str, list[_Row]]] = {}
        column = self.panel.geo_system
        parts: dict[tuple[str, int], list[_Row]] = {}
        for row in rows:
            parts.setdefault((row.cells[column] if column else "", row.year), []).append(row)
        for (system, year), own in parts.items():
            ranked_in = criteria.geography_of(year)
            # nothing is said: the names must be those of the year
            geography = _catalogue.geo_systems().get(system, "34") if system else ranked_in
            strange = [row for row in own if _unit(row.name, geography) is None]
            if strange:
                self.refused.setdefault(year, self._strange(strange[0], system, geography))
            elif geography != ranked_in:
                self.notes.append(
                    f"{self.entry.index} {year}: {_rows_of(own)} of the {geography} units left "
                    f"out: the {ranked_in} units were ranked that year"
                )
            else:
                placed[year] = (geography, [*placed.get(year, ("", []))[1], *own])
        return {year: found for year, found in placed.items() if year not in self.refused}

    def _strange(self, row: _Row, system: str, geography: str) -> FetchError:
        stated = f"{self.panel.geo_system} = {system!r}" if system else f"year {row.year}"
        known = system in _catalogue.geo_systems() or not system
        return FetchError(
            "unknown_geography",
            f"no unit of the {geography} that {stated} stands for"
            if known
            else f"{stated} is not known, and its names are not those of the 34 units",
            place=f"{row.place} {self.panel.name}",
            found=repr(row.name),
            expected=f"names of the {geography} units",
        )

    def _check_codes(self, placed: dict[int, tuple[str, list[_Row]]]) -> None:
        """The GSO code beside a name must be that unit's, in the year's geography."""
        column = self.panel.code
        every = [(row, geography) for geography, rows in placed.values() for row in rows]
        wrong = [(r, g) for r, g in every if _gso(r.cells[column]) != r.unit(g).gso_code]
        if not wrong:
            return
        if self.panel.code_is_gso != "always" and 2 * len(wrong) > len(every):
            agree = f"{len(every) - len(wrong)} of {len(every)} agree"
            self.notes.append(f"the column {column} is no GSO code ({agree}): not used")
            return
        row, geography = wrong[0]
        unit, text = row.unit(geography), row.cells[column]
        units = (u for u in provinces.units(geography) if u.gso_code == (_gso(text) or "00"))
        other = next((u.name_vi for u in units), "no unit")
        raise FetchError(
            "code_disagrees",
            "name and code of a row stand for two units",
            place=row.place,
            found=f"{self.panel.name} {row.name!r} and {column} {text!r} "
            f"(that is {other} of the {geography}), {len(wrong)} such rows",
            expected=f"code {unit.gso_code} for {unit.name_vi}",
        )

    def _where(self, rows: Sequence[_Row], *, by_name: bool) -> list[dict[str, Any]]:
        """Conditions that these rows of the file meet and no others."""
        panel = self.panel
        columns = (panel.year, panel.unit_type, panel.geo_system, panel.name if by_name else "")
        used = [c for c in columns if c and all(row.cells[c] for row in rows)]
        return [self.condition(column, rows) for column in used]


def _read(path: Path) -> tuple[list[str], list[tuple[str, dict[str, str]]]]:
    grid = read_csv(path)
    head = [c.words for c in grid.rows[0]]
    rows = [
        (grid.row_place(r), {h: c.words for h, c in zip(head, grid.rows[r], strict=True)})
        for r in range(1, len(grid.rows))
        if any(c.text.strip() for c in grid.rows[r])
    ]
    return head, rows


def _whole(text: str) -> int | None:
    """A whole number, also where a program wrote it as ``2021.0``."""
    return whole(text.removesuffix(".0"))


def _gso(text: str) -> str:
    """Two digits, also where a program has lost the first; empty for no number."""
    number = _whole(text)
    return "" if number is None else f"{number:02d}"


def _resolves(name: str) -> bool:
    return any(_unit(name, g) is not None for g in provinces.GEOGRAPHIES)


@lru_cache(maxsize=4096)
def _is_nation(name: str) -> bool:
    try:
        provinces.resolve_unit("national", name)
    except ProvinceError:
        return False
    return True


@lru_cache(maxsize=4096)
def _unit(name: str, geography: str) -> provinces.Unit | None:
    try:
        return provinces.resolve(name, geography)
    except ProvinceError:
        return None


def _check_twice(year: int, geography: str, rows: Sequence[_Row]) -> None:
    seen: dict[str, _Row] = {}
    for row in rows:
        unit = row.unit(geography)
        first = seen.setdefault(unit.province_id, row)
        if first is not row:
            raise FetchError(
                "unit_twice",
                f"{unit.name_vi} stands twice in {year}",
                place=row.place,
                found=repr(row.name),
                expected=f"one row; the other is {first.place}",
            )


# --- release.toml --------------------------------------------------------------------------------


def _release(
    reading: _Reading, year: _Year, key: str, path: Path, provenance: Provenance
) -> Prepared:
    entry, panel, head = reading.entry, reading.panel, reading.head
    name, sha256 = file_name(key), provenance.origins[key].sha256
    ranked, unranked = _ranked(panel, year.rows)
    files = [
        table_file(
            name,
            sha256,
            header_rows=1,
            unit_column=head.index(panel.name) + 1,
            where=where,
            columns=[
                {
                    "column": head.index(c.header) + 1,
                    "component": c.component,
                    "measure": c.measure,
                    "header": c.header,
                }
                for c in filled
            ],
        )
        for where, filled in _blocks(reading, year, ranked, all_ranked=not unranked)
    ]
    release = {
        "index": entry.index,
        "year": year.year,
        "geography": year.geography,
        "n_ranked": _n_ranked(panel, year, ranked),
        "criteria_set": criteria.criteria_set_of(entry.index, year.year),
        "synthetic": provenance.synthetic,
        "title": f"{entry.title}, {year.year}",
    }
    revision = provenance.revision or sha256
    source = provenance.source(key, f"{entry.name}-open-panel-{revision[:8]}")
    text = to_toml(
        {"release": release, "source": source, "files": files},
        comment="written by `parstudy fetch`; the file holds all years, `where` says which is read",
    )
    notes = _absent(entry.index, year, unranked)
    folder_name = f"{year.year}-{panel.folder}"
    return Prepared(entry.index, folder_name, text, {name: path}, year.year, notes)


def _blocks(
    reading: _Reading, year: _Year, ranked: Sequence[_Row], *, all_ranked: bool
) -> Iterator[tuple[list[dict[str, Any]], list[_catalogue.PanelColumn]]]:
    """Conditions and filled columns; ranks have rows of their own where some are not ranked."""
    columns = reading.panel.columns
    if all_ranked:
        blocks = [(year.where, year.rows, columns)]
    else:
        marked = reading.condition(reading.panel.ranked, ranked)
        scores = tuple(c for c in columns if c.measure != "rank")
        ranks = tuple(c for c in columns if c.measure == "rank")
        blocks = [(year.where, year.rows, scores), ([*year.where, marked], ranked, ranks)]
    for where, rows, own in blocks:
        filled = [c for c in own if any(r.cells[c.header] for r in rows)]
        if filled:
            yield where, filled


def _n_ranked(panel: _catalogue.Panel, year: _Year, ranked: Sequence[_Row]) -> int:
    """How many were ranked: a rank of 63 says that 63 were, whoever has no row."""
    column = next(c for c in panel.columns if c.component == "total" and c.measure == "rank")
    ranks = [_whole(r.cells[column.header]) or 0 for r in ranked if r.cells[column.header]]
    if not ranks:
        return len(ranked) or len(year.rows)
    return min(max(len(ranks), *ranks, 0), int(year.geography))


def _absent(index: str, year: _Year, unranked: Sequence[_Row]) -> tuple[str, ...]:
    notes = []
    n_units = len(provinces.units(year.geography))
    if len(year.rows) < n_units:
        notes.append(f"{index} {year.year}: {len(year.rows)} of the {n_units} units")
    if unranked:
        names = _some(row.name for row in unranked)
        notes.append(f"{index} {year.year}: {len(unranked)} not ranked ({names}): no rank is read")
    return tuple(notes)


def _ranked(panel: _catalogue.Panel, rows: Sequence[_Row]) -> tuple[list[_Row], list[_Row]]:
    if not panel.ranked:
        return list(rows), []
    found: tuple[list[_Row], list[_Row]] = ([], [])
    for row in rows:
        mark = row.cells[panel.ranked].casefold()
        if mark not in (*_YES, *_NO):
            raise FetchError(
                "bad_mark",
                "it is not said whether the unit is ranked",
                place=f"{row.place} {panel.ranked}",
                found=repr(row.cells[panel.ranked]),
                expected="1 or 0",
            )
        found[mark in _NO].append(row)
    return found


def _some(names: Iterable[str]) -> str:
    different = list(dict.fromkeys(names))
    more = f" and {len(different) - 3} more" if len(different) > 3 else ""
    return ", ".join(different[:3]) + more


def _rows_of(rows: Sequence[_Row]) -> str:
    return f"{len(rows)} {'row' if len(rows) == 1 else 'rows'}"


def _span(years: Sequence[int]) -> str:
    return str(years[0]) if years[0] == years[-1] else f"{years[0]}–{years[-1]}"
