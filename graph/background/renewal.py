"""Renewal between builds: arcs and vectors of marked posts, new ones and those whose likes have grown."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from threading import Event

import numpy as np

from graph import clock
from graph.background.arrays import pages
from graph.background.content import FEW_LIKES, expected_of_one
from graph.background.keys import Keys, keys
from graph.background.looks import renew as renew_looks
from graph.background.marked import Counts, Liker, Likers, arcs_into, shortlist
from graph.background.similar import RECIPE
from graph.background.state import LEASE, PAUSES, State, state
from graph.background.store import Store
from graph.client import Client, Row
from graph.errors import Busy, GraphfeedError
from graph.leases import leased
from graph.ranking.folding import MAX_VECTORS, fold_in

log = logging.getLogger(__name__)

BATCH_POSTS = 20
"""Marked posts per read."""
MAX_MARKED_POSTS = 500
"""Marked posts per renewal, so that the builder's other steps get their turn."""
MAX_LIKES = 5_000
"""Likes per liker that are read."""
PAGE_NODES = 50
"""People or posts per read of their likes."""


@dataclass
class Renewed:
    """The result of a renewal."""

    posts: int = 0
    failed: int = 0
    """Posts that will be retried."""


def renew_marked(client: Client, *, stopped: Event | None = None) -> Renewed:
    """Renews the arcs and vectors of the posts that are marked now, MAX_MARKED_POSTS at most, the oldest marks first.

    Does nothing before the first build.
    Raises Busy while a builder is at work: it renews them itself.
    """
    done, stopped, before = Renewed(), stopped or Event(), clock.now()
    with leased(client, LEASE) as lost:
        serving = state(client)
        if serving is None:
            return done
        renewal = _Renewal(client, serving, lost.owner)
        tried: set[int] = set()  # each post once: a mark that stays is left to the next renewal
        while left := MAX_MARKED_POSTS - len(tried):
            batch = client.read("build/marked", {"before": before, "batch": BATCH_POSTS})
            renewal.forget()
            fresh = [row for row in batch if row["node"] not in tried][:left]
            if not fresh:
                break
            for row in fresh:
                tried.add(row["node"])
                if lost.is_set():
                    raise Busy("Another builder has taken over.", "Wait until it has finished.")
                if stopped.is_set():
                    return done
                if renewal.attempt(row):
                    done.posts += 1
                else:
                    done.failed += 1
    return done


