"""Collect sentences of errors, findings and remarks as patterns; bring ``errors.po`` up to date.

    python tools/extract_errors.py            update the files; say how much is untranslated
    python tools/extract_errors.py --list     list what is untranslated, by room

The command tells errors in its language by these patterns (``parstudy.cli._words``). A pattern is
the literal handed to an error as its message, ``found``, ``expected`` or ``advice``; what an
f-string fills in becomes a hole.
"""

from __future__ import annotations

import argparse
import ast
import json
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from extract_messages import LANGUAGES, ROOT, SOURCE, catalogue, written

_CODE = re.compile(r"[a-z0-9]+(_[a-z0-9]+)*")
_ELSEWHERE = (
    "Did you mean {close}?",
    "See {file}",
    "Install it beside parstudy, or publish what the notebook has saved with --saved. See {file}",
    "the folder given",
    "the environment variable {name}",
    "the kernel died or did not start",
    "cell {number} stopped with {error}",
    "its notebook is gone",
    "its language is none of the project's",
    "no parameter set names it",
    "its name is another now",
    "[{done}/{total}] made {name} ({seconds} s)",
    "[{done}/{total}] made {name} ({seconds} s, {left} left)",
    "stopping …",
    "one run after the other: {names} is written and read",
    "no worker yet; waiting for one",
    "there is no report",
    "the last run failed",
    "the executed notebook is gone",
    "nothing says how it was made",
    "nothing says what it read",
    "its tables are gone",
    "the report is not as it was made",
    "the notebook has changed",
    "the office has changed",
    "its parameters have changed",
    "the languages have changed",
    "the data have changed",
    "parstudy has changed",
    "asked for with --force",
    "file {name} has changed",
    "file {name}",
    "library {name}",
    "module {name}",
    "Make a notebook of it: jupytext --to notebook FILE, or quarto convert FILE",
    "[{done}/{total}] skipped {name}",
    "[{done}/{total}] stopped {name}",
    "cell {number}: {remark}",
    "the cell of parameters: {remark}",
    "was changed by hand since it was fetched",
    "was not fetched",
    "row {number}",
    "column {number}",
    "equal scores share the better rank (1, 2, 2, 4)",
    "equal scores share the worse rank (1, 3, 3, 4)",
    "equal scores share a rank and none is left out (1, 2, 2, 3)",
    "equal printed scores have ranks of their own: by decimals that are not printed, or by another "
    "rule",
    "no rule explains the ranks of equal scores",
)
"""What is put together before an error gets it, or is told by the command in another way."""
_SAID = {"message", "found", "expected", "advice"}
_TOLD = {
    "tell": (0,),
    "_tell": (0,),
    "drop": (0,),
    "drop_with_rank": (2,),
    "find": (2, 3, 4),
    "mean": (2,),
}
"""Calls that hand on a remark or a finding -> which of their arguments are its words."""
_REMARKS = {"doubts", "notes", "why"}
"""Lists of remarks for whoever brings a file."""
_LINES = {
    "dataset/checks/findings.py": ("named",),
    "dataset/checks/ties.py": ("__str__",),
    "dataset/checks/within.py": (),
    "fetch/_result.py": ("_lines", "_counted"),
    "folders.py": ("_wait",),
    "intake/_preview.py": (),
    "intake/_why_not.py": ("why_not", "_tables"),
    "plans/_check.py": ("lines", "line"),
    "plans/jobs.py": (),
    "publish/notebook.py": ("_what_is_wrong",),
    "runs/outcomes.py": ("noted",),
}
"""Modules, and functions in them (none: all), whose sentences are lines that the command prints."""


def templates(root: Path = ROOT) -> dict[str, set[str]]:
    """Patterns of errors, with the modules in which they stand."""
    found: dict[str, set[str]] = {text: {"src/parstudy/errors.py"} for text in _ELSEWHERE}
    for path in sorted((root / "src" / "parstudy").rglob("*.py")):
        lines = _LINES.get(path.relative_to(root / "src" / "parstudy").as_posix())
        for template in templates_in(path.read_text(encoding="utf-8"), lines):
            found.setdefault(template, set()).add(path.relative_to(root).as_posix())
    for text, file in (*_remarks_on_parameters(root), *_of_fetch(root)):
        found.setdefault(text, set()).add(file)
    return found


