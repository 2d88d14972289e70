"""Layouts as offices vary them: numbers before names, units under headings, years, parts, notes.

Invented from descriptions of layouts before looking at how tables are read; all figures SYNTHETIC.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

from layouts import (
    AREA_NAMES,
    AREAS,
    MAXIMA,
    NAMES,
    OWN_TITLE,
    ROMAN,
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
    own_maxima,
    own_may,
    own_truth,
    ranking,
    satisfaction,
    satisfied,
    vi,
)

HEAD = ["TT", "Tỉnh", "Chỉ số CCHC (%)", "Xếp hạng"]


def body(f: Figures, row: Callable[[str], list[Any]]) -> list[list[Any]]:
    """Rows of the provinces with their numbers."""
    return [[k, n, *row(n)] for k, n in enumerate(f.names, 1)]


def total_and_rank(f: Figures) -> list[list[Any]]:
    """Rows with total and rank."""
    return body(f, lambda n: [f.total[n], f.rank[n]])


def places(values: dict[str, float]) -> dict[str, int]:
    """Place of each by its value."""
    return {n: 1 + sum(o > v for o in values.values()) for n, v in values.items()}


def blocks(leaves: list[str]) -> tuple[list[list[Any]], list[tuple[int, int, int, int]]]:
    """Two rows of headings, a block of columns for each area, and their merged cells."""
    head: list[Any] = ["TT", "Tỉnh"]
    below: list[Any] = [None, None]
    merges = []
    for name in AREA_NAMES:
        merges.append((1, len(head) + 1, 1, len(head) + len(leaves)))
        head += [name, *[None] * (len(leaves) - 1)]
        below += leaves
    return [head, below], merges


# --- rankings -------------------------------------------------------------------------------------


@layout
def numbers_in_brackets_before_names() -> Layout:
    f = figures(340)
    rows: list[list[Any]] = [["Tỉnh, thành phố", "Tổng điểm", "Xếp hạng"]]
    rows += [[f"{k:02d}) {n}", f.total[n], f.rank[n]] for k, n in enumerate(f.names, 1)]
    return Layout({"Sheet1": rows}, ranking(f))


@layout
def ranks_before_names() -> Layout:
    """The number before a name may be its rank; nothing says so, and it is no figure."""
    f = figures(342)
    rows: list[list[Any]] = [["Đơn vị", "Chỉ số CCHC (%)"]]
    by_rank = sorted(f.names, key=lambda n: f.rank[n])
    rows += [[f"{k}. {n}", f.total[n]] for k, n in enumerate(by_rank, 1)]
    must = {(n, "total", "score", 2022): v for n, v in f.total.items()}
    return Layout({"Sheet1": rows}, must)


@layout
def decimals_that_look_like_a_year() -> Layout:
    f = figures(347)
    rows: list[list[Any]] = [["TT", "Tỉnh", "Số phiếu khảo sát", "Tổng điểm", "Xếp hạng"]]
    rows += body(f, lambda n: [f"1.{100 + f.rank[n]}", vi(f.total[n], 4), f.rank[n]])
    return Layout({"Sheet1": rows}, ranking(f))


@layout
def places_won_in_words() -> Layout:
    f = figures(352)
    last = places(f.before)

    def moved(n: str) -> str:
        change = last[n] - f.rank[n]
        return f"Tăng {change} bậc" if change > 0 else f"Giảm {-change} bậc" if change else "="

    rows: list[list[Any]] = [[*HEAD, "So với năm 2021"]]
    rows += body(f, lambda n: [f.total[n], f.rank[n], moved(n)])
    may = {(n, "total", "change_rank", 2022): float(last[n] - f.rank[n]) for n in f.names}
    return Layout({"Sheet1": rows}, ranking(f), may)


@layout
def regions_by_letter_with_their_own_rank() -> Layout:
    f = figures(359)
    rows: list[list[Any]] = [["TT", "Vùng/Tỉnh", "Chỉ số CCHC (%)", "Xếp hạng"]]
    for n, name in enumerate(("Miền núi phía Bắc", "Đồng bằng sông Hồng", "Đông Nam Bộ")):
        rows.append(["ABC"[n], name, 80.01 + n, 3 - n])
        rows += total_and_rank(f)[n * 21 : n * 21 + 21]
    return Layout({"Sheet1": rows}, ranking(f))


@layout
def groups_between_the_rows() -> Layout:
    f = figures(360)
    rows = [[None], HEAD, ["NHÓM A: TỪ 90% TRỞ LÊN"], *total_and_rank(f)[:10]]
    rows += [["NHÓM B: DƯỚI 90%"], *total_and_rank(f)[10:], ["Nguồn: Bộ Nội vụ"]]
    merges = [(3, 1, 3, 4), (14, 1, 14, 4)]
    return Layout({"Sheet1": rows}, ranking(f), merges={"Sheet1": merges})


@layout
def classes_in_words_and_other_columns() -> Layout:
    f = figures(327)
    others = ["Xếp loại", "So với TB cả nước", "Tiến độ", "Ghi chú"]
    rows: list[list[Any]] = [["TT", "Tỉnh", *AREA_NAMES, "Tổng điểm", *others]]
    rows += body(f, lambda n: [*f.areas[n], f.total[n], "Tốt", 1.25, "Đúng hạn", None])
    must = area_points(f) | {(n, "total", "score", 2022): v for n, v in f.total.items()}
    return Layout({"Sheet1": rows}, must)


@layout
def other_indices_and_a_date() -> Layout:
    f, other = figures(375), figures(376)
    rows: list[list[Any]] = [
        ["TT", "Tỉnh", "PAR INDEX", None, "PAPI", None, "Ngày công bố"],
        [None, None, "Điểm", "Hạng", "Điểm", "Hạng", None],
    ]
    day = datetime.date(2023, 4, 19)
    rows += body(f, lambda n: [f.total[n], f.rank[n], other.total[n] / 2, other.rank[n], day])
    merges = [(1, 3, 1, 4), (1, 5, 1, 6)]
    return Layout({"Sheet1": rows}, ranking(f), merges={"Sheet1": merges})


@layout
def maxima_of_sources_in_brackets() -> Layout:
    f = figures(372)
    heads = ["Điểm thẩm định (61,5)", "Điểm ĐTXHH (38,5)", "Tổng (100)", "Thứ bậc"]
    rows: list[list[Any]] = [["TT", "Tỉnh", *heads]]
    rows += body(f, lambda n: [round(f.total[n] - 32.2, 2), 32.2, f.total[n], f.rank[n]])
    must = ranking(f) | {(n, "survey", "score", 2022): 32.2 for n in f.names}
    must |= {(n, "appraisal", "score", 2022): round(v - 32.2, 2) for n, v in f.total.items()}
    return Layout({"Sheet1": rows}, must, maxima={"appraisal": 61.5, "survey": 38.5, "total": 100})


# --- areas ----------------------------------------------------------------------------------------


@layout
def units_of_measure_under_headings() -> Layout:
    f = figures(301)
    rows: list[list[Any]] = [["TT", "Tỉnh", *AREA_NAMES, "Tổng điểm", "Xếp hạng"]]
    rows.append([None, "Đơn vị tính", *["điểm"] * 9, "thứ"])
    rows += body(f, lambda n: [*f.areas[n], f.total[n], f.rank[n]])
    return Layout({"Sheet1": rows}, area_points(f) | ranking(f))


@layout
def maxima_in_brackets_behind_names() -> Layout:
    f = figures(303)
    heads = [f"{n}\n(tối đa {vi(m, 1)} điểm)" for n, m in zip(AREA_NAMES, MAXIMA, strict=True)]
    rows: list[list[Any]] = [["TT", "Tỉnh", *heads]]
    rows += body(f, lambda n: [*map(vi, f.areas[n])])
    return Layout({"Sheet1": rows}, area_points(f), maxima=maxima_of())


@layout
def own_and_appraised_and_survey_and_sum() -> Layout:
    f = figures(307)
    heads, merges = blocks(["Tự chấm", "Thẩm định", "XHH", "Tổng"])

    def row(n: str) -> list[Any]:
        parts = [(v, m, round(v * 0.7, 2)) for v, m in zip(f.areas[n], MAXIMA, strict=True)]
        return [x for v, m, a in parts for x in (claimed(v, m), a, round(v - a, 2), v)]

    may = {
        (n, area, "self_assessed", 2022): claimed(v, m)
        for n in f.names
        for area, v, m in zip(AREAS, f.areas[n], MAXIMA, strict=True)
    }
    merged = {"Sheet1": merges}
    return Layout({"Sheet1": [*heads, *body(f, row)]}, area_points(f), may, merges=merged)


@layout
def survey_points_of_each_area() -> Layout:
    """The title says that they are points of the survey: parts of the areas, never the areas."""
    f = figures(309)
    rows: list[list[Any]] = [["KẾT QUẢ ĐIỂM ĐIỀU TRA XÃ HỘI HỌC THEO TỪNG LĨNH VỰC NĂM 2022"], []]
    rows.append(["TT", "Tỉnh", *AREA_NAMES])
    rows += body(f, lambda n: [round(v * 0.3, 2) for v in f.areas[n]])
    return Layout({"Sheet1": rows}, {}, aside=True)


@layout
def ranks_under_names_of_areas() -> Layout:
    f = figures(311)
    ranks = [places({n: f.areas[n][i] for n in f.names}) for i in range(8)]
    rows: list[list[Any]] = [["XẾP HẠNG CÁC CHỈ SỐ THÀNH PHẦN NĂM 2022"], ["TT", "Tỉnh", *SHORT]]
    rows += body(f, lambda n: [r[n] for r in ranks])
    must: dict[Key, float] = {
        (n, AREAS[i], "rank", 2022): ranks[i][n] for n in f.names for i in range(8)
    }
    return Layout({"Sheet1": rows}, must)


@layout
def statistics_named_in_the_first_column() -> Layout:
    f = figures(314)
    rows: list[list[Any]] = [["TT", "Tỉnh", *AREA_NAMES], ["Trung bình", None, *[7.77] * 8]]
    rows += body(f, lambda n: f.areas[n])
    for name in ("Cao nhất", "Trung vị", "Độ lệch chuẩn", "Số tỉnh dưới trung bình"):
        rows.append([name, None, *[9.0] * 8])
    return Layout({"Sheet1": rows}, area_points(f))


@layout
def a_blank_row_between_levels_of_headings() -> Layout:
    f = figures(324)
    (head, below), merges = blocks(["Điểm", "Tỷ lệ (%)"])

    def row(n: str) -> list[Any]:
        pairs = zip(f.areas[n], MAXIMA, strict=True)
        return [x for v, m in pairs for x in (v, round(100 * v / m, 2))]

    must = area_points(f) | {
        (n, area, "percent", 2022): round(100 * v / m, 2)
        for n in f.names
        for area, v, m in zip(AREAS, f.areas[n], MAXIMA, strict=True)
    }
    rows = [head, [None] * 18, below, [None] * 18, *body(f, row)]
    return Layout({"Sheet1": rows}, must, merges={"Sheet1": merges})


@layout
def names_of_the_first_set() -> Layout:
    old = [
        "Công tác chỉ đạo điều hành cải cách hành chính",
        "Xây dựng và tổ chức thực hiện văn bản quy phạm pháp luật",
        "Cải cách thủ tục hành chính",
        "Cải cách tổ chức bộ máy hành chính",
        "Xây dựng và nâng cao chất lượng đội ngũ cán bộ, công chức, viên chức",
        "Đổi mới cơ chế tài chính",
        "Hiện đại hóa hành chính",
        "Thực hiện cơ chế một cửa, cơ chế một cửa liên thông",
    ]
    f = figures(326)
    rows: list[list[Any]] = [["TT", "Tỉnh", *old], *body(f, lambda n: f.areas[n])]
    return Layout({"Sheet1": rows}, area_points(f, year=2014), year=2014)


# --- who is no province ---------------------------------------------------------------------------


def nobody(title: str, head: str, names: list[str]) -> Layout:
    """A table of other units: it is refused, never read as one of provinces."""
    rows: list[list[Any]] = [[title], ["TT", head, "Tổng điểm", "Xếp hạng"]]
    rows += [[k, n, 92.5 - k, k] for k, n in enumerate(names, 1)]
    return Layout({"Sheet1": rows}, {}, aside=True)


@layout
def districts_of_a_province() -> Layout:
    names = ["Thành phố Lạng Sơn", "Huyện Cao Lộc", "Huyện Lộc Bình", "Huyện Chi Lăng"]
    return nobody("CHỈ SỐ CCHC CẤP HUYỆN NĂM 2022 TỈNH LẠNG SƠN", "Huyện, thành phố", names)


@layout
def departments_of_a_province() -> Layout:
    names = ["Sở Nội vụ", "Sở Tài chính", "Sở Tư pháp", "Thanh tra tỉnh", "Ban Dân tộc"]
    return nobody("CHỈ SỐ CCHC CÁC SỞ, BAN, NGÀNH NĂM 2022", "Cơ quan", names)


@layout
def ministries_alone() -> Layout:
    names = ["Bộ Tư pháp", "Bộ Tài chính", "Bộ Công Thương", "Ngân hàng Nhà nước Việt Nam"]
    return nobody("CHỈ SỐ CCHC CÁC BỘ NĂM 2022", "Bộ, cơ quan ngang bộ", names)


# --- criteria -------------------------------------------------------------------------------------


def own(head: list[Any], row: Callable[[str, str, float, float], list[Any]]) -> list[list[Any]]:
    """Rows of a province's own sheet."""
    return [[OWN_TITLE], [], head, *(row(*one) for one in TREE)]


