"""Vietnamese as it was written before Unicode: TCVN3 (ABC) and VNI text, told and converted.

Files of that time hold Latin characters that only a special font shows as Vietnamese: TCVN3
writes ``L¹ng S¬n``, VNI ``Laïng Sôn``. The tables are those of the standards TCVN 5712:1993 (VN3)
and of VNI for Windows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_TCVN3_FROM = "µ¸¶·¹¨»¾¼½Æ©ÇÊÈÉË®ÌÐÎÏÑªÒÕÓÔÖ×ÝØÜÞßãáâä«åèæçé¬êíëìîïóñòô\u00adõøö÷ùúýûüþ¡¢§£¤¥¦"
_TCVN3_TO = "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵĂÂĐÊÔƠƯ"
_TCVN3 = str.maketrans(_TCVN3_FROM, _TCVN3_TO)

# VNI puts the mark behind the letter
_VNI_MARKS = {
    "a": ("ùøûõïâáàåãäêéèúüë", "áàảãạâấầẩẫậăắằẳẵặ"),
    "e": ("ùøûõïâáàåãä", "éèẻẽẹêếềểễệ"),
    "o": ("ùøûõïâáàåãä", "óòỏõọôốồổỗộ"),
    "ô": ("ùøûõï", "ớờởỡợ"),
    "u": ("ùøûõï", "úùủũụ"),
    "ö": ("ùøûõï", "ứừửữự"),
    "y": ("ùøûõ", "ýỳỷỹ"),
}
_VNI_SINGLE = {
    "ñ": "đ",
    "í": "í",
    "ì": "ì",
    "æ": "ỉ",
    "ó": "ĩ",
    "ò": "ị",
    "ô": "ơ",
    "ö": "ư",
    "î": "ỵ",
}
_VNI: dict[str, str] = {}
for _base, (_marks, _letters) in _VNI_MARKS.items():
    for _mark, _letter in zip(_marks, _letters, strict=True):
        _VNI[_base + _mark] = _letter
        _VNI[_base.upper() + _mark.upper()] = _letter.upper()
        # capital letter, small mark: the first letter of a name
        _VNI.setdefault(_base.upper() + _mark, _letter.upper())
for _base, _letter in _VNI_SINGLE.items():
    _VNI[_base] = _letter
    _VNI[_base.upper()] = _letter.upper()
_VNI_PATTERN = re.compile("|".join(sorted(map(re.escape, _VNI), key=len, reverse=True)))

# letters that only Unicode Vietnamese has
_UNICODE = re.compile("[ăđơưĂĐƠƯ\u1ea0-\u1ef9\u0300-\u0309\u0323]")
_VIETNAMESE = frozenset("áàảãạâấầẩẫậăắằẳẵặéèẻẽẹêếềểễệíìỉĩịóòỏõọôốồổỗộơớờởỡợúùủũụưứừửữựýỳỷỹỵđ")
_HIGH = re.compile("[\u00a1-\u00ff]")
# a syllable has one group of vowels; two marked vowels are neighbours at most (ươ, uô ...)
_SYLLABLE = re.compile(
    r"(?:ngh|ng|nh|ch|gh|gi|kh|ph|qu|th|tr|[bcdđghklmnpqrstvx])?"
    r"[aeiouyăâêôơư]{1,3}(?:ng|nh|ch|[cmnpt])?"
)


def to_unicode(text: str, encoding: str) -> str:
    """Text in Unicode, of TCVN3 or VNI characters."""
    if encoding == "tcvn3":
        return text.translate(_TCVN3)
    return _VNI_PATTERN.sub(lambda m: _VNI[m[0]], text)


def told(texts: Iterable[str]) -> str:
    """Which old encoding a document is written in.

    Parameters
    ----------
    texts : iterable of str
        All texts of the document: one cell says too little.

    Returns
    -------
    str
        ``""`` for Unicode, ``"tcvn3"``, ``"vni"``, or ``"unknown"`` when the characters are not
        Vietnamese and neither table makes Vietnamese of them.
    """
    body = " ".join(texts)
    if _UNICODE.search(body) or not _HIGH.search(body):
        return ""
    words = [w for w in _words(body) if _HIGH.search(w)]
    if not words:
        return ""
    shares = {
        name: sum(is_syllable(to_unicode(w, name)) for w in words) / len(words)
        for name in ("tcvn3", "vni")
    }
    shares[""] = sum(is_syllable(w) for w in words) / len(words)
    best = max(shares, key=lambda name: shares[name])
    if shares[best] < 0.9 or sum(s == shares[best] for s in shares.values()) > 1:
        # French or Spanish names are no Vietnamese text either way, and are left alone
        return "" if shares[""] >= shares[best] or shares[best] < 0.5 else "unknown"
    return best


def is_syllable(word: str) -> bool:
    """Whether a word could be a Vietnamese syllable: its letters and how they follow each other."""
    import unicodedata

    word = word.lower()
    tones = 0
    plain = []
    for character in word:
        if not character.isascii() and character not in _VIETNAMESE:
            return False
        parts = unicodedata.normalize("NFD", character)
        tones += sum(p in "\u0300\u0301\u0303\u0309\u0323" for p in parts)
        plain.append(
            unicodedata.normalize(
                "NFC", "".join(p for p in parts if p not in "\u0300\u0301\u0303\u0309\u0323")
            )
        )
    return tones <= 1 and _SYLLABLE.fullmatch("".join(plain)) is not None


def _words(body: str) -> list[str]:
    # marks such as ¹ and ¬ are letters here
    return re.findall(r"[A-Za-z\u00a1-\u00ff]+", body)
