"""The guide to one's own notebooks: its cells, put together, are a notebook that is published."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import nbformat
from lxml import html as lxml_html
from own_notebooks import code, md, notebook

from parstudy.dataset import Dataset
from parstudy.publish import Exporter
from parstudy.runs import execute, plan

_CELLS = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def _made(root: Path, folder: Path, shipped: Dataset, *, page: bool) -> Any:
    text = (root / "docs" / "notebooks.md").read_text(encoding="utf-8")
    parts = text.partition("## With a page")
    sources = _CELLS.findall(text if page else parts[0])
    assert len(sources) == (7 if page else 4)
    cells = [code(sources[0], "parameters"), *map(code, sources[1:])]
    path = folder / "guide.ipynb"
    nbformat.write(notebook(md("# The guide"), *cells), path)
    (run,) = plan(
        shipped.project.root,
        path,
        [{"region": "red-river-delta", "year": 2021}],
        languages=["vi"],
        reports=folder / "reports",
        fingerprint=shipped.fingerprint,
    )
    made = execute(run, Exporter())
    return lxml_html.document_fromstring(made.html_path.read_bytes()), made.notes


def test_the_notebook_of_the_guide_is_published_without_a_page(
    root: Path, tmp_path: Path, shipped: Dataset
) -> None:
    page, notes = _made(root, tmp_path, shipped, page=False)
    assert page.findtext(".//h1") == "The guide"
    assert [c.text for c in page.iter("figcaption")] == ["Điểm của các tỉnh"]
    assert page.find(".//main//img").get("alt").startswith("Scores of the index")
    assert notes == ()
    # of what it read, not of all that there is
    fingerprint = page.xpath("//meta[@name='parstudy:fingerprint']/@content")[0]
    assert len(fingerprint) == len(shipped.fingerprint)
    assert fingerprint[:12] in page.text_content()


def test_the_notebook_of_the_guide_is_published_with_a_page(
    root: Path, tmp_path: Path, shipped: Dataset
) -> None:
    page, _ = _made(root, tmp_path, shipped, page=True)
    assert page.findtext(".//h1") == "Điểm theo vùng"
    assert [e is not None for e in (page.get_element_by_id(i) for i in ("few", "model", "both"))]
