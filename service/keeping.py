"""What a worker does beside answering: it restarts the embedded Neo4j server when it dies, or when its database
panicked, has the statements of feeds planned anew when the graph has grown, and ends what has an end.

Every worker checks the server; its lock lets only one of them start it. A server that `graphfeed down` stopped stays
stopped.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import partial

import graph.ranking.feed
from graph import clock, events
from graph.client import Client
from graph.embedded.locks import held
from graph.embedded.server import EmbeddedServer
from graph.errors import GraphfeedError
from graph.progress import Silent
from graph.ranking.profiles import Profile
from graph.settings import Settings

log = logging.getLogger(__name__)

CHECK_SECONDS = 1.0
CHORE_SECONDS = 10.0
"""Pause between two looks whether mutes are over, and statements are to be planned anew. Neo4j itself plans one at most
every 10 s."""
JOIN_SECONDS = 5.0
"""Longest wait for an attempt to end when the service does."""
MAX_RETRY_SECONDS = 300.0
"""Longest pause between two attempts to start a server. The pause doubles with each."""


@contextmanager
def supervised(settings: Settings, client: Client, profile: Profile) -> Iterator[None]:
    """Supervises the server while the block runs; with GRAPHFEED_URI set, it only does the chores."""
    stopped = threading.Event()
    server = EmbeddedServer(settings, Silent()) if settings.uri is None else None
    supervisor = _Supervisor(server, partial(plan, settings, client, profile), client, stopped)
    thread = threading.Thread(target=supervisor.run, name="neo4j", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join(JOIN_SECONDS)  # it may be using the client, which is closed next, or be starting Neo4j for long


def plan(settings: Settings, client: Client, profile: Profile) -> None:
    """Has Neo4j plan the statements of feeds. Workers of one home do so one by one: the second finds them planned."""
    with held(settings.home / "plan.lock") if settings.uri is None else nullcontext():
        graph.ranking.feed.prepare(client, profile)


class _Supervisor:
    """Restarts a server if it is ours, and plans the statements of feeds after each start, whoever started it; does the
    chores from time to time."""

    def __init__(
        self, server: EmbeddedServer | None, plan: Callable[[], None], client: Client, stopped: threading.Event
    ) -> None:
        self._server = server
        self._plan = plan
        self._client = client
        self._stopped = stopped
        self._known = server.pid if server else None
        self._done = time.monotonic()

    def run(self) -> None:
        """Checks the server until `stopped` is set."""
        pause = CHECK_SECONDS
        while not self._stopped.wait(pause):
            try:
                if self._server is not None:
                    self._revive(self._server)
                self._do_chores_if_due()
                pause = CHECK_SECONDS
            except (GraphfeedError, OSError) as error:
                pause = min(2 * pause, MAX_RETRY_SECONDS)
                log.warning("Neo4j is not ready; next check in %.0f s: %s", pause, error)
            except Exception:  # the thread must go on: its end would be noticed much later
                pause = MAX_RETRY_SECONDS
                log.exception("Could not check Neo4j; next check in %.0f s.", pause)

    def _revive(self, server: EmbeddedServer) -> None:
        """Restarts the server if it must be, and follows it where it is started again."""
        if server.is_missed:
            log.warning("Neo4j has died; restarting it: %s", server.ending() or "the reason is unknown.")
            server.up()
        elif self._client.has_panicked:
            if server.is_alive:  # else it was stopped on purpose since
                log.warning("Neo4j's database has panicked; restarting it.")
                server.up()  # does nothing if another worker has restarted it
            self._client.has_panicked = False
        pid = server.pid
        if pid is not None and pid != self._known:
            server.up()  # waits until it answers, whoever starts it
            if self._stopped.is_set():
                return
            self._client.follow()
            self._plan()
            self._known = pid

    def _do_chores_if_due(self) -> None:
        if time.monotonic() - self._done < CHORE_SECONDS:
            return
        try:
            self._plan()
            events.end(self._client, clock.now())
        except GraphfeedError as error:  # it does not answer, for one: whoever reads is told
            log.debug("The chores are not done: %s", error)
        self._done = time.monotonic()
