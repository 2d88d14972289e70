"""One file of any format, read as far as it explains itself; nothing is written."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from parstudy.dataset.checks import within
from parstudy.errors import ReleaseError
from parstudy.facts import criteria
from parstudy.intake import _guess
from parstudy.releases import toml
from parstudy.releases.folder import read_release_folder, read_spec, tables_key
from parstudy.releases.formats import FORMATS, format_of, open_tables, text_recognition
from parstudy.releases.formats.grid import Grid
from parstudy.releases.model import RawRelease
from parstudy.releases.spec import TableSpec
from parstudy.text import to_toml

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
    """

    toml: str = field(repr=False)
    meanings: tuple[tuple[str, str, str], ...] = ()
    doubts: tuple[str, ...] = ()
    ties: str = ""


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
    form = format_of(path)
    try:
        opened = open_tables(path, TableSpec(path=path.name, place="", format=form))
    except ReleaseError as error:
        if error.code != "scanned_pdf" or not accept_ocr:
            raise
        return _recognised(path, index, year)
    return _opened(path, form, opened, index, year)


def _recognised(path: Path, index: str | None, year: int | None) -> ReadRelease:
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
                read = _opened(table, "csv", opened, index, year, ocr=True)
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
    *,
    ocr: bool = False,
) -> ReadRelease:
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
    guesses = [(n, g) for n, t in enumerate(opened, 1) for g in _guess.guess(t, index, year)]
    if ocr:
        for _, one in guesses:
            one.entry.update({"certainty": "doubtful", "note": "OCR"})
            # a running number is no figure: one misread should not stop the reading
            one.entry.pop("number_column", None)
    if not guesses:
        others = [_guess.other_subject(t, index, year) for t in opened]
        named = [
            (table, h)
            for table, other in zip(opened, others, strict=True)
            if not other and (h := _guess.headings_beside_names(table))
        ]
        if named:
            table, headings = named[0]
            raise ReleaseError(
                "no_columns",
                f"there are provinces, but no heading says what of {index} stands beside them",
                place=f"{table.file} {table.where}".strip(),
                found=", ".join(headings[:12]),
                expected="a heading such as Chỉ số, Tổng điểm, Xếp hạng, or the name or code of "
                "a component",
                advice="Change the headings in a copy, or say in release.toml which column holds "
                "what: docs/release-toml.md",
            )
        raise ReleaseError(
            "no_table",
            "no table of provinces is recognised",
            place=path.name,
            found="; ".join(
                [_tables(opened), *(f"a table of {o}" for o in dict.fromkeys(others) if o)]
            ),
            expected=f"a table of {index} {year} with a row or a column per province",
            advice="Write release.toml by hand: docs/release-toml.md",
        )
    read = {n for n, _ in guesses}
    unread = [
        f"{table.where or table.file}: " + _why_not(table, index, year) + ", not read"
        for n, table in enumerate(opened, 1)
        if n not in read and any(ch.isdigit() for row in table.rows for c in row for ch in c.text)
    ]
    text = _toml(path, form, index, year, guesses, n_ranked=None)
    release = _read(text, path, opened)
    ranked, ties = _n_ranked(release), within.tie_rule(release)
    if ranked != release.n_ranked or ties.rule not in ("", release.ties):
        text = _toml(path, form, index, year, guesses, n_ranked=ranked, ties=ties.rule)
        release = _read(text, path, opened)
    others = sorted(set(release.figures["year"]) - {year})
    if others and not release.figures["year"].eq(year).any():
        raise ReleaseError(
            "other_year",
            "the titles of the file name another year than was said",
            place=path.name,
            found=", ".join(map(str, others)),
            expected=str(year),
            advice="Say the year that was measured. If the title names the year of announcement, "
            "take it out of the title in a copy of the file",
        )
    _one_value(release, guesses)
    findings = within.prove(release)
    _not_contradicted(release, findings, path)
    return ReadRelease(
        path,
        release,
        findings,
        Layout(
            text,
            tuple(m for _, g in guesses for m in _places(g)),
            (
                *(f"{g.grid.where}: {d}".removeprefix(": ") for _, g in guesses for d in g.doubts),
                *unread,
            ),
            str(ties),
        ),
    )


