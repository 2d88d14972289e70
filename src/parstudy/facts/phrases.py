"""Words that stay together where a heading breaks: terms, names of places, numbers with theirs.

Syllables of a Vietnamese word stand apart like words do: no program sees that "tất cả" is one.
The words stand in ``facts/phrases.csv``; names of provinces and regions are added to them.
"""

from __future__ import annotations

import re
from functools import cache

from parstudy.facts import rows

_FIXED = "\N{NO-BREAK SPACE}"
_ANY = "… "
"""What a phrase begins with that is any word and the one behind it: "… nào"."""
_LONGEST = 22
"""Letters of what stays together: more does not fit on a line of a large heading on a phone."""
_COUNTED = re.compile(r"(?<=[\w?]) (?=[\d±][\d.,]*%?(?!\w)|\([^()\s]{1,2}\))|(?<=±) (?=\d)")
"""Between a word and its number, or a sign in brackets: "năm 2021", "Tăng (+)"."""


def bound(text: str, language: str) -> str:
    r"""Give a heading with fixed spaces within its phrases, so that it breaks between them.

    Parameters
    ----------
    text : str
        Heading, caption or label.
    language : str
        Code of its language.

    Returns
    -------
    str
        The same words.

    Examples
    --------
    >>> bound("PAR INDEX 2023: tất cả các tỉnh", "vi").split(" ")
    ['PAR\xa0INDEX\xa02023:', 'tất\xa0cả', 'các\xa0tỉnh']
    """
    if " " not in text:
        return text
    text = _COUNTED.sub(_FIXED, text)
    phrases, clinging = _patterns(language)
    text = phrases.sub(lambda found: found[0].replace(" ", _FIXED), text)
    return clinging.sub(_FIXED, text)


@cache
def _patterns(language: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """All phrases of a language, the longer ones first; spaces before words that cling."""
    known = {row["phrase"] for row in rows("phrases") if row["language"] == language}
    clinging = sorted(p.removeprefix(_ANY) for p in known if p.startswith(_ANY))
    for table in ("provinces_63", "provinces_34", "regions"):
        known |= {row[f"name_{language}"] for row in rows(table) if row.get(f"name_{language}")}
    whole = sorted(
        (p for p in known if " " in p and len(p) <= _LONGEST), key=lambda p: (-len(p), p)
    )
    words = "|".join(re.escape(p).replace(r"\ ", r"\s") for p in whole)
    ends = "|".join(map(re.escape, clinging))
    return (
        re.compile(rf"(?<!\w)(?:{words})(?!\w)" if words else r"(?!)", re.IGNORECASE),
        re.compile(rf"(?<=\w) (?=(?:{ends})(?!\w))" if ends else r"(?!)"),
    )
