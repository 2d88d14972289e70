"""What there is in a project: notebooks with their parameters, indices, years, provinces."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from parstudy import settings
from parstudy.dataset import Dataset
from parstudy.errors import RunError
from parstudy.facts import criteria, languages, provinces
from parstudy.facts.notebooks import notebooks
from parstudy.project import Project
from parstudy.runs.parameters import Declared, declared


def listed(project: Project, dataset: Dataset, what: Sequence[str], lang: str) -> list[str]:
    """Lines on what there is.

    Parameters
    ----------
    project : Project
        Where.
    dataset : Dataset
        Its data.
    what : sequence of str
        Some of `KINDS`; all if there is none.
    lang : str
        Language of titles and names.
    """
    lines: list[str] = []
    for kind in what or KINDS:
        lines += [*([""] if lines else []), f"{kind}:", *KINDS[kind](project, dataset, lang)]
    return lines


def _notebooks(project: Project, dataset: Dataset, lang: str) -> list[str]:
    titles = {name: notebook.title for name, notebook in notebooks().items()}
    titles |= {own.name: own.title for own in settings.read(project).notebooks if own.title}
    there = {path.stem: path for path in sorted(project.notebooks.glob("*.ipynb"))}
    lines = []
    for name in [*(n for n in titles if n in there), *(n for n in there if n not in titles)]:
        title = languages.best(titles.get(name, {}), lang)
        lines.append(f"  {name}: {title}" if title else f"  {name}")
        try:
            known = declared(there[name])
        except RunError as error:
            lines.append(f"    {error}")
            continue
        lines += [f"    {_declaration(parameter)}" for parameter in known.values()]
    return lines


def _declaration(parameter: Declared) -> str:
    types = " | ".join(parameter.types)
    if parameter.item:
        types += f"[{parameter.item}]"
    line = parameter.name + (f": {types}" if types else "")
    if parameter.default is not ...:
        line += f" = {parameter.default!r}"
    return f"{line}  # {parameter.help}" if parameter.help else line


def _indices(project: Project, dataset: Dataset, lang: str) -> list[str]:
    return [
        f"  {code}: {_named(index, lang)}"
        for code, index in criteria.indices().items()
        if dataset.years(code)
    ]


def _years(project: Project, dataset: Dataset, lang: str) -> list[str]:
    return [
        f"  {code}: {', '.join(map(str, years))}"
        for code in criteria.indices()
        if (years := dataset.years(code))
    ]


def _regions(project: Project, dataset: Dataset, lang: str) -> list[str]:
    rows = provinces.regions().to_dict("records")
    return [f"  {row['region_id']}: {_named(row, lang)}" for row in rows]


def _provinces(project: Project, dataset: Dataset, lang: str) -> list[str]:
    lines = []
    for geography in ("63", "34"):
        lines.append(f"  {geography}")
        for unit in provinces.units(geography):
            lines.append(f"    {unit.province_id}: {_named(unit, lang)}")
    return lines


def _named(row: Any, lang: str) -> str:
    def name(code: str) -> str:
        key = f"name_{code}"
        found = row.get(key) if isinstance(row, Mapping) else getattr(row, key, "")
        return str(found or "")

    return languages.best(name, lang)


KINDS: Mapping[str, Callable[[Project, Dataset, str], list[str]]] = {
    "notebooks": _notebooks,
    "indices": _indices,
    "years": _years,
    "regions": _regions,
    "provinces": _provinces,
}
"""What can be listed."""
