"""The process that kernels are forked from: everything imported and read, nothing running.

One template for a machine, below it one for each notebook, below that one child for each run::

    root ── kernels' libraries, what all notebooks want (a function that the caller names)
     ├── call ── a function of the caller's
     └── notebook ── what the runs of this notebook imported so far
          └── run ── a kernel; see :mod:`parstudy.kernels._child`

So a notebook finds imported what it imports itself, and not what another one does. Threads are
lost in a fork, and the locks that they hold stay locked: a template in which a thread runs says
so instead of forking, and an ordinary kernel serves.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import importlib
import importlib.util
import json
import os
import selectors
import site
import socket
import sys
import sysconfig
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn

from parstudy.kernels.processes import end_with_parent, limit_memory

_LIMIT = 1 << 17  # bytes of a request
_NOTEBOOKS = 8  # templates of notebooks at the same time


def main(control: int, given: str) -> None:
    """Be the root of all kernels until nobody is left who could ask for one.

    Parameters
    ----------
    control : int
        File descriptor of the socket that requests come by.
    given : str
        As JSON: ``arguments`` of the kernel, ``environment`` that runs are to see where it is
        another than this process's, ``warm``: a function ``module:name`` and its arguments.
    """
    end_with_parent(os.getppid())
    gc.disable()  # all that is imported stays
    given_: dict[str, Any] = json.loads(given)
    from parstudy.kernels._child import kernel_app

    state = _State(kernel_app(given_["arguments"]), given_["environment"])
    if given_["warm"]:
        name, *arguments = given_["warm"]
        state.warm(name, arguments)
    gc.enable()
    _Root(state).serve(socket.socket(fileno=control))


class _State:
    """What a template has made ready, and whether it may be forked."""

    def __init__(self, app: Any, environment: Mapping[str, str | None]) -> None:
        self.app = app
        self.environment = environment
        self.refused = ""

    def warm(self, name: str, arguments: Sequence[str]) -> None:
        """Call a function; what fails here will fail in the run as well, and be told there."""
        module, _, function = name.partition(":")
        with contextlib.suppress(Exception):
            getattr(importlib.import_module(module), function)(*arguments)
        self.look()

    def load(self, names: Sequence[str]) -> None:
        """Import what runs imported, as far as it does not belong to a notebook."""
        for name in names:
            if name not in sys.modules and _installed(name):
                # what can be imported in one place only is left to the run
                with contextlib.suppress(Exception):
                    importlib.import_module(name)
        self.look()

    def look(self) -> None:
        """See that no thread is running; keep the collector away from pages that are shared."""
        gc.collect()
        gc.freeze()
        threads = len(os.listdir("/proc/self/task"))  # noqa: PTH208
        if threads > 1:
            self.refused = f"{threads} threads are running in the template"

    def in_child(self, own: Mapping[str, str]) -> None:
        """Make a fork look like a process that was started for itself."""
        for name, value in self.environment.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        os.environ.update(own)
        if "numpy.random" in sys.modules:
            # else all runs would draw the same "random" numbers; random itself knows of forks
            sys.modules["numpy.random"].seed()


def _installed(name: str) -> bool:
    """Whether a module is a library's, not one that lies beside a notebook."""
    top = name.partition(".")[0]
    if top in sys.stdlib_module_names or top == __name__.partition(".")[0]:
        return True
    try:
        spec = importlib.util.find_spec(top)
    except (ImportError, ValueError):
        return False
    if spec is None:
        return False
    origin = spec.origin or next(iter(spec.submodule_search_locations or ()), None)
    return origin is not None and any(Path(origin).is_relative_to(p) for p in _places())


def _places() -> set[str]:
    paths = sysconfig.get_paths()
    found = {paths["purelib"], paths["platlib"], *site.getsitepackages()}
    if site.ENABLE_USER_SITE:
        found.add(site.getusersitepackages())
    return found


