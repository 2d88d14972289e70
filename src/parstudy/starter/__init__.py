"""A project of one's own: its folder with notebooks and figures, and a notebook to begin with."""

from __future__ import annotations

from parstudy.starter._notebook import write_notebook
from parstudy.starter._project import shipped_notebooks, write_project

__all__ = ["shipped_notebooks", "write_notebook", "write_project"]
