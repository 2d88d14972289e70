"""Tables in the forms that ministries, provinces and portals print: read exactly or refused."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import build_corpus
import openpyxl
import pytest
from build_corpus import AREAS, NAMES, Case, Key, Table, comma
from test_corpus import compare

from parstudy.dataset.checks.within import tie_rule
from parstudy.errors import ReleaseError
from parstudy.intake import read_release
from parstudy.intake.add import propose
from parstudy.releases import read_release_folder
from parstudy.releases.formats.text_recognition import available

PARTS = ("access", "procedures", "staff", "results", "feedback", "service", "policy")
PART_NAMES = (
    "Tiếp cận dịch vụ",
    "Thủ tục hành chính",
    "Công chức trực tiếp giải quyết",
    "Kết quả dịch vụ",
    "Tiếp nhận, giải quyết PAKN",
    "Hài lòng về cung ứng dịch vụ hành chính công",
    "Hài lòng về xây dựng, tổ chức thực hiện chính sách",
)
MINISTRIES = ("Bộ Tài chính", "Bộ Tư pháp", "Ngân hàng Nhà nước", "Bộ Y tế", "Thanh tra Chính phủ")
Made = tuple[Table, dict[Key, float]]


def ranked(seed: int = 21, names: Sequence[str] = NAMES) -> list[tuple[str, float, int]]:
    """Name, percent and rank of each unit."""
    draw = build_corpus.numbers(seed)
    values = [round(60 + draw() * 38, 2) for _ in names]
    return [(n, v, 1 + sum(o > v for o in values)) for n, v in zip(names, values, strict=True)]


def expected(rows: Sequence[tuple[str, float, int]], year: str = "") -> dict[Key, float]:
    found: dict[Key, float] = {}
    for name, value, rank in rows:
        found[name, f"total{year}", "percent"] = value
        found[name, f"total{year}", "rank"] = rank
    return found


def plain(rows: Sequence[tuple[str, float, int]]) -> list[list[str]]:
    return [[str(n), name, comma(v), str(r)] for n, (name, v, r) in enumerate(rows, 1)]


def two_years() -> Made:
    """Two index years beside each other under merged headings, and the change in places."""
    now, before = ranked(1), ranked(2)
    head = [
        ["STT", "Tỉnh, thành phố", "Năm 2020", "", "Năm 2021", "", "Tăng/giảm hạng"],
        ["", "", "Chỉ số (%)", "Xếp hạng", "Chỉ số (%)", "Xếp hạng", ""],
    ]
    merges = [(0, 2, 0, 3), (0, 4, 0, 5), (0, 0, 1, 0), (0, 1, 1, 1), (0, 6, 1, 6)]
    expect = expected(now) | expected(before, " 2020")
    body = []
    for n, ((name, v, r), (_, w, q)) in enumerate(zip(now, before, strict=True), 1):
        arrow = f"↑ {q - r}" if q > r else f"↓ {r - q}" if q < r else "="
        body.append([str(n), name, comma(w), str(q), comma(v), str(r), arrow])
        expect[name, "total", "change_rank"] = q - r
    title = "SYNTHETIC. Chỉ số cải cách hành chính năm 2020 và năm 2021"
    return Table(head + body, merges, title, header=2), expect


def parts() -> Made:
    """SIPAS with five factors and two groups of factors."""
    rows, draw = ranked(3), build_corpus.numbers(4)
    expect = expected(rows)
    body = []
    for n, (name, v, r) in enumerate(rows, 1):
        values = [round(70 + draw() * 25, 2) for _ in PARTS]
        body.append([str(n), name, *map(comma, values), comma(v), str(r)])
        expect |= {(name, p, "percent"): x for p, x in zip(PARTS, values, strict=True)}
    head = ["STT", "Tỉnh, thành phố", *PART_NAMES, "Chỉ số SIPAS", "Xếp hạng"]
    return Table([head, *body], title="SYNTHETIC. Chỉ số hài lòng năm 2021", wide=True), expect


def score_and_rank_under_one_heading() -> Made:
    """Điểm and Hạng under "Thẩm định" belong to the appraisal, not to the total."""
    a, t = ranked(5), ranked(6)
    head = [["TT", "Địa phương", "Thẩm định", "", "Tổng", ""]]
    head += [["", "", "Điểm", "Hạng", "Điểm", "Hạng"]]
    merges = [(0, 2, 0, 3), (0, 4, 0, 5), (0, 0, 1, 0), (0, 1, 1, 1)]
    expect: dict[Key, float] = {}
    body = []
    for n, ((name, x, r), (_, y, q)) in enumerate(zip(a, t, strict=True), 1):
        body.append([str(n), name, comma(x), str(r), comma(y), str(q)])
        expect |= {(name, "appraisal", "score"): x, (name, "appraisal", "rank"): r}
        expect |= {(name, "total", "score"): y, (name, "total", "rank"): q}
    return Table(head + body, merges, "SYNTHETIC PAR INDEX 2021", header=2), expect


def groups_and_words() -> Made:
    """ "Nhóm A", "Hạng 5", a percent sign after a blank, a footnote mark behind a name."""
    rows = ranked(7)
    body = []
    expect = expected(rows)
    for n, (name, v, r) in enumerate(rows, 1):
        group = "Nhóm A" if v >= 90 else "Nhóm B" if v >= 80 else "Nhóm C"
        mark = " (*)" if n == 6 else ""
        body.append([f"{n} ", name + mark, f"{comma(v)} \u00a0% ", group, f"Hạng {r}"])
    head = ["Số thứ tự", "Tên địa phương", "PAR INDEX 2021", "Nhóm", "Thứ hạng"]
    for name, _, _ in rows:
        expect[name, "total", "group"] = float("nan")
    return Table([head, *body], title="SYNTHETIC PAR INDEX 2021"), expect


def regions_with_figures() -> Made:
    """Regions with a mean of their own between the provinces; the running number starts again."""
    rows = ranked(8)
    body, expect = [], expected(rows)
    for n, (name, v, r) in enumerate(rows):
        if n % 11 == 0:
            body.append([["I", "II", "III", "IV", "V", "VI"][n // 11], f"Vùng {n}", "80,00", ""])
        body.append([str(n % 11 + 1), name, comma(v), str(r)])
    body.append(["", "Bình quân chung", comma(sum(v for _, v, _ in rows) / 63), ""])
    expect["Việt Nam", "total", "mean"] = round(sum(v for _, v, _ in rows) / 63, 2)
    head = ["Số TT", "Vùng/Tỉnh", "Chỉ số hài lòng (%)", "Xếp hạng"]
    return Table([head, *body], title="SYNTHETIC SIPAS 2021"), expect


def side_by_side() -> Made:
    """Thirty-two provinces on the left, the others on the right."""
    rows = ranked(9)
    left, right = plain(rows)[:32], plain(rows)[32:]
    head = ["TT", "Tỉnh/TP", "Chỉ số", "Hạng"]
    body = [[*a, "", *b] for a, b in zip(left, [*right, [""] * 4], strict=True)]
    return Table([[*head, "", *head], *body], title="SYNTHETIC PAR INDEX 2021"), expected(rows)


def ministries_above() -> Made:
    """A table of ministries over that of the provinces: other units, not read."""
    rows = ranked(10)
    few = [[str(n), m, comma(80 + n), str(6 - n)] for n, m in enumerate(MINISTRIES, 1)]
    head = ["STT", "Bộ, cơ quan ngang bộ", "Chỉ số", "Xếp hạng"]
    other = ["STT", "Tỉnh, thành phố", "Chỉ số", "Xếp hạng"]
    blank = [""] * 4
    body = [head, *few, blank, ["II. Các tỉnh", "", "", ""], other, *plain(rows)]
    return Table(body, title="SYNTHETIC PAR INDEX 2021"), expected(rows)


def long_names() -> Made:
    """Each name with the word for its kind, or with that of its People's Committee."""
    kinds = ("Tỉnh", "TỈNH", "Thành phố", "TP.", "UBND tỉnh", "Uỷ ban nhân dân tỉnh", "")
    names = [f"{kinds[n % len(kinds)]} {name}".strip() for n, name in enumerate(NAMES)]
    rows = ranked(19, names)
    return Table(
        [["STT", "Đơn vị", "Chỉ số", "Xếp hạng"], *plain(rows)], title="SYNTHETIC PAR INDEX 2021"
    ), expected(rows)


