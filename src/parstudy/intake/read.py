"""One file of any format, read as far as it explains itself; nothing is written."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from parstudy import budget
from parstudy.dataset.checks import within
from parstudy.errors import ProvinceError, ReleaseError
from parstudy.facts import criteria, provinces
from parstudy.intake import _guess
from parstudy.intake._choose import choose
from parstudy.intake._why_not import TOLD, no_table, why_not
from parstudy.releases import toml
from parstudy.releases.folder import read_release_folder
from parstudy.releases.formats import format_of, open_tables, text_recognition
from parstudy.releases.formats.grid import Grid
from parstudy.releases.model import RawRelease
from parstudy.releases.spec import TableSpec

if TYPE_CHECKING:
    import pandas as pd


_NOT_A_FIGURE = ("not_a_number", "ambiguous_number", "lost_decimal_mark", "odd_decimals")


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
    ties : str
        How the release ranks equal scores, as its own figures show.
    explained : tuple of str
        How it was decided: the role of each row and column, the readings that there were, what
        each of them proves.
    """

    toml: str = field(repr=False)
    meanings: tuple[tuple[str, str, str], ...] = ()
    doubts: tuple[str, ...] = ()
    ties: str = ""
    explained: tuple[str, ...] = field(default=(), repr=False)


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
    review : tuple of OcrCell
        For a scan: every recognised cell with its confidence and its place on the page.
    recognised : str
        For a scan: the recognised table as CSV.
    """

    path: Path
    release: RawRelease
    findings: pd.DataFrame = field(repr=False)
    layout: Layout
    review: tuple[text_recognition.OcrCell, ...] = field(default=(), repr=False)
    recognised: str = field(default="", repr=False)

    @property
    def figures(self) -> pd.DataFrame:
        """The raw figures, one a row, each with its place in the file."""
        return self.release.figures


def read_release(
    path: str | Path,
    index: str | None = None,
    year: int | None = None,
    *,
    accept_ocr: bool = False,
    accepted: Collection[str] = (),
    limits: budget.Limits = budget.USUAL,
) -> ReadRelease:
    """Read a published file, or the folder of a release.

    Parameters
    ----------
    path : str or Path
        PDF, XLSX, XLS, ODS, DOCX, HTML, CSV or TSV; or a folder with ``release.toml``.
    index : str, optional
        ``PAR_INDEX``, ``SIPAS``, ...; needed when the file does not name one.
    year : int, optional
        Index year; needed when the file names none or several.
    accept_ocr : bool, optional
        Take what text recognition makes of a scanned PDF (needs the extra ``ocr``). Every figure
        is doubtful then and has the note ``OCR``; :attr:`ReadRelease.review` says how sure the
        machine is of each cell.
    accepted : collection of str, optional
        ``title_not_understood``: take figures under a title whose words are not all understood.
    limits : Limits, optional
        What reading the file may take.

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
    if path.is_dir() or path.name == toml.NAME:
        folder = path if path.is_dir() else path.parent
        release = read_release_folder(folder)
        text = (folder / toml.NAME).read_text(encoding="utf-8-sig")
        return ReadRelease(
            folder,
            release,
            within.prove(release),
            Layout(text, ties=str(within.tie_rule(release))),
        )
    with budget.of(path.name, limits):
        form = format_of(path)
        try:
            opened = open_tables(path, TableSpec(path=path.name, place="", format=form))
        except ReleaseError as error:
            if error.code != "scanned_pdf" or not accept_ocr:
                raise
            return _recognised(path, index, year, accepted)
        return _opened(path, form, opened, index, year, accepted)


