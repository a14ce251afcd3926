"""The memory that the embedded server needs for a graph, by a rule of thumb, for `graphfeed doctor`.

Heap: in a build, GDS holds a copy of people, posts, likes, follows and authorships, and vectors of all people and
posts, in half of the heap; the other half is for statements and Neo4j itself. Page cache: half of the store, as the
system's file cache may hold the other half.
"""

from dataclasses import dataclass

from graph import memory
from graph.client import Client
from graph.errors import GraphfeedError
from graph.settings import Settings

HEAP_BASE = 256 * memory.MB
HEAP_OF_NODE = 1024
"""Bytes per person or post: three arrays of the 64 numbers of a vector, and a node in the copy of the graph."""
HEAP_OF_RELATIONSHIP = 50
"""Bytes per relationship: both directions in the copy of the graph, doubled."""
STORE_TO_PAGE_CACHE = 2
"""The largest store, as a multiple of the page cache, that is still read from memory."""


@dataclass(frozen=True)
class Size:
    """The size of a graph."""

    nodes: int
    """People and posts."""
    relationships: int
    """Likes, follows and authorships."""
    store: int
    """Bytes of the store's files."""

    @property
    def heap(self) -> int:
        """The needed heap, in bytes."""
        return HEAP_BASE + HEAP_OF_NODE * self.nodes + HEAP_OF_RELATIONSHIP * self.relationships

    @property
    def page_cache(self) -> int:
        """The needed page cache, in bytes."""
        return self.store // STORE_TO_PAGE_CACHE

    @property
    def text(self) -> str:
        """The size for people."""
        return (
            f"{self.nodes:,} people and posts, {self.relationships:,} likes, follows and authorships, a store of "
            f"{self.store // memory.MB} MB"
        )


def size(client: Client, store: int) -> Size:
    """The size of the graph, whose store has `store` bytes."""
    [row] = client.read("admin/size")
    return Size(row["nodes"], row["relationships"], store)


def require_memory(settings: Settings, found: Size) -> None:
    """Raises GraphfeedError if the embedded server has too little memory for a graph of this size."""
    heap, page_cache = memory.heap(settings), memory.page_cache(settings)
    lacks = []
    if found.heap > memory.bytes_of(heap):
        lacks.append(("heap", heap, found.heap, "GRAPHFEED_HEAP"))
    if found.page_cache > memory.bytes_of(page_cache):
        lacks.append(("page cache", page_cache, found.page_cache, "GRAPHFEED_PAGE_CACHE"))
    if lacks:
        amounts = ", ".join(f"{name} {has}, needs about {needs // memory.MB}m" for name, has, needs, _ in lacks)
        raise GraphfeedError(
            f"The graph has outgrown its server's memory ({found.text}): {amounts}.",
            f"Raise {' and '.join(variable for *_, variable in lacks)}, then `graphfeed down` and `graphfeed up`.",
        )
