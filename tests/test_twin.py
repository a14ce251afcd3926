"""The twin in numpy against what the database answers, and the world without some likes against a graph without them."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.client import Client
from graph.quality.twin import PersonPool, pools
from graph.quality.world import World, read_world
from graph.ranking.pool import Asked, Place, Pool, rank
from graph.ranking.profiles import FEATURES, Profile, Retrieval
from graph.ranking.sources import SOURCES
from tests import random_graphs
from tests.little_network import DAY, DEFAULT, NOW, built, changed, lively
from tests.support import ask

pytestmark = pytest.mark.live

FOUR_BYTES = ("factors", "fastrp")
"""Their vectors are kept in numbers of four bytes."""
WINDOWS = (None, 30.0)


def ranked(
    client: Client,
    user: str,
    chosen: Profile,
    retrieval: Retrieval,
    sources: Iterable[str],
    window: float | None,
    as_of: int,
) -> Pool:
    """What the database answers."""
    assert chosen.ranking is not None
    asked = Asked(user, as_of, window, tuple(sources), waits=True)
    found = rank(client, asked, chosen.ranking, retrieval)
    assert found is not None
    return found


def assert_same(
    client: Client,
    chosen: Profile = DEFAULT,
    *,
    sources: Iterable[str] | None = None,
    windows: Iterable[float | None] = WINDOWS,
    as_of: int = NOW,
) -> int:
    """The twin's pools of everybody are the database's, for pages and for lists. Returns the number of candidates."""
    assert chosen.ranking is not None
    world, compared = read_world(client, as_of), 0
    everybody = np.arange(len(world.network.people))
    for window in windows:
        for retrieval in (chosen.ranking.page, chosen.ranking.batch):
            given = (retrieval, tuple(sources or chosen.sources), window)
            found = pools(world, chosen.ranking, retrieval, everybody, sources=given[1], window_days=window)
            for user, twin in zip(world.network.people.ids, found, strict=True):
                wanted = ranked(client, user, chosen, *given, as_of)
                assert_pool(world, twin, wanted)
                compared += len(wanted.places)
    return compared


def assert_pool(world: World, twin: PersonPool, wanted: Pool) -> None:
    """The same posts with the same sources, features and scores, in the same order but for nearly equal scores."""
    ids = [world.network.posts.ids[row] for row in twin.posts]
    by_post = {place.post: place for place in wanted.places}
    assert {*ids} == by_post.keys()
    assert len(ids) == len(by_post)
    for row, id in enumerate(ids):
        place = by_post[id]
        assert {name for name, brings in zip(SOURCES, twin.sources[row], strict=True) if brings} == {*place.sources}, id
        assert_features(dict(zip(FEATURES, twin.features[row].tolist(), strict=True)), place.features, id)
        assert sum(wanted.person.weights.parts(place.features).values()) == pytest.approx(place.score, abs=1e-9)
        assert twin.scores[row] == pytest.approx(place.score, abs=1e-4)
    assert np.all(np.diff(twin.scores) <= 0)
    scores = np.array([by_post[id].score for id in ids])
    assert np.all(np.diff(scores) <= 1e-5)


def assert_features(found: Mapping[str, float], wanted: Mapping[str, float], post: str) -> None:
    for name in FEATURES:
        bound = 1e-5 if name in FOUR_BYTES else 1e-9
        assert found[name] == pytest.approx(wanted[name], abs=bound), (post, name)


def test_random_graphs(client: Client) -> None:
    for seed in range(3):
        ask(client, "MATCH (node) WHERE NOT node:Schema DETACH DELETE node")
        random_graphs.make(client, seed)
        print(assert_same(client))
