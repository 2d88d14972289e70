"""Add a published file to the project: propose, show, and write only when told to.

The command line is elsewhere; this is what it calls::

    proposal = propose(path, raw)          # reads, writes nothing
    print(proposal.preview())
    folder = proposal.write()              # after a yes
"""

from __future__ import annotations

import shutil
import tempfile
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

from parstudy.errors import ReleaseError
from parstudy.releases import _spec
from parstudy.releases.read import ReadRelease, read_release

_SHOWN = 3


@dataclass(frozen=True)
class Proposal:
    """A release that could be added.

    Attributes
    ----------
    read : ReadRelease
        What the file gives.
    folder : Path
        Where the release would stand.
    """

    read: ReadRelease
    folder: Path = field()

    @property
    def toml(self) -> str:
        """The ``release.toml`` that would be written."""
        return self.read.layout.toml

    @property
    def errors(self) -> int:
        """Number of findings that say that something may be misread."""
        return int(self.read.findings["severity"].eq("error").sum())

    def preview(self) -> str:
        """What would be read, for people: meanings, first and last rows, counts, sums, checks."""
        release, layout = self.read.release, self.read.layout
        figures = release.figures
        own = figures[figures["unit_level"].eq("province")]
        lines = [
            f"{self.read.path.name}: {release.index} {release.year}, "
            f"{own['unit_text'].nunique()} provinces, {len(figures)} figures",
            "",
            "What was taken for what:",
            *(f"  {place}: {head!r} -> {what}" for place, head, what in layout.meanings),
        ]
        if layout.doubts:
            lines += ["", "Not understood, not read:", *(f"  {d}" for d in layout.doubts)]
        if release.notes:
            lines += ["", "Left out:", *(f"  {n}" for n in release.notes[:20])]
            if len(release.notes) > 20:
                lines.append(f"  and {len(release.notes) - 20} more")
        lines += ["", "Per column:"]
        for (component, measure), part in own.groupby(["component", "measure"], sort=False):
            values = part["value"]
            numbers = (
                f"sum {values.sum():.2f}, lowest {values.min():g}, highest {values.max():g}"
                if values.notna().any()
                else "letters"
            )
            lines.append(f"  {component} {measure}: {len(part)} figures, {numbers}")
        lines += ["", "First and last rows:"]
        names = list(dict.fromkeys(own["unit_text"]))
        some = names if len(names) <= 2 * _SHOWN else [*names[:_SHOWN], *names[-_SHOWN:]]
        for name in some:
            row = own[own["unit_text"].eq(name)].head(8)
            cells = [
                f"{c} {m} {t}"
                for c, m, t in zip(row["component"], row["measure"], row["text"], strict=True)
            ]
            lines.append(f"  {name}: {' | '.join(cells)}")
        findings = self.read.findings
        lines += ["", f"Checks of the reading: {len(findings)} findings"]
        for one in findings.head(20).to_dict("records"):
            text = f"  {one['severity']}: {one['code']}: {one['unit_id']} {one['component']} "
            text += f"{one['message']}; found {one['found']}; expected {one['expected']}"
            lines.append(" ".join(text.split(" ")).rstrip())
        if len(findings) > 20:
            lines.append(f"  and {len(findings) - 20} more")
        lines += ["", f"To be written to {self.folder}:", "", self.toml]
        return "\n".join(lines)

    def write(self) -> Path:
        """Copy the file and write ``release.toml``; all of it or nothing.

        Returns
        -------
        Path
            The new folder.

        Raises
        ------
        ReleaseError
            ``release_exists`` if the folder is there already; nothing is overwritten.
        """
        if self.folder.exists():
            raise ReleaseError(
                "release_exists",
                "there is a release of that name already",
                place=str(self.folder),
                advice="Give the new one another name, or remove the old one first",
            )
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=".adding-", dir=self.folder.parent))
        try:
            shutil.copyfile(self.read.path, made / self.read.path.name)
            (made / _spec.NAME).write_text(self.toml, encoding="utf-8")
            made.chmod(0o755)
            made.replace(self.folder)
        except BaseException:
            shutil.rmtree(made, ignore_errors=True)
            raise
        return self.folder


def propose(
    path: str | Path,
    raw: str | Path,
    *,
    index: str | None = None,
    year: int | None = None,
    name: str | None = None,
) -> Proposal:
    """Look at a file and propose a release; writes nothing.

    Parameters
    ----------
    path : str or Path
        The published file.
    raw : str or Path
        The project's ``data/raw``.
    index, year : str, int, optional
        Where the file does not say them.
    name : str, optional
        Name of the release's folder; the year and the file's name by default.

    Raises
    ------
    ReleaseError
        What :func:`~parstudy.releases.read_release` raises.
    """
    path = Path(path)
    if path.is_dir():
        raise ReleaseError(
            "not_a_file", "a folder, not a file", place=str(path), expected="a published file"
        )
    read = read_release(path, index, year)
    release = read.release
    folder = name or f"{release.year}-{_slug(path.stem)}"
    if not folder or Path(folder).name != folder or folder.startswith("."):
        raise ReleaseError(
            "bad_name", "no name for a folder", found=repr(folder), expected="such as 2025-annex"
        )
    return Proposal(read, Path(raw) / release.index / folder)


def check(folder: str | Path) -> ReadRelease:
    """Read an existing release again and repeat the checks of the reading."""
    return read_release(Path(folder))


def like(path: str | Path, model: str | Path, year: int) -> str:
    """``release.toml`` of another release, made to fit a new file of the same shape.

    Parameters
    ----------
    path : str or Path
        The new file.
    model : str or Path
        Folder of the release whose layout is taken over.
    year : int
        Index year of the new file.

    Returns
    -------
    str
        Text of the new ``release.toml``; checksums are left out, geography and source are to be
        looked at.
    """
    text = (Path(model) / _spec.NAME).read_text(encoding="utf-8-sig")
    old = tomllib.loads(text)
    files = {f["path"] for f in old.get("files", [])}
    lines = []
    for line in text.splitlines():
        if line.startswith("sha256"):
            continue
        if line.startswith("year ="):
            line = f"year = {year}"
        for file in files:
            if line.startswith("path =") and file in line:
                line = line.replace(file, Path(path).name)
        lines.append(line)
    return "\n".join(lines) + "\n"


def _slug(text: str) -> str:
    import re
    import unicodedata

    plain = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    plain = plain.encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:40] or "release"
