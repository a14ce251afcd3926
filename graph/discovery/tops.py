"""The most liked posts of a hashtag."""

from graph.client import Client, Row
from graph.discovery.found_hashtag import find_hashtag
from graph.ranking.feed import Request
from graph.ranking.why_empty import surroundings

MAX_HASHTAG_POSTS = 10_000
"""Posts of a hashtag that are read, in the order of the store, beside the most liked that a build found."""


def top_of_hashtag(client: Client, hashtag: str, request: Request) -> tuple[Row, list[Row]]:
    """The hashtag, as name and display, and its most liked posts in the request's window: rows post, author, takenAt,
    imageUrl, likeCount, commentCount.

    Posts filtered for the request's user are left out; without a user (''), posts of opted-out authors. Raises NotFound
    for an unknown hashtag or person.
    """
    found = find_hashtag(client, hashtag)
    months = request.for_pool().months()
    params = {**request.params(), "hashtag": found.name, "perHashtag": MAX_HASHTAG_POSTS, "months": months}
    rows = client.read("discovery/top_of_hashtag", params)
    if not rows and request.user:
        surroundings(client, params)
    return found.require(), rows
