"""Groups of other units, rows of measures, sources that only sums tell, marks of what is missing.

As offices put a year's papers together, and as statisticians keep them; all figures SYNTHETIC. A
layout with ``aside`` leaves something open: refusing it with its place is right as well.
"""

from __future__ import annotations

from typing import Any

from combined_layouts import FEW, HEAD, TITLE, Rows, body, nothing, plain, ranks_of_areas, totals
from layouts import (
    AREA_NAMES,
    AREAS,
    TREE,
    Key,
    Layout,
    area_points,
    figures,
    layout,
    own_maxima,
    own_truth,
    ranking,
)

DISTRICTS = ("Huyện Chi Lăng", "Thành phố Lạng Sơn", "Huyện Bình Gia", "Huyện Hữu Lũng")
OFFICES = ("Sở Nội vụ", "Sở Tư pháp", "Văn phòng UBND tỉnh")


def others(names: tuple[str, ...]) -> Rows:
    """Rows of units that are no provinces."""
    return [[k, n, 90.5 - k, k] for k, n in enumerate(names, 1)]


def ranked(f: Any, n: str) -> list[Any]:
    """Total and rank of a province."""
    return [f.total[n], f.rank[n]]


@layout
def districts_and_offices_below_the_provinces() -> Layout:
    f = figures(801, FEW)
    rows: Rows = [["KẾT QUẢ CHỈ SỐ CCHC NĂM 2022"], ["STT", "Đơn vị", "Tổng điểm", "Xếp hạng"]]
    rows += [["A", "CÁC TỈNH, THÀNH PHỐ"], *body(f, lambda n: ranked(f, n))]
    rows += [["B", "CÁC HUYỆN, THÀNH PHỐ THUỘC TỈNH LẠNG SƠN"], *others(DISTRICTS)]
    rows += [["C", "CÁC SỞ, BAN, NGÀNH"], *others(OFFICES)]
    return Layout({"Sheet1": rows}, ranking(f))


@layout
def districts_with_names_of_provinces_above_them() -> Layout:
    f = figures(802, FEW)
    rows: Rows = [["KẾT QUẢ CHỈ SỐ CCHC NĂM 2022"], ["STT", "Đơn vị", "Tổng điểm", "Xếp hạng"]]
    rows += [["I", "UBND các huyện, thị xã"], *others(("Lạng Sơn", "Chi Lăng", "Bình Gia"))]
    rows += [["II", "Các tỉnh trực thuộc trung ương"], *body(f, lambda n: ranked(f, n))]
    return Layout({"Sheet1": rows}, ranking(f))


@layout
def a_line_about_districts_between_the_provinces_and_their_mean() -> Layout:
    f = figures(803, FEW)
    rows: Rows = [TITLE, HEAD, *body(f, lambda n: ranked(f, n))]
    rows += [[None, "Các huyện, thị xã xem Phụ lục 2"]]
    return Layout({"Sheet1": rows}, ranking(f))


@layout
def points_and_ranks_of_areas_in_rows() -> Layout:
    f = figures(804, FEW[:8])
    rows: Rows = [TITLE, ["STT", "Tỉnh", "Chỉ tiêu", *AREA_NAMES]]
    places = ranks_of_areas(f)
    for k, n in enumerate(f.names, 1):
        rows.append([k, n, "Điểm", *f.areas[n]])
        rows.append([None, None, "Xếp hạng", *[places[n, a, "rank", 2022] for a in AREAS]])
    spans = [(r, c, r + 1, c) for r in range(3, 3 + 16, 2) for c in (1, 2)]
    return Layout({"Sheet1": rows}, area_points(f) | places, merges={"Sheet1": spans})


@layout
def what_was_claimed_and_granted_in_rows() -> Layout:
    f = figures(805, FEW[:8])
    rows: Rows = [TITLE, ["STT", "Tỉnh", "Nội dung", *AREA_NAMES]]
    for k, n in enumerate(f.names, 1):
        rows.append([k, n, "Tự chấm", *[round(v + 0.25, 2) for v in f.areas[n]]])
        rows.append([None, None, "Thẩm định", *f.areas[n]])
    spans = [(r, c, r + 1, c) for r in range(3, 3 + 16, 2) for c in (1, 2)]
    claimed: dict[Key, float] = {
        (n, a, "self_assessed", 2022): round(v + 0.25, 2)
        for n in f.names
        for a, v in zip(AREAS, f.areas[n], strict=True)
    }
    return Layout({"Sheet1": rows}, claimed, area_points(f), merges={"Sheet1": spans})


