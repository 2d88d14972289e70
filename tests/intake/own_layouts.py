"""What an office prints of its own province, and signs of tables that only their place explains.

The kinds were found by people who had not seen how tables are read; all figures SYNTHETIC. A
layout with ``aside`` leaves something open: refusing it with its place is right as well.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from combined_layouts import FEW, HEAD, TITLE, Rows, body, plain
from layouts import (
    AREA_NAMES,
    AREAS,
    MAXIMA,
    ROMAN,
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

OWN = "Lạng Sơn"
TITLED = "KẾT QUẢ CHỈ SỐ CCHC NĂM 2022 CỦA TỈNH LẠNG SƠN"
Measured = dict[str, float]


def of_own(measures: dict[str, Measured], year: int = 2022) -> dict[Key, float]:
    """Truth of one province: figures by measure and component."""
    return {
        (OWN, component, measure, year): value
        for measure, figures in measures.items()
        for component, value in figures.items()
    }


def own_points(seed: int) -> tuple[Measured, Measured, Measured]:
    """Points, shares of the maximum and ranks of one province's areas and total."""
    f = figures(seed, [OWN])
    points = dict(zip(AREAS, f.areas[OWN], strict=True)) | {"total": f.total[OWN]}
    tops = maxima_of() | {"total": 100.0}
    shares = {c: round(100 * v / tops[c], 2) for c, v in points.items()}
    ranks = {c: float(1 + (7 * k + seed) % 60) for k, c in enumerate(points)}
    return points, shares, ranks


@layout
def areas_of_one_province_with_points_share_and_rank() -> Layout:
    points, shares, ranks = own_points(801)
    head = ["STT", "Lĩnh vực", "Điểm tối đa", "Điểm đạt được", "Tỷ lệ (%)", "Xếp hạng"]
    names, tops = (*AREA_NAMES, "Tổng cộng"), (*MAXIMA, 100)
    rows: Rows = [[TITLED], head]
    rows += [
        [number, name, vi(top), vi(points[c]), vi(shares[c]), f"{ranks[c]:g}/63"]
        for number, name, top, c in zip((*ROMAN, None), names, tops, points, strict=True)
    ]
    must = of_own({"score": points, "percent": shares, "rank": ranks})
    return Layout({"Sheet1": rows}, must, maxima=maxima_of() | {"total": 100})


@layout
def areas_of_one_province_over_the_years() -> Layout:
    before, now = own_points(802)[0], own_points(803)[0]
    head = ["STT", "Lĩnh vực", "Điểm tối đa", "Năm 2021", "Năm 2022", "Tăng (+), giảm (-)"]
    moved = {c: round(now[c] - before[c], 2) for c in now}
    rows: Rows = [["CHỈ SỐ CCHC CỦA TỈNH LẠNG SƠN GIAI ĐOẠN 2021 - 2022"], head]
    rows += [
        [k, name, top, before[c], now[c], moved[c]]
        for k, (name, top, c) in enumerate(
            zip((*AREA_NAMES, "Tổng điểm"), (*MAXIMA, 100), now, strict=True), 1
        )
    ]
    must = of_own({"score": now, "change_score": moved}) | of_own({"score": before}, 2021)
    return Layout({"Sheet1": rows}, must, maxima=maxima_of() | {"total": 100})


@layout
def areas_of_one_province_in_columns() -> Layout:
    points, _, ranks = own_points(804)
    rows: Rows = [[TITLED], ["Chỉ tiêu", *AREA_NAMES, "Tổng điểm"]]
    rows += [["Điểm tối đa", *MAXIMA, 100], ["Điểm đạt được", *points.values()]]
    rows.append(["Xếp hạng", *ranks.values()])
    tops = maxima_of() | {"total": 100}
    return Layout({"Sheet1": rows}, of_own({"score": points, "rank": ranks}), maxima=tops)


@layout
def years_of_one_province_in_rows() -> Layout:
    rows: Rows = [["KẾT QUẢ CHỈ SỐ CCHC CỦA TỈNH LẠNG SƠN"]]
    rows += [["Năm", "Chỉ số CCHC (%)", "Xếp hạng"], [2021, 84.17, 31], [2022, 86.02, 24]]
    return Layout({"Sheet1": rows}, of_own({"percent": {"total": 86.02}, "rank": {"total": 24}}))


@layout
def indices_of_one_province_in_rows() -> Layout:
    rows: Rows = [
        ["CÁC CHỈ SỐ CỦA TỈNH LẠNG SƠN NĂM 2022"],
        ["STT", "Tên chỉ số", "Kết quả", "Hạng"],
    ]
    named = ("Chỉ số CCHC (PAR INDEX)", "Chỉ số hài lòng (SIPAS)", "PAPI", "PCI")
    rows += [[k, name, 84.1 - 9 * k, 10 + k] for k, name in enumerate(named, 1)]
    return Layout({"Sheet1": rows}, of_own({"percent": {"total": 75.1}, "rank": {"total": 11}}))


