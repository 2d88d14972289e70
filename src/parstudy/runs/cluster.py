"""The runs of a batch on the workers of a Dask cluster; this process writes what they make.

The pool of local processes and this one are alike for who uses them: `results`, then `close`.
"""

from __future__ import annotations

import contextlib
import logging
import re
import threading
import uuid
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import parstudy
from parstudy.errors import RunError
from parstudy.runs import package
from parstudy.runs._worker import Ended
from parstudy.runs.plan import Run

if TYPE_CHECKING:
    from parstudy.runs._remote import Answer
    from parstudy.runs.journal import Journal

_ADDRESS = re.compile(r"[a-z]+://.+:\d+")
_PATIENCE = 10.0
"""Seconds that a scheduler may take to answer."""
_STATE = "__import__('parstudy.runs.package', fromlist=['state']).state()"
"""Asked of every worker, also of one that has no parstudy."""
_START = {
    "threads_per_worker": 1,
    "processes": True,
    "host": "127.0.0.1",
    "dashboard_address": "127.0.0.1:0",
    "preload": ["parstudy.runs._remote"],
    # of a run's kernel, which is a process of its own, Dask knows nothing
    "memory_limit": 0,
    "silence_logs": logging.CRITICAL,
}


@dataclass(frozen=True)
class Cluster:
    """Where runs are made that are not made by processes of this machine alone.

    Attributes
    ----------
    scheduler : str
        Address of a running scheduler of Dask, such as ``tcp://10.0.0.1:8786``.
    workers : int
        Otherwise: how many workers to start here.
    """

    scheduler: str = ""
    workers: int = 0


