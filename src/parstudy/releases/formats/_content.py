"""What a file is, by what is in it: portals name HTML ``.xls``, and mail programs lose suffixes."""

from __future__ import annotations

import csv
import re
import zipfile
from pathlib import Path

from parstudy.errors import ReleaseError
from parstudy.releases.formats import _package
from parstudy.releases.formats.encodings import UTF_32

# how the identity of Word begins, at the root of a compound file
_WORD = b"\x06\x09\x02\x00"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# by the name of the root element, or by the folder if that is damaged
_KIND_OF_ROOT = {"document": "docx", "workbook": "xlsx", "word": "docx", "xl": "xlsx"}
_BINARY = {
    b"\x89PNG": "a picture (PNG)",
    b"\xff\xd8\xff": "a picture (JPEG)",
    b"GIF8": "a picture (GIF)",
    b"II*\x00": "a picture (TIFF)",
    b"MM\x00*": "a picture (TIFF)",
    b"BM": "a picture (BMP)",
    b"Rar!": "a RAR archive",
    b"7z\xbc\xaf": "a 7z archive",
    b"\x1f\x8b": "a GZIP archive",
    b"PAR1": "a Parquet file",
}
# formats whose files cannot be text that says nothing of itself
_TOLD = ("xlsx", "xls", "ods", "pdf", "docx")
# a worksheet without the container that Excel 5 brought
_OLD_EXCEL = re.compile(rb"\x09(?:\x00\x04|[\x02\x04]\x06)\x00")
_MANIFEST = "META-INF/manifest.xml"
_PICTURE = "Ask for the original file, or print the picture to a PDF and see docs/add-a-release.md"
_UNPACK = "Unpack it, and add the file that holds the table"
_SAVE = "Open it in an office program, and save it as {}"
# what stands in front is taken once: many comments may be cut in ever so many ways
_HTML = re.compile(
    r"\s*+(?:(?><!--.*?-->|<\?xml[^>]*\?>)\s*+)*+<(?:!doctype html|html|head|meta|title|body|table"
    r"|div|style|center|p|h[1-6]|font|span|form)\b",
    re.I | re.S,
)
_ROOT = re.compile(
    r"\s*+(?:(?><\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>]*>)\s*+)*+<([\w:.-]+)([^>]*)>", re.S
)
_MIME = re.compile(r"(?:[\w-]+:[^\n]*\n(?:[ \t][^\n]*\n)*)*?MIME-Version:", re.I)


def kind_of(path: Path, named: str = "") -> str:
    """Kind of a file by its content; by its name only where the content leaves it open.

    Parameters
    ----------
    path : Path
        The file.
    named : str, optional
        Format that the name or ``release.toml`` says.

    Returns
    -------
    str
        ``csv``, ``xlsx``, ``xls`` (also XLSB and XML Spreadsheet 2003), ``ods``, ``pdf``,
        ``docx`` or ``html`` (also MHTML); empty if neither content nor name says it.

    Raises
    ------
    ReleaseError
        ``empty_file``, ``damaged_file``, ``encrypted_file``, and ``wrong_format`` for what is known
        and not read here, with what to do instead.
    """
    with path.open("rb") as stream:
        head = stream.read(8192)
    if not head:
        raise ReleaseError("empty_file", "the file is empty", place=path.name)
    # scripts of portals send blank lines before a file
    if head.lstrip().startswith(b"PK"):
        return _archive(path)
    if head.startswith(OLE):
        return _compound(path)
    for start, thing in _BINARY.items():
        if head.startswith(start) and not (named == "csv" and b"\x00" not in head):
            raise _unread(path, thing, _PICTURE if "picture" in thing else _UNPACK)
    if _OLD_EXCEL.match(head):
        raise _unread(path, "a spreadsheet of Excel 4 or older", _SAVE.format("XLSX"))
    if b"%PDF-" in head[:1024]:
        return "pdf"
    return _text(path, head, named)


def _text(path: Path, head: bytes, named: str) -> str:
    text = _as_text(head).lstrip("\ufeff")
    if text.startswith("{\\rtf"):
        raise _unread(path, "Rich Text (RTF)", _SAVE.format("DOCX"))
    if _MIME.match(text):
        return "html"
    root = _ROOT.match(text)
    if root and root[1].rpartition(":")[2] == "Workbook" and "office:spreadsheet" in root[2]:
        return "xls"
    if _HTML.match(text):
        return "html"
    if root and text.lstrip().startswith("<?xml"):
        known = {"wordDocument": "Word 2003 XML", "package": "a flat Office XML file"}
        known |= {"document": "a flat OpenDocument file"}
        name = root[1].rpartition(":")[2]
        raise _unread(path, known.get(name, f"XML ({root[1]})"), _SAVE.format("XLSX or DOCX"))
    if named not in _TOLD and not (named == "html" and "<" not in text):
        return named
    if "\x00" not in text and _rows_of_cells(text):
        return "csv"
    raise _unread(path, f"it begins with {head[:8]!r}", "", named)


