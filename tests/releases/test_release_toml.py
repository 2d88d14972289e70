"""``release.toml`` and the long CSV files: read as written, or one clear message each."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable
from pathlib import Path

import build_corpus
import pytest

from parstudy.dataset import from_releases
from parstudy.errors import ReleaseError
from parstudy.facts import provinces
from parstudy.intake import read_release
from parstudy.intake.add import like, propose
from parstudy.releases import FIGURE_COLUMNS, SOURCE_COLUMNS, read_release_folder
from parstudy.releases.formats import FORMATS
from parstudy.releases.formats.format import Format
from parstudy.releases.formats.grid import Cell, Grid, rectangular
from parstudy.releases.spec import TableSpec

RELEASES = 22
FIGURES = 2908
HEADER = "index,year,unit_level,unit,component,measure,value,certainty,source_id,note\n"
ROW = "PAR_INDEX,2021,province,Lạng Sơn,total,score,87.11,stated,s1,\n"
TOML = """\
[release]
index = "PAR_INDEX"
year = 2021
geography = "63"
n_ranked = 63

[source]
id = "s1"

[[files]]
path = "figures.csv"
reader = "figures"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "PAR_INDEX" / "2021"
    made.mkdir(parents=True)
    (made / "figures.csv").write_text(HEADER + ROW, encoding="utf-8")
    (made / "release.toml").write_text(TOML, encoding="utf-8")
    return made


def refused(call: Callable[[], object]) -> ReleaseError:
    with pytest.raises(ReleaseError) as caught:
        call()
    return caught.value


def test_the_shipped_releases_hold_every_figure(root: Path) -> None:
    folders = sorted(p.parent for p in (root / "data" / "raw").glob("*/*/release.toml"))
    releases = [read_release_folder(f) for f in folders]
    assert len(releases) == RELEASES
    assert sum(len(r.figures) for r in releases) == FIGURES
    for release in releases:
        assert tuple(release.figures.columns) == FIGURE_COLUMNS
        assert tuple(release.sources.columns) == SOURCE_COLUMNS
        assert set(release.figures["source_id"]) == set(release.sources["source_id"])


def test_two_releases_that_give_two_sources_one_id(folder: Path) -> None:
    other = folder.parent / "2020"
    other.mkdir()
    (other / "figures.csv").write_text(HEADER + ROW.replace("2021", "2020"), encoding="utf-8")
    copied = TOML.replace("2021", "2020").replace('id = "s1"', 'id = "s1"\nurl = "https://a.vn"')
    (other / "release.toml").write_text(copied, encoding="utf-8")
    releases = [read_release_folder(f) for f in (other, folder)]
    error = refused(lambda: from_releases(releases))
    assert error.code == "source_twice"
    assert error.place == "PAR_INDEX/2020 and PAR_INDEX/2021"


def test_units_of_another_year_are_refused(folder: Path) -> None:
    toml = TOML.replace("year = 2021", "year = 2025")
    (folder / "release.toml").write_text(toml, encoding="utf-8")
    error = refused(lambda: read_release_folder(folder))
    assert (error.code, error.found) == ("wrong_value", "'63'")
    assert '"34"' in error.expected


@pytest.mark.skipif(not os.environ.get("PARSTUDY_MIRROR"), reason="PARSTUDY_MIRROR is not set")
def test_the_shipped_figures_are_the_transcribed_ones_in_order(root: Path) -> None:
    told: list[tuple[str, ...]] = []
    for name in ("figures.csv", "figures_found.csv"):
        path = Path(os.environ["PARSTUDY_MIRROR"]) / "facts" / name
        with path.open(encoding="utf-8", newline="") as handle:
            for row in csv.DictReader(handle):
                if row["component"] == "one_stop_shop":  # area 8 of the set of 2012, seen later
                    row |= {"component": "A8", "note": "one-stop mechanism: area 8 of this set"}
                told.append(tuple(row.values()))
    shipped = {}
    for file in (root / "data" / "raw").glob("*/*/figures.csv"):
        with file.open(encoding="utf-8", newline="") as handle:
            rows = [tuple(r.values()) for r in csv.DictReader(handle)]
        shipped[rows[0][:2]] = rows
    for key, rows in shipped.items():
        assert rows == [r for r in told if r[:2] == key]
    assert sum(map(len, shipped.values())) == len(told)


def test_a_figure_keeps_its_text_its_number_and_its_line(folder: Path) -> None:
    row = read_release_folder(folder).figures.iloc[0]
    assert (row["text"], row["value"], row["unit_text"]) == ("87.11", 87.11, "Lạng Sơn")
    assert row["locator"] == "figures.csv row 2"