@layout
def codes_and_a_dash_before_names() -> Layout:
    head = ["Tiêu chí, tiêu chí thành phần", "Thang điểm", "Điểm tự chấm", "Điểm thẩm định"]
    rows = own(head, lambda c, n, m, v: [f"{c} - {n}", m, claimed(v, m), v])
    return Layout({"Sheet1": rows}, own_truth(), own_may(), own_maxima())


@layout
def roman_areas_before_capitals() -> Layout:
    def row(c: str, n: str, m: float, v: float) -> list[Any]:
        name = f"{ROMAN[int(c) - 1]}. {n.upper()}" if "." not in c else f"{c}: {n}"
        return [name, m, v, "Báo cáo số 12/BC-UBND ngày 3/1/2023"]

    rows = own(["Nội dung tiêu chí", "Điểm chuẩn", "Thẩm định", "Giải trình"], row)
    return Layout({"Sheet1": rows}, own_truth(), {}, own_maxima())


@layout
def steps_by_letters_in_the_column_of_codes() -> Layout:
    rows = own(["STT", "Tiêu chí", "Điểm tối đa", "Thẩm định"], lambda c, n, m, v: [c, n, m, v])
    out = []
    for row in rows:
        out.append(row)
        if row and str(row[0]).count(".") == 2:
            out += [["a)", "Đạt 100%", row[2], None], ["-", "Dưới 100%", 0, None]]
    return Layout({"Sheet1": out}, own_truth(), {}, own_maxima())


