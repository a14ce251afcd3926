"""The twin in numpy compared with the database, and a world without some likes with a graph without them."""

import random
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.background.arrays import Mask
from graph.background.builder import build
from graph.background.tops import Tops
from graph.client import Client
from graph.quality.fastrp import unit
from graph.quality.learned import Learned
from graph.quality.ties import Ties
from graph.quality.twin import PersonPool, pools
from graph.quality.world import World, read_world
from graph.ranking.pool import Pool
from graph.ranking.profiles import FEATURES, Profile
from graph.ranking.retrieval import PoolRequest, rank
from graph.ranking.sources import SOURCES
from tests import random_graphs, ranking_oracle, small_graphs
from tests.little_network import DAY, DEFAULT, NOW, Network, built, changed, lively, ranking
from tests.support import ask, everything, load, write_csv
from tests.test_lists import rows_of_a_network
from tests.test_score import NOW as SCORE_NOW
from tests.test_score import constants, made

pytestmark = pytest.mark.live

FOUR_BYTES = ("factors", "content", "fastrp")
"""Features from vectors, which are stored in single precision."""
WINDOWS = (None, 30.0)
LONG = changed(vectors={"size": 1024})
"""Larger vectors, which depend less on random numbers: cosines of two seeds differ by .04, with 256 numbers by .07."""
on_a_server = settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


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
            brought = tuple(sources or chosen.sources)
            found = pools(world, chosen.ranking, retrieval, everybody, sources=brought, window_days=window)
            for user, twin in zip(world.network.people.ids, found, strict=True):
                wanted = rank(client, PoolRequest(user, as_of, window, brought, waits=True), chosen.ranking, retrieval)
                assert wanted is not None
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
        features = dict(zip(FEATURES, twin.features[row].tolist(), strict=True))
        assert_features(features, place.features, id)
        assert twin.scores[row] == pytest.approx(sum(wanted.person.weights.parts(features).values()), abs=1e-9)
        assert twin.scores[row] == pytest.approx(place.score, abs=1e-4)  # weights times what four bytes lose
    assert np.all(np.diff(twin.scores) <= 0)
    assert np.all(np.diff([by_post[id].score for id in ids]) <= 1e-4)


def assert_features(found: Mapping[str, float], wanted: Mapping[str, float], post: str) -> None:
    for name in FEATURES:
        bound = 1e-5 if name in FOUR_BYTES else 1e-9
        assert found[name] == pytest.approx(wanted[name], abs=bound), (post, name)


def wiped(client: Client) -> Client:
    ask(client, "MATCH (node) WHERE NOT node:Schema DETACH DELETE node")
    return client


# Pools


def at_most(**highest: int) -> st.SearchStrategy[dict[str, int]]:
    """Constants of 1 to these."""
    return st.fixed_dictionaries({name: st.integers(1, most) for name, most in highest.items()})


BOUNDS = at_most(
    **{"followees": 9, "likes_of_followee": 12, "scanned": 8, "posts": 8, "authors": 9},
    **{"interests": 5, "hashtags": 4, "hides": 3, "likes": 12},
).flatmap(
    lambda bounds: st.fixed_dictionaries(
        {
            **{name: st.just(value) for name, value in bounds.items()},
            "stored": st.sampled_from((5, 12, 5000)),
            "likes_of_authors": st.integers(bounds["likes"], 14),
        }
    )
)
RETRIEVALS = st.fixed_dictionaries(
    {
        "pool": st.integers(1, 45),
        "best": st.integers(1, 45),
        "each": st.integers(0, 3),
        "quotas": st.fixed_dictionaries({source: st.integers(0, 12) for source in SOURCES}),
    }
)


@pytest.mark.long
@on_a_server
@given(
    seed=st.integers(0, 2**32),
    bounds=st.just({}) | BOUNDS,
    page=st.just({}) | RETRIEVALS,
    batch=st.just({}) | RETRIEVALS,
    min_likers=st.integers(1, 3),
    days=st.sampled_from((-10, 0, 0, 40)),
)
def test_pools_of_random_graphs(
    client: Client,
    seed: int,
    bounds: dict[str, Any],
    page: dict[str, Any],
    batch: dict[str, Any],
    min_likers: int,
    days: int,
) -> None:
    """With quotas and bounds that bind."""
    random_graphs.make(wiped(client), seed)
    chosen = changed(bounds=bounds, page=page, batch=batch, min_likers=min_likers)
    assert_same(client, chosen, as_of=NOW + days * DAY)


def test_pools_of_each_source_alone(client: Client) -> None:
    random_graphs.make(client, 7)
    for source in SOURCES:
        assert assert_same(client, sources=[source], windows=[None]) > 0, source


def test_pools_before_the_first_build(client: Client) -> None:
    """The newest posts stand in, of the same time those that were stored last."""
    random_graphs.make(client, 8)
    ask(client, "MATCH (built:Build|TrendingList) DETACH DELETE built")
    ask(client, "MATCH ()-[arc:SIMILAR|SIMILAR_NEW|TOP]->() DELETE arc")
    ask(client, "MATCH (node:Post|Hashtag) REMOVE node.trend, node.share")
    ask(client, "MATCH (post:Post) WHERE post.id < 'p20' SET post.takenAt = $at", at=NOW - 5 * DAY)
    for pool in (3, 20):
        assert assert_same(client, changed(page={"pool": pool}, batch={"pool": pool})) > 0


