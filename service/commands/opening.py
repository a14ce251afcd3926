"""Opens a client and the profile to rank by, for commands."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from graph import clock, events
from graph.client import Client
from graph.connect import connect
from graph.errors import DiskFull
from graph.progress import Progress
from graph.ranking import stored_profiles
from graph.ranking.profiles import Profile
from graph.settings import Settings


@contextmanager
def opened(
    settings: Settings, name: str | None, progress: Progress, check: Callable[[Profile], object] = lambda chosen: None
) -> Iterator[tuple[Client, Profile]]:
    """A client, and the profile of a name; without a name, the one that serves.

    `check` raises the error of an unsuitable profile. For one of a file, it runs before a server is started.
    """
    name = name or settings.serving
    if (chosen := stored_profiles.in_files(name, settings.profiles)) is not None:
        check(chosen)
    with connect(settings, progress) as client:
        if chosen is None:
            chosen = stored_profiles.find(client, name, settings.profiles)
            check(chosen)
        with suppress(DiskFull):  # they still end, once there is room
            events.end(client, clock.now())
        yield client, chosen
