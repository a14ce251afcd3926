"""What commands of feeds begin with: a client, and the profile to rank by."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from graph.client import Client
from graph.connect import connect
from graph.progress import Progress
from graph.ranking import kept
from graph.ranking.profiles import Profile
from graph.settings import Settings


@contextmanager
def opened(
    settings: Settings, name: str | None, progress: Progress, check: Callable[[Profile], object] = lambda chosen: None
) -> Iterator[tuple[Client, Profile]]:
    """A client, and the profile of this name; without a name, the one that serves.

    `check` raises the error of a profile that does not do; if it is in a file, before a server is started.
    """
    name = name or settings.serving
    if (chosen := kept.in_files(name, settings.profiles)) is not None:
        check(chosen)
    with connect(settings, progress) as client:
        if chosen is None:
            chosen = kept.find(client, name, settings.profiles)
            check(chosen)
        yield client, chosen
