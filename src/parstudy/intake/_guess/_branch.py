"""Where a line of a table can be two things: every reading is made, and its proofs decide.

A table is interpreted by a function that asks a :class:`Branch` wherever there are two answers.
:func:`readings` runs it once for each combination of answers. Each reading goes through the
strict reader; what breaks a rule there is dropped. The rest is weighed by the file's own proofs:
maxima and parts that add up, ranks that follow from scores, printed means. If one reading is best
it is taken, else somebody is asked, with the line of ``release.toml`` for each answer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")
_MOST = 24


@dataclass(frozen=True)
class Question:
    """What a line may be.

    Attributes
    ----------
    code : str
        Reason code, if nothing decides it.
    place : str
        The line.
    found : str
        What stands there.
    asked : str
        The question, for people.
    answers : tuple of (str, str)
        Each answer for people, and what ``release.toml`` says then.
    """

    code: str
    place: str
    found: str
    asked: str
    answers: tuple[tuple[str, str], ...]


@dataclass
class Branch:
    """Answers given in advance; the first answer where none is."""

    given: tuple[int, ...] = ()
    asked: list[Question] = field(default_factory=list)
    taken: list[int] = field(default_factory=list)

    def pick(self, question: Question) -> int:
        """Number of the answer that this reading takes."""
        n = len(self.taken)
        answer = self.given[n] if n < len(self.given) else 0
        self.asked.append(question)
        self.taken.append(answer)
        return answer


@dataclass(frozen=True)
class Reading(Generic[T]):
    """One interpretation, with the questions on its way and their answers."""

    result: T
    asked: tuple[Question, ...]
    taken: tuple[int, ...]

    def __str__(self) -> str:
        told = [
            f"{q.place}: {q.answers[n][0]}" for q, n in zip(self.asked, self.taken, strict=True)
        ]
        return "; ".join(told) or "the only reading"


def readings(interpret: Callable[[Branch], T]) -> list[Reading[T]]:
    """Every interpretation, the most likely first."""
    found: list[Reading[T]] = []
    waiting: list[tuple[int, ...]] = [()]
    while waiting and len(found) < _MOST:
        branch = Branch(waiting.pop(0))
        result = interpret(branch)
        found.append(Reading(result, tuple(branch.asked), tuple(branch.taken)))
        for n in range(len(branch.given), len(branch.taken)):
            others = range(1, len(branch.asked[n].answers))
            waiting += [(*branch.taken[:n], other) for other in others]
    return found


def undecided(best: Sequence[Reading[T]]) -> Question | None:
    """First question to which the best readings give different answers."""
    for n, question in enumerate(best[0].asked):
        if any(n < len(r.taken) and r.taken[n] != best[0].taken[n] for r in best):
            return question
    return None
