"""Open panels on the Hugging Face Hub: list, recognise by columns, download, verify.

A repository is asked for its newest revision once; everything after that names the commit. The
file is the one whose header has the catalogue's columns. What arrives is checked against the size
and the checksum that the listing gives (SHA-256, or git's own of the blob).
"""

from __future__ import annotations

import contextlib
import csv
import hashlib
import io
import os
import re
import time
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from parstudy.errors import FetchError, ReleaseError
from parstudy.fetch import _catalogue
from parstudy.releases.formats.encodings import decode
from parstudy.text import suggest

_SECONDS = 20.0
_PATIENCE = 3  # times its own size: a download that takes more starts over again and again
_PAUSES = (1.0, 3.0)  # seconds before the listing is asked for again
_BUSY = (500, 502, 503, 504)
_LONGEST_WAIT = 30.0  # seconds that a busy Hub may ask for
_RESET = re.compile(r"\bt=([0-9]+)")  # seconds, in the header ratelimit: "api";r=0;t=55
_MARKS = (",", ";", "\t")


@dataclass(frozen=True)
class Found:
    """The file that holds a panel."""

    path: Path
    file: str
    repository: str
    revision: str
    url: str
    page: str
    published_on: str
    notes: tuple[str, ...] = ()


def panel(entry: _catalogue.Entry, cache: Path, endpoint: str | None = None) -> Found:
    """Bring the panel's file into the cache.

    Parameters
    ----------
    entry : Entry
        Catalogue entry of kind ``hub``.
    cache : Path
        Folder for downloads.
    endpoint : str, optional
        Address of the Hub; else the environment variable ``HF_ENDPOINT``, else the catalogue's.

    Raises
    ------
    FetchError
        ``no_library``, ``no_network``, ``offline``, ``no_repository``, ``sign_in_needed``,
        ``refused``, ``not_a_hub``, ``missing_file``, ``broken_download``, ``not_written``,
        ``empty_repository``, ``no_panel``, ``two_panels``.
    """
    address = (endpoint or os.environ.get("HF_ENDPOINT") or _catalogue.hub_endpoint()).rstrip("/")
    with _quietly(entry, address) as hub:
        info = _listing(hub, entry, address)
        if not info.sha or not info.siblings:
            raise FetchError(
                "empty_repository",
                "the repository lists no files",
                place=f"{address}/datasets/{info.id}",
                expected="a CSV file",
                advice=_OTHER_WAY.format(name=entry.name),
            )
        notes = []
        if info.id != entry.repository:
            notes.append(f"the repository {entry.repository} has moved to {info.id}")
        candidates = sorted(
            (s for s in info.siblings if s.rfilename.lower().endswith(".csv")),
            key=lambda s: str(s.rfilename),
        )
        downloaded = []
        for sibling in candidates:
            if (sibling.size or 0) > _catalogue.largest_bytes():
                notes.append(f"{sibling.rfilename} is too large for a panel: not looked into")
                continue
            path = Path(
                hub.hf_hub_download(
                    info.id,
                    sibling.rfilename,
                    repo_type="dataset",
                    revision=info.sha,
                    cache_dir=cache / "hub",
                    endpoint=address,
                    token=False,
                    etag_timeout=_SECONDS,
                    tqdm_class=_bounded(sibling.rfilename),
                )
            )
            _verify(path, sibling, f"{info.id} {sibling.rfilename}")
            downloaded.append((path, sibling.rfilename))
        file = recognise(
            entry, [(p, name) for p, name in downloaded], place=f"{address}/datasets/{info.id}"
        )
        name = dict(downloaded)[file]
        return Found(
            path=file,
            file=name,
            repository=info.id,
            revision=info.sha,
            url=hub.hf_hub_url(
                info.id, name, repo_type="dataset", revision=info.sha, endpoint=address
            ),
            page=f"{address}/datasets/{info.id}",
            published_on=info.last_modified.date().isoformat() if info.last_modified else "",
            notes=tuple(notes),
        )


def _listing(hub: Any, entry: _catalogue.Entry, address: str) -> Any:
    """What the repository holds; asked again where the Hub is busy, as the library asks."""
    for pause in _PAUSES:
        try:
            return _asked(hub, entry, address)
        except hub.errors.HfHubHTTPError as error:
            if error.response.status_code not in _BUSY:
                raise
        time.sleep(pause)
    return _asked(hub, entry, address)


def _asked(hub: Any, entry: _catalogue.Entry, address: str) -> Any:
    return hub.HfApi(endpoint=address, token=False).dataset_info(
        entry.repository, files_metadata=True, timeout=_SECONDS, token=False
    )


