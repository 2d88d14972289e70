"""Write the tables of columns in ``docs/data.md`` from ``facts/fields.csv``.

python tools/fields_table.py            write them
python tools/fields_table.py --check    change nothing; exit 1 if they are out of step
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from parstudy.facts.fields import fields, tables

DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "data.md"
BEGIN = "<!-- fields: made by tools/fields_table.py -->\n"
END = "<!-- end of fields -->\n"
_HEAD = "| column | type, unit | meaning | nghĩa |\n|---|---|---|---|\n"


def columns_by_table() -> str:
    """Which table has which columns, in Markdown; the key in bold."""
    rows = []
    for table in tables():
        names = ", ".join(f"**`{f.name}`**" if f.key else f"`{f.name}`" for f in fields(table))
        rows.append(f"| `{table}` | {names} |\n")
    return "| table | columns |\n|---|---|\n" + "".join(rows)


def meanings() -> str:
    """What each column means, once for all tables that give it the same words."""
    rows: dict[tuple[str, str], str] = {}
    for field in (field for table in tables() for field in fields(table)):
        kind = f"{field.type}, {field.unit}" if field.unit not in ("", field.type) else field.type
        row = f"| `{field.name}` | {kind} | {field.words_en} | {field.words_vi} |\n"
        rows.setdefault((field.name, field.words_en), row)
    return _HEAD + "".join(rows.values())


def renewed(text: str) -> str:
    """The document with its tables of columns as the fields say now."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{columns_by_table()}\n{meanings()}\n{END}{after}"


def main() -> int:
    """Write or check; 1 if the document is out of step."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="change nothing")
    check = parser.parse_args().check
    text = DOCUMENT.read_text(encoding="utf-8")
    new = renewed(text)
    if new != text and not check:
        DOCUMENT.write_text(new, encoding="utf-8")
    if new != text:
        print("docs/data.md: the tables of columns " + ("are old" if check else "are renewed"))
    return int(check and new != text)


if __name__ == "__main__":
    sys.exit(main())
