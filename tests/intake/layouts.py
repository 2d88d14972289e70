"""Tables of PAR INDEX and SIPAS as offices lay them out, each with what may be read from it.

Written from the words of layouts seen in public, by somebody who had not read how parstudy reads.
All figures are SYNTHETIC. A layout is a grid of cells and its truth: figures that must be read
(or be said to be missing), figures that may be, and whether asking back or refusing is right too.
"""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from parstudy.facts import table

NAMES = [str(n) for n in table("provinces_63")["name_vi"]]
AREA_NAMES = (
    "Công tác chỉ đạo, điều hành cải cách hành chính",
    "Cải cách thể chế",
    "Cải cách thủ tục hành chính",
    "Cải cách tổ chức bộ máy hành chính nhà nước",
    "Cải cách chế độ công vụ",
    "Cải cách tài chính công",
    "Xây dựng và phát triển Chính quyền điện tử, Chính quyền số",
    "Tác động của CCHC đến người dân, tổ chức và phát triển KT-XH",
)
SHORT = (
    "Chỉ đạo, điều hành", "Thể chế", "Thủ tục hành chính", "Tổ chức bộ máy", "Chế độ công vụ",
    "Tài chính công", "Chính quyền điện tử, chính quyền số", "Tác động của CCHC",
)  # fmt: skip
MAXIMA = (9.5, 10.0, 13.0, 10.5, 15.0, 12.0, 13.5, 16.5)
AREAS = tuple(f"A{n}" for n in range(1, 9))
ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII")
FACTORS = ("access", "procedures", "staff", "results", "feedback")
FACTOR_NAMES = (
    "Tiếp cận dịch vụ", "Thủ tục hành chính", "Công chức trực tiếp giải quyết công việc",
    "Kết quả cung ứng dịch vụ", "Tiếp nhận, giải quyết phản ánh, kiến nghị",
)  # fmt: skip
Key = tuple[str, str, str, int]
Merge = tuple[int, int, int, int]


@dataclass
class Layout:
    """A file of one layout and its truth.

    Attributes
    ----------
    must : dict
        ``(unit, component, measure, year) -> value``: read as they are or said to be left out.
    may : dict
        Figures that are right if they are read, and no loss if they are not.
    maxima : dict
        Maximum of a component, where the file prints one.
    aside : bool
        Asking back or refusing is right as well (the file leaves something open).
    """

    sheets: dict[str, list[list[Any]]]
    must: dict[Key, float]
    may: dict[Key, float] = field(default_factory=dict)
    maxima: dict[str, float] = field(default_factory=dict)
    merges: dict[str, list[Merge]] = field(default_factory=dict)
    index: str = "PAR_INDEX"
    year: int = 2022
    aside: bool = False
    suffix: str = ".xlsx"

    def write(self, path: Path) -> Path:
        """Write the file, by its suffix, beside ``path``; returns where."""
        path = path.with_suffix(self.suffix)
        if self.suffix == ".csv":
            buffer = io.StringIO()
            rows = next(iter(self.sheets.values()))
            csv.writer(buffer, delimiter=";").writerows(
                ["" if c is None else c for c in row] for row in rows
            )
            path.write_text("\ufeff" + buffer.getvalue(), encoding="utf-8")
            return path
        book = Workbook()
        book.remove(book.worksheets[0])
        for name, rows in self.sheets.items():
            sheet = book.create_sheet(name)
            for row in rows:
                sheet.append(row)
            for top, left, bottom, right in self.merges.get(name, []):
                sheet.merge_cells(
                    start_row=top, start_column=left, end_row=bottom, end_column=right
                )
        book.save(path)
        return path


@dataclass
class Figures:
    """Points of the eight areas and of the sources of points for each province, made up."""

    names: Sequence[str]
    areas: dict[str, list[float]]
    total: dict[str, float]
    rank: dict[str, int]
    sources: dict[str, list[float]]
    before: dict[str, float]


def figures(seed: int, names: Sequence[str] = NAMES) -> Figures:
    """Invent a year: areas add up to the total, ranks follow it, four sources add up to it."""
    draw = random.Random(seed)
    areas: dict[str, list[float]] = {}
    for name in names:
        areas[name] = [round(m * draw.uniform(0.6, 0.985), 2) for m in MAXIMA]
    total = {n: round(sum(a), 2) for n, a in areas.items()}
    rank = {n: 1 + sum(o > v for o in total.values()) for n, v in total.items()}
    sources = {}
    for name in names:
        a8 = areas[name][7]
        sipas = round(min(9.8, a8 * 0.58), 2)
        leaders = round(draw.uniform(14, 20.5), 2)
        rest = round(total[name] - leaders - a8, 2)
        sources[name] = [rest, leaders, sipas, round(a8 - sipas, 2)]
    before = {n: round(v + draw.uniform(-4, 3), 2) for n, v in total.items()}
    return Figures(list(names), areas, total, rank, sources, before)


