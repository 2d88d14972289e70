"""From an executed notebook to a self-contained HTML report, and the index page of all reports."""

from __future__ import annotations

from parstudy.publish.exporter import Exporter, Report, export
from parstudy.publish.index import write_index

__all__ = ["Exporter", "Report", "export", "write_index"]
