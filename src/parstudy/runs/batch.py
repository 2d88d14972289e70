"""Many runs on all cores: a pool of processes, each with one exporter that stays warm.

They are forked from the template that the kernels come from too, else spawned (forks of this
process could lose pictures silently); and they are ours, not those of ``concurrent.futures``: a
process that dies costs one run, and Ctrl-C reaches the kernels.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TextIO

from parstudy.ahead import warm_template
from parstudy.errors import RunError
from parstudy.runs._worker import Ended, cores, work
from parstudy.runs.cluster import Cluster, ClusterPool
from parstudy.runs.plan import Run
from parstudy.runs.present import Present
from parstudy.runs.read_back import read_back

if TYPE_CHECKING:
    from parstudy.kernels.warm import Template

_GRACE = 10.0
"""Seconds a process has to stop its kernel before it is killed."""

Status = Literal["made", "skipped", "failed", "stopped", "wanted"]


@dataclass(frozen=True)
class Limits:
    """What a run may take; more than that costs the run, not the batch.

    Attributes
    ----------
    timeout : float
        Seconds; 0 for no limit.
    memory : int
        Bytes of memory of its own; 0 for no limit.
    strict : bool
        Whether a warning costs the run.
    """

    timeout: float = 1800.0
    memory: int = 0
    strict: bool = False


@dataclass(frozen=True)
class Outcome:
    """How one run ended.

    Attributes
    ----------
    run : Run
    status : str
        ``made``; ``skipped``: the report was there, from the same notebook, parameters, data and
        code; ``failed``; ``stopped``: not made because the batch was interrupted; ``wanted``:
        would be made.
    reason : str
        Why it failed, or has to be made, in one line.
    code : str
        Reason code of the failure.
    seconds : float
        Duration.
    notes : tuple of str
        Warnings of the notebook, and what else its author may want to know.
    """

    run: Run
    status: Status
    reason: str = ""
    code: str = ""
    seconds: float = 0.0
    notes: tuple[str, ...] = ()

    @property
    def why(self) -> str:
        """The reason, without the name of the run at its beginning."""
        return self.reason.removeprefix(f"{self.run.name}: ")


@dataclass(frozen=True)
class BatchResult:
    """How a batch ended: one outcome per run, in the order of the plan.

    Attributes
    ----------
    outcomes : tuple of Outcome
    seconds : float
        Duration of the whole batch.
    interrupted : int
        Number of the signal that stopped the batch, 0 if none did.
    """

    outcomes: tuple[Outcome, ...]
    seconds: float = 0.0
    interrupted: int = 0

    def with_status(self, status: Status) -> tuple[Outcome, ...]:
        """Outcomes of one kind."""
        return tuple(outcome for outcome in self.outcomes if outcome.status == status)

    @property
    def made(self) -> tuple[Outcome, ...]:
        """Reports that were made."""
        return self.with_status("made")

    @property
    def skipped(self) -> tuple[Outcome, ...]:
        """Reports that were up to date."""
        return self.with_status("skipped")

    @property
    def failed(self) -> tuple[Outcome, ...]:
        """Reports that could not be made."""
        return self.with_status("failed")

    @property
    def exit_code(self) -> int:
        """0 all there, 1 some failed, 130 after Ctrl-C."""
        if self.interrupted:
            return 128 + self.interrupted
        return 1 if self.failed else 0

    def summary(self) -> str:
        """Counts, then a line for each run that failed."""
        counts = [
            f"{len(self.made)} made",
            f"{len(self.skipped)} skipped (up to date)",
            f"{len(self.failed)} failed",
        ]
        stopped = self.with_status("stopped")
        if stopped:
            counts.append(f"{len(stopped)} not made (interrupted)")
        lines = [f"{', '.join(counts)} in {self.seconds:.0f} s"]
        for outcome in self.failed:
            lines.append(f"  failed: {outcome.reason}")
            lines.append(f"          {outcome.run.error_path}")
        return "\n".join([*lines, *self.noted()])

    def noted(self, most: int = 20) -> list[str]:
        """What the notebooks warned of, said once for all runs that said the same.

        Parameters
        ----------
        most : int
            Lines that are given; how many more there are is said.
        """
        said: dict[str, list[str]] = {}
        for outcome in self.outcomes:
            for note in outcome.notes:
                said.setdefault(note, []).append(outcome.run.name)
        lines = []
        for note, names in said.items():
            who = f"{names[0]} and {len(names) - 1} more" if len(names) > 1 else names[0]
            lines.append(f"  note: {who}: {note}")
        left = len(lines) - most
        return [*lines[:most], *([f"  and {left} more notes"] if left > 0 else [])]


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
    """
    begun = time.perf_counter()
    present = present or Present.of(runs)
    outcomes: dict[int, Outcome] = {}
    with _Progress(len(runs), progress or sys.stderr) as shown:
        waiting = []
        for number, run in enumerate(runs):
            if not force and present is not None and not present.reason(run):
                outcomes[number] = Outcome(run, "skipped")
                shown.tell(outcomes[number])
            else:
                waiting.append(number)
        if present is not None:
            waiting = _longest_first(runs, waiting, present.journal.seconds)
        with _Interrupts() as interrupts:
            pool: _Pool | ClusterPool
            if isinstance(jobs, Cluster):
                pool = ClusterPool(
                    runs,
                    jobs,
                    asdict(limits or Limits()),
                    shown.say,
                    interrupts.ignored_by_children,
                )
            else:
                size = min(jobs or cores(), len(waiting))
                if size > 1 and (names := read_back(runs[number] for number in waiting)):
                    shown.say(f"one run after the other: {', '.join(names)} is written and read")
                    size = 1
                pool = _Pool(runs, size, interrupts, limits or Limits(), template)
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


