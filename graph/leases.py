"""Leases: one worker at a time does a kind of background work."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

from graph import clock
from graph.client import Client
from graph.errors import Busy, DatabaseError

log = logging.getLogger(__name__)

LEASE_MS = 60_000
"""The time until the lease of a killed worker expires."""
RENEWALS_PER_LEASE = 3
"""The number of renewals within LEASE_MS."""


class Lost(threading.Event):
    """Set when a lease is lost: another process has it, or may take it because it was not renewed in time."""

    def __init__(self, owner: str, until: float) -> None:
        super().__init__()
        self.owner = owner
        """The owner of the lease. Writes that must not meet those of another owner check it."""
        self.until = until
        """The end of the lease, in monotonic seconds."""

    def is_set(self) -> bool:
        return super().is_set() or time.monotonic() >= self.until


@contextmanager
def leased(client: Client, lease: str) -> Iterator[Lost]:
    """Holds a lease while the block runs. Raises Busy if another process has it.

    Yields an event that is set when the lease is lost: stop then.
    """
    owner, until = uuid4().hex, _until()
    if not _take(client, lease, owner):
        raise Busy(
            f"Another builder is at work on this graph (lease {lease!r}).",
            f"Wait until it has finished; if it was killed, try again in {LEASE_MS // 1000} s.",
        )
    done, lost = threading.Event(), Lost(owner, until)
    renewing = threading.Thread(target=_renew, args=(client, lease, lost, done), daemon=True)
    renewing.start()
    try:
        yield lost
    finally:
        done.set()
        renewing.join()
        try:
            client.write("leases/release", {"lease": lease, "owner": owner})
        except DatabaseError as error:
            log.warning("The lease %s could not be released and will expire: %s", lease, error)


def _take(client: Client, lease: str, owner: str) -> bool:
    now = clock.now()
    params = {"lease": lease, "owner": owner, "recordedAt": now, "until": now + LEASE_MS}
    return bool(client.write("leases/take", params).rows[0]["owner"] == owner)


def _until() -> float:
    """The end of a lease that is asked for now, in monotonic seconds."""
    return time.monotonic() + LEASE_MS / 1000


def _renew(client: Client, lease: str, lost: Lost, done: threading.Event) -> None:
    while not done.wait(LEASE_MS / 1000 / RENEWALS_PER_LEASE):
        until = _until()
        try:
            params = {"lease": lease, "owner": lost.owner, "until": clock.now() + LEASE_MS}
            if not client.write("leases/renew", params).rows[0]["renewed"]:
                lost.set()
                return
            lost.until = until
        except DatabaseError as error:
            log.warning("The lease %s could not be renewed: %s", lease, error)
