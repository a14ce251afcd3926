"""Leases: one worker at a time does a kind of background work."""

import logging
import threading
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


@contextmanager
def leased(client: Client, lease: str) -> Iterator[threading.Event]:
    """Hold a lease while the block runs. Raises Busy if another process has it.

    Yields an event that is set when the lease is lost, because it could not be renewed in time: stop then.
    """
    owner = uuid4().hex
    if not _take(client, lease, owner):
        raise Busy(
            f"Another builder is at work on this graph (lease {lease!r}).",
            f"Wait until it has finished; if it was killed, try again in {LEASE_MS // 1000} s.",
        )
    done, lost = threading.Event(), threading.Event()
    renewing = threading.Thread(target=_renew, args=(client, lease, owner, done, lost), daemon=True)
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


def _renew(client: Client, lease: str, owner: str, done: threading.Event, lost: threading.Event) -> None:
    while not done.wait(LEASE_MS / 1000 / RENEWALS_PER_LEASE):
        try:
            if not _take(client, lease, owner):
                lost.set()
                return
        except DatabaseError as error:
            log.warning("The lease %s could not be renewed: %s", lease, error)
