"""The side that asks a template for kernels and talks to them, as nbclient talks to any kernel."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from parstudy.kernels._wire import IOPUB, KEY, SHELL, Unpacker, packed
from parstudy.kernels.ordinary import ARGUMENTS, PLAIN
from parstudy.leavings import mark, temporary

_START = """\
import sys
if sys.path and not sys.path[0]:
    del sys.path[0]
from parstudy.kernels.processes import end_with_parent
end_with_parent({parent})  # also while it imports what takes long
from parstudy.kernels._template import main
main({control}, {given!r})
"""
_PIECE = 1 << 20
_ANSWER = 120.0  # seconds that a template may take for the imports of a notebook
_LEAVE = 2.0  # seconds that a child may take to leave by itself
_IDENTITY = b"client"

# what BLAS libraries and Arrow start threads by; a process with threads cannot be forked
_ONE_THREAD = {
    **dict.fromkeys(
        (
            "OMP_NUM_THREADS",
            "OPENBLAS_NUM_THREADS",
            "MKL_NUM_THREADS",
            "NUMEXPR_NUM_THREADS",
            "VECLIB_MAXIMUM_THREADS",
        ),
        "1",
    ),
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}


class NotForked(Exception):
    """There is no kernel to be had from the template; an ordinary one serves."""


def can_fork() -> bool:
    """Whether kernels can be forked here at all."""
    wanted = os.environ.get("PARSTUDY_KERNELS", "fork")
    return sys.platform == "linux" and wanted != "ordinary" and hasattr(os, "pidfd_open")


class Template:
    """A running template, or a way to one that another process has started.

    Parameters
    ----------
    control : socket
        Where requests go.
    process : Popen, optional
        The template, if it is ours to end.
    """

    def __init__(
        self, control: socket.socket, process: subprocess.Popen[bytes] | None = None
    ) -> None:
        self._control = control
        self._process = process
        self._private: tempfile.TemporaryDirectory[str] | None = None

    @classmethod
    def start(
        cls,
        environment: Mapping[str, str],
        *,
        warm: Sequence[str] = (),
        private: bool = True,
    ) -> Template:
        """Start a template.

        Parameters
        ----------
        environment : Mapping
            Of the kernels.
        warm : sequence of str
            ``module:function`` to call before anything is forked, and its arguments.
        private : bool
            Whether the user's own configuration of IPython is kept out.
        """
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        folder = None
        environment = dict(environment)
        if private:
            folder = tempfile.TemporaryDirectory(
                prefix=f"ps{mark()}-", dir=temporary(), ignore_cleanup_errors=True
            )
            environment["IPYTHONDIR"] = folder.name
        given = {
            # a kernel of somebody else's is what papermill would have started
            "arguments": list(ARGUMENTS if private else PLAIN),
            "environment": {name: environment.get(name) for name in _ONE_THREAD},
            "warm": list(warm),
        }
        with theirs:
            process = subprocess.Popen(
                [
                    sys.executable,
                    "-c",
                    _START.format(
                        parent=os.getpid(), control=theirs.fileno(), given=json.dumps(given)
                    ),
                ],
                env=environment | _ONE_THREAD,
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        template = cls(ours, process)
        template._private = folder
        return template

    def way(self) -> socket.socket:
        """A socket by which another process can ask the same template."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs, contextlib.suppress(OSError):
            self._ask({"do": "attach"}, theirs.fileno())
        return ours

    def fork(
        self,
        key: str,
        folder: str,
        *,
        environment: Mapping[str, str] | None = None,
        memory: int = 0,
        log: int | None = None,
    ) -> Forked:
        """Fork a kernel.

        Parameters
        ----------
        key : str
            Runs with the same key teach the template what the others will import.
        folder : str
            Working directory.
        environment : Mapping, optional
            What is different from the template's.
        memory : int
            Bytes that the kernel may take; 0 for no limit.
        log : int, optional
            File descriptor for what the process says beside its notebook.

        Raises
        ------
        NotForked
            If the template is gone, or must not be forked.
        """
        log = os.open(os.devnull, os.O_WRONLY) if log is None else os.dup(log)
        asked = {"key": key, "folder": folder, "memory": memory, "environment": environment or {}}
        return self._forked({"do": "fork", **asked}, log)

    def call(self, name: str, *arguments: Any) -> Forked:
        """Fork a process that calls a function, with all that was imported and read.

        Parameters
        ----------
        name : str
            ``module:function``. It is called with the file descriptor of a socket, whose other
            end is that of what is given back, with a way to the template, and with the arguments.
        *arguments
            What JSON can hold.

        Raises
        ------
        NotForked
            If the template is gone, or must not be forked.
        """
        asked = {"do": "call", "name": name, "arguments": arguments}
        return self._forked(asked, self.way().detach())

    def _forked(self, asked: Mapping[str, Any], third: int) -> Forked:
        """Ask for a process; the third file is handed to it and closed here."""
        connection, theirs = socket.socketpair()
        status, told = os.pipe()
        try:
            self._ask(asked, theirs.fileno(), told, third)
        except OSError as error:
            connection.close()
            os.close(status)
            raise NotForked(f"the template is gone: {error}") from error
        finally:
            theirs.close()
            os.close(told)
            os.close(third)
        return Forked(connection, status)

    def _ask(self, asked: Mapping[str, Any], *files: int) -> None:
        socket.send_fds(self._control, [json.dumps(asked).encode()], files)

    def __enter__(self) -> Template:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Let the template go, and every kernel that it has forked."""
        self._control.close()
        if self._process is not None:
            self._process.kill()  # its children go with it
            self._process.wait()
        if self._private is not None:
            self._private.cleanup()


class Forked:
    """A forked process: socket, and what the template says of it.

    Attributes
    ----------
    pid : int
        Its process, which leads a group of its own.
    exit_code : int or None
        None while it runs.
    lost : bool
        Whether it ended because its template did, for which it cannot be blamed.

    Raises
    ------
    NotForked
        If the template has not forked it.
    """

    def __init__(self, connection: socket.socket, status: int) -> None:
        self.connection = connection
        self.exit_code: int | None = None
        self.lost = False
        self._status = status
        self._said = b""
        os.set_blocking(status, False)
        first = self._wait(_ANSWER)
        if "pid" not in first:
            self.close()
            raise NotForked(str(first.get("refused", "the template does not answer")))
        self.pid = int(first["pid"])

    def alive(self) -> bool:
        """Whether it still runs."""
        if self.exit_code is None and self._status >= 0:
            said = self._wait(0)
            if said:
                self._ended(said)
        return self.exit_code is None and self._status >= 0

    def wait(self, seconds: float) -> None:
        """Give it some time to end."""
        if self.alive():
            self._ended(self._wait(seconds))

    def _wait(self, seconds: float) -> dict[str, Any]:
        """Next line of the template; empty if there is none, ``lost`` if it is gone."""
        import select

        deadline = time.monotonic() + seconds
        while b"\n" not in self._said:
            left = deadline - time.monotonic()
            ready, _, _ = select.select([self._status], [], [], max(0.0, left))
            if not ready:
                return {}
            piece = os.read(self._status, 4096)
            if not piece:
                return {"lost": True}
            self._said += piece
        line, _, self._said = self._said.partition(b"\n")
        said: dict[str, Any] = json.loads(line)
        return said

    def _ended(self, said: Mapping[str, Any]) -> None:
        self.lost = "lost" in said
        if self.lost or "ended" in said:
            self.exit_code = int(said.get("ended", -signal.SIGKILL))

    def signal(self, number: int) -> None:
        """Send a signal to the kernel and what it has started."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, number)

    def end(self, *, gently: bool) -> None:
        """End it, and everything that it has started."""
        if self.alive() and gently:
            # it tells the template what it has imported, and leaves
            with contextlib.suppress(OSError):
                self.connection.shutdown(socket.SHUT_WR)
            self.wait(_LEAVE)
        self.signal(signal.SIGKILL)
        self.close()

    def close(self) -> None:
        """Close what was opened for it."""
        self.connection.close()
        if self._status >= 0:
            os.close(self._status)
            self._status = -1


