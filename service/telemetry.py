"""What the service tells of itself: metrics for Prometheus, and a line of JSON in the log for each request."""

import logging
import os
import sys
from collections import Counter as Tally
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest, multiprocess
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector
from pythonjsonlogger.json import JsonFormatter
from starlette.types import Scope

from graph import tracing
from graph.client import Client
from graph.errors import GraphfeedError
from graph.events import Event
from graph.health import health
from graph.ranking import kept
from graph.ranking.experiments import Experiment
from graph.ranking.feed import Feed
from service.outputs import EventResult

log = logging.getLogger("service.middleware")

SHARED = "PROMETHEUS_MULTIPROC_DIR"
"""The variable that names the folder in which several workers keep their numbers, so that each tells of all."""
_METHODS = {"GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"}
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)


@dataclass(frozen=True)
class Serving:
    """The profile that serves where a request names none."""

    name: str
    more: Path | None
    """The file of the user's own profiles."""


class Telemetry:
    """The numbers of one worker."""

    def __init__(self, experiment: Experiment | None = None) -> None:
        self._experiment = experiment
        self._own = own = CollectorRegistry()
        self._requests = Histogram(
            "graphfeed_request_seconds",
            "How long answers took, by route and status.",
            ("method", "route", "status"),
            registry=own,
            buckets=_SECONDS,
        )
        self._statements = Histogram(
            "graphfeed_statement_seconds",
            "How long Neo4j took, by statement: each stage and each source of a feed is one.",
            ("statement",),
            registry=own,
            buckets=_SECONDS,
        )
        self._candidates = Counter(
            "graphfeed_candidates", "Posts that sources brought for first pages.", ("source",), registry=own
        )
        self._items = Counter("graphfeed_items", "Posts that were shown, by their source.", ("source",), registry=own)
        self._missing = Counter(
            "graphfeed_missing", "Feeds that had to do without something, by what that was.", ("what",), registry=own
        )
        self._events = Counter(
            "graphfeed_events", "Events, by their kind and what came of them.", ("kind", "status"), registry=own
        )
        self._tried_items = Counter(
            "graphfeed_experiment_items",
            "Posts that were handed out in the experiment, by arm.",
            ("experiment", "arm"),
            registry=own,
        )
        self._tried_events = Counter(
            "graphfeed_experiment_events",
            "Events that changed something, of anything, by the arm of who did it, and by their kind.",
            ("experiment", "arm", "kind"),
            registry=own,
        )

    def answered(self, scope: Scope, status: int, seconds: float, trace: tracing.Trace) -> None:
        """Note a request, and log it. The log tells the route, not who asked: ids are personal."""
        route = getattr(scope.get("route"), "path_format", "none")
        method = scope["method"] if scope["method"] in _METHODS else "other"  # whoever asks may write any
        self._requests.labels(method, route, status).observe(seconds)
        for call in trace.calls:
            self._statements.labels(call.statement).observe(call.seconds)
        told = {
            "method": method,
            "route": route,
            "status": status,
            "ms": round(seconds * 1000, 1),
            "neo4j_ms": round(sum(call.seconds for call in trace.calls) * 1000, 1),
            "statements": len(trace.calls),
        }
        log.info("answered", extra=told)

    def handed_out(self, feed: Feed) -> None:
        """Note what a feed that is no look was made from, and what is in it."""
        for source, count in feed.candidates.items():
            self._candidates.labels(source).inc(count)
        for source, count in Tally(item.source for item in feed.items).items():
            self._items.labels(source).inc(count)
        for what in feed.missing:
            self._missing.labels(what).inc()
        if self._experiment and feed.experiment == self._experiment.name:  # a slate may be of the one before
            self._tried_items.labels(feed.experiment, feed.arm).inc(len(feed.items))

    def recorded(self, events: Sequence[Event], results: Sequence[EventResult]) -> None:
        """Note events."""
        for event, result in zip(events, results, strict=True):
            self._events.labels(event.kind, result.status).inc()
            if self._experiment and result.status == "done":
                arm = self._experiment.arm(event.user)
                self._tried_events.labels(self._experiment.name, arm, event.kind).inc()

    def exposition(self, client: Client, serving: Serving) -> bytes:
        """All workers' numbers, and the state of builds now, in the text format of Prometheus."""
        registry = self._own
        if SHARED in os.environ:
            registry = CollectorRegistry()
            multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        now = CollectorRegistry()
        now.register(_Now(client, serving))
        return generate_latest(registry) + generate_latest(now)


class _Now(Collector):
    """What is so now: asked of Neo4j when it is collected."""

    def __init__(self, client: Client, serving: Serving) -> None:
        self._client = client
        self._serving = serving

    def describe(self) -> Iterable[Metric]:
        return []

    def collect(self) -> Iterable[Metric]:
        try:
            found = health(self._client)
        except GraphfeedError:
            yield GaugeMetricFamily("graphfeed_neo4j_up", "Whether Neo4j answers.", 0)
            return
        yield GaugeMetricFamily("graphfeed_neo4j_up", "Whether Neo4j answers.", 1)
        yield GaugeMetricFamily("graphfeed_gds_up", "Whether Neo4j has the GDS library.", int(found.gds is not None))
        if found.serving is not None:
            built, generation = found.serving.built_at / 1000, found.serving.generation
            yield GaugeMetricFamily("graphfeed_built_timestamp_seconds", "Time of the build that serves.", built)
            yield GaugeMetricFamily("graphfeed_generation", "Number of the build that serves.", generation)
        yield GaugeMetricFamily("graphfeed_building", "Whether a build is being made.", int(found.work is not None))
        failing = "People and posts on which the builder failed, and which it tries again."
        yield GaugeMetricFamily("graphfeed_failing", failing, found.failing)
        marked = "People and posts marked for the builder; will go in the next version."
        yield GaugeMetricFamily("graphfeed_stale_people", marked, found.stale)
        oldest = "Age of the oldest mark, in seconds; will go in the next version."
        yield GaugeMetricFamily("graphfeed_refresh_lag_seconds", oldest, found.lag_seconds)
        yield from self._profiles()

    def _profiles(self) -> Iterable[Metric]:
        """The profile that serves, and the last tuning."""
        with suppress(GraphfeedError):  # a profile that is not there: requests tell of it
            found = kept.find(self._client, self._serving.name, self._serving.more)
            serves = "The profile that serves where a request names none."
            yield InfoMetricFamily("graphfeed_profile", serves, {"name": found.name, "hash": found.hash})
        with suppress(GraphfeedError):
            if (last := kept.last_tuning(self._client)) is not None:
                tuned = "Time of the last tuning, whichever profile it chose."
                yield GaugeMetricFamily("graphfeed_tuned_timestamp_seconds", tuned, last.at / 1000)


def log_json() -> None:
    """Have everything that is logged go to stderr, a JSON object a line, with the id of the request it is about."""
    handler = logging.StreamHandler(sys.stderr)
    fields = {"asctime": "time", "levelname": "level", "name": "logger"}
    handler.setFormatter(
        JsonFormatter("%(asctime)s %(levelname)s %(name)s %(message)s", rename_fields=fields, json_ensure_ascii=True)
    )
    handler.addFilter(_with_request)
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for name in ("neo4j", "httpx"):
        logging.getLogger(name).setLevel(logging.WARNING)


def _with_request(record: logging.LogRecord) -> bool:
    trace = tracing.current()
    if trace is not None:
        record.request = trace.request
    return True
