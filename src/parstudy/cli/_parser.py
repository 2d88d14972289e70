"""What can be written behind ``parstudy``."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from parstudy import __version__
from parstudy.budget import USUAL
from parstudy.cli import _commands as commands
from parstudy.cli._words import teach_parser
from parstudy.cli._words import text as _
from parstudy.facts import criteria, document
from parstudy.facts.languages import languages
from parstudy.text import whole

_LISTED = ("notebooks", "indices", "years", "regions", "provinces")


class _Command(argparse.ArgumentParser):
    """A command; the project can be named behind it as well as before it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        # no default: it would take the place of what stood before the command
        self.add_argument(
            "--project",
            metavar="DIR",
            default=argparse.SUPPRESS,
            help=_("project folder (found if not given)"),
        )


def parser() -> argparse.ArgumentParser:
    """Parser of the whole command line; what it parses has ``run``, which does it."""
    teach_parser()
    parser = argparse.ArgumentParser(
        prog="parstudy",
        description=_("Viet Nam's provinces on PAR INDEX and SIPAS: from figures to reports."),
    )
    parser.add_argument(
        "--version",
        action="version",
        version=f"parstudy {__version__}",
        help=_("show program's version number and exit"),
    )
    parser.add_argument("--project", metavar="DIR", help=_("project folder (found if not given)"))
    known = parser.add_subparsers(
        title=_("commands"), required=True, metavar="COMMAND", parser_class=_Command
    )

    _figure_commands(known)
    _report_commands(known)
    _upkeep_commands(known)
    _project_commands(known)
    return parser


def _figure_commands(known: Any) -> None:
    """What has to do with figures."""
    command = known.add_parser("build", help=_("data/raw -> data/processed"))
    command.set_defaults(run=commands.build)

    command = known.add_parser("check", help=_("cross-check the raw releases"))
    command.add_argument("--severity", choices=["error", "warning", "info"], default="info")
    command.set_defaults(run=commands.check)

    command = known.add_parser("add", help=_("look at a published file; add it with --yes"))
    command.add_argument("file", metavar="FILE", help=_("a file, or with --check a release folder"))
    command.add_argument("--index", help=_("PAR_INDEX, SIPAS, …, if the file does not say"))
    command.add_argument("--year", type=_year, help=_("index year, if the file does not say"))
    command.add_argument("--name", help=_("name of the release's folder (made up if not given)"))
    command.add_argument(
        "--kind", help=_("kind of source, asked for if not said; official table only if it is one")
    )
    command.add_argument("--explain", action="store_true", help=_("show how it was decided"))
    command.add_argument("--yes", action="store_true", help=_("write without asking"))
    command.add_argument("--check", action="store_true", help=_("repeat the checks of a release"))
    command.add_argument(
        "--accept-ocr", action="store_true", help=_("take what was recognised in a scan, reviewed")
    )
    command.add_argument(
        "--accept",
        action="append",
        default=[],
        metavar="CODE",
        help=_("take errors of this code in the checks of the reading, knowingly"),
    )
    _limit_options(command)
    command.set_defaults(run=commands.add)

    command = known.add_parser("fetch", help=_("bring open panels and companion indices here"))
    command.add_argument(
        "names", nargs="+", metavar="NAME", help=_or([*document("fetch")["names"], "all"])
    )
    command.add_argument(
        "--from", dest="folder", metavar="DIR", help=_("a folder, not the network")
    )
    command.add_argument("--cache", metavar="DIR", help=_("folder for downloads"))
    command.add_argument("--endpoint", metavar="URL", help=_("address of the Hugging Face Hub"))
    command.set_defaults(run=commands.fetch)


