"""What add proposes, what stops it, and how it says why."""

from __future__ import annotations

import random
import re
import shutil
from dataclasses import replace
from pathlib import Path

import combined_layouts
import drawn_layouts
import pytest

from parstudy import dataset
from parstudy.cli import main
from parstudy.errors import ReleaseError
from parstudy.facts import provinces
from parstudy.facts.criteria import geography_of
from parstudy.intake import read_release
from parstudy.intake.add import propose
from parstudy.project import Project
from parstudy.releases import toml


def test_a_table_is_official_only_when_somebody_says_so(tmp_path: Path) -> None:
    path = drawn_layouts.ranking(0).write(tmp_path)
    told = propose(path, tmp_path / "raw", index="PAR_INDEX", year=2022)
    assert 'kind = "own sheet"' in told.toml
    assert "CHỈ SỐ CẢI CÁCH HÀNH CHÍNH NĂM 2022" in told.toml
    official = {"index": "PAR_INDEX", "year": 2022, "kind": "official table"}
    assert 'kind = "official table"' in propose(path, tmp_path / "raw", **official).toml
    with pytest.raises(ReleaseError, match="offical"):
        propose(path, tmp_path / "raw", **official | {"kind": "offical table"})


@pytest.mark.parametrize(
    ("answers", "kind"),
    [
        (["", "y"], "own sheet"),
        (["9", "amtlich", "2", "yes"], "official table"),
        (["press", "y"], "press"),
    ],
)
def test_the_kind_of_source_is_asked_for(
    answers: list[str], kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = drawn_layouts.ranking(0).write(tmp_path)
    (tmp_path / "data/raw").mkdir(parents=True)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    left = iter(answers)
    monkeypatch.setattr("builtins.input", lambda question: next(left))
    said = ["add", str(path), "--index", "PAR_INDEX", "--year", "2022", "--name", "a"]
    assert main(["--project", str(tmp_path), *said]) == 0
    written = tmp_path / "data/raw/PAR_INDEX/a" / toml.NAME
    assert f'kind = "{kind}"' in written.read_text(encoding="utf-8")
    assert not list(left)


def test_a_copied_criteria_set_is_told(tmp_path: Path) -> None:
    path = drawn_layouts.ranking(0).write(tmp_path)
    text = propose(path, tmp_path / "raw", index="PAR_INDEX", year=2022).toml
    old = text.replace('criteria_set = "876/QĐ-BNV"', 'criteria_set = "1149/QĐ-BNV"')
    with pytest.raises(ReleaseError, match=r"876/QĐ-BNV.*2022"):
        toml.parse(old, tmp_path)


def test_one_own_sheet_does_not_lower_a_maximum(tmp_path: Path) -> None:
    national = read_release(drawn_layouts.criteria_rows(1).write(tmp_path), "PAR_INDEX", 2022)
    sheet = read_release(drawn_layouts.own_sheet(1).write(tmp_path), "PAR_INDEX", 2022)
    smaller = sheet.release.components.assign(max_score=0.5)
    own = replace(sheet.release, components=smaller, release_id="PAR_INDEX/own")
    both = dataset.from_releases([own, national.release]).frames["components"]
    known = both[both["criteria_set"].eq(own.criteria_set)].set_index("code")["max_score"]
    assert known["A3"] == 13


@pytest.mark.parametrize("index", ["PAR_INDEX", "SIPAS"])
@pytest.mark.parametrize("year", range(2012, 2026))
def test_a_file_of_any_year_can_be_added_to_what_ships(
    index: str, year: int, tmp_path: Path, root: Path
) -> None:
    """What would stop it is said of its own year."""
    names = [unit.name_vi for unit in provinces.units(geography_of(year))]
    rows = [f"{n};{name};{60 - n / 2};{n}\n" for n, name in enumerate(names, 1)]
    path = tmp_path / "a.csv"
    path.write_text("STT;Tỉnh, thành phố;Điểm;Xếp hạng\n" + "".join(rows), encoding="utf-8")
    raw = read_release(path, index=index, year=year).release
    assert all(str(year) in line for line in dataset.refusals(raw, Project(root)))


def annex(path: Path, scores: list[str], most: str = "13") -> Path:
    """Total and area 3 of all provinces in index year 2023, with a row of maxima."""
    names = [unit.name_vi for unit in provinces.units("63")]
    rows = [f"{n};{a};{b};{s}" for n, (a, b, s) in enumerate(zip(names, scores, AREA, strict=True))]
    head = ["STT;Tỉnh, thành phố;Chỉ số tổng hợp;Cải cách thủ tục hành chính"]
    head.append(f";Điểm tối đa;100;{most}")
    path.write_text("\n".join(head + rows), encoding="utf-8")
    return path


AREA = [f"{9 + n / 100:.2f}".replace(".", ",") for n in range(63)]


def test_a_maximum_that_puts_figures_of_others_above_it_is_told_before_anything_is_written(
    tmp_path: Path, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What ships has 12.99 of 13 points for Hòa Bình in area 3 of index year 2023."""
    shutil.copytree(root / "data/raw", tmp_path / "data/raw")
    path = annex(tmp_path / "PAR INDEX 2023.csv", [f"{90 - n / 10:.1f}" for n in range(63)], "12")
    assert main(["--project", str(tmp_path), "add", str(path), "--yes", "--name", "new"]) == 2
    told = capsys.readouterr().err
    assert "above_maximum: PAR_INDEX 2023 hoa-binh A3" in told
    assert "found 12.99; expected ≤ 12 by the criteria set; 13 is printed beside" in told
    assert not (tmp_path / "data/raw/PAR_INDEX/new").exists()


def test_what_a_new_file_contradicts_is_shown_before_it_is_kept(
    tmp_path: Path, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What ships knows 81.32 for An Giang in index year 2023, by six sources."""
    shutil.copytree(root / "data/raw", tmp_path / "data/raw")
    path = annex(tmp_path / "PAR INDEX 2023.csv", ["81,32", *[""] * 62])
    assert main(["--project", str(tmp_path), "add", str(path)]) == 0
    told = capsys.readouterr().out
    assert re.search(r"([2-9]|\d\d) of these figures are in the project already; [1-9]", told)
    assert "conflict_score: PAR_INDEX 2023 hoa-binh A3" in told
    assert "conflict_score: PAR_INDEX 2023 an-giang total" not in told


def test_figures_of_one_province_are_shown_as_its_sheet_has_them(tmp_path: Path) -> None:
    """Line by line with its maximum, so that they can be held against the sheet."""
    layout = drawn_layouts.own_sheet(1)
    shown = propose(layout.write(tmp_path), tmp_path / "raw", index="PAR_INDEX", year=2022)
    lines = shown.preview().splitlines()
    first = lines.index("Figures as read:") + 1
    table = [line.split() for line in lines[first : lines.index("", first)]]
    measures = table[0][1:]
    assert table[0][0] == "max"
    read = {(row[0], m): v for row in table[1:] for m, v in zip(measures, row[2:], strict=True)}
    figures = shown.read.figures
    assert len(read) >= len(figures) >= 100
    for row in figures.to_dict("records"):
        assert read[row["component"], row["measure"]] == row["text"]
    assert {row[0]: row[1] for row in table[1:]}["A1"] == "9.5"


def test_figures_of_two_years_are_shown_apart(tmp_path: Path) -> None:
    names = [unit.name_vi for unit in provinces.units("63")]
    rows = [f"{n};{a};{80 + n / 10:.1f};{70 + n / 10:.1f}" for n, a in enumerate(names, 1)]
    path = tmp_path / "PAR INDEX 2022.csv"
    head = "STT;Tỉnh, thành phố;Chỉ số CCHC năm 2022;Chỉ số CCHC năm 2021\n"
    path.write_text(head + "\n".join(rows), encoding="utf-8")
    lines = propose(path, tmp_path / "raw", year=2022).preview().splitlines()
    head_line = lines.index("First and last rows:") + 1
    assert lines[head_line].split() == ["total", "percent", "total", "percent", "2021"]
    hanoi = next(line for line in lines[head_line:] if "Hà Nội" in line)
    assert hanoi.split()[2:] == ["80.1", "70.1"]
    assert "  total percent 2021: 63 figures, sum 4611.60, lowest 70.1, highest 76.3" in lines


def test_it_is_shown_how_a_reading_was_decided(tmp_path: Path) -> None:
    layout = drawn_layouts.ranking(0)
    # a second, bare rank: that of another column, in no order of the total
    draw = random.Random(5)
    head = next(n for n, row in enumerate(layout.rows) if row[0] == "STT")
    names = {name for name, _, _ in layout.must}
    other = list(range(1, 64))
    draw.shuffle(other)
    rank = layout.rows[head][-1]
    for n, row in enumerate(layout.rows):
        row.append(rank if n == head else str(other.pop()) if row[1:2] and row[1] in names else "")
    read = read_release(layout.write(tmp_path), layout.index, layout.year)
    told = "\n".join(read.layout.explained)
    assert "header" in told
    assert re.search(r"^  rows \d+ to \d+: unit$", told, re.M)
    assert re.search(r"^  column \S+: total rank$", told, re.M)
    assert "2 readings" in told
    assert "dropped: " in told
    ranks = read.figures[read.figures["measure"].eq("rank")]
    assert all(
        layout.must[n, "total", "rank"] == v for n, v in ranks[["unit_text", "value"]].values
    )


def test_roles_are_shown_by_the_rows_and_columns_of_the_file(tmp_path: Path) -> None:
    """Provinces across or down: a row is called a row, a column a column."""
    layout = combined_layouts.codes_in_the_second_column()
    told = read_release(layout.write(tmp_path / "a"), layout.index, layout.year).layout.explained
    assert {"  row 1: title", "  row 2: header", "  row 3: A1 score"} <= set(told)
    assert {"  column C: name", "  column D: max", "  columns E to R: figures"} <= set(told)
