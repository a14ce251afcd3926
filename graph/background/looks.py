"""Posts that look alike: arcs between posts by the cosine of what their pictures show.

A post has arcs to those whose pictures are nearest to its own, found once, in the background, by way of Neo4j's vector
index (HNSW, Malkov and Yashunin 2016). Older posts get arcs to a new one, too, and keep their nearest, so that it is
found at once from those that somebody liked. Only pictures of the same model are compared, and only those of posts that
everybody may see, of people who opted out of nothing.
"""

from collections.abc import Callable, Container, Iterator, Sequence
from contextlib import closing
from typing import Any

from graph.client import Client, Row
from graph.in_threads import in_threads
from graph.pictures import SAME_COSINE, SIZE

MAX_ARCS = 10
"""Arcs from each post."""
NEAREST = 20
"""Posts that the index is asked for, as some are of the same author, or not for everybody."""
LEAST_COSINE = 0.5
"""Pictures further apart than this do not look alike. Those of different things are at .06 to .21."""
OWN_COPIES = 2
"""The most arcs to nearly the same pictures by the same author, while there are enough by others."""
PAGE_POSTS = 200
BATCH_ARCS = 10_000
"""Arcs of a post that are deleted per transaction."""


def renew(
    client: Client,
    posts: Sequence[str],
    *,
    listen: Callable[[int, int], None] = lambda done, total: None,
    check: Callable[[], None] = lambda: None,
) -> int:
    """Makes the arcs of these posts anew, and those of posts that look like them. Returns how many posts have been
    compared with others; one without a vector, or that not everybody may see, loses its arcs instead.

    `listen` receives the progress in posts; `check` may raise an exception between two pages, to end it.
    """
    compared, given = 0, set(posts)
    pages = [[*posts[first : first + PAGE_POSTS]] for first in range(0, len(posts), PAGE_POSTS)]
    # What is near does not depend on arcs: it is found while others are written
    with closing(in_threads(lambda page: _near(client, page), pages, 1)) as read:
        for number, (page, near) in enumerate(read):
            listen(number * PAGE_POSTS, len(posts))
            check()
            _drop(client, page, check)
            if near:
                arcs = [_arcs(row, given) for row in near]
                client.write("build/looks", {"rows": {"keep": MAX_ARCS, "posts": arcs}})
            compared += len(near)
    listen(len(posts), len(posts))
    return compared


def _near(client: Client, page: list[str]) -> Sequence[Row]:
    rows = {"posts": page, "nearest": NEAREST, "least": LEAST_COSINE, "size": SIZE}
    return client.read("build/looks_near", {"rows": rows})


def _drop(client: Client, page: list[str], check: Callable[[], None]) -> None:
    """Deletes the arcs of posts that had some, or may have none, a batch of each at once."""
    rows = {"posts": page, "batch": BATCH_ARCS}
    while client.write("build/looks_drop", {"rows": rows}).rows[0]["arcs"] == BATCH_ARCS:
        check()


def due(client: Client) -> Iterator[str]:
    """The posts whose pictures have not been compared yet, or may not be any more."""
    highest = client.read("build/size")[0]["highest"]
    for row in client.stream("build/looks_due", {"highest": highest}):
        yield from row["posts"]


def _arcs(row: Row, given: Container[str] = ()) -> dict[str, Any]:
    """The arcs of a post: the nearest posts of other authors, then those of its own, but for nearly the same pictures;
    of equally near ones those whose ids come first. And the arcs to it, but from those that are given themselves.
    """
    near = sorted(row["near"], key=lambda one: (-one["weight"], one["post"]))
    copies = [one for one in near if one["isOwn"] and one["weight"] >= SAME_COSINE][:OWN_COPIES]
    others = [one for one in near if not one["isOwn"]][: MAX_ARCS - len(copies)]
    rest = [one for one in near if one["isOwn"] and one not in copies]
    chosen = [*others, *copies, *rest][:MAX_ARCS]
    targets, weights = [one["post"] for one in chosen], [one["weight"] for one in chosen]
    finders = [one for one in near if one["post"] not in given]
    return {
        "post": row["post"],
        "model": row["model"],
        "targets": targets,
        "weights": weights,
        "finders": [one["post"] for one in finders],
        "found": [one["weight"] for one in finders],
    }
