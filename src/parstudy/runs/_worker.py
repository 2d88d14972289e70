"""What a process of the pool does: take a run, make it, say how it went."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Mapping
from functools import cache
from multiprocessing.connection import Connection
from typing import Any

from parstudy.errors import RunError
from parstudy.kernels.processes import end_with_parent
from parstudy.publish.exporter import Exporter
from parstudy.runs.plan import Run

Ended = tuple[float, RunError | None, tuple[str, ...]]
"""How a run ended: seconds, why it failed if it did, warnings and other notes."""


def work(
    connection: Connection, parent: int, way: socket.socket | None, limits: Mapping[str, Any]
) -> None:
    """Make runs until there are no more.

    Parameters
    ----------
    connection : Connection
        Brings ``(number, Run)``, or None at the end; takes ``(number, Ended)``.
    parent : int
        Process id of who started this process; without him it ends.
    way : socket, optional
        Where kernels can be had from a template.
    limits : Mapping
        Of a run, as :func:`parstudy.runs.execute.execute` takes them.
    """
    end_with_parent(parent)
    _work(connection, way, limits)


def work_forked(connection: int, way: socket.socket, limits: Mapping[str, Any]) -> None:
    """Do the same in a fork of a template.

    Parameters
    ----------
    connection : int
        File descriptor of the connection.
    way, limits
        As for `work`.
    """
    _work(Connection(connection), way, limits)


def make_ready() -> None:
    """Import what writes reports, in a process that will fork those which do."""
    from parstudy.publish.drawings import font_face
    from parstudy.publish.quick import quick_import

    quick_import("parstudy.kernels.engine")
    _exporter()
    font_face(["<text>a</text>", '<text style="font-weight:700">a</text>'])  # both fonts are read


@cache
def _exporter() -> Exporter:
    """The one of this process, and of those that are forked from it."""
    from parstudy.publish.exporter import Exporter

    return Exporter()


def _work(connection: Connection, way: socket.socket | None, limits: Mapping[str, Any]) -> None:
    # Ctrl-C goes to every process in the terminal; only the parent acts on it, by SIGTERM.
    # A handler, not SIG_IGN, which the kernels would inherit.
    signal.signal(signal.SIGINT, nothing)
    signal.signal(signal.SIGTERM, _stop)
    from parstudy.kernels.warm import Template
    from parstudy.runs.execute import execute
    from parstudy.runs.journal import Journal

    exporter = _exporter()
    journal: Journal | None = None
    template = Template(way) if way is not None else None
    while True:
        try:
            task: tuple[int, Run] | None = connection.recv()
        except (EOFError, OSError):
            return  # the parent is gone
        if task is None:
            return
        number, run = task
        begun = time.perf_counter()
        failure: RunError | None = None
        notes: tuple[str, ...] = ()
        try:
            journal = journal or Journal(run.reports)
            notes = execute(run, exporter, template=template, journal=journal, **limits).notes
        except RunError as error:
            failure = error
        connection.send((number, (time.perf_counter() - begun, failure, notes)))


def nothing(number: int, frame: Any) -> None:
    """Handle a signal by going on."""


def _stop(number: int, frame: Any) -> None:
    # once is enough: a second signal must not interrupt the cleaning up
    signal.signal(signal.SIGTERM, nothing)
    raise SystemExit(128 + number)


def cores() -> int:
    """Cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
