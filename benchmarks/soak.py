"""The service under load while it is hurt: `python -m benchmarks.soak --minutes 10 --people 2000`.

Clients with tokens look at feeds, page on, ask why, comment, hide and mute. Meanwhile Neo4j is killed, workers are
killed, and Neo4j is frozen. It fails if an acknowledged event is lost or counts twice, if a page or a slate that is
asked for again shows what was filtered before, if a status is not in the API's document, if the memory of a worker
grows or that of Neo4j is above its limit, or if feeds in quiet times take longer than their budget.
"""

import argparse
import json
import os
import random
import secrets
import signal
import statistics
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from benchmarks.feeds import built, network
from benchmarks.service import service
from graph.client import Client
from graph.embedded.server import EmbeddedServer
from graph.progress import Silent
from graph.ranking.profiles import profile
from graph.settings import read_settings
from service.tokens import Grant, Tokens

AFTERMATH_SECONDS = 90
"""The seconds after each act in which answers are not held to their budget: Neo4j starts, recovers and plans anew."""
FREEZE_SECONDS = 20
MAX_GROWTH = 1.2
"""Of the memory of a worker, from the first third of its life to the last."""
LIVES = 24
"""Measures of the memory of a worker that has lived long enough, two minutes, to tell whether it grows."""
HEAP, PAGE_CACHE = "1g", "512m"
MAX_NEO4J_MB = 2_560
"""Its heap and page cache, which it fills in time, and a gigabyte for what its JVM takes beside them."""


@dataclass
class Seen:
    """The answers that the clients got."""

    statuses: Counter[tuple[str, int]] = field(default_factory=Counter)
    seconds: list[tuple[float, float]] = field(default_factory=list)
    """Of first pages that were answered: when they were asked for, and how long that took."""
    comments: dict[str, str] = field(default_factory=dict)
    """Acknowledged ones, by id: the post."""
    barred: dict[str, set[tuple[str, str]]] = field(default_factory=lambda: defaultdict(set))
    """By person: `hide` with the id of a post, `mute` with that of a person, once acknowledged."""
    wrong: list[str] = field(default_factory=list)
    memory: dict[tuple[str, int], list[int]] = field(default_factory=lambda: defaultdict(list))
    """By `worker` or `Neo4j` and process id: in MB, every few seconds. Apart, or a killed one would hide what grows."""
    acts: list[tuple[float, str]] = field(default_factory=list)
    unanswered: int = 0


class Visitor:
    """One client at a time, as one of many persons."""

    def __init__(self, url: str, tokens: Tokens, people: int, seen: Seen, until: float, number: int) -> None:
        self._api = httpx.Client(base_url=url, timeout=40)
        self._tokens = tokens
        self._people = people
        self._seen = seen
        self._until = until
        self._rng = random.Random(number)

    def run(self) -> None:
        """Looks and acts until the time is over."""
        with self._api:
            while time.monotonic() < self._until:
                self._visit(str(self._rng.randrange(1, self._people + 1)))
                time.sleep(self._rng.uniform(0.05, 0.3))

    def _visit(self, user: str) -> None:
        headers = {"Authorization": f"Bearer {self._tokens.sign(Grant(user, 'act'), 3600)[0]}"}
        barred = {*self._seen.barred[user]}
        began = time.monotonic()
        answer = self._ask("GET", "/v1/users/{user}/feed", f"/v1/users/{user}/feed", headers)
        if answer is None or answer.status_code != 200:
            return
        self._seen.seconds.append((began, time.monotonic() - began))
        page = answer.json()
        self._check(user, page, barred)
        if page["cursor"] and self._rng.random() < 0.3:
            path = f"/v1/users/{user}/feed?cursor={page['cursor']}"
            more = self._ask("GET", "/v1/users/{user}/feed", path, headers)
            if more is not None and more.status_code == 200:
                self._check(user, more.json(), barred)
        if not page["items"]:
            return
        chosen = self._rng.choice(page["items"])
        draw = self._rng.random()
        if draw < 0.2:
            why = f"/v1/users/{user}/posts/{chosen['post']}/why"
            self._ask("GET", "/v1/users/{user}/posts/{post}/why", why, headers)
        if draw < 0.6:
            self._act(user, {"kind": "comment", "post": chosen["post"], "text": "soak"}, headers)
        elif draw < 0.7:
            self._act(user, {"kind": "hide", "post": chosen["post"]}, headers)
            barred = {*self._seen.barred[user]}  # before the answer: another client may mute something meanwhile
            slate = f"/v1/users/{user}/slates/{page['slate']}"
            again = self._ask("GET", "/v1/users/{user}/slates/{slate}", slate, headers)
            if again is not None and again.status_code == 200:
                self._check(user, again.json(), barred)
        elif draw < 0.73:
            self._act(user, {"kind": "mute", "person": chosen["author"]}, headers)

    def _act(self, user: str, act: dict[str, str], headers: dict[str, str]) -> None:
        """Sends an event until it is acknowledged, with the same id."""
        event = {"id": secrets.token_hex(12), "user": user, **act}
        while time.monotonic() < self._until + 60:
            answer = self._ask("POST", "/v1/events", "/v1/events", headers, json=event)
            if answer is None or answer.status_code in (429, 503):
                time.sleep(min(2.0, float(answer.headers.get("retry-after", 1)) if answer is not None else 0.3))
                continue
            if answer.status_code == 200:
                if act["kind"] == "comment":
                    self._seen.comments[event["id"]] = act["post"]
                else:
                    self._seen.barred[user].add((act["kind"], act.get("post") or act["person"]))
            return

    def _ask(self, method: str, route: str, path: str, headers: dict[str, str], **more: Any) -> httpx.Response | None:
        try:
            answer = self._api.request(method, path, headers=headers, **more)
        except httpx.TransportError:  # its worker was killed
            self._seen.unanswered += 1
            return None
        self._seen.statuses[f"{method} {route}", answer.status_code] += 1
        return answer

    def _check(self, user: str, page: dict[str, Any], barred: set[tuple[str, str]]) -> None:
        for item in page["items"]:
            if {("hide", item["post"]), ("mute", item["author"])} & barred:
                self._seen.wrong.append(f"{user} was shown {item['post']} of {item['author']}")


