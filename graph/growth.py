"""The memory that a graph needs from its server, by a rule of thumb: `graphfeed doctor` tells if it has too little.

Heap: GDS copies people, posts, likes, follows and authorships for a build, and makes a vector of each person and post,
all in half of the heap; the other half is for statements and Neo4j itself. Page cache: the store, of which the
system's file cache may hold as much again.
"""

from dataclasses import dataclass

from graph import memory
from graph.client import Client
from graph.errors import GraphfeedError
from graph.settings import Settings

HEAP_BASE = 256 * memory.MB
HEAP_OF_NODE = 1024
"""Bytes for a person or post: three arrays of a vector's 64 numbers, and its place in the copy of the graph."""
HEAP_OF_RELATIONSHIP = 50
"""Bytes for a relationship: both of its directions in the copy of the graph, doubled."""
STORE_TO_PAGE_CACHE = 2
"""The size of the store, as a multiple of the page cache, that still is read from memory."""


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
        """The bytes of heap that it needs."""
        return HEAP_BASE + HEAP_OF_NODE * self.nodes + HEAP_OF_RELATIONSHIP * self.relationships

    @property
    def page_cache(self) -> int:
        """The bytes of page cache that it needs."""
        return self.store // STORE_TO_PAGE_CACHE

    @property
    def text(self) -> str:
        return (
            f"{self.nodes:,} people and posts, {self.relationships:,} likes, follows and authorships, a store of "
            f"{self.store // memory.MB} MB"
        )


def size(client: Client, store: int) -> Size:
    """The size of the graph, whose store has so many bytes."""
    [row] = client.read("admin/size")
    return Size(row["nodes"], row["relationships"], store)


def require_memory(settings: Settings, found: Size) -> None:
    """Return if the embedded server has the memory for a graph of this size. Raises GraphfeedError."""
    heap, page_cache = memory.heap(settings), memory.page_cache(settings)
    lacks = []
    if found.heap > memory.bytes_of(heap):
        lacks.append(("heap", heap, found.heap, "GRAPHFEED_HEAP"))
    if found.page_cache > memory.bytes_of(page_cache):
        lacks.append(("page cache", page_cache, found.page_cache, "GRAPHFEED_PAGE_CACHE"))
    if lacks:
        told = ", ".join(f"{name} {has}, needs about {needs // memory.MB}m" for name, has, needs, _ in lacks)
        raise GraphfeedError(
            f"The graph has outgrown its server's memory ({found.text}): {told}.",
            f"Raise {' and '.join(variable for *_, variable in lacks)}, then `graphfeed down` and `graphfeed up`.",
        )
