"""The command that opens the statements in Neo4j Browser."""

import sys
import webbrowser
from collections.abc import Callable
from difflib import get_close_matches
from itertools import groupby
from typing import Annotated

import typer

from cypher import FOLDER, PARAMS, Statement, load, names
from cypher.pasting import sampled
from graph.embedded.server import EmbeddedServer
from graph.errors import SettingsError
from graph.progress import Silent
from graph.settings import Settings, read_settings
from service import neo4j_browser
from service.commands import console
from service.commands.options import Json

PERSON = "42"
"""The person of the samples."""


def browser(
    name: Annotated[
        str | None,
        typer.Argument(help="a file of cypher/, such as network/picture; without it, all that read are listed"),
    ] = None,
    user: Annotated[str, typer.Option(help="id of the person it is about")] = PERSON,
    opens: Annotated[bool, typer.Option("--open/--no-open", help="open the link, if this is a terminal")] = True,
    as_json: Json = False,
) -> None:
    """Print the link that opens a statement in Neo4j Browser with sample values, and open it."""
    statement = None if name is None else _named(name)
    settings = read_settings()
    address = neo4j_browser.address(settings) or neo4j_browser.guess(settings.uri or "")
    texts = {one: sampled(one, user) for one in _in_order(statement)} if statement else {PARAMS: _params()}
    links = {one: neo4j_browser.link(address, text) for one, text in texts.items()}
    if as_json:
        console.print_json({"browser": address, "links": links, "statements": _reading()})
        return
    for one, link in links.items():
        console.say(f"{one}:\n{link}\n")
    if statement is None:
        _list()
    elif len(links) > 1:
        console.say("Run them in this order. That a projection exists already is an error that does not matter.")
    _say_how_to_log_in(settings, address)
    if opens and sys.stdout.isatty():
        webbrowser.open(next(iter(links.values())))


def _named(name: str) -> Statement:
    """The statement of a name, with or without `cypher/` and `.cypher`. Raises SettingsError with similar names."""
    wanted = name.removeprefix("cypher/").removesuffix(".cypher")
    if wanted in names():
        return load(wanted)
    ends = [one for one in names() if one.split("/")[-1] == wanted.split("/")[-1]]
    near = list(dict.fromkeys([*ends, *get_close_matches(wanted, names(), n=5)]))
    raise SettingsError(
        f"There is no statement {name!r}.",
        f"Did you mean {' or '.join(near)}?" if near else "`graphfeed browser` lists them.",
    )


def _in_order(statement: Statement) -> list[str]:
    """The projections that a statement needs, and it."""
    return [*(one for one in statement.needs if not load(one).changes_graph), statement.name]


def _params() -> str:
    return (FOLDER / f"{PARAMS}.cypher").read_text(encoding="utf-8")


def _reading() -> list[str]:
    return [one for one in names() if not load(one).changes_graph]


def _list() -> None:
    """Prints the statements that read, a line for each folder."""
    folders = {folder: [*found] for folder, found in groupby(_reading(), lambda one: one.split("/")[0])}
    for folder, found in folders.items():
        console.say(f"{folder}: {', '.join(one.split('/')[-1] for one in found)}")
    console.say("\n`graphfeed browser network/picture` opens one. Browser forgets its parameters when its page loads:")
    console.say("in one window, run the parameters first, and then paste any file.")


def _say_how_to_log_in(settings: Settings, address: str) -> None:
    if settings.uri is not None:
        if settings.browser is None:
            console.note(f"{address} is a guess from GRAPHFEED_URI. If it is wrong, set GRAPHFEED_BROWSER.")
        console.say(f"User {settings.user}, with its password, which may be that of GRAPHFEED_PASSWORD.")
        return
    server = EmbeddedServer(settings, Silent())
    if not server.is_alive:
        console.note("Neo4j is not running: `graphfeed up` starts it.")
    console.say(f"User neo4j, password in {server.home / 'password'}")


COMMANDS: dict[str, Callable[..., None]] = {"browser": browser}
