"""The health of feeds: the build that serves, the marks that wait for a builder, the library; and each lack."""

from dataclasses import dataclass

from graph import clock, gds
from graph.background.state import TASKS, State, Work, states
from graph.client import Client
from graph.gds import Gds
from graph.progress import forecast

MAX_LAG_SECONDS = 600
"""The age of the oldest mark from which health is degraded."""
MAX_COUNTED_MARKS = 10_000
"""The bound on counting the marks of a kind."""
HOUR_MS = 3_600_000


@dataclass(frozen=True)
class Health:
    """The state of the build and its builder, and what feeds lack."""

    library: Gds
    """The Graph Data Science library."""
    serving: State | None
    """The build that serves; None before the first."""
    work: Work | None
    """The stage of the build that is being made; None while none is."""
    stale: int
    """People and posts that are marked for the builder, up to 10,000 of each."""
    lag_seconds: float
    """Age of the oldest mark, in seconds."""
    failing: int = 0
    """Marked people and posts on which the builder failed; it retries them with growing pauses."""
    build_hours: float = 24
    """Hours after which a new build is due."""
    machine: tuple[str, ...] = ()
    """A sentence for each lack of the embedded server's machine: of disk space, of memory."""
    profile: tuple[str, ...] = ()
    """A sentence if the profile of GRAPHFEED_PROFILE is gone."""

    @property
    def gds(self) -> str | None:
        """The version of the Graph Data Science library; None if it is not installed, or may not run."""
        return self.library.version

    @property
    def forecast(self) -> str | None:
        """The progress of the current build: 'similar posts 41 %, about 2 min left'."""
        if self.work is None:
            return None
        return forecast(TASKS[self.work.stage], self.work.done, self.work.total, self.work.seconds_left)

    @property
    def degraded(self) -> list[str]:
        """A sentence for each lack."""
        return [
            *self.machine,
            *self.profile,
            *self._of_gds(),
            *self._of_the_build(),
            *self._of_marks(),
            *self._of_failures(),
        ]

    def _of_gds(self) -> list[str]:
        if self.library.is_refused:
            return [
                "Neo4j has the Graph Data Science library, but may not run it: affinity is limited to two steps. Set "
                "dbms.security.procedures.unrestricted=gds.* in its neo4j.conf, and restart it."
            ]
        if self.gds is None:
            return ["Neo4j runs without the Graph Data Science library: affinity is limited to two steps. Install GDS."]
        if self.library.lacks:
            return [f"{gds.lacks(self.library.lacks)} Unavailable: {', '.join(self.library.without)}. {gds.remedy()}"]
        return []

    def _of_the_build(self) -> list[str]:
        if self.serving is None and self.work is not None:
            return [f"There is no build yet; the first is being made: {self.forecast}."]
        if self.serving is None:
            return ["There is no build yet: feeds lack what is learned from likes. Run `graphfeed refresh`."]
        hours = (clock.now() - self.serving.built_at) / HOUR_MS
        if hours > 2 * self.build_hours:
            return [
                f"The last build is {hours:.0f} hours old, but one is due every {self.build_hours:g} h. Is a builder "
                "running? `graphfeed refresh` builds now."
            ]
        return []

    def _of_marks(self) -> list[str]:
        if self.serving is None or self.lag_seconds <= MAX_LAG_SECONDS:
            return []
        return [f"{self.stale} people and posts wait for the builder, the oldest for {self.lag_seconds:.0f} s."]

    def _of_failures(self) -> list[str]:
        if not self.failing:
            return []
        return [f"The builder failed on {self.failing} people and posts and will retry them. See its log."]


def health(client: Client, build_hours: float = 24) -> Health:
    """Reads the current health. Raises Unreachable if Neo4j does not answer."""
    serving, work = states(client)
    marks = client.read("build/lag", {"highest": MAX_COUNTED_MARKS, "now": clock.now()})[0]
    library = gds.examine(client)
    # Without GDS affinity is not renewed: each request walks by itself
    kinds = ["posts"] if library.version is None or "affinity" in library.without else ["posts", "people"]
    since = min((marks[f"{kind}Since"] for kind in kinds if marks[kind]), default=None)
    waits = 0.0 if since is None else max(0.0, (clock.now() - since) / 1000)
    return Health(
        library,
        serving,
        work,
        stale=sum(marks[kind] for kind in kinds),
        lag_seconds=waits,
        failing=marks["failing"],
        build_hours=build_hours,
        machine=tuple(client.warnings()),
    )
