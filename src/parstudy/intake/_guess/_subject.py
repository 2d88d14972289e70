"""What a table is about: index and year, by its file's name, titles and headings."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import replace

from parstudy.facts import criteria
from parstudy.releases.formats.grid import Grid
from parstudy.releases.headings import YEAR, lettered
from parstudy.releases.words import fold

# "các năm 2022, 2023 và 2024" names all three
_NAMED_YEARS = re.compile(
    r"(?:năm|index years?|years?|index|sipas)\s*"
    r"(20[0-4][0-9](?:\s*(?:[,;&/]|,?\s*(?:và|and)\b)\s*20[0-4][0-9])*)(?![0-9])"
)
_NOT_ABOUT = re.compile(
    r"(?:công bố|ban hành|phát hành|announced|published|released)(?: (?:vào|trong|in))?"
    r"\s*(?:năm\s*)?20[0-9]{2}"
    r"|\bsố [0-9]+[^\s]*\s+năm 20[0-9]{2}"
    r"|(?:tháng|month)\s*[0-9]{1,2}\s*(?:,|năm)?\s*20[0-9]{2}"
    r"|(?:so với|so sánh với|compared (?:with|to)|than)(?: cùng kỳ| kết quả| chỉ số)?"
    r"(?:\s*(?:năm|in))?\s*20[0-9]{2}"
    r"|giai đoạn\s*20[0-9]{2}\s*[-–]\s*20[0-9]{2}|20[0-9]{2}\s*[-–]\s*20[0-9]{2}"
)
# other rankings of provinces with the same columns
_OTHERS = (
    ("766/QĐ-TTg", r"766/qđ|mức độ phục vụ|phục vụ người dân,? (?:và )?doanh nghiệp"),
    ("DDCI", r"\bddci\b"),
    ("PGI", r"\bpgi\b|chỉ số xanh"),
    ("PII", r"\bpii\b|đổi mới sáng tạo"),
    ("ICT Index", r"\bict\b"),
)
INDICES = (*((code, known.in_titles) for code, known in criteria.indices().items()), *_OTHERS)


def index_and_year(file: str, grids: Sequence[Grid]) -> tuple[str, int | None]:
    """Index and index year as the file's name, its titles and its headings say; else nothing."""
    titles, heads = _said(file, grids)
    body = fold(" . ".join([*titles, *heads]))
    body = re.sub(r"[_]+", " ", body)
    # the satisfaction index is one part of the reform index, hence the order; a heading may name
    # the index of which the title's is a part
    index = index_of(re.sub(r"[_]+", " ", fold(" . ".join(titles)))) or index_of(body)
    for text in (" . ".join(titles), " . ".join([*titles, *heads])):
        found = years_in(re.sub(r"[_]+", " ", fold(text)))
        if len(found) == 1:
            return index, found[0]
        if found:
            # two years side by side, each with columns of its own: the later one is the release's
            own = {y for h in heads for y in years_in(fold(h))}
            pair = len(found) == 2 and found[1] == found[0] + 1
            return index, found[1] if pair and own >= set(found) else None
    return index, None


def years_named(file: str, grids: Sequence[Grid]) -> list[int]:
    """Years that a file's name, its titles or its headings name."""
    titles, heads = _said(file, grids)
    return years_in(fold(" . ".join([*titles, *heads]).replace("_", " ")))


def _said(file: str, grids: Sequence[Grid]) -> tuple[list[str], list[str]]:
    """Texts of titles, the file's name among them, and of headings."""
    titles, heads = [file], list[str]()
    for grid in grids:
        titles.append(grid.context)
        for row in grid.rows[:8]:
            texts = [c.words for c in row if c.words and not c.covered and c.kind != "date"]
            (titles if len(texts) < 3 else heads).extend(texts)
    return [lettered(t) for t in titles], [lettered(t) for t in heads]


def years_in(body: str) -> list[int]:
    """Years that a text is about: not those of a date or of a comparison."""
    body = _NOT_ABOUT.sub(" ", body)
    named = " ".join(_NAMED_YEARS.findall(body))
    return sorted({int(y) for y in YEAR.findall(named) or YEAR.findall(body)})


def index_of(text: str) -> str:
    """Index that a folded text names, or nothing."""
    return next((code for code, pattern in INDICES if re.search(pattern, text)), "")


def said_over(part: Grid) -> tuple[str, int | None]:
    """Index and year that stand over one of several tables of a sheet."""
    rows = tuple(row for row in part.rows if any(c.text for c in row))
    return index_and_year("", [replace(part, rows=rows, context="")])


def other_subject(grid: Grid, index: str, year: int) -> str:
    """Another index or year that a table says it is of, for people; else nothing."""
    own, about = index_and_year_over(grid)
    if own and own != index and not named_in(titles_over(grid), index):
        return own
    return str(about) if about is not None and about != year else ""


def title_lines(grid: Grid) -> list[str]:
    """Lines of a table's title: its long lines, or those that name an index."""
    lines = re.split(r"\n| \. ", titles_over(grid).replace(sheet_name(grid), "", 1))
    told = [t.strip(" .") for t in lines if len(t.strip()) > 20 or index_of(fold(t))]
    return [t for t in dict.fromkeys(told) if not re.match(r"\(|kèm theo", fold(t))]


def titles_over(grid: Grid) -> str:
    """What stands over a table: the text above it, its sheet's name, rows of one text."""
    return " . ".join([grid.context, sheet_name(grid), *title_rows(grid)])


def title_rows(grid: Grid) -> list[str]:
    """Texts of the rows above the headings that hold nothing else."""
    found: list[str] = []
    filled = (texts for row in grid.rows if (texts := {c.words for c in row if c.words}))
    for texts in itertools.islice(filled, 8):
        if len(texts) > 2:
            break
        found += [t for t in texts if len(texts) == 1]
    return found


def mentions(grid: Grid, index: str) -> bool:
    """Whether a table's titles and headings name an index, beside others perhaps."""
    texts = [grid.context, sheet_name(grid)]
    texts += [c.words for row in grid.rows[:8] for c in row if not c.covered]
    return named_in(" . ".join(texts), index)


def named_in(text: str, index: str) -> bool:
    """Whether a text names an index."""
    pattern = dict(INDICES).get(index, index)
    return bool(re.search(pattern, re.sub(r"_+", " ", fold(text))))


def sheet_name(grid: Grid) -> str:
    """Name of the sheet, or nothing for a file without sheets."""
    return grid.where.removeprefix("sheet ").strip("'\"") if grid.sheet else ""


def index_and_year_over(grid: Grid) -> tuple[str, int | None]:
    """Index and year of one table by its own titles; a column "SIPAS" makes no other index."""
    index, _ = index_and_year(titles_over(grid), [])
    return index, index_and_year("", [replace(grid, context=f"{grid.context} {sheet_name(grid)}")])[
        1
    ]
