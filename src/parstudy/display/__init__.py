"""What a reader sees: words in two languages, pages, tables and finished pictures."""

from __future__ import annotations

from parstudy.display.chart import Chart
from parstudy.display.page import Citations, Page
from parstudy.display.tables import Column, Table, build_table
from parstudy.display.words import Language

__all__ = ["Chart", "Citations", "Column", "Language", "Page", "Table", "build_table"]
