"""What views and their times change, simulated: `python -m benchmarks.looks`.

People of a made-up network forget all that they ever did, follow nobody, and from then on only look: at what is to
their taste (their ten hashtags of before) for some 6 s, at the rest for 2 s, and for half a second at clickbait, which
has popular hashtags and many likes of late. Each looks at a page, then at another, for some rounds, as with a service:
feeds are recorded, and looks are events. The table has the shares of what they were shown that was to their taste, and
that was clickbait, in the first and the last rounds: where looks do not count, where each look is a like, and where
their times decide, as in the profile `default`.
"""

import argparse
import statistics
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import numpy as np

from benchmarks.feeds import network
from graph import clock
from graph.background.arrays import pages
from graph.background.builder import build
from graph.client import Client
from graph.events import Event, record
from graph.ranking.feed import ANY_AGE, Request, feed
from graph.ranking.profiles import Profile, profile

DEFAULT = profile("default")
BAIT = "bait"
"""The beginning of the ids of clickbait and of the accounts that post it."""
ACCOUNTS, POSTS_OF_EACH, LIKES_OF_EACH = 10, 20, 40
BAITS = [f"{BAIT}{account}-{number}" for account in range(1, ACCOUNTS + 1) for number in range(1, POSTS_OF_EACH + 1)]
TASTE, OTHER, CLICKBAIT = 6_000.0, 2_000.0, 500.0
"""The median times of looks, in milliseconds."""
SPREAD = 0.4
"""The standard deviation of their logarithms."""
ROUNDS_OF_A_BUILD = 3
"""Rounds between two builds, by which everybody's looks make the usual times."""
LOOKS_OF_A_BATCH = 500
MOST_LOOKS = 5000
"""Of people who are not asked, at posts that they liked."""
LAST = 3
"""The last rounds, whose shares are told together."""


@dataclass(frozen=True)
class Arm:
    """A way to count looks."""

    name: str
    feedback: Mapping[str, float]

    @property
    def profile(self) -> Profile:
        ranking = DEFAULT.ranking
        assert ranking is not None
        feedback = ranking.feedback.model_copy(update=dict(self.feedback))
        return DEFAULT.model_copy(update={"ranking": ranking.model_copy(update={"feedback": feedback})})


ARMS = (
    Arm("looks do not count", {"stay": 0.0, "leave": 0.0}),
    Arm("each look is a like", {"stay": 1.0, "stay_share": 0.0, "leave": 0.0}),
    Arm("their times decide", {}),
)


