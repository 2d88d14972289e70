"""Numbers as Vietnamese tables print them: read with certainty, or refused with the reason."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from parstudy.errors import ReleaseError
from parstudy.text import normalized

# the dashes that stand for a minus sign in Word and PDF files
_MINUS = dict.fromkeys(map(ord, "−–‒﹣－—‑"), "-")
# of East Asian keyboards: each stands for the character 0xFEE0 before it
_WIDE = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
_SPACES = dict.fromkeys(map(ord, "\u00a0\u202f\u2007\u2009\u200a\u2002\u2003\t\r\n"), " ")
# not the one that turns the digits round: what it stands before is shown otherwise
_INVISIBLE = dict.fromkeys(
    map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f\u202a\u202b\u202c\u202d")
)
_SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹⁽⁾"
_FOOTNOTE = re.compile(
    rf"(?<=[0-9%]) ?(?:[{_SUPERSCRIPTS}]+|\*{{1,3}}|\([*a-z]\)"
    rf"|(?:\[[a-z{_SUPERSCRIPTS}]{{1,3}}\])+)$"
)
_MARK_IN_BRACKETS = re.compile(r"⁽([*a-z]{1,3})⁾")
_PLAIN = re.compile(r"([+-]?)([0-9]+)(?:([.,])([0-9]+))?")
_GROUPED = re.compile(r"([+-]?)([1-9][0-9]{0,2})((?:\.[0-9]{3})+)(?:,([0-9]+))?")
_GROUPED_COMMA = re.compile(r"([+-]?)([1-9][0-9]{0,2})((?:,[0-9]{3})+)(?:\.([0-9]+))?")
_DECIMALS = re.compile(r"[.,](\d*)")
_OF = re.compile(r"([0-9]{1,3}) ?/ ?([0-9]{1,3})")
_LOOKALIKES = re.compile(r"(?<=[0-9.,])[OoQlI|SsBZ]|[OolI|](?=[0-9.,])")
# beyond that no computer tells two numbers apart
_MOST_DIGITS = 300
BLANKS = frozenset({"", "-", "--", ":", ".", "..", "...", "…", "n/a", "không có"})
# words that say that there is no figure; a reader notes how often one stood there
_NO_FIGURE = re.compile(
    r"x|na|nan|null|none|kđg|kxh|kxl|kad|kcsl|không áp dụng|no data|missing"
    r"|not (?:applicable|available|ranked|rated|assessed)"
    r"|(?:không|chưa) (?:được )?(?:có )?(?:tham gia )?(?:đánh giá|xếp hạng|xếp loại|xếp nhóm"
    r"|chấm điểm|khảo sát|công bố|số liệu|dữ liệu|kết quả)"
    r"|(?:không|chưa) (?:tham gia|có|rõ)"
)
# codes of missing figures, of statistics programs: no score, rank or change is so low
_MISSING = re.compile(r"-9{2,4}(?:[.,]0+)?")
_LETTER = re.compile("[A-Za-z]")
_REMARK = re.compile(r"(?<=\w)\s*\([^()]*\)$")


class UnreadableNumber(ValueError):
    """A text that is no number, or that could be more than one."""

    def __init__(self, code: str, message: str, expected: str, advice: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.expected = expected
        self.advice = advice

    def refusal(self, place: str, text: str) -> ReleaseError:
        """As an error of the file in which the text stands."""
        return ReleaseError(
            self.code,
            self.message,
            place=place,
            found=repr(text),
            expected=self.expected,
            advice=self.advice,
        )


@dataclass(frozen=True)
class Number:
    """A number read from text.

    Attributes
    ----------
    value : float
        The number; with ``percent`` the number before the sign (``"87,11 %"`` is 87.11).
    decimals : int
        Digits after the decimal mark as printed.
    percent : bool
        Whether a percent sign stood behind it.
    of : int or None
        The second number of ``"23/63"``.
    footnote : bool
        Whether a footnote mark was taken off.
    """

    value: float
    decimals: int
    percent: bool = False
    of: int | None = None
    footnote: bool = False


def is_blank(text: str) -> bool:
    """Whether a cell says that there is no figure: empty, a lone dash, "x", "không đánh giá"."""
    return clean(text).translate(_MINUS).casefold() in BLANKS or says_no_figure(text)


def is_dash(text: str) -> bool:
    """Whether a cell holds a dash and nothing else."""
    return clean(text).translate(_MINUS) in ("-", "--")


def decimals(text: str) -> int:
    """Digits after the decimal mark of a printed number.

    >>> decimals("87,11 %"), decimals("23/63")
    (2, 0)
    """
    printed = _DECIMALS.search(text)
    return len(printed[1]) if printed else 0


def says_no_figure(text: str) -> bool:
    """Whether a cell says in words, or by a code, that there is no figure."""
    text = clean(text)
    if text.isascii() and not _LETTER.search(text):
        # most cells: a number
        return _MISSING.fullmatch(text) is not None
    said = _REMARK.sub("", text.casefold())
    return bool(_NO_FIGURE.fullmatch(said.strip("()[]")))


@lru_cache(maxsize=1 << 16)
def clean(text: str) -> str:
    """NFC, plain spaces, no invisible characters, no spaces around."""
    text = normalized("NFC", text).translate(_INVISIBLE).translate(_SPACES)
    text = text if text.isascii() else text.translate(_WIDE)
    return re.sub(r" {2,}", " ", text).strip()


def superscript(text: str) -> str:
    """The same characters raised, as far as Unicode has them: a footnote mark stays one."""
    return bracketed(text.translate(str.maketrans("0123456789()", _SUPERSCRIPTS)))


def bracketed(text: str) -> str:
    """The same with raised brackets only around what is raised: ``⁽*⁾`` is ``(*)``."""
    return _MARK_IN_BRACKETS.sub(r"(\1)", text) if "⁽" in text else text


@lru_cache(maxsize=1 << 14)
def parse(text: str, decimal: str = "") -> Number:
    """Read one printed number.

    Parameters
    ----------
    text : str
        As printed: ``"87,11"``, ``"87,11 %"``, ``"23/63"``, ``"–1,5"``, ``"1.234,5"``.
    decimal : str, optional
        Decimal mark of the table, ``","`` or ``"."``. It decides what only it can decide: whether
        ``"1.234"`` is a little over one or over a thousand.

    Returns
    -------
    Number

    Raises
    ------
    UnreadableNumber
        ``not_a_number`` or ``ambiguous_number``; nothing is guessed.
    """
    body = clean(text)
    stripped = _FOOTNOTE.sub("", body)
    footnote = stripped != body
    body = stripped.translate(_MINUS)
    percent = body.endswith("%")
    if percent:
        body = _FOOTNOTE.sub("", body[:-1].rstrip())
    body = re.sub(r"^([+-]) (?=[0-9])", r"\1", body)
    of = _OF.fullmatch(body)
    if of and not percent:
        return Number(float(of[1]), 0, of=int(of[2]), footnote=footnote)
    plain = _PLAIN.fullmatch(body)
    if plain:
        return _plain(plain, decimal, percent, footnote)
    for pattern, mark in ((_GROUPED, "."), (_GROUPED_COMMA, ",")):
        match = pattern.fullmatch(body)
        # "1.234.567" or "1.234,5" can be read one way only
        if match and (match[4] or match[3].count(mark) > 1):
            if decimal == mark:
                raise UnreadableNumber(
                    "ambiguous_number",
                    "thousands are set off with the table's own decimal mark",
                    f"a number with {decimal!r} as decimal mark",
                )
            digits = match[1] + match[2] + match[3].replace(mark, "")
            fraction = match[4] or ""
            return Number(_value(digits, fraction), len(fraction), percent, footnote=footnote)
    advice = ""
    if _LOOKALIKES.search(body):
        advice = "A letter stands where a digit belongs (O for 0, l for 1, S for 5)"
    raise UnreadableNumber("not_a_number", "not a number", "a number such as 87,11", advice)


def _plain(match: re.Match[str], decimal: str, percent: bool, footnote: bool) -> Number:
    sign, whole, mark, fraction = match.groups()
    if len(whole) > 2 and whole.startswith("0"):
        raise UnreadableNumber("not_a_number", "a number with zeros in front", "a number")
    if mark and decimal and mark != decimal and len(fraction) == 3 and whole != "0":
        raise UnreadableNumber(
            "ambiguous_number",
            f"{mark!r} can be a decimal mark or set off thousands",
            f"a number with {decimal!r} as decimal mark",
        )
    if mark and not decimal and len(fraction) == 3 and len(whole) <= 3 and whole != "0":
        raise UnreadableNumber(
            "ambiguous_number",
            f"{mark!r} can be a decimal mark or set off thousands",
            "a number that can be read one way only",
            "Name the decimal mark in release.toml",
        )
    value = _value(f"{sign}{whole}", fraction or "")
    return Number(value, len(fraction or ""), percent, footnote=footnote)


def _value(whole: str, fraction: str) -> float:
    if len(whole) > _MOST_DIGITS:
        raise UnreadableNumber(
            "not_a_number", "a number of too many digits", "a number such as 87,11"
        )
    return float(f"{whole}.{fraction}" if fraction else whole)