def _report_commands(known: Any) -> None:
    """What makes reports."""
    command = known.add_parser("report", help=_("one report, e.g. of a province and index year"))
    command.add_argument("--notebook", default="province_report", help=_("name of the notebook"))
    command.add_argument("--province", help=_("slug or name, e.g. lang-son"))
    command.add_argument("--year", type=_year, help=_("index year"))
    command.add_argument("--index", help=_or(criteria.indices()))
    command.add_argument("--level", help=_("area, criterion, subcriterion, score_source or part"))
    command.add_argument(
        "-p",
        dest="parameters",
        nargs=2,
        action="append",
        default=[],
        metavar=("NAME", "VALUE"),
        help=_("any other parameter of the notebook; VALUE as its type says, a list as JSON"),
    )
    command.add_argument(
        "--saved",
        action="store_true",
        help=_("publish what the notebook has saved, of any language; nothing is run"),
    )
    _run_options(command, jobs=False)
    _format_option(command)
    command.set_defaults(run=commands.report)

    command = known.add_parser("batch", help=_("many provinces and years, or any parameters"))
    command.add_argument("--notebook", default="province_report", help=_("name of the notebook"))
    command.add_argument(
        "--provinces", "--province", dest="province", nargs="+", help=_("names; all if not given")
    )
    command.add_argument("--years", "--year", dest="year", nargs="+", help=_("index years, or all"))
    command.add_argument("--index", nargs="+", help=_or([*criteria.indices(), "all"]))
    command.add_argument("--level", nargs="+", help=_("levels, or all"))
    command.add_argument(
        "-p",
        dest="parameters",
        nargs="+",
        action="append",
        default=[],
        metavar=("NAME", "VALUE"),
        help=_("any other parameter of the notebook and its values; all for every region"),
    )
    _run_options(command)
    _format_option(command)
    command.set_defaults(run=commands.batch)

    command = known.add_parser("reports", help=_("the main job: every report and the index"))
    command.add_argument("--focus", help=_("province with a report for each year"))
    command.add_argument(
        "--notebook", nargs="+", metavar="NAME", help=_("only those of a notebook")
    )
    _run_options(command)
    command.set_defaults(run=commands.reports)


def _upkeep_commands(known: Any) -> None:
    """What becomes of the reports that are there, and what there may be."""
    command = known.add_parser("publish", help=_("copy the reports for a host, a share, a stick"))
    command.add_argument("directory", metavar="DIR", help=_("a new folder, or one made like this"))
    command.add_argument("--notebooks", action="store_true", help=_("the executed notebooks too"))
    command.add_argument("--pdf", action="store_true", help=_("print each report, with Chromium"))
    command.set_defaults(run=commands.publish)

    command = known.add_parser(
        "list", help=_("notebooks with parameters, indices, years, provinces")
    )
    command.add_argument(
        "what", nargs="*", metavar="WHAT", help=_or([*_LISTED, _("all of them if not given")])
    )
    command.set_defaults(run=commands.list_)

    command = known.add_parser("refresh", help=_("make again the reports that are out of date"))
    _run_options(command, lang=False)
    command.set_defaults(run=commands.refresh)

    command = known.add_parser("prune", help=_("remove reports that nothing makes any more"))
    command.add_argument(
        "--yes", action="store_true", help=_("remove them; else they are shown only")
    )
    command.set_defaults(run=commands.prune)


def _project_commands(known: Any) -> None:
    """Plans, projects and notebooks."""
    command = known.add_parser("plan", help=_("draft, check or export an improvement plan"))
    _plan_commands(command.add_subparsers(title=_("what to do"), required=True, metavar="WHAT"))

    command = known.add_parser("init", help=_("make a project: notebooks, figures, parstudy.toml"))
    command.add_argument("directory", metavar="DIR", help=_("a new folder, or . for this one"))
    command.add_argument("--empty", action="store_true", help=_("without the figures that ship"))
    command.set_defaults(run=commands.init)

    command = known.add_parser("new", help=_("write a notebook to begin with"))
    command.add_argument("name", metavar="NAME", help=_("name of the notebook"))
    command.add_argument(
        "--parameters",
        default="region,year",
        metavar="NAMES",
        help=_(
            "province, region, year, index, level or others, with commas; e.g. region,limit:float"
        ),
    )
    command.set_defaults(run=commands.new)

    command = known.add_parser("lab", help=_("open notebooks, data and reports in JupyterLab"))
    command.add_argument(
        "options", nargs=argparse.REMAINDER, help=_("behind --: options of jupyter lab")
    )
    command.set_defaults(run=commands.lab)

    command = known.add_parser("demo", help=_("write a project with SYNTHETIC releases"))
    command.add_argument("directory", metavar="DIR")
    command.add_argument("--seed", type=int, default=None)
    command.set_defaults(run=commands.demo)


