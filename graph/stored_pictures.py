"""Migration of stored vectors of pictures, which older versions did not store in bytes."""

from graph.client import Client
from graph.pictures import SIZE, to_bytes

PAGE_POSTS = 500
"""Vectors that are read at once."""


def renew(client: Client) -> None:
    """Gives all posts with a vector its bytes. Idempotent: after an interruption, it completes when it runs again, and
    what an older version changed meanwhile is right, too."""
    after = ""
    while rows := client.read("schema/pictures", {"after": after, "limit": PAGE_POSTS, "size": SIZE}):
        given = [{"post": row["post"], "first": row["vector"][0], "numbers": to_bytes(row["vector"])} for row in rows]
        others = [new for new, row in zip(given, rows, strict=True) if new["numbers"] != row["numbers"]]
        if others:
            client.write("schema/pictured", {"rows": others})
        after = rows[-1]["post"]
