"""Planning, executing and batching runs, on small notebooks made here."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat
import psutil
import pytest
from lxml import html as lxml_html
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from parstudy.errors import RunError
from parstudy.leavings import mark
from parstudy.publish import Exporter, write_index
from parstudy.publish.exporter import script_hash
from parstudy.publish.meta import read_meta
from parstudy.runs import Limits, Run, execute, is_current, package, plan, run_batch
from parstudy.runs.batch import foreseen
from parstudy.runs.keeping import sweep_leavings

PARAMETERS = """\
lang: str = "vi"  # language: vi or en
province: str = "lang-son"  # slug of the province
year: int = 2021  # index year
"""

# the face of Page without its imports, so that a kernel is up in half a second
PAGE = """\
from html import escape
from IPython.display import display

MIME = "application/vnd.parstudy.page+json"


def show(html, **event):
    display({"text/html": html, **({MIME: event} if event else {})}, raw=True)


start = {"lang": lang, "notebook": "small", "parameters": {"province": province, "year": year}}
start |= {"synthetic": False, "fingerprint": "f00d", "version": "0"}
show("<div class='ps-page'></div>", start=start)
show(f"<h1>{escape(province)} {year}</h1>", title={"title": province, "summary": "found"})
"""
FIGURE = """\
picture = "data:image/png;base64," + "A" * 60
show(f"<figure id=path><img alt=path src='{picture}'></figure>")
"""
FINISH = 'show("<p>end</p>", finish={"figures": [], "tables": [], "sources": 0})'
FINISH_FIGURE = 'show("<p>end</p>", finish={"figures": ["path"], "tables": [], "sources": 0})'


@pytest.fixture(scope="module")
def exporter() -> Exporter:
    return Exporter()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    # braces in a path: papermill would fill them in
    root = tmp_path / "a {project}"
    (root / "notebooks").mkdir(parents=True)
    (root / "data" / "raw").mkdir(parents=True)
    return root


def write(project: Path, *cells: str, parameters: str = PARAMETERS, name: str = "small") -> Path:
    """Write a notebook as committed ones are: without outputs, with ids, parameters tagged."""
    nodes = [new_code_cell(parameters, metadata={"tags": ["parameters"]})]
    nodes += [new_code_cell(source) for source in cells]
    nb = new_notebook(cells=nodes)
    nb.metadata["kernelspec"] = {
        "name": "python3",
        "display_name": "Python 3",
        "language": "python",
    }
    for number, cell in enumerate(nb.cells):
        cell["id"] = f"c{number}"
    path = project / "notebooks" / f"{name}.ipynb"
    nbformat.write(nb, path)
    return path


def one(project: Path, **changes: Any) -> Run:
    given = {"province": "lang-son", "year": 2021}
    (run,) = plan(project, "small", [given], languages=["vi"], fingerprint="f00d")
    return replace(run, **changes)


def refused(call: Callable[[], object]) -> RunError:
    with pytest.raises(RunError) as caught:
        call()
    return caught.value


def files(folder: Path) -> list[str]:
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


# --- planning ------------------------------------------------------------------------------------


def test_plan_lays_out_reports_in_both_languages(project: Path) -> None:
    write(project, PAGE, FINISH)
    given = [{"province": "lang-son", "year": 2021}, {"year": 2023, "province": "ha-noi"}]
    runs = plan(project, "small", given)
    assert [run.name for run in runs] == [
        "vi/small/lang-son-2021",
        "en/small/lang-son-2021",
        "vi/small/ha-noi-2023",
        "en/small/ha-noi-2023",
    ]
    first = runs[0]
    assert first.html_path == project / "reports" / "vi" / "small" / "lang-son-2021.html"
    assert list(first.parameters) == ["lang", "province", "year"]
    assert first.alternates == {"en": "../../en/small/lang-son-2021.html"}
    other = (first.html_path.parent / first.alternates["en"]).resolve()
    assert other == runs[1].html_path
    assert (first.html_path.parent / first.index_href).resolve() == project / "reports/index.html"
    assert not (project / "reports").exists()


def test_slugs(project: Path) -> None:
    write(project, FINISH, parameters='lang = "vi"', name="data_audit")
    assert plan(project, "data_audit", [{}])[0].html_path.name == "data-audit.html"
    write(project, FINISH, parameters='lang = "vi"\nindex = "SIPAS"\nyear = 1', name="overview")
    (run,) = plan(project, "overview", [{"index": "PAR_INDEX", "year": 2023}], languages=["en"])
    assert run.html_path.name == "PAR_INDEX-2023.html"


@pytest.mark.parametrize(
    "text", ['"; import os', "../../../etc/x", "a/b", "..", "Đà Nẵng", "x" * 400]
)
def test_no_parameter_leads_out_of_the_folder(project: Path, text: str) -> None:
    write(project, FINISH)
    (run,) = plan(project, "small", [{"province": text, "year": 2021}], languages=["vi"])
    assert run.html_path.parent == project / "reports" / "vi" / "small"
    assert re.fullmatch(r"[a-zA-Z0-9_-][a-zA-Z0-9_.-]{0,120}\.html", run.html_path.name)


@pytest.mark.parametrize(
    ("given", "code", "said"),
    [
        ({"provnce": "lang-son", "year": 2021}, "unknown_parameter", "Did you mean province?"),
        ({"province": "lang-son", "year": "2021"}, "wrong_type", "expected int"),
        ({"province": "lang-son", "year": True}, "wrong_type", "True (bool)"),
        ({"province": "lang-son", "year": None}, "wrong_type", "None"),
        ({"province": Path("x"), "year": 2021}, "wrong_type", "PosixPath"),
    ],
)
def test_wrong_parameters_are_refused_before_anything_runs(
    project: Path, given: dict[str, Any], code: str, said: str
) -> None:
    write(project, PAGE, FINISH)
    good = {"province": "ha-noi", "year": 2021}
    error = refused(lambda: plan(project, "small", [good, given]))
    assert error.code == code
    assert said in str(error)
    assert "small.ipynb" in str(error)
    assert not (project / "reports").exists()


def test_types_come_from_annotation_or_default(project: Path) -> None:
    declared = 'lang = "vi"\nlevel: Optional[int] = None\nshare: float = 0.5\nfree = None\nn = [1]'
    write(project, FINISH, parameters=f"from typing import Optional\n{declared}")
    good = {"level": None, "share": 1, "free": "anything", "n": []}
    for changes, right in [
        ({}, True),
        ({"level": 3}, True),
        ({"free": {"a": [1, None]}}, True),
        ({"level": "3"}, False),
        ({"share": "0.5"}, False),
        ({"n": 1}, False),
    ]:
        given = good | changes
        if right:
            assert plan(project, "small", [given], languages=["vi"])
        else:
            assert refused(lambda given=given: plan(project, "small", [given])).code == "wrong_type"


def test_a_parameter_with_an_empty_default_may_be_left_out(project: Path) -> None:
    declared = 'lang = "vi"\nyear: int = 2021\nfile: str = ""\ntarget = None'
    write(project, FINISH, parameters=declared)
    (run,) = plan(project, "small", [{"year": 2023}], languages=["vi"])
    assert run.parameters == {"lang": "vi", "year": 2023, "file": "", "target": None}
    assert run.html_path.name == "2023.html"
    (run,) = plan(project, "small", [{"year": 2023, "target": 10}], languages=["vi"])
    assert run.html_path.name == "2023-10.html"
    # who writes a notebook chooses its defaults
    (run,) = plan(project, "small", [{"target": 1}], languages=["vi"])
    assert run.parameters["year"] == 2021
    assert run.html_path.name == "2021-1.html"


def test_a_shipped_notebook_never_runs_on_a_default_that_someone_forgot(project: Path) -> None:
    write(project, FINISH, parameters='lang = "vi"\nyear: int = 2021', name="province_report")
    assert refused(lambda: plan(project, "province_report", [{}])).code == "missing_parameter"


def test_notebooks_that_cannot_be_planned(project: Path) -> None:
    write(project, FINISH, name="province_report")
    error = refused(lambda: plan(project, "provnce_report", [{}]))
    assert error.code == "no_notebook"
    assert "Did you mean province_report?" in str(error)

    write(project, FINISH, parameters="year: int = ")
    assert refused(lambda: plan(project, "small", [{}])).code == "bad_parameters_cell"

    nbformat.write(new_notebook(cells=[new_markdown_cell("x")]), project / "notebooks/small.ipynb")
    # an ordinary notebook has none, and is given none
    assert plan(project, "small", [{}])[0].parameters == {}
    error = refused(lambda: plan(project, "small", [{"year": 2021}]))
    assert error.code == "no_parameters_cell"

    (project / "notebooks" / "small.ipynb").write_text("{}")
    assert refused(lambda: plan(project, "small", [{}])).code == "bad_notebook"


def test_two_runs_never_write_one_report(project: Path) -> None:
    write(project, FINISH)
    given = [{"province": "Đà Nẵng", "year": 2021}, {"province": "da-nang", "year": 2021}]
    assert len({run.html_path for run in plan(project, "small", given)}) == 4
    assert refused(lambda: plan(project, "small", [given[1], given[1]])).code == "same_report"


TWINS = [
    ("shift: int = 1", [{"shift": 5}, {"shift": -5}, {"shift": 0}]),
    ("note: str = 'x'", [{"note": t} for t in ("a b", "a-b", "a_b", "A-b", "a/b", "", "twins")]),
    ("a: str = 'x'\nb: str = 'y'", [{"a": "p-q", "b": "r"}, {"a": "p", "b": "q-r"}]),
    ("a: str = ''\nb: str = ''", [{"a": "p"}, {"b": "p"}, {"a": "p", "b": "p"}, {}]),
    ("a: str = ''\nn: int = 0", [{"a": "p", "n": 7}, {"a": "p-7"}, {"n": 7}, {"a": "7"}]),
    ("v: list = [1]", [{"v": ["a", "b"]}, {"v": ["a-b"]}, {"v": []}, {"v": [1]}, {"v": ["1"]}]),
    ("x = 1.5", [{"x": 1e-05}, {"x": 1.05}, {"x": -1.05}, {"x": 1.0}]),
]


@pytest.mark.parametrize(("declared", "given"), TWINS)
def test_different_values_have_reports_of_different_names(
    project: Path, declared: str, given: list[dict[str, Any]]
) -> None:
    write(project, FINISH, parameters=f"lang = 'vi'\n{declared}", name="twins")
    names = [r.html_path.name for r in plan(project, "twins", given, languages=["vi"])]
    # also where small and capital letters make no difference
    assert len({name.lower() for name in names}) == len(given)
    # and alone as in company
    again = [plan(project, "twins", [one], languages=["vi"])[0].html_path.name for one in given]
    assert again == names


def test_key_depends_on_all_that_the_report_depends_on(project: Path) -> None:
    path = write(project, PAGE, FINISH)
    given = [{"province": "lang-son", "year": 2021}]

    def key(**changes: Any) -> str:
        arguments: dict[str, Any] = {"languages": ["vi"], "fingerprint": "f00d"} | changes
        return plan(project, "small", arguments.pop("given", given), **arguments)[0].key

    first = key()
    others = [
        key(languages=["vi", "en"]),
        key(given=[{"province": "lang-son", "year": 2022}]),
    ]
    nb = nbformat.read(path, as_version=4)
    nb.cells[1].outputs = [nbformat.v4.new_output("stream", text="seen in the lab")]
    nb.cells[1].execution_count = 7
    nbformat.write(nb, path)
    assert key() == first
    nb.cells[1].source += "\n# changed"
    nbformat.write(nb, path)
    others.append(key())
    assert len({first, *others}) == 4
    # of the data a report depends on what it has read, which is known when it has run
    assert key(fingerprint="beef") == others[-1]


# --- one run -------------------------------------------------------------------------------------


def test_report_and_executed_notebook_the_same_each_time(
    project: Path, exporter: Exporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = "import os, time, sys\nprint(os.getcwd())\nprint('a', flush=True)\ntime.sleep(.3)\n"
    where += (
        "print(time.strftime('%Z'), os.environ['PARSTUDY_PROJECT'], os.environ.get('MPLBACKEND'))"
    )
    write(project, PAGE, where, "{hash('a'), hash('b')}", FIGURE, FINISH_FIGURE)
    run = one(project)
    before = Path.cwd()
    monkeypatch.setenv("MPLBACKEND", "agg")
    made = execute(run, exporter)
    assert Path.cwd() == before
    assert (made.title, made.summary) == ("lang-son", "found")
    assert files(project / "reports") == [
        ".made.jsonl",
        "vi/small/lang-son-2021.html",
        "vi/small/lang-son-2021.ipynb",
    ]
    page = lxml_html.document_fromstring(run.html_path.read_bytes())
    lines = page.xpath("//pre[contains(@class, 'ps-stdout')]")[0].text_content().split("\n")
    assert lines[0] == str(project / "notebooks")
    assert lines[2].split(" ")[0] == "UTC"
    assert lines[2].endswith("matplotlib_inline.backend_inline")
    assert str(project) in lines[2]
    first = (run.html_path.read_bytes(), run.notebook_path.read_bytes())

    monkeypatch.setenv("TZ", "Asia/Ho_Chi_Minh")
    monkeypatch.setenv("LC_ALL", "C")
    monkeypatch.setenv("PYTHONHASHSEED", "7")
    execute(run, exporter)
    assert (run.html_path.read_bytes(), run.notebook_path.read_bytes()) == first


def test_executed_notebook_can_be_opened_and_edited(project: Path, exporter: Exporter) -> None:
    write(project, PAGE, FINISH)
    run = one(project)
    execute(run, exporter)
    nb = nbformat.read(run.notebook_path, as_version=4)
    nbformat.validate(nb)
    injected = next(c for c in nb.cells if "injected-parameters" in c.metadata.get("tags", ()))
    assert 'province = "lang-son"' in injected.source
    assert "papermill" not in json.dumps(nb.metadata)
    assert str(project) not in run.notebook_path.read_text(encoding="utf-8")


def test_parameter_is_text_never_code(project: Path, exporter: Exporter) -> None:
    evil = "\"; import os; os.environ['X'] = '1' #\n<script>alert(1)</script>\\"
    write(project, PAGE, "import os\nprint(os.environ.get('X'), repr(province))", FINISH)
    (run,) = plan(project, "small", [{"province": evil, "year": 1}], languages=["vi"])
    execute(run, exporter)
    page = lxml_html.document_fromstring(run.html_path.read_bytes())
    assert (
        page.xpath("//pre[contains(@class, 'ps-stdout')]")[0].text_content().strip()
        == f"None {evil!r}"
    )
    # the only script is the page's own, the one that its policy lets run
    (script,) = page.xpath("//script")
    (policy,) = page.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert script_hash(script.text) in policy


@pytest.mark.parametrize(
    ("cells", "code", "kept"),
    [
        (
            (PAGE, "def f():\n    raise ValueError('bad \\x1b[31mnews')\nf()"),
            "notebook_failed",
            "def f",
        ),
        ((PAGE, "raise SystemExit(0)", FINISH), "notebook_stopped", "SystemExit"),
        ((PAGE, "%no_such_magic", FINISH), "notebook_failed", "`%no_such_magic` not found"),
        ((PAGE, "import os; os._exit(3)", FINISH), "kernel_died", "cell 3: the kernel died"),
        (
            (PAGE, "import warnings; warnings.warn('too old')", FINISH),
            "stderr",
            "line 1: UserWarning",
        ),
        ((PAGE, FINISH_FIGURE), "missing_figure", "'path'"),
        ((PAGE,), "unfinished_page", "finish"),
        ((PAGE.replace("f00d", "beef"), FINISH), "data_changed", "beef"),
        (
            (PAGE, 'show("<img alt=x src=https://a.example/x.png>")', FINISH),
            "loads_from_network",
            "img",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) and value.isidentifier() else "",
)
def test_failed_run_keeps_the_reason_and_the_last_good_report(
    project: Path, exporter: Exporter, cells: tuple[str, ...], code: str, kept: str
) -> None:
    write(project, *cells)
    run = one(project)
    run.html_path.parent.mkdir(parents=True)
    for stale in (run.html_path, run.notebook_path):
        stale.write_text("from last week")
    error = refused(lambda: execute(run, exporter, strict=True))
    assert error.code == code
    assert error.place == "vi/small/lang-son-2021"
    assert "\n" not in str(error)
    assert files(project / "reports") == [
        f"vi/small/lang-son-2021{suffix}" for suffix in (".error.txt", ".html", ".ipynb")
    ]
    assert run.html_path.read_text() == run.notebook_path.read_text() == "from last week"
    text = run.error_path.read_text(encoding="utf-8")
    assert str(error) in text
    assert kept in text
    assert "\x1b" not in text
    assert "year = 2021" in text


def test_mended_run_takes_the_error_away(project: Path, exporter: Exporter) -> None:
    write(project, PAGE, "1 / 0")
    refused(lambda: execute(one(project), exporter))
    write(project, PAGE, FINISH)
    run = one(project)
    execute(run, exporter)
    assert not run.error_path.exists()
    assert is_current(run)


def test_warnings_are_told_by_the_numbers_of_the_source_and_never_enter(
    project: Path, exporter: Exporter
) -> None:
    grumble = (
        "import sys; print('grumble', 1, file=sys.stderr); print('  2\\nmore', file=sys.stderr)"
    )
    warn = "import warnings\nwarnings.warn('too old')"
    path = write(project, PAGE, grumble, warn, FINISH)
    run = one(project)
    assert execute(run, exporter).notes == (
        "cell 3: grumble 1; more",
        "cell 4: line 2: UserWarning: too old",
    )
    assert "grumble&#39;" not in run.html_path.read_text(encoding="utf-8")
    outputs = [o for c in nbformat.read(run.notebook_path, 4).cells for o in c.get("outputs", [])]
    assert not any(o.output_type == "stream" for o in outputs)

    nb = nbformat.read(path, as_version=4)
    nb.cells[3].metadata["tags"] = ["strict"]
    nbformat.write(nb, path)
    error = refused(lambda: execute(one(project), exporter))
    assert (error.code, error.message) == ("stderr", "cell 4 wrote a warning")


def test_the_index_says_that_a_report_is_of_older_data(project: Path, exporter: Exporter) -> None:
    write(project, PAGE, FINISH)
    execute(one(project), exporter)
    index = write_index(project / "reports")
    assert "older data" not in index.read_text(encoding="utf-8")
    write(project, PAGE, "1 / 0")
    refused(lambda: execute(one(project), exporter))
    text = write_index(project / "reports").read_text(encoding="utf-8")
    assert "of older data; making it anew failed: cell 3 stopped with ZeroDivisionError" in text
    assert "theo số liệu cũ" in text


def test_a_copied_notebook_has_its_own_name(project: Path, exporter: Exporter) -> None:
    page = """\
        from types import SimpleNamespace
        import pandas as pd
        from parstudy.display import Page
        columns = ["source_id", "url", "title", "publisher"]
        sources = pd.DataFrame(columns=columns)
        data = SimpleNamespace(sources=sources, synthetic=False, fingerprint="f00d")
        page = Page(lang, "province_report", {"province": province, "year": year}, data)
        page.title("A copy")
        page.finish()"""
    write(project, textwrap.dedent(page), name="my_report")
    given = {"province": "lang-son", "year": 2021}
    (run,) = plan(project, "my_report", [given], languages=["vi"], fingerprint="f00d")
    execute(run, exporter)
    assert read_meta(run.html_path)["notebook"] == "my_report"
    assert "parstudy report --notebook my_report" in run.html_path.read_text(encoding="utf-8")


def test_cells_are_counted_as_in_the_source(project: Path, exporter: Exporter) -> None:
    path = write(project, PAGE, "1 / 0")
    assert refused(lambda: execute(one(project), exporter)).message.startswith("cell 3 stopped")
    nb = nbformat.read(path, as_version=4)
    nb.cells.insert(0, new_code_cell("oh = no"))
    nbformat.write(nb, path)
    assert refused(lambda: execute(one(project), exporter)).message.startswith("cell 1 stopped")


def test_an_edited_notebook_is_kept_under_another_name(project: Path, exporter: Exporter) -> None:
    path = write(project, PAGE, FINISH)
    run = one(project)
    assert execute(run, exporter).notes == ()
    assert execute(run, exporter).notes == ()  # as it was made
    text = run.notebook_path.read_text(encoding="utf-8")
    kept = []
    for number in ("", "-2"):
        edited = text.replace("found", "mine")
        run.notebook_path.write_text(edited, encoding="utf-8")
        (note,) = execute(run, exporter).notes
        kept.append(run.notebook_path.with_name(f"lang-son-2021.edited{number}.ipynb"))
        assert kept[-1].name in note
        assert kept[-1].read_text(encoding="utf-8") == edited
        assert run.notebook_path.read_text(encoding="utf-8") == text
    # also when the new run fails: nothing is touched
    run.notebook_path.write_text("mine", encoding="utf-8")
    write(project, PAGE, "1 / 0")
    refused(lambda: execute(one(project), exporter))
    assert run.notebook_path.read_text(encoding="utf-8") == "mine"
    assert path.is_file()


def test_what_cannot_be_replaced_costs_its_own_report(project: Path) -> None:
    write(project, PAGE, FINISH)
    given = [{"province": province, "year": 2021} for province in ("ha-noi", "hue", "lang-son")]
    runs = plan(project, "small", given, languages=["vi"], fingerprint="f00d")
    (runs[0].html_path / "somebody's").mkdir(parents=True)
    (runs[1].notebook_path / "somebody's").mkdir(parents=True)
    result = run_batch(runs, jobs=1, progress=io.StringIO())
    assert [o.code for o in result.outcomes] == ["not_writable", "not_writable", ""]
    assert "Is a directory" in result.failed[0].reason
    assert (runs[0].html_path / "somebody's").is_dir()
    assert (runs[1].notebook_path / "somebody's").is_dir()
    assert result.exit_code == 1


def test_what_the_dead_have_left_is_found_and_removed(project: Path) -> None:
    write(project, PAGE, FINISH)
    run = one(project)
    run.html_path.parent.mkdir(parents=True)
    dead = subprocess.Popen(
        [sys.executable, "-c", "from parstudy.leavings import mark; print(mark(), end='')"],
        stdout=subprocess.PIPE,
        text=True,
    )
    gone, _ = dead.communicate()
    part = run.html_path.with_name(f".{run.html_path.name}{gone}.part")
    mine = run.html_path.with_name(f".{run.html_path.name}{mark()}.part")
    own = run.html_path.with_name(".of-somebody.part")
    tables = project / "data" / f".processed{gone}-x1y2"
    tables.mkdir()
    for path in (part, mine, own, tables / "scores.csv"):
        path.write_text("half")
    assert sweep_leavings(project, project / "reports") >= 2
    assert [path.exists() for path in (part, mine, own, tables)] == [False, True, True, False]


# --- many runs -----------------------------------------------------------------------------------

TROUBLE = """\
import os, signal, time
if province == "ha-noi":
    raise ValueError("no data")