def change_in_points() -> Made:
    """Whole points of change beside the rank, in a column that says points."""
    rows = ranked(20)
    head = ["STT", "Đơn vị", "Chỉ số", "Xếp hạng", "Tăng/giảm (điểm)"]
    changes = {(name, "total", "change_score"): n % 7 - 3.0 for n, (name, *_) in enumerate(rows)}
    body = [[*r, f"{n % 7 - 3:+d}"] for n, r in enumerate(plain(rows))]
    return Table([head, *body], title="SYNTHETIC PAR INDEX 2021"), expected(rows) | changes


def trend_of_ranks() -> Made:
    """Ranks of several years under headings that are nothing but years."""
    rows = [ranked(seed) for seed in (30, 31, 32)]
    head = ["TT", "Tỉnh", "2019", "2020", "2021"]
    body = [
        [str(n), name, *(str(year[n - 1][2]) for year in rows)] for n, name in enumerate(NAMES, 1)
    ]
    expect = {
        (name, f"total{said}", "rank"): float(rank)
        for said, year in zip((" 2019", " 2020", ""), rows, strict=True)
        for name, _, rank in year
    }
    return Table([head, *body], title="SYNTHETIC. Thứ hạng PAR INDEX"), expect


def trend_of_some_ranks() -> Made:
    """Ranks of a few provinces: only the title says that they are ranks."""
    chosen = [r for r in ranked(33) if r[2] % 5 == 3]
    body = [[str(n), name, str(rank)] for n, (name, _, rank) in enumerate(chosen, 1)]
    table = Table([["TT", "Tỉnh", "Năm 2021"], *body], title="SYNTHETIC Xếp hạng PAR INDEX")
    return table, {(name, "total", "rank"): float(rank) for name, _, rank in chosen}


def trend_of_percent() -> Made:
    rows = [ranked(seed) for seed in (34, 35)]
    body = [
        [str(n), name, *(comma(year[n - 1][1]) for year in rows)] for n, name in enumerate(NAMES, 1)
    ]
    expect = {
        (name, f"total{said}", "percent"): value
        for said, year in zip((" 2020", ""), rows, strict=True)
        for name, value, _ in year
    }
    return Table([["TT", "Tỉnh", "2020", "2021"], *body], title="SYNTHETIC SIPAS"), expect


def rank_in_front() -> Made:
    """The rank stands where a running number would."""
    rows = sorted(ranked(37), key=lambda r: r[2])
    body = [[str(rank), name, comma(value)] for name, value, rank in rows]
    title = "SYNTHETIC PAR INDEX 2021"
    return Table([["Xếp hạng", "Tỉnh, thành phố", "Chỉ số"], *body], title=title), expected(rows)


def rows_by_name() -> Made:
    """Provinces as columns, rows known by their names: SIPAS has no codes."""
    names = dict(
        zip(
            ("access", "procedures", "staff", "results", "feedback", "total"),
            (
                "Tiếp cận dịch vụ",
                "Thủ tục hành chính",
                "Công chức",
                "Kết quả",
                "Phản ánh, kiến nghị",
                "SIPAS",
            ),
            strict=True,
        )
    )
    expect: dict[Key, float] = {}
    rows = []
    for n, (component, text) in enumerate(names.items(), 1):
        values = ranked(40 + n)
        rows.append([str(n), text, *(comma(v) for _, v, _ in values)])
        expect |= {(name, component, "percent"): v for name, v, _ in values}
    table = Table([["TT", "Yếu tố", *NAMES], *rows], title="SYNTHETIC SIPAS 2021", wide=True)
    return table, expect


def own_sheet() -> Made:
    """What one province claimed and was granted, by criterion; no other province is in it."""
    draw = build_corpus.numbers(36)
    rows, expect = [], {}
    for code, name, top in build_corpus.tree():
        claimed, granted = round(top * (0.7 + 0.3 * draw()), 2), round(top * 0.7 * draw(), 2)
        survey = code.endswith(".2")
        both = code.count(".") < 2
        cells = ["" if survey and not both else comma(claimed)]
        cells += ["" if survey and not both else comma(granted)]
        cells += [comma(granted) if survey or both else "", "ghi chú"]
        rows.append([code, name, comma(top), *cells])
        component = code if "." in code else f"A{code}"
        if both or not survey:
            expect["Lạng Sơn", component, "self_assessed"] = claimed
        if not both:
            expect["Lạng Sơn", component, "score"] = granted
    rows.append(["", "Tổng điểm", "100", "90,5", "", "87,11", ""])
    rows.append(["", "Xếp hạng", "", "", "", "23", ""])
    expect["Lạng Sơn", "total", "self_assessed"] = 90.5
    expect["Lạng Sơn", "total", "score"] = 87.11
    expect["Lạng Sơn", "total", "rank"] = 23.0
    head = ["STT", "Tiêu chí", "Điểm tối đa", "Tự đánh giá", "Thẩm định", "Điều tra XHH", "Ghi chú"]
    title = "SYNTHETIC. Bảng điểm Chỉ số cải cách hành chính năm 2021 của tỉnh Lạng Sơn"
    return Table([head, *rows], title=title), expect


def own_sheet_of_years() -> Made:
    """One province's scores in two years, in columns that are headed by nothing but years."""
    draw = build_corpus.numbers(38)
    rows, expect = [], {}
    for code, name, top in build_corpus.tree():
        before, now = round(top * draw(), 2), round(top * draw(), 2)
        rows.append([code, name, comma(top), comma(before), comma(now)])
        component = code if "." in code else f"A{code}"
        expect["Lạng Sơn", f"{component} 2020", "score"] = before
        expect["Lạng Sơn", component, "score"] = now
    head = ["STT", "Tiêu chí", "Điểm tối đa", "Năm 2020", "Năm 2021"]
    return Table([head, *rows], title="SYNTHETIC PAR INDEX tỉnh Lạng Sơn"), expect


def ministries_in_front() -> Made:
    """Ministries and provinces in one table, each with ranks of their own, counted on."""
    rows, heads = ranked(17), ["STT", "Tên đơn vị", "Chỉ số", "Xếp hạng"]
    few = [[str(n), m, comma(80 - n), str(n)] for n, m in enumerate(MINISTRIES, 1)]
    on = [[str(int(r[0]) + len(few)), *r[1:]] for r in plain(rows)]
    parts = (["I", "Các bộ, cơ quan ngang bộ", "", ""], ["II", "Các tỉnh, thành phố", "", ""])
    return Table(
        [heads, parts[0], *few, parts[1], *on], title="SYNTHETIC PAR INDEX 2021"
    ), expected(rows)


def ministries_among() -> Made:
    """Ministries between the provinces in one order of scores; ranks among their own kind."""
    rows = [(f"UBND tỉnh {name}", *more) for name, *more in ranked(18)]
    few = [["", m, comma(95 - 5 * n), str(n)] for n, m in enumerate(MINISTRIES, 1)]
    both = sorted([*plain(rows), *few], key=lambda r: -float(r[2].replace(",", ".")))
    body = [[str(n), *r[1:]] for n, r in enumerate(both, 1)]
    head = ["STT", "Bộ, ngành, địa phương", "Chỉ số", "Xếp hạng"]
    return Table([head, *body], title="SYNTHETIC PAR INDEX 2021"), expected(rows)


