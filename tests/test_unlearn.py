"""What is not learned from: single likes, what somebody likes, and all that was before a reset."""

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from graph.background.affinity import renew
from graph.client import Client
from graph.errors import GraphfeedError
from graph.events import Event, record
from graph.network import interests
from graph.ranking.feed import Feed, feed, next_page
from graph.ranking.person import read_person
from graph.ranking.pool import Pool
from graph.ranking.retrieval import rank
from tests.little_network import (
    DAY,
    DEFAULT,
    NOW,
    Network,
    act,
    asked,
    built,
    lively,
    posts_of,
    ranking,
    reason_of,
    sea_and_snow,
)
from tests.support import ask, run_command

pytestmark = pytest.mark.live


@pytest.fixture
def ready(client: Client, tmp_path: Path) -> Client:
    """I follow kay and lou, who like posts of cem. I liked old posts of ana and of ben; new ones are like these."""
    network = sea_and_snow()
    network.like("me", "old ana", "old ben", days_ago=50)
    network.follow("me", "kay", "lou")
    network.follow("kay", "ana", "dan")
    network.post("cem", "seen by two", "seen by kay", days_ago=3)
    network.like("kay", "seen by two", "seen by kay", days_ago=2)
    network.like("lou", "seen by two", days_ago=2)
    network.load(client, tmp_path)
    built(client)
    return client


def pool(client: Client, **details: Any) -> Pool:
    found = rank(client, asked(**details).for_pool(), ranking(), ranking().page)
    assert found is not None
    return found


def said(answer: Feed) -> dict[str, str]:
    """The reason of each post."""
    return {item.post: reason_of(item) for item in answer.items}


def refused(client: Client, **fields: Any) -> str:
    [outcome] = record(client, [Event(uuid4().hex, "unlearn", "me", NOW, **fields)])
    assert isinstance(outcome.error, GraphfeedError)
    return str(outcome.error)


def test_a_like_that_is_not_learned_from_is_as_none_but_keeps_the_post_out(ready: Client) -> None:
    before = pool(ready)
    act(ready, "unlearn", post="old ana")
    unlearned = pool(ready)
    assert unlearned.person.likes == before.person.likes - 1
    assert "old ana" not in {place.post for place in unlearned.places}
    act(ready, "learn", post="old ana")
    assert pool(ready).places == before.places
    act(ready, "unlike", post="old ana")
    never = pool(ready, exclude=("old ana",))
    assert [(place.post, place.sources) for place in unlearned.places] == [
        (place.post, place.sources) for place in never.places
    ]
    for place, other in zip(unlearned.places, never.places, strict=True):
        assert place.features == pytest.approx(other.features)


def test_it_is_not_learned_from_what_else_i_do_with_the_post_either(ready: Client) -> None:
    act(ready, "unlearn", post="old ana")
    without = pool(ready)
    act(ready, "save", post="old ana")
    act(ready, "share", post="old ana")
    assert pool(ready) == without


def test_no_reason_and_no_interest_is_of_a_like_that_is_not_learned_from(ready: Client) -> None:
    mine = asked(window_days=float("inf"), limit=30)
    assert "old ana" in str(feed(ready, mine).items)
    assert [one["hashtag"] for one in interests(ready, "me", DEFAULT, as_of=NOW)] == ["sea", "snow"]
    act(ready, "unlearn", post="old ana")
    for source in (None, "popular", "similar_posts", "liked_authors", "interests"):
        answer = feed(ready, asked(window_days=float("inf"), limit=30, source=source))
        assert "old ana" not in str(answer.items), source
        assert not any("ana" in text.lower() and "liked" in text for text in said(answer).values()), source
    assert [one["hashtag"] for one in interests(ready, "me", DEFAULT, as_of=NOW)] == ["snow"]


