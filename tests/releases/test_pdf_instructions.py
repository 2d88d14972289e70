"""A page is cut into instructions as pdfminer cuts it, however it is written."""

from __future__ import annotations

import random
from typing import Any

import pytest
from pdfminer.pdfinterp import PDFContentParser
from pdfminer.pdftypes import PDFStream
from pdfminer.psparser import PSEOF

from parstudy.releases.formats._pdf._drawing import _Content

PARTS = (
    b"1", b"-12", b"+7", b"0.5", b"-.5", b".", b"5.", b"-", b"1-2", b"1.2.3", b"9" * 40,
    b"1" * 16, b"0." + b"1" * 40, b"Tj", b"T*", b"'", b'"', b"q", b"true", b"false", b"null",
    b"Tj%x\n", b"a{b", b"(a)", b"()", b"(a(b)c)", b"(\\)\\051\\\n)", b"(\xff\x00)", b"(a\r\nb)",
    b"<41>", b"<4>", b"<>", b"<4 1>", b"<41", b"<x>", b">", b"/F1", b"/", b"/A#20b", b"/a/b",
    b"/\xe1", b"/x>", b"/x%", b"[", b"]", b"[1(a)-2<41>]TJ", b"<<", b">>", b"<< /a 1 /b [2] >>",
    b"<</a<41>>>", b"{", b"}", b"\x00", b"% (1\n", b"\x80", b"BI /W 1 /H 1 ID \x00\xff(EI Q",
    b"BI /F /A85 ID ab~> EI ", b"ID", b"EI", b"BI", b"x" * 50, b" " * 5000,
    b"(" + b"y" * 5_000 + b")", b"/" + b"n" * 200, b"\x0c1\x0b2",
)  # fmt: skip


def cut(parser: type[Any], parts: list[bytes]) -> list[tuple[int, str]]:
    found = []
    try:
        reader = parser([PDFStream({}, part) for part in parts])
        while True:
            place, said = reader.nextobject()
            shown = said.attrs if isinstance(said, PDFStream) else said
            found.append((place, f"{type(said).__name__} {shown!r}"))
    except PSEOF:
        return found
    except Exception as error:
        return [*found, (-1, repr(error))]


def streams(parts: tuple[bytes, ...], seed: int) -> list[bytes]:
    """Instructions, some without a blank between, over several streams that may cut one in two."""
    draw = random.Random(seed)
    text = b""
    for _ in range(draw.choice((5, 60, 900))):
        text += draw.choice(parts) + draw.choice((b" ", b" ", b"", b"\n", b"\r\n"))
    places = sorted(draw.randrange(len(text) + 1) for _ in range(draw.choice((0, 0, 1, 3))))
    return [text[a:b] for a, b in zip([0, *places], [*places, len(text)], strict=True)]


@pytest.mark.parametrize("seed", range(40))
def test_instructions_are_those_that_pdfminer_finds(seed: int) -> None:
    plain = tuple(p for p in PARTS if p[:1] not in b"[<({B" or len(p) > 2)
    for k in range(5):
        parts = streams(PARTS if k % 2 else plain, 100 * seed + k)
        assert cut(_Content, parts) == cut(PDFContentParser, parts)
