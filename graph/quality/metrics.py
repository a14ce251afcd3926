"""Measures of rankings against held-out likes, in numpy, and their bootstrap intervals.

Rankings are an array, people x places, of rows of posts, the best post first; NO_POST fills up short ones. Measures of
people are arrays with a number for each person, NaN for those without held-out likes.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graph.background.arrays import Floats, Ints, Mask
from graph.quality import resampling
from graph.quality.resampling import RESAMPLES, quotients, resampled_sums

NO_POST = -1
"""Fills the places of a ranking after its last post."""


@dataclass(frozen=True)
class HeldOut:
    """The held-out likes of the people who are ranked for, by person."""

    people: Ints
    """Rows of these people, ascending."""
    starts: Ints
    """The posts of the i-th person are `posts[starts[i] : starts[i + 1]]`."""
    posts: Ints
    """Rows of posts, ascending for each person, without duplicates."""

    @classmethod
    def of(cls, people: Ints, posts: Ints) -> "HeldOut":
        """Held-out likes from pairs of a person and a post, given as rows in any order."""
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
        """The index in `people` of each like's person."""
        return np.repeat(np.arange(len(self)), self.counts)

    def only(self, kept: Mask) -> "HeldOut":
        """The likes of a mask; people without any stay."""
        counts = np.bincount(self.places[kept], minlength=len(self))
        return HeldOut(self.people, np.concatenate(([0], np.cumsum(counts))), self.posts[kept])

    def of_people(self, chosen: Ints) -> "HeldOut":
        """The likes of some people, given as ascending indices."""
        kept = np.isin(self.places, chosen)
        counts = self.counts[chosen]
        return HeldOut(self.people[chosen], np.concatenate(([0], np.cumsum(counts))), self.posts[kept])

    def hits(self, ranked: Ints) -> Mask:
        """A mask of the places of rankings whose post is a held-out like of the person: people x places."""
        return np.isin(self._codes(np.arange(len(self))[:, None], ranked), self._codes(self.places, self.posts))

    def found(self, ranked: Ints) -> Mask:
        """A mask of the held-out likes whose post is in the person's ranking."""
        codes = self._codes(np.arange(len(self))[:, None], ranked)
        return np.isin(self._codes(self.places, self.posts), codes)

    def _codes(self, places: Ints, posts: Ints) -> Ints:
        """An integer for each pair of a person and a post. All posts after the last held-out one count as NO_POST."""
        last = int(self.posts.max(initial=0))
        known = np.where(posts <= last, posts, NO_POST)
        return places * (last + 2) + known + 1


# --- Measures of each person


def recall(hits: Mask, likes: Ints, k: int) -> Floats:
    """The share of a person's held-out likes among the first `k` places."""
    return _shares(hits[:, :k].sum(axis=1), likes)


def ndcg(hits: Mask, likes: Ints, k: int) -> Floats:
    """The normalised discounted cumulative gain of the first `k`: 1 / log2(1 + place) for a hit (Järvelin 2002)."""
    discounts = 1 / np.log2(np.arange(2, k + 2))
    gains = hits[:, :k] @ discounts[: hits.shape[1]]
    best = np.concatenate(([0.0], np.cumsum(discounts)))[np.minimum(likes, k)]
    return _shares(gains, best)


def reciprocal_rank(hits: Mask, likes: Ints) -> Floats:
    """1 / place of the first hit; 0 without a hit."""
    first = hits.argmax(axis=1)
    return _shares(np.where(hits.any(axis=1), 1 / (first + 1), 0.0), likes > 0)


def novelty(ranked: Ints, likes_of_posts: Ints, people: int, k: int) -> Floats:
    """The mean of -log2(share of people who like the post) over the first `k`, in bits; NaN for an empty ranking.

    Shares are smoothed, (likes + 1) / (people + 1), so that none is 0.
    """
    bits = -np.log2((likes_of_posts + 1) / (people + 1))
    first = ranked[:, :k]
    there = first != NO_POST
    return _shares(np.where(there, bits[first], 0.0).sum(axis=1), there.sum(axis=1))


def _shares(parts: NDArray[np.generic], wholes: NDArray[np.generic]) -> Floats:
    """`parts / wholes`; NaN where the whole is 0."""
    return quotients(parts.astype(np.float64), wholes.astype(np.float64))


# --- Measures of all rankings together


def coverage(ranked: Ints, posts: int, k: int) -> float:
    """The share of `posts` that are among the first `k` of at least one ranking."""
    shown = np.unique(ranked[:, :k])
    return int((shown != NO_POST).sum()) / max(posts, 1)


def author_gini(ranked: Ints, authors: Ints, k: int) -> float:
    """The Gini coefficient of the authors' numbers of places among the first `k`, over all authors with posts.

    0: all authors have as many; near 1: few authors have nearly all. `authors` is the author of each post, -1 for none.
    """
    first = ranked[:, :k]
    shown = authors[first[first != NO_POST]]
    counts = np.bincount(shown[shown >= 0], minlength=int(authors.max(initial=-1)) + 1)
    return gini(counts[np.unique(authors[authors >= 0])])


def gini(counts: Ints) -> float:
    """The Gini coefficient of counts, from 0 to 1; 0 if all are 0."""
    total, size = int(counts.sum()), len(counts)
    if not total:
        return 0.0
    ranks = np.arange(1, size + 1)
    return float((2 * ranks - size - 1) @ np.sort(counts) / (size * total))


# --- Intervals


@dataclass(frozen=True)
class Mean:
    """A mean over people, with its bootstrap interval."""

    mean: float
    low: float
    high: float

    @property
    def half_width(self) -> float:
        """Half the width of the interval."""
        return (self.high - self.low) / 2


def resampled_means(values: Floats, seed: int, resamples: int = RESAMPLES) -> Floats:
    """The means of the columns over resampled people: resamples x columns. NaN values are left out.

    All columns share the draws, so differences between columns are paired.
    """
    there = ~np.isnan(values)
    sums = resampled_sums(np.hstack((np.where(there, values, 0.0), there)), resamples=resamples, seed=seed)
    return quotients(*np.hsplit(sums, 2))


def means(values: Floats, people: Ints, seed: int) -> list[Mean]:
    """The mean of each column, with an interval over resampled people; `people` has the person of each row."""
    places = np.unique(people, return_inverse=True)[1].ravel()
    sums = np.zeros((int(places.max(initial=-1)) + 1, values.shape[1] + 1))
    np.add.at(sums, places, np.column_stack((values, np.ones(len(values)))))
    drawn = resampled_sums(sums, seed=seed)
    resampled = quotients(drawn[:, :-1], drawn[:, -1:])
    return [mean(column, found) for column, found in zip(values.T, resampled.T, strict=True)]


def mean(values: Floats, resampled: Floats) -> Mean:
    """The mean of values, with the interval of its resampled means; NaN values are left out."""
    known = values[~np.isnan(values)]
    if not len(known):
        return Mean(np.nan, np.nan, np.nan)
    return Mean(float(known.mean()), *resampling.interval(resampled))
