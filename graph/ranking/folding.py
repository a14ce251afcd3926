"""Folding in: the factors of a person or a post from their current likes, without a new factorization."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

ALPHA = 10.0
REGULARIZATION = 0.05
MAX_VECTORS = 200


def fold_in(
    vectors: Sequence[ArrayLike], gram: ArrayLike, *, alpha: float = ALPHA, regularization: float = REGULARIZATION
) -> tuple[NDArray[np.float32], float] | None:
    """The vector of half a step of alternating least squares, and its norm; None without vectors, or if it is zero.

    `vectors` are the factors y of the posts that a person likes; only the first 200 are used. `gram`, flat or square,
    is the sum of y y' over all posts: (gram + (alpha - 1) sum of y y' + regularization I)^-1 alpha sum of y.
    For the factors of a post, pass those of its likers and the sum over all people.
    """
    if not len(vectors):
        return None
    liked = np.asarray(vectors[:MAX_VECTORS], dtype=np.float64)
    size = liked.shape[1]
    matrix = np.asarray(gram, dtype=np.float64).reshape(size, size) + (alpha - 1) * (liked.T @ liked)
    folded = np.linalg.solve(matrix + regularization * np.eye(size), alpha * liked.sum(axis=0)).astype(np.float32)
    norm = float(np.linalg.norm(folded))
    return (folded, norm) if norm > 0 else None
