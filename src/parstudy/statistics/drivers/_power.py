"""What a sample can see: power of a correlation and the smallest that is likely to be found."""

from __future__ import annotations

import numpy as np

from parstudy.errors import StatisticsError
from parstudy.statistics.inputs import check_number, check_share, whole_number


def correlation_power(r: float, n: int, *, confidence: float = 0.95, tests: int = 1) -> float:
    """Chance that a correlation is found by a two-sided test.

    Parameters
    ----------
    r : float
        True correlation, between −1 and 1.
    n : int
        Units, at least 4.
    confidence : float
        1 − confidence is the level of the test.
    tests : int
        Tests of the family; the level is shared among them (Bonferroni).

    Returns
    -------
    float

    Notes
    -----
    Through Fisher's z with the correction of bias that R's package pwr has (after Cohen 1988).

    Examples
    --------
    >>> round(correlation_power(0.3, 63), 2)
    0.68
    """
    from scipy.stats import norm
    from scipy.stats import t as student

    check_number(r, "r", -1, 1)
    whole_number(n, "n", 4)
    check_share(confidence, "confidence")
    whole_number(tests, "tests", 1)
    if abs(r) == 1:
        return 1.0
    critical = float(student.isf((1 - confidence) / tests / 2, n - 2))
    border = np.arctanh(np.sqrt(critical**2 / (critical**2 + n - 2)))
    true = np.arctanh(abs(r)) + abs(r) / (2 * (n - 1))
    scale = np.sqrt(n - 3)
    return float(norm.cdf((true - border) * scale) + norm.cdf((-true - border) * scale))


def smallest_correlation(
    n: int, *, power: float = 0.8, confidence: float = 0.95, tests: int = 1
) -> float:
    """Smallest correlation that a two-sided test of n units finds with this chance.

    Parameters
    ----------
    n : int
        Units, at least 4.
    power : float
        Chance of finding it, above 1 − confidence.
    confidence : float
        1 − confidence is the level of the test.
    tests : int
        Tests of the family (Bonferroni).

    Returns
    -------
    float

    Examples
    --------
    >>> round(smallest_correlation(63), 2), round(smallest_correlation(63, tests=8), 2)
    (0.34, 0.43)
    """
    from scipy.optimize import brentq

    check_share(power, "power")
    whole_number(n, "n", 4)
    least = correlation_power(0.0, n, confidence=confidence, tests=tests)
    if power <= least:
        raise StatisticsError(
            "not_a_level", "power not above the level of the test", found=repr(power),
            expected=f"above {least:g}",
        )  # fmt: skip

    def short(r: float) -> float:
        """Power beyond what is wanted."""
        return correlation_power(r, n, confidence=confidence, tests=tests) - power

    return float(brentq(short, 0.0, 1 - 1e-12, xtol=1e-10))
