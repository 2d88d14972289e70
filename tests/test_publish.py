"""From executed notebooks to reports and the index page."""

from __future__ import annotations

import base64
import hashlib
import io
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import nbformat
import pandas as pd
import pytest
from lxml import html as lxml_html
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from parstudy.dataset import Dataset
from parstudy.dataset.contradicted import contradicted
from parstudy.display import Column, Page, build_table
from parstudy.display.page import MIME
from parstudy.errors import RunError
from parstudy.publish import Exporter, export, write_index

PICTURE = f"data:image/svg+xml;base64,{base64.b64encode(b'<svg>' + b' ' * 60 + b'</svg>').decode()}"
FIGURE = f'<figure class="ps-figure" id="{{}}"><img alt="Rank: 36, 23" src="{PICTURE}"></figure>'


@pytest.fixture(scope="module")
def exporter() -> Exporter:
    return Exporter()


class Written:
    """A notebook as it is after a run: each call on the page is the output of a cell."""

    def __init__(self, synthetic: bool = False, lang: str = "vi", **parameters: Any) -> None:
        sources = pd.DataFrame(
            [
                {
                    "source_id": "ministry",
                    "url": "https://example.vn/par-index",
                    "title": "<script>alert('source')</script>",
                    "publisher": "Bộ Nội vụ",
                    "kind": "press",
                    "published_on": "2022-05-25",
                    "retrieved_on": "2025-11-01",
                    "licence": "",
                }
            ]
        )
        data = SimpleNamespace(sources=sources, synthetic=synthetic, fingerprint="f00d")
        self.cells: list[Any] = []
        self._outputs: list[Any] = []
        given = parameters or {"province": "lang-son", "year": 2021}
        self.page = Page(lang, "province_report", {"lang": lang, **given}, data, out=self.show)
        self.cell("page = Page(…)")

    def show(self, bundle: dict[str, Any], kind: str = "display_data", **metadata: Any) -> None:
        extra = {"execution_count": 1} if kind == "execute_result" else {}
        self._outputs.append(new_output(kind, data=bundle, metadata=metadata, **extra))

    def html(self, text: str) -> Written:
        self.show({"text/html": text})
        return self

    def say(self, text: str, name: str = "stdout") -> None:
        self._outputs.append(new_output("stream", name=name, text=text))

    def stop(self, name: str, value: str) -> None:
        self._outputs.append(new_output("error", ename=name, evalue=value, traceback=[]))

    def cell(self, source: str = "page.say(…)", tags: tuple[str, ...] = ()) -> Written:
        self.cells.append(
            new_code_cell(
                source, outputs=self._outputs, execution_count=1, metadata={"tags": list(tags)}
            )
        )
        self._outputs = []
        return self

    def markdown(self, source: str, tags: tuple[str, ...] = ()) -> Written:
        self.cells.append(new_markdown_cell(source, metadata={"tags": list(tags)}))
        return self

    def titled(self) -> Written:
        self.page.title("Lạng Sơn 2021: hạng 23/63", "PAR INDEX 87,11%, tăng 13 bậc.")
        return self.cell("page.title(…)")

    def finished(self) -> Any:
        self.page.finish()
        self.cell("page.finish()")
        return self.node()

    def node(self) -> Any:
        if self._outputs:
            self.cell()
        nb = new_notebook(cells=self.cells)
        for number, cell in enumerate(nb.cells):
            cell["id"] = f"cell-{number}"
        return nb


def parsed(text: str) -> Any:
    return lxml_html.document_fromstring(text.encode())


def refusal(exporter: Exporter, nb: Any) -> RunError:
    with pytest.raises(RunError) as caught:
        exporter.render(nb, place="vi/province_report/lang-son-2021")
    return caught.value


# --- the document --------------------------------------------------------------------------------


def test_first_screen_says_the_finding(exporter: Exporter) -> None:
    nb = Written().titled().finished()
    page = parsed(exporter.render(nb).html)
    assert page.get("lang") == "vi"
    assert page.findtext(".//title") == "Lạng Sơn 2021: hạng 23/63"
    assert page.find(".//meta[@name='description']").get("content") == (
        "PAR INDEX 87,11%, tăng 13 bậc."
    )
    # its words stand together in phrases, and are the same
    title = page.findtext(".//h1")
    assert title.split(" ") == ["Lạng\u00a0Sơn\u00a02021:", "hạng\u00a023/63"]
    order = [e for e in page.iter() if e.tag in {"h1", "details"} or e.get("class") == "ps-lead"]
    assert [e.tag for e in order][:3] == ["h1", "p", "details"]


