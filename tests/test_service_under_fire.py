"""The service as processes of its own, under many clients, while it and Neo4j are killed."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from benchmarks.service import one_client
from graph import clock, schema
from graph.client import Client
from graph.embedded.server import EmbeddedServer, free_port
from loaders.generator import generate
from service.keeping import CHECK_SECONDS
from service.tokens import Grant, Tokens
from tests.support import ask, load, small_server

pytestmark = pytest.mark.live
EVENTS, SENDERS, POSTS = 1000, 4, 100
SECRET = "0123456789abcdef" * 2


class Service:
    """`graphfeed serve` on an embedded server's home."""

    def __init__(self, home: Path, *args: str, **variables: str) -> None:
        self.port = free_port(0)
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = home / "service.log"
        self._args = [sys.executable, "-m", "service.cli", "serve", "--port", str(self.port), *args]
        self._environment = {**os.environ, "GRAPHFEED_HOME": str(home), **variables}
        self.wanted = True
        """Whether clients are to go on."""
        self.start()

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(self._args, env=self._environment, stdout=log, stderr=log)
        for _ in range(600):
            try:
                httpx.get(f"{self.url}/health/live")
                return
            except httpx.TransportError:
                assert self.process.poll() is None, self.log.read_text()
                time.sleep(0.05)
        raise AssertionError(self.log.read_text())

    def workers(self) -> list[int]:
        """The processes that answer: those that multiprocessing spawned, but for its tracker of resources."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [int(pid) for pid in children if "spawn_main" in Path(f"/proc/{pid}/cmdline").read_text()]

    def end(self, how: signal.Signals) -> int:
        """End it; its exit code."""
        self.process.send_signal(how)
        return self.process.wait(timeout=60)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    with small_server(tmp_path_factory.mktemp("home")) as server:
        yield server


def send(service: Service, numbers: list[int], statuses: Counter[int], acknowledged: list[int]) -> None:
    """Post a comment for each number until it is acknowledged, with the same id each time and its person's token."""
    with httpx.Client(base_url=service.url, timeout=30) as api:
        for number in numbers:
            user, post = f"u{number % 10}", f"p{number % POSTS}"
            event = {"id": f"e{number}", "kind": "comment", "user": user, "post": post, "text": str(number)}
            headers = {"Authorization": f"Bearer {Tokens(SECRET).sign(Grant(user, 'act'), 600)[0]}"}
            while service.wanted:
                try:
                    answer = api.post("/v1/events", json=event, headers=headers)
                except httpx.TransportError:
                    time.sleep(0.05)
                    continue
                statuses[answer.status_code] += 1
                if answer.status_code == 200:
                    acknowledged.append(number)
                    break
                assert "retry-after" in answer.headers, answer.text
                time.sleep(0.1)


@pytest.mark.long
def test_of_a_thousand_events_none_is_lost_and_none_counts_twice_whatever_is_killed(server: EmbeddedServer) -> None:
    with Client(server.address) as client:
        schema.ensure(client)
        ask(client, "UNWIND range(0, 9) AS n CREATE (:User {id: 'u' + n})")
        ask(client, "UNWIND range(0, 99) AS n CREATE (:Post {id: 'p' + n})")
    variables = {"GRAPHFEED_API_KEYS": "admin:0123456789abcdef", "GRAPHFEED_TOKEN_SECRET": SECRET}
    # Each sends 100 events, in the two workers that have half of this each
    service = Service(server.home, "--workers", "2", **variables, GRAPHFEED_REQUESTS_PER_MINUTE="150")
    statuses: Counter[int] = Counter()
    acknowledged: list[int] = []

    def kill_neo4j_and_a_worker() -> None:
        assert server.pid is not None
        os.kill(server.pid, signal.SIGKILL)
        while server.is_alive:
            time.sleep(0.05)
        os.kill(service.workers()[0], signal.SIGKILL)

    def restart(how: signal.Signals) -> None:
        assert service.end(how) == (-how if how == signal.SIGKILL else 0), service.log.read_text()
        while free_port(service.port) != service.port:
            time.sleep(0.05)  # workers end by themselves when their parent is killed
        service.start()

    acts: list[Any] = [
        lambda: restart(signal.SIGKILL),
        kill_neo4j_and_a_worker,
        lambda: restart(signal.SIGTERM),
    ]
    try:
        with ThreadPoolExecutor(SENDERS) as pool:
            shares = [list(range(n, EVENTS, SENDERS)) for n in range(SENDERS)]
            sending = [pool.submit(send, service, numbers, statuses, acknowledged) for numbers in shares]
            try:
                for number, act in enumerate(acts, 1):
                    while len(acknowledged) < number * EVENTS // (len(acts) + 1):
                        for ended in (one for one in sending if one.done()):
                            ended.result()  # raises what ended it
                        time.sleep(0.01)
                    act()
            except BaseException:
                service.wanted = False
                raise
            for one in sending:
                one.result()
        assert sorted(acknowledged) == list(range(EVENTS))
        assert set(statuses) <= {200, 429, 503}
        with Client(server.address) as client:
            found = ask(client, "MATCH ()-[comment:COMMENTED]->(post) RETURN count(comment) AS n")[0]["n"]
            counted = ask(client, "MATCH (post:Post) RETURN sum(post.commentCount) AS n")[0]["n"]
            noted = ask(client, "MATCH (event:Event) RETURN count(event) AS n")[0]["n"]
        assert (found, counted, noted) == (EVENTS, EVENTS, EVENTS)
    finally:
        service.end(signal.SIGTERM)