def vi(value: float, decimals: int = 2) -> str:
    """A number with a decimal comma."""
    return f"{value:.{decimals}f}".replace(".", ",")


def ranking(f: Figures, year: int = 2022) -> dict[Key, float]:
    """Truth of totals and ranks."""
    out: dict[Key, float] = {}
    for n in f.names:
        out[n, "total", "score", year] = f.total[n]
        out[n, "total", "rank", year] = f.rank[n]
    return out


def area_points(f: Figures, which: Sequence[int] = range(8), year: int = 2022) -> dict[Key, float]:
    """Truth of the points of areas."""
    return {(n, AREAS[i], "score", year): f.areas[n][i] for n in f.names for i in which}


def maxima_of(which: Sequence[int] = range(8)) -> dict[str, float]:
    """Truth of the maxima of areas."""
    return {AREAS[i]: MAXIMA[i] for i in which}


LAYOUTS: dict[str, Callable[[], Layout]] = {}


def layout(make: Callable[[], Layout]) -> Callable[[], Layout]:
    """Add a layout to the list under its name."""
    LAYOUTS[make.__name__] = make
    return make


def title(text: str, width: int) -> list[Any]:
    """A title over a table."""
    return [text, *[None] * (width - 1)]


# --- rankings -------------------------------------------------------------------------------------


@layout
def number_glued_to_the_name() -> Layout:
    f = figures(1)
    rows = [["Tỉnh, thành phố", "Chỉ số CCHC 2022", "Xếp hạng"]]
    rows += [[f"{k}. {n}", f.total[n], f.rank[n]] for k, n in enumerate(f.names, 1)]
    return Layout({"Sheet1": rows}, ranking(f))


@layout
def rank_first_and_remarks_last() -> Layout:
    f = figures(2)
    rows: list[list[Any]] = [["Hạng", "Đơn vị", "Tổng điểm", "Ghi chú"]]
    for n in sorted(f.names, key=lambda n: f.rank[n]):
        rows.append(
            [f.rank[n], n, vi(f.total[n]), "Tăng so với 2021" if f.rank[n] % 3 == 0 else ""]
        )
    return Layout({"Sheet1": rows}, ranking(f))


@layout
def two_halves_side_by_side() -> Layout:
    f = figures(3)
    head = ["TT", "Tỉnh", "Chỉ số (%)", "Thứ hạng"]
    rows: list[list[Any]] = [[*head, None, *head]]
    half = 32
    for k in range(half):
        left, right = f.names[k], f.names[k + half] if k + half < 63 else None
        rows.append([k + 1, left, f.total[left], f.rank[left], None])
        if right:
            rows[-1] += [k + half + 1, right, f.total[right], f.rank[right]]
    return Layout({"Sheet1": rows}, ranking(f), aside=True)


@layout
def rank_as_a_fraction() -> Layout:
    f = figures(4)
    rows: list[list[Any]] = [["STT", "Tên tỉnh", "PAR INDEX 2022 (điểm)", "Vị trí xếp hạng"]]
    rows += [[k, n, f.total[n], f"{f.rank[n]}/63"] for k, n in enumerate(f.names, 1)]
    return Layout({"Sheet1": rows}, ranking(f))


@layout
def group_letter_beside_the_rank() -> Layout:
    f = figures(5)
    rows: list[list[Any]] = [["STT", "Địa phương", "Chỉ số CCHC", "Xếp hạng", "Xếp loại (nhóm)"]]
    letter = {n: "A" if v >= 90 else "B" if v >= 80 else "C" if v >= 70 else "D"
              for n, v in f.total.items()}  # fmt: skip
    rows += [[k, n, f.total[n], f.rank[n], letter[n]] for k, n in enumerate(f.names, 1)]
    may = {(n, "total", "group", 2022): float("nan") for n in f.names}
    return Layout({"Sheet1": rows}, ranking(f), may)


@layout
def headings_in_two_languages() -> Layout:
    f = figures(6)
    rows: list[list[Any]] = [
        ["No./TT", "Tỉnh, thành phố/Province", "Chỉ số/Index 2022", "Xếp hạng/Rank"]
    ]
    rows += [[k, n, f.total[n], f.rank[n]] for k, n in enumerate(f.names, 1)]
    return Layout({"Sheet1": rows}, ranking(f), aside=True)


@layout
def this_year_beside_last_year() -> Layout:
    f = figures(7)
    last = {n: 1 + sum(o > v for o in f.before.values()) for n, v in f.before.items()}
    rows: list[list[Any]] = [
        ["TT", "Tỉnh, thành phố", "Năm 2021", None, "Năm 2022", None],
        [None, None, "Điểm", "Hạng", "Điểm", "Hạng"],
    ]
    rows += [[k, n, f.before[n], last[n], f.total[n], f.rank[n]] for k, n in enumerate(f.names, 1)]
    may = {(n, "total", "score", 2021): f.before[n] for n in f.names}
    may |= {(n, "total", "rank", 2021): last[n] for n in f.names}
    merges = [(1, 1, 2, 1), (1, 2, 2, 2), (1, 3, 1, 4), (1, 5, 1, 6)]
    return Layout({"Sheet1": rows}, ranking(f), may, merges={"Sheet1": merges})