ONE_AREA = ("1.1", "1.1.1", "1.1.2", "1.2", "1.3")


def criteria_of_one_area(*, coded: bool = True) -> Made:
    """An annex of one area: its criteria, and a total that is the area's."""
    draw = build_corpus.numbers(51)
    names = [
        "Kế hoạch",
        "Ban hành kế hoạch",
        "Mức độ hoàn thành",
        "Tỷ lệ báo cáo năm 2020",
        "Sáng kiến",
    ]
    heads = [*ONE_AREA] if coded else [f"{c}. {n}" for c, n in zip(ONE_AREA, names, strict=True)]
    ends = ["Tổng điểm", "Chỉ số (%)", "Xếp hạng"]
    body, expect = [], {}
    scores = [[round(1 + draw(), 2) for _ in range(4)] for _ in NAMES]
    totals = [round(sum(row), 2) for row in scores]
    for n, (name, row, total) in enumerate(zip(NAMES, scores, totals, strict=True), 1):
        row = [round(row[0] + row[1], 2), *row]
        rank = 1 + sum(o > total for o in totals)
        share = round(100 * total / 9.5, 2)
        body.append([str(n), name, *map(comma, row), comma(total), comma(share), str(rank)])
        expect |= {(name, c, "score"): v for c, v in zip(ONE_AREA, row, strict=True)}
        expect |= {(name, "A1", "score"): total, (name, "A1", "percent"): share}
        expect[name, "A1", "rank"] = rank
    title = "SYNTHETIC. Phụ lục 3. Kết quả Chỉ số CCHC năm 2021: chỉ đạo, điều hành"
    return Table([["STT", "Tỉnh, thành phố", *heads, *ends], *body], title=title), expect


def sipas_staff_and_comparison() -> Made:
    """Staff that handle procedures; changes under "So sánh năm 2021 với năm 2020"."""
    now, before, draw = ranked(53), ranked(54), build_corpus.numbers(55)
    head = [
        ["STT", "Tỉnh", "Hài lòng về", "", "SIPAS", "Xếp hạng", "So sánh năm 2021 với năm 2020", ""]
    ]
    head += [["", "", "Thủ tục hành chính", "Công chức giải quyết TTHC", "", ""]]
    head[1] += ["Tăng/giảm chỉ số (%)", "Tăng/giảm thứ hạng"]
    merges = [(0, 2, 0, 3), (0, 6, 0, 7), *((0, c, 1, c) for c in (0, 1, 4, 5))]
    body, expect = [], expected(now)
    for n, ((name, v, r), (_, w, q)) in enumerate(zip(now, before, strict=True), 1):
        parts = [round(70 + 25 * draw(), 2) for _ in range(2)]
        more = [comma(v), str(r), comma(v - w), f"{q - r:+d}"]
        body.append([str(n), name, *map(comma, parts), *more])
        expect |= {(name, "procedures", "percent"): parts[0], (name, "staff", "percent"): parts[1]}
        expect[name, "total", "change_score"] = round(v - w, 2)
        expect[name, "total", "change_rank"] = q - r
    return Table(head + body, merges, "SYNTHETIC. SIPAS năm 2021", header=2), expect


FORMS: dict[str, Callable[[], Made]] = {
    "two years": two_years,
    "sipas parts": parts,
    "appraisal with rank": score_and_rank_under_one_heading,
    "groups and words": groups_and_words,
    "sipas regions": regions_with_figures,
    "side by side": side_by_side,
    "ministries above": ministries_above,
    "long names": long_names,
    "change in points": change_in_points,
    "ranks of years": trend_of_ranks,
    "some ranks": trend_of_some_ranks,
    "sipas of years": trend_of_percent,
    "rank in front": rank_in_front,
    "sipas rows by name": rows_by_name,
    "own sheet": own_sheet,
    "own sheet of years": own_sheet_of_years,
    "ministries in front": ministries_in_front,
    "ministries among": ministries_among,
    "criteria of one area": criteria_of_one_area,
    "criteria in headings": lambda: criteria_of_one_area(coded=False),
    "sipas staff, comparison": sipas_staff_and_comparison,
}


def test_own_sheet_of_nobody_is_refused(tmp_path: Path) -> None:
    one, _ = own_sheet()
    for title, found in (("SYNTHETIC PAR INDEX 2021", ""), ("Lạng Sơn, Cao Bằng 2021", "Cao Bằng")):
        path = tmp_path / "a.xlsx"
        build_corpus.write_xlsx(path, [replace(one, title=title)])
        with pytest.raises(ReleaseError) as caught:
            read_release(path, "PAR_INDEX", 2021)
        assert caught.value.code == "no_units"
        assert found in caught.value.found
        assert "unit = " in caught.value.advice


def test_columns_that_name_no_province_are_no_provinces(tmp_path: Path) -> None:
    one, _ = build_corpus.t_criteria(("Điểm mất", "Điểm thưởng", "Ý kiến"))
    build_corpus.write_xlsx(tmp_path / "a.xlsx", [one])
    with pytest.raises(ReleaseError) as caught:
        read_release(tmp_path / "a.xlsx", "PAR_INDEX", 2021)
    assert caught.value.code == "no_columns"
    assert "no heading says which points are the province's" in str(caught.value)


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("TỈNH THỪA THIÊN - HUẾ", "Thừa Thiên Huế"),
        ("Tỉnh Bà Rịa – Vũng Tàu", "Bà Rịa - Vũng Tàu"),
        ("Thành phố Hồ Chí Minh", "TP. Hồ Chí Minh"),
        ("UBND thành phố Đà Nẵng", "Đà Nẵng"),
    ],
)
def test_own_sheet_tells_whose_it_is(tmp_path: Path, said: str, name: str) -> None:
    one, expect = own_sheet()
    path = tmp_path / "a.xlsx"
    build_corpus.write_xlsx(path, [replace(one, title=f"SYNTHETIC PAR INDEX 2021. {said}")])
    check(path, "own sheet", {(name, *key[1:]): v for key, v in expect.items()})


def test_own_sheet_with_moved_columns_is_refused(tmp_path: Path) -> None:
    one, _ = own_sheet()
    build_corpus.write_xlsx(tmp_path / "a.xlsx", [one])
    toml = read_release(tmp_path / "a.xlsx").layout.toml
    assert 'orientation = "one_province"' in toml
    lines = [line for line in toml.splitlines() if not line.startswith("sha256")]
    (tmp_path / "release.toml").write_text("\n".join(lines), encoding="utf-8")
    assert read_release_folder(tmp_path).components["max_score"].notna().all()
    moved = [[*r[:3], r[4], r[3], *r[5:]] for r in one.rows]
    build_corpus.write_xlsx(tmp_path / "a.xlsx", [replace(one, rows=moved)])
    with pytest.raises(ReleaseError) as caught:
        read_release_folder(tmp_path)
    assert caught.value.code == "wrong_column"
    assert caught.value.found == "'Thẩm định'"


def test_ministries_among_provinces_are_listed_and_counted(tmp_path: Path) -> None:
    one, _ = ministries_among()
    path = tmp_path / "a.xlsx"
    build_corpus.write_xlsx(path, [one])
    read = read_release(path, "PAR_INDEX", 2021)
    assert read.findings.empty, read.findings.to_string()
    left_out = [n for n in read.release.notes if "ministry" in n]
    assert len(left_out) == len(MINISTRIES)
    assert any("'Ngân hàng Nhà nước' with 2 figures, not read" in n for n in left_out)


