"""What a reader sees: words in two languages, pages, tables and charts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from parstudy.display.page import Citations, Page
from parstudy.display.tables import Column, Table, build_table
from parstudy.display.words import Language

if TYPE_CHECKING:
    from parstudy.display.charts import Chart

__all__ = ["Chart", "Citations", "Column", "Language", "Page", "Table", "build_table", "charts"]


def __getattr__(name: str) -> Any:
    # matplotlib is loaded with the first chart
    if name in {"Chart", "charts"}:
        import importlib

        charts = importlib.import_module("parstudy.display.charts")
        return charts if name == "charts" else charts.Chart
    raise AttributeError(f"module 'parstudy.display' has no attribute {name!r}")
