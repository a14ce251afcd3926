"""Measures of ranked lists beside held-out likes, in numpy, and their intervals.

A ranking is an array of rows of posts with one line for each person, the best post first; NO_POST fills up short lines.
Measures of people are arrays with a number for each, NaN for somebody of whom nothing is held out.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graph.quality import resampling
from graph.quality.resampling import RESAMPLES, quotients, resampled_sums

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

NO_POST = -1
"""The place of a ranking that has no post."""


@dataclass(frozen=True)
class HeldOut:
    """The held-out likes of the people who are ranked."""

    people: Ints
    """Rows of these people, ascending."""
    starts: Ints
    """The posts of person i are those from starts[i] to starts[i + 1]."""
    posts: Ints
    """Rows of posts, ascending for each person, none twice."""

    @classmethod
    def of(cls, people: Ints, posts: Ints) -> "HeldOut":
        """The likes given as pairs of rows, in any order."""
        pairs = np.unique(np.column_stack((people, posts)), axis=0).reshape(-1, 2).astype(np.int64)
        ranked, counts = np.unique(pairs[:, 0], return_counts=True)
        return cls(ranked, np.concatenate(([0], np.cumsum(counts))), pairs[:, 1].copy())

    def __len__(self) -> int:
        return len(self.people)

    @property
    def counts(self) -> Ints:
        """The number of held-out likes of each person."""
        return np.diff(self.starts)

    @property
    def places(self) -> Ints:
        """For each like, the place of its person in `people`."""
        return np.repeat(np.arange(len(self)), self.counts)

    def only(self, kept: Bools) -> "HeldOut":
        """The likes of this mask; people of whom none is left stay."""
        counts = np.bincount(self.places[kept], minlength=len(self))
        return HeldOut(self.people, np.concatenate(([0], np.cumsum(counts))), self.posts[kept])

    def of_people(self, chosen: Ints) -> "HeldOut":
        """The likes of the people at these places, which ascend."""
        kept = np.isin(self.places, chosen)
        counts = self.counts[chosen]
        return HeldOut(self.people[chosen], np.concatenate(([0], np.cumsum(counts))), self.posts[kept])

    def hits(self, ranked: Ints) -> Bools:
        """Of each place of a ranking, whether its post is a held-out like of the person."""
        return np.isin(self._codes(np.arange(len(self))[:, None], ranked), self._codes(self.places, self.posts))

    def found(self, ranked: Ints) -> Bools:
        """Of each held-out like, whether a ranking has it."""
        codes = self._codes(np.arange(len(self))[:, None], ranked)
        return np.isin(self._codes(self.places, self.posts), codes)

    def _codes(self, places: Ints, posts: Ints) -> Ints:
        """A number for each pair of a person and a post; different ones for those that the likes may be among."""
        last = int(self.posts.max(initial=0))
        known = np.where(posts <= last, posts, NO_POST)
        return places * (last + 2) + known + 1


# --- Of each person


def recall(hits: Bools, likes: Ints, k: int) -> Floats:
    """The share of the held-out likes that are among the first `k`."""
    return _shares(hits[:, :k].sum(axis=1), likes)


def ndcg(hits: Bools, likes: Ints, k: int) -> Floats:
    """The discounted gain of the first `k` (1 / log2(1 + place) for a hit), as a share of the best possible one."""
    discounts = 1 / np.log2(np.arange(2, k + 2))
    gains = hits[:, :k] @ discounts[: hits.shape[1]]
    best = np.concatenate(([0.0], np.cumsum(discounts)))[np.minimum(likes, k)]
    return _shares(gains, best)


def reciprocal_rank(hits: Bools, likes: Ints) -> Floats:
    """1 / the place of the first hit; 0 without one."""
    first = hits.argmax(axis=1)
    return _shares(np.where(hits.any(axis=1), 1 / (first + 1), 0.0), likes > 0)


def novelty(ranked: Ints, likes_of_posts: Ints, people: int, k: int) -> Floats:
    """The mean of -log2 of the share of people who like a post, over the first `k`; NaN for an empty list.

    A post counts one like more than it has, and the network one person more, so that no share is 0.
    """
    bits = -np.log2((likes_of_posts + 1) / (people + 1))
    first = ranked[:, :k]
    there = first != NO_POST
    return _shares(np.where(there, bits[first], 0.0).sum(axis=1), there.sum(axis=1))


def _shares(parts: NDArray[np.generic], wholes: NDArray[np.generic]) -> Floats:
    """Quotients; NaN where the whole is 0."""
    return quotients(parts.astype(np.float64), wholes.astype(np.float64))


# --- Of all lists together


def coverage(ranked: Ints, posts: int, k: int) -> float:
    """The share of all posts that are among the first `k` of anybody."""
    shown = np.unique(ranked[:, :k])
    return int((shown != NO_POST).sum()) / max(posts, 1)


def author_gini(ranked: Ints, authors: Ints, k: int) -> float:
    """The Gini coefficient of how often authors are among the first `k`, over all authors of posts.

    0: all equally often; near 1: nearly always the same few. `authors` has the author of each post, -1 for none.
    """
    first = ranked[:, :k]
    shown = authors[first[first != NO_POST]]
    counts = np.bincount(shown[shown >= 0], minlength=int(authors.max(initial=-1)) + 1)
    return gini(counts[np.unique(authors[authors >= 0])])


def gini(counts: Ints) -> float:
    """The Gini coefficient of these counts; 0 if all are 0."""
    total, size = int(counts.sum()), len(counts)
    if not total:
        return 0.0
    ranks = np.arange(1, size + 1)
    return float((2 * ranks - size - 1) @ np.sort(counts) / (size * total))


# --- Intervals


@dataclass(frozen=True)
class Interval:
    """A mean over people, and the interval of its resamples."""

    mean: float
    low: float
    high: float

    @property
    def half(self) -> float:
        """Half of its width."""
        return (self.high - self.low) / 2


def resampled_means(values: Floats, seed: int, resamples: int = RESAMPLES) -> Floats:
    """Means of the columns over people drawn with replacement: one line for each resample.

    All columns share the draws, so differences of columns are paired. NaN is left out of a mean.
    """
    there = ~np.isnan(values)
    sums = resampled_sums(np.hstack((np.where(there, values, 0.0), there)), resamples=resamples, seed=seed)
    return quotients(*np.hsplit(sums, 2))


def interval(values: Floats, resampled: Floats) -> Interval:
    """The interval of the mean of these values, from the means of their resamples (Efron's percentiles)."""
    known = values[~np.isnan(values)]
    if not len(known):
        return Interval(np.nan, np.nan, np.nan)
    return Interval(float(known.mean()), *resampling.interval(resampled))
