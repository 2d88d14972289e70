"""A batch on a cluster of Dask: the same files as here, whatever happens to a worker."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from own_notebooks import code, md, notebook
from test_kills import Batch
from test_runs import FINISH, PAGE, write

from parstudy.cli import main
from parstudy.dataset import Dataset
from parstudy.errors import RunError
from parstudy.runs import Run, execute, is_current, package, plan, run_batch
from parstudy.runs.cluster import Cluster
from parstudy.runs.shipping import Contents

distributed = pytest.importorskip("distributed")
pytestmark = pytest.mark.xdist_group("cluster")

CHOSEN = [{"province": "lang-son", "year": y} for y in (2020, 2021, 2022)]
# once, the run takes its worker with it
KILLS = """\
import os, psutil
from pathlib import Path
from helper import WORD
once = Path("{once}")
if year == 2022 and not once.exists():
    once.touch()
    workers = Path("{workers}").read_text().split()
    next(p for p in psutil.Process().parents() if str(p.pid) in workers).kill()
show(f"<p>{{WORD}}</p>")
"""


@pytest.fixture(scope="module", autouse=True)
def kernels() -> Iterator[None]:
    """Ordinary ones: for a few small notebooks warm ones take longer to get ready."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("PARSTUDY_KERNELS", "ordinary")
        yield


@pytest.fixture(scope="module")
def cluster(kernels: None) -> Iterator[Any]:
    with (
        warnings.catch_warnings(),
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0", silence_logs=50
        ) as started,
        distributed.Client(started, set_as_default=False) as client,
    ):
        warnings.simplefilter("ignore")
        for nanny in started.workers.values():
            nanny.auto_restart = False  # takes long
        yield client


def empty(project: Path) -> None:
    (project / "data" / "raw").mkdir(parents=True)
    (project / "notebooks").mkdir()


def planned(project: Path, **changes: Any) -> tuple[Run, ...]:
    return plan(project, "small", CHOSEN, languages=["vi"], fingerprint="f00d", **changes)


def made(folder: Path) -> dict[str, bytes]:
    # the journal says when and how quickly
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != ".made.jsonl"
    }


def _see_nothing() -> None:
    Contents.are_here = lambda self: False  # type: ignore[method-assign]


def test_a_cluster_makes_the_same_files_also_where_the_project_is_not_seen_and_a_worker_dies(
    cluster: Any, tmp_path: Path
) -> None:
    project = tmp_path / "project"
    empty(project)
    (project / "notebooks" / "helper.py").write_text("WORD = 'from beside'\n")
    once, workers = tmp_path / "once", tmp_path / "workers"
    once.touch()
    write(project, PAGE, KILLS.format(once=once, workers=workers), FINISH)
    here = planned(project, reports=tmp_path / "here")
    for run in here:
        execute(run)
    workers.write_text(" ".join(map(str, cluster.run(os.getpid).values())))
    there = planned(project, reports=tmp_path / "there")
    address = Cluster(cluster.scheduler.address)
    once.unlink()  # now one worker will end
    result = run_batch(there, jobs=address)
    assert [o.status for o in result.outcomes] == ["made"] * 3, result.summary()
    assert once.exists()
    assert made(tmp_path / "there") == made(tmp_path / "here")
    assert not run_batch(there, jobs=Cluster("tcp://127.0.0.1:1")).made  # nothing to do
    cluster.run(_see_nothing)
    shipped = planned(project, reports=tmp_path / "shipped")
    result = run_batch(shipped[:1], jobs=address)
    assert [o.status for o in result.outcomes] == ["made"], result.summary()
    assert is_current(shipped[0])
    for name, content in made(tmp_path / "shipped").items():
        assert content == (tmp_path / "here" / name).read_bytes(), name


def test_a_run_that_fails_there_fails_here_with_its_story(cluster: Any, tmp_path: Path) -> None:
    empty(tmp_path)
    write(tmp_path, PAGE, "1 / 0", FINISH)
    run = planned(tmp_path)[0]
    result = run_batch([run], jobs=Cluster(cluster.scheduler.address))
    assert result.failed[0].code == "notebook_failed"
    assert "ZeroDivisionError" in run.error_path.read_text()
    assert not run.html_path.exists()


