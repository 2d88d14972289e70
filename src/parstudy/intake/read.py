"""One file of any format, read as far as it explains itself; nothing is written."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from parstudy import budget
from parstudy.dataset.checks import within
from parstudy.errors import ProvinceError, ReleaseError
from parstudy.facts import criteria, provinces
from parstudy.intake import _guess
from parstudy.intake._choose import choose
from parstudy.releases import toml
from parstudy.releases.folder import read_release_folder
from parstudy.releases.formats import format_of, open_tables, text_recognition
from parstudy.releases.formats.grid import Grid
from parstudy.releases.model import RawRelease
from parstudy.releases.spec import TableSpec

if TYPE_CHECKING:
    import pandas as pd


# UTF-8 that was taken for Windows-1252: "HÃ Ná»™i"
# or the tones of Windows-1258 behind their letters: "TiÒnh"
_MOJIBAKE = re.compile(
    r"á[º»]|Ã[\u0080-\u00bf\u2018-\u203a]|Ä[‘\u0090]|Æ[°¡]|[aeiouyâêô][ÌÒÞ]|[âêôăơư][ìò]"
)
_TOLD = 4
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
        _no_table(path, opened, index, year, chosen.left)
    release = chosen.release
    _no_other_units(release, path)
    if release.figures.empty:
        raise ReleaseError(
            "no_figures",
            "nothing that stands in the table is one figure of one component",
            place=path.name,
            found="; ".join(release.notes[:_TOLD]),
            expected="one figure for each component, measure and year",
            advice="Say in release.toml which column holds what: docs/release-toml.md",
        )
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
    read = {n for n, _ in chosen.guesses}
    unread = [
        f"{table.where or table.file}: " + _why_not(table, index, year) + ", not read"
        for n, table in enumerate(opened, 1)
        if n not in read and any(ch.isdigit() for row in table.rows for c in row for ch in c.text)
    ]
    doubts = (
        f"{g.grid.where}: {d}".removeprefix(": ") for _, g in chosen.guesses for d in g.doubts
    )
    meanings = tuple(m for _, g in chosen.guesses for m in _places(g))
    layout = Layout(chosen.toml, meanings, (*doubts, *unread), str(chosen.ties), chosen.explained())
    return ReadRelease(path, release, chosen.findings, layout)


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
    index = _told("index", index or said_index, path, ", ".join(criteria.indices()), "--index")
    year = int(
        _told("year", year or (many[0] if many else said_year), path, "one index year", "--year")
    )
    criteria.index(index)
    return index, year


def _no_table(
    path: Path, opened: list[Grid], index: str, year: int, left: Sequence[str]
) -> NoReturn:
    """Say why no table of a file is read."""
    _no_mojibake(path, opened)
    for table in opened:
        _guess.no_broken_codes(table)
    own = [t for t in opened if not _guess.other_subject(t, index, year)]
    why = [doubt for doubt in left if not doubt.endswith("not understood, not read")]
    for table in own:
        headings = _guess.headings_beside_names(table)
        said = _guess.said_by_titles(table, index, year, sheet=not headings).wrong
        what = "" if headings else _guess.criteria_not_understood(table)
        said = said if headings or what or _guess.criteria_without_codes(table) else ""
        if said:
            raise ReleaseError(
                "no_results",
                "by its title the table holds other figures than the results of the index",
                place=f"{table.file} {table.where}".strip(),
                found=repr(said),
                expected=f"the results of {index} {year}",
                advice="If they are, say in release.toml which column holds what: "
                "docs/release-toml.md",
            )
        if headings or what:
            raise ReleaseError(
                "no_columns",
                f"there are provinces, but no heading says what of {index} stands beside them"
                if headings
                else "there are criteria, but no heading says which points are the province's",
                place=f"{table.file} {table.where}".strip(),
                found="; ".join([", ".join(headings[:12]) or what, *why[:_TOLD]]),
                expected="a heading such as Chỉ số, Tổng điểm, Xếp hạng, or the name or code of "
                "a component"
                if headings
                else "a heading such as Điểm đạt, Điểm thẩm định, Tự đánh giá",
                advice="Change the headings in a copy, or say in release.toml which column holds "
                "what: docs/release-toml.md",
            )
    raise ReleaseError(
        "no_table",
        "no table of provinces is recognised",
        place=path.name,
        found="; ".join(
            [_tables(opened), *dict.fromkeys(_why_not(t, index, year) for t in opened)]
        ),
        expected=f"a table of {index} {year} with a row or a column per province",
        advice="Write release.toml by hand: docs/release-toml.md",
    )


def _no_mojibake(path: Path, opened: list[Grid]) -> None:
    """Refuse text whose Vietnamese letters have become others: "HÃ Ná»™i"."""
    texts = [c.words for t in opened for row in t.rows for c in row]
    broken = [t for t in texts if len(_MOJIBAKE.findall(t)) > 1]
    if len(broken) > 2:
        raise ReleaseError(
            "wrong_encoding",
            "the text was saved in a wrong encoding: its Vietnamese letters have become others",
            place=path.name,
            found=repr(broken[0][:60]),
            expected="text such as 'Hà Nội'",
            advice="Export the table again where it came from, as UTF-8 or as XLSX",
        )


def _why_not(table: Grid, index: str, year: int) -> str:
    if _guess.of_ministries(table):
        return "ministries"
    if table.hidden:
        return "a hidden sheet"
    other = _guess.other_subject(table, index, year)
    if other:
        return f"a table of {other}"
    if _guess.headings_beside_names(table):
        return "provinces, and no heading that says what stands beside them"
    crowded = _guess.crowded_cell(table)
    if crowded is not None:
        return f"the names of several provinces in one cell ({table.place(*crowded)})"
    names = ", ".join(map(repr, _guess.other_names(table)[:3]))
    over = _guess.criteria_without_codes(table) if names else ""
    apart = _guess.spread_code(table)
    if apart:
        return f"a code whose numbers stand in columns of their own ({apart}), which is not read"
    if over:
        return f"rows under {over!r} ({names}) and no column with codes such as 1.2.3"
    if names:
        return f"names of no province: {names}"
    units = _guess.other_units(table)
    if units:
        return f"units under {units[:80]!r}, which are no provinces by that"
    if _guess.only_numbered(table):
        return "figures beside running numbers, and no names of provinces"
    return "no province recognised"


def _places(guess: _guess.Guess) -> list[tuple[str, str, str]]:
    where = guess.grid.where
    return [
        (place if not where or where in place else f"{where} {place}", heading, meaning)
        for place, heading, meaning in guess.meanings
    ]


def _told(what: str, value: Any, path: Path, expected: str, option: str, found: str = "") -> Any:
    if value:
        return value
    raise ReleaseError(
        f"unknown_{what}",
        f"the file does not say clearly which {what} it is of",
        place=path.name,
        found=found,
        expected=expected,
        advice=f"Say it: {what}=..., or {option} on the command line",
    )


def _tables(grids: list[Grid]) -> str:
    shown = "; ".join(f"{g.where or 'the file'} ({len(g.rows)} x {g.width})" for g in grids[:5])
    return shown + (f" and {len(grids) - 5} more" if len(grids) > 5 else "")