@layout
def a_total_and_who_signed() -> Layout:
    rows = own(["STT", "Tiêu chí", "Điểm tối đa", "Thẩm định"], lambda c, n, m, v: [c, n, m, v])
    rows += [["Ghi chú: chưa gồm điểm ĐTXHH"], [None, None, "NGƯỜI LẬP", "CHỦ TỊCH"]]
    return Layout({"Sheet1": rows}, own_truth(), {}, own_maxima())


@layout
def not_applicable_to_a_province() -> Layout:
    rows = own(
        ["STT", "Tiêu chí", "Điểm tối đa", "Thẩm định"],
        lambda c, n, m, v: [c, n, m, "Không áp dụng" if c == "2.2" else v],
    )
    must = own_truth()
    del must["Lạng Sơn", "2.2", "score", 2022]
    return Layout({"Sheet1": rows}, must, {}, own_maxima())


@layout
def final_points_beside_their_parts() -> Layout:
    """Under a title of self-assessment points of appraisal and survey are granted all the same."""
    rows = own(
        ["TT", "Tiêu chí", "Điểm tối đa", "Điểm thẩm định", "Điểm ĐTXHH", "Điểm đạt được"],
        lambda c, n, m, v: [c, n, m, v - 0.25, 0.25, v],
    )
    return Layout({"Sheet1": rows}, own_truth(), {}, own_maxima())


