"""Metrics and logs of the service: Prometheus metrics, and a log of JSON lines on stderr."""

import logging
import os
import sys
from collections import Counter as Tally
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest, multiprocess
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector
from pythonjsonlogger.json import JsonFormatter
from starlette.types import Scope

from graph import clock, tracing
from graph.background.state import stages
from graph.client import Client
from graph.errors import GraphfeedError
from graph.events import Event
from graph.health import Health, health
from graph.ranking import stored_profiles
from graph.ranking.experiments import Trials
from graph.ranking.feed import Feed
from service.arm_gauges import ArmGauges
from service.middleware import WAS_HEAD
from service.outputs import EventResult

log = logging.getLogger("service.middleware")

MULTIPROC_DIR_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
"""The environment variable with the folder in which workers share their metrics, so that each can report all."""
_METHODS = {"GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"}
_REQUEST_SECONDS = "graphfeed_request_seconds"
BUCKET_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
"""The bounds of the histograms."""


@dataclass(frozen=True)
class Serving:
    """The profile that serves where a request names none."""

    name: str
    more: Path | None
    """The file of the user's own profiles."""


@dataclass(frozen=True)
class RouteFigures:
    """The requests of a route by a method."""

    method: str
    route: str
    """As `/v1/users/{user}/feed`; `none` for paths of no route."""
    statuses: Tally[str] = field(default_factory=Tally)
    """Number of requests by the status of the response; 0 if it had none."""
    within: Tally[float] = field(default_factory=Tally)
    """Number of requests that took at most so many seconds, by the bounds of the histogram; the last is infinite."""


def sent_method(scope: Scope) -> str:
    """Returns the method that the client sent, or `other` for one that is not of HTTP: clients may send any text."""
    method: str = "HEAD" if scope.get(WAS_HEAD) else scope["method"]
    return method if method in _METHODS else "other"


class Telemetry:
    """The metrics of one worker."""

    def __init__(self, trials: Trials | None = None) -> None:
        trials = trials or Trials()
        self._experiment = trials.experiment
        self._arms = ArmGauges() if trials.experiment or trials.holdout else None
        self._registry = registry = CollectorRegistry()
        self._requests = Histogram(
            _REQUEST_SECONDS,
            "Duration of requests, by route and status.",
            ("method", "route", "status"),
            registry=registry,
            buckets=BUCKET_SECONDS,
        )
        self._statements = Histogram(
            "graphfeed_statement_seconds",
            "Duration of Cypher statements, by statement.",
            ("statement",),
            registry=registry,
            buckets=BUCKET_SECONDS,
        )
        self._candidates = Counter(
            "graphfeed_candidates", "Candidates for first pages, by source.", ("source",), registry=registry
        )
        self._items = Counter("graphfeed_items", "Shown posts, by source.", ("source",), registry=registry)
        self._missing = Counter(
            "graphfeed_missing", "Incomplete feeds, by what was missing.", ("what",), registry=registry
        )
        self._refused = Counter(
            "graphfeed_rate_refusals",
            "Requests rejected by a rate limit, by the limit's owner.",
            ("of",),
            registry=registry,
        )
        self._events = Counter("graphfeed_events", "Events, by kind and status.", ("kind", "status"), registry=registry)
        self._tried_items = Counter(
            "graphfeed_experiment_items",
            "Posts that were handed out in the experiment, by arm.",
            ("experiment", "arm"),
            registry=registry,
        )
        self._tried_events = Counter(
            "graphfeed_experiment_events",
            "Events that changed the graph, by the actor's arm and kind.",
            ("experiment", "arm", "kind"),
            registry=registry,
        )

    def observe_request(self, scope: Scope, status: int, seconds: float, trace: tracing.Trace) -> None:
        """Counts and logs a request. The log has the route, not the path: ids are personal data."""
        route = getattr(scope.get("route"), "path_format", "none")
        method = sent_method(scope)
        self._requests.labels(method, route, status).observe(seconds)
        for call in trace.calls:
            self._statements.labels(call.statement).observe(call.seconds)
        fields = {
            "method": method,
            "route": route,
            "status": status,
            "ms": round(seconds * 1000, 1),
            "neo4j_ms": round(sum(call.seconds for call in trace.calls) * 1000, 1),
            "statements": len(trace.calls),
        }
        log.info("answered", extra=fields)

    def count_feed(self, feed: Feed) -> None:
        """Counts the candidates of a feed, its posts, and what it lacks."""
        for source, count in feed.candidates.items():
            self._candidates.labels(source).inc(count)
        for source, count in Tally(item.source for item in feed.items).items():
            self._items.labels(source).inc(count)
        for what in feed.missing:
            self._missing.labels(what).inc()
        if self._experiment and feed.experiment == self._experiment.name:  # a slate may be of the one before
            self._tried_items.labels(feed.experiment, feed.arm).inc(len(feed.items))

    def count_refusal(self, of: str) -> None:
        """Counts a request that the rate limit of a `key` or of a `person` rejected."""
        self._refused.labels(of).inc()

    def count_events(self, events: Sequence[Event], results: Sequence[EventResult]) -> None:
        """Counts events by kind and status."""
        for event, result in zip(events, results, strict=True):
            self._events.labels(event.kind, result.status).inc()
            if self._experiment and result.status == "done":
                arm = self._experiment.arm(event.user)
                self._tried_events.labels(self._experiment.name, arm, event.kind).inc()

    def exposition(self, client: Client, serving: Serving) -> bytes:
        """Returns the metrics of all workers, and the current state of builds, in the text format of Prometheus."""
        gauges = CollectorRegistry()
        gauges.register(_BuildGauges(client, serving, self._arms))
        return generate_latest(self._of_all_workers()) + generate_latest(gauges)

    def requests(self) -> list[RouteFigures]:
        """Returns the requests of each route to all workers, since the service started."""
        found: dict[tuple[str, str], RouteFigures] = {}
        for metric in self._of_all_workers().collect():
            if metric.name != _REQUEST_SECONDS:
                continue
            for name, labels, value, *_ in metric.samples:
                route = found.setdefault(
                    (labels["method"], labels["route"]), RouteFigures(labels["method"], labels["route"])
                )
                if name.endswith("_count"):
                    route.statuses[labels["status"]] += int(value)
                elif name.endswith("_bucket"):
                    route.within[float(labels["le"])] += int(value)
        return [found[key] for key in sorted(found, key=lambda key: key[::-1])]

    def _of_all_workers(self) -> CollectorRegistry:
        if MULTIPROC_DIR_VARIABLE not in os.environ:
            return self._registry
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return registry


