"""Characters of symbol fonts (Symbol, Wingdings ...): the arrow or sign that the page shows."""

from __future__ import annotations

# codes of the fonts, without the private page F000 in which Word writes them
_SYMBOL = {
    **{n: chr(n) for n in (0x20, 0x21, 0x25, 0x28, 0x29, 0x2B, 0x2C, 0x2E, 0x2F, 0x3A, 0x3C, 0x3D)},
    **{n: chr(n) for n in range(0x30, 0x3A)},
    **{0x2A: "*", 0x2D: "−", 0x3E: ">", 0xA3: "≤", 0xAC: "←", 0xAD: "↑", 0xAE: "→", 0xAF: "↓"},
    **{0xB1: "±", 0xB3: "≥", 0xB4: "×", 0xB7: "•", 0xBC: "…", 0xDC: "⇐", 0xDD: "↑", 0xDE: "⇒"},
    **{0xDF: "↓"},
}
_WINGDINGS = {
    **{0xDF: "←", 0xE0: "→", 0xE1: "↑", 0xE2: "↓", 0xE7: "←", 0xE8: "→", 0xE9: "↑", 0xEA: "↓"},
    **{0xEF: "←", 0xF0: "→", 0xF1: "↑", 0xF2: "↓", 0x6C: "●", 0x6E: "■", 0x9F: "•", 0xA7: "▪"},
    **{0xA8: "☐", 0xFB: "✗", 0xFC: "✓", 0xFD: "☒", 0xFE: "☑"},
}
_FONTS = {
    "symbol": _SYMBOL,
    "wingdings": _WINGDINGS,
    "wingdings 2": {0x50: "✓", 0x4F: "✗"},
    "wingdings 3": {0x70: "▲", 0x71: "▼", 0x74: "◀", 0x75: "▶"},
    "webdings": {0x33: "◀", 0x34: "▶", 0x35: "▲", 0x36: "▼"},
}


def is_symbol_font(font: str) -> bool:
    """Whether the letters of a font are pictures."""
    return font.casefold() in _FONTS


def shown(code: int, font: str) -> str:
    """The character that a code of a font shows; empty if it is not known.

    Examples
    --------
    >>> shown(0xF02D, "Symbol")
    '−'
    >>> shown(0x2212, "Cambria Math")
    '−'
    """
    private = 0xF000 <= code <= 0xF0FF
    if is_symbol_font(font) and (private or code < 0x100):
        return _FONTS[font.casefold()].get(code & 0xFF, "")
    return "" if 0xE000 <= code <= 0xF8FF else chr(code)