class _Interrupts:
    """SIGINT and SIGTERM end the batch, not the program: the caller still gets a result."""

    def __init__(self) -> None:
        self.number = 0
        self._before: dict[int, Any] = {}

    def __enter__(self) -> _Interrupts:
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                self._before[number] = signal.signal(number, self._stop)
        return self

    def __exit__(self, *exception: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _stop(self, number: int, frame: Any) -> None:
        first = not self.number
        self.number = self.number or number
        if first:  # a second Ctrl-C must not interrupt the cleaning up
            raise KeyboardInterrupt

    @contextlib.contextmanager
    def ignored_by_children(self) -> Iterator[None]:
        """A process that starts just now must not die of a Ctrl-C before it can handle it."""
        if not self._before:
            yield
            return
        kept = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, kept)


class _ForkedProcess:
    """A fork of the template, as multiprocessing has its own processes."""

    def __init__(self, template: Template, limits: Limits) -> None:
        self._forked = template.call("parstudy.runs._worker:work_forked", asdict(limits))
        self.connection = Connection(self._forked.connection.detach())
        self.pid = self._forked.pid

    @property
    def exitcode(self) -> int | None:
        """How it ended."""
        return self._forked.exit_code

    @property
    def lost(self) -> bool:
        """Whether it ended because the template did."""
        return self._forked.lost

    def is_alive(self) -> bool:
        """Whether it runs."""
        return self._forked.alive()

    def join(self, seconds: float = _GRACE) -> None:
        """Wait for its end."""
        self._forked.wait(seconds)

    def terminate(self) -> None:
        """Ask it to end."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGTERM)

    def kill(self) -> None:
        """End it, and what it has started."""
        self._forked.signal(signal.SIGKILL)

    def close(self) -> None:
        """Close what was opened for it."""
        self._forked.close()


class _Worker:
    """One process, and the run it is busy with."""

    def __init__(self, interrupts: _Interrupts, limits: Limits, template: Template | None) -> None:
        from parstudy.kernels.warm import NotForked

        self.busy: int | None = None
        self.process: Any = None
        if template is not None:
            with contextlib.suppress(NotForked):
                self.process = _ForkedProcess(template, limits)
                self.connection = self.process.connection
                return
        context = multiprocessing.get_context("spawn")
        self.connection, theirs = context.Pipe()
        way = template.way() if template is not None else None
        given = (theirs, os.getpid(), way, asdict(limits))
        self.process = context.Process(target=work, args=given, daemon=True)
        with interrupts.ignored_by_children():
            self.process.start()
        theirs.close()
        if way is not None:
            way.close()

    @property
    def lost(self) -> bool:
        """Whether it ended because its template did, for which its run cannot be blamed."""
        return isinstance(self.process, _ForkedProcess) and self.process.lost

    def take(self, number: int, run: Run) -> None:
        """Send a run; there must be none that it is busy with."""
        self.busy = number
        self.connection.send((number, run))

    def close(self) -> None:
        """Let the process go, or kill it if it does not."""
        self.connection.close()
        self.process.join(_GRACE)
        if self.process.is_alive():
            _kill(self.process)
        self.process.close()


class _Pool:
    """Hands out runs to processes and takes back how they went."""

    def __init__(
        self,
        runs: Sequence[Run],
        size: int,
        interrupts: _Interrupts,
        limits: Limits,
        template: Template | None = None,
    ) -> None:
        self._runs = runs
        self._size = size
        self._interrupts = interrupts
        self._limits = limits
        self._workers: list[_Worker] = []
        self._template = template

    def results(self, waiting: Sequence[int]) -> Iterator[tuple[int, Ended]]:
        """Number of each run that was waiting, and how it ended, as they end."""
        queue = deque(waiting)
        left = len(waiting)
        if waiting and self._template is None:
            some = [self._runs[number] for number in waiting]
            self._template = warm_template(some[0].project, sorted({run.lang for run in some}))
        for _ in range(self._size):
            self._workers.append(self._worker())
        for worker in self._workers:
            self._next(worker, queue)
        while left:
            ready = wait([worker.connection for worker in self._workers if worker.busy is not None])
            for connection in ready:
                worker = next(w for w in self._workers if w.connection is connection)
                result = self._result(worker, connection)  # type: ignore[arg-type]
                if result is not None:
                    yield result
                    left -= 1
                elif worker.busy is not None:
                    queue.appendleft(worker.busy)
                if worker.busy is not None:  # it died: another one takes its place
                    worker.close()
                    self._workers.remove(worker)
                    worker = self._worker()
                    self._workers.append(worker)
                self._next(worker, queue)

    def _worker(self) -> _Worker:
        return _Worker(self._interrupts, self._limits, self._template)

    def _next(self, worker: _Worker, queue: deque[int]) -> None:
        if queue:
            number = queue.popleft()
            worker.take(number, self._runs[number])

    def _result(self, worker: _Worker, connection: Connection) -> tuple[int, Ended] | None:
        """How its run went; None where the run is to be done by another."""
        assert worker.busy is not None
        try:
            number, ended = connection.recv()
        except (EOFError, OSError):
            worker.process.join(_GRACE)
            if worker.lost:
                return None
            return worker.busy, (0.0, self._dead(worker), ())
        worker.busy = None
        return number, ended

    def _dead(self, worker: _Worker) -> RunError:
        from parstudy.runs.keeping import keep_error

        assert worker.busy is not None
        run = self._runs[worker.busy]
        code = worker.process.exitcode
        error = RunError(
            "process_died",
            "the process that made it died, perhaps for want of memory",
            place=run.name,
            found=f"exit code {code}",
            advice="Try fewer at once with --jobs",
        )
        keep_error(run, error)
        return error

    def close(self) -> None:
        """Let idle processes go, and stop the busy ones with their kernels."""
        from parstudy.runs.keeping import discard

        stopped = [worker for worker in self._workers if worker.busy is not None]
        for worker in stopped:
            worker.process.terminate()
        for worker in self._workers:
            worker.close()
        for worker in stopped:
            assert worker.busy is not None
            discard(self._runs[worker.busy])
        self._workers.clear()
        if self._template is not None:
            self._template.close()
            self._template = None


def _kill(process: Any) -> None:
    """Kill a process that does not stop, and its kernels, which live in sessions of their own."""
    import psutil  # type: ignore[import-untyped]

    try:
        family = psutil.Process(process.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        family = []
    process.kill()
    process.join()
    for child in family:
        with contextlib.suppress(psutil.NoSuchProcess):
            child.kill()


class _Progress:
    """A bar with the time left on a terminal; plain lines in a log."""

    def __init__(self, total: int, stream: TextIO) -> None:
        self._total = total
        self._stream = stream
        self._done = self._run = 0
        self._begun = time.monotonic()
        self._bar: Any = None
        self._say: Callable[[str], object] = lambda line: print(line, file=stream, flush=True)

    def __enter__(self) -> _Progress:
        if self._total and self._stream.isatty():
            from tqdm import tqdm

            self._bar = tqdm(
                total=self._total,
                unit="report",
                file=self._stream,
                dynamic_ncols=True,
                smoothing=0.1,
                leave=True,
            )
            self._say = lambda line: self._bar.write(line, file=self._stream)
        return self

    def __exit__(self, *exception: object) -> None:
        if self._bar is not None:
            self._bar.close()

    def say(self, line: str) -> None:
        """Print a line above the bar; the batch goes on when nobody reads it any more."""
        with contextlib.suppress(OSError, ValueError):
            self._say(line)

    def _left(self) -> str:
        """How long the rest will take if it goes on like this; what is up to date takes no time."""
        left = (time.monotonic() - self._begun) / self._run * (self._total - self._done)
        return f", {timedelta(seconds=round(left))} left" if left >= 1 else ""

    def tell(self, outcome: Outcome) -> None:
        """Show how a run ended."""
        self._done += 1
        self._run += outcome.status != "skipped"
        if self._bar is not None:
            if outcome.status == "failed":
                self.say(f"failed: {outcome.reason}")
            if outcome.status == "skipped":
                # takes no time: must not spoil the estimate of the time left
                self._bar.initial += 1
                self._bar.n += 1
                self._bar.refresh()
            else:
                self._bar.update()
            return
        line = f"[{self._done}/{self._total}] {outcome.status} {outcome.run.name}"
        if outcome.status == "made":
            line += f" ({outcome.seconds:.1f} s{self._left()})"
        self.say(f"{line}: {outcome.why}" if outcome.reason else line)