@layout
def a_difference_beside_two_provinces() -> Layout:
    rows: list[list[Any]] = [["TT", "Tiêu chí", "Điểm tối đa", "Lạng Sơn", "Cà Mau", "Chênh lệch"]]
    rows += [[c, n, m, v, v / 2, v - v / 2] for c, n, m, v in TREE]
    must = own_truth()
    must |= {("Cà Mau", c, measure, y): v / 2 for (_, c, measure, y), v in own_truth().items()}
    return Layout({"Sheet1": rows}, must, {}, own_maxima())


@layout
def claimed_and_granted_under_each_province() -> Layout:
    names = NAMES[:4]
    rows: list[list[Any]] = [["TT", "Tiêu chí", "Điểm tối đa"], [None, None, None]]
    merges = []
    for n in names:
        merges.append((1, len(rows[0]) + 1, 1, len(rows[0]) + 2))
        rows[0] += [n, None]
        rows[1] += ["Tự đánh giá", "Thẩm định"]
    rows += [[c, n, m, *[claimed(v, m), v] * 4] for c, n, m, v in TREE]
    must = {(n, c, measure, y): v for n in names for (_, c, measure, y), v in own_truth().items()}
    return Layout({"Sheet1": rows}, must, {}, own_maxima(), {"Sheet1": merges})


