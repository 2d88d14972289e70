"""The floors of the house: a room knows the rooms below it, never those above or beside it."""

from __future__ import annotations

import ast
import graphlib
import re
import shutil
from pathlib import Path

import pytest

FLOORS = (
    ("errors", "text", "records", "archive", "folders", "apart", "leavings", "reads"),
    ("project", "budget", "kernels"),
    ("facts", "ahead"),
    ("releases", "statistics", "display", "settings", "inputs"),
    ("dataset",),
    ("intake", "fetch", "demo", "starter"),
    ("studies",),
    ("plans",),
    ("charts",),
    ("pages", "publish"),
    ("runs",),
    ("cli",),
    ("__main__",),
)
"""Rooms from the ground up; rooms of one floor do not know each other."""


def _modules(source: Path) -> dict[str, Path]:
    found = {}
    for path in source.rglob("*.py"):
        parts = path.relative_to(source).with_suffix("").parts
        found[".".join(("parstudy", *parts)).removesuffix(".__init__")] = path
    return found


def _arrows(source: Path) -> dict[str, set[str]]:
    """Each module with the modules that it imports: on top, inside functions, for types."""
    modules = _modules(source)
    arrows: dict[str, set[str]] = {name: set() for name in modules}
    for name, path in modules.items():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{path}: relative import"
                named = [f"{node.module}.{a.name}" for a in node.names]
                arrows[name] |= {n if n in modules else str(node.module) for n in named}
            elif isinstance(node, ast.Import):
                arrows[name] |= {a.name for a in node.names}
        arrows[name] &= modules.keys() - {name, "parstudy"}
    return arrows


def _upward(source: Path) -> list[str]:
    """Arrows to a room that is not on a lower floor, as "from -> to"."""
    floor = {room: n for n, rooms in enumerate(FLOORS) for room in rooms}
    wrong = []
    for name, others in _arrows(source).items():
        own = name.split(".")[1] if "." in name else ""
        for other in sorted(others):
            room = other.split(".")[1]
            if own and room != own and floor[room] >= floor[own]:
                wrong.append(f"{name} -> {other}")
    return sorted(wrong)


@pytest.fixture
def source(root: Path) -> Path:
    return root / "src" / "parstudy"


def test_every_room_has_its_floor(source: Path) -> None:
    rooms = {name.split(".")[1] for name in _modules(source) if "." in name}
    assert rooms == {room for rooms in FLOORS for room in rooms}


def test_the_map_for_contributors_has_every_room_on_its_floor(root: Path) -> None:
    text = (root / "CONTRIBUTING.md").read_text(encoding="utf-8")
    found: list[list[str]] = []
    for floor, room in re.findall(r"^\| (\d*) ?\| `(\w+)` \|", text, re.MULTILINE):
        if floor:
            found.append([])
        found[-1].append(room)
    assert [set(rooms) for rooms in found] == [set(rooms) for rooms in FLOORS[:-1]]


def test_no_room_knows_one_above_or_beside_it(source: Path) -> None:
    assert _upward(source) == []


def test_no_files_import_each_other_in_a_circle(source: Path) -> None:
    arrows = _arrows(source)
    # a package's own face names its parts, and they may name it: only files count
    files = {n: {o for o in others if not n.startswith(o + ".")} for n, others in arrows.items()}
    list(graphlib.TopologicalSorter(files).static_order())  # a circle is a CycleError


@pytest.mark.parametrize(
    ("room", "planted"),
    [
        ("statistics/ranking.py", "from parstudy import charts\n"),
        ("facts/criteria.py", "def late():\n    from parstudy.dataset import Dataset\n"),
        (
            "releases/model.py",
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n"
            "    from parstudy.display.words import Language\n",
        ),
    ],
)
def test_an_arrow_that_runs_up_is_found(
    source: Path, tmp_path: Path, room: str, planted: str
) -> None:
    copy = tmp_path / "parstudy"
    shutil.copytree(source, copy, ignore=shutil.ignore_patterns("__pycache__"))
    path = copy / room
    path.write_text(path.read_text(encoding="utf-8") + planted, encoding="utf-8")
    found = set(_upward(copy)) - set(_upward(source))
    assert len(found) == 1
    assert found.pop().startswith(f"parstudy.{room[:-3].replace('/', '.')} -> ")
