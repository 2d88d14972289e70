"""Every text a reader sees exists in both languages."""

from __future__ import annotations

import importlib.util
import json
import re
import sys
from pathlib import Path

import pytest

from parstudy.display.words import catalogue_path, holes
from parstudy.facts.languages import Written, languages, order

ROOT = Path(__file__).parents[1]


def _tool():
    path = ROOT / "tools" / "extract_messages.py"
    spec = importlib.util.spec_from_file_location("extract_messages", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules["extract_messages"] = module
    spec.loader.exec_module(module)
    return module


tool = _tool()
FOUND = tool.messages()


def forms(msgid):
    return (msgid,) if isinstance(msgid, str) else msgid


# --- the catalogues ------------------------------------------------------------------------------


def test_every_message_has_a_translation_in_every_complete_language():
    complete = [code for code, written in languages().items() if written.complete]
    assert {"vi", "en"} <= set(complete)
    assert len(FOUND) > 100
    for code in complete:
        catalog, _ = tool.updated(code, FOUND)
        assert tool.untranslated(catalog) == []


def test_the_catalogues_hold_what_the_code_says_and_nothing_else():
    """Run tools/extract_messages.py if this fails."""
    for code in tool.LANGUAGES:
        catalog, obsolete = tool.updated(code, FOUND)
        assert [tool.forms(message) for message in obsolete] == []
        assert b"#~" not in catalogue_path(code).read_bytes()
        assert catalogue_path(code).read_bytes() == tool.written(catalog)


def test_translations_have_the_same_holes():
    wrong = []
    for message in tool.read("vi"):
        if not message.id:
            continue
        wanted = holes(forms(message.id)[-1])
        wrong += [text for text in tool.forms(message) if text and holes(text) != wanted]
    assert wrong == []


def test_singular_and_plural_have_the_same_holes_except_the_count():
    for msgid in FOUND:
        if not isinstance(msgid, str):
            assert holes(msgid[0]) - {"n"} == holes(msgid[1]) - {"n"}, msgid


_NAMES = {"p (wild bootstrap)", "p (Benjamini–Hochberg)"}


def test_translations_are_composed_and_not_left_in_english():
    """Sentences of several words must differ; names, symbols and bare holes may not."""
    import unicodedata

    for message in tool.read("vi"):
        for text in tool.forms(message) if message.id else ():
            assert unicodedata.is_normalized("NFC", text), text
            letters = re.sub(r"\{\w+\}|[\W\d_]", " ", text).split()
            if len(letters) > 2 and text not in _NAMES:
                assert text not in forms(message.id)


def test_the_english_catalogue_is_the_identity_with_plurals():
    catalog = tool.read("en")
    assert [message.id for message in catalog if message.id] == []
    assert catalog.num_plurals == 2
    assert tool.read("vi").num_plurals == 1


# --- text that goes past the catalogues ----------------------------------------------------------


def test_no_text_goes_past_the_catalogues():
    assert [str(finding) for finding in tool.untranslatable()] == []


SAMPLE = """\
%matplotlib inline
page = Page(lang, "national_overview", {"year": year}, ds)
_ = page.language.text
page.title("A bare title", _("A good summary of {year}", year=year))
page.heading(page.language.text("A good heading"))
page.say(f"Bare with {year}", note=True)
page.say("Yes" if year else _("A good paragraph"))
page.points(["bare point", _("good point")])
page.say("2021")
page.show(build_table("ranks", "bare caption", frame, [Column("bare label", "rank")], language))
page.show(build_table("ranks", _("good caption"), frame[["rank"]], columns, language,
                      notes=["bare note"]))
page.say(language.text(f"built {year}"))
page.say(language.ntext("{n} good thing", "{n} good things", 3))
page.say(_("glued " + name))
page.say(_("built one" if year else "built two"))
page.say(_("built {}".format(year)))
page.say(_(SENTENCES["known"]))
figure.text(x + 1, y, label)
print("bare print")
"""


def notebook(path, *cells):
    path.parent.mkdir(parents=True, exist_ok=True)
    made = [
        {"cell_type": kind, "source": source.splitlines(keepends=True), "metadata": metadata}
        for kind, source, metadata in cells
    ]
    path.write_text(json.dumps({"cells": made, "nbformat": 4}), encoding="utf-8")


@pytest.fixture
def project(tmp_path):
    (tmp_path / "src" / "parstudy").mkdir(parents=True)
    return tmp_path


def test_the_scanner_finds_bare_text_in_a_notebook(project):
    notebook(
        project / "notebooks" / "sample.ipynb",
        ("code", SAMPLE, {}),
        ("markdown", "# Words in one language", {}),
        ("markdown", "How to edit this notebook", {"tags": ["lab-only"]}),
        ("code", "%%bash\necho 'not python ('", {}),
    )
    found = [finding.text for finding in tool.untranslatable(project)]
    assert [text for text in found if "built" not in text and "glued" not in text] == [
        "A bare title",
        "Bare with ",
        "Yes",
        "bare point",
        "bare caption",
        "bare label",
        "bare note",
        "bare print",
        "# Words in one language",
    ]
    assert sum("message built at run time" in str(f) for f in tool.untranslatable(project)) == 4


def test_messages_of_notebooks_are_collected(project):
    notebook(project / "notebooks" / "sample.ipynb", ("code", SAMPLE, {}))
    (project / "src" / "parstudy" / "m.py").write_text(
        'figure.text(0.1, 0.2, "not a message")\n'
        'x = language.text(\n    "One sentence "\n    "in two pieces", n=1)\n'
        'WORDS = {"a": defer("said later")}\n',
        encoding="utf-8",
    )
    found = tool.messages(project)
    assert found["One sentence in two pieces"] == {"src/parstudy/m.py"}
    assert found["A good heading"] == {"notebooks/sample.ipynb"}
    assert ("{n} good thing", "{n} good things") in found
    assert "said later" in found
    assert not any("not a message" in forms(msgid)[0] for msgid in found)


def test_no_notebooks_is_no_failure(project):
    assert tool.messages(project) == {}
    assert tool.untranslatable(project) == []


def test_an_update_keeps_translations_and_names_what_is_lost(project):
    source = project / "src" / "parstudy" / "m.py"
    source.write_text('a = t.text("Keep me")\nb = t.text("Drop me")\n', encoding="utf-8")
    catalog, lost = tool.updated("vi", tool.messages(project), project)
    assert sorted(tool.untranslated(catalog)) == ["Drop me", "Keep me"]
    assert lost == []
    for message in catalog:
        if message.id:
            message.string = message.id.upper()
    path = tool.catalogue("vi", project)
    path.parent.mkdir(parents=True)
    path.write_bytes(tool.written(catalog))

    source.write_text('a = t.text("Keep me")\nc = t.text("New one")\n', encoding="utf-8")
    catalog, lost = tool.updated("vi", tool.messages(project), project)
    assert catalog["Keep me"].string == "KEEP ME"
    assert tool.untranslated(catalog) == ["New one"]
    assert [message.string for message in lost] == ["DROP ME"]
    assert tool.written(catalog) == tool.written(catalog)
    assert b"Date" not in tool.written(catalog)


def test_a_doubtful_translation_counts_as_none(project):
    source = project / "src" / "parstudy" / "m.py"
    source.write_text('a = t.text("Keep me")\n', encoding="utf-8")
    path = tool.catalogue("vi", project)
    path.parent.mkdir(parents=True)
    path.write_text('#, fuzzy\nmsgid "Keep me"\nmsgstr "Giữ"\n', encoding="utf-8")
    catalog, _ = tool.updated("vi", tool.messages(project), project)
    assert tool.untranslated(catalog) == ["Keep me"]


# --- what a reader really sees -------------------------------------------------------------------


def test_no_english_message_shows_in_vietnamese_charts_and_pages(monkeypatch):
    """Draw every chart and a page in Vietnamese and look for English messages in them."""
    monkeypatch.setenv("PARSTUDY_STRICT_TEXTS", "1")
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    import test_display as display

    same = {
        forms(message.id)[0]
        for message in tool.read("vi")
        if message.id and set(tool.forms(message)) & set(forms(message.id))
    }
    english = {
        re.sub(r"\\\{\w+\\\}", ".+", re.escape(text))
        for msgid in FOUND
        for text in forms(msgid)
        if forms(msgid)[0] not in same and len(re.sub(r"\{\w+\}|\W", "", text)) > 3
    }
    # one word can be part of a name or a command; several are a sentence wherever they stand
    several = re.compile("|".join(rf"\b{text}(?!\w)" for text in english if "\\ " in text))
    single = re.compile("|".join(text for text in english if "\\ " not in text))
    page, shown = display.new_page("vi", synthetic=True)
    page.cite("good", "evil", "plan")
    page.finish()
    texts = [display.Tags(bundle["text/html"]).data for bundle in shown]
    seen = [piece for data in texts for piece in data]
    for make in display.MADE.values():
        chart = make(display.VI)
        seen += [*display.words(chart), chart.alt, str(chart.caption)]
    assert len(seen) > 300
    left = {text for text in seen if several.search(text) or single.fullmatch(text)}
    command = "parstudy report --province lang-son --year 2021 --lang vi"
    assert left - {page.notebook, command} == set()


def test_a_language_in_the_making_speaks_its_fallback_where_it_has_no_words(monkeypatch, tmp_path):
    from parstudy.display import words

    (tmp_path / "fr.po").write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
        'msgid "Search"\nmsgstr "Rechercher"\n',
        encoding="utf-8",
    )
    french = Written("fr", "Français", "d MMMM y", "MMMM y", "en", complete=False, only={})
    known = {**languages(), "fr": french}
    monkeypatch.setattr("parstudy.facts.languages.languages", lambda: known)
    monkeypatch.setattr(words, "LANGUAGES", tuple(known))
    monkeypatch.setattr(words, "catalogue_path", lambda code: tmp_path / f"{code}.po")
    order.cache_clear()
    words._catalogue.cache_clear()
    try:
        language = words.Language("fr")
        assert language.text("Search") == "Rechercher"
        assert language.text("Kind") == "Kind"
        assert language.name({"name_vi": "Hà Nội", "name_en": "Ha Noi"}) == "Ha Noi"
        assert language.name({"name_vi": "Hà Nội", "name_fr": "Hanoï"}) == "Hanoï"
        assert language.name({"name_vi": "Hà Nội", "name_en": ""}) == "Hà Nội"
        assert language.date("2022-05-25") == "25 mai 2022"
        assert language.number(1234.5, 1).endswith("234,5")
    finally:
        order.cache_clear()
        words._catalogue.cache_clear()


