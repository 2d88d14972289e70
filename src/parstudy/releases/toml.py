"""``release.toml``: what it may say, checked key by key before any file is opened."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from parstudy.errors import ParstudyError, ReleaseError
from parstudy.facts import criteria, table
from parstudy.releases.model import CERTAINTIES, UNIT_LEVELS
from parstudy.text import nearest, suggest

NAME = "release.toml"
READERS = ("figures", "components", "table")
FORMATS = ("csv", "xlsx", "xls", "ods", "pdf", "docx", "html")
ORIENTATIONS = ("provinces_in_rows", "provinces_in_columns", "one_province")
TIES = ("min", "max", "dense", "ordinal")
SUFFIXES = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".xls": "xls",
    ".ods": "ods",
    ".pdf": "pdf",
    ".docx": "docx",
    ".html": "html",
    ".htm": "html",
}
_LETTERS = re.compile(r"[A-Z]{1,3}")
_DATE = re.compile(r"[12][0-9]{3}(-[01][0-9](-[0-3][0-9])?)?")
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Column:
    """One mapped column (or, with provinces in columns, one labelled row)."""

    column: int  # counted from 0; -1 for a labelled row
    component: str
    measure: str
    header: str = ""
    max_score: float | None = None
    name: str = ""
    parent: str = ""
    year: int | None = None
    label: str = ""


@dataclass(frozen=True)
class Condition:
    """Only rows with one of these texts in this column are read."""

    column: int  # counted from 0
    header: str
    equals: tuple[str, ...]


@dataclass(frozen=True)
class TableSpec:
    """How to read one table; columns and rows are counted from 0 here, from 1 or A in the file."""

    path: str
    place: str
    reader: str = "table"
    format: str = ""
    sha256: str = ""
    sheets: tuple[str, ...] = ()
    pages: tuple[int, int] | None = None
    tables: tuple[int, ...] = ()
    orientation: str = ""
    decimal: str = ""
    encoding: str = ""
    separator: str = ""
    source_id: str = ""
    certainty: str = "stated"
    unit_level: str = "province"
    note: str = ""
    header_rows: tuple[int, int] | None = None
    first_row: int | None = None
    last_row: int | None = None
    # provinces in rows
    number_column: int | None = None
    unit_column: int | None = None
    unit_scheme: str = ""
    where: tuple[Condition, ...] = ()
    columns: tuple[Column, ...] = ()
    code_row: int | None = None
    max_row: int | None = None
    name_row: int | None = None
    # provinces in columns
    unit_row: int | None = None
    unit_columns: tuple[int, int] | None = None
    code_column: int | None = None
    name_column: int | None = None
    max_column: int | None = None
    scoring_column: int | None = None
    department_column: int | None = None
    measure: str = "score"
    labels: tuple[Column, ...] = ()
    # one province
    unit: str = ""


@dataclass(frozen=True)
class ReleaseSpec:
    """A checked ``release.toml``."""

    folder: Path
    place: str
    index: str
    year: int
    geography: str
    n_ranked: int
    criteria_set: str
    synthetic: bool
    title: str
    ties: str
    source: Mapping[str, str] | None
    sources_path: str
    files: tuple[TableSpec, ...] = field(repr=False)


def load(folder: Path) -> ReleaseSpec:
    """Read and check ``folder/release.toml``; every mistake is a ReleaseError naming the key."""
    place = f"{folder.parent.name}/{folder.name}/{NAME}"
    path = folder / NAME
    if not folder.is_dir():
        raise ReleaseError(
            "no_folder", "no such release folder", place=str(folder), expected="a folder"
        )
    if not path.is_file():
        raise ReleaseError(
            "no_release_toml",
            f"the folder has no {NAME}",
            place=str(folder),
            expected=f"a file {NAME}",
            advice="`parstudy add FILE` proposes one",
        )
    return parse(read_text(path, place), folder, place)


def read_text(path: Path, place: str) -> str:
    """Text of a UTF-8 file (with or without a byte order mark)."""
    data = path.read_bytes()
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ReleaseError(
            "not_utf8",
            "the file is not UTF-8",
            place=f"{place} row {line}",
            found=f"byte 0x{data[error.start]:02X} at position {error.start}",
            expected="text in UTF-8",
            advice="Save the file again as UTF-8",
        ) from None


def parse(text: str, folder: Path, place: str = NAME) -> ReleaseSpec:
    """Check the text of a ``release.toml``."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ReleaseError(
            "bad_toml", "the file is not valid TOML", place=place, found=str(error)
        ) from None
    top = _Keys(document, place, "")
    _date(document)
    release = _Keys(top.take("release", dict), place, "[release]")
    source = top.take("source", dict, None)
    sources = top.take("sources", dict, None)
    entries = top.take("files", list)
    top.close()
    if (source is None) == (sources is None):
        raise ReleaseError(
            "no_source" if source is None else "two_sources",
            "a release has one [source] of its own or names a shared file under [sources]",
            place=place,
            found="neither" if source is None else "both",
            expected="one of the two",
        )
    index = release.take("index", str, check=_known_index)
    year = release.take("year", int, check=_between(1990, 2200))
    spec = ReleaseSpec(
        folder=folder,
        place=place,
        index=index,
        year=year,
        geography=release.take("geography", str, check=_geography(year)),
        # 64 before Hà Tây joined Hà Nội in 2008
        n_ranked=release.take("n_ranked", int, check=_between(1, 64)),
        criteria_set=release.take("criteria_set", str, ""),
        synthetic=release.take("synthetic", bool, False),
        title=release.take("title", str, ""),
        ties=release.take("ties", str, "min", check=_one_of(TIES)),
        source=None if source is None else _source(source, place),
        sources_path="" if sources is None else _sources(sources, place, folder),
        files=tuple(_file(e, place, n, folder) for n, e in enumerate(entries, 1)),
    )
    release.close()
    if not spec.files:
        raise ReleaseError("no_files", "no [[files]] are listed", place=place, expected="one")
    for entry in spec.files:
        if entry.source_id and source is not None and entry.source_id != spec.source["source_id"]:  # type: ignore[index]
            raise ReleaseError(
                "unknown_source",
                "source_id is not that of [source]",
                place=f"{place} {entry.place}",
                found=repr(entry.source_id),
            )
        if entry.reader == "table" and source is None and not entry.source_id:
            raise ReleaseError(
                "no_source",
                "the figures of a table need a source",
                place=f"{place} {entry.place}",
                expected="a source_id of the shared sources file",
            )
    return spec


