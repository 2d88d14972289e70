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
from parstudy.fetch._model import Prepared, Provenance, Refused, condition, table_file
from parstudy.releases.formats.separated import grid as read_csv
from parstudy.text import to_toml

_YES = ("1", "1.0", "true", "yes")
_NO = ("0", "0.0", "false", "no")
_MARK = "synthetic"


@dataclass(frozen=True)
class _Row:
    place: str
    year: int
    cells: dict[str, str]  # by header, as printed


def synthetic(path: Path, name: str) -> bool:
    """Whether a file says that its figures are made up: by its name or a column ``synthetic``."""
    if _MARK in name.casefold() or _MARK in path.name.casefold():
        return True
    head, rows = _read(path)
    marked = [h for h in head if h.casefold() == _MARK]
    return any(row[1][h].casefold() in _YES for row in rows for h in marked)


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
    panel = _must(entry.panel)
    head, table = _read(path)
    rows = [_row(panel, place, cells) for place, cells in table]
    notes: list[str] = []
    national = {r.year for r in rows if _is_nation(r.cells[panel.name])}
    rows = _without_nation(panel, rows, entry.index, notes)
    refused: dict[int, FetchError] = {}
    rows = _provinces(panel, rows, entry.index, notes, refused)
    placed = _geographies(panel, rows, entry.index, notes, refused)
    _check_codes(panel, placed, notes)
    made = []
    for year in sorted(placed):
        geography, own = placed[year]
        try:
            _check_twice(panel, year, geography, own)
            where = _where(panel, head, own, by_name=year in national)
            its = _Year(year, geography, own, where)
            one = _release(entry, panel, key, path, provenance, head, its)
        except FetchError as error:
            refused[year] = error
        else:
            made.append(one)
    if refused and not made:
        raise refused[min(refused)]
    if not made:
        raise FetchError(
            "no_rows",
            "the panel holds no province of any year",
            place=path.name,
            expected="rows of provinces",
        )
    told = tuple(
        Refused(entry.index, f"{year}-{panel.folder}", year, refused[year])
        for year in sorted(refused)
    )
    return made, told, tuple(notes)


# ------------------------------------------------------------------ rows


def _read(path: Path) -> tuple[list[str], list[tuple[str, dict[str, str]]]]:
    grid = read_csv(path)
    head = [c.words for c in grid.rows[0]]
    rows = [
        (grid.row_place(r), {h: c.words for h, c in zip(head, grid.rows[r], strict=True)})
        for r in range(1, len(grid.rows))
        if any(c.text.strip() for c in grid.rows[r])
    ]
    return head, rows


def _row(panel: _catalogue.Panel, place: str, cells: dict[str, str]) -> _Row:
    year = _whole(cells[panel.year])
    if year is None or not 1990 <= year <= 2200:
        raise FetchError(
            "bad_year",
            "a row without a year",
            place=f"{place} {panel.year}",
            found=repr(cells[panel.year]),
            expected="an index year",
        )
    return _Row(place, year, cells)


def _whole(text: str) -> int | None:
    """A whole number, also where a program wrote it as ``2021.0``."""
    body = text.removesuffix(".0")
    return int(body) if body.isascii() and body.isdigit() else None


def _without_nation(
    panel: _catalogue.Panel, rows: Sequence[_Row], index: str, notes: list[str]
) -> list[_Row]:
    """Rows of units; figures of the whole country are told and left out."""
    own = [r for r in rows if _is_nation(r.cells[panel.name])]
    if own:
        years = sorted({r.year for r in own})
        notes.append(
            f"{index} {_span(years)}: {_rows_of(own)} of the whole country "
            f"({_some(r.cells[panel.name] for r in own)}) left out"
        )
    return [r for r in rows if not _is_nation(r.cells[panel.name])]


