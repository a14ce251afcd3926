"""Affinity: who is near to a person, as GDS sees the whole graph, renewed for all people or for those who are marked.

Affinity is personalized PageRank (Page et al. 1999) from the person over undirected follows, which weigh
1 + ln(1 + likes + 2 comments) between the two: the sum over t of (1 - d) d^t times the chance that a walk is somewhere
after t steps. Of that sum, the first step is exact, from the person's own ties. Steps 2 to `steps` are estimated by
random walks of GDS (Avrachenkov et al. 2007, "Monte Carlo methods in PageRank computation"). The rest is as if the walk
had forgotten by then where it began: a chance in proportion to everybody's ties, of those whom the walks met.
"""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Event
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from graph import clock, gds
from graph.background.state import PAUSES
from graph.client import Client, Row
from graph.errors import DatabaseError, GdsMissing, NotFound, ProjectionLost, Unreachable
from graph.progress import Progress, Silent
from graph.projections import BUILD_PREFIX, TIES, projected
from graph.ranking.profiles import AffinitySettings

log = logging.getLogger(__name__)

T = TypeVar("T")
R = TypeVar("R")
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Near = tuple[Ints, Floats]
"""Internal ids of people and the score of each, the nearest first."""

WALK_PEOPLE = 100
"""People from whom GDS walks at once, and who are written at once."""
WEIGHING_PEOPLE = 500
"""People whose ties are weighed at once."""
MAX_MARKED_PEOPLE = 1_000
"""Marked people who are renewed at most, before others have their turn."""
KNOWN_PEOPLE = 10_000
PROJECTION_ATTEMPTS = 3
"""So often a projection is made anew after Neo4j was started again."""


@dataclass
class Renewed:
    """What a renewal did."""

    people: int = 0
    failed: int = 0
    """Marked for later."""
    missing: tuple[str, ...] = ()
    """What it had to do without, and then it did nothing: ("gds",), or ("affinity",) where a part of GDS lacks."""


@dataclass(frozen=True)
class Target:
    """Somebody whose affinity is to be renewed."""

    node: int
    """Internal id."""
    user: str
    mark: int | None
    """Since when it is due, as read before the graph was projected."""


def renew(
    client: Client,
    settings: AffinitySettings,
    users: Sequence[str] | None = None,
    *,
    progress: Progress | None = None,
    stopped: Event | None = None,
) -> Renewed:
    """Renew the affinity of these people, or of all.

    The caller holds the lease of builders. Raises NotFound for somebody whom the graph does not hold.
    """
    if users is None:
        targets = [Target(**row) for row in client.stream("affinity/everyone")]
    else:
        targets = [Target(**row) for row in client.read("affinity/named", {"users": list(users)})]
        if unknown := sorted({*users} - {target.user for target in targets}):
            raise NotFound(f"The graph has no person {unknown[0]!r}.", "Import them, or check the id.")
    return _Renewal(client, settings, progress or Silent(), stopped or Event()).run(targets)


def renew_marked(
    client: Client,
    settings: AffinitySettings,
    *,
    most: int = MAX_MARKED_PEOPLE,
    progress: Progress | None = None,
    stopped: Event | None = None,
) -> Renewed:
    """Renew the affinity of people who are marked, those who have waited longest first.

    The caller holds the lease of builders. Whoever is marked again meanwhile stays marked.
    """
    rows = client.read("affinity/marked", {"before": clock.now(), "batch": most})
    targets = [Target(**row) for row in rows]
    return _Renewal(client, settings, progress or Silent(), stopped or Event()).run(targets)


