"""Add a published file to the project: propose, show, and write only when told to.

The command line is elsewhere; this is what it calls::

    proposal = propose(path, raw)          # reads, writes nothing
    print(proposal.preview())
    folder = proposal.write()              # after a yes
"""

from __future__ import annotations

import shutil
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from parstudy import budget
from parstudy.dataset.checks.findings import of_row
from parstudy.errors import ReleaseError
from parstudy.facts import criteria, table
from parstudy.folders import locked, staged
from parstudy.intake._preview import preview
from parstudy.intake._proposed import OWN_SHEET
from parstudy.intake.read import ReadRelease, read_release
from parstudy.releases import toml
from parstudy.releases.formats import text_recognition
from parstudy.text import from_toml, slug, suggest, to_toml


@dataclass(frozen=True)
class Proposal:
    """A release that could be added.

    Attributes
    ----------
    read : ReadRelease
        What the file gives.
    folder : Path
        Where the release would stand.
    accept_ocr : bool
        Whether somebody has said that recognised text may be kept.
    kind : str
        Kind of the source: it decides which source wins where two contradict each other.
    limits : Limits
        What reading the file may take.
    """

    read: ReadRelease
    folder: Path = field()
    accept_ocr: bool = False
    kind: str = OWN_SHEET
    limits: budget.Limits = budget.USUAL

    @property
    def toml(self) -> str:
        """The ``release.toml`` that would be written."""
        kind = 'kind = "{}"'.format
        text = self.read.layout.toml.replace(kind(OWN_SHEET), kind(self.kind), 1)
        raised = self.limits.raised()
        return text + ("\n" + to_toml({"limits": raised}) if raised else "")

    @property
    def errors(self) -> int:
        """Number of findings that say that something may be misread."""
        return int(self.read.findings["severity"].eq("error").sum())

    def refusals(self, accepted: Collection[str] = ()) -> list[str]:
        """Findings of the reading that stop the file from being kept, line by line.

        Parameters
        ----------
        accepted : collection of str, optional
            Codes of findings that somebody takes knowingly.
        """
        wrong = self.read.findings
        wrong = wrong[wrong["severity"].eq("error") & ~wrong["code"].isin(list(accepted))]
        return [of_row(row).line() for row in wrong.to_dict("records")]

    def preview(self) -> str:
        """What would be read, for people: meanings, figures, counts, sums, checks."""
        return preview(self.read, self.folder, self.toml, accept_ocr=self.accept_ocr)

    def write(self) -> Path:
        """Copy the file and write ``release.toml``; all of it or nothing.

        Returns
        -------
        Path
            The new folder.

        Raises
        ------
        ReleaseError
            ``ocr_not_accepted`` for a scan that nobody has reviewed; ``release_exists`` if the
            folder is there already; nothing is overwritten.
        """
        if self.read.review and not self.accept_ocr:
            raise ReleaseError(
                "ocr_not_accepted",
                "the figures were recognised from pictures of pages",
                place=self.read.path.name,
                expected="somebody who has compared them with the pages",
                advice="Look at the review, then say --accept-ocr",
            )
        # with the folder of all data: nobody else adds one of that name meanwhile
        with locked(self.folder.parents[2]):
            self._put()
        return self.folder

    def _put(self) -> None:
        if self.folder.exists():
            raise ReleaseError(
                "release_exists",
                "there is a release of that name already",
                place=str(self.folder),
                advice="Give the new one another name, or remove the old one first",
            )
        with staged(self.folder, ".adding-") as made:
            shutil.copyfile(self.read.path, made / self.read.path.name)
            if self.read.review:
                made_of_it = made / f"{self.read.path.stem}.ocr.csv"
                made_of_it.write_text(self.read.recognised, encoding="utf-8")
            (made / toml.NAME).write_text(self.toml, encoding="utf-8")
            made.replace(self.folder)


def propose(
    path: str | Path,
    raw: str | Path,
    *,
    index: str | None = None,
    year: int | None = None,
    name: str | None = None,
    accept_ocr: bool = False,
    accepted: Collection[str] = (),
    kind: str = OWN_SHEET,
    limits: budget.Limits = budget.USUAL,
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
    accept_ocr : bool, optional
        Keep what text recognition makes of a scan. Without it the review is shown and
        :meth:`Proposal.write` refuses.
    accepted : collection of str, optional
        Codes that somebody takes knowingly; see :func:`read_release`.
    kind : str, optional
        Kind of the source; a table is official only when somebody says so.
    limits : Limits, optional
        What reading the file may take; the proposed ``release.toml`` says what is not usual.

    Raises
    ------
    ReleaseError
        ``wrong_value`` for an unknown kind; what :func:`~parstudy.releases.read_release` raises.
    """
    path = Path(path)
    if kind not in kinds():
        raise ReleaseError(
            "wrong_value", "no kind of source", found=repr(kind), expected=suggest(kind, kinds())
        )
    if path.is_dir():
        raise ReleaseError(
            "not_a_file", "a folder, not a file", place=str(path), expected="a published file"
        )
    # to be shown is not to be kept: a scan is recognised for the review in any case
    ocr = accept_ocr or text_recognition.available()
    # what a stranger sends may eat the machine: it is read apart, where the system can do that
    read = budget.kept(
        partial(read_release, path, index, year, accept_ocr=ocr, accepted=accepted, limits=limits),
        file=path.name,
        limits=limits,
    )
    release = read.release
    folder = name or f"{release.year}-{slug(path.stem)[:40] or 'release'}"
    if not folder or Path(folder).name != folder or folder.startswith("."):
        raise ReleaseError(
            "bad_name", "no name for a folder", found=repr(folder), expected="such as 2025-annex"
        )
    return Proposal(read, Path(raw) / release.index / folder, accept_ocr, kind, limits)


def kinds() -> dict[str, str]:
    """Kinds of sources and what each is, the own sheet first."""
    known = table("source_kinds")
    told = dict(zip(known["kind"], known["why"], strict=True))
    return {OWN_SHEET: told.pop(OWN_SHEET)} | told


def check(folder: str | Path) -> ReadRelease:
    """Read an existing release again and repeat the checks of the reading.

    Raises
    ------
    ReleaseError
        ``link_outside`` if a link leads out of the folder: somebody else may have made it, to have
        a file of this machine shown.
    """
    folder = Path(folder)
    if folder.is_dir() and (out := toml.links_out(folder)):
        raise ReleaseError(
            "link_outside",
            "a link leads out of the release",
            place=str(out[0]),
            found=str(out[0].resolve()),
            expected="files that lie in the folder",
            advice="Put the file itself in its place",
        )
    return read_release(folder)


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
    text = (Path(model) / toml.NAME).read_text(encoding="utf-8-sig")
    old = from_toml(text)
    files = {f["path"] for f in old.get("files", [])}
    lines = []
    for line in text.splitlines():
        if line.startswith("sha256"):
            continue
        if line.startswith("criteria_set ="):
            named = criteria.criteria_set_of(old["release"]["index"], year)
            line = f'criteria_set = "{named}"'
        if line.startswith("year ="):
            line = f"year = {year}"
        for file in files:
            if line.startswith("path =") and file in line:
                line = line.replace(file, Path(path).name)
        lines.append(line)
    return "\n".join(lines) + "\n"