def test_other_workers_are_refused(
    cluster: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    empty(tmp_path)
    write(tmp_path, PAGE, FINISH)
    monkeypatch.setattr(package, "state", lambda: {"library pandas": "9.9"})
    with pytest.raises(RunError, match=r"found library pandas .*; expected 9\.9") as caught:
        run_batch(planned(tmp_path), jobs=Cluster(cluster.scheduler.address))
    assert caught.value.code == "other_version"
    assert not (tmp_path / "reports").exists()


def test_a_run_that_takes_every_worker_with_it_fails(cluster: Any, tmp_path: Path) -> None:
    empty(tmp_path)
    write(tmp_path, PAGE, "import psutil\npsutil.Process().parent().kill()", FINISH)
    cluster.cluster.scheduler.allowed_failures = 0
    result = run_batch(planned(tmp_path)[:1], jobs=Cluster(cluster.scheduler.address))
    assert [o.code for o in result.failed] == ["worker_lost"]
    assert "KilledWorker" in result.failed[0].reason


def test_without_the_extra_or_a_scheduler_there_is_one_message(
    shipped: Dataset,
    root: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    words = ["batch", "--project", str(shipped.project.root), "--years", "2021"]
    words += ["--notebook", str(root / "notebooks" / "province_report.ipynb")]
    words += ["--province", "lang-son", "--scheduler"]
    for place, says in (("here", "tcp://10.0.0.1:8786"), ("tcp://127.0.0.1:1", "dask scheduler")):
        assert main([*words, place]) == 2
        error = capsys.readouterr().err
        assert says in error
        assert error.count("\n") == 1
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert main([*words, "tcp://127.0.0.1:1"]) == 2
    assert "pip install 'parstudy[dask]'" in capsys.readouterr().err


def test_a_parcel_holds_what_a_notebook_elsewhere_reads(tmp_path: Path) -> None:
    project, elsewhere = tmp_path / "project", tmp_path / "elsewhere"
    (project / "data" / "raw").mkdir(parents=True)
    (project / "data" / "own").mkdir()
    (project / "data" / "own" / "grdp.csv").write_text("a\n1\n")
    (project / "reports").mkdir()
    (project / "reports" / "old.html").write_text("")
    elsewhere.mkdir()
    for name in ("helper.py", "map.png", "diary.txt"):
        (elsewhere / name).write_text("x = 1\n")
    nb = notebook(md("![a map](map.png)"), code("import helper"))
    path = elsewhere / "study.ipynb"
    import nbformat

    nbformat.write(nb, path)
    (run,) = plan(project, path, [{}], languages=["vi"])
    contents = Contents.of([run])
    place = contents.unpacked(contents.packed(), tmp_path)
    found = {p.name for p in place.rglob("*") if p.is_file()}
    assert found == {"grdp.csv", "study.ipynb", "helper.py", "map.png"}
    moved = contents.moved(run, place)
    assert (moved.project / "data" / "own" / "grdp.csv").is_file()
    assert (moved.notebook.parent / "map.png").is_file()
    assert contents.are_here()
    (project / "data" / "own" / "grdp.csv").write_text("a\n2\n")
    assert not contents.are_here()


@pytest.mark.slow
def test_of_two_workers_one_is_killed_and_all_reports_are_made(
    shipped: Dataset, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import psutil

    monkeypatch.delenv("PARSTUDY_KERNELS")
    data = shipped.project.root / "data"
    here, there = (Batch(data, root, tmp_path / name) for name in ("here", "there"))
    assert here.start().wait() == 0
    words = ["batch", "--years", "2021", "--lang", "vi", "--workers", "2"]
    batch = there.start(words)
    while len(there.files()) < 20:
        assert batch.poll() is None
        psutil.wait_procs([psutil.Process(batch.pid)], timeout=0.2)
    workers = [p for p in there.processes() if "spawn_main" in " ".join(p.cmdline())]
    max(workers, key=lambda p: p.memory_info().rss).kill()
    assert batch.wait() == 0
    assert there.files() == here.files()
    assert there.processes() == []


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_an_interrupt_ends_the_workers_and_says_nothing_of_them(tmp_path: Path) -> None:
    empty(tmp_path)
    write(tmp_path, PAGE, "import time\ntime.sleep(0.2 if year == 2020 else 600)", FINISH)
    script = textwrap.dedent(f"""
        import sys
        from parstudy.runs import plan, run_batch
        from parstudy.runs.cluster import Cluster
        if __name__ == "__main__":
            runs = plan({str(tmp_path)!r}, "small", {CHOSEN!r}, languages=["vi"])
            result = run_batch(runs, jobs=Cluster(workers=2))
            print(len(result.with_status("stopped")))
            sys.exit(result.exit_code)
    """)
    file = tmp_path / "run.py"
    file.write_text(script)
    process = subprocess.Popen(
        [sys.executable, str(file)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stderr is not None
    said = process.stderr.readline()
    os.killpg(process.pid, 2)
    out, error = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, "2\n")
    assert (said + error).count("\n") == 2
    assert "stopping" in error
