"""The command ``parstudy``: thin over the library; exit code 2 for a mistake of the user."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from parstudy import __version__
from parstudy.errors import ParstudyError, ReleaseError, RunError
from parstudy.facts import criteria, document
from parstudy.facts.languages import languages
from parstudy.project import Project

if TYPE_CHECKING:
    from parstudy.plans import jobs as plan_jobs
    from parstudy.runs import BatchResult


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command.

    Parameters
    ----------
    argv : sequence of str, optional
        Arguments without the program's name; ``sys.argv`` by default.

    Returns
    -------
    int
        0 done, 1 some reports failed or the checks found errors, 2 a mistake in what was asked,
        130 interrupted.
    """
    arguments = _parser().parse_args(argv)
    try:
        return int(arguments.run(arguments))
    except ParstudyError as error:
        print(f"parstudy: {error}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        # `parstudy … | head`: who reads has enough; nothing more to print, also not at exit
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print("parstudy: interrupted", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="parstudy",
        description="Viet Nam's provinces on PAR INDEX and SIPAS: from figures to reports.",
    )
    parser.add_argument("--version", action="version", version=f"parstudy {__version__}")
    parser.add_argument("--project", metavar="DIR", help="project folder (found if not given)")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    command = commands.add_parser("build", help="data/raw -> data/processed")
    command.set_defaults(run=_build)

    command = commands.add_parser("check", help="cross-check the raw releases")
    command.add_argument("--severity", choices=["error", "warning", "info"], default="info")
    command.set_defaults(run=_check)

    command = commands.add_parser("report", help="one report, e.g. of a province and index year")
    command.add_argument("--notebook", default="province_report", help="name of the notebook")
    command.add_argument("--province", help="slug or name, e.g. lang-son")
    command.add_argument("--year", type=_year, help="index year")
    command.add_argument("--index", help=_or(criteria.indices()))
    command.add_argument("--level", help="area, criterion, subcriterion, score_source or part")
    command.add_argument(
        "-p",
        dest="parameters",
        nargs=2,
        action="append",
        default=[],
        metavar=("NAME", "VALUE"),
        help="any other parameter of the notebook; VALUE as its type says, a list as JSON",
    )
    _run_options(command, jobs=False)
    command.set_defaults(run=_report)

    command = commands.add_parser("batch", help="many provinces and years, or any parameters")
    command.add_argument("--notebook", default="province_report", help="name of the notebook")
    command.add_argument(
        "--provinces", "--province", dest="province", nargs="+", help="names; all if not given"
    )
    command.add_argument("--years", "--year", dest="year", nargs="+", help="index years, or all")
    command.add_argument("--index", nargs="+", help=_or([*criteria.indices(), "all"]))
    command.add_argument("--level", nargs="+", help="levels, or all")
    command.add_argument(
        "-p",
        dest="parameters",
        nargs="+",
        action="append",
        default=[],
        metavar=("NAME", "VALUE"),
        help="any other parameter of the notebook and its values; all for every region",
    )
    _run_options(command)
    command.set_defaults(run=_batch)

    command = commands.add_parser("reports", help="the main job: every report and the index")
    command.add_argument("--focus", default="lang-son", help="province with a report for each year")
    command.add_argument("--notebook", nargs="+", metavar="NAME", help="only those of a notebook")
    _run_options(command)
    command.set_defaults(run=_reports)

    command = commands.add_parser("add", help="look at a published file; add it with --yes")
    command.add_argument("file", metavar="FILE", help="a file, or with --check a release folder")
    command.add_argument("--index", help="PAR_INDEX, SIPAS, …, if the file does not say")
    command.add_argument("--year", type=_year, help="index year, if the file does not say")
    command.add_argument("--name", help="name of the release's folder (made up if not given)")
    command.add_argument(
        "--kind", default="own sheet", help="kind of source; official table only if it is one"
    )
    command.add_argument("--explain", action="store_true", help="show how it was decided")
    command.add_argument("--yes", action="store_true", help="write without asking")
    command.add_argument("--check", action="store_true", help="repeat the checks of a release")
    command.add_argument(
        "--accept-ocr", action="store_true", help="take what was recognised in a scan, reviewed"
    )
    command.add_argument(
        "--accept",
        action="append",
        default=[],
        metavar="CODE",
        help="take errors of this code in the checks of the reading, knowingly",
    )
    command.set_defaults(run=_add)

    command = commands.add_parser("fetch", help="bring open panels and companion indices here")
    command.add_argument(
        "names", nargs="+", metavar="NAME", help=_or([*document("fetch")["names"], "all"])
    )
    command.add_argument("--from", dest="folder", metavar="DIR", help="a folder, not the network")
    command.add_argument("--cache", metavar="DIR", help="folder for downloads")
    command.add_argument("--endpoint", metavar="URL", help="address of the Hugging Face Hub")
    command.set_defaults(run=_fetch)

    command = commands.add_parser("plan", help="draft, check or export an improvement plan")
    _plan_commands(command.add_subparsers(title="what to do", required=True, metavar="WHAT"))

    command = commands.add_parser("init", help="make a project: notebooks, figures, parstudy.toml")
    command.add_argument("directory", metavar="DIR", help="a new folder, or . for this one")
    command.add_argument("--empty", action="store_true", help="without the figures that ship")
    command.set_defaults(run=_init)

    command = commands.add_parser("new", help="write a notebook to begin with")
    command.add_argument("name", metavar="NAME", help="name of the notebook")
    command.add_argument(
        "--parameters",
        default="region,year",
        metavar="NAMES",
        help="province, region, year, index, level or others, with commas; e.g. region,limit:float",
    )
    command.set_defaults(run=_new)

    command = commands.add_parser("lab", help="open notebooks, data and reports in JupyterLab")
    command.add_argument("options", nargs=argparse.REMAINDER, help="options of jupyter lab")
    command.set_defaults(run=_lab)

    command = commands.add_parser("demo", help="write a project with SYNTHETIC releases")
    command.add_argument("directory", metavar="DIR")
    command.add_argument("--seed", type=int, default=None)
    command.set_defaults(run=_demo)
    return parser


def _plan_commands(commands: Any) -> None:
    command = commands.add_parser("new", help="draft a plan from the figures")
    command.add_argument("--province", required=True, help="slug or name, e.g. lang-son")
    command.add_argument("--year", required=True, type=_year, help="index year it answers")
    command.add_argument("--out", metavar="FILE", default="", help="xlsx, csv or toml")
    command.add_argument("--force", action="store_true", help="replace FILE if it is there")
    command.set_defaults(run=_plan_new)

    command = commands.add_parser("check", help="say what is wrong in a plan, row by row")
    command.add_argument("file", metavar="FILE", help="xlsx, xls, ods, csv, toml, docx or html")
    command.add_argument("--province", default="", help="whose plan, if FILE does not say")
    command.add_argument("--year", default=0, type=_year, help="index year, if FILE does not say")
    command.set_defaults(run=_plan_check)

    command = commands.add_parser("export", help="write a plan as it is sent round")
    command.add_argument("file", metavar="FILE", help="xlsx, xls, ods, csv, toml, docx or html")
    command.add_argument("--format", default="", choices=["docx", "xlsx", "html", "csv", "toml"])
    command.add_argument("--out", metavar="FILE", default="", help="by default beside FILE")
    command.add_argument("--force", action="store_true", help="replace OUT if it is there")
    command.set_defaults(run=_plan_export)


def _run_options(command: argparse.ArgumentParser, *, jobs: bool = True) -> None:
    known = list(languages())
    command.add_argument("--lang", nargs="+", choices=known, default=known)
    if jobs:
        command.add_argument("--jobs", type=_positive, default=None, help="runs at the same time")
    command.add_argument("--force", action="store_true", help="make again what is up to date")


def _or(words: Iterable[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} or {last}"


def _year(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) == 4):
        raise argparse.ArgumentTypeError(f"found {text!r}; expected an index year such as 2021")
    return int(text)


def _positive(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) > 0):
        raise argparse.ArgumentTypeError(f"found {text!r}; expected a number above 0")
    return int(text)