def test_page_without_title_is_called_by_its_notebook(exporter: Exporter) -> None:
    page = parsed(exporter.render(Written().finished()).html)
    assert [h.text_content() for h in page.iter("h1")] == ["province_report"]


def test_nothing_comes_from_elsewhere_and_nothing_runs(exporter: Exporter) -> None:
    written = Written().titled()
    written.page.say(written.page.cite("ministry"))
    text = exporter.render(
        written.finished(), alternates={"en": "../../en/a.html"}, index_href="../../index.html"
    ).html
    page = parsed(text)
    policy = page.find(".//meta[@http-equiv='Content-Security-Policy']").get("content")
    assert "default-src 'none'" in policy
    # one script, which no page can change, may run: it saves tables and pictures
    (script,) = page.iter("script")
    digest = base64.b64encode(hashlib.sha256(script.text.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}';" in policy
    assert list(page.iter("iframe", "object", "embed")) == []
    assert "&lt;script&gt;alert('source')&lt;/script&gt;" in text
    loading = [e.get("src") for e in page.iter() if isinstance(e.tag, str) and e.get("src")]
    assert all(source.startswith("data:") for source in loading)
    assert {e.get("rel") for e in page.iter("link")} == {"icon", "alternate"}
    assert "url(" not in page.findtext(".//style")


def test_links_to_the_other_language_and_to_all_reports(exporter: Exporter) -> None:
    nb = Written().titled().finished()
    alternates = {"vi": "self.html", "en": "../../en/province_report/lang-son-2021.html"}
    page = parsed(exporter.render(nb, alternates=alternates, index_href="../../index.html").html)
    bar = page.find(".//*[@class='ps-bar']")
    assert [(a.get("href"), a.text) for a in bar.iter("a")] == [
        ("../../index.html", "Tất cả báo cáo"),
        ("../../en/province_report/lang-son-2021.html", "English"),
    ]
    assert page.find(".//link[@rel='alternate']").get("hreflang") == "en"


def test_contents_list_the_headings_with_stable_ids(exporter: Exporter) -> None:
    written = Written().titled()
    written.page.heading("Điểm số")
    written.page.heading("Điểm số", 3)
    written.page.heading("Rất nhỏ", 4)
    written.html('<figure id="diem-so-3"><img alt="x" src="data:,"></figure>')
    written.page.heading("Điểm số")
    page = parsed(exporter.render(written.finished()).html)
    contents = page.find(".//nav[@class='ps-toc']")
    links = [a.get("href") for a in contents.iter("a")]
    assert links[:3] == ["#diem-so", "#diem-so-2", "#diem-so-4"]
    assert len(links) == 5  # and sources, and how the page was made; not the small one
    ids = [e.get("id") for e in page.iter() if isinstance(e.tag, str) and e.get("id")]
    assert len(ids) == len(set(ids))
    assert {link[1:] for link in links} < set(ids)
    assert [a.get("href") for a in contents.findall("ol/li/ol/li/a")] == ["#diem-so-2"]


def test_headings_leave_out_no_level(exporter: Exporter) -> None:
    written = Written().titled().markdown("# Another title\n\n#### Deep\n\n## Back")
    page = parsed(exporter.render(written.finished()).html)
    levels = [int(h.tag[1]) for h in page.iter("h1", "h2", "h3", "h4", "h5", "h6")]
    assert levels[:4] == [1, 2, 3, 2]
    assert levels.count(1) == 1


def test_code_is_folded_and_neighbours_share_a_fold(exporter: Exporter) -> None:
    written = Written().titled()
    written.page.say("Một câu.")
    written.cell("first = 1").cell("second = 2").cell("third = 3")
    page = parsed(exporter.render(written.finished()).html)
    folds = page.findall(".//details[@class='ps-code']")
    assert [fold.get("open") for fold in folds] == [None] * len(folds)
    assert {fold.findtext("summary") for fold in folds} == {"Mã lệnh"}
    shared = next(fold for fold in folds if "first" in fold.text_content())
    assert "third" in shared.text_content()


def test_what_is_not_for_readers_stays_out(exporter: Exporter) -> None:
    written = Written().titled().markdown("How to use this notebook", ("lab-only",))
    written.html("<p>only for the lab</p>").cell("tools()", ("lab-only",))
    written.say("DeprecationWarning: old", "stderr")
    written.say("printed\n")
    written.show({"application/javascript": "alert(1)"})
    written.show({"application/vnd.jupyter.widget-view+json": {"model_id": "1"}})
    written.show({"text/plain": "42"}, kind="execute_result")
    text = exporter.render(written.finished()).html
    for hidden in ("How to use", "only for the lab", "DeprecationWarning", "alert(1)", "model_id"):
        assert hidden not in text
    assert [
        e.text_content().strip() for e in parsed(text).iter("pre") if "ps-stdout" in e.classes
    ] == [
        "printed",
        "42",
    ]


@pytest.mark.parametrize("synthetic", [True, False])
def test_invented_data_is_said_once_on_the_face(exporter: Exporter, synthetic: bool) -> None:
    page = parsed(exporter.render(Written(synthetic).titled().finished()).html)
    banners = [e for e in page.iter("p") if e.get("class") == "ps-synthetic"]
    assert len(banners) == synthetic
    if synthetic:
        assert "SYNTHETIC · SỐ LIỆU GIẢ ĐỊNH" in banners[0].text_content()
        body = list(page.find("body"))
        assert body.index(banners[0]) == 1  # after the skip link


def test_wide_tables_and_pictures_scroll_in_their_own_box(exporter: Exporter) -> None:
    written = Written().titled()
    written.html("<table id='bare'><caption>Một bảng</caption><tr><td>1</td></tr></table>")
    frame = pd.DataFrame({"a": [1]})
    written.page.show(build_table("ours", "Bảng", frame, [Column("A", "a")], written.page.language))
    written.html(
        f'<figure><img width="700" alt="a" src="{PICTURE}"><figcaption>Hình</figcaption></figure>'
    )
    page = parsed(exporter.render(written.finished()).html)
    for wide in (*page.iter("table"), page.find(".//figure//img")):
        boxes = [e for e in wide.iterancestors() if "ps-scroll" in (e.get("class") or "")]
        assert len(boxes) == 1
        assert boxes[0].get("tabindex") == "0"
        assert boxes[0].get("aria-label")


def drawn(text: str, id: str = "ranks") -> Any:
    from matplotlib.figure import Figure

    from parstudy.display import Chart

    figure = Figure(figsize=(3, 2))
    figure.add_subplot().plot([1, 2], [40, 23], "o-", label=text)
    figure.axes[0].set_title(text)
    figure.axes[0].set_xlabel(f"{text} năm", weight="bold")
    return Chart(id=id, figure=figure, alt=f"Hạng: 40, 23 <{text}>", caption="Thứ hạng")


def test_words_of_pictures_are_text_in_a_font_that_the_page_brings(exporter: Exporter) -> None:
    written = Written().titled()
    written.page.show(drawn("Hạng & tỉnh <b>"), drawn("Điểm", id="points"))
    text = exporter.render(written.finished()).html
    page = parsed(text)
    one, _ = page.findall(".//figure/svg")
    assert one.get("aria-label") == "Hạng: 40, 23 <Hạng & tỉnh <b>>"
    assert "Hạng & tỉnh <b>" in [t.text_content() for t in one.iter("text")]
    assert not page.findall(".//figure//img")
    ids = [e.get("id") for e in page.iter() if isinstance(e.tag, str) and e.get("id")]
    assert len(ids) == len(set(ids))
    assert all(ref in ids for ref in re.findall(r'(?:href="#|url\(#)([^")]+)', text))
    fonts = dict(re.findall(r"font-weight:(\d+);src:url\(data:font/woff;base64,([^)]+)\)", text))
    from fontTools.ttLib import TTFont

    for weight, letters in (("400", "Hạng & tỉnh <b>Điểm"), ("700", "năm")):
        font = TTFont(io.BytesIO(base64.b64decode(fonts[weight])))
        assert set(map(ord, letters)) <= set(font.getBestCmap())
        assert len(fonts[weight]) < 8000
    assert "font-src data:" in page.find(".//meta[@http-equiv]").get("content")


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        "<a href='https://a.example/'><text>x</text></a>",
        "<foreignObject><p>x</p></foreignObject>",
        "<use href='https://a.example/x.svg#a'/>",
        "<path d='M0 0' style='fill:url(https://a.example/#f)'/>",
        "<image href='https://a.example/x.png'/>",
    ],
)
def test_a_picture_that_is_more_than_a_drawing_stays_an_image(
    exporter: Exporter, inside: str
) -> None:
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{inside}</svg>'
    source = base64.b64encode(svg.encode()).decode()
    written = Written().titled()
    written.html(
        '<figure class="ps-figure ps-drawn" id="x"><img alt="x" '
        f'src="data:image/svg+xml;base64,{source}"></figure>'
    )
    page = parsed(exporter.render(written.finished()).html)
    assert not page.findall(".//figure//svg")
    assert len(page.findall(".//figure//img")) == 1


