"""Adapters: readers of other people's formats. Each gives sources of the neutral format's files, and writes nothing."""

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
"""What reads a path, by the name of the format that it is in."""


def sources(name: str, path: Path) -> list[Source]:
    """What the adapter makes of the path, in the order of import.

    Raises LoadError for an adapter that is not there and for a path that is not what it expects.
    """
    if name not in ADAPTERS:
        raise LoadError(f"There is no adapter {name!r}.", f"Those there are: {', '.join(ADAPTERS)}.")
    return ADAPTERS[name](path)