def main() -> None:
    """Simulates the arms one after the other, from the same beginning, and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=1_000)
    parser.add_argument("--asked", type=int, default=40, help="people who look")
    parser.add_argument("--rounds", type=int, default=12, help="pages of each")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    began = time.monotonic()
    with network(given.people, heap="1g", page_cache="512m") as (client, _):
        world = World(client, np.random.default_rng(given.seed), given.asked)
        build(client, DEFAULT)
        print(f"{given.people:,} people, {len(world.tastes)} of whom look at {given.rounds} pages of 10 posts")
        print(f"{'':22}  to their taste, %    clickbait, %")
        print(f"{'':22}    first     last     first     last")
        for arm in ARMS:
            shares = world.simulated(arm, given.rounds)
            taste, bait = zip(*shares, strict=True)
            print(f"{arm.name:22}{''.join(f'{100 * share:9.1f}' for share in (*_ends(taste), *_ends(bait)))}")
    print(f"in {time.monotonic() - began:.0f} s")


def _ends(shares: Sequence[float]) -> tuple[float, float]:
    return shares[0], statistics.mean(shares[-LAST:])


class World:
    """The network, with people who only look, clickbait, and what others looked at."""

    def __init__(self, client: Client, rng: np.random.Generator, asked: int) -> None:
        self._client = client
        self._rng = rng
        self.tastes = {str(number): self._taste(str(number)) for number in range(1, asked + 1)}
        """The hashtags of each person's taste."""
        self._tags = {
            row["post"]: {*row["tags"]}
            for row in self._ask(
                "MATCH (post:Post) "
                "RETURN post.id AS post, COLLECT { MATCH (post)-[:TAGGED]->(tag) RETURN tag.name } AS tags"
            )
        }
        self._make_clickbait()
        self._forget()
        self._others_look()

    def simulated(self, arm: Arm, rounds: int) -> list[tuple[float, float]]:
        """The shares of posts to people's taste, and of clickbait, in each round."""
        self._ask("MATCH (user:User)-[view:VIEWED]->() WHERE user.id IN $users DELETE view", users=[*self.tastes])
        self._ask("MATCH (slate:Slate) DETACH DELETE slate")
        shares = []
        for number in range(rounds):
            if number % ROUNDS_OF_A_BUILD == 0:
                build(self._client, DEFAULT, only=["trend"])  # which knows the usual times
            shares.append(self._round(arm.profile))
        return shares

    def _round(self, chosen: Profile) -> tuple[float, float]:
        shown = Counter[str]()
        for user, taste in self.tastes.items():
            answer = feed(self._client, Request(user, chosen, window_days=ANY_AGE, waits=True), record=True)
            looks = []
            for item in answer.items:
                is_bait = item.post.startswith(BAIT)
                is_taste = not is_bait and bool(self._tags[item.post] & taste)
                shown["bait"] += is_bait
                shown["taste"] += is_taste
                looks.append(self._look(user, item.post, is_bait=is_bait, is_taste=is_taste))
            shown["all"] += len(looks)
            record(self._client, looks)
        return shown["taste"] / shown["all"], shown["bait"] / shown["all"]

    def _look(self, user: str, post: str, *, is_bait: bool, is_taste: bool) -> Event:
        median = CLICKBAIT if is_bait else TASTE if is_taste else OTHER
        dwell = round(median * float(np.exp(SPREAD * self._rng.standard_normal())))
        return Event(uuid4().hex, "view", user, clock.now(), post=post, dwell_ms=dwell)

    def _taste(self, user: str) -> set[str]:
        rows = self._ask(
            "MATCH (:User {id: $user})-[:LIKED]->()-[:TAGGED]->(tag) "
            "RETURN tag.name AS name, count(*) AS likes ORDER BY likes DESC, name LIMIT 10",
            user=user,
        )
        return {row["name"] for row in rows}

    def _make_clickbait(self) -> None:
        """Posts with popular hashtags, of the last days, that some people liked by mistake, of late."""
        self._ask(
            "MATCH (tag:Hashtag) WITH tag ORDER BY COUNT { (tag)<-[:TAGGED]-() } DESC LIMIT 20 "
            "WITH collect(tag) AS tags UNWIND range(1, $accounts) AS account "
            "CREATE (user:User {id: $bait + account, username: $bait + account}) "
            "WITH tags, user, account UNWIND range(1, $posts) AS number "
            "CREATE (user)-[:POSTED]->(post:Post {id: $bait + account + '-' + number, "
            "takenAt: $now - number * 3600000, likeCount: $likes}) "
            "WITH tags, post, account, number "
            "UNWIND [tags[(account + number) % 20], tags[(account * number) % 20]] AS tag "
            "MERGE (post)-[:TAGGED]->(tag)",
            accounts=ACCOUNTS,
            posts=POSTS_OF_EACH,
            likes=LIKES_OF_EACH,
            bait=BAIT,
            now=clock.now(),
        )
        people = [row["user"] for row in self._ask("MATCH (user:User) RETURN user.id AS user ORDER BY user")]
        likes = [
            {"user": user, "post": bait, "at": clock.now() - int(self._rng.integers(clock.DAY_MS))}
            for bait in BAITS
            for user in self._rng.choice(people, LIKES_OF_EACH, replace=False).tolist()
        ]
        self._ask(
            "UNWIND $likes AS like MATCH (user:User {id: like.user}) MATCH (post:Post {id: like.post}) "
            "CREATE (user)-[:LIKED {at: like.at}]->(post)",
            likes=likes,
        )

    def _forget(self) -> None:
        """Whoever looks has never looked, liked, commented or followed."""
        self._ask(
            "MATCH (user:User)-[tie:VIEWED|LIKED|COMMENTED|FOLLOWS|HID|INTERESTED_IN|SAVED|SHARED]->() "
            "WHERE user.id IN $users DELETE tie",
            users=[*self.tastes],
        )

    def _others_look(self) -> None:
        """Looks of people who are not asked, as usual: two thirds at what they liked, and some at clickbait."""
        rows = self._ask(
            "MATCH (user:User)-[:LIKED]->(post) WHERE NOT user.id IN $users AND NOT post.id STARTS WITH 'bait' "
            "RETURN user.id AS user, post.id AS post ORDER BY user, post",
            users=[*self.tastes],
        )
        rows = [rows[place] for place in self._rng.choice(len(rows), min(len(rows) // 10, MOST_LOOKS), replace=False)]
        people = sorted({row["user"] for row in rows})
        looks = [
            self._look(row["user"], row["post"], is_bait=False, is_taste=self._rng.random() < 2 / 3) for row in rows
        ]
        looks += [self._look(str(self._rng.choice(people)), bait, is_bait=True, is_taste=False) for bait in BAITS * 3]
        for page in pages(looks, LOOKS_OF_A_BATCH):
            record(self._client, page)

    def _ask(self, query: str, **params: Any) -> list[dict[str, Any]]:
        return [dict(row) for row in self._client._driver.execute_query(query, params).records]


if __name__ == "__main__":
    main()
