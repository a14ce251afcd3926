"""People who forbid to learn from what they do, or to count their likes for others."""

from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest

from graph.background.affinity import renew
from graph.background.arrays import for_everybody, read
from graph.client import Client
from graph.discovery import packs
from graph.discovery.reach import reach
from graph.discovery.search import search
from graph.discovery.similar import related_hashtags, similar_posts
from graph.discovery.suggestions import suggestions
from graph.discovery.trending import trending
from graph.errors import Expired, TookTooLong
from graph.events import Event, record
from graph.network import interests
from graph.quality.holdout import hold_outs
from graph.ranking import retrieval
from graph.ranking.batch import ranked_lists
from graph.ranking.effect import next_places
from graph.ranking.experiments import Trials
from graph.ranking.feed import Request, feed, next_page, replay
from graph.ranking.profiles import profile
from graph.ranking.whatif import whatif
from graph.ranking.why import why
from tests.little_network import (
    DEFAULT,
    NOW,
    Network,
    act,
    asked,
    built,
    let_trend,
    lively,
    posts_of,
    ranking,
    reason_of,
)
from tests.support import ask, load, run_command, write_csv

TUTORIAL, NEWEST = profile("tutorial"), profile("newest")


def test_of_the_profiles_that_come_with_it_only_newest_learns_nothing() -> None:
    assert NEWEST.ranking is not None
    assert DEFAULT.ranking is not None
    assert (NEWEST.ranking.learns, DEFAULT.ranking.learns) == (False, True)


pytestmark = pytest.mark.live
LEARNED = ("factorsA", "factorsB", "factorsNormA", "factorsNormB", "factorsLikes", "fastrpA", "fastrpB", "community")


@pytest.fixture
def ready(client: Client, tmp_path: Path) -> Client:
    """The lively network, built, with my topics as another network inferred them."""
    lively().load(client, tmp_path)
    load(client, write_csv(tmp_path / "topics", interests=[{"user": "me", "hashtag": "art", "inferred": "true"}]))
    built(client)
    return client


def learned(client: Client, user: str = "me") -> list[str]:
    """What is stored of what was learned of a person."""
    [row] = ask(
        client,
        "MATCH (me:User {id: $user}) RETURN keys(me) AS keys, COUNT { (me)-[:AFFINITY]->() } AS near, "
        "COUNT { (me)-[:INTERESTED_IN {inferred: true}]->() } AS inferred",
        user=user,
    )
    return [*sorted({*LEARNED} & {*row["keys"]}), *(name for name in ("near", "inferred") if row[name])]


def by_time(client: Client) -> list[str]:
    rows = ask(
        client,
        "MATCH (:User {id: 'me'})-[:FOLLOWS]->()-[:POSTED]->(post) RETURN post.id AS id ORDER BY post.takenAt DESC, id",
    )
    return [row["id"] for row in rows]


def test_the_feed_has_followees_posts_by_time_and_says_why(ready: Client) -> None:
    act(ready, "forbid", use="profiling")
    for chosen in (DEFAULT, TUTORIAL):
        answer = feed(ready, asked(profile=chosen, limit=5, seed=3))
        assert posts_of(answer) == by_time(ready)[:5]
        assert (answer.profile, answer.missing) == ("newest", ("profiling",))
        assert {reason_of(item) for item in answer.items} <= {f"You follow {name}." for name in ("Ana", "Ben", "Cem")}
        assert all(not value for item in answer.items for name, value in item.parts.items() if name != "recency")
    first = feed(ready, asked(limit=5, source="similar_posts", trials=Trials(), closer=1.0), record=True)
    assert posts_of(first) == by_time(ready)[:5]
    assert first.cursor is not None
    assert posts_of(next_page(ready, "me", first.cursor)) == by_time(ready)[5:10]
    act(ready, "allow", use="profiling")
    assert feed(ready, asked()).profile == "default"


