"""Codes of what may be missing from a feed, each with a sentence for people."""

from graph.ranking.sources import SOURCES

NO_BUILD, BUILT_LATER, AFFINITY, DISK, NEWS = "build", "built_later", "affinity", "disk", "news"
PROFILE, PROFILING = "profile", "profiling"

MISSING = {
    NO_BUILD: "no build yet: what is learned from likes is left out. `graphfeed refresh` makes one.",
    BUILT_LATER: "no build of that time: what is learned from likes comes from a later one.",
    "gds": "no GDS: no FastRP vectors, and affinity is limited to two steps. `graphfeed doctor` says what to do.",
    "lists": "no similar posts: no post has enough likes.",
    "factors": "no factors: there are no likes.",
    "fastrp": "no FastRP vectors.",
    "related": "no new related hashtags: Neo4j's heap is too small. Raise GRAPHFEED_HEAP.",
    "topics": "no new topics: Neo4j's heap is too small. Raise GRAPHFEED_HEAP.",
    "related_by_likes": "no hashtags related by likes, only by use: Neo4j's heap is too small. Raise GRAPHFEED_HEAP.",
    AFFINITY: "no affinity: it is limited to two steps. `graphfeed doctor` says what to do.",
    "trend": "no trend: likes have no times.",
    DISK: "not recorded, so there is no slate, and nothing counts as served: Neo4j's disk is full.",
    NEWS: "nothing new: everything left was shown recently, so the feed starts again with what was shown longest ago.",
    PROFILE: "the profile of GRAPHFEED_PROFILE is gone: default ranks instead. `graphfeed tune` makes one.",
    PROFILING: "no profiling, as the person forbids it: these are their followees' posts, the newest first.",
    **{source: f"no posts from source {source}: it took too long." for source in SOURCES},
}
"""The sentence for each code."""


def explanation(code: str) -> str:
    """The sentence for a code. The code may be unknown: builds of other versions store their own."""
    return MISSING.get(code, f"no {code}.")
