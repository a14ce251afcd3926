"""Folding in: the factors of a person or a post from their current likes, without a new factorization."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

ALPHA = 10.0
REGULARIZATION = 0.05
MAX_VECTORS = 200


def fold_in(
    vectors: Sequence[ArrayLike],
    gram: ArrayLike,
    weights: Sequence[float] | None = None,
    *,
    alpha: float = ALPHA,
    regularization: float = REGULARIZATION,
) -> tuple[NDArray[np.float32], float] | None:
    """The vector of half a step of alternating least squares, and its norm; None without vectors, or if it is zero.

    `vectors` are the factors y of the posts that a person likes; only the first 200 are used. `gram`, flat or square,
    is the sum of y y' over all posts: (gram + sum of (alpha w - 1) y y' + regularization I)^-1 sum of alpha w y. The
    weights w say how many likes each of `vectors` counts as: 1 without them; those of weight 0 are left out.
    For the factors of a post, pass those of its likers and the sum over all people.
    """
    if not len(vectors):
        return None
    liked = np.asarray(vectors[:MAX_VECTORS], dtype=np.float64)
    counts = np.ones(len(liked)) if weights is None else np.asarray(weights[:MAX_VECTORS], dtype=np.float64)
    liked, counts = liked[counts > 0], alpha * counts[counts > 0]
    size = liked.shape[1]
    matrix = np.asarray(gram, dtype=np.float64).reshape(size, size) + (liked.T * (counts - 1)) @ liked
    folded = np.linalg.solve(matrix + regularization * np.eye(size), counts @ liked).astype(np.float32)
    norm = float(np.linalg.norm(folded))
    return (folded, norm) if norm > 0 else None
