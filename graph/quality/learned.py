"""The results of a build: read from the graph, or computed in memory by the builder's own code."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from graph.background import tops
from graph.background.arrays import Floats, Ints, Network, Nodes, Vectors, for_everybody
from graph.background.builder import reach_of_windows
from graph.background.content import cold_posts, content, expected
from graph.background.factors import factors
from graph.background.keys import keys
from graph.background.similar import Arcs, similar_posts
from graph.background.state import state
from graph.background.tops import Tops
from graph.background.trending import trending
from graph.client import Client, Row
from graph.progress import Progress, Silent
from graph.quality.fastrp import fastrp, undirected
from graph.quality.ties import Ties, no_ties, ties
from graph.ranking.profiles import Ranking

FETCH_ROWS = 1_000
SEED = 42
SILENT = Silent()


TRENDING_OF_FEED = 50
"""The first posts of a list of what trends, which the source `trending` reads."""


@dataclass(frozen=True)
class Learned:
    """The results of a build, by rows of a network; missing numbers and vectors are zero."""

    as_of: int | None
    """The time that the build is as of, in epoch milliseconds; None without a build."""
    window_from: int | None
    """The time from which posts are in `similar_new`, in epoch milliseconds."""
    similar: Ties
    similar_new: Ties
    people_factors: Vectors
    post_factors: Vectors
    post_content: Vectors
    """The factors that are expected of posts of few likes."""
    people_fastrp: Vectors
    post_fastrp: Vectors
    trend: Floats
    shares: Floats
    tops: Tops
    """The most liked posts of hashtags."""
    tops_of_all: Tops
    """The most liked posts."""
    trending: Ints
    """Rows of the posts that trend, in their order."""


def read_learned(client: Client, network: Network) -> Learned:
    """The results of the build that serves, as stored in the graph."""
    serving = state(client)
    if serving is None:
        return unbuilt(network)
    highest = client.read("build/size")[0]["highest"]
    people_factors, post_factors = _read_vectors(client, network, f"factors{serving.slot}")
    _, post_content = _read_vectors(client, network, f"content{serving.slot}")
    people_fastrp, post_fastrp = _read_vectors(client, network, f"fastrp{serving.slot}")
    return Learned(
        as_of=serving.as_of,
        window_from=serving.window_from,
        similar=read_arcs(client, "build/arcs_similar", highest, network.posts),
        similar_new=read_arcs(client, "build/arcs_similar_new", highest, network.posts),
        people_factors=people_factors,
        post_factors=post_factors,
        post_content=post_content,
        people_fastrp=people_fastrp,
        post_fastrp=post_fastrp,
        trend=np.nan_to_num(network.trend),
        shares=np.nan_to_num(network.share),
        tops=_read_tops(
            client.stream("build/arcs_top", {"highest": highest}, fetch=20), network.hashtags, network.posts
        ),
        tops_of_all=_tops_of_all(client.read("build/present_tops"), network.posts),
        trending=_rows([row["node"] for row in client.read("build/present_trending")], network.posts),
    )


def learn(
    network: Network,
    posted: Ties,
    follows: Ties,
    ranking: Ranking,
    *,
    window_days: float = 0.0,
    seed: int = SEED,
    progress: Progress = SILENT,
) -> Learned:
    """The results that a build of this network would store; FastRP has other random numbers (`seed`)."""
    network = for_everybody(network)
    window_from = reach_of_windows(network, window_days)
    arcs, new_arcs = similar_posts(
        network.likes,
        keys(network.people.ids),
        keys(network.posts.ids),
        network.taken_at >= window_from,
        progress=progress,
    )
    progress.advance("factors", 0, 1)
    found = factors(network.likes)
    progress.advance("FastRP vectors", 0, 1)
    people_fastrp, post_fastrp = people_and_post_vectors(network, posted, follows, ranking, seed)
    return Learned(
        as_of=network.as_of,
        window_from=window_from,
        similar=_ties(arcs, len(network.posts)),
        similar_new=_ties(new_arcs, len(network.posts)),
        people_factors=found.people,
        post_factors=found.posts,
        post_content=_content(network, found.posts),
        people_fastrp=people_fastrp,
        post_fastrp=post_fastrp,
        trend=tops.faded_likes(network, tops.TREND_HALF_LIFE_DAYS),
        shares=tops.shares(network),
        tops=tops.of_hashtags(network),
        tops_of_all=tops.of_all(network),
        trending=np.array([entry.post for entry in trending(network).entries[:TRENDING_OF_FEED]], np.int64),
    )


def _content(network: Network, factors: Vectors) -> Vectors:
    vectors, cold = np.zeros_like(factors), cold_posts(network)
    vectors[cold] = expected(content(network, factors), network, cold)
    return vectors


def unbuilt(network: Network) -> Learned:
    """The empty results before the first build."""
    people, posts, hashtags = len(network.people), len(network.posts), len(network.hashtags)
    none = np.zeros(0, np.int64)
    no_vectors, no_post_vectors = np.zeros((people, 0), np.float32), np.zeros((posts, 0), np.float32)
    return Learned(
        as_of=None,
        window_from=None,
        similar=no_ties(posts),
        similar_new=no_ties(posts),
        people_factors=no_vectors,
        post_factors=no_post_vectors,
        post_content=no_post_vectors,
        people_fastrp=no_vectors,
        post_fastrp=no_post_vectors,
        trend=np.zeros(posts),
        shares=np.zeros(hashtags),
        tops=Tops(none, none, none),
        tops_of_all=Tops(none, none, none),
        trending=none,
    )


def people_and_post_vectors(
    network: Network, posted: Ties, follows: Ties, ranking: Ranking, seed: int = SEED
) -> tuple[Vectors, Vectors]:
    """The FastRP vectors of people and posts, from ties up to the network's time."""
    people, posts = len(network.people), len(network.posts)
    is_there = network.taken_at <= network.as_of
    liked = network.likes.indices.astype(np.int64)
    known = follows.at <= network.as_of
    pairs = (
        (network.likers[is_there[liked]], people + liked[is_there[liked]]),
        (posted.rows[is_there[posted.others]], people + posted.others[is_there[posted.others]]),
        (follows.rows[known], follows.others[known]),
    )
    found = fastrp(undirected(people + posts, *pairs), ranking.vectors, seed=seed)
    return found[:people], found[people:]


