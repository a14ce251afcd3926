"""Random graphs with all that people do and that a build stores, however unlikely, written straight into a server."""

import random
from collections.abc import Iterable
from typing import Any

import numpy as np

from graph import clock
from graph.client import Client
from graph.words import words_of
from tests.little_network import DAY, NOW
from tests.pictures import picture, put_pictures
from tests.support import ask

PEOPLE = [f"u{number}" for number in range(9)]
POSTS = [f"p{number:02}" for number in range(40)]
HASHTAGS = ["sea", "sky", "snow", "street", "cat", "ñu"]
TOPICS = {"a": ["snow", "sky", "sea"], "b": ["street", "cat"]}
WORDS = [*HASHTAGS, "snowman", "no", "day", "don't", "été", "ice", "icy", "rain", "sun", "sunny"]
SHARES = (0.4, 0.3, 0.2, 0.1, 0.0, None)
SIZES = {"factors": 4, "content": 4, "fastrp": 6}

Tie = tuple[str, str, dict[str, Any]]
LABELS = {"u": "User", "p": "Post"}


def make(client: Client, seed: int) -> None:
    """A random graph of nine people and forty posts, as of NOW, with vectors of the people's present likes.

    Posts have up to three authors, sensitive, undated and future ones are among them. Everybody has some affinity.
    """
    rng = random.Random(seed)
    _make_nodes(client, rng)
    kinds = {
        "LIKED": 0.25,
        "SAVED": 0.02,
        "SHARED": 0.02,
        "MORE_LIKE": 0.02,
        "VIEWED": 0.08,
        "HID": 0.05,
        "POSTED": 0.13,
        "UNLEARNED": 0.02,
    }
    for kind, chance in kinds.items():
        _tie(client, kind, [(a, b, _about(rng, kind)) for a in PEOPLE for b in _shuffled(rng, POSTS, chance)])
    for kind, chance in {"FOLLOWS": 0.4, "MUTED": 0.06, "BLOCKED": 0.04, "UNLEARNED": 0.03}.items():
        _tie(
            client, kind, [(a, b, _about(rng, kind)) for a in PEOPLE for b in _shuffled(rng, PEOPLE, chance) if a != b]
        )
    for kind, chance in {"MUTED": 0.05, "INTERESTED_IN": 0.2, "WANTS": 0.25}.items():
        _tie(client, kind, [(a, b, _about(rng, kind)) for a in PEOPLE for b in _shuffled(rng, HASHTAGS, chance)])
    _tie(
        client,
        "RESET",
        [(a, a, {"at": NOW - round(rng.random() * 80 * DAY) + DAY}) for a in PEOPLE if rng.random() < 0.3],
    )
    _tie(client, "TAGGED", [(a, b, {}) for a in POSTS for b in _shuffled(rng, HASHTAGS, 0.3)])
    _tie(client, "RECENT", [(a, b, {}) for a in PEOPLE for b in _shuffled(rng, POSTS, 0.1)])
    ask(
        client,
        "UNWIND $rows AS row MATCH (tag:Hashtag {name: row[0]}) MATCH (post:Post {id: row[1]}) "
        "CREATE (tag)-[:RECENT]->(post)",
        rows=[[tag, post] for tag in HASHTAGS for post in _shuffled(rng, POSTS, 0.15)],
    )
    _tie(client, "MENTIONS", [(a, b, {}) for a in POSTS for b in _shuffled(rng, PEOPLE, 0.05)])
    for kind in ("SIMILAR", "SIMILAR_NEW"):
        arcs = [(a, b, {"weight": rng.choice((0.25, rng.random()))}) for a in POSTS for b in rng.sample(POSTS, 5)]
        _tie(client, kind, [arc for arc in arcs if arc[0] != arc[1]])
    near = [(a, b) for a in PEOPLE for b in rng.sample([each for each in PEOPLE if each != a], rng.randint(1, 6))]
    _tie(client, "AFFINITY", [(a, b, {"score": rng.choice((0.01, rng.random() / 10))}) for a, b in near])
    _give_vectors(client, rng)
    _make_build(client, rng)
    arcs = [(a, b, {"weight": rng.choice((0.6, 0.5 + rng.random() / 2))}) for a in POSTS for b in rng.sample(POSTS, 3)]
    _tie(client, "SIMILAR_PICTURE", [arc for arc in arcs if arc[0] != arc[1]])
    shown = ((1, 0), (0, 1), (0.8, 0.6))
    for model, chance in (("a", 0.4), ("b", 0.1)):
        pictured = {
            post: picture(*rng.choice(shown), seed=rng.randint(0, 9), cosine=rng.choice((1, 0.985, 0.96, 0.8)))
            for post in _shuffled(rng, POSTS, chance)
        }
        put_pictures(client, pictured, model)


