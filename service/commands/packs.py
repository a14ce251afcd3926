"""Commands of packs, named lists of people."""

from collections.abc import Callable
from typing import Annotated

import typer

from graph.connect import connect
from graph.discovery import packs
from graph.settings import read_settings
from service.commands import console
from service.commands.options import Json, User
from service.outputs import PackAnswer, PacksAnswer
from service.plain import cell

PackId = Annotated[str, typer.Argument(help="the id of the pack", show_default=False)]


def pack(
    user: User,
    name: Annotated[str, typer.Argument(help="its name, of up to 100 letters", show_default=False)],
    people: Annotated[list[str], typer.Argument(metavar="person", help="ids of up to 25 people", show_default=False)],
) -> None:
    """Make a pack, a named list of people, or replace the people of the user's pack of that name."""
    with console.Bars() as bars, connect(read_settings(), bars) as client:
        id, created = packs.put(client, user, name, people)
    console.say(f"Pack {id}: {len({*people})} people, {'new' if created else 'replaced'}.")


def packs_(
    pack: Annotated[str | None, typer.Argument(help="the id of one, to list its people", show_default=False)] = None,
    for_: Annotated[
        str, typer.Option("--for", metavar="USER", help="id of a person: leaves out what is filtered for them")
    ] = "",
    by: Annotated[str | None, typer.Option(metavar="USER", help="id of who made them")] = None,
    limit: Annotated[int, typer.Option(min=1, max=packs.MAX_LIMIT, help="maximum number of packs")] = packs.LIMIT,
    as_json: Json = False,
) -> None:
    """List packs of people, the newest first, or the people of one."""
    with console.Bars() as bars, connect(read_settings(), bars) as client:
        found = packs.one(client, pack, for_) if pack else packs.listed(client, for_, by=by, limit=limit)
    if isinstance(found, packs.Pack):
        if as_json:
            console.print_json(PackAnswer.model_validate(found))
            return
        console.say(cell(f"{found.name}, by {found.by_name or found.by}"))
        people = [{"person": one.person, "name": one.username or one.full_name or ""} for one in found.people]
        console.show_rows(people, {"person": "person", "name": "name"}, len(people), "")
    elif as_json:
        console.print_json(PacksAnswer.model_validate({"items": found}))
    else:
        console.show_rows(found, {name: name for name in ("pack", "name", "by", "people")}, limit, "No packs.")


def unpack(user: User, pack: PackId) -> None:
    """Delete a pack of the user's."""
    with console.Bars() as bars, connect(read_settings(), bars) as client:
        packs.remove(client, user, pack)
    console.say(f"{user} has no pack {pack} any more.")


def leave(user: User, pack: PackId) -> None:
    """Take the user out of a pack for good."""
    with console.Bars() as bars, connect(read_settings(), bars) as client:
        changed = packs.leave(client, user, pack)
    console.say(f"{user} left the pack {pack}.{'' if changed else ' Nothing changed.'}")


def follow_pack(user: User, pack: PackId) -> None:
    """Follow everybody in a pack whom the user may be shown and does not follow yet."""
    with console.Bars() as bars, connect(read_settings(), bars) as client:
        outcomes = packs.follow(client, user, pack)
    followed = [person for person, outcome in outcomes if not outcome.error]
    console.say(f"{user} follows {', '.join(followed) or 'nobody new'}.")
    for error in (outcome.error for _, outcome in outcomes if outcome.error):
        console.note(f"Error: {error.problem}")


COMMANDS: dict[str, Callable[..., None]] = {
    "pack": pack,
    "packs": packs_,
    "unpack": unpack,
    "leave": leave,
    "follow-pack": follow_pack,
}
