"""A forked kernel gives what an ordinary one gives, and what dies in it costs one run."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import textwrap
import time
import tomllib
from pathlib import Path
from typing import Any

import nbformat
import papermill
import psutil
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from papermill.engines import papermill_engines

from parstudy.dataset import Dataset
from parstudy.kernels.engine import FORK_ENGINE, ForkEngine
from parstudy.kernels.ordinary import kernel_environment, kernel_manager
from parstudy.kernels.warm import NotForked, Template, can_fork
from parstudy.leavings import mark, temporary
from parstudy.runs import execute, plan

pytestmark = pytest.mark.skipif(not can_fork(), reason="kernels are forked on Linux only")

TORTURE = [
    # streams in order, also what other programs write
    """\
import os, subprocess, sys
print("a"); print("b", file=sys.stderr); print("c")
print(subprocess.run([sys.executable, "-c", "print('from a program')"], capture_output=True))
print(os.getcwd(), os.environ["PARSTUDY_TORTURE"], os.environ.get("OMP_NUM_THREADS"))
print(os.environ.get("MPLBACKEND"), os.environ.get("JE_ARROW_MALLOC_CONF"), sys.path[0] == "")""",
    # displays, updates, results
    """\
from IPython.display import HTML, clear_output, display
handle = display("first", display_id="one")
display({"text/plain": "raw", "application/x+json": {"a": [1, None]}}, raw=True)
HTML("<b>bold</b>")""",
    """\
handle.update("second")
print("gone"); clear_output(); print("stays")
type(get_ipython()).__name__, "IPKernelApp" in get_ipython().config""",
    "_, __, In[1][:6], get_ipython().execution_count",
    "%%capture held\nprint('held')",
    "held.stdout, __name__, sys.modules['__main__'].handle is handle",
    # pictures; what one run sets is not there in the next
    """\
%matplotlib inline
import matplotlib as mpl, matplotlib.pyplot as plt, numpy as np, pandas as pd, seaborn as sns
print(mpl.get_backend(), mpl.rcParams["figure.dpi"], pd.get_option("display.max_rows"))
print(sns.axes_style()["axes.facecolor"], __import__("warnings").filters[:3])
fig, ax = plt.subplots(figsize=(2, 1))
ax.plot([1, 2, 4]);""",
    """\
sns.set_theme(); pd.set_option("display.max_rows", 5); mpl.rcParams["figure.dpi"] = 50
%config InlineBackend.figure_formats = ["svg"]
mpl.rcParams["svg.hashsalt"] = "x"
plt.rcParams["svg.fonttype"] = "none"
plt.figure(figsize=(1, 1)); plt.plot([1, 2]); plt.show()
pd.DataFrame({"x": np.random.default_rng(1).normal(size=9)})""",
    """\
import random
random.seed(3); np.random.seed(3)
print(random.random(), np.random.rand())
import threading
worker = threading.Thread(target=lambda: print("from a thread")); worker.start(); worker.join()""",
    "import asyncio\nawait asyncio.sleep(0.01)\nasyncio.get_running_loop().is_running()",
    "print('x' * 3_000_000)",
    "!echo from the shell",
    "import warnings\nwarnings.warn('careful', UserWarning)",
    "import logging\nlogging.getLogger('x').warning('logged')",
    """\
try:
    input("name? ")
except Exception as error:
    print(type(error).__name__, error)""",
    """\
