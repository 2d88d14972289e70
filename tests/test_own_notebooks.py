"""Notebooks as others write them are published, in both languages, or say why not."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import nbformat
import own_notebooks as own
import pytest
from lxml import html as lxml_html
from nbformat.v4 import new_output
from own_notebooks import code, md, notebook

from parstudy.errors import RunError
from parstudy.publish import Exporter, Report
from parstudy.publish.ordinary import Given
from parstudy.runs import execute, plan


@pytest.fixture(scope="module")
def exporter() -> Exporter:
    return Exporter()


@dataclass
class Published:
    """A report of an ordinary notebook."""

    html: str
    notes: tuple[str, ...]

    @property
    def page(self) -> Any:
        return lxml_html.document_fromstring(self.html.encode())

    @property
    def main(self) -> Any:
        return self.page.find(".//main")

    def text(self, path: str = ".//main") -> str:
        found = self.page.find(path)
        for folded in found.findall(".//details[@class='ps-code']"):
            folded.drop_tree()
        return " ".join(found.text_content().split())

    def headings(self) -> list[tuple[int, str]]:
        found = self.main.iter("h1", "h2", "h3", "h4", "h5", "h6")
        return [(int(h.tag[1]), " ".join(h.text_content().split())) for h in found]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, exporter: Exporter) -> Callable[..., Published]:
    """Execute one of the notebooks as the command does, once, and publish it."""
    root = tmp_path_factory.mktemp("project")
    (root / "data" / "raw").mkdir(parents=True)
    (root / "notebooks").mkdir()
    kept: dict[tuple[str, str, str], Published] = {}

    def make(name: str, lang: str = "en", **parameters: Any) -> Published:
        key = (name, lang, repr(parameters))
        if key not in kept:
            path = own.write(name, root / "elsewhere")
            runs = plan(root, path, [parameters], languages=[lang])
            result = execute(runs[0], exporter)
            kept[key] = Published(result.html_path.read_text(encoding="utf-8"), result.notes)
        return kept[key]

    return make


def shown(nb: Any, exporter: Exporter, **given: Any) -> Published:
    """Publish a notebook as it is."""
    given.setdefault("lang", "en")
    report: Report = exporter.render(nb, place="own.ipynb", given=Given(**given))
    return Published(report.html, report.notes)


def outputs(*bundles: Any, source: str = "show()", **metadata: Any) -> Any:
    cell = code(source, **metadata)
    cell.outputs = [new_output("display_data", data=bundle) for bundle in bundles]
    return cell


# --- all of them ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(own.OWN))
def test_own_notebook_is_safe_whole_and_can_be_read_by_anybody(
    made: Callable[..., Published], name: str
) -> None:
    if name == "executed":
        pytest.skip("is published as it is")
    published = made(name)
    main = published.main
    assert list(main.iter("script", "iframe", "object", "embed", "form", "link", "meta")) == []
    for element in main.iter():
        for attribute, value in element.attrib.items():
            assert not attribute.startswith("on"), attribute
            if attribute in {"src", "href"}:
                assert value.startswith(("#", "https://", "http://", "data:image/", "mailto:"))
            if attribute == "src":
                assert value.startswith("data:image/")
            assert "url(http" not in value
    assert "url(http" not in published.text("body").replace('"', "")
    ids = [e.get("id") for e in published.page.iter() if isinstance(e.tag, str) and e.get("id")]
    assert len(ids) == len(set(ids))
    anchors = {a.get("href")[1:] for a in main.iter("a") if a.get("href", "").startswith("#")}
    assert anchors <= set(ids)
    levels = [level for level, _ in published.headings()]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert all((picture.get("alt") or "").strip() for picture in main.iter("img"))
    for head in main.iter("th"):
        assert head.get("scope"), lxml_html.tostring(head)
        assert head.text_content().strip()


@pytest.mark.parametrize("name", ["statistics", "styler", "great_tables", "loop_of_displays"])
def test_own_notebook_is_the_same_bytes_each_time(
    tmp_path: Path, exporter: Exporter, name: str
) -> None:
    (tmp_path / "data" / "raw").mkdir(parents=True)
    path = own.write(name, tmp_path / "elsewhere")
    (run,) = plan(tmp_path, path, [{}], languages=["vi"])

    def bytes_of() -> tuple[bytes, bytes]:
        execute(run, exporter)
        return run.html_path.read_bytes(), run.notebook_path.read_bytes()

    assert bytes_of() == bytes_of()


# --- each of them --------------------------------------------------------------------------------


def test_tables_pictures_and_regressions_of_a_plain_notebook(
    made: Callable[..., Published],
) -> None:
    published = made("statistics")
    assert published.headings()[:3] == [
        (1, "Does income explain the score?"),
        (2, "The picture"),
        (2, "The model"),
    ]
    text = published.text()
    assert "R-squared" in text
    assert not re.search(r"\d\d:\d\d:\d\d", text)
    assert "<matplotlib" not in text
    assert "<Axes" not in text
    alts = [picture.get("alt") for picture in published.main.iter("img")]
    assert "Bars of the mean score" in alts
    assert alts[0].startswith(
        "Score and GRDP. Horizontal axis: grdp; vertical axis: score. A line of 100 points from"
    )
    assert [note.partition(":")[0] for note in published.notes] == ["cell 5"]
    (link,) = [a for a in published.main.iter("a") if a.text == "the method"]
    assert link.get("href") == "#the-model"
    assert published.page.find(".//meta[@name='description']").get("content").startswith("We ask")
    assert "How this page was made" in text


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_what_moves_is_a_still_picture_or_says_so(
    made: Callable[..., Published], lang: str
) -> None:
    published = made("interactive", lang)
    text = published.text()
    said = {"vi": "nội dung tương tác", "en": "something interactive"}[lang]
    for what in ("Plotly", "Vega-Altair", "IntSlider", "Bokeh", "iframe"):
        assert f"{said} ({what})" in text
    assert "Points by year" in text  # its title
    assert len(list(published.main.iter("img"))) == 1
    assert "HBox" not in text
    assert "Javascript" not in text
    assert sum("needs a script" in note for note in published.notes) == 4


def test_old_notebook_is_published(made: Callable[..., Published]) -> None:
    published = made("version_3")
    assert published.headings()[0] == (1, "An old notebook")
    assert [pre.text_content().strip() for pre in published.main.findall(".//pre[@class]")][:2] == [
        "old",
        "5",
    ]


def test_formulas_are_set_without_network_and_without_script(
    made: Callable[..., Published],
) -> None:
    published = made("formulas", "vi")
    formulas = list(published.main.iter("math"))
    assert len(formulas) >= 7
    assert "$" not in published.text().replace("$5", "")
    assert {note.partition(" (")[0] for note in published.notes} == {
        r"cell 2: a formula cannot be set and stands as text: \bbox[red]{x}",
        r"cell 2: a formula cannot be set and stands as text: \frac{a}{",
    }
    assert [e.text for e in published.main.iter("code") if e.get("class") == "ps-formula"] == [
        r"\bbox[red]{x}",
        r"\frac{a}{",
    ]
    assert "tabular" in published.text()


def test_what_lies_beside_a_notebook_is_found(made: Callable[..., Published]) -> None:
    published = made("module_beside")
    assert "4" in [cell.text for cell in published.main.iter("td")]
    pictures = list(published.main.iter("img"))
    assert [p.get("src").partition(",")[0] for p in pictures] == ["data:image/png;base64"] * 2
    assert pictures[0].get("alt") == "The map"
    assert "[gone]" in published.text()
    assert any("gone.png" in note for note in published.notes)
    assert any("my%20data.csv" in note for note in published.notes)


def test_much_printed_text_is_cut_and_that_is_said(made: Callable[..., Published]) -> None:
    published = made("much_printed")
    assert len(published.html) < 300_000
    assert re.search(r"… 1,\d{3},\d{3} characters more are left out.", published.text())
    assert "3 of 3" in published.text()
    assert "1 of 3" not in published.text()
    assert "red and bold <b>" in published.text()


@pytest.mark.parametrize(
    ("lang", "title", "said", "not_said"),
    [
        ("vi", "Vùng của tôi", "phần tiếng Việt", "English part"),
        ("en", "My region", "English part", "phần tiếng Việt"),
    ],
)
def test_parameters_and_texts_in_two_languages(
    made: Callable[..., Published], lang: str, title: str, said: str, not_said: str
) -> None:
    published = made("per_region", lang, region="south")
    assert published.headings()[:2] == [(1, title), (2, "A heading that is not the title")]
    assert said in published.text()
    assert not_said not in published.text()
    assert "Cà Mau" in published.text()
    assert "region=south" in published.text()
    assert "-p region south" in published.text()


def test_hostile_html_does_nothing_and_is_told(made: Callable[..., Published]) -> None:
    published = made("raw_html")
    assert "https://a.example" not in published.html.partition("<details")[0]
    for kept in ("styled", "in a form", "the end", "details", "cell", "own"):
        assert kept in published.text()
    (good,) = {a.get("href") for a in published.main.iter("a") if (a.get("href") or "#")[0] != "#"}
    assert good == "https://example.org/a"
    (note,) = [n for n in published.notes if n.startswith("cell 2: taken out")]
    for what in ("<script> (3)", "onclick", "<iframe>", "javascript:… (3)", "data:", "<use>"):
        assert what in note
    # its style holds for its own block, not for the page
    styles = " ".join(s.text for s in published.main.iter("style"))
    assert "ps-own-" in styles
    assert not re.search(r"(^|[\n}])\s*(body|p)\b", styles)
    assert "position" not in "".join(p.get("style") or "" for p in published.main.iter("p"))
    assert [p.get("class") for p in published.main.iter("p") if p.text == "own"] == ["own"] * 2


def test_stylers_and_frames_are_tables(made: Callable[..., Published]) -> None:
    published = made("styler")
    tables = list(published.main.iter("table"))
    assert [t.find("caption").text for t in tables if t.find("caption") is not None] == [
        "Own caption",
        "Two hundred rows",
    ]
    assert "background-color" in " ".join(s.text for s in published.main.iter("style"))
    assert "<b>bold</b>" in published.text()
    assert {td.get("class") for td in tables[2].findall(".//tbody//td")} == {"ps-num"}
    assert {"colgroup"} <= {th.get("scope") for th in tables[2].iter("th")}


def test_tables_of_great_tables_keep_their_look_twice(made: Callable[..., Published]) -> None:
    published = made("great_tables")
    styles = [style.text for style in published.main.iter("style")]
    assert len(styles) == 2
    for table, style in zip(published.main.iter("table"), styles, strict=True):
        box = next(e for e in table.iterancestors() if e.get("id"))
        assert f"#{box.get('id')} table" in style


def test_attached_pictures_are_in_the_page(made: Callable[..., Published]) -> None:
    published = made("attachments")
    (picture,) = published.main.iter("img")
    assert (picture.get("alt"), picture.get("src")) == (
        "Grey",
        f"data:image/png;base64,{own.PNG}",
    )
    assert len(published.notes) == 2


def test_headings_that_leave_out_levels_are_put_in_order(made: Callable[..., Published]) -> None:
    assert made("headings").headings()[:-1] == [
        (1, "My analysis"),
        (2, "Data"),
        (2, "Model"),
        (2, "Results"),
        (3, "First"),
        (3, "Second"),
        (4, "Deep"),
        (2, "Conclusion"),
        (3, "By hand"),
    ]


def test_vietnamese_words_stay(made: Callable[..., Published]) -> None:
    published = made("vietnamese", "vi")
    assert published.headings()[0][1] == "Chỉ số cải cách hành chính: Lạng Sơn & 2021"
    assert published.page.findtext(".//title") == "Chỉ số cải cách hành chính: Lạng Sơn & 2021"
    assert "hạng 23/63" in published.text()


def test_notebook_without_a_heading_is_called_by_its_name(made: Callable[..., Published]) -> None:
    published = made("no_heading")
    assert published.headings()[0] == (1, "no heading")
    said = [pre.text_content() for pre in published.main.iter("pre") if pre.get("class")]
    assert said[:3] == ["2", "'text'", "{'a': [1, 2]}"]


def test_captions_and_words_of_pictures_in_a_loop(made: Callable[..., Published]) -> None:
    published = made("loop_of_displays", "vi")
    captions = [c.text for c in published.main.iter("figcaption")]
    assert captions == ["Vùng centre", "Vùng north", "Vùng south"]
    alts = [picture.get("alt") for picture in published.main.iter("img")]
    assert alts[3:5] == ["First", "Second"]
    assert published.main.findall(".//img")[5].get("src").startswith("data:image/svg+xml")


def test_updated_outputs_are_those_of_the_end(made: Callable[..., Published]) -> None:
    text = made("updates").text()
    assert "third" in text
    assert "first" not in text.partition("How this page")[0].replace("*first*", "")
    assert "round 2" in text
    assert "round 0" not in text


def test_notebook_executed_elsewhere(exporter: Exporter, tmp_path: Path) -> None:
    path = own.write("executed", tmp_path)
    report = exporter.export(path, tmp_path / "done.html", given=Given(lang="en"))
    published = Published(report.html, report.notes)
    assert published.main.find(".//img").get("alt") == "Picture below “A picture”"
    assert "ZeroDivisionError: division by zero" in published.text()
    assert "/home/x.py" not in published.html
    assert "secret()" not in published.html
    assert "quiet()" not in published.html
    assert published.page.find(".//meta[@name='description']").get("content") == "A summary."


# --- words, kinds and limits ---------------------------------------------------------------------


def test_words_of_a_picture_come_from_wherever_they_are_given(exporter: Exporter) -> None:
    picture = {"image/png": own.PNG}
    nb = notebook(
        outputs(picture, alt={"vi": "Theo siêu dữ liệu", "en": "From metadata"}),
        outputs(picture, picture, alt=["One", "Two"]),
        outputs(picture, source="#| fig-alt: 'From Quarto'\n#| fig-cap: Caption\nplot()"),
        outputs(picture, source="# alt en: English\n# alt vi: Tiếng Việt\nplot()"),
    )
    published = shown(nb, exporter)
    alts = [p.get("alt") for p in published.main.iter("img")]
    assert alts == ["From metadata", "One", "Two", "From Quarto", "English"]
    assert [c.text for c in published.main.iter("figcaption")] == ["Caption"]
    assert published.notes == ()
    assert shown(nb, exporter, lang="vi").main.find(".//img").get("alt") == "Theo siêu dữ liệu"


def test_invented_data_are_said_on_the_face_of_an_ordinary_page(exporter: Exporter) -> None:
    published = shown(notebook(md("# A")), exporter, synthetic=True)
    assert "SYNTHETIC · SỐ LIỆU GIẢ ĐỊNH" in published.text("body")
    assert published.page.find(".//meta[@name='parstudy:synthetic']").get("content") == "yes"
    assert "SYNTHETIC" not in shown(notebook(md("# A")), exporter).text("body")


def test_picture_that_is_too_large_is_refused(exporter: Exporter) -> None:
    import base64

    large = base64.b64encode(own.png() + bytes(50_000_000)).decode()
    for nb in (
        notebook(outputs({"image/png": large})),
        notebook(md("![x](attachment:a.png)", attachments={"a.png": {"image/png": large}})),
    ):
        with pytest.raises(RunError) as caught:
            shown(nb, exporter)
        assert caught.value.code == "picture_too_large"
        assert "50 MB" in str(caught.value)


def test_notebook_that_shows_nothing_says_so(exporter: Exporter) -> None:
    for nb in (notebook(), notebook(code("x = 1")), notebook(md("  "), code("pass"))):
        with pytest.raises(RunError) as caught:
            shown(nb, exporter)
        assert caught.value.code == "no_page"
        assert "neither text nor an output" in str(caught.value)


def test_page_that_moves_is_refused_as_before_but_a_known_library_says_what_it_is(
    exporter: Exporter,
) -> None:
    from test_publish import Written, refusal

    written = Written(lang="en").titled()
    plot = {"layout": {"title": {"text": "Own"}}}
    written.show({"application/vnd.plotly.v1+json": plot, "text/html": "<script>draw()</script>"})
    report = exporter.render(written.finished())
    assert "something interactive (Plotly)" in report.html
    assert "Own." in report.html
    assert refusal(exporter, Written().titled().html("<script></script>").finished()).code == (
        "active_content"
    )


def test_a_heading_in_text_is_no_title_beside_that_of_the_page(exporter: Exporter) -> None:
    from test_publish import Written

    written = Written(lang="en").markdown("# In a markdown cell").titled()
    html = exporter.render(written.finished()).html
    found = Published(html, ()).headings()[:2]
    assert [level for level, _ in found] == [1, 2]
    assert found[0][1] == "Lạng Sơn 2021: hạng 23/63"


def test_page_finished_in_two_cells_has_one_ending(exporter: Exporter) -> None:
    from test_publish import Written

    from parstudy.display.page import MIME

    written = Written(lang="en").titled()
    end = {"figures": [], "tables": [], "sources": 0}
    for text in ("first end", "second end"):
        written.show({"text/html": f"<p>{text}</p>", MIME: {"finish": end}})
        written.cell("page.finish()")
    text = exporter.render(written.node()).html
    assert "first end" not in text
    assert "second end" in text


@pytest.mark.parametrize(
    ("sources", "code_", "said"),
    [
        (["x = ("], "notebook_failed", "cell 1 stopped with SyntaxError"),
        (["1", "1 / 0"], "notebook_failed", "cell 2 stopped with ZeroDivisionError"),
        (["x = 1"], "no_page", "neither text nor an output"),
        (["import sys; sys.exit(0)"], None, "SystemExit"),
    ],
)
def test_notebook_that_fails_leaves_one_message_and_no_report(
    tmp_path: Path, exporter: Exporter, sources: list[str], code_: str | None, said: str
) -> None:
    (tmp_path / "data" / "raw").mkdir(parents=True)
    path = tmp_path / "bad.ipynb"
    nbformat.write(notebook(*(code(source) for source in sources)), path)
    (run,) = plan(tmp_path, path, [{}], languages=["en"])
    with pytest.raises(RunError) as caught:
        execute(run, exporter)
    assert code_ is None or caught.value.code == code_
    assert said in str(caught.value)
    assert not run.html_path.exists()
    assert not run.notebook_path.exists()


def test_files_that_are_no_notebook_of_a_known_format(tmp_path: Path) -> None:
    for text in (
        "",
        "{}",
        "not json",
        json.dumps({"nbformat": 9, "nbformat_minor": 0, "cells": []}),
    ):
        path = tmp_path / "bad.ipynb"
        path.write_text(text)
        with pytest.raises(RunError) as caught:
            plan(tmp_path, path, [{}])
        assert caught.value.code == "bad_notebook", text
