"""From an executed notebook to a self-contained HTML report, and the index page of all reports."""

from __future__ import annotations

from parstudy.publish.compare import write_compare
from parstudy.publish.exporter import Exporter, Report, export
from parstudy.publish.index import write_index
from parstudy.publish.ways import open_ways

__all__ = ["Exporter", "Report", "export", "open_ways", "write_compare", "write_index"]
