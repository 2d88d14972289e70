"""``release.toml`` read and checked key by key, before any file that it names is opened.

``[release]``
    Which index and year it is of, on which provinces, by which criteria set.
``[source]`` or ``[sources]``
    The one source of all figures, or the CSV file that lists several.
``[limits]``
    What reading the files may take, where it is more than usual (`budget.Limits`).
``[[files]]``
    One entry a table: the file, its ``reader`` (long CSV files of ``figures`` or ``components``, or
    a ``table``), and for a table which ``sheet``, ``table`` or ``pages`` it is on, whether it has
    ``provinces_in_rows``, ``provinces_in_columns`` or ``one_province``, and which rows and columns
    hold what.

Every key is named in ``docs/release-toml.md``. Rows are counted from 1 there, columns are letters
or counted from 1; :mod:`parstudy.releases.spec` counts both from 0.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from parstudy import budget
from parstudy.errors import ReleaseError
from parstudy.facts import criteria, table
from parstudy.releases._keys import Check, Keys, between, known, matches, one_of
from parstudy.releases.formats import FORMATS, by_name
from parstudy.releases.formats.encodings import ENCODINGS, decode
from parstudy.releases.model import CERTAINTIES, UNIT_LEVELS
from parstudy.releases.spec import Column, Condition, ReleaseSpec, TableSpec
from parstudy.text import NotToml, from_toml, suggest

NAME = "release.toml"
READERS = ("figures", "components", "table")
ORIENTATIONS = ("provinces_in_rows", "provinces_in_columns", "one_province")
TIES = ("min", "max", "dense", "ordinal")
_YEAR_FROM = re.compile(r"\{year([+-][0-9]{1,2})?\}")
_FARTHEST = 50
_INDEX_YEAR = between(1990, 2200)
_DATE = matches(
    r"[12][0-9]{3}(-[01][0-9](-[0-3][0-9])?)?", "a date such as 2022-05-25, 2022-05 or 2022"
)
_SHA256 = matches(r"[0-9a-f]{64}", "64 hex digits")


def load(folder: Path) -> ReleaseSpec:
    """Read and check ``folder/release.toml``.

    Raises
    ------
    ReleaseError
        ``no_folder``, ``no_release_toml``, ``not_utf8`` and what :func:`parse` finds.
    """
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
    return parse(decode(path.read_bytes(), place, "utf-8"), folder, place)


def parse(text: str, folder: Path, place: str = NAME) -> ReleaseSpec:
    """Check the text of a ``release.toml``.

    Parameters
    ----------
    text : str
        The text.
    folder : Path
        Where its files lie.
    place : str
        What to call it in messages.

    Raises
    ------
    ReleaseError
        ``bad_toml``, ``missing_key``, ``unknown_key``, ``wrong_type``, ``wrong_value``,
        ``missing_file`` and what else can be wrong, with the place of the key.
    """
    try:
        document = from_toml(text)
    except NotToml as error:
        raise ReleaseError(
            "bad_toml", "the file is not valid TOML", place=place, found=str(error)
        ) from None
    _put_years(document)
    top = Keys(document, place, "")
    release = Keys(top.take("release", dict), place, "[release]")
    source, sources = top.take("source", dict, None), top.take("sources", dict, None)
    entries = top.take("files", list)
    limits = _limits(Keys(top.take("limits", dict, {}), place, "[limits]"))
    top.close()
    if (source is None) == (sources is None):
        raise ReleaseError(
            "no_source" if source is None else "two_sources",
            "a release has one [source] of its own or names a shared file under [sources]",
            place=place,
            found="neither" if source is None else "both",
            expected="one of the two",
        )
    index = release.take("index", str, check=known(criteria.indices()))
    year = release.take("year", int, check=_INDEX_YEAR)
    spec = ReleaseSpec(
        folder=folder,
        place=place,
        index=index,
        year=year,
        geography=release.take("geography", str, check=_geography(year)),
        # 64 before Hà Tây joined Hà Nội in 2008
        n_ranked=release.take("n_ranked", int, check=between(1, 64)),
        criteria_set=release.take("criteria_set", str, "", check=_criteria_set(index, year)),
        synthetic=release.take("synthetic", bool, False),
        title=release.take("title", str, ""),
        ties=release.take("ties", str, "min", check=one_of(TIES)),
        source=None if source is None else _source(Keys(source, place, "[source]")),
        sources_path="" if sources is None else _sources(Keys(sources, place, "[sources]"), folder),
        files=tuple(
            replace(
                _file(Keys(entry, place, section := f"[[files]] {n}"), section, folder),
                limits=limits,
            )
            for n, entry in enumerate(entries, 1)
        ),
    )
    release.close()
    if not spec.files:
        raise ReleaseError("no_files", "no [[files]] are listed", place=place, expected="one")
    for entry in spec.files:
        _check_source(entry, spec)
    return spec


def _limits(keys: Keys) -> budget.Limits:
    """What reading the files may take, where somebody has allowed more than is usual."""
    names = budget.Limits.names()
    said = {name: keys.take(name, int, None, check=between(1, 10**12)) for name in names}
    keys.close()
    return budget.USUAL.but(said)


def _put_years(document: dict[str, Any]) -> None:
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

    def as_distance(match: re.Match[str]) -> str:
        """The year as its distance from the release's."""
        away = int(match[0]) - year
        return f"{{year{away:+d}}}" if away else "{year}"

    return re.sub(r"(?<![0-9])20[0-9]{2}(?![0-9])", as_distance, text)


