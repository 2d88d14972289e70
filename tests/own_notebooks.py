"""Notebooks as others write them: nothing in them knows of this package unless it says so."""

from __future__ import annotations

import base64
import json
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from textwrap import dedent
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output, new_raw_cell

KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}


def md(text: str, **extra: Any) -> Any:
    return new_markdown_cell(dedent(text).strip(), **extra)


def code(text: str, *tags: str, **metadata: Any) -> Any:
    return new_code_cell(dedent(text).strip(), metadata={"tags": list(tags), **metadata})


def notebook(*cells: Any, **metadata: Any) -> Any:
    nb = new_notebook(cells=list(cells))
    nb.metadata.update({"kernelspec": dict(KERNEL), **metadata})
    return nb


def png(width: int = 40, height: int = 30) -> bytes:
    """A small grey picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\x00" + b"\x80" * width) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


PNG = base64.b64encode(png()).decode()
SCORES = """\
    import numpy as np
    import pandas as pd
    rng = np.random.default_rng(7)
    df = pd.DataFrame({
        "province": ["Hà Nội", "Huế", "Đà Nẵng", "Lạng Sơn", "Cà Mau", "Bến Tre"] * 5,
        "score": rng.normal(85, 3, 30).round(2),
        "grdp": rng.normal(60, 12, 30).round(1),
        "region": ["north", "centre", "centre", "north", "south", "south"] * 5,
    })