def _project(arguments: argparse.Namespace) -> Project:
    return Project.find(arguments.project)


def _build(arguments: argparse.Namespace) -> int:
    from parstudy.dataset import build

    dataset = build(_project(arguments))
    counted = dataset.findings["severity"].value_counts()
    print(
        f"{len(dataset.releases)} releases, {len(dataset.figures)} figures, "
        f"{len(dataset.sources)} sources -> {len(dataset.scores)} scores; "
        f"{counted.get('warning', 0)} warnings (parstudy check lists them)"
    )
    print(f"{dataset.project.processed} (fingerprint {dataset.fingerprint[:12]})")
    return 0


def _check(arguments: argparse.Namespace) -> int:
    from parstudy.dataset import check

    built = check(_project(arguments))
    shown = {"error": 1, "warning": 2, "info": 3}[arguments.severity]
    order = ("error", "warning", "info")
    findings = sorted(
        (f for f in built.findings if f.severity in order[:shown]),
        key=lambda f: (order.index(f.severity), f.index_id, f.year, f.unit_id, f.code),
    )
    for line in built.lines(findings):
        print(line)
    counts = [f"{sum(f.severity == s for f in built.findings)} {s}s" for s in order[:2]]
    print(f"{', '.join(counts)} in {len(built.frames['figures'])} figures")
    return 2 if built.errors else 0


