"""In case you missed it: who posts seldom gets a place among those who post every day."""

from pathlib import Path
from typing import Any

import pytest

from graph.client import Client
from graph.ranking.feed import ANY_AGE, Feed, Item, feed, next_page, replay
from graph.ranking.profiles import Profile, completed
from tests.little_network import DAY, DEFAULT, NOW, Network, act, asked, built, changed, posts_of, ranking, reason_of
from tests.support import ask

live = pytest.mark.live
DAILY = [f"daily{number}" for number in range(10)]
REASON = "In case you missed it: you follow Ana, who posts seldom."
WITHOUT = DEFAULT.model_copy(update={"sources": tuple(name for name in DEFAULT.sources if name != "missed")})


@pytest.fixture
def ready(client: Client, tmp_path: Path) -> Client:
    """I follow ten people who post every day, whose posts their fans like, and Ana, who posted once three weeks ago."""
    network = Network()
    network.follow("me", *DAILY, "ana")
    for author in DAILY:
        for day in range(25):
            network.post(author, f"{author} {day:02}", days_ago=day + 0.5)
            network.like(f"fan{day % 3}", f"{author} {day:02}", days_ago=0.2)
    network.like("me", *(f"{author} 24" for author in DAILY), days_ago=1)
    network.post("ana", "seldom", days_ago=21)
    network.load(client, tmp_path)
    built(client)
    return client


def all_pages(client: Client, chosen: Profile) -> list[Item]:
    answer = feed(client, asked(profile=chosen), record=True)
    items = [*answer.items]
    while answer.cursor:
        answer = next_page(client, "me", answer.cursor)
        items += answer.items
    return items


def alone(client: Client, **details: Any) -> Feed:
    """What the source brings on its own."""
    return feed(client, asked(**{"source": "missed", "limit": 30, **details}))


@live
def test_who_posts_seldom_is_among_the_first_thirty_and_without_the_source_in_no_page(ready: Client) -> None:
    without = all_pages(ready, WITHOUT)
    assert len(without) > 30
    assert "ana" not in {item.author for item in without}
    ask(ready, "MATCH (slate:Slate) DETACH DELETE slate")
    items = all_pages(ready, DEFAULT)
    [hers] = [item for item in items[:30] if item.author == "ana"]
    assert (hers.post, hers.source, reason_of(hers)) == ("seldom", "missed", REASON)
    assert [node["id"] for node in hers.reason.path] == ["me", "ana", "seldom"]
    of_followees = [item for item in items if item.source == "followees"]
    assert of_followees
    assert all(reason_of(item).startswith(f"You follow {str(item.author).capitalize()}.") for item in of_followees)


@live
def test_its_reason_holds_in_a_replay_as_long_as_i_follow_her(ready: Client) -> None:
    answer = feed(ready, asked(), record=True)
    assert answer.slate is not None

    def said() -> str:
        assert answer.slate is not None
        return next(reason_of(item) for item in replay(ready, "me", answer.slate).items if item.post == "seldom")

    assert said() == REASON
    act(ready, "unfollow", person="ana")
    assert "Ana" not in said()


@live
def test_seldom_is_at_most_two_posts_in_thirty_days(ready: Client) -> None:
    assert posts_of(alone(ready)) == ["seldom"]
    create(ready, "ana", ("second", 3), ("old", 31), ("older", 60))
    assert {*posts_of(alone(ready))} == {"seldom", "second"}
    create(ready, "ana", ("tomorrow", -1))
    assert {*posts_of(alone(ready))} == {"seldom", "second"}
    create(ready, "ana", ("third", 29))
    assert posts_of(alone(ready)) == []
    assert {*posts_of(alone(ready, as_of=NOW - 25 * DAY))} == {"third", "old"}
    assert posts_of(alone(ready, profile=changed(seldom_posts=3), window_days=5.0)) == ["second"]


@live
@pytest.mark.parametrize("window", [1.0, ANY_AGE])
def test_whoever_posts_daily_posts_not_seldom_in_any_window(ready: Client, window: float) -> None:
    assert {item.author for item in alone(ready, window_days=window).items} <= {"ana"}


@live
def test_of_whose_posts_not_all_are_read_the_newest_must_come_first(ready: Client) -> None:
    few = changed(bounds={"scanned": 2})
    create(ready, "bea", ("b1", 90), ("b2", 80), ("b3", 5))
    create(ready, "cleo", ("c1", 90), ("c2", 5), ("c3", 80))  # how many she posted before it is not known
    for author in ("bea", "cleo"):
        act(ready, "follow", person=author, at=NOW - DAY)
    assert {*posts_of(alone(ready, profile=few))} == {"seldom", "b3"}
    assert {*posts_of(alone(ready))} == {"seldom", "b3", "c2"}


def create(client: Client, author: str, *posts: tuple[str, float]) -> None:
    """Posts of an author, each with how many days ago it was; the last one is what the store gives first."""
    for post, days_ago in posts:
        ask(
            client,
            "MERGE (author:User {id: $author}) CREATE (author)-[:POSTED]->(:Post {id: $post, takenAt: $at})",
            author=author,
            post=post,
            at=NOW - round(days_ago * DAY),
        )


def test_a_stored_profile_of_before_is_complete_and_has_it_not() -> None:
    table = DEFAULT.model_dump(exclude={"name"})
    table["sources"] = list(WITHOUT.sources)
    for name in ("seldom_posts", "seldom_days"):
        del table["ranking"][name]
    for quotas in (table["ranking"]["priors"], table["ranking"]["page"]["quotas"]):
        del quotas["missed"]
    before = completed("before", table)
    assert before.ranking is not None
    assert "missed" not in before.sources
    assert (before.ranking.seldom_posts, before.ranking.seldom_days) == (ranking().seldom_posts, ranking().seldom_days)