def check(path: Path, name: str, expect: dict[Key, float], year: int | None = 2021) -> None:
    index = "SIPAS" if "sipas" in name else "PAR_INDEX"
    read = read_release(path, index, year)
    values = {k: v for k, v in expect.items() if v == v}
    figures = read.figures[~read.figures["measure"].eq("group")]
    read = replace(read, release=replace(read.release, figures=figures))
    assert compare(Case(name, path.name, values), read) == []


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("suffix", ["xlsx", "html", "docx"])
def test_forms_are_read_exactly(name: str, suffix: str, tmp_path: Path) -> None:
    one, expect = FORMS[name]()
    path = tmp_path / f"form.{suffix}"
    if suffix == "xlsx":
        build_corpus.write_xlsx(path, [one])
    elif suffix == "html":
        path.write_text(build_corpus.html_text(one), encoding="utf-8")
    else:
        build_corpus.write_docx(path, [one])
    check(path, name, expect)


@pytest.mark.parametrize("name", FORMS)
def test_forms_on_pages_are_exact_or_refused(name: str, tmp_path: Path) -> None:
    one, expect = FORMS[name]()
    build_corpus.write_pdf(tmp_path / "ruled.pdf", one)
    if name == "sipas rows by name":  # too wide for a page: its figures are printed on each other
        with pytest.raises(ReleaseError, match="digits stand on top of each other"):
            read_release(tmp_path / "ruled.pdf", "SIPAS", 2021)
        return
    check(tmp_path / "ruled.pdf", name, expect)
    build_corpus.write_pdf(tmp_path / "plain.pdf", one, ruled=False)
    if name in TOLD_WITHOUT_LINES:
        index, lost, words = TOLD_WITHOUT_LINES[name]
        expect = {k: v for k, v in expect.items() if k[1:] != lost}
        check(tmp_path / "plain.pdf", name, expect)
        assert words in " ".join(read_release(tmp_path / "plain.pdf", index, 2021).layout.doubts)
        return
    if name not in UNCLEAR_WITHOUT_LINES:
        check(tmp_path / "plain.pdf", name, expect)
        return
    with pytest.raises(ReleaseError) as caught:
        read_release(tmp_path / "plain.pdf", "SIPAS" if "sipas" in name else "PAR_INDEX", 2021)
    assert caught.value.code == UNCLEAR_WITHOUT_LINES[name]


# without lines it cannot be told over which columns a heading stands
UNCLEAR_WITHOUT_LINES = {
    "two years": "uncertain_header",
    "groups and words": "uncertain_header",
    "ministries above": "no_columns",
    "sipas staff, comparison": "number_without_unit",
}
# what is not understood without lines is told: a heading whose lines are printed on each other, and
# one of two bare headings, of which the figures show the other to be the total's
TOLD_WITHOUT_LINES = {
    "sipas parts": ("SIPAS", ("policy", "percent"), "thực hiện chính / sách"),
    "appraisal with rank": ("PAR_INDEX", ("appraisal", "rank"), "column 4 'Hạng'"),
}


@pytest.mark.parametrize("turn", [90, 180, 270])
@pytest.mark.parametrize("ruled", [True, False])
def test_turned_pages(turn: int, ruled: bool, tmp_path: Path) -> None:
    one, expect = build_corpus.t_sipas()
    path = tmp_path / "a.pdf"
    build_corpus.write_pdf(path, one, ruled=ruled)
    import pypdfium2

    with pypdfium2.PdfDocument(path) as document:
        for page in document:
            page.set_rotation(turn)
        document.save(tmp_path / "turned.pdf")
    check(tmp_path / "turned.pdf", "sipas", expect)


def test_headings_on_their_side(tmp_path: Path) -> None:
    import matplotlib as mpl
    from fpdf import FPDF

    rows = ranked(11)
    pdf = FPDF(format="A4", unit="mm")
    pdf.set_auto_page_break(False)
    font = Path(mpl.get_data_path(), "fonts", "ttf", "DejaVuSans.ttf")
    pdf.add_font("DejaVu", fname=str(font))
    widths, body = (12, 60, 20, 20), plain(rows)
    for start in (0, 32):
        pdf.add_page()
        pdf.set_font("DejaVu", size=8)
        pdf.text(10, 8, "SYNTHETIC. Chỉ số hài lòng SIPAS 2021")
        heads = ("TT", "Tỉnh, thành phố", "Chỉ số hài lòng", "Xếp hạng")
        for r, row in enumerate([heads, *body[start : start + 32]]):
            x, y, high = 10.0, 12.0 if r == 0 else 33.0 + 7 * r, 28.0 if r == 0 else 7.0
            for c, (wide, text) in enumerate(zip(widths, row, strict=True)):
                pdf.rect(x, y, wide, high)
                if r == 0 and c > 1:
                    with pdf.rotation(90, x + wide / 2, y + high / 2):
                        pdf.text(x + wide / 2 - 12, y + high / 2 + 1, text)
                else:
                    pdf.text(x + 1, y + high / 2 + 1, text)
                x += wide
    pdf.output(str(tmp_path / "a.pdf"))
    check(tmp_path / "a.pdf", "sipas", expected(rows))


def test_satisfaction_as_points_is_not_the_index_of_satisfaction(tmp_path: Path) -> None:
    one, expect = build_corpus.t_totals(regions=False)
    build_corpus.write_xlsx(tmp_path / "par.xlsx", [one])
    sipas, own = build_corpus.t_sipas()
    build_corpus.write_xlsx(tmp_path / "both.xlsx", [one, sipas])
    with pytest.raises(ReleaseError) as caught:
        read_release(tmp_path / "par.xlsx", "SIPAS", 2021)
    assert caught.value.code == "no_table"
    assert "a table of PAR_INDEX" in caught.value.found
    check(tmp_path / "both.xlsx", "sipas", own)
    assert "a table of PAR_INDEX" in str(read_release(tmp_path / "both.xlsx", "SIPAS").layout)
    check(tmp_path / "both.xlsx", "par", expect)


@pytest.mark.parametrize("title", ["PAR INDEX năm 2021", "PAR INDEX và SIPAS năm 2021"])
def test_two_indices_beside_each_other(title: str, tmp_path: Path) -> None:
    one, two = ranked(61), ranked(62)
    head = [["STT", "Tỉnh", "PAR INDEX", "", "SIPAS", ""]]
    head += [["", "", "Chỉ số (%)", "Xếp hạng", "Chỉ số (%)", "Xếp hạng"]]
    merges = [(0, 2, 0, 3), (0, 4, 0, 5), (0, 0, 1, 0), (0, 1, 1, 1)]
    body = [[*a, *b[2:]] for a, b in zip(plain(one), plain(two), strict=True)]
    table = Table([*head, *body], merges, f"SYNTHETIC. {title}", header=2)
    build_corpus.write_docx(tmp_path / "a.docx", [table])
    check(tmp_path / "a.docx", "par", expected(one))
    check(tmp_path / "a.docx", "sipas", expected(two))


def _of_years(year: int, *, swapped: bool = False) -> tuple[Table, dict[Key, float]]:
    """This year beside the last one, as a release prints it each year."""
    now, before = ranked(year % 100), ranked(year % 100 + 40)
    heads = [f"Năm {year - 1}", "", f"Năm {year}", "", f"Tăng/giảm so với năm {year - 1}"]
    cells = [[*b[2:], *a[2:]] for a, b in zip(plain(now), plain(before), strict=True)]
    if swapped:
        heads = [*heads[2:4], *heads[:2], heads[4]]
        cells = [[*row[2:], *row[:2]] for row in cells]
    rows = [["STT", "Tỉnh", *heads], ["", "", *["Chỉ số (%)", "Xếp hạng"] * 2, ""]]
    expect = expected(now) | expected(before, f" {year - 1}")
    for n, (row, (name, v, _), (_, w, _)) in enumerate(zip(cells, now, before, strict=True), 1):
        rows.append([str(n), name, *row, comma(v - w)])
        expect[name, "total", "change_score"] = round(v - w, 2)
    merges = [(0, 2, 0, 3), (0, 4, 0, 5), (0, 0, 1, 0), (0, 1, 1, 1), (0, 6, 1, 6)]
    return Table(rows, merges, f"SYNTHETIC. PAR INDEX năm {year}", header=2), expect


