"""Tidy tables as programs write them, and headings with other words than the usual ones.

The kinds were found by people who had not seen how tables are read; all figures SYNTHETIC.
"""

from __future__ import annotations

from typing import Any

from combined_layouts import FEW, TITLE, Rows, body
from layouts import AREA_NAMES, AREAS, MAXIMA, Layout, area_points, figures, layout, vi

FACTORS = {
    "access": "Tiếp cận dịch vụ",
    "procedures": "Thủ tục hành chính",
    "staff": "Công chức trực tiếp giải quyết công việc",
    "results": "Kết quả dịch vụ",
}


def satisfied(names: dict[str, str], areas: list[float]) -> dict[str, float]:
    """Percent of the factors, out of the points of as many areas."""
    return {c: round(50 + 3 * v, 2) for c, v in zip(names, areas, strict=False)}


def tidy(head: list[str], rows: Rows, must: Any, **more: Any) -> Layout:
    """A table of a row for each figure, as a text file."""
    return Layout({"Sheet1": [head, *rows]}, must, suffix=".csv", **more)


@layout
def codes_and_names_under_heads_of_a_program() -> Layout:
    f = figures(931, FEW)
    rows: Rows = [
        [2022, n, a, name, vi(v)]
        for n in f.names
        for a, name, v in zip(AREAS, AREA_NAMES, f.areas[n], strict=True)
    ]
    return tidy(["Nam", "Tinh", "MaLV", "TenLV", "Diem"], rows, area_points(f))


@layout
def kinds_of_points_row_by_row() -> Layout:
    f = figures(932, FEW)
    rows: Rows = [
        [n, 2022, name, kind, vi(round(v - less, 2))]
        for n in f.names
        for name, v in zip(AREA_NAMES, f.areas[n], strict=True)
        for kind, less in (("Thẩm định lần 1", 0.25), ("Kết quả cuối cùng", 0))
    ]
    return tidy(["Tỉnh", "Năm", "Lĩnh vực", "Loại điểm", "Điểm"], rows, area_points(f))


@layout
def maxima_among_the_measures_row_by_row() -> Layout:
    f = figures(933, FEW)
    rows: Rows = []
    must = {}
    for n in f.names:
        for a, m, v in zip(AREAS, MAXIMA, f.areas[n], strict=True):
            share = round(100 * v / m, 2)
            rows += [
                [n, 2022, a, "score", v],
                [n, 2022, a, "percent", share],
                [n, 2022, a, "max", m],
            ]
            must |= {(n, a, "score", 2022): v, (n, a, "percent", 2022): share}
    return tidy(["province", "year", "component", "metric", "value"], rows, must)


@layout
def factors_row_by_row_without_vietnamese_letters() -> Layout:
    f = figures(934, FEW)
    points = {n: satisfied(FACTORS, f.areas[n]) for n in f.names}
    rows: Rows = [[2021, n, FACTORS[c], v] for n in f.names for c, v in points[n].items()]
    must = {(n, c, "percent", 2021): v for n in f.names for c, v in points[n].items()}
    head = ["nam", "tinh", "yeu_to", "ty_le_hai_long"]
    return tidy(head, rows, must, index="SIPAS", year=2021)


@layout
def numbered_factors_and_the_factor_of_policy() -> Layout:
    f = figures(935, FEW)
    names = {"policy": "Xây dựng, tổ chức thực hiện chính sách"} | FACTORS
    points = {n: satisfied(names, f.areas[n]) for n in f.names}
    rows: Rows = [["CHỈ SỐ SIPAS NĂM 2022 CỦA CÁC TỈNH"]]
    rows += [["STT", "Tỉnh", *(f"{k}. {name}" for k, name in enumerate(names.values(), 1))]]
    rows += body(f, lambda n: list(points[n].values()))
    must = {(n, c, "percent", 2022): v for n in f.names for c, v in points[n].items()}
    return Layout({"Sheet1": rows}, must, index="SIPAS")


@layout
def factors_under_a_wider_one() -> Layout:
    f = figures(936, FEW)
    points = {n: [round(50 + 3 * v, 2) for v in f.areas[n][:5]] for n in f.names}
    rows: Rows = [["CHỈ SỐ SIPAS NĂM 2022 CỦA CÁC TỈNH"]]
    rows += [["STT", "Tỉnh", "Cung ứng dịch vụ hành chính công", *[None] * 4]]
    rows += [[None, None, "Chung", *FACTORS.values()]]
    rows += body(f, lambda n: points[n])
    components = ["service", *FACTORS]
    must = {
        (n, c, "percent", 2022): v
        for n in f.names
        for c, v in zip(components, points[n], strict=True)
    }
    merges = [(2, 3, 2, 7), (2, 1, 3, 1), (2, 2, 3, 2)]
    return Layout({"Sheet1": rows}, must, index="SIPAS", merges={"Sheet1": merges})


