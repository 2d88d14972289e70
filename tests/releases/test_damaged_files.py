"""Random damage to the bytes of files: read right, refused, or shown; never silently wrong.

Bytes are flipped, removed, doubled, overwritten and cut off, in the file itself and, for the
formats that are archives, inside of the archive, where no checksum notices. A figure that comes
out otherwise than it was printed must stand so in the damaged file: an extractor that shares no
code with the readers is asked.
"""

from __future__ import annotations

import io
import os
import re
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import build_corpus
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_mutation import still_says

from parstudy.errors import ReleaseError
from parstudy.intake import ReadRelease, read_release

ROUNDS = int(os.environ.get("PARSTUDY_MUTATIONS", "150"))
WHOLE: dict[str, bytes] = {}
counts: Counter[str] = Counter()
FORMATS = ("csv", "html", "docx", "xlsx", "pdf")
INSIDE = {"docx": "word/document.xml", "xlsx": "xl/worksheets/sheet1.xml"}


def hurt(data: bytes, kind: str, at: float, amount: int, value: int) -> bytes:
    """The bytes with one damage at a place between 0 and 1."""
    place = min(int(at * len(data)), len(data) - 1)
    if kind == "flip":
        return data[:place] + bytes([data[place] ^ (1 << value % 8)]) + data[place + 1 :]
    if kind == "overwrite":
        return data[:place] + bytes([value]) * amount + data[place + amount :]
    if kind == "remove":
        return data[:place] + data[place + amount :]
    if kind == "double":
        return data[: place + amount] + data[place:]
    return data[:place]


def inside(data: bytes, member: str, *damage: Any) -> bytes:
    """The archive with one member damaged and packed again."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            body = old.read(name)
            new.writestr(name, hurt(body, *damage) if name == member else body)
    return buffer.getvalue()


def printed(path: Path) -> str:
    """All text of a damaged file, by other means than the readers use."""
    data = path.read_bytes()
    if path.suffix == ".pdf":
        import pypdfium2

        document = pypdfium2.PdfDocument(path)
        return " ".join(page.get_textpage().get_text_range() for page in document)
    if path.suffix in (".docx", ".xlsx"):
        with zipfile.ZipFile(path) as archive:
            data = b" ".join(archive.read(n) for n in archive.namelist())
    return re.sub(r"<[^>]*>", "", data.decode("utf-8", errors="replace"))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> None:
    """One good file of each format; not an argument, for hypothesis prints those."""
    folder = tmp_path_factory.mktemp("whole")
    one, _ = build_corpus.t_small()
    (folder / "a.csv").write_text(build_corpus.csv_text(one, ";"), encoding="utf-8")
    (folder / "a.html").write_text(build_corpus.html_text(one), encoding="utf-8")
    build_corpus.write_docx(folder / "a.docx", [one])
    build_corpus.write_xlsx(folder / "a.xlsx", [one], stored=True)
    build_corpus.write_pdf(folder / "a.pdf", one)
    WHOLE.update({f: (folder / f"a.{f}").read_bytes() for f in FORMATS})


@settings(
    max_examples=ROUNDS,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(
    st.sampled_from(FORMATS),
    st.booleans(),
    st.sampled_from(["flip", "flip", "overwrite", "remove", "double", "cut"]),
    st.floats(0, 1, exclude_max=True),
    st.integers(1, 40),
    st.integers(0, 255),
)
def check(
    folder: Path,
    form: str,
    deep: bool,
    kind: str,
    at: float,
    amount: int,
    value: int,
) -> None:
    damage = (kind, at, amount, value)
    archive = deep and form in INSIDE
    data = inside(WHOLE[form], INSIDE[form], *damage) if archive else hurt(WHOLE[form], *damage)
    path = folder / f"damaged.{form}"
    path.write_bytes(data)
    try:
        read = read_release(path, index="PAR_INDEX", year=2021)
    except ReleaseError as error:
        counts["refused"] += 1
        named = bool(error.code and error.place)
    else:
        named = True
        compare(read, path)
    assert named, "a refusal names its reason and its place"


def compare(read: ReadRelease, path: Path) -> None:
    _, expect = build_corpus.t_small()
    expect[build_corpus.NAMES[4], "total", "score"] = 87.11
    found = {
        (f["unit_text"], f["component"], f["measure"]): f for f in read.figures.to_dict("records")
    }
    strange = [k for k, f in found.items() if k not in expect or abs(f["value"] - expect[k]) > 1e-9]
    lost = [k for k in expect if k not in found]
    if not strange and not lost:
        counts["read right in spite of it"] += 1
        return
    text = printed(path)
    said = set(read.findings.loc[read.findings["severity"].ne("info"), "unit_id"])
    said |= {""} if "wrong_number_of_units" in set(read.findings["code"]) else set()
    # a damaged name is another name as printed; the register of provinces does not know it later
    renamed = {k[0] for k in found} - {k[0] for k in expect}
    told = " ".join([*read.layout.doubts, *read.release.notes])
    for key in strange:
        figure = found[key]
        as_printed = str(figure["text"]).removesuffix(".0") in text or figure["text"] in text
        assert still_says(figure["text"]) == figure["value"], f"{figure['text']!r}: {figure}"
        assert as_printed or key[0] in said, f"{figure['text']!r} stands nowhere: {figure}"
    for key in lost:
        shown = f"{expect[key]:.2f}".replace(".", ",")
        gone = key[0] not in text or shown not in text or bool(said & {key[0], ""})
        assert gone or told or renamed, f"{key} was lost and nothing says so"
    counts["another figure, as the file now says"] += 1


@pytest.mark.usefixtures("whole")
def test_no_damaged_file_is_misread_silently(tmp_path: Path) -> None:
    counts.clear()
    check(tmp_path)  # type: ignore[call-arg]
    print(", ".join(f"{n} {what}" for what, n in sorted(counts.items())))
    assert sum(counts.values()) >= ROUNDS * 0.9
    assert counts["refused"] > 0
