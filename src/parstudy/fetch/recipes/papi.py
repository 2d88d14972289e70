"""PAPI: one CSV file a year, a row per province (code ``P01`` to ``P63``), 22 to 29 columns.

The files give sub-dimensions only; a column has another meaning in other years, which is what
the criteria sets of PAPI say (``facts/criteria_components.csv``). Dimensions and totals are
summed when the dataset is built.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from parstudy.errors import ReleaseError
from parstudy.facts import criteria
from parstudy.facts.provinces import resolve_code
from parstudy.fetch.recipes._yearly import Recipe, Said, Year, read_csv
from parstudy.releases.formats.grid import column_letters

INDEX = "PAPI"
_PROVINCES = 63
_UNIT = "Province"
_FILE = re.compile(r"(20[0-9]{2})\.csv")
_COLUMN = re.compile(r"SC([1-8])([1-9])")
_MOST = 10.0  # a sub-dimension is a part of a dimension of at most ten points


def _read(files: Mapping[str, Path]) -> Iterator[Year]:
    for key in sorted(files):
        named = _FILE.fullmatch(Path(key).name)
        if named:
            head, rows = read_csv(files[key], [_UNIT])
            yield Year(int(named[1]), key, files[key], head, rows, _UNIT)


def _check(year: Year) -> dict[str, dict[str, str]]:
    year.check_units(len(year.rows) == _PROVINCES, f"{_PROVINCES} rows")
    codes = {header: _code(year, header) for header in year.head if header != _UNIT}
    measured = year.filled(codes)
    known = criteria.codes(criteria.criteria_set_of(INDEX, year.year), "criterion")
    year.check_columns(INDEX, [codes[h] for h in measured], known)
    year.check_range(measured, 0, _MOST, blank=True)
    return {h: {"component": codes[h], "parent": f"D{codes[h][0]}"} for h in measured}


def _code(year: Year, header: str) -> str:
    parts = _COLUMN.fullmatch(header)
    if parts is None:
        raise ReleaseError(
            "changed_columns",
            "unknown column",
            place=year.path.name,
            found=repr(header),
            expected="SC11 to SC83",
        )
    return f"{parts[1]}.{parts[2]}"


def _release(year: Year, columns: Mapping[str, Mapping[str, str]]) -> Said:
    n_filled = {
        resolve_code(INDEX, row[_UNIT]).name_vi: sum(bool(row[h].strip()) for h in columns)
        for row in year.rows
    }
    absent = [name for name, n in n_filled.items() if n == 0]
    partial = [name for name, n in n_filled.items() if 0 < n < len(columns)]
    notes = []
    if absent:
        notes.append(f"PAPI {year.year} has no figure of {', '.join(absent)}")
    if partial:
        notes.append(
            f"PAPI {year.year} lacks sub-dimensions of {', '.join(partial)}: "
            "no total, no rank there"
        )
    return Said(
        title=f"PAPI {year.year}: sub-dimensions of all provinces, as compiled",
        n_ranked=len(n_filled) - len(absent) - len(partial),
        table={"unit_column": column_letters(year.head.index(_UNIT)), "unit_scheme": INDEX},
        notes=tuple(notes),
        comment="n_ranked counts the provinces with all sub-dimensions of the year",
    )


RECIPE = Recipe(INDEX, _read, _check, _release)