def _provinces(
    panel: _catalogue.Panel,
    rows: Sequence[_Row],
    index: str,
    notes: list[str],
    refused: dict[int, FetchError],
) -> list[_Row]:
    """Rows of provinces; other types of units are told by their names and left out."""
    if not panel.unit_type:
        return list(rows)
    kept: set[str] = set()
    for kind in dict.fromkeys(r.cells[panel.unit_type] for r in rows):
        own = [r for r in rows if r.cells[panel.unit_type] == kind]
        if not any(_resolves(r.cells[panel.name]) for r in own):
            years = sorted({r.year for r in own})
            notes.append(
                f"{index} {_span(years)}: {_rows_of(own)} of type {kind!r} "
                f"({_some(r.cells[panel.name] for r in own)}) left out: no provinces"
            )
            continue
        kept.add(kind)
        for year in sorted({r.year for r in own}):
            part = [r for r in own if r.year == year]
            known = [r for r in part if _resolves(r.cells[panel.name])]
            unknown = [r for r in part if not _resolves(r.cells[panel.name])]
            if not unknown:
                continue
            few = min((p for p in (known, unknown) if p), key=len)[0]
            refused[year] = FetchError(
                "mixed_units",
                f"units of type {kind!r}: some are provinces and some are not",
                place=f"{few.place} {panel.name}",
                found=f"{few.cells[panel.name]!r} (and "
                + f"{len(known)} names of provinces, {len(unknown)} others)",
                expected="one kind of unit, with names of provinces as they are known",
            )
    return [r for r in rows if r.cells[panel.unit_type] in kept and r.year not in refused]


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


def _geographies(
    panel: _catalogue.Panel,
    rows: Sequence[_Row],
    index: str,
    notes: list[str],
    refused: dict[int, FetchError],
) -> dict[int, tuple[str, list[_Row]]]:
    """Rows of each year in the geography in which that year was ranked."""
    placed: dict[int, tuple[str, list[_Row]]] = {}
    systems = _catalogue.geo_systems()
    parts: dict[tuple[str, int], list[_Row]] = {}
    for row in rows:
        system = row.cells[panel.geo_system] if panel.geo_system else ""
        parts.setdefault((system, row.year), []).append(row)
    for (system, year), own in parts.items():
        ranked_in = criteria.geography_of(year)
        # nothing is said: the names must be those of the year
        geography = systems.get(system, "34") if system else ranked_in
        strange = [r for r in own if _unit(r.cells[panel.name], geography) is None]
        if strange:
            said = f"{panel.geo_system} = {system!r}" if system else f"year {year}"
            refused.setdefault(
                year,
                FetchError(
                    "unknown_geography",
                    f"no unit of the {geography} that {said} stands for"
                    if system in systems or not system
                    else f"{said} is not known, and its names are not those of the 34 units",
                    place=f"{strange[0].place} {panel.name}",
                    found=repr(strange[0].cells[panel.name]),
                    expected=f"names of the {geography} units",
                ),
            )
        elif geography != ranked_in:
            notes.append(
                f"{index} {year}: {_rows_of(own)} of the {geography} units left out: "
                f"the {ranked_in} units were ranked that year"
            )
        else:
            placed[year] = (geography, [*placed.get(year, ("", []))[1], *own])
    return {year: found for year, found in placed.items() if year not in refused}


def _check_codes(
    panel: _catalogue.Panel, placed: dict[int, tuple[str, list[_Row]]], notes: list[str]
) -> None:
    """The GSO code beside a name must be that unit's, in the year's geography."""
    wrong: list[tuple[_Row, provinces.Unit, str]] = []
    count = 0
    for geography, rows in placed.values():
        for row in rows:
            code = _whole(row.cells[panel.code])
            unit = _unit(row.cells[panel.name], geography)
            assert unit is not None
            count += 1
            if code is None or f"{code:02d}" != unit.gso_code:
                wrong.append((row, unit, geography))
    if not wrong:
        return
    if panel.code_is_gso != "always" and 2 * len(wrong) > count:
        notes.append(
            f"the column {panel.code} is no GSO code ({count - len(wrong)} of {count} agree): "
            "not used"
        )
        return
    row, unit, geography = wrong[0]
    text = row.cells[panel.code]
    number = f"{_whole(text) or 0:02d}"
    other = next((u.name_vi for u in provinces.units(geography) if u.gso_code == number), "no unit")
    raise FetchError(
        "code_disagrees",
        "name and code of a row stand for two units",
        place=row.place,
        found=f"{panel.name} {row.cells[panel.name]!r} and {panel.code} {text!r} "
        f"(that is {other} of the {geography}), {len(wrong)} such rows",
        expected=f"code {unit.gso_code} for {unit.name_vi}",
    )


