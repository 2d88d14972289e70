"""Tables whose figures are others than they seem, and more forms of titles, maxima and codes.

Titles of other figures, ranks of other things, sums of some areas, shares of one answer; all
figures SYNTHETIC. A layout with ``aside`` leaves something open: refusing it with its place is
right as well.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from combined_layouts import FEW, HEAD, TITLE, Rows, body, nothing, plain, totals
from layouts import (
    AREA_NAMES,
    AREAS,
    MAXIMA,
    SHORT,
    TREE,
    Figures,
    Key,
    Layout,
    area_points,
    figures,
    layout,
    maxima_of,
    own_maxima,
    own_truth,
    ranking,
    vi,
)

OWN = "KẾT QUẢ CHỈ SỐ CCHC NĂM 2022 CỦA TỈNH LẠNG SƠN"
CODED = ["STT", "Tiêu chí", "Điểm tối đa"]


def ranked(f: Figures, n: str) -> list[Any]:
    """Total and rank of a province."""
    return [f.total[n], f.rank[n]]


def titled(name: str, title: str, **more: Any) -> None:
    """Add a ranking under a title that says that its figures are none of the index."""

    def make() -> Layout:
        return plain(701, ranked, title=[title], must=nothing, aside=True, **more)

    make.__name__ = name
    layout(make)


titled("a_title_of_points_without_bonus", "CHỈ SỐ CCHC NĂM 2022 (CHƯA TÍNH ĐIỂM THƯỞNG)")
titled("a_title_of_half_a_year", "KẾT QUẢ CHẤM ĐIỂM CCHC 6 THÁNG ĐẦU NĂM 2022")
titled("a_title_of_the_mean_of_years", "CHỈ SỐ CCHC TRUNG BÌNH GIAI ĐOẠN 2020-2022")
titled("a_title_of_tax_offices", "CHỈ SỐ CCHC CỦA CỤC THUẾ CÁC TỈNH NĂM 2022")
titled("a_title_of_an_unknown_index", "CHỈ SỐ MINH BẠCH CỦA CÁC TỈNH NĂM 2022")
titled("a_title_of_a_contest", "KẾT QUẢ CUỘC THI TRỰC TUYẾN VỀ CCHC NĂM 2022")
titled("a_title_of_another_service", "CHỈ SỐ HÀI LÒNG VỀ THỦ TỤC ĐẤT ĐAI NĂM 2022", index="SIPAS")


def sided(
    name: str,
    heads: list[str],
    row: Callable[[Figures, str], list[Any]],
    truth: Callable[[Figures], dict[Key, float]],
    **more: Any,
) -> None:
    """Add a table with columns that seem to be what they are not."""

    def make() -> Layout:
        return plain(702, row, head=["TT", "Tỉnh", *heads], must=truth, **more)

    make.__name__ = name
    layout(make)


def lines_of(f: Figures, n: str, share: float = 1.0) -> list[float]:
    """Points of all areas, or a share of them."""
    return [round(v * share, 2) for v in f.areas[n]]


sided(
    "counts_and_rates_of_areas",
    ["Số văn bản QPPL", "Tỷ lệ TTHC", "CBCC", "Tổng điểm"],
    lambda f, n: [7, 93.4, 8 + len(n), f.total[n]],
    totals,
)
sided(
    "changes_of_which_none_has_a_sign",
    ["Tổng điểm", "Xếp hạng", "Tăng/giảm hạng", "Giảm so với 2021 (điểm)"],
    lambda f, n: [*ranked(f, n), len(n), 0.5],
    ranking,
)
sided(
    "points_of_seven_areas_and_their_sum",
    [*SHORT[:7], "Tổng điểm"],
    lambda f, n: [*f.areas[n][:7], round(sum(f.areas[n][:7]), 2)],
    lambda f: area_points(f, range(7)),
)
sided(
    "areas_that_make_up_one_source",
    [*SHORT, "Tổng điểm thẩm định"],
    lambda f, n: [*lines_of(f, n, 0.7), round(sum(lines_of(f, n, 0.7)), 2)],
    lambda f: {(n, "appraisal", "score", 2022): sum(lines_of(f, n, 0.7)) for n in f.names},
)
sided(
    "points_of_the_economy_within_those_of_the_appraisal",
    [
        "Điểm thẩm định (gồm tác động KT-XH)",
        "Điểm thẩm định (chưa gồm tác động KT-XH)",
        "Tổng điểm",
    ],
    lambda f, n: [f.sources[n][0] + f.sources[n][3], f.sources[n][0], f.total[n]],
    lambda f: (
        totals(f)
        | {(n, "appraisal", "score", 2022): f.sources[n][0] + f.sources[n][3] for n in f.names}
    ),
)
sided(
    "the_economy_broken_at_its_hyphen",
    ["Điểm tác động KT- XH", "Tổng điểm"],
    lambda f, n: [f.sources[n][3], f.total[n]],
    lambda f: totals(f) | {(n, "socioeconomic", "score", 2022): f.sources[n][3] for n in f.names},
)
sided(
    "levels_of_headings_in_one_cell",
    ["Cải cách thể chế - Điểm", "Cải cách thể chế - Tự đánh giá", "Tổng điểm"],
    lambda f, n: [f.areas[n][1], 9.9, f.total[n]],
    lambda f: (
        totals(f) | area_points(f, [1]) | {(n, "A2", "self_assessed", 2022): 9.9 for n in f.names}
    ),
)
sided(
    "ranks_of_the_rate_of_tasks",
    ["Số nhiệm vụ", "Tỷ lệ hoàn thành nhiệm vụ CCHC (%)", "Xếp hạng"],
    lambda f, n: [80, 91.5, f.rank[n]],
    nothing,
    title=["TÌNH HÌNH THỰC HIỆN KẾ HOẠCH CCHC NĂM 2022"],
    aside=True,
)
sided(
    "shares_of_each_answer",
    ["Rất hài lòng (%)", "Hài lòng (%)", "Bình thường (%)"],
    lambda f, n: [20.1, f.total[n] - 20, 10.5],
    nothing,
    title=["CHỈ SỐ HÀI LÒNG (SIPAS) NĂM 2022"],
    index="SIPAS",
    aside=True,
)


@layout
def ranks_that_begin_anew_in_each_group() -> Layout:
    f = figures(703, FEW)
    rows: Rows = [TITLE, HEAD]
    for told, names in (("Nhóm đồng bằng", f.names[:7]), ("Nhóm miền núi", f.names[7:])):
        order = sorted(names, key=lambda n: -f.total[n])
        rows += [[told], *[[k, n, f.total[n], order.index(n) + 1] for k, n in enumerate(names, 1)]]
    return Layout({"Sheet1": rows}, totals(f))


@layout
def a_name_of_an_area_broken_before_its_last_word() -> Layout:
    f = figures(709, FEW)
    rows: Rows = [TITLE, ["TT", "Tỉnh", "Chính quyền", "Tổng điểm"], [None, None, "số", None]]
    rows += body(f, lambda n: [f.areas[n][6], f.total[n]])
    return Layout({"Sheet1": rows}, totals(f) | area_points(f, [6]))


def beside(name: str, heads: list[str], title: str, *columns: str) -> None:
    """Add a table with the first ten at the left and the last ten at the right."""

    def make() -> Layout:
        f = figures(717)
        order = sorted(f.names, key=f.rank.__getitem__)
        told = {"name": str, "score": f.total.__getitem__, "rank": f.rank.__getitem__}
        rows: Rows = [[title], heads]
        for k in range(10):
            rows.append([told[c](n) for n in (order[k], order[k - 10]) for c in columns])
        kept = {*order[:10], *order[-10:]}
        truth = ranking(f) if "rank" in columns else totals(f)
        return Layout({"Sheet1": rows}, {key: v for key, v in truth.items() if key[0] in kept})

    make.__name__ = name
    layout(make)


beside(
    "the_first_and_the_last_under_other_headings_of_names",
    ["10 địa phương dẫn đầu", "Chỉ số (%)", "10 địa phương cuối bảng", "Chỉ số (%)"],
    "CHỈ SỐ CCHC NĂM 2022: 10 ĐỊA PHƯƠNG ĐẦU VÀ 10 ĐỊA PHƯƠNG CUỐI",
    *("name", "score"),
)
beside(
    "the_first_and_the_last_with_ranks_before_the_names",
    ["Hạng", "Tỉnh dẫn đầu", "Tổng điểm", "Xếp hạng", "Địa phương cuối bảng", "Điểm", "Ghi chú"],
    "CHỈ SỐ CCHC NĂM 2022",
    *("rank", "name", "score"),
)


@layout
def maxima_with_words_above_the_numbers_of_columns() -> Layout:
    f = figures(704, FEW)
    rows: Rows = [TITLE, ["TT", "Tỉnh", *AREA_NAMES, "Tổng điểm"]]
    rows.append([None, "Tối đa", *[f"{vi(m, 1)}đ" for m in MAXIMA], "100 điểm"])
    rows.append([f"({k})" for k in range(1, 12)])
    rows += body(f, lambda n: [*f.areas[n], f.total[n]])
    tops = maxima_of() | {"total": 100}
    return Layout({"Sheet1": rows}, totals(f) | area_points(f), maxima=tops)


@layout
def maxima_of_ministries_above_them() -> Layout:
    f = figures(705, FEW)
    rows: Rows = [TITLE, ["TT", "Đơn vị", "Điểm thẩm định", "Điểm ĐTXHH", "Tổng điểm", "Xếp hạng"]]
    rows += [["A", "CÁC BỘ"], [None, "Điểm tối đa", 69.5, 30.5, 100]]
    rows += [[1, "Bộ Tư pháp", 64, 27.5, 91.5, 1], [2, "Bộ Tài chính", 63.1, 27.3, 90.4, 2]]
    rows += [["B", "CÁC TỈNH"], [None, "Điểm tối đa", 61.5, 38.5, 100]]
    two = {n: (f.sources[n][0], round(f.total[n] - f.sources[n][0], 2)) for n in f.names}
    rows += body(f, lambda n: [*two[n], *ranked(f, n)])
    must = ranking(f)
    for k, source in enumerate(("appraisal", "survey")):
        must |= {(n, source, "score", 2022): two[n][k] for n in f.names}
    return Layout({"S": rows}, must, maxima={"appraisal": 61.5, "survey": 38.5, "total": 100})


@layout
def satisfaction_above_and_the_index_below() -> Layout:
    f = figures(706, FEW)
    head = ["STT", "Tỉnh", "Chỉ số (%)", "Xếp hạng"]
    rows: Rows = [["BẢNG 1. CHỈ SỐ HÀI LÒNG NĂM 2022"], head, *body(f, lambda n: [f.before[n], 2])]
    rows += [[], [], ["BẢNG 2. CHỈ SỐ CẢI CÁCH HÀNH CHÍNH NĂM 2022"], head]
    rows += body(f, lambda n: ranked(f, n))
    return Layout({"Sheet1": rows}, ranking(f))


# --- criteria in rows -----------------------------------------------------------------------------


def own(name: str, code: Callable[[str], str], **more: Any) -> None:
    """Add a province's own sheet with codes written otherwise."""

    def make() -> Layout:
        rows: Rows = [[OWN], [*CODED, "Điểm đạt"]]
        rows += [[code(c), n, m, v] for c, n, m, v in TREE]
        return Layout({"Sheet1": rows}, own_truth(), {}, own_maxima(), **more)

    make.__name__ = name
    layout(make)


