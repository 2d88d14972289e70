"""What a notebook depends on besides the figures: files of the project's own, modules beside it."""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from parstudy import inputs
from parstudy.errors import ProjectError, RunError
from parstudy.project import Project
from parstudy.publish.notebook import read_notebook
from parstudy.publish.own_files import OwnFile
from parstudy.settings import Settings

_LIBRARY = {"ps", "parstudy"}
_UNTOLD = frozenset(
    """
    Path PurePath Project builtins compile ctypes eval exec fingerprint glob globals importlib
    io open os pathlib pickle processed raw read_release read_release_folder root runpy shutil
    socket sqlite3 subprocess tempfile urllib
    """.split()  # noqa: SIM905
)
"""Names by which code may read what nobody is told of: files, other processes."""


def own_files(notebook: Path, project: Project, settings: Settings) -> tuple[OwnFile, ...]:
    """Files that a notebook names, and the modules beside it that it imports, also through others.

    A name put together when the notebook runs (``ps.input(f"{index}.csv")``) stands for every file
    in ``data/own``.

    Parameters
    ----------
    notebook : Path
        The notebook.
    project : Project
        Its files in ``data/own``.
    settings : Settings
        What is known of them.

    Raises
    ------
    RunError
        ``no_input`` for a file that is named and not there.
    """
    found = own_paths(notebook, project)
    return tuple(_described(path, project, settings) for path in sorted(found))


def own_paths(notebook: Path, project: Project) -> set[Path]:
    """Where the files of `own_files` lie.

    Parameters
    ----------
    notebook, project : Path, Project
        As for `own_files`.

    Raises
    ------
    RunError
        ``no_input``.
    """
    cells = read_notebook(notebook).cells
    sources = [Source.of(cell.source) for cell in cells if cell.cell_type == "code"]
    modules = _modules(notebook.parent, sources)
    sources += modules.values()
    found = {*modules, *_named(sources, notebook.parent, project)}
    texts = (cell.source for cell in cells if cell.cell_type == "markdown")
    found |= set(_pictures(texts, notebook.parent))
    for call in _asking(sources):
        found |= _meant(call, notebook.name, project)
    return found


def code_of(notebook: Path) -> list[str]:
    """Code of a notebook, cell by cell, and of the modules beside it that it imports."""
    cells = _cells(notebook)
    modules = _modules(notebook.parent, cells)
    return [source.text for source in (*cells, *(modules[path] for path in sorted(modules)))]


def may_read_more(code: Iterable[str]) -> bool:
    """Whether code may read what tables and files of the project do not tell themselves.

    Parameters
    ----------
    code : iterable of str
        As `code_of` gives it.
    """
    for text in code:
        if re.search(r"^\s*(?:[%!]|%%)(?!matplotlib\b)", text, re.MULTILINE):
            return True
        source = Source.of(text)
        if not source.is_python:
            return True
        for node in ast.walk(source.tree):
            names = {
                getattr(node, "id", ""),
                getattr(node, "attr", ""),
                *(str(getattr(node, "module", "") or "").split(".")[:1]),
                *(
                    a.name.partition(".")[0]
                    for a in getattr(node, "names", ())
                    if a is not None and isinstance(a, ast.alias)
                ),
            }
            if names & _UNTOLD or (isinstance(node, ast.Constant) and _is_way(node.value)):
                return True
            if isinstance(node, ast.Call) and _reads_somewhere(node):
                return True
    return False


def _reads_somewhere(call: ast.Call) -> bool:
    """Whether a file is read of which the text does not say the name."""
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    first = call.args[0] if call.args else None
    return name.startswith(("read_", "scan_", "load")) and not isinstance(first, ast.Constant)


def _is_way(value: object) -> bool:
    """Whether a text may lead to another folder."""
    return isinstance(value, str) and (
        value in {"..", "processed", "raw"} or bool(re.search(r"\.\.?/|\\|\bdata/", value))
    )


# --- code ----------------------------------------------------------------------------------------

_FOR_IPYTHON = re.compile(r"^([ \t]*)(?:[%!?].*|[^#\n]*\?)$|^([^#\n]*=[ \t]*)[%!].*$", re.MULTILINE)
"""Magics, commands of the system and questions, alone on a line or after ``=``."""
_SHOWN = re.compile(
    r"!\[[^\]]*\]\(\s*<?(?P<line>[^\s)>]+)|^ {0,3}\[[^\]]+\]:\s*<?(?P<below>[^\s>]+)"
    r"|<img\b[^>]*?\bsrc\s*=\s*[\"']?(?P<html>[^\s\"'>]+)",
    re.IGNORECASE | re.MULTILINE,
)
"""A picture in Markdown, also one named below the text, or in HTML within it."""
_BETWEEN_WORDS = re.compile(r"""[\s'"=;|<>&(),]+""")


