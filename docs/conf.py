"""The documentation site: Sphinx with MyST, built without a network by ``make docs``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tools"))

import docs_pages  # noqa: E402

import parstudy  # noqa: E402

project = "parstudy"
author = "The parstudy authors"
html_show_copyright = False
version = release = parstudy.__version__

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
exclude_patterns = ["_site"]
suppress_warnings = ["ref.python"]  # words in the place of a type are words, and no links
# what stands in single backquotes in docstrings is code, with or without a page of its own
default_role = "code"

autodoc_member_order = "bysource"
autodoc_typehints = "none"
autodoc_default_options = {"members": True, "show-inheritance": True}
napoleon_google_docstring = False
napoleon_use_rtype = False
napoleon_use_ivar = True

html_theme = "furo"
html_title = f"parstudy {release}"
html_static_path: list[str] = []
html_show_sphinx = False
html_copy_source = False
html_last_updated_fmt = None


def _language_of_page(
    app: Any, page: str, template: str, context: dict[str, Any], doctree: Any
) -> None:
    if page.startswith("vi/") or page.endswith(".vi"):
        context["language"] = "vi"


def setup(app: Any) -> dict[str, bool]:
    """Write the pages and pictures that are made, then read all."""
    app.connect("builder-inited", lambda app: docs_pages.make(ROOT))
    app.connect("html-page-context", _language_of_page)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