def recognise(entry: _catalogue.Entry, files: Sequence[tuple[Path, str]], place: str) -> Path:
    """Find the one file whose header has all columns of the panel.

    Parameters
    ----------
    entry : Entry
        Catalogue entry of kind ``hub``.
    files : sequence of (Path, str)
        CSV files and what they are called.
    place : str
        Where they come from, for messages.

    Raises
    ------
    FetchError
        ``no_panel`` (with the columns that the nearest file lacks), ``two_panels``.
    """
    assert entry.panel is not None
    wanted = entry.panel.headers
    heads = {path: header(path) for path, _ in files}
    found = [path for path, _ in files if set(wanted) <= set(heads[path])]
    names = dict(files)
    if len({path.read_bytes() for path in found}) > 1:
        raise FetchError(
            "two_panels",
            "several files have the columns of the panel, and they differ",
            place=place,
            found=", ".join(names[p] for p in found),
            expected="one",
            advice=f"Put the right one into a folder of its own and use --from FOLDER with "
            f"`parstudy fetch {entry.name}`",
        )
    if found:
        return found[0]
    if not files:
        raise FetchError(
            "no_panel",
            "there is no CSV file",
            place=place,
            expected=f"one with the columns {', '.join(wanted)}",
        )
    best = max(heads, key=lambda p: len(set(wanted) & set(heads[p])))
    lacking = [h for h in wanted if h not in heads[best]]
    left = [h for h in heads[best] if h not in wanted]
    almost = 2 * len(lacking) <= len(wanted)
    near = [f"{h!r}: nearest is {suggest(h, left)}" for h in lacking[:3] if left]
    raise FetchError(
        "no_panel",
        "no file has the columns of the panel"
        + (": a column has been renamed or left out" if almost else ""),
        place=f"{place} {names[best]}",
        found="; ".join(near) if almost and near else ", ".join(heads[best][:12]),
        expected=", ".join(lacking if almost else wanted),
        advice="The figures that were fetched before stay; a corrected copy can be read "
        f"by `parstudy fetch {entry.name} --from FOLDER`",
    )


def header(path: Path) -> list[str]:
    """Cells of the first line of a CSV file; nothing where there is none."""
    with path.open("rb") as handle:
        first = handle.read(65536).split(b"\n")[0]
    try:
        text = decode(first, path.name, "").strip("\r\n").partition("\r")[0]
        mark = max(_MARKS, key=text.count)
        return [c.strip() for c in next(csv.reader(io.StringIO(text), delimiter=mark), [])]
    except (ReleaseError, csv.Error):
        return []


_OTHER_WAY = "A copy of the CSV file can be read by `parstudy fetch {name} --from FOLDER`"