def _date(document: dict[str, Any]) -> None:
    """Put years in the place of "{year-1}" in headings, and of -1 for the year of a column."""
    release, entries = document.get("release"), document.get("files")
    year = release.get("year") if isinstance(release, dict) else None
    if not isinstance(year, int) or not isinstance(entries, list):
        return
    for entry in entries:
        lists = [entry.get(k) for k in ("columns", "labels")] if isinstance(entry, dict) else []
        for one in (x for found in lists if isinstance(found, list) for x in found):
            if not isinstance(one, dict):
                continue
            for key in ("header", "label"):
                if isinstance(one.get(key), str):
                    one[key] = _YEAR_FROM.sub(lambda m: str(year + int(m[1] or 0)), one[key])
            if isinstance(one.get("year"), int) and -_FARTHEST <= one["year"] <= 0:
                one["year"] += year


def in_years(text: str, year: int) -> str:
    """A heading as it will be in other years' files too: "Năm 2023" is "Năm {year}"."""

    def told(match: re.Match[str]) -> str:
        away = int(match[0]) - year
        return f"{{year{away:+d}}}" if away else "{year}"

    return re.sub(r"(?<![0-9])20[0-9]{2}(?![0-9])", told, text)


_YEAR_FROM = re.compile(r"\{year([+-][0-9]{1,2})?\}")
_FARTHEST = 50


def _geography(year: int) -> Callable[[Any], str]:
    """The units of a year are no choice: a copied release.toml may have those of another."""
    right = criteria.geography_of(year)
    return lambda value: "" if value == right else f'"{right}", as of index year {year}'


