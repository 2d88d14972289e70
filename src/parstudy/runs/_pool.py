"""Processes that make runs, each with one exporter that stays warm.

They are forked from the template that the kernels come from too, else spawned (forks of this
process could lose pictures silently); and they are ours, not those of ``concurrent.futures``: a
process that dies costs one run, and Ctrl-C reaches the kernels.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Any

from parstudy.ahead import warm_template
from parstudy.errors import RunError
from parstudy.runs._worker import Ended, work
from parstudy.runs.outcomes import Limits
from parstudy.runs.plan import Run

if TYPE_CHECKING:
    from parstudy.kernels.warm import Template

_GRACE = 10.0
"""Seconds a process has to stop its kernel before it is killed."""


class Interrupts:
    """SIGINT and SIGTERM end the batch, not the program: the caller still gets a result."""

    def __init__(self) -> None:
        self.number = 0
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Interrupts:
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

    def __init__(self, interrupts: Interrupts, limits: Limits, template: Template | None) -> None:
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


class Pool:
    """Hands out runs to processes and takes back how they went."""

    def __init__(
        self,
        runs: Sequence[Run],
        size: int,
        interrupts: Interrupts,
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
