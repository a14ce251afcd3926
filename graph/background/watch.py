"""The loop of a builder: whole builds when they are due, renewal of marked nodes in between, removal of old data.

It holds the lease of builders only while it works, and waits while another process has it. Its steps are independent:
a step that fails is retried with growing pauses, and does not hold up the others.
"""

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Event

from graph import clock, events, gds, schema
from graph.background import affinity, renewal
from graph.background.builder import Built, build
from graph.background.state import LEASE, State, state
from graph.background.store import GRACE_SECONDS, Stopped, Store
from graph.client import Client
from graph.errors import Busy, GdsMissing, GraphfeedError, Unreachable
from graph.hashtag_meaning.dictionary import languages
from graph.leases import leased
from graph.memory import build_bytes
from graph.projections import drop_left_behind
from graph.quality.tune import compared_profiles, keep, tune
from graph.ranking import stored_profiles
from graph.ranking.profiles import Profile
from graph.settings import Settings

log = logging.getLogger(__name__)

HOUR_MS = 3_600_000
MIN_NEW_LIKES = 20
"""The least number of new likes for a new build: renewal and live reads cover fewer."""
REST_FACTOR = 10
"""The pause after a build, in durations of that build."""
MAX_PAUSE_SECONDS = 3_600.0
"""The longest pause of a step that keeps failing."""
RECONNECT_SECONDS = 5.0
"""The interval of attempts to reach Neo4j while it is away."""
PRUNE_SECONDS = 3_600.0
TRENDING_SECONDS = 3_600.0
"""The interval of lists of what trends between whole builds, if likes came and reading the graph is quick enough."""
RETENTION_MS = 90 * clock.DAY_MS
"""The retention of the events' ledger, and of slates after they expire."""
PRUNED_SLATES = 2_000
"""Slates that are removed per transaction."""
MIN_MARKED = 1
"""Marked nodes from which a renewal starts."""


def why_due(client: Client, settings: Settings, serving: State | None) -> str | None:
    """The reason why a whole build is due, to go on after 'because'; None if it is not due."""
    if serving is None:
        return "there is no build yet"
    hours = (clock.now() - serving.built_at) / HOUR_MS
    if hours >= settings.build_hours:
        return f"the last one is {hours:.0f} hours old"
    likes = client.read("build/lag", {"highest": MIN_MARKED, "now": clock.now()})[0]["likes"]
    if likes - serving.likes >= max(settings.build_growth * serving.likes, MIN_NEW_LIKES):
        return f"likes grew from {serving.likes:,} to {likes:,}"
    return None


def is_tuning_due(client: Client, hours: float) -> bool:
    """Returns True if there is a build, and the last tuning is before it and so many hours old."""
    serving, last = state(client), stored_profiles.last_tuning(client)
    if serving is None or last is None:
        return serving is not None
    return clock.now() - last.at >= hours * HOUR_MS and serving.built_at > last.at


def watch(client: Client, settings: Settings, profile: Profile, stopped: Event) -> None:
    """Runs a builder until `stopped` is set."""
    _Watch(client, settings, profile, stopped).run()


@dataclass
class _Step:
    """A task that a builder repeats."""

    name: str
    """The name in logs: 'The whole build'."""
    work: Callable[[], None]
    every: float
    """Seconds."""
    due: float = field(default_factory=time.monotonic)
    failures: int = 0

    def pause(self) -> float:
        """The pause after one more failure, in seconds: twice as long each time."""
        self.failures += 1
        return float(min(self.every * 2 ** min(self.failures, 20), max(MAX_PAUSE_SECONDS, self.every)))