def test_what_somebody_likes_does_not_count_and_does_not_name_them(ready: Client) -> None:
    before = {place.post: place for place in pool(ready).places}
    two = before["seen by two"]
    assert "liked_by_followees" in two.sources
    [reason] = said(feed(ready, asked(source="liked_by_followees"))).values()
    assert reason.endswith(" and 1 other, whom you follow, liked this.")
    act(ready, "unlearn", person="kay")
    assert posts_of(feed(ready, asked(source="liked_by_followees"))) == []
    for place in pool(ready).places:
        assert place.via != "kay"
    act(ready, "learn", person="kay")
    assert {place.post: place for place in pool(ready).places} == before


def test_their_own_posts_are_shown_as_before(ready: Client, tmp_path: Path) -> None:
    more = Network()
    more.post("kay", "by kay")
    more.load(ready, tmp_path / "more")
    act(ready, "unlearn", person="kay")
    assert said(feed(ready, asked(source="followees"))) == {"by kay": "You follow Kay."}


def test_a_slate_that_is_there_already_names_them_no_more(client: Client, tmp_path: Path) -> None:
    lively().load(client, tmp_path)
    built(client)
    first = feed(client, asked(limit=1, window_days=float("inf")), record=True)
    assert first.cursor is not None
    later = said(next_page(client, "me", first.cursor, limit=60))
    liker, _, liked = later["gus2"].partition(" and 1 other, whom you follow, ")
    assert liked == "liked this."
    author = later["lea2"].removeprefix("Because you liked ").partition("'s")[0]
    assert later["lea2"] == f"Because you liked {author}'s photo of 28 April 2023; Jan liked both."
    act(client, "unlearn", person=liker.lower())
    act(client, "unlearn", person="jan")
    act(client, "unlearn", post=f"old {author.lower()}")
    now = said(next_page(client, "me", first.cursor, limit=60))
    assert now.keys() == later.keys()
    assert now["gus2"] == f"{'Ana' if liker == 'Ben' else 'Ben'}, whom you follow, liked this."
    assert now["lea2"].endswith("'s photo of 28 April 2023; Kim liked both.")
    assert not any(f"{liker} and" in text or author in text or "Jan" in text for text in now.values())


def test_affinity_weighs_neither(ready: Client) -> None:
    def tie(one: str, other: str) -> float:
        [row] = ask(
            ready,
            "MATCH (a:User {id: $one})-[tie:FOLLOWS]->(b:User {id: $other}) RETURN coalesce(tie.tie, 1.0) AS tie",
            one=one,
            other=other,
        )
        return float(row["tie"])

    act(ready, "follow", person="ana")
    act(ready, "comment", "ana", post="old ana")
    for kind in ("like", "save"):
        act(ready, kind, post="ana1")
    renew(ready, ranking())
    liked = tie("me", "ana")
    assert liked > 1
    act(ready, "unlearn", post="ana1")
    renew(ready, ranking(), ["me"])
    assert 1 < tie("me", "ana") < liked
    act(ready, "unlearn", "ana", person="me")
    renew(ready, ranking(), ["ana"])
    assert tie("me", "ana") == 1
    act(ready, "learn", "ana", person="me")
    act(ready, "learn", post="ana1")
    renew(ready, ranking(), ["ana"])
    assert tie("me", "ana") == liked
    act(ready, "reset")
    renew(ready, ranking(), ["me"])
    assert tie("me", "ana") == 1


# --- Reset


def test_after_a_reset_nothing_of_before_counts_and_what_is_taken_back_is_exact(client: Client, tmp_path: Path) -> None:
    lively().load(client, tmp_path)
    built(client)
    act(client, "hide", post="rex0")
    act(client, "more", hashtag="sun")
    act(client, "mute", person="tom")
    asking = asked(window_days=float("inf"), limit=40)
    before, ranked = feed(client, asking), pool(client, window_days=float("inf"))
    assert ranked.person.has_picked
    act(client, "reset")
    empty = pool(client, window_days=float("inf"))
    assert (empty.person.likes, empty.person.has_picked) == (0, False)
    names = {source for place in empty.places for source in place.sources}
    assert names & {"similar_posts", "liked_authors", "interests"} == set()
    assert names >= {"followees", "liked_by_followees", "friends_of_friends", "popular"}
    for place in empty.places:
        for name in ("fastrp", "factors", "tag", "feedback"):
            assert place.features[name] == 0, name
        assert place.features["never"] == (place.author is not None)
    assert "rex0" not in {place.post for place in empty.places}
    assert interests(client, "me", DEFAULT, as_of=NOW) == []
    assert not any("iked a" in text or "#" in text for text in said(feed(client, asking)).values())
    act(client, "unreset")
    assert feed(client, asking) == before
    assert pool(client, window_days=float("inf")).places == ranked.places


