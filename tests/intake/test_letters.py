"""Headings without Vietnamese letters, or in words written together, mean what they mean with them.

All figures SYNTHETIC.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from combined_layouts import FEW
from figures_read import figures_read
from layouts import TREE, Figures, figures, vi

from parstudy.errors import ReleaseError
from parstudy.intake import read_release
from parstudy.intake._guess._headings import dated
from parstudy.releases.headings import is_bare, lettered
from parstudy.releases.words import fold


def _table(path: Path, heads: list[str], f: Figures) -> Path:
    """A text file without a title: a column of points for each heading but those of ranks."""
    rows = [["Tinh", *heads]]
    for n in f.names:
        ranked = {h: any(w in h.lower() for w in ("hang", "rank")) for h in heads}
        rows.append([n, *(str(f.rank[n]) if ranked[h] else vi(f.total[n]) for h in heads)])
    path.write_text("\n".join(map(";".join, rows)), encoding="utf-8")
    return path


def _read(path: Path, heads: list[str]) -> set[tuple[str, str]]:
    """What is read of a table of such headings: component and measure; nothing if refused."""
    f = figures(971, FEW)
    try:
        found = figures_read(read_release(_table(path, heads, f), index="PAR_INDEX", year=2022))
    except ReleaseError:
        return set()
    for (unit, _, measure, _), value in found.items():
        assert value == (f.rank if measure == "rank" else f.total)[unit]
    return {key[1:3] for key in found}


@pytest.mark.parametrize("rank", ["xep_hang", "XEP HANG", "Xep hang", "thu_hang", "hang"])
@pytest.mark.parametrize("other", ["pci", "grdp", "so_doanh_nghiep", "diem_tham_dinh"])
def test_a_rank_beside_what_is_not_understood_is_no_rank_of_the_index(
    rank: str, other: str, tmp_path: Path
) -> None:
    assert not _read(tmp_path / "a.csv", [other, rank])


@pytest.mark.parametrize("rank", ["rank_2022", "hang2022", "XepHangNam2022"])
def test_a_rank_with_its_year_in_the_order_of_what_is_not_understood_is_of_that(
    rank: str, tmp_path: Path
) -> None:
    assert not _read(tmp_path / "a.csv", ["dti", rank])


def test_a_rank_beside_points_that_provinces_gave_themselves_is_of_these(tmp_path: Path) -> None:
    assert _read(tmp_path / "a.csv", ["diem_tu_cham", "xep_hang"]) == {("total", "self_assessed")}


@pytest.mark.parametrize(
    "head",
    [
        *("chi_so_cchc_muc_tieu", "Chi so CCHC chi tieu", "tong_diem_dat_muc_tieu"),
        *("Tổng điểm chỉ tiêu", "TongDiemMucTieu", "chi_so_cchc_cua_so_noi_vu"),
        *("chi_so_cchc_bo", "Chỉ số CCHC của các bộ", "diem_so_bo", "tong_diem_tam_tinh"),
    ],
)
def test_targets_and_figures_of_others_are_no_results_in_whichever_letters(
    head: str, tmp_path: Path
) -> None:
    assert not _read(tmp_path / "a.csv", [head])


def test_a_target_beside_the_result_leaves_the_result(tmp_path: Path) -> None:
    heads = ["chi_so_cchc", "chi_so_cchc_muc_tieu", "xep_hang"]
    assert _read(tmp_path / "a.csv", heads) == {("total", "percent"), ("total", "rank")}


@pytest.mark.parametrize(
    ("heads", "measure"),
    [
        (["ChiSoCCHC", "XepHang"], "percent"),
        (["parIndex2022", "rank2022"], "percent"),
        (["TongDiem", "ThuHang"], "score"),
        (["totalScore", "rank"], "score"),
    ],
)
def test_words_written_together_are_read_as_words(
    heads: list[str], measure: str, tmp_path: Path
) -> None:
    assert _read(tmp_path / "a.csv", heads) == {("total", measure), ("total", "rank")}


def test_criteria_under_words_written_together_are_read(tmp_path: Path) -> None:
    rows = ["MaTieuChi;TenTieuChi;DiemToiDa;DiemTuCham;DiemThamDinh"]
    codes = [(code, name, most) for code, name, most, *_ in TREE if "." in code]
    rows += [f"{code};{name};{vi(most)};{vi(most)};{vi(most / 2)}" for code, name, most in codes]
    path = tmp_path / "a.csv"
    title = "Kết quả chấm điểm Chỉ số CCHC tỉnh Lạng Sơn năm 2022"
    path.write_text("\n".join([title, *rows]), encoding="utf-8")
    read = figures_read(read_release(path, index="PAR_INDEX", year=2022))
    assert {key[2] for key in read} == {"score", "self_assessed"}
    assert {key[1] for key in read} == {code for code, *_ in codes}


def test_names_of_programs_are_bare_where_their_words_are() -> None:
    heads = ["rank_2022", "xep_hang", "HANG 2022", "diemSo"]
    assert all(is_bare(fold(dated(lettered(h), 2022))) for h in heads)
