"""Feeds, measured: `python -m benchmarks.feeds --people 24000`.

First the stages of a build. Then all ways to an answer in turn, in one run on one server, for the
same people: an empty statement; what a first page reads, all of it live; the whole of such a look; the same recorded; a
PageRank by GDS on what is around the person, as the tutorial's step 4 has it; and the tutorial's own way, the whole
network as a networkx graph, `nx.pagerank` and pandas. Then the store's hits of the read, and those in a smaller
network of the same density.
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

from cypher import load
from graph import clock
from graph.background.builder import Built, build
from graph.client import Client
from graph.embedded.server import EmbeddedServer
from graph.progress import Silent
from graph.projections import FRIENDS_OF_FRIENDS, projected
from graph.ranking.feed import Request, feed, page_rows
from graph.ranking.profiles import profile
from graph.ranking.retrieval import rank
from graph.settings import read_settings
from loaders.files.folder import sources_in
from loaders.generator import generate
from loaders.importer import Options
from loaders.offline.bulk import import_offline

DEFAULT = profile("default")
EMPTY = "nothing: RETURN 1"
READ = "a first page's read, all live"
LOOK = "the whole look"
RECORDED = "the same, recorded"
GDS = "a PageRank by GDS"
TUTORIAL = "the tutorial's way"


def main() -> None:
    """Measures the ways, and prints their times."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=24_000)
    parser.add_argument("--fewer", type=int, default=2_000, help="people of the smaller network; 0: none")
    parser.add_argument("--asked", type=int, default=40, help="people who are asked for")
    parser.add_argument("--rounds", type=int, default=3, help="of all people, and of the tutorial's way")
    given = parser.parse_args()
    with network(given.people) as (client, folder):
        built(client)
        people = [str(number) for number in range(1, given.asked + 1)]
        times = measure(client, folder, people, given.rounds)
        hits = statistics.median(read_hits(client, user) for user in people)
    show(times, given)
    print(f"  hits of the store for the read, {given.people:,} people: {hits:,.0f}")
    if given.fewer:
        with network(given.fewer) as (client, _):
            built(client)
            few = statistics.median(read_hits(client, user) for user in people)
        print(f"  the same, {given.fewer:,} people: {few:,.0f} ({hits / few - 1:+.0%}; goal: within 10 %)")


@contextmanager
def network(people: int, heap: str = "3g", page_cache: str = "1g") -> Iterator[tuple[Client, Path]]:
    """A client of a server of its own that holds a made-up network, and the network's files."""
    with tempfile.TemporaryDirectory(prefix="graphfeed-bench-") as name:
        folder = Path(name)
        generate(folder / "files", users=people, until=clock.now())
        settings = read_settings(home=folder / "home", uri=None, heap=heap, page_cache=page_cache)
        server = EmbeddedServer(settings, Silent())
        server.up()
        try:
            sources, _ = sources_in(folder / "files")
            import_offline(settings, sources, Options(folder / "rejects.csv"), Silent())
            with Client(server.address) as client:
                yield client, folder / "files"
        finally:
            server.down()


def built(client: Client) -> Built:
    """Builds everything, and prints how long it takes."""
    began = time.monotonic()
    done = build(client, DEFAULT)
    stages = ", ".join(f"{stage} {seconds:.1f}" for stage, seconds in done.seconds.items())
    print(f"built in {time.monotonic() - began:.1f} s: {stages}")
    return done


def measure(client: Client, folder: Path, people: list[str], rounds: int) -> dict[str, list[float]]:
    """Seconds of each way, for each person and round; a first round warms up, and does not count."""
    times: dict[str, list[float]] = defaultdict(list)
    for number in range(rounds + 1):
        if number:
            timed(times[TUTORIAL], lambda: tutorial(folder, people[0]))
        for user in people:
            ways: dict[str, Callable[[], Any]] = {
                EMPTY: partial(client._driver.execute_query, "RETURN 1"),
                READ: partial(read, client, user),
                LOOK: partial(feed, client, Request(user)),
                RECORDED: partial(feed, client, Request(user), record=True),
                GDS: partial(page_rank, client, user),
            }
            for way, work in ways.items():
                timed(times[way] if number else [], work)
    return times


def timed(seconds: list[float], work: Callable[[], Any]) -> None:
    """Appends the time that some work takes."""
    began = time.perf_counter()
    work()
    seconds.append(time.perf_counter() - began)


def read(client: Client, user: str) -> None:
    """Runs the statements of a first page: the person; all sources, filters, features and scores; then the reasons."""
    request, ranking = Request(user), DEFAULT.ranking
    assert ranking is not None
    pool = rank(client, request.for_pool(), ranking, ranking.page)
    assert pool is not None
    page_rows(client, user, pool.places[: 2 * DEFAULT.limit], limit=DEFAULT.limit, ranking=ranking, as_of=clock.now())


def read_hits(client: Client, user: str) -> int:
    """The store's hits of the statements of a first page."""
    total = 0

    class Profiling(Client):
        """Profiles what it reads."""

        def __init__(self) -> None:
            super().__init__(client.address)

        def _execute(self, name: str, *given: Any) -> Any:
            nonlocal total
            statement = load(name)
            params = {parameter: given[0][parameter] for parameter in statement.samples}
            _, summary, _ = self._driver.execute_query("PROFILE " + statement.text, params)
            assert summary.profile is not None
            total += _hits(summary.profile)
            return super()._execute(name, *given)

    with Profiling() as profiling:
        read(profiling, user)
    return total


def _hits(operator: dict[str, Any]) -> int:
    return int(operator["args"].get("DbHits", 0)) + sum(_hits(child) for child in operator.get("children", ()))


def page_rank(client: Client, user: str) -> None:
    """The tutorial's projection of friends of friends, and a PageRank on it."""
    params = Request(user, profile("tutorial"), source="friends_of_friends").params()
    with projected(client, FRIENDS_OF_FRIENDS, params) as named:
        client.write("tutorial/friends_of_friends", named)


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
    print(f"  read / nothing         {medians[READ] / medians[EMPTY]:8.1f} (goal: 12 at most)")
    print(f"  tutorial's way / read  {medians[TUTORIAL] / medians[READ]:8.0f} (goal: 100 at least)")


if __name__ == "__main__":
    main()
