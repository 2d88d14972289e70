"""What a published report says about itself in its head, read without reading the whole page."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

_CHUNK = 1 << 16
_LONGEST = 1 << 22  # bytes of a head; what has more is no report


class _Head(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep what a ``meta`` element says; called by the parser."""
        if tag == "meta":
            values = dict(attrs)
            name = values.get("name") or ""
            if name.startswith("parstudy:") or name == "description":
                self.found[name.removeprefix("parstudy:")] = values.get("content") or ""


def read_meta(path: Path) -> dict[str, str]:
    """Read ``<meta name="parstudy:…">`` (without the prefix) and ``description`` of a report.

    Returns
    -------
    dict
        Empty if the file is not there or is no report.
    """
    head = b""
    try:
        with path.open("rb") as file:
            # the style is in the head as well, but after all meta elements
            while b"<style" not in head and b"</head" not in head and len(head) < _LONGEST:
                chunk = file.read(_CHUNK)
                if not chunk:
                    break
                head += chunk
    except OSError:
        return {}
    parser = _Head()
    parser.feed(head.partition(b"<style")[0].decode("utf-8", errors="replace"))
    return parser.found
