"""Cold starts: how well posts without any known like can be ranked by everything else that is known.

All likes of a tenth of the posts are hidden, and methods learn from the rest. They rank these posts alone for each
person, whose hidden likes are the targets.
"""

from dataclasses import replace

import numpy as np
from scipy import sparse

from graph.background.arrays import Floats, Ints, Mask, Network, Vectors
from graph.background.content import FEW_LIKES, Content, content, expected
from graph.background.factors import factors
from graph.background.keys import keys, pair_keys
from graph.quality.alternatives import hybrid_factors
from graph.quality.baselines import top
from graph.quality.fastrp import unit
from graph.quality.learned import people_and_post_vectors
from graph.quality.metrics import HeldOut, recall
from graph.quality.resampling import sample
from graph.quality.world import World
from graph.ranking.profiles import Ranking

SHARE = 0.1
"""The share of posts whose likes are hidden."""
FEW = 20
LOOKING_POSTS = 3.0
"""Posts as expected that are added to those that look alike."""
CHUNK_PEOPLE = 256
"""People whose scores of all cold posts are held at a time."""


def cold_posts(world: World, ranking: Ranking, people: int, seed: int) -> dict[str, Floats]:
    """Recall@20 among cold posts of at most `people` people who liked any, by method; empty if nobody did."""
    network = world.network
    cold = _cold(world, seed)
    hidden = cold[network.likes.indices]
    rows = network.likers
    own = world.author[network.likes.indices] == rows
    posts = np.flatnonzero(cold)
    places = np.full(len(cold), -1, np.int64)
    places[posts] = np.arange(len(posts))
    held_out = HeldOut.of(rows[hidden & ~own], places[network.likes.indices[hidden & ~own]])
    if not len(held_out):
        return {}
    held_out = held_out.of_people(sample(np.arange(len(held_out)), people, seed))
    warm = _without(world, hidden)
    return {name: _recall(world, scores, posts, held_out) for name, scores in _methods(warm, ranking, posts).items()}


def _cold(world: World, seed: int) -> Mask:
    """A mask of the cold posts: a pseudorandom share."""
    order = pair_keys(np.uint64(seed), keys(world.network.posts.ids))
    cold: Mask = order < np.uint64(SHARE * 2.0**64)
    return cold


def _without(world: World, hidden: Mask) -> World:
    """The world without these likes, and otherwise unchanged."""
    network = world.network
    likes = network.likes.tocoo()
    kept = ~hidden
    fewer = sparse.csr_matrix((likes.data[kept], (likes.row[kept], likes.col[kept])), shape=likes.shape)
    return replace(world, network=replace(network, likes=fewer))


def _methods(world: World, ranking: Ranking, posts: Ints) -> dict[str, "_Scores"]:
    """The scores of these posts by each method."""
    likes = world.network.likes.astype(np.float64)
    tags = _weighted_tags(world)
    interests = (likes @ tags).tocsr()
    authors = np.flatnonzero(world.author >= 0)
    shape = (len(world.author), len(world.network.people))
    by_author = sparse.csr_matrix((np.ones(len(authors)), (authors, world.author[authors])), shape=shape)
    posted = np.maximum(world.posted.counts, 0)
    rates = (likes @ by_author @ sparse.diags_array(1 / (posted + 3))).tocsr()
    fastrp_people, fastrp_posts = people_and_post_vectors(world.network, world.posted, world.follows, ranking)
    hybrid_people, hybrid_posts = hybrid_factors(world)
    both_people, both_posts = hybrid_factors(world, authors=True)
    found = {
        "likes of the author": _Scores(rates, by_author[posts]),
        "hashtags in common": _Scores(interests, tags[posts]),
        "FastRP": _Scores(unit(fastrp_people), unit(fastrp_posts)[posts]),
        "factors with hashtags": _Scores(hybrid_people, hybrid_posts[posts]),
        "factors with hashtags and authors": _Scores(both_people, both_posts[posts]),
    }
    return {**found, **_expected(world, posts)} if len(world.looks.others) else found


def _expected(world: World, posts: Ints) -> dict[str, "_Scores"]:
    """The feature `content`, and the same with how those are liked that look alike."""
    network, looks = world.network, world.looks.matrix(len(world.author))
    learned = factors(network.likes)
    parts = content(network, learned.posts)
    without = expected(parts, network, posts)
    beside = with_looks(without, posts, looks, parts, network, learned.posts)
    people = learned.people.astype(np.float64)
    return {"content": _Scores(people, without), "content with pictures": _Scores(people, beside)}


def with_looks(
    vectors: Vectors, posts: Ints, looks: sparse.csr_matrix, found: Content, network: Network, factors: Vectors
) -> Vectors:
    """The expected factors of posts, with how much more than expected those are liked that look like them: the mean of
    what their factors have beyond the expected ones, by cosine, shrunk. `looks` are posts x posts; those that hardly
    anybody liked, or that not everybody may be shown, tell nothing."""
    known = ~network.for_followers & (network.likes_of_posts >= FEW_LIKES) & (network.taken_at <= network.as_of)
    near = (looks[posts] @ sparse.diags_array(known.astype(np.float64))).tocsr()
    near.eliminate_zeros()
    others = np.unique(near.indices)
    if not len(others):
        return vectors
    rest = factors[others].astype(np.float64) - expected(found, network, others)
    weights = np.asarray(near.sum(axis=1)).ravel()
    mean = (near[:, others] @ rest) / (weights + LOOKING_POSTS)[:, None]
    joined: Vectors = (vectors + mean).astype(np.float32)
    return joined


class _Scores:
    """Scores as products of rows of people and of posts."""

    def __init__(self, people: "Floats | sparse.csr_matrix", posts: "Floats | sparse.csr_matrix") -> None:
        self._people = people
        self._posts = posts

    def of(self, people: Ints) -> Floats:
        """The scores of all posts for some people: people x posts; -inf if nothing is known."""
        found = self._people[people] @ self._posts.T
        scores = np.asarray(found.toarray() if isinstance(found, sparse.csr_matrix) else found, np.float64)
        scores[scores == 0] = -np.inf
        return scores


def _weighted_tags(world: World) -> sparse.csr_matrix:
    """Hashtags weighted by rarity, each row scaled to length 1: posts x hashtags."""
    tags = world.network.tags.astype(np.float64).tocsr()
    posts = np.bincount(tags.indices, minlength=tags.shape[1])
    tags.data = np.log1p(tags.shape[0] / posts[tags.indices])
    lengths = np.sqrt(np.asarray(tags.multiply(tags).sum(axis=1)).ravel())
    return (sparse.diags_array(1 / np.where(lengths > 0, lengths, 1)) @ tags).tocsr()


def _recall(world: World, scores: _Scores, posts: Ints, held_out: HeldOut) -> Floats:
    ranked = []
    for start in range(0, len(held_out), CHUNK_PEOPLE):
        people = held_out.people[start : start + CHUNK_PEOPLE]
        found = scores.of(people)
        found[world.author[posts][np.newaxis, :] == people[:, np.newaxis]] = -np.inf  # own posts
        ranked.append(top(found, FEW))
    return recall(held_out.hits(np.concatenate(ranked)), held_out.counts, FEW)
