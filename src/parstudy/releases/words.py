"""Words and codes of Vietnamese tables: components, names, regions, totals, captions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from parstudy.releases import numbers

_ROMAN = re.compile(r"(?=[IVXL])(XL|L?X{0,3})(IX|IV|V?I{0,3})")
_ROMAN_LEAD = re.compile(r"(?=[IVX])(X{0,2}(?:IX|IV|V?I{0,3}))[.)\s–-]+\s*\S")
# "Ủy ban nhân dân tỉnh Lạng Sơn" is a province
_MINISTRY = re.compile(
    r"(bộ|(?:ủy|uỷ) ban(?! nhân dân)|ngân hàng|thanh tra|văn phòng|bảo hiểm|đài|thông tấn|viện|"
    r"kiểm toán|ministry|state bank|government inspectorate|government office)\b"
)
# a heading "Vùng/Tỉnh" names no region
_REGION = re.compile(
    r"(?:(?:các tỉnh |tổng )?(?:vùng|khu vực|miền)|region"
    r"|(?:nhóm|cụm)\s+(?:[a-zđ]|[0-9]+|[ivx]+))\b"
    r"(?!\s*(?:[/,–-]|và)\s*(?:tỉnh|thành phố|địa))|(?:các tỉnh )?(?:đồng bằng|trung du|tây nguyên"
    r"|đông nam bộ|tây nam bộ|bắc trung bộ|duyên hải|đông bắc|tây bắc)\b"
    r"|(?:red river delta|northern (?:mid|upland|mountain)|north(?:ern)? central"
    r"|central (?:high|coast)"
    r"|south[ -]?east\b|mekong)",
    re.I,
)
# a running number before a name: "1. Hà Nội", "02) Hải Phòng", "3Huế" of a page without lines
_NUMBERED = re.compile(r"[0-9]{1,3}\s?[.)]\s*(?=[^\W\d_])|[0-9]{1,2}(?=[^\W\d_]{2})")
# what a unit of 2025 was made of: "(Hà Giang - Tuyên Quang cũ)", "(mới) hợp nhất từ: ..."
_PLACED = re.compile(
    r"(?<=\w)\s*\((?:tỉnh |đơn vị |địa phương )?(?:dẫn đầu|đứng đầu|cao nhất|thấp nhất|tốt nhất"
    r"|đứng cuối|cuối bảng|(?:xếp |đứng )?(?:thứ|hạng) [0-9]{1,2})[^()]*\)$",
    re.I,
)
_MERGED = re.compile(
    r"\s*(?:\((?:[^()]*[-–+,/][^()]* cũ|mới|sau (?:sáp|hợp)[^()]*"
    r"|(?:được )?(?:hợp nhất|sáp nhập|gồm)\b[^()]*)\)"
    r"|[,:-]?\s(?:được )?(?:hợp nhất|sáp nhập)(?: từ)?\b[^()]*)+$",
    re.I,
)
# "TCTP 1.3.2: ...", "Lĩnh vực I. ..."
_CODE_WORD = re.compile(
    r"(?:lĩnh vực|tiêu chí(?: thành phần)?|tctp|tc|lv)\s*(?=[1-9IVX][0-9.IVX]*(?:[.):\s]|$))", re.I
)
# a code before the name of a component: "1.2.1. Ban hành ...", "3 - Cải cách ...", "II) ..."
_LEADING_CODE = re.compile(
    r"((?:[1-9][0-9]?|[IVX]{1,4})(?:\.[1-9][0-9]?){1,3}(?=[.):\s])|(?:[1-9]|[IVX]+)(?=[.):]\s|\s[–-]\s))"
    r"[.):]?\s*(?:[–-]\s+)?(?=[^\W\d_])(.+)"
)
_CAMEL = re.compile(r"(?<=[a-zđ])(?=[A-ZĐ])|(?<=[A-Z]{2})(?=[A-Z][a-z])")
CODE = re.compile(r"(?:[1-9][0-9]?)(?:\.[1-9][0-9]?){1,3}")
_AREA = re.compile(r"A\.?([1-9])")
_ROMAN_CODE = re.compile(r"([IVX]{1,4})((?:\.[1-9][0-9]?){1,2})")
# "1 CÔNG TÁC CHỈ ĐẠO": an area in capitals
_CAPITALS = re.compile(r"([1-8]|[IVX]{1,4})\s+([^\W\d].{8,})")
NUMBERING = re.compile(r"\(?(?:[0-9]{1,3}|[A-Z])\)?(?:\s?=.*)?")
# what a line under or between the provinces is called, and the measure that it prints
_AGGREGATES = (
    (
        re.compile(
            r"(giá trị |điểm |chỉ số )?(trung bình|bình quân|tb)\b|(national )?(mean|average)\b"
        ),
        "mean",
    ),
    (re.compile(r"(giá trị |điểm |chỉ số )?(cao nhất|lớn nhất)\b|max(imum)?\b|highest\b"), "max"),
    (re.compile(r"(giá trị |điểm |chỉ số )?(thấp nhất|nhỏ nhất)\b|min(imum)?\b|lowest\b"), "min"),
    (re.compile(r"(giá trị )?trung vị\b|median\b"), "median"),
    (re.compile(r"(khoảng cách|khoảng biến thiên|biên độ)\b|range\b"), "range"),
)
# a mean of a region or of a group of units is none of the nation
_OF_SOME = re.compile(r"\b(vùng|khu vực|cụm|nhóm|miền|tiểu vùng|region|group)\b")
LEFT_OUT = re.compile(
    r"(tổng( cộng| số| điểm)?|cộng|cả nước|toàn quốc|(grand )?total|sum|std|ghi chú|notes?)\s*:?$"
    r"|(?:cộng|tổng) (?:trang|mang|chuyển|dồn|lũy kế)\b"
    r"|số (?:tỉnh|địa phương|đơn vị)\b"
    r"|(?:[0-9]+|tất cả|toàn bộ) (?:các )?(?:tỉnh|thành phố|địa phương|đơn vị)\b"
    r"|các (?:tỉnh|thành phố|địa phương)\b.* còn lại|việt nam$|quốc gia$"
    r"|(?:trang trước |cộng )?(?:chuyển|mang) sang\b"
    r"|(?:chuyển|sang) trang\b|sub-?total\b|(?:carried|brought) forward\b"
    r"|độ lệch|standard dev"
    r"|(giá trị |điểm |chỉ số )?(trung bình|bình quân|tb|mean|average)\b"
    r"|(trong đó|of which)\b|.*\btối đa\b|trọng số\b|weights?\b"
)
_MAXIMA = re.compile(r"(thang điểm|(số )?điểm (tối đa|chuẩn)|tối đa|max(imum)? score|maxima)\b")
_CAPTION = re.compile(r"(bảng|biểu|phụ lục|pl|table|annex|appendix)\b")
# a footnote mark behind a name
MARKED = re.compile(
    r"(?:(?<=[^\W⁰¹²³⁴-⁹])\s*[⁰¹²³⁴-⁹⁽⁾*]+"
    r"|(?<=[\w)])\s*(?:\*{1,3}|\(\*{1,3}\)|\([0-9]\)|\[[0-9a-z⁰¹²³⁴-⁹]{1,3}\])+)$"
)
SCORING = {
    "thẩm định": "appraisal",
    "tự đánh giá": "appraisal",
    "appraisal": "appraisal",
    "điều tra": "survey",
    "điều tra xhh": "survey",
    "điều tra xã hội học": "survey",
    "xhh": "survey",
    "đt xhh": "survey",
    "đtxhh": "survey",
    "tđ": "appraisal",
    "tđg": "appraisal",
    "survey": "survey",
    "kết hợp": "mixed",
    "mixed": "mixed",
}


@lru_cache(maxsize=1 << 13)
def component_of(text: str) -> str:
    """Component of a printed code: ``1.3.2`` as it is, ``3``, ``III`` and ``A3`` are ``A3``."""
    code = numbers.clean(text).strip("().").strip()
    dotted = _ROMAN_CODE.fullmatch(code)
    code = f"{roman(dotted[1])}{dotted[2]}" if dotted else code
    if CODE.fullmatch(code):
        return code
    area = _AREA.fullmatch(code)
    if area:
        return f"A{area[1]}"
    if re.fullmatch(r"[1-9]", code):
        return f"A{code}"
    number = roman(code)
    return f"A{number}" if 1 <= number <= 9 else ""


def coded_name(text: str) -> tuple[str, str]:
    """Component and name of a cell that holds a code, or a code and the name behind it.

    >>> coded_name("TC 1.2. Chế độ báo cáo"), coded_name("III"), coded_name("Cải cách thể chế")
    (('1.2', 'Chế độ báo cáo'), ('A3', ''), ('', ''))
    """
    words = _CODE_WORD.sub("", numbers.clean(text), count=1)
    glued = _LEADING_CODE.fullmatch(words)
    if not glued and words.isupper():
        glued = _CAPITALS.fullmatch(words)
    return (component_of(glued[1]), glued[2]) if glued else (component_of(words), "")


@lru_cache(maxsize=4096)
def unit_name(text: str) -> str:
    """Name of a province without number, footnote mark, and what it was made of.

    >>> unit_name("3. Tuyên Quang (Hà Giang - Tuyên Quang cũ)"), unit_name("* Lào Cai (mới)*")
    ('Tuyên Quang', 'Lào Cai')
    >>> unit_name("Hải Phòng (dẫn đầu cả nước)")
    'Hải Phòng'
    """
    name = _NUMBERED.sub("", MARKED.sub("", numbers.clean(text).lstrip("* ")), count=1)
    name = _PLACED.sub("", name)
    return _MERGED.sub("", name) if "(" in name or "nhập" in name or "nhất" in name else name


def roman(text: str) -> int:
    """Value of a Roman number up to 89, or 0."""
    if not _ROMAN.fullmatch(text):
        return 0
    values = {"I": 1, "V": 5, "X": 10, "L": 50}
    digits = [values[c] for c in text]
    following = [*digits[1:], 0]
    return sum(-d if d < n else d for d, n in zip(digits, following, strict=True))


def family(code: str) -> tuple[str, str]:
    """Parent and level of a component as far as its code tells."""
    if code == "total":
        return "", "total"
    if _AREA.fullmatch(code):
        return "total", "area"
    if CODE.fullmatch(code):
        parts = code.split(".")
        if len(parts) == 2:
            return f"A{parts[0]}", "criterion"
        return ".".join(parts[:-1]), "subcriterion"
    if code in ("appraisal", "survey_leaders", "sipas", "socioeconomic", "survey"):
        return "total", "score_source"
    return "total", "part"


def apart(text: str) -> str:
    """Words that programs write together, apart.

    >>> apart("ChiSoCCHCNam"), apart("766/QĐ-TTg")
    ('Chi So CCHC Nam', '766/QĐ-TTg')
    """
    return _CAMEL.sub(" ", text)


def fold(text: str) -> str:
    """Text for comparing headers: one case, one kind of space, no spaces at the edges."""
    return numbers.clean(text).casefold()


@lru_cache(maxsize=1 << 13)
def is_name(text: str) -> bool:
    """Whether a text has a word of two letters or more."""
    return any(len(w) > 1 for w in re.findall(r"[^\W\d_]+", text))


def is_caption(text: str) -> bool:
    """Whether a line is the title of a table: "Bảng 3. ...", "Phụ lục 2"."""
    return bool(_CAPTION.match(fold(text)))


def is_of_maxima(text: str) -> bool:
    """Whether a line is called by what can be reached at most: "Điểm tối đa", "Thang điểm"."""
    return bool(_MAXIMA.match(fold(text)))


def aggregate_of(words: str) -> str:
    """Measure that a line of this name prints over all units (``mean``, ...), or nothing."""
    if _OF_SOME.search(words):
        return ""
    return next((m for p, m in _AGGREGATES if p.match(words)), "")


def is_region(left: Sequence[str], label: str) -> bool:
    """Whether a row names a region: a Roman number before it, or the word itself."""
    numbered = any(roman(t.rstrip(".")) for t in left)
    return bool(numbered or _ROMAN_LEAD.match(label) or _REGION.match(label))


def is_ministry(label: str) -> bool:
    """Whether a row names a body of the central government, which parstudy does not hold."""
    return bool(_MINISTRY.match(fold(label)))


def is_numbering(texts: Sequence[str]) -> bool:
    """Whether the texts of a row are the numbers of its columns: (1) (2) (3)=(1)+(2)."""
    if len(texts) < 3 or not all(map(NUMBERING.fullmatch, texts)):
        return False
    counted = [int(m[0]) for t in texts if (m := re.match(r"\d+", t.lstrip("(")))]
    return all(b == a + 1 for a, b in pairwise(counted))


def is_scoring(text: str) -> bool:
    """Whether a text says how a component is scored."""
    return fold(text) in SCORING