@layout
def change_with_its_sign() -> Layout:
    f = figures(8)
    rows: list[list[Any]] = [
        ["TT", "Tỉnh", "Chỉ số 2021", "Chỉ số 2022", "Tăng (+), giảm (-)", "Xếp hạng 2022"]
    ]
    for k, n in enumerate(f.names, 1):
        change = f"{f.total[n] - f.before[n]:+.2f}".replace(".", ",")
        rows.append([k, n, f.before[n], f.total[n], change, f.rank[n]])
    may = {(n, "total", "score", 2021): f.before[n] for n in f.names}
    may |= {(n, "total", "change_score", 2022): round(f.total[n] - f.before[n], 2) for n in f.names}
    return Layout({"Sheet1": rows}, ranking(f), may)


@layout
def change_printed_the_other_way_round() -> Layout:
    """Last year minus this year: a positive number is a loss; the figures beside it show it."""
    f = figures(9)
    rows: list[list[Any]] = [
        ["TT", "Tỉnh", "Chỉ số 2021", "Chỉ số 2022", "Chênh lệch 2021 - 2022", "Xếp hạng"]
    ]
    for k, n in enumerate(f.names, 1):
        rows.append([k, n, f.before[n], f.total[n], round(f.before[n] - f.total[n], 2), f.rank[n]])
    may = {(n, "total", "score", 2021): f.before[n] for n in f.names}
    may |= {(n, "total", "change_score", 2022): round(f.total[n] - f.before[n], 2) for n in f.names}
    return Layout({"Sheet1": rows}, ranking(f), may, aside=True)


@layout
def four_sources_under_one_heading() -> Layout:
    f = figures(10)
    rows: list[list[Any]] = [
        ["TT", "Tỉnh, thành phố", "Điểm thẩm định", "Điểm đánh giá tác động của CCHC", None, None,
         "Chỉ số CCHC", "Xếp hạng"],
        [None, None, None, "Điều tra XHH lãnh đạo, quản lý", "Chỉ số SIPAS",
         "Tác động đến phát triển KT-XH", None, None],
        ["Điểm tối đa", None, 61.5, 22, 10, 6.5, 100, None],
    ]  # fmt: skip
    must = ranking(f)
    for k, n in enumerate(f.names, 1):
        a, leaders, sipas, socio = f.sources[n]
        rows.append([k, n, a, leaders, sipas, socio, f.total[n], f.rank[n]])
        for code, value in (("appraisal", a), ("survey_leaders", leaders), ("sipas", sipas),
                            ("socioeconomic", socio)):  # fmt: skip
            must[n, code, "score", 2022] = value
    merges = [
        (1, 1, 2, 1),
        (1, 2, 2, 2),
        (1, 3, 2, 3),
        (1, 4, 1, 6),
        (1, 7, 2, 7),
        (1, 8, 2, 8),
        (3, 1, 3, 2),
    ]
    top = {"appraisal": 61.5, "survey_leaders": 22, "sipas": 10, "socioeconomic": 6.5, "total": 100}
    return Layout({"Phụ lục 1": rows}, must, maxima=top, merges={"Phụ lục 1": merges})


@layout
def numbering_with_a_formula() -> Layout:
    f = figures(11)
    rows: list[list[Any]] = [
        ["STT", "Tỉnh, thành phố", "Điểm thẩm định", "Điểm điều tra XHH", "Tổng điểm", "Xếp hạng"],
        ["(1)", "(2)", "(3)", "(4)", "(5) = (3) + (4)", "(6)"],
    ]
    must = ranking(f)
    for k, n in enumerate(f.names, 1):
        survey = round(sum(f.sources[n][1:]), 2)
        rows.append([k, n, f.sources[n][0], survey, f.total[n], f.rank[n]])
        must[n, "appraisal", "score", 2022] = f.sources[n][0]
        must[n, "survey", "score", 2022] = survey
    return Layout({"Sheet1": rows}, must, aside=True)


@layout
def three_indices_with_their_ranks() -> Layout:
    f, s, p = figures(12), figures(112), figures(212)
    rows: list[list[Any]] = [
        ["TT", "Tỉnh", "PAR INDEX", None, "SIPAS", None, "PAPI", None],
        [None, None, "Điểm", "Hạng", "Tỷ lệ (%)", "Hạng", "Điểm", "Hạng"],
    ]
    for k, n in enumerate(f.names, 1):
        rows.append(
            [
                k,
                n,
                f.total[n],
                f.rank[n],
                s.total[n],
                s.rank[n],
                round(p.total[n] / 2, 2),
                p.rank[n],
            ]
        )
    merges = [(1, 3, 1, 4), (1, 5, 1, 6), (1, 7, 1, 8)]
    return Layout({"Sheet1": rows}, ranking(f), merges={"Sheet1": merges})