def surveyed(name: str, head: str) -> None:
    """Add a ranking whose survey is that of leaders, as the sums alone tell."""

    def make() -> Layout:
        f = figures(806, FEW)
        four = ("appraisal", "survey_leaders", "sipas", "socioeconomic")
        must = {
            (n, source, "score", 2022): v
            for n in f.names
            for source, v in zip(four, f.sources[n], strict=True)
        }
        heads = ["TT", "Tỉnh", "Thẩm định", head, "SIPAS", "Phát triển KT-XH", "Tổng điểm"]
        rows: Rows = [TITLE, heads, *body(f, lambda n: [*f.sources[n], f.total[n]])]
        return Layout({"Sheet1": rows}, must | totals(f))

    make.__name__ = name
    layout(make)


surveyed("a_survey_beside_the_satisfaction_of_people", "Điều tra XHH")
surveyed("a_survey_in_other_words_beside_the_satisfaction_of_people", "Khảo sát")


@layout
def a_survey_that_holds_the_satisfaction_beside_it() -> Layout:
    f = figures(807, FEW)
    must = totals(f, "percent")
    rows: Rows = [TITLE, ["TT", "Tỉnh", "Thẩm định", "Điểm khảo sát", "SIPAS", "Chỉ số CCHC (%)"]]
    for k, n in enumerate(f.names, 1):
        appraisal, *rest = f.sources[n]
        rows.append([k, n, appraisal, round(sum(rest), 2), rest[1], f.total[n]])
        must[n, "appraisal", "score", 2022] = appraisal
        must[n, "survey", "score", 2022] = round(sum(rest), 2)
        must[n, "sipas", "score", 2022] = rest[1]
    return Layout({"Sheet1": rows}, must)


@layout
def returned_forms_of_a_survey_are_no_points_of_it() -> Layout:
    head = ["TT", "Tỉnh", "Số phiếu khảo sát", "Tỷ lệ khảo sát (%)", "Tổng điểm"]
    return plain(808, lambda f, n: [250, 91.5, f.total[n]], head=head, must=totals)


def missing(name: str, mark: object) -> None:
    """Add a ranking in which a mark stands where a figure is missing."""

    def make() -> Layout:
        f = figures(809, FEW)
        head = ["province", "appraisal", "PAR INDEX 2022"]
        first = f.names[0]
        rows: Rows = [head, [first, mark, f.total[first]]]
        rows += [[n, f.sources[n][0], f.total[n]] for n in f.names[1:]]
        granted = {(n, "appraisal", "score", 2022): f.sources[n][0] for n in f.names[1:]}
        return Layout({"Sheet1": rows}, granted | totals(f))

    make.__name__ = name
    layout(make)


missing("a_code_of_statistics_for_what_is_missing", -99)
missing("a_longer_code_for_what_is_missing", "-999")
missing("a_point_for_what_is_missing", ".")
missing("a_vietnamese_abbreviation_for_what_is_missing", "KCSL")


@layout
def codes_of_areas_before_their_names() -> Layout:
    heads = [f"A{k} {n}" for k, n in enumerate(AREA_NAMES, 1)]
    return plain(810, lambda f, n: f.areas[n], head=["TT", "Tỉnh", *heads], must=area_points)


@layout
def codes_of_other_areas_before_names() -> Layout:
    heads = [f"A{k % 8 + 1} {n}" for k, n in enumerate(AREA_NAMES, 1)]
    head = ["TT", "Tỉnh", *heads, "Tổng điểm"]
    return plain(811, lambda f, n: [*f.areas[n], f.total[n]], head=head, must=totals)


@layout
def points_and_shares_in_one_letter() -> Layout:
    f = figures(812, FEW)
    rows: Rows = [TITLE, ["TT", "Tỉnh", "CĐĐH", None, "CCTTHC", None, "Tổng", None]]
    rows.append([None, None, "Đ", "TL%", "Đ", "TL%", "Đ", "Hạng"])
    for k, n in enumerate(f.names, 1):
        first, third = f.areas[n][0], f.areas[n][2]
        shares = [round(first / 0.095, 2), round(third / 0.13, 2)]
        rows.append([k, n, first, shares[0], third, shares[1], *ranked(f, n)])
    must = ranking(f) | area_points(f, [0, 2])
    for n in f.names:
        must[n, "A1", "percent", 2022] = round(f.areas[n][0] / 0.095, 2)
        must[n, "A3", "percent", 2022] = round(f.areas[n][2] / 0.13, 2)
    spans = [(2, c, 2, c + 1) for c in (3, 5, 7)]
    return Layout({"Sheet1": rows}, must, merges={"Sheet1": spans})