def checked_path(folder: Path, entry: TableSpec, place: str) -> Path:
    """Path of a listed file, after its checksum has been compared."""
    path = folder / entry.path
    if entry.sha256:
        found = hashlib.sha256(path.read_bytes()).hexdigest()
        if found != entry.sha256:
            raise ReleaseError(
                "changed_file",
                f"{entry.path} is not the file that was described",
                place=f"{place} {entry.place} sha256",
                found=found,
                expected=entry.sha256,
                advice="Put the original back, or check the new file and write its checksum",
            )
    return path


class _Keys:
    """One TOML table; knows which keys have been asked for."""

    def __init__(self, table_: Any, place: str, section: str) -> None:
        if not isinstance(table_, dict):
            raise ReleaseError(
                "wrong_type",
                f"{section} is not a table",
                place=place,
                found=type(table_).__name__,
                expected="a table",
            )
        self._table = table_
        self._asked: list[str] = []
        self._place = f"{place} {section}".strip()
        self.section = section

    def at(self, key: str) -> str:
        return f"{self._place} {key}".strip()

    def take(
        self,
        key: str,
        kind: type | tuple[type, ...],
        default: Any = ...,
        check: Callable[[Any], str] | None = None,
    ) -> Any:
        """Value of a key; ``check`` returns what would have been right, or nothing."""
        self._asked.append(key)
        if key not in self._table:
            if default is not ...:
                return default
            similar = nearest(key, self._table)
            raise ReleaseError(
                "missing_key",
                f"the key {key!r} is missing",
                place=self._place,
                found=repr(similar) if similar else "",
                expected=f"{key!r}",
            )
        value = self._table[key]
        kinds = kind if isinstance(kind, tuple) else (kind,)
        # in Python a bool is an int; in a TOML file that would be a mistake
        if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
            names = {str: "text", int: "a whole number", bool: "true or false", float: "a number"}
            names |= {dict: "a table", list: "a list"}
            raise ReleaseError(
                "wrong_type",
                "wrong type",
                place=self.at(key),
                found=repr(value),
                expected=" or ".join(names[k] for k in kinds),
            )
        expected = check(value) if check else ""
        if expected:
            raise ReleaseError(
                "wrong_value",
                "wrong value",
                place=self.at(key),
                found=repr(value),
                expected=expected,
            )
        return value

    def close(self) -> None:
        """Every key that nobody asked for is a mistake."""
        for key in self._table:
            if key not in self._asked:
                raise ReleaseError(
                    "unknown_key",
                    "unknown key",
                    place=self.at(key),
                    found=repr(key),
                    expected=suggest(key, self._asked),
                )


def _one_of(words: Iterable[str]) -> Callable[[Any], str]:
    allowed = tuple(words)
    return lambda value: "" if value in allowed else " or ".join(repr(w) for w in allowed)


def _between(low: int, high: int) -> Callable[[Any], str]:
    return lambda value: "" if low <= value <= high else f"{low} to {high}"


def _matches(pattern: re.Pattern[str], what: str) -> Callable[[Any], str]:
    return lambda value: "" if value == "" or pattern.fullmatch(value) else what


def _known_index(value: str) -> str:
    try:
        criteria.index(value)
    except ParstudyError:
        return suggest(value, criteria.indices())
    return ""


def _known_kind(value: str) -> str:
    kinds = list(table("source_kinds")["kind"])
    return "" if value in kinds else suggest(value, kinds)


def _source(entry: Any, place: str) -> dict[str, str]:
    keys = _Keys(entry, place, "[source]")
    date = _matches(_DATE, "a date such as 2022-05-25, 2022-05 or 2022")
    source = {
        "source_id": keys.take("id", str, check=lambda v: "" if v.strip() else "a short id"),
        "url": keys.take("url", str, ""),
        "title": keys.take("title", str, ""),
        "publisher": keys.take("publisher", str, ""),
        "kind": keys.take("kind", str, "official table", check=_known_kind),
        "published_on": keys.take("published_on", str, "", check=date),
        "retrieved_on": keys.take("retrieved_on", str, "", check=date),
        "sha256": keys.take("sha256", str, "", check=_matches(_SHA256, "64 hex digits")),
        "licence": keys.take("licence", str, ""),
    }
    keys.close()
    return source


