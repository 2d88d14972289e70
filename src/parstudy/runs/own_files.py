"""What a notebook depends on besides the figures: files of the project's own, modules beside it."""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

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
    trees = list(_trees(notebook))
    modules = _modules(notebook.parent, trees)
    trees += [tree for path in modules if (tree := _parsed(path)) is not None]
    found = {*modules, *_named(trees, notebook.parent, project)}
    for call in _calls(trees):
        found |= _meant(call, notebook.name, project)
    return found


def code_of(notebook: Path) -> list[str]:
    """Code of a notebook, cell by cell, and of the modules beside it that it imports."""
    cells = [c.source for c in read_notebook(notebook).cells if c.cell_type == "code"]
    modules = sorted(_modules(notebook.parent, list(_trees(notebook))))
    return [*cells, *(path.read_text(encoding="utf-8", errors="replace") for path in modules)]


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
        try:
            tree = ast.parse(_plain(text))
        except SyntaxError:
            return True
        for node in ast.walk(tree):
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


def _plain(source: str) -> str:
    lines = source.splitlines()
    return "\n".join("pass" if line.startswith(("%", "!")) else line for line in lines)


def _trees(notebook: Path) -> Iterator[ast.Module]:
    for cell in read_notebook(notebook).cells:
        if cell.cell_type == "code":
            try:
                yield ast.parse(_plain(cell.source))
            except SyntaxError:
                continue  # the run will say so


def _parsed(path: Path) -> ast.Module | None:
    try:
        return ast.parse(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, SyntaxError):
        return None


# --- modules -------------------------------------------------------------------------------------


def _modules(folder: Path, trees: Iterable[ast.Module]) -> set[Path]:
    """Files of the modules beside a notebook that it imports, and those that these import."""
    found: set[Path] = set()
    waiting = list(trees)
    while waiting:
        for name in _imported(waiting.pop()):
            for path in _files_of(folder, name) - found:
                found.add(path)
                tree = _parsed(path)
                if tree is not None:
                    waiting.append(tree)
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


def _named(trees: Iterable[ast.Module], folder: Path, project: Project) -> set[Path]:
    """Files of the project that stand as text in the code: beside the notebook or in data/own."""
    texts = {
        node.value
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    own = {path.name: path for path in inputs.files(project)}
    found = {path for name, path in own.items() if name in texts}
    for text in texts:
        if "." not in text or len(text) > 200 or "\n" in text or "\0" in text:
            continue
        path = (folder / text).resolve()
        mine = path.is_relative_to(folder.resolve()) or path.is_relative_to(
            inputs.folder(project).resolve()
        )
        if mine and path.is_file() and path.suffix != ".ipynb":
            found.add(path)
    return found


def _calls(trees: Iterable[ast.Module]) -> Iterator[ast.Call]:
    """Calls of ``ps.input(…)``, and of ``table(…)`` with one argument: those of a dataset."""
    for tree in trees:
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            of = node.func.value.id if isinstance(node.func.value, ast.Name) else ""
            if (node.func.attr == "input" and of in _LIBRARY) or (
                node.func.attr == "table" and len(node.args) == 1 and of != "page"
            ):
                yield node


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
