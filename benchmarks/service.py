"""The service, measured over HTTP: `python -m benchmarks.service --people 24000`.

On one machine with Neo4j: a first page beside the same call in this process, one client; then how many first pages and
next pages a second for eight clients; then twenty clients for a minute, with events mixed in, and the memory of the
workers. The clients take their share of the machine, so they are plain ones.
"""

import argparse
import json
import os
import random
import signal
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

import httpx

from benchmarks.feeds import built, network
from graph.client import Client
from graph.embedded.server import free_port
from graph.ranking.feed import Request, feed

CLIENTS = 8


def main() -> None:
    """Measures the service, and prints it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=24_000)
    parser.add_argument("--asked", type=int, default=400, help="people who are asked for")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=10, help="of each load")
    parser.add_argument("--soak", type=float, default=60, help="seconds with twenty clients")
    given = parser.parse_args()
    with network(given.people) as (client, folder):
        users = [str(number) for number in range(1, given.asked + 1)]
        built(client)
        with service(folder.parent / "home", given.workers) as (url, pids):
            beside(client, url, users)
            for _ in range(2):
                next_pages(url, users)
                first_pages(url, users, given.seconds)
            soak(url, pids, users, given.soak)


@contextmanager
def service(home: Path, workers: int, **variables: str) -> Iterator[tuple[str, list[int]]]:
    """The address of a service on an embedded server's home, and its processes."""
    port = free_port(0)
    command = [sys.executable, "-m", "service.cli", "serve", "--port", str(port), "--workers", str(workers)]
    with subprocess.Popen(
        command,
        env={**os.environ, "GRAPHFEED_HOME": str(home), **variables},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        try:
            url = f"http://127.0.0.1:{port}"
            _wait(url)
            children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
            yield url, [process.pid, *map(int, children)]
        finally:
            process.send_signal(signal.SIGTERM)


def _wait(url: str) -> None:
    for _ in range(1200):
        try:
            httpx.get(f"{url}/health/live")
            return
        except httpx.TransportError:
            time.sleep(0.1)
    raise SystemExit("The service does not come up.")


def beside(client: Client, url: str, users: list[str]) -> None:
    """A first page over HTTP and in this process, in turn; medians."""
    times: dict[str, list[float]] = {"in this process": [], "over HTTP": []}
    server = connect(url)
    ways: dict[str, Callable[[str], object]] = {
        "in this process": lambda user: feed(client, Request(user), record=True),
        "over HTTP": lambda user: first_page(server, user),
    }
    for number, user in enumerate(users):
        for way, work in ways.items():
            began = time.perf_counter()
            work(user)
            if number >= len(users) // 4:  # the first ones warm up
                times[way].append(time.perf_counter() - began)
    medians = {way: statistics.median(seconds) * 1000 for way, seconds in times.items()}
    for way, median in medians.items():
        print(f"  a first page {way:<16} {median:8.2f} ms")
    print(f"  over HTTP / in this process   {medians['over HTTP'] / medians['in this process']:8.2f} (goal: 2 at most)")


def ask(server: HTTPConnection, path: str) -> bytes:
    """The body of an answer."""
    server.request("GET", path)
    answer = server.getresponse()
    body = answer.read()
    assert answer.status == 200, body
    return body


def first_page(server: HTTPConnection, user: str) -> bytes:
    """Requests one."""
    return ask(server, f"/v1/users/{user}/feed")


def connect(url: str) -> HTTPConnection:
    """A connection that is kept."""
    return HTTPConnection(url.removeprefix("http://"), timeout=60)


def first_pages(url: str, users: list[str], seconds: float) -> None:
    """First pages per second, with eight clients."""
    until = time.monotonic() + seconds

    def one(number: int) -> int:
        done, rng, server = 0, random.Random(number), connect(url)
        while time.monotonic() < until:
            first_page(server, rng.choice(users))
            done += 1
        return done

    tell("first pages", one, 150)


def next_pages(url: str, users: list[str]) -> None:
    """Next pages per second, with eight clients: slates are walked to their ends; their first pages do not count."""
    server = connect(url)
    slates = [(user, json.loads(first_page(server, user))["cursor"]) for user in users]

    def one(number: int) -> int:
        done, server = 0, connect(url)
        for user, first in slates[number::CLIENTS]:
            cursor = first
            while cursor:
                cursor = json.loads(ask(server, f"/v1/users/{user}/feed?cursor={cursor}"))["cursor"]
                done += 1
        return done

    tell("next pages", one, 500)


def tell(what: str, one: Callable[[int], int], goal: int) -> None:
    """Runs it for each client, and prints the requests per second."""
    began = time.monotonic()
    with ThreadPoolExecutor(CLIENTS) as pool:
        done = sum(pool.map(one, range(CLIENTS)))
    print(f"  {what:<12} {done / (time.monotonic() - began):8.1f} a second, n = {done} (goal: {goal})")


def one_client(url: str, user: str, until: float, answers: Counter[int]) -> None:
    """Looks, likes, mutes and looks again: what was muted is on no page, and likes show in the next feed."""
    rng = random.Random(user)
    muted: set[str] = set()
    with httpx.Client(base_url=url, timeout=60) as api:
        while time.monotonic() < until:
            page = api.get(f"/v1/users/{user}/feed", params={"limit": 5})
            answers[page.status_code] += 1
            items = page.json()["items"]
            if cursor := page.json()["cursor"]:
                more = api.get(f"/v1/users/{user}/feed", params={"cursor": cursor})
                answers[more.status_code] += 1
                items += more.json()["items"]
            assert not muted & {item["author"] for item in items}
            if items:
                chosen = rng.choice(items)
                events = [{"id": os.urandom(8).hex(), "kind": "like", "user": user, "post": chosen["post"]}]
                if len(muted) < 3:
                    muted.add(chosen["author"])
                    events.append({"id": os.urandom(8).hex(), "kind": "mute", "user": user, "person": chosen["author"]})
                answers[api.post("/v1/events", json=events).status_code] += 1


def soak(url: str, pids: list[int], users: list[str], seconds: float) -> None:
    """Twenty clients who look, like and mute; the answers they get, and the memory of the service at its parts."""
    until = time.monotonic() + seconds
    answers: Counter[int] = Counter()

    with ThreadPoolExecutor(20) as pool:
        clients = [pool.submit(one_client, url, user, until, answers) for user in users[:20]]
        memory = []
        for _ in range(6):
            time.sleep(seconds / 6.5)
            memory.append(sum(_resident(pid) for pid in pids))
        for client in clients:
            client.result()
    assert set(answers) == {200}, answers
    assert memory[-1] < 1.1 * memory[0], memory
    print(f"  20 clients, {seconds:.0f} s: answers {dict(answers)}; memory of the service in MB: {memory}")


def _resident(pid: int) -> int:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") >> 20


if __name__ == "__main__":
    main()
