"""The training data of an evaluation as arrays, and the check that it has no held-out likes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse

from graph import clock
from graph.background import arrays
from graph.background.arrays import Floats, Ints, Listen, Mask, Network, for_everybody
from graph.client import Client
from graph.errors import LeakFound
from graph.quality.metrics import HeldOut

NO_AUTHOR = -1
"""Stands for the author of a post without one."""


@dataclass(frozen=True)
class Training:
    """People and posts by ascending id, with likes, authors and follows."""

    people: Sequence[str]
    posts: Sequence[str]
    likes: sparse.csr_matrix
    """People x posts, ones."""
    authors: Ints
    """The row of each post's author; NO_AUTHOR for none."""
    taken_at: Ints
    """The time of each post; NO_TIME for none."""
    follows: sparse.csr_matrix
    """People x people, ones."""

    @cached_property
    def likes_of_posts(self) -> Ints:
        """The number of likes of each post."""
        return np.bincount(self.likes.indices, minlength=len(self.posts)).astype(np.int64)

    @cached_property
    def likes_of_people(self) -> Ints:
        """The number of likes of each person."""
        likes: Ints = np.diff(self.likes.indptr).astype(np.int64)
        return likes

    @cached_property
    def posted(self) -> sparse.csr_matrix:
        """Authors x posts, ones."""
        posts = np.flatnonzero(self.authors != NO_AUTHOR)
        return ones(self.authors[posts], posts, (len(self.people), len(self.posts)))

    @cached_property
    def excluded(self) -> sparse.csr_matrix:
        """People x posts that are not ranked for them: their own and the ones they liked."""
        return (self.likes + self.posted).tocsr()

    @cached_property
    def likes_of_authors(self) -> sparse.csr_matrix:
        """The number of likes of each person for each author: people x authors."""
        return (self.likes @ self.posted.T).tocsr()

    @cached_property
    def row_of_person(self) -> Mapping[str, int]:
        return {id: row for row, id in enumerate(self.people)}

    @cached_property
    def row_of_post(self) -> Mapping[str, int]:
        return {id: row for row, id in enumerate(self.posts)}

    def is_candidate(self, as_of: int, window_days: float | None) -> Mask:
        """A mask of the posts in a window of days; None is any age, and includes posts without a time."""
        if window_days is None:
            return np.ones(len(self.posts), np.bool_)
        since = as_of - window_days * clock.DAY_MS
        candidates: Mask = (self.taken_at > since) & (self.taken_at <= as_of) & (self.taken_at != arrays.NO_TIME)
        return candidates

    def is_new_author(self, people: Ints) -> Mask:
        """A mask of the posts with an author of whom a person likes nothing: people x posts."""
        liked = np.zeros((len(people), len(self.people) + 1), np.bool_)
        liked[:, NO_AUTHOR] = True  # so that posts without an author are not counted
        rows, authors = self.likes_of_authors[people].nonzero()
        liked[rows, authors] = True
        new: Mask = ~liked[:, self.authors]
        return new


def ones(rows: Ints, columns: Ints, shape: tuple[int, int]) -> sparse.csr_matrix:
    """A sorted matrix with a one at each of these places."""
    matrix = sparse.csr_matrix((np.ones(len(rows), np.float32), (rows, columns)), shape=shape)
    matrix.sum_duplicates()
    matrix.data[:] = 1
    return matrix


def read_training(client: Client, as_of: int, held_out: Sequence[tuple[str, str]], listen: Listen) -> Training:
    """The graph as of a time, in epoch milliseconds.

    Raises LeakFound if the graph, its counters or its build know any of the held-out likes: pairs of a person and a
    post, by id.
    """
    network = arrays.read(client, as_of, clock.now(), listen)
    people, posts = _sorted(network.people.ids), _sorted(network.posts.ids)
    likes = network.likes[people][:, posts].tocsr()
    likes.sort_indices()
    ids = [network.people.ids[row] for row in people]
    row_of = {id: row for row, id in enumerate(ids)}
    post_ids = [network.posts.ids[row] for row in posts]
    authors, follows = _authors(client, post_ids, row_of), _follows(client, row_of)
    training = Training(ids, post_ids, likes, authors, network.taken_at[posts], follows)
    require_unseen(training, held_out)
    _require_built_without(network)
    return training


