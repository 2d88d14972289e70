"""PAPI: one CSV file a year, a row per province (code ``P01`` to ``P63``), 22 to 29 columns.

The files give sub-dimensions only; a column has another meaning in other years, which is what
the criteria sets of PAPI say (``facts/criteria_components.csv``). Dimensions and totals are
summed when the dataset is built.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from pathlib import Path

from parstudy.errors import ReleaseError
from parstudy.facts import criteria
from parstudy.fetch._model import Prepared, Provenance
from parstudy.text import to_toml

INDEX = "PAPI"
_UNITS = 63
_FILE = re.compile(r"(20[0-9]{2})\.csv")
_COLUMN = re.compile(r"SC([1-8])([1-9])")
_MEASURED = (0.0, 10.0)  # a sub-dimension is a part of a dimension of at most ten points


def prepare(files: Mapping[str, Path], provenance: Provenance) -> list[Prepared]:
    """Make one release of each year's file.

    Parameters
    ----------
    files : mapping of str to Path
        By key; a key that ends in ``<year>.csv`` is a year's file, others are passed over.
    provenance : Provenance
        Where the files come from.

    Returns
    -------
    list of Prepared
        By year.

    Raises
    ------
    ReleaseError
        ``changed_columns``, ``wrong_number_of_units``, ``out_of_range``: the file is not the one
        that this recipe was written for.
    """
    found = []
    for key in sorted(files):
        named = _FILE.fullmatch(Path(key).name)
        if named:
            found.append(_year(int(named[1]), key, files[key], provenance))
    return sorted(found, key=lambda p: p.year or 0)


def _year(year: int, key: str, path: Path, provenance: Provenance) -> Prepared:
    head, rows = _table(path)
    _check_units(path, head, rows)
    columns = [(n, *_parsed(path, name)) for n, name in enumerate(head) if n]
    measured = {code for n, code in columns if any(row[n].strip() for row in rows)}
    criteria_set = criteria.criteria_set_of(INDEX, year)
    known = criteria.components()
    known = known[known["criteria_set"].eq(criteria_set) & known["level"].eq("criterion")]
    if measured != set(known["code"]):
        raise ReleaseError(
            "changed_columns",
            f"the columns with figures are not those of PAPI {year}",
            place=path.name,
            found=", ".join(sorted(measured ^ set(known["code"]))),
            expected=f"the {len(known)} sub-dimensions of {criteria_set}",
        )
    used = [(n, code) for n, code in columns if code in measured]
    _check_range(path, head, rows, used)
    filled = {row[0]: sum(bool(row[n].strip()) for n, _ in used) for row in rows}
    complete = sum(n == len(used) for n in filled.values())
    title = f"PAPI {year}: sub-dimensions of all provinces, as compiled"
    toml = to_toml(
        {
            "release": {
                "index": INDEX,
                "year": year,
                "geography": criteria.geography_of(year),
                "n_ranked": complete,
                "criteria_set": criteria_set,
                "title": title,
                **({"synthetic": True} if provenance.synthetic else {}),
            },
            "source": provenance.source(key, f"papi-{year}", title),
            "files": [
                {
                    "path": path.name,
                    "reader": "table",
                    "sha256": provenance.origins[key].sha256,
                    "orientation": "provinces_in_rows",
                    "decimal": ".",
                    "encoding": "utf-8",
                    "separator": ",",
                    "header_rows": 1,
                    "unit_column": "A",
                    "unit_scheme": INDEX,
                    "columns": [
                        {
                            "column": n + 1,
                            "component": code,
                            "parent": f"D{code[0]}",
                            "header": head[n],
                        }
                        for n, code in used
                    ],
                }
            ],
        },
        comment="n_ranked counts the provinces with all sub-dimensions of the year",
    )
    return Prepared(
        index=INDEX,
        folder_name=f"{year}-papi",
        toml=toml,
        files={path.name: path},
        year=year,
        notes=_notes(year, filled, len(used)),
    )


def _table(path: Path) -> tuple[list[str], list[list[str]]]:
    with path.open(encoding="utf-8-sig", newline="") as handle:
        head, *rows = [row for row in csv.reader(handle) if any(row)] or [[]]
    for row in rows:
        if len(row) != len(head):
            raise ReleaseError(
                "damaged_csv",
                "a row has another number of cells than the header",
                place=f"{path.name} {row[0]}",
                found=str(len(row)),
                expected=str(len(head)),
            )
    return head, rows


def _parsed(path: Path, name: str) -> tuple[str]:
    parts = _COLUMN.fullmatch(name)
    if parts is None:
        raise ReleaseError(
            "changed_columns",
            "unknown column",
            place=path.name,
            found=repr(name),
            expected="SC11 to SC83",
        )
    return (f"{parts[1]}.{parts[2]}",)


def _check_units(path: Path, head: list[str], rows: list[list[str]]) -> None:
    if not head or head[0] != "Province":
        raise ReleaseError(
            "changed_columns",
            "the first column is not that of the provinces",
            place=path.name,
            found=repr(head[0]) if head else "an empty file",
            expected="'Province'",
        )
    codes = {row[0] for row in rows}
    if len(rows) != _UNITS or len(codes) != _UNITS:
        raise ReleaseError(
            "wrong_number_of_units",
            "not one row for each province",
            place=path.name,
            found=f"{len(rows)} rows, {len(codes)} provinces",
            expected=f"{_UNITS} rows",
        )


def _check_range(
    path: Path, head: list[str], rows: list[list[str]], used: list[tuple[int, str]]
) -> None:
    low, high = _MEASURED
    for row in rows:
        for n, _ in used:
            text = row[n].strip()
            try:
                right = not text or low <= float(text) <= high
            except ValueError:
                right = False
            if not right:
                raise ReleaseError(
                    "out_of_range",
                    "no score of a sub-dimension",
                    place=f"{path.name} {row[0]} {head[n]}",
                    found=repr(text),
                    expected=f"{low:g} to {high:g}, or nothing",
                )


def _notes(year: int, filled: Mapping[str, int], parts: int) -> tuple[str, ...]:
    from parstudy.facts.provinces import resolve_code

    names = {code: resolve_code(INDEX, code).name_vi for code in filled}
    absent = [names[c] for c, n in filled.items() if n == 0]
    partial = [names[c] for c, n in filled.items() if 0 < n < parts]
    notes = []
    if absent:
        notes.append(f"PAPI {year} has no figure of {', '.join(absent)}")
    if partial:
        notes.append(
            f"PAPI {year} lacks sub-dimensions of {', '.join(partial)}: no total, no rank there"
        )
    return tuple(notes)
