"""The ridge regression behind similar posts: each post is predicted from the posts that are most often liked with it.

Like EASE (Steck 2019, "Embarrassingly Shallow Autoencoders for Sparse Data"), but each post is regressed on its nearest
posts alone: the cost grows with the number of posts, not with its cube.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg.lapack import dposv
from scipy.sparse import csr_matrix

Rows = NDArray[np.integer]
Reals = NDArray[np.float64]

MIN_WEIGHT = 1e-6  # smaller ones are rounding errors


@dataclass(frozen=True)
class Recipe:
    """The parameters of similar posts, and the bounds on their cost."""

    neighbours: int = 100
    """Posts that each post is predicted from."""
    penalty: float = 30.0
    """The ridge penalty: common likes count little until there are about as many."""
    arcs: int = 20
    """Arcs that are kept per post, the largest."""
    least_likes: int = 3
    """Likes from which a post gets arcs."""
    likes: int = 500
    """Likes per person that find neighbours; of more, a sample by the least pair keys."""
    likers: int = 1000
    """Likers per post that find neighbours and enter regressions; of more, those with the least keys."""

    def person_weights(self, degrees: Rows) -> Reals:
        """The weight of a person's likes, 1 / sqrt of their number."""
        weights: Reals = 1 / np.sqrt(np.clip(degrees, 1, self.likes).astype(np.float64))
        return weights


def nearest(candidates: Rows, scores: Reals, post: int, count: int) -> Rows:
    """The `count` candidates with the largest scores, without the post itself, ascending; ties go to the least row."""
    others = candidates != post
    candidates, scores = candidates[others], scores[others]
    if len(scores) > count:
        cut = np.partition(scores, -count)[-count]
        above = candidates[scores > cut]
        equal = np.sort(candidates[scores == cut])
        candidates = np.concatenate([above, equal[: count - len(above)]])
    return np.sort(candidates)


def first_entries(rows: csr_matrix, most: int) -> csr_matrix:
    """The first `most` entries of each row."""
    lengths = np.diff(rows.indptr)
    if (lengths <= most).all():
        return rows
    return kept_entries(rows, np.arange(rows.nnz) - np.repeat(rows.indptr[:-1], lengths) < most)


def kept_entries(rows: csr_matrix, kept: NDArray[np.bool_]) -> csr_matrix:
    """The matrix with only the entries of this mask."""
    starts = np.concatenate([[0], np.cumsum(kept)])[rows.indptr].astype(rows.indptr.dtype)
    return csr_matrix((rows.data[kept], rows.indices[kept], starts), shape=rows.shape)


class Regression:
    """Predicts the likes of a post from the likes of its neighbours."""

    def __init__(self, likers: csr_matrix, recipe: Recipe) -> None:
        """`likers` are rows of posts and columns of people, at most `recipe.likers` in a row."""
        self._starts, self._people = likers.indptr, likers.indices
        self._penalty = recipe.penalty
        self._likes_it = np.zeros(likers.shape[1], dtype=bool)
        self._entry_of = np.zeros(likers.shape[1], dtype=np.int64)

    def weights(self, neighbours: Rows, likers: Rows) -> Reals:
        """The weight of each neighbour of a post that is liked by `likers`: (G + penalty I)^-1 g.

        G counts the people who like both of two neighbours, g those who like a neighbour and the post.
        """
        starts = self._starts[neighbours]
        lengths = self._starts[neighbours + 1] - starts
        ends = np.cumsum(lengths)
        entries = np.arange(ends[-1]) + np.repeat(starts - ends + lengths, lengths)
        people = self._people[entries]
        slots = np.repeat(np.arange(len(neighbours)), lengths)

        self._likes_it[likers] = True
        in_common = np.bincount(slots[self._likes_it[people]], minlength=len(neighbours))
        self._likes_it[likers] = False
        gram = self._gram(people, slots, len(neighbours))
        np.fill_diagonal(gram, lengths + self._penalty)
        _, weights, failed = dposv(gram.T, in_common, overwrite_a=True)  # transposed, it is not copied
        if failed:
            raise ArithmeticError(f"LAPACK's dposv failed with {failed} on a matrix of {len(neighbours)} rows.")
        solved: Reals = weights
        return solved

    def _gram(self, people: Rows, slots: Rows, size: int) -> Reals:
        """The number of common likers of each pair of neighbours; the diagonal is undefined."""
        # A person's last entry identifies them: no table of all people has to be cleared or sorted.
        self._entry_of[people] = np.arange(len(people))
        names = self._entry_of[people]
        several = np.bincount(names, minlength=len(people)) > 1  # people who like only one neighbour add nothing
        rows = np.cumsum(several) - 1
        kept = several[names]
        likes = np.zeros((int(rows[-1]) + 1, size), dtype=np.float32)  # counts up to 2^24 are exact
        likes[rows[names[kept]], slots[kept]] = 1
        gram: Reals = (likes.T @ likes).astype(np.float64)
        return gram