@layout
def rank_in_the_region_beside_the_nation() -> Layout:
    f = figures(13)
    rows: list[list[Any]] = [
        ["TT", "Tỉnh", "Chỉ số CCHC", "Xếp hạng trong vùng", "Xếp hạng toàn quốc"]
    ]
    regions = [f.names[i : i + 9] for i in range(0, 63, 9)]
    own = {n: 1 + sum(f.total[o] > f.total[n] for o in part) for part in regions for n in part}
    rows += [[k, n, f.total[n], own[n], f.rank[n]] for k, n in enumerate(f.names, 1)]
    return Layout({"Sheet1": rows}, ranking(f))


@layout
def region_means_above_their_provinces() -> Layout:
    f = figures(14)
    rows: list[list[Any]] = [["TT", "Vùng/Tỉnh, thành phố", "Chỉ số CCHC", "Xếp hạng"]]
    known = ("Trung du và miền núi phía Bắc", "Đồng bằng sông Hồng", "Tây Nguyên")
    for r, region in enumerate(known):
        part = f.names[r * 21 : r * 21 + 21]
        rows.append([ROMAN[r], region, round(sum(f.total[n] for n in part) / 21, 2), None])
        rows += [[k, n, f.total[n], f.rank[n]] for k, n in enumerate(part, 1)]
    return Layout({"Sheet1": rows}, ranking(f))


@layout
def mean_on_top_and_extremes_below() -> Layout:
    f = figures(15)
    values = list(f.total.values())
    rows: list[list[Any]] = [["TT", "Tỉnh", "Chỉ số CCHC", "Xếp hạng"]]
    rows.append([None, "Trung bình cả nước", round(sum(values) / 63, 2), None])
    rows += [[k, n, f.total[n], f.rank[n]] for k, n in enumerate(f.names, 1)]
    rows += [
        [None, "Giá trị cao nhất", max(values), None],
        [None, "Giá trị thấp nhất", min(values), None],
    ]
    return Layout({"Sheet1": rows}, ranking(f))


@layout
def names_with_marks_of_footnotes() -> Layout:
    f = figures(16)
    rows: list[list[Any]] = [["TT", "Tỉnh, thành phố", "Chỉ số CCHC", "Xếp hạng"]]
    for k, n in enumerate(f.names, 1):
        rows.append([k, f"{n} (*)" if k % 10 == 0 else n, f.total[n], f.rank[n]])
    rows.append(["(*) Đơn vị có điểm trừ do chậm báo cáo", None, None, None])
    return Layout({"Sheet1": rows}, ranking(f), aside=True)


@layout
def short_names_of_provinces() -> Layout:
    f = figures(17)
    short = {"TP. Hồ Chí Minh": "TP.HCM", "Bà Rịa - Vũng Tàu": "BR-VT", "Thừa Thiên Huế": "TT-Huế"}
    rows: list[list[Any]] = [["TT", "Tỉnh", "Chỉ số CCHC", "Hạng"]]
    rows += [[k, short.get(n, n), f.total[n], f.rank[n]] for k, n in enumerate(f.names, 1)]
    return Layout({"Sheet1": rows}, ranking(f))


@layout
def ministries_then_provinces() -> Layout:
    f = figures(18)
    rows: list[list[Any]] = [
        ["TT", "Đơn vị", "Chỉ số CCHC (%)", "Xếp hạng"],
        ["A", "Các bộ, cơ quan ngang bộ", None, None],
    ]
    for k, b in enumerate(("Bộ Tư pháp", "Bộ Tài chính", "Bộ Y tế", "Thanh tra Chính phủ"), 1):
        rows.append([k, b, 90 - k, k])
    rows.append(["B", "Các tỉnh, thành phố trực thuộc Trung ương", None, None])
    rows += [[k, n, f.total[n], f.rank[n]] for k, n in enumerate(f.names, 1)]
    return Layout({"Sheet1": rows}, ranking(f), aside=True)


@layout
def percent_signs_in_cells() -> Layout:
    f = figures(19)
    rows: list[list[Any]] = [["TT", "Tỉnh", "Chỉ số CCHC", "Xếp hạng"]]
    rows += [[k, n, vi(f.total[n]) + "%", f.rank[n]] for k, n in enumerate(f.names, 1)]
    return Layout({"t": rows}, ranking(f), suffix=".csv")


