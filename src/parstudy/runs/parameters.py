"""The parameters of a notebook: what it declares, and what is given for each run of it."""

from __future__ import annotations

import ast
import io
import json
import math
import re
import tokenize
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from parstudy.errors import RunError
from parstudy.facts.notebooks import notebooks
from parstudy.publish.notebook import read_notebook
from parstudy.text import nearest

Parameters = Mapping[str, Any]

SUBJECT = ("province", "year", "index")
"""What a report is about. For a notebook that ships it must be said: a forgotten default would be a
wrong report. Who writes a notebook of their own chooses its defaults."""

OPTIONS = (*SUBJECT, "level")
"""Parameters for which the command has an option of its own; others are given by ``-p``."""

_PLAIN = (str, int, float, bool, type(None))
_KNOWN = {"str", "int", "float", "bool", "list", "tuple", "dict", "None"}
_TRUTH = {"true": True, "yes": True, "false": False, "no": False}


@dataclass(frozen=True)
class Declared:
    """A parameter as the notebook declares it.

    Attributes
    ----------
    name : str
        Its name.
    types : tuple of str
        Names of the types that it takes; empty if the notebook does not say.
    item : str
        Type of what is in a list, if the notebook says.
    default : object
        What it is if nothing is given; ``...`` if that is no plain value.
    help : str
        The comment behind it.
    asked : bool
        Whether it must be given, whatever its default.
    """

    name: str
    types: tuple[str, ...] = ()
    item: str = ""
    default: Any = ...
    help: str = ""
    asked: bool = False

    @property
    def optional(self) -> bool:
        """Whether it need not be given."""
        return self.empty_by_default or (self.default is not ... and not self.asked)

    @property
    def empty_by_default(self) -> bool:
        """Whether its default says nothing: no text, 0 or None."""
        return is_empty(self.default)


def is_empty(value: object) -> bool:
    """Whether a value says nothing: no text, 0 or None (but neither False nor 0.0)."""
    return value is None or value == "" or (type(value) is int and value == 0)


def declared(path: Path) -> dict[str, Declared]:
    """Parameters of a notebook; none if no cell is tagged for them.

    Raises
    ------
    RunError
        ``bad_parameters_cell``, ``other_language``, and those of reading it.
    """
    nb = read_notebook(path)
    _refuse_other_language(nb, path)
    cell = next((c for c in nb.cells if "parameters" in c.metadata.get("tags", ())), None)
    if cell is None:
        return {}
    try:
        tree = ast.parse(cell.source)
    except SyntaxError as error:
        raise RunError(
            "bad_parameters_cell",
            f"line {error.lineno} is no Python",
            place=f"{path.name}, cell tagged 'parameters'",
            found=(error.text or "").strip(),
        ) from None
    comments = _comments(cell.source)
    asked = SUBJECT if path.stem in notebooks() else ()
    found: dict[str, Declared] = {}
    for node in tree.body:
        if not isinstance(node, (ast.Assign, ast.AnnAssign)) or node.value is None:
            continue
        annotation = _annotation(node.annotation) if isinstance(node, ast.AnnAssign) else ""
        comment = comments.get(node.end_lineno or 0, "")
        for target in [node.target] if isinstance(node, ast.AnnAssign) else node.targets:
            if isinstance(target, ast.Name):
                one = _declaration(target.id, annotation, node.value, comment)
                found[target.id] = replace(one, asked=target.id in asked)
    return found


def _refuse_other_language(nb: Any, path: Path) -> None:
    spec, info = nb.metadata.get("kernelspec", {}), nb.metadata.get("language_info", {})
    language = str(spec.get("language") or info.get("name") or "python")
    if "python" not in language.lower():
        raise RunError(
            "other_language",
            "a notebook in another language than Python cannot be run",
            place=path.name,
            found=language,
            expected="a notebook with a kernel of Python",
            advice="Run it where its kernel is, save it, and publish what it shows with --saved",
        )


def _comments(source: str) -> dict[int, str]:
    """The comment of each line that has one."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {t.start[0]: t.string.lstrip("# ") for t in tokens if t.type == tokenize.COMMENT}


def _annotation(node: ast.expr) -> str:
    """An annotation as it is written, also one between quotes."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return ast.unparse(node)


def _declaration(name: str, annotation: str, default: ast.expr, comment: str) -> Declared:
    try:
        value = ast.literal_eval(default)
    except ValueError:
        value = ...
    types, item = _types(annotation, value)
    return Declared(name, types, item, value, comment.strip())


def _types(annotation: str, default: Any) -> tuple[tuple[str, ...], str]:
    """Names of the types that a parameter takes, and of what is in a list."""
    annotation = annotation.replace(" ", "").replace("typing.", "")
    if annotation in {"None", ""}:
        return (() if default in (None, ...) else (type(default).__name__,)), ""
    inner = re.fullmatch(r"Optional\[(.*)\]", annotation)
    names = [inner[1], "None"] if inner else re.split(r"\|(?![^\[]*\])", annotation)
    items = re.fullmatch(r"\w+\[(\w+)(?:,\.\.\.)?\]", names[0])
    types = (name.partition("[")[0] for name in names)
    return tuple(t if t == "None" else t.lower() for t in types), items[1] if items else ""


