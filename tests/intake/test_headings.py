"""What is told of columns that are not read: the file's own reason, once."""

from __future__ import annotations

from pathlib import Path

import pytest
from headed_layouts import OWN
from layouts import AREA_NAMES, LAYOUTS, MAXIMA, TREE, Layout, vi

from parstudy.errors import ReleaseError
from parstudy.intake import read_release
from parstudy.intake._choose import Source


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("granted_on_claimed_points_in_a_column_of_changes", "'Tăng/giảm', 8 rows"),
        ("granted_on_claimed_points_in_a_column_of_changes", "points against those claimed"),
        ("whole_numbers_of_a_change_beside_points_with_decimals", "a change in places, perhaps"),
        ("maxima_and_points_of_each_source", "'Điểm tối đa / ĐTXHH': a maximum of a part"),
        ("questions_under_the_factors", "15 rows numbered such as '1.1'"),
        ("a_province_beside_the_best_and_the_lowest", "('Xếp hạng', 'Tỉnh, thành phố')"),
    ],
)
def test_a_column_that_is_not_read_is_told_once_with_its_reason(
    name: str, told: str, tmp_path: Path
) -> None:
    made = LAYOUTS[name]()
    read = read_release(made.write(tmp_path / name), index=made.index, year=made.year)
    assert sum(told in doubt for doubt in read.layout.doubts) == 1, read.layout.doubts


def test_rows_that_another_part_of_the_same_table_reads_are_not_told_as_left_out(
    tmp_path: Path,
) -> None:
    made = LAYOUTS["granted_on_claimed_points_in_a_column_of_changes"]()
    read = read_release(made.write(tmp_path / "own"), index="PAR_INDEX", year=2022)
    assert not [note for note in read.release.notes if "rows without" in note]


def test_no_refusal_speaks_of_a_release_toml_that_nobody_wrote(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Tỉnh;Điểm\n", encoding="utf-8")
    with pytest.raises(ReleaseError, match="does not fit together") as caught:
        Source(path, "csv", [], "PAR_INDEX", 2022).read("[release]\nindex = 1\n")
    assert caught.value.code == "not_understood"
    assert "(proposed)" not in str(caught.value)


def test_codes_out_of_their_order_are_the_reason_that_is_told(tmp_path: Path) -> None:
    rows = [[OWN], ["Mã", "Tên tiêu chí", "Điểm tối đa", "Điểm đạt"]]
    rows += [list(t) for t in reversed([t for t in TREE if "." in t[0]])]
    path = Layout({"Sheet1": rows}, {}).write(tmp_path / "own")
    with pytest.raises(ReleaseError, match=r"'2\.1' after '2\.2'") as caught:
        read_release(path, index="PAR_INDEX", year=2022)
    assert "no column with codes" not in str(caught.value)


def test_provinces_over_some_columns_are_the_reason_that_is_told(tmp_path: Path) -> None:
    rows = [["CHỈ SỐ HÀI LÒNG (SIPAS) CỦA LẠNG SƠN VÀ CẢ NƯỚC NĂM 2021, 2022"]]
    rows += [["Yếu tố", "Năm 2021", "Năm 2021", "Năm 2022", "Năm 2022"]]
    rows += [[None, "Lạng Sơn", "Cả nước", "Lạng Sơn", "Cả nước"]]
    rows += [["Tiếp cận dịch vụ", 80.5, 79.5, 81.5, 80.25], ["Thủ tục", 81.5, 79, 82.5, 80.75]]
    rows += [["Kết quả cung ứng dịch vụ", 81.25, 79.25, 82.25, 80.5]]
    path = Layout({"Sheet1": rows}, {}).write(tmp_path / "pivot")
    with pytest.raises(ReleaseError, match="'Lạng Sơn', 'Lạng Sơn'"):
        read_release(path, index="SIPAS", year=2022)


def test_numbers_that_count_the_rows_of_components_are_not_told_as_left_out(tmp_path: Path) -> None:
    rows = [
        f"{n};{name};{vi(most)};{vi(most - 1)};{n + 20}"
        for n, (name, most) in enumerate(zip(AREA_NAMES, MAXIMA, strict=True), 1)
    ]
    head = "TT;Lĩnh vực;Điểm tối đa;Điểm;Xếp hạng"
    path = tmp_path / "own.csv"
    path.write_text("\n".join([f'"{OWN}";;;;', head, *rows]), encoding="utf-8")
    read = read_release(path, index="PAR_INDEX", year=2022)
    assert len(read.figures) == 2 * len(AREA_NAMES)
    assert not [note for note in read.release.notes if "cells, not read" in note]
