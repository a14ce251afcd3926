"""Baselines: standard recommenders to compare feeds with, fitted to the training likes alone.

Each fits to the likes and returns a function that scores all posts for some people. Posts that it cannot score have
-inf, and are not ranked.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from scipy import linalg, sparse

from graph.background import factors
from graph.background.arrays import Floats, Ints, Listen, Mask
from graph.background.blas import one_blas_thread
from graph.quality.metrics import NO_POST
from graph.quality.training import NO_AUTHOR, Training

Scores = Callable[[Ints], Floats]
"""The scores of all posts for people given by their rows: people x posts."""

NEIGHBOURS = 100
"""The most similar posts that are kept for each post."""
BM25_K1, BM25_B = 1.2, 0.75
"""Saturation and length normalisation (Robertson and Zaragoza 2009), with the defaults of `implicit`."""
AUTHOR_POSTS = 3
"""Smoothing: posts that are added to those of each author, so that the like of an only post proves little."""
EASE_REGULARIZATION = 200.0
EASE_BYTES = 2**30
"""The most bytes of EASE's matrix of posts x posts: inverting a larger one takes long."""
EASE_MATRICES = 3
"""The number of such matrices that it holds at a time."""
CHUNK_SCORES = 2**22
"""Scores held at a time."""
CHUNK_POSTS = 128
"""Posts whose similarities to all others are held at a time."""


class CannotFit(Exception):
    """A baseline cannot be fitted; the message says why."""


@dataclass(frozen=True)
class Lists:
    """Rankings for some people: people x places."""

    ranked: Ints
    new_authors: Ints
    """Rankings of posts by authors of whom the person likes nothing."""
    cold: Ints | None
    """Rankings of cold posts alone; None if they were not asked for."""


def popularity(training: Training, seed: int) -> Scores:
    """Scores by the number of likes."""
    likes = training.likes_of_posts.astype(np.float64)
    return lambda people: np.tile(likes, (len(people), 1))


def owner_affinity(training: Training, seed: int) -> Scores:
    """Scores by the share of the author's posts that the person likes, smoothed; ties by likes of the post."""
    posts = np.bincount(training.authors[training.authors != NO_AUTHOR], minlength=len(training.people))
    shares = training.likes_of_authors.tocsr().astype(np.float64)
    shares.data /= posts[shares.indices] + AUTHOR_POSTS
    ranks = shares.copy()
    ranks.data = 1.0 + np.unique(shares.data, return_inverse=True)[1].ravel()
    ranks.resize(len(training.people), len(training.people) + 1)  # the last column is NO_AUTHOR, whom nobody likes
    _, popular = np.unique(training.likes_of_posts, return_inverse=True)
    popular = popular / (popular.max(initial=0) + 1)
    return lambda people: ranks[people].toarray()[:, training.authors] + popular


def item_knn(training: Training, seed: int) -> Scores:
    """Scores by the sum of similarities to the liked posts: products of BM25-weighted likes."""
    similar = nearest(bm25(training.likes), NEIGHBOURS)

    def scores(people: Ints) -> Floats:
        return _unknown_if_zero((training.likes[people].astype(np.float64) @ similar).toarray())

    return scores


def bm25(likes: sparse.csr_matrix) -> sparse.csr_matrix:
    """The likes weighted by BM25, with posts as documents and people as terms: posts x people."""
    by_post = likes.T.tocsr().astype(np.float64)
    lengths = np.diff(by_post.indptr)
    idf = np.log(by_post.shape[0]) - np.log1p(np.diff(likes.indptr))
    norms = 1 - BM25_B + BM25_B * lengths / max(lengths.mean(), 1e-9)
    by_post.data = (BM25_K1 + 1) / (BM25_K1 * np.repeat(norms, lengths) + 1) * idf[by_post.indices]
    return by_post


def nearest(weighted: sparse.csr_matrix, keep: int) -> sparse.csr_matrix:
    """The `keep` largest products of each row with the other rows, ties by row, as a transposed matrix.

    Entry (i, j) is the product of row j with i, one of its nearest, so that likes @ nearest reads whole rows.
    """
    size = weighted.shape[0]
    transposed = weighted.T.tocsr()
    ends, others, values = [], [], []
    for start in range(0, size, CHUNK_POSTS):
        chunk = np.arange(start, min(start + CHUNK_POSTS, size))
        products = (weighted[chunk] @ transposed).tocsr()
        for row, start, end in zip(chunk, products.indptr, products.indptr[1:], strict=False):
            near, found = products.indices[start:end], products.data[start:end]
            best = _largest(np.where((near != row) & (found > 0), found, -np.inf), near, keep)
            ends.append(len(best))
            others.append(near[best])
            values.append(found[best])
    if not ends:
        return sparse.csr_matrix((size, size))
    starts = np.concatenate(([0], np.cumsum(ends)))
    by_row = sparse.csr_matrix((np.concatenate(values), np.concatenate(others), starts), shape=(size, size))
    return by_row.T.tocsr()


def als(training: Training, seed: int) -> Scores:
    """Scores by products of factors: alternating least squares, with the settings of the builder."""
    try:
        found = factors.factors(training.likes, seed=seed + 1)
    except ImportError as error:  # its wheel takes OpenMP from the system
        raise CannotFit(f"implicit does not load: {error}") from None

    def scores(people: Ints) -> Floats:
        return _unknown_if_zero((found.people[people] @ found.posts.T).astype(np.float64))

    return scores