@layout
def self_assessed_beside_granted() -> Layout:
    f = figures(20)
    rows: list[list[Any]] = [
        ["TT", "Tỉnh", "Điểm tự đánh giá", "Điểm Bộ Nội vụ thẩm định", "Chỉ số CCHC", "Xếp hạng"]
    ]
    must = ranking(f)
    may: dict[Key, float] = {}
    for k, n in enumerate(f.names, 1):
        a = f.sources[n][0]
        rows.append([k, n, round(a + 2.5, 2), a, f.total[n], f.rank[n]])
        must[n, "appraisal", "score", 2022] = a
        may[n, "total", "self_assessed", 2022] = round(a + 2.5, 2)
        may[n, "appraisal", "self_assessed", 2022] = round(a + 2.5, 2)
    return Layout({"Sheet1": rows}, must, may, aside=True)


# --- areas ----------------------------------------------------------------------------------------


@layout
def areas_by_short_name_with_maxima() -> Layout:
    f = figures(30)
    rows: list[list[Any]] = [
        title("KẾT QUẢ CHỈ SỐ CCHC CÁC TỈNH NĂM 2022 THEO LĨNH VỰC", 12),
        ["TT", "Tỉnh", *SHORT, "Tổng điểm", "Xếp hạng"],
        [None, "Điểm tối đa", *MAXIMA, 100, None],
    ]
    rows += [[k, n, *f.areas[n], f.total[n], f.rank[n]] for k, n in enumerate(f.names, 1)]
    return Layout(
        {"Sheet1": rows}, ranking(f) | area_points(f), maxima=maxima_of() | {"total": 100}
    )


@layout
def roman_codes_over_names_and_maxima_in_brackets() -> Layout:
    f = figures(31)
    rows: list[list[Any]] = [
        ["TT", "Tỉnh, thành phố", *ROMAN, "Tổng"],
        [None, None, *AREA_NAMES, None],
        [None, None, *[f"({vi(m, 1)})" for m in MAXIMA], "(100)"],
    ]
    rows += [[k, n, *f.areas[n], f.total[n]] for k, n in enumerate(f.names, 1)]
    must = area_points(f) | {(n, "total", "score", 2022): f.total[n] for n in f.names}
    return Layout({"Sheet1": rows}, must, maxima=maxima_of() | {"total": 100}, aside=True)


@layout
def maxima_inside_the_headings() -> Layout:
    f = figures(32)
    heads = [f"{a} ({vi(m, 1)} điểm)" for a, m in zip(AREA_NAMES, MAXIMA, strict=True)]
    rows: list[list[Any]] = [["TT", "Tỉnh", *heads, "Tổng điểm (100 điểm)"]]
    rows += [[k, n, *f.areas[n], f.total[n]] for k, n in enumerate(f.names, 1)]
    must = area_points(f) | {(n, "total", "score", 2022): f.total[n] for n in f.names}
    return Layout({"Sheet1": rows}, must, maxima=maxima_of() | {"total": 100}, aside=True)


@layout
def areas_in_rows_provinces_in_columns() -> Layout:
    f = figures(33, NAMES[:12])
    rows: list[list[Any]] = [["STT", "Lĩnh vực", "Điểm tối đa", *f.names]]
    for i, name in enumerate(AREA_NAMES):
        rows.append([i + 1, name, MAXIMA[i], *[f.areas[n][i] for n in f.names]])
    rows.append([None, "Tổng cộng", 100, *[f.total[n] for n in f.names]])
    must = area_points(f) | {(n, "total", "score", 2022): f.total[n] for n in f.names}
    return Layout({"Sheet1": rows}, must, maxima=maxima_of() | {"total": 100})


@layout
def shares_of_areas() -> Layout:
    f = figures(34)
    share = {
        n: [round(100 * v / m, 2) for v, m in zip(f.areas[n], MAXIMA, strict=True)] for n in f.names
    }
    rows: list[list[Any]] = [
        ["TT", "Tỉnh", "Chỉ số thành phần (%)", *[None] * 7, "Chỉ số CCHC (%)", "Xếp hạng"],
        [None, None, *SHORT, None, None],
    ]
    rows += [[k, n, *share[n], f.total[n], f.rank[n]] for k, n in enumerate(f.names, 1)]
    must = ranking(f) | {
        (n, AREAS[i], "percent", 2022): share[n][i] for n in f.names for i in range(8)
    }
    return Layout({"Sheet1": rows}, must, merges={"Sheet1": [(1, 3, 1, 10)]})


@layout
def blocks_of_areas_in_another_order() -> Layout:
    f = figures(35)
    order = (7, 0, 2, 1, 4, 3, 6, 5)
    head: list[Any] = ["TT", "Tỉnh"]
    second: list[Any] = [None, None]
    merges = []
    for i in order:
        merges.append((1, len(head) + 1, 1, len(head) + 3))
        head += [AREA_NAMES[i], None, None]
        second += ["Điểm đạt được", "Tỷ lệ % so với điểm tối đa", "Xếp hạng"]
    rows = [head, second]
    must: dict[Key, float] = area_points(f)
    for k, n in enumerate(f.names, 1):
        row: list[Any] = [k, n]
        for i in order:
            value = f.areas[n][i]
            place = 1 + sum(f.areas[o][i] > value for o in f.names)
            share = round(100 * value / MAXIMA[i], 2)
            row += [value, share, place]
            must[n, AREAS[i], "percent", 2022] = share
            must[n, AREAS[i], "rank", 2022] = place
        rows.append(row)
    return Layout({"Sheet1": rows}, must, merges={"Sheet1": merges}, aside=True)


