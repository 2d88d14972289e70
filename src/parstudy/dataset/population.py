"""Population of the provinces, where `parstudy fetch geo` has brought it."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import pandas as pd

from parstudy import reads
from parstudy.errors import DataError, StatisticsError
from parstudy.facts import provinces
from parstudy.project import Project

FOLDER = "population"
FILE = "population_nso_2011_2024.csv"
COLUMNS = ("gso_code", "name_vi", "year", "population_thousand")


def read(project: Project) -> pd.DataFrame:
    """Read the population of the 63 provinces.

    Parameters
    ----------
    project : Project
        With ``data/fetched/population``.

    Returns
    -------
    DataFrame
        ``year (int), province_id, population`` (persons × 1000); units of geography 63.

    Raises
    ------
    StatisticsError
        ``no_population`` where it was not fetched.
    DataError
        The file is not what its name says; see `parse`.
    """
    path = project.root / "data" / "fetched" / FOLDER / FILE
    reads.tell_files(project.root, f"data/fetched/{FOLDER}/{FILE}")
    if not path.is_file():
        raise StatisticsError(
            "no_population",
            "no population of the provinces in this project",
            place=str(path),
            expected="a table of the statistical office",
            advice='Bring it with `parstudy fetch geo --from FOLDER`, or ask for weights="equal"',
        )
    return parse(path)


def parse(path: Path) -> pd.DataFrame:
    """Read a file of the population of the 63 provinces.

    Parameters
    ----------
    path : Path
        CSV file with `COLUMNS`.

    Returns
    -------
    DataFrame
        As `read`.

    Raises
    ------
    DataError
        ``changed_columns``, ``not_a_number``, ``other_unit``, ``not_positive``.
    """
    with path.open(encoding="utf-8-sig", newline="") as handle:
        reader = csv.DictReader(handle)
        missing = [c for c in COLUMNS if c not in (reader.fieldnames or ())]
        if missing:
            raise DataError(
                "changed_columns",
                "the columns are not those of the file that was described",
                place=path.name,
                found=", ".join(reader.fieldnames or ()) or "an empty file",
                expected=", ".join(missing),
            )
        lines = [(reader.line_num, row) for row in reader if row["population_thousand"]]
    rows = []
    for line, row in lines:
        place = f"{path.name} row {line}"
        try:
            year, count = int(row["year"]), float(row["population_thousand"])
        except (TypeError, ValueError):
            raise DataError(
                "not_a_number",
                "no year or no number of people",
                place=place,
                found=f"{row['year']!r}, {row['population_thousand']!r}",
                expected="a year and thousands of people",
            ) from None
        rows.append((year, _unit(row["gso_code"], row["name_vi"], place), count))
    result = pd.DataFrame(rows, columns=["year", "province_id", "population"]).astype(
        {"year": "int64", "province_id": "str", "population": "float64"}
    )
    wrong = result[~result["population"].gt(0) | result.duplicated(["year", "province_id"])]
    if len(wrong):
        raise DataError(
            "not_positive",
            "populations that are not positive, or stand twice",
            place=path.name,
            found=wrong.head(5).to_string(index=False, header=False),
        )
    return result.sort_values(["year", "province_id"]).reset_index(drop=True)


_resolve = cache(provinces.resolve)


def _unit(code: str, name: str, place: str) -> str:
    """Unit of a row by its name; the code must say the same unit of the 63."""
    unit = _resolve(name, "63")
    if unit.gso_code != code.zfill(2):
        raise DataError(
            "other_unit",
            "name and code are not of one province of the 63",
            place=place,
            found=f"{name}, {code}",
            expected=f"{unit.name_vi}, {unit.gso_code}",
        )
    return unit.province_id
