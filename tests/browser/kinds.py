"""One report of each kind, on the figures that ship and on data of which nothing is missing."""

from __future__ import annotations

import shutil
from pathlib import Path

from parstudy.cli import main

ROOT = Path(__file__).resolve().parents[2]
REAL = {
    "province_report": ["--province", "quang-ninh", "--year", "2023"],  # 16 sources in a cell
    "national_overview": ["--index", "PAR_INDEX", "--year", "2023"],
    "improvement_plan": ["--province", "lang-son", "--year", "2021"],
    "plan_evaluation": ["-p", "province", "lang-son", "-p", "year", "2021"],
    "drivers": ["--index", "PAR_INDEX", "--year", "2020", "--level", "score_source"],
    "robustness": ["--index", "PAR_INDEX", "--year", "2020", "--level", "score_source"],
    "index_relations": ["--year", "2023"],
    "data_audit": [],
}
COMPLETE = {
    **REAL,
    "province_report": ["--province", "lang-son", "--year", "2023"],
    "improvement_plan": ["--province", "lang-son", "--year", "2023"],
    "plan_evaluation": ["-p", "province", "lang-son", "-p", "year", "2022"],
    "drivers": ["--index", "PAR_INDEX", "--year", "2023", "--level", "area"],
    "robustness": ["--index", "PAR_INDEX", "--year", "2023", "--level", "area"],
}


def made(root: Path, kinds: dict[str, list[str]]) -> dict[str, Path]:
    """Make a report of each kind; their paths."""
    shutil.copytree(ROOT / "notebooks", root / "notebooks", dirs_exist_ok=True)
    for notebook, words in kinds.items():
        done = main(
            ["--project", str(root), "report", "--notebook", notebook, "--lang", "vi", *words]
        )
        assert done == 0, notebook
    return {kind: next((root / "reports" / "vi" / kind).glob("*.html")) for kind in kinds}
