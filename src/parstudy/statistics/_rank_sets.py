"""Critical values and comparisons behind the confidence sets for ranks.

Mogstad, Romano, Shaikh and Wilhelm (2024): unit k beats unit j when (x_k − x_j) / se_jk exceeds a
critical value, taken from the largest such statistic under equality; rejected comparisons are
taken out and the rest is tested again (stepdown).

Two shortcuts change nothing in the result. With independent estimates only units that no other
unit beats in both value and standard error can give the largest statistic of a draw, a handful
of thousands. And a stepdown needs only the largest few statistics over all draws, so draws are
looked at from the top of their known upper bounds until no other can matter.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from parstudy.statistics.result import Floats

_CELLS = 4_000_000
_MOST_STEPS = 200


def quantile_of_top(bounds: Floats, share: float, evaluate: Callable[[Floats], Floats]) -> float:
    """Quantile of values known through upper bounds, evaluating as few as possible.

    Parameters
    ----------
    bounds : ndarray, shape (R,)
        Upper bound of each draw's value.
    share : float
        Quantile, linear interpolation (R's type 7).
    evaluate : callable
        Draw numbers → their exact values.

    Returns
    -------
    float
    """
    n = len(bounds)
    place = (n - 1) * share
    low = int(np.floor(place))
    needed = n - low
    order = np.argsort(-bounds, kind="stable")
    seen: list[Floats] = []
    count = 0
    step = needed + max(8, needed // 8)
    while count < n:
        chosen = order[count : count + step]
        seen.append(evaluate(chosen))
        count += len(chosen)
        if count < n and count >= needed:
            top = np.concatenate(seen)
            if np.partition(top, -needed)[-needed] >= bounds[order[count]]:
                break
        step = max(8, needed // 4)
    top = np.sort(np.concatenate(seen))[::-1]
    # order statistics `low` and `low + 1`, counted from the top
    lower = top[n - 1 - low]
    upper = top[n - 2 - low] if low + 1 < n else lower
    return float(lower + (place - low) * (upper - lower))


@dataclass(frozen=True, eq=False)
class _Front:
    """Per draw, the units that can give the largest difference; padded."""

    value: Floats  # (R, F), −inf where padded
    variance: Floats  # (R, F)
    unit: Floats  # (R, F) int

    @classmethod
    def of(cls, draws: Floats, variance: Floats) -> _Front:
        """Keep the units above every unit with a smaller standard error."""
        order = np.argsort(variance, kind="stable")
        ordered = draws[:, order]
        record = np.ones(ordered.shape, dtype=bool)
        record[:, 1:] = ordered[:, 1:] > np.maximum.accumulate(ordered, axis=1)[:, :-1]
        width = int(record.sum(axis=1).max())
        n = len(draws)
        value = np.full((n, width), -np.inf)
        spread = np.ones((n, width))
        unit = np.zeros((n, width), dtype=np.intp)
        rows, columns = np.nonzero(record)
        # position of each record within its own draw
        slot = np.arange(len(rows)) - np.searchsorted(rows, np.arange(n))[rows]
        value[rows, slot] = ordered[rows, columns]
        spread[rows, slot] = variance[order][columns]
        unit[rows, slot] = order[columns]
        return cls(value, spread, unit)

    def largest(self, own: Floats, variance: float) -> tuple[Floats, Floats]:
        """Largest (z_k − own) / se_k over the units, and which unit gives it."""
        spread = np.sqrt(self.variance + variance)
        # a unit known exactly, against itself: 0, not 0 / 0
        statistic = (self.value - own[:, None]) / np.where(spread > 0, spread, 1.0)
        best = statistic.argmax(axis=1)
        rows = np.arange(len(own))
        return statistic[rows, best], self.unit[rows, best]


def _step_down(
    t: Floats,
    above: Floats,
    below: Floats,
    top: Floats,
    confidence: float,
    stepdown: bool,
    again: Callable[[Floats], Floats],
) -> float:
    """Take decided comparisons out of ``above`` and ``below``; the first critical value.

    Parameters
    ----------
    t : ndarray
        Statistics "is better"; one row per unit or a single one.
    above, below : ndarray of bool
        Comparisons not yet decided, of the shape of ``t``; changed in place.
    top : ndarray, shape (R,)
        Largest statistic of each draw over all comparisons.
    confidence : float
    stepdown : bool
        Test what is left again, until nothing more is decided.
    again : callable
        Draw numbers → their largest statistics over what is left.
    """
    critical = first = float(np.quantile(top, confidence))
    for _ in range(_MOST_STEPS):
        better, worse = above & (t > critical), below & (-t > critical)
        if not better.any() and not worse.any():
            break
        above &= ~better
        below &= ~worse
        if not stepdown or not (above.any() or below.any()):
            break
        critical = quantile_of_top(top, confidence, again)
    return first


class Comparisons:
    """All comparisons between p estimates, with draws of their errors.

    Parameters
    ----------
    x : ndarray, shape (p,)
        Estimates, large is good.
    variance : ndarray, shape (p,)
        Variances of the estimates.
    covariance : ndarray, shape (p, p), or None
        Full covariance; None when the estimates are independent.
    draws : int
        Number of draws from the normal distribution.
    seed : int
    """

    def __init__(
        self, x: Floats, variance: Floats, covariance: Floats | None, draws: int, seed: int
    ) -> None:
        self.x = x
        self.variance = variance
        self.covariance = covariance
        self.p = len(x)
        rng = np.random.default_rng(seed)
        noise = rng.standard_normal((draws, self.p))
        if covariance is None:
            self.z = noise * np.sqrt(variance)
            self._above = _Front.of(self.z, variance)
            self._below = _Front.of(-self.z, variance)
        else:
            values, vectors = np.linalg.eigh(covariance)
            self.z = noise @ (vectors * np.sqrt(np.maximum(values, 0))).T

    def errors(self, j: int) -> Floats:
        """Standard errors of the differences with unit j, shape (p,); infinite for j itself."""
        variance = self.variance + self.variance[j]
        if self.covariance is not None:
            variance = variance - 2 * self.covariance[j]
        out: Floats = np.sqrt(np.maximum(variance, 0))
        out[j] = np.inf
        return out

    def observed(self, j: int) -> Floats:
        """Statistics "k is better than j", shape (p,)."""
        # equal up to float noise is equal
        difference = self.x - self.x[j]
        difference[np.abs(difference) <= 1e-12 * float(np.abs(self.x).max())] = 0.0
        out: Floats = difference / self.errors(j)
        return out

    def largest(self, j: int, above: bool) -> tuple[Floats, Floats | None]:
        """Per draw, the largest statistic "k above (below) j" and the unit that gives it."""
        if self.covariance is None:
            front = self._above if above else self._below
            own = self.z[:, j] if above else -self.z[:, j]
            return front.largest(own, float(self.variance[j]))
        statistic = (self.z - self.z[:, [j]]) / self.errors(j)
        return (statistic if above else -statistic).max(axis=1), None

    def masked(self, j: int, rows: Floats, above: Floats, below: Floats) -> Floats:
        """Largest statistic of the chosen draws over the comparisons that are left."""
        inverse = 1 / self.errors(j)
        out = np.full(len(rows), -np.inf)
        for sign, mask in ((1.0, above), (-1.0, below)):
            columns = np.flatnonzero(mask)
            if not len(columns):
                continue
            scale = sign * inverse[columns]
            size = max(1, _CELLS // len(columns))
            for start in range(0, len(rows), size):
                chosen = rows[start : start + size]
                block = self.z[np.ix_(chosen, columns)]
                block -= self.z[chosen, j][:, None]
                block *= scale
                np.maximum(
                    out[start : start + size], block.max(axis=1), out=out[start : start + size]
                )
        return out

    # --- critical values -----------------------------------------------------------------------

    def marginal(
        self, j: int, confidence: float, sides: str, stepdown: bool
    ) -> tuple[int, int, float]:
        """Number of units surely better and surely worse than j, first critical value."""
        up, down = sides != "upper", sides != "lower"
        t = self.observed(j)
        others = np.ones(self.p, dtype=bool)
        others[j] = False
        above = others & up
        below = others & down
        top = np.full(len(self.z), -np.inf)
        giver: list[tuple[Floats, Floats | None, Floats]] = []
        for wanted, is_above in ((up, True), (down, False)):
            if wanted:
                largest, unit = self.largest(j, is_above)
                giver.append((largest, unit, above if is_above else below))
                np.maximum(top, largest, out=top)
        again = self._again(j, giver, above, below)
        first = _step_down(t, above, below, top, confidence, stepdown, again)
        return (
            int((others & up & ~above).sum()),
            int((others & down & ~below).sum()),
            first,
        )

    def _again(
        self,
        j: int,
        giver: list[tuple[Floats, Floats | None, Floats]],
        above: Floats,
        below: Floats,
    ) -> Callable[[Floats], Floats]:
        """Exact values of chosen draws over what is left of the comparisons of j."""

        def evaluate(rows: Floats) -> Floats:
            """Largest statistic of these draws."""
            out = np.full(len(rows), -np.inf)
            for largest, unit, mask in giver:
                side = np.full(len(rows), -np.inf)
                todo = np.ones(len(rows), dtype=bool)
                if unit is not None:
                    # where the unit that gave the maximum is still in, nothing has changed
                    known = mask[unit[rows]]
                    side[known] = largest[rows[known]]
                    todo = ~known
                if todo.any():
                    none = np.zeros(self.p, dtype=bool)
                    pair = (mask, none) if mask is above else (none, mask)
                    side[todo] = self.masked(j, rows[todo], *pair)
                np.maximum(out, side, out=out)
            return out

        return evaluate

    def simultaneous(
        self, units: Floats, confidence: float, sides: str, stepdown: bool
    ) -> tuple[Floats, Floats, float]:
        """For several units at once, as :meth:`marginal`; arrays of shape (len(units),)."""
        up, down = sides != "upper", sides != "lower"
        top = np.full(len(self.z), -np.inf)
        for j in units:
            for wanted, is_above in ((up, True), (down, False)):
                if wanted:
                    np.maximum(top, self.largest(j, is_above)[0], out=top)
        t = np.array([self.observed(j) for j in units])
        others = np.ones(t.shape, dtype=bool)
        others[np.arange(len(units)), units] = False
        above, below = others & up, others & down
        again = self._all_again(units, above, below)
        first = _step_down(t, above, below, top, confidence, stepdown, again)
        n_better = (others & up & ~above).sum(axis=1)
        n_worse = (others & down & ~below).sum(axis=1)
        return n_better, n_worse, first

    def _all_again(self, units: Floats, above: Floats, below: Floats) -> Callable[[Floats], Floats]:
        """Exact values of chosen draws over what is left of the comparisons of several units."""

        def evaluate(rows: Floats) -> Floats:
            """Largest statistic of these draws."""
            out = np.full(len(rows), -np.inf)
            for i, j in enumerate(units):
                np.maximum(out, self.masked(j, rows, above[i], below[i]), out=out)
            return out

        return evaluate
