"""Deletion of people, with everything about them, and of posts."""

import time
from collections import Counter

from graph import clock
from graph.background.state import states
from graph.client import Client, Row, Transaction
from graph.errors import NotFound
from graph.locking import lock
from loaders.format.neutral import FILES

HOUR_MS = 3_600_000
TIES = 2_000
"""The most ties to delete in a transaction."""
TEXTS = 20
"""The most posts or comments to delete in a transaction: before the commit, a text of 10 MB takes 20 MB of memory."""

STEPS = {  # batch size of each; a step returns counts by kind, and is repeated until nothing is left
    "forget/derived": TIES,
    "forget/likes": TIES,
    "forget/comments": TEXTS,
    "forget/tags": TIES,
    "forget/post_comments": TEXTS,
    "forget/post_ties": TIES,
    "forget/hashtags": TIES,
    "forget/packs": TEXTS,
    "forget/ties": TIES,
    "forget/events": TIES,
}
LAST_STEPS = {"forget/posts": TEXTS}
"""The steps after the person is blanked in others' slates, for which their posts must be there: see `forget`."""
SLATES = 500
"""Slates to blank in a transaction: one with its pool may have 100 kB."""
LOCKED_KINDS = ("post", "person", "hashtag")
KINDS = (*(format.name for format in FILES), "hashtags", "derived")


def forget(client: Client, user: str) -> dict[str, int]:
    """Deletes a person, their posts with everything on them, and everything they did. Returns counts by kind.

    The kinds are the files of the format, hashtags that nothing uses any more, and derived data. Each deleted like and
    comment lowers the counter of its post, also a counter given on import.

    It takes many transactions, and the person is deleted last: after an interruption the same call deletes the rest,
    and counts only that. It waits for no builder and no feed: first the person's posts are kept out of new feeds, and
    all ties by which feeds and builds find them are deleted; only then is looked for what others' slates tell of them.
    Of a person who is deleted, no slate is stored, and those that are being stored then are waited for. Raises NotFound
    for an unknown person.
    """
    removed = _all_of(client, "forget/events", user, TIES)  # for a deleted person, left by an interruption
    if not removed and not _is_known(client, user):
        raise NotFound(f"The graph has no person {user!r}.", "Check the id, unless they are forgotten already.")
    known = set[str]()
    while _is_known(client, user):  # repeated if they did something meanwhile
        posts = [row["post"] for row in client.read("forget/posts_of", {"me": user})]
        known.update(posts)
        for start in range(0, len(posts), TIES):
            client.write("forget/close", {"me": user, "posts": posts[start : start + TIES]})
        for step, batch in STEPS.items():
            removed.update(_all_of(client, step, user, batch))
        removed.update(_blank(client, user, posts))
        for step, batch in LAST_STEPS.items():
            removed.update(_all_of(client, step, user, batch))
        removed.update(client.write("forget/person", {"me": user}).rows[0])
    removed.update(_all_of(client, "forget/events", user, TIES))  # recorded while the rest was deleted
    _wait_for_slates(client)
    removed.update(_blank(client, user, [*known]))  # of feeds that were being made when this began
    return {kind: removed[kind] for kind in KINDS if removed[kind]}


def _blank(client: Client, user: str, posts: list[str]) -> Counter[str]:
    """Blanks a person and their posts in all slates, in one pass. Returns the number of changed slates, by kind."""
    removed: Counter[str] = Counter()
    params: Row = {"me": user, "posts": posts}
    after: str | None = ""
    while after is not None:
        [page] = client.read("forget/slates", {**params, "after": after, "batch": TIES})
        for start in range(0, len(page["slates"]), SLATES):
            slates = page["slates"][start : start + SLATES]
            removed.update(client.write("forget/lists", {**params, "slates": slates}).rows[0])
        after = page["last"]
    return removed


def _wait_for_slates(client: Client) -> None:
    """Waits until all slates that are being stored now are there, or given up."""
    being_stored = {row["id"] for row in client.read("slates/creating")}
    while being_stored:
        time.sleep(0.02)
        being_stored &= {row["id"] for row in client.read("slates/creating")}


def learned(client: Client, build_hours: float | None) -> str | None:
    """A sentence on when the influence of a person's likes on others' vectors ends: with the next build.

    None if there is no build. `build_hours` is the longest time between builds, or None if no builder is started here.
    """
    serving, work = states(client)
    if serving is None and work is None:
        return None
    if build_hours is None:
        when = "run `graphfeed refresh`, unless a builder runs elsewhere (GRAPHFEED_BUILDER is off here)"
        return f"The results learned from their likes are removed with the next build: {when}."
    # A builder at work may have read their likes already: then only the build after it is without them
    since = serving.built_at if serving and not work else clock.now()
    by = since + round(build_hours * HOUR_MS)
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
    """Deletes a batch of a post's ties. Returns their number."""
    ties = transaction.run("forget/others_of_post", {"post": post, "batch": TIES}).rows
    if not ties:
        return 0
    posts, people, hashtags = ([tie["id"] for tie in ties if tie["kind"] == kind] for kind in LOCKED_KINDS)
    lock(transaction, posts=[post, *posts], people=people, hashtags=hashtags)
    transaction.run("forget/ties_of_post", {"post": post, "ties": [tie["tie"] for tie in ties]})
    return len(ties)


def _all_of(client: Client, step: str, user: str, batch: int) -> Counter[str]:
    """Repeats a step until nothing is left for it. Returns the numbers of deleted things, by kind."""
    removed: Counter[str] = Counter()
    while any((gone := client.write(step, {"me": user, "batch": batch}).rows[0]).values()):
        removed.update(gone)
    return removed


def _is_known(client: Client, user: str) -> bool:
    return not client.read("import/unknown_users", {"ids": [user]})


def _is_known_post(client: Client, post: str) -> bool:
    return not client.read("import/unknown_posts", {"ids": [post]})
