"""The digits that a sheet shows of a stored number, by the number format of its cell."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from functools import cached_property, lru_cache

_TOKEN = re.compile(r'"([^"]*)"?|\\(.)|[_*].|\[([^]]*)\]|(General)|(E[+-])|(.)', re.I | re.S)
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)\s*([+-]?[0-9]+(?:\.[0-9]+)?)")
_HOLDS = {
    "<": float.__lt__,
    "<=": float.__le__,
    ">": float.__gt__,
    ">=": float.__ge__,
    "=": float.__eq__,
    "<>": float.__ne__,
}
_LONGEST = 255  # characters of a format, of Excel
_MOST_DECIMALS = 10
_MOST_DIGITS = 350


@dataclass(frozen=True)
class Section:
    """What one part of a number format shows.

    Attributes
    ----------
    pieces : tuple of (str, str)
        ``digit``, ``point``, ``percent`` or ``text``, and the character or the text.
    plain : bool
        Whether it shows the digits as they are stored (``General``), or in a way that is not
        told here: a day, a fraction, with an exponent.
    condition : tuple of (str, float) or None
        Of which numbers it is, where the format says so.
    """

    pieces: tuple[tuple[str, str], ...]
    plain: bool = False
    condition: tuple[str, float] | None = None

    @cached_property
    def has_digits(self) -> bool:
        """Whether any digit of the number is shown."""
        return self.plain or any(kind == "digit" for kind, _ in self.pieces)

    @cached_property
    def shows_zero(self) -> bool:
        """Whether a zero is shown as a digit: a place that need not be filled stays blank."""
        return self.plain or ("digit", "0") in self.pieces

    @cached_property
    def negates(self) -> bool:
        """Whether a minus sign is printed before the number, whatever its own sign."""
        said = "".join("0" if kind == "digit" else one for kind, one in self.pieces)
        return re.match(r"\s*[-\u2212\u2013]\s*0", said) is not None

    @cached_property
    def decimals(self) -> int:
        """Digits after the decimal mark, at most."""
        kinds = [kind for kind, _ in self.pieces]
        return kinds[kinds.index("point") :].count("digit") if "point" in kinds else 0

    @cached_property
    def printed(self) -> bool:
        """Whether text is printed that changes the number: digits, marks, words within it."""
        said = "".join({"digit": "#", "point": ""}.get(kind, one) for kind, one in self.pieces)
        return re.search(r"[0-9.,]|#[^#\s]+#", said) is not None

    @cached_property
    def marked(self) -> bool:
        """Whether a decimal mark is printed between the digits of whole numbers."""
        said = "".join("0" if kind == "digit" else one for kind, one in self.pieces)
        return self.printed and not self.decimals and bool(re.fullmatch(r"0+[.,]0+", said.strip()))

    def shown(self, value: float) -> str:
        """A number as the sheet shows it, with a decimal point and no marks of thousands."""
        kinds = [kind for kind, _ in self.pieces]
        decimals = min(self.decimals, _MOST_DECIMALS)
        share = 100 ** kinds.count("percent")
        with localcontext(prec=_MOST_DIGITS):
            exact = Decimal(str(abs(value))) * share
            rounded = exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
        whole, _, part = f"{rounded:f}".partition(".")
        before = self.pieces[: kinds.index("point") if "point" in kinds else None]
        places = sum(kind == "digit" for kind, _ in before)
        digits = whole.zfill(sum(piece == ("digit", "0") for piece in before)).rjust(places)
        # what has no place of its own stands at the first one
        first = len(digits) - places + 1
        left = iter([digits[:first].strip(), *digits[first:].replace(" ", "\x00"), *part])
        return (
            "".join(next(left, "") if k == "digit" else said for k, said in self.pieces)
            .replace("\x00", "")
            .strip()
        )


@lru_cache(maxsize=1024)
def sections(number_format: str) -> tuple[Section, ...]:
    """The parts of a number format, which semicolons part."""
    found: list[Section] = []
    pieces: list[tuple[str, str]] = []
    plain, condition = False, None
    for quoted, escaped, inside, general, exponent, other in _TOKEN.findall(
        number_format[:_LONGEST] + ";"
    ):
        if other == ";":
            found.append(Section(tuple(pieces), plain, condition))
            pieces, plain, condition = [], False, None
        elif inside:
            match = _CONDITION.fullmatch(inside)
            condition = (match[1], float(match[2])) if match else condition
        elif general or exponent or (other and other in "@/eymdhsEYMDHS"):
            plain = True
        elif other in ("0", "#", "?"):
            pieces.append(("digit", other))
        elif other == "." and ("point", ".") not in pieces:
            pieces.append(("point", "."))
        elif other == "%":
            pieces.append(("percent", "%"))
        elif other != ",":
            pieces.append(("text", quoted or escaped or other))
    return tuple(found)


def section_of(number_format: str, value: float) -> Section:
    """The part of a number format that a number is shown by.

    >>> section_of('0.00;"–"', -1.0).has_digits
    False
    """
    every = sections(number_format)
    for n, one in enumerate(every[:3]):
        last = n + 1 == min(len(every), 3)
        if one.condition:
            sign, limit = one.condition
            holds = _HOLDS[sign](float(value), limit)
        elif n == 0:
            holds = last or value > 0 or (value == 0 and len(every) == 2)
        else:
            holds = last or value < 0
        if holds:
            return one
    return Section((), plain=True)
