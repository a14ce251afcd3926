"""Followees who post seldom, measured: `python -m benchmarks.missed`.

Of people of a made-up network, their followees count who posted at most two posts in the last 30 days, of which they
have not seen one. The table has the share of these who are among the first 30 places of a feed, with and without the
source `missed`; of how many people none is; and what it costs: its places, and the mean score of all places. Means are
over people, with 95 % intervals by a bootstrap.
"""

import argparse
import statistics
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from benchmarks.feeds import built, network
from graph import clock
from graph.client import Client
from graph.quality.metrics import means
from graph.ranking.feed import Feed, Request, feed
from graph.ranking.profiles import Profile, profile

DEFAULT = profile("default")
PLACES = 30
SELDOM = """
MATCH (me:User)-[:FOLLOWS]->(author)
CALL (me, author) {
  MATCH (author)-[:POSTED]->(post) WHERE $since < post.takenAt <= $now
  RETURN count(post) AS posts,
    count(CASE WHEN NOT EXISTS { (me)-[:LIKED|VIEWED|HID|SAVED|SHARED|MORE_LIKE]->(post) } THEN post END) AS unseen
}
WITH me, author, posts, unseen WHERE posts <= $most AND unseen > 0
RETURN me.id AS user, collect(author.id) AS authors ORDER BY user
"""
"""Of each person, the followees who post seldom and have an unseen post."""
COLUMNS = ("of these, among the first 30, %", "people with none of them, %", "places of `missed`, %", "mean score")


def main() -> None:
    """Measures both profiles, and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=2_000)
    parser.add_argument("--asked", type=int, default=200, help="people who are asked for")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    with network(given.people, heap="1g", page_cache="512m") as (client, _):
        built(client)
        measure(client, given.asked, given.seed)


def measure(client: Client, asked: int, seed: int) -> None:
    """Prints the table for some people."""
    as_of = clock.now()
    seldom = seldom_followees(client, as_of)
    rng = np.random.default_rng(seed)
    people = sorted(rng.choice(sorted(seldom), min(asked, len(seldom)), replace=False).tolist())
    counts = [len(seldom[user]) for user in people]
    print(
        f"{len(people)} people with {statistics.median(counts):g} such followees each (median), {sum(counts):,} in all"
    )
    for name, chosen in (("without `missed`", without_missed()), ("with it", DEFAULT)):
        requests = [Request(user, chosen, limit=PLACES, as_of=as_of, waits=True) for user in people]
        rows = [figures(feed(client, request), seldom[request.user]) for request in requests]
        print(f"{name}:")
        for column, mean in zip(COLUMNS, means(np.array(rows), np.arange(len(rows)), seed=seed), strict=True):
            print(f"  {column:34}{mean.mean:7.2f}  [{mean.low:.2f}, {mean.high:.2f}]")


def seldom_followees(client: Client, as_of: int) -> Mapping[str, set[str]]:
    """The followees who count, by person."""
    ranking = DEFAULT.ranking
    assert ranking is not None
    since = as_of - round(ranking.seldom_days * clock.DAY_MS)
    params: dict[str, Any] = {"now": as_of, "since": since, "most": ranking.seldom_posts}
    rows = client._driver.execute_query(SELDOM, params).records
    return {row["user"]: set(row["authors"]) for row in rows}


def without_missed() -> Profile:
    """The profile `default` without the source."""
    return DEFAULT.model_copy(update={"sources": tuple(name for name in DEFAULT.sources if name != "missed")})


def figures(answer: Feed, seldom: set[str]) -> Sequence[float]:
    """The columns for one person's feed."""
    found = seldom & {item.author for item in answer.items if item.author is not None}
    missed = sum(item.source == "missed" for item in answer.items)
    return (
        100 * len(found) / len(seldom),
        100.0 * (not found),
        100 * missed / max(len(answer.items), 1),
        statistics.mean([item.score for item in answer.items] or [0.0]),
    )


if __name__ == "__main__":
    main()