class _Channel:
    """Messages of one kind that have arrived; what nbclient takes for a ZeroMQ channel."""

    def __init__(self, client: ForkedClient) -> None:
        self._client = client
        self.arrived: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    async def get_msg(self, timeout: float | None = None) -> dict[str, Any]:
        """Wait for the next message.

        Raises
        ------
        queue.Empty
            If none comes in time.
        """
        from queue import Empty

        try:
            return await asyncio.wait_for(self.arrived.get(), timeout)
        except TimeoutError:
            raise Empty from None

    def send(self, message: Mapping[str, Any]) -> None:
        """Send a message to the kernel."""
        self._client.send(message)


class ForkedClient:
    """What nbclient wants of a client, over one socket."""

    allow_stdin = False

    def __init__(self, kernel: Forked) -> None:
        from jupyter_client.session import Session  # slow, and a template is wanted soon

        self.session = Session(key=KEY)
        self._kernel = kernel
        self._unpacker = Unpacker()
        self._loop: asyncio.AbstractEventLoop | None = None
        self.shell_channel = _Channel(self)
        self.iopub_channel = _Channel(self)
        self.control_channel = self.stdin_channel = self.shell_channel

    async def start_channels(self) -> None:
        """Listen to the kernel."""
        self._loop = asyncio.get_running_loop()
        self._kernel.connection.setblocking(False)
        self._loop.add_reader(self._kernel.connection, self._read)

    def stop_channels(self) -> None:
        """Listen no more."""
        if self._loop is not None:
            self._loop.remove_reader(self._kernel.connection)
            self._loop = None

    def _read(self) -> None:
        try:
            piece = self._kernel.connection.recv(_PIECE)
        except BlockingIOError:
            return
        except OSError:
            piece = b""
        if not piece:
            self.stop_channels()
            return
        for channel, frames in self._unpacker.feed(piece):
            _, parts = self.session.feed_identities(frames)
            message = self.session.deserialize(parts)
            arrived = {SHELL: self.shell_channel, IOPUB: self.iopub_channel}[channel].arrived
            arrived.put_nowait(message)

    def send(self, message: Mapping[str, Any]) -> None:
        """Send a message to the kernel; one that is gone is found out by waiting for it."""
        parcel = packed(SHELL, self.session.serialize(dict(message), ident=_IDENTITY))
        connection = self._kernel.connection
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            connection.setblocking(True)
            try:
                connection.sendall(parcel)
            finally:
                connection.setblocking(False)

    def _request(self, kind: str, content: Mapping[str, Any]) -> str:
        message = self.session.msg(kind, dict(content))
        self.send(message)
        return str(message["header"]["msg_id"])

    def execute(
        self,
        code: str,
        silent: bool = False,
        store_history: bool = True,
        user_expressions: Mapping[str, str] | None = None,
        allow_stdin: bool | None = None,
        stop_on_error: bool = True,
    ) -> str:
        """Ask for the execution of code; gives the id of the request."""
        return self._request(
            "execute_request",
            {
                "code": code,
                "silent": silent,
                "store_history": store_history,
                "user_expressions": dict(user_expressions or {}),
                "allow_stdin": self.allow_stdin if allow_stdin is None else allow_stdin,
                "stop_on_error": stop_on_error,
            },
        )

    def kernel_info(self) -> str:
        """Ask what kernel it is; gives the id of the request."""
        return self._request("kernel_info_request", {})

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Wait for nothing: requests wait in the socket."""

    async def is_alive(self) -> bool:
        """Whether the kernel runs."""
        return self._kernel.alive()


class ForkedManager:
    """What nbclient wants of a kernel's manager."""

    def __init__(self, template: Template, key: str) -> None:
        self._template = template
        self._key = key
        self.kernel: Forked | None = None
        self.gently = False
        self._lost = False

    @property
    def has_kernel(self) -> bool:
        """Whether there is one."""
        return self.kernel is not None

    @property
    def lost(self) -> bool:
        """Whether the kernel ended because its template did."""
        return self._lost or (self.kernel is not None and self.kernel.lost)

    async def start_kernel(
        self,
        *,
        cwd: str | None = None,
        env: Mapping[str, str] | None = None,
        memory: int = 0,
        stdout: Any = None,
        **_: Any,
    ) -> None:
        """Fork it."""
        log = None if stdout is None else stdout.fileno()
        self.kernel = self._template.fork(
            self._key,
            cwd or str(Path.cwd()),
            environment=env,
            memory=memory,
            log=log,
        )

    def client(self) -> ForkedClient:
        """Someone to talk to it."""
        assert self.kernel is not None
        return ForkedClient(self.kernel)

    async def is_alive(self) -> bool:
        """Whether it runs."""
        return self.kernel is not None and self.kernel.alive()

    async def interrupt_kernel(self) -> None:
        """Stop the cell that runs."""
        if self.kernel is not None:
            self.kernel.signal(signal.SIGINT)

    async def shutdown_kernel(self, now: bool = False, restart: bool = False) -> None:
        """End it."""
        if self.kernel is not None:
            self.kernel.end(gently=self.gently)

    async def cleanup_resources(self, restart: bool = False) -> None:
        """Leave nothing open."""
        if self.kernel is not None:
            self._lost = self.lost
            self.kernel.end(gently=False)
            self.kernel = None


__all__ = ["Forked", "ForkedManager", "NotForked", "Template", "can_fork"]
