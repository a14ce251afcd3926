"""Gauges of experiments and holdouts: likes and hides by arm, with intervals, as `graphfeed experiment` prints them."""

import logging
import math
import threading
import time
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from prometheus_client.core import GaugeMetricFamily, Metric

from graph.client import Client
from graph.errors import GraphfeedError

if TYPE_CHECKING:
    from graph.quality.arms import Rate, Result

log = logging.getLogger(__name__)

RENEW_SECONDS = 600.0
"""The age from which results are computed anew, which reads all slates of experiments."""
_ACTS = ("likes", "hides")


class ArmGauges:
    """The cached results of a process. A scrape never waits: it gets the last results, and starts to renew old ones."""

    def __init__(self, seconds: float = RENEW_SECONDS) -> None:
        self._seconds = seconds
        self._results: list[Result] = []
        self._began = -math.inf
        self._lock = threading.Lock()

    def collect(self, client: Client) -> Iterator[Metric]:
        """The gauges of the last results; nothing before the first."""
        results = self._results  # of one computation, whatever the thread finishes meanwhile
        self._renew(client)
        rates = GaugeMetricFamily(
            "graphfeed_arm_acts_per_1000_posts",
            "Likes and hides per 1,000 posts in an arm, and the bounds of the interval.",
            labels=("experiment", "arm", "act", "bound"),
        )
        differences = GaugeMetricFamily(
            "graphfeed_arm_difference_per_1000_posts",
            "Likes and hides per 1,000 posts in the first arm less those in the second.",
            labels=("experiment", "act", "bound"),
        )
        posts = GaugeMetricFamily("graphfeed_arm_posts", "Posts in each arm.", labels=("experiment", "arm"))
        for result in results:
            for arm in result.arms:
                posts.add_metric((result.name, arm.name), arm.impressions)
                for act in _ACTS:
                    _add(rates, (result.name, arm.name, act), getattr(arm, f"{act}_rate"))
            for act in _ACTS:
                _add(differences, (result.name, act), getattr(result, f"{act}_difference"))
        yield from (rates, differences, posts) if results else ()

    def _renew(self, client: Client) -> None:
        """Starts a thread that renews results if they are too old."""
        with self._lock:
            if time.monotonic() - self._began < self._seconds:
                return
            self._began = time.monotonic()
        threading.Thread(target=self._read, args=(client,), name="arms", daemon=True).start()

    def _read(self, client: Client) -> None:
        """Computes the results, which stay as they are if that fails."""
        from graph.quality.arms import results

        try:
            self._results = results(client)
        except GraphfeedError as error:
            log.warning("The results of experiments could not be computed: %s", error)


def _add(family: GaugeMetricFamily, labels: Iterable[str], rate: "Rate") -> None:
    """Adds a rate and its bounds, unless they are NaN, as without posts."""
    for bound, value in (("value", rate.value), ("low", rate.interval.low), ("high", rate.interval.high)):
        if not math.isnan(value):
            family.add_metric((*labels, bound), value)
