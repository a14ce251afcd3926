"""Links that open a text in the editor of Neo4j Browser: see docs/browser.md."""

from hashlib import blake2b
from urllib.parse import quote, urlsplit

from graph.embedded.server import EmbeddedServer
from graph.progress import Silent
from graph.settings import Settings

MAX_QUERY = 8000
"""Characters of a link whose text may be in the query: Neo4j's server refuses much longer ones with a status of 414."""


def address(settings: Settings) -> str | None:
    """The address of Neo4j Browser: that of the settings, or the embedded server's. None for another Neo4j."""
    if settings.browser is not None:
        return str(settings.browser)
    return EmbeddedServer(settings, Silent()).ports.browser if settings.uri is None else None


def guess(uri: str) -> str:
    """The address at which Browser would be if the Neo4j of a Bolt address had its usual ports."""
    parts = urlsplit(uri)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return f"https://{host}:7473/browser/" if "+s" in parts.scheme else f"http://{host}:7474/browser/"


def link(browser: str, text: str) -> str:
    """The address that opens Neo4j Browser with a text in its editor. The text has no & or #, see cypher/pasting.py.

    A long one is in the fragment, which is not sent to the server. Its query differs by text, because a page that is
    open takes a text only when it loads anew.
    """
    command = f"?cmd=edit&arg={quote(text, safe='')}"
    if len(command) <= MAX_QUERY:
        return f"{browser}{command}"
    return f"{browser}?{blake2b(text.encode(), digest_size=4).hexdigest()}#{command}"
