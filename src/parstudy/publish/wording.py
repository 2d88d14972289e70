"""Captions and text alternatives of what a cell shows, from wherever its author has put them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from parstudy.display.page import MIME
from parstudy.display.words import LANGUAGES, Language

_COMMENT = re.compile(
    r"^[ \t]*#\|?[ \t]*(?:(?:fig|tbl)-)?(alt|cap|caption)(?:[ \t]+(\w\w))?"
    r"[ \t]*:[ \t]*(.+?)[ \t]*$",
    re.MULTILINE,
)


@dataclass
class Wording:
    """Words for the pictures and tables of one cell, in the order in which it shows them.

    Attributes
    ----------
    alts, captions : list of str
        From the cell's metadata and comments.
    said : list of tuple of str
        Caption and text alternative of ``ps.caption``, not yet taken by what is shown next.
    """

    alts: list[str] = field(default_factory=list)
    captions: list[str] = field(default_factory=list)
    said: list[tuple[str, str]] = field(default_factory=list)

    @classmethod
    def of(cls, cell: Any, language: Language) -> Wording:
        """Read the words of a cell in its metadata and its comments.

        Parameters
        ----------
        cell : NotebookNode
            A code cell.
        language : Language
            Language of the page; comments in another one are not taken.
        """
        found = cls()
        for name, kept in (("alt", found.alts), ("caption", found.captions)):
            given = cell.metadata.get(name, [])
            kept += [chosen(own, language) for own in (given if _is_list(given) else [given])]
        for kind, code, text in _COMMENT.findall(cell.source):
            if code in LANGUAGES and code != language.code:
                continue
            text = text[1:-1] if len(text) > 1 and text[0] == text[-1] in "\"'" else text
            (found.alts if kind == "alt" else found.captions).append(text)
        return found

    def add(self, words: Mapping[str, Any], language: Language) -> None:
        """Take up a call of ``ps.caption``: it is about what is shown next."""
        self.said.append(
            (chosen(words.get("text", ""), language), chosen(words.get("alt", ""), language))
        )

    def of_picture(self) -> tuple[str, str]:
        """Caption and text alternative of the next picture; empty where there is none."""
        caption, alt = self.said.pop(0) if self.said else ("", "")
        return caption or _next(self.captions), alt or _next(self.alts)

    def of_table(self) -> str:
        """Caption of the next table."""
        caption = self.said.pop(0)[0] if self.said else ""
        return caption or _next(self.captions)


def _next(words: list[str]) -> str:
    return words.pop(0) if words else ""


def _is_list(given: Any) -> bool:
    return isinstance(given, (list, tuple))


def chosen(words: Any, language: Language) -> str:
    """Text in the language of the page, of a text or of texts by language code."""
    if isinstance(words, Mapping):
        return language.chosen({str(code): str(text) for code, text in words.items()}).strip()
    return str(words or "").strip()


def announced(output: Any) -> Mapping[str, Any]:
    """What an output tells the publisher."""
    import json

    bundle = output.get("data", {}).get(MIME) or {}
    return bundle if isinstance(bundle, Mapping) else dict(json.loads(bundle))