@layout
def ordinals_for_ranks() -> Layout:
    def ordinal(f: Any, n: str) -> list[Any]:
        rank = f.rank[n]
        ending = {1: "st", 2: "nd", 3: "rd"}.get(rank, "th")
        return [f.total[n], f"{rank}{ending}"]

    return plain(813, ordinal, head=["No.", "Province", "PAR INDEX (%)", "Rank"], must=ranking)


@layout
def a_score_of_another_year_under_the_title_beside_a_bare_rank() -> Layout:
    head = ["TT", "Tỉnh", "Chỉ số CCHC năm 2023", "Xếp hạng"]
    return plain(814, ranked, head=head, must=nothing, aside=True)


@layout
def points_of_another_year_under_the_title_beside_a_bare_rank() -> Layout:
    head = ["TT", "Tỉnh", "Điểm năm 2023", "Xếp hạng"]
    return plain(816, ranked, head=head, must=nothing, aside=True)


@layout
def a_criterion_about_communes_among_the_areas_of_one_province() -> Layout:
    rows: Rows = [["CHỈ SỐ CCHC NĂM 2022 CỦA TỈNH LẠNG SƠN"], ["TT", "Lĩnh vực", "Điểm", "Ghi chú"]]
    rows += [[k, name, 6.25 + k / 4, None] for k, name in enumerate(AREA_NAMES[:4], 1)]
    rows += [[None, "Trong đó: cán bộ, công chức của các xã, phường"]]
    rows += [[k, name, 6.25 + k / 4, None] for k, name in enumerate(AREA_NAMES[4:], 5)]
    must = {("Lạng Sơn", a, "score", 2022): 6.25 + k / 4 for k, a in enumerate(AREAS, 1)}
    return Layout({"Sheet1": rows}, must)


@layout
def one_heading_over_what_was_claimed_and_what_was_granted() -> Layout:
    rows: Rows = [["CHỈ SỐ CCHC NĂM 2022 CỦA TỈNH LẠNG SƠN"]]
    rows.append(["STT", "Tiêu chí", "Điểm tối đa", "Kết quả tự chấm và thẩm định", None])
    rows.append([None, None, None, "Tự chấm", "Thẩm định"])
    rows += [[code, name, most, most, granted] for code, name, most, granted in TREE]
    claimed = {("Lạng Sơn", k, "self_assessed", y): m for (_, k, _, y), m in own_claims().items()}
    return Layout(
        {"S": rows}, own_truth() | claimed, maxima=own_maxima(), merges={"S": [(2, 4, 2, 5)]}
    )


@layout
def a_score_with_its_error_and_its_interval() -> Layout:
    f = figures(815, FEW)
    rows: Rows = [["Code", "Province", "n", "SIPAS 2022 (%)", None, None, None]]
    rows.append([None, None, None, "Estimate", "SE", "95% CI lower", "95% CI upper"])
    for k, n in enumerate(f.names, 1):
        v = f.total[n]
        rows.append([f"P{k}", n, 400, v, 0.8, round(v - 1.6, 2), round(v + 1.6, 2)])
    must = {(n, "total", "percent", 2022): f.total[n] for n in f.names}
    return Layout({"Sheet1": rows}, must, index="SIPAS", merges={"Sheet1": [(1, 4, 1, 7)]})


@layout
def sums_of_two_sources_under_what_was_claimed_and_granted() -> Layout:
    rows: Rows = [["CHỈ SỐ CCHC NĂM 2022 CỦA TỈNH LẠNG SƠN"]]
    rows.append(["STT", "Tiêu chí", "Điểm tối đa", "Tự chấm", None, None, "Bộ chấm", None, None])
    rows.append([None, None, None, *["Thẩm định", "XHH", "Tổng"] * 2])
    for n, (code, name, most, granted) in enumerate(TREE):
        surveyed = n % 3 == 2
        cells = [[None if surveyed else v, v if surveyed else None, v] for v in (most, granted)]
        rows.append([code, name, most, *cells[0], *cells[1]])
    claimed = {("Lạng Sơn", k, "self_assessed", y): m for (_, k, _, y), m in own_claims().items()}
    spans = [(2, 4, 2, 6), (2, 7, 2, 9)]
    return Layout({"S": rows}, own_truth() | claimed, maxima=own_maxima(), merges={"S": spans})


def own_claims() -> dict[Key, float]:
    """Truth of a province that gave itself all points."""
    found = own_truth()
    most = own_maxima()
    return {key: most[key[1]] for key in found}
