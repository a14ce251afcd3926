"""The most liked posts of a hashtag."""

from graph import hashtags
from graph.client import Client, Row
from graph.errors import NotFound
from graph.ranking.feed import Request
from graph.ranking.why_empty import surroundings
from graph.validation import check_hashtag

MAX_HASHTAG_POSTS = 10_000
"""Posts of a hashtag that are read, in the order of the store, beside the most liked that a build found."""


def top_of_hashtag(client: Client, hashtag: str, request: Request) -> tuple[Row, list[Row]]:
    """The hashtag, as name and display, and its most liked posts in the request's window: rows post, author, takenAt,
    imageUrl, likeCount, commentCount.

    Posts filtered for the request's user are left out; without a user (''), posts of opted-out authors. Raises NotFound
    for an unknown hashtag or person.
    """
    check_hashtag(hashtag)
    found = client.read("discovery/hashtag", {"hashtag": hashtags.name(hashtag)})
    name = found[0]["name"] if found else hashtags.name(hashtag)
    months = request.for_pool().months()
    params = {**request.params(), "hashtag": name, "perHashtag": MAX_HASHTAG_POSTS, "months": months}
    rows = client.read("discovery/top_of_hashtag", params)
    if not rows and request.user:
        surroundings(client, params)
    if not found:
        raise NotFound(f"The graph has no hashtag {hashtag[:60]!r}.", "Check the spelling.")
    return found[0], rows
