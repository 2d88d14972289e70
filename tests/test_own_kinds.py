"""Kinds of notebooks that others write: R Markdown, Quarto, magics, libraries, odd headings."""

from __future__ import annotations

import json
import shutil
import unicodedata
from pathlib import Path
from typing import Any

import nbformat
import own_notebooks as own
import pytest
from nbformat.v4 import new_output, new_raw_cell
from own_notebooks import code, md, notebook
from test_own_notebooks import Published, outputs, shown

from parstudy.cli import main
from parstudy.dataset import Dataset
from parstudy.errors import RunError
from parstudy.publish import Exporter
from parstudy.publish.notebook import read_notebook
from parstudy.runs import execute, plan


@pytest.fixture(scope="module")
def exporter() -> Exporter:
    return Exporter()


R_MARKDOWN = """\
---
title: "Phân tích của tôi"
output: html_document
---

# Giới thiệu {#intro}

A footnote.[^1] A sum of [^x] that is none.

- [x] done
- [ ] to do

![](attachment:p.png){width=50%}

[^1]: The note.
"""


def test_what_r_markdown_and_quarto_have_of_their_own_is_read(exporter: Exporter) -> None:
    attached = {"p.png": {"image/png": own.PNG}}
    published = shown(notebook(md(R_MARKDOWN, attachments=attached)), exporter)
    assert published.headings()[:2] == [(1, "Phân tích của tôi"), (2, "Giới thiệu")]
    text = published.text()
    for said in ("☑ done", "☐ to do", "The note.", "[^x]"):
        assert said in text
    assert "html_document" not in text
    assert "width=50%" not in text
    assert "[^1]" not in text
    quarto = new_raw_cell("---\ntitle: Quarto\nexecute:\n  echo: false\n---")
    assert shown(notebook(quarto, md("text")), exporter).headings()[0] == (1, "Quarto")


def test_what_an_author_keeps_from_readers_is_not_in_the_page(exporter: Exporter) -> None:
    def cell(name: str, *tags: str, options: str = "", **metadata: Any) -> Any:
        made = code(f"{options}f('code of {name}')", *tags, **metadata)
        made.outputs = [new_output("stream", name="stdout", text=f"output of {name}\n")]
        return made

    published = shown(
        notebook(
            md("# Hidden"),
            md("Notes to myself.", metadata={"tags": ["remove-cell"]}),
            cell("one", "remove-cell"),
            cell("two", "remove_input"),
            cell("three", "remove-output"),
            cell("four", options="#| include: false\n"),
            cell("five", options="#| echo: false\n#| label: fig-five\n"),
            cell("six", options="#| output: false\n"),
            cell("seven", "hide-output"),
            cell("eight", jupyter={"outputs_hidden": True}),
            cell("nine", options="#| label: nine\n"),
            cell("ten", "hide-cell"),
        ),
        exporter,
    )
    html = published.html
    names = "one two three four five six seven eight nine ten"

    def said(what: str, text: str) -> str:
        return " ".join(name for name in names.split() if f"{what} of {name}" in text)

    assert said("code", html) == "three six seven eight nine ten"
    assert said("output", html) == "two five seven eight nine ten"
    shut = [e.text_content() for e in published.page.iter("details")]
    assert said("output", "".join(shut)) == "seven eight ten"
    assert "myself" not in html
    assert "label:" not in html


def test_tables_and_money_are_read_as_jupyter_reads_them(exporter: Exporter) -> None:
    text = """
        From $5 to $10, and $7; the sum $x_1 + x_2$.

        | name | what | more |
        |:--|:-:|--:|
        | a \\| b | `x` |
        | $|x|$ | size | 1 | 2 |
        | `a|b` | `c\\|d` |

        ```
        | not | a |
        |---|---|
        | table |
        ```
        """
    published = shown(notebook(md(text)), exporter)
    (table,) = published.main.iter("table")
    rows = [[cell.text_content() for cell in row] for row in table.iter("tr")]
    assert rows[:2] == [["name", "what", "more"], ["a | b", "x", ""]]
    assert rows[2][1:] == ["size", "1"]
    assert rows[3] == ["a|b", "c|d", ""]
    assert len(list(table.iter("{*}math"))) == 1
    assert "From $5 to $10, and $7" in published.text()
    assert "| table |" in published.text()


