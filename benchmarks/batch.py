"""Province reports with HTML, made in five ways side by side in one run on one machine.

    python benchmarks/batch.py                    all 63 provinces, two processes
    python benchmarks/batch.py 12 --rounds 2      twelve, everything twice in turn
    python benchmarks/batch.py 12 --against DIR   also the cells alone, beside another checkout's

floor   the same cells in warm processes and the same export; no journal, no isolation of a run
ours    ``parstudy batch --jobs 2 --force``, with index, comparison and the ways between reports
pool    as many processes that call papermill and nbconvert's exporter, as anybody would write it
engine  the same pool with ploomber-engine, which runs cells without a kernel; if it is installed
loop    ``papermill`` and ``jupyter nbconvert``, the two commands for each report; on a sample

Each is a command of its own, started cold, that works in a copy of the project. The clock runs
from the start of the command to its end; processor time is that of all its processes, also of
those that it leaves behind. Compared is what the cells showed, byte for byte after what papermill
and nbconvert write of clocks and ids is taken out; of the floor also the finished pages.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from typing import Any

NOTEBOOK = "province_report"
LANG = "vi"
REPORTS = Path("reports") / LANG / NOTEBOOK
_SUBREAPER = 36  # of prctl


# --- the ways, each in a process of its own ------------------------------------------------------


def floor(project: Path, given: list[dict[str, Any]], jobs: int) -> None:
    """Fork processes that have imported and read everything; each executes one run after another.

    What follows the cells is what :func:`parstudy.runs.execute.execute` does to make the files.
    """
    os.environ.update(PARSTUDY_PROJECT=str(project), OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
    from parstudy.publish.exporter import Exporter, write_whole
    from parstudy.publish.workbook import workbook
    from parstudy.runs import _warm, plan
    from parstudy.runs.made import MADE, made_from

    _warm.make_ready(str(project))
    runs = plan(project, NOTEBOOK, given, languages=[LANG])
    exporter = Exporter()
    steps = import_module("parstudy.runs.execute")

    def make(number: int) -> None:
        for run in runs[number::jobs]:
            nb = executed_here(run)
            steps._normalise(nb)
            report = exporter.render(
                nb,
                alternates=run.alternates,
                index_href=run.index_href,
                place=run.name,
                steady=True,
            )
            nb.metadata[MADE] = made_from(run, nb)
            write_whole(run.notebook_path, steps._written(nb))
            write_whole(run.html_path.with_suffix(".xlsx"), workbook(report.html, LANG) or b"")
            write_whole(run.html_path, report.html)

    forked = [get_context("fork").Process(target=make, args=(number,)) for number in range(jobs)]
    for process in forked:
        process.start()
    for process in forked:
        process.join()
    if any(process.exitcode for process in forked):
        sys.exit("a process failed")


def executed_here(run: Any, **_: Any) -> Any:
    """Execute the cells of a run in this process."""
    from papermill.iorw import load_notebook_node
    from papermill.parameterize import parameterize_notebook

    nb = load_notebook_node(str(run.notebook))
    nb = parameterize_notebook(nb, dict(run.parameters), kernel_name="python3", language="python")
    shell = fresh_shell()
    for cell in nb.cells:
        if cell.cell_type == "code":
            cell.outputs = shown(shell, cell.source)
    return nb


def fresh_shell() -> Any:
    """IPython's shell without what an earlier run has left in it."""
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell.instance()
    shell.reset(new_session=True)
    return shell


def shown(shell: Any, source: str) -> list[Any]:
    """What a cell displays."""
    import nbformat
    from IPython.utils.capture import capture_output

    with capture_output() as captured:
        shell.run_cell(source, store_history=True).raise_error()
    return [
        nbformat.v4.new_output("display_data", data=out.data, metadata=out.metadata or {})
        for out in captured.outputs
    ]


def ours(project: Path, given: list[dict[str, Any]], jobs: int) -> None:
    """Call the command."""
    from parstudy.cli import main as parstudy

    provinces = [values["province"] for values in given]
    asked = ["--provinces", *provinces, "--years", str(given[0]["year"]), "--lang", LANG]
    parstudy(["--project", str(project), "batch", *asked, "--jobs", str(jobs), "--force"])