@contextmanager
def taken(port: int) -> Iterator[None]:
    """A port of loopback in use while the block runs, as soon as who had it is gone."""
    while True:
        try:
            listener = socket.create_server(("127.0.0.1", port))
        except OSError:
            time.sleep(0.001)
        else:
            break
    with listener:
        yield


@pytest.mark.long
def test_a_neo4j_that_died_is_started_again_and_the_first_feed_is_whole(server: EmbeddedServer, tmp_path: Path) -> None:
    generate(tmp_path, users=100, likes_per_user=20, until=clock.now())
    with Client(server.address) as client:
        client.run_in_transactions("admin/wipe")
        schema.ensure(client)
        load(client, tmp_path)
    service = Service(server.home)
    try:
        with httpx.Client(base_url=service.url, timeout=60) as api:
            whole = api.get("/v1/users/1/feed").raise_for_status().json()
            while "build" in whole["missing"]:
                time.sleep(0.2)
                whole = api.get("/v1/users/1/feed").raise_for_status().json()
            assert whole["items"]
            died = server.pid
            assert died is not None
            port = server.ports.bolt
            os.kill(died, signal.SIGKILL)
            with taken(port):  # as when another server starts just then
                statuses = {200}
                while (answer := api.get("/v1/users/1/feed")).status_code != 200:
                    statuses.add(answer.status_code)
                    time.sleep(0.05)
            assert statuses == {200, 503}
            assert server.pid not in (died, None)
            assert server.ports.bolt != port
            first = answer.json()  # other posts, for those of the feed before it were served
            assert len(first["items"]) == len(whole["items"])
            assert {*first["missing"]} <= {*whole["missing"]}  # affinity may have come in between
            server.down()
            time.sleep(3 * CHECK_SECONDS)
            assert not server.is_alive  # what was stopped on purpose stays so
            assert api.get("/v1/users/1/feed").status_code == 503
    finally:
        service.end(signal.SIGTERM)
        server.up()


@pytest.mark.long
def test_twenty_clients_of_two_workers_have_no_error_and_see_nothing_that_is_filtered(
    server: EmbeddedServer, tmp_path: Path
) -> None:
    generate(tmp_path, users=300, likes_per_user=40, until=clock.now())
    with Client(server.address) as client:
        client.run_in_transactions("admin/wipe")
        schema.ensure(client)
        load(client, tmp_path)
    service = Service(server.home, "--workers", "2")
    answers: Counter[int] = Counter()
    try:
        until = time.monotonic() + 6
        with ThreadPoolExecutor(20) as pool:
            clients = [pool.submit(one_client, service.url, str(number + 1), until, answers) for number in range(20)]
        for one in clients:
            one.result()
        assert set(answers) == {200}
        metrics = httpx.get(f"{service.url}/metrics").text
        told = sum(
            float(line.split()[-1])
            for line in metrics.splitlines()
            if line.startswith("graphfeed_request_seconds_count") and 'route="/v1/' in line
        )
        assert told == sum(answers.values())  # of both workers
    finally:
        assert service.end(signal.SIGTERM) == 0  # that of the workers' parent