class _Watch:
    """The steps, and their state between runs."""

    def __init__(self, client: Client, settings: Settings, profile: Profile, stopped: Event) -> None:
        self._client = client
        self._settings = settings
        self._profile = profile
        self._stopped = stopped
        self._is_away = False
        self._lacks_gds = False
        self._rests_until = 0.0
        self._seen: tuple[int, float] | None = None
        """The generation that serves, and when we first saw it (monotonic seconds)."""
        self._left: int | None = None
        """The generation whose predecessor's vectors are removed."""
        every = settings.build_seconds
        self._steps = [
            _Step("The whole build", self._build, every),
            *([_Step("The tuning", self._tune, every)] if settings.tune_hours else []),
            _Step("The list of what trends", self._list_trending, max(every, TRENDING_SECONDS)),
            _Step("The renewal of posts", self._renew_posts, every),
            _Step("The renewal of affinity", self._renew_affinity, every),
            _Step("The removal of old vectors", self._leave, min(every, GRACE_SECONDS)),
            _Step("The removal of old slates and events", self._prune, PRUNE_SECONDS),
        ]

    def run(self) -> None:
        self._wait_for_neo4j()
        while not self._stopped.is_set():
            for step in self._steps:
                if step.due <= time.monotonic() and not self._stopped.is_set():
                    self._attempt(step)
            self._stopped.wait(max(0.0, min(step.due for step in self._steps) - time.monotonic()))

    def _wait_for_neo4j(self) -> None:
        """Returns when Neo4j answers and has our schema."""
        while not self._stopped.is_set():
            try:
                self._client.follow()
                self._client.verify()
                schema.ensure(self._client)
                return
            except GraphfeedError as error:
                self._tell_away(error)
                self._stopped.wait(RECONNECT_SECONDS)

    def _attempt(self, step: _Step) -> None:
        began = time.monotonic()
        pause = step.every
        try:
            self._client.follow()
            step.work()
            step.failures, self._is_away = 0, False
        except Busy:
            pass  # another builder does it
        except Unreachable as error:
            self._tell_away(error)
            pause = RECONNECT_SECONDS
        except GraphfeedError as error:
            pause = step.pause()
            log.warning("%s failed; retry in %.0f s: %s", step.name, pause, error)
        except Exception:  # the loop must go on: its end would be noticed much later
            pause = step.pause()
            log.exception("%s failed; retry in %.0f s.", step.name, pause)
        # Other work gets at least as much time as this step took
        step.due = time.monotonic() + max(pause, time.monotonic() - began)

    def _tell_away(self, error: GraphfeedError) -> None:
        if not self._is_away:
            log.warning("The builder waits for Neo4j: %s", error)
        self._is_away = True

    # The steps

    def _build(self) -> None:
        serving = state(self._client)
        why = why_due(self._client, self._settings, serving)
        if why is None or (serving is not None and time.monotonic() < self._rests_until):
            return
        log.info("Building, because %s.", why)
        began = time.monotonic()
        built = build(
            self._client,
            self._profile,
            memory=build_bytes(self._settings),
            languages=languages(self._settings.languages),
            stopped=self._stopped,
        )
        self._rests_until = time.monotonic() + REST_FACTOR * (time.monotonic() - began)
        if not built.stopped:
            log.info("Built generation %d: %s.", built.generation, summary(built))

    def _tune(self) -> None:
        if self._settings.tune_hours is None or not is_tuning_due(self._client, self._settings.tune_hours):
            return
        before = compared_profiles(self._client, self._settings.profiles)
        with leased(self._client, LEASE) as lost, suppress(Stopped):
            memory = build_bytes(self._settings)
            tuned = tune(self._client, before, memory=memory, stopped=_Either(self._stopped, lost))
            keep(self._client, tuned)
            log.info(
                "Tuned: the profile %s is the best of %s and a fitted one.",
                tuned.profile.name,
                ", ".join(each.name for each in before),
            )

    def _list_trending(self) -> None:
        """Lists anew what trends, unless nobody liked anything since, or that would take a tenth of the time."""
        serving = state(self._client)
        likes = self._client.read("build/lag", {"highest": MIN_MARKED, "now": clock.now()})[0]["likes"]
        if serving is None or likes == serving.trending_likes or time.monotonic() < self._rests_until:
            return
        began = time.monotonic()
        built = build(
            self._client, self._profile, only=["trending"], memory=build_bytes(self._settings), stopped=self._stopped
        )
        self._rests_until = time.monotonic() + REST_FACTOR * (time.monotonic() - began)
        if not built.stopped:
            log.info("Listed what trends: %s.", summary(built))

    def _renew_posts(self) -> None:
        due = {"before": clock.now(), "batch": MIN_MARKED}
        if state(self._client) is None or not self._client.read("build/marked", due):
            return
        done = renewal.renew_marked(self._client, stopped=self._stopped)
        log.info("Renewed %d posts%s.", done.posts, f", {done.failed} failed" if done.failed else "")

    def _renew_affinity(self) -> None:
        due = {"before": clock.now(), "batch": MIN_MARKED}
        ranking = self._profile.ranking
        if ranking is None or not self._client.read("affinity/marked", due) or not self._has_gds():
            return
        with leased(self._client, LEASE) as lost:
            drop_left_behind(self._client)
            done = affinity.renew_marked(self._client, ranking, stopped=_Either(self._stopped, lost))
        log.info("Renewed the affinity of %d people%s.", done.people, f", {done.failed} failed" if done.failed else "")

    def _has_gds(self) -> bool:
        """Returns True if GDS can renew affinity; logs once if it cannot."""
        try:
            gds.require(self._client, gds.AFFINITY_PROCEDURES)
        except GdsMissing as error:
            if not self._lacks_gds:
                log.warning("Affinity is limited to two steps: %s", error)
            self._lacks_gds = True
            return False
        self._lacks_gds = False
        return True

    def _leave(self) -> None:
        """Removes the old slot's vectors, once no request can read them any more."""
        serving = state(self._client)
        if serving is None or serving.generation == self._left:
            return
        if self._seen is None or self._seen[0] != serving.generation:
            self._seen = (serving.generation, time.monotonic())
        if time.monotonic() < self._seen[1] + GRACE_SECONDS:
            return
        with leased(self._client, LEASE) as lost:
            now = state(self._client)
            if now is None or now.generation != serving.generation:
                return
            Store(self._client, known=0, owner=lost.owner).clear("B" if serving.slot == "A" else "A")
        self._left = serving.generation

    def _prune(self) -> None:
        before = clock.now() - RETENTION_MS
        with leased(self._client, LEASE):
            events.prune(self._client, before)
            while self._client.write("slates/prune", {"before": before, "batch": PRUNED_SLATES}).rows[0]["slates"]:
                pass


class _Either(Event):
    """An event that is set as soon as any of others is."""

    def __init__(self, *others: Event) -> None:
        super().__init__()
        self._others = others

    def is_set(self) -> bool:
        return super().is_set() or any(other.is_set() for other in self._others)


def summary(built: Built) -> str:
    """The result of a build, in a line: '12.3 s (lists 3.1 s, tops 0.2 s), without gds'."""
    stages = ", ".join(f"{stage} {seconds:.1f} s" for stage, seconds in built.seconds.items())
    without = f", without {', '.join(built.missing)}" if built.missing else ""
    return f"{sum(built.seconds.values()):.1f} s ({stages}){without}"
