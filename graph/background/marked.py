"""The arcs into one post, as a full build would give them, from a few reads.

Two reads make them exact. First, of the marked post j:

1. the people who like j, with the number of likes of each (`likes` of `Liker`),
2. all likes of each of them, with the number of likes of each of these posts (`posts` and `counts` of `Liker`).

From these `shortlist` gives the posts that may be neighbours, at most 300. Second, of each post of the shortlist:

3. the people who like it, with the number of likes of each (`Likers`). They give q and G; their other likes are not
   needed.

Bounds for the caller: 1,000 likers of a post and the first 5,000 likes of a liker. Within them, the weights are those
of the build, to the bit, if `Into.exact` says that the shortlist was long enough (on Flickr, 300 are for 98 of 100
posts). A person with more likes is sampled from those read; a neighbour with more likers counts with those read. The
caller leaves a marked post with more likers to the next build: a sample of its likers is too small to estimate g.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from graph.background.keys import Keys, sample
from graph.background.ridge import MIN_WEIGHT, Reals, Recipe, Regression, first_entries, nearest
from graph.background.similar import RECIPE

SHORTLIST_POSTS = 300

NO_ROW = -1  # matches no row
ROUNDING_FACTOR = 1 + 1e-9
NO_KEYS: Keys = np.zeros(0, dtype=np.uint64)

Counts = NDArray[np.integer]


@dataclass(frozen=True)
class Liker:
    """A person who likes the marked post."""

    person: int
    """The person's key."""
    likes: int
    """The number of all their likes."""
    posts: Keys
    """The posts that they like, with or without the marked one."""
    counts: Counts
    """The number of likes of each of these posts."""


@dataclass(frozen=True)
class Likers:
    """The people who like a post of the shortlist."""

    people: Keys
    likes: Counts
    """The number of all likes of each of them."""


@dataclass(frozen=True)
class Shortlist:
    """The posts that may be neighbours of a marked post, by their keys."""

    posts: Keys
    """By the upper bound of their scores, the largest first."""
    counts: Counts
    """The number of likes of each."""
    sums: Reals
    """The sum of weights over the people who like it and the marked post."""
    others: float
    """The upper bound of the squared scores of all posts outside the shortlist."""


@dataclass(frozen=True)
class Into:
    """The arcs into a marked post, by the key of their source."""

    sources: Keys
    weights: NDArray[np.float32]
    exact: bool
    """True if no post outside the shortlist can be a neighbour."""


def shortlist(post: int, likers: Sequence[Liker], *, recipe: Recipe = RECIPE, size: int = SHORTLIST_POSTS) -> Shortlist:
    """The posts whose likers must be read for the arcs into a post: the `size` with the largest upper bounds of scores.

    The bound takes q as the sum over the common likers, plus the least possible weight for each further liker.
    """
    finders = sorted(likers, key=lambda liker: liker.person)[: recipe.likers]
    weights = recipe.person_weights(np.array([liker.likes for liker in finders], dtype=np.int64))
    all_posts = np.concatenate([NO_KEYS, *(liker.posts for liker in finders)])
    posts, first, rows = np.unique(all_posts, return_index=True, return_inverse=True)
    counts = np.concatenate([np.zeros(0, dtype=np.int64), *(liker.counts for liker in finders)])[first]
    of_rows = np.repeat(weights, [len(liker.posts) for liker in finders])
    kept = np.concatenate(
        [np.zeros(0, dtype=bool), *(sample(np.uint64(liker.person), liker.posts, recipe.likes) for liker in finders)]
    )
    # Summed in the order of people, like the build.
    sums = np.bincount(rows[kept], of_rows[kept], len(posts))
    known = np.bincount(rows, of_rows, len(posts))
    unknown = np.maximum(counts - np.bincount(rows, minlength=len(posts)), 0)
    bounds = sums**2 / (known + unknown / np.sqrt(recipe.likes))
    bounds[posts == np.uint64(post)] = 0
    order = np.lexsort((posts, -bounds))
    order = order[bounds[order] > 0]
    chosen = order[:size]
    others = float(bounds[order[size]]) if len(order) > size else 0.0
    return Shortlist(posts[chosen], counts[chosen], sums[chosen], others)


def arcs_into(
    likers: Sequence[Liker], short: Shortlist, likers_of: Sequence[Likers], *, recipe: Recipe = RECIPE
) -> Into:
    """The arcs into the post whose `likers` gave the shortlist; `likers_of` has the likers of each of its posts.

    A post with fewer likes than `recipe.least_likes` has none. If fewer likers of a post were read than it has, its q
    is scaled up. The weights are those of the build to the bit only within `one_blas_thread()`.
    """
    if len(likers) < recipe.least_likes or not len(short.posts):
        return Into(NO_KEYS, np.zeros(0, dtype=np.float32), True)
    order = np.argsort(short.posts)  # the build's order
    posts = short.posts[order]
    read = [likers_of[place] for place in order]
    sizes = np.array([len(of.people) for of in read])
    mine = np.array([liker.person for liker in likers], dtype=np.uint64)
    people, columns = np.unique(np.concatenate([*(of.people for of in read), mine]), return_inverse=True)
    starts = np.concatenate([[0], np.cumsum(sizes)])
    rows = csr_matrix((np.ones(starts[-1]), columns[: starts[-1]], starts), shape=(len(posts), len(people)))
    rows.sort_indices()  # the build's order of people
    weights = recipe.person_weights(np.concatenate([of.likes for of in read]))
    of_columns = np.zeros(len(people))
    of_columns[columns[: starts[-1]]] = weights
    q = (rows @ of_columns) * np.maximum(short.counts[order] / np.maximum(sizes, 1), 1)
    scores = np.divide(short.sums[order], np.sqrt(q), out=np.zeros(len(q)), where=q > 0)
    candidates = np.flatnonzero(scores > 0)
    neighbours = nearest(candidates, scores[candidates], NO_ROW, recipe.neighbours)
    found = Regression(first_entries(rows, recipe.likers), recipe).weights(neighbours, columns[starts[-1] :])
    kept = found >= MIN_WEIGHT
    exact = len(neighbours) == recipe.neighbours and scores[neighbours].min() ** 2 > short.others * ROUNDING_FACTOR
    return Into(posts[neighbours[kept]], found[kept].astype(np.float32), bool(exact or short.others == 0))
