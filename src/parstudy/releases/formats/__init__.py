"""File -> tables of cells, by format; nothing here knows what the cells mean.

A format is a module with a :class:`~parstudy.releases.formats.format.Format` of its own, and a word
in the list below. Libraries are imported by the functions that use them.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from parstudy import budget
from parstudy.errors import ReleaseError
from parstudy.releases.formats import (
    _calamine,
    _content,
    _docx,
    _html,
    _legacy,
    _pdf,
    _xlsx,
    separated,
)
from parstudy.releases.formats.format import Format
from parstudy.releases.formats.grid import Grid, raised_told
from parstudy.releases.spec import TableSpec

FORMATS: dict[str, Format] = {
    known.name: known
    for known in (
        separated.FORMAT,
        _xlsx.FORMAT,
        _calamine.XLS,
        _calamine.ODS,
        _pdf.FORMAT,
        _docx.FORMAT,
        _html.FORMAT,
    )
}
"""All formats, by the name that ``release.toml`` has for them."""
_FEWEST_WORDS = 10


def open_tables(path: Path, spec: TableSpec) -> list[Grid]:
    """All tables of a file, in their order, in Unicode.

    Parameters
    ----------
    path : Path
        The file.
    spec : TableSpec
        Its ``format``, and the options of that format; what is in the file counts for more.

    Raises
    ------
    ReleaseError
        What the format refuses; ``damaged_file`` also for what a library underneath stumbles over.
    """
    with budget.of(path.name, spec.limits):
        budget.spend("bytes", path.stat().st_size, path.name)
        return [raised_told(grid) for grid in _in_unicode(_opened(path, spec))]


def _opened(path: Path, spec: TableSpec) -> list[Grid]:
    form = _in_file(path, spec.format)
    try:
        grids = FORMATS[form].grids(path, spec)
    except (ReleaseError, ImportError):
        raise
    except MemoryError:
        raise budget.too_much_memory(budget.limits(), path.name) from None
    except Exception as error:
        raise ReleaseError(
            "damaged_file",
            "the file is damaged",
            place=path.name,
            found=f"{type(error).__name__}: {error}".strip(": ")[:200],
            expected=f"a whole {form.upper()} file",
            advice="Fetch the file again, or open it in an office program and save it anew",
        ) from error
    return grids


def by_name(path: str | Path) -> str:
    """Format that the ending of a file's name says; empty if it says none."""
    suffix = Path(path).suffix.lower()
    return next((f.name for f in FORMATS.values() if suffix in f.suffixes), "")


def format_of(path: Path) -> str:
    """Format of a file by what is in it, else by its name.

    Raises
    ------
    ReleaseError
        ``missing_file``, ``unknown_format``, and what :func:`._content.kind_of` refuses.
    """
    if not path.is_file():
        raise ReleaseError("missing_file", "the file is not there", place=str(path))
    form = _in_file(path, by_name(path))
    if not form:
        raise ReleaseError(
            "unknown_format",
            "neither the file's name nor its beginning says what it is",
            place=path.name,
            found=repr(path.suffix),
            expected=", ".join(suffix for f in FORMATS.values() for suffix in f.suffixes),
            advice="Give the file its right suffix",
        )
    return form


def _in_file(path: Path, named: str) -> str:
    """Format that the content of a file tells, or else its name."""
    with path.open("rb") as stream:
        head = stream.read(64)
    known = (f.name for f in FORMATS.values() if head.startswith(f.begins))
    return next(known, "") or _content.kind_of(path, named)


def _in_unicode(grids: list[Grid]) -> list[Grid]:
    """The same tables with TCVN3 or VNI text converted."""
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
        replace(
            _converted(grid, encoding),
            context=_legacy.to_unicode(grid.context, encoding),
            below=_legacy.to_unicode(grid.below, encoding),
        )
        for grid in grids
    ]


def _table_in_unicode(grid: Grid) -> Grid:
    """A table in an old font within a document in Unicode."""
    texts = [c.text for row in grid.rows for c in row if not c.text.isascii()]
    encoding = _legacy.told(texts) if len(texts) >= _FEWEST_WORDS else ""
    return _converted(grid, encoding) if encoding in ("tcvn3", "vni") else grid


def _converted(grid: Grid, encoding: str) -> Grid:
    return replace(
        grid,
        rows=tuple(
            tuple(replace(c, text=_legacy.to_unicode(c.text, encoding)) for c in row)
            for row in grid.rows
        ),
        notes=(*grid.notes, f"{grid.file}: {encoding.upper()} text was converted to Unicode"),
    )
