"""What a page draws, by pdfminer, which spends most of its time on cutting instructions to pieces.

Instructions that are written plainly are cut by one pattern here, straight lines and boxes are made
without what nobody asks of them. All else is left to pdfminer, and what comes out is the same.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Sequence
from typing import Any

from pdfminer.converter import PDFPageAggregator
from pdfminer.layout import LTLine, LTRect
from pdfminer.pdfinterp import PDFContentParser, PDFGraphicState, PDFPageInterpreter
from pdfminer.pdftypes import stream_value
from pdfminer.psexceptions import PSEOF, PSTypeError
from pdfminer.psparser import KWD, LIT, PSKeyword
from pdfminer.utils import apply_matrix_pt

# the end of each is seen, so that none goes on in the next part of the stream
_PLAIN = re.compile(
    rb"\s*+()(?:"
    rb"([-+]?[0-9]{1,15})(?=[\s\[\](/<])"
    rb"|([-+]?(?:[0-9]{1,15}\.[0-9]{0,15}|\.[0-9]{1,15}))(?=[\s\[\](/<])"
    rb"|([A-Za-z][^#/%\[\]()<>{}\s]{0,30})(?=[\s\[\](/<])"
    rb"|\(([^()\\]*)\)"
    rb"|<((?:[0-9A-Fa-f]{2})*)>(?=[^>])"
    rb"|/([^#/%\[\]()<>{}\s\x80-\xff]{1,127})(?=[\s\[\](/<])"
    rb"|(\[)|(\]))"
)
_INTEGER, _DECIMAL, _WORD, _STRING, _HEX, _NAME, _OPENING, _CLOSING = range(2, 10)
# the picture that begins with these stands among the instructions
_PICTURE = (b"BI", b"ID", b"EI")
_FAR = float("inf")
_TRUTHS = {b"true": True, b"false": False}
_SPOKEN = {"*": "_a", '"': "_w", "'": "_q"}


def drawn(page: Any) -> Any:
    """What stands on a page of pdfplumber, as its ``layout`` is, without tags of marked content."""
    device = _Device(page.pdf.rsrcmgr, pageno=page.page_number, laparams=None)
    _Interpreter(page.pdf.rsrcmgr, device).process_page(page.page_obj)
    return device.get_result()


def is_cut_off(item: Any) -> bool:
    """Whether a character stands outside of the box in which the page shows what it prints."""
    within = getattr(item.graphicstate, "within", None)
    if within is None:
        return False
    x, y = (item.x0 + item.x1) / 2, (item.y0 + item.y1) / 2
    return not (within[0] <= x <= within[2] and within[1] <= y <= within[3])


class _Content(PDFContentParser):
    """Instructions of a page."""

    def nextobject(self) -> Any:
        """The next number, text, name, list or instruction, with its place."""
        while not self.results:
            found = _PLAIN.match(self.buf, self.charpos)
            kind = 0 if found is None else found.lastindex
            if found is None or kind is None:
                break
            said: Any = found[kind]
            if kind == _DECIMAL:
                said = float(said)
            elif kind == _WORD:
                if said in _PICTURE:
                    break
                said = _TRUTHS[said] if said in _TRUTHS else KWD(said)
            elif kind == _INTEGER:
                said = int(said)
            elif kind == _HEX:
                said = binascii.unhexlify(said)
            elif kind == _NAME:
                said = LIT(said.decode("ascii"))
            place = self.bufpos + found.start(1)
            self.charpos = found.end()
            if kind == _OPENING:
                self.start_type(place, "a")
                continue
            if kind == _CLOSING:
                try:
                    place, said = self.end_type("a")
                except PSTypeError:
                    continue
            if not self.context:
                return place, said
            self.push((place, said))
        return super().nextobject()


Box = tuple[float, float, float, float]


class _State(PDFGraphicState):
    """How things are drawn, and within which box of the page they are seen.

    Attributes
    ----------
    within : tuple of float or None
        Left, lower, right and upper end; nothing where all of the page is seen.
    """

    within: Box | None = None

    def copy(self) -> _State:
        """The same, to come back to."""
        found = _State()
        vars(found).update(vars(self))
        return found


class _Interpreter(PDFPageInterpreter):
    """Does what the instructions of a page say."""

    def init_state(self, ctm: Any) -> None:
        """Begin with a state that knows what is cut off."""
        super().init_state(ctm)
        self.graphicstate = _State()

    def do_W(self) -> None:
        """Show no more than what stands within the box of the path."""
        ends: list[Any] = [p[n : n + 2] for p in self.curpath for n in range(1, len(p), 2)]
        state = self.graphicstate
        if ends and isinstance(state, _State):
            xs, ys = zip(*(apply_matrix_pt(self.ctm, end) for end in ends), strict=True)
            left, low, right, high = state.within or (-_FAR, -_FAR, _FAR, _FAR)
            box = max(left, min(xs)), max(low, min(ys)), min(right, max(xs)), min(high, max(ys))
            state.within = box

    do_W_a = do_W

    def execute(self, streams: Sequence[object]) -> None:
        """Do the instructions of streams, but not of one that is being done already."""
        own = [one for one in map(stream_value, streams) if one.objid is not None]
        own = [one for one in own if one.objid not in self.parent_stream_ids]
        self.stream_ids = {one.objid for one in own if one.objid is not None}
        try:
            parser = _Content(own)
        except PSEOF:
            return
        known: dict[bytes, tuple[Any, int]] = {}
        while True:
            try:
                _, said = parser.nextobject()
            except PSEOF:
                return
            if not isinstance(said, PSKeyword):
                self.argstack.append(said)
                continue
            if said.name not in known:
                known[said.name] = self._doing(said.name)
            do, many = known[said.name]
            if do is None:
                continue
            if not many:
                do()
                continue
            arguments = self.argstack[-many:]
            del self.argstack[-many:]
            if len(arguments) == many:
                do(*arguments)

    def _doing(self, name: bytes) -> tuple[Any, int]:
        """The method for an instruction, and how many arguments it takes."""
        spoken = "".join(_SPOKEN.get(c, c) for c in name.decode("utf-8", "ignore"))
        do = getattr(self, f"do_{spoken}", None)
        return do, 0 if do is None else do.__func__.__code__.co_argcount - 1


class _Device(PDFPageAggregator):
    """Keeps what is drawn."""

    def paint_path(
        self, gstate: Any, stroke: bool, fill: bool, evenodd: bool, path: Sequence[Any]
    ) -> None:
        """Keep a line, a box or another path."""
        shape = "".join(part[0] for part in path)
        if shape not in ("ml", "mlllh"):
            super().paint_path(gstate, stroke, fill, evenodd, path)
            return
        points = [apply_matrix_pt(self.ctm, part[-2:]) for part in path[:4]]
        if shape == "ml":
            self.cur_item.add(LTLine(gstate.linewidth, points[0], points[1]))
            return
        (x0, y0), (x1, y1), (x2, y2), (x3, y3) = points
        upright = x0 == x1 and y1 == y2 and x2 == x3 and y3 == y0
        level = y0 == y1 and x1 == x2 and y2 == y3 and x3 == x0
        if points[0] != points[3] and (upright or level):
            self.cur_item.add(LTRect(gstate.linewidth, (x0, y0, x2, y2)))
        else:
            super().paint_path(gstate, stroke, fill, evenodd, path)
