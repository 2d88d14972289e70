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
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from parstudy.errors import FetchError, ReleaseError
from parstudy.fetch import _catalogue
from parstudy.fetch._model import no_library, not_written
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
        downloaded: dict[Path, str] = {}
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
            downloaded[path] = sibling.rfilename
        path = recognise(entry, downloaded, place=f"{address}/datasets/{info.id}")
        name = downloaded[path]
        return Found(
            path=path,
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


def recognise(entry: _catalogue.Entry, files: Mapping[Path, str], place: str) -> Path:
    """Find the one file whose header has all columns of the panel.

    Parameters
    ----------
    entry : Entry
        Catalogue entry of kind ``hub``.
    files : mapping of Path to str
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
    heads = {path: header(path) for path in files}
    found = [path for path in files if set(wanted) <= set(heads[path])]
    if len({path.read_bytes() for path in found}) > 1:
        raise FetchError(
            "two_panels",
            "several files have the columns of the panel, and they differ",
            place=place,
            found=", ".join(files[p] for p in found),
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
        place=f"{place} {files[best]}",
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
        raise no_library("the Hugging Face Hub needs", "huggingface_hub") from None
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
        raise _as_fetch_error(error, entry, address) from None
    finally:
        logging.set_verbosity(before[0])
        constants.HF_HUB_DISABLE_TELEMETRY, constants.HF_HUB_DISABLE_XET = before[1:]


@contextlib.contextmanager
def _impatient(client: Any, entry: _catalogue.Entry, address: str) -> Iterator[None]:
    """The library waits as long as a busy Hub asks, without a word: some seconds only."""

    def look(response: Any) -> None:
        """Refuse an answer that asks to wait too long."""
        if response.status_code != 429:
            return
        stated = _RESET.search(response.headers.get("ratelimit", ""))
        after = stated[1] if stated else response.headers.get("retry-after", "")
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


def _as_fetch_error(error: Exception, entry: _catalogue.Entry, address: str) -> Exception:
    """One clear error for whatever the library raised; anything else as it is."""
    import httpx2
    from huggingface_hub import errors

    place = f"{address}/datasets/{entry.repository}"
    stay = "What was fetched before stays as it is. " + _OTHER_WAY.format(name=entry.name)
    causes = list(_causes(error))
    answers = (getattr(c, "response", None) for c in causes)
    status = next((s for a in answers if (s := getattr(a, "status_code", None)) is not None), None)
    first_line = str(error).split("\n")[0][:120]

    if any(isinstance(c, errors.OfflineModeIsEnabled) for c in causes):
        return FetchError(
            "offline",
            "the Hub may not be asked: HF_HUB_OFFLINE is set",
            place=place,
            advice=f"Unset it. {stay}",
        )
    if status is not None or isinstance(error, errors.HfHubHTTPError):
        return _refused(error, status, place, stay)
    transport = next((c for c in causes if isinstance(c, httpx2.TransportError)), None)
    if isinstance(transport, httpx2.RemoteProtocolError) or (
        isinstance(error, OSError) and "Consistency check" in str(error)
    ):
        return FetchError(
            "broken_download",
            "the download broke off before its end",
            place=place,
            found=first_line,
            advice=f"Try again. {stay}",
        )
    if transport is not None:
        return FetchError(
            "no_network",
            "the Hub cannot be reached",
            place=address,
            found=(str(transport) or type(transport).__name__)[:120],
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
            found=first_line,
            advice=f"Check HF_ENDPOINT, a proxy, or a sign-in page of the network. {stay}",
        )
    if isinstance(error, OSError) and error.errno is not None:
        return not_written(error, entry.repository)
    return error


def _causes(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.__cause__


def _refused(error: Exception, status: int | None, place: str, stay: str) -> FetchError:
    """The error of an answer that is no file, by its number."""
    from huggingface_hub import errors

    code, message, expected, advice = (
        "refused",
        "the Hub does not give the file",
        "",
        f"Try again later. {stay}",
    )
    if isinstance(error, errors.GatedRepoError) or status == 403:
        code, message = "sign_in_needed", "the repository is not open to everybody"
        advice = f"Sign in there, download the CSV file by hand. {stay}"
    elif isinstance(error, errors.RepositoryNotFoundError) or status == 401:
        code, message = "no_repository", "the repository is not there, or not open to everybody"
        expected, advice = "a public dataset repository", stay
    elif status == 404:
        code = "missing_file"
        message = "the repository or a file that it lists is not there any more"
    found = f"answer {status}" if status else ""
    return FetchError(code, message, place=place, found=found, expected=expected, advice=advice)


def _bounded(file: str) -> type:
    """A progress bar that shows nothing and stops a download that never comes to its end."""

    class Bar:
        """What the library takes for a bar."""

        def __init__(self, *_: object, total: float | None = None, **__: object) -> None:
            self.limit = _PATIENCE * (total or _catalogue.largest_bytes())
            self.received = 0.0

        def __enter__(self) -> Bar:
            return self

        def __exit__(self, *_: object) -> None:
            return None

        def update(self, n: float | None = 1) -> None:
            """Count what has arrived."""
            self.received += max(n or 0, 0)
            if self.received > self.limit:
                raise FetchError(
                    "broken_download",
                    "the download breaks off again and again",
                    place=file,
                    advice="Try again later. What was fetched before stays as it is",
                )

        def close(self) -> None:
            """Nothing is left to close."""

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