if province == "hue":
    os.kill(os.getppid(), signal.SIGKILL)
    time.sleep(60)
"""


def _names(outcomes: Any) -> list[str]:
    return [outcome.run.html_path.stem for outcome in outcomes]


@pytest.mark.parametrize("kernels", ["fork", "ordinary"])
def test_batch_goes_on_past_failures_and_skips_what_is_there(
    project: Path, monkeypatch: pytest.MonkeyPatch, kernels: str
) -> None:
    monkeypatch.setenv("PARSTUDY_KERNELS", kernels)
    write(project, PAGE, TROUBLE, FINISH)
    provinces = ("ha-noi", "hue", "lang-son", "son-la")
    given = [{"province": province, "year": 2021} for province in provinces]
    runs = plan(project, "small", given, languages=["vi"], fingerprint="f00d")
    log = io.StringIO()
    result = run_batch(runs, jobs=2, progress=log)
    assert _names(result.made) == ["lang-son-2021", "son-la-2021"]
    assert [o.run for o in result.outcomes] == list(runs)
    # a notebook that fails, and a process that dies: the kernel's parent. That of a forked kernel
    # is not the run's own, so that no run fails for it before it has tried without
    assert [o.code for o in result.failed] == ["notebook_failed", "process_died"]
    assert result.exit_code == 1
    assert "2 made, 0 skipped (up to date), 2 failed" in result.summary()
    assert "ValueError; found no data" in result.summary()
    assert str(runs[1].error_path) in result.summary()
    assert len(log.getvalue().splitlines()) == 4
    assert "[4/4]" in log.getvalue()
    assert files(project / "reports" / "vi" / "small") == [
        "ha-noi-2021.error.txt",
        "hue-2021.error.txt",
        "lang-son-2021.html",
        "lang-son-2021.ipynb",
        "son-la-2021.html",
        "son-la-2021.ipynb",
    ]

    good = runs[2:]
    times = [run.html_path.stat().st_mtime_ns for run in good]
    again = run_batch(good, progress=log)
    assert _names(again.skipped) == ["lang-son-2021", "son-la-2021"]
    assert again.exit_code == 0
    assert [run.html_path.stat().st_mtime_ns for run in good] == times
    forced = run_batch(good[:1], force=True, progress=log)
    assert _names(forced.made) == ["lang-son-2021"]


@pytest.mark.parametrize("kernels", ["fork", "ordinary"])
def test_a_run_that_takes_too_much_fails_with_the_reason(
    project: Path, monkeypatch: pytest.MonkeyPatch, kernels: str
) -> None:
    monkeypatch.setenv("PARSTUDY_KERNELS", kernels)
    cell = """\
        if province == "hue":
            import time; time.sleep(600)
        if province == "ha-noi":
            held = bytearray(2_000_000_000)"""
    write(project, PAGE, textwrap.dedent(cell), FINISH)
    given = [{"province": province, "year": 2021} for province in ("ha-noi", "hue", "lang-son")]
    runs = plan(project, "small", given, languages=["vi"], fingerprint="f00d")
    result = run_batch(runs, jobs=2, progress=io.StringIO(), limits=Limits(5, 1 << 30))
    assert [o.status for o in result.outcomes] == ["failed", "failed", "made"]
    memory, hang = result.failed
    assert memory.code == "notebook_failed"
    assert "MemoryError" in memory.reason
    assert hang.code == "timeout"
    assert "not done after 5 s" in hang.reason
    assert "--timeout" in hang.reason


def test_a_dry_run_says_what_would_be_made_and_why(
    project: Path, exporter: Exporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(project, PAGE, FINISH)
    given = [{"province": province, "year": 2021} for province in ("ha-noi", "hue", "lang-son")]

    def reasons(fingerprint: str = "f00d") -> list[str]:
        runs = plan(project, "small", given, languages=["vi"], fingerprint=fingerprint)
        return [outcome.reason for outcome in foreseen(runs).outcomes]

    assert set(reasons()) == {"there is no report"}
    execute(one(project), exporter)
    assert reasons()[2] == ""
    assert reasons("beef")[2] == "the data have changed"
    one(project).error_path.write_text("failed since")
    assert reasons()[2] == "the last run failed"
    one(project).error_path.unlink()
    with monkeypatch.context() as upgraded:
        newer = {**package.libraries(), "library pandas": "99.0"}
        upgraded.setattr(package, "libraries", lambda: newer)
        assert reasons()[2] == "library pandas"
    write(project, PAGE, "1", FINISH)
    assert reasons()[2] == "the notebook has changed"
    assert len(files(project / "reports")) == 3  # with the journal


def test_a_batch_goes_on_when_nobody_reads_how(project: Path) -> None:
    write(project, PAGE, FINISH)
    script = project / "batch.py"
    script.write_text(BATCH.replace("print(result.summary())", "").replace("jobs=2", "jobs=1"))
    batch = subprocess.Popen(
        [sys.executable, str(script), str(project)], stderr=subprocess.PIPE, text=True
    )
    assert batch.stderr is not None
    batch.stderr.close()  # as `2>&1 | head -1` does
    assert batch.wait(timeout=120) == 0
    assert len(list((project / "reports" / "vi" / "small").glob("*.html"))) == 4


def test_nothing_to_do() -> None:
    result = run_batch([], progress=io.StringIO())
    assert result.exit_code == 0
    assert result.summary().startswith("0 made")


BATCH = """\
import sys
from parstudy.runs import plan, run_batch