def test_footnotes_of_two_cells_lead_each_to_its_own(exporter: Exporter) -> None:
    cells = [md(f"Said.[^1]\n\n[^1]: Note {n}.") for n in (1, 2)]
    page = shown(notebook(*cells), exporter).page
    notes = {e.get("id"): e.text_content() for e in page.iter("li") if e.get("id")}
    leads = [a.get("href")[1:] for a in page.iter("a") if "fn-" in (a.get("href") or "")]
    assert ["Note 1." in notes[leads[0]], "Note 2." in notes[leads[1]]] == [True, True]


def test_headings_of_any_kind_make_one_table_of_contents(exporter: Exporter) -> None:
    apart = unicodedata.normalize("NFD", "Thừa Thiên Huế")
    text = f"# 🚀 Tiến độ\n\n## {apart}\n\n## Thừa Thiên Huế\n\n## \n\n## 🎉\n\n# Last\n\n### Deep"
    published = shown(notebook(md(text)), exporter)
    levels = [level for level, _ in published.headings()]
    assert levels == [1, 2, 2, 2, 2, 3, 2]  # the empty one is none; how the page was made
    ids = [e.get("id") for e in published.main.iter("h2")]
    assert len(set(ids)) == len(ids)
    links = published.page.findall(".//nav[@class='ps-toc']//a")
    assert all(link.text_content().strip() for link in links)


PLOTLY = {"application/vnd.plotly.v1+json": {"data": [], "layout": {"title": {"text": "Points"}}}}
ALTAIR = (
    "<style>#altair-viz { display: flex }</style><div id='altair-viz'></div>"
    "<script>vegaEmbed()</script>"
)
FOLIUM = (
    "<div><div><span style='color:#565656'>Make this Notebook Trusted to load map: "
    "File -> Trust Notebook</span><iframe srcdoc='&lt;p&gt;'></iframe></div></div>"
)
ANIMATION = (
    "<div class=\"animation\"><img id='a'><form><input type='radio'> Once</form></div>"
    "<script>new Animation()</script>"
)


@pytest.mark.parametrize(
    ("bundle", "what"),
    [
        (PLOTLY, "Plotly"),
        ({"application/vnd.bokehjs_exec.v0+json": ""}, "Bokeh"),
        ({"text/html": ALTAIR}, "Vega-Altair"),
        ({"text/html": FOLIUM}, "iframe"),
        ({"text/html": ANIMATION}, "animation"),
        ({"text/html": "<video controls src='a.mp4'></video>"}, "video"),
    ],
)
def test_nothing_that_moves_is_left_out_without_a_word(
    exporter: Exporter, bundle: dict[str, Any], what: str
) -> None:
    published = shown(notebook(md("# Moving"), outputs(bundle)), exporter)
    assert f"something interactive ({what}), which a report cannot hold" in published.text()
    assert "Trust Notebook" not in published.text()
    if bundle is PLOTLY:
        assert "Points" in published.text()


def test_formulas_and_data_are_shown_as_such(exporter: Exporter) -> None:
    formula = {"image/png": own.PNG, "text/latex": r"$\displaystyle \sqrt{2}$", "text/plain": "√2"}
    unset = {"image/png": own.PNG, "text/latex": r"$\bbox[red]{x}$"}
    data = {"application/json": {"điểm": [1]}, "text/plain": "<IPython.core.display.JSON object>"}
    split = r"$$\begin{split} a &= b \\ &= c \end{split}$$"
    published = shown(notebook(md(f"# Shown\n\n{split}"), outputs(formula, unset, data)), exporter)
    assert len(list(published.main.iter("math"))) == 2
    assert len(list(published.main.iter("mtr"))) == 2
    assert len(list(published.main.iter("img"))) == 1
    assert '{ "điểm": [ 1 ] }' in published.text()


