"""The schema of the graph: identities and indexes, in numbered versions that are applied in order."""

from collections.abc import Callable

from graph import captions, hashtag_names, stored_pictures
from graph.client import Client
from graph.errors import DatabaseError

VERSION = 14
CLEANUPS = {
    4: ("schema/remove_candidates", "schema/remove_near", "schema/remove_stored"),
    10: ("schema/remove_rising",),
}
"""Statements that remove, in pages, obsolete data of older versions, by the version that makes it obsolete."""
RENEWALS: dict[int, Callable[[Client], None]] = {5: hashtag_names.renew, 8: captions.renew, 14: stored_pictures.renew}
"""Functions that bring data of older versions into the form of a version, in pages."""


def version(client: Client) -> int:
    """The schema version of the graph; 0 before the first."""
    rows = client.read("schema/version")
    return int(rows[0]["version"]) if rows else 0


def ensure(client: Client) -> None:
    """Upgrades the graph to VERSION. Raises DatabaseError if its version is newer.

    A version is recorded after all its statements: they are idempotent, so an upgrade that was killed is run again.
    """
    has = version(client)
    if has > VERSION:
        raise DatabaseError(
            f"The graph has schema version {has}, and this graphfeed supports up to {VERSION}.",
            "Install a newer graphfeed.",
        )
    for number in range(has + 1, VERSION + 1):
        client.run_parts(f"schema/version_{number}")
        client.run_parts("schema/await_indexes")
        for statement in CLEANUPS.get(number, ()) if has else ():
            client.run_in_transactions(statement)
        if has and number in RENEWALS:
            RENEWALS[number](client)
        client.write("schema/record_version", {"version": number})