def _not_contradicted(release: RawRelease, findings: pd.DataFrame, path: Path) -> None:
    """Refuse a guess whose own ranks speak against it: a column was taken for another, then."""
    ranks = release.figures["measure"].eq("rank") & release.figures["year"].eq(release.year)
    against = findings[findings["code"].eq("rank_against_score")]
    # one wrong score moves every rank behind it by one; a wrong column moves them far
    far = [_distance(f, e) > 3 for f, e in zip(against["found"], against["expected"], strict=True)]
    against = against[far]
    if len(against) > max(2, 0.25 * int(ranks.sum())):
        first = against.iloc[0]
        raise ReleaseError(
            "contradiction",
            f"{len(against)} of {int(ranks.sum())} ranks do not follow from the scores: a column "
            "may be another than its heading says",
            place=str(first["figure_ids"]) or path.name,
            found=f"rank {first['found']} of {first['unit_id']}",
            expected=str(first["expected"]),
            advice="Say in release.toml which column holds what: docs/release-toml.md",
        )


def _why_not(table: Grid, index: str, year: int) -> str:
    if _guess.of_ministries(table):
        return "ministries"
    other = _guess.other_subject(table, index, year)
    return f"a table of {other}" if other else "no province recognised"


def _one_value(release: RawRelease, guesses: list[tuple[int, _guess.Guess]]) -> None:
    """Refuse two tables of the same columns with other figures: two years, or two indices.

    Tables of different shape that disagree in places are findings, not a reason to refuse.
    """
    shapes = [
        tuple(
            sorted(
                (str(c.get("component")), str(c["measure"]), str(c.get("year"))) for c in columns
            )
        )
        for _, g in guesses
        if (columns := g.entry.get("columns", []))
    ]
    apart = within.two_values(release)
    if len(shapes) == len(set(shapes)) or len(apart) <= 3:
        return
    one, other = apart[-1]
    raise ReleaseError(
        "two_values",
        f"two tables give different figures for {one['unit_text']} {one['component']} "
        f"{one['measure']}: they may be of different years or indices",
        place=str(one["locator"]),
        found=str(one["text"]),
        expected=f"{other['text']}, as at {other['locator']}",
        advice="Say in release.toml what each table holds: docs/release-toml.md",
    )


def _distance(found: str, expected: str) -> int:
    """Places between a printed rank and the nearest that would fit."""
    rank = int(re.findall("[0-9]+", found)[0])
    ends = [int(n) for n in re.findall("[0-9]+", expected)]
    return max(0, ends[0] - rank, rank - ends[-1])


def _places(guess: _guess.Guess) -> list[tuple[str, str, str]]:
    where = guess.grid.where
    return [
        (place if not where or where in place else f"{where} {place}", heading, meaning)
        for place, heading, meaning in guess.meanings
    ]


def _read(text: str, path: Path, opened: list[Grid]) -> RawRelease:
    spec = toml.parse(text, path.parent.resolve(), f"(proposed) {toml.NAME}")
    return read_spec(spec, {tables_key(entry): opened for entry in spec.files})


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
    ties: str = "",
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
    release = {
        "index": index,
        "year": year,
        "geography": geography,
        "n_ranked": n_ranked or int(geography),
        "criteria_set": criteria.criteria_set_of(index, year),
        "synthetic": synthetic,
        "title": f"{index} {year}",
        **({"ties": ties} if ties else {}),
    }
    source = {
        "id": source_id,
        "url": "",
        "title": "",
        "publisher": "",
        "kind": "official table",
        "published_on": "",
        "retrieved_on": "",
        "sha256": digest,
    }
    files = []
    for number, guess in guesses:
        entry: dict[str, Any] = {
            "path": path.name,
            "sha256": digest,
            "reader": "table",
            "format": form,
        }
        entry |= FORMATS[form].address(guess.grid, number)
        told = {key: value for key, value in guess.entry.items() if value != ""}
        files.append(entry | {key: _of_any_year(value, year) for key, value in told.items()})
    return to_toml({"release": release, "source": source, "files": files})


def _of_any_year(value: Any, year: int) -> Any:
    """A value with years as distances, so that it fits next year's file as well."""
    if not isinstance(value, list):
        return value
    return [_item_of_any_year(item, year) for item in value]


def _item_of_any_year(item: dict[str, Any], year: int) -> dict[str, Any]:
    dated: dict[str, Any] = {
        k: toml.in_years(item[k], year) for k in ("header", "label") if k in item
    }
    if "year" in item and item["year"] < year:
        dated["year"] = item["year"] - year
    return item | dated
