"""Concurrent writers that put, delete and like the same posts and pick the same hashtags, none of which may fail."""

import logging
import random
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from graph import entities
from graph.client import Address, Client
from graph.errors import NotFound
from graph.events import Event, record
from loaders.forgetting import forget_post
from tests.support import ask, load, write_csv

pytestmark = pytest.mark.live
WRITERS, SECONDS = 10, 6
PEOPLE = [f"u{number}" for number in range(12)]
POSTS = [f"p{number}" for number in range(6)]
HASHTAGS = [f"tag{number}" for number in range(8)]


class Writer:
    """One of those who write at the same time."""

    def __init__(self, client: Client, seed: int) -> None:
        self._client = client
        self._seed = seed
        self._random = random.Random(seed)
        self.done: Counter[str] = Counter()

    def write(self, until: float) -> Counter[str]:
        """Acts until a time, and returns how often it did what. Raises what no writer should see."""
        while time.monotonic() < until:
            act = self._random.choice([self.put, self.put, self.delete, self.like, self.pick])
            try:
                act()
                self.done[act.__name__] += 1
            except NotFound:  # another has deleted the post
                self.done["not found"] += 1
        return self.done

    def put(self) -> None:
        post = self._random.choice(POSTS)
        hashtags, people = self._random.sample(HASHTAGS, 4), self._random.sample(PEOPLE, 3)
        told = entities.Post(f"u{post[1:]}", 1_700_000_000_000, hashtags=tuple(hashtags), mentions=tuple(people))
        entities.put_post(self._client, post, told)

    def delete(self) -> None:
        forget_post(self._client, self._random.choice(POSTS))

    def like(self) -> None:
        self._record(Event(self._id, "like", self._random.choice(PEOPLE), post=self._random.choice(POSTS)))

    def pick(self) -> None:
        kind, hashtag = self._random.choice(["pick", "unpick"]), self._random.choice(HASHTAGS)
        self._record(Event(self._id, kind, self._random.choice(PEOPLE), hashtag=hashtag))

    @property
    def _id(self) -> str:
        return f"{self._seed}-{self.done.total()}"

    def _record(self, event: Event) -> None:
        record(self._client, [event])


def test_ten_concurrent_writers_of_the_same_posts_and_hashtags_succeed(
    client: Client, address: Address, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    load(client, write_csv(tmp_path, users=[{"id": person} for person in PEOPLE]))
    caplog.set_level(logging.WARNING, "neo4j")
    until = time.monotonic() + SECONDS
    with Client(address) as ours, ThreadPoolExecutor(WRITERS) as threads:
        done = sum(threads.map(lambda seed: Writer(ours, seed).write(until), range(WRITERS)), Counter[str]())
    assert min(done[act] for act in ("put", "like", "pick")) > 0
    deadlocks = [record for record in caplog.records if "Deadlock" in record.getMessage()]
    assert len(deadlocks) < 0.1 * done.total()  # of 50 acts in no order, 60
    unused = "MATCH (h:Hashtag) WHERE NOT EXISTS { (h)--() } RETURN count(*) AS count"
    assert ask(client, unused) == [{"count": 0}]
    likes = "MATCH (p:Post) WHERE p.likeCount <> COUNT { (p)<-[:LIKED]-() } RETURN count(*) AS count"
    assert ask(client, likes) == [{"count": 0}]