@layout
def appraisal_and_survey_within_each_area() -> Layout:
    """Points by appraisal and by survey are parts of an area, never the area."""
    f = figures(36)
    head: list[Any] = ["TT", "Tỉnh"]
    second: list[Any] = [None, None]
    merges = []
    for name in AREA_NAMES:
        merges.append((1, len(head) + 1, 1, len(head) + 3))
        head += [name, None, None]
        second += ["Thẩm định", "ĐTXHH", "Tổng điểm"]
    rows = [head, second]
    for k, n in enumerate(f.names, 1):
        row: list[Any] = [k, n]
        for value in f.areas[n]:
            part = round(value * 0.7, 2)
            row += [part, round(value - part, 2), value]
        rows.append(row)
    return Layout({"Sheet1": rows}, area_points(f), merges={"Sheet1": merges})


@layout
def one_area_named_by_the_title() -> Layout:
    f = figures(37)
    rows: list[list[Any]] = [
        title("KẾT QUẢ CHỈ SỐ THÀNH PHẦN LĨNH VỰC CẢI CÁCH THỦ TỤC HÀNH CHÍNH NĂM 2022", 4),
        ["TT", "Tỉnh, thành phố", "Điểm đạt được", "Xếp hạng"],
    ]
    must: dict[Key, float] = {}
    for k, n in enumerate(f.names, 1):
        place = 1 + sum(f.areas[o][2] > f.areas[n][2] for o in f.names)
        rows.append([k, n, f.areas[n][2], place])
        must[n, "A3", "score", 2022] = f.areas[n][2]
        must[n, "A3", "rank", 2022] = place
    return Layout({"Sheet1": rows}, must, aside=True)


@layout
def one_area_without_a_word_of_it() -> Layout:
    """Points of at most 13 under "Điểm": nothing says that they are of an area. Never the total."""
    f = figures(38)
    rows: list[list[Any]] = [["TT", "Tỉnh, thành phố", "Điểm"]]
    rows += [[k, n, f.areas[n][2]] for k, n in enumerate(f.names, 1)]
    return Layout({"Sheet1": rows}, {}, aside=True)


@layout
def two_sheets_ranking_and_areas() -> Layout:
    f = figures(39)
    one: list[list[Any]] = [["TT", "Tỉnh", "Chỉ số CCHC 2022", "Xếp hạng"]]
    one += [[k, n, f.total[n], f.rank[n]] for k, n in enumerate(f.names, 1)]
    two: list[list[Any]] = [["TT", "Tỉnh", *AREA_NAMES], [None, "Điểm tối đa", *MAXIMA]]
    two += [[k, n, *f.areas[n]] for k, n in enumerate(f.names, 1)]
    return Layout({"Bảng 1": one, "Bảng 2": two}, ranking(f) | area_points(f), maxima=maxima_of())


@layout
def lost_points_beside_points() -> Layout:
    f = figures(40)
    head: list[Any] = ["TT", "Tỉnh"]
    second: list[Any] = [None, None]
    merges = []
    for i in (0, 2):
        merges.append((1, len(head) + 1, 1, len(head) + 2))
        head += [AREA_NAMES[i], None]
        second += ["Điểm đạt", "Điểm bị trừ"]
    rows = [head, second]
    for k, n in enumerate(f.names, 1):
        row: list[Any] = [k, n]
        for i in (0, 2):
            row += [f.areas[n][i], round(MAXIMA[i] - f.areas[n][i], 2)]
        rows.append(row)
    return Layout({"Sheet1": rows}, area_points(f, (0, 2)), merges={"Sheet1": merges}, aside=True)


# --- a province's own sheet -----------------------------------------------------------------------

TREE = (
    ("1", "Công tác chỉ đạo, điều hành cải cách hành chính", 9.5, 8.75),
    ("1.1", "Kế hoạch cải cách hành chính", 2.0, 2.0),
    ("1.1.1", "Ban hành kế hoạch cải cách hành chính năm", 1.0, 1.0),
    ("1.1.2", "Mức độ hoàn thành kế hoạch", 1.0, 1.0),
    ("1.2", "Thực hiện chế độ báo cáo", 7.5, 6.75),
    ("1.2.1", "Số lượng báo cáo", 4.5, 4.25),
    ("1.2.2", "Nội dung báo cáo", 3.0, 2.5),
    ("2", "Cải cách thể chế", 10.0, 8.5),
    ("2.1", "Theo dõi thi hành pháp luật", 6.0, 5.0),
    ("2.2", "Rà soát văn bản quy phạm pháp luật", 4.0, 3.5),
)


