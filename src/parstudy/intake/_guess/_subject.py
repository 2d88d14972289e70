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

_NAMED_YEAR = re.compile(r"(?:năm|index year|year|index|sipas)\s*(20[0-4][0-9])(?![0-9])")
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
# what a title may say of its figures that makes them no results: "Số điểm bị trừ ..."
_NO_RESULTS = re.compile(
    r"(?:(?:bảng|biểu|phụ lục)\b[^.:]{0,12}[.:]\s*)?(?:bảng |biểu )?"
    r"(?:tổng hợp |so sánh |kết quả )?(?:các |số )?(?:điểm )?(?:số )?"
    r"(mục tiêu|chỉ tiêu (?:phấn đấu|kế hoạch|được giao|đề ra)|phấn đấu|dự kiến|dự báo"
    r"|ước (?:đạt|thực hiện)|bị trừ|trừ|mất điểm|bị mất|chưa đạt|còn thiếu|chênh lệch"
    r"|khoảng cách|mức (?:tăng|giảm))\b"
)
# and such words anywhere in it: other figures than the published ones of the whole year
_OTHER_RESULTS = re.compile(
    r"(?:chưa|không|trước khi|sau khi) (?:tính|bao gồm|kể|cộng|trừ|loại)\b[^.:;()]{0,30}"
    r"|\b(?:6|9|sáu|chín) tháng|\bquý (?:[ivx]+|[1-4])\b|nửa (?:đầu|cuối) năm"
    r"|(?:trung bình|bình quân|tb)\b[^.:;()]{0,20}\b(?:giai đoạn|các năm|(?:[2-9]|hai|ba|bốn) năm)"
    r"|tạm tính|sơ bộ|dự thảo|thí điểm|thử nghiệm|mô phỏng|chuẩn h[óo][aá]|tính lại|lũy kế"
    r"|first half|preliminary|provisional|draft|simulated"
    r"|thi đua|(?:cuộc|hội) thi\b"
    r"|\b(?:cục thuế|công an|bảo hiểm xã hội|bhxh|kho bạc|hải quan|tòa án|viện kiểm sát)\b"
)
# "Chỉ số minh bạch": an index that is none of those known
_OTHER_INDEX = re.compile(
    r"\b(?:bộ )?chỉ số (?!(?:cchc|cải|hài|sipas|par|papi|pci|tổng|thành|chung|đánh|xếp|của|các|năm|"
    r"theo|và|cấp|về|trên|trong|được|đạt|này|tăng|giảm|cao|thấp)\b)([^\W\d]+(?: [^\W\d]+)?)"
)
# "Chỉ số hài lòng về giải quyết thủ tục đất đai": of another service
_OTHER_SERVICE = re.compile(
    r"hài lòng[^.:;]{0,60}\b(?:về|đối với|của)\b[^.:;]{0,50}\b"
    r"(giáo dục|y tế|bệnh|khám chữa|đất đai|điện lực|cấp điện|cấp nước|giao thông|hải quan|thuế)\b"
)
_LONGEST_TITLE = 200
_CLAIMED = re.compile(r"tự (?:đánh giá|chấm)")
_GRANTED = re.compile(r"thẩm định|công nhận|điều tra|xã hội học|hội đồng|phê duyệt|công bố")


def index_and_year(file: str, grids: Sequence[Grid]) -> tuple[str, int | None]:
    """Index and index year as the file's name, its titles and its headings say; else nothing."""
    titles, heads = [file], list[str]()
    for grid in grids:
        titles.append(grid.context)
        for row in grid.rows[:8]:
            texts = [c.words for c in row if c.words and not c.covered and c.kind != "date"]
            (titles if len(texts) < 3 else heads).extend(texts)
    titles, heads = [[lettered(t) for t in texts] for texts in (titles, heads)]
    body = fold(" . ".join([*titles, *heads]))
    body = re.sub(r"[_]+", " ", body)
    index = ""
    for code, pattern in INDICES:
        # the satisfaction index is one part of the reform index, hence the order
        if re.search(pattern, body):
            index = code
            break
    for text in (" . ".join(titles), " . ".join([*titles, *heads])):
        found = _years(re.sub(r"[_]+", " ", fold(text)))
        if len(found) == 1:
            return index, found[0]
        if found:
            # two years side by side, each with columns of its own: the later one is the release's
            own = {y for h in heads for y in _years(fold(h))}
            pair = len(found) == 2 and found[1] == found[0] + 1
            return index, found[1] if pair and own >= set(found) else None
    return index, None


def _years(body: str) -> list[int]:
    """Years that a text is about: not those of a date or of a comparison."""
    body = _NOT_ABOUT.sub(" ", body)
    for pattern in (_NAMED_YEAR, YEAR):
        years = sorted({int(y) for y in pattern.findall(body)})
        if years:
            return years
    return []


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


def no_results(grid: Grid) -> str:
    """Words of a table's title that make its figures no results: targets, points lost, gaps."""
    lines = [fold(t).lstrip(" -–") for t in re.split(r"\n| \. ", titles_over(grid))]
    named = any(map(index_of, lines))
    for line in (t for t in lines if index_of(t) or YEAR.search(t)):
        if not named and (strange := _OTHER_INDEX.search(line)):
            return strange[0]
        short = line if len(line) <= _LONGEST_TITLE else ""
        found = _NO_RESULTS.match(line) or _OTHER_SERVICE.search(short)
        other = _OTHER_RESULTS.search(short)
        if found or other:
            return found[1] if found else other[0].strip() if other else ""
    return ""


def is_claimed(grid: Grid) -> bool:
    """Whether a table's title says that its points are what the provinces gave themselves."""
    title = fold(titles_over(grid))
    return bool(_CLAIMED.search(title)) and not _GRANTED.search(title)


def titles_over(grid: Grid) -> str:
    """What stands over a table: the text above it, its sheet's name, rows of one text."""
    titles = [grid.context, sheet_name(grid)]
    filled = (texts for row in grid.rows if (texts := {c.words for c in row if c.words}))
    for texts in itertools.islice(filled, 8):
        if len(texts) > 2:
            break
        titles += [t for t in texts if len(texts) == 1]
    return " . ".join(titles)


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
