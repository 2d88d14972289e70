"""The folder of a new project: what ships is copied, whole or not at all."""

from __future__ import annotations

import shutil
from pathlib import Path

from parstudy.errors import ProjectError
from parstudy.folders import staged
from parstudy.project import Project

_TEMPLATES = Path(__file__).parent / "template"
_FILES = {"parstudy.toml": "parstudy.toml", "README.md": "README.md", "gitignore": ".gitignore"}
_KEPT = (".gitignore", "README.md")
"""Files of which one that is there already is as good."""


def _shipped() -> Path:
    """Folder with the notebooks and raw releases that ship."""
    package = Path(__file__).resolve().parents[1]
    # in a checkout they stand beside src; a wheel carries them inside the package
    return package.parents[1] if package.parent.name == "src" else package / "_project"


def shipped_notebooks() -> Path | None:
    """Folder of the notebooks that ship; None if the package has come without them."""
    folder = _shipped() / "notebooks"
    return folder if folder.is_dir() else None


def write_project(directory: str | Path, *, empty: bool = False) -> Project:
    """Make a project folder: notebooks, raw releases, a plan, ``parstudy.toml``, a README.

    Parameters
    ----------
    directory : str or Path
        Folder to make; one that is there already must hold none of what is written into it.
    empty : bool
        Leave out the figures that ship, to begin with releases of one's own.

    Returns
    -------
    Project

    Raises
    ------
    ProjectError
        ``not_empty``, ``not_a_folder``, ``not_writable``, ``not_shipped``.
    """
    target = Path(directory).expanduser().absolute()
    if target.exists() and not target.is_dir():
        raise ProjectError("not_a_folder", "a project is a folder", place=str(target))
    try:
        # inside of it: the folder may be the one that the user stands in
        with staged(target / "project", ".init-") as made:
            _fill(made, empty=empty)
            _move_in(made, target)
    except OSError as error:
        raise ProjectError(
            "not_writable", "the folder cannot be made", place=str(target), found=str(error)
        ) from None
    return Project(target)


def _fill(folder: Path, *, empty: bool) -> None:
    shipped = _shipped()
    if not (shipped / "notebooks").is_dir() or not (shipped / "data" / "raw").is_dir():
        raise ProjectError(
            "not_shipped",
            "the notebooks and figures have not come with this package",
            place=str(shipped),
            expected="notebooks and data/raw",
            advice="Install parstudy from its wheel or use a checkout",
        )
    hidden = shutil.ignore_patterns(".*", "__pycache__")
    shutil.copytree(shipped / "notebooks", folder / "notebooks", ignore=hidden)
    if empty:
        (folder / "data" / "raw").mkdir(parents=True)
    else:
        shutil.copytree(shipped / "data" / "raw", folder / "data" / "raw", ignore=_fetched)
        shutil.copytree(shipped / "data" / "plans", folder / "data" / "plans", ignore=hidden)
    (folder / "data" / "own").mkdir()
    for name, written in _FILES.items():
        shutil.copyfile(_TEMPLATES / name, folder / written)


def _fetched(folder: str, names: list[str]) -> list[str]:
    """Folders that git ignores: what somebody fetched is not what ships."""
    return [n for n in names if n.startswith(".") or (Path(folder) / n / ".gitignore").is_file()]


def _move_in(made: Path, target: Path) -> None:
    entries = sorted(made.iterdir())
    there = [e.name for e in entries if (target / e.name).exists() and e.name not in _KEPT]
    if there:
        raise ProjectError(
            "not_empty",
            "the folder holds a project, or part of one, already",
            place=str(target),
            found=", ".join(there),
            expected="a new folder",
        )
    moved: list[Path] = []
    try:
        for entry in entries:
            if not (target / entry.name).exists():
                moved.append(entry.replace(target / entry.name))
    except OSError:
        for path in moved:
            path.replace(made / path.name)
        raise
