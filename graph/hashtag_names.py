"""Migration of the names of stored hashtags, after the rules of graph.hashtags have changed.

Hashtags with the same new name are merged, with the mutes, interests, wants and posts of all of them; one with an empty
new name is deleted. The next build renews what was built of a merged hashtag. The migration is idempotent: after an
interruption, it completes when it runs again.
"""

from collections.abc import Iterator
from contextlib import suppress

from graph import hashtags
from graph.client import Client, Row
from graph.errors import Conflict

PAGE_HASHTAGS = 5000
"""Hashtags read at once."""
RENAME_HASHTAGS = 200
"""Hashtags renamed per transaction."""
BATCH_TIES = 2000
"""Ties of each kind moved or deleted per transaction."""
ATTEMPTS = 5
"""Attempts of a transaction while other processes change the same hashtags."""


def renew(client: Client) -> None:
    """Migrates all names. Several processes may do so at the same time."""
    for page in _pages(client):
        stored = (old for old in page if len(old) <= hashtags.MAX_CHARACTERS)  # longer ones were made by other tools
        changed = {old: new for old in stored if (new := hashtags.name(old)) != old}
        renamed = _rename(client, {old: new for old, new in changed.items() if new})
        for old, new in changed.items():
            if old not in renamed:
                _merge(client, old, new)
                _remove(client, old)


def _pages(client: Client) -> Iterator[list[str]]:
    """Pages of all names, sorted; renamed ones may come again."""
    last = ""
    while names := [
        row["hashtag"] for row in client.read("schema/hashtags", {"hashtag": last, "limit": PAGE_HASHTAGS})
    ]:
        yield names
        last = names[-1]


def _rename(client: Client, changed: dict[str, str]) -> set[str]:
    """Renames one hashtag for each new name that is free. Returns the old names of the renamed ones."""
    firsts = {new: old for old, new in reversed(changed.items())}
    rows = [{"hashtag": old, "name": new} for new, old in firsts.items()]
    pages = (rows[start : start + RENAME_HASHTAGS] for start in range(0, len(rows), RENAME_HASHTAGS))
    return {row["hashtag"] for page in pages for row in _write(client, "schema/rename_hashtags", {"rows": page})}


def _merge(client: Client, old: str, new: str) -> None:
    """Moves the ties of a hashtag to another, if both exist."""
    rows = {"hashtag": old, "name": new, "batch": BATCH_TIES}
    while any(row["moved"] for row in _write(client, "schema/merge_hashtag", {"rows": rows})):
        pass


def _remove(client: Client, old: str) -> None:
    """Deletes a hashtag with its ties, if it exists."""
    while any(row["ties"] for row in _write(client, "schema/remove_hashtag", {"hashtag": old, "batch": BATCH_TIES})):
        pass


def _write(client: Client, statement: str, params: Row) -> list[Row]:
    """The rows of a statement, retried when another process changes the same hashtags. Raises Conflict."""
    for _ in range(ATTEMPTS - 1):
        with suppress(Conflict):
            return client.write(statement, params).rows
    return client.write(statement, params).rows
