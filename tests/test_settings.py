"""``parstudy.toml``: what it changes, and that nothing in it is passed over."""

from __future__ import annotations

import base64
import shutil
from pathlib import Path

import pytest
from lxml import html as lxml_html

from parstudy import settings
from parstudy.cli import main
from parstudy.dataset import Dataset, open_dataset
from parstudy.errors import ProjectError
from parstudy.project import Project
from parstudy.publish.compare import write_compare
from parstudy.publish.office import with_office
from parstudy.runs import main_job, plan
from parstudy.settings import NAME, Office, Settings
from parstudy.starter import write_notebook

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><path d="M0 0h8v8z"/></svg>'
FULL = """\
[office]
name = { vi = "Sở Nội vụ", en = "Home Affairs" }
logo = "logo.svg"
footer = "Nội bộ <1>"

[reports]
languages = ["en", "vi"]
focus = "Cao Bằng"

[[notebooks]]
name = "region_report"
title = { vi = "Các vùng", en = "The regions" }
parameters = [{ region = ["south-east", "Tây Nguyên"], year = 2021 }, { region = "south-east", year = [2021, 2022] }]

[[inputs]]
file = "grdp.csv"
title = "GRDP"
published_on = "2022-05-25"
"""  # noqa: E501


@pytest.fixture
def project(shipped: Dataset, tmp_path: Path) -> Project:
    shutil.copytree(shipped.project.root / "data", tmp_path / "data")
    project = Project(tmp_path)
    write_notebook(project, "region_report", ["region", "year"])
    (tmp_path / "logo.svg").write_text(SVG)
    return project


def write(project: Project, text: str) -> Project:
    (project.root / NAME).write_text(text, encoding="utf-8")
    return project


def test_without_the_file_all_is_as_before(tmp_path: Path) -> None:
    found = settings.read(Project(tmp_path))
    assert found == Settings()
    assert (found.languages, found.focus) == (("vi", "en"), "lang-son")
    assert with_office("<html><head></head><body>\n</body></html>", found.office, ["vi"]) == (
        "<html><head></head><body>\n</body></html>"
    )


def test_the_page_that_compares_says_whose_it_is(shipped: Dataset, tmp_path: Path) -> None:
    office = Office(name={"vi": "Sở Nội vụ", "en": "Home Affairs"}, footer={"vi": "Nội bộ <1>"})
    path = write_compare(tmp_path, shipped, office)
    assert path is not None
    text = path.read_text(encoding="utf-8")
    assert text.index("Sở Nội vụ") < text.index("<main")
    assert "Home Affairs" in text
    assert text.index("Nội bộ &lt;1&gt;") > text.index("</main>")


def test_what_ships_with_a_new_project_says_nothing(tmp_path: Path, root: Path) -> None:
    shipped = root / "src" / "parstudy" / "starter" / "template" / NAME
    text = shipped.read_text(encoding="utf-8")
    assert settings.read(write(Project(tmp_path), text)) == Settings()
    # and is right with its examples, too
    lines = [line.removeprefix("# ") for line in text.splitlines()]
    examples = "\n".join(line for line in lines if "=" in line or line.startswith("["))
    (tmp_path / "logo.png").write_bytes(b"\x89PNG")
    found = settings.read(write(Project(tmp_path), examples))
    assert found.notebooks[0].name == "region_report"


@pytest.mark.parametrize(
    ("text", "code", "says"),
    [
        ("office = ", "bad_toml", "Invalid value"),
        ("[ofice]", "unknown_key", "parstudy.toml: unknown key; found 'ofice'; expected 'office'"),
        ("[office]\nnmae = 'x'", "unknown_key", "parstudy.toml, office: unknown key"),
        ("[office]\nname = { fr = 'x' }", "unknown_key", "'fr'"),
        ("[office]\nname = 3", "wrong_type", "office.name"),
        ("[office]\nlogo = 'none.png'", "missing_file", "none.png"),
        ("[office]\nlogo = 'parstudy.toml'", "wrong_value", "PNG, JPEG, SVG"),
        ("[reports]\nlanguages = ['fr']", "wrong_value", "vi or en"),
        ("[reports]\nlanguages = []", "wrong_value", "vi or en"),
        ("[reports]\nfocus = 'Lạng Sen'", "unknown_province", "Lạng Sơn"),
        ("[[notebooks]]\ntitle = 'x'", "missing_key", "[[notebooks]] 1"),
        ("[[notebooks]]\nname = 'a'\n[[notebooks]]\nname = 'a'", "wrong_value", "twice"),
        ("[[notebooks]]\nname = 'a'\nparameters = { year = 2021 }", "wrong_type", "a list"),
        ("[[inputs]]\nfile = 'a.csv'\ntitel = 'x'", "unknown_key", "'title'"),
    ],
)
def test_nothing_in_it_is_passed_over(project: Project, text: str, code: str, says: str) -> None:
    with pytest.raises(ProjectError) as caught:
        settings.read(write(project, text))
    assert caught.value.code == code
    assert says in str(caught.value)
    assert NAME in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_it_says_is_known(project: Project) -> None:
    found = settings.read(write(project, FULL))
    assert found.languages == ("en", "vi")
    assert found.focus == "cao-bang"
    assert found.office.footer == {"vi": "Nội bộ <1>", "en": "Nội bộ <1>"}
    data = found.office.logo.removeprefix("data:image/svg+xml;base64,")
    assert base64.b64decode(data).decode() == SVG
    assert found.inputs["grdp.csv"]["title"] == "GRDP"


