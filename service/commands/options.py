"""Options that several commands have, and what may be written for them."""

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


def moment(text: str) -> int:
    try:
        return clock.parse(text)
    except (ValueError, OverflowError):
        raise typer.BadParameter(f"{text!r} is no ISO 8601 time, such as 2024-05-01 or 2024-05-01T12:30:00Z") from None


def days(text: str) -> float:
    if text == "none":
        return ANY_AGE
    with suppress(ValueError):
        if 0 < (days := float(text)) <= 1e6:
            return days
    raise typer.BadParameter(f"{text!r} is no number of days above 0, and up to a million, nor none")


User = Annotated[str, typer.Argument(help="the id of the person", show_default=False)]
Json = Annotated[bool, typer.Option("--json", help="print JSON, and nothing else on stdout")]
AsOf = Annotated[
    int | None, typer.Option(parser=moment, metavar="TIME", help="the clock of the answer, ISO 8601; without it, now")
]
ProfileName = Annotated[
    str | None,
    typer.Option("--profile", help="the weights and constants to rank with; by default GRAPHFEED_PROFILE's"),
]
Sensitive = Annotated[bool, typer.Option(help="also posts that are marked sensitive")]
Post = Annotated[str, typer.Argument(help="the id of the post", show_default=False)]
Slate = Annotated[str, typer.Argument(help="the id of a slate, as a recorded feed gives it", show_default=False)]
WindowDays = Annotated[
    float | None, typer.Option(parser=days, metavar="DAYS", help="how old a post may be; none: of any age, or none")
]
Limit = Annotated[int | None, typer.Option(min=1, max=100_000, help="at most this many")]
