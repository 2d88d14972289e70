"""Population of the provinces, where `parstudy fetch geo` has brought it."""

from __future__ import annotations

import pandas as pd

from parstudy import provinces
from parstudy.errors import DataError, StatisticsError
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
        ``other_unit``, ``not_positive``: the file is not what its name says.
    """
    path = project.root / "data" / "fetched" / FOLDER / FILE
    if not path.is_file():
        raise StatisticsError(
            "no_population",
            "no population of the provinces in this project",
            place=str(path),
            expected="a table of the statistical office",
            advice='Bring it with `parstudy fetch geo --from FOLDER`, or ask for weights="equal"',
        )
    frame = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    rows = frame.loc[frame["population_thousand"].ne(""), list(COLUMNS)]
    pairs = list(zip(rows["gso_code"], rows["name_vi"], strict=True))
    units = {pair: _unit(*pair, path.name) for pair in dict.fromkeys(pairs)}
    result = pd.DataFrame(
        {
            "year": rows["year"].astype("int64"),
            "province_id": [units[pair] for pair in pairs],
            "population": rows["population_thousand"].astype(float),
        }
    )
    wrong = result[result["population"].le(0) | result.duplicated(["year", "province_id"])]
    if len(wrong):
        raise DataError(
            "not_positive",
            "populations that are not positive, or stand twice",
            place=path.name,
            found=wrong.head(5).to_string(index=False, header=False),
        )
    return result.sort_values(["year", "province_id"]).reset_index(drop=True)


def _unit(code: str, name: str, place: str) -> str:
    """Unit of a row by its name; the code must say the same unit of the 63."""
    unit = provinces.resolve(name, "63")
    if unit.gso_code != code.zfill(2):
        raise DataError(
            "other_unit",
            "name and code are not of one province of the 63",
            place=place,
            found=f"{name}, {code}",
            expected=f"{unit.name_vi}, {unit.gso_code}",
        )
    return unit.province_id