def test_the_main_job_makes_what_it_names(project: Project) -> None:
    write(project, FULL)
    shutil.copytree(Path(__file__).parents[1] / "notebooks", project.notebooks, dirs_exist_ok=True)
    dataset = open_dataset(project)
    runs = main_job.planned(project, dataset, names=["region_report"])
    assert [run.name for run in runs] == [
        "en/region_report/south-east-2021",
        "vi/region_report/south-east-2021",
        "en/region_report/central-highlands-2021",
        "vi/region_report/central-highlands-2021",
        "en/region_report/south-east-2022",
        "vi/region_report/south-east-2022",
    ]
    others = main_job.planned(project, dataset, names=["improvement_plan"])
    assert {run.parameters["province"] for run in others} == {"cao-bang"}


@pytest.mark.parametrize(
    ("named", "says"),
    [
        ("name = 'regon'\nparameters = [{ year = 2021 }]", "no such notebook"),
        ("name = 'region_report'\nparameters = [{ yaer = 2021 }]", "Did you mean year?"),
        ("name = 'region_report'\nparameters = [{ year = '2021' }]", "region_report.ipynb"),
        ("name = 'region_report'\nparameters = [{ region = 'nowhere' }]", "'nowhere'"),
    ],
)
def test_sets_that_cannot_be_right_are_refused_with_their_place(
    project: Project, capsys: pytest.CaptureFixture[str], named: str, says: str
) -> None:
    write(project, f"[[notebooks]]\n{named}")
    assert main(["--project", str(project.root), "reports"]) == 2
    error = capsys.readouterr().err
    assert error.startswith("parstudy: parstudy.toml, [[notebooks]] 1: ")
    assert says in error
    assert error.count("\n") == 1


def test_a_report_is_made_again_when_the_office_changes(project: Project) -> None:
    def key() -> str:
        given = [{"region": "south-east", "year": 2021}]
        return plan(project.root, "region_report", given, languages=["vi"])[0].key

    keys = [key()]
    for text in ("[office]\nname = 'A'", "[office]\nname = 'B'", "[office]\nlogo = 'logo.svg'"):
        write(project, text)
        keys.append(key())
    assert len(set(keys)) == 4


def test_pages_show_whose_they_are(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    write(project, FULL)
    words = ["report", "--notebook", "region_report", "-p", "region", "south-east"]
    assert main(["--project", str(project.root), *words, "--year", "2017"]) == 0
    for lang, name in (("vi", "Sở Nội vụ"), ("en", "Home Affairs")):
        path = project.reports / lang / "region_report" / "south-east-2017.html"
        page = lxml_html.document_fromstring(path.read_bytes())
        (above,) = page.xpath("//div[@class='ps-office']")
        assert above.text_content() == name
        assert above.xpath("img/@src")[0].startswith("data:image/svg+xml;base64,")
        assert page.xpath("//footer")[0].text_content() == "Nội bộ <1>"
    index = lxml_html.document_fromstring((project.reports / "index.html").read_bytes())
    assert index.xpath("//div[@class='ps-office']//span[@lang='en']/text()") == ["Home Affairs"]
    assert "The regions" in index.text_content()
    assert "Các vùng" in index.text_content()


def test_a_name_alone_is_said_by_the_picture() -> None:
    html = "<html><head></head><body>\n</body></html>"
    picture = Office(logo="data:image/png;base64,AAAA")
    assert 'alt="logo"' in with_office(html, picture, ["vi"])
    assert "<footer" not in with_office(html, picture, ["vi"])
