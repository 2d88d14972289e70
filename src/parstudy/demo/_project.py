"""The folder of a SYNTHETIC project: written whole or not at all, never among real releases."""

from __future__ import annotations

import csv
import io
import json
import shutil
import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from parstudy.demo._annexes import MARK, par_toml, sipas_toml, workbook_name
from parstudy.demo._criteria import (
    CRITERIA_SET,
    HEADER,
    cell_text,
    of_level,
    par_components,
    sipas_components,
)
from parstudy.demo._generate import SEED, Demo, generate
from parstudy.demo._workbooks import par_workbook, sipas_workbook
from parstudy.errors import ProjectError
from parstudy.folders import put_in_place, staged
from parstudy.project import Project


def write_demo(
    directory: str | Path,
    *,
    seed: int = SEED,
    years: int = 6,
    notebooks: str | Path | None = None,
) -> Project:
    """Write a whole SYNTHETIC project folder; the same arguments give the same bytes.

    Parameters
    ----------
    directory : str or Path
        Folder to make. It must not exist, or be empty.
    seed, years : int, optional
        As in `generate`.
    notebooks : str or Path, optional
        Folder of notebooks to copy into the project.

    Returns
    -------
    Project
        ``data/raw/PAR_INDEX/<year>/``, ``data/raw/SIPAS/<year>/`` (XLSX in the layout of the
        ministry's annexes, ``components.csv``, ``release.toml``), ``truth/`` and a README.

    Raises
    ------
    ProjectError
        ``real_releases`` if the folder holds real releases or lies in the data of a project,
        ``not_empty``, ``not_a_folder``, ``not_writable``, ``no_notebooks``, ``wrong_years``.
    """
    target = Path(directory).expanduser().absolute()
    _check_target(target)
    if notebooks is not None and not Path(notebooks).is_dir():
        raise ProjectError("no_notebooks", "no such folder of notebooks", place=str(notebooks))
    demo = generate(seed, years)
    try:
        with staged(target, f".{target.name}.partial-") as partial:
            _write_project(demo, partial)
            if notebooks is not None:
                hidden = shutil.ignore_patterns(".*", "__pycache__")
                shutil.copytree(notebooks, partial / "notebooks", ignore=hidden)
            put_in_place([(partial, target)])
    except OSError as error:
        raise ProjectError(
            "not_writable", "the folder cannot be made", place=str(target), found=str(error)
        ) from None
    return Project(target)


def _check_target(target: Path) -> None:
    if target.exists() and not target.is_dir():
        raise ProjectError(
            "not_a_folder", "a demo is written into a folder of its own", place=str(target),
            found="a file",
        )  # fmt: skip
    real = _real_release(target)
    for folder in target.parents:
        # a synthetic release below data/ would be built together with the real ones
        if real is None and target.is_relative_to(folder / "data"):
            real = _real_release(folder)
    if real is not None:
        raise ProjectError(
            "real_releases",
            "synthetic releases cannot be mixed with real ones",
            place=str(target),
            found=str(real),
            expected="a new folder outside of the data of a real project",
        )
    if target.is_dir() and any(target.iterdir()):
        raise ProjectError(
            "not_empty",
            "the folder is not empty",
            place=str(target),
            found=min(p.name for p in target.iterdir()),
            expected="a new or an empty folder",
        )


def _real_release(folder: Path) -> Path | None:
    """First release of a project folder that does not say that it is synthetic."""
    for path in sorted(Project(folder).raw.glob("*/*/release.toml")):
        try:
            release = tomllib.loads(path.read_text(encoding="utf-8"))["release"]
        except (OSError, ValueError, KeyError):
            return path  # unreadable: better taken for real
        if release.get("synthetic") is not True:
            return path
    return None


def _write_project(demo: Demo, root: Path) -> None:
    raw = Project(root).raw
    for year in demo.years:
        toml = par_toml(year, claims=year == demo.years[-1])
        _write_release(raw, "PAR_INDEX", year, par_workbook(demo, year), par_components(), toml)
        book = sipas_workbook(demo, year)
        _write_release(raw, "SIPAS", year, book, sipas_components(), sipas_toml(year))
    _write_truth(demo, root / "truth")
    _write_text(root / "README.md", _readme(demo))


def _write_release(
    raw: Path, index: str, year: int, workbook: bytes, components: list[list[str]], toml: str
) -> None:
    folder = raw / index / str(year)
    folder.mkdir(parents=True)
    (folder / workbook_name(index, year)).write_bytes(workbook)
    _write_csv(folder / "components.csv", HEADER, components)
    _write_text(folder / "release.toml", toml)


def _write_text(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def _write_csv(path: Path, header: Sequence[str], rows: Iterable[Iterable[Any]]) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    _write_text(path, text.getvalue())


# --- what the figures came from ------------------------------------------------------------------


def _write_truth(demo: Demo, folder: Path) -> None:
    folder.mkdir()
    truth = {
        "what": f"{MARK}: parameters that generated the releases beside this",
        "seed": demo.seed,
        "years": list(demo.years),
        "criteria_set": CRITERIA_SET,
        "order_of_areas": list(demo.order_of_areas),
        "order_of_subcriteria": list(demo.order_of_subcriteria),
        "files": {
            "effects.csv": "loading: bond of an area with quality, of a sub-criterion with its "
            "area; loading_on_quality: bond with quality; saturation: expected share of provinces "
            "at the maximum in the first year",
            "quality.csv": "latent quality of each province and year, and of its areas",
            "self_assessed.csv": "points that the province claimed and points that it was granted",
        },
    }
    _write_text(folder / "truth.json", json.dumps(truth, ensure_ascii=False, indent=2) + "\n")

    columns = (
        "code", "level", "max_score", "scoring", "score_source", "saturation", "loading",
        "loading_on_quality",
    )  # fmt: skip
    rows = [[cell_text(getattr(p, c)) for c in columns] for p in of_level("area", "subcriterion")]
    _write_csv(folder / "effects.csv", columns, rows)

    _write_csv(
        folder / "quality.csv",
        list(demo.quality.columns),
        (
            (f"{x:.6f}" if isinstance(x, float) else x for x in row)
            for row in demo.quality.itertuples(index=False)
        ),
    )

    keys = ["year", "province_id", "component"]
    both = demo.self_assessed.merge(demo.scores, on=keys, validate="one_to_one")
    _write_csv(
        folder / "self_assessed.csv",
        [*keys, "self_assessed", "appraised"],
        (
            (*key, cell_text(claimed), cell_text(granted))
            for *key, claimed, granted in both.itertuples(index=False)
        ),
    )


def _readme(demo: Demo) -> str:
    first, last = demo.years[0], demo.years[-1]
    return f"""\
# {MARK}

Made by `parstudy demo` with seed {demo.seed}. **No figure in this folder is real**: the names of
the provinces are, their scores, ranks and percentages are not.

Do lệnh `parstudy demo` tạo ra với hạt giống {demo.seed}. **Không có số liệu nào trong thư mục này
là thật**: chỉ có tên các tỉnh, thành phố là thật; điểm, thứ hạng và tỷ lệ đều là giả định.

- `data/raw/PAR_INDEX/`, `data/raw/SIPAS/`: one release for each index year {first} to {last}, as
  XLSX in the layout of an official annex, with `release.toml`.
- `truth/`: what the figures were generated from. Not for analysis; for checking an analysis.

Real releases must not be added to this folder, nor these to a real project.
"""