def test_what_i_do_after_a_reset_counts_at_once(ready: Client) -> None:
    act(ready, "reset")
    act(ready, "save", at=NOW + 1, post="old ben")
    found = pool(ready, as_of=NOW + 2)
    assert found.person.likes == 1
    assert {place.post for place in found.places if "similar_posts" in place.sources} == {"ben1", "ben2"}
    assert said(feed(ready, asked(as_of=NOW + 2, source="interests")))["ben1"] == "You saved a post with #snow."
    before = pool(ready, as_of=NOW - 1)
    assert before.person.likes > 1  # as of then, there was no reset


def test_a_wish_that_is_said_again_after_a_reset_counts_again(ready: Client) -> None:
    act(ready, "pick", hashtag="sun", at=NOW - DAY)
    act(ready, "more", hashtag="sea", at=NOW - DAY)
    act(ready, "more", post="old ben", at=NOW - DAY)
    act(ready, "hide", post="ana1", at=NOW - DAY)
    act(ready, "reset", at=NOW - DAY)
    assert interests(ready, "me", DEFAULT, as_of=NOW) == []
    act(ready, "pick", hashtag="sun")
    act(ready, "more", hashtag="sea")
    act(ready, "more", post="old ben")
    act(ready, "hide", post="ana1")
    kinds = {one["hashtag"]: one["kind"] for one in interests(ready, "me", DEFAULT, as_of=NOW)}
    assert kinds == {"sun": "picked", "sea": "more", "snow": "inferred"}
    found = pool(ready)
    assert (found.person.likes, found.person.has_picked) == (1, True)
    assert next(place for place in found.places if place.post == "ana2").features["feedback"] < 1.4  # its author's hide
    [outcome] = record(ready, [Event("again", "pick", "me", NOW, hashtag="sun")])
    assert outcome.status == "unchanged"


def test_of_many_resets_the_last_ten_stay(ready: Client) -> None:
    for days in range(30, 10, -1):
        act(ready, "reset", at=NOW - days * DAY)
    [row] = ask(ready, "MATCH ()-[reset:RESET]->() RETURN count(*) AS resets, min(reset.at) AS first")
    assert row == {"resets": 10, "first": NOW - 20 * DAY}


def test_a_build_after_it_makes_a_vector_without_what_was_before(client: Client, tmp_path: Path) -> None:
    lively().load(client, tmp_path)
    built(client)
    plain = pool(client, window_days=float("inf"))
    act(client, "reset", at=NOW - 1)
    act(client, "unlearn", "stu", post="rex0")
    built(client)
    after = pool(client, window_days=float("inf"))
    assert after.person.has_fastrp
    cosines = {place.post: place.features["fastrp"] for place in after.places}
    assert any(cosines.values())
    assert cosines != {place.post: place.features["fastrp"] for place in plain.places}


def test_the_last_of_several_resets_is_taken_back(ready: Client) -> None:
    def reset_at() -> int | None:
        person = read_person(ready, "me", NOW, ranking())
        assert person is not None
        return person.reset_at

    for days in (9, 2, 4):
        act(ready, "reset", at=NOW - days * DAY)
    for expected in (2, 4, 9):
        assert reset_at() == NOW - expected * DAY
        act(ready, "unreset")
    assert reset_at() is None
    [outcome] = record(ready, [Event("again", "unreset", "me", NOW)])
    assert outcome.status == "unchanged"