own("codes_glued_to_their_words", lambda c: f"{('LV', 'TC', 'TCTP')[c.count('.')]}{c}")
own("roman_numbers_in_all_codes", lambda c: c.replace("1", "I", 1) if c[0] == "1" else f"II{c[1:]}")


@layout
def areas_in_capitals_behind_their_number() -> Layout:
    rows: Rows = [[OWN], ["Lĩnh vực/Tiêu chí", "Điểm tối đa", "Điểm đạt"]]
    rows += [[f"{c}. {n}" if "." in c else f"{c} {n.upper()}", m, v] for c, n, m, v in TREE]
    return Layout({"Sheet1": rows}, own_truth(), {}, own_maxima())


@layout
def a_tab_of_one_area_with_its_sum() -> Layout:
    tree = [t for t in TREE if t[0].startswith("2.")] + [("2.3", "Kiểm tra văn bản", 2.0, 1.5)]
    rows: Rows = [[OWN], ["Lĩnh vực II: Cải cách thể chế"], [*CODED, "Điểm đạt"]]
    rows += [list(t) for t in tree]
    rows.append([None, "Cộng", 12, 10])
    must = {("Lạng Sơn", code, "score", 2022): v for code, _, _, v in tree}
    must["Lạng Sơn", "A2", "score", 2022] = 10
    return Layout({"Sheet1": rows}, must, maxima={code: m for code, _, m, _ in tree} | {"A2": 12.0})