if __name__ == "__main__":
    given = [{"province": p, "year": 2021} for p in ("lang-son", "ha-noi", "hue", "son-la")]
    runs = plan(sys.argv[1], "small", given, languages=["vi"], fingerprint="f00d")
    result = run_batch(runs, jobs=2)
    print(result.summary())
    sys.exit(result.exit_code)
"""


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupt_leaves_no_kernel_and_no_half_report(project: Path, number: int) -> None:
    # the second and third run say that they are there, and then take for ever
    hang = textwrap.dedent("""\
        import pathlib, time
        if province != "lang-son":
            pathlib.Path(f"../{province}.busy").touch()
            time.sleep(600)
        """)
    write(project, PAGE, hang, FINISH)
    script = project / "batch.py"
    script.write_text(BATCH)
    batch = subprocess.Popen(
        [sys.executable, str(script), str(project)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,  # a process group of its own, as in a terminal
    )
    try:
        deadline = time.monotonic() + 60
        while len(list(project.glob("*.busy"))) < 2 and time.monotonic() < deadline:
            time.sleep(0.05)
        family = psutil.Process(batch.pid).children(recursive=True)
        assert len(family) >= 4  # two processes, and a kernel of each
        if number == signal.SIGINT:
            os.killpg(batch.pid, number)  # Ctrl-C reaches every process in the terminal
        else:
            os.kill(batch.pid, number)
        out, err = batch.communicate(timeout=30)
    finally:
        if batch.poll() is None:
            os.killpg(batch.pid, signal.SIGKILL)
            batch.wait()
    assert batch.returncode == 128 + number
    assert "1 made" in out
    assert "3 not made (interrupted)" in out
    assert "Traceback" not in err
    _, alive = psutil.wait_procs(family, timeout=5)
    assert alive == []
    assert files(project / "reports") == [
        ".made.jsonl",
        "vi/small/lang-son-2021.html",
        "vi/small/lang-son-2021.ipynb",
    ]