@pytest.mark.parametrize(
    ("old", "new", "code", "place", "word"),
    [
        ("87.11", "87.l1", "not_a_number", "row 2 column value", "87.l1"),
        ("87.11", "", "empty_cell", "row 2 column value", ""),
        ("2021,province", "2020,province", "other_year", "row 2 column year", "2020"),
        ("PAR_INDEX,2021", "SIPAS,2021", "other_index", "row 2 column index", "SIPAS"),
        ("s1,\n", "s9,\n", "unknown_source", "row 2 column source_id", "s9"),
        ("stated", "certain", "unknown_certainty", "row 2 column certainty", "certain"),
        ("province,", "district,", "unknown_unit_level", "row 2", "district"),
        ("measure,", "mesure,", "unknown_column", "row 1", "measure"),
        (",certainty", "", "missing_column", "row 1", "certainty"),
        (",note", ",index", "duplicate_column", "row 1", "index"),
        (",s1,", ",s1,a,b", "damaged_csv", "row 2", "11 cells"),
        ("Lạng Sơn", '"Lạng Sơn', "damaged_csv", "row 2", ""),
    ],
)
def test_a_damaged_figures_file_is_named_by_row_and_column(
    folder: Path, old: str, new: str, code: str, place: str, word: str
) -> None:
    text = HEADER + ROW
    assert old in text
    (folder / "figures.csv").write_text(text.replace(old, new), encoding="utf-8")
    error = refused(lambda: read_release_folder(folder))
    assert error.code == code
    assert error.place.startswith("figures.csv")
    assert place in error.place
    assert word in str(error)


def test_other_encodings_and_empty_files_are_refused(folder: Path) -> None:
    (folder / "figures.csv").write_bytes(
        (HEADER + ROW.replace("ạ", "\xe9")).encode("latin-1", "replace")
    )
    error = refused(lambda: read_release_folder(folder))
    assert (error.code, "row 2" in error.place) == ("not_utf8", True)
    assert "0xE9" in error.found
    (folder / "figures.csv").write_bytes(b"")
    assert refused(lambda: read_release_folder(folder)).code == "empty_file"
    (folder / "figures.csv").write_text(HEADER, encoding="utf-8")
    assert refused(lambda: read_release_folder(folder)).code == "empty_file"


@pytest.mark.parametrize(
    ("old", "new", "code", "word"),
    [
        ("year = 2021", "yaer = 2021", "missing_key", "'yaer'"),
        ("n_ranked = 63", "n_ranked = 63\nties_ = 1", "unknown_key", "'ties'"),
        ("year = 2021", 'year = "2021"', "wrong_type", "a whole number"),
        ("n_ranked = 63", "n_ranked = true", "wrong_type", "a whole number"),
        ('"PAR_INDEX"', '"PAR_INDX"', "wrong_value", "PAR_INDEX"),
        ('"63"', '"64"', "wrong_value", '"63", as of index year 2021'),
        ("figures.csv", "figure.csv", "missing_file", "figures.csv"),
        ("figures.csv", "../../x.csv", "wrong_value", "in the release's folder"),
        ('reader = "figures"', 'reader = "figure"', "wrong_value", "'figures'"),
        ('[source]\nid = "s1"', "", "no_source", "one of the two"),
        ("[release]", "[release", "bad_toml", "line 1"),
    ],
)
def test_a_mistake_in_release_toml_names_key_and_right_word(
    folder: Path, old: str, new: str, code: str, word: str
) -> None:
    assert old in TOML
    (folder / "release.toml").write_text(TOML.replace(old, new), encoding="utf-8")
    error = refused(lambda: read_release_folder(folder))
    assert error.code == code
    assert error.place.startswith("PAR_INDEX/2021/release.toml")
    assert word in str(error)


def test_a_changed_file_is_refused_by_its_checksum(folder: Path) -> None:
    text = TOML + f'sha256 = "{"0" * 64}"\n'
    (folder / "release.toml").write_text(text, encoding="utf-8")
    assert refused(lambda: read_release_folder(folder)).code == "changed_file"


def test_adding_shows_first_and_writes_only_when_told(tmp_path: Path) -> None:
    one, expect = build_corpus.t_totals()
    path = tmp_path / "PAR INDEX 2021.xlsx"
    build_corpus.write_xlsx(path, [one])
    raw = tmp_path / "data" / "raw"
    proposal = propose(path, raw)
    assert not raw.exists()
    shown = proposal.preview()
    assert "63 provinces" in shown
    lines = shown.splitlines()
    head = next(n for n, line in enumerate(lines) if line.split()[:2] == ["total", "score"])
    hanoi = next(line for line in lines[head:] if line.split()[:2] == ["Hà", "Nội"])
    end = lines[head].index("appraisal score") + len("appraisal score")
    assert hanoi[:end].endswith(" 55,00")
    assert proposal.toml in shown
    assert proposal.errors == 0
    folder = proposal.write()
    again = read_release_folder(folder)
    assert len(again.figures) == len(proposal.read.figures) == len(expect)
    assert again.synthetic
    assert refused(proposal.write).code == "release_exists"
    assert [p.name for p in raw.glob("*/.adding*")] == []


