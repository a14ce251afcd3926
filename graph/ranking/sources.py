"""The sources of a feed: each brings candidates of one kind, and a reason for them.

A source is a row of SOURCES and a block of Cypher, which feed/ranked holds. feed/page finds the path of its reason.
"""

from collections.abc import Callable
from dataclasses import dataclass

from graph.ranking import reasons
from graph.ranking.reasons import Facts


@dataclass(frozen=True)
class Source:
    """One kind of candidates."""

    name: str
    fragment: str
    """The file below cypher/fragments/ that brings its candidates."""
    label: str
    """What the page calls it."""
    brings: str
    """What it brings, in a phrase."""
    sentence: Callable[[Facts], str]
    """Why a post of it is shown, in a plain sentence, from what feed/page tells of its reason."""


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
            "what at least two of them liked",
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
        Source("rising", "source_rising", "rising", "posts that are liked more and more", reasons.rising),
        Source("popular", "source_popular", "popular", "the most liked posts of the window", reasons.popular),
        Source(
            "newest", "source_newest", "newest", "the newest posts, where the others bring too little", reasons.newest
        ),
    )
}
"""By name, in the order in which reasons are preferred."""

FALLBACK = "newest"
"""The source that fills a feed for which the others bring too little."""
GENERAL = ("rising", "popular", "newest")
"""Sources whose reason is no tie of the person's."""
TUTORIAL = ("followees", "friends_of_friends", "interests")
"""The sources of the profile `tutorial`, which have statements of their own: see graph/ranking/tutorial.py."""
FORMER = {"similar_taste": reasons.similar_taste}
"""Sources of slates that an older version made."""
