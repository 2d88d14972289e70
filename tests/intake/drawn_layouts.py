"""SYNTHETIC tables as others lay them out: what stands where is drawn, and so is its truth.

Each layout is a CSV or XLSX table, the figures that must be read of it or be told unread, and
those that may be read besides. Nothing here knows how the reader works.
"""

from __future__ import annotations

import csv
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from parstudy.facts import table

Key = tuple[str, str, str]
NAMES = [str(n) for n in table("provinces_63")["name_vi"]]
UNITS = 63
AREAS = (
    "Công tác chỉ đạo, điều hành cải cách hành chính",
    "Cải cách thể chế",
    "Cải cách thủ tục hành chính",
    "Cải cách tổ chức bộ máy hành chính",
    "Cải cách chế độ công vụ",
    "Cải cách tài chính công",
    "Xây dựng và phát triển chính quyền điện tử, chính quyền số",
    "Tác động của CCHC đến người dân, tổ chức và phát triển kinh tế - xã hội",
)
MAXIMA = (9.5, 10.0, 13.0, 10.5, 15.0, 12.0, 13.5, 16.5)
FACTORS = {
    "access": "Tiếp cận dịch vụ",
    "procedures": "Thủ tục hành chính",
    "staff": "Công chức trực tiếp giải quyết công việc",
    "results": "Kết quả dịch vụ",
    "feedback": "Tiếp nhận, giải quyết góp ý, phản ánh, kiến nghị",
}
REGIONS = ("Đồng bằng sông Hồng", "Trung du và miền núi phía Bắc", "Đông Nam Bộ")
_STEPS = ("Đạt 100%", "Từ 90% đến dưới 100%", "Dưới 90%")


@dataclass
class Layout:
    """A table, and what must come of it.

    ``must`` is read, or its ``words`` stand in what is told; ``may`` can be read too. ``codes``
    are reasons for which a refusal is honest.
    """

    name: str
    rows: list[list[str]]
    must: dict[Key, float]
    words: dict[tuple[str, str], str]
    index: str = "PAR_INDEX"
    year: int = 2022
    may: dict[Key, float] = field(default_factory=dict)
    merges: list[tuple[int, int, int]] = field(default_factory=list)  # row, first, last column
    codes: tuple[str, ...] = ()

    def write(self, folder: Path) -> Path:
        """A CSV file; XLSX where cells are merged."""
        if not self.merges:
            path = folder / f"{self.name}.csv"
            width = max(map(len, self.rows))
            with path.open("w", encoding="utf-8", newline="") as out:
                csv.writer(out, delimiter=";").writerows(
                    [*r, *[""] * (width - len(r))] for r in self.rows
                )
            return path
        import openpyxl

        book = openpyxl.Workbook()
        sheet = book.active
        for row in self.rows:
            sheet.append([float(c) if _is_number(c) else c or None for c in row])
        for row, first, last in self.merges:
            sheet.merge_cells(
                start_row=row + 1, end_row=row + 1, start_column=first + 1, end_column=last + 1
            )
        path = folder / f"{self.name}.xlsx"
        book.save(path)
        return path


def _is_number(text: str) -> bool:
    return re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text) is not None


def _ranks(values: list[float]) -> list[int]:
    return [1 + sum(o > v for o in values) for v in values]


def _title(draw: random.Random, what: str) -> list[list[str]]:
    lines = [[f"SYNTHETIC {what} NĂM 2022"]]
    if draw.random() < 0.4:
        lines = [["Phụ lục 2"], *lines]
    if draw.random() < 0.4:
        lines.append(["(Kèm theo Quyết định số 123/QĐ-BNV ngày 15/4/2023)"])
    return lines + ([[""]] if draw.random() < 0.5 else [])


def _aggregates(
    draw: random.Random, columns: list[list[float] | None]
) -> tuple[list[list[str]], list[list[str]]]:
    """Rows of means, extremes or the nation, above the provinces and below them."""

    def row(label: str, of: Callable[[list[float]], float], left: bool) -> list[str]:
        ends = [label, ""] if left else ["", label]
        return ends + ["" if c is None else f"{of(c):.2f}" for c in columns]

    def mean(values: list[float]) -> float:
        return sum(values) / len(values)

    choices = [
        row(draw.choice(["Trung bình cả nước", "Bình quân", "TB chung"]), mean, False),
        row("Giá trị cao nhất", max, draw.random() < 0.3),
        row("Thấp nhất", min, draw.random() < 0.3),
        row("Khoảng cách", lambda v: max(v) - min(v), False),
        row("Trung bình vùng Đông Nam Bộ", mean, False),
        row("Cả nước", mean, False),
    ]
    chosen = draw.sample(choices, draw.randrange(3))
    return (chosen, []) if draw.random() < 0.5 else ([], chosen)


