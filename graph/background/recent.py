"""Ties to the newest posts of people and of hashtags, for those of whom a read would miss them.

A request reads the posts of an author, or with a hashtag, that come first in the store. Neo4j gives those first that
were stored last, if each came by itself; those of one import come in any order. So a build looks where the newest posts
are not among them, and ties these by RECENT. Posts that come later are read first again.
"""

from collections.abc import Callable

from graph.client import Client

PAGE_NODES = 20
"""Nodes whose ties are written in a transaction."""


def renew(client: Client, now: int, scanned: int, check: Callable[[], None] = lambda: None) -> int:
    """Ties to the `scanned` newest posts up to `now`, in epoch milliseconds. Returns how many people and hashtags were
    tied anew. `check` may raise an exception between two pages, to end it."""
    times = {"now": now, "scanned": scanned}
    highest = client.read("build/size")[0]["highest"]
    due = [node for row in client.stream("build/recent_due", {"highest": highest, **times}) for node in row["nodes"]]
    for first in range(0, len(due), PAGE_NODES):
        check()
        client.write("build/recent", {"nodes": due[first : first + PAGE_NODES], **times})
    return len(due)
