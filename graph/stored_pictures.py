"""Migration of stored vectors of pictures, which older versions did not store in bytes."""

from graph.client import Client
from graph.pictures import SIZE, to_bytes

PAGE_POSTS = 500
"""Vectors that are read at once."""


def renew(client: Client) -> None:
    """Gives all posts with a vector its bytes. Idempotent: after an interruption, it completes when it runs again."""
    after = ""
    while rows := client.read("schema/pictures", {"after": after, "limit": PAGE_POSTS, "size": SIZE}):
        given = [{"post": row["post"], "first": row["vector"][0], "numbers": to_bytes(row["vector"])} for row in rows]
        client.write("schema/pictured", {"rows": given})
        after = rows[-1]["post"]
