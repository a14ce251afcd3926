"""The build that serves and the progress of a builder, as stored in the graph. Imports no numerical library."""

from dataclasses import dataclass

from graph import clock
from graph.client import Client

LEASE = "build"
"""The name of the lease of builders: one works on a graph at a time."""
PAUSES = {"pauseMs": 60_000, "longestMs": clock.DAY_MS}
"""The pauses before a person or post that failed is retried: a minute, then twice as long each time, at most a day."""
SHARED_STAGES = ("lists", "factors", "vectors", "trend", "tops")
"""The stages after whose end the new build serves."""
STAGES = (*SHARED_STAGES, "affinity", "trending")
"""The stages of a build, in order."""
TASKS = {
    "reading": "the graph",
    "lists": "similar posts",
    "factors": "factors",
    "vectors": "FastRP vectors",
    "trend": "trend",
    "tops": "most liked posts",
    "affinity": "affinity",
    "trending": "what trends",
}
"""The names of the stages in progress reports."""
USE, LIKES, EMOJI = "use", "likes", "emoji"
GROUNDS = ("", LIKES, USE, EMOJI)
"""What an arc to a related hashtag comes from: people who like posts of both, people who use both, the name of an
emoji; of several, the last. The first stands for arcs that were stored before they had any."""


@dataclass(frozen=True)
class Work:
    """The current stage of a builder."""

    stage: str
    done: int
    total: int
    seconds_left: float | None
    """An estimate for this stage; None until there is one."""


@dataclass(frozen=True)
class Stage:
    """The last run of a stage."""

    name: str
    seconds: float
    ended_at: int
    """In epoch milliseconds."""


@dataclass(frozen=True)
class State:
    """The build that serves, until the next switch of generations."""

    generation: int
    slot: str
    """'A' or 'B', the slot of the vectors that serve."""
    built_at: int
    """The wall-clock time of the build, in epoch milliseconds."""
    as_of: int
    """The time whose graph was built, in epoch milliseconds."""
    window_from: int
    """The time of the oldest posts that SIMILAR_NEW reaches."""
    likes: int
    factors_size: int
    fastrp_size: int
    missing: tuple[str, ...]
    affinity_at: int | None
    switched_at: int
    """The wall-clock time of the last switch of slots, which a build of some stages makes, too."""
    dwell: float | None = None
    """The usual time of a view, in milliseconds; None if no view tells its time."""
    trending_likes: int | None = None
    """The number of likes when what trends was listed last."""


def state(client: Client) -> State | None:
    """The build that serves; None before the first."""
    return states(client)[0]


def work(client: Client) -> Work | None:
    """The stage of the current build; None if none is running."""
    return states(client)[1]


def states(client: Client) -> tuple[State | None, Work | None]:
    """The build that serves and the current one's stage, in one call."""
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
            switched_at=row["switchedAt"],
            dwell=row["dwell"],
            trending_likes=row["trendingLikes"],
        )
    )
    if not row["working"] or row["stage"] is None:
        return serving, None
    return serving, Work(row["stage"], row["stageDone"] or 0, row["stageTotal"] or 0, row["stageLeft"])


def stages(client: Client) -> list[Stage]:
    """The last run of each stage, and of the reading before them; none of builds by older versions."""
    rows = client.read("build/stages", {"names": [*TASKS]})
    return [Stage(row["stage"], row["seconds"], row["endedAt"]) for row in rows]
