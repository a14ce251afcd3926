"""Writes of a build: only changes, in pages, to nodes that it has read, under the property names of the idle slot.

Each page is a transaction of a fraction of a second, so nobody waits long for its locks. A page matches its nodes by
internal id, and only those that were known when the build read the graph: it skips nodes that were deleted, and nodes
that were created since, even with the same internal id.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy import sparse

from graph.background.arrays import Floats, Ints, Listen, Network, Nodes, pages
from graph.background.related import Related
from graph.background.shown import Shown
from graph.background.state import GROUNDS, LEASE
from graph.background.topics import Present, Topic
from graph.background.tops import Tops
from graph.background.trending import Trending
from graph.client import Client, Row, Transaction
from graph.errors import Busy


@dataclass(frozen=True)
class ArcStatements:
    """The statements that read and replace arcs of one type."""

    read: str
    replace: str


SIMILAR = ArcStatements("build/arcs_similar", "build/similar")
SIMILAR_NEW = ArcStatements("build/arcs_similar_new", "build/similar_new")
WEIGHT_TOLERANCE = 1e-3
"""The relative change of a weight from which an arc is written. The comparison is with the stored weight, so small
changes do not accumulate. The feature `lists` is the logarithm of .3 + a sum's share of the largest sum: a change of
weights by a thousandth moves it by less than a thousandth."""
NORMED_KINDS = ("factors", "content")
"""The kinds of vectors that are stored with norms: the others are compared by cosine alone."""
PAGE_ARCS = 10_000
PAGE_NODES = 2_000
PAGE_VECTORS = 1_000
PAGE_TOPICS = 10
"""Topics that are deleted at a time, each with at most PAGE_NODES ties."""
GRACE_SECONDS = 30
"""The time that the old slot's vectors are kept after a switch: a request reads the slot first, then its vectors."""


class Stopped(Exception):
    """The build was asked to stop, or another builder has taken over."""


