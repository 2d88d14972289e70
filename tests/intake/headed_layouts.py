"""Tables whose headings mean what the columns beside them make of them; all figures SYNTHETIC.

Changes beside ranks and beside claimed points, lists of years, criteria without their areas, maxima
and points of each source, sources of points in rows, questions under factors.
"""

from __future__ import annotations

from combined_layouts import FEW, HEAD, TITLE, Rows
from layouts import (
    AREA_NAMES,
    AREAS,
    FACTOR_NAMES,
    FACTORS,
    MAXIMA,
    ROMAN,
    TREE,
    Key,
    Layout,
    area_points,
    claimed,
    figures,
    layout,
    maxima_of,
    ranking,
)

OWN = "KẾT QUẢ CHỈ SỐ CCHC NĂM 2022 CỦA TỈNH LẠNG SƠN"
LEAVES = [t for t in TREE if t[0] in ("1.1.1", "1.1.2", "1.2.1", "1.2.2", "2.1", "2.2")]
SINGLE = ["Lạng Sơn"]


def points(rows: list[tuple[str, str, float, float]], measure: str = "score") -> dict[Key, float]:
    """Truth of some criteria of Lạng Sơn."""
    return {("Lạng Sơn", code, measure, 2022): v for code, _, _, v in rows}


def tops(rows: list[tuple[str, str, float, float]]) -> dict[str, float]:
    """Their maxima."""
    return {code: top for code, _, top, _ in rows}


# --- changes and years ----------------------------------------------------------------------------


def years_in(title: str) -> Layout:
    """Three years under a title, and a change without a year."""
    f = figures(811, FEW)
    years = {n: [f.before[n] - 1, f.before[n], f.total[n]] for n in f.names}
    rows: Rows = [[title], ["TT", "Tỉnh", "Năm 2020", "Năm 2021", "Năm 2022", "Tăng/giảm"]]
    must: dict[Key, float] = {}
    for k, (n, three) in enumerate(years.items(), 1):
        moved = round(three[2] - three[1], 2)
        rows.append([k, n, *three, moved])
        must |= {(n, "total", "score", 2020 + y): v for y, v in enumerate(three)}
        must[n, "total", "change_score", 2022] = moved
    return Layout({"Sheet1": rows}, must)


@layout
def years_listed_in_the_title() -> Layout:
    return years_in("CHỈ SỐ CCHC CÁC NĂM 2020, 2021 VÀ 2022")


@layout
def a_title_of_the_first_of_the_years_that_the_columns_name() -> Layout:
    return years_in("CHỈ SỐ CCHC TỪ NĂM 2021")


@layout
def arrows_of_places_without_a_word_of_places() -> Layout:
    f = figures(812, FEW)
    moved = [5, -3, 0, 12, -1, 2, -7, 1, 3, -2, 4, 6]
    rows: Rows = [TITLE, ["TT", "Tỉnh", "Chỉ số CCHC", "Xếp hạng", "So với 2021"]]
    must = ranking(f)
    for k, n in enumerate(f.names):
        by = moved[k % len(moved)]
        shown = "→" if not by else f"{'↑' if by > 0 else '↓'}{abs(by)}"
        rows.append([k + 1, n, f.total[n], f.rank[n], shown])
        must[n, "total", "change_rank", 2022] = by
    return Layout({"Sheet1": rows}, must)


@layout
def whole_numbers_of_a_change_beside_points_with_decimals() -> Layout:
    f = figures(813, FEW)
    rows: Rows = [TITLE, ["TT", "Tỉnh", "Chỉ số CCHC", "Tăng/giảm"]]
    rows += [[k, n, f.total[n], (-1) ** k * k] for k, n in enumerate(f.names, 1)]
    must = {(n, "total", "score", 2022): f.total[n] for n in f.names}
    return Layout({"Sheet1": rows}, must)


@layout
def granted_on_claimed_points_in_a_column_of_changes() -> Layout:
    f = figures(814, SINGLE)
    title = (
        "So sánh điểm tự chấm và điểm Bộ Nội vụ công bố - Chỉ số CCHC năm 2022 của tỉnh Lạng Sơn"
    )
    rows: Rows = [[title], ["STT", "Lĩnh vực", "Điểm tự chấm", "Điểm đạt", "Tăng/giảm"]]
    must = area_points(f)
    for k, (name, v) in enumerate(zip(AREA_NAMES, f.areas["Lạng Sơn"], strict=True)):
        rows.append([ROMAN[k], name, v + 0.25, v, -0.25])
        must["Lạng Sơn", AREAS[k], "self_assessed", 2022] = v + 0.25
    return Layout({"Sheet1": rows}, must)


