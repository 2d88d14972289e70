"""What a forked child does: it is IPython's own kernel, with one socket in place of five.

Shell, display hook, display publisher, streams, comms and matplotlib's back end are those of
ipykernel, so what a cell gives is what it gives in an ordinary kernel.
"""

from __future__ import annotations

import asyncio
import fcntl
import logging
import os
import socket
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import traitlets
import zmq
from ipykernel.displayhook import ZMQDisplayHook
from ipykernel.iostream import BackgroundSocket, IOPubThread, OutStream
from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp
from tornado.ioloop import IOLoop

from parstudy.kernels._wire import IOPUB, KEY, SHELL, Unpacker, packed

_PIECE = 1 << 16


class _Wire:
    """The socket; threads and forked processes of the notebook write to it in turn."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self._threads = threading.Lock()
        # such a lock belongs to a process and ends with it, so that one that was killed while
        # it wrote holds up nobody
        self._processes = tempfile.TemporaryFile()  # noqa: SIM115

    def send(self, channel: int, frames: Sequence[Any]) -> None:
        parcel = packed(channel, [bytes(frame) for frame in frames])
        with self._threads:
            fcntl.lockf(self._processes, fcntl.LOCK_EX)
            try:
                self.connection.sendall(parcel)
            finally:
                fcntl.lockf(self._processes, fcntl.LOCK_UN)


class _Channel:
    """What ipykernel takes for a ZeroMQ socket; it sends once there is a wire."""

    wire: _Wire

    def __init__(self, number: int) -> None:
        self._number = number

    def send_multipart(self, frames: Sequence[Any], *_: Any, **__: Any) -> None:
        self.wire.send(self._number, frames)

    def flush(self, *_: Any) -> None:
        """Everything is sent at once."""


class _Publisher(IOPubThread):  # type: ignore[misc]
    """Sends what cells show, from a thread, as ipykernel does; without ZeroMQ."""

    def __init__(self, channel: _Channel) -> None:
        self.socket = channel
        self.background_socket = BackgroundSocket(self)
        self._pipe_flag = False
        # nothing may run in the template: neither the thread nor its loop
        self.io_loop: Any = None
        self.thread = threading.Thread(name="IOPub", daemon=True)

    def start(self) -> None:
        self._master_pid = os.getpid()
        self.io_loop = IOLoop(make_current=False)
        self.thread = threading.Thread(target=self.io_loop.start, name="IOPub", daemon=True)
        self.thread.start()

    def schedule(self, f: Callable[[], object]) -> None:
        if self.thread.is_alive() and os.getpid() == self._master_pid:
            self.io_loop.add_callback(f)
        else:
            f()


class _Kernel(IPythonKernel):  # type: ignore[misc]
    """IPython's kernel, which asks nothing of its streams but that they send."""

    shell_stream = traitlets.Any()
    # there is one shell, and its thread is this one
    _supports_kernel_subshells = False

    def _abort_queues(self, subshell_id: str | None = None) -> None:
        """Nothing waits behind a cell that failed: the next one is sent when it is wanted."""


class _App(IPKernelApp):  # type: ignore[misc]
    """IPython's kernel application; it is made in the template, and connected in the child."""

    name = IPKernelApp.name

    def init_connection_file(self) -> None:
        self.session.key = KEY

    def write_connection_file(self, **_: Any) -> None:
        """Nobody else connects."""

    def log_connection_info(self) -> None:
        """Nobody else connects."""

    def init_poller(self) -> None:
        """The child ends when its socket is closed."""

    def init_heartbeat(self) -> None:
        """The parent sees whether the child lives."""

    def init_sockets(self) -> None:
        self.shell_socket = _Channel(SHELL)
        self.iopub_thread = _Publisher(_Channel(IOPUB))
        self.iopub_socket = self.iopub_thread.background_socket
        self.configure_tornado_logger()

    def init_io(self) -> None:
        # the streams belong to the child; what the template says itself is not for readers
        self.displayhook = ZMQDisplayHook(self.session, self.iopub_socket)
        self.patch_io()

    def init_kernel(self) -> None:
        self.kernel = _Kernel.instance(
            parent=self,
            session=self.session,
            shell_stream=self.shell_socket,
            iopub_thread=self.iopub_thread,
            iopub_socket=self.iopub_socket,
            stdin_socket=self.shell_socket,
            log=self.log,
            profile_dir=self.profile_dir,
            user_ns=self.user_ns,
        )
        self.kernel.shell_channel_thread = SimpleNamespace(parent_thread=threading.main_thread())
        self.displayhook.get_execution_count = lambda: self.kernel.execution_count

    def connect(self, connection: socket.socket) -> None:
        """Take up the child's own socket and streams."""
        asyncio.set_event_loop(asyncio.new_event_loop())
        log = os.dup(2)
        wire = _Wire(connection)
        self.shell_socket.wire = self.iopub_thread.socket.wire = wire
        self.session.pid = os.getpid()
        self.iopub_thread.start()
        sys.stdout = OutStream(self.session, self.iopub_thread, "stdout")
        sys.stderr = OutStream(self.session, self.iopub_thread, "stderr")
        self.kernel._stdout, self.kernel._stderr = sys.stdout, sys.stderr
        sys.displayhook = self.displayhook
        for handler in self.log.handlers:
            if isinstance(handler, logging.StreamHandler):
                # what the kernel itself says is not for readers
                handler.setStream(os.fdopen(log, "w"))

    def serve(self) -> None:
        """Execute what is asked for until the socket is closed."""
        kernel = self.kernel
        connection = self.shell_socket.wire.connection
        kernel.shell.exit_now = False
        kernel.io_loop = loop = IOLoop.current()
        waiting: asyncio.Queue[list[bytes] | None] = asyncio.Queue()
        unpacker = Unpacker()

        def read() -> None:
            piece = connection.recv(_PIECE)
            for _, frames in unpacker.feed(piece):
                waiting.put_nowait(frames)
            if not piece:
                loop.remove_handler(connection.fileno())
                waiting.put_nowait(None)

        async def answer() -> None:
            while (frames := await waiting.get()) is not None:
                await kernel.dispatch_shell([zmq.Frame(frame) for frame in frames])
            loop.stop()

        loop.add_handler(connection.fileno(), lambda *_: read(), IOLoop.READ)
        loop.add_callback(answer)
        loop.start()


def kernel_app(arguments: Sequence[str]) -> _App:
    """Make a kernel that only has to be connected, in a process that will fork.

    Parameters
    ----------
    arguments : sequence of str
        Arguments of ipykernel, such as ``--HistoryManager.enabled=False``.
    """
    app: _App = _App.instance()
    app.initialize(list(arguments))
    return app