def require_unseen(training: Training, held_out: Sequence[tuple[str, str]]) -> None:
    """Raises LeakFound if a held-out like is among the training likes."""
    rows = _rows_of(training, held_out)
    if not len(rows):
        return
    seen = rows[np.asarray(training.likes[rows[:, 0], rows[:, 1]]).ravel() > 0]
    if len(seen):
        person, post = training.people[seen[0, 0]], training.posts[seen[0, 1]]
        raise LeakFound(
            f"The evaluated graph has held-out likes ({len(seen):,}), such as that of {post!r} by {person!r}.",
            "Evaluate a graph without them: import the network again, and hold likes out before the build.",
        )


def _require_built_without(network: Network) -> None:
    """Raises LeakFound if a counter or the build counts other likes than the graph has."""
    built = for_everybody(network)
    for what, ids, counted, there in (
        ("The like count of post", network.posts.ids, network.like_count.astype(np.float64), network.likes_of_posts),
        ("The list of post", network.posts.ids, network.listed_likes, built.likes_of_posts),
        ("The factor vector of person", network.people.ids, network.factors_likes, network.likes_of_factors),
    ):
        _require_equal(what, ids, counted, there)


def _require_equal(what: str, ids: Sequence[str], counted: Floats, there: Ints) -> None:
    """Raises LeakFound if a stored count (NaN for none) differs from the number of likes in the graph."""
    wrong = np.flatnonzero(~np.isnan(counted) & (counted != there))
    if len(wrong):
        first = wrong[0]
        raise LeakFound(
            f"{what} {ids[first]!r} was made from {counted[first]:,.0f} likes, and the graph has {there[first]:,}: "
            "it may contain held-out likes.",
            "Build after holding likes out, and import no counts.",
        )


def held_out_rows(training: Training, held_out: Sequence[tuple[str, str]], candidates: Mask) -> HeldOut:
    """The held-out likes as rows, without likes of one's own posts, and of people or posts that are not candidates."""
    rows = _rows_of(training, held_out)
    others = rows[(training.authors[rows[:, 1]] != rows[:, 0]) & candidates[rows[:, 1]]]
    return HeldOut.of(others[:, 0], others[:, 1])


def _rows_of(training: Training, pairs: Sequence[tuple[str, str]]) -> Ints:
    """The rows of the person and the post of each pair of ids, without pairs of which either is unknown."""
    people, posts = training.row_of_person, training.row_of_post
    rows = [(people[person], posts[post]) for person, post in pairs if person in people and post in posts]
    return np.array(rows, np.int64).reshape(-1, 2)


def _sorted(ids: Sequence[str]) -> Ints:
    """The indices that sort the ids."""
    return np.array(sorted(range(len(ids)), key=ids.__getitem__), np.int64)


def _authors(client: Client, posts: Sequence[str], row_of: Mapping[str, int]) -> Ints:
    """The author of each post; of several, the one with the smallest id."""
    row_of_post = {id: row for row, id in enumerate(posts)}
    authors = np.full(len(posts), NO_AUTHOR, np.int64)
    for row in client.stream("export/posts"):
        author, post = row_of.get(row["author"], NO_AUTHOR), row_of_post.get(row["id"])
        if post is not None and author != NO_AUTHOR and (authors[post] == NO_AUTHOR or author < authors[post]):
            authors[post] = author
    return authors


def _follows(client: Client, row_of: Mapping[str, int]) -> sparse.csr_matrix:
    pairs = [(row["follower"], row["followee"]) for row in client.stream("export/follows")]
    rows = np.array(
        [(row_of[one], row_of[other]) for one, other in pairs if one in row_of and other in row_of], np.int64
    )
    rows = rows.reshape(-1, 2)
    return ones(rows[:, 0], rows[:, 1], (len(row_of), len(row_of)))
