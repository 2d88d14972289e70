"""What a researcher brings to a page: data frames, figures, regressions; and cells run again."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from lxml import html as lxml_html

mpl.use("agg")

import matplotlib.pyplot as plt
import seaborn as sns
import statsmodels.formula.api as smf

from parstudy.display import Language, Page
from parstudy.display.figure_words import facts_of_figure, words_of_figure
from parstudy.display.page import MIME
from parstudy.errors import ParstudyError

EN = Language("en")
DATA = pd.DataFrame(
    {"province": ["Hà Nội", "Huế", "Lạng Sơn", "Cà Mau"], "score": [91.5, 88, 87.11, 80.25]}
)


@pytest.fixture(autouse=True)
def _closed() -> Any:
    plt.close("all")
    yield
    plt.close("all")


def written(lang: str = "en") -> tuple[Page, list[dict[str, Any]]]:
    shown: list[dict[str, Any]] = []
    sources = pd.DataFrame(columns=["source_id", "url", "title"])
    dataset = SimpleNamespace(sources=sources, synthetic=False, fingerprint="f00d")
    return Page(lang, "own", {"lang": lang}, dataset, out=shown.append), shown


def html_of(block: Any, lang: str = "en", **words: str) -> Any:
    page, shown = written(lang)
    page.show(block, **words)
    return lxml_html.fragment_fromstring(shown[-1]["text/html"])


def refusal(block: Any, **words: str) -> ParstudyError:
    page, _ = written()
    with pytest.raises(ParstudyError) as caught:
        page.show(block, **words)
    return caught.value


# --- data frames ---------------------------------------------------------------------------------


def cells(table: Any) -> list[list[str]]:
    return [[c.text_content() for c in row] for row in table.iter("tr")]


def test_a_data_frame_is_a_table_with_numbers_of_the_language() -> None:
    table = html_of(DATA, "vi", caption="Điểm số")
    assert cells(table) == [
        ["province", "score"],
        ["Hà Nội", "91,50"],
        ["Huế", "88,00"],
        ["Lạng Sơn", "87,11"],
        ["Cà Mau", "80,25"],
    ]
    assert table.findtext(".//caption") == "Điểm số"
    assert {th.get("scope") for th in table.iter("th")} == {"col"}


def test_an_index_with_names_heads_the_rows() -> None:
    table = html_of(DATA.set_index("province"))
    assert [th.text for th in table.findall(".//tbody//th")] == list(DATA.province)
    series = html_of(DATA.set_index("province")["score"])
    assert cells(series) == cells(table)


def test_cells_of_a_data_frame_are_text_and_what_is_missing_is_marked() -> None:
    frame = pd.DataFrame(
        {
            ("a", "<b>x</b>"): ["<script>alert(1)</script>", None],
            ("a", "year"): [2021, 2022],
            ("b", "when"): pd.to_datetime(["2021-05-01", None]),
        }
    )
    table = html_of(frame)
    assert [th.text for th in table.iter("th")] == ["a · <b>x</b>", "a · year", "b · when"]
    assert cells(table)[1:] == [
        ["<script>alert(1)</script>", "2021", "1 May 2021"],
        ["–", "2022", "–"],
    ]


def test_small_numbers_keep_their_figures() -> None:
    table = html_of(pd.DataFrame({"p": [0.00012, 0.5], "n": [1.0, 3.0], "x": [np.inf, 0.1]}))
    assert cells(table)[1:] == [["0.00012", "1", "∞"], ["0.50000", "3", "0.1"]]


def test_a_long_data_frame_says_how_much_is_not_shown() -> None:
    table = html_of(pd.DataFrame({"n": range(1200)}))
    assert len(table.findall(".//tbody/tr")) == 500
    assert "The first 500 of 1,200 rows." in table.text_content()


def test_a_styler_keeps_its_colours_and_its_id_is_not_drawn_by_lot() -> None:
    style = DATA.style.background_gradient(subset=["score"])
    first, second = (html_of(style, id="scores", caption="Scores") for _ in range(2))
    assert lxml_html.tostring(first) == lxml_html.tostring(second)
    assert "background-color" in first.findtext(".//style")
    assert first.findtext(".//caption") == "Scores"
    assert style.to_html() != style.set_caption("other").to_html()  # the Styler itself is as it was


# --- figures -------------------------------------------------------------------------------------


def test_a_figure_is_shown_once_with_words_made_from_what_it_shows() -> None:
    axes = sns.barplot(DATA, x="province", y="score")
    picture = html_of(axes, caption="Điểm").find(".//img")
    assert picture.get("alt") == (
        "Horizontal axis: province; vertical axis: score. "
        "Hà Nội 91.5; Huế 88; Lạng Sơn 87.11; Cà Mau 80.25."
    )
    assert plt.get_fignums() == []


@pytest.mark.parametrize(
    "draw",
    [
        lambda: plt.subplots(1, 2)[1],
        lambda: sns.lmplot(DATA.assign(n=range(4)), x="n", y="score"),
        lambda: sns.jointplot(DATA.assign(n=range(4)), x="n", y="score"),
        lambda: DATA.plot(y="score").get_figure(),
    ],
)
def test_figures_come_as_axes_arrays_and_grids(draw: Any) -> None:
    figure = html_of(draw(), alt="What is seen", caption="<words>", id="seen")
    assert figure.get("id") == "seen"
    assert figure.find(".//img").get("alt") == "What is seen"
    assert figure.findtext(".//figcaption") == "<words>"


def test_a_figure_is_the_same_bytes_each_time() -> None:
    def made() -> bytes:
        rng = np.random.default_rng(1)
        axes = sns.regplot(x=rng.normal(size=50), y=rng.normal(size=50), seed=1)
        return bytes(lxml_html.tostring(html_of(axes, alt="x")))

    assert made() == made()


def test_a_cloud_of_many_points_is_made_of_pixels() -> None:
    rng = np.random.default_rng(1)
    _, axes = plt.subplots()
    axes.scatter(rng.normal(size=20_000), rng.normal(size=20_000))
    picture = html_of(axes).find(".//img")
    assert picture.get("src").startswith("data:image/png")
    assert picture.get("alt").startswith("20,000 points, horizontally from −")


def test_a_figure_with_nothing_in_it_is_refused() -> None:
    assert refusal(plt.figure()).code == "empty_figure"
    assert refusal(plt.subplots()[1]).code == "no_alternative_text"


# --- regressions and the rest --------------------------------------------------------------------


def test_a_regression_shows_its_summary_without_the_clock() -> None:
    frame = pd.DataFrame({"n": range(12), "score": [1, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13]})
    model = smf.ols("score ~ n", frame).fit(cov_type="HC3")
    shown = html_of(model, id="model", caption="OLS")
    assert shown.get("id") == "model"
    assert "R-squared" in shown.text_content()
    assert "HC3" in shown.text_content()
    assert not re.search(r"Time:|Date:|\d\d:\d\d:\d\d", shown.text_content())
    assert not re.search(r"\d\d:\d\d", html_of(model.summary2()).text_content())


def test_what_shows_itself_is_shown_unless_it_runs_scripts() -> None:
    class Own:
        def __init__(self, html: str) -> None:
            self.html = html

        def _repr_html_(self) -> str:
            return self.html

    assert html_of(Own("<p>own</p>"), caption="words").text_content().split() == ["own", "words"]
    error = refusal(Own("<div></div><script>draw()</script>"))
    assert error.code == "not_showable"
    assert "Own with <script>" in str(error)
    assert refusal(3).code == "not_showable"


def test_text_of_ones_own_in_two_languages() -> None:
    for lang, said in (("vi", "Hạng"), ("en", "Rank")):
        page, shown = written(lang)
        page.say(page.text(vi="Hạng", en="Rank"))
        assert shown[-1]["text/html"] == f"<p>{said}</p>"
        assert page.text(vi="chỉ tiếng Việt") == "chỉ tiếng Việt"
        with pytest.raises(ParstudyError, match="no text"):
            page.text()
        with pytest.raises(ParstudyError, match="unknown language"):
            page.text(fr="Rang")


# --- words of a picture --------------------------------------------------------------------------


def words(lang: str = "en") -> str:
    return words_of_figure(facts_of_figure(plt.gcf()), Language(lang))


def test_words_of_lines_and_dates() -> None:
    dates = pd.date_range("2021-01-01", periods=4)
    plt.plot(dates, [1.0, 4.0, 2.5, 3.0], label="Huế")
    plt.legend()
    plt.title("Điểm số")
    assert words("vi") == (
        "Điểm số. Huế: Đường gồm 4 điểm, từ 1 đến 3, thấp nhất 1, cao nhất 4. Chú giải: Huế."
    )
    plt.figure()
    plt.scatter(dates, [1.0, 4.0, 2.5, 3.0])
    assert words() == "4 points, horizontally from 1 January 2021 to 4 January 2021, " + (
        "vertically from 1 to 4."
    )


def test_words_of_parts_cells_and_shares() -> None:
    figure, (left, right) = plt.subplots(1, 2)
    figure.suptitle("Whole")
    left.imshow([[1, 2, 3], [4, 5, 6]])
    right.pie([1, 3], labels=["A", "B"])
    assert words() == (
        "Whole. Part 1 of 2: A grid of 2 rows and 3 columns. Values from 1 to 6. "
        "Part 2 of 2: A 25.0%; B 75.0%."
    )


def test_names_along_an_axis_are_said_where_no_mark_says_them() -> None:
    sns.heatmap(DATA.set_index("province"))
    assert "Along the axes: score; Hà Nội; Huế; Lạng Sơn; Cà Mau." in words()


# --- cells that are run again --------------------------------------------------------------------


class Lab:
    """The shell of a live notebook: which cell runs, and for the how-manieth time."""

    def __init__(self) -> None:
        self.execution_count = 0
        self.cell = ""

    def get_parent(self) -> dict[str, Any]:
        return {"metadata": {"cellId": self.cell} if self.cell else {}}

    def run(self, cell: str = "") -> None:
        self.execution_count += 1
        self.cell = cell


@pytest.fixture
def lab(monkeypatch: pytest.MonkeyPatch) -> Lab:
    import IPython

    shell = Lab()
    monkeypatch.setattr(IPython, "get_ipython", lambda: shell)
    return shell


@pytest.mark.parametrize("cells", [("", ""), ("one", "two")], ids=["no ids", "ids of cells"])
def test_a_block_replaces_the_one_with_its_id_when_a_cell_runs_again(
    lab: Lab, cells: tuple[str, str]
) -> None:
    page, shown = written()
    for _ in range(3):
        lab.run(cells[0])
        page.show(DATA, id="scores")
        lab.run(cells[1])
        page.finish()
    finish = shown[-1][MIME]["finish"]
    assert (finish["tables"], finish["figures"]) == (["scores"], [])
    with pytest.raises(ParstudyError, match="finished already"):
        page.finish()


def test_one_run_of_a_cell_shows_an_id_once(lab: Lab) -> None:
    page, _ = written()
    lab.run("one")
    page.show(DATA, id="scores")
    with pytest.raises(ParstudyError, match="two tables or charts with one id"):
        page.show(DATA, id="scores")


def test_an_id_that_a_changed_cell_no_longer_shows_is_not_promised(lab: Lab) -> None:
    page, shown = written()
    lab.run("one")
    page.show(DATA, id="scores")
    lab.run("one")
    page.show(DATA, id="points")
    page.finish()
    assert shown[-1][MIME]["finish"]["tables"] == ["points"]


@pytest.mark.slow
def test_cells_of_a_notebook_run_twice_in_a_live_kernel(root: Path, shipped: Any) -> None:
    import nbformat
    from nbclient import NotebookClient
    from nbformat import NotebookNode

    nb = nbformat.read(root / "notebooks" / "province_report.ipynb", as_version=4)
    twice: list[NotebookNode] = []
    for cell in (c for c in nb.cells if c.cell_type == "code"):
        source = f"import os; os.environ['PARSTUDY_PROJECT'] = {str(shipped.project.root)!r}"
        if not twice:
            twice.append(nbformat.v4.new_code_cell(source))
        twice += [cell, nbformat.v4.new_code_cell(cell.source)]
    nb.cells = twice
    NotebookClient(nb, timeout=120, kernel_name="python3").execute()
    finished = [o.data[MIME] for c in nb.cells[-2:] for o in c.outputs if MIME in o.get("data", {})]
    assert finished[0]["finish"] == finished[1]["finish"]