@dataclass(frozen=True)
class Source:
    """Code of a cell or module.

    Attributes
    ----------
    text : str
        As it is written.
    tree : ast.Module
        What of it is Python.
    words : frozenset of str
        What it may name: its texts, and the words of what only IPython understands.
    is_python : bool
        Whether it could be read, but for lines that only IPython understands.
    """

    text: str
    tree: ast.Module
    words: frozenset[str]
    is_python: bool

    def calls(self) -> Iterator[ast.Call]:
        """Calls in what is Python."""
        yield from (node for node in ast.walk(self.tree) if isinstance(node, ast.Call))

    @classmethod
    def of(cls, text: str) -> Source:
        """Read code; what cannot be read counts by its words."""
        for plain in (text, _FOR_IPYTHON.sub(_stand_in, text)):
            try:
                tree, is_python = ast.parse(plain), True
                break
            except (SyntaxError, ValueError):
                tree, is_python = ast.parse(""), False
        texts = {
            node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
        lines = [m[0] for m in _FOR_IPYTHON.finditer(text)] if is_python else [text]
        texts.update(*map(_BETWEEN_WORDS.split, lines))
        return cls(text, tree, frozenset(texts), is_python)


def _stand_in(line: re.Match[str]) -> str:
    return f"{line[1]}pass" if line[1] is not None else f"{line[2]}None"


def _cells(notebook: Path) -> list[Source]:
    return [Source.of(c.source) for c in read_notebook(notebook).cells if c.cell_type == "code"]


def _modules(folder: Path, sources: Iterable[Source]) -> dict[Path, Source]:
    """Modules beside a notebook that it imports or runs, and those that these import or run."""
    found: dict[Path, Source] = {}
    waiting, here = list(sources), {path.stem for path in folder.glob("*.py")}
    while waiting:
        source = waiting.pop()
        paths = {path for name in _imported(source.tree) for path in _files_of(folder, name)}
        # %run does without the suffix
        scripts = {f"{word}.py" for word in source.words & here}
        scripts |= {word for word in source.words if word.endswith(".py")}
        paths |= {path for name in scripts if (path := _within(name, folder))}
        for path in paths - found.keys():
            found[path] = Source.of(path.read_text(encoding="utf-8", errors="replace"))
            waiting.append(found[path])
    return found


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def _files_of(folder: Path, name: str) -> set[Path]:
    first = name.partition(".")[0]
    module, package = folder / f"{first}.py", folder / first
    if (package / "__init__.py").is_file():
        return set(package.rglob("*.py"))
    return {module} if module.is_file() else set()


# --- files ---------------------------------------------------------------------------------------


def _named(sources: Iterable[Source], folder: Path, project: Project) -> set[Path]:
    """Files of the project that the code names: beside the notebook or in data/own."""
    words = {word for source in sources for word in source.words}
    own = {path.name: path for path in inputs.files(project)}
    found = {path for name, path in own.items() if name in words}
    for word in words:
        path = _within(word, folder, inputs.folder(project)) if "." in word else None
        if path is not None and path.suffix != ".ipynb":
            found.add(path)
    return found


def _pictures(texts: Iterable[str], folder: Path) -> Iterator[Path]:
    """Pictures beside a notebook that its text shows."""
    for text in texts:
        for shown in _SHOWN.finditer(text):
            path = _within(unquote(shown[shown.lastgroup or ""]), folder)
            if path is not None:
                yield path


def _within(word: str, *folders: Path) -> Path | None:
    """The file that a word names beside the first folder, if it lies in one of them."""
    if not word or len(word) > 200 or "\n" in word or "\0" in word:
        return None
    path = (folders[0] / word).resolve()
    mine = any(path.is_relative_to(folder.resolve()) for folder in folders)
    return path if mine and path.is_file() else None


def _asking(sources: Iterable[Source]) -> Iterator[ast.Call]:
    """Calls of ``ps.input(…)``, and of ``table(…)`` with one argument: those of a dataset."""
    for call in (call for source in sources for call in source.calls()):
        if not isinstance(call.func, ast.Attribute):
            continue
        of = call.func.value.id if isinstance(call.func.value, ast.Name) else ""
        if (call.func.attr == "input" and of in _LIBRARY) or (
            call.func.attr == "table" and len(call.args) == 1 and of != "page"
        ):
            yield call


def _meant(call: ast.Call, notebook: str, project: Project) -> set[Path]:
    name = call.args[0] if call.args else None
    if not isinstance(name, ast.Constant) or not isinstance(name.value, str):
        return set(inputs.files(project))
    try:
        return {inputs.find(name.value, project)}
    except ProjectError as error:
        if call.func.attr == "table" and call.func.value.id not in {"ds", "dataset"}:  # type: ignore[attr-defined]
            return set()  # of something else that has tables
        raise RunError(
            error.code,
            f"{notebook} reads a file that is not there: {error.message}",
            place=error.place,
            found=error.found,
            expected=error.expected,
        ) from None


def _described(path: Path, project: Project, settings: Settings) -> OwnFile:
    own = inputs.folder(project)
    name = path.relative_to(own).as_posix() if path.is_relative_to(own) else path.name
    known = settings.inputs.get(name, {})
    return OwnFile(
        name=name,
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        module=path.suffix == ".py",
        **{key: known.get(key, "") for key in ("title", "publisher", "url", "published_on")},
    )
