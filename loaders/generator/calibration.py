"""Distributions of follows, posts and likes per person, from a real photo network.

The anchors are quantiles measured on Flickr, 2004 to 2008 (4,418 users; HASC, TKDE 2019). Only these
figures were taken from it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Curve:
    """A quantile function: `values` at `levels`, log-linear between them on the logit of the level.

    Beyond the last anchor the line goes on, which is a Pareto tail: a larger network has larger extremes.
    """

    mean: float
    levels: tuple[float, ...]
    values: tuple[float, ...]

    def at(self, levels: Floats) -> Floats:
        """The values at these levels (each between 0 and 1)."""
        x, y = logit(np.array(self.levels)), np.log(self.values)
        slope = (y[-1] - y[-2]) / (x[-1] - x[-2])
        z = logit(levels)
        return np.asarray(np.exp(np.interp(z, x, y) + slope * np.maximum(z - x[-1], 0.0)))


def logit(levels: Floats) -> Floats:
    """ln(p / (1 - p)) of each level p."""
    return np.asarray(np.log(levels / (1 - levels)))


MEASURED = 4_418
"""The size of the measured network."""
_LEVELS = (0.0001, 0.01, 0.1, 0.5, 0.9, 0.99, 1 - 0.5 / MEASURED)
FOLLOWEES = Curve(41.9, _LEVELS, (5, 6, 15, 38, 74, 115, 178))
FOLLOWERS = Curve(41.9, _LEVELS, (0.6, 1, 5, 22, 97, 320, 1552))
POSTS = Curve(7.1, (0.1, 0.25, 0.5, 0.9, 0.99, 1 - 0.5 / MEASURED), (1, 1, 3, 16, 70, 279))
LIKES_GIVEN = Curve(170.4, _LEVELS, (7, 9, 16, 75, 404, 1482, 5343))
LIKES_RECEIVED = Curve(23.9, (*_LEVELS[:-1], 1 - 0.5 / 31460), (7, 9, 10, 18, 45, 99, 440))

TAGS_SHARES = (0.13, 0.245, 0.215, 0.145, 0.105, 0.07, 0.042, 0.026, 0.014, 0.005, 0.002, 0.0005, 0.0005)
"""The share of posts with 0, 1, 2 … hashtags."""

ACTIVITY_CORRELATION = np.array(
    [  # followees, followers, posts, likes given
        [1.00, 0.21, 0.22, 0.29],
        [0.21, 1.00, 0.53, 0.42],
        [0.22, 0.53, 1.00, 0.46],
        [0.29, 0.42, 0.46, 1.00],
    ]
)
"""Rank correlation of the four activities of a person."""

TAIL_DEPENDENCE = 7.0
"""Degrees of freedom of the copula: with few, the extremes of the activities fall on the same people."""

POPULARITY_WEIGHTS = (0.2, 0.25, 0.35)
"""Weights in a post's popularity of its author's followers, posts, and talent."""


def activities(rng: np.random.Generator, people: int) -> Floats:
    """Latent activity of each person in 4 columns: followees, followers, posts, likes given.

    Drawn from a t copula: Demarta and McNeil, The t copula and related copulas, 2005.
    """
    factor = np.linalg.cholesky(ACTIVITY_CORRELATION)
    scale = np.sqrt(rng.chisquare(TAIL_DEPENDENCE, (people, 1)) / TAIL_DEPENDENCE)
    return rng.standard_normal((people, 4)) @ factor.T / scale


def smallness(people: int) -> float:
    """1 up to the measured size, then falling to 0: so does the chance that two people meet."""
    return min(1.0, MEASURED / people)


def levels(latent: Floats) -> Floats:
    """The quantile level of each latent value: its rank, in the middle of its share."""
    level = np.empty(len(latent))
    level[np.argsort(latent, kind="stable")] = (np.arange(len(latent)) + 0.5) / len(latent)
    return level


def counts(rng: np.random.Generator, sizes: Floats, total: int, limit: float) -> Ints:
    """Whole numbers in proportion to `sizes`, none above the limit, whose sum is about `total`."""
    if total == 0:
        return np.zeros(len(sizes), np.int64)
    capped = np.minimum(sizes, limit)
    for _ in range(20):
        capped = np.minimum(capped * (total / capped.sum()), limit)
    whole = np.floor(capped)
    return (whole + (rng.random(len(sizes)) < capped - whole)).astype(np.int64)
