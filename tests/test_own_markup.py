"""What others' notebooks hold that Jupyter shows by scripts, or other programs by marks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from nbformat.v4 import new_output, new_raw_cell
from own_notebooks import PNG, code, md, notebook
from test_own_notebooks import outputs, shown

from parstudy.errors import RunError
from parstudy.publish import Exporter
from parstudy.publish.notebook import read_notebook


@pytest.fixture(scope="module")
def exporter() -> Exporter:
    return Exporter()


def html(text: str) -> dict[str, str]:
    return {"text/html": text}


QUARTO = """\
## Introduction {#sec-a}

See @fig-one. [small]{.smallcaps} and {{< kbd Ctrl-C >}}.^[A note within.]

::: {.callout-warning collapse="true"}
## Take care
Scores of years differ.
:::

:::: {.columns}
::: {.column width="50%"}
Left
:::
::::

$$
y = x
$$ {#eq-model}

`::: {.kept}` and `[kept]{.kept}`
"""


def test_boxes_spans_and_notes_of_quarto_are_no_text_of_the_page(exporter: Exporter) -> None:
    published = shown(notebook(md("# Title"), md(QUARTO)), exporter)
    text = published.text()
    assert [words for _, words in published.headings()][:2] == ["Title", "Introduction"]
    (box,) = published.page.xpath("//blockquote")
    assert " ".join(box.text_content().split()) == "Take care Scores of years differ."
    for mark in ("{.callout", "{{<", "^[", "{#eq-model}", "{.columns}", "[small]"):
        assert mark not in text
    for kept in ("small and Ctrl-C", "A note within.", "Left", "::: {.kept}", "[kept]{.kept}"):
        assert kept in text
    assert any("@fig-one" in note for note in published.notes)


MATH = r"""
$\DeclareMathOperator{\Var}{Var} \def\bx{\mathbf{x}}$ $\Var(\bx)$ $\sum_{\substack{i\\ j}} x$

\begin{equation}\label{eq:a} x = 1 \end{equation}

By \eqref{eq:a} and (\ref{eq:a}), `\ref{eq:a}`.

From 5.000$ to 6.000$, `$code$`, $10 a head, $10 m$ and $n = 63$.
"""


def test_what_mathjax_knows_of_formulas_is_set(exporter: Exporter) -> None:
    published = shown(notebook(md("# Formulas"), md(MATH)), exporter)
    text = published.text()
    assert not published.notes
    assert "By (1) and (1), \\ref{eq:a}." in text
    assert "From 5.000$ to 6.000$, $code$, $10 a head, 10m and n=63." in text


def test_a_long_formula_and_a_long_word_do_not_widen_the_page(exporter: Exporter) -> None:
    long = "$" + "+".join(["a"] * 90) + "$"
    table = f"<table><tr><td>{'word ' * 40}</td><td>{'a' * 300}</td></tr></table>"
    published = shown(notebook(md(f"# Long\n\n{long}"), outputs(html(table))), exporter)
    assert published.page.xpath("//span[@class='ps-formula']/math")
    assert len(published.page.xpath("//td[contains(@class, 'ps-text')]")) == 2


def test_formulas_in_outputs_are_set_and_sums_of_money_are_not(exporter: Exporter) -> None:
    frame = (
        r"<table><tr><th>$\alpha_1$</th><th>\(\beta\)</th></tr>"
        "<tr><td>$5</td><td>from $5 to $10, $1,000 in all, US$ 5</td></tr></table>"
        "<pre>$x$</pre><p class='tex2jax_ignore'>$y$</p>"
    )
    published = shown(notebook(md("# T"), outputs(html(frame))), exporter)
    assert len(published.page.xpath("//th/math")) == 2
    assert len(published.page.xpath("//math")) == 2
    for kept in ("$5", "from $5 to $10, $1,000 in all, US$ 5", "$x$", "$y$"):
        assert kept in published.text()


def test_a_library_that_makes_itself_ready_shows_nothing(exporter: Exporter) -> None:
    ready = '<div id="a1"></div><script data-lets-plot-script="library">x()</script>'
    plot = '<div id="b1"></div><script data-lets-plot-script="plot">x()</script>'
    alone = "<script>const a = await window._itables;</script>"
    published = shown(notebook(md("# T"), outputs(html(ready), html(alone), html(plot))), exporter)
    assert "(Lets-Plot)" in published.text()
    assert published.text().count("something interactive") == 1
    # what is made ready within an output that shows something is no reason to leave that out
    table = (
        f"{alone}<table id='i'><tr><td>88.1</td></tr></table><script>init_notebook_mode</script>"
    )
    assert "88.1" in shown(notebook(md("# T"), outputs(html(table))), exporter).text()
    whole = "<script>window.PlotlyConfig = {}</script><div class='plotly-graph-div'></div>"
    assert "(Plotly)" in shown(notebook(md("# T"), outputs(html(whole))), exporter).text()


def test_a_drawing_made_of_parts_of_the_page_is_shown(exporter: Exporter) -> None:
    icons = '<svg><defs><symbol id="i"><path d="M0 0"/></symbol></defs></svg>'
    use = f'{icons}<svg><use xlink:href="#i"></use></svg><p>Rain</p>'
    assert "Rain" in shown(notebook(md("# T"), outputs(html(use))), exporter).text()


def widgets() -> Any:
    """A slider and a list over the output of a function, a bar of progress, a stranger."""

    def model(name: str, **state: Any) -> dict[str, Any]:
        return {"model_name": name, "state": state}

    table = {"data": {"text/html": "<b>Huế 88.1</b>"}, "output_type": "display_data"}
    states = {
        "all": model("VBoxModel", children=["IPY_MODEL_year", "IPY_MODEL_of", "IPY_MODEL_out"]),
        "year": model("IntSliderModel", value=2021, description="Year"),
        "of": model("DropdownModel", _options_labels=["South", "North"], index=1),
        "out": model("OutputModel", outputs=[table, {**table, "data": {"image/png": PNG}}]),
        "bar": model("HBoxModel", children=["IPY_MODEL_at", "IPY_MODEL_clock"]),
        "at": model("FloatProgressModel", value=5),
        "clock": model("HTMLModel", value="5/5 [00:00, 121it/s]"),
        "map": model("LeafletMapModel", center=[1, 2]),
    }
    cells = [
        outputs({"application/vnd.jupyter.widget-view+json": {"model_id": key}, "text/plain": key})
        for key in ("all", "bar", "map")
    ]
    made = notebook(md("# Widgets"), *cells)
    kept = {"state": states, "version_major": 2, "version_minor": 0}
    made.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": kept}
    return made


def test_of_a_widget_its_settings_and_what_it_holds_are_shown(exporter: Exporter) -> None:
    published = shown(widgets(), exporter)
    text = published.text()
    for said in ("Year: 2021", "North", "Huế 88.1", "interactive (map)"):
        assert said in text
    assert len(published.page.xpath("//main//img")) == 1
    assert "121it/s" not in text


def test_directives_of_nbdev_and_output_as_it_is(exporter: Exporter) -> None:
    def cell(option: str, text: str) -> Any:
        made = code(f"{option}\nf('{text}')")
        made.outputs = [new_output("stream", name="stdout", text=text)]
        return made

    published = shown(
        notebook(
            md("# T"),
            cell("#| hide", "kept back"),
            cell("#|hide_output", "two"),
            cell("# | export", "three"),
            cell("#| output: asis", "### Four\n\n**bold**"),
        ),
        exporter,
    )
    assert "kept back" not in published.html
    assert "f('two')" in published.main.text_content().replace("\n", "")
    assert published.text().count("two") == 0
    assert "three" in published.text()
    assert (2, "Four") in published.headings()


def test_cells_of_databricks_and_raw_cells_are_text(exporter: Exporter, tmp_path: Path) -> None:
    raw = new_raw_cell("<b onclick='x()'>raw bold</b>", metadata={"raw_mimetype": "text/html"})
    tex = new_raw_cell(r"\begin{x}", metadata={"raw_mimetype": "text/latex"})
    path = tmp_path / "databricks.ipynb"
    path.write_text(json.dumps(notebook(code("%md\n# Scores\n\nSaid."), raw, tex)))
    published = shown(read_notebook(path), exporter)
    assert published.headings()[0] == (1, "Scores")
    assert published.page.xpath("//b[not(@onclick)]/text()") == ["raw bold"]
    assert any("raw cell" in note and "latex" in note for note in published.notes)


def test_a_section_behind_other_text_is_no_title(exporter: Exporter) -> None:
    cells = md("<div>By somebody</div>\n\n## 1 | Data\n\nText."), md("## 2 | Model")
    published = shown(notebook(*cells), exporter, notebook="my_scores")
    assert published.headings()[:3] == [(1, "my scores"), (2, "1 | Data"), (2, "2 | Model")]


def test_the_same_run_gives_the_same_page_whatever_libraries_draw_by_lot(
    exporter: Exporter,
) -> None:
    def page(own: str, uuid: str, at: str) -> str:
        lets = f'<div id="{own}" ></div>\n<script type="a" data-lets-plot-script="plot"></script>'
        table = f'<table id="itables_{uuid}"><tr><td>1</td></tr></table>'
        model = f"<table><tr><td>1</td></tr></table><br/>id: 0x{at}"
        cell = outputs(html(lets), html(table), html(model))
        timed = f" {at[0]}.2 μs ± 1 ns per loop (mean ± x)"
        cell.outputs.append(new_output("stream", name="stdout", text=timed))
        return shown(notebook(md("# T"), cell), exporter).html

    one = page("w2wQJ2", "3de4da81_aa49_4c6f_a86a_8cb2389fb891", "7f6d5a58b290")
    assert one == page("D00Jph", "4de4da81_aa49_4c6f_a86a_8cb2389fb892", "8f6d5a58b291")


def test_addresses_and_figures_that_look_like_names_drawn_by_lot_stay(exporter: Exporter) -> None:
    drawn = "46cf0c76-7614-46e3-b88c-5c12a9007c01"
    link = f"https://example.org/lib{drawn}=x/{drawn}/T_abcdef0_{drawn.replace('-', '')}"
    seen = f'<p id="{drawn}">{drawn} T_abcdef0_</p><a href="{link}">{link}</a>'
    published = shown(notebook(md("# T"), outputs(html(seen))), exporter)
    assert published.html.count(link) == 2
    assert f">{drawn} T_abcdef0_<" in published.html
    assert f'id="{drawn}"' not in published.html


@pytest.mark.parametrize("text", ["[1, 2]", '{"cells": null, "nbformat": 4}'])
def test_json_that_is_no_notebook_is_refused_in_plain_words(text: str, tmp_path: Path) -> None:
    path = tmp_path / "x.ipynb"
    path.write_text(text)
    with pytest.raises(RunError, match="JSON, but not of a notebook"):
        read_notebook(path)
    path.write_bytes("# Tiếng Việt".encode("utf-16"))
    with pytest.raises(RunError, match="no UTF-8 at byte 1"):
        read_notebook(path)