def ease(training: Training, seed: int, memory: int | None = None) -> Scores:
    """Scores by a ridge regression of each post on all others, in closed form (Steck 2019, EASE).

    `memory` is the limit of this process, in bytes; None is no limit.
    """
    liked = np.flatnonzero(training.likes_of_posts)
    needed = len(liked) ** 2 * 8
    if needed > EASE_BYTES:
        raise CannotFit(
            f"{len(liked):,} posts with likes make a matrix of {needed / 2**30:.1f} GiB, and the limit is "
            f"{EASE_BYTES / 2**30:g}"
        )
    if memory is not None and EASE_MATRICES * needed > memory:
        raise CannotFit(
            f"{len(liked):,} posts with likes need {EASE_MATRICES * needed / 2**20:,.0f} MB of memory, and the limit "
            f"is {memory / 2**20:,.0f} MB"
        )
    likes = training.likes[:, liked].astype(np.float64)
    weights = _ease_weights((likes.T @ likes).toarray())

    def scores(people: Ints) -> Floats:
        all_posts = np.full((len(people), len(training.posts)), -np.inf)
        all_posts[:, liked] = _unknown_if_zero(np.asarray(likes[people] @ weights))
        return all_posts

    return scores


def _ease_weights(common: Floats) -> Floats:
    """The weights of posts for posts, from the numbers of common likers. Overwrites its argument."""
    if not len(common):
        return common
    common[np.diag_indices_from(common)] += EASE_REGULARIZATION
    inverse = linalg.inv(common, overwrite_a=True)
    weights: Floats = inverse / -np.diag(inverse)
    weights[np.diag_indices_from(weights)] = 0
    return weights


Fit = Callable[[Training, int], Scores]
"""A function that fits a baseline to training likes, with a seed."""

BASELINES: dict[str, Fit] = {
    "popularity": popularity,
    "owner affinity": owner_affinity,
    "item-kNN": item_knn,
    "ALS": als,
    "EASE": ease,
}
"""The functions that fit a baseline, by name, in the order of tables."""


def lists(
    training: Training,
    scores: Scores,
    people: Ints,
    candidates: Mask,
    k: int,
    k_new: int,
    listen: Listen,
    *,
    cold: Mask | None = None,
) -> Lists:
    """The best `k` candidates of these people, the best `k_new` by new authors, and of cold posts; ties by id.

    `candidates` and `cold` are masks of posts; without `cold`, cold posts are not ranked alone. One's own and liked
    posts are left out.
    """
    ranked, new_authors, of_cold = [], [], []
    done = 0
    with one_blas_thread():
        for chunk in chunks(people, _width(training)):
            listen(done, len(people))
            found = scores(chunk)
            found[training.excluded[chunk].nonzero()] = -np.inf
            found[:, ~candidates] = -np.inf
            ranked.append(top(found, k))
            new_authors.append(top(np.where(training.is_new_author(chunk), found, -np.inf), k_new))
            if cold is not None:
                found[:, ~cold] = -np.inf
                of_cold.append(top(found, k_new))
            done += len(chunk)
    listen(done, len(people))
    return Lists(
        np.concatenate(ranked), np.concatenate(new_authors), np.concatenate(of_cold) if cold is not None else None
    )


def top(scores: Floats, k: int) -> Ints:
    """The columns of the `k` highest scores above -inf of each row, ties by column, filled up with NO_POST."""
    best = np.full((len(scores), k), NO_POST, np.int64)
    columns = np.arange(scores.shape[1])
    for line, row in zip(best, scores, strict=True):
        found = _largest(row, columns, k)
        line[: len(found)] = found
    return best


def _largest(values: Floats, names: Ints, k: int) -> Ints:
    """The indices of the `k` largest values above -inf, the largest first, ties by name."""
    least = np.partition(values, -k)[-k] if k < len(values) else -np.inf
    places = np.flatnonzero((values >= least) & (values > -np.inf))
    found: Ints = places[np.lexsort((names[places], -values[places]))[:k]]
    return found


def first(ranked: Ints, kept: Mask, k: int) -> Ints:
    """The first `k` kept posts of each ranking, filled up with NO_POST."""
    order = np.argsort(~kept, axis=1, kind="stable")[:, :k]
    found: Ints = np.where(np.take_along_axis(kept, order, 1), np.take_along_axis(ranked, order, 1), NO_POST)
    return found


def of_new_authors(training: Training, people: Ints, ranked: Ints, k: int) -> Ints:
    """The first `k` posts of each ranking by authors who are new to the person, filled up with NO_POST."""
    found = []
    places = np.arange(len(people))
    for chunk in chunks(places, _width(training)):
        new = training.is_new_author(people[chunk])
        kept = (ranked[chunk] != NO_POST) & np.take_along_axis(new, np.maximum(ranked[chunk], 0), 1)
        found.append(first(ranked[chunk], kept, k))
    return np.concatenate(found)


def _width(training: Training) -> int:
    """The numbers held for each person: one for each post, or for each author."""
    return max(len(training.posts), len(training.people) + 1)


def chunks(rows: Ints, width: int) -> Iterator[Ints]:
    """The rows in chunks for which at most CHUNK_SCORES numbers are held, `width` for each row."""
    size = max(1, CHUNK_SCORES // max(width, 1))
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def _unknown_if_zero(scores: Floats) -> Floats:
    """The scores, with -inf for exactly 0: the post or the person has no likes to learn from."""
    scores[scores == 0] = -np.inf
    return scores