def test_an_affinity_of_before_does_not_count_until_it_is_renewed(ready: Client) -> None:
    renew(ready, ranking())
    near = {row["id"]: row["score"] for row in stored(ready)}
    assert near
    act(ready, "reset")
    person = read_person(ready, "me", NOW, ranking())
    assert person is not None
    assert not person.has_affinity
    assert {row["person"] for row in person.near} == {"kay", "lou", "ana", "dan"}
    ask(ready, "MATCH (:User {id: 'me'})-[near:AFFINITY]->(other) SET near.score = 0.9")
    assert all(place.features["affinity"] < -1 for place in pool(ready).places)
    renew(ready, ranking(), ["me"])
    person = read_person(ready, "me", NOW, ranking())
    assert person is not None
    assert (person.has_affinity, person.near) == (True, [])


def stored(client: Client) -> list[dict[str, Any]]:
    return ask(client, "MATCH (:User {id: 'me'})-[near:AFFINITY]->(other) RETURN other.id AS id, near.score AS score")


def test_after_a_reset_that_was_told_late_the_vector_of_the_build_before_does_not_count(
    client: Client, tmp_path: Path
) -> None:
    network = sea_and_snow()
    network.like("me", "old ana", days_ago=20)
    network.load(client, tmp_path)
    built(client)
    act(client, "reset", at=NOW - 10 * DAY)

    def counts() -> bool:
        person = read_person(client, "me", NOW, ranking())
        assert person is not None
        return person.has_fastrp

    assert not counts()
    built(client)
    assert counts()


# --- Bad input, by hand


def test_what_is_not_there_is_refused_and_nothing_is_stored(ready: Client) -> None:
    assert "The graph has no post 'kay'. Check the id; write ids of people after --person" in refused(ready, post="kay")
    assert "The graph has no person 'nobody'" in refused(ready, person="nobody")
    assert "Nobody can unlearn themselves" in refused(ready, person="me")
    assert "needs a post or a person" in refused(ready)
    assert ask(ready, "MATCH ()-[tie:UNLEARNED]->() RETURN tie") == []
    [outcome] = record(ready, [Event("r", "reset", "nobody", NOW)])
    assert "The graph has no person 'nobody'" in str(outcome.error)


@pytest.mark.parametrize("at", ["yesterday", 1.5, True, None])
def test_a_reset_written_by_hand_does_no_harm(ready: Client, at: object) -> None:
    ask(
        ready,
        "MATCH (me:User {id: 'me'}) CREATE (me)-[:RESET {at: $at}]->(me), (me)-[:UNLEARNED {at: $at}]->(me)",
        at=at,
    )
    assert feed(ready, asked()).items
    renew(ready, ranking(), ["me"])


@pytest.mark.usefixtures("cli_environment")
def test_the_commands_say_what_is_so_now(ready: Client) -> None:
    ask(ready, "MATCH (post:Post) SET post.takenAt = post.takenAt + timestamp() - $now", now=NOW)

    assert run_command("unlearn", "me", "old ana").startswith(
        "me's feeds learn nothing from what they did with post old ana. What everybody's likes make stays the same.\n"
    )
    assert run_command("unlearn", "me", "--person", "kay", "lou").startswith(
        "me's feeds learn nothing from the likes of kay. What everybody's likes make stays the same.\n"
        "me's feeds learn nothing from the likes of lou."
    )
    assert run_command("learn", "me", "--person", "kay").startswith("me's feeds learn from the likes of kay.\n")
    told = run_command("reset", "me").splitlines()
    assert told[0] == "me's feeds learn nothing from what they did until now. `unreset` takes it back."
    assert told[1].startswith(("None of your", "1 of your", "2 of your", "Of your"))
    assert run_command("unreset", "me").startswith("me's feeds learn from what they did before, too.\n")
    assert run_command("unreset", "me").startswith(
        "me's feeds learn from what they did before, too. Nothing changed.\n"
    )
