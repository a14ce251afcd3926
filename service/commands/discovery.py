"""Commands that discover."""

from collections.abc import Callable
from typing import Annotated

import typer

from graph import clock
from graph.discovery import suggestions
from graph.settings import read_settings
from service.commands import console
from service.commands.opening import opened
from service.commands.options import AsOf, Json, ProfileName, User
from service.outputs import SuggestionsAnswer

SUGGESTED = {"person": "person", "name": "name", "why": "why"}
"""The columns of the table of suggestions."""


def suggest(
    user: User,
    limit: Annotated[
        int, typer.Option(min=1, max=suggestions.MAX_LIMIT, help="maximum number of people")
    ] = suggestions.LIMIT,
    profile_name: ProfileName = None,
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """Suggest people to follow, with the reasons for each. `dismiss --person` takes one out for good."""
    now = clock.now() if as_of is None else as_of
    with console.Bars() as bars, opened(read_settings(), profile_name, bars) as (client, chosen):
        found = suggestions.suggestions(client, user, limit=limit, chosen=chosen, as_of=now)
    if as_json:
        console.print_json(SuggestionsAnswer.model_validate(found))
        return
    rows = [
        {
            "person": one.person,
            "name": one.username or one.full_name or "",
            "why": " ".join(reason.text for reason in one.reasons),
        }
        for one in found.items
    ]
    console.show_rows(rows, SUGGESTED, limit, found.why_empty or "")


COMMANDS: dict[str, Callable[..., None]] = {"suggest": suggest}
