"""Renewal of the names of stored hashtags, after the rules of graph.hashtags have changed.

Hashtags that have one name now become one, with the mutes, interests and posts of all of them; one whose name holds
nothing any more is deleted. What builds made of a merged hashtag is renewed by the next. Whatever is done in between,
doing it again from the start completes it: each transaction leaves a graph from which it can go on.
"""

from collections.abc import Iterator
from contextlib import suppress

from graph import hashtags
from graph.client import Client, Row
from graph.errors import Conflict

PAGE = 5000
"""Hashtags that are read at once."""
RENAMED = 200
"""Hashtags that are renamed in a transaction."""
BATCH = 2000
"""Ties of each kind that are moved or deleted in a transaction."""
ATTEMPTS = 5
"""Times that a transaction is tried while other processes change the same hashtags."""


def renew(client: Client) -> None:
    """Renews all names. Processes that do so at the same time do not disturb each other."""
    for page in _pages(client):
        changed = {old: new for old in page if (new := hashtags.name(old)) != old}
        renamed = _rename(client, {old: new for old, new in changed.items() if new})
        for old, new in changed.items():
            if old not in renamed:
                _merge(client, old, new)
                _remove(client, old)


def _pages(client: Client) -> Iterator[list[str]]:
    """Names in their order; renamed ones may come again."""
    last = ""
    while names := [row["hashtag"] for row in client.read("schema/hashtags", {"hashtag": last, "limit": PAGE})]:
        yield names
        last = names[-1]


def _rename(client: Client, changed: dict[str, str]) -> set[str]:
    """Renames the first hashtag of each new name that no hashtag has. Returns the former names of those."""
    firsts = {new: old for old, new in reversed(changed.items())}
    rows = [{"hashtag": old, "name": new} for new, old in firsts.items()]
    pages = (rows[start : start + RENAMED] for start in range(0, len(rows), RENAMED))
    return {row["hashtag"] for page in pages for row in _write(client, "schema/rename_hashtags", {"rows": page})}


def _merge(client: Client, old: str, new: str) -> None:
    """Moves the ties of a hashtag to another, if both are there."""
    rows = {"hashtag": old, "name": new, "batch": BATCH}
    while any(row["moved"] for row in _write(client, "schema/merge_hashtag", {"rows": rows})):
        pass


def _remove(client: Client, old: str) -> None:
    """Deletes a hashtag, if it is there, with its ties."""
    while any(row["ties"] for row in _write(client, "schema/remove_hashtag", {"hashtag": old, "batch": BATCH})):
        pass


def _write(client: Client, statement: str, params: Row) -> list[Row]:
    """The rows of a statement, which is tried again when another process changed the same hashtags meanwhile."""
    for _ in range(ATTEMPTS - 1):
        with suppress(Conflict):
            return client.write(statement, params).rows
    return client.write(statement, params).rows
