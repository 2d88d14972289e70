"""A batch against the plain loop "papermill and nbconvert per province", side by side.

    python benchmarks/batch.py              all 63 provinces, one language
    python benchmarks/batch.py 8 --jobs 2   eight provinces, two processes

Both make the same reports from the same notebook on the same data, one after the other in this
one run, into folders that are thrown away. The plain loop is what one would write in a shell:
for each province  papermill NOTEBOOK OUT -p …  and  jupyter nbconvert --to html OUT.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from parstudy import open_dataset
from parstudy.facts.provinces import units
from parstudy.project import Project
from parstudy.runs import plan, run_batch


def plain_loop(
    project: Project, notebook: Path, given: list[dict[str, object]], out: Path, lang: str
) -> float:
    """Seconds for papermill and nbconvert, each by its command, once for each province."""
    environment = os.environ | {"PARSTUDY_PROJECT": str(project.root)}
    environment.pop("MPLBACKEND", None)
    begun = time.perf_counter()
    for number, values in enumerate(given, start=1):
        executed = out / f"{'-'.join(map(str, values.values()))}.ipynb"
        parameters = [part for name, value in values.items() for part in ("-p", name, str(value))]
        for command in (
            ["papermill", str(notebook), str(executed), *parameters, "-p", "lang", lang],
            ["jupyter-nbconvert", "--to", "html", str(executed)],
        ):
            command[0] = str(Path(sys.executable).with_name(command[0]))
            done = subprocess.run(
                command, cwd=notebook.parent, env=environment, capture_output=True, check=False
            )
            if done.returncode:
                sys.exit(f"{' '.join(command)}\n{done.stderr.decode(errors='replace')}")
        print(f"  plain loop: {number}/{len(given)}", end="\r", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    return time.perf_counter() - begun


def main() -> None:
    """Time both and print the ratio."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("provinces", type=int, nargs="?", default=63, help="how many (default 63)")
    parser.add_argument("--year", type=int, default=2023, help="index year (default 2023)")
    parser.add_argument("--lang", default="vi", choices=["vi", "en"])
    parser.add_argument("--jobs", type=int, default=None, help="processes (default: one per core)")
    parser.add_argument("--project", default=None, help="project folder")
    arguments = parser.parse_args()

    project = Project.find(arguments.project)
    dataset = open_dataset(project)
    notebook = project.notebooks / "province_report.ipynb"
    chosen = units("63")[: arguments.provinces]
    given: list[dict[str, object]] = [
        {"province": unit.province_id, "year": arguments.year} for unit in chosen
    ]
    with tempfile.TemporaryDirectory(prefix="parstudy-benchmark-") as folder:
        runs = plan(
            project.root,
            notebook,
            given,
            languages=[arguments.lang],
            reports=Path(folder) / "batch",
            fingerprint=dataset.fingerprint,
        )
        result = run_batch(runs, jobs=arguments.jobs)
        if len(result.made) != len(runs):
            sys.exit(result.summary())
        loop = Path(folder) / "loop"
        loop.mkdir()
        plain = plain_loop(project, notebook, given, loop, arguments.lang)
        pages = len(list(loop.glob("*.html")))
    n = len(runs)
    print(f"{n} reports of {notebook.name}, index year {arguments.year}, {os.cpu_count()} cores")
    print(f"  batch       {result.seconds:8.1f} s   {result.seconds / n:6.2f} s a report")
    print(f"  plain loop  {plain:8.1f} s   {plain / pages:6.2f} s a report")
    print(f"  ratio       {plain / result.seconds:8.1f}")


if __name__ == "__main__":
    main()
