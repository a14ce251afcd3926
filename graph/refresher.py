"""The refresher: it computes what a feed reads, in the background, so that a request never waits for GDS.

For each person it stores who is near, whose taste is alike, and the candidates of each source, in one transaction: what
was there goes on serving until what is new is whole. One refresher works at a time, for it holds a lease.
"""

import logging
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from graph import candidates, clock, events
from graph.affinity import Affinity, Nearest, affinity
from graph.candidates import Candidates, Near
from graph.client import Client, Row
from graph.errors import Busy, GdsMissing, GraphfeedError, NotFound, ProjectionLost, SettingsError
from graph.leases import leased
from graph.progress import Progress, Silent
from graph.projections import drop_left_behind
from graph.ranking.profiles import STORED, Profile, Ranking

log = logging.getLogger(__name__)

ALL, STALE = "all", "stale"
PREFIX = "graphfeed-refresh-"
"""Of the names of a refresher's projections."""
BATCH = 50
"""People for whom GDS is asked at once."""
THREADS = 2
"""That compute for a batch: so that the server always has something to do."""
KEPT_MS = 90 * 86_400_000
"""For so long after they are of use, slates are kept, and replays of events are known."""
PRUNED = 2_000


@dataclass(frozen=True)
class Refreshed:
    """What a refresh did."""

    people: int
    seconds: float
    missing: tuple[str, ...]
    """What it had to do without: "gds"."""


class Refresher:
    """Computes candidates for people by a profile, with GDS where there is one."""

    def __init__(self, client: Client, profile: Profile, ranking: Ranking, affinity: Affinity | None) -> None:
        self.client = client
        self.missing: tuple[str, ...] = () if affinity else ("gds",)
        self.profile_hash = profile.hash
        self._profile = profile
        self._ranking = ranking
        self._affinity = affinity

    def compute(
        self, users: Sequence[str], as_of: int, *, with_reasons: bool = True
    ) -> Iterator[tuple[str, Candidates]]:
        """The candidates of each of these people, at a clock in epoch milliseconds. Raises ProjectionLost.

        Without reasons, it does not look for what people of the same taste have in common.
        """
        nearest: Nearest = self._affinity.nearest(users) if self._affinity else {}
        similar: Nearest = self._affinity.similar(users) if self._affinity else {}

        def found(user: str) -> tuple[str, Candidates]:
            words = candidates.vocabulary(self._profile, self._ranking, self._ranking.refresh, user, as_of)
            near = self._near(words, nearest.get(user), similar.get(user), with_reasons)
            return user, candidates.find(self.client, words, near, STORED)

        with ThreadPoolExecutor(THREADS) as pool:
            yield from pool.map(found, users)

    def _near(
        self, words: Mapping[str, Any], nearest: list[Any] | None, similar: list[Any] | None, with_reasons: bool
    ) -> Near:
        """Who is near: by GDS, or, for somebody whom it does not know, by a walk of a step or two."""
        keep = self._ranking.affinity.keep
        shared: dict[str, Row] = {}
        if with_reasons or similar is None:
            rows = self.client.read("affinity/shared", {**words, "keep": 10 * keep})
            shared = {row["other"]: row for row in rows}
        if nearest is None:
            walk = self.client.read("affinity/walk", {**words, "keep": keep})
            nearest = [[row["other"], row["score"]] for row in walk]
        if similar is None:
            similar = [[other, row["cosine"]] for other, row in list(shared.items())[:keep]]
        alike = [[other, cosine, shared[other]["post"] if other in shared else ""] for other, cosine in similar]
        return Near(candidates.known_authors(self.client, words, nearest, keep), alike)


@contextmanager
def refresher(client: Client, profile: Profile, ranking: Ranking, prefix: str = "graphfeed-") -> Iterator[Refresher]:
    """A refresher that holds GDS's projections, where there is GDS, while the block runs."""
    with ExitStack() as stack:
        try:
            found: Affinity | None = stack.enter_context(affinity(client, ranking.affinity, prefix))
        except GdsMissing:
            found = None
        yield Refresher(client, profile, ranking, found)


