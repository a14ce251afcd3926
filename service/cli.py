"""The command line: `graphfeed --help`."""

import signal
import sys
from pathlib import Path
from typing import Annotated, Any

import platformdirs
import typer

from graph import clock, doctor
from graph import network as networks
from graph.connect import connect
from graph.embedded import locks
from graph.embedded.server import EmbeddedServer
from graph.errors import Contention, DatabaseError, GraphfeedError
from graph.progress import Silent
from graph.ranking.feed import Feed, Request
from graph.ranking.feed import feed as rank
from graph.settings import Settings, read_settings
from loaders import demo as demos
from service.commands import (
    browser,
    build,
    console,
    data,
    discovery,
    events,
    experiments,
    feeds,
    hashtags,
    images,
    packs,
    quality,
    tuning,
)
from service.commands.opening import opened
from service.commands.options import AsOf, Edges, Json, Label, Limit, ProfileName, User
from service.outputs import InterestsAnswer, NetworkAnswer
from service.plain import print_exception, quiet_driver
from service.trials import require_treatment

app = typer.Typer(
    help="A discovery feed for photo-sharing networks, ranked in Neo4j, with the reason for each post.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
for _room in (data, feeds, discovery, packs, hashtags, build, quality, tuning, experiments, events, browser, images):
    for _name, _command in _room.COMMANDS.items():
        app.command(_name)(_command)

DEMO_HOME = platformdirs.user_data_path("graphfeed-demo", appauthor=False)
MAX_TABLE_ROWS = 50
"""Rows of a table that are printed without --limit."""
TOPICS = {"name": "topic", "weight": "weight", "liked": "liked", "how": "wanted", "until": "until", "topic": "id"}
"""The columns of the table of a person's topics."""


@app.command()
def network(
    user: User,
    edges: Annotated[
        Edges, typer.Option(help="mine: only whom the person follows; all: also whom those follow")
    ] = Edges.ALL,
    label: Annotated[Label, typer.Option(help="how the table names people; id for privacy")] = Label.USERNAME,
    limit: Limit = None,
    as_json: Json = False,
) -> None:
    """List whom a person follows, and whom those follow."""
    with console.Bars() as bars, connect(read_settings(), bars) as client:
        rows = networks.network(client, user, edges.value, limit or networks.UNLIMITED_ROWS)
    if as_json:
        console.print_json(NetworkAnswer.model_validate({"user": user, "rows": rows}))
        return
    suffix = "Id" if label is Label.ID else "Name"
    columns = {f"src{suffix}": "who", f"dst{suffix}": "follows"}
    console.show_rows(rows, columns, limit or MAX_TABLE_ROWS, f"{user} follows nobody who may be shown.")


@app.command()
def interests(
    user: User,
    profile_name: ProfileName = None,
    limit: Limit = None,
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """List a person's hashtags: picked, wanted more or less of, dismissed, and of posts that they liked or saved."""
    now = clock.now() if as_of is None else as_of
    settings = read_settings()
    with console.Bars() as bars, opened(settings, profile_name, bars) as (client, chosen):
        rows = networks.interests(client, user, chosen, now, limit or networks.UNLIMITED_ROWS)
        topics = networks.interesting_topics(client, user, chosen, now) if rows else []
    if as_json:
        answer = {"user": user, "profile": chosen.name, "as_of": now, "hashtags": rows, "topics": topics}
        console.print_json(InterestsAnswer.model_validate(answer))
        return
    columns = {"display": "hashtag", "kind": "kind", "until": "until", "weight": "weight", "liked": "liked"}
    shown = [
        {**row, "until": console.shown_time(row["until"]), "topic": row["topic"]["name"] if row["topic"] else ""}
        for row in rows
    ]
    console.show_rows(
        shown,
        {**columns, "shown": "shown in", "looked": "looked at", "topic": "topic"},
        limit or MAX_TABLE_ROWS,
        f"{user} chose no hashtag, and neither liked, saved, looked at nor is shown in a post with one.",
    )
    if topics:
        console.say("")
        rows = [{**one, "how": one["how"] or "", "until": console.shown_time(one["until"])} for one in topics]
        console.show_rows(rows, TOPICS, len(rows), "")


@app.command()
def up() -> None:
    """Start the embedded server, unless it is running."""
    settings = read_settings()
    if settings.uri is not None:
        console.note(f"GRAPHFEED_URI is set to {settings.uri}: other commands use that server, not this one.")
    _start(settings)


@app.command()
def down() -> None:
    """Stop the embedded server; its data stays."""
    with console.Bars() as bars:
        server = EmbeddedServer(read_settings(), bars)
        ending = server.ending()
        stopped = server.down()
    if ending and not stopped:
        console.say(f"Neo4j was gone: {ending}")
    console.say("Stopped." if stopped else "It was not running.")


@app.command()
def status(as_json: Json = False) -> None:
    """Show whether the embedded server is running, and where; exit code 1 if it is not."""
    with console.Bars() as bars:
        server = EmbeddedServer(read_settings(), bars)
    running = server.is_alive
    if as_json:
        console.print_json(_status_json(server))
    elif running:
        _say_where(server)
    else:
        if ending := server.ending():
            console.say(f"Neo4j is gone: {ending}")
        console.say(f"Not running. Home: {server.home}. `graphfeed up` starts it.")
    raise typer.Exit(0 if running else 1)


@app.command("doctor")
def doctor_(
    data: Annotated[bool, typer.Option("--data", help="also check all data for inconsistencies")] = False,
) -> None:
    """Check everything that graphfeed needs, and say how to fix what is wrong."""
    settings = read_settings()
    findings = doctor.examine(settings)
    if data:
        with console.Bars() as bars, connect(settings, bars) as client:
            findings += doctor.examine_data(client)
    for finding in findings:
        console.say(f"{'ok  ' if finding.ok else 'FAIL'} {finding.subject}: {finding.text}")
    raise typer.Exit(0 if all(finding.ok for finding in findings) else 1)


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="address to listen on; needs API keys unless it is loopback")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8000,
    workers: Annotated[int, typer.Option(min=1, max=64, help="number of worker processes")] = 1,
) -> None:
    """Serve the page and the API, with a builder beside them. Logs JSON to stderr."""
    settings = read_settings()
    from service import serving  # imports the web framework, which is slow

    serving.require_settings(settings, host)
    if settings.uri is None:
        _start(settings)
    with console.Bars() as bars, opened(settings, None, bars) as (client, _):
        require_treatment(client, settings)  # fails early, with a readable error
    serving.serve(settings, host, port, workers)


