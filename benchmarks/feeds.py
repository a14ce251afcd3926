"""Feeds, measured: `python -m benchmarks.feeds --people 24000`.

All ways to an answer in turn, in one run on one server, for the same people: an empty statement; what a feed reads
where all is stored; the whole of such a look; the same recorded; the feed where nothing is stored; a PageRank by GDS on
what is around the person, as the tutorial's step 4 has it; and the tutorial's own way, the whole network as a networkx
graph, `nx.pagerank` and pandas. Then the store's hits of the read, and those in a smaller network of the same density.
"""

import argparse
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import networkx as nx
import pandas as pd

import cypher
from graph import clock
from graph.client import Client, Row
from graph.progress import Silent
from graph.projections import FRIENDS_OF_FRIENDS, projected
from graph.ranking.feed import Request, feed
from graph.ranking.pool import pool_of, stored_of
from graph.ranking.profiles import profile
from graph.refresher import refresh
from graph.server import EmbeddedServer
from graph.settings import read_settings
from loaders import readers
from loaders.generator import generate
from loaders.importer import Options
from loaders.offline import import_offline

DEFAULT = profile("default")
EMPTY = "nothing: RETURN 1"
WARM = "a feed's read, all stored"
LOOK = "the whole look"
RECORDED = "the same, recorded"
COLD = "a feed, nothing stored"
GDS = "a PageRank by GDS"
TUTORIAL = "the tutorial's way"


def main() -> None:
    """Measure, and print it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=24_000)
    parser.add_argument("--fewer", type=int, default=2_000, help="people of the smaller network; 0: none")
    parser.add_argument("--asked", type=int, default=40, help="people who are asked for")
    parser.add_argument("--rounds", type=int, default=3, help="of all people, and of the tutorial's way")
    given = parser.parse_args()
    with network(given.people) as (client, folder):
        people, strangers = stored(client, given.asked)
        times = measure(client, folder, people, strangers, given.rounds)
        hits = statistics.median(read_hits(client, user) for user in people)
    show(times, given)
    print(f"  hits of the store for the read, {given.people:,} people: {hits:,.0f}")
    if given.fewer:
        with network(given.fewer) as (client, _):
            few = statistics.median(read_hits(client, user) for user in stored(client, given.asked)[0])
        print(f"  the same, {given.fewer:,} people: {few:,.0f} ({hits / few - 1:+.0%}; goal: within 20 %)")


@contextmanager
def network(people: int) -> Iterator[tuple[Client, Path]]:
    """A client of a server of its own that holds a made-up network, and the network's files."""
    with tempfile.TemporaryDirectory(prefix="graphfeed-bench-") as name:
        folder = Path(name)
        generate(folder / "files", users=people, until=clock.now())
        settings = read_settings(home=folder / "home", uri=None, heap="3g", page_cache="1g")
        server = EmbeddedServer(settings, Silent())
        server.up()
        try:
            sources, _ = readers.find(folder / "files")
            import_offline(settings, sources, Options(folder / "rejects.csv"), Silent())
            with Client(server.address) as client:
                yield client, folder / "files"
        finally:
            server.down()


def stored(client: Client, count: int) -> tuple[list[str], list[str]]:
    """Some people who are refreshed, and as many of whom nothing is stored."""
    ids = [str(user) for user in range(1, 2 * count + 1)]
    began = time.monotonic()
    done = refresh(client, DEFAULT, ids[:count])
    print(f"refreshed {done.people} people in {time.monotonic() - began:.1f} s, with the projections")
    return ids[:count], ids[count:]


def measure(
    client: Client, folder: Path, people: list[str], strangers: list[str], rounds: int
) -> dict[str, list[float]]:
    """Seconds of each way, for each person and round; a first round warms up, and does not count."""
    times: dict[str, list[float]] = defaultdict(list)
    for number in range(rounds + 1):
        if number:
            timed(times[TUTORIAL], lambda: tutorial(folder, people[0]))
        for user, stranger in zip(people, strangers, strict=True):
            ways: dict[str, Callable[[], Any]] = {
                EMPTY: partial(client._driver.execute_query, "RETURN 1"),
                WARM: partial(read, client, user),
                LOOK: partial(feed, client, Request(user)),
                RECORDED: partial(feed, client, Request(user), record=True),
                COLD: partial(feed, client, Request(stranger)),
                GDS: partial(page_rank, client, user),
            }
            for way, work in ways.items():
                timed(times[way] if number else [], work)
    return times


def timed(seconds: list[float], work: Callable[[], Any]) -> None:
    """Append how long some work takes."""
    began = time.perf_counter()
    work()
    seconds.append(time.perf_counter() - began)


def read(client: Client, user: str, ask: Callable[[str, dict[str, Any]], list[Row]] | None = None) -> None:
    """What a warm look asks the server: all sources, filters, scores and parts; then a page with its reasons."""
    ask = ask or client.read
    words = Request(user).vocabulary() | stored_of(DEFAULT.sources)
    best = pool_of(ask("feed/ranked", words), ()).best(DEFAULT.limit)
    ask("feed/page", {**words, "slate": None, "items": [place.item() for place in best], "start": 0})


def read_hits(client: Client, user: str) -> int:
    """The store's hits of what a warm look asks."""
    total = 0

    def profiled(name: str, words: dict[str, Any]) -> list[Row]:
        nonlocal total
        statement = cypher.load(name)
        given = {parameter: words[parameter] for parameter in statement.samples}
        records, summary, _ = client._driver.execute_query("PROFILE " + statement.text, given)
        assert summary.profile is not None
        total += _hits(summary.profile)
        return [dict(record) for record in records]

    read(client, user, profiled)
    return total


def _hits(operator: dict[str, Any]) -> int:
    return int(operator["args"].get("DbHits", 0)) + sum(_hits(child) for child in operator.get("children", ()))


def page_rank(client: Client, user: str) -> None:
    """The tutorial's projection of friends of friends, and a PageRank on it."""
    words = Request(user, profile("tutorial"), source="friends_of_friends").vocabulary()
    with projected(client, FRIENDS_OF_FRIENDS, words) as named:
        client.write("feed/friends_of_friends", named)


def tutorial(folder: Path, user: str) -> None:
    """The article's steps: the network as a graph, PageRank on it, and a table of scored posts."""
    follows = pd.read_csv(next(folder.glob("follows.*")), dtype=str, usecols=["follower", "followee"])
    graph = nx.from_pandas_edgelist(follows, "follower", "followee")
    ranks = nx.pagerank(graph, personalization={user: 1})
    posts = pd.read_csv(next(folder.glob("posts.*")), dtype={"id": str, "author": str})
    posts["rank"] = posts["author"].map(ranks)
    posts.nlargest(10, "rank")


def show(times: dict[str, list[float]], given: argparse.Namespace) -> None:
    """A line a way, and the ratios that are the goals."""
    print(f"{given.people:,} people, {given.asked} asked for, {given.rounds} rounds in turn; medians")
    medians = {way: statistics.median(seconds) for way, seconds in times.items()}
    for way, seconds in times.items():
        print(f"  {way:<28} {medians[way] * 1000:10.2f} ms   (best {min(seconds) * 1000:.2f}, n = {len(seconds)})")
    print(f"  read / nothing         {medians[WARM] / medians[EMPTY]:8.1f} (goal: 5 at most)")
    print(f"  tutorial's way / read  {medians[TUTORIAL] / medians[WARM]:8.0f} (goal: 100 at least)")
    print(f"  nothing stored / read  {medians[COLD] / medians[WARM]:8.1f} (goal: 5 at most)")


if __name__ == "__main__":
    main()