@pytest.mark.long
@pytest.mark.parametrize("days", [-3, 0, 10])
def test_pools_of_a_network_that_was_built(client: Client, tmp_path: Path, days: int) -> None:
    lively().load(client, tmp_path)
    built(client)
    assert assert_same(client, as_of=NOW + days * DAY) > 100


def test_pools_of_people_who_mute_block_and_hide(client: Client, tmp_path: Path) -> None:
    assert load(client, write_csv(tmp_path, **rows_of_a_network())).rejects is None
    built(client)
    assert assert_same(client, windows=(None, 7.0, 60.0)) > 1000


@settings(parent=on_a_server, max_examples=5)
@given(files=small_graphs.graphs(with_counts=True))
def test_pools_of_small_graphs(
    client: Client, tmp_path_factory: pytest.TempPathFactory, files: small_graphs.Files
) -> None:
    """With odd ids, and times of all years."""
    load(wiped(client), small_graphs.write(tmp_path_factory.mktemp("files"), files))
    built(client)
    # Later likes have factors folded in, which the twin leaves out
    ask(client, "MATCH (user:User) SET user.factorsLikes = COUNT { (user)-[:LIKED]->() }")
    assert_same(client)


@pytest.mark.parametrize("seed", [0, 2])
def test_features_equal_their_definitions(client: Client, seed: int) -> None:
    definition, told = made(client, seed), constants()
    world = read_world(client, SCORE_NOW)
    everybody = np.arange(len(world.network.people))
    for window in WINDOWS:
        found = pools(world, ranking(), ranking().batch, everybody, sources=DEFAULT.sources, window_days=window)
        for user, pool in zip(world.network.people.ids, found, strict=True):
            assert len(pool.posts) > 0
            for row, post in enumerate(pool.posts):
                id = world.network.posts.ids[post]
                sources = [name for name, brings in zip(SOURCES, pool.sources[row], strict=True) if brings]
                given = (definition, told, user, id, SCORE_NOW, window, sources)
                features = dict(zip(FEATURES, pool.features[row].tolist(), strict=True))
                assert_features(features, ranking_oracle.features(*given), id)
                assert pool.scores[row] == pytest.approx(ranking_oracle.score(*given), abs=1e-4)


# Worlds without some likes


def crowds(people: int = 60, posts: int = 80, seed: int = 4) -> Network:
    """Two crowds who like, follow and tag their own, most of the time; what each liked, they saw before."""
    rng, network = random.Random(seed), Network()
    for post in range(posts):
        hashtags = [("sun", "sea")[post % 2], f"rare {post % 7}"]
        network.post(f"u{post % people}", f"p{post:02}", days_ago=rng.uniform(1, 90), hashtags=hashtags)
    for person in range(people):
        for other in rng.sample(range(person % 2, people, 2), 6):
            if other != person:
                network.follow(f"u{person}", f"u{other}")
        for post in range(posts):
            if rng.random() < (0.35 if post % 2 == person % 2 else 0.03):
                network.like(f"u{person}", f"p{post:02}", days_ago=rng.choice((None, rng.uniform(0, 80))))
    return network


def held_out(world: World) -> Mask:
    """A fifth of the likes."""
    fifth: Mask = np.random.default_rng(1).random(world.network.likes.nnz) < 0.2
    return fifth


def pairs_of(world: World, likes: Mask) -> list[list[str]]:
    """The ids of the people and posts of these likes."""
    held = world.network.likes.tocoo()
    people, posts = world.network.people.ids, world.network.posts.ids
    return [[people[row], posts[post]] for row, post in zip(held.row[likes], held.col[likes], strict=True)]


def forget(client: Client, pairs: list[list[str]]) -> None:
    """Make a graph into one in which these likes have never been, nor views of these posts by these people."""
    ask(
        client,
        "UNWIND $pairs AS pair MATCH (:User {id: pair[0]})-[like:LIKED]->(post:Post {id: pair[1]}) "
        "DELETE like SET post.likeCount = post.likeCount - 1",
        pairs=pairs,
    )
    ask(
        client,
        "UNWIND $pairs AS pair MATCH (:User {id: pair[0]})-[view:VIEWED]->(:Post {id: pair[1]}) DELETE view",
        pairs=pairs,
    )


def arcs_of(given: Ties) -> dict[tuple[int, int], float]:
    return {
        (a, b): weight
        for a, b, weight in zip(given.rows.tolist(), given.others.tolist(), given.numbers.tolist(), strict=True)
    }


def tops_of(given: Tops) -> list[tuple[int, ...]]:
    return sorted(zip(given.sources.tolist(), given.months.tolist(), given.posts.tolist(), strict=True))


