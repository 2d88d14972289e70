"""How the reports of a folder were made: from what, how long it took, how their files look.

Lines of JSON at the end of one file, each written at once: whatever is killed at whatever moment,
what was written before stays, and half a line counts as none. The last line of a report holds.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from parstudy.dataset.reading import Part
from parstudy.errors import RunError
from parstudy.project import JOURNAL
from parstudy.publish.exporter import write_whole
from parstudy.publish.ways import closed

_ENOUGH = 200  # lines that are of no use any more, before they are left out


@dataclass(frozen=True)
class Read:
    """What a run has read besides what is known of it before.

    Attributes
    ----------
    parts : mapping of Part to str
        Parts of tables, with their digests.
    files : mapping of str to str
        Files of the project, as `parstudy.reads.tell_files` names them, with their digests.
    """

    parts: Mapping[Part, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)

    def packed(self) -> dict[str, Any]:
        """As the journal keeps it: parts of one kind together."""
        kinds: dict[str, list[list[Any]]] = {}
        for part, digest in sorted(self.parts.items(), key=str):
            kind = f"{part.table} {','.join(name for name, _ in part.cells)} {part.column}"
            kinds.setdefault(kind, []).append([*(value for _, value in part.cells), digest])
        return {"parts": kinds, "files": dict(sorted(self.files.items()))}


@dataclass(frozen=True)
class Entry:
    """One report as it was made.

    Attributes
    ----------
    of : mapping of str to str
        What was known before it ran, piece by piece, as hashes.
    read : str
        Under which name the journal has what it read.
    data : str
        Fingerprint of all tables; empty if it read none.
    html : tuple of int, int, str
        Size and time of the report, and the hash of what it holds apart from its ways.
    tables : bool
        Whether there is a workbook beside it.
    seconds : float
        How long it took.
    """

    of: Mapping[str, str]
    read: str
    data: str
    html: tuple[int, int, str]
    tables: bool
    seconds: float


def content_hash(html: bytes) -> str:
    """Hash of what a report holds, whichever of its ways are open."""
    text = closed(html.decode("utf-8", errors="surrogateescape"))
    return hashlib.sha256(text.encode("utf-8", errors="surrogateescape")).hexdigest()[:16]


class Journal:
    """The journal of a folder of reports.

    Parameters
    ----------
    reports : Path
        The folder.
    """

    def __init__(self, reports: Path) -> None:
        self.path = reports / JOURNAL
        self.entries: dict[str, Entry] = {}
        self.seconds: dict[str, float] = {}
        self.reads: dict[str, Mapping[str, Any]] = {}
        self.packages: dict[str, Mapping[str, str]] = {}
        self.front = ""
        self._lines = 0
        for record in self._records():
            self._take(record)

    def _records(self) -> Iterator[dict[str, Any]]:
        try:
            content = self.path.read_bytes()
        except OSError:
            return
        for line in content.split(b"\n"):
            if line:
                self._lines += 1
                with contextlib.suppress(ValueError, RecursionError):
                    record = json.loads(line)
                    if isinstance(record, dict):
                        yield record

    def _take(self, record: Mapping[str, Any]) -> None:
        # a line of another version, or that somebody has edited, is none
        with contextlib.suppress(KeyError, TypeError, ValueError, AttributeError):
            if "run" in record:
                size, time, digest = record["html"]
                entry = Entry(
                    of=dict(record["of"]),
                    read=str(record["read"]),
                    data=str(record["data"]),
                    html=(int(size), int(time), str(digest)),
                    tables=bool(record["tables"]),
                    seconds=float(record["seconds"]),
                )
                self.entries[record["run"]] = entry
                self.seconds[record["run"]] = entry.seconds
            elif "begun" in record:
                self.entries.pop(record["begun"], None)
            elif "read" in record:
                self.reads[record["read"]] = {
                    "parts": dict(record["parts"]),
                    "files": dict(record["files"]),
                }
            elif "package" in record:
                self.packages[record["package"]] = dict(record["files"])
            elif "front" in record:
                self.front = str(record["front"])

    # --- writing -----------------------------------------------------------------------------

    def begin(self, name: str) -> None:
        """Note that the files of a report are about to change."""
        self._append({"begun": name})

    def end(self, name: str, entry: Entry, read: Read, package: Mapping[str, str]) -> None:
        """Note how a report was made; its files are in place.

        Parameters
        ----------
        name : str
            Of the run.
        entry : Entry
            Its ``read`` is filled in.
        read : Read
            What it has read.
        package : mapping of str to str
            Files of parstudy that it depends on.
        """
        records: list[dict[str, Any]] = []
        packed = read.packed()
        key = hash_of(packed)
        if key not in self.reads:
            records.append({"read": key, **packed})
        of = entry.of.get("parstudy", "")
        if of not in self.packages:
            records.append({"package": of, "files": dict(package)})
        self._append(*records, {"run": name, **_plain(entry), "read": key})

    def stamp(self, entries: Mapping[str, Entry]) -> None:
        """Note that reports hold what they held, in files of another size or time."""
        if entries:
            self._append(*({"run": name, **_plain(entry)} for name, entry in entries.items()))

    def keep_front(self, of: str) -> None:
        """Note of what the pages in front of all reports were made.

        Parameters
        ----------
        of : str
            Hash of what they show.
        """
        self._append({"front": of})

    def _append(self, *records: Mapping[str, Any]) -> None:
        # the empty line in front ends a line of which somebody has written half
        text = "\n" + "".join(
            json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n"
            for record in records
        )
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            number = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
            try:
                data = text.encode()
                if os.write(number, data) < len(data):
                    raise OSError(28, "no space left")
            finally:
                os.close(number)
        except OSError as error:
            raise RunError(
                "not_writable",
                f"the journal cannot be written: {error.strerror}",
                place=str(self.path),
            ) from None
        for record in records:
            self._take(record)

    def shorten(self) -> None:
        """Leave out the lines that are of no use any more, when there are many of them."""
        reads = {entry.read for entry in self.entries.values()}
        packages = {entry.of.get("parstudy", "") for entry in self.entries.values()}
        wanted = len(self.entries) + len(reads) + len(packages)
        if self._lines < wanted + max(_ENOUGH, len(self.entries)):
            return
        records: list[dict[str, Any]] = [
            *({"package": k, "files": v} for k, v in self.packages.items() if k in packages),
            *({"read": key, **read} for key, read in self.reads.items() if key in reads),
            *({"run": name, **_plain(entry)} for name, entry in self.entries.items()),
            {"front": self.front},
        ]
        lines = (json.dumps(r, ensure_ascii=False, separators=(",", ":")) for r in records)
        write_whole(self.path, "\n".join(lines) + "\n")
        self._lines = len(records)


def _plain(entry: Entry) -> dict[str, Any]:
    return {
        "of": dict(entry.of),
        "read": entry.read,
        "data": entry.data,
        "html": list(entry.html),
        "tables": entry.tables,
        "seconds": round(entry.seconds, 2),
    }


def hash_of(value: Any) -> str:
    """Hash of a value that JSON can hold."""
    text = json.dumps(value, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
