"""Affinity: the nearest people of a person, computed by GDS on the whole graph, for all people or for marked ones.

Affinity is personalized PageRank (Page et al. 1999) from the person over undirected follows, weighted by
1 + ln(1 + likes + 2 comments) between the two, where saves, shares and wishes for more like a post count as several
likes: the sum over t of (1 - d) d^t times the probability of a walk to be at a
node after t steps. The first step is exact, from the person's own ties. Steps 2 to `steps` are estimated by random
walks of GDS (Avrachenkov et al. 2007, "Monte Carlo methods in PageRank computation"). The later steps are approximated
by the stationary distribution, each node's share of all ties, for the nodes that the walks met.
"""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Event
from typing import Any, TypeVar

import numpy as np

from graph import clock, gds
from graph.background.arrays import Floats, Ints
from graph.background.state import PAUSES
from graph.client import Client, Row
from graph.errors import DatabaseError, GdsMissing, NotFound, ProjectionLost, Unreachable
from graph.progress import Progress, Silent
from graph.projections import BUILD_PREFIX, TIES, projected
from graph.ranking.profiles import AffinitySettings, Ranking

log = logging.getLogger(__name__)

T = TypeVar("T")
R = TypeVar("R")
Near = tuple[Ints, Floats]
"""Internal ids of people and the score of each, the nearest first."""

WALK_PEOPLE = 100
"""People per batch of walks and of writes."""
WEIGHING_PEOPLE = 500
"""People per batch of weighing ties."""
MAX_MARKED_PEOPLE = 1_000
"""Marked people per renewal, so that the builder's other steps get their turn."""
KNOWN_PEOPLE = 10_000
"""People per batch of noting who is known."""
UNLEARNED_PEOPLE = 500
"""People per batch of removing what was learned of them."""
COMMUNITY_PEOPLE = 5_000
"""People per batch of storing communities."""
PROJECTION_ATTEMPTS = 3
"""Attempts to project the graph, one more after each restart of Neo4j."""


@dataclass
class Renewed:
    """The result of a renewal."""

    people: int = 0
    failed: int = 0
    """People who will be retried."""
    missing: tuple[str, ...] = ()
    """("gds",) without the library, ("affinity",) without a procedure of it; nothing was renewed then."""


@dataclass(frozen=True)
class Target:
    """A person whose affinity is to be renewed."""

    node: int
    """Internal id."""
    user: str
    mark: int | None
    """The time of the mark, as read before the graph was projected; None if not marked."""


def renew(
    client: Client,
    ranking: Ranking,
    users: Sequence[str] | None = None,
    *,
    progress: Progress | None = None,
    stopped: Event | None = None,
) -> Renewed:
    """Renews the affinity of these people, or of all.

    The caller must hold the lease of builders. Raises NotFound for an unknown person.
    """
    if users is None:
        targets = [Target(**row) for row in client.stream("affinity/everyone")]
    else:
        targets = [Target(**row) for row in client.read("affinity/named", {"users": list(users)})]
        if unknown := sorted({*users} - {target.user for target in targets}):
            raise NotFound(f"The graph has no person {unknown[0]!r}.", "Import them, or check the id.")
    renewal = _Renewal(client, ranking, progress or Silent(), stopped or Event(), of_all=users is None)
    return renewal.run(targets)


def renew_marked(
    client: Client,
    ranking: Ranking,
    *,
    most: int = MAX_MARKED_PEOPLE,
    progress: Progress | None = None,
    stopped: Event | None = None,
) -> Renewed:
    """Renews the affinity of at most `most` marked people, the oldest marks first.

    The caller must hold the lease of builders. People who are marked again meanwhile stay marked.
    """
    rows = client.read("affinity/marked", {"before": clock.now(), "batch": most})
    targets = [Target(**row) for row in rows]
    return _Renewal(client, ranking, progress or Silent(), stopped or Event()).run(targets)


