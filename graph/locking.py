"""Locks on nodes, taken in the same order by all transactions that change several nodes, to prevent deadlocks."""

from collections.abc import Iterable

from graph.client import Transaction


def lock(
    transaction: Transaction, *, posts: Iterable[str] = (), people: Iterable[str] = (), hashtags: Iterable[str] = ()
) -> set[tuple[str, str]]:
    """Locks posts, then people, then hashtags, each sorted by id or name, until the transaction ends.

    Returns the existing ones as pairs of kind and id. Across several calls, a transaction must keep the order, too: no
    posts after people or hashtags, no people after hashtags. Ids that are not strings are not locked.
    """
    kinds = {"posts": posts, "people": people, "hashtags": hashtags}
    ids = {kind: sorted({id for id in given if isinstance(id, str)}) for kind, given in kinds.items()}
    return {(row["kind"], row["id"]) for row in transaction.run("events/lock", ids).rows}