@layout
def points_of_an_office_beside_those_granted() -> Layout:
    rows: Rows = [[OWN], [*CODED, "Sở Nội vụ chấm", "Điểm thẩm định"]]
    rows += [[c, n, m, m, v] for c, n, m, v in TREE]
    return Layout({"Sheet1": rows}, {}, own_truth(), own_maxima(), aside=True)


@layout
def a_sheet_of_a_district() -> Layout:
    rows: Rows = [["CHỈ SỐ CCHC NĂM 2022 HUYỆN CAO LỘC, TỈNH LẠNG SƠN"], [*CODED, "Điểm đạt"]]
    rows += [list(t) for t in TREE]
    return Layout({"Sheet1": rows}, {}, aside=True)


@layout
def two_columns_under_each_province_without_codes() -> Layout:
    f = figures(707, FEW[:4])
    rows: Rows = [TITLE, ["TT", "Lĩnh vực", *[t for n in f.names for t in (n, None)]]]
    rows.append([None, None, *["Điểm", "Hạng"] * 4])
    for i, name in enumerate(AREA_NAMES):
        rows.append([i + 1, name, *[t for n in f.names for t in (f.areas[n][i], i + 3)]])
    merges = [(2, 3 + 2 * k, 2, 4 + 2 * k) for k in range(4)]
    return Layout({"Sheet1": rows}, area_points(f), merges={"Sheet1": merges})


@layout
def ranks_of_areas_by_the_title() -> Layout:
    f = figures(708, FEW[:6])
    rows: Rows = [["XẾP HẠNG CÁC LĨNH VỰC CHỈ SỐ CCHC NĂM 2022"], ["TT", "Lĩnh vực", *f.names]]
    rows += [[i + 1, name, *range(i + 1, i + 7)] for i, name in enumerate(AREA_NAMES)]
    must = {
        (n, a, "rank", 2022): float(i + 1 + k)
        for i, a in enumerate(AREAS)
        for k, n in enumerate(f.names)
    }
    return Layout({"Sheet1": rows}, must)
