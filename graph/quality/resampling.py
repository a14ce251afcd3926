"""Bootstrap intervals of figures that are computed from sums over people: whole people are resampled (Efron 1979)."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from graph.background.arrays import Floats, Ints

RESAMPLES = 1000
COVERAGE = 0.95
"""The probability that an interval holds the true value."""
CHUNK_BYTES = 64 << 20
"""The bytes of the draws that are held at a time."""


class Interval(NamedTuple):
    """The bounds of a figure; nan without any value."""

    low: float
    high: float


def sample(rows: Ints, most: int, seed: int) -> Ints:
    """At most `most` of these rows, drawn at random by the seed, in their order."""
    if len(rows) <= most:
        return rows
    return rows[np.sort(np.random.default_rng(seed).choice(len(rows), most, replace=False))]


def resampled_sums(rows: Floats, *, resamples: int = RESAMPLES, seed: int = 0) -> Floats:
    """The sums of the columns over resampled rows: resamples x columns; nan without rows.

    Each row holds the sums of one person, because the slates or lists of a person are not independent.
    """
    people = len(rows)
    rng = np.random.default_rng(seed)
    shares = np.full(people, 1 / max(people, 1))
    each = max(1, CHUNK_BYTES // (8 * max(people, 1)))
    sums = [
        rng.multinomial(people, shares, size=min(each, resamples - start)) @ rows
        for start in range(0, resamples, each)
        if people
    ]
    return np.concatenate(sums) if sums else np.full((resamples, rows.shape[1]), np.nan)


def interval(figures: Floats) -> Interval:
    """The percentile interval of a figure from its resamples; resamples without a value (nan) are left out."""
    known = figures[~np.isnan(figures)]
    if not len(known):
        return Interval(np.nan, np.nan)
    outside = (1 - COVERAGE) / 2
    low, high = np.quantile(known, [outside, 1 - outside])
    return Interval(float(low), float(high))


def interval_of(
    rows: Floats, figure: Callable[[Floats], Floats], *, resamples: int = RESAMPLES, seed: int = 0
) -> Interval:
    """The interval of `figure`, a function from rows of sums to a figure each."""
    return interval(figure(resampled_sums(rows, resamples=resamples, seed=seed)))


def quotients(dividends: Floats, divisors: Floats) -> Floats:
    """Quotients, nan where the divisor is 0."""
    found = np.full(np.broadcast_shapes(dividends.shape, divisors.shape), np.nan)
    np.divide(dividends, divisors, out=found, where=divisors != 0)
    return found
