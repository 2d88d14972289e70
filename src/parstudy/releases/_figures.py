"""Long CSV files: one figure a row, and one component a row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from parstudy.errors import ReleaseError
from parstudy.releases import numbers
from parstudy.releases.formats.encodings import decode
from parstudy.releases.formats.separated import records
from parstudy.releases.model import CERTAINTIES, COMPONENT_COLUMNS, SOURCE_COLUMNS, UNIT_LEVELS
from parstudy.releases.spec import ReleaseSpec
from parstudy.text import suggest

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
_COMPONENTS = tuple(c for c in COMPONENT_COLUMNS if c not in ("criteria_set", "index", "locator"))


def read_figures(
    path: Path, release: ReleaseSpec, sources: Mapping[str, object]
) -> list[dict[str, Any]]:
    """Figures of a long CSV; ``sources`` holds the ids that may be cited."""
    found = []
    for line, row in rows(path, COLUMNS, path.name):
        place = f"{path.name} row {line}"
        for column in ("index", "unit_level", "unit", "component", "measure", "value"):
            if not row[column]:
                raise ReleaseError(
                    "empty_cell",
                    f"the cell {column} is empty",
                    place=f"{place} column {column}",
                    expected="a value",
                )
        _must_be(row, "index", [release.index], "other_index", place)
        _must_be(row, "year", [str(release.year)], "other_year", place)
        _must_be(row, "unit_level", UNIT_LEVELS, "unknown_unit_level", place)
        _must_be(row, "certainty", CERTAINTIES, "unknown_certainty", place)
        if row["source_id"] not in sources:
            raise ReleaseError(
                "unknown_source",
                "the source is not listed",
                place=f"{place} column source_id",
                found=repr(row["source_id"]),
                expected="a source_id of the sources file",
            )
        found.append(
            row
            | {
                "year": release.year,
                "unit_text": row["unit"],
                "text": row["value"],
                "value": _value(row["value"], row["measure"], place),
                "locator": place,
            }
        )
    return found


def read_components(path: Path, release: ReleaseSpec) -> list[dict[str, Any]]:
    """Components of a long CSV: code, parent, level, names, maximum, scoring, department."""
    found: dict[str, dict[str, Any]] = {}
    for line, row in rows(path, _COMPONENTS, path.name):
        place = f"{path.name} row {line}"
        code = row["code"]
        if not code or code in found:
            raise ReleaseError(
                "code_twice" if code else "empty_cell",
                "the code stands twice" if code else "the cell code is empty",
                place=f"{place} column code",
                found=repr(code),
                expected=f"once; the other is {found[code]['locator']}" if code else "a code",
            )
        maximum = float("nan")
        if row["max_score"]:
            maximum = _value(row["max_score"], "score", place, "max_score")
        found[code] = {
            "criteria_set": release.criteria_set,
            "index": release.index,
            **row,
            "max_score": maximum,
            "locator": place,
        }
    return list(found.values())


def read_sources(path: Path) -> dict[str, dict[str, str]]:
    """Sources of a shared file, by id."""
    found: dict[str, dict[str, str]] = {}
    for line, row in rows(path, SOURCE_COLUMNS, path.name):
        name = row["source_id"]
        if not name or name in found:
            raise ReleaseError(
                "source_twice" if name else "empty_cell",
                "the source_id stands twice" if name else "the cell source_id is empty",
                place=f"{path.name} row {line} column source_id",
                found=repr(name) if name else "",
                expected="each source once, with an id",
            )
        found[name] = row
    return found


def rows(path: Path, columns: Sequence[str], file: str) -> list[tuple[int, dict[str, str]]]:
    """Rows of a UTF-8 CSV with exactly these columns, in any order, with their line numbers."""
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
    for name in header:
        if header.count(name) > 1:
            raise ReleaseError(
                "duplicate_column",
                "a column stands twice",
                place=f"{file} row 1",
                found=repr(name),
                expected="each column once",
            )
        if name not in columns:
            raise ReleaseError(
                "unknown_column",
                "unknown column",
                place=f"{file} row 1",
                found=repr(name),
                expected=suggest(name, [c for c in columns if c not in header] or columns),
            )
    for name in columns:
        if name not in header:
            raise ReleaseError(
                "missing_column",
                f"the column {name!r} is missing",
                place=f"{file} row 1",
                found=", ".join(header),
                expected=", ".join(columns),
            )
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
        found.append((line, {h: _text(c) for h, c in zip(header, record, strict=True)}))
    return found


def _text(cell: str) -> str:
    # the words stay as they are; only the composition of letters is made one
    import unicodedata

    return unicodedata.normalize("NFC", cell).strip()


def _must_be(
    row: Mapping[str, str], column: str, allowed: Sequence[str], code: str, place: str
) -> None:
    if row[column] not in allowed:
        raise ReleaseError(
            code,
            f"the {column} is not that of the release"
            if code.startswith("other")
            else f"unknown {column}",
            place=f"{place} column {column}",
            found=repr(row[column]),
            expected=" or ".join(repr(a) for a in allowed),
        )


def _value(text: str, measure: str, place: str, column: str = "value") -> float:
    try:
        number = numbers.parse(text, ".")
    except numbers.UnreadableNumber as error:
        if measure == "group" and error.code == "not_a_number":
            return float("nan")
        raise ReleaseError(
            error.code,
            error.message,
            place=f"{place} column {column}",
            found=repr(text),
            expected=error.expected,
            advice=error.advice,
        ) from None
    if number.of is not None:
        raise ReleaseError(
            "not_a_number",
            "two numbers in one cell",
            place=f"{place} column {column}",
            found=repr(text),
            expected="one figure a row: rank and of are two rows",
        )
    return number.value
