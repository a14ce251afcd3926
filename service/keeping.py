"""Neo4j beside the service: where it is the embedded server and has died, it is started again.

Every worker looks after it, and one of them starts it: the server's own lock sees to that. A server that was stopped by
`graphfeed down` stays so.
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

LOOK_SECONDS = 1.0
LONGEST_PAUSE = 300.0
"""Seconds until a server that does not start is tried again: twice as many each time."""


@contextmanager
def kept(settings: Settings, client: Client, profile: Profile) -> Iterator[None]:
    """Look after the embedded server while the block runs; elsewhere, whoever runs Neo4j does."""
    if settings.uri is not None:
        yield
        return
    stopped = threading.Event()
    keeper = _Keeper(EmbeddedServer(settings, Silent()), client, profile, stopped)
    threading.Thread(target=keeper.run, name="neo4j", daemon=True).start()
    try:
        yield
    finally:
        stopped.set()  # not waited for: it may be starting Neo4j


class _Keeper:
    """Starts a server again, and has it plan the statements of a feed after each start, whoever started it."""

    def __init__(self, server: EmbeddedServer, client: Client, profile: Profile, stopped: threading.Event) -> None:
        self._server = server
        self._client = client
        self._profile = profile
        self._stopped = stopped

    def run(self) -> None:
        known, pause = self._server.pid, LOOK_SECONDS
        while not self._stopped.wait(pause):
            try:
                if self._server.is_missed:
                    log.warning("Neo4j has ended, and is started again.")
                    self._server.up()
                pid = self._server.pid
                if pid is not None and pid != known:
                    self._server.up()  # whoever starts it: until it answers
                    graph.ranking.feed.prepare(self._client, self._profile)
                    known = pid
                pause = LOOK_SECONDS
            except (GraphfeedError, OSError) as error:
                pause = min(2 * pause, LONGEST_PAUSE)
                log.warning("Neo4j is not ready, and is looked after again in %.0f s: %s", pause, error)