def test_what_a_drawing_does_not_need_is_gone(exporter: Exporter) -> None:
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" onload="alert(1)">'
        '<rect onclick="alert(1)" class="ps-head" width="1.234" height="2"/></svg>'
    )
    source = base64.b64encode(svg.encode()).decode()
    written = Written().titled()
    written.html(
        '<figure class="ps-figure ps-drawn" id="x"><img alt="x" '
        f'src="data:image/svg+xml;base64,{source}"></figure>'
    )
    page = parsed(exporter.render(written.finished()).html)
    (rect,) = page.iter("rect")
    assert dict(rect.attrib) == {"width": "1.23", "height": "2"}
    assert "onload" not in page.find(".//svg").attrib


def test_same_bytes_each_time(exporter: Exporter) -> None:
    def made(with_exporter: Exporter) -> str:
        written = Written(True).titled()
        written.page.heading("Kết quả")
        written.page.say(written.page.cite("ministry"))
        return with_exporter.render(written.finished()).html

    assert made(exporter) == made(exporter) == made(Exporter())


def test_report_carries_what_the_index_needs(exporter: Exporter) -> None:
    page = parsed(exporter.render(Written().titled().finished()).html)
    meta = {m.get("name"): m.get("content") for m in page.iter("meta")}
    assert meta["parstudy:notebook"] == "province_report"
    assert meta["parstudy:parameters"] == '{"lang": "vi", "province": "lang-son", "year": 2021}'
    assert meta["parstudy:fingerprint"] == "f00d"
    assert meta["parstudy:synthetic"] == "no"


