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
import json
import os
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import quote, urlsplit

from parstudy.errors import FetchError, ReleaseError
from parstudy.fetch import _catalogue, _download
from parstudy.fetch._download import Trouble
from parstudy.fetch._model import file_name, not_written
from parstudy.releases.formats.encodings import decode
from parstudy.text import suggest

_PAUSES = (1.0, 3.0)  # seconds before the listing is asked for again
_BUSY = (500, 502, 503, 504)
_RESET = re.compile(r"\bt=([0-9]+)")  # seconds, in the header ratelimit: "api";r=0;t=55
_MARKS = (",", ";", "\t")
_YES = ("1", "on", "yes", "true")  # as the Hub's own library reads it
_REVISION = re.compile(r"[0-9a-f]{40}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_REPOSITORY = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}", re.ASCII)
_DAY = re.compile(r"[12][0-9]{3}-[01][0-9]-[0-3][0-9]")
_LONGEST_LISTING = 20_000_000  # bytes
_MOST_LISTED = 20_000  # files of all kinds
_LONGEST_NAME = 500
_MOST_FILES = 50  # CSV files that are looked into
_MOST_BYTES = 500_000_000


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


@dataclass(frozen=True)
class _Listed:
    """A file as the listing has it."""

    name: str
    size: int | None
    sha256: str
    blob: str


