"""``parstudy publish``: a copy that stands by itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from parstudy.cli import main
from parstudy.errors import RunError
from parstudy.publish.handout import publish

LINK = "<a href='{}'>x</a>"


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    """A few pages that lead to one another, a notebook, and what is nobody's business."""
    folder = tmp_path / "project" / "reports"
    pages = {
        "index.html": LINK.format("vi/province_report/lang-son-2021.html"),
        "vi/province_report/lang-son-2021.html": LINK.format("../../index.html#vi")
        + LINK.format("https://example.vn/never-asked"),
    }
    for name, text in pages.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"<html><body>{text}</body></html>", encoding="utf-8")
    (folder / "vi/province_report/lang-son-2021.ipynb").write_text("{}")
    (folder / "vi/province_report/.lang-son-2021.html.part").write_text("half")
    (folder / ".ways.json").write_text("{}")
    (folder / "notes.docx").write_bytes(b"of the office")
    return folder


def files(folder: Path) -> set[str]:
    found = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    return found - {".parstudy-published"}


def test_pages_are_copied_and_nothing_else(reports: Path, tmp_path: Path) -> None:
    done = publish(reports, tmp_path / "out")
    assert files(tmp_path / "out") == {"index.html", "vi/province_report/lang-son-2021.html"}
    assert (done.pages, done.notebooks, done.prints) == (2, 0, 0)
    publish(reports, tmp_path / "out", notebooks=True)  # its own folder is replaced
    assert "vi/province_report/lang-son-2021.ipynb" in files(tmp_path / "out")
    publish(reports, tmp_path / "out")
    assert "vi/province_report/lang-son-2021.ipynb" not in files(tmp_path / "out")


def test_a_dead_link_stops_it_and_the_earlier_copy_stays(reports: Path, tmp_path: Path) -> None:
    publish(reports, tmp_path / "out")
    before = files(tmp_path / "out")
    with (reports / "index.html").open("a") as file:
        file.write(LINK.format("vi/gone.html"))
    with pytest.raises(RunError) as caught:
        publish(reports, tmp_path / "out")
    assert caught.value.code == "dead_link"
    assert "vi/gone.html" in str(caught.value)
    assert files(tmp_path / "out") == before
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []


@pytest.mark.parametrize("where", ["own", "reports", "above", "file"])
def test_what_it_did_not_make_is_never_replaced(reports: Path, tmp_path: Path, where: str) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "thesis.txt").write_text("years of work")
    target = {
        "own": own,
        "reports": reports / "out",
        "above": reports.parent,
        "file": own / "thesis.txt",
    }[where]
    with pytest.raises(RunError) as caught:
        publish(reports, target)
    assert caught.value.code == "folder_taken"
    assert (own / "thesis.txt").read_text() == "years of work"
    assert (reports / "index.html").is_file()


def test_without_reports_it_says_how_to_make_some(tmp_path: Path, capsys) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "data" / "raw").mkdir(parents=True)
    assert main(["--project", str(tmp_path), "publish", str(tmp_path / "out")]) != 0
    assert "parstudy reports" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
