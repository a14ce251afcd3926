"""Checks of the generator's arguments, with errors for the command line."""

import os

from graph import clock
from graph.errors import SettingsError
from loaders.generator.calibration import POSTS
from loaders.generator.rhythm import DAY

SMALLEST, LARGEST = 100, 100_000_000
"""Limits of users: with fewer there is nobody to follow, with more the numbers of posts exceed 32 bits."""
LIKED_SHARE = 1 / 3
"""The largest share of all posts that people can like on average."""
WEEK = 7 * DAY
SHORTEST = 1 / 7
"""The shortest time span in weeks: a day, the period of the rhythm."""
END_OF_TIME = 253_402_300_800_000
"""Epoch milliseconds of the year 10000, which ISO 8601 does not write in four digits."""
BYTES_OF_USER, BYTES_OF_LIKE = 1_500, 30
"""Memory in bytes, measured with a million users and rounded down, so that nothing that fits is refused."""


def check(*, users: int, likes_per_user: int, seed: int, until: int, weeks: float) -> None:
    """Raises SettingsError for the first invalid argument; `until` is in epoch milliseconds."""
    if not SMALLEST <= users <= LARGEST:
        raise SettingsError(
            f"A network needs at least {SMALLEST} users and at most {LARGEST:,}, not {users:,}.",
            "Give a number between these.",
        )
    most = int(LIKED_SHARE * POSTS.mean * users)
    if not 0 <= likes_per_user <= most:
        raise SettingsError(
            f"{users:,} users cannot give {likes_per_user:,} likes each.",
            f"Give 0 to {most:,} likes per user: at most a third of all posts.",
        )
    _check_memory(users, likes_per_user)
    if seed < 0:
        raise SettingsError(f"{seed} is not a seed.", "Give a whole number from 0 up.")
    _check_times(until, weeks)


def _check_memory(users: int, likes_per_user: int) -> None:
    needed = users * (BYTES_OF_USER + BYTES_OF_LIKE * likes_per_user)
    if needed > (there := memory()):
        raise SettingsError(
            f"{users:,} users with {likes_per_user:,} likes each take {needed / 2**30:.1f} GiB of memory or more,"
            f" and this machine has {there / 2**30:.1f} GiB.",
            "Give fewer users or fewer likes per user.",
        )


def memory() -> int:
    """Memory of this machine in bytes."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _check_times(until: int, weeks: float) -> None:
    if not 0 <= until < END_OF_TIME:
        raise SettingsError(
            f"A network cannot end at {until:,} milliseconds since 1970.",
            "Give a time in the years 1970 to 9999.",
        )
    if not SHORTEST <= weeks <= until / 1000 / WEEK:
        raise SettingsError(
            f"A network cannot span {weeks:g} weeks up to {clock.iso(until)}.",
            "Give at least 0.15 weeks (a day), and not so many that the first post would be before 1970.",
        )