def refresh(
    client: Client,
    profile: Profile,
    whom: str | Sequence[str] = STALE,
    *,
    as_of: int | None = None,
    progress: Progress | None = None,
    stopped: threading.Event | None = None,
) -> Refreshed:
    """Compute and store for all people, those who are stale, or these, until it is stopped.

    Raises Busy while another refresher is at work, NotFound for people whom the graph does not know. Killed, it leaves
    each person's lists whole, as they were or as they are now.
    """
    if profile.ranking is None:
        raise SettingsError(f"The profile {profile.name} has nothing to refresh.", "Use another profile.")
    began, done = time.monotonic(), 0
    missing: tuple[str, ...] = ()
    progress = progress or Silent()
    stopped = stopped or threading.Event()
    with leased(client, "build") as lost:
        _drop_left_behind(client)
        start = clock.now()
        total = _total(client, whom, start)
        batches = _batches(client, whom, start)
        batch = next(batches, None)
        while batch and not stopped.is_set():
            with refresher(client, profile, profile.ranking, PREFIX) as worker:
                missing = worker.missing
                try:
                    while batch and not stopped.is_set():
                        if lost.is_set():
                            raise Busy("Another refresher has taken over.", "It goes on by itself.")
                        done += _store(worker, batch, clock.now() if as_of is None else as_of, stopped)
                        progress.advance("refreshing", done, max(total, done))
                        batch = next(batches, None)
                except ProjectionLost:
                    log.warning("Neo4j was started again; projecting anew.")
        _prune(client)
    return Refreshed(done, time.monotonic() - began, missing)


def _store(worker: Refresher, batch: Sequence[Row], as_of: int, stopped: threading.Event) -> int:
    """Compute and store for a batch; for how many people, which are all unless it is stopped."""
    before = {row["user"]: {"staleSince": row["staleSince"], "acts": row["acts"]} for row in batch}
    for done, (user, found) in enumerate(worker.compute(list(before), as_of), 1):
        worker.client.write(
            "refresh/store",
            {
                "me": user,
                "near": found.near.passed(),
                "lists": found.lists,
                **before[user],
                "now": as_of,
                "profileHash": worker.profile_hash,
                "without": list(worker.missing),
            },
        )
        if stopped.is_set():
            return done
    return len(before)


def _total(client: Client, whom: str | Sequence[str], start: int) -> int:
    size = client.read("refresh/size", {"before": start})[0]
    if isinstance(whom, str):
        return int(size["people"] if whom == ALL else size["stale"])
    return len(whom)


def _batches(client: Client, whom: str | Sequence[str], start: int) -> Iterator[list[Row]]:
    """The people, some at a time, with the time since when each is stale."""
    if whom == STALE:
        # Who is stored is not stale any more; who acts meanwhile waits for the next refresh, or this might never end
        while rows := client.read("refresh/stale", {"before": start, "batch": BATCH}):
            yield rows
    elif whom == ALL:
        after = ""
        while rows := client.read("refresh/due", {"after": after, "batch": BATCH}):
            yield rows
            after = rows[-1]["user"]
    else:
        yield from _named(client, whom)


def _named(client: Client, users: Sequence[str]) -> Iterator[list[Row]]:
    for start in range(0, len(users), BATCH):
        ids = list(users[start : start + BATCH])
        rows = client.read("refresh/named", {"users": ids})
        if unknown := sorted(set(ids) - {row["user"] for row in rows}):
            raise NotFound(f"The graph has no person {unknown[0]!r}.", "Import them, or check the id.")
        yield rows


def _drop_left_behind(client: Client) -> None:
    """Drop the projections of a refresher that was killed: who holds the lease is the only one that has any."""
    with suppress(GdsMissing):
        drop_left_behind(client, PREFIX)


def _prune(client: Client) -> None:
    """Let go of what nobody will ask for any more."""
    before = clock.now() - KEPT_MS
    events.prune(client, before)
    while client.write("slates/prune", {"before": before, "batch": PRUNED}).rows[0]["slates"]:
        pass


class Background:
    """Refreshes the stale in a thread of its own, again and again, until it is stopped."""

    def __init__(self, client: Client, profile: Profile, every_seconds: float) -> None:
        self._client = client
        self._profile = profile
        self._every = every_seconds
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="refresher", daemon=True)

    def start(self) -> None:
        """Begin, after one pause."""
        self._thread.start()

    def stop(self) -> None:
        """End after the person that it is at."""
        self._stopped.set()
        self._thread.join(timeout=30)

    def _run(self) -> None:
        pause = self._every
        while not self._stopped.wait(pause):
            began = time.monotonic()
            try:
                if _total(self._client, STALE, clock.now()):
                    refresh(self._client, self._profile, stopped=self._stopped)
            except Busy:
                pass
            except GraphfeedError as error:
                log.warning("The stale are not refreshed: %s", error)
            except Exception:  # a thread that ended would be missed much later
                log.exception("The stale are not refreshed.")
            # A big graph takes long to project: at least as long is left to others
            pause = max(self._every, time.monotonic() - began)