class _Server:
    """Waits for requests and for the ends of those it has forked."""

    def __init__(self, state: _State) -> None:
        self.state = state
        self.waiting = selectors.DefaultSelector()
        self.forked = 0
        self._held: set[Any] = set()

    def watch(self, file: Any, what: Callable[[], None]) -> None:
        """Call a function whenever there is something to read."""
        self._held.add(file)
        self.waiting.register(file, selectors.EVENT_READ, what)

    def forget(self, file: Any) -> None:
        """Close a file that was watched."""
        self.waiting.unregister(file)
        self._held.discard(file)
        _close(file)

    def fork(self) -> int:
        """Fork; the child holds none of the template's files."""
        parent = os.getpid()
        pid = os.fork()
        if pid:
            return pid
        end_with_parent(parent)
        self.waiting.close()
        for file in self._held:
            _close(file)
        self._held.clear()
        return 0

    def start(self, status: int, work: Callable[[], None]) -> None:
        """Fork a process for some work; its number and its end are told by way of a pipe."""
        if self.state.refused:
            _tell(status, refused=self.state.refused)
            return
        pid = self.fork()
        if not pid:
            os.close(status)
            _leave(work)
        status = os.dup(status)
        _tell(status, pid=pid)
        self.forked += 1
        ended = os.pidfd_open(pid)
        self._held.add(status)

        def tell_end() -> None:
            self.forget(ended)
            self._held.discard(status)
            self.forked -= 1
            _tell(status, ended=os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
            os.close(status)

        self.watch(ended, tell_end)

    def serve(self, control: socket.socket) -> None:
        """Answer until the socket is closed by the other side."""
        self.watch(control, lambda: self.take(control))
        while control in self._held:
            for key, _ in self.waiting.select():
                key.data()

    def take(self, control: socket.socket) -> None:
        """Read one request."""
        data, files, _, _ = socket.recv_fds(control, _LIMIT, 3)
        if not data:
            self.forget(control)
            return
        self.request(json.loads(data), data, files)
        for file in files:
            os.close(file)

    def request(self, asked: Mapping[str, Any], data: bytes, files: list[int]) -> None:
        """Do what is asked; the files are closed afterwards."""
        raise NotImplementedError


class _Root(_Server):
    """Passes requests on to the template of the notebook."""

    def __init__(self, state: _State) -> None:
        super().__init__(state)
        self._notebooks: dict[str, socket.socket] = {}
        self._spoilt: set[str] = set()

    def request(self, asked: Mapping[str, Any], data: bytes, files: list[int]) -> None:
        if asked["do"] == "attach":
            client = socket.socket(fileno=os.dup(files[0]))
            self.watch(client, lambda: self.take(client))
            return
        if asked["do"] == "call":
            connection, status, way = files
            self.start(status, lambda: self._call(asked, connection, way))
            return
        key = str(asked["key"])
        notebook = self._notebooks.pop(key, None) or self._start(key, str(asked["folder"]))
        self._notebooks[key] = notebook  # the one used last comes last
        try:
            socket.send_fds(notebook, [data], files)
        except OSError:
            self._drop(key)  # who asked sees that nobody answers

    def _call(self, asked: Mapping[str, Any], connection: int, way: int) -> None:
        os.setsid()
        self.state.in_child({})
        asyncio.set_event_loop(asyncio.new_event_loop())  # that of the template is shared
        module, _, function = str(asked["name"]).partition(":")
        call = getattr(importlib.import_module(module), function)
        call(connection, socket.socket(fileno=way), *asked["arguments"])

    def _start(self, key: str, folder: str) -> socket.socket:
        while len(self._notebooks) >= _NOTEBOOKS:
            self._drop(next(iter(self._notebooks)))
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        pid = self.fork()
        if not pid:
            ours.close()
            _leave(lambda: _Notebook(self.state, folder, key in self._spoilt).serve(theirs))
        theirs.close()

        process = os.pidfd_open(pid)

        def left() -> None:
            # it says only one thing: that it has become unfit by what it has learnt
            if ours.recv(1):
                self._spoilt.add(key)
            if self._notebooks.get(key) is ours:
                del self._notebooks[key]
            self.forget(ours)

        def ended() -> None:
            self.forget(process)
            os.waitpid(pid, 0)

        self.watch(ours, left)
        self.watch(process, ended)
        return ours

    def _drop(self, key: str) -> None:
        # it sees that its socket is closed for reading, and ends; then `left` is called
        with contextlib.suppress(OSError):
            self._notebooks.pop(key).shutdown(socket.SHUT_WR)


class _Notebook(_Server):
    """Forks the runs of one notebook, and learns from them what to import before the next."""

    def __init__(self, state: _State, folder: str, unteachable: bool) -> None:
        super().__init__(state)
        self._taught, self._teach = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._teach.setblocking(False)
        self._unteachable = unteachable
        self._control: socket.socket | None = None
        try:
            os.chdir(folder)
        except OSError as error:
            state.refused = str(error)

    def serve(self, control: socket.socket) -> None:
        self._control = control
        self.watch(self._taught, self._learn)
        super().serve(control)
        while self.forked:
            # no more requests; those that are running run to their end
            for key, _ in self.waiting.select():
                key.data()

    def request(self, asked: Mapping[str, Any], data: bytes, files: list[int]) -> None:
        connection, status, log = files
        self.start(status, lambda: self._run(asked, connection, log))

    def _run(self, asked: Mapping[str, Any], connection: int, log: int) -> None:
        os.setsid()
        os.dup2(log, 1)
        os.dup2(log, 2)
        limit_memory(asked.get("memory") or 0)
        self.state.in_child(asked.get("environment") or {})
        before = frozenset(sys.modules)
        self.state.app.connect(socket.socket(fileno=connection))
        self.state.app.serve()
        new = [name for name in sys.modules if name not in before and name != "__main__"]
        with contextlib.suppress(OSError):  # too much, or too many: then not now
            self._teach.send(json.dumps(new).encode())

    def _learn(self) -> None:
        new = json.loads(self._taught.recv(_LIMIT))
        if self._unteachable or self.state.refused:
            return
        self.state.load(new)
        if self.state.refused and self._control is not None:
            # another one takes this one's place, which knows less
            self._control.send(b"x")
            self._control.shutdown(socket.SHUT_RD)


def _tell(status: int, **said: object) -> None:
    with contextlib.suppress(OSError):
        os.write(status, json.dumps(said).encode() + b"\n")


def _close(file: Any) -> None:
    with contextlib.suppress(OSError):
        os.close(file) if isinstance(file, int) else file.close()


def _leave(work: Callable[[], None]) -> NoReturn:
    """Do the work of a fork and end; what the parent has on its stack is not the child's."""
    code = 1
    try:
        work()
        code = 0
    except BaseException:
        import traceback

        traceback.print_exc(file=sys.__stderr__)
        sys.__stderr__.flush()  # type: ignore[union-attr]
    finally:
        os._exit(code)
