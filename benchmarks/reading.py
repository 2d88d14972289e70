"""How long the largest annex takes to read: 63 provinces by about 90 sub-criteria.

    python benchmarks/reading.py            makes the files, reads each three times

The files are made by the builder of the test corpus and hold SYNTHETIC figures: a spreadsheet, and
a PDF of 40 pages with provinces as columns over page groups. Every figure that is read is compared
with what was written. Printed are the processor time of the best reading, which another program on
the machine hardly changes, and the time on the clock.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from parstudy.intake import read_release

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "releases"))

import build_corpus

LIMITS = {"annex.xlsx": 1.0, "annex.pdf": 8.0}


def main() -> int:
    """Make, read, compare, print; the number of limits that were missed."""
    one, expect = build_corpus.t_criteria(criteria=4, parts=3)
    missed = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        build_corpus.write_xlsx(folder / "annex.xlsx", [one], stored=True)
        build_corpus.write_pdf(folder / "annex.pdf", one, columns=9, per_page=24)
        for file, limit in LIMITS.items():
            best, clock = float("inf"), float("inf")
            for _ in range(3):
                begun, started = time.process_time(), time.perf_counter()
                read = read_release(folder / file, index="PAR_INDEX", year=2021)
                best = min(best, time.process_time() - begun)
                clock = min(clock, time.perf_counter() - started)
            found = {
                (f["unit_text"], f["component"], f["measure"]): f["value"]
                for f in read.figures.to_dict("records")
            }
            right = sum(abs(found.get(k, float("nan")) - v) < 1e-9 for k, v in expect.items())
            missed += best > limit or right < len(expect)
            print(
                f"{file}: {right} of {len(expect)} figures right, {best:.2f} s of processor time, "
                f"{clock:.2f} s on the clock (limit {limit:g} s)"
            )
    return missed


if __name__ == "__main__":
    raise SystemExit(main())
