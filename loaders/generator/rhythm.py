"""Times with a daily rhythm, and the delay between a photo and the likes it gets."""

import numpy as np

from loaders.generator.calibration import Floats, Ints

DAY = 86_400
HALF_OF_LIKES = 6 * 3600
"""Half of a post's likes come within this many active seconds."""
TAIL = 1.1
"""The exponent of the delay's tail; 1 and less would have no mean."""
CHUNK = 1_000_000
"""Number of delays to draw at once."""

_HOURLY = (6, 4, 3, 2, 2, 3, 5, 8, 10, 10, 10, 11, 13, 13, 12, 12, 13, 15, 18, 21, 23, 22, 17, 10)
_BY_HOUR = np.concatenate([[0.0], np.cumsum(_HOURLY)]) * DAY / sum(_HOURLY)
_HOURS = np.arange(25) * 3600.0


def active(seconds: Floats | Ints) -> Floats:
    """Active seconds of epoch seconds: a clock that runs fast in the evening and slow at night."""
    day, second = np.divmod(seconds, DAY)
    return np.asarray(day * DAY + np.interp(second, _HOURS, _BY_HOUR))


def wall(active_seconds: Floats) -> Ints:
    """The epoch seconds of active seconds, rounded down; the inverse of `active`."""
    day, second = np.divmod(active_seconds, DAY)
    return np.asarray(day * DAY + np.interp(second, _BY_HOUR, _HOURS)).astype(np.int64)


def between(rng: np.random.Generator, size: int, first: int, last: int) -> Ints:
    """Random instants from first to last, more of them when people are awake."""
    low, high = active(np.array([first, last]))
    return np.clip(wall(low + rng.random(size) * (high - low)), first, last)


def share_by(elapsed: Floats) -> Floats:
    """The share of a post's likes that come within these active seconds: a log-logistic distribution."""
    return np.asarray(1 / (1 + (np.maximum(elapsed, 1.0) / HALF_OF_LIKES) ** -TAIL))


def after(rng: np.random.Generator, seconds: Ints, until: int) -> Ints:
    """A later instant for each, not after `until`: soon at first, then ever more seldom."""
    last = active(np.array([until]))
    later = np.empty(len(seconds), np.int64)
    for begin in range(0, len(seconds), CHUNK):  # in parts, as several arrays for all likes would fill the memory
        part = seconds[begin : begin + CHUNK]
        start = active(part)
        level = rng.random(len(part)) * share_by(last - start)
        delay = HALF_OF_LIKES * (level / (1 - level)) ** (1 / TAIL)
        later[begin : begin + CHUNK] = np.clip(wall(start + delay), part + 1, until)
    return later