import multiprocessing
with multiprocessing.get_context("fork").Pool(2) as pool:
    print(pool.map(len, ["a", "bb"]))""",
    "def f(x):\n    return 1 / x\nf(0)",
]


@pytest.fixture(autouse=True, scope="module")
def _engine() -> None:
    # as the installed package does by its entry point
    papermill_engines.register(FORK_ENGINE, ForkEngine)


def write(path: Path, *cells: str) -> Path:
    nb = new_notebook(cells=[new_code_cell("n = 0", metadata={"tags": ["parameters"]})])
    nb.cells += [new_code_cell(source) for source in cells]
    nb.metadata["kernelspec"] = {"name": "python3", "display_name": "x", "language": "python"}
    nbformat.write(nb, path)
    return path


def outputs(path: Path) -> list[Any]:
    found = []
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "code":
            # numbers of processes and times are other ones in an ordinary kernel as well
            text = re.sub(r"ipykernel_\d+|<dc:date>[^<]*", "", json.dumps(cell.outputs))
            found.append((cell.execution_count, _joined(json.loads(text))))
    return found


def _joined(shown: list[Any]) -> list[Any]:
    """How a stream is cut depends on the clock."""
    joined: list[Any] = []
    for output in shown:
        before = joined[-1] if joined else {}
        if output["output_type"] == "stream" and before.get("name") == output["name"]:
            before["text"] += output["text"]
        else:
            joined.append(output)
    return joined


def run(notebook: Path, engine: str | None, **options: Any) -> tuple[list[Any], str]:
    """Outputs and, without the story before it, how it failed."""
    out = notebook.with_name("out.ipynb")
    failed = ""
    try:
        papermill.execute_notebook(
            str(notebook),
            str(out),
            {"n": 1},
            engine_name=engine,
            progress_bar=False,
            **({"kernel_name": "python3", "cwd": str(notebook.parent)} | options),
        )
    except Exception as error:
        failed = f"{type(error).__name__}: {error}"
    return outputs(out), failed


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    # pytest is no part of what a kernel finds
    monkeypatch.delenv("PYTEST_CURRENT_TEST", raising=False)
    monkeypatch.setenv("PARSTUDY_TORTURE", "yes")
    monkeypatch.setenv("PYDEVD_DISABLE_FILE_VALIDATION", "1")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    return tmp_path


def test_a_torture_notebook_gives_the_same_three_times(here: Path) -> None:
    notebook = write(here / "torture.ipynb", *TORTURE)
    ordinary, story = run(notebook, None)
    assert "ZeroDivisionError" in story
    for _ in range(3):  # cold, taught, taught
        forked, told = run(notebook, FORK_ENGINE)
        assert told == story
        for cell, expected in zip(forked, ordinary, strict=True):
            assert cell == expected


def test_what_one_run_draws_at_random_the_next_does_not(here: Path) -> None:
    cell = (
        "import random, uuid\nimport numpy as np\nrandom.random(), np.random.rand(), uuid.uuid4()"
    )
    notebook = write(here / "random.ipynb", cell)
    drawn = [run(notebook, FORK_ENGINE)[0][2][1][0]["data"]["text/plain"] for _ in range(4)]
    numbers = [number for text in drawn for number in text.split(", ")]
    assert len(set(numbers)) == len(numbers)


def test_a_module_beside_the_notebook_is_read_by_each_run(here: Path) -> None:
    notebook = write(here / "own.ipynb", "import beside\nbeside.VALUE")
    for value in ("1", "22", "333"):
        (here / "beside.py").write_text(f"VALUE = {value}\n")
        shown, _ = run(notebook, FORK_ENGINE)
        assert shown[2][1][0]["data"]["text/plain"] == value


@pytest.mark.parametrize(
    "cell", ["import os; os._exit(3)", "import os, signal; os.kill(os.getpid(), 9)"]
)
def test_a_kernel_that_dies_costs_its_run(here: Path, cell: str) -> None:
    notebook = write(here / "dies.ipynb", "print('before')", cell, "import time; time.sleep(60)")
    begun = time.monotonic()
    shown, failed = run(notebook, FORK_ENGINE)
    assert "Kernel died" in failed
    assert time.monotonic() - begun < 20
    assert shown[2][1][0]["text"] == "before\n"
    assert run(write(here / "lives.ipynb", "1 + 1"), FORK_ENGINE)[1] == ""


def test_exit_ends_a_kernel_as_it_ends_an_ordinary_one(here: Path) -> None:
    notebook = write(here / "leaves.ipynb", "exit()", "import time; time.sleep(2)", "1 + 1")
    assert run(notebook, FORK_ENGINE) == run(notebook, None)


def test_a_run_that_hangs_is_stopped_with_all_that_it_started(here: Path) -> None:
    cell = """\
        import pathlib, subprocess, time
        child = subprocess.Popen(["sleep", "600"])
        pathlib.Path("child").write_text(str(child.pid))
        time.sleep(600)"""
    _, failed = run(
        write(here / "hangs.ipynb", textwrap.dedent(cell)), FORK_ENGINE, execution_timeout=2
    )
    assert "CellTimeoutError" in failed
    assert not _runs(int((here / "child").read_text()))


def _runs(pid: int) -> bool:
    for _ in range(50):
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return False
        time.sleep(0.1)
    return True


def test_memory_is_limited_where_it_is_asked_for(here: Path) -> None:
    template = Template.start(os.environ)
    try:
        kernel = template.fork("x", str(here), memory=300 << 20)
        # it is forked first and limits itself then
        for _ in range(50):
            if _data_limit(kernel.pid) == 300 << 20:
                break
            time.sleep(0.1)
        assert _data_limit(kernel.pid) == 300 << 20
        kernel.end(gently=True)
        assert kernel.exit_code == 0
    finally:
        template.close()


def _data_limit(pid: int) -> int:
    import resource

    return resource.prlimit(pid, resource.RLIMIT_DATA)[0]


def test_a_template_with_threads_is_not_forked(here: Path) -> None:
    (here / "threaded.py").write_text(
        "import threading, time\n"
        "def start():\n    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()\n"
    )
    environment = os.environ | {"PYTHONPATH": f"{here}:{os.environ.get('PYTHONPATH', '')}"}
    template = Template.start(environment, warm=("threaded:start",))
    try:
        with pytest.raises(NotForked, match="2 threads"):
            template.fork("x", str(here))
    finally:
        template.close()


def test_kernels_end_with_the_process_that_wanted_them(here: Path) -> None:
    notebook = write(
        here / "long.ipynb",
        "import os, pathlib, time\n"
        "pathlib.Path('pid').write_text(str(os.getpid()))\ntime.sleep(600)",
    )
    script = (
        "import sys, papermill\n"
        "from papermill.engines import papermill_engines\n"
        "from parstudy.kernels.engine import FORK_ENGINE, ForkEngine\n"
        "papermill_engines.register(FORK_ENGINE, ForkEngine)\n"
        "papermill.execute_notebook(sys.argv[1], sys.argv[2], engine_name=FORK_ENGINE,\n"
        "    progress_bar=False, kernel_name='python3', cwd=sys.argv[3])\n"
    )
    arguments = [str(notebook), str(here / "out.ipynb"), str(here)]
    process = subprocess.Popen([sys.executable, "-c", script, *arguments])
    try:
        for _ in range(300):
            if (here / "pid").is_file() and (here / "pid").read_text():
                break
            time.sleep(0.1)
        kernel = int((here / "pid").read_text())
        assert psutil.pid_exists(kernel)
    finally:
        process.kill()
        process.wait()
    assert not _runs(kernel)


def test_without_forks_an_ordinary_kernel_serves(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notebook = write(here / "plain.ipynb", "import os\nos.environ.get('JPY_PARENT_PID') is None")
    assert run(notebook, FORK_ENGINE)[0][2][1][0]["data"]["text/plain"] == "True"
    monkeypatch.setenv("PARSTUDY_KERNELS", "ordinary")
    assert run(notebook, FORK_ENGINE)[0][2][1][0]["data"]["text/plain"] == "False"


@pytest.mark.skipif(os.name != "posix", reason="sockets of POSIX")
def test_a_kernel_is_closed_to_others_however_long_the_path_of_temporary_files_is(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = here / ("t" * 100)
    long.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(long))
    with tempfile.TemporaryDirectory(prefix=f"ps{mark()}-", dir=temporary()) as private:
        manager = kernel_manager("python3", Path(private))
        assert manager.transport == "ipc"
        assert Path(manager.ip).parent.stat().st_mode & 0o077 == 0


SHIPPED = {
    "data_audit": {},
    "drivers": {"index": "PAR_INDEX", "year": 2020, "level": "score_source"},
    "improvement_plan": {"province": "lang-son", "year": 2023},
    "index_relations": {"year": 2023},
    "national_overview": {"index": "PAR_INDEX", "year": 2023},
    "plan_evaluation": {"province": "lang-son", "year": 2023},
    "province_report": {"province": "lang-son", "year": 2023},
}


@pytest.mark.slow
@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_notebooks_give_the_same_bytes_on_both_kernels(
    name: str, shipped: Dataset, root: Path, tmp_path: Path
) -> None:
    project = shipped.project.root
    (planned,) = plan(
        project,
        root / "notebooks" / f"{name}.ipynb",
        [SHIPPED[name]],
        languages=["vi"],
        reports=tmp_path,
        fingerprint=shipped.fingerprint,
    )
    template = Template.start(
        kernel_environment(project), warm=("parstudy.runs._warm:make_ready", str(project))
    )
    made = []
    try:
        for way in (None, template, template):
            execute(planned, template=way)
            made.append((planned.html_path.read_bytes(), planned.notebook_path.read_bytes()))
    finally:
        template.close()
    assert made[1] == made[0]
    assert made[2] == made[0]


def test_where_parstudy_is_installed_papermill_loads_the_engine_by_itself(
    shipped: Dataset, root: Path, tmp_path: Path
) -> None:
    with (root / "pyproject.toml").open("rb") as handle:
        named = tomllib.load(handle)["project"]["entry-points"]["papermill.engine"]
    installed = tmp_path / "site" / "parstudy_installed-0.dist-info"
    installed.mkdir(parents=True)
    (installed / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: parstudy-installed\nVersion: 0\n"
    )
    lines = [f"{name} = {where}" for name, where in named.items()]
    (installed / "entry_points.txt").write_text("\n".join(["[papermill.engine]", *lines, ""]))
    project = tmp_path / "project"
    shutil.copytree(root / "notebooks", project / "notebooks")
    shutil.copytree(shipped.project.root / "data", project / "data")
    asked = ["report", "--province", "lang-son", "--year", "2021", "--lang", "en"]
    done = subprocess.run(
        [sys.executable, "-m", "parstudy", "--project", str(project), *asked],
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(tmp_path / "site"), str(root / "src")]),
        },
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
