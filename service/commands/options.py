"""Options shared by several commands, and their parsers."""

from contextlib import suppress
from enum import StrEnum
from typing import Annotated

import typer

from graph import clock
from graph.ranking.feed import ANY_AGE


class Edges(StrEnum):
    ALL = "all"
    MINE = "mine"


class Label(StrEnum):
    USERNAME = "username"
    ID = "id"


class Serving(StrEnum):
    NOW = "now"
    LATER = "later"


def parse_time(text: str) -> int:
    """Returns an ISO 8601 time in epoch milliseconds."""
    try:
        return clock.parse(text)
    except (ValueError, OverflowError):
        raise typer.BadParameter(
            f"{text!r} is not an ISO 8601 time such as 2024-05-01 or 2024-05-01T12:30:00Z"
        ) from None


def parse_days(text: str) -> float:
    """Returns a number of days, infinity for none."""
    if text == "none":
        return ANY_AGE
    with suppress(ValueError):
        if 0 < (days := float(text)) <= 1e6:
            return days
    raise typer.BadParameter(f"{text!r} is not a number of days above 0 and up to a million, or none")


User = Annotated[str, typer.Argument(help="the id of the person", show_default=False)]
Json = Annotated[bool, typer.Option("--json", help="print only JSON on stdout")]
AsOf = Annotated[
    int | None,
    typer.Option(parser=parse_time, metavar="TIME", help="compute the result as of this time, ISO 8601; default: now"),
]
ProfileName = Annotated[
    str | None,
    typer.Option(
        "--profile", help="name of the profile: the weights and constants to rank with; default: GRAPHFEED_PROFILE"
    ),
]
Sensitive = Annotated[bool, typer.Option(help="include posts that are marked sensitive")]
Post = Annotated[str, typer.Argument(help="the id of the post", show_default=False)]
Slate = Annotated[str, typer.Argument(help="the id of a slate, from a recorded feed", show_default=False)]
WindowDays = Annotated[
    float | None,
    typer.Option(parser=parse_days, metavar="DAYS", help="maximum age of posts, or none for any age, even unknown"),
]
Limit = Annotated[int | None, typer.Option(min=1, max=100_000, help="maximum number of results")]
