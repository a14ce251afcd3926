"""A disk that fills: writes stop before Neo4j fails; if it fails, all acknowledged writes survive."""

import itertools
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from graph import entities
from graph.client import Client
from graph.connect import connect
from graph.embedded.disk import FRESH_SECONDS
from graph.embedded.server import EmbeddedServer
from graph.errors import DiskFull, Panicked
from graph.events import Event, record
from graph.progress import Silent
from service.app import create_app
from tests.support import ask, serving, small_server

pytestmark = [pytest.mark.live, pytest.mark.small_disk]
MIN_DISK_MB = 64
PEOPLE = [f"u{number}" for number in range(20)]
EVENT = {"id": "told", "kind": "like", "user": "u1", "post": "p"}


class Filler:
    """A file of somebody else's, which takes what space a test wants."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "filler"

    def leave(self, megabytes: int) -> None:
        """Grow until so little is free."""
        with self._file.open("ab") as file:
            while (left := shutil.disk_usage(self._file.parent).free - (megabytes << 20)) > 0:
                file.write(b"x" * min(left, 1 << 20))
                file.flush()

    def free(self) -> None:
        self._file.unlink()


@pytest.fixture(scope="module")
def disk() -> Iterator[Path]:
    """A folder on the small disk."""
    folder = Path(tempfile.mkdtemp(dir=os.environ["GRAPHFEED_TEST_SMALL_DISK"]))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def server(disk: Path) -> Iterator[EmbeddedServer]:
    """A server whose home is on the small disk, with people and a post."""
    with small_server(disk / "home", heap="512m", page_cache="64m", min_disk=f"{MIN_DISK_MB}m") as server:
        with connect(server.settings, Silent()) as client:
            for person in PEOPLE:
                entities.put_person(client, person, entities.Person())
            entities.put_post(client, "p", entities.Post("u0", 1_700_000_000_000))
        yield server


def comments(number: int) -> list[Event]:
    """A batch of comments by everybody, of 4 MB."""
    text = "x" * 200_000
    return [Event(f"{number}-{person}", "comment", person, post="p", text=text) for person in PEOPLE]


def recorded(client: Client) -> set[str]:
    """The ids of the comments that are in the graph."""
    return {row["id"] for row in ask(client, "MATCH (:User)-[comment:COMMENTED]->(:Post) RETURN comment.id AS id")}


def recorded_until_it_panics(client: Client) -> set[str]:
    """Records comments until Neo4j's database stops. Returns the ids of the acknowledged ones."""
    acknowledged: set[str] = set()
    for number in itertools.count(100):
        batch = comments(number)
        try:
            record(client, batch)
        except Panicked:
            break
        acknowledged |= {event.id for event in batch}
    return acknowledged


@pytest.mark.long
def test_writes_stop_while_the_disk_is_full_and_resume_afterwards(server: EmbeddedServer, disk: Path) -> None:
    filler = Filler(disk)
    with (
        serving(create_app(server.settings)) as url,
        httpx.Client(base_url=url, timeout=60) as service,
        connect(server.settings, Silent()) as client,
    ):
        assert record(client, comments(0))[0].status == "done"
        filler.leave(MIN_DISK_MB - 10)
        time.sleep(FRESH_SECONDS)
        with pytest.raises(DiskFull, match=r"nothing is written: \d+ MB are free.*Free some space"):
            record(client, comments(1))
        refused = service.post("/v1/events", json=EVENT)
        assert (refused.status_code, refused.json()["title"]) == (507, "Insufficient Storage")
        assert "Free some space" in refused.json()["remedy"]
        feed = service.get("/v1/users/u1/feed", params={"window_days": "none"}).json()
        assert [item["post"] for item in feed["items"]] == ["p"]
        assert feed["slate"] is None
        assert "disk" in feed["missing"]
        ready = service.get("/health/ready")
        assert ready.status_code == 200
        assert any("disk is full" in lack for lack in ready.json()["degraded"])
        filler.free()
        time.sleep(FRESH_SECONDS)
        assert service.post("/v1/events", json=EVENT).status_code == 200
        assert recorded(client) == {event.id for event in comments(0)}


@pytest.mark.long
def test_a_stopped_database_is_restarted_with_all_acknowledged_writes(
    server: EmbeddedServer, disk: Path, caplog: pytest.LogCaptureFixture
) -> None:
    filler, pid = Filler(disk), server.pid
    with (
        serving(create_app(server.settings)) as url,
        httpx.Client(base_url=url, timeout=60) as service,
        Client(server.address) as careless,  # as if the disk was filled faster than anybody looks
    ):
        filler.leave(4)
        acknowledged = recorded_until_it_panics(careless)
        with pytest.raises(Panicked, match="must be restarted"):
            careless.read("schema/version")
        assert server.is_alive  # and its port answers
        stopped = service.get("/v1/users/u1/network")
        assert (stopped.status_code, stopped.headers["Retry-After"]) == (503, "5")
        assert "must be restarted" in stopped.json()["detail"]
        assert "must be restarted" in service.get("/health/ready").json()["detail"]
        filler.free()
        wait_until(lambda: service.get("/v1/users/u1/network").status_code == 200)
        assert server.pid != pid
        assert "Neo4j's database has panicked; restarting it." in caplog.messages
    with connect(server.settings, Silent()) as client:
        assert acknowledged <= recorded(client)
        next_batch = comments(100 + len(acknowledged) // len(PEOPLE))  # it got no answer, so it is sent again
        assert {outcome.status for outcome in record(client, next_batch)} <= {"replayed", "done"}
        assert {event.id for event in next_batch} <= recorded(client)


def wait_until(is_so: Callable[[], bool], seconds: float = 300) -> None:
    until = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.5)
