"""Topics: hashtags that belong together, by Leiden's algorithm in GDS on how alike their people are.

A topic has an id of its own, which it keeps from build to build while most of it stays, and which no other topic ever
gets. Its hashtags are in order, the most typical first: the first three are its name.
"""

import logging
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.sparse import csr_matrix

from graph import gds
from graph.background.arrays import Floats, Ints, Mask, Network, ones_matrix
from graph.client import Client
from graph.errors import DatabaseError, Unreachable
from graph.projections import BUILD_PREFIX, RELATED, projected

log = logging.getLogger(__name__)

TOPICS = "topics"
"""The code in `missing` of a build that could not make topics."""
MIN_HASHTAGS = 3
"""The least hashtags of a topic, as many as its name has."""
MAX_HASHTAGS = 500
"""The most typical hashtags of a topic, which are of it: the fragment topic_name reads so many."""
HEAP_SHARE = 0.5
"""The share of Neo4j's maximum heap for the projection and the clustering together."""
_ID = re.compile(r"topic-(\d{1,15})")


@dataclass(frozen=True)
class Topic:
    """A topic, as it is stored."""

    id: str
    nodes: tuple[int, ...]
    """Its hashtags by internal id, the most typical first."""
    posts: int
    """The posts that everybody may be shown with any of its hashtags."""


@dataclass(frozen=True)
class Present:
    """The topics in the graph."""

    topics: Mapping[str, Topic] = field(default_factory=dict)
    hashtags: Mapping[str, int] = field(default_factory=dict)
    """The stored number of hashtags of each."""
    places: Mapping[int, Sequence[tuple[str, int]]] = field(default_factory=dict)
    """For each hashtag by internal id the topics that it is of, and its places in them: one, unless by hand."""
    made: int = 0
    """The highest number of an id that any topic ever had, or that is in a wish."""

    def highest(self, found: Sequence[Topic]) -> int:
        """The highest number of an id, with these topics, too."""
        return max([self.made, *_numbers(topic.id for topic in found)])


def present(client: Client) -> Present:
    """The topics in the graph."""
    [row] = client.read("build/topics")
    topics, places = {}, dict[int, list[tuple[str, int]]]()
    for one in row["topics"]:
        topics[one["id"]] = Topic(one["id"], tuple(one["nodes"]), -1 if one["posts"] is None else one["posts"])
        for node, place in zip(one["nodes"], one["places"], strict=True):
            places.setdefault(node, []).append((one["id"], place))
    hashtags = {one["id"]: one["hashtags"] for one in row["topics"]}
    return Present(topics, hashtags, places, max([row["made"] or 0, *_numbers(topics), *_numbers(row["wished"])]))


def _numbers(ids: Iterable[str]) -> list[int]:
    return [int(found[1]) for found in map(_ID.fullmatch, ids) if found]


def topics(client: Client, network: Network, arcs: csr_matrix, before: Present) -> list[Topic] | str:
    """The topics of the hashtags that these arcs relate, which are stored already; or the code of what is missing.

    A topic has MIN_HASHTAGS to MAX_HASHTAGS hashtags. The same graph gives the same topics.
    """
    if not arcs.nnz:
        return []
    try:
        gds.require(client, gds.TOPIC_PROCEDURES)
        clusters = _clusters(client, network, arcs)
    except Unreachable:
        raise
    except DatabaseError as error:  # the library is missing, or another version: the rest is built without it
        log.warning("Topics were not built: %s", error)
        return gds.missing(client, TOPICS)
    if clusters is None:
        log.warning("Topics were not built, because Neo4j's heap is too small. Raise GRAPHFEED_HEAP.")
        return TOPICS
    there = _there(network)
    users = _users(network, there)
    found = [_by_typicality(network, arcs, users, members) for members in clusters]
    found = [members for members in found if len(members) >= MIN_HASHTAGS]
    found.sort(key=lambda members: (-len(members), network.hashtags.ids[members[0]]))
    old = {id: topic.nodes for id, topic in before.topics.items()}
    nodes = [tuple(network.hashtags.nodes[members].tolist()) for members in found]
    posts = _posts(network.tags[there], found)
    ids = named(nodes, old, before.made)
    return [Topic(*each) for each in zip(ids, nodes, posts, strict=True)]


