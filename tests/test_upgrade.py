"""A graph as an older graphfeed left it is brought to this one's schema, from wherever that was cut off."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import pytest

from graph import hashtag_names, hashtags, schema
from graph.client import Client
from graph.errors import DatabaseError
from tests.support import ask

pytestmark = pytest.mark.live


@pytest.fixture
def old(client: Client) -> Client:
    """A client of a graph as version 3 left it: people with stored candidates, near ones, and slates."""
    ask(client, "DROP CONSTRAINT build_name IF EXISTS")
    ask(client, "DROP INDEX post_changed_at IF EXISTS")
    ask(client, "DROP INDEX user_affinity_at IF EXISTS")
    ask(client, "CREATE INDEX user_stale_since IF NOT EXISTS FOR (user:User) ON (user.staleSince)")
    ask(client, "MERGE (schema:Schema {name: 'graphfeed'}) SET schema.version = 3")
    ask(
        client,
        "UNWIND range(0, 1200) AS i CREATE (u:User {id: '' + i, username: 'user' + i, storedAsOf: 1, storedHash: 'a', "
        "storedActs: 2, storedWithout: ['gds'], staleSince: 3})-[:HAS_CANDIDATES]->(:Candidates {source: 'interests'}) "
        "CREATE (u)-[:POSTED]->(:Post {id: '' + i}) CREATE (u)-[:WAS_SHOWN]->(:Slate {id: '' + i, posts: ['1']})",
    )
    ask(
        client,
        "MATCH (a:User) MATCH (b:User {id: '' + ((toInteger(a.id) + 1) % 1200)}) "
        "CREATE (a)-[:AFFINITY {score: 0.1, history: 1.0}]->(b) CREATE (a)-[:SIMILAR_TASTE {score: 0.1}]->(b) "
        "CREATE (a)-[:FOLLOWS]->(b)",
    )
    return client


def check_is_new(client: Client) -> None:
    """What was stored is gone; people, what they did and what they were shown are there."""
    kinds = ask(client, "MATCH ()-[r]->() RETURN type(r) AS type, count(*) AS n")
    assert {row["type"]: row["n"] for row in kinds} == {"POSTED": 1201, "FOLLOWS": 1201, "WAS_SHOWN": 1201}
    assert ask(client, "MATCH (list:Candidates) RETURN list") == []
    keys = ask(client, "MATCH (u:User) UNWIND keys(u) AS key RETURN DISTINCT key ORDER BY key")
    assert [row["key"] for row in keys] == ["id", "username"]
    indexes = {row["name"] for row in ask(client, "SHOW INDEXES YIELD name")}
    assert {"build_name", "post_changed_at", "user_affinity_at"} <= indexes
    assert "user_stale_since" not in indexes
    assert schema.version(client) == schema.VERSION


def test_what_older_versions_stored_is_removed(old: Client) -> None:
    schema.ensure(old)
    check_is_new(old)


@pytest.mark.parametrize("at", range(8))
def test_an_upgrade_that_was_cut_off_goes_on(old: Client, monkeypatch: pytest.MonkeyPatch, at: int) -> None:
    calls = 0

    def dying(method: Any) -> Any:
        def called(self: Client, *given: Any) -> Any:
            nonlocal calls
            calls += 1
            if calls == at + 1:
                raise KeyboardInterrupt
            return method(self, *given)

        return called

    with monkeypatch.context() as patched:
        for name in ("run_parts", "run_in_transactions", "write"):
            patched.setattr(Client, name, dying(getattr(Client, name)))
        if at < 6:  # as many calls as it takes
            with pytest.raises(KeyboardInterrupt):
                schema.ensure(old)
            assert schema.version(old) == 3
        else:
            with suppress(KeyboardInterrupt):
                schema.ensure(old)
            assert schema.version(old) >= 3
    schema.ensure(old)
    check_is_new(old)


def test_pages_that_were_removed_before_it_was_cut_off_stay_so(old: Client) -> None:
    ask(old, "MATCH (list:Candidates) WITH list LIMIT 500 DETACH DELETE list")
    ask(old, "MATCH (u:User) WHERE toInteger(u.id) < 400 REMOVE u.storedAsOf, u.staleSince")
    schema.ensure(old)
    check_is_new(old)


def test_an_older_graphfeed_refuses_a_newer_schema(old: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    schema.ensure(old)
    monkeypatch.setattr(schema, "VERSION", 3)
    with pytest.raises(DatabaseError, match="Install a newer graphfeed"):
        schema.ensure(old)


# Hashtags of version 4, whose names kept what cannot be seen

WAR = ["war", "wa\u200br", "war\ufeff", "\u2060war", "\u202ewar"]
ONLY_UNSEEN = ["\u200b", "\ufe0f\u20e3", "\ufe0f\u20e31"]
ALONE = {"\u2764\ufe0f": "\u2764", "1\ufe0f\u20e3": "1\u20e3", "\u200b#sea": "sea", "sun": "sun"}
TAGS_OF_WAR = 30


@pytest.fixture
def spelled(client: Client) -> Client:
    """A client of a graph as version 4 left it, with hashtags that look the same or cannot be seen."""
    ask(client, "MERGE (schema:Schema {name: 'graphfeed'}) SET schema.version = 4")
    ask(
        client,
        "UNWIND $names AS name CREATE (:Hashtag {name: name, display: name})",
        names=[*WAR, *ONLY_UNSEEN, *ALONE],
    )
    ask(client, "CREATE (:Hashtag {name: 7}), (:Hashtag {display: 'none'})")  # by hand
    ask(
        client,
        "UNWIND range(0, $last) AS i CREATE (:User {id: 'u' + i})-[:POSTED]->(:Post {id: 'p' + i, caption: 'c'})",
        last=TAGS_OF_WAR - 1,
    )
    ask(
        client,
        "MATCH (post:Post) UNWIND range(0, size($names) - 1) AS i MATCH (tag:Hashtag {name: $names[i]}) "
        "WHERE toInteger(substring(post.id, 1)) % size($names) IN [0, i] CREATE (post)-[:TAGGED]->(tag)",
        names=WAR,
    )
    ask(
        client,
        "MATCH (post:Post {id: 'p1'}), (tag:Hashtag) WHERE NOT tag.name IN $names CREATE (post)-[:TAGGED]->(tag)",
        names=WAR,
    )
    for kind, at in (("MUTED", {WAR[1]: 5, WAR[3]: 3, WAR[4]: None}), ("INTERESTED_IN", {WAR[0]: None, WAR[2]: 8})):
        for name, when in at.items():
            ask(
                client,
                f"MATCH (u:User {{id: 'u1'}}), (tag:Hashtag {{name: $name}}) CREATE (u)-[:{kind} {{at: $at}}]->(tag)",
                name=name,
                at=when,
            )
    wants = ((WAR[0], "more", 2, None), (WAR[2], "less", 9, 11), (WAR[4], "none", None, None))
    for name, how, wanted_at, until in wants:
        ask(
            client,
            "MATCH (u:User {id: 'u1'}), (tag:Hashtag {name: $name}) "
            "CREATE (u)-[:WANTS {how: $how, at: $at, until: $until}]->(tag)",
            **{"name": name, "how": how, "at": wanted_at, "until": until},
        )
    ask(
        client, "MATCH (u:User {id: 'u2'}), (tag:Hashtag {name: $name}) CREATE (u)-[:MUTED]->(tag)", name=ONLY_UNSEEN[0]
    )
    ask(client, "MATCH (:User {id: 'u1'})-[mutes:MUTED {at: 5}]->() SET mutes.until = 4")
    ask(
        client,
        "MATCH (tag:Hashtag), (post:Post {id: 'p1'}) WHERE tag.name IN $names "
        "CREATE (tag)-[:TOP {hashtag: tag.name, month: 202401}]->(post)",
        names=[*WAR, *ALONE, *ONLY_UNSEEN],
    )
    return client


def check_is_merged(client: Client) -> None:
    """Hashtags that look the same are one, with the ties of all; those that cannot be seen are gone."""
    names = [
        row["name"]
        for row in ask(client, "MATCH (tag:Hashtag) WHERE tag.name IS :: STRING NOT NULL RETURN tag.name AS name")
    ]
    assert sorted(names) == sorted(["war", *ALONE.values()])
    assert all(hashtags.name(name) == name for name in names)
    tagged = ask(client, "MATCH (:Hashtag {name: 'war'})<-[tag:TAGGED]-(post) RETURN post.id AS id, count(tag) AS n")
    assert {row["id"]: row["n"] for row in tagged} == {f"p{i}": 1 for i in range(TAGS_OF_WAR)}
    ties = ask(
        client,
        "MATCH (u)-[r:MUTED|INTERESTED_IN|WANTS]->(tag) "
        "RETURN u.id AS u, type(r) AS type, tag.name AS tag, properties(r) AS about ORDER BY type",
    )
    assert [tuple(row.values()) for row in ties] == [
        ("u1", "INTERESTED_IN", "war", {"at": 8}),
        ("u1", "MUTED", "war", {"at": 5, "until": 4}),
        ("u1", "WANTS", "war", {"how": "less", "at": 9, "until": 11}),
    ]
    tops = ask(client, "MATCH (tag)-[top:TOP]->() RETURN tag.name AS name, top.hashtag AS hashtag")
    assert all(row["name"] == row["hashtag"] for row in tops)
    assert ask(client, "MATCH (tag:Hashtag) RETURN count(tag) AS n") == [{"n": len(names) + 2}]  # those by hand, too
    assert schema.version(client) == schema.VERSION


def test_hashtags_that_look_the_same_become_one(spelled: Client) -> None:
    schema.ensure(spelled)
    check_is_merged(spelled)


@pytest.mark.parametrize("at", [0, 1, 2, 3, 5, 8, 13, 21])
def test_a_merging_of_hashtags_that_was_cut_off_goes_on(
    spelled: Client, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    for size in ("PAGE_HASHTAGS", "RENAME_HASHTAGS", "BATCH_TIES"):
        monkeypatch.setattr(hashtag_names, size, 3)
    writes, write = 0, Client.write

    def dying(self: Client, *given: Any) -> Any:
        nonlocal writes
        writes += 1
        if writes > at:
            raise KeyboardInterrupt
        return write(self, *given)

    with monkeypatch.context() as patched:
        patched.setattr(Client, "write", dying)
        with pytest.raises(KeyboardInterrupt):
            schema.ensure(spelled)
    assert schema.version(spelled) == 4
    schema.ensure(spelled)
    check_is_merged(spelled)


def test_two_processes_may_merge_hashtags_at_once(spelled: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    for size in ("PAGE_HASHTAGS", "RENAME_HASHTAGS", "BATCH_TIES"):
        monkeypatch.setattr(hashtag_names, size, 2)
    with ThreadPoolExecutor(3) as pool:
        for done in [pool.submit(schema.ensure, spelled) for _ in range(3)]:
            done.result()
    check_is_merged(spelled)