def _remarks_on_parameters(root: Path) -> Iterator[tuple[str, str]]:
    """What the notebooks that ship, and a new one, say of their parameters."""
    for path in sorted((root / "notebooks").glob("*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if "parameters" in cell["metadata"].get("tags", ()):
                for line in cell["source"]:
                    yield line.partition("  # ")[2].strip(), f"notebooks/{path.name}/x"
    starter = root / "src" / "parstudy" / "starter" / "_notebook.py"
    for remark in re.findall(r"^\w+: .*  # (.+)$", starter.read_text("utf-8"), re.MULTILINE):
        yield remark, "src/parstudy/starter/_notebook.py"


def _of_fetch(root: Path) -> Iterator[tuple[str, str]]:
    """What is fetched, and under which licence."""
    file = "src/parstudy/facts/fetch.toml"
    for entry in tomllib.loads((root / file).read_text(encoding="utf-8"))["names"].values():
        yield from ((entry[key], file) for key in ("title", "licence") if key in entry)


def templates_in(code: str, lines: tuple[str, ...] | None = None) -> Iterator[str]:
    """Patterns in Python source: of calls that make an error, or hand one its words.

    Where ``lines`` names functions, also all sentences in them; an empty one stands for all.
    """
    tree = ast.parse(code)
    named = {
        id(call): assigned
        for function in ast.walk(tree)  # inner ones come later
        if isinstance(function, ast.FunctionDef)
        for assigned in (_assigned(function),)
        for call in ast.walk(function)
        if isinstance(call, ast.Call)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from filter(_has_words, _of_call(node, named.get(id(node), {})))
        elif (
            isinstance(node, ast.FunctionDef)
            and lines is not None
            and node.name in (lines or (node.name,))
        ):
            yield from filter(_has_words, _of_lines(node))


def _assigned(function: ast.FunctionDef) -> dict[str, list[ast.expr]]:
    """What the names in a function stand for, as far as it says so in its own lines."""
    found: dict[str, list[ast.expr]] = {}
    for node in ast.walk(function):
        if not isinstance(node, ast.Assign) or len(node.targets) != 1:
            continue
        targets, values = [node.targets[0]], [node.value]
        if isinstance(targets[0], ast.Tuple) and isinstance(node.value, ast.Tuple):
            targets, values = targets[0].elts, node.value.elts
        for target, value in zip(targets, values, strict=True):
            if isinstance(target, ast.Name):
                found.setdefault(target.id, []).append(value)
    return found


def _of_call(node: ast.Call, assigned: dict[str, list[ast.expr]]) -> Iterator[str]:
    name = getattr(node.func, "id", getattr(node.func, "attr", ""))
    first = node.args[0] if node.args else None
    coded = isinstance(first, ast.Constant) and bool(_CODE.fullmatch(str(first.value)))
    places = _TOLD.get(name, (1,) if name.endswith("Error") or coded else ())
    of = getattr(node.func, "value", None)
    if name == "append" and getattr(of, "attr", getattr(of, "id", "")) in _REMARKS:
        places = (0,)
    if not places or (coded and len(node.args) < 2):
        return
    said = [*(node.args[at] for at in places if at < len(node.args))]
    said += [k.value for k in node.keywords if k.arg in _SAID]
    for expression in said:
        for one in assigned.get(getattr(expression, "id", ""), [expression]):
            yield from _templates_of(one)


def _of_lines(function: ast.FunctionDef) -> Iterator[str]:
    inner: set[int] = set()
    body = function.body[1:] if ast.get_docstring(function) else function.body
    for node in ast.walk(ast.Module(body, [])):
        if isinstance(node, ast.JoinedStr):
            inner |= {id(part) for part in ast.walk(node)} - {id(node)}
        if isinstance(node, (ast.JoinedStr, ast.Constant)) and id(node) not in inner:
            yield from (template.strip() for template in _templates_of(node))


def _templates_of(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield "".join(
            str(part.value) if isinstance(part, ast.Constant) else f"{{{_hole(part, number)}}}"
            for number, part in _numbered(node.values)
        )
    elif isinstance(node, ast.IfExp):
        yield from (*_templates_of(node.body), *_templates_of(node.orelse))
    elif isinstance(node, ast.BoolOp):
        for value in node.values:
            yield from _templates_of(value)
    elif isinstance(node, ast.BinOp):  # a sentence, then the lines of what it counts
        yield from (text.strip() for text in _templates_of(node.left))
    elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "join" and node.args:
        for value in node.args[0].elts if isinstance(node.args[0], ast.List) else ():
            yield from _templates_of(value)


def _numbered(parts: list[ast.expr]) -> Iterator[tuple[int, ast.expr]]:
    number = 0
    for part in parts:
        number += not isinstance(part, ast.Constant)
        yield number, part


def _hole(part: ast.expr, number: int) -> str:
    value = part.value if isinstance(part, ast.FormattedValue) else part
    if isinstance(value, ast.Name):
        return value.id
    return value.attr if isinstance(value, ast.Attribute) else f"x{number}"


def _has_words(template: str) -> bool:
    """Whether it is a sentence, not a value or a key of a table."""
    own = re.sub(r"\{\w+\}", "", template)
    return " " in template.strip() and bool(re.search(r"[a-z]{2}", own))


def path_of(code: str, root: Path = ROOT) -> Path:
    """Path of the file of a language."""
    return catalogue(code, root).with_name("errors.po")


def updated(code: str, found: dict[str, set[str]], root: Path = ROOT) -> Catalog:
    """The catalogue with exactly the patterns found; translations that are known stay."""
    path = path_of(code, root)
    old = Catalog(locale=code)
    if path.exists():
        with path.open("rb") as file:
            old = read_po(file, locale=code)
    new = Catalog(locale=code, project="parstudy", header_comment=_HEADER)
    for template, files in sorted(found.items(), key=lambda item: (sorted(item[1]), item[0])):
        known = old.get(template)
        new.add(
            template,
            known.string if known is not None else "",
            locations=[(file, 1) for file in sorted(files)],
        )
    return new


_HEADER = """\
# Errors of parstudy as the command tells them; what stands in {braces} must stay as it is.
# Brought up to date by tools/extract_errors.py"""


def untranslated(catalog: Catalog) -> dict[str, list[str]]:
    """Patterns without a translation, by room."""
    rooms: dict[str, list[str]] = {}
    for message in catalog:
        if message.id and not message.string:
            for file, _ in message.locations[:1]:
                room = Path(file).parts[2].removesuffix(".py")
                rooms.setdefault(room, []).append(str(message.id))
    return rooms


def main(arguments: list[str] | None = None) -> int:
    """Run the tool."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--list", action="store_true", help="list what is untranslated")
    listing = parser.parse_args(arguments).list
    found = templates()
    for code in LANGUAGES:
        if code == SOURCE:
            continue
        catalog = updated(code, found)
        if not listing:
            path_of(code).write_bytes(written(catalog))
        left = untranslated(catalog)
        print(f"{code}: {len(catalog)} patterns, {sum(map(len, left.values()))} untranslated")
        for room, texts in left.items():
            print(f"  {room}: {len(texts)}")
            for text in texts if listing else ():
                print(f"    {text!r}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
