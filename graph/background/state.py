"""The build that serves, and the work of a builder, as they stand in the graph. Imports no numerical library."""

from dataclasses import dataclass

from graph import clock
from graph.client import Client

LEASE = "build"
"""Of the one builder that works on a graph."""
PAUSES = {"pauseMs": 60_000, "longestMs": 86_400_000}
"""A person or post on which the builder fails waits a minute, then twice as long each time, at most a day."""
STAGES = ("lists", "factors", "vectors", "trend", "tops", "affinity")
"""Of a build, in this order: after the last but one a feed has all but each person's affinity."""
TASKS = {
    "reading": "the graph",
    "lists": "similar posts",
    "factors": "factors",
    "vectors": "FastRP vectors",
    "trend": "trend",
    "tops": "most liked posts",
    "affinity": "affinity",
}
"""The stages, as progress names them."""


@dataclass(frozen=True)
class Work:
    """The stage of a builder at work."""

    stage: str
    done: int
    total: int
    seconds_left: float | None
    """Of this stage, as far as that can be told yet."""


@dataclass(frozen=True)
class State:
    """The build that serves: all of it, from one switch of generations to the next."""

    generation: int
    slot: str
    """'A' or 'B': whose vectors serve."""
    built_at: int
    """When, in epoch milliseconds; `as_of` is its clock, which may be any."""
    as_of: int
    window_from: int
    """The time of the oldest posts to which SIMILAR_NEW leads."""
    likes: int
    factors_size: int
    fastrp_size: int
    missing: tuple[str, ...]
    affinity_at: int | None


def state(client: Client) -> State | None:
    """The build that serves; None before the first."""
    return states(client)[0]


def work(client: Client) -> Work | None:
    """The stage of the build that is being made; None while none is."""
    return states(client)[1]


def states(client: Client) -> tuple[State | None, Work | None]:
    """Both, in one call."""
    row = client.read("build/state", {"lease": LEASE, "now": clock.now()})[0]
    serving = (
        None
        if row["generation"] is None
        else State(
            generation=row["generation"],
            slot=row["slot"],
            built_at=row["builtAt"],
            as_of=row["asOf"],
            window_from=row["windowFrom"],
            likes=row["likes"],
            factors_size=row["factorsSize"],
            fastrp_size=row["fastrpSize"],
            missing=tuple(row["missing"]),
            affinity_at=row["affinityAt"],
        )
    )
    if not row["working"] or row["stage"] is None:
        return serving, None
    return serving, Work(row["stage"], row["stageDone"] or 0, row["stageTotal"] or 0, row["stageLeft"])
