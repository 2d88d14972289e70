"""A release folder -> one RawRelease."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from parstudy import budget
from parstudy.errors import ReleaseError
from parstudy.releases import _figures, tables, toml
from parstudy.releases.formats import open_tables
from parstudy.releases.formats.grid import Grid
from parstudy.releases.model import RawRelease, components_frame, figures_frame, sources_frame
from parstudy.releases.spec import ReleaseSpec, TableSpec
from parstudy.text import suggest


def read_release_folder(folder: str | Path, *, kept: bool = False) -> RawRelease:
    """Read one release as its ``release.toml`` says.

    Parameters
    ----------
    folder : str or Path
        ``data/raw/<INDEX>/<release>``.
    kept : bool, optional
        Whether files that a library unpacks are opened in a process of their own, held to their
        limits.

    Returns
    -------
    RawRelease

    Raises
    ------
    ReleaseError
        With reason code, place (file, sheet or page, row, column), what was found and what was
        expected. Nothing is guessed and nothing is written.
    """
    # not resolved: a folder that is a link counts where it was put
    return read_spec(toml.load(Path(folder).absolute()), kept=kept)


def read_spec(
    spec: ReleaseSpec,
    opened: dict[tuple[object, ...], list[Grid]] | None = None,
    *,
    kept: bool = False,
) -> RawRelease:
    """Read the files of a checked ``release.toml``; ``opened`` are tables read before."""
    sources: Mapping[str, Mapping[str, str]]
    if spec.source is not None:
        sources = {spec.source["source_id"]: spec.source}
    else:
        sources = _figures.read_sources(spec.folder / spec.sources_path)
    reading = tables.Reading()
    told: list[dict[str, Any]] = []
    opened = {} if opened is None else opened
    for entry in spec.files:
        path = _checked_path(spec, entry)
        if entry.source_id and entry.source_id not in sources:
            raise ReleaseError(
                "unknown_source",
                "the source is not listed",
                place=f"{spec.place} {entry.place} source_id",
                found=repr(entry.source_id),
                expected=suggest(entry.source_id, sources),
            )
        if entry.reader == "figures":
            reading.figures += _figures.read_figures(path, spec, sources)
        elif entry.reader == "components":
            told += _figures.read_components(path, spec)
        else:
            key = tables_key(entry)
            if key not in opened:
                opened[key] = (
                    budget.kept(open_tables, path, entry, file=path.name, limits=entry.limits)
                    if kept and entry.format != "csv"
                    else open_tables(path, entry)
                )
            grids = _chosen(opened[key], entry, f"{spec.place} {entry.place}")
            tables.read(grids, entry, spec, reading)
    # a file of components knows more than the head of a table
    components = {row["code"]: row for row in told}
    for code, row in reading.components.items():
        known = components.setdefault(code, row)
        if known is not row and known["max_score"] != known["max_score"]:
            known["max_score"] = row["max_score"]
    cited = {row["source_id"] for row in reading.figures}
    return RawRelease(
        release_id=f"{spec.index}/{spec.folder.name}",
        index=spec.index,
        year=spec.year,
        geography=spec.geography,
        n_ranked=spec.n_ranked,
        criteria_set=spec.criteria_set,
        synthetic=spec.synthetic,
        title=spec.title,
        ties=spec.ties,
        figures=figures_frame(reading.figures),
        sources=sources_frame(s for i, s in sources.items() if i in cited),
        components=components_frame(components.values()),
        notes=(*tables.iter_notes(reading), *_linked(spec)),
        running=tuple(reading.running),
    )


def _linked(spec: ReleaseSpec) -> list[str]:
    """What is to be told of files that lie elsewhere and are linked from the folder."""
    paths = {spec.folder / entry.path for entry in spec.files}
    return [
        f"{path.name} is a link out of the release: {path.resolve()} was read"
        for path in sorted(paths)
        if not path.resolve().is_relative_to(spec.folder.resolve())
    ]


def _checked_path(spec: ReleaseSpec, entry: TableSpec) -> Path:
    """Path of a listed file, after its checksum has been compared."""
    path = spec.folder / entry.path
    found = hashlib.sha256(path.read_bytes()).hexdigest() if entry.sha256 else ""
    if found != entry.sha256:
        raise ReleaseError(
            "changed_file",
            f"{entry.path} is not the file that was described",
            place=f"{spec.place} {entry.place} sha256",
            found=found,
            expected=entry.sha256,
            advice="Put the original back, or check the new file and write its checksum",
        )
    return path


def tables_key(entry: TableSpec) -> tuple[object, ...]:
    """What decides which tables a file gives."""
    return (entry.path, entry.format, entry.pages, entry.encoding, entry.separator)


def _chosen(grids: list[Grid], entry: TableSpec, place: str) -> list[Grid]:
    """The sheets or tables that an entry names; all of them if it names none."""
    if entry.sheets:
        by_name = {g.name: g for g in grids}
        for name in entry.sheets:
            if name not in by_name:
                raise ReleaseError(
                    "missing_sheet",
                    "the workbook has no such sheet",
                    place=f"{place} sheet",
                    found=repr(name),
                    expected=suggest(name, by_name),
                )
        return [by_name[name] for name in entry.sheets]
    if entry.tables:
        for number in entry.tables:
            if number > len(grids):
                raise ReleaseError(
                    "missing_table",
                    "the file has fewer tables",
                    place=f"{place} table",
                    found=f"{len(grids)} tables",
                    expected=f"table {number}",
                )
        return [grids[number - 1] for number in entry.tables]
    return grids
