"""Words, pages, tables and charts as a reader meets them."""

from __future__ import annotations

import base64
import datetime
import inspect
import json
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
from markupsafe import Markup
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.lines import Line2D
from matplotlib.text import Text

import parstudy
from parstudy import charts
from parstudy.charts._fit import spread
from parstudy.charts._position import swarm
from parstudy.charts._sheet import Key, Sheet
from parstudy.charts._tiles import short_name
from parstudy.display import Chart, Column, Language, Page, Table, build_table
from parstudy.display.chart import BLUE, style
from parstudy.display.columns import Columns
from parstudy.display.page import MIME
from parstudy.errors import ParstudyError

NA = pd.NA
VI, EN = Language("vi"), Language("en")
BOTH = pytest.mark.parametrize("language", [VI, EN], ids=["vi", "en"])


@pytest.fixture(autouse=True)
def _strict(monkeypatch):
    monkeypatch.setenv("PARSTUDY_STRICT_TEXTS", "1")


def refused(code):
    return pytest.raises(ParstudyError, check=lambda error: error.code == code)


# --- words ---------------------------------------------------------------------------------------


class TestLanguage:
    def test_unknown_language_names_the_known_ones(self):
        with refused("unknown_language") as caught:
            Language("fr")
        assert "vi or en" in str(caught.value)
        assert "'fr'" in str(caught.value)

    @pytest.mark.parametrize(
        ("value", "decimals", "vi", "en"),
        [
            (87.11, 2, "87,11", "87.11"),
            (1234567.5, 1, "1.234.567,5", "1,234,567.5"),
            (87.125, 2, "87,13", "87.13"),  # half up, not half even
            (2.675, 2, "2,68", "2.68"),  # as it is written, not as it is stored
            (-3.1, 2, "−3,10", "−3.10"),
            (-0.001, 2, "0,00", "0.00"),
            (63, 0, "63", "63"),
            (np.float64(80.08), np.int64(1), "80,1", "80.1"),
            (float("nan"), 2, "–", "–"),
            (NA, 2, "–", "–"),
            (None, 2, "–", "–"),
            (5.0, NA, "5,00", "5.00"),
        ],
    )
    def test_numbers(self, value, decimals, vi, en):
        assert VI.number(value, decimals) == vi
        assert EN.number(value, decimals) == en

    def test_percent_takes_percent(self):
        assert VI.percent(87.11, 2) == "87,11%"
        assert EN.percent(87.11, 2) == "87.11%"

    def test_signed_changes(self):
        assert [VI.signed(x, 2) for x in (3.1, -2, 0.0, -0.001, None)] == [
            "+3,10", "−2,00", "0,00", "0,00", "–",
        ]  # fmt: skip

    def test_intervals_and_p_values(self):
        assert VI.interval(-0.1, 0.325) == "−0,10 đến +0,33"
        assert EN.interval(0.5, 2, 1, signed=False) == "0.5 to 2.0"
        assert EN.interval(NA, 1) == EN.interval(0, float("nan")) == EN.missing
        assert (EN.p_value(0.0345), VI.p_value(0.0009)) == ("0.035", "< 0,001")
        assert EN.p_value(None) == EN.missing

    def test_ranks(self):
        assert VI.rank(23, 63) == "23/63"
        assert VI.rank(23, NA) == "23"
        assert VI.rank(NA, 63) == "–"
        assert VI.rank_range(59, 63, 63) == "59–63/63"
        assert VI.rank_range(7, 7, 63) == "7/63"

    def test_changes_of_rank_in_words(self):
        assert [EN.places(n) for n in (13, 1, -1, -8, 0, NA)] == [
            "up 13 places", "up 1 place", "down 1 place", "down 8 places", "unchanged", "–",
        ]  # fmt: skip
        assert [VI.places(n) for n in (13, 1, -8, 0)] == [
            "tăng 13 bậc", "tăng 1 bậc", "giảm 8 bậc", "không đổi",
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("iso", "vi", "en"),
        [
            ("2022-05-25", "25/05/2022", "25 May 2022"),
            (datetime.date(2022, 5, 25), "25/05/2022", "25 May 2022"),
            ("2022-05", "05/2022", "May 2022"),
            ("2022", "2022", "2022"),
            ("2022-13-40", "2022-13-40", "2022-13-40"),
            ("", "–", "–"),
        ],
    )
    def test_dates_of_any_precision(self, iso, vi, en):
        assert (VI.date(iso), EN.date(iso)) == (vi, en)

    def test_names_fall_back_to_the_other_language(self):
        assert VI.province({"name_vi": "Lạng Sơn", "name_en": "Lang Son"}) == "Lạng Sơn"
        assert EN.name({"name_vi": "Lạng Sơn", "name_en": ""}) == "Lạng Sơn"
        assert EN.name(SimpleNamespace(name_vi="Huế", name_en="Hue")) == "Hue"

    def test_lists(self):
        assert VI.names(["A", "B", "C"]) == "A, B và C"
        assert EN.names(["A", "B"]) == "A and B"
        assert EN.names("ABCDE", limit=2) == "A, B and 3 more"
        assert VI.names([]) == "–"

    def test_sorting_follows_the_vietnamese_alphabet(self):
        wanted = ["Cà Mau", "Cần Thơ", "Đà Nẵng", "Điện Biên", "Hà Nội", "Hậu Giang"]
        assert VI.sorted(reversed(wanted)) == wanted
        rows = [{"name": name} for name in reversed(wanted)]
        assert [r["name"] for r in VI.sorted(rows, key=lambda r: r["name"])] == wanted


class TestTexts:
    def test_translation_with_holes(self):
        assert VI.text("published {date}", date="05/2022") == "đăng 05/2022"
        assert EN.text("published {date}", date="May 2022") == "published May 2022"

    def test_strict_refuses_what_is_not_translated(self):
        with refused("untranslated_text"):
            VI.text("No catalogue has this sentence.")
        with refused("untranslated_text"):
            VI.ntext("{n} gnu", "{n} gnus", 2)

    @pytest.mark.parametrize("language", [VI, EN])
    def test_strict_refuses_an_unfilled_hole(self, language):
        with refused("unfilled_hole") as caught:
            language.text("published {date}")
        assert "date" in str(caught.value)

    def test_a_reader_gets_english_instead_of_an_error(self, monkeypatch):
        monkeypatch.delenv("PARSTUDY_STRICT_TEXTS")
        assert VI.text("No catalogue has this sentence.") == "No catalogue has this sentence."
        assert VI.ntext("{n} gnu", "{n} gnus", 1) == "1 gnu"
        assert VI.ntext("{n} gnu", "{n} gnus", 1200) == "1.200 gnus"
        assert EN.text("published {date}") == "published {date}"

    def test_markup_in_a_hole_makes_markup_and_escapes_the_rest(self):
        text = EN.text("{name}: {value}.", name="<b>", value=Markup("<i>1</i>"))
        assert text == Markup("&lt;b&gt;: <i>1</i>.")
        assert isinstance(text, Markup)
        plain = EN.text("{name}: {value}.", name="<b>", value="{name}")
        assert plain == "<b>: {name}."  # a value is not filled again
        assert not isinstance(plain, Markup)