def _check_twice(panel: _catalogue.Panel, year: int, geography: str, rows: Sequence[_Row]) -> None:
    seen: dict[str, _Row] = {}
    for row in rows:
        unit = _unit(row.cells[panel.name], geography)
        assert unit is not None
        first = seen.setdefault(unit.province_id, row)
        if first is not row:
            raise FetchError(
                "unit_twice",
                f"{unit.name_vi} stands twice in {year}",
                place=row.place,
                found=repr(row.cells[panel.name]),
                expected=f"one row; the other is {first.place}",
            )


# ------------------------------------------------------------------ release.toml


@dataclass(frozen=True)
class _Year:
    """Rows of one index year and the conditions that they meet in the file, and no others."""

    year: int
    geography: str
    rows: Sequence[_Row]
    where: list[dict[str, Any]]


def _release(
    entry: _catalogue.Entry,
    panel: _catalogue.Panel,
    key: str,
    path: Path,
    provenance: Provenance,
    head: Sequence[str],
    year: _Year,
) -> Prepared:
    name = Path(key).name
    sha256 = provenance.origins[key].sha256
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
        for where, filled in _blocks(panel, head, year, ranked, all_ranked=not unranked)
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
    notes = _absent(panel, entry.index, year, unranked)
    folder_name = f"{year.year}-{panel.folder}"
    return Prepared(entry.index, folder_name, text, {name: path}, year.year, notes)


def _blocks(
    panel: _catalogue.Panel,
    head: Sequence[str],
    year: _Year,
    ranked: Sequence[_Row],
    *,
    all_ranked: bool,
) -> Iterator[tuple[list[dict[str, Any]], list[_catalogue.PanelColumn]]]:
    """Conditions and filled columns; ranks have rows of their own where some are not ranked."""
    if all_ranked:
        blocks = [(year.where, year.rows, panel.columns)]
    else:
        marked = condition(head, panel.ranked, (r.cells[panel.ranked] for r in ranked))
        scores = tuple(c for c in panel.columns if c.measure != "rank")
        ranks = tuple(c for c in panel.columns if c.measure == "rank")
        blocks = [(year.where, year.rows, scores), ([*year.where, marked], ranked, ranks)]
    for where, rows, columns in blocks:
        filled = [c for c in columns if any(r.cells[c.header] for r in rows)]
        if filled:
            yield where, filled


def _n_ranked(panel: _catalogue.Panel, year: _Year, ranked: Sequence[_Row]) -> int:
    """How many were ranked: a rank of 63 says that 63 were, whoever has no row."""
    column = next(c for c in panel.columns if c.component == "total" and c.measure == "rank")
    ranks = [_whole(r.cells[column.header]) or 0 for r in ranked if r.cells[column.header]]
    if not ranks:
        return len(ranked) or len(year.rows)
    return min(max(len(ranks), *ranks, 0), int(year.geography))


def _absent(
    panel: _catalogue.Panel, index: str, year: _Year, unranked: Sequence[_Row]
) -> tuple[str, ...]:
    notes = []
    n_units = len(provinces.units(year.geography))
    if len(year.rows) < n_units:
        notes.append(f"{index} {year.year}: {len(year.rows)} of the {n_units} units")
    if unranked:
        names = _some(r.cells[panel.name] for r in unranked)
        notes.append(f"{index} {year.year}: {len(unranked)} not ranked ({names}): no rank is read")
    return tuple(notes)


def _where(
    panel: _catalogue.Panel, head: Sequence[str], rows: Sequence[_Row], *, by_name: bool
) -> list[dict[str, Any]]:
    """Conditions that these rows of the file meet and no others."""
    columns = (panel.year, panel.unit_type, panel.geo_system, panel.name if by_name else "")
    texts = {c: [r.cells[c] for r in rows] for c in columns if c}
    return [condition(head, c, own) for c, own in texts.items() if "" not in own]


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


def _must(panel: _catalogue.Panel | None) -> _catalogue.Panel:
    assert panel is not None
    return panel
