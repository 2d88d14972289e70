"""Which runs: notebook, parameters, where the report goes, and what it depends on.

Everything that can be known to be wrong is refused here, before any kernel starts: papermill
itself only warns of an unknown parameter, and a typo would give 63 wrong reports.
"""

from __future__ import annotations

import ast
import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

from parstudy.errors import RunError
from parstudy.facts.languages import languages as known_languages
from parstudy.publish.meta import read_meta
from parstudy.publish.notebook import read_notebook
from parstudy.publish.quick import quick_import
from parstudy.text import nearest
from parstudy.text import slug as plain_slug

Parameters = Mapping[str, Any]

_SUFFIX = ".ipynb"
_SLUG_LENGTH = 100
_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*", re.ASCII)
_PLAIN = (str, int, float, bool, type(None))


@dataclass(frozen=True)
class Run:
    """One report to be made.

    Attributes
    ----------
    notebook : Path
        The notebook to run.
    parameters : Mapping
        A value for every parameter of the notebook, in the notebook's order.
    html_path : Path
        The report; the executed notebook goes beside it.
    project : Path
        Project folder that the notebook works on.
    alternates : Mapping
        Language code -> relative link to the same report in that language.
    index_href : str
        Relative link to the page that lists all reports.
    fingerprint : str
        Fingerprint of the data the report is to be made from; empty if any will do.
    key : str
        Hash of everything the report depends on.
    allow_stderr : bool
        Whether the notebook may write to stderr (it never enters the report).
    """

    notebook: Path
    parameters: Parameters
    html_path: Path
    project: Path
    alternates: Mapping[str, str] = field(default_factory=dict)
    index_href: str = ""
    fingerprint: str = ""
    key: str = ""
    allow_stderr: bool = False

    @property
    def name(self) -> str:
        """Short name for messages: ``vi/province_report/lang-son-2021``."""
        return PurePosixPath(
            *self.html_path.parts[-3:-1], self.html_path.name.removesuffix(".html")
        ).as_posix()

    @property
    def notebook_path(self) -> Path:
        """The executed notebook."""
        return self.html_path.with_suffix(_SUFFIX)

    @property
    def error_path(self) -> Path:
        """Where the notebook's traceback goes if it fails."""
        return self.html_path.with_suffix(".error.txt")


def plan(
    project: str | Path,
    notebook: str | Path,
    parameters: Iterable[Parameters],
    *,
    languages: Sequence[str] | None = None,
    reports: str | Path | None = None,
    fingerprint: str = "",
    allow_stderr: bool = False,
) -> tuple[Run, ...]:
    """Plan runs of one notebook, in every language, and refuse what cannot be right.

    Parameters
    ----------
    project : str or Path
        Project folder.
    notebook : str or Path
        Name of a notebook in the project's ``notebooks`` folder, or path of any notebook.
    parameters : iterable of Mapping
        One mapping per report: a value for each parameter of the notebook but ``lang`` and those
        whose default is empty (``""``, ``0`` or ``None``).
    languages : sequence of str
        Languages to make each report in, all by default; they are given to the parameter ``lang``
        and link to each other.
    reports : str or Path, optional
        Folder of reports; by default that of the project.
    fingerprint : str, optional
        Fingerprint of the dataset. A run is made again when it changes.
    allow_stderr : bool
        Whether the notebook may write to stderr.

    Returns
    -------
    tuple of Run
        In the order given, languages together.

    Raises
    ------
    RunError
        ``no_notebook``, ``bad_notebook``, ``no_parameters_cell``, ``bad_parameters_cell``,
        ``unknown_parameter``, ``missing_parameter``, ``wrong_type``, ``same_report``.
    """
    root = Path(project).resolve()
    path = _notebook_path(root, notebook)
    declared = _declared(path)
    source = f"{_source_hash(path)}{_fetched_hash(root, path)}"
    folder = (Path(reports) if reports is not None else root / "reports").resolve()
    languages = list(known_languages() if languages is None else languages)
    runs: list[Run] = []
    for given in parameters:
        slug = ""
        for lang in languages:
            values = _checked({"lang": lang, **given}, declared, path.name)
            slug = slug or _slug(values) or plain_slug(path.stem)
            alternates = {
                other: f"../../{other}/{path.stem}/{slug}.html"
                for other in sorted(languages)
                if other != lang
            }
            run = Run(
                notebook=path,
                parameters=values,
                html_path=folder / lang / path.stem / f"{slug}.html",
                project=root,
                alternates=alternates,
                index_href="../../index.html",
                fingerprint=fingerprint,
                allow_stderr=allow_stderr,
                key=_key(source, values, fingerprint, alternates),
            )
            runs.append(run)
    _no_report_twice(runs)
    return tuple(runs)


