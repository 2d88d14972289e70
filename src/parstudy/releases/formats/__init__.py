"""File -> tables of cells, by format; nothing here knows what the cells mean."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from parstudy.errors import ReleaseError
from parstudy.releases.formats.grid import Grid
from parstudy.releases.toml import SUFFIXES, TableSpec

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def open_tables(path: Path, spec: TableSpec) -> list[Grid]:
    """All tables of a file, in their order, in Unicode.

    Raises
    ------
    ReleaseError
        ``damaged_file`` also for what a library underneath stumbles over in a damaged file.
    """
    try:
        grids = _tables(path, spec)
    except (ReleaseError, ImportError, MemoryError):
        raise
    except Exception as error:
        raise ReleaseError(
            "damaged_file",
            "the file is damaged",
            place=path.name,
            found=f"{type(error).__name__}: {error}".strip(": ")[:200],
            expected=f"a whole {spec.format.upper()} file",
        ) from error
    return _in_unicode(grids)


def _tables(path: Path, spec: TableSpec) -> list[Grid]:
    if spec.format == "csv":
        from parstudy.releases.formats import _csv

        grids = [_csv.grid(path, spec.encoding, spec.separator)]
    elif spec.format == "xlsx":
        from parstudy.releases.formats import _xlsx

        grids = _xlsx.grids(path)
    elif spec.format in ("xls", "ods"):
        from parstudy.releases.formats import _calamine

        grids = _calamine.grids(path)
    elif spec.format == "docx":
        from parstudy.releases.formats import _docx

        grids = _docx.grids(path)
    elif spec.format == "html":
        from parstudy.releases.formats import _html

        grids = _html.grids(path)
    else:
        from parstudy.releases.formats import _pdf

        grids = _pdf.grids(path, spec.pages)
    return grids


def format_of(path: Path) -> str:
    """Format of a file by its name.

    Raises
    ------
    ReleaseError
        ``missing_file``, ``unknown_format``.
    """
    if not path.is_file():
        raise ReleaseError("missing_file", "the file is not there", place=str(path))
    form = SUFFIXES.get(path.suffix.lower(), "")
    if not form:
        raise ReleaseError(
            "unknown_format",
            "the file name does not say what the file is",
            place=path.name,
            found=repr(path.suffix),
            expected=", ".join(SUFFIXES),
        )
    return form


def _in_unicode(grids: list[Grid]) -> list[Grid]:
    """The same tables with TCVN3 or VNI text converted."""
    from parstudy.releases.formats import _legacy

    texts = [c.text for g in grids for row in g.rows for c in row if not c.text.isascii()]
    texts += [g.context for g in grids if not g.context.isascii()]
    encoding = _legacy.told(texts)
    if not encoding:
        return [_table_in_unicode(g) for g in grids]
    if encoding == "unknown":
        raise ReleaseError(
            "unknown_encoding",
            "the text is neither Unicode nor plain TCVN3 nor plain VNI",
            place=grids[0].file,
            found=repr(max(texts, key=len)[:60]),
            expected="Vietnamese in Unicode",
            advice="Convert the file to Unicode first",
        )
    return [
        replace(_converted(grid, encoding), context=_legacy.to_unicode(grid.context, encoding))
        for grid in grids
    ]


_FEWEST_WORDS = 10


def _table_in_unicode(grid: Grid) -> Grid:
    """A table in an old font within a document in Unicode."""
    from parstudy.releases.formats import _legacy

    texts = [c.text for row in grid.rows for c in row if not c.text.isascii()]
    encoding = _legacy.told(texts) if len(texts) >= _FEWEST_WORDS else ""
    return _converted(grid, encoding) if encoding in ("tcvn3", "vni") else grid


def _converted(grid: Grid, encoding: str) -> Grid:
    from parstudy.releases.formats import _legacy

    return replace(
        grid,
        rows=tuple(
            tuple(replace(c, text=_legacy.to_unicode(c.text, encoding)) for c in row)
            for row in grid.rows
        ),
        notes=(*grid.notes, f"{grid.file}: {encoding.upper()} text was converted to Unicode"),
    )