# --- tables --------------------------------------------------------------------------------------


FRAME = pd.DataFrame(
    {
        "name_vi": ["Lạng Sơn", "Hà <Nội>"],
        "name_en": ["Lang Son", "Ha <Noi>"],
        "score": [87.11, np.nan],
        "decimals": pd.array([1, NA], dtype="Int64"),
        "rank": pd.array([23, 10], dtype="Int64"),
        "n": pd.array([63, 63], dtype="Int64"),
        "change": pd.array([13, -2], dtype="Int64"),
        "day": ["2022-05-25", ""],
    }
)
COLUMNS = [
    Column("Province", kind="name", row_header=True),
    Column("Score", "score", "number", decimals="decimals"),
    Column("Rank", "rank", "rank", of="n"),
    Column("Change", "change", "places"),
    Column("Day", "day", "date"),
    Column("Own", format=lambda row: Markup("<b>{}</b>").format(row["rank"])),
]


class TestTable:
    def test_cells_are_formatted_by_their_column(self):
        table = build_table("t", "C", FRAME, COLUMNS, VI)
        assert table.to_frame().fillna("NOTHING").to_numpy().tolist() == [
            ["Lạng Sơn", "87,1", "23/63", "+13", "25/05/2022", "23"],
            ["Hà <Nội>", "NOTHING", "10/63", "−2", "NOTHING", "10"],
        ]
        assert table.has_missing
        assert list(table.to_frame().columns) == [c.label for c in COLUMNS]

    def test_a_figure_and_its_unit_and_both_ends_of_a_range_stay_on_a_line(self):
        cells = ["91.87 points", "within 87.24–87.60 points", "implied by it", "+9 to +10"]
        column = Column("only a rank", "a", align="right")
        html = build_table("t", "C", pd.DataFrame({"a": cells}), [column], EN)._repr_html_()
        assert re.findall(r'<span class="ps-whole">([^<]*)</span>', html) == [
            "91.87 points", "87.24–87.60",
        ]  # fmt: skip
        assert ">Only a rank</th>" in html  # a heading begins with a capital

    def test_html_has_headers_caption_scope_and_alignment(self):
        def lang_son(row):
            return row["name_en"] == "Lang Son"

        note = "n < 63"
        table = build_table("ranks", "A & B", FRAME, COLUMNS, EN, notes=[note], highlight=lang_son)
        html = table._repr_html_()
        root = ElementTree.fromstring(html)
        assert root.find(".//table").attrib == {"class": "ps-table", "id": "ranks"}
        assert root.find(".//caption").text == "A & B"
        assert [th.attrib["scope"] for th in root.findall(".//thead/tr/th")] == ["col"] * 6
        rows = root.findall(".//tbody/tr")
        assert [row.find("th").attrib["scope"] for row in rows] == ["row", "row"]
        assert [row.attrib.get("class") for row in rows] == ["ps-highlight", None]
        assert rows[0].findall("td")[0].attrib["class"] == "ps-num"
        missing = rows[1].find("td/abbr")
        assert (missing.attrib["class"], missing.attrib["title"]) == (
            "ps-missing",
            "not found in any source",
        )
        assert rows[0].find(".//span").attrib["class"] == "ps-up"
        assert rows[1].find(".//span").attrib["class"] == "ps-down"
        assert rows[1].find("th").text == "Ha <Noi>"
        assert root.find("p[@class='ps-note']").text == note

    def test_refusals(self):
        with refused("nothing_to_show"):
            build_table("t", "C", FRAME.head(0), COLUMNS, VI)
        with refused("missing_column") as caught:
            build_table("t", "C", FRAME, [Column("X", "nowhere")], VI)
        assert "nowhere" in str(caught.value)
        with refused("bad_id"):
            Table('x" onload="', "C", (Column("a"),), (("1",),))
        with refused("ragged_table"):
            Table("t", "C", (Column("a"),), (("1", "2"),))
        with refused("empty_table"):
            Table("t", "C", (Column("a"),), ())


class TestColumns:
    @pytest.fixture
    def columns(self):
        def cite(*source_ids):
            return Markup(" ").join(i for i in source_ids if i)

        return Columns(EN, cite)

    @staticmethod
    def cells(column, **row):
        table = build_table("t", "C", pd.DataFrame([row]), [column], EN)
        return column.label, table.rows[0][0], column.alignment, column.row_header

    def test_a_column_has_its_words_alignment_and_format(self, columns):
        told = self.cells
        assert told(columns.rank(of="n"), rank=3, n=63) == ("Rank", "3/63", "right", False)
        assert told(columns.year(), year=2021) == ("Year", "2021", "left", False)
        assert told(columns.index(), index_id="SIPAS") == ("Index", "SIPAS", "left", True)
        assert told(columns.component(), name="A1") == ("Component", "A1", "left", True)
        assert told(columns.share("Share", "s"), s=0.123) == ("Share", "12.3%", "right", False)
        assert told(columns.p_bh(), p_bh=0.2)[1:3] == ("0.200", "right")
        assert told(columns.contested(), contested=False)[1:3] == ("no", "center")
        assert 'href="#findings"' in told(columns.contested(), contested=True)[1]
        assert told(columns.count_of("Known", "k", "n"), k=3, n=14)[1] == (
            '<span class="ps-whole">3 of 14</span>'
        )
        assert told(columns.rank_range(n=63), rank_low=59, rank_high=63)[1] == "59–63/63"
        assert told(columns.word("Kind", "k", {"x": "press"}), k="x")[1] == "press"

    def test_only_what_is_good_or_bad_has_a_colour(self, columns):
        assert self.cells(columns.signed("Slope", "x"), x=0.5)[1] == "+0.50"
        assert "ps-up" in self.cells(columns.change("Change", "x"), x=0.5)[1]

    def test_a_score_is_on_the_scale_of_its_index(self, columns):
        row = {"index_id": "SIPAS", "score": 80.08, "decimals": 1}
        assert self.cells(columns.score(), **row)[1] == "80.1%"
        assert self.cells(columns.score("PAR_INDEX"), **row)[1] == "80.1"

    def test_what_is_not_known_is_no_cell(self, columns):
        unknown = {"low": NAN, "high": 1.0, "score": NAN, "decimals": NA, "index_id": "SIPAS"}
        unknown |= {"rank_low": NA, "rank_high": NA, "n": 0, "k": 0, "source_id": "", "id": ""}
        for column in (
            columns.interval("low", "high"),
            columns.score(),
            columns.rank_range(),
            columns.count_of("Known", "k", "n"),
            columns.sources(),
            columns.province(str, "id"),
        ):
            assert self.cells(column, **unknown)[1] is None, column.label


# --- page ----------------------------------------------------------------------------------------