class _BuildGauges(Collector):
    """The state of Neo4j and of builds, read at scrape time."""

    def __init__(self, client: Client, serving: Serving, arms: ArmGauges | None) -> None:
        self._client = client
        self._serving = serving
        self._arms = arms

    def describe(self) -> Iterable[Metric]:
        return []

    def collect(self) -> Iterable[Metric]:
        try:
            found = health(self._client)
        except GraphfeedError:
            yield GaugeMetricFamily("graphfeed_neo4j_up", "1 if Neo4j answers.", 0)
            return
        yield GaugeMetricFamily("graphfeed_neo4j_up", "1 if Neo4j answers.", 1)
        yield GaugeMetricFamily("graphfeed_gds_up", "1 if Neo4j has the GDS library.", int(found.gds is not None))
        if found.serving is not None:
            built, generation = found.serving.built_at / 1000, found.serving.generation
            yield GaugeMetricFamily("graphfeed_built_timestamp_seconds", "Time of the build in use.", built)
            yield GaugeMetricFamily("graphfeed_generation", "Number of the build in use.", generation)
        yield GaugeMetricFamily("graphfeed_building", "1 while a build is in progress.", int(found.work is not None))
        yield from self._stages(found)
        failing = "People and posts that the builder failed on and will retry."
        yield GaugeMetricFamily("graphfeed_failing", failing, found.failing)
        marked = "People and posts marked for the builder. Deprecated: removed in the next version."
        yield GaugeMetricFamily("graphfeed_stale_people", marked, found.stale)
        oldest = "Age of the oldest mark, in seconds. Deprecated: removed in the next version."
        yield GaugeMetricFamily("graphfeed_refresh_lag_seconds", oldest, found.lag_seconds)
        yield from self._profiles()
        if self._arms is not None:
            yield from self._arms.collect(self._client)

    def _stages(self, found: Health) -> Iterable[Metric]:
        """The stage of the build in progress; and of each stage how long it took, and how old its result is."""
        now = GaugeMetricFamily("graphfeed_build_stage", "1 for the stage of the build in progress.", labels=["stage"])
        if found.work is not None:
            now.add_metric([found.work.stage], 1)
        yield now
        took = "Duration of the last run of a build stage."
        age = "Age of the results of a build stage, such as the lists of similar posts."
        seconds = GaugeMetricFamily("graphfeed_build_stage_seconds", took, labels=["stage"])
        ages = GaugeMetricFamily("graphfeed_build_stage_age_seconds", age, labels=["stage"])
        with suppress(GraphfeedError):
            for stage in stages(self._client):
                seconds.add_metric([stage.name], stage.seconds)
                ages.add_metric([stage.name], max(0.0, (clock.now() - stage.ended_at) / 1000))
        yield seconds
        yield ages

    def _profiles(self) -> Iterable[Metric]:
        """The profile that serves, and the last tuning."""
        with suppress(GraphfeedError):
            found, _ = stored_profiles.serving(self._client, self._serving.name, self._serving.more)
            serves = "The profile that serves where a request names none."
            yield InfoMetricFamily("graphfeed_profile", serves, {"name": found.name, "hash": found.hash})
        with suppress(GraphfeedError):
            if (last := stored_profiles.last_tuning(self._client)) is not None:
                tuned = "Time of the last tuning, whichever profile it chose."
                yield GaugeMetricFamily("graphfeed_tuned_timestamp_seconds", tuned, last.at / 1000)
                yield from _tuning(last.outcome)


def _tuning(outcome: Mapping[str, Any]) -> Iterable[Metric]:
    """The results of the last tuning; none for a tuning of an older version."""
    if not outcome:
        return
    better = "1 if the profile that the last tuning fitted is better than those before."
    yield GaugeMetricFamily("graphfeed_tuning_better", better, int(outcome["isBetter"]))
    people = "People whose likes the last tuning was fitted to, or could have been."
    yield GaugeMetricFamily("graphfeed_tuning_people", people, outcome["people"])
    seconds = "Duration of the last tuning."
    yield GaugeMetricFamily("graphfeed_tuning_seconds", seconds, outcome["seconds"])
    measures = GaugeMetricFamily(
        "graphfeed_tuning_measure",
        "Measures of the last tuning on its held-out likes, of the profile before and of the fitted one.",
        labels=("measure", "profile"),
    )
    for of in ("before", "fitted"):
        for name, value in outcome[of].items():
            measures.add_metric((name, of), value)
    changes = GaugeMetricFamily(
        "graphfeed_tuning_change",
        "Difference of each measure from the profile before, and the bounds of its interval.",
        labels=("measure", "bound"),
    )
    for name, bounds in outcome["change"].items():
        for bound, value in zip(("value", "low", "high"), bounds, strict=True):
            changes.add_metric((name, bound), value)
    yield from (measures, changes)


def log_json() -> None:
    """Logs everything to stderr, as one JSON object per line with the id of its request."""
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
