"""How large a PDF is once it is unfolded: asked before any library unfolds it."""

from __future__ import annotations

import io
import re
import zlib
from collections import Counter
from itertools import islice
from typing import Any, Final

from parstudy import budget
from parstudy.errors import ReleaseError

_STREAM = re.compile(rb"stream\r?\n")
_PICTURE = re.compile(rb"/Subtype\s*/Image\b")
_DRAWN = re.compile(rb"/([^\s/\[\]()<>{}%]+)\s+Do\b")
_BLOCK: Final = 1 << 20
# characters before a stream, in which its dictionary is looked for
_BEFORE: Final = 600
# an instruction of a page takes at least so many bytes, on average
_INSTRUCTION: Final = 20
_DEEPEST: Final = 50


def unpacked(data: bytes, file: str) -> None:
    """Refuse a file that unpacks to more than it may.

    Raises
    ------
    ReleaseError
        ``too_many_bytes``, ``too_slow``.
    """
    for match in _STREAM.finditer(data):
        start = match.end()
        if data[start : start + 1] != b"\x78":
            continue
        # pictures are unpacked one by one, all else may be at once
        alone = _PICTURE.search(data, max(0, start - _BEFORE), start) is not None
        size = _size(data, start, file)
        if not alone:
            budget.spend("bytes", size, file)


def _size(data: bytes, start: int, file: str, depth: int = 0) -> int:
    """Size of what is packed from a place on; what is packed once more counts as well."""
    most = budget.limits().bytes
    size, head = 0, b""
    machine, rest = zlib.decompressobj(), data[start : start + _BLOCK]
    at = start + len(rest)
    while rest and not machine.eof:
        try:
            part = machine.decompress(rest, _BLOCK)
        except zlib.error:
            break
        size += len(part)
        if depth == 0 and len(head) < _BLOCK:
            head += part
        if size > most:
            raise budget.too_much("bytes", size, budget.limits(), file)
        rest = machine.unconsumed_tail
        if not rest:
            rest = data[at : at + _BLOCK]
            at += len(rest)
    budget.look_at_the_clock(file)
    if depth == 0 and head[:1] == b"\x78":
        size += _size(head, 0, file, 1)
    return size


def drawn(data: bytes, file: str, pages: tuple[int, int] | None) -> bool:
    """Refuse pages that draw too much; forms may lie within forms, each drawn many times.

    Parameters
    ----------
    data : bytes
        The file.
    file : str
        Its name.
    pages : (int, int) or None
        First and last page that are read, counted from 1.

    Returns
    -------
    bool
        Whether the file's own list of its objects is whole. Without it pdfminer takes the objects
        of the first version of a file that was revised.

    Raises
    ------
    ReleaseError
        ``too_many_drawings``, ``too_slow``.
    """
    from pdfminer.pdfdocument import PDFDocument, PDFXRefFallback
    from pdfminer.pdfpage import PDFPage
    from pdfminer.pdfparser import PDFParser

    known: dict[int, int] = {}
    first, last = pages or (1, budget.limits().pages)
    try:
        document = PDFDocument(PDFParser(io.BytesIO(data)))
        for number, page in enumerate(islice(PDFPage.create_pages(document), last), 1):
            if number >= first:
                _page(page, known, f"{file} page {number}")
    except ReleaseError:
        raise
    except Exception:
        # damaged in some way: whoever reads it says so
        return True
    return not any(isinstance(one, PDFXRefFallback) for one in document.xrefs)


def _page(page: Any, known: dict[int, int], place: str) -> None:
    from pdfminer.pdftypes import resolve1

    contents = resolve1(page.contents)
    parts = contents if isinstance(contents, list) else [contents]
    many = sum(_times(resolve1(part), page.resources, known, 0, place) for part in parts)
    most = budget.limits().drawings
    if many > most:
        raise budget.too_much("drawings", many, budget.limits(), place)
    budget.look_at_the_clock(place)


def _times(stream: Any, resources: Any, known: dict[int, int], depth: int, place: str) -> int:
    """Instructions of a stream, with those of the forms that it draws."""
    from pdfminer.pdftypes import PDFStream, resolve1

    if not isinstance(stream, PDFStream):
        return 0
    body = stream.get_data()
    many = 1 + len(body) // _INSTRUCTION
    names = Counter(_DRAWN.findall(body))
    if not names:
        return many
    forms = resolve1((resolve1(resources) or {}).get("XObject")) or {}
    for name, times in names.items():
        form = resolve1(forms.get(name.decode("latin-1")))
        if not isinstance(form, PDFStream) or "Image" in str(form.attrs.get("Subtype")):
            continue
        key = id(form)
        if key not in known:
            known[key] = budget.limits().drawings  # of one that draws itself
            if depth < _DEEPEST:
                own = form.attrs.get("Resources") or resources
                known[key] = _times(form, own, known, depth + 1, place)
        many += times * known[key]
    return many
