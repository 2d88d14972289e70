"""Every file of the corpus is read exactly, or refused by name and place: cell by cell."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import build_corpus
import pytest

from parstudy.errors import ReleaseError
from parstudy.intake import ReadRelease, read_release


def wrong(case: build_corpus.Case, folder: Path) -> list[str]:
    """What is not as it must be, in words; nothing for a good reading or a good refusal."""
    try:
        read = read_release(folder / case.file, index=case.index, year=2021)
    except ReleaseError as error:
        if case.expect is not None:
            return [f"{case.name}: refused: {error.code}: {error}"]
        named = error.code == case.code and case.place in error.place
        return [] if named else [f"{case.name}: {error.code} for {case.code}: {error}"]
    if case.expect is None:
        return [f"{case.name}: read, not refused as {case.code}"]
    return compare(case, read)


def compare(case: build_corpus.Case, read: ReadRelease) -> list[str]:
    assert case.expect is not None
    found: dict[tuple[str, str, str], float] = {}
    problems = []
    for row in read.figures.to_dict("records"):
        component = row["component"] + (f" {row['year']}" if row["year"] != 2021 else "")
        key = (row["unit_text"], component, row["measure"])
        if found.setdefault(key, row["value"]) != row["value"]:
            problems.append(f"{case.name}: {key}: two values")
    for key in sorted(set(found) | set(case.expect)):
        want, got = case.expect.get(key), found.get(key)
        if want is None or got is None or abs(want - got) > 1e-9:
            problems.append(f"{case.name}: {key}: expected {want}, read {got}")
    return problems


def run(cases: list[build_corpus.Case], folder: Path) -> None:
    problems = [p for case in cases for p in wrong(case, folder)]
    cells = sum(len(c.expect) for c in cases if c.expect is not None)
    refused = sum(c.expect is None for c in cases)
    print(f"{len(cases)} files: {cells} cells compared, {refused} files to be refused")
    assert not problems, "\n".join(problems[:20])


def test_every_file_is_read_exactly_or_refused(tmp_path: Path) -> None:
    cases = build_corpus.build(tmp_path)
    assert len(cases) >= 180
    run(cases, tmp_path)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_real_office_files(tmp_path: Path) -> None:
    cases = build_corpus.build(tmp_path, office=True)
    made = [c for c in cases if c.convert]
    assert len(made) >= 20
    run(made, tmp_path)


@pytest.mark.slow
def test_speed_of_a_large_annex(tmp_path: Path) -> None:
    """63 provinces x 138 components: a spreadsheet under 3 s, a PDF of some 40 pages under 30 s.

    The limits leave room for a busy machine; the times are printed.
    """
    one, expect = build_corpus.t_criteria(criteria=4, parts=3)
    build_corpus.write_xlsx(tmp_path / "large.xlsx", [one], stored=True)
    build_corpus.write_pdf(tmp_path / "large.pdf", one, columns=9, per_page=24)
    for name, most in (("large.xlsx", 3.0), ("large.pdf", 30.0)):
        start = time.perf_counter()
        read = read_release(tmp_path / name, index="PAR_INDEX", year=2021)
        seconds = time.perf_counter() - start
        print(f"{name}: {len(read.figures)} figures in {seconds:.1f} s")
        assert compare(build_corpus.Case(name, name, expect), read) == []
        assert seconds < most
