"""Which runs: notebook, parameters, where the report goes, and what it depends on.

Everything that can be known to be wrong is refused here, before any kernel starts: papermill
itself only warns of an unknown parameter, and a typo would give 63 wrong reports.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from parstudy import settings
from parstudy.errors import RunError
from parstudy.project import Project
from parstudy.publish.notebook import read_notebook
from parstudy.publish.own_files import OwnFile
from parstudy.runs import package
from parstudy.runs.journal import hash_of
from parstudy.runs.names import file_name
from parstudy.runs.own_files import code_of, may_read_more, own_files
from parstudy.runs.parameters import Parameters, checked, declared, meant
from parstudy.settings import Office

_SUFFIX = ".ipynb"


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
    of : Mapping
        What the report depends on besides what it reads, piece by piece, as hashes.
    reads_all : bool
        Whether it may read what nobody is told of, so that it depends on everything.
    office : Office, optional
        Whose report it is.
    own_files : tuple of OwnFile
        Files of the project's own, and modules beside the notebook, that it depends on.
    synthetic : bool
        Whether the data of the project are invented.
    """

    notebook: Path
    parameters: Parameters
    html_path: Path
    project: Path
    alternates: Mapping[str, str] = field(default_factory=dict)
    index_href: str = "../../index.html"
    fingerprint: str = ""
    of: Mapping[str, str] = field(default_factory=dict)
    reads_all: bool = False
    office: Office | None = None
    own_files: tuple[OwnFile, ...] = ()
    synthetic: bool = False

    @property
    def key(self) -> str:
        """Hash of what the report depends on besides what it reads."""
        return hash_of(sorted(self.of.items()))

    @property
    def reports(self) -> Path:
        """Folder of reports."""
        return self.html_path.parents[2]

    @property
    def lang(self) -> str:
        """Language of the report."""
        return self.html_path.parts[-3]

    @property
    def name(self) -> str:
        """Short name for messages: ``vi/province_report/lang-son-2021``."""
        stem = self.html_path.name.removesuffix(".html")
        return "/".join((*self.html_path.parts[-3:-1], stem))

    @property
    def called(self) -> str:
        """What the command calls the notebook: its name, or where it lies in the project."""
        own = self.notebook.parent == self.project / "notebooks"
        # no page tells how the folders of a computer are named
        if own or not self.notebook.is_relative_to(self.project):
            return self.notebook.stem
        return self.notebook.relative_to(self.project).as_posix()

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
    synthetic: bool = False,
) -> tuple[Run, ...]:
    """Plan runs of one notebook, in every language, and refuse what cannot be right.

    Parameters
    ----------
    project : str or Path
        Project folder.
    notebook : str or Path
        Name of a notebook in the project's ``notebooks`` folder, or path of any notebook.
    parameters : iterable of Mapping
        One mapping per report: a value for each parameter of the notebook but ``lang``; where none
        is given the notebook's default holds. What a report of a notebook that ships is about
        (``province``, ``year``, ``index``) must be given unless its default is empty (``""``, ``0``
        or ``None``).
    languages : sequence of str
        Languages to make each report in, by default those of the project; they are given to the
        parameter ``lang`` and link to each other.
    reports : str or Path, optional
        Folder of reports; by default that of the project.
    fingerprint : str, optional
        Fingerprint of the dataset that the runs are to read.
    synthetic : bool
        Whether the data of the project are invented, which a page without a ``Page`` has to say.

    Returns
    -------
    tuple of Run
        In the order given, languages together.

    Raises
    ------
    RunError
        ``no_notebook``, ``bad_notebook``, ``no_parameters_cell``, ``bad_parameters_cell``,
        ``unknown_parameter``, ``missing_parameter``, ``wrong_type``, ``same_report``,
        ``no_input``.
    ProjectError
        Those of ``parstudy.toml``.
    """
    root = Path(project).resolve()
    path = notebook_path(root, notebook)
    known = declared(path)
    code = code_of(path)
    reads_all = may_read_more(code)
    folder = (Path(reports) if reports is not None else root / "reports").resolve()
    own = settings.read(Project(root))
    files = own_files(path, Project(root), own)
    languages = list(own.languages if languages is None else languages)
    common = {
        "notebook": _source_hash(path),
        "office": hash_of(asdict(own.office)),
        "parstudy": hash_of(sorted(package.used(code).items())),
        **{f"file {file.name}": hash_of(asdict(file)) for file in files},
    }
    runs: list[Run] = []
    for given in parameters:
        slug = ""
        for lang in languages:
            # an ordinary notebook need not ask for the language: its page has one all the same
            wanted = {"lang": lang, **given} if "lang" in known else given
            values = checked(wanted, known, path.name)
            slug = slug or file_name(values, known, path.stem)
            alternates = in_other_languages(path.stem, slug, lang, languages)
            run = Run(
                notebook=path,
                parameters=values,
                html_path=folder / lang / path.stem / f"{slug}.html",
                project=root,
                alternates=alternates,
                fingerprint=fingerprint,
                of={
                    **common,
                    "parameters": hash_of(list(values.items())),
                    "languages": hash_of(sorted(alternates.items())),
                },
                reads_all=reads_all,
                office=own.office,
                own_files=files,
                synthetic=synthetic,
            )
            runs.append(run)
    _no_report_twice(runs)
    return tuple(runs)


def in_other_languages(
    notebook: str, report: str, lang: str, languages: Iterable[str]
) -> dict[str, str]:
    """Links from a report in one language to the same report in the others.

    Parameters
    ----------
    notebook, report : str
        Names of the notebook and of the report, without suffix.
    lang : str
        Language of the report that links.
    languages : iterable of str
        Those that it is made in.
    """
    return {
        other: f"../../{other}/{notebook}/{report}.html"
        for other in sorted(languages)
        if other != lang
    }


def notebook_path(root: Path, notebook: str | Path) -> Path:
    """Path of a notebook, by its name in the project or by its path.

    Raises
    ------
    RunError
        ``no_notebook``.
    """
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
                advice=meant(str(notebook), known),
            )
    path = path.resolve()
    if not path.is_file():
        raise RunError("no_notebook", "no such notebook", place=str(path))
    if path.stem.startswith("."):
        # reports lie in a folder of its name: "..ipynb" and "...ipynb" would lead elsewhere
        raise RunError(
            "bad_name",
            "no folder of reports can have the name of this notebook",
            place=str(path),
            found=repr(path.name),
            expected="a name that begins with a letter or a digit",
        )
    return path


# --- paths and keys ------------------------------------------------------------------------------


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
    return hash_of(cells)
