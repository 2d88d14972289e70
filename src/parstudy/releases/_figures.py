"""Long CSV files: one figure a row, one component a row, one source a row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from parstudy.errors import ReleaseError
from parstudy.releases import numbers
from parstudy.releases.formats.encodings import decode
from parstudy.releases.formats.separated import records
from parstudy.releases.model import CERTAINTIES, COMPONENT_COLUMNS, SOURCE_COLUMNS, UNIT_LEVELS
from parstudy.releases.spec import ReleaseSpec
from parstudy.text import normalized, suggest

COLUMNS = (
    "index",
    "year",
    "unit_level",
    "unit",
    "component",
    "measure",
    "value",
    "certainty",
    "source_id",
    "note",
)
_NEEDED = ("index", "unit_level", "unit", "component", "measure", "value")
_COMPONENTS = tuple(
    c for c in COMPONENT_COLUMNS if c not in ("criteria_set", "index_id", "locator")
)


@dataclass(frozen=True)
class Row:
    """One row: its cells by column, and its place in the file."""

    cells: Mapping[str, str]
    place: str

    def error(self, code: str, message: str, column: str, **said: str) -> ReleaseError:
        """What is wrong with one of its cells."""
        return ReleaseError(code, message, place=f"{self.place} column {column}", **said)

    def must_be(self, column: str, allowed: Sequence[str], code: str) -> None:
        """Refuse a word that the column does not have.

        Raises
        ------
        ReleaseError
            With the given code.
        """
        if self.cells[column] in allowed:
            return
        other = code.startswith("other")
        raise self.error(
            code,
            f"the {column} is not that of the release" if other else f"unknown {column}",
            column,
            found=repr(self.cells[column]),
            expected=" or ".join(repr(a) for a in allowed),
        )


def read_figures(
    path: Path, release: ReleaseSpec, sources: Mapping[str, object]
) -> list[dict[str, Any]]:
    """Read figures; ``sources`` holds the ids that may be cited.

    Raises
    ------
    ReleaseError
        ``empty_cell``, ``other_index``, ``other_year``, ``unknown_unit_level``,
        ``unknown_certainty``, ``unknown_source``, ``not_a_number`` and what :func:`rows` refuses.
    """
    found = []
    for row in rows(path, COLUMNS, path.name):
        for column in _NEEDED:
            if not row.cells[column]:
                raise row.error(
                    "empty_cell", f"the cell {column} is empty", column, expected="a value"
                )
        row.must_be("index", [release.index], "other_index")
        row.must_be("year", [str(release.year)], "other_year")
        row.must_be("unit_level", UNIT_LEVELS, "unknown_unit_level")
        row.must_be("certainty", CERTAINTIES, "unknown_certainty")
        if row.cells["source_id"] not in sources:
            raise row.error(
                "unknown_source",
                "the source is not listed",
                "source_id",
                found=repr(row.cells["source_id"]),
                expected="a source_id of the sources file",
            )
        known = {
            "index_id": release.index,
            "year": release.year,
            "unit_text": row.cells["unit"],
            "text": row.cells["value"],
            "value": _value(row, "value", row.cells["measure"]),
            "locator": row.place,
        }
        found.append({**row.cells, **known})
    return found


def read_components(path: Path, release: ReleaseSpec) -> list[dict[str, Any]]:
    """Read components: code, parent, level, names, maximum, scoring, department.

    Raises
    ------
    ReleaseError
        ``empty_cell``, ``code_twice``, ``not_a_number`` and what :func:`rows` refuses.
    """
    found: dict[str, dict[str, Any]] = {}
    for row in rows(path, _COMPONENTS, path.name):
        code = row.cells["code"]
        if not code:
            raise row.error("empty_cell", "the cell code is empty", "code", expected="a code")
        if code in found:
            raise row.error(
                "code_twice",
                "the code stands twice",
                "code",
                found=repr(code),
                expected=f"once; the other is {found[code]['locator']}",
            )
        maximum = _value(row, "max_score", "score") if row.cells["max_score"] else float("nan")
        found[code] = {
            "criteria_set": release.criteria_set,
            "index_id": release.index,
            **row.cells,
            "max_score": maximum,
            "locator": row.place,
        }
    return list(found.values())


def read_sources(path: Path) -> dict[str, Mapping[str, str]]:
    """Read the sources of a shared file, by id.

    Raises
    ------
    ReleaseError
        ``empty_cell``, ``source_twice`` and what :func:`rows` refuses.
    """
    found: dict[str, Mapping[str, str]] = {}
    for row in rows(path, SOURCE_COLUMNS, path.name):
        name = row.cells["source_id"]
        if not name or name in found:
            raise row.error(
                "source_twice" if name else "empty_cell",
                "the source_id stands twice" if name else "the cell source_id is empty",
                "source_id",
                found=repr(name) if name else "",
                expected="each source once, with an id",
            )
        found[name] = row.cells
    return found


def rows(path: Path, columns: Sequence[str], file: str) -> list[Row]:
    """Rows of a UTF-8 CSV with exactly these columns, in any order; empty ones are passed over.

    Raises
    ------
    ReleaseError
        ``empty_file``, ``not_utf8``, ``damaged_file``, ``damaged_csv``, ``duplicate_column``,
        ``unknown_column``, ``missing_column``.
    """
    text = decode(path.read_bytes(), file, "utf-8")
    if not text.strip():
        raise ReleaseError(
            "empty_file", "the file is empty", place=file, expected=",".join(columns)
        )
    if "\x00" in text:
        line = text.count("\n", 0, text.index("\x00")) + 1
        raise ReleaseError(
            "damaged_file", "the file holds zero bytes", place=f"{file} row {line}", expected="text"
        )
    (_, header), *body = records(text, file)
    header = [numbers.clean(h) for h in header]
    _check_header(header, columns, file)
    if not body:
        raise ReleaseError("empty_file", "the file has a header and no row", place=file)
    found = []
    for line, record in body:
        if not any(record):
            continue
        if len(record) != len(header):
            raise ReleaseError(
                "damaged_csv",
                "the row has another number of cells than the header",
                place=f"{file} row {line}",
                found=f"{len(record)} cells",
                expected=f"{len(header)} cells",
                advice="A cell with a comma in it needs double quotes",
            )
        # the words stay as they are; only the composition of letters is made one
        cells = (normalized("NFC", cell).strip() for cell in record)
        found.append(Row(dict(zip(header, cells, strict=True)), f"{file} row {line}"))
    return found


def _check_header(header: list[str], columns: Sequence[str], file: str) -> None:
    place = f"{file} row 1"
    for name in header:
        if header.count(name) > 1:
            raise ReleaseError(
                "duplicate_column",
                "a column stands twice",
                place=place,
                found=repr(name),
                expected="each column once",
            )
        if name not in columns:
            missing = [c for c in columns if c not in header]
            raise ReleaseError(
                "unknown_column",
                "unknown column",
                place=place,
                found=repr(name),
                expected=suggest(name, missing or columns),
            )
    for name in columns:
        if name not in header:
            raise ReleaseError(
                "missing_column",
                f"the column {name!r} is missing",
                place=place,
                found=", ".join(header),
                expected=", ".join(columns),
            )


def _value(row: Row, column: str, measure: str) -> float:
    text = row.cells[column]
    try:
        number = numbers.parse(text, ".")
    except numbers.UnreadableNumber as error:
        if measure == "group" and error.code == "not_a_number":
            return float("nan")
        raise error.refusal(f"{row.place} column {column}", text) from None
    if number.of is not None:
        raise row.error(
            "not_a_number",
            "two numbers in one cell",
            column,
            found=repr(text),
            expected="one figure a row: rank and of are two rows",
        )
    return number.value