@pytest.mark.parametrize("suffix", ["html", "pdf"])
def test_the_release_toml_of_this_year_reads_the_file_of_the_next(
    suffix: str, tmp_path: Path
) -> None:
    def write(folder: Path, one: Table) -> None:
        folder.mkdir()
        if suffix == "html":
            (folder / "a.html").write_text(build_corpus.html_text(one), encoding="utf-8")
        else:
            build_corpus.write_pdf(folder / "a.pdf", one)

    one, _ = _of_years(2022)
    write(tmp_path / "2022", one)
    toml = read_release(tmp_path / "2022" / f"a.{suffix}").layout.toml
    kept = [t for t in toml.splitlines() if not t.startswith("sha256")]
    copied = "\n".join(kept).replace("year = 2022", "year = 2023", 1)
    for name, swapped in (("2023", False), ("swapped", True)):
        two, expect = _of_years(2023, swapped=swapped)
        write(tmp_path / name, two)
        (tmp_path / name / "release.toml").write_text(copied, encoding="utf-8")
    found: dict[Key, float] = {}
    for row in read_release(tmp_path / "2023").figures.to_dict("records"):
        said = "" if row["year"] == 2023 else f" {row['year']}"
        found[row["unit_text"], f"total{said}", row["measure"]] = row["value"]
    assert found == expect
    with pytest.raises(ReleaseError) as caught:
        read_release(tmp_path / "swapped")
    assert caught.value.code == "wrong_year"
    assert "Năm 2023" in caught.value.found


def test_shares_printed_where_percent_belong_are_refused(tmp_path: Path) -> None:
    body = [
        [*r[:2], comma(float(r[2].replace(",", ".")) / 100, 4), r[3]] for r in plain(ranked(66))
    ]
    table = Table([["STT", "Tỉnh", "Chỉ số", "Xếp hạng"], *body], title="SYNTHETIC PAR INDEX 2021")
    build_corpus.write_docx(tmp_path / "a.docx", [table])
    with pytest.raises(ReleaseError) as caught:
        read_release(tmp_path / "a.docx")
    assert caught.value.code == "share_for_percent"
    assert "table 1 row 2 column 3" in caught.value.place


def _pages(target: Path, *parts: tuple[Path, list[int]]) -> None:
    """One PDF of pages of others."""
    import pypdfium2

    whole = pypdfium2.PdfDocument.new()
    for path, pages in parts:
        with pypdfium2.PdfDocument(path) as document:
            whole.import_pages(document, pages)
    whole.save(target)
    whole.close()


@pytest.mark.parametrize("order", [1, -1])
def test_tables_of_two_years_on_pages_of_one_pdf(order: int, tmp_path: Path) -> None:
    """The same header and the same places of the rows: neither one table nor further columns."""
    now, before = ranked(12), ranked(13)
    parts = []
    for year, rows in ((2021, plain(now)), (2020, plain(before))):
        body = [[str(n), *r[1:]] for n, r in enumerate(rows[:: order if year == 2020 else 1], 1)]
        title = f"SYNTHETIC. Chỉ số cải cách hành chính năm {year}"
        one = Table([["STT", "Tỉnh", "Chỉ số", "Xếp hạng"], *body], title=title)
        build_corpus.write_pdf(tmp_path / f"{year}.pdf", one, per_page=32)
        parts.append((tmp_path / f"{year}.pdf", [0, 1]))
    _pages(tmp_path / "a.pdf", *parts)
    check(tmp_path / "a.pdf", "par", expected(now) | expected(before, " 2020"))


def test_a_header_that_is_not_repeated_on_every_page(tmp_path: Path) -> None:
    one, expect = build_corpus.t_sipas()
    build_corpus.write_pdf(tmp_path / "with.pdf", one, per_page=22)
    build_corpus.write_pdf(tmp_path / "without.pdf", one, per_page=22, repeat=False)
    _pages(tmp_path / "a.pdf", (tmp_path / "with.pdf", [0, 1]), (tmp_path / "without.pdf", [2]))
    check(tmp_path / "a.pdf", "sipas", expect)


def test_the_foot_of_a_page_is_no_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import fpdf

    def footer(pdf: fpdf.FPDF) -> None:
        build_corpus._put(pdf, 12, pdf.h - 6, f"Báo cáo SIPAS năm 2021, trang {pdf.page_no()}", 7)

    monkeypatch.setattr(fpdf.FPDF, "footer", footer)
    one, expect = build_corpus.t_sipas()
    for ruled in (True, False):
        build_corpus.write_pdf(tmp_path / "a.pdf", one, ruled=ruled)
        check(tmp_path / "a.pdf", "sipas", expect)


def test_a_repeated_heading_whose_last_line_is_one_word(tmp_path: Path) -> None:
    rows = ranked(63)
    head = [["STT", "Tỉnh", "Chỉ số", "Xếp"], ["", "", "", "hạng"]]
    body = plain(rows)
    table = Table([*head, *body[:30], *head, *body[30:]], title="SYNTHETIC PAR INDEX 2021")
    build_corpus.write_docx(tmp_path / "a.docx", [table])
    check(tmp_path / "a.docx", "par", expected(rows))


def test_names_that_no_province_has_and_provinces_that_are_absent(tmp_path: Path) -> None:
    names = [n for n in NAMES if n != "Lạng Sơn"]
    for extra, n in ((["Hà Nam Ninh"], 63), ([], 62)):
        table = Table(
            [["STT", "Tỉnh", "Chỉ số", "Xếp hạng"], *plain(ranked(64, [*names, *extra]))],
            title="SYNTHETIC PAR INDEX 2021",
        )
        build_corpus.write_docx(tmp_path / "a.docx", [table])
        read = read_release(tmp_path / "a.docx")
        assert read.release.n_ranked == n
        found = read.findings.set_index("code")
        assert list(found.loc[found.index == "unknown_unit", "unit_id"]) == extra
        assert "Lạng Sơn" in found.loc["unit_absent", "message"]
        assert ("table 1 row 64" in found.loc["unknown_unit", "message"]) if extra else True


@pytest.mark.parametrize("old", ["tcvn3", "vni"])
@pytest.mark.parametrize("suffix", ["html", "docx"])
def test_a_table_in_an_old_font_under_a_title_in_unicode(
    old: str, suffix: str, tmp_path: Path
) -> None:
    rows = ranked(65)
    body = [["STT", "Tỉnh, thành phố", "Chỉ số", "Xếp hạng"], *plain(rows)]
    convert = getattr(build_corpus, old)
    title = "SYNTHETIC. Chỉ số cải cách hành chính năm 2021"
    table = Table([[convert(c) for c in r] for r in body], title=title)
    path = tmp_path / f"a.{suffix}"
    if suffix == "html":
        path.write_text(build_corpus.html_text(table), encoding="utf-8")
    else:
        build_corpus.write_docx(path, [table])
    check(path, "par", expected(rows))


def test_what_a_page_does_not_show_is_not_read(tmp_path: Path) -> None:
    one, expect = build_corpus.t_small("<raw>87,11<span style='display: none'>777</span>")
    path = tmp_path / "a.html"
    path.write_text(build_corpus.html_text(one), encoding="utf-8")
    check(path, "par", expect | {(NAMES[4], "total", "score"): 87.11})


