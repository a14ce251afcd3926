"""Locks on nodes. Whoever changes several takes them here, in one order for all, so that none waits in a circle."""

from collections.abc import Iterable

from graph.client import Transaction


def lock(
    transaction: Transaction, *, posts: Iterable[str] = (), people: Iterable[str] = (), hashtags: Iterable[str] = ()
) -> set[tuple[str, str]]:
    """Locks posts, then people, then hashtags, each by their ids or names, until the transaction ends.

    A transaction that calls it twice must lock no post the second time if it has locked people, and so on. Returns
    those that exist, as kind and id. What was written by hand with an id that is no string is not locked.
    """
    kinds = {"posts": posts, "people": people, "hashtags": hashtags}
    ids = {kind: sorted({id for id in given if isinstance(id, str)}) for kind, given in kinds.items()}
    return {(row["kind"], row["id"]) for row in transaction.run("events/lock", ids).rows}