class _Renewal:
    """Renews posts one by one, with a cache of the people and posts it has read."""

    def __init__(self, client: Client, serving: State, owner: str) -> None:
        self.known = max(clock.now(), serving.built_at + 1)
        self._client = client
        self._serving = serving
        self._store = Store(client, self.known, owner)
        facts = client.read("build/grams")[0]
        gram, mean = facts["userGram"], facts["contentMean"]
        self._user_gram = np.array(gram, np.float64) if gram else None
        self._content_mean = np.array(mean, np.float64) if mean else None  # builds of older versions have none
        self._people: dict[int, Row] = {}
        self._posts: dict[int, Row] = {}

    def forget(self) -> None:
        """Empties the cache: the graph may have changed."""
        self._people.clear()
        self._posts.clear()

    def attempt(self, row: Row) -> bool:
        """Renews a marked post. Returns False if that failed, and has it retried later."""
        try:
            self._renew(row)
        except (GraphfeedError, ArithmeticError) as error:
            log.warning("Could not renew the similar posts of %s: %s", row["post"], error)
            self._client.write("build/postpone", {"rows": {**row, "now": clock.now(), **PAUSES}})
            return False
        return True

    def _renew(self, row: Row) -> None:
        node = int(row["node"])
        post = self._about([node]).get(node)
        if post is None:
            return  # deleted by now, and its mark with it
        [likers] = self._lists("build/likers", [node], "people", RECIPE.likers)
        if post["isForFollowers"]:  # no arcs lead to it, and of nobody's likes
            likers = []
            renew_looks(self._client, [row["post"]])
        self._vectors(node, likers)
        if len(likers) < FEW_LIKES and not post["isForFollowers"]:
            self._content(node)
        if post["likes"] > RECIPE.likers:  # arcs from a part of its likers would be too weak: the next build makes them
            self._unmark(row, post["likes"])
            return
        finders = self._finders(likers)
        short = shortlist(post["key"], finders)
        nodes = {each["key"]: each["node"] for each in self._posts.values()}
        listed = [nodes[key] for key in short.posts.tolist()]
        found = arcs_into(finders, short, self._likers_of(listed))
        rows = {
            "known": self.known,
            "node": node,
            "sources": [nodes[key] for key in found.sources.tolist()],
            "weights": found.weights.astype(np.float64).tolist(),
            "keep": RECIPE.arcs,
            "likes": post["likes"],
            "changedAt": row["changedAt"],
        }
        self._store.write("build/arcs_into", rows)

    def _unmark(self, row: Row, likes: int) -> None:
        """Clears the mark of a post that keeps its arcs; a tenth more likes mark it again."""
        listed = {"known": self.known, "property": "listedLikes", "nodes": [row["node"]], "values": [likes]}
        self._store.write("build/numbers", listed)
        self._store.write("build/unmark", [{**row, "listedLikes": likes}])

    def _vectors(self, node: int, likers: Sequence[int]) -> None:
        """Folds in the factors of a post from its likers' and, if it has no FastRP vector, gives it its author's."""
        slot = self._serving.slot
        if self._user_gram is not None:
            rows = {"nodes": list(likers[:MAX_VECTORS]), "property": f"factors{slot}"}
            vectors = [each["vector"] for each in self._client.read("build/vectors_of", {"rows": rows})]
            if folded := fold_in(vectors, self._user_gram):
                self._store.vectors("factors", slot, np.array([node]), folded[0][np.newaxis], lambda done, total: None)
        self._store.write("build/inherit", {"node": node, "property": f"fastrp{slot}"})

    def _content(self, node: int) -> None:
        """Gives a post of few likes the factors that are expected of it."""
        if self._content_mean is None:
            return
        slot = self._serving.slot
        for row in self._client.read("build/content_of", {"rows": {"node": node, "property": f"content{slot}"}}):
            vector = expected_of_one(self._content_mean, row["author"], row["hashtags"])
            self._store.vectors("content", slot, np.array([node]), vector[np.newaxis], lambda done, total: None)

    def _finders(self, likers: Sequence[int]) -> list[Liker]:
        people = self._about(likers, self._people)
        lists = self._lists("build/liked", likers, "posts", MAX_LIKES)
        return [
            Liker(people[node]["key"], people[node]["likes"], *_keys_and_likes(self._about(liked).values()))
            for node, liked in zip(likers, lists, strict=True)
            if node in people
        ]

    def _likers_of(self, posts: Sequence[int]) -> list[Likers]:
        lists = self._lists("build/likers", posts, "people", RECIPE.likers)
        return [Likers(*_keys_and_likes(self._about(likers, self._people).values())) for likers in lists]

    def _lists(self, name: str, nodes: Sequence[int], column: str, most: int) -> list[list[int]]:
        """A column of lists for these nodes; an empty list for a deleted node."""
        found: dict[int, list[int]] = {}
        for page in pages(nodes, PAGE_NODES):
            for row in self._client.stream(name, {"rows": {"nodes": page, "most": most}}, fetch=PAGE_NODES):
                found[row["node"]] = row[column]
        return [found.get(node, []) for node in nodes]

    def _about(self, nodes: Sequence[int], known: dict[int, Row] | None = None) -> dict[int, Row]:
        """The key and the number of likes of each of these posts, or people, that still exists.

        The same statement makes them known, so nothing is written to what takes the place of one of them later.
        """
        known = self._posts if known is None else known
        for page in pages((node for node in nodes if node not in known), 10 * PAGE_NODES):
            rows = self._client.write("build/named", {"rows": {"nodes": page, "known": self.known}}).rows
            for row, key in zip(rows, keys(row["id"] for row in rows), strict=True):
                known[row["node"]] = {**row, "key": int(key)}
        return {node: known[node] for node in nodes if node in known}


def _keys_and_likes(rows: Iterable[Row]) -> tuple[Keys, Counts]:
    pairs = [(row["key"], row["likes"]) for row in rows]
    return np.array([key for key, _ in pairs], np.uint64), np.array([likes for _, likes in pairs], np.int64)
