"""PCI: two long CSV files, a row per province and year; totals of all years, parts to 2016.

Before 2009 the units are not the 63 provinces: Hà Tây was one of them, and Hà Nội another territory
than since (they were joined on 2008-08-01). Both are left out there and nothing is ranked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from parstudy.errors import ProvinceError
from parstudy.facts import criteria, provinces
from parstudy.fetch._model import condition
from parstudy.fetch.recipes._yearly import Recipe, Said, Year, read_csv

INDEX = "PCI"
# the second file repeats the totals of the first, rounded
_FILES = ("pci_2005_2016_vietnamdata_cc0.csv", "derived_pci_overall_2005_2024.csv")
_UNIT = "name_vi"
_FIRST_OF_63 = 2009
_CHANGED_2008 = "ha-noi"
_PROVINCES = 63


def _read(files: Mapping[str, Path]) -> Iterator[Year]:
    by_name = {Path(key).name: key for key in sorted(files)}
    done: set[int] = set()
    for key in (by_name[name] for name in _FILES if name in by_name):
        head, rows = read_csv(files[key], ["gso_code", _UNIT, "year"])
        for year in sorted({int(row["year"]) for row in rows} - done):
            own = [row for row in rows if row["year"] == str(year)]
            yield Year(year, key, files[key], head, own, _UNIT)
            done.add(year)


def _check(year: Year) -> dict[str, dict[str, str]]:
    if "pci" in year.head:
        columns = {"pci": "total"}
    else:
        parts = criteria.codes(criteria.criteria_set_of(INDEX, year.year), "part")
        columns = {"pci_weighted": "total", **{f"pci_{code}": code for code in parts}}
        found = {h for h in year.filled(year.head) if h.startswith("pci_")}
        year.check_columns(INDEX, found - {"pci_unweighted"}, list(columns))
    most = len(year.rows) if year.year < _FIRST_OF_63 else _PROVINCES
    year.check_units(len(year.rows) <= most, f"at most {most}")
    year.check_range(columns, 0, 100)
    return {header: {"component": code} for header, code in columns.items()}


def _release(year: Year, columns: Mapping[str, Mapping[str, str]]) -> Said:
    kept = [row[_UNIT] for row in year.rows if _is_of_63(row[_UNIT], year.year)]
    left_out = [row[_UNIT] for row in year.rows if row[_UNIT] not in kept]
    where = [condition(year.head, "year", [str(year.year)])]
    if left_out:
        where.append(condition(year.head, _UNIT, kept))
    return Said(
        title=f"PCI {year.year}, as compiled",
        # VCCI ranks all of them even where it prints some only
        n_ranked=len(year.rows) if year.year < _FIRST_OF_63 else _PROVINCES,
        table={"unit_column": year.column(_UNIT), "where": where},
        source=_compiled_by(year),
        notes=_notes(year, left_out),
    )


def _is_of_63(name: str, year: int) -> bool:
    """Whether a name stands for one of the 63 provinces with its borders of today."""
    try:
        unit = provinces.resolve(name, "63")
    except ProvinceError:
        return False
    return year >= _FIRST_OF_63 or unit.province_id != _CHANGED_2008


def _compiled_by(year: Year) -> dict[str, str]:
    """Whoever compiled the year, as the file itself says; the address fits its first part only."""
    named = sorted({row.get("source", "") for row in year.rows} - {""})
    if not named or any("vietnamdata" in name for name in named):
        return {}
    return {
        "url": "",
        "publisher": f"VCCI; compiled from: {'; '.join(named)}",
        "licence": "as the compilers' and VCCI's pages state",
    }


def _notes(year: Year, left_out: list[str]) -> tuple[str, ...]:
    notes = []
    if left_out:
        notes.append(
            f"PCI {year.year} is read without {' and '.join(left_out)}, which are not provinces of "
            "the 63 with their borders of today: no rank there"
        )
    if year.year >= _FIRST_OF_63 and len(year.rows) < _PROVINCES:
        notes.append(
            f"PCI {year.year} has {len(year.rows)} of {_PROVINCES} provinces: no rank there"
        )
    return tuple(notes)


RECIPE = Recipe(INDEX, _read, _check, _release)