@layout
def areas_of_a_district_and_of_an_office() -> Layout:
    rows: Rows = [["KẾT QUẢ CHỈ SỐ CCHC NĂM 2022 CỦA HUYỆN CAO LỘC, TỈNH LẠNG SƠN"]]
    rows += [["STT", "Lĩnh vực", "Điểm"], *[[k, n, k + 1.5] for k, n in enumerate(AREA_NAMES, 1)]]
    return Layout({"Sheet1": rows}, {}, aside=True)


@layout
def areas_of_all_offices_of_one_province() -> Layout:
    rows: Rows = [["ĐIỂM CHỈ SỐ CCHC CỦA CÁC SỞ, BAN, NGÀNH TỈNH LẠNG SƠN NĂM 2022"]]
    rows += [["STT", "Lĩnh vực", "Điểm"], *[[k, n, k + 1.5] for k, n in enumerate(AREA_NAMES, 1)]]
    return Layout({"Sheet1": rows}, {}, aside=True)


@layout
def offices_of_one_province() -> Layout:
    names = ("Sở Nội vụ", "Sở Tài chính", "Sở Tư pháp", "Ban Dân tộc", "Thanh tra tỉnh")
    rows: Rows = [["CHỈ SỐ CCHC NĂM 2022 CÁC SỞ, BAN, NGÀNH TỈNH LẠNG SƠN"]]
    rows += [["STT", "Tên cơ quan", "Tổng điểm", "Xếp hạng"]]
    rows += [[k, n, 90.25 - k, k] for k, n in enumerate(names, 1)]
    return Layout({"Sheet1": rows}, {}, aside=True)


def sheet_of_criteria(
    heads: list[str], scores: Callable[[float], list[Any]], **more: Any
) -> Layout:
    """A province's own sheet with these columns of points; ``scores`` makes them of one."""
    rows: Rows = [["CHẤM ĐIỂM CHỈ SỐ CCHC NĂM 2022 TỈNH LẠNG SƠN"]]
    rows.append(["STT", "Tiêu chí", "Điểm tối đa", *heads])
    rows += [[f"{c}.", n, m, *scores(v)] for c, n, m, v in TREE]
    return Layout({"Sheet1": rows}, own_truth(), {}, own_maxima(), **more)


@layout
def two_rounds_of_appraisal() -> Layout:
    heads = ["Điểm BNV thẩm định lần 1", "Điểm BNV thẩm định lần 2 (chính thức)"]
    return sheet_of_criteria(heads, lambda v: [max(0, v - 0.25), v])


@layout
def the_first_round_of_appraisal_only() -> Layout:
    made = sheet_of_criteria(["Điểm tự chấm", "Điểm thẩm định lần 1"], lambda v: [v, v - 0.25])
    made.must = own_truth("self_assessed")
    return made


@layout
def what_the_ministry_gave_and_what_is_missing() -> Layout:
    heads = ["Điểm BNV chấm", "Chênh lệch so với tối đa", "Nguyên nhân mất điểm"]
    return sheet_of_criteria(heads, lambda v: [v, -0.5, "Chậm tiến độ"])


@layout
def two_years_and_a_sign_under_each_area() -> Layout:
    f, old = figures(811, FEW), figures(812, FEW)
    rows: Rows = [TITLE, ["TT", "Tỉnh"], [None, None]]
    rows[1] += [cell for name in AREA_NAMES for cell in (name, None, None)]
    rows[2] += [2021, 2022, "+/-"] * 8
    both = {n: list(zip(old.areas[n], f.areas[n], strict=True)) for n in FEW}
    moved = {n: [round(b - a, 2) for a, b in pairs] for n, pairs in both.items()}
    rows += body(f, lambda n: [v for a, b in both[n] for v in (a, b, round(b - a, 2))])
    must = area_points(f) | area_points(old, year=2021)
    told = {n: zip(AREAS, moved[n], strict=True) for n in FEW}
    must |= {(n, c, "change_score", 2022): v for n in FEW for c, v in told[n]}
    merges = [(2, 3 * k + 3, 2, 3 * k + 5) for k in range(8)]
    return Layout({"Sheet1": rows}, must, merges={"Sheet1": merges})


