"""Renewal of the names of stored hashtags, after the rules of graph.hashtags have changed.

Hashtags that have one name now become one, with the mutes, interests and posts of all of them; one whose name holds
nothing any more is deleted. What builds made of a merged hashtag is renewed by the next. Whatever is done in between,
doing it again from the start completes it: each transaction leaves a graph from which it can go on.
"""

from collections.abc import Iterator

from graph import hashtags
from graph.client import Client
from graph.errors import Conflict

PAGE = 5000
"""Hashtags that are read at once."""
RENAMED = 200
"""Hashtags that are renamed in a transaction."""
BATCH = 2000
"""Ties of each kind that are moved or deleted in a transaction."""
ATTEMPTS = 5
"""Times that a renaming is tried while other processes create or rename hashtags, too."""


def renew(client: Client) -> None:
    """Renews all names. Processes that do so at the same time do not disturb each other."""
    for page in _pages(client):
        renamed = {old: new for old in page if (new := hashtags.name(old)) != old}
        _rename(client, {old: new for old, new in renamed.items() if new})
        for old, new in renamed.items():
            if new:
                _merge(client, old, new)
            _remove(client, old)


def _pages(client: Client) -> Iterator[list[str]]:
    """Names in their order; renamed ones may come again."""
    last = ""
    while names := [row["hashtag"] for row in client.read("schema/hashtags", {"hashtag": last, "limit": PAGE})]:
        yield names
        last = names[-1]


def _rename(client: Client, renamed: dict[str, str]) -> None:
    """Renames the first hashtag of each new name that no hashtag has."""
    firsts = {new: old for old, new in reversed(renamed.items())}
    rows = [{"hashtag": old, "name": new} for new, old in firsts.items()]
    for start in range(0, len(rows), RENAMED):
        _write_rows(client, rows[start : start + RENAMED])


def _write_rows(client: Client, rows: list[dict[str, str]]) -> None:
    for attempt in range(1, ATTEMPTS + 1):
        try:
            client.write("schema/rename_hashtags", {"rows": rows})
            return
        except Conflict:  # somebody made a hashtag of one of these names meanwhile
            if attempt == ATTEMPTS:
                raise


def _merge(client: Client, old: str, new: str) -> None:
    """Moves the ties of a hashtag to another; does nothing if it was renamed."""
    rows = {"hashtag": old, "name": new, "batch": BATCH}
    while any(row["moved"] for row in client.write("schema/merge_hashtag", {"rows": rows}).rows):
        pass


def _remove(client: Client, old: str) -> None:
    """Deletes a hashtag with its ties; does nothing if there is none."""
    while any(row["ties"] for row in client.write("schema/remove_hashtag", {"hashtag": old, "batch": BATCH}).rows):
        pass
