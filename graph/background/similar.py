"""Similar posts: arcs from each post to the posts that its likers tend to like too, from the likes alone.

The neighbours of a post j are the `recipe.neighbours` posts i with the largest
s(i, j) = (sum of d^-.5 over people who like both) / sqrt(q_i q_j): q is the sum of d^-.5 over the likers of a post, d
the number of likes of a person, at most `recipe.likes`. A ridge regression of j on its neighbours
(`graph/background/ridge.py`) gives the weights of the arcs i -> j. The largest arcs of each post i are kept.

To bound the cost, likes are sampled by stable keys, so that the same likes give the same arcs and one more like changes
little:

- A person with more than `recipe.likes` likes finds neighbours by a sample of that size.
- A post with more than `recipe.likers` likers finds its neighbours by a sample of that size, the same people for all
  such posts, and enters G and g with that sample where it is a neighbour. The likes that it is predicted from, as a
  target, are exact.

A post costs at most likers x likes sums, neighbours x likers likes in G, and one Cholesky of `neighbours` rows. A post
with 500,000 likers costs no more than one with 1,000.

Sums run in the order of the people's keys, and ties go to the lesser key of a post, so the result does not depend on
the order of the input or the size of the blocks, to the bit.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from graph.background.blas import one_blas_thread
from graph.background.keys import Keys, sample
from graph.background.ridge import MIN_WEIGHT, Reals, Recipe, Regression, Rows, first_entries, kept_entries, nearest
from graph.progress import Progress, Silent

Weights = NDArray[np.float32]
_Parts = tuple[Rows, Rows, Weights]
"""Sources, targets, weights."""

BLOCK_BYTES = 128 * 2**20
SUM_BYTES = 16  # memory of scipy's product per sum of a block

RECIPE = Recipe()
SILENT = Silent()


@dataclass(frozen=True)
class Arcs:
    """Arcs between posts, as rows of the matrix of likes: sorted by source, then the heaviest first, then by key."""

    sources: NDArray[np.int32]
    targets: NDArray[np.int32]
    weights: Weights


def similar_posts(
    likes: csr_matrix,
    people: Keys,
    posts: Keys,
    window: NDArray[np.bool_] | None = None,
    *,
    recipe: Recipe = RECIPE,
    block_bytes: int = BLOCK_BYTES,
    progress: Progress = SILENT,
) -> tuple[Arcs, Arcs]:
    """The largest arcs of each post, and the largest to posts of the window.

    `likes` has a row per person and a column per post; each stored entry is a like. `people` and `posts` are their
    keys. `window` is a mask of posts (all if None). A block of posts takes about `block_bytes`; see `needed_bytes` in
    `graph/background/memory.py` for the rest.
    """
    tables = _tables(likes, people, posts, recipe)
    size = len(posts)
    inside = np.ones(size, dtype=bool) if window is None else np.asarray(window)[tables.post_order]
    of_all, of_window = _Largest(size, recipe.arcs), _Largest(size, recipe.arcs)
    with one_blas_thread():
        for done, arcs in _blocks(tables, recipe, block_bytes):
            of_all.add(arcs)
            if window is not None:
                of_window.add(arcs, inside)
            progress.advance("similar posts", done, size)
    progress.advance("similar posts", size, size)
    found = of_all.arcs(tables.post_order)
    return found, found if window is None else of_window.arcs(tables.post_order)


@dataclass(frozen=True)
class _Tables:
    """The likes with people and posts in the order of their keys."""

    post_order: Rows
    likers: csr_matrix
    """Posts x people."""
    capped: csr_matrix
    """Posts x people, the first `recipe.likers` of each post."""
    likes: csr_matrix
    """People x posts, sampled, of ones."""
    weights: Reals
    """The weight of each person."""
    roots: Reals
    """The sqrt(q) of each post."""


def _tables(likes: csr_matrix, people: Keys, posts: Keys, recipe: Recipe) -> _Tables:
    people_order, post_order = np.argsort(people, kind="stable"), np.argsort(posts, kind="stable")
    ranks = np.empty(len(posts), dtype=likes.indices.dtype)
    ranks[post_order] = np.arange(len(posts))
    starts, indices = likes.indptr, likes.indices
    ones = np.ones(len(indices), dtype=np.int8)
    ordered = csr_matrix((ones, ranks[indices], starts), shape=likes.shape)[people_order]
    ordered.sum_duplicates()
    ordered.data = np.ones(ordered.nnz, dtype=np.int8)
    likers = ordered.T.tocsr()
    weights = recipe.person_weights(np.diff(ordered.indptr))
    capped = first_entries(likers, recipe.likers)
    sampled = _sampled(ordered, people[people_order], posts[post_order], recipe.likes)
    return _Tables(post_order, likers, capped, sampled, weights, np.sqrt(likers @ weights))


def _sampled(likes: csr_matrix, people: Keys, posts: Keys, most: int) -> csr_matrix:
    """The likes of each person, at most `most`, by the least pair keys. The data are floats."""
    kept = np.ones(likes.nnz, dtype=bool)
    for person in np.flatnonzero(np.diff(likes.indptr) > most):
        row = slice(likes.indptr[person], likes.indptr[person + 1])
        kept[row] = sample(people[person], posts[likes.indices[row]], most)
    rows = likes if kept.all() else kept_entries(likes, kept)
    return csr_matrix((np.ones(rows.nnz), rows.indices, rows.indptr), shape=rows.shape)


def _blocks(tables: _Tables, recipe: Recipe, block_bytes: int) -> Iterator[tuple[int, _Parts]]:
    """The arcs into the posts, block by block, each with the number of posts done."""
    regression = Regression(tables.capped, recipe)
    posts = np.flatnonzero(np.diff(tables.likers.indptr) >= recipe.least_likes)
    most_sums = tables.capped @ np.diff(tables.likes.indptr).astype(np.float64)
    ends = np.cumsum(most_sums[posts] * SUM_BYTES)
    start = 0
    while start < len(posts):
        before = ends[start - 1] if start else 0
        end = max(start + 1, int(np.searchsorted(ends, before + block_bytes, "right")))
        yield int(posts[end - 1]), _arcs_into(posts[start:end], tables, regression, recipe)
        start = end


def _arcs_into(posts: Rows, tables: _Tables, regression: Regression, recipe: Recipe) -> _Parts:
    """Sources, targets and weights of the arcs into some posts, in the order of the posts."""
    likers = tables.capped[posts]
    likers.data = tables.weights[likers.indices]
    sums = likers @ tables.likes
    found = []
    for row, post in enumerate(posts):
        candidates = sums.indices[sums.indptr[row] : sums.indptr[row + 1]]
        scores = sums.data[sums.indptr[row] : sums.indptr[row + 1]] / tables.roots[candidates]
        neighbours = nearest(candidates, scores, post, recipe.neighbours)
        if len(neighbours):
            liked_by = tables.likers.indices[tables.likers.indptr[post] : tables.likers.indptr[post + 1]]
            weights = regression.weights(neighbours, liked_by)
            kept = weights >= MIN_WEIGHT
            found.append((neighbours[kept], weights[kept]))
        else:
            found.append((neighbours, np.zeros(0)))
    sources, weights = (np.concatenate(part) for part in zip(*found, strict=True))
    return sources, np.repeat(posts, [len(part) for part, _ in found]), weights.astype(np.float32)


class _Largest:
    """Collects the largest arcs of each source; arcs must be added in the order of their targets."""

    def __init__(self, posts: int, size: int) -> None:
        self._size = size
        self._targets = np.zeros((posts, size), dtype=np.int32)  # pages that are never written take no memory
        self._weights = np.zeros((posts, size), dtype=np.float32)

    def add(self, arcs: _Parts, inside: NDArray[np.bool_] | None = None) -> None:
        """Merges these arcs; `inside` is a mask of the targets to keep."""
        sources, targets, weights = arcs
        larger = weights > self._weights[sources, -1]
        if inside is not None:
            larger &= inside[targets]
        sources, targets, weights = sources[larger], targets[larger], weights[larger]
        order = np.lexsort((-weights, sources))  # stable: of equal weights, the lesser target stays first
        sources, targets, weights = sources[order], targets[order], weights[order]
        rows, starts, counts = np.unique(sources, return_index=True, return_counts=True)
        places = np.arange(len(sources)) - np.repeat(starts, counts)
        slots = (np.repeat(np.arange(len(rows)), counts), places)
        kept = places < self._size
        self._merge(rows, tuple(slot[kept] for slot in slots), targets[kept], weights[kept])

    def _merge(self, rows: Rows, slots: tuple[Rows, ...], targets: Rows, weights: Weights) -> None:
        joined_targets = np.zeros((len(rows), 2 * self._size), dtype=np.int32)
        joined_weights = np.zeros((len(rows), 2 * self._size), dtype=np.float32)
        joined_targets[:, : self._size], joined_weights[:, : self._size] = self._targets[rows], self._weights[rows]
        joined_targets[:, self._size :][slots], joined_weights[:, self._size :][slots] = targets, weights
        order = np.argsort(-joined_weights, axis=1, kind="stable")[:, : self._size]
        self._targets[rows] = np.take_along_axis(joined_targets, order, axis=1)
        self._weights[rows] = np.take_along_axis(joined_weights, order, axis=1)

    def arcs(self, post_order: Rows) -> Arcs:
        """The arcs, in the posts' original rows. Can be called only once."""
        ranks = np.argsort(post_order)
        rows = self._weights[ranks]
        filled = rows > 0
        weights = rows[filled]
        del rows, self._weights  # so that at most one of the large arrays exists twice
        targets = self._targets[ranks][filled]
        del self._targets
        sources = np.repeat(np.arange(len(ranks), dtype=np.int32), filled.sum(axis=1))
        return Arcs(sources, post_order.astype(np.int32)[targets], weights)