def _maxima(draw: random.Random, tops: list[float | None]) -> list[list[str]]:
    label = draw.choice(["Điểm tối đa", "Thang điểm", "Điểm chuẩn"])
    ends = [label, ""] if draw.random() < 0.5 else ["", label]
    return [ends + ["" if t is None else f"{t:g}" for t in tops]]


def _with_regions(draw: random.Random, rows: list[list[str]]) -> list[list[str]]:
    if draw.random() < 0.6:
        return rows
    cut = len(rows) // 3
    found = []
    for n, region in enumerate(REGIONS):
        found.append([("I", "II", "III")[n], region, *[""] * (len(rows[0]) - 2)])
        found += rows[n * cut : (n + 1) * cut if n < 2 else len(rows)]
    return found


def ranking(seed: int) -> Layout:
    """Sources of points, the total, a rank; and a column or two that are none of these."""
    draw = random.Random(seed)
    names = draw.sample(NAMES, UNITS)
    two = draw.random() < 0.5
    heads = {
        "appraisal": draw.choice(["Điểm thẩm định", "Bộ Nội vụ thẩm định", "Thẩm định"]),
        **(
            {"survey": draw.choice(["Điểm ĐTXHH", "Điểm điều tra xã hội học"])}
            if two
            else {
                "survey_leaders": "Khảo sát lãnh đạo, quản lý",
                "sipas": draw.choice(["Điểm SIPAS", "Khảo sát người dân (SIPAS)"]),
                "socioeconomic": "Tác động đến phát triển KT-XH",
            }
        ),
    }
    tops = {"appraisal": 61.5, "survey": 38.5, "survey_leaders": 22.0, "sipas": 10.0}
    tops["socioeconomic"] = 6.5
    points = {c: [round(tops[c] * draw.uniform(0.7, 0.99), 2) for _ in names] for c in heads}
    total = [round(sum(v), 2) for v in zip(*points.values(), strict=True)]
    ranks = _ranks(total)
    columns = [(heads[c], c, "score", points[c]) for c in heads]
    draw.shuffle(columns)
    columns.append((draw.choice(["Tổng điểm", "Điểm tổng", "Tổng cộng"]), "total", "score", total))
    odd = [
        ("Điểm trừ", "", "", [round(draw.uniform(0, 1), 2) for _ in names]),
        ("Hạng trong vùng", "", "", [float(draw.randrange(1, 15)) for _ in names]),
        ("Chênh lệch so với tỉnh đứng đầu", "", "", [round(v - max(total), 2) for v in total]),
        ("Mức tối đa được chấm", "", "", [100.0 - draw.randrange(3) for _ in names]),
        ("Tỷ lệ hồ sơ đúng hạn (%)", "", "", [round(draw.uniform(80, 99), 2) for _ in names]),
        ("Số phiếu khảo sát", "", "", [float(draw.randrange(300, 600)) for _ in names]),
        ("Điểm ưu tiên", "", "", [round(draw.uniform(0, 2), 2) for _ in names]),
    ]
    for extra in draw.sample(odd, draw.randrange(3)):
        columns.insert(draw.randrange(len(columns) + 1), extra)
    rank = (draw.choice(["Xếp hạng", "Thứ hạng", "Hạng"]), "total", "rank", list(map(float, ranks)))
    columns.append(rank)
    body = [
        [str(n), name, *(_text(c[3][n - 1], c[2]) for c in columns)]
        for n, name in enumerate(names, 1)
    ]
    above, below = _aggregates(draw, [c[3] if c[2] == "score" else None for c in columns])
    maxima = [100.0 if c[1] == "total" else tops.get(c[1]) for c in columns[:-1]] + [None]
    top = _maxima(draw, maxima) if draw.random() < 0.5 else []
    low = _maxima(draw, maxima) if not top and draw.random() < 0.3 else []
    head = [["STT", "Tỉnh, thành phố", *(c[0] for c in columns)]]
    rows = [*_title(draw, "CHỈ SỐ CẢI CÁCH HÀNH CHÍNH"), *head, *top, *above]
    rows += [*_with_regions(draw, body), *below, *low]
    must = {(name, c[1], c[2]): c[3][n] for n, name in enumerate(names) for c in columns if c[1]}
    words = {(c[1], c[2]): c[0] for c in columns if c[1]}
    return Layout(f"ranking{seed}", rows, must, words)