def is_current(run: Run) -> bool:
    """Whether the report is there and was made from just this."""
    return bool(run.key) and (
        read_meta(run.html_path).get("key") == run.key and run.notebook_path.is_file()
    )


# --- parameters ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Declared:
    """A parameter as the notebook declares it; optional if its default is empty."""

    name: str
    types: tuple[str, ...]
    optional: bool = False
    default: str | int | None = None


def _notebook_path(root: Path, notebook: str | Path) -> Path:
    path = Path(notebook)
    if path.suffix != _SUFFIX and len(path.parts) == 1:
        path = root / "notebooks" / f"{path.name}{_SUFFIX}"
        if not path.is_file():
            known = sorted(p.stem for p in path.parent.glob(f"*{_SUFFIX}"))
            raise RunError(
                "no_notebook",
                "no such notebook",
                place=str(path),
                expected=" or ".join(known) or "a folder with notebooks",
                advice=_meant(str(notebook), known),
            )
    path = path.resolve()
    if not path.is_file():
        raise RunError("no_notebook", "no such notebook", place=str(path))
    return path


def _declared(path: Path) -> dict[str, _Declared]:
    """Parameters of a notebook, as papermill sees them."""
    inspect_notebook = quick_import("papermill.inspection").inspect_notebook
    nb = read_notebook(path)
    cell = next((c for c in nb.cells if "parameters" in c.metadata.get("tags", ())), None)
    if cell is None:
        raise RunError(
            "no_parameters_cell",
            "no cell is tagged 'parameters'",
            place=path.name,
            expected="one cell with the parameters and their defaults",
        )
    # the node, not the path: papermill fills braces in a path
    seen = inspect_notebook(nb)
    assigned = _assigned(cell.source, path.name)
    lost = [name for name in assigned if name not in seen]
    if lost:
        raise RunError(
            "bad_parameters_cell",
            f"papermill cannot read the declaration of {lost[0]}",
            place=f"{path.name}, cell tagged 'parameters'",
            expected="one line such as  year: int = 2021  # index year",
        )
    return {
        name: _Declared(
            name, _types(str(info["inferred_type_name"]), assigned[name]), *_empty(assigned[name])
        )
        for name, info in seen.items()
        if name in assigned
    }


def _assigned(source: str, notebook: str) -> dict[str, ast.expr]:
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        raise RunError(
            "bad_parameters_cell",
            f"line {error.lineno} is no Python",
            place=f"{notebook}, cell tagged 'parameters'",
            found=(error.text or "").strip(),
        ) from None
    found: dict[str, ast.expr] = {}
    for node in tree.body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
            found[node.target.id] = node.value
        elif isinstance(node, ast.Assign):
            found.update({t.id: node.value for t in node.targets if isinstance(t, ast.Name)})
    return found


def _types(annotation: str, default: ast.expr) -> tuple[str, ...]:
    """Names of the types a parameter takes; empty if the notebook does not say."""
    if annotation not in {"None", ""}:
        inner = re.fullmatch(r"Optional\[(.*)\]", annotation.replace(" ", ""))
        names = [inner[1], "None"] if inner else [annotation.replace(" ", "")]
        return tuple(name.partition("[")[0] for name in names)
    try:
        value = ast.literal_eval(default)
    except ValueError:
        return ()
    return () if value is None else (type(value).__name__,)


def _empty(default: ast.expr) -> tuple[bool, str | int | None]:
    """Whether a default is empty (no text, 0, None), and which."""
    value = default.value if isinstance(default, ast.Constant) else ...
    if value is None or value == "" or (type(value) is int and value == 0):
        return True, value
    return False, None