def own_truth(measure: str = "score") -> dict[Key, float]:
    """Truth of a sheet of Lạng Sơn; a code of one part is an area."""
    return {
        ("Lạng Sơn", f"A{code}" if "." not in code else code, measure, 2022): value
        for code, _, _, value in TREE
    }


def own_maxima() -> dict[str, float]:
    """Maxima as that sheet prints them."""
    return {f"A{c}" if "." not in c else c: m for c, _, m, _ in TREE}


def claimed(value: float, top: float) -> float:
    """What the province claims for itself: a quarter point more, at most the maximum."""
    return min(top, value + 0.25)


def own_may() -> dict[Key, float]:
    """Self-assessed points of the sheet."""
    return {
        ("Lạng Sơn", f"A{c}" if "." not in c else c, "self_assessed", 2022): claimed(v, m)
        for c, _, m, v in TREE
    }


OWN_TITLE = "KẾT QUẢ TỰ ĐÁNH GIÁ, CHẤM ĐIỂM CHỈ SỐ CCHC NĂM 2022 CỦA TỈNH LẠNG SƠN"


@layout
def own_sheet_with_codes_in_a_column() -> Layout:
    rows: list[list[Any]] = [
        title(OWN_TITLE, 6),
        [
            "STT",
            "Lĩnh vực/Tiêu chí/Tiêu chí thành phần",
            "Điểm tối đa",
            "Tự đánh giá",
            "Thẩm định",
            "Ghi chú",
        ],
    ]
    rows += [[c, name, m, claimed(v, m), v, None] for c, name, m, v in TREE]
    return Layout({"Sheet1": rows}, own_truth(), own_may(), own_maxima(), aside=True)


@layout
def own_sheet_with_codes_in_the_name() -> Layout:
    rows: list[list[Any]] = [
        title(OWN_TITLE, 5),
        [
            "Lĩnh vực/Tiêu chí/Tiêu chí thành phần",
            "Điểm tối đa",
            "Tự đánh giá",
            "Tài liệu kiểm chứng",
            "Thẩm định",
        ],
    ]
    rows += [
        [f"{c}. {name}", m, claimed(v, m), "Kế hoạch số 12/KH-UBND", v] for c, name, m, v in TREE
    ]
    return Layout({"Sheet1": rows}, own_truth(), own_may(), own_maxima(), aside=True)


@layout
def own_sheet_with_scoring_steps() -> Layout:
    rows: list[list[Any]] = [
        title(OWN_TITLE, 5),
        ["STT", "Tiêu chí", "Điểm tối đa", "Điểm thẩm định", "Ghi chú"],
    ]
    for c, name, m, v in TREE:
        rows.append([c, name, m, v, None])
        if c.count(".") == 2:
            rows += [[None, "Đạt 100% yêu cầu", m, None, None],
                     [None, "Từ 80% đến dưới 100%", m / 2, None, None],
                     [None, "Dưới 80%", 0, None, None]]  # fmt: skip
    return Layout({"Sheet1": rows}, own_truth(), {}, own_maxima(), aside=True)


@layout
def own_sheet_with_roman_areas() -> Layout:
    rows: list[list[Any]] = [
        title(OWN_TITLE, 4),
        ["Số TT", "Nội dung", "Điểm chuẩn", "Điểm thẩm định"],
    ]
    for c, name, m, v in TREE:
        rows.append(
            [ROMAN[int(c) - 1] if "." not in c else c, name.upper() if "." not in c else name, m, v]
        )
    return Layout({"Sheet1": rows}, own_truth(), {}, own_maxima(), aside=True)


@layout
def own_sheet_not_applicable() -> Layout:
    rows: list[list[Any]] = [title(OWN_TITLE, 4), ["STT", "Tiêu chí", "Điểm tối đa", "Thẩm định"]]
    must = own_truth()
    for c, name, m, v in TREE:
        if c == "2.2":
            rows.append([c, name, m, "Không áp dụng"])
            del must["Lạng Sơn", "2.2", "score", 2022]
        else:
            rows.append([c, name, m, v])
    return Layout({"Sheet1": rows}, must, {}, own_maxima(), aside=True)


# --- SIPAS ----------------------------------------------------------------------------------------


def satisfaction(seed: int) -> tuple[dict[str, float], dict[str, list[float]], dict[str, int]]:
    """Shares of satisfied citizens, the five factors, places."""
    draw = random.Random(seed)
    total = {n: round(draw.uniform(76, 92), 2) for n in NAMES}
    parts = {n: [round(v + draw.uniform(-3, 3), 2) for _ in FACTORS] for n, v in total.items()}
    rank = {n: 1 + sum(o > v for o in total.values()) for n, v in total.items()}
    return total, parts, rank


