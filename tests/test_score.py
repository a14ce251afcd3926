"""The score of feed/ranked against an oracle that was written from its definition alone."""

import random
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from graph.client import Client
from graph.ranking.feed import Request
from graph.ranking.pool import Pool
from graph.ranking.profiles import FEATURES, Profile, Ranking, profile
from graph.ranking.retrieval import rank
from tests import ranking_oracle as oracle
from tests.ranking_oracle import Constants, World
from tests.support import ask

pytestmark = pytest.mark.live

DAY = 86_400_000
NOW = 1_700_000_000_000
PEOPLE = [f"u{number}" for number in range(9)]
POSTS = [f"p{number:02}" for number in range(40)]
HASHTAGS = ["sea", "sky", "snow", "street", "cat"]
FOUR_BYTES = {"factors", "content", "fastrp"}
"""Their vectors are kept in numbers of four bytes."""


def made(client: Client, seed: int) -> World:
    """A random graph with all that a build makes, however unlikely: each number is there to be told from the others."""
    rng = random.Random(seed)
    pairs = [(a, b) for a in PEOPLE for b in PEOPLE if a != b]
    ask(
        client,
        "UNWIND $people AS id CREATE (person:User {id: id}) SET person.optedOut = CASE id WHEN 'u8' THEN true END",
        people=PEOPLE,
    )
    posts: list[dict[str, Any]] = [
        {
            "id": post,
            "authors": rng.sample(PEOPLE, rng.choice([0, *8 * [1], 2])),
            "takenAt": None if rng.random() < 0.1 else NOW - round(rng.random() * 60 * DAY),
            "likes": rng.choice([None, 0, 1, 3, 500]),
            "trend": rng.choice([None, 0.0, rng.random() * 5]),
            "tags": rng.sample(HASHTAGS, rng.randrange(4)),
        }
        for post in POSTS
    ]
    ask(client, "UNWIND $names AS name CREATE (:Hashtag {name: name, display: name})", names=HASHTAGS)
    ask(
        client,
        "UNWIND $posts AS row CREATE (post:Post {id: row.id}) "
        "SET post.takenAt = row.takenAt, post.likeCount = row.likes, post.trend = row.trend "
        "WITH row, post CALL (row, post) "
        "{ UNWIND row.authors AS id MATCH (author:User {id: id}) CREATE (author)-[:POSTED]->(post) } "
        "CALL (row, post) { UNWIND row.tags AS name MATCH (tag:Hashtag {name: name}) CREATE (post)-[:TAGGED]->(tag) }",
        posts=posts,
    )
    ask(
        client,
        "UNWIND $shares AS row MATCH (tag:Hashtag {name: row[0]}) SET tag.share = row[1]",
        shares=[[name, share] for name, share in zip(HASHTAGS, (0.4, 0.3, 0.2, 0.1), strict=False)],
    )
    # u0 never liked anything of these
    strangers = {post["id"] for post in posts if not {"u5", "u6"}.isdisjoint(post["authors"])}
    likes = [(person, post) for person in PEOPLE for post in POSTS if rng.random() < 0.25]
    ties = {
        "LIKED": [(person, post) for person, post in likes if person != "u0" or post not in strangers],
        "VIEWED": [("u0", post) for post in POSTS if rng.random() < 0.05],
        "HID": [("u0", post) for post in POSTS if rng.random() < 0.08],
        "FOLLOWS": [pair for pair in pairs if rng.random() < 0.4],
    }
    for kind, found in ties.items():
        label = "User" if kind == "FOLLOWS" else "Post"
        rows = [
            [a, b, rng.choice([None, NOW - round(rng.random() * 90 * DAY), NOW - 20 * DAY + rng.randrange(9)])]
            for a, b in found
        ]
        ask(
            client,
            f"UNWIND $rows AS row MATCH (a:User {{id: row[0]}}) MATCH (b:{label} {{id: row[1]}}) "
            f"CREATE (a)-[tie:{kind}]->(b) SET tie.{'since' if kind == 'FOLLOWS' else 'at'} = row[2]",
            rows=rows,
        )
    ask(client, "MATCH (:User {id: 'u0'})-[hid:HID]->(post) WHERE post.id ENDS WITH '1' SET hid.reason = 'spam'")
    ask(client, "MATCH (me:User {id: 'u0'}) MATCH (other:User {id: 'u7'}) CREATE (me)-[:MUTED]->(other)")
    wishes = (("more", None), ("less", NOW + 1), ("none", None), (rng.choice(("more", "less")), NOW))
    rows = [[name, how, until] for name, (how, until) in zip(HASHTAGS, wishes, strict=False)]
    ask(
        client,
        "UNWIND $rows AS row MATCH (me:User {id: 'u0'}) MATCH (tag:Hashtag {name: row[0]}) "
        "CREATE (me)-[:WANTS {how: row[1], until: row[2]}]->(tag)",
        rows=rows,
    )
    arcs = [
        [kind, a, b, rng.random()]
        for kind in ("SIMILAR", "SIMILAR_NEW")
        for a in POSTS
        for b in rng.sample(POSTS, 4)
        if a != b
    ]
    for kind in ("SIMILAR", "SIMILAR_NEW"):
        ask(
            client,
            "UNWIND $rows AS row MATCH (a:Post {id: row[1]}) MATCH (b:Post {id: row[2]}) "
            f"CREATE (a)-[:{kind} {{weight: row[3]}}]->(b)",
            rows=[row for row in arcs if row[0] == kind],
        )
    near = [[a, b, rng.random() / 10] for a, b in pairs if rng.random() < 0.5]
    ask(
        client,
        "UNWIND $rows AS row MATCH (a:User {id: row[0]}) MATCH (b:User {id: row[1]}) "
        "CREATE (a)-[:AFFINITY {score: row[2]}]->(b)",
        rows=near,
    )
    _give_vectors(client, rng, stale=seed % 2 == 1)
    known = {author for post in posts if ("u0", post["id"]) in ties["LIKED"] for author in post["authors"]}
    chosen = [post["id"] for post in posts if known.issuperset(post["authors"])]
    for number, kind in enumerate(("SAVED", "SHARED", "MORE_LIKE")):
        ask(
            client,
            f"UNWIND $posts AS id MATCH (me:User {{id: 'u0'}}), (post:Post {{id: id}}) "
            f"CREATE (me)-[act:{kind}]->(post) SET act.at = $at",
            posts=chosen[number::11],
            at=(None, NOW - 5 * DAY, NOW - 50 * DAY)[number],
        )
    return World.read(client)