def _ties(arcs: Arcs, posts: int) -> Ties:
    sources, targets = arcs.sources.astype(np.int64), arcs.targets.astype(np.int64)
    return ties(sources, targets, posts, numbers=arcs.weights.astype(np.float64))


def _read_vectors(client: Client, network: Network, name: str) -> tuple[Vectors, Vectors]:
    """The stored vectors of people and posts; zeros where there is none, or one of another length."""
    nodes, vectors = [], []
    for row in client.stream("build/stored_vectors", {"rows": {"property": name}}, fetch=FETCH_ROWS):
        nodes.append(row["node"])
        vectors.append(np.array(row["vector"], np.float32))
    size = len(vectors[0]) if vectors else 0
    found = []
    for each in (network.people, network.posts):
        rows = each.rows(np.array(nodes, np.int64))
        matrix = np.zeros((len(each), size), np.float32)
        for row, vector in zip(rows, vectors, strict=True):
            if row >= 0 and len(vector) == size:
                matrix[row] = vector
        found.append(matrix)
    return found[0], found[1]


def read_arcs(client: Client, name: str, highest: int, posts: Nodes) -> Ties:
    """The weighted arcs between posts that a statement returns; `highest` is the highest internal id."""
    columns = _columns(client.stream(name, {"highest": highest}, fetch=20), ("sources", "targets", "values"))
    sources, targets = posts.rows(columns[0].astype(np.int64)), posts.rows(columns[1].astype(np.int64))
    known = (sources >= 0) & (targets >= 0)
    return ties(sources[known], targets[known], len(posts), numbers=columns[2][known])


def _read_tops(pages: Iterable[Row], hashtags: Nodes, posts: Nodes) -> Tops:
    columns = [column.astype(np.int64) for column in _columns(pages, ("sources", "values", "targets"))]
    sources, targets = hashtags.rows(columns[0]), posts.rows(columns[2])
    known = (sources >= 0) & (targets >= 0)
    return Tops(sources[known], columns[1][known], targets[known])


def _tops_of_all(rows: list[Row], posts: Nodes) -> Tops:
    targets = posts.rows(np.array([row["target"] for row in rows], np.int64))
    months = np.array([row["month"] for row in rows], np.int64)
    known = targets >= 0
    return Tops(np.zeros(int(known.sum()), np.int64), months[known], targets[known])


def _columns(pages: Iterable[Row], names: tuple[str, ...]) -> list[Floats]:
    """The concatenated lists of all pages, an array for each name. Internal ids are exact below 2^53."""
    found = [[np.array(page[name], np.float64) for name in names] for page in pages]
    return [np.concatenate([page[place] for page in found] or [np.zeros(0)]) for place in range(len(names))]


def _rows(nodes: list[int], posts: Nodes) -> Ints:
    rows = posts.rows(np.array(nodes, np.int64))
    return rows[rows >= 0]
