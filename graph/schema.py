"""The schema of the graph: identities and indexes, in numbered versions that are applied in order."""

from graph.client import Client
from graph.errors import DatabaseError

VERSION = 4
CLEANUPS = {4: ("schema/remove_candidates", "schema/remove_near", "schema/remove_stored")}
"""Statements that remove, in pages, what older versions stored and a version has no use for."""


def version(client: Client) -> int:
    """The version that the graph has; 0 for a graph that is not ours yet."""
    rows = client.read("schema/version")
    return int(rows[0]["version"]) if rows else 0


def ensure(client: Client) -> None:
    """Bring the graph to VERSION; nothing happens if it is there. Raises DatabaseError if it is ahead of us.

    A version is recorded when all of it is done: killed in the midst, the next start does it again, and what was
    removed is removed already.
    """
    has = version(client)
    if has > VERSION:
        raise DatabaseError(
            f"The graph has version {has} of the schema, and this graphfeed knows {VERSION}.",
            "Install a newer graphfeed.",
        )
    for number in range(has + 1, VERSION + 1):
        client.run_parts(f"schema/version_{number}")
        client.run_parts("schema/await_indexes")
        for statement in CLEANUPS.get(number, ()) if has else ():
            client.run_in_transactions(statement)
        client.write("schema/record_version", {"version": number})