def _give_vectors(client: Client, rng: random.Random, *, stale: bool) -> None:
    for label, ids in (("User", PEOPLE), ("Post", POSTS)):
        rows = [
            [id, *([rng.uniform(-1, 1) for _ in range(size)] for size in (4, 6, 4))] for id in ids if rng.random() < 0.9
        ]
        ask(
            client,
            f"UNWIND $rows AS row MATCH (node:{label} {{id: row[0]}}) "
            "CALL db.create.setNodeVectorProperty(node, 'factorsB', row[1]) "
            "CALL db.create.setNodeVectorProperty(node, 'fastrpB', row[2]) "
            "CALL db.create.setNodeVectorProperty(node, 'contentB', row[3]) "
            "SET node.factorsNormB = sqrt(reduce(sum = 0.0, x IN row[1] | sum + x * x)), "
            "node.contentNormB = sqrt(reduce(sum = 0.0, x IN row[3] | sum + x * x))",
            rows=rows,
        )
    found = ask(client, "MATCH (post:Post) WHERE post.factorsB IS NOT NULL RETURN post.factorsB AS factors")
    factors = np.array([row["factors"] for row in found], np.float64)
    ask(
        client,
        "CREATE (:Build {name: 'current', generation: 2, slot: 'B', builtAt: $now, asOf: $at, windowFrom: $from, "
        "missing: [], postGram: $gram})",
        now=NOW,
        at=NOW - 3 * DAY,
        gram=(factors.T @ factors).ravel().tolist(),
        **{"from": NOW - 200 * DAY},
    )
    ask(client, "MATCH (u:User) SET u.factorsLikes = COUNT { (u)-[:LIKED]->() } - $off", off=int(stale))


def pool_of(client: Client, chosen: Profile, **asked: Any) -> Pool:
    """All that may be shown to u0, whatever a first page would hold of it."""
    assert chosen.ranking is not None
    request = Request("u0", chosen, **{"as_of": NOW, **asked})
    # However busy the machine is: over its budget, a read of less has other features
    found = rank(
        client, request.for_pool(), chosen.ranking.model_copy(update={"budget_ms": 600_000}), chosen.ranking.batch
    )
    assert found is not None
    return found


def changed(**tables: Mapping[str, Any] | float) -> Profile:
    """The profile `default` with other constants."""
    chosen = profile("default")
    assert chosen.ranking is not None
    update = {
        name: getattr(chosen.ranking, name).model_copy(update=value) if isinstance(value, Mapping) else value
        for name, value in tables.items()
    }
    ranking: Ranking = chosen.ranking.model_copy(update=update)
    return chosen.model_copy(update={"ranking": ranking})


def constants(**more: Any) -> Constants:
    """The oracle's, with what its source leaves open as the profile has it."""
    ranking = profile("default").ranking
    assert ranking is not None
    low, high = ranking.log_likes
    return Constants.of({"priors": dict(ranking.priors), "low": low, "high": high, **more})


def assert_equal(world: World, told: Constants, pool: Pool, window: float | None, as_of: int = NOW) -> None:
    """Every place has the features, parts and score that the oracle gives it."""
    assert pool.places
    weights = pool.person.weights
    for place in pool.places:
        given = (world, told, "u0", place.post, as_of, window, place.sources)
        wanted = oracle.features(*given)
        assert set(place.features) == set(FEATURES)
        for name in FEATURES:
            bound = 1e-5 if name in FOUR_BYTES else 1e-9
            assert place.features[name] == pytest.approx(wanted[name], abs=bound), (place.post, name)
        parts = weights.parts(place.features)
        for name, part in oracle.parts(*given).items():
            assert parts[name] == pytest.approx(part, abs=1e-4 if name in FOUR_BYTES else 1e-8), (place.post, name)
        assert place.score == pytest.approx(sum(parts.values()), abs=1e-9)
        assert place.score == pytest.approx(oracle.score(*given), abs=1e-4)


