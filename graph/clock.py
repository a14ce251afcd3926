"""Times: UTC epoch milliseconds inside, ISO 8601 outside."""

import re
import time
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from math import floor
from typing import Literal

DAY_MS = 86_400_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
MIN_MS = (datetime.min.replace(tzinfo=UTC) - EPOCH) // MILLISECOND
MAX_MS = (datetime.max.replace(tzinfo=UTC) - EPOCH) // MILLISECOND
"""The first and the last time that have a date (years 1 to 9999), in epoch milliseconds."""

Unit = Literal["s", "ms", "us", "ns"]
"""Units of epoch times in files."""
PER_SECOND: dict[Unit, int] = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
_ZONE = r"(?:[Zz]|[+-][0-9]{2}(?::?[0-5][0-9](?::?[0-5][0-9])?)?)?"
_FRACTION = r"(?:[.,][0-9]+)?"
_ISO = re.compile(
    rf"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}(?:[Tt ][0-9]{{2}}:[0-9]{{2}}(?::[0-9]{{2}}{_FRACTION})?{_ZONE})?"
    rf"|[0-9]{{8}}[Tt][0-9]{{4}}(?:[0-9]{{2}}{_FRACTION})?{_ZONE}"
)
"""The forms of a date, or of a date and time. datetime.fromisoformat alone reads 1764061512345 as of the year 1764."""
_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")


def now() -> int:
    """The wall clock in epoch milliseconds."""
    return time.time_ns() // 1_000_000


def parse(text: str) -> int:
    """Epoch milliseconds of an ISO 8601 time; no zone means UTC, a date means its first instant.

    Raises ValueError for anything else, also for a number, and OverflowError for a time that is not in the years 1 to
    9999 of UTC.
    """
    if not _ISO.fullmatch(text):
        raise ValueError(f"{text[:60]!r} is not an ISO 8601 time")
    moment = datetime.fromisoformat(text.upper())
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return (moment.astimezone(UTC) - EPOCH) // MILLISECOND


def is_number(text: str) -> bool:
    """True for digits, which may have a sign and a fraction: an epoch time perhaps, but no date."""
    return _NUMBER.fullmatch(text) is not None


def from_epoch(text: str, unit: Unit) -> int:
    """Epoch milliseconds of a number of units since 1970, rounded down.

    Raises ValueError for anything but a number, and OverflowError for a time that is not in the years 1 to 9999.
    """
    if not is_number(text) or len(text) > 40:
        raise ValueError(f"{text[:60]!r} is not a number")
    millis = floor(Fraction(text) * 1000 / PER_SECOND[unit])
    if dated(millis) != millis:
        raise OverflowError(f"{text[:60]} {unit} since 1970 are outside the years 1 to 9999")
    return millis


def iso(millis: int | None) -> str | None:
    """ISO 8601 in UTC with a Z, with milliseconds where there are any; None stays None.

    Raises OverflowError for a time that has no date.
    """
    if millis is None:
        return None
    moment = EPOCH + millis * MILLISECOND
    precision = "milliseconds" if millis % 1000 else "seconds"
    return moment.replace(tzinfo=None).isoformat(timespec=precision) + "Z"


def ago(millis: int, as_of: int) -> str:
    """The age of a time at `as_of`, in the largest whole unit: '3 h ago'; 'in 2 days' if it is later."""
    seconds = abs(as_of - millis) // 1000
    for unit, length in (("year", 31_557_600), ("month", 2_629_800), ("week", 604_800), ("day", 86_400)):
        if seconds >= length:
            count = seconds // length
            span = f"{count} {unit}{'s' if count > 1 else ''}"
            break
    else:
        span = f"{seconds // 3600} h" if seconds >= 3600 else f"{seconds // 60} min"
    return f"{span} ago" if millis <= as_of else f"in {span}"


def day(millis: int, as_of: int) -> str:
    """The day of a time for people, '3 May', with the year if it is not the year of `as_of`."""
    moment, now = (EPOCH + dated(each) * MILLISECOND for each in (millis, as_of))
    return f"{moment.day} {_MONTHS[moment.month - 1]}{'' if moment.year == now.year else f' {moment.year}'}"


def month(millis: int) -> int:
    """The month of a time in UTC as a number: 202405."""
    moment = EPOCH + dated(millis) * MILLISECOND
    return moment.year * 100 + moment.month


def shown(millis: int) -> str:
    """ISO 8601 of `dated`, for people: never raises, where `iso` raises OverflowError."""
    return str(iso(dated(millis)))


def dated(millis: int) -> int:
    """The time, clipped to the years 1 to 9999: a graph may hold any number."""
    return min(max(millis, MIN_MS), MAX_MS)


_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