EVIL = "<script>alert(1)</script>"
SOURCES = pd.DataFrame(
    [
        ["good", "https://example.vn/a?x=1&y=2", EVIL, "Báo", "press", "2022-05", "2026-11-01", ""],
        ["evil", "javascript:alert(1)", "", "", "provincial plan", "", "", ""],
        ["plan", "Kế hoạch 156/KH-UBND", "", "", "provincial plan", "2022-07-06", "", "CC0-1.0"],
        ["data", "data:text/html,<b>", "T", "", "press", "", "", ""],
        ["never", "https://example.vn/b", "", "", "press", "", "", ""],
    ],
    columns=[
        "source_id",
        "url",
        "title",
        "publisher",
        "kind",
        "published_on",
        "retrieved_on",
        "licence",
    ],
)


class Tags(HTMLParser):
    """Tags, attributes and text that a browser would see."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.links, self.ids, self.data = [], [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.tags.append(tag)
        if "href" in attributes:
            self.links.append(attributes["href"])
        if "id" in attributes:
            self.ids.append(attributes["id"])

    def handle_data(self, data):
        self.data.append(data)


def new_page(language="vi", synthetic=False, **parameters):
    shown = []
    dataset = SimpleNamespace(
        sources=SOURCES, synthetic=synthetic, fingerprint="0123456789abcdef" * 4
    )
    parameters = parameters or {"province": "lang-son", "year": np.int64(2021), "lang": language}
    page = Page(language, "province_report", parameters, dataset, out=shown.append)
    return page, shown


def html_of(shown):
    return "\n".join(bundle["text/html"] for bundle in shown)


class TestPage:
    def test_what_the_publisher_is_told(self):
        page, shown = new_page()
        page.title("Lạng <Sơn>", Markup("Hạng <b>23</b>"))
        page.say("x")
        page.show(build_table("t", "C", FRAME, COLUMNS, VI))
        page.show(charts.groups_bar(GROUPS, VI))
        page.cite("good", "plan")
        page.finish()
        told = [bundle[MIME] for bundle in shown if MIME in bundle]
        assert json.loads(json.dumps(told)) == [
            {
                "start": {
                    "lang": "vi",
                    "notebook": "province_report",
                    "parameters": {"province": "lang-son", "year": 2021, "lang": "vi"},
                    "synthetic": False,
                    "version": parstudy.__version__,
                }
            },
            {"title": {"title": "Lạng <Sơn>", "summary": "Hạng 23"}},
            {
                "finish": {
                    "figures": ["groups"],
                    "tables": ["t"],
                    "sources": 2,
                    "fingerprint": "0123456789abcdef" * 4,
                }
            },
        ]
        assert all("text/html" in bundle and "text/plain" in bundle for bundle in shown)

    def test_a_sentence_of_the_catalogue_is_stated_in_the_language_of_the_page(self):
        page, shown = new_page("vi")
        page.state("{name} ({value})", name="<x>", value=page.cite("good"))
        page.nstate("{n} province", "{n} provinces", 3)
        page.remark("The checks found no contradiction.")
        with refused("untranslated_text"):
            page.state("This was never translated.")
        first, second, third = (bundle["text/html"] for bundle in shown[1:])
        assert first.startswith("<p>&lt;x&gt; (<span")
        assert second == "<p>3 tỉnh</p>"
        assert third.startswith('<p class="ps-note">')

    def test_a_table_is_shown_in_the_language_of_the_page(self):
        page, shown = new_page("vi")
        page.table("t", "C", FRAME, COLUMNS, notes=["n"])
        table = build_table("t", "C", FRAME, COLUMNS, VI, notes=["n"])
        assert shown[-1]["text/html"] == table._repr_html_()

    def test_text_is_escaped_and_markup_kept(self):
        page, shown = new_page()
        page.say(EVIL, Markup("<b>bold</b>"))
        page.heading(EVIL)
        page.points([EVIL])
        page.title(EVIL, EVIL)
        html = html_of(shown)
        assert "script" not in Tags(html).tags
        assert "<b>bold</b>" in html

    def test_citations_are_numbered_in_order_of_use(self):
        page, shown = new_page("en")
        assert page.cite("plan").striptags() == "[1]"
        assert page.cite("good", "plan").striptags() == "[1] [2]"
        assert page.cite(None, float("nan"), "") == ""
        with refused("unknown_source"):
            page.cite("nobody")
        page.say(EN.text("{name} {value}", name="<x>", value=page.cite("good")))
        page.finish()
        seen = Tags(html_of(shown))
        assert {"ps-source-1", "ps-source-2"} <= set(seen.ids)
        assert "#ps-source-2" in seen.links
        assert "https://example.vn/b" not in html_of(shown)

    def test_of_many_sources_in_a_row_the_first_and_the_last_are_links(self):
        page, _ = new_page("en")
        for number in range(1, 8):
            page.citations.add({"source_id": f"s{number}", "title": "T", "url": ""})
        ids = [f"s{number}" for number in range(1, 8)]
        for id in ids:
            page.cite(id)
        assert page.cite(*ids[:3]).striptags() == "[1] [2] [3]"
        assert page.cite(*ids[:4], ids[5]).striptags() == "[1]–[4] [6]"
        many = page.cite(*ids)
        assert re.findall(r'href="#ps-source-(\d)"', many) == ["1", "7"]
        assert 'data-through="7"' in many

    def test_a_source_without_figures_can_be_cited(self):
        page, shown = new_page("en")
        lines = {"source_id": "lines", "title": "Lines", "url": "https://example.org/lines"}
        page.citations.add(lines)
        page.citations.add(lines)
        assert page.cite("lines").striptags() == "[1]"
        with refused("source_twice"):
            page.citations.add({**lines, "title": "Other lines"})
        page.finish()
        assert "https://example.org/lines" in html_of(shown)

    def test_only_web_addresses_become_links(self):
        page, shown = new_page("en")
        page.cite("good", "evil", "plan", "data")
        page.finish()
        seen = Tags(html_of(shown))
        outside = [href for href in seen.links if not href.startswith("#")]
        assert outside == ["https://example.vn/a?x=1&y=2"]
        assert "script" not in seen.tags
        text = " ".join(seen.data)
        assert EVIL in text
        assert "javascript:alert(1)" in text
        assert "Kế hoạch 156/KH-UBND" in text
        for words in ("Báo", "published May 2022", "retrieved 1 November 2026", "licence: CC0-1.0"):
            assert words in text

    @pytest.mark.parametrize(
        "url", ["JavaScript:alert(1)", " javascript:1", "java\nscript:1", "//x.vn", "ftp://x.vn/a",
                "https://", "http://[bad", "https://x.vn/a b"],
    )  # fmt: skip
    def test_other_schemes_stay_text(self, url):
        from parstudy.display.page import link

        assert Tags(str(link(url, "T"))).links == []

    def test_an_address_that_is_its_own_title_is_marked_for_print(self):
        from parstudy.display.page import link

        # print writes the address behind a title, not behind itself
        assert 'class="ps-bare"' in link("https://example.vn/a", "https://example.vn/a")
        assert "ps-bare" not in link("https://example.vn/a", "A plan")

    def test_sources_say_where_the_figures_stand(self):
        page, shown = new_page("en")
        rows = [f"figures.csv row {n}" for n in (12, 9, 12)]
        figures = pd.DataFrame({"source_id": ["good"] * 3 + [""], "locator": [*rows, ""]})
        cells = [f"a.xlsx sheet 'PL1'!F{n}" for n in (12, 9)]
        sheet = pd.DataFrame({"source_id": ["plan"] * 2, "locator": cells})
        assert page.cite(figures=figures).striptags() == "[1]"
        page.cite(figures=sheet)
        page.finish()
        assert "figures.csv row 9, 12<" in html_of(shown)
        assert "a.xlsx sheet &#39;PL1&#39;!F9, F12" in html_of(shown)

    def test_locators_are_translated_and_cut(self):
        page, shown = new_page("vi")
        rows = pd.DataFrame(
            {"source_id": "good", "locator": [f"f.pdf page {n} row 1" for n in range(1, 12)]}
        )
        page.cite(figures=rows)
        page.finish()
        assert "f.pdf trang 1 dòng 1; f.pdf trang 2 dòng 1" in html_of(shown)
        assert "và 3 chỗ khác" in html_of(shown)

    def test_synthetic_data_is_said_on_the_face(self):
        _, shown = new_page("en", synthetic=True)
        assert "SYNTHETIC · SỐ LIỆU GIẢ ĐỊNH" in shown[0]["text/html"]
        assert shown[0][MIME]["start"]["synthetic"] is True
        _, shown = new_page("en")
        assert "SYNTHETIC" not in shown[0]["text/html"]

    def test_colophon_lets_the_page_be_made_again(self):
        page, shown = new_page("en", province='x"; import os', year=2021, note=None)
        page.finish()
        html = html_of(shown)
        assert '<code title="' + "0123456789abcdef" * 4 + '">0123456789ab</code>' in html
        text = "".join(Tags(html).data)
        assert "parstudy report --province 'x\"; import os' --year 2021\n" in text

    def test_meaning_of_the_missing_sign_only_where_it_is_used(self):
        for frame, wanted in ((FRAME, True), (FRAME.head(1), False)):
            page, shown = new_page("en")
            page.show(build_table("t", "C", frame, COLUMNS, EN))
            page.finish()
            assert ("not found in any source" in shown[-1]["text/html"]) is wanted

    def test_refusals(self):
        page, _ = new_page()
        page.show(build_table("t", "C", FRAME, COLUMNS, VI))
        with refused("duplicate_id"):
            page.show(build_table("t", "C", FRAME, COLUMNS, VI))
        with refused("not_showable"):
            page.show(object())
        with refused("bad_heading"):
            page.heading("x", level=1)
        page.finish()
        with refused("page_finished"):
            page.finish()

    def test_goes_through_ipython(self, monkeypatch):
        import IPython.display

        seen = []
        monkeypatch.setattr(
            IPython.display, "display", lambda bundle, raw: seen.append((bundle, raw))
        )
        dataset = SimpleNamespace(sources=SOURCES, synthetic=False, fingerprint="00")
        Page("vi", "n", {}, dataset).say("x")
        assert [raw for _, raw in seen] == [True, True]
        assert seen[1][0]["text/html"] == "<p>x</p>"


# --- charts --------------------------------------------------------------------------------------


def series(*rows):
    columns = ["year", "rank_published", "rank_low", "rank_high", "rank_implied", "score",
               "score_implied"]  # fmt: skip
    frame = pd.DataFrame(list(rows), columns=columns)
    whole = dict.fromkeys(columns[1:5], "Int64")
    frame = frame.astype({**whole, "score": float, "score_implied": float})
    return frame.assign(n_ranked=63, decimals=2)


NAN = float("nan")
PAR = series(
    (2017, NA, 59, 63, NA, NAN, NAN),
    (2018, 26, 26, 26, NA, 76.69, NAN),
    (2020, NA, NA, NA, 36, NAN, 83.2),
    (2021, 23, 23, 23, NA, 87.11, NAN),
    (2022, 16, 16, 16, NA, 85.5, NAN),
)
SIPAS = series((2021, 31, 31, 31, NA, 87.07, NAN), (2022, NA, NA, NA, NA, NAN, NAN))
OTHERS = pd.DataFrame(
    {
        "province_id": ["ha-noi", "ha-noi", "ha-noi", "ca-mau"],
        "year": [2018, 2019, 2021, 2020],
        "rank": [3, 2, 10, 40],
    }
)
BREAKS = [("PAR_INDEX", 2022, "bộ tiêu chí"), ("SIPAS", 2022, "phương pháp"), ("PCI", 2020, "x")]
PROVINCES = pd.DataFrame(
    [
        ["ha-noi", "Hà Nội", "Ha Noi", "red-river-delta", 0, 0],
        ["dien-bien", "Điện Biên", "Dien Bien", "northern-midlands-and-mountains", 0, 1],
        ["lang-son", "Lạng Sơn", "Lang Son", "northern-midlands-and-mountains", 1, 0],
        ["cao-bang", "Cao Bằng", "Cao Bang", "northern-midlands-and-mountains", 1, 1],
        ["ca-mau", "Cà Mau", "Ca Mau", "mekong-river-delta", 2, 1],
    ],
    columns=["province_id", "name_vi", "name_en", "region_id", "tile_row", "tile_col"],
)
SCORES = pd.DataFrame(
    {
        "index_id": "PAR_INDEX",
        "year": 2021,
        "component": "total",
        "province_id": ["ha-noi", "dien-bien", "lang-son", "cao-bang", "ca-mau"],
        "score": [91.3, 84.5, 87.11, 87.11, np.nan],
        "decimals": pd.array([1, 2, 2, 2, NA], dtype="Int64"),
        "rank_published": pd.array([1, 5, 3, NA, 6], dtype="Int64"),
        "n_ranked": pd.array([6] * 5, dtype="Int64"),
    }
)
THRESHOLDS = pd.DataFrame({"group": ["A", "B"], "from_percent": [90.0, 80.0]})
REGIONS = pd.DataFrame(
    {
        "region_id": ["red-river-delta", "northern-midlands-and-mountains", "mekong-river-delta"],
        "mean_published": [90.0, np.nan, 85.2],
        "mean_known": [91.3, 86.24, np.nan],
        "n_known": [1, 3, 0],
        "n_members": [2, 3, 1],
    }
)
GROUPS = pd.DataFrame(
    {"group": ["A", "B"], "from_percent": [90.0, 80.0], "n_published": [3, 59], "n_known": [1, 3]}
)
COVERAGE = pd.DataFrame(
    [
        (index, year, province, status)
        for index, year in (("PAR_INDEX", 2021), ("PAR_INDEX", 2022), ("SIPAS", 2022))
        for province, status in zip(
            PROVINCES["province_id"],
            ["score_and_rank", "rank", "score", "bound", "nothing"],
            strict=True,
        )
    ],
    columns=["index_id", "year", "province_id", "status"],
)
PARTS = pd.DataFrame(
    {
        "component": ["A1", "A2", "sipas"],
        "name_vi": ["Chỉ đạo, điều hành", "Văn bản", "Hài lòng"],
        "name_en": ["Steering", "Documents", "Satisfaction"],
        "score": [8.5, 10.0, np.nan],
        "max_score": [10.0, 10.0, 10.0],
        "percent": [85.0, 100.0, np.nan],
        "lost": [1.5, 0.0, np.nan],
        "mean_percent": [88.0, np.nan, np.nan],
        "n_known": [61, 61, 0],
    }
)
SHARES = pd.DataFrame(
    {"share": [0.7, -0.1, 0.4], "nominal_share": [0.5, 0.5, np.nan]},
    index=pd.Index(["A1", "A2", "(rest)"], name="part"),
)
RELATIONS = pd.DataFrame(
    {"spearman": [0.5, -0.2, np.nan], "spearman_low": [0.3, -0.4, np.nan],
     "spearman_high": [0.7, 0.1, np.nan], "n": [63, 60, 63]},
    index=pd.Index(["A1", "A2", "A3"], name="part"),
)  # fmt: skip
ESTIMATES = pd.DataFrame(
    {"estimate": [90.0, -4.2, 1.5], "ci_low": [80.0, -6.0, -1.0], "ci_high": [99.0, -2.4, 4.0]},
    index=pd.Index(["const", "A1", "A2"], name="term"),
)
WAYS = pd.DataFrame(
    [
        ["single", "rank", "A1", "component", 9.0, -11.0, -7.0],
        ["together", "rank", "A1", "component", 4.0, -6.0, -2.0],
        ["single", "rank", "A2", "component", 2.0, -5.0, 1.0],
        ["single", "score", "A2", "component", 2.0, -5.0, 1.0],
        ["together", "rank", "wealth", "covariate", 50.0, 1.0, 2.0],
    ],
    columns=["way", "outcome", "term", "role", "places_gained", "ci_low", "ci_high"],
)
MADE = {
    "rank_path": lambda t: charts.rank_path(
        {"PAR_INDEX": PAR, "SIPAS": SIPAS}, t, BREAKS, name="Lạng Sơn", highlight_year=2021
    ),
    "rank_glance": lambda t: charts.rank_glance(
        PAR, OTHERS, t, index="PAR_INDEX", broken=[2022], name="Lạng Sơn", highlight_year=2021
    ),
    "position_strip": lambda t: charts.position_strip(
        SCORES, "lang-son", t, PROVINCES, thresholds=THRESHOLDS
    ),
    "region_strip": lambda t: charts.region_strip(
        SCORES, PROVINCES, REGIONS, t, highlight="lang-son"
    ),
    "tile_map": lambda t: charts.tile_map(
        SCORES.rename(columns={"rank_published": "value"}), PROVINCES, t, highlight="lang-son"
    ),
    "groups_bar": lambda t: charts.groups_bar(GROUPS, t, n_ranked=63),
    "coverage_heatmap": lambda t: charts.coverage_heatmap(COVERAGE, PROVINCES, t),
    "component_profile": lambda t: charts.component_profile(PARTS, t, name="Lạng Sơn"),
    "lost_points": lambda t: charts.lost_points(PARTS, t),
    "variance_shares": lambda t: charts.variance_shares(SHARES, t),
    "item_rest": lambda t: charts.item_rest(RELATIONS, t, names={"A1": "Steering"}),
    "coefficients": lambda t: charts.coefficients(ESTIMATES, t, places=True),
    "rank_regression": lambda t: charts.rank_regression(WAYS, t),
}
FOUND = {
    "rank_path": "PAR INDEX: rank 23/63 in 2021; ranks known since 2017: from 16 to 59–63. SIPAS",
    "rank_glance": "PAR INDEX: rank 23/63 in 2021; ranks known since 2017: from 16 to 59–63.",
    "position_strip": "PAR INDEX: 1 of 4 provinces with a known score stand above Lang Son.",
    "region_strip": "Published means: highest in Red River Delta (90.00 points), lowest",
    "tile_map": "Best rank known: Ha Noi (1); last: Ca Mau (6).",
    "groups_bar": "Provinces by group: A 3; B 59.",
    "coverage_heatmap": "PAR INDEX: score and rank are known ",
    "component_profile": "Lowest on A1 · Steering (85.0%), highest on A2 · Documents (100.0%).",
    "lost_points": "Most points are lost on A1 · Steering: 1.50 of 10.00.",
}
EMPTY = {
    "rank_path": lambda t: charts.rank_path({"SIPAS": SIPAS.tail(1)}, t),
    "rank_glance": lambda t: charts.rank_glance(SIPAS.tail(1), OTHERS, t, index="SIPAS"),
    "no series": lambda t: charts.rank_path({}, t),
    "position_strip": lambda t: charts.position_strip(SCORES.tail(1), "ca-mau", t, PROVINCES),
    "region_strip": lambda t: charts.region_strip(
        SCORES.tail(1), PROVINCES, REGIONS.assign(mean_published=NAN), t
    ),
    "tile_map": lambda t: charts.tile_map(SCORES.assign(value=NAN), PROVINCES, t),
    "groups_bar": lambda t: charts.groups_bar(GROUPS.assign(n_published=NAN, n_known=0), t),
    "coverage_heatmap": lambda t: charts.coverage_heatmap(COVERAGE.head(0), PROVINCES, t),
    "component_profile": lambda t: charts.component_profile(PARTS.tail(1), t),
    "lost_points": lambda t: charts.lost_points(PARTS.tail(1), t),
    "variance_shares": lambda t: charts.variance_shares(SHARES.head(0), t),
    "item_rest": lambda t: charts.item_rest(RELATIONS.tail(1), t),
    "coefficients": lambda t: charts.coefficients(ESTIMATES.head(1), t),
    "rank_regression": lambda t: charts.rank_regression(WAYS.tail(2), t),
}


def artists(chart, gid):
    """Artists of a kind in a picture."""
    return [a for a in chart.figure.findobj() if a.get_gid() == gid]


def dots(chart, gid="known"):
    """Number of points drawn: of collections their offsets, of lines their data."""
    n = 0
    for artist in artists(chart, gid):
        n += (
            len(artist.get_offsets()) if hasattr(artist, "get_offsets") else len(artist.get_xdata())
        )
    return n


def words(chart):
    return [text.get_text() for text in chart.figure.findobj(lambda a: hasattr(a, "get_text"))]


@pytest.mark.parametrize("name", MADE)
def test_chart_is_the_same_bytes_each_time_and_html_is_whole(name):
    one, two = MADE[name](VI), MADE[name](VI)
    html = one._repr_html_()
    assert html == two._repr_html_()
    image = re.search(r'<img alt="([^"]+)" width="(\d+)" height="(\d+)"', html)
    assert html.startswith(f'<figure class="ps-figure ps-drawn" id="{one.id}">')
    assert int(image[2]) <= 461  # so that nine points are nine pixels on a phone
    assert "<figcaption>" in html
    picture = base64.b64decode(html.split("base64,")[1].split('"')[0])
    root = ElementTree.fromstring(picture)
    assert root.tag.endswith("svg")
    assert b"<dc:date>" not in picture
    # words can be found, copied and read aloud
    written = {"".join(text.itertext()) for text in root.iter("{http://www.w3.org/2000/svg}text")}
    assert written
    assert written <= set(words(one))


@pytest.mark.parametrize("name", MADE)
@BOTH
def test_text_is_large_enough_not_cut_and_not_covered(name, language, monkeypatch):
    figure = MADE[name](language).figure
    drawn = []
    draw = Text.draw

    def spy(text, renderer, *rest, **more):
        if text.get_visible() and text.get_text().strip():
            drawn.append((text, text.get_window_extent(renderer)))
        return draw(text, renderer, *rest, **more)

    monkeypatch.setattr(Text, "draw", spy)
    with style():
        FigureCanvasAgg(figure).draw()
    assert drawn
    edges = np.array([box.extents for _, box in drawn])
    width, height = figure.bbox.size
    for (text, _), (left, bottom, right, top) in zip(drawn, edges, strict=True):
        assert text.get_fontsize() >= 8.4, text
        assert left >= -1, text
        assert bottom >= -1, text
        assert right <= width + 1, text
        assert top <= height + 1, text
    # a line of text may come near the next one, its letters not
    tall = edges[:, 3] - edges[:, 1]
    edges += np.column_stack([np.ones_like(tall), 0.2 * tall, -np.ones_like(tall), -0.2 * tall])
    for i in range(len(edges)):
        apart = (edges[i, 2] <= edges[:i, 0]) | (edges[:i, 2] <= edges[i, 0])
        apart |= (edges[i, 3] <= edges[:i, 1]) | (edges[:i, 3] <= edges[i, 1])
        covered = [drawn[k][0].get_text() for k in np.flatnonzero(~apart)]
        assert not covered, (drawn[i][0].get_text(), covered)


def test_no_entry_of_a_legend_is_without_its_mark():
    for look, drawn in (({"color": "red", "lw": 2}, 1), ({"marker": "o"}, 1)):
        sheet = Sheet()
        sheet.legend([Key("sampling error", line=look)])
        assert len([a for a in sheet.figure.get_children() if isinstance(a, Line2D)]) == drawn


@pytest.mark.parametrize("name", sorted(MADE))
def test_a_caption_says_first_what_the_picture_shows(name):
    # how it is read comes behind a sentence with a figure in it
    for language in (EN, VI):
        first = re.split(r"(?<=[^\d])\. ", MADE[name](language).caption)[0]
        assert re.search(r"\d", first), first
    assert MADE[name](EN).caption.startswith(FOUND.get(name, ""))


def test_a_dotted_line_says_one_thing():
    """That a place is not sure; over a year that cannot be compared a line is grey."""
    charted = charts.rank_path({"PAR_INDEX": PAR}, EN, BREAKS, name="Lạng Sơn")
    steps = {
        tuple(map(int, line.get_xdata())): line
        for axes in charted.figure.axes
        for line in axes.lines
        if len(line.get_xdata()) == 2 and 2000 < line.get_xdata()[0] < line.get_xdata()[1]
    }
    assert steps[2020, 2021].is_dashed()  # the place of 2020 is implied
    assert not steps[2021, 2022].is_dashed()  # across a new criteria set
    assert steps[2021, 2022].get_color() != steps[2020, 2021].get_color()


@pytest.mark.parametrize("name", EMPTY)
def test_nothing_to_show_is_refused(name):
    with refused("nothing_to_show"):
        EMPTY[name](EN)


def test_the_two_languages_differ_in_words_and_numbers():
    vi, en = MADE["position_strip"](VI), MADE["position_strip"](EN)
    assert "3 · 87,11" in words(vi)
    assert "3 · 87.11" in words(en)
    assert "Lạng Sơn: hạng 3, 87,11 điểm. Gần nhất: " in vi.alt
    assert "Lang Son: rank 3, 87.11 points. Nearest: " in en.alt
    assert vi.caption != en.caption


class TestSeries:
    def test_rank_path_draws_what_is_known_as_what_it_is(self):
        chart = MADE["rank_path"](EN)
        assert "PAR INDEX: 2017: 59–63/63; 2018: 26/63; 2020: 36/63 (implied); 2021: 23/63; " in (
            chart.alt
        )
        assert "2022: 16/63; not known for 2019." in chart.alt
        assert "SIPAS: 2021: 31/63; not known for 2017, 2018, 2019, 2020, and 2022." in chart.alt
        (bound,) = artists(chart, "range-2017")
        assert sorted(bound.get_ydata()) == [58.5, 63.5]
        texts = words(chart)
        assert {"26", "36", "23", "16", "31", "59–63"} <= set(texts)
        assert not {"a", "b", "c"} & set(texts)  # nothing that has to be decoded

    def test_the_small_picture_has_all_others_behind_its_own(self):
        chart = MADE["rank_glance"](EN)
        assert "Ranks of Lạng Sơn by index year. PAR INDEX: 2017: 59–63/63;" in chart.alt
        lines, single = (artist.get_path() for artist in artists(chart, "others"))
        # years that follow each other are joined, any other year stands by itself
        assert lines.vertices.tolist() == [[2018, 3], [2019, 2]]
        assert single.vertices.tolist() == [[2020, 40], [2020, 40], [2021, 10], [2021, 10]]

    def test_no_line_crosses_a_missing_year(self):
        chart = MADE["rank_path"](EN)
        panel = next(a for a in chart.figure.axes if a.get_ylim()[0] > a.get_ylim()[1] > -10
                     and a.get_xlim()[0] > 2000)  # fmt: skip
        steps = [tuple(line.get_xdata()) for line in panel.lines if len(line.get_xdata()) == 2]
        spans = {(int(a), int(b)) for a, b in steps if a != b and float(a).is_integer() and a > 1}
        assert spans == {(2020, 2021), (2021, 2022)}

    def test_rank_one_is_on_top(self):
        chart = MADE["rank_path"](EN)
        low, high = next(a.get_ylim() for a in chart.figure.axes if a.get_xlim()[0] > 2000)
        assert low > 63 > 1 > high

    def test_break_is_a_line_in_its_own_panel_only(self):
        chart = MADE["rank_path"](EN)
        lines = artists(chart, "break-2022")
        assert len(lines) == 2
        assert [line.get_xdata()[0] for line in lines] == [2021.5, 2021.5]
        note = " ".join(words(chart))
        assert "PAR INDEX: bộ tiêu chí 2022. SIPAS: phương pháp 2022." in note
        assert "PCI" not in note  # is not drawn

    def test_an_implied_place_is_hollow(self):
        chart = MADE["rank_path"](EN)
        marks = [
            (line.get_xdata()[0], line.get_markerfacecolor())
            for axes in chart.figure.axes
            if axes.get_xlim()[0] > 2000
            for line in axes.lines
            if line.get_marker() == "o" and len(line.get_xdata()) == 1
        ]
        assert "white" in {face for year, face in marks if year == 2020}
        assert "white" not in {face for year, face in marks if year != 2020}

    def test_years_may_be_the_index(self):
        indexed = {"PAR_INDEX": PAR.set_index("year"), "SIPAS": SIPAS.set_index("year")}
        assert charts.rank_path(indexed, EN, name="x").alt == (
            charts.rank_path({"PAR_INDEX": PAR, "SIPAS": SIPAS}, EN, name="x").alt
        )

    def test_two_rows_for_one_year_are_refused(self):
        with refused("mixed_rows"):
            charts.rank_path({"PAR_INDEX": pd.concat([PAR, PAR])}, EN)


class TestPosition:
    def test_a_dot_for_every_known_score(self):
        chart = MADE["position_strip"](EN)
        assert dots(chart, "known") == 3
        assert dots(chart, "own") == 1
        assert "Lang Son: rank 3, 87.11 points." in chart.alt  # heard, not seen: with units
        assert (
            "Nearest: Ha Noi (rank 1, 91.3 points); Cao Bang (87.11 points); Dien Bien (rank 5, "
            "84.50 points)." in chart.alt
        )
        assert "Known: 4 of 6 provinces." in chart.alt
        assert "Known: 4 of 6 provinces." in words(chart)

    def test_without_its_score_the_province_is_named_as_missing(self):
        chart = charts.position_strip(SCORES, "ca-mau", EN, PROVINCES)
        assert dots(chart, "known") == 4
        assert not artists(chart, "own")
        assert "The score of Ca Mau was not found." in chart.alt

    def test_names_can_come_with_the_frame(self):
        frame = SCORES.assign(name=PROVINCES["name_vi"].to_numpy())
        assert "91,3 điểm (Hà Nội)" in charts.position_strip(frame, None, VI).alt

    def test_a_year_without_known_thresholds_has_no_lines(self):
        without = charts.position_strip(SCORES, None, EN, PROVINCES, thresholds=THRESHOLDS.head(0))
        assert "group A" not in words(without)
        assert "group B" in words(MADE["position_strip"](EN))

    def test_two_releases_in_one_picture_are_refused(self):
        mixed = pd.concat([SCORES.head(2), SCORES.tail(2).assign(year=2022)])
        with refused("mixed_rows") as caught:
            charts.position_strip(mixed, "ha-noi", EN, PROVINCES)
        assert "2021, 2022" in str(caught.value)

    def test_dots_of_a_swarm_do_not_cover_each_other(self):
        at = [0.0, 0.0, 0.0, 0.05, 0.05, 1.0, 1.02]
        up = swarm(at, 0.1)
        pairs = [(i, j) for i in range(len(at)) for j in range(i)]
        assert all(np.hypot(at[i] - at[j], up[i] - up[j]) >= 0.0999 for i, j in pairs)
        assert up[5] == 0.0

    def test_labels_are_moved_apart_and_stay_inside(self):
        wide = [1.0, 1.2, 0.8, 0.5]
        centres = spread([0.1, 0.1, 3.9, 4.0], wide, 4.0)
        edges = [(c - w / 2, c + w / 2) for c, w in zip(centres, wide, strict=True)]
        assert edges[0][0] >= -1e-9
        assert edges[-1][1] <= 4 + 1e-9
        assert all(a[1] <= b[0] + 1e-9 for a, b in pairwise(edges))
        assert spread([1.0, 3.0], [0.5, 0.5], 4.0) == pytest.approx([1.0, 3.0])


def test_regions_tell_published_from_partial_means():
    chart = MADE["region_strip"](EN)
    assert dots(chart) == 4
    assert (
        "Red River Delta: published mean 90.00 points, 1 of 2 known, mean of the known 91.30"
        in (chart.alt)
    )
    assert "Mekong River Delta: published mean 85.20 points, 0 of 1 known." in chart.alt
    hollow = [
        line
        for axes in chart.figure.axes
        for line in axes.lines
        if line.get_marker() == "D" and line.get_markerfacecolor() == "white"
        and axes.get_xlim()[0] < 85.2 < axes.get_xlim()[1]
    ]  # fmt: skip
    assert [line.get_xdata()[0] for line in hollow] == [91.3]  # all three of the other are known
    assert "no random sample" in chart.caption
    whole = REGIONS.assign(n_known=REGIONS["n_members"])
    complete = charts.region_strip(SCORES, PROVINCES, whole, EN)
    assert complete.caption.endswith("(85.20 points). Scores of all provinces, by region.")
    assert not any("partial" in text.get_text() for text in complete.figure.findobj(Text))


def test_tile_map_hatches_what_is_missing():
    chart = MADE["tile_map"](EN)
    assert len(artists(chart, "known")) == 4
    (missing,) = artists(chart, "missing")
    assert missing.get_hatch()
    assert len(artists(chart, "highlight")) == 1
    assert "Tile map of ranks, best first: Ha Noi 1; Lang Son 3; Dien Bien 5; Ca Mau 6." in (
        chart.alt
    )
    by_score = charts.tile_map(
        SCORES.set_index("province_id")["score"], PROVINCES, VI, kind="score"
    )
    assert "cao nhất trước: Hà Nội 91,30; Cao Bằng 87,11" in by_score.alt


def test_words_on_tiles_can_be_read():
    from matplotlib.colors import to_rgb

    def light(colour):
        parts = np.array(to_rgb(colour))
        linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
        return float(linear @ [0.2126, 0.7152, 0.0722])

    places = pd.DataFrame({"province_id": PROVINCES["province_id"]})
    for rank in range(1, 64, 4):  # each shade in turn
        chart = charts.tile_map(places.assign(value=rank), PROVINCES, EN, n_ranked=63)
        (tile, *_) = artists(chart, "known")
        (axes,) = (a for a in chart.figure.axes if tile in a.patches)
        two = sorted(light(c) for c in (tile.get_facecolor(), axes.texts[0].get_color()))
        assert (two[1] + 0.05) / (two[0] + 0.05) >= 4.5, rank


def test_tile_names_are_shortened_as_is_usual():
    assert short_name("Hà Nội", 1.0) == "Hà Nội"
    assert short_name("Bà Rịa - Vũng Tàu", 0.8) == "BR-VT"
    assert short_name("TP. Hồ Chí Minh", 0.8) == "TP. HCM"
    assert short_name("Thừa Thiên Huế", 0.8) == "TT Huế"


def test_groups_show_published_beside_counted():
    chart = MADE["groups_bar"](EN)
    assert [bar.get_width() for bar in artists(chart, "bar")] == [3, 1, 59, 3]
    assert "A (from 90%): 3 published, 1 found. B (from 80%): 59 published, 3 found." in chart.alt


class TestCoverage:
    def test_every_cell_is_there_and_counted(self):
        chart = MADE["coverage_heatmap"](EN)
        meshes = [c for axes in chart.figure.axes for c in axes.collections]
        drawn = [np.ma.count(mesh.get_array()) for mesh in meshes]
        assert sorted(drawn) == [5, 10]
        assert "PAR INDEX, 10 cells: score and rank: 2, only the rank: 2" in chart.alt
        assert "Score and rank by year: 2021: 1, 2022: 1." in chart.alt

    def test_rows_go_by_region_and_alphabet(self):
        names = set(PROVINCES["name_vi"])
        order = [text for text in words(MADE["coverage_heatmap"](VI)) if text in names]
        assert order == ["Hà Nội", "Cao Bằng", "Điện Biên", "Lạng Sơn", "Cà Mau"]

    def test_unknown_status_is_refused(self):
        with refused("unknown_status"):
            charts.coverage_heatmap(COVERAGE.assign(status="maybe"), PROVINCES, EN)


class TestComponents:
    def test_profile_gives_own_share_and_mean(self):
        chart = MADE["component_profile"](EN)
        assert dots(chart) == 2
        assert "A1 · Steering: 85.0% (mean 88.0%). A2 · Documents: 100.0%." in chart.alt
        assert "Known: 2 of 3 components." in chart.alt

    def test_lost_points_come_largest_first(self):
        chart = charts.lost_points(PARTS.sort_values("lost"), EN)
        assert [bar.get_width() for bar in artists(chart, "known")] == [1.5, 0.0]
        assert "A1 · Steering: 1.50 of 10.00. A2 · Documents: 0.00 of 10.00." in chart.alt
        assert "1.50 points" in chart.alt
        assert "Not known for 1 component." in chart.alt

    def test_lost_points_beyond_the_limit_are_summed(self):
        chart = charts.lost_points(PARTS.assign(lost=[1.5, 0.25, 0.5]), EN, limit=1)
        assert len(artists(chart, "known")) == 1
        assert "2 more components lost 0.75 points together." in chart.alt

    def test_variance_shares(self):
        chart = MADE["variance_shares"](EN)
        assert [bar.get_width() for bar in artists(chart, "known")] == pytest.approx([70, 40, -10])
        assert "A1: 70.0% (share of the maximum 50.0%)." in chart.alt
        assert "not explained by the parts: 40.0%." in chart.alt

    def test_item_rest_marks_intervals_with_zero_hollow(self):
        chart = MADE["item_rest"](EN)
        assert dots(chart) == 2
        faces = [mark.get_markerfacecolor() for mark in artists(chart, "known")]
        assert faces == [BLUE, "white"]
        assert "A1 · Steering: +0.50 (+0.30 to +0.70). A2: −0.20 (−0.40 to +0.10)." in chart.alt
        assert "Without a figure: A3." in chart.alt
        assert "n = 60 to 63 provinces." in chart.alt

    def test_no_estimate_whose_interval_has_zero_in_it_is_a_finding(self):
        said = MADE["item_rest"](EN).caption
        assert said.startswith("Of 2 intervals, these are without zero: A1 · Steering (+0.50).")
        wide = RELATIONS.assign(spearman_low=-0.9, spearman_high=0.9)
        assert charts.item_rest(wide, EN).caption.startswith("All 2 intervals contain zero.")

    def test_the_largest_is_named_with_all_that_read_the_same(self):
        shares = SHARES.assign(share=[0.4, 0.4, 0.2][: len(SHARES)])
        said = charts.variance_shares(shares, EN).caption
        assert said.startswith("Largest: ")
        assert said.count("(40") == 2

    def test_places_turn_sign_and_interval(self):
        chart = MADE["coefficients"](EN)
        assert "A1: +4.20 (+2.40 to +6.00). A2: −1.50 (−4.00 to +1.00)." in chart.alt
        plain = charts.coefficients(ESTIMATES, EN)
        assert "A2: +1.50 (−1.00 to +4.00). A1: −4.20 (−6.00 to −2.40)." in plain.alt
        assert "const" not in chart.alt + plain.alt

    def test_rank_regression_draws_each_way(self):
        chart = MADE["rank_regression"](EN)
        assert dots(chart) == 3
        assert (
            "A1: +9.0 (+7.0 to +11.0); +4.0 (+2.0 to +6.0). A2: +2.0 (−1.0 to +5.0)." in chart.alt
        )
        assert "wealth" not in chart.alt


def test_results_of_the_analysis_find_their_chart():
    from parstudy.statistics import importance

    points = pd.DataFrame({"A1": [1.0, 2, 3, 5], "A2": [2.0, 1, 2, 2]})
    chart = importance.variance_shares(points).plot("vi")
    assert isinstance(chart, Chart)
    assert len(artists(chart, "known")) == 2


def test_synthetic_data_is_marked_in_the_picture_itself():
    chart = charts.position_strip(SCORES.assign(synthetic=True), "lang-son", EN, PROVINCES)
    assert "SYNTHETIC · GIẢ ĐỊNH" in words(chart)
    assert "SYNTHETIC · GIẢ ĐỊNH" not in words(MADE["position_strip"](EN))


def test_every_picture_says_what_each_of_its_parameters_is():
    pictures = {name: getattr(charts, name) for name in charts.__all__ if name != "Chart"}
    drawn = {n: f for n, f in pictures.items() if inspect.signature(f).return_annotation == "Chart"}
    assert len(drawn) > 30
    for name, picture in drawn.items():
        text = inspect.getdoc(picture)
        head = text.split("Parameters\n----------\n")[1].split("\n\nReturns\n-------\n")[0]
        told = [
            own for line in head.splitlines() if line[0] != " "
            for own in line.split(" : ")[0].split(", ")
        ]  # fmt: skip
        assert sorted(told) == sorted(inspect.signature(picture).parameters), name
        assert "\n\nRaises\n------\n" in text, name


def test_usual_values_of_a_picture_of_a_result_show_in_its_signature():
    usual = {n: p.default for n, p in inspect.signature(charts.selection).parameters.items()}
    assert usual["id"] == "selection"
    assert usual["limit"] == 15
    assert "frame" not in usual


def test_chart_without_alternative_text_is_refused():
    from matplotlib.figure import Figure

    with refused("no_alternative_text"):
        Chart("x", Figure(), " ", "caption")


def test_names_with_dollar_signs_and_angle_brackets_stay_text():
    odd = PROVINCES.assign(name_en=["$x_1$ <b>", *PROVINCES["name_en"][1:]])
    chart = charts.position_strip(SCORES, "lang-son", EN, odd)
    assert "$x_1$ <b>" in words(chart)
    chart.svg()
    assert "<b>" not in chart._repr_html_()


def test_the_session_keeps_its_own_settings():
    """In a fresh process: no figure of pyplot, no backend chosen, no setting changed."""
    code = """
