"""Forgetting: a person leaves the graph, with everything that tells of them."""

from collections import Counter

from graph import clock
from graph.background.state import state
from graph.client import Client
from graph.errors import NotFound
from loaders.format.neutral import FILES

HOUR_MS = 3_600_000
TIES = 2_000
"""At most, in one transaction."""
TEXTS = 20
"""Of posts and comments: a text of 10 MB takes twice as much of the server's memory until its deletion is committed."""

STEPS = {  # each removes at most so many things, and says how many of what; it is repeated until there are none
    "forget/lists": TIES,  # while the posts still tell their ids
    "forget/derived": TIES,
    "forget/likes": TIES,
    "forget/comments": TEXTS,
    "forget/tags": TIES,
    "forget/post_comments": TEXTS,
    "forget/post_ties": TIES,
    "forget/posts": TEXTS,
    "forget/hashtags": TIES,
    "forget/ties": TIES,
    "forget/events": TIES,
}
KINDS = (*(format.name for format in FILES), "hashtags", "derived")


def forget(client: Client, user: str) -> dict[str, int]:
    """Remove a person, their posts with all that hangs on these, and all they did; how much of what.

    That is counted in rows of the format's files, in hashtags that nobody uses any more, and in relationships that were
    derived. The counters of others' posts go down with each like and comment that goes, those given on import too.

    It takes many transactions. The person goes last: after an interruption the same call removes the rest, and
    counts that alone. Raises NotFound for a person whom the graph does not hold.
    """
    removed = _all_of(client, "forget/events", user, TIES)  # of one who is gone, what an interruption left
    if not removed and not _is_known(client, user):
        raise NotFound(f"The graph has no person {user!r}.", "There is nothing to forget; or check the id.")
    while _is_known(client, user):  # again if they did something meanwhile
        for step, batch in STEPS.items():
            removed.update(_all_of(client, step, user, batch))
        removed.update(client.write("forget/person", {"me": user}).rows[0])
    removed.update(_all_of(client, "forget/events", user, TIES))  # recorded while the rest went
    return {kind: removed[kind] for kind in KINDS if removed[kind]}


def learned(client: Client, build_hours: float) -> str | None:
    """When that goes which was learned from somebody's likes: with the next build, for it is in everybody's numbers.

    None where nothing was built, so nothing was learned. `build_hours` is how often a build is made at least.
    """
    serving = state(client)
    if serving is None:
        return None
    by = serving.built_at + round(build_hours * HOUR_MS)
    when = f"by {clock.iso(by // 60_000 * 60_000)}" if by > clock.now() else "which is due: run `graphfeed refresh`"
    return f"What was learned from their likes goes with the next build, {when}."


def forget_post(client: Client, post: str) -> None:
    """Remove a post with all that hangs on it. Raises NotFound for a post that the graph does not hold.

    It takes several transactions; after an interruption the same call removes the rest.
    """
    if not _is_known_post(client, post):
        raise NotFound(f"The graph has no post {post!r}.", "There is nothing to remove; or check the id.")
    while _is_known_post(client, post):  # again if somebody liked it meanwhile
        while client.write("forget/ties_of_post", {"post": post, "batch": TIES}).rows[0]["ties"]:
            pass
        client.write("forget/post", {"post": post})


def _all_of(client: Client, step: str, user: str, batch: int) -> Counter[str]:
    """Repeat a step until there is nothing left for it; how much of what it removed."""
    removed: Counter[str] = Counter()
    while any((gone := client.write(step, {"me": user, "batch": batch}).rows[0]).values()):
        removed.update(gone)
    return removed


def _is_known(client: Client, user: str) -> bool:
    return not client.read("import/unknown_users", {"ids": [user]})


def _is_known_post(client: Client, post: str) -> bool:
    return not client.read("import/unknown_posts", {"ids": [post]})