def _plan_commands(known: Any) -> None:
    command = known.add_parser("new", help=_("draft a plan from the figures"))
    command.add_argument("--province", required=True, help=_("slug or name, e.g. lang-son"))
    command.add_argument("--year", required=True, type=_year, help=_("index year it answers"))
    command.add_argument("--out", metavar="FILE", default="", help=_("xlsx, csv or toml"))
    command.add_argument("--force", action="store_true", help=_("replace FILE if it is there"))
    command.set_defaults(run=commands.plan_new)

    command = known.add_parser("check", help=_("say what is wrong in a plan, row by row"))
    command.add_argument("file", metavar="FILE", help=_("xlsx, xls, ods, csv, toml, docx or html"))
    command.add_argument("--province", default="", help=_("whose plan, if FILE does not say"))
    command.add_argument(
        "--year", default=0, type=_year, help=_("index year, if FILE does not say")
    )
    _limit_options(command)
    command.set_defaults(run=commands.plan_check)

    command = known.add_parser("export", help=_("write a plan as it is sent round"))
    command.add_argument("file", metavar="FILE", help=_("xlsx, xls, ods, csv, toml, docx or html"))
    command.add_argument("--format", default="", choices=["docx", "xlsx", "html", "csv", "toml"])
    command.add_argument("--out", metavar="FILE", default="", help=_("by default beside FILE"))
    command.add_argument("--force", action="store_true", help=_("replace OUT if it is there"))
    _limit_options(command)
    command.set_defaults(run=commands.plan_export)


def _run_options(command: argparse.ArgumentParser, *, jobs: bool = True, lang: bool = True) -> None:
    if lang:
        command.add_argument("--lang", nargs="+", choices=list(languages()))
    if jobs:
        where = command.add_mutually_exclusive_group()
        where.add_argument("--jobs", type=_positive, help=_("runs at the same time"))
        where.add_argument("--workers", type=_positive, help=_("the same by workers of Dask"))
        where.add_argument(
            "--scheduler", metavar="ADDRESS", help=_("of a Dask cluster that makes them")
        )
    command.add_argument("--force", action="store_true", help=_("make again what is up to date"))
    command.add_argument(
        "--dry-run", action="store_true", help=_("say what would be made and why, make nothing")
    )
    command.add_argument(
        "--strict", action="store_true", help=_("a warning of a notebook stops it")
    )
    command.add_argument(
        "--timeout", type=_seconds, default=None, help=_("seconds a notebook may take, 0 for ever")
    )
    command.add_argument(
        "--max-memory", type=_bytes, default=0, metavar="SIZE", help=_("of a notebook, e.g. 2G")
    )


def _format_option(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--format",
        choices=["html", "docx"],
        default="html",
        help=_("docx: a Word document beside each report as well"),
    )


def _limit_options(command: argparse.ArgumentParser) -> None:
    group = command.add_argument_group(
        _("limits"), _("what reading the file may take; a refusal says which one was met")
    )
    for key, most in asdict(USUAL).items():
        group.add_argument(
            f"--max-{key}", metavar="N", type=_positive, help=_("usually {most}", most=most)
        )


def _or(words: Iterable[str]) -> str:
    *first, last = words
    return _("{words} or {last}", words=", ".join(first), last=last)


def _year(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) == 4):
        raise argparse.ArgumentTypeError(
            _("found {text}; expected an index year such as 2021", text=repr(text))
        )
    return int(text)


def _positive(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 16 and int(text) > 0):
        raise argparse.ArgumentTypeError(
            _("found {text}; expected a number above 0", text=repr(text))
        )
    return int(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < float("inf"):
        raise argparse.ArgumentTypeError(
            _("found {text}; expected seconds such as 600", text=repr(text))
        )
    return seconds


def _bytes(text: str) -> int:
    number, unit = text[:-1], text[-1:].upper()
    powers = {"K": 10, "M": 20, "G": 30}
    if unit not in powers or not (many := whole(number)):
        raise argparse.ArgumentTypeError(
            _("found {text}; expected a size such as 800M or 2G", text=repr(text))
        )
    return many << powers[unit]