@pytest.mark.parametrize("seed", range(6))
def test_features_parts_and_scores_are_those_of_the_definition(client: Client, seed: int) -> None:
    world = made(client, seed)
    for window in (float("inf"), 30.0):
        for as_of in (NOW, NOW - 10 * DAY, NOW + 40 * DAY):
            pool = pool_of(client, profile("default"), window_days=window, as_of=as_of)
            if pool.places or as_of == NOW:
                assert_equal(world, constants(), pool, None if window == float("inf") else window, as_of)


CHANGES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    **{
        f"weight of {name}": ({"weights": {name: 3.7}}, {"weights": {name: 3.7}})
        for name in FEATURES
        if name != "never"
    },
    "constant": ({"weights": {"never": -3.0}}, {"constant": -3.0}),
    **{
        f"slope of {name}": ({"slopes": {name: 1.1}}, {"slopes": {name: 1.1}})
        for name in ("lists", "factors", "fastrp", "rate", "followed", "proof", "pop", "trend", "tag")
    },
    **{
        f"never column of {name}": ({"never": {name: 0.9}}, {"never": {name: 0.9}})
        for name in ("lists", "factors", "fastrp", "rate", "followed", "proof", "pop", "trend", "tag")
    },
    "a weight that would be negative": ({"never": {"rate": -5.0}}, {"never": {"rate": -5.0}}),
    **{
        f"smoothing of {name}": ({"smoothing": {name: 0.7}}, {f"{name}_smoothing": 0.7})
        for name in ("lists", "pop", "trend", "tag", "recency", "affinity")
    },
    "likes of an author": ({"smoothing": {"rate_likes": 0.5}}, {"rate_likes": 0.5}),
    "posts of an author": ({"smoothing": {"rate_posts": 9.0}}, {"rate_posts": 9.0}),
    "half-life": ({"half_life_days": 3.0}, {"recency_days": 3.0}),
    "half-life of trend": ({"trend_half_life_days": 11.0}, {"trend_days": 11.0}),
    "half-life of hides": ({"feedback": {"hide_half_life_days": 2.0}}, {"hide_days": 2.0}),
    "hides": ({"feedback": {"hide": -4.0}}, {"hide": -4.0}),
    "saves": ({"feedback": {"save": 5.0}}, {"save": 5.0}),
    "shares": ({"feedback": {"share": 0.0}}, {"share": 0.0}),
    "wishes for more like a post": ({"feedback": {"more_like": 9.0}}, {"more_like": 9.0}),
    "more": ({"feedback": {"more": 9.0}}, {"more": 9.0}),
    "less": ({"feedback": {"less": 9.0}}, {"less": 9.0}),
    "hide reasons": ({"feedback": {"hide_reasons": {"spam": -7.0}}}, {"hide_reasons": {"spam": -7.0}}),
    "newest likes": ({"bounds": {"likes": 4}}, {"lists_likes": 4, "tag_likes": 4}),
    "newest likes of authors": (
        {"bounds": {"likes": 4, "likes_of_authors": 6}},
        {"lists_likes": 4, "tag_likes": 4, "rate_likes_read": 6},
    ),
    "newest likes for factors": ({"bounds": {"likes_of_factors": 4}}, {"fold_likes": 4}),
    "followees": ({"bounds": {"followees": 2}}, {"proof_followees": 2}),
    "likes of a followee": ({"bounds": {"likes_of_followee": 3}}, {"proof_likes": 3}),
    "cut of likes": ({"log_likes": (1.0, 2.0)}, {"low": 1.0, "high": 2.0}),
}


def test_each_weight_slope_constant_and_half_life_moves_both_alike(client: Client) -> None:
    world = made(client, 1)
    plain = {place.post: place.score for place in pool_of(client, profile("default"), window_days=30.0).places}
    for name, (ours, theirs) in CHANGES.items():
        pool = pool_of(client, changed(**ours), window_days=30.0)
        assert_equal(world, constants(**theirs), pool, 30.0)
        moved = [place for place in pool.places if abs(place.score - plain.get(place.post, 0.0)) > 1e-9]
        assert moved, f"{name} moves nothing"


def test_a_score_does_not_depend_on_what_else_is_in_the_pool(client: Client) -> None:
    made(client, 2)
    everything = {place.post: place for place in pool_of(client, profile("default"), window_days=float("inf")).places}
    few = list(everything)[:3]
    without = pool_of(client, profile("default"), window_days=float("inf"), exclude=tuple(few))
    assert {place.post for place in without.places} == everything.keys() - {*few}
    for place in without.places:
        assert place.score == everything[place.post].score
        assert place.features == everything[place.post].features
    for source in profile("default").sources:
        for place in pool_of(client, profile("default"), source=source, window_days=float("inf")).places:
            same = {name: value for name, value in place.features.items() if name != "prior"}
            assert same == {name: everything[place.post].features[name] for name in same}