# --- refusals ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("html", "code"),
    [
        ("<script>alert(1)</script>", "active_content"),
        ("<p onclick='alert(1)'>x</p>", "active_content"),
        ("<a href='javascript:alert(1)'>x</a>", "active_content"),
        ("<a href=' JavaScript:alert(1)'>x</a>", "active_content"),
        ("<iframe srcdoc='x'></iframe>", "active_content"),
        ("<form action='https://a.example'></form>", "active_content"),
        ("<img alt='x' src='https://a.example/x.png'>", "loads_from_network"),
        ("<img alt='x' src='picture.png'>", "loads_from_network"),
        ("<img alt='x' src='data:,' srcset='x.png 2x'>", "loads_from_network"),
        ("<p style='background:url(//a.example/x)'>x</p>", "loads_from_network"),
        ("<style>@import 'https://a.example/x.css';</style>", "loads_from_network"),
        ("<link rel='stylesheet' href='x.css'>", "loads_from_network"),
        ("<img src='data:image/png;base64,AAAA'>", "picture_without_alt"),
        ("<p id='a'>x</p><p id='a'>y</p>", "duplicate_id"),
    ],
)
def test_page_that_would_load_or_run_is_refused(exporter: Exporter, html: str, code: str) -> None:
    error = refusal(exporter, Written().titled().html(html).finished())
    assert error.code == code
    assert error.place == "vi/province_report/lang-son-2021"


PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5E"
    "rkJggg=="
)


def test_bare_picture_is_refused_until_it_has_words(exporter: Exporter) -> None:
    written = Written().titled()
    written.show({"image/png": PIXEL})
    assert refusal(exporter, written.finished()).code == "picture_without_alt"
    written = Written().titled()
    written.show({"image/png": PIXEL}, **{"image/png": {"alt": "Rank over years"}})
    page = parsed(exporter.render(written.finished()).html)
    assert page.find(".//main//img").get("alt") == "Rank over years"


def _announcing(figures: list[str], tables: list[str], html: str) -> Any:
    written = Written().titled().html(html)
    finish = {"figures": figures, "tables": tables, "sources": 0}
    written.show({"text/html": "<p>end</p>", MIME: {"finish": finish}})
    return written.node()


