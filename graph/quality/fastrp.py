"""FastRP in numpy: vectors like those of GDS (`graph/background/vectors.py`), from arrays and without a server.

Chen et al. 2019, "Fast and Accurate Network Embeddings via Very Sparse Random Projection", in the definition of GDS:
a node begins with a very sparse random vector times degree^normalization, and gets the mean of its neighbours' in each
iteration. Its vector is the weighted sum of the means, each scaled to length 1. Random numbers differ from GDS's, so
that cosines agree as well as those of two seeds do.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from graph.ranking.profiles import VectorSettings

Vectors = NDArray[np.float32]

SPARSITY = 3
"""One of so many entries of a random vector is not zero."""


def fastrp(ties: sparse.csr_matrix, settings: VectorSettings, *, seed: int) -> Vectors:
    """A vector of `settings.size` for each node; zero for a node without ties.

    `ties` is symmetric: the number of relationships between each two nodes.
    """
    degrees = np.asarray(ties.sum(axis=1), np.float32).ravel()
    means = sparse.diags_array(_inverse(degrees)) @ ties.astype(np.float32)
    scales = np.where(degrees > 0, degrees, 1) ** np.float32(settings.normalization)
    vectors = random_vectors(len(degrees), settings.size, seed) * scales[:, np.newaxis]
    found: Vectors = np.zeros_like(vectors)
    for weight in settings.iteration_weights:
        vectors = means @ vectors
        found += np.float32(weight) * unit(vectors)
    return found


def undirected(size: int, *pairs: tuple[NDArray[np.int64], NDArray[np.int64]]) -> sparse.csr_matrix:
    """The symmetric matrix of relationships among `size` nodes, given as the rows of both ends."""
    starts, ends = (np.concatenate([pair[end] for pair in pairs]) for end in (0, 1))
    one_way = sparse.csr_matrix((np.ones(len(starts), np.float32), (starts, ends)), shape=(size, size))
    return (one_way + one_way.T).tocsr()


def unit(vectors: Vectors) -> Vectors:
    """Each row scaled to length 1; zero rows stay zero."""
    return vectors * _inverse(np.linalg.norm(vectors, axis=1))[:, np.newaxis]


def random_vectors(count: int, size: int, seed: int) -> Vectors:
    """Entries of 0, or of one of two opposite values, so that the expected length is 1."""
    draws = np.random.default_rng(seed).random((count, size), np.float32)
    signs = (draws < 1 / (2 * SPARSITY)).astype(np.float32) - (draws >= 1 - 1 / (2 * SPARSITY)).astype(np.float32)
    return signs * np.float32(np.sqrt(SPARSITY / size))


def _inverse(numbers: NDArray[np.float32]) -> NDArray[np.float32]:
    """1 / x, and 0 for 0."""
    return np.divide(1, numbers, out=np.zeros_like(numbers), where=numbers > 0)