@pytest.mark.parametrize("cell", ["87,111", "87,1112", "87,11777"])
def test_a_lone_figure_with_more_decimals_is_refused(cell: str, tmp_path: Path) -> None:
    one, _ = build_corpus.t_small(cell)
    build_corpus.write_docx(tmp_path / "a.docx", [one])
    with pytest.raises(ReleaseError) as caught:
        read_release(tmp_path / "a.docx", "PAR_INDEX", 2021)
    assert caught.value.code == "odd_decimals"


def test_sheets_of_other_years_and_indices(tmp_path: Path) -> None:
    head = ["STT", "Tỉnh", "Chỉ số", "Hạng"]
    one, two, three = ranked(12), ranked(13), ranked(14)
    titles = ("SYNTHETIC PAR INDEX 2021", "SYNTHETIC PAR INDEX 2020", "SYNTHETIC SIPAS 2021")
    tables = [
        Table([head, *plain(rows)], title=title)
        for rows, title in zip((one, two, three), titles, strict=True)
    ]
    build_corpus.write_xlsx(tmp_path / "a.xlsx", tables)
    check(tmp_path / "a.xlsx", "par", expected(one) | expected(two, " 2020"))
    check(tmp_path / "a.xlsx", "sipas", expected(three))
    # nothing tells the two apart: neither is taken for the year's
    same = [replace(t, title="SYNTHETIC PAR INDEX 2021") for t in tables[:2]]
    build_corpus.write_xlsx(tmp_path / "b.xlsx", same)
    with pytest.raises(ReleaseError) as caught:
        read_release(tmp_path / "b.xlsx")
    assert caught.value.code == "two_values"


def test_an_unquoted_decimal_comma_is_refused(tmp_path: Path) -> None:
    lines = ["STT,Tỉnh,PAR INDEX 2021,Xếp hạng"]
    lines += [",".join(row) for row in plain(ranked(15))]
    (tmp_path / "a.csv").write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(ReleaseError) as caught:
        read_release(tmp_path / "a.csv")
    assert caught.value.code == "damaged_csv"


def test_a_column_taken_for_another_is_refused(tmp_path: Path) -> None:
    rows = [[r[0], r[1], r[3], r[2]] for r in plain(ranked(16))]
    rows = [[*r[:2], comma(float(r[2])), str(n)] for n, r in enumerate(rows, 1)]
    table = Table([["STT", "Tỉnh", "Chỉ số", "Xếp hạng"], *rows], title="SYNTHETIC PAR INDEX 2021")
    build_corpus.write_xlsx(tmp_path / "a.xlsx", [table])
    with pytest.raises(ReleaseError) as caught:
        read_release(tmp_path / "a.xlsx")
    assert caught.value.code == "contradiction"


TIED = [90.0, 88.0, 88.0, 85.0, 85.0, 85.0, 80.0, 79.0, 70.0, 60.0]


@pytest.mark.parametrize(
    ("ranks", "rule"),
    [
        ([1, 2, 2, 4, 4, 4, 7, 8, 9, 10], "min"),
        ([1, 3, 3, 6, 6, 6, 7, 8, 9, 10], "max"),
        ([1, 2, 2, 3, 3, 3, 4, 5, 6, 7], "dense"),
        ([1, 2, 3, 5, 4, 6, 7, 8, 9, 10], "ordinal"),
    ],
)
def test_the_tie_rule_is_found_out(ranks: list[int], rule: str, tmp_path: Path) -> None:
    rows = [
        [str(n), NAMES[n], comma(v), str(r)]
        for n, (v, r) in enumerate(zip(TIED, ranks, strict=True), 1)
    ]
    table = Table([["STT", "Tỉnh", "Chỉ số", "Xếp hạng"], *rows], title="SYNTHETIC PAR INDEX 2021")
    build_corpus.write_xlsx(tmp_path / "a.xlsx", [table])
    read = read_release(tmp_path / "a.xlsx")
    assert tie_rule(read.release).rule == rule
    assert read.release.ties == rule
    shown = propose(tmp_path / "a.xlsx", tmp_path / "raw").preview()
    assert f"Ties: {read.layout.ties}" in shown


@pytest.mark.parametrize(
    ("change", "code", "unit"),
    [
        (lambda rows: rows.pop(4), "number_gap", NAMES[5]),
        (lambda rows: rows[4].__setitem__(0, "4"), "number_repeated", NAMES[4]),
        (lambda rows: rows.insert(2, rows.pop(8)), "number_gap", NAMES[8]),
    ],
)
def test_running_numbers(
    change: Callable[[list[list[str]]], Any], code: str, unit: str, tmp_path: Path
) -> None:
    rows = plain(ranked(17))
    change(rows)
    table = Table([["STT", "Tỉnh", "Chỉ số", "Xếp hạng"], *rows], title="SYNTHETIC PAR INDEX 2021")
    build_corpus.write_xlsx(tmp_path / "a.xlsx", [table])
    findings = read_release(tmp_path / "a.xlsx").findings
    assert unit in set(findings.loc[findings["code"].eq(code), "unit_id"])


def test_rows_that_nothing_confirms_are_named(tmp_path: Path) -> None:
    one, _ = build_corpus.t_areas()
    build_corpus.write_xlsx(tmp_path / "a.xlsx", [one])
    findings = read_release(tmp_path / "a.xlsx").findings
    open_ = findings[findings["code"].eq("unproven")]
    areas = [f"A{n}" for n in range(1, len(AREAS) + 1)]
    assert f"figures of {', '.join(areas)} are" in open_["message"].item()
    assert open_["found"].item() == str(63 * len(AREAS))


def test_shares_of_one_where_percent_belongs_are_named(tmp_path: Path) -> None:
    def written(share: Sequence[bool], heading: str = "Chỉ số hài lòng") -> Path:
        rows = [f"STT,Tỉnh,{heading},Xếp hạng"]
        for n, (one, (name, p, r)) in enumerate(zip(share, ranked(), strict=True), 1):
            rows.append(f"{n},{name},{p / 100 if one else p:.4f},{r}")
        path = tmp_path / "sipas.csv"
        path.write_text("\n".join(rows), encoding="utf-8")
        return path

    with pytest.raises(ReleaseError) as caught:
        read_release(written([True] * len(NAMES)), index="SIPAS", year=2023)
    assert caught.value.code == "share_for_percent"
    assert "sipas.csv row 2 column 3" in str(caught.value)
    # points of DTI are shares of one
    dti = written([True] * len(NAMES), "Chỉ số chuyển đổi số")
    findings = read_release(dti, index="DTI", year=2023).findings
    assert "other_scale" not in set(findings["code"])
    # one among percentages
    one = [n == 3 for n in range(len(NAMES))]
    findings = read_release(written(one), index="SIPAS", year=2023).findings
    assert list(findings.loc[findings["severity"].eq("error"), "code"]) == ["other_scale"]


def test_a_workbook_with_a_password(tmp_path: Path) -> None:
    pytest.importorskip("msoffcrypto", reason="msoffcrypto-tool is not installed")
    from msoffcrypto.format.ooxml import OOXMLFile

    one, _ = build_corpus.t_small()
    build_corpus.write_xlsx(tmp_path / "open.xlsx", [one])
    with (tmp_path / "open.xlsx").open("rb") as source, (tmp_path / "a.xlsx").open("wb") as target:
        OOXMLFile(source).encrypt("secret", target)
    with pytest.raises(ReleaseError) as caught:
        read_release(tmp_path / "a.xlsx")
    assert caught.value.code == "encrypted_file"


