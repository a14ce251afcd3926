"""Connection to the Neo4j that the settings name, or to the embedded server."""

from typing import Any

from graph import schema
from graph.client import Address, Client
from graph.embedded.server import EmbeddedServer
from graph.progress import Progress, Silent
from graph.settings import Settings


def connect(settings: Settings, progress: Progress, **bounds: Any) -> Client:
    """A client of the Neo4j at GRAPHFEED_URI, else of the embedded server, which is started if need be.

    Brings the schema up to date. `bounds` are keyword arguments of Client; by default, a statement may take as long as
    a command's. Raises Unreachable or ServerError.
    """
    if settings.uri is None:
        EmbeddedServer(settings, progress).up()
    found = client(settings, **bounds)
    try:
        found.verify()
        schema.ensure(found)
    except BaseException:
        found.close()
        raise
    return found


def client(settings: Settings, **bounds: Any) -> Client:
    """A client of the Neo4j of these settings, running or not, like that of `connect`."""
    bounds = {"budget_ms": command_ms(settings)} | bounds
    if address := external(settings):
        return Client(address, **bounds)
    server = EmbeddedServer(settings, Silent())
    return Client(server.address, host=server, **bounds)


def command_ms(settings: Settings) -> int:
    """The budget of a statement of a command or of the builder, in milliseconds."""
    return round(settings.command_minutes * 60_000)


def external(settings: Settings) -> Address | None:
    """The address by GRAPHFEED_URI, _USER, _PASSWORD and _DATABASE; None means the embedded server."""
    if settings.uri is None:
        return None
    return Address(settings.uri, settings.user, settings.password.get_secret_value(), settings.database)