def main() -> None:
    """Runs the soak, and prints its result. The exit code is 1 if it fails."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=2_000)
    parser.add_argument("--asked", type=int, default=400, help="people who are asked for")
    parser.add_argument("--clients", type=int, default=6)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--minutes", type=float, default=10)
    given = parser.parse_args()
    with network(given.people, heap=HEAP, page_cache=PAGE_CACHE) as (client, folder):
        built(client)
        home = folder.parent / "home"
        seen, failures = run(home, given)
    for line in failures:
        print(f"FAIL {line}")
    print("failed" if failures else "ok", f"after {sum(seen.statuses.values())} answers")
    sys.exit(1 if failures else 0)


def run(home: Path, given: argparse.Namespace) -> tuple[Seen, list[str]]:
    """Serves, loads and hurts. Returns what the clients saw, and what is wrong with it."""
    secret, seen = secrets.token_hex(32), Seen()
    variables = {
        "GRAPHFEED_API_KEYS": f"admin:{secrets.token_hex(16)}",
        "GRAPHFEED_TOKEN_SECRET": secret,
        "GRAPHFEED_HEAP": HEAP,  # of a Neo4j that the service starts again
        "GRAPHFEED_PAGE_CACHE": PAGE_CACHE,
    }
    server = EmbeddedServer(read_settings(home=home, uri=None), Silent())
    with service(home, given.workers, **variables) as (url, pids):
        documented = _documented(url)
        until = time.monotonic() + 60 * given.minutes
        watch = threading.Thread(target=_watch, args=(server, pids[0], seen, until))
        watch.start()
        with ThreadPoolExecutor(given.clients) as pool:
            tokens = Tokens(secret)
            visitors = [Visitor(url, tokens, given.asked, seen, until, number) for number in range(given.clients)]
            visits = [pool.submit(visitor.run) for visitor in visitors]
            _hurt(server, pids[0], seen, until)
            for visit in visits:
                visit.result()
        watch.join()
        with Client(server.address) as client:
            lost = _lost(client, seen)
    return seen, [*lost, *seen.wrong, *_report(seen, documented)]


def _documented(url: str) -> set[tuple[str, int]]:
    paths = httpx.get(f"{url}/openapi.json").json()["paths"]
    return {
        (f"{method.upper()} {path}", int(status))
        for path, methods in paths.items()
        for method, operation in methods.items()
        for status in operation["responses"]
    }


def _hurt(server: EmbeddedServer, parent: int, seen: Seen, until: float) -> None:
    """Kills Neo4j, kills a worker, freezes Neo4j, and so on, with pauses in which all may recover."""
    acts: list[tuple[str, Callable[[], None]]] = [
        ("kill Neo4j", lambda: _signal(server.pid, signal.SIGKILL)),
        ("kill a worker", lambda: _signal(_workers(parent)[0], signal.SIGKILL)),
        ("freeze Neo4j", lambda: _freeze(server)),
    ]
    pause = max(AFTERMATH_SECONDS + 30.0, (until - time.monotonic()) / 7)
    number = 0
    while time.monotonic() + 2 * pause < until:
        time.sleep(pause)
        name, act = acts[number % len(acts)]
        seen.acts.append((time.monotonic(), name))
        act()
        number += 1


def _freeze(server: EmbeddedServer) -> None:
    pid = server.pid
    _signal(pid, signal.SIGSTOP)
    time.sleep(FREEZE_SECONDS)
    _signal(pid, signal.SIGCONT)


def _signal(pid: int | None, number: signal.Signals) -> None:
    if pid is not None:
        os.kill(pid, number)


def _workers(parent: int) -> list[int]:
    """The processes that answer."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return [int(pid) for pid in children if "spawn_main" in Path(f"/proc/{pid}/cmdline").read_text()]


