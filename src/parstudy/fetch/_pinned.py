"""Pinned files: an address with a commit in it, and the SHA-256 that the file must have."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Sequence
from pathlib import Path

from parstudy.errors import FetchError
from parstudy.fetch import _catalogue, _download
from parstudy.fetch._download import Trouble
from parstudy.fetch._model import Origin, not_written

_MOST_BYTES = 100_000_000


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
    path = folder / Path(file.key).name
    address = url(entry, file)
    stay = (
        "What was fetched before stays as it is. A copy of the files can be read by "
        f"`parstudy fetch {entry.name} --from FOLDER`"
    )

    def check(arrived: Path) -> None:
        """Compare what arrived with the catalogue."""
        if (found := sha256_of(arrived)) != file.sha256:
            raise _changed(address, found, file.sha256, stay)

    with contextlib.suppress(OSError, FetchError):
        check(path)
        return path
    try:
        _download.into(address, path, most=_MOST_BYTES, check=check)
    except Trouble as trouble:
        raise _as_fetch_error(trouble, address, stay) from None
    except OSError as error:
        raise not_written(error, str(folder)) from None
    return path


def _as_fetch_error(trouble: Trouble, address: str, stay: str) -> FetchError:
    """One clear error for whatever the network did."""
    gone = trouble.status == 404
    code, message, advice = {
        "status": (
            "missing_file" if gone else "refused",
            "the file is not there any more" if gone else "the file is not given out",
            "",
        ),
        "broken": ("broken_download", "the download broke off before its end", "Try again. "),
        "too_slow": ("too_slow", "the download takes too long", "Try again later. "),
        "no_network": ("no_network", "the address cannot be reached", ""),
        "too_large": ("changed_hash", "the file is not the one that was checked", ""),
        "strange": ("refused", "the answer is no file", "Check the proxy of the network. "),
    }[trouble.kind]
    expected = "a connection to the internet" if code == "no_network" else ""
    return FetchError(
        code, message, place=address, found=str(trouble), expected=expected, advice=advice + stay
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
