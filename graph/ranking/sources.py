"""The sources of a feed. Each retrieves candidates of one kind and has a reason for them.

A source is a row of SOURCES and a block of Cypher in feed/ranked, which two may share. feed/page finds the path of its
reason.
"""

from collections.abc import Callable
from dataclasses import dataclass

from graph.ranking import reasons
from graph.ranking.reasons import Facts


@dataclass(frozen=True, kw_only=True)
class Source:
    """A source of candidates."""

    name: str
    fragment: str
    """The file below cypher/fragments/ that retrieves its candidates."""
    label: str
    """The label on the demo's page."""
    brings: str
    """Its candidates, in a phrase."""
    to_author: str
    """Why somebody was shown one of its posts, as a clause for the author."""
    sentence: Callable[[Facts], str]
    """The reason for one of its posts, in a plain sentence, from the facts of feed/page."""
    ties: tuple[str, ...] = ()
    """The ties of a person that it starts from, as columns of explain/surroundings; one of them is enough. Empty for a
    general source, the same for everybody, whose reasons name no tie of the person."""
    lacking: str = ""
    """A clause for a person without any of these ties."""
    is_built: bool = False
    """True if it reads only what a build has stored."""
    is_cheap: bool = False
    """True if it is still read after all sources together took too long."""


SOURCES = {
    source.name: source
    for source in (
        Source(
            name="followees",
            fragment="source_followees",
            label="people I follow",
            brings="the newest posts of people you follow",
            to_author="they follow you",
            sentence=reasons.followee,
            ties=("followees",),
            lacking="You follow nobody",
            is_cheap=True,
        ),
        Source(
            name="missed",
            fragment="source_followees",  # one read of followees' posts is for both
            label="in case you missed it",
            brings="posts of people you follow who post seldom",
            to_author="they follow you, and you post seldom",
            sentence=reasons.missed,
            ties=("followees",),
            lacking="You follow nobody",
            # Not cheap: with the lower bounds, nobody's posts could be counted
        ),
        Source(
            name="similar_posts",
            fragment="similar_posts",
            label="like what I liked",
            brings="posts that are liked by those who like what you liked",
            to_author="they liked similar posts",
            sentence=reasons.similar_post,
            ties=("likedEver",),
            lacking="You liked and saved nothing yet",
            is_built=True,
        ),
        Source(
            name="looks_alike",
            fragment="source_looks_alike",
            label="looks like what I liked",
            brings="posts whose pictures look like those of posts you liked",
            to_author="its picture looks like one that they liked",
            sentence=reasons.looks_alike,
            ties=("likedEver",),
            lacking="You liked and saved nothing yet",
            is_built=True,
        ),
        Source(
            name="liked_by_followees",
            fragment="my_followees",
            label="liked by people I follow",
            brings="posts that at least two people whom you follow liked",
            to_author="people whom they follow liked it",
            sentence=reasons.liked_by_followees,
            ties=("followees",),
            lacking="You follow nobody",
        ),
        Source(
            name="liked_authors",
            fragment="source_liked_authors",
            label="people whose posts I like",
            brings="other posts of the authors whom you like most",
            to_author="they liked other posts of yours",
            sentence=reasons.liked_author,
            ties=("likedEver",),
            lacking="You liked and saved nothing yet",
        ),
        Source(
            name="friends_of_friends",
            fragment="source_friends_of_friends",
            label="friends of friends",
            brings="posts of the nearest people whom you do not follow",
            to_author="you are near to them in the network",
            sentence=reasons.friend_of_friend,
            ties=("followees", "followers"),
            lacking="You follow nobody, and nobody follows you",
        ),
        Source(
            name="interests",
            fragment="source_interests",
            label="my interests",
            brings="posts with your hashtags: wanted more of, picked, liked, or of posts that show you",
            to_author="it has hashtags of theirs",
            sentence=reasons.interest,
            ties=("likedEver", "picks", "mentions"),
            lacking="You liked and saved nothing yet, picked no hashtag, and are shown in no post",
        ),
        Source(
            name="new_posts",
            fragment="source_interests",  # one read of the newest posts with my hashtags is for both
            label="new, with my hashtags",
            brings="posts with your hashtags that hardly anybody liked yet",
            to_author="it has hashtags of theirs, and needs its first likes",
            sentence=reasons.new_post,
            ties=("likedEver", "picks", "mentions"),
            lacking="You liked and saved nothing yet, picked no hashtag, and are shown in no post",
        ),
        Source(
            name="trending",
            fragment="source_trending",
            label="trending",
            brings="posts of hashtags, or within communities, that more people like than usual",
            to_author="it trends",
            sentence=reasons.trending,
            is_built=True,
        ),
        Source(
            name="popular",
            fragment="source_popular",
            label="popular",
            brings="the most liked posts of the window",
            to_author="it is liked a lot",
            sentence=reasons.popular,
            is_built=True,
            is_cheap=True,
        ),
        Source(
            name="newest",
            fragment="source_newest",
            label="newest",
            brings="the newest posts, if the other sources have too few",
            to_author="it was new",
            sentence=reasons.newest,
            is_cheap=True,
        ),
    )
}
"""By name, in the order of preference for reasons."""

FALLBACK = "newest"
"""The source that fills up a feed for which the others have too few candidates."""
GENERAL = tuple(name for name, source in SOURCES.items() if not source.ties)
"""The general sources."""
TUTORIAL = ("followees", "friends_of_friends", "interests")
"""The sources of the profile `tutorial`, with their own statements: see graph/ranking/tutorial.py."""
FORMER = {"similar_taste": reasons.similar_taste, "rising": reasons.rising}
"""Sources that only slates of older versions have."""
RENAMED = {"rising": "trending"}
"""Sources that profiles and holdouts of older versions call by another name, and what they are called now."""
