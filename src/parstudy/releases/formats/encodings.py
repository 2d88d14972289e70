"""Bytes to Vietnamese text: the encoding is told by the bytes, or refused by name."""

from __future__ import annotations

import unicodedata

from parstudy import budget
from parstudy.errors import ReleaseError
from parstudy.releases.formats import _legacy
from parstudy.text import normalized

_VIETNAMESE = frozenset("ăâđêôơưáàảãạắằẳẵặấầẩẫậéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ")
_CODECS = {
    "utf-8": ("UTF-8", "utf-8-sig"),
    "utf-16": ("UTF-16", "utf-16"),
    "utf-32": ("UTF-32", "utf-32"),
    "windows-1258": ("Windows-1258", "cp1258"),
}
UTF_32 = (b"\xff\xfe\0\0", b"\0\0\xfe\xff")
"""Byte order marks; the first begins as that of UTF-16 does."""
ENCODINGS = (*_CODECS, "tcvn3", "vni")
"""Encodings that a ``release.toml`` may name."""


def decode(data: bytes, file: str, encoding: str = "") -> str:
    """Text of a file.

    Parameters
    ----------
    data : bytes
        The file.
    file : str
        Its name, for messages.
    encoding : str, optional
        Given, it is used as told; otherwise byte order marks, UTF-16 without one if what comes
        out is Vietnamese, then strict UTF-8, then Windows-1258 if what comes out is Vietnamese.

    Raises
    ------
    ReleaseError
        ``damaged_file`` for bytes that are no text, ``unknown_encoding``, ``not_utf8``.
    """
    budget.spend("characters", len(data), file)
    if encoding:
        return _as_told(data, file, encoding)
    if data[:4] in UTF_32:
        return _as_told(data, file, "utf-32")
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return _as_told(data, file, "utf-16")
    if b"\x00" in data:
        unmarked = _utf_16(data)
        if unmarked is not None:
            return unmarked
        raise ReleaseError(
            "damaged_file",
            "the file holds bytes that no text has",
            place=f"{file} row {data.count(chr(10).encode(), 0, data.index(0)) + 1}",
            found=f"byte 0x00 at position {data.index(0)}",
            expected="text",
        )
    try:
        return data.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        start = error.start
    text = _windows_1258(data)
    if text is not None:
        return text
    old = _legacy_text(data)
    if old is not None:
        return old
    raise ReleaseError(
        "unknown_encoding",
        "the bytes are neither UTF-8 nor Windows-1258 Vietnamese",
        place=f"{file} row {data.count(chr(10).encode(), 0, start) + 1}",
        found=f"byte 0x{data[start]:02X} at position {start}",
        expected="UTF-8, UTF-16 or Windows-1258",
        advice='Save it as UTF-8; of an old font, say encoding = "tcvn3" or "vni" in release.toml',
    )


def _as_told(data: bytes, file: str, encoding: str) -> str:
    if encoding in ("tcvn3", "vni"):
        return _legacy.to_unicode(data.decode("cp1252", errors="strict"), encoding)
    name, codec = _CODECS[encoding]
    try:
        return data.decode(codec)
    except UnicodeDecodeError as error:
        raise ReleaseError(
            "not_utf8" if encoding == "utf-8" else "wrong_encoding",
            f"the file is not {name}",
            place=f"{file} row {data.count(chr(10).encode(), 0, error.start) + 1}",
            found=f"byte 0x{data[error.start]:02X} at position {error.start}",
            expected=f"text in {name}",
            advice=f"Save the file again as {name}" if encoding == "utf-8" else "",
        ) from None


def _legacy_text(data: bytes) -> str | None:
    """The characters that old fonts showed as Vietnamese; they are converted cell by cell later."""
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        return None
    return text if _legacy.told([text]) in ("tcvn3", "vni") else None


def _utf_16(data: bytes) -> str | None:
    """Text in UTF-16 without a byte order mark: one byte order gives Vietnamese, not both."""
    found = []
    for codec in ("utf-16-le", "utf-16-be"):
        try:
            text = data.decode(codec)
        except UnicodeDecodeError:
            continue
        letters = {c for c in normalized("NFC", text) if c.isalpha()}
        control = any(unicodedata.category(c) == "Cc" and c not in "\t\r\n" for c in text)
        if not control and all(c.isascii() or c.lower() in _VIETNAMESE for c in letters):
            found.append(text)
    return found[0] if len(found) == 1 else None


def _windows_1258(data: bytes) -> str | None:
    """The text if every letter outside ASCII is one that Vietnamese has."""
    try:
        text = normalized("NFC", data.decode("cp1258"))
    except UnicodeDecodeError:
        return None
    letters = [c for c in text if c.isalpha() and not c.isascii()]
    marks = [c for c in text if unicodedata.combining(c)]
    strange = [c for c in letters if c.lower() not in _VIETNAMESE]
    return text if letters and not strange and not marks else None
