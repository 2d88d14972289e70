"""The annex as a Word document, to be read, signed and sent round."""

from __future__ import annotations

import datetime
import io
import itertools
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from parstudy.archive import without_clock
from parstudy.plans import _form, _model
from parstudy.plans._model import Plan

if TYPE_CHECKING:
    from docx.document import Document

_WIDTHS = {
    "stt": 1.2, "code": 1.4, "name": 4.2, "maximum": 1.5, "score": 1.5, "lost": 1.5, "gap": 1.7,
    "reached": 1.8, "action": 4.6, "partners": 2.4, "due": 2.4, "target_score": 1.6,
    "status": 2.0, "evidence": 2.6,
}  # fmt: skip
_WIDTH = 26.7  # A4 landscape between its margins, in cm
_FONT = "Times New Roman"


def as_docx(plan: Plan) -> bytes:
    """The document, the same bytes each time."""
    import docx
    from docx.enum.section import WD_ORIENT
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt

    document = docx.Document()
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Cm(29.7), Cm(21.0)
    section.left_margin, section.right_margin = Cm(1.6), Cm(1.4)
    section.top_margin, section.bottom_margin = Cm(1.5), Cm(1.5)
    style: Any = document.styles["Normal"]
    style.font.name, style.font.size = _FONT, Pt(11)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in ("w:ascii", "w:hAnsi", "w:eastAsia", "w:cs"):
        fonts.set(qn(name), _FONT)
    style.paragraph_format.space_after = Pt(0)
    _page_number(section)
    _top(document, plan)
    number = itertools.count(1)
    for part in _form.parts(plan):
        _paragraph(document, part.title, bold=True, before=8, after=3, keep=True)
        _table(document, part, number)
        for text in part.notes:
            _paragraph(document, text, italic=True, size=9.5, before=2)
    _signatures(document)
    properties = document.core_properties
    properties.author, properties.title, properties.comments = "parstudy", plan.title, ""
    properties.last_modified_by, properties.revision = "parstudy", 1
    properties.created = properties.modified = datetime.datetime(2000, 1, 1)
    saved = io.BytesIO()
    document.save(saved)
    return without_clock(saved.getvalue())


def _paragraph(
    holder: Any, text: str, *, bold: bool = False, italic: bool = False, size: float = 12,
    centre: bool = False, before: float = 0, after: float = 0, first: bool = False,
    colour: str = "", keep: bool = False,
) -> Any:  # fmt: skip
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt, RGBColor

    paragraph = holder.paragraphs[0] if first else holder.add_paragraph()
    run = paragraph.add_run(text)
    run.bold, run.italic, run.font.size = bold, italic, Pt(size)
    if colour:
        run.font.color.rgb = RGBColor.from_string(colour)
    paragraph.paragraph_format.space_before = Pt(before)
    paragraph.paragraph_format.space_after = Pt(after)
    paragraph.paragraph_format.keep_with_next = keep
    if centre:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    return paragraph


def _top(document: Document, plan: Plan) -> None:
    table = document.add_table(rows=1, cols=2)
    left, right = table.rows[0].cells
    _paragraph(left, _form.issuer(plan), bold=True, centre=True, first=True)
    _paragraph(left, "―――――", centre=True)
    _paragraph(right, _form.NATION, bold=True, centre=True, first=True)
    _paragraph(right, _form.MOTTO, bold=True, centre=True)
    _paragraph(right, "――――――――――", centre=True)
    _paragraph(document, _form.ANNEX, bold=True, size=13, centre=True, before=8)
    _paragraph(document, plan.title or "…", bold=True, size=13, centre=True)
    _paragraph(document, _form.annexed(plan), italic=True, centre=True, after=4)
    if plan.synthetic:
        _paragraph(document, _form.SYNTHETIC, bold=True, centre=True, colour="C00000")


def _table(document: Document, part: _form.Part, number: Iterator[int]) -> None:
    from docx.enum.table import WD_ALIGN_VERTICAL
    from docx.oxml import OxmlElement
    from docx.shared import Cm

    shown = ["stt", *part.columns]
    scale = _WIDTH / sum(_WIDTHS[c] for c in shown)
    widths = [Cm(_WIDTHS[c] * scale) for c in shown]
    centred = [c in _form.CENTRED for c in shown]
    table = document.add_table(rows=0, cols=len(shown), style="Table Grid")
    table.autofit = False
    _narrow_margins(table)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    labels = ["STT", *(_model.label(c) for c in part.columns)]
    head = _line(table, widths, labels, [True] * len(shown), bold=True)
    # the names of the columns stand again on every page
    head._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for cell in head.cells:
        cell.vertical_alignment = WD_ALIGN_VERTICAL.CENTER
        _shade(cell, "D9E2F3")
    for group in part.groups:
        band = _line(table)
        merged = band.cells[0].merge(band.cells[-1])
        _paragraph(merged, group.title, bold=True, size=10.5, first=True, keep=True)
        _shade(merged, "F2F2F2")
        for row in group.rows.to_dict("records"):
            texts = [str(next(number)), *(_form.cell_text(row, c) for c in part.columns)]
            _line(table, widths, texts, centred)


def _line(
    table: Any, widths: Sequence[Any] = (), texts: Sequence[str] = (),
    centred: Sequence[bool] = (), *, bold: bool = False,
) -> Any:  # fmt: skip
    """A row that no page break parts."""
    from docx.oxml import OxmlElement

    row = table.add_row()
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    for cell, width, text, centre in zip(row.cells, widths, texts, centred, strict=False):
        cell.width = width
        _paragraph(cell, text, bold=bold, size=10, first=True, centre=centre)
    return row


def _narrow_margins(table: Any) -> None:
    # columns of points hold "0,813" in one line
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    margins = OxmlElement("w:tblCellMar")
    for side, width in (("top", "25"), ("left", "50"), ("bottom", "25"), ("right", "50")):
        element = OxmlElement(f"w:{side}")
        element.set(qn("w:w"), width)
        element.set(qn("w:type"), "dxa")
        margins.append(element)
    table._tbl.tblPr.append(margins)


def _shade(cell: Any, colour: str) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    shade = OxmlElement("w:shd")
    for name, value in (("w:val", "clear"), ("w:color", "auto"), ("w:fill", colour)):
        shade.set(qn(name), value)
    cell._tc.get_or_add_tcPr().append(shade)


def _signatures(document: Document) -> None:
    _paragraph(document, "", before=6)
    table = document.add_table(rows=1, cols=2)
    for cell, (title, hint) in zip(table.rows[0].cells, _form.SIGNATURES, strict=True):
        _paragraph(cell, title, bold=True, centre=True, first=True, keep=True)
        _paragraph(cell, hint, italic=True, size=11, centre=True, after=48)


def _page_number(section: Any) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    paragraph = _paragraph(section.footer, "", size=10, centre=True, first=True)
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    paragraph._p.append(field)