@pytest.mark.slow
def test_five_hundred_pages_without_a_table(tmp_path: Path) -> None:
    from fpdf import FPDF

    pdf = FPDF()
    pdf.set_font("Helvetica", size=11)
    for page in range(1, 501):
        pdf.add_page()
        text = (
            f"Page {page}. In 2021 the work went on in 63 places, with 12 plans and 5.3 per cent."
        )
        pdf.multi_cell(0, 6, f"{text} " * 12)
    pdf.output(str(tmp_path / "a.pdf"))
    with pytest.raises(ReleaseError) as caught:
        read_release(tmp_path / "a.pdf", "PAR_INDEX", 2021)
    assert caught.value.code == "no_table"


def _scan(source: Path, target: Path) -> None:
    import pypdfium2

    with pypdfium2.PdfDocument(source) as document:
        pictures = [page.render(scale=300 / 72).to_pil().convert("L") for page in document]
    pictures[0].save(target, save_all=True, append_images=pictures[1:], resolution=300)


def test_a_scan_is_refused_with_advice(tmp_path: Path) -> None:
    one, _ = build_corpus.t_small()
    build_corpus.write_pdf(tmp_path / "a.pdf", one)
    _scan(tmp_path / "a.pdf", tmp_path / "scan.pdf")
    with pytest.raises(ReleaseError) as caught:
        read_release(tmp_path / "scan.pdf", "PAR_INDEX", 2021)
    assert caught.value.code == "scanned_pdf"
    assert "ocr" in caught.value.advice


@pytest.mark.slow
@pytest.mark.skipif(
    shutil.which("tesseract") is None or not available(),
    reason="tesseract with Vietnamese or the extra parstudy[ocr] is not installed",
)
def test_a_recognised_scan_is_doubtful_and_reviewed(tmp_path: Path) -> None:
    one, expect = build_corpus.t_sipas()
    build_corpus.write_pdf(tmp_path / "a.pdf", one)
    _scan(tmp_path / "a.pdf", tmp_path / "scan.pdf")
    shown = propose(tmp_path / "scan.pdf", tmp_path / "raw", index="SIPAS", year=2021)
    assert "Text recognition (OCR)" in shown.preview()
    with pytest.raises(ReleaseError) as caught:
        shown.write()
    assert caught.value.code == "ocr_not_accepted"
    assert not (tmp_path / "raw").exists()
    kept = propose(
        tmp_path / "scan.pdf", tmp_path / "raw", index="SIPAS", year=2021, accept_ocr=True
    )
    again = read_release(kept.write())
    figures = again.figures
    assert set(figures["certainty"]) == {"doubtful"}
    assert set(figures["note"]) == {"OCR"}
    # whatever was misread of this year's figures is named by a finding, or was left out
    named = set(again.findings["unit_id"])
    against = again.findings[again.findings["severity"].ne("info")]
    open_ = " ".join(against["figure_ids"])
    for row in figures[figures["year"].eq(2021)].to_dict("records"):
        right = expect.get((row["unit_text"], "total", row["measure"]))
        if right is not None and right != row["value"]:
            assert row["unit_text"] in named or row["locator"] in open_


def test_maxima_are_no_codes(tmp_path: Path) -> None:
    """A row of maxima such as 9,5 and 10,5 below the headings of the areas."""
    draw = build_corpus.numbers(31)
    tops = [9.5, 10.0, 13.0, 10.5, 15.0, 12.5, 13.0, 16.5]
    rows = [["STT", "Tỉnh, thành phố", *AREAS, "Tổng điểm"]]
    rows.append(["", "Điểm tối đa", *(f"{t:g}" for t in tops), "100"])
    expect: dict[Key, float] = {}
    for n, name in enumerate(NAMES, 1):
        values = [round(t * (0.6 + 0.4 * draw()), 2) for t in tops]
        rows.append([str(n), name, *(f"{v:.2f}" for v in values), f"{sum(values):.2f}"])
        expect |= {(name, f"A{a}", "score"): v for a, v in enumerate(values, 1)}
        expect[name, "total", "score"] = round(sum(values), 2)
    title = "SYNTHETIC. Chỉ số cải cách hành chính năm 2021"
    build_corpus.write_xlsx(tmp_path / "a.xlsx", [Table(rows, [], title, header=1)])
    check(tmp_path / "a.xlsx", "maxima", expect)


def test_up_and_down_beside_a_rank_counts_places(tmp_path: Path) -> None:
    rows, expect = ranked(32), expected(ranked(32))
    body = [["STT", "Tỉnh, thành phố", "Chỉ số (%)", "Xếp hạng", "Tăng, giảm"]]
    for n, (name, value, rank) in enumerate(rows):
        change = n % 9 - 4
        body.append([str(n + 1), name, comma(value), str(rank), f"{change:+d}"])
        expect[name, "total", "change_rank"] = change
    title = "SYNTHETIC. Chỉ số cải cách hành chính năm 2021"
    build_corpus.write_xlsx(tmp_path / "a.xlsx", [Table(body, [], title, header=1)])
    check(tmp_path / "a.xlsx", "places", expect)


@pytest.mark.parametrize(
    ("title", "heading", "component"),
    [
        ("Bảng 7. Chỉ số thành phần “Cải cách thể chế” năm 2021", "Chỉ số (%)", "A2"),
        ("Phụ lục 4. KẾT QUẢ LĨNH VỰC CẢI CÁCH THỂ CHẾ NĂM 2021", "Tổng điểm", "A2"),
        ("Biểu 2. Chỉ số CCHC năm 2021 theo các lĩnh vực", "Chỉ số (%)", "total"),
        ("Bảng 7. Lĩnh vực cải cách thể chế và Chỉ số CCHC năm 2021", "Chỉ số CCHC", "total"),
    ],
)
def test_a_table_of_one_area_is_not_of_the_whole_index(
    title: str, heading: str, component: str, tmp_path: Path
) -> None:
    """ "Tổng điểm" and "Xếp hạng" under the title of one area are that area's."""
    rows = ranked(56)
    head = ["STT", "Tỉnh, thành phố", "Điểm thẩm định", heading, "Xếp hạng"]
    # as many points as an area can have, or as the whole index
    points = "55,00" if component == "total" else "5,00"
    body = [[r[0], r[1], points, *r[2:]] for r in plain(rows)]
    build_corpus.write_docx(tmp_path / "a.docx", [Table([head, *body], title=title)])
    figures = read_release(tmp_path / "a.docx", "PAR_INDEX", 2021).figures
    parts = set(figures["component"])
    assert parts == ({component} if component != "total" else {"appraisal", "total"})
    ranks = figures[figures["measure"].eq("rank")]
    assert ranks["value"].to_list() == [rank for _, _, rank in rows]


def test_criteria_of_the_last_area_beside_the_whole_total(tmp_path: Path) -> None:
    one, expect = criteria_of_one_area()
    rows = [
        one.rows[0],
        *([*r[:-3], comma(80 + n / 10), *r[-2:]] for n, r in enumerate(one.rows[1:])),
    ]
    rows = [[*r[:-2]] for r in rows]
    build_corpus.write_xlsx(tmp_path / "a.xlsx", [replace(one, rows=rows)])
    figures = read_release(tmp_path / "a.xlsx", "PAR_INDEX", 2021).figures
    assert set(figures["component"]) == {*ONE_AREA, "total"}
    assert expect