def assert_ties(one: Ties, other: Ties) -> None:
    """The same ties, in any order: a build's own ties change that of the store."""
    ordered = [each.in_order(np.arange(each.others.max(initial=0) + 1)) for each in (one, other)]
    for name in ("starts", "others", "at", "numbers"):
        assert np.array_equal(*(getattr(each, name) for each in ordered)), name


def test_a_world_without_some_likes_equals_a_graph_without_them(client: Client, tmp_path: Path) -> None:
    crowds().load(client, tmp_path)
    ask(client, "MATCH (user)-[like:LIKED]->(post) WHERE like.at > 0 CREATE (user)-[:VIEWED {at: like.at}]->(post)")
    whole = read_world(client, NOW, with_build=False)
    likes = held_out(whole)
    before = everything(client)
    assert LONG.ranking is not None
    made = whole.without(likes, LONG.ranking)
    assert everything(client) == before
    forget(client, pairs_of(whole, likes))
    build(client, LONG, as_of=NOW)
    read = read_world(client, NOW)
    assert made.network.people.ids == read.network.people.ids
    assert made.network.likes.nnz == read.network.likes.nnz == whole.network.likes.nnz - likes.sum()
    for name in ("indptr", "indices"):
        assert np.array_equal(getattr(made.network.likes, name), getattr(read.network.likes, name))
    assert np.array_equal(made.network.liked_at, read.network.liked_at)  # type: ignore[arg-type]  # both have times
    assert np.array_equal(made.network.like_count, read.network.like_count)
    for name in ("like_count", "author"):
        assert np.array_equal(getattr(made, name), getattr(read, name)), name
    assert sorted(made.entries.tolist()) == sorted(read.entries.tolist())
    for name in ("likes", "views", "follows", "posted", "tags", "tagged"):
        assert_ties(getattr(made, name), getattr(read, name))
    assert_learned(made.learned, read.learned)
    assert_alike(made.learned, read.learned)


def assert_learned(made: Learned, read: Learned) -> None:
    """Equal but for FastRP."""
    assert (made.as_of, made.window_from) == (read.as_of, read.window_from)
    for name in ("similar", "similar_new"):
        assert arcs_of(getattr(made, name)) == pytest.approx(arcs_of(getattr(read, name)), abs=1e-9)
        assert len(getattr(read, name).others) > 500
    for name in ("people_factors", "post_factors"):
        assert np.array_equal(getattr(made, name), getattr(read, name)), name
        assert getattr(read, name).any()
    assert made.trend == pytest.approx(read.trend, abs=1e-9)
    assert made.shares == pytest.approx(read.shares, abs=1e-9)
    assert tops_of(made.tops) == tops_of(read.tops)
    assert tops_of(made.tops_of_all) == tops_of(read.tops_of_all)
    assert sorted(made.trending.tolist()) == sorted(read.trending.tolist())


def assert_alike(made: Learned, read: Learned) -> None:
    """The cosines of FastRP are those of GDS but for the random numbers that they begin with."""
    ours, theirs = (unit(each.people_fastrp) @ unit(each.post_fastrp).T for each in (made, read))
    assert np.abs(ours - theirs).mean() < 0.08
    assert np.corrcoef(ours.ravel(), theirs.ravel())[0, 1] > 0.99


def test_held_out_posts_can_be_retrieved(client: Client, tmp_path: Path) -> None:
    crowds().load(client, tmp_path)
    ask(client, "MATCH (user)-[like:LIKED]->(post) CREATE (user)-[:VIEWED {at: 0}]->(post)")
    whole = read_world(client, NOW, with_build=False)
    likes = held_out(whole)
    made = whole.without(likes, ranking())
    wanted = {*map(tuple, pairs_of(whole, likes))}
    posts, found = whole.network.posts.ids, 0
    for pool in pools(made, ranking(), ranking().batch, np.arange(len(whole.network.people)), sources=DEFAULT.sources):
        user = whole.network.people.ids[pool.person]
        assert pool.likes == len(made.likes.of(pool.person))
        mine = {(user, posts[post]) for post in pool.posts}
        found += len(mine & wanted)
        liked = {(user, posts[post]) for post in made.likes.others_at(pool.person)}
        assert not mine & liked
    assert found > 0.9 * len(wanted)


def test_a_world_with_all_likes_has_the_pools_of_the_graph(client: Client, tmp_path: Path) -> None:
    """All that is learned in memory, in one: with FastRP as it is stored, scores are equal."""
    crowds().load(client, tmp_path)
    built(client)
    read = read_world(client, NOW)
    made = read.without(np.zeros(read.network.likes.nnz, bool), ranking())
    everybody = np.arange(len(read.network.people))
    fastrp = FEATURES.index("fastrp")
    for window in WINDOWS:
        both = [
            pools(world, ranking(), ranking().batch, everybody, sources=DEFAULT.sources, window_days=window)
            for world in (made, read)
        ]
        for one, other in zip(*both, strict=True):
            by_post = dict(zip(other.posts.tolist(), other.features, strict=True))
            assert by_post.keys() == {*one.posts.tolist()}
            for post, features in zip(one.posts.tolist(), one.features, strict=True):
                assert np.delete(features, fastrp) == pytest.approx(np.delete(by_post[post], fastrp), abs=1e-9)