def named(new: Sequence[Collection[int]], old: Mapping[str, Collection[int]], made: int) -> list[str]:
    """An id for each new cluster: that of the old one that most of it comes from, or else a new one after `made`."""
    numbers = iter(range(made + 1, made + 1 + len(new)))
    return [id or f"topic-{next(numbers)}" for id in matched(new, old)]


def matched(new: Sequence[Collection[int]], old: Mapping[str, Collection[int]]) -> list[str | None]:
    """For each new cluster the id of the old one whose successor it is; None for none. No two have the same.

    It is one with which it shares more than half of the hashtags of either; where several could be, the greatest
    overlaps come first.
    """
    olds = {id: set(members) for id, members in old.items()}
    of: dict[int, list[str]] = {}
    for id in sorted(olds):
        for member in olds[id]:
            of.setdefault(member, []).append(id)
    pairs = []
    for place, members in enumerate(new):
        overlaps: dict[str, int] = {}
        for id in (id for member in set(members) for id in of.get(member, ())):
            overlaps[id] = overlaps.get(id, 0) + 1
        size = len(set(members))
        pairs += [(-both, id, place) for id, both in overlaps.items() if 2 * both > size or 2 * both > len(olds[id])]
    ids: list[str | None] = [None] * len(new)
    taken: set[str] = set()
    for _, id, place in sorted(pairs):
        if ids[place] is None and id not in taken:
            ids[place] = id
            taken.add(id)
    return ids


def resolution(hashtags: int) -> float:
    """Leiden's gamma: the more hashtags there are, the finer the topics. Of 528 hashtags of photos, 3 made 30 topics,
    and most read as such; 2 made 19, which mixed several."""
    return float(min(3, max(1, hashtags / 100)))


def _clusters(client: Client, network: Network, arcs: csr_matrix) -> list[Ints] | None:
    """The rows of the hashtags of each cluster; None if the heap is too small."""
    related = len(np.union1d(np.flatnonzero(np.diff(arcs.indptr)), arcs.indices))
    [room] = client.read("build/uses_room", {"rows": {"nodes": related, "uses": 2 * arcs.nnz}})
    free = HEAP_SHARE * room["heap"] - room["bytes"]
    if free <= 0:
        return None
    params = {"rows": {"arcs": arcs.nnz, "gamma": resolution(related)}}
    with projected(client, RELATED, params, BUILD_PREFIX) as given:
        if client.write("build/clusters_bytes", given).rows[0]["bytes"] > free:
            return None
        rows = client.stream("build/clusters", given, leader=True)
        clusters: dict[int, list[int]] = {}
        for row in rows:
            clusters.setdefault(row["cluster"], []).append(row["node"])
    found = [network.hashtags.rows(np.array(nodes, np.int64)) for nodes in clusters.values()]
    return [rows[rows >= 0] for rows in found]


def _by_typicality(network: Network, arcs: csr_matrix, users: Ints, members: Ints) -> Ints:
    """The MAX_HASHTAGS most typical hashtags of a cluster: how near to the others of it, times how many use it."""
    inside = arcs[members][:, members]
    nearness: Floats = np.asarray((inside + inside.T).sum(axis=1)).ravel()
    typical = nearness * users[members]
    names = [network.hashtags.ids[row] for row in members]
    used = np.flatnonzero(users[members]).tolist()  # by emoji alone, others may be near, too
    order = sorted(used, key=lambda place: (-typical[place], names[place]))
    return members[order[:MAX_HASHTAGS]]


def _there(network: Network) -> Mask:
    """The posts that everybody may be shown, and that were taken by the time of the build."""
    return (network.taken_at <= network.as_of) & ~network.for_followers & ~network.apart


def _users(network: Network, there: Mask) -> Ints:
    """The number of people who use each hashtag in these posts."""
    tags = network.tags[there].tocoo()
    authors = network.author[there][tags.row]
    known = authors >= 0
    pairs = np.unique(np.stack((tags.col[known].astype(np.int64), authors[known])), axis=1)
    return np.bincount(pairs[0], minlength=len(network.hashtags)).astype(np.int64)


def _posts(tags: csr_matrix, found: Sequence[Ints]) -> list[int]:
    """The number of posts with any of the hashtags of each topic."""
    hashtags = np.concatenate([*found, np.zeros(0, np.int64)])
    owners = np.repeat(np.arange(len(found)), [len(members) for members in found])
    member = ones_matrix(hashtags, owners, (tags.shape[1], len(found)))
    return [int(posts) for posts in np.bincount((tags @ member).indices, minlength=len(found))]
