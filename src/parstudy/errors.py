"""Named errors: one clear line that says where, what was found and what was expected.

Every mistake a user can make ends in one of these. The short face is ``str(error)``; the full
back (reason code, place, offending rows) travels on the object.
"""

from __future__ import annotations

from typing import Self

_MOST_SHOWN = 1_000  # characters of what was found


class ParstudyError(Exception):
    """Base of all errors that a user can cause and mend.

    Parameters
    ----------
    code : str
        Stable reason code, for example ``"not_a_number"``.
    message : str
        What is wrong, in a few words.
    place : str, optional
        Where: file, sheet or page, row, column.
    found : str, optional
        What stood there.
    expected : str, optional
        What would have been right.
    advice : str, optional
        What to do next.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        place: str = "",
        found: str = "",
        expected: str = "",
        advice: str = "",
    ) -> None:
        self.code = code
        self.message = message
        self.place = place
        self.found = found
        self.expected = expected
        self.advice = advice
        super().__init__(str(self))

    @classmethod
    def of(cls, error: ParstudyError, **other: str) -> Self:
        """The same said as another kind of error: what a file lacks is what a plan lacks.

        What is said otherwise, such as the ``place``, is given by name.
        """
        return cls(**(vars(error) | other))

    def __str__(self) -> str:
        line = f"{self.place}: {self.message}" if self.place else self.message
        if self.found:
            long = len(self.found) > _MOST_SHOWN
            line += f"; found {self.found[:_MOST_SHOWN]}{'…' if long else ''}"
        if self.expected:
            line += f"; expected {self.expected}"
        if self.advice:
            line += f". {self.advice}"
        return line

    def __reduce__(self) -> tuple[object, ...]:
        # errors cross process borders in a batch
        return (_rebuild, (type(self), dict(self.__dict__)))


def _rebuild(cls: type[ParstudyError], state: dict[str, object]) -> ParstudyError:
    error = cls.__new__(cls)
    error.__dict__.update(state)
    Exception.__init__(error, str(error))
    return error


class ProjectError(ParstudyError):
    """The project folder is missing something or is not writable."""


class ProvinceError(ParstudyError):
    """A name, code or slug that is no unit of the registry, or more than one."""


class ReleaseError(ParstudyError):
    """A release file or its ``release.toml`` cannot be read with certainty."""


class FetchError(ParstudyError):
    """Files of an open panel or a companion index cannot be had, or are not what they were."""


class DataError(ParstudyError):
    """The figures break a rule that stops the build."""


class RunError(ParstudyError):
    """A notebook run that cannot start or that did not produce what it must."""


class StatisticsError(ParstudyError):
    """Input that a statistical method must refuse."""
