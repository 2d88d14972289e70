"""A report as a Word document: headings, tables, pictures, sources as footnotes."""

from __future__ import annotations

import hashlib
import io
import math
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from parstudy.archive import without_clock
from parstudy.display.words import Language
from parstudy.errors import RunError
from parstudy.publish.document import parsed
from parstudy.publish.drawings import FACES, font_path
from parstudy.publish.exporter import write_whole
from parstudy.publish.footnotes import Footnotes, element_of

_LEFT_OUT = {
    "ps-code", "ps-ways", "ps-toc", "ps-sources", "ps-sources-heading", "ps-operators", "ps-skip",
    "ps-colophon", "ps-take", "ps-synthetic", "ps-paper",
}  # fmt: skip
_MARGIN, _PICTURE = 2.0, (11.5, 12.0)  # cm, of A4; a picture is no wider and no higher
_PIXELS = 1400  # across a picture
_POINT = 12_700  # English metric units, which Word counts in
_SIZES = {"Normal": 10, "Title": 17, "Heading 1": 13, "Heading 2": 11, "Heading 3": 10,
          "Caption": 9, "Quote": 9, "Table space": 4}  # fmt: skip
_LANGUAGE = {"vi": "vi-VN", "en": "en-GB"}
_MADE = "parstudy "


def word_document(html: str) -> bytes:
    """A published report as a DOCX file.

    Parameters
    ----------
    html : str
        The report.

    Returns
    -------
    bytes
        The same for the same report. What leads to other pages, the code and what is for
        operators only is left out; a source stands as a footnote where it is first cited.

    Raises
    ------
    RunError
        ``no_report`` if the page is none of parstudy's.
    """
    root = parsed(html)
    head, body = root.find(".//header[@class='ps-head']"), root.find(".//div[@class='ps-body']")
    if head is None or body is None:
        raise RunError("no_report", "a page that parstudy has not made", expected="a report")
    return _Writer(root, root.get("lang") or "").written(head, body)


def write_word(report: Path) -> Path:
    """Write the Word document of a report beside it.

    Parameters
    ----------
    report : Path
        The report, which is there.

    Returns
    -------
    Path
        The document.

    Raises
    ------
    RunError
        ``edited`` if somebody has worked on the document that is there, ``no_report``,
        ``not_writable``.
    """
    beside = report.with_suffix(".docx")
    if beside.is_file() and is_edited(beside):
        raise RunError(
            "edited",
            "the Word document has been edited since it was made",
            place=str(beside),
            advice="Give it another name; then the command writes a new one",
        )
    write_whole(beside, word_document(report.read_text(encoding="utf-8")))
    return beside


def renew_word(report: Path) -> str:
    """Let a Word document beside a report that was made again say what the report says.

    Parameters
    ----------
    report : Path
        The report.

    Returns
    -------
    str
        A note where the document is of an older report, since somebody has worked on it; empty
        where it is as new, or where there is none.
    """
    beside = report.with_suffix(".docx")
    if not beside.is_file():
        return ""
    if is_edited(beside):
        return f"{beside.name} has been edited; it stays as it is, made from an older report"
    write_word(report)
    return ""


