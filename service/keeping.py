"""Restarts the embedded Neo4j server when it dies, or when its database panicked.

Every worker checks it; the server's lock lets only one of them start it. A server that `graphfeed down` stopped stays
stopped.
"""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import graph.ranking.feed
from graph.client import Client
from graph.embedded.server import EmbeddedServer
from graph.errors import GraphfeedError
from graph.progress import Silent
from graph.ranking.profiles import Profile
from graph.settings import Settings

log = logging.getLogger(__name__)

CHECK_SECONDS = 1.0
MAX_RETRY_SECONDS = 300.0
"""Longest pause between two attempts to start a server. The pause doubles with each."""


@contextmanager
def supervised(settings: Settings, client: Client, profile: Profile) -> Iterator[None]:
    """Supervises the embedded server while the block runs; with GRAPHFEED_URI set, does nothing."""
    if settings.uri is not None:
        yield
        return
    stopped = threading.Event()
    supervisor = _Supervisor(EmbeddedServer(settings, Silent()), client, profile, stopped)
    threading.Thread(target=supervisor.run, name="neo4j", daemon=True).start()
    try:
        yield
    finally:
        stopped.set()  # the thread is not joined: it may be starting Neo4j


class _Supervisor:
    """Restarts a server, and plans the statements of feeds after each start, whoever started it."""

    def __init__(self, server: EmbeddedServer, client: Client, profile: Profile, stopped: threading.Event) -> None:
        self._server = server
        self._client = client
        self._profile = profile
        self._stopped = stopped

    def run(self) -> None:
        """Checks the server until `stopped` is set."""
        known, pause = self._server.pid, CHECK_SECONDS
        while not self._stopped.wait(pause):
            try:
                if self._server.is_missed:
                    log.warning("Neo4j has died; restarting it: %s", self._server.ending() or "nobody knows why.")
                    self._server.up()
                elif self._client.has_panicked:
                    if self._server.is_alive:  # else it was stopped on purpose since
                        log.warning("Neo4j's database has panicked; restarting it.")
                        self._server.up()  # does nothing if another worker has restarted it
                    self._client.has_panicked = False
                pid = self._server.pid
                if pid is not None and pid != known:
                    self._server.up()  # waits until it answers, whoever starts it
                    self._client.follow()
                    graph.ranking.feed.prepare(self._client, self._profile)
                    known = pid
                pause = CHECK_SECONDS
            except (GraphfeedError, OSError) as error:
                pause = min(2 * pause, MAX_RETRY_SECONDS)
                log.warning("Neo4j is not ready; next check in %.0f s: %s", pause, error)
            except Exception:  # the thread must go on: its end would be noticed much later
                pause = MAX_RETRY_SECONDS
                log.exception("Neo4j was not checked; next check in %.0f s.", pause)
