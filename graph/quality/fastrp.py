"""FastRP in numpy: vectors like those of GDS (`graph/background/vectors.py`), from arrays and without a server.

Chen et al. 2019, "Fast and Accurate Network Embeddings via Very Sparse Random Projection", as GDS defines it: a node
starts with a very sparse random vector times degree^normalization, and in each iteration gets the mean of its
neighbours' vectors. The result is the weighted sum of these means, each scaled to length 1. The random numbers are not
those of GDS, so cosines agree with GDS as those of two seeds agree.
"""

from collections.abc import Iterator

import numpy as np
from scipy import sparse

from graph.background.arrays import Ints, Vectors
from graph.ranking.profiles import VectorSettings

SPARSITY = 3
"""On average, one of so many entries of a random vector is not zero."""
BLOCK_ROWS = 1 << 16
BLOCK_COLUMNS = 16
"""Rows and columns that are computed at a time, so that little memory is needed beside the vectors and their sums."""


def fastrp(ties: sparse.csr_matrix, settings: VectorSettings, *, seed: int) -> Vectors:
    """The vectors of all nodes: nodes x `settings.size`; zero for a node without ties.

    `ties` is the symmetric adjacency matrix, with the numbers of relationships between nodes.
    """
    degrees = np.asarray(ties.sum(axis=1), np.float32).ravel()
    means = sparse.diags_array(_inverse(degrees)) @ ties.astype(np.float32)
    scales = np.where(degrees > 0, degrees, 1) ** np.float32(settings.normalization)
    vectors = random_vectors(len(degrees), settings.size, seed)
    vectors *= scales[:, np.newaxis]
    found: Vectors = np.zeros_like(vectors)
    for weight in settings.iteration_weights:
        for start in range(0, settings.size, BLOCK_COLUMNS):
            columns = slice(start, start + BLOCK_COLUMNS)
            vectors[:, columns] = means @ np.ascontiguousarray(vectors[:, columns])
        for rows in _blocks(len(vectors)) if weight else ():
            found[rows] += np.float32(weight) * unit(vectors[rows])
    return found


def undirected(size: int, *pairs: tuple[Ints, Ints]) -> sparse.csr_matrix:
    """The symmetric adjacency matrix of `size` nodes, from pairs of the rows of both ends."""
    starts, ends = (np.concatenate([pair[end] for pair in pairs]) for end in (0, 1))
    one_way = sparse.csr_matrix((np.ones(len(starts), np.float32), (starts, ends)), shape=(size, size))
    return (one_way + one_way.T).tocsr()


def unit(vectors: Vectors) -> Vectors:
    """The rows scaled to length 1; zero rows stay zero."""
    return vectors * _inverse(np.linalg.norm(vectors, axis=1))[:, np.newaxis]


def random_vectors(count: int, size: int, seed: int) -> Vectors:
    """Very sparse random vectors with an expected squared length of 1: count x size."""
    rng = np.random.default_rng(seed)
    vectors: Vectors = np.empty((count, size), np.float32)
    for rows in _blocks(count):
        draws = rng.random(vectors[rows].shape, np.float32)
        signs = (draws < 1 / (2 * SPARSITY)).astype(np.float32) - (draws >= 1 - 1 / (2 * SPARSITY)).astype(np.float32)
        vectors[rows] = signs * np.float32(np.sqrt(SPARSITY / size))
    return vectors


def _blocks(count: int) -> Iterator[slice]:
    """Slices of `count` rows, BLOCK_ROWS each."""
    return (slice(start, start + BLOCK_ROWS) for start in range(0, count, BLOCK_ROWS))


def _inverse(numbers: Vectors) -> Vectors:
    """1 / x, and 0 for 0."""
    return np.divide(1, numbers, out=np.zeros_like(numbers), where=numbers > 0)
