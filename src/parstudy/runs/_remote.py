"""What a worker of a cluster does: find the project or unpack it, make a run, give it back."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from parstudy.ahead import warm_template
from parstudy.errors import RunError
from parstudy.publish.exporter import Exporter
from parstudy.runs import package
from parstudy.runs._worker import nothing
from parstudy.runs.execute import Finished, make
from parstudy.runs.journal import hash_of
from parstudy.runs.plan import Run
from parstudy.runs.shipping import Contents

if TYPE_CHECKING:
    from parstudy.kernels.warm import Template


@dataclass(frozen=True)
class Asked:
    """What all runs of a batch have in common.

    Attributes
    ----------
    batch : str
        Name of the batch, which no other has.
    contents : Contents
        What the runs read.
    package : str
        `package_digest` of who wants the reports.
    limits : Mapping
        Of a run, as `parstudy.runs.execute.execute` takes them.
    """

    batch: str
    contents: Contents
    package: str
    limits: Mapping[str, Any]


@dataclass(frozen=True)
class Answer:
    """How a run ended: with what it has made, or with a failure; with neither if files lack."""

    seconds: float = 0.0
    finished: Finished | None = None
    failure: RunError | None = None

    @property
    def lacks_files(self) -> bool:
        """Whether the worker neither sees the project nor was given it."""
        return self.finished is None and self.failure is None


@dataclass
class _Here:
    """What this process keeps from one run of a batch to the next."""

    batch: str = ""
    place: Path | None = None
    template: Template | None = None
    exporter: Exporter = field(default_factory=Exporter)

    def turn_to(self, asked: Asked, parcel: bytes | None) -> bool:
        """Get ready for runs of a batch; whether its files are here."""
        if self.batch == asked.batch:
            return True
        if self.template is not None:
            self.template.close()
        self.batch, self.place, self.template = "", None, None
        if parcel is not None:
            self.place = asked.contents.unpacked(parcel, _own_folder())
        elif not asked.contents.are_here():
            return False
        self.batch = asked.batch
        return True


_here: _Here | None = None
_one_at_a_time = threading.Lock()
"""A worker with several threads has one exporter and one template all the same."""


def package_digest() -> str:
    """Hash of all that pages are made with: files of parstudy, versions of libraries."""
    return hash_of(sorted(package.state().items()))


def make_there(run: Run, asked: Asked, parcel: bytes | None = None) -> Answer:
    """Make a run for another machine; nothing is written.

    Parameters
    ----------
    run : Run
        As it was planned there.
    asked : Asked
        The batch.
    parcel : bytes, optional
        The files, if this machine lacked them.
    """
    global _here
    begun = time.perf_counter()
    with _one_at_a_time:
        try:
            if asked.package != package_digest():
                raise RunError(
                    "other_version",
                    "the worker has another parstudy, or other libraries",
                    place=run.name,
                    advice="Install the same on all machines",
                )
            _here = _here or _Here()
            if not _here.turn_to(asked, parcel):
                return Answer()
            if _here.place is not None:
                run = asked.contents.moved(run, _here.place)
            if _here.template is None:
                _here.template = warm_template(run.project)
            finished = make(run, _here.exporter, template=_here.template, **asked.limits)
        except RunError as failure:
            return Answer(time.perf_counter() - begun, failure=failure)
    return Answer(time.perf_counter() - begun, finished)


def dask_setup(worker: Any) -> None:
    """What a worker does first that a batch has started: a Ctrl-C is for the batch alone."""
    # a handler, not SIG_IGN, which the kernels would inherit
    signal.signal(signal.SIGINT, nothing)


def _own_folder() -> Path:
    """The worker's folder, which goes when it ends."""
    from distributed import get_worker

    return Path(get_worker().local_directory)