@layout
def names_of_areas_over_all_columns() -> Layout:
    names = NAMES[:6]
    rows: list[list[Any]] = [["TT", "Tiêu chí", "Điểm tối đa", *names]]
    merges = []
    must: dict[Key, float] = {}
    for c, name, m, v in TREE:
        if "." not in c:
            merges.append((len(rows) + 1, 1, len(rows) + 1, 9))
            rows.append([f"{ROMAN[int(c) - 1]}. {name.upper()}"])
        else:
            rows.append([c, name, m, *[v] * 6])
            must |= {(n, c, "score", 2022): v for n in names}
    tops = {c: m for c, m in own_maxima().items() if "." in c}
    return Layout({"Sheet1": rows}, must, maxima=tops, merges={"Sheet1": merges})


# --- SIPAS ----------------------------------------------------------------------------------------


@layout
def citizens_and_organisations_under_a_title() -> Layout:
    total, _, rank = satisfaction(310)
    rows: list[list[Any]] = [
        ["CHỈ SỐ HÀI LÒNG (SIPAS) NĂM 2022"],
        ["TT", "Tỉnh", "Người dân (%)", "Tổ chức (%)", "Chỉ số hài lòng chung (%)", "Xếp hạng"],
    ]
    for k, (n, v) in enumerate(total.items(), 1):
        rows.append([k, n, round(v - 0.5, 2), round(v + 0.5, 2), v, rank[n]])
    return Layout({"Sheet1": rows}, satisfied(total, rank), index="SIPAS")