def _make_nodes(client: Client, rng: random.Random) -> None:
    people = [
        {
            "id": id,
            "optedOut": rng.choice((None, None, None, False, True)),
            "visibility": _visibility(rng),
            "mutedWords": _words(rng),
        }
        for id in PEOPLE
    ]
    posts = [
        {
            "id": post,
            "takenAt": rng.choice((None, NOW + DAY, NOW - 5 * DAY, *[NOW - round(rng.random() * 60 * DAY)] * 10)),
            "likeCount": rng.choice((None, 0, 3, 3, 500, -2)),
            "dwell": rng.choice((None, 900.0, 4000.0)),
            "trend": rng.choice((None, 0.0, rng.random() * 5)),
            "visibility": _visibility(rng),
            "sensitive": rng.choice((None, None, None, None, False, True)),
            "words": rng.choice((None, words_of(" ".join(_words(rng) or ())))),
        }
        for post in POSTS
    ]
    rng.shuffle(posts)
    hashtags = [{"name": name, "share": share} for name, share in zip(HASHTAGS, SHARES, strict=True)]
    for label, rows in (("User", people), ("Post", posts), ("Hashtag", hashtags)):
        ask(client, f"UNWIND $rows AS row CREATE (node:{label}) SET node = row", rows=rows)
    for topic, of in TOPICS.items():
        placed = [{"name": name, "place": place} for place, name in enumerate(of, 1)]
        ask(
            client,
            "CREATE (topic:Topic {id: $topic}) WITH topic UNWIND $rows AS row MATCH (tag:Hashtag {name: row.name}) "
            "CREATE (tag)-[:OF_TOPIC {place: row.place}]->(topic)",
            topic=topic,
            rows=placed,
        )


def _visibility(rng: random.Random) -> str | None:
    return rng.choice((*[None] * 8, "public", "followers"))


def _words(rng: random.Random) -> list[str] | None:
    """Words of captions, or that somebody muted."""
    return rng.sample(WORDS, rng.randint(1, 3)) if rng.random() < 0.4 else None


def _about(rng: random.Random, kind: str) -> dict[str, Any]:
    """The properties of a tie: of no time, of a few times that several have, of any time, or of the future."""
    at = rng.choice((None, NOW - 20 * DAY, NOW - 20 * DAY + 1, NOW + 1, *[NOW - round(rng.random() * 90 * DAY)] * 4))
    if kind == "HID":
        return {"at": at, "reason": rng.choice((None, "spam", "report", "a whim"))}
    if kind == "WANTS":
        until = rng.choice((None, None, NOW, NOW + 1, NOW + DAY, NOW - DAY))
        topic = rng.choice((None, None, *TOPICS, "gone"))
        return {"at": at, "until": until, "how": rng.choice(("more", "less", "none", "else")), "topic": topic}
    if kind == "INTERESTED_IN":
        return {"at": at, "inferred": rng.choice((None, None, False, True))}
    if kind == "VIEWED":
        return {"at": at, "dwellMs": rng.choice((None, 0, 200, 800, 3000, 9000))}
    return {} if kind == "POSTED" else {"since" if kind == "FOLLOWS" else "at": at}


