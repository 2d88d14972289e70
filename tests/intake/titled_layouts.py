"""Tables whose title, sheet's name, note or second half says that the figures are something else.

Written after annexes of others that were taken for the index's. All figures are SYNTHETIC.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from combined_layouts import FEW, Rows, body, nothing, plain
from layouts import AREA_NAMES, Layout, figures, layout

from parstudy.facts import table

TITLE = "KẾT QUẢ CHỈ SỐ CẢI CÁCH HÀNH CHÍNH NĂM 2022"
# those whose names were there before; figures_read knows units by the older names
UNITS_34 = [str(n) for n in table("provinces_34")["name_vi"] if n != "Huế"]
POINTS = ["STT", "Tỉnh, thành phố", "Tổng điểm", "Xếp hạng"]


def _none_of_the_index(title: list[Any], below: str = "") -> Callable[[], Layout]:
    """A ranking under usual headings that holds no figure of the index."""

    def made() -> Layout:
        return plain(
            701,
            lambda f, n: [f.total[n], f.rank[n]],
            title=title,
            head=POINTS,
            must=nothing,
            aside=True,
            below=[[], [below]] if below else [],
        )

    return made


for _name, _title in {
    "an_office_of_one_branch": "CHỈ SỐ CẢI CÁCH HÀNH CHÍNH CỦA SỞ XÂY DỰNG CÁC TỈNH NĂM 2022",
    "a_bank": "CHỈ SỐ CCHC NGÂN HÀNG CHÍNH SÁCH XÃ HỘI CÁC TỈNH NĂM 2022",
    "invented_figures": f"{TITLE} (SỐ LIỆU GIẢ ĐỊNH ĐỂ TẬP HUẤN)",
    "adjusted_figures": f"{TITLE} SAU HIỆU CHỈNH THEO QUY MÔ DÂN SỐ",
    "what_was_sent_out": f"{TITLE} GỬI CÁC ĐỊA PHƯƠNG CHO Ý KIẾN",
    "four_indices": "BẢNG XẾP HẠNG TỔNG HỢP BỐN CHỈ SỐ PAR INDEX, SIPAS, PAPI, PCI NĂM 2022",
    "the_survey": "KẾT QUẢ ĐIỂM ĐIỀU TRA XÃ HỘI HỌC PHỤC VỤ XÁC ĐỊNH PAR INDEX NĂM 2022",
}.items():
    _made = _none_of_the_index([_title])
    _made.__name__ = f"a_title_that_tells_of_{_name}"
    layout(_made)


@layout
def a_note_below_that_tells_of_invented_figures() -> Layout:
    note = "Ghi chú: Số liệu mô phỏng, không phải kết quả chính thức."
    return _none_of_the_index([TITLE], note)()


@layout
def a_sheet_named_after_claims() -> Layout:
    f = figures(702, FEW)
    rows: Rows = [[TITLE], POINTS, *body(f, lambda n: [f.total[n], f.rank[n]])]
    may = {(n, "total", "self_assessed", 2022): f.total[n] for n in f.names}
    return Layout({"Tự chấm": rows}, {}, may, aside=True)


@layout
def a_rank_beside_claimed_points() -> Layout:
    f = figures(703, FEW)
    head = ["STT", "Tỉnh, thành phố", "Tổng điểm tự đánh giá", "Xếp hạng"]
    rows: Rows = [[TITLE], head, *body(f, lambda n: [f.total[n], f.rank[n]])]
    must = {(n, "total", "self_assessed", 2022): f.total[n] for n in f.names}
    return Layout({"Sheet1": rows}, must)


@layout
def areas_under_a_title_of_appraisal() -> Layout:
    f = figures(704, FEW)
    title = "ĐIỂM THẨM ĐỊNH THEO LĨNH VỰC - PAR INDEX NĂM 2022"
    rows: Rows = [[title], ["TT", "Tỉnh", *AREA_NAMES], *body(f, lambda n: f.areas[n])]
    return Layout({"Sheet1": rows}, {}, aside=True)


@layout
def last_year_computed_anew_for_merged_units() -> Layout:
    f = figures(705, UNITS_34)
    title = "CHỈ SỐ CCHC NĂM 2025 VÀ 2024 (năm 2024 tính bình quân các tỉnh trước sáp nhập)"
    head = ["STT", "Tỉnh, thành phố", "Chỉ số năm 2024", "Chỉ số năm 2025"]
    rows: Rows = [[title], head, *body(f, lambda n: [f.before[n], f.total[n]])]
    must = {(n, "total", "percent", 2025): f.total[n] for n in f.names}
    return Layout({"Sheet1": rows}, must, year=2025)


@layout
def two_indices_side_by_side_in_order_of_rank() -> Layout:
    f, other = figures(706, FEW), figures(707, FEW)
    left, right = (sorted(one.names, key=lambda n: one.rank[n]) for one in (f, other))
    rows: Rows = [
        ["PAR INDEX VÀ SIPAS NĂM 2022"],
        ["Xếp hạng", "PAR INDEX", None, "SIPAS", None],
        [None, "Tỉnh", "Chỉ số (%)", "Tỉnh", "Chỉ số (%)"],
    ]
    rows += [
        [f.rank[a], a, f.total[a], b, other.total[b]] for a, b in zip(left, right, strict=True)
    ]
    merges = {"Sheet1": [(2, 2, 2, 3), (2, 4, 2, 5), (2, 1, 3, 1)]}
    must = {(n, "total", "percent", 2022): f.total[n] for n in f.names}
    may = {(n, "total", "rank", 2022): float(f.rank[n]) for n in f.names}
    return Layout({"Sheet1": rows}, must, may, merges=merges)


@layout
def factors_of_satisfaction_under_a_title_of_the_reform_index() -> Layout:
    f = figures(708, FEW)
    head = ["STT", "Tỉnh, thành phố", "Tiếp cận dịch vụ", "Thủ tục hành chính"]
    head += ["Công chức giải quyết công việc", "Kết quả dịch vụ", "Tiếp nhận góp ý, phản ánh"]
    rows: Rows = [[TITLE], head, *body(f, lambda n: [f.total[n] - k for k in range(5)])]
    return Layout({"Sheet1": rows}, {}, aside=True)


@layout
def a_short_name_that_is_appraisal_or_total() -> Layout:
    f = figures(709, FEW)
    head = ["STT", "ĐV", "CĐĐH", "CCTC", "TCBM", "TĐ", "XH"]
    rows: Rows = [[TITLE], head]
    rows += body(f, lambda n: [*f.areas[n][:2], f.areas[n][3], f.total[n], f.rank[n]])
    may = {(n, code, "score", 2022): f.areas[n][at] for n in f.names for code, at in SHORT}
    may |= {(n, "total", "rank", 2022): float(f.rank[n]) for n in f.names}
    return Layout({"Sheet1": rows}, {}, may, aside=True)


SHORT = (("A1", 0), ("A2", 1), ("A4", 3))


@layout
def prices_on_the_page_of_one_province() -> Layout:
    f = figures(710, FEW)
    top = sorted(f.names, key=lambda n: f.rank[n])[:10]
    rows: Rows = [["Quảng Ninh dẫn đầu PAR INDEX 2022"], ["STT", "Địa phương", "Chỉ số CCHC (%)"]]
    rows += [[n, name, f.total[name]] for n, name in enumerate(top, 1)]
    prices: Rows = [["Giá vàng tại Quảng Ninh"], ["Loại", "Mua", "Bán"], ["SJC", 81.5, 83.5]]
    must = {(n, "total", "percent", 2022): f.total[n] for n in top}
    return Layout({"Tin": rows, "Giá": [*prices, ["PNJ", 70.1, 71.9]]}, must)


@layout
def satisfaction_beside_the_points_that_it_gives() -> Layout:
    f = figures(711, FEW)
    title = "CHỈ SỐ HÀI LÒNG CỦA NGƯỜI DÂN (SIPAS) NĂM 2022 VÀ ĐIỂM QUY ĐỔI"
    head = ["STT", "Tỉnh", "Điểm quy đổi vào PAR INDEX (thang điểm 10)", "Chỉ số SIPAS (%)"]
    rows: Rows = [[title], head, *body(f, lambda n: [round(f.total[n] / 10, 2), f.total[n]])]
    must = {(n, "total", "percent", 2022): f.total[n] for n in f.names}
    return Layout({"Sheet1": rows}, must, index="SIPAS")