def _text(value: float, measure: str) -> str:
    return f"{value:.0f}" if measure == "rank" or value == int(value) else f"{value:.2f}"


def blocks(seed: int) -> Layout:
    """A block of columns for each area: its parts, their sum, its percentage or its rank."""
    draw = random.Random(seed)
    names = draw.sample(NAMES, UNITS)
    areas = list(range(8))
    if draw.random() < 0.4:
        draw.shuffle(areas)
    leaves = draw.choice(
        [
            [("Điểm", "score"), ("Tỷ lệ (%)", "percent")],
            [("Thẩm định", ""), ("ĐTXHH", ""), ("Cộng", "score")],
            [("Điểm đạt được", "score"), ("Xếp hạng", "rank")],
            [("Tự đánh giá", "self_assessed"), ("Thẩm định", ""), ("Điểm đạt", "score")],
            [("Điểm trừ", ""), ("Tổng điểm", "score")],
        ]
    )
    scores = [[round(m * draw.uniform(0.6, 0.99), 2) for _ in names] for m in MAXIMA]
    heads, merges, columns = ["STT", "Tỉnh, thành phố"], [], []
    for a in areas:
        merges.append((len(heads), len(heads) + len(leaves) - 1))
        for leaf, measure in leaves:
            heads.append(AREAS[a] if leaf == leaves[0][0] else "")
            values = {
                "score": scores[a],
                "percent": [round(v / MAXIMA[a] * 100, 2) for v in scores[a]],
                "rank": list(map(float, _ranks(scores[a]))),
                "self_assessed": [min(MAXIMA[a], round(v + 0.2, 2)) for v in scores[a]],
                "": [round(v / 3, 2) for v in scores[a]],
            }[measure]
            columns.append((leaf, f"A{a + 1}", measure, values, AREAS[a]))
    total = [round(sum(s[n] for s in scores), 2) for n in range(len(names))]
    columns.append(("Tổng điểm", "total", "score", total, ""))
    heads.append("")
    body = [
        [str(n), name, *(_text(c[3][n - 1], c[2]) for c in columns)]
        for n, name in enumerate(names, 1)
    ]
    title = _title(draw, "ĐIỂM CÁC LĨNH VỰC CỦA CHỈ SỐ CẢI CÁCH HÀNH CHÍNH")
    rows = [*title, heads, ["", "", *(c[0] for c in columns)], *body]
    must = {
        (name, c[1], c[2]): c[3][n]
        for n, name in enumerate(names)
        for c in columns
        if c[2] in ("score", "percent", "rank")
    }
    may = {
        (name, c[1], c[2]): c[3][n]
        for n, name in enumerate(names)
        for c in columns
        if c[2] == "self_assessed"
    }
    words = {(c[1], c[2]): c[4] or c[0] for c in columns}
    found = Layout(f"blocks{seed}", rows, must, words, may=may)
    if draw.random() < 0.6:
        found.merges = [(len(title), a, b) for a, b in merges]
    else:
        found.codes = ("two_columns", "uncertain_header")
    return found


def _tree(draw: random.Random) -> list[tuple[str, str, float]]:
    """Codes, names and maxima of a made-up set: areas, criteria, some sub-criteria."""
    found: list[tuple[str, str, float]] = []
    for a, (area, top) in enumerate(zip(AREAS, MAXIMA, strict=True), 1):
        found.append((str(a), area, top))
        n = draw.randrange(2, 5)
        each = round(top / n, 2)
        for c in range(1, n + 1):
            own = round(top - each * (n - 1), 2) if c == n else each
            found.append((f"{a}.{c}", f"Nội dung giả định thứ {a}-{c}", own))
            if draw.random() < 0.3:
                half = round(own / 2, 2)
                found.append((f"{a}.{c}.1", f"Phần đầu của nội dung {a}-{c}", half))
                found.append((f"{a}.{c}.2", f"Phần sau của nội dung {a}-{c}", round(own - half, 2)))
    return found