class _Renewal:
    """One renewal: the ties are weighed and projected, then batches of people are walked from and written."""

    def __init__(self, client: Client, settings: AffinitySettings, progress: Progress, stopped: Event) -> None:
        self._client = client
        self._settings = settings
        self._params = settings.model_dump(by_alias=True)
        self._progress = progress
        self._stopped = stopped
        self._known = clock.now()
        self._done = Renewed()

    def run(self, targets: Sequence[Target]) -> Renewed:
        """Renew these people in this order. Whoever is written is whole; who is not yet keeps what was there."""
        if not targets:
            return self._done
        try:
            gds.require(self._client, gds.AFFINITY_PROCEDURES)
            self._know()
            self._weigh(targets)
            self._project_and_walk(targets)
        except GdsMissing as error:
            log.warning("Affinity is not renewed: %s", error)
            self._done.missing = (gds.missing(self._client, "affinity"),)
        return self._done

    def _know(self) -> None:
        """Note everybody who is there: nothing is written for, or about, somebody made anew in their place."""
        rows = {"known": self._known, "most": KNOWN_PEOPLE}
        while self._client.write("affinity/known", {"rows": rows}).rows[0]["people"] == KNOWN_PEOPLE:
            pass

    def _weigh(self, targets: Sequence[Target]) -> None:
        for start in range(0, len(targets), WEIGHING_PEOPLE):
            if self._stopped.is_set():
                return
            self._progress.advance("ties", start, len(targets))
            halving(targets[start : start + WEIGHING_PEOPLE], self._weigh_some, _leave_ties)
        self._progress.advance("ties", len(targets), len(targets))

    def _weigh_some(self, targets: Sequence[Target]) -> list[None]:
        rows = {"nodes": [target.node for target in targets]}
        self._client.write("affinity/weigh", {**self._params, "rows": rows})
        return []

    def _project_and_walk(self, targets: Sequence[Target]) -> None:
        batches = [targets[start : start + WALK_PEOPLE] for start in range(0, len(targets), WALK_PEOPLE)]
        for attempt in range(1, PROJECTION_ATTEMPTS + 1):
            try:
                with projected(self._client, TIES, self._params, BUILD_PREFIX) as params:
                    self._walk_and_store(_Walks(self._client, self._settings, params), batches, len(targets))
                return
            except ProjectionLost:
                if attempt == PROJECTION_ATTEMPTS:
                    raise
                log.warning("Neo4j was started again; projecting anew.")

    def _walk_and_store(self, walks: "_Walks", batches: list[Sequence[Target]], total: int) -> None:
        """Empty the list of batches, from the first. While one is written, GDS walks for the next."""
        with ThreadPoolExecutor(1) as pool:
            coming = pool.submit(walks.near, batches[0]) if batches else None
            while coming and not self._stopped.is_set():
                found = coming.result()
                coming = pool.submit(walks.near, batches[1]) if len(batches) > 1 else None
                self._store(found)
                del batches[0]
                self._progress.advance("affinity", self._done.people + self._done.failed, total)

    def _store(self, found: Sequence[tuple[Target, Near | None]]) -> None:
        usable = [(target, near) for target, near in found if near is not None]
        for target in (target for target, near in found if near is None):
            self._postpone(target)
        if usable:
            self._done.people += sum(halving(usable, self._store_some, self._store_none))

    def _store_some(self, found: Sequence[tuple[Target, Near]]) -> list[int]:
        people = [
            {"node": target.node, "mark": target.mark, "others": others.tolist(), "scores": scores.tolist()}
            for target, (others, scores) in found
        ]
        rows = {"known": self._known, "people": people}
        return [row["people"] for row in self._client.write("affinity/store", {"rows": rows}).rows]

    def _store_none(self, found: tuple[Target, Near], error: DatabaseError) -> int:
        log.warning("The affinity of %r is not stored: %s", found[0].user, error)
        self._postpone(found[0])
        return 0

    def _postpone(self, target: Target) -> None:
        self._done.failed += 1
        rows = {"node": target.node, "mark": target.mark, "now": clock.now(), **PAUSES}
        self._client.write("affinity/postpone", {"rows": rows})