import matplotlib as mpl
mpl.rcParams["font.size"] = 31
before = dict(mpl.rcParams.copy())
backend = mpl.rcParams._get_backend_or_none()
import sys; sys.path.insert(0, "tests")
import test_display as t
chart = t.MADE["coverage_heatmap"](t.EN); wide = t.MADE["position_strip"](t.EN)
first = chart.svg()
mpl.rcParams["font.size"] = 8
assert chart.svg() == first, "the picture depends on the session"
mpl.rcParams["font.size"] = 31
assert mpl.rcParams._get_backend_or_none() == backend, "backend switched"
after = dict(mpl.rcParams.copy())
assert {k: v for k, v in after.items() if k != "backend"} == {
    k: v for k, v in before.items() if k != "backend"}, "settings changed"
pyplot = sys.modules.get("matplotlib.pyplot")
assert pyplot is None or pyplot.get_fignums() == [], "a figure of pyplot"
"""
    environment = {k: v for k, v in os.environ.items() if k != "MPLBACKEND"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={**environment, "PARSTUDY_STRICT_TEXTS": "1"},
        cwd=Path(__file__).parents[1],
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_display_does_not_load_matplotlib_before_the_first_chart():
    code = (
        "import sys, parstudy.display; print('matplotlib' in sys.modules, 'pandas' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]
