"""What somebody sees of a file before it is kept: meanings, figures, checks, ``release.toml``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pandas as pd

from parstudy.dataset.checks.findings import of_row
from parstudy.intake.read import Layout, ReadRelease

_SHOWN = 3
_MOST_COLUMNS, _MOST_LINES, _MOST_CELLS = 10, 20, 60
_SURE = 80

Column = tuple[str, str, int]


def preview(read: ReadRelease, folder: Path, toml: str, *, accept_ocr: bool) -> str:
    """What would be read, for people, as lines of text.

    Parameters
    ----------
    read : ReadRelease
        What the file gives.
    folder : Path
        Where the release would stand.
    toml : str
        The ``release.toml`` that would be written.
    accept_ocr : bool
        Whether somebody has said that recognised text may be kept.
    """
    release, layout = read.release, read.layout
    own = release.figures[release.figures["unit_level"].eq("province")]
    lines = [
        f"{read.path.name}: {release.index} {release.year}, "
        f"{own['unit_text'].nunique()} provinces, {len(release.figures)} figures",
        "",
        "What was taken for what:",
        *(f"  {place}: {head!r} -> {what}" for place, head, what in layout.meanings),
        "",
        f"Ties: {layout.ties}",
    ]
    if layout.doubts:
        lines += ["", "Not understood, not read:", *(f"  {d}" for d in layout.doubts)]
    notes = [n for n in release.notes if not _is_told(n.removeprefix(f"{read.path.name} "), layout)]
    if notes:
        lines += ["", "Left out:", *_first(notes, _MOST_LINES)]
    # one province has one figure in each column: they are read as its sheet is
    if own["unit_text"].nunique() == 1:
        lines += ["", "Figures as read:", *_by_component(own, release.components, release.year)]
    else:
        lines += ["", "Per column:", *_per_column(own, release.year)]
        lines += ["", "First and last rows:", *_some_rows(own, release.year)]
    if read.review:
        lines += ["", *_review(read, accept_ocr=accept_ocr)]
    findings = [of_row(row).line() for row in read.findings.to_dict("records")]
    lines += ["", f"Checks of the reading: {len(findings)} findings"]
    lines += _first(findings, _MOST_LINES)
    return "\n".join([*lines, "", f"To be written to {folder}:", "", toml])


def _is_told(note: str, layout: Layout) -> bool:
    """Whether a column that is not read was told with its reason."""
    place = note.rpartition(": ")[0]
    return bool(place) and any(doubt.startswith(f"{place}: ") for doubt in layout.doubts)


def _first(lines: Sequence[object], most: int) -> list[str]:
    """The first few lines, and how many more there are."""
    shown = [f"  {line}" for line in lines[:most]]
    return [*shown, f"  and {len(lines) - most} more"] if len(lines) > most else shown


def _per_column(own: pd.DataFrame, year: int) -> Iterator[str]:
    """Count, sum and ends of each column."""
    values: dict[Column, list[float]] = {}
    for column, value in zip(_columns(own), own["value"], strict=True):
        values.setdefault(column, []).append(value)
    for column, found in values.items():
        there = [v for v in found if v == v]
        numbers = (
            f"sum {sum(there):.2f}, lowest {min(there):g}, highest {max(there):g}"
            if there
            else "letters"
        )
        yield f"  {_headed(*column, year)}: {len(found)} figures, {numbers}"


def _columns(own: pd.DataFrame) -> list[Column]:
    """Component, measure and year of each figure."""
    return list(zip(own["component"], own["measure"], own["year"], strict=True))


def _headed(component: str, measure: str, of: int, year: int) -> str:
    """Component, measure and another year than the release's."""
    return " ".join([component, measure, *([] if of == year else [str(of)])]).strip()


def _some_rows(own: pd.DataFrame, year: int) -> list[str]:
    """First and last provinces as a small table, what is of the whole in front."""
    keys = _columns(own)
    columns = sorted(dict.fromkeys(keys), key=lambda column: column[0] != "total")
    names = list(dict.fromkeys(own["unit_text"]))
    some = names if len(names) <= 2 * _SHOWN else [*names[:_SHOWN], *names[-_SHOWN:]]
    text = dict(zip(zip(own["unit_text"], keys, strict=True), own["text"], strict=True))
    shown = columns[:_MOST_COLUMNS]
    rows = [[name, *(str(text.get((name, c), "–")) for c in shown)] for name in some]
    lines = _aligned([["", *(_headed(*c, year) for c in shown)], *rows])
    more = len(columns) - len(shown)
    return [*lines, f"  and {more} more"] if more > 0 else lines


def _by_component(own: pd.DataFrame, components: pd.DataFrame, year: int) -> list[str]:
    """Every figure of one province: a row for each component, a column for each measure."""
    most = dict(zip(components["code"], components["max_score"], strict=True))
    text = dict(zip(_columns(own), own["text"], strict=True))
    columns = list(dict.fromkeys((measure, of) for _, measure, of in text))
    rows = [
        [
            code,
            "–" if pd.isna(m := most.get(code)) else f"{m:g}",
            *(str(text.get((code, *c), "–")) for c in columns),
        ]
        for code in dict.fromkeys(component for component, _, _ in text)
    ]
    return _aligned([["", "max", *(_headed("", *c, year) for c in columns)], *rows])


def _aligned(table: Sequence[Sequence[str]]) -> list[str]:
    """Rows of cells as lines: names at the left, figures at the right of their columns."""
    first, *widths = [max(map(len, cells)) for cells in zip(*table, strict=True)]
    return [f"  {name:<{first}}  {_padded(cells, widths)}" for name, *cells in table]


def _padded(cells: Iterable[str], widths: Iterable[int]) -> str:
    return "  ".join(f"{cell:>{width}}" for cell, width in zip(cells, widths, strict=True))


def _review(read: ReadRelease, *, accept_ocr: bool) -> list[str]:
    """Recognised cells, the least certain first."""
    cells = sorted(read.review, key=lambda c: (c.confidence, c.row, c.column))
    doubtful = [c for c in cells if c.confidence < _SURE]
    lines = [
        f"Text recognition (OCR): {len(cells)} cells, {len(doubtful)} of them less than "
        f"{_SURE} % sure. Compare with the page:",
        *_first((doubtful or cells)[:_MOST_CELLS], _MOST_CELLS),
    ]
    if len(doubtful) > _MOST_CELLS:
        lines.append(f"  and {len(doubtful) - _MOST_CELLS} more")
    if not accept_ocr:
        lines.append("Nothing of this is kept without --accept-ocr")
    return lines
