"""Office files (XLSX, DOCX) that are the same bytes whenever and wherever they are made."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from openpyxl.workbook import Workbook

_TIMES = re.compile(rb"(<dcterms:(?:modified|created)[^>]*>)[^<]*(</dcterms:)")
_SAVED = re.compile(rb"<dcterms:modified[^>]*>([^<]*)<")
_STAMP: Final = b"2000-01-01T00:00:00Z"
_UNIX: Final = 3


def saved(book: Workbook) -> bytes:
    """A workbook as a file, the same bytes each time.

    openpyxl puts each sheet aside in the temporary directory, where it stays if the program is
    killed; here sheets are written in memory.

    Parameters
    ----------
    book : Workbook
        Of openpyxl, without charts and pictures, and not one that is only written.
    """
    from openpyxl.worksheet._writer import WorksheetWriter
    from openpyxl.writer.excel import ExcelWriter

    content = io.BytesIO()
    archive = zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED)

    class Writer(ExcelWriter):
        def write_worksheet(self, ws: Any) -> None:
            writer: Any = WorksheetWriter(ws, io.BytesIO())
            writer.write()
            ws._rels = writer._rels
            archive.writestr(ws.path[1:], writer.read())
            self.manifest.append(ws)

    Writer(book, archive).save()
    return without_clock(content.getvalue())


def without_clock(content: bytes) -> bytes:
    """Take the time and the system out of an Office file.

    Parameters
    ----------
    content : bytes
        The file as a library saved it.

    Returns
    -------
    bytes
        The same parts in the same order; neither the properties of the document nor the archive
        say when or where it was made.
    """
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            part = old.read(name)
            if name == "docProps/core.xml":
                part = _TIMES.sub(rb"\g<1>" + _STAMP + rb"\g<2>", part)
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = _UNIX
            entry.external_attr = 0o644 << 16
            new.writestr(entry, part)
    return packed.getvalue()


def is_saved_since(path: Path) -> bool:
    """Whether somebody has saved an Office file since it was made here: programs write the time.

    Parameters
    ----------
    path : Path
        The file, which is there.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            times = _SAVED.findall(archive.read("docProps/core.xml"))
    except (OSError, KeyError, zipfile.BadZipFile):
        return True
    return times != [_STAMP]