def test_dimensions_with_their_number_and_a_short_name(tmp_path: Path) -> None:
    """ "Kiểm soát tham nhũng" begins the names of a dimension and of a sub-dimension."""
    names = ["Tham gia của người dân", "Công khai, minh bạch", "Trách nhiệm giải trình"]
    names += ["Kiểm soát tham nhũng", "Thủ tục hành chính công"]
    head = ["Tỉnh", *(f"Chỉ số {n}: {name}" for n, name in enumerate(names, 1))]
    draw = build_corpus.numbers(50)
    rows = [[name, *(comma(3 + 5 * draw()) for _ in names)] for name in NAMES]
    table = Table([head, *rows], title="SYNTHETIC PAPI 2022")
    build_corpus.write_xlsx(tmp_path / "a.xlsx", [table])
    figures = read_release(tmp_path / "a.xlsx", "PAPI", 2022).figures
    read = dict(
        zip(
            zip(figures["unit_text"], figures["component"], strict=True),
            figures["text"],
            strict=True,
        )
    )
    assert read == {(row[0], f"D{n}"): text for row in rows for n, text in enumerate(row[1:], 1)}
    # without the number it may be either
    rows[0:0] = [["Tỉnh", *names]]
    build_corpus.write_xlsx(tmp_path / "b.xlsx", [replace(table, rows=rows)])
    without = read_release(tmp_path / "b.xlsx", "PAPI", 2022)
    assert set(without.figures["component"]) == {"D1", "D2", "D3", "D5"}
    assert any("Kiểm soát tham nhũng" in doubt for doubt in without.layout.doubts)


def test_a_heading_that_runs_over_the_first_row(tmp_path: Path) -> None:
    """A header that a word processor repeats on a page may be lower there than its words."""
    from fpdf import FPDF
    from matplotlib import get_data_path

    pdf = FPDF(unit="mm", format="A4")
    pdf.add_page()
    pdf.add_font("DejaVu", fname=str(Path(get_data_path(), "fonts", "ttf", "DejaVuSans.ttf")))
    pdf.set_font("DejaVu", size=7)
    pdf.text(10, 14, "SYNTHETIC. PAR INDEX 2021")
    rows = ranked()
    impact = "Điểm tác|động đến|phát triển|KT-XH"
    cells = [["STT", "Tỉnh, thành phố", impact, "Chỉ số (%)", "Xếp hạng"]]
    cells += [
        [*row[:2], comma(v / 20), *row[2:]]
        for row, (_, v, _) in zip(plain(rows), rows, strict=True)
    ]
    top, edges = 20.0, (10, 22, 72, 102, 132, 162)
    for n, texts in enumerate(cells):
        height = 4.0 if n else 10.5
        for text, (left, right) in zip(texts, pairwise(edges), strict=True):
            pdf.rect(left, top, right - left, height)
            for k, line in enumerate(text.split("|")):
                pdf.text(left + 1, top + 3 + 3.5 * k, line)
        top += height
    pdf.output(str(tmp_path / "a.pdf"))
    expect = expected(rows)
    expect |= {
        (n, "socioeconomic", "score"): float(comma(v / 20).replace(",", ".")) for n, v, _ in rows
    }
    check(tmp_path / "a.pdf", "par", expect)


def test_a_half_of_a_table_is_not_told_to_be_unread_where_the_other_half_reads_it(
    tmp_path: Path,
) -> None:
    head = ["Tỉnh", "Chỉ số CCHC năm 2021 (%)", "Xếp hạng", "Ghi số"]
    half = [[name, f"{p:.2f}".replace(".", ","), str(r), "7"] for name, p, r in ranked()]
    middle = len(half) // 2
    pairs = zip(half[:middle], half[middle : 2 * middle], strict=True)
    rows = [[*head, *head], *([*left, *right] for left, right in pairs)]
    build_corpus.write_xlsx(tmp_path / "a.xlsx", [Table(rows, title="SYNTHETIC PAR INDEX 2021")])
    read = read_release(tmp_path / "a.xlsx")
    assert len(read.figures) == 4 * middle
    unread = [note for note in read.release.notes if note.endswith(" cells, not read")]
    assert all("'Ghi số'" in note for note in unread)


def test_several_provinces_in_one_cell_are_named_as_such(tmp_path: Path) -> None:
    rows = [[f"{name}, Huế" if n == 3 else name, f"{p:.2f}"] for n, (name, p, _) in
            enumerate(ranked())]  # fmt: skip
    table = Table([["Tỉnh", "Chỉ số CCHC (%)"], *rows], title="SYNTHETIC PAR INDEX 2021")
    build_corpus.write_xlsx(tmp_path / "a.xlsx", [table])
    findings = read_release(tmp_path / "a.xlsx").findings
    told = findings.loc[findings["code"].eq("unknown_unit"), "message"]
    assert told.str.endswith("several provinces in one cell").all()
    assert len(told) == 1


def test_a_maximum_in_a_row_of_its_own_under_the_areas_heads_is_none_of_their_meaning(
    tmp_path: Path,
) -> None:
    parts = {"Cải cách thể chế": 10, "Cải cách tài chính công": 12}
    heads = [
        ["Tỉnh", *(name for name in parts for _ in range(2))],
        ["Tỉnh", *(f"Điểm tối đa: {most}" for most in parts.values() for _ in range(2))],
        ["Tỉnh", *["Điểm", "Hạng"] * 2],
    ]
    body = [[name, f"{9 - r / 20:.2f}", str(r), f"{11 - r / 20:.2f}", str(r)]
            for name, _, r in ranked()]  # fmt: skip
    table = Table([*heads, *body], title="SYNTHETIC PAR INDEX 2021")
    build_corpus.write_xlsx(tmp_path / "a.xlsx", [table])
    read = read_release(tmp_path / "a.xlsx")
    assert set(zip(read.figures["component"], read.figures["measure"], strict=True)) == {
        (area, measure) for area in ("A2", "A6") for measure in ("score", "rank")
    }
    maxima = read.release.components.set_index("code")["max_score"]
    assert list(maxima[["A2", "A6"]]) == [10, 12]


def test_the_corner_over_the_provinces_names_the_rows_of_the_header(tmp_path: Path) -> None:
    head = [
        ["STT", "Lĩnh vực", "Tổng", "", "", "Cải cách thể chế", "", ""],
        ["", "Điểm tối đa", "100", "", "", "10", "", ""],
        ["", "Điểm đánh giá", "Thẩm định", "ĐTXHH", "Tổng điểm", "Thẩm định", "ĐTXHH", "Tổng điểm"],
    ]
    body = [
        [n, name, 60 - n, 30 - n, 90 - 2 * n, 7 - n / 10, 2 - n / 10, 9 - n / 5]
        for n, (name, _, _) in enumerate(ranked()[:12], 1)
    ]
    book = openpyxl.Workbook()
    for row in [["SYNTHETIC PAR INDEX 2021"], *head, *body]:
        book.active.append(row)
    for cells in ("A2:A4", "C2:E2", "F2:H2", "C3:E3", "F3:H3"):
        book.active.merge_cells(cells)
    book.save(tmp_path / "a.xlsx")
    read = read_release(tmp_path / "a.xlsx")
    scores = read.figures[read.figures["measure"].eq("score")]
    assert set(scores["component"]) == {"total", "appraisal", "survey", "A2"}
    maxima = read.release.components.set_index("code")["max_score"].dropna()
    assert dict(maxima) == {"total": 100, "A2": 10}


def test_a_code_a_year_and_pct_in_one_heading_are_a_percentage_of_that_year(
    tmp_path: Path,
) -> None:
    head = ["province", *(f"A{n}_{year}_pct" for n in (1, 4) for year in (2020, 2021))]
    rows = [[name, p - 1, p, p - 9, p - 8] for name, p, _ in ranked()]
    path = tmp_path / "par_index_2021.csv"
    path.write_text("\n".join(",".join(map(str, row)) for row in [head, *rows]), encoding="utf-8")
    read = read_release(path, index="PAR_INDEX", year=2021)
    keys = ["component", "measure", "year"]
    assert {tuple(row) for row in read.figures[keys].itertuples(index=False)} == {
        (area, "percent", year) for area in ("A1", "A4") for year in (2020, 2021)
    }