def test_the_size_of_a_drawing_is_its_own(exporter: Exporter) -> None:
    svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" width="90" height="30">'
    line = '<line stroke-width="1" x2="5"/></svg>'
    wide = svg.replace(' width="90" height="30"', "") + line
    pictures = shown(
        notebook(outputs({"image/svg+xml": svg + line}, {"image/svg+xml": wide})), exporter
    ).main.iter("img")
    assert [(p.get("width"), p.get("height")) for p in pictures] == [("90", "30"), ("640", "480")]


def test_colours_of_a_scale_can_be_read(exporter: Exporter) -> None:
    """As pandas and great-tables choose them: white on a middling green, on grey."""
    html = (
        "<style>#T_12345 td { background-color: #1f9e89; color: #f1f1f1 }"
        " #T_12345 th { background-color: #440154; color: #f1f1f1 }</style>"
        "<table id='T_12345'><tr><th>a</th><td style='color:#FFFFFF;background:#9e9e9e'>1</td>"
        "</tr></table><a href='https://example.org'></a>"
    )
    published = shown(notebook(md("# Colours"), outputs({"text/html": html})), exporter)
    (style,) = [s.text for s in published.main.iter("style")]
    assert "background-color: #1f9e89; color: #000" in style
    assert "background-color: #440154; color: #f1f1f1" in style
    (cell,) = published.main.iter("td")
    assert cell.get("style").startswith("color: #000")
    # the whole block keeps the light paper for which its colours were chosen
    assert any("ps-light" in (e.get("class") or "") for e in cell.iterancestors())
    assert not [a for a in published.main.iter("a") if a.get("href") == "https://example.org"]


def test_what_stands_in_a_formula_and_is_none_is_taken_out_of_it(exporter: Exporter) -> None:
    html = (
        "<math><mtext><mglyph><table><tr><td>cell</td></tr></table></math><math><mi>x</mi></math>"
    )
    main = shown(notebook(md("# Formula"), outputs({"text/html": html})), exporter).main
    assert [f.text_content() for f in main.iter("math")] == ["x"]
    assert [cell.text for cell in main.iter("td")] == ["cell"]


def test_printed_clocks_do_not_make_a_report_another(exporter: Exporter) -> None:
    cell = code("%time f()")
    told = "CPU times: user 13 μs, sys: 2 μs, total: 15 μs\nWall time: {n} μs\nkept\n"
    timed = "{n} ns ± 0 ns per loop (mean ± std. dev. of 7 runs, 1 loop each)\n"

    def made(n: int) -> str:
        cell.outputs = [new_output("stream", name="stdout", text=(told + timed).format(n=n))]
        return shown(notebook(md("# Timed"), cell), exporter).html

    assert made(1) == made(2)
    assert "kept" in made(1)


# --- executed ------------------------------------------------------------------------------------

DECLARED = """\
from pathlib import Path
# what is asked
region: str | None = None
years: list[int] = [2021, 2022]  # which ones
options: dict = {"a": 1}
share: "float" = .5
pair = (1, 2)
long_text = '''a
b'''
folder = Path("data")
"""


def test_parameters_magics_and_errors_that_were_expected(
    tmp_path: Path, exporter: Exporter
) -> None:
    (tmp_path / "data" / "raw").mkdir(parents=True)
    nb = notebook(
        md("# Habits"),
        code(DECLARED, "parameters"),
        code("print(region, years, options, share, pair, long_text, folder)"),
        code("%%bash\necho from the shell"),
        code("%%html\n<b>bold</b><script>alert(1)</script>"),
        code("1 / 0", "raises-exception"),
        code("raise SystemExit(0)", "raises-exception"),
        code("x = !echo listed\nprint(x)"),
        kernelspec={"name": "myenv", "display_name": "Python (myenv)", "language": "python"},
    )
    path = tmp_path / "habits.ipynb"
    nbformat.write(nb, path)
    (run,) = plan(tmp_path, path, [{"region": "north"}], languages=["vi"])
    html = execute(run, exporter).html_path.read_text(encoding="utf-8")
    text = Published(html, ()).text()
    for said in (
        "north [2021, 2022] {'a': 1} 0.5 (1, 2) a b data",
        "from the shell",
        "bold",
        "ZeroDivisionError: division by zero",
        "['listed']",
    ):
        assert said in text
    for wrong in ({"region": 3}, {"years": "x"}, {"share": None}):
        with pytest.raises(RunError) as caught:
            plan(tmp_path, path, [wrong])
        assert caught.value.code == "wrong_type"