def _sources(entry: Any, place: str, folder: Path) -> str:
    keys = _Keys(entry, place, "[sources]")
    path = str(keys.take("path", str, check=_relative))
    keys.close()
    _must_exist(folder, path, keys.at("path"))
    return path


def _relative(value: str) -> str:
    bad = not value or value.startswith(("/", "~")) or "\\" in value or ":" in value
    return "a path from the release's folder, with /" if bad else ""


def _inside(value: str) -> str:
    return _relative(value) or (
        "a file in the release's folder" if ".." in value.split("/") else ""
    )


def _must_exist(folder: Path, path: str, place: str) -> None:
    if (folder / path).is_file():
        return
    there = sorted(p.name for p in folder.iterdir() if p.is_file()) if folder.is_dir() else []
    raise ReleaseError(
        "missing_file",
        "the file is not there",
        place=place,
        found=f"no {path} in {folder.name}",
        expected=suggest(path, [n for n in there if n != NAME]) if there else "the file",
    )


def _file(entry: Any, place: str, number: int, folder: Path) -> TableSpec:
    section = f"[[files]] {number}"
    keys = _Keys(entry, place, section)
    path = keys.take("path", str, check=_inside)
    _must_exist(folder, path, keys.at("path"))
    reader = keys.take("reader", str, check=_one_of(READERS))
    suffix = SUFFIXES.get(Path(path).suffix.lower(), "")
    common: dict[str, Any] = {
        "path": path,
        "place": section,
        "reader": reader,
        "sha256": keys.take("sha256", str, "", check=_matches(_SHA256, "64 hex digits")),
        "source_id": keys.take("source_id", str, ""),
    }
    if reader != "table":
        keys.close()
        return TableSpec(**common, format="csv")
    form = keys.take("format", str, suffix, check=_one_of(FORMATS))
    if not form:
        raise ReleaseError(
            "unknown_format",
            "the file name does not say what the file is",
            place=keys.at("format"),
            found=path,
            expected=", ".join(FORMATS),
        )
    orientation = keys.take("orientation", str, check=_one_of(ORIENTATIONS))
    common |= {
        "format": form,
        "orientation": orientation,
        "decimal": keys.take("decimal", str, "", check=_one_of((",", "."))),
        "certainty": keys.take("certainty", str, "stated", check=_one_of(CERTAINTIES)),
        "unit_level": keys.take("unit_level", str, "province", check=_one_of(UNIT_LEVELS)),
        "note": keys.take("note", str, ""),
        "first_row": _row(keys, "first_row"),
        "last_row": _row(keys, "last_row"),
        "header_rows": _rows(keys, "header_rows"),
    }
    if form in ("xlsx", "xls", "ods"):
        common["sheets"] = _texts(keys, "sheet")
    elif form == "csv":
        common["encoding"] = keys.take("encoding", str, "", check=_known_encoding)
        common["separator"] = keys.take("separator", str, "", check=_one_of((",", ";", "\t", "|")))
    else:
        common["tables"] = _numbers(keys, "table")
        if form == "pdf":
            common["pages"] = _pages(keys)
    if orientation == "provinces_in_rows":
        common |= _provinces_in_rows(keys)
    elif orientation == "one_province":
        common |= _one_province(keys)
    else:
        common |= _provinces_in_columns(keys)
    keys.close()
    return TableSpec(**common)