def test_why_lists_and_effects_are_of_it_too(ready: Client) -> None:
    act(ready, "forbid", use="profiling")
    newest = by_time(ready)
    assert why(ready, asked(), newest[0]).rank == 1
    assert why(ready, asked(), "lea0").rank is None
    [mine, yours] = ranked_lists(ready, ["me", "ana"], asked(), 8)
    assert [post for post, _ in mine.items] == newest[:8]
    assert {source for source in yours.sources} != {"followees"}
    places = next_places(ready, asked())
    assert places is not None
    assert {place.source for place in places} == {"followees"}


def discovered(client: Client, user: str = "me") -> dict[str, str]:
    """All that a person finds beside their feed, with its numbers and sentences, by the surface."""
    request = asked(user, limit=40, window_days=float("inf"))
    return {
        "suggest": str(suggestions(client, user, as_of=NOW, limit=40)),
        "similar": str([similar_posts(client, post, request) for post in ("old uma", "lea0", "ola0")]),
        "hashtags": str(related_hashtags(client, "sun", request)),
        "search": str([search(client, text, request) for text in ("someone", "le", "ana")]),
        "trending": str([trending(client, user, limit=40, followed=followed) for followed in (False, True)]),
        "reach": str(reach(client, user, NOW)),
        "packs": str([packs.listed(client, user), packs.one(client, "first", user)]),
        "whatif": str([whatif(client, request, post) for post in by_time(client)[:2]]),
    }


def test_nothing_that_is_found_depends_on_what_who_forbids_profiling_does(ready: Client) -> None:
    packs.put(ready, "ana", "First", ["lea", "gus"], pack="first")
    let_trend(ready, "rex", "ana", now=9, usual=1.0)
    ask(ready, "MATCH (one:User) SET one.fullName = 'Someone'")
    act(ready, "forbid", use="profiling")
    before = discovered(ready)
    ask(
        ready,
        "MATCH (me:User {id: 'me'}) MATCH (post:Post) WHERE post.id STARTS WITH 'lea' OR post.id STARTS WITH 'ola' "
        "CREATE (me)-[:LIKED {at: $at}]->(post), (me)-[:VIEWED {at: $at, dwellMs: 9000}]->(post)",
        at=NOW - 1,
    )
    ask(
        ready,
        "MATCH (me:User {id: 'me'}) MATCH (near:User) WHERE near.id IN ['lea', 'max', 'yan'] "
        "CREATE (me)-[:AFFINITY {score: 0.9}]->(near)",
    )
    ask(ready, "MATCH (me:User {id: 'me'}), (tag:Hashtag) CREATE (me)-[:INTERESTED_IN {inferred: true}]->(tag)")
    for surface, said in discovered(ready).items():
        assert said == before[surface], surface
    act(ready, "allow", use="profiling")
    after = discovered(ready)
    changed = {surface for surface, said in after.items() if said != before[surface]}
    assert {"suggest", "search", "whatif"} <= changed


def test_what_was_learned_is_removed_at_once_and_nothing_is_stored_any_more(ready: Client) -> None:
    assert {"fastrpA", "factorsA", "factorsLikes", "community", "near", "inferred"} <= {*learned(ready)}
    assert [one["kind"] for one in interests(ready, "me", DEFAULT, as_of=NOW)] == ["picked", "inferred"]
    act(ready, "forbid", use="profiling")
    assert learned(ready) == []
    assert [one["kind"] for one in interests(ready, "me", DEFAULT, as_of=NOW)] == ["picked"]
    act(ready, "follow", person="dan")
    act(ready, "like", post="dan0")
    built(ready)
    renew(ready, ranking(), ["me"])
    assert learned(ready) == []
    assert ask(ready, "MATCH (me:User {id: 'me'}) RETURN me.affinityAt AS due") == [{"due": None}]
    assert "fastrpA" in learned(ready, "ana") or "fastrpB" in learned(ready, "ana")
    act(ready, "allow", use="profiling")
    assert ask(ready, "MATCH (me:User {id: 'me'}) RETURN me.affinityAt IS NOT NULL AS due") == [{"due": True}]
    built(ready)
    assert {"near", "community"} <= {*learned(ready)}