@dataclass(frozen=True)
class _Listing:
    """What a repository holds at its newest revision; all of it has been looked at."""

    repository: str
    revision: str
    published_on: str
    files: tuple[_Listed, ...]


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
        ``refused``, ``not_a_hub``, ``missing_file``, ``broken_download``, ``too_slow``,
        ``too_large``, ``not_written``, ``empty_repository``, ``no_panel``, ``two_panels``.
    """
    address = (endpoint or os.environ.get("HF_ENDPOINT") or _catalogue.hub_endpoint()).rstrip("/")
    shown = _without_password(address)
    if os.environ.get("HF_HUB_OFFLINE", "").casefold() in _YES:
        raise FetchError(
            "offline",
            "the Hub may not be asked: HF_HUB_OFFLINE is set",
            place=_page(shown, entry.repository),
            advice=f"Unset it. {_stay(entry)}",
        )
    listing = _listing(entry, address, shown)
    page = _page(shown, listing.repository)
    notes = []
    if listing.repository != entry.repository:
        now = listing.repository
        notes.append(f"the repository {entry.repository} has moved to {now}")
    candidates = sorted(
        (one for one in listing.files if one.name.lower().endswith(".csv")), key=lambda s: s.name
    )
    _refuse_too_many(entry, candidates, page)
    downloaded: dict[Path, str] = {}
    for one in candidates:
        if (one.size or 0) > _catalogue.largest_bytes():
            notes.append(f"{one.name} is too large for a panel: not looked into")
            continue
        url = _page(address, listing.repository, f"/resolve/{listing.revision}/{quote(one.name)}")
        downloaded[_kept(entry, one, url, cache / "hub" / listing.revision, shown)] = one.name
    path = recognise(entry, downloaded, place=page)
    name = downloaded[path]
    return Found(
        path=path,
        file=name,
        repository=listing.repository,
        revision=listing.revision,
        url=f"{page}/resolve/{listing.revision}/{quote(name)}",
        page=page,
        published_on=listing.published_on,
        notes=tuple(notes),
    )


def _page(address: str, repository: str, rest: str = "") -> str:
    return f"{address}/datasets/{repository}{rest}"


def _without_password(address: str) -> str:
    """An address as it may be shown and kept."""
    parts = urlsplit(address)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def _stay(entry: _catalogue.Entry) -> str:
    return "What was fetched before stays as it is. " + _OTHER_WAY.format(name=entry.name)


def _refuse_too_many(entry: _catalogue.Entry, candidates: Sequence[_Listed], page: str) -> None:
    if not candidates:
        return
    size = sum(min(one.size or 0, _catalogue.largest_bytes()) for one in candidates)
    if len(candidates) > _MOST_FILES or size > _MOST_BYTES:
        raise FetchError(
            "too_large",
            "the repository holds more than anybody should download to look for a panel",
            place=page,
            found=f"{len(candidates)} CSV files, {size:,} bytes",
            expected=f"at most {_MOST_FILES} files and {_MOST_BYTES:,} bytes",
            advice=_stay(entry),
        )


def _listing(entry: _catalogue.Entry, address: str, shown: str) -> _Listing:
    """What the repository holds; asked again where the Hub is busy."""
    url = f"{address}/api/datasets/{entry.repository}?blobs=true"
    place = _page(shown, entry.repository)
    data = b""
    for pause in (*_PAUSES, None):
        try:
            data = _download.body(url, _LONGEST_LISTING)
            break
        except Trouble as trouble:
            if pause is None or trouble.status not in _BUSY:
                raise _as_fetch_error(trouble, entry, place, listing=True) from None
            time.sleep(pause)
    try:
        listing = _checked_listing(json.loads(data, parse_constant=_refuse_constant))
    except (ValueError, RecursionError) as error:
        raise FetchError(
            "not_a_hub",
            "the answer is not that of a Hugging Face Hub",
            place=place,
            found=str(error)[:120],
            advice="Check HF_ENDPOINT, a proxy, or a sign-in page of the network. " + _stay(entry),
        ) from None
    if not listing.files:
        raise FetchError(
            "empty_repository",
            "the repository lists no files",
            place=_page(shown, listing.repository),
            expected="a CSV file",
            advice=_OTHER_WAY.format(name=entry.name),
        )
    return listing


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def _checked_listing(told: Any) -> _Listing:
    """A listing of which every word has the shape that it should have, or a ValueError.

    The revision becomes part of a path in the cache, and names are shown.
    """
    files = _of(told, "siblings", list)
    if len(files) > _MOST_LISTED:
        raise ValueError(f"a listing of {len(files):,} files")
    day = str(told.get("lastModified") or "")[:10]
    return _Listing(
        repository=_shaped(_REPOSITORY, _of(told, "id", str), "the name of a repository"),
        revision=_shaped(_REVISION, _of(told, "sha", str), "a revision") if files else "",
        published_on=day if _DAY.fullmatch(day) else "",
        files=tuple(map(_checked_file, files)),
    )


def _checked_file(told: Any) -> _Listed:
    name = _of(told, "rfilename", str)
    if not 0 < len(name) <= _LONGEST_NAME:
        raise ValueError(f"a file name of {len(name)} characters")
    name.encode()  # half a character is no text
    size = told.get("size")
    if size is not None and (type(size) is not int or size < 0):
        raise ValueError(f"a size of {str(size)[:40]}")
    lfs = told.get("lfs")
    sha256 = _shaped(_SHA256, _of(lfs, "sha256", str), "a checksum") if lfs else ""
    blob = told.get("blobId") or ""
    return _Listed(name, size, sha256, _shaped(_REVISION, blob, "a checksum") if blob else "")


def _of(told: Any, key: str, kind: type) -> Any:
    value = told.get(key) if isinstance(told, dict) else None
    if not isinstance(value, kind):
        raise ValueError(f"no {key} where a listing has one")
    return value


def _shaped(shape: re.Pattern[str], text: Any, what: str) -> str:
    if not isinstance(text, str) or not shape.fullmatch(text):
        raise ValueError(f"{str(text)[:60]!r} is not {what}")
    return text


def _kept(entry: _catalogue.Entry, one: _Listed, url: str, folder: Path, shown: str) -> Path:
    """The file in the cache, downloaded unless it lies there; its name there is our own."""
    place = _page(shown, entry.repository, f" {one.name}")
    # two names that differ may be one name of a file on this system
    apart = hashlib.sha256(one.name.encode("utf-8", "replace")).hexdigest()[:16]
    path = folder / apart / file_name(one.name)

    def check(arrived: Path) -> None:
        """Compare what arrived with the listing."""
        _verify(arrived, one, place)

    with contextlib.suppress(OSError, FetchError):
        check(path)
        return path
    most = _catalogue.largest_bytes() if one.size is None else one.size
    try:
        _download.into(url, path, most=most, check=check)
    except Trouble as trouble:
        raise _as_fetch_error(trouble, entry, place, listing=False) from None
    except OSError as error:
        raise not_written(error, str(folder)) from None
    return path


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
        "no file has the columns of the panel: a column has been renamed or left out"
        if almost
        else "no file has the columns of the panel",
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


def _as_fetch_error(
    trouble: Trouble, entry: _catalogue.Entry, place: str, *, listing: bool
) -> FetchError:
    """One clear error for whatever the network did."""
    stay = _stay(entry)
    if trouble.kind == "status":
        return _refused(trouble, place, stay, listing=listing)
    if trouble.kind == "too_large" and not listing:
        return FetchError(
            "broken_download",
            "what arrives is more than the file that the repository lists",
            place=place,
            found=str(trouble),
            advice=f"Try again. {stay}",
        )
    code, message, advice = {
        "broken": ("broken_download", "the download breaks off again and again", "Try again. "),
        "no_network": ("no_network", "the Hub cannot be reached", ""),
        "too_slow": ("too_slow", "the Hub takes too long", "Try again later. "),
        "too_large": ("not_a_hub", "the answer is longer than any listing", ""),
        "strange": (
            "not_a_hub",
            "the answer is not that of a Hugging Face Hub",
            "Check HF_ENDPOINT, a proxy, or a sign-in page of the network. ",
        ),
    }[trouble.kind]
    expected = "a connection to the internet" if code == "no_network" else ""
    return FetchError(
        code, message, place=place, found=str(trouble), expected=expected, advice=advice + stay
    )


def _refused(trouble: Trouble, place: str, stay: str, *, listing: bool) -> FetchError:
    """The error of an answer that is no file, by its number."""
    said = trouble.headers.get("x-error-code", "")
    code, message, expected, advice = (
        "refused",
        "the Hub does not give the file",
        "",
        f"Try again later. {stay}",
    )
    found = f"answer {trouble.status}"
    if trouble.status == 429:
        message = "the Hub has been asked too often"
        stated = _RESET.search(trouble.headers.get("ratelimit", ""))
        after = stated[1] if stated else trouble.headers.get("retry-after", "")
        if after.isdecimal() and len(after) < 9:
            found += f": to be asked again in {after} seconds"
    elif said == "GatedRepo" or trouble.status == 403:
        code, message = "sign_in_needed", "the repository is not open to everybody"
        advice = f"Sign in there, download the CSV file by hand. {stay}"
    elif trouble.status == 401 or (trouble.status == 404 and listing):
        code, message = "no_repository", "the repository is not there, or not open to everybody"
        expected, advice = "a public dataset repository", stay
    elif trouble.status == 404:
        code = "missing_file"
        message = "the repository or a file that it lists is not there any more"
    return FetchError(code, message, place=place, found=found, expected=expected, advice=advice)


def _verify(path: Path, one: _Listed, place: str) -> None:
    """Compare a file with the checksum in the listing."""
    content = path.read_bytes()
    if one.sha256:
        found, expected = hashlib.sha256(content).hexdigest(), one.sha256
    elif one.blob:
        # how git names a file's content; no matter of security
        head = f"blob {len(content)}\0".encode()
        found, expected = hashlib.sha1(head + content).hexdigest(), one.blob
    else:
        found, expected = str(len(content)), str(len(content) if one.size is None else one.size)
    if found != expected:
        raise FetchError(
            "broken_download",
            "what arrived is not the file that the repository lists",
            place=place,
            found=f"{len(content)} bytes, checksum {found[:12]}",
            expected=f"{one.size} bytes, checksum {expected[:12]}",
            advice="Try again. What was fetched before stays as it is",
        )