@dataclass
class Store:
    """Writes for one build, which may be stopped between pages."""

    client: Client
    known: int
    """The number of the build that read the network."""
    owner: str
    """The owner of the lease of builders: whoever lost it writes no vectors and makes no switch."""
    check: Callable[[], None] = lambda: None
    """Raises Stopped if the build must stop."""
    written: dict[str, int] = field(default_factory=dict)
    """The number of changes by kind."""

    def arcs(self, statements: ArcStatements, network: Network, arcs: sparse.csr_matrix, listen: Listen) -> None:
        """Replaces the arcs of the posts whose arcs changed."""
        rows = changed_posts(self._present(statements.read), network.posts, arcs)
        size = max(1, PAGE_ARCS // max(1, int(np.diff(arcs.indptr).max(initial=1))))
        for page in _pages(rows, size, listen):
            posts = [_arcs_of(network.posts, arcs, row) for row in page]
            self.write(statements.replace, {"known": self.known, "posts": posts}, "arcs")

    def tops(self, network: Network, tops: Tops, listen: Listen) -> None:
        """Replaces the tops of the hashtags and months whose tops changed."""
        rows = list(_changed_tops(self._present("build/arcs_top"), network, tops))
        for page in _pages(rows, 200, listen):
            self.write("build/top", {"known": self.known, "hashtags": list(page)}, "tops")

    def related(self, network: Network, related: Related, listen: Listen) -> None:
        """Replaces the arcs of the hashtags whose related ones changed, or what these come from."""
        hashtags, arcs = network.hashtags, related.weights
        present = list(self._present("build/arcs_related"))
        grounds = [{**page, "values": [_place(ground) for ground in page["by"]]} for page in present]
        changed = [changed_posts(old, hashtags, new) for old, new in ((present, arcs), (grounds, related.grounds))]
        for page in _pages(np.unique(np.concatenate(changed)), PAGE_NODES, listen):
            found = []
            for row in page:
                chosen = slice(arcs.indptr[row], arcs.indptr[row + 1])
                names = [hashtags.ids[target] for target in arcs.indices[chosen]]
                by = [GROUNDS[int(place)] for place in related.grounds.data[chosen]]
                found.append({**_arcs_of(hashtags, arcs, row), "hashtag": hashtags.ids[row], "names": names, "by": by})
            self.write("build/related", {"hashtags": found}, "related")

    def topics(self, network: Network, found: Sequence[Topic], before: Present, listen: Listen) -> None:
        """Stores these topics: writes new and changed ones, then the hashtags whose topic or place changed, and deletes
        those that are none any more. A hashtag is always of one topic, the old or the new."""
        counted = {id: (before.hashtags[id], topic.posts) for id, topic in before.topics.items()}
        changed = [
            {"id": topic.id, "hashtags": len(topic.nodes), "posts": topic.posts}
            for topic in found
            if counted.get(topic.id) != (len(topic.nodes), topic.posts)
        ]
        for page in pages(changed, PAGE_NODES):
            self.write("build/put_topics", {"topics": page})
        places = {node: (topic.id, place) for topic in found for place, node in enumerate(topic.nodes, start=1)}
        names = dict(zip(network.hashtags.nodes.tolist(), network.hashtags.ids, strict=True))
        moved = [
            {"node": node, "hashtag": names.get(node), "topic": topic, "place": place}
            for node in sorted({*places, *before.places})
            for topic, place in [places.get(node, (None, None))]
            if before.places.get(node, ()) != [(topic, place)]
        ]
        for page in _pages(moved, PAGE_NODES, listen):
            self.write("build/of_topic", {"hashtags": page}, "topics")
        for ids in pages(sorted({*before.topics} - {topic.id for topic in found}), PAGE_TOPICS):
            rows = {"topics": ids, "batch": PAGE_NODES}
            while self.client.write("build/drop_topics", {"rows": rows}).rows[0]["ties"] == PAGE_NODES:
                self.check()

    def numbers(
        self, name: str, nodes: Nodes, old: Floats, new: Floats, listen: Listen, *, whole: bool = False
    ) -> None:
        """Sets a float property, or an integer if `whole`, of the nodes where it changed; NaN removes it."""
        changed = np.flatnonzero(~((old == new) | (np.isnan(old) & np.isnan(new))))
        for page in _pages(changed, PAGE_NODES, listen):
            values = [None if np.isnan(value) else int(value) if whole else float(value) for value in new[page]]
            rows = {"known": self.known, "property": name, "nodes": nodes.nodes[page].tolist(), "values": values}
            self.write("build/numbers", rows, name)

    def factors_likes(self, network: Network, likes: Ints) -> None:
        """Notes the number of likes of each person that were known when their factors were made, where it changed.

        Whoever liked or unliked since the network was read is left out, also with the same number of likes.
        """
        for page in pages(np.flatnonzero(network.factors_likes != likes), PAGE_NODES):
            before = [None if np.isnan(number) else int(number) for number in network.factors_likes[page]]
            nodes = network.people.nodes[page].tolist()
            rows = {"known": self.known, "nodes": nodes, "before": before, "likes": likes[page].tolist()}
            self.write("build/factors_likes", rows, "factorsLikes")

    def shares(self, network: Network, shares: Floats, listen: Listen) -> None:
        """Sets the share of the hashtags where it changed."""
        for page in _pages(np.flatnonzero(network.share != shares), PAGE_NODES, listen):
            self.write("build/shares", [{"hashtag": network.hashtags.ids[row], "share": shares[row]} for row in page])

    def unmark(self, network: Network, listed_likes: Floats) -> None:
        """Removes the marks that were read with the network: these posts' arcs are built."""
        for page in pages(np.flatnonzero(~np.isnan(network.changed_at)), PAGE_NODES):
            rows = [
                {
                    "node": int(network.posts.nodes[row]),
                    "changedAt": int(network.changed_at[row]),
                    "listedLikes": int(np.nan_to_num(listed_likes[row])),
                }
                for row in page
            ]
            self.write("build/unmark", rows)

    def vectors(self, kind: str, slot: str, nodes: Ints, vectors: Any, listen: Listen) -> int:
        """Writes vectors of nodes, by internal id, with norms, to a slot; skips zero vectors. Returns their number."""
        norms = np.linalg.norm(vectors, axis=1)
        usable = np.flatnonzero((norms > 0) & np.isfinite(norms))
        for page in _pages(usable, PAGE_VECTORS, listen):
            rows = {
                "known": self.known,
                "property": kind + slot,
                "norm": f"{kind}Norm{slot}",
                "nodes": nodes[page].tolist(),
                "vectors": vectors[page].tolist(),
                "norms": norms[page].tolist() if kind in NORMED_KINDS else [None] * len(page),
            }
            self.write("build/vectors", rows, kind)
        return len(usable)

    def copy(self, kinds: Iterable[str], old: str, new: str) -> None:
        """Copies vectors of these kinds from one slot to the other, for stages that a build does not run."""
        for page in pages((row["node"] for row in self.client.stream("build/holders", _slot(old))), PAGE_VECTORS):
            for kind in kinds:
                rows = {"nodes": page, "kind": kind, "norm": f"{kind}Norm", "from": old, "to": new}
                self.write("build/copy_vectors", rows)

    def clear(self, slot: str) -> None:
        """Removes all vectors of the idle slot, of the build before or of one that was killed."""
        for page in pages((row["node"] for row in self.client.stream("build/holders", _slot(slot))), PAGE_VECTORS):
            self.write("build/remove_vectors", {"slot": slot, "nodes": page})

    def switch(self, facts: Mapping[str, Any], tops: Row | None) -> None:
        """Lets this build serve, in one transaction with the tops of all posts; None leaves these unchanged.

        Raises Busy if another builder has taken over.
        """

        def work(transaction: Transaction) -> None:
            if not transaction.run("build/switch", self._leased(dict(facts))).rows:
                raise Busy("Another builder has taken over.", "Wait until it has finished.")
            if tops is not None:
                transaction.run("build/tops_of_all", {"rows": tops})

        self.check()
        self.client.transaction("build/switch", work)

    def facts(self, facts: Mapping[str, Any]) -> None:
        """Stores facts of the build that serves, if there is one."""
        self.client.write("build/facts", {"rows": dict(facts)})

    def tops_of_all(self, network: Network, tops: Tops) -> Row | None:
        """The tops of all posts as `switch` takes them; None if they are unchanged."""
        nodes = network.posts.nodes
        new = sorted(zip(nodes[tops.posts].tolist(), tops.months.tolist(), strict=True))
        old = sorted((row["target"], row["month"]) for row in self.client.read("build/present_tops"))
        if old == new:
            return None
        return {
            "known": self.known,
            "targets": [target for target, _ in new],
            "months": [month for _, month in new],
        }

    def trending(self, network: Network, found: Trending, built_at: int) -> None:
        """Stores what trends as a list of its own; the one before stays, for whoever is scrolling it."""
        names = network.hashtags.ids
        entries = [
            {
                "post": int(network.posts.nodes[entry.post]),
                "place": place,
                "likers": entry.likers,
                "now": entry.now,
                "usual": entry.usual,
                "hashtag": None if entry.hashtag is None else names[entry.hashtag],
                "about": [names[row] for row in entry.about],
            }
            for place, entry in enumerate(found.entries)
        ]
        facts = {"builtAt": built_at, "asOf": found.as_of, "byPosts": found.by_posts, "size": len(entries)}
        self.write("build/trending", {"known": self.known, "facts": facts, "entries": entries}, "trending")

    def reach(self, posts: Nodes, found: Mapping[int, Shown], listen: Listen) -> None:
        """Sets how many people posts were shown to, where it changed. Impressions never fall."""
        new = {int(posts.nodes[row]): one for row, one in found.items()}
        old = {row["node"]: row for row in self.client.stream("build/present_shown")}
        rows = [_reach(node, new.get(node), old.get(node)) for node in sorted({*new, *old})]
        rows = [row for row in rows if row != old.get(row["node"])]
        for page in _pages(rows, PAGE_NODES, listen):
            self.write("build/reach", {"known": self.known, "posts": page}, "shown")

    def _present(self, name: str) -> Iterator[Row]:
        return self.client.stream(name, {"highest": self.client.read("build/size")[0]["highest"]}, fetch=20)

    def _leased(self, rows: Any) -> Row:
        return {"rows": rows, "lease": LEASE, "owner": self.owner}

    def write(self, name: str, rows: Any, counted: str | None = None) -> None:
        """Writes a page. Counts its changes under `counted`."""
        self.check()
        result = self.client.write(name, self._leased(rows)).rows
        if counted and result:
            self.written[counted] = self.written.get(counted, 0) + int(next(iter(result[0].values())))


def _reach(node: int, new: Shown | None, old: Row | None) -> Row:
    """The row of build/reach for a post, with the impressions of before where they are more than those of now."""
    known, likes = (old["impressions"] or 0, old["likes"]) if old else (0, None)
    is_more = new is not None and new.impressions >= known
    return {
        "node": node,
        "shown": new.people if new and new.people else None,
        "sources": [*new.by_source] if new and new.people else None,
        "people": [*new.by_source.values()] if new and new.people else None,
        "impressions": new.impressions if new and is_more else known or None,
        "likes": new.likes if new and is_more else likes,
    }


def changed_posts(present: Iterable[Row], posts: Nodes, arcs: sparse.csr_matrix) -> Ints:
    """Rows of the posts whose arcs differ from the stored ones: in a target, or in a weight by the tolerance."""
    stored, differs = np.zeros(len(posts), bool), np.zeros(len(posts), bool)
    for page in present:
        sources = posts.rows(np.array(page["sources"], np.int64))
        known = sources >= 0
        targets = posts.rows(np.array(page["targets"], np.int64))[known]
        stored[sources[known]] = True
        differs[_differing(sources[known], targets, np.array(page["values"], np.float64)[known], arcs)] = True
    return np.flatnonzero(differs | (~stored & (np.diff(arcs.indptr) > 0)))


def _differing(sources: Ints, targets: Ints, values: Floats, arcs: sparse.csr_matrix) -> Ints:
    """The sources of these stored arcs whose arcs in `arcs` are different."""
    rows = np.unique(sources)
    order = np.lexsort((targets, sources))
    sources, targets, values = sources[order], targets[order], values[order]
    new = arcs[rows]
    new.sort_indices()
    sizes = np.diff(new.indptr)
    even = np.bincount(np.searchsorted(rows, sources), minlength=len(rows)) == sizes
    old_even, new_even = even[np.searchsorted(rows, sources)], np.repeat(even, sizes)
    old_values, new_values = values[old_even], new.data[new_even].astype(np.float64)
    tolerance = WEIGHT_TOLERANCE * np.maximum(np.abs(old_values), np.abs(new_values))
    other = (targets[old_even] != new.indices[new_even]) | (np.abs(old_values - new_values) > tolerance)
    return np.concatenate((rows[~even], np.unique(sources[old_even][other])))


def _changed_tops(present: Iterable[Row], network: Network, tops: Tops) -> Iterator[Row]:
    """The hashtags whose tops changed, with all their tops of the months that changed."""
    new = np.stack((network.hashtags.nodes[tops.sources], tops.months, network.posts.nodes[tops.posts]))
    pages_of_old = [np.array([page["sources"], page["values"], page["targets"]], np.int64) for page in present]
    old = np.concatenate([np.zeros((3, 0), np.int64), *pages_of_old], axis=1)
    both = np.concatenate((old, new), axis=1)
    if not both.size:
        return
    both = both[:, np.lexsort(both[::-1])]
    same = (both[:, 1:] == both[:, :-1]).all(axis=0)
    single = ~(np.append(same, False) | np.append(False, same))
    changed = np.unique(both[:2, single], axis=1)
    new = new[:, np.lexsort(new[::-1])]
    names = dict(zip(network.hashtags.nodes.tolist(), network.hashtags.ids, strict=True))
    for node in np.unique(changed[0]).tolist():
        months = changed[1, changed[0] == node]
        first, last = np.searchsorted(new[0], [node, node + 1])
        chosen = new[:, first:last][:, np.isin(new[1, first:last], months)]
        if node in names:  # others came after the network was read
            yield {
                "node": node,
                "hashtag": names[node],
                "months": months.tolist(),
                "targets": chosen[2].tolist(),
                "values": chosen[1].tolist(),
            }


def _place(ground: str) -> int:
    """Of a ground that was stored: 0 for one that there is not."""
    return GROUNDS.index(ground) if ground in GROUNDS else 0


def _arcs_of(posts: Nodes, arcs: sparse.csr_matrix, row: int) -> Row:
    chosen = slice(arcs.indptr[row], arcs.indptr[row + 1])
    targets = posts.nodes[arcs.indices[chosen]]
    weights = arcs.data[chosen].astype(np.float64)
    return {"node": int(posts.nodes[row]), "targets": targets.tolist(), "values": weights.tolist()}


def _pages(rows: Any, size: int, listen: Listen) -> Iterator[Any]:
    """Slices of an array or list; `listen` receives the progress in rows."""
    for first in range(0, len(rows), size):
        listen(first, len(rows))
        yield rows[first : first + size]
    listen(len(rows), len(rows))


def _slot(slot: str) -> dict[str, Any]:
    return {"rows": {"slot": slot}}