def test_a_slate_of_before_ends_and_none_tells_of_a_taste(ready: Client) -> None:
    before = feed(ready, asked(limit=2), record=True)
    assert before.cursor is not None
    act(ready, "forbid", use="profiling")
    with pytest.raises(Expired):
        next_page(ready, "me", before.cursor)
    after = feed(ready, asked(limit=2), record=True)
    slates = ask(
        ready,
        "MATCH (:User {id: 'me'})-[:WAS_SHOWN]->(slate) RETURN slate.profile AS profile, slate.names AS names, "
        "slate.features IS NOT NULL OR slate.known IS NOT NULL AS tells, "
        "any(key IN keys(slate) WHERE key STARTS WITH 'pool') AS pool",
    )
    assert sorted((row["profile"], row["names"], row["tells"], row["pool"]) for row in slates) == [
        ("default", None, False, False),
        ("newest", ["recency"], True, False),
    ]
    record(ready, [Event(uuid4().hex, "unfollow", "me", NOW, person="ana")])
    assert after.slate is not None
    reasons = {reason_of(item) for item in replay(ready, "me", after.slate).items}
    assert not any("liked" in text or "#" in text for text in reasons)


def test_where_the_person_cannot_be_read_in_time_nothing_is_learned_either(
    ready: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def late(*_: object, **__: object) -> None:
        raise TookTooLong("Too long.", "Ask again.")

    monkeypatch.setattr(retrieval, "read_person", late)
    assert feed(ready, asked()).profile == "default"
    act(ready, "forbid", use="profiling")
    assert feed(ready, asked()).profile == "newest"


def test_sources_that_learn_are_not_read_whatever_is_weighed(ready: Client) -> None:
    assert NEWEST.ranking is not None
    odd = DEFAULT.model_copy(update={"ranking": NEWEST.ranking, "name": "odd"})
    assert feed(ready, asked(profile=odd)).profile == "odd"
    act(ready, "forbid", use="profiling")
    assert feed(ready, asked(profile=odd)).profile == "newest"


def test_nobody_who_is_not_profiled_is_evaluated(ready: Client) -> None:
    network = read(ready, NOW, NOW * 2)
    row = network.people.ids.index("jan")
    assert not network.not_profiled.any()
    act(ready, "forbid", "jan", use="profiling")
    network = read(ready, NOW, NOW * 2)
    assert np.flatnonzero(network.not_profiled).tolist() == [row]
    for part in hold_outs(network):
        assert not part.targets[network.likers == row].any()


def test_an_import_that_says_so_is_followed_by_the_next_build(ready: Client, tmp_path: Path) -> None:
    load(ready, write_csv(tmp_path / "users", users=[{"id": "me", "not_profiled": "yes"}]))
    assert feed(ready, asked()).profile == "newest"
    built(ready)
    assert learned(ready) == []


# --- Likes that count for nobody else


def test_likes_for_oneself_count_for_nobody_else(ready: Client) -> None:
    mine = feed(ready, asked(source="liked_by_followees", window_days=float("inf"), limit=40))
    assert mine.items
    for fan in ("ana", "ben"):
        act(ready, "forbid", fan, use="likes")
    assert not feed(ready, asked(source="liked_by_followees", window_days=float("inf"), limit=40)).items
    for peer in ("jan", "kim"):
        act(ready, "forbid", peer, use="likes")
    reasons = str([item.reason for item in feed(ready, asked(window_days=float("inf"), limit=60)).items])
    assert "Lou liked both" in reasons
    assert not any(name in reasons for name in ("Jan", "Kim", "Ben and", "Ana and"))
    network = read(ready, NOW, NOW * 2)
    counted = for_everybody(network)
    rows = [network.people.ids.index(person) for person in ("ana", "ben", "jan", "kim")]
    assert counted.likes[rows].nnz == 0
    assert counted.likes.nnz == network.likes.nnz - network.likes[rows].nnz > 0
    assert np.array_equal(counted.likes_of_people, np.diff(counted.likes.indptr))
    built(ready)
    arcs = ask(ready, "MATCH (:Post {id: 'old uma'})-[arc:SIMILAR|SIMILAR_NEW]->() RETURN arc")
    assert arcs == []  # of two likers, and three are needed
    assert feed(ready, asked("jan", window_days=float("inf"), source="liked_authors")).items  # their own count for them


def test_they_weigh_in_no_tie(ready: Client) -> None:
    act(ready, "like", post="ana0")
    renew(ready, ranking())
    tie = "MATCH (:User {id: 'me'})-[tie:FOLLOWS]->(:User {id: 'ana'}) RETURN coalesce(tie.tie, 1.0) > 1 AS heavier"
    assert ask(ready, tie) == [{"heavier": True}]
    act(ready, "forbid", use="likes")
    renew(ready, ranking(), ["me"])
    assert ask(ready, tie) == [{"heavier": False}]


def test_nor_is_anybody_told_of_them_beside_feeds(ready: Client) -> None:
    packs.put(ready, "ana", "First", ["lea", "gus"], pack="first")
    let_trend(ready, "gus", now=9, usual=1.0)
    said = str(discovered(ready))
    assert "3 people liked both" in said
    assert "Ana, whom you follow, liked it" in said or "Ana and 1 other, whom you follow, liked it" in said
    for fan in ("ana", "ben", "jan", "kim"):
        act(ready, "forbid", fan, use="likes")
    said = str(discovered(ready))
    assert "3 people liked both" not in said
    assert "whom you follow, liked it" not in said
    assert "Likes what you like" not in said


# --- Bad input, by hand


def test_an_unknown_use_is_refused(ready: Client) -> None:
    [outcome] = record(ready, [Event(uuid4().hex, "forbid", "me", NOW, use="everything")])
    assert str(outcome.error) == "Unknown use 'everything'. Use one of: profiling, likes."
    [outcome] = record(ready, [Event(uuid4().hex, "forbid", "nobody", NOW, use="likes")])
    assert "The graph has no person 'nobody'" in str(outcome.error)


def test_what_an_import_allowed_can_be_forbidden(ready: Client, tmp_path: Path) -> None:
    load(ready, write_csv(tmp_path / "users", users=[{"id": "me", "not_profiled": "no", "likes_for_self": "no"}]))
    for use in ("profiling", "likes"):
        act(ready, "forbid", use=use)
        act(ready, "allow", use=use)


@pytest.mark.parametrize("value", ["yes", 1, [True]])
def test_a_switch_written_by_hand_counts(ready: Client, value: object) -> None:
    ask(ready, "MATCH (me:User {id: 'me'}) SET me.notProfiled = $value, me.likesForSelf = $value", value=value)
    assert feed(ready, asked()).profile == "newest"
    act(ready, "allow", use="profiling")
    assert feed(ready, asked()).profile == "default"


def test_an_empty_feed_of_who_follows_nobody_says_what_helps(client: Client, tmp_path: Path) -> None:
    network = Network()
    network.person("me")
    network.post("ana", "p")
    network.load(client, tmp_path)
    act(client, "forbid", use="profiling")
    answer = feed(client, Request("me", as_of=NOW))
    assert answer.items == []
    assert answer.why_empty is not None
    assert "follow" in answer.why_empty


@pytest.mark.usefixtures("cli_environment")
def test_the_commands_say_what_is_so_now(ready: Client) -> None:
    ask(ready, "MATCH (post:Post) SET post.takenAt = post.takenAt + timestamp() - $now", now=NOW)

    told = run_command("forbid", "me", "profiling", "likes").splitlines()
    assert told[:2] == [
        "me forbids profiling: their feeds learn nothing from what they do, and have followees' posts by time.",
        "me forbids likes: their likes count for nobody else.",
    ]
    assert "of your next 20 posts left" in told[2]
    shown = run_command("feed", "me", "--limit", "3")
    assert "You follow" in shown
    assert run_command("allow", "me", "profiling").startswith("me allows profiling.\n")
    assert run_command("allow", "me", "profiling").startswith("me allows profiling. Nothing changed.\n")