@contextlib.contextmanager
def _quietly(entry: _catalogue.Entry, address: str) -> Iterator[Any]:
    """The library without bars, log lines and tracebacks: what goes wrong is one FetchError."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import huggingface_hub
            from huggingface_hub import constants
            from huggingface_hub.utils import logging
    except ImportError:
        raise FetchError(
            "no_library",
            "the Hugging Face Hub needs one more library",
            found="huggingface_hub is not installed",
            expected="parstudy with its extra `fetch`",
            advice='Install it: pip install "parstudy[fetch]"',
        ) from None
    before = (
        logging.get_verbosity(),
        constants.HF_HUB_DISABLE_TELEMETRY,
        constants.HF_HUB_DISABLE_XET,
    )
    logging.set_verbosity(50)
    constants.HF_HUB_DISABLE_TELEMETRY = True  # requests do not tell what else is installed
    # the Hub's other way to transfer large files: another server, which no network rule knows
    constants.HF_HUB_DISABLE_XET = True
    try:
        with warnings.catch_warnings(), _impatient(huggingface_hub.get_session(), entry, address):
            warnings.simplefilter("ignore")
            yield huggingface_hub
    except FetchError:
        raise
    except Exception as error:
        raise _told(error, entry, address) from None
    finally:
        logging.set_verbosity(before[0])
        constants.HF_HUB_DISABLE_TELEMETRY, constants.HF_HUB_DISABLE_XET = before[1:]


@contextlib.contextmanager
def _impatient(client: Any, entry: _catalogue.Entry, address: str) -> Iterator[None]:
    """The library waits as long as a busy Hub asks, without a word: some seconds only."""

    def look(response: Any) -> None:
        if response.status_code != 429:
            return
        told = _RESET.search(response.headers.get("ratelimit", ""))
        after = told[1] if told else response.headers.get("retry-after", "")
        wait = float(after) if after.isdigit() else 0.0
        if wait > _LONGEST_WAIT:
            raise FetchError(
                "refused",
                "the Hub has been asked too often",
                place=f"{address}/datasets/{entry.repository}",
                found=f"answer 429: to be asked again in {wait:.0f} seconds",
                advice="Try again then. What was fetched before stays as it is. "
                + _OTHER_WAY.format(name=entry.name),
            )

    hooks = client.event_hooks
    client.event_hooks = {**hooks, "response": [*hooks.get("response", []), look]}
    try:
        yield
    finally:
        client.event_hooks = hooks


def _told(error: Exception, entry: _catalogue.Entry, address: str) -> Exception:
    """One clear error for whatever the library raised; anything else as it is."""
    import httpx2
    from huggingface_hub import errors

    place = f"{address}/datasets/{entry.repository}"
    stay = "What was fetched before stays as it is. " + _OTHER_WAY.format(name=entry.name)
    status = None
    cause: BaseException | None = error
    while cause is not None and status is None:
        status = getattr(getattr(cause, "response", None), "status_code", None)
        cause = cause.__cause__
    cause = error
    while cause is not None and not isinstance(
        cause, (httpx2.TransportError, errors.OfflineModeIsEnabled)
    ):
        cause = cause.__cause__
    if isinstance(cause, errors.OfflineModeIsEnabled):
        return FetchError(
            "offline",
            "the Hub may not be asked: HF_HUB_OFFLINE is set",
            place=place,
            advice=f"Unset it. {stay}",
        )
    if isinstance(error, errors.GatedRepoError) or status == 403:
        return FetchError(
            "sign_in_needed",
            "the repository is not open to everybody",
            place=place,
            found=f"answer {status}" if status else "",
            advice="Sign in there, download the CSV file by hand. " + stay,
        )
    if isinstance(error, errors.RepositoryNotFoundError) or status == 401:
        return FetchError(
            "no_repository",
            "the repository is not there, or not open to everybody",
            place=place,
            found=f"answer {status}",
            expected="a public dataset repository",
            advice=stay,
        )
    if status == 404:
        return FetchError(
            "missing_file",
            "the repository or a file that it lists is not there any more",
            place=place,
            found=f"answer {status}",
            advice=f"Try again later. {stay}",
        )
    if status is not None:
        return FetchError(
            "refused",
            "the Hub does not give the file",
            place=place,
            found=f"answer {status}",
            advice=f"Try again later. {stay}",
        )
    if isinstance(cause, httpx2.RemoteProtocolError) or (
        isinstance(error, OSError) and "Consistency check" in str(error)
    ):
        return FetchError(
            "broken_download",
            "the download broke off before its end",
            place=place,
            found=str(error).split("\n")[0][:120],
            advice=f"Try again. {stay}",
        )
    if isinstance(cause, httpx2.TransportError):
        return FetchError(
            "no_network",
            "the Hub cannot be reached",
            place=address,
            found=(str(cause) or type(cause).__name__)[:120],
            expected="a connection to the internet",
            advice=stay,
        )
    # ValueError: no JSON, a bad address
    strange = (ValueError, KeyError, TypeError, errors.FileMetadataError, FileNotFoundError)
    if isinstance(error, (*strange, httpx2.TooManyRedirects, httpx2.InvalidURL)):
        return FetchError(
            "not_a_hub",
            "the answer is not that of a Hugging Face Hub",
            place=place,
            found=str(error).split("\n")[0][:120],
            advice=f"Check HF_ENDPOINT, a proxy, or a sign-in page of the network. {stay}",
        )
    if isinstance(error, OSError) and error.errno is not None:
        return FetchError(
            "not_written",
            "the download cannot be kept",
            place=str(error.filename or entry.repository),
            found=error.strerror or str(error),
            advice="PARSTUDY_CACHE names another folder for downloads",
        )
    return error


def _bounded(file: str) -> type:
    """A progress bar that shows nothing and stops a download that never comes to its end."""

    class Bar:
        def __init__(self, *_: object, total: float | None = None, **__: object) -> None:
            self.limit = _PATIENCE * (total or _catalogue.largest_bytes())
            self.received = 0.0

        def __enter__(self) -> Bar:
            return self

        def __exit__(self, *_: object) -> None:
            return None

        def update(self, n: float | None = 1) -> None:
            self.received += max(n or 0, 0)
            if self.received > self.limit:
                raise FetchError(
                    "broken_download",
                    "the download breaks off again and again",
                    place=file,
                    advice="Try again later. What was fetched before stays as it is",
                )

        def close(self) -> None:
            return None

    return Bar


def _verify(path: Path, sibling: Any, place: str) -> None:
    """Compare a file with the checksum in the listing; a wrong one leaves the cache."""
    content = path.read_bytes()
    if sibling.lfs is not None:
        found, expected = hashlib.sha256(content).hexdigest(), sibling.lfs.sha256
    elif sibling.blob_id:
        # how git names a file's content; no matter of security
        head = f"blob {len(content)}\0".encode()
        found, expected = hashlib.sha1(head + content).hexdigest(), sibling.blob_id
    else:
        found, expected = str(len(content)), str(sibling.size or len(content))
    if found != expected:
        path.resolve().unlink(missing_ok=True)
        path.unlink(missing_ok=True)
        raise FetchError(
            "broken_download",
            "what arrived is not the file that the repository lists",
            place=place,
            found=f"{len(content)} bytes, checksum {found[:12]}",
            expected=f"{sibling.size} bytes, checksum {expected[:12]}",
            advice="Try again. What was fetched before stays as it is",
        )
