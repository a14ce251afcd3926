"""Matrix factorization of the likes: alternating least squares (Hu et al. 2008), by `implicit`."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from graph.background.arrays import Floats, Vectors
from graph.background.blas import one_blas_thread

FACTORS = 64
REGULARIZATION = 0.05
ALPHA = 10.0
ITERATIONS = 15
SEED = 1

GRAM_ROWS = 65_536  # vectors that are converted to 8-byte numbers at a time


@dataclass(frozen=True)
class Factors:
    """Vectors of people and posts whose products predict likes. Without likes, a vector is zero."""

    people: Vectors
    posts: Vectors
    people_norms: Vectors
    post_norms: Vectors
    people_gram: Floats
    """The sum of x x' over people, 64 x 64."""
    post_gram: Floats


def factors(likes: csr_matrix, *, size: int = FACTORS, iterations: int = ITERATIONS, seed: int = SEED) -> Factors:
    """The factors of people (rows) and posts (columns); each stored entry is a like. Runs on one thread.

    The same likes give the same factors, to the bit.
    """
    people, posts = np.flatnonzero(np.diff(likes.indptr)), np.unique(likes.indices)
    of_people, of_posts = (np.zeros((count, size), dtype=np.float32) for count in likes.shape)
    if likes.nnz:
        of_people[people], of_posts[posts] = _fit(_without_empty(likes, people, posts), size, iterations, seed)
    with one_blas_thread():
        return Factors(of_people, of_posts, _norms(of_people), _norms(of_posts), gram_of(of_people), gram_of(of_posts))


def gram_of(vectors: Vectors) -> Floats:
    """The sum of v v' over the rows, in 8-byte numbers."""
    gram = np.zeros((vectors.shape[1], vectors.shape[1]))
    for start in range(0, len(vectors), GRAM_ROWS):
        rows = vectors[start : start + GRAM_ROWS].astype(np.float64)
        gram += rows.T @ rows
    return gram


def _fit(likes: csr_matrix, size: int, iterations: int, seed: int) -> tuple[Vectors, Vectors]:
    from implicit.cpu.als import (
        AlternatingLeastSquares,
    )  # the import takes half a second, which only a build should spend

    with one_blas_thread():  # implicit warns otherwise
        model = AlternatingLeastSquares(
            factors=size,
            regularization=REGULARIZATION,
            alpha=ALPHA,
            iterations=iterations,
            random_state=seed,
            num_threads=1,
        )
        model.fit(likes, show_progress=False)
    return model.user_factors, model.item_factors


def _without_empty(likes: csr_matrix, people: NDArray[np.intp], posts: NDArray[np.integer]) -> csr_matrix:
    """The likes as ones, without people and posts that have none: they cost time, and get vectors near 0, not 0."""
    ranks = np.zeros(likes.shape[1], dtype=likes.indices.dtype)
    ranks[posts] = np.arange(len(posts))
    starts = np.append(likes.indptr[people], likes.indptr[-1])
    ones = np.ones(likes.nnz, dtype=np.float32)
    dense = csr_matrix((ones, ranks[likes.indices], starts), shape=(len(people), len(posts)))
    dense.sum_duplicates()
    dense.data = np.ones(dense.nnz, dtype=np.float32)
    return dense


def _norms(vectors: Vectors) -> Vectors:
    norms: Vectors = np.linalg.norm(vectors, axis=1)
    return norms
