"""Kinds of layouts put together: blocks in blocks, titles that say other things, words in cells.

Invented before looking at what the reader makes of them; all figures SYNTHETIC. A layout with
``aside`` leaves something open: refusing it with its place is right as well.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

from layouts import (
    AREA_NAMES,
    AREAS,
    FACTOR_NAMES,
    FACTORS,
    MAXIMA,
    NAMES,
    SHORT,
    TREE,
    Figures,
    Key,
    Layout,
    area_points,
    claimed,
    figures,
    layout,
    maxima_of,
    own_may,
    own_truth,
    ranking,
    vi,
)

FEW = NAMES[:14]
TITLE = ["KẾT QUẢ CHỈ SỐ CẢI CÁCH HÀNH CHÍNH NĂM 2022 CỦA CÁC TỈNH, THÀNH PHỐ"]
HEAD = ["TT", "Tỉnh", "Tổng điểm", "Xếp hạng"]
Rows = list[list[Any]]


def body(f: Figures, row: Callable[[str], list[Any]]) -> Rows:
    """Rows of the provinces with their numbers."""
    return [[k, n, *row(n)] for k, n in enumerate(f.names, 1)]


def plain(seed: int, row: Callable[[Figures, str], list[Any]], **more: Any) -> Layout:
    """A ranking under its usual headings, each row as told."""
    f = figures(seed, FEW)
    title = more.pop("title", TITLE)
    rows = [title, more.pop("head", HEAD), *body(f, lambda n: row(f, n)), *more.pop("below", [])]
    return Layout({"Sheet1": rows}, more.pop("must", ranking)(f), **more)


def nothing(f: Figures) -> dict[Key, float]:
    """No figure that must be read."""
    return {}


def totals(f: Figures, measure: str = "score") -> dict[Key, float]:
    """Truth of the totals without ranks."""
    return {(n, "total", measure, 2022): f.total[n] for n in f.names}


def ranks_of_areas(f: Figures) -> dict[Key, float]:
    """Truth of ranks of areas."""
    columns = {a: {n: f.areas[n][i] for n in f.names} for i, a in enumerate(AREAS)}
    return {
        (n, a, "rank", 2022): 1 + sum(o > v[n] for o in v.values())
        for a, v in columns.items()
        for n in f.names
    }


def split(value: float, share: float = 0.65) -> tuple[float, float]:
    """A value as two parts."""
    return round(value * share, 2), round(value - round(value * share, 2), 2)


# --- headings -------------------------------------------------------------------------------------


@layout
def parts_of_areas_then_areas() -> Layout:
    f = figures(501, FEW)
    blocks = ("Điểm thẩm định", "Điểm điều tra xã hội học", "Điểm tổng hợp")
    head: list[Any] = ["TT", "Tỉnh"]
    for name in blocks:
        head += [name, *[None] * 7]
    rows = [TITLE, [*head, None], [None, None, *AREA_NAMES * 3, "Tổng điểm"]]
    parts = {n: [split(v) for v in f.areas[n]] for n in f.names}
    rows += body(
        f,
        lambda n: [
            *[a for a, _ in parts[n]],
            *[b for _, b in parts[n]],
            *f.areas[n],
            f.total[n],
        ],
    )
    merges = [(2, 3, 2, 10), (2, 11, 2, 18), (2, 19, 2, 27)]
    return Layout({"Sheet1": rows}, area_points(f) | totals(f), merges={"Sheet1": merges})


@layout
def points_and_ranks_two_levels_deep() -> Layout:
    f = figures(502, FEW)
    places = ranks_of_areas(f)
    rows: Rows = [TITLE, ["TT", "Tỉnh", "CÁC CHỈ SỐ THÀNH PHẦN", *[None] * 15]]
    rows += [[None, None, *[x for name in AREA_NAMES for x in (name, None)]]]
    rows += [[None, None, *["Điểm", "Hạng"] * 8]]
    rows += body(
        f,
        lambda n: [
            x
            for a, v in zip(AREAS, f.areas[n], strict=True)
            for x in (v, places[n, a, "rank", 2022])
        ],
    )
    merges = [(2, 1, 4, 1), (2, 2, 4, 2), (2, 3, 2, 18)]
    merges += [(3, c, 3, c + 1) for c in range(3, 19, 2)]
    return Layout({"Sheet1": rows}, area_points(f) | places, merges={"Sheet1": merges})


@layout
def maxima_and_those_of_the_survey() -> Layout:
    f = figures(509, FEW)
    rows: Rows = [TITLE, ["TT", "Tỉnh", *AREA_NAMES, "Tổng điểm"]]
    rows += [[None, "Điểm tối đa", *MAXIMA, 100]]
    rows += [[None, "Trong đó: điểm ĐTXHH tối đa", *[m / 4 for m in MAXIMA], 25]]
    rows += body(f, lambda n: [*f.areas[n], f.total[n]])
    return Layout({"Sheet1": rows}, area_points(f) | totals(f), maxima=maxima_of() | {"total": 100})


@layout
def the_total_and_of_which() -> Layout:
    f = figures(510, FEW)
    rows: Rows = [["Hạng", "Tỉnh", "Tổng điểm", "Trong đó", *[None] * 7]]
    rows += [[None, None, None, *AREA_NAMES], ["Điểm tối đa", None, 100, *MAXIMA]]
    rows += [[f.rank[n], n, f.total[n], *f.areas[n]] for n in f.names]
    merges = [(1, 4, 1, 11), (1, 1, 2, 1), (1, 2, 2, 2), (1, 3, 2, 3), (3, 1, 3, 2)]
    maxima = maxima_of() | {"total": 100}
    truth = area_points(f) | ranking(f)
    return Layout({"Sheet1": rows}, truth, maxima=maxima, merges={"Sheet1": merges})


@layout
def shares_of_the_maximum_beside_points() -> Layout:
    f = figures(511, FEW)
    rows: Rows = [["TT", "Tỉnh", *[x for n in SHORT for x in (n, None)]]]
    rows += [[None, None, *["Điểm", "% so với điểm tối đa"] * 8]]
    truth = {
        (n, a, "percent", 2022): round(100 * v / m, 2)
        for n in f.names
        for a, v, m in zip(AREAS, f.areas[n], MAXIMA, strict=True)
    }

    def row(n: str) -> list[Any]:
        shares = [f"{vi(truth[n, a, 'percent', 2022])}%" for a in AREAS]
        return [x for pair in zip(f.areas[n], shares, strict=True) for x in pair]

    rows += body(f, row)
    merges = [(1, c, 1, c + 1) for c in range(3, 19, 2)]
    return Layout({"Sheet1": rows}, area_points(f) | truth, merges={"Sheet1": merges})


@layout
def totals_with_and_without_the_survey() -> Layout:
    head = ["Tổng điểm (chưa bao gồm ĐTXHH)", "Điểm ĐTXHH", "Tổng điểm (đã bao gồm ĐTXHH)"]
    f = figures(512, FEW)
    rows: Rows = [TITLE, ["TT", "Tỉnh", *head, "Xếp hạng"]]
    rows += body(f, lambda n: [*split(f.total[n]), f.total[n], f.rank[n]])
    must = {(n, "total", "rank", 2022): float(f.rank[n]) for n in f.names}
    may = totals(f) | {(n, "survey", "score", 2022): split(f.total[n])[1] for n in f.names}
    return Layout({"Sheet1": rows}, must, may)


@layout
def a_rank_within_the_group() -> Layout:
    head = ["TT", "Tỉnh", "Xếp hạng trong nhóm", "Tổng điểm"]
    return plain(513, lambda f, n: [1 + f.rank[n] // 4, f.total[n]], head=head, must=totals)


@layout
def a_mean_of_years_is_no_total() -> Layout:
    head = ["TT", "Tỉnh", "Điểm năm 2022", "Điểm trung bình 3 năm 2020-2022", "Điểm chuẩn hóa"]
    return plain(
        514, lambda f, n: [f.total[n], f.total[n] - 1, f.total[n] / 100], head=head, must=totals
    )


@layout
def points_taken_off() -> Layout:
    head = ["TT", "Tỉnh", "Điểm trước khi trừ", "Điểm trừ", "Điểm thưởng", "Xếp hạng"]
    return plain(
        515,
        lambda f, n: [f.total[n] + 1, 1.5, 0.5, f.rank[n]],
        head=head,
        must=lambda f: {(n, "total", "rank", 2022): float(f.rank[n]) for n in f.names},
    )


@layout
def groups_left_of_the_names() -> Layout:
    f = figures(516, FEW)
    rows: Rows = [TITLE, ["Nhóm", "Tỉnh", "Tổng điểm", "Xếp hạng"]]
    rows += [["I" if f.rank[n] < 8 else "II", n, f.total[n], f.rank[n]] for n in f.names]
    return Layout({"Sheet1": rows}, ranking(f))


@layout
def satisfaction_in_common() -> Layout:
    f = figures(517, FEW)
    off = (-2, -1, 0, 1, 2)
    rows: Rows = [["CHỈ SỐ HÀI LÒNG NĂM 2022"], ["TT", "Tỉnh", *FACTOR_NAMES, "Chỉ số chung"]]
    rows += body(f, lambda n: [*[round(f.total[n] + d, 2) for d in off], f.total[n]])
    must = {
        (n, c, "percent", 2022): round(f.total[n] + d, 2)
        for n in f.names
        for c, d in zip(FACTORS, off, strict=True)
    }
    return Layout({"Sheet1": rows}, must | totals(f, "percent"), index="SIPAS")


# --- titles that say what the figures are ---------------------------------------------------------


@layout
def a_title_of_claimed_points() -> Layout:
    f = figures(601, FEW)
    rows: Rows = [["TỔNG HỢP ĐIỂM TỰ ĐÁNH GIÁ CHỈ SỐ CCHC NĂM 2022"], ["TT", "Tỉnh", *AREA_NAMES]]
    rows += body(f, lambda n: f.areas[n])
    may = {(n, a, "self_assessed", y): v for (n, a, _, y), v in area_points(f).items()}
    return Layout({"Sheet1": rows}, {}, may, aside=True)


def _no_results(title: str) -> Callable[[], Layout]:
    def made() -> Layout:
        return plain(
            602, lambda f, n: [f.total[n], f.rank[n]], title=[title], must=nothing, aside=True
        )

    return made


for _name, _title in {
    "targets": "MỤC TIÊU PHẤN ĐẤU CHỈ SỐ CCHC NĂM 2022 CỦA CÁC TỈNH",
    "lost_points": "SỐ ĐIỂM BỊ TRỪ CHỈ SỐ CCHC NĂM 2022",
    "gaps": "CHÊNH LỆCH SO VỚI TRUNG BÌNH CẢ NƯỚC, CHỈ SỐ CCHC NĂM 2022",
    "forecast": "Bảng 3. Dự kiến kết quả Chỉ số CCHC năm 2022",
    "another_ranking": "KẾT QUẢ ĐÁNH GIÁ MỨC ĐỘ PHỤC VỤ NGƯỜI DÂN, DOANH NGHIỆP NĂM 2022",
    "green_index": "CHỈ SỐ XANH CẤP TỈNH (PGI) NĂM 2022",
}.items():
    _made = _no_results(_title)
    _made.__name__ = f"a_title_of_{_name}"
    layout(_made)


def _own_sheet(*title: str) -> Callable[[], Layout]:
    def made() -> Layout:
        head = ["STT", "Tiêu chí, tiêu chí thành phần", "Điểm tối đa", "Điểm đạt được"]
        rows: Rows = [[t] for t in title] + [[], head]
        rows += [[c, n, m, v] for c, n, m, v in TREE]
        return Layout({"Sheet1": rows}, {}, aside=True)

    return made


_SCORED = "CHẤM ĐIỂM CHỈ SỐ CCHC NĂM 2022"
for _name, _lines in {
    "district": ("UBND HUYỆN CAO LỘC, TỈNH LẠNG SƠN", "CHẤM ĐIỂM CHỈ SỐ CCHC NĂM 2022"),
    "commune": ("ỦY BAN NHÂN DÂN", "XÃ ĐỒNG ĐĂNG", "TỈNH LẠNG SƠN: CHỈ SỐ CCHC NĂM 2022"),
    "town": ("UBND THÀNH PHỐ LẠNG SƠN", "CHẤM ĐIỂM CHỈ SỐ CCHC NĂM 2022"),
    "office": ("KẾT QUẢ CHỈ SỐ CCHC NĂM 2022 CỦA SỞ TƯ PHÁP TỈNH LẠNG SƠN",),
    "town_under_its_province": ("UBND TỈNH LẠNG SƠN", "UBND THÀNH PHỐ LẠNG SƠN", _SCORED),
    "town_beside_its_province": ("UỶ BAN NHÂN DÂN TP. LẠNG SƠN, TỈNH LẠNG SƠN", _SCORED),
    "town_that_became_a_city": ("TỈNH THỪA THIÊN HUẾ", "UBND THÀNH PHỐ HUẾ", _SCORED),
    "chancery": ("VĂN PHÒNG UBND TỈNH LẠNG SƠN", _SCORED),
    "service_centre": ("TRUNG TÂM PHỤC VỤ HÀNH CHÍNH CÔNG TỈNH LẠNG SƠN", _SCORED),
    "department_below_the_title": (_SCORED, "Đơn vị: Sở Y tế tỉnh Lạng Sơn"),
    "inspectorate": ("UBND TỈNH LẠNG SƠN", "THANH TRA TỈNH", _SCORED),
}.items():
    _made = _own_sheet(*_lines)
    _made.__name__ = f"own_sheet_of_a_{_name}"
    layout(_made)


@layout
def own_sheet_of_a_province_by_its_office() -> Layout:
    head = ["STT", "Tiêu chí", "Điểm tối đa", "Tự đánh giá", "Điểm đạt được", "Bình quân cả nước"]
    rows: Rows = [["UBND TỈNH LẠNG SƠN"], ["SỞ NỘI VỤ"], ["CHẤM ĐIỂM CHỈ SỐ CCHC NĂM 2022"], head]
    rows += [[c, n, m, claimed(v, m), v, round(v * 0.9, 2)] for c, n, m, v in TREE]
    maxima = {("A" if "." not in c else "") + c: m for c, _, m, _ in TREE}
    return Layout({"Sheet1": rows}, own_truth(), own_may(), maxima=maxima)


@layout
def own_sheet_of_a_province_with_the_tasks_of_an_office() -> Layout:
    head = ["STT", "Tiêu chí", "Điểm tối đa", "Điểm đạt được"]
    rows: Rows = [["UBND TỈNH LẠNG SƠN"], [_SCORED], ["SỞ TƯ PHÁP CHỦ TRÌ"], head]
    rows += [[c, n, m, v] for c, n, m, v in TREE]
    maxima = {("A" if "." not in c else "") + c: m for c, _, m, _ in TREE}
    return Layout({"Sheet1": rows}, own_truth(), maxima=maxima)


# --- cells ----------------------------------------------------------------------------------------


@layout
def words_behind_points_and_before_ranks() -> Layout:
    return plain(521, lambda f, n: [f"{vi(f.total[n])} điểm", f"Đồng hạng {f.rank[n]}"])


@layout
def places_won_in_brackets_behind_the_rank() -> Layout:
    return plain(522, lambda f, n: [f.total[n], f"Hạng {f.rank[n]} (tăng {f.rank[n] % 5} bậc)"])


@layout
def score_and_rank_in_one_cell() -> Layout:
    return plain(
        523, lambda f, n: [f"{vi(f.total[n])} ({f.rank[n]})", None], must=nothing, aside=True
    )


@layout
def points_over_their_maximum() -> Layout:
    return plain(524, lambda f, n: [f"{vi(f.total[n])}/100", f.rank[n]], maxima={"total": 100})


@layout
def a_score_that_became_a_date() -> Layout:
    day = datetime.datetime(2023, 10, 3)
    return plain(
        525, lambda f, n: [day if n == FEW[3] else f.total[n], f.rank[n]], must=nothing, aside=True
    )


@layout
def an_error_in_a_text_file() -> Layout:
    return plain(
        526,
        lambda f, n: [vi(f.total[n]), "#REF!" if n == FEW[3] else f.rank[n]],
        must=nothing,
        aside=True,
        suffix=".csv",
    )


@layout
def letters_of_a_wrong_encoding() -> Layout:
    f = figures(527, FEW)

    def broken(text: str) -> str:
        return "".join(bytes([b]).decode("cp1252", "replace") for b in text.encode())

    rows: Rows = [[broken(str(c)) for c in row] for row in [TITLE, HEAD]]
    rows += [[k, broken(n), vi(f.total[n]), f.rank[n]] for k, n in enumerate(f.names, 1)]
    return Layout({"Sheet1": rows}, {}, aside=True, suffix=".csv")


@layout
def points_that_rise_like_codes() -> Layout:
    f = figures(528, FEW)
    f.areas[f.names[0]] = [1.5, 2.25, 3.5, 4.75, 5.5, 6.25, 7.5, 8.25]
    rows: Rows = [TITLE, ["Tỉnh, thành phố", *AREA_NAMES]]
    rows += [[n, *[f"{v:.2f}" for v in f.areas[n]]] for n in f.names]
    return Layout({"Sheet1": rows}, area_points(f), suffix=".csv")


# --- rows -----------------------------------------------------------------------------------------


@layout
def the_nation_first_and_regions_that_count_anew() -> Layout:
    f = figures(531)
    rows: Rows = [TITLE, ["STT", "Vùng/ Tỉnh", *SHORT, "Tổng điểm"], [None, "CẢ NƯỚC", *[8] * 9]]
    for k, name in enumerate(("Đồng bằng sông Hồng", "Trung du", "Tây Nguyên")):
        rows += [[("I", "II", "III")[k], name, *[7.5] * 8, 71.1]]
        part = f.names[21 * k : 21 * k + 21]
        rows += [[j, n, *f.areas[n], f.total[n]] for j, n in enumerate(part, 1)]
        rows += [[None, f"Bình quân vùng {k + 1}", *[7.5] * 8, 71.1]]
    return Layout({"Sheet1": rows}, area_points(f) | totals(f))


@layout
def a_table_for_each_group() -> Layout:
    f = figures(532, FEW)
    by_rank = sorted(f.names, key=lambda n: f.rank[n])
    rows: Rows = [TITLE, []]
    for group, part in (("A", by_rank[:5]), ("B", by_rank[5:9]), ("C", by_rank[9:])):
        rows += [[f"NHÓM {group}"], ["Hạng", "Tỉnh, thành phố", "Tổng điểm"]]
        rows += [[f.rank[n], n, f.total[n]] for n in part]
        rows += [[]]
    return Layout({"Sheet1": rows}, ranking(f))


@layout
def two_years_under_a_merged_name() -> Layout:
    f = figures(533, FEW)
    rows: Rows = [["CHỈ SỐ CCHC CÁC NĂM 2021, 2022"], ["TT", "Tỉnh", "Năm", *HEAD[2:]]]
    merges = []
    for k, n in enumerate(f.names, 1):
        merges += [(len(rows) + 1, c, len(rows) + 2, c) for c in (1, 2)]
        rows += [[k, n, 2021, f.before[n], None], [None, None, 2022, f.total[n], f.rank[n]]]
    may = {(n, "total", "score", 2021): v for n, v in f.before.items()}
    return Layout({"Sheet1": rows}, ranking(f), may, merges={"Sheet1": merges})


@layout
def points_and_shares_under_a_merged_name() -> Layout:
    f = figures(534, FEW)
    rows: Rows = [TITLE, ["TT", "Tỉnh", "Nội dung", *AREA_NAMES]]
    merges = []
    for k, n in enumerate(f.names, 1):
        merges += [(len(rows) + 1, 2, len(rows) + 2, 2)]
        shares = [round(100 * v / m, 2) for v, m in zip(f.areas[n], MAXIMA, strict=True)]
        rows += [[k, n, "Điểm", *f.areas[n]], [None, None, "%", *shares]]
    return Layout({"Sheet1": rows}, {}, area_points(f), merges={"Sheet1": merges}, aside=True)


@layout
def counts_and_who_signed_below() -> Layout:
    below: Rows = [[None, "Tổng số: 14 tỉnh"], [None, "Người lập biểu"], [None, "TRƯỞNG PHÒNG"]]
    return plain(535, lambda f, n: [f.total[n], f.rank[n]], below=below)


# --- provinces across -----------------------------------------------------------------------------


@layout
def codes_in_the_second_column() -> Layout:
    f = figures(541, FEW)
    rows: Rows = [TITLE, ["TT", "Mã", "Lĩnh vực", "Điểm tối đa", *f.names]]
    for i, a in enumerate(AREAS):
        rows += [[i + 1, a, AREA_NAMES[i], MAXIMA[i], *[f.areas[n][i] for n in f.names]]]
    rows += [[9, None, "Tổng điểm", 100, *[f.total[n] for n in f.names]]]
    maxima = maxima_of() | {"total": 100}
    return Layout({"Sheet1": rows}, area_points(f) | totals(f), maxima=maxima)


@layout
def regions_over_provinces_and_means_beside() -> Layout:
    f = figures(542, FEW)
    regions = ["Vùng Đồng bằng sông Hồng", *[None] * 6, "Vùng Trung du", *[None] * 6]
    rows: Rows = [["TT", "Lĩnh vực", *regions], [None, None, *f.names, "TB vùng", "TB cả nước"]]
    for i in range(8):
        rows += [[i + 1, AREA_NAMES[i], *[f.areas[n][i] for n in f.names], 7.1, 7.2]]
    merges = [(1, 3, 1, 9), (1, 10, 1, 16), (1, 1, 2, 1), (1, 2, 2, 2)]
    return Layout({"Sheet1": rows}, area_points(f), merges={"Sheet1": merges})


@layout
def ranks_under_each_area_across() -> Layout:
    f = figures(543, FEW)
    places = ranks_of_areas(f)
    rows: Rows = [["TT", "Nội dung", *f.names]]
    for i, a in enumerate(AREAS):
        rows += [[i + 1, AREA_NAMES[i], *[f.areas[n][i] for n in f.names]]]
        rows += [[None, "Xếp hạng", *[places[n, a, "rank", 2022] for n in f.names]]]
    rows += [[9, "Tổng điểm", *[f.total[n] for n in f.names]]]
    return Layout({"Sheet1": rows}, area_points(f) | totals(f), places)
