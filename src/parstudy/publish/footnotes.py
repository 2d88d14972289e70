"""Footnotes of a Word document, which python-docx does not write yet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_PART = "/word/footnotes.xml"
_KIND = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes"


class Footnotes:
    """Sources as footnotes: a note where one is first cited, its number again after that.

    Parameters
    ----------
    document : docx.document.Document
        Where they stand.
    texts : Mapping
        Id of a source to its words.
    """

    def __init__(self, document: Any, texts: Mapping[str, str]) -> None:
        self._document, self._texts = document, texts
        self._numbers: dict[str, int] = {}

    def cite(self, paragraph: Any, source: str) -> None:
        """Put the mark of a source at the end of a paragraph; one without words has none."""
        if source not in self._texts:
            return
        if source in self._numbers:
            self._again(paragraph, self._numbers[source])
            return
        number = self._numbers[source] = len(self._numbers) + 1
        run = self._raised(paragraph)
        mark = element_of("w:bookmarkStart", {"w:id": str(number), "w:name": f"source{number}"})
        run.addprevious(mark)
        run.append(element_of("w:footnoteReference", {"w:id": str(number)}))
        run.addnext(element_of("w:bookmarkEnd", {"w:id": str(number)}))

    def _again(self, paragraph: Any, number: int) -> None:
        """A field that repeats the number of a note."""
        for kind in ("begin", "", "separate", str(number), "end"):
            run = self._raised(paragraph)
            if kind in ("begin", "separate", "end"):
                run.append(element_of("w:fldChar", {"w:fldCharType": kind}))
            elif kind:
                run.append(element_of("w:t", text=kind))
            else:
                run.append(element_of("w:instrText", text=f" NOTEREF source{number} "))

    def _raised(self, paragraph: Any) -> Any:
        last = paragraph.runs[-1] if paragraph.runs else None
        if last is not None and last.font.superscript and not last.text.endswith(" "):
            paragraph.add_run(" ").font.superscript = True
        run = paragraph.add_run()
        run.font.superscript = True
        return run._r

    def finish(self) -> None:
        """Write the notes into the document; without a citation there are none."""
        from docx.opc.packuri import PackURI
        from docx.opc.part import Part
        from lxml import etree

        if not self._numbers:
            return
        notes = element_of("w:footnotes")
        for number, kind in ((-1, "separator"), (0, "continuationSeparator")):
            notes.append(_note(number, element_of(f"w:{kind}"), kind))
        for source, number in self._numbers.items():
            notes.append(_note(number, element_of("w:t", text=" " + self._texts[source])))
        content = etree.tostring(notes, xml_declaration=True, encoding="UTF-8", standalone=True)
        package = self._document.part.package
        self._document.part.relate_to(Part(PackURI(_PART), _KIND, content, package), _RELATION)


def _note(number: int, content: Any, kind: str = "") -> Any:
    note = element_of("w:footnote", {"w:id": str(number), **({"w:type": kind} if kind else {})})
    paragraph, run = element_of("w:p"), element_of("w:r")
    if not kind:
        small = element_of("w:rPr")
        small.append(element_of("w:sz", {"w:val": "16"}))
        raised, mark = element_of("w:rPr"), element_of("w:r")
        raised.append(element_of("w:vertAlign", {"w:val": "superscript"}))
        mark.extend([raised, element_of("w:footnoteRef")])
        paragraph.append(mark)
        run.append(small)
    run.append(content)
    paragraph.append(run)
    note.append(paragraph)
    return note


def element_of(name: str, values: Mapping[str, str] | None = None, text: str = "") -> Any:
    """An element of a Word document: its name, attributes and text, with prefixes."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    made = OxmlElement(name)
    for key, value in (values or {}).items():
        made.set(qn(key), value)
    if text:
        made.text = text
        made.set(qn("xml:space"), "preserve")
    return made
