"""Migration of stored captions, whose words older versions did not keep."""

from graph.client import Client, Row
from graph.words import READ_CHARACTERS, words_of

PAGE_POSTS = 200
"""Posts read at once: captions may be long."""


def renew(client: Client) -> None:
    """Gives all posts with a caption its words. Idempotent: after an interruption, it completes when it runs again."""
    after = ""
    cut = {"characters": READ_CHARACTERS}
    while rows := client.read("schema/captions", {"after": after, "limit": PAGE_POSTS, **cut}):
        said: list[Row] = [{**row, "words": words_of(row["caption"] or "")} for row in rows]
        client.write("schema/captioned", {"rows": said, **cut})
        after = rows[-1]["post"]
