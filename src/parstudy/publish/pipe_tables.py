"""Tables in Markdown as Jupyter reads them, for a parser that is stricter.

Jupyter fills rows with too few cells, cuts those with too many, and takes formulas out before it
looks for the bars between cells; the parser of nbconvert takes such a table for text. A bar within
code is one of the code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from markupsafe import Markup

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_DASHES = re.compile(r" {0,3}\|(?:[ \t]*:?-+:?[ \t]*\|)+[ \t]*$")
_PIECE = re.compile(
    r"(?P<code>(`+)(?:(?!\2).)+\2)|(?P<formula>\$(?!\s)(?:\\.|[^$\\])+(?<!\s)\$(?!\d))"
    r"|(?P<bar>\|)|\\.|."
)


def with_even_tables(source: str) -> str:
    r"""Markdown in which each row of a table has as many cells as its head.

    Parameters
    ----------
    source : str
        Markdown; tables in quotations and lists are left as they are.

    Examples
    --------
    >>> print(with_even_tables("| a | b |\n|---|---|\n| $|x|$ |\n| 1 | 2 | 3 |"))
    | a | b |
    |---|---|
    | $\vert x\vert $ |  |
    | 1 | 2 |
    """
    return "\n".join(_lines(source.split("\n")))


def _lines(lines: list[str]) -> Iterator[str]:
    fence, width = "", 0
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        found = _FENCE.match(line)
        if found and (not fence or found[1].startswith(fence)):
            fence = "" if fence else found[1]
        if fence or not line.lstrip().startswith("|"):
            width = 0
            yield line
        elif _DASHES.match(line):
            yield line
        elif not width and _DASHES.match(after):
            # where the head itself does not fit it is no table, for Jupyter either
            cells = _cells(line)
            width = len(cells) if len(cells) == len(_cells(after)) else 0
            yield _margin(line) + _row(cells)
        elif width:
            cells = _cells(line)
            yield _margin(line) + _row([*cells, *[""] * (width - len(cells))][:width])
        else:
            yield line


def _margin(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def _cells(line: str) -> list[str]:
    cells = [""]
    for piece in _PIECE.finditer(line.strip().removeprefix("|")):
        if piece["bar"]:
            cells.append("")
        elif piece["formula"]:
            cells[-1] += piece[0].replace(r"\|", r"\Vert ").replace("|", r"\vert ")
        elif piece["code"]:
            cells[-1] += _code(piece[0])
        else:
            cells[-1] += piece[0]
    return cells if cells[-1].strip() else cells[:-1]


def _code(span: str) -> str:
    """Code in which no bar parts cells, also for a parser that knows none but escaped ones."""
    if "|" not in span:
        return span
    code = span.strip("`").strip().replace(r"\|", "|")
    return str(Markup("<code>{}</code>").format(code)).replace("|", "&#124;")


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cell.strip() for cell in cells)} |"
