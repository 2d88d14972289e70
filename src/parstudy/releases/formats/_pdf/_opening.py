"""Opening a PDF: is it one, which pages hold figures, and what is written over them."""

from __future__ import annotations

import ctypes
import io
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from parstudy import budget
from parstudy.errors import ReleaseError
from parstudy.releases.formats import text_recognition
from parstudy.releases.formats._pdf._piece import Piece

# a page with fewer numbers holds no table of a ranking
_FEWEST_NUMBERS, _OF_ONE_ROW = 6, 2
_FEW_PRIVATE = 10
_MANY_FIGURES = 20
_FIGURE = re.compile(r"[0-9]+[.,][0-9]+")


def damaged(file: str, error: Exception) -> ReleaseError:
    """The refusal of a PDF that a library cannot open."""
    return ReleaseError(
        "damaged_file",
        "the PDF cannot be opened",
        place=file,
        found=f"{type(error).__name__}: {error}".strip(": "),
        expected="a whole PDF file",
        advice="Fetch it again, or open it and print it to a new PDF",
    )


def read_bytes(path: Path) -> bytes:
    """The file, if it is a PDF by its beginning.

    Raises
    ------
    ReleaseError
        ``empty_file``, ``wrong_format``.
    """
    data = path.read_bytes()
    if not data:
        raise ReleaseError("empty_file", "the file is empty", place=path.name)
    if b"%PDF-" not in data[:1024]:
        raise ReleaseError(
            "wrong_format",
            "the file is not PDF, whatever its name says",
            place=path.name,
            found=f"it begins with {data[:8]!r}",
            expected="%PDF-",
        )
    return data


