"""Split a transcription of published figures into raw releases (run once; kept as a record).

    python tools/import_facts.py --facts DIR [--project DIR]

DIR holds figures.csv (one published number a row), sources.csv and criteria_sets.csv. Written are
data/raw/sources.csv and, per index and year, data/raw/<INDEX>/<YEAR>/figures.csv and release.toml.
Rows keep their order and their text; nothing is left out.
"""

from __future__ import annotations

import argparse
import csv
import io
from pathlib import Path
from urllib.parse import urlsplit

from parstudy.facts import criteria

RETRIEVED_ON = "2026-11"
LICENCES = {
    "open panel": "other (not open); only the few rows seen are cited",
    "provincial plan": "official paper",
}
CITED = "publisher's terms"
RANKED = {("SIPAS", 2015): 10}
TITLES = {
    "PAR_INDEX": "PAR INDEX {year}: figures quoted by pages and papers",
    "SIPAS": "SIPAS {year}: figures quoted by pages and papers",
}
TOML = """\
# figures quoted by pages and papers, one a row; the pages are listed in data/raw/sources.csv
[release]
index = "{index}"
year = {year}
geography = "{geography}"
n_ranked = {n_ranked}
criteria_set = "{criteria_set}"
title = "{title}"

[sources]
path = "../../sources.csv"

[[files]]
path = "figures.csv"
reader = "figures"
"""


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle, strict=True))


def write(path: Path, lines: list[dict[str, str]]) -> None:
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, list(lines[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(lines)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(buffer.getvalue().encode())


def source(row: dict[str, str]) -> dict[str, str]:
    address = row["url"] if row["url"].startswith("http") else ""
    host = (urlsplit(address).hostname or "").removeprefix("www.")
    return {
        "source_id": row["source_id"],
        "url": address,
        # what is no address is the name of a paper
        "title": "" if address else row["url"],
        "publisher": host or "UBND tỉnh Lạng Sơn",
        "kind": row["kind"],
        "published_on": row["published_on"],
        "retrieved_on": RETRIEVED_ON,
        "sha256": "",
        "licence": LICENCES.get(row["kind"], CITED),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--facts", type=Path, required=True, help="folder of the transcription")
    parser.add_argument("--project", type=Path, default=Path(__file__).resolve().parents[1])
    arguments = parser.parse_args()
    raw = arguments.project / "data" / "raw"
    figures = rows(arguments.facts / "figures.csv")
    releases: dict[tuple[str, int], list[dict[str, str]]] = {}
    for row in figures:
        releases.setdefault((row["index"], int(row["year"])), []).append(row)
    write(raw / "sources.csv", [source(r) for r in rows(arguments.facts / "sources.csv")])
    for (index, year), lines in releases.items():
        folder = raw / index / str(year)
        write(folder / "figures.csv", lines)
        text = TOML.format(
            index=index,
            year=year,
            geography=criteria.geography_of(year),
            n_ranked=RANKED.get((index, year), 63),
            criteria_set=criteria.criteria_set_of(index, year),
            title=TITLES[index].format(year=year),
        )
        (folder / "release.toml").write_bytes(text.encode())
    print(f"{len(figures)} figures in {len(releases)} releases under {raw}")


if __name__ == "__main__":
    main()
