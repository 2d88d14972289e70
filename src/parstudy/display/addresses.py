"""What to call a page whose title was not seen: the words of its address."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

_FEWEST_WORDS = 3
_LONGEST = 60
_ENDING = re.compile(r"\.[a-z]{2,5}$", re.IGNORECASE)
_NUMBER_OF_PAGE = re.compile(r"(?!(?:19|20)[0-9]{2}$)[a-z]{0,4}[0-9]{3,}", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]['’\w]*")


def words_of_address(url: str) -> str:
    """Words that an address spells, as ``cai cach hanh chinh``; empty if it spells none.

    Parameters
    ----------
    url : str
        Address of a page. The longest part of its path that is made of words is taken, without
        the numbers of the page in the publisher's system.

    Examples
    --------
    >>> words_of_address("https://news.example.vn/xa-hoi/cai-thien-chi-so-par-index-957020/")
    'cai thien chi so par index'
    >>> words_of_address("https://example.vn/20664-lang-son-ranks-higher.html")
    'lang son ranks higher'
    >>> words_of_address("https://example.vn/?id=31918")
    ''
    """
    best: list[str] = []
    for part in unquote(urlsplit(url).path).split("/"):
        words = [w for w in re.split(r"[-_+, ]+", _ENDING.sub("", part)) if w]
        while words and _NUMBER_OF_PAGE.fullmatch(words[-1]):
            words.pop()
        while words and _NUMBER_OF_PAGE.fullmatch(words[0]):
            words.pop(0)
        spelt = [w for w in words if _WORD.fullmatch(w)]
        plain = not any(c in part for c in "=!~") and len(spelt) >= _FEWEST_WORDS
        if plain and len(words) > len(best):
            best = words
    return " ".join(best)


def short_address(url: str) -> str:
    """Host and the beginning of the path, for an address that spells no words.

    Examples
    --------
    >>> short_address("https://www.example.vn/portal/print.aspx?p=31918")
    'example.vn/portal/print.aspx'
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    text = f"{host}{parts.path}".rstrip("/")
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1].rstrip("/-") + "…"


def name_of_page(url: str) -> str:
    """Name for a page without a known title: its words in brackets, else its short address.

    Examples
    --------
    >>> name_of_page("https://example.vn/tin/cong-bo-chi-so.html")
    '[cong bo chi so]'
    """
    words = words_of_address(url)
    return f"[{words}]" if words else short_address(url)