@layout
def a_province_with_a_mark_and_the_only_remark() -> Layout:
    f = figures(815, FEW)
    rows: Rows = [TITLE, [*HEAD, "Ghi chú"]]
    for k, n in enumerate(f.names, 1):
        own = n == f.names[4]
        rows.append([k, f"* {n}" if own else n, f.total[n], f.rank[n], "tỉnh ta" if own else None])
    return Layout({"Sheet1": rows}, ranking(f))


# --- criteria -------------------------------------------------------------------------------------


@layout
def criteria_without_their_areas() -> Layout:
    rows: Rows = [[OWN], ["Mã", "Tên tiêu chí", "Điểm tối đa", "Điểm đạt", "Cơ quan chủ trì"]]
    rows += [[*t, "Sở Nội vụ"] for t in LEAVES]
    return Layout({"Sheet1": rows}, points(LEAVES), maxima=tops(LEAVES))


@layout
def criteria_without_areas_claimed_and_appraised() -> Layout:
    tree = [t for t in TREE if "." in t[0]]
    rows: Rows = [[OWN], ["STT", "Tiêu chí", "Điểm tối đa", "Tự chấm", "Thẩm định"]]
    rows += [[c, n, m, claimed(v, m), v] for c, n, m, v in tree]
    own = points([(c, n, m, claimed(v, m)) for c, n, m, v in tree], "self_assessed")
    return Layout({"Sheet1": rows}, points(tree) | own, maxima=tops(tree))


@layout
def criteria_that_lost_points_and_their_departments() -> Layout:
    rows: Rows = [["CÁC TIÊU CHÍ MẤT ĐIỂM TRONG CHỈ SỐ CCHC NĂM 2022 CỦA TỈNH LẠNG SƠN"]]
    rows.append(["TT", "Tiêu chí mất điểm", "Điểm tối đa", "Điểm đạt được", "Cơ quan chủ trì"])
    rows += [[k, f"Tiêu chí {c}: {n}", m, v, "Sở Nội vụ"] for k, (c, n, m, v) in enumerate(LEAVES)]
    return Layout({"Sheet1": rows}, points(LEAVES), maxima=tops(LEAVES))


@layout
def points_that_were_approved() -> Layout:
    rows: Rows = [[OWN], ["Mã", "Tiêu chí", "Điểm tối đa", "Điểm được phê duyệt"]]
    rows += [list(t) for t in LEAVES]
    return Layout({"Sheet1": rows}, points(LEAVES), maxima=tops(LEAVES))


@layout
def maxima_and_points_of_each_source() -> Layout:
    heads = ["Thẩm định", "ĐTXHH", "Tổng"]
    rows: Rows = [[OWN], ["STT", "Tiêu chí", "Điểm tối đa", *[None] * 2, "Điểm đạt", *[None] * 2]]
    rows.append([None, None, *heads, *heads])
    rows += [[c, n, m - 0.5, 0.5, m, v - 0.25, 0.25, v] for c, n, m, v in LEAVES]
    merges = {"Sheet1": [(2, 3, 2, 5), (2, 6, 2, 8), (2, 1, 3, 1), (2, 2, 3, 2)]}
    return Layout({"Sheet1": rows}, points(LEAVES), maxima=tops(LEAVES), merges=merges)


@layout
def maxima_and_points_of_each_source_in_one_line_of_headings() -> Layout:
    of = ["(thẩm định)", "(ĐTXHH)"]
    rows: Rows = [[OWN], ["STT", "Tiêu chí", *[f"Điểm tối đa {o}" for o in of], "Điểm đạt được"]]
    rows += [[c, n, m - 0.5, 0.5, v] for c, n, m, v in LEAVES]
    return Layout({"Sheet1": rows}, points(LEAVES))


# --- one province ---------------------------------------------------------------------------------


@layout
def points_of_the_ministry_in_a_row_over_all_areas() -> Layout:
    f = figures(821, SINGLE)
    own, total = f.areas["Lạng Sơn"], f.total["Lạng Sơn"]
    rows: Rows = [[OWN], ["Nội dung", *AREA_NAMES, "Tổng điểm"], ["Điểm tối đa", *MAXIMA, 100]]
    rows.append(["Điểm tự chấm", *[round(v + 0.1, 2) for v in own], round(total + 0.8, 2)])
    rows.append(["Điểm Bộ Nội vụ công bố", *own, total])
    shares = [round(100 * v / m, 2) for v, m in zip((*own, total), (*MAXIMA, 100), strict=True)]
    rows.append(["Tỷ lệ % so với điểm tối đa", *shares])
    claims = [round(v + 0.1, 2) for v in own] + [round(total + 0.8, 2)]
    must = area_points(f) | {("Lạng Sơn", "total", "score", 2022): total}
    may: dict[Key, float] = {}
    for code, v, share in zip((*AREAS, "total"), claims, shares, strict=True):
        must["Lạng Sơn", code, "self_assessed", 2022] = v
        may["Lạng Sơn", code, "percent", 2022] = share
    return Layout({"Sheet1": rows}, must, may)


