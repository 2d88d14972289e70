"""One file of any format, read as far as it explains itself; nothing is written."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from parstudy import criteria
from parstudy.errors import ReleaseError
from parstudy.releases import _guess, _proofs, _spec
from parstudy.releases._files import format_of, open_tables
from parstudy.releases._folder import read_release_folder, read_spec, tables_key
from parstudy.releases._grid import Grid
from parstudy.releases._model import RawRelease

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Layout:
    """What was taken for what.

    Attributes
    ----------
    toml : str
        The ``release.toml`` that reads the file in this way.
    meanings : tuple of (str, str, str)
        Place, heading and meaning of each column or row that is read.
    doubts : tuple of str
        What was not understood, and so is not read.
    """

    toml: str = field(repr=False)
    meanings: tuple[tuple[str, str, str], ...] = ()
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True)
class ReadRelease:
    """A file that was read.

    Attributes
    ----------
    path : Path
        The file, or the folder of the release.
    release : RawRelease
        Everything that was read.
    findings : DataFrame
        What speaks against the reading: counts, sums, ranks, means that do not fit.
    layout : Layout
        What was taken for what.
    """

    path: Path
    release: RawRelease
    findings: pd.DataFrame = field(repr=False)
    layout: Layout

    @property
    def figures(self) -> pd.DataFrame:
        """The raw figures, one a row, each with its place in the file."""
        return self.release.figures


def read_release(
    path: str | Path,
    index: str | None = None,
    year: int | None = None,
) -> ReadRelease:
    """Read a published file, or the folder of a release.

    Parameters
    ----------
    path : str or Path
        PDF, XLSX, XLS, ODS, DOCX, HTML, CSV or TSV; or a folder with ``release.toml``.
    index : str, optional
        ``PAR_INDEX``, ``SIPAS``; needed when the file does not name one.
    year : int, optional
        Index year; needed when the file names none or several.

    Returns
    -------
    ReadRelease
        ``.figures``, ``.findings``, ``.layout``. Nothing is written.

    Raises
    ------
    ReleaseError
        With reason code, place, found and expected, when a number cannot be read with certainty,
        or when no table of provinces is found.
    """
    path = Path(path)
    if path.is_dir() or path.name == _spec.NAME:
        folder = path if path.is_dir() else path.parent
        release = read_release_folder(folder)
        text = (folder / _spec.NAME).read_text(encoding="utf-8-sig")
        return ReadRelease(folder, release, _proofs.prove(release), Layout(text))
    form = format_of(path)
    opened = open_tables(path, _spec.TableSpec(path=path.name, place="", format=form))
    said_index, said_year = _guess.index_and_year(path.name, opened)
    index = _told("index", index or said_index, path, "PAR_INDEX or SIPAS", "--index")
    year = int(_told("year", year or said_year, path, "one index year", "--year"))
    criteria.index(index)
    for table in opened:
        if table.doubt:
            raise ReleaseError(
                "uncertain_header",
                table.doubt,
                place=f"{table.file} {table.where}",
                found=" | ".join(c.words for c in table.rows[0]),
                expected="headings that can be read one way only",
                advice="Say in release.toml which column holds what: docs/release-toml.md",
            )
    guesses = [(n, g) for n, t in enumerate(opened, 1) if (g := _guess.guess(t, index, year))]
    if not guesses:
        raise ReleaseError(
            "no_table",
            "no table of provinces is recognised",
            place=path.name,
            found=_tables(opened),
            expected="a table with a row or a column per province",
            advice="Write release.toml by hand: docs/release-toml.md",
        )
    read = {n for n, _ in guesses}
    unread = [
        f"{table.where or table.file}: no province recognised, not read"
        for n, table in enumerate(opened, 1)
        if n not in read and any(ch.isdigit() for row in table.rows for c in row for ch in c.text)
    ]
    text = _toml(path, form, index, year, guesses, n_ranked=None)
    release = _read(text, path, opened)
    ranked = _n_ranked(release)
    if ranked != release.n_ranked:
        text = _toml(path, form, index, year, guesses, n_ranked=ranked)
        release = _read(text, path, opened)
    return ReadRelease(
        path,
        release,
        _proofs.prove(release),
        Layout(
            text,
            tuple(m for _, g in guesses for m in _places(g)),
            (
                *(f"{g.grid.where}: {d}".removeprefix(": ") for _, g in guesses for d in g.doubts),
                *unread,
            ),
        ),
    )


def _places(guess: _guess.Guess) -> list[tuple[str, str, str]]:
    where = guess.grid.where
    return [
        (place if not where or where in place else f"{where} {place}", heading, meaning)
        for place, heading, meaning in guess.meanings
    ]


def _read(text: str, path: Path, opened: list[Grid]) -> RawRelease:
    spec = _spec.parse(text, path.parent.resolve(), f"(proposed) {_spec.NAME}")
    return read_spec(spec, {tables_key(entry): opened for entry in spec.files})


def _told(what: str, value: Any, path: Path, expected: str, option: str) -> Any:
    if value:
        return value
    raise ReleaseError(
        f"unknown_{what}",
        f"the file does not say clearly which {what} it is of",
        place=path.name,
        expected=expected,
        advice=f"Say it: {what}=..., or {option} on the command line",
    )


def _tables(grids: list[Grid]) -> str:
    shown = "; ".join(f"{g.where or 'the file'} ({len(g.rows)} x {g.width})" for g in grids[:5])
    return shown + (f" and {len(grids) - 5} more" if len(grids) > 5 else "")


def _n_ranked(release: RawRelease) -> int:
    """How many units the file ranks: said by "23/63", else by ranks 1 to n without a gap."""
    own = release.figures[release.figures["unit_level"].eq("province")]
    of = own.loc[own["measure"].eq("of"), "value"]
    if len(of) and of.nunique() == 1:
        return int(of.iloc[0])
    ranks = own.loc[own["measure"].eq("rank") & own["component"].eq("total"), "value"]
    if len(ranks) and sorted(set(ranks)) == list(range(1, len(ranks) + 1)):
        return len(set(ranks))
    return release.n_ranked


def _toml(
    path: Path,
    form: str,
    index: str,
    year: int,
    guesses: list[tuple[int, _guess.Guess]],
    n_ranked: int | None,
) -> str:
    geography = criteria.geography_of(year)
    synthetic = any(
        "synthetic" in c.text.casefold() or "giả định" in c.text.casefold()
        for _, g in guesses
        for row in g.grid.rows
        for c in row
    ) or any("synthetic" in g.grid.context.casefold() for _, g in guesses)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    source_id = f"{index.lower().replace('_', '-')}-{year}-{digest[:8]}"
    lines = [
        "[release]",
        f"index = {_quoted(index)}",
        f"year = {year}",
        f"geography = {_quoted(geography)}",
        f"n_ranked = {n_ranked or int(geography)}",
        f"criteria_set = {_quoted(criteria.criteria_set_of(index, year))}",
        f"synthetic = {str(synthetic).lower()}",
        f"title = {_quoted(f'{index} {year}')}",
        "",
        "[source]",
        f"id = {_quoted(source_id)}",
        'url = ""',
        'title = ""',
        'publisher = ""',
        'kind = "official table"',
        'published_on = ""',
        'retrieved_on = ""',
        f"sha256 = {_quoted(digest)}",
    ]
    for number, guess in guesses:
        lines += ["", "[[files]]", f"path = {_quoted(path.name)}", f"sha256 = {_quoted(digest)}"]
        lines += ['reader = "table"', f"format = {_quoted(form)}"]
        if guess.grid.sheet:
            lines.append(f"sheet = {_quoted(guess.grid.where.removeprefix('sheet ')[1:-1])}")
        elif form != "csv":
            lines.append(f"table = {number}")
        for key, value in guess.entry.items():
            if value == "":
                continue
            if isinstance(value, list):
                lines.append(f"{key} = [")
                lines += [
                    "  { " + ", ".join(f"{k} = {_quoted(v)}" for k, v in item.items()) + " },"
                    for item in value
                ]
                lines.append("]")
            else:
                lines.append(f"{key} = {_quoted(value)}")
    return "\n".join(lines) + "\n"


def _quoted(value: Any) -> str:
    """A TOML value."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    text = str(value).replace("\\", "\\\\").replace('"', '\\"')
    text = "".join(c if c >= " " else f"\\u{ord(c):04x}" for c in text)
    return f'"{text}"'
