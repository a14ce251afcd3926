"""Plain recommenders to compare feeds with, each learned from the likes alone.

A baseline is fitted to the training likes and returns a function that scores all posts for some people. Posts that it
has nothing to say about score -inf, and are not ranked.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, sparse

from graph.background import factors
from graph.background.arrays import Listen
from graph.background.blas import one_blas_thread
from graph.quality.metrics import NO_POST, Bools, Floats, Ints
from graph.quality.training import NOBODY, Training

Scores = Callable[[Ints], Floats]
"""The scores of all posts for people given by their rows: people x posts."""

NEIGHBOURS = 100
"""Similar posts kept for each post."""
BM25_K1, BM25_B = 1.2, 0.75
"""Saturation and normalization by length (Robertson and Zaragoza 2009), as `implicit` has them."""
AUTHOR_POSTS = 3
"""Posts by which an author counts as having more, so that few likes of few posts are no certainty."""
EASE_REGULARIZATION = 200.0
EASE_BYTES = 2**30
"""The largest matrix of posts x posts for EASE; it holds three of them at a time, and inverts one."""
CHUNK_SCORES = 2**22
"""Scores that are held at a time."""
CHUNK_POSTS = 128
"""Posts whose products with all others are held at a time."""


class Unfit(Exception):
    """A baseline cannot be fitted here; the message says why."""


@dataclass(frozen=True)
class Lists:
    """Rankings of some people."""

    ranked: Ints
    new_authors: Ints
    """The best posts of authors of whom the person likes nothing."""


def popularity(training: Training, seed: int) -> Scores:
    """The number of likes."""
    likes = training.likes_of_posts.astype(np.float64)
    return lambda people: np.tile(likes, (len(people), 1))


def owner_affinity(training: Training, seed: int) -> Scores:
    """My likes of the author, by how much they posted; of equal ones, the number of likes of the post."""
    posts = np.bincount(training.authors[training.authors != NOBODY], minlength=len(training.people))
    shares = training.likes_of_authors.tocsr().astype(np.float64)
    shares.data /= posts[shares.indices] + AUTHOR_POSTS
    ranks = shares.copy()
    ranks.data = 1.0 + np.unique(shares.data, return_inverse=True)[1].ravel()
    ranks.resize(len(training.people), len(training.people) + 1)  # NOBODY, the last column, is liked by nobody
    _, popular = np.unique(training.likes_of_posts, return_inverse=True)
    popular = popular / (popular.max(initial=0) + 1)
    return lambda people: ranks[people].toarray()[:, training.authors] + popular


def item_knn(training: Training, seed: int) -> Scores:
    """The sum of the similarities of what I liked: products of likes that are weighted by BM25."""
    similar = nearest(bm25(training.likes), NEIGHBOURS)

    def scores(people: Ints) -> Floats:
        return _unknown_if_zero((training.likes[people].astype(np.float64) @ similar).toarray())

    return scores


def bm25(likes: sparse.csr_matrix) -> sparse.csr_matrix:
    """Posts x people: each like weighted by BM25, with posts as documents and people as terms."""
    by_post = likes.T.tocsr().astype(np.float64)
    lengths = np.diff(by_post.indptr)
    idf = np.log(by_post.shape[0]) - np.log1p(np.diff(likes.indptr))
    norms = 1 - BM25_B + BM25_B * lengths / max(lengths.mean(), 1e-9)
    by_post.data = (BM25_K1 + 1) / (BM25_K1 * np.repeat(norms, lengths) + 1) * idf[by_post.indices]
    return by_post


def nearest(weighted: sparse.csr_matrix, keep: int) -> sparse.csr_matrix:
    """The `keep` largest products of each row with the other rows, ties by row.

    An entry (i, j) is the product of row j, one of whose nearest is i: sums over what somebody likes read lines.
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
    """Products of the vectors of matrix factorization, with the settings of the builder."""
    try:
        found = factors.factors(training.likes, seed=seed + 1)
    except ImportError as error:  # its wheel takes OpenMP from the system
        raise Unfit(f"implicit does not load: {error}") from None

    def scores(people: Ints) -> Floats:
        return _unknown_if_zero((found.people[people] @ found.posts.T).astype(np.float64))

    return scores


