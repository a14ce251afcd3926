"""Folding in: the factors of a person or a post from the likes of now, without a new factorization."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

ALPHA = 10.0
REGULARIZATION = 0.05
MAX_VECTORS = 200


def fold_in(
    vectors: Sequence[ArrayLike], gram: ArrayLike, *, alpha: float = ALPHA, regularization: float = REGULARIZATION
) -> tuple[NDArray[np.float32], float] | None:
    """The vector that half a step of alternating least squares gives, and its norm; None if there is nothing to go by.

    `vectors` are the factors of the posts that a person likes, the first 200; `gram`, flat or not, is the sum of y y'
    over all posts: (gram + (alpha - 1) sum of y y' + regularization I)^-1 alpha sum of y.
    The same makes the factors of a post, from those of its likers and the sum over all people.
    """
    if not len(vectors):
        return None
    liked = np.asarray(vectors[:MAX_VECTORS], dtype=np.float64)
    size = liked.shape[1]
    matrix = np.asarray(gram, dtype=np.float64).reshape(size, size) + (alpha - 1) * (liked.T @ liked)
    folded = np.linalg.solve(matrix + regularization * np.eye(size), alpha * liked.sum(axis=0)).astype(np.float32)
    norm = float(np.linalg.norm(folded))
    return (folded, norm) if norm > 0 else None
