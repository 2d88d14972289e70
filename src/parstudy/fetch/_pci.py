"""PCI: two long CSV files, a row per province and year; totals of all years, parts to 2016.

Before 2009 the units are not the 63 provinces: Hà Tây was one of them, and Hà Nội another territory
than since (they were joined on 2008-08-01). Both are left out there and nothing is ranked.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

from parstudy.errors import ProvinceError, ReleaseError
from parstudy.facts import criteria, provinces
from parstudy.fetch._model import Prepared, Provenance
from parstudy.text import to_toml

INDEX = "PCI"
_PARTS_FILE = "pci_2005_2016_vietnamdata_cc0.csv"
_TOTALS_FILE = "derived_pci_overall_2005_2024.csv"
_FIRST_OF_63 = 2009
_CHANGED_2008 = "ha-noi"
_PROVINCES = 63
_RANGE = (0.0, 100.0)


def prepare(files: Mapping[str, Path], provenance: Provenance) -> list[Prepared]:
    """Make one release of each year.

    Parameters
    ----------
    files : mapping of str to Path
        By key; recognised by the file's name at the end of the key, others are passed over.
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
    by_name = {Path(key).name: key for key in sorted(files)}
    found: dict[int, Prepared] = {}
    for name in (_PARTS_FILE, _TOTALS_FILE):
        if name not in by_name:
            continue
        key = by_name[name]
        rows = _rows(files[key])
        for year in sorted({int(row["year"]) for row in rows}):
            # the longer file repeats the totals of the other, rounded
            if year not in found:
                own = [row for row in rows if row["year"] == str(year)]
                found[year] = _year(year, key, files[key], list(rows[0]), own, provenance)
    return [found[year] for year in sorted(found)]


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as handle:
        reader = csv.DictReader(handle)
        rows = list(reader)
    missing = {"gso_code", "name_vi", "year"} - set(reader.fieldnames or ())
    if missing or not rows:
        raise ReleaseError(
            "changed_columns",
            "the columns are not those of the file that was described",
            place=path.name,
            found=", ".join(reader.fieldnames or ()) or "an empty file",
            expected="gso_code, name_vi, year, ...",
        )
    return rows


def _source(
    provenance: Provenance, key: str, year: int, title: str, rows: Sequence[Mapping[str, str]]
) -> dict[str, str]:
    """Whoever compiled the year, as the file itself says; the address fits its first part only."""
    source = provenance.source(key, f"pci-{year}", title)
    told = sorted({r.get("source", "") for r in rows if r["year"] == str(year)} - {""})
    if told and not any("vietnamdata" in t for t in told):
        source |= {
            "url": "",
            "publisher": f"VCCI; compiled from: {'; '.join(told)}",
            "licence": "as the compilers' and VCCI's pages state",
        }
    return source


def _year(
    year: int,
    key: str,
    path: Path,
    head: Sequence[str],
    rows: Sequence[Mapping[str, str]],
    provenance: Provenance,
) -> Prepared:
    columns = _columns(year, path, head, rows)
    _check(year, path, rows, columns)
    kept, left_out = _units(year, rows)
    title = f"PCI {year}, as compiled"
    where: list[dict[str, object]] = [
        {"column": head.index("year") + 1, "header": "year", "equals": str(year)}
    ]
    if left_out:
        where.append({"column": head.index("name_vi") + 1, "header": "name_vi", "equals": kept})
    toml = to_toml(
        {
            "release": {
                "index": INDEX,
                "year": year,
                "geography": criteria.geography_of(year),
                # VCCI ranks all of them even where it prints some only
                "n_ranked": len(rows) if year < _FIRST_OF_63 else _PROVINCES,
                "criteria_set": criteria.criteria_set_of(INDEX, year),
                "title": title,
                **({"synthetic": True} if provenance.synthetic else {}),
            },
            "source": _source(provenance, key, year, title, rows),
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
                    "unit_column": head.index("name_vi") + 1,
                    "where": where,
                    "columns": [
                        {"column": head.index(name) + 1, "component": code, "header": name}
                        for name, code in columns.items()
                    ],
                }
            ],
        }
    )
    return Prepared(
        index=INDEX,
        folder_name=f"{year}-pci",
        toml=toml,
        files={path.name: path},
        year=year,
        notes=_notes(year, rows, left_out),
    )


def _columns(
    year: int, path: Path, head: Sequence[str], rows: Sequence[Mapping[str, str]]
) -> dict[str, str]:
    """Columns with figures of this year, and which component each is."""
    if "pci" in head:
        return {"pci": "total"}
    known = criteria.components()
    known = known[known["criteria_set"].eq(criteria.criteria_set_of(INDEX, year))]
    codes = list(known.loc[known["level"].eq("part"), "code"])
    told = {n for n in head if n.startswith("pci_") and any(r[n].strip() for r in rows)}
    wanted = {"pci_weighted": "total"} | {f"pci_{code}": code for code in codes}
    if told - {"pci_unweighted"} != set(wanted):
        raise ReleaseError(
            "changed_columns",
            f"the columns with figures are not those of PCI {year}",
            place=path.name,
            found=", ".join(sorted((told - {"pci_unweighted"}) ^ set(wanted))),
            expected=", ".join(wanted),
        )
    return wanted


def _check(
    year: int, path: Path, rows: Sequence[Mapping[str, str]], columns: Mapping[str, str]
) -> None:
    names = [row["name_vi"] for row in rows]
    most = len(names) if year < _FIRST_OF_63 else _PROVINCES
    if len(set(names)) != len(names) or len(names) > most:
        raise ReleaseError(
            "wrong_number_of_units",
            f"not one row for each province in {year}",
            place=path.name,
            found=f"{len(names)} rows, {len(set(names))} names",
            expected=f"at most {most}",
        )
    low, high = _RANGE
    for row in rows:
        for name in columns:
            try:
                right = low <= float(row[name]) <= high
            except ValueError:
                right = False
            if not right:
                raise ReleaseError(
                    "out_of_range",
                    "no score",
                    place=f"{path.name} {row['name_vi']} {year} {name}",
                    found=repr(row[name]),
                    expected=f"{low:g} to {high:g}",
                )


def _units(year: int, rows: Sequence[Mapping[str, str]]) -> tuple[list[str], list[str]]:
    """Names that stand for a province of the 63, and those that do not."""
    kept: list[str] = []
    left_out: list[str] = []
    for row in rows:
        name = row["name_vi"]
        try:
            unit = provinces.resolve(name, "63")
        except ProvinceError:
            left_out.append(name)
            continue
        changed = year < _FIRST_OF_63 and unit.province_id == _CHANGED_2008
        (left_out if changed else kept).append(name)
    return kept, left_out


def _notes(
    year: int, rows: Sequence[Mapping[str, str]], left_out: Sequence[str]
) -> tuple[str, ...]:
    notes = []
    if left_out:
        notes.append(
            f"PCI {year} is read without {' and '.join(left_out)}, which are not provinces of the "
            "63 with their borders of today: no rank there"
        )
    if year >= _FIRST_OF_63 and len(rows) < _PROVINCES:
        notes.append(f"PCI {year} has {len(rows)} of {_PROVINCES} provinces: no rank there")
    return tuple(notes)
