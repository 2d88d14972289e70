"""Least squares that does not depend on the units of the columns."""

from __future__ import annotations

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


def inverse_gram(x: Floats) -> Floats:
    """Inverse of X'X through QR, which keeps twice the digits of forming X'X."""
    root = np.linalg.inv(np.linalg.qr(x, mode="r"))
    out: Floats = root @ root.T
    return out


def effects_of_rows(x: Floats) -> Floats:
    """What each row's outcome adds to the estimates, X(X'X)^-1; shape (n, k).

    Through QR: sandwiching X'WX between two inverses loses twice the digits.
    """
    q, r = np.linalg.qr(x)
    out: Floats = np.linalg.solve(r, q.T).T
    return out


def leverages(x: Floats) -> Floats:
    """Weight of each row's outcome in its own fitted value, 0 to 1; shape (n,)."""
    out: Floats = np.einsum("ij,ij->i", effects_of_rows(x), x)
    return out


def is_perfect(residuals: Floats, *terms: Floats) -> bool:
    """Whether what is left of an outcome is float noise of the terms added up: no error."""
    added = sum(float(np.linalg.norm(term)) for term in terms)
    return float(np.linalg.norm(residuals)) <= _PERFECT * added
