"""Features that were tried and are not served, each computed from a world.

    feature = ALTERNATIVES["hybrid"](world, comments)
    values = feature(person, posts)

Ablations measure what each of them would add (graph/quality/ablation.py).
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from graph.background.arrays import NO_TIME, Floats, Ints
from graph.background.factors import factors
from graph.quality.ties import Ties
from graph.quality.training import ones
from graph.quality.world import World

Reals = NDArray[np.floating[Any]]
"""Numbers of 4 bytes for many people, of 8 bytes for one."""
Feature = Callable[[int, Ints], Floats]
"""A function of a person and posts, given as rows of the network, that returns a value for each post."""
Alternative = Callable[[World, sparse.csr_matrix], Feature]
"""A function that computes a feature from a world and `comments`: as for `ablate`, people x people."""

DAMPING = 0.85
STEPS = 20
"""Power iterations. Left out are the 4 % of walks, DAMPING ** STEPS, that are longer: they are spread widely."""
BLOCK_PEOPLE = 256
"""People whose PageRank is computed at a time."""
COMMENT_WEIGHT = 2.0
SMOOTHING_PAGERANK = 1e-4
SMOOTHING_LISTS = 0.3
NEWEST_LIKES = 100
NEIGHBOURS = 200
"""The people with the most likes in common, whose likes count."""
LATER_MS = 24 * 3_600_000
"""A like up to so much later than the person's counts as before it."""


# --- Hybrids: matrix factorization with side information


def hybrid_factors(world: World, *, hashtags: bool = True, authors: bool = False) -> tuple[Floats, Floats]:
    """The factors of people and of posts, with each hashtag or author as one more person who likes its posts."""
    network = world.network
    matrices = [network.likes]
    if hashtags:
        matrices.append(network.tags.T.tocsr())
    if authors:
        posts = np.flatnonzero(world.author >= 0)
        shape = network.likes.shape
        matrices.append(sparse.csr_matrix((np.ones(len(posts), np.float32), (world.author[posts], posts)), shape=shape))
    found = factors(sparse.vstack(matrices).tocsr())
    return found.people[: len(network.people)].astype(np.float64), found.posts.astype(np.float64)


def hybrid(world: World, comments: sparse.csr_matrix) -> Feature:
    """Products of factors that are learned with hashtags."""
    return _products(*hybrid_factors(world))


def hybrid_with_authors(world: World, comments: sparse.csr_matrix) -> Feature:
    """Products of factors that are learned with hashtags and authors."""
    return _products(*hybrid_factors(world, authors=True))


def _products(people: Floats, posts: Floats) -> Feature:
    def feature(person: int, rows: Ints) -> Floats:
        products: Floats = posts[rows] @ people[person]
        return products

    return feature


# --- PageRank on the whole graph of undirected follows


def follow_graph(world: World, comments: sparse.csr_matrix, *, weighted: bool) -> sparse.csr_matrix:
    """Undirected follows, people x people: 1 for a tie; if weighted, 1 + ln(1 + likes + 2 comments) of the two."""
    people, network = len(world.network.people), world.network
    known = world.follows.at <= network.as_of
    one_way = ones(world.follows.rows[known], world.follows.others[known], (people, people))
    graph = (one_way + one_way.T).tocoo()
    apart = graph.row != graph.col
    rows, columns = graph.row[apart], graph.col[apart]
    weights = np.ones(len(rows))
    if weighted:
        posts = np.flatnonzero(world.author >= 0)
        shape = (len(network.posts), people)
        authors = sparse.csr_matrix((np.ones(len(posts)), (posts, world.author[posts])), shape=shape)
        acts = (network.likes.astype(np.float64) @ authors + COMMENT_WEIGHT * comments).tocsr()
        acts = (acts + acts.T).tocsr()
        weights = 1 + np.log1p(np.asarray(acts[rows, columns]).ravel())
    return sparse.csr_matrix((weights, (rows, columns)), shape=(people, people))


def pagerank(graph: sparse.csr_matrix, starts: Reals, *, steps: int = STEPS) -> Reals:
    """PageRank by power iteration: a column for each column of `starts`, the probabilities of where walks start.

    Walks at a node without ties start again, as in networkx and GDS.
    """
    totals = np.asarray(graph.sum(axis=1), np.float64).ravel()
    moves = (sparse.diags_array(1 / np.where(totals > 0, totals, 1)) @ graph).T.tocsr().astype(starts.dtype)
    stuck = totals == 0
    ranks = starts.copy()
    for _ in range(steps):
        ranks = DAMPING * (moves @ ranks) + (DAMPING * ranks[stuck].sum(axis=0) + 1 - DAMPING) * starts
    return ranks


def personalized(world: World, comments: sparse.csr_matrix) -> Feature:
    """ln(PageRank of the author from the person), unweighted."""
    return _personalized(world, follow_graph(world, comments, weighted=False))