def is_edited(path: Path) -> bool:
    """Whether a Word document is not as :func:`write_word` made it.

    Parameters
    ----------
    path : Path
        The document, which is there.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            said = re.search(rb"<cp:version>([^<]*)", archive.read("docProps/core.xml"))
            return said is None or said[1].decode() != _digest(archive)
    except (OSError, KeyError, zipfile.BadZipFile):
        return True


def _digest(archive: zipfile.ZipFile) -> str:
    """What tells whether words or pictures were changed."""
    parts = [n for n in archive.namelist() if n.startswith("word/")]
    known = hashlib.sha256(b"".join(hashlib.sha256(archive.read(n)).digest() for n in parts))
    return _MADE + known.hexdigest()[:32]


class _Writer:
    """Goes through a page from the top and writes what it says."""

    def __init__(self, root: Any, lang: str) -> None:
        from docx import Document

        self.root, self.lang = root, lang
        self.document = Document()
        _set_page(self.document, lang)
        sources = {li.get("id"): _source(li) for li in root.iter("li") if li.get("id")}
        self.notes = Footnotes(self.document, sources)

    def written(self, head: Any, body: Any) -> bytes:
        """The file."""
        self._above()
        for element in (head, body):
            self._blocks(element)
        self._made_from(body)
        self.notes.finish()
        properties = self.document.core_properties
        properties.title = _plain(head.find(".//h1"))
        properties.author, properties.language = "parstudy", _LANGUAGE.get(self.lang, self.lang)
        properties.version = ""
        with zipfile.ZipFile(io.BytesIO(self._saved())) as archive:
            properties.version = _digest(archive)
        return self._saved()

    def _above(self) -> None:
        """Whose report it is, and on each page that its figures are invented."""
        section = self.document.sections[0]
        for kind, where in (("ps-office", section.header), ("ps-office-footer", section.footer)):
            for said in self.root.find_class(kind):
                where.paragraphs[0].text = _plain(said)
        for banner in self.root.xpath("//p[@class='ps-synthetic']")[:1]:
            self._runs(section.header.add_paragraph(), banner, bold=True)
            self._runs(self.document.add_paragraph(), banner, bold=True)

    def _saved(self) -> bytes:
        content = io.BytesIO()
        self.document.save(content)
        return without_clock(content.getvalue())

    def _blocks(self, element: Any) -> None:
        """What stands in an element, block by block."""
        for child in element:
            if not isinstance(child.tag, str) or _classes(child) & _LEFT_OUT:
                continue
            if child.tag in ("h1", "h2", "h3", "h4"):
                self.document.add_heading(_plain(child), int(child.tag[1]) - 1)
            elif child.tag == "p":
                self._paragraph(child, "Quote" if "ps-note" in _classes(child) else None)
            elif child.tag in ("ul", "ol"):
                style = "List Bullet" if child.tag == "ul" else "List Number"
                for item in child.iter("li"):
                    self._paragraph(item, style)
            elif child.tag == "dt":
                self._runs(self.document.add_paragraph(), child, bold=True)
                self.document.paragraphs[-1].add_run(": ").bold = True
            elif child.tag == "dd" and child.getprevious() is not None:
                self._runs(self.document.paragraphs[-1], child)
            elif child.tag == "table":
                self._table(child)
            elif child.tag == "figure":
                self._figure(child)
            elif child.tag not in ("nav", "script", "style", "pre", "details", "button"):
                if (child.text or "").strip():
                    self._paragraph(child)
                else:
                    self._blocks(child)

    def _paragraph(self, element: Any, style: str | None = None) -> Any:
        paragraph = self.document.add_paragraph(style=style)
        self._runs(paragraph, element)
        return paragraph

    def _runs(self, paragraph: Any, element: Any, bold: bool = False) -> None:
        """The words of an element, with what is strong and what is cited."""
        for text, strong, source in _words(element, bold):
            if source:
                self.notes.cite(paragraph, source)
            else:
                paragraph.add_run(text).bold = strong or None

    def _table(self, element: Any) -> None:
        from docx.enum.text import WD_ALIGN_PARAGRAPH

        rows = list(element.iter("tr"))
        n_columns = max((sum(1 for _ in row.iter("th", "td")) for row in rows), default=0)
        if not n_columns:
            return
        caption = element.find("caption")
        if caption is not None:
            self._paragraph(caption, "Caption").paragraph_format.keep_with_next = True
        table = self.document.add_table(rows=len(rows), cols=n_columns, style="Table Grid")
        for row, written in zip(rows, table.rows, strict=True):
            for cell, target in zip(row.iter("th", "td"), written.cells, strict=False):
                paragraph = target.paragraphs[0]
                self._runs(paragraph, cell, bold=cell.tag == "th")
                if "ps-num" in _classes(cell):
                    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
            written._tr.get_or_add_trPr().append(element_of("w:cantSplit"))
            if row.getparent().tag == "thead":
                _head(written)
        self.document.add_paragraph(style="Table space")

    def _figure(self, element: Any) -> None:
        from docx.shared import Cm

        picture = _picture(element)
        if picture is not None:
            content, alt, points = picture
            shape = self.document.add_picture(io.BytesIO(content))
            widest, highest = map(Cm, _PICTURE)
            share = min(min(widest, points * _POINT) / shape.width, highest / shape.height)
            shape.width, shape.height = int(shape.width * share), int(shape.height * share)
            shape._inline.docPr.set("descr", alt)
            self.document.paragraphs[-1].paragraph_format.keep_with_next = True
        caption = element.find("figcaption")
        if caption is not None:
            self._paragraph(caption, "Caption")

    def _made_from(self, body: Any) -> None:
        """How to cite the page, from the list at its end."""
        label = Language(self.lang).text("To cite this page")
        for term in (dt for dt in body.iter("dt") if _plain(dt) == label):
            self.document.add_paragraph(f"{label}: {_plain(term.getnext())}", style="Quote")


def _classes(element: Any) -> set[str]:
    return set((element.get("class") or "").split())


def _plain(element: Any) -> str:
    return " ".join("".join(element.itertext()).split()) if element is not None else ""


def _source(element: Any) -> str:
    """Words of a source, with its address."""
    addresses = [a.get("href") for a in element.iter("a") if a.get("href")]
    return " · ".join([_plain(element), *addresses])


def _words(element: Any, strong: bool) -> Iterator[tuple[str, bool, str]]:
    """Text, whether it is strong, and the id of the source where it is a citation of one."""
    if element.text:
        yield _folded(element.text), strong, ""
    for child in element:
        if isinstance(child.tag, str):
            target = child.get("href") or ""
            if child.tag == "a" and target.startswith("#ps-source-"):
                yield "", False, target[1:]
                first, through = target.rpartition("-")[2], child.get("data-through") or "0"
                for number in range(int(first) + 1, int(through)):
                    yield "", False, f"ps-source-{number}"
            elif child.tag in ("ul", "ol") or "ps-onward" in _classes(child):
                pass  # its items are paragraphs of their own; a way to other pages is none here
            elif "ps-cite" in _classes(child):
                yield from ((t, s, source) for t, s, source in _words(child, strong) if source)
            else:
                yield from _words(child, strong or child.tag in ("strong", "b"))
        if child.tail:
            yield _folded(child.tail), strong, ""


def _folded(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def _picture(figure: Any) -> tuple[bytes, str, float] | None:
    """A figure's picture as PNG, its text alternative, and the points that it is wide by itself."""
    import base64

    from lxml import etree

    drawing, image = figure.find(".//svg"), figure.find(".//img")
    if drawing is not None:
        svg = etree.tostring(drawing, encoding="unicode", with_tail=False)
        box = (drawing.get("viewbox") or "").split()
        points = float(box[2]) if len(box) == 4 else math.inf
        return _drawn(svg), drawing.get("aria-label") or "", points
    source = "" if image is None else image.get("src") or ""
    kind, _, data = source.partition(";base64,")
    if not data:
        return None
    content = base64.b64decode(data)
    if kind == "data:image/svg+xml":
        content = _drawn(content.decode("utf-8"))
    elif kind not in ("data:image/png", "data:image/jpeg", "data:image/gif"):
        return None
    return content, image.get("alt") or "", math.inf


