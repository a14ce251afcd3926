"""Vectors of people and posts: alike for who is near, the same again, none of zeros, within the heap."""

import numpy as np
import pytest

from graph.background import vectors as background
from graph.background.vectors import vectors
from graph.client import Client
from graph.ranking.profiles import profile
from tests.small_ties import create, draw
from tests.support import ask

pytestmark = pytest.mark.live
RANKING = profile("default").ranking
assert RANKING is not None
SETTINGS = RANKING.vectors.model_copy(update={"size": 64})
# FastRP starts from numbers drawn by node id: cosines of 64 differ by 0.1 from one range of ids to another, of 1,024
# by 0.03.
LONG = SETTINGS.model_copy(update={"size": 1024})


def two_crowds(client: Client) -> None:
    """Ten people who like five posts, ten who like five others, and a person and a post of nobody."""
    ask(
        client,
        "UNWIND ['a', 'b'] AS crowd UNWIND range(0, 4) AS n CREATE (:Post {id: crowd + n, takenAt: 1000 * n}) "
        "WITH DISTINCT crowd UNWIND range(0, 9) AS n CREATE (user:User {id: crowd + n}) "
        "WITH crowd, user, n MATCH (post:Post) WHERE post.id STARTS WITH crowd AND post.id <> crowd + (n % 5) "
        "CREATE (user)-[:LIKED {at: post.takenAt + n}]->(post)",
    )
    ask(client, "CREATE (:User {id: 'alone'}), (:Post {id: 'new'})")


def ids(client: Client) -> dict[int, str]:
    return {
        row["node"]: row["id"] for row in ask(client, "MATCH (node:User|Post) RETURN id(node) AS node, node.id AS id")
    }


def test_vectors_are_alike_within_a_crowd_and_none_is_zero(client: Client) -> None:
    two_crowds(client)
    found = vectors(client, LONG)
    names = ids(client)
    assert found.vectors.dtype == np.float32
    assert found.vectors.shape == (30, 1024)
    assert found.missing == ()
    assert found.size == 1024
    assert {names[node] for node in found.nodes.tolist()} == {*names.values()} - {"alone", "new"}
    assert (np.diff(found.nodes) > 0).all()
    unit = found.vectors / np.linalg.norm(found.vectors, axis=1, keepdims=True)
    cosines = unit @ unit.T
    crowds = np.array([names[node][0] for node in found.nodes.tolist()])
    same = crowds[:, np.newaxis] == crowds
    assert cosines[same].min() > 0.7
    assert np.abs(cosines[~same]).max() < 0.2


def test_the_same_graph_gives_the_same_vectors(client: Client) -> None:
    create(client, draw())
    one, other = vectors(client, SETTINGS), vectors(client, SETTINGS)
    assert np.array_equal(one.nodes, other.nodes)
    assert np.array_equal(one.vectors, other.vectors)
    past, again = (vectors(client, SETTINGS, as_of=10**12) for _ in range(2))
    assert np.array_equal(past.vectors, again.vectors)


def test_a_build_of_a_past_time_reads_what_was_there(client: Client) -> None:
    two_crowds(client)
    names = ids(client)
    found = vectors(client, SETTINGS, as_of=1003)
    seen = {names[node] for node in found.nodes.tolist()}
    assert seen == {f"{crowd}{n}" for crowd in "ab" for n in range(10) if n != 5}  # 5 likes the first of all never
    assert vectors(client, SETTINGS, as_of=-1).missing == ("fastrp",)


def test_a_heap_that_is_too_small_means_fewer_numbers_or_none(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    create(client, draw())
    monkeypatch.setattr(background, "HEAP_SHARE", 0.01)
    assert 1_024 <= vectors(client, SETTINGS.model_copy(update={"size": 65_536})).size <= 32_768
    monkeypatch.setattr(background, "HEAP_SHARE", 1e-9)
    assert vectors(client, SETTINGS).missing == ("fastrp",)


def test_a_graph_without_anything_has_none(client: Client) -> None:
    assert vectors(client, SETTINGS).missing == ("fastrp",)
    ask(client, "CREATE (:User {id: 'alone'})")
    assert vectors(client, SETTINGS).missing == ("fastrp",)
    assert vectors(client, SETTINGS).size == 0
    assert ask(client, "CALL gds.graph.list() YIELD graphName RETURN graphName") == []
