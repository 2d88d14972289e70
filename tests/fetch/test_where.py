"""The key ``where`` of release.toml: rows of one year of a long table."""

from __future__ import annotations

from pathlib import Path

import pytest

from parstudy.errors import ReleaseError
from parstudy.releases import RawRelease, read_release_folder

TABLE = """year,kind,name,score
2020,province,Hà Nội,80.11
2021,province,Hà Nội,81.22
2021,ministry,Bộ Tư pháp,90.00
2021,province,Lào Cai,79.33

2021.0,Province,Cà Mau,70.44
"""
RELEASE = """
[release]
index = "PAR_INDEX"
year = 2021
geography = "63"
n_ranked = 63
[source]
id = "s"
[[files]]
path = "long.csv"
reader = "table"
orientation = "{orientation}"
decimal = "."
header_rows = 1
unit_column = 3
where = [{where}]
columns = [{{ column = 4, component = "total", header = "score" }}]
"""
PROVINCE = '{ column = "B", header = "kind", equals = "province" }'


def read(folder: Path, where: str, orientation: str = "provinces_in_rows") -> RawRelease:
    (folder / "long.csv").write_text(TABLE, encoding="utf-8")
    text = RELEASE.format(where=where, orientation=orientation)
    (folder / "release.toml").write_text(text, encoding="utf-8")
    return read_release_folder(folder)


def test_only_rows_that_meet_all_conditions(tmp_path: Path) -> None:
    year = '{ column = 1, header = "year", equals = "2021" }'
    release = read(tmp_path, f"{year}, {PROVINCE}")
    rows = [(r["unit_text"], r["value"], r["locator"]) for r in release.figures.to_dict("records")]
    assert rows == [
        ("Hà Nội", 81.22, "long.csv row 3 column 4"),
        ("Lào Cai", 79.33, "long.csv row 5 column 4"),
    ]
    assert "long.csv: 3 rows without year = 2021, kind = province, not read" in release.notes


def test_several_spellings_and_any_case(tmp_path: Path) -> None:
    year = '{ column = 1, header = "year", equals = ["2021", "2021.0"] }'
    release = read(tmp_path, f"{year}, {PROVINCE}")
    assert list(release.figures["unit_text"]) == ["Hà Nội", "Lào Cai", "Cà Mau"]


@pytest.mark.parametrize(
    ("where", "code", "told"),
    [
        ('{ column = 1, header = "year", equals = "2019" }', "no_rows", "year = 2019"),
        ('{ column = 1, header = "Year of", equals = "2021" }', "wrong_column", "'Year of'"),
        ('{ column = 9, header = "year", equals = "2021" }', "missing_column", "at least 9"),
        ('{ column = 1, header = "year" }', "missing_key", "equals"),
        ('{ column = 1, equals = "2021" }', "missing_key", "'header'"),
        ('{ column = 1, header = "year", equals = 2021 }', "wrong_type", "text"),
        ('{ column = 1, header = "year", is = "2021" }', "missing_key", "equals"),
        ('{ column = 1, header = "year", equals = "2021", or = 1 }', "unknown_key", "or"),
    ],
)
def test_conditions_that_cannot_be(tmp_path: Path, where: str, code: str, told: str) -> None:
    with pytest.raises(ReleaseError) as caught:
        read(tmp_path, where)
    assert caught.value.code == code
    assert told in str(caught.value)


def test_not_for_provinces_in_columns(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError) as caught:
        read(tmp_path, PROVINCE, "provinces_in_columns")
    assert caught.value.code in ("unknown_key", "missing_key")
