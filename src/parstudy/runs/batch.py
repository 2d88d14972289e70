"""Many runs at once: what is up to date is left alone, the rest is made, the longest first."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from parstudy.errors import RunError
from parstudy.kernels.processes import allow_open_files
from parstudy.runs._pool import Interrupts, Pool
from parstudy.runs._progress import Progress
from parstudy.runs._worker import cores
from parstudy.runs.cluster import Cluster, ClusterPool
from parstudy.runs.outcomes import BatchResult, Limits, Outcome
from parstudy.runs.plan import Run
from parstudy.runs.present import Present
from parstudy.runs.read_back import read_back

if TYPE_CHECKING:
    from parstudy.kernels.warm import Template


def run_batch(
    runs: Sequence[Run],
    *,
    jobs: int | Cluster | None = None,
    force: bool = False,
    progress: TextIO | None = None,
    limits: Limits | None = None,
    present: Present | None = None,
    template: Template | None = None,
) -> BatchResult:
    """Make many reports; one that fails does not stop the others.

    Parameters
    ----------
    runs : sequence of Run
        From :func:`parstudy.runs.plan`. Those that took longest last time are started first;
        of which nothing is known, in this order.
    jobs : int or Cluster, optional
        Processes, by default one per core; or the cluster that makes them.
    force : bool
        Make also reports that are up to date.
    progress : text stream, optional
        Where to show progress: a bar with the time left on a terminal, else a line per run.
        Default stderr.
    limits : Limits, optional
        What a run may take; half an hour if nothing is said.
    present : Present, optional
        What there is now; without it any change of the data makes all reports again.
    template : Template, optional
        Process to fork from, if it is started already; it is closed.

    Returns
    -------
    BatchResult
        Also after Ctrl-C: then no kernel is left running and no half-written file is there.

    Raises
    ------
    OSError
        ``EMFILE``: too few open files are allowed for a kernel.
    """
    begun = time.perf_counter()
    present = present or Present.of(runs)
    outcomes: dict[int, Outcome] = {}
    with Progress(len(runs), progress or sys.stderr) as shown:
        waiting = []
        for number, run in enumerate(runs):
            if not force and present is not None and not present.reason(run):
                outcomes[number] = Outcome(run, "skipped")
                shown.tell(outcomes[number])
            else:
                waiting.append(number)
        if present is not None:
            waiting = _longest_first(runs, waiting, present.journal.seconds)
        with Interrupts() as interrupts:
            pool = _pool(runs, waiting, jobs, limits or Limits(), template, shown, interrupts)
            try:
                for number, ended in pool.results(waiting):
                    outcomes[number] = _outcome(runs[number], *ended)
                    shown.tell(outcomes[number])
            except KeyboardInterrupt:
                shown.say("stopping …")
            finally:
                pool.close()
    for number, run in enumerate(runs):
        outcomes.setdefault(number, Outcome(run, "stopped"))
    return BatchResult(
        outcomes=tuple(outcomes[number] for number in range(len(runs))),
        seconds=time.perf_counter() - begun,
        interrupted=interrupts.number,
    )


def _pool(
    runs: Sequence[Run],
    waiting: Sequence[int],
    jobs: int | Cluster | None,
    limits: Limits,
    template: Template | None,
    shown: Progress,
    interrupts: Interrupts,
) -> Pool | ClusterPool:
    """Who makes the runs that wait: processes of this machine, or the workers of a cluster."""
    if isinstance(jobs, Cluster):
        ignored = interrupts.ignored_by_children
        return ClusterPool(runs, jobs, asdict(limits), shown.say, ignored)
    size = min(jobs or cores(), len(waiting))
    if size > 1 and (names := read_back(runs[number] for number in waiting)):
        shown.say(f"one run after the other: {', '.join(names)} is written and read")
        size = 1
    if waiting:
        allow_open_files()
    return Pool(runs, size, interrupts, limits, template)


def _outcome(run: Run, seconds: float, failure: RunError | None, notes: tuple[str, ...]) -> Outcome:
    if failure is None:
        return Outcome(run, "made", seconds=seconds, notes=notes)
    return Outcome(run, "failed", str(failure), failure.code, seconds)


def foreseen(
    runs: Sequence[Run], *, force: bool = False, present: Present | None = None
) -> BatchResult:
    """What a batch would make, and why; nothing is run.

    Parameters
    ----------
    runs : sequence of Run
        From :func:`parstudy.runs.plan`.
    force : bool
        Whether what is up to date would be made as well.
    present : Present, optional
        As for `run_batch`.
    """
    outcomes = []
    present = present or Present.of(runs)
    for run in runs:
        assert present is not None
        reason = present.reason(run) or ("asked for with --force" if force else "")
        outcomes.append(Outcome(run, "wanted" if reason else "skipped", reason))
    return BatchResult(tuple(outcomes))


def _longest_first(
    runs: Sequence[Run], waiting: Sequence[int], seconds: Mapping[str, float]
) -> list[int]:
    """Numbers of runs, the longest first: as long as last time, else as others of its notebook."""
    known: dict[Path, list[float]] = {}
    for run in runs:
        if run.name in seconds:
            known.setdefault(run.notebook, []).append(seconds[run.name])

    def length(number: int) -> float:
        run = runs[number]
        others = known.get(run.notebook, [0.0])
        return seconds.get(run.name, sum(others) / len(others))

    return sorted(waiting, key=length, reverse=True)