def test_every_figure_and_table_shown_must_be_there(exporter: Exporter) -> None:
    both = FIGURE.format("rank-path") + "<table id='areas'><tr><td>1</td></tr></table>"
    assert exporter.render(_announcing(["rank-path"], ["areas"], both)).page.tables == ("areas",)
    for figures, tables, html, code, found in [
        (["rank-path", "lost"], ["areas"], both, "missing_figure", "'lost' is not in"),
        (["rank-path"], ["areas", "lost"], both, "missing_table", "'lost' is not in"),
        (["e"], [], "<figure id='e'></figure>", "missing_figure", "'e' is empty"),
        (
            ["e"],
            [],
            "<figure id='e'><img alt='x' src='data:image/png;base64,'></figure>",
            "missing_figure",
            "'e' is empty",
        ),
        ([], ["e"], "<table id='e'></table>", "missing_table", "'e' is empty"),
    ]:
        error = refusal(exporter, _announcing(figures, tables, html))
        assert error.code == code
        assert found in str(error)


def test_page_must_begin_and_end(exporter: Exporter) -> None:
    assert refusal(exporter, Written().titled().node()).code == "unfinished_page"
    assert refusal(exporter, new_notebook(cells=[new_code_cell("1")])).code == "no_page"
    for name, value in [("ValueError", "no"), ("SystemExit", "0")]:
        written = Written().titled()
        written.stop(name, value)
        error = refusal(exporter, written.finished())
        assert error.code == "notebook_stopped"
        assert name in str(error)


def test_files_that_are_no_notebook(exporter: Exporter, tmp_path: Path) -> None:
    with pytest.raises(RunError) as caught:
        export(tmp_path / "gone.ipynb", tmp_path / "a.html")
    assert caught.value.code == "no_notebook"
    for content in (b"{", b"\xff\xfe", b'{"cells": 3}', b"[]"):
        path = tmp_path / "bad.ipynb"
        path.write_bytes(content)
        with pytest.raises(RunError) as caught:
            exporter.export(path, tmp_path / "a.html")
        assert caught.value.code == "bad_notebook"
    assert not (tmp_path / "a.html").exists()


def test_old_report_stays_whole_when_the_new_one_is_refused(
    exporter: Exporter, tmp_path: Path
) -> None:
    path = tmp_path / "vi" / "lang-son.html"
    source = tmp_path / "done.ipynb"
    nbformat.write(Written().titled().finished(), source)
    exporter.export(source, path)
    before = path.read_bytes()
    with pytest.raises(RunError):
        exporter.export(Written().titled().html("<script></script>").finished(), path)
    assert path.read_bytes() == before
    assert [p.name for p in path.parent.iterdir()] == ["lang-son.html"]


def test_report_that_cannot_be_written_leaves_nothing(exporter: Exporter, tmp_path: Path) -> None:
    (tmp_path / "taken.html").mkdir()
    with pytest.raises(RunError) as caught:
        exporter.export(Written().titled().finished(), tmp_path / "taken.html")
    assert caught.value.code == "not_writable"
    assert [p.name for p in tmp_path.iterdir()] == ["taken.html"]


# --- the index page ------------------------------------------------------------------------------


def _reports(
    folder: Path, exporter: Exporter, wanted: list[tuple[str, str, int]], **kinds: Any
) -> None:
    for lang, province, year in wanted:
        written = Written(lang=lang, province=province, year=year, **kinds)
        written.page.title(f"{province} {year} <b>&amp;</b>", f"summary {lang}")
        written.cell()
        path = folder / lang / "province_report" / f"{province}-{year}.html"
        exporter.export(written.finished(), path)


def test_index_lists_every_report_without_script(exporter: Exporter, tmp_path: Path) -> None:
    wanted = [
        ("vi", "lang-son", 2021),
        ("en", "lang-son", 2021),
        ("vi", "lang-son", 2023),
        ("vi", "da-nang", 2023),
        ("vi", "cao-bang", 2023),
    ]
    _reports(tmp_path, exporter, wanted)
    page = parsed(write_index(tmp_path).read_text(encoding="utf-8"))
    rows = page.findall(".//*[@data-kind]")
    assert [(r.get("data-province"), r.get("data-year")) for r in rows] == [
        ("cao-bang", "2023"),
        ("da-nang", "2023"),  # Đ comes after C and before L
        ("lang-son", "2023"),
        ("lang-son", "2021"),
    ]
    # one row a province
    names = [row.get("data-row") for row in page.findall(".//tr[@data-row]")]
    assert names == ["cao-bang", "da-nang", "lang-son"]
    assert [r.get("data-languages") for r in rows] == ["vi", "vi", "vi", "vi en"]
    targets = {a.get("href") for row in rows for a in row.iter("a")}
    assert len(targets) == len(wanted)
    assert all((tmp_path / target).is_file() for target in targets)
    assert not any(row.get("hidden") for row in rows)
    # whoever reads in English is told that a report is in the other language
    assert "in Vietnamese only" in rows[0].text_content()
    assert page.find(".//main//b") is None