class _Renewal:
    """One renewal: weighs and projects the ties, then walks and writes in batches of people."""

    def __init__(
        self, client: Client, ranking: Ranking, progress: Progress, stopped: Event, *, of_all: bool = False
    ) -> None:
        """`of_all` also finds communities, for which all ties must have been weighed."""
        self._client = client
        self._settings = ranking.affinity
        self._params = {**ranking.affinity.params(), "acts": ranking.feedback.acts}
        self._progress = progress
        self._stopped = stopped
        self._known = clock.now()
        self._done = Renewed()
        self._of_all = of_all

    def run(self, targets: Sequence[Target]) -> Renewed:
        """Renews these people in this order. Each person's affinity is replaced as a whole, or stays as it was."""
        if targets:
            self._renew(targets)
        if self._of_all:
            self._unlearn()
        return self._done

    def _renew(self, targets: Sequence[Target]) -> None:
        try:
            gds.require(self._client, gds.AFFINITY_PROCEDURES)
            self._know()
            self._weigh(targets)
            self._project_and_walk(targets)
        except GdsMissing as error:
            log.warning("Affinity was not renewed: %s", error)
            self._done.missing = (gds.missing(self._client, "affinity"),)

    def _unlearn(self) -> None:
        """Removes what was learned of people who forbid it: an import may have said so, or they while a batch of this
        build was written."""
        while self._client.write("affinity/unlearn", {"batch": UNLEARNED_PEOPLE}).rows[0]["people"] == UNLEARNED_PEOPLE:
            pass

    def _know(self) -> None:
        """Marks all people as known: nothing is written for a person who is deleted and created again meanwhile."""
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
                    self._find_communities(params)
                return
            except ProjectionLost:
                if attempt == PROJECTION_ATTEMPTS:
                    raise
                log.warning("Neo4j was restarted; projecting the graph again.")

    def _find_communities(self, params: Mapping[str, Any]) -> None:
        """Stores everybody's community, if this is a renewal of all people; without the procedure, none changes."""
        if not self._of_all or self._stopped.is_set():
            return
        try:
            gds.require(self._client, gds.COMMUNITY_PROCEDURES)
            rows = self._client.stream("affinity/communities", params, leader=True)
            found = [(row["node"], row["community"]) for row in rows]  # all, before any is stored
            self._store_communities(found)
        except DatabaseError as error:  # affinity does not need them, and is stored already
            log.warning("Communities were not found: %s", error)

    def _store_communities(self, found: Sequence[tuple[int, int]]) -> None:
        for start in range(0, len(found), COMMUNITY_PEOPLE):
            self._progress.advance("communities", start, len(found))
            nodes, communities = zip(*found[start : start + COMMUNITY_PEOPLE], strict=True)
            rows = {"known": self._known, "nodes": nodes, "communities": communities}
            self._client.write("affinity/join_communities", {"rows": rows})

    def _walk_and_store(self, walks: "_Walks", batches: list[Sequence[Target]], total: int) -> None:
        """Walks and writes all batches, and removes them from the list. GDS walks for the next while one is written."""
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
        log.warning("Could not store the affinity of %r: %s", found[0].user, error)
        self._postpone(found[0])
        return 0

    def _postpone(self, target: Target) -> None:
        self._done.failed += 1
        rows = {"node": target.node, "mark": target.mark, "now": clock.now(), **PAUSES}
        self._client.write("affinity/postpone", {"rows": rows})


class _Walks:
    """Random walks on a projection of ties."""

    def __init__(self, client: Client, settings: AffinitySettings, params: Mapping[str, Any]) -> None:
        """`params` has the name of the projection."""
        self._client = client
        self._settings = settings
        self._params = params
        pairs = [(row["node"], row["strength"]) for row in client.stream("affinity/strength", params, leader=True)]
        pairs.sort()
        self._nodes = np.array([node for node, _ in pairs], np.int64)
        strengths = np.array([strength for _, strength in pairs], np.float64)
        self._shares = strengths / max(float(strengths.sum()), 1.0)

    def near(self, targets: Sequence[Target]) -> list[tuple[Target, Near | None]]:
        """The nearest people of each of these people; None where that failed.

        For people who came after the projection, it is the two-step walk of a request.
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
            if "does not exist on database" in (error.said or ""):
                raise ProjectionLost("A GDS projection is gone.", "Neo4j was restarted: try again.") from error
            raise
        near = {row["node"]: self._sum(row) for row in found if row["others"]}  # ties may be gone since the projection
        nobody = (np.zeros(0, np.int64), np.zeros(0))  # for a person without ties
        return [(target, near.get(target.node, nobody)) for target in targets]

    def _walk_alone(self, target: Target, error: DatabaseError) -> tuple[Target, Near | None]:
        """The nearest people of a person from whom GDS cannot walk, though they were in the projection."""
        if "do not exist in the in-memory graph" not in (error.said or ""):
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
        """The nearest people by the sum of the first step, the walks, and the later steps."""
        steps, damping, keep = self._settings.steps, self._settings.damping, self._settings.keep
        weights = (1 - damping) * damping ** np.arange(1, steps + 1)
        tied = np.array(sorted(zip(row["others"], row["ties"], strict=True)), np.float64)
        walks = np.array(row["walks"], np.int64)
        nodes, places = np.unique(np.concatenate((tied[:, 0].astype(np.int64), walks.ravel())), return_inverse=True)
        # Counted by node and step before they are weighed, so that the order of the walks changes no bit of a score
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
        """The share of all ties of each of these nodes; 0 for nodes that came after the projection."""
        places = np.minimum(np.searchsorted(self._nodes, nodes), len(self._nodes) - 1)
        return np.where(self._nodes[places] == nodes, self._shares[places], 0.0)


def halving(
    items: Sequence[T], work: Callable[[Sequence[T]], Iterable[R]], alone: Callable[[T, DatabaseError], R]
) -> list[R]:
    """The results of a batch. A batch that fails is halved until the item at fault is alone, which `alone` handles.

    Errors that every item would have are raised.
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
    log.warning("Could not weigh the ties of %r, which keep their weights: %s", target.user, error)


def _give_up(target: Target, error: DatabaseError) -> tuple[Target, Near | None]:
    log.warning("Could not renew the affinity of %r: %s", target.user, error)
    return target, None
