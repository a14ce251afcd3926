"""Related hashtags: those that the same people use or like, by GDS's node similarity, and emoji by their names.

The weight of an arc joins three: the share of the people who use both among those who use either (Jaccard 1901), the
cosine of how much people like posts with them (tastes.py), and the share of an emoji's name that the other is
(emoji.py). Each is what speaks for it, so what is left is the product of what each leaves open: 1 - (1-u)(1-l)(1-e).
People count, not posts: a thousand posts of one account make no two hashtags alike, so at least MIN_BOTH people must
use both, or some like posts of both. Node similarity compares all pairs, so only the hashtags that are on most posts
take part.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix

from graph import gds
from graph.background.arrays import Ints, Network
from graph.background.state import EMOJI, GROUNDS, LIKES, USE
from graph.background.tastes import LikedBounds, Pair, liked_pairs
from graph.client import Client
from graph.errors import DatabaseError, Unreachable
from graph.hashtag_meaning.dictionary import Simplemma, is_installed
from graph.hashtag_meaning.emoji import named
from graph.projections import BUILD_PREFIX, USES, projected

log = logging.getLogger(__name__)

RELATED, RELATED_BY_LIKES = "related", "related_by_likes"
"""The codes in `missing` of a build for which the heap is too small: for all, or for what people like."""
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
    liked: LikedBounds = field(default_factory=LikedBounds)


BOUNDS = Bounds()


@dataclass(frozen=True)
class Related:
    """The arcs of hashtags to related ones, as matrices of their rows."""

    weights: csr_matrix
    grounds: csr_matrix
    """Places in GROUNDS, of the same arcs."""
    missing: tuple[str, ...] = ()
    """("gds",) without GDS, ("related",) if the heap is too small: there are no arcs then. ("related_by_likes",) if it
    is too small for what people like alone."""

    @property
    def is_built(self) -> bool:
        """False if there are no arcs because they could not be built."""
        return not {*self.missing} - {RELATED_BY_LIKES}


def related(client: Client, network: Network, languages: Sequence[str] = (), bounds: Bounds = BOUNDS) -> Related:
    """The related hashtags of each, at most MAX_ARCS, as of the network's time. Hashtags for which there are none, or
    that few use, have no arcs. Emoji have names in these languages, with the extra `nlp`. The same graph gives the same
    arcs."""
    chosen, uses = _chosen(network, bounds)
    if not len(chosen):
        return _joined(network, {})
    try:
        gds.require(client, gds.RELATED_PROCEDURES)
        used = _used_pairs(client, network, chosen, uses, bounds)
        liked = None if used is None else liked_pairs(client, network, chosen, NEAREST, HEAP_SHARE, bounds.liked)
    except Unreachable:
        raise
    except DatabaseError as error:  # the library is missing, or another version: the rest is built without it
        log.warning("Related hashtags were not built: %s", error)
        return _joined(network, {}, gds.missing(client, RELATED))
    if used is None:
        log.warning("Related hashtags were not built, because Neo4j's heap is too small. Raise GRAPHFEED_HEAP.")
        return _joined(network, {}, RELATED)
    if liked is None:
        log.warning("What people like relates no hashtags, because Neo4j's heap is too small. Raise GRAPHFEED_HEAP.")
    by_ground = {USE: used, LIKES: liked or [], EMOJI: _emoji_pairs(network, chosen, languages)}
    return _joined(network, by_ground, *([RELATED_BY_LIKES] if liked is None else []))


def _chosen(network: Network, bounds: Bounds) -> tuple[Ints, int]:
    """The rows of the hashtags that take part, and at most how many uses they have."""
    there = (network.taken_at <= network.as_of) & ~network.for_followers
    posts = np.bincount(network.tags[there].indices, minlength=len(network.hashtags))
    order = np.lexsort((np.arange(len(posts)), -posts))[: bounds.hashtags]
    order = order[posts[order] >= MIN_PEOPLE]
    uses = np.cumsum(np.minimum(posts[order], bounds.posts))
    kept = uses <= bounds.uses
    return order[kept], int(uses[kept][-1]) if kept.any() else 0


def _used_pairs(client: Client, network: Network, chosen: Ints, uses: int, bounds: Bounds) -> list[Pair] | None:
    """The pairs that enough people use both of; None if the heap is too small."""
    nodes = network.hashtags.nodes[chosen].tolist()
    size = {"nodes": len(nodes) + len(network.people), "uses": uses}
    [room] = client.read("build/uses_room", {"rows": size})
    free = HEAP_SHARE * room["heap"] - room["bytes"]
    if free <= 0:
        return None
    rows = {"nodes": nodes, "posts": bounds.posts, "people": MIN_PEOPLE, "nearest": NEAREST}
    with projected(client, USES, {"rows": rows, "now": network.as_of}, BUILD_PREFIX) as named_graph:
        if client.write("build/related_bytes", named_graph).rows[0]["bytes"] > free:
            return None
        found = client.stream("build/related_arcs", named_graph, leader=True)
        return [(row["source"], row["target"], row["weight"]) for row in found if row["both"] >= MIN_BOTH]


def _emoji_pairs(network: Network, chosen: Ints, languages: Sequence[str]) -> list[Pair]:
    """Pairs of an emoji and a hashtag of its name, both ways, of hashtags on posts that anybody may be told of."""
    if not languages or not is_installed():
        return []
    there = (network.taken_at <= network.as_of) & ~network.for_followers & ~network.apart
    posts = np.bincount(network.tags[there].indices, minlength=len(network.hashtags))
    names = {network.hashtags.ids[row]: int(network.hashtags.nodes[row]) for row in chosen[posts[chosen] > 0]}
    found = named(names, Simplemma(languages))
    pairs = [(names[one.sign], names[one.hashtag], one.share) for one in found]
    return pairs + [(target, source, share) for source, target, share in pairs]


def _joined(network: Network, by_ground: Mapping[str, Sequence[Pair]], *missing: str) -> Related:
    """The arcs of all grounds."""
    left: dict[tuple[int, int], float] = {}
    grounds: dict[tuple[int, int], int] = {}
    for place, ground in enumerate(GROUNDS):
        for source, target, weight in by_ground.get(ground, ()):
            left[source, target] = left.get((source, target), 1.0) * (1.0 - min(weight, 1.0))
            grounds[source, target] = place
    ends = np.array([*left], np.int64).reshape(-1, 2)
    sources, targets = (np.searchsorted(network.hashtags.nodes, ends[:, side]) for side in (0, 1))
    weights = 1.0 - np.array([*left.values()], np.float64)
    kept = _heaviest(sources, targets, weights, network.hashtags.ids)
    shape = (len(network.hashtags), len(network.hashtags))
    places = np.array([*grounds.values()], np.float64)
    joined, told = (csr_matrix((each[kept], (sources[kept], targets[kept])), shape=shape) for each in (weights, places))
    return Related(joined, told, missing)


def _heaviest(sources: Ints, targets: Ints, weights: Any, ids: Sequence[str]) -> list[int]:
    """The places of the heaviest MAX_ARCS of each hashtag; of equal ones, those whose names come first."""
    kept: list[int] = []
    counts: dict[int, int] = {}
    for place in sorted(range(len(weights)), key=lambda place: (-weights[place], ids[int(targets[place])])):
        source = int(sources[place])
        counts[source] = counts.get(source, 0) + 1
        if counts[source] <= MAX_ARCS:
            kept.append(place)
    return kept