def _scores(
    draw: random.Random, tree: list[tuple[str, str, float]], low: float = 0.5
) -> dict[str, float]:
    """Points of one unit that add up all the way."""
    found: dict[str, float] = {}
    parents = {code.rpartition(".")[0] for code, _, _ in tree}
    for code, _, top in tree:
        if code not in parents:
            found[code] = round(top * draw.uniform(low, 1), 2)
    for code in sorted(parents - {""}, key=lambda c: -c.count(".")):
        parts = [v for c, v in found.items() if c.rpartition(".")[0] == code]
        found[code] = round(sum(parts), 2)
    return found


def criteria_rows(seed: int) -> Layout:
    """A row for each criterion, provinces as columns; steps and subtotals between them."""
    draw = random.Random(seed)
    names = draw.sample(NAMES, draw.choice([2, 3, 8, 20]))
    tree = _tree(draw)
    units = {name: _scores(draw, tree) for name in names}
    areas = draw.choice(["plain", "roman", "letters"])
    glued = draw.random() < 0.3
    with_max = draw.random() < 0.8
    mean = draw.random() < 0.4
    left = (["Tiêu chí"] if glued else ["TT", "Tiêu chí, tiêu chí thành phần"]) + (
        ["Điểm tối đa"] if with_max else []
    )
    rows = [*_title(draw, "CHỈ SỐ CẢI CÁCH HÀNH CHÍNH"), [*left, *names]]
    rows[-1] += ["Trung bình cả nước"] if mean else []
    if draw.random() < 0.3:
        rows.append([f"({n})" for n in range(1, len(rows[-1]) + 1)])
    must: dict[Key, float] = {}
    words: dict[tuple[str, str], str] = {}
    for code, name, top in tree:
        component = f"A{code}" if "." not in code else code
        told = code
        if "." not in code and areas != "plain":
            romans = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII")
            told = romans[int(code) - 1] if areas == "roman" else f"A{code}"
        values = [units[n][code] for n in names]
        row = [f"{told}. {name}"] if glued else [told, name]
        row += [f"{top:g}"] if with_max else []
        row += [f"{v:.2f}" for v in values] + ([f"{sum(values) / len(values):.2f}"] * mean)
        rows.append(row)
        must |= {(n, component, "score"): units[n][code] for n in names}
        words[component, "score"] = name
        if draw.random() < 0.15 and not glued:
            for n, step in enumerate(_STEPS):
                rows.append(
                    [
                        "",
                        step,
                        *([f"{top * (1 - n / 2):g}"] * with_max),
                        *[""] * (len(names) + mean),
                    ]
                )
    if draw.random() < 0.5:
        total = [round(sum(u[c] for c in u if "." not in c), 2) for u in units.values()]
        row = ["Tổng cộng"] if glued else ["", "Tổng cộng"]
        rows.append([*row, *(["100"] * with_max), *(f"{v:.2f}" for v in total)])
        rows[-1] += [f"{sum(total) / len(total):.2f}"] * mean
        must |= {(n, "total", "score"): v for n, v in zip(names, total, strict=True)}
        words["total", "score"] = "Tổng cộng"
    honest = ("no_table", "no_columns", "unknown_row") if glued else ()
    return Layout(f"criteria{seed}", rows, must, words, codes=honest)


