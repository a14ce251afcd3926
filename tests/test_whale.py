"""Nothing that a request runs costs more for a crowd: every statement, with whales as who asks and as who is asked for."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from graph import catalog, clock
from graph.background.affinity import renew
from graph.background.builder import STAGES, build
from graph.client import Client
from graph.discovery import top_of_hashtag
from graph.errors import NotFound
from graph.events import KINDS, Event, record
from graph.health import health
from graph.network import interests, network
from graph.progress import Silent
from graph.ranking.batch import ranked_lists
from graph.ranking.feed import ANY_AGE, Request, feed, next_page, prepare, replay
from graph.ranking.why import why
from loaders import readers
from loaders.importer import Options
from loaders.offline import import_offline
from tests.costs import Costs, profiled
from tests.little_network import DEFAULT, changed, ranking
from tests.support import ask, small_server
from tests.whale import BIG, HOT, NOW, ORDINARY, SEEN, TENTH, VIEWERS, write_whales

PATIENT = changed(budget_ms=600_000)
"""A profiled statement is slower than it is otherwise."""
PEOPLE = (*VIEWERS, ORDINARY)
POSTS = (HOT, SEEN, "x0", "n0", "p0", "p40")
"""Of whales, of nobody, and of ordinary people."""
HASHTAGS = (BIG, "topic0", "t0")


@contextmanager
def whales(home: Path, scale: float, heap: str) -> Iterator[Client]:
    """A client of a server of its own that holds the network, with all that is built of it.

    Affinity is built for the whales and a few others alone: for all, it would take longer than all the rest.
    """
    write_whales(home / "network", scale=scale)
    with small_server(home, heap=heap) as server:
        sources, _ = readers.find(home / "network")
        report = import_offline(server.settings, sources, Options(home / "rejects.csv"), Silent())
        assert report.total.created == report.total.rows
        with Client(server.address) as client:
            build(client, DEFAULT, as_of=NOW, only=[stage for stage in STAGES if stage != "affinity"])
            renew(client, ranking().affinity, users=[*PEOPLE, *(f"u{number}" for number in range(1, 20))])
            yield client


def asked(user: str, **details: Any) -> Request:
    return Request(user, PATIENT, as_of=NOW, **details)


def everything(client: Client, costs: Costs) -> None:
    """Every kind of request, each by each whale: first those that only read."""
    for user in PEOPLE:
        for name, ask_it in READS.items():
            costs.case = f"{name}, {user}"
            ask_it(client, user)
    for user in PEOPLE:
        for name, do_it in WRITES.items():
            costs.case = f"{name}, {user}"
            do_it(client, user)
    costs.case = "health"
    health(client)


Case = Callable[[Client, str], object]


def _pages(client: Client, user: str) -> None:
    """A feed that is recorded, its next page, and its slate again; then it is forgotten."""
    answer = feed(client, asked(user), record=True)
    assert answer.items
    assert answer.missing == ()
    if answer.cursor:
        next_page(client, user, answer.cursor, record=True)
    replay(client, user, str(answer.slate))
    ask(client, "MATCH (slate:Slate) DETACH DELETE slate")


def _why(client: Client, user: str) -> None:
    for post in POSTS:
        why(client, asked(user), post)


def _tops(client: Client, user: str) -> None:
    for hashtag in HASHTAGS:
        top_of_hashtag(client, hashtag, asked(user))


def _walk(client: Client, user: str) -> None:
    """A feed of somebody whose affinity is due."""
    ask(client, "MATCH (me:User {id: $me}) SET me.affinityAt = 1", me=user)
    feed(client, asked(user))
    ask(client, "MATCH (me:User {id: $me}) REMOVE me.affinityAt", me=user)


def _folded(client: Client, user: str) -> None:
    """A feed of somebody whose factors are made from other likes."""
    [row] = ask(client, "MATCH (me:User {id: $me}) RETURN me.factorsLikes AS likes", me=user)
    ask(client, "MATCH (me:User {id: $me}) SET me.factorsLikes = -1", me=user)
    feed(client, asked(user))
    ask(client, "MATCH (me:User {id: $me}) SET me.factorsLikes = $likes", me=user, likes=row["likes"])


READS: dict[str, Case] = {
    "feed": _pages,
    "feed of any age": lambda client, user: feed(client, asked(user, window_days=ANY_AGE)),
    "feed of 400 days": lambda client, user: feed(client, asked(user, window_days=400, sensitive=True)),
    "long feed": lambda client, user: feed(client, asked(user, limit=50)),
    "feed of an hour": lambda client, user: feed(client, asked(user, window_days=0.04, exclude=POSTS)),
    **{
        f"feed of {source}": lambda client, user, source=source: feed(client, asked(user, source=source))
        for source in DEFAULT.sources
    },
    "feed before affinity": _walk,
    "feed after a like": _folded,
    "why": _why,
    "top": _tops,
    "interests": lambda client, user: interests(client, user, DEFAULT, NOW, 100),
    "network": lambda client, user: network(client, user, "all", 1000),
    "list": lambda client, user: [*ranked_lists(client, [user], asked(user), 100)],
}



def _events(client: Client, user: str) -> None:
    """Each kind, upon whales and others, in an order that leaves all as it was."""
    people = [person for person in ("celeb", "blockedall", "u7") if person != user]
    targets: dict[str, tuple[str, ...]] = {"person": tuple(people), "post": ("celeb2", "x5", "p7"), "hashtag": HASHTAGS}
    for kind, about in KINDS.items():
        for field in about.targets:
            for target in targets[field]:
                named: dict[str, Any] = {field: target}
                record(client, [Event(uuid4().hex, kind, user, at=NOW, **named)])


def _put(client: Client, user: str) -> None:
    catalog.put_person(client, user, catalog.Person(username=user))
    for post, author in ((HOT, "celeb"), ("x0", "prolific")):
        told = catalog.Post(author, NOW - 10_000_000, hashtags=[BIG, "topic0"], mentions=["mentioned", user])
        catalog.put_post(client, post, told)


WRITES: dict[str, Case] = {"events": _events, "put": _put}
