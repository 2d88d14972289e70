"""Words for a picture or a table that a cell shows by itself, without a page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from markupsafe import escape

from parstudy.display.page import MIME
from parstudy.errors import ParstudyError

Words: TypeAlias = str | Mapping[str, str]
"""A text, or one by language code."""


def caption(text: Words = "", *, alt: Words = "") -> None:
    """Say what the picture or the table is that this cell shows next.

    Parameters
    ----------
    text : str or mapping
        Caption; in several languages by code: ``ps.caption({"vi": "Hạng", "en": "Rank"})``.
    alt : str or mapping
        What a picture shows, with its numbers, for who cannot see it.

    Raises
    ------
    ParstudyError
        ``no_text`` if neither is given.
    """
    if not text and not alt:
        raise ParstudyError("no_text", "neither a caption nor an alternative text")
    from IPython.display import display

    said: dict[str, Any] = {"text": _plain(text), "alt": _plain(alt)}
    shown = " / ".join(_all(text) or _all(alt))
    bundle = {
        MIME: {"caption": said},
        "text/html": f"<p><em>{escape(shown)}</em></p>",
        "text/plain": shown,
    }
    display(bundle, raw=True)  # type: ignore[no-untyped-call]


def _plain(words: Words) -> str | dict[str, str]:
    return words if isinstance(words, str) else {str(k): str(v) for k, v in words.items()}


def _all(words: Words) -> list[str]:
    return [words] if isinstance(words, str) and words else list(dict(words or {}).values())
