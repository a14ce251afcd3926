"""What the newcomer's place of a page does, simulated: `python -m benchmarks.newcomers`.

Accounts that nobody follows join a made-up network, and post: a quarter of their posts are good, the rest is not.
Every day each person looks at a page of ten posts: who has a post's hashtag among their own ten likes it in one of four
cases, others in one of twenty; a good newcomer is liked twice as often, a bad one hardly ever. Feeds are recorded,
likes are events, and the lists are built each night. The table tells, with the newcomer's place and without: how many
people saw a good newcomer, and a bad one, and the likes of a page.
"""

import argparse
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import numpy as np

from benchmarks.feeds import network
from graph import clock
from graph.background.builder import build
from graph.client import Client
from graph.events import Event, record
from graph.ranking.feed import Request, feed
from graph.ranking.newcomers import Newcomers
from graph.ranking.profiles import Profile, profile

DEFAULT = profile("default")
NEW = "new-"
"""The beginning of the ids of newcomers' posts and accounts."""
IN_TASTE, ELSE = 0.25, 0.05
"""The shares of posts with a hashtag of one's own, and of others, that somebody likes."""
GOOD, BAD = 2.0, 0.1
"""How much more often than those of others a newcomer's posts are liked."""
FEW_FOLLOWERS = 5
"""The most followers of a newcomer: the network is so small that nearly everybody has fewer than a large one's few."""
GOOD_EACH = 4
"""Every which newcomer is good."""


@dataclass
class Told:
    """What was seen in the days of an arm."""

    seen: Counter[str] = field(default_factory=Counter)
    """The number of people who saw each newcomer."""
    likes: list[float] = field(default_factory=list)
    """The likes of a page, on each day."""


def main() -> None:
    """Simulates both arms, each on a network of its own, and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=600)
    parser.add_argument("--newcomers", type=int, default=60, help="posts of new accounts")
    parser.add_argument("--days", type=int, default=8)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    began = time.monotonic()
    print(f"{given.people:,} people look at a page of 10 posts on {given.days} days; {given.newcomers} newcomers")
    print(f"{'':28}  seen by, of good newcomers   of bad ones    likes of a page")
    print(f"{'':28}       median    20 people         median    first   last day")
    for name, newcomers in (("without the newcomer's place", Newcomers()), ("with it", _newcomers())):
        with network(given.people, heap="1g", page_cache="512m") as (client, _):
            world = World(client, np.random.default_rng(given.seed), given.newcomers)
            _print(name, world.simulated(_profile(newcomers), given.days), world)
    print(f"in {time.monotonic() - began:.0f} s")


def _print(name: str, told: Told, world: "World") -> None:
    good, bad = ([told.seen[post] for post in world.new if world.is_good(post) is is_good] for is_good in (True, False))
    found = sum(people >= 20 for people in good) / len(good)
    print(
        f"{name:28}{np.median(good):13.0f}{100 * found:12.0f} %{np.median(bad):15.0f}"
        f"{told.likes[0]:9.2f}{told.likes[-1]:9.2f}"
    )


def _newcomers() -> Newcomers:
    assert DEFAULT.ranking is not None
    return DEFAULT.ranking.mixing.newcomers.model_copy(update={"followers": FEW_FOLLOWERS})


def _profile(newcomers: Newcomers) -> Profile:
    assert DEFAULT.ranking is not None
    mixing = DEFAULT.ranking.mixing.model_copy(update={"newcomers": newcomers})
    return DEFAULT.model_copy(update={"ranking": DEFAULT.ranking.model_copy(update={"mixing": mixing})})


class World:
    """The network, with newcomers, and people who look every day."""

    def __init__(self, client: Client, rng: np.random.Generator, newcomers: int) -> None:
        self._client = client
        self._rng = rng
        self.new = [f"{NEW}{number}" for number in range(newcomers)]
        self._began = clock.now()
        self._tastes = self._tastes_of_all()
        self._make_newcomers()
        self._tags = {
            row["post"]: {*row["tags"]}
            for row in self._ask(
                "MATCH (post:Post) "
                "RETURN post.id AS post, COLLECT { MATCH (post)-[:TAGGED]->(tag) RETURN tag.name } AS tags"
            )
        }

    @staticmethod
    def is_good(post: str) -> bool:
        return int(post.removeprefix(NEW)) % GOOD_EACH == 0

    def simulated(self, chosen: Profile, days: int) -> Told:
        told = Told()
        for day in range(days):
            now = self._began + day * clock.DAY_MS
            build(self._client, DEFAULT, as_of=now)
            told.likes.append(sum(self._look(user, chosen, now, told) for user in self._tastes) / len(self._tastes))
        return told

    def _look(self, user: str, chosen: Profile, now: int, told: Told) -> int:
        """The likes of a person's page."""
        answer = feed(self._client, Request(user, chosen, as_of=now, waits=True), record=True)
        posts = [item.post for item in answer.items]
        told.seen.update(post for post in posts if post.startswith(NEW))
        liked = [post for post in posts if self._rng.random() < self._chance(user, post)]
        record(self._client, [Event(uuid4().hex, "like", user, now, post=post) for post in liked])
        return len(liked)

    def _chance(self, user: str, post: str) -> float:
        chance = IN_TASTE if self._tags[post] & self._tastes[user] else ELSE
        if post.startswith(NEW):
            chance *= GOOD if self.is_good(post) else BAD
        return chance

    def _tastes_of_all(self) -> dict[str, set[str]]:
        rows = self._ask(
            "MATCH (user:User) RETURN user.id AS user, COLLECT { MATCH (user)-[:LIKED]->()-[:TAGGED]->(tag) "
            "WITH tag.name AS name, count(*) AS likes ORDER BY likes DESC, name LIMIT 10 RETURN name } AS tags "
            "ORDER BY user"
        )
        return {row["user"]: {*row["tags"]} for row in rows}

    def _make_newcomers(self) -> None:
        """A post of each, of the last day, with two of the hashtags that are used most."""
        self._ask(
            "MATCH (tag:Hashtag) WITH tag ORDER BY COUNT { (tag)<-[:TAGGED]-() } DESC, tag.name LIMIT 20 "
            "WITH collect(tag) AS tags UNWIND range(0, size($posts) - 1) AS number "
            "CREATE (user:User {id: $posts[number], username: $posts[number]}) "
            "CREATE (user)-[:POSTED]->(post:Post {id: $posts[number], takenAt: $now - number * 60000, likeCount: 0}) "
            "WITH tags, post, number UNWIND [tags[number % 20], tags[(7 * number + 3) % 20]] AS tag "
            "MERGE (post)-[:TAGGED]->(tag)",
            posts=self.new,
            now=self._began,
        )

    def _ask(self, query: str, **params: Any) -> list[dict[str, Any]]:
        return [dict(row) for row in self._client._driver.execute_query(query, params).records]


if __name__ == "__main__":
    main()
