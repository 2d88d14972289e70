"""How runs end, one by one and as a batch, and what each may take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from parstudy.runs.plan import Run

Status = Literal["made", "skipped", "failed", "stopped", "wanted"]


@dataclass(frozen=True)
class Limits:
    """What a run may take; more than that costs the run, not the batch.

    Attributes
    ----------
    timeout : float
        Seconds; 0 for no limit.
    memory : int
        Bytes of memory of its own; 0 for no limit.
    strict : bool
        Whether a warning costs the run.
    """

    timeout: float = 1800.0
    memory: int = 0
    strict: bool = False


@dataclass(frozen=True)
class Outcome:
    """How one run ended.

    Attributes
    ----------
    run : Run
    status : str
        ``made``; ``skipped``: the report was there, from the same notebook, parameters, data and
        code; ``failed``; ``stopped``: not made because the batch was interrupted; ``wanted``:
        would be made.
    reason : str
        Why it failed, or has to be made, in one line.
    code : str
        Reason code of the failure.
    seconds : float
        Duration.
    notes : tuple of str
        Warnings of the notebook, and what else its author may want to know.
    """

    run: Run
    status: Status
    reason: str = ""
    code: str = ""
    seconds: float = 0.0
    notes: tuple[str, ...] = ()

    @property
    def why(self) -> str:
        """The reason, without the name of the run at its beginning."""
        return self.reason.removeprefix(f"{self.run.name}: ")


@dataclass(frozen=True)
class BatchResult:
    """How a batch ended: one outcome per run, in the order of the plan.

    Attributes
    ----------
    outcomes : tuple of Outcome
    seconds : float
        Duration of the whole batch.
    interrupted : int
        Number of the signal that stopped the batch, 0 if none did.
    """

    outcomes: tuple[Outcome, ...]
    seconds: float = 0.0
    interrupted: int = 0

    def with_status(self, status: Status) -> tuple[Outcome, ...]:
        """Outcomes of one kind."""
        return tuple(outcome for outcome in self.outcomes if outcome.status == status)

    @property
    def made(self) -> tuple[Outcome, ...]:
        """Reports that were made."""
        return self.with_status("made")

    @property
    def skipped(self) -> tuple[Outcome, ...]:
        """Reports that were up to date."""
        return self.with_status("skipped")

    @property
    def failed(self) -> tuple[Outcome, ...]:
        """Reports that could not be made."""
        return self.with_status("failed")

    @property
    def exit_code(self) -> int:
        """0 all there, 1 some failed, 130 after Ctrl-C."""
        if self.interrupted:
            return 128 + self.interrupted
        return 1 if self.failed else 0

    def summary(self) -> str:
        """Counts, then a line for each run that failed."""
        counts = [
            f"{len(self.made)} made",
            f"{len(self.skipped)} skipped (up to date)",
            f"{len(self.failed)} failed",
        ]
        stopped = self.with_status("stopped")
        if stopped:
            counts.append(f"{len(stopped)} not made (interrupted)")
        lines = [f"{', '.join(counts)} in {self.seconds:.0f} s"]
        for outcome in self.failed:
            lines.append(f"  failed: {outcome.reason}")
            lines.append(f"          {outcome.run.error_path}")
        return "\n".join([*lines, *self.noted()])

    def noted(self, most: int = 20) -> list[str]:
        """What the notebooks warned of, said once for all runs that said the same.

        Parameters
        ----------
        most : int
            Lines that are given; how many more there are is said.
        """
        said: dict[str, list[str]] = {}
        for outcome in self.outcomes:
            for note in outcome.notes:
                said.setdefault(note, []).append(outcome.run.name)
        lines = []
        for note, names in said.items():
            who = f"{names[0]} and {len(names) - 1} more" if len(names) > 1 else names[0]
            lines.append(f"  note: {who}: {note}")
        left = len(lines) - most
        return [*lines[:most], *([f"  and {left} more notes"] if left > 0 else [])]
