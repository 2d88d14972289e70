"""One request, bounded: nothing is sent unasked, every answer has an end, no answer is a path.

A server may be broken, a sign-in page, or somebody who answers in its place. What it sends is taken
up to a size and a time; what it says of names, places and checksums is checked by whoever asks.
"""

from __future__ import annotations

import contextlib
import os
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

from parstudy import __version__
from parstudy.fetch._model import no_library

_SILENCE: Final = 20.0  # seconds without a byte
_BLOCK: Final = 1 << 16
_MOST_REDIRECTS: Final = 5
_ATTEMPTS: Final = 5
_PATIENCE: Final = 3  # times its own size: a download that takes more starts over again and again
_SLOWEST: Final = 20_000  # bytes a second
_OVERHEAD: Final = 60.0  # seconds for everything but the bytes
_LONGEST_PAUSE: Final = 3.0
# a redirect that is not followed is told like any other answer
_MOVED: Final = (301, 302, 303, 307, 308)


class Trouble(Exception):
    """What went wrong with a request.

    Attributes
    ----------
    kind : str
        ``status``, ``no_network``, ``broken``, ``too_large``, ``too_slow`` or ``strange``.
    status : int
        Of the answer, 0 where there is none.
    headers : mapping of str to str
        Of the answer, by names in lower case.
    """

    def __init__(
        self, kind: str, text: str, status: int = 0, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(text[:200])
        self.kind, self.status = kind, status
        self.headers = dict(headers or {})


@dataclass(frozen=True)
class _Answer:
    status: int
    headers: Mapping[str, str]
    raw: Any

    def blocks(self, most: int) -> Iterator[bytes]:
        """The body, up to a size."""
        received = 0
        while block := self.raw.read(_BLOCK, decode_content=False):
            received += len(block)
            if received > most:
                raise Trouble("too_large", f"more than {most:,} bytes")
            yield block


def body(url: str, most: int) -> bytes:
    """Body of a short answer.

    Parameters
    ----------
    url : str
        Address; redirects are followed.
    most : int
        Bytes that it may have.

    Raises
    ------
    Trouble
        If there is no such answer.
    """
    with _answer(url, time.monotonic() + _seconds_for(most)) as answer:
        _expect(answer, 200)
        return b"".join(answer.blocks(most))


def into(url: str, target: Path, *, most: int, check: Callable[[Path], None]) -> None:
    """Download a file; it appears whole and checked, or not at all.

    Parameters
    ----------
    url : str
        Address; redirects are followed.
    target : Path
        Where it goes; the folders above it are made.
    most : int
        Bytes that it may have.
    check : callable
        Looks at what has arrived, and raises if it is not the file.

    Raises
    ------
    Trouble
        If the file cannot be had.
    OSError
        If it cannot be written.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".part-", dir=target.parent)
    os.close(handle)
    part = Path(name)
    try:
        _filled(url, part, most)
        check(part)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def _filled(url: str, part: Path, most: int) -> None:
    """Fill a file; one that breaks off is taken up again where it stopped, some times."""
    until = time.monotonic() + _seconds_for(most)
    received = 0
    for attempt in range(_ATTEMPTS):
        try:
            for size in _continued(url, part, most, until):
                received += size
                if received > _PATIENCE * most:
                    break
            else:
                return
        except Trouble as trouble:
            if trouble.kind != "broken":
                raise
        time.sleep(min(_LONGEST_PAUSE, float(attempt)))
    raise Trouble("broken", "the download breaks off again and again")


def _continued(url: str, part: Path, most: int, until: float) -> Iterator[int]:
    """Append what is lacking of a file; sizes of the blocks that arrive."""
    have = part.stat().st_size
    with _answer(url, until, {"Range": f"bytes={have}-"} if have else {}) as answer:
        goes_on = answer.status == 206 and answer.headers.get("content-range", "").startswith(
            f"bytes {have}-"
        )
        if not goes_on:
            _expect(answer, 200)
            have = 0
        with part.open("ab" if goes_on else "wb") as stream:
            for block in answer.blocks(most - have):
                stream.write(block)
                yield len(block)


def _seconds_for(most: int) -> float:
    return _OVERHEAD + most / _SLOWEST


def _expect(answer: _Answer, status: int) -> None:
    if answer.status != status:
        raise Trouble("status", f"answer {answer.status}", answer.status, answer.headers)


@contextlib.contextmanager
def _answer(url: str, until: float, headers: Mapping[str, str] | None = None) -> Iterator[_Answer]:
    """An answer whose headers have arrived; redirects are followed, as far as they lead on."""
    try:
        import requests
        import urllib3
    except ImportError:
        raise no_library("downloads need", "requests") from None
    late = threading.Event()
    try:
        with _session(until, late) as session:
            for _ in range(_MOST_REDIRECTS + 1):
                response = session.get(
                    url,
                    headers={"User-Agent": f"parstudy/{__version__}", **(headers or {})},
                    proxies=requests.utils.get_environ_proxies(url),
                    verify=os.environ.get("REQUESTS_CA_BUNDLE") or True,
                    timeout=_SILENCE,
                    stream=True,
                    allow_redirects=False,
                )
                with response:
                    place = response.headers.get("location", "")
                    if response.status_code in _MOVED and place:
                        url = _next(url, place)
                        continue
                    if response.headers.get("content-encoding", "identity") != "identity":
                        raise Trouble("strange", "a packed answer, which was not asked for")
                    told = {k.lower(): v for k, v in response.headers.items()}
                    yield _Answer(response.status_code, told, response.raw)
                    return
        raise Trouble("strange", f"more than {_MOST_REDIRECTS} redirects")
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError) as error:
        if late.is_set():
            raise Trouble("too_slow", "no whole answer in the time that it may take") from None
        trouble = _trouble(error)
        if trouble is None:
            raise
        raise trouble from None


def _next(url: str, place: str) -> str:
    """Address that a redirect leads to."""
    onward = urljoin(url, place)
    parts = urlsplit(onward)
    weaker = urlsplit(url).scheme == "https" and parts.scheme != "https"
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc or weaker:
        raise Trouble("strange", f"it sends on to {onward[:100]!r}")
    return onward


def _trouble(error: Exception) -> Trouble | None:
    """What a library says in one of the kinds; None for a disk that is full."""
    import requests
    import urllib3

    inner = error.args[0] if isinstance(error, requests.ConnectionError) and error.args else error
    if isinstance(inner, urllib3.exceptions.ProtocolError) or isinstance(
        error, requests.exceptions.ChunkedEncodingError
    ):
        return Trouble("broken", "the connection broke off")
    if isinstance(
        error, (requests.ConnectionError, requests.Timeout, urllib3.exceptions.TimeoutError)
    ):
        reason = getattr(inner, "reason", None) or inner
        return Trouble("no_network", str(reason).rpartition(": ")[2] or type(error).__name__)
    network = (requests.RequestException, urllib3.exceptions.HTTPError)
    if isinstance(error, network) or not isinstance(error, OSError):
        return Trouble("strange", str(error))
    return None


@contextlib.contextmanager
def _session(until: float, late: threading.Event) -> Iterator[Any]:
    """A session that sends neither cookies nor passwords, and ends when its time is over.

    A server that sends a byte now and then never runs into the limit of silence: when the time is
    over, the connections are shut from outside.
    """
    import requests

    opened: list[socket.socket] = []

    def shut() -> None:
        """End all connections."""
        late.set()
        for one in opened:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    watch = threading.Timer(max(0.0, until - time.monotonic()), shut)
    watch.daemon = True
    session = requests.Session()
    # no ~/.netrc, whose passwords would be sent; proxies are given with each request
    session.trust_env = False
    session.headers.clear()
    session.headers.update({"Accept": "*/*", "Accept-Encoding": "identity"})
    for scheme in ("http://", "https://"):
        session.mount(scheme, _adapter(opened))
    watch.start()
    try:
        with session:
            yield session
    finally:
        watch.cancel()
        for one in opened:
            one.close()


def _adapter(opened: list[socket.socket]) -> Any:
    """What makes the connections of a session, and keeps a second hold on each."""
    from requests.adapters import HTTPAdapter
    from urllib3.connection import HTTPConnection, HTTPSConnection
    from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

    class Held:
        """A connection of which a hold is kept."""

        def _new_conn(self) -> socket.socket:
            made: socket.socket = super()._new_conn()  # type: ignore[misc]
            opened.append(made.dup())
            return made

    class Plain(Held, HTTPConnection):
        """Without encryption."""

    class Secure(Held, HTTPSConnection):
        """With encryption."""

    class PlainPool(HTTPConnectionPool):
        """Of connections without encryption."""

        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        """Of connections with encryption."""

        ConnectionCls = Secure

    class Adapter(HTTPAdapter):
        """Makes connections that are held."""

        def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
            super().init_poolmanager(*arguments, **options)
            self.poolmanager.pool_classes_by_scheme = {"http": PlainPool, "https": SecurePool}

        def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
            manager = super().proxy_manager_for(proxy, **options)
            manager.pool_classes_by_scheme = {"http": PlainPool, "https": SecurePool}
            return manager

    return Adapter()