def _provinces_in_rows(keys: _Keys) -> dict[str, Any]:
    found: dict[str, Any] = {
        "unit_column": _column(keys, "unit_column", required=True),
        "unit_scheme": keys.take("unit_scheme", str, "", check=_known_scheme),
        "where": _conditions(keys),
        "number_column": _column(keys, "number_column"),
        "code_row": _row(keys, "code_row"),
        "max_row": _row(keys, "max_row"),
        "name_row": _row(keys, "name_row"),
        "measure": keys.take("measure", str, "score", check=_known_measure),
    }
    columns = []
    for inner in _entries(keys, "columns"):
        columns.append(
            Column(
                column=_column(inner, "column", required=True) or 0,
                label="",
                **_mapping(inner),
                header=inner.take("header", str, ""),
                max_score=inner.take("max", (int, float), None),
                name=inner.take("name", str, ""),
                year=inner.take("year", int, None, check=_between(1990, 2200)),
            )
        )
    found["columns"] = tuple(columns)
    if not columns and found["code_row"] is None:
        raise ReleaseError(
            "no_columns",
            "it is not said which columns hold what",
            place=keys.at("columns"),
            expected="columns = [{ column = ..., component = ..., measure = ... }], or code_row",
        )
    taken: dict[tuple[object, ...], int] = {}
    for number, column in enumerate(columns, 1):
        for key in (("column", column.column), (column.component, column.measure, column.year)):
            if key in taken:
                raise ReleaseError(
                    "mapped_twice",
                    "two entries of columns map the same",
                    place=keys.at("columns"),
                    found=f"entries {taken[key]} and {number}",
                    expected="each column and each component and measure once",
                )
            taken[key] = number
    return found


def _conditions(keys: _Keys) -> tuple[Condition, ...]:
    """``where``: which rows of a long table are meant; all conditions hold at once."""
    found = []
    for inner in _entries(keys, "where"):
        found.append(
            Condition(
                column=_column(inner, "column", required=True) or 0,
                header=inner.take("header", str),
                equals=_texts(inner, "equals"),
            )
        )
        if not found[-1].equals:
            raise ReleaseError(
                "missing_key",
                "it is not said which rows are meant",
                place=inner.at("equals"),
                expected='equals = "2021", or a list of texts',
            )
    return tuple(found)


def _provinces_in_columns(keys: _Keys) -> dict[str, Any]:
    return {
        "unit_row": _row(keys, "unit_row", required=True),
        "unit_columns": _columns(keys, "unit_columns"),
        "measure": keys.take("measure", str, "score", check=_known_measure),
        **_criteria_in_rows(keys),
    }


def _one_province(keys: _Keys) -> dict[str, Any]:
    found: dict[str, Any] = {"unit": keys.take("unit", str), **_criteria_in_rows(keys)}
    columns = []
    for inner in _entries(keys, "columns"):
        columns.append(
            Column(
                column=_column(inner, "column", required=True) or 0,
                component="",
                measure=inner.take("measure", str, "score", check=_known_measure),
                header=inner.take("header", str, ""),
                year=inner.take("year", int, None, check=_between(1990, 2200)),
            )
        )
    found["columns"] = tuple(columns)
    if not columns:
        raise ReleaseError(
            "no_columns",
            "it is not said which columns hold what",
            place=keys.at("columns"),
            expected="columns = [{ column = ..., measure = ... }]",
        )
    return found


def _criteria_in_rows(keys: _Keys) -> dict[str, Any]:
    found: dict[str, Any] = {
        "code_column": _column(keys, "code_column"),
        "name_column": _column(keys, "name_column"),
        "max_column": _column(keys, "max_column"),
        "scoring_column": _column(keys, "scoring_column"),
        "department_column": _column(keys, "department_column"),
    }
    labels = []
    for inner in _entries(keys, "labels"):
        labels.append(
            Column(
                column=-1,
                label=inner.take("label", str),
                **_mapping(inner),
                name=inner.take("name", str, ""),
                year=inner.take("year", int, None, check=_between(1990, 2200)),
            )
        )
    found["labels"] = tuple(labels)
    if found["code_column"] is None and not labels:
        raise ReleaseError(
            "no_rows",
            "it is not said what the rows hold",
            place=keys.at("code_column"),
            expected="code_column, or labels = [{ label = ..., component = ..., measure = ... }]",
        )
    if labels and found["name_column"] is None:
        raise ReleaseError(
            "missing_key",
            "labels need the column in which they stand",
            place=keys.at("name_column"),
            expected="'name_column'",
        )
    return found


def _entries(keys: _Keys, name: str) -> Iterator[_Keys]:
    """Keys of each entry of a list; what is in one and was not asked for is an error."""
    for number, entry in enumerate(keys.take(name, list, []), 1):
        place = keys._place.removesuffix(keys.section).strip()
        inner = _Keys(entry, place, f"{keys.section} {name} {number}")
        yield inner
        inner.close()