class ClusterPool:
    """Hands out runs to workers, writes what comes back, and tells how it went.

    Parameters
    ----------
    runs : sequence of Run
        Of one project.
    cluster : Cluster
        Where.
    limits : Mapping
        Of a run, as `parstudy.runs.execute.execute` takes them.
    say : callable
        Takes a line for who waits.
    ignored_by_children : callable
        A context in which processes start that must not die of a Ctrl-C.
    """

    def __init__(
        self,
        runs: Sequence[Run],
        cluster: Cluster,
        limits: Mapping[str, Any],
        say: Callable[[str], object],
        ignored_by_children: Callable[[], AbstractContextManager[None]],
    ) -> None:
        self._runs, self._cluster, self._limits, self._say = runs, cluster, limits, say
        self._ignored_by_children = ignored_by_children
        self._local: Any = None
        self._client: Any = None
        self._asked: Any = None
        self._parcel: Any = None
        self._numbers: dict[Any, int] = {}

    def results(self, waiting: Sequence[int]) -> Iterator[tuple[int, Ended]]:
        """Number of each run that was waiting, and how it ended, as they end.

        Raises
        ------
        RunError
            ``no_dask``, ``no_scheduler``, ``other_version``: nothing has run. ``scheduler_lost``:
            what was made until then stays.
        """
        if not waiting:
            return
        self._connect()
        from distributed import as_completed

        from parstudy.runs._remote import Asked, package_digest
        from parstudy.runs.journal import Journal
        from parstudy.runs.shipping import Contents

        self._refuse_others()
        contents = Contents.of(self._runs[number] for number in waiting)
        asked = Asked(uuid.uuid4().hex, contents, package_digest(), self._limits)
        self._asked = self._given(asked)
        journal = Journal(self._runs[waiting[0]].reports)
        ended = as_completed(loop=self._client.loop)
        ended.update([self._submit(number) for number in waiting])
        for future in ended:
            number = self._numbers.pop(future)
            answer = self._answer(future, number)
            if answer.lacks_files:
                self._parcel = self._parcel or self._given(contents.packed())
                ended.add(self._submit(number, self._parcel))
            else:
                yield number, _written(self._runs[number], answer, journal)

    def _connect(self) -> None:
        try:
            from distributed import Client, LocalCluster
        except ImportError:
            raise RunError(
                "no_dask",
                "runs on a cluster need the package distributed",
                advice="Install it with: pip install 'parstudy[dask]'",
            ) from None
        for name in ("distributed", "distributed.client"):
            logging.getLogger(name).setLevel(logging.CRITICAL)
        place = self._cluster.scheduler
        if place and not _ADDRESS.fullmatch(place):
            raise _no_scheduler(place, repr(place))
        if not place:
            with self._ignored_by_children():
                self._local = LocalCluster(n_workers=self._cluster.workers, **_START)
            place = self._local.scheduler_address
        reached = _within(2 * _PATIENCE, Client, place, timeout=_PATIENCE, set_as_default=False)
        if isinstance(reached, BaseException):
            found = f"{type(reached).__name__}: {reached}".partition("\n")[0]
            raise _no_scheduler(place, found)
        self._client = reached

    def _refuse_others(self) -> None:
        """Refuse workers that would make other pages."""
        if not self._client.scheduler_info()["workers"]:
            self._say("no worker yet; waiting for one")
            self._client.wait_for_workers(1)
        ours = package.state()
        for worker, theirs in self._client.run(eval, _STATE, on_error="return").items():
            if isinstance(theirs, ImportError):
                found, expected = str(theirs), f"parstudy {parstudy.__version__}"
            elif isinstance(theirs, Exception):
                found, expected = f"{type(theirs).__name__}: {theirs}", "an answer"
            else:
                other = [name for name in ours if theirs.get(name) != ours[name]]
                if not other:
                    continue
                found = f"{other[0]} {theirs.get(other[0], 'not there')}"
                found += f" (+{len(other) - 1})" if other[1:] else ""
                expected = ours[other[0]]
            raise RunError(
                "other_version",
                "the worker has another parstudy, or other libraries",
                place=worker,
                found=found,
                expected=expected,
                advice="Install the same on all machines",
            )

    def _given(self, value: Any) -> Any:
        """A value for workers, which outlives any of them."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of large values
            return self._client.submit(_same, value, pure=False)

    def _submit(self, number: int, *parcel: Any) -> Any:
        from parstudy.runs._remote import make_there

        future = self._client.submit(
            make_there, self._runs[number], self._asked, *parcel, pure=False
        )
        self._numbers[future] = number
        return future

    def _answer(self, future: Any, number: int) -> Answer:
        """What a worker says of a run, or why none does."""
        from parstudy.runs._remote import Answer

        try:
            answer: Answer = future.result()
            return answer
        except Exception as error:
            found = f"{type(error).__name__}: {error}".partition("\n")[0]
        if future.status == "cancelled":
            raise RunError(
                "scheduler_lost",
                "the scheduler ended, or cannot be reached",
                place=self._cluster.scheduler,
                advice="Start it again, then the batch: it goes on where it was",
            )
        name = self._runs[number].name
        failure = RunError("worker_lost", "the workers that made it ended", place=name, found=found)
        return Answer(failure=failure)

    def close(self) -> None:
        """Let the workers go; what they have not begun is not made."""
        if self._client is not None:
            with contextlib.suppress(Exception):  # of a scheduler that is gone
                self._client.cancel(list(self._numbers), force=True)
            self._client.close()
        if self._local is not None:
            self._local.close()


def _no_scheduler(place: str, found: str) -> RunError:
    return RunError(
        "no_scheduler",
        "no scheduler of Dask answers",
        place=place,
        found=found,
        expected="an address such as tcp://10.0.0.1:8786",
        advice="Start one with: dask scheduler",
    )


def _within(seconds: float, call: Callable[..., Any], *given: Any, **named: Any) -> Any:
    """What a call gives, or the exception that it ends in; one that hangs is left behind."""
    ends: list[Any] = []

    def _work() -> None:
        try:
            ends.append(call(*given, **named))
        except BaseException as error:
            ends.append(error)

    thread = threading.Thread(target=_work, daemon=True)
    thread.start()
    thread.join(seconds)
    return ends[0] if ends else TimeoutError(f"no answer within {seconds:g} s")


def _same(value: Any) -> Any:
    return value


def _written(run: Run, answer: Answer, journal: Journal) -> Ended:
    """Put what a run has made in place, or keep why it has made nothing."""
    from parstudy.runs.execute import keep
    from parstudy.runs.keeping import keep_error

    failure = answer.failure
    notes: tuple[str, ...] = ()
    if answer.finished is not None:
        try:
            notes = keep(run, answer.finished, journal).notes
        except RunError as error:
            failure = error
    if failure is not None:
        keep_error(run, failure)
    return answer.seconds, failure, notes