def _criteria_set(index: str, year: int) -> Callable[[Any], str]:
    """A set of other years is a mistake of copying; one that is not known here may be new."""
    right = criteria.criteria_set_of(index, year)
    others = set(table("criteria_sets").loc[lambda t: t["index_id"].eq(index), "criteria_set"])
    told = f"{right!r}, as of index year {year}" if right else f"a set of index year {year}"
    return lambda value: told if value in others - {right} else ""


def _geography(year: int) -> Check:
    """The units of a year are no choice: a copied release.toml may have those of another."""
    right = criteria.geography_of(year)
    return lambda value: "" if value == right else f'"{right}", as of index year {year}'


# --- sources -------------------------------------------------------------------------------------


def _source(keys: Keys) -> dict[str, str]:
    kinds = list(table("source_kinds")["kind"])
    source = {
        "source_id": keys.take("id", str, check=lambda v: "" if v.strip() else "a short id"),
        "url": keys.take("url", str, ""),
        "title": keys.take("title", str, ""),
        "publisher": keys.take("publisher", str, ""),
        "kind": keys.take("kind", str, "official table", check=known(kinds)),
        "published_on": keys.take("published_on", str, "", check=_DATE),
        "retrieved_on": keys.take("retrieved_on", str, "", check=_DATE),
        "sha256": keys.take("sha256", str, "", check=_SHA256),
        "licence": keys.take("licence", str, ""),
    }
    keys.close()
    return source


def _sources(keys: Keys, folder: Path) -> str:
    path = str(keys.take("path", str, check=_relative))
    keys.close()
    # of its own folder, or of those of its project: data/raw/<INDEX>/<release>
    around = folder.parents[min(1, len(folder.parents) - 1)]
    if not within(folder, path, around):
        raise ReleaseError(
            "wrong_value",
            "the sources lie outside of the releases",
            place=keys.at("path"),
            found=repr(path),
            expected="a file in the release's folder, or above it in data/raw",
        )
    # as it is written, also where the folder is a link
    path = os.path.normpath(folder / path)
    _must_exist(folder, path, keys.at("path"))
    return path


def _check_source(entry: TableSpec, spec: ReleaseSpec) -> None:
    """Every table has a source: that of the release, or one of the shared file."""
    place = f"{spec.place} {entry.place}"
    if entry.source_id and spec.source and entry.source_id != spec.source["source_id"]:
        raise ReleaseError(
            "unknown_source",
            "source_id is not that of [source]",
            place=place,
            found=repr(entry.source_id),
        )
    if entry.reader == "table" and not spec.source and not entry.source_id:
        raise ReleaseError(
            "no_source",
            "the figures of a table need a source",
            place=place,
            expected="a source_id of the shared sources file",
        )