def _mapping(inner: _Keys) -> dict[str, Any]:
    return {
        "component": inner.take(
            "component", str, check=lambda v: "" if v.strip() == v != "" else "a component"
        ),
        "measure": inner.take("measure", str, "score", check=_known_measure),
        "parent": inner.take("parent", str, ""),
    }


def _known_measure(value: str) -> str:
    known = list(table("measures")["measure"])
    return (
        "" if value in known or re.fullmatch(r"n_[a-zA-Z0-9_]+", value) else suggest(value, known)
    )


def _known_scheme(value: str) -> str:
    known = sorted(set(table("unit_codes")["scheme"]))
    return "" if value in known else " or ".join(repr(k) for k in known)


def _known_encoding(value: str) -> str:
    known = ("utf-8", "utf-16", "windows-1258", "tcvn3", "vni")
    return "" if value in known else ", ".join(known)


def column_number(text: str | int) -> int:
    """Column counted from 0, of ``"A"`` or of a number counted from 1."""
    if isinstance(text, int):
        return text - 1
    number = 0
    for letter in text:
        number = number * 26 + ord(letter) - 64
    return number - 1


def column_letters(number: int) -> str:
    """Letters of a column counted from 0, as spreadsheets write them."""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _is_column(value: Any) -> str:
    if isinstance(value, int):
        return "" if 1 <= value <= 16384 else "a column counted from 1"
    return "" if _LETTERS.fullmatch(value) else 'a column such as "F", or 6'


def _column(keys: _Keys, key: str, *, required: bool = False) -> int | None:
    value = keys.take(key, (str, int), ... if required else None, check=_is_column)
    return None if value is None else column_number(value)


def _columns(keys: _Keys, key: str) -> tuple[int, int] | None:
    value = keys.take(key, str, None)
    if value is None:
        return None
    ends = [int(e) if e.isdigit() else e for e in value.split(":")]
    if len(ends) == 2 and not any(_is_column(e) for e in ends):
        first, last = (column_number(e) for e in ends)
        if first <= last:
            return first, last
    raise ReleaseError(
        "wrong_value",
        "wrong value",
        place=keys.at(key),
        found=repr(value),
        expected='columns such as "E:BO" or "5:67"',
    )


def _row(keys: _Keys, key: str, *, required: bool = False) -> int | None:
    value = keys.take(key, int, ... if required else None, check=_between(1, 1_048_576))
    return None if value is None else int(value) - 1


def _rows(keys: _Keys, key: str) -> tuple[int, int] | None:
    value = keys.take(key, (int, str), None)
    if value is None:
        return None
    match = re.fullmatch(r"([0-9]{1,7})(?:-([0-9]{1,7}))?", str(value))
    if match:
        first, last = int(match[1]), int(match[2] or match[1])
        if 1 <= first <= last:
            return first - 1, last - 1
    raise ReleaseError(
        "wrong_value",
        "wrong value",
        place=keys.at(key),
        found=repr(value),
        expected='rows such as 4 or "4-6"',
    )


def _pages(keys: _Keys) -> tuple[int, int] | None:
    rows = _rows(keys, "pages")
    return None if rows is None else (rows[0] + 1, rows[1] + 1)


def _texts(keys: _Keys, key: str) -> tuple[str, ...]:
    value = keys.take(key, (str, list), [])
    values = [value] if isinstance(value, str) else value
    if all(isinstance(v, str) and v for v in values):
        return tuple(values)
    raise ReleaseError(
        "wrong_type", "wrong type", place=keys.at(key), found=repr(value), expected="text or a list"
    )


def _numbers(keys: _Keys, key: str) -> tuple[int, ...]:
    value = keys.take(key, (int, list), [])
    values = [value] if isinstance(value, int) else value
    if all(type(v) is int and v >= 1 for v in values):
        return tuple(values)
    raise ReleaseError(
        "wrong_type",
        "wrong type",
        place=keys.at(key),
        found=repr(value),
        expected="a number or a list of numbers, counted from 1",
    )
