"""Intervals of figures that are computed from sums over people: the bootstrap draws people, with all that is theirs."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

RESAMPLES = 1000
COVERAGE = 0.95
"""Of intervals."""
CHUNK_BYTES = 64 << 20
"""Memory for the draws of some resamples at a time."""


class Interval(NamedTuple):
    """The bounds between which a figure lies, by COVERAGE; nan where resamples do not have it."""

    low: float
    high: float


def resampled_sums(rows: Floats, *, resamples: int = RESAMPLES, seed: int = 0) -> Floats:
    """The sums of the columns over resampled rows, a row of sums for each resample.

    A row holds what is summed of one person: the slates of a person depend on each other, people do not.
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
    """The interval of a figure from its resamples, of which those without it (nan) are left out."""
    known = figures[~np.isnan(figures)]
    if not len(known):
        return Interval(np.nan, np.nan)
    outside = (1 - COVERAGE) / 2
    low, high = np.quantile(known, [outside, 1 - outside])
    return Interval(float(low), float(high))


def interval_of(
    rows: Floats, figure: Callable[[Floats], Floats], *, resamples: int = RESAMPLES, seed: int = 0
) -> Interval:
    """The interval of `figure`, which computes one figure from each row of sums."""
    return interval(figure(resampled_sums(rows, resamples=resamples, seed=seed)))


def quotients(dividends: Floats, divisors: Floats) -> Floats:
    """Quotients, nan where nothing is divided by."""
    found = np.full(np.broadcast_shapes(dividends.shape, divisors.shape), np.nan)
    np.divide(dividends, divisors, out=found, where=divisors != 0)
    return found
