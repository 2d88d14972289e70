"""The public names: loaded when they are used, known to editors and to mypy beforehand."""

from __future__ import annotations

import ast
import importlib
import os
import re
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


SCRIPT = """\
import pandas as pd
import parstudy as ps
ds = ps.open_dataset()
study = ps.one_index.study(ds, "PAR_INDEX", 2021, "area")
found = ps.drivers.rank_regression(study.frame, "total", list(study.parts), cov_type="HC3")
page = ps.Page("vi", "mine", {}, ds)
page.show(found, ds.scores)
"""
TYPES = {
    "ds": "parstudy.dataset.Dataset",
    "ds.frame('PAR_INDEX', 2021)": "pandas.core.frame.DataFrame",
    "ds.panel('PAR_INDEX', level='area')": "pandas.core.frame.DataFrame",
    "ds.units(2021)": "pandas.core.frame.DataFrame",
    "ds.scores": "pandas.core.frame.DataFrame",
    "ds.table('grdp')": "pandas.core.frame.DataFrame",
    "ps.input('grdp.csv')": "pandas.core.frame.DataFrame",
    "ps.resolve('Lạng Sơn')": "parstudy.facts.provinces.Unit",
    "ps.resolve_column(pd.Series(['Huế']))": "pandas.core.series.Series[Any]",
    "study.parts": "pandas.core.frame.DataFrame",
    "found.table": "pandas.core.frame.DataFrame",
    "found.plot()": "parstudy.statistics.result.Picture",
    "found.plot('vi').figure": "matplotlib.figure.Figure",
    "found.plot().png()": "bytes",
    "found.summary_text(lang='vi')": "str",
    "ps.charts.draw(found, ps.Language('vi'))": "parstudy.display.chart.Chart",
    "page.text(vi='Hạng', en='Rank')": "str",
    "page.show(found)": "None",
}
MISTAKES = (
    "ps.opendataset()",
    "ds.framee('PAR_INDEX', 2021)",
    "found.draw()",
    "page.show(found)(1)",
)


def test_mypy_knows_the_types_in_a_users_script(root: Path, tmp_path: Path) -> None:
    lines = [f"reveal_type({expression})" for expression in TYPES]
    script = tmp_path / "script.py"
    script.write_text("\n".join([SCRIPT, *lines, *MISTAKES, ""]), encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--follow-imports", "silent", str(script)]
    options = ["--cache-dir", str(root / ".mypy_cache"), "--config-file", ""]
    environment = {**os.environ, "MYPYPATH": str(root / "src")}
    done = subprocess.run(
        [*command, *options], capture_output=True, text=True, env=environment, cwd=tmp_path
    )
    told = done.stdout
    revealed = re.findall(r'note: Revealed type is "(.*)"', told)
    assert dict(zip(TYPES, revealed, strict=True)) == TYPES
    wrong = {int(line) for line in re.findall(r"script.py:(\d+): error", told)}
    first = script.read_text(encoding="utf-8").split("\n").index(MISTAKES[0]) + 1
    assert wrong == set(range(first, first + len(MISTAKES))), told
