"""Least squares that does not depend on the units of the columns."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from parstudy.statistics.result import Floats

_PERFECT = 1e-13  # of what was added up: residuals below it are float noise


def coefficients(x: Floats, y: Floats) -> Floats:
    """Coefficients of y on the columns of x, as given; the shortest where columns repeat.

    Columns enter at unit length: one in đồng beside one in points loses no digits.
    """
    size = np.linalg.norm(x, axis=0)
    size = np.where(size > 0, size, 1.0)
    out: Floats = np.linalg.lstsq(x / size, y, rcond=None)[0] / size
    return out


class Design:
    """The columns of a regression and what follows from their QR factors, worked out once.

    QR keeps twice the digits of forming X'X, whatever the units of the columns.

    Attributes
    ----------
    x : ndarray, shape (n, k)
        Of full rank.
    q, r : ndarray, shapes (n, k) and (k, k)
    """

    def __init__(self, x: Floats) -> None:
        self.x = x
        self.q, self.r = np.linalg.qr(x)

    @cached_property
    def inverse_gram(self) -> Floats:
        """Inverse of X'X, shape (k, k)."""
        root = np.linalg.inv(self.r)
        out: Floats = root @ root.T
        return out

    @cached_property
    def effects(self) -> Floats:
        """What each row's outcome adds to the estimates, X(X'X)^-1; shape (n, k)."""
        out: Floats = np.linalg.solve(self.r, self.q.T).T
        return out

    @cached_property
    def leverages(self) -> Floats:
        """Weight of each row's outcome in its own fitted value, 0 to 1; shape (n,)."""
        out: Floats = np.einsum("ij,ij->i", self.effects, self.x)
        return out

    @cached_property
    def inflation(self) -> Floats:
        """Variance inflation of each column beside a constant; 0 for the constant itself."""
        centred = self.x - self.x.mean(axis=0)
        out: Floats = np.diag(self.inverse_gram) * (centred**2).sum(axis=0)
        return out

    @cached_property
    def condition(self) -> float:
        """Condition number of the columns at unit length; NaN without a column."""
        if not self.x.shape[1]:
            return float("nan")
        return float(np.linalg.cond(self.r / np.linalg.norm(self.r, axis=0)))


def is_perfect(residuals: Floats, *terms: Floats) -> bool:
    """Whether what is left of an outcome is float noise of the terms added up: no error."""
    added = sum(float(np.linalg.norm(term)) for term in terms)
    return float(np.linalg.norm(residuals)) <= _PERFECT * added
