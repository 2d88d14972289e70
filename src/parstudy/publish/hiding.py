"""What the author of a notebook keeps from readers: by tags, JupyterLab's switches, or Quarto's.

Tags are those of nbconvert and Jupyter Book (``remove-input``, ``hide-output`` …; also with ``_``),
options those in comments at the head of a cell (``#| include: false``; of nbdev: ``#| hide``).
Code is folded on every page, so that hiding it asks for nothing; what is removed stands nowhere in
the page.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

LAB_ONLY = "lab-only"
"""Tag of cells for who works in JupyterLab; they are not published."""

_SKIP = "skip-execution"
_OPTION = re.compile(r"# ?\|[ \t]*([\w.-]+)(?::|(?=[ \t]*$))[ \t]*(.*)")


@dataclass(frozen=True)
class Hiding:
    """What readers do not see of a cell.

    Attributes
    ----------
    whole, code, outputs : bool
        What is not in the page at all.
    folded : bool
        Whether its outputs are in the page, but shut.
    """

    whole: bool = False
    code: bool = False
    outputs: bool = False
    folded: bool = False


def hiding(cell: Any) -> Hiding:
    """What is hidden of a cell.

    Parameters
    ----------
    cell : NotebookNode
        Of any kind; what is not known as a wish hides nothing.
    """
    tags = {str(tag).replace("_", "-") for tag in cell.metadata.get("tags", ())}
    options = _options(cell)
    lab = cell.metadata.get("jupyter", {})
    shut = cell.metadata.get("collapsed") or lab.get("outputs_hidden")
    return Hiding(
        whole=bool(tags & {LAB_ONLY, "remove-cell"})
        or options.get("include") == "false"
        or "hide" in options,
        code="remove-input" in tags or options.get("echo") == "false" or "hide-input" in options,
        outputs="remove-output" in tags
        or options.get("output") == "false"
        or "hide-output" in options,
        folded=bool(shut or tags & {"hide-output", "hide-cell"}),
    )


def without_options(source: str) -> str:
    """Code without the options at its head."""
    lines = source.split("\n")
    while lines and lines[0].startswith(("#|", "# |")):
        del lines[0]
    return "\n".join(lines)


def skip_what_is_not_to_run(nb: Any) -> None:
    """Tag the cells of a notebook that Quarto would not run, as nbclient knows it."""
    for cell in nb.cells:
        if cell.cell_type == "code" and _options(cell).get("eval") == "false":
            cell.metadata["tags"] = sorted({*cell.metadata.get("tags", ()), _SKIP})


def _options(cell: Any) -> dict[str, str]:
    found = {}
    for line in cell.source.split("\n") if cell.cell_type == "code" else ():
        if not (option := _OPTION.match(line)):
            break
        found[option[1].replace("_", "-")] = option[2].strip().lower()
    return found


def prints_markdown(cell: Any) -> bool:
    """Whether what a cell prints is Markdown, as Quarto has it (``#| output: asis``)."""
    options = _options(cell)
    return "asis" in {options.get("output"), options.get("results")}
