"""What a page shows of posts and of people."""

from collections.abc import Sequence

from graph.client import Client, Row
from graph.errors import NotFound
from graph.ranking.feed import Request
from graph.ranking.why_empty import surroundings
from graph.validation import check_key

MAX_CARDS = 100
"""Posts of a request."""


def cards(client: Client, posts: Sequence[str], request: Request) -> list[Row]:
    """Some posts, in the order of their ids: rows post, author, authorName, takenAt, imageUrl, likeCount, commentCount,
    caption, hashtags, followed, liked, saved.

    A caption is cut after 200 characters, hashtags are at most 30. `liked` and `saved` are false, too, where the user
    and the post both have more than 1,000 likes or saves. Posts that are unknown or filtered for the request's user
    are left out; without a user (''), those that not everybody may be shown. Raises NotFound for an unknown person.
    """
    for post in posts:
        check_key("A post's id", post)
    params = {**request.params(), "posts": list(dict.fromkeys(posts))}
    rows = client.read("discovery/cards", params)
    if not rows and request.user:
        surroundings(client, params)
    return rows


def person_card(client: Client, id: str, request: Request) -> Row:
    """A person as the request's user may see them: person, username, fullName, followers, follows, posts, followed,
    followsMe, muted, blocked, and newest, the ids of those of their newest posts that the user may be shown, at most
    the request's limit; of whom the user muted or blocked only that. Raises NotFound for an unknown user, and for a
    person who is unknown or not to be named.
    """
    check_key("The person's id", id)
    params = {**request.params(), "person": id}
    if rows := client.read("discovery/person", params):
        return rows[0]
    surroundings(client, params)
    raise NotFound(f"The graph has no person {id[:60]!r} to show.", "Check the id.")
