"""The sources of a feed. Each retrieves candidates of one kind and has a reason for them.

A source is a row of SOURCES and a block of Cypher in feed/ranked. feed/page finds the path of its reason.
"""

from collections.abc import Callable
from dataclasses import dataclass

from graph.ranking import reasons
from graph.ranking.reasons import Facts


@dataclass(frozen=True)
class Source:
    """A source of candidates."""

    name: str
    fragment: str
    """The file below cypher/fragments/ that retrieves its candidates."""
    label: str
    """The label on the demo's page."""
    brings: str
    """Its candidates, in a phrase."""
    sentence: Callable[[Facts], str]
    """The reason for one of its posts, in a plain sentence, from the facts of feed/page."""


SOURCES = {
    source.name: source
    for source in (
        Source(
            "followees",
            "source_followees",
            "people I follow",
            "the newest posts of people I follow",
            reasons.followee,
        ),
        Source(
            "similar_posts",
            "similar_posts",
            "like what I liked",
            "posts that are liked by those who like what I liked",
            reasons.similar_post,
        ),
        Source(
            "liked_by_followees",
            "my_followees",
            "liked by people I follow",
            "posts that at least two of them liked",
            reasons.liked_by_followees,
        ),
        Source(
            "liked_authors",
            "source_liked_authors",
            "people whose posts I like",
            "other posts of the authors whom I like most",
            reasons.liked_author,
        ),
        Source(
            "friends_of_friends",
            "source_friends_of_friends",
            "friends of friends",
            "posts of the nearest people whom I do not follow",
            reasons.friend_of_friend,
        ),
        Source(
            "interests",
            "source_interests",
            "my interests",
            "posts with my hashtags: liked, picked, or of posts that show me",
            reasons.interest,
        ),
        Source("rising", "source_rising", "rising", "posts that gain likes faster than before", reasons.rising),
        Source("popular", "source_popular", "popular", "the most liked posts of the window", reasons.popular),
        Source(
            "newest", "source_newest", "newest", "the newest posts, if the other sources have too few", reasons.newest
        ),
    )
}
"""By name, in the order of preference for reasons."""

FALLBACK = "newest"
"""The source that fills up a feed for which the others have too few candidates."""
GENERAL = ("rising", "popular", "newest")
"""General sources, the same for everybody; their reasons name no tie of the person."""
TUTORIAL = ("followees", "friends_of_friends", "interests")
"""The sources of the profile `tutorial`, with their own statements: see graph/ranking/tutorial.py."""
FORMER = {"similar_taste": reasons.similar_taste}
"""Sources that only slates of older versions have."""
