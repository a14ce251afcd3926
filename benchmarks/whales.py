"""Ordinary people's feeds beside whales': `python -m benchmarks.whales`.

Ten clients ask for first pages of ordinary people, first alone, then while three more ask for those of the whales, one
after another. The share of the network is a tenth unless it says otherwise.
"""

import argparse
import itertools
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from benchmarks.service import ask, connect, service
from tests.whale import TENTH, VIEWERS, whales

CLIENTS, BESIDE = 10, 3


def main() -> None:
    """Measures the feeds, and prints their times."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=float, default=TENTH, help="of the network; 1 has 500,000 people")
    parser.add_argument("--heap", default="3g")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=60, help="of each load")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="graphfeed-whales-") as name:
        home = Path(name)
        with whales(home, given.scale, given.heap), service(home, given.workers) as (url, _):
            people = [f"u{number}" for number in range(500)]
            load(url, people, given.seconds / 2, whales_too=False)  # warms up
            quiet = load(url, people, given.seconds, whales_too=False)
            beside = load(url, people, given.seconds, whales_too=True)
    for what, times in (("alone", quiet), ("beside whales", beside)):
        print(
            f"  {what:<14} p50 {percentile(times, 50):7.1f} ms  p99 {percentile(times, 99):7.1f} ms  n = {len(times)}"
        )
    print(f"  p99 beside whales / alone  {percentile(beside, 99) / percentile(quiet, 99):6.2f} (goal: 3 at most)")


def load(url: str, people: Sequence[str], seconds: float, *, whales_too: bool) -> list[float]:
    """Seconds of each first page of ordinary people."""
    until = time.monotonic() + seconds

    def one(users: Sequence[str]) -> list[float]:
        times, server = [], connect(url)
        for user in itertools.cycle(users):
            began = time.monotonic()
            if began >= until:
                break
            ask(server, f"/v1/users/{user}/feed?as_of=2024-06-01")
            times.append(time.monotonic() - began)
        return times

    with ThreadPoolExecutor(CLIENTS + BESIDE) as pool:
        if whales_too:
            others = [pool.submit(one, VIEWERS[number::BESIDE]) for number in range(BESIDE)]
        found = [pool.submit(one, people[number::CLIENTS]) for number in range(CLIENTS)]
        times = [seconds for each in found for seconds in each.result()]
        for each in others if whales_too else ():
            each.result()
    return times


def percentile(seconds: Sequence[float], share: int) -> float:
    """In milliseconds."""
    return 1000 * sorted(seconds)[min(len(seconds) - 1, len(seconds) * share // 100)]


if __name__ == "__main__":
    main()