def _rows_of_cells(text: str) -> bool:
    """Whether a text is one of separated cells: a mark that cuts its lines into equally many."""
    lines = [x for x in text.splitlines()[:-1] if x.strip()][:20]
    for mark in "\t;,|":
        counts = [len(row) for row in csv.reader(lines, delimiter=mark)]
        if len(counts) > 2 and sum(c == max(counts) > 1 for c in counts) > len(counts) / 2:
            return all(c.isprintable() or c in "\t\r\n" for c in text)
    return False


def _as_text(head: bytes) -> str:
    """The beginning of a file as text, as far as it is one; markup is ASCII in all encodings."""
    if head[:4] in UTF_32:
        return head.decode("utf-32", errors="replace")
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return head.decode("utf-16", errors="replace")
    if head[1:2] == b"\x00" and head[:1].isascii():
        return head.decode("utf-16-le", errors="replace")
    if head[:1] == b"\x00" and head[1:2].isascii():
        return head.decode("utf-16-be", errors="replace")
    return head.decode("utf-8", errors="replace")


def _archive(path: Path) -> str:
    _package.check_size(path, "a whole archive")
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            mime = (
                archive.read("mimetype").decode("ascii", "replace") if "mimetype" in names else ""
            )
            listed = archive.read(_MANIFEST) if _MANIFEST in names else b""
    except _package.BROKEN as error:
        raise _package.damaged(path.name, error, "office") from None
    if b"encryption-data" in listed:
        raise _package.encrypted(path.name)
    if "spreadsheet" in mime or (not mime and "content.xml" in names):
        return "ods"
    if "opendocument" in mime:
        raise _unread(path, "an OpenDocument text or drawing", _SAVE.format("DOCX or PDF"))
    package = _package.opened(path, "XLSX") if _has_parts(names) else None
    if package is not None and package.main.casefold().endswith(".bin"):
        return "xls"
    kind = "" if package is None else _root_of(path, package)
    folder = "" if package is None else package.main.partition("/")[0].casefold()
    if kind in _KIND_OF_ROOT or folder in _KIND_OF_ROOT:
        return _KIND_OF_ROOT.get(kind) or _KIND_OF_ROOT[folder]
    if kind == "presentation":
        raise _unread(path, "a presentation", _SAVE.format("PDF"))
    shown = ", ".join(names[:5]) + (" ..." if len(names) > 5 else "")
    raise _unread(
        path, f"an archive without xl/workbook.xml or word/document.xml: {shown}", _UNPACK
    )


def _root_of(path: Path, package: _package.Package) -> str:
    """Name of the root element of the main part of an Office file."""
    try:
        head = package.read(package.main)[:65536]
    except _package.BROKEN as error:
        raise _package.damaged(path.name, error, "office") from None
    root = _ROOT.match(_as_text(head))
    return root[1].rpartition(":")[2] if root else ""


def _has_parts(names: list[str]) -> bool:
    plain = [n.replace("\\", "/").lstrip("/").casefold() for n in names]
    return any(n in ("_rels/.rels", "xl/workbook.xml", "word/document.xml") for n in plain)


def _compound(path: Path) -> str:
    data = path.read_bytes()

    def names(stream: str) -> bool:
        """Whether an entry of 128 bytes has that name, and not only some text in the file."""
        entry, at = stream.encode("utf-16-le"), -1
        while (at := data.find(entry, at + 1)) >= 0:
            if at % 128 == 0 and not any(data[at + len(entry) :][:2]):
                return True
        return False

    if names("EncryptedPackage"):
        raise _package.encrypted(path.name)
    is_word = data[data.find("Root Entry".encode("utf-16-le")) :][80:84] == _WORD
    if (names("Workbook") or names("Book")) and not is_word:
        return "xls"
    if names("WordDocument"):
        raise _unread(path, "an old Word document (DOC)", _SAVE.format("DOCX"))
    if names("PowerPoint Document"):
        raise _unread(path, "an old presentation (PPT)", _SAVE.format("PDF"))
    return "xls"


def _unread(path: Path, thing: str, advice: str, named: str = "") -> ReleaseError:
    return ReleaseError(
        "wrong_format",
        f"the file is not {named.upper()}, whatever its name says"
        if named
        else "the file holds no table that can be read here, whatever its name says",
        place=path.name,
        found=thing,
        expected="XLSX, XLS, ODS, CSV, PDF, DOCX or HTML",
        advice=advice,
    )
