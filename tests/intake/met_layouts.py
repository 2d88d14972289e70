"""Layouts as offices, portals and papers make them: panels, bands, blocks of years, glued signs.

The kinds were found by people who had not seen how tables are read; all figures SYNTHETIC. A
layout with ``aside`` leaves something open: refusing it with its place is right as well.
"""

from __future__ import annotations

from typing import Any

from combined_layouts import FEW, HEAD, TITLE, Rows, body, nothing, plain, totals
from layouts import (
    AREA_NAMES,
    MAXIMA,
    TREE,
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

REGIONS = ("Đồng bằng sông Hồng", "Trung du và miền núi phía Bắc")


@layout
def two_panels_that_begin_with_the_rank() -> Layout:
    f = figures(601, FEW)
    head = ["Xếp hạng", "Tỉnh, thành phố", "Chỉ số CCHC (%)"]
    rows: Rows = [TITLE, [*head, None, *head]]
    half = [[f.rank[n], n, f.total[n]] for n in f.names]
    rows += [[*a, None, *b] for a, b in zip(half[:7], half[7:], strict=True)]
    return Layout({"Sheet1": rows}, ranking(f))


@layout
def two_panels_with_one_running_number() -> Layout:
    f = figures(621, FEW[:13])
    head = ["Tỉnh, thành phố", "Chỉ số CCHC (%)", "Xếp hạng"]
    half: Rows = [[n, f.total[n], f.rank[n]] for n in f.names]
    pairs = zip(half[:7], [*half[7:], []], strict=True)
    rows: Rows = [TITLE, ["TT", *head, *head]]
    return Layout({"Sheet1": rows + [[k, *a, *b] for k, (a, b) in enumerate(pairs, 1)]}, ranking(f))


@layout
def bands_of_provinces_one_under_another() -> Layout:
    f = figures(602, FEW)
    rows: Rows = [TITLE]
    for names in (f.names[:5], f.names[5:10], f.names[10:]):
        rows += [[], ["TT", "Lĩnh vực", "Điểm tối đa", *names]]
        for i, name in enumerate(AREA_NAMES):
            rows.append([i + 1, name, MAXIMA[i], *[f.areas[n][i] for n in names]])
        rows.append([None, "Tổng điểm", 100, *[f.total[n] for n in names]])
    tops = maxima_of() | {"total": 100}
    return Layout({"Sheet1": rows}, area_points(f) | totals(f), maxima=tops)


@layout
def blocks_of_years_under_one_header() -> Layout:
    f = figures(603, FEW)
    rows: Rows = [["KẾT QUẢ CHỈ SỐ CCHC CÁC NĂM 2021 - 2022"], HEAD]
    rows += [["I. Năm 2021"], *[[k, n, f.before[n], None] for k, n in enumerate(f.names, 1)]]
    rows += [["II. Năm 2022"], *body(f, lambda n: [f.total[n], f.rank[n]])]
    before = {(n, "total", "score", 2021): v for n, v in f.before.items()}
    return Layout({"Sheet1": rows}, ranking(f), before)


@layout
def extremes_under_each_of_two_groups() -> Layout:
    f = figures(604, FEW)
    rows: Rows = [TITLE, HEAD]
    for told, names in (("A. Loại Tốt", f.names[:7]), ("B. Loại Trung bình", f.names[7:])):
        values = [f.total[n] for n in names]
        rows.append([told])
        rows += [[k, n, f.total[n], f.rank[n]] for k, n in enumerate(names, 1)]
        rows += [[None, "Cao nhất", max(values)], [None, "Thấp nhất", min(values)]]
    return Layout({"Sheet1": rows}, ranking(f))


@layout
def sums_carried_from_page_to_page() -> Layout:
    f = figures(605, FEW)
    rows: Rows = [TITLE, HEAD]
    for page, names in enumerate((f.names[:7], f.names[7:])):
        rows += [] if not page else [HEAD, [None, "Trang trước chuyển sang", 600.1]]
        rows += [[7 * page + k, n, f.total[n], f.rank[n]] for k, n in enumerate(names, 1)]
        rows.append([None, "Cộng trang", 1200.2])
    return Layout({"Sheet1": rows}, ranking(f))


@layout
def a_pivot_table_with_its_filters() -> Layout:
    f = figures(606, FEW)
    rows: Rows = [["Năm", 2022], ["Cấp", "Tỉnh"], []]
    rows.append(["Row Labels", "Sum of Tổng điểm CCHC", "Sum of Cải cách thể chế"])
    for region, names in zip(REGIONS, (f.names[:7], f.names[7:]), strict=True):
        rows.append([region, *[round(sum(v), 2) for v in ((f.total[n] for n in names), [9.1])]])
        rows += [[n, f.total[n], f.areas[n][1]] for n in names]
    rows.append(["Grand Total", 1172.3, 112.1])
    return Layout({"Sheet4": rows}, totals(f) | area_points(f, [1]))


@layout
def this_year_beside_last_year() -> Layout:
    f = figures(607, FEW)
    rows: Rows = [TITLE, ["TT", "Tỉnh", "Năm trước", None, "Năm nay", None]]
    rows.append([None, None, "Chỉ số (%)", "Xếp hạng", "Chỉ số (%)", "Xếp hạng"])
    old = {n: 1 + sum(o > v for o in f.before.values()) for n, v in f.before.items()}
    rows += body(f, lambda n: [f.before[n], old[n], f.total[n], f.rank[n]])
    may: dict[Key, float] = {(n, "total", "rank", 2021): old[n] for n in f.names}
    may |= {(n, "total", "score", 2021): f.before[n] for n in f.names}
    merges = [(2, 3, 2, 4), (2, 5, 2, 6)]
    return Layout({"Sheet1": rows}, ranking(f), may, merges={"Sheet1": merges})


@layout
def headings_without_vietnamese_letters() -> Layout:
    f = figures(608, FEW)
    head = ["STT", "TEN_TINH", "CHI_SO_CCHC", "Xep hang", "Cai cach the che"]
    rows: Rows = [head, *body(f, lambda n: [vi(f.total[n]), f.rank[n], vi(f.areas[n][1])])]
    return Layout({"t": rows}, ranking(f) | area_points(f, [1]), suffix=".csv")


@layout
def names_with_what_they_were_made_of() -> Layout:
    f = figures(609, ("Tuyên Quang", "Lào Cai", "Thái Nguyên", "Phú Thọ", "Cao Bằng", "Hà Nội"))
    told = [
        "Tuyên Quang\n(Hà Giang - Tuyên Quang cũ)",
        "Lào Cai (mới) hợp nhất từ: Yên Bái, Lào Cai",
    ]
    rows: Rows = [["TT", "Tỉnh", "Tổng điểm", "Xếp hạng"]]
    rows += [
        [k, name, f.total[n], f.rank[n]]
        for k, (n, name) in enumerate(zip(f.names, [*told, *f.names[2:]], strict=True), 1)
    ]
    return Layout({"Sheet1": rows}, ranking(f, 2025), year=2025)


@layout
def points_and_maximum_in_each_cell() -> Layout:
    f = figures(610, FEW)
    rows: Rows = [TITLE, ["TT", "Tỉnh", *AREA_NAMES, "Tổng điểm", "Xếp hạng"]]
    rows += body(
        f,
        lambda n: [
            *[f"{vi(v)}/{vi(m, 1)}" for v, m in zip(f.areas[n], MAXIMA, strict=True)],
            f"{vi(f.total[n])}/100",
            f"{f.rank[n]}/14",
        ],
    )
    tops = maxima_of() | {"total": 100}
    return Layout({"Sheet1": rows}, area_points(f) | ranking(f), maxima=tops)


@layout
def signs_around_figures() -> Layout:
    def row(f: Any, n: str) -> list[Any]:
        return [
            f"● {vi(f.total[n])} (▲1,25)",
            f"#{f.rank[n]}" if f.rank[n] > 5 else f"{f.rank[n]}=",
        ]

    return plain(611, row)


@layout
def why_some_were_not_assessed() -> Layout:
    f = figures(612, FEW)
    said = "Không đánh giá (theo Công văn số 12/BNV)"
    rows: Rows = [TITLE, HEAD, *body(f, lambda n: [f.total[n], f.rank[n]])]
    rows[4] = [3, f.names[2], said, None]
    must = {key: v for key, v in ranking(f).items() if key[0] != f.names[2]}
    return Layout({"Sheet1": rows}, must, merges={"Sheet1": [(5, 3, 5, 4)]})


@layout
def codes_behind_their_words() -> Layout:
    rows: Rows = [["ĐIỂM CHỈ SỐ CCHC NĂM 2022 CỦA TỈNH LẠNG SƠN"]]
    rows.append(["Lĩnh vực/Tiêu chí/Tiêu chí thành phần", "Điểm tối đa", "Điểm thẩm định"])
    words = {0: "Lĩnh vực", 1: "TC", 2: "TCTP"}
    rows += [[f"{words[c.count('.')]} {c}: {n}", m, v] for c, n, m, v in TREE]
    return Layout({"Sheet1": rows}, own_truth(), {}, own_maxima())


@layout
def a_dash_that_the_note_calls_zero() -> Layout:
    below: Rows = [["Ghi chú: Dấu (-): 0 điểm"]]
    made = plain(613, lambda f, n: [f.total[n], f.rank[n]], below=below, must=nothing, aside=True)
    made.sheets["Sheet1"][3][2] = "-"
    made.may = ranking(figures(613, FEW))
    del made.may[FEW[1], "total", "score", 2022]
    return made


@layout
def provinces_that_share_merged_cells() -> Layout:
    f = figures(614, FEW)
    rows: Rows = [TITLE, HEAD, *body(f, lambda n: [f.total[n], f.rank[n]])]
    rows[4][2:] = [None, None]
    merges = [(4, 3, 5, 3), (4, 4, 5, 4)]
    return Layout({"Sheet1": rows}, ranking(f), merges={"Sheet1": merges}, aside=True)


@layout
def towns_that_bear_the_names_of_provinces() -> Layout:
    f = figures(615, FEW)
    rows: Rows = [TITLE, HEAD]
    rows += [[k, f"TP. {n}", f.total[n], f.rank[n]] for k, n in enumerate(f.names[1:], 1)]
    return Layout({"Sheet1": rows}, {}, aside=True)


@layout
def units_below_the_province_by_their_heading() -> Layout:
    return plain(
        616,
        lambda f, n: [f.total[n], f.rank[n]],
        head=["TT", "Đơn vị cấp huyện", "Tổng điểm", "Xếp hạng"],
        must=nothing,
        aside=True,
    )


@layout
def points_of_football_clubs() -> Layout:
    rows: Rows = [["Đội", "Trận", "Điểm"]]
    rows += [[n, 12, 30 - k] for k, n in enumerate(FEW)]
    return Layout({"Sheet1": rows}, {}, aside=True)


@layout
def counts_under_the_name_of_an_area() -> Layout:
    f = figures(617, FEW)
    rows: Rows = [TITLE, ["TT", "Tỉnh", "Tổng số TTHC", "Chỉ số CCHC (%)"]]
    rows += body(f, lambda n: [1700 + len(n), f.total[n]])
    return Layout({"Sheet1": rows}, totals(f))


@layout
def areas_of_another_row_of_maxima() -> Layout:
    f = figures(618, FEW)
    rows: Rows = [TITLE, ["TT", "Tỉnh", *AREA_NAMES]]
    rows += body(f, lambda n: [f"{vi(v)}/63" for v in f.areas[n]])
    return Layout({"Sheet1": rows}, {}, aside=True)
