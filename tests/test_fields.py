"""One table of fields: the built tables, their schemas and the documentation follow from it."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from parstudy.dataset import Dataset, _schemas, _store
from parstudy.errors import DataError
from parstudy.facts import fields
from parstudy.releases import read_release_folder


def test_every_column_has_words_in_both_languages() -> None:
    for table in fields.tables():
        names = fields.columns(table)
        assert len(names) == len(set(names)), table
        for field in fields.fields(table):
            assert field.words_en, field
            assert field.words_vi, field


@pytest.mark.parametrize("table", _store.TABLES)
def test_built_tables_have_the_columns_of_the_fields(shipped: Dataset, table: str) -> None:
    frame = getattr(shipped, table)
    assert tuple(frame.columns) == fields.columns(table)
    _schemas.validate(table, frame)


def test_readers_give_the_columns_of_the_fields(root: Path) -> None:
    release = read_release_folder(root / "data" / "raw" / "PAR_INDEX" / "2021")
    assert tuple(release.figures.columns) == fields.columns("raw_figures")
    assert tuple(release.sources.columns) == fields.columns("sources")
    assert tuple(release.components.columns) == (*fields.columns("components"), "locator")


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("scores", "score", 187.11),
        ("scores", "rank_high", 64),
        ("scores", "certainty", "sure"),
        ("figures", "text", ""),
        ("figures", "figure_id", "PAR_INDEX/2012#00002"),
        ("aggregates", "unit_level", "province"),
        ("components", "max_score", 0.0),
    ],
)
def test_a_value_that_the_fields_rule_out_is_named(
    shipped: Dataset, table: str, column: str, value: object
) -> None:
    frame = getattr(shipped, table).copy()
    frame.loc[0, column] = value
    with pytest.raises(DataError) as caught:
        _schemas.validate(table, frame)
    assert caught.value.code == "schema"
    assert str(value) in caught.value.found or column in caught.value.found


def test_the_documentation_has_the_fields_of_now(root: Path) -> None:
    """Run tools/fields_table.py if this fails."""
    spec = importlib.util.spec_from_file_location("fields_table", root / "tools/fields_table.py")
    assert spec is not None and spec.loader is not None  # noqa: PT018
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    text = (root / "docs" / "data.md").read_text(encoding="utf-8")
    assert tool.renewed(text) == text


def test_built_tables_are_made_again_when_facts_or_code_have_changed() -> None:
    names = {"/".join(path.parts[-2:]) for path in _store.code_files()}
    assert {
        "facts/fields.csv",
        "facts/provinces.py",
        "releases/folder.py",
        "formats/_xlsx.py",
        "checks/figures.py",
        "statistics/ranking.py",
    } <= names