def test_next_year_of_the_same_shape_works_with_the_old_toml(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    one, _ = build_corpus.t_totals()
    path = tmp_path / "PAR-INDEX-2021.xlsx"
    build_corpus.write_xlsx(path, [one])
    old = propose(path, raw).write()
    following, expect = build_corpus.t_totals(seed=8)
    new = raw / "PAR_INDEX" / "2022"
    new.mkdir()
    build_corpus.write_xlsx(new / "PAR-INDEX-2022.xlsx", [following])
    text = like(new / "PAR-INDEX-2022.xlsx", old, 2022)
    (new / "release.toml").write_text(text, encoding="utf-8")
    release = read_release_folder(new)
    assert release.year == 2022
    values = {
        (r["unit_text"], r["component"], r["measure"]): r["value"]
        for r in release.figures.to_dict("records")
    }
    assert values == expect
    # a column more at the left: the headings tell
    shifted = build_corpus.replace(following, rows=[["", *r] for r in following.rows], merges=[])
    build_corpus.write_xlsx(new / "PAR-INDEX-2022.xlsx", [shifted])
    assert refused(lambda: read_release_folder(new)).code == "wrong_column"


def test_the_checks_of_the_reading_find_a_wrong_digit(tmp_path: Path) -> None:
    one, _ = build_corpus.t_totals()
    row = next(r for r in one.rows if r[1] == "Lạng Sơn")
    row[3] = "41,00"
    path = tmp_path / "PAR INDEX 2021.xlsx"
    build_corpus.write_xlsx(path, [one])
    findings = read_release(path).findings
    found = findings[findings["code"].eq("parts_do_not_add_up")]
    assert list(found["unit_id"]) == ["Lạng Sơn"]


def test_two_tables_of_one_release_and_maxima(tmp_path: Path) -> None:
    totals, _ = build_corpus.t_totals()
    criteria, _ = build_corpus.t_criteria()
    path = tmp_path / "PAR INDEX 2021.xlsx"
    build_corpus.write_xlsx(path, [totals, criteria])
    release = read_release(path).release
    known = release.components.set_index("code")
    tree = {(c if "." in c else f"A{c}"): m for c, _, m in build_corpus.tree()}
    assert {c: known.loc[c, "max_score"] for c in tree} == tree
    assert known.loc["1.1.1", "parent"] == "1.1"
    assert known.loc["A3", "name_vi"] == build_corpus.AREAS[2]


@pytest.mark.parametrize("begins", [(b"TILDE",), ()])
def test_a_format_is_known_everywhere_by_its_one_entry(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, begins: tuple[bytes, ...]
) -> None:
    def grids(path: Path, _: TableSpec) -> list[Grid]:
        lines = [line.split("~") for line in path.read_text(encoding="utf-8").splitlines()[1:]]
        rows = rectangular([[Cell(text) for text in line] for line in lines])
        places = tuple(f"row {n}" for n in range(2, len(rows) + 2))
        return [Grid(path.name, "table 1", rows, places)]

    entry = Format("tilde", (".tilde",), ("table",), grids, begins=begins)
    monkeypatch.setitem(FORMATS, "tilde", entry)
    names = [unit.name_vi for unit in provinces.units("63")]
    rows = ["STT~Tỉnh~Chỉ số CCHC", *(f"{n}~{p}~{80 + n / 10:.2f}" for n, p in enumerate(names, 1))]
    path = tmp_path / "PAR INDEX 2021.tilde"
    path.write_text("\n".join(["TILDE", *rows]), encoding="utf-8")
    read = read_release(path)
    assert len(read.release.figures) == len(names)
    assert 'format = "tilde"\ntable = 1\n' in read.layout.toml
    assert read.release.figures["locator"][0].startswith(f"{path.name} row 3")
    (tmp_path / "release.toml").write_text(read.layout.toml, encoding="utf-8")
    assert len(read_release_folder(tmp_path).figures) == len(names)
    text = read.layout.toml.replace("table = 1", 'sheet = "PL1"')
    (tmp_path / "release.toml").write_text(text, encoding="utf-8")
    error = refused(lambda: read_release_folder(tmp_path))
    assert (error.code, error.found) == ("unknown_key", "'sheet'")
