"""The codes of what a feed may have to do without, each with a sentence that says so."""

from graph.ranking.sources import SOURCES

NO_BUILD, BUILT_LATER, AFFINITY = "build", "built_later", "affinity"

MISSING = {
    NO_BUILD: "no build yet: what is learned from likes is left out. `graphfeed refresh` makes one.",
    BUILT_LATER: "no build of that time: what is learned from likes is of a later one.",
    "gds": "no GDS: no FastRP vectors, and affinity is limited to two steps. `graphfeed doctor` says what to do.",
    "lists": "no similar posts: no post has likes enough.",
    "factors": "no factors: there are no likes.",
    "fastrp": "no FastRP vectors.",
    AFFINITY: "no affinity: it is limited to two steps. `graphfeed doctor` says what to do.",
    "trend": "no trend: likes have no times.",
    **{source: f"no posts of the source {source}, which took too long." for source in SOURCES},
}
"""What is said of each code. Those of sources tell that these took too long."""


def told(code: str) -> str:
    """The sentence of a code, which may be one that another version wrote with its build."""
    return MISSING.get(code, f"no {code}.")