def test_notebook_of_another_language_is_refused_before_anything_runs(tmp_path: Path) -> None:
    nb = notebook(code("lm(y ~ x)"))
    nb.metadata["kernelspec"] = {"name": "ir", "display_name": "R", "language": "R"}
    old = {
        "nbformat": 4,
        "nbformat_minor": 0,
        "metadata": {"language_info": {"name": "bash"}},
        "cells": [],
    }
    for text, found in ((nbformat.writes(nb), "R"), (json.dumps(old), "bash")):
        path = tmp_path / "other.ipynb"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(RunError) as caught:
            plan(tmp_path, path, [{}])
        assert (caught.value.code, caught.value.found) == ("other_language", found)


def test_pictures_that_no_browser_draws_are_mended_or_left_out(exporter: Exporter) -> None:
    def data(kind: str, content: str) -> Any:
        return new_output("display_data", data={kind: content})

    frames = (
        f'<script>frames[0] = "data:image/png;base64,{own.PNG[:40]}\\\n{own.PNG[40:]}"</script>'
    )
    cell = code("draw()")
    cell.outputs = [
        data("image/svg+xml", '<svg width="60" height="20"><text y="14">a</text></svg>'),
        data("image/svg+xml", "<svg><text>never closed</svg>"),
        data("image/jpeg", "/9j/2Q=="),
        data("text/html", f'<div class="animation"><img><input type="radio">Once</div>{frames}'),
        new_output("stream", name="stdout", text="12%\b\b\b99%\n"),
    ]
    published = shown(notebook(md("# Pictures"), cell), exporter)
    sources = [e.get("src") or e.tag for e in published.main.iter("img", "{*}svg")]
    assert len(sources) == 2
    assert sources[1] == f"data:image/png;base64,{own.PNG}"
    assert "xmlns" in published.html
    assert "99%" in published.text()
    assert "12%" not in published.text()
    assert "Once" not in published.text()
    notes = " ".join(published.notes)
    assert notes.count("a picture that cannot be drawn is left out") == 1
    assert "an animation is shown as its first picture" in notes


