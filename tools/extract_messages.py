"""Collect the messages of the package and the notebooks and bring the catalogues up to date.

    python tools/extract_messages.py            update the .po files and report
    python tools/extract_messages.py --check    change nothing; exit 1 if something is to be done

A message is the literal in ``.text("…")`` (or ``_("…")`` where ``_ = language.text``),
``.ntext("…", "…", n)`` or ``defer("…")``, and in a page's ``.state("…")``,
``.nstate("…", "…", n)``, ``.remark("…")`` and ``.for_operators("…")``. What is shown without going
through one of these is reported as text that cannot be translated.
"""

from __future__ import annotations

import argparse
import ast
import io
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

from parstudy.facts.languages import SOURCE, languages

ROOT = Path(__file__).resolve().parents[1]
LANGUAGES = tuple(languages())
KEYWORDS = {"text": (1,), "_": (1,), "ntext": (1, 2), "defer": (1,)}
KEYWORDS |= {
    "state": (1,),
    "nstate": (1, 2),
    "remark": (1,),
    "for_operators": (1,),
}  # said by a page
UNPUBLISHED = "lab-only"
"""Tag of a markdown cell that the publisher leaves out: notes for who edits the notebook."""

# Where the words of a reader go in: name of the call -> positions, and keywords anywhere
_SHOWN_POSITIONS = {
    "say": "all",
    "heading": (0,),
    "title": (0, 1),
    "points": (0,),
    "print": "all",
    "Markdown": (0,),
    "HTML": (0,),
    "Column": (0,),
    "build_table": (1,),
}
_SHOWN_KEYWORDS = {"label", "caption", "notes", "summary", "alt"}
_ON_PAGE = {"say", "heading", "title", "points"}


@dataclass(frozen=True)
class Finding:
    """Text that cannot be translated."""

    place: str
    text: str
    why: str

    def __str__(self) -> str:
        return f"{self.place}: {self.why}: {self.text!r}"


def code_of(path: Path) -> str:
    """Python source of a module or of the code cells of a notebook."""
    if path.suffix != ".ipynb":
        return path.read_text(encoding="utf-8")
    cells = [cell for cell in _cells(path) if cell["cell_type"] == "code"]
    return "\n\n".join(_without_magics("".join(cell["source"])) for cell in cells)


def _cells(path: Path) -> list[dict]:
    return json.loads(path.read_text(encoding="utf-8"))["cells"]


def _without_magics(source: str) -> str:
    if source.startswith("%%"):
        return ""
    return "\n".join(
        "pass" if line.startswith(("%", "!")) else line for line in source.splitlines()
    )


def sources(root: Path = ROOT) -> list[Path]:
    """Every file that can hold a message, sorted."""
    modules = sorted((root / "src" / "parstudy").rglob("*.py"))
    return modules + sorted((root / "notebooks").glob("*.ipynb"))


def messages(root: Path = ROOT) -> dict[str | tuple[str, str], set[str]]:
    """Messages and the files in which they stand."""
    found: dict[str | tuple[str, str], set[str]] = {}
    for path in sources(root):
        for msgid in messages_in(code_of(path)):
            found.setdefault(msgid, set()).add(path.relative_to(root).as_posix())
    return found


def messages_in(code: str) -> list[str | tuple[str, str]]:
    """Messages in Python source, in order."""
    file = io.BytesIO(code.encode("utf-8"))
    options = {"encoding": "utf-8"}
    # Babel warns of empty messages on stderr; there are none to be had from a literal
    return [
        msgid if isinstance(msgid, str) else (msgid[0], msgid[1])
        for _, msgid, _, _ in extract("python", file, keywords=KEYWORDS, options=options)
    ]


# --- text that goes past the catalogues ----------------------------------------------------------


def untranslatable(root: Path = ROOT) -> list[Finding]:
    """Text in notebooks that is shown but not translated, and messages built at run time."""
    found: list[Finding] = []
    for path in sources(root):
        place = path.relative_to(root).as_posix()
        notebook = path.suffix == ".ipynb"
        found += untranslatable_in(code_of(path), place, notebook=notebook)
        if notebook:
            found += [
                Finding(place, text[:80], "markdown cell in one language")
                for text in _in_one_language(_cells(path))
            ]
    return found


def _in_one_language(cells: list[dict[str, Any]]) -> list[str]:
    """Text of published markdown cells that do not say the same in every complete language."""
    found, group = [], []
    complete = {code for code, written in languages().items() if written.complete}
    for cell in [*cells, None]:
        published = (
            cell is not None
            and cell["cell_type"] == "markdown"
            and UNPUBLISHED not in cell.get("metadata", {}).get("tags", [])
        )
        if published:
            group.append(cell)
            continue
        if not complete <= {own["metadata"].get("lang", "") for own in group}:
            found += ["".join(own["source"]) for own in group]
        group = []
    return found


def untranslatable_in(code: str, place: str, *, notebook: bool = True) -> list[Finding]:
    """Scan Python source.

    In notebooks, literals handed to ``page.say`` and the like are findings; everywhere, a
    message that is put together at run time (an f-string in ``.text``) is one.
    """
    found = []
    calls = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call)]
    for call in sorted(calls, key=lambda node: (node.lineno, node.col_offset)):
        name = _called(call)
        where = f"{place}:{call.lineno}"
        method = isinstance(call.func, ast.Attribute)
        if name in KEYWORDS and (method or name == "_") and call.args:
            found += [
                Finding(where, ast.unparse(argument), "message built at run time")
                for argument in call.args[: len(KEYWORDS[name])]
                if _is_built(argument)
            ]
        if notebook:
            for argument in _shown_arguments(call, name):
                found += [
                    Finding(where, text, "shown without translation") for text in _words(argument)
                ]
    return found