# --- files ---------------------------------------------------------------------------------------


def _relative(value: str) -> str:
    bad = not value or value.startswith(("/", "~")) or "\\" in value or ":" in value
    return "a path from the release's folder, with /" if bad else ""


def _inside(value: str) -> str:
    return _relative(value) or (
        "a file in the release's folder" if ".." in value.split("/") else ""
    )


def within(folder: Path, path: str, around: Path) -> bool:
    """Whether a path from a folder stays within another one, as it is written."""
    return Path(os.path.normpath(folder / path)).is_relative_to(around)


def links_out(folder: Path) -> list[Path]:
    """Links in a release folder that lead out of it: what they show is not the release's."""
    inside = folder.resolve()
    return [p for p in sorted(folder.rglob("*")) if not p.resolve().is_relative_to(inside)]


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


def _file(keys: Keys, section: str, folder: Path) -> TableSpec:
    """One entry of ``[[files]]``."""
    path = keys.take("path", str, check=_inside)
    _must_exist(folder, path, keys.at("path"))
    common: dict[str, Any] = {
        "path": path,
        "place": section,
        "reader": keys.take("reader", str, check=one_of(READERS)),
        "sha256": keys.take("sha256", str, "", check=_SHA256),
        "source_id": keys.take("source_id", str, ""),
    }
    if common["reader"] != "table":
        keys.close()
        return TableSpec(**common, format="csv")
    common["format"] = keys.take("format", str, by_name(path), check=one_of(FORMATS))
    if not common["format"]:
        raise ReleaseError(
            "unknown_format",
            "the file name does not say what the file is",
            place=keys.at("format"),
            found=path,
            expected=", ".join(FORMATS),
        )
    orientation = keys.take("orientation", str, check=one_of(ORIENTATIONS))
    common |= {
        "orientation": orientation,
        "decimal": keys.take("decimal", str, "", check=one_of((",", "."))),
        "certainty": keys.take("certainty", str, "stated", check=one_of(CERTAINTIES)),
        "unit_level": keys.take("unit_level", str, "province", check=one_of(UNIT_LEVELS)),
        "note": keys.take("note", str, ""),
        "first_row": keys.row("first_row"),
        "last_row": keys.row("last_row"),
        "header_rows": keys.rows("header_rows"),
    }
    for option in FORMATS[common["format"]].options:
        name, taken = _OPTIONS[option]
        common[name] = taken(keys, option)
    common |= _OF_ORIENTATION[orientation](keys)
    keys.close()
    return TableSpec(**common)


def _encoding(keys: Keys, key: str) -> str:
    expected = ", ".join(ENCODINGS)
    return str(keys.take(key, str, "", check=lambda v: "" if v in ENCODINGS else expected))


def _separator(keys: Keys, key: str) -> str:
    return str(keys.take(key, str, "", check=one_of((",", ";", "\t", "|"))))


_OPTIONS: dict[str, tuple[str, Callable[[Keys, str], Any]]] = {
    "sheet": ("sheets", Keys.texts),
    "table": ("tables", Keys.numbers),
    "pages": ("pages", Keys.pages),
    "encoding": ("encoding", _encoding),
    "separator": ("separator", _separator),
}
"""Keys that some formats have, with their field of a TableSpec."""


# --- what stands where in a table ----------------------------------------------------------------


