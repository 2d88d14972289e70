"""What a published report says about itself in its head, read without reading the whole page."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

_CHUNK = 1 << 16
_LONGEST = 1 << 22  # bytes of a head; what has more is no report


_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_META = re.compile(r"""<meta\b((?:[^>"']|"[^"]*"|'[^']*')*)>""", re.IGNORECASE)
_VALUE = re.compile(r"""([\w:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")


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
    text = head.partition(b"<style")[0].decode("utf-8", errors="replace")
    found = {}
    for tag in _META.finditer(_COMMENT.sub("", text)):
        values = {name.lower(): unescape(a or b) for name, a, b in _VALUE.findall(tag[1])}
        name = values.get("name", "")
        if name.startswith("parstudy:") or name == "description":
            found[name.removeprefix("parstudy:")] = values.get("content", "")
    return found