def _drawn(svg: str) -> bytes:
    """A drawing as PNG, with the letters that matplotlib brings along."""
    import resvg_py

    # the parser of pages lowers the names that SVG spells with capitals
    for name in ("viewBox", "clipPath", "patternUnits"):
        svg = re.sub(rf"\b{name.lower()}\b", name, svg)
    if "xmlns=" not in svg[:200]:
        svg = svg.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=svg,
            width=_PIXELS,
            background="#ffffff",
            skip_system_fonts=True,
            font_files=[str(font_path(file)) for _, file in FACES],
        )
    )


def _set_page(document: Any, lang: str) -> None:
    """A4, the letters of official papers, the language that words are checked in."""
    from docx.enum.style import WD_STYLE_TYPE
    from docx.shared import Cm, Pt

    section = document.sections[0]
    section.page_width, section.page_height = Cm(21.0), Cm(29.7)
    section.left_margin = section.right_margin = Cm(_MARGIN)
    section.top_margin = section.bottom_margin = Cm(_MARGIN)
    document.styles.add_style("Table space", WD_STYLE_TYPE.PARAGRAPH)
    for name, size in _SIZES.items():
        style = document.styles[name]
        _letters(style, size)
        style.paragraph_format.space_after = Pt(3)
    document.styles["Caption"].font.bold = False
    spoken = document.styles["Normal"].element.get_or_add_rPr()
    spoken.append(element_of("w:lang", {"w:val": _LANGUAGE.get(lang, lang)}))


def _letters(style: Any, size: int) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    style.font.size, style.font.color.rgb = Pt(size), RGBColor(0, 0, 0)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in [name for name in fonts.attrib if name.endswith("Theme")]:
        del fonts.attrib[name]  # a theme's font goes before one that is named
    for kind in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{kind}"), "Times New Roman")


def _head(row: Any) -> None:
    """Let a row stand again at the top of each page, on grey."""
    row._tr.get_or_add_trPr().append(element_of("w:tblHeader"))
    for cell in row.cells:
        shade = {"w:val": "clear", "w:color": "auto", "w:fill": "EDEDED"}
        cell._tc.get_or_add_tcPr().append(element_of("w:shd", shade))
