"""The one seam: where Neo4j comes from."""

from typing import Any

from graph import schema
from graph.client import Address, Client
from graph.embedded.server import EmbeddedServer
from graph.progress import Progress, Silent
from graph.settings import Settings


def connect(settings: Settings, progress: Progress, **bounds: Any) -> Client:
    """A client of the Neo4j at GRAPHFEED_URI, else of the embedded server, which is started if it does not run.

    The schema is brought up to date on the way. `bounds` are those of the client; without, those of a command. Raises
    Unreachable or ServerError.
    """
    bounds = {"budget_ms": command_ms(settings)} | bounds
    client = Client(external(settings) or EmbeddedServer(settings, progress).up(), **bounds)
    try:
        client.verify()
        schema.ensure(client)
    except BaseException:
        client.close()
        raise
    return client


def command_ms(settings: Settings) -> int:
    """How long a statement of a command or of the builder may take."""
    return round(settings.command_minutes * 60_000)


def address(settings: Settings) -> Address:
    """Where the Neo4j of these settings is, whether it runs or not."""
    return external(settings) or EmbeddedServer(settings, Silent()).address


def external(settings: Settings) -> Address | None:
    """The address that GRAPHFEED_URI and its companions name; None means the embedded server."""
    if settings.uri is None:
        return None
    return Address(settings.uri, settings.user, settings.password.get_secret_value(), settings.database)
