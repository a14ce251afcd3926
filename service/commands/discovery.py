"""Commands that discover: trending."""

from collections.abc import Callable
from typing import Annotated

import typer

from graph.connect import connect
from graph.discovery import trending as lists
from graph.settings import read_settings
from service.commands import console
from service.commands.options import Json, Sensitive
from service.outputs import TrendingAnswer

For = Annotated[str, typer.Option("--for", metavar="USER", help="leave out what is filtered for this person")]


def trending(
    user: For = "",
    followed: Annotated[
        bool, typer.Option("--followed", help="only posts by people whom USER follows, or that these liked")
    ] = False,
    limit: Annotated[int, typer.Option(min=1, max=200, help="maximum number of posts")] = 10,
    cursor: Annotated[str | None, typer.Option(help="cursor of the next page")] = None,
    sensitive: Sensitive = False,
    as_json: Json = False,
) -> None:
    """List what trends: posts of hashtags, or within communities, that more people like than usual, and why."""
    with console.Bars() as bars, connect(read_settings(), bars) as client:
        page = lists.trending(client, user, limit=limit, cursor=cursor, followed=followed, sensitive=sensitive)
    if as_json:
        console.print_json(TrendingAnswer.model_validate({"user": user, **vars(page)}))
        return
    columns = {"post": "post", "author": "author", "text": "why"}
    rows = [{"post": item.post, "author": item.author or "", "text": item.text} for item in page.items]
    console.show_rows(rows, columns, len(rows), page.text)
    if page.items:
        console.say(page.text)
    if page.cursor:
        console.say(f"More: --cursor {page.cursor}")


COMMANDS: dict[str, Callable[..., None]] = {"trending": trending}