def _is_built(node: ast.expr) -> bool:
    """Whether a message is put together where it is used, so that no catalogue can hold it."""
    if isinstance(node, ast.Constant):
        return False
    if isinstance(node, ast.Call):  # "…".format(x)
        return isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Constant)
    return isinstance(node, ast.JoinedStr) or any(_words(node))


def _called(call: ast.Call) -> str:
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def _shown_arguments(call: ast.Call, name: str) -> Iterator[ast.expr]:
    positions = _SHOWN_POSITIONS.get(name, ())
    if name in _ON_PAGE and not isinstance(call.func, ast.Attribute):
        positions = ()
    for position, argument in enumerate(call.args):
        if positions == "all" or position in positions:
            yield argument
    yield from (keyword.value for keyword in call.keywords if keyword.arg in _SHOWN_KEYWORDS)


def _words(node: ast.expr) -> Iterator[str]:
    """Literal words in an expression, not counting what is inside a call such as ``.text(…)``."""
    if isinstance(node, ast.Call):
        return
    if isinstance(node, ast.Constant):
        if isinstance(node.value, str) and any(char.isalpha() for char in node.value):
            yield node.value
        return
    if isinstance(node, ast.Subscript):  # frame["score"] is no text
        yield from _words(node.value)
        return
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.expr):
            yield from _words(child)


# --- catalogues ----------------------------------------------------------------------------------


def catalogue(code: str, root: Path = ROOT) -> Path:
    """Path of the ``.po`` file of a language."""
    folder = root / "src" / "parstudy" / "display" / "locale" / code / "LC_MESSAGES"
    return folder / "parstudy.po"


def read(code: str, root: Path = ROOT) -> Catalog:
    """Read a catalogue; an empty one if there is no file."""
    path = catalogue(code, root)
    if not path.exists():
        return Catalog(locale=code)
    with path.open("rb") as file:
        return read_po(file, locale=code, abort_invalid=True)


def updated(
    code: str, found: dict[str | tuple[str, str], set[str]], root: Path = ROOT
) -> tuple[Catalog, list[Message]]:
    """Catalogue with exactly the messages found, and the old ones that it loses."""
    old = read(code, root)
    new = Catalog(locale=code, project="parstudy", header_comment=_HEADER)
    if code == SOURCE:  # the identity: only its plural rule is needed
        return new, [message for message in old if message.id]
    for msgid, files in sorted(found.items(), key=lambda item: (sorted(item[1]), _first(item[0]))):
        known = old.get(_first(msgid))
        same = known is not None and known.id == msgid
        new.add(
            msgid,
            known.string if known is not None and same else None,
            locations=[(file, 1) for file in sorted(files)],
            flags=(known.flags & {"fuzzy"}) if known is not None and same else (),
        )
    wanted = {_first(msgid) for msgid in found}
    return new, [message for message in old if message.id and _first(message.id) not in wanted]


_HEADER = """\
# Messages of parstudy: whole sentences; the {names} in braces must stay as they are.
# Brought up to date by tools/extract_messages.py"""


def written(catalog: Catalog) -> bytes:
    """Bytes of a ``.po`` file, without clock or line numbers, so that diffs show texts only."""
    out = io.BytesIO()
    write_po(out, catalog, width=100, include_lineno=False, ignore_obsolete=True)
    drop = (b'"POT-Creation-Date', b'"PO-Revision-Date', b'"Generated-By', b'"Last-Translator')
    drop += (b'"Language-Team', b'"Report-Msgid-Bugs-To', b'"Project-Id-Version', b"#, fuzzy\n")
    lines = out.getvalue().splitlines(keepends=True)
    head = lines.index(b"\n")
    # babel marks a header without translator as fuzzy
    kept = [line for line in lines[:head] if not line.startswith(drop)] + lines[head:]
    return b"".join(kept)


def untranslated(catalog: Catalog) -> list[str]:
    """Messages without a translation, or with one marked as doubtful."""
    return [
        _first(message.id)
        for message in catalog
        if message.id and (message.fuzzy or not all(forms(message)))
    ]


def forms(message: Message) -> tuple[str, ...]:
    """Translations of a message: one, or one per plural form."""
    if isinstance(message.string, (tuple, list)):
        return tuple(message.string)
    return (message.string or "",)


def _first(msgid: str | tuple[str, ...] | list[str]) -> str:
    return msgid if isinstance(msgid, str) else msgid[0]


def main(arguments: list[str] | None = None) -> int:
    """Run the tool; 1 if texts are missing, obsolete (with ``--check``) or untranslatable."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="change nothing, only report")
    check = parser.parse_args(arguments).check
    found = messages()
    problems = 0
    for code in LANGUAGES:
        catalog, obsolete = updated(code, found)
        path = catalogue(code)
        content = written(catalog)
        stale = not path.exists() or path.read_bytes() != content
        if stale and not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        missing = untranslated(catalog)
        what = ("out of date" if check else "updated") if stale else "up to date"
        print(f"{code}: {len(catalog)} messages, {len(missing)} untranslated, {what}")
        if not languages()[code].complete:
            missing = []  # in the making
        for msgid in missing:
            print(f"  untranslated: {msgid}")
        for message in obsolete:
            print(f"  obsolete: {_first(message.id)} -> {' | '.join(forms(message))}")
        problems += len(missing) + (stale and check)
    for finding in untranslatable():
        print(f"  {finding}")
        problems += 1
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