def _report(arguments: argparse.Namespace) -> int:
    from parstudy.runs import jobs, selection
    from parstudy.runs.parameters import OPTIONS

    given = {n: v for n in OPTIONS if (v := getattr(arguments, n)) is not None}
    given |= {name: selection.Typed(text) for name, text in arguments.parameters}
    return _made(arguments, jobs.report, notebook=arguments.notebook, parameters=given)


def _batch(arguments: argparse.Namespace) -> int:
    from parstudy.runs import jobs, selection
    from parstudy.runs.parameters import OPTIONS

    given = {n: v for n in OPTIONS if (v := getattr(arguments, n)) is not None}
    for name, *texts in arguments.parameters:
        if not texts:
            raise RunError("missing_parameter", f"no value for the parameter {name!r}", place="-p")
        given[name] = [*given.get(name, ()), *texts]
    values = {name: [*map(selection.Typed, texts)] for name, texts in given.items()}
    return _made(
        arguments, jobs.batch, values=values, notebook=arguments.notebook, jobs=arguments.jobs
    )


def _reports(arguments: argparse.Namespace) -> int:
    from parstudy.runs import jobs

    return _made(
        arguments,
        jobs.everything,
        focus=arguments.focus,
        notebooks=arguments.notebook,
        jobs=arguments.jobs,
    )


def _made(arguments: argparse.Namespace, make: Callable[..., BatchResult], **wanted: object) -> int:
    """Make reports and tell how it went."""
    from parstudy.runs import jobs

    project = _project(arguments)
    result = make(project, languages=arguments.lang, force=arguments.force, **wanted)
    if make is jobs.everything:
        for line in jobs.fetchable_lines(project):
            print(line)
    return jobs.tell(result, project)


