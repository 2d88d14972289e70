"""Files that a notebook writes and reads back: two of its runs at once would read each other's."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from parstudy.errors import RunError
from parstudy.runs.own_files import Source, code_of
from parstudy.runs.plan import Run

_FILE = re.compile(r"[^\n\0]{1,200}\.[A-Za-z0-9]{1,8}")
_CELL = re.compile(r"^%%(?:writefile|file)[ \t]+(?:-a[ \t]+)?['\"]?([^\n'\"]+?)['\"]?[ \t]*$", re.M)
_WRITES = ("to_", "write", "save", "dump")
_READS = ("read", "load", "scan", "imread", "open", "Image", "SVG", "ExcelFile")


def read_back(runs: Iterable[Run]) -> list[str]:
    """Name the files that notebooks hand on to themselves, if several runs would do so.

    Parameters
    ----------
    runs : iterable of Run
        Those that are to be made.
    """
    several = Counter(run.notebook for run in runs)
    found = (_of(path) for path, times in sorted(several.items()) if times > 1)
    return list(dict.fromkeys(name for names in found for name in names))


def _of(notebook: Path) -> list[str]:
    try:
        code = code_of(notebook)
    except RunError:  # the run will say so
        return []
    return handed_on(code)


def handed_on(code: Iterable[str]) -> list[str]:
    """Files, or what stands for them, that code writes and reads.

    Parameters
    ----------
    code : iterable of str
        Cells.

    Examples
    --------
    >>> handed_on(["df.to_csv('a.csv')", "pd.read_csv('a.csv')", "fig.savefig('b.png')"])
    ['a.csv']
    """
    written: dict[str, None] = {}
    read: set[str] = set()
    for text in code:
        # what a cell writes another imports or runs
        for name in _CELL.findall(text):
            written[name] = None
            read.add(name)
        for call in Source.of(text).calls():
            name = getattr(call.func, "attr", getattr(call.func, "id", ""))
            opened = name == "open" and _opens_to_write(call)
            if opened or name.startswith(_WRITES):
                written.update(dict.fromkeys(_files(call)))
            elif name.startswith(_READS):
                read.update(_files(call))
    return [name for name in written if name in read]


def _opens_to_write(call: ast.Call) -> bool:
    given = [*call.args[:2], *(k.value for k in call.keywords if k.arg == "mode")]
    modes = [str(a.value) for a in given if isinstance(a, ast.Constant)]
    return any(re.fullmatch(r"[rwaxbt+]*[wax+][bt+]*", mode) for mode in modes)


def _files(call: ast.Call) -> Iterator[str]:
    """What a call names: files as text, and what stands first in it or before its name."""
    for node in ast.walk(call):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if _FILE.fullmatch(node.value):
                yield node.value
        elif isinstance(node, ast.JoinedStr):
            yield ast.unparse(node)
    before = [call.func.value] if isinstance(call.func, ast.Attribute) else []
    yield from (node.id for node in (*call.args[:1], *before) if isinstance(node, ast.Name))