def _provinces_in_rows(keys: Keys) -> dict[str, Any]:
    unit = keys.take("unit", str, "")
    found: dict[str, Any] = {
        "unit": unit,
        "unit_column": None if unit else keys.needed_column("unit_column"),
        "max_column": keys.column("max_column"),
        "unit_scheme": keys.take("unit_scheme", str, "", check=_known_scheme),
        "where": _conditions(keys),
        "number_column": keys.column("number_column"),
        "code_row": keys.row("code_row"),
        "max_row": keys.row("max_row"),
        "name_row": keys.row("name_row"),
        "measure": keys.take("measure", str, "score", check=_known_measure),
    }
    columns = tuple(
        Column(
            column=inner.needed_column("column"),
            **_component(inner),
            **_measured(inner),
            header=inner.take("header", str, ""),
            max_score=inner.take("max", (int, float), None),
        )
        for inner in keys.entries("columns")
    )
    if not columns and found["code_row"] is None:
        raise _nothing_said(
            keys,
            "columns",
            "columns = [{ column = ..., component = ..., measure = ... }], or code_row",
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
    return found | {"columns": columns}


def _provinces_in_columns(keys: Keys) -> dict[str, Any]:
    return {
        "unit_row": keys.row("unit_row", required=True),
        "unit_columns": keys.columns("unit_columns"),
        "under_unit": keys.take("under_unit", str, ""),
        "measure": keys.take("measure", str, "score", check=_known_measure),
        **_criteria_in_rows(keys),
    }


def _one_province(keys: Keys) -> dict[str, Any]:
    found: dict[str, Any] = {"unit": keys.take("unit", str), **_criteria_in_rows(keys)}
    found["columns"] = tuple(
        Column(
            column=inner.needed_column("column"),
            component="",
            **_measured(inner),
            header=inner.take("header", str, ""),
        )
        for inner in keys.entries("columns")
    )
    if not found["columns"]:
        raise _nothing_said(keys, "columns", "columns = [{ column = ..., measure = ... }]")
    return found


_OF_ORIENTATION = {
    "provinces_in_rows": _provinces_in_rows,
    "provinces_in_columns": _provinces_in_columns,
    "one_province": _one_province,
}


def _criteria_in_rows(keys: Keys) -> dict[str, Any]:
    roles = ("code", "name", "max", "scoring", "department")
    found: dict[str, Any] = {f"{role}_column": keys.column(f"{role}_column") for role in roles}
    found["labels"] = tuple(
        Column(column=-1, label=inner.take("label", str), **_component(inner), **_measured(inner))
        for inner in keys.entries("labels")
    )
    found["left_out"] = keys.texts("left_out")
    if found["code_column"] is None and not found["labels"]:
        raise ReleaseError(
            "no_rows",
            "it is not said what the rows hold",
            place=keys.at("code_column"),
            expected="code_column, or labels = [{ label = ..., component = ..., measure = ... }]",
        )
    if (found["labels"] or found["left_out"]) and found["name_column"] is None:
        raise ReleaseError(
            "missing_key",
            "labels need the column in which they stand",
            place=keys.at("name_column"),
            expected="'name_column'",
        )
    return found


def _conditions(keys: Keys) -> tuple[Condition, ...]:
    """``where``: which rows of a long table are meant; all conditions hold at once."""
    found = []
    for inner in keys.entries("where"):
        found.append(
            Condition(
                column=inner.needed_column("column"),
                header=inner.take("header", str),
                equals=inner.texts("equals"),
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


def _component(keys: Keys) -> dict[str, Any]:
    component = keys.take(
        "component", str, check=lambda v: "" if v.strip() == v != "" else "a component"
    )
    return {
        "component": component,
        "parent": keys.take("parent", str, ""),
        "name": keys.take("name", str, ""),
    }


def _measured(keys: Keys) -> dict[str, Any]:
    return {
        "measure": keys.take("measure", str, "score", check=_known_measure),
        "year": keys.take("year", int, None, check=_INDEX_YEAR),
    }


def _nothing_said(keys: Keys, key: str, expected: str) -> ReleaseError:
    return ReleaseError(
        "no_columns",
        "it is not said which columns hold what",
        place=keys.at(key),
        expected=expected,
    )


def _known_measure(value: str) -> str:
    is_count = re.fullmatch(r"n_[a-zA-Z0-9_]+", value)
    return "" if is_count else known(table("measures")["measure"])(value)


def _known_scheme(value: str) -> str:
    return one_of(sorted(set(table("unit_codes")["scheme"])))(value)