def texts_over(page: Any) -> list[str]:
    """What is written in fields of forms and in text boxes over a page of pdfium.

    It is seen like the page beneath, and is no part of it.
    """
    import pypdfium2.raw as pdfium  # type: ignore[import-untyped]

    kinds = {pdfium.FPDF_ANNOT_WIDGET: b"V", pdfium.FPDF_ANNOT_FREETEXT: b"Contents"}
    found = []
    for n in range(pdfium.FPDFPage_GetAnnotCount(page.raw)):
        note = pdfium.FPDFPage_GetAnnot(page.raw, n)
        key = kinds.get(pdfium.FPDFAnnot_GetSubtype(note))
        if key is not None:
            size = pdfium.FPDFAnnot_GetStringValue(note, key, None, 0)
            text = (ctypes.c_ushort * (size // 2 + 1))()
            pdfium.FPDFAnnot_GetStringValue(note, key, text, size)
            found.append(bytes(text)[: max(0, size - 2)].decode("utf-16-le", "replace").strip())
        pdfium.FPDFPage_CloseAnnot(note)
    return [text for text in found if text]


def no_struck_figures(page: Any, place: str) -> None:
    """Refuse a page on which a viewer's tool has struck figures out.

    Raises
    ------
    ReleaseError
        ``struck_out``.
    """
    import pypdfium2.raw as pdfium

    quad = pdfium.FS_QUADPOINTSF()
    for n in range(pdfium.FPDFPage_GetAnnotCount(page.raw)):
        note = pdfium.FPDFPage_GetAnnot(page.raw, n)
        struck = pdfium.FPDFAnnot_GetSubtype(note) == pdfium.FPDF_ANNOT_STRIKEOUT
        for k in range(pdfium.FPDFAnnot_CountAttachmentPoints(note) if struck else 0):
            pdfium.FPDFAnnot_GetAttachmentPoints(note, k, quad)
            across = (quad.x1, quad.x2, quad.x3, quad.x4)
            up = (quad.y1, quad.y2, quad.y3, quad.y4)
            corners = (min(across), min(up), max(across), max(up))
            text = page.get_textpage().get_text_bounded(*corners).strip()
            if any(ch.isdigit() for ch in text):
                raise ReleaseError(
                    "struck_out",
                    "figures are struck out by a comment over the page",
                    place=place,
                    found=repr(text[:40]),
                    expected="a page whose text holds",
                    advice="Ask for the corrected file, or write the figures that hold into a "
                    "spreadsheet",
                )
        pdfium.FPDFPage_CloseAnnot(note)


def opened(data: bytes, file: str) -> Any:
    """The document by pdfium.

    Raises
    ------
    ReleaseError
        ``encrypted_file``, ``damaged_file``.
    """
    import pypdfium2

    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if "assword" in str(error):
            raise ReleaseError(
                "encrypted_file",
                "the file is protected by a password",
                place=file,
                expected="a PDF without a password",
                advice="Open it with its password and print it to a new PDF",
            ) from None
        raise damaged(file, error) from None


def unmapped(place: str, found: str) -> ReleaseError:
    """The refusal of characters that have no meaning."""
    return ReleaseError(
        "unmapped_text",
        "the PDF does not say which characters its glyphs are",
        place=place,
        found=repr(found),
        expected="text that can be copied out",
        advice="Ask for the original file, or print the page to a picture and see "
        "docs/add-a-release.md on scans",
    )


def same_figures(text: str, read: Sequence[Piece], place: str) -> None:
    """Refuse a page of which two libraries read other figures: an older state of the file.

    Parameters
    ----------
    text : str
        The text of the page by the other one.
    read : sequence of Piece
        The tables of the page.
    place : str
        File and page, for messages.

    Raises
    ------
    ReleaseError
        ``damaged_file``.
    """
    rows = ([cell.text for cell in row if cell.text.strip()] for p in read for row in p.rows)
    ours = [one for row in rows for one in _figures_of(row)]
    if len(ours) < _MANY_FIGURES:
        return
    theirs, run_together = set(_FIGURE.findall(text)), "".join(text.split())
    # of some prints pdfium gives a letter a line, or no blank between the cells
    odd = [
        figure
        for figure, pairs in ours
        if figure not in theirs and not any(pair in run_together for pair in pairs)
    ]
    if len(theirs) >= _MANY_FIGURES and 2 * len(odd) > len(ours):
        raise ReleaseError(
            "damaged_file",
            "two readers find different figures on the page",
            place=place,
            found=f"{', '.join(odd[:4])}: not in what the page shows",
            expected="a page that every reader shows alike",
            advice="Open it and print it to a new PDF, or fetch it again",
        )


def _figures_of(row: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    """Figures of a row, each with its cell and the one before, and its cell and the next one.

    Without white space: a number alone may stand in any run of digits, two cells do not.
    """
    bare = ["".join(text.split()) for text in row]
    for n, text in enumerate(row):
        pairs = ["".join(bare[k : k + 2]) for k in (n - 1, n) if 0 <= k < len(bare) - 1]
        for figure in _FIGURE.findall(text):
            yield figure, pairs


def attached(document: Any) -> str:
    """Names of the files that are attached to a PDF, for people."""
    count = document.count_attachments()
    names = [document.get_attachment(n).get_name() for n in range(min(count, 3))]
    return f"files attached: {', '.join(names)}" if names else ""


def rebuilt(document: Any) -> bytes:
    """A document of pdfium as a new file: of objects told twice, the last one counts."""
    into = io.BytesIO()
    document.save(into)
    return into.getvalue()


def pages_with_numbers(
    document: Any, file: str, pages: tuple[int, int] | None
) -> tuple[dict[int, str], list[int]]:
    """Texts of the pages worth a closer look, by their numbers; numbers of those without text.

    Raises
    ------
    ReleaseError
        ``missing_page``; ``scanned_pdf`` for pictures of pages where tables should be.
    """
    count = len(document)
    if pages is not None and pages[1] > count:
        raise ReleaseError(
            "missing_page",
            "the file has fewer pages",
            place=file,
            found=f"{count} pages",
            expected=f"page {pages[1]}",
        )
    first, last = pages or (1, count)
    budget.spend("pages", last - first + 1, file)
    wanted, empty = dict[int, str](), list[int]()
    for number in range(first, last + 1):
        budget.look_at_the_clock(f"{file} page {number}")
        text = document[number - 1].get_textpage().get_text_bounded()
        private = [c for c in text if "\ue000" <= c <= "\uf8ff"]
        if len(private) > _FEW_PRIVATE:
            raise unmapped(f"{file} page {number}", "".join(private[:20]))
        if not text.strip():
            empty.append(number)
            continue
        # the last row of a table may stand alone on the next page
        fewest = _OF_ONE_ROW if number - 1 in wanted else _FEWEST_NUMBERS
        if sum(any(c.isdigit() for c in w) for w in text.split()) >= fewest:
            wanted[number] = text
    if empty and (not wanted or any(min(wanted) < n < max(wanted) for n in empty)):
        some = ", ".join(map(str, empty[:8])) + (" ..." if len(empty) > 8 else "")
        raise ReleaseError(
            "scanned_pdf",
            "pages without a text layer: pictures of pages",
            place=f"{file} page {empty[0]}",
            found=f"no text on {len(empty)} of {last - first + 1} pages ({some})",
            expected="a PDF with text",
            advice=text_recognition.advice(),
        )
    return wanted, empty