def personalized_weighted(world: World, comments: sparse.csr_matrix) -> Feature:
    """The same, weighted by likes and comments."""
    return _personalized(world, follow_graph(world, comments, weighted=True))


def everybody(world: World, comments: sparse.csr_matrix) -> Feature:
    """ln(PageRank of the author from everybody, as a multiple of the mean), unweighted."""
    return _everybody(world, follow_graph(world, comments, weighted=False))


def everybody_weighted(world: World, comments: sparse.csr_matrix) -> Feature:
    """The same, weighted by likes and comments."""
    return _everybody(world, follow_graph(world, comments, weighted=True))


def of_everybody(graph: sparse.csr_matrix) -> Floats:
    """The PageRank of each person, with walks that start at anybody."""
    size = graph.shape[0]
    return pagerank(graph, np.full((size, 1), 1 / max(size, 1))).ravel().astype(np.float64)


def _personalized(world: World, graph: sparse.csr_matrix) -> Feature:
    people = len(world.network.people)
    blocks: dict[int, Reals] = {}  # only the last one, because people come in order

    def feature(person: int, posts: Ints) -> Floats:
        block, place = divmod(person, BLOCK_PEOPLE)
        if block not in blocks:
            first = block * BLOCK_PEOPLE
            starts = np.eye(people, min(BLOCK_PEOPLE, people - first), -first, np.float32)
            blocks.clear()
            blocks[block] = pagerank(graph, starts)
        return _of_authors(world, blocks[block][:, place], posts, SMOOTHING_PAGERANK)

    return feature


def _everybody(world: World, graph: sparse.csr_matrix) -> Feature:
    ranks = of_everybody(graph) * len(world.network.people)
    return lambda person, posts: _of_authors(world, ranks, posts, SMOOTHING_PAGERANK)


def _of_authors(world: World, ranks: Reals, posts: Ints, smoothing: float) -> Floats:
    """The logarithms of the ranks of the posts' authors; a post without an author has rank 0."""
    authors = world.author[posts]
    logs: Floats = np.log(smoothing + np.where(authors >= 0, ranks[authors], 0.0))
    return logs


# --- Likes of people who like the same posts


def co_likers(world: World, comments: sparse.csr_matrix) -> Feature:
    """ln(0.3 + likes of the people with the most likes in common, as a share of the largest sum)."""
    return _co_likers(world, in_time=False)


def co_likers_in_time(world: World, comments: sparse.csr_matrix) -> Feature:
    """The same, with likes in common only if theirs are before the person's, or up to 24 hours later."""
    return _co_likers(world, in_time=True)


def _co_likers(world: World, *, in_time: bool) -> Feature:
    likes = world.likes
    likers = likes.turned(len(world.network.posts))
    weights = 1 / np.sqrt(np.maximum(likes.counts, 1))

    def feature(person: int, posts: Ints) -> Floats:
        sums = liked_by_likers(likes, likers, weights, person, world.network.as_of, in_time=in_time)
        largest = sums.max(initial=0.0)
        logs: Floats = np.log(SMOOTHING_LISTS + (sums[posts] / largest if largest > 0 else sums[posts]))
        return logs

    return feature


def liked_by_likers(likes: Ties, likers: Ties, weights: Floats, person: int, as_of: int, *, in_time: bool) -> Floats:
    """For each post, the sum of common likes x weight over the nearest co-likers who like it; 0 for liked posts.

    `in_time` leaves out common likes that are too late; likes without a time are never too late.
    """
    mine = likes.of(person)
    mine = mine[likes.at[mine] <= as_of]
    mine = mine[np.argsort(-likes.at[mine].astype(np.float64), kind="stable")]
    newest = mine[:NEWEST_LIKES]
    entries, owners = likers.of_each(likes.others[newest])
    if in_time:
        at, mine_at = likers.at[entries], likes.at[newest][owners]
        # NO_TIME is the least number, so theirs counts as before mine; adding to mine would overflow
        late = (mine_at != NO_TIME) & (at > np.where(mine_at == NO_TIME, 0, mine_at) + LATER_MS)
        entries = entries[~late]
    common = np.bincount(likers.others[entries], minlength=len(likes)).astype(np.float64)
    common[person] = 0.0
    common *= weights
    near = np.argsort(-common, kind="stable")[:NEIGHBOURS]
    near = near[common[near] > 0]
    liked, of = likes.of_each(near)
    there = likes.at[liked] <= as_of
    sums = np.bincount(likes.others[liked[there]], common[near][of[there]], len(likers)).astype(np.float64)
    sums[likes.others[mine]] = 0.0
    return sums


ALTERNATIVES: dict[str, Alternative] = {
    "hybrid": hybrid,
    "hybrid_with_authors": hybrid_with_authors,
    "personalized": personalized,
    "personalized_weighted": personalized_weighted,
    "everybody": everybody,
    "everybody_weighted": everybody_weighted,
    "co_likers": co_likers,
    "co_likers_in_time": co_likers_in_time,
}
"""The functions that compute an alternative, by name."""
