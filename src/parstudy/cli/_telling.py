"""How something went, told in the language of the command."""

from __future__ import annotations

import contextlib
import sys
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from parstudy.cli import _words
from parstudy.cli._words import text as _
from parstudy.facts import criteria, languages
from parstudy.project import Project

if TYPE_CHECKING:
    from parstudy.dataset import Dataset, Finding
    from parstudy.dataset.beside import Beside
    from parstudy.runs import BatchResult


_SHOWN = 10


def tell(result: BatchResult, project: Project) -> int:
    """Print how a batch ended, or would go; give the exit code, also where nobody reads it."""
    with contextlib.suppress(BrokenPipeError):
        _print(result, project)
        sys.stdout.flush()
    return result.exit_code


def _print(result: BatchResult, project: Project) -> None:
    if wanted := result.with_status("wanted"):
        head, why = _("Report"), _("Why it would be made")
        width = max(len(head), *(len(outcome.run.name) for outcome in wanted))
        print(f"{head:<{width}}  {why}")
        for outcome in wanted:
            print(f"{outcome.run.name:<{width}}  {_words.told(outcome.reason)}")
        current = len(result.skipped)
        left = _(
            "{n} to be made, {current} up to date; nothing was run", n=len(wanted), current=current
        )
        print(left)
        return
    print(
        _(
            "{made} made, {current} up to date, {failed} failed in {seconds} s",
            made=len(result.made),
            current=len(result.skipped),
            failed=len(result.failed),
            seconds=f"{result.seconds:.0f}",
        )
    )
    for outcome in result.failed:
        reason = _words.worded_line(outcome.why)
        failed = _("failed: {name}: {reason}", name=outcome.run.name, reason=reason)
        print(failed, file=sys.stderr)
    for line in result.noted():
        print(line, file=sys.stderr)
    if result.interrupted:
        print(_("stopped; run it again to make the rest"), file=sys.stderr)
    for outcome in (*result.made, *result.skipped) if len(result.outcomes) <= 4 else ():
        print(outcome.run.html_path)
    print(project.reports / "index.html")


def by_kind(findings: Sequence[Finding]) -> list[str]:
    """How many findings there are of each kind, and what the kind says."""
    from parstudy.dataset import checks

    counts = Counter(finding.code for finding in findings)
    if not counts:
        return []
    width = max(map(len, counts))
    return [
        "",
        *(f"{n:>5} {code:<{width}}  {_(checks.sentence(code))}" for code, n in counts.items()),
        "",
    ]


def beside_lines(found: Beside) -> list[str]:
    """How a new release stands to what is in the project."""
    lines: list[str] = []
    if found.shared:
        lines += [
            "",
            _(
                "{shared} of these figures are in the project already; {differing} of them are "
                "printed otherwise there",
                shared=found.shared,
                differing=found.differing,
            ),
        ]
    new = found.contradictions
    if new:
        lines += ["", _("{n} contradictions with what is in the project:", n=len(new))]
        lines += [f"  {line}" for line in new[:_SHOWN]]
    if len(new) > _SHOWN:
        lines.append(_("  and {n} more; parstudy check lists them", n=len(new) - _SHOWN))
    return lines


def fetchable(project: Project) -> list[str]:
    """What is not in a project of real figures, and which command would bring it."""
    from parstudy import fetch
    from parstudy.dataset import open_dataset

    if open_dataset(project).synthetic:
        return []
    lang = _words.code()
    found = [f"  {m.command}: {languages.best(m.gives, lang)}" for m in fetch.missing(project)]
    return [_("more can be fetched, and every notebook works on it:"), *found] if found else []


def agreement_lines(dataset: Dataset) -> list[str]:
    """How far the open panels agree with all other sources, index by index."""
    from parstudy.studies import agreement

    found = []
    for index in criteria.indices():
        result = agreement.agreement(dataset, index)
        if not result.compared:
            continue
        found.append(
            _(
                "{index}: {agree} of {compared} figures of open panels agree with other sources",
                index=criteria.index(index).short,
                agree=result.agree,
                compared=result.compared,
            )
        )
        found += [
            f"  {row['year']} {row['province_id']} {row['component']} {row['measure']}: "
            + _(
                "panel {panel}, {other} {text}",
                panel=row["panel_text"],
                other=row["other_source_id"],
                text=row["other_text"],
            )
            for row in result.disagreements.to_dict("records")
        ]
    return found or [_("no figure of an open panel stands in another source as well")]
