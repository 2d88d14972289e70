"""What each command does: it asks the library and prints what that says."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from parstudy.budget import USUAL, Limits
from parstudy.cli import _telling, _words
from parstudy.cli._words import text as _
from parstudy.errors import ReleaseError, RunError
from parstudy.project import Project
from parstudy.text import suggest, whole

if TYPE_CHECKING:
    from parstudy.kernels.warm import Template
    from parstudy.plans import jobs as plan_jobs
    from parstudy.runs import BatchResult
    from parstudy.runs import Limits as RunLimits
    from parstudy.runs.cluster import Cluster


def _project(arguments: argparse.Namespace) -> Project:
    return Project.find(arguments.project)


def build(arguments: argparse.Namespace) -> int:
    """Build the tables."""
    from parstudy.dataset import build

    dataset = build(_project(arguments))
    counted = dataset.findings["severity"].value_counts()
    print(
        _(
            "{releases} releases, {figures} figures, {sources} sources -> {scores} scores; "
            "{warnings} warnings (parstudy check lists them)",
            releases=len(dataset.releases),
            figures=len(dataset.figures),
            sources=len(dataset.sources),
            scores=len(dataset.scores),
            warnings=counted.get("warning", 0),
        )
    )
    where = dataset.project.processed
    print(_("{folder} (fingerprint {hash})", folder=where, hash=dataset.fingerprint[:12]))
    return 0


def check(arguments: argparse.Namespace) -> int:
    """List what the cross-checks find."""
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
    print("\n".join(_telling.by_kind(findings)))
    errors, warnings = (sum(f.severity == s for f in built.findings) for s in order[:2])
    print(
        _(
            "{errors} errors, {warnings} warnings in {figures} figures",
            errors=errors,
            warnings=warnings,
            figures=len(built.frames["figures"]),
        )
    )
    return 2 if built.errors else 0


def report(arguments: argparse.Namespace) -> int:
    """Make one report."""
    with _template(arguments, wanted=not arguments.saved) as template:
        return _report(arguments, template)


def _report(arguments: argparse.Namespace, template: Template | None) -> int:
    from parstudy.runs import jobs, selection
    from parstudy.runs.parameters import OPTIONS

    given = {n: v for n in OPTIONS if (v := getattr(arguments, n)) is not None}
    given |= {name: selection.Typed(text) for name, text in arguments.parameters}
    if arguments.saved:
        if given:
            raise RunError(
                "saved_parameters",
                "a notebook that is not run takes no parameters",
                found=", ".join(given),
                advice="Leave out --saved, or the parameters",
            )
        project = _project(arguments)
        result = jobs.saved(project, arguments.notebook, languages=arguments.lang)
        return _told(arguments, project, result)
    wanted = {"notebook": arguments.notebook, "parameters": given}
    return _made(arguments, jobs.report, template=template, **wanted)


def batch(arguments: argparse.Namespace) -> int:
    """Make reports for every combination of values."""
    with _template(arguments, wanted=not _is_spread(arguments)) as template:
        return _batch(arguments, template)


def _batch(arguments: argparse.Namespace, template: Template | None) -> int:
    from parstudy.runs import jobs, selection
    from parstudy.runs.parameters import OPTIONS

    given = {n: v for n in OPTIONS if (v := getattr(arguments, n)) is not None}
    for name, *texts in arguments.parameters:
        if not texts:
            raise RunError("missing_parameter", f"no value for the parameter {name!r}", place="-p")
        given[name] = [*given.get(name, ()), *texts]
    values = {name: [*map(selection.Typed, texts)] for name, texts in given.items()}
    wanted = {"notebook": arguments.notebook, "values": values, "jobs": _jobs(arguments)}
    return _made(arguments, jobs.batch, template=template, **wanted)


def reports(arguments: argparse.Namespace) -> int:
    """Do the main job."""
    with _template(arguments, wanted=not _is_spread(arguments)) as template:
        from parstudy.runs import jobs

        return _made(
            arguments,
            jobs.everything,
            template=template,
            focus=arguments.focus,
            notebooks=arguments.notebook,
            jobs=_jobs(arguments),
        )


def _template(
    arguments: argparse.Namespace, *, wanted: bool
) -> AbstractContextManager[Template | None]:
    """The process that runs are forked from, started before anything slow is imported."""
    if not wanted or arguments.dry_run:
        return nullcontext()
    from parstudy.ahead import template_if_wanted

    return template_if_wanted(_project(arguments), arguments.lang or (), force=arguments.force)


def publish(arguments: argparse.Namespace) -> int:
    """Copy what a static host or a share needs."""
    from parstudy.publish.handout import publish

    done = publish(
        _project(arguments).reports,
        Path(arguments.directory),
        notebooks=arguments.notebooks,
        pdf=arguments.pdf,
    )
    made = [_("{n} pages", n=done.pages)]
    made += [_("{n} notebooks", n=done.notebooks)] if done.notebooks else []
    made += [f"{done.prints} PDF"] if done.prints else []
    print(
        _(
            "{made}; {size} MB; all links hold; largest page {page} ({kilobytes} kB)",
            made=", ".join(made),
            size=f"{done.size / 1e6:.1f}",
            page=done.largest[0],
            kilobytes=f"{done.largest[1] / 1e3:.0f}",
        )
    )
    print(done.folder / "index.html")
    return 0


def _made(arguments: argparse.Namespace, make: Callable[..., BatchResult], **wanted: object) -> int:
    """Make reports and tell how it went."""
    from parstudy.runs import jobs

    project = _project(arguments)
    options = {"force": arguments.force, "dry_run": arguments.dry_run}
    options["limits"] = _run_limits(arguments)
    result = make(project, languages=arguments.lang, **options, **wanted)
    if make is jobs.everything:
        for line in _telling.fetchable(project):
            print(line)
    return _told(arguments, project, result)


def _told(arguments: argparse.Namespace, project: Project, result: BatchResult) -> int:
    """Tell how it went, and write what is asked for in another format."""
    from parstudy.runs import jobs

    code = _telling.tell(result, project)
    if getattr(arguments, "format", "html") == "docx" and not arguments.dry_run:
        for written in jobs.in_word(project, result):
            if isinstance(written, RunError):
                print(_words.worded_line(str(written)), file=sys.stderr)
                code = max(code, 1)
            else:
                print(written)
    return code


def _jobs(arguments: argparse.Namespace) -> int | Cluster | None:
    """How many runs at the same time, or who makes them."""
    from parstudy.runs.cluster import Cluster

    if _is_spread(arguments):
        return Cluster(arguments.scheduler or "", arguments.workers or 0)
    jobs: int | None = arguments.jobs
    return jobs


def _is_spread(arguments: argparse.Namespace) -> bool:
    """Whether others than processes of this command make the reports."""
    return bool(arguments.workers or arguments.scheduler)


def _limits(arguments: argparse.Namespace) -> Limits:
    return USUAL.but({key: getattr(arguments, f"max_{key}") for key in Limits.names()})


def _run_limits(arguments: argparse.Namespace) -> RunLimits:
    from parstudy.runs import Limits as RunLimits

    limits = RunLimits(memory=arguments.max_memory, strict=arguments.strict)
    return limits if arguments.timeout is None else replace(limits, timeout=arguments.timeout)


def list_(arguments: argparse.Namespace) -> int:
    """List what there is."""
    from parstudy.dataset import open_dataset
    from parstudy.runs import listing

    for kind in arguments.what:
        if kind not in listing.KINDS:
            raise RunError(
                "unknown_kind",
                "nothing of this kind is listed",
                found=repr(kind),
                expected=suggest(kind, listing.KINDS),
            )
    project = _project(arguments)
    print("\n".join(listing.listed(project, open_dataset(project), arguments.what, _words.code())))
    return 0


def refresh(arguments: argparse.Namespace) -> int:
    """Make again what is out of date."""
    from parstudy.runs import jobs

    project = _project(arguments)
    result, left = jobs.refresh(
        project,
        jobs=_jobs(arguments),
        force=arguments.force,
        dry_run=arguments.dry_run,
        limits=_run_limits(arguments),
    )
    for one in left:
        print(f"{one.report.name}: {_words.told(one.reason)}")
    if left:
        print(_("parstudy prune removes what nothing makes any more"))
    return _telling.tell(result, project)


def prune(arguments: argparse.Namespace) -> int:
    """Remove what nothing makes any more."""
    from parstudy.runs import jobs

    left, gone = jobs.prune(_project(arguments), remove=arguments.yes)
    removed = [one for one in left if not one.report.edited]
    for one in left:
        kept = _("kept, its notebook was edited")
        why = kept if one.report.edited else _words.told(one.reason)
        print(f"{one.report.name}: {why}")
    if not removed:
        print(_("nothing to remove"))
    elif arguments.yes:
        print(_("{n} files removed", n=len(gone)))
    else:
        print(_("{n} reports; nothing was removed; add --yes to remove them", n=len(removed)))
    return 0


def add(arguments: argparse.Namespace) -> int:
    """Look at a file and, if wanted, add it as a release."""
    from parstudy.dataset.beside import beside
    from parstudy.dataset.checks.findings import of_row
    from parstudy.intake import add

    if arguments.check:
        read = add.check(arguments.file)
        for row in read.findings.to_dict("records"):
            print(of_row(row).line())
        figures = len(read.figures)
        print(_("{n} findings in {figures} figures", n=len(read.findings), figures=figures))
        return 2 if read.findings["severity"].eq("error").any() else 0
    project = _project(arguments)
    proposal = add.propose(
        arguments.file,
        project.raw,
        index=arguments.index,
        year=arguments.year,
        name=arguments.name,
        accept_ocr=arguments.accept_ocr,
        accepted=arguments.accept,
        kind=arguments.kind or next(iter(add.kinds())),
        limits=_limits(arguments),
    )
    print(proposal.preview())
    if arguments.explain:
        print("\n".join(["", _("How it was decided:"), *proposal.read.layout.explained]))
    found = beside(proposal.read.release, project)
    print("\n".join(_telling.beside_lines(found)))
    stops = [*proposal.refusals(arguments.accept), *found.errors]
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
            print(_("nothing was written; add --yes to keep it"))
            return 0
        if arguments.kind is None:
            proposal = replace(proposal, kind=_asked_kind(add.kinds()))
        if input(_("Write it? [y/N] ")).strip().lower() not in {"y", "yes", "c", "có"}:
            print(_("nothing was written"))
            return 0
    print(proposal.write())
    return 0


def _asked_kind(kinds: dict[str, str]) -> str:
    """Kind of a source as somebody says it, by number or by name; the first where nothing is."""
    names = list(kinds)
    print()
    print(
        _("What kind of source is it? It decides which one wins where two contradict each other.")
    )
    for number, (name, why) in enumerate(kinds.items(), 1):
        print(f"  {number} {name}: {why}")
    while True:
        said = input(_("Kind [1 {first}]: ", first=names[0])).strip().casefold() or "1"
        if said in names:
            return said
        if 1 <= (number := whole(said) or 0) <= len(names):
            return names[number - 1]
        print(_("1 to {n}, or the name of a kind", n=len(names)))


def fetch(arguments: argparse.Namespace) -> int:
    """Bring open panels and companion indices."""
    from parstudy.dataset import build
    from parstudy.fetch import fetch

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
        print("\n".join(["", *_telling.agreement_lines(build(project))]))
    return 0 if fetched.ok else 2


def plan_new(arguments: argparse.Namespace) -> int:
    """Draft a plan."""
    from parstudy.dataset import open_dataset
    from parstudy.plans import jobs

    dataset = open_dataset(_project(arguments))
    return _said(
        jobs.new(dataset, arguments.province, arguments.year, arguments.out, force=arguments.force)
    )


def plan_check(arguments: argparse.Namespace) -> int:
    """Check a plan."""
    from parstudy.dataset import open_dataset
    from parstudy.plans import jobs

    dataset = open_dataset(_project(arguments))
    return _said(
        jobs.check_file(
            arguments.file,
            dataset,
            province=arguments.province,
            year=arguments.year,
            limits=_limits(arguments),
        )
    )


def plan_export(arguments: argparse.Namespace) -> int:
    """Write a plan as it is sent round."""
    from parstudy.plans import jobs

    return _said(
        jobs.export_file(
            arguments.file,
            arguments.format,
            arguments.out,
            force=arguments.force,
            limits=_limits(arguments),
        )
    )


def _said(outcome: plan_jobs.Outcome) -> int:
    print("\n".join(outcome.lines()))
    return outcome.exit_code


def init(arguments: argparse.Namespace) -> int:
    """Make a project folder."""
    from parstudy import starter

    project = starter.write_project(arguments.directory, empty=arguments.empty)
    print(f"{project.root}: {', '.join(sorted(p.name for p in project.root.iterdir()))}")
    first = "parstudy add FILE" if arguments.empty else "parstudy build"
    folder = _quoted(arguments.directory)
    print(_("next: cd {folder}, then {command}", folder=folder, command=first))
    return 0


def new(arguments: argparse.Namespace) -> int:
    """Write a notebook to begin with."""
    from parstudy import starter

    names = arguments.parameters.split(",")
    print(starter.write_notebook(_project(arguments), arguments.name, names))
    return 0


def lab(arguments: argparse.Namespace) -> int:
    """Open JupyterLab on the project."""
    project = _project(arguments)
    # the folder of the project, so that data and reports are in sight as well
    words = [f"--ServerApp.root_dir={project.root}", "--LabApp.default_url=/lab/tree/notebooks"]
    options = arguments.options[arguments.options[:1] == ["--"] :]
    return subprocess.call(
        [sys.executable, "-m", "jupyterlab", *words, *options],
        env={**os.environ, "PARSTUDY_PROJECT": str(project.root)},
    )


def _quoted(text: str) -> str:
    return f'"{text}"' if " " in text else text


def demo(arguments: argparse.Namespace) -> int:
    """Write a SYNTHETIC project."""
    from parstudy import demo, starter

    project = demo.write_demo(
        arguments.directory,
        seed=demo.SEED if arguments.seed is None else arguments.seed,
        notebooks=starter.shipped_notebooks(),
    )
    print(
        _("SYNTHETIC releases in {folder}; next: parstudy --project DIR build", folder=project.root)
    )
    return 0