def _shuffled(rng: random.Random, ids: Iterable[str], chance: float) -> list[str]:
    chosen = [id for id in ids if rng.random() < chance]
    rng.shuffle(chosen)
    return chosen


def _tie(client: Client, kind: str, found: list[Tie]) -> None:
    """Create ties in this order."""
    for start in ("u", "p"):
        for end in ("u", "p", ""):
            rows = [[a, b, about] for a, b, about in found if a[0] == start and _initial(b) == end]
            if rows:
                ask(
                    client,
                    f"UNWIND $rows AS row MATCH (a:{LABELS[start]} {{id: row[0]}}) "
                    + (f"MATCH (b:{LABELS[end]} {{id: row[1]}}) " if end else "MATCH (b:Hashtag {name: row[1]}) ")
                    + f"CREATE (a)-[tie:{kind}]->(b) SET tie = row[2]",
                    rows=rows,
                )


def _initial(id: str) -> str:
    return "" if id in HASHTAGS else id[0]


def _give_vectors(client: Client, rng: random.Random) -> None:
    for label, ids in (("User", PEOPLE), ("Post", POSTS)):
        for kind, size in SIZES.items():
            rows = [[id, [rng.uniform(-1, 1) for _ in range(size)]] for id in ids if rng.random() < 0.9]
            ask(
                client,
                f"UNWIND $rows AS row MATCH (node:{label} {{id: row[0]}}) "
                f"CALL db.create.setNodeVectorProperty(node, '{kind}B', row[1])",
                rows=rows,
            )
    ask(
        client,
        "MATCH (node:User|Post) UNWIND ['factors', 'content'] AS kind "
        "WITH node, kind, node[kind + 'B'] AS vector WHERE vector IS NOT NULL "
        "SET node[kind + 'NormB'] = sqrt(reduce(sum = 0.0, x IN vector | sum + x * x))",
    )
    ask(client, "MATCH (user:User) SET user.factorsLikes = COUNT { (user)-[:LIKED]->() }")


def _make_build(client: Client, rng: random.Random) -> None:
    """The build that serves, with tops and posts that trend."""
    found = ask(client, "MATCH (post:Post) WHERE post.factorsB IS NOT NULL RETURN post.factorsB AS factors")
    factors = np.array([row["factors"] for row in found], np.float64)
    ask(
        client,
        "CREATE (:Build {name: 'current', generation: 2, slot: 'B', builtAt: $now, asOf: $at, windowFrom: $from, "
        "readAt: $now, missing: [], postGram: $gram, dwell: 2500.0})",
        now=NOW,
        at=NOW - 3 * DAY,
        gram=(factors.T @ factors).ravel().tolist(),
        **{"from": NOW - 200 * DAY},
    )
    times = {row["id"]: row["at"] for row in ask(client, "MATCH (post:Post) RETURN post.id AS id, post.takenAt AS at")}
    tops = [(name, post) for name in ("", *HASHTAGS) for post in _shuffled(rng, POSTS, 0.3)]
    rows = [[name, 0, post] for name, post in tops]
    rows += [[name, clock.month(at), post] for name, post in tops if (at := times[post]) is not None]
    ask(
        client,
        "UNWIND $rows AS row MATCH (post:Post {id: row[2]}) "
        "MATCH (source) WHERE source:Hashtag AND source.name = row[0] OR source:Build AND row[0] = '' "
        "CREATE (source)-[:TOP {hashtag: row[0], month: row[1]}]->(post)",
        rows=rows,
    )
    ask(
        client,
        "CREATE (list:TrendingList {builtAt: 1}) WITH list UNWIND range(0, size($posts) - 1) AS place "
        "MATCH (post:Post {id: $posts[place]}) CREATE (list)-[:TRENDING {place: place}]->(post)",
        posts=_shuffled(rng, POSTS, 0.3),
    )