def own_sheet(seed: int) -> Layout:
    """A province's own score sheet: claimed, granted, reasons, steps without a code."""
    draw = random.Random(seed)
    name = draw.choice(["Lạng Sơn", "Cà Mau", "Thanh Hóa", "Bình Định"])
    tree = _tree(draw)
    claimed = _scores(draw, tree, 0.8)
    granted = _scores(draw, tree, 0.5)
    self_head = draw.choice(["Tự đánh giá", "Điểm tự chấm", "Tỉnh tự đánh giá"])
    final = draw.choice(["Điểm thẩm định", "Bộ Nội vụ thẩm định", "Điểm đạt được", "Kết quả"])
    odd = draw.choice(["Điểm bị trừ", "Tài liệu kiểm chứng", "Giải trình", ""])
    heads = ["STT", "Lĩnh vực/Tiêu chí/Tiêu chí thành phần", "Điểm tối đa", self_head, final]
    heads += [odd] if odd else []
    title = [[f"ỦY BAN NHÂN DÂN TỈNH {name.upper()}"]]
    title += [["SYNTHETIC KẾT QUẢ CHẤM ĐIỂM CHỈ SỐ CẢI CÁCH HÀNH CHÍNH NĂM 2022"]]
    rows = [*title, heads]
    must: dict[Key, float] = {}
    roman = draw.random() < 0.5
    for code, text, top in tree:
        component = f"A{code}" if "." not in code else code
        romans = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII")
        told = romans[int(code) - 1] if roman and "." not in code else code
        row = [told, text, f"{top:g}", f"{claimed[code]:.2f}", f"{granted[code]:.2f}"]
        if odd:
            row.append(f"{top - granted[code]:.2f}" if odd == "Điểm bị trừ" else "Báo cáo số 5")
        rows.append(row)
        must[name, component, "self_assessed"] = claimed[code]
        must[name, component, "score"] = granted[code]
        if draw.random() < 0.2:
            for n, step in enumerate(_STEPS):
                rows.append(["", step, f"{top * (1 - n / 2):g}", *[""] * (len(heads) - 3)])
                if draw.random() < 0.3:
                    rows[-1][3] = f"{claimed[code]:.2f}"
    words = {(c, m): self_head if m == "self_assessed" else final for _, c, m in must}
    return Layout(f"own{seed}", rows, must, words)


def satisfaction(seed: int) -> Layout:
    """SIPAS and its factors, with what was asked besides: wishes, forms, the dissatisfied."""
    draw = random.Random(seed)
    names = draw.sample(NAMES, UNITS)
    parts = {c: [round(draw.uniform(72, 92), 2) for _ in names] for c in FACTORS}
    total = [round(sum(v) / 5, 2) for v in zip(*parts.values(), strict=True)]
    head = draw.choice(["Chỉ số hài lòng (%)", "SIPAS 2022", "Chỉ số SIPAS (%)"])
    columns = [(text, c, "percent", parts[c]) for c, text in FACTORS.items()]
    columns.insert(draw.choice([0, 5]), (head, "total", "percent", total))
    odd = [
        ("Số phiếu thu về", "", "", [float(draw.randrange(300, 600)) for _ in names]),
        ("Tỷ lệ không hài lòng (%)", "", "", [round(draw.uniform(2, 9), 2) for _ in names]),
        ("Mong đợi của người dân (%)", "", "", [round(draw.uniform(2, 9), 2) for _ in names]),
        ("Tỷ lệ (%)", "", "", [round(draw.uniform(80, 99), 2) for _ in names]),
        ("Thời gian chờ đợi", "", "", [float(draw.randrange(10, 60)) for _ in names]),
    ]
    for extra in draw.sample(odd, draw.randrange(3)):
        columns.insert(draw.randrange(len(columns) + 1), extra)
    columns.append(("Xếp hạng", "total", "rank", list(map(float, _ranks(total)))))
    body = [
        [str(n), name, *(_text(c[3][n - 1], c[2]) for c in columns)]
        for n, name in enumerate(names, 1)
    ]
    above, below = _aggregates(draw, [c[3] if c[2] == "percent" else None for c in columns])
    title = _title(draw, "CHỈ SỐ HÀI LÒNG ĐỐI VỚI SỰ PHỤC VỤ HÀNH CHÍNH")
    rows = [*title, ["STT", "Đơn vị", *(c[0] for c in columns)], *above]
    rows += [*_with_regions(draw, body), *below]
    must = {(name, c[1], c[2]): c[3][n] for n, name in enumerate(names) for c in columns if c[1]}
    words = {(c[1], c[2]): c[0] for c in columns if c[1]}
    return Layout(f"sipas{seed}", rows, must, words, index="SIPAS")


def layouts(each: int = 16) -> Iterator[Layout]:
    """Layouts of every kind."""
    for kind in (ranking, blocks, criteria_rows, own_sheet, satisfaction):
        for seed in range(each):
            yield kind(seed)
