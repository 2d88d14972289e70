"""A table of figures, either way round: a row per province, or provinces as columns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from parstudy import criteria
from parstudy.errors import ReleaseError
from parstudy.releases import _numbers
from parstudy.releases._grid import Cell, Grid
from parstudy.releases._spec import Column, Condition, ReleaseSpec, TableSpec

_ROMAN = re.compile(r"(?=[IVX])(X{0,2})(IX|IV|V?I{0,3})")
_ROMAN_LEAD = re.compile(r"(?=[IVX])(X{0,2}(?:IX|IV|V?I{0,3}))[.)\s–-]+\s*\S")
# "Ủy ban nhân dân tỉnh Lạng Sơn" is a province
_MINISTRY = re.compile(
    r"(bộ|(?:ủy|uỷ) ban(?! nhân dân)|ngân hàng|thanh tra|văn phòng|bảo hiểm|đài|thông tấn|viện|"
    r"kiểm toán|ministry|state bank|government inspectorate|government office)\b"
)
# a heading "Vùng/Tỉnh" names no region
_REGION = re.compile(r"(vùng|khu vực|region)\b(?!\s*(?:[/,–-]|và)\s*(?:tỉnh|thành phố|địa))", re.I)
_WHOLE = re.compile(r"[0-9]{1,3}\.?")
_CODE = re.compile(r"(?:[1-9][0-9]?)(?:\.[1-9][0-9]?){1,3}")
_AREA = re.compile(r"A\.?([1-9])")
_DATE = re.compile(
    r"[12][0-9]{3}-[0-9]{2}-[0-9]{2}(?: [0-9:]+)?"
    r"|[0-9]{1,2}[/-][0-9]{1,2}[/-](?:[12][0-9])?[0-9]{2}"
    r"|[0-9]{1,2}-[A-Z][a-z]{2}(?:-[0-9]{2,4})?|[A-Z][a-z]{2}-[0-9]{2}"
)
_NUMBERING = re.compile(r"\(?(?:[0-9]{1,3}|[A-Z])\)?(?:\s?=.*)?")
# what a line under or between the provinces is called, and the measure that it prints
_AGGREGATES = (
    (
        re.compile(
            r"(giá trị |điểm |chỉ số )?(trung bình|bình quân|tb)\b|(national )?(mean|average)\b"
        ),
        "mean",
    ),
    (re.compile(r"(giá trị |điểm |chỉ số )?(cao nhất|lớn nhất)\b|max(imum)?\b|highest\b"), "max"),
    (re.compile(r"(giá trị |điểm |chỉ số )?(thấp nhất|nhỏ nhất)\b|min(imum)?\b|lowest\b"), "min"),
    (re.compile(r"(giá trị )?trung vị\b|median\b"), "median"),
)
_MAXIMA = re.compile(r"(thang điểm|(số )?điểm (tối đa|chuẩn)|tối đa|max(imum)? score|maxima)\b")
_LEFT_OUT = re.compile(
    r"(tổng( cộng| số| điểm)?|cộng|cả nước|toàn quốc|total|sum|std|ghi chú|notes?)\s*:?$"
    r"|độ lệch|standard dev"
)
_FOOTNOTE = re.compile(r"(\*|\(|[⁰¹²³⁴-⁹]|ghi chú|chú thích|chú ý|nguồn|note|source)", re.I)
_CAPTION = re.compile(r"(bảng|biểu|phụ lục|pl|table|annex|appendix)\b")
_PRINTED_DECIMALS = 5  # nobody prints more
# a footnote mark behind a name
_MARKED = re.compile(r"(?<=\w)\s*(?:[⁰¹²³⁴-⁹⁽⁾]+|\*{1,3}|\(\*{1,3}\)|\([0-9]\)|\[[0-9]\])$")
_SCORING = {
    "thẩm định": "appraisal",
    "tự đánh giá": "appraisal",
    "appraisal": "appraisal",
    "điều tra": "survey",
    "điều tra xhh": "survey",
    "điều tra xã hội học": "survey",
    "xhh": "survey",
    "đt xhh": "survey",
    "đtxhh": "survey",
    "tđ": "appraisal",
    "tđg": "appraisal",
    "survey": "survey",
    "kết hợp": "mixed",
    "mixed": "mixed",
}


@dataclass
class Reading:
    """What one or more tables gave, before it is put into frames."""

    figures: list[dict[str, Any]] = field(default_factory=list)
    components: dict[str, dict[str, Any]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    units: dict[str, str] = field(default_factory=dict)
    running: list[tuple[str, str, str, int]] = field(default_factory=list)
    _seen: dict[tuple[str, ...], str] = field(default_factory=dict)

    def add_component(self, release: ReleaseSpec, **known: Any) -> None:
        """Note a component; what two tables say of it must agree."""
        code = known["code"]
        parent, level = family(code)
        row = {
            "criteria_set": release.criteria_set,
            "index": release.index,
            "code": code,
            "parent": known.get("parent") or parent,
            "level": level,
            "name_vi": known.get("name", ""),
            "name_en": "",
            "max_score": known.get("max_score", float("nan")),
            "scoring": known.get("scoring") or "unknown",
            "lead_department": known.get("lead_department", ""),
            "locator": known.get("locator", ""),
        }
        before = self.components.setdefault(code, row)
        if before is row:
            return
        if before["max_score"] != before["max_score"]:
            before["max_score"] = row["max_score"]
        elif row["max_score"] == row["max_score"] and row["max_score"] != before["max_score"]:
            raise ReleaseError(
                "two_maxima",
                f"two maxima for component {code}",
                place=row["locator"],
                found=f"{row['max_score']:g}",
                expected=f"{before['max_score']:g}, as at {before['locator']}",
            )
        for key in ("name_vi", "lead_department"):
            before[key] = before[key] or row[key]

    def add_figure(self, spec: TableSpec, release: ReleaseSpec, **figure: Any) -> None:
        """Note a figure; the same one twice in one table is a mistake."""
        row = {
            "index": release.index,
            "year": release.year,
            "unit_level": spec.unit_level,
            "certainty": spec.certainty,
            "source_id": spec.source_id or (release.source or {}).get("source_id", ""),
            "note": spec.note,
        } | figure
        key = (
            spec.place,
            *(str(row[k]) for k in ("year", "unit_level", "unit_text", "component", "measure")),
        )
        if key in self._seen:
            raise ReleaseError(
                "unit_twice",
                f"{row['unit_text']} has two figures for {row['component']} {row['measure']}",
                place=str(row["locator"]),
                found=repr(row["text"]),
                expected=f"one; the other stands at {self._seen[key]}",
            )
        self._seen[key] = str(row["locator"])
        self.figures.append(row)


def read(grids: Sequence[Grid], spec: TableSpec, release: ReleaseSpec, into: Reading) -> None:
    """Read tables of one shape by what ``release.toml`` says of them."""
    if not grids:
        raise ReleaseError(
            "no_table",
            "no table is there",
            place=f"{release.place} {spec.place}",
            expected="a sheet or table as named",
        )
    before = len(into.figures)
    for grid in grids:
        into.notes += grid.notes
        if spec.orientation == "provinces_in_rows":
            _rows(grid, spec, release, into)
        elif spec.orientation == "one_province":
            _own_sheet(grid, spec, release, into)
        else:
            _columns(grid, spec, release, into)
    if len(into.figures) == before and not into.components:
        raise ReleaseError(
            "no_figures",
            "no figure was found where the release.toml says they are",
            place=f"{grids[0].file} {grids[0].where}".strip(),
            expected="at least one",
            advice=f"Check the rows and columns of {spec.place}",
        )


def component_of(text: str) -> str:
    """Component of a printed code: ``1.3.2`` as it is, ``3``, ``III`` and ``A3`` are ``A3``."""
    code = _numbers.clean(text).strip("().").strip()
    if _CODE.fullmatch(code):
        return code
    area = _AREA.fullmatch(code)
    if area:
        return f"A{area[1]}"
    if re.fullmatch(r"[1-9]", code):
        return f"A{code}"
    number = roman(code)
    return f"A{number}" if 1 <= number <= 9 else ""


def roman(text: str) -> int:
    """Value of a Roman number up to 29, or 0."""
    if not _ROMAN.fullmatch(text):
        return 0
    values = {"I": 1, "V": 5, "X": 10}
    digits = [values[c] for c in text]
    following = [*digits[1:], 0]
    return sum(-d if d < n else d for d, n in zip(digits, following, strict=True))


def family(code: str) -> tuple[str, str]:
    """Parent and level of a component as far as its code tells."""
    if code == "total":
        return "", "total"
    if _AREA.fullmatch(code):
        return "total", "area"
    if _CODE.fullmatch(code):
        parts = code.split(".")
        if len(parts) == 2:
            return f"A{parts[0]}", "criterion"
        return ".".join(parts[:-1]), "subcriterion"
    if code in ("appraisal", "survey_leaders", "sipas", "socioeconomic", "survey"):
        return "total", "score_source"
    return "total", "part"


def fold(text: str) -> str:
    """Text for comparing headers: one case, one kind of space, no spaces at the edges."""
    return _numbers.clean(text).casefold()


def is_name(text: str) -> bool:
    """Whether a text has a word of two letters or more."""
    return any(len(w) > 1 for w in re.findall(r"[^\W\d_]+", text))


def is_caption(text: str) -> bool:
    """Whether a line is the title of a table: "Bảng 3. ...", "Phụ lục 2"."""
    return bool(_CAPTION.match(fold(text)))


def aggregate_of(words: str) -> str:
    """Measure that a line of this name prints over all units (``mean``, ...), or nothing."""
    return next((m for p, m in _AGGREGATES if p.match(words)), "")


def is_region(left: Sequence[str], label: str) -> bool:
    """Whether a row names a region: a Roman number before it, or the word itself."""
    numbered = any(roman(t.rstrip(".")) for t in left)
    return bool(numbered or _ROMAN_LEAD.match(label) or _REGION.match(label))


def is_ministry(label: str) -> bool:
    """Whether a row names a body of the central government, which parstudy does not hold."""
    return bool(_MINISTRY.match(fold(label)))


def is_scoring(text: str) -> bool:
    """Whether a text says how a component is scored."""
    return fold(text) in _SCORING


# ------------------------------------------------------------------ a row per province


def _rows(grid: Grid, spec: TableSpec, release: ReleaseSpec, into: Reading) -> None:
    columns = [*spec.columns, *_coded_columns(grid, spec)]
    _check_headers(grid, spec, [*columns, *spec.where])
    _check_years(grid, spec, release, columns)
    _maxima(grid, spec, release, columns, into)
    start = _first_row(spec)
    last = len(grid.rows) - 1 if spec.last_row is None else spec.last_row
    meant = _rows_meant(grid, spec, start, last, into)
    headers = (
        {_folded(grid, r) for r in range(start) if _heads(grid, r)}
        if start <= len(grid.rows)
        else set()
    )
    cells: dict[int, list[tuple[int, Cell]]] = {n: [] for n in range(len(columns))}
    known = {c.column for c in columns} | {spec.unit_column, spec.number_column}
    known |= {c.column for c in spec.where}
    unread: dict[int, int] = {}
    units: list[tuple[int, str, str]] = []
    for row in meant:
        kind, unit, measure = _row_kind(grid, row, spec, columns, headers)
        if kind == "skip":
            if measure:
                into.notes.append(f"{grid.row_place(row)}: {measure}, not read")
            if unit and spec.number_column is not None:
                _counted(grid, row, spec, "", into)
            continue
        if kind == "maxima":
            for column in columns:
                if column.measure == "score":
                    _one_maximum(grid, row, column, spec, release, into)
            continue
        units.append((row, unit, measure))
        if spec.number_column is not None and not measure:
            _counted(grid, row, spec, unit, into)
        for n, column in enumerate(columns):
            cells[n].append((row, grid.cell(row, column.column)))
        for c in range(grid.width):
            if c not in known and any(ch.isdigit() for ch in grid.rows[row][c].text):
                unread[c] = unread.get(c, 0) + 1
    _note_words(grid, [cell for column in cells.values() for cell in column], into)
    for c in sorted(unread):
        head = _header_text(grid, spec, c)
        into.notes.append(f"{grid.column_place(c)} {head!r}: {unread[c]} cells, not read")
    read_cells = {
        n: _column_figures(grid, spec, columns[n], release, cells[n]) for n in range(len(columns))
    }
    for position, (_row, unit, measure) in enumerate(units):
        for n, column in enumerate(columns):
            found = read_cells[n][position]
            if found is None:
                continue
            # a mean of the score and one of the percent would be one figure twice
            twice = column.measure == "percent" and any(
                c.component == column.component and c.measure == "score" for c in columns
            )
            if not (measure and twice):
                _emit(found, unit, measure, column, spec, release, into)


def _heads(grid: Grid, row: int) -> bool:
    """Whether a row above the body is a heading, or a line of one: it is passed over below too."""
    texts = [c.words for c in grid.rows[row] if c.words and not c.covered]
    return len(texts) > 1 or any(not any(ch.isdigit() for ch in t) for t in texts)


def _note_words(grid: Grid, cells: Sequence[tuple[int, Cell]], into: Reading) -> None:
    """Tell of cells that say in words that there is no figure: "x", "không đánh giá"."""
    said: dict[str, list[int]] = {}
    for row, cell in cells:
        if _numbers.says_no_figure(cell.text) and not cell.covered:
            said.setdefault(cell.words, []).append(row)
    for words, rows in said.items():
        more = f", here and in {len(rows) - 1} other cells" if len(rows) > 1 else ""
        into.notes.append(f"{grid.row_place(rows[0])}: {words!r} was taken for no figure{more}")


def _last_row(grid: Grid, spec: TableSpec) -> int:
    last = len(grid.rows) - 1
    return last if spec.last_row is None else min(last, spec.last_row)


def _counted(grid: Grid, row: int, spec: TableSpec, unit: str, into: Reading) -> None:
    assert spec.number_column is not None
    number = grid.cell(row, spec.number_column).words.rstrip(".")
    if number.isdigit():
        place = grid.place(row, spec.number_column)
        into.running.append((f"{spec.place} {grid.where}", place, unit, int(number)))


def _rows_meant(grid: Grid, spec: TableSpec, start: int, last: int, into: Reading) -> Sequence[int]:
    """Rows of the body that meet the conditions ``where``; all of them if there are none."""
    body = range(start, min(last + 1, len(grid.rows)))
    if not spec.where:
        return body
    wanted = [(c.column, {fold(text) for text in c.equals}) for c in spec.where]
    meant = [r for r in body if all(fold(grid.cell(r, c).text) in texts for c, texts in wanted)]
    told = ", ".join(f"{c.header} = {' or '.join(c.equals)}" for c in spec.where)
    if not meant:
        raise ReleaseError(
            "no_rows",
            "no row meets the conditions",
            place=f"{grid.file} {grid.where}".strip(),
            found=f"{len(body)} other rows",
            expected=told,
        )
    others = sum(any(c.text.strip() for c in grid.rows[r]) for r in body) - len(meant)
    if others:
        into.notes.append(f"{grid.file}: {others} rows without {told}, not read")
    return meant


def _emit(
    found: _Found,
    unit: str,
    aggregate: str,
    column: Column,
    spec: TableSpec,
    release: ReleaseSpec,
    into: Reading,
) -> None:
    extra: dict[str, Any] = {"unit_text": unit, "component": column.component}
    if column.year is not None:
        extra["year"] = column.year
    if aggregate:
        # a mean of ranks says nothing
        if column.measure not in ("score", "percent"):
            return
        extra |= {"unit_level": "national", "unit_text": "Việt Nam", "measure": aggregate}
        if column.measure == "percent" and column.component != "total":
            extra["note"] = f"{spec.note}; of percent".removeprefix("; ")
    else:
        extra["measure"] = column.measure
    if column.measure == "score" and column.component != "total" and not aggregate:
        into.add_component(
            release,
            code=column.component,
            parent=column.parent,
            name=column.name,
            locator=found.place,
        )
    into.add_figure(spec, release, **extra, text=found.text, value=found.value, locator=found.place)
    if found.of is not None and not aggregate:
        into.add_figure(
            spec,
            release,
            **(extra | {"measure": "of"}),
            text=str(found.of),
            value=float(found.of),
            locator=found.place,
        )


def _first_row(spec: TableSpec) -> int:
    if spec.first_row is not None:
        return spec.first_row
    ends = [
        spec.header_rows[1] if spec.header_rows else -1,
        *(r for r in (spec.code_row, spec.max_row, spec.name_row, spec.unit_row) if r is not None),
    ]
    return max(ends) + 1


def _coded_columns(grid: Grid, spec: TableSpec) -> list[Column]:
    """Columns whose component stands in the row of codes."""
    if spec.code_row is None:
        return []
    mapped = {c.column for c in spec.columns} | {spec.unit_column, spec.number_column}
    found: dict[str, int] = {}
    columns = []
    for c in range(grid.width):
        cell = grid.cell(spec.code_row, c)
        code = component_of(cell.text)
        if c in mapped or cell.covered:
            continue
        if _is_date(cell):
            raise _date_for_code(grid, spec.code_row, c)
        if not code:
            continue
        if code in found:
            raise ReleaseError(
                "code_twice",
                f"two columns have the code {code}",
                place=grid.place(spec.code_row, c),
                found=repr(cell.text),
                expected=f"each code once; the other is {grid.place(spec.code_row, found[code])}",
                advice="A spreadsheet turns 1.10 into 1.1: store codes as text",
            )
        found[code] = c
        name = "" if spec.name_row is None else grid.cell(spec.name_row, c).words
        columns.append(Column(column=c, component=code, measure=spec.measure, name=name))
    if not columns:
        raise ReleaseError(
            "no_codes",
            "the row of codes holds none",
            place=grid.row_place(spec.code_row),
            found=" | ".join(c.words for c in grid.rows[spec.code_row][:8])
            if spec.code_row < len(grid.rows)
            else "no such row",
            expected="codes such as 1, 1.1, 1.1.2",
        )
    return columns


def _header_text(grid: Grid, spec: TableSpec, column: int) -> str:
    if spec.header_rows is None:
        return ""
    texts: list[str] = []
    for row in range(spec.header_rows[0], spec.header_rows[1] + 1):
        words = grid.cell(row, column).words
        if words and (not texts or texts[-1] != words):
            texts.append(words)
    return " / ".join(texts)


def _check_headers(grid: Grid, spec: TableSpec, columns: Sequence[Column | Condition]) -> None:
    needed = max(spec.unit_column or 0, *(c.column for c in columns))
    if needed >= grid.width:
        raise ReleaseError(
            "missing_column",
            "the table has fewer columns than named",
            place=f"{grid.file} {grid.where}".strip(),
            found=f"{grid.width} columns",
            expected=f"at least {needed + 1}",
        )
    for column in columns:
        if not column.header:
            continue
        if spec.header_rows is None:
            raise ReleaseError(
                "missing_key",
                "a header is named, but not the rows in which headers stand",
                place=spec.place,
                expected="'header_rows'",
            )
        found = _header_text(grid, spec, column.column)
        parts = {fold(p) for p in found.split(" / ")} | {fold(found)}
        if fold(column.header) not in parts:
            raise ReleaseError(
                "wrong_column",
                "the column is headed otherwise",
                place=grid.column_place(column.column),
                found=repr(found),
                expected=repr(column.header),
            )


_YEAR = re.compile(r"(?<![0-9])20[0-4][0-9](?![0-9])")


def _check_years(
    grid: Grid, spec: TableSpec, release: ReleaseSpec, columns: Sequence[Column]
) -> None:
    """Refuse a column that is headed by another year than it is read for."""
    for column in columns:
        # a change is of two years; the name of a criterion may have one
        if column.measure.startswith("change") or _CODE.fullmatch(column.component):
            continue
        texts = _header_text(grid, spec, column.column).split(" / ")
        years = next((set(y) for t in reversed(texts) if (y := _YEAR.findall(t))), set())
        meant = column.year or release.year
        if len(years) == 1 and years != {str(meant)}:
            raise ReleaseError(
                "wrong_year",
                "the column is headed by another year",
                place=grid.column_place(column.column),
                found=repr(" / ".join(texts)),
                expected=str(meant),
                advice="Say year = ... for the column in release.toml",
            )


def _maxima(
    grid: Grid, spec: TableSpec, release: ReleaseSpec, columns: Sequence[Column], into: Reading
) -> None:
    for column in columns:
        if column.measure != "score":
            continue
        if column.max_score is not None:
            into.add_component(
                release,
                code=column.component,
                parent=column.parent,
                name=column.name,
                max_score=float(column.max_score),
                locator=f"{release.place} {spec.place}",
            )
        if spec.max_row is not None:
            _one_maximum(grid, spec.max_row, column, spec, release, into)


def _one_maximum(
    grid: Grid, row: int, column: Column, spec: TableSpec, release: ReleaseSpec, into: Reading
) -> None:
    found = _one(grid, row, column.column, spec, replace(column, measure="score"))
    if found is not None:
        into.add_component(
            release,
            code=column.component,
            parent=column.parent,
            name=column.name,
            max_score=found.value,
            locator=found.place,
        )


def _folded(grid: Grid, row: int) -> tuple[str, ...]:
    return tuple(fold(c.text) for c in grid.rows[row])


def _row_kind(
    grid: Grid,
    row: int,
    spec: TableSpec,
    columns: Sequence[Column],
    headers: set[tuple[str, ...]],
) -> tuple[str, str, str]:
    """What a row is: ``unit`` (name, measure of an aggregate or nothing) or ``skip`` (why).

    A row that is skipped has a name only where the running numbers count it.
    """
    cells = grid.rows[row]
    if not any(c.text.strip() for c in cells):
        return "skip", "", ""
    if _folded(grid, row) in headers:
        return "skip", "", ""
    assert spec.unit_column is not None
    name_cell = grid.cell(row, spec.unit_column)
    number = "" if spec.number_column is None else grid.cell(row, spec.number_column).words
    unit = _MARKED.sub("", name_cell.words)
    filled = [
        c
        for c in columns
        if not _numbers.is_blank(grid.cell(row, c.column).text)
        and not grid.cell(row, c.column).covered
    ]
    label = unit if any(ch.isalpha() for ch in unit) else number
    if name_cell.covered and label == number and filled:
        label = unit = number
    words = fold(label)
    # "(1) (2) (3)": the numbers of the columns
    texts = [c.words for c in cells if c.words]
    numbered = sum(bool(_NUMBERING.fullmatch(t)) for t in texts)
    if _NUMBERING.fullmatch(unit) and 2 * numbered > len(texts) > 2 and not is_name(unit):
        return "skip", "", ""
    if is_region([number], label):
        what = f"region {label!r}"
        return "skip", "", what + (f" with {len(filled)} figures" if filled else "")
    if is_ministry(label):
        what = f"ministry {label!r}"
        return "skip", label, what + (f" with {len(filled)} figures" if filled else "")
    measure = aggregate_of(words)
    if measure and not _WHOLE.fullmatch(number):
        return "unit", label, measure
    if _MAXIMA.match(words):
        return "maxima", "", ""
    if _LEFT_OUT.match(words):
        return "skip", "", f"{label!r}" + (f" with {len(filled)} figures" if filled else "")
    if not filled:
        text = " ".join(dict.fromkeys(c.words for c in cells if c.words))
        if _WHOLE.fullmatch(number) and unit and not name_cell.covered:
            return "skip", "", f"{unit!r} has no figure"
        return "skip", "", f"text {text[:60]!r}"
    if not is_name(unit) and not spec.unit_scheme:
        raise ReleaseError(
            "number_without_unit",
            "figures stand in a row that names no province",
            place=grid.place(row, spec.unit_column),
            found=repr(unit) if unit else "an empty cell",
            expected="a name",
        )
    if name_cell.covered:
        raise ReleaseError(
            "merged_unit",
            "one merged cell names the province of two rows with figures",
            place=grid.place(row, spec.unit_column),
            found=repr(unit),
            expected="a name in each row",
        )
    if number and not _WHOLE.fullmatch(number):
        if _FOOTNOTE.match(number) and len(filled) < 2:
            return "skip", "", f"text {number[:60]!r}"
        raise ReleaseError(
            "bad_row_number",
            "the row's number is none",
            place=grid.place(row, spec.number_column or 0),
            found=repr(number),
            expected="1, 2, 3 ...",
        )
    # a code says which unit only together with the scheme that it belongs to
    return "unit", f"{spec.unit_scheme}:{unit}" if spec.unit_scheme else unit, ""


# ------------------------------------------------------------------ provinces as columns


def _columns(grid: Grid, spec: TableSpec, release: ReleaseSpec, into: Reading) -> None:
    assert spec.unit_row is not None
    start = _first_row(spec)
    units = _unit_columns(grid, spec, start, _last_row(grid, spec), into)
    read_rows = _criteria_rows(grid, spec, {_folded(grid, spec.unit_row)}, units, into)
    for row, column in read_rows:
        if column.measure == "score":
            _component_of_row(grid, row, column, spec, release, into)
    _note_words(grid, [(r, grid.cell(r, c)) for r, _ in read_rows for c, _, _ in units], into)
    for row, column in read_rows:
        found = _column_figures(
            grid,
            spec,
            column,
            release,
            [(row, grid.cell(row, c)) for c, _, _ in units],
            [c for c, _, _ in units],
        )
        for (_, unit, measure), one in zip(units, found, strict=True):
            if one is not None:
                _emit(one, unit, measure, column, spec, release, into)


def _own_sheet(grid: Grid, spec: TableSpec, release: ReleaseSpec, into: Reading) -> None:
    """One province's own sheet: a row per criterion, columns of what was claimed and granted.

    A sub-criterion is scored by appraisal or by survey. Where two columns of one measure are
    filled, as in the row of an area, neither is the score, and their sum is not printed.
    """
    _check_headers(grid, spec, spec.columns)
    _check_years(grid, spec, release, spec.columns)
    headers = spec.header_rows
    titles = {_folded(grid, r) for r in range(headers[0], headers[1] + 1)} if headers else set()
    cells = [(c.column, spec.unit, "") for c in spec.columns]
    rows: list[tuple[int, Column]] = []
    for row, component in _criteria_rows(grid, spec, titles, cells, into):
        if component.measure != "score":
            _own_label(grid, row, component, spec, release, into)
            continue
        _component_of_row(grid, row, component, spec, release, into)
        rows.append((row, component))
    for measure, year in dict.fromkeys((c.measure, c.year) for c in spec.columns):
        columns = [c for c in spec.columns if (c.measure, c.year) == (measure, year)]
        read = [
            _column_figures(
                grid, spec, column, release, [(r, grid.cell(r, column.column)) for r, _ in rows]
            )
            for column in columns
        ]
        for (row, component), *found in zip(rows, *read, strict=True):
            there = [one for one in found if one is not None]
            if len(there) == 1:
                mapped = replace(component, measure=measure, year=year)
                _emit(there[0], spec.unit, "", mapped, spec, release, into)
            elif there:
                printed = " and ".join(one.text for one in there)
                into.notes.append(
                    f"{grid.row_place(row)}: {component.component} has {printed} in columns of "
                    "one measure, not read"
                )


def _criteria_rows(
    grid: Grid,
    spec: TableSpec,
    headers: set[tuple[str, ...]],
    units: Sequence[tuple[int, str, str]],
    into: Reading,
) -> list[tuple[int, Column]]:
    """Rows of the body with the component that each is of, each component and measure once."""
    labels = {fold(c.label): c for c in spec.labels}
    seen: dict[str, int] = {}
    found: list[tuple[int, Column]] = []
    for row in range(_first_row(spec), _last_row(grid, spec) + 1):
        if not any(c.text.strip() for c in grid.rows[row]) or _folded(grid, row) in headers:
            continue
        column = _row_component(grid, row, spec, labels, units, into)
        if column is None:
            continue
        key = f"{column.component} {column.measure} {column.year or ''}"
        if key in seen:
            raise _code_twice(grid, row, column, seen[key])
        seen[key] = row
        found.append((row, column))
    return found


def _own_label(
    grid: Grid, row: int, label: Column, spec: TableSpec, release: ReleaseSpec, into: Reading
) -> None:
    """A row such as "Xếp hạng 23": one figure, in whatever column of this year it stands."""
    found = [
        one
        for c in spec.columns
        if c.year is None and (one := _one(grid, row, c.column, spec, label)) is not None
    ]
    if len(found) == 1:
        _emit(found[0], spec.unit, "", label, spec, release, into)
    elif found:
        printed = " and ".join(one.text for one in found)
        into.notes.append(f"{grid.row_place(row)}: {label.label!r} has {printed}, not read")


def _code_twice(grid: Grid, row: int, column: Column, other: int) -> ReleaseError:
    return ReleaseError(
        "code_twice",
        f"two rows give {column.component} {column.measure}",
        place=grid.row_place(row),
        found=repr(column.label or column.component),
        expected=f"each once; the other is {grid.row_place(other)}",
        advice="A spreadsheet turns 1.10 into 1.1: store codes as text",
    )


def _unit_columns(
    grid: Grid, spec: TableSpec, start: int, last: int, into: Reading
) -> list[tuple[int, str, str]]:
    """Columns of provinces (number, name, measure of an aggregate or nothing)."""
    assert spec.unit_row is not None
    if spec.unit_columns is not None:
        first, final = spec.unit_columns
        if final >= grid.width:
            raise ReleaseError(
                "missing_column",
                "the table has fewer columns than named",
                place=f"{grid.file} {grid.where}".strip(),
                found=f"{grid.width} columns",
                expected=f"provinces up to {grid.column_place(final).split()[-1]}",
            )
        wanted = range(first, final + 1)
    else:
        told = (
            spec.code_column,
            spec.name_column,
            spec.max_column,
            spec.scoring_column,
            spec.department_column,
            spec.number_column,
        )
        wanted = range(max((c for c in told if c is not None), default=-1) + 1, grid.width)
    units = []
    for c in wanted:
        cell = grid.cell(spec.unit_row, c)
        name = _MARKED.sub("", cell.words)
        filled = [
            r for r in range(start, last + 1) if any(ch.isdigit() for ch in grid.cell(r, c).text)
        ]
        if not is_name(name):
            if filled:
                raise ReleaseError(
                    "number_without_unit",
                    "figures stand in a column that names no province",
                    place=grid.place(spec.unit_row, c),
                    found=repr(name) if name else "an empty cell",
                    expected="a name",
                )
            continue
        if cell.covered and filled:
            raise ReleaseError(
                "merged_unit",
                "one merged cell names the province of two columns with figures",
                place=grid.place(spec.unit_row, c),
                found=repr(name),
                expected="a name over each column",
            )
        words = fold(name)
        aggregate = aggregate_of(words)
        if not aggregate and _LEFT_OUT.match(words):
            into.notes.append(f"{grid.column_place(c)} {name!r}: not read")
            continue
        units.append((c, name, aggregate))
    if not units:
        raise ReleaseError(
            "no_units",
            "the row of provinces holds none",
            place=grid.row_place(spec.unit_row),
            expected="names of provinces",
        )
    return units


def _row_component(
    grid: Grid,
    row: int,
    spec: TableSpec,
    labels: dict[str, Column],
    units: Sequence[tuple[int, str, str]],
    into: Reading,
) -> Column | None:
    code_cell = Cell() if spec.code_column is None else grid.cell(row, spec.code_column)
    name_cell = Cell() if spec.name_column is None else grid.cell(row, spec.name_column)
    label = labels.get(fold(name_cell.text)) or labels.get(fold(code_cell.text))
    if label is not None:
        return label
    filled = [
        c
        for c, _, _ in units
        if not _numbers.is_blank(grid.cell(row, c).text) and not grid.cell(row, c).covered
    ]
    if _is_date(code_cell):
        raise _date_for_code(grid, row, spec.code_column or 0)
    code = "" if code_cell.covered else component_of(code_cell.text)
    if code:
        return Column(column=-1, component=code, measure=spec.measure, name=name_cell.words)
    if filled:
        numbering = all(_NUMBERING.fullmatch(c.words) for c in grid.rows[row] if c.words)
        if numbering and len(filled) > 1 and not name_cell.words[1:].isalpha():
            return None
        column = spec.code_column if spec.code_column is not None else spec.name_column
        raise ReleaseError(
            "unknown_row",
            "figures stand in a row whose component is not known",
            place=grid.place(row, column or 0),
            found=repr(" ".join(w for w in (code_cell.words, name_cell.words) if w)),
            expected="a code such as 1.2.3, or a label named in release.toml",
        )
    text = " ".join(dict.fromkeys(c.words for c in grid.rows[row] if c.words))
    into.notes.append(f"{grid.row_place(row)}: text {text[:60]!r}, not read")
    return None


def _is_date(cell: Cell) -> bool:
    """Whether a code has become a date: 1.3.2 is 2002-03-01 or 01/03/2002 then, 3.2 is 03-Feb."""
    return cell.kind == "date" or bool(_DATE.fullmatch(cell.words))


def _date_for_code(grid: Grid, row: int, column: int) -> ReleaseError:
    return ReleaseError(
        "date_for_number",
        "a spreadsheet has turned a code into a date",
        place=grid.place(row, column),
        found=grid.cell(row, column).text,
        expected="a code such as 1.2.3, stored as text",
        advice="Format the column as text, and write the code again",
    )


def _component_of_row(
    grid: Grid, row: int, column: Column, spec: TableSpec, release: ReleaseSpec, into: Reading
) -> None:
    known: dict[str, Any] = {"code": column.component, "name": column.name, "parent": column.parent}
    place = grid.row_place(row)
    if spec.code_column is not None:
        place = grid.place(row, spec.code_column)
    if spec.max_column is not None:
        found = _one(grid, row, spec.max_column, spec, column)
        if found is not None:
            known["max_score"] = found.value
            place = found.place
    if spec.scoring_column is not None:
        text = fold(grid.cell(row, spec.scoring_column).text)
        if text and text not in _SCORING:
            into.notes.append(
                f"{grid.place(row, spec.scoring_column)}: {text!r} does not say how the component "
                "is scored"
            )
        known["scoring"] = _SCORING.get(text, "")
    if spec.department_column is not None:
        known["lead_department"] = grid.cell(row, spec.department_column).words
    into.add_component(release, **known, locator=place)


# ------------------------------------------------------------------ cells


@dataclass(frozen=True)
class _Found:
    text: str
    value: float
    place: str
    of: int | None = None
    decimals: int = 0
    percent: bool = False
    stored: bool = False


def _one(grid: Grid, row: int, column: int, spec: TableSpec, mapping: Column) -> _Found | None:
    """Read one cell, or nothing if it is empty."""
    cell = grid.cell(row, column)
    place = grid.place(row, column)
    text = cell.words
    if cell.covered and mapping.measure == "group" and _from_above(grid, row, column):
        # "Nhóm A" beside all rows of its group is no figure of one of them
        return _Found(text, float("nan"), place)
    if cell.covered and not _numbers.is_blank(text):
        raise ReleaseError(
            "merged_number",
            "a merged cell: one figure for two places",
            place=place,
            found=repr(text),
            expected="a figure of its own",
        )
    if cell.kind in ("error", "formula", "date", "bool", "crossed"):
        code, message, advice = {
            "error": ("spreadsheet_error", "the cell shows an error", ""),
            "formula": (
                "formula_without_value",
                "a formula whose value the file does not hold",
                "Open the file in a spreadsheet program and save it",
            ),
            "date": (
                "date_for_number",
                "a spreadsheet has turned a number into a date",
                "Store the cell as text or as a number",
            ),
            "bool": ("not_a_number", "not a number", ""),
            "crossed": (
                "crossed_text",
                "text of the neighbouring cell runs into this one",
                "Look at the page, and write the figures into a spreadsheet",
            ),
        }[cell.kind]
        raise ReleaseError(
            code, message, place=place, found=repr(cell.text), expected="a number", advice=advice
        )
    if _numbers.is_blank(text):
        return None
    if mapping.measure == "group":
        return _Found(text, float("nan"), place)
    if cell.kind == "text":
        text = _without_words(text, mapping.measure)
    if cell.kind == "number" and cell.number is not None:
        if cell.number != cell.number or abs(cell.number) == float("inf"):
            raise ReleaseError(
                "not_a_number", "not a number", place=place, found=text, expected="a number"
            )
        return _ranked(_Found(text, float(cell.text), place, stored=True), mapping)
    # the text of a stored percentage is made by us, with a point
    decimal = "." if cell.kind == "percent" else spec.decimal
    try:
        number = _numbers.parse(text, decimal)
    except _numbers.UnreadableNumber as error:
        raise ReleaseError(
            error.code,
            error.message,
            place=place,
            found=repr(text),
            expected=error.expected,
            advice=error.advice,
        ) from None
    if number.of is not None and mapping.measure != "rank":
        raise ReleaseError(
            "not_a_number",
            "a rank where another number belongs",
            place=place,
            found=repr(text),
            expected=f"a {mapping.measure}",
        )
    found = _Found(
        text,
        number.value,
        place,
        number.of,
        number.decimals,
        number.percent,
        stored=cell.kind == "percent",
    )
    return _ranked(found, mapping)


def _ranked(found: _Found, mapping: Column) -> _Found:
    """Refuse what stands in a column of ranks and is none: 0, 2.5, -3, "12/5"."""
    if mapping.measure != "rank":
        return found
    last = found.of if found.of is not None else found.value
    if found.value != int(found.value) or not 1 <= found.value <= last:
        raise ReleaseError(
            "not_a_rank",
            "no rank",
            place=found.place,
            found=repr(found.text),
            expected="a whole number from 1 on, such as 23 or 23/63",
            advice="A spreadsheet may have made a date or a fraction of it",
        )
    return found


def _from_above(grid: Grid, row: int, column: int) -> bool:
    """Whether a merged cell begins higher up in the same column."""
    while row > 0 and grid.cell(row, column).covered:
        row -= 1
    cell = grid.cell(row, column)
    beside = grid.cell(row + 1, column - 1)
    return not cell.covered and not (beside.covered and beside.text == cell.text)


_RANK = re.compile(
    r"(?:xếp )?(?:thứ )?(?:hạng|vị trí|thứ|rank|no\.?)(?: thứ)?\s*:?\s*(?=[0-9])", re.I
)
_UP = re.compile(r"(?:[↑▲⬆]|tăng|up)\s*", re.I)
_DOWN = re.compile(r"(?:[↓▼⬇]|giảm|down)\s*", re.I)
_SAME = re.compile(r"(?:=|→|↔|không đổi|giữ nguyên|unchanged)\s*", re.I)
_UNIT = re.compile(r"\s*(?:bậc|hạng|điểm|places?|points?)$", re.I)


def _without_words(text: str, measure: str) -> str:
    """A rank or a change without the words that only say what it is: "Hạng 5", "↓ 3 bậc"."""
    if measure == "rank":
        return _RANK.sub("", text) if _RANK.match(text) else text
    if not measure.startswith("change"):
        return text
    body = _UNIT.sub("", text)
    if _SAME.fullmatch(body):
        return "0"
    for pattern, sign in ((_UP, ""), (_DOWN, "-")):
        match = pattern.match(body)
        rest = body[match.end() :] if match else ""
        if rest[:1].isdigit():
            return sign + rest
    return body


def _column_figures(
    grid: Grid,
    spec: TableSpec,
    mapping: Column,
    release: ReleaseSpec,
    cells: Sequence[tuple[int, Cell]],
    columns: Sequence[int] | None = None,
) -> list[_Found | None]:
    """Read the cells of one component and compare them with each other."""
    where = columns if columns is not None else [mapping.column] * len(cells)
    found = [
        _one(grid, row, column, spec, mapping)
        for (row, _), column in zip(cells, where, strict=True)
    ]
    there = [f for f in found if f is not None]
    _one_unit(there, mapping)
    _no_shares(there, mapping, release)
    _even_decimals(there)
    if mapping.measure in ("score", "percent"):
        _no_lost_mark(there)
    if mapping.measure == "rank":
        _one_ranking(there)
    return found


def _one_unit(found: Sequence[_Found], mapping: Column) -> None:
    """Percent signs on all cells or on none, and only where percent are meant."""
    signed = [f for f in found if f.percent]
    if not signed:
        return
    bare = [f for f in found if not f.percent]
    if bare:
        few = min(signed, bare, key=len)
        raise ReleaseError(
            "mixed_units",
            "some figures of the column have a percent sign and some have none",
            place=few[0].place,
            found=repr(few[0].text),
            expected="percent or points throughout",
        )
    percent = mapping.measure in ("percent", "mean", "min", "max", "median", "range")
    if not percent and mapping.component != "total":
        raise ReleaseError(
            "percent_for_points",
            f"percent where {mapping.measure} belongs",
            place=signed[0].place,
            found=repr(signed[0].text),
            expected='measure = "percent" in release.toml, or points',
        )


def _one_ranking(found: Sequence[_Found]) -> None:
    """Ranks such as 23/63 say one number of units, and no rank is beyond it."""
    told = [f for f in found if f.of is not None]
    if not told:
        return
    most = max(f.value for f in found)
    numbers = [f.of for f in told]
    usual = max(set(numbers), key=lambda n: (numbers.count(n), n))
    odd = next((f for f in told if f.of != usual), None)
    if odd is None and usual is not None and usual < most:
        odd = told[0]
    if odd is not None:
        raise ReleaseError(
            "mixed_rankings",
            "ranks of one column are among different numbers of units",
            place=odd.place,
            found=repr(odd.text),
            expected=f"one number of units for all, {most:g} or more",
            advice="A spreadsheet may have made a date or a fraction of it",
        )


def _no_shares(found: Sequence[_Found], mapping: Column, release: ReleaseSpec) -> None:
    """0.8711 must not pass for 0.87 percent, nor for 0.87 of 100 points."""
    level = family(mapping.component)[1]
    whole = mapping.component in ("total", "appraisal", "survey", "survey_leaders", "sipas")
    if mapping.measure != "percent" and not (
        mapping.measure == "score" and (whole or level == "area")
    ):
        return
    if mapping.measure == "score" and criteria.index(release.index).max_score <= 1:
        return
    shares = [f for f in found if 0 <= f.value <= 1 and not f.percent]
    if len(found) >= 3 and len(shares) == len(found) and any(0 < f.value < 1 for f in found):
        raise ReleaseError(
            "share_for_percent",
            f"shares between 0 and 1 where {mapping.measure} belongs",
            place=shares[0].place,
            found=repr(shares[0].text),
            expected="87.11 for 87.11 percent",
            advice="Show the cells as percent in a spreadsheet program, or multiply them by 100",
        )


def _no_lost_mark(found: Sequence[_Found]) -> None:
    """``8711`` among figures like ``87,11``: a decimal mark that was lost on the way."""
    bare = [f for f in found if f.value > 100 and f.value == int(f.value) and not f.decimals]
    rest = [f for f in found if f not in bare]
    if not bare or len(rest) < 3 or max(abs(f.value) for f in rest) > 100:
        return
    if any(f.value != int(f.value) for f in rest):
        raise ReleaseError(
            "lost_decimal_mark",
            "a whole number beyond 100 among figures with decimals",
            place=bare[0].place,
            found=repr(bare[0].text),
            expected="a figure up to 100, such as 87,11",
        )


def _even_decimals(found: Sequence[_Found]) -> None:
    """A lone cell with more decimals than any other has a footnote digit glued to it, perhaps.

    Figures with six or more decimals are a program's output that drops trailing zeros.
    """
    printed = [f for f in found if not f.stored]
    if len(printed) < 5:
        return
    most = max(f.decimals for f in printed)
    odd = [f for f in printed if f.decimals == most]
    rest = [f.decimals for f in printed if f.decimals < most]
    # steps of a quarter point make one or two decimals in one column; three beside two are odd
    if most > _PRINTED_DECIMALS:
        return
    if most >= 3 and len(odd) <= max(1, len(printed) // 10) and rest and _jumps(max(rest), most):
        raise ReleaseError(
            "odd_decimals",
            "more decimals than in all other cells of the column: a footnote digit may be glued on",
            place=odd[0].place,
            found=repr(odd[0].text),
            expected=f"at most {max(rest)} decimals",
            advice="If the figure is right, give it and the others the same number of decimals",
        )


def _jumps(rest: int, most: int) -> bool:
    """One digit more than the others have, or more than the two that releases print."""
    return rest == most - 1 or rest <= 2


def iter_notes(reading: Reading) -> Iterator[str]:
    """Notes without repetition, in order."""
    yield from dict.fromkeys(reading.notes)
