"""Pinned files: an address with a commit in it, and the SHA-256 that the file must have."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from parstudy.errors import FetchError
from parstudy.fetch import _catalogue
from parstudy.fetch._model import Origin, no_library, not_written

_SECONDS = 30.0


def url(entry: _catalogue.Entry, file: _catalogue.PinnedFile) -> str:
    """Address of a file at its commit; empty where no address serves it unchanged."""
    if not file.path:
        return ""
    return f"{_catalogue.pinned_endpoint()}/{entry.repository}/{entry.commit}/{file.path}"


def download(
    entry: _catalogue.Entry, cache: Path, wanted: Sequence[_catalogue.PinnedFile] | None = None
) -> tuple[dict[str, Path], dict[str, Origin]]:
    """Bring files of an entry into the cache.

    A file that lies there with the right checksum is not asked for again.

    Parameters
    ----------
    entry : Entry
        Catalogue entry of kind ``pinned``.
    cache : Path
        Folder for downloads.
    wanted : sequence of PinnedFile, optional
        Files that have an address; all of them if not given.

    Raises
    ------
    FetchError
        ``no_library``, ``no_address``, ``no_network``, ``missing_file``, ``refused``,
        ``broken_download``, ``not_written``, ``changed_hash``.
    """
    served = wanted if wanted is not None else [f for f in entry.files if f.path]
    if not served:
        raise FetchError(
            "no_address",
            f"{entry.name.upper()} cannot be downloaded as it is",
            place=entry.page,
            found="files in the binary formats of R and Stata",
            expected=" and ".join(f.key for f in entry.files) + " in a folder",
            advice=f"Convert them, or get the folder from a colleague, and use "
            f"`parstudy fetch {entry.name} --from FOLDER`; PARSTUDY_MIRROR names such a folder "
            "for good",
        )
    files, origins = {}, {}
    for file in served:
        folder = cache / "pinned" / entry.repository / entry.commit
        files[file.key] = _retrieved(entry, file, folder)
        origins[file.key] = Origin(url(entry, file), file.sha256, entry.committed_on)
    return files, origins


def checked(entry: _catalogue.Entry, file: _catalogue.PinnedFile, path: Path) -> Origin:
    """Origin of a file that came from a folder, after its checksum has been compared.

    Raises
    ------
    FetchError
        ``changed_hash``.
    """
    found = sha256_of(path)
    if file.sha256 and found != file.sha256:
        raise _changed(str(path), found, file.sha256)
    return Origin(url(entry, file), found, entry.committed_on if file.path else "")


def sha256_of(path: Path) -> str:
    """Checksum of a file, in hexadecimal digits."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _retrieved(entry: _catalogue.Entry, file: _catalogue.PinnedFile, folder: Path) -> Path:
    """The file in the cache, downloaded unless it lies there."""
    try:
        import pooch
        import requests
    except ImportError:
        raise no_library("downloads need", "pooch") from None
    pooch.get_logger().setLevel(logging.ERROR)
    address = url(entry, file)
    stay = (
        "What was fetched before stays as it is. A copy of the files can be read by "
        f"`parstudy fetch {entry.name} --from FOLDER`"
    )
    try:
        return Path(
            pooch.retrieve(
                address,
                known_hash=f"sha256:{file.sha256}",
                fname=Path(file.key).name,
                path=folder,
                downloader=pooch.HTTPDownloader(timeout=_SECONDS, progressbar=False),
            )
        )
    except requests.RequestException as error:
        raise _as_fetch_error(error, address, stay) from None
    except OSError as error:
        raise not_written(error, str(folder)) from None
    except ValueError:
        # the only one that pooch raises for a download: the checksum is another
        raise _changed(address, "another file", file.sha256, stay) from None


def _as_fetch_error(error: Any, address: str, stay: str) -> FetchError:
    """One clear error for whatever the network did."""
    from requests import HTTPError, exceptions

    if isinstance(error, HTTPError):
        status = 0
        if error.response is not None:
            status = error.response.status_code
            error.response.close()  # its body was not read, so the connection is still open
        return FetchError(
            "missing_file" if status == 404 else "refused",
            "the file is not there any more" if status == 404 else "the file is not given out",
            place=address,
            found=f"answer {status}",
            advice=stay,
        )
    if isinstance(error, (exceptions.ChunkedEncodingError, exceptions.ContentDecodingError)):
        return FetchError(
            "broken_download",
            "the download broke off before its end",
            place=address,
            advice=f"Try again. {stay}",
        )
    return FetchError(
        "no_network",
        "the address cannot be reached",
        place=address,
        found=type(error).__name__,
        expected="a connection to the internet",
        advice=stay,
    )


def _changed(place: str, found: str, expected: str, advice: str = "") -> FetchError:
    return FetchError(
        "changed_hash",
        "the file is not the one that was checked",
        place=place,
        found=found,
        expected=f"SHA-256 {expected}",
        advice=advice or "Take the file from its source again, unchanged",
    )
