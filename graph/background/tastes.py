"""Hashtags that the same people like: the cosine of how much each person likes posts with them, by GDS.

How much a person likes a hashtag is the logarithm of a lift: the share of their likes on posts with it, over that of
all likes; what is not above 1 is none (positive pointwise mutual information: Church and Hanks 1990, Levy et al. 2015).
So what everybody likes relates nothing. SHRINKAGE likes of an average person are added to those of each: a person with
two likes, however rare what they liked, says less than one with hundreds.

Likes that count for their person alone, of people who opted out of discovery or are for followers only, and of posts
that not everybody is shown, relate nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from graph.background.arrays import Ints, Network
from graph.background.keys import keys
from graph.client import Client
from graph.projections import BUILD_PREFIX, TASTES, projected

SHRINKAGE = 20
"""Likes of an average person."""
MIN_FANS = 3
"""The least people who like posts of both."""
MIN_COSINE = 0.15
"""Below, what two hashtags have in common is chance."""
PARAM_BYTES = 100
"""Of the server's heap, for a taste that it is sent: an integer, a float, and their places in lists."""
PAGE_PAIRS = 1_000
"""Pairs whose people are counted at a time: each may have all people."""

Pair = tuple[int, int, float]
"""Two internal ids and a weight."""


@dataclass(frozen=True)
class LikedBounds:
    """What of the likes is compared. GDS compares each hashtag with each other, so its time grows with hashtags times
    tastes: some 200 million a second."""

    hashtags: int = 5_000
    """On most posts."""
    tastes: int = 2_000_000
    """Pairs of a person and a hashtag; of more, those of some people, drawn by their ids."""


def liked_pairs(
    client: Client, network: Network, chosen: Ints, nearest: int, heap_share: float, bounds: LikedBounds
) -> list[Pair] | None:
    """Pairs of some hashtags, given by their rows, that the same people like: of each the nearest. None if the heap is
    too small."""
    nodes = np.sort(network.hashtags.nodes[chosen[: bounds.hashtags]])
    people, likes, tagged = _tagged_likes(client, network, network.hashtags.rows(nodes), bounds.tastes)
    liked = tastes(likes, tagged).tocsc()
    if not liked.nnz:
        return []
    size = {"nodes": sum(liked.shape), "tastes": liked.nnz}
    [room] = client.read("build/tastes_room", {"rows": size})
    free = heap_share * room["heap"] - room["bytes"] - PARAM_BYTES * liked.nnz
    if free <= 0:
        return None
    places = [(slice(liked.indptr[row], liked.indptr[row + 1]), node) for row, node in enumerate(nodes.tolist())]
    rows = {
        "hashtags": [node for _, node in places],
        "people": [people[liked.indices[place]].tolist() for place, _ in places],
        "weights": [liked.data[place].tolist() for place, _ in places],
        "fans": MIN_FANS,
        "nearest": nearest,
        "least": MIN_COSINE,
    }
    with projected(client, TASTES, {"rows": rows}, BUILD_PREFIX) as named:
        compared = {name: rows[name] for name in ("fans", "nearest", "least")}
        params = {**named, "rows": compared}
        if client.write("build/liked_bytes", params).rows[0]["bytes"] > free:
            return None
        found = client.stream("build/liked_arcs", params, leader=True)
        pairs = [(row["source"], row["target"], row["weight"]) for row in found]
    return _with_fans(pairs, nodes, tagged)


def tastes(likes: Ints, tagged: sparse.csr_matrix) -> sparse.csr_matrix:
    """How much each person likes each hashtag, people x hashtags, of the number of their likes and of those with it."""
    shares = np.asarray(tagged.sum(axis=0)).ravel() / max(int(likes.sum()), 1)
    found = tagged.tocoo()
    usual = shares[found.col]
    lift = (found.data + SHRINKAGE * usual) / ((likes[found.row] + SHRINKAGE) * usual)
    more = lift > 1
    return sparse.csr_matrix((np.log(lift[more]), (found.row[more], found.col[more])), shape=tagged.shape)


def _tagged_likes(client: Client, network: Network, hashtags: Ints, most: int) -> tuple[Ints, Ints, sparse.csr_matrix]:
    """The internal ids of the people whose likes are compared, the number of likes of each, and how many of these are
    on posts with each hashtag."""
    there = (network.taken_at <= network.as_of) & ~network.for_followers & ~network.apart
    tags = (sparse.diags_array(there.astype(np.float64)) @ network.tags[:, hashtags]).tocsr()
    closed = network.people.rows(np.array([row["node"] for row in client.stream("build/closed")], np.int64))
    counted = ~network.likes_for_self
    counted[closed[closed >= 0]] = False
    at_most = np.minimum(network.likes @ np.diff(tags.indptr), len(hashtags)) * counted
    order = np.argsort(keys(network.people.ids), kind="stable")
    order = order[at_most[order] > 0]
    people = np.sort(order[np.cumsum(at_most[order]) <= most])
    likes = network.likes[people].astype(np.float64)
    return network.people.nodes[people], (likes @ there).astype(np.int64), (likes @ tags).tocsr()


def _with_fans(pairs: Sequence[Pair], nodes: Ints, tagged: sparse.csr_matrix) -> list[Pair]:
    """The pairs of which MIN_FANS people like posts of both."""
    fans = (tagged > 0).astype(np.int64).T.tocsr()
    kept: list[Pair] = []
    for start in range(0, len(pairs), PAGE_PAIRS):
        page = pairs[start : start + PAGE_PAIRS]
        ends = np.searchsorted(nodes, np.array([pair[:2] for pair in page], np.int64))
        both = np.asarray(fans[ends[:, 0]].multiply(fans[ends[:, 1]]).sum(axis=1)).ravel()
        kept += [pair for pair, enough in zip(page, both >= MIN_FANS, strict=True) if enough]
    return kept
