"""Files of one's own: read, refused, hashed into the key, listed under the sources."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest
from lxml import html as lxml_html
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

import parstudy as ps
from parstudy.cli import main
from parstudy.dataset import Dataset, open_dataset
from parstudy.errors import ParstudyError
from parstudy.project import Project
from parstudy.runs import plan


@pytest.fixture
def project(tmp_path: Path) -> Project:
    for folder in ("data/raw", "data/own", "notebooks"):
        (tmp_path / folder).mkdir(parents=True)
    return Project(tmp_path)


def own(project: Project, name: str, text: str | bytes) -> Path:
    path = project.root / "data" / "own" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def read(project: Project, name: str, **options: Any) -> pd.DataFrame:
    return ps.input(name, project=project, **options)


def refused(project: Project, name: str, **options: Any) -> ParstudyError:
    with pytest.raises(ParstudyError) as caught:
        read(project, name, **options)
    assert "\n" not in str(caught.value)
    return caught.value


# --- reading -------------------------------------------------------------------------------------


def test_a_file_is_read_by_its_name(project: Project) -> None:
    own(project, "grdp.csv", "province,grdp\nHà Nội,1.5\n")
    assert read(project, "grdp").equals(read(project, "grdp.csv"))
    assert read(project, "grdp")["grdp"].tolist() == [1.5]


def test_vietnamese_numbers(project: Project) -> None:
    own(project, "a.csv", "\ufefftỉnh;điểm\nHà Nội;1.234,50\nHuế;\n")
    table = read(project, "a", decimal=",")
    assert list(table) == ["tỉnh", "điểm"]
    assert table["điểm"].tolist()[0] == 1234.5
    assert table["điểm"].isna().tolist() == [False, True]
    frame = pd.DataFrame(
        {
            "x": ["87,11", None, "−3"],
            "y": ["1.234", "5", "6"],
            "z": ["a", "1,5", "2"],
            "n": [1, 2, 3],
        }
    )
    frame.to_excel(project.root / "data" / "own" / "b.xlsx", index=False)
    table = read(project, "b.xlsx", decimal=",")
    assert table["x"].tolist()[::2] == [87.11, -3.0]
    assert table["y"].tolist() == [1234, 5, 6]
    assert table["z"].tolist() == ["a", "1,5", "2"]
    assert table["n"].tolist() == [1, 2, 3]
    # not said: nothing is guessed
    assert read(project, "b")["y"].tolist() == ["1.234", "5", "6"]


def test_what_cannot_be_read_is_one_message(project: Project) -> None:
    own(project, "grdp.csv", "a,b\n1,2\n")
    own(project, "shifted.csv", "a,b\n1,2,3\n4,5,6\n")
    own(project, "old.csv", "tỉnh,x\n".encode("utf-16"))
    own(project, "book.xlsx", b"no workbook")
    own(project, "x.pdf", b"%PDF")
    own(project, "2021/same.csv", "a\n1\n")
    own(project, "same.csv", "a\n1\n")
    own(project, "same.tsv", "a\n1\n")
    assert refused(project, "grpd").expected == "'grdp'"
    assert refused(project, "grpd").code == "no_input"
    assert refused(project, "../raw/x.csv").code == "outside"
    assert refused(project, "shifted").code == "bad_input"
    assert "encoding" in refused(project, "old").advice
    assert refused(project, "book").code == "bad_input"
    assert refused(project, "x").code == "unknown_kind"
    assert refused(project, "same").found == "same.csv, same.tsv"
    assert refused(project, "grdp", decimal=";").code == "wrong_decimal"
    assert len(read(project, "2021/same")) == 1


# --- what a report depends on --------------------------------------------------------------------


def write(project: Project, *cells: str, name: str = "mine") -> Path:
    nodes = [new_code_cell('lang: str = "vi"  # language', metadata={"tags": ["parameters"]})]
    nb = new_notebook(cells=[*nodes, *map(new_code_cell, cells)])
    nb.metadata["kernelspec"] = {
        "name": "python3",
        "display_name": "Python 3",
        "language": "python",
    }
    path = project.notebooks / f"{name}.ipynb"
    nbformat.write(nb, path)
    return path


def depends(project: Project, *cells: str) -> list[str]:
    write(project, "import parstudy as ps\n" + "\n".join(cells))
    (run,) = plan(project.root, "mine", [{}], languages=["vi"])
    return [file.name for file in run.own_files]


def test_files_that_the_notebook_names(project: Project) -> None:
    own(project, "grdp.csv", "a\n1\n")
    own(project, "deep/people.xlsx", b"x")
    assert depends(project, "x = 1") == []
    assert depends(project, "ps.input('grdp')") == ["grdp.csv"]
    assert depends(project, "ds = ps.open_dataset()\nds.table('deep/people')") == [
        "deep/people.xlsx"
    ]
    assert depends(project, "import pandas\npandas.read_csv('../data/own/grdp.csv')") == [
        "grdp.csv"
    ]
    # put together when it runs: any of them
    both = ["deep/people.xlsx", "grdp.csv"]
    assert depends(project, "for n in ['grdp']:\n    ps.input(n + '.csv')") == both
    assert depends(project, "page.table('grdp', 'caption', frame, columns)") == []


def test_pictures_that_the_text_shows(project: Project) -> None:
    for name in ("a b.png", "c.svg", "d.png", "e.png"):
        (project.notebooks / name).write_text("x")
    texts = ["![A](a%20b.png)\n\n![C][c]\n\n[c]: c.svg", "<p><IMG alt='' src='d.png'></p>"]
    nb = new_notebook(cells=[*map(new_markdown_cell, texts), new_code_cell("1")])
    nbformat.write(nb, project.notebooks / "mine.ipynb")
    (run,) = plan(project.root, "mine", [{}], languages=["vi"])
    assert [file.name for file in run.own_files] == ["a b.png", "c.svg", "d.png"]
    (project.notebooks / "d.png").write_text("y")
    (again,) = plan(project.root, "mine", [{}], languages=["vi"])
    assert again.key != run.key


def test_modules_beside_the_notebook(project: Project) -> None:
    (project.notebooks / "helper.py").write_text("import deeper\n")
    (project.notebooks / "deeper.py").write_text("FILE = 'grdp.csv'\nimport helper\n")
    (project.notebooks / "other.py").write_text("")
    own(project, "grdp.csv", "a\n1\n")
    assert depends(project, "%matplotlib inline\nfrom helper import x") == [
        "grdp.csv",
        "deeper.py",
        "helper.py",
    ]


@pytest.mark.parametrize(
    "code",
    [
        "%run script.py",
        "%run -i script",
        "if True:\n    %run 'script.py' --quick",
        "import runpy\nrunpy.run_path('script.py')",
        "!python script.py > /dev/null",
        "found = !python script.py",
        "%%bash\nset -e\npython script.py",
        "%time exec(open('script.py').read())",
    ],
)
def test_scripts_that_are_run(project: Project, code: str) -> None:
    (project.notebooks / "script.py").write_text("import deeper\n")
    (project.notebooks / "deeper.py").write_text("")
    (project.notebooks / "other.py").write_text("")
    assert depends(project, code) == ["deeper.py", "script.py"]


@pytest.mark.parametrize(
    "code",
    [
        "%time pd.read_csv('mine.csv')",
        "%%time\nframe = pd.read_csv('mine.csv')",
        "if True:\n    !ls\nframe = pd.read_csv('mine.csv')",
        "pd.read_csv?\nframe = pd.read_csv('mine.csv')",
        "%%sh\nif [ -f x ]; then cat mine.csv; fi",
        "share = (\n    1\n    % 2\n)\nframe = pd.read_csv('mine.csv')",
    ],
)
def test_files_named_beside_what_only_ipython_knows(project: Project, code: str) -> None:
    (project.notebooks / "mine.csv").write_text("a\n1\n")
    (project.notebooks / "not.csv").write_text("a\n1\n")
    assert depends(project, code) == ["mine.csv"]


def test_a_changed_file_makes_the_report_again(project: Project) -> None:
    (project.notebooks / "helper.py").write_text("X = 1\n")
    own(project, "grdp.csv", "a\n1\n")
    write(project, "import parstudy as ps\nimport helper\nps.input('grdp')")

    def key() -> str:
        return plan(project.root, "mine", [{}], languages=["vi"])[0].key

    keys = [key(), key()]
    own(project, "unused.csv", "a\n1\n")
    keys.append(key())
    assert len(set(keys)) == 1
    own(project, "grdp.csv", "a\n2\n")
    keys.append(key())
    (project.notebooks / "helper.py").write_text("X = 2\n")
    keys.append(key())
    (project.root / "parstudy.toml").write_text("[[inputs]]\nfile = 'grdp.csv'\ntitle = 'GRDP'")
    keys.append(key())
    assert len(set(keys)) == 4


def test_a_missing_file_is_refused_before_anything_runs(
    shipped: Dataset, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(shipped.project.root / "data", tmp_path / "data")
    project = Project(tmp_path)
    project.notebooks.mkdir()
    own(project, "grdp.csv", "a\n1\n")
    write(project, "import parstudy as ps\nps.input('grpd.csv')")
    assert main(["--project", str(tmp_path), "report", "--notebook", "mine"]) == 2
    error = capsys.readouterr().err
    assert "mine.ipynb reads a file that is not there" in error
    assert "'grdp.csv'" in error
    assert error.count("\n") == 1
    assert not list(project.reports.glob("*"))


SHOWN = """\
import parstudy as ps
import helper
ds = ps.open_dataset()
page = ps.Page(lang, "mine", {"lang": lang}, ds)
page.title(str(ps.input("grdp")["a"].sum() + ds.table("grdp")["a"].sum() + helper.X))
page.finish()
"""


def test_a_report_lists_them_under_its_sources(shipped: Dataset, tmp_path: Path) -> None:
    shutil.copytree(shipped.project.root / "data", tmp_path / "data")
    project = Project(tmp_path)
    project.notebooks.mkdir()
    data = own(project, "grdp.csv", "a\n7\n")
    (project.notebooks / "helper.py").write_text("X = 1\n")
    (tmp_path / "parstudy.toml").write_text(
        "[[inputs]]\nfile = 'grdp.csv'\ntitle = 'GRDP <2021>'\npublisher = 'GSO'\n"
        "url = 'https://example.org/x'\npublished_on = '2022-05-25'\n",
        encoding="utf-8",
    )
    write(project, SHOWN)
    seen = []
    for _ in range(2):
        words = ["report", "--notebook", "mine", "--lang", "en", "--force"]
        assert main(["--project", str(tmp_path), *words]) == 0
        seen.append((project.reports / "en" / "mine" / "mine.html").read_bytes())
        os.utime(data, (0, 0))  # when it was written is not looked at
    assert seen[0] == seen[1]
    page = lxml_html.document_fromstring(seen[0])
    assert page.xpath("//h1")[0].text_content() == "15"
    first, second = (li.text_content() for li in page.xpath("//ul[@class='ps-own-files']/li"))
    digest = hashlib.sha256(b"a\n7\n").hexdigest()[:12]
    assert first == f"GRDP <2021> · grdp.csv · GSO · published 25 May 2022 · SHA-256 {digest}"
    assert second.startswith("helper.py · code beside the notebook · SHA-256")


# --- a linked release ----------------------------------------------------------------------------


@pytest.mark.skipif(os.name != "posix", reason="links of POSIX")
def test_a_linked_release_is_followed(root: Path, tmp_path: Path) -> None:
    raw, elsewhere = tmp_path / "data" / "raw", tmp_path / "elsewhere" / "SIPAS"
    shutil.copytree(root / "data" / "raw" / "SIPAS" / "2021", elsewhere / "2021")
    shutil.copy(root / "data" / "raw" / "sources.csv", elsewhere.parent)
    (raw / "SIPAS").mkdir(parents=True)
    shutil.copy(root / "data" / "raw" / "sources.csv", raw)
    (raw / "SIPAS" / "2021").symlink_to(elsewhere / "2021")
    (raw / "SIPAS" / "2021" / ".loop").symlink_to(raw)
    first = open_dataset(Project(tmp_path))
    assert first.years("SIPAS") == [2021]
    # a figure that changes behind the link is seen
    path = elsewhere / "2021" / "figures.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(lines[:-1]) + "\n", encoding="utf-8")
    second = open_dataset(Project(tmp_path))
    assert len(second.figures) == len(first.figures) - 1