"""


def statistics(folder: Path) -> Any:
    """Pandas, seaborn and statsmodels, as in any course."""
    return notebook(
        md(
            """\
            # Does income explain the score?

            We ask whether **richer** provinces have higher scores. See [the method](#The-model).

            * one point
            * another one

            | a | b |
            |---|--:|
            | x | 1 |
            """
        ),
        code(SCORES + "    df.head()"),
        code("df.describe()"),
        md("## The picture\n\nEach dot is a province."),
        code(
            """\
            import matplotlib.pyplot as plt
            import seaborn as sns
            sns.set_theme()
            sns.regplot(data=df, x="grdp", y="score", seed=1)
            plt.title("Score and GRDP")
            """
        ),
        code('# alt: Bars of the mean score\nsns.barplot(df, x="region", y="score", seed=1)'),
        md("## The model"),
        code(
            """\
            import statsmodels.formula.api as smf
            model = smf.ols("score ~ grdp", data=df).fit(cov_type="HC3")
            model.summary()
            """
        ),
        code("print(model.summary())"),
        code("model.params"),
    )


def interactive(folder: Path) -> Any:
    """Plotly, Altair, Bokeh and widgets, as their libraries put them out."""
    plot = {
        "data": [{"type": "scatter", "x": [1, 2], "y": [3, 4], "name": "a"}],
        "layout": {
            "title": {"text": "Points <b>by</b> year"},
            "xaxis": {"title": {"text": "Year"}},
            "yaxis": {"title": {"text": "Score"}},
        },
    }
    vega = {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.20.1.json",
        "data": {"name": "data-1"},
        "mark": {"type": "point"},
        "encoding": {"x": {"field": "grdp"}, "y": {"field": "score", "title": "Score"}},
    }
    script = (
        "<div><div id='1d6f7b1c-98f4-4e0c-9a55-6f0f8a1f7a0e' class='plotly-graph-div'></div>"
        "<script>require(['plotly'], function(Plotly) {})</script></div>"
    )
    show = "from IPython.display import display, HTML\ndisplay({}, raw=True)"
    bundles = [
        {"application/vnd.plotly.v1+json": plot, "text/html": script},
        {"application/vnd.plotly.v1+json": plot, "image/png": PNG, "text/html": script},
        {"application/vnd.vegalite.v5+json": vega, "text/plain": "<VegaLite 5 object>"},
        {
            "application/vnd.jupyter.widget-view+json": {
                "version_major": 2,
                "version_minor": 0,
                "model_id": "0f4a1fb2b5f04d0eb8b4c2d6a6c3f5c1",
            },
            "text/plain": "IntSlider(value=3, description='n')",
        },
        {
            "application/vnd.jupyter.widget-view+json": {
                "version_major": 2,
                "version_minor": 0,
                "model_id": "aaaa1fb2b5f04d0eb8b4c2d6a6c3f5c1",
            },
            "text/plain": "HBox(children=(FloatProgress(value=0.0, max=3.0), HTML(value='')))",
        },
        {
            "application/vnd.bokehjs_exec.v0+json": "",
            "application/javascript": "Bokeh.embed()",
            "text/html": "<script>Bokeh.embed()</script>",
        },
        {"application/javascript": "alert(1)", "text/plain": "<IPython.core.display.Javascript>"},
    ]
    shown = [code(show.format(repr(bundle))) for bundle in bundles]
    folium = "HTML('<div><iframe srcdoc=\"&lt;p&gt;map&lt;/p&gt;\"></iframe></div>')"
    return notebook(md("# Interactive"), *shown, code(folium))


def version_3(folder: Path) -> Any:
    """The JSON of a notebook of 2013."""
    cells = [
        {"cell_type": "heading", "level": 1, "metadata": {}, "source": ["An old notebook"]},
        {"cell_type": "markdown", "metadata": {}, "source": ["Written long ago.\n", "\n", "More."]},
        {
            "cell_type": "code",
            "collapsed": False,
            "input": ["print('old')\n", "2 + 3"],
            "language": "python",
            "metadata": {},
            "outputs": [],
            "prompt_number": 1,
        },
    ]
    return {
        "metadata": {"name": "old"},
        "nbformat": 3,
        "nbformat_minor": 0,
        "worksheets": [{"cells": cells, "metadata": {}}],
    }


def formulas(folder: Path) -> Any:
    """Formulas in text, on lines of their own, from objects; two that cannot be set."""
    return notebook(
        md(
            r"""
            # Công thức

            Hồi quy $y_i = \alpha + \beta x_i + \varepsilon_i$ với $\mathbb{E}[\varepsilon]=0$ và

            $$\hat\beta = (X'X)^{-1}X'y,\qquad \sum_{i=1}^n x_i^2 < \infty$$

            $$\newcommand{\Var}{\operatorname{Var}}$$

            \begin{align}
            \Var(\hat\beta) &= \sigma^2 (X'X)^{-1} \\
            R^2 &= 1 - \frac{SS_{res}}{SS_{tot}}
            \end{align}
            """
        ),
        md(r"Not known: $\bbox[red]{x}$, and not closed: $$\frac{a}{$$ It costs \$5."),
        code(r'from IPython.display import Math, Latex; Math(r"\frac{a}{b}")'),
        code(r'Latex(r"\begin{tabular}{l} a \\ b \end{tabular}")'),
        code(
            r"""
            class Expression:
                def _repr_latex_(self):
                    return r"$\displaystyle \sqrt{2}$"
            Expression()
            """
        ),
    )


def module_beside(folder: Path) -> Any:
    """A module, a table and a picture beside the notebook."""
    (folder / "helper_beside.py").write_text("def twice(x):\n    return 2 * x\n")
    (folder / "my data.csv").write_text("name,value\na,1\nb,2\n")
    (folder / "pictures").mkdir(exist_ok=True)
    (folder / "pictures" / "map 1.png").write_bytes(png())
    return notebook(
        md("# Beside\n\n![The map](pictures/map%201.png) and ![gone](gone.png)"),
        code(
            """\
            import pandas as pd
            from helper_beside import twice
            pd.read_csv("my data.csv").assign(double=lambda d: twice(d.value))
            """
        ),
        md('Raw: <img src="pictures/map 1.png" width="40"> [the file](my%20data.csv)'),
    )


def much_printed(folder: Path) -> Any:
    """Prints far more than anybody reads, and writes over its own lines."""
    return notebook(
        md("# Printed"),
        code("for i in range(60_000):\n    print(i, 'x' * 20)"),
        code(r"for i in range(3): print(f'\r{i + 1} of 3', end='')"),
        code(r"print('\x1b[31mred\x1b[0m and \x1b[1mbold\x1b[0m', '<b>')"),
    )


def per_region(folder: Path) -> Any:
    """One for each region, with papermill's parameters and a title in two languages."""
    return notebook(
        md("# A heading that is not the title\n\nThe region in two languages."),
        md("Đây là phần tiếng Việt.", metadata={"lang": "vi"}),
        md("This is the English part.", metadata={"lang": "en"}),
        code('region: str = "north"\ntop: int = 3  # rows', "parameters"),
        code(SCORES + '    df[df.region == region].nlargest(top, "score")'),
        parstudy={"title": {"vi": "Vùng của tôi", "en": "My region"}, "summary": "Own words."},
    )


HOSTILE = """\
<h1 onclick="alert(1)">Hostile</h1>
<script>document.title = 'x'</script><ScRiPt src="https://a.example/x.js"></sCrIpT>
<p style="position:fixed;top:0;background:url(https://a.example/x.png);color:red">styled</p>
<style>body { display: none } p, td > b { color: green } @import 'https://a.example/x.css';
.own { background: url("https://a.example/y.png"); font-weight: bold }
@media (min-width: 1px) { .own { color: #333 } }</style>
<p class="own ps-synthetic" id="ps-content">own</p>
<iframe src="https://a.example"></iframe><object data="x.swf"></object><embed src="x">
<form action="https://a.example"><input name="a"><button>Send</button> in a form</form>
<a href="javascript:alert(1)">one</a> <a href="jav&#x09;ascript:alert(1)">two</a>
<a href="data:text/html,<script>alert(1)</script>">three</a> <a href="vbscript:x">four</a>
<a href="https://example.org/a" target="_blank">good</a> <a href="../secret.html">near</a>
<img src="https://a.example/pixel.gif" alt="pixel"> <img src=x onerror=alert(1)>
<svg width="20" height="20"><script>alert(1)</script><foreignObject><p>x</p></foreignObject>
<a xlink:href="javascript:alert(1)"><text y="9">s</text></a><use href="https://a.example/#i"/>
<rect fill="url(https://a.example/#f)" width="5" height="5" onload="alert(1)"/></svg>
<math><mtext><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">
<meta http-equiv="refresh" content="0;url=https://a.example"><base href="https://a.example/">
<link rel="stylesheet" href="https://a.example/x.css"><video src="https://a.example/v"></video>
<noscript><p title="</noscript><img src=x onerror=alert(1)>"></noscript>
<table background="https://a.example/b.png"><tr><td>cell</td></tr></table><p>the end</p>
"""


def raw_html(folder: Path) -> Any:
    """HTML of whatever kind, in text and in outputs."""
    return notebook(
        md(HOSTILE),
        code(f"from IPython.display import HTML\nHTML({HOSTILE!r})"),
        code("HTML('<script>alert(1)</script>')"),
        md("After <details><summary>more</summary>details</details> the end."),
        new_raw_cell("<script>alert('raw')</script>"),
    )


def styler(folder: Path) -> Any:
    """Two Stylers, a frame with several heads, a long one, a wide one."""
    return notebook(
        md("# Styled"),
        code(
            SCORES + '    df.head().style.background_gradient(subset="score").format(precision=1)'
        ),
        code('df.tail().style.highlight_max(color="#ffe9a8").set_caption("Own caption")'),
        code('df.groupby(["region", "province"])[["score", "grdp"]].agg(["mean", "std"])'),
        code('# caption: Two hundred rows\npd.DataFrame({"n": range(200)})'),
        code("pd.DataFrame([[1.5] * 30] * 2)"),
        code('pd.DataFrame({"<script>": ["<b>bold</b>", None]})'),
        code("df.score"),
    )


GREAT = """\
<div id="qwertyuiop" style="padding-left:0px;padding-right:0px;padding-top:10px;overflow-x:auto;">
<style>
#qwertyuiop table { font-family: sans-serif; border-collapse: collapse; }
#qwertyuiop .gt_heading { background-color: #FFFFFF; text-align: center; }
</style>
<table class="gt_table" data-quarto-disable-processing="false" data-quarto-bootstrap="false">
<thead>
  <tr class="gt_heading"><td colspan="2" class="gt_heading gt_title">Scores</td></tr>
<tr class="gt_col_headings">
  <th class="gt_col_heading" rowspan="1" colspan="1" scope="col" id="province">Province</th>
  <th class="gt_col_heading" rowspan="1" colspan="1" scope="col" id="score">Score</th>
</tr>
</thead>
<tbody class="gt_table_body">
  <tr><td class="gt_row gt_left">Huế</td><td class="gt_row gt_right">88.00</td></tr>
</tbody>
</table>
</div>
"""


def great_tables(folder: Path) -> Any:
    """Two tables of great-tables, whose ids are drawn by lot and whose heads share ids."""
    draw = (
        "import random, string\nfrom IPython.display import HTML\n"
        "def gt():\n    name = ''.join(random.choices(string.ascii_lowercase, k=10))\n"
        f"    return HTML({GREAT!r}.replace('qwertyuiop', name))\ngt()"
    )
    return notebook(md("# Great tables"), code(draw), code("gt()"))


def attachments(folder: Path) -> Any:
    """Pictures attached to a markdown cell, one of them missing."""
    attached = {"a picture.png": {"image/png": PNG}}
    text = "# Attached\n\n![Grey](attachment:a%20picture.png)\n\n![none](attachment:none.png)"
    return notebook(md(text, attachments=attached), md("![](attachment:x.png)"))


def headings(folder: Path) -> Any:
    """Headings that leave out levels, as R users write them."""
    return notebook(
        md("## My analysis {-}"),
        md("#### Data\n\ntext\n\n#### Model\n\ntext"),
        md("# Results\n\n### First\n\n### Second\n\n##### Deep"),
        md("# Conclusion\n\n<h4>By hand</h4>"),
    )


def vietnamese(folder: Path) -> Any:
    """A Vietnamese title in bold, printed text and a picture with Vietnamese words."""
    return notebook(
        md("# **Chỉ số** cải cách hành chính: *Lạng Sơn* & `2021`\n\nĐiểm số tăng < 3 điểm."),
        code("print('Tỉnh Lạng Sơn: hạng 23/63')"),
        code(
            """\
            import matplotlib.pyplot as plt
            plt.plot([2019, 2020, 2021], [40, 36, 23], label="Thứ hạng")
            plt.xlabel("Năm")
            plt.ylabel("Thứ hạng")
            plt.legend()
            """
        ),
    )


def no_heading(folder: Path) -> Any:
    """Only code and what it gives."""
    return notebook(code("1 + 1"), code("'text'"), code("{'a': [1, 2]}"), code("None"))


def loop_of_displays(folder: Path) -> Any:
    """Pictures and tables shown in a loop, with captions, and one shown for each cell of a row."""
    return notebook(
        md("# Loop"),
        code(
            SCORES
            + """\
    import matplotlib.pyplot as plt
    import parstudy as ps
    for region, part in df.groupby("region"):
        ps.caption({"vi": f"Vùng {region}", "en": f"Region {region}"})
        fig, ax = plt.subplots(figsize=(4, 2))
        ax.bar(part.province, part.score)
        plt.show()
        display(part.head(2))
"""
        ),
        code(
            """\
            # alt: First
            # alt: Second
            # alt vi: Không phải ở đây
            figs = [plt.subplots(figsize=(3, 2)) for _ in range(2)]
            for fig, ax in figs:
                ax.plot([1, 2, 3])
            """
        ),
        code(
            "%config InlineBackend.figure_formats = ['svg']\nplt.plot([3, 1, 2]); plt.title('SVG')"
        ),
        code("%config InlineBackend.figure_formats = ['retina']\nplt.plot([3, 1, 2])"),
    )


def updates(folder: Path) -> Any:
    """An output that is shown and then replaced; outputs that are cleared."""
    return notebook(
        md("# Updates"),
        code(
            """\
            from IPython.display import Markdown, clear_output, display
            handle = display(Markdown("*first*"), display_id=True)
            handle.update(Markdown("**second**"))
            """
        ),
        code("for i in range(3):\n    clear_output(wait=True)\n    print('round', i)"),
        code("handle.update(Markdown('**third**'))"),
    )


def executed(folder: Path) -> Any:
    """Executed elsewhere: outputs of another machine, a picture of which nothing is known."""
    nb = notebook(
        md("# Done elsewhere\n\nA summary.\n\n## A picture"),
        code("plot()"),
        code("1 / 0", "raises-exception"),
        code("secret()", "remove-cell"),
        code("quiet()", "remove-input"),
    )
    shown = new_output("display_data", data={"image/png": PNG, "text/plain": "<Figure size 1x1>"})
    error = new_output(
        "error", ename="ZeroDivisionError", evalue="division by zero", traceback=["/home/x.py"]
    )
    text = new_output("execute_result", data={"text/plain": "42"}, execution_count=3)
    for cell, output in zip(nb.cells[1:], (shown, error, text, text), strict=True):
        cell.outputs = [output]
        cell.execution_count = 3
    return nb


def warnings_and_bars(folder: Path) -> Any:
    """A warning of a library, a bar of progress, a log."""
    return notebook(
        md("# Warned"),
        code("import warnings\nwarnings.warn('old', FutureWarning)\nprint('after')"),
        code("from tqdm import tqdm\nfor i in tqdm(range(3)): pass"),
        code("import logging; logging.getLogger().warning('log')"),
    )


OWN: dict[str, Callable[[Path], Any]] = {
    made.__name__: made
    for made in (
        statistics, interactive, version_3, formulas, module_beside, much_printed, per_region,
        raw_html, styler, great_tables, attachments, headings, vietnamese, no_heading,
        loop_of_displays, updates, executed, warnings_and_bars,
    )
}  # fmt: skip


def write(name: str, folder: Path) -> Path:
    """Write one of them, and what lies beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.ipynb"
    made = OWN[name](folder)
    text = json.dumps(made) if isinstance(made, dict) and "cells" not in made else ""
    path.write_text(text or nbformat.writes(made), encoding="utf-8")
    return path