def _add(arguments: argparse.Namespace) -> int:
    from parstudy.dataset import refusals
    from parstudy.intake import add

    if arguments.check:
        read = add.check(arguments.file)
        for row in read.findings.to_dict("records"):
            print(f"{row['severity']}: {row['code']}: {row['message']}")
        print(f"{len(read.findings)} findings in {len(read.figures)} figures")
        return 2 if read.findings["severity"].eq("error").any() else 0
    project = _project(arguments)
    proposal = add.propose(
        arguments.file,
        project.raw,
        index=arguments.index,
        year=arguments.year,
        name=arguments.name,
        accept_ocr=arguments.accept_ocr,
        kind=arguments.kind,
    )
    print(proposal.preview())
    if arguments.explain:
        print("\n".join(["", "How it was decided:", *proposal.read.layout.explained]))
    stops = [*proposal.refusals(arguments.accept), *refusals(proposal.read.release, project)]
    if stops:
        # one release that no build can take would stop the build of all the others
        more = [f"and {len(stops) - 10} more"] if len(stops) > 10 else []
        raise ReleaseError(
            "check_failed",
            "\n".join([f"{len(stops)} errors, nothing was written", *stops[:10], *more]),
            place=arguments.file,
            advice="If the table is of another year (63 provinces to index year 2024, 34 units "
            "after) say it with --year; else correct the cells, or write release.toml by hand: "
            "docs/release-toml.md. What the file itself prints so can be taken knowingly: "
            "--accept CODE",
        )
    if not arguments.yes:
        if not sys.stdin.isatty():
            print("nothing was written; add --yes to keep it")
            return 0
        if input("Write it? [y/N] ").strip().lower() not in {"y", "yes"}:
            print("nothing was written")
            return 0
    print(proposal.write())
    return 0


def _fetch(arguments: argparse.Namespace) -> int:
    from parstudy.dataset import build
    from parstudy.fetch import fetch
    from parstudy.runs import jobs

    project = _project(arguments)
    fetched = fetch(
        arguments.names,
        project,
        source_folder=arguments.folder,
        cache=arguments.cache,
        endpoint=arguments.endpoint,
    )
    print("\n".join(fetched.lines()))
    if fetched.changed_releases:
        print("\n".join(["", *jobs.agreement_lines(build(project))]))
    return 0 if fetched.ok else 2


def _plan_new(arguments: argparse.Namespace) -> int:
    from parstudy.dataset import open_dataset
    from parstudy.plans import jobs

    dataset = open_dataset(_project(arguments))
    return _said(
        jobs.new(dataset, arguments.province, arguments.year, arguments.out, force=arguments.force)
    )


def _plan_check(arguments: argparse.Namespace) -> int:
    from parstudy.dataset import open_dataset
    from parstudy.plans import jobs

    dataset = open_dataset(_project(arguments))
    return _said(
        jobs.check_file(arguments.file, dataset, province=arguments.province, year=arguments.year)
    )


def _plan_export(arguments: argparse.Namespace) -> int:
    from parstudy.plans import jobs

    return _said(
        jobs.export_file(arguments.file, arguments.format, arguments.out, force=arguments.force)
    )


def _said(outcome: plan_jobs.Outcome) -> int:
    print("\n".join(outcome.lines()))
    return outcome.exit_code


def _init(arguments: argparse.Namespace) -> int:
    from parstudy import starter

    project = starter.write_project(arguments.directory, empty=arguments.empty)
    print(f"{project.root}: {', '.join(sorted(p.name for p in project.root.iterdir()))}")
    first = "parstudy add FILE" if arguments.empty else "parstudy build"
    print(f"next: cd {_quoted(arguments.directory)}, then {first}")
    return 0


def _new(arguments: argparse.Namespace) -> int:
    from parstudy import starter

    names = arguments.parameters.split(",")
    print(starter.write_notebook(_project(arguments), arguments.name, names))
    return 0


def _lab(arguments: argparse.Namespace) -> int:
    project = _project(arguments)
    # the folder of the project, so that data and reports are in sight as well
    words = [f"--ServerApp.root_dir={project.root}", "--LabApp.default_url=/lab/tree/notebooks"]
    return subprocess.call(
        [sys.executable, "-m", "jupyterlab", *words, *arguments.options],
        env={**os.environ, "PARSTUDY_PROJECT": str(project.root)},
    )


def _quoted(text: str) -> str:
    return f'"{text}"' if " " in text else text


def _demo(arguments: argparse.Namespace) -> int:
    from parstudy import demo, starter

    project = demo.write_demo(
        arguments.directory,
        seed=demo.SEED if arguments.seed is None else arguments.seed,
        notebooks=starter.shipped_notebooks(),
    )
    print(f"SYNTHETIC releases in {project.root}; next: parstudy --project DIR build")
    return 0
