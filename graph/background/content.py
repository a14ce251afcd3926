"""What is expected of a post that hardly anybody liked yet: its factors, from its author and its hashtags.

The factors of posts are regressed on who posted them and on their hashtags (Gantner et al. 2010, "Learning
Attribute-to-Feature Mappings for Cold-Start Recommendations"): a mean of all posts, plus what the author's posts are
apart from it, shrunk, plus a ridge regression of the rest on hashtags. A post that nobody liked counts with factors of
0, so those of authors whose posts nobody likes are expected to be liked as little.

On two networks of which all likes of a tenth of the posts were hidden, words of captions added nothing to hashtags, and
weights by the number of likes, or hashtags before authors, changed nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from graph.background.arrays import Floats, Ints, Mask, Network, Vectors
from graph.background.blas import one_blas_thread
from graph.background.factors import GRAM_ROWS
from graph.background.similar import RECIPE

MAX_HASHTAGS = 2_000
"""The hashtags on most posts, which have a part of their own."""
FEW_LIKES = RECIPE.least_likes
"""A post with fewer likes has no similar posts, and expectations count. Statements have the number, too."""
AUTHOR_POSTS = 3.0
"""Posts as expected of anybody that are added to an author's own."""
RIDGE = 10.0


@dataclass(frozen=True)
class Content:
    """The parts that expected factors are sums of."""

    mean: Floats
    authors: Vectors
    """Of people; 0 of who posted nothing, and of whom nothing is learned."""
    hashtags: Vectors
    """Of hashtags; 0 of rare ones."""


def content(network: Network, factors: Vectors) -> Content:
    """The parts, given the factors of posts. Posts that not everybody may be shown count for nothing."""
    counted = ~network.for_followers & (network.taken_at <= network.as_of)
    size, people = factors.shape[1], len(network.people)
    number = max(int(counted.sum()), 1)
    mean = _sum(factors, counted) / number
    posts = np.flatnonzero(counted & (network.author >= 0))
    posts = posts[~network.not_profiled[network.author[posts]]]
    shape = (people, len(network.posts))
    posted = sparse.csr_matrix((np.ones(len(posts), np.float32), (network.author[posts], posts)), shape=shape)
    counts = np.bincount(network.author[posts], minlength=people)
    authors: Vectors = posted @ factors  # the largest array: changed in place, in 4-byte numbers
    authors -= np.outer(counts.astype(np.float32), mean.astype(np.float32))
    authors /= (counts + AUTHOR_POSTS).astype(np.float32)[:, None]
    chosen, weighted = _weighted(network, counted)
    hashtags = np.zeros((len(network.hashtags), size), np.float32)
    if len(chosen):
        by_hashtag = weighted.T.tocsr()
        totals = np.asarray(by_hashtag.sum(axis=1)).ravel()
        rest = _products(by_hashtag, factors) - np.outer(totals, mean) - (by_hashtag @ posted.T) @ authors
        gram = (by_hashtag @ weighted).toarray().astype(np.float64)
        gram[np.diag_indices_from(gram)] += RIDGE
        with one_blas_thread():
            hashtags[chosen] = np.linalg.solve(gram, rest)
    return Content(mean, authors, hashtags)


def cold_posts(network: Network) -> Ints:
    """The rows of the posts that are given expected factors: those of few likes that everybody may be shown."""
    return np.flatnonzero(~network.for_followers & (network.likes_of_posts < FEW_LIKES))


def expected(found: Content, network: Network, posts: Ints) -> Vectors:
    """The expected factors of posts, given as rows: posts x factors."""
    is_known = found.hashtags.any(axis=1)
    tags = network.tags[posts].astype(np.float64) @ sparse.diags_array(is_known.astype(np.float64))
    lengths = np.sqrt(np.maximum(np.asarray(tags.sum(axis=1)).ravel(), 1))
    of_hashtags = (sparse.diags_array(1 / lengths) @ tags) @ found.hashtags.astype(np.float64)
    authors = network.author[posts]
    of_authors = np.where((authors >= 0)[:, None], found.authors[authors], 0.0)
    vectors: Vectors = (found.mean + of_authors + of_hashtags).astype(np.float32)
    return vectors


def expected_of_one(mean: ArrayLike, author: ArrayLike | None, hashtags: Sequence[ArrayLike]) -> Vectors:
    """The same of one post, from the stored parts: of its author, None for none, and of its hashtags that have one."""
    vector: Floats = np.asarray(mean, np.float64)
    if author is not None:
        vector = vector + np.asarray(author, np.float64)
    if len(hashtags):
        vector = vector + np.asarray(hashtags, np.float64).sum(axis=0) / np.sqrt(len(hashtags))
    return vector.astype(np.float32)


def _weighted(network: Network, counted: Mask) -> tuple[Ints, sparse.csr_matrix]:
    """The hashtags on most posts, and a matrix of posts by these, in which each post has length 1."""
    tags = (sparse.diags_array(counted.astype(np.float32)) @ network.tags.astype(np.float32)).tocsr()
    tags.eliminate_zeros()
    posts = np.bincount(tags.indices, minlength=tags.shape[1])
    order = np.lexsort((np.arange(len(posts)), -posts))[:MAX_HASHTAGS]
    chosen = np.sort(order[posts[order] > 0])
    tags = tags[:, chosen].tocsr()
    lengths = np.sqrt(np.maximum(np.diff(tags.indptr), 1)).astype(np.float32)
    return chosen, (sparse.diags_array(1 / lengths) @ tags).tocsr()


def _sum(vectors: Vectors, counted: Mask) -> Floats:
    total = np.zeros(vectors.shape[1])
    for start in range(0, len(vectors), GRAM_ROWS):
        rows = slice(start, start + GRAM_ROWS)
        total += vectors[rows][counted[rows]].astype(np.float64).sum(axis=0)
    return total


def _products(by_hashtag: sparse.csr_matrix, vectors: Vectors) -> NDArray[np.float64]:
    """Hashtags x factors, summed in 8-byte numbers, a part of the posts at a time."""
    found = np.zeros((by_hashtag.shape[0], vectors.shape[1]))
    columns = by_hashtag.tocsc()
    for start in range(0, len(vectors), GRAM_ROWS):
        rows = slice(start, start + GRAM_ROWS)
        found += columns[:, rows].astype(np.float64) @ vectors[rows].astype(np.float64)
    return found