def _checked(given: Parameters, declared: Mapping[str, _Declared], notebook: str) -> dict[str, Any]:
    for name in given:
        if name not in declared:
            raise RunError(
                "unknown_parameter",
                f"the notebook has no parameter {name!r}",
                place=notebook,
                expected=" or ".join(declared) or "a notebook with parameters",
                advice=_meant(name, declared),
            )
    given = {**{n: p.default for n, p in declared.items() if p.optional}, **given}
    for name, parameter in declared.items():
        if name not in given:
            raise RunError(
                "missing_parameter",
                f"no value for the parameter {name!r}",
                place=notebook,
                found=", ".join(given),
                expected=" or ".join(parameter.types),
                advice=f"On the command line: -p {name} VALUE",
            )
        _check_type(given[name], parameter, notebook)
    return {name: given[name] for name in declared}


def _check_type(value: Any, parameter: _Declared, notebook: str) -> None:
    if not _is_plain(value):
        raise RunError(
            "wrong_type",
            f"parameter {parameter.name!r} cannot be handed to a notebook",
            place=notebook,
            found=type(value).__name__,
            expected="text, number, yes or no, or a list or mapping of such",
        )
    known = {"str", "int", "float", "bool", "list", "tuple", "dict", "None"}
    if not parameter.types or not known.issuperset(parameter.types):
        return
    actual = "None" if value is None else type(value).__name__
    # a whole number is a number; True is not
    if actual in parameter.types or (actual == "int" and "float" in parameter.types):
        return
    raise RunError(
        "wrong_type",
        f"wrong type of parameter {parameter.name!r}",
        place=notebook,
        found=f"{value!r} ({actual})",
        expected=" or ".join(parameter.types),
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


def _meant(name: str, known: Iterable[str]) -> str:
    close = nearest(name, known, at_least=0.5)
    return f"Did you mean {close}?" if close else ""


# --- paths and keys ------------------------------------------------------------------------------


def _slug(values: Parameters) -> str:
    """File name from the parameters: ``lang-son-2021``, ``PAR_INDEX-2023``."""
    parts = [_slug_part(value) for name, value in values.items() if name != "lang"]
    slug = "-".join(part for part in parts if part)
    if len(slug) <= _SLUG_LENGTH:
        return slug
    digest = hashlib.sha256(slug.encode()).hexdigest()[:10]
    return f"{slug[:_SLUG_LENGTH]}-{digest}"


def _slug_part(value: Any) -> str:
    if value is None or value == "" or (type(value) is int and value == 0):
        return ""
    if isinstance(value, (list, tuple)):
        return "-".join(filter(None, map(_slug_part, value)))
    if isinstance(value, dict):
        return "-".join(filter(None, (_slug_part([k, v]) for k, v in sorted(value.items()))))
    text = str(value)
    return text if _SAFE.fullmatch(text) else plain_slug(text)


def _no_report_twice(runs: Sequence[Run]) -> None:
    seen: dict[Path, Run] = {}
    for run in runs:
        other = seen.setdefault(run.html_path, run)
        if other is not run:
            raise RunError(
                "same_report",
                "two runs would write the same report",
                place=run.name,
                found=f"{dict(other.parameters)} and {dict(run.parameters)}",
            )


def _source_hash(path: Path) -> str:
    """Hash of what a notebook does; outputs of an earlier run do not count."""
    nb = read_notebook(path)
    cells = [[c.cell_type, c.source, sorted(c.metadata.get("tags", ()))] for c in nb.cells]
    return hashlib.sha256(json.dumps(cells, ensure_ascii=False).encode()).hexdigest()


def _fetched_hash(root: Path, path: Path) -> str:
    """Hash of what was fetched beside the tables (boundaries, …), as far as the code names it."""
    code = "\n".join(c.source for c in read_notebook(path).cells if c.cell_type == "code")
    named = set(re.findall(r"\w+", re.sub(r"#.*", "", code)))
    digest = hashlib.sha256()
    for file in sorted((root / "data" / "fetched").glob("[!.]*/[!.]*")):
        if file.is_file() and file.parent.name in named:
            digest.update(f"{file.parent.name}/{file.name}".encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


@cache
def code_hash() -> str:
    """Hash of the package itself: code, templates, catalogues, reference data."""
    import parstudy

    package = Path(parstudy.__file__).parent
    digest = hashlib.sha256()
    for path in sorted(package.rglob("*")):
        inside = path.relative_to(package)
        if path.is_file() and "__pycache__" not in inside.parts and inside.parts[0] != "_notebooks":
            digest.update(inside.as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _key(source: str, values: Parameters, fingerprint: str, alternates: Mapping[str, str]) -> str:
    parts = [source, list(values.items()), fingerprint, code_hash(), sorted(alternates.items())]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()
