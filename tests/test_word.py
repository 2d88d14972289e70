"""A report as a Word document: what an official takes to a meeting says what the report says."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path
from typing import Any

import docx
import pytest
from lxml import html as lxml_html

from parstudy.cli import main
from parstudy.dataset import Dataset
from parstudy.errors import RunError
from parstudy.publish.word import is_edited, renew_word, word_document, write_word

_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def page(body: str, lang: str = "vi", lead: str = "Hạng 23/63.") -> str:
    return (
        f'<html lang="{lang}"><body><header class="ps-head"><h1>Lạng Sơn 2021</h1>'
        f'<p class="ps-lead">{lead}</p></header><div class="ps-body">{body}</div></body></html>'
    )


def notes(path: Path) -> list[str]:
    """Words of the footnotes, in their order."""
    with zipfile.ZipFile(path) as archive:
        root: Any = lxml_html.etree.fromstring(archive.read("word/footnotes.xml"))
    own = [n for n in root if n.get(f"{_WORD}type") is None]
    return ["".join(n.itertext()).strip() for n in own]


def _folded(text: str) -> str:
    return " ".join(text.split())


def test_a_province_report_says_in_word_what_it_says_on_the_page(
    root: Path, shipped: Dataset
) -> None:
    project = shipped.project.root
    if not (project / "notebooks").exists():
        shutil.copytree(root / "notebooks", project / "notebooks")
    words = ["report", "--province", "lang-son", "--year", "2021", "--lang", "vi"]
    assert main(["--project", str(project), *words, "--format", "docx"]) == 0
    report = project / "reports/vi/province_report/lang-son-2021.html"
    document = docx.Document(str(report.with_suffix(".docx")))
    root = lxml_html.document_fromstring(report.read_bytes())
    for gone in root.xpath("//*[contains(@class, 'ps-cite') or contains(@class, 'ps-onward')]"):
        gone.drop_tree()
    sheets = [c.text for t in document.tables for row in t.rows for c in row.cells]
    words = "\n".join(map(_folded, [*(p.text for p in document.paragraphs), *sheets]))
    left_out = "ps-code ps-ways ps-toc ps-sources ps-sources-heading ps-operators ps-colophon"
    for element in root.xpath(
        "//main//*[self::h1 or self::h2 or self::p or self::li or self::dd "
        "or self::td or self::th or self::caption or self::figcaption]"
    ):
        around = " ".join(a.get("class") or "" for a in (element, *element.iterancestors()))
        if not set(around.split()) & set(left_out.split()):
            assert _folded(element.text_content()) in words
    pictures = [s._inline.docPr.get("descr") for s in document.inline_shapes]
    assert len(pictures) >= 3
    assert all(p and "Lạng Sơn" in p for p in pictures)
    assert "hanhchinhcong.langson.gov.vn" in " ".join(notes(report.with_suffix(".docx")))
    assert 'href="lang-son-2021.docx" download' in report.read_text(encoding="utf-8")
    assert report.with_suffix(".docx").read_bytes() == word_document(report.read_text("utf-8"))


def test_sources_in_a_row_are_a_footnote_each(tmp_path: Path) -> None:
    cited = (
        '<p>Điểm <span class="ps-cite"><a href="#ps-source-1" data-through="4">[1]</a>–'
        '<a href="#ps-source-4">[4]</a></span></p>'
    )
    sources = "".join(
        f'<li id="ps-source-{n}"><a href="https://example.org/{n}">Báo {n}</a></li>'
        for n in range(1, 5)
    )
    report = tmp_path / "report.html"
    report.write_text(page(f'{cited}<ol class="ps-sources">{sources}</ol>'), encoding="utf-8")
    assert [note[:5] for note in notes(write_word(report))] == [
        "Báo 1", "Báo 2", "Báo 3", "Báo 4",
    ]  # fmt: skip


def test_a_source_is_one_footnote_however_often_it_is_cited(tmp_path: Path) -> None:
    cited = '<span class="ps-cite"><a href="#ps-source-{0}">[{0}]</a></span>'
    sources = "".join(
        f'<li id="ps-source-{n}"><a href="https://example.org/{n}">Báo {n}</a></li>' for n in (1, 2)
    )
    body = "".join(f"<p>Điểm {n}{cited.format(n)}</p>" for n in (2, 1, 2))
    report = tmp_path / "a.html"
    report.write_text(page(f'{body}<ol class="ps-sources">{sources}</ol>'), encoding="utf-8")
    made = write_word(report)
    assert notes(made) == ["Báo 2 · https://example.org/2", "Báo 1 · https://example.org/1"]
    text = zipfile.ZipFile(made).read("word/document.xml").decode()
    assert text.count("<w:footnoteReference") == 2
    assert "NOTEREF source1" in text


def test_invented_data_says_so_in_word_as_well(tmp_path: Path) -> None:
    banner = '<p class="ps-synthetic" role="note"><strong>SYNTHETIC</strong> x</p>'
    report = tmp_path / "a.html"
    report.write_text(page("<p>Nội dung</p>").replace("<header", f"{banner}<header"), "utf-8")
    document = docx.Document(str(write_word(report)))
    assert document.paragraphs[0].text == "SYNTHETIC x"
    assert "SYNTHETIC x" in [p.text for p in document.sections[0].header.paragraphs]


def test_what_somebody_wrote_into_a_document_stays(tmp_path: Path) -> None:
    report = tmp_path / "a.html"
    report.write_text(page("<p>Hạng 23</p>"), encoding="utf-8")
    beside = write_word(report)
    report.write_text(page("<p>Hạng 24</p>"), encoding="utf-8")
    assert renew_word(report) == ""
    document = docx.Document(str(beside))
    assert "Hạng 24" in [p.text for p in document.paragraphs]
    document.add_paragraph("Ý kiến của Sở")
    document.save(str(beside))
    kept = beside.read_bytes()
    report.write_text(page("<p>Hạng 25</p>"), encoding="utf-8")
    assert "edited" in renew_word(report)
    with pytest.raises(RunError, match="edited"):
        write_word(report)
    assert beside.read_bytes() == kept
    assert is_edited(beside)


def test_a_page_of_others_is_no_report() -> None:
    with pytest.raises(RunError, match="has not made"):
        word_document("<html><body><p>x</p></body></html>")