class _Walks:
    """Answers of a projection of ties."""

    def __init__(self, client: Client, settings: AffinitySettings, params: Mapping[str, Any]) -> None:
        """`params` names the projection."""
        self._client = client
        self._settings = settings
        self._params = params
        pairs = [(row["node"], row["strength"]) for row in client.stream("affinity/strength", params, leader=True)]
        pairs.sort()
        self._nodes = np.array([node for node, _ in pairs], np.int64)
        strengths = np.array([strength for _, strength in pairs], np.float64)
        self._shares = strengths / max(float(strengths.sum()), 1.0)

    def near(self, targets: Sequence[Target]) -> list[tuple[Target, Near | None]]:
        """Who is nearest to each of these people; None for somebody for whom that cannot be told.

        Of somebody who came since the projection was made, a short walk tells.
        """
        projected = np.isin([target.node for target in targets], self._nodes)
        inside = [target for target, there in zip(targets, projected, strict=True) if there]
        outside = [target for target, there in zip(targets, projected, strict=True) if not there]
        found = halving(inside, self._walk, self._walk_alone) if inside else []
        return found + [one for target in outside for one in halving([target], self._walk_shortly, _give_up)]

    def _walk(self, targets: Sequence[Target]) -> list[tuple[Target, Near | None]]:
        rows = {"nodes": [target.node for target in targets]}
        try:
            found = self._client.write("affinity/walks", {**self._params, "rows": rows}).rows
        except DatabaseError as error:
            if "does not exist on database" in error.problem:
                raise ProjectionLost("GDS has lost a projection.", "Was Neo4j started again? Try once more.") from error
            raise
        near = {row["node"]: self._sum(row) for row in found}
        nobody = (np.zeros(0, np.int64), np.zeros(0))  # of somebody who is tied to nobody
        return [(target, near.get(target.node, nobody)) for target in targets]

    def _walk_alone(self, target: Target, error: DatabaseError) -> tuple[Target, Near | None]:
        """Of somebody from whom GDS does not walk, though they were there."""
        if "do not exist in the in-memory graph" not in error.problem:
            return _give_up(target, error)
        [found] = halving([target], self._walk_shortly, _give_up)
        return found

    def _walk_shortly(self, targets: Sequence[Target]) -> list[tuple[Target, Near | None]]:
        found: list[tuple[Target, Near | None]] = []
        for target in targets:
            walk = self._client.read(
                "affinity/walk", {**self._params, "request": {"me": target.user}, "now": clock.now()}
            )
            nodes = self._client.read("affinity/named", {"users": [row["other"] for row in walk]})
            node_of = {row["user"]: row["node"] for row in nodes}
            there = [row for row in walk if row["other"] in node_of]
            others = np.array([node_of[row["other"]] for row in there], np.int64)
            found.append((target, (others, np.array([row["score"] for row in there], np.float64))))
        return found

    def _sum(self, row: Row) -> Near:
        """The nearest people: by the first step, by the walks, and by all steps after those."""
        steps, damping, keep = self._settings.steps, self._settings.damping, self._settings.keep
        weights = (1 - damping) * damping ** np.arange(1, steps + 1)
        tied = np.array(sorted(zip(row["others"], row["ties"], strict=True)), np.float64)
        walks = np.array(row["walks"], np.int64)
        nodes, places = np.unique(np.concatenate((tied[:, 0].astype(np.int64), walks.ravel())), return_inverse=True)
        # Chances by node and step: counted before they are weighed, the order of the walks changes no bit of a score
        at = places[len(tied) :] * steps + np.tile(np.arange(steps), len(walks))
        chances = np.bincount(at, minlength=len(nodes) * steps).reshape(-1, steps) / len(walks)
        chances[:, 0] = 0
        chances[places[: len(tied)], 0] = tied[:, 1] / tied[:, 1].sum()
        scores = chances @ weights + damping ** (steps + 1) * self._shares_of(nodes)
        others = nodes != row["node"]
        nodes, scores = nodes[others], scores[others]
        best = np.lexsort((nodes, -scores))[:keep]
        return nodes[best], scores[best]

    def _shares_of(self, nodes: Ints) -> Floats:
        """The share of all ties that each of these has; 0 of somebody who came since."""
        places = np.minimum(np.searchsorted(self._nodes, nodes), len(self._nodes) - 1)
        return np.where(self._nodes[places] == nodes, self._shares[places], 0.0)


def halving(
    items: Sequence[T], work: Callable[[Sequence[T]], Iterable[R]], alone: Callable[[T, DatabaseError], R]
) -> list[R]:
    """The results of a batch. One that fails is halved until who is to blame stands alone, and is given to `alone`.

    Errors that all would have are raised.
    """
    try:
        return list(work(items))
    except (Unreachable, GdsMissing, ProjectionLost):
        raise
    except DatabaseError as error:
        if len(items) == 1:
            return [alone(items[0], error)]
        half = len(items) // 2
        return halving(items[:half], work, alone) + halving(items[half:], work, alone)


def _leave_ties(target: Target, error: DatabaseError) -> None:
    log.warning("The ties of %r keep their weights: %s", target.user, error)


def _give_up(target: Target, error: DatabaseError) -> tuple[Target, Near | None]:
    log.warning("The affinity of %r is not renewed: %s", target.user, error)
    return target, None
