"""Adapters: readers of other formats. Each returns sources in the neutral format, and writes nothing."""

from collections.abc import Callable
from pathlib import Path

from graph.errors import LoadError
from loaders.adapters.instagram import sources as instagram_sources
from loaders.adapters.ldbc import sources as ldbc_sources
from loaders.adapters.ldbc_updates import sources as ldbc_updates_sources
from loaders.files.blocks import Source

ADAPTERS: dict[str, Callable[[Path], list[Source]]] = {
    "ldbc": ldbc_sources,
    "ldbc-updates": ldbc_updates_sources,
    "instagram": instagram_sources,
}
"""The function that reads a path, by the name of its format."""


def sources(name: str, path: Path) -> list[Source]:
    """The sources that an adapter reads from a path, in the order of import.

    Raises LoadError for an unknown adapter, and for a path that does not hold its format.
    """
    if name not in ADAPTERS:
        raise LoadError(f"Unknown adapter {name!r}.", f"Use one of {', '.join(ADAPTERS)}.")
    return ADAPTERS[name](path)