def pool(project: Path, given: list[dict[str, Any]], jobs: int, engine: str | None = None) -> None:
    """Let a pool of processes call papermill and nbconvert."""
    os.environ["PARSTUDY_PROJECT"] = str(project)
    out = project / REPORTS
    out.mkdir(parents=True)
    with ProcessPoolExecutor(jobs) as processes:
        tasks = [
            processes.submit(papermill_and_nbconvert, project, values, out, engine)
            for values in given
        ]
        for task in tasks:
            task.result()


def papermill_and_nbconvert(
    project: Path, values: dict[str, Any], out: Path, engine: str | None
) -> None:
    """Make one report as papermill's and nbconvert's documentation shows it."""
    import papermill
    from nbconvert import HTMLExporter

    notebook = project / "notebooks" / f"{NOTEBOOK}.ipynb"
    executed = out / f"{name_of(values)}.ipynb"
    papermill.execute_notebook(
        str(notebook), str(executed), parameters=values | {"lang": LANG}, engine_name=engine,
        kernel_name="python3", progress_bar=False, cwd=str(notebook.parent),
    )  # fmt: skip
    html, _ = HTMLExporter().from_filename(str(executed))
    executed.with_suffix(".html").write_text(html, encoding="utf-8")


def engine(project: Path, given: list[dict[str, Any]], jobs: int) -> None:
    """Let the same pool use ploomber-engine, which is an engine of papermill called "embedded"."""
    pool(project, given, jobs, "embedded")


def loop(project: Path, given: list[dict[str, Any]], jobs: int) -> None:
    """Call both commands for each report, one after the other."""
    del jobs
    os.environ["PARSTUDY_PROJECT"] = str(project)
    notebook = project / "notebooks" / f"{NOTEBOOK}.ipynb"
    out = project / REPORTS
    out.mkdir(parents=True)
    for values in given:
        executed = out / f"{name_of(values)}.ipynb"
        parameters = [p for n, v in (values | {"lang": LANG}).items() for p in ("-p", n, str(v))]
        for command in (
            ["papermill", str(notebook), str(executed), *parameters],
            ["jupyter-nbconvert", "--to", "html", str(executed)],
        ):
            command[0] = str(Path(sys.executable).with_name(command[0]))
            subprocess.run(command, cwd=notebook.parent, check=True)


def name_of(values: dict[str, Any]) -> str:
    """File name of a report, as ours is called."""
    return f"{values['province']}-{values['year']}"


def cells(project: Path, given: list[dict[str, Any]], jobs: int) -> None:
    """Execute the cells alone, warm, and print the processor time of each run."""
    del jobs
    os.environ.update(PARSTUDY_PROJECT=str(project), OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
    source = json.loads((project / "notebooks" / f"{NOTEBOOK}.ipynb").read_text("utf-8"))
    code = [cell for cell in source["cells"] if cell["cell_type"] == "code"]
    told = []
    for values in [given[0], *given]:  # the first one warms
        shell = fresh_shell()
        begun = time.process_time()
        for cell in code:
            shown(shell, "".join(cell["source"]))
            if "parameters" in cell["metadata"].get("tags", ()):
                shell.push(values | {"lang": LANG})
        told.append(time.process_time() - begun)
    print(json.dumps(told[1:]))


WAYS: dict[str, Callable[[Path, list[dict[str, Any]], int], None]] = {
    way.__name__: way for way in (floor, ours, pool, engine, loop, cells)
}


# --- measuring -----------------------------------------------------------------------------------


class Bench:
    """Starts ways, each in a copy of the project, and keeps what they took and made.

    Parameters
    ----------
    project : Path
        Project whose notebooks and data are used.
    folder : Path
        Where the copies go.
    year, jobs : int
        Index year of the reports, processes.
    """

    def __init__(self, project: Path, folder: Path, year: int, jobs: int) -> None:
        self.project, self.folder, self.year, self.jobs = project, folder, year, jobs
        self.taken: dict[str, list[tuple[float, float]]] = {}
        self.said = ""

    def run(
        self, way: str, provinces: list[str], *, code: Path | None = None, watch: bool = False
    ) -> Path:
        """Run a way once; give the folder of its reports."""
        copy = self.folder / f"{way}-{sum(map(len, self.taken.values()))}"
        source = code or self.project
        for part in ("notebooks", "data"):
            shutil.copytree(source / part, copy / part)
        environment = dict(os.environ)
        environment.pop("MPLBACKEND", None)
        if code is not None:
            environment["PYTHONPATH"] = str(code / "src")
        command = [sys.executable, __file__, "--way", way, "--project", str(copy), "--year",
                   str(self.year), "--jobs", str(self.jobs), *provinces]  # fmt: skip
        before, begun = cpu_of_children(), time.perf_counter()
        with (copy / "log").open("wb") as log:
            process = subprocess.Popen(
                command, env=environment, stdout=subprocess.PIPE, stderr=log, cwd=copy
            )
            memory = Memory(process.pid) if watch else None
            if memory is not None:
                memory.watch(process)
            self.said = process.communicate()[0].decode()
        taken = time.perf_counter() - begun
        if process.returncode:
            sys.exit(f"{way} failed:\n{self.said}\n{(copy / 'log').read_text()[-4000:]}")
        reap()
        if memory is not None:
            print(memory)
        else:
            n = len(provinces)
            self.taken.setdefault(way, []).append((taken / n, (cpu_of_children() - before) / n))
        return copy / REPORTS

    def seconds(self, way: str) -> float:
        """Median of the seconds a report."""
        return statistics.median(clock for clock, _ in self.taken[way])

    def table(self, n: int, sample: int) -> Iterator[str]:
        """Lines of the table."""
        yield f"{'':10}{'s a report':>12}{'s for all':>12}{'CPU s each':>12}{'to floor':>10}" + (
            f"{'to ours':>10}"
        )
        for way, taken in self.taken.items():
            seconds = self.seconds(way)
            used = statistics.median(cpu for _, cpu in taken)
            note = f"   extrapolated from {sample}" if way == "loop" and sample < n else ""
            ratios = (
                f"{seconds / self.seconds(other):10.2f}" if other in self.taken else f"{'-':>10}"
                for other in ("floor", "ours")
            )
            yield (f"{way:10}{seconds:12.2f}{seconds * n:12.1f}{used:12.2f}{''.join(ratios)}{note}")


def adopt_orphans() -> None:
    """Let processes whose parent ends become ours, so that their time is counted as well."""
    ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)


