"""Office files (DOCX, XLSX) as packages: parts by relationship, whatever they are called.

Word Online names the main part ``word/document2.xml``, some programs write backslashes or another
case, and Office saves "Strict Open XML" under other namespaces. All of that is evened out
here; the readers see one kind of part.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from pathlib import Path
from typing import Any, NamedTuple

from parstudy import budget
from parstudy.errors import ReleaseError

# far beyond any table of 63 units
_MOST_RATIO = 200
_STRICT = re.compile(rb"http://purl\.oclc\.org/ooxml/(\w+)/(\w+)")
_RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
# what a damaged archive and damaged XML in it raise
BROKEN = (
    *(zipfile.BadZipFile, zlib.error, SyntaxError, ValueError, KeyError, EOFError),
    *(OSError, RuntimeError, NotImplementedError),
)
# where the main part lies if no relationship says it
_USUAL = ("xl/workbook.xml", "word/document.xml")


class Related(NamedTuple):
    """A relationship of a part: its id, the last word of its type, and the part it leads to."""

    id: str
    kind: str
    target: str


class Package:
    """The parts of an Office file.

    Attributes
    ----------
    file : str
        Name of the file, for messages.
    main : str
        Name of the main part.
    """

    def __init__(self, path: Path) -> None:
        self.file = path.name
        self._archive = zipfile.ZipFile(io.BytesIO(path.read_bytes()))
        self._members = {_plain(m.filename): m for m in self._archive.infolist()}
        told = [r.target for r in self.related("") if r.kind == "officeDocument"]
        self.main = next((t for t in (*told, *_USUAL) if self.has(t)), "")

    def has(self, name: str) -> bool:
        """Whether there is a part of that name."""
        return _plain(name) in self._members

    def names(self) -> list[str]:
        """Names of all parts, as the archive lists them."""
        return [m.filename for m in self._members.values()]

    def read(self, name: str) -> bytes:
        """Bytes of a part, with the namespaces of Transitional Open XML."""
        data = self._archive.read(self._members[_plain(name)])
        if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
            text = re.sub(r"^\ufeff?<\?xml[^>]*\?>", "", data.decode("utf-16"))
            data = text.encode()
        if b"purl.oclc.org" not in data:
            return data
        return _STRICT.sub(rb"http://schemas.openxmlformats.org/\1/2006/\2", data)

    def tree(self, name: str) -> Any:
        """Root element of a part."""
        return parsed(self.read(name))

    def related(self, name: str) -> list[Related]:
        """Relationships of a part that lead to parts of the package; of the package for ``""``."""
        folder, base = posixpath.split(name)
        beside = posixpath.join(folder, "_rels", f"{base}.rels")
        if not self.has(beside):
            return []
        found = []
        for one in self.tree(beside).iter(_RELATIONSHIP):
            if one.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/", folder, one.get("Target", "")))
                kind = one.get("Type", "").rsplit("/", 1)[-1]
                found.append(Related(one.get("Id", ""), kind, target.lstrip("/")))
        return found

    def beside(self, name: str, kind: str) -> Any:
        """Root element of the one part of a kind (``styles``) that belongs to another, or None."""
        for one in self.related(name):
            if one.kind == kind and self.has(one.target):
                return self.tree(one.target)
        return None


def parsed(data: bytes) -> Any:
    """Root element of an XML text; nothing is fetched, no entity resolved."""
    from lxml import etree

    budget.spend("elements", data.count(b"<") // 2)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
    return etree.fromstring(data, parser)


def opened(path: Path, what: str) -> Package:
    """The package of an Office file.

    Parameters
    ----------
    path : Path
        The file.
    what : str
        ``"XLSX"`` or ``"DOCX"``, for messages.

    Raises
    ------
    ReleaseError
        ``damaged_file``, ``zip_bomb``, ``wrong_format``.
    """
    check_size(path, what)
    try:
        package = Package(path)
    except BROKEN as error:
        raise damaged(path.name, error, what) from None
    if not package.main:
        raise ReleaseError(
            "wrong_format",
            f"the file is not {what}",
            place=path.name,
            found="an archive without a main part",
            expected=what,
        )
    return package


def encrypted(file: str) -> ReleaseError:
    """The refusal of a file that asks for a password."""
    return ReleaseError(
        "encrypted_file",
        "the file is protected by a password",
        place=file,
        expected="a file without a password",
        advice="Open it with its password and save it without one",
    )


def damaged(file: str, error: Exception, what: str) -> ReleaseError:
    """The refusal of an Office file that its library cannot open."""
    thing = "document" if what == "DOCX" else "workbook"
    if isinstance(error, RuntimeError) and "encrypted" in str(error):
        return encrypted(file)
    return ReleaseError(
        "damaged_file",
        f"the {thing} cannot be opened",
        place=file,
        found=f"{type(error).__name__}: {error}"[:200],
        expected=f"a whole {what} file",
        advice="Open it in an office program, and save it anew",
    )


def check_size(path: Path, what: str) -> None:
    """Refuse an archive that would unpack without measure.

    Raises
    ------
    ReleaseError
        ``damaged_file`` for an archive without its end, ``zip_bomb``.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except zipfile.BadZipFile as error:
        raise ReleaseError(
            "damaged_file",
            "the file is cut or damaged",
            place=path.name,
            found=str(error),
            expected=what,
            advice="Fetch the file again",
        ) from None
    size = sum(m.file_size for m in members)
    packed = max(1, sum(m.compress_size for m in members))
    most = budget.limits().bytes
    if size > most or (size > 20_000_000 and size / packed > _MOST_RATIO):
        raise ReleaseError(
            "zip_bomb",
            "the file unpacks to more than any release does",
            place=path.name,
            found=f"{size:,} bytes out of {packed:,}",
            expected=f"at most {most:,} bytes and {_MOST_RATIO} times the packed size",
        )


def _plain(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").casefold()