@layout
def ranks_by_area_under_one_heading() -> Layout:
    f = figures(813, FEW)
    rows: Rows = [["THỨ HẠNG CÁC LĨNH VỰC CỦA CÁC TỈNH NĂM 2022"]]
    rows += [["TT", "Tỉnh", "Thứ hạng theo lĩnh vực", *[None] * 7, "Xếp hạng chung"]]
    rows.append([None, None, *AREA_NAMES])
    places = {
        n: [1 + sum(f.areas[o][i] > v for o in FEW) for i, v in enumerate(f.areas[n])] for n in FEW
    }
    rows += body(f, lambda n: [*places[n], f.rank[n]])
    must: dict[Key, float] = {(n, "total", "rank", 2022): f.rank[n] for n in FEW}
    must |= {(n, c, "rank", 2022): v for n in FEW for c, v in zip(AREAS, places[n], strict=True)}
    return Layout({"Sheet1": rows}, must, merges={"Sheet1": [(2, 3, 2, 10)]})


def framed(above: list[Any], below: list[Any]) -> Layout:
    """Areas with a row above and one below whose label is merged over number and name."""
    f = figures(814, FEW)
    rows: Rows = [TITLE, ["STT", "Tỉnh", *AREA_NAMES], above, *body(f, lambda n: f.areas[n]), below]
    merges = [(r, 1, r, 2) for r in (3, len(rows))]
    return Layout({"Sheet1": rows}, area_points(f), {}, maxima_of(), {"Sheet1": merges})


@layout
def labels_merged_over_number_and_name() -> Layout:
    best = ["Tỉnh cao nhất", None, *FEW[:8]]
    return framed(["Trọng số (%)", None, *MAXIMA], best)


@layout
def ranks_in_roman_numerals() -> Layout:
    tens = ("", "X")
    ones = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")

    def row(f: Figures, n: str) -> list[Any]:
        return [f.total[n], tens[f.rank[n] // 10] + ones[f.rank[n] % 10]]

    return plain(815, row)


@layout
def a_shared_rank_in_one_merged_cell() -> Layout:
    f = figures(816, FEW)
    order = sorted(f.names, key=lambda n: f.rank[n])
    f.total[order[4]] = f.total[order[3]]
    f.rank[order[4]] = 4
    rows: Rows = [TITLE, HEAD]
    rows += [[k, n, f.total[n], f.rank[n]] for k, n in enumerate(order, 1)]
    rows[6][3] = None
    return Layout({"Sheet1": rows}, ranking(f), merges={"Sheet1": [(6, 4, 7, 4)]})


@layout
def totals_before_and_after_an_explanation() -> Layout:
    heads = ["TT", "Tỉnh", "Tổng điểm trước giải trình", "Tổng điểm sau giải trình", "Xếp hạng"]
    return plain(817, lambda f, n: [f.before[n], f.total[n], f.rank[n]], head=heads)


@layout
def the_own_province_once_more_below() -> Layout:
    f = figures(818, FEW)
    below: Rows = [[None, FEW[3], f.total[FEW[3]], f.rank[FEW[3]]]]
    return plain(818, lambda f, n: [f.total[n], f.rank[n]], below=below)


@layout
def units_of_2025_with_their_members_in_brackets() -> Layout:
    f = figures(819, ("Thái Nguyên", "An Giang", "Huế", "Phú Thọ", "Cao Bằng", "Hà Nội"))
    told = ["Thái Nguyên\n(Bắc Kạn, Thái Nguyên)", "An Giang (Kiên Giang - An Giang)"]
    told += ["Huế (Thừa Thiên Huế)", "Phú Thọ (Vĩnh Phúc, Phú Thọ, Hòa Bình)", *f.names[4:]]
    rows: Rows = [["TT", "Tỉnh", "Tổng điểm", "Xếp hạng"]]
    rows += [
        [k, name, f.total[n], f.rank[n]]
        for k, (n, name) in enumerate(zip(f.names, told, strict=True), 1)
    ]
    return Layout({"Sheet1": rows}, ranking(f, 2025), year=2025)


@layout
def abbreviations_of_areas_and_sources() -> Layout:
    f = figures(820, FEW)
    rows: Rows = [
        TITLE,
        ["TT", "Tỉnh", "Điểm TĐ của BNV", "Điểm ĐTXHH", None, None, "CĐĐH", "TCBM"],
    ]
    rows.append([None, None, None, "LĐQL", "SIPAS", "KTXH", None, None])
    rows += body(f, lambda n: [*f.sources[n], f.areas[n][0], f.areas[n][3]])
    codes = ("appraisal", "survey_leaders", "sipas", "socioeconomic")
    must = {(n, c, "score", 2022): v for n in FEW for c, v in zip(codes, f.sources[n], strict=True)}
    return Layout(
        {"Sheet1": rows}, must | area_points(f, [0, 3]), merges={"Sheet1": [(2, 4, 2, 6)]}
    )