def ease(training: Training, seed: int) -> Scores:
    """Weights of posts for posts by a ridge regression without a diagonal, in closed form (Steck 2019)."""
    liked = np.flatnonzero(training.likes_of_posts)
    needed = len(liked) ** 2 * 8
    if needed > EASE_BYTES:
        raise Unfit(
            f"{len(liked):,} posts with likes make a matrix of {needed / 2**30:.1f} GiB, and {EASE_BYTES / 2**30:g} "
            "is the most"
        )
    likes = training.likes[:, liked].astype(np.float64)
    weights = _ease_weights((likes.T @ likes).toarray())

    def scores(people: Ints) -> Floats:
        all_posts = np.full((len(people), len(training.posts)), -np.inf)
        all_posts[:, liked] = _unknown_if_zero(np.asarray(likes[people] @ weights))
        return all_posts

    return scores


def _ease_weights(common: Floats) -> Floats:
    """The weights from the numbers of common likers, which are overwritten."""
    if not len(common):
        return common
    common[np.diag_indices_from(common)] += EASE_REGULARIZATION
    inverse = linalg.inv(common, overwrite_a=True)
    weights: Floats = inverse / -np.diag(inverse)
    weights[np.diag_indices_from(weights)] = 0
    return weights


BASELINES: dict[str, Callable[[Training, int], Scores]] = {
    "popularity": popularity,
    "owner affinity": owner_affinity,
    "item-kNN": item_knn,
    "ALS": als,
    "EASE": ease,
}
"""By name, in the order of tables."""


def lists(
    training: Training, scores: Scores, people: Ints, candidates: Bools, k: int, k_new: int, listen: Listen
) -> Lists:
    """The best `k` candidates for each of these people, and the best `k_new` of new authors, ties by id.

    Own and liked posts are left out.
    """
    ranked, new_authors = [], []
    done = 0
    with one_blas_thread():
        for chunk in chunks(people, _width(training)):
            listen(done, len(people))
            found = scores(chunk)
            found[training.excluded[chunk].nonzero()] = -np.inf
            found[:, ~candidates] = -np.inf
            ranked.append(top(found, k))
            new_authors.append(top(np.where(training.is_new_author(chunk), found, -np.inf), k_new))
            done += len(chunk)
    listen(done, len(people))
    return Lists(np.concatenate(ranked), np.concatenate(new_authors))


def top(scores: Floats, k: int) -> Ints:
    """The columns of the `k` highest scores of each line, ties by column; NO_POST where there are fewer above -inf."""
    best = np.full((len(scores), k), NO_POST, np.int64)
    columns = np.arange(scores.shape[1])
    for line, row in zip(best, scores, strict=True):
        found = _largest(row, columns, k)
        line[: len(found)] = found
    return best


def _largest(values: Floats, names: Ints, k: int) -> Ints:
    """The places of the `k` largest values above -inf, the largest first, ties by name."""
    least = np.partition(values, -k)[-k] if k < len(values) else -np.inf
    places = np.flatnonzero((values >= least) & (values > -np.inf))
    found: Ints = places[np.lexsort((names[places], -values[places]))[:k]]
    return found


def first(ranked: Ints, kept: Bools, k: int) -> Ints:
    """The first `k` places of each ranking that are kept, NO_POST for the rest."""
    order = np.argsort(~kept, axis=1, kind="stable")[:, :k]
    found: Ints = np.where(np.take_along_axis(kept, order, 1), np.take_along_axis(ranked, order, 1), NO_POST)
    return found


def of_new_authors(training: Training, people: Ints, ranked: Ints, k: int) -> Ints:
    """The first `k` places of each ranking whose author is new to the person."""
    found = []
    places = np.arange(len(people))
    for chunk in chunks(places, _width(training)):
        new = training.is_new_author(people[chunk])
        kept = (ranked[chunk] != NO_POST) & np.take_along_axis(new, np.maximum(ranked[chunk], 0), 1)
        found.append(first(ranked[chunk], kept, k))
    return np.concatenate(found)


def _width(training: Training) -> int:
    """The numbers of a person: of posts, or of people as authors."""
    return max(len(training.posts), len(training.people) + 1)


def chunks(rows: NDArray[np.int64], width: int) -> Iterator[Ints]:
    """The rows in chunks, of so many that CHUNK_SCORES numbers fit for lines of this width."""
    size = max(1, CHUNK_SCORES // max(width, 1))
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def _unknown_if_zero(scores: Floats) -> Floats:
    """The scores, -inf where they are exactly 0: nothing is known of the post, or of the person."""
    scores[scores == 0] = -np.inf
    return scores