def test_what_a_notebook_has_saved_is_published_without_a_run(
    shipped: Dataset, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(shipped.project.root / "data", tmp_path / "data")
    cell = code("lm(y ~ x)")
    cell.outputs = [
        new_output("stream", name="stdout", text="Coefficients of R"),
        new_output("error", ename="ERROR", evalue="object not found", traceback=[]),
    ]
    nb = notebook(md("# With R"), cell)
    nb.metadata["kernelspec"] = {"name": "ir", "display_name": "R", "language": "R"}
    path = tmp_path / "r.ipynb"
    nbformat.write(nb, path)
    asked = ["--project", str(tmp_path), "report", "--notebook", str(path)]
    assert main(asked) == 2
    assert "--saved" in capsys.readouterr().err
    for _ in range(2):  # the same again; nothing is kept as if somebody had edited it
        assert main([*asked, "--saved"]) == 0
        assert "cell 2: it was saved with an error, ERROR" in capsys.readouterr().err
    made = sorted(p.relative_to(tmp_path).as_posix() for p in tmp_path.glob("reports/*/r/*"))
    assert made == [
        f"reports/{lang}/r/r.{kind}" for lang in ("en", "vi") for kind in ("html", "ipynb")
    ]
    html = (tmp_path / "reports" / "en" / "r" / "r.html").read_text(encoding="utf-8")
    text = Published(html, ()).text()
    for said in ("With R", "Coefficients of R", "ERROR: object not found", "nothing was run"):
        assert said in text
    assert "r/r.html" in (tmp_path / "reports" / "index.html").read_text(encoding="utf-8")
    # it is left alone by what makes reports again
    assert main(["--project", str(tmp_path), "refresh"]) == 0
    assert main([*asked, "--saved", "--year", "2021"]) == 2
    cell.outputs = []
    nbformat.write(nb, path)
    assert main([*asked, "--saved"]) == 2
    assert "saved nothing" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "text", "found", "advice"),
    [
        ("cut.ipynb", '{"cells": [\n {"cell_type": "co', "the file ends in line 2", ""),
        ("bad.ipynb", '{"cells": [\n {"cell_type" "code"}\n]}', "no JSON in line 2", ""),
        ("merge.ipynb", '{"cells": [\n<<<<<<< HEAD\n]}', "conflict of git in line 2", ""),
        ("list.ipynb", "[1, 2]", "JSON, but not of a notebook", ""),
        ("empty.ipynb", "\n", "an empty file", ""),
        ("wide.ipynb", b"\xff\xfe{\x00}\x00", "no UTF-8 at byte 1", "JupyterLab writes it"),
        ("other.py", "# %%\nprint(1)\n", "a file of the kind .py", "jupytext"),
        ("other.qmd", "# Title\n", "a file of the kind .qmd", "quarto convert"),
    ],
)
def test_a_file_that_is_no_notebook_is_told_why(
    tmp_path: Path, name: str, text: str | bytes, found: str, advice: str
) -> None:
    (tmp_path / name).write_bytes(text.encode() if isinstance(text, str) else text)
    with pytest.raises(RunError) as caught:
        plan(tmp_path, tmp_path / name, [{}])
    assert caught.value.code == "bad_notebook"
    assert found in str(caught.value.found)
    assert advice in str(caught.value)


def test_the_first_heading_of_the_first_level_is_the_title_behind_other_text(
    exporter: Exporter,
) -> None:
    behind = notebook(md("An address.\n\n## Small\n\n# The title\n\nWhat it is about."))
    assert shown(behind, exporter).headings()[0] == (1, "The title")
    assert shown(notebook(md("Text.\n\n## Small")), exporter).headings()[0] == (1, "own")


@pytest.mark.parametrize("tags", [None, "hide-input", ["hide-input", 3], {"a": 1}])
def test_metadata_of_the_wrong_kind_count_as_if_they_were_not_there(
    tmp_path: Path, exporter: Exporter, tags: object
) -> None:
    nb = notebook(md("# Title"), code("print(1)"))
    nb.metadata |= {"kernelspec": None, "language_info": None, "title": ["x"], "authors": None}
    nb.cells[1].metadata |= {"tags": tags, "jupyter": None}
    (tmp_path / "odd.ipynb").write_text(json.dumps(nb), encoding="utf-8")
    (run,) = plan(tmp_path, tmp_path / "odd.ipynb", [{}], languages=["en"])
    execute(run, exporter)
    assert "<h1>Title</h1>" in run.html_path.read_text(encoding="utf-8")


@pytest.mark.filterwarnings("error")
def test_what_jupyterlab_opens_is_read_without_a_word(tmp_path: Path, exporter: Exporter) -> None:
    cell: dict[str, Any] = {"cell_type": "code", "source": ["1+1"], "execution_count": "3"}
    shows: dict[str, Any] = {"output_type": "pyout", "data": {"text/plain": "two"}}
    nb: dict[str, Any] = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "cells": [
            {"cell_type": "heading", "level": 2, "source": "Điểm số", "id": "same"},
            {"cell_type": "markdown", "source": "Text.", "metadata": {}, "id": "same"},
            {**cell, "outputs": [{**shows, "metadata": {}, "execution_count": "3"}]},
        ],
    }
    path = tmp_path / "odd.ipynb"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(nb, indent=1).replace("\n", "\r\n").encode())
    published = shown(read_notebook(path), exporter)
    assert published.headings()[0] == (1, "Điểm số")
    assert "two" in published.text()
