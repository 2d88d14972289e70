"""The public names: loaded when they are used, known to editors and to mypy beforehand."""

from __future__ import annotations

import ast
import importlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

import parstudy as ps


def _known_to_editors(root: Path) -> dict[str, str]:
    """Names under ``if TYPE_CHECKING`` with the module, or module and name, behind them."""
    tree = ast.parse((root / "src" / "parstudy" / "__init__.py").read_text(encoding="utf-8"))
    (block,) = (
        node
        for node in tree.body
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
    )
    found = {}
    for node in block.body:
        if isinstance(node, ast.ImportFrom):
            assert all(alias.asname == alias.name for alias in node.names)
            found |= {alias.name: f"{node.module}.{alias.name}" for alias in node.names}
        else:
            assert isinstance(node, ast.Assign)
            found[ast.unparse(node.targets[0])] = found[ast.unparse(node.value)]
    return found


def test_editors_know_every_public_name(root: Path) -> None:
    objects = {name: f"{module}.{name}" for name, module in ps._OBJECTS.items()}
    assert _known_to_editors(root) == objects | ps._MODULES
    for name in ps.__all__:
        assert getattr(ps, name) is not None
    for name, module in ps._MODULES.items():
        assert getattr(ps, name) is importlib.import_module(module)


def test_a_name_that_is_not_there_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match="opendataset"):
        ps.opendataset  # noqa: B018


def test_mypy_knows_the_types_in_a_users_script(root: Path, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "import parstudy as ps\n"
        "ds = ps.open_dataset()\n"
        "reveal_type(ds)\n"
        "reveal_type(ds.frame('PAR_INDEX', 2021))\n"
        "reveal_type(ps.resolve('Lạng Sơn'))\n"
        "ps.opendataset()\n"
        "ds.framee('PAR_INDEX', 2021)\n",
        encoding="utf-8",
    )
    command = [sys.executable, "-m", "mypy", "--follow-imports", "silent", str(script)]
    options = ["--cache-dir", str(root / ".mypy_cache"), "--config-file", ""]
    environment = {**os.environ, "MYPYPATH": str(root / "src")}
    done = subprocess.run(
        [*command, *options], capture_output=True, text=True, env=environment, cwd=tmp_path
    )
    told = done.stdout
    assert 'Revealed type is "parstudy.dataset.Dataset"' in told
    assert 'Revealed type is "pandas.core.frame.DataFrame"' in told
    assert 'Revealed type is "parstudy.facts.provinces.Unit"' in told
    assert 'script.py:6: error: Module has no attribute "opendataset"' in told
    assert "script.py:7: error" in told
    assert "Found 2 errors" in told