def test_reports_are_told_apart_by_what_differs_between_them(
    exporter: Exporter, tmp_path: Path
) -> None:
    def labels(*targets: tuple[int, int]) -> list[str]:
        for year, rank in targets:
            written = Written(lang="vi", province="lang-son", year=year, target_rank=rank)
            written.page.title(f"Lạng Sơn {year}", "")
            written.cell()
            path = tmp_path / "vi" / "improvement_plan" / f"lang-son-{year}-{rank}.html"
            exporter.export(written.finished(), path)
        page = parsed(write_index(tmp_path).read_text(encoding="utf-8"))
        return [
            link.text_content()
            for link in page.findall(".//tr[@data-row]//a[@hreflang]")
            if link.getparent().get("lang") == "vi"
        ]

    assert labels((2021, 0), (2020, 0)) == ["2021", "2020"]
    assert sorted(labels((2021, 10))) == ["2020 0", "2021 0", "2021 10"]


def test_tiles_open_the_newest_report(exporter: Exporter, tmp_path: Path) -> None:
    _reports(tmp_path, exporter, [("vi", "lang-son", y) for y in (2021, 2023, 2022)])
    page = parsed(write_index(tmp_path).read_text(encoding="utf-8"))
    tiles = page.findall(".//ol[@class='ix-map']/li")
    assert len(tiles) == 63
    links = {a.get("href") for tile in tiles for a in tile.iter("a")}
    assert links == {"vi/province_report/lang-son-2023.html"}


def test_units_since_2025_have_a_map_of_their_own(exporter: Exporter, tmp_path: Path) -> None:
    _reports(tmp_path, exporter, [("vi", "lao-cai", 2025), ("vi", "lao-cai", 2023)])
    page = parsed(write_index(tmp_path).read_text(encoding="utf-8"))
    maps = page.findall(".//ol[@class='ix-map']")
    assert [len(m.findall("li")) for m in maps] == [63, 34]
    newest = [{a.get("href") for a in m.iter("a")} for m in maps]
    assert newest == [
        {"vi/province_report/lao-cai-2023.html"},
        {"vi/province_report/lao-cai-2025.html"},
    ]


def test_only_the_one_script_may_run_in_the_index(exporter: Exporter, tmp_path: Path) -> None:
    _reports(tmp_path, exporter, [("vi", "lang-son", 2021)])
    text = write_index(tmp_path).read_text(encoding="utf-8")
    (script,) = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = parsed(text).find(".//meta[@http-equiv='Content-Security-Policy']").get("content")
    assert f"script-src 'sha256-{digest}'" in policy
    assert "unsafe-inline" not in policy.partition("script-src")[2]


def test_index_is_the_same_each_time_and_not_part_of_itself(
    exporter: Exporter, tmp_path: Path
) -> None:
    _reports(tmp_path, exporter, [("vi", "lang-son", 2021), ("en", "lang-son", 2021)])
    first = write_index(tmp_path).read_bytes()
    (tmp_path / "vi" / "province_report" / "notes.html").write_text("<p>no report</p>")
    assert write_index(tmp_path).read_bytes() == first


def test_index_says_when_reports_do_not_belong_together(exporter: Exporter, tmp_path: Path) -> None:
    _reports(tmp_path, exporter, [("vi", "lang-son", 2021), ("vi", "ha-noi", 2021)])
    warning = "not all made from the same data"
    assert warning not in write_index(tmp_path).read_text(encoding="utf-8")
    assert warning in write_index(tmp_path, older=True).read_text(encoding="utf-8")


def test_index_without_reports(tmp_path: Path) -> None:
    text = write_index(tmp_path).read_text(encoding="utf-8")
    assert "parstudy reports" in text
    with pytest.raises(RunError) as caught:
        write_index(tmp_path / "gone")
    assert caught.value.code == "no_reports"


def test_index_of_invented_data_says_so(shipped: Dataset, tmp_path: Path) -> None:
    empty = pd.DataFrame(columns=["component", "level", "score"])
    nothing = contradicted(shipped.findings.head(0), shipped.figures.head(0))
    data = SimpleNamespace(synthetic=True, scores=empty, components=empty, contradicted=nothing)
    text = write_index(tmp_path, data).read_text(encoding="utf-8")
    assert "SYNTHETIC · SỐ LIỆU GIẢ ĐỊNH" in text