@layout
def criteria_of_one_area_and_its_points() -> Layout:
    f = figures(937, FEW)
    parts = {n: [round(f.areas[n][1] * s, 2) for s in (0.3, 0.3)] for n in f.names}
    last = {n: round(f.areas[n][1] - sum(parts[n]), 2) for n in f.names}
    rows: Rows = [[TITLE[0]], ["Lĩnh vực 2. Cải cách thể chế"]]
    rows += [["STT", "Tỉnh", "2.1. Theo dõi", "2.2. Rà soát", "2.3. Xử lý", "Điểm lĩnh vực"]]
    rows += body(f, lambda n: [*parts[n], last[n], f.areas[n][1]])
    must = {(n, "A2", "score", 2022): f.areas[n][1] for n in f.names}
    for n in f.names:
        codes = zip(("2.1", "2.2", "2.3"), (*parts[n], last[n]), strict=True)
        must |= {(n, c, "score", 2022): v for c, v in codes}
    return Layout({"Sheet1": rows}, must)


@layout
def a_province_beside_the_leader_and_the_mean() -> Layout:
    f = figures(938, ["Lạng Sơn", "Hải Phòng"])
    head = ["STT", "Nội dung", "Điểm tối đa", "Lạng Sơn", "Hải Phòng (dẫn đầu cả nước)"]
    rows: Rows = [["CHỈ SỐ CCHC NĂM 2022 CỦA TỈNH LẠNG SƠN"], [*head, "Trung bình cả nước"]]
    rows += [
        [k, name, m, f.areas["Lạng Sơn"][k - 1], f.areas["Hải Phòng"][k - 1], round(0.8 * m, 2)]
        for k, (name, m) in enumerate(zip(AREA_NAMES, MAXIMA, strict=True), 1)
    ]
    return Layout({"Sheet1": rows}, area_points(f), maxima=dict(zip(AREAS, MAXIMA, strict=True)))


def _shares(least: float) -> Layout:
    """Points of one area with a rate of the maximum: theirs, or one of something else."""
    f = figures(938, FEW)
    own = {n: f.areas[n][2] for n in f.names}
    rates = {n: round(v / MAXIMA[2] * 100, 2) for n, v in own.items()}
    if least:
        rates = {n: least + k for k, n in enumerate(f.names)}
    head = ["STT", "Tỉnh", "Điểm đạt được", "Tỷ lệ % so với điểm tối đa"]
    rows: Rows = [["CHỈ SỐ CCHC NĂM 2022 CỦA CÁC TỈNH"], ["Bảng 3. " + AREA_NAMES[2]], head]
    rows += body(f, lambda n: [own[n], rates[n]])
    must = {(n, "A3", "score", 2022): v for n, v in own.items()}
    if not least:
        must |= {(n, "A3", "percent", 2022): v for n, v in rates.items()}
    return Layout({"Sheet1": rows}, must)


@layout
def shares_of_the_maximum_under_the_name_of_an_area() -> Layout:
    return _shares(0)


@layout
def shares_of_the_maximum_of_something_else() -> Layout:
    return _shares(61.5)


@layout
def maxima_of_a_program_row_by_row() -> Layout:
    f = figures(939, FEW)
    rows: Rows = [
        [n, 2022, name, vi(v), vi(most)]
        for n in f.names
        for name, v, most in zip(AREA_NAMES, f.areas[n], MAXIMA, strict=True)
    ]
    head = ["province", "year", "area", "score", "max_score"]
    return tidy(head, rows, area_points(f), maxima=dict(zip(AREAS, MAXIMA, strict=True)))


@layout
def sources_of_one_province_under_a_year() -> Layout:
    points = {"appraisal": 52.5, "survey_leaders": 18.25, "sipas": 8.5, "socioeconomic": 5.75}
    names = ["Điểm thẩm định", "Điều tra xã hội học lãnh đạo, quản lý", "Chỉ số hài lòng (SIPAS)"]
    names += ["Tác động đến phát triển kinh tế - xã hội"]
    rows: Rows = [["CƠ CẤU ĐIỂM CHỈ SỐ CCHC NĂM 2022 CỦA TỈNH LẠNG SƠN"]]
    rows += [["STT", "Nội dung đánh giá", "Điểm đạt 2022"]]
    rows += [[k, *one] for k, one in enumerate(zip(names, points.values(), strict=True), 1)]
    rows += [[None, "Tổng điểm", sum(points.values())]]
    points |= {"total": sum(points.values())}
    must = {("Lạng Sơn", c, "score", 2022): v for c, v in points.items()}
    return Layout({"Sheet1": rows}, must)