def refuse_unknown(names: Iterable[str], known: Mapping[str, Declared], notebook: str) -> None:
    """Refuse a name that is no parameter of the notebook.

    Raises
    ------
    RunError
        ``unknown_parameter``; ``no_parameters_cell`` if it has none at all.
    """
    for name in names:
        if not known:
            raise RunError(
                "no_parameters_cell",
                "no cell is tagged 'parameters'",
                place=notebook,
                found=f"a value for {name}",
                expected="one cell with the parameters and their defaults",
            )
        if name not in known:
            raise RunError(
                "unknown_parameter",
                f"the notebook has no parameter {name!r}",
                place=notebook,
                expected=" or ".join(known) or "a notebook with parameters",
                advice=meant(name, known),
            )


def checked(given: Parameters, known: Mapping[str, Declared], notebook: str) -> dict[str, Any]:
    """A value for each parameter, in the notebook's order: what is given, else the default.

    Raises
    ------
    RunError
        ``unknown_parameter``, ``missing_parameter``, ``wrong_type``.
    """
    refuse_unknown(given, known, notebook)
    values = {**{n: p.default for n, p in known.items() if p.optional}, **given}
    for name, parameter in known.items():
        if name not in values and parameter.default is ... and name not in SUBJECT:
            continue  # the notebook computes it
        if name not in values:
            option = f"--{name}" if name in OPTIONS else f"-p {name}"
            raise RunError(
                "missing_parameter",
                f"no value for the parameter {name!r}",
                place=notebook,
                found=", ".join(values),
                expected=" or ".join(parameter.types),
                advice=f"On the command line: {option} VALUE",
            )
        if name in given:
            check_type(values[name], parameter, notebook)
    return {name: values[name] for name in known if name in values}


def check_type(value: Any, parameter: Declared, notebook: str) -> None:
    """Refuse a value that the parameter does not take.

    Raises
    ------
    RunError
        ``wrong_type``.
    """
    if not _is_plain(value):
        raise RunError(
            "wrong_type",
            f"parameter {parameter.name!r} cannot be handed to a notebook",
            place=notebook,
            found=type(value).__name__,
            expected="text, number, yes or no, or a list or mapping of such",
        )
    if not parameter.types or not _KNOWN.issuperset(parameter.types):
        return
    actual = "None" if value is None else type(value).__name__
    # a whole number is a number; True is not
    if actual in parameter.types or (actual == "int" and "float" in parameter.types):
        return
    raise _wrong_type(f"{value!r} ({actual})", parameter, notebook)


def _wrong_type(found: str, parameter: Declared, notebook: str) -> RunError:
    item = f" of {parameter.item}" if parameter.item else ""
    return RunError(
        "wrong_type",
        f"wrong type of parameter {parameter.name!r}",
        place=notebook,
        found=found,
        expected=" or ".join(parameter.types) + item,
    )


def _is_plain(value: Any) -> bool:
    # exact types: numpy's float64 is a float, and would be written as np.float64(…)
    if type(value) in _PLAIN:
        return True
    if type(value) in (list, tuple):
        return all(_is_plain(item) for item in value)
    if type(value) is dict:
        return all(type(key) is str and _is_plain(item) for key, item in value.items())
    return False


# --- values that were typed ----------------------------------------------------------------------


def from_text(text: str, parameter: Declared, notebook: str) -> Any:
    """The value that a text on the command line stands for, as the notebook's types say.

    Parameters
    ----------
    text : str
        As it was typed. A list is JSON, or values with commas between them.
    parameter : Declared
        The parameter.
    notebook : str
        What to call the notebook in an error.

    Raises
    ------
    RunError
        ``wrong_type``.

    Examples
    --------
    >>> from_text("2021", Declared("note", ("str",)), "x"), from_text("2021", Declared("n"), "x")
    ('2021', 2021)
    >>> from_text("1,2", Declared("years", ("list",), "int"), "x")
    [1, 2]
    """
    if not parameter.types or not _KNOWN.issuperset(parameter.types):
        try:
            return json.loads(text)
        except (ValueError, RecursionError):  # also digits or brackets without end
            return text
    for kind in parameter.types:
        value = _as(kind, text, parameter)
        if value is not ...:
            return value
    raise _wrong_type(repr(text), parameter, notebook)


def _as(kind: str, text: str, parameter: Declared) -> Any:
    """A text as a value of one type; ``...`` if it is none."""
    if kind == "str":
        return text
    text = text.strip()
    if kind == "None":
        return None if text.casefold() in {"", "none", "null"} else ...
    if kind == "bool":
        return _TRUTH.get(text.casefold(), ...)
    if kind == "int":
        return int(text) if re.fullmatch(r"[+-]?[0-9]{1,18}", text) else ...
    if kind == "float":
        return _number(text)
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):  # also digits or brackets without end
        value = [part.strip() for part in text.split(",")] if text else []
    if kind == "dict":
        return value if isinstance(value, dict) else ...
    return _items(value if isinstance(value, list) else [value], kind, parameter.item)


def _number(text: str) -> Any:
    try:
        value = float(text)
    except ValueError:
        return ...
    return value if math.isfinite(value) and "_" not in text else ...


def _items(values: list[Any], kind: str, item: str) -> Any:
    if item in {"int", "float", "bool", "str"}:
        one = Declared("", (item,))
        texts = [v if isinstance(v, str) else json.dumps(v) for v in values]
        values = [_as(item, text, one) for text in texts]
        if ... in values:
            return ...
    return tuple(values) if kind == "tuple" else values


def meant(name: str, known: Iterable[str]) -> str:
    """Advice that names the word that was perhaps meant; empty if none is like it."""
    close = nearest(name, known, at_least=0.5)
    return f"Did you mean {close}?" if close else ""
