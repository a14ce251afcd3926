"""Related hashtags: those that the same people use, by GDS's node similarity.

The weight of an arc is the share of the people who use both among those who use either (Jaccard 1901). People count,
not posts: a thousand posts of one account make no two hashtags alike, so at least MIN_BOTH people must use both.
Node similarity compares all pairs, so only the hashtags that are on most posts take part.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix

from graph import gds
from graph.background.arrays import Ints, Network
from graph.client import Client
from graph.errors import DatabaseError, Unreachable
from graph.projections import BUILD_PREFIX, USES, projected

log = logging.getLogger(__name__)

RELATED = "related"
"""The code in `missing` of a build for which the heap is too small."""
MIN_PEOPLE = 3
"""The least users of a hashtag that has related ones: of one with two, everything they use would be."""
MIN_BOTH = 2
MAX_ARCS = 10
"""Related hashtags of each."""
NEAREST = 3 * MAX_ARCS
"""Those that node similarity is asked for: some are used by one person alone."""
HEAP_SHARE = 0.5
"""The share of Neo4j's maximum heap for the projection and node similarity together."""


@dataclass(frozen=True)
class Bounds:
    """What is compared."""

    hashtags: int = 20_000
    """On most posts: 200 million pairs, of which GDS compares some 20 million a second."""
    posts: int = 10_000
    """Of each hashtag, the last stored; one with more users than that is left out."""
    uses: int = 20_000_000
    """Posts of all these hashtags together."""


BOUNDS = Bounds()


@dataclass(frozen=True)
class Related:
    """The arcs of hashtags to related ones, as a matrix of their rows with weights."""

    arcs: csr_matrix
    missing: tuple[str, ...] = ()
    """("gds",) without GDS, ("related",) if the heap is too small: there are no arcs then."""


def related(client: Client, network: Network, bounds: Bounds = BOUNDS) -> Related:
    """The related hashtags of each, at most MAX_ARCS, as of the network's time. Hashtags for which there are none, or
    that few use, have no arcs. The same graph gives the same arcs."""
    chosen, uses = _chosen(network, bounds)
    if not len(chosen):
        return Related(_matrix(network, []))
    rows = {
        "nodes": network.hashtags.nodes[chosen].tolist(),
        "posts": bounds.posts,
        "people": MIN_PEOPLE,
        "nearest": NEAREST,
    }
    try:
        gds.require(client, gds.RELATED_PROCEDURES)
        found = _pairs(client, {"rows": rows, "now": network.as_of}, len(network.people), uses)
    except Unreachable:
        raise
    except DatabaseError as error:  # the library is missing, or another version: the rest is built without it
        log.warning("Related hashtags were not built: %s", error)
        return Related(_matrix(network, []), (gds.missing(client, RELATED),))
    if found is None:
        log.warning("Related hashtags were not built, because Neo4j's heap is too small. Raise GRAPHFEED_HEAP.")
        return Related(_matrix(network, []), (RELATED,))
    return Related(_matrix(network, found))


def _chosen(network: Network, bounds: Bounds) -> tuple[Ints, int]:
    """The rows of the hashtags that take part, and at most how many uses they have."""
    there = (network.taken_at <= network.as_of) & ~network.for_followers
    posts = np.bincount(network.tags[there].indices, minlength=len(network.hashtags))
    order = np.lexsort((np.arange(len(posts)), -posts))[: bounds.hashtags]
    order = order[posts[order] >= MIN_PEOPLE]
    uses = np.cumsum(np.minimum(posts[order], bounds.posts))
    kept = uses <= bounds.uses
    return order[kept], int(uses[kept][-1]) if kept.any() else 0


Pair = tuple[int, int, float]
"""Two internal ids and a weight."""


def _pairs(client: Client, params: Mapping[str, Any], people: int, uses: int) -> list[Pair] | None:
    """The pairs that enough people use both of; None if the heap is too small."""
    size = {"nodes": len(params["rows"]["nodes"]) + people, "uses": uses}
    [room] = client.read("build/uses_room", {"rows": size})
    free = HEAP_SHARE * room["heap"] - room["bytes"]
    if free <= 0:
        return None
    with projected(client, USES, params, BUILD_PREFIX) as named:
        if client.write("build/related_bytes", named).rows[0]["bytes"] > free:
            return None
        rows = client.stream("build/related_arcs", named, leader=True)
        return [(row["source"], row["target"], row["weight"]) for row in rows if row["both"] >= MIN_BOTH]


def _matrix(network: Network, pairs: list[Pair]) -> csr_matrix:
    """The heaviest MAX_ARCS of each hashtag; of equal ones, those whose names come first."""
    ids, nodes = network.hashtags.ids, network.hashtags.nodes
    sources = np.searchsorted(nodes, np.array([pair[0] for pair in pairs], np.int64))
    targets = np.searchsorted(nodes, np.array([pair[1] for pair in pairs], np.int64))
    weights = np.array([pair[2] for pair in pairs], np.float64)
    kept: list[int] = []
    counts: dict[int, int] = {}
    for place in sorted(range(len(pairs)), key=lambda place: (-pairs[place][2], ids[int(targets[place])])):
        source = int(sources[place])
        counts[source] = counts.get(source, 0) + 1
        if counts[source] <= MAX_ARCS:
            kept.append(place)
    size = len(network.hashtags)
    return csr_matrix((weights[kept], (sources[kept], targets[kept])), shape=(size, size))
