"""Totals and ranks that are of a part only, and tables side by side under heads of their own.

The kinds were found by people who had not seen how tables are read; all figures SYNTHETIC.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from combined_layouts import FEW, TITLE, Rows, body, plain, ranks_of_areas
from layouts import (
    AREA_NAMES,
    AREAS,
    MAXIMA,
    Figures,
    Key,
    Layout,
    area_points,
    figures,
    layout,
)

TWO = "Chỉ số CCHC của các tỉnh, thành phố"
SOURCES = ("appraisal", "survey_leaders")


def halves(
    heads: tuple[str, str], below: str, left: dict[str, float], right: dict[str, float]
) -> tuple[Rows, Sequence[tuple[int, int, int, int]]]:
    """Two tables side by side in their own orders, each under a head over its two columns."""
    rows: Rows = [[TWO], [heads[0], None, heads[1], None], ["Tỉnh, thành phố", below] * 2]
    columns = [sorted(v, key=v.__getitem__, reverse=True) for v in (left, right)]
    rows += [[a, left[a], b, right[b]] for a, b in zip(*columns, strict=True)]
    return rows, [(1, 1, 1, 4), (2, 1, 2, 2), (2, 3, 2, 4)]


def side_by_side(seed: int, heads: tuple[str, str], must: dict[int, tuple[str, int]]) -> Layout:
    """Halves of which ``must`` says what each figure is; the others are left out."""
    one, other = figures(seed, FEW).total, figures(seed + 1, FEW).total
    rows, merges = halves(heads, "Chỉ số (%)", one, other)
    truth = {
        (name, "total", measure, year): value
        for half, (measure, year) in must.items()
        for name, value in (one, other)[half].items()
    }
    return Layout({"Sheet1": rows}, truth, merges={"Sheet1": merges})


@layout
def halves_of_two_years() -> Layout:
    return side_by_side(901, ("Năm 2022", "Năm 2021"), {0: ("percent", 2022), 1: ("percent", 2021)})


@layout
def halves_of_a_mean_of_years_and_of_a_year() -> Layout:
    heads = ("Trung bình 5 năm 2018-2022", "Năm 2022")
    return side_by_side(903, heads, {1: ("percent", 2022)})


@layout
def halves_of_a_draft_and_of_the_results() -> Layout:
    heads = ("Kết quả dự thảo", "Kết quả chính thức")
    return side_by_side(905, heads, {1: ("percent", 2022)})


@layout
def halves_of_targets_and_of_results() -> Layout:
    return side_by_side(907, ("Mục tiêu", "Kết quả"), {1: ("percent", 2022)})


def ranks_of(values: dict[str, float], component: str = "total") -> dict[Key, float]:
    """Truth of ranks by some figures."""
    return {
        (n, component, "rank", 2022): 1 + sum(o > v for o in values.values())
        for n, v in values.items()
    }


@layout
def a_rank_beside_one_area() -> Layout:
    f = figures(911, FEW)
    places = ranks_of_areas(f)
    rows = [TITLE, ["TT", "Tỉnh", AREA_NAMES[2], "Xếp hạng"]]
    rows += body(f, lambda n: [f.areas[n][2], places[n, "A3", "rank", 2022]])
    must = {(n, "A3", "score", 2022): f.areas[n][2] for n in f.names}
    return Layout({"Sheet1": rows}, must | {k: v for k, v in places.items() if k[1] == "A3"})


@layout
def a_rank_beside_two_areas_that_is_of_the_first() -> Layout:
    f = figures(912, FEW)
    places = ranks_of_areas(f)
    rows = [TITLE, ["TT", "Tỉnh", AREA_NAMES[2], "Xếp hạng", AREA_NAMES[3]]]
    rows += body(f, lambda n: [f.areas[n][2], places[n, "A3", "rank", 2022], f.areas[n][3]])
    must = {
        (n, a, "score", 2022): f.areas[n][i] for n in f.names for i, a in ((2, "A3"), (3, "A4"))
    }
    return Layout({"Sheet1": rows}, must | {k: v for k, v in places.items() if k[1] == "A3"})


@layout
def a_rank_of_the_sum_of_two_areas() -> Layout:
    f = figures(913, FEW)
    both = {n: round(f.areas[n][2] + f.areas[n][3], 2) for n in f.names}
    places = ranks_of(both)
    rows = [TITLE, ["TT", "Tỉnh", AREA_NAMES[2], AREA_NAMES[3], "Xếp hạng"]]
    rows += body(f, lambda n: [f.areas[n][2], f.areas[n][3], places[n, "total", "rank", 2022]])
    must = {
        (n, a, "score", 2022): f.areas[n][i] for n in f.names for i, a in ((2, "A3"), (3, "A4"))
    }
    return Layout({"Sheet1": rows}, must)


def without_the_last(maxima: bool) -> Layout:
    """Seven areas with their sum and its ranks, perhaps under its maximum."""
    f = figures(914, FEW)
    seven = {n: round(sum(f.areas[n][:7]), 2) for n in f.names}
    places = ranks_of(seven)
    rows: Rows = [TITLE, ["TT", "Tỉnh", *AREA_NAMES[:7], "Tổng điểm", "Xếp hạng"]]
    rows += [["", "Điểm tối đa", *MAXIMA[:7], sum(MAXIMA[:7]), ""]] if maxima else []
    rows += body(f, lambda n: [*f.areas[n][:7], seven[n], places[n, "total", "rank", 2022]])
    must = {k: v for k, v in area_points(f).items() if k[1] != "A8"}
    # a maximum of the total is kept with it only
    printed = dict(zip(AREAS[:7], MAXIMA, strict=False)) if maxima else {}
    return Layout({"Sheet1": rows}, must, maxima=printed)


@layout
def ranks_of_the_sum_of_seven_areas() -> Layout:
    return without_the_last(maxima=False)


@layout
def ranks_of_the_sum_of_seven_areas_under_its_maximum() -> Layout:
    return without_the_last(maxima=True)


def of_two_sources(maxima: bool) -> Layout:
    """Appraisal and leaders' survey with their sum and its ranks, perhaps under its maximum."""
    f = figures(915, FEW)
    points = {n: (f.sources[n][0], f.sources[n][2]) for n in f.names}
    both = {n: round(sum(p), 2) for n, p in points.items()}
    places = ranks_of(both)
    heads = ["Điểm thẩm định", "Khảo sát lãnh đạo, quản lý", "Tổng điểm", "Xếp hạng"]
    rows: Rows = [TITLE, ["TT", "Tỉnh", *heads]]
    rows += [["", "Điểm tối đa", 61.5, 22, 83.5, ""]] if maxima else []
    rows += body(f, lambda n: [*points[n], both[n], places[n, "total", "rank", 2022]])
    must = {
        (n, c, "score", 2022): v for n, p in points.items() for c, v in zip(SOURCES, p, strict=True)
    }
    printed = {"appraisal": 61.5, "survey_leaders": 22} if maxima else {}
    return Layout({"Sheet1": rows}, must, maxima=printed)