@layout
def sources_of_points_in_rows() -> Layout:
    lines: list[tuple[str, str, float, float]] = [
        ("appraisal", "Điểm thẩm định", 61.5, 50.5),
        ("survey_leaders", "Điều tra xã hội học lãnh đạo, quản lý", 22, 18.25),
        ("sipas", "Chỉ số hài lòng (SIPAS)", 10, 8.5),
        ("socioeconomic", "Tác động đến phát triển kinh tế - xã hội", 6.5, 5.25),
        ("total", "Tổng điểm", 100, 82.5),
    ]
    rows: Rows = [[OWN], ["Nguồn điểm", "Điểm tối đa", "Điểm đạt được"]]
    rows += [[name, top, v] for _, name, top, v in lines]
    must = {("Lạng Sơn", code, "score", 2022): v for code, _, _, v in lines}
    return Layout({"Sheet1": rows}, must, maxima={code: top for code, _, top, _ in lines})


@layout
def a_province_beside_the_best_and_the_lowest() -> Layout:
    f = figures(822, SINGLE)
    rows: Rows = [[OWN], ["TT", "Lĩnh vực", "Lạng Sơn", None, "Cao nhất cả nước", None]]
    rows.append([None, None, "Điểm", "Xếp hạng", "Điểm", "Tỉnh, thành phố"])
    best = zip(AREA_NAMES, f.areas["Lạng Sơn"], MAXIMA, strict=True)
    rows += [[k, name, v, k + 20, top, "Hải Phòng"] for k, (name, v, top) in enumerate(best, 1)]
    merges = {"Sheet1": [(2, 3, 2, 4), (2, 5, 2, 6), (2, 1, 3, 1), (2, 2, 3, 2)]}
    return Layout({"Sheet1": rows}, area_points(f), merges=merges)


@layout
def questions_under_the_factors() -> Layout:
    rows: Rows = [["CHỈ SỐ HÀI LÒNG (SIPAS) NĂM 2022 CỦA TỈNH LẠNG SƠN"]]
    rows.append(["STT", "Nội dung", "Chỉ số hài lòng (%)"])
    must: dict[Key, float] = {}
    for k, (code, name) in enumerate(zip(FACTORS, FACTOR_NAMES, strict=True), 1):
        rows.append([k, name, 80.25 + k])
        # a question has words of another factor
        rows += [[f"{k}.{q}", f"{FACTOR_NAMES[-k]} dễ hiểu", 70.5 + q] for q in (1, 2, 3)]
        must["Lạng Sơn", code, "percent", 2022] = 80.25 + k
    return Layout({"Sheet1": rows}, must, index="SIPAS")


@layout
def points_over_their_maximum_claimed_and_appraised() -> Layout:
    f = figures(823, SINGLE)
    title = "KẾT QUẢ TỰ ĐÁNH GIÁ, CHẤM ĐIỂM CHỈ SỐ CCHC NĂM 2022 CỦA TỈNH LẠNG SƠN"
    heads = ["Điểm tự chấm/Điểm tối đa", "Điểm thẩm định/Điểm tối đa"]
    rows: Rows = [[title], ["STT", "Lĩnh vực", *heads]]
    must = area_points(f)
    lines = zip(AREA_NAMES, f.areas["Lạng Sơn"], MAXIMA, strict=True)
    for k, (name, v, top) in enumerate(lines):
        rows.append([ROMAN[k], name, f"{v + 0.1:.2f}/{top:.2f}", f"{v:.2f}/{top:.2f}"])
        must["Lạng Sơn", AREAS[k], "self_assessed", 2022] = round(v + 0.1, 2)
    return Layout({"Sheet1": rows}, must, maxima=maxima_of())


@layout
def areas_claimed_and_appraised_with_their_sum() -> Layout:
    f = figures(824, SINGLE)
    own, total = f.areas["Lạng Sơn"], f.total["Lạng Sơn"]
    rows: Rows = [[OWN], ["STT", "Lĩnh vực", "Điểm tối đa", "Tự đánh giá", "Điểm thẩm định"]]
    rows += [
        [ROMAN[k], name, MAXIMA[k], round(v + 0.1, 2), v]
        for k, (name, v) in enumerate(zip(AREA_NAMES, own, strict=True))
    ]
    rows.append([None, "Tổng", 100, round(total + 0.8, 2), total])
    must = area_points(f) | {("Lạng Sơn", "total", "score", 2022): total}
    for code, v in zip((*AREAS, "total"), (*own, total + 0.7), strict=True):
        must["Lạng Sơn", code, "self_assessed", 2022] = round(v + 0.1, 2)
    return Layout({"Sheet1": rows}, must, maxima=maxima_of() | {"total": 100})