@app.command()
def demo(
    home: Annotated[Path, typer.Option(help="home of the demo's own server; other data in it is deleted")] = DEMO_HOME,
    serve: Annotated[
        bool, typer.Option(help="serve the page after printing the feed, or else stop the server and exit")
    ] = True,
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8000,
) -> None:
    """Load a generated network into a server of its own, print one person's feed, and serve the page."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the finally below stops the server
    settings = read_settings(home=home, uri=None)
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    with locks.held(
        settings.home / "demo.lock", lambda: console.note("Another demo is running here; waiting until it ends.")
    ):
        server = EmbeddedServer(settings, Silent())
        try:
            answer = _load_demo(settings)
            console.say(f"\nThe feed of person {demos.PERSON}:\n")
            console.show_feed(answer)
            if serve:
                _say_where(server)
                from service import serving

                serving.serve_here(settings, port)
        finally:
            server.down()


def _load_demo(settings: Settings) -> Feed:
    """Returns the feed that the demo shows, after loading its network if needed."""
    with console.Bars() as bars, connect(settings, bars) as client:
        demos.ensure(client, settings, bars)
        return rank(client, Request(user=demos.PERSON, waits=True))


def _start(settings: Settings) -> None:
    with console.Bars() as bars:
        server = EmbeddedServer(settings, bars)
        server.up()
    _say_where(server)


def _say_where(server: EmbeddedServer) -> None:
    console.say(f"Neo4j runs: {server.address.uri}, Browser {server.ports.browser}")
    console.say(f"User neo4j, password in {server.home / 'password'}")


def _status_json(server: EmbeddedServer) -> dict[str, Any]:
    bolt, browser = f"bolt://127.0.0.1:{server.ports.bolt}", server.ports.browser
    return {
        "running": server.is_alive,
        "pid": server.pid,
        "home": str(server.home),
        "bolt": bolt if server.is_alive else None,
        "browser": browser if server.is_alive else None,
        "ended": server.ending(),
    }


def main() -> None:
    """Runs the command line. A GraphfeedError becomes lines on stderr, Neo4j's own words last, and its exit code."""
    quiet_driver()
    try:
        app()
    except GraphfeedError as error:
        console.note(f"Error: {error.problem}\n{error.remedy}")
        if isinstance(error, DatabaseError) and error.said and not isinstance(error, Contention):  # which names locks
            console.note(f"Neo4j said: {error.said}")
        sys.exit(error.exit_code)
    finally:
        sys.excepthook = print_exception  # in place of typer's, which it sets when it begins


if __name__ == "__main__":
    main()