@layout
def the_sum_of_two_sources() -> Layout:
    return of_two_sources(maxima=False)


@layout
def the_sum_of_two_sources_under_its_maximum() -> Layout:
    return of_two_sources(maxima=True)


def percents(f: Figures) -> dict[Key, float]:
    """Truth of the totals alone."""
    return {(n, "total", "score", 2022): f.total[n] for n in f.names}


def among(name: str, title: str, must: Any = percents) -> None:
    """Ranks from 1 on under a title of some units, or of the first of all."""

    def make() -> Layout:
        return plain(916, lambda f, n: [f.total[n], f.rank[n]], title=[title], must=must)

    make.__name__ = name
    layout(make)


def ranked(f: Figures) -> dict[Key, float]:
    """Truth of totals and ranks."""
    return percents(f) | {(n, "total", "rank", 2022): f.rank[n] for n in f.names}


among("ranks_in_a_region", "Xếp hạng Chỉ số CCHC năm 2022 của các tỉnh vùng Đồng bằng sông Hồng")
among("ranks_among_some", "Xếp hạng Chỉ số CCHC năm 2022 giữa 14 tỉnh")
among("ranks_of_the_first", "14 tỉnh dẫn đầu Chỉ số CCHC năm 2022", ranked)
among("ranks_among_all", "Chỉ số CCHC năm 2022: xếp hạng trong 63 tỉnh, thành phố", ranked)