def satisfied(total: dict[str, float], rank: dict[str, int]) -> dict[Key, float]:
    """Truth of SIPAS totals and places."""
    out: dict[Key, float] = {(n, "total", "percent", 2022): v for n, v in total.items()}
    return out | {(n, "total", "rank", 2022): r for n, r in rank.items()}


@layout
def five_factors_of_satisfaction() -> Layout:
    total, parts, rank = satisfaction(50)
    rows: list[list[Any]] = [
        [
            "TT",
            "Tỉnh",
            "Chỉ số hài lòng theo từng yếu tố (%)",
            *[None] * 4,
            "Chỉ số SIPAS (%)",
            "Xếp hạng",
        ],
        [None, None, *FACTOR_NAMES, None, None],
    ]
    rows += [[k, n, *parts[n], total[n], rank[n]] for k, n in enumerate(NAMES, 1)]
    must = satisfied(total, rank)
    must |= {(n, FACTORS[i], "percent", 2022): parts[n][i] for n in NAMES for i in range(5)}
    return Layout({"Sheet1": rows}, must, merges={"Sheet1": [(1, 3, 1, 7)]}, index="SIPAS")


@layout
def wishes_beside_satisfaction() -> Layout:
    total, _, rank = satisfaction(51)
    draw = random.Random(5)
    rows: list[list[Any]] = [
        [
            "TT",
            "Tỉnh",
            "Mức độ hài lòng chung (%)",
            "Mong đợi của người dân (%)",
            "Xếp hạng hài lòng",
        ]
    ]
    rows += [
        [k, n, total[n], round(draw.uniform(20, 70), 2), rank[n]] for k, n in enumerate(NAMES, 1)
    ]
    return Layout({"Sheet1": rows}, satisfied(total, rank), index="SIPAS", aside=True)


@layout
def forms_sent_and_returned() -> Layout:
    total, _, rank = satisfaction(52)
    rows: list[list[Any]] = [
        [
            "TT",
            "Tỉnh",
            "Số phiếu phát ra",
            "Số phiếu thu về",
            "Tỷ lệ thu về (%)",
            "Chỉ số hài lòng (%)",
            "Xếp hạng",
        ]
    ]
    for k, n in enumerate(NAMES, 1):
        back = 400 + k
        rows.append([k, n, 500, back, round(back / 5, 2), total[n], rank[n]])
    may = {(n, "total", "n", 2022): float("nan") for n in NAMES}
    return Layout({"Sheet1": rows}, satisfied(total, rank), may, index="SIPAS", aside=True)


@layout
def satisfied_and_dissatisfied() -> Layout:
    total, _, rank = satisfaction(53)
    rows: list[list[Any]] = [
        ["TT", "Tỉnh", "Tỷ lệ người dân, tổ chức (%)", None, None, "Xếp hạng"],
        [None, None, "Hài lòng", "Bình thường", "Không hài lòng", None],
    ]
    for k, n in enumerate(NAMES, 1):
        left = round(100 - total[n], 2)
        half = round(left * 0.75, 2)
        rows.append([k, n, total[n], half, round(left - half, 2), rank[n]])
    return Layout(
        {"Sheet1": rows},
        satisfied(total, rank),
        merges={"Sheet1": [(1, 3, 1, 5)]},
        index="SIPAS",
        aside=True,
    )


@layout
def shares_of_one() -> Layout:
    """0,8712 for 87,12 percent: must not be kept as a percentage."""
    total, _, rank = satisfaction(54)
    rows: list[list[Any]] = [["TT", "Tỉnh", "Chỉ số SIPAS", "Xếp hạng"]]
    rows += [[k, n, vi(total[n] / 100, 4), rank[n]] for k, n in enumerate(NAMES, 1)]
    return Layout({"t": rows}, satisfied(total, rank), index="SIPAS", aside=True, suffix=".csv")


@layout
def satisfaction_of_two_years_by_sheets() -> Layout:
    total, _, rank = satisfaction(55)
    old, _, old_rank = satisfaction(155)
    head = ["TT", "Tỉnh", "Chỉ số hài lòng (%)", "Xếp hạng"]
    sheets = {}
    for year, (t, r) in {2021: (old, old_rank), 2022: (total, rank)}.items():
        rows: list[list[Any]] = [title(f"CHỈ SỐ HÀI LÒNG (SIPAS) NĂM {year}", 4), head]
        sheets[f"SIPAS {year}"] = rows + [[k, n, t[n], r[n]] for k, n in enumerate(NAMES, 1)]
    may = {(n, "total", "percent", 2021): v for n, v in old.items()}
    may |= {(n, "total", "rank", 2021): v for n, v in old_rank.items()}
    return Layout(sheets, satisfied(total, rank), may, index="SIPAS", aside=True)
