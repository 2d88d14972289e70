"""What of parstudy a notebook uses: what it imports, what these import, and so on; and on what.

Imports are looked up in the text, as nothing tells them reliably in a process that has more
loaded than one notebook wants. Where a text does not say what it imports, it may be anything.
"""

from __future__ import annotations

import hashlib
import platform
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cache
from importlib import metadata
from pathlib import Path

from parstudy import _MODULES, _OBJECTS

_PACKAGE = Path(__file__).parents[1]
_ALWAYS = ("parstudy.runs.execute", "parstudy.display", "parstudy.charts")
"""What makes a page of any notebook; results of statistics draw themselves."""

_FOR_TYPES = re.compile(r"^if TYPE_CHECKING:[^\n]*\n(?:[ \t]+[^\n]*\n|\n)+", re.MULTILINE)
_FROM = re.compile(r"^[ \t]*from +(parstudy[\w.]*) +import +(\([^)]*\)|[^\n]+)", re.MULTILINE)
_IMPORT = re.compile(r"^[ \t]*import +(parstudy[\w.]*)(?: +as +(\w+))?", re.MULTILINE)
_NAMED = re.compile(r"""["'=](parstudy(?:\.\w+)+)""")
_ANY = re.compile(r"import(?:_module|__)\((?!\s*[\"'])")


@cache
def files() -> Mapping[str, str]:
    """Hash of each file of the package, by its path inside: code, facts, templates, words."""
    found = {}
    for path in sorted(_PACKAGE.rglob("*")):
        inside = path.relative_to(_PACKAGE)
        if path.is_file() and "__pycache__" not in inside.parts and inside.parts[0] != "_project":
            found[inside.as_posix()] = hashlib.sha256(path.read_bytes()).hexdigest()[:16]
    return found


@cache
def libraries() -> Mapping[str, str]:
    """Versions of Python and of what the package requires, by ``library <name>``.

    Of the package alone none is known where it is on the path without being installed.
    """
    found = {"library python": platform.python_version()}
    required: Iterable[str] = ()
    with suppress(metadata.PackageNotFoundError):
        required = metadata.requires("parstudy") or ()
    for line in required:
        name = re.split(r"[^\w.-]", line, maxsplit=1)[0]
        if "extra ==" in line:  # makes no page
            continue
        with suppress(metadata.PackageNotFoundError):
            found[f"library {name}"] = metadata.version(name)
    return found


def state() -> dict[str, str]:
    """All that any page may depend on: files of the package, libraries."""
    return {**files(), **libraries()}


def used(code: Iterable[str]) -> dict[str, str]:
    """Files of the package that a page depends on with their hashes, libraries with their versions.

    Parameters
    ----------
    code : iterable of str
        Code of the notebook and of modules beside it.
    """
    modules = _closure(frozenset({*_ALWAYS, *_imported("\n".join(code))}))
    # facts, templates, words: a text that a language lacks is taken from another
    own = {n: h for n, h in files().items() if not n.endswith(".py") or n in modules}
    return {**own, **libraries()}


@cache
def _closure(start: frozenset[str]) -> frozenset[str]:
    """Files of modules, and of all that they import."""
    found: set[str] = set()
    waiting = list(start)
    while waiting:
        name = waiting.pop()
        for file in _files_of(name):
            if file not in found:
                found.add(file)
                waiting.extend(_arrows(file))
    return frozenset(found.union(*map(_around, found)))


def _around(file: str) -> Iterator[str]:
    """Files of the packages around a module; what else they bring along is not asked for."""
    parts = file.split("/")[:-1]
    above = ("/".join([*parts[:n], "__init__.py"]) for n in range(len(parts) + 1))
    return (file for file in above if file in files())


def _files_of(name: str) -> Iterator[str]:
    """File of a module, or of the module that has the name."""
    parts = name.split(".")[1:]
    for inside in ("/".join(parts), "/".join(parts[:-1])):
        for file in (f"{inside}/__init__.py".lstrip("/"), f"{inside}.py"):
            if file in files():
                yield file
                return


@cache
def _arrows(file: str) -> frozenset[str]:
    """Modules that a file imports."""
    if not file.endswith(".py") or file == "__init__.py":
        return frozenset()  # the door of the package loads what it is asked for, by name
    text = (_PACKAGE / file).read_text(encoding="utf-8")
    wanted = set(_imported(_FOR_TYPES.sub("", text)))
    if _ANY.search(text):
        beside = file.rpartition("/")[0]
        wanted |= {_module(f) for f in files() if f.startswith(f"{beside}/") and f[-3:] == ".py"}
    return frozenset(wanted)


def _module(file: str) -> str:
    return ".".join(["parstudy", *file.removesuffix(".py").split("/")]).removesuffix(".__init__")


def _imported(text: str) -> Iterator[str]:
    """Modules of the package that a text imports, or names; all where it does not say which."""
    yield from (match[1] for match in _NAMED.finditer(text))
    for match in _FROM.finditer(text):
        for name in re.findall(r"(\*|\w+)(?:\s+as\s+\w+)?", match[2].partition("#")[0]):
            yield from _behind(match[1], name)
    for match in _IMPORT.finditer(text):
        if match[1] != "parstudy":
            yield match[1]
            continue
        for name in re.findall(rf"\b{match[2] or match[1]}\.(\w+)", text):
            yield from _behind("parstudy", name)
        if match[2] and re.search(rf"(?<! as )\b{match[2]}\b(?!\.)", text):
            yield from _behind("parstudy", "*")


def _behind(module: str, name: str) -> Iterator[str]:
    if module != "parstudy":
        yield f"{module}.{name}"
        return
    if name == "*":
        yield from map(_module, (file for file in files() if file.endswith(".py")))
    yield _OBJECTS.get(name) or _MODULES.get(name) or f"parstudy.{name}"
