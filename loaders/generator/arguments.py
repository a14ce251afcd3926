"""What a network can be asked for: arguments that would make nonsense are refused, in words for who typed them."""

import os

from graph import clock
from graph.errors import SettingsError
from loaders.generator.calibration import POSTS
from loaders.generator.rhythm import DAY

SMALLEST, LARGEST = 100, 100_000_000
"""Users: with fewer there is nobody to follow, with more the posts have no 32-bit numbers."""
LIKED_SHARE = 1 / 3
"""Of all posts, the most that people may be asked to like on average."""
WEEK = 7 * DAY
SHORTEST = 1 / 7
"""Weeks; the rhythm is that of a day."""
END_OF_TIME = 253_402_300_800_000
"""Epoch milliseconds of the year 10000, which ISO 8601 does not write in four digits."""
BYTES_OF_USER, BYTES_OF_LIKE = 1_500, 30
"""Of memory, measured with a million users and rounded down: nothing is refused that would have fitted."""


def check(*, users: int, likes_per_user: int, seed: int, until: int, weeks: float) -> None:
    """Raises SettingsError for the first argument that no network can be made of; `until` is in epoch milliseconds."""
    if not SMALLEST <= users <= LARGEST:
        raise SettingsError(
            f"A network needs at least {SMALLEST} users and at most {LARGEST:,}, not {users:,}.",
            "Ask for a number between these.",
        )
    most = int(LIKED_SHARE * POSTS.mean * users)
    if not 0 <= likes_per_user <= most:
        raise SettingsError(
            f"{users:,} users cannot give {likes_per_user:,} likes each.",
            f"Ask for 0 to {most:,} likes per user: that is a third of all posts.",
        )
    _check_memory(users, likes_per_user)
    if seed < 0:
        raise SettingsError(f"{seed} is no seed.", "Give a whole number from 0 up.")
    _check_times(until, weeks)


def _check_memory(users: int, likes_per_user: int) -> None:
    needed = users * (BYTES_OF_USER + BYTES_OF_LIKE * likes_per_user)
    if needed > (there := memory()):
        raise SettingsError(
            f"{users:,} users with {likes_per_user:,} likes each take {needed / 2**30:.1f} GiB of memory or more,"
            f" and this machine has {there / 2**30:.1f} GiB.",
            "Ask for fewer users, or for fewer likes per user.",
        )


def memory() -> int:
    """The bytes of memory of this machine."""
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
            "Give 0.15 weeks (a day) or more, and not so many that the first post is from before 1970.",
        )
