"""What the documentation makes of the package itself: the reference, the tutorial's pictures.

python tools/docs_pages.py            write docs/reference and docs/_made
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import parstudy

_FENCE = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_REFERENCE = """# Reference

`import parstudy as ps` gives every name of this part; a module is loaded when it is first used.

## What is asked most

{objects}

## Modules

```{{toctree}}
:maxdepth: 1

{pages}
```
"""


def code_of(page: Path) -> list[str]:
    """The blocks of Python in a page, in their order."""
    return _FENCE.findall(page.read_text(encoding="utf-8"))


def run_page(page: Path, project: Path, folder: Path) -> dict[str, Any]:
    """Run the Python of a page as a reader would, top to bottom; files land in ``folder``.

    Returns
    -------
    dict
        The names that the code left.
    """
    import matplotlib

    matplotlib.use("agg")
    before, blocks = Path.cwd(), code_of(page)
    names: dict[str, Any] = {}
    os.environ["PARSTUDY_PROJECT"] = str(project.resolve())
    os.chdir(folder)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            for number, block in enumerate(blocks, 1):
                exec(compile(block, f"{page.name}, block {number}", "exec"), names)
    finally:
        os.chdir(before)
        del os.environ["PARSTUDY_PROJECT"]
    return names


def modules() -> Iterator[tuple[str, ModuleType]]:
    """Public modules by the name that a user knows; one that has two names comes once."""
    seen = set()
    for name, path in parstudy._MODULES.items():
        if path not in seen:
            seen.add(path)
            yield name, getattr(parstudy, name)


def _page(name: str, module: ModuleType) -> str:
    """A page of one module; what it only passes on from another module stands there."""
    path = module.__name__
    named = [n for n in getattr(module, "__all__", []) if hasattr(module, n)]
    foreign = [n for n in named if not _own(path, getattr(module, n))]
    options = ["   :members:"]
    if named:
        options.append("   :imported-members:")
    if foreign:
        options.append(f"   :exclude-members: {', '.join(foreign)}")
    directive = "\n".join([f".. automodule:: {path}", *options])
    return f"# ps.{name}\n\n```{{eval-rst}}\n{directive}\n```\n"


def _own(path: str, found: Any) -> bool:
    home = getattr(found, "__module__", path)
    return isinstance(home, str) and (home == path or home.startswith(f"{path}."))


def _summary(found: Any) -> str:
    return (found.__doc__ or "").strip().split("\n")[0]


def write_reference(folder: Path) -> None:
    """One page a public module, and the list of what is asked most and of all modules."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    objects = "\n".join(
        f"- {{py:obj}}`ps.{name} <{path}.{name}>`: {_summary(getattr(parstudy, name))}"
        for name, path in parstudy._OBJECTS.items()
    )
    names = []
    for name, module in modules():
        (folder / f"{name}.md").write_text(_page(name, module), encoding="utf-8")
        names.append(name)
    text = _REFERENCE.format(objects=objects, pages="\n".join(names))
    (folder / "index.md").write_text(text, encoding="utf-8")


def make(root: Path) -> None:
    """Write the reference, and the pictures by running the tutorial."""
    write_reference(root / "docs" / "reference")
    made = root / "docs" / "_made"
    made.mkdir(exist_ok=True)
    for page in ("tutorial.md", "pictures.md"):
        run_page(root / "docs" / page, root, made)


if __name__ == "__main__":
    make(Path(__file__).resolve().parents[1])