def _watch(server: EmbeddedServer, parent: int, seen: Seen, until: float) -> None:
    while time.monotonic() < until:
        time.sleep(5)
        for what, pid in [*(("worker", pid) for pid in _workers(parent)), ("Neo4j", server.pid)]:
            with suppress(OSError):  # it has just been killed
                pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
                seen.memory[what, pid or 0].append(pages * os.sysconf("SC_PAGE_SIZE") >> 20)


def _lost(client: Client, seen: Seen) -> list[str]:
    """Acknowledged comments that are not there once, hides and mutes that are not there, and posts whose counters are
    wrong."""
    found = Counter(row["id"] for row in client.stream("export/comments") if row["id"] in seen.comments)
    lost = [f"comment {id} is there {found[id]} times" for id in seen.comments if found[id] != 1]
    kept = {(row["user"], "hide", row["post"]) for row in client.stream("export/hides")}
    kept |= {(row["user"], "mute", row["mutedUser"]) for row in client.stream("export/mutes")}
    acts = ((user, *act) for user, acknowledged in seen.barred.items() for act in acknowledged)
    lost += [f"the {kind} of {id} by {user} is gone" for user, kind, id in acts if (user, kind, id) not in kept]
    counters = (
        "MATCH (post:Post) WHERE post.givenCommentCount IS NULL "
        "AND post.commentCount <> COUNT { ()-[:COMMENTED]->(post) } RETURN count(*) AS wrong"
    )
    [row] = client._driver.execute_query(counters).records
    return lost + ([f"{row['wrong']} posts have a wrong number of comments"] if row["wrong"] else [])


def _report(seen: Seen, documented: set[tuple[str, int]]) -> list[str]:
    """Prints what was seen; what of it is wrong."""
    wrong = [
        f"{route} answered {status}, which is not documented" for route, status in seen.statuses.keys() - documented
    ]
    wrong += [f"{route} answered {status}" for route, status in seen.statuses if status in (500, 502)]
    quiet = [
        seconds
        for asked, seconds in seen.seconds
        if not any(asked - AFTERMATH_SECONDS - FREEZE_SECONDS < acted < asked + seconds for acted, _ in seen.acts)
    ]
    ranking = profile("default").ranking
    assert ranking is not None
    p50, p99 = statistics.median(quiet), statistics.quantiles(quiet, n=100)[98]
    print(f"  acts        {', '.join(name for _, name in seen.acts)}")
    print(
        f"  statuses    {json.dumps({f'{route} {status}': n for (route, status), n in sorted(seen.statuses.items())})}"
    )
    print(f"  unanswered  {seen.unanswered} (their worker was killed)")
    filters = sum(map(len, seen.barred.values()))
    print(f"  events      {len(seen.comments)} comments acknowledged, {filters} hides and mutes")
    print(f"  first pages {len(seen.seconds)}; of {len(quiet)} in quiet times p50 {p50:.3f} s, p99 {p99:.3f} s")
    if p99 > ranking.budget_ms / 1000:
        wrong.append(
            f"the 99th percentile of first pages is {p99:.2f} s, over the budget of {ranking.budget_ms / 1000:g} s"
        )
    return wrong + _report_memory(seen)


def _report_memory(seen: Seen) -> list[str]:
    """Prints the memory of each process; what of it is wrong."""
    wrong = []
    for (what, pid), sizes in seen.memory.items():
        print(f"  memory      {what} {pid}: {sizes[0]} MB at first, at most {max(sizes)}, {sizes[-1]} at last")
        if what == "Neo4j" and max(sizes) > MAX_NEO4J_MB:
            wrong.append(f"Neo4j {pid} took {max(sizes)} MB")
        elif what == "worker" and len(sizes) >= LIVES:
            third = len(sizes) // 3
            first, last = statistics.median(sizes[third // 2 : third]), statistics.median(sizes[-third:])
            if last > MAX_GROWTH * first:
                wrong.append(f"the memory of worker {pid} grew from {first:.0f} to {last:.0f} MB")
    return wrong


if __name__ == "__main__":
    main()
