"""What can be written behind ``parstudy``."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from parstudy import __version__
from parstudy.budget import USUAL
from parstudy.cli import _commands as commands
from parstudy.facts import criteria, document
from parstudy.facts.languages import languages

_LISTED = ("notebooks", "indices", "years", "regions", "provinces")
_PROJECT = "project folder (found if not given)"


class _Command(argparse.ArgumentParser):
    """A command; the project can be named behind it as well as before it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        # no default: it would take the place of what stood before the command
        self.add_argument("--project", metavar="DIR", default=argparse.SUPPRESS, help=_PROJECT)


def parser() -> argparse.ArgumentParser:
    """Parser of the whole command line; what it parses has ``run``, which does it."""
    parser = argparse.ArgumentParser(
        prog="parstudy",
        description="Viet Nam's provinces on PAR INDEX and SIPAS: from figures to reports.",
    )
    parser.add_argument("--version", action="version", version=f"parstudy {__version__}")
    parser.add_argument("--project", metavar="DIR", help=_PROJECT)
    known = parser.add_subparsers(
        title="commands", required=True, metavar="COMMAND", parser_class=_Command
    )

    command = known.add_parser("build", help="data/raw -> data/processed")
    command.set_defaults(run=commands.build)

    command = known.add_parser("check", help="cross-check the raw releases")
    command.add_argument("--severity", choices=["error", "warning", "info"], default="info")
    command.set_defaults(run=commands.check)

    command = known.add_parser("report", help="one report, e.g. of a province and index year")
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
    command.set_defaults(run=commands.report)

    command = known.add_parser("batch", help="many provinces and years, or any parameters")
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
    command.set_defaults(run=commands.batch)

    command = known.add_parser("reports", help="the main job: every report and the index")
    command.add_argument("--focus", help="province with a report for each year")
    command.add_argument("--notebook", nargs="+", metavar="NAME", help="only those of a notebook")
    _run_options(command)
    command.set_defaults(run=commands.reports)

    command = known.add_parser("publish", help="copy the reports for a host, a share, a stick")
    command.add_argument("directory", metavar="DIR", help="a new folder, or one made like this")
    command.add_argument("--notebooks", action="store_true", help="the executed notebooks too")
    command.add_argument("--pdf", action="store_true", help="print each report, with Chromium")
    command.set_defaults(run=commands.publish)

    command = known.add_parser("list", help="notebooks with parameters, indices, years, provinces")
    command.add_argument(
        "what", nargs="*", metavar="WHAT", help=_or([*_LISTED, "all of them if not given"])
    )
    command.set_defaults(run=commands.list_)

    command = known.add_parser("refresh", help="make again the reports that are out of date")
    _run_options(command, lang=False)
    command.set_defaults(run=commands.refresh)

    command = known.add_parser("prune", help="remove reports that nothing makes any more")
    command.add_argument("--yes", action="store_true", help="remove them; else they are shown only")
    command.set_defaults(run=commands.prune)

    command = known.add_parser("add", help="look at a published file; add it with --yes")
    command.add_argument("file", metavar="FILE", help="a file, or with --check a release folder")
    command.add_argument("--index", help="PAR_INDEX, SIPAS, …, if the file does not say")
    command.add_argument("--year", type=_year, help="index year, if the file does not say")
    command.add_argument("--name", help="name of the release's folder (made up if not given)")
    command.add_argument(
        "--kind", help="kind of source, asked for if not said; official table only if it is one"
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
    _limit_options(command)
    command.set_defaults(run=commands.add)

    command = known.add_parser("fetch", help="bring open panels and companion indices here")
    command.add_argument(
        "names", nargs="+", metavar="NAME", help=_or([*document("fetch")["names"], "all"])
    )
    command.add_argument("--from", dest="folder", metavar="DIR", help="a folder, not the network")
    command.add_argument("--cache", metavar="DIR", help="folder for downloads")
    command.add_argument("--endpoint", metavar="URL", help="address of the Hugging Face Hub")
    command.set_defaults(run=commands.fetch)

    command = known.add_parser("plan", help="draft, check or export an improvement plan")
    _plan_commands(command.add_subparsers(title="what to do", required=True, metavar="WHAT"))

    command = known.add_parser("init", help="make a project: notebooks, figures, parstudy.toml")
    command.add_argument("directory", metavar="DIR", help="a new folder, or . for this one")
    command.add_argument("--empty", action="store_true", help="without the figures that ship")
    command.set_defaults(run=commands.init)

    command = known.add_parser("new", help="write a notebook to begin with")
    command.add_argument("name", metavar="NAME", help="name of the notebook")
    command.add_argument(
        "--parameters",
        default="region,year",
        metavar="NAMES",
        help="province, region, year, index, level or others, with commas; e.g. region,limit:float",
    )
    command.set_defaults(run=commands.new)

    command = known.add_parser("lab", help="open notebooks, data and reports in JupyterLab")
    command.add_argument("options", nargs=argparse.REMAINDER, help="options of jupyter lab")
    command.set_defaults(run=commands.lab)

    command = known.add_parser("demo", help="write a project with SYNTHETIC releases")
    command.add_argument("directory", metavar="DIR")
    command.add_argument("--seed", type=int, default=None)
    command.set_defaults(run=commands.demo)
    return parser


def _plan_commands(known: Any) -> None:
    command = known.add_parser("new", help="draft a plan from the figures")
    command.add_argument("--province", required=True, help="slug or name, e.g. lang-son")
    command.add_argument("--year", required=True, type=_year, help="index year it answers")
    command.add_argument("--out", metavar="FILE", default="", help="xlsx, csv or toml")
    command.add_argument("--force", action="store_true", help="replace FILE if it is there")
    command.set_defaults(run=commands.plan_new)

    command = known.add_parser("check", help="say what is wrong in a plan, row by row")
    command.add_argument("file", metavar="FILE", help="xlsx, xls, ods, csv, toml, docx or html")
    command.add_argument("--province", default="", help="whose plan, if FILE does not say")
    command.add_argument("--year", default=0, type=_year, help="index year, if FILE does not say")
    _limit_options(command)
    command.set_defaults(run=commands.plan_check)

    command = known.add_parser("export", help="write a plan as it is sent round")
    command.add_argument("file", metavar="FILE", help="xlsx, xls, ods, csv, toml, docx or html")
    command.add_argument("--format", default="", choices=["docx", "xlsx", "html", "csv", "toml"])
    command.add_argument("--out", metavar="FILE", default="", help="by default beside FILE")
    command.add_argument("--force", action="store_true", help="replace OUT if it is there")
    _limit_options(command)
    command.set_defaults(run=commands.plan_export)


def _run_options(command: argparse.ArgumentParser, *, jobs: bool = True, lang: bool = True) -> None:
    if lang:
        command.add_argument("--lang", nargs="+", choices=list(languages()))
    if jobs:
        command.add_argument("--jobs", type=_positive, default=None, help="runs at the same time")
    command.add_argument("--force", action="store_true", help="make again what is up to date")
    command.add_argument(
        "--dry-run", action="store_true", help="say what would be made and why, make nothing"
    )
    command.add_argument("--strict", action="store_true", help="a warning of a notebook stops it")
    command.add_argument(
        "--timeout", type=_seconds, default=None, help="seconds a notebook may take, 0 for ever"
    )
    command.add_argument(
        "--max-memory", type=_bytes, default=0, metavar="SIZE", help="of a notebook, e.g. 2G"
    )


def _limit_options(command: argparse.ArgumentParser) -> None:
    group = command.add_argument_group(
        "limits", "what reading the file may take; a refusal says which one was met"
    )
    for key, most in asdict(USUAL).items():
        group.add_argument(f"--max-{key}", metavar="N", type=_positive, help=f"usually {most}")


def _or(words: Iterable[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} or {last}"


def _year(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) == 4):
        raise argparse.ArgumentTypeError(f"found {text!r}; expected an index year such as 2021")
    return int(text)


def _positive(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 16 and int(text) > 0):
        raise argparse.ArgumentTypeError(f"found {text!r}; expected a number above 0")
    return int(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < float("inf"):
        raise argparse.ArgumentTypeError(f"found {text!r}; expected seconds such as 600")
    return seconds


def _bytes(text: str) -> int:
    number, unit = text[:-1], text[-1:].upper()
    powers = {"K": 10, "M": 20, "G": 30}
    if unit not in powers or not (number.isascii() and number.isdigit() and int(number) > 0):
        raise argparse.ArgumentTypeError(f"found {text!r}; expected a size such as 800M or 2G")
    return int(number) << powers[unit]
