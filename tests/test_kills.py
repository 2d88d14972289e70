"""A batch that is killed at any moment is taken up again, and ends as if nobody had touched it."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import psutil
import pytest

from parstudy.dataset import Dataset

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")

KILLS = int(os.environ.get("PARSTUDY_KILLS", "50"))
WORDS = ["batch", "--years", "2021", "--lang", "vi", "--jobs", "2"]


class Batch:
    """Batches of one project, whose temporary files go to a folder of their own."""

    def __init__(self, data: Path, root: Path, folder: Path) -> None:
        shutil.copytree(data, folder / "data")
        shutil.copytree(root / "notebooks", folder / "notebooks")
        self.folder, self.temporary = folder, folder.with_name(f"{folder.name}-tmp")
        self.temporary.mkdir()

    def start(self, words: Sequence[str] = WORDS) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "parstudy", "--project", str(self.folder), *words],
            env={**os.environ, "TMPDIR": str(self.temporary)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def files(self) -> dict[str, bytes]:
        reports = self.folder / "reports"
        return {
            path.relative_to(reports).as_posix(): path.read_bytes()
            for path in sorted(reports.rglob("*"))
            # both say when and how quickly things were made
            if path.is_file() and path.name not in {".made.jsonl", ".ways.json"}
        }

    def processes(self) -> list[psutil.Process]:
        """Whatever works for a batch of this project, by its temporary folder."""
        found = []
        for process in psutil.process_iter():
            try:
                mine = process.environ().get("TMPDIR") == str(self.temporary)
                if mine and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process)
            except psutil.Error:
                continue
        return found


@pytest.mark.slow
def test_after_many_kills_all_files_are_those_of_a_batch_that_nobody_disturbed(
    shipped: Dataset, root: Path, tmp_path: Path
) -> None:
    data = shipped.project.root / "data"
    quiet, killed = (Batch(data, root, tmp_path / name) for name in ("quiet", "killed"))
    begun = time.monotonic()
    assert quiet.start().wait() == 0
    whole = time.monotonic() - begun
    wanted = quiet.files()
    assert len([name for name in wanted if name.startswith("vi/")]) == 3 * 63
    rng = random.Random(7)
    interrupted = 0
    for _ in range(KILLS):
        batch = killed.start()
        try:
            # a start takes a few seconds, and each time some reports are made
            batch.wait(rng.uniform(0.2, max(8.0, whole / 12)))
        except subprocess.TimeoutExpired:
            os.kill(batch.pid, signal.SIGKILL)
            batch.wait()
            interrupted += 1
            deadline = time.monotonic() + 30
            while left := killed.processes():
                assert time.monotonic() < deadline, [process.cmdline() for process in left]
                time.sleep(0.05)
        else:  # nothing was left to do: some reports get lost
            for report in rng.sample(sorted((killed.folder / "reports").glob("vi/*/*.html")), 30):
                report.unlink()
    assert interrupted > KILLS / 2
    assert killed.start().wait() == 0
    assert killed.files() == wanted
    assert list(killed.temporary.iterdir()) == []
    assert not list(killed.folder.rglob("*.part"))
    assert not list((killed.folder / "data").glob(".processed*"))
    assert not killed.processes()