TERMS = {
    "bình quân": "trung bình",
    "sai số điều tra": "sai số chọn mẫu",
    "nguồn điểm": "hình thức đánh giá",
    "xê dịch": "thay đổi",
    "người được khảo sát": "người được hỏi",
    "bảng dữ liệu mở": "bộ dữ liệu trên mạng",
    "bộ dữ liệu mở": "bộ dữ liệu trên mạng",  # not all have an open licence
    "như đã in": "tên theo nguồn",
    "tỉnh biết": "tỉnh đã biết, tỉnh có",  # it is not the province that knows
    "kế cận": "liền kề",
    "năm chỉ số": "năm đánh giá",
    "dấu vân tay": "mã dữ liệu",
    "tương hợp": "tương quan",
    "với tư cách": "nói thẳng",
    "lân cận về thứ hạng": "liền kề về thứ hạng",
}
"""Words that reports do not use, and the one that they have for the same thing."""
_COUNTED_TO_NOTHING = re.compile(r"[Ss]ố [^.;{]*\blà \{(n|worse)\}|: \{n\}\.?$")


@pytest.mark.parametrize("word", TERMS)
def test_one_thing_has_one_word_in_vietnamese(word):
    said = [text for message in tool.read("vi") if message.id for text in tool.forms(message)]
    assert said
    assert [text for text in said if word in text.lower()] == []


def test_a_count_that_may_be_none_is_no_number_at_the_end_of_a_sentence():
    plurals = [m for m in tool.read("vi") if isinstance(m.id, tuple)]
    assert plurals
    counted = [text for m in plurals for text in tool.forms(m)]
    assert [text for text in counted if _COUNTED_TO_NOTHING.search(text)] == []