def reap() -> None:
    """Wait for what has been adopted."""
    while True:
        try:
            os.wait()
        except ChildProcessError:
            return


def cpu_of_children() -> float:
    """Processor time of all children that have ended, and of theirs."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


class Memory:
    """Memory of a process and all below it; pages that several share are counted once (PSS).

    Parameters
    ----------
    pid : int
        The process.
    """

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._most = 0
        self._parts: dict[str, list[int]] = {}

    def watch(self, process: subprocess.Popen[bytes]) -> None:
        """Look every fifth of a second until the process has ended."""
        while process.poll() is None:
            found = dict(self._found())
            if sum(found.values()) > self._most:
                self._most = sum(found.values())
                self._parts = {}
                for (kind, _), size in found.items():
                    self._parts.setdefault(kind, []).append(size)
            time.sleep(0.2)

    def _found(self) -> Iterator[tuple[tuple[str, int], int]]:
        parents: dict[int, int] = {}
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    parents[int(entry.name)] = int(
                        (entry / "stat").read_text().rpartition(")")[2].split()[1]
                    )
                except OSError:
                    continue
        below = [(self._pid, 0)]
        for pid, depth in below:
            below += [(child, depth + 1) for child, parent in parents.items() if parent == pid]
            try:
                command = Path(f"/proc/{pid}/cmdline").read_bytes()
                rolled = Path(f"/proc/{pid}/smaps_rollup").read_text()
            except OSError:
                continue
            size = next((line for line in rolled.splitlines() if line.startswith("Pss:")), "Pss: 0")
            yield (self._kind(command, depth), pid), int(size.split()[1])

    def _kind(self, command: bytes, depth: int) -> str:
        if b"_template" in command:
            return {1: "template", 2: "workers and template of the notebook"}.get(depth, "runs")
        return "command" if depth == 0 else "workers"

    def __str__(self) -> str:
        parts = "; ".join(
            f"{kind} {' + '.join(str(round(size / 1024)) for size in sizes)}"
            for kind, sizes in self._parts.items()
        )
        return f"memory at its most, MB (PSS): {self._most / 1024:.0f} = {parts}"


def showed(reports: Path) -> dict[str, str]:
    """What the cells of each executed notebook showed."""
    import nbformat

    from parstudy.publish.steady import make_steady

    found = {}
    for path in sorted(reports.glob("*.ipynb")):
        nb = nbformat.read(path, as_version=4)
        make_steady(nb)
        cells = [
            [dict(out.data) for out in cell.outputs if out.output_type == "display_data"]
            for cell in nb.cells
            if cell.cell_type == "code"
        ]
        found[path.stem] = json.dumps(cells, ensure_ascii=False, sort_keys=True)
    return found


def pages(reports: Path) -> dict[str, str]:
    """The finished pages, with the ways between them opened."""
    from parstudy.publish.ways import open_ways

    (reports.parents[1] / "compare.html").touch()  # some ways lead to it
    open_ways(reports.parents[1])
    return {path.stem: path.read_text("utf-8") for path in sorted(reports.glob("*.html"))}


def told_equal(way: str, one: dict[str, str], other: dict[str, str], what: str) -> str:
    """How many of both are equal, in a line."""
    both = one.keys() & other.keys()
    equal = sum(one[name] == other[name] for name in both)
    return f"{way}: {what} equal to ours in {equal} of {len(both)}"


def main() -> None:
    """Run all ways in turn, compare what they made, print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("provinces", nargs="*", default=["63"], help="how many (default 63)")
    parser.add_argument("--year", type=int, default=2023, help="index year (default 2023)")
    parser.add_argument("--jobs", type=int, default=2, help="processes (default 2)")
    parser.add_argument("--rounds", type=int, default=1, help="how often, in turn (default 1)")
    parser.add_argument("--sample", type=int, default=3, help="reports of the loop (default 3)")
    parser.add_argument("--skip", nargs="*", default=[], choices=WAYS, help="ways to leave out")
    parser.add_argument("--against", type=Path, help="another checkout, with its tables built")
    parser.add_argument("--project", type=Path, default=Path(__file__).parents[1])
    parser.add_argument("--way", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.way:
        given = [{"province": p, "year": arguments.year} for p in arguments.provinces]
        # by its name, since a shell without a kernel makes itself the main module
        ways = import_module(Path(__file__).stem).WAYS
        ways[arguments.way](arguments.project, given, arguments.jobs)
        return
    from parstudy.facts.provinces import units

    provinces = [unit.province_id for unit in units("63")][: int(arguments.provinces[0])]
    sample = provinces[: arguments.sample]
    adopt_orphans()
    wanted = [way for way in WAYS if way not in [*arguments.skip, "cells"]]
    if "engine" in wanted and not has_engine():
        print("engine: ploomber-engine is not installed")
        wanted.remove("engine")
    print(
        f"{len(provinces)} reports of {NOTEBOOK}, index year {arguments.year}, {arguments.jobs} "
        f"processes, {os.cpu_count()} cores, Python {platform.python_version()}"
    )
    made: dict[str, Path] = {}
    with tempfile.TemporaryDirectory(prefix="parstudy-benchmark-") as folder:
        bench = Bench(arguments.project.resolve(), Path(folder), arguments.year, arguments.jobs)
        for _ in range(arguments.rounds):
            for way in wanted:
                made[way] = bench.run(way, sample if way == "loop" else provinces)
        print("\n".join(bench.table(len(provinces), len(sample))))
        if "ours" in wanted:
            compare_pages(made)
            bench.run("ours", provinces, watch=True)
        if arguments.against:
            compare_cells(bench, arguments.against.resolve(), provinces[:12], arguments.rounds)


def compare_pages(made: Mapping[str, Path]) -> None:
    """Say how many pages of the other ways show what ours show."""
    reference = showed(made["ours"])
    for way in [way for way in made if way != "ours"]:
        print(told_equal(way, showed(made[way]), reference, "what cells show"))
    if "floor" in made:
        print(told_equal("floor", pages(made["floor"]), pages(made["ours"]), "pages"))


def has_engine() -> bool:
    """Whether ploomber-engine is there."""
    from importlib.util import find_spec

    return find_spec("ploomber_engine") is not None


def compare_cells(bench: Bench, other: Path, provinces: list[str], rounds: int) -> None:
    """Print the processor time of the cells alone, here and in another checkout, in turn."""
    times: dict[str, list[float]] = {"here": [], "there": []}
    for _ in range(max(2, rounds)):
        for where, code in (("here", Path(__file__).resolve().parents[1]), ("there", other)):
            bench.run("cells", provinces, code=code)
            times[where] += json.loads(bench.said)
    for what, value in (("least", min), ("median", statistics.median)):
        here, there = value(times["here"]), value(times["there"])
        print(
            f"cells alone, warm, CPU s, {what} of {len(times['here'])}: here {here:.2f}, "
            f"in {other.name} {there:.2f}, ratio {there / here:.2f}"
        )


if __name__ == "__main__":
    main()
