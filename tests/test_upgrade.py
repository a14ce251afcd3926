"""A graph as an older graphfeed left it is brought to this one's schema, from wherever that was cut off."""

from typing import Any

import pytest

from graph import schema
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
    assert schema.version(client) == schema.VERSION == 5


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
            schema.ensure(old)
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
