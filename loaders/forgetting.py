"""Deletion of people, with everything about them, and of posts."""

from collections import Counter

from graph import clock
from graph.background.state import state
from graph.client import Client, Transaction
from graph.errors import NotFound
from graph.locking import lock
from loaders.format.neutral import FILES

HOUR_MS = 3_600_000
TIES = 2_000
"""The most ties to delete in a transaction."""
TEXTS = 20
"""The most posts or comments to delete in a transaction: before the commit, a text of 10 MB takes 20 MB of memory."""

STEPS = {  # batch size of each; a step returns counts by kind, and is repeated until nothing is left
    "forget/lists": TIES,  # while the posts, whose ids it needs, are there
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
LOCKED_KINDS = ("post", "person", "hashtag")
KINDS = (*(format.name for format in FILES), "hashtags", "derived")


def forget(client: Client, user: str) -> dict[str, int]:
    """Deletes a person, their posts with everything on them, and everything they did. Returns counts by kind.

    The kinds are the files of the format, hashtags that nothing uses any more, and derived data. Each deleted like and
    comment lowers the counter of its post, also a counter given on import.

    It takes many transactions, and the person is deleted last: after an interruption the same call deletes the rest,
    and counts only that. Raises NotFound for an unknown person.
    """
    removed = _all_of(client, "forget/events", user, TIES)  # for a deleted person, left by an interruption
    if not removed and not _is_known(client, user):
        raise NotFound(f"The graph has no person {user!r}.", "Check the id, unless they are forgotten already.")
    while _is_known(client, user):  # repeated if they did something meanwhile
        for step, batch in STEPS.items():
            removed.update(_all_of(client, step, user, batch))
        removed.update(client.write("forget/person", {"me": user}).rows[0])
    removed.update(_all_of(client, "forget/events", user, TIES))  # recorded while the rest was deleted
    return {kind: removed[kind] for kind in KINDS if removed[kind]}


def learned(client: Client, build_hours: float) -> str | None:
    """A sentence on when the traces of a person's likes in everybody's vectors are gone: with the next build.

    None if there is no build. `build_hours` is the longest time between builds.
    """
    serving = state(client)
    if serving is None:
        return None
    by = serving.built_at + round(build_hours * HOUR_MS)
    when = f"by {clock.iso(by // 60_000 * 60_000)}" if by > clock.now() else "which is due: run `graphfeed refresh`"
    return f"The results learned from their likes are removed with the next build, {when}."


def forget_post(client: Client, post: str) -> None:
    """Deletes a post with everything on it. Raises NotFound for an unknown post.

    It takes several transactions; after an interruption the same call deletes the rest.
    """
    if not _is_known_post(client, post):
        raise NotFound(f"The graph has no post {post!r}.", "Check the id, unless it is deleted already.")
    while _is_known_post(client, post):  # repeated if somebody liked it meanwhile
        while client.transaction("forget/ties_of_post", lambda transaction: _untie(transaction, post)):
            pass
        client.write("forget/post", {"post": post})


def _untie(transaction: Transaction, post: str) -> int:
    """Deletes a batch of a post's ties. Returns how many there were."""
    ties = transaction.run("forget/others_of_post", {"post": post, "batch": TIES}).rows
    if not ties:
        return 0
    posts, people, hashtags = ([tie["id"] for tie in ties if tie["kind"] == kind] for kind in LOCKED_KINDS)
    lock(transaction, posts=[post, *posts], people=people, hashtags=hashtags)
    transaction.run("forget/ties_of_post", {"post": post, "ties": [tie["tie"] for tie in ties]})
    return len(ties)


def _all_of(client: Client, step: str, user: str, batch: int) -> Counter[str]:
    """Repeats a step until nothing is left for it. Returns how much it deleted, by kind."""
    removed: Counter[str] = Counter()
    while any((gone := client.write(step, {"me": user, "batch": batch}).rows[0]).values()):
        removed.update(gone)
    return removed


def _is_known(client: Client, user: str) -> bool:
    return not client.read("import/unknown_users", {"ids": [user]})


def _is_known_post(client: Client, post: str) -> bool:
    return not client.read("import/unknown_posts", {"ids": [post]})