def _recognised(
    path: Path, index: str | None, year: int | None, accepted: Collection[str]
) -> ReadRelease:
    """A scan: the CSV file that text recognition makes of it is read like any other."""
    import tempfile

    text, review = text_recognition.recognise(path)
    unread: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / f"{path.stem}.ocr.csv"
        while True:
            table.write_text(text, encoding="utf-8")
            opened = open_tables(table, TableSpec(path=table.name, place="", format="csv"))
            try:
                read = _opened(table, "csv", opened, index, year, accepted, ocr=True)
                break
            except ReleaseError as error:
                # a cell that was not recognised as a number is no figure, and is named
                place = re.fullmatch(r".* row ([0-9]+) column ([0-9]+)", error.place)
                numeric = error.code in _NOT_A_FIGURE and place is not None
                if not numeric or len(unread) >= max(3, len(review) // 10):
                    raise
                assert place is not None
                text = text_recognition.without(text, int(place[1]), int(place[2]))
                unread.append(f"{error.place}: {error.found} is not read ({error.message})")
    layout = replace(read.layout, doubts=(*unread, *read.layout.doubts))
    return replace(read, path=path, review=review, recognised=text, layout=layout)


def _opened(
    path: Path,
    form: str,
    opened: list[Grid],
    index: str | None,
    year: int | None,
    accepted: Collection[str],
    *,
    ocr: bool = False,
) -> ReadRelease:
    index, year = _subject(path, opened, index, year)
    opened = _guess.of_one_document(opened, year)
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
    chosen = choose(path, form, opened, index, year, accepted, ocr=ocr)
    if not chosen.guesses:
        no_table(path, opened, index, year, chosen.left)
    release = chosen.release
    _no_other_units(release, path)
    if release.figures.empty:
        raise ReleaseError(
            "no_figures",
            "nothing that stands in the table is one figure of one component",
            place=path.name,
            found="; ".join(release.notes[:TOLD]),
            expected="one figure for each component, measure and year",
            advice="Say in release.toml which column holds what: docs/release-toml.md",
        )
    _of_the_year(release, path, year)
    read = {n for n, _ in chosen.guesses}
    unread = [
        f"{table.where or table.file}: " + why_not(table, index, year) + ", not read"
        for n, table in enumerate(opened, 1)
        if n not in read and any(ch.isdigit() for row in table.rows for c in row for ch in c.text)
    ]
    doubts = (
        d if g.grid.where in d else f"{g.grid.where}: {d}"
        for _, g in chosen.guesses
        for d in g.doubts
    )
    meanings = tuple(m for _, g in chosen.guesses for m in _places(g))
    told = (*_guess.told_once(doubts), *unread)
    layout = Layout(chosen.toml, meanings, told, str(chosen.ties), chosen.explained())
    return ReadRelease(path, release, chosen.findings, layout)


def _of_the_year(release: RawRelease, path: Path, year: int) -> None:
    """Refuse a file all of whose figures are of other years than was said."""
    others = sorted(set(release.figures["year"]) - {year})
    if others and not release.figures["year"].eq(year).any():
        raise ReleaseError(
            "other_year",
            "the titles or headings of the file name another year than was said",
            place=path.name,
            found=", ".join(map(str, others)),
            expected=str(year),
            advice="Say the year that was measured. If the title names the year of announcement, "
            "take it out of the title in a copy of the file",
        )


def _no_other_units(release: RawRelease, path: Path) -> None:
    """Refuse the 34 units of 2025 in a year that had 63 provinces: their names are not enough."""
    own = release.figures[release.figures["unit_level"].eq("province")]
    names = {name for text in set(own["unit_text"]) if (name := _slug(text, "34"))}
    others = {_slug(text, "63") for text in set(own["unit_text"])} - names - {"thua-thien-hue"}
    if release.geography == "63" and len(names) == len(provinces.units("34")) and not others:
        raise ReleaseError(
            "wrong_geography",
            "the table has the 34 units of July 2025, and its year had 63 provinces",
            place=path.name,
            found=f"34 units in {release.year}",
            expected=f"provinces as they were in {release.year}, or a year from 2025 on",
            advice="Figures that were computed anew for the merged units are none of their "
            "namesakes'",
        )


def _slug(name: str, geography: str) -> str:
    with contextlib.suppress(ProvinceError):
        return provinces.resolve(name, geography).province_id
    return ""


def _subject(
    path: Path, opened: list[Grid], index: str | None, year: int | None
) -> tuple[str, int]:
    """Index and year of a file: as said, or as its titles and rows say."""
    said_index, said_year = _guess.index_and_year(path.name, opened)
    many = sorted({y for table in opened for y in _guess.years_in_rows(table)})
    if year is None and len(many) > 1:
        raise ReleaseError(
            "unknown_year",
            "the rows of the table are of several years",
            place=path.name,
            found=", ".join(map(str, many)),
            expected="one index year: a release is of one year",
            advice=f"Say it, and add the file once for each year: year={many[-1]}, or "
            f"--year {many[-1]} on the command line",
        )
    index = index or said_index
    if not index:
        raise ReleaseError(
            "unknown_index",
            "the file does not say clearly of which index it is",
            place=path.name,
            expected=", ".join(criteria.indices()),
            advice="Say it: index=..., or --index on the command line",
        )
    year = year or (many[0] if many else said_year)
    if not year:
        named = ", ".join(map(str, _guess.years_named(path.name, opened)))
        raise ReleaseError(
            "unknown_year",
            "the file does not say clearly of which year it is",
            place=path.name,
            found=named,
            expected="one index year: the year that was measured",
            advice="Say it: year=..., or --year on the command line",
        )
    criteria.index(index)
    return index, year


def _places(guess: _guess.Guess) -> list[tuple[str, str, str]]:
    where = guess.grid.where
    return [
        (place if not where or where in place else f"{where} {place}", heading, meaning)
        for place, heading, meaning in guess.meanings
    ]
