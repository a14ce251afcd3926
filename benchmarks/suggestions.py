"""Suggestions of people, measured: `python -m benchmarks.suggestions DIR`.

Hides a tenth of the follows of a folder of CSV files, imports the rest into a server of its own, and builds affinity.
The table has Recall@20 of the hidden follows, with 95 % intervals by a bootstrap over people: of suggestions, of who is
followed most, and of who is followed by most of one's followees. The clock is the newest time of the posts. Then the
same among people who posted in the 90 days before it, as likes without a time keep everybody active.
"""

import argparse
import csv
import gzip
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from graph import clock
from graph.background.builder import build
from graph.client import Client
from graph.discovery.suggestions import ACTIVE_DAYS, suggestions
from graph.embedded.server import EmbeddedServer
from graph.progress import Silent
from graph.quality.metrics import means
from graph.ranking.profiles import profile
from graph.settings import read_settings
from loaders.files.folder import sources_in
from loaders.importer import Options
from loaders.offline.bulk import import_offline

K = 20
DEEP = 100
"""Suggestions that are read, of whom those of the second table are the active ones."""
Follow = tuple[str, str]
Ways = Mapping[str, Callable[[str], Iterable[str]]]


def main() -> None:
    """Measures the three ways, and prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="follows, users, posts and likes as CSV files, also compressed")
    parser.add_argument("--share", type=float, default=0.1, help="of the follows, which are hidden")
    parser.add_argument("--people", type=int, default=500, help="people who are asked for")
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    rng = np.random.default_rng(given.seed)
    follows = [(row["follower"], row["followee"]) for row in _rows(given.folder, "follows")]
    is_hidden = rng.random(len(follows)) < given.share
    kept = [follow for follow, hidden in zip(follows, is_hidden, strict=True) if not hidden]
    truth = _by_follower(follow for follow, hidden in zip(follows, is_hidden, strict=True) if hidden)
    asked = sorted(rng.choice(sorted(truth), min(given.people, len(truth)), replace=False).tolist())
    posted = _last_posts(given.folder)
    as_of = max(posted.values(), default=clock.now())
    since = as_of - ACTIVE_DAYS * clock.DAY_MS
    active = {person for person, at in posted.items() if at > since}
    with _network(given.folder, kept) as client:
        build(client, profile("default"), as_of=as_of, only=["affinity"])
        ways = {"suggestions": _served(client, as_of), **_baselines(kept)}
        print(f"{len(follows) - len(kept):,} of {len(follows):,} follows hidden; {len(asked):,} people asked")
        _show(f"Recall@{K}", ways, {person: truth[person] for person in asked}, None)
        those = {person: hidden for person in asked if (hidden := truth[person] & active)}
        _show(f"Recall@{K} among the {len(active):,} who posted in the last {ACTIVE_DAYS} days", ways, those, active)


def _show(title: str, ways: Ways, truth: Mapping[str, set[str]], among: Collection[str] | None) -> None:
    """Prints the mean recall of each way, and how many times the better baseline the first one reaches."""
    recalls = np.array(
        [
            [len(truth[person] & set(_first(way(person), among))) / len(truth[person]) for way in ways.values()]
            for person in truth
        ]
    )
    figures = means(recalls, np.arange(len(recalls)), seed=0)
    print(f"\n{title}, {len(truth):,} people")
    for name, mean in zip(ways, figures, strict=True):
        print(f"  {name:24}{mean.mean:7.4f}  [{mean.low:.4f}, {mean.high:.4f}]")
    print(f"  {'times the better one':24}{figures[0].mean / max(mean.mean for mean in figures[1:]):7.2f}")


def _first(people: Iterable[str], among: Collection[str] | None) -> list[str]:
    return [person for person in people if among is None or person in among][:K]


def _served(client: Client, as_of: int) -> Callable[[str], list[str]]:
    known: dict[str, list[str]] = {}
    seconds: list[float] = []

    def served(person: str) -> list[str]:
        if person not in known:
            began = time.perf_counter()
            known[person] = [one.person for one in suggestions(client, person, limit=DEEP, as_of=as_of).items]
            seconds.append(time.perf_counter() - began)
        return known[person]

    return served


def _baselines(follows: Iterable[Follow]) -> Ways:
    """Who is followed most, and who by most of one's followees; of equals, who is followed more."""
    followees = _by_follower(follows)
    followers = Counter(other for others in followees.values() for other in others)
    most = [person for person, _ in followers.most_common()]

    def candidates(person: str, people: Iterable[str]) -> Iterator[str]:
        mine = {person, *followees.get(person, ())}
        return (one for one in people if one not in mine)

    def common(person: str) -> Iterator[str]:
        counts = Counter(other for via in followees.get(person, ()) for other in followees.get(via, ()))
        return candidates(person, sorted(counts, key=lambda one: (-counts[one], -followers[one], one)))

    return {"most followed": lambda person: candidates(person, most), "most common followees": common}


def _by_follower(follows: Iterable[Follow]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for follower, followee in follows:
        found.setdefault(follower, set()).add(followee)
    return found


def _last_posts(folder: Path) -> dict[str, int]:
    last: dict[str, int] = {}
    for row in _rows(folder, "posts"):
        if row.get("taken_at") and row["author"]:
            last[row["author"]] = max(last.get(row["author"], 0), clock.parse(row["taken_at"]))
    return last


def _rows(folder: Path, name: str) -> Iterator[dict[str, str]]:
    [path] = folder.glob(f"{name}.csv*")
    opens = gzip.open if path.suffix == ".gz" else open
    with opens(path, "rt", encoding="utf-8") as file:
        yield from csv.DictReader(file)


@contextmanager
def _network(folder: Path, follows: Iterable[Follow]) -> Iterator[Client]:
    """A client of a server of its own that holds the folder's files, with these follows only."""
    with tempfile.TemporaryDirectory(prefix="graphfeed-bench-") as name:
        files = Path(name, "files")
        files.mkdir()
        for path in folder.glob("*.csv*"):
            if not path.name.startswith(("follows.", "validation.")):
                (files / path.name).symlink_to(path.resolve())
        with (files / "follows.csv").open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([("follower", "followee"), *follows])
        settings = read_settings(home=Path(name, "home"), uri=None, heap="2g", page_cache="512m")
        server = EmbeddedServer(settings, Silent())
        server.up()
        try:
            sources, _ = sources_in(files)
            import_offline(settings, sources, Options(Path(name, "rejects.csv")), Silent())
            with Client(server.address) as client:
                yield client
        finally:
            server.down()


if __name__ == "__main__":
    main()
